/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/unit.h"

G_BEGIN_DECLS

/* What is longer is a text, whatever it says: nobody writes a number so. */
#define ZQ_LAB_MAX_TEXT 512

typedef enum
{
  ZQ_LAB_WORD_NONE,
  ZQ_LAB_WORD_NEGATIVE,
  ZQ_LAB_WORD_TRACE,
  ZQ_LAB_WORD_WEAK,
  ZQ_LAB_WORD_POSITIVE,
  ZQ_LAB_WORD_LESS,
  ZQ_LAB_WORD_LESS_EQUAL,
  ZQ_LAB_WORD_GREATER_EQUAL,
  ZQ_LAB_WORD_GREATER,
  ZQ_LAB_WORD_HIGH,
  ZQ_LAB_WORD_LOW,
} ZqLabWord;

/* The file "lab", made for looking up; belongs to the policy. */
typedef struct
{
  GHashTable *units;       /* folded spelling → ZqUnit */
  GHashTable *loose_units; /* the same in lower case → ZqUnit, an empty one when two differ by case only */
  GHashTable *words;       /* folded, lower case → ZqLabWord */
  GPtrArray *comparators;  /* those of the words that stand before a number, the longest first */
} ZqLabTerms;

ZqLabTerms *zq_lab_terms (ZqPolicy *policy);

/* @text with its width, signs and compatibility forms folded: "µ" is u, "⁹" is ^9, "：" is :, "−" is -, "×" is x.
 * NULL when it is no UTF-8. (transfer full) */
char *zq_lab_fold (const char *text, gboolean keep_spaces);

ZqLabWord zq_lab_word (ZqLabTerms *terms, const char *folded);

G_END_DECLS
