/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

struct _ZqReader
{
  ZqDb *db;
  GThread *thread;
  GAsyncQueue *queue; /* GTask, or the reader itself at the end */
  gint stopping;      /* atomic */
};

typedef struct
{
  ZqReadFunc func;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Read;

static void
read_free (Read *read)
{
  if (read->data_free != NULL)
    read->data_free (read->data);
  g_free (read);
}

static void
interrupt (GCancellable *cancellable, gpointer db)
{
  zq_db_interrupt (db);
}

static void
set_closed (GError **error)
{
  g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED, "The local store is closed");
}

static gpointer
run_read (ZqReader *self, GTask *task, GError **error)
{
  Read *read = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *local = NULL;
  gpointer result;
  gulong id = 0;

  if (g_atomic_int_get (&self->stopping))
    {
      set_closed (error);
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (interrupt), self->db, NULL);
  result = read->func (self->db, read->data, cancellable, &local);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);

  if (local != NULL && g_atomic_int_get (&self->stopping))
    {
      g_error_free (local);
      set_closed (error);
    }
  else if (local != NULL && g_cancellable_set_error_if_cancelled (cancellable, error))
    g_error_free (local);
  else if (local != NULL)
    g_propagate_error (error, local);

  return result;
}

static gpointer
reader_main (gpointer data)
{
  ZqReader *self = data;

  while (TRUE)
    {
      gpointer item = g_async_queue_pop (self->queue);
      GError *error = NULL;
      gpointer result;

      if (item == self)
        return NULL;

      result = run_read (self, item, &error);
      zq_store_return_pointer (item, result, ((Read *)g_task_get_task_data (item))->result_free, error);
    }
}

ZqReader *
zq_reader_new (ZqDb *db)
{
  ZqReader *self = g_new0 (ZqReader, 1);

  self->db = db;
  self->queue = g_async_queue_new ();
  self->thread = g_thread_new ("zq-reader", reader_main, self);

  return self;
}

void
zq_reader_stop (ZqReader *self)
{
  if (self->thread == NULL)
    return;

  g_atomic_int_set (&self->stopping, TRUE);
  zq_db_interrupt (self->db);
  g_async_queue_push (self->queue, self);
  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->db, zq_db_close);
}

void
zq_reader_free (ZqReader *self)
{
  zq_reader_stop (self);
  g_async_queue_unref (self->queue);
  g_free (self);
}

static void
read_by (ZqStore *self,
         ZqReader *reader,
         ZqReadFunc func,
         gpointer data,
         GDestroyNotify data_free,
         GDestroyNotify result_free,
         GCancellable *cancellable,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Read *read = g_new0 (Read, 1);

  g_task_set_source_tag (task, zq_store_read_async);
  read->func = func;
  read->data = data;
  read->data_free = data_free;
  read->result_free = result_free;
  g_task_set_task_data (task, read, (GDestroyNotify)read_free);

  if (zq_store_is_closing (self))
    g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED, "The local store is closed");
  else
    g_async_queue_push (reader->queue, g_steal_pointer (&task));
}

void
zq_store_read_async (ZqStore *self,
                     ZqReadFunc func,
                     gpointer data,
                     GDestroyNotify data_free,
                     GDestroyNotify result_free,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  read_by (self, self->reader, func, data, data_free, result_free, cancellable, callback, user_data);
}

void
zq_store_read_behind_async (ZqStore *self,
                            ZqReadFunc func,
                            gpointer data,
                            GDestroyNotify data_free,
                            GDestroyNotify result_free,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  read_by (self, self->behind, func, data, data_free, result_free, cancellable, callback, user_data);
}

gpointer
zq_store_read_finish (ZqStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
