/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/popover.h"

static gboolean
unparent (gpointer popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);

  return G_SOURCE_REMOVE;
}

/* It is still being closed. */
static void
on_closed (GtkPopover *popover)
{
  GWeakRef *before = g_object_get_data (G_OBJECT (popover), "zq-before");
  g_autoptr (GtkWidget) widget = g_weak_ref_get (before);

  if (widget != NULL && gtk_widget_get_mapped (widget))
    gtk_widget_grab_focus (widget);
  g_idle_add_full (G_PRIORITY_DEFAULT, unparent, g_object_ref (popover), g_object_unref);
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

void
zq_popover_open (GtkPopover *popover, GtkWidget *at)
{
  GtkRoot *root = gtk_widget_get_root (at);
  GWeakRef *before = g_new0 (GWeakRef, 1);

  g_weak_ref_init (before, root != NULL ? gtk_root_get_focus (root) : NULL);
  g_object_set_data_full (G_OBJECT (popover), "zq-before", before, weak_free);
  gtk_widget_set_parent (GTK_WIDGET (popover), at);
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), NULL);
  gtk_popover_popup (popover);
}
