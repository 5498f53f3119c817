/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/reasons.h"
#include "clinic/fixture.h"
#include "resource/json.h"

#include <string.h>

#define ME   "Practitioner/me"
#define POOL "Organization/endo"

static gint64
row (Fixture *fixture, const char *type, const char *id)
{
  return fixture_row (fixture, type, id);
}

/* Consultation 1 is mine, its patient has asked. */
static gint64
begin (Fixture *fixture)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -10, "question");

  return row (fixture, "Task", "1");
}

static JsonNode *
body_of (ZqPush *push)
{
  gsize length;
  const char *text = g_bytes_get_data (push->body, &length);
  g_autoptr (GError) error = NULL;
  JsonNode *node = zq_json_read (text, (gssize)length, &error);

  g_assert_no_error (error);

  return node;
}

/* What a hospital answers to a PUT: the body as the next version. */
static char *
answer_of (ZqPush *push)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_auto (GStrv) parts = g_strsplit (text, "\"versionId\":\"", 2);
  char *end;
  gint64 version = g_ascii_strtoll (parts[1], &end, 10);

  return g_strdup_printf ("%s\"versionId\":\"%" G_GINT64_FORMAT "%s", parts[0], version + 1, end);
}

static gint64
last_intent (Fixture *fixture)
{
  return fixture_number (fixture, "SELECT coalesce (max (seq), 0) FROM intent WHERE ? = 0", 0);
}

static ZqIntent *
intent_of (Fixture *fixture, gint64 seq)
{
  return zq_store_get_intent (fixture_db (fixture), seq, NULL);
}

/* --- send ------------------------------------------------------------------------------------- */

static void
test_send (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_draft_scope (id);
  g_autofree char *draft = NULL;
  g_autofree char *key = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 seq;

  fixture_draft (fixture, scope, "typed");
  seq = fixture_send (fixture, id, "Take \"half\" <b>\n", row (fixture, "Communication", "m1"), NULL);
  g_assert_cmpint (seq, >, 0);
  draft = fixture_text (fixture, "SELECT body FROM draft WHERE ? = 0", 0);
  g_assert_null (draft);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM audit WHERE what = 'send-message' AND ? = 0", 0), ==,
                   1);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));

  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  push = fixture_prepare (fixture, seq);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  g_assert_cmpstr (push->path, ==, "Communication");
  body = body_of (push);
  key = g_strdup_printf ("identifier=https://zhenqiao.org/fhir/local-id|%s",
                         zq_json_get_identifier (body, "https://zhenqiao.org/fhir/local-id"));
  g_assert_cmpstr (push->if_none_exist, ==, key);
  g_assert_cmpstr (zq_json_get_string (body, "payload[0].contentString"), ==, "Take \"half\" <b>");
  g_assert_cmpstr (zq_json_get_string (body, "partOf[0].reference"), ==, "Communication/t1");
  g_assert_cmpstr (zq_json_get_string (body, "subject.reference"), ==, "Patient/1");
  g_assert_cmpstr (zq_json_get_string (body, "recipient[0].reference"), ==, "Patient/1");
  g_assert_cmpstr (zq_json_get_string (body, "sender.reference"), ==, ME);
  g_assert_cmpstr (zq_json_get_string (body, "status"), ==, "completed");
  g_assert_cmpstr (zq_json_get_tag (body, "https://zhenqiao.org/fhir/department"), ==, "endo");
  g_assert_cmpstr (zq_json_get_string (body, "sent"), ==, at_minute (1));
  g_assert_cmpstr (
      zq_json_get_string (zq_json_get_extension (body, "https://zhenqiao.org/fhir/StructureDefinition/typed-at"),
                          "valueInstant"),
      ==, at_minute (0));
}

static void
test_send_freshens (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "a", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqIntent) intent = intent_of (fixture, seq);
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_free);
  const ZqResourceKind *kind = zq_store_find_kind (fixture->store, "message");

  kind->rules[0].freshen (fixture_db (fixture), intent, fixture->context, queries);
  g_assert_cmpuint (queries->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (queries, 0), ==, "Task/1");
  g_assert_cmpstr (g_ptr_array_index (queries, 1), ==,
                   "Communication?part-of=Communication/t1&_sort=-_lastUpdated&_count=20");
}

/* What the hospital answered, once more by a pull: one row. */
static void
test_once (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autofree char *text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_autofree char *answer = g_strdup_printf ("{\"id\":\"s9\",%s", text + 1);

  fixture_settle (fixture, seq, ZQ_PUSH_DONE, answer);
  fixture_take_raw (fixture, answer);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE from_me AND ? = 0", 0), ==, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE pending AND ? = 0", 0), ==, 0);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE action = 'send-message' AND ? = 0", 0),
                   ==, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
}

static void
test_send_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 id = begin (fixture);

  g_assert_cmpint (fixture_send (fixture, id, " \n\t", 0, &error), ==, 0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_cmpint (fixture_send (fixture, 9999, "x", 0, &error), ==, 0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE);
  g_clear_error (&error);
  fixture_consult (fixture, 2, POOL, "awaiting-acceptance", "1");
  g_assert_cmpint (fixture_send (fixture, row (fixture, "Task", "2"), "x", 0, &error), ==, 0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  g_clear_error (&error);
  fixture_consult (fixture, 1, ME, "completed", "2");
  g_assert_cmpint (fixture_send (fixture, id, "x", 0, &error), ==, 0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  g_assert_cmpint (last_intent (fixture), ==, 0);
}

/* --- held ------------------------------------------------------------------------------------- */

static void
expect (Fixture *fixture, gint64 seq, ZqVerdict verdict, const char *reason)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);

  g_assert_cmpint (push->verdict, ==, verdict);
  g_assert_cmpstr (push->reason, ==, reason);
}

static void
test_held_newer (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  fixture_message (fixture, 1, "m2", "RelatedPerson/r", -5, "more");
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  /* It has answered nobody. */
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));

  g_assert_true (fixture_resend (fixture, seq, NULL));
  expect (fixture, seq, ZQ_VERDICT_GO, NULL);
}

/* Sent before what was seen, arrived after it. */
static void
test_held_late (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  fixture_message (fixture, 1, "old", "Patient/1", -60 * 48, "from filling up the past");
  fixture_message (fixture, 1, "mine", ME, -4, "from my other workstation");
  expect (fixture, seq, ZQ_VERDICT_GO, NULL);
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);
  fixture_message (fixture, 1, "late", "Patient/1", -90, "chest pain");
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
}

/* Sent before the reply, arrived after it: nobody has answered it, nobody has seen it. */
static void
test_late_waits (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqList) list = zq_message_list_new (fixture->store, row (fixture, "Communication", "t1"));
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autoptr (GObject) item = NULL;
  g_autofree char *text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_autofree char *answer = g_strdup_printf ("{\"id\":\"s9\",%s", text + 1);

  fixture_settle (fixture, seq, ZQ_PUSH_DONE, answer);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  fixture_message (fixture, 1, "old", "Patient/1", -60 * 48, "from filling up the past");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));

  fixture_message (fixture, 1, "late", "Patient/1", -30, "chest pain");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 1);
  item = fixture_item (fixture, list, row (fixture, "Communication", "late"));
  expect_int (item, "is-new", TRUE);

  g_assert_cmpint (fixture_send (fixture, id, "go to hospital", row (fixture, "Communication", "s9"), NULL), >, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);
  expect_int (item, "is-new", FALSE);
}

/* Not yet on the screen when it was written. */
static void
test_held_unseen (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;

  fixture_message (fixture, 1, "m2", "Patient/1", -5, "more");
  seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  /* Nothing was on the screen at all. */
  seq = fixture_send (fixture, id, "answer", 0, NULL);
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
}

static void
test_held_closed (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  fixture_consult (fixture, 1, ME, "expired-refunded", "2");
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_CLOSED);
}

static void
test_held_not_mine (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  fixture_consult (fixture, 1, "Practitioner/other", "in-consultation", "2");
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NOT_MINE);
}

static void
test_held_old (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  zq_clock_advance (fixture->clock, 2 * ZQ_TEST_HOUR_US + 1);
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_TOO_OLD);
  g_assert_true (fixture_resend (fixture, seq, NULL));
  expect (fixture, seq, ZQ_VERDICT_GO, NULL);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* Access was taken away: the row goes, the words stay. */
static void
test_held_gone (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqIntent) intent = NULL;
  gboolean ready = FALSE;

  zq_store_set_gone_async (fixture->store, "Task", "1", "why", on_ready, &ready);
  g_assert_true (zq_test_wait_flag (&ready, 10));
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_PATIENT), ==, 0);
  expect (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NOT_HELD);
  intent = intent_of (fixture, seq);
  g_assert_nonnull (strstr (intent->args, "answer"));
  g_assert_true (fixture_take_back (fixture, seq, NULL));
}

/* The closing that waits behind it does not hold the reply; and comes when it is out. */
static void
test_reply_then_close (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqUndo) undo = fixture_close (fixture, id, NULL);
  g_autoptr (GPtrArray) pushable = NULL;

  g_assert_nonnull (undo);
  pushable = zq_store_list_pushable (fixture_db (fixture), zq_clock_now (fixture->clock), 10, NULL);
  g_assert_cmpint (((ZqIntent *)g_ptr_array_index (pushable, 0))->seq, ==, seq);
  expect (fixture, seq, ZQ_VERDICT_GO, NULL);
}

/* --- taking back ------------------------------------------------------------------------------ */

static void
test_take_back (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_draft_scope (id);
  g_autofree char *draft = NULL;
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  fixture_draft (fixture, scope, "next");
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  draft = fixture_text (fixture, "SELECT body FROM draft WHERE ? = 0", 0);
  g_assert_cmpstr (draft, ==, "answer\nnext");
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE from_me AND ? = 0", 0), ==, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));

  /* What is on its way stays. */
  seq = fixture_send (fixture, id, "second", row (fixture, "Communication", "m1"), NULL);
  expect (fixture, seq, ZQ_VERDICT_GO, NULL);
  g_assert_false (fixture_take_back (fixture, seq, NULL));
  g_assert_false (fixture_take_back (fixture, 9999, NULL));
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM draft WHERE ? = 0", 0), ==, 0);
}

static void
test_undo_before (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autoptr (ZqUndo) closed = fixture_close (fixture, id, NULL);
  g_autoptr (ZqUndo) urgent = NULL;

  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  g_assert_true (fixture_undo (fixture, closed, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));

  urgent = fixture_set_urgent (fixture, id, TRUE, NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_URGENT, id));
  g_assert_true (fixture_undo (fixture, urgent, NULL));
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_URGENT, id));
  g_assert_cmpint (last_intent (fixture), ==, 0);
}

static void
push_through (Fixture *fixture, gint64 seq)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autofree char *text = NULL;

  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  text = answer_of (push);
  fixture_settle (fixture, seq, ZQ_PUSH_DONE, text);
}

static void
test_undo_after (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autoptr (ZqUndo) closed = fixture_close (fixture, id, NULL);
  g_autoptr (ZqIntent) intent = NULL;

  push_through (fixture, last_intent (fixture));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  g_assert_true (fixture_undo (fixture, closed, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  intent = intent_of (fixture, last_intent (fixture));
  g_assert_cmpstr (intent->action, ==, "reopen");
}

/* --- the Task --------------------------------------------------------------------------------- */

static void
test_claim (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = NULL;
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 id;

  fixture_consult (fixture, 1, POOL, "awaiting-acceptance", "1");
  id = row (fixture, "Task", "1");
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_POOL), ==, 1);
  undo = fixture_claim (fixture, id, NULL);
  g_assert_nonnull (undo);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_POOL), ==, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));

  push = fixture_prepare (fixture, last_intent (fixture));
  g_assert_cmpstr (push->method, ==, "PUT");
  g_assert_cmpstr (push->if_match, ==, "W/\"1\"");
  body = body_of (push);
  g_assert_cmpstr (zq_json_get_string (body, "owner.reference"), ==, ME);
  g_assert_cmpstr (zq_json_get_code (body, "businessStatus", NULL), ==, "in-consultation");
  g_assert_cmpstr (zq_json_get_string (body, "status"), ==, "in-progress");
  fixture_settle (fixture, last_intent (fixture), ZQ_PUSH_LATER, NULL);

  /* Somebody was faster: it is theirs on the screen, too. */
  fixture_consult (fixture, 1, "Practitioner/other", "in-consultation", "2");
  expect (fixture, last_intent (fixture), ZQ_VERDICT_REFUSED, "taken-by Practitioner/other");
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  words = zq_consult_describe_reason (fixture_db (fixture), "taken-by Practitioner/other");
  g_assert_cmpstr (words, ==, "A colleague has taken it");
  fixture_take (fixture, "{'resourceType':'Practitioner','id':'other','name':[{'text':'Other'}]}");
  g_free (words);
  words = zq_consult_describe_reason (fixture_db (fixture), "taken-by Practitioner/other");
  g_assert_cmpstr (words, ==, "Other has taken it");
}

static void
test_claim_undo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 id;

  fixture_consult (fixture, 1, POOL, "awaiting-acceptance", "1");
  id = row (fixture, "Task", "1");
  undo = fixture_claim (fixture, id, NULL);
  push_through (fixture, last_intent (fixture));
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_POOL, id));
  push = fixture_prepare (fixture, last_intent (fixture));
  body = body_of (push);
  g_assert_cmpstr (zq_json_get_string (body, "owner.reference"), ==, POOL);
  g_assert_cmpstr (zq_json_get_code (body, "businessStatus", NULL), ==, "awaiting-acceptance");
}

static void
test_close_held (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autoptr (ZqUndo) undo = fixture_close (fixture, id, NULL);

  fixture_message (fixture, 1, "m2", "Patient/1", -2, "one more thing");
  expect (fixture, last_intent (fixture), ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  /* The question is back in the inbox. */
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_true (fixture_resend (fixture, last_intent (fixture), NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  expect (fixture, last_intent (fixture), ZQ_VERDICT_GO, NULL);
}

static void
test_close_done (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autoptr (ZqUndo) undo = fixture_close (fixture, id, NULL);
  gint64 seq = last_intent (fixture);

  fixture_consult (fixture, 1, ME, "completed", "2");
  expect (fixture, seq, ZQ_VERDICT_DONE, NULL);
  g_assert_cmpint (last_intent (fixture), ==, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
}

#define CHANGED_TASK                                                                                                   \
  "{'resourceType':'Task','id':'1','meta':{'versionId':'%d','lastUpdated':'%s'},%s'status':'requested',"               \
  "'businessStatus':{'extension':[{'url':'urn:b','valueDecimal':1e400}],'coding':[{'system':'urn:theirs','code':'x'}," \
  "{'system':'https://zhenqiao.org/fhir/CodeSystem/consultation-status','code':'%s','display':'d'}],'text':'t'},"      \
  "'code':{'coding':[{'code':'advice'}]},'owner':{'reference':'Organization/endo','display':'Endo'},"                  \
  "'output':[{'type':{'text':'hba1c'},'valueDecimal':7.10}],'x-unknown':{'n':[7.10,0.0]}}"

static void
check_body (ZqPush *push, const char *owner, const char *status, const char *priority)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_autoptr (JsonNode) body = body_of (push);

  g_assert_cmpstr (zq_json_get_string (body, "owner.reference"), ==, owner);
  g_assert_cmpstr (zq_json_get_string (body, "businessStatus.coding[1].code"), ==, status);
  g_assert_cmpstr (zq_json_get_string (body, "businessStatus.coding[0].code"), ==, "x");
  g_assert_cmpstr (zq_json_get_string (body, "priority"), ==, priority);
  g_assert_nonnull (strstr (text, "\"valueDecimal\":7.10"));
  g_assert_nonnull (strstr (text, "1e400"));
  g_assert_nonnull (strstr (text, "[7.10,0.0]"));
}

/* Claim, priority and close made offline, while another client put an extension there and changed a
 * field: each goes onto the newest copy, and every token that is not ours stays. */
static void
test_merge (Fixture *fixture, gconstpointer data)
{
  static const char *const foreign = "'extension':[{'url':'urn:theirs','valueString':'kept'}],'description':'changed',";
  g_autoptr (ZqUndo) claimed = NULL;
  g_autoptr (ZqUndo) urgent = NULL;
  g_autoptr (ZqUndo) closed = NULL;
  g_autoptr (JsonNode) last = NULL;
  gint64 id;

  fixture_take (fixture, CHANGED_TASK, 1, at_minute (0), "", "awaiting-acceptance");
  id = row (fixture, "Task", "1");
  claimed = fixture_claim (fixture, id, NULL);
  urgent = fixture_set_urgent (fixture, id, TRUE, NULL);
  closed = fixture_close (fixture, id, NULL);
  g_assert_true (claimed != NULL && urgent != NULL && closed != NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));

  fixture_take (fixture, CHANGED_TASK, 2, at_minute (1), foreign, "awaiting-acceptance");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  for (int i = 0; i < 3; i++)
    {
      gint64 seq = fixture_number (fixture, "SELECT min (seq) FROM intent WHERE ? = 0", 0);
      g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
      g_autofree char *text = NULL;

      g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
      check_body (push, ME, i < 2 ? "in-consultation" : "completed", i < 1 ? NULL : "urgent");
      text = answer_of (push);
      g_assert_nonnull (strstr (text, "\"valueString\":\"kept\""));
      g_clear_pointer (&last, json_node_unref);
      last = body_of (push);
      fixture_settle (fixture, seq, ZQ_PUSH_DONE, text);
    }
  g_assert_cmpstr (zq_json_get_string (last, "description"), ==, "changed");
  g_assert_cmpstr (zq_json_get_string (last, "status"), ==, "completed");
  g_assert_cmpuint (zq_json_get_length (last, "output"), ==, 2);
  g_assert_cmpstr (zq_json_get_string (last, "output[1].valueCodeableConcept.coding[0].code"), ==, "advised");
  g_assert_null (zq_json_get (last, "businessStatus.text"));
}

/* --- read marks ------------------------------------------------------------------------------- */

static void
test_mark_read (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) body = NULL;

  fixture_message (fixture, 1, "m2", "Patient/1", -5, "more");
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 2);
  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m1"), NULL));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 1);
  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m2"), NULL));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);
  seq = last_intent (fixture);
  /* Only ever forward. */
  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m1"), NULL));
  g_assert_cmpint (last_intent (fixture), ==, seq);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE ? = 0", 0), ==, 1);

  push = fixture_prepare (fixture, seq);
  g_assert_cmpstr (push->if_none_exist, ==,
                   "identifier=https://zhenqiao.org/fhir/local-id|read-mark.t1.Practitioner.me");
  body = body_of (push);
  g_assert_cmpstr (zq_json_get_string (body, "subject.reference"), ==, "Communication/t1");
  g_assert_cmpstr (zq_json_get_string (body, "author.reference"), ==, ME);
  g_assert_cmpstr (zq_json_get_code (body, "code", NULL), ==, "read-mark");
  g_assert_cmpstr (
      zq_json_get_string (zq_json_get_extension (body, "https://zhenqiao.org/fhir/StructureDefinition/read-up-to"),
                          "valueInstant"),
      ==, at_minute (-5));
}

static void
take_mark (Fixture *fixture, const char *id, const char *author, int minute, int version)
{
  g_autofree char *reader = g_strdelimit (g_strdup (author), "/", '.');

  fixture_take (
      fixture,
      "{'resourceType':'Basic','id':'%s','meta':{'versionId':'%d','lastUpdated':'%s'},'identifier':[{'system':"
      "'https://zhenqiao.org/fhir/local-id','value':'read-mark.t1.%s'}],'code':{'coding':[{'system':"
      "'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference':"
      "'Communication/t1'},'author':{'reference':'%s'},'extension':[{'url':'urn:other','valueDecimal':1.0},"
      "{'url':'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
      id, version, at_minute (minute + 1), reader, author, at_minute (minute));
}

/* My other workstation has made it: it is changed, and what is ahead stays. */
static void
test_mark_elsewhere (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) body = NULL;

  fixture_message (fixture, 1, "m2", "Patient/1", -5, "more");
  take_mark (fixture, "b1", ME, -10, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 1);
  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m2"), NULL));
  seq = last_intent (fixture);
  push = fixture_prepare (fixture, seq);
  g_assert_cmpstr (push->method, ==, "PUT");
  body = body_of (push);
  g_assert_cmpstr (zq_json_get_string (body, "extension[0].valueDecimal"), ==, "1.0");
  g_assert_cmpstr (zq_json_get_string (body, "extension[1].valueInstant"), ==, at_minute (-5));
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);

  take_mark (fixture, "b1", ME, 3, 2);
  expect (fixture, seq, ZQ_VERDICT_DONE, NULL);
  g_assert_cmpint (fixture_number (fixture, "SELECT up_to FROM read_mark WHERE ? = 0", 0), ==,
                   ZQ_TEST_START_US + 3 * ZQ_TEST_MINUTE_US);
}

#define OTHER_MARK                                                                                                     \
  "{\"resourceType\":\"Basic\",\"id\":\"b1\",\"meta\":{\"versionId\":\"1\"},\"identifier\":[{\"system\":"              \
  "\"https://zhenqiao.org/fhir/local-id\",\"value\":\"read-mark.t1.Practitioner.me\"}],\"code\":{\"coding\":[{"        \
  "\"system\":\"https://zhenqiao.org/fhir/CodeSystem/"                                                                 \
  "read-mark\",\"code\":\"read-mark\"}]},\"subject\":{\"reference\":"                                                  \
  "\"Communication/t1\"},\"author\":{\"reference\":\"Practitioner/me\"},\"extension\":[{\"url\":"                      \
  "\"https://zhenqiao.org/fhir/StructureDefinition/read-up-to\",\"valueInstant\":\"2026-11-22T01:00:00Z\"}]}"

/* It was to be made, and the hospital answers with one that is behind (If-None-Exist found it): what I
 * have read is not lost, and is told once more, not for ever. */
static void
test_mark_meanwhile (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;
  g_autoptr (ZqPush) push = NULL;

  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m1"), NULL));
  seq = last_intent (fixture);
  expect (fixture, seq, ZQ_VERDICT_GO, NULL);
  fixture_settle (fixture, seq, ZQ_PUSH_DONE, OTHER_MARK);
  g_assert_cmpint (last_intent (fixture), >, seq);
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);

  push = fixture_prepare (fixture, last_intent (fixture));
  g_assert_cmpstr (push->method, ==, "PUT");
  g_assert_cmpstr (push->path, ==, "Basic/b1");
  fixture_settle (fixture, push->intent->seq, ZQ_PUSH_DONE, OTHER_MARK);
  g_assert_cmpint (last_intent (fixture), ==, 0);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM read_mark WHERE ? = 0", 0), ==, 1);
}

/* --- the thread ------------------------------------------------------------------------------- */

static void
expect_mark (Fixture *fixture, ZqList *list, gint64 key, ZqMark mark)
{
  g_autoptr (GObject) item = fixture_item (fixture, list, key);

  expect_int (item, "mark", mark);
}

static void
test_marks (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqIntent) intent = intent_of (fixture, seq);
  g_autoptr (ZqList) list = zq_message_list_new (fixture->store, row (fixture, "Communication", "t1"));
  g_autoptr (ZqPush) push = NULL;
  g_autofree char *text = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *received = NULL;
  g_autoptr (GObject) item = fixture_item (fixture, list, intent->target);

  expect_int (item, "mark", ZQ_MARK_WAITING);
  expect_int (item, "intent", seq);
  expect_int (item, "sender", ZQ_SENDER_ME);
  push = fixture_prepare (fixture, seq);
  fixture_settle (fixture, seq, ZQ_PUSH_REFUSED, NULL);
  expect_int (item, "mark", ZQ_MARK_REFUSED);
  g_assert_true (fixture_resend (fixture, seq, NULL));
  expect_int (item, "mark", ZQ_MARK_WAITING);

  zq_push_free (g_steal_pointer (&push));
  push = fixture_prepare (fixture, seq);
  text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  sent = g_strdup_printf ("{\"id\":\"s1\",%s", text + 1);
  fixture_settle (fixture, seq, ZQ_PUSH_DONE, sent);
  expect_int (item, "mark", ZQ_MARK_SENT);
  expect_int (item, "intent", 0);

  received = g_strdup_printf ("{\"id\":\"s1\",\"received\":\"%s\",%s", at_minute (2), text + 1);
  fixture_take_raw (fixture, received);
  expect_int (item, "mark", ZQ_MARK_DELIVERED);
  expect_int (item, "mark-at", ZQ_TEST_START_US + 2 * ZQ_TEST_MINUTE_US);
  take_mark (fixture, "p1", "Patient/1", 0, 1);
  expect_int (item, "mark", ZQ_MARK_READ);
  expect_int (item, "mark-at", ZQ_TEST_START_US + ZQ_TEST_MINUTE_US);
  expect_mark (fixture, list, row (fixture, "Communication", "m1"), ZQ_MARK_NONE);
}

static void
test_thread (Fixture *fixture, gconstpointer data)
{
  static const char *const order[] = { "a", "b", "c", "d" };
  static const gboolean first_of_day[] = { TRUE, FALSE, TRUE, FALSE };
  static const int senders[] = { ZQ_SENDER_RELATIVE, ZQ_SENDER_ASSISTANT, ZQ_SENDER_PATIENT, ZQ_SENDER_SYSTEM };
  g_autoptr (ZqList) list = NULL;
  gint64 pending;

  begin (fixture);
  /* 24:00 at the hospital is 16:00 UTC, ten hours before the start. */
  fixture_message (fixture, 2, "d", "Device/x", -590, "system");
  fixture_message (fixture, 2, "b", "Practitioner/n", -602, "nurse");
  fixture_message (fixture, 2, "a", "RelatedPerson/r", -603, "relative");
  fixture_message (fixture, 2, "c", "Patient/2", -599, "patient");
  fixture_consult (fixture, 2, ME, "in-consultation", "1");
  fixture_take (fixture,
                "{'resourceType':'PractitionerRole','id':'r','practitioner':{'reference':'Practitioner/n'},"
                "'code':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/role','code':'assistant'}],"
                "'text':'nurse'}]}");
  list = zq_message_list_new (fixture->store, row (fixture, "Communication", "t2"));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      gint64 key = row (fixture, "Communication", order[i]);
      g_autoptr (GObject) item = fixture_item (fixture, list, key);

      g_assert_cmpint (zq_list_get_key (list, i), ==, key);
      expect_int (item, "first-of-day", first_of_day[i]);
      expect_int (item, "sender", senders[i]);
      expect_int (item, "is-new", i != 3);
    }

  /* What has not gone out stands last, whatever clocks say. */
  fixture_send (fixture, row (fixture, "Task", "2"), "answer", 0, NULL);
  fixture_message (fixture, 2, "e", "Patient/2", 500, "from the future");
  expect_items (list, 6);
  pending = zq_list_get_key (list, 5);
  expect_mark (fixture, list, pending, ZQ_MARK_WAITING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/reply/is-one-transaction-and-a-whole-message", test_send);
  ADD ("/reply/asks-for-what-could-be-newer", test_send_freshens);
  ADD ("/reply/stands-once-after-answer-and-pull", test_once);
  ADD ("/reply/not-possible-is-said", test_send_refused);
  ADD ("/reply/held-by-a-newer-message", test_held_newer);
  ADD ("/reply/held-by-a-late-arrival", test_held_late);
  ADD ("/reply/late-arrival-waits-for-an-answer", test_late_waits);
  ADD ("/reply/held-by-what-was-not-seen", test_held_unseen);
  ADD ("/reply/held-when-closed", test_held_closed);
  ADD ("/reply/held-when-not-mine", test_held_not_mine);
  ADD ("/reply/held-by-age", test_held_old);
  ADD ("/reply/held-when-access-is-lost", test_held_gone);
  ADD ("/reply/goes-before-the-closing-behind-it", test_reply_then_close);
  ADD ("/reply/taken-back-is-the-draft-again", test_take_back);
  ADD ("/undo/before-the-push-leaves-nothing", test_undo_before);
  ADD ("/undo/after-the-push-is-the-inverse", test_undo_after);
  ADD ("/claim/lost-is-shown-as-theirs", test_claim);
  ADD ("/claim/undone-goes-back-to-the-pool", test_claim_undo);
  ADD ("/close/held-by-a-newer-message-is-open-again", test_close_held);
  ADD ("/close/that-is-done-is-dropped", test_close_done);
  ADD ("/task/three-changes-land-on-the-newest-copy", test_merge);
  ADD ("/read-mark/is-one-and-goes-forward", test_mark_read);
  ADD ("/read-mark/of-my-other-workstation-is-changed", test_mark_elsewhere);
  ADD ("/read-mark/made-elsewhere-meanwhile-catches-up", test_mark_meanwhile);
  ADD ("/thread/marks-say-how-far", test_marks);
  ADD ("/thread/order-days-and-senders", test_thread);

  return g_test_run ();
}
