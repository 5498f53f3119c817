/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include <gst/webrtc/webrtc.h>

#define JITTER_MS      60 /* measured against concealment: docs/call.md */
#define MAX_CANDIDATES 256

G_DEFINE_FINAL_TYPE (ZqCallPeer, zq_call_peer, G_TYPE_OBJECT)

enum
{
  DESCRIPTION,
  CANDIDATE,
  CONNECTED,
  FIRST_FRAME,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  guint mline;
  char *text;
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *self = data;

  g_free (self->text);
  g_free (self);
}

/* --- from GStreamer's threads to ours ---------------------------------------------------------- */

typedef struct
{
  GWeakRef peer;
  ZqPeerFunc func;
  guint number;
  char *text;
} Hop;

static void
hop_free (gpointer data)
{
  Hop *self = data;

  g_weak_ref_clear (&self->peer);
  g_free (self->text);
  g_free (self);
}

static gboolean
hop_run (gpointer data)
{
  Hop *self = data;
  g_autoptr (ZqCallPeer) peer = g_weak_ref_get (&self->peer);

  if (peer != NULL && !peer->is_stopped)
    self->func (peer, self->number, self->text);

  return G_SOURCE_REMOVE;
}

void
zq_call_peer_hop (ZqCallPeer *self, ZqPeerFunc func, guint number, char *text)
{
  Hop *hop = g_new0 (Hop, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_weak_ref_init (&hop->peer, self);
  hop->func = func;
  hop->number = number;
  hop->text = text;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, hop_run, hop, hop_free);
  g_source_attach (source, self->context);
}

static void
tell_failed (ZqCallPeer *self, guint number, const char *why)
{
  g_signal_emit (self, signals[FAILED], 0, why);
}

static void
fail (ZqCallPeer *self, const char *why)
{
  zq_call_peer_hop (self, tell_failed, 0, g_strdup (why));
}

/* --- negotiation -------------------------------------------------------------------------------- */

static void
tell_description (ZqCallPeer *self, guint number, const char *sdp)
{
  g_signal_emit (self, signals[DESCRIPTION], 0, sdp);
}

/* What promises are answered with lives as long as they do. */
static void
on_description (GstPromise *promise, gpointer data)
{
  ZqCallPeer *self = data;
  const GstStructure *reply =
      gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply (promise) : NULL;
  const char *name = self->role == ZQ_CALL_OFFERS ? "offer" : "answer";
  g_autoptr (GstWebRTCSessionDescription) description = NULL;

  if (reply != NULL)
    gst_structure_get (reply, name, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  if (description == NULL)
    fail (self, "no description could be made");
  else
    {
      g_signal_emit_by_name (self->webrtc, "set-local-description", description, NULL);
      zq_call_peer_hop (self, tell_description, 0, gst_sdp_message_as_text (description->sdp));
    }
  gst_promise_unref (promise);
}

static void
describe (ZqCallPeer *self)
{
  GstPromise *promise = gst_promise_new_with_change_func (on_description, g_object_ref (self), g_object_unref);

  g_signal_emit_by_name (self->webrtc, self->role == ZQ_CALL_OFFERS ? "create-offer" : "create-answer", NULL, promise);
}

static void
on_negotiation_needed (GstElement *webrtc, ZqCallPeer *self)
{
  if (self->role == ZQ_CALL_OFFERS)
    describe (self);
}

static void
tell_candidate (ZqCallPeer *self, guint mline, const char *candidate)
{
  g_signal_emit (self, signals[CANDIDATE], 0, mline, candidate);
}

static void
on_ice_candidate (GstElement *webrtc, guint mline, const char *candidate, ZqCallPeer *self)
{
  zq_call_peer_hop (self, tell_candidate, mline, g_strdup (candidate));
}

static void
flush_candidates (ZqCallPeer *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->candidates, i);

      g_signal_emit_by_name (self->webrtc, "add-ice-candidate", candidate->mline, candidate->text);
    }
  g_ptr_array_set_size (self->candidates, 0);
}

static void
take_remote (ZqCallPeer *self, guint number, const char *text)
{
  if (self->role == ZQ_CALL_ANSWERS)
    describe (self);
  self->has_remote = TRUE;
  flush_candidates (self);
}

static void
on_remote_set (GstPromise *promise, gpointer data)
{
  ZqCallPeer *self = data;
  const GstStructure *reply =
      gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply (promise) : NULL;

  if (reply != NULL && gst_structure_has_field (reply, "error"))
    fail (self, "the other side’s description does not fit");
  else
    zq_call_peer_hop (self, take_remote, 0, NULL);
  gst_promise_unref (promise);
}

/* RFC 3264: a port of 0 says no to it. */
static gboolean
refuses_picture (const GstSDPMessage *message)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (message); i++)
    {
      const GstSDPMedia *media = gst_sdp_message_get_media (message, i);

      if (g_strcmp0 (gst_sdp_media_get_media (media), "video") == 0 && gst_sdp_media_get_port (media) == 0)
        return TRUE;
    }

  return FALSE;
}

gboolean
zq_call_peer_take_description (ZqCallPeer *self, const char *sdp, GError **error)
{
  GstSDPMessage *message = NULL;
  g_autoptr (GstWebRTCSessionDescription) description = NULL;
  gboolean is_answer = self->role == ZQ_CALL_OFFERS;

  if (!zq_call_description_check (sdp, self->webrtc, is_answer, error))
    return FALSE;
  if (gst_sdp_message_new_from_text (sdp, &message) != GST_SDP_OK)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The description cannot be read");
      return FALSE;
    }
  description =
      gst_webrtc_session_description_new (is_answer ? GST_WEBRTC_SDP_TYPE_ANSWER : GST_WEBRTC_SDP_TYPE_OFFER, message);
  if (is_answer && self->codec != ZQ_CALL_VP8 && refuses_picture (description->sdp))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The other side does not know this codec");
      return FALSE;
    }
  g_signal_emit_by_name (self->webrtc, "set-remote-description", description,
                         gst_promise_new_with_change_func (on_remote_set, g_object_ref (self), g_object_unref));

  return TRUE;
}

void
zq_call_peer_take_candidate (ZqCallPeer *self, guint mline, const char *candidate)
{
  Candidate *kept;

  /* The end of them is not told to libnice; what is no candidate is none of its business. */
  if (self->is_stopped || mline > 15 || !g_str_has_prefix (candidate, "candidate:") ||
      self->candidates->len >= MAX_CANDIDATES)
    return;
  kept = g_new0 (Candidate, 1);
  kept->mline = mline;
  kept->text = g_strdup (candidate);
  g_ptr_array_add (self->candidates, kept);
  if (self->has_remote)
    flush_candidates (self);
}

/* --- how it goes -------------------------------------------------------------------------------- */

static void
tell_connected (ZqCallPeer *self, guint number, const char *text)
{
  g_signal_emit (self, signals[CONNECTED], 0);
}

static void
on_connection_state (GstElement *webrtc, GParamSpec *spec, ZqCallPeer *self)
{
  GstWebRTCPeerConnectionState state;

  g_object_get (webrtc, "connection-state", &state, NULL);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
    zq_call_peer_hop (self, tell_connected, 0, NULL);
  else if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
    fail (self, "no way to the other side was found");
}

/* Never from a thread of the pipeline: it would wait for a change of state that waits for that thread. */
static void
set_latency (ZqCallPeer *self, guint number, const char *text)
{
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
}

static GstBusSyncReply
on_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  ZqCallPeer *self = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      fail (self, error->message);
    }
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY)
    zq_call_peer_hop (self, set_latency, 0, NULL);
  gst_message_unref (message);

  return GST_BUS_DROP;
}

/* --- life --------------------------------------------------------------------------------------- */

static void
set_ice (ZqCallPeer *self, const ZqCallPeerConfig *config)
{
  zq_ice_list_apply (config->ice, self->webrtc);
  if (config->relay_only)
    g_object_set (self->webrtc, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, NULL);
}

ZqCallPeer *
zq_call_peer_new (const ZqCallPeerConfig *config, GError **error)
{
  g_autoptr (ZqCallPeer) self = g_object_new (ZQ_TYPE_CALL_PEER, NULL);
  g_autoptr (GstBus) bus = NULL;

  self->role = config->role;
  self->codec = config->codec;
  self->call = config->call;
  if (!zq_call_peer_build_sender (self, config, error))
    return NULL;
  g_object_set (self->webrtc, "latency", config->jitter_ms > 0 ? config->jitter_ms : JITTER_MS, NULL);
  zq_call_peer_watch_feedback (self);
  set_ice (self, config);
  if (config->clock != NULL)
    {
      gst_pipeline_use_clock (GST_PIPELINE (self->pipeline), config->clock);
      gst_element_set_start_time (self->pipeline, GST_CLOCK_TIME_NONE);
      gst_element_set_base_time (self->pipeline, config->base_time);
    }
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_bus, self, NULL);
  g_signal_connect (self->webrtc, "on-negotiation-needed", G_CALLBACK (on_negotiation_needed), self);
  g_signal_connect (self->webrtc, "on-ice-candidate", G_CALLBACK (on_ice_candidate), self);
  g_signal_connect (self->webrtc, "notify::connection-state", G_CALLBACK (on_connection_state), self);
  g_signal_connect (self->webrtc, "pad-added", G_CALLBACK (zq_call_peer_on_pad_added), self);

  return g_steal_pointer (&self);
}

void
zq_call_peer_set_sinks (ZqCallPeer *self, ZqCallSampleFunc video, ZqCallSampleFunc audio, gpointer data)
{
  self->video_sink = video;
  self->audio_sink = audio;
  self->sink_data = data;
}

void
zq_call_peer_start (ZqCallPeer *self)
{
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    fail (self, "the media could not be started");
  else
    g_atomic_int_set (&self->takes, self->role == ZQ_CALL_OFFERS);
}

void
zq_call_peer_stop (ZqCallPeer *self)
{
  if (self->is_stopped)
    return;
  self->is_stopped = TRUE;
  g_atomic_int_set (&self->takes, 0);
  if (self->pipeline != NULL)
    {
      g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

      /* Its threads end here, so that nothing calls back into what is going. */
      gst_element_set_state (self->pipeline, GST_STATE_NULL);
      gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
    }
  if (self->webrtc != NULL)
    g_signal_handlers_disconnect_by_data (self->webrtc, self);
}

static void
zq_call_peer_finalize (GObject *object)
{
  ZqCallPeer *self = ZQ_CALL_PEER (object);

  zq_call_peer_stop (self);
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  g_clear_pointer (&self->feedback, zq_call_feedback_free);
  gst_clear_object (&self->audio);
  gst_clear_object (&self->video);
  gst_clear_object (&self->size);
  gst_clear_object (&self->encoder);
  gst_clear_object (&self->rtx);
  gst_clear_object (&self->webrtc);
  gst_clear_object (&self->pipeline);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  zq_call_peer_clear_tap (self);
  g_mutex_clear (&self->stats_lock);
  G_OBJECT_CLASS (zq_call_peer_parent_class)->finalize (object);
}

static void
zq_call_peer_class_init (ZqCallPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = zq_call_peer_finalize;
  signals[DESCRIPTION] = g_signal_new ("description", ZQ_TYPE_CALL_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CANDIDATE] = g_signal_new ("candidate", ZQ_TYPE_CALL_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[CONNECTED] =
      g_signal_new ("connected", ZQ_TYPE_CALL_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FIRST_FRAME] =
      g_signal_new ("first-frame", ZQ_TYPE_CALL_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] =
      g_signal_new ("failed", ZQ_TYPE_CALL_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
zq_call_peer_init (ZqCallPeer *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->feedback = zq_call_feedback_new ();
  self->candidates = g_ptr_array_new_with_free_func (candidate_free);
  g_mutex_init (&self->lock);
  g_mutex_init (&self->tap_lock);
  g_mutex_init (&self->stats_lock);
  self->stats.rtt = self->stats.jitter = -1;
}
