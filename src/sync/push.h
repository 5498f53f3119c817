/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

typedef struct _ZqPushRound ZqPushRound;

/**
 * zq_push_async:
 *
 * Tries every intent that can go, in order within its chain, up to eight chains at once; one that
 * fails does not stop the others. Its error is why intents still wait: what ends a round, or the last
 * one's failure. HELD and REFUSED are no errors. Files go two at once, so that words always find a way.
 *
 * Returns: (transfer none): valid until @callback
 */
ZqPushRound *zq_push_async (
    ZqPeer *peer, ZqBackoffs *backoffs, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Something may go that could not before: nothing waits for what is under way in other chains. @anew: even if an error
 * has ended the round. */
void zq_push_look (ZqPushRound *self, gboolean anew);
/* @n_done: (out) (optional): how many the hospital has now, with an error as well; @ended: (out)
 * (optional): the error ended the round, so that it says something of the link. */
gboolean zq_push_finish (GAsyncResult *result, guint *n_done, gboolean *ended, GError **error);

G_END_DECLS
