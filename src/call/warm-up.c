/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/warm-up.h"

#include <gst/gst.h>

static const char *const elements[] = {
  "webrtcbin", "rtpbin",     "dtlssrtpenc",   "dtlssrtpdec",  "nicesrc",      "nicesink",      "vp8enc",
  "vp8dec",    "opusenc",    "opusdec",       "rtpvp8pay",    "rtpvp8depay",  "rtpopuspay",    "rtpopusdepay",
  "webrtcdsp", "level",      "volume",        "audioconvert", "videoscale",   "videoconvert",  "appsrc",
  "appsink",   "rtprtxsend", "rtprtxreceive", "autovideosrc", "autoaudiosrc", "autoaudiosink", NULL,
};

static gpointer
warm_up (gpointer data)
{
  if (!gst_init_check (NULL, NULL, NULL))
    return NULL;
  for (guint i = 0; elements[i] != NULL; i++)
    {
      g_autoptr (GstElementFactory) factory = gst_element_factory_find (elements[i]);
      g_autoptr (GstPluginFeature) feature =
          factory != NULL ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;
    }
  /* All DTLS of a process shares one certificate as long as somebody holds it: this one does, to the end. */
  return gst_element_factory_make ("dtlsdec", NULL);
}

void
zq_call_warm_up (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, warm_up, NULL);
}
