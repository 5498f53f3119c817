/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include <gst/video/video.h>

typedef struct
{
  ZqCallPeer *peer; /* outlives its pipeline */
  ZqCallTrack track;
} Watch;

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Watch *watch = data;
  ZqCallPeer *self = watch->peer;

  g_mutex_lock (&self->tap_lock);
  if (self->tap != NULL)
    {
      g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

      if (caps != NULL)
        self->tap (watch->track, GST_PAD_PROBE_INFO_BUFFER (info), caps, self->tap_data);
    }
  g_mutex_unlock (&self->tap_lock);

  return GST_PAD_PROBE_OK;
}

void
zq_call_peer_watch_track (ZqCallPeer *self, ZqCallTrack track, GstPad *pad)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->peer = self;
  watch->track = track;
  g_mutex_lock (&self->tap_lock);
  gst_object_replace ((GstObject **)&self->tapped[track], GST_OBJECT (pad));
  g_mutex_unlock (&self->tap_lock);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, watch, g_free);
}

/* Upstream: an encoder makes one, webrtcbin asks the other side (PLI, RFC 4585). */
static void
ask_for_key (ZqCallPeer *self, ZqCallTrack track)
{
  g_autoptr (GstPad) pad = NULL;

  g_mutex_lock (&self->tap_lock);
  pad = self->tapped[track] != NULL ? gst_object_ref (self->tapped[track]) : NULL;
  g_mutex_unlock (&self->tap_lock);
  if (pad != NULL)
    gst_pad_send_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

void
zq_call_peer_ask_for_keys (ZqCallPeer *self)
{
  ask_for_key (self, ZQ_CALL_OWN_PICTURE);
  ask_for_key (self, ZQ_CALL_THEIR_PICTURE);
}

void
zq_call_peer_set_tap (ZqCallPeer *self, ZqCallTapFunc func, gpointer data)
{
  g_mutex_lock (&self->tap_lock);
  self->tap = func;
  self->tap_data = data;
  g_mutex_unlock (&self->tap_lock);
  if (func != NULL)
    zq_call_peer_ask_for_keys (self);
}

void
zq_call_peer_clear_tap (ZqCallPeer *self)
{
  for (guint i = 0; i < ZQ_CALL_N_TRACKS; i++)
    gst_clear_object (&self->tapped[i]);
  g_mutex_clear (&self->tap_lock);
}
