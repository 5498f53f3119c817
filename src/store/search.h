/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/search-text.h"
#include "store/txn.h"

G_BEGIN_DECLS

/**
 * ZqSearchRule:
 *
 * How the rows of a kind are found by words (ZqResourceKind.search; NULL: they are not). Each kind has a table of its
 * own, `search_<kind>_<slot>` (FTS5, contentless, words as src/base/search-text.h makes them), whose rowid says when in
 * quarters of a second (the next free one) and whose map to rows is `search_<kind>_<slot>_row (id, row UNIQUE, hash)`.
 * Within a quarter of a second the order of hits is not told.
 */
typedef struct _ZqSearchText ZqSearchText;
struct _ZqSearchText
{
  gint64 at;  /* µs: newest first is by this */
  char *text; /* as read; owned; NULL: it is not to be found (withdrawn, restricted, gone) */
};

struct _ZqSearchRule
{
  guint version; /* raise it when `describe` changes: the index is made anew in the background, in chunks, while the
                    old one serves; a kill goes on where it was */
  ZqWords how;
  /* Writer thread: what of row @id can be found; called for every resource of the kind's type (rows of others, that
   * belong among its own, too): NULL where there is none. FALSE: error. */
  gboolean (*describe) (ZqTxn *txn, gint64 id, ZqSearchText *text, GError **error);
};

/* The row of @kind reads differently, came or went: its words are put right at the end of this transaction, all of a
 * transaction in ascending order. Cheap to call again. */
void zq_txn_index (ZqTxn *txn, const char *kind, gint64 id);

/* --- asking ----------------------------------------------------------------------------------- */

/**
 * zq_store_search_async:
 * @kind: "message"…
 * @typed: what a person typed
 * @from_us, @before_us: sent from (included) and before, to a quarter of a second: look again; 0: no bound
 * @before_id: 0, or the id of the last hit of the page before: goes on there
 *
 * A page of hits, newest first, from the reader thread: at most @limit (≤ 200). Never ranked, never counted.
 */
typedef struct
{
  gint64 id;  /* of the hit, for the next page */
  gint64 row; /* of the kind */
} ZqHit;

void zq_store_search_async (ZqStore *self,
                            const char *kind,
                            const char *typed,
                            gint64 from_us,
                            gint64 before_us,
                            gint64 before_id,
                            guint limit,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
/* (transfer full) (element-type ZqHit): empty for nothing; NULL on error. */
GArray *zq_store_search_finish (ZqStore *self, GAsyncResult *result, GError **error);

/* The same on any connection, for the reader's own functions (zq_store_read_async). */
GArray *zq_search_run (ZqDb *db,
                       const ZqResourceKind *kind,
                       const char *typed,
                       gint64 from_us,
                       gint64 before_us,
                       gint64 before_id,
                       guint limit,
                       GError **error);

/* How far the index is: rows done of all, equal when it is complete. Reader or main connection. Topic "search" (no row)
 * tells when it gets on. */
gboolean zq_search_progress (ZqDb *db, guint *done, guint *all);
/* Which versions of the rules it was made by: "message 2, patient 1". The same connections. (transfer full) */
char *zq_search_dup_versions (ZqDb *db);

G_END_DECLS
