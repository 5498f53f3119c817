/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/media.h"

#include "base/clock.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#define SOUND "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved"

#define CAMERA                                                                                                         \
  "videoconvert name=in n-threads=1 ! video/x-raw,format=I420 ! tee name=t "                                           \
  "t. ! queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 leaky=downstream "                                   \
  "! appsink name=full max-buffers=2 drop=true sync=false "                                                            \
  "t. ! queue max-size-buffers=1 max-size-bytes=0 max-size-time=0 leaky=downstream "                                   \
  "! videorate drop-only=true ! video/x-raw,framerate=(fraction)[0/1,15/1] "                                           \
  "! videoscale method=nearest-neighbour ! video/x-raw,width=192,pixel-aspect-ratio=1/1 "                              \
  "! videoconvert n-threads=1 ! video/x-raw,format=BGRx ! appsink name=preview max-buffers=1 drop=true sync=false"

#define MICROPHONE                                                                                                     \
  "audioconvert name=in ! audioresample ! " SOUND " ! %s level name=level interval=100000000 ! volume name=mute "      \
  "! appsink name=full max-buffers=10 drop=true sync=false"
#define CLEANER "webrtcdsp probe=zq-echo-%u echo-cancel=%s noise-suppression=true gain-control=true ! "

/* What comes from a peer has waited in its jitter buffer: it is played that much later, evenly. */
#define SPEAKER                                                                                                        \
  "appsrc name=play is-live=true format=time max-buffers=50 leaky-type=downstream caps=" SOUND                         \
  " ! queue max-size-time=500000000 max-size-bytes=0 max-size-buffers=0 leaky=downstream "                             \
  "! %s audioconvert ! audioresample name=out"
#define PROBE        "webrtcechoprobe name=zq-echo-%u ! "
#define PLAY_LATENCY (100 * GST_MSECOND)

#define SHOW_PER_SECOND 5

/* The other side, and the recorder. */
#define N_PEERS 2

struct _ZqCallMedia
{
  GObject parent_instance;

  /* owned */
  GMainContext *context;
  GstClock *clock;
  GstElement *pipelines[ZQ_CALL_N_DEVICES];
  GstElement *play; /* appsrc */
  GstElement *mute;

  ZqCallSources sources;
  GstClockTime base_time;
  ZqCallSampleFunc preview;
  gpointer preview_data;
  gboolean is_muted;
  guint number; /* of this one in the program */

  GMutex lock;
  ZqCallPeer *peers[N_PEERS]; /* whom it goes to */
  GstElement *played;         /* the same as `play`, for other threads */
  GstSample *shown;           /* instead of the camera's picture */
  GstClockTime next_shown;
  GThread *showing;
  GCond wake;
};

G_DEFINE_FINAL_TYPE (ZqCallMedia, zq_call_media, G_TYPE_OBJECT)

enum
{
  LOST,
  LEVEL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- what GStreamer's threads bring ------------------------------------------------------------- */

static ZqCallPeer *
take_peer (ZqCallMedia *self, guint which, gboolean is_camera)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->peers[which] == NULL || (is_camera && self->shown != NULL))
    return NULL;

  return g_object_ref (self->peers[which]);
}

static void
push (ZqCallMedia *self, GstSample *sample, gboolean is_camera)
{
  for (guint i = 0; sample != NULL && i < N_PEERS; i++)
    {
      g_autoptr (ZqCallPeer) peer = take_peer (self, i, is_camera);

      if (peer != NULL && is_camera)
        zq_call_peer_push_video (peer, sample);
      else if (peer != NULL)
        zq_call_peer_push_audio (peer, sample);
    }
}

static GstFlowReturn
on_camera (GstAppSink *sink, gpointer data)
{
  ZqCallMedia *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  push (self, sample, TRUE);

  return GST_FLOW_OK;
}

static GstFlowReturn
on_preview (GstAppSink *sink, gpointer data)
{
  ZqCallMedia *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample != NULL && self->preview != NULL)
    self->preview (sample, self->preview_data);

  return GST_FLOW_OK;
}

static GstFlowReturn
on_microphone (GstAppSink *sink, gpointer data)
{
  ZqCallMedia *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  push (self, sample, FALSE);

  return GST_FLOW_OK;
}

/* --- what the devices say ----------------------------------------------------------------------- */

typedef enum
{
  WORD_LOST,
  WORD_LEVEL,
  WORD_LATENCY,
} WordKind;

typedef struct
{
  GWeakRef media;
  GstElement *pipeline;
  ZqCallDevice device;
  WordKind kind;
  double level;
} Word;

static void
word_free (gpointer data)
{
  Word *self = data;

  g_weak_ref_clear (&self->media);
  gst_clear_object (&self->pipeline);
  g_free (self);
}

static gboolean
on_word (gpointer data)
{
  Word *word = data;
  g_autoptr (ZqCallMedia) self = g_weak_ref_get (&word->media);

  /* It may have been closed, and another opened, since. */
  if (self == NULL || self->pipelines[word->device] != word->pipeline)
    return G_SOURCE_REMOVE;
  switch (word->kind)
    {
    case WORD_LEVEL:
      g_signal_emit (self, signals[LEVEL], 0, word->level);
      break;
    case WORD_LATENCY: /* from a thread of the pipeline it would wait for what waits for that thread */
      gst_bin_recalculate_latency (GST_BIN (word->pipeline));
      break;
    default:
      zq_call_media_switch (self, word->device, FALSE);
      g_signal_emit (self, signals[LOST], 0, (guint)word->device);
    }

  return G_SOURCE_REMOVE;
}

static void
say (ZqCallMedia *self, GstElement *pipeline, ZqCallDevice device, WordKind kind, double level)
{
  Word *word = g_new0 (Word, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_weak_ref_init (&word->media, self);
  word->pipeline = gst_object_ref (pipeline);
  word->device = device;
  word->kind = kind;
  word->level = level;
  g_source_set_callback (source, on_word, word, word_free);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_attach (source, self->context);
}

static double
read_level (const GstStructure *structure)
{
  const GValue *list = gst_structure_get_value (structure, "peak");
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  GValueArray *values = list != NULL && G_VALUE_HOLDS (list, G_TYPE_VALUE_ARRAY) ? g_value_get_boxed (list) : NULL;
  G_GNUC_END_IGNORE_DEPRECATIONS

  return values != NULL && values->n_values > 0 ? CLAMP (g_value_get_double (values->values), -100, 0) : -100;
}

static GstBusSyncReply
on_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  ZqCallMedia *self = data;
  GstElement *pipeline = g_object_get_data (G_OBJECT (bus), "zq-pipeline");
  ZqCallDevice device = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (bus), "zq-device"));

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR || GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    say (self, pipeline, device, WORD_LOST, 0);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT && gst_message_has_name (message, "level"))
    say (self, pipeline, device, WORD_LEVEL, read_level (gst_message_get_structure (message)));
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    say (self, pipeline, device, WORD_LATENCY, 0);
  gst_message_unref (message);

  return GST_BUS_DROP;
}

/* --- opening and closing ------------------------------------------------------------------------ */

static gboolean
has_element (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

/* The canceller finds its probe by name in the whole program. It cannot do without one, so the speaker is opened first.
 */
static char *
describe (ZqCallMedia *self, ZqCallDevice device)
{
  gboolean cleans = has_element ("webrtcdsp") && has_element ("webrtcechoprobe");
  g_autofree char *part = NULL;

  if (cleans && device == ZQ_CALL_SPEAKER)
    part = g_strdup_printf (PROBE, self->number);
  else if (cleans && device == ZQ_CALL_MICROPHONE)
    part = g_strdup_printf (CLEANER, self->number, self->pipelines[ZQ_CALL_SPEAKER] != NULL ? "true" : "false");
  else
    part = g_strdup ("");
  switch (device)
    {
    case ZQ_CALL_CAMERA:
      return g_strdup (CAMERA);
    case ZQ_CALL_MICROPHONE:
      return g_strdup_printf (MICROPHONE, part);
    default:
      return g_strdup_printf (SPEAKER, part);
    }
}

static GstElement *
make_end (ZqCallMedia *self, ZqCallDevice device)
{
  GstElement *(*make[]) (gpointer) = { self->sources.make_camera, self->sources.make_microphone,
                                       self->sources.make_speaker };

  return make[device] != NULL ? make[device](self->sources.data) : NULL;
}

static void
set_appsink (GstElement *pipeline, const char *name, GstFlowReturn (*func) (GstAppSink *, gpointer), gpointer data)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstAppSinkCallbacks callbacks = { .new_sample = func };

  if (sink != NULL)
    gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, data, NULL);
}

static void
connect_ends (ZqCallMedia *self, GstElement *pipeline, ZqCallDevice device)
{
  switch (device)
    {
    case ZQ_CALL_CAMERA:
      set_appsink (pipeline, "full", on_camera, self);
      set_appsink (pipeline, "preview", on_preview, self);
      break;
    case ZQ_CALL_MICROPHONE:
      set_appsink (pipeline, "full", on_microphone, self);
      self->mute = gst_bin_get_by_name (GST_BIN (pipeline), "mute");
      g_object_set (self->mute, "mute", self->is_muted, NULL);
      break;
    default:
      self->play = gst_bin_get_by_name (GST_BIN (pipeline), "play");
      gst_app_src_set_latency (GST_APP_SRC (self->play), PLAY_LATENCY, 2 * PLAY_LATENCY);
      g_mutex_lock (&self->lock);
      self->played = gst_object_ref (self->play);
      g_mutex_unlock (&self->lock);
    }
}

static void
close_device (ZqCallMedia *self, ZqCallDevice device)
{
  GstElement *pipeline = g_steal_pointer (&self->pipelines[device]);
  g_autoptr (GstBus) bus = NULL;

  if (pipeline == NULL)
    return;
  if (device == ZQ_CALL_MICROPHONE)
    gst_clear_object (&self->mute);
  if (device == ZQ_CALL_SPEAKER)
    {
      g_mutex_lock (&self->lock);
      gst_clear_object (&self->played);
      g_mutex_unlock (&self->lock);
      gst_clear_object (&self->play);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_object_unref (pipeline);
}

static gboolean
open_device (ZqCallMedia *self, ZqCallDevice device)
{
  GstElement *end = make_end (self, device);
  g_autofree char *text = describe (self, device);
  g_autoptr (GstElement) bin = NULL;
  g_autoptr (GstBus) bus = NULL;
  GstElement *pipeline;

  if (end == NULL)
    return FALSE;
  pipeline = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_PLACE_IN_BIN, NULL);
  if (pipeline == NULL)
    {
      gst_object_unref (gst_object_ref_sink (end));
      return FALSE;
    }
  self->pipelines[device] = gst_object_ref_sink (gst_pipeline_new (NULL));
  bin = gst_object_ref_sink (pipeline);
  gst_bin_add_many (GST_BIN (self->pipelines[device]), end, bin, NULL);
  gst_pipeline_use_clock (GST_PIPELINE (self->pipelines[device]), self->clock);
  gst_element_set_start_time (self->pipelines[device], GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipelines[device], self->base_time);
  {
    gboolean plays = device == ZQ_CALL_SPEAKER;
    g_autoptr (GstElement) inner = gst_bin_get_by_name (GST_BIN (bin), plays ? "out" : "in");
    g_autoptr (GstPad) pad = gst_element_get_static_pad (inner, plays ? "src" : "sink");

    gst_element_add_pad (bin, gst_ghost_pad_new (plays ? "src" : "sink", pad));
    if (!(plays ? gst_element_link (bin, end) : gst_element_link (end, bin)))
      {
        close_device (self, device);
        return FALSE;
      }
  }
  bus = gst_element_get_bus (self->pipelines[device]);
  g_object_set_data (G_OBJECT (bus), "zq-pipeline", self->pipelines[device]);
  g_object_set_data (G_OBJECT (bus), "zq-device", GUINT_TO_POINTER (device));
  gst_bus_set_sync_handler (bus, on_bus, self, NULL);
  connect_ends (self, self->pipelines[device], device);
  if (gst_element_set_state (self->pipelines[device], GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  close_device (self, device);

  return FALSE;
}

gboolean
zq_call_media_switch (ZqCallMedia *self, ZqCallDevice device, gboolean on)
{
  if (on == (self->pipelines[device] != NULL))
    return TRUE;
  if (on)
    return open_device (self, device);
  close_device (self, device);

  return TRUE;
}

gboolean
zq_call_media_is_on (ZqCallMedia *self, ZqCallDevice device)
{
  return self->pipelines[device] != NULL;
}

void
zq_call_media_set_muted (ZqCallMedia *self, gboolean muted)
{
  self->is_muted = muted;
  if (self->mute != NULL)
    g_object_set (self->mute, "mute", muted, NULL);
}

void
zq_call_media_set_preview (ZqCallMedia *self, ZqCallSampleFunc func, gpointer data)
{
  self->preview = func;
  self->preview_data = data;
}

/* --- to and from the peer ----------------------------------------------------------------------- */

static void
set_peer (ZqCallMedia *self, guint which, ZqCallPeer *peer)
{
  g_autoptr (ZqCallPeer) before = NULL;

  g_mutex_lock (&self->lock);
  before = self->peers[which];
  self->peers[which] = peer != NULL ? g_object_ref (peer) : NULL;
  g_mutex_unlock (&self->lock);
}

void
zq_call_media_set_peer (ZqCallMedia *self, ZqCallPeer *peer)
{
  set_peer (self, 0, peer);
}

void
zq_call_media_set_copy (ZqCallMedia *self, ZqCallPeer *peer)
{
  set_peer (self, 1, peer);
}

void
zq_call_media_play (ZqCallMedia *self, GstSample *sample)
{
  g_autoptr (GstElement) play = NULL;

  g_mutex_lock (&self->lock);
  if (self->played != NULL)
    play = gst_object_ref (self->played);
  g_mutex_unlock (&self->lock);
  if (play != NULL)
    gst_app_src_push_buffer (GST_APP_SRC (play), gst_buffer_ref (gst_sample_get_buffer (sample)));
}

/* --- something else than the camera ------------------------------------------------------------- */

static void
push_shown (ZqCallMedia *self, GstSample *sample)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  g_autoptr (GstSample) timed = NULL;

  GST_BUFFER_PTS (buffer) = gst_clock_get_time (self->clock) - self->base_time;
  timed = gst_sample_new (buffer, gst_sample_get_caps (sample), NULL, NULL);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_autoptr (ZqCallPeer) peer = take_peer (self, i, FALSE);

      if (peer != NULL)
        zq_call_peer_push_video (peer, timed);
    }
}

/* A still picture is sent again and again, so that who comes later or lost it has it too. */
static gpointer
show_thread (gpointer data)
{
  ZqCallMedia *self = data;

  g_mutex_lock (&self->lock);
  while (self->shown != NULL)
    {
      g_autoptr (GstSample) sample = gst_sample_ref (self->shown);

      g_mutex_unlock (&self->lock);
      push_shown (self, sample);
      g_mutex_lock (&self->lock);
      if (self->shown != NULL)
        g_cond_wait_until (&self->wake, &self->lock, zq_clock_stopwatch () + G_USEC_PER_SEC / SHOW_PER_SECOND);
    }
  g_mutex_unlock (&self->lock);

  return NULL;
}

static void
stop_showing (ZqCallMedia *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->shown, gst_sample_unref);
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->showing, g_thread_join);
}

/* Once, here, into the colours of the encoder. */
static GstSample *
make_shown (GBytes *pixels, int width, int height, int stride)
{
  g_autoptr (GstCaps) from = NULL, to = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (pixels);
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 0 };
  int strides[GST_VIDEO_MAX_PLANES] = { stride };

  from = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "BGRx", "width", G_TYPE_INT, width, "height",
                              G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  to = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, width & ~1, "height",
                            G_TYPE_INT, height & ~1, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  gst_buffer_add_video_meta_full (buffer, 0, GST_VIDEO_FORMAT_BGRx, (guint)width, (guint)height, 1, offsets, strides);
  sample = gst_sample_new (buffer, from, NULL, NULL);
  gst_buffer_unref (buffer);

  return gst_video_convert_sample (sample, to, 2 * GST_SECOND, NULL);
}

void
zq_call_media_show (ZqCallMedia *self, GBytes *pixels, int width, int height, int stride)
{
  GstSample *sample = pixels != NULL && width > 1 && height > 1 ? make_shown (pixels, width, height, stride) : NULL;

  stop_showing (self);
  if (sample == NULL)
    return;
  self->shown = sample;
  self->showing = g_thread_new ("zq-show", show_thread, self);
}

/* --- life --------------------------------------------------------------------------------------- */

GstClock *
zq_call_media_get_clock (ZqCallMedia *self)
{
  return self->clock;
}

GstClockTime
zq_call_media_get_base_time (ZqCallMedia *self)
{
  return self->base_time;
}

ZqCallMedia *
zq_call_media_new (const ZqCallSources *sources)
{
  ZqCallMedia *self = g_object_new (ZQ_TYPE_CALL_MEDIA, NULL);

  self->sources = *sources;

  return self;
}

void
zq_call_media_stop (ZqCallMedia *self)
{
  zq_call_media_set_peer (self, NULL);
  zq_call_media_set_copy (self, NULL);
  stop_showing (self);
  for (int i = 0; i < ZQ_CALL_N_DEVICES; i++)
    close_device (self, i);
}

static void
zq_call_media_finalize (GObject *object)
{
  ZqCallMedia *self = ZQ_CALL_MEDIA (object);

  zq_call_media_stop (self);
  gst_clear_object (&self->clock);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  G_OBJECT_CLASS (zq_call_media_parent_class)->finalize (object);
}

static void
zq_call_media_class_init (ZqCallMediaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = zq_call_media_finalize;
  signals[LOST] =
      g_signal_new ("lost", ZQ_TYPE_CALL_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[LEVEL] =
      g_signal_new ("level", ZQ_TYPE_CALL_MEDIA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
zq_call_media_init (ZqCallMedia *self)
{
  self->context = g_main_context_ref_thread_default ();
  static gint last = 0;

  self->number = (guint)g_atomic_int_add (&last, 1);
  self->clock = gst_system_clock_obtain ();
  self->base_time = gst_clock_get_time (self->clock);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
}
