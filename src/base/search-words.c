/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/search-words.h"

#include "base/pinyin.h"

#include <string.h>

#define MAX_DECOMPOSED 18 /* U+FDFA, the longest */

typedef enum
{
  CLASS_NOTHING, /* zero-width, marks, control characters */
  CLASS_BETWEEN,
  CLASS_HANZI,
  CLASS_DIGIT,
  CLASS_LETTER,
} Class;

/* --- characters ------------------------------------------------------------------------------- */

static gboolean
is_hanzi (gunichar c)
{
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x3ffff) ||
         (c >= 0x3005 && c <= 0x3007) || (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xf0000 && c <= 0x10fffd);
}

static Class
classify (gunichar c)
{
  if (is_hanzi (c))
    return CLASS_HANZI;
  if (g_unichar_isdigit (c))
    return CLASS_DIGIT;

  switch (g_unichar_type (c))
    {
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_FORMAT:
      return CLASS_NOTHING;
    case G_UNICODE_CONTROL:
      return g_unichar_isspace (c) ? CLASS_BETWEEN : CLASS_NOTHING;
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_LETTER_NUMBER:
      return CLASS_LETTER;
    default:
      return CLASS_BETWEEN;
    }
}

/* --- words ------------------------------------------------------------------------------------ */

typedef struct
{
  GArray *words;
  gboolean apart; /* something stood between */
  gboolean open;  /* the last word may go on */
} Splitter;

static void
take (Splitter *self, Class class, gunichar c, guint start, guint end)
{
  ZqWord *last = self->words->len > 0 ? &g_array_index (self->words, ZqWord, self->words->len - 1) : NULL;
  ZqWord word = { .start = start, .end = end };
  gsize length;

  if (class == CLASS_DIGIT)
    c = '0' + (gunichar)g_unichar_digit_value (c);
  else if (class == CLASS_LETTER)
    c = g_unichar_tolower (c);

  if (class == CLASS_LETTER && self->open && (length = strlen (last->text)) < ZQ_WORD_MAX)
    {
      last->text[length + (gsize)g_unichar_to_utf8 (c, last->text + length)] = '\0';
      last->end = end;
      return;
    }

  word.kind = class == CLASS_HANZI ? ZQ_WORD_HANZI : class == CLASS_DIGIT ? ZQ_WORD_DIGIT : ZQ_WORD_LETTERS;
  word.joined = last != NULL && !self->apart;
  g_unichar_to_utf8 (c, word.text);
  g_array_append_val (self->words, word);
  self->apart = FALSE;
  self->open = class == CLASS_LETTER;
}

static void
take_one (Splitter *self, gunichar c, guint start, guint end)
{
  Class class = classify (c);

  if (class == CLASS_NOTHING)
    return;
  if (class == CLASS_BETWEEN)
    {
      self->apart = TRUE;
      self->open = FALSE;
      return;
    }
  take (self, class, c, start, end);
}

/* A character decides by itself, so that every place in the source is known; what composes is compared taken apart. */
static void
take_character (Splitter *self, gunichar c, guint start, guint end)
{
  gunichar parts[MAX_DECOMPOSED];
  gsize n;

  if (c < 0x80 || (c >= 0x4e00 && c <= 0x9fff))
    {
      take_one (self, c, start, end);
      return;
    }

  n = MIN (g_unichar_fully_decompose (c, TRUE, parts, G_N_ELEMENTS (parts)), G_N_ELEMENTS (parts));
  for (gsize i = 0; i < n; i++)
    take_one (self, parts[i], start, end);
}

GArray *
zq_words_split (const char *text, guint limit)
{
  Splitter self = { .words = g_array_new (FALSE, TRUE, sizeof (ZqWord)) };
  const char *at = text;

  while (*at != '\0' && self.words->len < limit)
    {
      const char *next = g_utf8_next_char (at);

      take_character (&self, g_utf8_get_char (at), (guint)(at - text), (guint)(next - text));
      at = next;
    }

  return self.words;
}

gboolean
zq_words_are_pair (const ZqWord *first, const ZqWord *second, ZqWords how)
{
  if (how != ZQ_WORDS_PLAIN)
    return FALSE;
  if (first->kind == ZQ_WORD_HANZI && second->kind == ZQ_WORD_HANZI)
    return second->joined;

  return first->kind == ZQ_WORD_DIGIT && second->kind == ZQ_WORD_DIGIT;
}

gboolean
zq_words_touch (const ZqWord *first, const ZqWord *second, ZqWords how)
{
  if (how == ZQ_WORDS_PLAIN && first->kind == ZQ_WORD_HANZI && second->kind == ZQ_WORD_HANZI)
    return second->joined;

  return TRUE;
}

/* --- further tokens at a word's place --------------------------------------------------------- */

static guint
add (ZqWordToken others[], guint n, const char *text, gsize length)
{
  if (n == ZQ_WORD_OTHERS || length >= sizeof (ZqWordToken))
    return n;
  for (guint i = 0; i < n; i++)
    if (strncmp (others[i], text, length) == 0 && others[i][length] == '\0')
      return n;
  memcpy (others[n], text, length);
  others[n][length] = '\0';

  return n + 1;
}

static guint
add_reading (ZqWordToken others[], guint n, const char *reading)
{
  gsize length = strlen (reading);

  n = add (others, n, reading, length);
  n = add (others, n, reading, 1);
  if (length > 1 && reading[1] == 'h')
    n = add (others, n, reading, 2);
  /* lü is typed lv and lu. */
  if (length > 1 && reading[1] == 'v')
    {
      ZqWordToken plain = { 0 };

      memcpy (plain, reading, length);
      plain[1] = 'u';
      n = add (others, n, plain, length);
    }

  return n;
}

void
zq_words_first_letter (const char *text, ZqWordToken token)
{
  gsize length = (gsize)(g_utf8_next_char (text) - text);

  memcpy (token, text, length);
  token[length] = '_';
  token[length + 1] = '\0';
}

guint
zq_word_get_others (const ZqWord *word, ZqWords how, ZqWordToken others[ZQ_WORD_OTHERS])
{
  const char *readings[ZQ_PINYIN_MAX];
  guint n_readings, n = 0;

  switch (word->kind)
    {
    case ZQ_WORD_LETTERS:
      zq_words_first_letter (word->text, others[0]);
      return 1;
    case ZQ_WORD_HANZI:
      if (how == ZQ_WORDS_PLAIN)
        return 0;
      n_readings = zq_pinyin_read (g_utf8_get_char (word->text), how == ZQ_WORDS_NAME, readings);
      for (guint i = 0; i < n_readings; i++)
        n = add_reading (others, n, readings[i]);
      return n;
    case ZQ_WORD_DIGIT:
    default:
      return 0;
    }
}
