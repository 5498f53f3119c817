/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"
#include "ui/lab/flowsheet-view.h"
#include "ui/lab/trend.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqRecordPage:
 *
 * A patient's record: who, what holds now, and the timeline, in which an item opens in place; a test over time in place
 * of it. Signals: "close": back to where the doctor came from.
 */
#define ZQ_TYPE_RECORD_PAGE (zq_record_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqRecordPage, zq_record_page, ZQ, RECORD_PAGE, GtkWidget)

void zq_record_page_set_store (ZqRecordPage *self, ZqStore *store, ZqTicker *ticker);

/* 0: none. What another patient's page showed is gone with it. */
void zq_record_page_open (ZqRecordPage *self, gint64 patient);
gint64 zq_record_page_get_patient (ZqRecordPage *self);

/* Only one kind, or all again. */
void zq_record_page_show_kind (ZqRecordPage *self, ZqRecordKind kind);

/* What is measured at home, in place of the timeline. */
void zq_record_page_show_home (ZqRecordPage *self);

/* To the timeline, where keys act. */
void zq_record_page_focus (ZqRecordPage *self);

/* From a test over time to the timeline, from an open item to none; FALSE: there is nothing to go back from. */
gboolean zq_record_page_back (ZqRecordPage *self);

GListModel *zq_record_page_get_items (ZqRecordPage *self);

/* The item that is open in the timeline, by key; 0: none. */
gint64 zq_record_page_get_opened (ZqRecordPage *self);
/* The test over time that stands in place of the timeline; NULL: none. */
ZqTrend *zq_record_page_get_trend (ZqRecordPage *self);
/* The flowsheet, when it is what is shown; else NULL. */
ZqFlowView *zq_record_page_get_flow (ZqRecordPage *self);

G_END_DECLS
