/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/workflow-private.h"

#include "base/id.h"
#include "resource/datetime.h"

#include <string.h>

/* Each report that comes is given to the doctor who has the patient in consultation, as a Task that is open until the
 * patient knows; a critical value that nobody has received in time goes to the department's duty pool. */

#define USUAL_HAND_OVER 900 /* seconds */

static gboolean
is_critical_code (const char *code)
{
  static const char *const critical[] = { "HH", "LL", "AA", NULL };

  return code != NULL && g_strv_contains (critical, code);
}

static gboolean
is_critical_result (ZqHospital *self, const char *reference)
{
  const char *id = strchr (reference, '/');
  g_autoptr (ZqStored) stored = id != NULL ? zq_records_read (self, "Observation", id + 1, NULL) : NULL;
  g_autoptr (JsonNode) node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();

  if (node == NULL)
    return FALSE;
  zq_nodes_collect (node, "interpretation.coding.code", codes);
  for (guint i = 0; i < codes->len; i++)
    if (is_critical_code (json_node_get_string (g_ptr_array_index (codes, i))))
      return TRUE;

  return FALSE;
}

static gboolean
is_critical_report (ZqHospital *self, JsonNode *report)
{
  g_autoptr (GPtrArray) results = zq_references_collect (self, report, "result");

  for (guint i = 0; i < results->len; i++)
    if (is_critical_result (self, g_ptr_array_index (results, i)))
      return TRUE;

  return FALSE;
}

/* The newest consultation of the patient that somebody has. */
static JsonNode *
find_consultation (ZqHospital *self, const char *patient)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT r.row FROM idx i JOIN resource r ON r.row = i.row AND r.deleted = 0"
                                         " WHERE i.name = 'Task.patient' AND i.value = ?1 ORDER BY r.row DESC LIMIT 50",
                                         "s", patient);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (found, row);
    }
  g_clear_pointer (&rows, zq_rows_free);
  for (guint i = 0; i < found->len; i++)
    {
      g_autoptr (ZqStored) stored = zq_records_read_row (self, g_array_index (found, gint64, i), NULL);
      g_autoptr (JsonNode) node = stored != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
      g_autofree char *owner = node != NULL ? zq_reference_at (self, node, "owner") : NULL;

      if (owner != NULL && g_str_has_prefix (owner, "Practitioner/") &&
          zq_workflow_has_table (self, zq_task_code (node)))
        return g_steal_pointer (&node);
    }

  return NULL;
}

/* --- the Task ------------------------------------------------------------------------------------ */

static char *
task_id (const char *report)
{
  g_autofree char *id = g_strconcat ("review-", report, NULL);

  return g_strndup (id, 64);
}

static char *
make_task (ZqHospital *self, const char *report, const char *patient, JsonNode *consultation, gboolean is_critical)
{
  g_autofree char *owner = zq_reference_at (self, consultation, "owner");
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *key =
      g_strdup_printf ("result-review.DiagnosticReport.%s.Practitioner.%s", report, strchr (owner, '/') + 1);
  g_autofree char *focus = g_strconcat ("DiagnosticReport/", report, NULL);

  return zq_db_get_text (
      self->db, NULL,
      "SELECT json_object ('resourceType', 'Task',"
      " 'meta', json_object ('tag', json_array (json_object ('system', '" ZQ_SYSTEM_DEPARTMENT "', 'code', ?1))),"
      " 'identifier', json_array (json_object ('system', '" ZQ_SYSTEM_LOCAL_ID "', 'value', ?2)),"
      " 'status', 'requested', 'intent', 'order', 'priority', ?3,"
      " 'code', json_object ('coding', json_array (json_object ('system', '" ZQ_CODE_SYSTEM (
          "task-code") "', 'code', 'result-review'))),"
                       " 'focus', json_object ('reference', ?4), 'for', json_object ('reference', ?5),"
                       " 'owner', json_object ('reference', ?6), 'authoredOn', ?7, 'lastModified', ?7)",
      "sssssss", zq_json_get_tag (consultation, ZQ_SYSTEM_DEPARTMENT), key, is_critical ? "stat" : "routine", focus,
      patient, owner, now);
}

static gboolean
write_task (ZqHospital *self, const char *id, const char *text, GError **error)
{
  g_autoptr (ZqStored) written = zq_records_write (self, "Task", id, text, 0, error);

  return written != NULL;
}

/* What was closed is open again; whoever has it keeps it. */
static gboolean
ask_again (ZqHospital *self, const ZqStored *task, gboolean is_critical, GError **error)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *text = zq_db_get_text (
      self->db, error, "SELECT json_set (?1, '$.status', 'requested', '$.priority', ?2, '$.lastModified', ?3)", "sss",
      task->text, is_critical ? "stat" : "routine", now);

  return text != NULL && write_task (self, task->id, text, error);
}

gboolean
zq_results_after_report (ZqHospital *self, const ZqStored *stored, JsonNode *report, GError **error)
{
  g_autofree char *patient = zq_reference_at (self, report, "subject");
  g_autofree char *id = task_id (stored->id);
  gboolean is_critical = is_critical_report (self, report);
  g_autoptr (ZqStored) task = zq_records_read (self, "Task", id, NULL);
  g_autoptr (JsonNode) consultation = NULL;
  g_autofree char *text = NULL;

  /* As a hospital without this workflow. */
  if (self->faults != NULL && zq_faults_no_result_tasks (self->faults))
    return TRUE;
  if (task != NULL && !task->deleted)
    {
      if (!ask_again (self, task, is_critical, error))
        return FALSE;
    }
  else
    {
      consultation = patient != NULL ? find_consultation (self, patient) : NULL;
      if (consultation == NULL || zq_json_get_tag (consultation, ZQ_SYSTEM_DEPARTMENT) == NULL)
        return TRUE;
      text = make_task (self, stored->id, patient, consultation, is_critical);
      if (text == NULL || !write_task (self, id, text, error))
        return FALSE;
    }
  zq_results_watch (self);

  return TRUE;
}

/* --- hand-over ----------------------------------------------------------------------------------- */

static gint64
hand_over_us (ZqHospital *self)
{
  const char *text = zq_json_get_string (zq_policy_get (self->policy, "critical"), "hand-over-after");
  gint64 seconds = text != NULL ? g_ascii_strtoll (text, NULL, 10) : USUAL_HAND_OVER;

  return seconds * G_USEC_PER_SEC;
}

static gboolean
is_received (JsonNode *task)
{
  guint length = zq_json_get_length (task, "output");

  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (zq_json_get_code (zq_json_get_at (task, "output", i), "type", ZQ_CODE_SYSTEM ("task-output")),
                   "received") == 0)
      return TRUE;

  return FALSE;
}

/* When it has to be received, 0: it need not (any more). */
static gint64
deadline_of (ZqHospital *self, JsonNode *task)
{
  g_autofree char *owner = zq_reference_at (self, task, "owner");
  gint64 asked = zq_date_time_parse (zq_json_get_string (task, "lastModified"), self->zone).start;

  if (g_strcmp0 (zq_task_code (task), "result-review") != 0 || owner == NULL ||
      !g_str_has_prefix (owner, "Practitioner/") || g_strcmp0 (zq_json_get_string (task, "status"), "requested") != 0 ||
      g_strcmp0 (zq_json_get_string (task, "priority"), "stat") != 0 || is_received (task) || asked == 0)
    return 0;

  return asked + hand_over_us (self);
}

static gboolean
hand_over (ZqHospital *self, const ZqStored *stored, JsonNode *task, GError **error)
{
  g_autofree char *owner = zq_reference_at (self, task, "owner");
  const char *department = zq_json_get_tag (task, ZQ_SYSTEM_DEPARTMENT);
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *text = NULL;

  if (department == NULL)
    return TRUE;
  text = zq_db_get_text (
      self->db, error,
      "SELECT json_set (json_set (?1, '$.output', json (coalesce (?1 -> '$.output', '[]'))),"
      " '$.owner', json_object ('reference', 'Organization/' || ?2), '$.lastModified', ?3,"
      " '$.output[#]', json_object ('extension', json_array (json_object ('url', '" ZQ_EXTENSION (
          "at") "', 'valueInstant', ?3)),"
                " 'type', json_object ('coding', json_array (json_object ('system', '" ZQ_CODE_SYSTEM (
                    "task-output") "', 'code', 'handed-over'))), 'valueReference', json_object ('reference', ?4)))",
      "ssss", stored->text, department, now, owner);
  return text != NULL && write_task (self, stored->id, text, error);
}

static GArray *
list_critical (ZqHospital *self)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows = zq_db_query (
      self->db, NULL,
      "SELECT r.row FROM idx p JOIN resource r ON r.row = p.row AND r.deleted = 0 JOIN idx s ON s.row = p.row"
      " AND s.name = 'Task.status' AND s.value = 'requested' WHERE p.name = 'Task.priority'"
      " AND p.value = 'stat' ORDER BY r.row",
      "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (found, row);
    }

  return found;
}

/* Hands over what is due; when the next one will be, 0: none. */
static gint64
look (ZqHospital *self, GError **error)
{
  g_autoptr (GArray) found = list_critical (self);
  gint64 next = 0, now = zq_clock_now (self->clock);

  for (guint i = 0; i < found->len; i++)
    {
      g_autoptr (ZqStored) stored = zq_records_read_row (self, g_array_index (found, gint64, i), error);
      g_autoptr (JsonNode) task = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
      gint64 deadline = task != NULL ? deadline_of (self, task) : 0;

      if (deadline == 0)
        continue;
      if (deadline <= now)
        {
          if (!hand_over (self, stored, task, error))
            return 0;
        }
      else if (next == 0 || deadline < next)
        next = deadline;
    }

  return next;
}

static void
on_due (gpointer data)
{
  ZqHospital *self = data;
  g_autoptr (GError) error = NULL;
  gint64 next;
  gboolean ok;

  self->hand_over_alarm = 0;
  /* In the middle of a request: right after it. */
  if (self->in_transaction)
    {
      zq_results_watch (self);
      return;
    }
  if (!zq_records_begin (self, &error))
    {
      g_warning ("critical values could not be looked at: %s", error->message);
      return;
    }
  next = look (self, &error);
  ok = error == NULL;
  if (!zq_records_end (self, ok, ok ? &error : NULL) || !ok)
    g_warning ("critical values could not be handed over: %s", error != NULL ? error->message : "?");
  if (next != 0)
    self->hand_over_alarm = zq_clock_alarm (self->clock, next, on_due, self);
}

void
zq_results_watch (ZqHospital *self)
{
  zq_clock_clear (self->clock, &self->hand_over_alarm);
  self->hand_over_alarm = zq_clock_alarm_in (self->clock, 0, on_due, self);
}
