/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/toy.h"

#include "resource/json.h"

#include <string.h>

#define EXTENSION "\"extension\":[{\"url\":\"http://other.example/x\",\"valueDecimal\":7.10,\"odd\":1e400}]"

static void
has (const char *text, const char *part)
{
  if (text == NULL || strstr (text, part) == NULL)
    g_error ("%s is not in %s", part, text);
}

static void
has_not (const char *text, const char *part)
{
  if (text != NULL && strstr (text, part) != NULL)
    g_error ("%s is in %s", part, text);
}

/* --- edits ------------------------------------------------------------------------------------ */

static void
test_edits_keep_other_tokens (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqDb) db = zq_db_open (":memory:", NULL, ZQ_DB_CREATE, &error);
  g_autoptr (ZqEdits) edits = zq_edits_new ();
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  zq_edits_set_string (edits, "$.status", "a\"b\\中");
  zq_edits_set_boolean (edits, "$.flag", TRUE);
  zq_edits_set_json (edits, "$.value", "0.50");
  zq_edits_set_json (edits, "$.list[#]", "{\"n\":1}");
  zq_edits_set_json (edits, "$.list[#]", "[2.0]");
  zq_edits_remove (edits, "$.drop");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *path = g_strdup_printf ("$.more[%u]", i);

      zq_edits_set_json (edits, path, "1.0");
    }
  zq_edits_remove (edits, "$.not.there");
  g_assert_cmpuint (zq_edits_get_length (edits), ==, 27);

  text = zq_edits_apply (
      edits, db,
      "{\"status\":\"x\",\"a\":7.10,\"b\":1e400,\"c\":1,\"c\":2,\"drop\":{},\"e\":100000000000000000001,"
      "\"u\":\"\\u4e2d\\/\",\"unknown\":{\"x\":[null,-0.0]}}",
      &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      text, ==,
      "{\"status\":\"a\\\"b\\\\中\",\"a\":7.10,\"b\":1e400,\"c\":1,\"c\":2,\"e\":100000000000000000001,"
      "\"u\":\"\\u4e2d\\/\",\"unknown\":{\"x\":[null,-0.0]},\"flag\":true,\"value\":0.50,"
      "\"list\":[{\"n\":1},[2.0]],\"more\":[1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,1.0,"
      "1.0,1.0,1.0,1.0]}");
}

static void
test_wrong_edit_is_an_error (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqDb) db = zq_db_open (":memory:", NULL, ZQ_DB_CREATE, NULL);
  g_autoptr (ZqEdits) edits = zq_edits_new ();
  g_autofree char *text = NULL;

  zq_edits_set_json (edits, "$.a", "tru");
  text = zq_edits_apply (edits, db, "{}", &error);
  g_assert_null (text);
  g_assert_nonnull (error);
}

/* --- intents and newer copies ----------------------------------------------------------------- */

static void
test_three_changes_survive_a_newer_copy (Toy *toy, gconstpointer unused)
{
  g_autofree char *one =
      toy_task ("1", 1, "\"status\":\"requested\",\"owner\":{\"reference\":\"Organization/d\"}," EXTENSION);
  g_autofree char *two = toy_task ("1", 2,
                                   "\"status\":\"requested\",\"owner\":{\"reference\":\"Organization/d\"},"
                                   "\"description\":\"changed\"," EXTENSION ",\"unknown\":[1.0]");
  g_autofree char *text = NULL;
  g_autofree char *server = NULL;
  g_autofree char *status = NULL;
  gint64 row;

  toy_take (toy, one);
  row = toy_row (toy, "Task", "1");
  toy_act (toy, "claim", row, "{\"owner\":\"Practitioner/me\"}");
  toy_act (toy, "priority", row, "{\"priority\":\"urgent\"}");
  toy_act (toy, "close", row, "{}");
  toy_take (toy, two);

  text = toy_local_text (toy, "1");
  has (text, "Practitioner/me");
  has (text, "\"priority\":\"urgent\"");
  has (text, "\"status\":\"completed\"");
  has (text, "\"description\":\"changed\"");
  has (text, EXTENSION);
  has (text, "\"unknown\":[1.0]");
  server = toy_server_text (toy, "1");
  g_assert_cmpstr (server, ==, two);
  status = toy_text (toy, "SELECT status FROM toy_task");
  g_assert_cmpstr (status, ==, "completed");
}

/* Each goes out alone, on the newest copy. */
static void
test_each_is_sent_on_the_newest_copy (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, "\"status\":\"requested\"," EXTENSION);
  g_autofree char *answer = toy_task ("1", 2, "\"status\":\"requested\",\"priority\":\"urgent\"," EXTENSION);
  g_autofree char *local = NULL;
  g_autofree char *body = NULL;
  g_autofree char *body_2 = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (ZqPush) push_2 = NULL;
  gint64 row, seq, seq_2;

  toy_take (toy, one);
  row = toy_row (toy, "Task", "1");
  seq = toy_act (toy, "priority", row, "{\"priority\":\"urgent\"}");
  seq_2 = toy_act (toy, "close", row, "{}");
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);

  push = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  g_assert_cmpstr (push->method, ==, "PUT");
  g_assert_cmpstr (push->path, ==, "Task/1");
  g_assert_cmpstr (push->if_match, ==, "W/\"1\"");
  g_assert_cmpstr (push->intent->policy, ==, "1.0");
  g_assert_false (push->retry);
  body = toy_body (push);
  has (body, "\"priority\":\"urgent\"");
  has (body, EXTENSION);
  has (body, "\"status\":\"requested\"");

  toy_settle (toy, seq, ZQ_PUSH_DONE, answer, 0, FALSE);
  local = toy_local_text (toy, "1");
  has (local, "\"status\":\"completed\"");

  push_2 = toy_prepare (toy, seq_2, NULL);
  g_assert_cmpstr (push_2->if_match, ==, "W/\"2\"");
  body_2 = toy_body (push_2);
  has (body_2, "\"priority\":\"urgent\"");
  has (body_2, "\"status\":\"completed\"");
  toy_settle (toy, seq_2, ZQ_PUSH_DONE, NULL, 0, FALSE);
  g_assert_cmpuint (toy->context.n_pushed, ==, 1);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM audit WHERE what = 'sent'"), ==, 2);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 0);
  g_assert_cmpint (toy_int (toy, "SELECT local_json IS NULL FROM resource_text"), ==, 1);
}

static void
test_cancel_restores (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *status = NULL;
  g_autofree char *local = NULL;
  g_autofree char *left = NULL;
  g_autoptr (GError) error = NULL;
  gint64 row, first, second;

  toy_take (toy, one);
  row = toy_row (toy, "Task", "1");
  first = toy_act (toy, "close", row, "{}");
  second = toy_act (toy, "priority", row, "{\"priority\":\"urgent\"}");
  g_assert_true (toy_cancel (toy, first, NULL));
  left = toy_local_text (toy, "1");
  has (left, "urgent");
  has_not (left, "completed");
  g_assert_true (toy_cancel (toy, second, NULL));
  local = toy_local_text (toy, "1");
  g_assert_null (local);
  status = toy_text (toy, "SELECT status FROM toy_task");
  g_assert_cmpstr (status, ==, "requested");

  g_assert_false (toy_cancel (toy, first, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

static void
test_cancelled_message_is_gone (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);

  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message WHERE text = 'hello'"), ==, 1);
  g_assert_true (toy_cancel (toy, seq, NULL));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message"), ==, 0);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource"), ==, 0);
}

static void
test_sending_cannot_be_cancelled (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autoptr (ZqPush) push = toy_prepare (toy, seq, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (toy_cancel (toy, seq, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
}

static void
test_newer_copy_that_does_not_fit_keeps_the_intent (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *two = toy_task ("1", 2, "\"broken\":1");
  g_autofree char *three = toy_task ("1", 3, NULL);
  g_autofree char *local = NULL;

  toy_take (toy, one);
  toy_act (toy, "priority", toy_row (toy, "Task", "1"), "{\"priority\":\"urgent\"}");
  toy_take (toy, two);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 1);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 1);
  toy_take (toy, three);
  local = toy_local_text (toy, "1");
  has (local, "urgent");
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 0);
}

/* --- chains ----------------------------------------------------------------------------------- */

static void
test_chain_waits_for_its_head (Toy *toy, gconstpointer unused)
{
  gint64 first = toy_send (toy, "1", NULL, "thread/1");
  gint64 second = toy_send (toy, "2", NULL, "thread/1");
  gint64 third = toy_send (toy, "3", NULL, "thread/2");
  g_autoptr (GPtrArray) pushable =
      zq_store_list_pushable (zq_store_get_main_db (toy->store), zq_clock_now (toy->clock), 10, NULL);

  g_assert_cmpuint (pushable->len, ==, 2);
  g_assert_cmpint (((ZqIntent *)g_ptr_array_index (pushable, 0))->seq, ==, first);
  g_assert_cmpint (((ZqIntent *)g_ptr_array_index (pushable, 1))->seq, ==, third);

  toy_settle (toy, first, ZQ_PUSH_REFUSED, NULL, 0, FALSE);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
  g_assert_true (toy_cancel (toy, first, NULL));
  g_assert_cmpuint (toy_n_pushable (toy), ==, 2);
  toy_settle (toy, second, ZQ_PUSH_LATER, NULL, zq_clock_now (toy->clock) + 5, FALSE);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
  g_assert_cmpint (zq_store_next_not_before (zq_store_get_main_db (toy->store), zq_clock_now (toy->clock)), ==,
                   zq_clock_now (toy->clock) + 5);
}

static gboolean
release (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_txn_release_intent (txn, *(gint64 *)data, "{\"seen\":1}", error);
}

static void
test_held_waits_for_release (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, "\"status\":\"on-hold\"");
  g_autofree char *two = toy_task ("1", 2, NULL);
  g_autoptr (ZqPush) held = NULL;
  g_autoptr (ZqPush) sent = NULL;
  g_autoptr (GError) error = NULL;
  ZqSessionCounts counts = { 0 };
  gint64 seq;

  toy_take (toy, one);
  seq = toy_act (toy, "close", toy_row (toy, "Task", "1"), "{}");
  held = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (held->verdict, ==, ZQ_VERDICT_HELD);
  g_assert_cmpstr (held->reason, ==, "something came");
  g_assert_null (held->body);
  g_assert_true (zq_store_count_session (zq_store_get_main_db (toy->store), &counts, NULL));
  g_assert_cmpuint (counts.held, ==, 1);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 0);
  g_assert_null (toy_prepare (toy, seq, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);

  toy_take (toy, two);
  g_assert_true (toy_run (toy, release, &seq, NULL));
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
  sent = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (sent->verdict, ==, ZQ_VERDICT_GO);
  g_assert_cmpstr (sent->intent->basis, ==, "{\"seen\":1}");
}

static void
test_refused_shows_the_hospitals_truth (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, "\"status\":\"requested\",\"owner\":{\"reference\":\"Organization/d\"}");
  g_autofree char *two = toy_task ("1", 2, "\"status\":\"requested\",\"owner\":{\"reference\":\"Practitioner/other\"}");
  g_autofree char *mine = NULL;
  g_autofree char *owner = NULL;
  g_autoptr (ZqPush) push = NULL;
  gint64 seq;

  toy_take (toy, one);
  seq = toy_act (toy, "claim", toy_row (toy, "Task", "1"), "{\"owner\":\"Practitioner/me\"}");
  mine = toy_text (toy, "SELECT owner FROM toy_task");
  g_assert_cmpstr (mine, ==, "Practitioner/me");
  toy_take (toy, two);
  push = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_REFUSED);
  g_assert_cmpstr (push->reason, ==, "taken by Practitioner/other");
  owner = toy_text (toy, "SELECT owner FROM toy_task");
  g_assert_cmpstr (owner, ==, "Practitioner/other");
}

static void
test_done_already_is_dropped (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *two = toy_task ("1", 2, "\"status\":\"completed\"");
  g_autoptr (ZqPush) push = NULL;
  gint64 seq;

  toy_take (toy, one);
  seq = toy_act (toy, "close", toy_row (toy, "Task", "1"), "{}");
  toy_take (toy, two);
  push = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_DONE);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 0);
}

/* --- once only -------------------------------------------------------------------------------- */

static char *
local_id_of (Toy *toy, gint64 seq)
{
  g_autoptr (ZqIntent) intent = zq_store_get_intent (zq_store_get_main_db (toy->store), seq, NULL);

  return g_strdup (intent->target_local_id);
}

static char *
server_message (const char *id, const char *local_id)
{
  return g_strdup_printf ("{\"resourceType\":\"Communication\",\"id\":\"%s\",\"meta\":{\"versionId\":\"1\"},"
                          "\"identifier\":[{\"system\":\"https://zhenqiao.org/fhir/local-id\",\"value\":\"%s\"}],"
                          "\"payload\":[{\"contentString\":\"hello\"}]}",
                          id, local_id);
}

static void
test_message_is_posted_with_its_key (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autoptr (ZqPush) push = toy_prepare (toy, seq, NULL);
  g_autofree char *local_id = local_id_of (toy, seq);
  g_autofree char *condition = g_strconcat ("identifier=https://zhenqiao.org/fhir/local-id|", local_id, NULL);
  g_autofree char *answer = server_message ("9", local_id);
  g_autofree char *body = toy_body (push);
  g_autofree char *sent = toy_text (toy, "SELECT sent FROM toy_message");
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, zq_clock_now (toy->clock));
  gint64 row = toy_int (toy, "SELECT id FROM toy_message");

  g_assert_cmpstr (push->method, ==, "POST");
  g_assert_cmpstr (push->path, ==, "Communication");
  g_assert_cmpstr (push->if_none_exist, ==, condition);
  g_assert_null (push->if_match);
  has (body, "{\"resourceType\":\"Communication\",");
  has (body, now);
  g_assert_cmpstr (sent, ==, now);

  toy_settle (toy, seq, ZQ_PUSH_DONE, answer, 0, FALSE);
  g_assert_cmpint (toy_row (toy, "Communication", "9"), ==, row);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message"), ==, 1);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 0);
}

static void
test_unclear_stays_sending_over_a_restart (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autoptr (ZqPush) push = toy_prepare (toy, seq, NULL);
  g_autoptr (ZqPush) again = NULL;

  toy_settle (toy, seq, ZQ_PUSH_LATER, NULL, zq_clock_now (toy->clock) + ZQ_TEST_MINUTE_US, TRUE);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 0);
  zq_clock_advance (toy->clock, 1000);
  toy_close (toy);
  toy_open (toy);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
  again = toy_prepare (toy, seq, NULL);
  g_assert_true (again->retry);
  g_assert_cmpint (again->intent->sent, ==, push->intent->sent);
  g_assert_cmpuint (again->intent->attempts, ==, 2);
  g_assert_true (g_bytes_equal (again->body, push->body));
}

/* The POST's answer was lost, the message comes with a pull: it is the same one, and not sent again. */
static void
test_lost_answer_is_adopted (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autoptr (ZqPush) push = toy_prepare (toy, seq, NULL);
  g_autofree char *local_id = local_id_of (toy, seq);
  g_autofree char *pulled = server_message ("9", local_id);
  g_autoptr (ZqPush) again = NULL;
  gint64 row = toy_int (toy, "SELECT id FROM toy_message");

  toy_take (toy, pulled);
  g_assert_cmpint (toy_row (toy, "Communication", "9"), ==, row);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message"), ==, 1);
  again = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (again->verdict, ==, ZQ_VERDICT_DONE);
  g_assert_null (again->body);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 0);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message WHERE text = 'hello'"), ==, 1);
}

/* Another workstation made it in the meantime: ours is a change of it, and is not lost. */
static void
test_made_elsewhere_is_changed (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_act (toy, "mark", 0, "{\"text\":\"mine\"}");
  g_autofree char *local_id = local_id_of (toy, seq);
  g_autofree char *pulled = server_message ("9", local_id);
  g_autofree char *shown = NULL;
  g_autofree char *body = NULL;
  g_autoptr (ZqPush) push = NULL;

  toy_take (toy, pulled);
  shown = toy_text (toy, "SELECT text FROM toy_message");
  g_assert_cmpstr (shown, ==, "mine");
  push = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  g_assert_cmpstr (push->method, ==, "PUT");
  g_assert_cmpstr (push->path, ==, "Communication/9");
  body = toy_body (push);
  has (body, "\"mine\"");
  has_not (body, "\"hello\"");
}

/* Somebody referred to its name at the hospital before we knew that it is ours. */
static void
test_adopted_row_takes_over_its_stub (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autofree char *local_id = local_id_of (toy, seq);
  g_autofree char *pulled = server_message ("9", local_id);
  gint64 row = toy_int (toy, "SELECT id FROM toy_message");

  toy_take (toy, "{\"resourceType\":\"Communication\",\"id\":\"10\",\"payload\":[{\"contentString\":\"re\"}],"
                 "\"inResponseTo\":[{\"reference\":\"Communication/9\"}]}");
  g_assert_cmpint (toy_row (toy, "Communication", "9"), !=, row);
  toy_take (toy, pulled);
  g_assert_cmpint (toy_row (toy, "Communication", "9"), ==, row);
  g_assert_cmpint (toy_int (toy, "SELECT about FROM toy_message WHERE text = 're'"), ==, row);
}

static void
test_local_reference_waits_and_is_named (Toy *toy, gconstpointer unused)
{
  gint64 first = toy_send (toy, "one", NULL, "a");
  g_autofree char *local_id = local_id_of (toy, first);
  g_autofree char *urn = g_strconcat ("urn:uuid:", local_id, NULL);
  g_autofree char *answer = server_message ("9", local_id);
  gint64 second = toy_send (toy, "two", urn, "b");
  g_autoptr (ZqPush) waits = toy_prepare (toy, second, NULL);
  g_autoptr (ZqPush) goes = NULL;
  g_autoptr (ZqPush) named = NULL;
  g_autofree char *body = NULL;

  g_assert_cmpint (waits->verdict, ==, ZQ_VERDICT_LATER);
  g_assert_cmpint (toy_int (toy, "SELECT about FROM toy_message WHERE text = 'two'"), ==,
                   toy_int (toy, "SELECT id FROM toy_message WHERE text = 'one'"));
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
  goes = toy_prepare (toy, first, NULL);
  g_assert_cmpint (goes->verdict, ==, ZQ_VERDICT_GO);
  toy_settle (toy, first, ZQ_PUSH_DONE, answer, 0, FALSE);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
  named = toy_prepare (toy, second, NULL);
  g_assert_cmpint (named->verdict, ==, ZQ_VERDICT_GO);
  body = toy_body (named);
  has (body, "\"reference\":\"Communication/9\"");
}

static void
test_older_page_does_not_undo_an_answer (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *two = toy_task ("1", 2, "\"status\":\"completed\"");
  g_autofree char *status = NULL;
  gint64 seq;

  toy_take (toy, one);
  seq = toy_act (toy, "close", toy_row (toy, "Task", "1"), "{}");
  zq_push_free (toy_prepare (toy, seq, NULL));
  toy_settle (toy, seq, ZQ_PUSH_DONE, two, 0, FALSE);
  toy_take (toy, one);
  status = toy_text (toy, "SELECT status FROM toy_task");
  g_assert_cmpstr (status, ==, "completed");
}

/* --- whose answer it is ----------------------------------------------------------------------- */

static gint64
state_of (Toy *toy, gint64 seq)
{
  g_autofree char *sql = g_strdup_printf ("SELECT state FROM intent WHERE seq = %" G_GINT64_FORMAT, seq);

  return toy_int (toy, sql);
}

/* Held before anybody looked whether it had arrived: it had. */
static void
test_held_is_let_go_by_its_copy (Toy *toy, gconstpointer unused)
{
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *text = g_strdup_printf ("text %d", i);
      g_autofree char *id = g_strdup_printf ("%d", i);
      gint64 seq = toy_send (toy, text, NULL, NULL);
      g_autoptr (ZqPush) push = toy_prepare (toy, seq, NULL);
      g_autofree char *local_id = local_id_of (toy, seq);
      g_autofree char *pulled = server_message (id, local_id);
      g_autoptr (ZqPush) again = NULL;

      toy_settle (toy, seq, i == 0 ? ZQ_PUSH_HELD : ZQ_PUSH_REFUSED, NULL, 0, FALSE);
      g_assert_cmpuint (toy_n_pushable (toy), ==, 0);
      toy_take (toy, pulled);
      g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
      again = toy_prepare (toy, seq, NULL);
      g_assert_cmpint (again->verdict, ==, ZQ_VERDICT_DONE);
    }
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 0);
}

/* What the hospital has is not made here again, under another key. */
static void
test_arrived_cannot_be_cancelled (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autofree char *local_id = local_id_of (toy, seq);
  g_autofree char *pulled = server_message ("9", local_id);
  g_autoptr (GError) error = NULL;

  toy_take (toy, pulled);
  g_assert_false (toy_cancel (toy, seq, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 1);
}

/* A server that does not know `identifier` answers with what it has. */
static void
test_foreign_answer_is_not_ours (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "hello", NULL, NULL);
  g_autofree char *other = server_message ("77", "somebody-elses");
  g_autofree char *bare = server_message ("78", "");
  g_autofree char *local_id = local_id_of (toy, seq);
  g_autofree char *ours = server_message ("9", local_id);
  gint64 row = toy_int (toy, "SELECT id FROM toy_message");

  zq_push_free (toy_prepare (toy, seq, NULL));
  toy_settle (toy, seq, ZQ_PUSH_DONE, other, 0, FALSE);
  g_assert_cmpint (state_of (toy, seq), ==, ZQ_INTENT_HELD);
  g_assert_cmpint (toy_row (toy, "Communication", "77"), ==, 0);
  toy_settle (toy, seq, ZQ_PUSH_DONE, bare, 0, FALSE);
  g_assert_cmpint (toy_row (toy, "Communication", "78"), ==, 0);
  toy_settle (toy, seq, ZQ_PUSH_DONE, "{\"resourceType\":\"Communication\"}", 0, FALSE);
  g_assert_cmpint (state_of (toy, seq), ==, ZQ_INTENT_HELD);

  toy_settle (toy, seq, ZQ_PUSH_DONE, ours, 0, FALSE);
  g_assert_cmpint (toy_row (toy, "Communication", "9"), ==, row);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, 0);
}

static void
test_foreign_answer_to_a_change (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *other = toy_task ("2", 7, "\"status\":\"completed\"");
  g_autofree char *server = NULL;
  gint64 seq;

  toy_take (toy, one);
  seq = toy_act (toy, "close", toy_row (toy, "Task", "1"), "{}");
  zq_push_free (toy_prepare (toy, seq, NULL));
  toy_settle (toy, seq, ZQ_PUSH_DONE, other, 0, FALSE);
  /* Whether it stands there is looked up before it is put again. */
  g_assert_cmpint (state_of (toy, seq), ==, ZQ_INTENT_SENDING);
  g_assert_cmpint (toy_row (toy, "Task", "2"), ==, 0);
  server = toy_server_text (toy, "1");
  g_assert_cmpstr (server, ==, one);
}

/* --- when the clock is put right -------------------------------------------------------------- */

static gboolean
has_two_pushable (gpointer data)
{
  return toy_n_pushable (data) == 2;
}

/* "In a minute" was told by a clock that ran two days ahead. */
static void
test_rest_does_not_outlast_a_wrong_clock (Toy *toy, gconstpointer unused)
{
  gint64 first = toy_send (toy, "one", NULL, "a");
  g_autofree char *local_id = local_id_of (toy, first);
  g_autofree char *urn = g_strconcat ("urn:uuid:", local_id, NULL);
  gint64 second = toy_send (toy, "two", urn, "b");

  zq_clock_set_server_offset (toy->clock, 2 * 24 * 60 * ZQ_TEST_MINUTE_US);
  zq_push_free (toy_prepare (toy, second, NULL));
  toy_settle (toy, first, ZQ_PUSH_LATER, NULL, zq_clock_now (toy->clock) + ZQ_TEST_MINUTE_US, FALSE);
  g_assert_cmpuint (toy_n_pushable (toy), ==, 0);
  zq_clock_set_server_offset (toy->clock, 0);
  zq_test_settle ();
  zq_clock_advance (toy->clock, 2 * ZQ_TEST_MINUTE_US);
  zq_test_settle ();
  g_assert_true (zq_test_wait_until (has_two_pushable, toy, 10));
}

static void
test_rest_stands_when_the_clock_stands (Toy *toy, gconstpointer unused)
{
  gint64 seq = toy_send (toy, "one", NULL, "a");

  toy_settle (toy, seq, ZQ_PUSH_LATER, NULL, zq_clock_now (toy->clock) + ZQ_TEST_MINUTE_US, FALSE);
  zq_clock_set_server_offset (toy->clock, 5 * G_USEC_PER_SEC);
  toy_send (toy, "two", NULL, "b");
  g_assert_cmpuint (toy_n_pushable (toy), ==, 1);
}

/* A computer's wrong clock is wrong tomorrow, too. */
static void
test_offset_is_known_at_the_next_start (Toy *toy, gconstpointer unused)
{
  g_autofree char *due =
      g_strdup_printf ("\"status\":\"requested\",\"due\":\"%" G_GINT64_FORMAT "\"", zq_clock_now (toy->clock));
  g_autofree char *one = toy_task ("1", 1, due);

  zq_clock_set_server_offset (toy->clock, -60 * ZQ_TEST_MINUTE_US);
  toy_take (toy, one);
  toy_close (toy);
  g_object_unref (toy->clock);
  toy->config.clock = toy->clock = zq_test_clock ();
  toy_open (toy);
  g_assert_cmpint (zq_clock_get_server_offset (toy->clock), ==, -60 * ZQ_TEST_MINUTE_US);
  zq_test_settle ();
  g_assert_cmpint (toy_int (toy, "SELECT overdue FROM toy_task"), ==, 0);
}

/* --- audit ------------------------------------------------------------------------------------ */

static gboolean
audit (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_txn_audit (txn, "close", 4, 5, error);
}

static void
test_audit_is_a_chain (Toy *toy, gconstpointer unused)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *expected = NULL;

  g_assert_true (toy_run (toy, audit, NULL, NULL));
  g_assert_true (toy_run (toy, audit, NULL, NULL));
  first = toy_text (toy, "SELECT hash FROM audit WHERE seq = 1");
  second = toy_text (toy, "SELECT hash FROM audit WHERE seq = 2");
  g_string_printf (line, "%s|%" G_GINT64_FORMAT "|Practitioner/me|close|4|5", first, zq_clock_now (toy->clock));
  expected = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line->str, -1);
  g_assert_cmpstr (second, ==, expected);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  g_test_add_func ("/edits/other-tokens-are-kept", test_edits_keep_other_tokens);
  g_test_add_func ("/edits/wrong-json-is-an-error", test_wrong_edit_is_an_error);
  ADD ("/outbox/three-changes-survive-a-newer-copy", test_three_changes_survive_a_newer_copy);
  ADD ("/outbox/each-is-sent-on-the-newest-copy", test_each_is_sent_on_the_newest_copy);
  ADD ("/outbox/cancel-restores", test_cancel_restores);
  ADD ("/outbox/cancelled-message-is-gone", test_cancelled_message_is_gone);
  ADD ("/outbox/sending-cannot-be-cancelled", test_sending_cannot_be_cancelled);
  ADD ("/outbox/unreadable-newer-copy-keeps-the-intent", test_newer_copy_that_does_not_fit_keeps_the_intent);
  ADD ("/outbox/chain-waits-for-its-head", test_chain_waits_for_its_head);
  ADD ("/outbox/held-waits-for-release", test_held_waits_for_release);
  ADD ("/outbox/refused-shows-the-hospitals-truth", test_refused_shows_the_hospitals_truth);
  ADD ("/outbox/done-already-is-dropped", test_done_already_is_dropped);
  ADD ("/outbox/message-is-posted-with-its-key", test_message_is_posted_with_its_key);
  ADD ("/outbox/unclear-stays-sending-over-a-restart", test_unclear_stays_sending_over_a_restart);
  ADD ("/outbox/lost-answer-is-adopted", test_lost_answer_is_adopted);
  ADD ("/outbox/made-elsewhere-is-changed", test_made_elsewhere_is_changed);
  ADD ("/outbox/adopted-row-takes-over-its-stub", test_adopted_row_takes_over_its_stub);
  ADD ("/outbox/local-reference-waits-and-is-named", test_local_reference_waits_and_is_named);
  ADD ("/outbox/older-page-does-not-undo-an-answer", test_older_page_does_not_undo_an_answer);
  ADD ("/outbox/held-is-let-go-by-its-copy", test_held_is_let_go_by_its_copy);
  ADD ("/outbox/arrived-cannot-be-cancelled", test_arrived_cannot_be_cancelled);
  ADD ("/outbox/foreign-answer-is-not-ours", test_foreign_answer_is_not_ours);
  ADD ("/outbox/foreign-answer-to-a-change", test_foreign_answer_to_a_change);
  ADD ("/outbox/rest-does-not-outlast-a-wrong-clock", test_rest_does_not_outlast_a_wrong_clock);
  ADD ("/outbox/rest-stands-when-the-clock-stands", test_rest_stands_when_the_clock_stands);
  ADD ("/outbox/offset-is-known-at-the-next-start", test_offset_is_known_at_the_next_start);
  ADD ("/audit/is-a-chain", test_audit_is_a_chain);

  return g_test_run ();
}
