/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/pair.h"
#include "support/support.h"

#include <stdlib.h>

typedef struct
{
  ZqTestSide sides[2];
  ZqCallMedia *media[2];
  ZqCallPeer *peers[2];
  ZqTestHeard heard[2];
} Pair;

static void
play_heard (GstSample *sample, gpointer data)
{
  zq_test_heard_audio (sample, data);
}

static void
pair_begin (Pair *self, guint call)
{
  for (int i = 0; i < 2; i++)
    {
      ZqCallPeerConfig config = { .role = i == 0 ? ZQ_CALL_OFFERS : ZQ_CALL_ANSWERS, .call = call };
      g_autoptr (GError) error = NULL;

      config.clock = zq_call_media_get_clock (self->media[i]);
      config.base_time = zq_call_media_get_base_time (self->media[i]);
      config.video_bitrate = 800000;
      self->peers[i] = zq_call_peer_new (&config, &error);
      g_assert_no_error (error);
      zq_call_peer_set_sinks (self->peers[i], zq_test_heard_video, play_heard, &self->heard[i]);
    }
  zq_test_connect (self->peers[0], self->peers[1]);
  for (int i = 0; i < 2; i++)
    {
      zq_call_media_set_peer (self->media[i], self->peers[i]);
      zq_call_peer_start (self->peers[i]);
    }
}

static void
pair_end (Pair *self)
{
  for (int i = 0; i < 2; i++)
    zq_call_media_set_peer (self->media[i], NULL);
  for (int i = 0; i < 2; i++)
    zq_call_peer_stop (self->peers[i]);
  for (int i = 0; i < 2; i++)
    zq_test_last_unref (self->peers[i]);
}

static void
pair_open (Pair *self)
{
  self->sides[0] = (ZqTestSide){ 0xffff0000, 640, 480, 30, 440, FALSE };
  self->sides[1] = (ZqTestSide){ 0xff0000ff, 320, 240, 30, 880, FALSE };
  for (int i = 0; i < 2; i++)
    {
      ZqCallSources sources = zq_test_sources (&self->sides[i]);

      zq_test_heard_init (&self->heard[i]);
      self->media[i] = zq_call_media_new (&sources);
      for (int device = 0; device < ZQ_CALL_N_DEVICES; device++)
        g_assert_true (zq_call_media_switch (self->media[i], i == 0 ? ZQ_CALL_SPEAKER - device : device, TRUE));
    }
}

static void
pair_close (Pair *self)
{
  for (int i = 0; i < 2; i++)
    {
      zq_call_media_stop (self->media[i]);
      zq_test_last_unref (self->media[i]);
    }
}

static gboolean
near_colour (ZqTestHeard *heard, int red, int green, int blue)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&heard->lock);

  return heard->frames > 5 && abs (heard->middle[0] - red) < 60 && abs (heard->middle[1] - green) < 60 &&
         abs (heard->middle[2] - blue) < 60;
}

static gboolean
both_see (gpointer data)
{
  Pair *self = data;

  return near_colour (&self->heard[1], 255, 0, 0);
}

static gboolean
both_hear (gpointer data)
{
  Pair *self = data;

  return abs ((int)zq_test_heard_tone (&self->heard[1]) - 440) < 30;
}

static void
test_both_see_and_hear (void)
{
  Pair pair = { 0 };

  pair_open (&pair);
  pair_begin (&pair, 1);
  g_assert_true (zq_test_wait_until (both_see, &pair, 20));
  zq_test_heard_reset (&pair.heard[0]);
  zq_test_heard_reset (&pair.heard[1]);
  g_assert_true (zq_test_wait_until (both_hear, &pair, 20));
  g_assert_cmpint (pair.heard[1].width, ==, 640);
  pair_end (&pair);
  pair_close (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/call/peer/both-see-and-hear", test_both_see_and_hear);

  return g_test_run ();
}
