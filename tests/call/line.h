/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/steer.h"

G_BEGIN_DECLS

/* A line with a bottleneck, an encoder before it and the other side behind it, all of it arithmetic: what a ZqSteer
 * would measure there. */
typedef struct
{
  /* what it is like now; may be changed while it goes */
  double rate;      /* bit/s, of all that goes */
  double loss;      /* part of the packets, by chance */
  double queue_ms;  /* what waits at most */
  double delay_ms;  /* of an empty line, one way */
  gboolean is_mute; /* no report comes back */
  double want;      /* bit/s that the picture could use at most; 0: all it gets */

  /* what came of it, since zq_test_line_forget() */
  double audio_sent, audio_dropped; /* packets; dropped for want of room, not by chance */
  double video_came;                /* bytes */
  double frames_sent;
  double queue_sum, queue_most; /* ms, at each packet of sound */
  guint turns;                  /* how often the bitrate went down after it had gone up by a tenth, or the other way */
  guint switches;               /* of the picture, on and off */

  /* private */
  GRand *rand;
  ZqSteer *steer;
  ZqCallStats stats;
  double now, busy_until; /* s */
  double next_frame, next_sound, next_sample;
  guint last_part, key_left;
  gboolean was_video;
  double least_queue;
  double window[2][512]; /* when it came (<0: not), bytes */
  guint n_window;
  double sample_bytes, sample_audio, told, came;
  guint frames;
  double extreme;
  int direction;
} ZqTestLine;

void zq_test_line_init (ZqTestLine *self, guint32 seed);
void zq_test_line_clear (ZqTestLine *self);
/* Goes on for so many seconds, steered every 200 ms. */
void zq_test_line_run (ZqTestLine *self, double seconds);
void zq_test_line_forget (ZqTestLine *self);
/* Runs until the condition holds; returns the seconds it took, or -1 after @most. */
double zq_test_line_until (ZqTestLine *self, gboolean (*cond) (ZqTestLine *self), double most);

G_END_DECLS
