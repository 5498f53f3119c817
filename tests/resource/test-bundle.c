/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/bundle.h"
#include "resource/json.h"
#include "support/support.h"

#include <string.h>

static ZqBundle *
read_bundle (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return zq_bundle_read (bytes, error);
}

static ZqBundle *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  ZqBundle *bundle = read_bundle (text, &error);

  g_assert_no_error (error);

  return bundle;
}

static void
assert_raw (ZqBundle *bundle, guint index, const char *wanted)
{
  const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, index);

  g_assert_cmpmem (entry->raw, entry->raw_length, wanted, strlen (wanted));
}

#define FIRST                                                                                                          \
  "{ \"resourceType\" : \"Observation\",\n\t\"value\": 7.10, \"value\":1e400, \"x\":\"}]\\\"{\" "                      \
  ",\"contained\":[{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resource\":1}}]}] }"
#define SECOND "{\"resourceType\":\"Patient\",\"entry\":[1],\"text\":\"王\"}"

static void
test_bytes_are_kept (void)
{
  g_autoptr (ZqBundle) bundle =
      read_good ("\xef\xbb\xbf{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":2,\n"
                 "\"link\":[{\"relation\":\"self\",\"url\":\"http://h/x\"},"
                 "{\"url\":\"http://h/fhir?_page=a\\u0026b=\\\"\",\"relation\":\"next\"}],\n"
                 "\"entry\":[ {\"fullUrl\":\"http://h/Observation/1\", \"resource\" : " FIRST
                 " ,\"search\":{\"mode\":\"match\"}},\n"
                 "{\"search\":{\"mode\":\"include\",\"score\":1},\"resource\":" SECOND ",\"unknown\":[{}]}]}\n");

  g_assert_cmpstr (zq_bundle_get_type_code (bundle), ==, "searchset");
  g_assert_cmpstr (zq_bundle_get_next (bundle), ==, "http://h/fhir?_page=a&b=\"");
  g_assert_cmpint (zq_bundle_get_total (bundle), ==, 2);
  g_assert_cmpuint (zq_bundle_get_n_entries (bundle), ==, 2);
  assert_raw (bundle, 0, FIRST);
  assert_raw (bundle, 1, SECOND);
  g_assert_cmpstr (zq_bundle_get_entry (bundle, 0)->full_url, ==, "http://h/Observation/1");
  g_assert_cmpstr (zq_bundle_get_entry (bundle, 0)->search_mode, ==, "match");
  g_assert_cmpstr (zq_bundle_get_entry (bundle, 1)->search_mode, ==, "include");
  g_assert_null (zq_bundle_get_entry (bundle, 1)->full_url);
}

static void
test_responses (void)
{
  g_autoptr (ZqBundle) bundle = read_good (
      "{\"entry\":[{\"response\":{\"status\":\"201 "
      "Created\",\"location\":\"Task/1/_history/1\",\"etag\":\"W/\\\"1\\\"\"}},"
      "{\"response\":{\"status\":404}},{\"response\":[]}],\"type\":\"batch-response\",\"resourceType\":\"Bundle\"}");
  const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, 0);

  g_assert_cmpstr (entry->status, ==, "201 Created");
  g_assert_cmpstr (entry->location, ==, "Task/1/_history/1");
  g_assert_cmpstr (entry->etag, ==, "W/\"1\"");
  g_assert_null (entry->raw);
  g_assert_cmpuint (entry->raw_length, ==, 0);
  g_assert_null (zq_bundle_get_entry (bundle, 1)->status);
  g_assert_null (zq_bundle_get_next (bundle));
  g_assert_cmpint (zq_bundle_get_total (bundle), ==, -1);
}

static void
test_odd_shapes (void)
{
  g_autoptr (ZqBundle) odd = read_good (
      "{\"resourceType\":\"Bundle\",\"type\":7,\"total\":\"many\",\"link\":{\"relation\":\"next\"},"
      "\"entry\":[null,7,\"x\",[{\"resource\":1}],{\"resource\":null},{\"resource\":\"text\"},{\"fullUrl\":{}},{}]}");
  g_autoptr (ZqBundle) bare = read_good ("{\"resourceType\":\"Bundle\"}");
  g_autoptr (ZqBundle) no_list = read_good ("{\"resourceType\":\"Bundle\",\"entry\":{\"resource\":{}},\"total\":1.5}");
  g_autoptr (ZqBundle) twice =
      read_good ("{\"resourceType\":\"Patient\",\"entry\":[{},{}],\"entry\":[{}],"
                 "\"link\":[{\"relation\":\"next\",\"url\":\"a\"}],\"link\":[],\"resourceType\":\"Bundle\"}");

  g_assert_null (zq_bundle_get_type_code (odd));
  g_assert_cmpint (zq_bundle_get_total (odd), ==, -1);
  g_assert_null (zq_bundle_get_next (odd));
  g_assert_cmpuint (zq_bundle_get_n_entries (odd), ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_true ((zq_bundle_get_entry (odd, i)->raw == NULL) == (i != 5));
  assert_raw (odd, 5, "\"text\"");
  g_assert_cmpuint (zq_bundle_get_n_entries (bare), ==, 0);
  g_assert_cmpuint (zq_bundle_get_n_entries (no_list), ==, 0);
  g_assert_cmpint (zq_bundle_get_total (no_list), ==, -1);
  g_assert_cmpuint (zq_bundle_get_n_entries (twice), ==, 1);
  g_assert_null (zq_bundle_get_next (twice));
}

static void
assert_refused (const char *text, ZqJsonError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_bundle (text, &error));
  g_assert_error (error, ZQ_JSON_ERROR, (int)code);
}

static void
test_refused (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":");

  assert_refused ("{\"resourceType\":\"OperationOutcome\"}", ZQ_JSON_ERROR_TYPE);
  assert_refused ("{\"resourceType\":[\"Bundle\"]}", ZQ_JSON_ERROR_TYPE);
  assert_refused ("{}", ZQ_JSON_ERROR_TYPE);
  assert_refused ("[]", ZQ_JSON_ERROR_TYPE);
  assert_refused ("\"Bundle\"", ZQ_JSON_ERROR_TYPE);
  assert_refused ("", ZQ_JSON_ERROR_SYNTAX);
  assert_refused ("<html>", ZQ_JSON_ERROR_SYNTAX);
  assert_refused ("{\"resourceType\":\"Bundle\"} x", ZQ_JSON_ERROR_SYNTAX);
  assert_refused ("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":01}}]}", ZQ_JSON_ERROR_SYNTAX);

  for (guint i = 0; i < 200000; i++)
    g_string_append_c (deep, '[');
  assert_refused (deep->str, ZQ_JSON_ERROR_TOO_DEEP);
}

static void
test_truncated (void)
{
  static const char text[] = "{\"resourceType\":\"Bundle\",\"link\":[{\"relation\":\"next\",\"url\":\"u\"}],"
                             "\"entry\":[{\"resource\":" SECOND ",\"response\":{\"status\":\"200\"}},null]}";

  for (gsize length = 0; length < sizeof text - 1; length++)
    {
      g_autofree char *part = g_strndup (text, length);
      assert_refused (part, ZQ_JSON_ERROR_SYNTAX);
    }
  zq_bundle_unref (read_good (text));
}

static void
test_text_outlives (void)
{
  ZqBundle *bundle = read_good ("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":" SECOND "}]}");
  g_autoptr (ZqBundle) second = zq_bundle_ref (bundle);

  zq_bundle_unref (bundle);
  assert_raw (second, 0, SECOND);
}

static void
test_single (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (SECOND, strlen (SECOND));
  g_autoptr (ZqBundle) bundle = zq_bundle_new_single (bytes);

  g_assert_cmpuint (zq_bundle_get_n_entries (bundle), ==, 1);
  assert_raw (bundle, 0, SECOND);
  g_assert_null (zq_bundle_get_type_code (bundle));
  g_assert_null (zq_bundle_get_next (bundle));
}

/* Each entry of a real bundle is what json-glib finds there too. */
static void
assert_same_as_tree (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ZqBundle) bundle = NULL;
  g_autoptr (JsonNode) tree = NULL;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  tree = zq_json_read (text, length, NULL);
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  bundle = zq_bundle_read (bytes, &error);
  if (tree == NULL || g_strcmp0 (zq_json_get_string (tree, "resourceType"), "Bundle") != 0)
    {
      g_assert_nonnull (error);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (zq_bundle_get_n_entries (bundle), ==, zq_json_get_length (tree, "entry"));
  for (guint i = 0; i < zq_bundle_get_n_entries (bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (bundle, i);
      JsonNode *same = zq_json_get (zq_json_get_at (tree, "entry", i), "resource");
      g_autoptr (JsonNode) part = entry->raw == NULL ? NULL : zq_json_read (entry->raw, entry->raw_length, &error);

      g_assert_no_error (error);
      g_assert_true (part == NULL ? same == NULL : json_node_equal (part, same));
    }
}

static void
test_shared_files (gconstpointer name)
{
  g_autofree char *folder = zq_test_shared_data (name);
  g_autoptr (GDir) dir = folder == NULL ? NULL : g_dir_open (folder, 0, NULL);
  const char *file;

  if (dir == NULL)
    {
      g_test_skip ("the folder of test data is not there");
      return;
    }

  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);

      if (g_str_has_suffix (file, ".json"))
        assert_same_as_tree (path);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bundle/entries-are-kept-byte-for-byte", test_bytes_are_kept);
  g_test_add_func ("/bundle/responses-are-read", test_responses);
  g_test_add_func ("/bundle/odd-shapes-leave-gaps", test_odd_shapes);
  g_test_add_func ("/bundle/what-is-no-bundle-is-refused", test_refused);
  g_test_add_func ("/bundle/every-truncation-is-refused", test_truncated);
  g_test_add_func ("/bundle/text-lives-as-long-as-the-bundle", test_text_outlives);
  g_test_add_func ("/bundle/single-resource-is-a-bundle", test_single);
  g_test_add_data_func ("/bundle/edge-files-agree-with-the-tree", "edge", test_shared_files);
  g_test_add_data_func ("/bundle/lab-files-agree-with-the-tree", "labs", test_shared_files);

  return g_test_run ();
}
