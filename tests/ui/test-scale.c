/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window on 1,000 and on 100,000 consultations: what the first frame, the next item and a page of the search read
 * and make is the same, to the row and to the widget. */
#include "ui/find/page.h"
#include "ui/fixture.h"

#include "resource/bundle.h"
#include "resource/datetime.h"

#define SMALL      1000
#define LARGE      100000
#define FIRST      10 /* Task/1 to Task/3 are of the fixture */
#define PAGE       500
#define A_PATIENT  5 /* consultations */
#define MAX_PAGES  4
#define DEADLINE_S 120

/* --- widgets made ----------------------------------------------------------------------------- */

static guint n_made;
static void (*constructed) (GObject *object);

static void
count_constructed (GObject *object)
{
  n_made++;
  constructed (object);
}

/* Before any other class of widgets is there: each of them calls its parent's. */
static void
count_widgets_made (void)
{
  GObjectClass *widget;

  gtk_init ();
  widget = g_type_class_ref (GTK_TYPE_WIDGET);
  constructed = widget->constructed;
  widget->constructed = count_constructed;
}

/* --- the store -------------------------------------------------------------------------------- */

static void
on_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ingested->unreadable, ==, 0);
  --*(guint *)data;
}

static void
append (GString *page, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_string_append (page, page->len > 0 ? ",{\"resource\":" : "{\"resource\":");
  g_string_append (page, g_strdelimit (text, "'", '"'));
  g_string_append_c (page, '}');
}

#define TAGS "'tag':[{'system':'https://zhenqiao.org/fhir/department','code':'endo'}]"
#define CATEGORY                                                                                                       \
  "'category':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'%s'}]}]"

/* Consultation i, of patient i / 5: each further one is newer, so that the first ones stay on top of the list. */
static void
append_consult (GString *page, int i)
{
  int patient = FIRST + i / A_PATIENT;
  g_autofree char *at = zq_instant_format (ZQ_TEST_START_US - 20 * ZQ_TEST_HOUR_US + i * G_USEC_PER_SEC / 2);

  if (i % A_PATIENT == 0)
    append (page,
            "{'resourceType':'Patient','id':'%d','meta':{'versionId':'1','lastUpdated':'%s'},"
            "'name':[{'text':'王小明'}],'gender':'female','birthDate':'1959-03-01'}",
            patient, at);
  append (page,
          "{'resourceType':'Communication','id':'t%d','meta':{'versionId':'1','lastUpdated':'%s'," TAGS "},"
          "'status':'in-progress'," CATEGORY ",'subject':{'reference':'Patient/%d'}}",
          FIRST + i, at, "thread", patient);
  append (page,
          "{'resourceType':'Task','id':'%d','meta':{'versionId':'1','lastUpdated':'%s'," TAGS "},"
          "'status':'in-progress','businessStatus':{'coding':[{'system':"
          "'https://zhenqiao.org/fhir/CodeSystem/consultation-status','code':'in-consultation'}]},"
          "'intent':'order','priority':'routine','code':{'coding':[{'system':"
          "'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'advice'}]},'focus':{'reference':"
          "'Communication/t%d'},'for':{'reference':'Patient/%d'},'requester':{'reference':'Patient/%d'},"
          "'owner':{'reference':'Practitioner/me'},'authoredOn':'%s','reasonCode':{'text':'血糖高'}}",
          FIRST + i, at, FIRST + i, patient, patient, at);
  append (page,
          "{'resourceType':'Communication','id':'m%d','meta':{'versionId':'1','lastUpdated':'%s'," TAGS "},"
          "'status':'completed'," CATEGORY ",'partOf':[{'reference':'Communication/t%d'}],'subject':{'reference':"
          "'Patient/%d'},'sender':{'reference':'Patient/%d'},'sent':'%s','payload':[{'contentString':"
          "'昨天的血糖是十一点二'}]}",
          FIRST + i, at, "message", FIRST + i, patient, patient, at);
}

static gboolean
has_room (gpointer data)
{
  return *(guint *)data < MAX_PAGES;
}

static gboolean
is_zero (gpointer data)
{
  return *(guint *)data == 0;
}

static void
take_consults (Ui *ui, int from, int to)
{
  guint n_pages = 0;

  for (int i = from; i < to; i += PAGE)
    {
      g_autoptr (GString) text = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
      g_autoptr (GString) page = g_string_new (NULL);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (ZqBundle) bundle = NULL;
      g_autoptr (GError) error = NULL;

      for (int n = i; n < MIN (i + PAGE, to); n++)
        append_consult (page, n);
      g_string_append_printf (text, "%s]}", page->str);
      bytes = g_bytes_new (text->str, text->len);
      bundle = zq_bundle_read (bytes, &error);
      g_assert_no_error (error);
      n_pages++;
      zq_store_ingest_async (ui->clinic.store, bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested, &n_pages);
      g_assert_true (zq_test_wait_until (has_room, &n_pages, DEADLINE_S));
    }
  g_assert_true (zq_test_wait_until (is_zero, &n_pages, DEADLINE_S));
}

/* --- the reader's work ------------------------------------------------------------------------ */

static gpointer
read_counts (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  ZqDbCounts *counts = g_new (ZqDbCounts, 1);

  zq_db_get_counts (db, counts);
  return counts;
}

static void
on_counts (GObject *source, GAsyncResult *result, gpointer data)
{
  *(ZqDbCounts **)data = zq_store_read_finish (ZQ_STORE (source), result, NULL);
}

static gboolean
is_there (gpointer data)
{
  return *(gpointer *)data != NULL;
}

/* --- what is measured ------------------------------------------------------------------------- */

typedef struct
{
  guint64 statements, rows, steps;                      /* on the main thread */
  guint64 reader_statements, reader_rows, reader_steps; /* beside it */
  guint64 widgets;
} Work;

static Work
work_so_far (Ui *ui)
{
  ZqDbCounts main;
  g_autofree ZqDbCounts *reader = NULL;

  zq_store_read_async (ui->clinic.store, read_counts, NULL, NULL, g_free, NULL, on_counts, &reader);
  g_assert_true (zq_test_wait_until (is_there, &reader, DEADLINE_S));
  zq_db_get_counts (fixture_db (&ui->clinic), &main);
  return (Work){ main.statements, main.rows, main.steps, reader->statements, reader->rows, reader->steps, n_made };
}

static void
take_away (Work *work, const Work *before)
{
  work->statements -= before->statements;
  work->rows -= before->rows;
  work->steps -= before->steps;
  work->reader_statements -= before->reader_statements;
  work->reader_rows -= before->reader_rows;
  work->reader_steps -= before->reader_steps;
  work->widgets -= before->widgets;
}

static gboolean
is_complete (gpointer data)
{
  Ui *ui = data;

  return zq_list_is_complete (ZQ_LIST (zq_inbox_get_list (zq_window_get_inbox (ui->window))));
}

static void
rest (Ui *ui)
{
  g_assert_true (zq_test_wait_until (is_complete, ui, DEADLINE_S));
  ui_frames (ui, 12);
}

/* A new process: the window, its first rows. What the reader does for the length of the list is not waited for. */
static void
first_frame (Ui *ui, Work *work)
{
  guint made = n_made;

  ui_reopen (ui);
  rest (ui);
  *work = work_so_far (ui);
  work->widgets -= made;
  work->reader_statements = work->reader_rows = work->reader_steps = 0;
}

static void
next_item (Ui *ui, Work *work)
{
  Work before;
  gint64 open;

  /* Not what is made once. */
  for (guint i = 0; i < 6; i++)
    {
      ui_xdotool (ui, "key j");
      rest (ui);
    }
  open = zq_inbox_get_selected (zq_window_get_inbox (ui->window));
  before = work_so_far (ui);
  ui_xdotool (ui, "key j");
  rest (ui);
  *work = work_so_far (ui);
  take_away (work, &before);
  g_assert_cmpint (zq_inbox_get_selected (zq_window_get_inbox (ui->window)), !=, open);
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==,
                   zq_inbox_get_selected (zq_window_get_inbox (ui->window)));
}

static ZqFindPage *
find_page (Ui *ui)
{
  return ZQ_FIND_PAGE (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_FIND_PAGE, NULL, NULL));
}

static gboolean
is_idle (gpointer data)
{
  return !zq_find_page_is_busy (find_page (data));
}

static void
look_for (Ui *ui, const char *text)
{
  gtk_editable_set_text (zq_find_page_get_entry (find_page (ui)), text);
  ui_frames (ui, 10); /* past the entry's own delay */
  g_assert_true (zq_test_wait_until (is_idle, ui, DEADLINE_S));
  ui_frames (ui, 6);
}

/* Eight patients by their pinyin, eight complaints and eight messages by their words. */
static void
search_page (Ui *ui, const char *text, Work *work)
{
  Work before;

  ui_xdotool (ui, "key ctrl+k");
  look_for (ui, "头痛");
  before = work_so_far (ui);
  look_for (ui, text);
  *work = work_so_far (ui);
  take_away (work, &before);
  g_assert_cmpuint (g_list_model_get_n_items (zq_find_page_get_rows (find_page (ui))), >, 8);
  ui_xdotool (ui, "key Escape Escape");
  rest (ui);
}

enum
{
  FIRST_FRAME,
  NEXT_ITEM,
  WORDS,
  PINYIN,
  N_SCREENS
};

static void
measure (Ui *ui, Work *works)
{
  first_frame (ui, &works[FIRST_FRAME]);
  next_item (ui, &works[NEXT_ITEM]);
  search_page (ui, "血糖", &works[WORDS]);
  search_page (ui, "wang", &works[PINYIN]);
}

static char *
words_of (const Work *work)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " statements, %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT
                          " steps, beside it %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
                          "; %" G_GUINT64_FORMAT " widgets",
                          work->statements, work->rows, work->steps, work->reader_statements, work->reader_rows,
                          work->reader_steps, work->widgets);
}

/* A step of SQLite's machine more or less is where an index's page ends; a scan would be hundredfold. */
static gboolean
is_same (const Work *a, const Work *b)
{
  return a->statements == b->statements && a->rows == b->rows && a->reader_statements == b->reader_statements &&
         a->reader_rows == b->reader_rows && a->widgets == b->widgets && b->steps <= a->steps + a->steps / 10 &&
         b->reader_steps <= a->reader_steps + a->reader_steps / 10;
}

static void
test_work (Ui *ui, gconstpointer data)
{
  static const char *const names[N_SCREENS] = { "first frame", "next item", "search by words", "search by pinyin" };
  Work small[N_SCREENS], large[N_SCREENS];
  guint n_worse = 0;

  take_consults (ui, 0, SMALL - 3);
  measure (ui, small);
  take_consults (ui, SMALL - 3, LARGE - 3);
  measure (ui, large);
  for (guint i = 0; i < N_SCREENS; i++)
    {
      g_autofree char *before = words_of (&small[i]);
      g_autofree char *after = words_of (&large[i]);

      g_test_message ("%s: %s; then %s", names[i], before, after);
      n_worse += !is_same (&small[i], &large[i]);
    }
  g_assert_cmpint (fixture_number (&ui->clinic, "SELECT count(*) FROM consult WHERE ?", 1), ==, LARGE);
  g_assert_cmpuint (n_worse, ==, 0);
}

int
main (int argc, char **argv)
{
  count_widgets_made ();
  ui_init (&argc, &argv);
  g_test_add ("/scale/window-costs-the-same-at-1000-and-100000", Ui, NULL, ui_set_up, test_work, ui_tear_down);
  return g_test_run ();
}
