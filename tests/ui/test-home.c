/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"
#include "ui/home/home-row.h"

#include <string.h>

static void
take_glucose (Ui *ui, const char *id, const char *patient, const char *at, const char *value, const char *meal)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'%s','meta':{'versionId':'1'},'status':'final','subject':{"
                "'reference':'Patient/%s'},'performer':[{'reference':'Patient/%s'}],'effectiveDateTime':'%s+08:00',"
                "'code':{'coding':[{'system':'http://loinc.org','code':'14743-9'}],'text':'glucose'},"
                "'valueQuantity':{'value':%s,'unit':'mmol/L'},'component':[{'code':{'text':'when'},"
                "'valueCodeableConcept':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/meal-context',"
                "'code':'%s'}]}}]}",
                id, patient, patient, at, value, meal);
}

static void
show_home (Ui *ui, const char *task)
{
  ui_open (ui, task);
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.home", NULL);
  ui_frames (ui, 5);
  ui_expect (ui, "Measured at Home");
}

static gboolean
has_day (GtkWidget *widget, gconstpointer day)
{
  GtkWidget *label = ui_find (widget, GTK_TYPE_LABEL, NULL, NULL);

  return label != NULL && g_str_equal (gtk_label_get_label (GTK_LABEL (label)), day);
}

static GtkWidget *
find_day (Ui *ui, const char *day)
{
  return ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_HOME_ROW, has_day, day);
}

static void
test_days (Ui *ui, gconstpointer data)
{
  take_glucose (ui, "a", "1", "2026-11-22T06:10:00", "9.80", "fasting");
  take_glucose (ui, "b", "1", "2026-11-21T22:00:00", "3.2", "bedtime");
  take_glucose (ui, "c", "1", "2026-11-20T06:00:00", "71.0", "fasting");
  take_glucose (ui, "other", "2", "2026-11-20T06:00:00", "5.55", "fasting");
  show_home (ui, "1");
  ui_expect (ui, "9.80 ↑ high");
  ui_expect (ui, "3.2 ↓ low");
  ui_expect (ui, "71.0 not plausible");
  ui_expect (ui, "Fasting: 0/1 in target (4.4–7.0), 0 low, 1 high");
  ui_expect (ui, "Bedtime: 0/1 in target (3.9–<10.0), 1 low, 0 high");
  ui_expect (ui, "3 readings on 3 of 14 days, 11 days without one");
  ui_expect (ui, "1 reading is not plausible or not final: it is not counted");
  ui_expect (ui, "no reading");
  g_assert_false (ui_shows (ui, "5.55"));
  ui_keep_picture (ui, "home");

  /* Live. */
  take_glucose (ui, "d", "1", "2026-11-22T09:00:00", "6.66", "after-meal");
  ui_expect (ui, "6.66");
  /* Another patient's page shows nothing of this one. */
  ui_open (ui, "2");
  ui_frames (ui, 5);
  ui_expect_gone (ui, "9.80");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.home", NULL);
  ui_expect (ui, "5.55");
  g_assert_false (ui_shows (ui, "9.80"));
}

/* By keys alone: M, into the days, Enter, to the comment, written, sent; it stands under its reading. */
static void
test_comment (Ui *ui, gconstpointer data)
{
  take_glucose (ui, "a", "1", "2026-11-22T06:10:00", "9.80", "fasting");
  ui_open (ui, "1");
  ui_xdotool (ui, "key m");
  ui_expect (ui, "9.80 ↑ high");
  ui_frames (ui, 5);
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "Comment…");
  ui_xdotool (ui, "key Right Return");
  ui_expect (ui, "Goes into the consultation");
  ui_xdotool (ui, "key ctrl+Return"); /* nothing was written yet */
  ui_expect (ui, "There is no text to send");
  ui_xdotool (ui, "type --delay 5 \"eat less\"");
  ui_keep_picture (ui, "home-comment");
  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "1 comment");
  ui_expect (ui, "not sent yet");
  g_assert_cmpint (ui_count (ui, "SELECT count (*) FROM message_about WHERE ?"), ==, 1);
  g_assert_cmpint (ui_count (ui, "SELECT count (*) FROM message WHERE text LIKE '%9.80%eat less' AND ?"), ==, 1);
  /* The words went with it. */
  g_assert_cmpint (ui_count (ui, "SELECT count (*) FROM draft WHERE scope LIKE 'home/%' AND body <> '' AND ?"), ==, 0);
}

/* What is typed survives the window, and what would harm is said before it goes. */
static void
test_kept_and_looked_through (Ui *ui, gconstpointer data)
{
  take_glucose (ui, "a", "1", "2026-11-22T06:10:00", "9.80", "fasting");
  show_home (ui, "1");
  g_signal_emit_by_name (find_day (ui, "Today"), "clicked");
  ui_frames (ui, 3);
  ui_click (ui, "Comment…");
  ui_xdotool (ui, "type --delay 5 \"ring 13912345678\"");
  ui_frames (ui, 5);
  ui_reopen (ui);
  show_home (ui, "1");
  ui_expect (ui, "9.80 ↑ high");
  g_signal_emit_by_name (find_day (ui, "Today"), "clicked");
  ui_frames (ui, 3);
  ui_click (ui, "Comment…");
  ui_xdotool (ui, "key ctrl+End");
  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "A private telephone number stands in the reply");
  g_assert_cmpint (ui_count (ui, "SELECT count (*) FROM message_about WHERE ?"), ==, 0);
  ui_xdotool (ui, "key ctrl+Return");
  ui_expect (ui, "1 comment");
  g_assert_cmpint (ui_count (ui, "SELECT count (*) FROM message WHERE text LIKE '%13912345678' AND ?"), ==, 1);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)
  ADD ("/home/days-counts-and-gaps", test_days);
  ADD ("/home/a-reading-is-commented-by-keys", test_comment);
  ADD ("/home/a-comment-is-kept-and-looked-through", test_kept_and_looked_through);
  return g_test_run ();
}
