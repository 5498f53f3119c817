/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include "base/clock.h"

#include <gst/webrtc/webrtc.h>

#define VIDEO_RATE 90000 /* RFC 7741 */

/* What one answer of webrtcbin says, added up over the streams. With bundling `kind` and `codec-id` are wrong in it:
 * sound and picture are told apart by their clock rate. */
typedef struct
{
  guint64 video_sent, audio_sent, video_recv, audio_recv, packets_in, nacks, plis;
  gint64 lost_in;
  double remote_lost, rtt, jitter;
  gboolean has_remote, has_way, is_relayed;
} Sums;

static guint64
get_uint64 (const GstStructure *structure, const char *name)
{
  guint64 value = 0;
  guint small = 0;

  if (!gst_structure_get_uint64 (structure, name, &value) && gst_structure_get_uint (structure, name, &small))
    value = small;

  return value;
}

static double
get_double (const GstStructure *structure, const char *name)
{
  double value = 0;

  gst_structure_get_double (structure, name, &value);

  return value;
}

/* What the RTP session itself counts of the stream; NULL: nothing. */
static const GstStructure *
source_of (const GstStructure *stream)
{
  const GValue *found = gst_structure_get_value (stream, "gst-rtpsource-stats");

  return found != NULL && GST_VALUE_HOLDS_STRUCTURE (found) ? gst_value_get_structure (found) : NULL;
}

static int
source_int (const GstStructure *source, const char *name)
{
  int value = 0;

  if (source != NULL)
    gst_structure_get_int (source, name, &value);

  return value;
}

/* What was sent again has a stream of its own, and counts as picture. The jitter buffer's losses are of all streams
 * together: the session's are taken. */
static void
add_inbound (const GstStructure *stream, Sums *sums)
{
  const GstStructure *source = source_of (stream);
  gboolean is_video = source_int (source, "clock-rate") == VIDEO_RATE;

  *(is_video ? &sums->video_recv : &sums->audio_recv) += get_uint64 (stream, "bytes-received");
  sums->packets_in += get_uint64 (stream, "packets-received");
  sums->lost_in += MAX (0, source_int (source, "packets-lost"));
  if (!is_video)
    sums->jitter = get_double (stream, "jitter");
}

static void
add_stream (const GstStructure *stream, GstWebRTCStatsType type, guint audio, Sums *sums)
{
  guint own = 0;

  gst_structure_get_uint (stream, "ssrc", &own);
  switch (type)
    {
    case GST_WEBRTC_STATS_OUTBOUND_RTP:
      /* What is sent again has an SSRC of its own and belongs to the picture. */
      *(audio != 0 && own == audio ? &sums->audio_sent : &sums->video_sent) += get_uint64 (stream, "bytes-sent");
      sums->nacks += get_uint64 (stream, "nack-count");
      sums->plis += get_uint64 (stream, "pli-count");
      break;
    case GST_WEBRTC_STATS_INBOUND_RTP:
      add_inbound (stream, sums);
      break;
    case GST_WEBRTC_STATS_REMOTE_INBOUND_RTP:
      sums->has_remote = TRUE;
      sums->remote_lost = MAX (sums->remote_lost, get_double (stream, "fraction-lost"));
      sums->rtt = MAX (sums->rtt, get_double (stream, "round-trip-time"));
      break;
    case GST_WEBRTC_STATS_LOCAL_CANDIDATE:
    case GST_WEBRTC_STATS_REMOTE_CANDIDATE:
      sums->has_way = TRUE;
      sums->is_relayed |= g_strcmp0 (gst_structure_get_string (stream, "candidate-type"), "relay") == 0;
      break;
    default:
      break;
    }
}

typedef struct
{
  guint audio; /* SSRC of the sound that we send */
  Sums sums;
} Walk;

static gboolean
walk_one (GQuark field, const GValue *value, gpointer data)
{
  Walk *walk = data;
  const GstStructure *stream;
  GstWebRTCStatsType type;

  if (!GST_VALUE_HOLDS_STRUCTURE (value))
    return TRUE;
  stream = gst_value_get_structure (value);
  if (gst_structure_get (stream, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, NULL))
    add_stream (stream, type, walk->audio, &walk->sums);

  return TRUE;
}

static guint
audio_ssrc (ZqCallPeer *self)
{
  g_autoptr (GstElement) out = gst_bin_get_by_name (GST_BIN (self->pipeline), "audio-out");
  g_autoptr (GstPad) pad = out != NULL ? gst_element_get_static_pad (out, "src") : NULL;
  g_autoptr (GstCaps) caps = pad != NULL ? gst_pad_get_current_caps (pad) : NULL;
  guint ssrc = 0;

  if (caps != NULL)
    gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &ssrc);

  return ssrc;
}

/* Sums may go backwards when a stream ends. */
static double
rate (guint64 now, guint64 before, gint64 interval)
{
  return now > before && interval > 0 ? (double)(now - before) * 8 * G_USEC_PER_SEC / (double)interval : 0;
}

static void
fill_feedback (ZqCallPeer *self)
{
  ZqCallFeedbackSums sums;

  zq_call_feedback_sum (self->feedback, &sums);
  self->gathered.has_twcc = sums.at != 0;
  self->gathered.twcc_at = sums.at;
  self->gathered.twcc_queue = sums.queue;
  self->gathered.twcc_sent = sums.sent;
  self->gathered.twcc_came = sums.came;
  self->gathered.twcc_packets_told = sums.told;
  self->gathered.twcc_packets_came = sums.n_came;
}

static void
fill (ZqCallPeer *self, const Sums *sums)
{
  gint64 now = zq_clock_stopwatch ();
  gint64 interval = self->before.at != 0 ? now - self->before.at : 0;
  guint64 packets = sums->packets_in > self->before.packets_in ? sums->packets_in - self->before.packets_in : 0;
  gint64 lost = MAX (0, sums->lost_in - (gint64)self->before.lost_in);
  int size = g_atomic_int_get (&self->sent_size);

  self->gathered.at = now;
  self->gathered.interval = interval;
  self->gathered.video_sent = rate (sums->video_sent, self->before.video_sent, interval);
  self->gathered.audio_sent = rate (sums->audio_sent, self->before.audio_sent, interval);
  self->gathered.video_recv = rate (sums->video_recv, self->before.video_recv, interval);
  self->gathered.audio_recv = rate (sums->audio_recv, self->before.audio_recv, interval);
  self->gathered.remote_lost = sums->has_remote ? sums->remote_lost : -1;
  self->gathered.rtt = sums->has_remote ? (gint64)(sums->rtt * G_USEC_PER_SEC) : -1;
  self->gathered.jitter = (gint64)(sums->jitter * G_USEC_PER_SEC);
  self->gathered.lost = packets + (guint64)lost > 0 ? (double)lost / (double)(packets + (guint64)lost) : 0;
  self->gathered.nacks = (guint)(sums->nacks - MIN (sums->nacks, self->before.nacks));
  self->gathered.plis = (guint)(sums->plis - MIN (sums->plis, self->before.plis));
  self->gathered.frames_out = g_atomic_int_and (&self->frames_out, 0);
  self->gathered.frames_in = g_atomic_int_and (&self->frames_in, 0);
  self->gathered.width_out = size >> 16;
  self->gathered.height_out = size & 0xffff;
  self->gathered.camera_width = g_atomic_int_get (&self->width);
  self->gathered.camera_height = g_atomic_int_get (&self->height);
  self->gathered.width_in = g_atomic_int_get (&self->width_in);
  self->gathered.height_in = g_atomic_int_get (&self->height_in);
  self->gathered.is_known = sums->has_way;
  self->gathered.is_relayed = sums->is_relayed;
  self->gathered.bytes_total = sums->video_recv + sums->audio_recv;

  fill_feedback (self);

  self->before.video_sent = sums->video_sent;
  self->before.audio_sent = sums->audio_sent;
  self->before.video_recv = sums->video_recv;
  self->before.audio_recv = sums->audio_recv;
  self->before.packets_in = sums->packets_in;
  self->before.lost_in = (guint64)MAX (0, sums->lost_in);
  self->before.nacks = sums->nacks;
  self->before.plis = sums->plis;
  self->before.at = now;
}

static void
on_stats (GstPromise *promise, gpointer data)
{
  ZqCallPeer *self = data;
  const GstStructure *all =
      gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply (promise) : NULL;
  Walk walk = { 0 };

  if (all != NULL)
    {
      walk.audio = audio_ssrc (self);
      gst_structure_foreach (all, walk_one, &walk);
    }
  g_mutex_lock (&self->stats_lock);
  if (all != NULL)
    {
      fill (self, &walk.sums);
      self->has_fresh = TRUE;
    }
  self->is_asking = FALSE;
  g_mutex_unlock (&self->stats_lock);
  gst_promise_unref (promise);
}

const ZqCallStats *
zq_call_peer_sample_stats (ZqCallPeer *self)
{
  gboolean has, ask;

  if (self->is_stopped)
    return NULL;
  g_mutex_lock (&self->stats_lock);
  has = self->has_fresh;
  if (has)
    self->fresh = self->gathered;
  self->has_fresh = FALSE;
  ask = !self->is_asking;
  self->is_asking = TRUE;
  g_mutex_unlock (&self->stats_lock);
  if (ask)
    g_signal_emit_by_name (self->webrtc, "get-stats", NULL,
                           gst_promise_new_with_change_func (on_stats, g_object_ref (self), g_object_unref));

  return has ? &self->fresh : NULL;
}
