/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search-private.h"

#include "base/search-text.h"

#define MAX_LIMIT 200

GArray *
zq_search_run (ZqDb *db,
               const ZqResourceKind *kind,
               const char *typed,
               gint64 from_us,
               gint64 before_us,
               gint64 before_id,
               guint limit,
               GError **error)
{
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (ZqHit));
  g_autofree char *query = zq_search_text_query (typed, kind->search->how);
  g_autofree char *sql = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = NULL;
  gint64 below = before_id != 0 ? before_id : G_MAXINT64;
  gint64 slots[2];
  guint n;

  if (!zq_search_get_slots (db, kind->name, slots, &n, error))
    return NULL;
  if (query == NULL || n == 0)
    return g_steal_pointer (&hits);

  /* Within a quarter of a second the words know no order: a bit too much rather than too little. */
  if (before_us != 0)
    below = MIN (below, zq_search_id_at (before_us) + 1);
  sql = zq_search_sql (kind->name, slots[0],
                       "SELECT $.rowid, r.row FROM $ CROSS JOIN $_row r ON r.id = $.rowid"
                       " WHERE $ MATCH ? AND $.rowid < ? AND $.rowid >= ? ORDER BY $.rowid DESC LIMIT ?");
  rows = zq_db_query (db, error, sql, "siii", query, below, from_us != 0 ? zq_search_id_at (from_us) : 0,
                      (gint64)MIN (limit, MAX_LIMIT));
  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    {
      ZqHit hit = { zq_rows_int (rows, 0), zq_rows_int (rows, 1) };

      g_array_append_val (hits, hit);
    }
  if (local == NULL)
    return g_steal_pointer (&hits);
  g_propagate_error (error, g_steal_pointer (&local));

  return NULL;
}

gboolean
zq_search_progress (ZqDb *db, guint *done, guint *all)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT coalesce (sum (iif (building = 0, n, min (done_to, n - 1))), 0), coalesce (sum (n), 0)"
                   " FROM search_index, (SELECT coalesce (max (id), 0) AS n FROM resource)",
                   "");

  if (rows == NULL || !zq_rows_next (rows, NULL))
    return FALSE;
  *done = (guint)zq_rows_int (rows, 0);
  *all = (guint)zq_rows_int (rows, 1);

  return TRUE;
}

char *
zq_search_dup_versions (ZqDb *db)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL, "SELECT kind, version FROM search_index ORDER BY kind", "");
  GString *versions = g_string_new (NULL);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_string_append_printf (versions, "%s%s %" G_GINT64_FORMAT, versions->len > 0 ? ", " : "", zq_rows_text (rows, 0),
                            zq_rows_int (rows, 1));

  return g_string_free (versions, FALSE);
}

/* --- from the main thread --------------------------------------------------------------------- */

typedef struct
{
  const ZqResourceKind *kind;
  char *typed;
  gint64 from_us, before_us, before_id;
  guint limit;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->typed);
  g_free (search);
}

static gpointer
run_search (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Search *search = data;

  return zq_search_run (db, search->kind, search->typed, search->from_us, search->before_us, search->before_id,
                        search->limit, error);
}

void
zq_store_search_async (ZqStore *self,
                       const char *kind,
                       const char *typed,
                       gint64 from_us,
                       gint64 before_us,
                       gint64 before_id,
                       guint limit,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  const ZqResourceKind *found = zq_store_find_kind (self, kind);
  Search *search;

  g_return_if_fail (found != NULL && found->search != NULL && typed != NULL);

  search = g_new0 (Search, 1);
  search->kind = found;
  search->typed = g_strdup (typed);
  search->from_us = from_us;
  search->before_us = before_us;
  search->before_id = before_id;
  search->limit = limit;
  zq_store_read_async (self, run_search, search, search_free, (GDestroyNotify)g_array_unref, cancellable, callback,
                       data);
}

GArray *
zq_store_search_finish (ZqStore *self, GAsyncResult *result, GError **error)
{
  return zq_store_read_finish (self, result, error);
}
