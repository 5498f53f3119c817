/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The words of a row. (transfer full) */
typedef char *(*ZqTrendWords) (guint row, gpointer data);

/**
 * ZqTrendRows:
 *
 * A list of #GtkStringObject whose words are made when a row is asked for: of twenty thousand values nobody reads all.
 */
#define ZQ_TYPE_TREND_ROWS (zq_trend_rows_get_type ())
G_DECLARE_FINAL_TYPE (ZqTrendRows, zq_trend_rows, ZQ, TREND_ROWS, GObject)

/* @data: borrowed until zq_trend_rows_end(). */
ZqTrendRows *zq_trend_rows_new (guint n, ZqTrendWords words, gpointer data);
/* What the words were made of is gone: the list is empty. */
void zq_trend_rows_end (ZqTrendRows *self);
/* How many were made. */
guint zq_trend_rows_get_n_made (ZqTrendRows *self);

G_END_DECLS
