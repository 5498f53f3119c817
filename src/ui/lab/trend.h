/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqTrend:
 *
 * One test of a patient over time: a chart for each unit that it came in, and the same values as a list, which a screen
 * reader reads. Values that are no numbers stand in the list alone. Signals: "close".
 */
#define ZQ_TYPE_TREND (zq_trend_get_type ())
G_DECLARE_FINAL_TYPE (ZqTrend, zq_trend, ZQ, TREND, GtkWidget)

/* @code: "system|code". */
void zq_trend_open (ZqTrend *self, ZqStore *store, gint64 patient, const char *code, const char *name, gint64 now);
void zq_trend_close (ZqTrend *self);
/* What is open, for paper: its name (NULL: nothing), its values (borrowed, of ZqResultValue) and its chart. */
const char *zq_trend_get_name (ZqTrend *self);
GPtrArray *zq_trend_get_values (ZqTrend *self);
GtkWidget *zq_trend_get_chart (ZqTrend *self);
/* Reads what is open again; unit, place and what is selected stay. */
void zq_trend_refresh (ZqTrend *self);

G_END_DECLS
