/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/target.h"

#include "clinic/lab/series.h"
#include "clinic/lab/value.h"
#include "resource/json.h"
#include "rules/conversion.h"
#include "rules/home.h"

#include <math.h>

static const struct
{
  const char *loinc;
  ZqHomeKind kind;
  ZqMealContext context;
} tests[] = {
  { "14771-0", ZQ_HOME_GLUCOSE, ZQ_MEAL_FASTING }, /* serum, fasting */
  { "1558-6", ZQ_HOME_GLUCOSE, ZQ_MEAL_FASTING },  /* the same by mass */
  { "14770-2", ZQ_HOME_GLUCOSE, ZQ_MEAL_FASTING }, /* capillary, fasting */
  { "8480-6", ZQ_HOME_SYSTOLIC, ZQ_MEAL_UNKNOWN }, { "8462-4", ZQ_HOME_DIASTOLIC, ZQ_MEAL_UNKNOWN },
};

/* NAN: none, or not in the unit of the values. */
static double
read_limit (ZqPolicy *policy, ZqHomeKind kind, const char *text, const char *unit)
{
  g_autoptr (ZqQuantity) limit = text != NULL ? zq_home_parse (policy, kind, text) : NULL;
  g_autoptr (ZqQuantity) one = limit != NULL ? zq_quantity_parse (policy, "1", unit) : NULL;
  double value;

  if (one == NULL || !zq_quantity_same_unit (limit, one) || !zq_quantity_to_double (limit, &value))
    return NAN;

  return value;
}

static void
find_at_home (ZqPolicy *policy, const char *loinc, const char *unit, ZqTarget *found)
{
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      ZqHomeTarget target;

      if (!g_str_equal (loinc, tests[i].loinc))
        continue;
      target = zq_home_target (policy, tests[i].kind, tests[i].context);
      found->low = read_limit (policy, tests[i].kind, target.from, unit);
      found->high = read_limit (policy, tests[i].kind, target.to != NULL ? target.to : target.below, unit);
    }
}

/* NAN: none, or nothing exact leads to @unit. */
static double
bring_limit (ZqPolicy *policy, JsonNode *row, const char *number, const char *unit)
{
  g_autoptr (ZqQuantity) limit =
      number != NULL ? zq_quantity_parse (policy, number, zq_json_get_string (row, "unit")) : NULL;
  g_autoptr (ZqQuantity) like = zq_quantity_new (policy, "1", NULL, unit, NULL);
  g_autoptr (ZqQuantity) over =
      limit != NULL ? zq_series_bring_over (policy, zq_json_get_string (row, "analyte"), limit, like) : NULL;
  double value;

  return over != NULL && zq_quantity_to_double (over, &value) ? value : NAN;
}

static void
find_by_analyte (ZqPolicy *policy, const char *analyte, const char *unit, ZqTarget *found)
{
  JsonNode *root = zq_policy_get (policy, "lab");

  for (guint i = 0; i < zq_json_get_length (root, "targets"); i++)
    {
      JsonNode *row = zq_json_get_at (root, "targets", i);
      const char *to = zq_json_get_string (row, "to"), *year = zq_json_get_string (row, "source.year");

      if (g_strcmp0 (zq_json_get_string (row, "analyte"), analyte) != 0)
        continue;
      found->low = bring_limit (policy, row, zq_json_get_string (row, "from"), unit);
      found->high = bring_limit (policy, row, to != NULL ? to : zq_json_get_string (row, "below"), unit);
      found->year = year != NULL ? (guint)g_ascii_strtoull (year, NULL, 10) : 0;
    }
}

gboolean
zq_target_find (ZqPolicy *policy, const char *code, const char *unit, ZqTarget *target)
{
  g_autofree char *system = NULL, *bare = NULL;
  const char *analyte;

  *target = (ZqTarget){ .low = NAN, .high = NAN };
  if (!zq_value_split_code (code, &system, &bare))
    return FALSE;
  if (g_str_equal (system, ZQ_LOINC_SYSTEM))
    find_at_home (policy, bare, unit, target);
  analyte = zq_analyte_find (policy, system, bare);
  if (analyte != NULL && isnan (target->low) && isnan (target->high))
    find_by_analyte (policy, analyte, unit, target);

  return !isnan (target->low) || !isnan (target->high);
}
