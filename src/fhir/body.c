/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/body.h"

#define CHUNK (64 * 1024)

typedef struct
{
  gsize limit;
  GByteArray *collected;
} Reading;

static void read_more (GTask *task);

static void
reading_free (Reading *self)
{
  g_clear_pointer (&self->collected, g_byte_array_unref);
  g_free (self);
}

static void
on_chunk (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize size = 0;
  gconstpointer data;

  if (chunk == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  data = g_bytes_get_data (chunk, &size);
  if (size == 0)
    {
      /* What matters has been read: how the connection closes is of no interest. */
      g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&reading->collected)),
                             (GDestroyNotify)g_bytes_unref);
      return;
    }
  if (size > reading->limit - reading->collected->len)
    {
      g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "The answer is too large");
      return;
    }
  g_byte_array_append (reading->collected, data, size);
  read_more (g_steal_pointer (&task));
}

static void
read_more (GTask *task)
{
  g_input_stream_read_bytes_async (g_task_get_source_object (task), CHUNK, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk, task);
}

void
zq_body_read_async (
    GInputStream *stream, gsize limit, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  g_task_set_source_tag (task, zq_body_read_async);
  reading->limit = limit;
  reading->collected = g_byte_array_new ();
  g_task_set_task_data (task, reading, (GDestroyNotify)reading_free);
  read_more (task);
}

GBytes *
zq_body_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
