/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/value.h"

#include "clinic/patient/codec.h"
#include "resource/json.h"
#include "rules/unit.h"

#include <math.h>
#include <string.h>

#define LOINC "http://loinc.org"

void
zq_result_value_free (ZqResultValue *self)
{
  g_free (self->code);
  g_free (self->name);
  g_free (self->value);
  g_free (self->comparator);
  g_free (self->unit);
  g_free (self->low);
  g_free (self->high);
  g_free (self->range);
  g_free (self->absent);
  g_free (self->status);
  g_free (self);
}

/* --- what test it is ---------------------------------------------------------------------------- */

char *
zq_value_read_code (JsonNode *node, const char *path)
{
  g_autofree char *codings = g_strconcat (path, ".coding", NULL);
  guint length = zq_json_get_length (node, codings);
  const char *found_system = NULL, *found = NULL;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *coding = zq_json_get_at (node, codings, i);
      const char *system = zq_json_get_string (coding, "system");
      const char *code = zq_json_get_string (coding, "code");

      /* A code of nobody's is not joined with another of nobody's. */
      if (system == NULL || code == NULL || (found != NULL && !g_str_equal (system, LOINC)))
        continue;
      found_system = system;
      found = code;
      if (g_str_equal (system, LOINC))
        break;
    }

  return found != NULL ? g_strdup_printf ("%s|%s", found_system, found) : NULL;
}

/* --- what it says ------------------------------------------------------------------------------- */

static char *
read_unit (JsonNode *quantity)
{
  const char *unit = zq_json_get_string (quantity, "unit");

  return zq_codec_one_line (unit != NULL ? unit : zq_json_get_string (quantity, "code"));
}

static void
read_quantity (ZqResultValue *self, JsonNode *quantity)
{
  self->kind = ZQ_VALUE_QUANTITY;
  self->value = g_strdup (zq_json_get_string (quantity, "value"));
  self->comparator = g_strdup (zq_json_get_string (quantity, "comparator"));
  self->unit = read_unit (quantity);
}

static void
read_range (ZqResultValue *self, JsonNode *range)
{
  const char *low = zq_json_get_string (range, "low.value");
  const char *high = zq_json_get_string (range, "high.value");
  JsonNode *end = zq_json_get (range, low != NULL ? "low" : "high");

  self->kind = ZQ_VALUE_RANGE;
  if (low != NULL || high != NULL)
    self->value = g_strdup_printf ("%s–%s", low != NULL ? low : "", high != NULL ? high : "");
  self->unit = end != NULL ? read_unit (end) : NULL;
}

static void
read_ratio (ZqResultValue *self, JsonNode *ratio)
{
  const char *one = zq_json_get_string (ratio, "numerator.value");
  const char *other = zq_json_get_string (ratio, "denominator.value");
  const char *comparator = zq_json_get_string (ratio, "numerator.comparator");
  JsonNode *numerator = zq_json_get (ratio, "numerator");

  self->kind = ZQ_VALUE_RATIO;
  if (one != NULL)
    self->value = g_strdup_printf ("%s%s:%s", comparator != NULL ? comparator : "", one, other != NULL ? other : "1");
  self->unit = numerator != NULL ? read_unit (numerator) : NULL;
}

static void
read_text (ZqResultValue *self, ZqValueKind kind, char *text)
{
  self->kind = kind;
  self->value = text;
}

static guint
count_values (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;
  guint n = 0;

  for (GList *at = members; at != NULL; at = at->next)
    n += g_str_has_prefix (at->data, "value") && g_ascii_isupper (((const char *)at->data)[5]);

  return n;
}

static void
read_value (ZqResultValue *self, JsonNode *node)
{
  static const char *const times[] = { "valueDateTime", "valueTime", "valuePeriod.start" };
  static const char *const plain[] = { "valueString", "valueInteger" };
  JsonNode *found;

  if (count_values (node) > 1)
    {
      self->absent = g_strdup ("two-values");
      return;
    }
  if ((found = zq_json_get (node, "valueQuantity")) != NULL)
    read_quantity (self, found);
  else if ((found = zq_json_get (node, "valueRange")) != NULL)
    read_range (self, found);
  else if ((found = zq_json_get (node, "valueRatio")) != NULL)
    read_ratio (self, found);
  else if (zq_json_get (node, "valueCodeableConcept") != NULL)
    read_text (self, ZQ_VALUE_CODED, zq_codec_concept (node, "valueCodeableConcept"));
  else if (zq_json_get (node, "valueBoolean") != NULL)
    read_text (self, ZQ_VALUE_CODED, g_strdup (zq_json_get_boolean (node, "valueBoolean", FALSE) ? "true" : "false"));
  else if ((found = zq_json_get (node, "valueSampledData")) != NULL)
    read_text (self, ZQ_VALUE_SAMPLED, g_strdup (zq_json_get_string (found, "period")));
  for (guint i = 0; i < G_N_ELEMENTS (plain) && self->kind == ZQ_VALUE_NONE; i++)
    if (zq_json_get_string (node, plain[i]) != NULL)
      read_text (self, ZQ_VALUE_TEXT, g_strdup (zq_json_get_string (node, plain[i])));
  for (guint i = 0; i < G_N_ELEMENTS (times) && self->kind == ZQ_VALUE_NONE; i++)
    if (zq_json_get_string (node, times[i]) != NULL)
      read_text (self, ZQ_VALUE_TIME, g_strdup (zq_json_get_string (node, times[i])));
  if (self->value == NULL && self->kind != ZQ_VALUE_SAMPLED)
    self->kind = ZQ_VALUE_NONE;
}

gboolean
zq_value_is_empty (const ZqResultValue *self)
{
  return self->kind == ZQ_VALUE_NONE && self->absent == NULL;
}

gboolean
zq_value_get_number (const ZqResultValue *self, double *number)
{
  char *end;

  if (self->value == NULL || (self->kind != ZQ_VALUE_QUANTITY && self->kind != ZQ_VALUE_TEXT))
    return FALSE;
  *number = g_ascii_strtod (self->value, &end);

  return end != self->value && *end == '\0' && isfinite (*number);
}

char *
zq_value_format (const ZqResultValue *self)
{
  if (self->value == NULL)
    return NULL;

  return g_strconcat (self->comparator != NULL ? self->comparator : "", self->value, self->unit != NULL ? " " : NULL,
                      self->unit, NULL);
}

/* --- its range ---------------------------------------------------------------------------------- */

gboolean
zq_value_range_counts (JsonNode *range)
{
  const char *type = zq_json_get_code (range, "type", NULL);

  return type == NULL || g_str_equal (type, "normal");
}

gboolean
zq_value_range_is_for_some (JsonNode *range)
{
  return zq_json_get_length (range, "appliesTo") > 0 || zq_json_get (range, "age") != NULL;
}

/* "[2–12 a]": whose age it is for. */
static char *
describe_age (JsonNode *range)
{
  const char *low = zq_json_get_string (range, "age.low.value"), *high = zq_json_get_string (range, "age.high.value");
  JsonNode *end = zq_json_get (range, high != NULL ? "age.high" : "age.low");
  g_autofree char *unit = end != NULL ? read_unit (end) : NULL;
  g_autofree char *span = NULL;

  if (low == NULL && high == NULL)
    return zq_json_get (range, "age") != NULL ? g_strdup ("[?] ") : g_strdup ("");
  if (low != NULL && high != NULL)
    span = g_strdup_printf ("%s–%s", low, high);
  else
    span = g_strconcat (low != NULL ? "≥ " : "≤ ", low != NULL ? low : high, NULL);

  return g_strconcat ("[", span, unit != NULL ? " " : "", unit != NULL ? unit : "", "] ", NULL);
}

/* As the report has it, else from its limits; of which unit, where it is another one; for whom. (nullable) */
static char *
describe_range (JsonNode *range, const char *unit)
{
  g_autofree char *text = zq_codec_one_line (zq_json_get_string (range, "text"));
  g_autofree char *whom = zq_codec_concept (range, "appliesTo");
  g_autofree char *age = describe_age (range);
  const char *low = zq_json_get_string (range, "low.value"), *high = zq_json_get_string (range, "high.value");

  if (text == NULL && low != NULL && high != NULL)
    text = g_strdup_printf ("%s–%s", low, high);
  else if (text == NULL && (low != NULL || high != NULL))
    text = g_strconcat (low != NULL ? "≥ " : "≤ ", low != NULL ? low : high, NULL);
  if (text == NULL)
    return NULL;

  return g_strconcat (whom != NULL ? whom : "", whom != NULL ? " " : "", age, text, unit != NULL ? " " : NULL, unit,
                      NULL);
}

/* The unit of a range where it is another than the value's, or NULL. */
static const char *
other_unit (ZqPolicy *policy, const ZqResultValue *self, JsonNode *range)
{
  const char *unit = zq_json_get_string (range, "low.unit");

  if (unit == NULL)
    unit = zq_json_get_string (range, "high.unit");

  return unit != NULL && self->unit != NULL && !zq_unit_same_text (policy, unit, self->unit) ? unit : NULL;
}

/* All are shown. Limits to judge by are there only when there is one, for everybody and in the value's unit: which of
 * two is the patient's is the laboratory's to say. */
static void
read_reference (ZqPolicy *policy, ZqResultValue *self, JsonNode *node)
{
  guint length = zq_json_get_length (node, "referenceRange"), n = 0;
  g_autoptr (GString) all = g_string_new (NULL);
  JsonNode *only = NULL;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *range = zq_json_get_at (node, "referenceRange", i);
      g_autofree char *words =
          zq_value_range_counts (range) ? describe_range (range, other_unit (policy, self, range)) : NULL;

      if (words == NULL)
        continue;
      n++;
      only = range;
      g_string_append_printf (all, "%s%s", all->len > 0 ? "; " : "", words);
    }
  if (all->len > 0)
    self->range = g_string_free (g_steal_pointer (&all), FALSE);
  if (n != 1 || other_unit (policy, self, only) != NULL || zq_value_range_is_for_some (only))
    return;
  self->low = g_strdup (zq_json_get_string (only, "low.value"));
  self->high = g_strdup (zq_json_get_string (only, "high.value"));
}

ZqResultValue *
zq_value_read (ZqPolicy *policy, JsonNode *node)
{
  ZqResultValue *self = g_new0 (ZqResultValue, 1);

  self->code = zq_value_read_code (node, "code");
  self->name = zq_codec_concept (node, "code");
  if (self->name == NULL)
    self->name = g_strdup ("—");
  read_value (self, node);
  read_reference (policy, self, node);
  if (self->kind == ZQ_VALUE_NONE && self->absent == NULL)
    self->absent = zq_codec_concept (node, "dataAbsentReason");
  zq_value_judge (policy, self, node);

  return self;
}
