/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/recorder.h"
#include "support/support.h"

#include <glib/gstdio.h>
#include <string.h>

/* A browser's, of sound alone. */
#define OFFER                                                                                                          \
  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"                                            \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n"                     \
  "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\n"                                      \
  "a=fingerprint:sha-256 "                                                                                             \
  "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"                \
  "a=rtpmap:111 opus/48000/2\r\n"

typedef struct
{
  gboolean is_answered, is_over;
} Told;

static void
on_answer (const char *member, guint call, const char *sdp, gpointer data)
{
  ((Told *)data)->is_answered = TRUE;
}

static void
on_candidate (const char *member, guint call, guint mline, const char *candidate, gpointer data)
{
}

static void
on_done (GPtrArray *files, gpointer data)
{
  g_assert_cmpuint (files->len, ==, 0);
  ((Told *)data)->is_over = TRUE;
}

static guint
count (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* --- offers that nobody honest makes -------------------------------------------------------------- */

static char *
repeat (const char *head, const char *line, guint n)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    g_string_append (text, line);

  return g_string_free (text, FALSE);
}

/* Everything is offered by a member of its own; after all of it a good one is answered, and the end comes in time. */
static void
survive (char *const *offers, guint n)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  g_autofree char *folder = g_dir_make_tmp ("zq-recorder-XXXXXX", NULL);
  Told told = { FALSE, FALSE };
  const ZqRecorderEvents events = { .answer = on_answer, .candidate = on_candidate, .data = &told };
  g_autoptr (GError) error = NULL;
  ZqRecorder *recorder = zq_recorder_new (clock, folder, &events, &error);

  for (guint i = 0; i < n; i++)
    {
      zq_recorder_take_offer (recorder, "m-1", "patient", i, offers[i]);
      zq_recorder_take_candidate (recorder, "m-1", i, 4000000, "candidate:1 1 udp 1 ::::: 99999 typ host");
      zq_recorder_take_candidate (recorder, "m-1", i, 0, offers[i]);
    }
  zq_recorder_drop (recorder, "m-1");
  told.is_answered = FALSE;
  g_assert_true (zq_recorder_take_offer (recorder, "m-2", "doctor", 1, OFFER));
  g_assert_true (zq_test_wait_flag (&told.is_answered, 20));
  zq_recorder_finish (recorder, on_done, &told);
  g_assert_true (zq_test_wait_flag (&told.is_over, 20));
  g_assert_cmpuint (count (folder), ==, 0);
  g_rmdir (folder);
}

static void
test_hostile (void)
{
  g_autofree char *many =
      repeat ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
              "m=video 9 UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:97 VP8/90000\r\n", 200);
  g_autofree char *twice =
      g_strconcat (OFFER, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n", NULL);
  g_autofree char *long_line = repeat (OFFER "a=", "x", 60000);
  char *const offers[] = { (char *)"",
                           (char *)"v=0",
                           (char *)"\001\377\376 not SDP \r\n\r\n",
                           (char *)"m=audio",
                           (char *)"v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF\r\n",
                           (char *)"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 999999999999 -1\r\na=rtpmap:x y/z/0\r\n",
                           (char *)OFFER "a=fingerprint:md5 00\r\na=setup:holdconn\r\na=mid:\r\na=rid:x\r\n",
                           many,
                           twice,
                           long_line };

  survive (offers, G_N_ELEMENTS (offers));
}

/* A true offer with some bytes of it other ones; the same at every run. */
static void
test_mutated (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  char *offers[ZQ_RECORDER_SENDERS_MOST];

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      gsize length = strlen (OFFER);

      offers[i] = g_strdup (OFFER);
      for (guint n = (guint)g_rand_int_range (random, 1, 12); n > 0; n--)
        offers[i][g_rand_int_range (random, 0, (gint32)length)] = (char)g_rand_int_range (random, 1, 256);
    }
  survive (offers, G_N_ELEMENTS (offers));
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    g_free (offers[i]);
}

/* Whoever offers without end is refused, and the others are not. */
static void
test_no_end_of_offers (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  g_autofree char *folder = g_dir_make_tmp ("zq-recorder-XXXXXX", NULL);
  Told told = { FALSE, FALSE };
  const ZqRecorderEvents events = { .answer = on_answer, .candidate = on_candidate, .data = &told };
  ZqRecorder *recorder = zq_recorder_new (clock, folder, &events, NULL);

  for (guint i = 0; i < ZQ_RECORDER_SENDERS_MOST; i++)
    g_assert_true (zq_recorder_take_offer (recorder, "m-1", "patient", i, OFFER));
  g_assert_false (zq_recorder_take_offer (recorder, "m-1", "patient", 99, OFFER));
  g_assert_true (zq_recorder_take_offer (recorder, "m-2", "doctor", 1, OFFER));
  zq_recorder_finish (recorder, on_done, &told);
  g_assert_true (zq_test_wait_flag (&told.is_over, 20));
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recorder/hostile", test_hostile);
  g_test_add_func ("/recorder/mutated", test_mutated);
  g_test_add_func ("/recorder/no-end-of-offers", test_no_end_of_offers);

  return g_test_run ();
}
