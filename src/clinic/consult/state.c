/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/state.h"

#include "base/id.h"
#include "resource/json.h"
#include "resource/reference.h"
#include "rules/consultation.h"

void
zq_consult_state_free (ZqConsultState *self)
{
  g_free (self->code);
  g_free (self->status);
  g_free (self->department);
  g_free (self);
}

gint64
zq_consult_conversation (gint64 consult, gint64 thread)
{
  return thread != 0 ? thread : -consult;
}

ZqConsultState *
zq_consult_state_load (ZqDb *db, gint64 id, GError **error)
{
  ZqConsultState *self;
  g_autoptr (ZqRows) rows = NULL;

  rows = zq_db_query (db, error,
                      "SELECT patient, thread, encounter, requester, owner, urgent, mine, in_pool, final, code, status,"
                      " department FROM consult WHERE id = ?",
                      "i", id);
  if (rows == NULL || !zq_rows_next (rows, error))
    return NULL;

  self = g_new0 (ZqConsultState, 1);
  self->id = id;
  self->patient = zq_rows_int (rows, 0);
  self->thread = zq_rows_int (rows, 1);
  self->encounter = zq_rows_int (rows, 2);
  self->requester = zq_rows_int (rows, 3);
  self->owner = zq_rows_int (rows, 4);
  self->urgent = zq_rows_int (rows, 5) != 0;
  self->mine = zq_rows_int (rows, 6) != 0;
  self->in_pool = zq_rows_int (rows, 7) != 0;
  self->final = zq_rows_int (rows, 8) != 0;
  self->code = g_strdup (zq_rows_text (rows, 9));
  self->status = g_strdup (zq_rows_text (rows, 10));
  self->department = g_strdup (zq_rows_text (rows, 11));

  return self;
}

gboolean
zq_consult_is_of_one_patient (const ZqConsultState *self, ZqDb *db)
{
  gint64 patient = 0;

  zq_db_get_int (db, &patient, NULL, "SELECT patient FROM thread WHERE id = ?", "i", self->thread);

  return patient == 0 || self->patient == 0 || patient == self->patient;
}

gboolean
zq_consult_state_allows (const ZqConsultState *self, const ZqContext *context, const char *action)
{
  gboolean reach = self->mine;

  if (g_str_equal (action, "set-priority") || g_str_equal (action, "assign") || g_str_equal (action, "note"))
    reach = self->mine || self->in_pool;
  else if (g_str_equal (action, "mark-read"))
    reach = TRUE;
  else if (g_str_equal (action, "claim"))
    reach = self->in_pool || (self->mine && g_str_equal (self->status, "awaiting-acceptance"));

  return reach && zq_consultation_allows (zq_context_get_policy (context), self->code, self->status, action,
                                          context->role, NULL);
}

char *
zq_consult_reference (ZqDb *db, gint64 row)
{
  if (row == 0)
    return NULL;

  return zq_db_get_text (db, NULL,
                         "SELECT iif (server_id IS NULL, 'urn:uuid:' || local_id, type || '/' || server_id)"
                         " FROM resource WHERE id = ?",
                         "i", row);
}

const char *
zq_consult_status_of_task (const char *task_status, gboolean pooled)
{
  static const struct
  {
    const char *task, *status;
  } table[] = {
    { "draft", "awaiting-acceptance" },    { "requested", "awaiting-acceptance" },
    { "received", "awaiting-acceptance" }, { "rejected", "declined" },
    { "cancelled", "declined" },           { "failed", "declined" },
    { "completed", "completed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (task_status, table[i].task) == 0)
      return table[i].status;

  return pooled ? "awaiting-acceptance" : "in-consultation";
}

gboolean
zq_consult_is_over (const ZqContext *context, const char *status, const char *task_status)
{
  static const char *const over[] = { "completed", "cancelled", "rejected", "failed", "entered-in-error", NULL };
  ZqPolicy *policy = zq_context_get_policy (context);

  if (zq_consultation_task_status (policy, status) != NULL)
    return zq_consultation_is_final (policy, status);

  return task_status != NULL && g_strv_contains (over, task_status);
}

const char *
zq_consult_read_code (JsonNode *task)
{
  const char *code = zq_json_get_code (task, "code", ZQ_TASK_CODES);

  if (code == NULL)
    code = zq_json_get_code (task, "code", NULL);
  if (code == NULL)
    code = zq_json_get_string (task, "code.text");

  return code != NULL ? code : "";
}

const char *
zq_consult_read_status (JsonNode *task, const ZqContext *context)
{
  const char *status = zq_json_get_code (task, "businessStatus", ZQ_STATUS_CODES);

  if (status == NULL)
    status = zq_json_get_code (task, "businessStatus", NULL);
  if (status == NULL)
    status = zq_json_get_string (task, "businessStatus.text");
  if (status == NULL)
    status = zq_consult_status_of_task (zq_json_get_string (task, "status"), zq_consult_is_pooled (task, context));

  return status;
}

gboolean
zq_consult_is_mine (JsonNode *task, const ZqContext *context)
{
  g_autoptr (ZqReference) owner = zq_reference_read_from (task, "owner", context->base);

  return owner != NULL && zq_reference_is (owner, "Practitioner") && g_strcmp0 (owner->id, context->me) == 0;
}

static gboolean
is_my_department (const ZqContext *context, const char *department)
{
  return department != NULL && context->departments != NULL &&
         g_strv_contains ((const char *const *)context->departments, department);
}

gboolean
zq_consult_is_pooled (JsonNode *task, const ZqContext *context)
{
  g_autoptr (ZqReference) owner = zq_reference_read_from (task, "owner", context->base);

  if (owner != NULL)
    return zq_reference_is (owner, "Organization") && is_my_department (context, owner->id);

  return zq_json_get (task, "owner") == NULL &&
         is_my_department (context, zq_json_get_tag (task, ZQ_SYSTEM_DEPARTMENT));
}
