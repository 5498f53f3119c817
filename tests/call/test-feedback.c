/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/feedback.h"

#include <string.h>

#define MS G_TIME_SPAN_MILLISECOND

/* A report of single chunks of two bits a packet: kinds 0 (lost), 1 (small step), 2 (large step), steps of 250 µs. */
static gsize
write_report (guint8 *out, guint16 first, guint n, guint reference, const guint8 *kinds, const gint16 *steps)
{
  gsize at = 8;

  memset (out, 0, 512);
  out[0] = (guint8)(first >> 8);
  out[1] = (guint8)first;
  out[2] = (guint8)(n >> 8);
  out[3] = (guint8)n;
  out[4] = (guint8)(reference >> 16);
  out[5] = (guint8)(reference >> 8);
  out[6] = (guint8)reference;
  for (guint i = 0; i < n; i += 7, at += 2)
    {
      guint chunk = 0xc000;

      for (guint j = 0; j < 7 && i + j < n; j++)
        chunk |= (guint)kinds[i + j] << (12 - 2 * j);
      out[at] = (guint8)(chunk >> 8);
      out[at + 1] = (guint8)chunk;
    }
  for (guint i = 0; i < n; i++)
    {
      if (kinds[i] == 2)
        out[at++] = (guint8)((guint16)steps[i] >> 8);
      if (kinds[i] != 0)
        out[at++] = (guint8)steps[i];
    }

  return at;
}

static void
test_tells_queue_rates_and_loss (void)
{
  g_autoptr (ZqCallFeedback) feedback = zq_call_feedback_new ();
  const guint8 kinds[] = { 1, 1, 1, 1, 0, 1, 1, 1, 1, 1 };
  const gint16 steps[] = { 0, 80, 80, 80, 0, 160, 80, 80, 80, 80 };
  guint8 report[512];
  ZqCallFeedbackSums sums;
  gsize length;

  for (guint i = 0; i < 10; i++)
    zq_call_feedback_sent (feedback, (guint16)(65530 + i), 962, 1000 + i * 20 * MS);
  length = write_report (report, 65530, 10, 7, kinds, steps);
  g_assert_true (zq_call_feedback_take (feedback, report, length, 250 * MS));
  zq_call_feedback_sum (feedback, &sums);
  g_assert_cmpint (sums.at, ==, 250 * MS);
  g_assert_cmpint (sums.queue, ==, 0);
  g_assert_cmpuint (sums.told, ==, 10);
  g_assert_cmpuint (sums.n_came, ==, 9);
  g_assert_cmpfloat_with_epsilon (sums.sent, 400e3, 1e3);
  g_assert_cmpfloat_with_epsilon (sums.came, 400e3 * 8 / 9, 1e3);
  /* the next ten stand in a queue that grows by 10 ms each: the least of them counts */
  for (guint i = 0; i < 10; i++)
    zq_call_feedback_sent (feedback, (guint16)(4 + i), 962, 1000 + (10 + i) * 20 * MS);
  {
    const guint8 all[] = { 2, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    /* 200 ms after the first of all, and 30 ms late: 230 ms are 920 steps */
    const gint16 late[] = { 920, 120, 120, 120, 120, 120, 120, 120, 120, 120 };

    length = write_report (report, 4, 10, 7, all, late);
  }
  g_assert_true (zq_call_feedback_take (feedback, report, length, 600 * MS));
  zq_call_feedback_sum (feedback, &sums);
  g_assert_cmpint (sums.queue, ==, 30 * MS);
  g_assert_cmpfloat (sums.came, <, sums.sent);
}

static void
test_what_was_lost_may_still_come (void)
{
  g_autoptr (ZqCallFeedback) feedback = zq_call_feedback_new ();
  const guint8 first[] = { 1, 0, 1 }, second[] = { 1 };
  const gint16 steps[] = { 0, 0, 4 }, step[] = { 0 };
  guint8 report[512];
  ZqCallFeedbackSums sums;

  for (guint16 i = 0; i < 3; i++)
    zq_call_feedback_sent (feedback, i, 100, i);
  g_assert_true (zq_call_feedback_take (feedback, report, write_report (report, 0, 3, 1, first, steps), 1));
  g_assert_true (zq_call_feedback_take (feedback, report, write_report (report, 1, 1, 1, second, step), 2));
  g_assert_true (zq_call_feedback_take (feedback, report, write_report (report, 1, 1, 1, second, step), 3));
  zq_call_feedback_sum (feedback, &sums);
  g_assert_cmpuint (sums.told, ==, 3);
  g_assert_cmpuint (sums.n_came, ==, 3);
}

static void
test_run_chunks_and_one_bit_chunks (void)
{
  g_autoptr (ZqCallFeedback) feedback = zq_call_feedback_new ();
  /* first 0, 18 packets, reference 0; four small steps in a run, then 14 single bits of which two came */
  const guint8 report[] = { 0, 0, 0, 18, 0, 0, 0, 0, 0x20, 0x04, 0xa0, 0x01, 0, 4, 4, 4, 4, 4 };
  ZqCallFeedbackSums sums;

  for (guint16 i = 0; i < 18; i++)
    zq_call_feedback_sent (feedback, i, 100, i * MS);
  g_assert_true (zq_call_feedback_take (feedback, report, sizeof report, 1));
  zq_call_feedback_sum (feedback, &sums);
  g_assert_cmpuint (sums.told, ==, 18);
  g_assert_cmpuint (sums.n_came, ==, 6);
}

/* What the other side sends is not to be believed: under the sanitizers nothing is read beside it. */
static void
test_broken_reports_are_refused (void)
{
  guint32 seed = g_random_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (ZqCallFeedback) feedback = zq_call_feedback_new ();
  const guint8 short_of_times[] = { 0, 0, 0, 9, 0, 0, 0, 0, 0x20, 9, 1 };
  const guint8 short_of_kinds[] = { 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0x20, 9 };
  ZqCallFeedbackSums sums;

  g_test_message ("seed %u", seed);
  g_assert_false (zq_call_feedback_take (feedback, short_of_times, sizeof short_of_times, 1));
  g_assert_false (zq_call_feedback_take (feedback, short_of_kinds, sizeof short_of_kinds, 1));
  g_assert_false (zq_call_feedback_take (feedback, short_of_kinds, 7, 1));
  for (guint round = 0; round < 20000; round++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, 80);
      g_autofree guint8 *bytes = g_malloc (length + 1);

      for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8)g_rand_int_range (rand, 0, i > 1 && i < 8 ? 32 : 256);
      zq_call_feedback_sent (feedback, (guint16)g_rand_int (rand), 500, round);
      zq_call_feedback_take (feedback, bytes, length, round);
      zq_call_feedback_sum (feedback, &sums);
      g_assert_cmpint (sums.queue, >=, 0);
      g_assert_cmpuint (sums.n_came, <=, sums.told);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/feedback/tells-queue-rates-and-loss", test_tells_queue_rates_and_loss);
  g_test_add_func ("/call/feedback/what-was-lost-may-still-come", test_what_was_lost_may_still_come);
  g_test_add_func ("/call/feedback/run-chunks-and-one-bit-chunks", test_run_chunks_and_one_bit_chunks);
  g_test_add_func ("/call/feedback/broken-reports-are-refused", test_broken_reports_are_refused);

  return g_test_run ();
}
