/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * How text is found: as a row of *words*, each at a place of its own. A hanzi is a word, a digit is a word, a run
 * of Latin letters (or of another alphabet) is a word in lower case without its accents; width and compatibility
 * forms are folded (NFKC), zero-width and control characters are nothing, all else separates.
 */

typedef enum
{
  ZQ_WORDS_PLAIN,  /* messages */
  ZQ_WORDS_PINYIN, /* complaints, titles: each hanzi is also found by its syllable and its initial */
  ZQ_WORDS_NAME,   /* persons: the same, with the readings of surnames (单 shan, 曾 zeng, 仇 qiu) */
} ZqWords;

/* What the index keeps (src/db/words.h): words separated by spaces, further readings of a word behind a `|`:
 * "王|wang|w 小|xiao|x". Any thread. (transfer full) */
char *zq_search_text_index (const char *text, ZqWords how);

/**
 * zq_search_text_query:
 *
 * What a person typed, as an FTS5 query over such words: hanzi, digits and words as one phrase where they were typed
 * together, terms parted by spaces all wanted, in any order. Letters also as syllables and initials in every way in
 * which they can be read, bounded ("wangxm", "王xm", "wxm", "wang xiao mi"); the last one may be unfinished.
 * @how: what the index has: with ZQ_WORDS_PLAIN no readings are tried.
 *
 * Returns: (transfer full): NULL when nothing in it can be asked for
 */
char *zq_search_text_query (const char *typed, ZqWords how);

/**
 * zq_search_text_find:
 *
 * Where @text says what was @typed: byte ranges for highlighting, in order, not overlapping. The same rules as
 * above, so that a hit always has at least one.
 *
 * Returns: (transfer full) (element-type ZqTextRange)
 */
typedef struct
{
  guint start, end; /* bytes */
} ZqTextRange;

GArray *zq_search_text_find (const char *text, const char *typed, ZqWords how);

G_END_DECLS
