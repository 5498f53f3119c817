/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Steering on lines that are arithmetic (line.c), each behaviour over several lines made by chance. Seeds are fresh in
 * each run and printed; ZQ_TEST_SEED=N runs that one alone. None of them was used while the numbers were chosen. */
#include "call/line.h"

#include <stdlib.h>

#define SEEDS 12

static double
get_rate (const ZqTestLine *line)
{
  const ZqCallTarget *target = zq_steer_get_target (line->steer);

  return target->video ? target->bitrate : 0;
}

static void
for_seeds (void (*func) (ZqTestLine *line))
{
  const char *only = g_getenv ("ZQ_TEST_SEED");

  for (guint i = 0; i < (only != NULL ? 1 : SEEDS); i++)
    {
      guint32 seed = only != NULL ? (guint32)strtoul (only, NULL, 10) : g_random_int ();
      ZqTestLine line;

      g_test_message ("ZQ_TEST_SEED=%u", seed);
      zq_test_line_init (&line, seed);
      func (&line);
      zq_test_line_clear (&line);
    }
}

/* --- a line that stays as it is ----------------------------------------------------------------- */

static void
check_open (ZqTestLine *line)
{
  line->rate = 5e6;
  zq_test_line_run (line, 15);
  g_assert_cmpfloat (get_rate (line), >, 1e6);
  g_assert_cmpint (zq_steer_get_target (line->steer)->numerator, ==, 8);
  zq_test_line_forget (line);
  zq_test_line_run (line, 60);
  g_assert_cmpint (line->turns, <=, 2);
  g_assert_cmpfloat (line->audio_dropped, ==, 0);
}

static void
test_climbs_to_the_whole_picture (void)
{
  for_seeds (check_open);
}

static void
check_300 (ZqTestLine *line)
{
  line->rate = 300e3;
  line->delay_ms = g_rand_double_range (line->rand, 2, 80);
  zq_test_line_run (line, 5);
  zq_test_line_forget (line);
  zq_test_line_run (line, 60);
  g_assert_cmpfloat (line->video_came * 8 / 60, >, 120e3);
  g_assert_cmpfloat (line->frames_sent / 60, >, 20);
  g_assert_cmpfloat (line->audio_dropped, <=, 0.01 * line->audio_sent);
  g_assert_cmpfloat (line->queue_sum / line->audio_sent, <, 50);
  g_assert_cmpint (line->turns, <=, 16);
  g_assert_cmpint (line->switches, ==, 0);
}

static void
test_settles_on_a_thin_line (void)
{
  for_seeds (check_300);
}

static void
check_any (ZqTestLine *line)
{
  double rate = g_rand_double_range (line->rand, 200e3, 3e6);

  line->rate = rate;
  line->queue_ms = g_rand_double_range (line->rand, 150, 800);
  line->delay_ms = g_rand_double_range (line->rand, 1, 120);
  line->loss = g_rand_double_range (line->rand, 0, 0.03);
  zq_test_line_run (line, 20);
  zq_test_line_forget (line);
  zq_test_line_run (line, 60);
  g_test_message ("%.0f kbit/s: %.0f came, queue %.0f ms, %u turns", rate / 1e3, line->video_came * 8 / 60e3,
                  line->queue_sum / line->audio_sent, line->turns);
  g_assert_cmpfloat (line->audio_dropped, <=, 0.015 * line->audio_sent);
  g_assert_cmpfloat (line->queue_sum / line->audio_sent, <, 60);
  g_assert_cmpfloat (line->video_came * 8 / 60, >, 0.4 * (MIN (rate, 1.3e6) - 60e3));
  g_assert_cmpint (line->turns, <=, 16);
}

static void
test_no_line_is_starved_or_swings (void)
{
  for_seeds (check_any);
}

static void
check_loss (ZqTestLine *line)
{
  line->rate = 5e6;
  line->loss = 0.05;
  zq_test_line_run (line, 20);
  g_assert_cmpfloat (get_rate (line), >, 800e3);
  zq_test_line_forget (line);
  zq_test_line_run (line, 60);
  g_assert_cmpfloat (line->video_came * 8 / 60, >, 800e3);
}

static void
test_loss_alone_takes_nothing (void)
{
  for_seeds (check_loss);
}

static void
check_short_queue (ZqTestLine *line)
{
  line->rate = 400e3;
  line->queue_ms = 20;
  zq_test_line_run (line, 20);
  zq_test_line_forget (line);
  zq_test_line_run (line, 40);
  g_assert_cmpfloat (line->video_came * 8 / 40, >, 80e3);
  g_assert_cmpfloat (line->audio_dropped, <=, 0.08 * line->audio_sent);
}

static void
test_a_line_without_a_queue_is_noticed_by_loss (void)
{
  for_seeds (check_short_queue);
}

/* --- a line that changes ------------------------------------------------------------------------ */

static gboolean
is_under_300 (ZqTestLine *line)
{
  return get_rate (line) < 250e3;
}

static gboolean
is_whole (ZqTestLine *line)
{
  const ZqCallTarget *target = zq_steer_get_target (line->steer);

  return target->video && target->numerator == 8 && target->fps == 30;
}

static void
check_drop (ZqTestLine *line)
{
  double took;

  line->rate = 1.5e6;
  zq_test_line_run (line, 20);
  g_assert_true (is_whole (line));
  line->rate = 300e3;
  took = zq_test_line_until (line, is_under_300, 10);
  g_assert_cmpfloat (took, >=, 0);
  g_assert_cmpfloat (took, <=, 2);
  zq_test_line_run (line, 15);
  g_assert_true (zq_steer_get_target (line->steer)->video);
  line->rate = 1.5e6;
  took = zq_test_line_until (line, is_whole, 40);
  g_test_message ("back in %.1f s", took);
  g_assert_cmpfloat (took, >=, 0);
  g_assert_cmpfloat (took, <=, 15);
}

static void
test_down_within_2_s_and_back_within_15 (void)
{
  for_seeds (check_drop);
}

static gboolean
has_no_picture (ZqTestLine *line)
{
  return !zq_steer_get_target (line->steer)->video;
}

static gboolean
has_picture (ZqTestLine *line)
{
  return zq_steer_get_target (line->steer)->video;
}

static void
check_64 (ZqTestLine *line)
{
  double took;

  line->rate = 1e6;
  zq_test_line_run (line, 10);
  line->rate = 64e3;
  took = zq_test_line_until (line, has_no_picture, 10);
  g_assert_cmpfloat (took, >=, 0);
  g_assert_cmpfloat (took, <=, 5);
  zq_test_line_run (line, 5);
  zq_test_line_forget (line);
  zq_test_line_run (line, 60);
  g_assert_cmpint (line->switches, <=, 10);
  g_assert_cmpfloat (line->audio_dropped, <=, 0.08 * line->audio_sent);
  line->rate = 1e6;
  took = zq_test_line_until (line, has_picture, 30);
  g_assert_cmpfloat (took, >=, 0);
  zq_test_line_run (line, 30);
  g_assert_cmpfloat (get_rate (line), >, 300e3);
}

static void
test_sound_alone_on_the_thinnest_and_back (void)
{
  for_seeds (check_64);
}

static void
check_mute (ZqTestLine *line)
{
  double before, last;

  line->rate = 2e6;
  zq_test_line_run (line, 10);
  before = last = zq_steer_get_estimate (line->steer);
  line->is_mute = TRUE;
  for (guint i = 0; i < 25; i++)
    {
      zq_test_line_run (line, 0.2);
      g_assert_cmpfloat (zq_steer_get_estimate (line->steer), <=, last + 1);
      last = zq_steer_get_estimate (line->steer);
    }
  g_assert_cmpfloat (last, <, 0.5 * before);
  line->is_mute = FALSE;
  g_assert_cmpfloat (zq_test_line_until (line, has_picture, 20), >=, 0);
}

static void
test_without_reports_it_only_goes_down (void)
{
  for_seeds (check_mute);
}

static void
check_lazy (ZqTestLine *line)
{
  line->rate = 3e6;
  line->want = 100e3;
  zq_test_line_run (line, 60);
  g_assert_cmpfloat (zq_steer_get_estimate (line->steer), <, 450e3);
}

static void
test_what_was_not_tried_is_not_claimed (void)
{
  for_seeds (check_lazy);
}

/* --- single measurements ------------------------------------------------------------------------ */

static void
test_nonsense_is_survived (void)
{
  for (guint round = 0; round < 200; round++)
    {
      guint32 seed = g_random_int ();
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (ZqSteer) steer = zq_steer_new ();
      ZqCallStats stats = { .at = 1 };

      for (guint i = 0; i < 300; i++)
        {
          const ZqCallTarget *target = zq_steer_get_target (steer);

          stats.at += g_rand_int_range (rand, 0, 2 * G_USEC_PER_SEC);
          stats.interval = g_rand_int_range (rand, -1000, 2 * G_USEC_PER_SEC);
          stats.video_sent = g_rand_double_range (rand, 0, 1e8);
          stats.remote_lost = g_rand_double_range (rand, -1, 1);
          stats.rtt = g_rand_int_range (rand, -1, 5 * G_USEC_PER_SEC);
          stats.frames_out = (guint)g_rand_int_range (rand, 0, 100);
          stats.has_twcc = g_rand_boolean (rand);
          stats.twcc_at = stats.at - g_rand_int_range (rand, 0, 3 * G_USEC_PER_SEC);
          stats.twcc_queue = g_rand_int_range (rand, -G_USEC_PER_SEC, 5 * G_USEC_PER_SEC);
          stats.twcc_came = g_rand_double_range (rand, 0, 1e8);
          stats.twcc_packets_told = g_rand_int (rand);
          stats.twcc_packets_came = g_rand_int (rand);
          zq_steer_take (steer, &stats);
          if (target->bitrate < 1000 || target->bitrate > ZQ_STEER_MOST || target->fps < 5 || target->fps > 30 ||
              target->numerator < 2 || target->numerator > 8)
            g_error ("seed %u: %u bit/s, %u/8, %u fps", seed, target->bitrate, target->numerator, target->fps);
        }
    }
}

static void
test_restart_begins_low (void)
{
  ZqTestLine line;

  zq_test_line_init (&line, g_random_int ());
  line.rate = 5e6;
  zq_test_line_run (&line, 20);
  zq_steer_restart (line.steer);
  g_assert_cmpuint (zq_steer_get_estimate (line.steer), <=, 2 * ZQ_STEER_START);
  zq_test_line_clear (&line);
}

/* --- what was measured once --------------------------------------------------------------------- */

typedef struct
{
  GStrv head;
  ZqSteer *steer;
  guint rows, off, over;
} Replay;

static double
field (const Replay *self, GStrv row, const char *name)
{
  for (guint i = 0; self->head[i] != NULL; i++)
    if (g_str_equal (self->head[i], name))
      return g_ascii_strtod (row[i], NULL);
  g_error ("The trace has no %s", name);
}

static void
replay_row (Replay *self, GStrv row)
{
  const ZqCallTarget *target = zq_steer_get_target (self->steer);
  ZqCallStats stats = { .at = (gint64)field (self, row, "at"),
                        .interval = (gint64)field (self, row, "interval"),
                        .video_sent = field (self, row, "video_sent"),
                        .audio_sent = field (self, row, "audio_sent"),
                        .remote_lost = field (self, row, "remote_lost"),
                        .rtt = (gint64)field (self, row, "rtt"),
                        .frames_out = (guint)field (self, row, "frames_out"),
                        .camera_width = 640,
                        .camera_height = 480,
                        .has_twcc = field (self, row, "twcc") > 0,
                        .twcc_at = (gint64)field (self, row, "twcc_at"),
                        .twcc_queue = (gint64)field (self, row, "twcc_queue"),
                        .twcc_sent = field (self, row, "twcc_sent"),
                        .twcc_came = field (self, row, "twcc_came"),
                        .twcc_packets_told = (guint64)field (self, row, "twcc_packets_told"),
                        .twcc_packets_came = (guint64)field (self, row, "twcc_packets_came") };

  zq_steer_take (self->steer, &stats);
  self->rows++;
  self->off += !target->video;
  /* Where a queue stands, less is sent than came through. */
  self->over += target->video && stats.twcc_queue > 150000 && target->bitrate > stats.twcc_came;
}

static void
replay (gconstpointer name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "call", "traces", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Replay self = { .steer = zq_steer_new () };

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  self.head = g_strsplit (lines[0], "\t", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) row = g_strsplit (lines[i], "\t", -1);

      replay_row (&self, row);
    }
  g_test_message ("%u rows, %u without a picture, %u above what came", self.rows, self.off, self.over);
  g_assert_cmpuint (self.rows, >, 50);
  g_assert_cmpuint (self.off, ==, 0);
  g_assert_cmpuint (self.over, <=, self.rows / 20);
  zq_steer_free (self.steer);
  g_strfreev (self.head);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/steer/climbs-to-the-whole-picture", test_climbs_to_the_whole_picture);
  g_test_add_func ("/call/steer/settles-on-a-thin-line", test_settles_on_a_thin_line);
  g_test_add_func ("/call/steer/no-line-is-starved-or-swings", test_no_line_is_starved_or_swings);
  g_test_add_func ("/call/steer/loss-alone-takes-nothing", test_loss_alone_takes_nothing);
  g_test_add_func ("/call/steer/a-line-without-a-queue-is-noticed-by-loss",
                   test_a_line_without_a_queue_is_noticed_by_loss);
  g_test_add_func ("/call/steer/down-within-2-s-and-back-within-15", test_down_within_2_s_and_back_within_15);
  g_test_add_func ("/call/steer/sound-alone-on-the-thinnest-and-back", test_sound_alone_on_the_thinnest_and_back);
  g_test_add_func ("/call/steer/without-reports-it-only-goes-down", test_without_reports_it_only_goes_down);
  g_test_add_func ("/call/steer/what-was-not-tried-is-not-claimed", test_what_was_not_tried_is_not_claimed);
  g_test_add_func ("/call/steer/nonsense-is-survived", test_nonsense_is_survived);
  g_test_add_func ("/call/steer/restart-begins-low", test_restart_begins_low);

  g_test_add_data_func ("/call/steer/trace-of-300-kbit", "300.tsv", replay);
  g_test_add_data_func ("/call/steer/trace-of-300-kbit-and-loss", "300-loss.tsv", replay);
  g_test_add_data_func ("/call/steer/trace-of-a-drop-and-its-end", "drop.tsv", replay);

  return g_test_run ();
}
