/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

/* A transaction of an import. It is rolled back when a doctor waits, so that only its commit keeps anybody
 * waiting, and that grows with the pages it has touched. */
#define CHUNK_ROWS 500
#define CHUNK_US   50000
/* A page with fewer entries is no import. */
#define IMPORT_ROWS 50

struct _ZqParser
{
  GThread *thread;
  GAsyncQueue *queue; /* GTask, or the parser itself at the end */
};

typedef struct
{
  /* input */
  ZqBundle *page;
  ZqPriority priority;
  char *cursor_kind;
  char *cursor_scope;
  ZqCursor cursor;
  gboolean has_cursor;

  /* in progress */
  GPtrArray *items; /* ZqItem */
  guint next;
  guint chunk_end;
  ZqIngested chunk;

  /* output */
  ZqIngested *result;
  gint64 newest;
  gint64 oldest;
} Ingest;

void
zq_ingested_free (ZqIngested *self)
{
  if (self == NULL)
    return;

  g_free (self->newest);
  g_free (self->oldest);
  g_free (self);
}

static void
ingest_free (Ingest *ingest)
{
  zq_bundle_unref (ingest->page);
  g_free (ingest->cursor_kind);
  g_free (ingest->cursor_scope);
  zq_cursor_clear (&ingest->cursor);
  g_clear_pointer (&ingest->items, g_ptr_array_unref);
  g_clear_pointer (&ingest->result, zq_ingested_free);
  g_free (ingest);
}

/* --- parser thread ---------------------------------------------------------------------------- */

static void
note_updated (Ingest *ingest, ZqItem *item)
{
  if (item->updated_text == NULL || item->updated == 0)
    return;

  if (ingest->result->newest == NULL || item->updated > ingest->newest)
    {
      g_free (ingest->result->newest);
      ingest->result->newest = g_strdup (item->updated_text);
      ingest->newest = item->updated;
    }
  if (ingest->result->oldest == NULL || item->updated < ingest->oldest)
    {
      g_free (ingest->result->oldest);
      ingest->result->oldest = g_strdup (item->updated_text);
      ingest->oldest = item->updated;
    }
}

static void
parse_page (ZqStore *store, Ingest *ingest)
{
  for (guint i = 0; i < zq_bundle_get_n_entries (ingest->page); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (ingest->page, i);
      ZqItem *item;

      if (g_strcmp0 (entry->search_mode, "outcome") == 0)
        continue;

      item = zq_item_parse (store, entry->raw, entry->raw_length);
      g_ptr_array_add (ingest->items, item);
      /* What is included lies outside of the page's range. */
      if (g_strcmp0 (entry->search_mode, "include") != 0)
        note_updated (ingest, item);
    }
}

/* --- writer thread ---------------------------------------------------------------------------- */

static gboolean
set_cursor (ZqTxn *txn, Ingest *ingest, GError **error)
{
  return zq_db_exec (txn->db, error,
                     "INSERT INTO cursor (kind, scope, high, low, filled) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (kind, scope) DO UPDATE SET high = excluded.high, low = excluded.low,"
                     " filled = excluded.filled",
                     "ssssi", ingest->cursor_kind, ingest->cursor_scope, ingest->cursor.high, ingest->cursor.low,
                     (gint64)ingest->cursor.filled);
}

static void
count_taken (ZqIngested *counts, ZqTaken taken)
{
  counts->stored += taken == ZQ_TAKEN_STORED;
  counts->unchanged += taken == ZQ_TAKEN_UNCHANGED;
  counts->unreadable += taken == ZQ_TAKEN_UNREADABLE;
}

/* What a page brings can be fetched again, and its cursor goes with it. */
static ZqWriterMode
mode_of (const Ingest *ingest)
{
  return ingest->items->len < IMPORT_ROWS ? ZQ_WRITER_RELAXED : ZQ_WRITER_IMPORT;
}

/* A page goes in chunks. */
static gboolean
ingest_chunk (ZqTxn *txn, gpointer data, GError **error)
{
  Ingest *ingest = g_task_get_task_data (data);
  gint64 start = zq_clock_stopwatch ();
  guint i = ingest->next;

  memset (&ingest->chunk, 0, sizeof ingest->chunk);
  for (; i < ingest->items->len && i < ingest->next + CHUNK_ROWS; i++)
    {
      ZqTaken taken;

      if (zq_txn_yields (txn))
        return FALSE;
      if (zq_clock_stopwatch () - start > CHUNK_US)
        break;
      if (!zq_resource_take (txn, g_ptr_array_index (ingest->items, i), 0, &taken, error))
        return FALSE;
      count_taken (&ingest->chunk, taken);
    }
  ingest->chunk_end = i;

  return i < ingest->items->len || !ingest->has_cursor || set_cursor (txn, ingest, error);
}

static void
chunk_done (ZqStore *store, gpointer data, GError *error)
{
  GTask *task = data;
  Ingest *ingest = g_task_get_task_data (task);

  if (error != NULL)
    {
      zq_store_return_pointer (task, NULL, NULL, error);
      return;
    }

  ingest->result->stored += ingest->chunk.stored;
  ingest->result->unchanged += ingest->chunk.unchanged;
  ingest->result->unreadable += ingest->chunk.unreadable;
  ingest->next = ingest->chunk_end;

  if (ingest->next < ingest->items->len)
    zq_writer_continue (store->writer, ingest->priority, mode_of (ingest), ingest_chunk, chunk_done, task);
  else
    zq_store_return_pointer (task, g_steal_pointer (&ingest->result), (GDestroyNotify)zq_ingested_free, NULL);
}

/* --- the parser ------------------------------------------------------------------------------- */

static gpointer
parser_main (gpointer data)
{
  ZqParser *self = data;

  while (TRUE)
    {
      gpointer item = g_async_queue_pop (self->queue);
      ZqStore *store;
      Ingest *ingest;

      if (item == self)
        return NULL;

      store = g_task_get_source_object (item);
      ingest = g_task_get_task_data (item);
      parse_page (store, ingest);
      zq_writer_push_mode (store->writer, ingest->priority, mode_of (ingest), ingest_chunk, chunk_done, item);
    }
}

ZqParser *
zq_parser_new (void)
{
  ZqParser *self = g_new0 (ZqParser, 1);

  self->queue = g_async_queue_new ();
  self->thread = g_thread_new ("zq-parser", parser_main, self);

  return self;
}

void
zq_parser_stop (ZqParser *self)
{
  if (self->thread == NULL)
    return;

  g_async_queue_push (self->queue, self);
  g_thread_join (g_steal_pointer (&self->thread));
}

void
zq_parser_free (ZqParser *self)
{
  zq_parser_stop (self);
  g_async_queue_unref (self->queue);
  g_free (self);
}

void
zq_store_ingest_async (ZqStore *self,
                       ZqBundle *page,
                       ZqPriority priority,
                       const char *cursor_kind,
                       const char *cursor_scope,
                       const ZqCursor *cursor,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Ingest *ingest = g_new0 (Ingest, 1);

  ingest->page = zq_bundle_ref (page);
  ingest->priority = priority;
  ingest->items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_item_free);
  ingest->result = g_new0 (ZqIngested, 1);
  if (cursor != NULL)
    {
      ingest->has_cursor = TRUE;
      ingest->cursor_kind = g_strdup (cursor_kind);
      ingest->cursor_scope = g_strdup (cursor_scope);
      ingest->cursor.high = g_strdup (cursor->high);
      ingest->cursor.low = g_strdup (cursor->low);
      ingest->cursor.filled = cursor->filled;
    }
  g_task_set_source_tag (task, zq_store_ingest_async);
  g_task_set_task_data (task, ingest, (GDestroyNotify)ingest_free);

  if (zq_store_is_closing (self))
    g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED, "The local store is closed");
  else
    g_async_queue_push (self->parser->queue, g_steal_pointer (&task));
}

ZqIngested *
zq_store_ingest_finish (ZqStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- cursors ---------------------------------------------------------------------------------- */

void
zq_cursor_clear (ZqCursor *cursor)
{
  g_clear_pointer (&cursor->high, g_free);
  g_clear_pointer (&cursor->low, g_free);
  cursor->filled = FALSE;
}

gboolean
zq_store_get_cursor (ZqDb *db, const char *kind, const char *scope, ZqCursor *cursor, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT high, low, filled FROM cursor WHERE kind = ? AND scope = ?", "ss", kind, scope);

  if (rows == NULL)
    return FALSE;

  zq_cursor_clear (cursor);
  if (zq_rows_next (rows, &local))
    {
      cursor->high = g_strdup (zq_rows_text (rows, 0));
      cursor->low = g_strdup (zq_rows_text (rows, 1));
      cursor->filled = zq_rows_int (rows, 2) != 0;
    }
  if (local == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}
