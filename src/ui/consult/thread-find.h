/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqThreadFind:
 *
 * Finds words in the messages of one thread, newest first: Enter goes to an older one, Shift+Enter to a newer one,
 * Escape closes. Signals: "found" (int64 message): to be gone to; "closed".
 */
#define ZQ_TYPE_THREAD_FIND (zq_thread_find_get_type ())
G_DECLARE_FINAL_TYPE (ZqThreadFind, zq_thread_find, ZQ, THREAD_FIND, GtkWidget)

/* Another thread, 0: none: what was found in the one before is gone, the bar closes. */
void zq_thread_find_set_thread (ZqThreadFind *self, ZqStore *store, gint64 thread);
/* Opens the bar, with the focus in it. */
void zq_thread_find_start (ZqThreadFind *self);

/* What is typed in it; NULL: nothing, or it is closed. */
const char *zq_thread_find_get_words (ZqThreadFind *self);

G_END_DECLS
