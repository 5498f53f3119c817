/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/room.h"

#include "call/pair.h"
#include "call/peer-private.h"
#include "call/session.h"
#include "support/support.h"

#include <libsoup/soup.h>
#include <string.h>

/* A hospital that says what it likes. */
typedef struct
{
  SoupServer *server;
  SoupWebsocketConnection *line;
  ZqClock *clock;
  ZqFhirClient *client;
  ZqRoom *room;
  guint n_lines, n_heard, n_signals, n_pongs;
  GPtrArray *members; /* ids, in the order of the signals */
} Fixture;

static void
on_heard (SoupWebsocketConnection *line, int type, GBytes *message, Fixture *fixture)
{
  fixture->n_heard++;
}

static void
on_line (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *line, gpointer data)
{
  Fixture *fixture = data;

  g_set_object (&fixture->line, line);
  g_signal_connect (line, "message", G_CALLBACK (on_heard), fixture);
  fixture->n_lines++;
}

static void
on_signal (Fixture *fixture)
{
  fixture->n_signals++;
}

static void
on_pong (Fixture *fixture)
{
  fixture->n_pongs++;
}

static void
on_member (ZqRoom *room, const ZqCallMember *member, Fixture *fixture)
{
  g_ptr_array_add (fixture->members, g_strdup (member->id));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "joined",   "left",    "answer", "candidate", "want-call",
                                       "recorded", "consent", "taken",  "ended",     "refused" };
  g_autoptr (GError) error = NULL;
  g_autofree char *base = NULL;
  GSList *uris;

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (fixture->server, "/signalling", NULL, NULL, on_line, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (fixture->server);
  base = g_strdup_printf ("http://127.0.0.1:%d/fhir", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  fixture->clock = zq_clock_new_system ();
  fixture->client = zq_fhir_client_new (base, NULL, fixture->clock);
  fixture->room = zq_room_new (fixture->client, fixture->clock, "Appointment/a", NULL);
  fixture->members = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect_swapped (fixture->room, names[i], G_CALLBACK (on_signal), fixture);
  g_signal_connect_swapped (fixture->room, "pong", G_CALLBACK (on_pong), fixture);
  g_signal_connect (fixture->room, "member", G_CALLBACK (on_member), fixture);
  zq_signalling_open (ZQ_SIGNALLING (fixture->room));
  g_assert_true (zq_test_wait_count (&fixture->n_heard, 1, 20));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  zq_signalling_close (ZQ_SIGNALLING (fixture->room));
  zq_test_last_unref (fixture->room);
  soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->line);
  g_object_unref (fixture->server);
  g_object_unref (fixture->client);
  g_object_unref (fixture->clock);
  g_ptr_array_unref (fixture->members);
}

/* ' stands for ". */
static void
say (Fixture *fixture, const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');

  soup_websocket_connection_send_text (fixture->line, text);
}

static guint
n_members (Fixture *fixture)
{
  GPtrArray *members = zq_signalling_get_members (ZQ_SIGNALLING (fixture->room));

  return members->len;
}

/* Everything that was said before this has been heard when its answer comes. */
static void
settle (Fixture *fixture)
{
  g_autofree char *id = g_strdup_printf ("settled-%u", fixture->members->len);
  g_autofree char *json = g_strdup_printf ("{'type':'member','member':{'id':'%s','role':'guest'}}", id);
  guint wanted = fixture->members->len;

  say (fixture, json);
  while (fixture->members->len == wanted ||
         !g_str_equal (g_ptr_array_index (fixture->members, fixture->members->len - 1), id))
    g_main_context_iteration (NULL, TRUE);
  json = (g_free (json), g_strdup_printf ("{'type':'left','id':'%s'}", id));
  wanted = fixture->n_signals;
  say (fixture, json);
  g_assert_true (zq_test_wait_count (&fixture->n_signals, wanted + 1, 20));
}

/* None of it is a frame, or has what its type needs: nothing is told, and the line stays. */
static void
test_frames_of_no_use (Fixture *fixture, gconstpointer data)
{
  static const char *const frames[] = {
    "",
    "[]",
    "null",
    "'joined'",
    "{",
    "{'type':5}",
    "{'type':null}",
    "{'type':['joined']}",
    "{'type':'nothing-known'}",
    "{'type':'member'}",
    "{'type':'member','member':null}",
    "{'type':'member','member':[{'id':'m1'}]}",
    "{'type':'member','member':{'role':'patient'}}",
    "{'type':'left'}",
    "{'type':'left','id':{}}",
    "{'type':'answer','from':'stranger','call':1,'sdp':'v=0'}",
    "{'type':'answer','call':1,'sdp':'v=0'}",
    "{'type':'candidate','from':'stranger','call':1,'mline':0,'candidate':'x'}",
    "{'type':'candidate','from':null,'call':-1,'mline':-99999999999999999999,'candidate':{}}",
    "{'type':'pong'}",
    "{'type':'pong','n':-1}",
    "{'type':'pong','n':99999999999999999999}",
    "{'type':'error'}",
    "{'type':'error','code':{'x':1}}",
    "{'type':'error','code':'nobody-knows-this'}",
    "{'type':'ice','servers':{'urls':7}}",
    "{'type':'ice','servers':[{'urls':[1,null,{}]},5,null,{'urls':['x:','turn:','stun:?']}]}",
    "{'type':'invited'}",
    "{'type':'probe','pad':5}",
  };
  g_autofree char *deep = g_strnfill (50000, '[');
  static const guint8 noise[] = { 0xff, 0xfe, 0x00, 0x01, 0x80 };
  guint before = fixture->n_signals;

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    say (fixture, frames[i]);
  say (fixture, deep);
  soup_websocket_connection_send_binary (fixture->line, noise, sizeof noise);
  settle (fixture);
  g_assert_cmpuint (fixture->n_signals, ==, before + 1); /* settle()'s own */
  g_assert_cmpuint (n_members (fixture), ==, 0);
  g_assert_cmpuint (fixture->n_lines, ==, 1);
}

/* Odd, but true enough to be followed. */
static void
test_odd_frames (Fixture *fixture, gconstpointer data)
{
  GPtrArray *members;
  const ZqCallMember *member;

  say (fixture, "{'type':'joined','you':'m0','members':[{'id':'m1','role':'patient','since':'never','admitted':'yes',"
                "'media':5},{'id':'m0'},{'id':'m1','role':'doctor'},null,7],'ice':5,'recording':9,'recorded':'x'}");
  settle (fixture);
  members = zq_signalling_get_members (ZQ_SIGNALLING (fixture->room));
  g_assert_cmpuint (members->len, ==, 1);
  member = g_ptr_array_index (members, 0);
  g_assert_cmpstr (member->id, ==, "m1");
  g_assert_false (member->admitted);
  g_assert_true (zq_signalling_is_open (ZQ_SIGNALLING (fixture->room)));
  g_assert_cmpstr (zq_signalling_get_recording (ZQ_SIGNALLING (fixture->room)), ==, "off");
  /* Twice: it is the same place. */
  say (fixture, "{'type':'joined','you':'m0','members':[]}");
  settle (fixture);
  g_assert_cmpuint (n_members (fixture), ==, 0);
}

/* A room has few places: a server that names others without end fills nobody's memory. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  say (fixture, "{'type':'joined','you':'m0','members':[]}");
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *json = g_strdup_printf ("{'type':'member','member':{'id':'x%u','role':'patient'}}", i);

      say (fixture, json);
    }
  for (guint i = 0; i < 1000; i++)
    say (fixture, "{'type':'candidate','from':'x0','call':1,'mline':0,'candidate':'x'}");
  say (fixture, "{'type':'joined','you':'m0','members':[]}");
  settle (fixture);
  g_assert_cmpuint (fixture->members->len, <=, ZQ_ROOM_MEMBERS_MOST + 2);
  g_assert_cmpuint (fixture->n_lines, ==, 1);
}

/* A megabyte in one frame is more than anything here says: the line is closed, and made again. */
static void
test_a_frame_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pad = g_strnfill (8 * 1024 * 1024, 'x');
  g_autofree char *json = g_strdup_printf ("{'type':'invited','page':'%s'}", pad);

  say (fixture, json);
  g_assert_true (zq_test_wait_count (&fixture->n_heard, 2, 30));
  g_assert_cmpuint (fixture->n_lines, ==, 2);
}

/* A hospital's word is not enough for this workstation to record: it has to name the patient's. */
static void
test_no_recording_without_consent (Fixture *fixture, gconstpointer data)
{
  ZqTestSide side = { 0xffff0000, 64, 48, 30, 440, FALSE };
  ZqCallSources sources = zq_test_sources (&side);
  g_autoptr (ZqCallMedia) media = zq_call_media_new (&sources);
  const ZqCallSessionConfig config = { .signalling = ZQ_SIGNALLING (fixture->room),
                                       .media = media,
                                       .clock = fixture->clock };
  ZqCallSession *session = zq_call_session_new (&config);

  say (fixture,
       "{'type':'joined','you':'m0','members':[],'recording':'required','recorder':'workstation','recorded':true}");
  settle (fixture);
  g_assert_true (zq_call_session_is_recorded (session));
  g_assert_false (zq_call_session_records_here (session));
  say (fixture, "{'type':'recorded','on':true,'by-consent':'Consent/7'}");
  settle (fixture);
  g_assert_true (zq_call_session_records_here (session));
  say (fixture, "{'type':'recorded','on':false}");
  settle (fixture);
  g_assert_false (zq_call_session_records_here (session));
  g_assert_null (zq_call_session_get_consent_reference (session));
  g_object_unref (session);
  zq_call_media_stop (media);
}

/* --- descriptions -------------------------------------------------------------------------------- */

#define CREDENTIALS                                                                                                    \
  "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "                                   \
  "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
#define HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
#define AUDIO                                                                                                          \
  "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=setup:active\r\na=rtpmap:96 "      \
  "OPUS/48000/2\r\n"

static void
test_descriptions (void)
{
  static const struct
  {
    const char *sdp;
    gboolean is_good;
  } cases[] = {
    { HEAD AUDIO CREDENTIALS, TRUE },
    { HEAD CREDENTIALS AUDIO, TRUE },
    { NULL, FALSE },
    { "", FALSE },
    { "v=0", FALSE },
    { "v=1\r\n" AUDIO CREDENTIALS, FALSE },
    { HEAD, FALSE },
    { HEAD AUDIO, FALSE },
    { HEAD AUDIO "a=ice-ufrag:abc\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:x\r\n", FALSE },
    { HEAD AUDIO "a=ice-ufrag:abcd\r\na=ice-pwd:short\r\na=fingerprint:x\r\n", FALSE },
    { HEAD AUDIO "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", FALSE },
    { HEAD "m=message 9 TCP 1\r\n" CREDENTIALS, FALSE },
    { HEAD "m=audio 9 UDP/TLS/RTP/SAVPF\r\n" CREDENTIALS, FALSE },
    { HEAD "\xff\xfe" AUDIO CREDENTIALS, FALSE },
    { HEAD AUDIO AUDIO AUDIO AUDIO AUDIO AUDIO AUDIO AUDIO AUDIO CREDENTIALS, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_good = zq_call_description_check (cases[i].sdp, NULL, FALSE, &error);

      if (is_good != cases[i].is_good || is_good != (error == NULL))
        g_error ("description %u was taken for %s", i, is_good ? "good" : "bad");
    }
}

/* A true one with some bytes other than they were: read or refused, the same at every run. */
static void
test_mutated_descriptions (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  guint n_good = 0;

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *sdp = g_strdup (HEAD AUDIO CREDENTIALS);
      g_autoptr (GError) error = NULL;
      gsize length = strlen (sdp);

      for (guint n = (guint)g_rand_int_range (random, 1, 8); n > 0; n--)
        sdp[g_rand_int_range (random, 0, (gint32)length)] = (char)g_rand_int_range (random, 0, 256);
      if (zq_call_description_check (sdp, NULL, FALSE, &error))
        n_good++;
      else
        g_assert_nonnull (error);
    }
  g_assert_cmpuint (n_good, >, 0);
  g_assert_cmpuint (n_good, <, 5000);
}

/* A peer that has offered: what does not answer it is refused, and a stranger's candidates do no harm. */
static void
test_a_peer_refuses (void)
{
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  const ZqCallPeerConfig config = { .role = ZQ_CALL_OFFERS, .call = 1, .clock = clock };
  static const char *const candidates[] = { "", "candidate:", "candidate:1 1 udp 1 999.1.1.1 1 typ host", "\x01\x02",
                                            "candidate:1 1 UDP 2130706431 127.0.0.1 99999 typ host" };
  g_autoptr (GError) error = NULL;
  ZqCallPeer *peer = zq_call_peer_new (&config, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    zq_call_peer_take_candidate (peer, i * 1000, candidates[i]);
  zq_call_peer_start (peer);
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    zq_call_peer_take_candidate (peer, i * 1000, candidates[i]);
  g_assert_false (zq_call_peer_take_description (peer, HEAD AUDIO CREDENTIALS, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  zq_call_peer_stop (peer);
  zq_test_last_unref (peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  ADD ("/room/frames-of-no-use", test_frames_of_no_use);
  ADD ("/room/odd-frames", test_odd_frames);
  ADD ("/room/no-recording-without-consent", test_no_recording_without_consent);
  ADD ("/room/flood", test_flood);
  ADD ("/room/a-frame-too-large", test_a_frame_too_large);
  g_test_add_func ("/description/cases", test_descriptions);
  g_test_add_func ("/description/mutated", test_mutated_descriptions);
  g_test_add_func ("/description/a-peer-refuses", test_a_peer_refuses);

  return g_test_run ();
}
