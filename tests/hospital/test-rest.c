/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"

#include <string.h>

static void
test_versions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) created =
      ask (fixture, "POST", "Basic", token, "{\"resourceType\":\"Basic\",\"id\":\"mine\"}", NULL);
  const char *id = zq_json_get_string (created->node, "id");
  g_autofree char *path = g_strconcat ("Basic/", id, NULL);
  g_autofree char *first = g_strconcat (path, "/_history/1", NULL);
  g_autofree char *history = g_strconcat (path, "/_history", NULL);
  g_autofree char *body = g_strdup_printf ("{\"resourceType\":\"Basic\",\"id\":\"%s\",\"language\":\"zh\"}", id);
  g_autoptr (Answer) read = NULL, stale = NULL, updated = NULL, old = NULL, versions = NULL, deleted = NULL,
                     gone = NULL;

  g_assert_cmpuint (created->status, ==, 201);
  g_assert_cmpstr (id, !=, "mine");
  g_assert_true (g_str_has_suffix (soup_message_headers_get_one (created->headers, "Location"), first));
  read = get (fixture, token, path);
  g_assert_cmpuint (read->status, ==, 200);
  g_assert_cmpstr (soup_message_headers_get_one (read->headers, "ETag"), ==, "W/\"1\"");
  g_assert_cmpstr (soup_message_headers_get_one (read->headers, "Last-Modified"), ==, "Sun, 22 Nov 2026 02:00:00 GMT");

  stale = ask (fixture, "PUT", path, token, body, "If-Match", "W/\"7\"", NULL);
  assert_outcome (stale, 412);
  updated = ask (fixture, "PUT", path, token, body, "If-Match", "W/\"1\"", NULL);
  g_assert_cmpuint (updated->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (updated->node, "meta.versionId"), ==, "2");
  g_assert_cmpstr (zq_json_get_string (updated->node, "meta.lastUpdated"), >,
                   zq_json_get_string (read->node, "meta.lastUpdated"));
  old = get (fixture, token, first);
  g_assert_cmpstr (old->text, ==, read->text);

  deleted = ask (fixture, "DELETE", path, token, NULL, NULL);
  g_assert_cmpuint (deleted->status, ==, 204);
  gone = get (fixture, token, path);
  assert_outcome (gone, 410);
  versions = get (fixture, token, history);
  g_assert_cmpuint (entries (versions), ==, 3);
  g_assert_cmpstr (zq_json_get_string (versions->node, "entry[0].request.method"), ==, "DELETE");
}

static void
test_conditional_create (Fixture *fixture, gconstpointer data)
{
  static const char body[] = "{\"resourceType\":\"Basic\",\"identifier\":[{\"system\":\"s\",\"value\":\"k\"}]}";
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) first = ask (fixture, "POST", "Basic", token, body, "If-None-Exist", "identifier=s|k", NULL);
  g_autoptr (Answer) second = ask (fixture, "POST", "Basic", token, body, "If-None-Exist", "identifier=s%7Ck", NULL);
  g_autoptr (Answer) plain = ask (fixture, "POST", "Basic", token, body, "Prefer", "return=minimal", NULL);
  g_autoptr (Answer) third = ask (fixture, "POST", "Basic", token, body, "If-None-Exist", "identifier=s|k", NULL);
  g_autoptr (Answer) unknown = ask (fixture, "POST", "Basic", token, body, "If-None-Exist", "colour=red", NULL);

  g_assert_cmpuint (first->status, ==, 201);
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpstr (second->text, ==, first->text);
  g_assert_cmpuint (plain->status, ==, 201);
  g_assert_cmpuint (plain->length, ==, 0);
  assert_outcome (third, 412);
  assert_outcome (unknown, 400);
}

static void
test_tokens_stay (Fixture *fixture, gconstpointer data)
{
  static const char odd[] = "\"x\":[7.10,1e400,-0.0,123456789012345678901234567890],\"y\":1,\"y\":{\"unknown\":[]},"
                            "\"_birthDate\":{\"extension\":[]},\"z\":\"\\u8bca\\/\\ud83d\\ude00 <b>诊</b>\"";
  g_autofree char *token = sign_in (fixture, "operator");
  g_autofree char *body = g_strdup_printf ("{\"resourceType\":\"Observation\",\"id\":\"o\",%s}", odd);
  g_autoptr (Answer) created = ask (fixture, "PUT", "Observation/o", token, body, NULL);
  g_autoptr (Answer) updated = ask (fixture, "PUT", "Observation/o", token, created->text, NULL);
  g_autoptr (Answer) search = get (fixture, token, "Observation?_id=o");

  g_assert_cmpuint (created->status, ==, 201);
  g_assert_cmpuint (updated->status, ==, 200);
  g_assert_nonnull (strstr (created->text, odd));
  g_assert_nonnull (strstr (updated->text, odd));
  g_assert_nonnull (strstr (search->text, odd));
}

static void
test_bad_bodies (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autofree char *deep = g_strnfill (300, '[');
  const char *const bodies[] = {
    "{\"resourceType\":\"Basic\"",
    "[1]",
    "7",
    "",
    "{\"resourceType\":\"Patient\"}",
    "{\"resourceType\":\"Basic\",\"meta\":\"m\"}",
    "{\"resourceType\":\"Basic\",\"id\":\"a\",\"id\":\"b\"}",
    "{\"resourceType\":\"Basic\",\"x\":01}",
    "\xff\xfe{}",
    deep,
  };
  g_autoptr (Answer) mismatch =
      ask (fixture, "PUT", "Basic/a", token, "{\"resourceType\":\"Basic\",\"id\":\"b\"}", NULL);
  g_autoptr (Answer) type = get (fixture, token, "Nonsense/1");
  g_autoptr (Answer) method = ask (fixture, "PATCH", "Basic/a", token, "[]", NULL);
  g_autoptr (GBytes) xml = g_bytes_new_static ("<Basic/>", 8);
  g_autoptr (Answer) media = ask_bytes (fixture, "POST", "Basic", token, "application/fhir+xml", xml, NULL, NULL);
  g_autoptr (Answer) total = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (Answer) answer = ask (fixture, "POST", "Basic", token, bodies[i], NULL);

      assert_outcome (answer, 400);
    }
  assert_outcome (mismatch, 400);
  assert_outcome (type, 404);
  assert_outcome (method, 405);
  assert_outcome (media, 415);
  total = get (fixture, token, "Basic?_summary=count");
  g_assert_cmpstr (zq_json_get_string (total->node, "total"), ==, "0");
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  gsize size = 33 * 1024 * 1024;
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (size), size);
  g_autoptr (Answer) answer = ask_bytes (fixture, "POST", "Basic", token, "application/fhir+json", body, NULL, NULL);

  assert_outcome (answer, 413);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint found;
  } cases[] = {
    { "Task?owner=Practitioner/lin", 1 },
    { "Task?owner=lin,wang", 2 },
    { "Task?owner:Practitioner=lin", 1 },
    { "Task?patient=Patient/p1&status=in-progress", 2 },
    { "Task?business-status=awaiting-patient,completed", 1 },
    { "Task?code=|advice", 3 },
    { "Task?_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo", 3 },
    { "Task?_tag=" ZQ_SYSTEM_DEPARTMENT "%7C", 3 },
    { "Task?_tag=endo&_id=k1,k3,none", 2 },
    { "Task?focus=Communication/t-k2", 1 },
    { "Communication?part-of=t-k1,t-k2", 2 },
    { "Communication?category=message&subject=Patient/p1", 1 },
    { "Communication?sender=Practitioner/wang", 1 },
    { "Patient?name=on", 1 },
    { "Patient?birthdate=1980", 1 },
    { "Patient?birthdate=ge1980-06", 1 },
    { "Patient?birthdate=lt1985", 1 },
    { "Patient?birthdate=le1990-12-31", 2 },
    { "Patient?_lastUpdated=ge2026-11-22T02:00:00Z&_lastUpdated=lt2026-11-22T02:00:01Z", 2 },
    { "Patient?_lastUpdated=gt2026-11-22T02:00:00Z", 0 },
    { "Patient?_lastUpdated=le2026-11-22T02:00:00.000Z", 2 },
    { "Patient?_lastUpdated=2026", 2 },
    { "Patient?_lastUpdated=lt2026-11-22T02:00:00Z", 0 },
  };
  g_autofree char *token = sign_in (fixture, "operator");
  g_autofree char *one = message_json ("t-k1", "p1", "Practitioner/lin", "a");
  g_autofree char *two = message_json ("t-k2", "p2", "Practitioner/wang", "b");
  g_autoptr (Answer) lenient = NULL, strict = NULL, modifier = NULL, date = NULL, posted = NULL;
  g_autoptr (GBytes) form = g_bytes_new_static ("owner=Practitioner%2Flin", 24);

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_consultation (fixture, "k2", "p2", "Practitioner/wang", "awaiting-patient");
  put_consultation (fixture, "k3", "p1", "Organization/endo", "awaiting-acceptance");
  put (fixture, "Communication", "m1", one);
  put (fixture, "Communication", "m2", two);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Answer) answer = get (fixture, token, cases[i].query);

      g_test_message ("%s", cases[i].query);
      g_assert_cmpuint (entries (answer), ==, cases[i].found);
      g_assert_cmpint (atoi (zq_json_get_string (answer->node, "total")), ==, cases[i].found);
    }

  lenient = get (fixture, token, "Task?colour=red&_count=10");
  g_assert_cmpuint (entries (lenient), ==, 4);
  g_assert_cmpstr (zq_json_get_string (lenient->node, "entry[3].search.mode"), ==, "outcome");
  strict = ask (fixture, "GET", "Task?colour=red", token, NULL, "Prefer", "handling=strict", NULL);
  assert_outcome (strict, 400);
  modifier = get (fixture, token, "Task?status:not=draft");
  assert_outcome (modifier, 400);
  date = get (fixture, token, "Task?_lastUpdated=yesterday");
  assert_outcome (date, 400);
  posted = ask_bytes (fixture, "POST", "Task/_search", token, "application/x-www-form-urlencoded", form, NULL, NULL);
  g_assert_cmpuint (entries (posted), ==, 1);
}

static void
collect (Fixture *fixture, const char *token, const char *first, GPtrArray *ids, gboolean disturb)
{
  g_autofree char *next = g_strdup (first);

  for (guint page = 0; next != NULL; page++)
    {
      g_autoptr (Answer) answer = get (fixture, token, next);

      g_assert_cmpuint (page, <, 40);
      for (guint i = 0; i < entries (answer); i++)
        g_ptr_array_add (ids, g_strdup (zq_json_get_string (zq_json_get_at (answer->node, "entry", i), "resource.id")));
      g_clear_pointer (&next, g_free);
      for (guint i = 0; i < zq_json_get_length (answer->node, "link"); i++)
        {
          JsonNode *link = zq_json_get_at (answer->node, "link", i);

          if (g_strcmp0 (zq_json_get_string (link, "relation"), "next") == 0)
            next = g_strdup (zq_json_get_string (link, "url"));
        }
      if (disturb)
        {
          g_autofree char *id = g_strdup_printf ("new-%u", page);

          put (fixture, "Basic", id, "{'resourceType':'Basic'}");
        }
    }
}

static void
test_paging (Fixture *fixture, gconstpointer data)
{
  static const char *const sorts[] = { "", "&_sort=_id", "&_sort=-_lastUpdated", "&_sort=_lastUpdated" };
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) broken = get (fixture, token, "?_page=bm9uc2Vuc2U");

  for (guint i = 0; i < 23; i++)
    {
      g_autofree char *id = g_strdup_printf ("b-%02u", i);

      put (fixture, "Basic", id, "{'resourceType':'Basic'}");
    }
  for (gsize s = 0; s < G_N_ELEMENTS (sorts); s++)
    {
      g_autofree char *query = g_strdup_printf ("Basic?_count=5%s", sorts[s]);
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      collect (fixture, token, query, ids, s == 2);
      for (guint i = 0; i < ids->len; i++)
        g_assert_true (g_hash_table_add (seen, g_ptr_array_index (ids, i)));
      for (guint i = 0; i < 23; i++)
        {
          g_autofree char *id = g_strdup_printf ("b-%02u", i);

          g_assert_true (g_hash_table_contains (seen, id));
        }
    }
  assert_outcome (broken, 410);
}

static void
test_sort_by_date (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = NULL;

  put (fixture, "Communication", "b", "{'resourceType':'Communication','sent':'2026-01-02T00:00:00+08:00'}");
  put (fixture, "Communication", "a", "{'resourceType':'Communication','sent':'2026-01-03'}");
  put (fixture, "Communication", "c", "{'resourceType':'Communication','sent':'2025'}");
  put (fixture, "Communication", "none", "{'resourceType':'Communication'}");
  collect (fixture, token, "Communication?_sort=-sent&_count=1", ids, FALSE);
  g_ptr_array_add (ids, NULL);
  all = g_strjoinv (" ", (char **)ids->pdata);
  g_assert_cmpstr (all, ==, "a b c none");
}

static void
test_transaction (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autofree char *good = quotes (
      "{'resourceType':'Bundle','type':'transaction','entry':["
      "{'fullUrl':'urn:uuid:m','resource':{'resourceType':'Communication','partOf':[{'reference':'urn:uuid:h'}],"
      "'payload':[{'contentString':'urn:uuid:h'}],'x':7.10},'request':{'method':'POST','url':'Communication'}},"
      "{'fullUrl':'urn:uuid:h','resource':{'resourceType':'Communication','identifier':[{'value':'once'}]},"
      "'request':{'method':'POST','url':'Communication','ifNoneExist':'identifier=once'}},"
      "{'resource':{'resourceType':'Basic','id':'put'},'request':{'method':'PUT','url':'Basic/put'}}]}");
  g_autofree char *bad = quotes ("{'resourceType':'Bundle','type':'transaction','entry':["
                                 "{'resource':{'resourceType':'Basic','id':'half'},"
                                 "'request':{'method':'PUT','url':'Basic/half'}},"
                                 "{'resource':{'resourceType':'Basic','id':'put'},"
                                 "'request':{'method':'PUT','url':'Basic/put','ifMatch':'W/\\\"9\\\"'}}]}");
  g_autoptr (Answer) done = ask (fixture, "POST", "", token, good, NULL);
  g_autoptr (Answer) again = ask (fixture, "POST", "", token, good, NULL);
  g_autoptr (Answer) refused = ask (fixture, "POST", "", token, bad, NULL);
  g_autoptr (Answer) half = get (fixture, token, "Basic/half");
  g_autoptr (Answer) total = get (fixture, token, "Communication?_summary=count");
  g_autofree char *header =
      g_strconcat ("Communication/", zq_json_get_string (done->node, "entry[1].resource.id"), NULL);

  g_assert_cmpuint (done->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (done->node, "entry[0].resource.partOf[0].reference"), ==, header);
  g_assert_cmpstr (zq_json_get_string (done->node, "entry[0].resource.payload[0].contentString"), ==, "urn:uuid:h");
  g_assert_cmpstr (zq_json_get_string (done->node, "entry[0].resource.x"), ==, "7.10");
  g_assert_cmpstr (zq_json_get_string (done->node, "entry[1].response.status"), ==, "201 Created");
  g_assert_cmpstr (zq_json_get_string (again->node, "entry[1].response.status"), ==, "200 OK");
  g_assert_cmpstr (zq_json_get_string (again->node, "entry[0].resource.partOf[0].reference"), ==, header);
  assert_outcome (refused, 412);
  assert_outcome (half, 404);
  g_assert_cmpstr (zq_json_get_string (total->node, "total"), ==, "3");
}

static void
test_batch (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autofree char *body =
      quotes ("{'resourceType':'Bundle','type':'batch','entry':["
              "{'request':{'method':'GET','url':'Patient/p1'}},{'request':{'method':'GET','url':'Patient/none'}},"
              "{'request':{'method':'GET','url':'Patient?name=tw&_summary=count'}},"
              "{'resource':{'resourceType':'Basic'},'request':{'method':'POST','url':'Basic'}}]}");
  g_autoptr (Answer) answer = ask (fixture, "POST", "", token, body, NULL);
  g_autoptr (Answer) nonsense =
      ask (fixture, "POST", "", token, "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[7]}", NULL);

  g_assert_cmpuint (entries (answer), ==, 4);
  g_assert_cmpstr (zq_json_get_string (answer->node, "entry[0].resource.id"), ==, "p1");
  g_assert_cmpstr (zq_json_get_string (answer->node, "entry[1].response.outcome.issue[0].code"), ==, "not-found");
  g_assert_cmpstr (zq_json_get_string (answer->node, "entry[2].resource.total"), ==, "1");
  g_assert_cmpstr (zq_json_get_string (answer->node, "entry[3].response.status"), ==, "201 Created");
  assert_outcome (nonsense, 400);
}

static void
test_binary (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (GBytes) png = g_bytes_new_static ("\x89PNG\0\x01", 6);
  g_autoptr (Answer) created =
      ask_bytes (fixture, "POST", "Binary", token, "image/png", png, "X-Security-Context", "Patient/p1");
  g_autofree char *path = g_strconcat ("Binary/", zq_json_get_string (created->node, "id"), NULL);
  g_autoptr (Answer) raw = ask (fixture, "GET", path, token, NULL, "Accept", "image/png", NULL);
  g_autoptr (Answer) json = ask (fixture, "GET", path, token, NULL, "Accept", "application/fhir+json", NULL);
  g_autofree char *patient = sign_in (fixture, "p1");
  g_autofree char *other = sign_in (fixture, "p2");
  g_autoptr (Answer) own = get (fixture, patient, path);
  g_autoptr (Answer) foreign = get (fixture, other, path);

  g_assert_cmpuint (created->status, ==, 201);
  g_assert_cmpstr (soup_message_headers_get_content_type (raw->headers, NULL), ==, "image/png");
  g_assert_cmpmem (raw->text, 4, "\x89PNG", 4);
  g_assert_cmpuint (raw->length, ==, 6);
  g_assert_cmpstr (zq_json_get_string (json->node, "securityContext.reference"), ==, "Patient/p1");
  g_assert_cmpuint (own->status, ==, 200);
  assert_outcome (foreign, 404);
}

static void
test_capability (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) answer = get (fixture, NULL, "metadata");
  g_autofree char *token = sign_in (fixture, "operator");
  guint n = zq_json_get_length (answer->node, "rest[0].resource");

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpuint (n, ==, 146);
  /* every search parameter that is promised is taken in strict handling */
  for (guint i = 0; i < n; i++)
    {
      JsonNode *resource = zq_json_get_at (answer->node, "rest[0].resource", i);
      const char *type = zq_json_get_string (resource, "type");
      GString *query = g_string_new (type);
      g_autoptr (Answer) search = NULL;

      for (guint p = 0; p < zq_json_get_length (resource, "searchParam"); p++)
        {
          JsonNode *param = zq_json_get_at (resource, "searchParam", p);
          gboolean date = g_strcmp0 (zq_json_get_string (param, "type"), "date") == 0;

          g_string_append_printf (query, "%c%s=%s", p == 0 ? '?' : '&', zq_json_get_string (param, "name"),
                                  date ? "2020" : "x");
        }
      search = ask (fixture, "GET", query->str, token, NULL, "Prefer", "handling=strict", NULL);
      g_assert_cmpuint (search->status, ==, 200);
      g_string_free (query, TRUE);
    }
}

static void
test_import (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *path = zq_test_dir_path (dir, "bundle.json");
  g_autofree char *text =
      quotes ("{'resourceType':'Bundle','type':'transaction','entry':["
              "{'fullUrl':'urn:uuid:11111111-1111-1111-1111-111111111111','resource':{'resourceType':'Patient'}},"
              "{'resource':{'resourceType':'Observation','id':'o1','valueQuantity':{'value':7.10},'subject':"
              "{'reference':'urn:uuid:11111111-1111-1111-1111-111111111111'}}},"
              "{'resource':{'resourceType':'Martian','id':'m'}},{}]}");
  g_autoptr (GError) error = NULL;
  g_autofree char *stored = NULL;
  guint taken, skipped;

  zq_test_write (dir, "bundle.json", text);
  zq_hospital_import (fixture->hospital, path, &taken, &skipped, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (taken, ==, 2);
  g_assert_cmpuint (skipped, ==, 2);
  stored = zq_hospital_get (fixture->hospital, "Observation", "o1");
  g_assert_nonnull (strstr (stored, "7.10"));
  g_assert_nonnull (strstr (stored, "\"Patient/11111111-1111-1111-1111-111111111111\""));
}

static void
test_survives_restart (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  ZqHospitalOptions options = { .data_dir = dir };
  g_autoptr (GError) error = NULL;

  for (guint run = 0; run < 2; run++)
    {
      g_autoptr (ZqHospital) hospital = zq_hospital_new (&options, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_true (zq_hospital_is_empty (hospital) == (run == 0));
      zq_hospital_put (hospital, "Basic", "kept", "{\"resourceType\":\"Basic\"}", 0, &error);
      g_assert_no_error (error);
      text = zq_hospital_get (hospital, "Basic", "kept");
      g_assert_nonnull (strstr (text, run == 0 ? "\"versionId\":\"1\"" : "\"versionId\":\"2\""));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/rest/versions-and-if-match", test_versions);
  fixture_add ("/hospital/rest/if-none-exist-creates-once", test_conditional_create);
  fixture_add ("/hospital/rest/json-stays-token-for-token", test_tokens_stay);
  fixture_add ("/hospital/rest/bad-bodies-are-refused", test_bad_bodies);
  fixture_add ("/hospital/rest/too-large-is-413", test_too_large);
  fixture_add ("/hospital/rest/search-finds", test_search);
  fixture_add ("/hospital/rest/pages-are-whole-and-stable", test_paging);
  fixture_add ("/hospital/rest/sorts-by-date", test_sort_by_date);
  fixture_add ("/hospital/rest/transaction-is-all-or-nothing", test_transaction);
  fixture_add ("/hospital/rest/batch-entries-stand-alone", test_batch);
  fixture_add ("/hospital/rest/binary-raw-and-json", test_binary);
  fixture_add ("/hospital/rest/capability-tells-the-truth", test_capability);
  fixture_add ("/hospital/rest/import-skips-what-it-cannot-take", test_import);
  g_test_add_func ("/hospital/rest/data-survives-a-restart", test_survives_restart);

  return g_test_run ();
}
