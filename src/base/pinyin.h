/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How hanzi are read, by a table that is made while building (make-pinyin.c). Syllables are plain letters without
 * tones, ü is v. */

typedef struct
{
  guint32 hanzi;
  guint16 plain, name; /* place in the syllables + 1; 0: none, or the same */
} ZqPinyinRow;

extern const char *const zq_pinyin_syllables[]; /* in order */
extern const guint zq_pinyin_n_syllables;
extern const ZqPinyinRow zq_pinyin_rows[]; /* in order of hanzi */
extern const guint zq_pinyin_n_rows;

#define ZQ_PINYIN_MAX 5

/* Every reading of @hanzi that is usual: alone, as a surname (@name), and of the common hanzi that have several. Static
 * texts, different ones. Returns how many. */
guint zq_pinyin_read (gunichar hanzi, gboolean name, const char *readings[ZQ_PINYIN_MAX]);

/* Whether @letters of that length are a syllable, or begin one that is longer. */
gboolean zq_pinyin_is_syllable (const char *letters, gsize length);
gboolean zq_pinyin_is_beginning (const char *letters, gsize length);

G_END_DECLS
