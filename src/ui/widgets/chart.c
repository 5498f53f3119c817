/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/chart.h"

#include <math.h>

#define LEFT    56 /* of the values' labels, in pixels */
#define BOTTOM  26
#define TOP     10
#define RIGHT   16
#define RADIUS  3.5
#define MOST_Y  7
#define LEAST   (60 * (gint64)G_USEC_PER_SEC) /* nobody zooms in further than a minute */
#define NEAR_PX 2.0                           /* points nearer than this are drawn as one line */

struct _ZqChart
{
  GtkWidget parent_instance;

  /* owned */
  ZqChartPoint *points;
  GTimeZone *zone;

  guint n;
  guint selected;
  gint64 from, to;           /* what is in sight */
  gint64 drag_from, drag_to; /* when dragging began */
  double pointer;            /* where it was last */
};

enum
{
  PROP_SELECTED = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqChart, zq_chart, GTK_TYPE_WIDGET)

/* --- what is in sight --------------------------------------------------------------------------- */

static void
show_all (ZqChart *self)
{
  gint64 first = self->n > 0 ? self->points[0].at : 0;
  gint64 last = self->n > 0 ? self->points[self->n - 1].at : 0;
  gint64 edge = MAX ((last - first) / 40, 12 * 60 * LEAST);

  self->from = first - edge;
  self->to = last + edge;
}

static void
set_view (ZqChart *self, gint64 from, gint64 to)
{
  if (to - from < LEAST)
    return;
  self->from = from;
  self->to = to;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
zoom_at (ZqChart *self, gint64 at, double by)
{
  double before = (double)(at - self->from) / by, after = (double)(self->to - at) / by;

  /* Further out than all of it is nothing to see. */
  if (self->n > 0 && by < 1 &&
      before + after > 4 * ((double)(self->points[self->n - 1].at - self->points[0].at) + 1e12))
    return;
  set_view (self, at - (gint64)before, at + (gint64)after);
}

void
zq_chart_zoom (ZqChart *self, double by)
{
  zoom_at (self, self->selected < self->n ? self->points[self->selected].at : self->from / 2 + self->to / 2, by);
}

void
zq_chart_get_view (ZqChart *self, gint64 *from, gint64 *to)
{
  *from = self->from;
  *to = self->to;
}

static double
get_width (ZqChart *self)
{
  return MAX (gtk_widget_get_width (GTK_WIDGET (self)) - LEFT - RIGHT, 1);
}

static gint64
time_at (ZqChart *self, double x)
{
  return self->from + (gint64)((x - LEFT) / get_width (self) * (double)(self->to - self->from));
}

/* --- drawing ------------------------------------------------------------------------------------ */

typedef struct
{
  ZqChart *chart;
  cairo_t *cr;
  double width, height; /* of the plot */
  double low, high;
  guint first, last; /* points to draw: one more on each side, so that the line goes on */
  GdkRGBA ink, accent, alarm;
} Drawing;

static double
place_x (const Drawing *d, gint64 at)
{
  return LEFT + zq_chart_place ((double)at, (double)d->chart->from, (double)d->chart->to, d->width);
}

static double
place_y (const Drawing *d, double value)
{
  return TOP + d->height - zq_chart_place (value, d->low, d->high, d->height);
}

static void
set_ink (const Drawing *d, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (d->cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

static void
write_label (const Drawing *d, const char *text, double x, double y, gboolean to_the_right)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (d->chart), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (d->cr, to_the_right ? x : x - width, y - height / 2.0);
  pango_cairo_show_layout (d->cr, layout);
}

static void
draw_values (Drawing *d)
{
  g_autoptr (GArray) ticks = zq_chart_ticks (d->low, d->high, MOST_Y);
  double step = ticks->len > 1 ? g_array_index (ticks, double, 1) - g_array_index (ticks, double, 0) : 1;
  char text[40];

  if (ticks->len < 2)
    return;
  d->low = g_array_index (ticks, double, 0);
  d->high = g_array_index (ticks, double, ticks->len - 1);
  for (guint i = 0; i < ticks->len; i++)
    {
      double value = g_array_index (ticks, double, i), y = floor (place_y (d, value)) + 0.5;

      set_ink (d, &d->ink, 0.12);
      cairo_move_to (d->cr, LEFT, y);
      cairo_rel_line_to (d->cr, d->width, 0);
      cairo_stroke (d->cr);
      set_ink (d, &d->ink, 0.75);
      g_snprintf (text, sizeof text, "%.*f", (int)zq_chart_decimals (step), value);
      write_label (d, text, LEFT - 8, y, FALSE);
    }
}

/* Days, months or years, whichever are far enough from each other. */
static void
draw_times (Drawing *d)
{
  static const struct
  {
    int years, months, days, hours;
    const char *format;
  } steps[] = {
    { 0, 0, 0, 1, "%H:%M" }, { 0, 0, 0, 6, "%m-%d %H:%M" }, { 0, 0, 1, 0, "%m-%d" }, { 0, 0, 7, 0, "%m-%d" },
    { 0, 1, 0, 0, "%Y-%m" }, { 0, 3, 0, 0, "%Y-%m" },       { 1, 0, 0, 0, "%Y" },    { 2, 0, 0, 0, "%Y" },
    { 5, 0, 0, 0, "%Y" },    { 20, 0, 0, 0, "%Y" },
  };
  double days = (double)(d->chart->to - d->chart->from) / (24.0 * 3600 * G_USEC_PER_SEC);
  double most = MAX (d->width / 90, 1);
  g_autoptr (GDateTime) at = NULL;
  guint chosen = G_N_ELEMENTS (steps) - 1;

  for (guint i = G_N_ELEMENTS (steps); i-- > 0;)
    if (days / (steps[i].years * 365.0 + steps[i].months * 30.4 + steps[i].days + steps[i].hours / 24.0) <= most)
      chosen = i;
  {
    g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (d->chart->from / G_USEC_PER_SEC);
    g_autoptr (GDateTime) there = utc != NULL ? g_date_time_to_timezone (utc, d->chart->zone) : NULL;

    if (there == NULL)
      return;
    at = g_date_time_new (
        d->chart->zone, g_date_time_get_year (there), steps[chosen].years > 0 ? 1 : g_date_time_get_month (there),
        steps[chosen].years > 0 || steps[chosen].months > 0 ? 1 : g_date_time_get_day_of_month (there), 0, 0, 0);
  }
  for (guint n = 0; at != NULL && n < 400; n++)
    {
      gint64 us = g_date_time_to_unix (at) * G_USEC_PER_SEC;
      g_autofree char *text = g_date_time_format (at, steps[chosen].format);
      double x = floor (place_x (d, us)) + 0.5;
      g_autoptr (GDateTime) next = g_date_time_add_full (at, steps[chosen].years, steps[chosen].months,
                                                         steps[chosen].days, steps[chosen].hours, 0, 0);

      if (us > d->chart->to)
        return;
      if (us >= d->chart->from)
        {
          set_ink (d, &d->ink, 0.12);
          cairo_move_to (d->cr, x, TOP);
          cairo_rel_line_to (d->cr, 0, d->height);
          cairo_stroke (d->cr);
          set_ink (d, &d->ink, 0.75);
          write_label (d, text, x - 2, TOP + d->height + BOTTOM / 2.0, x < LEFT + d->width - 3 * RIGHT);
        }
      g_date_time_unref (at);
      at = g_steal_pointer (&next);
    }
}

/* Each stretch from halfway to the point before to halfway to the one after has its point's own range. */
static void
draw_band (Drawing *d)
{
  const ZqChartPoint *points = d->chart->points;

  set_ink (d, &d->accent, 0.14);
  for (guint i = d->first; i < d->last; i++)
    {
      double x = i > d->first ? place_x (d, points[i - 1].at / 2 + points[i].at / 2) : LEFT;
      double end = i + 1 < d->last ? place_x (d, points[i].at / 2 + points[i + 1].at / 2) : LEFT + d->width;
      double low = isnan (points[i].low) ? d->low : points[i].low;
      double high = isnan (points[i].high) ? d->high : points[i].high;

      if ((isnan (points[i].low) && isnan (points[i].high)) || low >= high)
        continue;
      cairo_rectangle (d->cr, x, place_y (d, high), MAX (end - x, 0.5), place_y (d, low) - place_y (d, high));
    }
  cairo_fill (d->cr);
}

static void
draw_line (Drawing *d)
{
  const ZqChartPoint *points = d->chart->points;
  double drawn = -INFINITY, lowest = INFINITY, highest = -INFINITY;

  set_ink (d, &d->accent, 0.9);
  cairo_set_line_width (d->cr, 1.5);
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

static void
draw_points (Drawing *d)
{
  const ZqChartPoint *points = d->chart->points;

  if ((d->last - d->first) * NEAR_PX > d->width)
    return;
  for (guint i = d->first; i < d->last; i++)
    {
      double x = place_x (d, points[i].at), y = place_y (d, points[i].value);

      cairo_new_path (d->cr);
      set_ink (d, points[i].abnormal ? &d->alarm : &d->accent, 1);
      /* Told apart by form too. */
      if (points[i].abnormal)
        cairo_rectangle (d->cr, x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
      else
        cairo_arc (d->cr, x, y, RADIUS, 0, 2 * G_PI);
      if (points[i].unfinished)
        cairo_stroke (d->cr);
      else
        cairo_fill (d->cr);
    }
}

static void
draw_selected (Drawing *d)
{
  const ZqChartPoint *point = &d->chart->points[d->chart->selected];
  double x = place_x (d, point->at), y = place_y (d, point->value);

  set_ink (d, &d->ink, 0.5);
  cairo_set_line_width (d->cr, 1);
  cairo_move_to (d->cr, floor (x) + 0.5, TOP);
  cairo_rel_line_to (d->cr, 0, d->height);
  cairo_stroke (d->cr);
  set_ink (d, &d->ink, 1);
  cairo_set_line_width (d->cr, 2);
  cairo_arc (d->cr, x, y, RADIUS + 3, 0, 2 * G_PI);
  cairo_stroke (d->cr);
}

static void
draw_data (Drawing *d)
{
  cairo_save (d->cr);
  cairo_rectangle (d->cr, LEFT, 0, d->width + RIGHT / 2.0, TOP + d->height + 1);
  cairo_clip (d->cr);
  draw_band (d);
  draw_line (d);
  draw_points (d);
  if (d->chart->selected < d->chart->n)
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
zq_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZqChart *self = ZQ_CHART (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Drawing d = { .chart = self, .width = width - LEFT - RIGHT, .height = height - TOP - BOTTOM };

  if (self->n == 0 || d.width < 20 || d.height < 20)
    return;
  d.first = zq_chart_find (self->points, self->n, self->from);
  d.last = MIN (zq_chart_find (self->points, self->n, self->to + 1) + 1, self->n);
  d.first -= d.first > 0;
  if (!zq_chart_extent (self->points, d.first, d.last, &d.low, &d.high))
    return;
  gtk_style_context_get_color (context, &d.ink);
  look_up (context, "accent_color", &d.accent, &d.ink);
  look_up (context, "error_color", &d.alarm, &d.ink);
  d.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  cairo_set_line_width (d.cr, 1);
  draw_values (&d);
  draw_times (&d);
  draw_data (&d);
  cairo_destroy (d.cr);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, context, 0, 0, width, height);
}

/* --- by keys and pointer ------------------------------------------------------------------------ */

/* What is selected is in sight. */
static void
follow (ZqChart *self)
{
  gint64 at = self->points[self->selected].at, span = self->to - self->from;

  if (at < self->from)
    set_view (self, at - span / 10, at - span / 10 + span);
  else if (at > self->to)
    set_view (self, at + span / 10 - span, at + span / 10);
}

void
zq_chart_set_selected (ZqChart *self, guint selected)
{
  selected = MIN (selected, self->n);
  if (self->selected == selected)
    return;
  self->selected = selected;
  if (selected < self->n)
    follow (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

guint
zq_chart_get_selected (ZqChart *self)
{
  return self->selected;
}

static gboolean
step_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqChart *self = ZQ_CHART (widget);
  gint32 by = g_variant_get_int32 (args);
  gint64 to = self->selected < self->n ? (gint64)self->selected + by : self->n - 1;

  if (self->n == 0)
    return FALSE;
  zq_chart_set_selected (self, (guint)CLAMP (to, 0, (gint64)self->n - 1));

  return TRUE;
}

static gboolean
zoom_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  zq_chart_zoom (ZQ_CHART (widget), g_variant_get_double (args));

  return TRUE;
}

static gboolean
all_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  show_all (ZQ_CHART (widget));
  gtk_widget_queue_draw (widget);

  return TRUE;
}

/* A pointer that rests where the chart comes to be has chosen nothing. */
static void
on_enter (ZqChart *self, double x, double y)
{
  self->pointer = x;
}

static void
on_motion (ZqChart *self, double x, double y)
{
  if (fabs (x - self->pointer) < 1)
    return;
  self->pointer = x;
  if (self->n > 0 && x >= LEFT)
    zq_chart_set_selected (self, zq_chart_nearest (self->points, self->n, time_at (self, x)));
}

static gboolean
on_scroll (ZqChart *self, double dx, double dy)
{
  zq_chart_zoom (self, dy < 0 ? 1.25 : 0.8);

  return TRUE;
}

static void
on_drag_begin (ZqChart *self)
{
  self->drag_from = self->from;
  self->drag_to = self->to;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_drag_update (ZqChart *self, double x, double y)
{
  gint64 by = (gint64)(x / get_width (self) * (double)(self->drag_to - self->drag_from));

  set_view (self, self->drag_from - by, self->drag_to - by);
}

/* --- object ------------------------------------------------------------------------------------- */

void
zq_chart_set_points (ZqChart *self, const ZqChartPoint *points, guint n, GTimeZone *zone)
{
  g_free (self->points);
  self->points = n > 0 ? g_memdup2 (points, n * sizeof *points) : NULL;
  self->n = n;
  self->selected = n;
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->zone = g_time_zone_ref (zone);
  show_all (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
zq_chart_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, ZQ_CHART (object)->selected);
}

static void
zq_chart_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  zq_chart_set_selected (ZQ_CHART (object), g_value_get_uint (value));
}

static void
zq_chart_finalize (GObject *object)
{
  ZqChart *self = ZQ_CHART (object);

  g_free (self->points);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (zq_chart_parent_class)->finalize (object);
}

static void
zq_chart_class_init (ZqChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zq_chart_get_property;
  object_class->set_property = zq_chart_set_property;
  object_class->finalize = zq_chart_finalize;
  widget_class->snapshot = zq_chart_snapshot;
  properties[PROP_SELECTED] = g_param_spec_uint ("selected", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, step_key, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, step_key, "i", 1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, step_key, "i", -G_MAXINT32 / 2);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, step_key, "i", G_MAXINT32 / 2);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_plus, 0, zoom_key, "d", 1.25);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_equal, 0, zoom_key, "d", 1.25);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_minus, 0, zoom_key, "d", 0.8);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_0, 0, all_key, NULL);
}

static void
zq_chart_init (ZqChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
