/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/review/review-model.h"

G_BEGIN_DECLS

/* Rows of #ZqReviewItem: who, what, since when, its marks and its state. */
GtkListItemFactory *zq_review_row_factory_new (ZqTicker *ticker, GTimeZone *zone);

/* What the child of a list's row shows; NULL: nothing. */
ZqReviewItem *zq_review_row_get_item (GtkWidget *row);

G_END_DECLS
