/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search-private.h"

#define CHUNK_IDS   4000
#define MIN_ROWS    32
#define MAX_ROWS    1024
#define CHUNK_US    15000
#define CHUNK_PAGES 200

/* The words of a kind made from its rows, into a table beside the one that serves, a chunk a transaction; `done_to`
 * says how far, so that a kill costs one chunk. Then the tables change places, and the old one is emptied in chunks
 * too: dropped at once it would keep a doctor waiting. */
typedef struct
{
  const ZqResourceKind *kind;
  gint64 slot; /* to be emptied */
  gboolean more;
  guint rows; /* of a chunk, so that it takes some 15 ms */
  gint64 begun;
} Build;

/* --- when a store opens ----------------------------------------------------------------------- */

static gboolean
begin_index (ZqDb *db, const ZqResourceKind *kind, gint64 slot, GError **error)
{
  return zq_search_make_tables (db, kind->name, slot, error) &&
         zq_db_exec (db, error,
                     "INSERT INTO search_index (kind, version, slot, building)"
                     " SELECT ?1, ?2, ?3, iif (EXISTS (SELECT 1 FROM resource WHERE type = ?4), ?3, 0)",
                     "siis", kind->name, (gint64)kind->search->version, slot, kind->type);
}

/* One that was being built for another version is of no use any more, unless nothing else serves. */
static gboolean
begin_again (ZqDb *db, const ZqResourceKind *kind, gint64 slot, GError **error)
{
  return zq_search_make_tables (db, kind->name, slot, error) &&
         zq_db_exec (db, error,
                     "INSERT INTO search_old (kind, slot) SELECT kind, building FROM search_index"
                     " WHERE kind = ? AND building NOT IN (0, slot)",
                     "s", kind->name) &&
         zq_db_exec (db, error, "UPDATE search_index SET version = ?, building = ?, done_to = 0 WHERE kind = ?", "iis",
                     (gint64)kind->search->version, slot, kind->name);
}

gboolean
zq_search_open (ZqDb *db, const ZqResourceKind *kind, GError **error)
{
  gint64 version = 0, slot = 0;
  GError *local = NULL;

  if (kind->search == NULL)
    return TRUE;

  if (!zq_db_get_int (db, &slot, &local,
                      "SELECT 1 + max (coalesce ((SELECT max (slot, building) FROM search_index WHERE kind = ?1), 0),"
                      " coalesce ((SELECT max (slot) FROM search_old WHERE kind = ?1), 0))",
                      "s", kind->name))
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (!zq_db_get_int (db, &version, &local, "SELECT version FROM search_index WHERE kind = ?", "s", kind->name))
    {
      if (local == NULL)
        return begin_index (db, kind, slot, error);
      g_propagate_error (error, local);
      return FALSE;
    }

  return version == (gint64)kind->search->version || begin_again (db, kind, slot, error);
}

/* --- building --------------------------------------------------------------------------------- */

static void build_done (ZqStore *store, gpointer data, GError *error);
static void push_empty (ZqStore *store, const ZqResourceKind *kind, gint64 slot);

static gboolean
finish (ZqTxn *txn, Build *build, GError **error)
{
  build->more = FALSE;
  zq_txn_changed (txn, "search", 0, 0, ZQ_CHANGE_CONTENT);
  zq_db_get_int (txn->db, &build->slot, NULL, "SELECT slot FROM search_index WHERE kind = ? AND slot <> building", "s",
                 build->kind->name);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO search_old (kind, slot) SELECT kind, slot FROM search_index"
                     " WHERE kind = ? AND slot <> building",
                     "s", build->kind->name) &&
         zq_db_exec (txn->db, error,
                     "UPDATE search_index SET slot = building, building = 0, done_to = 0 WHERE kind = ?", "s",
                     build->kind->name);
}

/* Rows of the type in order, whatever kind has them: notes stand among the messages. */
static gboolean
list_chunk (ZqTxn *txn, Build *build, gint64 from, gint64 *to, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (txn->db, error,
                                         "SELECT id FROM resource WHERE id > ?1 AND id <= ?1 + ?2 AND +type = ?3"
                                         " ORDER BY id LIMIT ?4",
                                         "iisi", from, (gint64)CHUNK_IDS, build->kind->type, (gint64)build->rows);
  guint n = 0;

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      *to = zq_rows_int (rows, 0);
      zq_search_index_built (txn, build->kind->name, *to);
      n++;
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (n < build->rows)
    *to = from + CHUNK_IDS;

  return TRUE;
}

static gboolean
build_chunk (ZqTxn *txn, gpointer data, GError **error)
{
  Build *build = data;
  gint64 done_to = 0, last = 0, to = 0;

  build->more = TRUE;
  build->begun = zq_clock_stopwatch ();
  if (!zq_db_get_int (txn->db, &done_to, NULL, "SELECT done_to FROM search_index WHERE kind = ? AND building <> 0", "s",
                      build->kind->name))
    {
      build->more = FALSE;
      return TRUE;
    }
  zq_db_get_int (txn->db, &last, NULL, "SELECT max (id) FROM resource", "");
  zq_txn_changed (txn, "search", 0, 0, ZQ_CHANGE_CONTENT);
  if (done_to >= last)
    return finish (txn, build, error);

  return list_chunk (txn, build, done_to, &to, error) &&
         zq_db_exec (txn->db, error, "UPDATE search_index SET done_to = ? WHERE kind = ?", "is", to, build->kind->name);
}

static void
push_build (ZqStore *store, const ZqResourceKind *kind)
{
  Build *build = g_new0 (Build, 1);

  build->kind = kind;
  build->rows = MIN_ROWS;
  zq_writer_push (store->writer, ZQ_PRIORITY_BULK, build_chunk, build_done, build);
}

/* A chunk is never given up for a doctor's command, however many come: then it would not get on. It is short instead.
 */
static void
build_done (ZqStore *store, gpointer data, GError *error)
{
  Build *build = data;
  gint64 spent = zq_clock_stopwatch () - build->begun;

  if (spent > CHUNK_US)
    build->rows = MAX (build->rows / 2, MIN_ROWS);
  else if (spent < CHUNK_US / 2)
    build->rows = MIN (build->rows * 2, MAX_ROWS);

  if (error != NULL)
    g_warning ("The words of %s could not be made anew: %s", build->kind->name, error->message);
  else if (build->more && !zq_store_is_closing (store))
    zq_writer_push (store->writer, ZQ_PRIORITY_BULK, build_chunk, build_done, g_steal_pointer (&build));
  else if (build->slot != 0 && !zq_store_is_closing (store))
    push_empty (store, build->kind, build->slot);
  g_free (build);
  g_clear_error (&error);
}

/* --- emptying what served before -------------------------------------------------------------- */

/* FTS5 keeps what a table is in the rows 1 and 10: they go with the table. */
static gboolean
empty_some (ZqTxn *txn, Build *build, gboolean *any, GError **error)
{
  static const char *const pieces[] = {
    "DELETE FROM $_data WHERE id IN (SELECT id FROM $_data WHERE id > 10 LIMIT ?)",
    "DELETE FROM $_docsize WHERE id IN (SELECT id FROM $_docsize LIMIT 8 * ?)",
    "DELETE FROM $_row WHERE id IN (SELECT id FROM $_row LIMIT 8 * ?)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *sql = zq_search_sql (build->kind->name, build->slot, pieces[i]);

      if (!zq_db_exec (txn->db, error, sql, "i", (gint64)CHUNK_PAGES))
        return FALSE;
      if (zq_db_changes (txn->db) == 0)
        continue;
      *any = TRUE;
      return TRUE;
    }

  return TRUE;
}

static gboolean
empty_chunk (ZqTxn *txn, gpointer data, GError **error)
{
  Build *build = data;
  g_autofree char *drop = zq_search_sql (build->kind->name, build->slot, "DROP TABLE $_row; DROP TABLE $;");

  build->more = FALSE;
  if (!empty_some (txn, build, &build->more, error))
    return FALSE;
  if (build->more)
    return TRUE;
  zq_txn_changed (txn, "search", 0, 0, ZQ_CHANGE_CONTENT);

  return zq_db_script (txn->db, drop, error) &&
         zq_db_exec (txn->db, error, "DELETE FROM search_old WHERE kind = ? AND slot = ?", "si", build->kind->name,
                     build->slot);
}

static void
empty_done (ZqStore *store, gpointer data, GError *error)
{
  Build *build = data;

  if (error != NULL)
    g_warning ("Old words of %s could not be removed: %s", build->kind->name, error->message);
  else if (build->more && !zq_store_is_closing (store))
    zq_writer_push (store->writer, ZQ_PRIORITY_BULK, empty_chunk, empty_done, g_steal_pointer (&build));
  g_free (build);
  g_clear_error (&error);
}

static void
push_empty (ZqStore *store, const ZqResourceKind *kind, gint64 slot)
{
  Build *build = g_new0 (Build, 1);

  build->kind = kind;
  build->slot = slot;
  zq_writer_push (store->writer, ZQ_PRIORITY_BULK, empty_chunk, empty_done, build);
}

/* Called before anybody else can write. */
void
zq_search_start (ZqStore *self)
{
  for (guint i = 0; self->kinds != NULL && self->kinds[i] != NULL; i++)
    {
      const ZqResourceKind *kind = self->kinds[i];
      g_autoptr (ZqRows) old = NULL;
      gint64 building = 0;

      if (kind->search == NULL)
        continue;
      zq_db_get_int (self->main_db, &building, NULL, "SELECT building FROM search_index WHERE kind = ?", "s",
                     kind->name);
      if (building != 0)
        push_build (self, kind);
      old = zq_db_query (self->main_db, NULL, "SELECT slot FROM search_old WHERE kind = ?", "s", kind->name);
      while (old != NULL && zq_rows_next (old, NULL))
        push_empty (self, kind, zq_rows_int (old, 0));
    }
}
