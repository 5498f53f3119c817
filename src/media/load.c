/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/media-private.h"

#define MAX_AT_ONCE 2
#define LARGEST     4096
#define PIECE       (64 * 1024)
#define QUALITY     "80"

typedef struct
{
  /* input */
  GBytes *bytes;
  int max_side;

  /* in progress */
  gboolean too_large;
} Load;

static void
load_free (Load *load)
{
  g_bytes_unref (load->bytes);
  g_free (load);
}

/* Before a pixel is decoded, also for those whose size is only told here (JPEG, TIFF). A size of nothing ends it. */
static void
on_size (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Load *load = data;
  int side = MAX (width, height);
  int limit = load->max_side > 0 ? MIN (load->max_side, LARGEST) : LARGEST;

  if (zq_media_is_too_large (width, height))
    {
      load->too_large = TRUE;
      gdk_pixbuf_loader_set_size (loader, 0, 0);
    }
  else if (side > limit)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int)((gint64)width * limit / side)),
                                MAX (1, (int)((gint64)height * limit / side)));
}

static gboolean
feed (GdkPixbufLoader *loader, GBytes *bytes, Load *load, GCancellable *cancellable, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize at = 0; at < length && !load->too_large; at += PIECE)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !gdk_pixbuf_loader_write (loader, data + at, MIN (PIECE, length - at), error))
      return FALSE;

  return !load->too_large;
}

/* What the loaders say is theirs, maybe with words from inside the file: ours is said instead. */
static void
set_error (Load *load, const GError *cause, GError **error)
{
  if (load->too_large)
    zq_media_set_too_large (error);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, cause->message);
  else
    zq_media_set_unreadable (error);
}

static GdkPixbuf *
finish (GdkPixbufLoader *loader, int max_side)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  /* A loader without a size may have paid no heed to it. */
  if (pixbuf == NULL || zq_media_is_too_large (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf)))
    return NULL;

  return gdk_pixbuf_apply_embedded_orientation (pixbuf);
}

static GdkPixbuf *
decode (Load *load, GCancellable *cancellable, GError **error)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (load->bytes, &length);
  const char *name = zq_media_find_loader (data, length);
  g_autoptr (GdkPixbufLoader) loader = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  gboolean fed, closed;

  if (name == NULL)
    {
      ZqMediaKind kind = zq_media_sniff (data, length, NULL);

      g_set_error_literal (error, ZQ_MEDIA_ERROR,
                           kind == ZQ_MEDIA_OTHER ? ZQ_MEDIA_ERROR_UNREADABLE : ZQ_MEDIA_ERROR_TYPE,
                           "This is no picture");
      return NULL;
    }
  bytes = zq_media_check (load->bytes, name, error);
  if (bytes == NULL)
    return NULL;

  loader = gdk_pixbuf_loader_new_with_type (name, NULL);
  if (loader == NULL)
    {
      g_set_error_literal (error, ZQ_MEDIA_ERROR, ZQ_MEDIA_ERROR_UNREADABLE,
                           "This computer cannot show this kind of picture");
      return NULL;
    }
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), load);
  fed = feed (loader, bytes, load, cancellable, &cause);
  closed = gdk_pixbuf_loader_close (loader, fed ? &cause : NULL);
  if (fed && closed)
    pixbuf = finish (loader, load->max_side);
  if (pixbuf == NULL)
    set_error (load, cause, error);

  return g_steal_pointer (&pixbuf);
}

static void
load_in_thread (gpointer data, gpointer unused)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GdkPixbuf *pixbuf = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  pixbuf = decode (g_task_get_task_data (task), g_task_get_cancellable (task), &error);
  if (pixbuf != NULL)
    g_task_return_pointer (task, pixbuf, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* One for the process: pictures are large while they are decoded. */
static GThreadPool *
get_pool (void)
{
  static gsize pool = 0;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize)g_thread_pool_new (load_in_thread, NULL, MAX_AT_ONCE, FALSE, NULL));

  return (GThreadPool *)pool;
}

void
zq_media_load_async (
    GBytes *bytes, int max_side, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Load *load = g_new0 (Load, 1);

  g_task_set_source_tag (task, zq_media_load_async);
  load->bytes = g_bytes_ref (bytes);
  load->max_side = max_side;
  g_task_set_task_data (task, load, (GDestroyNotify)load_free);
  g_thread_pool_push (get_pool (), task, NULL);
}

GdkPixbuf *
zq_media_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_transparent (GdkPixbuf *pixbuf)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf);

  if (!gdk_pixbuf_get_has_alpha (pixbuf))
    return FALSE;
  for (int y = 0; y < gdk_pixbuf_get_height (pixbuf); y++)
    for (int x = 0; x < gdk_pixbuf_get_width (pixbuf); x++)
      if (pixels[(gsize)y * stride + (gsize)x * 4 + 3] != 255)
        return TRUE;

  return FALSE;
}

GBytes *
zq_media_encode (GdkPixbuf *pixbuf, const char **content_type, GError **error)
{
  gboolean png = is_transparent (pixbuf);
  char *buffer = NULL;
  gsize size = 0;
  gboolean saved = png ? gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, "png", error, NULL)
                       : gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, "jpeg", error, "quality", QUALITY, NULL);

  if (!saved)
    return NULL;
  if (content_type != NULL)
    *content_type = png ? "image/png" : "image/jpeg";

  return g_bytes_new_take (buffer, size);
}
