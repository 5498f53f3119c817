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

/* From the next frame on: says "row <Task's row id> <its last message, µs> <now, µs since 1970> <in sight: 0, 1>" of
 * every inbox row that was painted with another last message than before. */
void zq_trace_rows (ZqWindow *window, ZqClock *clock);

/* Says "watchdog …" when the window goes: how often and how long its main loop was away (app/watchdog.h). */
void zq_trace_pauses (ZqWindow *window);

G_END_DECLS
