/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits behind something that cannot go; what comes back as a draft; what is given up. */
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/fixture.h"
#include "resource/json.h"
#include "store/draft.h"

#include <string.h>

#define ME    "Practitioner/me"
#define POOL  "Organization/endo"
#define OTHER "Practitioner/other"

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

static gint64
seq_of (Fixture *fixture, const char *action)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT coalesce (max (seq), 0) FROM intent WHERE action = '%s' AND ? = 0", action);

  return fixture_number (fixture, sql, 0);
}

static gint64
count (Fixture *fixture, const char *what)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s AND ? = 0", what);

  return fixture_number (fixture, sql, 0);
}

static void
expect_draft (Fixture *fixture, const char *scope, const char *text)
{
  g_autofree char *draft = zq_draft_load (fixture_db (fixture), scope);

  g_assert_cmpstr (draft, ==, text);
}

static void
expect_files (Fixture *fixture, const char *scope, guint n)
{
  g_autoptr (GPtrArray) files = zq_draft_list_files (fixture_db (fixture), scope);

  g_assert_cmpuint (files->len, ==, n);
}

static gint64
send_and_close (Fixture *fixture, gint64 id, ZqUndo **undo)
{
  ZqReply reply = { .text = "answer", .seen_message = row (fixture, "Communication", "m1"), .outcome = "advised" };
  gint64 seq = fixture_reply (fixture, id, &reply, undo, NULL);

  g_assert_cmpint (seq, >, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));

  return seq;
}

static void
expect_verdict (Fixture *fixture, gint64 seq, ZqVerdict verdict, const char *reason)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);

  g_assert_cmpint (push->verdict, ==, verdict);
  g_assert_cmpstr (push->reason, ==, reason);
}

/* --- closed with a reply that cannot go ------------------------------------------------------- */

static void
test_stays_open (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = send_and_close (fixture, id, NULL);
  g_autoptr (ZqConsult) consult = NULL;

  fixture_message (fixture, 1, "m2", "Patient/1", 1, "one more thing");
  expect_verdict (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  consult = zq_consult_load (fixture_db (fixture), fixture->context, id, NULL);
  g_assert_false (consult->final);
  g_assert_true (consult->can_reply);
  fixture_check_texts (fixture);

  /* Sent all the same: then it closes, unless the question is still newer than what was seen for that. */
  g_assert_true (fixture_resend (fixture, seq, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  g_assert_cmpint (fixture_deliver (fixture, seq, "s1"), !=, 0);
  expect_verdict (fixture, seq_of (fixture, "close"), ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
}

static void
test_refused_stays_open (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = send_and_close (fixture, id, NULL);

  fixture_settle (fixture, seq, ZQ_PUSH_REFUSED, NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  g_assert_cmpint (seq_of (fixture, "close"), ==, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  fixture_check_texts (fixture);
}

static void
test_discarded_closes_nothing (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_draft_scope (id);
  gint64 seq = send_and_close (fixture, id, NULL);

  g_assert_true (fixture_discard (fixture, seq, NULL));
  g_assert_cmpint (count (fixture, "intent WHERE action IN ('close', 'send-message')"), ==, 0);
  g_assert_cmpint (count (fixture, "message WHERE from_me"), ==, 0);
  expect_draft (fixture, scope, NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
}

/* A closing of its own is another matter. */
static void
test_own_closing_stays (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (ZqUndo) undo = fixture_close (fixture, id, NULL);

  g_assert_nonnull (undo);
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
}

/* The first is held: the second one has answered nobody either. */
static void
test_second_behind_first (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 first = fixture_send (fixture, id, "one", row (fixture, "Communication", "m1"), NULL);

  g_assert_cmpint (fixture_send (fixture, id, "two", ZQ_SEEN_ALL, NULL), >, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  fixture_settle (fixture, first, ZQ_PUSH_REFUSED, NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_true (fixture_resend (fixture, first, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
}

/* --- what does not wait ------------------------------------------------------------------------- */

static gint64
delivered (Fixture *fixture, gint64 id, const char *text, const char *name)
{
  gint64 seq = fixture_send (fixture, id, text, ZQ_SEEN_ALL, NULL);

  g_assert_cmpint (fixture_deliver (fixture, seq, name), !=, 0);

  return row (fixture, "Communication", name);
}

static void
test_mended_beside_held (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 wrong = delivered (fixture, id, "500 mg", "s1");
  gint64 other = delivered (fixture, id, "see you", "s2");
  gint64 stopped = fixture_send (fixture, id, "more", ZQ_SEEN_ALL, NULL);
  gint64 correction;
  g_autoptr (ZqList) list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_PATIENT);
  g_autoptr (GObject) item = NULL;

  fixture_settle (fixture, stopped, ZQ_PUSH_REFUSED, NULL);
  g_assert_true (fixture_withdraw (fixture, other, NULL));
  correction = fixture_reply (
      fixture, id, &(ZqReply){ .text = "50 mg", .corrects = wrong, .reason = "a zero too many" }, NULL, NULL);
  g_assert_cmpint (fixture_deliver (fixture, seq_of (fixture, "withdraw"), NULL), ==, other);
  g_assert_cmpint (fixture_deliver (fixture, correction, "s3"), !=, 0);
  g_assert_cmpint (count (fixture, "message WHERE correction AND NOT pending"), ==, 1);
  item = fixture_item (fixture, list, id);
  expect_int (item, "send-failed", TRUE);
}

static void
test_note_is_seen_to_fail (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_note_scope (id);
  g_autoptr (ZqList) list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_ME);
  g_autoptr (GObject) item = fixture_item (fixture, list, id);

  g_assert_true (fixture_note (fixture, id, "look at this", NULL));
  expect_int (item, "waiting", TRUE);
  fixture_settle (fixture, seq_of (fixture, "write-note"), ZQ_PUSH_REFUSED, NULL);
  expect_int (item, "send-failed", TRUE);
  g_assert_true (fixture_take_back (fixture, seq_of (fixture, "write-note"), NULL));
  expect_draft (fixture, scope, "look at this");
  expect_int (item, "send-failed", FALSE);
}

/* --- drafts again ------------------------------------------------------------------------------- */

static void
test_correction_comes_back (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 wrong = delivered (fixture, id, "500 mg", "s1");
  g_autofree char *thread = zq_consult_draft_scope (id);
  g_autofree char *scope = zq_consult_correction_scope (wrong);
  ZqReply reply = { .text = "50 mg", .corrects = wrong, .reason = "a zero", .delay_us = 10 * G_USEC_PER_SEC };
  g_autoptr (ZqUndo) undo = NULL;

  fixture_draft (fixture, thread, "something else");
  fixture_draft (fixture, scope, "50 mg");
  g_assert_cmpint (fixture_reply (fixture, id, &reply, &undo, NULL), >, 0);
  expect_draft (fixture, scope, NULL);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  expect_draft (fixture, scope, "50 mg");
  expect_draft (fixture, thread, "something else");
  g_assert_cmpint (count (fixture, "intent WHERE action = 'send-message'"), ==, 0);
}

static gint64
send_with_files (Fixture *fixture, gint64 id, ZqUndo **undo)
{
  g_autofree char *scope = zq_consult_draft_scope (id);
  ZqReply reply = { .text = "see these", .seen_message = ZQ_SEEN_ALL, .delay_us = 5 * G_USEC_PER_SEC };
  gint64 seq;

  fixture_draft (fixture, scope, "see these");
  fixture_draft_file (fixture, scope, "f1");
  fixture_draft_file (fixture, scope, "f2");
  seq = fixture_reply (fixture, id, &reply, undo, NULL);
  g_assert_cmpint (seq, >, 0);
  expect_draft (fixture, scope, NULL);
  expect_files (fixture, scope, 0);

  return seq;
}

static void
test_files_go_first (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_draft_scope (id);
  g_autoptr (ZqUndo) undo = NULL;
  gint64 seq = send_with_files (fixture, id, &undo);
  g_autoptr (GPtrArray) pushable = NULL;

  g_assert_cmpint (count (fixture, "intent WHERE action = 'upload'"), ==, 2);
  g_assert_cmpint (count (fixture, "intent WHERE action IN ('upload', 'send-message') AND not_before > 0"), ==, 3);
  g_assert_cmpint (count (fixture, "message_file WHERE key LIKE 'urn:uuid:f_' AND content_type = 'image/png'"), ==, 2);
  zq_clock_advance (fixture->clock, 6 * G_USEC_PER_SEC);
  zq_test_settle ();
  pushable = zq_store_list_pushable (fixture_db (fixture), zq_clock_now (fixture->clock), 10, NULL);
  for (guint i = 0; i < pushable->len; i++)
    g_assert_cmpint (((ZqIntent *)g_ptr_array_index (pushable, i))->seq, !=, seq);

  g_assert_true (fixture_undo (fixture, undo, NULL));
  expect_draft (fixture, scope, "see these");
  expect_files (fixture, scope, 2);
  g_assert_cmpint (count (fixture, "intent WHERE action IN ('upload', 'send-message')"), ==, 0);
  g_assert_cmpint (count (fixture, "message_file WHERE true"), ==, 0);
}

/* One is up when the reply is taken back: it is not sent again, and is named as the hospital does. */
static void
test_file_is_up (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = send_with_files (fixture, id, NULL);
  gint64 first = fixture_number (fixture, "SELECT min (seq) FROM intent WHERE action = 'upload' AND ? = 0", 0);
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (JsonNode) args = NULL;
  g_autofree char *text = NULL;

  zq_clock_advance (fixture->clock, 6 * G_USEC_PER_SEC);
  push = fixture_prepare (fixture, first);
  g_assert_cmpstr (push->content_key, ==, "urn:uuid:f1");
  g_assert_cmpstr (push->security_context, ==, "Patient/1");
  fixture_settle (fixture, first, ZQ_PUSH_DONE,
                  "{\"resourceType\":\"Binary\",\"id\":\"b1\",\"contentType\":\"image/png\"}");
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  seq = fixture_reply (fixture, id, &(ZqReply){ .text = "again", .seen_message = ZQ_SEEN_ALL }, NULL, NULL);
  g_assert_cmpint (count (fixture, "intent WHERE action = 'upload'"), ==, 1);
  text = fixture_text (fixture, "SELECT args FROM intent WHERE seq = ?", seq);
  args = zq_args_read (text);
  g_assert_cmpuint (zq_json_get_length (args, "files"), ==, 2);
  g_assert_cmpstr (zq_json_get_string (args, "files[0].url"), ==, "Binary/b1");
}

/* A reply does not go without a file that its writer meant to send, and does not stand as an answer. */
static void
test_file_refused (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_draft_scope (id);
  gint64 file;

  send_with_files (fixture, id, NULL);
  file = fixture_number (fixture, "SELECT min (seq) FROM intent WHERE action = 'upload' AND ? = 0", 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  fixture_settle (fixture, file, ZQ_PUSH_REFUSED, NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));

  g_assert_true (fixture_discard (fixture, file, NULL));
  expect_draft (fixture, scope, "see these");
  expect_files (fixture, scope, 1);
  g_assert_cmpint (count (fixture, "intent WHERE action IN ('upload', 'send-message')"), ==, 0);
}

static void
test_discarded_files (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autofree char *scope = zq_consult_draft_scope (id);
  gint64 seq = send_with_files (fixture, id, NULL);

  g_assert_true (fixture_discard (fixture, seq, NULL));
  g_assert_cmpint (count (fixture, "intent WHERE action IN ('upload', 'send-message')"), ==, 0);
  expect_draft (fixture, scope, NULL);
  expect_files (fixture, scope, 0);
}

/* --- withdrawing -------------------------------------------------------------------------------- */

static void
patient_reads (Fixture *fixture, int minute)
{
  fixture_take (
      fixture,
      "{'resourceType':'Basic','id':'pm','meta':{'versionId':'1','lastUpdated':'%s'},'code':{'coding':[{"
      "'system':'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference':"
      "'Communication/t1'},'author':{'reference':'Patient/1'},'extension':[{'url':"
      "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
      at_minute (minute), at_minute (minute));
}

/* It was not read here, but is by the time that it goes: the words stand again. */
static void
test_withdrawn_too_late (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 sent = delivered (fixture, id, "words", "s1");
  g_autoptr (ZqIntent) intent = NULL;
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_free);
  const ZqIntentRule *rule = zq_message_rules;

  g_assert_true (fixture_withdraw (fixture, sent, NULL));
  g_assert_cmpint (count (fixture, "message WHERE withdrawn AND text IS NULL"), ==, 1);
  intent = zq_store_get_intent (fixture_db (fixture), seq_of (fixture, "withdraw"), NULL);
  while (!g_str_equal (rule->action, "withdraw"))
    rule++;
  rule->freshen (fixture_db (fixture), intent, fixture->context, queries);
  g_assert_cmpuint (queries->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (queries, 1), ==, "Basic?code=read-mark&subject=Communication/t1");

  patient_reads (fixture, 30);
  expect_verdict (fixture, intent->seq, ZQ_VERDICT_REFUSED, ZQ_REASON_READ_ALREADY);
  g_assert_cmpint (count (fixture, "message WHERE NOT withdrawn AND text = 'words'"), ==, 1);
  g_assert_true (fixture_take_back (fixture, intent->seq, NULL));
  g_assert_cmpint (count (fixture, "message WHERE NOT withdrawn AND text = 'words'"), ==, 1);
}

/* Taken back while it was on its way, and sent again: the bytes go up once and are never written over. */
static void
test_upload_once (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = send_with_files (fixture, id, NULL);
  gint64 first = fixture_number (fixture, "SELECT min (seq) FROM intent WHERE action = 'upload' AND ? = 0", 0);
  gint64 target = fixture_number (fixture, "SELECT target FROM intent WHERE seq = ?", first);
  g_autoptr (ZqPush) push = NULL;

  zq_clock_advance (fixture->clock, 6 * G_USEC_PER_SEC);
  push = fixture_prepare (fixture, first);
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  fixture_reply (fixture, id, &(ZqReply){ .text = "again", .seen_message = ZQ_SEEN_ALL }, NULL, NULL);
  g_assert_cmpint (
      fixture_number (fixture, "SELECT count (*) FROM intent WHERE action = 'upload' AND target = ?", target), ==, 1);
}

/* The label does not hang on whether a department is known. */
static void
test_note_label (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPush) push = NULL;
  g_autofree char *body = NULL;

  begin (fixture);
  g_clear_pointer (&fixture->context->departments, g_strfreev);
  fixture_take (
      fixture,
      "{'resourceType':'Task','id':'9','meta':{'versionId':'1','lastUpdated':'%s'},'status':'in-progress','code':"
      "{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'advice'}]},'for':{'reference':"
      "'Patient/1'},'focus':{'reference':'Communication/t1'},'owner':{'reference':'Practitioner/me'}}",
      at_minute (0));
  g_assert_true (fixture_note (fixture, row (fixture, "Task", "9"), "between us", NULL));
  push = fixture_prepare (fixture, seq_of (fixture, "write-note"));
  body = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_assert_nonnull (strstr (body, "v3-Confidentiality"));
}

/* The reply is out, the closing can still be taken back. */
static void
test_undo_what_can_be (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  g_autoptr (ZqUndo) undo = NULL;
  gint64 seq = send_and_close (fixture, id, &undo);

  fixture_deliver (fixture, seq, "s1");
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
}

/* A refused withdrawal of one message holds up no correction of another. */
static void
test_mending_apart (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 sent = delivered (fixture, id, "words", "s1");
  gint64 other = delivered (fixture, id, "500 mg", "s2");
  g_autoptr (ZqPush) push = NULL;
  gint64 correction;

  g_assert_true (fixture_withdraw (fixture, sent, NULL));
  patient_reads (fixture, 30);
  expect_verdict (fixture, seq_of (fixture, "withdraw"), ZQ_VERDICT_REFUSED, ZQ_REASON_READ_ALREADY);
  correction =
      fixture_reply (fixture, id, &(ZqReply){ .text = "50 mg", .corrects = other, .reason = "zero" }, NULL, NULL);
  push = fixture_prepare (fixture, correction);
  g_assert_nonnull (push->body);
}

static void
expect_no_withdrawal (Fixture *fixture, gint64 message, const char *why)
{
  g_autoptr (GError) error = NULL;
  gint64 before = count (fixture, "intent WHERE seq > 0");

  g_assert_false (fixture_withdraw (fixture, message, &error));
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  g_assert_cmpstr (error->message, ==, why);
  g_assert_cmpint (count (fixture, "intent WHERE seq > 0"), ==, before);
}

/* While it waits, on its way, held, and out. */
static void
test_withdrawn_once (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 sent = delivered (fixture, id, "words", "s1");
  gint64 seq;

  g_assert_true (fixture_withdraw (fixture, sent, NULL));
  expect_no_withdrawal (fixture, sent, ZQ_REASON_WITHDRAWN);
  seq = seq_of (fixture, "withdraw");
  fixture_settle (fixture, seq, ZQ_PUSH_HELD, NULL);
  expect_no_withdrawal (fixture, sent, ZQ_REASON_WITHDRAWAL_WAITS);
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  g_assert_true (fixture_withdraw (fixture, sent, NULL));
}

/* The correction would stand alone, or be the only thing that was meant to stay. */
static void
test_withdrawn_while_corrected (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 sent = delivered (fixture, id, "500 mg", "s1");
  gint64 other = delivered (fixture, id, "words", "s2");
  gint64 seq =
      fixture_reply (fixture, id, &(ZqReply){ .text = "50 mg", .corrects = sent, .reason = "zero" }, NULL, NULL);

  expect_no_withdrawal (fixture, sent, ZQ_REASON_CORRECTION_WAITS);
  fixture_settle (fixture, seq, ZQ_PUSH_REFUSED, NULL);
  expect_no_withdrawal (fixture, sent, ZQ_REASON_CORRECTION_WAITS);
  g_assert_true (fixture_withdraw (fixture, other, NULL));
  g_assert_true (fixture_take_back (fixture, seq, NULL));
  g_assert_true (fixture_withdraw (fixture, sent, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/held/consultation-stays-open-with-its-reply", test_stays_open);
  ADD ("/held/refused-reply-closes-nothing", test_refused_stays_open);
  ADD ("/held/discarded-reply-closes-nothing", test_discarded_closes_nothing);
  ADD ("/held/a-closing-of-its-own-stays", test_own_closing_stays);
  ADD ("/held/what-waits-behind-has-answered-nobody", test_second_behind_first);
  ADD ("/held/correction-and-withdrawal-go-all-the-same", test_mended_beside_held);
  ADD ("/held/a-note-is-seen-to-fail-and-comes-back", test_note_is_seen_to_fail);
  ADD ("/draft/correction-comes-back-to-its-own", test_correction_comes_back);
  ADD ("/files/go-first-and-come-back", test_files_go_first);
  ADD ("/files/what-is-up-is-not-sent-again", test_file_is_up);
  ADD ("/files/refused-one-stops-its-reply", test_file_refused);
  ADD ("/files/go-with-their-discarded-reply", test_discarded_files);
  ADD ("/withdraw/too-late-is-refused-and-stands-again", test_withdrawn_too_late);
  ADD ("/withdraw/once-is-enough", test_withdrawn_once);
  ADD ("/withdraw/not-while-a-correction-waits", test_withdrawn_while_corrected);
  ADD ("/held/a-file-goes-up-once", test_upload_once);
  ADD ("/held/a-note-is-labelled-always", test_note_label);
  ADD ("/held/an-undo-does-what-still-can-be-done", test_undo_what_can_be);
  ADD ("/held/mending-one-message-waits-for-no-other", test_mending_apart);

  return g_test_run ();
}
