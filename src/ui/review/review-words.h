/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/review/review.h"

#include <glib/gi18n.h>

G_BEGIN_DECLS

/* How results to review are said. Instants are shown in @zone. */

/* "seen, not told": the one state of five. */
const char *zq_review_words_state (ZqResultState state);

/* Why the fast key is refused; "" where it is allowed. */
const char *zq_review_words_fast (ZqFastKey fast);

/* "critical", "abnormal", the report's status where it is not final: what stands in the row; "" for nothing. */
char *zq_review_words_marks (const ZqReview *review);

/* State and steps with their times, a line. (transfer full) */
char *zq_review_words_steps (const ZqReview *review, gint64 now, GTimeZone *zone);

/* All of a row for a screen reader. (transfer full) */
char *zq_review_words_row (const ZqReview *review, gint64 now, GTimeZone *zone);

/* The policy's text for a normal report; NULL: the hospital has none. (transfer full) */
char *zq_review_words_normal (const ZqReview *review, ZqPolicy *policy, GTimeZone *zone);

G_END_DECLS
