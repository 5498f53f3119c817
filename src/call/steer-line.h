/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/stats.h"

G_BEGIN_DECLS

/* What the measurements say of the line now. Pure; steer.c's own. Times in µs, rates in bit/s, parts 0–1. */
typedef struct
{
  double queue;      /* what stands before the bottleneck */
  double slope;      /* by how much it grows in a second, s/s */
  double came;       /* of the picture, at the other side; smoothed */
  double lost;       /* smoothed over some tens of packets */
  double lost_floor; /* that is lost whatever is sent, as radio links do */
  gint64 told_at;    /* of the newest report */
  gint64 heard_at;   /* when the newest round trip was told */
  gboolean is_told;  /* a report came since the last time */
  gboolean has_twcc;

  /* private */
  gint64 at;
  double slopes[2];
  guint64 told, arrived;
  gint64 rtt, rtt_base, rtt_base_next, rtt_base_at;
} ZqSteerLine;

void zq_steer_line_take (ZqSteerLine *self, const ZqCallStats *stats, gboolean video);

G_END_DECLS
