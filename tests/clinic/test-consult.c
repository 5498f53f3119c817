/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/kinds.h"
#include "clinic/fixture.h"

#include <string.h>

#define ME   "Practitioner/me"
#define POOL "Organization/endo"

static gint64
task (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("%d", n);

  return fixture_row (fixture, "Task", id);
}

static ZqConsult *
load (Fixture *fixture, int n)
{
  g_autoptr (GError) error = NULL;
  ZqConsult *consult = zq_consult_load (fixture_db (fixture), fixture->context, task (fixture, n), &error);

  g_assert_no_error (error);

  return consult;
}

static gboolean
is_wanted (Fixture *fixture, const char *type, const char *id)
{
  g_autoptr (GPtrArray) wanted = zq_store_list_wanted (fixture_db (fixture), type, 1000, NULL);

  for (guint i = 0; i < wanted->len; i++)
    if (g_strcmp0 (g_ptr_array_index (wanted, i), id) == 0)
      return TRUE;

  return FALSE;
}

/* --- at a hospital that leaves things out ----------------------------------------------------- */

/* What ZqScope.again of messages names, with @departments as sync fills it in. */
static gboolean
is_asked_again (Fixture *fixture, const char *thread, const char *departments)
{
  GString *sql = g_string_new (NULL);
  g_autofree char *text = NULL;
  const ZqScope *scope = zq_message_kind.scopes;

  while (scope->again == NULL)
    scope++;
  g_string_printf (sql, "SELECT EXISTS (SELECT 1 FROM (%s) WHERE thread = ?)", scope->again);
  g_string_replace (sql, "{departments}", departments, 0);
  text = g_string_free (sql, FALSE);

  return fixture_number (fixture, text, fixture_row (fixture, "Communication", thread)) != 0;
}

static void
take_tagged (Fixture *fixture, const char *id, const char *tag, const char *category, const char *part_of)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'1','tag':[{'system':'x'},{'system':"
                "'https://zhenqiao.org/fhir/department','code':'%s'},7]},'status':'completed','category':[{'coding':[{"
                "'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'%s'}]}],"
                "'partOf':[{'reference':'%s'}],'sender':{'reference':'Patient/1'},'sent':'2026-11-22T09:00:00Z'}",
                id, tag, category, part_of);
}

static void
test_untagged (Fixture *fixture, gconstpointer data)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  take_tagged (fixture, "t1", "endo", "thread", "Communication/none");
  take_tagged (fixture, "m1", "endo", "message", "Communication/t1");
  g_assert_false (is_asked_again (fixture, "t1", "'[\"endo\"]'"));
  g_assert_true (is_asked_again (fixture, "t1", "'[\"other\"]'"));
  g_assert_true (is_asked_again (fixture, "t1", "'[]'"));

  /* One who writes without the tag is enough. */
  fixture_message (fixture, 1, "m2", "Patient/1", -50, "one");
  g_assert_true (is_asked_again (fixture, "t1", "'[\"endo\"]'"));

  fixture_consult (fixture, 1, ME, "completed", "2");
  g_assert_false (is_asked_again (fixture, "t1", "'[]'"));
}

static void
test_no_workflow (Fixture *fixture, gconstpointer data)
{
  gint64 id;

  fixture_consult (fixture, 1, ME, "awaiting-acceptance", "1");
  id = task (fixture, 1);
  fixture_message (fixture, 1, "m1", "Patient/1", -50, "one");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  fixture_message (fixture, 1, "m2", ME, -40, "answer");
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  fixture_message (fixture, 1, "m3", "Patient/1", -30, "two");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
}

/* --- what the page says ----------------------------------------------------------------------- */

static void
test_page (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqConsult) consult = NULL;
  const ZqIntakeItem *item;

  fixture_take (
      fixture,
      "{'resourceType':'Task','id':'1','status':'in-progress','businessStatus':{'coding':[{'system':"
      "'https://zhenqiao.org/fhir/CodeSystem/consultation-status','code':'in-consultation'}]},'priority':'asap',"
      "'code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'revisit'}]},"
      "'focus':{'reference':'https://hospital.test/fhir/Communication/t1/_history/3'},"
      "'for':{'reference':'Patient/1'},'requester':{'reference':'RelatedPerson/r'},"
      "'owner':{'reference':'Practitioner/me'},'authoredOn':'2026-11-22T09:00:00+08:00',"
      "'reasonCode':{'text':'<b>a</b>\\n& b'},'input':[{'valueReference':{'reference':"
      "'QuestionnaireResponse/q'}},{'valueReference':{'reference':'DiagnosticReport/d'}}]}");
  fixture_take (fixture,
                "{'resourceType':'RelatedPerson','id':'r','name':[{'text':'Rel'}],'relationship':[{'text':'aunt'}]}");
  fixture_take (
      fixture,
      "{'resourceType':'QuestionnaireResponse','id':'q','status':'completed','item':[{'text':'Group','item':["
      "{'linkId':'g','text':'Glucose','answer':[{'valueDecimal':7.10}]},{'text':'Smokes','answer':"
      "[{'valueBoolean':false,'item':[{'text':'Since','answer':[{'valueDate':'1999'}]}]}]},{'text':'Weight',"
      "'answer':[{'valueQuantity':{'value':70.0,'unit':'kg'}},{'valueCoding':{'code':'c'}}]},{'text':'None'}]}]}");

  consult = load (fixture, 1);
  g_assert_cmpstr (consult->kind, ==, "revisit");
  g_assert_cmpstr (consult->status, ==, "in-consultation");
  g_assert_cmpstr (consult->complaint, ==, "<b>a</b> & b");
  g_assert_cmpstr (consult->requester, ==, "Rel (aunt)");
  g_assert_null (consult->owner);
  g_assert_true (consult->mine && consult->urgent && !consult->in_pool && !consult->final);
  g_assert_cmpint (consult->authored, ==, ZQ_TEST_START_US - ZQ_TEST_HOUR_US);
  g_assert_cmpint (consult->thread_id, ==, fixture_row (fixture, "Communication", "t1"));
  g_assert_true (consult->can_reply && consult->can_close && consult->can_release && consult->can_set_priority);
  g_assert_false (consult->can_claim || consult->can_reopen);

  g_assert_cmpuint (consult->intake->len, ==, 5);
  item = g_ptr_array_index (consult->intake, 0);
  g_assert_cmpstr (item->question, ==, "Glucose");
  g_assert_cmpstr (item->answer, ==, "7.10");
  g_assert_cmpstr (((ZqIntakeItem *)g_ptr_array_index (consult->intake, 1))->answer, ==, "No");
  g_assert_cmpstr (((ZqIntakeItem *)g_ptr_array_index (consult->intake, 2))->answer, ==, "1999");
  g_assert_cmpstr (((ZqIntakeItem *)g_ptr_array_index (consult->intake, 3))->answer, ==, "70.0 kg");
  g_assert_cmpstr (((ZqIntakeItem *)g_ptr_array_index (consult->intake, 4))->answer, ==, "c");
  g_assert_cmpint (fixture_number (fixture, "SELECT n_results FROM consult_summary WHERE id = ?", consult->id), ==, 1);
}

static void
test_colleague (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqConsult) consult = NULL;

  fixture_consult (fixture, 1, "Practitioner/other", "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "RelatedPerson/r", -30, "hello");
  g_assert_false (is_wanted (fixture, "Patient", "1"));
  g_assert_false (is_wanted (fixture, "Communication", "t1"));
  g_assert_false (is_wanted (fixture, "RelatedPerson", "r"));
  for (guint view = 0; view < ZQ_N_VIEWS; view++)
    g_assert_cmpuint (fixture_count (fixture, view), ==, 0);

  fixture_take (fixture, "{'resourceType':'Practitioner','id':'other','name':[{'text':'Other'}]}");
  consult = load (fixture, 1);
  g_assert_cmpstr (consult->owner, ==, "Other");
  g_assert_false (consult->can_reply || consult->can_close || consult->can_claim || consult->can_set_priority);

  /* It comes to me: now all of it is wanted. */
  fixture_consult (fixture, 1, ME, "in-consultation", "2");
  g_assert_true (is_wanted (fixture, "Patient", "1"));
  g_assert_true (is_wanted (fixture, "Communication", "t1"));
  g_assert_true (is_wanted (fixture, "RelatedPerson", "r"));
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 1);
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *task, *owner, *status;
    ZqView view;
  } cases[] = {
    { "requested", POOL, "awaiting-acceptance", ZQ_VIEW_POOL },
    { "requested", ME, "awaiting-acceptance", ZQ_VIEW_WAITING_FOR_ME },
    { "accepted", ME, "in-consultation", ZQ_VIEW_WAITING_FOR_ME },
    { "on-hold", ME, "in-consultation", ZQ_VIEW_WAITING_FOR_ME },
    { "completed", ME, "completed", ZQ_VIEW_CLOSED },
    { "rejected", ME, "declined", ZQ_VIEW_CLOSED },
    { "of-tomorrow", ME, "in-consultation", ZQ_VIEW_WAITING_FOR_ME },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqConsult) consult = NULL;

      fixture_take (fixture,
                    "{'resourceType':'Task','id':'%d','status':'%s','code':{'coding':[{'code':'advice'}]},"
                    "'owner':{'reference':'%s'}}",
                    (int)i, cases[i].task, cases[i].owner);
      consult = load (fixture, (int)i);
      g_assert_cmpstr (consult->status, ==, cases[i].status);
      g_assert_true (fixture_in_view (fixture, cases[i].view, consult->id));
    }
}

/* --- whose turn, due, overdue ----------------------------------------------------------------- */

static gint64
due_of (Fixture *fixture, int n)
{
  g_autoptr (ZqConsult) consult = load (fixture, n);

  return consult->due;
}

static void
test_turn (Fixture *fixture, gconstpointer data)
{
  const gint64 day = 24 * ZQ_TEST_HOUR_US;
  gint64 id;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  id = task (fixture, 1);
  /* The request is the first question. */
  g_assert_cmpint (due_of (fixture, 1), ==, ZQ_TEST_START_US - 59 * ZQ_TEST_MINUTE_US + day);

  fixture_message (fixture, 1, "m1", "Patient/1", -50, "one");
  fixture_message (fixture, 1, "m2", "RelatedPerson/r", -40, "two");
  fixture_message (fixture, 1, "dev", "Device/d", -30, "system");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_cmpint (due_of (fixture, 1), ==, ZQ_TEST_START_US - 50 * ZQ_TEST_MINUTE_US + day);

  fixture_message (fixture, 1, "m3", "Practitioner/nurse", -20, "answer");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_cmpint (due_of (fixture, 1), ==, 0);

  fixture_message (fixture, 1, "m4", "Patient/1", -10, "again");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, id));
  g_assert_cmpint (due_of (fixture, 1), ==, ZQ_TEST_START_US - 10 * ZQ_TEST_MINUTE_US + day);

  /* Withdrawn: nothing to answer, and no words left. */
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'m4','meta':{'versionId':'2'},'status':'entered-in-error',"
                "'category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category',"
                "'code':'message'}]}],'partOf':[{'reference':'Communication/t1'}],'sender':{'reference':'Patient/1'},"
                "'sent':'%s','payload':[{'contentString':'again'}]}",
                at_minute (-10));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, id));
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE text = 'again' AND ? > 0", 1), ==, 0);
}

static gboolean
is_overdue (gpointer data)
{
  Fixture *fixture = data;

  return fixture_count (fixture, ZQ_VIEW_OVERDUE) == 1;
}

static void
test_overdue (Fixture *fixture, gconstpointer data)
{
  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_message (fixture, 1, "m1", "Patient/1", -50, "one");
  fixture_consult (fixture, 2, ME, "in-consultation", "1");
  fixture_message (fixture, 2, "n1", "Patient/2", -10, "one");
  fixture_consult (fixture, 3, "Practitioner/other", "in-consultation", "1");
  fixture_message (fixture, 3, "o1", "Patient/3", -55, "one");
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_OVERDUE), ==, 0);

  zq_clock_advance (fixture->clock, 24 * ZQ_TEST_HOUR_US - 51 * ZQ_TEST_MINUTE_US);
  zq_test_settle ();
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_OVERDUE), ==, 0);
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (zq_test_wait_until (is_overdue, fixture, 10));
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_OVERDUE, task (fixture, 1)));

  /* An answer, even one that has not gone out, ends it. */
  g_assert_cmpint (
      fixture_send (fixture, task (fixture, 1), "answer", fixture_row (fixture, "Communication", "m1"), NULL), >, 0);
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_OVERDUE), ==, 0);
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_PATIENT, task (fixture, 1)));
}

static void
test_server_clock (Fixture *fixture, gconstpointer data)
{
  fixture_take (fixture,
                "{'resourceType':'Task','id':'1','status':'in-progress','code':{'coding':[{'code':'advice'}]},"
                "'owner':{'reference':'Practitioner/me'},'restriction':{'period':{'end':'%s'}}}",
                at_minute (90));
  g_assert_cmpint (due_of (fixture, 1), ==, ZQ_TEST_START_US + 90 * ZQ_TEST_MINUTE_US);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void
test_row (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (GObject) row = NULL;
  g_autofree char *scope = NULL;
  gint64 id;

  fixture_consult (fixture, 1, ME, "in-consultation", "1");
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'m1','status':'completed','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'message'}]}],"
                "'partOf':[{'reference':'Communication/t1'}],'sender':{'reference':'Patient/1'},'sent':'%s','payload':["
                "{'contentAttachment':{'contentType':'image/png'}},{'contentAttachment':{'contentType':'IMAGE/JPEG'}},"
                "{'contentAttachment':{'contentType':'audio/ogg'}},{'contentString':'line one\\n  <i>two</i>'}]}",
                at_minute (-50));
  id = task (fixture, 1);
  list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_ME);
  row = fixture_item (fixture, list, id);
  expect_text (row, "name", "—");
  expect_text (row, "snippet", "line one <i>two</i>");
  expect_int (row, "n-pictures", 2);
  expect_int (row, "n-voices", 1);
  expect_int (row, "unread", 1);
  expect_int (row, "age-years", -1);
  expect_int (row, "has-draft", FALSE);
  expect_int (row, "waiting", FALSE);

  /* The same object learns of the patient, the draft and the reply. */
  scope = zq_consult_draft_scope (id);
  fixture_draft (fixture, scope, "typed");
  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'Name'}],'birthDate':'1960'}");
  expect_text (row, "name", "Name");
  expect_int (row, "has-draft", TRUE);

  g_assert_cmpint (fixture_send (fixture, id, "ok", fixture_row (fixture, "Communication", "m1"), NULL), >, 0);
  expect_int (row, "has-draft", FALSE);
  expect_int (row, "waiting", TRUE);
  expect_int (row, "unread", 0);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (ZqUndo) urgent = NULL;
  static const int order[] = { 3, 4, 2, 1 };

  for (int n = 1; n <= 4; n++)
    {
      g_autofree char *id = g_strdup_printf ("m%d", n);

      fixture_consult (fixture, n, ME, "in-consultation", "1");
      fixture_message (fixture, n, id, "Patient/1", n == 3 ? -1 : -10 * n, "q");
    }
  urgent = fixture_set_urgent (fixture, task (fixture, 3), TRUE, NULL);
  g_assert_nonnull (urgent);
  list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_ME);
  zq_test_settle ();
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpint (zq_list_get_key (list, i), ==, task (fixture, order[i]));

  zq_consult_list_set_view (list, ZQ_VIEW_URGENT);
  zq_test_settle ();
  expect_items (list, 1);
  g_assert_cmpint (zq_list_get_key (list, 0), ==, task (fixture, 3));
}

/* The first page of a view is read from its index alone: nothing is sorted. */
static void
test_index (Fixture *fixture, gconstpointer data)
{
  static const char *const queries[] = {
    "EXPLAIN QUERY PLAN SELECT id FROM consult_summary WHERE views & 1 ORDER BY calm, due_key, authored, id LIMIT ?",
    "EXPLAIN QUERY PLAN SELECT id FROM consult_summary WHERE views & 16 ORDER BY calm, due_key, authored, id LIMIT ?",
    "EXPLAIN QUERY PLAN SELECT id FROM consult_summary WHERE views & 64 ORDER BY last_at DESC, id DESC LIMIT ?",
    "EXPLAIN QUERY PLAN SELECT id FROM message WHERE thread = 1 ORDER BY pending, sent, order_key LIMIT ?",
    "EXPLAIN QUERY PLAN SELECT due FROM consult_summary WHERE due > 0 AND overdue = 0 ORDER BY due LIMIT ?",
    "EXPLAIN QUERY PLAN SELECT id FROM consult_summary WHERE overdue = 1 AND due > ?",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (ZqRows) rows = zq_db_query (fixture_db (fixture), NULL, queries[i], "i", (gint64)10);

      g_assert_true (zq_rows_next (rows, NULL));
      g_assert_nonnull (strstr (zq_rows_text (rows, 3), " INDEX "));
      g_assert_false (zq_rows_next (rows, NULL));
    }
}

/* The neighbours of a message are found by all columns of the index. */
static void
test_neighbour (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (fixture_db (fixture), NULL,
                   "EXPLAIN QUERY PLAN SELECT n.id FROM message m JOIN message n ON n.thread = m.thread"
                   " AND (n.pending, n.sent, n.order_key) > (+m.pending, +m.sent, +m.order_key)"
                   " WHERE m.id = ? ORDER BY n.pending, n.sent, n.order_key LIMIT 1",
                   "i", (gint64)1);

  g_assert_true (zq_rows_next (rows, NULL));
  g_assert_true (zq_rows_next (rows, NULL));
  g_assert_nonnull (strstr (zq_rows_text (rows, 3), "(pending,sent,order_key)>(?,?,?)"));
  g_assert_false (zq_rows_next (rows, NULL));
}

/* --- odd contents ----------------------------------------------------------------------------- */

static void
test_odd (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "{'resourceType':'Task','id':'o','code':{'coding':[{'code':'advice'}]}}",
    "{'resourceType':'Task','id':'o','code':{'coding':[{'code':'advice'}]},'owner':'me','for':7,'focus':[],'input':{}}",
    "{'resourceType':'Task','id':'o','code':{'coding':[{'code':'revisit'}]},'businessStatus':'x','restriction':[1]}",
    "{'resourceType':'Task','id':'o','code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code',"
    "'code':'new-code'}]},'owner':{'reference':'Practitioner/me'},'status':'requested','authoredOn':'2026'}",
    "{'resourceType':'Task','id':'o','code':{'coding':[{'code':'advice'}]},'owner':{'reference':'#c'},"
    "'for':{'reference':'https://other.test/Patient/1'},'focus':{'reference':'Group/1'}}",
    "{'resourceType':'Communication','id':'o','category':[{'coding':[{'system':"
    "'https://zhenqiao.org/fhir/CodeSystem/"
    "communication-category','code':'message'}]}],'partOf':[7,{'reference':'Communication/o2'}],'payload':{'x':1}}",
    "{'resourceType':'Communication','id':'o','category':[{'coding':[{'system':"
    "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'message'}]}],'partOf':{'reference':"
    "'Communication/none'},'sender':{'display':'x'},'sent':'yesterday','payload':[null,{'contentString':9}]}",
    "{'resourceType':'Communication','id':'o','category':[{'coding':[]}]}",
    "{'resourceType':'Basic','id':'o','code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/read-mark',"
    "'code':'read-mark'}]},'extension':{'url':'x'},'subject':'x','author':[]}",
    "{'resourceType':'QuestionnaireResponse','id':'o','item':[{'item':[{'item':{}},7,{'answer':[{'valueQuantity':{}}]}]"
    "}]}",
    "{'resourceType':'Encounter','id':'o','period':'x','type':{'text':1}}",
    "{'resourceType':'AllergyIntolerance','id':'o','patient':{'reference':'Practitioner/me'},'code':[]}",
    "{'resourceType':'Practitioner','id':'o','name':7}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_strdelimit (g_strdup (texts[i]), "'", '"');

      g_assert_true (fixture_take_raw (fixture, text));
      if (strstr (texts[i], "'Task'") != NULL)
        {
          g_autoptr (ZqConsult) consult =
              zq_consult_load (fixture_db (fixture), fixture->context, fixture_row (fixture, "Task", "o"), NULL);

          g_assert_nonnull (consult);
          g_assert_nonnull (consult->complaint);
          if (i == 3)
            g_assert_cmpstr (consult->kind, ==, "new-code");
        }
    }
  fixture_check_counts (fixture);
}

/* The examples that come with FHIR and its test cases, whatever is wrong with them. */
static void
test_corpus (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = zq_test_shared_data ("edge");
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;
  guint n = 0;

  if (dir == NULL)
    {
      g_test_skip ("the folder of test data is not there");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;

      if (!g_str_has_suffix (name, ".json") || !g_file_get_contents (path, &text, NULL, NULL))
        continue;
      fixture_take_raw (fixture, text);
      n++;
    }
  g_assert_cmpuint (n, >, 10);
  fixture_check_counts (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/consult/page-says-what-was-sent", test_page);
  ADD ("/consult/of-a-colleague-only-the-task", test_colleague);
  ADD ("/consult/status-is-derived-on-a-foreign-server", test_foreign);
  ADD ("/consult/turn-follows-the-messages", test_turn);
  ADD ("/consult/answered-leaves-the-inbox-without-workflow", test_no_workflow);
  ADD ("/consult/untagged-conversation-is-asked-about-again", test_untagged);
  ADD ("/consult/overdue-at-its-instant", test_overdue);
  ADD ("/consult/hospital-may-run-the-clock", test_server_clock);
  ADD ("/inbox/row-learns-what-changes", test_row);
  ADD ("/inbox/order-is-urgent-then-due", test_order);
  ADD ("/inbox/first-page-is-an-index-read", test_index);
  ADD ("/thread/neighbour-is-an-index-step", test_neighbour);
  ADD ("/consult/odd-contents-leave-gaps", test_odd);
  ADD ("/consult/edge-files-break-nothing", test_corpus);

  return g_test_run ();
}
