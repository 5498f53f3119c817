/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-row.h"
#include "ui/consult/inbox-selection.h"
#include "ui/fixture.h"

#include "resource/bundle.h"

#include <string.h>

static gint64
n_intents (Ui *ui, const char *action)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM intent WHERE action = '%s' AND ?", action);

  return fixture_number (&ui->clinic, g_intern_string (sql), 1);
}

static ZqInbox *
inbox_of (Ui *ui)
{
  return zq_window_get_inbox (ui->window);
}

static guint
n_rows (Ui *ui)
{
  return g_list_model_get_n_items (zq_inbox_get_list (inbox_of (ui)));
}

typedef struct
{
  Ui *ui;
  guint n;
} Rows;

static gboolean
has_rows (gpointer data)
{
  Rows *rows = data;

  return n_rows (rows->ui) == rows->n && zq_list_is_complete (ZQ_LIST (zq_inbox_get_list (inbox_of (rows->ui))));
}

static void
expect_rows (Ui *ui, guint n)
{
  Rows rows = { ui, n };

  g_assert_true (zq_test_wait_until (has_rows, &rows, 20));
  ui_frames (ui, 3);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
is_there (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

static void
take (Ui *ui, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (ZqBundle) bundle = zq_bundle_read (bytes, &error);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqIngested) ingested = NULL;

  g_assert_no_error (error);
  zq_store_ingest_async (ui->clinic.store, bundle, ZQ_PRIORITY_SYNC, NULL, NULL, NULL, on_taken, &result);
  g_assert_true (zq_test_wait_until (is_there, &result, 120));
  ingested = zq_store_ingest_finish (ui->clinic.store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ingested->unreadable, ==, 0);
}

/* So many more consultations of mine, from Task/@from on, all of patient 2 and as one page. */
static void
take_more (Ui *ui, int from, int n)
{
  g_autoptr (GString) text = g_string_new ("{'resourceType':'Bundle','type':'searchset','entry':[");

  for (int i = from; i < from + n; i++)
    g_string_append_printf (
        text,
        "%s{'resource':{'resourceType':'Task','id':'%d','meta':{'versionId':'1','lastUpdated':'%s','tag':[{'system':"
        "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'in-progress','businessStatus':{'coding':["
        "{'system':'https://zhenqiao.org/fhir/CodeSystem/consultation-status','code':'in-consultation'}]},"
        "'intent':'order','priority':'routine','code':{'coding':[{'system':"
        "'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'advice'}]},'focus':{'reference':'Communication/t2'},"
        "'for':{'reference':'Patient/2'},'requester':{'reference':'Patient/2'},'owner':{'reference':"
        "'Practitioner/me'},'authoredOn':'%s','reasonCode':{'text':'complaint %d'}}}",
        i == from ? "" : ",", i, at_minute (1), at_minute (-60 + i % 50), i);
  g_string_append (text, "]}");
  take (ui, g_strdelimit (text->str, "'", '"'));
}

/* --- several at once -------------------------------------------------------------------------- */

static void
test_x_marks (Ui *ui, gconstpointer data)
{
  take_more (ui, 10, 8);
  expect_rows (ui, 10);
  ui_xdotool (ui, "key j x j j x");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 2);
  ui_expect (ui, "2 marked");
  g_assert_nonnull (ui_button (ui, "Close those that are marked (E)"));
  g_assert_null (ui_button (ui, "Open those that are marked again (O)"));
  ui_xdotool (ui, "key Escape");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 0);
  ui_expect_gone (ui, "2 marked");
  ui_xdotool (ui, "key shift+j shift+j shift+k");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 2);
}

static gboolean
is_row_of (GtkWidget *widget, gconstpointer key)
{
  return zq_inbox_row_get_key (ZQ_INBOX_ROW (widget)) == *(const gint64 *)key;
}

static void
click (Ui *ui, guint position, const char *modifier)
{
  gint64 key = zq_list_get_key (ZQ_LIST (zq_inbox_get_list (inbox_of (ui))), position);
  GtkWidget *row = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_INBOX_ROW, is_row_of, &key);
  graphene_rect_t bounds;
  g_autofree char *words = NULL;
  double dx, dy;

  g_assert_nonnull (row);
  g_assert_true (gtk_widget_compute_bounds (row, GTK_WIDGET (ui->window), &bounds));
  gtk_native_get_surface_transform (GTK_NATIVE (ui->window), &dx, &dy);
  words = g_strdup_printf ("mousemove %d %d %s%s click 1 %s%s", (int)(bounds.origin.x + dx + 120),
                           (int)(bounds.origin.y + dy + 12), *modifier != '\0' ? "keydown " : "", modifier,
                           *modifier != '\0' ? "keyup " : "", modifier);
  ui_xdotool (ui, words);
  ui_frames (ui, 4);
}

static void
test_mouse (Ui *ui, gconstpointer data)
{
  gint64 open;

  take_more (ui, 10, 6);
  expect_rows (ui, 8);
  gtk_window_fullscreen (GTK_WINDOW (ui->window)); /* so that its corner is the display's */
  ui_frames (ui, 10);
  click (ui, 1, "");
  open = zq_inbox_get_selected (inbox_of (ui));
  g_assert_cmpint (open, ==, zq_list_get_key (ZQ_LIST (zq_inbox_get_list (inbox_of (ui))), 1));
  click (ui, 3, "ctrl");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 2);
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, open);
  click (ui, 3, "ctrl");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 1);
  click (ui, 4, "");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 0);
  click (ui, 6, "shift");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 3);
}

static void
test_most (Ui *ui, gconstpointer data)
{
  take_more (ui, 100, 248);
  expect_rows (ui, 250);
  ui_xdotool (ui, "key j ctrl+a");
  ui_expect (ui, "200 marked, the most at once");
}

static void
test_batch (Ui *ui, gconstpointer data)
{
  take_more (ui, 100, 48);
  expect_rows (ui, 50);
  ui_xdotool (ui, "key j ctrl+a");
  ui_expect (ui, "50 marked");
  ui_keep_picture (ui, "marks");
  ui_xdotool (ui, "key e");
  ui_keep_picture (ui, "outcomes");
  ui_xdotool (ui, "key 2");
  ui_expect (ui, "50 closed");
  g_assert_cmpint (n_intents (ui, "close"), ==, 50);
  g_assert_cmpuint (fixture_count (&ui->clinic, ZQ_VIEW_WAITING_FOR_ME), ==, 0);
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 0);
  g_signal_emit_by_name (ui_button (ui, "Undo"), "clicked");
  expect_rows (ui, 50);
  g_assert_cmpint (n_intents (ui, "close"), ==, 0);
}

/* Some of them cannot: one toast says how many, and why. */
static void
test_partly (Ui *ui, gconstpointer data)
{
  ZqInbox *inbox = inbox_of (ui);
  g_autoptr (GError) error = NULL;
  ZqUndo *undo = fixture_claim (&ui->clinic, ui_task (ui, "3"), &error);

  g_assert_no_error (error);
  zq_undo_free (undo);
  take_more (ui, 10, 1);
  expect_rows (ui, 4);
  ui_xdotool (ui, "key j ctrl+a");
  ui_expect (ui, "4 marked");
  /* A colleague closes one before it is done here. */
  fixture_consult (&ui->clinic, 2, "Practitioner/me", "closed", "2");
  zq_inbox_act_on_marked (inbox, ZQ_ACTION_CLOSE, "advised");
  ui_expect (ui, "closed");
}

static void
test_marks_stay (Ui *ui, gconstpointer data)
{
  gint64 key;

  take_more (ui, 10, 4);
  expect_rows (ui, 6);
  ui_xdotool (ui, "key j j j x");
  key = zq_inbox_get_selected (inbox_of (ui));
  /* More urgent ones come before it, others after it. */
  take_more (ui, 20, 20);
  expect_rows (ui, 26);
  g_assert_cmpint (zq_inbox_get_selected (inbox_of (ui)), ==, key);
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 1);
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, key);
  /* One that goes is no longer marked: nobody sees it. */
  ui_xdotool (ui, "key k x");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 2);
}

/* --- keys ------------------------------------------------------------------------------------- */

/* Of ten consultations five are answered by keys that close (J E Enter), two become urgent, two unread, one is handed
 * over. J, E, Enter: three keys for a closing; two for the others; nothing else. */
static void
test_ten (Ui *ui, gconstpointer data)
{
  static const char *const keys[] = {
    "j", "e", "Return", "j",      "e", "Return", "j", "e",       "2", "j",       "e", "Return", "j",
    "e", "1", "j",      "exclam", "j", "exclam", "j", "shift+u", "j", "shift+u", "j", "exclam",
  };

  take_more (ui, 10, 8);
  expect_rows (ui, 10);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *key = g_strconcat ("key ", keys[i], NULL);

      ui_xdotool (ui, key);
      ui_frames (ui, 4);
    }
  g_assert_cmpint (n_intents (ui, "close"), ==, 5);
  g_assert_cmpint (n_intents (ui, "set-priority"), ==, 3);
  g_assert_cmpuint (G_N_ELEMENTS (keys), <=, 3 * 5 + 2 * 5);
}

static void
test_next_thread (Ui *ui, gconstpointer data)
{
  ZqConsultPage *page = zq_window_get_page (ui->window);
  gint64 first, second;

  take_more (ui, 10, 2);
  expect_rows (ui, 4);
  ui_xdotool (ui, "key j j Return");
  first = zq_consult_page_get_key (page);
  ui_xdotool (ui, "key e Return");
  ui_expect (ui, "Closed");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.next-thread", NULL);
  ui_frames (ui, 10);
  second = zq_consult_page_get_key (page);
  g_assert_cmpint (second, !=, 0);
  g_assert_cmpint (second, !=, first);
  g_assert_cmpint (zq_inbox_get_selected (inbox_of (ui)), ==, second);
  g_assert_false (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
  expect_rows (ui, 3);
}

static void
test_send_next (Ui *ui, gconstpointer data)
{
  ZqConsultPage *page = zq_window_get_page (ui->window);
  gint64 first;

  take_more (ui, 10, 1);
  expect_rows (ui, 3);
  ui_xdotool (ui, "key j Return r");
  first = zq_consult_page_get_key (page);
  ui_xdotool (ui, "type --delay 15 'drink water'");
  ui_xdotool (ui, "key ctrl+shift+Return");
  ui_frames (ui, 12);
  zq_test_settle ();
  ui_frames (ui, 6);
  g_assert_cmpint (n_intents (ui, "send-message"), ==, 1);
  g_assert_cmpint (n_intents (ui, "close"), ==, 1);
  g_assert_cmpint (zq_consult_page_get_key (page), !=, first);
  g_assert_cmpint (zq_consult_page_get_key (page), !=, 0);
  g_assert_cmpint (zq_inbox_get_selected (inbox_of (ui)), ==, zq_consult_page_get_key (page));
  g_assert_false (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
}

/* Another conversation of the same patient has something that nobody has looked at. */
static void
test_send_next_unseen (Ui *ui, gconstpointer data)
{
  ZqConsultPage *page = zq_window_get_page (ui->window);
  gint64 open;

  fixture_take (&ui->clinic,
                "{'resourceType':'Communication','id':'t9','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'status':'in-progress','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'thread'}]}],"
                "'subject':{'reference':'Patient/2'}}",
                at_minute (-60));
  fixture_take (&ui->clinic,
                "{'resourceType':'Task','id':'9','meta':{'versionId':'1','lastUpdated':'%s','tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'in-progress','businessStatus':{"
                "'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/consultation-status','code':"
                "'in-consultation'}]},'intent':'order','priority':'routine','code':{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'advice'}]},'focus':{'reference':"
                "'Communication/t9'},'for':{'reference':'Patient/2'},'requester':{'reference':'Patient/2'},'owner':{"
                "'reference':'Practitioner/me'},'authoredOn':'%s','reasonCode':{'text':'complaint 9'}}",
                at_minute (1), at_minute (-5));
  fixture_take (&ui->clinic,
                "{'resourceType':'Communication','id':'m99','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'status':'completed','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'message'}]}],"
                "'partOf':[{'reference':'Communication/t9'}],'subject':{'reference':'Patient/2'},"
                "'sender':{'reference':'Patient/2'},'sent':'%s','payload':[{'contentString':'chest pain now'}]}",
                at_minute (-2), at_minute (-2));
  expect_rows (ui, 3);
  ui_open (ui, "2");
  open = zq_consult_page_get_key (page);
  ui_xdotool (ui, "key r");
  ui_xdotool (ui, "type --delay 15 'drink water'");
  ui_xdotool (ui, "key ctrl+shift+Return");
  ui_frames (ui, 12);
  ui_keep_picture (ui, "next-unseen");
  g_assert_cmpint (n_intents (ui, "close"), ==, 0);
  g_assert_cmpint (n_intents (ui, "send-message"), ==, 0);
  /* It is shown, its row is the selected one, and nobody writes to it by mistake. */
  g_assert_cmpint (zq_consult_page_get_key (page), !=, open);
  g_assert_cmpint (zq_consult_page_get_key (page), ==, ui_task (ui, "9"));
  g_assert_cmpint (zq_inbox_get_selected (inbox_of (ui)), ==, ui_task (ui, "9"));
  ui_expect (ui, "chest pain now");
  g_assert_false (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
}

static gboolean
is_unread (gpointer data)
{
  Ui *ui = data;

  return fixture_number (&ui->clinic, "SELECT unread FROM consult_summary WHERE id = ?", ui_task (ui, "1")) > 0;
}

static gboolean
is_read (gpointer data)
{
  return !is_unread (data);
}

/* Also while it stays on the screen. */
static void
test_unread (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_pass (ui, G_USEC_PER_SEC);
  ui_pass (ui, G_USEC_PER_SEC);
  g_assert_true (zq_test_wait_until (is_read, ui, 10));
  ui_xdotool (ui, "key u");
  ui_expect (ui, "Marked as unread");
  g_assert_true (zq_test_wait_until (is_unread, ui, 10));
  ui_pass (ui, G_USEC_PER_SEC);
  ui_pass (ui, 5 * G_USEC_PER_SEC);
  g_assert_true (is_unread (ui));
}

static void
test_composing (Ui *ui, gconstpointer data)
{
  gint64 open;

  take_more (ui, 10, 3);
  expect_rows (ui, 5);
  ui_xdotool (ui, "key j Return r");
  open = zq_consult_page_get_key (zq_window_get_page (ui->window));
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
  ui_xdotool (ui, "type --delay 15 'xaue'");
  ui_expect_typed (ui, "xaue");
  /* Half a word of an input method: not even keys with Ctrl. */
  g_signal_emit_by_name (ui_text_view (ui), "preedit-changed", "ni");
  ui_xdotool (ui, "key ctrl+k");
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (ui->window))));
  g_signal_emit_by_name (ui_text_view (ui), "preedit-changed", "");
  g_assert_cmpuint (zq_inbox_get_n_marked (inbox_of (ui)), ==, 0);
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, open);
}

/* Of the pool: nothing of it is mine to close. */
static void
test_not_allowed (Ui *ui, gconstpointer data)
{
  zq_inbox_set_view (inbox_of (ui), ZQ_VIEW_POOL);
  ui_expect (ui, "complaint 3");
  ui_xdotool (ui, "key j e");
  ui_expect (ui, "The hospital's rules do not allow this now");
  g_assert_cmpint (n_intents (ui, "close"), ==, 0);
  ui_xdotool (ui, "key x e");
  ui_expect (ui, "This cannot be done with those that are marked");
}

/* A name of 200 characters takes no room from what is beside it. */
static void
test_long (Ui *ui, gconstpointer data)
{
  g_autofree char *name = g_strnfill (200, 'W');
  int width = gtk_widget_get_width (GTK_WIDGET (inbox_of (ui)));

  fixture_take (&ui->clinic,
                "{'resourceType':'Patient','id':'1','meta':{'versionId':'2','lastUpdated':'%s'},"
                "'name':[{'text':'%s'}],'gender':'female','birthDate':'1959-03-01'}",
                at_minute (-9), name);
  ui_expect (ui, name);
  ui_frames (ui, 3);
  ui_keep_picture (ui, "long");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (inbox_of (ui))), ==, width);
  ui_expect (ui, "female 67");
  ui_expect (ui, "23 h left");
}

/* --- how much it costs ------------------------------------------------------------------------ */

static guint
count_widgets (GtkWidget *widget)
{
  guint n = 1;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child);
  return n;
}

static void
test_work (Ui *ui, gconstpointer data)
{
  guint few, many;

  take_more (ui, 1000, 998);
  expect_rows (ui, 1000);
  ui_reopen (ui);
  few = count_widgets (GTK_WIDGET (inbox_of (ui)));
  take_more (ui, 3000, 19000);
  ui_reopen (ui);
  g_assert_cmpuint (n_rows (ui), >=, 128);
  many = count_widgets (GTK_WIDGET (inbox_of (ui)));
  g_assert_cmpuint (few, ==, many);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/triage/x-and-shift-mark-and-escape-unmarks", test_x_marks);
  ADD ("/triage/ctrl-and-shift-click-mark", test_mouse);
  ADD ("/triage/so-many-at-once-and-no-more", test_most);
  ADD ("/triage/fifty-are-closed-and-taken-back-as-one", test_batch);
  ADD ("/triage/what-could-not-be-done-is-said-with-its-reason", test_partly);
  ADD ("/triage/marks-stay-with-their-rows-when-others-come", test_marks_stay);
  ADD ("/triage/ten-by-keyboard-only-in-so-many-keys", test_ten);
  ADD ("/triage/after-closing-the-next-thread-not-its-composer", test_next_thread);
  ADD ("/triage/send-close-next-lands-on-the-next-thread", test_send_next);
  ADD ("/triage/send-close-next-is-refused-while-something-is-unseen", test_send_next_unseen);
  ADD ("/triage/u-makes-unread-and-it-stays-so", test_unread);
  ADD ("/triage/letters-act-on-nothing-while-one-writes", test_composing);
  ADD ("/triage/what-may-not-be-done-is-said", test_not_allowed);
  ADD ("/triage/a-long-name-leaves-room", test_long);
  ADD ("/triage/first-frame-costs-the-same-at-1000-and-20000", test_work);
  return g_test_run ();
}
