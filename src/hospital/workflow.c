/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"
#include "hospital/workflow-private.h"

#include "base/id.h"
#include "rules/consultation.h"

#include <string.h>

const char *
zq_task_status (JsonNode *task)
{
  const char *code = zq_json_get_code (task, "businessStatus", ZQ_CODE_SYSTEM ("consultation-status"));

  return code != NULL ? code : zq_json_get_code (task, "businessStatus", NULL);
}

const char *
zq_task_code (JsonNode *task)
{
  const char *code = zq_json_get_code (task, "code", ZQ_CODE_SYSTEM ("task-code"));

  return code != NULL ? code : zq_json_get_code (task, "code", NULL);
}

gboolean
zq_workflow_has_table (ZqHospital *self, const char *code)
{
  JsonNode *codes = zq_json_get (zq_policy_get (self->policy, "consultation"), "codes");

  return code != NULL && codes != NULL && JSON_NODE_HOLDS_OBJECT (codes) &&
         json_object_has_member (json_node_get_object (codes), code);
}

ZqStored *
zq_workflow_task_of (ZqHospital *self, const char *thread, JsonNode **node)
{
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT r.row FROM idx i JOIN resource r ON r.row = i.row AND r.deleted = 0"
                                         " WHERE i.name = 'Task.focus' AND i.value = ?1 ORDER BY r.row DESC",
                                         "s", thread);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqStored) best = NULL;
  g_autoptr (JsonNode) best_node = NULL;

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (found, row);
    }

  for (guint i = 0; i < found->len; i++)
    {
      g_autoptr (ZqStored) stored = zq_records_read_row (self, g_array_index (found, gint64, i), NULL);
      g_autoptr (JsonNode) read = stored != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
      gboolean open;

      if (read == NULL)
        continue;
      open = !zq_consultation_is_final (self->policy, zq_task_status (read));
      if (best != NULL && !open)
        continue;
      g_clear_pointer (&best, zq_stored_free);
      g_clear_pointer (&best_node, json_node_unref);
      best = g_steal_pointer (&stored);
      best_node = g_steal_pointer (&read);
      if (open)
        break;
    }
  *node = g_steal_pointer (&best_node);

  return g_steal_pointer (&best);
}

static gboolean
moves_to (ZqHospital *self, const char *code, const char *from, const char *action, const char *role, const char *to)
{
  const char *next = NULL;

  return zq_consultation_allows (self->policy, code, from, action, role, &next) &&
         (next == NULL || g_strcmp0 (next, to) == 0);
}

static gboolean
status_change_allowed (ZqHospital *self, const char *role, const char *code, const char *from, const char *to)
{
  static const char *const actions[] = { "close", "reopen", "reply", "decline", "send-offline", "transfer", "claim" };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (moves_to (self, code, from, actions[i], role, to))
      return TRUE;

  return FALSE;
}

static gboolean
check_task (ZqHospital *self, const ZqSession *session, JsonNode *old, JsonNode *fresh, ZqReply *reply)
{
  const char *role = zq_role_name (session->role);
  const char *code = zq_task_code (old);
  const char *from = zq_task_status (old), *to = zq_task_status (fresh);
  g_autofree char *old_owner = zq_reference_at (self, old, "owner");
  g_autofree char *new_owner = zq_reference_at (self, fresh, "owner");
  const char *expected = zq_consultation_task_status (self->policy, to);

  if (!zq_workflow_has_table (self, code) || from == NULL)
    return TRUE;
  if (g_strcmp0 (code, zq_task_code (fresh)) != 0)
    return zq_reply_fail (reply, 422, "The kind of a consultation does not change");
  if (g_strcmp0 (old_owner, new_owner) != 0)
    {
      if (!zq_handover_check (self, session, old, fresh, reply))
        return FALSE;
    }
  else if (g_strcmp0 (from, to) != 0 && !status_change_allowed (self, role, code, from, to))
    return zq_reply_fail (reply, 422, "The state of the consultation does not allow this step");
  if (g_strcmp0 (zq_json_get_string (old, "priority"), zq_json_get_string (fresh, "priority")) != 0 &&
      !zq_consultation_allows (self->policy, code, from, "set-priority", role, NULL))
    return zq_reply_fail (reply, 422, "The state of the consultation does not allow another priority");
  if (g_strcmp0 (zq_json_get_string (old, "status"), zq_json_get_string (fresh, "status")) != 0 && expected != NULL &&
      g_strcmp0 (zq_json_get_string (fresh, "status"), expected) != 0)
    return zq_reply_fail (reply, 422, "Task.status and Task.businessStatus do not go together");

  return TRUE;
}

static const char *
message_action (const ZqSession *session)
{
  return session->role == ZQ_ROLE_PATIENT ? "patient-message" : "reply";
}

gboolean
zq_workflow_allows (ZqHospital *self, const ZqSession *session, JsonNode *task, const char *action)
{
  const char *code = zq_task_code (task), *status = zq_task_status (task);

  return !zq_workflow_has_table (self, code) || status == NULL ||
         zq_consultation_allows (self->policy, code, status, action, zq_role_name (session->role), NULL);
}

gboolean
zq_workflow_before (
    ZqHospital *self, const ZqSession *session, const char *type, JsonNode *old, JsonNode *fresh, ZqReply *reply)
{
  if (session->role == ZQ_ROLE_SYSTEM)
    return TRUE;
  if (g_str_equal (type, "Task") && old != NULL)
    return check_task (self, session, old, fresh, reply);
  if (g_str_equal (type, "Communication"))
    return zq_message_check (self, session, old, fresh, reply);

  return TRUE;
}

static gboolean
set_business_status (ZqHospital *self, const ZqStored *task, const char *next, GError **error)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autoptr (ZqStored) stored = NULL;
  g_autofree char *text = zq_db_get_text (self->db, error,
                                          "SELECT json_set (?1, '$.businessStatus', json_object ('coding', json_array ("
                                          " json_object ('system', ?2, 'code', ?3))), '$.lastModified', ?4,"
                                          " '$.status', coalesce (?5, ?1->>'$.status'))",
                                          "sssss", task->text, ZQ_CODE_SYSTEM ("consultation-status"), next, now,
                                          zq_consultation_task_status (self->policy, next));

  if (text == NULL)
    return FALSE;
  stored = zq_records_write (self, "Task", task->id, text, 0, error);
  return stored != NULL;
}

static char *
department_tag (JsonNode *node)
{
  return g_strdup (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT));
}

char *
zq_workflow_add_coding (
    ZqHospital *self, const char *text, const char *where, const char *system, const char *code, GError **error)
{
  return zq_db_get_text (self->db, error,
                         "SELECT json_set (?1, CASE json_type (?1, '$.meta.' || ?2) WHEN 'array'"
                         " THEN '$.meta.' || ?2 || '[#]' ELSE '$.meta.' || ?2 END,"
                         " CASE json_type (?1, '$.meta.' || ?2) WHEN 'array'"
                         " THEN json_object ('system', ?3, 'code', ?4)"
                         " ELSE json_array (json_object ('system', ?3, 'code', ?4)) END)",
                         "ssss", text, where, system, code);
}

static gboolean
add_tag (ZqHospital *self, const char *reference, const char *department, GError **error)
{
  const char *slash = strchr (reference, '/');
  g_autofree char *type = slash != NULL ? g_strndup (reference, slash - reference) : NULL;
  g_autoptr (ZqStored) stored = slash != NULL ? zq_records_read (self, type, slash + 1, NULL) : NULL;
  g_autoptr (ZqStored) written = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  if (stored == NULL || stored->text == NULL)
    return TRUE;
  node = zq_json_read (stored->text, -1, error);
  if (node == NULL)
    return FALSE;
  if (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT) != NULL)
    return TRUE;

  text = zq_workflow_add_coding (self, stored->text, "tag", ZQ_SYSTEM_DEPARTMENT, department, error);
  if (text == NULL)
    return FALSE;
  written = zq_records_write (self, type, stored->id, text, 0, error);
  return written != NULL;
}

static char *
department_of_owner (ZqHospital *self, JsonNode *task)
{
  g_autofree char *owner = zq_reference_at (self, task, "owner");

  if (owner == NULL)
    return NULL;
  if (g_str_has_prefix (owner, "Organization/"))
    return g_strdup (owner + strlen ("Organization/"));

  return zq_db_get_text (self->db, NULL, "SELECT department FROM account WHERE fhir_user = ?1", "s", owner);
}

/* A patient's page does not know departments' tags: the hospital adds them to all that it brought. */
static gboolean
tag_consultation (ZqHospital *self, const ZqStored *stored, JsonNode *task, GError **error)
{
  static const char *const paths[] = { "focus", "encounter", "input.valueReference" };
  g_autofree char *department = department_tag (task);
  g_autofree char *reference = g_strconcat ("Task/", stored->id, NULL);

  if (department == NULL)
    department = department_of_owner (self, task);
  if (department == NULL || *department == '\0')
    return TRUE;
  if (!add_tag (self, reference, department, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GPtrArray) references = zq_references_collect (self, task, paths[i]);

      for (guint n = 0; n < references->len; n++)
        if (!add_tag (self, g_ptr_array_index (references, n), department, error))
          return FALSE;
    }

  return TRUE;
}

/* The messages that came before their task did. */
static gboolean
tag_messages (ZqHospital *self, JsonNode *task, GError **error)
{
  g_autofree char *focus = zq_reference_at (self, task, "focus");
  g_autofree char *department = department_tag (task);
  g_autoptr (GPtrArray) references = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZqRows) rows = NULL;

  if (department == NULL)
    department = department_of_owner (self, task);
  if (focus == NULL || department == NULL || *department == '\0')
    return TRUE;
  rows = zq_db_query (self->db, error,
                      "SELECT r.type || '/' || r.id FROM idx i JOIN resource r ON r.row = i.row AND r.deleted = 0"
                      " WHERE i.name = 'Communication.part-of' AND i.value = ?1",
                      "s", focus);
  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (references, g_strdup (zq_rows_text (rows, 0)));
  g_clear_pointer (&rows, zq_rows_free);

  for (guint i = 0; i < references->len; i++)
    if (!add_tag (self, g_ptr_array_index (references, i), department, error))
      return FALSE;

  return TRUE;
}

static gboolean
tag_like_thread (ZqHospital *self, const ZqStored *stored, const char *thread, JsonNode *task, GError **error)
{
  g_autofree char *reference = g_strconcat (stored->type, "/", stored->id, NULL);
  g_autofree char *department = task != NULL ? department_tag (task) : NULL;

  return department == NULL || add_tag (self, reference, department, error);
}

static gboolean
after_message (ZqHospital *self, const ZqSession *session, const ZqStored *stored, JsonNode *node, GError **error)
{
  g_autofree char *thread = zq_reference_at (self, node, "partOf");
  g_autoptr (JsonNode) task_node = NULL;
  g_autoptr (ZqStored) task = thread != NULL ? zq_workflow_task_of (self, thread, &task_node) : NULL;
  const char *next = NULL;

  if (!zq_db_exec (self->db, error, "INSERT OR IGNORE INTO undelivered (row, sender) VALUES (?1, ?2)", "is",
                   stored->row, session->role == ZQ_ROLE_PATIENT ? "patient" : "staff"))
    return FALSE;
  if (task == NULL)
    return TRUE;
  if (session->role == ZQ_ROLE_PATIENT && !tag_like_thread (self, stored, thread, task_node, error))
    return FALSE;
  /* a correction is no answer: it is nobody's turn because of it */
  if (zq_message_has_category (node, "correction") || !zq_workflow_has_table (self, zq_task_code (task_node)) ||
      !zq_consultation_allows (self->policy, zq_task_code (task_node), zq_task_status (task_node),
                               message_action (session), zq_role_name (session->role), &next) ||
      next == NULL || g_strcmp0 (next, zq_task_status (task_node)) == 0)
    return TRUE;

  return set_business_status (self, task, next, error);
}

static gboolean
after_read_mark (ZqHospital *self, const ZqStored *stored, JsonNode *node, GError **error)
{
  g_autofree char *thread = zq_reference_at (self, node, "subject");
  g_autoptr (JsonNode) task_node = NULL;
  g_autoptr (ZqStored) task = thread != NULL ? zq_workflow_task_of (self, thread, &task_node) : NULL;

  return task == NULL || tag_like_thread (self, stored, thread, task_node, error);
}

gboolean
zq_workflow_after (ZqHospital *self, const ZqSession *session, const ZqStored *stored, gboolean created, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  gboolean patient = session->role == ZQ_ROLE_PATIENT;

  if (g_str_equal (stored->type, "Library"))
    zq_hospital_read_policy (self);
  if (session->role == ZQ_ROLE_SYSTEM && !g_str_equal (stored->type, "DiagnosticReport") &&
      !g_str_equal (stored->type, "Appointment"))
    return TRUE;
  node = zq_json_read (stored->text, -1, error);
  if (node == NULL)
    return FALSE;
  if (!patient && g_str_equal (stored->type, "DiagnosticReport"))
    return zq_results_after_report (self, stored, node, error);
  if (g_str_equal (stored->type, "Appointment"))
    return zq_visits_after_appointment (self, stored, node, error);
  if (g_str_equal (stored->type, "Communication") && created &&
      g_strcmp0 (zq_json_get_string (node, "status"), "preparation") != 0 &&
      (zq_message_has_category (node, "message") || zq_message_has_category (node, "correction")))
    return after_message (self, session, stored, node, error);
  if (g_str_equal (stored->type, "Consent"))
    zq_room_consent_said (self, node);
  if (patient && g_str_equal (stored->type, "Basic"))
    return after_read_mark (self, stored, node, error);
  if (patient && g_str_equal (stored->type, "Task") && created)
    return tag_consultation (self, stored, node, error) && tag_messages (self, node, error);

  return TRUE;
}

static gboolean
set_received (ZqHospital *self, gint64 row, GError **error)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autoptr (ZqStored) stored = zq_records_read_row (self, row, error);
  g_autoptr (ZqStored) written = NULL;
  g_autofree char *text = NULL;

  if (stored == NULL || !zq_db_exec (self->db, error, "DELETE FROM undelivered WHERE row = ?1", "i", row))
    return FALSE;
  if (stored->text == NULL)
    return TRUE;
  text = zq_db_get_text (self->db, error, "SELECT json_set (?1, '$.received', ?2)", "ss", stored->text, now);
  if (text == NULL)
    return FALSE;
  written = zq_records_write (self, stored->type, stored->id, text, 0, error);
  return written != NULL;
}

void
zq_workflow_served (ZqHospital *self, const ZqSession *session, GArray *rows)
{
  const char *sender = session->role == ZQ_ROLE_PATIENT ? "staff" : "patient";
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) delivered = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean ok = TRUE;

  if (session->role == ZQ_ROLE_SYSTEM)
    return;
  for (guint i = 0; i < rows->len; i++)
    {
      gint64 row = g_array_index (rows, gint64, i), found;

      if (zq_db_get_int (self->db, &found, NULL, "SELECT 1 FROM undelivered WHERE row = ?1 AND sender = ?2", "is", row,
                         sender))
        g_array_append_val (delivered, row);
    }
  if (delivered->len == 0 || !zq_records_begin (self, &error))
    return;

  for (guint i = 0; i < delivered->len && ok; i++)
    ok = set_received (self, g_array_index (delivered, gint64, i), &error);
  if (!zq_records_end (self, ok, &error) || !ok)
    g_warning ("The hospital could not note what was delivered: %s", error != NULL ? error->message : "");
}
