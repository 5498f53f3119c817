/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/thread-find.h"

#include "clinic/find/find.h"

#include <glib/gi18n.h>

#define MOST 200

struct _ZqThreadFind
{
  GtkWidget parent_instance;

  /* children */
  GtkSearchBar *bar;
  GtkEditable *entry;
  GtkLabel *place;
  GtkWidget *older;
  GtkWidget *newer;

  /* owned */
  ZqStore *store;
  GCancellable *cancellable;
  GPtrArray *found; /* (element-type ZqFound), newest first; or NULL */
  gint64 thread;
  guint at;
  gboolean has_more;
};

enum
{
  FOUND,
  CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqThreadFind, zq_thread_find, GTK_TYPE_WIDGET)

static guint
n_found (ZqThreadFind *self)
{
  return self->found != NULL ? self->found->len : 0;
}

static void
show_place (ZqThreadFind *self)
{
  g_autofree char *words = NULL;
  guint n = n_found (self);

  if (n == 0)
    words = g_strdup (self->found != NULL ? _ ("Not found") : "");
  else if (self->has_more)
    /* Translators: which one of those that were found; there are more than so many */
    words = g_strdup_printf (_ ("%1$u of more than %2$u"), self->at + 1, n);
  else
    /* Translators: which one of those that were found */
    words = g_strdup_printf (_ ("%1$u of %2$u"), self->at + 1, n);
  gtk_label_set_label (self->place, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_widget_set_sensitive (self->older, n > 0 && self->at + 1 < n);
  gtk_widget_set_sensitive (self->newer, n > 0 && self->at > 0);
}

static void
go (ZqThreadFind *self, guint at)
{
  const ZqFound *found;

  if (at >= n_found (self))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  self->at = at;
  found = g_ptr_array_index (self->found, at);
  show_place (self);
  g_signal_emit (self, signals[FOUND], 0, found->message);
}

static void
on_older (ZqThreadFind *self)
{
  go (self, self->at + 1);
}

static void
on_newer (ZqThreadFind *self)
{
  if (self->at > 0)
    go (self, self->at - 1);
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

/* --- looking for it --------------------------------------------------------------------------- */

static void
forget (ZqThreadFind *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->at = 0;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqThreadFind) self = data;
  g_autoptr (GError) error = NULL;
  ZqFindKinds more = 0;
  g_autoptr (GPtrArray) found = zq_find_finish (ZQ_STORE (source), result, &more, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->bar == NULL)
    return;
  if (found == NULL)
    {
      gtk_label_set_label (self->place, _ ("Nothing can be looked for just now"));
      return;
    }
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_steal_pointer (&found);
  self->has_more = (more & ZQ_FIND_MESSAGES) != 0;
  self->at = 0;
  show_place (self);
  if (self->found->len > 0)
    go (self, 0);
}

static void
on_typed (ZqThreadFind *self)
{
  const char *typed = gtk_editable_get_text (self->entry);

  forget (self);
  show_place (self);
  if (*typed == '\0' || self->thread == 0)
    return;
  self->cancellable = g_cancellable_new ();
  zq_find_async (self->store, typed, ZQ_FIND_MESSAGES, self->thread, 0, 0, NULL, MOST, self->cancellable, on_found,
                 g_object_ref (self));
}

static void
on_mode (ZqThreadFind *self)
{
  if (gtk_search_bar_get_search_mode (self->bar))
    return;
  forget (self);
  show_place (self);
  g_signal_emit (self, signals[CLOSED], 0);
}

static gboolean
on_key (ZqThreadFind *self, guint key, guint code, GdkModifierType state)
{
  gboolean is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;

  if (is_enter && (state & GDK_SHIFT_MASK) != 0)
    on_newer (self);
  else if (is_enter || key == GDK_KEY_Down)
    on_older (self);
  else if (key == GDK_KEY_Up)
    on_newer (self);
  else
    return FALSE;
  return TRUE;
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_thread_find_dispose (GObject *object)
{
  ZqThreadFind *self = ZQ_THREAD_FIND (object);

  forget (self);
  g_clear_object (&self->store);
  if (self->bar != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->bar, self);
      g_signal_handlers_disconnect_by_data (self->entry, self);
      gtk_widget_unparent (GTK_WIDGET (self->bar));
      self->bar = NULL;
    }
  G_OBJECT_CLASS (zq_thread_find_parent_class)->dispose (object);
}

static void
zq_thread_find_class_init (ZqThreadFindClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_thread_find_dispose;
  signals[FOUND] = g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[CLOSED] = g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
add_button (ZqThreadFind *self, GtkWidget *box, const char *icon, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_sensitive (button, FALSE);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
zq_thread_find_init (ZqThreadFind *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *words = _ ("Find in these messages");

  self->bar = GTK_SEARCH_BAR (gtk_search_bar_new ());
  self->entry = GTK_EDITABLE (gtk_search_entry_new ());
  self->place = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  g_object_set (self->entry, "placeholder-text", words, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->place), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->place));
  self->older = add_button (self, box, "go-up-symbolic", _ ("The older one (Enter)"), G_CALLBACK (on_older));
  self->newer = add_button (self, box, "go-down-symbolic", _ ("The newer one (Shift+Enter)"), G_CALLBACK (on_newer));
  gtk_search_bar_set_child (self->bar, box);
  gtk_search_bar_connect_entry (self->bar, self->entry);
  gtk_search_bar_set_show_close_button (self->bar, TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->bar), GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_swapped (self->entry, "search-changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (self->bar, "notify::search-mode-enabled", G_CALLBACK (on_mode), self);
}

void
zq_thread_find_set_thread (ZqThreadFind *self, ZqStore *store, gint64 thread)
{
  g_set_object (&self->store, store);
  if (self->thread == thread)
    return;
  self->thread = thread;
  if (gtk_search_bar_get_search_mode (self->bar))
    gtk_search_bar_set_search_mode (self->bar, FALSE);
  gtk_editable_set_text (self->entry, "");
}

void
zq_thread_find_start (ZqThreadFind *self)
{
  if (self->thread == 0)
    return;
  gtk_search_bar_set_search_mode (self->bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (self->entry, 0, -1);
}

const char *
zq_thread_find_get_words (ZqThreadFind *self)
{
  const char *typed = gtk_editable_get_text (self->entry);

  return gtk_search_bar_get_search_mode (self->bar) && *typed != '\0' ? typed : NULL;
}
