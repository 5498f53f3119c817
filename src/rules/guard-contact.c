/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/guard-private.h"

#include "resource/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a number is, and what is said of it. The patterns are the policy's; the number is their group "n" where they
 * have one. */
static const struct
{
  const char *is;
  const char *reason;
} reasons[] = {
  { "identity-card", N_ ("An identity card's number stands in the reply") },
  { "mobile", N_ ("A private telephone number stands in the reply") },
  { "telephone", N_ ("A telephone number that is not the hospital's stands in the reply") },
  { "account", N_ ("A private contact stands in the reply") },
};

static const char *
reason_of (const char *is)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (g_strcmp0 (reasons[i].is, is) == 0)
        return reasons[i].reason;
    }

  return reasons[G_N_ELEMENTS (reasons) - 1].reason;
}

static char *
digits_of (const char *text, guint start, guint end)
{
  GString *digits = g_string_new (NULL);

  for (guint i = start; i < end; i++)
    {
      if (g_ascii_isdigit (text[i]))
        g_string_append_c (digits, text[i]);
    }

  return g_string_free (digits, FALSE);
}

/* The hospital's own numbers may be written without the code of the town, or with an extension. */
static gboolean
is_same_number (const char *digits, const char *known)
{
  g_autofree char *own = digits_of (known, 0, (guint)strlen (known));

  return g_str_equal (digits, own) || (strlen (digits) >= 7 && g_str_has_suffix (own, digits)) ||
         (strlen (own) >= 7 && g_str_has_prefix (digits, own));
}

static gboolean
is_allowed (JsonNode *settings, const ZqGuardFacts *facts, const char *digits)
{
  guint length = zq_json_get_length (settings, "allowed");

  for (guint i = 0; i < length; i++)
    {
      if (is_same_number (digits, json_node_get_string (zq_json_get_at (settings, "allowed", i))))
        return TRUE;
    }
  for (guint i = 0; facts->own_numbers != NULL && facts->own_numbers[i] != NULL; i++)
    {
      if (is_same_number (digits, facts->own_numbers[i]))
        return TRUE;
    }

  return FALSE;
}

/* "病历号 0103884572": what stands just before says what the number is. */
static gboolean
is_labelled (JsonNode *settings, const char *text, guint start)
{
  const char *p = text + start;

  for (guint i = 0; i < 8 && p > text; i++)
    p = g_utf8_prev_char (p);

  return zq_guard_has_any (settings, "labels", text, (guint)(p - text), start, NULL) &&
         !zq_guard_says (text, (guint)(p - text), start, zq_guard_pattern (settings, "not-a-label"));
}

static void
find_number (
    JsonNode *settings, JsonNode *number, const ZqGuardFacts *facts, const ZqGuardText *text, GPtrArray *findings)
{
  g_autoptr (GRegex) regex = g_regex_new (zq_guard_pattern (number, "pattern"), 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, text->text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int start = 0, end = 0;
      g_autofree char *digits = NULL;

      if (!g_match_info_fetch_named_pos (match, "n", &start, &end) || start < 0)
        g_match_info_fetch_pos (match, 0, &start, &end);
      digits = digits_of (text->text, (guint)start, (guint)end);
      if ((*digits != '\0' && is_allowed (settings, facts, digits)) || is_labelled (settings, text->text, (guint)start))
        continue;
      zq_guard_add (findings, "contact", text, (guint)start, (guint)end, reason_of (zq_json_get_string (number, "is")),
                    NULL);
    }
}

static void
find_numbers (JsonNode *settings, const ZqGuardFacts *facts, const ZqGuardText *text, GPtrArray *findings)
{
  guint length = zq_json_get_length (settings, "numbers");

  for (guint i = 0; i < length; i++)
    find_number (settings, zq_json_get_at (settings, "numbers", i), facts, text, findings);
}

static void
find_invitations (JsonNode *settings, const ZqGuardText *text, GPtrArray *findings)
{
  g_autoptr (GRegex) regex = g_regex_new (zq_guard_pattern (settings, "invitation"), 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, text->text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int start = 0, end = 0;
      guint from, to;

      g_match_info_fetch_pos (match, 0, &start, &end);
      zq_guard_sentence (text->text, (guint)start, TRUE, &from, &to);
      if (!zq_guard_says (text->text, from, (guint)start, zq_guard_pattern (settings, "warned-against")))
        zq_guard_add (findings, "contact", text, (guint)start, (guint)end, N_ ("A private contact stands in the reply"),
                      NULL);
    }
}

void
zq_guard_contact (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };
  g_auto (ZqGuardText) spelled = { 0 };

  zq_guard_text_init (&text, written, ZQ_GUARD_AS_WRITTEN);
  find_numbers (settings, facts, &text, findings);
  find_invitations (settings, &text, findings);
  zq_guard_text_init (&spelled, written, ZQ_GUARD_DIGITS);
  if (strcmp (spelled.text, text.text) != 0)
    find_numbers (settings, facts, &spelled, findings);
}
