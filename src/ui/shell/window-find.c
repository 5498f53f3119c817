/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include "clinic/find/find.h"

/* The search stands in the place of the inbox, which gets back what was selected in it. */

gboolean
zq_window_is_finding (ZqWindow *self)
{
  return self->find != NULL && gtk_stack_get_visible_child (self->list_stack) == GTK_WIDGET (self->find);
}

/* For the search with nothing typed in it. */
void
zq_window_note_opened (ZqWindow *self)
{
  gint64 key = zq_consult_page_get_key (self->page);

  if (key != 0)
    zq_find_note_opened (self->store, key);
}

static void
on_found_open (ZqWindow *self, gint64 consult, gint64 message)
{
  zq_window_open_consult (self, consult);
  if (message != 0)
    zq_consult_page_show_message (self->page, message);
  zq_window_note_opened (self);
}

void
zq_window_stop_finding (ZqWindow *self)
{
  if (!zq_window_is_finding (self))
    return;
  gtk_stack_set_visible_child (self->list_stack, GTK_WIDGET (self->inbox));
  gtk_toggle_button_set_active (self->find_toggle, FALSE);
  zq_inbox_select (self->inbox, self->before_find);
}

/* What was found and opened stays open only where the window is too narrow to show it beside the list. */
static void
on_leave (ZqWindow *self)
{
  zq_window_stop_finding (self);
  if (zq_fold_shows (self->fold, ZQ_PLACE_CONTENT) && zq_inbox_get_selected (self->inbox) != 0)
    zq_window_show_selected (self);
  zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
  zq_inbox_focus (self->inbox);
}

/* Made when first wanted: the start does not pay for it. */
static void
make_page (ZqWindow *self)
{
  if (self->find != NULL)
    return;
  self->find = g_object_new (ZQ_TYPE_FIND_PAGE, NULL);
  zq_find_page_set_store (self->find, self->store, self->ticker);
  g_signal_connect_swapped (self->find, "open", G_CALLBACK (on_found_open), self);
  g_signal_connect_swapped (self->find, "leave", G_CALLBACK (on_leave), self);
  gtk_stack_add_named (self->list_stack, GTK_WIDGET (self->find), "find");
}

void
zq_window_focus_find (ZqWindow *self)
{
  zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
  zq_find_page_start (self->find);
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!zq_window_has_work (self))
    return;
  make_page (self);
  if (!zq_window_is_finding (self))
    self->before_find = zq_inbox_get_selected (self->inbox);
  gtk_stack_set_visible_child (self->list_stack, GTK_WIDGET (self->find));
  gtk_toggle_button_set_active (self->find_toggle, TRUE);
  zq_window_focus_find (self);
}

void
zq_window_on_find_toggled (ZqWindow *self)
{
  if (gtk_toggle_button_get_active (self->find_toggle) == zq_window_is_finding (self))
    return;
  if (zq_window_is_finding (self))
    on_leave (self);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.find", NULL);
}

void
zq_window_install_find (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.find", NULL, find_action);
}
