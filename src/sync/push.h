/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/**
 * ZqBackoffs:
 *
 * Which intents have failed for the moment, and until when they rest; in memory, since a new start is
 * a good time to try again.
 */
typedef struct _ZqBackoffs ZqBackoffs;

ZqBackoffs *zq_backoffs_new (ZqClock *clock);
void zq_backoffs_free (ZqBackoffs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqBackoffs, zq_backoffs_free)

void zq_backoffs_failed (ZqBackoffs *self, gint64 seq, gint64 retry_after_us);
void zq_backoffs_worked (ZqBackoffs *self, gint64 seq);
void zq_backoffs_clear (ZqBackoffs *self); /* all may be tried at once */
gboolean zq_backoffs_rests (ZqBackoffs *self, gint64 seq);
/* Whatever rests no longer is about to be tried. */
void zq_backoffs_look (ZqBackoffs *self);
/* Monotonic: the first end of a rest since the last look, maybe past by now; 0: none. */
gint64 zq_backoffs_next (ZqBackoffs *self);

/**
 * zq_push_async:
 *
 * Tries every intent that can go, in order within its chain, up to eight chains at once; one that
 * fails does not stop the others. Its error is why intents still wait: what ends a round, or the last
 * one's failure. HELD and REFUSED are no errors.
 */
void zq_push_async (
    ZqPeer *peer, ZqBackoffs *backoffs, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* @n_done: (out) (optional): how many the hospital has now, with an error as well. */
gboolean zq_push_finish (GAsyncResult *result, guint *n_done, GError **error);

G_END_DECLS
