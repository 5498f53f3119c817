/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/tape.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

/* Written as it comes, since nobody seeks back in what is stored: a reader needs nothing from behind. */
#define FILE_OF                                                                                                        \
  "matroskamux name=mux streamable=true writing-app=zhenqiao ! appsink name=out sync=false async=false "               \
  "buffer-list=false appsrc name=in format=time max-bytes=0 ! %s mux.%s"
/* The muxer asks what a pad is for before it sees a buffer. */
#define SOUND_PAD   "audio_%u"
#define PICTURE_PAD "video_%u"

#define HAND_OVER_EVERY (2 * G_TIME_SPAN_SECOND)
#define ENDS_WITHIN     (2 * GST_SECOND)

typedef struct
{
  guint file, part;
  ZqCallTrack track;
  GBytes *bytes;
} Piece;

typedef struct
{
  ZqCallTrack track;
  guint file, part;
  GstElement *pipeline, *in; /* NULL: none is being written */
  GByteArray *bytes;         /* that were not handed over yet; under the lock of `written` */
  GMutex written;
  gsize size;
  GstClockTime last;
  gboolean is_full; /* the next whole picture begins another file */
  gboolean waits;   /* for a whole picture */
} Track;

struct _ZqCallTape
{
  ZqClock *clock;
  ZqCallTapeFunc func;
  gpointer data;
  gsize file_size;
  GstClockTime begin; /* by the capture's running time */
  guint n_files;
  guint beat; /* alarm */

  GMutex lock;    /* over the rest */
  GArray *pieces; /* Piece: of files that have ended */
  Track tracks[ZQ_CALL_N_TRACKS];
};

/* --- what comes out ------------------------------------------------------------------------------ */

static GstFlowReturn
on_written (GstAppSink *sink, gpointer data)
{
  Track *track = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstBuffer *buffer = sample != NULL ? gst_sample_get_buffer (sample) : NULL;
  GstMapInfo map;

  if (buffer == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_OK;
  g_mutex_lock (&track->written);
  g_byte_array_append (track->bytes, map.data, (guint)map.size);
  track->size += map.size;
  g_mutex_unlock (&track->written);
  gst_buffer_unmap (buffer, &map);

  return GST_FLOW_OK;
}

/* With the lock. */
static void
take_piece (Track *track, gsize file_size, GArray *pieces)
{
  Piece piece = { .file = track->file, .part = track->part, .track = track->track };

  g_mutex_lock (&track->written);
  if (track->bytes->len > 0)
    {
      piece.bytes = g_byte_array_free_to_bytes (track->bytes);
      track->bytes = g_byte_array_new ();
      g_array_append_val (pieces, piece);
    }
  track->is_full = track->is_full || track->size >= file_size;
  g_mutex_unlock (&track->written);
}

static gboolean
is_picture (ZqCallTrack track)
{
  return track == ZQ_CALL_OWN_PICTURE || track == ZQ_CALL_THEIR_PICTURE;
}

/* --- a file -------------------------------------------------------------------------------------- */

/* With the lock, which what writes does not need. */
static void
end_file (Track *track, GArray *pieces)
{
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  if (track->pipeline == NULL)
    return;
  out = gst_bin_get_by_name (GST_BIN (track->pipeline), "out");
  bus = gst_element_get_bus (track->pipeline);
  gst_app_src_end_of_stream (GST_APP_SRC (track->in));
  message = gst_bus_timed_pop_filtered (bus, ENDS_WITHIN, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message == NULL)
    g_message ("A recorded file has no proper end");
  gst_element_set_state (track->pipeline, GST_STATE_NULL);
  gst_clear_object (&track->in);
  gst_clear_object (&track->pipeline);
  take_piece (track, G_MAXSIZE, pieces);
}

static void
begin_file (ZqCallTape *self, Track *track, GstCaps *caps)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_written };
  gboolean is_h264 = gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-h264");
  g_autofree char *text =
      g_strdup_printf (FILE_OF, is_h264 ? "h264parse !" : "", is_picture (track->track) ? PICTURE_PAD : SOUND_PAD);
  g_autoptr (GstElement) out = NULL;

  track->pipeline = gst_parse_launch (text, NULL);
  if (track->pipeline == NULL)
    return;
  gst_object_ref_sink (track->pipeline);
  track->in = gst_bin_get_by_name (GST_BIN (track->pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (track->pipeline), "out");
  gst_app_sink_set_callbacks (GST_APP_SINK (out), &callbacks, track, NULL);
  gst_app_src_set_caps (GST_APP_SRC (track->in), caps);
  track->file = self->n_files++;
  track->part++;
  track->size = 0;
  track->is_full = FALSE;
  gst_element_set_state (track->pipeline, GST_STATE_PLAYING);
}

/* --- what comes in ------------------------------------------------------------------------------- */

/* With the lock. */
static void
write_buffer (ZqCallTape *self, Track *track, GstBuffer *buffer, GstCaps *caps)
{
  gboolean is_whole = !is_picture (track->track) || !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  GstClockTime at = GST_BUFFER_PTS (buffer);
  GstBuffer *copy;

  if (!GST_CLOCK_TIME_IS_VALID (at) || (track->pipeline == NULL && !is_whole))
    {
      track->waits = track->pipeline == NULL && is_picture (track->track);
      return;
    }
  if (track->is_full && is_whole)
    end_file (track, self->pieces);
  track->waits = track->is_full && track->pipeline != NULL && !is_whole;
  if (track->pipeline == NULL)
    begin_file (self, track, caps);
  if (track->pipeline == NULL)
    return;
  /* What was captured a moment before it began is its beginning: it may be the whole picture that was asked for. */
  at = MAX (at, self->begin);
  /* A connection that was made again may bring times that a muxer would not take. */
  if (track->last != GST_CLOCK_TIME_NONE && at <= track->last)
    at = track->last + 1;
  track->last = at;
  copy = gst_buffer_copy (buffer);
  GST_BUFFER_PTS (copy) = GST_BUFFER_DTS (copy) = at - self->begin;
  gst_app_src_push_buffer (GST_APP_SRC (track->in), copy);
}

void
zq_call_tape_push (ZqCallTrack which, GstBuffer *buffer, GstCaps *caps, gpointer data)
{
  ZqCallTape *self = data;

  g_mutex_lock (&self->lock);
  write_buffer (self, &self->tracks[which], buffer, caps);
  g_mutex_unlock (&self->lock);
}

gboolean
zq_call_tape_wants_key (ZqCallTape *self)
{
  gboolean wants;

  g_mutex_lock (&self->lock);
  wants = self->tracks[ZQ_CALL_OWN_PICTURE].waits || self->tracks[ZQ_CALL_THEIR_PICTURE].waits;
  g_mutex_unlock (&self->lock);

  return wants;
}

/* --- handing over -------------------------------------------------------------------------------- */

static void
hand_over (ZqCallTape *self, gboolean ends)
{
  g_autoptr (GArray) pieces = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < ZQ_CALL_N_TRACKS; i++)
    if (ends)
      end_file (&self->tracks[i], self->pieces);
    else
      take_piece (&self->tracks[i], self->file_size, self->pieces);
  pieces = g_steal_pointer (&self->pieces);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < pieces->len; i++)
    {
      Piece *piece = &g_array_index (pieces, Piece, i);

      self->func (piece->file, piece->track, piece->part, piece->bytes, self->data);
      g_bytes_unref (piece->bytes);
    }
}

static void
on_beat (gpointer data)
{
  ZqCallTape *self = data;

  self->beat = zq_clock_alarm_in (self->clock, HAND_OVER_EVERY, on_beat, self);
  hand_over (self, FALSE);
}

/* --- life --------------------------------------------------------------------------------------- */

ZqCallTape *
zq_call_tape_new (
    ZqClock *clock, GstClock *capture, GstClockTime base_time, gsize file_size, ZqCallTapeFunc func, gpointer data)
{
  ZqCallTape *self = g_new0 (ZqCallTape, 1);
  GstClockTime now = gst_clock_get_time (capture);

  self->clock = g_object_ref (clock);
  self->file_size = file_size > 0 ? file_size : ZQ_CALL_TAPE_FILE;
  self->func = func;
  self->data = data;
  self->begin = now > base_time ? now - base_time : 0;
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_mutex_init (&self->lock);
  for (guint i = 0; i < ZQ_CALL_N_TRACKS; i++)
    {
      Track *track = &self->tracks[i];

      track->track = i;
      track->bytes = g_byte_array_new ();
      track->last = GST_CLOCK_TIME_NONE;
      g_mutex_init (&track->written);
    }
  self->beat = zq_clock_alarm_in (clock, HAND_OVER_EVERY, on_beat, self);

  return self;
}

void
zq_call_tape_free (ZqCallTape *self)
{
  zq_clock_clear (self->clock, &self->beat);
  hand_over (self, TRUE);
  for (guint i = 0; i < ZQ_CALL_N_TRACKS; i++)
    {
      g_byte_array_unref (self->tracks[i].bytes);
      g_mutex_clear (&self->tracks[i].written);
    }
  g_array_unref (self->pieces);
  g_mutex_clear (&self->lock);
  g_object_unref (self->clock);
  g_free (self);
}
