/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/peer-private.h"

#include <gst/sdp/sdp.h>
#include <string.h>

#include <gst/webrtc/webrtc.h>

#define MAX_MEDIA 8

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The other side’s description is of no use: %s", why);
  return FALSE;
}

static const char *
find (const GstSDPMessage *message, const GstSDPMedia *media, const char *name)
{
  const char *value = gst_sdp_media_get_attribute_val (media, name);

  return value != NULL ? value : gst_sdp_message_get_attribute_val (message, name);
}

/* RFC 8839: at least 4 characters of name, 22 of password. */
static gboolean
check_media (const GstSDPMessage *message, const GstSDPMedia *media, GError **error)
{
  const char *kind = gst_sdp_media_get_media (media);
  const char *name = find (message, media, "ice-ufrag");
  const char *password = find (message, media, "ice-pwd");

  if (g_strcmp0 (kind, "audio") != 0 && g_strcmp0 (kind, "video") != 0 && g_strcmp0 (kind, "application") != 0)
    return refuse (error, "a kind of media that was not asked for");
  if (gst_sdp_media_formats_len (media) == 0 || *gst_sdp_media_get_format (media, 0) == '\0')
    return refuse (error, "media without a format");
  if (gst_sdp_media_get_port (media) == 0)
    return TRUE;
  if (name == NULL || strlen (name) < 4 || password == NULL || strlen (password) < 22)
    return refuse (error, "no ICE credentials");
  if (find (message, media, "fingerprint") == NULL)
    return refuse (error, "no fingerprint");

  return TRUE;
}

gboolean
zq_call_description_check (const char *sdp, GstElement *webrtc, gboolean is_answer, GError **error)
{
  GstSDPMessage *parsed = NULL;
  g_autoptr (GstSDPMessage) message = NULL;
  g_autoptr (GstWebRTCSessionDescription) local = NULL;
  guint length;

  if (sdp == NULL || !g_str_has_prefix (sdp, "v=0") || !g_utf8_validate (sdp, -1, NULL) ||
      gst_sdp_message_new_from_text (sdp, &parsed) != GST_SDP_OK)
    return refuse (error, "it cannot be read");
  message = parsed;
  length = gst_sdp_message_medias_len (message);
  if (length == 0 || length > MAX_MEDIA)
    return refuse (error, "too few or too many media");
  for (guint i = 0; i < length; i++)
    if (!check_media (message, gst_sdp_message_get_media (message, i), error))
      return FALSE;
  if (!is_answer)
    return TRUE;

  g_object_get (webrtc, "local-description", &local, NULL);
  if (local == NULL || gst_sdp_message_medias_len (local->sdp) != length)
    return refuse (error, "it does not answer what was offered");
  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (gst_sdp_media_get_media (gst_sdp_message_get_media (message, i)),
                   gst_sdp_media_get_media (gst_sdp_message_get_media (local->sdp, i))) != 0)
      return refuse (error, "it answers in another order");

  return TRUE;
}
