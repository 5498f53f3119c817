/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Rows that a list view gives up, for the next one that it asks for: GTK destroys and makes all anew when a model is
 * replaced, and a row of many parts costs a millisecond. */

/* The array to keep them in. */
GPtrArray *zq_spare_new (void);

/* Puts a spare row into @item; FALSE: there is none, make one. */
gboolean zq_spare_take (GPtrArray *self, GtkListItem *item);

/* To be called at "teardown": keeps the row of @item, unless there are enough. */
void zq_spare_keep (GPtrArray *self, GtkListItem *item);

G_END_DECLS
