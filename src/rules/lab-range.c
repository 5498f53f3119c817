/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/lab-range.h"

#include "rules/decimal.h"
#include "rules/lab-private.h"

#include <string.h>

/* --- one range ----------------------------------------------------------------------------------- */

static gboolean
is_bound (const ZqQuantity *bound)
{
  return bound != NULL && (bound->kind == ZQ_QUANTITY_NUMBER || bound->kind == ZQ_QUANTITY_TITRE);
}

gboolean
zq_lab_range_is_reversed (const ZqLabRange *range)
{
  return is_bound (range->low) && is_bound (range->high) &&
         zq_decimal_compare (range->low->number, range->high->number) > 0;
}

/* `<0.01` to a range from 0: nothing lies below nothing. */
static gboolean
begins_at_nothing (const ZqQuantity *value, const ZqQuantity *low)
{
  return (value->comparator == ZQ_COMPARATOR_LESS || value->comparator == ZQ_COMPARATOR_LESS_EQUAL) &&
         zq_decimal_sign (low->number) == 0;
}

/* How the value stands to a bound: the bound takes the value's unit where it has none. */
static gboolean
compare_to (const ZqQuantity *value, const ZqQuantity *bound, int *order)
{
  ZqQuantity in_unit = *bound;

  if (bound->unit_text == NULL)
    {
      in_unit.unit_text = value->unit_text;
      in_unit.unit = value->unit;
    }

  return zq_quantity_compare (value, &in_unit, order);
}

/* Whether @value is surely inside of @bound, FALSE with @outside set when it is surely outside. */
static gboolean
keeps_to (const ZqQuantity *value, const ZqQuantity *bound, int side, gboolean *outside)
{
  gboolean below = value->comparator == ZQ_COMPARATOR_LESS_EQUAL,
           above = value->comparator == ZQ_COMPARATOR_GREATER_EQUAL;
  int order;

  if (side < 0 && begins_at_nothing (value, bound))
    return TRUE;
  if (compare_to (value, bound, &order))
    {
      *outside = order * side > 0;
      return !*outside;
    }
  /* ≤5 is inside of a bound of 5, though it is not decided which of both is more. */
  if ((side > 0 && below) || (side < 0 && above))
    {
      ZqQuantity point = *value;
      point.comparator = ZQ_COMPARATOR_NONE;
      if (point.kind == ZQ_QUANTITY_COMPARATOR)
        point.kind = ZQ_QUANTITY_NUMBER;
      return compare_to (&point, bound, &order) && order == 0;
    }

  return FALSE;
}

static ZqRangePlace
place_between (const ZqQuantity *value, const ZqQuantity *low, const ZqQuantity *high)
{
  gboolean too_low = FALSE, too_high = FALSE, fits = TRUE;

  if ((low != NULL && !is_bound (low)) || (high != NULL && !is_bound (high)))
    return ZQ_RANGE_UNKNOWN;
  if (low != NULL)
    fits = keeps_to (value, low, -1, &too_low);
  if (high != NULL)
    fits = keeps_to (value, high, 1, &too_high) && fits;
  if (too_low || too_high)
    return too_low ? ZQ_RANGE_LOW : ZQ_RANGE_HIGH;

  return fits ? ZQ_RANGE_INSIDE : ZQ_RANGE_UNKNOWN;
}

/* --- ranges that are texts ----------------------------------------------------------------------- */

/* "3.9-6.1", "3.9 ~ 6.1 mmol/L", "1:20--1:80": where the second number begins. */
static const char *
find_second (const char *folded)
{
  const char *p = folded + strcspn (folded, "0123456789");
  const char *dash;

  p += strspn (p, G_CSET_DIGITS ".:");
  p += strspn (p, " ");
  dash = p;
  while (*p == '-' || *p == '~' || g_str_has_prefix (p, "\u2014") || g_str_has_prefix (p, "\u2013") ||
         g_str_has_prefix (p, "\u301c"))
    p = g_utf8_next_char (p);
  if (p == dash)
    return NULL;
  p += strspn (p, " ");

  return g_ascii_isdigit (*p) ? p : NULL;
}

static ZqRangePlace
place_by_limit (const ZqQuantity *value, const ZqQuantity *limit)
{
  ZqQuantity bound = *limit;
  gboolean is_most = limit->comparator == ZQ_COMPARATOR_LESS || limit->comparator == ZQ_COMPARATOR_LESS_EQUAL;
  gboolean open = limit->comparator == ZQ_COMPARATOR_LESS || limit->comparator == ZQ_COMPARATOR_GREATER;
  ZqRangePlace place;
  int order;

  if (limit->comparator == ZQ_COMPARATOR_SUFFICIENT)
    return ZQ_RANGE_UNKNOWN;
  bound.comparator = ZQ_COMPARATOR_NONE;
  if (bound.kind == ZQ_QUANTITY_COMPARATOR)
    bound.kind = ZQ_QUANTITY_NUMBER;
  place = place_between (value, is_most ? NULL : &bound, is_most ? &bound : NULL);
  if (place != ZQ_RANGE_INSIDE || !open)
    return place;
  /* At the very limit of "<5.2" a value is not inside, and ≤5.2 may be. */
  if (compare_to (value, &bound, &order))
    return order == 0 ? (is_most ? ZQ_RANGE_HIGH : ZQ_RANGE_LOW) : place;

  return begins_at_nothing (value, &bound) ? place : ZQ_RANGE_UNKNOWN;
}

static ZqRangePlace
place_by_grade (const ZqQuantity *value, const ZqQuantity *expected)
{
  if (value->kind != ZQ_QUANTITY_ORDINAL)
    return ZQ_RANGE_UNKNOWN;
  if (value->least_grade >= expected->least_grade && value->most_grade <= expected->most_grade)
    return ZQ_RANGE_INSIDE;

  return value->least_grade > expected->most_grade || value->most_grade < expected->least_grade ? ZQ_RANGE_OUTSIDE
                                                                                                : ZQ_RANGE_UNKNOWN;
}

static ZqRangePlace
place_by_text (ZqPolicy *policy, const ZqQuantity *value, const char *text)
{
  g_autofree char *folded = strlen (text) > ZQ_LAB_MAX_TEXT ? NULL : zq_lab_fold (text, TRUE);
  const char *second = folded != NULL ? find_second (folded) : NULL;
  g_autoptr (ZqQuantity) one = NULL;

  if (folded == NULL)
    return ZQ_RANGE_UNKNOWN;
  if (second != NULL)
    {
      g_autofree char *first = g_strndup (folded, strspn (folded, G_CSET_DIGITS ".:"));
      g_autoptr (ZqQuantity) low = zq_quantity_parse (policy, first, NULL);
      g_autoptr (ZqQuantity) high = zq_quantity_parse (policy, second, NULL);
      ZqLabRange range = { .low = low, .high = high };

      /* A unit stands behind the second number and is meant for both. */
      if (high->unit_text != NULL && low->unit_text == NULL)
        {
          low->unit_text = g_strdup (high->unit_text);
          low->unit = high->unit;
        }
      return is_bound (low) && is_bound (high) ? zq_lab_range_place (policy, value, &range) : ZQ_RANGE_UNKNOWN;
    }
  one = zq_quantity_parse (policy, folded, NULL);
  if (one->kind == ZQ_QUANTITY_ORDINAL)
    return place_by_grade (value, one);
  if (one->comparator != ZQ_COMPARATOR_NONE && one->number != NULL)
    return place_by_limit (value, one);

  return ZQ_RANGE_UNKNOWN;
}

ZqRangePlace
zq_lab_range_place (ZqPolicy *policy, const ZqQuantity *value, const ZqLabRange *range)
{
  if (value == NULL || value->kind == ZQ_QUANTITY_NONE || value->kind == ZQ_QUANTITY_TEXT ||
      zq_lab_range_is_reversed (range))
    return ZQ_RANGE_UNKNOWN;
  if (range->low != NULL || range->high != NULL)
    return place_between (value, range->low, range->high);

  return range->text != NULL ? place_by_text (policy, value, range->text) : ZQ_RANGE_UNKNOWN;
}

ZqRangePlace
zq_lab_ranges_place (ZqPolicy *policy, const ZqQuantity *value, const ZqLabRange *ranges, guint n_ranges)
{
  ZqRangePlace place = n_ranges > 0 ? zq_lab_range_place (policy, value, &ranges[0]) : ZQ_RANGE_UNKNOWN;

  for (guint i = 1; i < n_ranges; i++)
    {
      if (zq_lab_range_place (policy, value, &ranges[i]) != place)
        return ZQ_RANGE_UNKNOWN;
    }

  return place;
}
