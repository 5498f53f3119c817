/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/search-text.h"

#include "base/search-words.h"

#include <string.h>

/* --- what the index keeps --------------------------------------------------------------------- */

char *
zq_search_text_index (const char *text, ZqWords how)
{
  g_autoptr (GArray) words = zq_words_split (text, ZQ_WORDS_LIMIT);
  GString *index = g_string_sized_new (words->len * 12);

  for (guint i = 0; i < words->len; i++)
    {
      const ZqWord *word = &g_array_index (words, ZqWord, i);
      ZqWordToken others[ZQ_WORD_OTHERS];
      guint n = zq_word_get_others (word, how, others);

      if (i > 0)
        g_string_append_c (index, ' ');
      g_string_append (index, word->text);
      if (i + 1 < words->len && zq_words_are_pair (word, word + 1, how))
        {
          g_string_append_c (index, '|');
          g_string_append (index, word->text);
          g_string_append (index, word[1].text);
        }
      for (guint o = 0; o < n; o++)
        {
          g_string_append_c (index, '|');
          g_string_append (index, others[o]);
        }
    }

  return g_string_free (index, FALSE);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void
as_word (const ZqAtom *atom, ZqWord *word)
{
  word->kind = atom->kind;
  word->joined = atom->joined;
}

/* Pairs stand for both of their hanzi: the last one of a pair needs no token of its own at the end. */
static void
write_phrase (GString *query, ZqPhrase *phrase, ZqWords how)
{
  gboolean covered = FALSE;
  gboolean unfinished = FALSE;

  g_string_append_c (query, '"');
  for (guint i = 0; i < phrase->len; i++)
    {
      const ZqAtom *atom = &g_array_index (phrase, ZqAtom, i);
      ZqWord word = { 0 }, next = { 0 };
      gboolean pair = FALSE, letter;
      ZqWordToken first;

      if (i + 1 < phrase->len)
        {
          as_word (atom, &word);
          as_word (atom + 1, &next);
          pair = zq_words_are_pair (&word, &next, how);
        }
      if (i + 1 == phrase->len && covered)
        break;
      if (i > 0)
        g_string_append_c (query, ' ');
      letter = atom->unfinished && *g_utf8_next_char (atom->text) == '\0';
      if (letter)
        zq_words_first_letter (atom->text, first);
      g_string_append (query, letter ? first : atom->text);
      if (pair)
        g_string_append (query, atom[1].text);
      covered = pair;
      unfinished = atom->unfinished && !letter;
    }
  g_string_append (query, unfinished ? "\" *" : "\"");
}

char *
zq_search_text_query (const char *typed, ZqWords how)
{
  g_autoptr (GPtrArray) terms = zq_query_parse (typed, how);
  GString *query;

  if (terms->len == 0)
    return NULL;

  query = g_string_new (NULL);
  for (guint t = 0; t < terms->len; t++)
    {
      ZqTerm *term = g_ptr_array_index (terms, t);

      g_string_append (query, t > 0 ? " AND (" : "(");
      for (guint i = 0; i < term->len; i++)
        {
          if (i > 0)
            g_string_append (query, " OR ");
          write_phrase (query, g_ptr_array_index (term, i), how);
        }
      g_string_append_c (query, ')');
    }

  return g_string_free (query, FALSE);
}

/* --- where it stands -------------------------------------------------------------------------- */

static gboolean
matches_token (const ZqAtom *atom, const char *token)
{
  return atom->unfinished ? g_str_has_prefix (token, atom->text) : g_str_equal (token, atom->text);
}

static gboolean
matches (const ZqAtom *atom, const ZqWord *word, ZqWords how)
{
  ZqWordToken others[ZQ_WORD_OTHERS];
  guint n;

  if (atom->kind != ZQ_WORD_LETTERS || word->kind == ZQ_WORD_DIGIT)
    return atom->kind == word->kind && g_str_equal (atom->text, word->text);
  if (matches_token (atom, word->text))
    return TRUE;
  /* A single letter that may go on asks for words alone. */
  if (atom->unfinished && *g_utf8_next_char (atom->text) == '\0')
    return FALSE;

  n = zq_word_get_others (word, how, others);
  for (guint i = 0; i < n; i++)
    if (matches_token (atom, others[i]))
      return TRUE;

  return FALSE;
}

static gboolean
matches_at (ZqPhrase *phrase, GArray *words, guint at, ZqWords how)
{
  if (at + phrase->len > words->len)
    return FALSE;

  for (guint i = 0; i < phrase->len; i++)
    {
      const ZqWord *word = &g_array_index (words, ZqWord, at + i);

      if (!matches (&g_array_index (phrase, ZqAtom, i), word, how) || (i > 0 && !zq_words_touch (word - 1, word, how)))
        return FALSE;
    }

  return TRUE;
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  const ZqTextRange *one = a, *two = b;

  return one->start < two->start ? -1 : one->start > two->start;
}

/* In order, what overlaps or meets as one. */
static GArray *
join_ranges (GArray *ranges)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (ZqTextRange));

  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++)
    {
      ZqTextRange range = g_array_index (ranges, ZqTextRange, i);
      ZqTextRange *last = joined->len > 0 ? &g_array_index (joined, ZqTextRange, joined->len - 1) : NULL;

      if (last != NULL && range.start <= last->end)
        last->end = MAX (last->end, range.end);
      else
        g_array_append_val (joined, range);
    }

  return joined;
}

GArray *
zq_search_text_find (const char *text, const char *typed, ZqWords how)
{
  g_autoptr (GPtrArray) terms = zq_query_parse (typed, how);
  g_autoptr (GArray) words = zq_words_split (text, ZQ_WORDS_LIMIT);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (ZqTextRange));

  for (guint t = 0; t < terms->len; t++)
    {
      ZqTerm *term = g_ptr_array_index (terms, t);
      gboolean found = FALSE;

      for (guint p = 0; p < term->len; p++)
        {
          ZqPhrase *phrase = g_ptr_array_index (term, p);

          for (guint at = 0; at < words->len; at++)
            if (matches_at (phrase, words, at, how))
              {
                ZqTextRange range = { g_array_index (words, ZqWord, at).start,
                                      g_array_index (words, ZqWord, at + phrase->len - 1).end };

                g_array_append_val (ranges, range);
                found = TRUE;
              }
        }
      if (!found)
        g_array_set_size (ranges, 0);
      if (!found)
        break;
    }

  return join_ranges (ranges);
}
