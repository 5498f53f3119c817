/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/visit/kinds.h"
#include "clinic/visit/reasons.h"

#include "base/id.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/state.h"
#include "clinic/patient/edit.h"
#include "resource/json.h"

#define IDENTITY_URL   ZQ_EXTENSION ("identity-confirmed")
#define ATTENDANCE_URL ZQ_EXTENSION ("attendance")

/* --- pieces ------------------------------------------------------------------------------------- */

static void
set_text (ZqEdits *edits, const char *path, JsonNode *args, const char *name)
{
  const char *value = zq_json_get_string (args, name);

  if (value != NULL && *value != '\0')
    zq_edits_set_string (edits, path, value);
}

static gboolean
nothing_there (GError **error)
{
  g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "There is nothing to change");
  return FALSE;
}

/* --- Appointment -------------------------------------------------------------------------------- */

static void
set_times (ZqEdits *edits, JsonNode *args)
{
  const char *minutes = zq_json_get_string (args, "minutes");

  set_text (edits, "$.start", args, "start");
  set_text (edits, "$.end", args, "end");
  if (minutes != NULL)
    zq_edits_set_json (edits, "$.minutesDuration", minutes);
}

static gboolean
make_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *patient = zq_json_quote (zq_json_get_string (args, "patient"));
  g_autofree char *people = NULL;
  const char *thread = zq_json_get_string (args, "thread");

  if (current != NULL)
    return TRUE;
  zq_edit_begin (edits, "Appointment", intent->target_local_id, zq_json_get_string (args, "department"));
  zq_edits_set_string (edits, "$.status", "booked");
  set_text (edits, "$.description", args, "reason");
  set_times (edits, args);
  set_text (edits, "$.created", args, "at");
  if (thread != NULL)
    {
      g_autofree char *quoted = zq_json_quote (thread);
      g_autofree char *list = g_strdup_printf ("[{\"reference\":%s}]", quoted);

      zq_edits_set_json (edits, "$.supportingInformation", list);
    }
  people = g_strdup_printf ("[{\"actor\":{\"reference\":%s},\"status\":\"needs-action\"},"
                            "{\"actor\":{\"reference\":\"%s\"},\"status\":\"accepted\"}]",
                            patient, me);
  zq_edits_set_json (edits, "$.participant", people);

  return TRUE;
}

static gboolean
move_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);

  if (current == NULL)
    return nothing_there (error);
  set_times (edits, args);

  return TRUE;
}

static gboolean
cancel_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *code = zq_json_get_string (args, "code");
  g_autofree char *quoted = zq_json_quote (code != NULL ? code : "doctor");
  g_autofree char *why =
      g_strdup_printf ("{\"coding\":[{\"system\":\"" ZQ_CODE_SYSTEM ("appointment-cancel") "\",\"code\":%s}]}", quoted);

  if (current == NULL)
    return nothing_there (error);
  zq_edits_set_string (edits, "$.status", "cancelled");
  zq_edits_set_json (edits, "$.cancelationReason", why);
  set_text (edits, "$.cancelationReason.text", args, "words");

  return TRUE;
}

/* Status of the Appointment that each action leaves. */
static const char *
status_after (const char *action)
{
  return g_str_equal (action, "cancel")    ? "cancelled"
         : g_str_equal (action, "no-show") ? "noshow"
         : g_str_equal (action, "fulfil")  ? "fulfilled"
                                           : NULL;
}

static gboolean
status_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  if (current == NULL)
    return nothing_there (error);
  zq_edits_set_string (edits, "$.status", status_after (intent->action));

  return TRUE;
}

static gboolean
is_closed (const char *status)
{
  static const char *const closed[] = { "fulfilled", "cancelled", "noshow", "entered-in-error", NULL };

  return status != NULL && g_strv_contains (closed, status);
}

static ZqVerdict
visit_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  const char *status = fresh != NULL ? zq_json_get_string (fresh, "status") : NULL;

  if (fresh == NULL)
    {
      *reason = g_strdup (ZQ_REASON_NO_VISIT);
      return ZQ_VERDICT_REFUSED;
    }
  if (status != NULL && g_strcmp0 (status_after (intent->action), status) == 0)
    return ZQ_VERDICT_DONE;
  /* That it took place stays true, whatever was done with the appointment. */
  if (is_closed (status) && !g_str_equal (intent->action, "fulfil"))
    {
      *reason = g_strdup (g_str_equal (status, "cancelled") ? ZQ_REASON_VISIT_CANCELLED : ZQ_REASON_VISIT_OVER);
      return ZQ_VERDICT_REFUSED;
    }

  return ZQ_VERDICT_GO;
}

static void
freshen_visit (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  if (intent->target_server_id != NULL)
    g_ptr_array_add (queries, g_strconcat ("Appointment/", intent->target_server_id, NULL));
}

/* clang-format off: a line an action */
const ZqIntentRule zq_visit_rules[] = {
  { "make", make_apply },
  { "move", move_apply, visit_check, freshen_visit },
  { "cancel", cancel_apply, visit_check, freshen_visit },
  { "no-show", status_apply, visit_check, freshen_visit },
  { "fulfil", status_apply, visit_check, freshen_visit },
  { NULL },
};
/* clang-format on */

/* --- Task --------------------------------------------------------------------------------------- */

static gboolean
task_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  if (current == NULL)
    return nothing_there (error);
  zq_edits_set_string (edits, "$.status", g_str_equal (intent->action, "begin") ? "in-progress" : "completed");

  return TRUE;
}

static ZqVerdict
task_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  static const char *const over[] = { "completed", "cancelled", "failed", "rejected", "entered-in-error", NULL };
  const char *status = fresh != NULL ? zq_json_get_string (fresh, "status") : NULL;

  if (fresh == NULL || (status != NULL && g_strv_contains (over, status)) ||
      (g_str_equal (intent->action, "begin") && g_strcmp0 (status, "in-progress") == 0))
    return ZQ_VERDICT_DONE;

  return ZQ_VERDICT_GO;
}

static void
freshen_task (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  if (intent->target_server_id != NULL)
    g_ptr_array_add (queries, g_strconcat ("Task/", intent->target_server_id, NULL));
}

/* clang-format off: a line an action */
const ZqIntentRule zq_visit_task_rules[] = {
  { "begin", task_apply, task_check, freshen_task },
  { "complete", task_apply, task_check, freshen_task },
  { NULL },
};
/* clang-format on */

/* --- Encounter ---------------------------------------------------------------------------------- */

static void
append_attendance (GString *json, JsonNode *args)
{
  guint length = zq_json_get_length (args, "who");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *one = zq_json_get_at (args, "who", i);
      const char *words = zq_json_get_string (one, "words"), *relation = zq_json_get_string (one, "relation");
      g_autofree char *quoted_words = zq_json_quote (words != NULL ? words : "");
      g_autofree char *quoted_relation = zq_json_quote (relation != NULL ? relation : "patient");

      g_string_append_printf (json,
                              "{\"url\":\"" ATTENDANCE_URL "\",\"extension\":[{\"url\":\"who\",\"valueString\":%s},"
                              "{\"url\":\"relation\",\"valueCode\":%s}]},",
                              words != NULL && *words != '\0' ? quoted_words : quoted_relation, quoted_relation);
    }
}

/* Who was asked, by whom, how: before anybody is let in. */
static char *
make_identity (JsonNode *args, const ZqContext *context)
{
  const char *how = zq_json_get_string (args, "how"), *at = zq_json_get_string (args, "at");
  g_autofree char *quoted_how = zq_json_quote (how != NULL ? how : "name-and-birthdate");
  g_autofree char *quoted_at = zq_json_quote (at != NULL ? at : "");
  GString *json = g_string_new ("[");

  append_attendance (json, args);
  g_string_append_printf (json,
                          "{\"url\":\"" IDENTITY_URL "\",\"extension\":[{\"url\":\"at\",\"valueInstant\":%s},"
                          "{\"url\":\"by\",\"valueReference\":{\"reference\":\"Practitioner/%s\"}},"
                          "{\"url\":\"how\",\"valueCode\":%s},{\"url\":\"guardian\",\"valueBoolean\":%s}]}]",
                          quoted_at, context->me, quoted_how,
                          zq_json_get_boolean (args, "guardian", FALSE) ? "true" : "false");

  return g_string_free (json, FALSE);
}

static void
build_encounter (const ZqIntent *intent, JsonNode *args, const ZqContext *context, ZqEdits *edits)
{
  g_autofree char *me = g_strdup_printf ("[{\"individual\":{\"reference\":\"Practitioner/%s\"}}]", context->me);
  g_autofree char *visit = zq_json_quote (zq_json_get_string (args, "appointment"));
  g_autofree char *visits = g_strdup_printf ("[{\"reference\":%s}]", visit);
  const char *kind = zq_json_get_boolean (args, "phone", FALSE) ? "phone" : "video";
  g_autofree char *type =
      g_strdup_printf ("[{\"coding\":[{\"system\":\"" ZQ_CODE_SYSTEM ("encounter-type") "\",\"code\":\"%s\"}]}]", kind);
  const char *reason = zq_json_get_string (args, "reason");

  zq_edit_begin (edits, "Encounter", intent->target_local_id, zq_json_get_string (args, "department"));
  zq_edits_set_json (edits, "$.class",
                     "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"VR\"}");
  zq_edits_set_json (edits, "$.type", type);
  set_text (edits, "$.type[0].text", args, "title");
  zq_edit_reference (edits, "$.subject", zq_json_get_string (args, "patient"));
  zq_edits_set_json (edits, "$.appointment", visits);
  zq_edits_set_json (edits, "$.participant", me);
  zq_edits_set_json (edits, "$.period", "{}");
  set_text (edits, "$.period.start", args, "at");
  if (reason != NULL)
    {
      g_autofree char *quoted = zq_json_quote (reason);
      g_autofree char *list = g_strdup_printf ("[{\"text\":%s}]", quoted);

      zq_edits_set_json (edits, "$.reasonCode", list);
    }
}

static gboolean
begin_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);

  if (current == NULL)
    build_encounter (intent, args, data, edits);
  zq_edits_set_string (edits, "$.status", "in-progress");
  if (zq_json_get_string (args, "how") != NULL &&
      (current == NULL || zq_json_get_extension (current, IDENTITY_URL) == NULL))
    {
      g_autofree char *identity = make_identity (args, data);

      zq_edits_set_json (edits, "$.extension", identity);
    }

  return TRUE;
}

static gboolean
end_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);

  if (current == NULL)
    return nothing_there (error);
  zq_edits_set_string (edits, "$.status", g_str_equal (intent->action, "finish") ? "finished" : "cancelled");
  set_text (edits, "$.period.end", args, "at");

  return TRUE;
}

/* Whether @current has this diagnosis already. */
static gboolean
has_diagnosis (JsonNode *current, const char *reference)
{
  guint length = zq_json_get_length (current, "diagnosis");

  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (zq_json_get_string (zq_json_get_at (current, "diagnosis", i), "condition.reference"), reference) ==
        0)
      return TRUE;

  return FALSE;
}

/* What the note's diagnosis says, in its order, after what others found. */
static gboolean
diagnose_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  guint length = zq_json_get_length (args, "conditions"), rank = 0;

  if (current == NULL)
    return nothing_there (error);
  rank = zq_json_get_length (current, "diagnosis");
  if (rank == 0)
    zq_edits_set_json (edits, "$.diagnosis", "[]");
  for (guint i = 0; i < length; i++)
    {
      const char *reference = zq_json_get_string (zq_json_get_at (args, "conditions", i), "reference");
      g_autofree char *quoted = reference != NULL ? zq_json_quote (reference) : NULL;
      g_autofree char *one = NULL;

      if (quoted == NULL || has_diagnosis (current, reference))
        continue;
      one = g_strdup_printf ("{\"condition\":{\"reference\":%s},\"use\":{\"coding\":[{\"system\":"
                             "\"http://terminology.hl7.org/CodeSystem/diagnosis-role\",\"code\":\"DD\"}]},"
                             "\"rank\":%u}",
                             quoted, ++rank);
      zq_edits_set_json (edits, "$.diagnosis[#]", one);
    }

  return TRUE;
}

static ZqVerdict
diagnose_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  if (fresh != NULL)
    return ZQ_VERDICT_GO;
  *reason = g_strdup (ZQ_REASON_NO_VISIT);

  return ZQ_VERDICT_REFUSED;
}

/* Of two workstations one made it; the other one's is the same. */
static ZqVerdict
encounter_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  const char *status = fresh != NULL ? zq_json_get_string (fresh, "status") : NULL;

  if (fresh == NULL)
    return g_str_equal (intent->action, "begin") ? ZQ_VERDICT_GO : ZQ_VERDICT_DONE;
  if (g_str_equal (intent->action, "begin"))
    {
      if (g_strcmp0 (status, "finished") == 0)
        {
          *reason = g_strdup (ZQ_REASON_VISIT_OVER);
          return ZQ_VERDICT_REFUSED;
        }
      return g_strcmp0 (status, "in-progress") == 0 && zq_json_get_extension (fresh, IDENTITY_URL) != NULL
                 ? ZQ_VERDICT_DONE
                 : ZQ_VERDICT_GO;
    }

  return g_strcmp0 (status, "finished") == 0 || g_strcmp0 (status, "cancelled") == 0 ? ZQ_VERDICT_DONE : ZQ_VERDICT_GO;
}

static void
freshen_encounter (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  g_autofree char *key = NULL;

  if (intent->target_server_id != NULL)
    {
      g_ptr_array_add (queries, g_strconcat ("Encounter/", intent->target_server_id, NULL));
      return;
    }
  if (intent->target_local_id == NULL)
    return;
  key = g_uri_escape_string (intent->target_local_id, NULL, FALSE);
  g_ptr_array_add (queries, g_strconcat ("Encounter?identifier=" ZQ_SYSTEM_LOCAL_ID "%7C", key, NULL));
}

/* clang-format off: a line an action */
const ZqIntentRule zq_encounter_rules[] = {
  { "begin", begin_apply, encounter_check, freshen_encounter },
  { "finish", end_apply, encounter_check, freshen_encounter },
  { "cancel", end_apply, encounter_check, freshen_encounter },
  { "diagnose", diagnose_apply, diagnose_check, freshen_encounter },
  { NULL },
};
/* clang-format on */
