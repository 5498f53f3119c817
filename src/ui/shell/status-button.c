/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/status-button.h"

#include "ui/widgets/status-words.h"

#include <glib/gi18n.h>

struct _ZqStatusButton
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *button;
  GtkImage *icon;
  GtkLabel *label;

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqSessionStatus *status;
};

G_DEFINE_FINAL_TYPE (ZqStatusButton, zq_status_button, GTK_TYPE_WIDGET)

static void
show (ZqStatusButton *self)
{
  g_autofree char *words = zq_status_words (self->status, self->zone);
  /* Translators: %s is the state of the link to the hospital */
  g_autofree char *tooltip = g_strdup_printf (_ ("%s. Open Diagnostics"), words);
  const char *css_class = zq_status_class (self->status);

  gtk_label_set_label (self->label, words);
  gtk_image_set_from_icon_name (self->icon, zq_status_icon (self->status));
  gtk_widget_set_tooltip_text (self->button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
  gtk_widget_remove_css_class (self->button, "offline");
  gtk_widget_remove_css_class (self->button, "stopped");
  if (css_class != NULL)
    gtk_widget_add_css_class (self->button, css_class);
}

static void
zq_status_button_dispose (GObject *object)
{
  ZqStatusButton *self = ZQ_STATUS_BUTTON (object);

  g_clear_object (&self->status);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_status_button_parent_class)->dispose (object);
}

static void
zq_status_button_class_init (ZqStatusButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_status_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/shell/status-button.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqStatusButton, button);
  gtk_widget_class_bind_template_child (widget_class, ZqStatusButton, icon);
  gtk_widget_class_bind_template_child (widget_class, ZqStatusButton, label);
}

static void
zq_status_button_init (ZqStatusButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zq_status_button_set_status (ZqStatusButton *self, ZqSessionStatus *status, GTimeZone *zone)
{
  g_return_if_fail (self->status == NULL);

  self->status = g_object_ref (status);
  self->zone = zone;
  g_signal_connect_object (status, "notify", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

const char *
zq_status_button_get_words (ZqStatusButton *self)
{
  return gtk_label_get_label (self->label);
}
