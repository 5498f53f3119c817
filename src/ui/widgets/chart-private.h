/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/chart.h"

G_BEGIN_DECLS

struct _ZqChart
{
  GtkWidget parent_instance;

  /* owned */
  ZqChartPoint *points;
  GTimeZone *zone;
  GArray *bars;  /* of ZqChartBar, with labels of their own */
  char *note;    /* under the bars, or NULL */
  char *target;  /* what the target's lines are called */
  GString *dump; /* borrowed; NULL: nobody wants to know */

  guint n;
  guint n_lanes;
  guint selected;
  double target_low, target_high; /* NAN: none */
  gint64 from, to;                /* what is in sight */
  gint64 drag_from, drag_to;      /* when dragging began */
  double pointer;                 /* where it was last */
  double left;                    /* where the plot began when it was drawn */
};

/* In pixels. */
#define ZQ_CHART_RIGHT 16

/* @paper: in the colours of paper, and without what is selected. */
void zq_chart_draw (ZqChart *self, GtkSnapshot *snapshot, gboolean paper);

/* What the labels of a font need: the height of a line. */
double zq_chart_line_height (ZqChart *self);

G_END_DECLS
