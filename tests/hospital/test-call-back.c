/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#define SECOND  ((gint64)G_USEC_PER_SEC)
#define ADDRESS "Encounter/e/$call-back"

static void
put_encounter (Fixture *fixture, const char *status)
{
  g_autofree char *json = g_strdup_printf (
      "{'resourceType':'Encounter','id':'e','status':'%s','class':{'code':'VR'},'subject':{'reference':'Patient/p1'},"
      "'participant':[{'individual':{'reference':'Practitioner/lin'}}]}",
      status);

  put_consultation (fixture, "c", "p1", "Practitioner/lin", "in-consultation");
  put (fixture, "Encounter", "e", json);
}

static void
set_outcome (Fixture *fixture, const char *outcome, guint status)
{
  g_autofree char *json = g_strdup_printf ("{'call-back':'%s'}", outcome);
  g_autofree char *body = quotes (json);
  g_autoptr (Answer) answer = ask (fixture, "PUT", "/_sandbox/faults", NULL, body, NULL);

  g_assert_cmpuint (answer->status, ==, status);
}

/* "Communication/…" of a call that was begun. (transfer full) */
static char *
call (Fixture *fixture, const char *token)
{
  g_autoptr (Answer) answer = ask (fixture, "POST", ADDRESS, token, NULL, NULL);

  g_assert_cmpuint (answer->status, ==, 201);
  g_assert_cmpstr (zq_json_get_string (answer->node, "status"), ==, "in-progress");
  g_assert_cmpstr (zq_json_get_string (answer->node, "encounter.reference"), ==, "Encounter/e");
  g_assert_cmpstr (zq_json_get_string (answer->node, "medium[0].coding[0].code"), ==, "PHONE");
  g_assert_null (zq_json_get_string (answer->node, "received"));

  return g_strconcat ("Communication/", zq_json_get_string (answer->node, "id"), NULL);
}

static void
assert_call (Fixture *fixture, const char *token, const char *path, const char *status, const char *outcome)
{
  g_autoptr (Answer) answer = get (fixture, token, path);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (answer->node, "status"), ==, status);
  g_assert_cmpstr (zq_json_get_string (answer->node, "statusReason.coding[0].code"), ==, outcome);
  g_assert_cmpint (zq_json_get_string (answer->node, "received") != NULL, ==, !g_str_equal (status, "in-progress"));
}

static void
test_answered (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin"), *path = NULL;

  put_encounter (fixture, "in-progress");
  path = call (fixture, token);
  assert_call (fixture, token, path, "in-progress", NULL);
  zq_test_advance (fixture->clock, 3 * SECOND, SECOND);
  assert_call (fixture, token, path, "in-progress", "answered");
  zq_test_advance (fixture->clock, 59 * SECOND, SECOND);
  assert_call (fixture, token, path, "in-progress", "answered");
  zq_test_advance (fixture->clock, SECOND, SECOND);
  assert_call (fixture, token, path, "completed", "answered");
}

static void
test_told_outcomes (Fixture *fixture, gconstpointer data)
{
  static const char *const outcomes[] = { "no-answer", "busy", "failed", "doctor-no-answer" };
  g_autofree char *token = sign_in (fixture, "lin");

  put_encounter (fixture, "in-progress");
  set_outcome (fixture, "sung", 400);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autofree char *path = NULL;

      set_outcome (fixture, outcomes[i], 200);
      path = call (fixture, token);
      zq_test_advance (fixture->clock, 3 * SECOND, SECOND);
      assert_call (fixture, token, path, "not-done", outcomes[i]);
    }
}

static void
test_asked_twice_rings_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin"), *first = NULL, *second = NULL, *third = NULL;

  put_encounter (fixture, "in-progress");
  first = call (fixture, token);
  second = call (fixture, token);
  g_assert_cmpstr (first, ==, second);
  zq_test_advance (fixture->clock, 63 * SECOND, SECOND);
  third = call (fixture, token);
  g_assert_cmpstr (first, !=, third);
}

static void
test_only_the_doctor_of_the_visit (Fixture *fixture, gconstpointer data)
{
  static const char *const others[] = { "wang", "zhao", "p1", "p2" };
  g_autofree char *token = sign_in (fixture, "lin");
  g_autoptr (Answer) nowhere = NULL, calls = NULL, unsigned_in = NULL, over = NULL;

  put_encounter (fixture, "in-progress");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *other = sign_in (fixture, others[i]);
      g_autoptr (Answer) answer = ask (fixture, "POST", ADDRESS, other, NULL, NULL);

      g_assert_cmpuint (answer->status, >=, 403);
      g_assert_cmpuint (answer->status, <=, 404);
    }
  unsigned_in = ask (fixture, "POST", ADDRESS, NULL, NULL, NULL);
  g_assert_cmpuint (unsigned_in->status, ==, 401);
  nowhere = ask (fixture, "POST", "Encounter/none/$call-back", token, NULL, NULL);
  g_assert_cmpuint (nowhere->status, ==, 404);
  put_encounter (fixture, "finished");
  over = ask (fixture, "POST", ADDRESS, token, NULL, NULL);
  g_assert_cmpuint (over->status, ==, 409);
  calls = get (fixture, token, "Communication?category=call-back");
  g_assert_cmpuint (entries (calls), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/call-back/answered", test_answered);
  fixture_add ("/call-back/told-outcomes", test_told_outcomes);
  fixture_add ("/call-back/asked-twice-rings-once", test_asked_twice_rings_once);
  fixture_add ("/call-back/only-the-doctor-of-the-visit", test_only_the_doctor_of_the_visit);

  return g_test_run ();
}
