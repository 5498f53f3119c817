/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/invite.h"

#include <glib/gi18n.h>

#define NAME_MOST 60

typedef struct
{
  GtkWidget *popover; /* borrowed: it owns this */
  ZqSignalling *signalling;
  GtkEditable *name, *address;
  GtkLabel *said;
  GtkWidget *confirm;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *self = data;

  g_object_unref (self->signalling);
  g_free (self);
}

/* Copied at once: it is to be pasted where the guest reads it. */
static void
on_invited (GtkWidget *popover, const char *page)
{
  Asking *self = g_object_get_data (G_OBJECT (popover), "zq-asking");

  if (page == NULL)
    return;
  gtk_editable_set_text (self->address, page);
  gtk_widget_set_visible (GTK_WIDGET (self->address), TRUE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (popover), page);
  gtk_label_set_label (
      self->said, _ ("Copied. Whoever has this address comes into the waiting room of this visit: give it to nobody "
                     "else. It ends with the visit."));
  gtk_widget_set_sensitive (self->confirm, TRUE);
}

static void
on_confirm (Asking *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name)));

  if (*name == '\0' || !zq_signalling_is_open (self->signalling))
    {
      gtk_label_set_label (self->said, *name == '\0' ? _ ("Who is it?") : _ ("The hospital is not reached now"));
      gtk_widget_error_bell (self->popover);
      return;
    }
  gtk_widget_set_sensitive (self->confirm, FALSE);
  zq_signalling_invite (self->signalling, name, NULL);
}

static GtkWidget *
build (Asking *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *title = gtk_label_new (_ ("Ask a relative in")), *name = gtk_entry_new (), *address = gtk_entry_new ();

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "heading");
  gtk_entry_set_max_length (GTK_ENTRY (name), NAME_MOST);
  gtk_entry_set_placeholder_text (GTK_ENTRY (name), _ ("Name, as the patient knows it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (address), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Address"), -1);
  gtk_editable_set_editable (GTK_EDITABLE (address), FALSE);
  gtk_widget_set_visible (address, FALSE);
  self->name = GTK_EDITABLE (name);
  self->address = GTK_EDITABLE (address);
  self->said = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->said, TRUE);
  gtk_label_set_xalign (self->said, 0);
  gtk_label_set_max_width_chars (self->said, 36);
  self->confirm = gtk_button_new_with_mnemonic (_ ("_Copy an Address"));
  gtk_widget_add_css_class (self->confirm, "suggested-action");
  g_signal_connect_swapped (name, "activate", G_CALLBACK (on_confirm), self);
  g_signal_connect_swapped (self->confirm, "clicked", G_CALLBACK (on_confirm), self);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), self->confirm);
  gtk_box_append (GTK_BOX (box), address);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->said));

  return box;
}

GtkWidget *
zq_guest_popover_new (ZqSignalling *signalling)
{
  Asking *self = g_new0 (Asking, 1);

  self->popover = gtk_popover_new ();
  self->signalling = g_object_ref (signalling);
  g_object_set_data_full (G_OBJECT (self->popover), "zq-asking", self, asking_free);
  gtk_popover_set_child (GTK_POPOVER (self->popover), build (self));
  g_signal_connect_object (signalling, "invited", G_CALLBACK (on_invited), self->popover, G_CONNECT_SWAPPED);

  return self->popover;
}
