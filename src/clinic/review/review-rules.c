/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/state.h"
#include "clinic/review/give.h"
#include "clinic/review/kinds.h"
#include "resource/json.h"

#include <string.h>

#define AT_URL ZQ_EXTENSION ("at")
#define BY_URL ZQ_EXTENSION ("by")

/* --- one more output -------------------------------------------------------------------------- */

static char *
make_output (const ZqIntent *intent, JsonNode *args, const ZqContext *context)
{
  g_autofree char *type = zq_json_quote (intent->action);
  g_autofree char *at = zq_json_quote (zq_json_get_string (args, "at"));
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *by = zq_json_quote (me);
  const char *message = zq_json_get_string (args, "message");
  const char *words = zq_json_get_string (args, "words");
  g_autofree char *value = zq_json_quote (message != NULL ? message : words != NULL ? words : "");
  GString *json = g_string_new ("{\"extension\":[");

  g_string_append_printf (json, "{\"url\":\"" AT_URL "\",\"valueInstant\":%s},", at);
  g_string_append_printf (json, "{\"url\":\"" BY_URL "\",\"valueReference\":{\"reference\":%s}}],", by);
  g_string_append_printf (
      json, "\"type\":{\"coding\":[{\"system\":\"" ZQ_CODE_SYSTEM ("task-output") "\",\"code\":%s}]},", type);
  if (message != NULL)
    g_string_append_printf (json, "\"valueReference\":{\"reference\":%s}}", value);
  else
    g_string_append_printf (json, "\"valueString\":%s}", words != NULL && *words != '\0' ? value : "\"-\"");

  return g_string_free (json, FALSE);
}

static void
take (ZqEdits *edits, const ZqContext *context)
{
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);

  zq_edits_set_string (edits, "$.owner.reference", me);
  zq_edits_remove (edits, "$.owner.display");
}

static gboolean
review_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  g_autofree char *output = NULL;
  g_autofree char *list = NULL;

  if (current == NULL || zq_json_get_string (args, "at") == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "There is no task to change");
      return FALSE;
    }
  output = make_output (intent, args, data);
  list = g_strdup_printf ("[%s]", output);
  if (zq_json_get_array (current, "output") != NULL)
    zq_edits_set_json (edits, "$.output[#]", output);
  else
    zq_edits_set_json (edits, "$.output", list);
  /* What was handed over to a department is its who takes it. */
  if (g_str_equal (intent->action, "received") && !zq_consult_is_mine (current, data))
    take (edits, data);
  if (g_str_equal (intent->action, "handled"))
    zq_edits_set_string (edits, "$.status", "completed");
  else if (g_strcmp0 (zq_json_get_string (current, "status"), "in-progress") != 0)
    zq_edits_set_string (edits, "$.status", "in-progress");

  return TRUE;
}

/* The hand that took it over may be a colleague's by now. */
static gboolean
reopen_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  guint length = zq_json_get_length (current, "output");

  for (guint i = length; i > 0; i--)
    {
      JsonNode *output = zq_json_get_at (current, "output", i - 1);
      g_autofree char *path = g_strdup_printf ("$.output[%u]", i - 1);

      if (g_strcmp0 (zq_json_get_code (output, "type", ZQ_CODE_SYSTEM ("task-output")), "handled") == 0)
        zq_edits_remove (edits, path);
    }
  zq_edits_set_string (edits, "$.status", "in-progress");

  return TRUE;
}

/* --- may it still go? ------------------------------------------------------------------------- */

static gboolean
has_step (JsonNode *task, const char *action, const char *at)
{
  guint length = zq_json_get_length (task, "output");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *output = zq_json_get_at (task, "output", i);

      if (g_strcmp0 (zq_json_get_code (output, "type", ZQ_CODE_SYSTEM ("task-output")), action) == 0 &&
          g_strcmp0 (zq_json_get_string (zq_json_get_extension (output, AT_URL), "valueInstant"), at) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Its message was taken back before it went: there is nothing to say. */
static gboolean
is_message_gone (ZqDb *db, const char *message)
{
  gint64 found = 0;

  if (message == NULL || !g_str_has_prefix (message, "urn:uuid:"))
    return FALSE;
  zq_db_get_int (db, &found, NULL, "SELECT 1 FROM resource WHERE local_id = ?", "s", message + strlen ("urn:uuid:"));

  return found == 0;
}

static ZqVerdict
review_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *owner = zq_json_get_string (fresh, "owner.reference");

  if (is_message_gone (db, zq_json_get_string (args, "message")))
    return ZQ_VERDICT_DONE;
  if (fresh == NULL)
    {
      *reason = g_strdup (ZQ_REASON_NOT_HELD);
      return ZQ_VERDICT_REFUSED;
    }
  if (has_step (fresh, intent->action, zq_json_get_string (args, "at")))
    return ZQ_VERDICT_DONE;
  /* That the patient was told stays true, whoever has it now. */
  if (g_str_equal (intent->action, "told") || g_str_equal (intent->action, "told-otherwise") ||
      zq_consult_is_mine (fresh, context) || zq_consult_is_pooled (fresh, context))
    return ZQ_VERDICT_GO;
  *reason = g_strconcat (ZQ_REASON_TAKEN_BY, owner != NULL ? owner : "", NULL);

  return ZQ_VERDICT_REFUSED;
}

static void
freshen_task (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  if (intent->target_server_id != NULL)
    g_ptr_array_add (queries, g_strconcat ("Task/", intent->target_server_id, NULL));
}

/* clang-format off: a line a step */
const ZqIntentRule zq_review_rules[] = {
  { "give", zq_review_give_apply, NULL, zq_review_give_freshen },
  { "told", review_apply, review_check, freshen_task },
  { "told-otherwise", review_apply, review_check, freshen_task },
  { "received", review_apply, review_check, freshen_task },
  { "contacted", review_apply, review_check, freshen_task },
  { "not-reached", review_apply, review_check, freshen_task },
  { "handled", review_apply, review_check, freshen_task },
  { "reopen", reopen_apply, NULL, freshen_task },
  { NULL },
};
/* clang-format on */
