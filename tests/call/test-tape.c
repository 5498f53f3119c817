/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/tape.h"
#include "support/support.h"

#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <string.h>

#define SECOND G_USEC_PER_SEC

/* What a tape handed over, file by file. */
typedef struct
{
  GPtrArray *files; /* GByteArray */
  ZqClock *clock;
  GstClock *capture;
  ZqCallTape *tape;
  GstCaps *caps[ZQ_CALL_N_TRACKS];
} Fixture;

static void
on_bytes (guint file, ZqCallTrack track, guint part, GBytes *bytes, gpointer data)
{
  Fixture *fixture = data;

  while (fixture->files->len <= file)
    g_ptr_array_add (fixture->files, g_byte_array_new ());
  g_byte_array_append (g_ptr_array_index (fixture->files, file), g_bytes_get_data (bytes, NULL),
                       (guint)g_bytes_get_size (bytes));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_byte_array_unref);
  fixture->clock = zq_test_clock ();
  fixture->capture = gst_system_clock_obtain ();
  fixture->caps[ZQ_CALL_OWN_PICTURE] = fixture->caps[ZQ_CALL_THEIR_PICTURE] =
      gst_caps_from_string ("video/x-vp8,width=64,height=48,framerate=0/1");
  fixture->caps[ZQ_CALL_OWN_SOUND] = fixture->caps[ZQ_CALL_THEIR_SOUND] = gst_caps_from_string (
      "audio/x-opus,channels=1,rate=48000,channel-mapping-family=0,stream-count=1,coupled-count=0");
}

static void
begin (Fixture *fixture, gsize file_size)
{
  /* It begins now, which is 0 of the running time. */
  fixture->tape = zq_call_tape_new (fixture->clock, fixture->capture,
                                    gst_clock_get_time (fixture->capture) + GST_SECOND, file_size, on_bytes, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->files);
  gst_caps_unref (fixture->caps[ZQ_CALL_OWN_PICTURE]);
  gst_caps_unref (fixture->caps[ZQ_CALL_OWN_SOUND]);
  gst_object_unref (fixture->capture);
  g_object_unref (fixture->clock);
}

static void
push (Fixture *fixture, ZqCallTrack track, GstClockTime at, gboolean is_whole, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 'x', size);
  GST_BUFFER_PTS (buffer) = at;
  if (!is_whole)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  zq_call_tape_push (track, buffer, fixture->caps[track], fixture->tape);
  gst_buffer_unref (buffer);
}

/* Buffers that a reader finds in the @n-th file, and the time of the last. */
static guint
read_back (Fixture *fixture, guint n, GstClockTime *last)
{
  const GByteArray *bytes = g_ptr_array_index (fixture->files, n);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "zq-tape-XXXXXX", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GstElement) pipeline = NULL, sink = NULL;
  GstSample *sample;
  guint count = 0;
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, (const char *)bytes->data, (gssize)bytes->len, NULL));
  text = g_strdup_printf ("filesrc location=\"%s\" ! matroskademux ! appsink name=sink sync=false", path);
  pipeline = gst_parse_launch (text, NULL);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_pull_sample (GST_APP_SINK (sink))) != NULL)
    {
      count++;
      *last = GST_BUFFER_PTS (gst_sample_get_buffer (sample));
      gst_sample_unref (sample);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_unlink (path);

  return count;
}

/* A picture begins with a whole one; each track is a file, with times of the tape. */
static void
test_tracks (Fixture *fixture, gconstpointer data)
{
  GstClockTime last = 0;

  begin (fixture, 0);
  push (fixture, ZQ_CALL_THEIR_PICTURE, 0, FALSE, 100);
  g_assert_true (zq_call_tape_wants_key (fixture->tape));
  for (guint i = 0; i < 10; i++)
    {
      push (fixture, ZQ_CALL_THEIR_PICTURE, i * GST_SECOND, i == 0, 100);
      push (fixture, ZQ_CALL_OWN_SOUND, i * GST_SECOND, TRUE, 50);
    }
  g_assert_false (zq_call_tape_wants_key (fixture->tape));
  zq_call_tape_free (fixture->tape);
  g_assert_cmpuint (fixture->files->len, ==, 2);
  g_assert_cmpuint (read_back (fixture, 0, &last), ==, 10);
  g_assert_cmpuint (last / GST_SECOND, ==, 9);
  g_assert_cmpuint (read_back (fixture, 1, &last), ==, 10);
}

/* Another connection with other times, a gap, times that go back: nothing of it is lost, nothing breaks the file. */
static void
test_odd_times (Fixture *fixture, gconstpointer data)
{
  const GstClockTime times[] = { 0, 1, 1, 0, 60, 59, 61, 3600 };
  GstClockTime last = 0;

  begin (fixture, 0);
  push (fixture, ZQ_CALL_OWN_SOUND, GST_CLOCK_TIME_NONE, TRUE, 50);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    push (fixture, ZQ_CALL_OWN_SOUND, times[i] * GST_SECOND, TRUE, 50);
  zq_call_tape_free (fixture->tape);
  g_assert_cmpuint (read_back (fixture, 0, &last), ==, G_N_ELEMENTS (times));
  g_assert_cmpuint (last / GST_SECOND, ==, 3600);
}

static gboolean
has_bytes (gpointer data)
{
  Fixture *fixture = data;

  zq_clock_advance (fixture->clock, 2 * SECOND);

  return fixture->files->len > 0 && ((GByteArray *)g_ptr_array_index (fixture->files, 0))->len > 3000;
}

/* What has come is handed over every two seconds; a full file goes on in the next one, from a whole picture on. */
static void
test_files_have_a_size (Fixture *fixture, gconstpointer data)
{
  GstClockTime last = 0;

  begin (fixture, 3000);
  for (guint i = 0; i < 4; i++)
    push (fixture, ZQ_CALL_THEIR_PICTURE, i * GST_SECOND, i == 0, 1000);
  g_assert_true (zq_test_wait_until (has_bytes, fixture, 10));
  g_assert_cmpuint (fixture->files->len, ==, 1);
  push (fixture, ZQ_CALL_THEIR_PICTURE, 4 * GST_SECOND, FALSE, 1000);
  g_assert_true (zq_call_tape_wants_key (fixture->tape));
  push (fixture, ZQ_CALL_THEIR_PICTURE, 5 * GST_SECOND, TRUE, 1000);
  g_assert_false (zq_call_tape_wants_key (fixture->tape));
  push (fixture, ZQ_CALL_THEIR_PICTURE, 6 * GST_SECOND, FALSE, 1000);
  zq_call_tape_free (fixture->tape);
  g_assert_cmpuint (fixture->files->len, ==, 2);
  g_assert_cmpuint (read_back (fixture, 0, &last), ==, 5);
  g_assert_cmpuint (read_back (fixture, 1, &last), ==, 2);
  g_assert_cmpuint (last / GST_SECOND, ==, 6);
}

static void
test_nothing_came (Fixture *fixture, gconstpointer data)
{
  begin (fixture, 0);
  zq_call_tape_free (fixture->tape);
  g_assert_cmpuint (fixture->files->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  ADD ("/tape/tracks", test_tracks);
  ADD ("/tape/odd-times", test_odd_times);
  ADD ("/tape/files-have-a-size", test_files_have_a_size);
  ADD ("/tape/nothing-came", test_nothing_came);

  return g_test_run ();
}
