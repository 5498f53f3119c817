/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/flowsheet.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqFlowGrid:
 *
 * Tests down, dates across, the newest on the left; names and dates stay where they are while it scrolls. One widget
 * draws it all: only cells in sight are read and laid out. Arrow keys move the cell that is read. Signals: "moved";
 * "activate": Enter or a double click on the cell; "trend": T.
 */
#define ZQ_TYPE_FLOW_GRID (zq_flow_grid_get_type ())
G_DECLARE_FINAL_TYPE (ZqFlowGrid, zq_flow_grid, ZQ, FLOW_GRID, GtkWidget)

/* @sheet: (nullable): borrowed until the next call. The cell that is read becomes the first one. */
void zq_flow_grid_set_sheet (ZqFlowGrid *self, ZqFlowsheet *sheet, GTimeZone *zone);

/* FALSE: there is no cell at all. */
gboolean zq_flow_grid_get_cursor (ZqFlowGrid *self, guint *test, guint *date);
void zq_flow_grid_set_cursor (ZqFlowGrid *self, guint test, guint date);

/* The value with its flag, and on a second line what else has to be known about it. (transfer full) */
char *zq_flow_grid_words_cell (const ZqFlowCell *cell, const ZqFlowTest *test);

/* A moment: its day, and on a second line its time. (transfer full) */
char *zq_flow_grid_words_date (gint64 at, GTimeZone *zone);

/* "②": what a source of the sheet is marked with; "" for the first one. */
const char *zq_flow_grid_source_mark (guint source);

/* How many cells were laid out since the sheet was set. */
guint zq_flow_grid_get_n_laid (ZqFlowGrid *self);

/* Each text that is drawn and its place, a line each, is written into @record from now on; NULL: no more. */
void zq_flow_grid_set_record (ZqFlowGrid *self, GString *record);

G_END_DECLS
