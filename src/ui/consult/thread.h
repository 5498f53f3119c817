/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/message.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqThread:
 *
 * The messages of one consultation. Opens at the first unread message, or at the end; what arrives
 * later never moves the page, a button on its foot says that it is there. Property "n-unseen" (uint):
 * messages that are new and have not been on the screen yet. Signals: "settled": the place after the
 * opening is taken; "seen" (int64 key): all has been seen and the last message has been in sight of an
 * active window for a moment; "resend" and "take-back" (int64 intent); "open-file" and "save-file" (int64
 * message, const char *key).
 */
#define ZQ_TYPE_THREAD (zq_thread_get_type ())
G_DECLARE_FINAL_TYPE (ZqThread, zq_thread, ZQ, THREAD, GtkWidget)

/* @zone and @clock outlive the widget. @thread_id 0: no thread. */
void zq_thread_open (ZqThread *self, ZqStore *store, ZqTicker *ticker, GTimeZone *zone, gint64 thread_id);
void zq_thread_close (ZqThread *self);

/* Key of the newest message that has been in sight, 0 = none. */
gint64 zq_thread_get_seen (ZqThread *self);

/* "n-unseen" as it is now; while rows are being read they count as unseen. */
guint zq_thread_count_unseen (ZqThread *self);
/* To the first of them, or to the end. */
void zq_thread_show_unseen (ZqThread *self);
/* To a message, also of a thread that is only opening; it stands out for a moment. One that is not in it: nothing. */
void zq_thread_show_message (ZqThread *self, gint64 key);
/* Words that are looked for stand out in the messages; NULL: none. */
void zq_thread_set_sought (ZqThread *self, const char *words);
/* (transfer full); NULL: it is not in the thread. */
ZqMessage *zq_thread_find_message (ZqThread *self, gint64 key);
/* A page further down. */
void zq_thread_page_down (ZqThread *self);
/* Height that is left below the last message, 0 where there is none. */
int zq_thread_get_room (ZqThread *self);

/* The next message that is added is gone to: it is the doctor's own. */
void zq_thread_follow (ZqThread *self);
/* To the newest message that is whole on the screen. */
gboolean zq_thread_grab_focus (ZqThread *self);
GListModel *zq_thread_get_messages (ZqThread *self);

G_END_DECLS
