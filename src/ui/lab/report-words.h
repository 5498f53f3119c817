/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/report.h"

G_BEGIN_DECLS

/* Results in words: on the screen, on paper and for a screen reader. Texts are (transfer full) unless const. */

/* A flag in words with its arrow, "" for none. */
const char *zq_report_words_flag (ZqFlag flag);

/* The same, of a critical one with who says so: the laboratory, or the local rule. */
char *zq_report_words_judged (const ZqResultValue *value);

/* The same of a flag: @ours: critical by the local rule. */
char *zq_report_words_critical (ZqFlag flag, gboolean ours);

/* That there is more than is shown. */
char *zq_report_words_more (guint n_more);

/* A value with its comparator, or why there is none. */
char *zq_report_words_value (const ZqResultValue *value);

/* What was compared with: "last 5.61 (101 mg/dL, converted), 2 Nov · marked change"; NULL: nothing. */
char *zq_report_words_previous (const ZqResult *result, gint64 now, GTimeZone *zone);

/* What it was before it was corrected, and until when; NULL: it was not, or that is not known. */
char *zq_report_words_old (const ZqResult *result, gint64 now, GTimeZone *zone);

/* "collected … · issued … · specimen · laboratory". Each of @specimen, @method, @performer may be NULL. */
char *zq_report_words_origin (const ZqReport *report, gint64 now, GTimeZone *zone);

/* Of a result: how, from what and by whom, where @report (nullable) does not say the same; NULL: nothing to add. */
char *zq_report_words_source (const ZqResult *result, const ZqReport *report);

/* All that a line of the table says, in one: test, value, flag, range, change, status. */
char *zq_report_words_row (const ZqResult *result, const ZqResultValue *value, gint64 now, GTimeZone *zone);

/* A long text up to what is read in a table. */
char *zq_report_words_shorten (const char *text);

G_END_DECLS
