/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "ui/lab/flowsheet-grid.h"

G_BEGIN_DECLS

/**
 * ZqFlowView:
 *
 * A patient's tests by dates: which tests, the grid, what its cell says in words, and which hospitals said it. Signals:
 * "close"; "open" (int64: the report, or the result that stands by itself); "trend" (string code, string name).
 */
#define ZQ_TYPE_FLOW_VIEW (zq_flow_view_get_type ())
G_DECLARE_FINAL_TYPE (ZqFlowView, zq_flow_view, ZQ, FLOW_VIEW, GtkWidget)

/* @report: its tests are what is shown first; 0 or what is none: those that the patient had most often. */
void zq_flow_view_open (ZqFlowView *self, ZqStore *store, gint64 patient, gint64 report, gint64 now);
void zq_flow_view_close (ZqFlowView *self);
/* Reads what is open again; the cell that is read stays where its test and date are. */
void zq_flow_view_refresh (ZqFlowView *self);

ZqFlowGrid *zq_flow_view_get_grid (ZqFlowView *self);

/* What is shown and what it is called; NULL: nothing is open. */
ZqFlowsheet *zq_flow_view_get_sheet (ZqFlowView *self);
const char *zq_flow_view_get_title (ZqFlowView *self);

G_END_DECLS
