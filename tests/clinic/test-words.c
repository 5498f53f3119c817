/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said beyond a plain reply: quotes, corrections, withdrawals, internal notes, files; and what is done with
 * several at once. */
#include "clinic/consult/guard-facts.h"
#include "clinic/consult/unseen.h"
#include "clinic/fixture.h"
#include "resource/json.h"
#include "store/draft.h"

#include <string.h>

#define ME    "Practitioner/me"
#define POOL  "Organization/endo"
#define OTHER "Practitioner/other"

#define CATEGORY                                                                                                       \
  "'category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'%s'}]}]"

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

#define WAIT(result)                                                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_assert_true (zq_test_wait_until (has_result, &(result), 10));                                                    \
    zq_test_settle ();                                                                                                 \
  }                                                                                                                    \
  G_STMT_END

static gint64
task (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("%d", n);

  return fixture_row (fixture, "Task", id);
}

static gint64
thread (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("t%d", n);

  return fixture_row (fixture, "Communication", id);
}

static gint64
send (Fixture *fixture, gint64 consult, const ZqReply *reply, ZqUndo **undo, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_send_async (fixture->store, consult, reply, on_ready, &result);
  WAIT (result);

  return zq_consult_send_finish (fixture->store, result, undo, error);
}

/* What would go out for an intent. */
static JsonNode *
request_of (Fixture *fixture, gint64 seq)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_assert_nonnull (push->body);
  node = zq_json_read (g_bytes_get_data (push->body, NULL), (gssize)g_bytes_get_size (push->body), &error);
  g_assert_no_error (error);

  return node;
}

static char *
merge (Fixture *fixture, const char *text, const char *id)
{
  return zq_db_get_text (fixture_db (fixture), NULL,
                         "SELECT json_set (?, '$.id', ?, '$.meta.versionId', '1', '$.meta.lastUpdated', ?)", "sss",
                         text, id, at_minute (1));
}

/* The hospital takes my message of @seq as @id. */
static gint64
deliver (Fixture *fixture, gint64 seq, const char *id)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autofree char *begun =
      g_strdup_printf ("{\"id\":\"%s\",\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"%s\"},", id, at_minute (1));
  g_autofree char *text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_autofree char *changed = merge (fixture, text, id);

  fixture_settle (fixture, seq, ZQ_PUSH_DONE, changed);

  return fixture_row (fixture, "Communication", id);
}

static void
patient_reads (Fixture *fixture, int n, int minute)
{
  fixture_take (
      fixture,
      "{'resourceType':'Basic','id':'pm%d','meta':{'versionId':'1','lastUpdated':'%s'},'code':{'coding':[{"
      "'system':'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference':"
      "'Communication/t%d'},'author':{'reference':'Patient/%d'},'extension':[{'url':"
      "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
      n, at_minute (minute), n, n, at_minute (minute));
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  gint64 consults[4];
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;
  guint n_done = 0, n_not = 0;

  for (int n = 1; n <= 4; n++)
    {
      fixture_consult (fixture, n, n == 4 ? OTHER : ME, "in-consultation", "1");
      consults[n - 1] = task (fixture, n);
    }
  zq_consult_act_async (fixture->store, ZQ_ACTION_CLOSE, consults, 4, "advised", on_ready, &result);
  WAIT (result);
  undo = zq_consult_act_finish (fixture->store, result, &n_done, &n_not, &why, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_done, ==, 3);
  g_assert_cmpuint (n_not, ==, 1);
  g_assert_nonnull (why);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_CLOSED), ==, 3);

  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_CLOSED), ==, 0);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE ? = 0", 0), ==, 0);
}

static void
test_assign (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = NULL;
  gint64 seq;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  undo = fixture_act (fixture, ZQ_ACTION_ASSIGN, task (fixture, 1), OTHER, &error);
  g_assert_no_error (error);
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, task (fixture, 1)));
  seq = fixture_number (fixture, "SELECT max (seq) FROM intent WHERE ? = 0", 0);
  body = request_of (fixture, seq);
  g_assert_cmpstr (zq_json_get_string (body, "owner.reference"), ==, OTHER);
}

static void
test_unread (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  id = task (fixture, 1);
  g_assert_true (fixture_mark_read (fixture, id, fixture_row (fixture, "Communication", "m1"), &error));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);
  undo = fixture_act (fixture, ZQ_ACTION_MARK_UNREAD, id, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 1);
  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);
}

static void
test_quote (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (GObject) item = NULL;
  gint64 seq, key;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "the first question");
  seq = send (fixture, task (fixture, 1),
              &(ZqReply){ .text = "a", .quote = fixture_row (fixture, "Communication", "m1"), .seen_message = -1 },
              NULL, NULL);
  g_assert_cmpint (seq, !=, 0);
  key = fixture_number (fixture, "SELECT target FROM intent WHERE seq = ?", seq);
  list = zq_message_list_new (fixture->store, thread (fixture, 1));
  item = fixture_item (fixture, list, key);
  expect_text (item, "quote-text", "the first question");
  body = request_of (fixture, seq);
  g_assert_cmpstr (zq_json_get_string (body, "inResponseTo[0].reference"), ==, "Communication/m1");
}

static void
test_correct (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (GObject) item = NULL;
  g_autoptr (GObject) old = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq, sent, key;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  sent = deliver (
      fixture, send (fixture, task (fixture, 1), &(ZqReply){ .text = "5 mg", .seen_message = -1 }, NULL, NULL), "mine");
  patient_reads (fixture, 1, 30);

  g_assert_cmpint (send (fixture, task (fixture, 1), &(ZqReply){ .text = "50 mg", .corrects = sent }, NULL, &error), ==,
                   0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_EMPTY);
  seq = send (fixture, task (fixture, 1),
              &(ZqReply){ .text = "50 mg", .corrects = sent, .reason = "a zero was missing" }, NULL, NULL);
  g_assert_cmpint (seq, !=, 0);
  key = fixture_number (fixture, "SELECT target FROM intent WHERE seq = ?", seq);
  list = zq_message_list_new (fixture->store, thread (fixture, 1));
  item = fixture_item (fixture, list, key);
  expect_int (item, "form", ZQ_FORM_CORRECTION);
  expect_text (item, "old-text", "5 mg");
  expect_text (item, "correct-reason", "a zero was missing");
  old = fixture_item (fixture, list, sent);
  expect_int (old, "corrected-by", key);
  expect_int (old, "can-withdraw", FALSE);
  body = request_of (fixture, seq);
  g_assert_cmpstr (zq_json_get_string (body, "category[0].coding[0].code"), ==, "correction");
  g_assert_cmpstr (zq_json_get_string (body, "inResponseTo[0].reference"), ==, "Communication/mine");
}

/* The patient reads the reason too. */
static void
test_reason_is_looked_at (Fixture *fixture, gconstpointer data)
{
  ZqPolicy *policy = zq_context_get_policy (fixture->context);
  g_autoptr (ZqGuardKnown) known = NULL;
  g_autoptr (GPtrArray) both = NULL;
  g_autoptr (GPtrArray) none = NULL;
  const ZqGuardFinding *finding;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  known = zq_guard_known_load (fixture_db (fixture), fixture_row (fixture, "Patient", "1"), NULL, 0);
  none = zq_guard_known_check (known, policy, "每日一次", NULL);
  g_assert_cmpuint (none->len, ==, 0);
  both = zq_guard_known_check (known, policy, "有事打我手机13800012345", "请加手机13800012346");
  g_assert_cmpuint (both->len, ==, 2);
  finding = g_ptr_array_index (both, 0);
  g_assert_cmpstr (finding->rule, ==, "contact");
  g_assert_cmpuint (finding->end, >, finding->start);
  finding = g_ptr_array_index (both, 1);
  g_assert_cmpstr (finding->rule, ==, "contact");
  g_assert_cmpuint (finding->end, ==, 0);
}

static void
test_withdraw (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (GError) error = NULL;
  gint64 sent, read;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  sent = deliver (fixture, send (fixture, task (fixture, 1), &(ZqReply){ .text = "wrong" }, NULL, NULL), "one");
  zq_message_withdraw_async (fixture->store, sent, on_ready, &result);
  WAIT (result);
  g_assert_true (zq_message_withdraw_finish (fixture->store, result, &error));
  g_assert_cmpint (
      fixture_number (fixture, "SELECT count (*) FROM message WHERE id = ? AND withdrawn AND text IS NULL", sent), ==,
      1);
  body = request_of (fixture, fixture_number (fixture, "SELECT max (seq) FROM intent WHERE ? = 0", 0));
  g_assert_cmpstr (zq_json_get_string (body, "status"), ==, "entered-in-error");

  fixture_consult (fixture, 2, ME, "in-consultation", "1");
  read = deliver (fixture, send (fixture, task (fixture, 2), &(ZqReply){ .text = "seen" }, NULL, NULL), "two");
  patient_reads (fixture, 2, 30);
  zq_message_withdraw_async (fixture->store, read, on_ready, &again);
  WAIT (again);
  g_assert_false (zq_message_withdraw_finish (fixture->store, again, &error));
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
}

static void
test_note (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqList) list = NULL;
  g_autoptr (GObject) item = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autofree char *text = NULL;
  gint64 id, turn, key;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  id = task (fixture, 1);
  turn = fixture_number (fixture, "SELECT turn FROM consult_summary WHERE id = ?", id);
  zq_consult_note_async (fixture->store, id, "between us", on_ready, &result);
  WAIT (result);
  g_assert_true (zq_consult_note_finish (fixture->store, result, NULL));
  key = fixture_number (fixture, "SELECT target FROM intent WHERE action = 'write-note' AND ? = 0", 0);
  list = zq_message_list_new (fixture->store, thread (fixture, 1));
  item = fixture_item (fixture, list, key);
  expect_int (item, "form", ZQ_FORM_NOTE);
  g_assert_cmpint (fixture_number (fixture, "SELECT turn FROM consult_summary WHERE id = ?", id), ==, turn);

  body =
      request_of (fixture, fixture_number (fixture, "SELECT seq FROM intent WHERE action = 'write-note' AND ? = 0", 0));
  g_assert_null (zq_json_get (body, "subject"));
  g_assert_null (zq_json_get (body, "recipient"));
  g_assert_null (zq_json_get (body, "encounter"));
  g_assert_cmpstr (zq_json_get_string (body, "partOf[0].reference"), ==, "Task/1");
  g_assert_cmpstr (zq_json_get_string (body, "meta.security[0].code"), ==, "R");
  text = json_to_string (body, FALSE);
  g_assert_null (strstr (text, "Patient/"));
}

/* A note may come before its Task. */
static void
test_note_first (Fixture *fixture, gconstpointer data)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'n1','status':'completed'," CATEGORY ",'partOf':[{'reference':"
                "'Task/1'}],'sender':{'reference':'" OTHER "'},'sent':'%s','payload':[{'contentString':'n'}]}",
                "internal-note", at_minute (-3));
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  g_assert_cmpint (fixture_number (fixture, "SELECT thread FROM message WHERE note AND ? = 0", 0), ==,
                   thread (fixture, 1));
}

static void
test_send_and_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *draft = NULL;
  g_autofree char *scope = NULL;
  gint64 id;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "q");
  id = task (fixture, 1);
  g_assert_cmpint (
      send (fixture, id,
            &(ZqReply){ .text = "done", .seen_message = -1, .outcome = "advised", .delay_us = 10 * G_USEC_PER_SEC },
            &undo, &error),
      !=, 0);
  g_assert_no_error (error);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, id));
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE not_before > 0 AND ? = 0", 0), ==, 2);

  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_no_error (error);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE from_me AND ? = 0", 0), ==, 0);
  scope = zq_consult_draft_scope (id);
  draft = zq_draft_load (fixture_db (fixture), scope);
  g_assert_cmpstr (draft, ==, "done");
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (GObject) item = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  GPtrArray *files;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'m1','status':'completed'," CATEGORY ",'partOf':[{'reference':"
                "'Communication/t1'}],'sender':{'reference':'Patient/1'},'sent':'%s','payload':[{'contentAttachment':{"
                "'contentType':'image/png','url':'Binary/b1','title':'../../x.png','size':12,'hash':'aGFzaA=='}},"
                "{'contentAttachment':{'contentType':'application/pdf','url':'https://other.test/x'}},"
                "{'contentAttachment':{'contentType':'image/png','size':-4}},{'contentAttachment':7}]}",
                "message", at_minute (-3));
  list = zq_message_list_new (fixture->store, thread (fixture, 1));
  item = fixture_item (fixture, list, fixture_row (fixture, "Communication", "m1"));
  files = zq_message_get_files ((ZqMessage *)item);
  g_assert_nonnull (files);
  g_assert_cmpuint (files->len, >=, 3);
  g_assert_cmpstr (((ZqFile *)g_ptr_array_index (files, 0))->key, ==, "Binary/b1");
  g_assert_true (((ZqFile *)g_ptr_array_index (files, 1))->is_pdf);
  g_assert_cmpint (((ZqFile *)g_ptr_array_index (files, 2))->size, ==, 0);
  pictures = zq_message_list_pictures (fixture_db (fixture), thread (fixture, 1), 10);
  g_assert_cmpuint (pictures->len, ==, 2);
}

static void
test_unseen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) unseen = NULL;
  g_autoptr (GArray) none = NULL;
  gint64 patient;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_consult (fixture, 2, ME, "in-consultation", "1");
  fixture_message (fixture, 2, "m2", "Patient/2", -5, "q");
  patient = fixture_number (fixture, "SELECT patient FROM consult WHERE id = ?", task (fixture, 2));
  unseen = zq_unseen_of_patient (fixture_db (fixture), patient, 0);
  g_assert_nonnull (unseen);
  g_assert_cmpint (g_array_index (unseen, ZqUnseen, 0).consult, ==, task (fixture, 2));
  none = zq_unseen_of_patient (fixture_db (fixture), patient, task (fixture, 2));
  g_assert_null (none);
  g_assert_cmpint (zq_message_first_unread (fixture_db (fixture), thread (fixture, 2)), ==,
                   fixture_row (fixture, "Communication", "m2"));
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) newer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gint64 seq;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -5, "first");
  seq = send (fixture, task (fixture, 1), &(ZqReply){ .text = "a", .seen_message = -1 }, NULL, NULL);
  fixture_message (fixture, 1, "m2", "Patient/1", 1, "second");
  newer = zq_consult_list_newer (fixture_db (fixture), seq);
  g_assert_cmpuint (newer->len, ==, 1);
  g_assert_cmpstr (((ZqNewer *)g_ptr_array_index (newer, 0))->text, ==, "second");

  zq_consult_discard_async (fixture->store, seq, on_ready, &result);
  WAIT (result);
  g_assert_true (zq_consult_intent_finish (fixture->store, result, NULL));
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE from_me AND ? = 0", 0), ==, 0);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM audit WHERE what = 'discard' AND ? = 0", 0), ==, 1);
}

static void
expect_first_title (ZqPolicy *policy, const char *language, const char *wanted)
{
  g_auto (GStrv) languages = g_get_locale_variants (language);
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) outcomes = NULL;

  g_strv_builder_addv (all, (const char **)languages);
  g_strv_builder_add (all, "C");
  names = g_strv_builder_end (all);
  outcomes = zq_consult_list_outcomes_in (policy, (const char *const *)names);
  g_assert_cmpstr (((ZqChoice *)g_ptr_array_index (outcomes, 0))->code, ==, "advised");
  g_assert_cmpstr (((ZqChoice *)g_ptr_array_index (outcomes, 0))->title, ==, wanted);
}

static void
test_choices (Fixture *fixture, gconstpointer data)
{
  ZqPolicy *policy = zq_context_get_policy (fixture->context);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) other = NULL;

  expect_first_title (policy, "zh_CN.UTF-8", "已答复");
  expect_first_title (policy, "zh_TW.UTF-8", "已答复");
  expect_first_title (policy, "en_GB.UTF-8", "Answered");
  expect_first_title (policy, "de_DE.UTF-8", "Answered");
  expect_first_title (policy, "C", "Answered");

  g_ptr_array_add (
      texts, zq_policy_text_new ("a test", "clinic",
                                 "{\"format\":1,\"version\":\"1\",\"answer-promise\":{\"default\":1},\"outcomes\":["
                                 "{\"code\":\"advised\",\"title\":\"答\",\"titles\":{\"zh_TW\":\"復\"}}]}"));
  other = zq_policy_load (NULL, texts, &problems);
  g_assert_cmpuint (problems->len, ==, 0);
  expect_first_title (other, "zh_TW.UTF-8", "復");
  expect_first_title (other, "zh_CN.UTF-8", "答");
  expect_first_title (other, "en_US.UTF-8", "答");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/words/several-at-once-are-one-undo", test_several },
    { "/words/handed-over-leaves-my-views", test_assign },
    { "/words/marked-unread-until-read", test_unread },
    { "/words/a-quote-names-what-it-answers", test_quote },
    { "/words/a-correction-has-a-reason-and-keeps-the-old", test_correct },
    { "/words/a-reason-is-looked-at-too", test_reason_is_looked_at },
    { "/words/withdrawn-only-before-it-was-read", test_withdraw },
    { "/words/a-note-names-no-patient-and-stops-no-clock", test_note },
    { "/words/a-note-before-its-task-finds-its-place", test_note_first },
    { "/words/sent-and-closed-comes-back-whole", test_send_and_close },
    { "/words/files-as-told-whatever-they-claim", test_files },
    { "/words/unseen-of-the-patient-elsewhere", test_unseen },
    { "/words/what-is-new-beside-a-held-reply", test_newer },
    { "/words/outcomes-are-the-policys-in-the-readers-language", test_choices },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, fixture_set_up, tests[i].test, fixture_tear_down);

  return g_test_run ();
}
