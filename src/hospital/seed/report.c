/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/pictures.h"

#include "hospital/hospital.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define WIDTH  595 /* A4 in points */
#define HEIGHT 842
#define ROWS   18

static const struct
{
  const char *name, *unit;
  int low, high; /* hundredths */
} rows[] = {
  { "葡萄糖（空腹）", "mmol/L", 390, 610 },
  { "糖化血红蛋白", "%", 400, 600 },
  { "肌酐", "μmol/L", 4400, 13300 },
  { "尿素", "mmol/L", 260, 750 },
  { "尿酸", "μmol/L", 20800, 42800 },
  { "总胆固醇", "mmol/L", 310, 570 },
  { "甘油三酯", "mmol/L", 45, 170 },
  { "高密度脂蛋白胆固醇", "mmol/L", 104, 155 },
  { "低密度脂蛋白胆固醇", "mmol/L", 207, 340 },
  { "丙氨酸氨基转移酶", "U/L", 900, 5000 },
  { "天门冬氨酸氨基转移酶", "U/L", 1500, 4000 },
  { "总胆红素", "μmol/L", 500, 2100 },
  { "白蛋白", "g/L", 4000, 5500 },
  { "促甲状腺激素", "mIU/L", 27, 420 },
  { "游离甲状腺素", "pmol/L", 1200, 2200 },
  { "血钾", "mmol/L", 350, 530 },
  { "血钠", "mmol/L", 13700, 14700 },
  { "血红蛋白", "g/L", 11500, 17500 },
};

static void
write_text (cairo_t *cr, double x, double y, int size, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string ("Noto Sans CJK SC");

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_line (cairo_t *cr, double y, double width)
{
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, 48, y);
  cairo_line_to (cr, WIDTH - 48, y);
  cairo_stroke (cr);
}

static void
draw_row (cairo_t *cr, ZqRandom *random, int place, double y)
{
  int low = rows[place].low, high = rows[place].high;
  int value = zq_random_chance (random, 700) ? (int)zq_random_between (random, low, high)
                                             : (int)zq_random_between (random, low * 6 / 10, high * 17 / 10);
  char text[64];

  write_text (cr, 56, y, 11, rows[place].name);
  g_snprintf (text, sizeof text, "%d.%02d %s", value / 100, value % 100, value > high ? "↑" : value < low ? "↓" : "");
  write_text (cr, 250, y, 11, text);
  g_snprintf (text, sizeof text, "%d.%02d～%d.%02d", low / 100, low % 100, high / 100, high % 100);
  write_text (cr, 345, y, 11, text);
  write_text (cr, 470, y, 11, rows[place].unit);
}

static void
draw_page (cairo_t *cr, ZqRandom *random, int page, int n_pages, const char *day)
{
  g_autofree char *line = g_strdup_printf ("标本：静脉血    送检科室：内分泌科    报告日期：%s", day);
  g_autofree char *foot = g_strdup_printf ("本结果仅对所送样本负责    第 %d 页，共 %d 页", page, n_pages);

  cairo_set_source_rgb (cr, 0.1, 0.1, 0.12);
  write_text (cr, 205, 40, 20, "云桥互联网医院");
  write_text (cr, 238, 70, 15, "检验报告单");
  write_text (cr, 56, 104, 11, line);
  draw_line (cr, 126, 1.2);
  write_text (cr, 56, 132, 11, "项目");
  write_text (cr, 250, 132, 11, "结果");
  write_text (cr, 345, 132, 11, "参考区间");
  write_text (cr, 470, 132, 11, "单位");
  draw_line (cr, 152, 0.6);
  for (int i = 0; i < ROWS; i++)
    draw_row (cr, random, i, 160 + i * 32);
  draw_line (cr, 750, 1.2);
  write_text (cr, 56, 760, 10, foot);
  cairo_show_page (cr);
}

static cairo_status_t
append (void *data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
zq_seed_report_pdf (ZqRandom *random, int n_pages, gint64 made, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (made);
  g_autofree char *instant = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *day = g_date_time_format (utc, "%Y-%m-%d");
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, out, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  /* Else it is the time at which this runs. */
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, instant);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, "检验报告单");
  for (int page = 1; page <= n_pages; page++)
    draw_page (cr, random, page, n_pages, day);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (g_steal_pointer (&out));
  g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_FAILED, "A report could not be drawn: %s",
               cairo_status_to_string (status));
  return NULL;
}
