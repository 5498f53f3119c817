/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/harness.h"

#include "sync/backoff.h"

#define START  ZQ_TEST_START_US
#define MINUTE ZQ_TEST_MINUTE_US

static void
test_create (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");
  g_autofree char *local = harness_local_id (self, seq);

  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 1);
  g_assert_nonnull (strstr (toy_server_get (self->server, "Basic", "s1"), local));
  /* Nothing left to do, and a pull brings no second one. */
  harness_assert_no_error (self, harness_push);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "POST", ""), ==, 1);
}

static void
test_answer_lost (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");
  g_autoptr (GError) error = NULL;

  toy_server_fault (self->server, "POST", "Basic", TOY_DROP_AFTER, 1, 0, 0);
  error = harness_push (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_SENDING);
  harness_restart (self);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "POST", ""), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "identifier="), ==, 1);
}

/* What may have arrived is looked for before anything is judged by what is held here. */
static void
test_answer_lost_then_held (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "once", "c1");
  g_autoptr (GError) error = NULL;

  toy_server_fault (self->server, "POST", "Basic", TOY_DROP_AFTER, 1, 0, 0);
  error = harness_push (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "identifier="), ==, 1);
}

/* A server that overlooks "identifier" shows what is somebody else's; and of that one page is enough. */
static void
test_lenient_search (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");
  g_autofree char *local = harness_local_id (self, seq);
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *other = g_strdup_printf ("other%u", i);

      toy_server_put (self->server, "Basic", other, ",\"text\":\"to another patient\"", START - MINUTE);
    }
  toy_server_set_page_size (self->server, 3);
  toy_server_fault (self->server, "POST", "Basic", TOY_DROP_BEFORE, 1, 0, 0);
  toy_server_fault (self->server, "GET", "identifier=", TOY_LENIENT, 100, 0, 0);
  error = harness_push (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 11);
  id = zq_db_get_text (harness_db (self), NULL, "SELECT server_id FROM resource WHERE local_id = ?", "s", local);
  g_assert_cmpstr (id, ==, "s1");
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "_page="), ==, 0);
}

/* Two have made it at once: the search by its key shows that, among others. */
static void
test_conflict_of_creates (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");
  g_autoptr (GError) error = NULL;

  toy_server_put (self->server, "Basic", "other", ",\"text\":\"to another patient\"", START - MINUTE);
  toy_server_fault (self->server, "POST", "Basic", TOY_STATUS, 1, 412, 0);
  toy_server_fault (self->server, "GET", "identifier=", TOY_LENIENT, 100, 0, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 2);
}

static void
test_request_lost (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");
  g_autoptr (GError) error = NULL;

  toy_server_fault (self->server, "POST", "Basic", TOY_DROP_BEFORE, 1, 0, 0);
  error = harness_push (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 1);
}

static void
test_no_body (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");

  toy_server_fault (self->server, "POST", "Basic", TOY_NO_BODY, 1, 0, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 1);
}

static void
test_conflict (Harness *self, gconstpointer data)
{
  gint64 seq;
  const char *text;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\",\"big\":1e400", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  seq = harness_edit (self, "1", "mine", "c1");
  toy_server_fault (self->server, "PUT", "Basic/1", TOY_CHANGE, 2, 0, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  text = toy_server_get (self->server, "Basic", "1");
  g_assert_nonnull (strstr (text, "\"text\":\"mine\""));
  g_assert_nonnull (strstr (text, "\"other1\":7.10"));
  g_assert_nonnull (strstr (text, "\"other2\":7.10"));
  g_assert_nonnull (strstr (text, "\"big\":1e400"));
}

static void
test_conflict_for_ever (Harness *self, gconstpointer data)
{
  gint64 seq;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\"", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  seq = harness_edit (self, "1", "mine", "c1");
  toy_server_fault (self->server, "PUT", "Basic/1", TOY_CHANGE, 100, 0, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_HELD);
  g_assert_cmpuint (toy_server_seen (self->server, "PUT", ""), ==, 4);
}

static void
test_precondition (Harness *self, gconstpointer data)
{
  gint64 seq;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\"", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  seq = harness_edit (self, "1", "mine", "c1");
  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\",\"hold\":true", START);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_HELD);
  g_assert_cmpuint (toy_server_seen (self->server, "PUT", ""), ==, 0);
}

static void
test_put_answer_lost (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 seq;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\"", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  seq = harness_edit (self, "1", "mine", "c1");
  toy_server_fault (self->server, "PUT", "Basic/1", TOY_DROP_AFTER, 1, 0, 0);
  /* HTTP itself may try an update again (RFC 9110, 9.2.2): If-Match keeps that from doing harm. */
  error = harness_push (self);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
  g_assert_nonnull (strstr (toy_server_get (self->server, "Basic", "1"), "\"versionId\":\"2\""));
}

static void
test_refused (Harness *self, gconstpointer data)
{
  gint64 bad = harness_add_note (self, "bad", "c1");
  gint64 after = harness_add_note (self, "after it", "c1");
  gint64 other = harness_add_note (self, "other", "c2");
  g_autofree char *key = harness_local_id (self, bad);
  g_autoptr (ZqIntent) intent = NULL;

  toy_server_fault (self->server, "POST", key, TOY_STATUS, 1, 422, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, bad), ==, ZQ_INTENT_REFUSED);
  g_assert_cmpint (harness_state (self, after), ==, ZQ_INTENT_WAITING);
  g_assert_cmpint (harness_state (self, other), ==, -1);
  intent = zq_store_get_intent (harness_db (self), bad, NULL);
  g_assert_nonnull (strstr (intent->error, "told to answer 422"));
}

static void
test_refused_update (Harness *self, gconstpointer data)
{
  gint64 done, not_done;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\"", START - MINUTE);
  toy_server_put (self->server, "Basic", "2", ",\"text\":\"old\"", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  done = harness_edit (self, "1", "mine", "c1");
  not_done = harness_edit (self, "2", "mine", "c2");
  toy_server_fault (self->server, "PUT", "Basic/1", TOY_REFUSE_AFTER, 1, 422, 0);
  toy_server_fault (self->server, "PUT", "Basic/2", TOY_STATUS, 1, 422, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, done), ==, -1);
  g_assert_cmpint (harness_state (self, not_done), ==, ZQ_INTENT_REFUSED);
}

static void
test_order (Harness *self, gconstpointer data)
{
  const char *const texts[] = { "first", "second", "third" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    harness_add_note (self, texts[i], "c1");
  harness_assert_no_error (self, harness_push);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *id = g_strdup_printf ("s%u", i + 1);

      g_assert_nonnull (strstr (toy_server_get (self->server, "Basic", id), texts[i]));
    }
}

static void
test_references (Harness *self, gconstpointer data)
{
  gint64 about = harness_add_note (self, "header", "c1");
  g_autofree char *local = harness_local_id (self, about);

  harness_add_note_about (self, "message", "c2", local);
  harness_assert_no_error (self, harness_push);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpuint (harness_outbox (self), ==, 0);
  g_assert_nonnull (strstr (toy_server_get (self->server, "Basic", "s2"), "Basic/s1"));
}

static gboolean
is_empty (gpointer data)
{
  return harness_outbox (data) == 0;
}

static gboolean
is_synced (gpointer data)
{
  return zq_session_status_get_state (data) == ZQ_SESSION_SYNCED;
}

static gboolean
is_offline (gpointer data)
{
  return zq_session_status_get_state (data) == ZQ_SESSION_OFFLINE;
}

typedef struct
{
  Harness *harness;
  guint n;
} Posts;

static gboolean
has_posted (gpointer data)
{
  Posts *posts = data;

  return toy_server_seen (posts->harness->server, "POST", "") >= posts->n;
}

static void
test_retry_after (Harness *self, gconstpointer data)
{
  Posts once = { self, 1 };

  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_fault (self->server, "POST", "Basic", TOY_STATUS, 1, 503, 40);
  harness_add_note (self, "hello", "c1");
  g_assert_true (zq_test_wait_until (has_posted, &once, 20));
  zq_test_advance (self->clock, 39 * G_USEC_PER_SEC, 1 * G_USEC_PER_SEC);
  g_assert_cmpuint (toy_server_seen (self->server, "POST", ""), ==, 1);
  g_assert_cmpuint (harness_outbox (self), ==, 1);
  zq_clock_advance (self->clock, 2 * G_USEC_PER_SEC);
  g_assert_true (zq_test_wait_until (is_empty, self, 20));
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 1);
}

static void
test_sent_at_once (Harness *self, gconstpointer data)
{
  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  harness_add_note (self, "hello", "c1");
  g_assert_true (zq_test_wait_until (is_empty, self, 20));
}

static void
test_offline_then_back (Harness *self, gconstpointer data)
{
  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_set_up (self->server, FALSE);
  harness_add_note (self, "first", "c1");
  harness_add_note (self, "second", "c1");
  harness_add_note (self, "third", "c2");
  zq_sync_now (self->sync);
  g_assert_true (zq_test_wait_until (is_offline, self->status, 20));
  g_assert_cmpuint (harness_outbox (self), ==, 3);

  toy_server_set_up (self->server, TRUE);
  zq_test_advance (self->clock, 16 * G_USEC_PER_SEC, G_USEC_PER_SEC);
  g_assert_true (zq_test_wait_until (is_empty, self, 20));
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 3);
}

static void
test_server_error_backs_off (Harness *self, gconstpointer data)
{
  Posts once = { self, 1 };

  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_fault (self->server, "POST", "Basic", TOY_STATUS, 3, 500, 0);
  harness_add_note (self, "hello", "c1");
  g_assert_true (zq_test_wait_until (has_posted, &once, 20));
  zq_test_settle ();
  g_assert_cmpuint (toy_server_seen (self->server, "POST", ""), ==, 1);
  for (guint i = 0; i < 60 && harness_outbox (self) > 0; i++)
    {
      zq_clock_advance (self->clock, G_USEC_PER_SEC);
      zq_test_wait_until (is_empty, self, 0.05);
    }
  g_assert_cmpuint (harness_outbox (self), ==, 0);
  g_assert_cmpuint (toy_server_count (self->server, "Basic"), ==, 1);
  g_assert_cmpuint (toy_server_seen (self->server, "POST", ""), ==, 4);
}

static void
test_signed_out (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");
  g_autoptr (GError) error = NULL;

  toy_server_fault (self->server, "POST", "Basic", TOY_STATUS, 1, 401, 0);
  error = harness_push (self);
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  g_assert_cmpint (zq_session_status_get_state (self->status), ==, ZQ_SESSION_SIGNED_OUT);
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_WAITING);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, -1);
}

static void
test_forbidden (Harness *self, gconstpointer data)
{
  gint64 seq = harness_add_note (self, "hello", "c1");

  toy_server_fault (self->server, "POST", "Basic", TOY_STATUS, 1, 403, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_cmpint (harness_state (self, seq), ==, ZQ_INTENT_REFUSED);
}

static gboolean
counts_one (gpointer data)
{
  return zq_session_status_get_counts (data)->refused == 1;
}

static void
test_counts (Harness *self, gconstpointer data)
{
  harness_add_note (self, "hello", "c1");
  toy_server_fault (self->server, "POST", "Basic", TOY_STATUS, 1, 400, 0);
  harness_assert_no_error (self, harness_push);
  g_assert_true (zq_test_wait_until (counts_one, self->status, 20));
}

typedef struct
{
  Harness *harness;
  gint64 seq;
  int state;
} State;

static gboolean
has_state (gpointer data)
{
  State *wanted = data;

  return harness_state (wanted->harness, wanted->seq) == wanted->state;
}

static gboolean
has_failed (gpointer data)
{
  State *wanted = data;
  g_autoptr (ZqIntent) intent = zq_store_get_intent (harness_db (wanted->harness), wanted->seq, NULL);

  return intent != NULL && intent->error != NULL;
}

/* Until @seq is in @state, as the time goes by. */
static void
wait_for_state (Harness *self, gint64 seq, int state)
{
  State wanted = { self, seq, state };

  for (guint i = 0; i < 100 && !has_state (&wanted); i++)
    {
      zq_clock_advance (self->clock, G_USEC_PER_SEC);
      zq_test_wait_until (has_state, &wanted, 0.05);
    }
  g_assert_cmpint (harness_state (self, seq), ==, state);
}

/* Until the first try of @seq has failed. */
static void
wait_for_failure (Harness *self, gint64 seq)
{
  State wanted = { self, seq, 0 };

  g_assert_true (zq_test_wait_until (has_failed, &wanted, 20));
}

static gboolean
is_gone (gpointer data)
{
  State *wanted = data;

  return harness_state (wanted->harness, wanted->seq) == -1;
}

typedef struct
{
  State one;
  State other;
} Pair;

static gboolean
one_has_failed (gpointer data)
{
  Pair *pair = data;

  return (has_failed (&pair->one) && is_gone (&pair->other)) || (has_failed (&pair->other) && is_gone (&pair->one));
}

/* One connection that drops, whichever it is, is not the network's: the other went out. */
static void
test_one_dropped (Harness *self, gconstpointer data)
{
  Pair pair = { { self, 0, -1 }, { self, 0, -1 } };

  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_fault (self->server, "POST", "Basic", TOY_DROP_BEFORE, 1, 0, 0);
  pair.one.seq = harness_add_note (self, "one", "c1");
  pair.other.seq = harness_add_note (self, "other", "c2");
  g_assert_true (zq_test_wait_until (one_has_failed, &pair, 20));
  g_assert_false (zq_test_wait_until (is_offline, self->status, 0.2));
}

/* --- nothing goes round and round ------------------------------------------------------------------ */

#define CALM 5000

static gboolean
is_busy (gpointer data)
{
  return ++*(guint *)data >= CALM;
}

/* Past every rest: a loop that sets itself off would never come to an end. */
static void
assert_calm (Harness *self)
{
  guint n = 0;

  zq_clock_advance (self->clock, 10 * MINUTE);
  g_assert_false (zq_test_wait_until (is_busy, &n, 0.3));
}

static gboolean
take_back (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_txn_cancel_intent (txn, *(gint64 *)data, error);
}

static void
test_calm_after_taking_back (Harness *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 seq;

  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_set_up (self->server, FALSE);
  seq = harness_add_note (self, "hello", "c1");
  wait_for_failure (self, seq);
  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, take_back, &seq, &error);
  g_assert_no_error (error);
  assert_calm (self);
}

static gint64
edit_that_fails (Harness *self, ToyFault fault)
{
  gint64 seq;

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\"", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (is_synced, self->status, 20));
  toy_server_fault (self->server, "PUT", "Basic/1", fault, 1, 500, 0);
  seq = harness_edit (self, "1", "mine", "c1");
  wait_for_failure (self, seq);
  return seq;
}

static void
test_calm_after_held (Harness *self, gconstpointer data)
{
  gint64 seq = edit_that_fails (self, TOY_STATUS);

  toy_server_put (self->server, "Basic", "1", ",\"text\":\"old\",\"hold\":true", START);
  wait_for_state (self, seq, ZQ_INTENT_HELD);
  assert_calm (self);
}

static void
test_calm_after_done (Harness *self, gconstpointer data)
{
  gint64 seq = edit_that_fails (self, TOY_REFUSE_AFTER);

  wait_for_state (self, seq, -1);
  g_assert_cmpuint (toy_server_seen (self->server, "PUT", ""), ==, 1);
  assert_calm (self);
}

/* What failed once and rests no longer is known still: it rests longer the next time. */
static void
test_backoffs (Harness *self, gconstpointer data)
{
  g_autoptr (ZqBackoffs) backoffs = zq_backoffs_new (self->clock);
  gint64 now = zq_clock_monotonic (self->clock);

  zq_backoffs_failed (backoffs, 1, 0);
  zq_backoffs_failed (backoffs, 2, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (zq_backoffs_next (backoffs), <=, now + G_USEC_PER_SEC);
  zq_clock_advance (self->clock, 5 * G_USEC_PER_SEC);
  /* It is over, and nobody has seen that yet. */
  g_assert_cmpint (zq_backoffs_next (backoffs), <=, now + G_USEC_PER_SEC);
  zq_backoffs_look (backoffs);
  g_assert_cmpint (zq_backoffs_next (backoffs), ==, now + 10 * G_USEC_PER_SEC);
  zq_clock_advance (self->clock, 5 * G_USEC_PER_SEC);
  zq_backoffs_look (backoffs);
  g_assert_cmpint (zq_backoffs_next (backoffs), ==, 0);
  zq_backoffs_failed (backoffs, 1, 0);
  g_assert_cmpint (zq_backoffs_next (backoffs), >=, now + 11 * G_USEC_PER_SEC);
}

#define ADD(name, func) g_test_add (name, Harness, NULL, harness_set_up, func, harness_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/push/new-one-is-created-once", test_create);
  ADD ("/push/once-when-the-answer-was-lost", test_answer_lost);
  ADD ("/push/found-before-it-is-held", test_answer_lost_then_held);
  ADD ("/push/what-is-not-ours-is-not-believed", test_lenient_search);
  ADD ("/push/what-is-not-ours-solves-no-conflict", test_conflict_of_creates);
  ADD ("/push/once-when-the-request-was-lost", test_request_lost);
  ADD ("/push/empty-answer-is-read-back", test_no_body);
  ADD ("/push/conflict-is-applied-again-on-the-new-copy", test_conflict);
  ADD ("/push/endless-conflict-is-held", test_conflict_for_ever);
  ADD ("/push/precondition-looks-at-the-fresh-copy", test_precondition);
  ADD ("/push/update-once-when-the-answer-was-lost", test_put_answer_lost);
  ADD ("/push/refused-one-stops-its-chain-only", test_refused);
  ADD ("/push/refused-update-that-is-there-already-is-done", test_refused_update);
  ADD ("/push/chain-keeps-its-order", test_order);
  ADD ("/push/local-references-get-the-hospitals-ids", test_references);
  ADD ("/push/retry-after-is-waited-for", test_retry_after);
  ADD ("/push/goes-as-soon-as-it-is-committed", test_sent_at_once);
  ADD ("/push/offline-work-goes-out-once-on-return", test_offline_then_back);
  ADD ("/push/server-error-backs-off", test_server_error_backs_off);
  ADD ("/push/signed-out-keeps-intents", test_signed_out);
  ADD ("/push/forbidden-is-refused", test_forbidden);
  ADD ("/push/status-counts-what-is-refused", test_counts);
  ADD ("/push/one-dropped-connection-is-not-offline", test_one_dropped);
  ADD ("/push/calm-after-taking-back", test_calm_after_taking_back);
  ADD ("/push/calm-after-held", test_calm_after_held);
  ADD ("/push/calm-after-found-done", test_calm_after_done);
  ADD ("/push/rests-that-are-over-set-no-alarm", test_backoffs);
  return g_test_run ();
}
