/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/search.h"

G_BEGIN_DECLS

/* Texts and queries at random, and by a rule of its own which of those say which of these. */

char *oracle_make_text (GRand *rand);
char *oracle_make_query (GRand *rand, ZqWords how);
/* What oracle_says() looks at, of a text of oracle_make_text(). */
char *oracle_words (const char *text);
gboolean oracle_says (const char *words, const char *typed, ZqWords how);

G_END_DECLS
