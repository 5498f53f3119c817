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
  ZqCallCodec codecs[2];
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
      config.codec = self->codecs[i];
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
see_and_hear (ZqCallCodec codec)
{
  Pair pair = { .codecs = { codec, codec } };

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

static void
test_vp8 (void)
{
  see_and_hear (ZQ_CALL_VP8);
}

/* By whatever encodes it here; asked for, software will do. */
static gboolean
has_h264 (void)
{
  g_setenv ("ZHENQIAO_CALL_CODEC", "h264", TRUE);

  return zq_call_codec_choose () == ZQ_CALL_H264;
}

static void
test_h264 (void)
{
  if (has_h264 ())
    see_and_hear (ZQ_CALL_H264);
  else
    g_test_skip ("nothing encodes H.264 here");
}

static void
on_refused_description (ZqCallPeer *peer, const char *sdp, ZqCallPeer *other)
{
  g_autoptr (GRegex) port = g_regex_new ("m=video \\d+", 0, 0, NULL);
  g_autofree char *answer = g_regex_replace_literal (port, sdp, -1, 0, "m=video 0", 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (zq_call_peer_take_description (other, answer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_object_set_data (G_OBJECT (other), "refused", other);
}

static gboolean
is_refused (gpointer data)
{
  return g_object_get_data (data, "refused") != NULL;
}

/* Who does not know a codec says no to the picture (RFC 3264, as browsers do), and another is to be offered: nobody
 * goes on without one. */
static void
test_nothing_in_common (void)
{
  Pair pair = { .codecs = { ZQ_CALL_H264, ZQ_CALL_VP8 } };

  if (!has_h264 ())
    {
      g_test_skip ("nothing encodes H.264 here");
      return;
    }
  pair_open (&pair);
  pair_begin (&pair, 1);
  g_signal_handlers_disconnect_matched (pair.peers[1], G_SIGNAL_MATCH_ID,
                                        g_signal_lookup ("description", ZQ_TYPE_CALL_PEER), 0, NULL, NULL, NULL);
  g_signal_connect_object (pair.peers[1], "description", G_CALLBACK (on_refused_description), pair.peers[0], 0);
  g_assert_true (zq_test_wait_until (is_refused, pair.peers[0], 20));
  pair_end (&pair);
  pair_close (&pair);
}

/* Without hardware, and unless it is told, a call goes in VP8. */
static void
test_choice (void)
{
  g_setenv ("ZHENQIAO_CALL_CODEC", "vp8", TRUE);
  g_assert_cmpint (zq_call_codec_choose (), ==, ZQ_CALL_VP8);
  g_assert_cmpint (zq_call_codec_of ("H264"), ==, ZQ_CALL_H264);
  g_assert_cmpint (zq_call_codec_of (NULL), ==, ZQ_CALL_VP8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/call/peer/both-see-and-hear", test_vp8);
  g_test_add_func ("/call/peer/both-see-and-hear-h264", test_h264);
  g_test_add_func ("/call/peer/nothing-in-common", test_nothing_in_common);
  g_test_add_func ("/call/peer/choice", test_choice);

  return g_test_run ();
}
