/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/home.h"

#include "resource/json.h"
#include "rules/conversion.h"

#include <string.h>

static const char *const kinds[] = { "glucose", "systolic",    "diastolic", "pulse",
                                     "weight",  "temperature", "peak-flow", "oxygen" };
static const char *const contexts[] = { "fasting", "after-meal", "bedtime", "night" };

static JsonNode *
get_settings (ZqPolicy *policy, const char *section, const char *name)
{
  g_autofree char *path = name != NULL ? g_strconcat (section, ".", name, NULL) : g_strdup (section);

  return zq_json_get (zq_policy_get (policy, "home"), path);
}

/* @value in @unit, or NULL. */
static ZqQuantity *
in_unit (ZqPolicy *policy, ZqHomeKind kind, const ZqQuantity *value, const char *unit)
{
  ZqConvertResult result;

  if (value == NULL || unit == NULL)
    return NULL;

  return zq_convert (policy, kind == ZQ_HOME_GLUCOSE ? "glucose" : NULL, value, NULL, unit, &result);
}

/* Whether @value is surely @side (-1 below, 1 above) of the setting @name, which does not exist otherwise. A bound
 * itself is on no side. */
static gboolean
is_beyond (ZqPolicy *policy, const ZqQuantity *value, JsonNode *settings, const char *name, int side)
{
  const char *limit = zq_json_get_string (settings, name);
  g_autoptr (ZqQuantity) bound = NULL;
  int order;

  if (limit == NULL)
    return FALSE;
  bound = zq_quantity_new (policy, limit, NULL, value->unit_text, value->unit.code);

  return zq_quantity_compare (value, bound, &order) && order * side > 0;
}

/* At the limit or above it. */
static gboolean
reaches (ZqPolicy *policy, const ZqQuantity *value, JsonNode *settings, const char *name)
{
  const char *limit = zq_json_get_string (settings, name);
  g_autoptr (ZqQuantity) below = NULL;
  int order;

  if (limit == NULL)
    return FALSE;
  below = zq_quantity_new (policy, limit, "<", value->unit_text, value->unit.code);

  return zq_quantity_compare (value, below, &order) && order > 0;
}

/* --- what a patient enters ----------------------------------------------------------------------- */

static ZqQuantity *
parse_meter_word (ZqPolicy *policy, const char *text, const char *unit)
{
  JsonNode *meter = get_settings (policy, "glucose", "meter");
  g_autofree char *folded = text != NULL && strlen (text) <= 16 && g_utf8_validate (text, -1, NULL)
                                ? g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE)
                                : NULL;

  if (folded == NULL)
    return NULL;
  g_strstrip (folded);
  if (g_ascii_strcasecmp (folded, "hi") == 0 || g_ascii_strcasecmp (folded, "high") == 0)
    return zq_quantity_new (policy, zq_json_get_string (meter, "high"), ">", unit, NULL);
  if (g_ascii_strcasecmp (folded, "lo") == 0 || g_ascii_strcasecmp (folded, "low") == 0)
    return zq_quantity_new (policy, zq_json_get_string (meter, "low"), "<", unit, NULL);

  return NULL;
}

ZqQuantity *
zq_home_parse (ZqPolicy *policy, ZqHomeKind kind, const char *text)
{
  const char *unit = zq_json_get_string (get_settings (policy, "plausible", kinds[kind]), "unit");
  g_autoptr (ZqQuantity) value = kind == ZQ_HOME_GLUCOSE ? parse_meter_word (policy, text, unit) : NULL;

  if (value != NULL)
    return g_steal_pointer (&value);
  value = zq_quantity_parse (policy, text, NULL);
  if (value->unit_text == NULL)
    {
      zq_quantity_free (value);
      value = zq_quantity_parse (policy, text, unit);
    }

  return g_steal_pointer (&value);
}

ZqPlausible
zq_home_plausible (ZqPolicy *policy, ZqHomeKind kind, const ZqQuantity *value)
{
  JsonNode *limits = get_settings (policy, "plausible", kinds[kind]);
  g_autoptr (ZqQuantity) own = NULL;

  if (value == NULL || (value->kind != ZQ_QUANTITY_NUMBER && value->kind != ZQ_QUANTITY_COMPARATOR))
    return ZQ_PLAUSIBLE_NO_NUMBER;
  if (limits == NULL)
    return ZQ_PLAUSIBLE;
  own = in_unit (policy, kind, value, zq_json_get_string (limits, "unit"));
  if (own == NULL)
    return ZQ_PLAUSIBLE_OTHER_UNIT;
  /* ">33.3" and "<1.1" are what a meter says at its ends: their number is what must be plausible. */
  if (own->kind == ZQ_QUANTITY_COMPARATOR)
    {
      if (kind != ZQ_HOME_GLUCOSE)
        return ZQ_PLAUSIBLE_NO_NUMBER;
      own->kind = ZQ_QUANTITY_NUMBER;
      own->comparator = ZQ_COMPARATOR_NONE;
    }
  if (is_beyond (policy, own, limits, "from", -1))
    return ZQ_PLAUSIBLE_TOO_LOW;

  return is_beyond (policy, own, limits, "to", 1) ? ZQ_PLAUSIBLE_TOO_HIGH : ZQ_PLAUSIBLE;
}

ZqPlausible
zq_home_pressure_plausible (ZqPolicy *policy, const ZqQuantity *systolic, const ZqQuantity *diastolic)
{
  ZqPlausible one = zq_home_plausible (policy, ZQ_HOME_SYSTOLIC, systolic);
  ZqPlausible other = zq_home_plausible (policy, ZQ_HOME_DIASTOLIC, diastolic);
  int order;

  if (one != ZQ_PLAUSIBLE || other != ZQ_PLAUSIBLE)
    return one != ZQ_PLAUSIBLE ? one : other;

  return zq_quantity_compare (systolic, diastolic, &order) && order > 0 ? ZQ_PLAUSIBLE : ZQ_PLAUSIBLE_NO_NUMBER;
}

/* --- finger-stick glucose ------------------------------------------------------------------------ */

ZqMealContext
zq_meal_context_of_code (const char *code)
{
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (contexts); i++)
    {
      if (g_str_equal (contexts[i], code))
        return (ZqMealContext)i;
    }

  return ZQ_MEAL_UNKNOWN;
}

const char *
zq_meal_context_code (ZqMealContext context)
{
  return context < G_N_ELEMENTS (contexts) ? contexts[context] : NULL;
}

ZqRangePlace
zq_home_glucose_place (ZqPolicy *policy, ZqMealContext context, const ZqQuantity *value)
{
  g_autofree char *name = g_strconcat ("targets.", zq_meal_context_code (context), NULL);
  JsonNode *target = context < ZQ_MEAL_UNKNOWN ? get_settings (policy, "glucose", name) : NULL;
  const char *unit = zq_json_get_string (get_settings (policy, "glucose", NULL), "unit");
  g_autoptr (ZqQuantity) own = target != NULL ? in_unit (policy, ZQ_HOME_GLUCOSE, value, unit) : NULL;

  if (own == NULL)
    return ZQ_RANGE_UNKNOWN;
  if (is_beyond (policy, own, target, "from", -1))
    return ZQ_RANGE_LOW;
  if (is_beyond (policy, own, target, "to", 1) || reaches (policy, own, target, "below"))
    return ZQ_RANGE_HIGH;

  return own->kind == ZQ_QUANTITY_NUMBER ? ZQ_RANGE_INSIDE : ZQ_RANGE_UNKNOWN;
}

static const char *
get_pressure_limit (ZqHomeKind kind)
{
  return kind == ZQ_HOME_SYSTOLIC ? "below-systolic" : kind == ZQ_HOME_DIASTOLIC ? "below-diastolic" : NULL;
}

ZqRangePlace
zq_home_pressure_place (ZqPolicy *policy, ZqHomeKind kind, const ZqQuantity *value)
{
  const char *unit = zq_json_get_string (get_settings (policy, "plausible", kinds[kind]), "unit");
  JsonNode *limits = get_settings (policy, "pressure", NULL);
  const char *name = get_pressure_limit (kind);
  g_autoptr (ZqQuantity) own = name != NULL ? in_unit (policy, kind, value, unit) : NULL;

  if (own == NULL || own->kind != ZQ_QUANTITY_NUMBER || zq_json_get_string (limits, name) == NULL)
    return ZQ_RANGE_UNKNOWN;

  return reaches (policy, own, limits, name) ? ZQ_RANGE_HIGH : ZQ_RANGE_INSIDE;
}

ZqHomeTarget
zq_home_target (ZqPolicy *policy, ZqHomeKind kind, ZqMealContext context)
{
  ZqHomeTarget target = { 0 };
  const char *limit = get_pressure_limit (kind);

  if (kind == ZQ_HOME_GLUCOSE && context < ZQ_MEAL_UNKNOWN)
    {
      g_autofree char *name = g_strconcat ("targets.", zq_meal_context_code (context), NULL);
      JsonNode *node = get_settings (policy, "glucose", name);

      target.from = zq_json_get_string (node, "from");
      target.to = zq_json_get_string (node, "to");
      target.below = zq_json_get_string (node, "below");
    }
  else if (limit != NULL)
    target.below = zq_json_get_string (get_settings (policy, "pressure", NULL), limit);

  return target;
}

void
zq_home_glucose_count (ZqPolicy *policy,
                       const ZqGlucoseReading *readings,
                       guint n_readings,
                       ZqGlucoseCount counts[ZQ_MEAL_CONTEXTS])
{
  memset (counts, 0, sizeof *counts * ZQ_MEAL_CONTEXTS);
  for (guint i = 0; i < n_readings; i++)
    {
      ZqRangePlace place = zq_home_glucose_place (policy, readings[i].context, readings[i].value);
      ZqGlucoseCount *count;

      if (readings[i].context >= ZQ_MEAL_UNKNOWN)
        continue;
      count = &counts[readings[i].context];
      count->unknown += place == ZQ_RANGE_UNKNOWN;
      count->readings += place != ZQ_RANGE_UNKNOWN;
      count->inside += place == ZQ_RANGE_INSIDE;
      count->low += place == ZQ_RANGE_LOW;
      count->high += place == ZQ_RANGE_HIGH;
    }
}

/* --- continuous sensors -------------------------------------------------------------------------- */

static gint64
get_count (JsonNode *settings, const char *name, gint64 fallback)
{
  const char *text = zq_json_get_string (settings, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

static gboolean
count_slot (ZqPolicy *policy, JsonNode *settings, const ZqQuantity *value, ZqSensorSummary *summary)
{
  const char *unit = zq_json_get_string (get_settings (policy, "glucose", NULL), "unit");
  g_autoptr (ZqQuantity) own = in_unit (policy, ZQ_HOME_GLUCOSE, value, unit);
  gboolean low, high;

  if (own == NULL)
    return FALSE;
  low = is_beyond (policy, own, settings, "from", -1);
  high = is_beyond (policy, own, settings, "to", 1);
  if (!low && !high && own->kind != ZQ_QUANTITY_NUMBER)
    return FALSE;
  summary->inside += !low && !high;
  summary->low += low;
  summary->high += high;
  summary->very_low += is_beyond (policy, own, settings, "very-low", -1);
  summary->very_high += is_beyond (policy, own, settings, "very-high", 1);

  return TRUE;
}

ZqSensorAnswer
zq_home_time_in_range (ZqPolicy *policy,
                       const ZqGlucoseReading *readings,
                       guint n_readings,
                       gint64 interval,
                       gint64 end,
                       ZqSensorSummary *summary)
{
  JsonNode *settings = get_settings (policy, "sensor", NULL);
  gint64 length = get_count (settings, "days", 14) * 24 * 3600 * G_USEC_PER_SEC;
  g_autofree guint8 *taken = NULL;

  *summary = (ZqSensorSummary){ 0 };
  if (interval < G_USEC_PER_SEC * 30 || interval > length)
    return ZQ_SENSOR_NO_SENSOR;
  summary->expected = (guint)(length / interval);
  taken = g_new0 (guint8, summary->expected);
  for (guint i = 0; i < n_readings; i++)
    {
      gint64 since = readings[i].time - (end - length);
      gint64 slot = since / interval;

      if (since < 0 || slot >= summary->expected || taken[slot])
        continue;
      taken[slot] = count_slot (policy, settings, readings[i].value, summary);
      summary->present += taken[slot];
    }

  return (gint64)summary->present * 100 >= (gint64)summary->expected * get_count (settings, "coverage-percent", 70)
             ? ZQ_SENSOR_ENOUGH
             : ZQ_SENSOR_TOO_LITTLE;
}
