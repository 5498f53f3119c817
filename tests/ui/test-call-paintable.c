/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/support.h"
#include "ui/call/paintable.h"

#include <gst/video/video.h>

/* A picture of one colour; the fourth bytes are nonsense, as they may be. */
static GstSample *
make_sample (int width, int height, guint32 colour, GstVideoFormat format)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, (gsize)width * height * 4, NULL);
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;
  GstMapInfo map;

  gst_video_info_set_format (&info, format, width, height);
  caps = gst_video_info_to_caps (&info);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (gsize i = 0; i + 4 <= map.size; i += 4)
    GST_WRITE_UINT32_LE (map.data + i, (colour & 0xffffff) | (guint32)(i & 0xff) << 24);
  gst_buffer_unmap (buffer, &map);

  return gst_sample_new (buffer, caps, NULL, NULL);
}

static void
push (ZqVideoPaintable *paintable, int width, int height, guint32 colour)
{
  g_autoptr (GstSample) sample = make_sample (width, height, colour, GST_VIDEO_FORMAT_BGRx);

  zq_video_paintable_push (sample, paintable);
}

static guint32
colour_at (GdkTexture *texture, int x, int y)
{
  int width = gdk_texture_get_width (texture);
  g_autofree guint32 *pixels = g_new (guint32, (gsize)width * gdk_texture_get_height (texture));

  gdk_texture_download (texture, (guchar *)pixels, (gsize)width * 4);

  return pixels[y * width + x];
}

static void
count (gpointer object, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_newest_wins (void)
{
  g_autoptr (ZqVideoPaintable) paintable = zq_video_paintable_new ();
  guint n_contents = 0, n_sizes = 0;

  g_signal_connect (paintable, "invalidate-contents", G_CALLBACK (count), &n_contents);
  g_signal_connect (paintable, "invalidate-size", G_CALLBACK (count), &n_sizes);
  g_assert_false (zq_video_paintable_has_picture (paintable));
  push (paintable, 64, 48, 0xff0000);
  push (paintable, 64, 48, 0x00ff00);
  push (paintable, 64, 48, 0x0000ff);
  g_assert_false (zq_video_paintable_has_picture (paintable));
  zq_test_settle ();
  g_assert_cmpuint (zq_video_paintable_get_shown (paintable), ==, 1);
  g_assert_cmpuint (zq_video_paintable_get_overtaken (paintable), ==, 2);
  g_assert_cmphex (colour_at (zq_video_paintable_get_texture (paintable), 10, 10), ==, 0xff0000ff);
  g_assert_cmpuint (n_contents, ==, 1);
  g_assert_cmpuint (n_sizes, ==, 1);
  push (paintable, 64, 48, 0x123456);
  zq_test_settle ();
  g_assert_cmpuint (n_contents, ==, 2);
  g_assert_cmpuint (n_sizes, ==, 1);
}

static void
test_aspect (void)
{
  g_autoptr (ZqVideoPaintable) paintable = zq_video_paintable_new ();
  double width, height;

  push (paintable, 64, 48, 0xffffff);
  zq_test_settle ();
  gdk_paintable_compute_concrete_size (GDK_PAINTABLE (paintable), 0, 0, 640, 600, &width, &height);
  g_assert_cmpfloat_with_epsilon (gdk_paintable_get_intrinsic_aspect_ratio (GDK_PAINTABLE (paintable)), 64. / 48, 1e-6);
  push (paintable, 48, 64, 0xffffff);
  zq_test_settle ();
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (paintable)), ==, 48);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (paintable)), ==, 64);
}

static void
test_cleared (void)
{
  g_autoptr (ZqVideoPaintable) paintable = zq_video_paintable_new ();

  push (paintable, 64, 48, 0xff0000);
  zq_test_settle ();
  push (paintable, 64, 48, 0x00ff00);
  zq_video_paintable_clear (paintable);
  zq_test_settle ();
  g_assert_false (zq_video_paintable_has_picture (paintable));
  g_assert_cmpuint (zq_video_paintable_get_shown (paintable), ==, 1);
  push (paintable, 64, 48, 0x0000ff);
  zq_test_settle ();
  g_assert_cmphex (colour_at (zq_video_paintable_get_texture (paintable), 0, 0), ==, 0xff0000ff);
}

static void
test_other_format (void)
{
  g_autoptr (ZqVideoPaintable) paintable = zq_video_paintable_new ();
  g_autoptr (GstSample) other = make_sample (64, 48, 0xff0000, GST_VIDEO_FORMAT_RGBx);
  g_autoptr (GstSample) empty = gst_sample_new (NULL, NULL, NULL, NULL);

  zq_video_paintable_push (other, paintable);
  zq_video_paintable_push (empty, paintable);
  zq_test_settle ();
  g_assert_false (zq_video_paintable_has_picture (paintable));
}

/* Left half red, right half blue. */
static void
push_halves (ZqVideoPaintable *paintable)
{
  g_autoptr (GstSample) sample = make_sample (64, 48, 0xff0000, GST_VIDEO_FORMAT_BGRx);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_WRITE));
  for (gsize i = 0; i + 4 <= map.size; i += 4)
    if (i / 4 % 64 >= 32)
      GST_WRITE_UINT32_LE (map.data + i, 0x0000ff);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  zq_video_paintable_push (sample, paintable);
  zq_test_settle ();
}

static GdkTexture *
render (ZqVideoPaintable *paintable)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderer) renderer = gsk_cairo_renderer_new ();
  g_autoptr (GskRenderNode) node = NULL;
  GdkTexture *texture;

  gdk_paintable_snapshot (GDK_PAINTABLE (paintable), GDK_SNAPSHOT (snapshot), 128, 96);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_assert_true (gsk_renderer_realize (renderer, NULL, NULL));
  texture = gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, 128, 96));
  gsk_renderer_unrealize (renderer);

  return texture;
}

static void
test_mirrored (void)
{
  g_autoptr (ZqVideoPaintable) paintable = zq_video_paintable_new ();
  g_autoptr (GdkTexture) plain = NULL, mirrored = NULL;

  push_halves (paintable);
  plain = render (paintable);
  zq_video_paintable_set_mirrored (paintable, TRUE);
  mirrored = render (paintable);
  g_assert_cmphex (colour_at (plain, 10, 50), ==, 0xffff0000);
  g_assert_cmphex (colour_at (plain, 118, 50), ==, 0xff0000ff);
  g_assert_cmphex (colour_at (mirrored, 10, 50), ==, 0xff0000ff);
  g_assert_cmphex (colour_at (mirrored, 118, 50), ==, 0xffff0000);
}

static gpointer
push_many (gpointer data)
{
  for (guint i = 0; i < 500; i++)
    push (data, 32, 24, i == 499 ? 0x00ff00 : 0xff0000);

  return NULL;
}

static gboolean
is_green (gpointer data)
{
  GdkTexture *texture = zq_video_paintable_get_texture (data);

  return texture != NULL && colour_at (texture, 0, 0) == 0xff00ff00;
}

static void
test_other_thread (void)
{
  ZqVideoPaintable *paintable = zq_video_paintable_new ();
  GThread *thread = g_thread_new ("camera", push_many, paintable);

  g_assert_true (zq_test_wait_until (is_green, paintable, 10));
  g_thread_join (thread);
  zq_test_settle ();
  g_assert_cmpuint (zq_video_paintable_get_shown (paintable) + zq_video_paintable_get_overtaken (paintable), ==, 500);
  zq_test_last_unref (paintable);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_assert_true (gtk_init_check ());
  g_test_add_func ("/call/paintable/newest-picture-wins", test_newest_wins);
  g_test_add_func ("/call/paintable/keeps-the-aspect", test_aspect);
  g_test_add_func ("/call/paintable/nothing-after-it-was-cleared", test_cleared);
  g_test_add_func ("/call/paintable/another-format-is-left-out", test_other_format);
  g_test_add_func ("/call/paintable/mirrored", test_mirrored);
  g_test_add_func ("/call/paintable/from-another-thread", test_other_thread);

  return g_test_run ();
}
