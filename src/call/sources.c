/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/sources.h"

#define TEST "ZHENQIAO_CALL_TEST"

static gboolean
is_test (void)
{
  return g_getenv (TEST) != NULL;
}

static GstElement *
make_bin (const char *text)
{
  return gst_parse_bin_from_description (text, TRUE, NULL);
}

static GstElement *
make_camera (gpointer data)
{
  if (is_test ())
    return make_bin ("videotestsrc is-live=true pattern=ball foreground-color=0xffffffff background-color=0xff2060c0 "
                     "! capsfilter caps=video/x-raw,format=I420,width=640,height=480,framerate=30/1");

  return make_bin ("autovideosrc ! capsfilter "
                   "caps=video/x-raw,width=(int)[160,1280],height=(int)[120,720],framerate=(fraction)[10/1,30/1]");
}

static GstElement *
make_microphone (gpointer data)
{
  return make_bin (is_test () ? "audiotestsrc is-live=true samplesperbuffer=480 freq=440 volume=0.4 "
                                "! capsfilter caps=audio/x-raw,rate=48000,channels=1"
                              : "autoaudiosrc");
}

static GstElement *
make_speaker (gpointer data)
{
  return make_bin (is_test () ? "audioconvert ! fakesink sync=true" : "audioconvert ! autoaudiosink");
}

ZqCallSources
zq_call_sources_default (void)
{
  return (ZqCallSources){ make_camera, make_microphone, make_speaker, NULL };
}

/* --- warm-up ------------------------------------------------------------------------------------ */

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
