/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include "base/id.h"

#include <string.h>

#define TAG "_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo"

static Line *
line_new (Fixture *fixture, const char *token)
{
  g_autofree char *url = g_strconcat ("ws", fixture->base + strlen ("http"), "/ws", NULL);

  return line_open (fixture, url, token);
}

static void
tell (Line *self, const char *word, const char *id)
{
  g_autofree char *text = g_strjoin (" ", word, id, NULL);

  soup_websocket_connection_send_text (self->socket, text);
}

/* The next frame that came; @n counts those taken so far. */
static const char *
frame (Line *self, guint n)
{
  g_assert_true (zq_test_wait_count (&self->n_frames, n + 1, 20));
  return g_ptr_array_index (self->frames, n);
}

static char *
subscribe (Fixture *fixture, const char *token, const char *criteria, const char *end)
{
  g_autofree char *json =
      g_strdup_printf ("{'resourceType':'Subscription','status':'requested','reason':'live',"
                       "'criteria':'%s',%s%s%s'channel':{'type':'websocket'}}",
                       criteria, end != NULL ? "'end':'" : "", end != NULL ? end : "", end != NULL ? "'," : "");
  g_autofree char *body = quotes (json);
  g_autoptr (Answer) answer = ask (fixture, "POST", "Subscription", token, body, NULL);

  g_assert_cmpuint (answer->status, ==, 201);
  g_assert_cmpstr (zq_json_get_string (answer->node, "status"), ==, "active");
  return g_strdup (zq_json_get_string (answer->node, "id"));
}

static void
bind_to (Line *line, const char *id)
{
  guint n = line->n_frames;
  g_autofree char *expected = g_strconcat ("bound ", id, NULL);

  tell (line, "bind", id);
  g_assert_cmpstr (frame (line, n), ==, expected);
}

/* Nothing more has come than @n frames, though the server answered something sent after. */
static void
assert_quiet (Line *line, const char *id, guint n)
{
  zq_test_settle ();
  g_assert_cmpuint (line->n_frames, ==, n);
  bind_to (line, id);
  g_assert_cmpuint (line->n_frames, ==, n + 1);
}

static void
send_message (Fixture *fixture, const char *token, const char *thread, const char *patient, const char *sender)
{
  g_autofree char *body = message_json (thread, patient, sender, "x");
  g_autoptr (Answer) answer = ask (fixture, "POST", "Communication", token, body, NULL);

  g_assert_cmpuint (answer->status, ==, 201);
}

static void
test_told_of_what_was_written (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1");
  g_autofree char *messages = NULL, *tasks = NULL, *pinged = NULL, *moved = NULL;
  g_autoptr (Line) line = NULL;
  g_autoptr (Answer) metadata = get (fixture, NULL, "metadata");
  JsonNode *rest = zq_json_get_at (metadata->node, "rest", 0);
  JsonNode *live =
      zq_json_get_extension (rest, "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket");
  g_autofree char *expected = g_strconcat ("ws", fixture->base + strlen ("http"), "/ws", NULL);

  g_assert_cmpstr (zq_json_get_string (live, "valueUri"), ==, expected);
  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "awaiting-patient");
  messages = subscribe (fixture, lin, "Communication?" TAG, NULL);
  tasks = subscribe (fixture, lin, "Task?owner=Practitioner/lin", NULL);
  line = line_new (fixture, lin);
  bind_to (line, messages);
  bind_to (line, tasks);

  /* the message, and the task that it moves: one ping each */
  send_message (fixture, patient, "t-k1", "p1", "Patient/p1");
  pinged = g_strconcat ("ping ", messages, NULL);
  moved = g_strconcat ("ping ", tasks, NULL);
  frame (line, 3);
  g_assert_true (g_ptr_array_find_with_equal_func (line->frames, pinged, g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (line->frames, moved, g_str_equal, NULL));
  assert_quiet (line, messages, 4);
}

static void
test_one_ping_a_turn (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin");
  g_autofree char *id = NULL;
  g_autoptr (Line) line = line_new (fixture, lin);

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "awaiting-patient");
  id = subscribe (fixture, lin, "Communication?part-of=Communication/t-k1", NULL);
  bind_to (line, id);
  for (int i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("m%d", i);
      g_autofree char *json = message_json ("t-k1", "p1", "Patient/p1", "x");

      put (fixture, "Communication", name, json);
    }
  g_assert_true (g_str_has_prefix (frame (line, 1), "ping "));
  assert_quiet (line, id, 2);
}

static void
test_only_what_may_be_read (Fixture *fixture, gconstpointer data)
{
  g_autofree char *p1 = sign_in (fixture, "p1"), *zhao = sign_in (fixture, "zhao"), *lin = sign_in (fixture, "lin");
  static const char *const criteria[] = { "Communication?_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo",
                                          "Communication?category=internal-note", "Communication?part-of=Task/k1",
                                          "Communication?_id=note" };
  g_autoptr (Line) patient = line_new (fixture, p1), colleague = line_new (fixture, zhao),
                   own = line_new (fixture, lin);
  g_autofree char *last = NULL, *other = NULL, *mine = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "awaiting-patient");
  for (gsize i = 0; i < G_N_ELEMENTS (criteria); i++)
    {
      g_free (last);
      last = subscribe (fixture, p1, criteria[i], NULL);
      bind_to (patient, last);
    }
  other = subscribe (fixture, zhao, criteria[0], NULL);
  bind_to (colleague, other);
  mine = subscribe (fixture, lin, criteria[0], NULL);
  bind_to (own, mine);

  put (fixture, "Communication", "note",
       "{'resourceType':'Communication','meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]},"
       "'status':'completed','category':[{'coding':[{'code':'internal-note'}]}],"
       "'partOf':[{'reference':'Task/k1'}],'sender':{'reference':'Practitioner/lin'}}");
  g_assert_true (g_str_has_prefix (frame (own, 1), "ping "));
  assert_quiet (patient, last, G_N_ELEMENTS (criteria));
  assert_quiet (colleague, other, 1);
}

static void
test_ones_own_only (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *wang = sign_in (fixture, "wang");
  g_autofree char *id = subscribe (fixture, lin, "Task?" TAG, NULL);
  g_autofree char *path = g_strconcat ("Subscription/", id, NULL);
  g_autoptr (Answer) mine = get (fixture, lin, path), theirs = get (fixture, wang, path),
                     listed = get (fixture, wang, "Subscription"), listed_mine = get (fixture, lin, "Subscription"),
                     removed = NULL, changed = NULL, gone = NULL, forged = NULL;
  g_autofree char *forgery = replaced (mine->text, "Practitioner/lin", "Practitioner/wang");
  g_autoptr (Line) line = line_new (fixture, wang), own = line_new (fixture, lin), nobody = line_new (fixture, "x");

  g_assert_cmpuint (nobody->status, ==, 401);
  g_assert_null (nobody->socket);
  assert_outcome (theirs, 403);
  g_assert_cmpuint (entries (listed), ==, 0);
  g_assert_cmpuint (entries (listed_mine), ==, 1);
  removed = ask (fixture, "DELETE", path, wang, NULL, NULL);
  assert_outcome (removed, 403);
  changed = ask (fixture, "PUT", path, wang, mine->text, NULL);
  g_assert_cmpuint (changed->status, >=, 400);
  forged = ask (fixture, "PUT", path, lin, forgery, NULL);
  assert_outcome (forged, 422);

  tell (line, "bind", id);
  g_assert_true (g_str_has_prefix (frame (line, 0), "error "));
  tell (line, "bind", "no-such-id");
  g_assert_true (g_str_has_prefix (frame (line, 1), "error "));
  tell (line, "hello", "there");
  g_assert_true (g_str_has_prefix (frame (line, 2), "error "));

  bind_to (own, id);
  gone = ask (fixture, "DELETE", path, lin, NULL, NULL);
  g_assert_cmpuint (gone->status, ==, 204);
  g_assert_true (g_str_has_prefix (frame (own, 1), "error "));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = {
    "{'resourceType':'Subscription','status':'requested','criteria':'Task?owner=x','channel':{'type':'rest-hook'}}",
    "{'resourceType':'Subscription','status':'requested','criteria':'Nothing?owner=x','channel':{'type':'websocket'}}",
    "{'resourceType':'Subscription','status':'requested','criteria':'Task','channel':{'type':'websocket'}}",
    "{'resourceType':'Subscription','status':'requested','criteria':'Task?what=1','channel':{'type':'websocket'}}",
    "{'resourceType':'Subscription','status':'sleeping','criteria':'Task?owner=x','channel':{'type':'websocket'}}",
    "{'resourceType':'Subscription','status':'requested','criteria':'Task?owner=x','end':'2020-01-01T00:00:00Z',"
    "'channel':{'type':'websocket'}}",
  };
  g_autofree char *lin = sign_in (fixture, "lin");

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *body = quotes (bodies[i]);
      g_autoptr (Answer) answer = ask (fixture, "POST", "Subscription", lin, body, NULL);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      assert_outcome (answer, 422);
    }
}

static void
test_ends (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin");
  g_autofree char *id = subscribe (fixture, lin, "Task?" TAG, "2026-11-22T10:30:00+08:00");
  g_autofree char *path = g_strconcat ("Subscription/", id, NULL);
  g_autoptr (Line) line = line_new (fixture, lin);
  g_autoptr (Answer) before = NULL, after = NULL;

  bind_to (line, id);
  before = get (fixture, lin, path);
  g_assert_cmpuint (before->status, ==, 200);
  zq_clock_advance (fixture->clock, 31 * ZQ_TEST_MINUTE_US);
  g_assert_true (g_str_has_prefix (frame (line, 1), "error "));
  after = get (fixture, lin, path);
  assert_outcome (after, 410);
}

static void
set_faults (Fixture *fixture, const char *json)
{
  g_autofree char *body = quotes (json);
  g_autoptr (Answer) answer = ask (fixture, "PUT", "/_sandbox/faults", NULL, body, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
test_faults (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin");
  g_autoptr (Line) line = line_new (fixture, lin), refused = NULL, again = NULL;
  g_autoptr (Answer) without = NULL;

  set_faults (fixture, "{'websocket':{'drop-every-s':5}}");
  zq_clock_advance (fixture->clock, 6 * G_USEC_PER_SEC);
  g_assert_true (zq_test_wait_flag (&line->closed, 20));

  set_faults (fixture, "{'websocket':'off'}");
  refused = line_new (fixture, lin);
  g_assert_cmpuint (refused->status, ==, 404);
  without = get (fixture, NULL, "metadata");
  g_assert_null (strstr (without->text, "capabilitystatement-websocket"));

  set_faults (fixture, "{'websocket':'r4'}");
  again = line_new (fixture, lin);
  g_assert_nonnull (again->socket);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/live/told-of-what-was-written", test_told_of_what_was_written);
  fixture_add ("/hospital/live/one-ping-a-turn", test_one_ping_a_turn);
  fixture_add ("/hospital/live/only-what-may-be-read", test_only_what_may_be_read);
  fixture_add ("/hospital/live/ones-own-only", test_ones_own_only);
  fixture_add ("/hospital/live/what-cannot-be-is-refused", test_refused);
  fixture_add ("/hospital/live/ends-and-is-swept", test_ends);
  fixture_add ("/hospital/live/faults", test_faults);

  return g_test_run ();
}
