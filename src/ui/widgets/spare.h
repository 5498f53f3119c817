/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Rows that a list view has given up, for when it asks for one again: GTK destroys and makes all anew when a model is
 * replaced, and a row of many parts costs a millisecond. */

/* The array to keep them in. */
GPtrArray *zq_spare_new (void);

/* Keeps @row from now on, unless there are enough; it is spare whenever no list item has it. */
void zq_spare_add (GPtrArray *self, GtkWidget *row);

/* Puts a spare row into @item; FALSE: there is none, make one. */
gboolean zq_spare_take (GPtrArray *self, GtkListItem *item);

G_END_DECLS
