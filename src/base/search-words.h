/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/search-text.h"

G_BEGIN_DECLS

/* What index, query and highlighting have in common (search-text.c, search-query.c); nobody else includes it. */

typedef enum
{
  ZQ_WORD_HANZI,
  ZQ_WORD_DIGIT,
  ZQ_WORD_LETTERS,
} ZqWordKind;

#define ZQ_WORD_MAX 48 /* bytes; a longer run goes on as another word */

typedef struct
{
  ZqWordKind kind;
  gboolean joined;  /* nothing stands between it and the word before */
  guint start, end; /* bytes of the source */
  char text[ZQ_WORD_MAX + 8];
} ZqWord;

/* The words of @text, at most @limit of them. (element-type ZqWord) */
GArray *zq_words_split (const char *text, guint limit);
/* Words of a text beyond this are not indexed: it is no message any more. */
#define ZQ_WORDS_LIMIT 20000

/* Whether both are one token of the index as well: rows of two common hanzi are then found without walking the rows of
 * either (only where many texts are, ZQ_WORDS_PLAIN). */
gboolean zq_words_are_pair (const ZqWord *first, const ZqWord *second, ZqWords how);
/* Whether @second continues a phrase of which @first was the word before. */
gboolean zq_words_touch (const ZqWord *first, const ZqWord *second, ZqWords how);

#define ZQ_WORD_OTHERS 24
typedef char ZqWordToken[8];
/* The token of all words that begin with the first letter of @text: a single letter is asked for by it, since merging
 * all that begins so would take long. */
void zq_words_first_letter (const char *text, ZqWordToken token);
/* The other tokens at the place of @word, but for pairs: readings and first letters. */
guint zq_word_get_others (const ZqWord *word, ZqWords how, ZqWordToken others[ZQ_WORD_OTHERS]);

/* --- a query, taken apart --------------------------------------------------------------------- */

typedef struct
{
  ZqWordKind kind; /* a reading is of LETTERS */
  gboolean joined;
  gboolean unfinished; /* what begins so */
  gboolean is_reading; /* a syllable or an initial of a hanzi: never a word that was typed whole */
  char text[ZQ_WORD_MAX + 8];
} ZqAtom;

typedef GArray ZqPhrase;  /* of ZqAtom: all of them in order, side by side */
typedef GPtrArray ZqTerm; /* of ZqPhrase: any of them */
/* (element-type ZqTerm): all of them */
GPtrArray *zq_query_parse (const char *typed, ZqWords how);

G_END_DECLS
