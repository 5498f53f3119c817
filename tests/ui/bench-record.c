/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of one patient of 131,000 resources, 40,000 of them results, among 2,000 patients: in the real window,
 * driven from inside. The store is made anew each time, through the one way in.
 *
 *   bench-record [--scale F] [NAME…]
 *
 * Each line is one JSON object of seconds: "timeline-first", "timeline-large", "flowsheet-first", "flowsheet-scroll",
 * "chart-first", "chart-pan", "pdf-first". */
#include "store/attachments.h"
#include "ui/fixture.h"
#include "ui/frame-watch.h"
#include "ui/lab/flowsheet-view.h"
#include "ui/lab/report-view.h"
#include "ui/patient/record-item-widget.h"
#include "ui/patient/record-page.h"
#include "ui/viewer/picture-view.h"
#include "ui/viewer/viewer.h"
#include "ui/widgets/chart.h"

#include <cairo-pdf.h>
#include <math.h>

#define DAY        (24 * 60 * 60)
#define N_OPENED   50  /* patients of a usual record, each opened once, and the large one between them */
#define N_TESTS    100 /* of the flowsheet */
#define N_DATES    200
#define N_POINTS   20000 /* of the chart */
#define N_FRAMES   120
#define N_PAGES    20
#define PAGE       400 /* resources of a bundle */
#define DEADLINE_S 20
#define SYSTEM     "http://hospital.test/tests"
#define LARGE      1 /* Patient/1, of consultation 1 */

typedef struct
{
  Ui ui;
  FrameWatch watch;
  double scale;

  GString *page; /* a bundle that is being filled */
  guint n_entries;
  gint64 n_all;

  gint64 wanted; /* row of what is waited for */
  GString *drawn;
} Bench;

/* --- the store -------------------------------------------------------------------------------- */

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
flush (Bench *self)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (ZqBundle) bundle = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqIngested) ingested = NULL;
  g_autoptr (GError) error = NULL;

  if (self->n_entries == 0)
    return;
  g_string_append (self->page, "]}");
  g_strdelimit (self->page->str, "'", '"');
  text = g_string_free_to_bytes (g_steal_pointer (&self->page));
  bundle = zq_bundle_read (text, &error);
  g_assert_no_error (error);
  zq_store_ingest_async (self->ui.clinic.store, bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 60));
  ingested = zq_store_ingest_finish (self->ui.clinic.store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ingested->unreadable, ==, 0);
  self->n_all += self->n_entries;
  self->n_entries = 0;
}

G_GNUC_PRINTF (2, 3)
static void
put (Bench *self, const char *format, ...)
{
  va_list args;

  if (self->n_entries == 0)
    self->page = g_string_new ("{'resourceType':'Bundle','type':'searchset','entry':[");
  g_string_append (self->page, self->n_entries > 0 ? ",{'resource':" : "{'resource':");
  va_start (args, format);
  g_string_append_vprintf (self->page, format, args);
  va_end (args);
  g_string_append_c (self->page, '}');
  if (++self->n_entries == PAGE)
    flush (self);
}

/* @ago: seconds before now. */
static const char *
instant (Bench *self, gint64 ago, char buffer[32])
{
  g_autoptr (GDateTime) at =
      g_date_time_new_from_unix_utc (zq_clock_now (self->ui.clinic.clock) / G_USEC_PER_SEC - ago);
  g_autofree char *text = g_date_time_format (at, "%Y-%m-%dT%H:%M:%SZ");

  g_strlcpy (buffer, text, 32);

  return buffer;
}

static void
put_result (Bench *self, int patient, const char *id, const char *code, const char *name, double value, gint64 ago)
{
  char at[32], number[G_ASCII_DTOSTR_BUF_SIZE];

  put (self,
       "{'resourceType':'Observation','id':'%s','meta':{'versionId':'1','lastUpdated':'%s'},'status':'final',"
       "'category':[{'coding':[{'code':'laboratory'}]}],'code':{'coding':[{'system':'" SYSTEM "','code':'%s'}],"
       "'text':'%s'},'subject':{'reference':'Patient/%d'},'effectiveDateTime':'%s','valueQuantity':{'value':%s,"
       "'unit':'mmol/L'},'referenceRange':[{'low':{'value':3.9},'high':{'value':6.1}}]}",
       id, instant (self, ago, at), code, name, patient, at, g_ascii_formatd (number, sizeof number, "%.2f", value));
}

static void
put_other (Bench *self, int patient, int i, gint64 ago)
{
  char at[32];

  instant (self, ago, at);
  switch (i % 4)
    {
    case 0:
      put (self,
           "{'resourceType':'Encounter','id':'e%d-%d','meta':{'versionId':'1'},'status':'finished','class':{'code':"
           "'AMB'},'type':[{'text':'visit %d'}],'subject':{'reference':'Patient/%d'},'period':{'start':'%s'}}",
           patient, i, i, patient, at);
      break;
    case 1:
      put (self,
           "{'resourceType':'Condition','id':'c%d-%d','meta':{'versionId':'1'},'clinicalStatus':{'coding':[{'code':"
           "'%s'}]},'code':{'text':'problem %d'},'subject':{'reference':'Patient/%d'},'onsetDateTime':'%s'}",
           patient, i, i < 20 ? "active" : "resolved", i, patient, at);
      break;
    case 2:
      put (self,
           "{'resourceType':'MedicationRequest','id':'m%d-%d','meta':{'versionId':'1'},'status':'%s','intent':'order',"
           "'medicationCodeableConcept':{'text':'drug %d'},'subject':{'reference':'Patient/%d'},'authoredOn':'%s'}",
           patient, i, i < 20 ? "active" : "completed", i, patient, at);
      break;
    default:
      put (self,
           "{'resourceType':'Procedure','id':'p%d-%d','meta':{'versionId':'1'},'status':'completed','code':{'text':"
           "'procedure %d'},'subject':{'reference':'Patient/%d'},'performedDateTime':'%s'}",
           patient, i, i, patient, at);
    }
}

/* The newest report has the tests of the flowsheet, and a document. */
static void
put_reports (Bench *self, int n_dates)
{
  for (int date = n_dates - 1; date >= 0; date--)
    {
      g_autoptr (GString) results = g_string_new (NULL);
      char at[32];

      for (int test = 0; test < N_TESTS; test++)
        {
          g_autofree char *id = g_strdup_printf ("f%d-%d", date, test);
          g_autofree char *code = g_strdup_printf ("t%d", test);
          g_autofree char *name = g_strdup_printf ("test %d", test);

          put_result (self, LARGE, id, code, name, 5 + 2 * sin (date + test), (gint64)date * 14 * DAY + 60);
          g_string_append_printf (results, "%s{'reference':'Observation/%s'}", test > 0 ? "," : "", id);
        }
      put (self,
           "{'resourceType':'DiagnosticReport','id':'r%d','meta':{'versionId':'1'},'status':'final','category':[{"
           "'coding':[{'code':'LAB'}]}],'code':{'text':'panel'},'subject':{'reference':'Patient/%d'},"
           "'effectiveDateTime':'%s','result':[%s]%s}",
           date, LARGE, instant (self, (gint64)date * 14 * DAY + 50, at), results->str,
           date == 0 ? ",'presentedForm':[{'contentType':'application/pdf','title':'report.pdf','url':'Binary/pdf'}]"
                     : "");
    }
}

static void
fill (Bench *self)
{
  gint64 begun = zq_clock_stopwatch ();
  int n_points = (int)(N_POINTS * self->scale), n_dates = MAX ((int)(N_DATES * self->scale), 2);
  int n_patients = MAX ((int)(2000 * self->scale), N_OPENED + 10), n_others = (int)(90800 * self->scale);

  for (int i = 4; i <= n_patients; i++)
    put (self,
         "{'resourceType':'Patient','id':'%d','meta':{'versionId':'1'},'name':[{'text':'Patient Number %d'}],"
         "'gender':'female','birthDate':'1960-01-01'}",
         i, i);
  for (int i = 4; i < 4 + N_OPENED; i++)
    put (self,
         "{'resourceType':'Communication','id':'t%d','meta':{'versionId':'1'},'status':'in-progress','category':[{"
         "'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'thread'}]}],"
         "'subject':{'reference':'Patient/%d'}}",
         i, i);
  flush (self);
  for (int i = 4; i < 4 + N_OPENED; i++)
    fixture_consult (&self->ui.clinic, i, "Practitioner/me", "in-consultation", "1");
  for (int i = 4; i <= n_patients; i++)
    for (int j = 0; j < 20; j++)
      {
        g_autofree char *id = g_strdup_printf ("o%d-%d", i, j);

        if (j % 2 == 0)
          put_result (self, i, id, "t1", "test 1", 5, (gint64)j * 30 * DAY + i);
        else
          put_other (self, i, j, (gint64)j * 30 * DAY + i);
      }
  for (int i = n_others - 1; i >= 0; i--)
    put_other (self, LARGE, i, (gint64)i * 3600 + 7200);
  for (int i = n_points - 1; i >= 0; i--)
    {
      g_autofree char *id = g_strdup_printf ("s%d", i);

      put_result (self, LARGE, id, "sensor", "glucose", 6 + 2.5 * sin (i / 40.0), (gint64)i * 900 + 3600);
    }
  put_reports (self, n_dates);
  flush (self);
  g_print ("{\"name\":\"filled\",\"rows\":%" G_GINT64_FORMAT ",\"seconds\":%.1f}\n", self->n_all,
           (double)(zq_clock_stopwatch () - begun) / 1e6);
}

/* --- what has to be in the frame -------------------------------------------------------------- */

static ZqRecordPage *
get_page (Bench *self)
{
  return ZQ_RECORD_PAGE (ui_find (GTK_WIDGET (self->ui.window), ZQ_TYPE_RECORD_PAGE, NULL, NULL));
}

static gboolean
shows_item (GtkWidget *widget, gconstpointer data)
{
  ZqRecordItem *item = zq_record_item_widget_get_item (ZQ_RECORD_ITEM_WIDGET (widget));
  gboolean loaded = FALSE;

  if (item == NULL || zq_record_item_get_key (item) != *(const gint64 *)data)
    return FALSE;
  g_object_get (item, "loaded", &loaded, NULL);

  return loaded && frame_watch_is_in_sight (widget, gtk_widget_get_ancestor (widget, GTK_TYPE_GRID_VIEW));
}

static gboolean
is_unfilled (GtkWidget *widget, gconstpointer data)
{
  ZqRecordItem *item = zq_record_item_widget_get_item (ZQ_RECORD_ITEM_WIDGET (widget));
  gboolean loaded = FALSE;

  if (item != NULL)
    g_object_get (item, "loaded", &loaded, NULL);

  return !loaded && item != NULL &&
         frame_watch_is_in_sight (widget, gtk_widget_get_ancestor (widget, GTK_TYPE_GRID_VIEW));
}

/* The record is that patient's, its newest item is in sight, and none in sight is empty. */
static gboolean
timeline_shown (gpointer data)
{
  Bench *self = data;
  ZqRecordPage *page = get_page (self);
  gint64 newest;

  if (zq_record_page_get_patient (page) != self->wanted)
    return FALSE;
  newest = zq_record_find (fixture_db (&self->ui.clinic), self->wanted, ZQ_RECORD_ALL, G_MAXINT64 - 1);

  return newest != 0 && ui_find (GTK_WIDGET (page), ZQ_TYPE_RECORD_ITEM_WIDGET, shows_item, &newest) != NULL &&
         ui_find (GTK_WIDGET (page), ZQ_TYPE_RECORD_ITEM_WIDGET, is_unfilled, NULL) == NULL;
}

static gboolean
is_drawn (gpointer data)
{
  return ((Bench *)data)->drawn->len > 0;
}

static gboolean
is_any (gpointer data)
{
  return TRUE;
}

static gboolean
pdf_shown (gpointer data)
{
  Bench *self = data;
  GtkWidget *viewer = ui_find (GTK_WIDGET (get_page (self)), ZQ_TYPE_VIEWER, NULL, NULL);
  GtkWidget *view = viewer != NULL ? ui_find (viewer, ZQ_TYPE_PICTURE_VIEW, NULL, NULL) : NULL;

  return view != NULL && gtk_widget_get_mapped (view) && zq_picture_view_get_texture (ZQ_PICTURE_VIEW (view)) != NULL;
}

/* --- figures ---------------------------------------------------------------------------------- */

static gint64
open_patient (Bench *self, int n, const char *what)
{
  g_autofree char *id = g_strdup_printf ("%d", n);
  gint64 consult = fixture_row (&self->ui.clinic, "Task", id), us;

  self->wanted = fixture_row (&self->ui.clinic, "Patient", id);
  frame_watch_begin (&self->watch, timeline_shown, self);
  zq_inbox_select (zq_window_get_inbox (self->ui.window), consult);
  us = frame_watch_end (&self->watch, what);
  frame_watch_rest (&self->watch);

  return us;
}

/* From consultation to consultation with the record in view. */
static void
bench_timeline (Bench *self)
{
  g_autoptr (GArray) usual = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) large = g_array_new (FALSE, FALSE, sizeof (gint64));

  frame_watch_label (&self->watch, "timeline");
  for (int i = 4; i < 4 + N_OPENED; i++)
    {
      gint64 us = open_patient (self, i, "timeline");

      g_array_append_val (usual, us);
    }
  frame_watch_tell (&self->watch, "timeline-first", usual, "records of 20 items among 2,000 patients");
  for (int i = 4; i < 4 + N_OPENED; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);
      gint64 us;

      zq_inbox_select (zq_window_get_inbox (self->ui.window), fixture_row (&self->ui.clinic, "Task", id));
      frame_watch_rest (&self->watch);
      us = open_patient (self, LARGE, "timeline");
      g_array_append_val (large, us);
    }
  frame_watch_tell (&self->watch, "timeline-large", large, "the record of 131,000 resources, after another one each");
}

static GtkScrolledWindow *
get_scroller (GtkWidget *widget)
{
  return GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW));
}

static void
scroll (Bench *self, GtkAdjustment *adjustment, const char *name, const char *size)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  double reach = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  frame_watch_label (&self->watch, name);
  for (int i = 0; i < N_FRAMES && reach > 1; i++)
    {
      gint64 us;

      frame_watch_begin (&self->watch, is_any, self);
      gtk_adjustment_set_value (adjustment, fmod (gtk_adjustment_get_value (adjustment) + 37, reach));
      us = frame_watch_end (&self->watch, name);
      g_array_append_val (times, us);
    }
  frame_watch_tell (&self->watch, name, times, size);
}

static gboolean
has_icon (GtkWidget *widget, gconstpointer name)
{
  return g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), name) == 0;
}

/* It is there when it has been shown once. */
static ZqFlowView *
find_flow (Bench *self, GtkWidget *button)
{
  GtkWidget *page = GTK_WIDGET (get_page (self)), *flow;

  g_signal_emit_by_name (button, "clicked");
  frame_watch_rest (&self->watch);
  flow = ui_find (page, ZQ_TYPE_FLOW_VIEW, NULL, NULL);
  zq_record_page_back (ZQ_RECORD_PAGE (page));
  frame_watch_rest (&self->watch);

  return ZQ_FLOW_VIEW (flow);
}

static void
bench_flowsheet (Bench *self)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  GtkWidget *page, *button, *list;
  ZqFlowGrid *grid;

  open_patient (self, LARGE, "timeline");
  page = GTK_WIDGET (get_page (self));
  button = ui_find (page, GTK_TYPE_BUTTON, has_icon, "view-grid-symbolic");
  list = ui_find (page, GTK_TYPE_GRID_VIEW, NULL, NULL);
  /* The newest item is the report whose tests are shown. */
  g_signal_emit_by_name (list, "activate", 0);
  grid = zq_flow_view_get_grid (find_flow (self, button));
  zq_flow_grid_set_record (grid, self->drawn);
  frame_watch_rest (&self->watch);
  frame_watch_label (&self->watch, "flowsheet-first");
  for (int i = 0; i < 20; i++)
    {
      gint64 us;

      g_string_truncate (self->drawn, 0);
      frame_watch_begin (&self->watch, is_drawn, self);
      g_signal_emit_by_name (button, "clicked");
      us = frame_watch_end (&self->watch, "flowsheet");
      g_array_append_val (times, us);
      frame_watch_rest (&self->watch);
      if (i < 19)
        zq_record_page_back (ZQ_RECORD_PAGE (page));
      frame_watch_rest (&self->watch);
    }
  frame_watch_tell (&self->watch, "flowsheet-first", times, "100 tests, 200 dates, of 40,000 results");
  zq_flow_grid_set_record (grid, NULL);
  scroll (self, gtk_scrolled_window_get_hadjustment (get_scroller (GTK_WIDGET (grid))), "flowsheet-scroll",
          "37 pixels across a frame");
  scroll (self, gtk_scrolled_window_get_vadjustment (get_scroller (GTK_WIDGET (grid))), "flowsheet-scroll-down",
          "37 pixels down a frame");
  zq_record_page_back (ZQ_RECORD_PAGE (page));
}

static void
pan (Bench *self, ZqChart *chart, double width, const char *name, const char *size)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 from, to, span;

  zq_chart_get_view (chart, &from, &to);
  span = (gint64)((double)(to - from) * width);
  to = from + span;
  frame_watch_label (&self->watch, name);
  for (int i = 0; i < N_FRAMES; i++)
    {
      gint64 us;

      from += span / 200;
      frame_watch_begin (&self->watch, is_any, self);
      zq_chart_set_view (chart, from, from + span);
      us = frame_watch_end (&self->watch, name);
      g_array_append_val (times, us);
    }
  frame_watch_tell (&self->watch, name, times, size);
}

static void
bench_chart (Bench *self)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  ZqFlowView *flow;
  GtkWidget *page;
  ZqChart *chart;

  open_patient (self, LARGE, "timeline");
  page = GTK_WIDGET (get_page (self));
  flow = find_flow (self, ui_find (page, GTK_TYPE_BUTTON, has_icon, "view-grid-symbolic"));
  g_signal_emit_by_name (flow, "trend", SYSTEM "|sensor", "glucose");
  frame_watch_rest (&self->watch);
  chart = ZQ_CHART (ui_find (page, ZQ_TYPE_CHART, NULL, NULL));
  zq_record_page_back (ZQ_RECORD_PAGE (page));
  frame_watch_rest (&self->watch);
  zq_chart_set_record (chart, self->drawn);
  frame_watch_label (&self->watch, "chart-first");
  for (int i = 0; i < 20; i++)
    {
      gint64 us;

      g_string_truncate (self->drawn, 0);
      frame_watch_begin (&self->watch, is_drawn, self);
      g_signal_emit_by_name (flow, "trend", SYSTEM "|sensor", "glucose");
      us = frame_watch_end (&self->watch, "chart");
      g_array_append_val (times, us);
      frame_watch_rest (&self->watch);
      if (i < 19)
        zq_record_page_back (ZQ_RECORD_PAGE (page));
      frame_watch_rest (&self->watch);
    }
  frame_watch_tell (&self->watch, "chart-first", times, "20,000 points");
  zq_chart_set_record (chart, NULL);
  pan (self, chart, 1, "chart-pan", "all 20,000 points in sight");
  pan (self, chart, 0.05, "chart-pan-near", "1,000 points in sight");
  zq_record_page_back (ZQ_RECORD_PAGE (page));
}

static cairo_status_t
take (void *data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);

  return CAIRO_STATUS_SUCCESS;
}

/* Pages of a hospital's report: lines of text and a few frames. */
static GBytes *
make_document (void)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (take, bytes, 595, 842);
  cairo_t *cr = cairo_create (surface);

  for (int i = 0; i < N_PAGES; i++)
    {
      for (int line = 0; line < 60; line++)
        {
          cairo_move_to (cr, 40, 50 + line * 12.5);
          cairo_show_text (cr, "glucose 5.61 mmol/L 3.9-6.1 within the range of this laboratory, method: hexokinase");
        }
      cairo_rectangle (cr, 30, 30, 535, 782);
      cairo_stroke (cr);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (bytes);
}

static void
keep_document (Bench *self)
{
  g_autoptr (GBytes) bytes = make_document ();
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ZqAttachments *attachments = zq_store_get_attachments (self->ui.clinic.store);

  zq_attachments_keep_async (attachments, "Binary/pdf", stream, "application/pdf", 64 * 1024 * 1024, NULL, on_ready,
                             &result);
  g_assert_true (zq_test_wait_until (has_result, &result, DEADLINE_S));
  g_assert_true (zq_attachments_keep_finish (attachments, result, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
bench_pdf (Bench *self)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 row = fixture_row (&self->ui.clinic, "DiagnosticReport", "r0");
  ZqPolicy *policy = zq_context_get_policy (self->ui.clinic.context);
  g_autoptr (ZqReport) report = NULL;
  GtkWidget *page, *view, *list;

  keep_document (self);
  open_patient (self, LARGE, "timeline");
  page = GTK_WIDGET (get_page (self));
  list = ui_find (page, GTK_TYPE_GRID_VIEW, NULL, NULL);
  /* Opened, or closed and opened again. */
  for (view = NULL; view == NULL; view = ui_find (page, ZQ_TYPE_REPORT_VIEW, NULL, NULL))
    {
      g_signal_emit_by_name (list, "activate", 0);
      frame_watch_rest (&self->watch);
    }
  report = zq_report_load (fixture_db (&self->ui.clinic), policy, row);
  g_assert_cmpuint (report->files->len, ==, 1);
  frame_watch_label (&self->watch, "pdf-first");
  for (int i = 0; i < 20; i++)
    {
      gint64 us;

      frame_watch_begin (&self->watch, pdf_shown, self);
      g_signal_emit_by_name (view, "file", report->files->pdata[0]);
      us = frame_watch_end (&self->watch, "pdf");
      g_array_append_val (times, us);
      frame_watch_rest (&self->watch);
      zq_record_page_back (ZQ_RECORD_PAGE (page));
      frame_watch_rest (&self->watch);
    }
  frame_watch_tell (&self->watch, "pdf-first", times, "20 pages of text, held here");
}

static const struct
{
  const char *name;
  void (*run) (Bench *self);
} benches[] = {
  { "timeline", bench_timeline },
  { "flowsheet", bench_flowsheet },
  { "chart", bench_chart },
  { "pdf", bench_pdf },
};

int
main (int argc, char **argv)
{
  Bench self = { .scale = 1 };
  const GOptionEntry entries[] = { { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &self.scale, "Of the record", "F" },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  ui_init (&argc, &argv);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  self.drawn = g_string_new (NULL);
  ui_set_up (&self.ui, NULL);
  fill (&self);
  ui_reopen (&self.ui);
  frame_watch_start (&self.watch, GTK_WIDGET (self.ui.window));
  ui_open (&self.ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (self.ui.window), "win.timeline", NULL);
  frame_watch_rest (&self.watch);
  for (gsize i = 0; i < G_N_ELEMENTS (benches); i++)
    if (argc < 2 || g_strv_contains ((const char *const *)argv + 1, benches[i].name))
      benches[i].run (&self);
  frame_watch_stop (&self.watch);
  ui_tear_down (&self.ui, NULL);
  g_string_free (self.drawn, TRUE);

  return 0;
}
