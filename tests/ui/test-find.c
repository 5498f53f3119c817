/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/find/hit-widget.h"
#include "ui/find/page.h"
#include "ui/fixture.h"

/* Chinese names beside those of the fixture, and words to be found. */
static void
set_up (Ui *ui, gconstpointer data)
{
  ui_set_up (ui, data);
  fixture_take (&ui->clinic,
                "{'resourceType':'Patient','id':'1','meta':{'versionId':'2','lastUpdated':'%s'},"
                "'name':[{'text':'王小明'}],'gender':'female','birthDate':'1959-03-01'}",
                at_minute (-9));
  fixture_message (&ui->clinic, 2, "f1", "Patient/2", -8, "昨天开始头晕，血糖 11.2");
  fixture_message (&ui->clinic, 1, "f2", "Patient/1", -7, "头晕好多了");
  ui_frames (ui, 2);
}

static ZqFindPage *
page_of (Ui *ui)
{
  return ZQ_FIND_PAGE (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_FIND_PAGE, NULL, NULL));
}

static gboolean
is_idle (gpointer data)
{
  return page_of (data) != NULL && !zq_find_page_is_busy (page_of (data));
}

static void
type (Ui *ui, const char *text)
{
  gtk_editable_set_text (zq_find_page_get_entry (page_of (ui)), text);
  ui_frames (ui, 10); /* past the entry's own delay */
  g_assert_true (zq_test_wait_until (is_idle, ui, 10));
  ui_frames (ui, 3);
}

static guint
count (Ui *ui, ZqHitForm form, ZqFindKind kind)
{
  GListModel *rows = zq_find_page_get_rows (page_of (ui));
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (ZqHitRow) row = g_list_model_get_item (rows, i);

      if (zq_hit_row_get_form (row) == form && zq_hit_row_get_kind (row) == kind)
        n++;
    }
  return n;
}

static void
test_pinyin (Ui *ui, gconstpointer data)
{
  ui_xdotool (ui, "key ctrl+k");
  g_assert_nonnull (page_of (ui));
  ui_xdotool (ui, "type --delay 15 'wangxm'");
  ui_frames (ui, 12);
  g_assert_true (zq_test_wait_until (is_idle, ui, 10));
  ui_expect (ui, "王小明");
  g_assert_cmpuint (count (ui, ZQ_HIT_FOUND, ZQ_FIND_PATIENT), ==, 1);
  ui_keep_picture (ui, "find");
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "Reply to 王小明 female 67");
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, ui_task (ui, "1"));
  g_assert_false (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
}

static void
test_enter_waits (Ui *ui, gconstpointer data)
{
  ui_xdotool (ui, "key ctrl+k");
  /* Faster than the answer. */
  ui_xdotool (ui, "type --delay 0 'wxm'");
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "Reply to 王小明 female 67");
}

/* The entry tells late that it has changed: by then Enter has asked for the same already. */
static void
test_enter_once (Ui *ui, gconstpointer data)
{
  GtkEditable *entry;

  ui_xdotool (ui, "key ctrl+k");
  entry = zq_find_page_get_entry (page_of (ui));
  gtk_editable_set_text (entry, "wxm");
  g_signal_emit_by_name (entry, "activate");
  g_signal_emit_by_name (entry, "search-changed");
  ui_expect (ui, "Reply to 王小明 female 67");
}

static void
test_words (Ui *ui, gconstpointer data)
{
  ui_xdotool (ui, "key ctrl+k");
  type (ui, "头晕");
  g_assert_cmpuint (count (ui, ZQ_HIT_FOUND, ZQ_FIND_MESSAGE), ==, 2);
  g_assert_cmpuint (count (ui, ZQ_HIT_HEADING, ZQ_FIND_MESSAGE), ==, 1);
  ui_keep_picture (ui, "find-words");
  type (ui, "没有这样的话");
  ui_expect (ui, "Nothing Found");
}

static void
test_escape (Ui *ui, gconstpointer data)
{
  ZqInbox *inbox = zq_window_get_inbox (ui->window);
  gint64 selected;

  ui_open (ui, "2");
  selected = zq_inbox_get_selected (inbox);
  ui_xdotool (ui, "key ctrl+k");
  type (ui, "王小明");
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "Reply to 王小明 female 67");
  /* The one that is open is the one that is selected, wherever it is shown. */
  g_assert_cmpint (zq_inbox_get_selected (inbox), ==, ui_task (ui, "1"));
  ui_xdotool (ui, "key Escape Escape");
  ui_frames (ui, 5);
  g_assert_null (page_of (ui));
  g_assert_cmpint (zq_inbox_get_selected (inbox), ==, selected);
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, selected);
}

static void
test_recent (Ui *ui, gconstpointer data)
{
  ui_open (ui, "2");
  zq_test_settle ();
  ui_xdotool (ui, "key ctrl+k");
  ui_frames (ui, 10);
  g_assert_true (zq_test_wait_until (is_idle, ui, 10));
  g_assert_cmpuint (count (ui, ZQ_HIT_FOUND, ZQ_FIND_CONSULT), >=, 1);
  ui_expect (ui, "Li Lei");
}

/* A pool of widgets for what is on the screen, however much is found. */
static void
test_bounded (Ui *ui, gconstpointer data)
{
  guint n = 0;

  for (int i = 0; i < 120; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", -6, "血压 130");
    }
  ui_xdotool (ui, "key ctrl+k");
  type (ui, "血压");
  g_assert_cmpuint (count (ui, ZQ_HIT_FOUND, ZQ_FIND_MESSAGE), ==, 8);
  g_assert_cmpuint (count (ui, ZQ_HIT_MORE, ZQ_FIND_MESSAGE), ==, 1);
  for (int i = 0; i < 8; i++)
    ui_xdotool (ui, "key Down");
  ui_xdotool (ui, "key Return");
  ui_frames (ui, 5);
  g_assert_true (zq_test_wait_until (is_idle, ui, 10));
  n = count (ui, ZQ_HIT_FOUND, ZQ_FIND_MESSAGE);
  g_assert_cmpuint (n, ==, 58);
  g_assert_cmpuint (count (ui, ZQ_HIT_MORE, ZQ_FIND_MESSAGE), ==, 1);
}

/* Keeps the reader thread until it is opened. */
typedef struct
{
  GMutex mutex;
  GCond cond;
  gboolean is_open;
} Gate;

static gpointer
wait_at_gate (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Gate *gate = data;

  g_mutex_lock (&gate->mutex);
  while (!gate->is_open)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
  return gate;
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->is_open = TRUE;
  g_cond_signal (&gate->cond);
  g_mutex_unlock (&gate->mutex);
}

static void
test_slow (Ui *ui, gconstpointer data)
{
  static Gate gate; /* outlives the reader's look */

  ui_xdotool (ui, "key ctrl+k");
  type (ui, "头晕");
  g_assert_false (ui_shows (ui, "Searching…"));
  zq_store_read_async (ui->clinic.store, wait_at_gate, &gate, NULL, NULL, NULL, NULL, NULL);
  gtk_editable_set_text (zq_find_page_get_entry (page_of (ui)), "头晕好");
  g_signal_emit_by_name (zq_find_page_get_entry (page_of (ui)), "search-changed");
  ui_pass (ui, 100 * 1000);
  g_assert_false (ui_shows (ui, "Searching…"));
  /* Who types on waits no shorter for it. */
  gtk_editable_set_text (zq_find_page_get_entry (page_of (ui)), "头晕好多");
  g_signal_emit_by_name (zq_find_page_get_entry (page_of (ui)), "search-changed");
  ui_pass (ui, 60 * 1000);
  g_assert_true (ui_shows (ui, "Searching…"));
  ui_keep_picture (ui, "find-searching");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (zq_find_page_get_entry (page_of (ui))),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Searching…");
  open_gate (&gate);
  ui_expect_gone (ui, "Searching…");
  g_assert_cmpuint (count (ui, ZQ_HIT_FOUND, ZQ_FIND_MESSAGE), ==, 1);
  ui_pass (ui, G_USEC_PER_SEC);
  g_assert_false (ui_shows (ui, "Searching…"));
}

#define ADD(path, func) g_test_add (path, Ui, NULL, set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/find/pinyin-and-enter-open-the-patient", test_pinyin);
  ADD ("/find/enter-waits-for-what-was-typed", test_enter_waits);
  ADD ("/find/enter-is-not-forgotten-when-the-entry-tells-late", test_enter_once);
  ADD ("/find/messages-by-words", test_words);
  ADD ("/find/escape-gives-the-inbox-back-as-it-was", test_escape);
  ADD ("/find/recent-ones-when-nothing-is-typed", test_recent);
  ADD ("/find/a-page-at-a-time", test_bounded);
  ADD ("/find/a-slow-search-says-so-and-a-fast-one-does-not", test_slow);
  return g_test_run ();
}
