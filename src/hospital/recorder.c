/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/recorder.h"

#include "webrtc/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <sys/stat.h>
#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>

#define FINISHED_WITHIN (2 * G_TIME_SPAN_SECOND)

#define VIDEO                                                                                                          \
  "rtpvp8depay name=in wait-for-keyframe=true request-keyframe=true ! queue max-size-time=0 max-size-bytes=16777216 "  \
  "max-size-buffers=0 ! matroskamux ! filesink name=out async=false buffer-mode=unbuffered"
#define AUDIO                                                                                                          \
  "rtpopusdepay name=in ! queue max-size-time=0 max-size-bytes=4194304 max-size-buffers=0 ! matroskamux "              \
  "! filesink name=out async=false buffer-mode=unbuffered"

/* One connection of one member. What it listens to does not hold it: its pipeline is stopped before the recorder lets
 * go of it, and then nothing of GStreamer's speaks any more but a promise or a word on its way, which do hold it. */
typedef struct
{
  ZqRecorder *recorder; /* NULL: it was ended; main thread */
  char *member, *role, *folder;
  guint call, number;
  GstElement *pipeline, *webrtc;
  GMainContext *context;
  GstClock *clock;
  GstClockTime base_time;
  GMutex lock;
  GPtrArray *files;      /* ZqRecorderFile; under the lock */
  GPtrArray *tracks;     /* GstElement: bins; under the lock */
  guint n_over;          /* of the tracks: their files are whole; under the lock */
  gboolean has_track[2]; /* sound, picture: one each; under the lock */
  gboolean is_ending;    /* under the lock: no more tracks */
} Sender;

struct _ZqRecorder
{
  char *folder;
  ZqRecorderEvents events;
  GPtrArray *senders;
  GstClock *clock;
  GstClockTime base_time;
  guint n_senders; /* that there ever were */

  ZqRecorderDone done; /* it is being finished */
  gpointer done_data;
  ZqClock *wall;
  guint late; /* alarm */
  guint idle; /* source: all is over */
};

static void
file_free (gpointer data)
{
  ZqRecorderFile *self = data;

  g_free (self->path);
  g_free (self);
}

/* --- a sender ----------------------------------------------------------------------------------- */

static void
sender_clear (gpointer data)
{
  Sender *self = data;

  gst_clear_object (&self->webrtc);
  gst_clear_object (&self->pipeline);
  g_free (self->member);
  g_free (self->role);
  g_free (self->folder);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->tracks);
  g_main_context_unref (self->context);
  gst_object_unref (self->clock);
  g_mutex_clear (&self->lock);
}

static void
sender_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, sender_clear);
}

/* --- what GStreamer's threads bring to the main one ----------------------------------------------- */

typedef enum
{
  WORD_ANSWER,
  WORD_CANDIDATE,
  WORD_OVER,   /* a file is whole */
  WORD_FAILED, /* a file cannot be written */
} WordKind;

typedef struct
{
  Sender *sender;
  WordKind kind;
  char *text;
  guint mline;
} Word;

static void look_whether_over (ZqRecorder *self);
static void rest (Sender *self);

static void
word_free (gpointer data)
{
  Word *self = data;

  sender_unref (self->sender);
  g_free (self->text);
  g_free (self);
}

static gboolean
on_word (gpointer data)
{
  Word *word = data;
  ZqRecorder *recorder = word->sender->recorder;

  if (recorder == NULL)
    return G_SOURCE_REMOVE;
  if (word->kind == WORD_OVER)
    {
      rest (word->sender);
      look_whether_over (recorder);
    }
  else if (recorder->done != NULL)
    return G_SOURCE_REMOVE;
  else if (word->kind == WORD_FAILED)
    recorder->events.failed (recorder->events.data);
  else if (word->kind == WORD_ANSWER)
    recorder->events.answer (word->sender->member, word->sender->call, word->text, recorder->events.data);
  else
    recorder->events.candidate (word->sender->member, word->sender->call, word->mline, word->text,
                                recorder->events.data);

  return G_SOURCE_REMOVE;
}

/* Takes @text. */
static void
hop (Sender *self, WordKind kind, char *text, guint mline)
{
  Word *word = g_new0 (Word, 1);

  word->sender = g_atomic_rc_box_acquire (self);
  word->text = text;
  word->mline = mline;
  word->kind = kind;
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, on_word, word, word_free);
}

static void
on_candidate (GstElement *webrtc, guint mline, const char *candidate, Sender *self)
{
  hop (self, WORD_CANDIDATE, g_strdup (candidate), mline);
}

/* A full disk, above all. */
static GstBusSyncReply
on_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  GstElementFactory *factory = GST_IS_ELEMENT (GST_MESSAGE_SRC (message))
                                   ? gst_element_get_factory (GST_ELEMENT (GST_MESSAGE_SRC (message)))
                                   : NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && factory != NULL &&
      g_str_equal (GST_OBJECT_NAME (factory), "filesink"))
    hop (data, WORD_FAILED, NULL, 0);
  gst_message_unref (message);

  return GST_BUS_DROP;
}

/* The size of the picture may change; the file's head keeps the first, and each key frame of VP8 has its own. */
static GstPadProbeReturn
keep_first_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  if (g_object_get_data (G_OBJECT (pad), "zq-has-caps") != NULL)
    return GST_PAD_PROBE_DROP;
  g_object_set_data (G_OBJECT (pad), "zq-has-caps", pad);

  return GST_PAD_PROBE_OK;
}

/* Milliseconds since the recording began. */
static guint64
since (Sender *self)
{
  return GST_TIME_AS_MSECONDS (gst_clock_get_time (self->clock) - self->base_time);
}

static GstPadProbeReturn
see_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Sender *self = data;
  ZqRecorderFile *file = g_object_get_data (G_OBJECT (pad), "zq-file");

  file->last = (gint64)since (self);

  return GST_PAD_PROBE_OK;
}

/* What the muxer wrote last is in the file when its end comes by. */
static GstPadProbeReturn
see_end (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Sender *self = data;
  ZqRecorderFile *file = g_object_get_data (G_OBJECT (pad), "zq-file");

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  file->idle = (gint64)since (self) - file->last;
  g_mutex_lock (&self->lock);
  self->n_over++;
  g_mutex_unlock (&self->lock);
  hop (self, WORD_OVER, NULL, 0);

  return GST_PAD_PROBE_REMOVE;
}

static GstElement *
make_track (Sender *self, gboolean is_video)
{
  GstElement *bin = gst_parse_bin_from_description (is_video ? VIDEO : AUDIO, FALSE, NULL);
  g_autoptr (GstElement) in = bin != NULL ? gst_bin_get_by_name (GST_BIN (bin), "in") : NULL;
  g_autoptr (GstElement) out = bin != NULL ? gst_bin_get_by_name (GST_BIN (bin), "out") : NULL;
  g_autoptr (GstPad) sink = NULL, src = NULL, last = NULL;
  ZqRecorderFile *file;

  if (in == NULL || out == NULL)
    return NULL;
  file = g_new0 (ZqRecorderFile, 1);
  file->path = g_strdup_printf ("%s/%s-%u-%" G_GUINT64_FORMAT "-%s.mkv", self->folder, self->role, self->number,
                                since (self), is_video ? "video" : "audio");
  g_object_set (out, "location", file->path, NULL);
  g_ptr_array_add (self->files, file);
  sink = gst_element_get_static_pad (in, "sink");
  src = gst_element_get_static_pad (in, "src");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, keep_first_caps, NULL, NULL);
  g_object_set_data (G_OBJECT (src), "zq-file", file);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, see_buffer, self, NULL);
  last = gst_element_get_static_pad (out, "sink");
  g_object_set_data (G_OBJECT (last), "zq-file", file);
  gst_pad_add_probe (last, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, see_end, self, NULL);
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", sink));

  return bin;
}

static void
on_pad (GstElement *webrtc, GstPad *pad, Sender *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstStructure *structure = caps != NULL ? gst_caps_get_structure (caps, 0) : NULL;
  const char *name = structure != NULL ? gst_structure_get_string (structure, "encoding-name") : NULL;
  gboolean is_video = g_strcmp0 (name, "VP8") == 0;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstElement *track;
  g_autoptr (GstPad) sink = NULL;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC || self->is_ending || self->has_track[is_video] ||
      (!is_video && g_strcmp0 (name, "OPUS") != 0))
    return;
  self->has_track[is_video] = TRUE;
  track = make_track (self, is_video);
  if (track == NULL)
    return;
  gst_bin_add (GST_BIN (self->pipeline), track);
  g_ptr_array_add (self->tracks, track);
  sink = gst_element_get_static_pad (track, "sink");
  gst_pad_link (pad, sink);
  gst_element_sync_state_with_parent (track);
}

/* --- the answer --------------------------------------------------------------------------------- */

static void
on_answer_made (GstPromise *promise, gpointer data)
{
  Sender *self = data;
  g_autoptr (GstWebRTCSessionDescription) answer = NULL;
  const GstStructure *reply =
      gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply (promise) : NULL;

  if (reply != NULL)
    gst_structure_get (reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer, NULL);
  if (answer != NULL)
    {
      g_signal_emit_by_name (self->webrtc, "set-local-description", answer, NULL);
      hop (self, WORD_ANSWER, gst_sdp_message_as_text (answer->sdp), 0);
    }
  gst_promise_unref (promise);
}

static void
on_offer_set (GstPromise *promise, gpointer data)
{
  Sender *self = data;

  if (gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED)
    g_signal_emit_by_name (
        self->webrtc, "create-answer", NULL,
        gst_promise_new_with_change_func (on_answer_made, g_atomic_rc_box_acquire (self), sender_unref));
  gst_promise_unref (promise);
}

static Sender *
sender_new (ZqRecorder *recorder, const char *member, const char *role, guint call)
{
  Sender *self = g_atomic_rc_box_new0 (Sender);

  g_mutex_init (&self->lock);
  self->recorder = recorder;
  self->member = g_strdup (member);
  self->role = g_strdup (role);
  self->folder = g_strdup (recorder->folder);
  self->call = call;
  self->number = ++recorder->n_senders;
  self->context = g_main_context_ref_thread_default ();
  self->clock = gst_object_ref (recorder->clock);
  self->base_time = recorder->base_time;
  self->files = g_ptr_array_new_with_free_func (file_free);
  self->tracks = g_ptr_array_new ();
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  self->webrtc = gst_element_factory_make ("webrtcbin", NULL);
  if (self->webrtc == NULL)
    {
      sender_unref (self);
      return NULL;
    }
  gst_object_ref_sink (self->webrtc);
  gst_util_set_object_arg (G_OBJECT (self->webrtc), "bundle-policy", "max-bundle");
  zq_webrtc_prepare_agent (self->webrtc);
  gst_bin_add (GST_BIN (self->pipeline), self->webrtc);
  {
    g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

    gst_bus_set_sync_handler (bus, on_bus, self, NULL);
  }
  gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), recorder->clock);
  gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (self->pipeline, recorder->base_time);
  g_signal_connect (self->webrtc, "on-ice-candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->webrtc, "pad-added", G_CALLBACK (on_pad), self);

  return self;
}

/* --- from the room ------------------------------------------------------------------------------ */

static Sender *
find (ZqRecorder *self, const char *member)
{
  /* The newest: those before only wait for their end. */
  for (guint i = self->senders->len; i > 0; i--)
    {
      Sender *sender = g_ptr_array_index (self->senders, i - 1);

      if (g_str_equal (sender->member, member))
        return sender;
    }

  return NULL;
}

static guint
count_senders (ZqRecorder *self, const char *member)
{
  guint n = 0;

  for (guint i = 0; i < self->senders->len; i++)
    n += g_str_equal (((Sender *)g_ptr_array_index (self->senders, i))->member, member);

  return n;
}

/* All its files are whole: only they are kept of it. */
static void
rest (Sender *self)
{
  gboolean is_over;

  g_mutex_lock (&self->lock);
  is_over = self->is_ending && self->n_over >= self->tracks->len;
  g_mutex_unlock (&self->lock);
  if (is_over)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

/* Its files are ended well; what comes of it is seen on the bus. */
static void
end (Sender *self)
{
  g_autoptr (GPtrArray) tracks = g_ptr_array_new_with_free_func (gst_object_unref);

  if (self->is_ending)
    return;
  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  for (guint i = 0; i < self->tracks->len; i++)
    g_ptr_array_add (tracks, gst_object_ref (g_ptr_array_index (self->tracks, i)));
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < tracks->len; i++)
    {
      g_autoptr (GstPad) sink = gst_element_get_static_pad (g_ptr_array_index (tracks, i), "sink");
      g_autoptr (GstPad) peer = gst_pad_get_peer (sink);

      if (peer != NULL)
        gst_pad_unlink (peer, sink);
      gst_pad_send_event (sink, gst_event_new_eos ());
    }
  rest (self);
}

gboolean
zq_recorder_take_offer (ZqRecorder *self, const char *member, const char *role, guint call, const char *sdp)
{
  Sender *before = find (self, member), *sender;
  GstSDPMessage *message = NULL;
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;

  if (*sdp == '\0' || self->done != NULL || count_senders (self, member) >= ZQ_RECORDER_SENDERS_MOST ||
      gst_sdp_message_new_from_text (sdp, &message) != GST_SDP_OK)
    return FALSE;
  offer = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, message);
  if (before != NULL)
    end (before);
  sender = sender_new (self, member, role, call);
  if (sender == NULL)
    return FALSE;
  g_ptr_array_add (self->senders, sender);
  gst_element_set_state (sender->pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (
      sender->webrtc, "set-remote-description", offer,
      gst_promise_new_with_change_func (on_offer_set, g_atomic_rc_box_acquire (sender), sender_unref));

  return TRUE;
}

void
zq_recorder_take_candidate (ZqRecorder *self, const char *member, guint call, guint mline, const char *candidate)
{
  Sender *sender = find (self, member);

  if (sender != NULL && sender->call == call && *candidate != '\0')
    g_signal_emit_by_name (sender->webrtc, "add-ice-candidate", mline, candidate);
}

void
zq_recorder_drop (ZqRecorder *self, const char *member)
{
  Sender *sender = find (self, member);

  if (sender != NULL)
    end (sender);
}

/* --- the end ------------------------------------------------------------------------------------ */

/* What a file has shown when nothing came any more, not when its end was written. */
static void
set_time (const ZqRecorderFile *file, const GStatBuf *found)
{
  gint64 ended = (gint64)found->st_mtim.tv_sec * 1000 + found->st_mtim.tv_nsec / 1000000 - file->idle;
  const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, { ended / 1000, ended % 1000 * 1000000 } };

  if (file->idle > 0)
    utimensat (AT_FDCWD, file->path, times, 0);
}

static void
take_files (Sender *sender, GPtrArray *files)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sender->lock);

  for (guint i = 0; i < sender->files->len; i++)
    {
      ZqRecorderFile *file = g_ptr_array_index (sender->files, i);
      GStatBuf found;

      if (g_stat (file->path, &found) == 0 && found.st_size > 0)
        {
          set_time (file, &found);
          g_ptr_array_add (files, file);
        }
      else
        {
          g_unlink (file->path);
          file_free (file);
        }
    }
  g_ptr_array_set_free_func (sender->files, NULL);
  g_ptr_array_set_size (sender->files, 0);
}

GPtrArray *
zq_recorder_break_off (ZqRecorder *self)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (file_free);

  zq_clock_clear (self->wall, &self->late);
  if (self->idle != 0)
    g_source_remove (self->idle);
  for (guint i = 0; i < self->senders->len; i++)
    {
      Sender *sender = g_ptr_array_index (self->senders, i);

      sender->recorder = NULL;
      gst_element_set_state (sender->pipeline, GST_STATE_NULL);
      take_files (sender, files);
    }
  g_ptr_array_unref (self->senders);
  gst_object_unref (self->clock);
  g_object_unref (self->wall);
  g_free (self->folder);
  g_free (self);

  return files;
}

static void
conclude (ZqRecorder *self)
{
  ZqRecorderDone done = self->done;
  gpointer done_data = self->done_data;
  g_autoptr (GPtrArray) files = zq_recorder_break_off (self);

  done (files, done_data);
}

static void
on_late (gpointer data)
{
  ZqRecorder *self = data;

  self->late = 0;
  conclude (self);
}

static gboolean
on_over (gpointer data)
{
  ZqRecorder *self = data;

  self->idle = 0;
  conclude (self);

  return G_SOURCE_REMOVE;
}

static void
look_whether_over (ZqRecorder *self)
{
  guint n = 0;

  if (self->done == NULL || self->idle != 0)
    return;
  for (guint i = 0; i < self->senders->len; i++)
    {
      Sender *sender = g_ptr_array_index (self->senders, i);

      g_mutex_lock (&sender->lock);
      n += sender->tracks->len - sender->n_over;
      g_mutex_unlock (&sender->lock);
    }
  if (n > 0)
    return;
  /* Not from within what called this. */
  self->idle = g_idle_add (on_over, self);
}

void
zq_recorder_finish (ZqRecorder *self, ZqRecorderDone done, gpointer data)
{
  self->done = done;
  self->done_data = data;
  self->late = zq_clock_alarm_in (self->wall, FINISHED_WITHIN, on_late, self);
  for (guint i = 0; i < self->senders->len; i++)
    end (g_ptr_array_index (self->senders, i));
  look_whether_over (self);
}

ZqRecorder *
zq_recorder_new (ZqClock *clock, const char *folder, const ZqRecorderEvents *events, GError **error)
{
  ZqRecorder *self;

  if (!gst_init_check (NULL, NULL, error))
    return NULL;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "There is no place for a recording: %s",
                   g_strerror (errno));
      return NULL;
    }
  self = g_new0 (ZqRecorder, 1);
  self->wall = g_object_ref (clock);
  self->folder = g_strdup (folder);
  self->events = *events;
  self->senders = g_ptr_array_new_with_free_func (sender_unref);
  self->clock = gst_system_clock_obtain ();
  self->base_time = gst_clock_get_time (self->clock);

  return self;
}
