/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a peer tells of its connection, over the time since it was last asked. Rates in bit/s, times in µs, parts 0–1;
 * -1 where nothing is known. */
typedef struct
{
  gint64 at;       /* monotonic, µs */
  gint64 interval; /* since the one before */

  /* what we send */
  double video_sent;
  double audio_sent;
  double remote_lost; /* part of our packets that the other side says it lost */
  gint64 rtt;
  guint nacks;      /* asked for again */
  guint plis;       /* whole pictures asked for */
  guint frames_out; /* encoded */
  int width_out, height_out;
  int camera_width, camera_height; /* 0: no picture yet */

  /* transport-wide feedback, of the picture: ZqCallFeedbackSums */
  gboolean has_twcc;
  gint64 twcc_at; /* of the newest report; monotonic, µs */
  gint64 twcc_queue;
  double twcc_sent;
  double twcc_came;
  guint64 twcc_packets_told; /* so far */
  guint64 twcc_packets_came;

  /* what comes */
  double video_recv;
  double audio_recv;
  double lost; /* part of the packets that did not come */
  gint64 jitter;
  guint frames_in; /* decoded */
  int width_in, height_in;
  guint64 bytes_total; /* ever received, sound and picture */

  gboolean is_relayed;
  gboolean is_known; /* whether relayed is known */
} ZqCallStats;

G_END_DECLS
