/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/value.h"

#include "clinic/patient/codec.h"
#include "resource/json.h"

#include <string.h>

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

/* --- what the rules reckon with ------------------------------------------------------------------ */

gboolean
zq_value_split_code (const char *joined, char **system, char **code)
{
  const char *bar = joined != NULL ? strrchr (joined, '|') : NULL;

  *system = bar != NULL ? g_strndup (joined, (gsize)(bar - joined)) : NULL;
  *code = bar != NULL ? g_strdup (bar + 1) : NULL;

  return bar != NULL;
}

ZqQuantity *
zq_value_quantity (ZqPolicy *policy, const ZqResultValue *self)
{
  switch (self->value != NULL ? self->kind : ZQ_VALUE_NONE)
    {
    case ZQ_VALUE_QUANTITY:
      return zq_quantity_new (policy, self->value, self->comparator, self->unit, NULL);
    case ZQ_VALUE_TEXT:
    case ZQ_VALUE_CODED:
    case ZQ_VALUE_RATIO:
      return zq_quantity_parse (policy, self->value, self->unit);
    case ZQ_VALUE_NONE:
    case ZQ_VALUE_RANGE:
    case ZQ_VALUE_TIME:
    case ZQ_VALUE_SAMPLED:
    default:
      return NULL;
    }
}

ZqRangePlace
zq_value_place (ZqPolicy *policy, const ZqResultValue *self)
{
  g_autoptr (ZqQuantity) value = zq_value_quantity (policy, self);
  g_autoptr (ZqQuantity) low = self->low != NULL ? zq_quantity_new (policy, self->low, NULL, self->unit, NULL) : NULL;
  g_autoptr (ZqQuantity) high =
      self->high != NULL ? zq_quantity_new (policy, self->high, NULL, self->unit, NULL) : NULL;
  ZqLabRange range = { .low = low, .high = high, .text = self->range };

  return zq_lab_range_place (policy, value, &range);
}

/* --- ranges as they came ------------------------------------------------------------------------- */

typedef struct
{
  ZqQuantity *low, *high;
  char *text;
} Held;

static void
held_clear (gpointer data)
{
  Held *self = data;

  g_clear_pointer (&self->low, zq_quantity_free);
  g_clear_pointer (&self->high, zq_quantity_free);
  g_free (self->text);
}

/* A unit that one end alone names is meant for both. */
static char *
unit_of_range (JsonNode *range)
{
  static const char *const paths[] = { "low.unit", "high.unit", "low.code", "high.code" };
  char *unit = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (paths) && unit == NULL; i++)
    unit = zq_codec_one_line (zq_json_get_string (range, paths[i]));

  return unit;
}

static void
add_range (ZqPolicy *policy, GArray *held, JsonNode *range)
{
  const char *low = zq_json_get_string (range, "low.value"), *high = zq_json_get_string (range, "high.value");
  g_autofree char *unit = unit_of_range (range);
  Held one = { .text = zq_codec_one_line (zq_json_get_string (range, "text")) };

  if (low == NULL && high == NULL && one.text == NULL)
    return;
  if (low != NULL)
    one.low = zq_quantity_new (policy, low, NULL, unit, NULL);
  if (high != NULL)
    one.high = zq_quantity_new (policy, high, NULL, unit, NULL);
  g_array_append_val (held, one);
}

/* One that is for some alone says nothing of this patient; of several the rules say what all agree in. */
static GArray *
read_ranges (ZqPolicy *policy, JsonNode *node)
{
  guint length = zq_json_get_length (node, "referenceRange");
  GArray *held = g_array_new (FALSE, TRUE, sizeof (Held));
  gboolean for_some = FALSE;

  g_array_set_clear_func (held, held_clear);
  for (guint i = 0; i < length; i++)
    {
      JsonNode *range = zq_json_get_at (node, "referenceRange", i);

      if (!zq_value_range_counts (range))
        continue;
      add_range (policy, held, range);
      for_some |= zq_value_range_is_for_some (range);
    }
  if (held->len == 1 && for_some)
    g_array_set_size (held, 0);

  return held;
}

/* --- the laboratory's word ----------------------------------------------------------------------- */

static const char *
code_of_arrows (const char *text)
{
  if (text == NULL)
    return NULL;
  if (strstr (text, "↑") != NULL)
    return strstr (text, "↑↑") != NULL ? "HH" : "H";
  if (strstr (text, "↓") != NULL)
    return strstr (text, "↓↓") != NULL ? "LL" : "L";

  return NULL;
}

/* Codings of one concept are one word in several languages: what is not known beside what is says nothing more. */
static void
add_concept (GPtrArray *codes, JsonNode *concept)
{
  guint n = zq_json_get_length (concept, "coding"), before = codes->len;
  const char *stranger = NULL, *arrows = code_of_arrows (zq_json_get_string (concept, "text"));

  for (guint i = 0; i < n; i++)
    {
      const char *code = zq_json_get_string (zq_json_get_at (concept, "coding", i), "code");

      if (code != NULL && zq_lab_flag_of_code (code) != ZQ_LAB_FLAG_OTHER)
        g_ptr_array_add (codes, (gpointer)code);
      else if (code != NULL)
        stranger = code;
    }
  if (arrows != NULL)
    g_ptr_array_add (codes, (gpointer)arrows);
  if (codes->len == before && stranger != NULL)
    g_ptr_array_add (codes, (gpointer)stranger);
}

/* It may be one concept (DSTU2 wrote it so) or an array. */
static GPtrArray *
read_codes (JsonNode *node)
{
  guint length = zq_json_get_length (node, "interpretation");
  GPtrArray *codes = g_ptr_array_new ();

  for (guint i = 0; i < length; i++)
    add_concept (codes, zq_json_get_at (node, "interpretation", i));
  if (length == 0 && zq_json_get (node, "interpretation") != NULL)
    add_concept (codes, zq_json_get (node, "interpretation"));

  return codes;
}

/* --- judging ------------------------------------------------------------------------------------- */

/* What a row keeps of it: as much as a doctor is shown. */
static ZqFlag
shown_flag (ZqLabFlag flag)
{
  switch (zq_lab_flag_arrow (flag))
    {
    case ZQ_ARROW_UP:
      return ZQ_FLAG_HIGH;
    case ZQ_ARROW_DOWN:
      return ZQ_FLAG_LOW;
    case ZQ_ARROW_DOUBLE_UP:
      return flag == ZQ_LAB_FLAG_CRITICAL_HIGH ? ZQ_FLAG_CRITICAL_HIGH : ZQ_FLAG_HIGH;
    case ZQ_ARROW_DOUBLE_DOWN:
      return flag == ZQ_LAB_FLAG_CRITICAL_LOW ? ZQ_FLAG_CRITICAL_LOW : ZQ_FLAG_LOW;
    case ZQ_ARROW_NONE:
    default:
      break;
    }
  if (flag == ZQ_LAB_FLAG_NONE)
    return ZQ_FLAG_NONE;
  if (flag == ZQ_LAB_FLAG_CRITICAL)
    return ZQ_FLAG_CRITICAL;

  return zq_lab_flag_is_abnormal (flag) ? ZQ_FLAG_ABNORMAL : ZQ_FLAG_NORMAL;
}

/* Its code speaks of something else than the range: better, worse, or what nobody here knows. */
static gboolean
leaves_range_open (ZqLabFlag flag)
{
  return flag >= ZQ_LAB_FLAG_OTHER && flag <= ZQ_LAB_FLAG_WORSE;
}

static void
take_verdict (ZqResultValue *self, const ZqLabVerdict *verdict)
{
  const char *arrows = self->kind == ZQ_VALUE_TEXT ? code_of_arrows (self->value) : NULL;
  gboolean is_outside = verdict->place == ZQ_RANGE_LOW || verdict->place == ZQ_RANGE_HIGH;

  self->flag = shown_flag (verdict->flag);
  self->flag_is_ours = verdict->said_by == ZQ_SAID_BY_RANGE;
  if (leaves_range_open (verdict->flag) && is_outside)
    {
      self->flag = verdict->place == ZQ_RANGE_LOW ? ZQ_FLAG_LOW : ZQ_FLAG_HIGH;
      self->flag_is_ours = TRUE;
    }
  /* An arrow in a sentence is the laboratory's, though the sentence is no number. */
  if (arrows != NULL && (verdict->said_by == ZQ_SAID_BY_NOBODY || verdict->said_by == ZQ_SAID_BY_RANGE))
    {
      self->flag = shown_flag (zq_lab_flag_of_code (arrows));
      self->flag_is_ours = FALSE;
    }
}

static void
judge_by (ZqPolicy *policy, ZqResultValue *self, const ZqQuantity *value, GArray *held, GPtrArray *codes)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, TRUE, sizeof (ZqLabRange));
  g_autofree char *system = NULL, *code = NULL;
  ZqLabFacts facts = { .value = value, .n_ranges = held->len, .age = -1 };
  ZqLabVerdict verdict;

  for (guint i = 0; i < held->len; i++)
    {
      const Held *one = &g_array_index (held, Held, i);
      ZqLabRange range = { .low = one->low, .high = one->high, .text = one->text };

      g_array_append_val (ranges, range);
    }
  zq_value_split_code (self->code, &system, &code);
  facts.system = system;
  facts.code = code;
  facts.ranges = (const ZqLabRange *)(gpointer)ranges->data;
  facts.codes = (const char *const *)codes->pdata;
  verdict = zq_lab_judge (policy, &facts);
  take_verdict (self, &verdict);
  if (verdict.critical == ZQ_CRITICAL_LOCAL && !zq_flag_is_critical (self->flag))
    self->local = zq_critical_check (policy, system, code, value, -1);
}

void
zq_value_judge (ZqPolicy *policy, ZqResultValue *self, JsonNode *node)
{
  g_autoptr (ZqQuantity) value = zq_value_quantity (policy, self);
  g_autoptr (GArray) ranges = read_ranges (policy, node);
  g_autoptr (GPtrArray) codes = read_codes (node);

  g_ptr_array_add (codes, NULL);
  judge_by (policy, self, value, ranges, codes);
}

void
zq_value_take_local (ZqPolicy *policy, ZqResultValue *self, int age)
{
  ZqRangePlace place = self->local;

  if (place != ZQ_RANGE_UNKNOWN && age >= 0)
    {
      g_autoptr (ZqQuantity) value = zq_value_quantity (policy, self);
      g_autofree char *system = NULL, *code = NULL;

      zq_value_split_code (self->code, &system, &code);
      place = zq_critical_check (policy, system, code, value, age);
    }
  self->local = ZQ_RANGE_UNKNOWN;
  if (place != ZQ_RANGE_LOW && place != ZQ_RANGE_HIGH)
    return;
  self->flag = place == ZQ_RANGE_LOW ? ZQ_FLAG_CRITICAL_LOW : ZQ_FLAG_CRITICAL_HIGH;
  self->flag_is_ours = TRUE;
  self->critical_is_ours = TRUE;
}
