/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_NARRATIVE_PARAGRAPH,
  ZQ_NARRATIVE_HEADING,
  ZQ_NARRATIVE_ITEM, /* of a list; `mark` is its bullet or number */
  ZQ_NARRATIVE_ROW,  /* of a table */
  ZQ_NARRATIVE_PREFORMATTED,
} ZqNarrativeKind;

/**
 * ZqNarrativeBlock:
 *
 * A piece of an XHTML narrative as plain text: of the markup nothing is left, so that nothing can be fetched, run,
 * followed or hidden. Immutable.
 */
typedef struct
{
  ZqNarrativeKind kind;
  guint level;   /* of a heading from 1, of an item from 0 */
  char *mark;    /* of an item */
  char *text;    /* but for rows */
  GStrv cells;   /* of a row */
  gboolean head; /* of a row: it says what stands below it */
} ZqNarrativeBlock;

void zq_narrative_block_free (ZqNarrativeBlock *self);

/**
 * zq_narrative_read:
 * @div: what stands in text.div, however broken
 * @cut: (out) (optional): there is more than can be shown
 *
 * Headings, paragraphs, lists, tables and preformatted text are kept, by an allow-list; scripts, styles and what is
 * embedded go with all that they hold, and what its own attributes hide; of other elements the text is kept. No
 * attribute gets any further. Bounded, pure. (transfer full) (element-type ZqNarrativeBlock)
 */
GPtrArray *zq_narrative_read (const char *div, gboolean *cut);

/* A line each: items with their marks, cells with @between. (transfer full) (element-type ZqNarrativeBlock) */
char *zq_narrative_to_text (GPtrArray *blocks, const char *between);

G_END_DECLS
