/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/chart-private.h"

#include <math.h>

#define TOP     10 /* above the plot, in pixels */
#define RADIUS  3.5
#define MOST_Y  7
#define GAP     8   /* between labels and plot */
#define NEAR_PX 2.0 /* points nearer than this are drawn as one line */

typedef struct
{
  ZqChart *chart;
  cairo_t *cr;
  double left, width, height; /* of the plot */
  double line;                /* a label's height */
  double low, high;
  GArray *ticks;     /* of double: on the left */
  guint first, last; /* points to draw: one more on each side, so that the line goes on */
  GdkRGBA ink, accent, alarm;
  gboolean paper;
} Drawing;

static double
place_x (const Drawing *d, gint64 at)
{
  return d->left + zq_chart_place ((double)at, (double)d->chart->from, (double)d->chart->to, d->width);
}

static double
place_y (const Drawing *d, double value)
{
  return TOP + d->height - zq_chart_place (value, d->low, d->high, d->height);
}

static double
get_lane (const Drawing *d, guint lane)
{
  return TOP + d->height + GAP / 2.0 + lane * d->line;
}

/* Under the plot and the bars, where the times stand. */
static double
get_bottom (const Drawing *d)
{
  return get_lane (d, d->chart->n_lanes + (d->chart->note != NULL));
}

static void
set_ink (const Drawing *d, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (d->cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

/* --- labels ------------------------------------------------------------------------------------- */

static PangoLayout *
make_label (ZqChart *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

double
zq_chart_line_height (ZqChart *self)
{
  g_autoptr (PangoLayout) layout = make_label (self, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);

  return height + 4;
}

/* @y: its middle; @most: pixels it may take, 0: any. */
static void
write_label (const Drawing *d, const char *text, double x, double y, gboolean to_the_right, double most)
{
  g_autoptr (PangoLayout) layout = make_label (d->chart, text);
  int width, height;

  if (most > 0)
    {
      pango_layout_set_width (layout, (int)(most * PANGO_SCALE));
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }
  pango_layout_get_pixel_size (layout, &width, &height);
  x = to_the_right ? x : x - width;
  cairo_move_to (d->cr, x, y - height / 2.0);
  pango_cairo_show_layout (d->cr, layout);
  if (d->chart->dump != NULL)
    g_string_append_printf (d->chart->dump, "%.0f %.0f %s%s\n", x, y, text,
                            pango_layout_is_ellipsized (layout) ? " (cut)" : "");
}

static char *
format_tick (const Drawing *d, guint i)
{
  double step = g_array_index (d->ticks, double, 1) - g_array_index (d->ticks, double, 0);

  return g_strdup_printf ("%.*f", (int)zq_chart_decimals (step), g_array_index (d->ticks, double, i));
}

/* The plot begins where the widest label of the scale ends. */
static void
make_room (Drawing *d, int width, int height)
{
  double widest = 0;

  for (guint i = 0; i < d->ticks->len; i++)
    {
      g_autofree char *text = format_tick (d, i);
      g_autoptr (PangoLayout) layout = make_label (d->chart, text);
      int its;

      pango_layout_get_pixel_size (layout, &its, NULL);
      widest = MAX (widest, its);
    }
  d->left = d->chart->left = ceil (widest + 2 * GAP);
  d->width = width - d->left - ZQ_CHART_RIGHT;
  d->height = height - TOP - GAP - (d->chart->n_lanes + (d->chart->note != NULL) + 1) * d->line;
}

/* --- scales ------------------------------------------------------------------------------------- */

static void
draw_values (const Drawing *d)
{
  for (guint i = 0; i < d->ticks->len; i++)
    {
      g_autofree char *text = format_tick (d, i);
      double y = floor (place_y (d, g_array_index (d->ticks, double, i))) + 0.5;

      set_ink (d, &d->ink, 0.12);
      cairo_move_to (d->cr, d->left, y);
      cairo_rel_line_to (d->cr, d->width, 0);
      cairo_stroke (d->cr);
      set_ink (d, &d->ink, 0.75);
      write_label (d, text, d->left - GAP, y, FALSE, 0);
    }
}

typedef struct
{
  int years, months, days, hours;
  const char *format;
} Step;

/* Days, months or years, whichever are far enough from each other. */
static const Step *
choose_step (const Drawing *d)
{
  static const Step steps[] = {
    { 0, 0, 0, 1, "%H:%M" }, { 0, 0, 0, 6, "%m-%d %H:%M" }, { 0, 0, 1, 0, "%m-%d" }, { 0, 0, 7, 0, "%m-%d" },
    { 0, 1, 0, 0, "%Y-%m" }, { 0, 3, 0, 0, "%Y-%m" },       { 1, 0, 0, 0, "%Y" },    { 2, 0, 0, 0, "%Y" },
    { 5, 0, 0, 0, "%Y" },    { 20, 0, 0, 0, "%Y" },
  };
  double days = (double)(d->chart->to - d->chart->from) / (24.0 * 3600 * G_USEC_PER_SEC);
  double most = MAX (d->width / (d->line * 4.5), 1);
  guint chosen = G_N_ELEMENTS (steps) - 1;

  for (guint i = G_N_ELEMENTS (steps); i-- > 0;)
    if (days / (steps[i].years * 365.0 + steps[i].months * 30.4 + steps[i].days + steps[i].hours / 24.0) <= most)
      chosen = i;

  return &steps[chosen];
}

/* The first whole year, month or day that is not after the beginning. */
static GDateTime *
find_first (const Drawing *d, const Step *step)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (d->chart->from / G_USEC_PER_SEC);
  g_autoptr (GDateTime) there = utc != NULL ? g_date_time_to_timezone (utc, d->chart->zone) : NULL;

  if (there == NULL)
    return NULL;

  return g_date_time_new (d->chart->zone, g_date_time_get_year (there),
                          step->years > 0 ? 1 : g_date_time_get_month (there),
                          step->years > 0 || step->months > 0 ? 1 : g_date_time_get_day_of_month (there), 0, 0, 0);
}

static void
draw_time (const Drawing *d, GDateTime *at, const char *format)
{
  g_autofree char *text = g_date_time_format (at, format);
  double x = floor (place_x (d, g_date_time_to_unix (at) * G_USEC_PER_SEC)) + 0.5;

  set_ink (d, &d->ink, 0.12);
  cairo_move_to (d->cr, x, TOP);
  cairo_line_to (d->cr, x, get_bottom (d));
  cairo_stroke (d->cr);
  set_ink (d, &d->ink, 0.75);
  write_label (d, text, x - 2, get_bottom (d) + d->line / 2, x < d->left + d->width - 3 * ZQ_CHART_RIGHT, 0);
}

static void
draw_times (const Drawing *d)
{
  const Step *step = choose_step (d);
  g_autoptr (GDateTime) at = find_first (d, step);

  for (guint n = 0; at != NULL && n < 400; n++)
    {
      gint64 us = g_date_time_to_unix (at) * G_USEC_PER_SEC;
      GDateTime *next = g_date_time_add_full (at, step->years, step->months, step->days, step->hours, 0, 0);

      if (us >= d->chart->from && us <= d->chart->to)
        draw_time (d, at, step->format);
      g_date_time_unref (at);
      at = next;
      if (us > d->chart->to)
        return;
    }
}

/* --- what lies behind the curve ----------------------------------------------------------------- */

static gboolean
same_range (const ZqChartPoint *a, const ZqChartPoint *b)
{
  return (a->low == b->low || (isnan (a->low) && isnan (b->low))) &&
         (a->high == b->high || (isnan (a->high) && isnan (b->high)));
}

static double
halfway (const Drawing *d, guint i)
{
  const ZqChartPoint *points = d->chart->points;

  return place_x (d, points[i - 1].at / 2 + points[i].at / 2);
}

/* Each stretch from halfway to the point before to halfway to the one after has its point's own range; those of one
 * range are one stretch. */
static void
draw_band (const Drawing *d)
{
  const ZqChartPoint *points = d->chart->points;
  guint end;

  set_ink (d, &d->accent, 0.14);
  for (guint i = d->first; i < d->last; i = end)
    {
      double from = i > d->first ? halfway (d, i) : d->left, to;
      double low = isnan (points[i].low) ? d->low : points[i].low;
      double high = isnan (points[i].high) ? d->high : points[i].high;

      for (end = i + 1; end < d->last; end++)
        if (!same_range (&points[i], &points[end]))
          break;
      to = end < d->last ? halfway (d, end) : d->left + d->width;
      if ((isnan (points[i].low) && isnan (points[i].high)) || low >= high)
        continue;
      cairo_rectangle (d->cr, from, place_y (d, high), MAX (to - from, 0.5), place_y (d, low) - place_y (d, high));
      /* A path of thousands takes the time of millions. */
      cairo_fill (d->cr);
    }
}

static void
draw_target (const Drawing *d, double value)
{
  double y = floor (place_y (d, value)) + 0.5;

  if (isnan (value) || value < d->low || value > d->high)
    return;
  cairo_save (d->cr);
  cairo_set_dash (d->cr, (double[]){ 6, 4 }, 2, 0);
  set_ink (d, &d->ink, 0.7);
  cairo_move_to (d->cr, d->left, y);
  cairo_rel_line_to (d->cr, d->width, 0);
  cairo_stroke (d->cr);
  cairo_restore (d->cr);
  set_ink (d, &d->ink, 0.75);
  if (d->chart->target != NULL)
    write_label (d, d->chart->target, d->left + d->width, y - d->line / 2, FALSE, d->width);
}

/* --- the curve ---------------------------------------------------------------------------------- */

static void
draw_line (const Drawing *d)
{
  const ZqChartPoint *points = d->chart->points;
  double drawn = -INFINITY, lowest = INFINITY, highest = -INFINITY;

  set_ink (d, &d->accent, 0.9);
  cairo_set_line_width (d->cr, 1.5);
  /* A label that was written leaves its place behind. */
  cairo_new_path (d->cr);
  for (guint i = d->first; i < d->last; i++)
    {
      double x = place_x (d, points[i].at), y = place_y (d, points[i].value);

      lowest = fmin (lowest, y);
      highest = fmax (highest, y);
      /* Thousands in a few pixels: from their lowest to their highest is all that can be seen. */
      if (x - drawn < NEAR_PX && i + 1 < d->last)
        continue;
      cairo_line_to (d->cr, x, lowest);
      if (highest - lowest > 0.5)
        cairo_line_to (d->cr, x, highest);
      cairo_line_to (d->cr, x, y);
      drawn = x;
      lowest = INFINITY;
      highest = -INFINITY;
    }
  cairo_stroke (d->cr);
}

/* Told apart by form too: a square is abnormal, a diamond was converted, what is hollow is not final. */
static void
draw_point (const Drawing *d, const ZqChartPoint *point)
{
  double x = place_x (d, point->at), y = place_y (d, point->value), r = RADIUS;

  cairo_new_path (d->cr);
  set_ink (d, point->abnormal ? &d->alarm : &d->accent, 1);
  if (point->converted)
    {
      cairo_move_to (d->cr, x, y - r - 1);
      cairo_line_to (d->cr, x + r + 1, y);
      cairo_line_to (d->cr, x, y + r + 1);
      cairo_line_to (d->cr, x - r - 1, y);
      cairo_close_path (d->cr);
    }
  else if (point->abnormal)
    cairo_rectangle (d->cr, x - r, y - r, 2 * r, 2 * r);
  else
    cairo_arc (d->cr, x, y, r, 0, 2 * G_PI);
  if (point->unfinished)
    cairo_stroke (d->cr);
  else
    cairo_fill (d->cr);
}

static void
draw_points (const Drawing *d)
{
  if ((d->last - d->first) * NEAR_PX > d->width)
    return;
  for (guint i = d->first; i < d->last; i++)
    draw_point (d, &d->chart->points[i]);
}

static void
draw_selected (const Drawing *d)
{
  const ZqChartPoint *point = &d->chart->points[d->chart->selected];
  double x = place_x (d, point->at), y = place_y (d, point->value);

  set_ink (d, &d->ink, 0.5);
  cairo_set_line_width (d->cr, 1);
  cairo_move_to (d->cr, floor (x) + 0.5, TOP);
  cairo_line_to (d->cr, floor (x) + 0.5, get_bottom (d));
  cairo_stroke (d->cr);
  set_ink (d, &d->ink, 1);
  cairo_set_line_width (d->cr, 2);
  cairo_arc (d->cr, x, y, RADIUS + 3, 0, 2 * G_PI);
  cairo_stroke (d->cr);
}

/* --- what goes on below it ---------------------------------------------------------------------- */

/* How far a bar's label may go: to the next one of its lane. */
static double
find_room (const Drawing *d, const ZqChartBar *bar)
{
  double end = d->left + d->width;

  for (guint i = 0; i < d->chart->bars->len; i++)
    {
      const ZqChartBar *other = &g_array_index (d->chart->bars, ZqChartBar, i);

      if (other->lane == bar->lane && other->from > bar->from && other->from < d->chart->to)
        end = fmin (end, place_x (d, other->from));
    }

  return end;
}

static void
draw_bar (const Drawing *d, const ZqChartBar *bar)
{
  double y = get_lane (d, bar->lane), height = d->line - 3, end = find_room (d, bar);
  double from = place_x (d, MAX (bar->from, d->chart->from)), to = place_x (d, MIN (bar->to, d->chart->to));

  if (bar->from > d->chart->to || bar->to < d->chart->from)
    return;
  cairo_new_path (d->cr);
  set_ink (d, &d->accent, 0.25);
  cairo_rectangle (d->cr, from, y, MAX (to - from, 1), height);
  cairo_fill (d->cr);
  /* Where it began; where nobody says when it ended there is nothing but this. */
  set_ink (d, &d->accent, 0.9);
  cairo_rectangle (d->cr, from, y, bar->from >= d->chart->from ? 2 : 0, height);
  cairo_fill (d->cr);
  if (bar->label != NULL && end - from > 3 * GAP)
    {
      set_ink (d, &d->ink, 0.9);
      write_label (d, bar->label, from + 5, y + height / 2, TRUE, end - from - 5);
    }
}

static void
draw_bars (const Drawing *d)
{
  for (guint i = 0; i < d->chart->bars->len; i++)
    draw_bar (d, &g_array_index (d->chart->bars, ZqChartBar, i));
  if (d->chart->note == NULL)
    return;
  set_ink (d, &d->ink, 0.75);
  write_label (d, d->chart->note, d->left, get_lane (d, d->chart->n_lanes) + d->line / 2, TRUE, d->width);
}

/* --- all of it ---------------------------------------------------------------------------------- */

static void
draw_data (const Drawing *d)
{
  cairo_save (d->cr);
  cairo_rectangle (d->cr, d->left, 0, d->width + ZQ_CHART_RIGHT / 2.0, get_bottom (d));
  cairo_clip (d->cr);
  draw_band (d);
  draw_target (d, d->chart->target_low);
  draw_target (d, d->chart->target_high);
  draw_line (d);
  draw_points (d);
  draw_bars (d);
  if (d->chart->selected < d->chart->n && !d->paper)
    draw_selected (d);
  cairo_restore (d->cr);
}

static void
look_up (GtkStyleContext *context, const char *name, GdkRGBA *colour, const GdkRGBA *fallback)
{
  if (!gtk_style_context_lookup_color (context, name, colour))
    *colour = *fallback;
}

static void
find_colours (Drawing *d)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (d->chart));

  if (d->paper)
    {
      d->ink = (GdkRGBA){ 0, 0, 0, 1 };
      d->accent = (GdkRGBA){ 0.1F, 0.37F, 0.7F, 1 };
      d->alarm = (GdkRGBA){ 0.75F, 0.11F, 0.16F, 1 };
      return;
    }
  gtk_style_context_get_color (context, &d->ink);
  look_up (context, "accent_color", &d->accent, &d->ink);
  look_up (context, "error_color", &d->alarm, &d->ink);
}

/* The scale holds what is in sight, and a target when there is a value to compare with it. */
static gboolean
find_scale (Drawing *d)
{
  ZqChart *self = d->chart;

  d->first = zq_chart_find (self->points, self->n, self->from);
  d->last = MIN (zq_chart_find (self->points, self->n, self->to + 1) + 1, self->n);
  d->first -= d->first > 0;
  if (!zq_chart_extent (self->points, d->first, d->last, &d->low, &d->high))
    return FALSE;
  d->low = fmin (d->low, fmin (self->target_low, self->target_high));
  d->high = fmax (d->high, fmax (self->target_low, self->target_high));
  d->ticks = zq_chart_ticks (d->low, d->high, MOST_Y);
  if (d->ticks->len < 2)
    return FALSE;
  d->low = g_array_index (d->ticks, double, 0);
  d->high = g_array_index (d->ticks, double, d->ticks->len - 1);

  return TRUE;
}

void
zq_chart_draw (ZqChart *self, GtkSnapshot *snapshot, gboolean paper)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  Drawing d = { .chart = self, .paper = paper };

  if (self->n == 0)
    return;
  if (find_scale (&d))
    {
      d.line = zq_chart_line_height (self);
      make_room (&d, width, height);
    }
  if (d.width >= 20 && d.height >= 20)
    {
      find_colours (&d);
      d.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
      cairo_set_line_width (d.cr, 1);
      draw_values (&d);
      draw_times (&d);
      draw_data (&d);
      cairo_destroy (d.cr);
    }
  g_clear_pointer (&d.ticks, g_array_unref);
}
