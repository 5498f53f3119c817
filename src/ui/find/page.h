/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/ticker.h"

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqFindPage:
 *
 * Finding patients, consultations and messages by typing; what was looked at last while nothing is typed. Signals:
 * "open" (int64 consult, int64 message): a hit was chosen, @message 0 where it is none; "leave": Escape.
 */
#define ZQ_TYPE_FIND_PAGE (zq_find_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqFindPage, zq_find_page, ZQ, FIND_PAGE, GtkWidget)

void zq_find_page_set_store (ZqFindPage *self, ZqStore *store, ZqTicker *ticker);

/* To the entry, what stands in it selected; the recent ones fresh. */
void zq_find_page_start (ZqFindPage *self);

/* To the next (1) or previous (-1) hit. */
void zq_find_page_step (ZqFindPage *self, int by);

/* Opens the one that is selected; FALSE: none is. */
gboolean zq_find_page_open_selected (ZqFindPage *self);

GtkEditable *zq_find_page_get_entry (ZqFindPage *self);
/* Rows as they stand (ZqHitRow). */
GListModel *zq_find_page_get_rows (ZqFindPage *self);
/* Whether an answer is awaited. */
gboolean zq_find_page_is_busy (ZqFindPage *self);

G_END_DECLS
