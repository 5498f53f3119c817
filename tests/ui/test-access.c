/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"

#include <string.h>

static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_TEXT_VIEW (widget) || GTK_IS_TEXT (widget) ||
         GTK_IS_LIST_BASE (widget) || GTK_IS_LIST_BOX (widget);
}

static gboolean
has_words (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return strlen (gtk_label_get_text (GTK_LABEL (widget))) > 1;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (has_words (child))
      return TRUE;
  return FALSE;
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
         gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY) ||
         (GTK_IS_BUTTON (widget) && has_words (widget));
}

/* Parts of GTK's own compound widgets: the whole has the name. */
static gboolean
is_inner (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_MENU_BUTTON) != NULL ||
         gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER) != NULL ||
         gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL ||
         gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) != NULL;
}

static void
walk (GtkWidget *widget, guint *n)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (is_control (widget) && (GTK_IS_MENU_BUTTON (widget) || !is_inner (widget)))
    {
      if (!is_named (widget))
        g_error ("a %s (%s) has no accessible name", G_OBJECT_TYPE_NAME (widget),
                 gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
      (*n)++;
    }
  /* A picture alone says nothing to the eye of a beginner either. */
  if (GTK_IS_BUTTON (widget) && !is_inner (widget) && !has_words (widget))
    g_assert_nonnull (gtk_widget_get_tooltip_text (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    walk (child, n);
}

static void
test_names (Ui *ui, gconstpointer data)
{
  guint n = 0;

  ui_open (ui, "1");
  walk (GTK_WIDGET (ui->window), &n);
  g_assert_cmpuint (n, >, 14);
  n = 0;
  zq_inbox_set_view (zq_window_get_inbox (ui->window), ZQ_VIEW_POOL);
  ui_frames (ui, 3);
  ui_open (ui, "3");
  walk (GTK_WIDGET (ui->window), &n);
  g_assert_cmpuint (n, >, 12);
}

static void
test_sign_in (Ui *ui, gconstpointer data)
{
  guint n = 0;

  zq_sign_in_page_wait (zq_window_show_sign_in (ui->window), "https://hospital.test/authorize?state=x");
  ui_expect (ui, "https://hospital.test/authorize?state=x");
  ui_expect (ui, "Sign in on the page in your browser, then come back");
  walk (GTK_WIDGET (ui->window), &n);
  zq_sign_in_page_ask (zq_window_show_sign_in (ui->window), "The hospital said no");
  ui_expect (ui, "The hospital said no");
  walk (GTK_WIDGET (ui->window), &n);
  zq_window_show_notice (ui->window, "dialog-password-symbolic", "The Keyring Is Locked", "Nothing is lost.", "_Unlock",
                         "app.retry");
  ui_expect (ui, "Nothing is lost.");
  walk (GTK_WIDGET (ui->window), &n);
  g_assert_cmpuint (n, >, 4);
}

/* Twice the size of type: nothing needs more than a hospital's smallest screen. */
static void
test_large_type (Ui *ui, gconstpointer data)
{
  int dpi, width, height;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  ui_open (ui, "1");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 192 * 1024, NULL);
  ui_frames (ui, 10);
  gtk_widget_measure (GTK_WIDGET (ui->window), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (ui->window), GTK_ORIENTATION_VERTICAL, 1366, &height, NULL, NULL, NULL);
  ui_keep_picture (ui, "large-type");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  ui_frames (ui, 4);
  g_assert_cmpint (width, <=, 1366);
  g_assert_cmpint (height, <=, 768);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/access/every-control-has-a-name", test_names);
  ADD ("/access/sign-in-and-notices-have-names", test_sign_in);
  ADD ("/access/large-type-fits-a-small-screen", test_large_type);
  return g_test_run ();
}
