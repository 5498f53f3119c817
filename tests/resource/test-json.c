/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/json.h"
#include "support/support.h"

#include <string.h>

typedef struct
{
  const char *text;
  gssize length; /* 0: zero-terminated */
} Text;

static const Text refused[] = {
  { "" },
  { " \n" },
  { "{" },
  { "[" },
  { "{\"a\"" },
  { "{\"a\":" },
  { "{\"a\":1" },
  { "[1" },
  { "[1," },
  { "[1,]" },
  { "{\"a\":1,}" },
  { "[,1]" },
  { "[1 2]" },
  { "{\"a\" 1}" },
  { "{\"a\":1 \"b\":2}" },
  { "{a:1}" },
  { "{1:1}" },
  { "{'a':1}" },
  { "['a']" },
  { "[1}" },
  { "{\"a\":1]" },
  { "]" },
  { "}" },
  { "[]]" },
  { "{}{}" },
  { "[] x" },
  { "/* c */ []" },
  { "[] // c" },
  { "[1, /* c */ 2]" },
  { "# c\n[]" },
  { "01" },
  { "-01" },
  { "-" },
  { "+1" },
  { ".5" },
  { "5." },
  { "925.]" },
  { "1e" },
  { "1e+" },
  { "1.e5" },
  { "0x10" },
  { "1_000" },
  { "Infinity" },
  { "NaN" },
  { "-Infinity" },
  { "tru" },
  { "True" },
  { "nul" },
  { "truee" },
  { "None" },
  { "\"a" },
  { "\"\\" },
  { "\"\\\"" },
  { "\"\\x41\"" },
  { "\"\\u12\"" },
  { "\"\\u12g4\"" },
  { "\"\\U00e9\"" },
  { "\"a\nb\"" },
  { "\"a\tb\"" },
  { "\"\x01\"" },
  { "\"a\0b\"", 5 },
  { "[]\0", 3 },
  { "\"\\\0\"", 4 },
  { "\"\xff\"" },
  { "\"\xc3\"" },
  { "\"\xc0\x80\"" },
  { "\"\xe0\x80\x80\"" },
  { "\"\xed\xa0\x80\"" },
  { "\"\xf4\x90\x80\x80\"" },
  { "\"\xf5\x80\x80\x80\"" },
  { "\"\xe5\xa4\"" },
  { "\"\x80\"" },
  { "\xc2\xa0[]" },
  { "\xef\xbb\xbf" },
  { "\xef\xbb[]" },
  { "\xef\xbb\xbf\xef\xbb\xbf[]" },
  { "[\xef\xbb\xbf]" },
  { "\xff\xfe[\0]\0", 6 },
  { "{\"a\":1,\"a\"}" },
  { "{,}" },
  { "[[]" },
  { "\v[]" },
  { "\f[]" },
};

static JsonNode *
read_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = zq_json_read (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (node);

  return node;
}

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      JsonNode *node = zq_json_read (refused[i].text, refused[i].length > 0 ? refused[i].length : -1, &error);

      if (node != NULL)
        g_error ("number %u was taken: %s", i, refused[i].text);
      g_assert_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_SYNTAX);
      g_assert_nonnull (strstr (error->message, "wrong at byte"));
    }
}

static void
test_scalars (void)
{
  static const char *const texts[][2] = {
    { "\"x\"", "x" },
    { " \t\r\n\"x\" ", "x" },
    { "\xef\xbb\xbf\"x\"", "x" },
    { "12", "12" },
    { "-0", "-0" },
    { "\"\"", "" },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
    { "\"\\u4e2D\"", "中" },
    { "\"\\ud83d\\ude00\"", "😀" },
    { "\"\xf0\x9f\x98\x80\x7f\xef\xbf\xbf\"", "😀\x7f\xef\xbf\xbf" },
    { "\"// no comment /* */ # ' \"", "// no comment /* */ # ' " },
    { "\"12345678901234567890\\n\"", "12345678901234567890\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = read_text (texts[i][0]);
      g_assert_cmpstr (zq_json_get_string (node, NULL), ==, texts[i][1]);
    }
}

/* Escapes that are no character are read as U+FFFD: half a surrogate pair stops json-glib with an
 * assertion, and U+0000 would cut the text off. */
static void
test_half_characters (void)
{
  static const char *const texts[][2] = {
    { "\"\\ud800\"", "\xef\xbf\xbd" },
    { "\"\\ud800\\u0041\"", "\xef\xbf\xbd"
                            "A" },
    { "\"\\ud800\\ud800\"", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\"\\ud83d\\n\"", "\xef\xbf\xbd\n" },
    { "\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd😀" },
    { "\"a\\u0000b\"", "a\xef\xbf\xbd"
                       "b" },
    { "\"\\\\u0000\"", "\\u0000" },
  };
  g_autoptr (JsonNode) object = read_text ("{\"a\\u0000\":1}");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = read_text (texts[i][0]);
      g_assert_cmpstr (zq_json_get_string (node, NULL), ==, texts[i][1]);
    }
  g_assert_cmpstr (zq_json_get_string (object, "a\xef\xbf\xbd"), ==, "1");
}

static void
test_number_tokens (void)
{
  static const char *const numbers[] = { "7.10",  "1e400",
                                         "1E-22", "-1.000000000000000000E+245",
                                         "0.0",   "-0",
                                         "0e1",   "100000000000000000000000000001",
                                         "1.00",  "9007199254740993" };
  GString *text = g_string_new ("{\"deep\":[[0]],\"list\":[");
  g_autofree char *whole = NULL;
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : ",", numbers[i]);
  g_string_append (text, "],\"last\":5}");
  whole = g_string_free (text, FALSE);
  node = read_text (whole);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_assert_cmpstr (zq_json_get_string (zq_json_get_at (node, "list", i), NULL), ==, numbers[i]);
  g_assert_cmpstr (zq_json_get_string (node, "deep[0][0]"), ==, "0");
  g_assert_cmpstr (zq_json_get_string (node, "last"), ==, "5");
}

static char *
nest (guint depth, gboolean objects, gboolean closed)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, objects ? "{\"a\":" : "[");
  if (objects)
    g_string_append (text, "1");
  for (guint i = 0; closed && i < depth; i++)
    g_string_append_c (text, objects ? '}' : ']');

  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  static const guint too_deep[] = { ZQ_JSON_MAX_DEPTH + 1, 128, 200000 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (too_deep); i++)
    {
      g_autofree char *text = nest (too_deep[i / 2], i % 2, i % 3 != 0);
      g_autofree char *fits = nest (ZQ_JSON_MAX_DEPTH, i % 2, TRUE);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = read_text (fits);

      g_assert_null (zq_json_read (text, -1, &error));
      g_assert_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TOO_DEEP);
    }
}

static void
test_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_malloc (ZQ_JSON_MAX_SIZE + 1);

  memset (text, ' ', ZQ_JSON_MAX_SIZE + 1);
  g_assert_null (zq_json_read (text, ZQ_JSON_MAX_SIZE + 1, &error));
  g_assert_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (zq_json_read (text, ZQ_JSON_MAX_SIZE, &error));
  g_assert_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_SYNTAX);
}

static const char document[] = "\xef\xbb\xbf{\"resourceType\":\"Task\",\"n\":[-1.50e+3,0,true,false,null],\"t\":"
                               "\"\\u4e2d文\\ud83d\\ude00\\\"\",\"o\":{\"\":{}}}";

static void
test_truncated (void)
{
  for (gsize length = 0; length < sizeof document - 1; length++)
    {
      g_autofree char *text = g_memdup2 (document, length + 1);
      g_autoptr (GError) error = NULL;

      g_assert_null (zq_json_read (text, length, &error));
      g_assert_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_SYNTAX);
    }
  g_autoptr (JsonNode) node = read_text (document);
  g_assert_cmpstr (zq_json_get_string (node, "t"), ==, "中文😀\"");
}

/* What the first pass lets through json-glib must read: two readings of one text are a hole. */
static void
test_damaged (void)
{
  static const char bytes[] = "\"\\{}[]:,0-9.eEu \n\x80\xe4\xff\x01/*'a";
  guint taken = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *text = g_memdup2 (document, sizeof document);
      guint n = g_test_rand_int_range (1, 4);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = NULL;

      for (guint j = 0; j < n; j++)
        text[g_test_rand_int_range (0, sizeof document - 1)] = bytes[g_test_rand_int_range (0, sizeof bytes - 1)];
      node = zq_json_read (text, sizeof document - 1, &error);
      if (node == NULL)
        g_assert_nonnull (strstr (error->message, "wrong at byte"));
      else
        taken++;
    }
  g_assert_cmpuint (taken, >, 0);
}

static void
test_duplicate_members (void)
{
  g_autoptr (JsonNode) node = read_text ("{\"a\":false,\"b\":1,\"a\":true}");

  g_assert_true (zq_json_get_boolean (node, "a", FALSE));
}

static void
test_errors_tell_no_contents (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (zq_json_read ("{\"name\": \"Secret Person\", oops}", -1, &error));
  g_assert_null (strstr (error->message, "Secret"));
  g_assert_null (strstr (error->message, "oops"));
}

static void
test_paths (void)
{
  g_autoptr (JsonNode) node =
      read_text ("{\"name\":[{\"given\":[\"A\",\"B\"],\"n\":3},7,null],\"on\":true,\"none\":null}");

  g_assert_cmpstr (zq_json_get_string (node, "name[0].given[1]"), ==, "B");
  g_assert_cmpstr (zq_json_get_string (node, "name[0].n"), ==, "3");
  g_assert_cmpstr (zq_json_get_string (node, "name[1]"), ==, "7");
  g_assert_true (zq_json_get (node, "") == node);
  g_assert_null (zq_json_get (node, "name[9].given"));
  g_assert_null (zq_json_get (node, "name[18446744073709551615]"));
  g_assert_null (zq_json_get (node, "name.given"));
  g_assert_null (zq_json_get (node, "name[1].given"));
  g_assert_null (zq_json_get (node, "on.off"));
  g_assert_null (zq_json_get (NULL, "name"));
  g_assert_null (zq_json_get_string (node, "on"));
  g_assert_null (zq_json_get_string (node, "none"));
  g_assert_null (zq_json_get_string (node, "name"));
  g_assert_null (zq_json_get_array (node, "on"));
  g_assert_cmpuint (zq_json_get_length (node, "name"), ==, 3);
  g_assert_cmpuint (zq_json_get_length (node, "on"), ==, 0);
  g_assert_null (zq_json_get_at (node, "name", 3));
  g_assert_true (zq_json_get_boolean (node, "on", FALSE));
  g_assert_true (zq_json_get_boolean (node, "name[1]", TRUE));
}

static void
test_fhir_helpers (void)
{
  g_autoptr (JsonNode) node = read_text (
      "{\"code\":{\"coding\":[{\"code\":\"x\"},{\"system\":\"s\",\"code\":\"y\"},{\"system\":\"s\",\"code\":\"z\"}]},"
      "\"category\":[{\"text\":\"t\"},{\"coding\":[{\"system\":\"s\",\"code\":\"c\"}]}],"
      "\"identifier\":[{\"system\":\"a\"},{\"system\":\"a\",\"value\":\"1\"}],"
      "\"extension\":[7,{\"url\":\"u\",\"valueString\":\"v\"}],"
      "\"meta\":{\"tag\":[{\"system\":\"d\",\"code\":\"k\"}]}}");
  g_autoptr (JsonNode) odd =
      read_text ("{\"code\":{\"coding\":{}},\"category\":7,\"identifier\":{\"system\":\"a\",\"value\":\"2\"},"
                 "\"extension\":\"no\",\"meta\":[]}");

  g_assert_cmpstr (zq_json_get_code (node, "code", "s"), ==, "y");
  g_assert_cmpstr (zq_json_get_code (node, "code", NULL), ==, "x");
  g_assert_null (zq_json_get_code (node, "code", "other"));
  g_assert_cmpstr (zq_json_get_code (node, "category", "s"), ==, "c");
  g_assert_cmpstr (zq_json_get_identifier (node, "a"), ==, "1");
  g_assert_cmpstr (zq_json_get_string (zq_json_get_extension (node, "u"), "valueString"), ==, "v");
  g_assert_null (zq_json_get_extension (node, "w"));
  g_assert_cmpstr (zq_json_get_tag (node, "d"), ==, "k");

  g_assert_null (zq_json_get_code (odd, "code", "s"));
  g_assert_null (zq_json_get_code (odd, "category", NULL));
  g_assert_cmpstr (zq_json_get_identifier (odd, "a"), ==, "2");
  g_assert_null (zq_json_get_extension (odd, "u"));
  g_assert_null (zq_json_get_tag (odd, "d"));
  g_assert_null (zq_json_get_code (NULL, "code", NULL));
}

static void
test_quote (void)
{
  static const char *const texts[] = { "", "plain", "\"\\/\b\f\n\r\t\x01\x1f\x7f", "中文😀", "</script>" };
  g_autofree char *invalid = zq_json_quote ("a\xff"
                                            "b");
  g_autoptr (JsonNode) repaired = read_text (invalid);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *quoted = zq_json_quote (texts[i]);
      g_autoptr (JsonNode) node = read_text (quoted);

      g_assert_cmpstr (zq_json_get_string (node, NULL), ==, texts[i]);
    }
  g_assert_cmpstr (zq_json_get_string (repaired, NULL), ==,
                   "a\xef\xbf\xbd"
                   "b");
}

/* The files of "edge" that are no JSON, by its README. */
static const char *const no_json[] = { "observation-with-trailing-dot.json",
                                       "json-comments-1.json",
                                       "json-comments-2.json",
                                       "json-comma-bad-1.json",
                                       "json-no-quotes-1.json",
                                       "bad-json-close-1.json",
                                       "mcode-pat-bad.json",
                                       "med-dispense.json",
                                       NULL };

static void
test_edge_files (void)
{
  g_autofree char *folder = zq_test_shared_data ("edge");
  g_autoptr (GDir) dir = folder == NULL ? NULL : g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    {
      g_test_skip ("the folder of edge files is not there");
      return;
    }

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = NULL;
      gsize length;

      if (!g_str_has_suffix (name, ".json"))
        continue;
      g_assert_true (g_file_get_contents (path, &text, &length, NULL));
      node = zq_json_read (text, length, &error);
      if ((node == NULL) != g_strv_contains (no_json, name))
        g_error ("%s: %s", name, error == NULL ? "was taken" : error->message);
      n++;
    }
  g_assert_cmpuint (n, >, 30);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/what-is-no-json-is-refused", test_refused);
  g_test_add_func ("/json/scalars-are-read", test_scalars);
  g_test_add_func ("/json/half-characters-are-replaced", test_half_characters);
  g_test_add_func ("/json/numbers-keep-their-text", test_number_tokens);
  g_test_add_func ("/json/depth-is-bounded", test_depth);
  g_test_add_func ("/json/size-is-bounded", test_size);
  g_test_add_func ("/json/every-truncation-is-refused", test_truncated);
  g_test_add_func ("/json/damage-never-passes-the-guard-alone", test_damaged);
  g_test_add_func ("/json/last-duplicate-counts", test_duplicate_members);
  g_test_add_func ("/json/errors-tell-no-contents", test_errors_tell_no_contents);
  g_test_add_func ("/json/paths-lead-somewhere-or-nowhere", test_paths);
  g_test_add_func ("/json/fhir-helpers-take-odd-shapes", test_fhir_helpers);
  g_test_add_func ("/json/quoted-text-reads-back", test_quote);
  g_test_add_func ("/json/edge-files-are-read-or-refused", test_edge_files);

  return g_test_run ();
}
