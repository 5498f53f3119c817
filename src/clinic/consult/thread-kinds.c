/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/kinds.h"
#include "clinic/consult/state.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"
#include "resource/datetime.h"
#include "resource/json.h"

static gboolean
is_category (JsonNode *node, const char *code)
{
  return g_strcmp0 (zq_json_get_code (node, "category", ZQ_CATEGORY_CODES), code) == 0;
}

/* --- the header of a thread ------------------------------------------------------------------- */

typedef struct
{
  char *patient;
  char *encounter;
  char *topic;
} Header;

static void
header_free (gpointer data)
{
  Header *self = data;

  g_free (self->patient);
  g_free (self->encounter);
  g_free (self->topic);
  g_free (self);
}

static gboolean
thread_claims (JsonNode *node)
{
  return is_category (node, "thread");
}

static gpointer
thread_parse (JsonNode *node, gpointer context, GError **error)
{
  Header *self = g_new0 (Header, 1);

  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->encounter = g_strdup (zq_codec_reference (node, "encounter"));
  self->topic = zq_codec_concept (node, "topic");

  return self;
}

static gboolean
thread_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Header *self = parsed;
  gint64 patient, encounter;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error) ||
      !zq_person_refer (txn, self->encounter, FALSE, &encounter, error))
    return FALSE;
  zq_txn_changed (txn, "thread", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO thread (id, patient, encounter, topic) VALUES (?, ?, ?, ?)", "iiis", id,
                     patient, encounter, self->topic);
}

static gboolean
thread_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM thread WHERE id = ?", "i", id);
}

const ZqResourceKind zq_thread_kind = {
  .name = "thread",
  .type = "Communication",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS thread ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, encounter INTEGER NOT NULL, topic TEXT);",
  .claims = thread_claims,
  .parse = thread_parse,
  .parsed_free = header_free,
  .project = thread_project,
  .unproject = thread_unproject,
};

/* --- the consultation's encounter ------------------------------------------------------------- */

typedef struct
{
  char *patient;
  char *status;
  char *type;
  char *reason;
  char *version;
  ZqDateTime started;
  gint64 ended;
} Encounter;

static void
encounter_free (gpointer data)
{
  Encounter *self = data;

  g_free (self->patient);
  g_free (self->status);
  g_free (self->type);
  g_free (self->reason);
  g_free (self->version);
  g_free (self);
}

static gpointer
encounter_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Encounter *self = g_new0 (Encounter, 1);

  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->type = zq_codec_concept (node, "type");
  self->reason = zq_codec_concept (node, "reasonCode");
  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->started = zq_date_time_parse (zq_json_get_string (node, "period.start"), context->zone);
  self->ended = zq_date_time_parse (zq_json_get_string (node, "period.end"), context->zone).start;

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
  gint64 patient;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error))
    return FALSE;
  zq_txn_changed (txn, "encounter", id, patient, ZQ_CHANGE_CONTENT);

  return put_record (txn, id, self, patient, error) &&
         zq_db_exec (
             zq_txn_db (txn), error,
             "INSERT OR REPLACE INTO encounter (id, patient, status, type, started, ended) VALUES (?, ?, ?, ?, ?, ?)",
             "iissii", id, patient, self->status, self->type, self->started.start, self->ended);
}

static gboolean
encounter_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_record_remove (txn, id, error) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM encounter WHERE id = ?", "i", id);
}

const ZqResourceKind zq_encounter_kind = {
  .name = "encounter",
  .type = "Encounter",
  .projection_version = 2,
  .schema = "CREATE TABLE IF NOT EXISTS encounter ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, status TEXT, type TEXT, started INTEGER NOT NULL,"
            "  ended INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS encounter_patient ON encounter (patient, started);" ZQ_RECORD_SCHEMA,
  .parse = encounter_parse,
  .parsed_free = encounter_free,
  .project = encounter_project,
  .unproject = encounter_unproject,
};
