/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"

#include <string.h>

#define TAG "'meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]}"

/* k1: p1 with lin; k2: p2 with wang; k3: p2 in the pool. A note and a draft on k1, of which the draft
 * once was a message. */
static void
put_all (Fixture *fixture)
{
  g_autofree char *one = message_json ("t-k1", "p1", "Practitioner/lin", "SECRET-none");
  g_autofree char *two = message_json ("t-k2", "p2", "Patient/p2", "b");

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_consultation (fixture, "k2", "p2", "Practitioner/wang", "in-consultation");
  put (fixture, "Communication", "m1", one);
  put (fixture, "Communication", "m2", two);
  put (fixture, "Communication", "note",
       "{'resourceType':'Communication'," TAG
       ",'status':'completed','category':[{'coding':[{'code':'internal-note'}]}],"
       "'partOf':[{'reference':'Task/k1'}],'sender':{'reference':'Practitioner/lin'},"
       "'payload':[{'contentString':'SECRET'}]}");
  /* one that a careless client made about the patient */
  put (fixture, "Communication", "note2",
       "{'resourceType':'Communication'," TAG ",'status':'completed','category':[{'coding':[{'code':'internal-note'},"
       "{'code':'message'}]}],'partOf':[{'reference':'Communication/t-k1'}],'subject':{'reference':'Patient/p1'},"
       "'recipient':[{'reference':'Patient/p1'}],'payload':[{'contentString':'SECRET'}]}");
  put (fixture, "Communication", "note3",
       "{'resourceType':'Communication'," TAG ",'status':'completed','category':[{'coding':[{'code':'message'}]}],"
       "'partOf':[{'reference':'Communication/t-k1'},{'reference':'Task/k1'}],'subject':{'reference':'Patient/p1'},"
       "'payload':[{'contentString':'SECRET'}]}");
  put (fixture, "Communication", "draft",
       "{'resourceType':'Communication'," TAG ",'status':'preparation','category':[{'coding':[{'code':'message'}]}],"
       "'partOf':[{'reference':'Communication/t-k1'}],'subject':{'reference':'Patient/p1'},"
       "'payload':[{'contentString':'SECRET'}]}");
  put (fixture, "Communication", "draft",
       "{'resourceType':'Communication'," TAG ",'status':'completed','category':[{'coding':[{'code':'message'}]}],"
       "'partOf':[{'reference':'Communication/t-k1'}],'subject':{'reference':'Patient/p1'},"
       "'payload':[{'contentString':'said'}]}");
  put (fixture, "Task", "alert",
       "{'resourceType':'Task'," TAG ",'status':'requested','code':{'coding':[{'code':'alert'}]},"
       "'for':{'reference':'Patient/p1'},'owner':{'reference':'Practitioner/lin'},'description':'SECRET'}");
  put (fixture, "Observation", "o1", "{'resourceType':'Observation','subject':{'reference':'Patient/p1'}}");
  put (fixture, "Observation", "o2", "{'resourceType':'Observation','subject':{'reference':'Patient/p2'}}");
}

/* What was measured at home comes back to who measured it; what a laboratory measured does not. */
static void
test_patient_reads_own_measurements (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (Answer) all = NULL, own = NULL, changed = NULL;

  put_all (fixture);
  put (fixture, "Observation", "h1",
       "{'resourceType':'Observation','status':'final','subject':{'reference':'Patient/p1'},'performer':[{'reference':"
       "'Patient/p1'}]}");
  put (fixture, "Observation", "h2",
       "{'resourceType':'Observation','status':'final','subject':{'reference':'Patient/p2'},'performer':[{'reference':"
       "'Patient/p2'}]}");
  token = sign_in (fixture, "p1");
  all = get (fixture, token, "Observation?patient=p1,p2");
  g_assert_nonnull (strstr (all->text, "\"h1\""));
  g_assert_null (strstr (all->text, "\"h2\""));
  g_assert_null (strstr (all->text, "\"o1\""));
  own = get (fixture, token, "Observation/h1");
  g_assert_cmpuint (own->status, ==, 200);
  changed = ask (fixture, "PUT", "Observation/h1", token, own->text, NULL);
  g_assert_cmpuint (changed->status, ==, 403);
}

static void
test_patient_sees_own_only (Fixture *fixture, gconstpointer data)
{
  static const char *const foreign[] = { "Patient/p2",
                                         "Task/k2",
                                         "Communication/m2",
                                         "Communication/t-k2",
                                         "Communication/note",
                                         "Communication/note2",
                                         "Task/alert",
                                         "Observation/o1",
                                         "Communication/draft/_history/1",
                                         "Task/k2/_history" };
  g_autofree char *token = NULL;
  g_autoptr (Answer) patients = NULL, tasks = NULL, messages = NULL, history = NULL;

  put_all (fixture);
  token = sign_in (fixture, "p1");
  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (Answer) answer = get (fixture, token, foreign[i]);

      g_test_message ("%s", foreign[i]);
      assert_outcome (answer, 404);
    }

  patients = get (fixture, token, "Patient");
  g_assert_cmpuint (entries (patients), ==, 1);
  tasks = get (fixture, token, "Task");
  g_assert_cmpuint (entries (tasks), ==, 1);
  g_assert_true (holds (tasks, "k1"));
  messages = get (fixture, token, "Communication");
  g_assert_cmpuint (entries (messages), ==, 3);
  g_assert_cmpstr (zq_json_get_string (messages->node, "total"), ==, "3");
  history = get (fixture, token, "Communication/draft/_history");
  g_assert_cmpuint (entries (history), ==, 1);
}

static void
test_notes_by_no_route (Fixture *fixture, gconstpointer data)
{
  static const char *const routes[] = {
    "Communication?_id=note,note2,note3,draft",
    "Communication?part-of=Task/k1",
    "Communication?category=internal-note",
    "Communication?status=preparation",
    "Communication?subject=Patient/p1&_count=1000",
    "Communication?recipient=Patient/p1",
    "Communication?_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo",
    "Communication?_include=Communication:part-of",
    "Task?_revinclude=Communication:part-of",
    "Communication/draft/_history",
    "Task/k1/_history",
    "Task",
    "Communication/note/_history",
    "Communication/note/_history/1",
    "Patient/p1/$everything",
  };
  g_autofree char *token = NULL;
  g_autofree char *batch = quotes ("{'resourceType':'Bundle','type':'batch','entry':["
                                   "{'request':{'method':'GET','url':'Communication/note'}},"
                                   "{'request':{'method':'GET','url':'Communication/note2'}},"
                                   "{'request':{'method':'GET','url':'Communication/draft/_history/1'}},"
                                   "{'request':{'method':'GET','url':'Communication?_count=100'}}]}");
  g_autoptr (GBytes) form = g_bytes_new_static ("category=internal-note", 22);
  g_autoptr (Answer) batched = NULL, posted = NULL, page = NULL, doctor_sees = NULL, taken = NULL, created = NULL;
  g_autofree char *doctor = NULL;
  g_autofree char *overwrite = message_json ("t-k1", "p1", "Patient/p1", "x");
  g_autofree char *with_id = NULL;

  put_all (fixture);
  token = sign_in (fixture, "p1");
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autoptr (Answer) answer = get (fixture, token, routes[i]);

      g_test_message ("%s", routes[i]);
      g_assert_null (strstr (answer->text, "\"SECRET\""));
    }
  batched = ask (fixture, "POST", "", token, batch, NULL);
  g_assert_cmpuint (batched->status, ==, 200);
  g_assert_null (strstr (batched->text, "\"SECRET\""));
  posted = ask_bytes (fixture, "POST", "Communication/_search", token, "application/x-www-form-urlencoded", form, NULL,
                      NULL);
  g_assert_cmpuint (entries (posted), ==, 0);

  /* a page link that a doctor was given shows a patient no more than the patient's own */
  doctor = sign_in (fixture, "lin");
  doctor_sees = get (fixture, doctor, "Communication?_count=1&_sort=_id");
  for (guint i = 0; i < zq_json_get_length (doctor_sees->node, "link"); i++)
    {
      JsonNode *link = zq_json_get_at (doctor_sees->node, "link", i);

      if (g_strcmp0 (zq_json_get_string (link, "relation"), "next") == 0)
        page = get (fixture, token, zq_json_get_string (link, "url"));
    }
  g_assert_nonnull (page);
  g_assert_null (strstr (page->text, "\"SECRET\""));

  /* nor does writing over it, or asking for it by a conditional create */
  with_id = g_strdup_printf ("{\"id\":\"note\",%s", overwrite + 1);
  taken = ask (fixture, "PUT", "Communication/note", token, with_id, NULL);
  assert_outcome (taken, 404);
  created = ask (fixture, "POST", "Communication", token, overwrite, "If-None-Exist", "_id=note", NULL);
  g_assert_cmpuint (created->status, ==, 201);
}

static void
test_colleagues_task_only (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = NULL, *zhao = NULL;
  g_autofree char *reply = message_json ("t-k1", "p1", "Practitioner/lin", "r");
  g_autofree char *other = message_json ("t-k2", "p2", "Practitioner/lin", "r");
  g_autoptr (Answer) tasks = NULL, messages = NULL, thread = NULL, patients = NULL, records = NULL, strange = NULL,
                     allowed = NULL, refused = NULL, note = NULL;

  put_all (fixture);
  lin = sign_in (fixture, "lin");
  tasks = get (fixture, lin, "Task?_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo");
  g_assert_true (holds (tasks, "k1") && holds (tasks, "k2"));
  messages = get (fixture, lin, "Communication?_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo");
  g_assert_true (holds (messages, "t-k1") && holds (messages, "note"));
  g_assert_false (holds (messages, "t-k2"));
  thread = get (fixture, lin, "Communication/m2");
  assert_outcome (thread, 403);
  patients = get (fixture, lin, "Patient");
  g_assert_true (holds (patients, "p1"));
  g_assert_false (holds (patients, "p2"));
  records = get (fixture, lin, "Observation?patient=p1,p2");
  g_assert_true (holds (records, "o1"));
  g_assert_false (holds (records, "o2"));
  note = get (fixture, lin, "Communication/note");
  g_assert_cmpuint (note->status, ==, 200);

  zhao = sign_in (fixture, "zhao");
  strange = get (fixture, zhao, "Task");
  g_assert_cmpuint (entries (strange), ==, 0);

  allowed = ask (fixture, "POST", "Communication", lin, reply, NULL);
  g_assert_cmpuint (allowed->status, ==, 201);
  refused = ask (fixture, "POST", "Communication", lin, other, NULL);
  assert_outcome (refused, 403);
}

static void
test_pool_and_part (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *wang = sign_in (fixture, "wang");
  g_autofree char *taken = NULL, *claimed = NULL, *stolen = NULL;
  g_autoptr (Answer) pool = NULL, claim = NULL, late = NULL, gone = NULL, mine = NULL;
  g_autofree char *text = NULL;

  put_consultation (fixture, "k3", "p2", "Organization/endo", "awaiting-acceptance");
  pool = get (fixture, lin, "Communication/t-k3");
  g_assert_cmpuint (pool->status, ==, 200);

  text = zq_hospital_get (fixture->hospital, "Task", "k3");
  taken = replaced (text, "Organization/endo", "Practitioner/wang");
  claimed = replaced (taken, "awaiting-acceptance", "in-consultation");
  claim = ask (fixture, "PUT", "Task/k3", wang, claimed, "If-Match", "W/\"1\"", NULL);
  g_assert_cmpuint (claim->status, ==, 200);

  /* it has left the pool: the others keep the task, not the thread, and cannot take it */
  gone = get (fixture, lin, "Communication/t-k3");
  assert_outcome (gone, 403);
  mine = get (fixture, wang, "Communication/t-k3");
  g_assert_cmpuint (mine->status, ==, 200);
  stolen = replaced (claimed, "/wang", "/lin");
  late = ask (fixture, "PUT", "Task/k3", lin, stolen, NULL);
  assert_outcome (late, 409);
}

static void
test_state_table (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *login, *find, *put;
    guint status;
  } steps[] = {
    { "lin", "'code':'in-consultation'", "'code':'declined-by-magic'", 422 },
    { "lin", "'priority':'routine'", "'priority':'urgent'", 200 },
    { "lin", "'status':'in-progress'", "'status':'completed'", 422 },
    { "p1", "'priority':'urgent'", "'priority':'stat'", 403 },
    { "zhao", "'priority':'urgent'", "'priority':'stat'", 403 },
    { "lin", "'code':'advice'", "'code':'alert'", 422 },
  };
  g_autofree char *doctor = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1");
  g_autofree char *reply = message_json ("t-k1", "p1", "Practitioner/lin", "r");
  g_autofree char *asked = message_json ("t-k1", "p1", "Patient/p1", "q");
  g_autofree char *text = NULL, *ended = NULL, *both = NULL;
  g_autoptr (Answer) closed = NULL, late_reply = NULL, late_question = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *token = sign_in (fixture, steps[i].login);
      g_autofree char *find = quotes (steps[i].find), *with = quotes (steps[i].put);
      g_autofree char *before = zq_hospital_get (fixture->hospital, "Task", "k1");
      g_autofree char *after = replaced (before, find, with);
      g_autoptr (Answer) answer = ask (fixture, "PUT", "Task/k1", token, after, NULL);

      g_test_message ("%s %s", steps[i].login, steps[i].put);
      g_assert_cmpuint (answer->status, ==, steps[i].status);
    }

  text = zq_hospital_get (fixture->hospital, "Task", "k1");
  ended = replaced (text, "in-consultation", "completed");
  both = replaced (ended, "in-progress", "completed");
  closed = ask (fixture, "PUT", "Task/k1", doctor, both, NULL);
  g_assert_cmpuint (closed->status, ==, 200);
  late_reply = ask (fixture, "POST", "Communication", doctor, reply, NULL);
  assert_outcome (late_reply, 422);
  late_question = ask (fixture, "POST", "Communication", patient, asked, NULL);
  assert_outcome (late_question, 422);
}

static const char *
status_of (Answer *task)
{
  return zq_json_get_code (task->node, "businessStatus", NULL);
}

static void
test_messages_move_the_state (Fixture *fixture, gconstpointer data)
{
  g_autofree char *doctor = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1");
  g_autofree char *reply = message_json ("t-k1", "p1", "Practitioner/lin", "r");
  g_autofree char *asked = message_json ("t-k1", "p1", "Patient/p1", "q");
  g_autoptr (Answer) sent = NULL, waiting = NULL, fetched = NULL, delivered = NULL, answered = NULL, back = NULL,
                     again = NULL;
  g_autofree char *path = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  sent = ask (fixture, "POST", "Communication", doctor, reply, NULL);
  g_assert_cmpuint (sent->status, ==, 201);
  waiting = get (fixture, doctor, "Task/k1");
  g_assert_cmpstr (status_of (waiting), ==, "awaiting-patient");
  g_assert_cmpstr (zq_json_get_string (waiting->node, "meta.versionId"), ==, "2");

  /* delivered only when the other side fetches it */
  path = g_strconcat ("Communication/", zq_json_get_string (sent->node, "id"), NULL);
  g_clear_pointer (&delivered, answer_free);
  delivered = get (fixture, doctor, path);
  g_assert_null (zq_json_get_string (delivered->node, "received"));
  fetched = get (fixture, patient, "Communication?part-of=Communication/t-k1");
  g_assert_cmpuint (entries (fetched), ==, 1);
  g_clear_pointer (&delivered, answer_free);
  delivered = get (fixture, doctor, path);
  g_assert_nonnull (zq_json_get_string (delivered->node, "received"));
  g_assert_cmpstr (zq_json_get_string (delivered->node, "meta.versionId"), ==, "2");
  again = get (fixture, patient, path);
  g_assert_cmpstr (zq_json_get_string (again->node, "meta.versionId"), ==, "2");

  answered = ask (fixture, "POST", "Communication", patient, asked, NULL);
  g_assert_cmpuint (answered->status, ==, 201);
  g_assert_cmpstr (zq_json_get_tag (answered->node, ZQ_SYSTEM_DEPARTMENT), ==, "endo");
  back = get (fixture, doctor, "Task/k1");
  g_assert_cmpstr (status_of (back), ==, "in-consultation");
}

static void
test_patient_writes_little (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *type, *json;
    guint status;
  } cases[] = {
    { "Communication",
      "'status':'completed','category':[{'coding':[{'code':'message'}]}],'partOf':[{'reference':'Communication/t-k2'}],"
      "'subject':{'reference':'Patient/p1'},'sender':{'reference':'Patient/p1'}",
      403 },
    { "Communication",
      "'status':'completed','category':[{'coding':[{'code':'message'}]}],'partOf':[{'reference':'Communication/t-k1'}],"
      "'subject':{'reference':'Patient/p1'},'sender':{'reference':'Practitioner/lin'}",
      403 },
    { "Communication",
      "'status':'completed','category':[{'coding':[{'code':'internal-note'}]}],'partOf':[{'reference':'Task/k1'}],"
      "'subject':{'reference':'Patient/p1'},'sender':{'reference':'Patient/p1'}",
      403 },
    { "Observation", "'subject':{'reference':'Patient/p1'}", 403 },
    { "Observation", "'status':'final','subject':{'reference':'Patient/p1'},'performer':[{'reference':'Patient/p1'}]",
      201 },
    { "Observation", "'status':'final','subject':{'reference':'Patient/p2'},'performer':[{'reference':'Patient/p1'}]",
      403 },
    { "Observation",
      "'status':'final','subject':{'reference':'Patient/p1'},'performer':[{'reference':'Practitioner/lin'}]", 403 },
    { "Observation",
      "'status':'final','subject':{'reference':'Patient/p1'},'performer':[{'reference':'Patient/p1'},"
      "{'reference':'Practitioner/lin'}]",
      403 },
    { "Practitioner", "'active':true", 403 },
    { "QuestionnaireResponse", "'subject':{'reference':'Patient/p2'}", 403 },
    { "QuestionnaireResponse", "'subject':{'reference':'Patient/p1'}", 201 },
    { "Basic",
      "'code':{'coding':[{'code':'read-mark'}]},'subject':{'reference':'Communication/"
      "t-k1'},'author':{'reference':'Patient/p2'}",
      403 },
    { "Basic",
      "'code':{'coding':[{'code':'read-mark'}]},'subject':{'reference':'Communication/"
      "t-k2'},'author':{'reference':'Patient/p1'}",
      403 },
    { "Basic",
      "'code':{'coding':[{'code':'read-mark'}]},'subject':{'reference':'Communication/"
      "t-k1'},'author':{'reference':'Patient/p1'}",
      201 },
  };
  g_autofree char *token = sign_in (fixture, "p1");
  g_autoptr (Answer) remove = NULL, own = NULL;

  put_all (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strdup_printf ("{'resourceType':'%s',%s}", cases[i].type, cases[i].json);
      g_autofree char *body = quotes (json);
      g_autoptr (Answer) answer = ask (fixture, "POST", cases[i].type, token, body, NULL);

      g_test_message ("%" G_GSIZE_FORMAT " %s", i, cases[i].type);
      g_assert_cmpuint (answer->status, ==, cases[i].status);
    }
  remove = ask (fixture, "DELETE", "Task/k1", token, NULL, NULL);
  assert_outcome (remove, 403);
  own = get (fixture, token, "Basic?code=read-mark");
  g_assert_cmpuint (entries (own), ==, 1);
}

static void
test_patient_begins (Fixture *fixture, gconstpointer data)
{
  g_autofree char *patient = sign_in (fixture, "p1"), *doctor = sign_in (fixture, "lin");
  g_autofree char *body =
      quotes ("{'resourceType':'Bundle','type':'transaction','entry':["
              "{'fullUrl':'urn:uuid:t','resource':{'resourceType':'Communication','status':'in-progress',"
              "'category':[{'coding':[{'code':'thread'}]}],'subject':{'reference':'Patient/p1'}},"
              "'request':{'method':'POST','url':'Communication'}},"
              "{'fullUrl':'urn:uuid:q','resource':{'resourceType':'QuestionnaireResponse','subject':{'reference':'"
              "Patient/p1'}},"
              "'request':{'method':'POST','url':'QuestionnaireResponse'}},"
              "{'fullUrl':'urn:uuid:m','resource':{'resourceType':'Communication','status':'completed',"
              "'category':[{'coding':[{'code':'message'}]}],'subject':{'reference':'Patient/p1'},"
              "'sender':{'reference':'Patient/p1'},'partOf':[{'reference':'urn:uuid:t'}]},"
              "'request':{'method':'POST','url':'Communication'}},"
              "{'fullUrl':'urn:uuid:k','resource':{'resourceType':'Task','status':'requested','intent':'order',"
              "'code':{'coding':[{'code':'advice'}]},'businessStatus':{'coding':[{'code':'awaiting-acceptance'}]},"
              "'for':{'reference':'Patient/p1'},'requester':{'reference':'Patient/p1'},"
              "'owner':{'reference':'Organization/endo'},'focus':{'reference':'urn:uuid:t'},"
              "'input':[{'valueReference':{'reference':'urn:uuid:q'}}]},'request':{'method':'POST','url':'Task'}}]}");
  g_autoptr (Answer) begun = ask (fixture, "POST", "", patient, body, NULL);
  static const char tag[] = "_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo";
  static const char *const types[] = { "Task", "Communication", "QuestionnaireResponse" };
  static const guint expected[] = { 1, 2, 1 };

  g_assert_cmpuint (begun->status, ==, 200);
  /* all that it brought is tagged, so that the department's pull finds it */
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *query = g_strconcat (types[i], "?", tag, NULL);
      g_autoptr (Answer) answer = get (fixture, doctor, query);

      g_assert_cmpuint (entries (answer), ==, expected[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/access/patient-sees-own-only", test_patient_sees_own_only);
  fixture_add ("/hospital/access/patient-reads-own-measurements", test_patient_reads_own_measurements);
  fixture_add ("/hospital/access/notes-reach-a-patient-by-no-route", test_notes_by_no_route);
  fixture_add ("/hospital/access/of-a-colleague-the-task-only", test_colleagues_task_only);
  fixture_add ("/hospital/access/claimed-leaves-the-pool", test_pool_and_part);
  fixture_add ("/hospital/access/patient-writes-little", test_patient_writes_little);
  fixture_add ("/hospital/workflow/state-table-holds", test_state_table);
  fixture_add ("/hospital/workflow/messages-move-the-state", test_messages_move_the_state);
  fixture_add ("/hospital/workflow/patient-begins-a-consultation", test_patient_begins);

  return g_test_run ();
}
