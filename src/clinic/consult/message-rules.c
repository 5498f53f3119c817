/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/state.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "rules/consultation.h"

/* --- the Communication ------------------------------------------------------------------------ */

static void
set_text (ZqEdits *edits, const char *path, const char *format, const char *value)
{
  g_autofree char *quoted = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *json = NULL;

  if (value == NULL)
    return;
  quoted = zq_json_quote (value);
  parts = g_strsplit (format, "%", 2);
  json = g_strconcat (parts[0], quoted, parts[1], NULL);
  zq_edits_set_json (edits, path, json);
}

static guint
n_texts (const char *text)
{
  return text != NULL && *text != '\0' ? 1 : 0;
}

static void
set_size (ZqEdits *edits, JsonNode *file, guint place)
{
  g_autofree char *path = g_strdup_printf ("$.payload[%u].contentAttachment.size", place);
  const char *size = zq_json_get_string (file, "size");

  if (size != NULL)
    zq_edits_set_json (edits, path, size);
}

/* What tells a result names it ("about"), a comment on a day what was measured then ("abouts"). */
static void
set_about (ZqEdits *edits, JsonNode *args)
{
  guint n = zq_json_get_length (args, "abouts");
  g_autoptr (GString) all = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *quoted = zq_json_quote (json_node_get_string (zq_json_get_at (args, "abouts", i)));

      g_string_append_printf (all, "%s{\"reference\":%s}", i > 0 ? "," : "", quoted);
    }
  g_string_append_c (all, ']');
  if (n > 0)
    zq_edits_set_json (edits, "$.about", all->str);
  set_text (edits, "$.about", "[{\"reference\":%}]", zq_json_get_string (args, "about"));
}

/* A correction names what it corrects, and why. */
static void
set_correction (ZqEdits *edits, JsonNode *args)
{
  const char *corrects = zq_json_get_string (args, "corrects");
  const char *quote = zq_json_get_string (args, "quote");

  set_text (edits, "$.category", "[{\"coding\":[{\"system\":\"" ZQ_CATEGORY_CODES "\",\"code\":%}]}]",
            corrects != NULL ? "correction" : "message");
  set_text (edits, "$.inResponseTo", "[{\"reference\":%}]", corrects != NULL ? corrects : quote);
  set_about (edits, args);
  set_text (edits, "$.extension[#]", "{\"url\":\"" ZQ_EXTENSION ("correction-reason") "\",\"valueString\":%}",
            corrects != NULL ? zq_json_get_string (args, "reason") : NULL);
}

static void
set_times (ZqEdits *edits, const ZqIntent *intent)
{
  g_autofree char *sent = zq_instant_format (intent->sent != 0 ? intent->sent : intent->created);
  g_autofree char *typed = zq_instant_format (intent->created);

  zq_edits_set_string (edits, "$.sent", sent);
  set_text (edits, "$.extension", "[{\"url\":\"" ZQ_EXTENSION ("typed-at") "\",\"valueInstant\":%}]", typed);
}

/* Attachments first become known to the hospital: their "urn:uuid:" is its "Binary/…" when this goes. */
static void
set_payload (ZqEdits *edits, JsonNode *args)
{
  const char *text = zq_json_get_string (args, "text");
  guint n_files = zq_json_get_length (args, "files");

  if (text != NULL && *text != '\0')
    set_text (edits, "$.payload", "[{\"contentString\":%}]", text);
  else
    zq_edits_set_json (edits, "$.payload", "[]");
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *file = json_to_string (zq_json_get_at (args, "files", i), FALSE);
      g_autofree char *entry = g_strdup_printf ("{\"contentAttachment\":%s}", file);

      zq_edits_set_json (edits, "$.payload[#]", entry);
      /* Numbers arrive as strings: this one is none of FHIR's. */
      set_size (edits, zq_json_get_at (args, "files", i), n_texts (text) + i);
    }
}

static gboolean
send_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *text = zq_json_get_string (args, "text");
  const char *thread = zq_json_get_string (args, "thread");
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);

  /* It has arrived already: words that were sent are never changed. */
  if (current != NULL)
    return TRUE;
  if (text == NULL || thread == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "The message names no text or no conversation");
      return FALSE;
    }

  zq_edits_set_string (edits, "$.resourceType", "Communication");
  set_text (edits, "$.meta", "{\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":%}]}",
            zq_json_get_string (args, "department"));
  set_text (edits, "$.identifier", "[{\"system\":\"" ZQ_SYSTEM_LOCAL_ID "\",\"value\":%}]", intent->target_local_id);
  set_text (edits, "$.partOf", "[{\"reference\":%}]", thread);
  zq_edits_set_string (edits, "$.status", "completed");
  set_text (edits, "$.subject", "{\"reference\":%}", zq_json_get_string (args, "patient"));
  set_text (edits, "$.encounter", "{\"reference\":%}", zq_json_get_string (args, "encounter"));
  set_times (edits, intent);
  set_correction (edits, args);
  set_text (edits, "$.recipient", "[{\"reference\":%}]", zq_json_get_string (args, "recipient"));
  set_text (edits, "$.sender", "{\"reference\":%}", me);
  set_payload (edits, args);

  return TRUE;
}

/* --- may it still go? ------------------------------------------------------------------------- */

static ZqVerdict
held (const char *why, char **reason)
{
  *reason = g_strdup (why);

  return ZQ_VERDICT_HELD;
}

/* The hospital's own copy of the Task: the rows may show a closing that waits behind this message. */
static JsonNode *
read_task (ZqDb *db, gint64 consult)
{
  g_autofree char *text =
      zq_db_get_text (db, NULL,
                      "SELECT zq_text (t.server_json) FROM resource_text t JOIN resource r ON r.id = t.id"
                      " WHERE t.id = ? AND r.state <> 'gone'",
                      "i", consult);

  return zq_args_read (text);
}

static gboolean
is_too_old (const ZqIntent *intent, JsonNode *basis, const ZqContext *context)
{
  const char *at = zq_json_get_string (basis, "at");
  gint64 seen = at != NULL ? g_ascii_strtoll (at, NULL, 10) : intent->created;
  gint64 age = zq_policy_get_duration (zq_context_get_policy (context), "held-reply-age", 2 * G_TIME_SPAN_HOUR);

  return zq_clock_now (context->clock) - seen > age;
}

/* Task, conversation and the one it was written to. */
static gboolean
is_to_one_patient (ZqDb *db, const ZqIntent *intent, const ZqConsultState *state)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *addressee = zq_json_get_string (args, "patient");
  g_autofree char *patient = zq_consult_reference (db, state->patient);

  return zq_consult_is_of_one_patient (state, db) &&
         (addressee == NULL || patient == NULL || g_str_equal (addressee, patient));
}

/* A correction may follow when all is over: it is about what was said. */
static ZqVerdict
correct_check (const ZqContext *context, JsonNode *task, const char *status, char **reason)
{
  if (!zq_consultation_allows (zq_context_get_policy (context), zq_consult_read_code (task), status, "correct",
                               context->role, NULL))
    return held (ZQ_REASON_NOT_ALLOWED, reason);

  return ZQ_VERDICT_GO;
}

static ZqVerdict
send_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  gint64 consult = zq_chain_consult (intent->chain);
  g_autoptr (ZqConsultState) state = zq_consult_state_load (db, consult, NULL);
  g_autoptr (JsonNode) task = read_task (db, consult);
  g_autoptr (JsonNode) basis = zq_args_read (intent->basis);
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *status;

  if (fresh != NULL)
    return ZQ_VERDICT_DONE;
  if (state == NULL || task == NULL)
    return held (ZQ_REASON_NOT_HELD, reason);
  if (!is_to_one_patient (db, intent, state))
    return held (ZQ_REASON_OTHER_PATIENT, reason);

  status = zq_consult_read_status (task, context);
  if (zq_json_get_string (args, "corrects") != NULL)
    return correct_check (context, task, status, reason);
  if (zq_consult_is_over (context, status, zq_json_get_string (task, "status")))
    return held (ZQ_REASON_CLOSED, reason);
  if (!zq_consult_is_mine (task, context))
    return held (ZQ_REASON_NOT_MINE, reason);
  if (!zq_consultation_allows (zq_context_get_policy (context), zq_consult_read_code (task), status, "reply",
                               context->role, NULL))
    return held (ZQ_REASON_STATE_CHANGED, reason);
  if (basis != NULL && zq_basis_is_stale (db, state->thread, basis))
    return held (ZQ_REASON_NEWER_MESSAGE, reason);
  if (is_too_old (intent, basis, context))
    return held (ZQ_REASON_TOO_OLD, reason);

  return ZQ_VERDICT_GO;
}

static void
send_freshen (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  gint64 consult = zq_chain_consult (intent->chain);
  g_autoptr (ZqConsultState) state = zq_consult_state_load (db, consult, NULL);
  g_autofree char *task = zq_consult_reference (db, consult);
  g_autofree char *thread = state != NULL ? zq_consult_reference (db, state->thread) : NULL;

  if (task != NULL && g_str_has_prefix (task, "Task/"))
    g_ptr_array_add (queries, g_steal_pointer (&task));
  if (thread != NULL && g_str_has_prefix (thread, "Communication/"))
    g_ptr_array_add (queries, g_strdup_printf ("Communication?part-of=%s&_sort=-_lastUpdated&_count=20", thread));
}

/* --- withdrawing ------------------------------------------------------------------------------- */

static gboolean
withdraw_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  if (current == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "There is no message to withdraw");
      return FALSE;
    }
  /* Held or refused: it stands where it stood. */
  if (intent->state != ZQ_INTENT_HELD && intent->state != ZQ_INTENT_REFUSED)
    zq_edits_set_string (edits, "$.status", "entered-in-error");

  return TRUE;
}

static gboolean
is_read (ZqDb *db, gint64 message)
{
  gint64 read = 0;

  zq_db_get_int (db, &read, NULL,
                 "SELECT EXISTS (SELECT 1 FROM message m JOIN read_mark r ON r.thread = m.thread AND r.by_patient"
                 " AND r.up_to / 1000 >= m.sent / 1000 WHERE m.id = ?)",
                 "i", message);

  return read != 0;
}

static ZqVerdict
withdraw_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  if (fresh == NULL)
    return held (ZQ_REASON_NOT_HELD, reason);
  if (g_strcmp0 (zq_json_get_string (fresh, "status"), "entered-in-error") == 0)
    return ZQ_VERDICT_DONE;
  if (is_read (db, intent->target))
    {
      *reason = g_strdup (ZQ_REASON_READ_ALREADY);
      return ZQ_VERDICT_REFUSED;
    }

  return ZQ_VERDICT_GO;
}

static void
withdraw_freshen (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  gint64 thread = 0;
  g_autofree char *reference = NULL;

  zq_db_get_int (db, &thread, NULL, "SELECT thread FROM message WHERE id = ?", "i", intent->target);
  reference = zq_consult_reference (db, thread);
  if (intent->target_server_id != NULL)
    g_ptr_array_add (queries, g_strconcat ("Communication/", intent->target_server_id, NULL));
  if (reference != NULL && g_str_has_prefix (reference, "Communication/"))
    g_ptr_array_add (queries, g_strconcat ("Basic?code=read-mark&subject=", reference, NULL));
}

const ZqIntentRule zq_message_rules[] = {
  { "send-message", send_apply, send_check, send_freshen, NULL },
  { "withdraw", withdraw_apply, withdraw_check, withdraw_freshen, NULL },
  { NULL },
};

/* --- internal notes ----------------------------------------------------------------------------- */

#define RESTRICTED "[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"R\"}]"

/* Names no patient: neither subject nor addressee. */
static gboolean
note_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);

  if (current != NULL)
    return TRUE;
  zq_edits_set_string (edits, "$.resourceType", "Communication");
  /* The label stands whatever else is known. */
  zq_edits_set_json (edits, "$.meta", "{\"security\":" RESTRICTED "}");
  set_text (edits, "$.meta.tag", "[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":%}]",
            zq_json_get_string (args, "department"));
  set_text (edits, "$.identifier", "[{\"system\":\"" ZQ_SYSTEM_LOCAL_ID "\",\"value\":%}]", intent->target_local_id);
  set_text (edits, "$.partOf", "[{\"reference\":%}]", zq_json_get_string (args, "task"));
  zq_edits_set_string (edits, "$.status", "completed");
  set_text (edits, "$.category", "[{\"coding\":[{\"system\":\"" ZQ_CATEGORY_CODES "\",\"code\":%}]}]", "internal-note");
  set_times (edits, intent);
  set_text (edits, "$.sender", "{\"reference\":%}", me);
  set_text (edits, "$.payload", "[{\"contentString\":%}]", zq_json_get_string (args, "text"));

  return TRUE;
}

const ZqIntentRule zq_internal_note_rules[] = {
  { "write-note", note_apply, NULL, NULL, NULL },
  { NULL },
};
