/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/**
 * zq_reconcile_async:
 * @from: (inout): row id to go on behind; 0 from the beginning, and again after the last one
 *
 * What was taken away is in no search for news: asks for some of what is held, and of what was gone, by
 * id. What the hospital does not show any more leaves the screens, each only after a read of its own has
 * said so; what it shows again comes back. @from is set when it comes back.
 */
void
zq_reconcile_async (ZqPeer *peer, gint64 *from, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_reconcile_finish (GAsyncResult *result, GError **error);

G_END_DECLS
