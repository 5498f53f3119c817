/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

/* --- tasks that come back from the store's threads -------------------------------------------- */

typedef struct
{
  GTask *task;
  gboolean is_pointer;
  gpointer result;
  GDestroyNotify result_free;
  GError *error;
} Return;

static gboolean
return_here (gpointer data)
{
  Return *back = data;

  if (back->error != NULL)
    g_task_return_error (back->task, g_steal_pointer (&back->error));
  else if (back->is_pointer)
    g_task_return_pointer (back->task, g_steal_pointer (&back->result), back->result_free);
  else
    g_task_return_boolean (back->task, TRUE);

  return G_SOURCE_REMOVE;
}

static void
return_free (Return *back)
{
  if (back->result != NULL && back->result_free != NULL)
    back->result_free (back->result);
  g_clear_error (&back->error);
  g_object_unref (back->task);
  g_free (back);
}

static void
post_return (Return *back)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (back->task));
  g_source_set_callback (source, return_here, back, (GDestroyNotify)return_free);
  g_source_attach (source, g_task_get_context (back->task));
}

void
zq_store_return_boolean (GTask *task, GError *error)
{
  Return *back = g_new0 (Return, 1);

  back->task = task;
  back->error = error;
  post_return (back);
}

void
zq_store_return_pointer (GTask *task, gpointer result, GDestroyNotify result_free, GError *error)
{
  Return *back = g_new0 (Return, 1);

  back->task = task;
  back->is_pointer = TRUE;
  back->result = result;
  back->result_free = result_free;
  back->error = error;
  post_return (back);
}

/* --- writes ----------------------------------------------------------------------------------- */

typedef struct
{
  ZqWriteFunc func;
  GTask *task;
} TaskWrite;

static gboolean
run_task_write (ZqTxn *txn, gpointer data, GError **error)
{
  TaskWrite *write = data;

  return write->func (txn, g_task_get_task_data (write->task), error);
}

static void
task_write_done (ZqStore *store, gpointer data, GError *error)
{
  TaskWrite *write = data;

  zq_store_return_boolean (g_steal_pointer (&write->task), error);
  g_free (write);
}

void
zq_store_write_task (ZqStore *self, ZqPriority priority, ZqWriteFunc func, GTask *task)
{
  TaskWrite *write;

  if (zq_store_is_closing (self))
    {
      g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED,
                               "The local store is closed; nothing was changed");
      g_object_unref (task);
      return;
    }

  write = g_new0 (TaskWrite, 1);
  write->func = func;
  write->task = task;
  zq_writer_push (self->writer, priority, run_task_write, task_write_done, write);
}

void
zq_store_write_async (ZqStore *self,
                      ZqPriority priority,
                      ZqWriteFunc func,
                      gpointer data,
                      GDestroyNotify data_free,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, zq_store_write_async);
  g_task_set_task_data (task, data, data_free);
  zq_store_write_task (self, priority, func, task);
}

gboolean
zq_store_write_finish (ZqStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- and waits -------------------------------------------------------------------------------- */

typedef struct
{
  ZqWriteFunc func;
  gpointer data;

  GMutex mutex;
  GCond cond;
  gboolean done;
  GError *error;
} WaitingWrite;

static gboolean
run_waiting_write (ZqTxn *txn, gpointer data, GError **error)
{
  WaitingWrite *write = data;

  return write->func (txn, write->data, error);
}

static void
waiting_write_done (ZqStore *store, gpointer data, GError *error)
{
  WaitingWrite *write = data;

  g_mutex_lock (&write->mutex);
  write->done = TRUE;
  write->error = error;
  g_cond_signal (&write->cond);
  g_mutex_unlock (&write->mutex);
}

gboolean
zq_store_write (ZqStore *self, ZqPriority priority, ZqWriteFunc func, gpointer data, GError **error)
{
  WaitingWrite write = { .func = func, .data = data };

  if (zq_store_is_closing (self))
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED,
                           "The local store is closed; nothing was changed");
      return FALSE;
    }
  g_return_val_if_fail (!zq_writer_is_current (self->writer), FALSE);

  g_mutex_init (&write.mutex);
  g_cond_init (&write.cond);
  zq_writer_push (self->writer, priority, run_waiting_write, waiting_write_done, &write);

  g_mutex_lock (&write.mutex);
  while (!write.done)
    g_cond_wait (&write.cond, &write.mutex);
  g_mutex_unlock (&write.mutex);
  g_mutex_clear (&write.mutex);
  g_cond_clear (&write.cond);

  if (write.error == NULL)
    return TRUE;

  g_propagate_error (error, write.error);

  return FALSE;
}
