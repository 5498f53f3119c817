/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"
#include "ui/print/builders.h"

#include <adwaita.h>
#include <poppler.h>
#include <string.h>

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

/* --- a PDF as its texts --------------------------------------------------------------------------- */

/* The texts of its pages. (transfer full) (element-type utf8) */
static GPtrArray *
read_pages (GFile *file)
{
  g_autoptr (GError) error = NULL;
  PopplerDocument *pdf = poppler_document_new_from_gfile (file, NULL, NULL, &error);
  GPtrArray *pages = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (int i = 0; i < poppler_document_get_n_pages (pdf); i++)
    {
      PopplerPage *page = poppler_document_get_page (pdf, i);

      g_ptr_array_add (pages, poppler_page_get_text (page));
      g_object_unref (page);
    }
  g_object_unref (pdf);

  return pages;
}

static GPtrArray *
write_pages (ZqPrintDocument *document)
{
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("zq-print-XXXXXX.pdf", &stream, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *pages;

  zq_print_document_export_async (document, file, FALSE, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 30));
  zq_print_document_export_finish (result, &error);
  g_assert_no_error (error);
  pages = read_pages (file);
  g_file_delete (file, NULL, NULL);

  return pages;
}

static void
assert_all_pages (GPtrArray *pages, const char *text)
{
  for (guint i = 0; i < pages->len; i++)
    if (strstr (pages->pdata[i], text) == NULL)
      g_error ("page %u does not say “%s”: %s", i + 1, text, (char *)pages->pdata[i]);
}

/* --- reports -------------------------------------------------------------------------------------- */

static void
take_report (Ui *ui, const char *status, guint n)
{
  g_autoptr (GString) results = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      fixture_take (&ui->clinic,
                    "{'resourceType':'Observation','id':'k%u','status':'final','subject':{'reference':'Patient/1'},"
                    "'effectiveDateTime':'2026-11-20T08:00:00+08:00','code':{'text':'test number %u'},'valueQuantity':"
                    "{'value':%u.50,'unit':'mmol/L'},'referenceRange':[{'low':{'value':3.5},'high':{'value':5.3}}]}",
                    i, i, i);
      g_string_append_printf (results, "%s{'reference':'Observation/k%u'}", i > 0 ? "," : "", i);
    }
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'%s','subject':{'reference':'Patient/1'},"
                "'category':[{'coding':[{'code':'LAB'}]}],'code':{'text':'electrolytes'},'effectiveDateTime':"
                "'2026-11-20T08:00:00+08:00','issued':'2026-11-20T10:00:00+08:00','result':[%s]}",
                status, results->str);
}

static GPtrArray *
print_report (Ui *ui)
{
  ZqDb *db = fixture_db (&ui->clinic);
  g_autoptr (ZqReport) report = zq_report_load (db, zq_context_get_policy (ui->clinic.context),
                                                fixture_row (&ui->clinic, "DiagnosticReport", "r"));
  g_autoptr (ZqPatient) patient =
      zq_patient_load (db, ui->clinic.context, fixture_row (&ui->clinic, "Patient", "1"), NULL);
  ZqPrintAbout about = {
    .patient = patient, .person = "Doctor Me", .now = zq_clock_now (ui->clinic.clock), .zone = ui->clinic.context->zone
  };

  return write_pages (zq_print_report (&about, report));
}

/* The patient, the heads and the number of all pages stand on each of them; nothing is lost between them. */
static void
test_pages (Ui *ui, gconstpointer data)
{
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *of = NULL;

  take_report (ui, "final", 120);
  pages = print_report (ui);
  g_assert_cmpuint (pages->len, >=, 2);
  assert_all_pages (pages, "Wang Fang");
  assert_all_pages (pages, "enicillin");
  assert_all_pages (pages, "Range");
  assert_all_pages (pages, "Printed by Doctor Me");
  g_assert_nonnull (strstr (pages->pdata[0], "collected 2026-11-20 08:00"));
  for (guint i = 0; i < pages->len; i++)
    {
      g_autofree char *number = g_strdup_printf ("Page %u of %u", i + 1, pages->len);

      g_assert_nonnull (strstr (pages->pdata[i], number));
      g_string_append (all, pages->pdata[i]);
    }
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u.50", i);
      g_autofree char *name = g_strdup_printf ("test number %u", i);

      g_assert_nonnull (strstr (all->str, value));
      g_assert_nonnull (strstr (all->str, name));
    }
  g_assert_nonnull (strstr (all->str, "high"));
}

/* What is not final says so on every page. */
static void
test_not_final (Ui *ui, gconstpointer data)
{
  static const struct
  {
    const char *status, *words;
  } all[] = {
    { "registered", "Registered: there is no result yet" },
    { "partial", "Partial: some results are still missing" },
    { "preliminary", "Preliminary: not verified, it may still change" },
    { "amended", "Amended: it was changed after it had been final" },
    { "corrected", "Corrected: an earlier version was wrong" },
    { "appended", "Appended: something was added after it had been final" },
    { "cancelled", "Cancelled: it was not done" },
    { "entered-in-error", "Taken back: entered in error. It must not be used." },
    { "unknown", "The status is not known: it may not be final" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GPtrArray) pages = NULL;

      take_report (ui, all[i].status, 60);
      pages = print_report (ui);
      g_assert_cmpuint (pages->len, >=, 2);
      assert_all_pages (pages, all[i].words);
    }
}

/* --- by the window -------------------------------------------------------------------------------- */

static gboolean
has_pages (gpointer file)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, NULL);

  return info != NULL && g_file_info_get_size (info) > 0;
}

static gboolean
has_audit (gpointer data)
{
  return ui_count (data,
                   "SELECT count (*) FROM intent WHERE kind = 'audit-event' AND args LIKE '%export%' AND 1 = ?") == 1;
}

/* --- tests over time ------------------------------------------------------------------------------ */

static void
take_potassium (Ui *ui, int n)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'p%d','status':'%s','subject':{'reference':'Patient/1'},"
                "'effectiveDateTime':'2026-%02d-%02dT08:00:00+08:00','code':{'coding':[{'system':'http://loinc.org',"
                "'code':'2823-3'}],'text':'potassium'},'valueQuantity':{'value':4.%02d,'unit':'mmol/L'}}",
                n, n == 3 ? "preliminary" : "final", 1 + n % 10, 1 + n / 10, n);
}

/* Every date of the sheet stands on paper, each part of it with the tests; what is not final says so on all pages. */
static void
test_flowsheet (Ui *ui, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "zq-print-flowsheet.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  for (int i = 0; i < 40; i++)
    take_potassium (ui, i);
  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.timeline", NULL);
  ui_frames (ui, 5);
  ui_xdotool (ui, "key f");
  ui_frames (ui, 5);
  g_file_delete (file, NULL, NULL);
  g_assert_true (zq_window_export (ui->window, file));
  g_assert_true (zq_test_wait_until (has_pages, file, 30));
  ui_expect (ui, "Saved as PDF");
  pages = read_pages (file);
  assert_all_pages (pages, "Wang Fang");
  assert_all_pages (pages, "1 result is not final");
  for (guint i = 0; i < pages->len; i++)
    g_string_append (all, pages->pdata[i]);
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *value = g_strdup_printf ("4.%02d", i);

      g_assert_nonnull (strstr (all->str, value));
    }
  g_assert_nonnull (strstr (all->str, "preliminary"));
  g_assert_true (zq_test_wait_until (has_audit, ui, 30));
  g_file_delete (file, NULL, NULL);
}

/* How much of a page is in colour. */
static guint
count_coloured (GFile *file)
{
  PopplerDocument *pdf = poppler_document_new_from_gfile (file, NULL, NULL, NULL);
  PopplerPage *page = poppler_document_get_page (pdf, 0);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 600, 850);
  cairo_t *cr = cairo_create (surface);
  guint n = 0;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  poppler_page_render_for_printing (page, cr);
  cairo_surface_flush (surface);
  for (int i = 0; i < 600 * 850; i++)
    {
      const guchar *one = cairo_image_surface_get_data (surface) + (gsize)i * 4;

      n += MAX (one[0], MAX (one[1], one[2])) - MIN (one[0], MIN (one[1], one[2])) > 60;
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  g_object_unref (page);
  g_object_unref (pdf);

  return n;
}

/* With its curve, which is in the colours of paper also where the screen is dark. */
static void
test_trend (Ui *ui, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "zq-print-trend.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) pages = NULL;

  for (int i = 0; i < 10; i++)
    take_potassium (ui, i);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.timeline", NULL);
  ui_frames (ui, 5);
  ui_xdotool (ui, "key f");
  ui_frames (ui, 5);
  ui_xdotool (ui, "key t");
  ui_expect (ui, "go from value to value");
  g_file_delete (file, NULL, NULL);
  g_assert_true (zq_window_export (ui->window, file));
  g_assert_true (zq_test_wait_until (has_pages, file, 30));
  ui_expect (ui, "Saved as PDF");
  pages = read_pages (file);
  assert_all_pages (pages, "potassium over time");
  g_assert_cmpuint (count_coloured (file), >, 200);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_file_delete (file, NULL, NULL);
}

/* --- the conversation ------------------------------------------------------------------------------ */

/* By the window: what the patient has, whole; a colleague's note never; and the hospital is told. */
static void
test_transcript (Ui *ui, gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "zq-print-transcript.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *id = g_strdup_printf ("p%d", i);
      g_autofree char *text = g_strdup_printf ("message number %d.", i);

      fixture_message (&ui->clinic, 1, id, i % 2 == 0 ? "Patient/1" : "Practitioner/me", -400 + i, text);
    }
  fixture_take (&ui->clinic,
                "{'resourceType':'Communication','id':'n','status':'completed','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'internal-note'}]}],"
                "'partOf':[{'reference':'Task/1'}],'sent':'%s','sender':{'reference':'Practitioner/other'},"
                "'payload':[{'contentString':'between colleagues'}]}",
                at_minute (-10));
  ui_open (ui, "1");
  g_file_delete (file, NULL, NULL);
  g_assert_true (zq_window_export (ui->window, file));
  g_assert_true (zq_test_wait_until (has_pages, file, 30));
  ui_expect (ui, "Saved as PDF");
  pages = read_pages (file);
  g_file_delete (file, NULL, NULL);
  assert_all_pages (pages, "Wang Fang");
  for (guint i = 0; i < pages->len; i++)
    g_string_append (all, pages->pdata[i]);
  for (int i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf ("message number %d.", i);

      g_assert_nonnull (strstr (all->str, text));
    }
  g_assert_null (strstr (all->str, "between colleagues"));
  g_assert_true (zq_test_wait_until (has_audit, ui, 30));
}

/* Paper has the report's own words too, and says which files are not on it. */
static void
test_own_words (Ui *ui, gconstpointer data)
{
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("zq-print-XXXXXX.pdf", &stream, NULL);
  g_autoptr (GPtrArray) pages = NULL;

  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'scan'},'effectiveDateTime':'2026-11-20T08:00:00+08:00','conclusion':'clear','text':"
                "{'status':'additional','div':'<ul><li>nodule 4 mm</li></ul><script>run</script>'},'presentedForm':"
                "[{'contentType':'application/pdf','title':'sheet.pdf','url':'Binary/1'}]}");
  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.timeline", NULL);
  ui_expect (ui, "scan");
  ui_xdotool (ui, "key Home Return");
  ui_expect (ui, "nodule 4 mm");
  g_file_delete (file, NULL, NULL);
  g_assert_true (zq_window_export (ui->window, file));
  g_assert_true (zq_test_wait_until (has_pages, file, 30));
  ui_expect (ui, "Saved as PDF");
  pages = read_pages (file);
  g_assert_nonnull (strstr (pages->pdata[0], "clear"));
  g_assert_nonnull (strstr (pages->pdata[0], "nodule 4 mm"));
  g_assert_nonnull (strstr (pages->pdata[0], "not printed here: sheet.pdf"));
  g_assert_null (strstr (pages->pdata[0], "run"));
  g_file_delete (file, NULL, NULL);
}

/* Names and texts of any length and script stay on the paper. */
static void
test_long (Ui *ui, gconstpointer data)
{
  g_autofree char *name = g_strnfill (200, 'x');
  g_autofree char *many = g_strnfill (60000, 'y');
  ZqPrintDocument *document = zq_print_document_new (name, name, NULL, name);
  const char *heads[] = { "a", "b" };
  const double weights[] = { 1, 1 };
  const char *cells[] = { name, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\xa0\x80\x80 e\xcc\x81" };
  g_autoptr (GPtrArray) pages = NULL;

  zq_print_document_begin_table (document, heads, weights, 2);
  zq_print_document_add_row (document, cells, FALSE);
  zq_print_document_add_text (document, many);
  pages = write_pages (document);
  g_assert_cmpuint (pages->len, >=, 2);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(name, func) g_test_add ("/print/" name, Ui, NULL, ui_set_up, func, ui_tear_down)
  ADD ("patient-and-page-number-stand-on-each-page", test_pages);
  ADD ("what-is-not-final-says-so-on-each-page", test_not_final);
  ADD ("a-conversation-whole-without-notes", test_transcript);
  ADD ("a-report-with-its-own-words-and-what-is-not-printed", test_own_words);
  ADD ("long-names-stay-on-the-paper", test_long);
  ADD ("flowsheet-all-dates-with-the-tests", test_flowsheet);
  ADD ("a-test-over-time-with-its-curve", test_trend);
#undef ADD
  return g_test_run ();
}
