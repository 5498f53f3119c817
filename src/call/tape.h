/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "call/peer.h"

G_BEGIN_DECLS

/* So many bytes of a track, and it goes on in another file, from the next whole picture on: what one upload may be. */
#define ZQ_CALL_TAPE_FILE (16 * 1024 * 1024)

/* @bytes of @file, the @part-th of @track; in the context in which the tape was made. */
typedef void (*ZqCallTapeFunc) (guint file, ZqCallTrack track, guint part, GBytes *bytes, gpointer data);

typedef struct _ZqCallTape ZqCallTape;

/**
 * ZqCallTape:
 *
 * What a call sends and receives, as it is encoded, as Matroska: a file a track, all with times since the tape began.
 * Each file can be played as far as it has come. Connections may come and go: what is missing is missing in time.
 */
/* @file_size: bytes after which a track goes on in another file; 0: ZQ_CALL_TAPE_FILE. */
ZqCallTape *zq_call_tape_new (
    ZqClock *clock, GstClock *capture, GstClockTime base_time, gsize file_size, ZqCallTapeFunc func, gpointer data);

/* Fits ZqCallTapFunc: any thread. */
void zq_call_tape_push (ZqCallTrack track, GstBuffer *buffer, GstCaps *caps, gpointer tape);

/* Whether a picture waits for a whole one, which somebody has to ask for. Any thread. */
gboolean zq_call_tape_wants_key (ZqCallTape *self);

/* Ends all files and hands over what is left of them, before it returns. Nothing is pushed any more. */
void zq_call_tape_free (ZqCallTape *self);

G_END_DECLS
