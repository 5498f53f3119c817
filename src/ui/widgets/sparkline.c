/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/sparkline.h"

#include "ui/widgets/chart-scale.h"

#include <math.h>

#define WIDTH  64
#define HEIGHT 16
#define DOT    2.0

struct _ZqSparkline
{
  GtkWidget parent_instance;

  GArray *values; /* of double */
  double low, high;
};

G_DEFINE_FINAL_TYPE (ZqSparkline, zq_sparkline, GTK_TYPE_WIDGET)

static void
get_extent (ZqSparkline *self, double *from, double *to)
{
  *from = INFINITY;
  *to = -INFINITY;
  for (guint i = 0; i < self->values->len; i++)
    {
      *from = MIN (*from, g_array_index (self->values, double, i));
      *to = MAX (*to, g_array_index (self->values, double, i));
    }
}

static double
place_y (ZqSparkline *self, double value, double height)
{
  double from, to;

  get_extent (self, &from, &to);

  return height - DOT - zq_chart_place (CLAMP (value, from, to), from, to, height - 2 * DOT);
}

static double
place_x (ZqSparkline *self, guint i, double width)
{
  return DOT + zq_chart_place (i, 0, self->values->len - 1, width - 2 * DOT);
}

/* Of the band that much is in sight as the values reach. */
static void
draw_band (ZqSparkline *self, GtkSnapshot *snapshot, const GdkRGBA *color, double width, double height)
{
  GdkRGBA faint = *color;
  double top = isnan (self->high) ? 0 : place_y (self, self->high, height);
  double bottom = isnan (self->low) ? height : place_y (self, self->low, height);
  double from, to;

  get_extent (self, &from, &to);
  if ((isnan (self->low) && isnan (self->high)) || self->low > to || self->high < from)
    return;
  faint.alpha *= 0.12F;
  gtk_snapshot_append_color (
      snapshot, &faint,
      &GRAPHENE_RECT_INIT (0, (float)MIN (top, bottom), (float)width, (float)MAX (fabs (bottom - top), 2)));
}

static void
zq_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZqSparkline *self = ZQ_SPARKLINE (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA color;
  cairo_t *cr;

  if (width < 4 * DOT || height < 4 * DOT)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  draw_band (self, snapshot, &color, width, height);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 1.2);
  for (guint i = 0; i < self->values->len; i++)
    cairo_line_to (cr, place_x (self, i, width), place_y (self, g_array_index (self->values, double, i), height));
  cairo_stroke (cr);
  cairo_arc (cr, place_x (self, self->values->len - 1, width),
             place_y (self, g_array_index (self->values, double, self->values->len - 1), height), DOT, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
zq_sparkline_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
zq_sparkline_finalize (GObject *object)
{
  g_array_unref (ZQ_SPARKLINE (object)->values);
  G_OBJECT_CLASS (zq_sparkline_parent_class)->finalize (object);
}

static void
zq_sparkline_class_init (ZqSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zq_sparkline_finalize;
  widget_class->snapshot = zq_sparkline_snapshot;
  widget_class->measure = zq_sparkline_measure;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
zq_sparkline_init (ZqSparkline *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
}

GtkWidget *
zq_sparkline_new (const double *values, guint n, double low, double high)
{
  ZqSparkline *self = g_object_new (ZQ_TYPE_SPARKLINE, "valign", GTK_ALIGN_CENTER, NULL);

  g_array_append_vals (self->values, values, n);
  self->low = low;
  self->high = high;

  return GTK_WIDGET (self);
}
