/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* Asked for beside the rest of a search: names and instants, without what makes one thing large. */
#define ZQ_APART_ELEMENTS "&_elements=id,meta"

/**
 * zq_apart_async:
 * @list: (element-type resources): an answer with ZQ_APART_ELEMENTS
 *
 * Where a page is too large even with one thing on it: reads each that @list names by itself into the store. What is
 * too large alone is told as unreadable, once a version, and what is not shown is left out.
 */
void
zq_apart_async (ZqPeer *peer, ZqBundle *list, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_apart_finish (GAsyncResult *result, GError **error);

/* Tells of one that was read alone and is too large. */
void zq_apart_tell_async (ZqPeer *peer, const char *type, const char *id, GAsyncReadyCallback callback, gpointer data);

G_END_DECLS
