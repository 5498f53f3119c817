/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/guard-facts.h"

#include "clinic/patient/allergy.h"

#define MOST_ALLERGIES 50
#define MOST_SEEN      50
#define MOST_WAITING   500
#define MOST_NAMESAKES 50

void
zq_guard_known_free (ZqGuardKnown *self)
{
  g_free (self->patient_name);
  g_ptr_array_unref (self->allergies);
  g_ptr_array_unref (self->other_names);
  g_free (self);
}

/* A name that is the patient's own is nobody else's. */
static void
add_other (ZqGuardKnown *self, const char *name)
{
  if (name == NULL || *name == '\0' || g_strcmp0 (name, self->patient_name) == 0 ||
      g_ptr_array_find_with_equal_func (self->other_names, name, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->other_names, g_strdup (name));
}

static void
load_allergies (ZqGuardKnown *self, ZqDb *db, gint64 patient)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, &error,
                                         "SELECT text FROM allergy WHERE patient = ? AND state = ? AND text IS NOT NULL"
                                         " ORDER BY severe DESC, id LIMIT ?",
                                         "iii", patient, (gint64)ZQ_ALLERGY_PRESENT, (gint64)MOST_ALLERGIES);

  while (rows != NULL && zq_rows_next (rows, &error))
    g_ptr_array_add (self->allergies, g_strdup (zq_rows_text (rows, 0)));
  if (error != NULL)
    g_warning ("Allergies could not be read for the guard: %s", error->message);
}

static void
load_seen (ZqGuardKnown *self, ZqDb *db, gint64 patient, const gint64 *seen, guint n_seen)
{
  for (guint i = 0; i < MIN (n_seen, MOST_SEEN); i++)
    {
      g_autoptr (ZqRows) rows = NULL;

      if (seen[i] == patient)
        continue;
      rows = zq_db_query (db, NULL, "SELECT name FROM patient WHERE id = ?", "i", seen[i]);
      if (rows != NULL && zq_rows_next (rows, NULL))
        add_other (self, zq_rows_text (rows, 0));
    }
}

static void
load_namesakes (ZqGuardKnown *self, ZqDb *db, gint64 patient)
{
  g_autofree char *surname = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = NULL;

  if (self->patient_name == NULL || *self->patient_name == '\0')
    return;
  surname = g_utf8_substring (self->patient_name, 0, 1);
  rows = zq_db_query (db, &error,
                      "SELECT DISTINCT p.name FROM (SELECT patient FROM consult_summary WHERE views & 1"
                      " ORDER BY calm, due_key, authored, id LIMIT ?) w JOIN patient p ON p.id = w.patient"
                      " WHERE substr (p.name, 1, 1) = ? AND p.id <> ? LIMIT ?",
                      "isii", (gint64)MOST_WAITING, surname, patient, (gint64)MOST_NAMESAKES);
  while (rows != NULL && zq_rows_next (rows, &error))
    add_other (self, zq_rows_text (rows, 0));
  if (error != NULL)
    g_warning ("Names could not be read for the guard: %s", error->message);
}

ZqGuardKnown *
zq_guard_known_load (ZqDb *db, gint64 patient, const gint64 *seen, guint n_seen)
{
  ZqGuardKnown *self = g_new0 (ZqGuardKnown, 1);
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL, "SELECT name FROM patient WHERE id = ?", "i", patient);

  self->allergies = g_ptr_array_new_with_free_func (g_free);
  self->other_names = g_ptr_array_new_with_free_func (g_free);
  if (rows != NULL && zq_rows_next (rows, NULL))
    self->patient_name = g_strdup (zq_rows_text (rows, 0));
  load_allergies (self, db, patient);
  load_seen (self, db, patient, seen, n_seen);
  load_namesakes (self, db, patient);
  g_ptr_array_add (self->allergies, NULL);
  g_ptr_array_add (self->other_names, NULL);
  self->facts = (ZqGuardFacts){ .patient_name = self->patient_name,
                                .allergies = (const char *const *)self->allergies->pdata,
                                .other_names = (const char *const *)self->other_names->pdata };

  return self;
}

GPtrArray *
zq_guard_known_check (const ZqGuardKnown *self, ZqPolicy *policy, const char *text, const char *reason)
{
  GPtrArray *findings = zq_guard_check (policy, &self->facts, text);
  g_autoptr (GPtrArray) more = reason != NULL ? zq_guard_check (policy, &self->facts, reason) : NULL;

  while (more != NULL && more->len > 0)
    {
      ZqGuardFinding *finding = g_ptr_array_steal_index (more, 0);

      finding->start = finding->end = 0;
      g_ptr_array_add (findings, finding);
    }

  return findings;
}
