/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/guard-private.h"

#include "resource/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- another patient's name -------------------------------------------------------------------- */

static gboolean
is_in_array (JsonNode *node, const char *path, const char *word)
{
  guint length = zq_json_get_length (node, path);

  for (guint i = 0; i < length; i++)
    {
      if (g_str_equal (json_node_get_string (zq_json_get_at (node, path, i)), word))
        return TRUE;
    }

  return FALSE;
}

/* What stands within @n characters after @at begins with one of the words. */
static gboolean
is_followed (JsonNode *settings, const char *path, const char *text, guint at, guint n)
{
  guint length = zq_json_get_length (settings, path);
  const char *p = text + at;

  for (guint i = 0; i <= n && *p != '\0'; i++, p = g_utf8_next_char (p))
    {
      for (guint k = 0; k < length; k++)
        {
          if (g_str_has_prefix (p, json_node_get_string (zq_json_get_at (settings, path, k))))
            return TRUE;
        }
    }

  return FALSE;
}

/* In a name of two characters a surname that is a word by itself makes words of every day (高兴, 何时, 常规), and so
 * does a rare one (随时, 恶露). */
static gboolean
is_ambiguous (JsonNode *settings, const char *name)
{
  char surname[8] = "";

  g_unichar_to_utf8 (g_utf8_get_char (name), surname);

  return is_in_array (settings, "ordinary", name) ||
         (g_utf8_strlen (name, -1) == 2 &&
          (is_in_array (settings, "ambiguous", surname) || !is_in_array (settings, "surnames", surname)));
}

/* Whether @name, at @start, is a part of @drug as it stands there. */
static gboolean
is_part_of (const char *text, const char *name, guint start, const char *drug)
{
  g_autofree char *folded = g_utf8_strdown (drug, -1);
  const char *inside = strstr (folded, name);
  gsize offset = inside != NULL ? (gsize)(inside - folded) : 0;

  return inside != NULL && start >= offset && g_str_has_prefix (text + start - offset, folded);
}

/* Part of a drug's name (罗红 in 罗红霉素): of the table's, or by what follows. */
static gboolean
is_in_drug (JsonNode *root, const char *text, const char *name, guint start, guint end)
{
  guint from, to;
  guint n_drugs = zq_json_get_length (root, "drugs");

  zq_guard_sentence (text, start, TRUE, &from, &to);
  if (zq_guard_says (text, end, to, zq_guard_pattern (zq_json_get (root, "other-patient"), "goes-on-as-a-drug")))
    return TRUE;
  for (guint i = 0; i < n_drugs; i++)
    {
      JsonNode *drug = zq_json_get_at (root, "drugs", i);
      guint n_names = zq_json_get_length (drug, "names");

      for (guint k = 0; k < n_names; k++)
        {
          if (is_part_of (text, name, start, json_node_get_string (zq_json_get_at (drug, "names", k))))
            return TRUE;
        }
    }

  return FALSE;
}

static gboolean
is_person (JsonNode *root, JsonNode *settings, const char *text, const char *name, guint start, guint end)
{
  guint from, to;

  if (is_followed (settings, "titles", text, end, 0))
    return TRUE;
  if (is_in_drug (root, text, name, start, end))
    return FALSE;
  if (!is_ambiguous (settings, name))
    return TRUE;
  zq_guard_sentence (text, start, TRUE, &from, &to);

  return zq_guard_says (text, from, start, zq_guard_pattern (settings, "evidence-before")) ||
         zq_guard_says (text, end, to, zq_guard_pattern (settings, "evidence-after"));
}

/* The name as a pattern that lets a space stand between its characters. */
static GRegex *
regex_of_name (const char *name)
{
  g_autoptr (GString) pattern = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_autofree char *one = g_regex_escape_string (p, (int)(g_utf8_next_char (p) - p));

      if (pattern->len > 0)
        g_string_append (pattern, "[ ·]?");
      g_string_append (pattern, one);
    }

  return g_regex_new (pattern->str, 0, 0, NULL);
}

static void
find_name (JsonNode *root,
           JsonNode *settings,
           const ZqGuardFacts *facts,
           const ZqGuardText *text,
           const char *name,
           GPtrArray *findings)
{
  g_auto (ZqGuardText) folded = { 0 };
  g_auto (ZqGuardText) own = { 0 };
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  const char *inside;
  int offset;

  zq_guard_text_init (&folded, name, ZQ_GUARD_AS_WRITTEN);
  zq_guard_text_init (&own, facts->patient_name != NULL ? facts->patient_name : "", ZQ_GUARD_AS_WRITTEN);
  if (g_utf8_strlen (folded.text, -1) < 2 || g_str_equal (folded.text, own.text))
    return;

  inside = strstr (own.text, folded.text);
  offset = inside != NULL ? (int)(inside - own.text) : 0;
  regex = regex_of_name (folded.text);
  for (g_regex_match (regex, text->text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int start = 0, end = 0;

      g_match_info_fetch_pos (match, 0, &start, &end);
      /* Part of this patient's own name. */
      if (inside != NULL && start >= offset && g_str_has_prefix (text->text + start - offset, own.text))
        continue;
      if (is_followed (settings, "colleagues", text->text, (guint)end, 1))
        continue;
      if (is_person (root, settings, text->text, folded.text, (guint)start, (guint)end))
        zq_guard_add (findings, "other-patient", text, (guint)start, (guint)end,
                      N_ ("“%s” is the name of another patient of yours"), name);
    }
}

void
zq_guard_other_patient (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };

  zq_guard_text_init (&text, written, ZQ_GUARD_AS_WRITTEN);
  for (guint i = 0; facts->other_names != NULL && facts->other_names[i] != NULL; i++)
    find_name (root, settings, facts, &text, facts->other_names[i], findings);
}

/* --- what a template left open ----------------------------------------------------------------- */

void
zq_guard_placeholder (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };
  g_autoptr (GRegex) regex = g_regex_new ("\\{\\{[^{}]*(?:\\}\\}|\\}?)|\\}\\}", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  zq_guard_text_init (&text, written, ZQ_GUARD_AS_WRITTEN);
  for (g_regex_match (regex, text.text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int start = 0, end = 0;

      g_match_info_fetch_pos (match, 0, &start, &end);
      zq_guard_add (findings, "placeholder", &text, (guint)start, (guint)end,
                    N_ ("A place of the template has not been filled"), NULL);
    }
}

/* --- promises ---------------------------------------------------------------------------------- */

void
zq_guard_cure (JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };
  g_autoptr (GRegex) regex = g_regex_new (zq_guard_pattern (settings, "promise"), 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  zq_guard_text_init (&text, written, ZQ_GUARD_AS_WRITTEN);
  for (g_regex_match (regex, text.text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int start = 0, end = 0;
      guint from, to;

      g_match_info_fetch_pos (match, 0, &start, &end);
      zq_guard_sentence (text.text, (guint)start, TRUE, &from, &to);
      if (zq_guard_says (text.text, from, (guint)start, zq_guard_pattern (settings, "not-before")) ||
          zq_guard_says (text.text, (guint)start, (guint)end, zq_guard_pattern (settings, "not-inside")) ||
          zq_guard_says (text.text, (guint)end, to, zq_guard_pattern (settings, "not-after")))
        continue;
      zq_guard_add (findings, "cure", &text, (guint)start, (guint)end, N_ ("This reads as a promise of cure"), NULL);
    }
}
