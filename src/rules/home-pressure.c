/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/home.h"

#include "resource/json.h"
#include "rules/conversion.h"
#include "rules/decimal.h"

#include <string.h>

#define UNIT   "mm[Hg]"
#define DIGITS 15

/* Sums of one part of a day. */
typedef struct
{
  char *systolic, *diastolic;
  guint readings;
} Sum;

typedef struct
{
  guint32 day;
  Sum morning, evening;
} DaySums;

static void
add_number (char **sum, const char *number)
{
  char *more = zq_decimal_add (*sum != NULL ? *sum : "0", number);

  g_free (*sum);
  *sum = more;
}

static void
add_to_sum (Sum *sum, const char *systolic, const char *diastolic)
{
  add_number (&sum->systolic, systolic);
  add_number (&sum->diastolic, diastolic);
  sum->readings++;
}

static void
clear_sum (Sum *sum)
{
  g_free (sum->systolic);
  g_free (sum->diastolic);
}

static void
free_day_sums (gpointer data)
{
  DaySums *self = data;

  clear_sum (&self->morning);
  clear_sum (&self->evening);
  g_free (self);
}

/* The mean before it is rounded. */
static char *
divide_sum (const char *sum, guint readings)
{
  g_autofree char *count = g_strdup_printf ("%u", readings);

  return readings > 0 ? zq_decimal_divide (sum, count, DIGITS) : NULL;
}

/* To a whole number, or as many decimals as it takes to lie on its side of @limit: 134.6 is not 135. */
static char *
round_mean (const char *mean, const char *limit)
{
  guint whole = mean != NULL ? (guint)MAX (strcspn (mean, "."), 1) : 0;

  for (guint more = 0; mean != NULL && more < DIGITS; more++)
    {
      g_autofree char *rounded = zq_decimal_round (mean, whole + more);

      if (limit == NULL || (zq_decimal_compare (rounded, limit) >= 0) == (zq_decimal_compare (mean, limit) >= 0))
        return g_steal_pointer (&rounded);
    }

  return g_strdup (mean);
}

static ZqPressureMean
mean_of (const Sum *sum, JsonNode *settings)
{
  g_autofree char *systolic = divide_sum (sum->systolic, sum->readings);
  g_autofree char *diastolic = divide_sum (sum->diastolic, sum->readings);

  return (ZqPressureMean){ round_mean (systolic, zq_json_get_string (settings, "below-systolic")),
                           round_mean (diastolic, zq_json_get_string (settings, "below-diastolic")), sum->readings };
}

static int
minute_of (const char *clock)
{
  return clock != NULL && strlen (clock) == 5
             ? (int)(g_ascii_strtoll (clock, NULL, 10) * 60 + g_ascii_strtoll (clock + 3, NULL, 10))
             : -1;
}

static gboolean
is_within (JsonNode *settings, const char *part, int minute)
{
  JsonNode *window = zq_json_get (settings, part);
  int from = minute_of (zq_json_get_string (window, "from")), to = minute_of (zq_json_get_string (window, "to"));

  return from >= 0 && to >= 0 && minute >= from && minute <= to;
}

static gint
by_day (gconstpointer a, gconstpointer b)
{
  const DaySums *one = *(const DaySums *const *)a, *other = *(const DaySums *const *)b;

  return one->day < other->day ? -1 : one->day > other->day;
}

static guint32
julian_of (GDateTime *when)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)g_date_time_get_day_of_month (when), (GDateMonth)g_date_time_get_month (when),
                  (GDateYear)g_date_time_get_year (when));

  return g_date_get_julian (&date);
}

static DaySums *
find_day (GHashTable *days, guint32 day)
{
  DaySums *sums = g_hash_table_lookup (days, GUINT_TO_POINTER (day));

  if (sums == NULL)
    {
      sums = g_new0 (DaySums, 1);
      sums->day = day;
      g_hash_table_insert (days, GUINT_TO_POINTER (day), sums);
    }

  return sums;
}

static void
add_reading (ZqPolicy *policy, GHashTable *days, const ZqPressureReading *reading, GTimeZone *zone)
{
  JsonNode *settings = zq_json_get (zq_policy_get (policy, "home"), "pressure");
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (reading->time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) when = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autoptr (ZqQuantity) systolic = NULL, diastolic = NULL;
  ZqConvertResult result;
  Sum *sum;
  int minute;

  if (when == NULL || zq_home_pressure_plausible (policy, reading->systolic, reading->diastolic) != ZQ_PLAUSIBLE)
    return;
  minute = g_date_time_get_hour (when) * 60 + g_date_time_get_minute (when);
  if (is_within (settings, "morning", minute))
    sum = &find_day (days, julian_of (when))->morning;
  else if (is_within (settings, "evening", minute))
    sum = &find_day (days, julian_of (when))->evening;
  else
    return;
  systolic = zq_convert (policy, NULL, reading->systolic, NULL, UNIT, &result);
  diastolic = zq_convert (policy, NULL, reading->diastolic, NULL, UNIT, &result);
  if (systolic != NULL && diastolic != NULL)
    add_to_sum (sum, systolic->number, diastolic->number);
}

static void
free_day (gpointer data)
{
  ZqPressureDay *self = data;

  g_free (self->morning.systolic);
  g_free (self->morning.diastolic);
  g_free (self->evening.systolic);
  g_free (self->evening.diastolic);
  g_free (self);
}

void
zq_pressure_summary_free (ZqPressureSummary *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->days);
  g_free (self->mean.systolic);
  g_free (self->mean.diastolic);
  g_free (self);
}

/* Whether the mean, not rounded, is at @limit or above it. */
static gboolean
is_above (const char *sum, guint readings, const char *limit)
{
  g_autofree char *mean = divide_sum (sum, readings);

  return mean != NULL && limit != NULL && zq_decimal_compare (mean, limit) >= 0;
}

/* Over all readings of the days that have both parts, without the first of these days. */
static void
take_mean (ZqPolicy *policy, GPtrArray *days, ZqPressureSummary *summary)
{
  JsonNode *settings = zq_json_get (zq_policy_get (policy, "home"), "pressure");
  const char *least = zq_json_get_string (settings, "least-days");
  Sum all = { 0 };
  guint counted = 0;

  for (guint i = 0; i < days->len; i++)
    {
      const DaySums *day = g_ptr_array_index (days, i);

      if (day->morning.readings == 0 || day->evening.readings == 0)
        continue;
      summary->pairs++;
      if (summary->pairs == 1)
        continue;
      add_number (&all.systolic, day->morning.systolic);
      add_number (&all.systolic, day->evening.systolic);
      add_number (&all.diastolic, day->morning.diastolic);
      add_number (&all.diastolic, day->evening.diastolic);
      all.readings += day->morning.readings + day->evening.readings;
      counted++;
    }
  if (counted > 0 && counted >= (least != NULL ? g_ascii_strtoull (least, NULL, 10) : 3))
    {
      summary->mean = mean_of (&all, settings);
      summary->above = is_above (all.systolic, all.readings, zq_json_get_string (settings, "below-systolic")) ||
                       is_above (all.diastolic, all.readings, zq_json_get_string (settings, "below-diastolic"));
    }
  clear_sum (&all);
}

ZqPressureSummary *
zq_home_pressure_pairs (ZqPolicy *policy, const ZqPressureReading *readings, guint n_readings, GTimeZone *zone)
{
  JsonNode *settings = zq_json_get (zq_policy_get (policy, "home"), "pressure");
  ZqPressureSummary *summary = g_new0 (ZqPressureSummary, 1);
  g_autoptr (GHashTable) days = g_hash_table_new_full (NULL, NULL, NULL, free_day_sums);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer sums;

  summary->days = g_ptr_array_new_with_free_func (free_day);
  for (guint i = 0; i < n_readings; i++)
    add_reading (policy, days, &readings[i], zone);
  g_hash_table_iter_init (&iter, days);
  while (g_hash_table_iter_next (&iter, NULL, &sums))
    g_ptr_array_add (sorted, sums);
  g_ptr_array_sort (sorted, by_day);
  for (guint i = 0; i < sorted->len; i++)
    {
      const DaySums *day = g_ptr_array_index (sorted, i);
      ZqPressureDay *made = g_new0 (ZqPressureDay, 1);

      made->day = day->day;
      made->morning = mean_of (&day->morning, settings);
      made->evening = mean_of (&day->evening, settings);
      g_ptr_array_add (summary->days, made);
    }
  take_mean (policy, sorted, summary);

  return summary;
}
