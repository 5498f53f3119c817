/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/preferences.h"
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
is_at_work (ZqWindow *self)
{
  return zq_window_has_work (self) && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "work") == 0;
}

static gboolean
may_act (ZqWindow *self)
{
  return !is_writing (self) && is_at_work (self);
}

/* Keys with Ctrl act in a text, too, but not on half a word of an input method. */
static void
on_preedit (ZqWindow *self, const char *preedit)
{
  self->is_composing = preedit != NULL && *preedit != '\0';
}

static void
on_focus_widget (ZqWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (self->written != NULL)
    g_signal_handlers_disconnect_by_func (self->written, on_preedit, self);
  g_clear_weak_pointer (&self->written);
  self->is_composing = FALSE;
  if (!GTK_IS_TEXT (focus) && !GTK_IS_TEXT_VIEW (focus))
    return;
  g_set_weak_pointer (&self->written, focus);
  g_signal_connect_object (focus, "preedit-changed", G_CALLBACK (on_preedit), self, G_CONNECT_SWAPPED);
}

static gboolean
step_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  gboolean is_marking;
  int by;

  g_variant_get (args, "(ib)", &by, &is_marking);
  if (!may_act (self) || zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;
  if (zq_window_is_finding (self))
    zq_find_page_step (self->find, by);
  else if (is_marking)
    zq_inbox_extend (self->inbox, by);
  else
    zq_inbox_step (self->inbox, by);
  return TRUE;
}

static gboolean
open_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self) || zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;
  if (zq_window_is_finding (self))
    return zq_find_page_open_selected (self->find);
  return gtk_widget_activate_action (GTK_WIDGET (self->inbox), "inbox.open", NULL);
}

/* Marking is for rows that are on the screen. */
static gboolean
may_mark (ZqWindow *self)
{
  return may_act (self) && !zq_window_is_finding (self) && zq_fold_shows (self->fold, ZQ_PLACE_LIST);
}

static gboolean
mark_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_mark (self))
    return FALSE;
  zq_inbox_toggle_mark (self->inbox);
  return TRUE;
}

static gboolean
mark_all_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_mark (self))
    return FALSE;
  zq_inbox_mark_all (self->inbox);
  return TRUE;
}

static gboolean
act_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self) || zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;
  return zq_window_act (self, (ZqAction)g_variant_get_int32 (args));
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
window_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  return may_act (ZQ_WINDOW (widget)) && gtk_widget_activate_action (widget, g_variant_get_string (args, NULL), NULL);
}

static gboolean
consult_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self) || !zq_fold_shows (self->fold, ZQ_PLACE_CONTENT))
    return FALSE;
  zq_window_uncover (self);
  return gtk_widget_activate_action (GTK_WIDGET (self->page), g_variant_get_string (args, NULL), NULL);
}

/* Where the consultation is what the doctor looks at. */
static gboolean
visit_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!may_act (self) || zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;

  return gtk_widget_activate_action (widget, "win.invite", NULL);
}

/* Space and End go on in the messages. Rows of a list would keep these keys to themselves, so they are
 * asked for first; buttons and text have them as ever. */
static gboolean
on_reading_key (ZqWindow *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));
  GtkWidget *list = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BASE) : NULL;
  gboolean is_space = key == GDK_KEY_space || key == GDK_KEY_KP_Space;
  gboolean in_inbox = list != NULL && gtk_widget_is_ancestor (list, GTK_WIDGET (self->inbox));

  if ((!is_space && key != GDK_KEY_End && key != GDK_KEY_KP_End) || (state & gtk_accelerator_get_default_mod_mask ()))
    return FALSE;
  if (!may_act (self) || !zq_fold_shows (self->fold, ZQ_PLACE_CONTENT) || zq_consult_page_get_key (self->page) == 0)
    return FALSE;
  if ((focus != NULL && list == NULL) || GTK_IS_BUTTON (focus) || (in_inbox && !is_space))
    return FALSE;
  /* In the record they are its own. */
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->record)))
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
  g_signal_connect (self, "notify::focus-widget", G_CALLBACK (on_focus_widget), NULL);
}

/* Out of a text, too: what is typed there is kept. */
static gboolean
find_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!is_at_work (self) || self->is_composing)
    return FALSE;
  return gtk_widget_activate_action (widget, "win.find", NULL);
}

static gboolean
find_here_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!is_at_work (self) || self->is_composing || !zq_fold_shows (self->fold, ZQ_PLACE_CONTENT))
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self->page), "consult.find", NULL);
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

  if (zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    zq_fold_set_place (self->fold, self->before_other);
  else if (zq_window_is_finding (self))
    zq_window_focus_find (self);
  else if (zq_inbox_get_n_marked (self->inbox) > 0 && zq_fold_shows (self->fold, ZQ_PLACE_LIST))
    zq_inbox_clear_marks (self->inbox);
  else
    {
      zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
      zq_inbox_focus (self->inbox);
    }
}

static void
diagnostics_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  zq_window_show_other (self, GTK_WIDGET (self->diagnostics));
}

static void
inbox_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (!zq_window_has_work (self))
    return;
  zq_window_stop_finding (self);
  zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
  zq_inbox_focus (self->inbox);
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

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_preferences_show (GTK_WINDOW (widget));
}

void
zq_window_install_keys (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    GdkModifierType state;
    ZqAction action;
  } acts[] = {
    { GDK_KEY_e, 0, ZQ_ACTION_CLOSE },
    { GDK_KEY_o, 0, ZQ_ACTION_REOPEN },
    { GDK_KEY_c, 0, ZQ_ACTION_CLAIM },
    { GDK_KEY_a, 0, ZQ_ACTION_ASSIGN },
    { GDK_KEY_exclam, 0, ZQ_ACTION_SET_URGENT },
    { GDK_KEY_u, 0, ZQ_ACTION_MARK_UNREAD },
    { GDK_KEY_u, GDK_SHIFT_MASK, ZQ_ACTION_MARK_READ },
  };

  gtk_widget_class_install_action (klass, "win.back", NULL, back_action);
  gtk_widget_class_install_action (klass, "win.diagnostics", NULL, diagnostics_action);
  gtk_widget_class_install_action (klass, "win.inbox", NULL, inbox_action);
  gtk_widget_class_install_action (klass, "win.sidebar", NULL, sidebar_action);
  gtk_widget_class_install_action (klass, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (klass, "win.shortcuts", NULL, shortcuts_action);

  gtk_widget_class_add_binding (klass, GDK_KEY_j, 0, step_key, "(ib)", 1, FALSE);
  gtk_widget_class_add_binding (klass, GDK_KEY_k, 0, step_key, "(ib)", -1, FALSE);
  gtk_widget_class_add_binding (klass, GDK_KEY_j, GDK_SHIFT_MASK, step_key, "(ib)", 1, TRUE);
  gtk_widget_class_add_binding (klass, GDK_KEY_k, GDK_SHIFT_MASK, step_key, "(ib)", -1, TRUE);
  gtk_widget_class_add_binding (klass, GDK_KEY_x, 0, mark_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_a, GDK_CONTROL_MASK, mark_all_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, open_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, open_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_n, 0, news_key, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    gtk_widget_class_add_binding (klass, acts[i].key, acts[i].state, act_key, "i", (gint32)acts[i].action);
  gtk_widget_class_add_binding (klass, GDK_KEY_r, 0, consult_key, "s", "consult.reply");
  gtk_widget_class_add_binding (klass, GDK_KEY_i, 0, consult_key, "s", "consult.intake");
  gtk_widget_class_add_binding (klass, GDK_KEY_l, 0, window_key, "s", "win.labs");
  gtk_widget_class_add_binding (klass, GDK_KEY_v, 0, visit_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_m, 0, window_key, "s", "win.home");
  gtk_widget_class_add_binding (klass, GDK_KEY_k, GDK_CONTROL_MASK, find_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_f, GDK_CONTROL_MASK, find_here_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_question, 0, shortcuts_key, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Escape, 0, back_key, NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F5, 0, "app.try-now", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F9, 0, "win.sidebar", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_comma, GDK_CONTROL_MASK, "win.preferences", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_1, GDK_ALT_MASK, "win.inbox", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_2, GDK_ALT_MASK, "win.review", NULL);
}
