/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_PRECISION_NONE, /* not a date */
  ZQ_PRECISION_YEAR,
  ZQ_PRECISION_MONTH,
  ZQ_PRECISION_DAY,
  ZQ_PRECISION_INSTANT,
} ZqPrecision;

typedef struct
{
  gint64 start; /* µs UTC of its first moment; what is sorted by */
  ZqPrecision precision;
} ZqDateTime;

/* Reads FHIR date, dateTime and instant (R4, datatypes); one without a zone is in @zone (the
 * hospital's). Wrong text gives precision NONE and start 0. */
ZqDateTime zq_date_time_parse (const char *text, GTimeZone *zone);

/* An instant in UTC with milliseconds, "2026-11-22T10:42:07.123Z". (transfer full) */
char *zq_instant_format (gint64 us);

/* A number of the day of @us in @zone that differs from every other day's; 0: it is out of range. */
gint64 zq_day_number (gint64 us, GTimeZone *zone);

/* Full years from a FHIR birth date (any precision) to @now_us in @zone; -1 if unknown. */
int zq_age_years (const char *birth_date, gint64 now_us, GTimeZone *zone);

/* Full months, for infants; -1 if unknown or the date has no month. */
int zq_age_months (const char *birth_date, gint64 now_us, GTimeZone *zone);

G_END_DECLS
