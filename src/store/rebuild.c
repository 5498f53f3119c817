/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

#define CHUNK_IDS  2000
#define CHUNK_ROWS 64
#define CHUNK_US   10000

/* The rows of a kind made anew from the texts, in place, a chunk a transaction; `done_to` says how
 * far, so that a kill costs one chunk. */
typedef struct
{
  const ZqResourceKind *kind;
  gboolean more;
} Rebuild;

static gboolean
finish (ZqTxn *txn, Rebuild *rebuild, GError **error)
{
  rebuild->more = FALSE;
  zq_txn_changed (txn, rebuild->kind->name, 0, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);

  return zq_db_exec (txn->db, error, "UPDATE projection SET state = 'ready', done_to = 0 WHERE kind = ?", "s",
                     rebuild->kind->name);
}

static gboolean
list_chunk (ZqTxn *txn, Rebuild *rebuild, gint64 from, GArray *ids, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (txn->db, error,
                                         "SELECT id FROM resource WHERE id > ? AND id <= ? AND +type = ? AND state IN"
                                         " ('held', 'local', 'unreadable') ORDER BY id LIMIT ?",
                                         "iisi", from, from + CHUNK_IDS, rebuild->kind->type, (gint64)CHUNK_ROWS);

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      gint64 id = zq_rows_int (rows, 0);

      g_array_append_val (ids, id);
    }
  if (local == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static gboolean
rebuild_chunk (ZqTxn *txn, gpointer data, GError **error)
{
  Rebuild *rebuild = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 start = zq_clock_monotonic (txn->store->clock);
  gint64 done_to = 0;
  gint64 last = 0;

  if (!zq_db_get_int (txn->db, &done_to, NULL, "SELECT done_to FROM projection WHERE kind = ? AND state = 'building'",
                      "s", rebuild->kind->name))
    {
      rebuild->more = FALSE;
      return TRUE;
    }
  zq_db_get_int (txn->db, &last, NULL, "SELECT max (id) FROM resource", "");
  if (done_to >= last)
    return finish (txn, rebuild, error);
  if (!list_chunk (txn, rebuild, done_to, ids, error))
    return FALSE;

  if (ids->len < CHUNK_ROWS)
    last = done_to + CHUNK_IDS;
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (i > 0 &&
          (zq_writer_has_urgent (txn->store->writer) || zq_clock_monotonic (txn->store->clock) - start > CHUNK_US))
        {
          last = done_to;
          break;
        }
      if (!zq_resource_reproject (txn, id, FALSE, error))
        return FALSE;
      done_to = id;
      if (ids->len == CHUNK_ROWS)
        last = id;
    }

  return zq_db_exec (txn->db, error, "UPDATE projection SET done_to = ? WHERE kind = ?", "is", last,
                     rebuild->kind->name);
}

static void
chunk_done (ZqStore *store, gpointer data, GError *error)
{
  Rebuild *rebuild = data;

  if (error != NULL)
    g_warning ("Rows of %s could not be made anew: %s", rebuild->kind->name, error->message);

  if (error == NULL && rebuild->more && !zq_store_is_closing (store))
    zq_writer_push (store->writer, ZQ_PRIORITY_BULK, rebuild_chunk, chunk_done, rebuild);
  else
    g_free (rebuild);
  g_clear_error (&error);
}

static void
push_rebuild (ZqStore *self, const ZqResourceKind *kind)
{
  Rebuild *rebuild = g_new0 (Rebuild, 1);

  rebuild->kind = kind;
  rebuild->more = TRUE;
  zq_writer_push (self->writer, ZQ_PRIORITY_BULK, rebuild_chunk, chunk_done, rebuild);
}

gboolean
zq_txn_rebuild (ZqTxn *txn, const char *kind, GError **error)
{
  const ZqResourceKind *found = zq_store_find_kind (txn->store, kind);
  gint64 building = 0;

  g_return_val_if_fail (found != NULL, FALSE);

  zq_db_get_int (txn->db, &building, NULL, "SELECT state = 'building' FROM projection WHERE kind = ?", "s", kind);
  if (!zq_db_exec (txn->db, error, "UPDATE projection SET state = 'building', done_to = 0 WHERE kind = ?", "s", kind))
    return FALSE;
  /* One that is under way begins again by itself. */
  if (!building)
    push_rebuild (txn->store, found);

  return TRUE;
}

/* Called before anybody else can write. */
void
zq_store_start_rebuild (ZqStore *self)
{
  for (guint i = 0; self->kinds != NULL && self->kinds[i] != NULL; i++)
    {
      const ZqResourceKind *kind = self->kinds[i];
      gint64 building = 0;

      zq_db_get_int (self->main_db, &building, NULL, "SELECT state = 'building' FROM projection WHERE kind = ?", "s",
                     kind->name);
      if (building)
        push_rebuild (self, kind);
    }
}
