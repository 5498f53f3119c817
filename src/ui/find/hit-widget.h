/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/find/hit.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqHitWidget:
 *
 * How a row of the results looks. Its accessible label says it whole.
 */
#define ZQ_TYPE_HIT_WIDGET (zq_hit_widget_get_type ())
G_DECLARE_FINAL_TYPE (ZqHitWidget, zq_hit_widget, ZQ, HIT_WIDGET, GtkWidget)

/* @row: NULL empties it. @now, @zone: what its day is said against. */
void zq_hit_widget_set_row (ZqHitWidget *self, ZqHitRow *row, gint64 now, GTimeZone *zone);

G_END_DECLS
