/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/drug-span.h"

#include "resource/json.h"

#include <math.h>

#define DAY_US (24 * 3600 * (gint64)G_USEC_PER_SEC)

void
zq_drug_span_free (ZqDrugSpan *self)
{
  g_free (self->name);
  g_free (self->dose);
  g_free (self);
}

/* --- until when --------------------------------------------------------------------------------- */

/* A date without a time means all of that day. */
static gint64
read_end (JsonNode *node, const char *path, GTimeZone *zone)
{
  ZqDateTime at = zq_date_time_parse (zq_json_get_string (node, path), zone);

  return at.precision == ZQ_PRECISION_NONE      ? 0
         : at.precision == ZQ_PRECISION_INSTANT ? at.start
                                                : at.start + DAY_US - 1;
}

/* A Duration in UCUM's days, weeks, months; 0: none, or another unit. */
static gint64
read_duration (JsonNode *node, const char *path)
{
  static const struct
  {
    const char *unit;
    double days;
  } units[] = {
    { "d", 1 }, { "wk", 7 }, { "mo", 30.4375 }, { "a", 365.25 }, { "h", 1 / 24.0 },
  };
  JsonNode *duration = zq_json_get (node, path);
  const char *value = zq_json_get_string (duration, "value"), *unit = zq_json_get_string (duration, "code");
  double number = value != NULL ? g_ascii_strtod (value, NULL) : 0;

  for (guint i = 0; unit != NULL && i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (unit, units[i].unit) && number > 0 && number * units[i].days < 36525)
      return (gint64)(number * units[i].days * (double)DAY_US);

  return 0;
}

static gint64
find_end (JsonNode *node, gint64 from, gboolean active, GTimeZone *zone)
{
  static const char *const ends[] = { "effectivePeriod.end", "dispenseRequest.validityPeriod.end",
                                      "dosageInstruction[0].timing.repeat.boundsPeriod.end",
                                      "dosage[0].timing.repeat.boundsPeriod.end" };
  static const char *const durations[] = { "dosageInstruction[0].timing.repeat.boundsDuration",
                                           "dispenseRequest.expectedSupplyDuration" };
  gint64 end = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ends) && end == 0; i++)
    end = read_end (node, ends[i], zone);
  for (guint i = 0; i < G_N_ELEMENTS (durations) && end == 0; i++)
    {
      gint64 lasts = read_duration (node, durations[i]);

      end = lasts != 0 ? from + lasts : 0;
    }
  if (end == 0 && active)
    return G_MAXINT64;

  return MAX (end, from);
}

/* --- all of them -------------------------------------------------------------------------------- */

static ZqDrugSpan *
take (ZqRows *rows, const ZqContext *context)
{
  ZqDrugSpan *self = g_new0 (ZqDrugSpan, 1);
  g_autoptr (JsonNode) node = NULL;

  self->key = zq_rows_int (rows, 0);
  self->from = zq_rows_int (rows, 1);
  self->name = g_strdup (zq_rows_is_null (rows, 2) ? "—" : zq_rows_text (rows, 2));
  self->dose = g_strdup (zq_rows_text (rows, 3));
  if (!zq_rows_is_null (rows, 5))
    node = zq_json_read (zq_rows_text (rows, 5), -1, NULL);
  self->to = node != NULL ? find_end (node, self->from, zq_rows_int (rows, 4) != 0, context->zone) : self->from;

  return self;
}

GPtrArray *
zq_drug_spans (ZqDb *db, const ZqContext *context, gint64 patient)
{
  GPtrArray *spans = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_drug_span_free);
  g_autoptr (ZqRows) rows = zq_db_query (
      db, NULL,
      "SELECT i.id, i.at, i.title, i.detail, i.active, zq_text_or_null (coalesce (t.local_json, t.server_json))"
      " FROM (SELECT * FROM record_item WHERE patient = ? AND kind = ? AND NOT hidden AND at > 0"
      "   ORDER BY at DESC, id DESC LIMIT ?) i LEFT JOIN resource_text t ON t.id = i.id"
      " WHERE i.state <> ? AND coalesce (i.status, '') NOT IN ('cancelled', 'draft', 'intended', 'not-taken',"
      "  'not-done') ORDER BY i.at DESC, i.id DESC",
      "iiii", patient, (gint64)ZQ_RECORD_MEDICATION, (gint64)ZQ_DRUG_MOST_SPANS, (gint64)ZQ_RECORD_ERROR);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (spans, take (rows, context));

  return spans;
}
