/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/support.h"
#include "ui/call/check.h"
#include "ui/call/memory.h"

static gboolean
is_over (gpointer data)
{
  return !zq_call_probe_is_running (data) && zq_call_probe_get (data, ZQ_PROBE_MICROPHONE)->verdict != ZQ_PROBE_NONE;
}

static gboolean
has_words (GtkWidget *widget, const char *words)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), words))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_words (child, words))
      return TRUE;

  return FALSE;
}

static void
fits (GtkWidget *widget)
{
  int width, height;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, 1366, &height, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, 1300);
  g_assert_cmpint (height, <=, 680);
}

static void
test_shown (void)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  ZqCallDevices *devices = zq_call_devices_new (NULL);
  GtkWidget *window = gtk_window_new (), *check = zq_call_check_new (devices, clock, NULL);
  ZqCallProbe *probe = zq_call_check_get_probe (ZQ_CALL_CHECK (check));

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 640);
  gtk_window_set_child (GTK_WINDOW (window), check);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (zq_test_wait_until (is_over, probe, 30));
  zq_test_settle ();
  g_assert_true (has_words (check, "The camera works"));
  g_assert_true (has_words (check, "The microphone hears you"));
  g_assert_true (has_words (check, "Test picture (ball)"));
  fits (check);
  zq_call_probe_again (probe, ZQ_PROBE_SPEAKER);
  g_assert_true (zq_test_wait_until (is_over, probe, 30));
  g_assert_true (has_words (check, "Did you hear the tone?"));
  g_assert_cmpint (zq_call_probe_get (probe, ZQ_PROBE_SPEAKER)->verdict, ==, ZQ_PROBE_ASK);
  g_assert_true (zq_call_devices_choose (devices, ZQ_CALL_CAMERA, "test:black"));
  g_assert_true (zq_test_wait_until (is_over, probe, 30));
  g_assert_true (has_words (check, "The picture is black: is the lens covered? (this computer)"));
  gtk_window_destroy (GTK_WINDOW (window));
  zq_test_settle ();
  zq_test_last_unref (devices);
}

static void
test_remembered (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("org.zhenqiao.Zhenqiao");
  ZqCallMemory memory = zq_call_memory_of_settings (settings);
  g_autofree char *before = NULL, *after = NULL;

  before = memory.get (ZQ_CALL_SPEAKER, memory.data);
  memory.set (ZQ_CALL_SPEAKER, "sound:headset", memory.data);
  after = memory.get (ZQ_CALL_SPEAKER, memory.data);
  g_assert_cmpstr (before, ==, "");
  g_assert_cmpstr (after, ==, "sound:headset");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("ZHENQIAO_CALL_TEST", "1", TRUE);
  g_assert_true (gtk_init_check ());
  g_test_add_func ("/call/check/says-what-it-finds", test_shown);
  g_test_add_func ("/call/check/remembers-devices", test_remembered);

  return g_test_run ();
}
