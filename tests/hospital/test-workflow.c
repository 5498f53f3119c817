/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"

#include <string.h>

#define REASON "https://zhenqiao.org/fhir/StructureDefinition/correction-reason"

static const char *
business_status (Answer *task)
{
  return zq_json_get_code (task->node, "businessStatus", NULL);
}

/* The task with its owner and state replaced, as @login; the answer's status. */
static guint
give (Fixture *fixture, const char *token, const char *owner, const char *state, const char *if_match)
{
  g_autofree char *before = zq_hospital_get (fixture->hospital, "Task", "k1");
  g_autoptr (JsonNode) node = zq_json_read (before, -1, NULL);
  g_autofree char *old_owner = g_strdup_printf ("\"%s\"", zq_json_get_string (node, "owner.reference"));
  g_autofree char *new_owner = g_strdup_printf ("\"%s\"", owner);
  g_autofree char *moved = replaced (before, old_owner, new_owner);
  g_autofree char *text = replaced (moved, zq_json_get_code (node, "businessStatus", NULL), state);
  g_autoptr (Answer) answer =
      ask (fixture, "PUT", "Task/k1", token, text, if_match != NULL ? "If-Match" : NULL, if_match, NULL);

  return answer->status;
}

static void
test_claim_race (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *wang = sign_in (fixture, "wang");
  g_autoptr (Answer) task = NULL;

  /* with the version that both have seen */
  put_consultation (fixture, "k1", "p1", "Organization/endo", "awaiting-acceptance");
  g_assert_cmpuint (give (fixture, lin, "Practitioner/lin", "in-consultation", "W/\"1\""), ==, 200);
  g_assert_cmpuint (give (fixture, wang, "Practitioner/wang", "in-consultation", "W/\"1\""), ==, 412);
  /* and by one who does not say what was seen */
  g_assert_cmpuint (give (fixture, wang, "Practitioner/wang", "in-consultation", NULL), ==, 409);
  task = get (fixture, wang, "Task/k1");
  g_assert_cmpstr (zq_json_get_string (task->node, "owner.reference"), ==, "Practitioner/lin");
}

static void
test_assign (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *wang = sign_in (fixture, "wang"), *zhao = sign_in (fixture, "zhao");
  g_autoptr (Answer) reply = NULL;
  g_autofree char *words = message_json ("t-k1", "p1", "Practitioner/wang", "r");

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  /* to nobody, to another department, of a colleague */
  g_assert_cmpuint (give (fixture, lin, "Practitioner/nobody", "in-consultation", NULL), ==, 422);
  g_assert_cmpuint (give (fixture, lin, "Practitioner/zhao", "in-consultation", NULL), ==, 422);
  g_assert_cmpuint (give (fixture, zhao, "Practitioner/zhao", "in-consultation", NULL), ==, 403);

  /* given, taken back, given again; once the colleague has written it stays */
  g_assert_cmpuint (give (fixture, lin, "Practitioner/wang", "in-consultation", NULL), ==, 200);
  g_assert_cmpuint (give (fixture, lin, "Practitioner/lin", "in-consultation", NULL), ==, 200);
  g_assert_cmpuint (give (fixture, wang, "Practitioner/wang", "in-consultation", NULL), ==, 409);
  g_assert_cmpuint (give (fixture, lin, "Practitioner/wang", "in-consultation", NULL), ==, 200);
  reply = ask (fixture, "POST", "Communication", wang, words, NULL);
  g_assert_cmpuint (reply->status, ==, 201);
  g_assert_cmpuint (give (fixture, lin, "Practitioner/lin", "awaiting-patient", NULL), ==, 409);
}

static void
test_assign_from_the_pool (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *wang = sign_in (fixture, "wang");
  g_autoptr (Answer) task = NULL;

  put_consultation (fixture, "k1", "p1", "Organization/endo", "awaiting-acceptance");
  g_assert_cmpuint (give (fixture, lin, "Practitioner/wang", "awaiting-acceptance", NULL), ==, 200);
  /* only who gave it takes it back into the pool */
  g_assert_cmpuint (give (fixture, lin, "Organization/endo", "awaiting-acceptance", NULL), ==, 200);
  g_assert_cmpuint (give (fixture, lin, "Practitioner/wang", "awaiting-acceptance", NULL), ==, 200);
  g_assert_cmpuint (give (fixture, wang, "Practitioner/wang", "in-consultation", NULL), ==, 200);
  task = get (fixture, wang, "Task/k1");
  g_assert_cmpstr (business_status (task), ==, "in-consultation");
}

static char *
post_message (Fixture *fixture, const char *token, const char *text)
{
  g_autofree char *plain = message_json ("t-k1", "p1", "Practitioner/lin", text);
  g_autofree char *sent = replaced (plain, "\"payload\"", "\"sent\":\"2026-11-22T10:00:00+08:00\",\"payload\"");
  g_autoptr (Answer) answer = ask (fixture, "POST", "Communication", token, sent, NULL);

  g_assert_cmpuint (answer->status, ==, 201);
  return g_strdup (zq_json_get_string (answer->node, "id"));
}

static Answer *
put_status (Fixture *fixture, const char *token, const char *id, const char *status)
{
  g_autofree char *path = g_strconcat ("Communication/", id, NULL);
  g_autofree char *before = zq_hospital_get (fixture->hospital, "Communication", id);
  g_autofree char *quoted = g_strdup_printf ("\"status\":\"%s\"", status);
  g_autofree char *text = replaced (before, "\"status\":\"completed\"", quoted);

  return ask (fixture, "PUT", path, token, text, NULL);
}

static void
mark_read (Fixture *fixture, const char *instant)
{
  g_autofree char *json =
      g_strdup_printf ("{'resourceType':'Basic','code':{'coding':[{'code':'read-mark'}]},'extension':[{'url':"
                       "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'}],"
                       "'subject':{'reference':'Communication/t-k1'},'author':{'reference':'Patient/p1'}}",
                       instant);

  put (fixture, "Basic", "mark", json);
}

static void
test_withdraw (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *wang = sign_in (fixture, "wang"),
                  *patient = sign_in (fixture, "p1");
  g_autofree char *first = NULL, *second = NULL, *path = NULL, *history = NULL, *version = NULL;
  g_autoptr (Answer) strange = NULL, gone = NULL, seen = NULL, past = NULL, vread = NULL, kept = NULL, again = NULL,
                     late = NULL, back = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  first = post_message (fixture, lin, "WRONG");
  path = g_strconcat ("Communication/", first, NULL);
  history = g_strconcat (path, "/_history", NULL);
  version = g_strconcat (path, "/_history/1", NULL);
  mark_read (fixture, "2026-11-22T09:59:00+08:00");
  strange = put_status (fixture, wang, first, "entered-in-error");
  g_assert_cmpuint (strange->status, ==, 403);
  gone = put_status (fixture, lin, first, "entered-in-error");
  g_assert_cmpuint (gone->status, ==, 200);

  /* the patient sees that it is gone, by no way what it was; the doctor finds it in its history */
  seen = get (fixture, patient, path);
  g_assert_cmpstr (zq_json_get_string (seen->node, "status"), ==, "entered-in-error");
  past = get (fixture, patient, history);
  vread = get (fixture, patient, version);
  g_assert_null (strstr (seen->text, "WRONG"));
  g_assert_null (strstr (past->text, "WRONG"));
  assert_outcome (vread, 404);
  kept = get (fixture, lin, history);
  g_assert_nonnull (strstr (kept->text, "WRONG"));
  again = ask (fixture, "PUT", path, lin, seen->text, NULL);
  g_assert_cmpuint (again->status, ==, 200);

  second = post_message (fixture, lin, "read");
  mark_read (fixture, "2026-11-22T10:00:00+08:00");
  late = put_status (fixture, lin, second, "entered-in-error");
  assert_outcome (late, 422);
  back = put_status (fixture, lin, second, "preparation");
  assert_outcome (back, 422);
}

static void
test_words_do_not_change (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin");
  g_autofree char *id = NULL, *path = NULL, *before = NULL, *other = NULL;
  g_autoptr (Answer) answer = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  id = post_message (fixture, lin, "once");
  path = g_strconcat ("Communication/", id, NULL);
  before = zq_hospital_get (fixture->hospital, "Communication", id);
  other = replaced (before, "once", "twice");
  answer = ask (fixture, "PUT", path, lin, other, NULL);
  assert_outcome (answer, 422);
}

static Answer *
correct (Fixture *fixture, const char *token, const char *wrong, const char *reason)
{
  g_autofree char *json = g_strdup_printf (
      "{'resourceType':'Communication','status':'completed','category':[{'coding':[{'code':'correction'}]}],"
      "'partOf':[{'reference':'Communication/t-k1'}],'subject':{'reference':'Patient/p1'},"
      "'sender':{'reference':'Practitioner/lin'},'inResponseTo':[{'reference':'Communication/%s'}],%s"
      "'payload':[{'contentString':'RIGHT'}]}",
      wrong, reason);
  g_autofree char *body = quotes (json);

  return ask (fixture, "POST", "Communication", token, body, NULL);
}

static void
test_correct (Fixture *fixture, gconstpointer data)
{
  static const char reason[] = "'extension':[{'url':'" REASON "','valueString':'dose'}],";
  g_autofree char *lin = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1");
  g_autofree char *asked = message_json ("t-k1", "p1", "Patient/p1", "q");
  g_autofree char *id = NULL;
  g_autoptr (Answer) question = NULL, without = NULL, of_patient = NULL, of_nothing = NULL, done = NULL, shown = NULL,
                     task = NULL, closed = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  id = post_message (fixture, lin, "WRONG");
  question = ask (fixture, "POST", "Communication", patient, asked, NULL);
  without = correct (fixture, lin, id, "");
  assert_outcome (without, 422);
  of_patient = correct (fixture, lin, zq_json_get_string (question->node, "id"), reason);
  assert_outcome (of_patient, 422);
  of_nothing = correct (fixture, lin, "none", reason);
  assert_outcome (of_nothing, 422);
  done = correct (fixture, lin, id, reason);
  g_assert_cmpuint (done->status, ==, 201);
  shown = get (fixture, patient, "Communication?category=correction");
  g_assert_cmpuint (entries (shown), ==, 1);
  /* it answers nothing: the patient's question still waits */
  task = get (fixture, lin, "Task/k1");
  g_assert_cmpstr (business_status (task), ==, "in-consultation");

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "completed");
  closed = correct (fixture, lin, id, reason);
  g_assert_cmpuint (closed->status, ==, 201);
}

static Answer *
send_file (Fixture *fixture, const char *token, const char *path, const char *hash)
{
  g_autofree char *plain = message_json ("t-k1", "p1", "Practitioner/lin", "x");
  g_autofree char *payload = g_strdup_printf (
      "[{\"contentAttachment\":{\"contentType\":\"image/png\",\"url\":\"%s\",\"size\":10,\"hash\":\"%s\"}}]", path,
      hash);
  g_autofree char *text = replaced (plain, "[{\"contentString\":\"x\"}]", payload);

  return ask (fixture, "POST", "Communication", token, text, NULL);
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  static const char bytes[] = "0123456789";
  g_autofree char *lin = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1"), *other = sign_in (fixture, "p2");
  g_autoptr (GBytes) body = g_bytes_new_static (bytes, 10);
  g_autoptr (Answer) created = NULL, whole = NULL, part = NULL, stale = NULL, program = NULL, svg = NULL,
                     strange = NULL, lies = NULL, right = NULL;
  g_autofree char *path = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  created = ask_bytes (fixture, "POST", "Binary", lin, "image/png", body, "X-Security-Context", "Communication/t-k1");
  g_assert_cmpuint (created->status, ==, 201);
  path = g_strconcat ("Binary/", zq_json_get_string (created->node, "id"), NULL);
  whole = ask (fixture, "GET", path, patient, NULL, "Accept", "image/png", NULL);
  g_assert_cmpuint (whole->status, ==, 200);
  g_assert_cmpmem (whole->text, whole->length, bytes, 10);
  part = ask (fixture, "GET", path, patient, NULL, "Accept", "image/png", "Range", "bytes=4-", NULL);
  g_assert_cmpuint (part->status, ==, 206);
  g_assert_cmpmem (part->text, part->length, bytes + 4, 6);
  g_assert_cmpstr (soup_message_headers_get_one (part->headers, "Content-Range"), ==, "bytes 4-9/10");
  stale = ask (fixture, "GET", path, patient, NULL, "Accept", "image/png", "Range", "bytes=4-", "If-Range", "W/\"9\"",
               NULL);
  g_assert_cmpuint (stale->status, ==, 200);
  strange = ask (fixture, "GET", path, other, NULL, "Accept", "image/png", NULL);
  assert_outcome (strange, 404);
  program = ask_bytes (fixture, "POST", "Binary", patient, "application/x-msdownload", body, "X-Security-Context",
                       "Communication/t-k1");
  assert_outcome (program, 422);
  svg =
      ask_bytes (fixture, "POST", "Binary", patient, "image/svg+xml", body, "X-Security-Context", "Communication/t-k1");
  assert_outcome (svg, 422);

  /* what a message says of its file is true */
  lies = send_file (fixture, lin, path, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  assert_outcome (lies, 422);
  right = send_file (fixture, lin, path, "h6zsF82dzSCnFsws9nQXtxyKcBY=");
  g_assert_cmpuint (right->status, ==, 201);
}

static void
test_withdrawn_picture (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *patient = sign_in (fixture, "p1");
  g_autoptr (GBytes) body = g_bytes_new_static ("picture", 7);
  g_autofree char *path = NULL, *plain = NULL, *payload = NULL, *text = NULL, *sent_text = NULL, *version = NULL;
  g_autoptr (Answer) created = NULL, sent = NULL, before = NULL, withdrawn = NULL, after = NULL, past = NULL,
                     kept = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  created = ask_bytes (fixture, "POST", "Binary", lin, "image/png", body, "X-Security-Context", "Communication/t-k1");
  path = g_strconcat ("Binary/", zq_json_get_string (created->node, "id"), NULL);
  version = g_strconcat (path, "/_history/1", NULL);
  plain = message_json ("t-k1", "p1", "Practitioner/lin", "x");
  payload = g_strdup_printf ("[{\"contentAttachment\":{\"contentType\":\"image/png\",\"url\":\"%s\"}}]", path);
  text = replaced (plain, "[{\"contentString\":\"x\"}]", payload);
  sent_text = replaced (text, "\"payload\"", "\"sent\":\"2026-11-22T10:00:00+08:00\",\"payload\"");
  sent = ask (fixture, "POST", "Communication", lin, sent_text, NULL);
  g_assert_cmpuint (sent->status, ==, 201);
  before = get (fixture, patient, path);
  g_assert_cmpuint (before->status, ==, 200);
  withdrawn = put_status (fixture, lin, zq_json_get_string (sent->node, "id"), "entered-in-error");
  g_assert_cmpuint (withdrawn->status, ==, 200);
  after = get (fixture, patient, path);
  assert_outcome (after, 404);
  past = get (fixture, patient, version);
  assert_outcome (past, 404);
  kept = get (fixture, lin, path);
  g_assert_cmpuint (kept->status, ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/workflow/one-of-two-claims-wins", test_claim_race);
  fixture_add ("/hospital/workflow/assigned-and-taken-back", test_assign);
  fixture_add ("/hospital/workflow/assigned-from-the-pool", test_assign_from_the_pool);
  fixture_add ("/hospital/workflow/withdrawn-before-it-was-read", test_withdraw);
  fixture_add ("/hospital/workflow/words-that-were-sent-do-not-change", test_words_do_not_change);
  fixture_add ("/hospital/workflow/corrected-with-a-reason", test_correct);
  fixture_add ("/hospital/workflow/a-withdrawn-picture-is-gone", test_withdrawn_picture);
  fixture_add ("/hospital/binary/raw-in-parts-and-true", test_files);

  return g_test_run ();
}
