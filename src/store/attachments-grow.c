/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-private.h"

/* What is being recorded: its bytes come bit by bit, and what has come outlives this process. */

typedef struct
{
  gint64 size;
  char *hash;
} Grown;

static void
grown_free (gpointer data)
{
  Grown *self = data;

  g_free (self->hash);
  g_free (self);
}

static void
after_grow (ZqAttachments *self, ZqFileJob *job)
{
  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (job->task, TRUE);
}

static void
after_grown (ZqAttachments *self, ZqFileJob *job)
{
  Grown *grown;

  if (job->error != NULL)
    {
      g_task_return_error (job->task, g_steal_pointer (&job->error));
      return;
    }
  grown = g_new0 (Grown, 1);
  grown->size = job->done;
  grown->hash = g_strdup (job->other);
  zq_attachments_post_changed (self, job->key);
  g_task_return_pointer (job->task, grown, grown_free);
}

static ZqFileJob *
push (ZqAttachments *self,
      gboolean (*run) (ZqDb *db, ZqFileJob *job, GError **error),
      void (*after) (ZqAttachments *self, ZqFileJob *job),
      const char *key,
      GAsyncReadyCallback callback,
      gpointer data)
{
  ZqFileJob *job = zq_file_job_new (run, key);

  job->now = zq_attachments_now (self);
  job->after = after;
  job->task = g_task_new (self, NULL, callback, data);

  return job;
}

void
zq_attachments_grow_async (ZqAttachments *self,
                           const char *key,
                           const char *content_type,
                           GBytes *bytes,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  ZqFileJob *job;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL && bytes != NULL);

  job = push (self, zq_file_grow, after_grow, key, callback, data);
  job->content_type = g_strdup (content_type);
  job->bytes = g_bytes_ref (bytes);
  zq_file_worker_push (zq_attachments_get_writer (self), job);
}

gboolean
zq_attachments_grow_finish (ZqAttachments *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_attachments_end_growth_async (ZqAttachments *self, const char *key, GAsyncReadyCallback callback, gpointer data)
{
  ZqFileJob *job;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL);

  job = push (self, zq_file_end_growth, after_grown, key, callback, data);
  job->lasting = TRUE;
  zq_file_worker_push (zq_attachments_get_writer (self), job);
}

gboolean
zq_attachments_end_growth_finish (ZqAttachments *self, GAsyncResult *result, gint64 *size, char **hash, GError **error)
{
  Grown *grown;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  grown = g_task_propagate_pointer (G_TASK (result), error);
  if (grown == NULL)
    return FALSE;
  if (size != NULL)
    *size = grown->size;
  if (hash != NULL)
    *hash = g_strdup (grown->hash);
  grown_free (grown);

  return TRUE;
}
