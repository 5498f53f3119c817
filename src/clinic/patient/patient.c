/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/patient.h"

#include "clinic/patient/allergy.h"
#include "resource/datetime.h"

#include <glib/gi18n-lib.h>

/* More would not fit beside the name; the record has them all. */
#define MAX_ALLERGIES 20

G_DEFINE_BOXED_TYPE (ZqPatient, zq_patient, zq_patient_copy, zq_patient_free)

ZqPatient *
zq_patient_copy (const ZqPatient *self)
{
  ZqPatient *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->record_number = g_strdup (self->record_number);
  copy->allergy_text = g_strdup (self->allergy_text);

  return copy;
}

void
zq_patient_free (ZqPatient *self)
{
  g_free (self->name);
  g_free (self->record_number);
  g_free (self->allergy_text);
  g_free (self);
}

static gboolean
load_allergies (ZqPatient *self, ZqDb *db, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (ZqRows) rows = NULL;

  rows = zq_db_query (db, error,
                      "SELECT state, text FROM allergy WHERE patient = ? AND state > 0"
                      " ORDER BY state DESC, severe DESC, id LIMIT ?",
                      "ii", self->id, (gint64)MAX_ALLERGIES);
  if (rows == NULL)
    return FALSE;

  while (zq_rows_next (rows, &local))
    {
      const char *name = zq_rows_text (rows, 1);

      if (zq_rows_int (rows, 0) == ZQ_ALLERGY_DENIED)
        {
          if (self->allergies == ZQ_ALLERGIES_NOT_ASKED)
            self->allergies = ZQ_ALLERGIES_NONE;
          continue;
        }
      self->allergies = ZQ_ALLERGIES_LISTED;
      if (text->len > 0)
        /* Translators: stands between the items of a list in one line */
        g_string_append (text, C_ ("list separator", ", "));
      g_string_append (text, name != NULL ? name : "—");
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (text->len > 0)
    self->allergy_text = g_string_free (g_steal_pointer (&text), FALSE);

  return TRUE;
}

ZqPatient *
zq_patient_load (ZqDb *db, const ZqContext *context, gint64 id, GError **error)
{
  g_autoptr (ZqPatient) self = NULL;
  g_autoptr (ZqRows) rows = NULL;
  gint64 now = zq_clock_now (context->clock);
  const char *birth;

  rows = zq_db_query (db, error,
                      "SELECT p.name, p.sex, p.birth, p.record_number, p.deceased,"
                      "  EXISTS (SELECT 1 FROM patient q WHERE q.name = p.name AND q.id <> p.id)"
                      " FROM patient p WHERE p.id = ?",
                      "i", id);
  if (rows == NULL || !zq_rows_next (rows, error))
    return NULL;

  self = g_new0 (ZqPatient, 1);
  self->id = id;
  self->name = g_strdup (zq_rows_is_null (rows, 0) ? "—" : zq_rows_text (rows, 0));
  self->sex = (ZqSex)zq_rows_int (rows, 1);
  birth = zq_rows_text (rows, 2);
  self->age_years = zq_age_years (birth, now, context->zone);
  self->age_months = self->age_years >= 0 && self->age_years < 2 ? zq_age_months (birth, now, context->zone) : -1;
  self->record_number = g_strdup (zq_rows_text (rows, 3));
  self->deceased = zq_rows_int (rows, 4) != 0;
  self->same_name = zq_rows_int (rows, 5) != 0;

  return load_allergies (self, db, error) ? g_steal_pointer (&self) : NULL;
}

char *
zq_patient_words (const char *name, const char *record_number, const char *phones)
{
  if (name == NULL && record_number == NULL && phones == NULL)
    return NULL;

  return g_strconcat (name != NULL ? name : "", ZQ_PATIENT_FENCE, record_number != NULL ? record_number : "",
                      ZQ_PATIENT_FENCE, phones, NULL);
}

void
zq_person_free (ZqPerson *self)
{
  g_free (self->type);
  g_free (self->name);
  g_free (self->relation);
  g_free (self);
}

ZqPerson *
zq_person_load (ZqDb *db, gint64 id)
{
  g_autoptr (ZqRows) rows = NULL;
  ZqPerson *self;

  rows = zq_db_query (db, NULL,
                      "SELECT r.type, p.name, coalesce (p.relation,"
                      "   (SELECT t.title FROM practitioner_role t WHERE t.practitioner = r.id AND t.assistant))"
                      " FROM resource r LEFT JOIN person p ON p.id = r.id WHERE r.id = ?",
                      "i", id);
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;

  self = g_new0 (ZqPerson, 1);
  self->type = g_strdup (zq_rows_text (rows, 0));
  self->name = g_strdup (zq_rows_text (rows, 1));
  self->relation = g_strdup (zq_rows_text (rows, 2));

  return self;
}
