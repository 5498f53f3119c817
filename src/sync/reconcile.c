/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/reconcile.h"

#include "base/id.h"
#include "resource/scan.h"

#define ROWS      1000
#define BATCH     50
#define MAX_PAGES 20

typedef struct
{
  gint64 row;
  char *type;
  char *id;
} Item;

typedef struct
{
  /* input */
  ZqPeer *peer;
  gint64 *from;

  /* in progress */
  GPtrArray *items;   /* Item, by type; those to be asked for */
  GPtrArray *batch;   /* Item, of one type: asked for now */
  GPtrArray *missing; /* Item: not in the answer, to be read one by one */
  ZqPage *page;
  guint n_pages;     /* of this batch */
  GHashTable *shown; /* ids on them */
  gint64 last;       /* row */
} Reconcile;

static void next_batch (GTask *task);
static void on_page (GObject *source, GAsyncResult *result, gpointer data);
static void next_missing (GTask *task);

static void
item_free (gpointer data)
{
  Item *self = data;

  g_free (self->type);
  g_free (self->id);
  g_free (self);
}

static void
reconcile_free (Reconcile *self)
{
  zq_peer_unref (self->peer);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_ptr_array_unref (self->batch);
  g_ptr_array_unref (self->missing);
  g_clear_pointer (&self->page, zq_page_free);
  g_hash_table_unref (self->shown);
  g_free (self);
}

/* --- one by one: the only word that counts ------------------------------------------------------ */

static void
on_gone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    next_missing (task);
}

static void
on_read_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  if (ingested == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    next_missing (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Reconcile *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPage) page = zq_fetch_finish (result, &error);
  Item *item = g_ptr_array_steal_index (self->missing, self->missing->len - 1);

  if (page != NULL)
    zq_store_ingest_async (self->peer->store, page->bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_read_ingested,
                           g_object_ref (task));
  else if (zq_peer_ends_round (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NOT_FOUND) ||
           g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_GONE) ||
           g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN))
    zq_store_set_gone_async (self->peer->store, item->type, item->id, "the hospital does not show it any more", on_gone,
                             g_object_ref (task));
  else
    next_missing (task);
  item_free (item);
}

static void
next_missing (GTask *task)
{
  Reconcile *self = g_task_get_task_data (task);
  g_autofree char *path = NULL;
  const Item *item;

  if (self->missing->len == 0)
    {
      next_batch (task);
      return;
    }
  item = g_ptr_array_index (self->missing, self->missing->len - 1);
  path = g_strdup_printf ("%s/%s", item->type, item->id);
  zq_fetch_async (self->peer, path, g_task_get_cancellable (task), on_read, g_object_ref (task));
}

/* --- batches -------------------------------------------------------------------------------------- */

static void
remember_ids (ZqBundle *bundle, GHashTable *shown)
{
  for (guint i = 0; i < zq_bundle_get_n_entries (bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, i);
      ZqScan scan;

      if (entry->raw == NULL)
        continue;
      zq_scan_init (&scan, entry->raw, entry->raw_length);
      if (zq_scan_next (&scan) == ZQ_TOKEN_OBJECT_BEGIN && zq_sync_find_member (&scan, "id") &&
          scan.type == ZQ_TOKEN_STRING)
        g_hash_table_add (shown, zq_scan_dup_string (&scan));
    }
}

static void
on_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Reconcile *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);
  const char *next;

  if (ingested == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  remember_ids (self->page->bundle, self->shown);
  next = zq_bundle_get_next (self->page->bundle);
  if (next != NULL && ++self->n_pages < MAX_PAGES)
    {
      zq_fetch_async (self->peer, next, g_task_get_cancellable (task), on_page, g_object_ref (task));
      return;
    }
  /* A batch without an end: who knows what is on its other pages. */
  while (next == NULL && self->batch->len > 0)
    {
      Item *item = g_ptr_array_steal_index_fast (self->batch, self->batch->len - 1);

      if (g_hash_table_contains (self->shown, item->id))
        item_free (item);
      else
        g_ptr_array_add (self->missing, item);
    }
  next_missing (task);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Reconcile *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->page, zq_page_free);
  self->page = zq_fetch_finish (result, &error);
  if (self->page != NULL)
    zq_store_ingest_async (self->peer->store, self->page->bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested,
                           g_object_ref (task));
  else if (zq_peer_ends_round (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN) ||
           g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE))
    {
      /* One that is not for us any more, or too large, must not hide the others. */
      g_ptr_array_extend_and_steal (self->missing, g_steal_pointer (&self->batch));
      self->batch = g_ptr_array_new_with_free_func (item_free);
      next_missing (task);
    }
  else
    next_batch (task);
}

static void
next_batch (GTask *task)
{
  Reconcile *self = g_task_get_task_data (task);
  g_autoptr (GString) path = g_string_new (NULL);

  g_ptr_array_set_size (self->batch, 0);
  g_hash_table_remove_all (self->shown);
  self->n_pages = 0;
  while (self->items->len > 0 && self->batch->len < BATCH)
    {
      Item *item = g_ptr_array_index (self->items, self->items->len - 1);
      const Item *first = self->batch->len > 0 ? g_ptr_array_index (self->batch, 0) : item;

      if (!g_str_equal (first->type, item->type))
        break;
      if (path->len == 0)
        g_string_append_printf (path, "%s?_count=%d&_id=", item->type, BATCH);
      g_string_append_printf (path, "%s%s", item == first ? "" : ",", item->id);
      g_ptr_array_add (self->batch, g_ptr_array_steal_index (self->items, self->items->len - 1));
    }
  if (self->batch->len == 0)
    {
      *self->from = self->last;
      g_task_return_boolean (task, TRUE);
      return;
    }
  zq_fetch_async (self->peer, path->str, g_task_get_cancellable (task), on_page, g_object_ref (task));
}

/* --- what is asked for ---------------------------------------------------------------------------- */

static int
by_type (gconstpointer a, gconstpointer b)
{
  const Item *one = *(Item *const *)a;
  const Item *other = *(Item *const *)b;
  int types = g_strcmp0 (one->type, other->type);

  return types != 0 ? types : (one->row > other->row) - (one->row < other->row);
}

/* Reader thread. */
static gpointer
read_items (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 *from = data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, &failure,
                   "SELECT id, type, server_id FROM resource WHERE id > ?1 AND server_id IS NOT NULL"
                   " AND (state = 'held' OR (state = 'gone' AND version IS NOT NULL))"
                   " ORDER BY id LIMIT ?2",
                   "ii", *from, (gint64)ROWS);

  while (rows != NULL && zq_rows_next (rows, &failure))
    {
      Item *item;

      if (!zq_id_is_valid (zq_rows_text (rows, 2)))
        continue;
      item = g_new0 (Item, 1);
      item->row = zq_rows_int (rows, 0);
      item->type = g_strdup (zq_rows_text (rows, 1));
      item->id = g_strdup (zq_rows_text (rows, 2));
      g_ptr_array_add (items, item);
    }
  if (failure == NULL)
    return g_steal_pointer (&items);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static void
on_items (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Reconcile *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->items = zq_store_read_finish (ZQ_STORE (source), result, &error);
  if (self->items == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (self->items->len == ROWS)
    self->last = ((Item *)g_ptr_array_index (self->items, ROWS - 1))->row;
  g_ptr_array_sort (self->items, by_type);
  next_batch (task);
}

void
zq_reconcile_async (ZqPeer *peer, gint64 *from, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Reconcile *self = g_new0 (Reconcile, 1);

  g_task_set_source_tag (task, zq_reconcile_async);
  g_task_set_task_data (task, self, (GDestroyNotify)reconcile_free);
  self->peer = zq_peer_ref (peer);
  self->from = from;
  self->batch = g_ptr_array_new_with_free_func (item_free);
  self->missing = g_ptr_array_new_with_free_func (item_free);
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  zq_store_read_behind_async (peer->store, read_items, g_memdup2 (from, sizeof *from), g_free,
                              (GDestroyNotify)g_ptr_array_unref, cancellable, on_items, g_object_ref (task));
}

gboolean
zq_reconcile_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
