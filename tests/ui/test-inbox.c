/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-row.h"
#include "ui/fixture.h"

static gboolean
is_row_of (GtkWidget *widget, gconstpointer key)
{
  ZqConsultRow *row = zq_inbox_row_get_row (ZQ_INBOX_ROW (widget));

  return row != NULL && zq_consult_row_get_key (row) == *(const gint64 *)key;
}

static char *
words_of (Ui *ui, const char *server_id)
{
  gint64 key = ui_task (ui, server_id);
  GtkWidget *row = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_INBOX_ROW, is_row_of, &key);

  g_assert_nonnull (row);
  return zq_inbox_row_dup_words (ZQ_INBOX_ROW (row));
}

static void
test_row (Ui *ui, gconstpointer data)
{
  g_autofree char *words = words_of (ui, "1");

  g_assert_cmpstr (words, ==, "Wang Fang, female 67, complaint 1, 23 h left, 1 unread message");
  ui_expect (ui, "Wang Fang");
  ui_expect (ui, "female 67");
  ui_expect (ui, "complaint 1");
  ui_expect (ui, "23 h left");
}

static void
test_overdue (Ui *ui, gconstpointer data)
{
  ui_pass (ui, 26 * ZQ_TEST_HOUR_US);
  ui_expect (ui, "overdue 2 h");
  ui_expect (ui, "Yesterday");
}

static void
test_urgent_draft_waiting (Ui *ui, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *scope = zq_consult_draft_scope (ui_task (ui, "2"));
  ZqUndo *undo = fixture_set_urgent (&ui->clinic, ui_task (ui, "2"), TRUE, &error);

  g_assert_no_error (error);
  zq_undo_free (undo);
  ui_expect (ui, "Waiting to be sent");
  fixture_draft (&ui->clinic, scope, "half a");
  ui_expect (ui, "Draft");
  ui_frames (ui, 2);
  {
    g_autofree char *words = words_of (ui, "2");

    g_assert_nonnull (strstr (words, ", Urgent, "));
    g_assert_nonnull (strstr (words, ", Draft"));
  }
}

static void
test_views (Ui *ui, gconstpointer data)
{
  ui_expect_gone (ui, "complaint 3");
  zq_inbox_set_view (zq_window_get_inbox (ui->window), ZQ_VIEW_POOL);
  ui_expect (ui, "complaint 3");
  ui_expect_gone (ui, "complaint 1");
}

static void
test_empty (Ui *ui, gconstpointer data)
{
  zq_inbox_set_view (zq_window_get_inbox (ui->window), ZQ_VIEW_CLOSED);
  ui_expect (ui, "Nothing Fetched Yet");
  g_assert_false (ui_shows (ui, "Nothing Is Closed Yet"));
  zq_session_status_set_state (ui->status, ZQ_SESSION_SYNCED, ZQ_TEST_START_US);
  ui_expect (ui, "Nothing Is Closed Yet");
  ui_expect (ui, "As of 10:00");
}

static void
test_news (Ui *ui, gconstpointer data)
{
  guint n;

  zq_session_status_set_state (ui->status, ZQ_SESSION_SYNCED, ZQ_TEST_START_US);
  ui_frames (ui, 2);
  n = g_list_model_get_n_items (zq_inbox_get_list (zq_window_get_inbox (ui->window)));
  fixture_consult (&ui->clinic, 4, "Practitioner/me", "in-consultation", "1");
  fixture_message (&ui->clinic, 4, "m4", "Patient/2", -5, "hello");
  ui_expect (ui, "1 new consultation");
  g_assert_cmpuint (g_list_model_get_n_items (zq_inbox_get_list (zq_window_get_inbox (ui->window))), ==, n);
  g_signal_emit_by_name (ui_button (ui, "1 new consultation"), "clicked");
  ui_expect (ui, "complaint 4");
}

static void
test_status (Ui *ui, gconstpointer data)
{
  zq_session_status_set_state (ui->status, ZQ_SESSION_SYNCED, ZQ_TEST_START_US);
  ui_expect (ui, "synced 10:00");
  zq_session_status_set_state (ui->status, ZQ_SESSION_OFFLINE, ZQ_TEST_START_US);
  ui_expect (ui, "offline since 10:00 — everything is kept");
}

static void
test_fold (Ui *ui, gconstpointer data)
{
  ZqFold *fold = zq_window_get_fold (ui->window);

  g_assert_false (zq_fold_is_folded (fold));
  gtk_window_set_default_size (GTK_WINDOW (ui->window), 400, 600);
  ui_expect (ui, "complaint 1");
  while (!zq_fold_is_folded (fold))
    ui_frames (ui, 1);
  ui_open (ui, "1");
  ui_expect_gone (ui, "complaint 2");
  ui_expect (ui, "Reply to Wang Fang female 67");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.back", NULL);
  ui_expect (ui, "complaint 2");
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/inbox/row-says-who-what-and-time-left", test_row);
  ADD ("/inbox/overdue-is-a-word-when-the-time-comes", test_overdue);
  ADD ("/inbox/urgent-draft-and-waiting-are-words", test_urgent_draft_waiting);
  ADD ("/inbox/views-show-their-own", test_views);
  ADD ("/inbox/empty-is-said-only-after-a-sync-and-as-of-when", test_empty);
  ADD ("/inbox/news-waits-on-top", test_news);
  ADD ("/inbox/status-says-how-the-link-is", test_status);
  ADD ("/inbox/narrow-window-folds", test_fold);
  return g_test_run ();
}
