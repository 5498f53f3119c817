/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/chooser.h"

#include "ui/call/check-words.h"

typedef struct
{
  GtkDropDown *drop; /* borrowed: it owns this */
  ZqCallDevices *devices;
  ZqCallDevice kind;
  gboolean is_filling;
} Chooser;

static void
chooser_free (gpointer data)
{
  Chooser *self = data;

  g_object_unref (self->devices);
  g_free (self);
}

static void
fill (GtkDropDown *drop)
{
  Chooser *self = g_object_get_data (G_OBJECT (drop), "zq-chooser");
  GPtrArray *list = zq_call_devices_list (self->devices, self->kind);
  const ZqCallDeviceInfo *current = zq_call_devices_get_current (self->devices, self->kind);
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  guint at = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < list->len; i++)
    {
      gtk_string_list_append (words, ((ZqCallDeviceInfo *)g_ptr_array_index (list, i))->words);
      if (g_ptr_array_index (list, i) == (gpointer)current)
        at = i;
    }
  self->is_filling = TRUE;
  gtk_drop_down_set_model (drop, G_LIST_MODEL (words));
  gtk_drop_down_set_selected (drop, at);
  gtk_widget_set_sensitive (GTK_WIDGET (drop), list->len > 0);
  self->is_filling = FALSE;
}

static void
on_selected (GtkDropDown *drop, GParamSpec *pspec, Chooser *self)
{
  GPtrArray *list = zq_call_devices_list (self->devices, self->kind);
  guint at = gtk_drop_down_get_selected (drop);

  if (!self->is_filling && at < list->len)
    {
      g_autofree char *id = g_strdup (((ZqCallDeviceInfo *)g_ptr_array_index (list, at))->id);

      zq_call_devices_choose (self->devices, self->kind, id);
    }
}

GtkWidget *
zq_device_chooser_new (ZqCallDevices *devices, ZqCallDevice kind)
{
  GtkWidget *drop = gtk_drop_down_new (NULL, NULL);
  Chooser *self = g_new0 (Chooser, 1);

  self->drop = GTK_DROP_DOWN (drop);
  self->devices = g_object_ref (devices);
  self->kind = kind;
  g_object_set_data_full (G_OBJECT (drop), "zq-chooser", self, chooser_free);
  gtk_widget_set_hexpand (drop, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  zq_check_item_words ((ZqProbeItem)kind), -1);
  fill (self->drop);
  g_signal_connect (drop, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect_object (devices, "changed", G_CALLBACK (fill), drop, G_CONNECT_SWAPPED);

  return drop;
}

GtkWidget *
zq_device_popover_new (ZqCallDevices *devices)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());

  gtk_grid_set_row_spacing (grid, 6);
  gtk_grid_set_column_spacing (grid, 10);
  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    {
      GtkWidget *name = gtk_label_new (zq_check_item_words ((ZqProbeItem)kind));
      GtkWidget *chooser = zq_device_chooser_new (devices, kind);

      gtk_label_set_xalign (GTK_LABEL (name), 0);
      gtk_widget_set_size_request (chooser, 260, -1);
      gtk_grid_attach (grid, name, 0, (int)kind, 1, 1);
      gtk_grid_attach (grid, chooser, 1, (int)kind, 1, 1);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), GTK_WIDGET (grid));
  gtk_widget_add_css_class (popover, "call-devices");

  return popover;
}
