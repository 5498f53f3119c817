/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ZqCallFeedback:
 *
 * What the other side tells of each packet that was sent to it: when it came, or that it did not
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01). GStreamer 1.22 has means of that, which for whole calls stay
 * empty when the first reports are lost; steering wants to know how long the queue is. Pure, and no thread's: who calls
 * locks. Times in µs of any clock of ours that goes on.
 */
typedef struct _ZqCallFeedback ZqCallFeedback;

typedef struct
{
  gint64 at;      /* of the newest report; 0: none came yet */
  gint64 queue;   /* that the packets told of lately stood in at the least: a frame's own length is not in it */
  double sent;    /* bit/s, of what was told of lately, with all that is before a packet */
  double came;    /* bit/s */
  guint64 told;   /* packets that reports were about so far */
  guint64 n_came; /* and how many of them came */
} ZqCallFeedbackSums;

ZqCallFeedback *zq_call_feedback_new (void);
void zq_call_feedback_free (ZqCallFeedback *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqCallFeedback, zq_call_feedback_free)

/* A packet with this transport-wide number goes; @size in bytes, of RTP. */
void zq_call_feedback_sent (ZqCallFeedback *self, guint16 number, guint size, gint64 at);

/* The part of a report behind the two SSRCs. FALSE: it is none; what was read of it up to there counts. */
gboolean zq_call_feedback_take (ZqCallFeedback *self, const guint8 *bytes, gsize length, gint64 at);

/* Of what came since the last time; the totals stay. */
void zq_call_feedback_sum (ZqCallFeedback *self, ZqCallFeedbackSums *sums);

G_END_DECLS
