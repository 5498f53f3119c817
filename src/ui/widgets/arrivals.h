/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqArrivals:
 *
 * What comes in above a list whose newest stands first: who is at the top sees it at once, who reads further down stays
 * where he is, and a button says how much has come. Belongs to the view.
 */
#define ZQ_TYPE_ARRIVALS (zq_arrivals_get_type ())
G_DECLARE_FINAL_TYPE (ZqArrivals, zq_arrivals, ZQ, ARRIVALS, GObject)

/* @view: a list or grid view in a scrolled window; @button: shown when there is something. Both outlive it. */
ZqArrivals *zq_arrivals_new (GtkWidget *view, GtkButton *button);

/* What the view shows from now on, from its top. (nullable) */
void zq_arrivals_set_list (ZqArrivals *self, GListModel *list);

G_END_DECLS
