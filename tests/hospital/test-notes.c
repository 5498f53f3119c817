/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"

#include <string.h>

#define TAG     "'meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]},"
#define SECRET  "secret-of-the-note"
#define MISSING "no-such-id"

/* A note on k1, which is p1's; a picture of the note; one note that was deleted. */
typedef struct
{
  char *note;
  char *picture;
  char *doctor;
  char *patient;
} Case;

static void
case_clear (Case *self)
{
  g_free (self->note);
  g_free (self->picture);
  g_free (self->doctor);
  g_free (self->patient);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static char *
note_json (const char *extra)
{
  g_autofree char *json = g_strdup_printf (
      "{'resourceType':'Communication'," TAG
      "'identifier':[{'system':'https://zhenqiao.org/fhir/local-id','value':'n1'}],"
      "'status':'completed','category':[{'coding':[{'code':'internal-note'}]}],'partOf':[{'reference':'Task/k1'}],"
      "'sender':{'reference':'Practitioner/lin'},'recipient':[{'reference':'Practitioner/wang'}],"
      "'sent':'2026-11-22T10:00:00+08:00',%s'payload':[{'contentString':'" SECRET "'}]}",
      extra);

  return quotes (json);
}

static void
set_up (Case *self, Fixture *fixture)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (SECRET, strlen (SECRET));
  g_autofree char *json = note_json ("");
  g_autofree char *message = message_json ("t-k1", "p1", "Practitioner/lin", "said");
  g_autoptr (Answer) picture = NULL, note = NULL, sent = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  self->doctor = sign_in (fixture, "lin");
  self->patient = sign_in (fixture, "p1");
  picture = ask_bytes (fixture, "POST", "Binary", self->doctor, "image/png", bytes, "X-Security-Context", "Task/k1");
  g_assert_cmpuint (picture->status, ==, 201);
  self->picture = g_strdup (zq_json_get_string (picture->node, "id"));
  note = ask (fixture, "POST", "Communication", self->doctor, json, NULL);
  g_assert_cmpuint (note->status, ==, 201);
  self->note = g_strdup (zq_json_get_string (note->node, "id"));
  sent = ask (fixture, "POST", "Communication", self->doctor, message, NULL);
  g_assert_cmpuint (sent->status, ==, 201);
  put (fixture, "Communication", "gone",
       "{'resourceType':'Communication'," TAG "'status':'completed','category':[{'coding':[{'code':'internal-note'}]}],"
       "'partOf':[{'reference':'Task/k1'}]}");
}

/* Nothing of the note is in the answer: not its words, its id, its writer's recipient, its identifier. */
static void
assert_nothing (Case *self, Answer *answer, const char *route)
{
  g_test_message ("%s", route);
  g_assert_cmpuint (answer->status, !=, 0);
  g_assert_null (strstr (answer->text, "\"" SECRET "\""));
  g_assert_null (strstr (answer->text, "\"code\":\"internal-note\""));
  g_assert_null (strstr (answer->text, "\"reference\":\"Practitioner/wang\""));
  g_assert_true (strstr (route, self->note) != NULL || strstr (answer->text, self->note) == NULL);
  g_assert_true (strstr (route, self->picture) != NULL || strstr (answer->text, self->picture) == NULL);
}

static const char *const searches[] = {
  "Communication?_id=NOTE",
  "Communication?_id=NOTE,PICTURE,gone&_elements=payload",
  "Communication?part-of=Task/k1",
  "Communication?part-of=k1",
  "Communication?part-of:Task=k1",
  "Communication?_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo&_count=1000",
  "Communication?_tag=endo",
  "Communication?identifier=n1",
  "Communication?identifier=https://zhenqiao.org/fhir/local-id%7Cn1",
  "Communication?category=internal-note",
  "Communication?category=internal-note&_summary=count",
  "Communication?category=internal-note&_total=accurate&_count=0",
  "Communication?sender=Practitioner/lin&_sort=_id",
  "Communication?recipient=Practitioner/wang",
  "Communication?subject=Patient/p1",
  "Communication?patient=p1",
  "Communication?status=completed",
  "Communication?sent=2026-11-22T10:00:00%2B08:00",
  "Communication?received=ge2020",
  "Communication?_lastUpdated=ge2020&_sort=-_lastUpdated",
  "Communication?encounter=x",
  "Communication?_content=" SECRET,
  "Communication?_text=" SECRET,
  "Communication?_filter=category%20eq%20internal-note",
  "Communication?part-of.owner=Practitioner/lin",
  "Communication?part-of:Task.code=advice",
  "Communication?_has:Binary:context:_id=PICTURE",
  "Communication?_elements=payload,partOf,category,sender",
  "Communication?_include=Communication:part-of&_include=Communication:recipient&_include=Communication:sender",
  "Communication?_include=*&_revinclude=*",
  "Task?_revinclude=Communication:part-of",
  "Task?_revinclude=Communication:part-of:Task&_elements=id",
  "Task?_id=k1&_revinclude=Communication:part-of&_total=accurate",
  "Task?_has:Communication:part-of:category=internal-note",
  "Patient?_revinclude=Communication:subject&_revinclude=Communication:patient&_revinclude=Communication:recipient",
  "Practitioner?_revinclude=Communication:sender&_revinclude=Communication:recipient",
  "Encounter?_revinclude=Communication:encounter",
  "Basic?_include=Basic:subject",
  "Binary",
  "Binary?_id=PICTURE",
  "Subscription",
  "AuditEvent",
  "Provenance",
};

static char *
fill (Case *self, const char *route)
{
  GString *out = g_string_new (route);

  g_string_replace (out, "NOTE", self->note, 0);
  g_string_replace (out, "PICTURE", self->picture, 0);
  return g_string_free (out, FALSE);
}

static void
test_searches (Fixture *fixture, gconstpointer data)
{
  g_auto (Case) self = { 0 };

  set_up (&self, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_autofree char *route = fill (&self, searches[i]);
      g_auto (GStrv) parts = g_strsplit (route, "?", 2);
      g_autofree char *posted = g_strconcat (parts[0], "/_search", NULL);
      g_autoptr (GBytes) form =
          g_bytes_new (parts[1] != NULL ? parts[1] : "", parts[1] != NULL ? strlen (parts[1]) : 0);
      g_autoptr (Answer) got = get (fixture, self.patient, route);
      g_autoptr (Answer) by_post =
          ask_bytes (fixture, "POST", posted, self.patient, "application/x-www-form-urlencoded", form, NULL, NULL);
      g_autofree char *entry = g_strdup_printf ("{'resourceType':'Bundle','type':'batch','entry':[{'request':"
                                                "{'method':'GET','url':'%s'}}]}",
                                                route);
      g_autofree char *batch = quotes (entry);
      g_autoptr (Answer) batched = ask (fixture, "POST", "", self.patient, batch, NULL);

      assert_nothing (&self, got, route);
      assert_nothing (&self, by_post, route);
      assert_nothing (&self, batched, route);
      if (strstr (route, "internal-note") != NULL && got->status == 200 && strstr (route, "_filter") == NULL &&
          strstr (route, "_has") == NULL)
        g_assert_cmpuint (entries (got), ==, 0);
      if (got->status == 200 && zq_json_get_string (got->node, "total") != NULL &&
          g_str_has_prefix (route, "Communication?category=internal-note"))
        g_assert_cmpstr (zq_json_get_string (got->node, "total"), ==, "0");
    }
}

/* Status, words and headers as for what has never been. */
static void
assert_like_missing (Answer *answer, Answer *missing)
{
  static const char *const headers[] = { "ETag", "Location", "Last-Modified", "Content-Type", "Content-Length" };

  g_assert_cmpuint (answer->status, ==, missing->status);
  g_assert_cmpstr (answer->text, ==, missing->text);
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    g_assert_cmpstr (soup_message_headers_get_one (answer->headers, headers[i]), ==,
                     soup_message_headers_get_one (missing->headers, headers[i]));
}

static void
test_reads (Fixture *fixture, gconstpointer data)
{
  static const char *const routes[] = { "", "/_history", "/_history/1", "/_history/2" };
  g_auto (Case) self = { 0 };
  g_autofree char *operator_token = NULL;
  g_autoptr (Answer) removed = NULL;

  set_up (&self, fixture);
  operator_token = sign_in (fixture, "operator");
  removed = ask (fixture, "DELETE", "Communication/gone", operator_token, NULL, NULL);
  g_assert_cmpuint (removed->status, ==, 204);
  {
    const char *const things[][2] = { { "Communication", self.note },
                                      { "Binary", self.picture },
                                      { "Communication", "gone" } };

    for (gsize t = 0; t < G_N_ELEMENTS (things); t++)
      for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
        {
          g_autofree char *route = g_strconcat (things[t][0], "/", things[t][1], routes[i], NULL);
          g_autofree char *nowhere = g_strconcat (things[t][0], "/", MISSING, routes[i], NULL);
          g_autoptr (Answer) answer = get (fixture, self.patient, route),
                             missing = get (fixture, self.patient, nowhere);
          g_autoptr (Answer) raw =
              ask (fixture, "GET", route, self.patient, NULL, "Accept", "image/png", "Range", "bytes=0-3", NULL);
          g_autoptr (Answer) head = ask (fixture, "HEAD", route, self.patient, NULL, NULL);
          g_autoptr (Answer) head_missing = ask (fixture, "HEAD", nowhere, self.patient, NULL, NULL);
          g_autoptr (Answer) same = ask (fixture, "GET", route, self.patient, NULL, "If-None-Match", "W/\"1\"", NULL);

          g_test_message ("%s", route);
          g_assert_cmpuint (answer->status, ==, 404);
          assert_like_missing (answer, missing);
          assert_like_missing (raw, missing);
          assert_like_missing (head, head_missing);
          assert_like_missing (same, missing);
        }
  }
}

static void
test_writes (Fixture *fixture, gconstpointer data)
{
  static const char *const versions[] = { NULL, "W/\"1\"", "W/\"2\"", "\"1\"" };
  g_auto (Case) self = { 0 };
  g_autofree char *message = message_json ("t-k1", "p1", "Patient/p1", "x");

  set_up (&self, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      const char *const ids[] = { self.note, MISSING };
      Answer *puts[2], *deletes[2];

      for (int n = 0; n < 2; n++)
        {
          g_autofree char *path = g_strconcat ("Communication/", ids[n], NULL);
          g_autofree char *body = g_strdup_printf ("{\"id\":\"%s\",%s", ids[n], message + 1);

          puts[n] = ask (fixture, "PUT", path, self.patient, body, versions[i] != NULL ? "If-Match" : NULL, versions[i],
                         NULL);
          deletes[n] = ask (fixture, "DELETE", path, self.patient, NULL, versions[i] != NULL ? "If-Match" : NULL,
                            versions[i], NULL);
        }
      assert_like_missing (puts[0], puts[1]);
      assert_like_missing (deletes[0], deletes[1]);
      for (int n = 0; n < 2; n++)
        {
          answer_free (puts[n]);
          answer_free (deletes[n]);
        }
    }
}

static void
test_conditions (Fixture *fixture, gconstpointer data)
{
  static const char *const conditions[] = { "_id=NOTE", "identifier=n1", "part-of=Task/k1", "category=internal-note" };
  g_auto (Case) self = { 0 };
  g_autofree char *message = message_json ("t-k1", "p1", "Patient/p1", "x");
  g_autofree char *mark = NULL;
  g_autoptr (Answer) marked = NULL, picture = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  set_up (&self, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      g_autofree char *condition = fill (&self, conditions[i]);
      g_autofree char *entry =
          g_strdup_printf ("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":\"urn:uuid:"
                           "a\",\"resource\":%s,"
                           "\"request\":{\"method\":\"POST\",\"url\":\"Communication\",\"ifNoneExist\":\"%s\"}}]}",
                           message, condition);
      g_autoptr (Answer) created =
          ask (fixture, "POST", "Communication", self.patient, message, "If-None-Exist", condition, NULL);
      g_autoptr (Answer) transacted = ask (fixture, "POST", "", self.patient, entry, NULL);

      g_assert_cmpuint (created->status, ==, 201);
      assert_nothing (&self, created, condition);
      g_assert_cmpuint (transacted->status, ==, 200);
      g_assert_nonnull (strstr (transacted->text, "201 Created"));
      assert_nothing (&self, transacted, condition);
    }

  /* neither a read mark on it nor a file beside it */
  mark = g_strdup_printf ("{\"resourceType\":\"Basic\",\"code\":{\"coding\":[{\"code\":\"read-mark\"}]},\"subject\":"
                          "{\"reference\":\"Communication/%s\"},\"author\":{\"reference\":\"Patient/p1\"}}",
                          self.note);
  marked = ask (fixture, "POST", "Basic", self.patient, mark, NULL);
  assert_outcome (marked, 403);
  picture = ask_bytes (fixture, "POST", "Binary", self.patient, "image/png", bytes, "X-Security-Context", "Task/k1");
  assert_outcome (picture, 403);
}

static void
test_page_links (Fixture *fixture, gconstpointer data)
{
  g_auto (Case) self = { 0 };
  g_autoptr (Answer) page = NULL, theirs = NULL, own = NULL, forged = NULL;
  const char *next = NULL;
  g_autofree char *broken = NULL;

  set_up (&self, fixture);
  page = get (fixture, self.doctor, "Communication?part-of=Task/k1,Communication/t-k1&_count=1&_total=accurate");
  for (guint i = 0; i < zq_json_get_length (page->node, "link"); i++)
    if (g_strcmp0 (zq_json_get_string (zq_json_get_at (page->node, "link", i), "relation"), "next") == 0)
      next = zq_json_get_string (zq_json_get_at (page->node, "link", i), "url");
  g_assert_nonnull (next);
  own = get (fixture, self.doctor, next);
  g_assert_cmpuint (own->status, ==, 200);
  theirs = get (fixture, self.patient, next);
  assert_outcome (theirs, 410);
  g_assert_null (strstr (theirs->text, "total"));
  broken = g_strdup_printf ("?_page=%s", "eyJ0IjoiQ29tbXVuaWNhdGlvbiIsInEiOiIiLCJrIjoiMCIsInIiOjB9");
  forged = get (fixture, self.patient, broken);
  assert_outcome (forged, 410);
  g_assert_cmpstr (forged->text, ==, theirs->text);
}

static void
test_what_a_note_is (Fixture *fixture, gconstpointer data)
{
  g_auto (Case) self = { 0 };
  g_autofree char *wang = NULL, *zhao = NULL, *path = NULL;
  g_autoptr (Answer) mine = NULL, colleague = NULL, stranger = NULL, public_note = NULL;
  static const char *const wrong[] = {
    "'subject':{'reference':'Patient/p1'},",
    "'recipient':[{'reference':'Patient/p1'}],",
    "'partOf':[{'reference':'Communication/t-k1'}],",
    "'partOf':[{'reference':'Task/k1'},{'reference':'Communication/t-k1'}],",
    "'category':[{'coding':[{'code':'internal-note'},{'code':'message'}]}],",
    "'inResponseTo':[{'reference':'Communication/x'}],'sender':{'reference':'Practitioner/wang'},",
  };

  set_up (&self, fixture);
  path = g_strconcat ("Communication/", self.note, NULL);
  wang = sign_in (fixture, "wang");
  zhao = sign_in (fixture, "zhao");
  mine = get (fixture, self.doctor, path);
  g_assert_cmpstr (zq_json_get_string (mine->node, "meta.security[0].code"), ==, "R");
  colleague = get (fixture, wang, path);
  g_assert_cmpuint (colleague->status, ==, 200);
  stranger = get (fixture, zhao, path);
  assert_outcome (stranger, 403);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      /* the later of two members counts */
      g_autofree char *body = note_json (wrong[i]);
      g_autoptr (Answer) answer = ask (fixture, "POST", "Communication", self.doctor, body, NULL);

      g_test_message ("%s", wrong[i]);
      g_assert_true (answer->status == 422 || answer->status == 403);
    }
  /* it stays one */
  {
    g_autofree char *other = replaced (mine->text, "internal-note", "message");

    public_note = ask (fixture, "PUT", path, self.doctor, other, NULL);
    assert_outcome (public_note, 422);
  }
}

static void
test_department_shares (Fixture *fixture, gconstpointer data)
{
  g_auto (Case) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *assistant = NULL, *wang = NULL, *zhao = NULL, *path = NULL, *picture = NULL, *json = NULL,
                  *body = NULL, *plain = NULL;
  g_autoptr (Answer) read = NULL, seen = NULL, written = NULL, refused = NULL, strange = NULL, added = NULL,
                     stranger = NULL;

  zq_hospital_add_account (fixture->hospital, "tong", "tong", "assistant", "Practitioner/tong", "endo", &error);
  g_assert_no_error (error);
  set_up (&self, fixture);
  assistant = sign_in (fixture, "tong");
  wang = sign_in (fixture, "wang");
  zhao = sign_in (fixture, "zhao");
  path = g_strconcat ("Communication/", self.note, NULL);
  picture = g_strconcat ("Binary/", self.picture, NULL);

  read = get (fixture, assistant, path);
  g_assert_cmpuint (read->status, ==, 200);
  seen = get (fixture, wang, picture);
  g_assert_cmpuint (seen->status, ==, 200);
  strange = get (fixture, zhao, picture);
  assert_outcome (strange, 403);
  added = ask_bytes (fixture, "POST", "Binary", wang, "image/png", bytes, "X-Security-Context", "Task/k1");
  g_assert_cmpuint (added->status, ==, 201);
  stranger = ask_bytes (fixture, "POST", "Binary", zhao, "image/png", bytes, "X-Security-Context", "Task/k1");
  assert_outcome (stranger, 403);

  /* an assistant writes notes, no replies */
  json = note_json ("");
  body = replaced (json, "Practitioner/lin", "Practitioner/tong");
  written = ask (fixture, "POST", "Communication", assistant, body, NULL);
  g_assert_cmpuint (written->status, ==, 201);
  plain = message_json ("t-k1", "p1", "Practitioner/tong", "x");
  refused = ask (fixture, "POST", "Communication", assistant, plain, NULL);
  g_assert_cmpuint (refused->status, >=, 400);
}

static void
test_files_of_notes (Fixture *fixture, gconstpointer data)
{
  g_auto (Case) self = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (Answer) open_file = NULL, refused = NULL, taken = NULL;
  g_autofree char *note = NULL, *careless = NULL, *careful = NULL, *one = NULL, *two = NULL;

  set_up (&self, fixture);
  open_file = ask_bytes (fixture, "POST", "Binary", self.doctor, "image/png", bytes, "X-Security-Context",
                         "Communication/t-k1");
  note = note_json ("");
  one = g_strdup_printf ("{\"contentAttachment\":{\"url\":\"Binary/%s\"}}", zq_json_get_string (open_file->node, "id"));
  two = g_strdup_printf ("{\"contentAttachment\":{\"url\":\"Binary/%s\"}}", self.picture);
  careless = replaced (note, "{\"contentString\":\"" SECRET "\"}", one);
  refused = ask (fixture, "POST", "Communication", self.doctor, careless, NULL);
  assert_outcome (refused, 422);
  careful = replaced (note, "{\"contentString\":\"" SECRET "\"}", two);
  taken = ask (fixture, "POST", "Communication", self.doctor, careful, NULL);
  g_assert_cmpuint (taken->status, ==, 201);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/notes/by-no-search", test_searches);
  fixture_add ("/hospital/notes/like-what-never-was", test_reads);
  fixture_add ("/hospital/notes/by-no-write", test_writes);
  fixture_add ("/hospital/notes/by-no-condition", test_conditions);
  fixture_add ("/hospital/notes/by-no-page-link", test_page_links);
  fixture_add ("/hospital/notes/what-a-note-is", test_what_a_note_is);
  fixture_add ("/hospital/notes/are-the-departments", test_department_shares);
  fixture_add ("/hospital/notes/their-files", test_files_of_notes);

  return g_test_run ();
}
