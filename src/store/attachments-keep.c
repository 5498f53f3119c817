/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-private.h"

typedef struct
{
  /* input */
  char *key;
  GInputStream *stream;
  char *content_type;
  gint64 limit;
  gint64 now;

  /* in progress */
  gint64 id;
  GChecksum *checksum;

  /* output */
  gint64 size;
  char *hash;
} Keep;

static void
keep_free (Keep *keep)
{
  g_free (keep->key);
  g_object_unref (keep->stream);
  g_free (keep->content_type);
  g_checksum_free (keep->checksum);
  g_free (keep->hash);
  g_free (keep);
}

static gboolean
begin (ZqAttachments *self, Keep *keep, GError **error)
{
  g_autoptr (ZqFileJob) job = zq_file_job_new (zq_file_keep_begin, keep->key);

  job->content_type = g_strdup (keep->content_type);
  job->now = keep->now;
  if (!zq_file_worker_run (zq_attachments_get_writer (self), job, error))
    return FALSE;
  keep->id = job->id;

  return TRUE;
}

static gboolean
append (ZqAttachments *self, Keep *keep, GBytes *bytes, GError **error)
{
  g_autoptr (ZqFileJob) job = zq_file_job_new (zq_file_keep_append, keep->key);

  job->id = keep->id;
  job->bytes = g_bytes_ref (bytes);

  return zq_file_worker_run (zq_attachments_get_writer (self), job, error);
}

/* Reads as fast as it is written, so that a large file never lies in memory. */
static gboolean
take_all (ZqAttachments *self, Keep *keep, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      g_autofree guint8 *buffer = g_malloc (ZQ_ATTACHMENT_CHUNK);
      g_autoptr (GBytes) bytes = NULL;
      gsize length = 0;

      if (!g_input_stream_read_all (keep->stream, buffer, ZQ_ATTACHMENT_CHUNK, &length, cancellable, error))
        return FALSE;
      if (length == 0)
        return TRUE;
      keep->size += (gint64)length;
      if (keep->limit > 0 && keep->size > keep->limit)
        {
          g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE,
                               "The file is too large; nothing of it was kept");
          return FALSE;
        }
      g_checksum_update (keep->checksum, buffer, (gssize)length);
      bytes = g_bytes_new_take (g_steal_pointer (&buffer), length);
      if (!append (self, keep, bytes, error))
        return FALSE;
    }
}

static gboolean
end (ZqAttachments *self, Keep *keep, GError **error)
{
  g_autoptr (ZqFileJob) job = zq_file_job_new (zq_file_keep_end, keep->key);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_get_digest (keep->checksum, digest, &length);
  keep->hash = g_base64_encode (digest, length);
  job->id = keep->id;
  job->other = g_strdup (keep->hash);
  job->now = keep->now;
  job->lasting = TRUE;

  return zq_file_worker_run (zq_attachments_get_writer (self), job, error);
}

static void
give_up (ZqAttachments *self, Keep *keep)
{
  g_autoptr (ZqFileJob) job = zq_file_job_new (zq_file_keep_drop, keep->key);

  job->id = keep->id;
  /* Where that fails too, opening the store throws it away. */
  zq_file_worker_run (zq_attachments_get_writer (self), job, NULL);
}

static void
keep_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ZqAttachments *self = source;
  Keep *keep = data;
  GError *error = NULL;

  if (!begin (self, keep, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!take_all (self, keep, cancellable, &error) || !end (self, keep, &error))
    {
      give_up (self, keep);
      g_task_return_error (task, error);
      return;
    }
  zq_attachments_post_changed (self, keep->key);
  g_task_return_boolean (task, TRUE);
}

void
zq_attachments_keep_async (ZqAttachments *self,
                           const char *key,
                           GInputStream *stream,
                           const char *content_type,
                           gint64 limit,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Keep *keep = g_new0 (Keep, 1);

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL && G_IS_INPUT_STREAM (stream));

  g_task_set_source_tag (task, zq_attachments_keep_async);
  keep->key = g_strdup (key);
  keep->stream = g_object_ref (stream);
  keep->content_type = g_strdup (content_type);
  keep->limit = limit;
  keep->now = zq_attachments_now (self);
  keep->checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_task_set_task_data (task, keep, (GDestroyNotify)keep_free);
  g_task_run_in_thread (task, keep_in_thread);
}

gboolean
zq_attachments_keep_finish (ZqAttachments *self, GAsyncResult *result, gint64 *size, char **hash, GError **error)
{
  Keep *keep;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  keep = g_task_get_task_data (G_TASK (result));
  if (size != NULL)
    *size = keep->size;
  if (hash != NULL)
    *hash = g_strdup (keep->hash);

  return TRUE;
}
