/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqInbox:
 *
 * The list of consultations with its views. Properties: "selected" (int64 key, 0 = none), "n-waiting"
 * (uint: those that wait for me), "progress" (double: of a first fill, -1 = none). Signal "open": the
 * selected one was chosen by Enter or a click. Action "inbox.open" does the same.
 */
#define ZQ_TYPE_INBOX (zq_inbox_get_type ())
G_DECLARE_FINAL_TYPE (ZqInbox, zq_inbox, ZQ, INBOX, GtkWidget)

void zq_inbox_set_store (ZqInbox *self, ZqStore *store, ZqTicker *ticker);
void zq_inbox_set_view (ZqInbox *self, ZqView view);
ZqView zq_inbox_get_view (ZqInbox *self);

/* To the next (1) or previous (-1) row; FALSE at the end. */
gboolean zq_inbox_step (ZqInbox *self, int by);
gint64 zq_inbox_get_selected (ZqInbox *self);

/* The open consultation stays in the list although it no longer belongs there. 0: none. */
void zq_inbox_keep (ZqInbox *self, gint64 key);

/* While @hold, what is new gathers in a bar on top. */
void zq_inbox_set_hold (ZqInbox *self, gboolean hold);
void zq_inbox_show_new (ZqInbox *self);

/* When the hospital was last heard (µs, 0 = never): an empty list says as of when it is empty. */
void zq_inbox_set_synced (ZqInbox *self, gint64 last_synced);

/* Whether rows that are filled stand in the list. */
gboolean zq_inbox_has_rows (ZqInbox *self);
GListModel *zq_inbox_get_list (ZqInbox *self);

G_END_DECLS
