/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/support.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

static void
count_up (gpointer data)
{
  ++*(guint *)data;
}

static void
test_virtual_stands (void)
{
  g_autoptr (ZqClock) clock = zq_test_clock ();

  g_assert_cmpint (zq_clock_now (clock), ==, ZQ_TEST_START_US);
  zq_clock_advance (clock, 5);
  g_assert_cmpint (zq_clock_now (clock), ==, ZQ_TEST_START_US + 5);
  g_assert_cmpint (zq_clock_monotonic (clock), ==, 5);
}

static void
test_virtual_alarms (void)
{
  g_autoptr (ZqClock) clock = zq_test_clock ();
  guint early = 0, late = 0, past = 0;

  zq_clock_alarm (clock, ZQ_TEST_START_US + 10, count_up, &early);
  zq_clock_alarm_in (clock, 20, count_up, &late);
  zq_clock_alarm (clock, ZQ_TEST_START_US - 1, count_up, &past);
  zq_test_settle ();
  g_assert_cmpuint (past, ==, 1);
  g_assert_cmpuint (early + late, ==, 0);

  zq_clock_advance (clock, 9);
  zq_test_settle ();
  g_assert_cmpuint (early, ==, 0);
  zq_clock_advance (clock, 1);
  g_assert_cmpuint (early, ==, 0); /* in its context, not in advance () */
  zq_test_settle ();
  g_assert_cmpuint (early, ==, 1);
  zq_clock_advance (clock, 1000);
  zq_test_settle ();
  g_assert_cmpuint (early, ==, 1);
  g_assert_cmpuint (late, ==, 1);
}

static void
test_cancel (void)
{
  g_autoptr (ZqClock) clock = zq_test_clock ();
  guint fired = 0, id, again;

  id = zq_clock_alarm_in (clock, 10, count_up, &fired);
  g_assert_cmpuint (id, !=, 0);
  again = id;
  zq_clock_advance (clock, 10);
  zq_clock_clear (clock, &id);
  g_assert_cmpuint (id, ==, 0);
  zq_test_settle ();
  g_assert_cmpuint (fired, ==, 0);
  zq_clock_cancel (clock, again);
  zq_clock_clear (clock, &id);
}

static void
test_clock_goes_with_alarms (void)
{
  ZqClock *clock = zq_test_clock ();
  guint fired = 0;

  zq_clock_alarm_in (clock, 0, count_up, &fired);
  zq_test_last_unref (clock);
  zq_test_settle ();
  g_assert_cmpuint (fired, ==, 0);
}

typedef struct
{
  ZqClock *clock;
  guint ticks;
} Ticker;

static void
tick (gpointer data)
{
  Ticker *ticker = data;

  if (++ticker->ticks < 10)
    zq_clock_alarm_in (ticker->clock, ZQ_TEST_MINUTE_US, tick, ticker);
}

static void
test_alarm_sets_alarm (void)
{
  Ticker ticker = { .clock = zq_test_clock () };

  zq_clock_alarm_in (ticker.clock, ZQ_TEST_MINUTE_US, tick, &ticker);
  zq_test_advance (ticker.clock, 9 * ZQ_TEST_MINUTE_US, ZQ_TEST_MINUTE_US);
  g_assert_cmpuint (ticker.ticks, ==, 9);
  zq_test_advance (ticker.clock, 9 * ZQ_TEST_MINUTE_US, ZQ_TEST_MINUTE_US);
  g_assert_cmpuint (ticker.ticks, ==, 10);
  zq_test_last_unref (ticker.clock);
}

static void
test_offset_moves_alarms (void)
{
  g_autoptr (ZqClock) clock = zq_test_clock ();
  guint at = 0, in = 0;

  zq_clock_alarm (clock, ZQ_TEST_START_US + ZQ_TEST_MINUTE_US, count_up, &at);
  zq_clock_alarm_in (clock, ZQ_TEST_MINUTE_US, count_up, &in);
  zq_clock_set_server_offset (clock, ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_clock_now (clock), ==, ZQ_TEST_START_US + ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_clock_monotonic (clock), ==, 0);
  zq_test_settle ();
  g_assert_cmpuint (at, ==, 1);
  g_assert_cmpuint (in, ==, 0);
}

static void
test_system (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  guint fired = 0, never = 0;
  gint64 before = zq_clock_monotonic (clock), far;

  zq_clock_alarm (clock, zq_clock_now (clock) + 20000, count_up, &fired);
  zq_clock_alarm_in (clock, 20000, count_up, &fired);
  zq_clock_alarm (clock, zq_clock_now (clock) - 1, count_up, &fired);
  far = zq_clock_now (clock) + 60 * ZQ_TEST_MINUTE_US;
  zq_clock_alarm (clock, far, count_up, &never);
  g_assert_true (zq_test_wait_count (&fired, 3, 10));
  g_assert_cmpint (zq_clock_monotonic (clock) - before, >=, 20000);
  g_assert_cmpuint (never, ==, 0);

  zq_clock_set_server_offset (clock, 61 * ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_clock_now (clock), >, far);
  g_assert_true (zq_test_wait_count (&never, 1, 10));
}

typedef struct
{
  ZqClock *clock;
  GMainContext *context;
  GThread *fired_in;
  GMutex lock;
  GCond cond;
  gboolean ready;
} Worker;

static void
note_thread (gpointer data)
{
  ((Worker *)data)->fired_in = g_thread_self ();
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  zq_clock_alarm_in (worker->clock, 10, note_thread, worker);
  g_mutex_lock (&worker->lock);
  worker->ready = TRUE;
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->lock);
  while (worker->fired_in == NULL)
    g_main_context_iteration (worker->context, TRUE);
  g_main_context_pop_thread_default (worker->context);

  return NULL;
}

static void
test_alarm_fires_where_it_was_set (void)
{
  Worker worker = { .clock = zq_test_clock (), .context = g_main_context_new () };
  GThread *thread = g_thread_new ("worker", work, &worker);

  g_mutex_lock (&worker.lock);
  while (!worker.ready)
    g_cond_wait (&worker.cond, &worker.lock);
  g_mutex_unlock (&worker.lock);
  zq_clock_advance (worker.clock, 10);
  g_thread_join (thread);
  g_assert_true (worker.fired_in == thread);
  g_main_context_unref (worker.context);
  zq_test_last_unref (worker.clock);
}

typedef struct
{
  ZqTestDir *dir;
  char *path;
  GSocket *listener;
  GThread *thread;
  GSocket *peer;
  const char *first;
} Server;

static gpointer
serve (gpointer data)
{
  Server *server = data;

  server->peer = g_socket_accept (server->listener, NULL, NULL);
  g_socket_send (server->peer, server->first, strlen (server->first), NULL, NULL);

  return NULL;
}

static void
server_start (Server *server, const char *first)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  server->first = first;
  server->dir = zq_test_temp_dir ();
  server->path = zq_test_dir_path (server->dir, "clock");
  server->listener = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, &error);
  address = g_unix_socket_address_new (server->path);
  g_socket_bind (server->listener, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (server->listener, &error);
  g_assert_no_error (error);
  server->thread = g_thread_new ("clock server", serve, server);
}

static void
server_stop (Server *server)
{
  g_clear_object (&server->peer);
  g_clear_object (&server->listener);
  g_free (server->path);
  zq_test_dir_free (server->dir);
}

static void
test_socket (void)
{
  Server server = { 0 };
  g_autoptr (ZqClock) clock = NULL;
  g_autoptr (GError) error = NULL;
  guint at = 0, in = 0;

  server_start (&server, "1000\n");
  clock = zq_clock_new_from_socket (server.path, &error);
  g_assert_no_error (error);
  g_thread_join (server.thread);
  g_assert_cmpint (zq_clock_now (clock), ==, 1000);

  zq_clock_alarm (clock, 2000, count_up, &at);
  zq_clock_alarm_in (clock, 1500, count_up, &in);
  zq_test_settle ();
  g_assert_cmpuint (at, ==, 0);
  g_socket_send (server.peer, "1500\n20", 7, NULL, NULL);
  g_socket_send (server.peer, "00\n", 3, NULL, NULL);
  g_assert_true (zq_test_wait_count (&at, 1, 10));
  g_assert_cmpint (zq_clock_now (clock), ==, 2000);
  g_assert_cmpuint (in, ==, 0);
  g_socket_send (server.peer, "2500\n", 5, NULL, NULL);
  g_assert_true (zq_test_wait_count (&in, 1, 10));

  server_stop (&server);
  zq_test_settle ();
  g_assert_cmpint (zq_clock_now (clock), ==, 2500);
}

static void
test_socket_nonsense (void)
{
  Server server = { 0 };
  g_autoptr (GError) error = NULL;

  server_start (&server, "noon\n");
  g_assert_null (zq_clock_new_from_socket (server.path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_thread_join (server.thread);
  server_stop (&server);

  g_clear_error (&error);
  g_assert_null (zq_clock_new_from_socket ("/nonexistent/clock", &error));
  g_assert_nonnull (error);
}

static void
note_offset (ZqClock *clock, guint *n)
{
  (*n)++;
}

static void
test_offset_is_told (void)
{
  g_autoptr (ZqClock) clock = zq_test_clock ();
  guint n = 0;

  g_signal_connect (clock, "offset-changed", G_CALLBACK (note_offset), &n);
  zq_clock_set_server_offset (clock, 0);
  g_assert_cmpuint (n, ==, 0);
  zq_clock_set_server_offset (clock, -ZQ_TEST_MINUTE_US);
  zq_clock_set_server_offset (clock, -ZQ_TEST_MINUTE_US);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock/virtual-stands-until-moved", test_virtual_stands);
  g_test_add_func ("/clock/virtual-alarms-fire-when-due", test_virtual_alarms);
  g_test_add_func ("/clock/cancelled-alarm-is-silent", test_cancel);
  g_test_add_func ("/clock/goes-with-its-alarms", test_clock_goes_with_alarms);
  g_test_add_func ("/clock/alarm-can-set-the-next", test_alarm_sets_alarm);
  g_test_add_func ("/clock/server-offset-moves-instants-not-delays", test_offset_moves_alarms);
  g_test_add_func ("/clock/offset-that-changes-is-told", test_offset_is_told);
  g_test_add_func ("/clock/system-alarms-fire", test_system);
  g_test_add_func ("/clock/alarm-fires-in-its-own-context", test_alarm_fires_where_it_was_set);
  g_test_add_func ("/clock/socket-drives", test_socket);
  g_test_add_func ("/clock/socket-nonsense-is-refused", test_socket_nonsense);

  return g_test_run ();
}
