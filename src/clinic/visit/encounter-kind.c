/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/visit/kinds.h"

#include "base/id.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "rules/context.h"
#include "store/txn.h"

typedef struct
{
  char *patient, *appointment, *status, *type, *reason, *version;
  ZqDateTime started;
  gint64 ended, identified;
} Encounter;

static void
encounter_free (gpointer data)
{
  Encounter *self = data;

  g_free (self->patient);
  g_free (self->appointment);
  g_free (self->status);
  g_free (self->type);
  g_free (self->reason);
  g_free (self->version);
  g_free (self);
}

/* When who is there was asked: extension identity-confirmed. */
static gint64
read_identified (JsonNode *node, GTimeZone *zone)
{
  JsonNode *confirmed = zq_json_get_extension (node, ZQ_EXTENSION ("identity-confirmed"));
  JsonNode *at = confirmed != NULL ? zq_json_get_extension (confirmed, "at") : NULL;

  return at != NULL ? zq_date_time_parse (zq_json_get_string (at, "valueInstant"), zone).start : 0;
}

static gpointer
encounter_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Encounter *self = g_new0 (Encounter, 1);

  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->appointment = g_strdup (zq_codec_reference (node, "appointment"));
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->type = zq_codec_concept (node, "type");
  self->reason = zq_codec_concept (node, "reasonCode");
  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->started = zq_date_time_parse (zq_json_get_string (node, "period.start"), context->zone);
  self->ended = zq_date_time_parse (zq_json_get_string (node, "period.end"), context->zone).start;
  self->identified = read_identified (node, context->zone);

  return self;
}

static gboolean
put_record (ZqTxn *txn, gint64 id, const Encounter *self, gint64 patient, GError **error)
{
  ZqRecordRow row = { .patient = patient,
                      .kind = ZQ_RECORD_VISIT,
                      .at = self->started,
                      .title = self->type,
                      .detail = self->reason,
                      .status = self->status,
                      .state = zq_record_state (self->status),
                      .version = self->version };

  return zq_record_put (txn, id, &row, error);
}

static gboolean
encounter_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Encounter *self = parsed;
  gint64 patient, appointment;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error) ||
      !zq_person_refer (txn, self->appointment, FALSE, &appointment, error))
    return FALSE;
  zq_txn_changed (txn, "encounter", id, patient, ZQ_CHANGE_CONTENT);
  if (appointment != 0)
    zq_txn_changed (txn, "visit", appointment, patient, ZQ_CHANGE_CONTENT);

  return put_record (txn, id, self, patient, error) &&
         zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO visit_encounter (id, patient, appointment, status, started, ended,"
                     " identified_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     "iiisiii", id, patient, appointment, self->status, self->started.start, self->ended,
                     self->identified);
}

static gboolean
encounter_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_record_remove (txn, id, error) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM visit_encounter WHERE id = ?", "i", id);
}

/* The patient's come with the department's tag where the hospital tags them, else when they are referred to. */
static const ZqScope encounter_scopes[] = {
  { "department", "Encounter?_tag={system-department}|{department}", NULL, TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_encounter_kind = {
  .name = "encounter",
  .type = "Encounter",
  .projection_version = 3,
  .schema = "DROP TABLE IF EXISTS encounter;"
            "CREATE TABLE IF NOT EXISTS visit_encounter ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, appointment INTEGER NOT NULL, status TEXT,"
            "  started INTEGER NOT NULL, ended INTEGER NOT NULL, identified_at INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS visit_encounter_appointment ON visit_encounter (appointment)"
            "  WHERE appointment <> 0;" ZQ_RECORD_SCHEMA,
  .parse = encounter_parse,
  .parsed_free = encounter_free,
  .project = encounter_project,
  .unproject = encounter_unproject,
  .rules = zq_encounter_rules,
  .scopes = encounter_scopes,
};
