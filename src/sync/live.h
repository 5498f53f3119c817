/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* Something of this search ("kind/scope") is new at the hospital; NULL: the connection is up anew, and
 * whatever came meanwhile has to be asked for. */
typedef void (*ZqLiveHint) (const char *name, gpointer data);

/**
 * ZqLive:
 *
 * Has the hospital say when there is news, where its CapabilityStatement offers that (R4: WebSocket
 * subscriptions). One Subscription a search of the kinds' scopes, a day long, renewed before that and
 * deleted at zq_live_leave_async(); which are ours is kept in the store, since a Subscription has no
 * identifier. What is told is a hint: who gets it pulls. Main context of its creation. Writes
 * "live" of @status.
 */
typedef struct _ZqLive ZqLive;

ZqLive *zq_live_new (ZqPeer *peer, ZqSessionStatus *status, ZqLiveHint hint, gpointer data);
void zq_live_free (ZqLive *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqLive, zq_live_free)

/* Connects, and again whenever that is lost, with rests that grow. When it rests: tries at once. */
void zq_live_start (ZqLive *self);
/* Nothing is heard any more; the Subscriptions stay for the next start. */
void zq_live_stop (ZqLive *self);
/* All that is asked for by a scope is told. */
gboolean zq_live_is_whole (ZqLive *self);

/* Stops, and takes our Subscriptions back; those that cannot be end by themselves within a day. */
void zq_live_leave_async (ZqLive *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_live_leave_finish (GAsyncResult *result, GError **error);

G_END_DECLS
