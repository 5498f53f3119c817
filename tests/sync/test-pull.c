/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/harness.h"

#include "sync/peer.h"
#include "sync/pull.h"

#define START  ZQ_TEST_START_US
#define MINUTE ZQ_TEST_MINUTE_US

/* @n notes, one a minute, the last one @ago before now. */
static void
put_notes (Harness *self, guint n, gint64 ago)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);

      toy_server_put (self->server, "Basic", id, ",\"text\":\"one\"", START - ago - (n - 1 - i) * MINUTE);
    }
}

static void
test_pages (Harness *self, gconstpointer data)
{
  put_notes (self, 25, 10 * MINUTE);
  toy_server_set_page_size (self->server, 10);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 25);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "_sort=-_lastUpdated"), ==, 3);

  /* A second round asks for news only. */
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "_sort=-_lastUpdated"), ==, 3);
  g_assert_cmpint (zq_session_status_get_state (self->status), ==, ZQ_SESSION_SYNCED);
}

static void
test_killed_fill (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ZqCursor cursor = { 0 };

  put_notes (self, 25, 10 * MINUTE);
  toy_server_set_page_size (self->server, 10);
  toy_server_fault (self->server, "GET", "_page=20", TOY_STATUS, 1, 500, 0);
  error = harness_pull (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SERVER);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 20);

  harness_restart (self);
  g_assert_true (zq_store_get_cursor (harness_db (self), "note", "all", &cursor, NULL));
  g_assert_cmpstr (cursor.low, ==, "2026-11-22T01:31:00.000Z");
  g_assert_false (cursor.filled);
  zq_cursor_clear (&cursor);

  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 25);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "_lastUpdated=le2026-11-22T01:31:00.000Z"), >=, 1);
}

static void
test_news_during_fill (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_notes (self, 25, 10 * MINUTE);
  toy_server_set_page_size (self->server, 10);
  toy_server_fault (self->server, "GET", "_page=20", TOY_STATUS, 1, 500, 0);
  error = harness_pull (self);
  g_assert_nonnull (error);
  toy_server_put (self->server, "Basic", "new", ",\"text\":\"x\"", START + MINUTE);
  toy_server_put (self->server, "Basic", "n3", ",\"text\":\"changed\"", START + MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 26);
}

static void
test_gone_page (Harness *self, gconstpointer data)
{
  put_notes (self, 25, 10 * MINUTE);
  toy_server_set_page_size (self->server, 10);
  toy_server_fault (self->server, "GET", "_page=20", TOY_STATUS, 1, 410, 0);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 25);
}

static guint
count_unreadable (Harness *self)
{
  ZqSessionCounts counts = { 0 };

  g_assert_true (zq_store_count_session (harness_db (self), &counts, NULL));
  return counts.unreadable;
}

static gboolean
one_is_unreadable (gpointer data)
{
  return count_unreadable (data) == 1;
}

static gboolean
all_is_readable (gpointer data)
{
  return count_unreadable (data) == 0;
}

static void
test_unreadable_page (Harness *self, gconstpointer data)
{
  put_notes (self, 5, 10 * MINUTE);
  toy_server_put (self->server, "Basic", "bad", ",\"text\":\"x\"}} not json", START);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GError) error = harness_pull (self);

      g_assert_nonnull (error);
      g_assert_true (zq_test_wait_until (one_is_unreadable, self, 5));
    }
  toy_server_remove (self->server, "Basic", "bad");
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 5);
  g_assert_true (zq_test_wait_until (all_is_readable, self, 5));
}

static void
test_circle (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_notes (self, 25, 10 * MINUTE);
  toy_server_set_page_size (self->server, 10);
  toy_server_set_circle (self->server, TRUE);
  error = harness_pull (self);
  g_assert_error (error, ZQ_SYNC_ERROR, ZQ_SYNC_ERROR_LOOP);
  g_assert_cmpuint (toy_server_log (self->server)->len, <, 10);
}

static void
test_late_commit (Harness *self, gconstpointer data)
{
  put_notes (self, 5, 0);
  harness_assert_no_error (self, harness_pull);
  /* Its instant lies before what is held already: it became visible late. */
  toy_server_put (self->server, "Basic", "late", ",\"text\":\"x\"", START - 90 * G_USEC_PER_SEC);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 6);
}

static void
test_empty (Harness *self, gconstpointer data)
{
  harness_assert_no_error (self, harness_pull);
  toy_server_put (self->server, "Basic", "first", ",\"text\":\"x\"", START + 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "_sort=-_lastUpdated"), ==, 1);
}

/* A row that claims to be of tomorrow must not make us skip what comes until then. */
static void
test_future_row (Harness *self, gconstpointer data)
{
  g_auto (ZqCursor) cursor = { 0 };

  put_notes (self, 2, 10 * MINUTE);
  if (data == NULL)
    harness_assert_no_error (self, harness_pull);
  toy_server_put (self->server, "Basic", "tomorrow", ",\"text\":\"x\"", START + 24 * 60 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  zq_clock_advance (self->clock, 10 * MINUTE);
  toy_server_put (self->server, "Basic", "later", ",\"text\":\"x\"", START + 10 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 4);
  g_assert_true (zq_store_get_cursor (harness_db (self), "note", "all", &cursor, NULL));
  g_assert_cmpstr (cursor.high, <=, "2026-11-22T02:10:01");
}

static gboolean
jump (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "UPDATE cursor SET high = '2030-01-01T00:00:00.000Z'", "");
}

static void
test_future_cursor (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_notes (self, 2, 10 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, jump, NULL, &error);
  g_assert_no_error (error);
  harness_assert_no_error (self, harness_pull);
  toy_server_put (self->server, "Basic", "later", ",\"text\":\"x\"", START + MINUTE);
  zq_clock_advance (self->clock, MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 3);
}

static void
test_wanted (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  toy_server_put (self->server, "Patient", "b", "", START - MINUTE);
  toy_server_put (self->server, "Basic", "1", ",\"subject\":{\"reference\":\"Patient/a\"}", START - MINUTE);
  toy_server_put (self->server, "Basic", "2", ",\"subject\":{\"reference\":\"Patient/b\"}", START - MINUTE);
  toy_server_put (self->server, "Basic", "3", ",\"subject\":{\"reference\":\"Patient/missing\"}", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Patient"), ==, 2);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Patient?_id="), ==, 1);

  /* What the hospital does not have is not asked for again. */
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Patient"), ==, 1);
}

static void
test_forbidden (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  toy_server_put (self->server, "Patient", "secret", "", START - MINUTE);
  toy_server_put (self->server, "Basic", "1", ",\"subject\":{\"reference\":\"Patient/a\"}", START - MINUTE);
  toy_server_put (self->server, "Basic", "2", ",\"subject\":{\"reference\":\"Patient/secret\"}", START - MINUTE);
  toy_server_forbid (self->server, "secret");
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Patient"), ==, 1);
}

static void
test_holders (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  toy_server_put (self->server, "Basic", "1", ",\"subject\":{\"reference\":\"Patient/a\"}", START - MINUTE);
  toy_server_put (self->server, "AllergyIntolerance", "x", ",\"subject\":{\"reference\":\"Patient/a\"}",
                  START - MINUTE);
  toy_server_put (self->server, "AllergyIntolerance", "y", ",\"subject\":{\"reference\":\"Patient/b\"}",
                  START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "AllergyIntolerance"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "AllergyIntolerance?patient=a"), ==, 1);

  /* Asked once; a new patient's are asked for alone. */
  toy_server_put (self->server, "Patient", "b", "", START);
  toy_server_put (self->server, "Basic", "2", ",\"subject\":{\"reference\":\"Patient/b\"}", START);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "AllergyIntolerance"), ==, 2);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "AllergyIntolerance?patient=b&"), ==, 1);
}

static void
put_about (Harness *self, const char *id, const char *patient)
{
  g_autofree char *json = g_strdup_printf (",\"subject\":{\"reference\":\"Patient/%s\"}", patient);

  toy_server_put (self->server, "Basic", id, json, START - MINUTE);
}

/* One patient who is not for us must not hide what the others have. */
static void
test_forbidden_holder (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  toy_server_put (self->server, "Patient", "b", "", START - MINUTE);
  put_about (self, "1", "a");
  put_about (self, "2", "b");
  harness_assert_no_error (self, harness_pull);
  toy_server_put (self->server, "AllergyIntolerance", "x", ",\"subject\":{\"reference\":\"Patient/a\"}", START);
  toy_server_forbid (self->server, "b");
  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "AllergyIntolerance"), ==, 1);
}

/* What is refused for good is asked for once, by itself. */
static void
test_refused_reference (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  put_about (self, "1", "a");
  put_about (self, "2", "odd");
  toy_server_fault (self->server, "GET", "odd", TOY_STATUS, 100, 400, 0);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Patient"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "odd"), ==, 2);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "odd"), ==, 2);
}

/* A server that breaks down is not asked a thousand times, nor at every poll. */
static void
test_failing_references (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint seen;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *note = g_strdup_printf ("n%u", i);
      g_autofree char *patient = g_strdup_printf ("p%u", i);

      put_about (self, note, patient);
      toy_server_put (self->server, "Patient", patient, "", START - MINUTE);
    }
  toy_server_fault (self->server, "GET", "Patient", TOY_STATUS, 1000, 500, 0);
  error = harness_pull (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SERVER);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Patient"), <=, 2);
  seen = toy_server_seen (self->server, "GET", "Patient");
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Patient"), ==, seen);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) again = NULL;

      zq_clock_advance (self->clock, MINUTE);
      again = harness_pull (self);
    }
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Patient"), <, 120);
}

/* One that the server breaks down at must not hide the others for ever. */
static void
test_broken_reference (Harness *self, gconstpointer data)
{
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *note = g_strdup_printf ("n%u", i);
      g_autofree char *patient = g_strdup_printf ("p%ux", i);

      put_about (self, note, patient);
      toy_server_put (self->server, "Patient", patient, "", START - MINUTE);
    }
  toy_server_fault (self->server, "GET", "p40x", TOY_STATUS, 1000, 500, 0);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GError) error = harness_pull (self);

      zq_clock_advance (self->clock, MINUTE);
    }
  g_assert_cmpint (harness_count (self, "Patient"), ==, 59);
}

static void
test_offline (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  toy_server_set_up (self->server, FALSE);
  error = harness_pull (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_cmpint (zq_session_status_get_state (self->status), ==, ZQ_SESSION_OFFLINE);
  g_assert_cmpint (zq_session_status_get_offline_since (self->status), !=, 0);
}

static void
test_not_fhir (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"x\"", START);
  toy_server_put (self->server, "Basic", "2", ",\"text\":\"x\"}} not json", START);
  error = harness_pull (self);
  g_assert_nonnull (error);
  g_assert_cmpint (zq_session_status_get_state (self->status), ==, ZQ_SESSION_SYNCED);
  g_assert_nonnull (zq_session_status_get_problem (self->status));
}

static gboolean
is_synced (gpointer data)
{
  return zq_session_status_get_state (data) == ZQ_SESSION_SYNCED;
}

typedef struct
{
  Harness *harness;
  guint n;
} Seen;

static gboolean
has_seen (gpointer data)
{
  Seen *seen = data;

  return toy_server_seen (seen->harness->server, "GET", "Basic?") >= seen->n;
}

static void
test_polls (Harness *self, gconstpointer data)
{
  Seen seen = { self, 0 };

  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  seen.n = toy_server_seen (self->server, "GET", "Basic?") + 1;
  zq_clock_advance (self->clock, 14 * G_USEC_PER_SEC);
  zq_test_settle ();
  g_assert_false (has_seen (&seen));
  zq_clock_advance (self->clock, 1 * G_USEC_PER_SEC);
  g_assert_true (zq_test_wait_until (has_seen, &seen, 20));
}

static void
test_clock (Harness *self, gconstpointer data)
{
  g_autoptr (ZqClock) fast = zq_clock_new_virtual (START + 10 * MINUTE);

  g_set_object (&self->clock, fast);
  harness_restart (self);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (ABS (zq_clock_now (fast) - START), <=, 2 * G_USEC_PER_SEC);
}

static gboolean
has_problem (gpointer data)
{
  return zq_session_status_get_problem (data) != NULL;
}

/* "Synced now" is said only of what was. */
static void
test_problem (Harness *self, gconstpointer data)
{
  static const guint statuses[] = { 500, 429 };
  gint64 synced;

  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  synced = zq_session_status_get_last_synced (self->status);
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      zq_session_status_set_problem (self->status, NULL);
      toy_server_fault (self->server, "GET", "Basic?", TOY_STATUS, 1, statuses[i], 0);
      zq_clock_advance (self->clock, MINUTE);
      g_assert_true (zq_test_wait_until (has_problem, self->status, 20));
      g_assert_cmpint (zq_session_status_get_last_synced (self->status), ==, synced);
    }
  zq_clock_advance (self->clock, MINUTE);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
}

/* The answer came late: that says nothing of the clock. */
static void
test_slow_answer (Harness *self, gconstpointer data)
{
  static const char *const nowhere[] = { NULL };
  ZqSyncScope scope = { .me = "p1", .departments = nowhere };
  g_autoptr (ZqPeer) peer = zq_peer_new (self->store, self->client, self->clock, &scope);
  gint64 began = zq_clock_monotonic (self->clock);

  zq_clock_advance (self->clock, 20 * G_USEC_PER_SEC);
  zq_peer_note_date (peer, START, began);
  g_assert_cmpint (zq_clock_get_server_offset (self->clock), ==, 0);
  zq_peer_note_date (peer, START + 19 * G_USEC_PER_SEC, began);
  g_assert_cmpint (zq_clock_get_server_offset (self->clock), ==, 0);
  zq_peer_note_date (peer, START - 10 * MINUTE, began);
  g_assert_cmpint (ABS (zq_clock_get_server_offset (self->clock) + 10 * MINUTE), <=, G_USEC_PER_SEC);
  zq_peer_note_date (peer, START + 10 * MINUTE, began);
  g_assert_cmpint (ABS (zq_clock_now (self->clock) - START - 10 * MINUTE), <=, G_USEC_PER_SEC);
}

static void
test_expand (void)
{
  g_autofree char *task = zq_scope_expand ("Task?_tag={system-department}|{department}", "p1", "d1", NULL);
  g_autofree char *mine = zq_scope_expand ("Task?owner=Practitioner/{me}", "p1", NULL, NULL);
  g_autofree char *thread = zq_scope_expand ("Communication?part-of={thread}", "p1", NULL, "1,2");

  g_assert_cmpstr (task, ==, "Task?_tag=https://zhenqiao.org/fhir/department|d1");
  g_assert_cmpstr (mine, ==, "Task?owner=Practitioner/p1");
  g_assert_cmpstr (thread, ==, "Communication?part-of=1,2");
}

static void
put_condition (Harness *self, const char *id, const char *patient, gint64 at)
{
  g_autofree char *json = g_strdup_printf (",\"subject\":{\"reference\":\"Patient/%s\"}", patient);

  toy_server_put (self->server, "Condition", id, json, at);
}

/* What no search by department brings comes in the next round, and only what changed; what should have
 * come with one, and did not, comes a little later. */
static void
test_again (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  toy_server_put (self->server, "Patient", "d1", "", START - MINUTE);
  toy_server_put (self->server, "Basic", "1", ",\"subject\":{\"reference\":\"Patient/a\"}", START - MINUTE);
  toy_server_put (self->server, "Basic", "2", ",\"subject\":{\"reference\":\"Patient/d1\"}", START - MINUTE);
  put_condition (self, "old", "a", START - 60 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Condition"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Condition?patient="), ==, 1);

  zq_clock_advance (self->clock, MINUTE);
  put_condition (self, "new", "a", START + MINUTE);
  put_condition (self, "quiet", "d1", START + MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Condition"), ==, 2);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Condition?patient=a&_lastUpdated=ge2026-11-22T01:58:"), ==,
                    1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Condition?patient="), ==, 2);

  zq_clock_advance (self->clock, 5 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Condition"), ==, 3);
}

static void
test_optional (Harness *self, gconstpointer data)
{
  static const guint statuses[] = { 400, 403, 404 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      toy_server_fault (self->server, "GET", "Condition?_id=none", TOY_STATUS, 1, statuses[i], 0);
      harness_assert_no_error (self, harness_pull);
      g_assert_cmpint (zq_session_status_get_state (self->status), ==, ZQ_SESSION_SYNCED);
    }
  toy_server_fault (self->server, "GET", "Basic?code=note", TOY_STATUS, 1, 403, 0);
  error = harness_pull (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN);
}

#define ADD(name, func) g_test_add (name, Harness, NULL, harness_set_up, func, harness_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pull/scopes-are-filled-in", test_expand);
  ADD ("/pull/every-page-is-taken", test_pages);
  ADD ("/pull/fill-goes-on-where-it-was-killed", test_killed_fill);
  ADD ("/pull/news-during-the-fill-is-not-lost", test_news_during_fill);
  ADD ("/pull/gone-page-starts-again", test_gone_page);
  ADD ("/pull/page-that-is-no-fhir-is-counted-until-it-can-be-read", test_unreadable_page);
  ADD ("/pull/circle-of-links-is-an-error", test_circle);
  ADD ("/pull/late-commit-is-seen", test_late_commit);
  ADD ("/pull/empty-hospital-is-filled-once", test_empty);
  ADD ("/pull/row-of-the-future-moves-no-cursor", test_future_row);
  g_test_add ("/pull/row-of-the-future-in-the-first-fill", Harness, "more", harness_set_up, test_future_row,
              harness_tear_down);
  ADD ("/pull/cursor-of-the-future-is-pulled-back", test_future_cursor);
  ADD ("/pull/wanted-references-are-fetched-once", test_wanted);
  ADD ("/pull/one-forbidden-reference-does-not-hide-the-others", test_forbidden);
  ADD ("/pull/what-hangs-on-a-patient-comes-with-the-patient", test_holders);
  g_test_add ("/pull/what-no-department-brings-is-asked-for-again", Harness, "more", harness_set_up, test_again,
              harness_tear_down);
  g_test_add ("/pull/what-is-optional-may-be-refused", Harness, "more", harness_set_up, test_optional,
              harness_tear_down);
  ADD ("/pull/one-forbidden-patient-does-not-hide-the-others", test_forbidden_holder);
  ADD ("/pull/refused-reference-is-not-asked-for-again", test_refused_reference);
  ADD ("/pull/failing-references-rest", test_failing_references);
  ADD ("/pull/broken-reference-hides-no-others", test_broken_reference);
  ADD ("/pull/unreachable-is-offline", test_offline);
  ADD ("/pull/broken-page-is-told-and-does-not-stop", test_not_fhir);
  ADD ("/pull/polls-by-the-clock", test_polls);
  ADD ("/pull/slow-answer-moves-no-clock", test_slow_answer);
  ADD ("/pull/failed-round-is-not-synced", test_problem);
  ADD ("/pull/clock-follows-the-hospital", test_clock);
  return g_test_run ();
}
