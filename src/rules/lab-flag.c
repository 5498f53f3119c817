/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/lab-range.h"

#include "resource/json.h"
#include "rules/conversion.h"

static const struct
{
  const char *code;
  ZqLabFlag flag;
} codes[] = {
  { "N", ZQ_LAB_FLAG_NORMAL },
  { "NEG", ZQ_LAB_FLAG_NEGATIVE },
  { "ND", ZQ_LAB_FLAG_NOT_DETECTED },
  { "NR", ZQ_LAB_FLAG_NON_REACTIVE },
  { "S", ZQ_LAB_FLAG_SUSCEPTIBLE },
  { "EXP", ZQ_LAB_FLAG_EXPECTED },
  { "B", ZQ_LAB_FLAG_BETTER },
  { "D", ZQ_LAB_FLAG_DOWN },
  { "U", ZQ_LAB_FLAG_UP },
  { "W", ZQ_LAB_FLAG_WORSE },
  { "IND", ZQ_LAB_FLAG_INDETERMINATE },
  { "E", ZQ_LAB_FLAG_INDETERMINATE },
  { "SDD", ZQ_LAB_FLAG_SUSCEPTIBLE_DOSE },
  { "I", ZQ_LAB_FLAG_INTERMEDIATE },
  { "WR", ZQ_LAB_FLAG_WEAKLY_REACTIVE },
  { "RR", ZQ_LAB_FLAG_REACTIVE },
  { "DET", ZQ_LAB_FLAG_DETECTED },
  { "POS", ZQ_LAB_FLAG_POSITIVE },
  { "UNE", ZQ_LAB_FLAG_UNEXPECTED },
  { "NS", ZQ_LAB_FLAG_NON_SUSCEPTIBLE },
  { "R", ZQ_LAB_FLAG_RESISTANT },
  { "A", ZQ_LAB_FLAG_ABNORMAL },
  { "<", ZQ_LAB_FLAG_OFF_SCALE_LOW },
  { ">", ZQ_LAB_FLAG_OFF_SCALE_HIGH },
  { "L", ZQ_LAB_FLAG_LOW },
  { "LX", ZQ_LAB_FLAG_LOW },
  { "H", ZQ_LAB_FLAG_HIGH },
  { "HX", ZQ_LAB_FLAG_HIGH },
  { "LU", ZQ_LAB_FLAG_VERY_LOW },
  { "HU", ZQ_LAB_FLAG_VERY_HIGH },
  { "AA", ZQ_LAB_FLAG_CRITICAL },
  { "LL", ZQ_LAB_FLAG_CRITICAL_LOW },
  { "HH", ZQ_LAB_FLAG_CRITICAL_HIGH },
};

ZqLabFlag
zq_lab_flag_of_code (const char *code)
{
  if (code == NULL || *code == '\0')
    return ZQ_LAB_FLAG_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (g_str_equal (codes[i].code, code))
        return codes[i].flag;
    }

  return ZQ_LAB_FLAG_OTHER;
}

ZqLabArrow
zq_lab_flag_arrow (ZqLabFlag flag)
{
  switch (flag)
    {
    case ZQ_LAB_FLAG_LOW:
    case ZQ_LAB_FLAG_OFF_SCALE_LOW:
      return ZQ_ARROW_DOWN;
    case ZQ_LAB_FLAG_HIGH:
    case ZQ_LAB_FLAG_OFF_SCALE_HIGH:
      return ZQ_ARROW_UP;
    case ZQ_LAB_FLAG_VERY_LOW:
    case ZQ_LAB_FLAG_CRITICAL_LOW:
      return ZQ_ARROW_DOUBLE_DOWN;
    case ZQ_LAB_FLAG_VERY_HIGH:
    case ZQ_LAB_FLAG_CRITICAL_HIGH:
      return ZQ_ARROW_DOUBLE_UP;
    default:
      return ZQ_ARROW_NONE;
    }
}

gboolean
zq_lab_flag_is_abnormal (ZqLabFlag flag)
{
  return flag > ZQ_LAB_FLAG_EXPECTED;
}

/* --- what does not go together ------------------------------------------------------------------- */

typedef enum
{
  SIDE_NOTHING = 0, /* says nothing about a range */
  SIDE_INSIDE = 1 << 0,
  SIDE_LOW = 1 << 1,
  SIDE_HIGH = 1 << 2,
  SIDE_OUTSIDE = SIDE_LOW | SIDE_HIGH,
} Sides;

static Sides
sides_of_flag (ZqLabFlag flag)
{
  switch (flag)
    {
    case ZQ_LAB_FLAG_NORMAL:
    case ZQ_LAB_FLAG_NEGATIVE:
      return SIDE_INSIDE;
    case ZQ_LAB_FLAG_POSITIVE:
    case ZQ_LAB_FLAG_ABNORMAL:
    case ZQ_LAB_FLAG_CRITICAL:
      return SIDE_OUTSIDE;
    case ZQ_LAB_FLAG_LOW:
    case ZQ_LAB_FLAG_OFF_SCALE_LOW:
    case ZQ_LAB_FLAG_VERY_LOW:
    case ZQ_LAB_FLAG_CRITICAL_LOW:
      return SIDE_LOW;
    case ZQ_LAB_FLAG_HIGH:
    case ZQ_LAB_FLAG_OFF_SCALE_HIGH:
    case ZQ_LAB_FLAG_VERY_HIGH:
    case ZQ_LAB_FLAG_CRITICAL_HIGH:
      return SIDE_HIGH;
    default:
      return SIDE_NOTHING;
    }
}

static Sides
sides_of_place (ZqRangePlace place)
{
  static const Sides of[] = { SIDE_NOTHING, SIDE_INSIDE, SIDE_LOW, SIDE_HIGH, SIDE_OUTSIDE };

  return of[place];
}

static gboolean
speak_against (Sides a, Sides b)
{
  return a != SIDE_NOTHING && b != SIDE_NOTHING && (a & b) == 0;
}

static ZqLabFlag
flag_in_value (ZqWrittenFlag written)
{
  static const ZqLabFlag of[] = { ZQ_LAB_FLAG_NONE, ZQ_LAB_FLAG_ABNORMAL,      ZQ_LAB_FLAG_HIGH,
                                  ZQ_LAB_FLAG_LOW,  ZQ_LAB_FLAG_CRITICAL_HIGH, ZQ_LAB_FLAG_CRITICAL_LOW };

  return of[written];
}

static ZqLabFlag
flag_of_place (ZqRangePlace place)
{
  static const ZqLabFlag of[] = { ZQ_LAB_FLAG_NONE, ZQ_LAB_FLAG_NORMAL, ZQ_LAB_FLAG_LOW, ZQ_LAB_FLAG_HIGH,
                                  ZQ_LAB_FLAG_ABNORMAL };

  return of[place];
}

/* --- the local rule ------------------------------------------------------------------------------ */

static gboolean
is_of_rule (JsonNode *rule, const char *analyte, const char *system, const char *code)
{
  const char *of = zq_json_get_string (rule, "analyte");

  if (of != NULL)
    return g_strcmp0 (of, analyte) == 0;
  for (guint i = 0; i < zq_json_get_length (rule, "loinc"); i++)
    {
      if (g_strcmp0 (system, ZQ_LOINC_SYSTEM) == 0 &&
          g_strcmp0 (json_node_get_string (zq_json_get_at (rule, "loinc", i)), code) == 0)
        return TRUE;
    }

  return FALSE;
}

/* At a limit counts: `≥33.3` is surely at or above 22.2. */
static gboolean
reaches (ZqPolicy *policy, const ZqQuantity *value, JsonNode *rule, const char *path, int side)
{
  const char *limit = zq_json_get_string (rule, path);
  g_autoptr (ZqQuantity) bound = NULL;
  gboolean open_to_it;
  int order;

  if (limit == NULL)
    return FALSE;
  bound = zq_quantity_new (policy, limit, side > 0 ? "<" : ">", zq_json_get_string (rule, "unit"), NULL);
  open_to_it = zq_quantity_compare (value, bound, &order);

  return open_to_it && order * side > 0;
}

ZqRangePlace
zq_critical_check (ZqPolicy *policy, const char *system, const char *code, const ZqQuantity *value, int age)
{
  JsonNode *root = zq_policy_get (policy, "critical");
  const char *analyte = zq_analyte_find (policy, system, code);
  const char *adults_from = zq_json_get_string (root, "adults-from");

  if (value == NULL || (age >= 0 && adults_from != NULL && age < g_ascii_strtoll (adults_from, NULL, 10)))
    return ZQ_RANGE_UNKNOWN;
  for (guint i = 0; i < zq_json_get_length (root, "values"); i++)
    {
      JsonNode *rule = zq_json_get_at (root, "values", i);
      g_autoptr (ZqQuantity) in_unit = NULL;
      ZqConvertResult result;

      if (!is_of_rule (rule, analyte, system, code))
        continue;
      in_unit = zq_convert (policy, analyte, value, NULL, zq_json_get_string (rule, "unit"), &result);
      if (in_unit == NULL)
        return ZQ_RANGE_UNKNOWN;
      if (reaches (policy, in_unit, rule, "at-or-below", -1))
        return ZQ_RANGE_LOW;
      if (reaches (policy, in_unit, rule, "at-or-above", 1))
        return ZQ_RANGE_HIGH;
      /* "<5" may be anything below. */
      return in_unit->comparator == ZQ_COMPARATOR_NONE ? ZQ_RANGE_INSIDE : ZQ_RANGE_UNKNOWN;
    }

  return ZQ_RANGE_UNKNOWN;
}

/* --- the whole ----------------------------------------------------------------------------------- */

/* The weightiest of the laboratory's codes; whether they speak against each other. */
static ZqLabFlag
flag_of_codes (const char *const *list, gboolean *disagrees)
{
  ZqLabFlag weightiest = ZQ_LAB_FLAG_NONE;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      ZqLabFlag flag = zq_lab_flag_of_code (list[i]);

      for (guint k = 0; k < i; k++)
        *disagrees |= speak_against (sides_of_flag (flag), sides_of_flag (zq_lab_flag_of_code (list[k])));
      weightiest = MAX (weightiest, flag);
    }

  return weightiest;
}

ZqLabVerdict
zq_lab_judge (ZqPolicy *policy, const ZqLabFacts *facts)
{
  ZqLabVerdict verdict = { 0 };
  ZqLabFlag by_code = flag_of_codes (facts->codes, &verdict.disagrees);
  ZqLabFlag in_value = facts->value != NULL ? flag_in_value (facts->value->flag) : ZQ_LAB_FLAG_NONE;
  ZqRangePlace local;

  verdict.place = zq_lab_ranges_place (policy, facts->value, facts->ranges, facts->n_ranges);
  verdict.flag = by_code != ZQ_LAB_FLAG_NONE    ? by_code
                 : in_value != ZQ_LAB_FLAG_NONE ? in_value
                                                : flag_of_place (verdict.place);
  verdict.said_by = by_code != ZQ_LAB_FLAG_NONE        ? ZQ_SAID_BY_LABORATORY
                    : in_value != ZQ_LAB_FLAG_NONE     ? ZQ_SAID_IN_VALUE
                    : verdict.flag != ZQ_LAB_FLAG_NONE ? ZQ_SAID_BY_RANGE
                                                       : ZQ_SAID_BY_NOBODY;
  verdict.arrow = zq_lab_flag_arrow (verdict.flag);
  verdict.disagrees |= speak_against (sides_of_flag (by_code), sides_of_flag (in_value)) ||
                       speak_against (sides_of_flag (verdict.flag), sides_of_place (verdict.place));

  local = zq_critical_check (policy, facts->system, facts->code, facts->value, facts->age);
  if (MAX (by_code, in_value) >= ZQ_LAB_FLAG_CRITICAL)
    verdict.critical = ZQ_CRITICAL_LABORATORY;
  else if (local == ZQ_RANGE_LOW || local == ZQ_RANGE_HIGH)
    verdict.critical = ZQ_CRITICAL_LOCAL;

  return verdict;
}
