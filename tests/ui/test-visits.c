/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/visit/visit.h"
#include "ui/consult/inbox-choice.h"
#include "ui/fixture.h"
#include "ui/visit/identity.h"
#include "ui/visit/visits-page.h"
#include "ui/visit/when.h"

static void
take_visit (Ui *ui, const char *id, int patient, int start, const char *status, const char *rest)
{
  fixture_take (
      &ui->clinic,
      "{'resourceType':'Appointment','id':'%s','meta':{'versionId':'1'},'status':'%s','start':'%s','end':'%s',"
      "'description':'sugar','participant':[{'actor':{'reference':'Patient/%d'},'status':'accepted'},"
      "{'actor':{'reference':'Practitioner/me'},'status':'accepted'}]%s}",
      id, status, at_minute (start), at_minute (start + 15), patient, rest);
}

static ZqVisitsPage *
show (Ui *ui)
{
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.visits", NULL);
  ui_frames (ui, 3);

  return ZQ_VISITS_PAGE (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_VISITS_PAGE, NULL, NULL));
}

static void
test_by_time_and_in_words (Ui *ui, gconstpointer data)
{
  ZqVisitsPage *page;

  take_visit (ui, "a", 1, 20, "booked", "");
  take_visit (ui, "b", 2, 5, "cancelled", ",'cancelationReason':{'text':'ill'}");
  take_visit (ui, "c", 2, 40, "arrived",
              ",'extension':[{'url':'https://zhenqiao.org/fhir/StructureDefinition/arrived-at','valueInstant':"
              "'2026-11-22T01:54:00Z'}]");
  page = show (ui);
  ui_expect (ui, "Cancelled: ill");
  ui_expect (ui, "Booked");
  ui_expect (ui, "In the waiting room for 6 minutes");
  ui_expect (ui, "1 patient is in the waiting room");
  /* What is not over is selected first. */
  g_assert_cmpint (zq_visits_page_get_selected (page), ==, fixture_row (&ui->clinic, "Appointment", "a"));
  ui_pass (ui, 2 * ZQ_TEST_MINUTE_US);
  ui_expect (ui, "In the waiting room for 8 minutes");
}

static void
test_nobody_came (Ui *ui, gconstpointer data)
{
  take_visit (ui, "a", 1, -10, "booked", "");
  show (ui);
  ui_expect (ui, "Not here yet");
  ui_click (ui, "No-Show");
  ui_expect (ui, "Did not come");
}

/* At midnight nothing goes that nobody has ended. */
static void
test_left_open (Ui *ui, gconstpointer data)
{
  ZqVisitsPage *page;

  take_visit (ui, "old", 1, -1500, "booked", "");
  take_visit (ui, "done", 1, -1600, "fulfilled", "");
  take_visit (ui, "a", 2, 20, "booked", "");
  page = show (ui);
  ui_expect (ui, ", not ended");
  ui_expect (ui, "Was not ended");
  g_assert_cmpint (zq_visits_page_get_selected (page), ==, fixture_row (&ui->clinic, "Appointment", "a"));
  fixture_take (&ui->clinic, "{'resourceType':'Appointment','id':'a','meta':{'versionId':'2'},'status':'cancelled'}");
  ui_expect (ui, "Was not ended");
  gtk_widget_activate_action (GTK_WIDGET (page), "visits.no-show", NULL);
  ui_expect_gone (ui, ", not ended");
}

/* Who waits, or is being seen, has come. */
static void
test_who_waits_has_come (Ui *ui, gconstpointer data)
{
  take_visit (ui, "a", 1, -10, "arrived",
              ",'extension':[{'url':'https://zhenqiao.org/fhir/StructureDefinition/arrived-at','valueInstant':"
              "'2026-11-22T01:54:00Z'}]");
  show (ui);
  g_assert_false (gtk_widget_get_sensitive (ui_button (ui, "No-Show")));
}

static ZqVisitWhen *
find_when (Ui *ui)
{
  return ZQ_VISIT_WHEN (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_VISIT_WHEN, NULL, NULL));
}

static GtkEditable *
find_entry (ZqVisitWhen *when)
{
  return GTK_EDITABLE (ui_find (GTK_WIDGET (when), GTK_TYPE_ENTRY, NULL, NULL));
}

static void
test_moved (Ui *ui, gconstpointer data)
{
  ZqVisitsPage *page;
  GtkEditable *entry;

  take_visit (ui, "a", 1, 20, "booked", "");
  take_visit (ui, "b", 2, 80, "booked", "");
  page = show (ui);
  gtk_widget_activate_action (GTK_WIDGET (page), "visits.move", NULL);
  ui_frames (ui, 3);
  entry = find_entry (find_when (ui));
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "10:20");
  gtk_editable_set_text (entry, "25:00");
  ui_expect (ui, "A time of day, as 14:30");
  g_assert_false (gtk_widget_get_sensitive (ui_button (ui, "Move the Visit")));
  gtk_editable_set_text (entry, "930");
  ui_expect (ui, "That is over already");
  gtk_editable_set_text (entry, "11:10");
  ui_expect (ui, "At the same time: 11:20");
  gtk_editable_set_text (entry, "11:05");
  ui_expect_gone (ui, "At the same time");
  ui_click (ui, "Move the Visit");
  ui_expect (ui, "11:05–11:20");
  g_assert_cmpint (fixture_number (&ui->clinic, "SELECT count (*) FROM intent WHERE action = 'move' AND ?1 = 0", 0), ==,
                   1);
}

/* Who waits already is not sent away to another time. */
static void
test_who_waits_is_not_moved (Ui *ui, gconstpointer data)
{
  take_visit (ui, "a", 1, 20, "arrived", "");
  show (ui);
  g_assert_false (gtk_widget_get_sensitive (ui_button (ui, "Move…")));
}

static void
test_clock (void)
{
  static const struct
  {
    const char *typed;
    int hour, minute; /* -1: none */
  } cases[] = {
    { "14:30", 14, 30 }, { "1430", 14, 30 },   { "930", 9, 30 },   { "9", 9, 0 },      { "14", 14, 0 },
    { " 9:05 ", 9, 5 },  { "14：30", 14, 30 }, { "8.15", 8, 15 },  { "0:00", 0, 0 },   { "24:00", -1, 0 },
    { "9:5", -1, 0 },    { "9:60", -1, 0 },    { "", -1, 0 },      { ":30", -1, 0 },   { "noon", -1, 0 },
    { "12345", -1, 0 },  { "1:2:3", -1, 0 },   { "-9:00", -1, 0 }, { "123:4", -1, 0 }, { "9:", -1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int hour = -1, minute = -1;
      gboolean is_time = zq_visit_parse_clock (cases[i].typed, &hour, &minute);

      g_assert_cmpint (is_time, ==, cases[i].hour >= 0);
      if (!is_time)
        continue;
      g_assert_cmpint (hour, ==, cases[i].hour);
      g_assert_cmpint (minute, ==, cases[i].minute);
    }
}

static void
test_empty_says_what_to_do (Ui *ui, gconstpointer data)
{
  show (ui);
  ui_expect (ui, "No Visits in the Next Days");
}

static void
test_invited_from_a_thread (Ui *ui, gconstpointer data)
{
  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.invite", NULL);
  ui_frames (ui, 3);
  ui_expect (ui, "Now (");
  gtk_popover_popdown (GTK_POPOVER (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_INBOX_CHOICE, NULL, NULL)));
  ui_frames (ui, 5);
  ui_expect_gone (ui, "Now (");
}

static void
test_invited_for_another_time (Ui *ui, gconstpointer data)
{
  GtkEditable *entry;
  GtkPopover *choice;

  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.invite", NULL);
  ui_frames (ui, 3);
  choice = GTK_POPOVER (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_INBOX_CHOICE, NULL, NULL));
  gtk_popover_popdown (choice);
  g_signal_emit_by_name (choice, "chosen", "other");
  ui_frames (ui, 3);
  entry = find_entry (find_when (ui));
  gtk_editable_set_text (entry, "16:45");
  ui_click (ui, "Invite to the Visit");
  ui_expect (ui, "The patient is invited");
  show (ui);
  ui_expect (ui, "16:45–17:00");
}

static void
count (ZqIdentityCard *card, guint *n)
{
  (*n)++;
}

/* A child is let in with its guardian only. */
static void
test_guardian_of_a_child (void)
{
  GtkWidget *window = gtk_window_new ();
  ZqIdentityCard *card = zq_identity_card_new (9, 18);
  GtkWidget *button, *guardian = NULL;
  guint n = 0;

  g_signal_connect (card, "confirmed", G_CALLBACK (count), &n);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (card));
  button = ui_find (GTK_WIDGET (card), GTK_TYPE_BUTTON, NULL, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (card))); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_CHECK_BUTTON (child))
        guardian = child; /* the last one */
      if (GTK_IS_BUTTON (child))
        button = child;
    }
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (guardian), TRUE);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (zq_identity_card_get (card)->guardian);
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/visits/by-time-and-in-words", test_by_time_and_in_words);
  ADD ("/visits/nobody-came", test_nobody_came);
  ADD ("/visits/left-open", test_left_open);
  ADD ("/visits/who-waits-has-come", test_who_waits_has_come);
  ADD ("/visits/empty-says-what-to-do", test_empty_says_what_to_do);
  ADD ("/visits/invited-from-a-thread", test_invited_from_a_thread);
  ADD ("/visits/invited-for-another-time", test_invited_for_another_time);
  ADD ("/visits/moved", test_moved);
  ADD ("/visits/who-waits-is-not-moved", test_who_waits_is_not_moved);
  g_test_add_func ("/visits/clock", test_clock);
  g_test_add_func ("/visits/guardian-of-a-child", test_guardian_of_a_child);

  return g_test_run ();
}
