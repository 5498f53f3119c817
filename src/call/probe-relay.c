/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/probe-private.h"

#include <gst/webrtc/webrtc.h>
#include <string.h>

/* A place at the relay takes two questions and answers; libnice asks for seconds before it gives up. */
#define GATHERED_WITHIN (6 * G_TIME_SPAN_SECOND)
#define KNOCKED_WITHIN  3 /* s */

static void
conclude (ZqCallProbe *self, ZqProbeVerdict verdict, ZqProbeSide side, const char *code)
{
  zq_call_probe_end_relay (self);
  zq_call_probe_close (&self->pipelines[ZQ_PROBE_RELAY]);
  zq_call_probe_conclude (self, ZQ_PROBE_RELAY, verdict, side, code);
}

/* --- what is wrong ------------------------------------------------------------------------------ */

static void
on_knocked (GObject *source, GAsyncResult *result, gpointer data)
{
  ZqCallProbe *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) /* @self may be gone */
    return;
  if (connection != NULL)
    conclude (self, ZQ_PROBE_FAIL, ZQ_PROBE_THE_HOSPITAL, "denied");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    conclude (self, ZQ_PROBE_FAIL, ZQ_PROBE_THE_HOSPITAL, "refused");
  else
    conclude (self, ZQ_PROBE_FAIL, ZQ_PROBE_NETWORK, "blocked");
}

static const ZqIceServer *
find_relay (const ZqIceList *ice)
{
  for (guint i = 0; ice != NULL && i < ice->servers->len; i++)
    if (zq_ice_server_is_relay (g_ptr_array_index (ice->servers, i)))
      return g_ptr_array_index (ice->servers, i);

  return NULL;
}

/* "turn:host:port?transport=udp" (transfer full) */
static char *
get_address (const ZqIceServer *server)
{
  const char *from = strchr (server->url, ':') + 1;

  return g_strndup (from, strcspn (from, "?"));
}

/* No place was given: whether anything listens there says who can mend it. */
static void
find_out_why (ZqCallProbe *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  const ZqIceServer *relay = find_relay (self->ice);
  g_autofree char *address = get_address (relay);

  if (!self->has_host)
    {
      conclude (self, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "no-network");
      return;
    }
  if (self->knocking != NULL)
    return;
  self->knocking = g_cancellable_new ();
  g_socket_client_set_timeout (client, KNOCKED_WITHIN);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, address, 3478, self->knocking, on_knocked, self);
}

/* --- gathering ---------------------------------------------------------------------------------- */

static void
on_host (ZqCallProbe *self, double number, const char *text)
{
  self->has_host = TRUE;
}

static void
on_relay (ZqCallProbe *self, double number, const char *text)
{
  if (self->results[ZQ_PROBE_RELAY].verdict != ZQ_PROBE_RUNNING)
    return;
  self->results[ZQ_PROBE_RELAY].value = (zq_clock_monotonic (self->clock) - self->begun[ZQ_PROBE_RELAY]) / 1000.;
  conclude (self, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

static void
on_gathered (ZqCallProbe *self, double number, const char *text)
{
  if (self->results[ZQ_PROBE_RELAY].verdict == ZQ_PROBE_RUNNING)
    find_out_why (self);
}

static void
on_candidate (GstElement *webrtc, guint mline, const char *candidate, ZqCallProbe *self)
{
  if (strstr (candidate, " typ host") != NULL)
    zq_call_probe_hop (self, ZQ_PROBE_RELAY, on_host, 0, NULL);
  else if (strstr (candidate, " typ relay") != NULL)
    zq_call_probe_hop (self, ZQ_PROBE_RELAY, on_relay, 0, NULL);
}

static void
on_gathering (GstElement *webrtc, GParamSpec *pspec, ZqCallProbe *self)
{
  GstWebRTCICEGatheringState state;

  g_object_get (webrtc, "ice-gathering-state", &state, NULL);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    zq_call_probe_hop (self, ZQ_PROBE_RELAY, on_gathered, 0, NULL);
}

static void
on_offer (GstPromise *promise, gpointer webrtc)
{
  const GstStructure *reply =
      gst_promise_wait (promise) == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply (promise) : NULL;
  g_autoptr (GstWebRTCSessionDescription) offer = NULL;

  if (reply != NULL)
    gst_structure_get (reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, NULL);
  if (offer != NULL)
    g_signal_emit_by_name (webrtc, "set-local-description", offer, NULL);
  gst_promise_unref (promise);
}

/* A connection that is never made: one line of sound is enough to be given places. */
static GstElement *
make_webrtc (ZqCallProbe *self)
{
  GstElement *webrtc = gst_element_factory_make ("webrtcbin", NULL);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("application/x-rtp,media=audio,encoding-name=OPUS,payload=96,"
                                                   "clock-rate=48000");
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  if (webrtc == NULL)
    return NULL;
  gst_util_set_object_arg (G_OBJECT (webrtc), "bundle-policy", "max-bundle");
  zq_ice_list_apply (self->ice, webrtc);
  g_signal_emit_by_name (webrtc, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps, &transceiver);
  g_signal_connect (webrtc, "on-ice-candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (webrtc, "notify::ice-gathering-state", G_CALLBACK (on_gathering), self);

  return webrtc;
}

void
zq_call_probe_begin_relay (ZqCallProbe *self)
{
  GstElement *webrtc;

  self->has_host = FALSE;
  self->ice = zq_ice_list_copy (zq_signalling_get_ice (self->signalling));
  if (find_relay (self->ice) == NULL)
    {
      conclude (self, ZQ_PROBE_POOR, ZQ_PROBE_THE_HOSPITAL, "none");
      return;
    }
  webrtc = make_webrtc (self);
  if (webrtc == NULL)
    {
      conclude (self, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "dead");
      return;
    }
  self->pipelines[ZQ_PROBE_RELAY] = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add (GST_BIN (self->pipelines[ZQ_PROBE_RELAY]), webrtc);
  zq_call_probe_wait (self, ZQ_PROBE_RELAY, GATHERED_WITHIN, find_out_why);
  gst_element_set_state (self->pipelines[ZQ_PROBE_RELAY], GST_STATE_PLAYING);
  g_signal_emit_by_name (webrtc, "create-offer", NULL,
                         gst_promise_new_with_change_func (on_offer, gst_object_ref (webrtc), gst_object_unref));
}

void
zq_call_probe_end_relay (ZqCallProbe *self)
{
  g_cancellable_cancel (self->knocking);
  g_clear_object (&self->knocking);
  g_clear_pointer (&self->ice, zq_ice_list_free);
}
