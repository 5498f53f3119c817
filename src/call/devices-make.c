/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/devices-private.h"

#include <string.h>

static const ZqCallTestDevice TEST_DEVICES[] = {
  { ZQ_CALL_CAMERA, "test:ball", "Test picture (ball)",
    "videotestsrc is-live=true pattern=ball background-color=0xff204060 ! capsfilter "
    "caps=video/x-raw,format=I420,width=640,height=480,framerate=30/1" },
  { ZQ_CALL_CAMERA, "test:blue", "Test picture (blue)",
    "videotestsrc is-live=true pattern=blue ! capsfilter "
    "caps=video/x-raw,format=I420,width=640,height=480,framerate=30/1" },
  { ZQ_CALL_CAMERA, "test:black", "Test picture (black)",
    "videotestsrc is-live=true pattern=black ! capsfilter "
    "caps=video/x-raw,format=I420,width=640,height=480,framerate=30/1" },
  { ZQ_CALL_MICROPHONE, "test:tone", "Test tone (440 Hz)",
    "audiotestsrc is-live=true samplesperbuffer=480 freq=440 volume=0.3 ! capsfilter "
    "caps=audio/x-raw,rate=48000,channels=1" },
  { ZQ_CALL_MICROPHONE, "test:silence", "Test silence",
    "audiotestsrc is-live=true samplesperbuffer=480 wave=silence ! capsfilter caps=audio/x-raw,rate=48000,channels=1" },
  { ZQ_CALL_SPEAKER, "test:nobody", "Test speaker", "audioconvert ! fakesink sync=true" },
};

const ZqCallTestDevice *
zq_call_test_devices (guint *n)
{
  *n = G_N_ELEMENTS (TEST_DEVICES);

  return TEST_DEVICES;
}

GstElement *
zq_call_test_device_make (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (TEST_DEVICES); i++)
    if (g_str_equal (TEST_DEVICES[i].id, id))
      return gst_parse_bin_from_description (TEST_DEVICES[i].launch, TRUE, NULL);

  return NULL;
}

/* --- what a device is called -------------------------------------------------------------------- */

/* The name within the sound server. */
static char *
get_sound_name (GstDevice *device)
{
  char *name = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (device), "internal-name") != NULL)
    g_object_get (device, "internal-name", &name, NULL);

  return name;
}

/* A serial number is of the thing; where it is plugged in comes next; its number is of this start of the computer. */
char *
zq_call_device_make_id (GstDevice *device)
{
  static const char *const KEYS[] = { "node.name",       "device.serial", "v4l2.device.bus_info",
                                      "device.bus_path", "device.path",   "api.v4l2.path" };
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  g_autofree char *sound = get_sound_name (device);

  if (sound != NULL && *sound != '\0')
    return g_strconcat ("sound:", sound, NULL);
  for (guint i = 0; properties != NULL && i < G_N_ELEMENTS (KEYS); i++)
    {
      const char *value = gst_structure_get_string (properties, KEYS[i]);

      if (value != NULL && *value != '\0')
        return g_strconcat (KEYS[i], ":", value, NULL);
    }
  sound = gst_device_get_display_name (device);

  return g_strconcat ("name:", sound, NULL);
}

gboolean
zq_call_device_is_monitor (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  const char *class = properties != NULL ? gst_structure_get_string (properties, "device.class") : NULL;

  return g_strcmp0 (class, "monitor") == 0;
}

gboolean
zq_call_device_is_default (GstDevice *device)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  gboolean is_default = FALSE;

  if (properties != NULL)
    gst_structure_get_boolean (properties, "is-default", &is_default);

  return is_default;
}

/* --- elements ----------------------------------------------------------------------------------- */

GstCaps *
zq_call_devices_pick_format (GstCaps *caps)
{
  /* What a call sends, without a picture to unpack first; then what is as good, what must be unpacked, and anything. */
  static const char *const WANTED[] = {
    "video/x-raw,width=640,height=480,framerate=[24/1,30/1]",
    "image/jpeg,width=640,height=480,framerate=[24/1,30/1]",
    "video/x-raw,width=[640,1280],height=[360,720],framerate=[24/1,30/1]",
    "image/jpeg,width=[640,1280],height=[360,720],framerate=[24/1,30/1]",
    "video/x-raw,width=[320,1920],height=[240,1080],framerate=[10/1,60/1]",
    "image/jpeg,width=[320,1920],height=[240,1080],framerate=[10/1,60/1]",
    "video/x-raw",
    "image/jpeg",
  };

  for (guint i = 0; i < G_N_ELEMENTS (WANTED); i++)
    {
      g_autoptr (GstCaps) wanted = gst_caps_from_string (WANTED[i]);

      if (gst_caps_can_intersect (caps, wanted))
        return g_steal_pointer (&wanted);
    }

  return gst_caps_new_any ();
}

static GstElement *
add (GstElement *bin, const char *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element != NULL)
    gst_bin_add (GST_BIN (bin), element);

  return element;
}

static void
expose (GstElement *bin, GstElement *inner, const char *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (inner, name);

  gst_element_add_pad (bin, gst_ghost_pad_new (name, pad));
}

/* A bin of its own, so that what it takes to read this camera is nobody else's concern. */
static GstElement *
make_camera (GstDevice *device, GstElement *source)
{
  g_autoptr (GstCaps) offered = gst_device_get_caps (device);
  g_autoptr (GstCaps) wanted = offered != NULL ? zq_call_devices_pick_format (offered) : gst_caps_new_any ();
  gboolean is_packed =
      !gst_caps_is_any (wanted) && gst_structure_has_name (gst_caps_get_structure (wanted, 0), "image/jpeg");
  GstElement *bin = gst_bin_new (NULL);
  GstElement *filter, *last;

  gst_bin_add (GST_BIN (bin), source);
  filter = last = add (bin, "capsfilter");
  g_object_set (filter, "caps", wanted, NULL);
  if (is_packed)
    last = add (bin, "jpegdec");
  if (last == NULL || !gst_element_link (source, filter) || (last != filter && !gst_element_link (filter, last)))
    {
      gst_object_unref (gst_object_ref_sink (bin));
      return NULL;
    }
  expose (bin, last, "src");

  return bin;
}

static void
set_if_there (GstElement *element, const char *property, gint64 value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), property) != NULL)
    g_object_set (element, property, value, NULL);
}

/* Short buffers: what waits here is heard late. The role lets the sound server quieten music meanwhile. */
static void
set_up_sound (GstElement *element, gboolean plays)
{
  set_if_there (element, "buffer-time", plays ? 80000 : 60000);
  set_if_there (element, "latency-time", 10000);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "stream-properties") != NULL)
    {
      g_autoptr (GstStructure) properties = gst_structure_new ("props", "media.role", G_TYPE_STRING, "phone", NULL);

      g_object_set (element, "stream-properties", properties, NULL);
    }
}

GstElement *
zq_call_device_make_element (GstDevice *device, ZqCallDevice kind)
{
  GstElement *element = gst_device_create_element (device, NULL);

  if (element == NULL)
    return NULL;
  if (kind == ZQ_CALL_CAMERA)
    return make_camera (device, element);
  set_up_sound (element, kind == ZQ_CALL_SPEAKER);

  return element;
}

/* PulseAudio and PipeWire's stand-in for it name what a sink plays after the sink. */
GstElement *
zq_call_device_make_monitor (GstDevice *device)
{
  g_autofree char *name = get_sound_name (device);
  g_autofree char *monitor = NULL;
  GstElement *element;

  if (name == NULL)
    return NULL;
  monitor = g_strconcat (name, ".monitor", NULL);
  element = gst_element_factory_make ("pulsesrc", NULL);
  if (element != NULL)
    g_object_set (element, "device", monitor, NULL);

  return element;
}
