/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/allergy.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/kinds.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"
#include "resource/json.h"
#include "rules/context.h"
#include "store/txn.h"

typedef struct
{
  char *patient;
  char *text;
  char *detail, *status, *version;
  ZqDateTime at;
  ZqAllergyState state;
  gboolean severe;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->patient);
  g_free (self->text);
  g_free (self->detail);
  g_free (self->status);
  g_free (self->version);
  g_free (self);
}

static gboolean
has_code (JsonNode *node, const char *const *codes)
{
  guint length = zq_json_get_length (node, "code.coding");

  for (guint i = 0; i < length; i++)
    {
      const char *code = zq_json_get_string (zq_json_get_at (node, "code.coding", i), "code");

      if (code != NULL && g_strv_contains (codes, code))
        return TRUE;
    }

  return FALSE;
}

/* SNOMED CT's "no known …" findings and the IPS codes for absent or unknown (HL7 IPS 1.1, value set
 * "Absent or Unknown Allergies"). That somebody knows of no food allergy says nothing about drugs. */
static ZqAllergyState
read_state (JsonNode *node)
{
  static const char *const none[] = { "716186003", "409137002", "no-known-allergies", "no-known-medication-allergies",
                                      NULL };
  static const char *const silent[] = { "1631000175102",
                                        "no-allergy-info",
                                        "429625007",
                                        "428607008",
                                        "no-known-food-allergies",
                                        "no-known-environmental-allergies",
                                        NULL };
  const char *verification = zq_json_get_code (node, "verificationStatus", NULL);
  const char *clinical = zq_json_get_code (node, "clinicalStatus", NULL);

  if (g_strcmp0 (verification, "entered-in-error") == 0 || g_strcmp0 (verification, "refuted") == 0 ||
      g_strcmp0 (clinical, "resolved") == 0)
    return ZQ_ALLERGY_OVER;
  if (has_code (node, none))
    return ZQ_ALLERGY_DENIED;
  if (has_code (node, silent))
    return ZQ_ALLERGY_OVER;

  return ZQ_ALLERGY_PRESENT;
}

static gpointer
allergy_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);
  const char *verification = zq_json_get_code (node, "verificationStatus", NULL);
  const char *clinical = zq_json_get_code (node, "clinicalStatus", NULL);

  self->patient = g_strdup (zq_codec_reference (node, "patient"));
  self->text = zq_codec_concept (node, "code");
  self->state = read_state (node);
  self->severe = g_strcmp0 (zq_json_get_string (node, "criticality"), "high") == 0;
  self->detail = zq_codec_concept (node, "reaction[0].manifestation");
  self->status = g_strdup (verification != NULL && !g_str_equal (verification, "confirmed") ? verification : clinical);
  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->at = zq_date_time_parse (zq_json_get_string (node, "onsetDateTime"), context->zone);
  if (self->at.precision == ZQ_PRECISION_NONE)
    self->at = zq_date_time_parse (zq_json_get_string (node, "recordedDate"), context->zone);

  return self;
}

static gboolean
announce_old (ZqTxn *txn, gint64 id, GError **error)
{
  gint64 patient = 0;
  g_autoptr (GError) local = NULL;

  if (zq_db_get_int (zq_txn_db (txn), &patient, &local, "SELECT patient FROM allergy WHERE id = ?", "i", id))
    zq_txn_changed (txn, "patient", patient, patient, ZQ_CHANGE_CONTENT);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
put_record (ZqTxn *txn, gint64 id, const Parsed *self, gint64 patient, GError **error)
{
  gboolean is_error = g_strcmp0 (self->status, "entered-in-error") == 0;
  gboolean is_refuted = g_strcmp0 (self->status, "refuted") == 0;
  gboolean is_open = g_strcmp0 (self->status, "unconfirmed") == 0 || g_strcmp0 (self->status, "presumed") == 0;
  ZqRecordRow row = { .patient = patient,
                      .kind = ZQ_RECORD_ALLERGY,
                      .at = self->at,
                      .title = self->text,
                      .detail = self->detail,
                      .status = self->status,
                      .state = is_error     ? ZQ_RECORD_ERROR
                               : is_refuted ? ZQ_RECORD_CANCELLED
                               : is_open    ? ZQ_RECORD_UNFINISHED
                                            : ZQ_RECORD_FINAL,
                      .active = self->state == ZQ_ALLERGY_PRESENT,
                      .version = self->version };

  return zq_record_put (txn, id, &row, error);
}

static gboolean
allergy_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return announce_old (txn, id, error) && zq_record_remove (txn, id, error) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM allergy WHERE id = ?", "i", id);
}

static gboolean
allergy_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 patient;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error) || !announce_old (txn, id, error))
    return FALSE;
  zq_txn_changed (txn, "patient", patient, patient, ZQ_CHANGE_CONTENT);
  zq_txn_changed (txn, "allergy", id, patient, ZQ_CHANGE_CONTENT);

  return put_record (txn, id, self, patient, error) &&
         zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO allergy (id, patient, text, state, severe) VALUES (?, ?, ?, ?, ?)",
                     "iisii", id, patient, self->text, (gint64)self->state, (gint64)self->severe);
}

static const ZqScope allergy_scopes[] = {
  { "department", "AllergyIntolerance?_tag={system-department}|{department}" },
  /* A record carries no tag as a rule: what is new in it is asked for now and then. */
  { "patient", "AllergyIntolerance?patient={patient}", "SELECT id FROM patient WHERE {departments} = '[]'" },
  { NULL, NULL },
};

const ZqResourceKind zq_allergy_kind = {
  .name = "allergy",
  .type = "AllergyIntolerance",
  .projection_version = 3,
  .schema = "CREATE TABLE IF NOT EXISTS allergy ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, text TEXT, state INTEGER NOT NULL,"
            "  severe INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS allergy_patient ON allergy (patient, state);" ZQ_RECORD_SCHEMA,
  .parse = allergy_parse,
  .parsed_free = parsed_free,
  .project = allergy_project,
  .unproject = allergy_unproject,
  .scopes = allergy_scopes,
};
