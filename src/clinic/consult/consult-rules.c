/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/state.h"
#include "clinic/patient/codec.h"
#include "resource/json.h"
#include "rules/consultation.h"

#include <string.h>

static ZqVerdict
verdict (ZqVerdict what, const char *why, char **reason)
{
  *reason = g_strdup (why);

  return what;
}

/* --- edits ------------------------------------------------------------------------------------ */

/* Our coding of businessStatus, in place: what else the hospital wrote there stays. */
static void
set_business_status (JsonNode *task, const char *status, ZqEdits *edits)
{
  g_autofree char *quoted = zq_json_quote (status);
  g_autofree char *coding = g_strdup_printf ("{\"system\":\"" ZQ_STATUS_CODES "\",\"code\":%s}", quoted);
  g_autofree char *whole = g_strdup_printf ("{\"coding\":[%s]}", coding);
  JsonNode *current = zq_json_get (task, "businessStatus");
  guint length = zq_json_get_length (current, "coding");

  if (current == NULL || zq_json_get_array (current, "coding") == NULL)
    {
      zq_edits_set_json (edits, "$.businessStatus", whole);
      return;
    }
  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (zq_json_get_string (zq_json_get_at (current, "coding", i), "system"), ZQ_STATUS_CODES) == 0)
      {
        g_autofree char *code = g_strdup_printf ("$.businessStatus.coding[%u].code", i);
        g_autofree char *display = g_strdup_printf ("$.businessStatus.coding[%u].display", i);

        zq_edits_set_string (edits, code, status);
        zq_edits_remove (edits, display);
        zq_edits_remove (edits, "$.businessStatus.text");
        return;
      }
  zq_edits_set_json (edits, "$.businessStatus.coding[#]", coding);
  zq_edits_remove (edits, "$.businessStatus.text");
}

/* What is held for the doctor's eyes is not shown as done: a consultation whose closing was stopped by
 * a new question has to come back to the inbox. */
static gboolean
is_suspended (const ZqIntent *intent)
{
  return intent->state == ZQ_INTENT_HELD;
}

/* businessStatus and Task.status after @action, per the table; @fallback where it is silent. */
static gboolean
step (
    JsonNode *task, const ZqContext *context, const char *action, const char *fallback, ZqEdits *edits, GError **error)
{
  ZqPolicy *policy = zq_context_get_policy (context);
  const char *next = NULL;
  const char *task_status;

  if (task == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "There is no task to change");
      return FALSE;
    }
  if (!zq_consultation_allows (policy, zq_consult_read_code (task), zq_consult_read_status (task, context), action,
                               context->role, &next) ||
      next == NULL)
    next = fallback;
  task_status = zq_consultation_task_status (policy, next);
  set_business_status (task, next, edits);
  if (task_status != NULL)
    zq_edits_set_string (edits, "$.status", task_status);

  return TRUE;
}

static char *
make_outcome (const char *outcome)
{
  g_autofree char *quoted = zq_json_quote (outcome);

  return g_strdup_printf ("{\"type\":{\"coding\":[{\"system\":\"" ZQ_CODE_SYSTEM (
                              "task-output") "\",\"code\":\"outcome\"}]},"
                                             "\"valueCodeableConcept\":{\"coding\":[{\"system\":\"" ZQ_OUTCOME_CODES
                                             "\",\"code\":%s}]}}",
                          quoted);
}

static gboolean
close_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *outcome = zq_json_get_string (args, "outcome");

  if (is_suspended (intent))
    return TRUE;
  if (!step (current, context, "close", "completed", edits, error))
    return FALSE;
  if (outcome != NULL)
    {
      g_autofree char *entry = make_outcome (outcome);
      g_autofree char *list = g_strdup_printf ("[%s]", entry);

      if (zq_json_get_array (current, "output") != NULL)
        zq_edits_set_json (edits, "$.output[#]", entry);
      else
        zq_edits_set_json (edits, "$.output", list);
    }

  return TRUE;
}

static gboolean
reopen_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  return is_suspended (intent) || step (current, context, "reopen", "in-consultation", edits, error);
}

static gboolean
set_owner (ZqEdits *edits, const char *type, const char *id)
{
  g_autofree char *reference = g_strconcat (type, "/", id, NULL);
  g_autofree char *quoted = zq_json_quote (reference);
  g_autofree char *owner = g_strdup_printf ("{\"reference\":%s}", quoted);

  zq_edits_set_json (edits, "$.owner", owner);

  return TRUE;
}

static gboolean
claim_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;

  if (is_suspended (intent))
    return TRUE;

  return step (current, context, "claim", "in-consultation", edits, error) &&
         set_owner (edits, "Practitioner", context->me);
}

static gboolean
release_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *department = zq_json_get_string (args, "department");

  if (is_suspended (intent))
    return TRUE;
  if (department == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "No department is named to release the task to");
      return FALSE;
    }

  return step (current, context, "release", "awaiting-acceptance", edits, error) &&
         set_owner (edits, "Organization", department);
}

static gboolean
assign_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *owner = zq_json_get_string (args, "owner");

  if (is_suspended (intent))
    return TRUE;
  if (owner == NULL || !g_str_has_prefix (owner, "Practitioner/"))
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "Nobody is named to hand the task over to");
      return FALSE;
    }

  return step (current, context, "assign", zq_consult_read_status (current, context), edits, error) &&
         set_owner (edits, "Practitioner", owner + strlen ("Practitioner/"));
}

static gboolean
priority_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *priority = zq_json_get_string (args, "priority");

  if (!is_suspended (intent))
    zq_edits_set_string (edits, "$.priority", priority != NULL ? priority : "routine");

  return TRUE;
}

/* --- preconditions ---------------------------------------------------------------------------- */

static gboolean
allows (JsonNode *fresh, const ZqContext *context, const char *action)
{
  return zq_consultation_allows (zq_context_get_policy (context), zq_consult_read_code (fresh),
                                 zq_consult_read_status (fresh, context), action, context->role, NULL);
}

static ZqVerdict
taken (JsonNode *fresh, const ZqContext *context, char **reason)
{
  const char *owner = zq_codec_reference (fresh, "owner");

  if (owner == NULL || zq_consult_is_mine (fresh, context))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);
  *reason = g_strconcat (ZQ_REASON_TAKEN_BY, owner, NULL);

  return ZQ_VERDICT_REFUSED;
}

/* It is with whom I gave it to, and I take it back: the hospital allows it or not. */
static gboolean
is_given (const ZqIntent *intent, JsonNode *fresh)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *from = zq_json_get_string (args, "from");

  return from != NULL && g_strcmp0 (zq_codec_reference (fresh, "owner"), from) == 0;
}

static gboolean
is_over (JsonNode *fresh, const ZqContext *context)
{
  return zq_consult_is_over (context, zq_consult_read_status (fresh, context), zq_json_get_string (fresh, "status"));
}

static ZqVerdict
close_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  g_autoptr (ZqConsultState) state = zq_consult_state_load (db, intent->target, NULL);
  g_autoptr (JsonNode) basis = zq_args_read (intent->basis);

  if (fresh == NULL)
    return verdict (ZQ_VERDICT_HELD, ZQ_REASON_NOT_HELD, reason);
  if (is_over (fresh, context))
    return g_str_equal (zq_consult_read_status (fresh, context), "completed")
               ? ZQ_VERDICT_DONE
               : verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_CLOSED, reason);
  if (!zq_consult_is_mine (fresh, context))
    return taken (fresh, context, reason);
  if (!allows (fresh, context, "close"))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);
  if (basis != NULL && state != NULL && state->thread != 0 && zq_basis_is_stale (db, state->thread, basis))
    return verdict (ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE, reason);

  return ZQ_VERDICT_GO;
}

static ZqVerdict
reopen_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;

  if (fresh == NULL)
    return verdict (ZQ_VERDICT_HELD, ZQ_REASON_NOT_HELD, reason);
  if (!zq_consult_is_mine (fresh, context))
    return taken (fresh, context, reason);
  if (!is_over (fresh, context))
    return ZQ_VERDICT_DONE;
  if (!allows (fresh, context, "reopen"))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);

  return ZQ_VERDICT_GO;
}

static ZqVerdict
claim_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;

  if (fresh == NULL)
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_HELD, reason);
  if (is_over (fresh, context))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_CLOSED, reason);
  if (zq_consult_is_mine (fresh, context))
    return g_str_equal (zq_consult_read_status (fresh, context), "awaiting-acceptance") &&
                   allows (fresh, context, "claim")
               ? ZQ_VERDICT_GO
               : ZQ_VERDICT_DONE;
  if (!zq_consult_is_pooled (fresh, context))
    return taken (fresh, context, reason);
  if (!allows (fresh, context, "claim"))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);

  return ZQ_VERDICT_GO;
}

static ZqVerdict
release_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;

  if (fresh == NULL)
    return verdict (ZQ_VERDICT_HELD, ZQ_REASON_NOT_HELD, reason);
  if (zq_consult_is_pooled (fresh, context))
    return ZQ_VERDICT_DONE;
  if (is_over (fresh, context))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_CLOSED, reason);
  if (is_given (intent, fresh))
    return ZQ_VERDICT_GO;
  if (!zq_consult_is_mine (fresh, context))
    return taken (fresh, context, reason);
  if (!allows (fresh, context, "release"))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);

  return ZQ_VERDICT_GO;
}

/* Mine or the pool's; or I gave it away and take it back. */
static ZqVerdict
assign_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *owner = zq_json_get_string (args, "owner");

  if (fresh == NULL)
    return verdict (ZQ_VERDICT_HELD, ZQ_REASON_NOT_HELD, reason);
  if (g_strcmp0 (zq_codec_reference (fresh, "owner"), owner) == 0)
    return ZQ_VERDICT_DONE;
  if (is_over (fresh, context))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_CLOSED, reason);
  if (is_given (intent, fresh))
    return ZQ_VERDICT_GO;
  if (!zq_consult_is_mine (fresh, context) && !zq_consult_is_pooled (fresh, context))
    return taken (fresh, context, reason);
  if (!allows (fresh, context, "assign"))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);

  return ZQ_VERDICT_GO;
}

static ZqVerdict
priority_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);

  if (fresh == NULL)
    return verdict (ZQ_VERDICT_HELD, ZQ_REASON_NOT_HELD, reason);
  if (g_strcmp0 (zq_json_get_string (fresh, "priority"), zq_json_get_string (args, "priority")) == 0)
    return ZQ_VERDICT_DONE;
  if (is_over (fresh, context))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_CLOSED, reason);
  if (!zq_consult_is_mine (fresh, context) && !zq_consult_is_pooled (fresh, context))
    return taken (fresh, context, reason);
  if (!allows (fresh, context, "set-priority"))
    return verdict (ZQ_VERDICT_REFUSED, ZQ_REASON_NOT_ALLOWED, reason);

  return ZQ_VERDICT_GO;
}

static void
freshen_task (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  if (intent->target_server_id != NULL)
    g_ptr_array_add (queries, g_strconcat ("Task/", intent->target_server_id, NULL));
}

/* Closing looks at the conversation too: a question may have come. */
static void
freshen_close (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  g_autoptr (ZqConsultState) state = zq_consult_state_load (db, intent->target, NULL);
  g_autofree char *thread = state != NULL ? zq_consult_reference (db, state->thread) : NULL;

  freshen_task (db, intent, context, queries);
  if (thread != NULL && g_str_has_prefix (thread, "Communication/"))
    g_ptr_array_add (queries, g_strdup_printf ("Communication?part-of=%s&_sort=-_lastUpdated&_count=20", thread));
}

const ZqIntentRule zq_consult_rules[] = {
  { "close", close_apply, close_check, freshen_close, NULL },
  { "reopen", reopen_apply, reopen_check, freshen_task, NULL },
  { "claim", claim_apply, claim_check, freshen_task, NULL },
  { "release", release_apply, release_check, freshen_task, NULL },
  { "assign", assign_apply, assign_check, freshen_task, NULL },
  { "set-priority", priority_apply, priority_check, freshen_task, NULL },
  { NULL },
};
