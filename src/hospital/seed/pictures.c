/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/pictures.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <pango/pangocairo.h>

/* Everything is drawn on a plane of this width; its height follows from the picture's shape. */
#define PLANE 1000.0

static void
set_rgb (cairo_t *cr, guint32 rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xFF) / 255.0, (rgb & 0xFF) / 255.0);
}

static void
fill_box (cairo_t *cr, double x, double y, double width, double height, double radius, guint32 rgb)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, G_PI * 3 / 2);
  cairo_close_path (cr);
  set_rgb (cr, rgb);
  cairo_fill (cr);
}

static void
fill_oval (cairo_t *cr, double x, double y, double rx, double ry, guint32 rgb)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, rx, ry);
  cairo_arc (cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_restore (cr);
  set_rgb (cr, rgb);
  cairo_fill (cr);
}

static void
fill_soft (cairo_t *cr, double x, double y, double radius, guint32 rgb, double strength)
{
  cairo_pattern_t *pattern = cairo_pattern_create_radial (x, y, 0, x, y, radius);
  double red = (rgb >> 16) / 255.0, green = (rgb >> 8 & 0xFF) / 255.0, blue = (rgb & 0xFF) / 255.0;

  cairo_pattern_add_color_stop_rgba (pattern, 0, red, green, blue, strength);
  cairo_pattern_add_color_stop_rgba (pattern, 0.6, red, green, blue, strength * 0.7);
  cairo_pattern_add_color_stop_rgba (pattern, 1, red, green, blue, 0);
  cairo_set_source (cr, pattern);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);
}

static void
write_text (cairo_t *cr, double x, double y, double size, guint32 rgb, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string ("Noto Sans CJK SC");

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  set_rgb (cr, rgb);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

/* A seven-segment display. Bits 0…6: top, upper right, lower right, bottom, lower left, upper left, middle. */
static void
draw_digits (cairo_t *cr, double x, double y, double size, const char *text)
{
  static const guint8 segments[] = { 0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F };
  static const double places[7][4] = { { 0.12, 0, 0.5, 0.12 },  { 0.58, 0.08, 0.12, 0.46 }, { 0.58, 0.6, 0.12, 0.46 },
                                       { 0.12, 1, 0.5, 0.12 },  { 0, 0.6, 0.12, 0.46 },     { 0, 0.08, 0.12, 0.46 },
                                       { 0.12, 0.5, 0.5, 0.12 } };

  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isdigit (*text))
        {
          fill_box (cr, x - size * 0.02, y + size, size * 0.12, size * 0.12, 1, 0x1B2A22);
          x += size * 0.2;
          continue;
        }
      for (int i = 0; i < 7; i++)
        if (segments[g_ascii_digit_value (*text)] & (1 << i))
          fill_box (cr, x + places[i][0] * size, y + places[i][1] * size, places[i][2] * size, places[i][3] * size, 2,
                    0x1B2A22);
      x += size * 0.9;
    }
}

static void
draw_table (cairo_t *cr, ZqRandom *random, double height)
{
  static const guint32 woods[] = { 0xB9A88F, 0x8F7B63, 0xD8CBB8, 0x6E6A66, 0xC9D2D6, 0xA9B8A0 };
  guint32 wood = woods[zq_random_between (random, 0, G_N_ELEMENTS (woods) - 1)];

  set_rgb (cr, wood);
  cairo_paint (cr);
  for (int i = 0; i < 9; i++)
    fill_soft (cr, (double)zq_random_between (random, 0, 1000), (double)zq_random_between (random, 0, (gint64)height),
               (double)zq_random_between (random, 200, 500), i % 2 ? 0xFFFFFF : 0x000000, 0.06);
}

static void
draw_glucose (cairo_t *cr, ZqRandom *random, double height)
{
  double top = height / 2 - 380;
  char value[16];

  g_snprintf (value, sizeof value, "%d.%d", (int)zq_random_between (random, 3, 18),
              (int)zq_random_between (random, 0, 9));
  draw_table (cr, random, height);
  fill_soft (cr, 520, top + 420, 520, 0x000000, 0.35);
  fill_box (cr, 230, top, 540, 760, 90, zq_random_chance (random, 500) ? 0x2C4F7C : 0xE9EBEE);
  fill_box (cr, 290, top + 90, 420, 320, 24, 0xC7D8C3);
  draw_digits (cr, 330, top + 160, 130, value);
  write_text (cr, 560, top + 350, 38, 0x1B2A22, "mmol/L");
  fill_oval (cr, 500, top + 560, 78, 78, 0xD5D8DB);
  fill_box (cr, 440, top + 750, 120, 170, 8, 0xF4F4EF);
}

static void
draw_pressure (cairo_t *cr, ZqRandom *random, double height)
{
  double top = height / 2 - 400;
  int upper = (int)zq_random_between (random, 112, 186);
  char value[16];

  draw_table (cr, random, height);
  fill_soft (cr, 500, height / 2, 620, 0x000000, 0.3);
  fill_box (cr, 120, top, 760, 800, 60, 0xEFF1F2);
  fill_box (cr, 190, top + 70, 460, 600, 20, 0xBFCDBC);
  g_snprintf (value, sizeof value, "%d", upper);
  draw_digits (cr, 240, top + 110, 120, value);
  g_snprintf (value, sizeof value, "%d", upper - (int)zq_random_between (random, 42, 66));
  draw_digits (cr, 300, top + 300, 120, value);
  g_snprintf (value, sizeof value, "%d", (int)zq_random_between (random, 54, 108));
  draw_digits (cr, 400, top + 510, 80, value);
  write_text (cr, 670, top + 140, 34, 0x33373C, "收缩压\nmmHg");
  write_text (cr, 670, top + 330, 34, 0x33373C, "舒张压\nmmHg");
  write_text (cr, 670, top + 520, 34, 0x33373C, "脉搏\n/分");
  fill_oval (cr, 760, top + 700, 60, 60, 0x3C6FB0);
}

static void
draw_skin (cairo_t *cr, ZqRandom *random, double height)
{
  static const guint32 tones[] = { 0xE3B896, 0xD9A07A, 0xC98D66, 0xEBC8AC };

  set_rgb (cr, tones[zq_random_between (random, 0, 3)]);
  cairo_paint (cr);
  for (int i = 0; i < 16; i++)
    fill_soft (cr, (double)zq_random_between (random, 0, 1000), (double)zq_random_between (random, 0, (gint64)height),
               (double)zq_random_between (random, 60, 380), i % 2 ? 0xFFE8D8 : 0x7A4A30, 0.05);
  for (int i = 0; i < 30; i++)
    fill_soft (cr, 500 + (double)zq_random_between (random, -230, 230),
               height / 2 + (double)zq_random_between (random, -260, 260), (double)zq_random_between (random, 20, 170),
               i % 5 ? 0xC23B32 : 0x7C1F1E, 0.22);
}

/* The same skin at both times, with the ruler that is laid beside it. */
static void
draw_lesion (cairo_t *cr, ZqRandom *random, double height, int spread, int n_spots)
{
  double middle = height / 2;

  set_rgb (cr, 0xE0B18D);
  cairo_paint (cr);
  fill_soft (cr, 260, middle - 180, 420, 0xFFE8D8, 0.2);
  fill_soft (cr, 780, middle + 210, 380, 0x7A4A30, 0.12);
  for (int i = 0; i < n_spots; i++)
    fill_soft (cr, 500 + (double)zq_random_between (random, -spread, spread),
               middle + (double)zq_random_between (random, -spread, spread),
               (double)zq_random_between (random, spread / 6, spread * 2 / 3), i % 4 ? 0xC23B32 : 0x7C1F1E, 0.24);
  fill_box (cr, 120, height - 130, 760, 60, 6, 0xF4F4EE);
  for (int mark = 0; mark <= 30; mark++)
    fill_box (cr, 140 + mark * 24, height - 130, 3, mark % 5 == 0 ? 34 : 20, 0, 0x30343A);
}

static void
draw_patch (cairo_t *cr, ZqRandom *random, double height)
{
  draw_lesion (cr, random, height, 230, 42);
}

static void
draw_healed (cairo_t *cr, ZqRandom *random, double height)
{
  draw_lesion (cr, random, height, 90, 9);
}

static void
draw_tongue (cairo_t *cr, ZqRandom *random, double height)
{
  double middle = height / 2;

  set_rgb (cr, 0xD8A486);
  cairo_paint (cr);
  fill_oval (cr, 500, middle - 90, 400, 300, 0xA9453F);
  fill_oval (cr, 500, middle - 110, 340, 240, 0x5A1F22);
  fill_oval (cr, 500, middle + 170, 270, 400, 0xCF6F72);
  for (int i = 0; i < 50; i++)
    fill_soft (cr, 500 + (double)zq_random_between (random, -170, 170),
               middle + 120 + (double)zq_random_between (random, -240, 260),
               (double)zq_random_between (random, 30, 120), zq_random_chance (random, 600) ? 0xF3E9DC : 0xA33B44, 0.12);
  fill_box (cr, 494, middle - 40, 12, 420, 6, 0xA84C52);
}

static void
draw_meal (cairo_t *cr, ZqRandom *random, double height)
{
  static const guint32 foods[] = { 0xF3EFE2, 0x6FA03C, 0xC4542D, 0xE7B53C, 0x8A4B22, 0x3D6B2E, 0xF0D9A8 };

  draw_table (cr, random, height);
  for (int bowl = 0; bowl < 3; bowl++)
    {
      double x = 270 + 230 * bowl, y = height / 2 + (bowl % 2 ? 240 : -180);

      fill_soft (cr, x, y + 20, 290, 0x000000, 0.4);
      fill_oval (cr, x, y, 235, 235, 0xF4F5F6);
      fill_oval (cr, x, y, 200, 200, 0xDDE3E6);
      for (int i = 0; i < 70; i++)
        fill_oval (cr, x + (double)zq_random_between (random, -120, 120),
                   y + (double)zq_random_between (random, -120, 120), (double)zq_random_between (random, 12, 46),
                   (double)zq_random_between (random, 10, 30),
                   foods[(bowl * 2 + (int)zq_random_between (random, 0, 2)) % (int)G_N_ELEMENTS (foods)]);
    }
}

static void
draw_sheet (cairo_t *cr, ZqRandom *random, double height)
{
  static const char *const names[] = { "葡萄糖 GLU",   "肌酐 CREA",    "尿素 UREA",      "尿酸 UA",
                                       "总胆固醇 TC",  "甘油三酯 TG",  "谷丙转氨酶 ALT", "促甲状腺激素 TSH",
                                       "糖化血红蛋白", "血红蛋白 HGB", "白细胞 WBC",     "血小板 PLT" };

  draw_table (cr, random, height);
  cairo_translate (cr, 500, height / 2);
  cairo_rotate (cr, (zq_random_unit (random) - 0.5) * 0.3);
  cairo_translate (cr, -500, -560);
  fill_soft (cr, 510, 590, 760, 0x000000, 0.3);
  fill_box (cr, 60, 0, 880, 1120, 3, 0xF8F7F1);
  write_text (cr, 300, 30, 46, 0x22262B, "云桥互联网医院");
  write_text (cr, 370, 95, 36, 0x22262B, "检验报告单");
  for (int row = 0; row < 12; row++)
    {
      double y = 190 + row * 68;
      char value[24];
      gboolean high = zq_random_chance (random, 250);

      g_snprintf (value, sizeof value, "%d.%d %s", (int)zq_random_between (random, 1, 180),
                  (int)zq_random_between (random, 0, 9), high ? "↑" : "");
      write_text (cr, 110, y, 32, 0x33373C, names[row]);
      write_text (cr, 480, y, 32, high ? 0xB02020 : 0x22262B, value);
      write_text (cr, 700, y, 28, 0x6A6F75, "3.9～6.1");
      fill_box (cr, 100, y + 56, 800, 2, 1, 0xC9CCD0);
    }
  write_text (cr, 110, 1030, 26, 0x6A6F75, "本结果仅对所送样本负责");
}

static void
draw_chart (cairo_t *cr, ZqRandom *random, double height)
{
  static const char *const days[] = { "一", "二", "三", "四", "五", "六", "日" };

  set_rgb (cr, 0xF6F7F9);
  cairo_paint (cr);
  fill_box (cr, 0, 0, 1000, 150, 1, 0x2F7CD6);
  write_text (cr, 60, 50, 50, 0xFFFFFF, "血糖记录 · 本周");
  fill_box (cr, 50, 220, 900, 800, 30, 0xFFFFFF);
  for (int line = 0; line < 5; line++)
    fill_box (cr, 120, 320 + line * 130, 780, 2, 1, 0xE1E4E8);
  for (int day = 0; day < 7; day++)
    {
      double tall = (double)zq_random_between (random, 150, 560);

      fill_box (cr, 150 + day * 108, 880 - tall, 56, tall, 12, tall > 420 ? 0xD9534F : 0x2F7CD6);
      write_text (cr, 160 + day * 108, 900, 36, 0x55606B, days[day]);
    }
  for (double y = 1080; y + 130 < height; y += 150)
    {
      char value[32];

      g_snprintf (value, sizeof value, "空腹   %d.%d mmol/L", (int)zq_random_between (random, 4, 14),
                  (int)zq_random_between (random, 0, 9));
      fill_box (cr, 50, y, 900, 120, 24, 0xFFFFFF);
      write_text (cr, 100, y + 34, 40, 0x2B3036, value);
    }
}

static cairo_surface_t *
draw (ZqRandom *random, ZqPicture what, int width, int height)
{
  static void (*const draws[ZQ_N_PICTURES]) (cairo_t *, ZqRandom *, double) = {
    draw_glucose, draw_pressure, draw_skin, draw_sheet, draw_tongue, draw_meal, draw_chart, draw_patch, draw_healed,
  };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, width / PLANE, width / PLANE);
  draws[what](cr, random, height * PLANE / width);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* @grain: what a telephone's sensor adds. */
static GdkPixbuf *
to_pixbuf (cairo_surface_t *surface, ZqRandom *random, int grain)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint64 noise = 0;

  for (int y = 0; y < height; y++)
    {
      const guint32 *from = (const guint32 *)(cairo_image_surface_get_data (surface) +
                                              (gsize)y * (gsize)cairo_image_surface_get_stride (surface));
      guint8 *to = gdk_pixbuf_get_pixels (pixbuf) + (gsize)y * (gsize)gdk_pixbuf_get_rowstride (pixbuf);

      for (int x = 0; x < width; x++, to += 3)
        {
          int add = 0;

          if (grain > 0)
            {
              noise = x % 8 == 0 ? zq_random_next (random) : noise >> 8;
              add = (int)(noise & 0xFF) * (2 * grain + 1) / 256 - grain;
            }
          to[0] = (guint8)CLAMP ((int)(from[x] >> 16 & 0xFF) + add, 0, 255);
          to[1] = (guint8)CLAMP ((int)(from[x] >> 8 & 0xFF) + add, 0, 255);
          to[2] = (guint8)CLAMP ((int)(from[x] & 0xFF) + add, 0, 255);
        }
    }
  return pixbuf;
}

/* Exif 2.3, 4.5.5 and 4.6.4 A: an APP1 segment with a TIFF header and one field, the orientation. */
static GBytes *
add_orientation (const guint8 *jpeg, gsize length, int orientation)
{
  guint8 segment[] = { 0xFF, 0xE1, 0, 34, 'E', 'x',  'i',  'f', 0, 0, 'M', 'M', 0, 42, 0,
                       0,    0,    8, 0,  1,   0x01, 0x12, 0,   3, 0, 0,   0,   1, 0,  (guint8)orientation,
                       0,    0,    0, 0,  0,   0 };
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, jpeg, 2); /* SOI */
  g_byte_array_append (out, segment, sizeof segment);
  g_byte_array_append (out, jpeg + 2, (guint)(length - 2));
  return g_byte_array_free_to_bytes (out);
}

GBytes *
zq_seed_picture_jpeg (ZqRandom *random, ZqPicture what, int width, int height, int orientation, GError **error)
{
  cairo_surface_t *surface = draw (random, what, width, height);
  g_autoptr (GdkPixbuf) seen = to_pixbuf (surface, random, 4);
  g_autoptr (GdkPixbuf) stored = NULL;
  g_autofree char *data = NULL;
  gsize length;

  cairo_surface_destroy (surface);
  stored = gdk_pixbuf_rotate_simple (seen, orientation == 6   ? GDK_PIXBUF_ROTATE_COUNTERCLOCKWISE
                                           : orientation == 8 ? GDK_PIXBUF_ROTATE_CLOCKWISE
                                           : orientation == 3 ? GDK_PIXBUF_ROTATE_UPSIDEDOWN
                                                              : GDK_PIXBUF_ROTATE_NONE);
  if (!gdk_pixbuf_save_to_buffer (stored, &data, &length, "jpeg", error, "quality", "78", NULL))
    return NULL;
  if (orientation == 0)
    return g_bytes_new_take (g_steal_pointer (&data), length);
  return add_orientation ((const guint8 *)data, length, orientation);
}

GBytes *
zq_seed_picture_png (ZqRandom *random, ZqPicture what, int width, int height, GError **error)
{
  cairo_surface_t *surface = draw (random, what, width, height);
  g_autoptr (GdkPixbuf) pixbuf = to_pixbuf (surface, random, 0);
  char *data;
  gsize length;

  cairo_surface_destroy (surface);
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", error, NULL))
    return NULL;
  return g_bytes_new_take (data, length);
}
