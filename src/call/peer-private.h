/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/feedback.h"
#include "call/peer.h"

G_BEGIN_DECLS

struct _ZqCallPeer
{
  GObject parent_instance;

  /* owned */
  GMainContext *context;
  GstElement *pipeline;
  GstElement *webrtc;
  GstElement *audio; /* appsrc */
  GstElement *video; /* appsrc */
  GstElement *size;  /* capsfilter */
  GstElement *encoder;
  GstElement *rtx;       /* what is sent again comes from here */
  GPtrArray *candidates; /* Candidate: that came before the description */

  ZqCallRole role;
  ZqCallCodec codec;
  guint call;
  ZqCallSampleFunc video_sink, audio_sink;
  gpointer sink_data;
  gboolean has_remote;
  gboolean is_stopped;
  gint takes;     /* atomic: what is captured is taken; before the start it would be forgotten */
  gint has_frame; /* atomic */

  /* what is sent */
  GMutex lock; /* over the rest of this block, touched by the threads that capture */
  ZqCallTarget target;
  int width, height; /* of the camera */
  GstClockTime due;  /* when the next frame is sent */

  /* what is recorded */
  GMutex tap_lock; /* over this block, while it is called too */
  ZqCallTapFunc tap;
  gpointer tap_data;
  GstPad *tapped[ZQ_CALL_N_TRACKS]; /* NULL: it does not go yet */

  /* statistics */
  GMutex stats_lock; /* over those that GStreamer's threads write */
  ZqCallFeedback *feedback;
  ZqCallStats stats;
  ZqCallStats gathered; /* the next ones */
  ZqCallStats fresh;
  gboolean is_asking, has_fresh;
  struct
  {
    guint64 video_sent, audio_sent, video_recv, audio_recv, packets_in, lost_in;
    guint64 nacks, plis;
    gint64 at;
  } before;
  guint frames_out, frames_in; /* atomic */
  gint width_in, height_in;    /* atomic */
  gint sent_size;              /* atomic: width << 16 | height */
};

/* Runs @func (self, text) in the context of @self unless that is over by then; any thread. Takes @text. */
typedef void (*ZqPeerFunc) (ZqCallPeer *self, guint number, const char *text);
void zq_call_peer_hop (ZqCallPeer *self, ZqPeerFunc func, guint number, char *text);

/* peer-send.c: capture → encoders → webrtcbin. */
gboolean zq_call_peer_build_sender (ZqCallPeer *self, const ZqCallPeerConfig *config, GError **error);

/* peer-receive.c */
void zq_call_peer_on_pad_added (GstElement *webrtc, GstPad *pad, ZqCallPeer *self);

/* peer-tap.c: what leaves @pad, which carries @track encoded, is there to be recorded. */
void zq_call_peer_watch_track (ZqCallPeer *self, ZqCallTrack track, GstPad *pad);
void zq_call_peer_clear_tap (ZqCallPeer *self);

/* The number of the header that transport-wide feedback counts by. */
#define ZQ_CALL_TWCC_ID 5

/* peer-feedback.c: once, before anything goes. */
void zq_call_peer_watch_feedback (ZqCallPeer *self);

/* peer-description.c: whether an answer fits what was offered, so that webrtcbin is not given what it stumbles over. */
gboolean zq_call_description_check (const char *sdp, GstElement *webrtc, gboolean is_answer, GError **error);

G_END_DECLS
