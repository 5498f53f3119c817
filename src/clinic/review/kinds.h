/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Task with code result-review; topic "review" (row = the Task). Intents: those of ZqReviewStep, "told", and "give",
 * which makes it. */
extern const ZqResourceKind zq_review_kind;

/* Of one Task, in this order; each leaves one more `output` of its name with who and when. */
extern const ZqIntentRule zq_review_rules[];

G_END_DECLS
