/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/**
 * zq_earlier_async:
 *
 * Asks what some resources were before (`_history`): those of which the store says that it matters, a few in a round. A
 * hospital without it is asked once each; what breaks off is asked again in the next round. Never fails.
 */
void zq_earlier_async (ZqPeer *peer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);

G_END_DECLS
