/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

/* Letters are keys only where nobody writes: a text widget gets them first, and while an input method
 * composes the focus is in one. */
static gboolean
is_writing (ZqWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  return GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus);
}

static gboolean
may_act (ZqWindow *self)
{
  return !is_writing (self) && zq_window_has_work (self) &&
         g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "work") == 0;
}

static gboolean
step_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self) || zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;
  zq_inbox_step (self->inbox, g_variant_get_int32 (args));
  return TRUE;
}

static gboolean
open_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self) || zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self->inbox), "inbox.open", NULL);
}

static gboolean
news_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self))
    return FALSE;
  zq_inbox_show_new (self->inbox);
  return TRUE;
}

/* A key that acts on the consultation that is open, by the name of its action. */
static gboolean
consult_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  const char *action = g_variant_get_string (args, NULL);
  gboolean is_close = g_str_equal (action, "consult.close");

  if (!may_act (self) || !zq_fold_shows (self->fold, ZQ_PLACE_CONTENT))
    return FALSE;
  return gtk_widget_activate_action_variant (GTK_WIDGET (self->page), action,
                                             is_close ? g_variant_new_string ("advised") : NULL);
}

/* Space and End go on in the messages. Rows of a list would keep these keys to themselves, so they are
 * asked for first; buttons and text have them as ever. */
static gboolean
on_reading_key (ZqWindow *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  GtkWidget *list = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_VIEW) : NULL;
  gboolean is_space = key == GDK_KEY_space || key == GDK_KEY_KP_Space;
  gboolean in_inbox = list != NULL && gtk_widget_is_ancestor (list, GTK_WIDGET (self->inbox));

  if ((!is_space && key != GDK_KEY_End && key != GDK_KEY_KP_End) || (state & gtk_accelerator_get_default_mod_mask ()))
    return FALSE;
  if (!may_act (self) || !zq_fold_shows (self->fold, ZQ_PLACE_CONTENT) || zq_consult_page_get_key (self->page) == 0)
    return FALSE;
  if ((focus != NULL && list == NULL) || GTK_IS_BUTTON (focus) || (in_inbox && !is_space))
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self->page), is_space ? "consult.page-down" : "consult.unseen", NULL);
}

void
zq_window_add_reading_keys (ZqWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_reading_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static gboolean
shortcuts_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  if (is_writing (ZQ_WINDOW (widget)))
    return FALSE;
  return gtk_widget_activate_action (widget, "win.shortcuts", NULL);
}

static gboolean
back_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  if (!may_act (ZQ_WINDOW (widget)))
    return FALSE;
  return gtk_widget_activate_action (widget, "win.back", NULL);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  GtkWidget *list;

  if (zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    zq_fold_set_place (self->fold, self->before_other);
  else
    {
      zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
      list = GTK_WIDGET (self->inbox);
      gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD);
    }
}

static void
diagnostics_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  ZqPlace place = zq_fold_get_place (self->fold);

  if (place == ZQ_PLACE_OTHER)
    return;
  self->before_other = place;
  zq_fold_set_place (self->fold, ZQ_PLACE_OTHER);
}

static void
inbox_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!zq_window_has_work (self))
    return;
  zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
  gtk_widget_child_focus (GTK_WIDGET (self->inbox), GTK_DIR_TAB_FORWARD);
}

static void
sidebar_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate (ZQ_WINDOW (widget)->sidebar_toggle);
}

static void
shortcuts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/zhenqiao/Zhenqiao/ui/shell/shortcuts.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (widget));
  gtk_window_present (shortcuts);
}

void
zq_window_install_keys (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    const char *action;
  } consult[] = {
    { GDK_KEY_r, "consult.reply" },       { GDK_KEY_e, "consult.close" },  { GDK_KEY_c, "consult.claim" },
    { GDK_KEY_exclam, "consult.urgent" }, { GDK_KEY_i, "consult.intake" },
  };

  gtk_widget_class_install_action (klass, "win.back", NULL, back_action);
  gtk_widget_class_install_action (klass, "win.diagnostics", NULL, diagnostics_action);
  gtk_widget_class_install_action (klass, "win.inbox", NULL, inbox_action);
  gtk_widget_class_install_action (klass, "win.sidebar", NULL, sidebar_action);
  gtk_widget_class_install_action (klass, "win.shortcuts", NULL, shortcuts_action);

  gtk_widget_class_add_binding (klass, GDK_KEY_j, 0, step_key, "i", 1);
  gtk_widget_class_add_binding (klass, GDK_KEY_k, 0, step_key, "i", -1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, open_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, open_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_n, 0, news_key, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (consult); i++)
    gtk_widget_class_add_binding (klass, consult[i].key, 0, consult_key, "s", consult[i].action);
  gtk_widget_class_add_binding (klass, GDK_KEY_question, 0, shortcuts_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Escape, 0, back_key, NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F5, 0, "app.try-now", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F9, 0, "win.sidebar", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_1, GDK_ALT_MASK, "win.inbox", NULL);
}
