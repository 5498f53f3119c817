/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/chart-private.h"

#include <math.h>

#define LEAST      (60 * (gint64)G_USEC_PER_SEC) /* nobody zooms in further than a minute */
#define LEAST_PLOT 120                           /* pixels, under which no curve can be read */

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
  return MAX (gtk_widget_get_width (GTK_WIDGET (self)) - self->left - ZQ_CHART_RIGHT, 1);
}

static gint64
time_at (ZqChart *self, double x)
{
  return self->from + (gint64)((x - self->left) / get_width (self) * (double)(self->to - self->from));
}

static void
zq_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  zq_chart_draw (ZQ_CHART (widget), snapshot, FALSE);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, gtk_widget_get_width (widget),
                               gtk_widget_get_height (widget));
}

static void
zq_chart_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  ZqChart *self = ZQ_CHART (widget);

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_VERTICAL && self->n > 0)
    *minimum = *natural = (int)(LEAST_PLOT + (self->n_lanes + (self->note != NULL) + 2) * zq_chart_line_height (self));
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
  if (self->n > 0 && x >= self->left)
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
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
clear_bar (gpointer data)
{
  g_free ((char *)((ZqChartBar *)data)->label);
}

void
zq_chart_set_bars (ZqChart *self, const ZqChartBar *bars, guint n, const char *note)
{
  g_array_set_size (self->bars, 0);
  self->n_lanes = 0;
  for (guint i = 0; i < n; i++)
    {
      ZqChartBar bar = bars[i];

      bar.label = g_strdup (bars[i].label);
      self->n_lanes = MAX (self->n_lanes, bar.lane + 1);
      g_array_append_val (self->bars, bar);
    }
  g_free (self->note);
  self->note = g_strdup (note);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
zq_chart_set_target (ZqChart *self, double low, double high, const char *label)
{
  self->target_low = low;
  self->target_high = high;
  g_free (self->target);
  self->target = g_strdup (label);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
zq_chart_set_view (ZqChart *self, gint64 from, gint64 to)
{
  set_view (self, from, to);
}

GskRenderNode *
zq_chart_print (ZqChart *self)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  zq_chart_draw (self, snapshot, TRUE);

  return gtk_snapshot_free_to_node (snapshot);
}

void
zq_chart_set_record (ZqChart *self, GString *record)
{
  self->dump = record;
  gtk_widget_queue_draw (GTK_WIDGET (self));
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
  g_array_unref (self->bars);
  g_free (self->note);
  g_free (self->target);
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
  widget_class->measure = zq_chart_measure;
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

  self->bars = g_array_new (FALSE, FALSE, sizeof (ZqChartBar));
  g_array_set_clear_func (self->bars, clear_bar);
  self->target_low = self->target_high = NAN;
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
