/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <gst/webrtc/webrtc.h>

#define OPUS                                                                                                           \
  "application/x-rtp,media=audio,encoding-name=OPUS,payload=96,clock-rate=48000,encoding-params=(string)2,"            \
  "minptime=(string)10,useinbandfec=(string)1,usedtx=(string)1"
#define BIN "webrtcbin name=peer bundle-policy=max-bundle"

/* Opus for speech with its own repair and silence (RFC 7587). Sound has a queue of its own and is never behind the
 * picture. */
#define SENDER                                                                                                         \
  BIN " "                                                                                                              \
      "appsrc name=audio is-live=true format=time max-buffers=25 leaky-type=downstream "                               \
      "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved "                                        \
      "! queue max-size-time=500000000 max-size-bytes=0 max-size-buffers=0 leaky=downstream "                          \
      "! opusenc name=opus bitrate=32000 audio-type=voice inband-fec=true packet-loss-percentage=10 dtx=true "         \
      "! rtpopuspay pt=96 "                                                                                            \
      "! capsfilter name=audio-out caps=" OPUS " "                                                                     \
      "appsrc name=video is-live=true format=time max-buffers=2 max-bytes=0 leaky-type=downstream "                    \
      "! queue max-size-buffers=1 max-size-bytes=0 max-size-time=0 leaky=downstream "                                  \
      "! videoscale method=nearest-neighbour ! capsfilter name=size ! %s ! capsfilter name=video-out"

/* What is asked for again is kept for so long: enough for a round trip and a second try. More is a storm on a thin
 * line. */
#define RTX_MS           300
#define RTX_LEAST        16
#define RTX_MOST         160
#define BYTES_OF_PACKETS 1000

static GstPadProbeReturn
count_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ZqCallPeer *self = data;

  g_atomic_int_inc (&self->frames_out);

  return GST_PAD_PROBE_OK;
}

static guint
rtx_packets (guint bitrate)
{
  return CLAMP (bitrate / 8 * RTX_MS / 1000 / BYTES_OF_PACKETS, RTX_LEAST, RTX_MOST);
}

static void
on_deep_element (GstBin *bin, GstBin *parent, GstElement *element, ZqCallPeer *self)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "rtprtxsend"))
    {
      g_object_set (element, "max-size-packets", rtx_packets (self->target.bitrate), "max-size-time", 0, NULL);
      gst_object_replace ((GstObject **)&self->rtx, GST_OBJECT (element));
    }
}

/* The transceiver is told what it will carry, so that nothing waits for the first frame. */
static gboolean
connect_out (ZqCallPeer *self, const char *name, gboolean is_video)
{
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (self->pipeline), name);
  g_autoptr (GstPad) from = gst_element_get_static_pad (out, "src");
  g_autoptr (GstPad) to = gst_element_request_pad_simple (self->webrtc, is_video ? "sink_1" : "sink_0");
  g_autoptr (GstCaps) caps = gst_caps_from_string (is_video ? zq_call_codec_get_payload (self->codec) : OPUS);
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  g_object_set (out, "caps", caps, NULL);
  g_object_get (to, "transceiver", &transceiver, NULL);
  g_object_set (transceiver, "codec-preferences", caps, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV,
                "do-nack", is_video, NULL);

  return gst_pad_link (from, to) == GST_PAD_LINK_OK;
}

static void
expect (ZqCallPeer *self, const char *what)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (what);
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  g_signal_emit_by_name (self->webrtc, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps,
                         &transceiver);
}

gboolean
zq_call_peer_build_sender (ZqCallPeer *self, const ZqCallPeerConfig *config, GError **error)
{
  guint bitrate = config->video_bitrate > 0 ? config->video_bitrate : 250000;
  g_autofree char *picture = zq_call_codec_describe_sender (config->codec, bitrate);
  g_autofree char *text = g_strdup_printf (SENDER, picture);
  g_autoptr (GstPad) pad = NULL, sound = NULL;
  g_autoptr (GstElement) opus = NULL;

  self->pipeline =
      gst_parse_launch_full (self->role == ZQ_CALL_OFFERS ? text : BIN " fakesrc num-buffers=0 ! fakesink async=false",
                             NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (self->pipeline == NULL)
    return FALSE;
  gst_object_ref_sink (self->pipeline);
  self->webrtc = gst_bin_get_by_name (GST_BIN (self->pipeline), "peer");
  g_signal_connect (self->webrtc, "deep-element-added", G_CALLBACK (on_deep_element), self);
  if (self->role == ZQ_CALL_ANSWERS)
    {
      expect (self, OPUS);
      expect (self, zq_call_codec_get_payload (config->codec));
      return TRUE;
    }
  self->audio = gst_bin_get_by_name (GST_BIN (self->pipeline), "audio");
  self->video = gst_bin_get_by_name (GST_BIN (self->pipeline), "video");
  self->size = gst_bin_get_by_name (GST_BIN (self->pipeline), "size");
  self->encoder = gst_bin_get_by_name (GST_BIN (self->pipeline), "encoder");
  self->target = (ZqCallTarget){ .video = TRUE, .bitrate = bitrate, .numerator = 8, .fps = 30 };
  pad = gst_element_get_static_pad (self->encoder, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_frame, self, NULL);
  zq_call_peer_watch_track (self, ZQ_CALL_OWN_PICTURE, pad);
  opus = gst_bin_get_by_name (GST_BIN (self->pipeline), "opus");
  sound = gst_element_get_static_pad (opus, "src");
  zq_call_peer_watch_track (self, ZQ_CALL_OWN_SOUND, sound);

  return connect_out (self, "audio-out", FALSE) && connect_out (self, "video-out", TRUE);
}

/* --- size and rate ------------------------------------------------------------------------------ */

/* Even, since VP8 halves its colours. */
static int
scaled (int length, guint numerator)
{
  return MAX (2, (int)((guint64)length * numerator / 8) & ~1);
}

/* With the lock. */
static void
set_size (ZqCallPeer *self)
{
  int width = scaled (self->width, self->target.numerator), height = scaled (self->height, self->target.numerator);
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, width, "height", G_TYPE_INT,
                                                  height, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);

  g_object_set (self->size, "caps", caps, NULL);
  g_atomic_int_set (&self->sent_size, width << 16 | height);
}

void
zq_call_peer_set_target (ZqCallPeer *self, const ZqCallTarget *target)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean resized = target->numerator != self->target.numerator;

  if (target->bitrate != self->target.bitrate)
    zq_call_codec_set_bitrate (self->encoder, target->bitrate);
  if (self->rtx != NULL && rtx_packets (target->bitrate) != rtx_packets (self->target.bitrate))
    g_object_set (self->rtx, "max-size-packets", rtx_packets (target->bitrate), NULL);
  self->target = *target;
  if (resized && self->width > 0)
    set_size (self);
}

/* The encoder counts by times and lengths, not by a rate: frames that are left out make the others longer. */
static void
set_source_size (ZqCallPeer *self, GstCaps *from)
{
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, from) || (info.width == self->width && info.height == self->height))
    return;
  self->width = info.width;
  self->height = info.height;
  caps = gst_caps_copy (from);
  gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  gst_app_src_set_caps (GST_APP_SRC (self->video), caps);
  set_size (self);
}

/* A quarter of a frame early is on time: cameras are not exact. */
static gboolean
is_due (ZqCallPeer *self, GstClockTime pts)
{
  GstClockTime length = GST_SECOND / MAX (1, self->target.fps);

  if (self->due != 0 && pts + length / 4 < self->due && self->due < pts + GST_SECOND)
    return FALSE;
  self->due = self->due != 0 && pts < self->due + length ? self->due + length : pts + length;

  return TRUE;
}

void
zq_call_peer_push_video (ZqCallPeer *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstBuffer *copy;

  if (!g_atomic_int_get (&self->takes) || !self->target.video || buffer == NULL ||
      !is_due (self, GST_BUFFER_PTS (buffer)))
    return;
  set_source_size (self, gst_sample_get_caps (sample));
  copy = gst_buffer_copy (buffer);
  GST_BUFFER_DURATION (copy) = GST_SECOND / MAX (1, self->target.fps);
  gst_app_src_push_buffer (GST_APP_SRC (self->video), copy);
}

void
zq_call_peer_push_audio (ZqCallPeer *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);

  if (buffer != NULL && g_atomic_int_get (&self->takes))
    gst_app_src_push_buffer (GST_APP_SRC (self->audio), gst_buffer_ref (buffer));
}
