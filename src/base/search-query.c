/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pinyin.h"
#include "base/search-words.h"

#include <string.h>

/* What is typed is short; what is pasted is cut. */
#define MAX_TYPED    64
#define MAX_PHRASES  24 /* of a term */
#define MAX_READINGS 16 /* of a run of letters */
#define MAX_UNITS    12 /* syllables and initials in a reading */

static ZqPhrase *
phrase_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (ZqAtom));
}

static ZqPhrase *
phrase_copy (ZqPhrase *phrase)
{
  ZqPhrase *copy = phrase_new ();

  g_array_append_vals (copy, phrase->data, phrase->len);

  return copy;
}

static void
phrase_add (ZqPhrase *self, ZqWordKind kind, const char *text, gsize length, gboolean unfinished)
{
  ZqAtom atom = { .kind = kind, .unfinished = unfinished };

  atom.joined = self->len > 0;
  memcpy (atom.text, text, MIN (length, sizeof atom.text - 1));
  g_array_append_val (self, atom);
}

/* --- letters as syllables and initials ---------------------------------------------------------- */

typedef struct
{
  const char *letters;
  gsize length;
  gboolean last; /* it may go on */
  gsize cuts[MAX_UNITS + 1];
  GPtrArray *readings;
} Reader;

static gboolean
is_initial (const char *letters, gsize length)
{
  if (length == 1)
    return strchr ("abcdefghjklmnopqrstwxyz", letters[0]) != NULL;

  return length == 2 && letters[1] == 'h' && strchr ("zcs", letters[0]) != NULL;
}

/* The index has initials as they are: only more than that can be the beginning of something. */
static gboolean
is_unfinished (const Reader *self, gsize at, gsize length)
{
  return self->last && at + length == self->length && !is_initial (self->letters + at, length) &&
         zq_pinyin_is_beginning (self->letters + at, length);
}

static gboolean
is_unit (const Reader *self, gsize at, gsize length)
{
  return is_initial (self->letters + at, length) || zq_pinyin_is_syllable (self->letters + at, length) ||
         is_unfinished (self, at, length);
}

static void
keep_reading (Reader *self, guint n_units)
{
  ZqPhrase *phrase = phrase_new ();

  for (guint i = 0; i < n_units; i++)
    {
      gsize length = self->cuts[i + 1] - self->cuts[i];

      phrase_add (phrase, ZQ_WORD_LETTERS, self->letters + self->cuts[i], length,
                  is_unfinished (self, self->cuts[i], length));
      g_array_index (phrase, ZqAtom, i).is_reading = TRUE;
    }
  g_ptr_array_add (self->readings, phrase);
}

/* All readings of exactly @n_units, longest syllables first. */
static void
read_units (Reader *self, guint unit, guint n_units)
{
  gsize at = self->cuts[unit];
  gsize left = self->length - at;

  if (self->readings->len >= MAX_READINGS)
    return;
  if (unit == n_units)
    {
      if (left == 0)
        keep_reading (self, n_units);
      return;
    }
  for (gsize length = MIN (left, 6); length > 0; length--)
    if (is_unit (self, at, length))
      {
        self->cuts[unit + 1] = at + length;
        read_units (self, unit + 1, n_units);
      }
}

/* Those of the fewest units first: what they find is what was meant. (element-type ZqPhrase) */
static GPtrArray *
read_letters (const char *letters, gboolean last)
{
  Reader self = { .letters = letters, .length = strlen (letters), .last = last };

  self.readings = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  if (self.length <= 6 * MAX_UNITS && g_str_is_ascii (letters))
    for (guint n = 1; n <= MAX_UNITS && n <= self.length; n++)
      read_units (&self, 0, n);

  return self.readings;
}

/* --- a term ----------------------------------------------------------------------------------- */

static void
append_word (ZqPhrase *phrase, const ZqWord *word, gboolean last)
{
  phrase_add (phrase, word->kind, word->text, strlen (word->text), last && word->kind == ZQ_WORD_LETTERS);
}

static void
append_to_all (ZqTerm *term, const ZqWord *word, gboolean last, ZqWords how)
{
  g_autoptr (GPtrArray) readings = NULL;
  guint n = term->len;

  if (word->kind == ZQ_WORD_LETTERS && how != ZQ_WORDS_PLAIN)
    {
      readings = read_letters (word->text, last);
      for (guint r = 0; r < readings->len; r++)
        for (guint i = 0; i < n && term->len < MAX_PHRASES; i++)
          {
            ZqPhrase *reading = g_ptr_array_index (readings, r);
            ZqPhrase *phrase = phrase_copy (g_ptr_array_index (term, i));

            g_array_append_vals (phrase, reading->data, reading->len);
            g_ptr_array_add (term, phrase);
          }
    }
  for (guint i = 0; i < n; i++)
    append_word (g_ptr_array_index (term, i), word, last);
}

GPtrArray *
zq_query_parse (const char *typed, ZqWords how)
{
  g_autoptr (GArray) words = zq_words_split (typed, MAX_TYPED);
  GPtrArray *terms = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  gboolean ended = *typed != '\0' && g_ascii_isspace (typed[strlen (typed) - 1]);
  ZqTerm *term = NULL;

  for (guint i = 0; i < words->len; i++)
    {
      const ZqWord *word = &g_array_index (words, ZqWord, i);

      if (term == NULL || !word->joined)
        {
          term = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
          g_ptr_array_add (term, phrase_new ());
          g_ptr_array_add (terms, term);
        }
      append_to_all (term, word, i + 1 == words->len && !ended, how);
    }

  return terms;
}
