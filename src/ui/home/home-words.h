/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/home/home.h"

G_BEGIN_DECLS

/* How what is measured at home is said. All strings are (transfer full) unless const. */

const char *zq_home_words_kind (ZqHomeKind kind);       /* "Blood glucose"; SYSTOLIC is "Blood pressure" */
const char *zq_home_words_context (ZqMealContext meal); /* "Fasting" */
const char *zq_home_words_place (ZqRangePlace place);   /* "↑ high", "" */

/* "7.8 ↑ high", "128/76", "71.0 not plausible"; with its unit when @unit. */
char *zq_home_words_value (const ZqHomeReading *reading, gboolean unit);

/* "Fasting · 7.8 mmol/L ↑ high", what there is to say of one reading but when. */
char *zq_home_words_reading (const ZqHomeReading *reading);

/* What the period comes to for @kind, some lines. */
char *zq_home_words_summary (const ZqHome *home, ZqPolicy *policy, ZqHomeKind kind);

G_END_DECLS
