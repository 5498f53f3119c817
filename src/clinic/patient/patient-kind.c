/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/codec.h"
#include "clinic/patient/kinds.h"
#include "clinic/patient/patient.h"
#include "clinic/patient/person.h"
#include "resource/json.h"

typedef struct
{
  char *name;
  char *birth;
  char *record_number;
  ZqSex sex;
  gboolean deceased;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->name);
  g_free (self->birth);
  g_free (self->record_number);
  g_free (self);
}

static ZqSex
read_sex (const char *gender)
{
  static const struct
  {
    const char *code;
    ZqSex sex;
  } codes[] = { { "female", ZQ_SEX_FEMALE }, { "male", ZQ_SEX_MALE }, { "other", ZQ_SEX_OTHER } };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_strcmp0 (gender, codes[i].code) == 0)
      return codes[i].sex;

  return ZQ_SEX_UNKNOWN;
}

/* The medical record number (HL7 v2 table 0203, MR); any other number could be a national one, which
 * has no place on the screen. */
static char *
read_record_number (JsonNode *node)
{
  guint length = zq_json_get_length (node, "identifier");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *item = zq_json_get_at (node, "identifier", i);

      if (g_strcmp0 (zq_json_get_code (item, "type", NULL), "MR") == 0)
        return zq_codec_one_line (zq_json_get_string (item, "value"));
    }

  return NULL;
}

static gpointer
patient_parse (JsonNode *node, gpointer context, GError **error)
{
  Parsed *self = g_new0 (Parsed, 1);

  self->name = zq_codec_name (node, "name");
  self->birth = g_strdup (zq_json_get_string (node, "birthDate"));
  self->sex = read_sex (zq_json_get_string (node, "gender"));
  self->record_number = read_record_number (node);
  self->deceased =
      zq_json_get_boolean (node, "deceasedBoolean", FALSE) || zq_json_get_string (node, "deceasedDateTime") != NULL;

  return self;
}

static gboolean
patient_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;

  zq_txn_changed (txn, "patient", id, id, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO patient (id, name, sex, birth, record_number, deceased)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     "isissi", id, self->name, (gint64)self->sex, self->birth, self->record_number,
                     (gint64)self->deceased) &&
         zq_person_put (txn, id, "Patient", self->name, NULL, id, error);
}

static gboolean
patient_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "patient", id, id, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM patient WHERE id = ?", "i", id) &&
         zq_person_remove (txn, id, error);
}

const ZqResourceKind zq_patient_kind = {
  .name = "patient",
  .type = "Patient",
  .projection_version = 1,
  .schema =
      ZQ_PERSON_SCHEMA "CREATE TABLE IF NOT EXISTS patient ("
                       "  id INTEGER PRIMARY KEY, name TEXT, sex INTEGER NOT NULL, birth TEXT, record_number TEXT,"
                       "  deceased INTEGER NOT NULL);"
                       "CREATE INDEX IF NOT EXISTS patient_name ON patient (name);",
  .parse = patient_parse,
  .parsed_free = parsed_free,
  .project = patient_project,
  .unproject = patient_unproject,
};
