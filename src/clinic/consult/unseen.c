/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/unseen.h"

/* One line a kind: how many, and in which consultation. Each by an index of the patient. */
static const struct
{
  const char *kind;
  const char *sql; /* patient, except → n, consult */
} kinds[] = {
  { "message", "SELECT coalesce (sum (s.unread), 0), min (c.id) FROM consult c JOIN consult_summary s ON s.id = c.id"
               " WHERE c.patient = ? AND c.id <> ? AND NOT c.final AND (c.mine OR c.in_pool) AND s.unread > 0" },
  /* what the hospital gave me to look at (clinic/review) */
  { "result", "SELECT count (*), 0 FROM review v WHERE v.patient = ? AND v.id <> ? AND v.open AND v.mine AND NOT EXISTS"
              " (SELECT 1 FROM read_mark k WHERE k.thread = v.report AND k.mine AND k.up_to / 1000 >="
              "   coalesce ((SELECT r.last_updated FROM resource r WHERE r.id = v.report), 0) / 1000)" },
};

GArray *
zq_unseen_of_patient (ZqDb *db, gint64 patient, gint64 except)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (ZqUnseen));

  for (guint i = 0; patient != 0 && i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZqRows) rows = zq_db_query (db, &error, kinds[i].sql, "ii", patient, except);
      ZqUnseen unseen = { .kind = kinds[i].kind };

      if (rows != NULL && zq_rows_next (rows, &error))
        {
          unseen.n = (guint)zq_rows_int (rows, 0);
          unseen.consult = zq_rows_int (rows, 1);
        }
      if (error != NULL)
        g_warning ("What has not been seen could not be read: %s", error->message);
      if (unseen.n > 0)
        g_array_append_val (all, unseen);
    }

  return all->len > 0 ? g_steal_pointer (&all) : NULL;
}
