/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"
#include "ui/shell/preferences.h"

#define SCHEMA "org.zhenqiao.Zhenqiao"

static gboolean
is_wanted (GtkWidget *widget, gconstpointer name)
{
  return g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), name) == 0;
}

static GtkWidget *
find_preferences (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (ZQ_IS_PREFERENCES (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static gboolean
is_open (gpointer data)
{
  GtkWidget *window = find_preferences ();

  return window != NULL && gtk_window_is_active (GTK_WINDOW (window));
}

static gboolean
is_closed (gpointer data)
{
  return find_preferences () == NULL && gtk_window_is_active (GTK_WINDOW (((Ui *)data)->window));
}

static GtkWidget *
open_preferences (Ui *ui)
{
  ui_xdotool (ui, "key ctrl+comma");
  g_assert_true (zq_test_wait_until (is_open, ui, 10));
  ui_frames (ui, 6);
  return find_preferences ();
}

static void
close_preferences (Ui *ui)
{
  ui_xdotool (ui, "key Escape");
  g_assert_true (zq_test_wait_until (is_closed, ui, 10));
}

/* By the Tab key, as a person without a mouse. */
static void
tab_to (Ui *ui, const char *name)
{
  GtkWidget *window = find_preferences ();
  GtkWidget *wanted = ui_find (window, GTK_TYPE_WIDGET, is_wanted, name);

  g_assert_nonnull (wanted);
  for (guint i = 0; i < 30; i++)
    {
      GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));

      if (focus != NULL && (focus == wanted || gtk_widget_is_ancestor (focus, wanted) ||
                            (gtk_widget_is_ancestor (wanted, focus) && ADW_IS_ACTION_ROW (focus))))
        return;
      ui_xdotool (ui, i % 2 == 0 || GTK_IS_TEXT (focus) ? "key Tab" : "key Down");
    }
  g_error ("no key leads to %s", name);
}

/* --- cases -------------------------------------------------------------------------------------- */

static void
test_private (Ui *ui, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);

  g_assert_true (g_settings_get_boolean (settings, "notify-urgent"));
  g_assert_true (g_settings_get_boolean (settings, "notify-own"));
  g_assert_false (g_settings_get_boolean (settings, "notify-words"));
  g_assert_false (g_settings_get_boolean (settings, "notify-names"));
  g_assert_false (g_settings_get_boolean (settings, "quiet-hours"));
  g_assert_true (g_settings_get_boolean (settings, "quiet-urgent"));
}

static void
test_switches (Ui *ui, gconstpointer data)
{
  static const struct
  {
    const char *name, *key;
  } switches[] = {
    { "notify_urgent", "notify-urgent" }, { "notify_own", "notify-own" },   { "notify_names", "notify-names" },
    { "notify_words", "notify-words" },   { "quiet_hours", "quiet-hours" }, { "quiet_urgent", "quiet-urgent" },
  };
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);

  open_preferences (ui);
  ui_keep_picture (ui, "preferences");
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      gboolean before = g_settings_get_boolean (settings, switches[i].key);

      tab_to (ui, switches[i].name);
      ui_xdotool (ui, "key space");
      g_assert_cmpint (g_settings_get_boolean (settings, switches[i].key), !=, before);
      g_settings_set_boolean (settings, switches[i].key, before);
      if (i == 4)
        g_settings_set_boolean (settings, "quiet-hours", TRUE);
    }
  g_settings_reset (settings, "quiet-hours");
  close_preferences (ui);
}

static void
expect_minute (Ui *ui, const char *key, const char *typed, int minute)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);
  g_autofree char *keys = g_strdup_printf ("type --delay 15 '%s'", typed);

  ui_xdotool (ui, "key ctrl+a");
  ui_xdotool (ui, keys);
  ui_xdotool (ui, "key Return");
  g_assert_cmpint (g_settings_get_int (settings, key), ==, minute);
}

static void
test_hours (Ui *ui, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);
  GtkWidget *window, *from;

  g_settings_set_boolean (settings, "quiet-hours", TRUE);
  window = open_preferences (ui);
  from = ui_find (window, GTK_TYPE_SPIN_BUTTON, is_wanted, "quiet_from");
  g_assert_nonnull (from);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (from)), ==, "22:00");
  gtk_widget_grab_focus (from);
  expect_minute (ui, "quiet-from", "21:30", 21 * 60 + 30);
  expect_minute (ui, "quiet-from", "7", 7 * 60);
  expect_minute (ui, "quiet-from", "2305", 23 * 60 + 5);
  expect_minute (ui, "quiet-from", "25:00", 23 * 60 + 5);
  expect_minute (ui, "quiet-from", "12:60", 23 * 60 + 5);
  expect_minute (ui, "quiet-from", "evening", 23 * 60 + 5);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (from)), ==, "23:05");
  /* Past midnight, and by the keys alone. */
  expect_minute (ui, "quiet-from", "23:50", 23 * 60 + 50);
  ui_xdotool (ui, "key Down");
  g_assert_cmpint (g_settings_get_int (settings, "quiet-from"), ==, 23 * 60 + 35);
  /* What was typed counts without Enter, too. */
  ui_xdotool (ui, "key ctrl+a");
  ui_xdotool (ui, "type --delay 15 '20:15'");
  close_preferences (ui);
  g_assert_cmpint (g_settings_get_int (settings, "quiet-from"), ==, 20 * 60 + 15);
  g_settings_reset (settings, "quiet-hours");
  g_settings_reset (settings, "quiet-from");
}

/* The hours can be changed only while they count. */
static void
test_off (Ui *ui, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);
  GtkWidget *window = open_preferences (ui);
  GtkWidget *until = ui_find (window, GTK_TYPE_SPIN_BUTTON, is_wanted, "quiet_until");

  g_assert_false (gtk_widget_is_sensitive (until));
  g_settings_set_boolean (settings, "quiet-hours", TRUE);
  g_assert_true (gtk_widget_is_sensitive (until));
  g_settings_reset (settings, "quiet-hours");
  close_preferences (ui);
}

static void
test_large_type (Ui *ui, gconstpointer data)
{
  GtkWidget *window;
  int dpi, width, height;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 192 * 1024, NULL);
  window = open_preferences (ui);
  ui_frames (ui, 10);
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (window, GTK_ORIENTATION_VERTICAL, 640, &height, NULL, NULL, NULL);
  ui_keep_picture (ui, "preferences-large");
  close_preferences (ui);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  g_assert_cmpint (width, <=, 640);
  g_assert_cmpint (height, <=, 768);
}

/* What a notification opens is on the screen, wherever the doctor was. */
static void
test_opened (Ui *ui, gconstpointer data)
{
  gint64 first = ui_task (ui, "1"), second = ui_task (ui, "2");

  ui_open (ui, "2");
  g_assert_true (zq_window_shows_consult (ui->window, second));
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.diagnostics", NULL);
  ui_expect (ui, "https://hospital.test/fhir");
  g_assert_false (zq_window_shows_consult (ui->window, second));
  zq_window_open_consult (ui->window, first);
  ui_frames (ui, 4);
  g_assert_true (zq_window_shows_consult (ui->window, first));
  ui_expect (ui, "my sugar is");
  g_assert_cmpint (zq_inbox_get_selected (zq_window_get_inbox (ui->window)), ==, first);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/preferences/say-nothing-of-a-patient-at-first", test_private);
  ADD ("/preferences/each-by-the-keyboard", test_switches);
  ADD ("/preferences/hours-as-people-type-them", test_hours);
  ADD ("/preferences/hours-only-while-they-count", test_off);
  ADD ("/preferences/large-type-fits-a-small-screen", test_large_type);
  ADD ("/preferences/a-notification-opens-from-any-page", test_opened);
  return g_test_run ();
}
