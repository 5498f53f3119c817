/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/patient.h"

#include <glib/gi18n.h>

G_BEGIN_DECLS

/* How things are said, in one place. All strings are (transfer full) unless const; instants are
 * microseconds UTC and are shown in @zone, the hospital's. */

const char *zq_words_sex (ZqSex sex); /* "" when it is not known */

/* "67" or "8 months"; "" when it is not known. @months counts for those under two years, -1 = unknown. */
char *zq_words_age (int years, int months);

/* "female 67", what there is of it. */
char *zq_words_sex_age (ZqSex sex, int years, int months);

/* "3 h", "25 min", "2 days": the largest unit that is not zero, rounded down. */
char *zq_words_duration (gint64 us);

/* "3 h left" or "overdue 2 h"; "" for @due 0. */
char *zq_words_due (gint64 due, gint64 now);

char *zq_words_clock (gint64 at, GTimeZone *zone);                 /* "10:42" */
char *zq_words_day (gint64 at, gint64 now, GTimeZone *zone);       /* "Today", "Tomorrow", "Mon, 2 Nov" … */
char *zq_words_when (gint64 at, gint64 now, GTimeZone *zone);      /* today the time, else the day */
char *zq_words_day_clock (gint64 at, gint64 now, GTimeZone *zone); /* "10:42", "Yesterday 10:42" */

/* A consultation's businessStatus and code; what is not known is said as it came. */
const char *zq_words_status (const char *status);
const char *zq_words_kind (const char *kind);

/* Why something of ours was held or refused: what our rules say through gettext, what a hospital says
 * as it came. */
char *zq_words_reason (const char *reason);

/* One allergy line of three: none, not asked, or the list. */
char *zq_words_allergies (const ZqPatient *patient);

G_END_DECLS
