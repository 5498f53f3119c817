/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* At most so many are marked at once: what is done with them is one transaction. */
#define ZQ_INBOX_MOST_MARKED 200

/**
 * ZqInboxSelection:
 *
 * Which row of a ZqList is the current one, and which are marked for something to be done with all of them. Both are
 * held by key: they stay what they are when rows come, go and move, whatever the length of the list. Who asks the
 * GtkSelectionModel is told the marked rows, or the current one while none is marked. Properties: "current" (int64
 * key, 0 = none in the list), "n-marked" (uint).
 */
#define ZQ_TYPE_INBOX_SELECTION (zq_inbox_selection_get_type ())
G_DECLARE_FINAL_TYPE (ZqInboxSelection, zq_inbox_selection, ZQ, INBOX_SELECTION, GObject)

ZqInboxSelection *zq_inbox_selection_new (ZqList *list);

gint64 zq_inbox_selection_get_current (ZqInboxSelection *self);
/* One that is not in the list is the current one as soon as it comes. */
void zq_inbox_selection_set_current (ZqInboxSelection *self, gint64 key);
/* GTK_INVALID_LIST_POSITION: none. */
guint zq_inbox_selection_get_position (ZqInboxSelection *self);

/* While @keep, another row becomes the current one without taking the marks away (J and K). */
void zq_inbox_selection_set_keep_marks (ZqInboxSelection *self, gboolean keep);

gboolean zq_inbox_selection_is_marked (ZqInboxSelection *self, gint64 key);
/* FALSE: there are as many as there may be. */
gboolean zq_inbox_selection_set_marked (ZqInboxSelection *self, gint64 key, gboolean marked);
void zq_inbox_selection_clear_marks (ZqInboxSelection *self);
guint zq_inbox_selection_get_n_marked (ZqInboxSelection *self);
/* (transfer full), in no order. */
gint64 *zq_inbox_selection_dup_marked (ZqInboxSelection *self, guint *n);

G_END_DECLS
