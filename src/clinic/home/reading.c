/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/home/reading.h"

#include "rules/decimal.h"

#include <string.h>

/* A series that began before the time asked for may reach into it. */
#define SERIES_REACH (31 * G_TIME_SPAN_DAY)
#define MAX_SERIES   6000 /* series and single values: 14 days at 5 minutes are 4032 */
#define MAX_SAMPLES  50000

void
zq_home_reading_free (ZqHomeReading *self)
{
  g_clear_pointer (&self->value, zq_quantity_free);
  g_clear_pointer (&self->diastolic, zq_quantity_free);
  g_free (self->note);
  g_free (self);
}

gboolean
zq_home_reading_counts (const ZqHomeReading *self)
{
  return self->plausible == ZQ_PLAUSIBLE && (self->state == ZQ_RECORD_FINAL || self->state == ZQ_RECORD_CHANGED);
}

/* --- readings --------------------------------------------------------------------------------------- */

static void
judge (ZqPolicy *policy, ZqHomeReading *self)
{
  if (self->kind == ZQ_HOME_GLUCOSE)
    self->place = zq_home_glucose_place (policy, self->context, self->value);
  else
    self->place = zq_home_pressure_place (policy, self->kind, self->value);
  if (self->diastolic == NULL)
    {
      self->plausible = zq_home_plausible (policy, self->kind, self->value);
      return;
    }
  self->place_diastolic = zq_home_pressure_place (policy, ZQ_HOME_DIASTOLIC, self->diastolic);
  self->plausible = zq_home_pressure_plausible (policy, self->value, self->diastolic);
}

static ZqQuantity *
take_quantity (ZqPolicy *policy, ZqRows *rows)
{
  return zq_quantity_new (policy, zq_rows_text (rows, 5), zq_rows_text (rows, 6), zq_rows_text (rows, 7),
                          zq_rows_text (rows, 8));
}

static ZqHomeReading *
take_reading (ZqPolicy *policy, ZqRows *rows)
{
  ZqHomeReading *self = g_new0 (ZqHomeReading, 1);

  self->result = zq_rows_int (rows, 0);
  self->kind = (ZqHomeKind)zq_rows_int (rows, 1);
  self->at = zq_rows_int (rows, 2);
  self->precision = (ZqPrecision)zq_rows_int (rows, 3);
  self->context = (ZqMealContext)zq_rows_int (rows, 4);
  self->value = take_quantity (policy, rows);
  self->state = (ZqRecordState)zq_rows_int (rows, 9);
  self->note = g_strdup (zq_rows_text (rows, 10));

  return self;
}

/* The two of a blood pressure are one reading: the diastolic comes next after its systolic. */
static gboolean
join_pressure (GPtrArray *readings, ZqPolicy *policy, ZqRows *rows)
{
  ZqHomeReading *last = readings->len > 0 ? readings->pdata[readings->len - 1] : NULL;

  if (zq_rows_int (rows, 1) != ZQ_HOME_DIASTOLIC || last == NULL || last->kind != ZQ_HOME_SYSTOLIC ||
      last->result != zq_rows_int (rows, 0))
    return FALSE;
  last->diastolic = take_quantity (policy, rows);

  return TRUE;
}

GPtrArray *
zq_home_readings_load (ZqDb *db, ZqPolicy *policy, gint64 patient, gint64 from, gint64 to, guint limit, GError **error)
{
  g_autoptr (GPtrArray) readings = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_home_reading_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT * FROM (SELECT result, kind, at, precision, context, value, comparator, unit, code, state,"
                   "  note FROM home_reading INDEXED BY home_reading_time"
                   "  WHERE patient = ? AND at >= ? AND at < ? AND kind <> 8 AND state NOT IN (?, ?)"
                   "  ORDER BY at DESC, result DESC LIMIT ?) ORDER BY at, result, kind",
                   "iiiiii", patient, from, to, (gint64)ZQ_RECORD_ERROR, (gint64)ZQ_RECORD_CANCELLED, (gint64)limit);

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    if (!join_pressure (readings, policy, rows))
      g_ptr_array_add (readings, take_reading (policy, rows));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  for (guint i = 0; i < readings->len; i++)
    judge (policy, readings->pdata[i]);

  return g_steal_pointer (&readings);
}

/* --- sensors ---------------------------------------------------------------------------------------- */

typedef struct
{
  ZqPolicy *policy;
  gint64 from, to;
  GArray *readings;
  GPtrArray *values;
} Samples;

static void
add_sample (Samples *self, gint64 at, ZqQuantity *value)
{
  ZqGlucoseReading reading = { .time = at, .context = ZQ_MEAL_UNKNOWN, .value = value };

  if (zq_home_plausible (self->policy, ZQ_HOME_GLUCOSE, value) != ZQ_PLAUSIBLE)
    {
      zq_quantity_free (value);
      return;
    }
  g_ptr_array_add (self->values, value);
  g_array_append_val (self->readings, reading);
}

/* FHIR R4, SampledData: each number times the factor plus the origin; E, L and U are no values. */
static char *
scale (const char *token, const char *factor, const char *origin)
{
  g_autofree char *scaled = NULL;

  if (!zq_decimal_is (token))
    return NULL;
  scaled = factor != NULL ? zq_decimal_multiply (token, factor) : g_strdup (token);
  if (scaled == NULL || origin == NULL || zq_decimal_sign (origin) == 0)
    return g_steal_pointer (&scaled);

  return zq_decimal_add (scaled, origin);
}

static void
add_series (Samples *self, ZqRows *rows)
{
  const char *at = zq_rows_text (rows, 1), *unit = zq_rows_text (rows, 3), *code = zq_rows_text (rows, 4);
  const char *origin = zq_rows_text (rows, 6), *factor = zq_rows_text (rows, 7);
  gint64 time = zq_rows_int (rows, 0), period = zq_rows_int (rows, 5);

  if ((origin != NULL && !zq_decimal_is (origin)) || (factor != NULL && !zq_decimal_is (factor)))
    return;
  while (at != NULL && time < self->to && self->readings->len < MAX_SAMPLES)
    {
      gsize length;
      g_autofree char *token = NULL, *value = NULL;

      at += strspn (at, " \t\r\n");
      length = strcspn (at, " \t\r\n");
      if (length == 0)
        break;
      if (time >= self->from && length < 32)
        {
          token = g_strndup (at, length);
          value = scale (token, factor, origin);
          if (value != NULL)
            add_sample (self, time, zq_quantity_new (self->policy, value, NULL, unit, code));
        }
      time += period;
      at += length;
    }
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  gint64 one = ((const ZqGlucoseReading *)a)->time, other = ((const ZqGlucoseReading *)b)->time;

  return (one > other) - (one < other);
}

GArray *
zq_home_sensor_load (
    ZqDb *db, ZqPolicy *policy, gint64 patient, gint64 from, gint64 to, GPtrArray **values, GError **error)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (ZqGlucoseReading));
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_quantity_free);
  Samples samples = { policy, from, to, readings, owned };
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT at, value, comparator, unit, code, period, origin, factor FROM home_reading"
                   " INDEXED BY home_reading_sensor WHERE patient = ? AND kind = 8 AND at >= ? AND at < ?"
                   " AND (period > 0 OR at >= ?) AND state IN (?, ?) ORDER BY at DESC LIMIT ?",
                   "iiiiiii", patient, from - SERIES_REACH, to, from, (gint64)ZQ_RECORD_FINAL,
                   (gint64)ZQ_RECORD_CHANGED, (gint64)MAX_SERIES);

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    if (zq_rows_int (rows, 5) > 0)
      add_series (&samples, rows);
    else if (!zq_rows_is_null (rows, 1))
      add_sample (&samples, zq_rows_int (rows, 0),
                  zq_quantity_new (policy, zq_rows_text (rows, 1), zq_rows_text (rows, 2), zq_rows_text (rows, 3),
                                   zq_rows_text (rows, 4)));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_array_sort (readings, by_time);
  *values = g_steal_pointer (&owned);

  return g_steal_pointer (&readings);
}
