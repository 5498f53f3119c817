/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/visit/visit.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A visit in a list; what changes of it comes as another item. */
#define ZQ_TYPE_VISIT_ITEM (zq_visit_item_get_type ())
G_DECLARE_FINAL_TYPE (ZqVisitItem, zq_visit_item, ZQ, VISIT_ITEM, GObject)

/* Takes @visit. @day: its day in words where it is the first of that day, else NULL. */
ZqVisitItem *zq_visit_item_new (ZqVisit *visit, const char *day);
const ZqVisit *zq_visit_item_get (ZqVisitItem *self);

/* "Waiting for 6 minutes", "Booked", "Cancelled: …". (transfer full) */
char *zq_visit_state_words (const ZqVisit *visit, gint64 now);

#define ZQ_TYPE_VISIT_ROW (zq_visit_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqVisitRow, zq_visit_row, ZQ, VISIT_ROW, GtkWidget)

/* Row of the Appointment that is shown. */
gint64 zq_visit_row_get_key (ZqVisitRow *self);
void zq_visit_row_set_item (ZqVisitRow *self, ZqVisitItem *item, gint64 now, GTimeZone *zone);

G_END_DECLS
