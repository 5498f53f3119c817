/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/probe-private.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#define FIRST_WITHIN (3 * G_TIME_SPAN_SECOND)
#define WATCHED      (1500 * G_TIME_SPAN_MILLISECOND)

/* A room with the light out is 20 and more of 255; a covered lens makes its own noise below that. */
#define BLACK   12
#define SLOW_BY 10 /* pictures a second */

/* Peaks, dB. Somebody speaks at -30 to -6; a quiet room is below -50. */
#define SILENT  (-50)
#define QUIET   (-34)
#define CLIPS   (-0.3)
#define CLIPPED 3 /* of the tenths of a second */

#define CAMERA                                                                                                         \
  "videoconvert n-threads=1 ! videoscale method=nearest-neighbour "                                                    \
  "! capsfilter caps=video/x-raw,format=BGRx,width=480,pixel-aspect-ratio=1/1"
#define LISTEN "audioconvert ! audioresample ! level interval=100000000 ! fakesink sync=false"
/* A tone of 1.5 s that is loud enough for any room and does not hurt in any ear. */
#define TONE                                                                                                           \
  "audiotestsrc is-live=true samplesperbuffer=480 num-buffers=150 freq=660 volume=0.2 "                                \
  "! capsfilter caps=audio/x-raw,rate=48000,channels=1"
#define TONE_LASTS (1500 * G_TIME_SPAN_MILLISECOND)

static void
fail (ZqCallProbe *self, ZqProbeItem item, const char *code)
{
  zq_call_probe_close (&self->pipelines[item]);
  zq_call_probe_conclude (self, item, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, code);
}

/* --- camera ------------------------------------------------------------------------------------- */

/* Of every eighth pixel each way, the mean of the brightest colour. */
static int
measure_brightness (GstSample *sample)
{
  GstVideoFrame frame;
  GstVideoInfo info;
  guint64 sum = 0;
  guint n = 0;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) ||
      !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return 0;
  for (int y = 0; y < info.height; y += 8)
    {
      const guint8 *line =
          (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + (gssize)y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

      for (int x = 0; x < info.width; x += 8, n++)
        sum += MAX (MAX (line[4 * x], line[4 * x + 1]), line[4 * x + 2]);
    }
  gst_video_frame_unmap (&frame);

  return n > 0 ? (int)(sum / n) : 0;
}

static void
judge_camera (ZqCallProbe *self)
{
  int n_frames = g_atomic_int_get (&self->n_frames) - 1;
  double fps = (double)n_frames * G_USEC_PER_SEC / WATCHED;

  self->results[ZQ_PROBE_CAMERA].value = fps;
  if (g_atomic_int_get (&self->brightest) < BLACK)
    zq_call_probe_conclude (self, ZQ_PROBE_CAMERA, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "black");
  else if (fps < SLOW_BY)
    zq_call_probe_conclude (self, ZQ_PROBE_CAMERA, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "slow");
  else
    zq_call_probe_conclude (self, ZQ_PROBE_CAMERA, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

static void
on_first_frame (ZqCallProbe *self, double number, const char *text)
{
  if (self->results[ZQ_PROBE_CAMERA].verdict == ZQ_PROBE_RUNNING)
    zq_call_probe_wait (self, ZQ_PROBE_CAMERA, WATCHED, judge_camera);
}

static GstFlowReturn
on_frame (GstAppSink *sink, gpointer data)
{
  ZqCallProbe *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (self->preview != NULL)
    self->preview (sample, self->preview_data);
  g_atomic_int_set (&self->brightest, MAX (g_atomic_int_get (&self->brightest), measure_brightness (sample)));
  if (g_atomic_int_add (&self->n_frames, 1) == 0)
    zq_call_probe_hop (self, ZQ_PROBE_CAMERA, on_first_frame, 0, NULL);

  return GST_FLOW_OK;
}

static void
on_no_frame (ZqCallProbe *self)
{
  fail (self, ZQ_PROBE_CAMERA, "dead");
}

void
zq_call_probe_begin_camera (ZqCallProbe *self)
{
  GstElement *camera = zq_call_devices_make (self->devices, ZQ_CALL_CAMERA);
  GstAppSinkCallbacks callbacks = { .new_sample = on_frame };
  GstElement *sink;

  if (camera == NULL)
    {
      fail (self, ZQ_PROBE_CAMERA, zq_call_devices_get_current (self->devices, ZQ_CALL_CAMERA) ? "dead" : "none");
      return;
    }
  g_atomic_int_set (&self->n_frames, 0);
  g_atomic_int_set (&self->brightest, 0);
  sink = gst_element_factory_make ("appsink", NULL);
  g_object_set (sink, "max-buffers", 1u, "drop", TRUE, "sync", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, self, NULL);
  if (!zq_call_probe_run (self, ZQ_PROBE_CAMERA, camera, CAMERA, sink))
    return;
  zq_call_probe_wait (self, ZQ_PROBE_CAMERA, FIRST_WITHIN, on_no_frame);
  gst_element_set_state (self->pipelines[ZQ_PROBE_CAMERA], GST_STATE_PLAYING);
}

/* --- microphone --------------------------------------------------------------------------------- */

static void
judge_microphone (ZqCallProbe *self)
{
  self->results[ZQ_PROBE_MICROPHONE].value = self->peak;
  if (self->peak < SILENT)
    zq_call_probe_conclude (self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "silent");
  else if (self->peak < QUIET)
    zq_call_probe_conclude (self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "quiet");
  else if (self->n_clipped >= CLIPPED)
    zq_call_probe_conclude (self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "clips");
  else
    zq_call_probe_conclude (self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

/* The first tenths are left out: many microphones crack when they are opened. Who speaks only now is heard too: what
 * was silent or quiet becomes good. */
static void
on_level (ZqCallProbe *self, double level, const char *text)
{
  const ZqProbeResult *result = &self->results[ZQ_PROBE_MICROPHONE];

  zq_call_probe_tell_level (self, level);
  if (++self->n_levels <= 3)
    {
      if (self->n_levels == 1 && result->verdict == ZQ_PROBE_RUNNING)
        zq_call_probe_wait (self, ZQ_PROBE_MICROPHONE, FIRST_WITHIN, judge_microphone);
      return;
    }
  self->peak = MAX (self->peak, level);
  self->n_clipped += level >= CLIPS;
  if (self->peak >= QUIET && (g_strcmp0 (result->code, "silent") == 0 || g_strcmp0 (result->code, "quiet") == 0))
    judge_microphone (self);
}

static void
on_no_level (ZqCallProbe *self)
{
  fail (self, ZQ_PROBE_MICROPHONE, "dead");
}

void
zq_call_probe_begin_microphone (ZqCallProbe *self)
{
  GstElement *microphone = zq_call_devices_make (self->devices, ZQ_CALL_MICROPHONE);

  if (microphone == NULL)
    {
      fail (self, ZQ_PROBE_MICROPHONE,
            zq_call_devices_get_current (self->devices, ZQ_CALL_MICROPHONE) ? "dead" : "none");
      return;
    }
  self->n_levels = self->n_clipped = 0;
  self->peak = -100;
  if (!zq_call_probe_run (self, ZQ_PROBE_MICROPHONE, microphone, LISTEN, NULL))
    return;
  zq_call_probe_wait (self, ZQ_PROBE_MICROPHONE, FIRST_WITHIN, on_no_level);
  gst_element_set_state (self->pipelines[ZQ_PROBE_MICROPHONE], GST_STATE_PLAYING);
}

/* --- speaker ------------------------------------------------------------------------------------ */

static void
on_played (ZqCallProbe *self)
{
  gboolean has_monitor = self->monitor != NULL;

  zq_call_probe_close (&self->pipelines[ZQ_PROBE_SPEAKER]);
  zq_call_probe_close (&self->monitor);
  if (!has_monitor)
    zq_call_probe_conclude (self, ZQ_PROBE_SPEAKER, ZQ_PROBE_ASK, ZQ_PROBE_NOBODY, "ask");
  else if (self->played < SILENT)
    zq_call_probe_conclude (self, ZQ_PROBE_SPEAKER, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "silent");
  else
    zq_call_probe_conclude (self, ZQ_PROBE_SPEAKER, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "played");
}

static void
on_end_of_tone (ZqCallProbe *self, double number, const char *text)
{
  /* What the monitor hears comes a little later. */
  zq_call_probe_wait (self, ZQ_PROBE_SPEAKER, 300 * G_TIME_SPAN_MILLISECOND, on_played);
}

static void
on_no_end (ZqCallProbe *self)
{
  zq_call_probe_close (&self->monitor);
  fail (self, ZQ_PROBE_SPEAKER, "dead");
}

static void
on_monitor_level (ZqCallProbe *self, double level, const char *text)
{
  self->played = MAX (self->played, level);
}

static GstBusSyncReply
on_monitor_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT && gst_message_has_name (message, "level"))
    zq_call_probe_hop (data, ZQ_PROBE_SPEAKER, on_monitor_level, zq_call_probe_read_level (message, "rms"), NULL);
  gst_message_unref (message);

  return GST_BUS_DROP;
}

static void
open_monitor (ZqCallProbe *self)
{
  GstElement *source = zq_call_devices_make_monitor (self->devices);
  GstElement *bin = source != NULL ? gst_parse_bin_from_description (LISTEN, TRUE, NULL) : NULL;
  g_autoptr (GstBus) bus = NULL;

  self->played = -100;
  if (bin == NULL)
    {
      if (source != NULL)
        gst_object_unref (gst_object_ref_sink (source));
      return;
    }
  self->monitor = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add_many (GST_BIN (self->monitor), source, bin, NULL);
  gst_element_link (source, bin);
  bus = gst_element_get_bus (self->monitor);
  gst_bus_set_sync_handler (bus, on_monitor_bus, self, NULL);
  if (gst_element_set_state (self->monitor, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    zq_call_probe_close (&self->monitor);
}

void
zq_call_probe_begin_speaker (ZqCallProbe *self)
{
  GstElement *speaker = zq_call_devices_make (self->devices, ZQ_CALL_SPEAKER);

  if (speaker == NULL)
    {
      fail (self, ZQ_PROBE_SPEAKER, zq_call_devices_get_current (self->devices, ZQ_CALL_SPEAKER) ? "dead" : "none");
      return;
    }
  open_monitor (self);
  if (!zq_call_probe_run (self, ZQ_PROBE_SPEAKER, gst_parse_bin_from_description (TONE, TRUE, NULL),
                          "audioconvert ! audioresample", speaker))
    return;
  zq_call_probe_wait (self, ZQ_PROBE_SPEAKER, TONE_LASTS + FIRST_WITHIN, on_no_end);
  gst_element_set_state (self->pipelines[ZQ_PROBE_SPEAKER], GST_STATE_PLAYING);
}

/* --- what pipelines say ------------------------------------------------------------------------- */

void
zq_call_probe_take_message (ZqCallProbe *self, ZqProbeItem item, GstMessage *message)
{
  if (item == ZQ_PROBE_SPEAKER && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    zq_call_probe_hop (self, item, on_end_of_tone, 0, NULL);
  else if (item == ZQ_PROBE_MICROPHONE && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT &&
           gst_message_has_name (message, "level"))
    zq_call_probe_hop (self, item, on_level, zq_call_probe_read_level (message, "peak"), NULL);
}
