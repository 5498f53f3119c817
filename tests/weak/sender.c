/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One side of a call over a weak line: the connection and the steering of the workstation, test sources, signalling by
 * lines. Out: "offer BASE64", "candidate MLINE TEXT", "connected", "failed", and every 200 ms "stat" with the fields of
 * write_head(). In: "answer BASE64", "candidate MLINE TEXT", "fixed BITRATE" (no steering from now on), "end". */
#include "base/clock.h"
#include "call/pair.h"
#include "call/steer.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAMPLE_MS 200

typedef struct
{
  GMainLoop *loop;
  GDataInputStream *lines;
  ZqClock *clock;
  ZqTestSide side;
  ZqCallMedia *media;
  ZqCallPeer *peer;
  ZqTestHeard heard;
  ZqSteer *steer;
  gboolean is_fixed;
} Sender;

/* Outlives a line that is full: what reads us is quick. */
G_GNUC_PRINTF (1, 2)
static void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
  fflush (stdout);
}

/* --- signalling --------------------------------------------------------------------------------- */

static void
on_description (ZqCallPeer *peer, const char *sdp, Sender *self)
{
  g_autofree char *text = g_base64_encode ((const guchar *)sdp, strlen (sdp));

  say ("offer %s", text);
}

static void
on_candidate (ZqCallPeer *peer, guint mline, const char *candidate, Sender *self)
{
  say ("candidate %u %s", mline, candidate);
}

static void
on_connected (ZqCallPeer *peer, Sender *self)
{
  say ("connected");
}

static void
on_failed (ZqCallPeer *peer, const char *why, Sender *self)
{
  say ("failed");
  g_main_loop_quit (self->loop);
}

static void
take_answer (Sender *self, const char *text)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (text, &length);
  g_autofree char *sdp = g_strndup ((const char *)bytes, length);
  g_autoptr (GError) error = NULL;

  if (!zq_call_peer_take_description (self->peer, sdp, &error))
    g_error ("The answer: %s", error->message);
}

static void
set_fixed (Sender *self, const char *text)
{
  ZqCallTarget target = { .video = TRUE, .bitrate = (guint)atoi (text), .numerator = 8, .fps = 30 };

  self->is_fixed = TRUE;
  zq_call_peer_set_target (self->peer, &target);
}

static void
take_line (Sender *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint n = g_strv_length (words);

  if (n == 2 && g_str_equal (words[0], "answer"))
    take_answer (self, words[1]);
  else if (n == 3 && g_str_equal (words[0], "candidate"))
    zq_call_peer_take_candidate (self->peer, (guint)atoi (words[1]), words[2]);
  else if (n == 2 && g_str_equal (words[0], "fixed"))
    set_fixed (self, words[1]);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Sender *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (self->lines, result, NULL, NULL);

  if (line == NULL || g_str_equal (line, "end"))
    {
      g_main_loop_quit (self->loop);
      return;
    }
  take_line (self, line);
  g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

/* --- statistics --------------------------------------------------------------------------------- */

/* The fields of a trace: what was measured, then what was made of it. */
static void
write_head (void)
{
  say ("head\tat\tinterval\tvideo_sent\taudio_sent\tremote_lost\trtt\tnacks\tplis\tframes_out\ttwcc\ttwcc_at"
       "\ttwcc_queue\ttwcc_sent\ttwcc_came\ttwcc_packets_told\ttwcc_packets_came\tvideo_recv\tlost\tframes_"
       "in\testimate\tvideo\tbitrate\tnumerator"
       "\tfps");
}

static void
write_stats (Sender *self, const ZqCallStats *s)
{
  const ZqCallTarget *target = zq_steer_get_target (self->steer);

  say ("stat\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%.0f\t%.0f\t%.4f\t%" G_GINT64_FORMAT
       "\t%u\t%u\t%u\t%d\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%.0f\t%.0f\t%" G_GUINT64_FORMAT
       "\t%" G_GUINT64_FORMAT "\t%.0f\t%.4f\t%u\t%u\t%d\t%u\t%u\t%u",
       s->at, s->interval, s->video_sent, s->audio_sent, s->remote_lost, s->rtt, s->nacks, s->plis, s->frames_out,
       s->has_twcc, s->twcc_at, s->twcc_queue, s->twcc_sent, s->twcc_came, s->twcc_packets_told, s->twcc_packets_came,
       s->video_recv, s->lost, s->frames_in, zq_steer_get_estimate (self->steer), target->video, target->bitrate,
       target->numerator, target->fps);
}

static void
on_beat (gpointer data)
{
  Sender *self = data;
  const ZqCallStats *stats = zq_call_peer_sample_stats (self->peer);

  zq_clock_alarm_in (self->clock, SAMPLE_MS * G_TIME_SPAN_MILLISECOND, on_beat, self);
  if (stats == NULL)
    return;
  if (!self->is_fixed && zq_steer_take (self->steer, stats))
    zq_call_peer_set_target (self->peer, zq_steer_get_target (self->steer));
  write_stats (self, stats);
}

/* --- life --------------------------------------------------------------------------------------- */

static void
begin (Sender *self)
{
  ZqCallSources sources = zq_test_sources (&self->side);
  ZqCallPeerConfig config = { .role = ZQ_CALL_OFFERS, .call = 1 };
  g_autoptr (GError) error = NULL;

  zq_test_heard_init (&self->heard);
  self->steer = zq_steer_new ();
  self->media = zq_call_media_new (&sources);
  config.clock = zq_call_media_get_clock (self->media);
  config.base_time = zq_call_media_get_base_time (self->media);
  config.video_bitrate = zq_steer_get_target (self->steer)->bitrate;
  self->peer = zq_call_peer_new (&config, &error);
  if (self->peer == NULL)
    g_error ("%s", error->message);
  zq_call_peer_set_sinks (self->peer, zq_test_heard_video, zq_test_heard_audio, &self->heard);
  zq_call_peer_set_target (self->peer, zq_steer_get_target (self->steer));
  g_signal_connect (self->peer, "description", G_CALLBACK (on_description), self);
  g_signal_connect (self->peer, "candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->peer, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->peer, "failed", G_CALLBACK (on_failed), self);
  for (int device = 0; device < ZQ_CALL_N_DEVICES; device++)
    if (!zq_call_media_switch (self->media, device, TRUE))
      g_error ("No test source %d", device);
  zq_call_media_set_peer (self->media, self->peer);
  write_head ();
  zq_call_peer_start (self->peer);
}

static void
end (Sender *self)
{
  zq_call_media_set_peer (self->media, NULL);
  zq_call_peer_stop (self->peer);
  zq_call_media_stop (self->media);
  g_object_unref (self->peer);
  g_object_unref (self->media);
  zq_steer_free (self->steer);
  g_object_unref (self->clock);
  g_object_unref (self->lines);
  g_main_loop_unref (self->loop);
}

int
main (int argc, char **argv)
{
  Sender self = { .side = { 0xff305030, 640, 480, 30, 440, FALSE } };
  g_autoptr (GInputStream) in = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  gst_init (&argc, &argv);
  if (argc == 3)
    {
      self.side.width = atoi (argv[1]);
      self.side.height = atoi (argv[2]);
    }
  self.side.busy = TRUE;
  self.loop = g_main_loop_new (NULL, FALSE);
  self.lines = g_data_input_stream_new (in);
  self.clock = zq_clock_new_system ();
  begin (&self);
  zq_clock_alarm_in (self.clock, SAMPLE_MS * G_TIME_SPAN_MILLISECOND, on_beat, &self);
  g_data_input_stream_read_line_async (self.lines, G_PRIORITY_DEFAULT, NULL, on_line, &self);
  g_main_loop_run (self.loop);
  end (&self);

  return 0;
}
