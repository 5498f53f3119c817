/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/probe.h"
#include "call/sound.h"
#include "call/turn.h"
#include "call/way.h"

#define MS G_TIME_SPAN_MILLISECOND

typedef struct
{
  ZqClock *clock;
  ZqCallDevices *devices;
  ZqTestWay *line;
  ZqCallProbe *probe;
  guint n_done;
  gint n_frames; /* atomic */
  guint n_levels;
  double level;
} Fixture;

static void
on_done (ZqCallProbe *probe, Fixture *self)
{
  self->n_done++;
}

static void
on_level (ZqCallProbe *probe, double level, Fixture *self)
{
  self->n_levels++;
  self->level = level;
}

static void
on_frame (GstSample *sample, gpointer data)
{
  g_atomic_int_inc (&((Fixture *)data)->n_frames);
}

static gboolean
is_ready (gpointer data)
{
  return zq_call_devices_is_ready (data);
}

/* @tests: the devices that are none. */
static void
fixture_open (Fixture *self, gboolean tests, ZqClock *clock, gboolean has_line)
{
  ZqCallProbeConfig config = { 0 };

  if (tests)
    g_setenv ("ZHENQIAO_CALL_TEST", "1", TRUE);
  self->devices = zq_call_devices_new (NULL);
  g_unsetenv ("ZHENQIAO_CALL_TEST");
  g_assert_true (zq_test_wait_until (is_ready, self->devices, 60));
  self->clock = clock;
  if (has_line)
    self->line = zq_test_way_new (clock);
  config.devices = self->devices;
  config.clock = clock;
  config.signalling = (ZqSignalling *)self->line;
  self->probe = zq_call_probe_new (&config);
  zq_call_probe_set_preview (self->probe, on_frame, self);
  g_signal_connect (self->probe, "done", G_CALLBACK (on_done), self);
  g_signal_connect (self->probe, "level", G_CALLBACK (on_level), self);
}

static void
fixture_clear (Fixture *self)
{
  zq_call_probe_stop (self->probe);
  zq_test_last_unref (self->probe);
  zq_test_last_unref (self->devices);
  g_clear_object (&self->line);
  g_clear_object (&self->clock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
choose (Fixture *self, ZqCallDevice kind, const char *words)
{
  GPtrArray *list = zq_call_devices_list (self->devices, kind);

  for (guint i = 0; i < list->len; i++)
    {
      ZqCallDeviceInfo *info = g_ptr_array_index (list, i);

      if (g_str_equal (info->words, words) || g_str_equal (info->id, words))
        {
          g_assert_true (zq_call_devices_choose (self->devices, kind, info->id));
          return;
        }
    }
  g_error ("there is no %s", words);
}

static gboolean
is_over (gpointer data)
{
  return !zq_call_probe_is_running (data);
}

static void
wait_over (Fixture *self)
{
  g_assert_true (zq_test_wait_until (is_over, self->probe, 30));
}

static void
assert_result (Fixture *self, ZqProbeItem item, ZqProbeVerdict verdict, ZqProbeSide side, const char *code)
{
  const ZqProbeResult *result = zq_call_probe_get (self->probe, item);

  g_assert_cmpstr (result->code, ==, code);
  g_assert_cmpint (result->verdict, ==, verdict);
  g_assert_cmpint (result->side, ==, side);
}

static gboolean
was_heard (gpointer data)
{
  const ZqProbeResult *result = zq_call_probe_get (data, ZQ_PROBE_MICROPHONE);

  return result->verdict == ZQ_PROBE_PASS;
}

/* --- devices ------------------------------------------------------------------------------------ */

static void
test_good_devices (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_clock_new_system (), FALSE);
  zq_call_probe_start (self.probe);
  wait_over (&self);
  g_assert_cmpuint (self.n_done, ==, 1);
  assert_result (&self, ZQ_PROBE_CAMERA, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
  assert_result (&self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
  assert_result (&self, ZQ_PROBE_SPEAKER, ZQ_PROBE_NONE, ZQ_PROBE_NOBODY, NULL);
  assert_result (&self, ZQ_PROBE_HOSPITAL, ZQ_PROBE_NONE, ZQ_PROBE_NOBODY, NULL);
  g_assert_cmpfloat (zq_call_probe_get (self.probe, ZQ_PROBE_CAMERA)->value, >, 20);
  g_assert_cmpfloat_with_epsilon (zq_call_probe_get (self.probe, ZQ_PROBE_MICROPHONE)->value, -10.5, 1);
  g_assert_cmpint (g_atomic_int_get (&self.n_frames), >, 20);
  g_assert_cmpfloat_with_epsilon (self.level, -10.5, 1);
}

static void
test_nothing_there (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, FALSE, zq_clock_new_system (), FALSE);
  zq_call_probe_again (self.probe, ZQ_PROBE_CAMERA);
  assert_result (&self, ZQ_PROBE_CAMERA, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "none");
}

static void
test_black (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_clock_new_system (), FALSE);
  choose (&self, ZQ_CALL_CAMERA, "test:black");
  zq_call_probe_again (self.probe, ZQ_PROBE_CAMERA);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_CAMERA, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "black");
  choose (&self, ZQ_CALL_CAMERA, "test:blue");
  zq_call_probe_again (self.probe, ZQ_PROBE_CAMERA);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_CAMERA, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

static GstElement *
play (Fixture *self, const char *tone)
{
  return zq_sound_run (gst_parse_bin_from_description (tone, TRUE, NULL), "audioconvert ! audioresample",
                       zq_call_devices_make (self->devices, ZQ_CALL_SPEAKER));
}

/* Who says nothing is told so; who speaks then is heard. */
static void
test_silent (void)
{
  g_auto (Fixture) self = { 0 };
  GstElement *player;

  fixture_open (&self, FALSE, zq_clock_new_system (), FALSE);
  zq_call_probe_again (self.probe, ZQ_PROBE_MICROPHONE);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "silent");
  player = play (&self, "audiotestsrc is-live=true freq=440 volume=0.3");
  g_assert_true (zq_test_wait_until (was_heard, self.probe, 10));
  zq_sound_stop (player);
}

static void
test_quiet_and_clipping (void)
{
  g_auto (Fixture) self = { 0 };
  GstElement *player;

  fixture_open (&self, FALSE, zq_clock_new_system (), FALSE);
  player = play (&self, "audiotestsrc is-live=true freq=440 volume=0.01");
  zq_call_probe_again (self.probe, ZQ_PROBE_MICROPHONE);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "quiet");
  zq_sound_stop (player);
  player = play (&self, "audiotestsrc is-live=true freq=440 volume=1.0");
  zq_call_probe_again (self.probe, ZQ_PROBE_MICROPHONE);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_MICROPHONE, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "clips");
  zq_sound_stop (player);
}

static void
test_speaker (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, FALSE, zq_clock_new_system (), FALSE);
  choose (&self, ZQ_CALL_SPEAKER, "right");
  zq_call_probe_again (self.probe, ZQ_PROBE_SPEAKER);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_SPEAKER, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "played");
  zq_call_probe_heard (self.probe, FALSE);
  assert_result (&self, ZQ_PROBE_SPEAKER, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "not-heard");
}

static void
test_speaker_muted (void)
{
  g_auto (Fixture) self = { 0 };
  g_autofree char *muted = NULL, *loud = NULL;

  fixture_open (&self, FALSE, zq_clock_new_system (), FALSE);
  choose (&self, ZQ_CALL_SPEAKER, "right");
  muted = zq_sound_ask ("set-sink-mute right 1");
  zq_call_probe_again (self.probe, ZQ_PROBE_SPEAKER);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_SPEAKER, ZQ_PROBE_POOR, ZQ_PROBE_COMPUTER, "silent");
  loud = zq_sound_ask ("set-sink-mute right 0");
}

static void
test_speaker_asks (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_clock_new_system (), FALSE);
  zq_call_probe_again (self.probe, ZQ_PROBE_SPEAKER);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_SPEAKER, ZQ_PROBE_ASK, ZQ_PROBE_NOBODY, "ask");
  zq_call_probe_heard (self.probe, TRUE);
  assert_result (&self, ZQ_PROBE_SPEAKER, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "heard");
}

/* --- network ------------------------------------------------------------------------------------ */

static void
look_at_network (Fixture *self)
{
  zq_call_probe_again (self->probe, ZQ_PROBE_HOSPITAL);
  for (guint i = 0; i < 3000 && zq_call_probe_is_running (self->probe); i++)
    zq_test_advance (self->clock, 10 * MS, 10 * MS);
  g_assert_false (zq_call_probe_is_running (self->probe));
}

static void
test_near (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_test_clock (), TRUE);
  zq_test_way_set_rtt (self.line, 40 * MS);
  zq_test_way_set_rates (self.line, 8e6, 2e6);
  look_at_network (&self);
  assert_result (&self, ZQ_PROBE_HOSPITAL, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
  g_assert_cmpfloat_with_epsilon (zq_call_probe_get (self.probe, ZQ_PROBE_HOSPITAL)->value, 40, 1);
  assert_result (&self, ZQ_PROBE_SPEED, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
  g_assert_cmpfloat (zq_call_probe_get (self.probe, ZQ_PROBE_SPEED)->value, >, 5e6);
  g_assert_cmpfloat_with_epsilon (zq_call_probe_get (self.probe, ZQ_PROBE_SPEED)->other, 2e6, 2e5);
  assert_result (&self, ZQ_PROBE_RELAY, ZQ_PROBE_POOR, ZQ_PROBE_THE_HOSPITAL, "none");
}

static void
test_far (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_test_clock (), TRUE);
  zq_test_way_set_rtt (self.line, 450 * MS);
  look_at_network (&self);
  assert_result (&self, ZQ_PROBE_HOSPITAL, ZQ_PROBE_POOR, ZQ_PROBE_NETWORK, "slow");
  assert_result (&self, ZQ_PROBE_SPEED, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

static void
test_narrow (void)
{
  static const struct
  {
    double down, up;
    ZqProbeVerdict verdict;
    const char *code;
  } cases[] = {
    { 8e6, 6e5, ZQ_PROBE_POOR, "slow" },
    { 2e5, 2e6, ZQ_PROBE_POOR, "very-slow" },
    { 5e4, 5e4, ZQ_PROBE_FAIL, "too-slow" },
    { 1e3, 1e3, ZQ_PROBE_FAIL, "too-slow" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) self = { 0 };

      fixture_open (&self, TRUE, zq_test_clock (), TRUE);
      zq_test_way_set_rates (self.line, cases[i].down, cases[i].up);
      look_at_network (&self);
      assert_result (&self, ZQ_PROBE_SPEED, cases[i].verdict, ZQ_PROBE_NETWORK, cases[i].code);
    }
}

static void
test_no_answer (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_test_clock (), TRUE);
  zq_test_way_set_rtt (self.line, -1);
  look_at_network (&self);
  assert_result (&self, ZQ_PROBE_HOSPITAL, ZQ_PROBE_FAIL, ZQ_PROBE_NETWORK, "no-answer");
  assert_result (&self, ZQ_PROBE_SPEED, ZQ_PROBE_NONE, ZQ_PROBE_NOBODY, NULL);
  g_assert_cmpuint (self.n_done, ==, 1);
}

/* Whose fault it is depends on this computer's network; that it is none of the devices' does not. */
static void
test_away (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_test_clock (), TRUE);
  zq_test_way_set_open (self.line, FALSE);
  look_at_network (&self);
  g_assert_cmpint (zq_call_probe_get (self.probe, ZQ_PROBE_HOSPITAL)->verdict, ==, ZQ_PROBE_FAIL);
  zq_call_probe_again (self.probe, ZQ_PROBE_HOSPITAL);
  zq_test_way_set_open (self.line, TRUE);
  zq_test_advance (self.clock, 5000 * MS, 10 * MS);
  assert_result (&self, ZQ_PROBE_HOSPITAL, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

/* --- relay -------------------------------------------------------------------------------------- */

static void
test_relay (void)
{
  g_auto (Fixture) self = { 0 };
  g_autoptr (ZqTestTurn) turn = zq_test_turn_start ();
  const ZqProbeResult *result;

  fixture_open (&self, TRUE, zq_clock_new_system (), TRUE);
  if (turn == NULL)
    {
      g_test_skip ("coturn is not installed");
      return;
    }
  zq_test_way_set_ice (self.line, zq_test_turn_get_ice (turn));
  zq_call_probe_again (self.probe, ZQ_PROBE_RELAY);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_RELAY, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
  result = zq_call_probe_get (self.probe, ZQ_PROBE_RELAY);
  g_test_message ("a place at the relay in %.0f ms", result->value);
  g_assert_cmpfloat (result->value, <, 5000);

  zq_test_way_set_ice (self.line, zq_test_turn_get_forged (turn));
  zq_call_probe_again (self.probe, ZQ_PROBE_RELAY);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_RELAY, ZQ_PROBE_FAIL, ZQ_PROBE_THE_HOSPITAL, "denied");
}

static void
test_relay_gone (void)
{
  g_auto (Fixture) self = { 0 };
  ZqTestTurn *turn = zq_test_turn_start ();

  fixture_open (&self, TRUE, zq_clock_new_system (), TRUE);
  if (turn == NULL)
    {
      g_test_skip ("coturn is not installed");
      return;
    }
  zq_test_way_set_ice (self.line, zq_test_turn_get_ice (turn));
  zq_test_turn_stop (turn);
  zq_call_probe_again (self.probe, ZQ_PROBE_RELAY);
  wait_over (&self);
  assert_result (&self, ZQ_PROBE_RELAY, ZQ_PROBE_FAIL, ZQ_PROBE_THE_HOSPITAL, "refused");
}

/* --- again and again ---------------------------------------------------------------------------- */

static guint
count (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static gboolean
has_seen (gpointer data)
{
  Fixture *self = data;

  return g_atomic_int_get (&self->n_frames) > 0 && self->n_levels > 0;
}

static void
run_and_cancel (void)
{
  g_auto (Fixture) self = { 0 };

  fixture_open (&self, TRUE, zq_clock_new_system (), TRUE);
  {
    ZqIceList *ice = zq_ice_list_new ();

    zq_ice_list_add (ice, "turn:127.0.0.1:9?transport=udp", "1:m1", "none");
    zq_test_way_set_ice (self.line, ice);
  }
  zq_call_probe_start (self.probe);
  zq_call_probe_again (self.probe, ZQ_PROBE_SPEAKER);
  g_assert_true (zq_test_wait_until (has_seen, &self, 20));
  zq_call_probe_stop (self.probe);
  g_assert_false (zq_call_probe_is_running (self.probe));
  self.n_done = 0;
  zq_test_settle ();
  g_assert_cmpuint (self.n_done, ==, 0);
}

typedef struct
{
  guint threads, files;
} Held;

static gboolean
holds_no_more (gpointer data)
{
  Held *held = data;

  return count ("/proc/self/task") <= held->threads && count ("/proc/self/fd") <= held->files;
}

/* The first runs start what stays for the life of the program. */
static void
test_leaks_nothing (void)
{
  Held held;

  for (guint i = 0; i < 3; i++)
    run_and_cancel ();
  held.threads = count ("/proc/self/task") + 2;
  held.files = count ("/proc/self/fd") + 2;
  for (guint i = 0; i < 20; i++)
    run_and_cancel ();
  g_test_message ("threads %u, files %u", count ("/proc/self/task"), count ("/proc/self/fd"));
  g_assert_true (zq_test_wait_until (holds_no_more, &held, 20));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  /* A place at a relay that is not handed back lapses by itself; libnice warns of it. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/call/probe/good-devices", test_good_devices);
  g_test_add_func ("/call/probe/no-camera", test_nothing_there);
  g_test_add_func ("/call/probe/black-picture", test_black);
  g_test_add_func ("/call/probe/silent-until-spoken-to", test_silent);
  g_test_add_func ("/call/probe/quiet-and-clipping", test_quiet_and_clipping);
  g_test_add_func ("/call/probe/speaker-by-its-monitor", test_speaker);
  g_test_add_func ("/call/probe/speaker-muted", test_speaker_muted);
  g_test_add_func ("/call/probe/speaker-by-asking", test_speaker_asks);
  g_test_add_func ("/call/probe/hospital-near", test_near);
  g_test_add_func ("/call/probe/hospital-far", test_far);
  g_test_add_func ("/call/probe/narrow-lines", test_narrow);
  g_test_add_func ("/call/probe/hospital-silent", test_no_answer);
  g_test_add_func ("/call/probe/hospital-away-and-back", test_away);
  g_test_add_func ("/call/probe/relay", test_relay);
  g_test_add_func ("/call/probe/relay-gone", test_relay_gone);
  g_test_add_func ("/call/probe/leaks-nothing", test_leaks_nothing);

  return g_test_run ();
}
