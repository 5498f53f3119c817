/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"
#include "ui/lab/report-row.h"
#include "ui/patient/record-item-widget.h"
#include "ui/viewer/viewer.h"
#include "ui/widgets/chart.h"

static void
take_potassium (Ui *ui, const char *id, const char *version, const char *status, const char *value, const char *day)
{
  fixture_take (
      &ui->clinic,
      "{'resourceType':'Observation','id':'%s','meta':{'versionId':'%s'},'status':'%s','subject':{'reference':"
      "'Patient/1'},'effectiveDateTime':'%sT08:00:00+08:00','code':{'coding':[{'system':'http://loinc.org',"
      "'code':'2823-3'}],'text':'potassium'},'valueQuantity':{'value':%s,'unit':'mmol/L'},'referenceRange':"
      "[{'low':{'value':3.5},'high':{'value':5.3}}]}",
      id, version, status, day, value);
}

static void
take_report (Ui *ui, const char *id, const char *status, const char *day, const char *result)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'%s','status':'%s','subject':{'reference':'Patient/1'},"
                "'category':[{'coding':[{'code':'LAB'}]}],'code':{'text':'electrolytes %s'},'effectiveDateTime':"
                "'%sT08:00:00+08:00','result':[{'reference':'Observation/%s'}]}",
                id, status, id, day, result);
}

static void
show_record (Ui *ui)
{
  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.timeline", NULL);
  ui_frames (ui, 5);
}

static gboolean
has_title (GtkWidget *widget, gconstpointer title)
{
  ZqRecordItem *item = zq_record_item_widget_get_item (ZQ_RECORD_ITEM_WIDGET (widget));
  g_autofree char *its = NULL;

  if (item != NULL)
    g_object_get (item, "title", &its, NULL);

  return g_strcmp0 (its, title) == 0;
}

/* Goes to the item and opens it, by keys. */
static void
open_item (Ui *ui, const char *title, guint place)
{
  ui_expect (ui, title);
  ui_xdotool (ui, "key Home");
  for (guint i = 0; i < place; i++)
    ui_xdotool (ui, "key Down");
  ui_xdotool (ui, "key Return");
  ui_frames (ui, 5);
  g_assert_nonnull (zq_record_item_widget_get_content (
      ZQ_RECORD_ITEM_WIDGET (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_RECORD_ITEM_WIDGET, has_title, title))));
}

static void
test_timeline (Ui *ui, gconstpointer data)
{
  fixture_take (&ui->clinic, "{'resourceType':'Condition','id':'c','clinicalStatus':{'coding':[{'code':'active'}]},"
                             "'subject':{'reference':'Patient/1'},'code':{'text':'diabetes'},'onsetDateTime':'2019'}");
  take_potassium (ui, "k", "1", "final", "6.10", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "k");
  show_record (ui);
  ui_expect (ui, "Problems: diabetes");
  ui_expect (ui, "abnormal");
  open_item (ui, "electrolytes r", 0);
  ui_expect (ui, "6.10  ↑ high");
  ui_expect (ui, "3.5–5.3");
  ui_keep_picture (ui, "record");
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "6.10  ↑ high");
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "Problems: diabetes");
}

/* Nothing that is not final may be taken for it: in the line, and in what it opens to. */
static void
test_not_final (Ui *ui, gconstpointer data)
{
  static const struct
  {
    const char *status, *line, *warning;
  } all[] = {
    { "registered", "registered", "Registered: there is no result yet" },
    { "partial", "partial", "Partial: some results are still missing" },
    { "preliminary", "preliminary", "Preliminary: not verified, it may still change" },
    { "amended", "amended", "Amended: it was changed after it had been final" },
    { "corrected", "corrected", "Corrected: an earlier version was wrong" },
    { "appended", "appended", "Appended: something was added after it had been final" },
    { "cancelled", "cancelled", "Cancelled: it was not done" },
    { "entered-in-error", "entered in error", "Taken back: entered in error. It must not be used." },
    { "unknown", "status unknown", "The status is not known: it may not be final" },
    { "of-another-kind", "of-another-kind", "The status is not known: it may not be final" },
  };

  take_potassium (ui, "k", "1", "final", "4.1", "2025-03-01");
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      take_report (ui, "r", all[i].status, "2025-03-01", "k");
      show_record (ui);
      ui_expect (ui, all[i].line);
      open_item (ui, "electrolytes r", 0);
      ui_expect (ui, all[i].warning);
      ui_xdotool (ui, "key Escape Escape");
      ui_expect_gone (ui, all[i].warning);
    }
}

static void
test_corrected (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k", "1", "final", "7.9", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "k");
  show_record (ui);
  open_item (ui, "electrolytes r", 0);
  ui_expect (ui, "7.9  ↑↑ critically high · local rule");
  take_potassium (ui, "k", "2", "corrected", "4.2", "2025-03-01");
  ui_expect (ui, "was 7.9 mmol/L until");
  ui_expect_gone (ui, "7.9  ↑↑ critically high · local rule");
}

/* The record goes with the consultation: nobody reads one patient's beside another's. */
static void
test_other_patient (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k", "1", "final", "7.9", "2025-03-01");
  show_record (ui);
  ui_expect (ui, "potassium");
  ui_open (ui, "2");
  ui_frames (ui, 5);
  ui_expect_gone (ui, "potassium");
  ui_expect (ui, "Li Lei");
}

static void
test_find (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k", "1", "final", "4.1", "2025-03-01");
  take_report (ui, "r1", "final", "2025-03-01", "k");
  take_report (ui, "r2", "final", "2025-03-02", "k");
  show_record (ui);
  ui_expect (ui, "electrolytes r2");
  ui_xdotool (ui, "key ctrl+f");
  ui_xdotool (ui, "type --delay 10 r1");
  ui_expect_gone (ui, "electrolytes r2");
  ui_expect (ui, "electrolytes r1");
  ui_xdotool (ui, "type --delay 10 xyz");
  ui_expect (ui, "Nothing Found");
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "electrolytes r2");
}

/* A test that stands inside a report leads to it. */
static void
test_find_inside (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k", "1", "final", "4.1", "2025-03-01");
  take_report (ui, "r1", "final", "2025-03-01", "k");
  take_report (ui, "r2", "final", "2025-03-02", "none");
  show_record (ui);
  ui_expect (ui, "electrolytes r2");
  ui_xdotool (ui, "key ctrl+f");
  ui_xdotool (ui, "type --delay 10 potas");
  ui_expect_gone (ui, "electrolytes r2");
  ui_expect (ui, "electrolytes r1");
}

static gboolean
says (GtkWidget *widget, gconstpointer words)
{
  return g_strcmp0 (zq_report_row_get_words (ZQ_REPORT_ROW (widget)), words) == 0;
}

static GtkWidget *
find_row (Ui *ui, const char *words)
{
  return ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_REPORT_ROW, words != NULL ? says : NULL, words);
}

/* By keys from line to line, each of which is read as one; what is not final says so in it. */
static void
test_lines (Ui *ui, gconstpointer data)
{
  static const char *const words =
      "potassium, 5.9 mmol/L, ↑ high, range 3.5–5.3, Preliminary: not verified, it may still change, change +1.1, "
      "last 4.8, 1 Feb 2025 · marked change";
  g_autofree char *problem = NULL;
  GtkWidget *row;

  take_potassium (ui, "k1", "1", "final", "4.8", "2025-02-01");
  take_potassium (ui, "k2", "1", "preliminary", "5.9", "2025-03-01");
  fixture_take (&ui->clinic, "{'resourceType':'Observation','id':'g','status':'final','subject':{'reference':"
                             "'Patient/1'},'code':{'text':'culture'},'valueString':'no growth'}");
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'category':[{'coding':[{'code':'LAB'}]}],'code':{'text':'both'},'effectiveDateTime':'2025-03-01',"
                "'result':[{'reference':'Observation/k2'},{'reference':'Observation/g'}]}");
  show_record (ui);
  open_item (ui, "both", 0);
  row = find_row (ui, words);
  g_assert_nonnull (row);
  problem = gtk_test_accessible_check_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words);
  g_assert_null (problem);
  ui_xdotool (ui, "key Right");
  g_assert_true (gtk_widget_is_focus (row));
  ui_keep_picture (ui, "report-lines");
  ui_xdotool (ui, "key Down");
  g_assert_true (gtk_widget_is_focus (find_row (ui, "culture, no growth")));
  ui_xdotool (ui, "key Up");
  g_assert_true (gtk_widget_is_focus (row));
  ui_xdotool (ui, "key Left");
  g_assert_false (gtk_widget_is_focus (row));
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "both");
  g_assert_null (find_row (ui, NULL));
}

/* A panel may be unfinished when all that it holds is final. */
static void
test_panel_status (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k", "1", "final", "4.1", "2025-03-01");
  fixture_take (&ui->clinic, "{'resourceType':'Observation','id':'p','status':'preliminary','subject':{'reference':"
                             "'Patient/1'},'code':{'text':'panel'},'hasMember':[{'reference':'Observation/k'}]}");
  take_report (ui, "r", "final", "2025-03-01", "p");
  show_record (ui);
  open_item (ui, "electrolytes r", 0);
  ui_expect (ui, "Preliminary: not verified, it may still change");
}

static guint
count_rows (GtkWidget *widget)
{
  guint n = ZQ_IS_REPORT_ROW (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_rows (child);

  return n;
}

/* A screen's worth is made, whatever the report has; what is left says how much of it is abnormal. */
static void
test_large_report (Ui *ui, gconstpointer data)
{
  g_autoptr (GString) results = g_string_new (NULL);

  for (int i = 0; i < 500; i++)
    {
      fixture_take (&ui->clinic,
                    "{'resourceType':'Observation','id':'o%d','status':'final','subject':{'reference':'Patient/1'},"
                    "'code':{'text':'test %d'},'valueQuantity':{'value':%d,'unit':'g'},'referenceRange':[{'high':"
                    "{'value':489}}]}",
                    i, i, i);
      g_string_append_printf (results, "%s{'reference':'Observation/o%d'}", i > 0 ? "," : "", i);
    }
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'category':[{'coding':[{'code':'LAB'}]}],'code':{'text':'large'},'effectiveDateTime':'2025-03-01',"
                "'result':[%s]}",
                results->str);
  show_record (ui);
  open_item (ui, "large", 0);
  g_assert_cmpuint (count_rows (GTK_WIDGET (ui->window)), ==, 80);
  ui_expect (ui, "420 more results, 10 of them abnormal: show");
  ui_click (ui, "420 more results, 10 of them abnormal: show");
  g_assert_cmpuint (count_rows (GTK_WIDGET (ui->window)), ==, 280);
  ui_expect (ui, "220 more results, 10 of them abnormal: show");
}

/* By keys alone, from the report to the test over time, its values read one after the other, and back. */
static void
test_trend (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k1", "1", "final", "4.1", "2025-01-01");
  take_potassium (ui, "k2", "1", "final", "4.8", "2025-02-01");
  take_potassium (ui, "k3", "1", "final", "5.9", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "k3");
  show_record (ui);
  open_item (ui, "electrolytes r", 0);
  ui_expect (ui, "+1.1");
  ui_xdotool (ui, "key Right Return");
  ui_expect (ui, "go from value to value");
  g_assert_true (ZQ_IS_CHART (gtk_root_get_focus (GTK_ROOT (ui->window))));
  ui_xdotool (ui, "key Left");
  ui_expect (ui, "5.9 mmol/L ↑ high · range 3.5–5.3");
  ui_xdotool (ui, "key Left");
  ui_expect (ui, "4.8 mmol/L · range 3.5–5.3");
  ui_keep_picture (ui, "trend");
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "electrolytes r");
}

static gboolean
is_seen (GtkWidget *widget, gconstpointer title)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_GRID_VIEW);
  graphene_rect_t bounds;

  return has_title (widget, title) && gtk_widget_compute_bounds (widget, view, &bounds) && bounds.origin.y >= 0 &&
         bounds.origin.y < (float)gtk_widget_get_height (view);
}

static GtkWidget *
find_seen (Ui *ui, const char *title)
{
  ui_frames (ui, 3);

  return ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_RECORD_ITEM_WIDGET, is_seen, title);
}

static guint
count_items (GtkWidget *widget)
{
  guint n = ZQ_IS_RECORD_ITEM_WIDGET (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_items (child);

  return n;
}

/* As many lines are made for a long record as for one that fills the screen. */
static void
test_n_widgets (Ui *ui, gconstpointer data)
{
  char id[16], day[16];
  guint few = 0, many;

  for (int i = 0; i < 400; i++)
    {
      g_snprintf (id, sizeof id, "r%d", i);
      g_snprintf (day, sizeof day, "20%02d-%02d-%02d", i / 336, 1 + i / 28 % 12, 1 + i % 28);
      take_report (ui, id, "final", day, "none");
      if (i == 59)
        {
          show_record (ui);
          ui_frames (ui, 10);
          few = count_items (GTK_WIDGET (ui->window));
          ui_open (ui, "2");
          ui_frames (ui, 5);
        }
    }
  ui_open (ui, "1");
  ui_frames (ui, 10);
  many = count_items (GTK_WIDGET (ui->window));
  g_assert_cmpuint (few, >, 8);
  g_assert_cmpuint (many, ==, few);
}

/* Who is at the top sees what comes; who reads further down stays there and is told. */
static void
test_arrivals (Ui *ui, gconstpointer data)
{
  char id[16], day[16];

  for (int i = 0; i < 28; i++)
    {
      g_snprintf (id, sizeof id, "r%d", i);
      g_snprintf (day, sizeof day, "2025-02-%02d", i + 1);
      take_report (ui, id, "final", day, "none");
    }
  show_record (ui);
  g_assert_nonnull (find_seen (ui, "electrolytes r27"));
  take_report (ui, "new1", "final", "2025-03-01", "none");
  g_assert_nonnull (find_seen (ui, "electrolytes new1"));
  take_report (ui, "new2", "final", "2025-03-02", "none");
  g_assert_nonnull (find_seen (ui, "electrolytes new2"));
  ui_xdotool (ui, "key End");
  g_assert_nonnull (find_seen (ui, "electrolytes r0"));
  take_report (ui, "new3", "final", "2025-03-03", "none");
  g_assert_nonnull (find_seen (ui, "electrolytes r0"));
  ui_expect (ui, "↑ 1 new");
  ui_keep_picture (ui, "arrivals");
  ui_click (ui, "↑ 1 new");
  g_assert_nonnull (find_seen (ui, "electrolytes new3"));
  ui_expect_gone (ui, "↑ 1 new");
}

static guint
count_points (Ui *ui)
{
  GtkWidget *chart = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_CHART, NULL, NULL);

  g_assert_nonnull (chart);
  gtk_widget_grab_focus (chart);
  return zq_chart_get_selected (ZQ_CHART (chart)); /* none is selected: their number */
}

static void
take_glucose (Ui *ui, const char *id, const char *value, const char *unit, const char *day)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'%s','status':'final','subject':{'reference':'Patient/1'},"
                "'effectiveDateTime':'%sT08:00:00+08:00','code':{'coding':[{'system':'http://loinc.org','code':"
                "'2345-7'}],'text':'glucose'},'valueQuantity':{'value':%s,'unit':'%s'}}",
                id, day, value, unit);
}

/* One line never goes through two units: what an exact rule brings over is marked, what none does stands apart. */
static void
test_trend_units (Ui *ui, gconstpointer data)
{
  take_glucose (ui, "g1", "7", "U/L", "2025-01-01");
  take_glucose (ui, "g2", "101", "mg/dL", "2025-02-01");
  take_glucose (ui, "g3", "6.10", "mmol/L", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "g3");
  show_record (ui);
  open_item (ui, "electrolytes r", 0);
  ui_xdotool (ui, "key Right Return");
  ui_expect (ui, "go from value to value");
  g_assert_cmpuint (count_points (ui), ==, 2);
  ui_xdotool (ui, "key Left");
  ui_expect (ui, "6.10 mmol/L");
  ui_xdotool (ui, "key Left");
  ui_expect (ui, "(101 mg/dL, converted)");
  ui_expect (ui, "U/L");
  ui_keep_picture (ui, "trend-units");
}

/* Among reports alone the first item of a day may be missing: each says its own. */
static void
test_days (Ui *ui, gconstpointer data)
{
  fixture_take (&ui->clinic, "{'resourceType':'Encounter','id':'e','status':'finished','subject':{'reference':"
                             "'Patient/1'},'type':[{'text':'visit'}],'period':{'start':'2025-03-01T12:00:00+08:00'}}");
  take_potassium (ui, "k", "1", "final", "4.1", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "k");
  show_record (ui);
  ui_expect (ui, "visit");
  ui_xdotool (ui, "key l");
  ui_expect_gone (ui, "visit");
  ui_expect (ui, "electrolytes r");
  ui_expect (ui, "1 Mar 2025");
}

/* A correction, and who the patient is, reach what is open. */
static void
test_live (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k1", "1", "final", "4.1", "2025-01-01");
  take_potassium (ui, "k2", "1", "preliminary", "7.9", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "k2");
  show_record (ui);
  open_item (ui, "electrolytes r", 0);
  ui_xdotool (ui, "key Right Return");
  ui_expect (ui, "7.9 mmol/L ↑↑ critically high · local rule · preliminary");
  take_potassium (ui, "k2", "2", "corrected", "4.2", "2025-03-01");
  ui_expect (ui, "4.2 mmol/L · corrected");
  ui_expect_gone (ui, "7.9 mmol/L ↑↑ critically high · local rule · preliminary");
  fixture_take (&ui->clinic, "{'resourceType':'AllergyIntolerance','id':'late','patient':{'reference':'Patient/1'},"
                             "'code':{'text':'contrast medium'}}");
  ui_expect (ui, "contrast medium");
}

/* A test of which nothing can be drawn shows no curve of the one before it. */
static void
test_trend_empty (Ui *ui, gconstpointer data)
{
  take_potassium (ui, "k1", "1", "final", "4.1", "2025-01-01");
  take_potassium (ui, "k2", "1", "final", "5.9", "2025-03-01");
  take_report (ui, "r", "final", "2025-03-01", "k2");
  show_record (ui);
  open_item (ui, "electrolytes r", 0);
  ui_xdotool (ui, "key Right Return");
  ui_expect (ui, "go from value to value");
  g_assert_cmpuint (count_points (ui), ==, 2);
  ui_xdotool (ui, "key Escape");
  take_potassium (ui, "k1", "2", "entered-in-error", "4.1", "2025-01-01");
  take_potassium (ui, "k2", "2", "entered-in-error", "5.9", "2025-03-01");
  ui_expect (ui, "Taken back: entered in error. It must not be used.");
  ui_xdotool (ui, "key Right Return");
  ui_expect (ui, "go from value to value");
  g_assert_cmpuint (count_points (ui), ==, 0);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

/* A document of a report is looked at in place of the timeline, and Escape leads back. */
static void
test_document (Ui *ui, gconstpointer data)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'d','status':'final','subject':{'reference':'Patient/1'},"
                "'category':[{'coding':[{'code':'RAD'}]}],'code':{'text':'chest'},'effectiveDateTime':'2025-03-01',"
                "'conclusion':'clear','presentedForm':[{'contentType':'application/pdf','title':'chest.pdf','url':"
                "'Binary/none'}]}");
  show_record (ui);
  open_item (ui, "chest", 0);
  ui_expect (ui, "chest.pdf");
  ui_click (ui, "chest.pdf");
  g_assert_nonnull (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_VIEWER, NULL, NULL));
  ui_expect_gone (ui, "clear");
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "clear");
}

/* More than twelve are not left out without a word. */
static void
test_many_problems (Ui *ui, gconstpointer data)
{
  for (int i = 0; i < 14; i++)
    fixture_take (&ui->clinic,
                  "{'resourceType':'Condition','id':'c%d','clinicalStatus':{'coding':[{'code':'active'}]},"
                  "'subject':{'reference':'Patient/1'},'code':{'text':'problem %d'},'onsetDateTime':'20%d'}",
                  i, i, 10 + i);
  show_record (ui);
  ui_expect (ui, "and more: see the timeline");
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/record/timeline-and-a-report-in-place", test_timeline);
  ADD ("/record/what-is-not-final-says-so", test_not_final);
  ADD ("/record/a-correction-arrives-in-the-open-report", test_corrected);
  ADD ("/record/goes-with-the-consultation", test_other_patient);
  ADD ("/record/is-found-by-typing", test_find);
  ADD ("/record/a-test-inside-a-report-is-found", test_find_inside);
  ADD ("/record/lines-of-a-report-by-keys-and-in-words", test_lines);
  ADD ("/record/a-panel-says-its-own-status", test_panel_status);
  ADD ("/record/a-large-report-is-made-as-it-is-read", test_large_report);
  ADD ("/record/a-test-over-time-by-keys", test_trend);
  ADD ("/record/lines-made-do-not-grow-with-the-record", test_n_widgets);
  ADD ("/record/what-comes-in-is-seen-or-said", test_arrivals);
  ADD ("/record/a-line-goes-through-one-unit", test_trend_units);
  ADD ("/record/a-test-without-values-has-no-curve", test_trend_empty);
  ADD ("/record/each-says-its-day-where-some-are-left-out", test_days);
  ADD ("/record/what-is-open-is-read-again", test_live);
  ADD ("/record/a-document-of-a-report", test_document);
  ADD ("/record/more-problems-than-are-named", test_many_problems);
  return g_test_run ();
}
