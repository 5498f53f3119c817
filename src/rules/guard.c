/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/guard-private.h"

#include "resource/json.h"

#include <string.h>

static const struct
{
  const char *id; /* its member of the policy file */
  ZqGuardRule rule;
} rules[] = {
  { "contact", zq_guard_contact },           { "other-patient", zq_guard_other_patient },
  { "placeholder", zq_guard_placeholder },   { "dose-unit", zq_guard_dose_unit },
  { "dose-tenfold", zq_guard_dose_tenfold }, { "unit-mix", zq_guard_unit_mix },
  { "allergy", zq_guard_allergy },           { "cure", zq_guard_cure },
};

void
zq_guard_finding_free (ZqGuardFinding *self)
{
  g_free (self->reason);
  g_free (self->detail);
  g_free (self);
}

/* --- the text as rules see it ------------------------------------------------------------------ */

static gboolean
is_invisible (gunichar c)
{
  return g_unichar_type (c) == G_UNICODE_FORMAT || g_unichar_iszerowidth (c);
}

/* '0'…'9', or 0. */
static gunichar
digit_of_hanzi (gunichar c)
{
  static const char *const digits[] = { "零〇○", "一壹幺", "二贰两", "三叁", "四肆",
                                        "五伍",  "六陆",   "七柒",   "八捌", "九玖" };

  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    {
      if (c != 0 && g_utf8_strchr (digits[i], -1, c) != NULL)
        return '0' + i;
    }

  return 0;
}

/* How many bytes at @p are a number such as 零点一二五; 0: none. */
static gsize
length_of_decimal (const char *p)
{
  static const char point[] = "点";
  const char *start = p;

  if (digit_of_hanzi (g_utf8_get_char (p)) == 0 || !g_str_has_prefix (g_utf8_next_char (p), point))
    return 0;
  p = g_utf8_next_char (p) + strlen (point);
  if (digit_of_hanzi (g_utf8_get_char (p)) == 0)
    return 0;
  while (digit_of_hanzi (g_utf8_get_char (p)) != 0)
    p = g_utf8_next_char (p);

  return (gsize)(p - start);
}

static void
append_folded (ZqGuardText *self, GString *text, const char *at, guint place, gboolean as_digits)
{
  g_autofree char *folded = g_utf8_normalize (at, g_utf8_next_char (at) - at, G_NORMALIZE_ALL_COMPOSE);

  for (const char *p = folded != NULL ? folded : ""; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_unichar_tolower (g_utf8_get_char (p));
      gunichar digit = as_digits ? digit_of_hanzi (c) : 0;
      gsize before = text->len;

      if (is_invisible (c))
        continue;
      g_string_append_unichar (text, digit != 0 ? digit : c);
      for (gsize i = before; i < text->len; i++)
        g_array_append_val (self->origin, place);
    }
}

void
zq_guard_text_init (ZqGuardText *self, const char *written, ZqGuardReading reading)
{
  GString *text = g_string_new (NULL);
  const char *decimal_end = written;
  guint place = 0;

  self->origin = g_array_new (FALSE, FALSE, sizeof (guint));
  for (const char *p = written; *p != '\0'; p = g_utf8_next_char (p))
    {
      place = (guint)(p - written);
      if (reading == ZQ_GUARD_DECIMALS && p >= decimal_end)
        decimal_end = p + length_of_decimal (p);
      if (p < decimal_end && digit_of_hanzi (g_utf8_get_char (p)) == 0)
        {
          g_string_append_c (text, '.');
          g_array_append_val (self->origin, place);
        }
      else
        append_folded (self, text, p, place, reading == ZQ_GUARD_DIGITS || p < decimal_end);
    }
  place = (guint)strlen (written);
  g_array_append_val (self->origin, place);
  self->text = g_string_free (text, FALSE);
}

void
zq_guard_text_clear (ZqGuardText *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->origin, g_array_unref);
}

void
zq_guard_sentence (const char *text, guint at, gboolean clause, guint *start, guint *end)
{
  static const char sentence_ends[] = "。!?;\n！？；";
  static const char clause_ends[] = "。!?;\n！？；,，";
  const char *ends = clause ? clause_ends : sentence_ends;
  const char *p = text + at;
  const char *q = p;

  while (p > text && g_utf8_strchr (ends, -1, g_utf8_get_char (g_utf8_prev_char (p))) == NULL)
    p = g_utf8_prev_char (p);
  while (*q != '\0' && g_utf8_strchr (ends, -1, g_utf8_get_char (q)) == NULL)
    q = g_utf8_next_char (q);
  *start = (guint)(p - text);
  *end = (guint)(q - text);
}

const char *
zq_guard_pattern (JsonNode *settings, const char *name)
{
  const char *pattern = zq_json_get_string (settings, name);

  return pattern != NULL ? pattern : "(?!)";
}

gboolean
zq_guard_says (const char *text, guint start, guint end, const char *pattern)
{
  g_autofree char *part = g_strndup (text + start, end > start ? end - start : 0);

  return g_regex_match_simple (pattern, part, 0, 0);
}

gboolean
zq_guard_has_any (JsonNode *node, const char *path, const char *text, guint start, guint end, const char **found)
{
  g_autofree char *part = g_strndup (text + start, end > start ? end - start : 0);
  guint length = zq_json_get_length (node, path);

  for (guint i = 0; i < length; i++)
    {
      JsonNode *word = zq_json_get_at (node, path, i);

      if (strstr (part, json_node_get_string (word)) == NULL)
        continue;
      if (found != NULL)
        *found = json_node_get_string (word);
      return TRUE;
    }

  return FALSE;
}

/* --- checking ---------------------------------------------------------------------------------- */

void
zq_guard_add (GPtrArray *findings,
              const char *rule,
              const ZqGuardText *text,
              guint start,
              guint end,
              const char *reason,
              const char *detail)
{
  ZqGuardFinding *finding;
  guint from = g_array_index (text->origin, guint, start);
  guint to = g_array_index (text->origin, guint, end);

  for (guint i = 0; i < findings->len; i++)
    {
      finding = g_ptr_array_index (findings, i);
      if (g_str_equal (finding->rule, rule) && finding->start < to && from < finding->end)
        return;
    }

  finding = g_new0 (ZqGuardFinding, 1);
  finding->rule = g_intern_string (rule);
  finding->start = from;
  finding->end = to;
  finding->reason = g_strdup (reason);
  finding->detail = g_strdup (detail);
  g_ptr_array_add (findings, finding);
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const ZqGuardFinding *first = *(ZqGuardFinding *const *)a;
  const ZqGuardFinding *second = *(ZqGuardFinding *const *)b;

  return first->start != second->start ? (first->start < second->start ? -1 : 1) : strcmp (first->rule, second->rule);
}

GPtrArray *
zq_guard_check (ZqPolicy *policy, const ZqGuardFacts *facts, const char *text)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_guard_finding_free);
  JsonNode *root = zq_policy_get (policy, "guard");

  for (guint i = 0; root != NULL && i < G_N_ELEMENTS (rules); i++)
    {
      JsonNode *settings = zq_json_get (root, rules[i].id);

      if (zq_json_get_boolean (settings, "enabled", FALSE))
        rules[i].rule (root, settings, facts, text, findings);
    }
  g_ptr_array_sort (findings, compare_findings);

  return findings;
}
