/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

/* Decodes in any order of loss: a picture is shown when it is whole again. */
#define VIDEO                                                                                                          \
  "%s ! queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream "                                   \
  "! videoconvert n-threads=1 ! video/x-raw,format=BGRx ! appsink name=sink max-buffers=2 drop=true sync=false"

/* What is lost is repaired from the packet behind it, else concealed. */
#define AUDIO                                                                                                          \
  "rtpopusdepay name=in ! opusdec use-inband-fec=true plc=true ! audioconvert ! audioresample "                        \
  "! audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved "                                               \
  "! appsink name=sink max-buffers=50 drop=true sync=false"

static void
tell_first_frame (ZqCallPeer *self, guint number, const char *text)
{
  g_signal_emit_by_name (self, "first-frame");
}

static GstFlowReturn
on_frame (GstAppSink *sink, gpointer data)
{
  ZqCallPeer *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstVideoInfo info;

  if (sample == NULL)
    return GST_FLOW_EOS;
  g_atomic_int_inc (&self->frames_in);
  if (gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    {
      g_atomic_int_set (&self->width_in, info.width);
      g_atomic_int_set (&self->height_in, info.height);
    }
  if (self->video_sink != NULL)
    self->video_sink (sample, self->sink_data);
  if (g_atomic_int_compare_and_exchange (&self->has_frame, 0, 1))
    zq_call_peer_hop (self, tell_first_frame, 0, NULL);

  return GST_FLOW_OK;
}

static GstFlowReturn
on_sound (GstAppSink *sink, gpointer data)
{
  ZqCallPeer *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (self->audio_sink != NULL)
    self->audio_sink (sample, self->sink_data);

  return GST_FLOW_OK;
}

static GstElement *
make_bin (ZqCallPeer *self, gboolean is_video, ZqCallCodec codec)
{
  g_autofree char *video = g_strdup_printf (VIDEO, zq_call_codec_describe_receiver (codec));
  GstElement *bin = gst_parse_bin_from_description (is_video ? video : AUDIO, TRUE, NULL);
  g_autoptr (GstElement) sink = bin != NULL ? gst_bin_get_by_name (GST_BIN (bin), "sink") : NULL;
  g_autoptr (GstElement) in = bin != NULL ? gst_bin_get_by_name (GST_BIN (bin), "in") : NULL;
  g_autoptr (GstPad) encoded = in != NULL ? gst_element_get_static_pad (in, "src") : NULL;
  GstAppSinkCallbacks callbacks = { .new_sample = is_video ? on_frame : on_sound };

  if (sink != NULL)
    gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  if (encoded != NULL)
    zq_call_peer_watch_track (self, is_video ? ZQ_CALL_THEIR_PICTURE : ZQ_CALL_THEIR_SOUND, encoded);

  return bin;
}

void
zq_call_peer_on_pad_added (GstElement *webrtc, GstPad *pad, ZqCallPeer *self)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstPad) sink = NULL;
  const char *media;
  ZqCallCodec codec;
  GstElement *bin;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  caps = gst_pad_get_current_caps (pad);
  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  media = gst_structure_get_string (gst_caps_get_structure (caps, 0), "media");
  codec = zq_call_codec_of (gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name"));
  /* Nobody sends what was not offered. */
  if (g_strcmp0 (media, "video") == 0 && codec != self->codec)
    return;
  bin = make_bin (self, g_strcmp0 (media, "video") == 0, codec);
  if (bin == NULL)
    return;
  gst_bin_add (GST_BIN (self->pipeline), bin);
  sink = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, sink);
  gst_element_sync_state_with_parent (bin);
}
