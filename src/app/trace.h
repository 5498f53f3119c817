/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/window.h"

G_BEGIN_DECLS

/* A debug line: how long the process lives. */
void zq_trace_mark (const char *what);

typedef void (*ZqFirstRowsFunc) (gpointer data);

/* Calls @func once, after the first frame that holds filled inbox rows has been painted; with @print
 * says "first-rows <µs since the process started>" on stdout. */
void zq_trace_first_rows (ZqWindow *window, gboolean print, ZqFirstRowsFunc func, gpointer data);

/* Calls @func once, after the next painted frame. */
void zq_trace_next_frame (GtkWidget *widget, ZqFirstRowsFunc func, gpointer data);

G_END_DECLS
