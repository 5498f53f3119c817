/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/compare.h"

#include "clinic/lab/result-load.h"
#include "clinic/lab/value.h"
#include "rules/conversion.h"
#include "rules/result-close.h"

#include <math.h>

/* Values before that are looked at: what stands in another unit for so long is not compared any more. */
#define MOST_BEFORE 20

typedef struct
{
  ZqPolicy *policy;
  char *system, *code;
  const char *analyte;
  ZqQuantity *value;
  ZqRangePlace place;
} Now;

static void
now_clear (Now *self)
{
  g_free (self->system);
  g_free (self->code);
  g_clear_pointer (&self->value, zq_quantity_free);
}

static gboolean
is_number (const ZqQuantity *value)
{
  return value->kind == ZQ_QUANTITY_NUMBER || value->kind == ZQ_QUANTITY_COMPARATOR;
}

static gboolean
is_comparable (const ZqQuantity *value)
{
  return is_number (value) || value->kind == ZQ_QUANTITY_TITRE || value->kind == ZQ_QUANTITY_ORDINAL;
}

/* @before in the unit of now; NULL: nothing exact leads there. */
static ZqQuantity *
bring_over (const Now *now, const ZqQuantity *before)
{
  ZqConvertResult result;

  if (!is_comparable (before) || (before->kind != now->value->kind && !(is_number (before) && is_number (now->value))))
    return NULL;
  if (zq_quantity_same_unit (now->value, before))
    return zq_quantity_copy (before);

  return now->value->unit_text != NULL
             ? zq_convert (now->policy, now->analyte, before, NULL, now->value->unit_text, &result)
             : NULL;
}

static void
take_before (ZqResult *self, const Now *now, const ZqResultValue *row, const ZqQuantity *before)
{
  ZqResultFacts facts = { .lab = { .system = now->system, .code = now->code, .value = now->value, .age = -1 },
                          .before = before,
                          .before_place = zq_value_place (now->policy, row) };

  self->previous_converted = before->converted != ZQ_CONVERTED_NO;
  self->previous = self->previous_converted
                       ? g_strdup (before->text)
                       : g_strconcat (row->comparator != NULL ? row->comparator : "", row->value, NULL);
  self->previous_as_written = zq_value_format (row);
  self->previous_at = row->at;
  self->change = zq_quantity_difference (now->value, before);
  zq_result_marked_change (now->policy, &facts, now->place, &self->marked);
}

/* "<5" is no point of a line. */
static void
add_to_trail (ZqResult *self, const ZqQuantity *before)
{
  double number = g_ascii_strtod (before->text, NULL);

  if (before->kind != ZQ_QUANTITY_NUMBER || !isfinite (number))
    return;
  if (self->trail == NULL)
    self->trail = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_prepend_val (self->trail, number);
}

static void
find_before (ZqDb *db, ZqResult *self, const Now *now, const ZqResultValue *own)
{
  g_autoptr (GPtrArray) rows = zq_result_list_before (db, self->patient, own->code, self->at, MOST_BEFORE);

  for (guint i = 0; i < rows->len; i++)
    {
      const ZqResultValue *row = rows->pdata[i];
      g_autoptr (ZqQuantity) before = zq_value_quantity (now->policy, row);
      g_autoptr (ZqQuantity) over = before != NULL ? bring_over (now, before) : NULL;

      if (over == NULL)
        continue;
      if (self->previous == NULL)
        take_before (self, now, row, over);
      add_to_trail (self, over);
    }
}

void
zq_result_compare (ZqDb *db, ZqPolicy *policy, ZqResult *result)
{
  const ZqResultValue *own = result->values->len == 1 ? result->values->pdata[0] : NULL;
  Now now = { .policy = policy };

  if (own == NULL || own->code == NULL || own->value == NULL)
    return;
  now.value = zq_value_quantity (policy, own);
  if (now.value != NULL && is_comparable (now.value))
    {
      zq_value_split_code (own->code, &now.system, &now.code);
      now.analyte = zq_analyte_find (policy, now.system, now.code);
      now.place = zq_value_place (policy, own);
      find_before (db, result, &now, own);
    }
  now_clear (&now);
}
