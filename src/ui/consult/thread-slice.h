/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqThreadSlice:
 *
 * A part of a list, as a GListModel: a list view makes and measures all of some hundred rows before its first
 * frame, whatever of them is in sight. What is added to the list within it or, where it reaches the end, behind it
 * belongs to it.
 */
#define ZQ_TYPE_THREAD_SLICE (zq_thread_slice_get_type ())
G_DECLARE_FINAL_TYPE (ZqThreadSlice, zq_thread_slice, ZQ, THREAD_SLICE, GObject)

ZqThreadSlice *zq_thread_slice_new (ZqList *list);

/* @end: exclusive, may lie behind the list's. */
void zq_thread_slice_set (ZqThreadSlice *self, guint start, guint end);
/* By so many behind, else before. FALSE: it is the whole list. */
gboolean zq_thread_slice_grow (ZqThreadSlice *self, guint by);
void zq_thread_slice_show_all (ZqThreadSlice *self);
gboolean zq_thread_slice_is_all (ZqThreadSlice *self);
/* @position: of the list. FALSE: it lies outside. */
gboolean zq_thread_slice_find (ZqThreadSlice *self, guint position, guint *place);

G_END_DECLS
