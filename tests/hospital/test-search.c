/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/id.h"
#include "hospital/private.h"

#include <string.h>

#define TAG  "'meta':{'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'endo'}]},"
#define DEPT "_tag=" ZQ_SYSTEM_DEPARTMENT "%7Cendo"

static guint
of_mode (Answer *answer, const char *mode)
{
  guint n = 0;

  for (guint i = 0; i < entries (answer); i++)
    n += g_strcmp0 (zq_json_get_string (zq_json_get_at (answer->node, "entry", i), "search.mode"), mode) == 0;
  return n;
}

static const char *
next_of (Answer *answer)
{
  for (guint i = 0; i < zq_json_get_length (answer->node, "link"); i++)
    if (g_strcmp0 (zq_json_get_string (zq_json_get_at (answer->node, "link", i), "relation"), "next") == 0)
      return zq_json_get_string (zq_json_get_at (answer->node, "link", i), "url");

  return NULL;
}

static void
put_messages (Fixture *fixture, const char *thread, const char *patient, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%u", thread, i);
      g_autofree char *json = g_strdup_printf (
          "{'resourceType':'Communication'," TAG "'status':'completed','category':[{'coding':[{'code':'message'}]}],"
          "'identifier':[{'value':'%s'}],'partOf':[{'reference':'Communication/%s'}],"
          "'subject':{'reference':'Patient/%s'},'sender':{'reference':'Patient/%s'},'received':'2026-11-22',"
          "'payload':[{'contentString':'x'}]}",
          id, thread, patient, patient);

      put (fixture, "Communication", id, json);
    }
}

static void
test_include (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin"), *p1 = sign_in (fixture, "p1");
  g_autoptr (Answer) forwards = NULL, reverse = NULL, twice = NULL, colleague = NULL, patient = NULL, unknown = NULL,
                     strict = NULL, iterate = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_consultation (fixture, "k2", "p2", "Practitioner/wang", "in-consultation");
  put_messages (fixture, "t-k1", "p1", 0, 3);
  put_messages (fixture, "t-k2", "p2", 0, 3);

  forwards = get (fixture, lin, "Task?_id=k1&_include=Task:patient&_include=Task:focus");
  g_assert_cmpuint (of_mode (forwards, "match"), ==, 1);
  g_assert_cmpuint (of_mode (forwards, "include"), ==, 2);
  g_assert_true (holds (forwards, "p1") && holds (forwards, "t-k1"));
  reverse = get (fixture, lin, "Communication?_id=t-k1&_revinclude=Communication:part-of");
  g_assert_cmpuint (of_mode (reverse, "include"), ==, 3);
  twice =
      get (fixture, lin, "Communication?part-of=t-k1&_include=Communication:part-of&_include=Communication:part-of");
  g_assert_cmpuint (of_mode (twice, "include"), ==, 1);

  /* a colleague's task is seen, what belongs to it is not */
  colleague = get (fixture, lin, "Task?_id=k2&_include=Task:patient&_include=Task:focus");
  g_assert_cmpuint (of_mode (colleague, "match"), ==, 1);
  g_assert_cmpuint (of_mode (colleague, "include"), ==, 0);
  patient = get (fixture, p1, "Task?_include=Task:patient&_revinclude=Communication:part-of");
  g_assert_true (holds (patient, "p1"));
  g_assert_cmpuint (of_mode (patient, "include"), ==, 1);

  unknown = get (fixture, lin, "Task?_id=k1&_include=Task:nothing");
  g_assert_cmpuint (of_mode (unknown, "outcome"), ==, 1);
  strict = ask (fixture, "GET", "Task?_id=k1&_include=Task:nothing", lin, NULL, "Prefer", "handling=strict", NULL);
  assert_outcome (strict, 400);
  iterate = get (fixture, lin, "Task?_id=k1&_include:iterate=Task:patient");
  assert_outcome (iterate, 400);
}

static void
test_elements (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = sign_in (fixture, "operator");
  g_autoptr (Answer) answer = NULL;
  JsonNode *entry;

  put (fixture, "Observation", "o1",
       "{'resourceType':'Observation','status':'final','_status':{'id':'s'},'valueQuantity':{'value':7.10},'note':[{'"
       "text':'n'}]}");
  answer = get (fixture, token, "Observation?_id=o1&_elements=valueQuantity,status");
  entry = zq_json_get_at (answer->node, "entry", 0);
  g_assert_cmpstr (zq_json_get_string (entry, "resource.id"), ==, "o1");
  g_assert_cmpstr (zq_json_get_string (entry, "resource.meta.tag[0].code"), ==, "SUBSETTED");
  g_assert_cmpstr (zq_json_get_string (entry, "resource.valueQuantity.value"), ==, "7.10");
  g_assert_nonnull (zq_json_get (entry, "resource._status"));
  g_assert_null (zq_json_get (entry, "resource.note"));
}

static void
test_total (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin");
  g_autoptr (Answer) whole = NULL, page = NULL, asked = NULL, counted = NULL;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_messages (fixture, "t-k1", "p1", 0, 5);
  whole = get (fixture, lin, "Communication?part-of=t-k1");
  g_assert_cmpstr (zq_json_get_string (whole->node, "total"), ==, "5");
  page = get (fixture, lin, "Communication?part-of=t-k1&_count=2");
  g_assert_null (zq_json_get_string (page->node, "total"));
  asked = get (fixture, lin, "Communication?part-of=t-k1&_count=2&_total=accurate");
  g_assert_cmpstr (zq_json_get_string (asked->node, "total"), ==, "5");
  counted = get (fixture, lin, "Communication?part-of=t-k1&_summary=count");
  g_assert_cmpstr (zq_json_get_string (counted->node, "total"), ==, "5");
  g_assert_cmpuint (entries (counted), ==, 0);
}

static void
test_pages_are_whole (Fixture *fixture, gconstpointer data)
{
  static const char *const searches[] = {
    "Communication?" DEPT "&_sort=_lastUpdated&_count=7",
    "Communication?" DEPT "&_sort=-_lastUpdated&_count=7",
    "Communication?" DEPT "&_sort=-_lastUpdated&_count=7&_lastUpdated=le2027",
    "Communication?" DEPT "&_sort=_id&_count=7",
    "Communication?_sort=_lastUpdated&_count=7",
    "Communication?_sort=-_id&_count=7",
    "Communication?" DEPT "&category=message,thread&_count=7",
    "Communication?patient=p1&_sort=-sent&_count=7",
    "Communication?part-of=t-k1,x&_count=7",
    "Communication?part-of=t-k1&" DEPT "&_count=7",
  };
  g_autofree char *lin = sign_in (fixture, "lin");

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_messages (fixture, "t-k1", "p1", 0, 40);
  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autofree char *path = g_strdup (searches[i]);
      guint expected = strstr (path, "part-of") != NULL ? 40 : 41;

      while (path != NULL)
        {
          g_autoptr (Answer) page = get (fixture, lin, path);

          for (guint n = 0; n < entries (page); n++)
            g_assert_true (g_hash_table_add (
                seen, g_strdup (zq_json_get_string (zq_json_get_at (page->node, "entry", n), "resource.id"))));
          g_free (path);
          path = g_strdup (next_of (page));
        }
      g_test_message ("%s", searches[i]);
      g_assert_cmpuint (g_hash_table_size (seen), ==, expected);
    }
}

/* What SQLite does for a search, in its own steps. */
static guint64
cost (Fixture *fixture, const char *token, const char *path)
{
  ZqDbCounts before, after;
  g_autoptr (Answer) answer = NULL;

  zq_db_get_counts (fixture->hospital->db, &before);
  answer = get (fixture, token, path);
  g_assert_cmpuint (answer->status, ==, 200);
  zq_db_get_counts (fixture->hospital->db, &after);

  return after.steps - before.steps;
}

static void
test_cost (Fixture *fixture, gconstpointer data)
{
  static const char *const searches[] = {
    "Communication?" DEPT "&_sort=-_lastUpdated&_count=20",
    "Communication?" DEPT "&_lastUpdated=le2027&_sort=-_lastUpdated&_count=20",
    "Communication?" DEPT "&_lastUpdated=ge2026&_sort=_lastUpdated&_count=20",
    "Communication?_sort=_lastUpdated&_count=20",
    "Communication?part-of=t-k1&_count=20",
    "Communication?identifier=t-k1-3",
    "Communication?_id=t-k1-3,t-k1-4",
    "Task?owner=Practitioner/lin",
    "Task?_revinclude=Communication:encounter",
  };
  static const char *const own[] = { "Communication?_count=20", "Communication?_sort=-_lastUpdated&_count=20",
                                     "Communication?category=message&_count=20", "Task" };
  g_autofree char *lin = sign_in (fixture, "lin"), *p2 = sign_in (fixture, "p2");
  guint64 few[G_N_ELEMENTS (searches)], few_own[G_N_ELEMENTS (own)];

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_consultation (fixture, "k2", "p2", "Practitioner/wang", "in-consultation");
  put_messages (fixture, "t-k2", "p2", 0, 30);
  put_messages (fixture, "t-k1", "p1", 0, 100);
  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    few[i] = cost (fixture, lin, searches[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    few_own[i] = cost (fixture, p2, own[i]);

  put_messages (fixture, "t-k1", "p1", 100, 2000);
  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      guint64 many = cost (fixture, lin, searches[i]);

      g_test_message ("%s: %" G_GUINT64_FORMAT " then %" G_GUINT64_FORMAT, searches[i], few[i], many);
      g_assert_cmpuint (many, <=, few[i] + few[i] / 2);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    {
      guint64 many = cost (fixture, p2, own[i]);

      g_test_message ("%s: %" G_GUINT64_FORMAT " then %" G_GUINT64_FORMAT, own[i], few_own[i], many);
      g_assert_cmpuint (many, <=, few_own[i] + few_own[i] / 2);
    }
}

static void
test_gzip (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lin = sign_in (fixture, "lin");
  g_autofree char *fault = quotes ("{'gzip':'on'}");
  g_autoptr (Answer) near = NULL, told = NULL, packed = NULL, plain = NULL, small = NULL;
  g_autoptr (GConverter) gunzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autofree char *whole = NULL;
  gsize length;

  put_consultation (fixture, "k1", "p1", "Practitioner/lin", "in-consultation");
  put_messages (fixture, "t-k1", "p1", 0, 20);
  /* the fixture's own session would unpack it without a word */
  soup_session_remove_feature_by_type (fixture->session, SOUP_TYPE_CONTENT_DECODER);
  near = ask (fixture, "GET", "Communication?part-of=t-k1", lin, NULL, "Accept-Encoding", "gzip", NULL);
  g_assert_null (soup_message_headers_get_one (near->headers, "Content-Encoding"));
  told = ask (fixture, "PUT", "/_sandbox/faults", NULL, fault, NULL);
  g_assert_cmpuint (told->status, ==, 200);
  packed = ask (fixture, "GET", "Communication?part-of=t-k1", lin, NULL, "Accept-Encoding", "br, gzip", NULL);
  g_assert_cmpstr (soup_message_headers_get_one (packed->headers, "Content-Encoding"), ==, "gzip");
  plain = ask (fixture, "GET", "Communication?part-of=t-k1", lin, NULL, NULL);
  g_assert_null (soup_message_headers_get_one (plain->headers, "Content-Encoding"));
  small = ask (fixture, "GET", "Patient/p1", lin, NULL, "Accept-Encoding", "gzip", NULL);
  g_assert_null (soup_message_headers_get_one (small->headers, "Content-Encoding"));

  g_assert_cmpuint (packed->length, <, plain->length / 3);
  whole = g_malloc0 (plain->length + 1);
  {
    gsize read = 0;

    g_assert_cmpint (g_converter_convert (gunzip, packed->text, packed->length, whole, plain->length,
                                          G_CONVERTER_INPUT_AT_END, &read, &length, NULL),
                     !=, G_CONVERTER_ERROR);
  }
  g_assert_cmpuint (length, ==, plain->length);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/search/includes-what-may-be-read", test_include);
  fixture_add ("/hospital/search/elements", test_elements);
  fixture_add ("/hospital/search/total-where-it-is-known-or-wanted", test_total);
  fixture_add ("/hospital/search/pages-are-whole", test_pages_are_whole);
  fixture_add ("/hospital/search/costs-what-it-finds", test_cost);
  fixture_add ("/hospital/search/packed-where-it-pays", test_gzip);

  return g_test_run ();
}
