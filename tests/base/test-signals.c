/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/session-status.h"
#include "support/support.h"

#include <libglib-testing/signal-logger.h>

typedef struct
{
  ZqSessionStatus *status;
  GtSignalLogger *log;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->status = zq_session_status_new ();
  self->log = gt_signal_logger_new ();
  gt_signal_logger_connect (self->log, self->status, "notify");
}

static void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  gt_signal_logger_assert_no_emissions (self->log);
  gt_signal_logger_free (self->log);
  zq_test_last_unref (self->status);
}

#define expect_notify(self, property)                                                                                  \
  gt_signal_logger_assert_notify_emission_pop ((self)->log, (self)->status, property)
#define expect_silence(self) gt_signal_logger_assert_no_emissions ((self)->log)

static void
test_order (Fixture *self, gconstpointer unused)
{
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCING, 100);
  expect_notify (self, "state");
  expect_silence (self);
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, 200);
  expect_notify (self, "last-synced");
  expect_notify (self, "state");
  expect_silence (self);
  zq_session_status_set_state (self->status, ZQ_SESSION_OFFLINE, 300);
  expect_notify (self, "offline-since");
  expect_notify (self, "state");
  expect_silence (self);
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, 400);
  expect_notify (self, "offline-since");
  expect_notify (self, "last-synced");
  expect_notify (self, "state");
}

static void
test_same_again (Fixture *self, gconstpointer unused)
{
  const ZqSessionCounts none = { 0 };

  zq_session_status_set_state (self->status, ZQ_SESSION_SIGNED_OUT, 100);
  zq_session_status_set_progress (self->status, -1);
  zq_session_status_set_problem (self->status, NULL);
  zq_session_status_set_counts (self->status, &none);
  expect_silence (self);

  zq_session_status_set_state (self->status, ZQ_SESSION_OFFLINE, 200);
  expect_notify (self, "offline-since");
  expect_notify (self, "state");
  /* Also when it is said later: the first moment counts. */
  zq_session_status_set_state (self->status, ZQ_SESSION_OFFLINE, 300);
  expect_silence (self);

  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, 400);
  expect_notify (self, "offline-since");
  expect_notify (self, "last-synced");
  expect_notify (self, "state");
  /* Only the instant is news. */
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, 500);
  expect_notify (self, "last-synced");
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, 500);
}

typedef struct
{
  ZqSessionState state;
  gint64 offline_since;
  gint64 last_synced;
} Seen;

static void
look (ZqSessionStatus *status, GParamSpec *pspec, gpointer data)
{
  Seen *seen = data;

  seen->state = zq_session_status_get_state (status);
  seen->offline_since = zq_session_status_get_offline_since (status);
  seen->last_synced = zq_session_status_get_last_synced (status);
}

/* Who is told of the state reads the instants that go with it. */
static void
test_whole (Fixture *self, gconstpointer unused)
{
  Seen seen = { 0 };

  g_signal_connect (self->status, "notify::state", G_CALLBACK (look), &seen);
  zq_session_status_set_state (self->status, ZQ_SESSION_OFFLINE, 300);
  g_assert_cmpint (seen.state, ==, ZQ_SESSION_OFFLINE);
  g_assert_cmpint (seen.offline_since, ==, 300);
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, 400);
  g_assert_cmpint (seen.state, ==, ZQ_SESSION_SYNCED);
  g_assert_cmpint (seen.offline_since, ==, 0);
  g_assert_cmpint (seen.last_synced, ==, 400);
  expect_notify (self, "offline-since");
  expect_notify (self, "state");
  expect_notify (self, "offline-since");
  expect_notify (self, "last-synced");
  expect_notify (self, "state");
}

static void
test_counts (Fixture *self, gconstpointer unused)
{
  ZqSessionCounts counts = { .waiting = 2, .refused = 1 };

  zq_session_status_set_counts (self->status, &counts);
  expect_notify (self, "refused");
  expect_notify (self, "waiting");
  expect_silence (self);
  counts.waiting = 0;
  counts.held = 2;
  zq_session_status_set_counts (self->status, &counts);
  expect_notify (self, "held");
  expect_notify (self, "waiting");
  expect_silence (self);
  zq_session_status_set_counts (self->status, &counts);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define add(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  add ("/session-status/instants-come-before-their-state", test_order);
  add ("/session-status/what-did-not-change-is-not-told", test_same_again);
  add ("/session-status/is-whole-when-it-is-told", test_whole);
  add ("/session-status/only-counts-that-changed-are-told", test_counts);
#undef add
  return g_test_run ();
}
