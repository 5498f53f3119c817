/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/workflow-private.h"

#include "base/id.h"

#include <string.h>

static char *
task_id (const char *appointment)
{
  g_autofree char *id = g_strconcat ("visit-", appointment, NULL);

  return g_strndup (id, 64);
}

static const char *
find_actor (GPtrArray *actors, const char *type)
{
  for (guint i = 0; i < actors->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (actors, i), type))
      return g_ptr_array_index (actors, i);

  return NULL;
}

/* What the Appointment's status asks of its Task; NULL: nothing. */
static const char *
task_status (const char *status)
{
  static const char *const gone[] = { "cancelled", "entered-in-error", NULL };

  return status != NULL && g_strv_contains (gone, status) ? "cancelled" : NULL;
}

static char *
make_task (ZqHospital *self, const ZqStored *stored, JsonNode *appointment, const char *patient, const char *doctor)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *key = g_strconcat ("visit.Appointment.", stored->id, NULL);
  g_autofree char *focus = g_strconcat ("Appointment/", stored->id, NULL);

  return zq_db_get_text (
      self->db, NULL,
      "SELECT json_object ('resourceType', 'Task',"
      " 'meta', json_object ('tag', json_array (json_object ('system', '" ZQ_SYSTEM_DEPARTMENT "', 'code', ?1))),"
      " 'identifier', json_array (json_object ('system', '" ZQ_SYSTEM_LOCAL_ID "', 'value', ?2)),"
      " 'status', 'requested', 'intent', 'order', 'priority', 'routine',"
      " 'code', json_object ('coding', json_array (json_object ('system', '" ZQ_CODE_SYSTEM (
          "task-code") "', 'code', 'visit'))),"
                       " 'focus', json_object ('reference', ?3), 'for', json_object ('reference', ?4),"
                       " 'owner', json_object ('reference', ?5), 'authoredOn', ?6, 'lastModified', ?6)",
      "ssssss", zq_json_get_tag (appointment, ZQ_SYSTEM_DEPARTMENT), key, focus, patient, doctor, now);
}

static gboolean
is_over (const char *status)
{
  static const char *const over[] = { "completed", "cancelled", "failed", "rejected", "entered-in-error", NULL };

  return status != NULL && g_strv_contains (over, status);
}

static gboolean
change_task (ZqHospital *self, const ZqStored *task, const char *status, GError **error)
{
  g_autoptr (JsonNode) node = zq_json_read (task->text, -1, error);
  g_autoptr (ZqStored) written = NULL;
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *text = NULL;

  if (node == NULL)
    return FALSE;
  if (status == NULL || is_over (zq_json_get_string (node, "status")))
    return TRUE;
  text = zq_db_get_text (self->db, error, "SELECT json_set (?1, '$.status', ?2, '$.lastModified', ?3)", "sss",
                         task->text, status, now);
  written = text != NULL ? zq_records_write (self, "Task", task->id, text, 0, error) : NULL;

  return written != NULL;
}

gboolean
zq_visits_after_appointment (ZqHospital *self, const ZqStored *stored, JsonNode *appointment, GError **error)
{
  g_autoptr (GPtrArray) actors = zq_references_collect (self, appointment, "participant.actor");
  const char *patient = find_actor (actors, "Patient/"), *doctor = find_actor (actors, "Practitioner/");
  const char *status = task_status (zq_json_get_string (appointment, "status"));
  g_autofree char *id = task_id (stored->id);
  g_autoptr (ZqStored) task = zq_records_read (self, "Task", id, NULL);
  g_autoptr (ZqStored) written = NULL;
  g_autofree char *text = NULL;

  if (task != NULL && !task->deleted)
    return change_task (self, task, status, error);
  if (patient == NULL || doctor == NULL || status != NULL ||
      zq_json_get_tag (appointment, ZQ_SYSTEM_DEPARTMENT) == NULL)
    return TRUE;
  text = make_task (self, stored, appointment, patient, doctor);
  written = text != NULL ? zq_records_write (self, "Task", id, text, 0, error) : NULL;

  return written != NULL;
}
