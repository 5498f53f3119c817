/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/codec.h"
#include "call/ice.h"
#include "call/stats.h"

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_CALL_OFFERS,  /* makes the first description; the workstation always */
  ZQ_CALL_ANSWERS, /* only receives: in tests */
} ZqCallRole;

typedef struct
{
  ZqCallRole role;
  guint call;             /* number of this peer in its visit; grows */
  const ZqIceList *ice;   /* (nullable) */
  gboolean relay_only;    /* nothing goes but through the relay */
  guint jitter_ms;        /* how long what comes out of order is waited for; 0: the usual */
  ZqCallCodec codec;      /* of the picture, both ways */
  guint video_bitrate;    /* to begin with, bit/s */
  GstClock *clock;        /* of the capture, whose times go on here */
  GstClockTime base_time; /* of the capture */
} ZqCallPeerConfig;

/* What the picture that is sent may take now. */
typedef struct
{
  gboolean video;  /* FALSE: no picture at all */
  guint bitrate;   /* bit/s */
  guint numerator; /* size as a part of the camera's, in eighths: 8, 6, 4, 3, 2 */
  guint fps;
} ZqCallTarget;

#define ZQ_TYPE_CALL_PEER (zq_call_peer_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallPeer, zq_call_peer, ZQ, CALL_PEER, GObject)

/**
 * ZqCallPeer:
 *
 * One connection to one other side: webrtcbin with what encodes before it and decodes behind it. Never mended: what
 * fails is thrown away and another is made (webrtcbin 1.22 ignores ice-restart).
 *
 * Signals, all in the main context in which it was made: "description" (const char *sdp), "candidate" (guint mline,
 * const char *candidate; empty: no more come), "connected" (DTLS is up), "first-frame" (the first picture of the other
 * side is decoded), "failed" (const char *why: words for the log, none of a person).
 */
ZqCallPeer *zq_call_peer_new (const ZqCallPeerConfig *config, GError **error);

/* Where pictures (BGRx) and sound (S16LE, 48 kHz, mono) of the other side go, on threads of GStreamer's. Before the
 * start. */
typedef void (*ZqCallSampleFunc) (GstSample *sample, gpointer data);
void zq_call_peer_set_sinks (ZqCallPeer *self, ZqCallSampleFunc video, ZqCallSampleFunc audio, gpointer data);

/* What goes and comes as it is encoded, VP8 and Opus, with times of the capture's clock; on threads of GStreamer's.
 * NULL: nobody: it is not called any more when this returns. Both pictures are asked for a whole one. */
typedef enum
{
  ZQ_CALL_OWN_SOUND,
  ZQ_CALL_OWN_PICTURE,
  ZQ_CALL_THEIR_SOUND,
  ZQ_CALL_THEIR_PICTURE,
  ZQ_CALL_N_TRACKS,
} ZqCallTrack;

typedef void (*ZqCallTapFunc) (ZqCallTrack track, GstBuffer *buffer, GstCaps *caps, gpointer data);
void zq_call_peer_set_tap (ZqCallPeer *self, ZqCallTapFunc func, gpointer data);
void zq_call_peer_ask_for_keys (ZqCallPeer *self);

void zq_call_peer_start (ZqCallPeer *self);
/* Ends all of it; idempotent, blocks until its threads are gone (16–120 ms). Before the last unref. */
void zq_call_peer_stop (ZqCallPeer *self);

/* Of the other side; candidates may come before the description. A description that cannot be read is an error and
 * changes nothing; G_IO_ERROR_NOT_SUPPORTED: the other side has no codec in common. */
gboolean zq_call_peer_take_description (ZqCallPeer *self, const char *sdp, GError **error);
void zq_call_peer_take_candidate (ZqCallPeer *self, guint mline, const char *candidate);

/* What was captured; any thread. */
void zq_call_peer_push_video (ZqCallPeer *self, GstSample *sample);
void zq_call_peer_push_audio (ZqCallPeer *self, GstSample *sample);

void zq_call_peer_set_target (ZqCallPeer *self, const ZqCallTarget *target);

/* What was measured since the last time; asks for the next. NULL: nothing yet. Main context. (transfer none) */
const ZqCallStats *zq_call_peer_sample_stats (ZqCallPeer *self);

G_END_DECLS
