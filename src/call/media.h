/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/peer.h"

G_BEGIN_DECLS

/* Who makes what is captured from and played on; NULL: there is none. (transfer floating) Raw pictures and sound of any
 * format come out of the first two. */
typedef struct
{
  GstElement *(*make_camera) (gpointer data);
  GstElement *(*make_microphone) (gpointer data);
  GstElement *(*make_speaker) (gpointer data);
  gpointer data;
} ZqCallSources;

typedef enum
{
  ZQ_CALL_CAMERA,
  ZQ_CALL_MICROPHONE,
  ZQ_CALL_SPEAKER,
  ZQ_CALL_N_DEVICES,
} ZqCallDevice;

#define ZQ_TYPE_CALL_MEDIA (zq_call_media_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallMedia, zq_call_media, ZQ, CALL_MEDIA, GObject)

/**
 * ZqCallMedia:
 *
 * Camera, microphone and speaker of one visit. They go on while peers come and go, so that nothing is opened again when
 * a call is mended. A camera that is off is closed; a microphone that is off sends silence, by which the other side
 * knows that the line is alive. Echo and noise are taken out by webrtcdsp where it is there.
 *
 * Signals, in the main context in which it was made: "lost" (ZqCallDevice as guint: it cannot be opened any more, or
 * was pulled out), "level" (double: of the microphone, dB, 0 is the loudest).
 */
ZqCallMedia *zq_call_media_new (const ZqCallSources *sources);

/* Where the own picture goes (BGRx, 192 wide), on a thread of GStreamer's. Before the camera is switched on. */
void zq_call_media_set_preview (ZqCallMedia *self, ZqCallSampleFunc func, gpointer data);

/* Opens and closes; FALSE: it could not be opened. After a device was chosen anew: off and on. */
gboolean zq_call_media_switch (ZqCallMedia *self, ZqCallDevice device, gboolean on);
gboolean zq_call_media_is_on (ZqCallMedia *self, ZqCallDevice device);
void zq_call_media_set_muted (ZqCallMedia *self, gboolean muted);

/* What is shown instead of the camera's picture: BGRx, four bytes a pixel; NULL: the camera again. */
void zq_call_media_show (ZqCallMedia *self, GBytes *pixels, int width, int height, int stride);

/* Whom it goes to, and whose sound is played; NULL: nobody's. */
void zq_call_media_set_peer (ZqCallMedia *self, ZqCallPeer *peer);
/* Who gets the same besides, and plays nothing: a recorder; NULL: nobody. */
void zq_call_media_set_copy (ZqCallMedia *self, ZqCallPeer *peer);
/* Any thread. */
void zq_call_media_play (ZqCallMedia *self, GstSample *sample);

GstClock *zq_call_media_get_clock (ZqCallMedia *self);
GstClockTime zq_call_media_get_base_time (ZqCallMedia *self);

/* Closes everything; before the last unref. */
void zq_call_media_stop (ZqCallMedia *self);

G_END_DECLS
