/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/conversion.h"

#include "resource/json.h"
#include "rules/decimal.h"

/* Of a quotient; and of what is shown at the least, since 5.6 mmol/L are 101 mg/dL and not 100. */
#define DIGITS             15
#define LEAST_DIGITS_SHOWN 3

typedef struct
{
  GHashTable *by_id;   /* id → JsonNode: of the policy */
  GHashTable *by_code; /* "system|code" → id: the file's string */
} Table;

static void
free_table (gpointer data)
{
  Table *self = data;

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_code);
  g_free (self);
}

static void
add_code (Table *self, const char *system, const char *code, const char *id)
{
  g_hash_table_insert (self->by_code, g_strconcat (system, "|", code, NULL), (gpointer)id);
}

static void
add_analyte (Table *self, JsonNode *row)
{
  const char *id = zq_json_get_string (row, "id");

  g_hash_table_insert (self->by_id, (gpointer)id, row);
  add_code (self, ZQ_ANALYTE_SYSTEM, id, id);
  for (guint i = 0; i < zq_json_get_length (row, "loinc"); i++)
    add_code (self, ZQ_LOINC_SYSTEM, json_node_get_string (zq_json_get_at (row, "loinc", i)), id);
  for (guint i = 0; i < zq_json_get_length (row, "codes"); i++)
    {
      JsonNode *one = zq_json_get_at (row, "codes", i);
      add_code (self, zq_json_get_string (one, "system"), zq_json_get_string (one, "code"), id);
    }
}

static gpointer
make_table (JsonNode *root)
{
  Table *self = g_new0 (Table, 1);

  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_code = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < zq_json_get_length (root, "analytes"); i++)
    add_analyte (self, zq_json_get_at (root, "analytes", i));

  return self;
}

static Table *
get_table (ZqPolicy *policy)
{
  return zq_policy_get_made (policy, "conversion", make_table, free_table);
}

static JsonNode *
find_row (ZqPolicy *policy, const char *analyte)
{
  return analyte != NULL ? g_hash_table_lookup (get_table (policy)->by_id, analyte) : NULL;
}

const char *
zq_analyte_find (ZqPolicy *policy, const char *system, const char *code)
{
  g_autofree char *key = NULL;

  if (system == NULL || code == NULL)
    return NULL;
  key = g_strconcat (system, "|", code, NULL);

  return g_hash_table_lookup (get_table (policy)->by_code, key);
}

/* --- the three ways ------------------------------------------------------------------------------ */

/* @number · 10^@power, times @factor or through it. */
static char *
by_factor (const char *number, int power, const char *factor, gboolean through)
{
  g_autofree char *shifted = zq_decimal_shift (number, power);

  return through ? zq_decimal_divide (shifted, factor, DIGITS) : zq_decimal_multiply (shifted, factor);
}

/* Between a unit of @one and a unit of @other, which is @factor · @one; *found tells whether it is these. */
static char *
between (const ZqQuantity *quantity,
         const ZqUnit *to,
         const char *one,
         const char *other,
         const char *factor,
         gboolean *found)
{
  const ZqUnit *from = &quantity->unit;
  gboolean forward = g_str_equal (from->of, one) && g_str_equal (to->of, other);

  if (factor == NULL || (!forward && !(g_str_equal (from->of, other) && g_str_equal (to->of, one))))
    return NULL;
  *found = TRUE;

  return by_factor (quantity->number, from->exponent - to->exponent, factor, !forward);
}

static char *
by_equation (ZqPolicy *policy, JsonNode *equation, const ZqQuantity *quantity, const ZqUnit *to, gboolean *found)
{
  const char *slope = zq_json_get_string (equation, "slope"), *intercept = zq_json_get_string (equation, "intercept");
  g_autofree char *step = NULL;
  ZqUnit from_unit, to_unit;
  char *number;

  if (equation == NULL || !zq_unit_find (policy, zq_json_get_string (equation, "from"), &from_unit) ||
      !zq_unit_find (policy, zq_json_get_string (equation, "to"), &to_unit))
    return NULL;
  if (zq_unit_equal (&quantity->unit, &from_unit) && zq_unit_equal (to, &to_unit))
    {
      step = zq_decimal_multiply (quantity->number, slope);
      number = zq_decimal_add (step, intercept);
    }
  else if (zq_unit_equal (&quantity->unit, &to_unit) && zq_unit_equal (to, &from_unit))
    {
      step = zq_decimal_subtract (quantity->number, intercept);
      number = zq_decimal_divide (step, slope, DIGITS);
    }
  else
    return NULL;
  *found = TRUE;
  /* Where the line goes below nothing it says nothing. */
  if (number != NULL && (zq_decimal_sign (number) < 0 || zq_decimal_sign (quantity->number) < 0))
    g_clear_pointer (&number, g_free);

  return number;
}

static char *
by_row (
    ZqPolicy *policy, JsonNode *row, const ZqQuantity *quantity, const ZqUnit *to, ZqConverted *how, gboolean *found)
{
  char *number = between (quantity, to, "mol/L", "g/L", zq_json_get_string (row, "molar-mass"), found);

  *how = ZQ_CONVERTED_FACTOR;
  if (!*found)
    number = between (quantity, to, "mol/L", "eq/L", zq_json_get_string (row, "valence"), found);
  if (!*found)
    {
      *how = ZQ_CONVERTED_EQUATION;
      number = by_equation (policy, zq_json_get (row, "equation"), quantity, to, found);
    }

  return number;
}

/* --- the whole ----------------------------------------------------------------------------------- */

/* As many digits as were given, three at least, unless the number ends before: 4.1 mEq/L are 4.1 mmol/L. */
static guint
digits_shown (const char *given, const char *number)
{
  g_autofree char *plain = zq_decimal_plain (number);
  guint of_given = MIN (zq_decimal_significant (given), DIGITS);
  guint wanted = MAX (of_given, LEAST_DIGITS_SHOWN);

  return MAX (MAX (of_given, MIN (wanted, plain != NULL ? zq_decimal_significant (plain) : wanted)), 1);
}

static char *
shown (const ZqQuantity *quantity, const char *number, ZqConverted how)
{
  static const char *const signs[] = { "", "<", "\u2264", "\u2265", ">", "ad " };
  g_autofree char *rounded = how == ZQ_CONVERTED_POWER
                                 ? g_strdup (number)
                                 : zq_decimal_round (number, digits_shown (quantity->number, number));

  return g_strconcat (signs[quantity->comparator], rounded != NULL ? rounded : number, NULL);
}

static ZqQuantity *
make_converted (const ZqQuantity *quantity, char *number, const char *unit_text, const ZqUnit *unit, ZqConverted how)
{
  ZqQuantity *self = zq_quantity_copy (quantity);

  g_free (self->text);
  g_free (self->number);
  g_free (self->unit_text);
  self->number = number;
  self->text = shown (quantity, number, how);
  self->unit_text = g_strdup (unit_text);
  self->unit = *unit;
  self->converted = how;

  return self;
}

static ZqConvertResult
may_convert (ZqPolicy *policy,
             const char *analyte,
             const ZqQuantity *quantity,
             const char *to_analyte,
             const char *to_unit,
             ZqUnit *to)
{
  if (to_analyte != NULL && g_strcmp0 (analyte, to_analyte) != 0)
    return ZQ_CONVERT_OTHER_ANALYTE;
  if (quantity->kind != ZQ_QUANTITY_NUMBER && quantity->kind != ZQ_QUANTITY_COMPARATOR)
    return ZQ_CONVERT_NO_NUMBER;
  if (quantity->converted > ZQ_CONVERTED_POWER)
    return ZQ_CONVERT_CONVERTED;
  if (quantity->unit.code == NULL)
    return ZQ_CONVERT_UNIT_UNKNOWN;

  return zq_unit_find (policy, to_unit, to) ? ZQ_CONVERT_DONE : ZQ_CONVERT_TARGET_UNKNOWN;
}

ZqQuantity *
zq_convert (ZqPolicy *policy,
            const char *analyte,
            const ZqQuantity *quantity,
            const char *to_analyte,
            const char *to_unit,
            ZqConvertResult *result)
{
  ZqUnit to;
  JsonNode *row;
  ZqConverted how = ZQ_CONVERTED_POWER;
  gboolean found = FALSE;
  char *number = NULL;
  int power;

  *result = may_convert (policy, analyte, quantity, to_analyte, to_unit, &to);
  if (*result != ZQ_CONVERT_DONE)
    return NULL;
  if (zq_unit_power (&quantity->unit, &to, &power))
    {
      if (power == 0 && quantity->unit.code == to.code)
        return zq_quantity_copy (quantity);
      number = power == 0 ? g_strdup (quantity->number) : zq_decimal_shift (quantity->number, power);
      found = TRUE;
    }
  else
    {
      row = find_row (policy, analyte);
      if (row == NULL)
        {
          *result = ZQ_CONVERT_ANALYTE_UNKNOWN;
          return NULL;
        }
      number = by_row (policy, row, quantity, &to, &how, &found);
    }
  if (number == NULL)
    {
      *result = found ? ZQ_CONVERT_OUTSIDE : ZQ_CONVERT_NO_FACTOR;
      return NULL;
    }

  return make_converted (quantity, number, to_unit, &to, how);
}

char *
zq_conversion_source (ZqPolicy *policy, const char *analyte)
{
  JsonNode *row = find_row (policy, analyte);

  return row == NULL ? NULL
                     : g_strdup_printf ("%s, %s", zq_json_get_string (row, "source.title"),
                                        zq_json_get_string (row, "source.year"));
}

static gboolean
has_text (JsonNode *node, const char *path, const char *text)
{
  for (guint i = 0; i < zq_json_get_length (node, path); i++)
    {
      if (g_strcmp0 (json_node_get_string (zq_json_get_at (node, path, i)), text) == 0)
        return TRUE;
    }

  return FALSE;
}

const char *
zq_conversion_reason (ZqPolicy *policy, const char *analyte, const char *other)
{
  JsonNode *root = zq_policy_get (policy, "conversion");
  JsonNode *row = find_row (policy, analyte);

  if (other == NULL || g_strcmp0 (analyte, other) == 0)
    return row != NULL ? zq_json_get_string (row, "only-powers") : NULL;
  for (guint i = 0; i < zq_json_get_length (root, "never"); i++)
    {
      JsonNode *one = zq_json_get_at (root, "never", i);

      if (has_text (one, "analytes", analyte) && has_text (one, "analytes", other))
        return zq_json_get_string (one, "reason");
    }

  return NULL;
}
