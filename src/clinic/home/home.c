/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/home/home.h"

/* What two values of a sensor are apart, where there are too few of them to say. */
#define USUAL_INTERVAL (15 * G_TIME_SPAN_MINUTE)

static void
day_free (gpointer data)
{
  ZqHomeDay *self = data;

  g_ptr_array_unref (self->readings);
  g_free (self);
}

void
zq_home_free (ZqHome *self)
{
  g_clear_pointer (&self->days, g_ptr_array_unref);
  g_clear_pointer (&self->readings, g_ptr_array_unref);
  g_clear_pointer (&self->comments, g_ptr_array_unref);
  g_clear_pointer (&self->pressure, zq_pressure_summary_free);
  g_free (self);
}

/* --- days ------------------------------------------------------------------------------------------- */

static GDateTime *
midnight_of (gint64 at, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) here = g_date_time_to_timezone (utc, zone);

  return g_date_time_new (zone, g_date_time_get_year (here), g_date_time_get_month (here),
                          g_date_time_get_day_of_month (here), 0, 0, 0);
}

static gint64
start_of (GDateTime *midnight, int days)
{
  g_autoptr (GDateTime) other = g_date_time_add_days (midnight, days);

  return g_date_time_to_unix (other) * G_USEC_PER_SEC;
}

static void
make_days (ZqHome *self, GDateTime *today)
{
  for (guint i = 0; i < self->n_days; i++)
    {
      ZqHomeDay *day = g_new0 (ZqHomeDay, 1);

      day->start = start_of (today, -(int)i);
      day->readings = g_ptr_array_new ();
      g_ptr_array_add (self->days, day);
    }
}

static void
fill_days (ZqHome *self)
{
  guint place = self->days->len - 1;

  for (guint i = 0; i < self->readings->len; i++)
    {
      ZqHomeReading *reading = self->readings->pdata[i];

      while (place > 0 && ((ZqHomeDay *)self->days->pdata[place - 1])->start <= reading->at)
        place--;
      g_ptr_array_add (((ZqHomeDay *)self->days->pdata[place])->readings, reading);
    }
}

static void
count_days (ZqHome *self)
{
  for (guint i = 0; i < self->days->len; i++)
    {
      const ZqHomeDay *day = self->days->pdata[i];
      gboolean seen[ZQ_HOME_N_KINDS] = { FALSE };

      for (guint n = 0; n < day->readings->len; n++)
        seen[((ZqHomeReading *)day->readings->pdata[n])->kind] = TRUE;
      for (guint kind = 0; kind < ZQ_HOME_N_KINDS; kind++)
        self->n_gaps[kind] += !seen[kind];
    }
}

/* --- what it comes to ------------------------------------------------------------------------------- */

static void
count_readings (ZqHome *self, ZqPolicy *policy, GTimeZone *zone)
{
  g_autoptr (GArray) glucose = g_array_new (FALSE, FALSE, sizeof (ZqGlucoseReading));
  g_autoptr (GArray) pressure = g_array_new (FALSE, FALSE, sizeof (ZqPressureReading));

  for (guint i = 0; i < self->readings->len; i++)
    {
      const ZqHomeReading *reading = self->readings->pdata[i];
      ZqGlucoseReading sugar = { reading->at, reading->context, reading->value };
      ZqPressureReading pair = { reading->at, reading->value, reading->diastolic };

      self->n[reading->kind]++;
      self->n_odd[reading->kind] += !zq_home_reading_counts (reading);
      if (!zq_home_reading_counts (reading))
        continue;
      if (reading->kind == ZQ_HOME_GLUCOSE)
        g_array_append_val (glucose, sugar);
      else if (reading->diastolic != NULL && reading->precision == ZQ_PRECISION_INSTANT)
        g_array_append_val (pressure, pair);
    }
  zq_home_glucose_count (policy, (ZqGlucoseReading *)glucose->data, glucose->len, self->glucose);
  self->pressure = zq_home_pressure_pairs (policy, (ZqPressureReading *)pressure->data, pressure->len, zone);
}

static int
by_length (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

  return (one > other) - (one < other);
}

/* The usual distance of two values, to the half minute. */
static gint64
interval_of (const GArray *samples)
{
  g_autoptr (GArray) apart = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 half = 30 * G_USEC_PER_SEC;

  for (guint i = 1; i < samples->len; i++)
    {
      gint64 length =
          g_array_index (samples, ZqGlucoseReading, i).time - g_array_index (samples, ZqGlucoseReading, i - 1).time;

      if (length > 0)
        g_array_append_val (apart, length);
    }
  if (apart->len < 2)
    return samples->len > 0 ? USUAL_INTERVAL : 0;
  g_array_sort (apart, by_length);

  return MAX (half, (g_array_index (apart, gint64, apart->len / 2) + half / 2) / half * half);
}

static gboolean
count_sensor (ZqHome *self, ZqDb *db, ZqPolicy *policy, gint64 patient, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) values = NULL;
  g_autoptr (GArray) samples =
      zq_home_sensor_load (db, policy, patient, now - 15 * G_TIME_SPAN_DAY, now + G_TIME_SPAN_MINUTE, &values, error);

  if (samples == NULL)
    return FALSE;
  self->sensor_answer = zq_home_time_in_range (policy, (ZqGlucoseReading *)samples->data, samples->len,
                                               interval_of (samples), now, &self->sensor);

  return TRUE;
}

ZqHome *
zq_home_load (ZqDb *db, const ZqContext *context, gint64 patient, guint n_days, gint64 now, GError **error)
{
  ZqPolicy *policy = zq_context_get_policy (context);
  g_autoptr (GDateTime) today = midnight_of (now, context->zone);
  g_autoptr (ZqHome) self = g_new0 (ZqHome, 1);

  self->n_days = n_days;
  self->from = start_of (today, 1 - (int)n_days);
  self->to = start_of (today, 1);
  self->days = g_ptr_array_new_with_free_func (day_free);
  self->readings = zq_home_readings_load (db, policy, patient, self->from, self->to, ZQ_HOME_MOST_READINGS, error);
  self->comments = self->readings != NULL ? zq_home_comments_load (db, patient, self->from, self->to, error) : NULL;
  if (self->comments == NULL || !count_sensor (self, db, policy, patient, now, error))
    return NULL;
  self->cut = self->readings->len >= ZQ_HOME_MOST_READINGS;
  make_days (self, today);
  fill_days (self);
  count_days (self);
  count_readings (self, policy, context->zone);

  return g_steal_pointer (&self);
}

/* --- elsewhere -------------------------------------------------------------------------------------- */

typedef struct
{
  const ZqContext *context;
  gint64 patient, now;
  guint n_days;
} Wanted;

static gpointer
read_home (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Wanted *wanted = data;

  return zq_home_load (db, wanted->context, wanted->patient, wanted->n_days, wanted->now, error);
}

void
zq_home_load_async (ZqStore *store,
                    gint64 patient,
                    guint n_days,
                    gint64 now,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  Wanted *wanted = g_new0 (Wanted, 1);

  wanted->context = zq_store_get_context (store);
  wanted->patient = patient;
  wanted->now = now;
  wanted->n_days = n_days;
  zq_store_read_async (store, read_home, wanted, g_free, (GDestroyNotify)zq_home_free, cancellable, callback, data);
}

ZqHome *
zq_home_load_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_read_finish (store, result, error);
}
