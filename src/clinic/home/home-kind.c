/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/home/kinds.h"
#include "clinic/home/reading.h"
#include "clinic/lab/kinds.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/json.h"
#include "rules/context.h"

#include <string.h>

#define LOINC          "http://loinc.org"
#define MEAL_CONTEXTS  ZQ_CODE_SYSTEM ("meal-context")
#define MAX_COMPONENTS 20

/* LOINC 2.76. A meter says capillary or whole blood, a sensor interstitial fluid. */
static const struct
{
  const char *code;
  int kind;
} codes[] = {
  { "14743-9", ZQ_HOME_GLUCOSE },    { "41653-7", ZQ_HOME_GLUCOSE },   { "15074-8", ZQ_HOME_GLUCOSE },
  { "2339-0", ZQ_HOME_GLUCOSE },     { "105272-9", ZQ_HOME_SENSOR },   { "99504-3", ZQ_HOME_SENSOR },
  { "8480-6", ZQ_HOME_SYSTOLIC },    { "8462-4", ZQ_HOME_DIASTOLIC },  { "8867-4", ZQ_HOME_PULSE },
  { "29463-7", ZQ_HOME_WEIGHT },     { "3141-9", ZQ_HOME_WEIGHT },     { "8310-5", ZQ_HOME_TEMPERATURE },
  { "8331-1", ZQ_HOME_TEMPERATURE }, { "19935-6", ZQ_HOME_PEAK_FLOW }, { "33452-4", ZQ_HOME_PEAK_FLOW },
  { "59408-5", ZQ_HOME_OXYGEN },     { "2708-6", ZQ_HOME_OXYGEN },
};

/* The head of a blood pressure, whose values are its components. */
static const char *const panels[] = { "85354-9", "35094-2", "55284-4", NULL };

typedef struct
{
  int kind;
  char *value, *comparator, *unit, *code;
  char *origin, *factor; /* of a series, whose tokens are in `value` */
  gint64 period;         /* µs; 0: no series */
} Value;

typedef struct
{
  gpointer result; /* what clinic/lab read */
  char *patient, *status, *note;
  ZqDateTime at;
  ZqMealContext context;
  GPtrArray *values; /* of Value */
} Parsed;

static void
value_free (gpointer data)
{
  Value *self = data;

  g_free (self->value);
  g_free (self->comparator);
  g_free (self->unit);
  g_free (self->code);
  g_free (self->origin);
  g_free (self->factor);
  g_free (self);
}

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_clear_pointer (&self->result, zq_observation_kind.parsed_free);
  g_free (self->patient);
  g_free (self->status);
  g_free (self->note);
  g_ptr_array_unref (self->values);
  g_free (self);
}

/* --- what is ours --------------------------------------------------------------------------------- */

/* -1: none of these. */
static int
kind_of (JsonNode *node)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      guint length = zq_json_get_length (node, "code.coding");

      for (guint n = 0; n < length; n++)
        {
          JsonNode *coding = zq_json_get_at (node, "code.coding", n);

          if (g_strcmp0 (zq_json_get_string (coding, "system"), LOINC) == 0 &&
              g_strcmp0 (zq_json_get_string (coding, "code"), codes[i].code) == 0)
            return codes[i].kind;
        }
    }

  return -1;
}

static gboolean
is_panel (JsonNode *node)
{
  const char *code = zq_json_get_code (node, "code", LOINC);

  return code != NULL && g_strv_contains (panels, code);
}

/* By the patient or who is at home with him, or by a device that nobody of the hospital's answers for. */
static gboolean
is_at_home (JsonNode *node)
{
  guint length = zq_json_get_length (node, "performer");

  for (guint i = 0; i < length; i++)
    {
      const char *reference = zq_json_get_string (zq_json_get_at (node, "performer", i), "reference");

      if (reference != NULL && (strstr (reference, "Patient/") != NULL || strstr (reference, "RelatedPerson/") != NULL))
        return TRUE;
    }

  return length == 0 && zq_json_get_string (node, "device.reference") != NULL;
}

static gboolean
home_claims (JsonNode *node)
{
  return (kind_of (node) >= 0 || is_panel (node)) && is_at_home (node);
}

/* --- reading ---------------------------------------------------------------------------------------- */

/* Milliseconds, as FHIR has them: up to a day between two values. */
static gint64
read_period (JsonNode *sampled)
{
  const char *text = zq_json_get_string (sampled, "period");
  double period = text != NULL ? g_ascii_strtod (text, NULL) : 0;

  return period >= 1000 && period <= 24 * 3600 * 1000.0 ? (gint64)(period * 1000) : 0;
}

static void
add_series (Parsed *self, JsonNode *sampled)
{
  gint64 period = read_period (sampled);
  Value *value;

  /* Values of no known time are none. */
  if (period == 0)
    return;
  value = g_new0 (Value, 1);
  value->kind = ZQ_HOME_SENSOR;
  value->value = g_strdup (zq_json_get_string (sampled, "data"));
  value->unit = g_strdup (zq_json_get_string (sampled, "origin.unit"));
  value->code = g_strdup (zq_json_get_string (sampled, "origin.code"));
  value->origin = g_strdup (zq_json_get_string (sampled, "origin.value"));
  value->factor = g_strdup (zq_json_get_string (sampled, "factor"));
  value->period = period;
  g_ptr_array_add (self->values, value);
}

/* A component says what it is of; a kind is there once. */
static void
add_value (Parsed *self, JsonNode *node)
{
  int kind = kind_of (node);
  JsonNode *quantity = zq_json_get (node, "valueQuantity");
  JsonNode *sampled = zq_json_get (node, "valueSampledData");
  Value *value;

  for (guint i = 0; i < self->values->len; i++)
    if (((Value *)self->values->pdata[i])->kind == kind)
      return;
  if (kind == ZQ_HOME_SENSOR && sampled != NULL)
    add_series (self, sampled);
  if (kind < 0 || quantity == NULL || zq_json_get_string (quantity, "value") == NULL)
    return;
  value = g_new0 (Value, 1);
  value->kind = kind;
  value->value = g_strdup (zq_json_get_string (quantity, "value"));
  value->comparator = g_strdup (zq_json_get_string (quantity, "comparator"));
  value->unit = g_strdup (zq_json_get_string (quantity, "unit"));
  value->code = g_strdup (zq_json_get_string (quantity, "code"));
  g_ptr_array_add (self->values, value);
}

static ZqDateTime
read_at (JsonNode *node, GTimeZone *zone)
{
  static const char *const paths[] = { "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued",
                                       "meta.lastUpdated" };
  ZqDateTime at = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (paths) && at.precision == ZQ_PRECISION_NONE; i++)
    at = zq_date_time_parse (zq_json_get_string (node, paths[i]), zone);

  return at;
}

static gpointer
home_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  guint n_components = MIN (zq_json_get_length (node, "component"), MAX_COMPONENTS);
  gpointer result = zq_observation_kind.parse (node, data, error);
  Parsed *self;

  if (result == NULL)
    return NULL;
  self = g_new0 (Parsed, 1);
  self->result = result;
  self->values = g_ptr_array_new_with_free_func (value_free);
  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->note = zq_codec_one_line (zq_json_get_string (zq_json_get_at (node, "note", 0), "text"));
  self->at = read_at (node, context->zone);
  self->context = ZQ_MEAL_UNKNOWN;
  add_value (self, node);
  for (guint i = 0; i < n_components; i++)
    {
      JsonNode *component = zq_json_get_at (node, "component", i);
      const char *meal = zq_json_get_code (component, "valueCodeableConcept", MEAL_CONTEXTS);

      if (self->context == ZQ_MEAL_UNKNOWN)
        self->context = zq_meal_context_of_code (meal);
      add_value (self, component);
    }

  return self;
}

/* --- rows ------------------------------------------------------------------------------------------- */

static gboolean
put_value (ZqTxn *txn, gint64 id, gint64 patient, const Parsed *self, const Value *value, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO home_reading (result, kind, patient, at, precision, context, value, comparator,"
                     "  unit, code, state, note, period, origin, factor)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     "iiiiiissssisiss", id, (gint64)value->kind, patient, self->at.start, (gint64)self->at.precision,
                     (gint64)(value->kind == ZQ_HOME_GLUCOSE ? self->context : ZQ_MEAL_UNKNOWN), value->value,
                     value->comparator, value->unit, value->code, (gint64)zq_record_state (self->status), self->note,
                     value->period, value->origin, value->factor);
}

static gboolean
forget (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM home_reading WHERE result = ?", "i", id);
}

static gboolean
home_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 patient;

  if (!zq_observation_kind.project (txn, id, self->result, error) || !forget (txn, id, error) ||
      !zq_person_refer (txn, self->patient, FALSE, &patient, error))
    return FALSE;
  zq_txn_changed (txn, "home", id, patient, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);
  for (guint i = 0; i < self->values->len && patient != 0; i++)
    if (!put_value (txn, id, patient, self, self->values->pdata[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
home_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return forget (txn, id, error) && zq_observation_kind.unproject (txn, id, error);
}

/* It comes by the scopes of clinic/lab. Where that makes its rows anew, these are made with them. */
const ZqResourceKind zq_home_kind = {
  .name = "home",
  .type = "Observation",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS home_reading ("
            "  result INTEGER NOT NULL, kind INTEGER NOT NULL, patient INTEGER NOT NULL, at INTEGER NOT NULL,"
            "  precision INTEGER NOT NULL, context INTEGER NOT NULL, value TEXT, comparator TEXT, unit TEXT, code TEXT,"
            "  state INTEGER NOT NULL, note TEXT, period INTEGER NOT NULL, origin TEXT, factor TEXT,"
            "  PRIMARY KEY (result, kind)) WITHOUT ROWID;"
            "CREATE INDEX IF NOT EXISTS home_reading_time ON home_reading (patient, at) WHERE kind <> 8;"
            "CREATE INDEX IF NOT EXISTS home_reading_sensor ON home_reading (patient, at) WHERE kind = 8;",
  .claims = home_claims,
  .parse = home_parse,
  .parsed_free = parsed_free,
  .project = home_project,
  .unproject = home_unproject,
};

G_STATIC_ASSERT (ZQ_HOME_SENSOR == 8); /* as the indexes say */
