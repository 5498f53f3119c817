/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/quantity.h"

#include "rules/decimal.h"

#include <string.h>

static const char *
nullable (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static const struct
{
  const char *code;
  ZqComparator comparator;
} comparators[] = {
  { "<", ZQ_COMPARATOR_LESS },    { "<=", ZQ_COMPARATOR_LESS_EQUAL }, { ">=", ZQ_COMPARATOR_GREATER_EQUAL },
  { ">", ZQ_COMPARATOR_GREATER }, { "ad", ZQ_COMPARATOR_SUFFICIENT },
};

ZqQuantity *
zq_quantity_new (ZqPolicy *policy, const char *value, const char *comparator, const char *unit, const char *code)
{
  ZqQuantity *self = g_new0 (ZqQuantity, 1);
  gboolean known = nullable (comparator) == NULL;

  self->unit_text = g_strdup (nullable (unit) != NULL ? unit : nullable (code));
  if (code == NULL || !zq_unit_find (policy, code, &self->unit))
    zq_unit_find (policy, unit, &self->unit);
  if (nullable (value) == NULL)
    {
      self->text = g_strdup ("");
      return self;
    }

  for (guint i = 0; !known && i < G_N_ELEMENTS (comparators); i++)
    {
      known = g_str_equal (comparators[i].code, comparator);
      if (known)
        self->comparator = comparators[i].comparator;
    }
  self->text = g_strconcat (comparator != NULL ? comparator : "", value, NULL);
  self->kind = ZQ_QUANTITY_TEXT;
  if (known && zq_decimal_is (value))
    {
      self->kind = self->comparator == ZQ_COMPARATOR_NONE ? ZQ_QUANTITY_NUMBER : ZQ_QUANTITY_COMPARATOR;
      self->number = g_strdup (value);
    }

  return self;
}

ZqQuantity *
zq_quantity_copy (const ZqQuantity *self)
{
  ZqQuantity *copy = g_memdup2 (self, sizeof *self);

  copy->text = g_strdup (self->text);
  copy->number = g_strdup (self->number);
  copy->unit_text = g_strdup (self->unit_text);

  return copy;
}

void
zq_quantity_free (ZqQuantity *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self->number);
  g_free (self->unit_text);
  g_free (self);
}

gboolean
zq_quantity_same_unit (const ZqQuantity *a, const ZqQuantity *b)
{
  if (a->unit.code != NULL && b->unit.code != NULL)
    return zq_unit_equal (&a->unit, &b->unit);

  return a->unit.code == b->unit.code && g_strcmp0 (a->unit_text, b->unit_text) == 0;
}

/* Where a value can be: a bound that is NULL is none; open ones are not reached. */
typedef struct
{
  const char *least, *most;
  gboolean least_open, most_open;
} Bounds;

static Bounds
bounds_of (const ZqQuantity *self)
{
  Bounds bounds = { self->number, self->number };

  switch (self->comparator)
    {
    case ZQ_COMPARATOR_LESS:
      bounds.most_open = TRUE;
      /* fall through */
    case ZQ_COMPARATOR_LESS_EQUAL:
      bounds.least = NULL;
      break;
    case ZQ_COMPARATOR_GREATER:
      bounds.least_open = TRUE;
      /* fall through */
    case ZQ_COMPARATOR_GREATER_EQUAL:
      bounds.most = NULL;
      break;
    case ZQ_COMPARATOR_SUFFICIENT:
      bounds.least = bounds.most = NULL;
      break;
    case ZQ_COMPARATOR_NONE:
    default:
      break;
    }

  return bounds;
}

/* Whether all that @a can be lies below all that @b can be. */
static gboolean
lies_below (const Bounds *a, const Bounds *b)
{
  int order;

  if (a->most == NULL || b->least == NULL)
    return FALSE;
  order = zq_decimal_compare (a->most, b->least);

  return order < 0 || (order == 0 && (a->most_open || b->least_open));
}

static gboolean
compare_numbers (const ZqQuantity *a, const ZqQuantity *b, int *order)
{
  Bounds one = bounds_of (a), other = bounds_of (b);

  if (lies_below (&one, &other))
    *order = -1;
  else if (lies_below (&other, &one))
    *order = 1;
  else if (a->comparator == ZQ_COMPARATOR_NONE && b->comparator == ZQ_COMPARATOR_NONE)
    *order = 0;
  else
    return FALSE;

  return TRUE;
}

static gboolean
compare_grades (const ZqQuantity *a, const ZqQuantity *b, int *order)
{
  if (a->most_grade < b->least_grade)
    *order = -1;
  else if (a->least_grade > b->most_grade)
    *order = 1;
  else if (a->least_grade == a->most_grade && b->least_grade == b->most_grade)
    *order = 0;
  else
    return FALSE;

  return TRUE;
}

static gboolean
is_numeric (const ZqQuantity *self)
{
  return self->kind == ZQ_QUANTITY_NUMBER || self->kind == ZQ_QUANTITY_COMPARATOR;
}

gboolean
zq_quantity_compare (const ZqQuantity *a, const ZqQuantity *b, int *order)
{
  if (!zq_quantity_same_unit (a, b))
    return FALSE;
  if ((is_numeric (a) && is_numeric (b)) || (a->kind == ZQ_QUANTITY_TITRE && b->kind == ZQ_QUANTITY_TITRE))
    return compare_numbers (a, b, order);

  return a->kind == ZQ_QUANTITY_ORDINAL && b->kind == ZQ_QUANTITY_ORDINAL && compare_grades (a, b, order);
}

gboolean
zq_quantity_same (const ZqQuantity *a, const ZqQuantity *b)
{
  if (a->kind != b->kind || a->comparator != b->comparator || !zq_quantity_same_unit (a, b))
    return FALSE;
  if (a->number != NULL)
    return zq_decimal_compare (a->number, b->number) == 0;
  if (a->kind == ZQ_QUANTITY_ORDINAL)
    return a->least_grade == b->least_grade && a->most_grade == b->most_grade;

  return g_str_equal (a->text, b->text);
}

char *
zq_quantity_difference (const ZqQuantity *now, const ZqQuantity *before)
{
  char *difference;

  if (now->kind != ZQ_QUANTITY_NUMBER || before->kind != ZQ_QUANTITY_NUMBER || !zq_quantity_same_unit (now, before) ||
      now->converted > ZQ_CONVERTED_POWER || before->converted > ZQ_CONVERTED_POWER)
    return NULL;
  difference = zq_decimal_subtract (now->number, before->number);
  if (difference != NULL && zq_decimal_sign (difference) > 0)
    {
      char *with_sign = g_strconcat ("+", difference, NULL);
      g_free (difference);
      difference = with_sign;
    }

  return difference;
}

static char *
without_sign (char *number)
{
  if (number != NULL && *number == '-')
    memmove (number, number + 1, strlen (number));

  return number;
}

gboolean
zq_quantity_changed (const ZqQuantity *now, const ZqQuantity *before, const char *percent, gboolean *changed)
{
  g_autofree char *away = NULL, *from = NULL, *hundredfold = NULL, *limit = NULL;

  if (now->kind != ZQ_QUANTITY_NUMBER || before->kind != ZQ_QUANTITY_NUMBER || !zq_quantity_same_unit (now, before))
    return FALSE;
  away = without_sign (zq_decimal_subtract (now->number, before->number));
  from = without_sign (g_strdup (before->number));
  hundredfold = zq_decimal_shift (away, 2);
  limit = zq_decimal_multiply (from, percent);
  if (hundredfold == NULL || limit == NULL)
    return FALSE;
  /* From zero every step is without measure; staying there is none. */
  *changed = zq_decimal_sign (away) != 0 && zq_decimal_compare (hundredfold, limit) >= 0;

  return TRUE;
}

gboolean
zq_quantity_to_double (const ZqQuantity *self, double *value)
{
  return self->number != NULL && zq_decimal_to_double (self->number, value);
}
