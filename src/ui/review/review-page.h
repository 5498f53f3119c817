/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/review/review-model.h"

G_BEGIN_DECLS

/**
 * ZqReviewPage:
 *
 * Results one after the other, each closed to the patient: seen, told, read, handled. Keys: J and K, T tells (a normal
 * one at once, else in the composer), P what was told on the telephone or in person, H what was done, C a critical
 * value is received, X its patient was not reached, Enter the consultation. Signals: "tell" (gint64 consult, gint64
 * report, gint64 review, string title, string why): the doctor writes it; "open" (gint64 consult); "leave".
 */
#define ZQ_TYPE_REVIEW_PAGE (zq_review_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqReviewPage, zq_review_page, ZQ, REVIEW_PAGE, GtkWidget)

ZqReviewPage *zq_review_page_new (ZqStore *store, ZqTicker *ticker, ZqReviewModel *model);

/* From the first one on, with the focus in the list. */
void zq_review_page_begin (ZqReviewPage *self);

/* When the hospital was asked last; 0: never. An empty page says so. */
void zq_review_page_set_synced (ZqReviewPage *self, gint64 last_synced);

/* Of the one that is shown; 0: none. */
gint64 zq_review_page_get_key (ZqReviewPage *self);

/* The report that is shown, by row; 0: none. */
gint64 zq_review_page_get_report (ZqReviewPage *self);

G_END_DECLS
