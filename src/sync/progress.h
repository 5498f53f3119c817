/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* @fraction: 0–1, never less than before. */
typedef void (*ZqProgressFunc) (double fraction, gpointer data);

/* How far a fill is, in rows: the hospital is asked how many there are. Where it does not say, the searches
 * that are done are counted. A reference counts, since answers may come late. */
ZqProgress *zq_progress_new (ZqProgressFunc func, gpointer data);
ZqProgress *zq_progress_ref (ZqProgress *self);
void zq_progress_unref (ZqProgress *self);
/* Nobody is told any more. */
void zq_progress_end (ZqProgress *self);

/* @query is about to be filled up, from @low on (nullable: from the beginning). */
void zq_progress_expect (ZqProgress *self, ZqPeer *peer, const char *query, const char *low, GCancellable *cancellable);
/* So many rows of it have come. */
void zq_progress_take (ZqProgress *self, guint n);
/* So many searches of the round are done, of so many known. */
void zq_progress_set_jobs (ZqProgress *self, guint n_done, guint n_all);

G_END_DECLS
