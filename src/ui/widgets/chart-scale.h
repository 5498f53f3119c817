/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Scales and ticks of a chart: plain functions of numbers. */

typedef struct
{
  gint64 at; /* µs UTC */
  double value;
  double low, high; /* of the range as it was then; NAN: none */
  gboolean abnormal;
  gboolean unfinished; /* drawn hollow */
  gboolean converted;  /* drawn as a diamond */
} ZqChartPoint;

/* A place on a line of @length pixels for @value between @from and @to; the middle when both are one. */
double zq_chart_place (double value, double from, double to, double length);

/* Round numbers (1, 2, 5 × 10^n apart) from below @from to above @to, at most @most of them and at least two.
 * (transfer full) (element-type double) */
GArray *zq_chart_ticks (double from, double to, guint most);

/* How many decimals a label needs so that ticks @step apart differ. */
guint zq_chart_decimals (double step);

/* The first of the sorted @points that is not before @at; @n when all are. */
guint zq_chart_find (const ZqChartPoint *points, guint n, gint64 at);

/* The point nearest in time; 0 when there is none. */
guint zq_chart_nearest (const ZqChartPoint *points, guint n, gint64 at);

/* What has to be in sight of the points from @first to before @last: values, and ranges beside them. FALSE: nothing. */
gboolean zq_chart_extent (const ZqChartPoint *points, guint first, guint last, double *low, double *high);

G_END_DECLS
