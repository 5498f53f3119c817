/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

static const char basic[] = "{\"resourceType\":\"Basic\"}";

static void
set_faults (Fixture *fixture, const char *json)
{
  g_autofree char *body = quotes (json);
  g_autoptr (Answer) answer = ask (fixture, "PUT", "/_sandbox/faults", NULL, body, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
assert_fired (Fixture *fixture, const char *fault, const char *times)
{
  g_autoptr (Answer) answer = get (fixture, NULL, "/_sandbox/faults");
  g_autofree char *path = g_strconcat (fault, ".fired", NULL);

  g_assert_cmpstr (zq_json_get_string (answer->node, path), ==, times);
}

static void
assert_basics (Fixture *fixture, const char *token, const char *total)
{
  g_autoptr (Answer) answer = get (fixture, token, "Basic?_summary=count");

  g_assert_cmpstr (zq_json_get_string (answer->node, "total"), ==, total);
}

static void
test_drop_before (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) first = NULL, second = NULL, third = NULL;

  set_faults (fixture, "{'drop-before-commit':{'at':2}}");
  first = ask (fixture, "POST", "Basic", token, basic, NULL);
  second = ask (fixture, "POST", "Basic", token, basic, NULL);
  assert_fired (fixture, "drop-before-commit", "1");
  third = ask (fixture, "POST", "Basic", token, basic, NULL);
  g_assert_cmpuint (first->status, ==, 201);
  g_assert_cmpuint (second->status, ==, 0);
  g_assert_cmpuint (third->status, ==, 201);
  assert_basics (fixture, token, "2");
}

static void
test_drop_after (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) other = NULL, dropped = NULL;

  set_faults (fixture, "{'drop-after-commit':{'at':1,'method':'POST','type':'Basic'}}");
  other = ask (fixture, "PUT", "Flag/f", token, "{\"resourceType\":\"Flag\",\"id\":\"f\"}", NULL);
  dropped = ask (fixture, "POST", "Basic", token, basic, NULL);
  g_assert_cmpuint (other->status, ==, 201);
  g_assert_cmpuint (dropped->status, ==, 0);
  assert_fired (fixture, "drop-after-commit", "1");
  assert_basics (fixture, token, "1");
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) first = NULL, second = NULL;

  set_faults (fixture, "{'status':{'code':429,'times':1,'retry-after':7}}");
  first = get (fixture, token, "Basic");
  second = get (fixture, token, "Basic");
  assert_outcome (first, 429);
  g_assert_cmpstr (soup_message_headers_get_one (first->headers, "Retry-After"), ==, "7");
  g_assert_cmpuint (second->status, ==, 200);
  assert_fired (fixture, "status", "1");
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  *(gboolean *)data = bytes != NULL;
}

static void
test_delay (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strconcat (fixture->base, "/metadata", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  gboolean done = FALSE;

  set_faults (fixture, "{'delay-ms':200}");
  soup_session_send_and_read_async (fixture->session, message, 0, NULL, on_answer, &done);
  for (guint i = 0; i < 20; i++)
    {
      zq_test_settle ();
      assert_fired (fixture, "delay-ms", "1");
    }
  g_assert_false (done);
  zq_clock_advance (fixture->clock, 200 * 1000);
  g_assert_true (zq_test_wait_flag (&done, 10));
}

static void
test_access_lost (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "lin");
  g_autoptr (Answer) before = NULL, read = NULL, task = NULL, search = NULL, cleared = NULL, after = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  before = get (fixture, token, "Patient/p1");
  g_assert_cmpuint (before->status, ==, 200);
  set_faults (fixture, "{'access-lost':{'reference':'Patient/p1'}}");
  read = get (fixture, token, "Patient/p1");
  assert_outcome (read, 403);
  task = get (fixture, token, "Task/k1");
  assert_outcome (task, 403);
  search = get (fixture, token, "Task");
  g_assert_cmpuint (entries (search), ==, 0);
  assert_fired (fixture, "access-lost", "3");
  cleared = ask (fixture, "DELETE", "/_sandbox/faults", NULL, NULL, NULL);
  g_assert_cmpuint (cleared->status, ==, 200);
  after = get (fixture, token, "Task/k1");
  g_assert_cmpuint (after->status, ==, 200);
}

static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) name = ask (fixture, "PUT", "/_sandbox/faults", NULL, "{\"explode\":1}", NULL);
  g_autoptr (Answer) shape = ask (fixture, "PUT", "/_sandbox/faults", NULL, "[", NULL);

  assert_outcome (name, 400);
  assert_outcome (shape, 400);
}

static void
test_clock (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) start = get (fixture, NULL, "/_sandbox/clock");
  g_autoptr (Answer) advanced = ask (fixture, "PUT", "/_sandbox/clock", NULL, "{\"advance-s\":90}", NULL);
  g_autoptr (Answer) created = ask (fixture, "POST", "Basic", token, basic, NULL);
  g_autoptr (Answer) set = NULL, expired = NULL;

  g_assert_cmpstr (zq_json_get_string (start->node, "now"), ==, "2026-11-22T02:00:00.000000Z");
  g_assert_cmpstr (zq_json_get_string (advanced->node, "now"), ==, "2026-11-22T02:01:30.000000Z");
  g_assert_cmpstr (soup_message_headers_get_one (created->headers, "Date"), ==, "Sun, 22 Nov 2026 02:01:30 GMT");
  g_assert_cmpstr (zq_json_get_string (created->node, "meta.lastUpdated"), ==, "2026-11-22T02:01:30.000000Z");
  set = ask (fixture, "PUT", "/_sandbox/clock", NULL, "{\"now\":\"2026-11-22T12:00:00+08:00\"}", NULL);
  g_assert_cmpstr (zq_json_get_string (set->node, "now"), ==, "2026-11-22T04:00:00.000000Z");
  expired = get (fixture, token, "Basic");
  assert_outcome (expired, 401);
}

static void
test_off (void)
{
  g_autoptr (GError) error = NULL;
  ZqHospitalOptions options = { .auto_approve = TRUE };
  g_autofree char *usual = NULL;
  Fixture fixture = { 0 };
  g_autoptr (Answer) faults = NULL, administrator = NULL;

  fixture.hospital = zq_hospital_new (&options, &error);
  g_assert_no_error (error);
  zq_hospital_listen (fixture.hospital, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  fixture.base = zq_hospital_get_base (fixture.hospital);
  fixture.origin = g_strndup (fixture.base, strlen (fixture.base) - strlen ("/fhir"));
  fixture.session = soup_session_new ();
  faults = get (&fixture, NULL, "/_sandbox/faults");
  g_assert_cmpuint (faults->status, ==, 404);
  administrator = authorize (&fixture, "login_hint", "operator", NULL);
  g_assert_cmpuint (administrator->status, ==, 200);

  g_object_unref (fixture.session);
  g_free (fixture.origin);
  zq_hospital_free (fixture.hospital);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/faults/drop-before-commit-keeps-nothing", test_drop_before);
  fixture_add ("/hospital/faults/drop-after-commit-keeps-it", test_drop_after);
  fixture_add ("/hospital/faults/status", test_status);
  fixture_add ("/hospital/faults/delay", test_delay);
  fixture_add ("/hospital/faults/access-lost", test_access_lost);
  fixture_add ("/hospital/faults/unknown-is-refused", test_unknown);
  fixture_add ("/hospital/faults/clock", test_clock);
  g_test_add_func ("/hospital/faults/off-without-the-option", test_off);

  return g_test_run ();
}
