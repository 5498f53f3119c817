/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/search.h"
#include "store/store-private.h"

G_BEGIN_DECLS

/* The tables of a kind's words: `search_<kind>_<slot>` and its map `search_<kind>_<slot>_row`. The id of both says
 * when, in quarters of a second, the next one that is free: the nearer to each other they are, the smaller is the
 * index. */

/* Before @at: everything with an id below it. */
gint64 zq_search_id_at (gint64 at_us);

/* @format has %s and %d for the name, as often as it likes; every text is one of a few. (transfer full) */
char *zq_search_sql (const char *kind, gint64 slot, const char *format);

/* Which slots transactions write to; @n 0: none yet. */
gboolean zq_search_get_slots (ZqDb *db, const char *kind, gint64 slots[2], guint *n, GError **error);

gboolean zq_search_make_tables (ZqDb *db, const char *kind, gint64 slot, GError **error);

/* Only into the table that is being built: what serves stays as it is. */
void zq_search_index_built (ZqTxn *txn, const char *kind, gint64 id);

G_END_DECLS
