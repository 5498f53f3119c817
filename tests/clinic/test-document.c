/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/content.h"
#include "clinic/document/file-row.h"
#include "clinic/document/inline-file.h"
#include "clinic/fixture.h"
#include "clinic/lab/report.h"
#include "resource/json.h"
#include "store/attachments.h"

#include <math.h>
#include <string.h>

static const char patient[] = "{'resourceType':'Patient','id':'1','name':[{'text':'Wang'}]}";

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

static gboolean
unpack (Fixture *fixture, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_inline_unpack_async (fixture->store, key, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));

  return zq_inline_unpack_finish (result, error);
}

static char *
read_text (Fixture *fixture, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ZqAttachments *attachments = zq_store_get_attachments (fixture->store);

  zq_attachments_read_async (attachments, key, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  bytes = zq_attachments_read_finish (attachments, result, NULL);
  g_assert_nonnull (bytes);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
take_document (Fixture *fixture, const char *version, const char *content)
{
  fixture_take (fixture,
                "{'resourceType':'DocumentReference','id':'d','meta':{'versionId':'%s'},'status':'current','subject':"
                "{'reference':'Patient/1'},'date':'2025-03-01T08:00:00+08:00','content':[%s]}",
                version, content);
}

static GPtrArray *
files_of (Fixture *fixture, const char *type, const char *id)
{
  return zq_record_files_load (fixture_db (fixture), fixture_row (fixture, type, id));
}

/* By url and inside, in order; the latter is taken out when it is looked at, and is what it was. */
static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const ZqFile *file;

  fixture_take (fixture, "%s", patient);
  take_document (fixture, "1",
                 "{'attachment':{'contentType':'application/pdf','url':'Binary/7','title':'a.pdf'}},"
                 "{'attachment':{'contentType':'text/plain','data':'aGVsbG8=','size':5,"
                 "'hash':'qvTGHdzF6KLavt4PO0gs2a6pQ00='}},"
                 "{'attachment':{'contentType':'text/plain','url':'data:text/plain;base64,aGVsbG8='}}");
  files = files_of (fixture, "DocumentReference", "d");
  g_assert_cmpuint (files->len, ==, 3);
  file = files->pdata[0];
  g_assert_cmpstr (file->key, ==, "Binary/7");
  g_assert_false (zq_file_key_is_inline (file->key));
  for (guint i = 1; i < 3; i++)
    {
      g_autofree char *inside = NULL;

      file = files->pdata[i];
      g_assert_true (zq_file_key_is_inline (file->key));
      g_assert_cmpuint (strlen (file->key), <, 120);
      g_assert_true (unpack (fixture, file->key, &error));
      g_assert_no_error (error);
      inside = read_text (fixture, file->key);
      g_assert_cmpstr (inside, ==, "hello");
    }
}

/* What is not what it says, or is another by now, is not shown. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const lies[] = { "'size':6,'data':'aGVsbG8='", "'hash':'AAAA','data':'aGVsbG8='" };
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GError) gone = NULL;

  fixture_take (fixture, "%s", patient);
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree char *content = g_strdup_printf ("{'attachment':{'contentType':'text/plain',%s}}", lies[i]);
      g_autofree char *version = g_strdup_printf ("%u", i + 1);
      g_autoptr (GPtrArray) files = NULL;
      g_autoptr (GError) error = NULL;

      take_document (fixture, version, content);
      files = files_of (fixture, "DocumentReference", "d");
      g_assert_false (unpack (fixture, ((ZqFile *)files->pdata[0])->key, &error));
      g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
    }
  before = files_of (fixture, "DocumentReference", "d");
  take_document (fixture, "3", "{'attachment':{'contentType':'text/plain','data':'b3RoZXI='}}");
  g_assert_false (unpack (fixture, ((ZqFile *)before->pdata[0])->key, &gone));
  g_assert_error (gone, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *base64 = g_strnfill (ZQ_INLINE_MOST_BYTES / 3 * 4 + 400, 'A');
  g_autofree char *content = g_strdup_printf ("{'attachment':{'contentType':'text/plain','data':'%s'}}", base64);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;

  fixture_take (fixture, "%s", patient);
  take_document (fixture, "1", content);
  files = files_of (fixture, "DocumentReference", "d");
  g_assert_cmpuint (files->len, ==, 1);
  g_assert_false (unpack (fixture, ((ZqFile *)files->pdata[0])->key, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE);
}

/* Whatever stands where a file should: the document is there, and what can be read of it. */
static void
test_broken (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *content;
    guint n_files;
  } broken[] = {
    { "'x'", 0 },
    { "null", 0 },
    { "5,'y',[],{}", 0 },
    { "{'attachment':'x'}", 1 },
    { "{'attachment':{'data':5,'size':1e400,'url':['x'],'contentType':{},'hash':7}}", 1 },
    { "{'attachment':{'data':'====','contentType':'image/png'}}", 1 },
    { "{'attachment':{'url':'data:image/png,not-base64','contentType':'image/png'}}", 1 },
    { "{'attachment':{'url':'data:','data':''}}", 1 },
  };

  fixture_take (fixture, "%s", patient);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *version = g_strdup_printf ("%u", i + 1);
      g_autoptr (GPtrArray) files = NULL;

      take_document (fixture, version, broken[i].content);
      files = files_of (fixture, "DocumentReference", "d");
      g_assert_cmpuint (files->len, ==, broken[i].n_files);
      for (guint j = 0; j < files->len; j++)
        {
          const ZqFile *file = files->pdata[j];
          g_autoptr (GError) error = NULL;

          g_assert_cmpint (file->size, >=, 0);
          if (zq_file_key_is_inline (file->key))
            unpack (fixture, file->key, &error);
        }
    }
  g_assert_false (unpack (fixture, "inline/", NULL));
  g_assert_false (unpack (fixture, "inline/DocumentReference/d/99/ab", NULL));
  g_assert_false (unpack (fixture, "inline/DocumentReference/d/-1/ab/cd/ef", NULL));
}

static void
take_picture (Fixture *fixture, const char *id, const char *day, const char *status)
{
  fixture_take (fixture,
                "{'resourceType':'DocumentReference','id':'%s','status':'%s','subject':{'reference':'Patient/1'},"
                "'description':'%s','date':'%s','content':[{'attachment':{'contentType':'image/jpeg','url':"
                "'Binary/%s'}},{'attachment':{'contentType':'text/plain','url':'Binary/no'}}]}",
                id, status, id, day, id);
}

/* Of documents, reports and media alike; what was entered in error stands beside nothing. */
static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL, with_error = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  gint64 row;

  fixture_take (fixture, "%s", patient);
  take_picture (fixture, "new", "2025-06-01T08:00:00+08:00", "current");
  take_picture (fixture, "old", "2025-01-01", "current");
  take_picture (fixture, "wrong", "2025-02-01", "entered-in-error");
  fixture_take (fixture, "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':"
                         "'Patient/1'},'code':{'text':'scan'},'effectiveDateTime':'2025-03-01','presentedForm':"
                         "[{'contentType':'image/png','data':'aGVsbG8='}]}");
  fixture_take (fixture, "{'resourceType':'Media','id':'m','status':'completed','subject':{'reference':'Patient/1'},"
                         "'createdDateTime':'2025-04-01','content':{'title':'photo','contentType':'image/png',"
                         "'url':'Binary/m'}}");
  row = fixture_row (fixture, "Patient", "1");
  all = zq_record_list_pictures (fixture_db (fixture), row, 0, 500);
  for (guint i = 0; i < all->len; i++)
    g_string_append_printf (names, "%s ", ((ZqPicture *)all->pdata[i])->name);
  g_assert_cmpstr (names->str, ==, "old scan photo new ");
  g_assert_true (((ZqPicture *)all->pdata[0])->day_only);
  g_assert_false (((ZqPicture *)all->pdata[3])->day_only);
  with_error =
      zq_record_list_pictures (fixture_db (fixture), row, fixture_row (fixture, "DocumentReference", "wrong"), 500);
  g_assert_cmpuint (with_error->len, ==, 5);
  fixture_take (fixture, "{'resourceType':'DocumentReference','id':'old','meta':{'versionId':'2'},'status':'current',"
                         "'subject':{'reference':'Patient/1'},'content':[]}");
  g_assert_cmpint (fixture_number (fixture, "SELECT count(*) FROM record_file WHERE item = ?",
                                   fixture_row (fixture, "DocumentReference", "old")),
                   ==, 0);
}

/* --- text and waveforms ---------------------------------------------------------------------------- */

static JsonNode *
json (const char *text)
{
  g_autofree char *quoted = g_strdelimit (g_strdup (text), "'", '"');
  JsonNode *node = zq_json_read (quoted, -1, NULL);

  g_assert_nonnull (node);

  return node;
}

static void
assert_own (const char *resource, gboolean own)
{
  g_autoptr (JsonNode) node = json (resource);

  g_assert_cmpint (zq_content_has_own_text (node), ==, own);
}

static void
test_own_text (void)
{
  assert_own ("{'resourceType':'DiagnosticReport','text':{'status':'generated','div':'x'},'conclusion':'c'}", FALSE);
  assert_own ("{'resourceType':'DiagnosticReport','text':{'status':'generated','div':'x'}}", TRUE);
  assert_own ("{'resourceType':'DiagnosticReport','text':{'status':'additional','div':'x'},'conclusion':'c'}", TRUE);
  assert_own ("{'resourceType':'DiagnosticReport','text':{'status':'extensions','div':'x'},'conclusion':'c'}", TRUE);
  assert_own ("{'resourceType':'DiagnosticReport','text':{'status':'empty','div':'x'}}", FALSE);
  assert_own ("{'resourceType':'Observation','text':{'status':'generated','div':'x'}}", FALSE);
  assert_own ("{'resourceType':'DiagnosticReport'}", FALSE);
  assert_own ("{'text':{'div':['x']}}", FALSE);
}

static void
test_content (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqContent) content = NULL;
  const ZqSampled *wave;
  gint64 row;

  fixture_take (fixture, "%s", patient);
  fixture_take (fixture, "{'resourceType':'Observation','id':'e','status':'final','subject':{'reference':'Patient/1'},"
                         "'code':{'text':'ECG'},'component':[{'code':{'text':'I'},'valueSampledData':{'origin':"
                         "{'value':0,'unit':'mV'},'period':2,'dimensions':1,'data':'1 2'}},{'code':{'text':'II'},"
                         "'valueSampledData':{'dimensions':1}}]}");
  fixture_take (fixture, "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':"
                         "'Patient/1'},'code':{'text':'scan'},'text':{'status':'additional','div':"
                         "'<div><p>all well</p></div>'}}");
  row = fixture_row (fixture, "Observation", "e");
  g_array_append_val (results, row);
  zq_content_read_async (fixture->store, fixture_row (fixture, "DiagnosticReport", "r"), results, NULL, on_ready,
                         &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  content = zq_content_read_finish (fixture->store, result, NULL);
  g_assert_cmpuint (content->blocks->len, ==, 1);
  g_assert_cmpstr (((ZqNarrativeBlock *)content->blocks->pdata[0])->text, ==, "all well");
  g_assert_cmpuint (content->waves->len, ==, 1);
  g_assert_cmpuint (content->n_broken, ==, 1);
  wave = content->waves->pdata[0];
  g_assert_cmpstr (wave->name, ==, "I");
}

/* A document of sections: each with its title. */
static void
test_sections (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqContent) content = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  fixture_take (fixture, "%s", patient);
  fixture_take (
      fixture,
      "{'resourceType':'Composition','id':'c','status':'final','subject':{'reference':'Patient/1'},'title':"
      "'discharge','date':'2025-03-01','text':{'status':'generated','div':'all of it'},'section':[{'title':"
      "'course','text':{'status':'additional','div':'<p>well</p>'}},{'title':'empty'},{'text':{'div':'x'},'section':"
      "[{'title':'in it','text':{'div':'y'}}]}]}");
  zq_content_read_async (fixture->store, fixture_row (fixture, "Composition", "c"), NULL, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 10));
  content = zq_content_read_finish (fixture->store, result, NULL);
  for (guint i = 0; i < content->blocks->len; i++)
    g_string_append_printf (all, "%s ", ((ZqNarrativeBlock *)content->blocks->pdata[i])->text);
  g_assert_cmpstr (all->str, ==, "course well x in it y ");
}

static void
test_sampled (void)
{
  g_autoptr (JsonNode) node =
      json ("{'origin':{'value':2048,'unit':'mV'},'period':10,'factor':1.612,'lowerLimit':-3300,"
            "'upperLimit':3300,'dimensions':1,'data':'0 E 100\\n U  -10 L 1e400 x'}");
  g_autoptr (ZqSampled) sampled = zq_sampled_read (node, "ECG");

  g_assert_cmpuint (sampled->n_points, ==, 8);
  g_assert_cmpstr (sampled->low, ==, "2031.88");
  g_assert_cmpstr (sampled->high, ==, "2209.2");
  g_assert_cmpstr (sampled->unit, ==, "mV");
  g_assert_cmpstr (sampled->seconds, ==, "0.08");
  g_assert_cmpfloat (sampled->period, ==, 0.01);
  g_assert_cmpstr (sampled->lower_limit, ==, "-3300");
  g_assert_cmpuint (sampled->n_errors, ==, 3);
  g_assert_cmpuint (sampled->n_below, ==, 1);
  g_assert_cmpuint (sampled->n_above, ==, 1);
  g_assert_cmpfloat_with_epsilon (g_array_index (sampled->values, double, 2), 2209.2, 1e-9);
  g_assert_true (isnan (g_array_index (sampled->values, double, 1)));
}

/* Leads are interlaced; half a moment is none. */
static void
test_leads (void)
{
  g_autoptr (JsonNode) node = json ("{'period':2,'dimensions':3,'data':'1 2 3 4 5 6 7'}");
  g_autoptr (ZqSampled) sampled = zq_sampled_read (node, NULL);

  g_assert_cmpuint (sampled->n_leads, ==, 3);
  g_assert_cmpuint (sampled->n_points, ==, 2);
  g_assert_cmpuint (sampled->values->len, ==, 6);
}

static void
test_sampled_broken (void)
{
  static const char *const broken[] = {
    "{}",
    "{'data':'','dimensions':1}",
    "{'data':5.5,'factor':'x'}",
    "{'data':'1','dimensions':0}",
    "{'data':'1','dimensions':1000}",
    "{'data':'1','factor':1e400}",
    "{'data':['1']}",
  };
  g_autoptr (JsonNode) gaps = json ("{'data':'E E U','dimensions':1,'period':-5}");
  g_autoptr (ZqSampled) empty = zq_sampled_read (gaps, NULL);
  g_autofree char *many = g_strnfill (2 * (ZQ_SAMPLED_MOST + 10), ' ');
  g_autoptr (GString) text = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (ZqSampled) cut = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (JsonNode) one = json (broken[i]);

      g_assert_null (zq_sampled_read (one, NULL));
    }
  g_assert_null (empty->low);
  g_assert_null (empty->seconds);
  g_assert_cmpfloat (empty->period, ==, 0);
  for (gsize i = 0; many[i] != '\0'; i += 2)
    many[i] = '7';
  text = g_string_new ("{'dimensions':1,'data':'");
  g_string_append_printf (text, "%s'}", many);
  node = json (text->str);
  cut = zq_sampled_read (node, NULL);
  g_assert_true (cut->cut);
  g_assert_cmpuint (cut->n_points, ==, ZQ_SAMPLED_MOST);
}

/* However much a report carries inside: opening it is no matter of that on the main thread. */
static void
test_large_report (Fixture *fixture, gconstpointer data)
{
  g_autofree guchar *bytes = g_malloc (12 * 1000 * 1000);
  g_autofree char *base64 = NULL;
  guint32 noise = 1;
  gint64 key;

  for (gsize i = 0; i < 12 * 1000 * 1000; i++)
    bytes[i] = (guchar)((noise = noise * 1664525 + 1013904223) >> 24);
  base64 = g_base64_encode (bytes, 12 * 1000 * 1000);
  fixture_take (fixture, "%s", patient);
  fixture_take (fixture,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'scan'},'effectiveDateTime':'2025-03-01','presentedForm':[{'contentType':"
                "'application/pdf','data':'%s'}]}",
                base64);
  key = fixture_row (fixture, "DiagnosticReport", "r");
  g_test_timer_start ();
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (ZqReport) report = zq_report_load (fixture_db (fixture), NULL, key);

      g_assert_true (report->is_collected);
      g_assert_cmpuint (report->files->len, ==, 1);
    }
  g_assert_cmpfloat (g_test_timer_elapsed (), <, 0.5);
}

/* --- as others have written them (the folder "shared/data" beside the project's) -------------------- */

typedef struct
{
  guint n_texts, n_blocks, n_waves, n_drawn;
} Found;

static void
look (JsonNode *node, Found *found)
{
  const char *div = JSON_NODE_HOLDS_OBJECT (node) ? zq_json_get_string (node, "div") : NULL;
  JsonNode *sampled = JSON_NODE_HOLDS_OBJECT (node) ? zq_json_get (node, "valueSampledData") : NULL;

  if (div != NULL)
    {
      g_autoptr (GPtrArray) blocks = zq_narrative_read (div, NULL);

      found->n_texts++;
      found->n_blocks += blocks->len;
      for (guint i = 0; i < blocks->len; i++)
        g_assert_null (strstr (
            ((ZqNarrativeBlock *)blocks->pdata[i])->text != NULL ? ((ZqNarrativeBlock *)blocks->pdata[i])->text : "",
            "</"));
    }
  if (sampled != NULL)
    {
      g_autoptr (ZqSampled) one = zq_sampled_read (sampled, NULL);

      found->n_waves++;
      found->n_drawn += one != NULL && one->low != NULL;
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) members = json_object_get_values (json_node_get_object (node));

      for (GList *at = members; at != NULL; at = at->next)
        look (at->data, found);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      look (json_array_get_element (json_node_get_array (node), i), found);
}

static void
test_folder (gconstpointer name)
{
  g_autofree char *folder = zq_test_shared_data (name);
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  Found found = { 0 };

  if (dir == NULL)
    {
      g_test_skip ("the folder of shared data is absent");
      return;
    }
  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, file, NULL), *text = NULL;
      g_autoptr (JsonNode) node = NULL;

      if (g_str_has_suffix (file, ".json") && g_file_get_contents (path, &text, NULL, NULL))
        node = zq_json_read (text, -1, NULL);
      if (node != NULL)
        look (node, &found);
    }
  g_test_message ("%u texts, %u blocks, %u of %u waveforms", found.n_texts, found.n_blocks, found.n_drawn,
                  found.n_waves);
  g_assert_cmpuint (found.n_blocks, >, 0);
  g_assert_cmpuint (found.n_drawn, ==, found.n_waves);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/document/files", test_files);
  ADD ("/document/refused", test_refused);
  ADD ("/document/too-large", test_too_large);
  ADD ("/document/pictures", test_pictures);
  ADD ("/document/large-report", test_large_report);
  ADD ("/document/broken", test_broken);
  ADD ("/document/content", test_content);
  ADD ("/document/sections", test_sections);
  g_test_add_func ("/document/own-text", test_own_text);
  g_test_add_func ("/document/sampled", test_sampled);
  g_test_add_func ("/document/leads", test_leads);
  g_test_add_func ("/document/sampled-broken", test_sampled_broken);

  g_test_add_data_func ("/document/texts-and-waveforms-of-labs", "labs", test_folder);
  g_test_add_data_func ("/document/texts-and-waveforms-of-edge", "edge", test_folder);

  return g_test_run ();
}
