/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"

#include <string.h>

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* As the laboratory's system writes it. */
static void
put_report (Fixture *fixture, const char *token, const char *status, const char *value, const char *flag)
{
  g_autofree char *result = g_strdup_printf (
      "{'resourceType':'Observation','id':'k','status':'%s','subject':{'reference':'Patient/p1'},"
      "'code':{'text':'potassium'},'valueQuantity':{'value':%s,'unit':'mmol/L'},'interpretation':[{'coding':"
      "[{'system':'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation','code':'%s'}]}]}",
      status, value, flag);
  g_autofree char *report =
      g_strdup_printf ("{'resourceType':'DiagnosticReport','id':'r','status':'%s','subject':{'reference':'Patient/p1'},"
                       "'code':{'text':'electrolytes'},'result':[{'reference':'Observation/k'}]}",
                       status);
  g_autoptr (Answer) first = ask (fixture, "PUT", "Observation/k", token, g_strdelimit (result, "'", '"'), NULL);
  g_autoptr (Answer) second = ask (fixture, "PUT", "DiagnosticReport/r", token, g_strdelimit (report, "'", '"'), NULL);

  g_assert_cmpuint (first->status / 100, ==, 2);
  g_assert_cmpuint (second->status / 100, ==, 2);
}

static char *
get_task (Fixture *fixture, const char *path)
{
  g_autofree char *text = zq_hospital_get (fixture->hospital, "Task", "review-r");
  g_autoptr (JsonNode) node = text != NULL ? zq_json_read (text, -1, NULL) : NULL;

  return node != NULL ? g_strdup (zq_json_get_string (node, path)) : NULL;
}

#define assert_task(path, value)                                                                                       \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *found = get_task (fixture, path);                                                                 \
    g_assert_cmpstr (found, ==, value);                                                                                \
  }                                                                                                                    \
  G_STMT_END

/* The doctor's step, as the workstation writes it. */
static void
step (Fixture *fixture, const char *token, const char *type, const char *status)
{
  g_autofree char *before = zq_hospital_get (fixture->hospital, "Task", "review-r");
  g_autofree char *was = g_strdup ("\"status\":\"requested\"");
  g_autofree char *is =
      g_strdup_printf ("\"status\":\"%s\",\"output\":[{\"type\":{\"coding\":[{\"system\":\"" ZQ_CODE_SYSTEM (
                           "task-output") "\",\"code\":\"%s\"}]},\"valueString\":\"-\"}]",
                       status, type);
  g_autofree char *text = replaced (before, was, is);
  g_autoptr (Answer) answer = ask (fixture, "PUT", "Task/review-r", token, text, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
}

/* Who has the patient gets the report; a newer version of it opens what was closed. The patient sees none of it. */
static void
test_given_to_the_doctor (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lab = sign_in (fixture, "operator"), *lin = sign_in (fixture, "lin"), *p1 = sign_in (fixture, "p1");
  g_autoptr (Answer) mine = NULL;
  g_autoptr (Answer) patients = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_report (fixture, lab, "final", "4.2", "N");
  assert_task ("owner.reference", "Practitioner/lin");
  assert_task ("status", "requested");
  assert_task ("priority", "routine");
  assert_task ("identifier[0].value", "result-review.DiagnosticReport.r.Practitioner.lin");
  mine = get (fixture, lin, "Task/review-r");
  g_assert_cmpuint (mine->status, ==, 200);
  patients = get (fixture, p1, "Task/review-r");
  g_assert_cmpuint (patients->status, !=, 200);
  step (fixture, lin, "handled", "completed");
  assert_task ("status", "completed");
  put_report (fixture, lab, "corrected", "7.1", "HH");
  assert_task ("status", "requested");
  assert_task ("priority", "stat");
}

/* While somebody looks a critical value comes in: once, and given to whom the patient is. */
static void
test_arrival (Fixture *fixture, gconstpointer data)
{
  g_autofree char *task = NULL, *again = NULL;
  g_autoptr (JsonNode) node = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  zq_hospital_expect_arrival (fixture->hospital, 120);
  zq_test_settle ();
  zq_clock_advance (fixture->clock, MINUTE);
  zq_test_settle ();
  g_assert_null (zq_hospital_get (fixture->hospital, "DiagnosticReport", "arrival-critical"));
  zq_clock_advance (fixture->clock, MINUTE + 1);
  zq_test_settle ();
  task = zq_hospital_get (fixture->hospital, "Task", "review-arrival-critical");
  g_assert_nonnull (task);
  node = zq_json_read (task, -1, NULL);
  g_assert_cmpstr (zq_json_get_string (node, "priority"), ==, "stat");
  g_assert_cmpstr (zq_json_get_string (node, "owner.reference"), ==, "Practitioner/lin");
  zq_hospital_expect_arrival (fixture->hospital, 1);
  zq_clock_advance (fixture->clock, MINUTE);
  zq_test_settle ();
  again = zq_hospital_get (fixture->hospital, "Task", "review-arrival-critical");
  g_assert_cmpstr (again, ==, task);
}

static void
test_nobody_has_the_patient (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lab = sign_in (fixture, "operator");

  put_report (fixture, lab, "final", "7.1", "HH");
  assert_task ("status", NULL);
}

/* Not received within the policy's fifteen minutes: the duty pool has it, and who had it stands there. */
static void
test_handed_over (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lab = sign_in (fixture, "operator"), *wang = NULL;
  g_autoptr (Answer) seen = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_report (fixture, lab, "final", "7.1", "HH");
  zq_test_settle ();
  zq_clock_advance (fixture->clock, 14 * MINUTE);
  zq_test_settle ();
  assert_task ("owner.reference", "Practitioner/lin");
  zq_clock_advance (fixture->clock, 2 * MINUTE);
  zq_test_settle ();
  assert_task ("owner.reference", "Organization/endo");
  assert_task ("output[0].type.coding[0].code", "handed-over");
  assert_task ("output[0].valueReference.reference", "Practitioner/lin");
  wang = sign_in (fixture, "wang");
  seen = get (fixture, wang, "Task/review-r");
  g_assert_cmpuint (seen->status, ==, 200);
}

static void
test_received_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lab = sign_in (fixture, "operator"), *lin = sign_in (fixture, "lin");

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_report (fixture, lab, "final", "7.1", "HH");
  step (fixture, lin, "received", "in-progress");
  zq_clock_advance (fixture->clock, 60 * MINUTE);
  zq_test_settle ();
  assert_task ("owner.reference", "Practitioner/lin");
}

static void
test_ordinary_is_not_handed_over (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lab = sign_in (fixture, "operator");

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_report (fixture, lab, "final", "5.9", "H");
  zq_clock_advance (fixture->clock, 60 * MINUTE);
  zq_test_settle ();
  assert_task ("owner.reference", "Practitioner/lin");
}

/* A doctor's read mark of a report is for the doctor alone. */
static void
test_read_mark (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lab = sign_in (fixture, "operator"), *lin = sign_in (fixture, "lin"), *p1 = sign_in (fixture, "p1");
  g_autofree char *mark = g_strdup (
      "{'resourceType':'Basic','meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]},'identifier':"
      "[{'system':'" ZQ_SYSTEM_LOCAL_ID "','value':'m'}],'code':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
          "read-mark") "','code':'read-mark'}]},'subject':{'reference':'DiagnosticReport/r'},'author':{'reference':"
                       "'Practitioner/lin'}}");
  g_autoptr (Answer) made = NULL;
  g_autoptr (Answer) found = NULL;
  g_autoptr (Answer) hidden = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_report (fixture, lab, "final", "4.2", "N");
  made = ask (fixture, "POST", "Basic", lin, g_strdelimit (mark, "'", '"'), NULL);
  g_assert_cmpuint (made->status, ==, 201);
  found = get (fixture, lin, "Basic?code=read-mark&_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo");
  g_assert_cmpuint (zq_json_get_length (found->node, "entry"), ==, 1);
  hidden = get (fixture, p1, "Basic?code=read-mark");
  g_assert_cmpuint (zq_json_get_length (hidden->node, "entry"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/results/given-to-who-has-the-patient", test_given_to_the_doctor);
  fixture_add ("/hospital/results/a-critical-value-comes-in-once", test_arrival);
  fixture_add ("/hospital/results/nobody-has-the-patient", test_nobody_has_the_patient);
  fixture_add ("/hospital/results/a-critical-one-is-handed-over-when-nobody-receives-it", test_handed_over);
  fixture_add ("/hospital/results/what-is-received-stays", test_received_stays);
  fixture_add ("/hospital/results/an-ordinary-one-is-not-handed-over", test_ordinary_is_not_handed_over);
  fixture_add ("/hospital/results/a-read-mark-is-for-the-doctor-alone", test_read_mark);
  return g_test_run ();
}
