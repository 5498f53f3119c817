/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/datetime.h"

#include <string.h>

#define SECOND_US        ((gint64)G_USEC_PER_SEC)
#define DAY_US           (24 * 60 * 60 * SECOND_US)
#define MAX_ZONE_MINUTES (14 * 60)

/* A FHIR date taken apart, as far as it is given. */
typedef struct
{
  int year, month, day;
  int hour, minute, second;
  int micro;
  gboolean has_zone;
  int zone_minutes;
  ZqPrecision precision;
} Parts;

/* @digits digits at *@at, within the bounds; the end of the text stops them. */
static gboolean
take_number (const char **at, int digits, int low, int high, int *value)
{
  int result = 0;

  for (int i = 0; i < digits; i++)
    {
      if (!g_ascii_isdigit ((*at)[i]))
        return FALSE;
      result = result * 10 + (*at)[i] - '0';
    }
  *at += digits;
  *value = result;

  return result >= low && result <= high;
}

static gboolean
take_char (const char **at, char wanted)
{
  if (**at != wanted)
    return FALSE;

  (*at)++;

  return TRUE;
}

/* A fraction of any length; beyond microseconds it is cut off. */
static gboolean
take_fraction (const char **at, int *micro)
{
  int unit = 100000;

  if (!g_ascii_isdigit (**at))
    return FALSE;
  for (*micro = 0; g_ascii_isdigit (**at); (*at)++)
    {
      *micro += (**at - '0') * unit;
      unit /= 10;
    }

  return TRUE;
}

static gboolean
take_zone (const char **at, Parts *parts)
{
  int sign = **at == '-' ? -1 : 1, hours, minutes;

  if (**at == '\0')
    return TRUE;

  parts->has_zone = TRUE;
  if (take_char (at, 'Z'))
    return TRUE;
  if (!take_char (at, '+') && !take_char (at, '-'))
    return FALSE;
  if (!take_number (at, 2, 0, 14, &hours) || !take_char (at, ':') || !take_number (at, 2, 0, 59, &minutes))
    return FALSE;
  parts->zone_minutes = sign * (hours * 60 + minutes);

  return ABS (parts->zone_minutes) <= MAX_ZONE_MINUTES;
}

/* Second 60 is a leap second (R4, datatypes, dateTime): the first moment of the next minute. */
static gboolean
take_time (const char **at, Parts *parts)
{
  if (!take_number (at, 2, 0, 23, &parts->hour) || !take_char (at, ':') || !take_number (at, 2, 0, 59, &parts->minute))
    return FALSE;
  if (take_char (at, ':') && !take_number (at, 2, 0, 60, &parts->second))
    return FALSE;
  if (take_char (at, '.') && !take_fraction (at, &parts->micro))
    return FALSE;

  return take_zone (at, parts);
}

static gboolean
take_parts (const char *at, Parts *parts)
{
  parts->month = parts->day = 1;
  if (!take_number (&at, 4, 1, 9999, &parts->year))
    return FALSE;
  parts->precision = ZQ_PRECISION_YEAR;
  if (*at == '\0')
    return TRUE;

  if (!take_char (&at, '-') || !take_number (&at, 2, 1, 12, &parts->month))
    return FALSE;
  parts->precision = ZQ_PRECISION_MONTH;
  if (*at == '\0')
    return TRUE;

  if (!take_char (&at, '-') || !take_number (&at, 2, 1, 31, &parts->day) ||
      !g_date_valid_dmy (parts->day, parts->month, parts->year))
    return FALSE;
  parts->precision = ZQ_PRECISION_DAY;
  if (*at == '\0')
    return TRUE;

  parts->precision = ZQ_PRECISION_INSTANT;

  return take_char (&at, 'T') && take_time (&at, parts) && *at == '\0';
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static gint64
days_from_civil (int year, int month, int day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, day, month, year);

  /* 719163 is the Julian day that GDate gives 1970-01-01. */
  return (gint64)g_date_get_julian (&date) - 719163;
}

/* What stands on the clock, as if it were UTC. */
static gint64
parts_local (const Parts *parts)
{
  gint64 seconds = parts->hour * 3600 + parts->minute * 60 + parts->second;

  return days_from_civil (parts->year, parts->month, parts->day) * DAY_US + seconds * SECOND_US + parts->micro;
}

static gint64
local_to_utc (gint64 local, GTimeZone *zone)
{
  gint64 seconds = local / G_USEC_PER_SEC - (local % G_USEC_PER_SEC < 0);
  int interval;

  if (zone == NULL)
    return local;

  /* Moves a time that a change of the clocks has skipped; one that came twice is the first. */
  interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_DAYLIGHT, &seconds);
  seconds -= g_time_zone_get_offset (zone, interval);

  return seconds * SECOND_US + (local % G_USEC_PER_SEC + G_USEC_PER_SEC) % G_USEC_PER_SEC;
}

static gint64
utc_to_local (gint64 us, GTimeZone *zone)
{
  gint64 seconds = us / G_USEC_PER_SEC - (us % G_USEC_PER_SEC < 0);
  int interval;

  if (zone == NULL)
    return us;

  interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, seconds);

  return us + (gint64)g_time_zone_get_offset (zone, interval) * G_USEC_PER_SEC;
}

ZqDateTime
zq_date_time_parse (const char *text, GTimeZone *zone)
{
  Parts parts = { 0 };
  gint64 local;

  if (text == NULL || !take_parts (text, &parts))
    return (ZqDateTime){ 0, ZQ_PRECISION_NONE };

  local = parts_local (&parts);
  if (parts.has_zone)
    return (ZqDateTime){ local - parts.zone_minutes * 60 * SECOND_US, parts.precision };

  return (ZqDateTime){ local_to_utc (local, zone), parts.precision };
}

/* The date of an instant in microseconds, within years 1 to 9999. */
static void
civil_from_us (gint64 us, GDate *date, gint64 *in_day)
{
  const gint64 first = days_from_civil (1, 1, 1) * DAY_US, end = (days_from_civil (9999, 12, 31) + 1) * DAY_US;
  gint64 days;

  us = CLAMP (us, first, end - 1);
  days = us / DAY_US - (us % DAY_US < 0);
  *in_day = us - days * DAY_US;
  g_date_clear (date, 1);
  g_date_set_julian (date, (guint32)(days + 719163));
}

char *
zq_instant_format (gint64 us)
{
  GDate date;
  gint64 in_day;
  int seconds;

  civil_from_us (us, &date, &in_day);
  seconds = in_day / G_USEC_PER_SEC;

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_get_year (&date), g_date_get_month (&date),
                          g_date_get_day (&date), seconds / 3600, seconds / 60 % 60, seconds % 60,
                          (int)(in_day % G_USEC_PER_SEC / 1000));
}

/* Whole months between a birth date's first day and today, or -1. */
static int
age_in_months (const char *birth_date, ZqPrecision least, gint64 now_us, GTimeZone *zone)
{
  ZqDateTime birth = zq_date_time_parse (birth_date, zone);
  GDate born, today;
  gint64 in_day;
  int months;

  if (birth.precision < least)
    return -1;

  civil_from_us (utc_to_local (birth.start, zone), &born, &in_day);
  civil_from_us (utc_to_local (now_us, zone), &today, &in_day);
  if (g_date_compare (&born, &today) > 0)
    return -1;

  months = (g_date_get_year (&today) - g_date_get_year (&born)) * 12 + (int)g_date_get_month (&today) -
           (int)g_date_get_month (&born);

  return g_date_get_day (&today) < g_date_get_day (&born) ? months - 1 : months;
}

gint64
zq_day_number (gint64 us, GTimeZone *zone)
{
  /* Down, before 1970 too. */
  gint64 seconds = us / SECOND_US - (us % SECOND_US < 0);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
  g_autoptr (GDateTime) there = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  return there != NULL ? g_date_time_get_year (there) * 1000 + g_date_time_get_day_of_year (there) : 0;
}

int
zq_age_years (const char *birth_date, gint64 now_us, GTimeZone *zone)
{
  int months = age_in_months (birth_date, ZQ_PRECISION_YEAR, now_us, zone);

  return months < 0 ? -1 : months / 12;
}

int
zq_age_months (const char *birth_date, gint64 now_us, GTimeZone *zone)
{
  return age_in_months (birth_date, ZQ_PRECISION_MONTH, now_us, zone);
}
