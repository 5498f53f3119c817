/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/codec.h"
#include "clinic/patient/kinds.h"
#include "clinic/patient/patient.h"
#include "clinic/patient/person.h"
#include "resource/json.h"
#include "store/search.h"

typedef struct
{
  char *name;
  char *birth;
  char *record_number;
  char *phones; /* with spaces between; or NULL */
  ZqSex sex;
  gboolean deceased;
  gboolean restricted;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->name);
  g_free (self->birth);
  g_free (self->record_number);
  g_free (self->phones);
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

/* Telephones of any use, for whoever is asked for by the number on a display. */
static char *
read_phones (JsonNode *node)
{
  guint length = zq_json_get_length (node, "telecom");
  g_autoptr (GString) phones = g_string_new (NULL);

  for (guint i = 0; i < length; i++)
    {
      JsonNode *item = zq_json_get_at (node, "telecom", i);
      const char *system = zq_json_get_string (item, "system");
      g_autofree char *value = zq_codec_one_line (zq_json_get_string (item, "value"));

      if (value == NULL || (g_strcmp0 (system, "phone") != 0 && g_strcmp0 (system, "sms") != 0))
        continue;
      g_string_append_printf (phones, "%s%s", phones->len > 0 ? ZQ_PATIENT_FENCE : "", value);
    }
  if (phones->len == 0)
    return NULL;

  return g_string_free (g_steal_pointer (&phones), FALSE);
}

/* The labels "restricted" and "very restricted" (HL7 v3 Confidentiality). */
static gboolean
is_restricted (JsonNode *node)
{
  guint length = zq_json_get_length (node, "meta.security");

  for (guint i = 0; i < length; i++)
    {
      const char *code = zq_json_get_string (zq_json_get_at (node, "meta.security", i), "code");

      if (g_strcmp0 (code, "R") == 0 || g_strcmp0 (code, "V") == 0)
        return TRUE;
    }

  return FALSE;
}

static gpointer
patient_parse (JsonNode *node, gpointer context, GError **error)
{
  Parsed *self = g_new0 (Parsed, 1);

  self->name = zq_codec_name (node, "name");
  self->birth = g_strdup (zq_json_get_string (node, "birthDate"));
  self->sex = read_sex (zq_json_get_string (node, "gender"));
  self->record_number = read_record_number (node);
  self->phones = read_phones (node);
  self->restricted = is_restricted (node);
  self->deceased =
      zq_json_get_boolean (node, "deceasedBoolean", FALSE) || zq_json_get_string (node, "deceasedDateTime") != NULL;

  return self;
}

static gboolean
patient_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;

  zq_txn_index (txn, "patient", id);
  zq_txn_changed (txn, "patient", id, id, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO patient (id, name, sex, birth, record_number, deceased)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     "isissi", id, self->name, (gint64)self->sex, self->birth, self->record_number,
                     (gint64)self->deceased) &&
         zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO patient_find (id, phones, restricted) VALUES (?, ?, ?)", "isi", id,
                     self->phones, (gint64)self->restricted) &&
         zq_person_put (txn, id, "Patient", self->name, NULL, id, error);
}

static gboolean
patient_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_index (txn, "patient", id);
  zq_txn_changed (txn, "patient", id, id, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM patient WHERE id = ?", "i", id) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM patient_find WHERE id = ?", "i", id) &&
         zq_person_remove (txn, id, error);
}

/* --- finding ---------------------------------------------------------------------------------- */

static gboolean
patient_describe (ZqTxn *txn, gint64 id, ZqSearchText *text, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (zq_txn_db (txn), error,
                                         "SELECT r.last_updated, p.name, p.record_number, f.phones"
                                         " FROM patient p JOIN patient_find f ON f.id = p.id AND NOT f.restricted"
                                         " JOIN resource r ON r.id = p.id WHERE p.id = ?",
                                         "i", id);

  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, &local))
    {
      text->at = zq_rows_int (rows, 0);
      text->text = zq_patient_words (zq_rows_text (rows, 1), zq_rows_text (rows, 2), zq_rows_text (rows, 3));
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static const ZqSearchRule patient_search = {
  .version = 1,
  .how = ZQ_WORDS_NAME,
  .describe = patient_describe,
};

const ZqResourceKind zq_patient_kind = {
  .name = "patient",
  .type = "Patient",
  .projection_version = 3,
  .schema =
      ZQ_PERSON_SCHEMA "CREATE TABLE IF NOT EXISTS patient ("
                       "  id INTEGER PRIMARY KEY, name TEXT, sex INTEGER NOT NULL, birth TEXT, record_number TEXT,"
                       "  deceased INTEGER NOT NULL);"
                       "CREATE INDEX IF NOT EXISTS patient_name ON patient (name);"
                       "CREATE TABLE IF NOT EXISTS patient_find ("
                       "  id INTEGER PRIMARY KEY, phones TEXT, restricted INTEGER NOT NULL);",
  .parse = patient_parse,
  .parsed_free = parsed_free,
  .project = patient_project,
  .unproject = patient_unproject,
  .search = &patient_search,
};
