/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

/* The record of whose consultation is open; it goes with it. */

static gint64
get_patient (ZqWindow *self)
{
  return zq_consult_page_get_patient (self->page);
}

static gboolean
is_shown (ZqWindow *self)
{
  gboolean shown;

  g_object_get (self->beside, "show-side", &shown, NULL);
  return shown;
}

void
zq_window_update_record (ZqWindow *self)
{
  if (!is_shown (self))
    return;
  zq_record_page_open (self->record, get_patient (self));
  if (get_patient (self) == 0)
    g_object_set (self->beside, "show-side", FALSE, NULL);
}

void
zq_window_uncover (ZqWindow *self)
{
  if (zq_beside_covers (self->beside))
    zq_window_on_record_close (self);
}

void
zq_window_on_record_close (ZqWindow *self)
{
  g_object_set (self->beside, "show-side", FALSE, NULL);
  zq_record_page_open (self->record, 0);
  zq_consult_page_focus_thread (self->page);
}

static void
show (ZqWindow *self, ZqRecordKind kind)
{
  if (get_patient (self) == 0)
    return;
  zq_fold_set_place (self->fold, ZQ_PLACE_CONTENT);
  zq_record_page_open (self->record, get_patient (self));
  zq_record_page_show_kind (self->record, kind);
  g_object_set (self->beside, "show-side", TRUE, NULL);
  zq_record_page_focus (self->record);
}

/* The same key closes what it opened. */
static void
timeline_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (is_shown (self))
    zq_window_on_record_close (self);
  else
    show (self, ZQ_RECORD_ALL);
}

static void
labs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show (ZQ_WINDOW (widget), ZQ_RECORD_REPORT);
}

static void
home_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  show (self, ZQ_RECORD_ALL);
  zq_record_page_show_home (self->record);
}

void
zq_window_install_record (GtkWidgetClass *klass)
{
  g_type_ensure (ZQ_TYPE_BESIDE);
  g_type_ensure (ZQ_TYPE_RECORD_PAGE);
  gtk_widget_class_install_action (klass, "win.timeline", NULL, timeline_action);
  gtk_widget_class_install_action (klass, "win.labs", NULL, labs_action);
  gtk_widget_class_install_action (klass, "win.home", NULL, home_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_t, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.timeline", NULL);
}
