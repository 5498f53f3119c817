/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/spare.h"

/* Some screens full. */
#define MOST 64

GPtrArray *
zq_spare_new (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

gboolean
zq_spare_take (GPtrArray *self, GtkListItem *item)
{
  g_autoptr (GtkWidget) row = NULL;

  if (self->len == 0)
    return FALSE;
  row = g_ptr_array_steal_index_fast (self, self->len - 1);
  gtk_list_item_set_child (item, row);
  return TRUE;
}

void
zq_spare_keep (GPtrArray *self, GtkListItem *item)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  if (row == NULL || self->len >= MOST)
    return;
  g_ptr_array_add (self, g_object_ref (row));
  gtk_list_item_set_child (item, NULL);
}
