/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/review/give.h"

#include "clinic/consult/command.h"
#include "clinic/consult/rules.h"
#include "clinic/patient/record.h"
#include "resource/datetime.h"
#include "resource/json.h"

/* What was written before is history: a first sync asks for none of it. */
#define NEWER_THAN (30 * G_TIME_SPAN_DAY)

gint64
zq_review_give_next (ZqDb *db)
{
  gint64 due = 0;

  zq_db_get_int (db, &due, NULL, "SELECT EXISTS (SELECT 1 FROM review_due)", "");

  return due;
}

/* --- which ones --------------------------------------------------------------------------------- */

typedef struct
{
  gint64 report, patient, came, critical;
  char *department;
} Given;

static void
given_clear (gpointer data)
{
  g_free (((Given *)data)->department);
}

/* Of what is due: reports that nobody has to look at, of patients whose newest consultation that somebody has is mine,
 * that came since I have had one of theirs. */
static GArray *
list (ZqDb *db, gint64 now, GError **error)
{
  GError *local = NULL;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Given));
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error,
      "WITH due AS (SELECT i.id FROM review_due d CROSS JOIN record_item i ON i.id = d.id"
      "   UNION SELECT i.id FROM review_due d CROSS JOIN consult c ON c.id = d.id CROSS JOIN record_item i"
      "     ON i.patient = c.patient AND i.kind = ?1)"
      " SELECT i.id, i.patient, r.last_updated, i.flag = ?2, c.department FROM due CROSS JOIN record_item i ON i.id ="
      "   due.id CROSS JOIN resource r ON r.id = i.id CROSS JOIN consult c ON c.id = (SELECT n.id FROM consult n"
      "     WHERE n.patient = i.patient AND NOT n.in_pool ORDER BY n.authored DESC, n.id DESC LIMIT 1)"
      " WHERE r.type = 'DiagnosticReport' AND r.server_id IS NOT NULL AND c.mine AND r.last_updated >= ?3"
      "   AND EXISTS (SELECT 1 FROM consult e WHERE e.patient = i.patient AND e.mine AND e.authored <= r.last_updated)"
      "   AND NOT EXISTS (SELECT 1 FROM review v WHERE v.report = i.id) ORDER BY i.id",
      "iii", (gint64)ZQ_RECORD_REPORT, (gint64)ZQ_RECORD_CRITICAL, now - NEWER_THAN);

  g_array_set_clear_func (all, given_clear);
  while (rows != NULL && zq_rows_next (rows, &local))
    {
      Given given = { zq_rows_int (rows, 0), zq_rows_int (rows, 1), zq_rows_int (rows, 2), zq_rows_int (rows, 3),
                      g_strdup (zq_rows_text (rows, 4)) };

      g_array_append_val (all, given);
    }
  if (rows == NULL || local != NULL)
    {
      if (local != NULL)
        g_propagate_error (error, local);
      return NULL;
    }

  return g_steal_pointer (&all);
}

/* --- giving it ----------------------------------------------------------------------------------- */

/* When it came, not when it was noticed: another workstation writes the same. */
static gboolean
give (ZqTxn *txn, const Given *given, GError **error)
{
  const ZqContext *context = zq_txn_context (txn);
  ZqDb *db = zq_txn_db (txn);
  g_autofree char *report = zq_consult_reference (db, given->report);
  g_autofree char *patient = zq_consult_reference (db, given->patient);
  g_autofree char *at = zq_instant_format (given->came);
  g_autofree char *key = g_strdup_printf ("result-review.DiagnosticReport.%s.Practitioner.%s",
                                          report + strlen ("DiagnosticReport/"), context->me);
  g_autofree char *chain = NULL;
  g_autoptr (GString) args = g_string_new ("{");
  gint64 target = zq_txn_create_local (txn, "Task", key, error);

  zq_command_add_member (args, "report", report);
  zq_command_add_member (args, "patient", patient);
  zq_command_add_member (args, "at", at);
  zq_command_add_member (args, "priority", given->critical ? "stat" : "routine");
  zq_command_add_member (args, "department",
                         given->department != NULL      ? given->department
                         : context->departments != NULL ? context->departments[0]
                                                        : NULL);
  g_string_append_c (args, '}');
  chain = g_strdup_printf ("review/%" G_GINT64_FORMAT, target);

  return target != 0 && zq_txn_add_intent (txn, "review", "give", target, args->str, NULL, chain, 0, error) != 0;
}

gboolean
zq_review_give (ZqTxn *txn, gint64 now_us, GError **error)
{
  const ZqContext *context = zq_txn_context (txn);
  JsonNode *clinic = zq_policy_get (zq_context_get_policy (context), "clinic");
  g_autoptr (GArray) all = NULL;

  if (zq_review_give_next (zq_txn_db (txn)) == 0)
    return TRUE;
  if (g_strcmp0 (zq_json_get_string (clinic, "result-tasks"), "workstation") == 0)
    {
      all = list (zq_txn_db (txn), now_us, error);
      if (all == NULL)
        return FALSE;
      for (guint i = 0; i < all->len; i++)
        if (!give (txn, &g_array_index (all, Given, i), error))
          return FALSE;
    }

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM review_due", "");
}

/* --- on the wire --------------------------------------------------------------------------------- */

static void
set_reference (ZqEdits *edits, const char *path, const char *reference)
{
  if (reference != NULL)
    zq_edits_set_string (edits, path, reference);
}

gboolean
zq_review_give_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *department = zq_json_get_string (args, "department");
  g_autofree char *key = zq_json_quote (intent->target_local_id != NULL ? intent->target_local_id : "");
  g_autofree char *identifier = g_strdup_printf ("[{\"system\":\"" ZQ_SYSTEM_LOCAL_ID "\",\"value\":%s}]", key);
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);

  /* Another workstation has made it. */
  if (current != NULL)
    return TRUE;
  zq_edits_set_string (edits, "$.resourceType", "Task");
  if (department != NULL)
    {
      g_autofree char *code = zq_json_quote (department);
      g_autofree char *meta =
          g_strdup_printf ("{\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":%s}]}", code);

      zq_edits_set_json (edits, "$.meta", meta);
    }
  zq_edits_set_json (edits, "$.identifier", identifier);
  zq_edits_set_string (edits, "$.status", "requested");
  zq_edits_set_string (edits, "$.intent", "order");
  zq_edits_set_string (edits, "$.priority", zq_json_get_string (args, "priority"));
  zq_edits_set_json (edits, "$.code", "{\"coding\":[{\"system\":\"" ZQ_TASK_CODES "\",\"code\":\"result-review\"}]}");
  zq_edits_set_json (edits, "$.focus", "{}");
  set_reference (edits, "$.focus.reference", zq_json_get_string (args, "report"));
  zq_edits_set_json (edits, "$.for", "{}");
  set_reference (edits, "$.for.reference", zq_json_get_string (args, "patient"));
  zq_edits_set_json (edits, "$.owner", "{}");
  set_reference (edits, "$.owner.reference", me);
  zq_edits_set_string (edits, "$.authoredOn", zq_json_get_string (args, "at"));

  return TRUE;
}

void
zq_review_give_freshen (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  g_autofree char *key = NULL;

  if (intent->target_server_id != NULL || intent->target_local_id == NULL)
    return;
  key = g_uri_escape_string (intent->target_local_id, NULL, FALSE);
  g_ptr_array_add (queries, g_strconcat ("Task?identifier=" ZQ_SYSTEM_LOCAL_ID "%7C", key, NULL));
}
