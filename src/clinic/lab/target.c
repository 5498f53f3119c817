/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/target.h"

#include "rules/conversion.h"
#include "rules/home.h"

#include <math.h>
#include <string.h>

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

gboolean
zq_target_find (ZqPolicy *policy, const char *code, const char *unit, double *low, double *high)
{
  *low = *high = NAN;
  for (guint i = 0; g_str_has_prefix (code, ZQ_LOINC_SYSTEM "|") && i < G_N_ELEMENTS (tests); i++)
    {
      ZqHomeTarget target;

      if (!g_str_equal (code + strlen (ZQ_LOINC_SYSTEM "|"), tests[i].loinc))
        continue;
      target = zq_home_target (policy, tests[i].kind, tests[i].context);
      *low = read_limit (policy, tests[i].kind, target.from, unit);
      *high = read_limit (policy, tests[i].kind, target.to != NULL ? target.to : target.below, unit);
    }

  return !isnan (*low) || !isnan (*high);
}
