/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/chart-scale.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqChart:
 *
 * Values over time: points on a line, the reference band as it was at each of them. Arrow keys go from point to point,
 * plus and minus or the wheel zoom, dragging moves. Property "selected" (uint: place in the points; their number:
 * none).
 */
#define ZQ_TYPE_CHART (zq_chart_get_type ())
G_DECLARE_FINAL_TYPE (ZqChart, zq_chart, ZQ, CHART, GtkWidget)

/* @points: sorted by time, of one unit; copied. */
void zq_chart_set_points (ZqChart *self, const ZqChartPoint *points, guint n, GTimeZone *zone);
guint zq_chart_get_selected (ZqChart *self);
void zq_chart_set_selected (ZqChart *self, guint selected);

/* What is in sight. */
void zq_chart_get_view (ZqChart *self, gint64 *from, gint64 *to);
/* Around the middle, or around what is selected: above 1 nearer. */
void zq_chart_zoom (ZqChart *self, double by);

G_END_DECLS
