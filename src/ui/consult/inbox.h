/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "clinic/consult/consult.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqInbox:
 *
 * The list of consultations with its views. Properties: "selected" (int64 key, 0 = none), "n-waiting"
 * (uint: those that wait for me), "n-marked" (uint: those that an action takes all at once), "progress" (double: of
 * a first fill, -1 = none). Signals: "open": the selected one was chosen by Enter or a click; "choose" (GtkWidget,
 * ZqAction as int): an action on the marked ones needs a choice first, to be asked at that widget. Actions
 * "inbox.open", "inbox.act" (i: ZqAction, on the marked ones), "inbox.toggle-mark" (x: key), "inbox.clear-marks".
 */
#define ZQ_TYPE_INBOX (zq_inbox_get_type ())
G_DECLARE_FINAL_TYPE (ZqInbox, zq_inbox, ZQ, INBOX, GtkWidget)

void zq_inbox_set_store (ZqInbox *self, ZqStore *store, ZqTicker *ticker);
void zq_inbox_set_view (ZqInbox *self, ZqView view);
ZqView zq_inbox_get_view (ZqInbox *self);

/* To the next (1) or previous (-1) row; FALSE at the end. */
gboolean zq_inbox_step (ZqInbox *self, int by);
gint64 zq_inbox_get_selected (ZqInbox *self);
/* Makes @key the selected one (0: none); FALSE: it is not in the list now, so that no row is selected. */
gboolean zq_inbox_select (ZqInbox *self, gint64 key);
/* To the one that comes next when the selected one is done with: below it, else the first; what is new is let in when
 * nothing else is left. FALSE: there is none. */
gboolean zq_inbox_step_to_next (ZqInbox *self);

/* To the selected row, else to the first one. */
void zq_inbox_focus (ZqInbox *self);

/* --- several at once -------------------------------------------------------------------------- */

void zq_inbox_toggle_mark (ZqInbox *self);
/* Marks the selected row and steps to the next one, which is marked too; back again takes the mark away. */
gboolean zq_inbox_extend (ZqInbox *self, int by);
/* As many as may be marked, from the first on. */
void zq_inbox_mark_all (ZqInbox *self);
void zq_inbox_clear_marks (ZqInbox *self);
guint zq_inbox_get_n_marked (ZqInbox *self);

/* Whether @action needs a choice: how it ended, to whom. */
gboolean zq_inbox_needs_choice (ZqAction action);
/* The button of @action in the bar of the marked ones, for a choice to be asked at. */
GtkWidget *zq_inbox_get_mark_button (ZqInbox *self, ZqAction action);
/* Does it with the marked ones; @arg: what was chosen. */
void zq_inbox_act_on_marked (ZqInbox *self, ZqAction action, const char *arg);
/* Does it with one, whether it is in the list or not. A toast says what was done, and takes it back. */
void zq_inbox_act (ZqInbox *self, ZqAction action, gint64 key, const char *arg);

/* --- what is shown ---------------------------------------------------------------------------- */

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
