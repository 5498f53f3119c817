/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/allergy.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/kinds.h"
#include "clinic/patient/person.h"
#include "resource/json.h"
#include "store/txn.h"

typedef struct
{
  char *patient;
  char *text;
  ZqAllergyState state;
  gboolean severe;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->patient);
  g_free (self->text);
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
allergy_parse (JsonNode *node, gpointer context, GError **error)
{
  Parsed *self = g_new0 (Parsed, 1);

  self->patient = g_strdup (zq_codec_reference (node, "patient"));
  self->text = zq_codec_concept (node, "code");
  self->state = read_state (node);
  self->severe = g_strcmp0 (zq_json_get_string (node, "criticality"), "high") == 0;

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
allergy_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return announce_old (txn, id, error) &&
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

  return zq_db_exec (zq_txn_db (txn), error,
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
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS allergy ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, text TEXT, state INTEGER NOT NULL,"
            "  severe INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS allergy_patient ON allergy (patient, state);",
  .parse = allergy_parse,
  .parsed_free = parsed_free,
  .project = allergy_project,
  .unproject = allergy_unproject,
  .scopes = allergy_scopes,
};
