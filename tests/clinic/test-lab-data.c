/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/fixture.h"
#include "clinic/lab/report.h"
#include "clinic/lab/result-load.h"
#include "resource/json.h"
#include "resource/reference.h"

#include <string.h>

/* Records, reports and results as others have written them (the folder "shared/data" beside the project's). */

/* What one file holds, as far as it can be read: "Type/id" -> node; the last of two of one name counts. */
typedef struct
{
  GHashTable *nodes;
  guint n_results, n_reports;
} Expected;

static void
expected_free (Expected *self)
{
  g_hash_table_unref (self->nodes);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Expected, expected_free)

static void
expect (Expected *self, const char *raw, gsize length)
{
  g_autoptr (JsonNode) node = raw != NULL ? zq_json_read (raw, (gssize)length, NULL) : NULL;
  const char *type = node != NULL ? zq_json_get_string (node, "resourceType") : NULL;
  const char *id = node != NULL ? zq_json_get_string (node, "id") : NULL;

  if (type == NULL || id == NULL || !zq_id_is_valid (id))
    return;
  if (!g_hash_table_replace (self->nodes, g_strconcat (type, "/", id, NULL), json_node_ref (node)))
    return;
  self->n_results += g_str_equal (type, "Observation");
  self->n_reports += g_str_equal (type, "DiagnosticReport");
}

static Expected *
expect_bundle (ZqBundle *bundle)
{
  Expected *self = g_new0 (Expected, 1);

  self->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_node_unref);
  for (guint i = 0; i < zq_bundle_get_n_entries (bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, i);

      if (g_strcmp0 (entry->search_mode, "outcome") != 0)
        expect (self, entry->raw, entry->raw_length);
    }

  return self;
}

/* --- a file as the hospital would send it ------------------------------------------------------- */

/* What a server does with a transaction: references to entries become those to resources. */
static GBytes *
resolve_urns (const char *text, ZqBundle *bundle)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GString *whole = g_string_new (NULL);
  const char *from = text;

  for (guint i = 0; i < zq_bundle_get_n_entries (bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, i);
      g_autoptr (JsonNode) node = zq_json_read (entry->raw, (gssize)entry->raw_length, NULL);

      g_assert_nonnull (node);
      g_hash_table_insert (
          names, g_strdup (entry->full_url),
          g_strconcat (zq_json_get_string (node, "resourceType"), "/", zq_json_get_string (node, "id"), NULL));
    }
  for (const char *at = strstr (text, "\"urn:uuid:"); at != NULL; at = strstr (from, "\"urn:uuid:"))
    {
      const char *end = strchr (at + 1, '"');
      g_autofree char *urn = g_strndup (at + 1, (gsize)(end - at - 1));
      const char *name = g_hash_table_lookup (names, urn);

      g_string_append_len (whole, from, at + 1 - from);
      g_string_append (whole, name != NULL ? name : urn);
      from = end;
    }
  g_string_append (whole, from);

  return g_string_free_to_bytes (whole);
}

static char *
read_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) raw = g_file_read (file, NULL, NULL);
  g_autoptr (GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) in = g_str_has_suffix (path, ".gz")
                                    ? g_converter_input_stream_new (G_INPUT_STREAM (raw), G_CONVERTER (gunzip))
                                    : g_object_ref (G_INPUT_STREAM (raw));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);

  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
}

/* A single resource is a bundle of one, and so is what is no JSON at all. */
static ZqBundle *
read_bundle (const char *path)
{
  g_autofree char *text = read_file (path);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (ZqBundle) bundle = zq_bundle_read (bytes, NULL);
  g_autoptr (GBytes) resolved = NULL;

  if (bundle == NULL)
    return zq_bundle_new_single (bytes);
  if (!g_str_has_suffix (path, ".gz"))
    return g_steal_pointer (&bundle);
  resolved = resolve_urns (text, bundle);

  return zq_bundle_read (resolved, NULL);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

static void
take_bundle (Fixture *fixture, ZqBundle *bundle)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqIngested) ingested = NULL;
  g_autoptr (GError) error = NULL;

  zq_store_ingest_async (fixture->store, bundle, ZQ_PRIORITY_SYNC, NULL, NULL, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 60));
  ingested = zq_store_ingest_finish (fixture->store, result, &error);
  g_assert_no_error (error);
  zq_test_settle ();
}

/* --- what has to hold --------------------------------------------------------------------------- */

static gint64
number (Fixture *fixture, const char *sql)
{
  return fixture_number (fixture, sql, 0);
}

static void
assert_counted (Fixture *fixture)
{
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM (SELECT patient, kind, count (*) FROM record_item"
                                    " WHERE NOT hidden AND ?1 = 0 GROUP BY patient, kind"
                                    " EXCEPT SELECT patient, kind, n FROM record_count)"),
                   ==, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM (SELECT patient, kind, n FROM record_count"
                                    " WHERE n <> 0 AND ?1 = 0 EXCEPT SELECT patient, kind, count (*) FROM record_item"
                                    " WHERE NOT hidden GROUP BY patient, kind)"),
                   ==, 0);
}

static gboolean
is_complete (gpointer list)
{
  return zq_list_is_complete (list);
}

#define UNDATED "SELECT precision = 0 FROM record_item WHERE id = ?"

static void
assert_ordered (Fixture *fixture, gint64 patient)
{
  g_autoptr (ZqList) list = zq_record_list_new (fixture->store, patient, ZQ_RECORD_ALL, NULL);
  guint counts[ZQ_RECORD_N_KINDS], n;
  gint64 before = 0;

  zq_record_get_counts (fixture_db (fixture), patient, counts);
  g_assert_true (zq_test_wait_until (is_complete, list, 10));
  n = g_list_model_get_n_items (G_LIST_MODEL (list));
  g_assert_cmpuint (n, ==, counts[ZQ_RECORD_ALL]);
  for (guint i = 0; i < n; i++)
    {
      gint64 key = zq_list_get_key (list, i);

      if (before != 0 && fixture_number (fixture, UNDATED, before))
        g_assert_true (fixture_number (fixture, UNDATED, key));
      else if (before != 0 && !fixture_number (fixture, UNDATED, key))
        g_assert_cmpint (fixture_number (fixture, "SELECT at FROM record_item WHERE id = ?", before), >=,
                         fixture_number (fixture, "SELECT at FROM record_item WHERE id = ?", key));
      before = key;
    }
}

static GArray *
list_rows (Fixture *fixture, const char *sql)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (fixture_db (fixture), &error, sql, "");

  g_assert_no_error (error);
  while (zq_rows_next (rows, NULL))
    {
      gint64 id = zq_rows_int (rows, 0);

      g_array_append_val (all, id);
    }

  return all;
}

/* As many as @path of @node names Observations that the file holds, and how many that it does not; those of another
 * server and the contained ones are neither. */
static void
count_tree (Expected *expected, JsonNode *node, const char *path, guint level, guint *held, guint *missing)
{
  guint n = zq_json_get_length (node, path);

  for (guint i = 0; i < n && level <= ZQ_RESULT_MAX_LEVEL; i++)
    {
      g_autoptr (ZqReference) reference =
          zq_reference_parse (zq_json_get_string (zq_json_get_at (node, path, i), "reference"), NULL);
      g_autofree char *name = NULL;
      JsonNode *found;

      if (!zq_reference_is (reference, "Observation"))
        continue;
      name = g_strconcat (reference->type, "/", reference->id, NULL);
      found = g_hash_table_lookup (expected->nodes, name);
      if (found == NULL)
        {
          (*missing)++;
          continue;
        }
      (*held)++;
      count_tree (expected, found, "hasMember", level + 1, held, missing);
    }
}

/* Returns how many results it shows. */
static guint
assert_report (Fixture *fixture, Expected *expected, gint64 row)
{
  g_autoptr (ZqReport) report = zq_report_load (fixture_db (fixture), zq_context_get_policy (fixture->context), row);
  g_autofree char *name = fixture_text (fixture, "SELECT type || '/' || server_id FROM resource WHERE id = ?", row);
  guint held = 0, missing = 0;

  g_assert_nonnull (report);
  count_tree (expected, g_hash_table_lookup (expected->nodes, name), "result", 0, &held, &missing);
  if (report->results->len != held || report->n_missing != missing)
    g_error ("%s has %u results and misses %u, not %u and %u", name, report->results->len, report->n_missing, held,
             missing);

  return held;
}

/* A store of its own for a file: what two of them call the same is not the same. */
static guint
check_file (const char *path)
{
  g_autoptr (ZqBundle) bundle = read_bundle (path);
  g_autoptr (Expected) expected = expect_bundle (bundle);
  g_autoptr (GArray) reports = NULL;
  g_autoptr (GArray) patients = NULL;
  Fixture fixture = { 0 };
  guint n_shown = 0;

  g_test_message ("%s", strrchr (path, '/') + 1);
  fixture_set_up (&fixture, NULL);
  take_bundle (&fixture, bundle);
  g_assert_cmpint (number (&fixture, "SELECT count (*) FROM result WHERE ?1 = 0"), ==, expected->n_results);
  g_assert_cmpint (number (&fixture, "SELECT count (*) FROM report WHERE ?1 = 0"), ==, expected->n_reports);
  assert_counted (&fixture);
  reports = list_rows (&fixture, "SELECT id FROM report");
  for (guint i = 0; i < reports->len; i++)
    n_shown += assert_report (&fixture, expected, g_array_index (reports, gint64, i));
  patients = list_rows (&fixture, "SELECT DISTINCT patient FROM record_item");
  for (guint i = 0; i < patients->len; i++)
    assert_ordered (&fixture, g_array_index (patients, gint64, i));
  fixture_tear_down (&fixture, NULL);

  return n_shown;
}

static void
test_folder (gconstpointer name)
{
  g_autofree char *folder = zq_test_shared_data (name);
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  guint n = 0, n_shown = 0;

  if (dir == NULL)
    {
      g_test_skip ("the folder of shared data is absent");
      return;
    }
  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);

      if (!g_str_has_suffix (file, ".json") && !g_str_has_suffix (file, ".json.gz"))
        continue;
      n_shown += check_file (path);
      n++;
    }
  g_assert_cmpuint (n, >, 0);
  if (!g_str_equal (name, "edge"))
    g_assert_cmpuint (n_shown, >, 0);
}

/* --- malformed ---------------------------------------------------------------------------------- */

#define RESULT(id, rest)                                                                                               \
  "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\",\"subject\":{\"reference\":"               \
  "\"Patient/1\"},\"code\":{\"text\":\"a\"}," rest "}"
#define REPORT(id, rest)                                                                                               \
  "{\"resourceType\":\"DiagnosticReport\",\"id\":\"" id "\",\"status\":\"final\",\"subject\":{\"reference\":"          \
  "\"Patient/1\"},\"code\":{\"text\":\"a\"}," rest "}"
#define TO(reference) "{\"reference\":\"" reference "\"}"

/* There is one that is well, and stays as it was whatever comes beside it. */
static void
set_up_well (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'Wang Fang'}]}");
  g_assert_true (fixture_take_raw (
      fixture,
      RESULT ("well", "\"effectiveDateTime\":\"2025-03-01\",\"valueQuantity\":{\"value\":4.10,\"unit\":\"g\"}")));
}

static void
tear_down_well (Fixture *fixture, gconstpointer data)
{
  gint64 row = fixture_row (fixture, "Observation", "well");
  g_autofree char *shown =
      fixture_text (fixture, "SELECT detail FROM record_item WHERE id = ? AND NOT hidden AND flag = 0", row);

  g_assert_cmpstr (shown, ==, "4.10 g");
  assert_counted (fixture);
  assert_ordered (fixture, fixture_row (fixture, "Patient", "1"));
  fixture_tear_down (fixture, data);
}

/* It has a row, or the store says that and why it cannot be read: nothing is dropped in silence. */
static gint64
take_one (Fixture *fixture, const char *id, const char *text)
{
  gboolean was_read = fixture_take_raw (fixture, text);
  gint64 row = fixture_row (fixture, "Observation", id);

  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM result WHERE id = ?", row), ==, was_read);
  if (!was_read)
    g_assert_cmpint (fixture_number (fixture,
                                     "SELECT count (*) FROM resource WHERE id = ? AND state = 'unreadable'"
                                     " AND note <> ''",
                                     row),
                     ==, 1);

  return row;
}

static ZqResult *
load_result (Fixture *fixture, const char *id, const char *text)
{
  ZqResult *result = zq_result_load_one (fixture_db (fixture), take_one (fixture, id, text), 0);

  g_assert_nonnull (result);
  return result;
}

static void
test_values (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqResult) two =
      load_result (fixture, "two", RESULT ("two", "\"valueString\":\"x\",\"valueQuantity\":{\"value\":1}"));
  g_autoptr (ZqResult) bare = load_result (fixture, "bare", RESULT ("bare", "\"valueQuantity\":{\"value\":7.10}"));
  g_autoptr (ZqResult) empty = load_result (fixture, "empty", RESULT ("empty", "\"valueQuantity\":{}"));
  g_autofree char *digits = g_strnfill (400, '0');
  g_autofree char *text = g_strdup_printf (RESULT ("huge", "\"valueQuantity\":{\"value\":1%s}"), digits);
  g_autofree char *expected = g_strconcat ("1", digits, NULL);
  g_autoptr (ZqResult) huge = load_result (fixture, "huge", text);

  g_assert_cmpint (((ZqResultValue *)two->values->pdata[0])->kind, ==, ZQ_VALUE_NONE);
  g_assert_nonnull (((ZqResultValue *)two->values->pdata[0])->absent);
  g_assert_cmpstr (((ZqResultValue *)bare->values->pdata[0])->value, ==, "7.10");
  g_assert_null (((ZqResultValue *)bare->values->pdata[0])->unit);
  g_assert_null (((ZqResultValue *)empty->values->pdata[0])->value);
  g_assert_cmpstr (((ZqResultValue *)huge->values->pdata[0])->value, ==, expected);
  g_assert_null (huge->previous);
}

/* A range that ends before it begins says nothing: neither high nor low. */
static void
test_reversed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqResult) result =
      load_result (fixture, "r",
                   RESULT ("r", "\"valueQuantity\":{\"value\":4,\"unit\":\"g\"},\"referenceRange\":[{"
                                "\"low\":{\"value\":5},\"high\":{\"value\":3}}]"));

  g_assert_cmpint (((ZqResultValue *)result->values->pdata[0])->flag, ==, ZQ_FLAG_NONE);
}

static void
test_dates (Fixture *fixture, gconstpointer data)
{
  static const char *const dates[] = { "-0001-01-01",
                                       "0000",
                                       "0001-01-01T00:00:00+14:00",
                                       "0001",
                                       "1969-12-31",
                                       "1970-01-01T00:00:00Z",
                                       "9999-12-31T23:59:60-14:00",
                                       "9999",
                                       "yesterday",
                                       "" };

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *id = g_strdup_printf ("d%u", i);
      g_autofree char *text =
          g_strdup_printf ("{\"resourceType\":\"Observation\",\"id\":\"%s\",\"subject\":{\"reference\":\"Patient/1\"},"
                           "\"effectiveDateTime\":\"%s\",\"issued\":\"%s\",\"valueString\":\"x\"}",
                           id, dates[i], dates[i]);

      take_one (fixture, id, text);
      assert_ordered (fixture, fixture_row (fixture, "Patient", "1"));
    }
}

static void
test_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mega = g_strnfill (1024 * 1024, 'x');
  g_autofree char *text = g_strdup_printf (
      "{\"resourceType\":\"Observation\",\"id\":\"long\",\"status\":\"%s\",\"subject\":{\"reference\":\"Patient/1\"},"
      "\"code\":{\"text\":\"%s\",\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]},\"valueString\":\"%s\","
      "\"note\":[{\"text\":\"%s\"}],\"referenceRange\":[{\"text\":\"%s\"}]}",
      mega, mega, mega, mega, mega, mega, mega);
  g_autoptr (GString) many = g_string_new (NULL);
  gint64 row = take_one (fixture, "long", text);

  g_assert_cmpint (fixture_number (fixture,
                                   "SELECT max (length (title), length (detail)) FROM record_item"
                                   " WHERE id = ?",
                                   row),
                   <=, 1001);
  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (many, "%s{\"code\":{\"text\":\"part %u\"},\"valueQuantity\":{\"value\":%u}}",
                            i > 0 ? "," : "", i, i);
  text = (g_free (text), g_strdup_printf (RESULT ("many", "\"component\":[%s]"), many->str));
  row = take_one (fixture, "many", text);
  g_assert_cmpint (fixture_number (fixture, "SELECT length (detail) FROM record_item WHERE id = ?", row), <=, 1001);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM result_value WHERE result = ?", row), >, 0);
}

static gboolean
is_shown (Fixture *fixture, const char *type, const char *id)
{
  return fixture_number (fixture, "SELECT count (*) FROM record_item WHERE NOT hidden AND id = ?",
                         fixture_row (fixture, type, id)) == 1;
}

/* Of a circle somebody stands in the timeline, or what it holds would be nowhere. */
static void
test_circles (Fixture *fixture, gconstpointer data)
{
  take_one (fixture, "a", RESULT ("a", "\"valueString\":\"x\",\"hasMember\":[" TO ("Observation/b") "]"));
  take_one (fixture, "b", RESULT ("b", "\"valueString\":\"x\",\"hasMember\":[" TO ("Observation/c") "]"));
  take_one (fixture, "c", RESULT ("c", "\"valueString\":\"x\",\"hasMember\":[" TO ("Observation/a") "]"));
  g_assert_true (is_shown (fixture, "Observation", "a") || is_shown (fixture, "Observation", "b") ||
                 is_shown (fixture, "Observation", "c"));
  take_one (fixture, "self", RESULT ("self", "\"valueString\":\"x\",\"hasMember\":[" TO ("Observation/self") "]"));
  g_assert_true (is_shown (fixture, "Observation", "self"));

  /* A report has them all, once; without it they stand as before. */
  g_assert_true (fixture_take_raw (fixture, REPORT ("r", "\"result\":[" TO ("Observation/a") "]")));
  g_assert_false (is_shown (fixture, "Observation", "a") || is_shown (fixture, "Observation", "b") ||
                  is_shown (fixture, "Observation", "c"));
  g_assert_true (fixture_take_raw (fixture, REPORT ("r", "\"result\":[]")));
  g_assert_true (is_shown (fixture, "Observation", "a") || is_shown (fixture, "Observation", "b") ||
                 is_shown (fixture, "Observation", "c"));
}

/* What is no result is no part of a report, and does not leave the timeline for it. */
static void
test_wrong_references (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReport) report = NULL;

  fixture_take (fixture, "{'resourceType':'Condition','id':'c','subject':{'reference':'Patient/1'},"
                         "'clinicalStatus':{'coding':[{'code':'active'}]},'code':{'text':'asthma'}}");
  g_assert_true (fixture_take_raw (fixture, REPORT ("other", "\"result\":[]")));
  g_assert_true (fixture_take_raw (
      fixture,
      REPORT ("r", "\"result\":[" TO ("DiagnosticReport/r") "," TO ("DiagnosticReport/other") "," TO (
                       "Condition/c") "," TO ("Patient/1") ",{},null,7," TO ("") "," TO ("Observation/") "]")));
  take_one (
      fixture, "panel",
      RESULT ("panel", "\"hasMember\":[" TO ("Condition/c") "," TO ("Patient/1") "," TO ("Observation/panel") "]"));
  g_assert_true (is_shown (fixture, "DiagnosticReport", "r"));
  g_assert_true (is_shown (fixture, "DiagnosticReport", "other"));
  g_assert_true (is_shown (fixture, "Condition", "c"));
  g_assert_true (is_shown (fixture, "Observation", "panel"));
  report = zq_report_load (fixture_db (fixture), zq_context_get_policy (fixture->context),
                           fixture_row (fixture, "DiagnosticReport", "r"));
  g_assert_cmpuint (report->results->len, ==, 0);
}

/* Two hundred that name their panel are soon read, and not lost. */
static void
test_many_circles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) members = g_string_new (NULL);
  g_autofree char *panel = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (members, "%s{\"reference\":\"Observation/m%u\"}", i > 0 ? "," : "", i);
  panel = g_strdup_printf (RESULT ("p", "\"hasMember\":[%s]"), members->str);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("m%u", i);
      g_autofree char *text =
          g_strdup_printf (RESULT ("%s", "\"valueString\":\"x\",\"hasMember\":[" TO ("Observation/p") "]"), id);

      take_one (fixture, id, text);
    }
  take_one (fixture, "p", panel);
  g_assert_true (is_shown (fixture, "Observation", "p") || is_shown (fixture, "Observation", "m0"));
}

/* What is too deep to be shown within its panel stands by itself. */
static void
test_deep (Fixture *fixture, gconstpointer data)
{
  static const int orders[][6] = { { 0, 1, 2, 3, 4, 5 }, { 5, 4, 3, 2, 1, 0 }, { 3, 0, 5, 1, 4, 2 } };

  for (guint order = 0; order < G_N_ELEMENTS (orders); order++)
    {
      for (guint i = 0; i < 6; i++)
        {
          int n = orders[order][i];
          g_autofree char *id = g_strdup_printf ("o%u-%d", order, n);
          g_autofree char *text = g_strdup_printf (
              RESULT ("%s", "\"valueString\":\"x\",\"hasMember\":[" TO ("Observation/o%u-%d") "]"), id, order, n + 1);

          take_one (fixture, id, text);
        }
      for (int n = 0; n < 6; n++)
        {
          g_autofree char *id = g_strdup_printf ("o%u-%d", order, n);

          g_assert_cmpint (is_shown (fixture, "Observation", id), ==, n == 0 || n > ZQ_RESULT_MAX_LEVEL);
        }
    }
}

/* Another's report, and one of nobody, take nothing out of this patient's timeline. */
static void
test_another (Fixture *fixture, gconstpointer data)
{
  fixture_take (fixture,
                "{'resourceType':'DiagnosticReport','id':'r','meta':{'versionId':'1'},'status':'final','subject'"
                ":{'reference':'Patient/2'},'result':[{'reference':'Observation/well'}]}");
  fixture_take (fixture, "{'resourceType':'Observation','id':'p','status':'final','hasMember':[{'reference':"
                         "'Observation/well'}]}");
  g_assert_true (is_shown (fixture, "Observation", "well"));
  fixture_take (fixture, "{'resourceType':'DiagnosticReport','id':'r','meta':{'versionId':'2'},'status':'corrected',"
                         "'subject':{'reference':'Patient/1'},'result':[{'reference':'Observation/well'}]}");
  g_assert_false (is_shown (fixture, "Observation", "well"));
  fixture_take (fixture, "{'resourceType':'DiagnosticReport','id':'r','meta':{'versionId':'3'},'status':'corrected',"
                         "'subject':{'reference':'Patient/2'},'result':[{'reference':'Observation/well'}]}");
  g_assert_true (is_shown (fixture, "Observation", "well"));
}

/* A file that cannot be opened takes nothing else of its report with it. */
static void
test_broken_file (Fixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "{\"contentType\":\"application/pdf\",\"data\":\"!!! not base64 ===\"}",
                                       "{\"data\":7}",
                                       "{\"data\":\"\"}",
                                       "{\"url\":\"javascript:alert(1)\"}",
                                       "{\"url\":\"../../etc/passwd\"}",
                                       "{\"contentType\":\"a\\u0000b\"}",
                                       "null" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *id = g_strdup_printf ("f%u", i);
      g_autofree char *text =
          g_strdup_printf (REPORT ("%s", "\"conclusion\":\"stays\",\"presentedForm\":[%s]"), id, files[i]);
      g_autoptr (ZqReport) report = NULL;

      g_assert_true (fixture_take_raw (fixture, text));
      report = zq_report_load (fixture_db (fixture), zq_context_get_policy (fixture->context),
                               fixture_row (fixture, "DiagnosticReport", id));
      g_assert_nonnull (report);
      g_assert_cmpstr (report->conclusion, ==, "stays");
      g_assert_cmpuint (report->files->len, <=, 1);
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up_well, func, tear_down_well)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/lab-data/records-of-synthea", "synthea", test_folder);
  g_test_add_data_func ("/lab-data/reports-and-results", "labs", test_folder);
  g_test_add_data_func ("/lab-data/difficult-files", "edge", test_folder);
  ADD ("/lab-data/values-that-are-none-two-or-huge", test_values);
  ADD ("/lab-data/a-range-reversed-says-nothing", test_reversed);
  ADD ("/lab-data/dates-of-no-calendar-and-of-all-years", test_dates);
  ADD ("/lab-data/megabytes-and-ten-thousand-parts", test_long);
  ADD ("/lab-data/a-circle-stays-in-the-timeline", test_circles);
  ADD ("/lab-data/two-hundred-members-that-name-their-panel", test_many_circles);
  ADD ("/lab-data/what-is-too-deep-in-panels-stands-by-itself", test_deep);
  ADD ("/lab-data/another-patients-report-takes-nothing", test_another);
  ADD ("/lab-data/what-is-no-result-stays-in-the-timeline", test_wrong_references);
  ADD ("/lab-data/a-broken-file-takes-nothing-with-it", test_broken_file);
  return g_test_run ();
}
