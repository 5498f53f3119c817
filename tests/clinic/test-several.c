/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with consultations, one or several at once, and taken back; with another workstation or doctor beside.
 */
#include "clinic/consult/reasons.h"
#include "clinic/fixture.h"
#include "resource/json.h"

#include <string.h>

#define ME    "Practitioner/me"
#define POOL  "Organization/endo"
#define OTHER "Practitioner/other"
#define THIRD "Practitioner/third"

static gint64
task (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("%d", n);

  return fixture_row (fixture, "Task", id);
}

static gint64
last_intent (Fixture *fixture)
{
  return fixture_number (fixture, "SELECT coalesce (max (seq), 0) FROM intent WHERE ? = 0", 0);
}

static gint64
unread (Fixture *fixture, int n)
{
  return fixture_number (fixture, "SELECT unread FROM consult_summary WHERE id = ?", task (fixture, n));
}

static gint64
message (Fixture *fixture, const char *id)
{
  return fixture_row (fixture, "Communication", id);
}

/* --- read and unread ---------------------------------------------------------------------------- */

static void
begin_reading (Fixture *fixture)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -30, "one");
  fixture_message (fixture, 1, "m2", "Patient/1", -20, "two");
  fixture_message (fixture, 1, "m3", "Patient/1", -10, "three");
}

static void
test_undo_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;

  begin_reading (fixture);
  g_assert_true (fixture_mark_read (fixture, task (fixture, 1), message (fixture, "m1"), NULL));
  g_assert_cmpint (unread (fixture, 1), ==, 2);
  undo = fixture_act (fixture, ZQ_ACTION_MARK_READ, task (fixture, 1), NULL, NULL);
  g_assert_cmpint (unread (fixture, 1), ==, 0);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_cmpint (unread (fixture, 1), ==, 2);
  g_assert_cmpint (zq_message_first_unread (fixture_db (fixture), message (fixture, "t1")), ==,
                   message (fixture, "m2"));
}

/* There was no mark at all. */
static void
test_undo_first_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;

  begin_reading (fixture);
  undo = fixture_act (fixture, ZQ_ACTION_MARK_READ, task (fixture, 1), NULL, NULL);
  g_assert_cmpint (unread (fixture, 1), ==, 0);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_cmpint (unread (fixture, 1), ==, 3);
  g_assert_cmpint (last_intent (fixture), ==, 0);
}

/* What the hospital knows as read can stand as unread only. */
static void
test_undo_read_that_is_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;

  begin_reading (fixture);
  undo = fixture_act (fixture, ZQ_ACTION_MARK_READ, task (fixture, 1), NULL, NULL);
  g_assert_cmpint (fixture_deliver (fixture, last_intent (fixture), "b1"), !=, 0);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_cmpint (unread (fixture, 1), ==, 1);
  g_assert_true (fixture_mark_read (fixture, task (fixture, 1), message (fixture, "m3"), NULL));
  g_assert_cmpint (unread (fixture, 1), ==, 0);
}

/* Taking back "unread" reads nothing that came since. */
static void
test_undo_unread (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;

  begin_reading (fixture);
  g_assert_true (fixture_mark_read (fixture, task (fixture, 1), message (fixture, "m3"), NULL));
  undo = fixture_act (fixture, ZQ_ACTION_MARK_UNREAD, task (fixture, 1), NULL, NULL);
  g_assert_cmpint (unread (fixture, 1), ==, 1);
  fixture_message (fixture, 1, "m4", "Patient/1", 1, "four");
  fixture_message (fixture, 1, "m5", "Patient/1", 2, "five");
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_cmpint (unread (fixture, 1), ==, 2);
}

static void
test_late_is_first_unread (Fixture *fixture, gconstpointer data)
{
  begin_reading (fixture);
  g_assert_true (fixture_mark_read (fixture, task (fixture, 1), message (fixture, "m3"), NULL));
  g_assert_cmpint (zq_message_first_unread (fixture_db (fixture), message (fixture, "t1")), ==, 0);
  fixture_message (fixture, 1, "late", "Patient/1", -25, "from a telephone that was off");
  g_assert_cmpint (unread (fixture, 1), ==, 1);
  g_assert_cmpint (zq_message_first_unread (fixture_db (fixture), message (fixture, "t1")), ==,
                   message (fixture, "late"));
}

/* --- handing over ------------------------------------------------------------------------------- */

static char *
owner_sent (Fixture *fixture, gint64 seq)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq);
  g_autoptr (JsonNode) body = NULL;

  if (push->body == NULL)
    return g_strdup (push->reason);
  body = zq_json_read (g_bytes_get_data (push->body, NULL), (gssize)g_bytes_get_size (push->body), NULL);
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);

  return g_strdup (zq_json_get_string (body, "owner.reference"));
}

/* Given away from the pool, it goes back to the pool, from whom it was given to and nobody else. */
static void
test_assigned_from_pool (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autofree char *owner = NULL;
  g_autofree char *refused = NULL;

  fixture_consult (fixture, 1, POOL, "awaiting-acceptance", "1");
  undo = fixture_act (fixture, ZQ_ACTION_ASSIGN, task (fixture, 1), OTHER, NULL);
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_POOL, task (fixture, 1)));
  g_assert_cmpint (fixture_deliver (fixture, last_intent (fixture), NULL), !=, 0);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_POOL, task (fixture, 1)));
  owner = owner_sent (fixture, last_intent (fixture));
  g_assert_cmpstr (owner, ==, POOL);

  fixture_consult (fixture, 1, THIRD, "in-consultation", "9");
  refused = owner_sent (fixture, last_intent (fixture));
  g_assert_cmpstr (refused, ==, ZQ_REASON_TAKEN_BY THIRD);
}

static void
test_assigned_of_mine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autofree char *owner = NULL;
  g_autofree char *refused = NULL;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  undo = fixture_act (fixture, ZQ_ACTION_ASSIGN, task (fixture, 1), OTHER, NULL);
  g_assert_cmpint (fixture_deliver (fixture, last_intent (fixture), NULL), !=, 0);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, task (fixture, 1)));
  owner = owner_sent (fixture, last_intent (fixture));
  g_assert_cmpstr (owner, ==, ME);
  fixture_consult (fixture, 1, THIRD, "in-consultation", "9");
  refused = owner_sent (fixture, last_intent (fixture));
  g_assert_cmpstr (refused, ==, ZQ_REASON_TAKEN_BY THIRD);
}

/* A colleague has claimed it before mine went out. */
static void
test_assign_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autofree char *refused = NULL;

  fixture_consult (fixture, 1, POOL, "awaiting-acceptance", "1");
  undo = fixture_act (fixture, ZQ_ACTION_ASSIGN, task (fixture, 1), OTHER, NULL);
  fixture_consult (fixture, 1, THIRD, "in-consultation", "2");
  refused = owner_sent (fixture, last_intent (fixture));
  g_assert_cmpstr (refused, ==, ZQ_REASON_TAKEN_BY THIRD);
  fixture_check_texts (fixture);
}

static void
test_nobody_named (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) none = NULL;
  g_autoptr (ZqUndo) undo = NULL;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  undo = fixture_act (fixture, ZQ_ACTION_ASSIGN, task (fixture, 1), NULL, &error);
  g_assert_null (undo);
  g_assert_cmpstr (error->message, ==, ZQ_REASON_NO_PERSON);
  undo = fixture_act (fixture, ZQ_ACTION_CLOSE, 9999, NULL, &none);
  g_assert_null (undo);
  g_assert_error (none, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE);
  g_assert_cmpint (last_intent (fixture), ==, 0);
}

static void
take_role (Fixture *fixture, const char *id, const char *who, const char *more)
{
  fixture_take (fixture,
                "{'resourceType':'PractitionerRole','id':'%s','meta':{'tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'practitioner':{'reference':'Practitioner/%s'}"
                "%s}",
                id, who, more);
}

/* Whoever has a role here is asked for by name, and can have it; not assistants, not who has left. */
static void
test_colleagues (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) colleagues = NULL;
  g_autoptr (GPtrArray) fewer = NULL;

  take_role (fixture, "r1", "other", "");
  take_role (fixture, "r2", "nurse",
             ",'code':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/role','code':'assistant'}]}]");
  take_role (fixture, "r3", "gone", ",'active':false");
  take_role (fixture, "r4", "me", "");
  g_assert_cmpint (fixture_number (fixture,
                                   "SELECT count (*) FROM resource WHERE type = 'Practitioner' AND state = 'wanted'"
                                   " AND server_id IN ('other', 'nurse', 'me') AND ? = 0",
                                   0),
                   ==, 3);
  fixture_take (fixture, "{'resourceType':'Practitioner','id':'other','name':[{'text':'B'}]}");
  fixture_take (fixture, "{'resourceType':'Practitioner','id':'nurse','name':[{'text':'A'}]}");
  fixture_take (fixture, "{'resourceType':'Practitioner','id':'gone','name':[{'text':'C'}]}");
  fixture_take (fixture, "{'resourceType':'Practitioner','id':'me','name':[{'text':'D'}]}");
  colleagues = zq_consult_list_colleagues (fixture_db (fixture), fixture->context);
  g_assert_cmpuint (colleagues->len, ==, 1);
  g_assert_cmpstr (((ZqChoice *)g_ptr_array_index (colleagues, 0))->code, ==, OTHER);
  g_assert_cmpstr (((ZqChoice *)g_ptr_array_index (colleagues, 0))->title, ==, "B");

  take_role (fixture, "r1", "other", ",'active':false");
  fewer = zq_consult_list_colleagues (fixture_db (fixture), fixture->context);
  g_assert_cmpuint (fewer->len, ==, 0);
}

/* --- several ------------------------------------------------------------------------------------ */

/* Of three that were closed, a colleague has got one meanwhile. */
static void
test_undo_what_can_be (Fixture *fixture, gconstpointer data)
{
  gint64 consults[3];
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (GError) error = NULL;
  guint n_not = 9;

  for (int n = 1; n <= 3; n++)
    {
      fixture_consult (fixture, n, ME, "in-consultation", "1");
      consults[n - 1] = task (fixture, n);
    }
  undo = fixture_act_all (fixture, ZQ_ACTION_CLOSE, consults, 3, "advised", &n_not, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_not, ==, 0);
  for (int n = 1; n <= 3; n++)
    fixture_deliver (fixture, fixture_number (fixture, "SELECT min (seq) FROM intent WHERE ? = 0", 0), NULL);
  fixture_consult (fixture, 3, OTHER, "in-consultation", "9");
  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 2);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE action = 'reopen' AND ? = 0", 0), ==,
                   2);
  fixture_check_texts (fixture);
}

/* A reply that has come back from the hospital unasked is out: it does not become a draft, too. */
static void
test_undo_of_what_is_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *copy = NULL;
  ZqReply reply = { .text = "answer", .seen_message = -1, .outcome = "advised" };
  gint64 seq;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  seq = fixture_reply (fixture, task (fixture, 1), &reply, &undo, NULL);
  push = fixture_prepare (fixture, seq);
  text = g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
  copy = g_strdup_printf ("{\"id\":\"s9\",%s", text + 1);
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);
  g_assert_true (fixture_take_raw (fixture, copy));
  g_assert_true (fixture_undo (fixture, undo, &error));
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE from_me AND ? = 0", 0), ==, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM draft WHERE ? = 0", 0), ==, 0);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE action = 'close' AND ? = 0", 0), ==, 0);
}

/* --- two at once -------------------------------------------------------------------------------- */

/* Both doctors claim it; the hospital has given it to the other one. */
static void
test_claim_race (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *refused = NULL;
  gint64 seq;

  fixture_consult (fixture, 1, POOL, "awaiting-acceptance", "1");
  undo = fixture_claim (fixture, task (fixture, 1), NULL);
  seq = last_intent (fixture);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, task (fixture, 1)));
  /* The hospital says no to the version; then its newest copy is read. */
  sent = owner_sent (fixture, seq);
  g_assert_cmpstr (sent, ==, ME);
  fixture_consult (fixture, 1, OTHER, "in-consultation", "2");
  refused = owner_sent (fixture, seq);
  g_assert_cmpstr (refused, ==, ZQ_REASON_TAKEN_BY OTHER);
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, task (fixture, 1)));
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_POOL, task (fixture, 1)));
  fixture_check_texts (fixture);
}

/* My other workstation answers and closes while a reply is written here. */
static void
test_other_workstation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPush) push = NULL;
  g_autofree char *closed = NULL;
  gint64 seq;

  begin_reading (fixture);
  fixture_message (fixture, 1, "mine-there", ME, 1, "answered there");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, task (fixture, 1)));
  g_assert_cmpint (unread (fixture, 1), ==, 0);

  /* No question was overlooked: a second reply goes. */
  seq = fixture_send (fixture, task (fixture, 1), "answered here too", message (fixture, "m3"), NULL);
  push = fixture_prepare (fixture, seq);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  fixture_settle (fixture, seq, ZQ_PUSH_LATER, NULL);

  fixture_consult (fixture, 1, ME, "completed", "5");
  zq_push_free (g_steal_pointer (&push));
  push = fixture_prepare (fixture, seq);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_HELD);
  g_assert_cmpstr (push->reason, ==, ZQ_REASON_CLOSED);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_CLOSED, task (fixture, 1)));
}

/* Closed in both places: done is done. */
static void
test_closed_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqUndo) undo = NULL;
  g_autoptr (ZqPush) push = NULL;

  begin_reading (fixture);
  undo = fixture_close (fixture, task (fixture, 1), NULL);
  fixture_consult (fixture, 1, ME, "completed", "5");
  push = fixture_prepare (fixture, last_intent (fixture));
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_DONE);
  g_assert_true (fixture_undo (fixture, undo, NULL));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, task (fixture, 1)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/read/taken-back-is-as-it-was", test_undo_read);
  ADD ("/read/first-one-taken-back-leaves-nothing", test_undo_first_read);
  ADD ("/read/taken-back-after-the-push-stands-as-unread", test_undo_read_that_is_out);
  ADD ("/unread/taken-back-reads-nothing", test_undo_unread);
  ADD ("/unread/late-arrival-is-the-first-one", test_late_is_first_unread);
  ADD ("/assign/from-the-pool-goes-back-to-it", test_assigned_from_pool);
  ADD ("/assign/of-mine-comes-back-from-them-only", test_assigned_of_mine);
  ADD ("/assign/lost-says-who-has-it", test_assign_lost);
  ADD ("/assign/to-nobody-is-said", test_nobody_named);
  ADD ("/assign/colleagues-are-those-with-a-role-here", test_colleagues);
  ADD ("/several/what-can-be-undone-is", test_undo_what_can_be);
  ADD ("/several/what-is-out-is-no-draft", test_undo_of_what_is_out);
  ADD ("/two/doctors-claim-one", test_claim_race);
  ADD ("/two/workstations-of-one-doctor", test_other_workstation);
  ADD ("/two/closings-are-one", test_closed_twice);

  return g_test_run ();
}
