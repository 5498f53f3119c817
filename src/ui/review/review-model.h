/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/review/review.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of it: the newest that is known of one Task. Notifies "review" when that changes. */
#define ZQ_TYPE_REVIEW_ITEM (zq_review_item_get_type ())
G_DECLARE_FINAL_TYPE (ZqReviewItem, zq_review_item, ZQ, REVIEW_ITEM, GObject)

const ZqReview *zq_review_item_get_review (ZqReviewItem *self);

/**
 * ZqReviewModel:
 *
 * The results that wait for the doctor, a GListModel of #ZqReviewItem, read behind the window and again when something
 * that they follow from has changed. While it is held, rows keep their places, what is done with stays until it is let
 * go, and what is new comes below. Properties: "untold", "to-do" (uint); signal "changed" after each reading.
 */
#define ZQ_TYPE_REVIEW_MODEL (zq_review_model_get_type ())
G_DECLARE_FINAL_TYPE (ZqReviewModel, zq_review_model, ZQ, REVIEW_MODEL, GObject)

ZqReviewModel *zq_review_model_new (ZqStore *store, ZqTicker *ticker);

void zq_review_model_set_held (ZqReviewModel *self, gboolean held);
const ZqReviewCounts *zq_review_model_get_counts (ZqReviewModel *self);
/* It has been read at least once. */
gboolean zq_review_model_is_loaded (ZqReviewModel *self);

G_END_DECLS
