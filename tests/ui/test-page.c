/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"

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
  g_autofree char *one = NULL, *two = NULL, *after = NULL;

  ui_open (ui, "1");
  ui_type (ui, "drink water");
  ui_pass (ui, 300 * 1000);
  ui_expect (ui, "Draft kept on this computer");
  ui_type (ui, " now");
  ui_open (ui, "2");
  two = ui_typed (ui);
  g_assert_cmpstr (two, ==, "");
  ui_open (ui, "1");
  one = ui_typed (ui);
  g_assert_cmpstr (one, ==, "drink water now");
  ui_reopen (ui);
  ui_expect (ui, "Draft");
  ui_open (ui, "1");
  after = ui_typed (ui);
  g_assert_cmpstr (after, ==, "drink water now");
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
  {
    g_autofree char *typed = ui_typed (ui);

    g_assert_cmpstr (typed, ==, "drink water");
  }
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
  ui_pass (ui, G_USEC_PER_SEC);
  gtk_adjustment_set_value (v, 300);
  ui_frames (ui, 3);
  before = gtk_adjustment_get_value (v);
  fixture_message (&ui->clinic, 1, "late", "Patient/1", 1, "one more thing");
  ui_expect (ui, "1 new message");
  ui_frames (ui, 3);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (v), before, 1);
  g_signal_emit_by_name (ui_button (ui, "1 new message"), "clicked");
  ui_frames (ui, 10);
  ui_expect (ui, "one more thing");
  g_assert_cmpfloat (gtk_adjustment_get_value (v) + gtk_adjustment_get_page_size (v), >,
                     gtk_adjustment_get_upper (v) - 2);
}

static void
test_diagnostics (Ui *ui, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_send (&ui->clinic, ui_task (ui, "1"), "secret words", 0, &error);
  g_assert_no_error (error);
  g_assert_false (fixture_take_raw (&ui->clinic, "{\"resourceType\":\"Task\"}"));
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.diagnostics", NULL);
  ui_expect (ui, "https://hospital.test/fhir");
  ui_expect (ui, "Doctor Me");
  ui_expect (ui, "#1 · Communication");
  ui_expect (ui, "Task/–");
  g_assert_false (ui_shows (ui, "secret words"));
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.back", NULL);
  ui_expect (ui, "complaint 2");
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
  ADD ("/page/diagnostics-has-reasons-and-no-words", test_diagnostics);
  return g_test_run ();
}
