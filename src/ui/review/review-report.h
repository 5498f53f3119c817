/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/report.h"
#include "clinic/review/review.h"
#include "rules/context.h"
#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqReviewReport:
 *
 * The report that is reviewed: its results, text of its own and waveforms, and in place of them one of its files.
 */
#define ZQ_TYPE_REVIEW_REPORT (zq_review_report_get_type ())
G_DECLARE_FINAL_TYPE (ZqReviewReport, zq_review_report, ZQ, REVIEW_REPORT, GtkWidget)

/* FALSE: it is not held, there is nothing to look at. */
gboolean zq_review_report_show (
    ZqReviewReport *self, ZqStore *store, const ZqContext *context, gint64 now, const ZqReview *review);

/* NULL: none, or a result that belongs to no report. Until the next one is shown. */
const ZqReport *zq_review_report_get (ZqReviewReport *self);

G_END_DECLS
