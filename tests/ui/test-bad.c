/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with what comes, on the screen. */
#include "ui/consult/bubble.h"
#include "ui/fixture.h"

#include <string.h>

#define HUGE     (50 * 1024 * 1024)
#define TOO_LONG "This message is too long to be shown whole"

static void
take_huge (Ui *ui, const char *id, const char *sender)
{
  g_autofree char *words = g_strnfill (HUGE, 'w');

  memcpy (words, "how much", 8);
  fixture_message (&ui->clinic, 1, id, sender, -6, words);
  fixture_message (&ui->clinic, 1, "after", "Patient/1", -3, "did it arrive?");
  ui_frames (ui, 3);
}

static gboolean
has_prefix (GtkWidget *label, gconstpointer text)
{
  return g_str_has_prefix (gtk_label_get_text (GTK_LABEL (label)), text);
}

/* Cut, and told; what comes before and after it is there; nothing else of the window has changed its size. */
static void
test_huge (Ui *ui, gconstpointer data)
{
  int width = gtk_widget_get_width (GTK_WIDGET (zq_window_get_inbox (ui->window)));
  GtkWidget *label;

  take_huge (ui, "huge", "Patient/1");
  ui_open (ui, "1");
  ui_expect (ui, TOO_LONG);
  ui_keep_picture (ui, "huge");
  label = ui_find (GTK_WIDGET (ui->window), GTK_TYPE_LABEL, has_prefix, "how much");
  g_assert_nonnull (label);
  g_assert_cmpint (g_utf8_strlen (gtk_label_get_text (GTK_LABEL (label)), -1), <, ZQ_MESSAGE_MAX_TEXT + 200);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (zq_window_get_inbox (ui->window))), ==, width);
  ui_read_all (ui);
  ui_keep_picture (ui, "huge-end");
  ui_expect (ui, "did it arrive?");
  ui_open (ui, "2");
  ui_expect (ui, "I cough");
  g_assert_false (ui_shows (ui, TOO_LONG));
}

/* What is just not cut, as one word, as many, as lines: it is laid out while one waits. */
static void
test_longest (Ui *ui, gconstpointer data)
{
  g_autoptr (GString) words = g_string_new ("listen: ");
  gint64 begun;

  ui_set_up (ui, NULL);
  for (guint i = 0; i < ZQ_MESSAGE_MAX_TEXT / 4 - 3; i++)
    g_string_append (words, data);
  fixture_message (&ui->clinic, 1, "long", "Patient/1", -6, words->str);
  begun = zq_clock_stopwatch ();
  ui_open (ui, "1");
  ui_expect (ui, "listen: ");
  g_test_message ("%.2f s", (double)(zq_clock_stopwatch () - begun) / G_USEC_PER_SEC);
  g_assert_cmpint (zq_clock_stopwatch () - begun, <, 5 * G_USEC_PER_SEC);
  g_assert_false (ui_shows (ui, TOO_LONG));
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/bad/fifty-megabytes-are-cut-and-told", test_huge);
#define ADD_LONGEST(name, unit)                                                                                        \
  g_test_add ("/bad/the-longest-that-is-whole-" name, Ui, unit, NULL, test_longest, ui_tear_down)
  ADD_LONGEST ("in-one-word", "wwww");
  ADD_LONGEST ("in-hanzi", "头痛两天");
  ADD_LONGEST ("in-words", "so, ");
  ADD_LONGEST ("in-lines", "abc\\n");
  return g_test_run ();
}
