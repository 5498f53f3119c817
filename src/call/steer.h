/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/peer.h"

G_BEGIN_DECLS

/**
 * ZqSteer:
 *
 * How much of the line the picture may take: what was measured in, targets out. Pure: its only time is the one in the
 * measurements, which come about every 200 ms.
 *
 * It starts low and climbs; it gives way to delay before there is loss (RFC 8836, 3; draft-ietf-rmcat-gcc-02), to what
 * came through, and less than that until the queue is gone. Loss alone, as radio links have it, takes nothing. After it
 * gave way it stays below, longer each time that climbing failed. First the bitrate goes down, then the size, then the
 * rate of pictures, then the picture; what sound takes is taken off before. A picture that was stopped is tried again
 * by itself, ever later.
 */
typedef struct _ZqSteer ZqSteer;

#define ZQ_STEER_START 250000 /* bit/s, with sound */
#define ZQ_STEER_MOST  2500000

ZqSteer *zq_steer_new (void);
void zq_steer_free (ZqSteer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSteer, zq_steer_free)

/* A new connection: what the line gave before is the best guess, a little less of it. */
void zq_steer_restart (ZqSteer *self);

/* TRUE: the target is another now. */
gboolean zq_steer_take (ZqSteer *self, const ZqCallStats *stats);

const ZqCallTarget *zq_steer_get_target (const ZqSteer *self);
/* What the line is thought to give, bit/s, with sound. */
guint zq_steer_get_estimate (const ZqSteer *self);

G_END_DECLS
