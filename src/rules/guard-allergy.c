/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/guard-private.h"

#include "resource/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* That it must not be taken, or was given up, is said in its part of the sentence, before the drug or after it; or just
 * before, going on to it ("不能吃…类，比如…"); or in the part that follows. */
static gboolean
is_refused (JsonNode *settings, const char *text, guint start, guint end)
{
  guint from, to, sentence, sentence_end, before;

  zq_guard_sentence (text, start, TRUE, &from, &to);
  zq_guard_sentence (text, start, FALSE, &sentence, &sentence_end);
  before = from;
  if (from > sentence && zq_guard_says (text, from, start, zq_guard_pattern (settings, "goes-on")))
    {
      const char *comma = g_utf8_prev_char (text + from);
      guint ignored;

      zq_guard_sentence (text, (guint)(comma - text), TRUE, &before, &ignored);
    }

  return zq_guard_says (text, sentence, sentence_end, zq_guard_pattern (settings, "in-sentence")) ||
         zq_guard_says (text, before, start, zq_guard_pattern (settings, "not-before")) ||
         zq_guard_says (text, end, to, zq_guard_pattern (settings, "not-after")) ||
         zq_guard_says (text, to, sentence_end, zq_guard_pattern (settings, "not-next"));
}

static void
find_drug (JsonNode *settings, const ZqGuardText *text, const char *drug, const char *allergy, GPtrArray *findings)
{
  g_autofree char *folded = g_utf8_strdown (drug, -1);
  gsize length = strlen (folded);

  for (const char *p = strstr (text->text, folded); p != NULL; p = strstr (p + length, folded))
    {
      guint start = (guint)(p - text->text);

      if (!is_refused (settings, text->text, start, start + (guint)length))
        zq_guard_add (findings, "allergy", text, start, start + (guint)length,
                      N_ ("An allergy to “%s” is recorded: this drug is one of them"), allergy);
    }
}

static gboolean
belongs_to (JsonNode *class, const char *allergy)
{
  return zq_guard_has_any (class, "allergens", allergy, 0, (guint)strlen (allergy), NULL);
}

static void
find_class (JsonNode *settings, JsonNode *class, const ZqGuardText *text, const char *allergy, GPtrArray *findings)
{
  guint length = zq_json_get_length (class, "drugs");

  for (guint i = 0; i < length; i++)
    find_drug (settings, text, json_node_get_string (zq_json_get_at (class, "drugs", i)), allergy, findings);
}

/* A drug of the table that belongs to no class. */
static void
find_itself (JsonNode *root,
             JsonNode *settings,
             const ZqGuardText *text,
             const char *folded,
             const char *allergy,
             GPtrArray *findings)
{
  guint n_drugs = zq_json_get_length (root, "drugs");

  for (guint i = 0; i < n_drugs; i++)
    {
      JsonNode *drug = zq_json_get_at (root, "drugs", i);
      guint n_names = zq_json_get_length (drug, "names");

      if (!zq_guard_has_any (drug, "names", folded, 0, (guint)strlen (folded), NULL))
        continue;
      for (guint k = 0; k < n_names; k++)
        find_drug (settings, text, json_node_get_string (zq_json_get_at (drug, "names", k)), allergy, findings);
    }
}

void
zq_guard_allergy (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };
  guint n_classes = zq_json_get_length (settings, "classes");

  zq_guard_text_init (&text, written, ZQ_GUARD_AS_WRITTEN);
  for (guint i = 0; facts->allergies != NULL && facts->allergies[i] != NULL; i++)
    {
      g_autofree char *folded = g_utf8_strdown (facts->allergies[i], -1);

      for (guint k = 0; k < n_classes; k++)
        {
          JsonNode *class = zq_json_get_at (settings, "classes", k);

          if (belongs_to (class, folded))
            find_class (settings, class, &text, facts->allergies[i], findings);
        }
      find_itself (root, settings, &text, folded, facts->allergies[i], findings);
    }
}
