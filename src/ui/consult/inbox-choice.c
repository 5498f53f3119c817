/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-choice.h"

#include "ui/widgets/popover.h"

#include <glib/gi18n.h>

/* From so many on they are narrowed down by typing. */
#define MANY 10

struct _ZqInboxChoice
{
  GtkPopover parent_instance;

  /* borrowed */
  GtkListBox *list;
  GtkEditable *entry; /* NULL: few */
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqInboxChoice, zq_inbox_choice, GTK_TYPE_POPOVER)

static void
choose (ZqInboxChoice *self, GtkListBoxRow *row)
{
  g_autofree char *code = NULL;

  if (row == NULL)
    return;
  code = g_strdup (g_object_get_data (G_OBJECT (row), "code"));
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, code);
}

/* The @n-th of those that are left, from 0. */
static GtkListBoxRow *
nth (ZqInboxChoice *self, int n)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)) && n-- == 0)
      return row;

  return NULL;
}

static gboolean
on_key (ZqInboxChoice *self, guint key, guint code, GdkModifierType state)
{
  GtkListBoxRow *row = NULL;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  if (key >= GDK_KEY_1 && key <= GDK_KEY_9)
    row = nth (self, (int)(key - GDK_KEY_1));
  else if (key >= GDK_KEY_KP_1 && key <= GDK_KEY_KP_9)
    row = nth (self, (int)(key - GDK_KEY_KP_1));
  if (row == NULL)
    return FALSE;
  choose (self, row);

  return TRUE;
}

static gboolean
is_wanted (GtkListBoxRow *row, gpointer data)
{
  ZqInboxChoice *self = data;
  g_autofree char *typed = g_utf8_casefold (gtk_editable_get_text (self->entry), -1);
  g_autofree char *title = g_utf8_casefold (g_object_get_data (G_OBJECT (row), "title"), -1);

  return strstr (title, typed) != NULL;
}

static void
on_typed (ZqInboxChoice *self)
{
  gtk_list_box_invalidate_filter (self->list);
}

static void
on_entry_activate (ZqInboxChoice *self)
{
  choose (self, nth (self, 0));
}

static void
zq_inbox_choice_class_init (ZqInboxChoiceClass *klass)
{
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
zq_inbox_choice_init (ZqInboxChoice *self)
{
}

static void
add_choice (ZqInboxChoice *self, const ZqChoice *choice, guint i)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *title = gtk_label_new (_ (choice->title));
  g_autofree char *number = i < 9 ? g_strdup_printf ("%u", i + 1) : g_strdup ("");
  GtkWidget *key = gtk_label_new (number);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 30);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (key, "key");
  gtk_widget_set_visible (key, self->entry == NULL && i < 9);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), key);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (choice->title), -1);
  g_object_set_data_full (G_OBJECT (row), "code", g_strdup (choice->code), g_free);
  g_object_set_data_full (G_OBJECT (row), "title", g_strdup (_ (choice->title)), g_free);
  gtk_list_box_append (self->list, row);
}

static GtkWidget *
make_list (ZqInboxChoice *self, GPtrArray *choices, const char *empty)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *placeholder = gtk_label_new (empty);

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_label_set_wrap (GTK_LABEL (placeholder), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (placeholder), 30);
  gtk_widget_add_css_class (placeholder, "dim-label");
  gtk_list_box_set_placeholder (self->list, placeholder);
  for (guint i = 0; i < choices->len; i++)
    add_choice (self, g_ptr_array_index (choices, i), i);
  if (self->entry != NULL)
    gtk_list_box_set_filter_func (self->list, is_wanted, self, NULL);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (choose), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));

  return scroller;
}

ZqInboxChoice *
zq_inbox_choice_new (const char *title, GPtrArray *choices, const char *empty)
{
  ZqInboxChoice *self = g_object_new (ZQ_TYPE_INBOX_CHOICE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *heading = gtk_label_new (title);
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (GTK_BOX (box), heading);
  if (choices->len >= MANY)
    {
      self->entry = GTK_EDITABLE (gtk_search_entry_new ());
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_typed), self);
      g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_entry_activate), self);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
    }
  gtk_box_append (GTK_BOX (box), make_list (self, choices, empty));
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  if (self->entry == NULL)
    {
      g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
      gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
    }
  gtk_widget_add_controller (GTK_WIDGET (self), keys);

  return self;
}

void
zq_inbox_choice_ask (ZqInboxChoice *self, GtkWidget *parent)
{
  GtkListBoxRow *first = nth (self, 0);

  zq_popover_open (GTK_POPOVER (self), parent);
  if (self->entry != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  else if (first != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (first));
}
