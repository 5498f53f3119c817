/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/unseen.h"
#include "clinic/fixture.h"
#include "clinic/review/review.h"

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

#define WAIT(result) g_assert_true (zq_test_wait_until (has_result, &(result), 10))

/* --- what the hospital sends --------------------------------------------------------------------- */

static void
take_report (Fixture *fixture, const char *version, int minute, const char *status, const char *value)
{
  fixture_take (fixture,
                "{'resourceType':'Observation','id':'k','meta':{'versionId':'%s','lastUpdated':'%s'},'status':'%s',"
                "'subject':{'reference':'Patient/1'},'code':{'text':'potassium'},'effectiveDateTime':'2026-11-21',"
                "'valueQuantity':{'value':%s,'unit':'mmol/L'},"
                "'referenceRange':[{'low':{'value':3.5},'high':{'value':5.3}}]}",
                version, at_minute (minute), status, value);
  fixture_take (fixture,
                "{'resourceType':'DiagnosticReport','id':'r','meta':{'versionId':'%s','lastUpdated':'%s'},"
                "'status':'%s','subject':{'reference':'Patient/1'},'code':{'text':'electrolytes'},"
                "'effectiveDateTime':'2026-11-21','result':[{'reference':'Observation/k'}]}",
                version, at_minute (minute), status);
}

static void
take_task (Fixture *fixture, const char *version, const char *owner, const char *status, const char *rest)
{
  fixture_take (fixture,
                "{'resourceType':'Task','id':'v','meta':{'versionId':'%s','tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'%s','intent':'order',"
                "'code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code',"
                "'code':'result-review'}]},'owner':{'reference':'%s'},'for':{'reference':'Patient/1'},"
                "'focus':{'reference':'DiagnosticReport/r'},'authoredOn':'%s'%s}",
                version, status, owner, at_minute (0), rest);
}

static void
set_up (Fixture *fixture, const char *value)
{
  fixture_consult (fixture, 1, "Practitioner/me", "awaiting-patient", "1");
  take_report (fixture, "1", 0, "final", value);
  take_task (fixture, "1", "Practitioner/me", "requested", "");
}

static ZqReview *
load (Fixture *fixture)
{
  return zq_review_load (fixture_db (fixture), fixture->context, fixture_row (fixture, "Task", "v"));
}

static void
assert_state (Fixture *fixture, ZqResultState state, guint to_do, guint untold)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = zq_review_list (fixture_db (fixture), fixture->context, 100, &error);
  g_autoptr (ZqReview) review = load (fixture);
  ZqReviewCounts counts;

  g_assert_no_error (error);
  zq_review_count (all, &counts);
  g_assert_cmpint (review->state, ==, state);
  g_assert_cmpuint (counts.to_do, ==, to_do);
  g_assert_cmpuint (counts.untold, ==, untold);
}

/* --- what the doctor does ------------------------------------------------------------------------ */

static void
see (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_review_see_async (fixture->store, fixture_row (fixture, "Task", "v"), on_ready, &result);
  WAIT (result);
  zq_review_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static gboolean
step (Fixture *fixture, ZqReviewStep what, const char *words, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_review_step_async (fixture->store, fixture_row (fixture, "Task", "v"), what, words, on_ready, &result);
  WAIT (result);

  return zq_review_finish (fixture->store, result, error);
}

static gint64
tell (Fixture *fixture, const char *text, ZqUndo **undo)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqReview) review = load (fixture);
  gint64 seq;

  zq_review_tell_async (fixture->store, review, text, 0, on_ready, &result);
  WAIT (result);
  seq = zq_consult_send_finish (fixture->store, result, undo, &error);
  g_assert_no_error (error);
  g_assert_cmpint (seq, !=, 0);

  return seq;
}

static gint64
intent_of (Fixture *fixture, const char *action)
{
  g_autofree char *sql = g_strdup_printf ("SELECT coalesce (max (seq), 0) FROM intent WHERE action = '%s'"
                                          " AND ?1 = ?1",
                                          action);

  return fixture_number (fixture, sql, 0);
}

static void
read_by_patient (Fixture *fixture, int minute)
{
  fixture_take (fixture,
                "{'resourceType':'Basic','id':'pm','meta':{'versionId':'%d'},'code':{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference':"
                "'Communication/t1'},'author':{'reference':'Patient/1'},'extension':[{'url':"
                "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}]}",
                minute, at_minute (minute));
}

/* --- tests --------------------------------------------------------------------------------------- */

static void
test_five_states (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqReview) review = NULL;

  set_up (fixture, "5.9");
  assert_state (fixture, ZQ_RESULT_UNSEEN, 1, 1);
  see (fixture);
  assert_state (fixture, ZQ_RESULT_SEEN_UNTOLD, 1, 1);
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  tell (fixture, "potassium is high", NULL);
  assert_state (fixture, ZQ_RESULT_TOLD_UNREAD, 0, 0);
  read_by_patient (fixture, 5);
  /* abnormal: something is still to be done */
  assert_state (fixture, ZQ_RESULT_READ, 1, 0);
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (step (fixture, ZQ_REVIEW_HANDLED, "again in a week", &error));
  g_assert_no_error (error);
  review = load (fixture);
  g_assert_cmpint (review->state, ==, ZQ_RESULT_HANDLED);
  g_assert_cmpstr (review->handled, ==, "again in a week");
}

/* The message, then the Task that names it. */
static void
test_order_on_the_wire (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPush) early = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autofree char *body = NULL;
  gint64 seq;

  set_up (fixture, "5.9");
  seq = tell (fixture, "potassium is high", NULL);
  early = fixture_prepare (fixture, intent_of (fixture, "told"));
  g_assert_cmpint (early->verdict, ==, ZQ_VERDICT_LATER);
  fixture_deliver (fixture, seq, "m9");
  push = fixture_prepare (fixture, intent_of (fixture, "told"));
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  g_assert_cmpstr (push->path, ==, "Task/v");
  body = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  g_assert_nonnull (strstr (body, "\"told\""));
  g_assert_nonnull (strstr (body, "Communication/m9"));
  assert_state (fixture, ZQ_RESULT_TOLD_UNREAD, 0, 0);
}

/* In the consultation that takes it, and nowhere else, what tells a result is an answer; taken back, it is none. */
static void
test_told_answers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqReview) review = NULL;
  gint64 one, two;

  set_up (fixture, "5.9");
  fixture_consult (fixture, 2, "Practitioner/me", "in-consultation", "1");
  fixture_message (fixture, 1, "q", "Patient/1", 3, "what about my potassium?");
  fixture_message (fixture, 2, "p", "Patient/2", 3, "and my foot?");
  one = fixture_row (fixture, "Task", "1");
  two = fixture_row (fixture, "Task", "2");
  review = load (fixture);
  g_assert_cmpint (review->consult, ==, one);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 2);
  tell (fixture, "potassium is high", &undo);
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, one));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, two));
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 1);
  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 2);
}

/* A message that is taken back told nobody, and its step does not wait for it for ever. */
static void
test_undone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;

  set_up (fixture, "5.9");
  see (fixture);
  tell (fixture, "potassium is high", &undo);
  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_no_error (error);
  g_assert_cmpint (intent_of (fixture, "told"), ==, 0);
  assert_state (fixture, ZQ_RESULT_SEEN_UNTOLD, 1, 1);
}

static void
test_discarded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq;

  set_up (fixture, "5.9");
  see (fixture);
  seq = tell (fixture, "potassium is high", NULL);
  fixture_settle (fixture, seq, ZQ_PUSH_HELD, NULL);
  assert_state (fixture, ZQ_RESULT_SEEN_UNTOLD, 1, 1);
  g_assert_true (fixture_discard (fixture, seq, &error));
  g_assert_no_error (error);
  push = fixture_prepare (fixture, intent_of (fixture, "told"));
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_DONE);
  assert_state (fixture, ZQ_RESULT_SEEN_UNTOLD, 1, 1);
}

/* A corrected value is unseen again, whatever was done with the one before, and comes back from what is closed. */
static void
test_corrected (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_up (fixture, "4.1");
  assert_state (fixture, ZQ_RESULT_UNSEEN, 1, 0);
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (step (fixture, ZQ_REVIEW_HANDLED, NULL, &error));
  assert_state (fixture, ZQ_RESULT_HANDLED, 0, 0);
  take_task (fixture, "2", "Practitioner/me", "completed",
             ",'output':[{'extension':[{'url':'https://zhenqiao.org/fhir/StructureDefinition/at','valueInstant':"
             "'2026-11-22T02:01:00.000Z'}],'type':{'coding':[{'system':"
             "'https://zhenqiao.org/fhir/CodeSystem/task-output','code':'handled'}]},'valueString':'-'}]");
  fixture_take (fixture,
                "{'resourceType':'Observation','id':'k','meta':{'versionId':'2','lastUpdated':'%s'},"
                "'status':'corrected','subject':{'reference':'Patient/1'},'code':{'text':'potassium'},"
                "'valueQuantity':{'value':6.4,'unit':'mmol/L'},"
                "'referenceRange':[{'low':{'value':3.5},'high':{'value':5.3}}]}",
                at_minute (30));
  assert_state (fixture, ZQ_RESULT_UNSEEN, 1, 1);
}

static void
test_comes_back (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, "5.9");
  see (fixture);
  tell (fixture, "potassium is high", NULL);
  zq_clock_advance (fixture->clock, 71 * ZQ_TEST_HOUR_US);
  assert_state (fixture, ZQ_RESULT_TOLD_UNREAD, 0, 0);
  zq_clock_advance (fixture->clock, 2 * ZQ_TEST_HOUR_US);
  assert_state (fixture, ZQ_RESULT_TOLD_UNREAD, 1, 0);
}

/* On the telephone: told and understood at once. Nobody's thread is marked as answered by it. */
static void
test_told_otherwise (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqReview) review = NULL;

  set_up (fixture, "6.9");
  g_assert_true (step (fixture, ZQ_REVIEW_RECEIVED, NULL, &error));
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (step (fixture, ZQ_REVIEW_NOT_REACHED, "telephone, twice", &error));
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (step (fixture, ZQ_REVIEW_CONTACTED, "telephone, daughter", &error));
  g_assert_no_error (error);
  review = load (fixture);
  g_assert_cmpint (review->received_at, !=, 0);
  g_assert_cmpstr (review->not_reached, ==, "telephone, twice");
  g_assert_cmpstr (review->contacted, ==, "telephone, daughter");
  g_assert_cmpint (review->state, ==, ZQ_RESULT_READ);
  g_assert_true (review->to_do);
}

/* What a colleague took over is not asked for here, and cannot be handled from here. */
static void
test_taken_over (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_up (fixture, "5.9");
  take_task (fixture, "2", "Practitioner/other", "requested", "");
  assert_state (fixture, ZQ_RESULT_UNSEEN, 0, 0);
  g_assert_false (step (fixture, ZQ_REVIEW_HANDLED, NULL, &error));
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
}

/* Of a department's pool: who says 收到 has it. */
static void
test_pool (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqReview) before = NULL;
  g_autoptr (ZqReview) after = NULL;

  set_up (fixture, "6.9");
  take_task (fixture, "2", "Organization/endo", "requested", "");
  before = load (fixture);
  g_assert_false (before->mine);
  g_assert_true (step (fixture, ZQ_REVIEW_RECEIVED, NULL, &error));
  after = load (fixture);
  g_assert_true (after->mine);
}

/* The patient has asked something: a message by the way would count as its answer. */
static void
test_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReview) before = NULL;
  g_autoptr (ZqReview) after = NULL;

  set_up (fixture, "4.1");
  fixture_message (fixture, 1, "a", "Practitioner/me", 1, "take your readings");
  before = load (fixture);
  g_assert_false (before->is_waiting);
  g_assert_cmpint (before->consult, ==, fixture_row (fixture, "Task", "1"));
  fixture_message (fixture, 1, "q", "Patient/1", 3, "and my foot?");
  after = load (fixture);
  g_assert_true (after->is_waiting);
}

/* What was typed in the thread stays there. */
static void
test_draft_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *scope = NULL;
  g_autofree char *draft = NULL;

  set_up (fixture, "4.1");
  scope = zq_consult_draft_scope (fixture_row (fixture, "Task", "1"));
  fixture_draft (fixture, scope, "half a sentence");
  tell (fixture, "all normal", NULL);
  draft = fixture_text (fixture, "SELECT body FROM draft WHERE scope = 'consult/' || ?",
                        fixture_row (fixture, "Task", "1"));
  g_assert_cmpstr (draft, ==, "half a sentence");
}

/* Nobody is done with before the results have been looked at, too. */
static void
test_unseen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) before = NULL;
  g_autoptr (GArray) after = NULL;
  gint64 patient;

  set_up (fixture, "5.9");
  patient = fixture_row (fixture, "Patient", "1");
  before = zq_unseen_of_patient (fixture_db (fixture), patient, fixture_row (fixture, "Task", "1"));
  g_assert_nonnull (before);
  g_assert_cmpuint (before->len, ==, 1);
  g_assert_cmpstr (g_array_index (before, ZqUnseen, 0).kind, ==, "result");
  g_assert_cmpuint (g_array_index (before, ZqUnseen, 0).n, ==, 1);
  see (fixture);
  after = zq_unseen_of_patient (fixture_db (fixture), patient, fixture_row (fixture, "Task", "1"));
  g_assert_null (after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/review/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("a-result-is-in-one-of-five-states", test_five_states);
  ADD ("the-message-goes-before-the-task-that-names-it", test_order_on_the_wire);
  ADD ("what-tells-a-result-is-an-answer", test_told_answers);
  ADD ("what-is-undone-told-nobody", test_undone);
  ADD ("what-is-discarded-told-nobody", test_discarded);
  ADD ("a-corrected-value-is-unseen-again", test_corrected);
  ADD ("told-and-unread-comes-back-after-72-hours", test_comes_back);
  ADD ("a-critical-value-is-received-and-told-on-the-telephone", test_told_otherwise);
  ADD ("what-a-colleague-took-over-is-theirs", test_taken_over);
  ADD ("who-receives-it-from-the-pool-has-it", test_pool);
  ADD ("a-question-of-the-patient-is-told", test_waiting);
  ADD ("a-draft-stays-where-it-is", test_draft_stays);
  ADD ("a-result-that-was-not-looked-at-is-unseen", test_unseen);
#undef ADD
  return g_test_run ();
}
