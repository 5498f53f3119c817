/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/sound.h"

#include <gst/app/gstappsink.h>
#include <stdlib.h>
#include <string.h>

char *
zq_sound_ask (const char *arguments)
{
  g_autofree char *line = g_strconcat ("pactl ", arguments, NULL);
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (line, &output, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  return g_strchomp (output);
}

static gboolean
names (const char *module, const char *name)
{
  g_autofree char *sink = g_strconcat ("sink_name=", name, " ", NULL);
  g_autofree char *source = g_strconcat ("source_name=", name, " ", NULL);

  return strstr (module, sink) != NULL || strstr (module, source) != NULL;
}

void
zq_sound_unplug (const char *name)
{
  g_autofree char *modules = zq_sound_ask ("list short modules");
  g_auto (GStrv) lines = g_strsplit (modules, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (names (lines[i], name))
      {
        g_autofree char *arguments = g_strdup_printf ("unload-module %d", atoi (lines[i]));
        g_autofree char *said = zq_sound_ask (arguments);

        return;
      }
  g_error ("no module makes %s", name);
}

void
zq_sound_plug_ear (const char *side)
{
  g_autofree char *arguments = g_strdup_printf ("load-module module-remap-source source_name=ear-%s master=%s.monitor "
                                                "source_properties=device.description=ear-%s",
                                                side, side, side);
  g_autofree char *said = zq_sound_ask (arguments);
}

GstElement *
zq_sound_run (GstElement *first, const char *middle, GstElement *last)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *bin = gst_parse_bin_from_description (middle, TRUE, NULL);

  g_assert_nonnull (first);
  g_assert_nonnull (last);
  g_assert_nonnull (bin);
  gst_bin_add_many (GST_BIN (pipeline), first, bin, last, NULL);
  g_assert_true (gst_element_link_many (first, bin, last, NULL));
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);

  return pipeline;
}

void
zq_sound_stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static void
measure (const gint16 *values, gsize n, guint *crossings, int *peak, gint16 *before)
{
  for (gsize i = 0; i < n; i++)
    {
      *crossings += *before < 0 && values[i] >= 0;
      *peak = MAX (*peak, abs (values[i]));
      *before = values[i];
    }
}

ZqSoundHeard
zq_sound_hear (GstElement *source, double seconds)
{
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  GstElement *pipeline;
  guint crossings = 0;
  gsize n_values = 0;
  gint16 before = 0;
  int peak = 0;

  g_object_set (sink, "sync", FALSE, NULL);
  pipeline = zq_sound_run (source,
                           "audioconvert ! audioresample "
                           "! capsfilter caps=audio/x-raw,format=S16LE,rate=48000,channels=1",
                           sink);
  while (n_values < seconds * 48000)
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 10 * GST_SECOND);
      GstMapInfo map;

      g_assert_nonnull (sample);
      g_assert_true (gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ));
      measure ((const gint16 *)(gconstpointer)map.data, map.size / 2, &crossings, &peak, &before);
      n_values += map.size / 2;
      gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    }
  zq_sound_stop (pipeline);

  return (ZqSoundHeard){ crossings * 48000. / n_values, peak / 32768. };
}
