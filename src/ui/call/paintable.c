/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/paintable.h"

#include <gst/video/video.h>

/* Of one picture, as cairo and GDK have it: four bytes a pixel, without gaps. */
#define FORMAT GDK_MEMORY_B8G8R8A8_PREMULTIPLIED
#define OPAQUE GUINT32_FROM_LE (0xff000000)

struct _ZqVideoPaintable
{
  GObject parent_instance;

  /* owned */
  GdkTexture *texture;

  gboolean is_mirrored;
  guint n_shown;

  GMutex lock; /* over the rest, which other threads touch */
  GBytes *next;
  int next_width, next_height;
  guint n_overtaken;
  guint source; /* that will show it; 0: none is on its way */
};

static void paintable_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqVideoPaintable,
                               zq_video_paintable,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init))

/* --- GdkPaintable ------------------------------------------------------------------------------- */

static void
paintable_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  ZqVideoPaintable *self = ZQ_VIDEO_PAINTABLE (paintable);

  if (self->texture == NULL)
    return;
  gtk_snapshot_save (snapshot);
  if (self->is_mirrored)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gtk_snapshot_restore (snapshot);
}

static int
paintable_get_width (GdkPaintable *paintable)
{
  ZqVideoPaintable *self = ZQ_VIDEO_PAINTABLE (paintable);

  return self->texture != NULL ? gdk_texture_get_width (self->texture) : 0;
}

static int
paintable_get_height (GdkPaintable *paintable)
{
  ZqVideoPaintable *self = ZQ_VIDEO_PAINTABLE (paintable);

  return self->texture != NULL ? gdk_texture_get_height (self->texture) : 0;
}

static GdkPaintable *
paintable_get_current (GdkPaintable *paintable)
{
  ZqVideoPaintable *self = ZQ_VIDEO_PAINTABLE (paintable);

  return self->texture != NULL ? GDK_PAINTABLE (g_object_ref (self->texture)) : gdk_paintable_new_empty (0, 0);
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = paintable_snapshot;
  iface->get_intrinsic_width = paintable_get_width;
  iface->get_intrinsic_height = paintable_get_height;
  iface->get_current_image = paintable_get_current;
}

/* --- pictures ----------------------------------------------------------------------------------- */

static void
put (ZqVideoPaintable *self, GdkTexture *texture)
{
  int width = self->texture != NULL ? gdk_texture_get_width (self->texture) : 0;
  int height = self->texture != NULL ? gdk_texture_get_height (self->texture) : 0;
  int new_width = texture != NULL ? gdk_texture_get_width (texture) : 0;
  int new_height = texture != NULL ? gdk_texture_get_height (texture) : 0;

  g_set_object (&self->texture, texture);
  if (width != new_width || height != new_height)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

static gboolean
on_show (gpointer data)
{
  ZqVideoPaintable *self = data;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width, height;

  g_mutex_lock (&self->lock);
  bytes = g_steal_pointer (&self->next);
  width = self->next_width;
  height = self->next_height;
  self->source = 0;
  g_mutex_unlock (&self->lock);
  if (bytes == NULL)
    return G_SOURCE_REMOVE;
  texture = gdk_memory_texture_new (width, height, FORMAT, bytes, (gsize)width * 4);
  self->n_shown++;
  put (self, texture);

  return G_SOURCE_REMOVE;
}

/* Copies: the buffer goes back to its pool, and the fourth byte, which has no meaning in BGRx, becomes opaque. */
static GBytes *
read_frame (GstSample *sample, int *width, int *height)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstCaps *caps = gst_sample_get_caps (sample);
  GstVideoFrame frame;
  GstVideoInfo info;
  guint32 *pixels;

  if (buffer == NULL || caps == NULL || !gst_video_info_from_caps (&info, caps) ||
      GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_FORMAT_BGRx ||
      !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ))
    return NULL;
  *width = GST_VIDEO_FRAME_WIDTH (&frame);
  *height = GST_VIDEO_FRAME_HEIGHT (&frame);
  pixels = g_new (guint32, (gsize)*width * *height);
  for (int y = 0; y < *height; y++)
    {
      const guint8 *from =
          (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + (gssize)y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
      const guint32 *line = (const guint32 *)(gconstpointer)from;
      guint32 *to = pixels + (gsize)y * *width;

      for (int x = 0; x < *width; x++)
        to[x] = line[x] | OPAQUE;
    }
  gst_video_frame_unmap (&frame);

  return g_bytes_new_take (pixels, (gsize)*width * *height * 4);
}

void
zq_video_paintable_push (GstSample *sample, gpointer paintable)
{
  ZqVideoPaintable *self = ZQ_VIDEO_PAINTABLE (paintable);
  int width, height;
  g_autoptr (GBytes) bytes = read_frame (sample, &width, &height);
  g_autoptr (GMutexLocker) locker = NULL;

  if (bytes == NULL)
    return;
  locker = g_mutex_locker_new (&self->lock);
  if (self->next != NULL)
    {
      g_bytes_unref (self->next);
      self->n_overtaken++;
    }
  self->next = g_steal_pointer (&bytes);
  self->next_width = width;
  self->next_height = height;
  /* Before drawing, as it comes; keys and clicks still go first. */
  if (self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_DEFAULT + 10, on_show, g_object_ref (self), g_object_unref);
}

void
zq_video_paintable_clear (ZqVideoPaintable *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->next, g_bytes_unref);
  g_mutex_unlock (&self->lock);
  if (self->texture != NULL)
    put (self, NULL);
}

void
zq_video_paintable_set_mirrored (ZqVideoPaintable *self, gboolean mirrored)
{
  if (self->is_mirrored == mirrored)
    return;
  self->is_mirrored = mirrored;
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

gboolean
zq_video_paintable_has_picture (ZqVideoPaintable *self)
{
  return self->texture != NULL;
}

guint
zq_video_paintable_get_shown (ZqVideoPaintable *self)
{
  return self->n_shown;
}

guint
zq_video_paintable_get_overtaken (ZqVideoPaintable *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_overtaken;
}

GdkTexture *
zq_video_paintable_get_texture (ZqVideoPaintable *self)
{
  return self->texture;
}

/* --- object ------------------------------------------------------------------------------------- */

static void
zq_video_paintable_finalize (GObject *object)
{
  ZqVideoPaintable *self = ZQ_VIDEO_PAINTABLE (object);

  g_clear_object (&self->texture);
  g_clear_pointer (&self->next, g_bytes_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (zq_video_paintable_parent_class)->finalize (object);
}

static void
zq_video_paintable_class_init (ZqVideoPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_video_paintable_finalize;
}

static void
zq_video_paintable_init (ZqVideoPaintable *self)
{
  g_mutex_init (&self->lock);
}

ZqVideoPaintable *
zq_video_paintable_new (void)
{
  return g_object_new (ZQ_TYPE_VIDEO_PAINTABLE, NULL);
}
