/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqSparkline:
 *
 * A line of numbers no higher than the words beside it: evenly apart, the last one as a dot, the range as a band. It
 * says nothing that is not in words elsewhere, so that a screen reader passes it by.
 */
#define ZQ_TYPE_SPARKLINE (zq_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (ZqSparkline, zq_sparkline, ZQ, SPARKLINE, GtkWidget)

/* @low, @high: of the range, NAN for none. */
GtkWidget *zq_sparkline_new (const double *values, guint n, double low, double high);

G_END_DECLS
