/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/pair.h"

#include <gst/video/video.h>
#include <stdlib.h>

static GstElement *
parse (char *text)
{
  g_autofree char *own = text;

  return gst_parse_bin_from_description (own, TRUE, NULL);
}

static GstElement *
make_camera (gpointer data)
{
  ZqTestSide *side = data;

  if (side->busy)
    return parse (g_strdup_printf ("videotestsrc is-live=true pattern=zone-plate kx2=5 ky2=4 kt=2 "
                                   "! capsfilter caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1",
                                   side->width, side->height, side->fps));

  return parse (g_strdup_printf ("videotestsrc is-live=true pattern=%s foreground-color=%u background-color=%u "
                                 "! capsfilter caps=video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1",
                                 side->ball ? "ball" : "solid-color", side->ball ? 0xffffffff : side->colour,
                                 side->colour, side->width, side->height, side->fps));
}

static GstElement *
make_microphone (gpointer data)
{
  ZqTestSide *side = data;

  /* Syllables: what goes on without end is no speech to an encoder, and not repaired. */
  if (side->busy)
    return parse (g_strdup_printf ("audiotestsrc is-live=true samplesperbuffer=480 wave=ticks freq=%f volume=0.5 "
                                   "sine-periods-per-tick=%d tick-interval=320000000 "
                                   "! capsfilter caps=audio/x-raw,rate=48000,channels=1",
                                   side->tone, (int)(side->tone * 0.22)));

  return parse (g_strdup_printf ("audiotestsrc is-live=true samplesperbuffer=480 freq=%f volume=0.5 "
                                 "! capsfilter caps=audio/x-raw,rate=48000,channels=1",
                                 side->tone));
}

static GstElement *
make_speaker (gpointer data)
{
  return parse (g_strdup ("audioconvert ! fakesink sync=true"));
}

ZqCallSources
zq_test_sources (ZqTestSide *side)
{
  return (ZqCallSources){ make_camera, make_microphone, make_speaker, side };
}

void
zq_test_heard_init (ZqTestHeard *self)
{
  *self = (ZqTestHeard){ 0 };
  g_mutex_init (&self->lock);
}

void
zq_test_heard_reset (ZqTestHeard *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->frames = self->crossings = self->samples = 0;
  self->peak = 0;
}

void
zq_test_heard_video (GstSample *sample, gpointer data)
{
  ZqTestHeard *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstVideoFrame frame;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) ||
      !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return;
  self->frames++;
  self->width = info.width;
  self->height = info.height;
  {
    const guint8 *pixel = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                          (info.height / 2) * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) + (info.width / 2) * 4;

    self->middle[0] = pixel[2];
    self->middle[1] = pixel[1];
    self->middle[2] = pixel[0];
  }
  gst_video_frame_unmap (&frame);
}

void
zq_test_heard_audio (GstSample *sample, gpointer data)
{
  ZqTestHeard *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;
  const gint16 *values;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  values = (const gint16 *)(gconstpointer)map.data;
  for (gsize i = 1; i < map.size / 2; i++)
    {
      self->crossings += values[i - 1] < 0 && values[i] >= 0;
      self->peak = MAX (self->peak, (gint16)MIN (abs (values[i]), G_MAXINT16));
    }
  self->samples += (guint)(map.size / 2);
  gst_buffer_unmap (buffer, &map);
}

double
zq_test_heard_tone (ZqTestHeard *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->samples > 0 && self->peak > 200 ? self->crossings * 48000.0 / self->samples : 0;
}

static void
on_description (ZqCallPeer *from, const char *sdp, ZqCallPeer *to)
{
  g_autoptr (GError) error = NULL;

  zq_call_peer_take_description (to, sdp, &error);
  g_assert_no_error (error);
}

static void
on_candidate (ZqCallPeer *from, guint mline, const char *candidate, ZqCallPeer *to)
{
  zq_call_peer_take_candidate (to, mline, candidate);
}

void
zq_test_connect (ZqCallPeer *offers, ZqCallPeer *answers)
{
  g_signal_connect_object (offers, "description", G_CALLBACK (on_description), answers, 0);
  g_signal_connect_object (answers, "description", G_CALLBACK (on_description), offers, 0);
  g_signal_connect_object (offers, "candidate", G_CALLBACK (on_candidate), answers, 0);
  g_signal_connect_object (answers, "candidate", G_CALLBACK (on_candidate), offers, 0);
}
