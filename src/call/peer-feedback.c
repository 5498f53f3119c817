/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include "base/clock.h"

#include <gst/rtp/gstrtcpbuffer.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <string.h>

/* Of an RTCP packet before what it is about: its head and two SSRCs. */
#define RTCP_HEAD  12
#define RTCP_MOST  (64 * 1024)
#define RTPFB_TWCC 15

static void
note_sent (ZqCallPeer *self, GstBuffer *buffer, gint64 now)
{
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gpointer data;
  guint size;

  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return;
  if (gst_rtp_buffer_get_extension_onebyte_header (&rtp, ZQ_CALL_TWCC_ID, 0, &data, &size) && size >= 2)
    zq_call_feedback_sent (self->feedback, GST_READ_UINT16_BE (data), (guint)gst_buffer_get_size (buffer), now);
  gst_rtp_buffer_unmap (&rtp);
}

static GstPadProbeReturn
on_sent (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ZqCallPeer *self = data;
  GstBufferList *list = info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST ? GST_PAD_PROBE_INFO_BUFFER_LIST (info) : NULL;
  gint64 now = zq_clock_stopwatch ();

  g_mutex_lock (&self->stats_lock);
  if (list == NULL)
    note_sent (self, GST_PAD_PROBE_INFO_BUFFER (info), now);
  for (guint i = 0; list != NULL && i < gst_buffer_list_length (list); i++)
    note_sent (self, gst_buffer_list_get (list, i), now);
  g_mutex_unlock (&self->stats_lock);

  return GST_PAD_PROBE_OK;
}

/* Several RTCP packets are in one; each says how long it is, in words without its first. */
static GstPadProbeReturn
on_rtcp (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  ZqCallPeer *self = data;
  GstMapInfo map;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_OK;
  for (gsize at = 0; at + 4 <= map.size && map.size < RTCP_MOST;)
    {
      gsize length = ((gsize)GST_READ_UINT16_BE (map.data + at + 2) + 1) * 4;

      if (at + length > map.size)
        break;
      if (map.data[at + 1] == GST_RTCP_TYPE_RTPFB && (map.data[at] & 0x1f) == RTPFB_TWCC && length > RTCP_HEAD)
        {
          g_mutex_lock (&self->stats_lock);
          zq_call_feedback_take (self->feedback, map.data + at + RTCP_HEAD, length - RTCP_HEAD, zq_clock_stopwatch ());
          g_mutex_unlock (&self->stats_lock);
        }
      at += length;
    }
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);

  return GST_PAD_PROBE_OK;
}

static void
on_pad (GstElement *rtpbin, GstPad *pad, ZqCallPeer *self)
{
  const char *name = GST_PAD_NAME (pad);

  if (g_str_has_prefix (name, "send_rtp_src_"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_sent, self, NULL);
  else if (g_str_has_prefix (name, "recv_rtcp_sink_"))
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_rtcp, self, NULL);
}

void
zq_call_peer_watch_feedback (ZqCallPeer *self)
{
  g_autoptr (GstElement) rtpbin = gst_bin_get_by_name (GST_BIN (self->webrtc), "rtpbin");

  if (rtpbin != NULL)
    g_signal_connect (rtpbin, "pad-added", G_CALLBACK (on_pad), self);
}
