/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/visit/kinds.h"

#include "base/id.h"
#include "clinic/consult/state.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "resource/reference.h"
#include "store/txn.h"

/* --- Appointment -------------------------------------------------------------------------------- */

typedef struct
{
  char *patient, *thread, *status, *reason, *cancelled;
  gint64 start, end, arrived;
  gboolean mine;
} Visit;

static void
visit_free (gpointer data)
{
  Visit *self = data;

  g_free (self->patient);
  g_free (self->thread);
  g_free (self->status);
  g_free (self->reason);
  g_free (self->cancelled);
  g_free (self);
}

static void
read_people (JsonNode *node, const ZqContext *context, Visit *self)
{
  guint length = zq_json_get_length (node, "participant");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *participant = zq_json_get_at (node, "participant", i);
      g_autoptr (ZqReference) actor = zq_reference_read_from (participant, "actor", context->base);

      if (actor == NULL)
        continue;
      if (zq_reference_is (actor, "Patient") && self->patient == NULL)
        self->patient = g_strdup (zq_codec_reference (participant, "actor"));
      else if (zq_reference_is (actor, "Practitioner") && g_strcmp0 (actor->id, context->me) == 0)
        self->mine = TRUE;
    }
}

static gpointer
visit_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  JsonNode *arrived = zq_json_get_extension (node, ZQ_EXTENSION ("arrived-at"));
  Visit *self = g_new0 (Visit, 1);

  read_people (node, context, self);
  self->thread = g_strdup (zq_codec_reference (node, "supportingInformation"));
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->reason = g_strdup (zq_json_get_string (node, "description"));
  if (self->reason == NULL)
    self->reason = zq_codec_concept (node, "reasonCode");
  self->cancelled = zq_codec_concept (node, "cancelationReason");
  self->start = zq_date_time_parse (zq_json_get_string (node, "start"), context->zone).start;
  self->end = zq_date_time_parse (zq_json_get_string (node, "end"), context->zone).start;
  if (arrived != NULL && g_strcmp0 (self->status, "arrived") == 0)
    self->arrived = zq_date_time_parse (zq_json_get_string (arrived, "valueInstant"), context->zone).start;

  return self;
}

static gboolean
visit_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Visit *self = parsed;
  gint64 patient, thread;

  if (!zq_person_refer (txn, self->patient, self->mine, &patient, error) ||
      !zq_person_refer (txn, self->thread, FALSE, &thread, error))
    return FALSE;
  zq_txn_changed (txn, "visit", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO visit (id, patient, thread, status, reason, cancelled, start, end,"
                     " arrived_at, mine) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     "iiisssiiii", id, patient, thread, self->status, self->reason, self->cancelled, self->start,
                     self->end, self->arrived, (gint64)self->mine);
}

static gboolean
visit_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "visit", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM visit WHERE id = ?", "i", id);
}

static const ZqScope visit_scopes[] = {
  { "mine", "Appointment?actor=Practitioner/{me}", NULL, TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_visit_kind = {
  .name = "visit",
  .type = "Appointment",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS visit ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, thread INTEGER NOT NULL, status TEXT, reason TEXT,"
            "  cancelled TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL, arrived_at INTEGER NOT NULL,"
            "  mine INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS visit_start ON visit (start) WHERE mine;"
            "CREATE INDEX IF NOT EXISTS visit_arrived ON visit (arrived_at) WHERE mine AND arrived_at <> 0;"
            "CREATE INDEX IF NOT EXISTS visit_open ON visit (start) WHERE mine AND " ZQ_VISIT_IS_OPEN (
                "status") ";"
                          "CREATE INDEX IF NOT EXISTS visit_patient ON visit (patient, start);",
  .parse = visit_parse,
  .parsed_free = visit_free,
  .project = visit_project,
  .unproject = visit_unproject,
  .rules = zq_visit_rules,
  .scopes = visit_scopes,
};

/* --- its Task ----------------------------------------------------------------------------------- */

typedef struct
{
  char *appointment;
  char *status;
} Task;

static void
task_free (gpointer data)
{
  Task *self = data;

  g_free (self->appointment);
  g_free (self->status);
  g_free (self);
}

static gboolean
task_claims (JsonNode *node)
{
  return g_strcmp0 (zq_json_get_code (node, "code", ZQ_TASK_CODES), "visit") == 0;
}

static gpointer
task_parse (JsonNode *node, gpointer data, GError **error)
{
  Task *self = g_new0 (Task, 1);

  self->appointment = g_strdup (zq_codec_reference (node, "focus"));
  self->status = g_strdup (zq_json_get_string (node, "status"));

  return self;
}

static gboolean
task_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Task *self = parsed;
  gint64 appointment;

  if (!zq_person_refer (txn, self->appointment, FALSE, &appointment, error))
    return FALSE;
  if (appointment != 0)
    zq_txn_changed (txn, "visit", appointment, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO visit_task (id, appointment, status) VALUES (?, ?, ?)", "iis", id,
                     appointment, self->status);
}

static gboolean
task_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM visit_task WHERE id = ?", "i", id);
}

const ZqResourceKind zq_visit_task_kind = {
  .name = "visit-task",
  .type = "Task",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS visit_task ("
            "  id INTEGER PRIMARY KEY, appointment INTEGER NOT NULL, status TEXT);"
            "CREATE INDEX IF NOT EXISTS visit_task_appointment ON visit_task (appointment);",
  .claims = task_claims,
  .parse = task_parse,
  .parsed_free = task_free,
  .project = task_project,
  .unproject = task_unproject,
  .rules = zq_visit_task_rules, /* Tasks come by the scopes of consultations */
};
