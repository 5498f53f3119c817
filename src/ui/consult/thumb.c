/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/thumb.h"

#include "media/media.h"

/* An encoded small picture is never larger. */
#define MOST_BYTES (1024 * 1024)

typedef struct
{
  char *key;
  gboolean is_small; /* what is read is the small picture already */
} Loading;

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  g_free (loading->key);
  g_free (loading);
}

static void read_it (GTask *task);

static char *
small_key (const char *key)
{
  return g_strdup_printf ("thumb/%d/%s", ZQ_THUMB_SIDE, key);
}

/* --- keeping it ------------------------------------------------------------------------------- */

static void
encode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  const char *content_type = NULL;
  GBytes *bytes = zq_media_encode (data, &content_type, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_object_set_data (G_OBJECT (task), "content-type", (gpointer)content_type);
  g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
}

/* What cannot be kept is made anew the next time. */
static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_attachments_keep_finish (ZQ_ATTACHMENTS (source), result, NULL, NULL, &error))
    g_debug ("A small picture is not kept: %s", error->message);
}

static void
on_encoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *key = data;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GInputStream) stream = NULL;

  if (bytes == NULL)
    return;
  stream = g_memory_input_stream_new_from_bytes (bytes);
  zq_attachments_keep_async (ZQ_ATTACHMENTS (source), key, stream,
                             g_object_get_data (G_OBJECT (result), "content-type"), MOST_BYTES, NULL, on_kept, NULL);
}

static void
keep (ZqAttachments *attachments, const char *key, GdkPixbuf *pixbuf)
{
  g_autoptr (GTask) task = g_task_new (attachments, NULL, on_encoded, small_key (key));

  g_task_set_task_data (task, g_object_ref (pixbuf), g_object_unref);
  g_task_run_in_thread (task, encode);
}

/* --- reading it ------------------------------------------------------------------------------- */

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Loading *loading = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = zq_media_load_finish (result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (pixbuf == NULL && loading->is_small)
    {
      loading->is_small = FALSE;
      read_it (task);
    }
  else if (pixbuf == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      if (!loading->is_small)
        keep (g_task_get_source_object (task), loading->key, pixbuf);
      g_task_return_pointer (task, gdk_texture_new_for_pixbuf (pixbuf), g_object_unref);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);

  if (bytes == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    zq_media_load_async (bytes, ZQ_THUMB_SIDE, g_task_get_cancellable (task), on_decoded, g_object_ref (task));
}

static void
read_it (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  g_autofree char *small = small_key (loading->key);

  zq_attachments_read_async (g_task_get_source_object (task), loading->is_small ? small : loading->key,
                             g_task_get_cancellable (task), on_read, g_object_ref (task));
}

void
zq_thumb_load_async (
    ZqAttachments *attachments, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (attachments, cancellable, callback, data);
  g_autofree char *small = small_key (key);
  g_auto (ZqAttachmentInfo) info = { 0 };
  Loading *loading = g_new0 (Loading, 1);

  loading->key = g_strdup (key);
  loading->is_small = zq_attachments_peek (attachments, small, &info) && info.state == ZQ_ATTACHMENT_HELD;
  g_task_set_task_data (task, loading, loading_free);
  read_it (task);
}

GdkTexture *
zq_thumb_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
