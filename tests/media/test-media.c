/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/media.h"
#include "support/support.h"

#include <string.h>

/* --- waiting ---------------------------------------------------------------------------------- */

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

static GdkPixbuf *
load (GBytes *bytes, int max_side, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_media_load_async (bytes, max_side, NULL, on_done, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 30));

  return zq_media_load_finish (result, error);
}

static void
assert_refused (GBytes *bytes, ZqMediaError code)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = zq_clock_stopwatch ();

  g_assert_null (load (bytes, 200, &error));
  g_assert_error (error, ZQ_MEDIA_ERROR, (int)code);
  g_assert_cmpint (zq_clock_stopwatch () - begin, <, G_USEC_PER_SEC / 2);
}

/* --- pictures --------------------------------------------------------------------------------- */

/* Left half red, right half blue, so that its turning shows. */
static GdkPixbuf *
drawn (int width, int height, gboolean alpha)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, width, height);
  g_autoptr (GdkPixbuf) right = gdk_pixbuf_new_subpixbuf (pixbuf, width / 2, 0, width - width / 2, height);

  gdk_pixbuf_fill (pixbuf, alpha ? 0xff000080 : 0xff0000ff);
  gdk_pixbuf_fill (right, 0x0000ffff);

  return g_steal_pointer (&pixbuf);
}

static GBytes *
picture (const char *type, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = drawn (width, height, FALSE);
  g_autoptr (GError) error = NULL;
  char *buffer = NULL;
  gsize size = 0;

  gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, type, &error, NULL);
  g_assert_no_error (error);

  return g_bytes_new_take (buffer, size);
}

/* @bytes with @n of them at @at put anew. */
static GBytes *
patched (GBytes *bytes, gsize at, gconstpointer with, gsize n)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  guint8 *copy = g_memdup2 (data, length);

  g_assert_cmpuint (at + n, <=, length);
  memcpy (copy + at, with, n);

  return g_bytes_new_take (copy, length);
}

static gsize
find (GBytes *bytes, gconstpointer what, gsize n)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (data + i, what, n) == 0)
      return i;
  g_assert_not_reached ();
}

/* A JPEG as a camera that was held so writes it. */
static GBytes *
turned (guint8 orientation)
{
  g_autoptr (GBytes) plain = picture ("jpeg", 80, 40);
  const guint8 exif[] = { 0xff, 0xe1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'I',         'I', '*', 0, 8, 0, 0, 0,
                          1,    0,    0x12, 0x01, 3,   0,   1,   0,   0, 0, orientation, 0,   0,   0, 0, 0, 0, 0 };
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  const guint8 *data = g_bytes_get_data (plain, NULL);

  g_byte_array_append (whole, data, 2);
  g_byte_array_append (whole, exif, sizeof exif);
  g_byte_array_append (whole, data + 2, (guint)g_bytes_get_size (plain) - 2);

  return g_byte_array_free_to_bytes (g_steal_pointer (&whole));
}

static gboolean
is_red (GdkPixbuf *pixbuf, int x, int y)
{
  const guint8 *at =
      gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + x * gdk_pixbuf_get_n_channels (pixbuf);

  return at[0] > 150 && at[2] < 100;
}

/* --- loading ---------------------------------------------------------------------------------- */

static void
test_pictures_are_made_small (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) bytes = picture (types[i], 800, 400);
      g_autoptr (GError) error = NULL;
      g_autoptr (GdkPixbuf) small = load (bytes, 200, &error);
      g_autoptr (GdkPixbuf) large = NULL;

      g_assert_no_error (error);
      g_assert_cmpint (gdk_pixbuf_get_width (small), ==, 200);
      g_assert_cmpint (gdk_pixbuf_get_height (small), ==, 100);
      g_assert_true (is_red (small, 10, 50));
      large = load (bytes, 0, &error);
      g_assert_cmpint (gdk_pixbuf_get_width (large), ==, 800);
      g_clear_object (&large);
      large = load (bytes, 4000, &error);
      g_assert_cmpint (gdk_pixbuf_get_width (large), ==, 800);
    }
}

static void
test_very_wide_is_never_zero_high (void)
{
  g_autoptr (GBytes) bytes = picture ("png", 9000, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = load (bytes, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 4096);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), >=, 1);
}

static void
test_camera_that_was_turned (void)
{
  for (guint8 orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (GBytes) bytes = turned (orientation);
      g_autoptr (GError) error = NULL;
      g_autoptr (GdkPixbuf) whole = load (bytes, 0, &error);
      g_autoptr (GdkPixbuf) small = load (bytes, 40, &error);
      int w, h;

      g_assert_no_error (error);
      w = gdk_pixbuf_get_width (whole);
      h = gdk_pixbuf_get_height (whole);
      g_assert_cmpint (w, ==, orientation < 5 ? 80 : 40);
      g_assert_cmpint (h, ==, orientation < 5 ? 40 : 80);
      g_assert_cmpint (MAX (gdk_pixbuf_get_width (small), gdk_pixbuf_get_height (small)), ==, 40);
      g_assert_cmpint (gdk_pixbuf_get_width (small) > gdk_pixbuf_get_height (small), ==, orientation < 5);
      /* Where the left half has gone. */
      if (orientation == 1 || orientation == 4)
        g_assert_true (is_red (whole, 5, h / 2));
      else if (orientation == 2 || orientation == 3)
        g_assert_true (is_red (whole, w - 5, h / 2));
      else if (orientation == 5 || orientation == 6)
        g_assert_true (is_red (whole, w / 2, 5));
      else
        g_assert_true (is_red (whole, w / 2, h - 5));
    }
}

/* --- what is refused -------------------------------------------------------------------------- */

static void
test_bombs_are_not_decoded (void)
{
  const guint8 huge_png[] = { 0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60 };
  const guint8 huge_jpeg[] = { 0xff, 0xdc, 0xff, 0xdc };
  const guint8 huge_gif[] = { 0xff, 0xff, 0xff, 0xff };
  const guint8 huge_tiff[] = { 0x20, 0x4e };
  const guint8 huge_bmp[] = { 0, 0, 1, 0, 0, 0, 1, 0 };
  const guint8 upside[] = { 0, 0, 1, 0, 0, 0, 0xff, 0xff };
  const guint8 gif[] = { 'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0,    0, 0, 255, 255,
                         255, ',', 0,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x44, 1, 0, ';' };
  const guint8 sof[] = { 0xff, 0xc0 };
  const guint8 tag[] = { 0x00, 0x01, 0x03, 0x00 }; /* ImageWidth, SHORT */
  g_autoptr (GBytes) png = picture ("png", 8, 8);
  g_autoptr (GBytes) jpeg = picture ("jpeg", 8, 8);
  g_autoptr (GBytes) bmp = picture ("bmp", 8, 8);
  g_autoptr (GBytes) tiff = picture ("tiff", 8, 8);
  g_autoptr (GBytes) small_gif = g_bytes_new (gif, sizeof gif);
  g_autoptr (GBytes) png_bomb = patched (png, 16, huge_png, sizeof huge_png);
  g_autoptr (GBytes) jpeg_bomb = patched (jpeg, find (jpeg, sof, 2) + 5, huge_jpeg, sizeof huge_jpeg);
  g_autoptr (GBytes) bmp_bomb = patched (bmp, 18, huge_bmp, sizeof huge_bmp);
  g_autoptr (GBytes) bmp_upside = patched (bmp, 18, upside, sizeof upside);
  g_autoptr (GBytes) gif_bomb = patched (small_gif, 6, huge_gif, sizeof huge_gif);
  g_autoptr (GBytes) frame_bomb = patched (small_gif, 24, huge_gif, sizeof huge_gif);
  gsize width = find (tiff, tag, sizeof tag);
  g_autoptr (GBytes) wide = patched (tiff, width + 8, huge_tiff, 2);
  g_autoptr (GBytes) tiff_bomb = patched (wide, width + 12 + 8, huge_tiff, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) fine = load (small_gif, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (fine), ==, 1);
  assert_refused (png_bomb, ZQ_MEDIA_ERROR_TOO_LARGE);
  assert_refused (jpeg_bomb, ZQ_MEDIA_ERROR_TOO_LARGE);
  assert_refused (bmp_bomb, ZQ_MEDIA_ERROR_TOO_LARGE);
  assert_refused (bmp_upside, ZQ_MEDIA_ERROR_TOO_LARGE);
  assert_refused (gif_bomb, ZQ_MEDIA_ERROR_TOO_LARGE);
  assert_refused (frame_bomb, ZQ_MEDIA_ERROR_TOO_LARGE);
  assert_refused (tiff_bomb, ZQ_MEDIA_ERROR_TOO_LARGE);
}

/* Thousands of scans over many pixels are days of work in a small file. */
static void
test_endless_scans_are_not_followed (void)
{
  g_autoptr (GBytes) jpeg = picture ("jpeg", 2000, 2000);
  g_autoptr (GByteArray) long_one = g_byte_array_new ();
  const guint8 sos[] = { 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9 };
  g_autoptr (GBytes) bytes = NULL;

  g_byte_array_append (long_one, g_bytes_get_data (jpeg, NULL), (guint)g_bytes_get_size (jpeg) - 2);
  for (guint i = 0; i < 1000; i++)
    g_byte_array_append (long_one, sos, sizeof sos);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&long_one));
  assert_refused (bytes, ZQ_MEDIA_ERROR_UNREADABLE);
}

static void
test_cut_short_is_unreadable (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) whole = picture (types[i], 300, 300);
      gsize length = g_bytes_get_size (whole);
      const gsize cuts[] = { 1, 4, 12, 20, 40, length / 2, length - 20 };

      for (guint c = 0; c < G_N_ELEMENTS (cuts); c++)
        {
          g_autoptr (GBytes) cut = g_bytes_new_from_bytes (whole, 0, cuts[c]);
          g_autoptr (GError) error = NULL;
          g_autoptr (GdkPixbuf) pixbuf = load (cut, 0, &error);

          if (pixbuf != NULL)
            g_error ("%s cut at %u of %u was shown", types[i], (guint)cuts[c], (guint)length);
          g_assert_true (error->domain == ZQ_MEDIA_ERROR);
        }
    }
}

static void
test_what_is_no_picture (void)
{
  static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
  static const char pnm[] = "P6 2 2 255 abcdefghijkl";
  static const char xpm[] = "/* XPM */ static char *x[] = {\"1 1 1 1\", \"a c #000\", \"a\"};";
  static const char ico[] = "\0\0\1\0\1\0\1\1\0\0\1\0\30\0\60\0\0\0\26\0\0\0";
  static const char ani[] = "RIFF\x10\0\0\0ACONLIST";
  static const char pdf[] = "%PDF-1.7\n";
  static const char rubbish[] = "\x89PNG\r\n\x1a\nrubbish";
  g_autoptr (GBytes) a = g_bytes_new_static (svg, sizeof svg - 1);
  g_autoptr (GBytes) b = g_bytes_new_static (pnm, sizeof pnm - 1);
  g_autoptr (GBytes) c = g_bytes_new_static (xpm, sizeof xpm - 1);
  g_autoptr (GBytes) d = g_bytes_new_static (ico, sizeof ico - 1);
  g_autoptr (GBytes) e = g_bytes_new_static (ani, sizeof ani - 1);
  g_autoptr (GBytes) f = g_bytes_new_static (pdf, sizeof pdf - 1);
  g_autoptr (GBytes) g = g_bytes_new_static (rubbish, sizeof rubbish - 1);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

  assert_refused (a, ZQ_MEDIA_ERROR_TYPE);
  assert_refused (b, ZQ_MEDIA_ERROR_TYPE);
  assert_refused (c, ZQ_MEDIA_ERROR_TYPE);
  assert_refused (d, ZQ_MEDIA_ERROR_UNREADABLE);
  assert_refused (e, ZQ_MEDIA_ERROR_UNREADABLE);
  assert_refused (f, ZQ_MEDIA_ERROR_TYPE);
  assert_refused (g, ZQ_MEDIA_ERROR_UNREADABLE);
  assert_refused (empty, ZQ_MEDIA_ERROR_UNREADABLE);
}

/* Any byte may be wrong: it is shown or refused, nothing else happens. */
static void
test_flipped_bytes_do_no_harm (void)
{
  static const char *const types[] = { "png", "jpeg", "bmp", "tiff" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) whole = picture (types[i], 20, 20);

      for (guint n = 0; n < 300; n++)
        {
          gsize at = (gsize)g_test_rand_int_range (0, (gint32)g_bytes_get_size (whole));
          guint8 value = (guint8)g_test_rand_int_range (0, 256);
          g_autoptr (GBytes) bytes = patched (whole, at, &value, 1);
          g_autoptr (GdkPixbuf) pixbuf = load (bytes, 64, NULL);
        }
    }
}

static void
test_cancelled_load_ends (void)
{
  g_autoptr (GBytes) bytes = picture ("png", 100, 100);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  zq_media_load_async (bytes, 0, cancellable, on_done, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 30));
  g_assert_null (zq_media_load_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- sniffing, encoding, names ---------------------------------------------------------------- */

static void
test_sniffed_by_its_bytes (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    ZqMediaKind kind;
    const char *type;
  } cases[] = {
    { "\xff\xd8\xff\xe0", 4, ZQ_MEDIA_PICTURE, "image/jpeg" },
    { "GIF89a", 6, ZQ_MEDIA_PICTURE, "image/gif" },
    { "RIFF\1\2\3\4WEBPVP8X", 16, ZQ_MEDIA_PICTURE, "image/webp" },
    { "RIFF\1\2\3\4WAVE", 12, ZQ_MEDIA_AUDIO, "audio/wav" },
    { "%PDF-1.4", 8, ZQ_MEDIA_PDF, "application/pdf" },
    { "OggS", 4, ZQ_MEDIA_AUDIO, "audio/ogg" },
    { "\x1a\x45\xdf\xa3....A_OPUS", 14, ZQ_MEDIA_AUDIO, "audio/webm" },
    { "\x1a\x45\xdf\xa3.V_VP8.A_OPUS", 17, ZQ_MEDIA_OTHER, "video/webm" },
    { "\0\0\0\30ftypM4A ", 12, ZQ_MEDIA_AUDIO, "audio/mp4" },
    { "\0\0\0\30ftypheic", 12, ZQ_MEDIA_OTHER, "image/heic" },
    { "MZ\x90\0", 4, ZQ_MEDIA_OTHER, "application/octet-stream" },
    { "头痛三天", 12, ZQ_MEDIA_TEXT, "text/plain" },
    { "<html>", 6, ZQ_MEDIA_TEXT, "text/plain" },
    { "\xff\xfe\xfd", 3, ZQ_MEDIA_OTHER, "application/octet-stream" },
    { "", 0, ZQ_MEDIA_OTHER, "application/octet-stream" },
    { "\xff\xd8", 2, ZQ_MEDIA_OTHER, "application/octet-stream" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *type = NULL;

      g_assert_cmpint (zq_media_sniff (cases[i].bytes, cases[i].length, &type), ==, cases[i].kind);
      g_assert_cmpstr (type, ==, cases[i].type);
    }
}

static void
test_long_text_is_text (void)
{
  g_autoptr (GString) text = g_string_new ("a");

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, "痛");
  g_assert_cmpint (zq_media_sniff (text->str, text->len, NULL), ==, ZQ_MEDIA_TEXT);
}

static void
test_encoded_for_keeping (void)
{
  g_autoptr (GdkPixbuf) opaque = drawn (40, 40, FALSE);
  g_autoptr (GdkPixbuf) transparent = drawn (40, 40, TRUE);
  g_autoptr (GError) error = NULL;
  const char *type = NULL;
  g_autoptr (GBytes) jpeg = zq_media_encode (opaque, &type, &error);
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GdkPixbuf) again = NULL;

  g_assert_cmpstr (type, ==, "image/jpeg");
  g_assert_cmpint (zq_media_sniff (g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg), NULL), ==, ZQ_MEDIA_PICTURE);
  png = zq_media_encode (transparent, &type, &error);
  g_assert_cmpstr (type, ==, "image/png");
  again = load (png, 0, &error);
  g_assert_true (gdk_pixbuf_get_has_alpha (again));
}

static void
test_names_lead_nowhere (void)
{
  static const struct
  {
    const char *name, *type, *safe;
  } cases[] = {
    { "a.jpg", "image/jpeg", "a.jpg" },
    { "a.JPEG", "image/jpeg", "a.jpeg" },
    { "../../etc/passwd", "text/plain", "passwd.txt" },
    { "C:\\temp\\x.pdf", "application/pdf", "x.pdf" },
    { "..", "image/png", "file.png" },
    { ".bashrc", "image/png", "bashrc.png" },
    { NULL, "image/png", "file.png" },
    { "/", NULL, "file.bin" },
    { "报告\n单\t.pdf", "application/pdf", "报告单.pdf" },
    { "a\xe2\x80\xae"
      "fdp.exe",
      "application/pdf", "afdp.exe.pdf" },
    { "x.exe", "application/x-msdownload", "x.exe.bin" },
    { "a\xe2\x80\x8b\xef\xbb\xbf.png", "image/png", "a.png" },
    { "\xf0\xa0\xae\xb7\xe9\xbe\x98.png", "image/png", "\xf0\xa0\xae\xb7\xe9\xbe\x98.png" },
    { "a<b>|c?*.png", "image/png", "abc.png" },
    { "a. . .", "image/png; charset=x", "a.png" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = zq_media_safe_name (cases[i].name, cases[i].type);

      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
}

static void
test_long_names_are_cut_between_characters (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *safe = NULL;

  for (guint i = 0; i < 300; i++)
    g_string_append (name, "\xf0\xa0\xae\xb7");
  g_string_append (name, ".png");
  safe = zq_media_safe_name (name->str, "image/png");
  g_assert_cmpuint (strlen (safe), <=, 120);
  g_assert_true (g_utf8_validate (safe, -1, NULL));
  g_assert_true (g_str_has_suffix (safe, ".png"));
  g_clear_pointer (&safe, g_free);
  safe = zq_media_safe_name ("\xff\xfe.png", "image/png");
  g_assert_true (g_utf8_validate (safe, -1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media/pictures-are-made-small", test_pictures_are_made_small);
  g_test_add_func ("/media/very-wide-is-never-zero-high", test_very_wide_is_never_zero_high);
  g_test_add_func ("/media/camera-that-was-turned", test_camera_that_was_turned);
  g_test_add_func ("/media/bombs-are-not-decoded", test_bombs_are_not_decoded);
  g_test_add_func ("/media/endless-scans-are-not-followed", test_endless_scans_are_not_followed);
  g_test_add_func ("/media/cut-short-is-unreadable", test_cut_short_is_unreadable);
  g_test_add_func ("/media/what-is-no-picture", test_what_is_no_picture);
  g_test_add_func ("/media/flipped-bytes-do-no-harm", test_flipped_bytes_do_no_harm);
  g_test_add_func ("/media/cancelled-load-ends", test_cancelled_load_ends);
  g_test_add_func ("/media/sniffed-by-its-bytes", test_sniffed_by_its_bytes);
  g_test_add_func ("/media/long-text-is-text", test_long_text_is_text);
  g_test_add_func ("/media/encoded-for-keeping", test_encoded_for_keeping);
  g_test_add_func ("/media/names-lead-nowhere", test_names_lead_nowhere);
  g_test_add_func ("/media/long-names-are-cut-between-characters", test_long_names_are_cut_between_characters);

  return g_test_run ();
}
