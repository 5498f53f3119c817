/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble.h"
#include "ui/fixture.h"

#include <string.h>

static void
test_band (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_expect (ui, "Allergic: penicillin");
  ui_expect (ui, "Same name");
  ui_expect (ui, "Reply to Wang Fang female 67");
  ui_open (ui, "2");
  ui_expect (ui, "No allergies");
  ui_expect_gone (ui, "Same name");
  ui_expect (ui, "Reply to Li Lei male 46");
}

static void
test_pool (Ui *ui, gconstpointer data)
{
  zq_inbox_set_view (zq_window_get_inbox (ui->window), ZQ_VIEW_POOL);
  ui_frames (ui, 3);
  ui_open (ui, "3");
  ui_expect (ui, "Allergies not asked");
  g_signal_emit_by_name (ui_button (ui, "Claim"), "clicked");
  ui_expect (ui, "Claimed: it is yours now");
  ui_expect (ui, "Reply to Wang Fang male 27");
  g_signal_emit_by_name (ui_button (ui, "Undo"), "clicked");
  ui_expect (ui, "In the department's pool");
}

static void
test_markup (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  ui_expect (ui, "my sugar is <b>high</b> & rising");
}

static void
test_draft (Ui *ui, gconstpointer data)
{
  g_autofree char *two = NULL;

  ui_open (ui, "1");
  ui_type (ui, "drink water");
  ui_pass (ui, 300 * 1000);
  ui_expect (ui, "Draft kept on this computer");
  ui_type (ui, " now");
  ui_open (ui, "2");
  two = ui_typed (ui); /* at once: another patient's words may not be here for a moment */
  g_assert_cmpstr (two, ==, "");
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water now");
  ui_reopen (ui);
  ui_expect (ui, "Draft");
  ui_open (ui, "1");
  ui_expect_typed (ui, "drink water now");
}

static void
test_marks (Ui *ui, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPush) push = NULL;
  gint64 seq;

  ui_open (ui, "1");
  seq = fixture_send (&ui->clinic, ui_task (ui, "1"), "drink water", 0, &error);
  g_assert_no_error (error);
  ui_expect (ui, "kept here, waiting to be sent");
  push = fixture_prepare (&ui->clinic, seq);
  if (push->verdict == ZQ_VERDICT_GO)
    {
      fixture_settle (&ui->clinic, seq, ZQ_PUSH_REFUSED, NULL);
      ui_expect (ui, "Refused, kept here.");
    }
  else
    ui_expect (ui, "Not sent.");
  g_assert_nonnull (ui_button (ui, "Send Again"));
  g_signal_emit_by_name (ui_button (ui, "Take Back"), "clicked");
  ui_expect_gone (ui, "Refused, kept here.");
  ui_expect_gone (ui, "Not sent.");
  ui_expect_typed (ui, "drink water");
}

static void
test_read (Ui *ui, gconstpointer data)
{
  ui_expect (ui, "complaint 1");
  ui_open (ui, "1");
  ui_expect (ui, "New since you last read");
  g_assert_cmpint (fixture_number (&ui->clinic, "SELECT count(*) FROM intent WHERE action = 'mark-read' AND ?", 1), ==,
                   0);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_pass (ui, G_USEC_PER_SEC);
  g_assert_cmpint (fixture_number (&ui->clinic, "SELECT count(*) FROM intent WHERE action = 'mark-read' AND ?", 1), ==,
                   1);
}

static gboolean
is_scroller (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_ancestor (widget, g_type_from_name ("ZqThread")) != NULL;
}

static void
test_late_arrival (Ui *ui, gconstpointer data)
{
  GtkWidget *scroller;
  GtkAdjustment *v;
  double before;

  for (int i = 0; i < 30; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", -29 + i / 2, "a line");
    }
  ui_open (ui, "1");
  scroller = ui_find (GTK_WIDGET (ui->window), GTK_TYPE_SCROLLED_WINDOW, is_scroller, NULL);
  v = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  ui_read_all (ui);
  ui_pass (ui, G_USEC_PER_SEC);
  gtk_adjustment_set_value (v, 300);
  ui_frames (ui, 3);
  before = gtk_adjustment_get_value (v);
  fixture_message (&ui->clinic, 1, "late", "Patient/1", 1, "one more thing");
  ui_expect (ui, "1 new message");
  ui_frames (ui, 3);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (v), before, 1);
  g_signal_emit_by_name (ui_button (ui, "↓ 1 new message"), "clicked");
  ui_frames (ui, 10);
  ui_expect (ui, "one more thing");
  g_assert_cmpfloat (gtk_adjustment_get_value (v) + gtk_adjustment_get_page_size (v), >,
                     gtk_adjustment_get_upper (v) - 2);
}

static guint
n_bubbles (GtkWidget *widget)
{
  guint n = ZQ_IS_BUBBLE (widget) ? 1 : 0;
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += n_bubbles (child);
  return n;
}

static gboolean
is_message (GtkWidget *widget, gconstpointer data)
{
  ZqMessage *message = zq_bubble_get_message (ZQ_BUBBLE (widget));

  return message != NULL && zq_message_get_key (message) == *(const gint64 *)data;
}

/* Opens Task/1 anew and looks at each frame until all of the thread has rows: a message stands where it stood first.
 * @key: that one, at the head; 0: the last one, at the foot. */
static void
watch_opening (Ui *ui, gint64 key)
{
  ZqConsultPage *page = zq_window_get_page (ui->window);
  GtkWidget *scroller = NULL;
  gboolean last = key == 0;
  graphene_rect_t first = { 0 }, now;
  guint all, few;

  zq_inbox_select (zq_window_get_inbox (ui->window), ui_task (ui, "1"));
  ui_frames (ui, 1);
  all = g_list_model_get_n_items (zq_consult_page_get_messages (page));
  if (last)
    key = zq_list_get_key (ZQ_LIST (zq_consult_page_get_messages (page)), all - 1);
  few = n_bubbles (GTK_WIDGET (page));
  g_assert_cmpuint (few, <, all);
  scroller = ui_find (GTK_WIDGET (ui->window), GTK_TYPE_SCROLLED_WINDOW, is_scroller, NULL);
  for (guint i = 0; i < 100 && n_bubbles (GTK_WIDGET (page)) < all; i++)
    {
      GtkWidget *bubble = ui_find (GTK_WIDGET (page), ZQ_TYPE_BUBBLE, is_message, &key);

      g_assert_true (bubble != NULL && gtk_widget_compute_bounds (bubble, scroller, &now));
      if (i == 0)
        first = now;
      g_assert_cmpfloat_with_epsilon (now.origin.y, first.origin.y, 1);
      ui_frames (ui, 1);
    }
  g_assert_cmpuint (n_bubbles (GTK_WIDGET (page)), ==, all);
  if (last)
    g_assert_cmpfloat_with_epsilon (first.origin.y + first.size.height, gtk_widget_get_height (scroller), 24);
  else
    g_assert_cmpfloat_with_epsilon (first.origin.y, 0, 24);
}

/* The first frame of a long thread has rows for the page only. */
static void
test_long_thread (Ui *ui, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 keys[120];

  for (int i = 0; i < 120; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", i - 150, "a line");
      keys[i] = fixture_number (&ui->clinic, "SELECT max(id) FROM message WHERE ?", 1);
    }
  fixture_mark_read (&ui->clinic, ui_task (ui, "1"), keys[59], &error);
  g_assert_no_error (error);
  ui_open (ui, "2");
  watch_opening (ui, keys[60]);
  ui_read_all (ui);
  ui_pass (ui, G_USEC_PER_SEC);
  ui_open (ui, "2");
  watch_opening (ui, 0);
}

static gint64
n_replies (Ui *ui, ZqIntentState state)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT count(*) FROM intent WHERE action = 'send-message' AND state = %d AND ?", state);

  return fixture_number (&ui->clinic, g_intern_string (sql), 1);
}

/* What came in while the doctor was away lies below the fold. */
static void
test_unseen (Ui *ui, gconstpointer data)
{
  guint tries = 0;

  for (int i = 0; i < 25; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", -29 + i, "a line");
    }
  ui_open (ui, "1");
  ui_expect (ui, "new messages");
  ui_type (ui, "drink water");
  g_signal_emit_by_name (ui_button (ui, "Send"), "clicked");
  ui_expect (ui, "messages have not been seen yet; look at them, then send");
  ui_keep_picture (ui, "unseen");
  g_assert_cmpint (n_replies (ui, ZQ_INTENT_WAITING), ==, 0);
  while (ui_shows (ui, "seen yet; look at") && tries++ < 10)
    {
      g_autofree char *typed = ui_typed (ui);

      g_assert_cmpstr (typed, ==, "drink water");
      g_assert_cmpint (n_replies (ui, ZQ_INTENT_WAITING), ==, 0);
      g_signal_emit_by_name (ui_button (ui, "Send"), "clicked");
      ui_frames (ui, 12);
    }
  ui_keep_picture (ui, "unseen-end");
  g_assert_cmpuint (tries, <, 10);
  ui_expect_gone (ui, "new message");
  if (n_replies (ui, ZQ_INTENT_WAITING) == 0)
    g_signal_emit_by_name (ui_button (ui, "Send"), "clicked");
  ui_expect (ui, "kept here, waiting to be sent");
  g_assert_cmpint (n_replies (ui, ZQ_INTENT_WAITING), ==, 1);
  {
    g_autoptr (ZqPush) push =
        fixture_prepare (&ui->clinic, fixture_number (&ui->clinic, "SELECT max(seq) FROM intent WHERE ?", 1));

    g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_GO);
  }
}

/* Who drags the page past messages has not seen them. */
static void
test_skipped (Ui *ui, gconstpointer data)
{
  GtkAdjustment *v;

  for (int i = 0; i < 120; i++)
    {
      g_autofree char *id = g_strdup_printf ("many%d", i);

      fixture_message (&ui->clinic, 1, id, "Patient/1", -29 + i / 3, "a line");
    }
  ui_open (ui, "1");
  v = gtk_scrolled_window_get_vadjustment (
      GTK_SCROLLED_WINDOW (ui_find (GTK_WIDGET (ui->window), GTK_TYPE_SCROLLED_WINDOW, is_scroller, NULL)));
  gtk_adjustment_set_value (v, gtk_adjustment_get_upper (v));
  ui_frames (ui, 3);
  ui_expect (ui, "↑ ");
  ui_pass (ui, G_USEC_PER_SEC);
  ui_pass (ui, G_USEC_PER_SEC);
  g_assert_cmpint (fixture_number (&ui->clinic, "SELECT count(*) FROM intent WHERE action = 'mark-read' AND ?", 1), ==,
                   0);
  g_signal_emit_by_name (ui_button (ui, "Go to what you have not seen"), "clicked");
  ui_frames (ui, 12);
  ui_expect (ui, "↓ ");
}

/* Of the smallest screen half is the thread's, with the card folded. */
static void
test_halves (Ui *ui, gconstpointer data)
{
  GtkWidget *thread, *page = GTK_WIDGET (zq_window_get_page (ui->window));

  gtk_window_fullscreen (GTK_WINDOW (ui->window));
  ui_open (ui, "1");
  ui_frames (ui, 10);
  thread = ui_find (page, g_type_from_name ("ZqThread"), NULL, NULL);
  g_assert_nonnull (thread);
  g_assert_cmpint (gtk_widget_get_height (thread) * 2, >=, gtk_widget_get_height (page));
  ui_type (ui, "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine");
  ui_frames (ui, 5);
  ui_keep_picture (ui, "six-lines");
  g_assert_cmpint (gtk_widget_get_height (thread) * 100, >=, gtk_widget_get_height (page) * 45);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/page/band-and-composer-say-who", test_band);
  ADD ("/page/claim-from-the-pool-and-undo", test_pool);
  ADD ("/page/markup-is-text", test_markup);
  ADD ("/page/draft-survives-switching-and-restart", test_draft);
  ADD ("/page/marks-are-words-and-a-stopped-reply-comes-back", test_marks);
  ADD ("/page/read-only-after-it-was-looked-at", test_read);
  ADD ("/page/late-arrival-does-not-move-the-page", test_late_arrival);
  ADD ("/page/rows-made-later-do-not-move-the-page", test_long_thread);
  ADD ("/page/unseen-is-shown-before-anything-is-sent", test_unseen);
  ADD ("/page/what-was-skipped-is-not-seen", test_skipped);
  ADD ("/page/half-of-a-small-screen-is-the-thread", test_halves);
  return g_test_run ();
}
