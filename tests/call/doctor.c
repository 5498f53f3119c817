/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A doctor without a window: the workstation's own call with the sandbox's room, for tests and tools/bench.
 *
 *   doctor BASE TOKEN Appointment/ID [--relay] [--admitted] [--size WxH] [--tape=DIR]
 *
 * One JSON line on standard output for each change and twice a second; one word a line on standard input: admit, hold,
 * end, close, mute, unmute, camera-off, camera-on, show, unshow, reset.
 */
#include "call/pair.h"
#include "call/room.h"
#include "call/session.h"
#include "call/tape.h"
#include "call/warm-up.h"

#include <gio/gunixinputstream.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define TELL (500 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GMainLoop *loop;
  ZqClock *clock;
  ZqCallMedia *media;
  ZqCallSession *session;
  ZqTestHeard heard;
  GDataInputStream *input;
  gboolean muted, camera_off, shown;
  gint64 admitted_at;
  gint64 first_frame; /* since it was admitted, µs */
  const char *folder; /* of what this side records; NULL: nothing */
  ZqCallTape *tape;
} Doctor;

static void
on_bytes (guint file, ZqCallTrack track, guint part, GBytes *bytes, gpointer data)
{
  static const char *const names[] = { "doctor audio", "doctor video", "patient audio", "patient video" };
  Doctor *self = data;
  g_autofree char *name = g_strdup_printf ("%s %u", names[track], part);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  FILE *out = fopen (path, "ab");

  if (out == NULL || fwrite (g_bytes_get_data (bytes, NULL), 1, g_bytes_get_size (bytes), out) == 0)
    g_error ("%s cannot be written", path);
  fclose (out);
}

static void
stop_tape (Doctor *self)
{
  zq_call_session_set_tap (self->session, NULL, NULL);
  g_clear_pointer (&self->tape, zq_call_tape_free);
}

/* As the page of a visit does it. */
static void
update_tape (Doctor *self)
{
  gboolean wanted = self->folder != NULL && zq_call_session_records_here (self->session);

  if (wanted && self->tape == NULL)
    {
      self->tape = zq_call_tape_new (self->clock, zq_call_media_get_clock (self->media),
                                     zq_call_media_get_base_time (self->media), 0, on_bytes, self);
      zq_call_session_set_tap (self->session, zq_call_tape_push, self->tape);
    }
  else if (!wanted && self->tape != NULL)
    stop_tape (self);
}

static void
tell (Doctor *self)
{
  const ZqCallStats *stats = zq_call_session_get_stats (self->session);
  const ZqCallMember *patient = zq_call_session_get_patient (self->session);
  const char *refusal = zq_call_session_get_refusal (self->session);

  g_print ("{\"state\":\"%s\",\"call\":%u,\"link\":%s,\"patient\":%s,\"frames\":%u,\"width\":%d,\"height\":%d,"
           "\"red\":%d,\"green\":%d,\"blue\":%d,\"tone\":%.0f,\"peak\":%d,\"first_frame\":%.3f,\"relayed\":%s,"
           "\"recorded\":%s,\"codec\":\"%s\","
           "\"sent\":%.0f,\"received\":%.0f,\"refusal\":\"%s\"}\n",
           zq_call_state_name (zq_call_session_get_state (self->session)), zq_call_session_get_call (self->session),
           zq_call_session_has_link (self->session) ? "true" : "false", patient != NULL ? "true" : "false",
           self->heard.frames, self->heard.width, self->heard.height, self->heard.middle[0], self->heard.middle[1],
           self->heard.middle[2], zq_test_heard_tone (&self->heard), self->heard.peak,
           (double)self->first_frame / G_USEC_PER_SEC, stats != NULL && stats->is_relayed ? "true" : "false",
           zq_call_session_is_recorded (self->session) ? "true" : "false",
           zq_call_codec_get_name (zq_call_session_get_codec (self->session)), stats != NULL ? stats->video_sent : 0,
           stats != NULL ? stats->video_recv : 0, refusal != NULL ? refusal : "");
  fflush (stdout);
}

static void
on_tell (gpointer data)
{
  Doctor *self = data;

  tell (self);
  zq_clock_alarm_in (self->clock, TELL, on_tell, self);
}

static void
on_changed (Doctor *self)
{
  ZqCallState state = zq_call_session_get_state (self->session);
  gboolean wanted = state >= ZQ_CALL_WAITING && state <= ZQ_CALL_LOST;

  for (int device = ZQ_CALL_N_DEVICES - 1; device >= 0; device--)
    zq_call_media_switch (self->media, device, wanted && !(device == ZQ_CALL_CAMERA && self->camera_off));
  update_tape (self);
  tell (self);
}

static void
on_first_frame (Doctor *self)
{
  if (self->first_frame == 0 && self->admitted_at != 0)
    self->first_frame = zq_clock_stopwatch () - self->admitted_at;
  tell (self);
}

static void
show_white (Doctor *self, gboolean on)
{
  gsize length = 640 * 480 * 4;
  g_autofree guint8 *pixels = g_malloc (length);
  g_autoptr (GBytes) bytes = NULL;

  memset (pixels, 0xff, length);
  bytes = g_bytes_new (pixels, length);
  zq_call_media_show (self->media, on ? bytes : NULL, 640, 480, 640 * 4);
}

static void
obey (Doctor *self, const char *word)
{
  if (g_str_equal (word, "admit"))
    {
      self->admitted_at = zq_clock_stopwatch ();
      self->first_frame = 0;
      zq_call_session_admit (self->session);
    }
  else if (g_str_equal (word, "hold"))
    zq_call_session_hold (self->session);
  else if (g_str_equal (word, "end"))
    zq_call_session_end (self->session);
  else if (g_str_equal (word, "record") || g_str_equal (word, "unrecord"))
    zq_call_session_record (self->session, *word == 'r');
  else if (g_str_equal (word, "again"))
    zq_call_session_open (self->session);
  else if (g_str_equal (word, "mute") || g_str_equal (word, "unmute"))
    zq_call_media_set_muted (self->media, *word == 'm');
  else if (g_str_has_prefix (word, "camera-"))
    {
      self->camera_off = g_str_equal (word, "camera-off");
      on_changed (self);
      zq_call_session_tell_media (self->session, TRUE, !self->camera_off, FALSE);
    }
  else if (g_str_equal (word, "show") || g_str_equal (word, "unshow"))
    show_white (self, *word == 's');
  else if (g_str_equal (word, "reset"))
    zq_test_heard_reset (&self->heard);
  else if (g_str_equal (word, "close"))
    g_main_loop_quit (self->loop);
}

static void
on_line (GObject *object, GAsyncResult *result, gpointer data)
{
  Doctor *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  obey (self, line);
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

int
main (int argc, char **argv)
{
  Doctor self = { 0 };
  ZqTestSide side = { 0xffff0000, 640, 480, 30, 440, FALSE };
  ZqCallSources sources = zq_test_sources (&side);
  g_autoptr (ZqTokenProvider) token = NULL;
  g_autoptr (ZqFhirClient) client = NULL;
  g_autoptr (ZqRoom) room = NULL;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);
  ZqCallSessionConfig config = { 0 };

  if (argc < 4)
    return 2;
  mallopt (M_ARENA_MAX, 2); /* as the program does */
  zq_call_warm_up ();
  for (int i = 4; i < argc; i++)
    {
      config.relay_only |= g_str_equal (argv[i], "--relay");
      config.admitted |= g_str_equal (argv[i], "--admitted");
      if (g_str_has_prefix (argv[i], "--size="))
        sscanf (argv[i] + strlen ("--size="), "%dx%d", &side.width, &side.height);
      if (g_str_has_prefix (argv[i], "--tape="))
        self.folder = argv[i] + strlen ("--tape=");
      side.ball |= g_str_equal (argv[i], "--ball");
    }
  zq_test_heard_init (&self.heard);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.clock = zq_clock_new_system ();
  token = zq_token_provider_new_fixed (argv[2]);
  client = zq_fhir_client_new (argv[1], token, self.clock);
  room = zq_room_new (client, self.clock, argv[3], NULL);
  self.media = zq_call_media_new (&sources);
  config.signalling = ZQ_SIGNALLING (room);
  config.media = self.media;
  config.clock = self.clock;
  self.session = zq_call_session_new (&config);
  zq_call_session_set_sinks (self.session, zq_test_heard_video, zq_test_heard_audio, &self.heard);
  g_signal_connect_swapped (self.session, "changed", G_CALLBACK (on_changed), &self);
  g_signal_connect_swapped (self.session, "first-frame", G_CALLBACK (on_first_frame), &self);
  self.input = g_data_input_stream_new (input);
  g_data_input_stream_read_line_async (self.input, G_PRIORITY_DEFAULT, NULL, on_line, &self);
  zq_call_session_open (self.session);
  on_tell (&self);
  g_main_loop_run (self.loop);
  if (self.tape != NULL)
    stop_tape (&self);
  zq_call_session_close (self.session);
  zq_call_media_stop (self.media);
  g_clear_object (&self.session);
  g_clear_object (&self.media);
  g_main_loop_unref (self.loop);

  return 0;
}
