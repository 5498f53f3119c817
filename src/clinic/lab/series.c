/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/series.h"

#include "clinic/lab/value.h"
#include "rules/conversion.h"

static void
point_clear (gpointer data)
{
  ZqSeriesPoint *self = data;

  g_free (self->number);
  g_free (self->text);
  g_free (self->low);
  g_free (self->high);
}

void
zq_series_free (ZqSeries *self)
{
  g_ptr_array_unref (self->values);
  g_array_unref (self->points);
  g_ptr_array_unref (self->units);
  g_free (self);
}

const ZqSeriesPoint *
zq_series_get_point (const ZqSeries *self, guint value)
{
  return &g_array_index (self->points, ZqSeriesPoint, value);
}

ZqQuantity *
zq_series_bring_over (ZqPolicy *policy, const char *analyte, const ZqQuantity *value, const ZqQuantity *like)
{
  ZqConvertResult result;

  if (zq_quantity_same_unit (value, like))
    return zq_quantity_copy (value);

  return like->unit_text != NULL ? zq_convert (policy, analyte, value, NULL, like->unit_text, &result) : NULL;
}

/* A limit is its value's, and goes where that goes. */
static char *
bring_limit (ZqPolicy *policy, const char *analyte, const char *limit, const char *unit, const ZqQuantity *line)
{
  g_autoptr (ZqQuantity) bound = limit != NULL ? zq_quantity_new (policy, limit, NULL, unit, NULL) : NULL;
  g_autoptr (ZqQuantity) over = bound != NULL ? zq_series_bring_over (policy, analyte, bound, line) : NULL;

  return over != NULL ? g_strdup (over->number) : NULL;
}

static void
fill_point (ZqPolicy *policy,
            const char *analyte,
            const ZqResultValue *value,
            const ZqQuantity *quantity,
            GPtrArray *lines,
            ZqSeriesPoint *point)
{
  g_autoptr (ZqQuantity) over = NULL;
  const ZqQuantity *line;
  guint n = 0;

  for (; n < lines->len && over == NULL; n++)
    over = zq_series_bring_over (policy, analyte, quantity, lines->pdata[n]);
  if (over == NULL)
    {
      g_ptr_array_add (lines, zq_quantity_copy (quantity));
      over = zq_quantity_copy (quantity);
      n = lines->len;
    }
  line = lines->pdata[n - 1];
  point->line = n - 1;
  point->number = g_strdup (over->number);
  point->text = g_strdup (over->text);
  point->converted = over->converted != ZQ_CONVERTED_NO;
  point->low = bring_limit (policy, analyte, value->low, value->unit, line);
  point->high = bring_limit (policy, analyte, value->high, value->unit, line);
}

static gboolean
is_decimal (const char *text)
{
  gsize n = 0, dots = 0;

  if (text == NULL)
    return FALSE;
  for (const char *at = *text == '-' ? text + 1 : text; *at != '\0'; at++)
    {
      n += (gsize)g_ascii_isdigit (*at);
      dots += *at == '.';
      if (!g_ascii_isdigit (*at) && *at != '.')
        return FALSE;
    }

  return n > 0 && n < 16 && dots <= 1 && !g_str_has_suffix (text, ".") && *text != '.';
}

/* A plain number in the very unit that the line has is there already: a sensor has thousands of them. */
static gboolean
fill_plain (const ZqResultValue *value, GPtrArray *units, ZqSeriesPoint *point)
{
  if (value->kind != ZQ_VALUE_QUANTITY || value->comparator != NULL || value->unit == NULL ||
      !is_decimal (value->value) || (value->low != NULL && !is_decimal (value->low)) ||
      (value->high != NULL && !is_decimal (value->high)))
    return FALSE;
  for (guint i = 0; i < units->len; i++)
    if (g_strcmp0 (units->pdata[i], value->unit) == 0)
      {
        point->line = i;
        point->number = g_strdup (value->value);
        point->text = g_strdup (value->value);
        point->low = g_strdup (value->low);
        point->high = g_strdup (value->high);
        return TRUE;
      }

  return FALSE;
}

static void
fill_all (ZqSeries *self, ZqPolicy *policy, const char *analyte, GPtrArray *lines)
{
  g_autoptr (GPtrArray) written = g_ptr_array_new (); /* the unit of each line, as its newest value has it */

  for (guint i = self->values->len; i-- > 0;)
    {
      const ZqResultValue *value = self->values->pdata[i];
      ZqSeriesPoint *point = &g_array_index (self->points, ZqSeriesPoint, i);
      g_autoptr (ZqQuantity) quantity = NULL;

      if (fill_plain (value, written, point))
        continue;
      quantity = zq_value_quantity (policy, value);
      point->line = ZQ_SERIES_NO_LINE;
      if (quantity != NULL && (quantity->kind == ZQ_QUANTITY_NUMBER || quantity->kind == ZQ_QUANTITY_COMPARATOR))
        fill_point (policy, analyte, value, quantity, lines, point);
      /* A line that was begun with it. */
      if (lines->len > written->len)
        g_ptr_array_add (written, value->unit);
    }
}

ZqSeries *
zq_series_new (ZqPolicy *policy, const char *code, GPtrArray *values)
{
  ZqSeries *self = g_new0 (ZqSeries, 1);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_quantity_free);
  g_autofree char *system = NULL, *bare = NULL;

  self->values = values;
  self->points = g_array_new (FALSE, TRUE, sizeof (ZqSeriesPoint));
  g_array_set_clear_func (self->points, point_clear);
  g_array_set_size (self->points, values->len);
  self->units = g_ptr_array_new_with_free_func (g_free);
  zq_value_split_code (code, &system, &bare);
  fill_all (self, policy, zq_analyte_find (policy, system, bare), lines);
  for (guint i = 0; i < lines->len; i++)
    {
      const char *unit = ((const ZqQuantity *)lines->pdata[i])->unit_text;

      g_ptr_array_add (self->units, g_strdup (unit != NULL ? unit : ""));
    }

  return self;
}
