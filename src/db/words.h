/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db-private.h"

G_BEGIN_DECLS

/* FTS5's tokenizer "zq_words", on every connection: spaces part the places of a text, a `|` parts several tokens of the
 * same place. What a word is was decided before (base/search-text.h). */
gboolean zq_db_add_words (ZqDb *self, GError **error);

G_END_DECLS
