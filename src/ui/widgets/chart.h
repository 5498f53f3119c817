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

/* What went on meanwhile, each in its lane below the curve. */
typedef struct
{
  const char *label; /* (nullable): copied */
  gint64 from, to;   /* @to G_MAXINT64: it goes on; @from: only the beginning is known */
  guint lane;        /* from 0 on: the uppermost */
} ZqChartBar;

/* @note: (nullable): a line under the lanes. */
void zq_chart_set_bars (ZqChart *self, const ZqChartBar *bars, guint n, const char *note);

/* Dashed lines; NAN: none. @label: (nullable). */
void zq_chart_set_target (ZqChart *self, double low, double high, const char *label);

/* What is in sight, as it is on paper whatever the colours of the screen are. NULL: nothing. (transfer full) */
GskRenderNode *zq_chart_print (ZqChart *self);

/* Each label that is drawn and its place, a line each, is written into @record from now on; NULL: no more. */
void zq_chart_set_record (ZqChart *self, GString *record);

/* What is in sight. */
void zq_chart_set_view (ZqChart *self, gint64 from, gint64 to);
void zq_chart_get_view (ZqChart *self, gint64 *from, gint64 *to);
/* Around the middle, or around what is selected: above 1 nearer. */
void zq_chart_zoom (ZqChart *self, double by);

G_END_DECLS
