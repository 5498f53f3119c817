/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/spare.h"

/* Some screens full. */
#define MOST 64

GPtrArray *
zq_spare_new (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

void
zq_spare_add (GPtrArray *self, GtkWidget *row)
{
  if (self->len < MOST)
    g_ptr_array_add (self, g_object_ref_sink (row));
}

gboolean
zq_spare_take (GPtrArray *self, GtkListItem *item)
{
  for (guint i = 0; i < self->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self, i);

      if (gtk_widget_get_parent (row) != NULL)
        continue;
      gtk_list_item_set_child (item, row);
      return TRUE;
    }
  return FALSE;
}
