/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqRecordItemWidget:
 *
 * A row of the timeline: its day where one begins, the item in a line, and below it what it holds when it is open.
 * Signals: "clicked": on its line.
 */
#define ZQ_TYPE_RECORD_ITEM_WIDGET (zq_record_item_widget_get_type ())
G_DECLARE_FINAL_TYPE (ZqRecordItemWidget, zq_record_item_widget, ZQ, RECORD_ITEM_WIDGET, GtkWidget)

ZqRecordItemWidget *zq_record_item_widget_new (GTimeZone *zone);

/* @item NULL: none. @whole: the timeline has all items, so that a day stands above its first one; else, since that one
 * may be missing, each says its own day. */
void zq_record_item_widget_set_item (ZqRecordItemWidget *self, ZqRecordItem *item, gint64 now, gboolean whole);
ZqRecordItem *zq_record_item_widget_get_item (ZqRecordItemWidget *self);

/* (transfer full) (nullable): what stands below the line. */
void zq_record_item_widget_set_content (ZqRecordItemWidget *self, GtkWidget *content);
GtkWidget *zq_record_item_widget_get_content (ZqRecordItemWidget *self);

G_END_DECLS
