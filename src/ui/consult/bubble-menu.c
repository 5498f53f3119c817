/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble-private.h"

#include "ui/consult/file-view.h"

#include <glib/gi18n.h>

static void
add_item (GMenu *menu, const char *label, const char *action, gint64 key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", key);
  g_menu_append_item (menu, item);
}

static void
add_files (ZqBubble *self, GMenu *menu)
{
  GPtrArray *files = self->shown_files;

  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const ZqFile *file = g_ptr_array_index (files, i);
      g_autoptr (GMenuItem) item = NULL;
      g_autofree char *name = zq_file_view_name (file);
      g_auto (GStrv) parts = g_strsplit (name, "_", -1);
      g_autofree char *escaped = g_strjoinv ("__", parts);
      /* Translators: %s is the name of a file */
      g_autofree char *label = g_strdup_printf (_ ("Save “%s”…"), escaped);

      if (*file->key == '\0')
        continue;
      item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (item, "bubble.save", "s", file->key);
      g_menu_append_item (menu, item);
    }
}

gboolean
zq_bubble_can_quote (ZqMessage *message)
{
  gboolean withdrawn;
  int form, sender;

  g_object_get (message, "withdrawn", &withdrawn, "form", &form, "sender", &sender, NULL);
  return !withdrawn && form != ZQ_FORM_NOTE && sender != ZQ_SENDER_SYSTEM && zq_message_get_intent (message) == 0;
}

static GMenuModel *
make_menu (ZqBubble *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) words = g_menu_new ();
  g_autoptr (GMenu) files = g_menu_new ();
  gint64 key = zq_message_get_key (self->message);
  gboolean withdrawn, can_withdraw, can_correct;
  g_autofree char *text = NULL;

  g_object_get (self->message, "withdrawn", &withdrawn, "can-withdraw", &can_withdraw, "can-correct", &can_correct,
                "text", &text, NULL);
  if (zq_bubble_can_quote (self->message))
    add_item (words, _ ("_Quote"), "consult.quote", key);
  if (can_correct)
    add_item (words, _ ("C_orrect…"), "consult.correct", key);
  if (can_withdraw)
    add_item (words, _ ("_Withdraw…"), "consult.withdraw", key);
  if (!withdrawn && text != NULL && *text != '\0')
    g_menu_append (words, _ ("_Copy"), "bubble.copy");
  add_files (self, files);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (words));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (files));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

void
zq_bubble_popup_menu (ZqBubble *self, double x, double y)
{
  g_autoptr (GMenuModel) model = NULL;
  GdkRectangle at = { (int)x, (int)y, 1, 1 };
  graphene_rect_t bounds;

  if (self->message == NULL)
    return;
  if (x < 0 && gtk_widget_compute_bounds (GTK_WIDGET (self->text), GTK_WIDGET (self), &bounds))
    at = (GdkRectangle){ (int)bounds.origin.x, (int)bounds.origin.y, 1, (int)bounds.size.height };
  model = make_menu (self);
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
    }
  else
    gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* What is marked of it, else all. */
static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqBubble *self = ZQ_BUBBLE (widget);
  g_autofree char *text = NULL;
  gboolean withdrawn = TRUE;
  int start, end;

  if (self->message != NULL)
    g_object_get (self->message, "withdrawn", &withdrawn, NULL);
  if (withdrawn)
    return;
  if (gtk_label_get_selection_bounds (self->text, &start, &end))
    {
      const char *all = gtk_label_get_text (self->text);

      text = g_utf8_substring (all, start, end);
    }
  else
    g_object_get (self->message, "text", &text, NULL);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text != NULL ? text : "");
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_bubble_emit_file (ZQ_BUBBLE (widget), ZQ_BUBBLE_SAVE_FILE, g_variant_get_string (parameter, NULL));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, ZqBubble *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  zq_bubble_popup_menu (self, x, y);
}

void
zq_bubble_install_menu (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "bubble.copy", NULL, copy_action);
  gtk_widget_class_install_action (klass, "bubble.save", "s", save_action);
}

void
zq_bubble_add_menu (ZqBubble *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  /* Before the label, which has a menu of its own. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}
