/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/value.h"

#include "clinic/patient/codec.h"
#include "resource/json.h"

#include <math.h>
#include <string.h>

#define LOINC "http://loinc.org"

gboolean
zq_flag_is_critical (ZqFlag flag)
{
  return flag >= ZQ_FLAG_CRITICAL_LOW;
}

gboolean
zq_flag_is_abnormal (ZqFlag flag)
{
  return flag >= ZQ_FLAG_LOW;
}

ZqFlag
zq_flag_worse (ZqFlag one, ZqFlag other)
{
  return MAX (one, other);
}

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

/* --- how it is judged --------------------------------------------------------------------------- */

/* HL7 v3 ObservationInterpretation (R4, value set observation-interpretation); what is not in it says nothing. */
static ZqFlag
flag_of_code (const char *code)
{
  static const struct
  {
    const char *code;
    ZqFlag flag;
  } table[] = {
    { "N", ZQ_FLAG_NORMAL },     { "NEG", ZQ_FLAG_NORMAL },      { "ND", ZQ_FLAG_NORMAL },
    { "S", ZQ_FLAG_NORMAL },     { "NR", ZQ_FLAG_NORMAL },       { "L", ZQ_FLAG_LOW },
    { "LU", ZQ_FLAG_LOW },       { "<", ZQ_FLAG_LOW },           { "H", ZQ_FLAG_HIGH },
    { "HU", ZQ_FLAG_HIGH },      { ">", ZQ_FLAG_HIGH },          { "A", ZQ_FLAG_ABNORMAL },
    { "POS", ZQ_FLAG_ABNORMAL }, { "DET", ZQ_FLAG_ABNORMAL },    { "RR", ZQ_FLAG_ABNORMAL },
    { "WR", ZQ_FLAG_ABNORMAL },  { "R", ZQ_FLAG_ABNORMAL },      { "I", ZQ_FLAG_ABNORMAL },
    { "NS", ZQ_FLAG_ABNORMAL },  { "LL", ZQ_FLAG_CRITICAL_LOW }, { "HH", ZQ_FLAG_CRITICAL_HIGH },
    { "AA", ZQ_FLAG_CRITICAL },
  };

  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (code, table[i].code))
      return table[i].flag;

  return ZQ_FLAG_NONE;
}

static ZqFlag
flag_of_text (const char *text)
{
  if (text == NULL)
    return ZQ_FLAG_NONE;
  if (strstr (text, "↑") != NULL)
    return ZQ_FLAG_HIGH;

  return strstr (text, "↓") != NULL ? ZQ_FLAG_LOW : ZQ_FLAG_NONE;
}

/* It may be one concept (DSTU2 wrote it so) or an array. */
static ZqFlag
read_interpretation (JsonNode *node)
{
  guint length = zq_json_get_length (node, "interpretation");
  ZqFlag flag = ZQ_FLAG_NONE;

  for (guint i = 0; i < MAX (length, 1); i++)
    {
      JsonNode *concept =
          length > 0 ? zq_json_get_at (node, "interpretation", i) : zq_json_get (node, "interpretation");
      guint n = zq_json_get_length (concept, "coding");

      for (guint j = 0; j < n; j++)
        flag = zq_flag_worse (flag, flag_of_code (zq_json_get_string (zq_json_get_at (concept, "coding", j), "code")));
      flag = zq_flag_worse (flag, flag_of_text (zq_json_get_string (concept, "text")));
    }

  return flag;
}

static gboolean
is_normal_range (JsonNode *range)
{
  const char *type = zq_json_get_code (range, "type", NULL);

  return type == NULL || g_str_equal (type, "normal");
}

/* As the report has it, else from its limits; of which unit, where it is another one; for whom. (nullable) */
static char *
describe_range (JsonNode *range, const char *unit)
{
  g_autofree char *text = zq_codec_one_line (zq_json_get_string (range, "text"));
  g_autofree char *whom = zq_codec_concept (range, "appliesTo");
  const char *low = zq_json_get_string (range, "low.value"), *high = zq_json_get_string (range, "high.value");

  if (text == NULL && low != NULL && high != NULL)
    text = g_strdup_printf ("%s–%s", low, high);
  else if (text == NULL && (low != NULL || high != NULL))
    text = g_strconcat (low != NULL ? "≥ " : "≤ ", low != NULL ? low : high, NULL);
  if (text == NULL)
    return NULL;

  return g_strconcat (whom != NULL ? whom : "", whom != NULL ? " " : "", text, unit != NULL ? " " : NULL, unit, NULL);
}

/* The unit of a range where it is another than the value's, or NULL. */
static const char *
other_unit (const ZqResultValue *self, JsonNode *range)
{
  const char *unit = zq_json_get_string (range, "low.unit");

  if (unit == NULL)
    unit = zq_json_get_string (range, "high.unit");

  return unit != NULL && self->unit != NULL && !g_str_equal (unit, self->unit) ? unit : NULL;
}

/* All are shown. Limits to judge by are there only when there is one, for everybody and in the value's unit: which of
 * two is the patient's is the laboratory's to say. */
static void
read_reference (ZqResultValue *self, JsonNode *node)
{
  guint length = zq_json_get_length (node, "referenceRange"), n = 0;
  g_autoptr (GString) all = g_string_new (NULL);
  JsonNode *only = NULL;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *range = zq_json_get_at (node, "referenceRange", i);
      g_autofree char *words = is_normal_range (range) ? describe_range (range, other_unit (self, range)) : NULL;

      if (words == NULL)
        continue;
      n++;
      only = range;
      g_string_append_printf (all, "%s%s", all->len > 0 ? "; " : "", words);
    }
  if (all->len > 0)
    self->range = g_string_free (g_steal_pointer (&all), FALSE);
  if (n != 1 || other_unit (self, only) != NULL || zq_json_get_length (only, "appliesTo") > 0 ||
      zq_json_get (only, "age") != NULL)
    return;
  self->low = g_strdup (zq_json_get_string (only, "low.value"));
  self->high = g_strdup (zq_json_get_string (only, "high.value"));
}

static gboolean
get_limit (const char *text, double *limit)
{
  char *end;

  if (text == NULL)
    return FALSE;
  *limit = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (*limit);
}

/* Only where it is certain: "<5" is not above 3, but it may be below it. */
static ZqFlag
flag_by_range (const ZqResultValue *self)
{
  double value, low = -INFINITY, high = INFINITY;
  gboolean has_low = get_limit (self->low, &low), has_high = get_limit (self->high, &high);
  gboolean up = self->comparator != NULL && *self->comparator == '>';
  gboolean down = self->comparator != NULL && *self->comparator == '<';

  if ((!has_low && !has_high) || low > high || self->kind != ZQ_VALUE_QUANTITY || !zq_value_get_number (self, &value))
    return ZQ_FLAG_NONE;
  if (has_low && !up && (down ? value <= low : value < low))
    return ZQ_FLAG_LOW;
  if (has_high && !down && (up ? value >= high : value > high))
    return ZQ_FLAG_HIGH;

  return self->comparator == NULL ? ZQ_FLAG_NORMAL : ZQ_FLAG_NONE;
}

ZqResultValue *
zq_value_read (JsonNode *node)
{
  ZqResultValue *self = g_new0 (ZqResultValue, 1);

  self->code = zq_value_read_code (node, "code");
  self->name = zq_codec_concept (node, "code");
  if (self->name == NULL)
    self->name = g_strdup ("—");
  read_value (self, node);
  read_reference (self, node);
  if (self->kind == ZQ_VALUE_NONE && self->absent == NULL)
    self->absent = zq_codec_concept (node, "dataAbsentReason");
  self->flag = read_interpretation (node);
  if (self->flag == ZQ_FLAG_NONE && self->kind == ZQ_VALUE_TEXT)
    self->flag = flag_of_text (self->value);
  if (self->flag == ZQ_FLAG_NONE)
    {
      self->flag = flag_by_range (self);
      self->flag_is_ours = self->flag != ZQ_FLAG_NONE;
    }

  return self;
}
