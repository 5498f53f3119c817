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

static void
set_times (ZqEdits *edits, const ZqIntent *intent)
{
  g_autofree char *sent = zq_instant_format (intent->sent != 0 ? intent->sent : intent->created);
  g_autofree char *typed = zq_instant_format (intent->created);

  zq_edits_set_string (edits, "$.sent", sent);
  set_text (edits, "$.extension", "[{\"url\":\"" ZQ_EXTENSION ("typed-at") "\",\"valueInstant\":%}]", typed);
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
  set_text (edits, "$.category", "[{\"coding\":[{\"system\":\"" ZQ_CATEGORY_CODES "\",\"code\":%}]}]", "message");
  set_text (edits, "$.subject", "{\"reference\":%}", zq_json_get_string (args, "patient"));
  set_text (edits, "$.encounter", "{\"reference\":%}", zq_json_get_string (args, "encounter"));
  set_times (edits, intent);
  set_text (edits, "$.recipient", "[{\"reference\":%}]", zq_json_get_string (args, "recipient"));
  set_text (edits, "$.sender", "{\"reference\":%}", me);
  set_text (edits, "$.payload", "[{\"contentString\":%}]", text);

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
  g_autofree char *text = zq_db_get_text (db, NULL,
                                          "SELECT t.server_json FROM resource_text t JOIN resource r ON r.id = t.id"
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

static ZqVerdict
send_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  gint64 consult = zq_chain_consult (intent->chain);
  g_autoptr (ZqConsultState) state = zq_consult_state_load (db, consult, NULL);
  g_autoptr (JsonNode) task = read_task (db, consult);
  g_autoptr (JsonNode) basis = zq_args_read (intent->basis);
  const char *status;

  if (fresh != NULL)
    return ZQ_VERDICT_DONE;
  if (state == NULL || task == NULL)
    return held (ZQ_REASON_NOT_HELD, reason);
  if (!is_to_one_patient (db, intent, state))
    return held (ZQ_REASON_OTHER_PATIENT, reason);

  status = zq_consult_read_status (task, context);
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

const ZqIntentRule zq_message_rules[] = {
  { "send-message", send_apply, send_check, send_freshen, NULL },
  { NULL },
};
