/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/reasons.h"
#include "clinic/fixture.h"
#include "resource/json.h"
#include "store/draft.h"

#include <string.h>

#define ME       "Practitioner/me"
#define CATEGORY "https://zhenqiao.org/fhir/CodeSystem/communication-category"
#define LOCAL_ID "https://zhenqiao.org/fhir/local-id"

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
count_intents (Fixture *fixture, const char *action)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM intent WHERE action = '%s' AND ? = 0", action);

  return fixture_number (fixture, sql, 0);
}

static void
expect_verdict (Fixture *fixture, gint64 seq, ZqVerdict verdict, const char *reason)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);

  g_assert_cmpint (push->verdict, ==, verdict);
  g_assert_cmpstr (push->reason, ==, reason);
}

/* --- what was sent and is held ---------------------------------------------------------------- */

/* The answer was lost, the patient wrote meanwhile, then the hospital's copy comes: it is sent, once. */
static void
test_held_but_sent (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "take two", row (fixture, "Communication", "m1"), NULL);
  g_autofree char *scope = zq_consult_draft_scope (id);
  g_autofree char *text = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *draft = NULL;
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autoptr (GError) error = NULL;

  text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  copy = g_strdup_printf ("{\"id\":\"s9\",%s", text + 1);
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);
  fixture_message (fixture, 1, "m2", "Patient/1", 1, "one more thing");
  expect_verdict (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);

  g_assert_true (fixture_take_raw (fixture, copy));
  g_assert_false (fixture_take_back (fixture, seq, &error));
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  draft = zq_draft_load (fixture_db (fixture), scope);
  g_assert_null (draft);
  expect_verdict (fixture, seq, ZQ_VERDICT_DONE, NULL);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE from_me AND ? = 0", 0), ==, 1);
  g_assert_cmpint (count_intents (fixture, "send-message"), ==, 0);
}

/* My other workstation's mark comes while mine waits to be made: the next one is not lost. */
static void
test_mark_adopted (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 first;

  fixture_message (fixture, 1, "m2", "Patient/1", -5, "more");
  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m1"), NULL));
  first = fixture_number (fixture, "SELECT seq FROM intent WHERE ? = 0", 0);
  fixture_take (fixture,
                "{'resourceType':'Basic','id':'b1','meta':{'versionId':'1'},'identifier':[{'system':'" LOCAL_ID
                "','value':'read-mark.t1.Practitioner.me'}],'code':{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference':"
                "'Communication/t1'},'author':{'reference':'Practitioner/me'},'extension':[{'url':"
                "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
                at_minute (-20));
  g_assert_true (fixture_mark_read (fixture, id, row (fixture, "Communication", "m2"), NULL));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);
  expect_verdict (fixture, first, ZQ_VERDICT_GO, NULL);
  g_assert_cmpint (count_intents (fixture, "mark-read"), ==, 2);
}

/* --- whose conversation it is ----------------------------------------------------------------- */

static void
take_header (Fixture *fixture, const char *patient)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'t1','meta':{'versionId':'1'},'status':'in-progress','category':"
                "[{'coding':[{'system':'" CATEGORY "','code':'thread'}]}],'subject':{'reference':'%s'}}",
                patient);
}

static void
test_other_patient (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seen = row (fixture, "Communication", "m1");
  g_autoptr (GError) error = NULL;

  take_header (fixture, "Patient/2");
  g_assert_cmpint (fixture_send (fixture, id, "answer", seen, &error), ==, 0);
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  g_assert_cmpstr (error->message, ==, ZQ_REASON_OTHER_PATIENT);
  g_assert_cmpint (count_intents (fixture, "send-message"), ==, 0);
}

/* It comes out while the reply waits. */
static void
test_other_patient_later (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  take_header (fixture, "Patient/1");
  expect_verdict (fixture, seq, ZQ_VERDICT_GO, NULL);
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);
  fixture_take (fixture,
                "{'resourceType':'Task','id':'1','meta':{'versionId':'2','lastUpdated':'%s'},'status':'in-progress',"
                "'code':{'coding':[{'code':'advice'}]},'focus':{'reference':'Communication/t1'},"
                "'for':{'reference':'Patient/3'},'owner':{'reference':'Practitioner/me'}}",
                at_minute (2));
  expect_verdict (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_OTHER_PATIENT);
}

/* Task and header agree by now, but it was written to somebody else. */
static void
test_other_addressee (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);

  fixture_take (fixture,
                "{'resourceType':'Task','id':'1','meta':{'versionId':'2','lastUpdated':'%s'},'status':'in-progress',"
                "'code':{'coding':[{'code':'advice'}]},'focus':{'reference':'Communication/t1'},"
                "'for':{'reference':'Patient/3'},'owner':{'reference':'Practitioner/me'}}",
                at_minute (2));
  take_header (fixture, "Patient/3");
  expect_verdict (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_OTHER_PATIENT);
}

/* --- a telephone's clock ---------------------------------------------------------------------- */

/* By a telephone that runs two days ahead. */
static void
take_ahead (Fixture *fixture, const char *id, int version, int minute)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'%d','lastUpdated':'%s'},"
                "'status':'completed','category':[{'coding':[{'system':'" CATEGORY "','code':'message'}]}],"
                "'partOf':[{'reference':'Communication/t1'}],'sender':{'reference':'Patient/1'},'sent':'%s',"
                "'payload':[{'contentString':'from tomorrow'}]}",
                id, version, at_minute (minute), at_minute (2 * 24 * 60));
}

static gint64
minute_of (Fixture *fixture, const char *id)
{
  gint64 sent = fixture_number (fixture, "SELECT sent FROM message WHERE id = ?", row (fixture, "Communication", id));

  return (sent - ZQ_TEST_START_US) / ZQ_TEST_MINUTE_US;
}

static void
test_phone_ahead (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;

  take_ahead (fixture, "ahead", 1, -5);
  g_assert_cmpint (minute_of (fixture, "ahead"), ==, -5);
  /* Whatever is done to it later, it stands where it came. */
  take_ahead (fixture, "ahead", 2, -1);
  g_assert_cmpint (minute_of (fixture, "ahead"), ==, -5);

  seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "ahead"), NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 0);
  g_assert_cmpint (fixture_number (fixture, "SELECT up_to FROM read_mark WHERE ? = 0", 0), <=,
                   zq_clock_now (fixture->clock));

  /* What comes next is seen to be newer. */
  zq_clock_advance (fixture->clock, 2 * ZQ_TEST_MINUTE_US);
  fixture_message (fixture, 1, "m3", "Patient/1", 1, "chest pain");
  expect_verdict (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  g_assert_cmpint (fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", id), ==, 1);
}

/* A server without lastUpdated: when it came is known all the same. */
static void
test_phone_ahead_bare (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;

  fixture_take (
      fixture,
      "{'resourceType':'Communication','id':'bare','status':'completed','category':[{'coding':[{'system':'" CATEGORY
      "','code':'message'}]}],'partOf':[{'reference':'Communication/t1'}],"
      "'sender':{'reference':'Patient/1'},'sent':'%s','payload':[{'contentString':'from tomorrow'}]}",
      at_minute (2 * 24 * 60));
  g_assert_cmpint (minute_of (fixture, "bare"), ==, 0);
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "bare"), NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  expect_verdict (fixture, seq, ZQ_VERDICT_GO, NULL);
}

/* This computer is half an hour behind and has not been told yet. */
static void
test_computer_behind (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq;

  fixture_message (fixture, 1, "m2", "Patient/1", 30, "by another clock");
  seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m2"), NULL);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  expect_verdict (fixture, seq, ZQ_VERDICT_GO, NULL);
}

/* --- overdue ---------------------------------------------------------------------------------- */

static gboolean
is_overdue (gpointer data)
{
  return fixture_count (data, ZQ_VIEW_OVERDUE) == 1;
}

static gboolean
is_not_overdue (gpointer data)
{
  Fixture *fixture = data;

  return fixture_count (fixture, ZQ_VIEW_OVERDUE) == 0 &&
         fixture_number (fixture, "SELECT count (*) FROM consult_summary WHERE overdue <> ?", 0) == 0;
}

static void
test_overdue_back (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  zq_clock_set_server_offset (fixture->clock, 48 * ZQ_TEST_HOUR_US);
  g_assert_true (zq_test_wait_until (is_overdue, fixture, 10));
  zq_clock_set_server_offset (fixture->clock, 0);
  g_assert_true (zq_test_wait_until (is_not_overdue, fixture, 10));
  zq_clock_advance (fixture->clock, 24 * ZQ_TEST_HOUR_US);
  g_assert_true (zq_test_wait_until (is_overdue, fixture, 10));
}

/* --- send again ------------------------------------------------------------------------------- */

static gboolean
break_consults (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_db_script (zq_txn_db (txn), "ALTER TABLE consult RENAME TO consult_away", error);
}

static gboolean
wait_for_flag (ZqTxn *txn, gpointer data, GError **error)
{
  while (!g_atomic_int_get ((gint *)data))
    g_thread_yield ();

  return TRUE;
}

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

/* A resend that fails leaves nothing, also when its commit carries somebody else's work. */
static void
test_resend_fails_whole (Fixture *fixture, gconstpointer data)
{
  gint64 id = begin (fixture);
  gint64 seq = fixture_send (fixture, id, "answer", row (fixture, "Communication", "m1"), NULL);
  g_autoptr (GAsyncResult) blocked = NULL;
  g_autoptr (GAsyncResult) resent = NULL;
  g_autoptr (GAsyncResult) drafted = NULL;
  g_autoptr (GError) error = NULL;
  gint go = FALSE;

  fixture_message (fixture, 1, "m2", "Patient/1", -5, "more");
  expect_verdict (fixture, seq, ZQ_VERDICT_HELD, ZQ_REASON_NEWER_MESSAGE);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, break_consults, NULL, NULL));

  zq_store_write_async (fixture->store, ZQ_PRIORITY_DOCTOR, wait_for_flag, &go, NULL, on_ready, &blocked);
  zq_consult_resend_async (fixture->store, seq, on_ready, &resent);
  zq_draft_save_async (fixture->store, "consult/1", "typed", on_ready, &drafted);
  g_atomic_int_set (&go, TRUE);
  g_assert_true (zq_test_wait_until (has_result, &drafted, 10));
  g_assert_true (zq_test_wait_until (has_result, &resent, 10));
  g_assert_true (zq_draft_save_finish (fixture->store, drafted, NULL));
  g_assert_false (zq_consult_intent_finish (fixture->store, resent, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (fixture_number (fixture, "SELECT state FROM intent WHERE seq = ?", seq), ==, ZQ_INTENT_HELD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/reply/held-but-sent-is-not-doubled", test_held_but_sent);
  ADD ("/reply/to-another-patient-is-not-possible", test_other_patient);
  ADD ("/reply/held-when-the-patients-differ", test_other_patient_later);
  ADD ("/reply/held-when-it-names-another-patient", test_other_addressee);
  ADD ("/reply/resend-fails-whole", test_resend_fails_whole);
  ADD ("/read-mark/made-elsewhere-while-mine-waits", test_mark_adopted);
  ADD ("/time/phone-that-runs-ahead", test_phone_ahead);
  ADD ("/time/phone-that-runs-ahead-at-a-bare-server", test_phone_ahead_bare);
  ADD ("/time/computer-that-is-behind", test_computer_behind);
  ADD ("/time/overdue-is-taken-back", test_overdue_back);

  return g_test_run ();
}
