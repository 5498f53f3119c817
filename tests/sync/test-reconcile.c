/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/harness.h"

#define START  ZQ_TEST_START_US
#define MINUTE ZQ_TEST_MINUTE_US

static char *
state_of (Harness *self, const char *type, const char *id)
{
  return zq_db_get_text (harness_db (self), NULL, "SELECT state FROM resource WHERE type = ? AND server_id = ?", "ss",
                         type, id);
}

static void
assert_state (Harness *self, const char *id, const char *wanted)
{
  g_autofree char *state = state_of (self, "Basic", id);

  g_assert_cmpstr (state, ==, wanted);
}

static void
put_notes (Harness *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);

      toy_server_put (self->server, "Basic", id, ",\"text\":\"one\"", START - (n - i) * MINUTE);
    }
}

static void
test_taken_away (Harness *self, gconstpointer data)
{
  put_notes (self, 120);
  harness_assert_no_error (self, harness_pull);
  toy_server_remove (self->server, "Basic", "n3");
  toy_server_forbid (self->server, "n70");
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n3", "held");

  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n3", "gone");
  assert_state (self, "n70", "gone");
  assert_state (self, "n4", "held");
  g_assert_cmpint (harness_count (self, "Basic"), ==, 118);
}

static void
test_comes_back (Harness *self, gconstpointer data)
{
  put_notes (self, 3);
  harness_assert_no_error (self, harness_pull);
  toy_server_remove (self->server, "Basic", "n1");
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n1", "gone");
  /* The same version as before, and long ago: no search for news would bring it. */
  toy_server_put (self->server, "Basic", "n1", ",\"text\":\"one\"", START - 600 * MINUTE);
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n1", "held");
}

static void
test_blind_search (Harness *self, gconstpointer data)
{
  put_notes (self, 5);
  harness_assert_no_error (self, harness_pull);
  /* A server that does not know a search by several ids must not empty the screens. */
  toy_server_fault (self->server, "GET", "_id=", TOY_EMPTY, 10, 0, 0);
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 5);
}

static void
test_waiting_work (Harness *self, gconstpointer data)
{
  gint64 seq;

  put_notes (self, 2);
  harness_assert_no_error (self, harness_pull);
  seq = harness_edit (self, "n1", "mine", "c1");
  toy_server_remove (self->server, "Basic", "n1");
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n1", "gone");
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_WAITING);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_REFUSED);
}

static void
test_small_pages (Harness *self, gconstpointer data)
{
  put_notes (self, 30);
  toy_server_set_page_size (self->server, 10);
  harness_assert_no_error (self, harness_pull);
  toy_server_remove (self->server, "Basic", "n3");
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n3", "gone");
  g_assert_cmpint (harness_count (self, "Basic"), ==, 29);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Basic/"), ==, 1);
}

/* One search that fails for good must not keep what was taken away on the screens. */
static void
test_beside_an_error (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_notes (self, 3);
  harness_assert_no_error (self, harness_pull);
  toy_server_remove (self->server, "Basic", "n1");
  toy_server_fault (self->server, "GET", "Basic?code=", TOY_STATUS, 100, 500, 0);
  zq_clock_advance (self->clock, 5 * MINUTE);
  error = harness_pull (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SERVER);
  assert_state (self, "n1", "gone");
}

/* The search by ids is blind: what the read of its own brings counts. */
static void
test_read_revives (Harness *self, gconstpointer data)
{
  put_notes (self, 3);
  harness_assert_no_error (self, harness_pull);
  toy_server_remove (self->server, "Basic", "n1");
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n1", "gone");
  toy_server_put (self->server, "Basic", "n1", ",\"text\":\"one\"", START - 600 * MINUTE);
  toy_server_fault (self->server, "GET", "_id=", TOY_EMPTY, 10, 0, 0);
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_state (self, "n1", "held");
}

static gboolean
is_synced (gpointer data)
{
  return zq_session_status_get_state (data) == ZQ_SESSION_SYNCED;
}

typedef struct
{
  Harness *harness;
  const char *part;
  guint n;
} Seen;

static gboolean
has_seen (gpointer data)
{
  Seen *seen = data;

  return toy_server_seen (seen->harness->server, "GET", seen->part) >= seen->n;
}

/* As the time goes by. */
static void
wait_for (Harness *self, Seen *seen)
{
  for (guint i = 0; i < 200 && !has_seen (seen); i++)
    {
      zq_clock_advance (self->clock, G_USEC_PER_SEC);
      zq_test_wait_until (has_seen, seen, 0.02);
    }
  g_assert_true (has_seen (seen));
}

/* Polls go on beside it, however long it takes. */
static void
test_beside_polls (Harness *self, gconstpointer data)
{
  Seen asked = { self, "_id=", 1 };
  Seen polled = { self, "Basic?code=", 0 };

  put_notes (self, 3);
  harness_assert_no_error (self, harness_pull);
  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_fault (self->server, "GET", "_id=", TOY_SILENT, 1, 0, 0);
  zq_clock_advance (self->clock, 5 * MINUTE);
  wait_for (self, &asked);
  polled.n = toy_server_seen (self->server, "GET", polled.part) + 2;
  wait_for (self, &polled);
}

#define ADD(name, func) g_test_add (name, Harness, NULL, harness_set_up, func, harness_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/reconcile/what-was-taken-away-leaves", test_taken_away);
  ADD ("/reconcile/what-is-shown-again-comes-back", test_comes_back);
  ADD ("/reconcile/search-that-finds-nothing-takes-nothing-away", test_blind_search);
  ADD ("/reconcile/every-page-of-an-answer-counts", test_small_pages);
  ADD ("/reconcile/waiting-work-is-kept-and-refused-with-a-reason", test_waiting_work);
  ADD ("/reconcile/one-failing-search-does-not-stop-it", test_beside_an_error);
  ADD ("/reconcile/what-a-single-read-shows-comes-back", test_read_revives);
  ADD ("/reconcile/polls-go-on-beside-it", test_beside_polls);
  return g_test_run ();
}
