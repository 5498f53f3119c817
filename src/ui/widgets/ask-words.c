/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/ask-words.h"

#include "ui/widgets/popover.h"

#define LONGEST 200

typedef struct
{
  GtkPopover *popover;
  GtkEditable *entry;
  ZqAskedFunc func;
  gpointer data;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *self = data;

  g_free (self->data);
  g_free (self);
}

static void
on_confirmed (Asking *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  if (*words == '\0')
    {
      gtk_widget_error_bell (GTK_WIDGET (self->entry));
      return;
    }
  self->func (words, self->data);
  gtk_popover_popdown (self->popover);
}

static GtkWidget *
make_entry (const char *question)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_max_length (GTK_ENTRY (entry), LONGEST);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 28);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, question, -1);

  return entry;
}

GtkPopover *
zq_ask_words (GtkWidget *at, const char *question, const char *confirm, ZqAskedFunc func, gpointer data)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (question);
  GtkWidget *entry = make_entry (question);
  GtkWidget *button = gtk_button_new_with_label (confirm);
  Asking *self = g_new0 (Asking, 1);

  self->popover = GTK_POPOVER (popover);
  self->entry = GTK_EDITABLE (entry);
  self->func = func;
  self->data = data;
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), button);
  gtk_popover_set_child (self->popover, box);
  g_object_set_data_full (G_OBJECT (popover), "asking", self, asking_free);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_confirmed), self);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_confirmed), self);
  zq_popover_open (self->popover, at);
  gtk_widget_grab_focus (entry);

  return self->popover;
}
