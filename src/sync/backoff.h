/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

/* Exponential with jitter, capped at five minutes; @attempt counts from 0. */
gint64 zq_backoff_delay (guint attempt);

/**
 * ZqBackoffs:
 *
 * What has failed for the moment, by a number of its own, and until when it rests; in memory, since a
 * new start is a good time to try again.
 */
typedef struct _ZqBackoffs ZqBackoffs;

ZqBackoffs *zq_backoffs_new (ZqClock *clock);
void zq_backoffs_free (ZqBackoffs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqBackoffs, zq_backoffs_free)

void zq_backoffs_failed (ZqBackoffs *self, gint64 key, gint64 retry_after_us);
void zq_backoffs_worked (ZqBackoffs *self, gint64 key);
void zq_backoffs_clear (ZqBackoffs *self); /* all may be tried at once */
gboolean zq_backoffs_rests (ZqBackoffs *self, gint64 key);
guint zq_backoffs_get_failures (ZqBackoffs *self, gint64 key);
/* Whatever rests no longer is about to be tried. */
void zq_backoffs_look (ZqBackoffs *self);
/* Monotonic: the first end of a rest since the last look, maybe past by now; 0: none. */
gint64 zq_backoffs_next (ZqBackoffs *self);

G_END_DECLS
