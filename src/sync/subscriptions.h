/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* One search that the hospital watches for us. */
typedef struct
{
  char *criteria;
  char *id;          /* at the hospital; NULL: none yet */
  gint64 end;        /* until when it watches */
  GPtrArray *scopes; /* char *: "kind/scope" that this search serves; none: an old one, to be deleted */
  gboolean refused;  /* the hospital does not want to */
  gboolean bound;    /* on the connection of the moment */
} ZqSubscription;

/**
 * ZqSubscriptions:
 *
 * Ours at the hospital: what the scopes of all kinds ask for, and what an earlier start has left.
 */
typedef struct _ZqSubscriptions ZqSubscriptions;

ZqSubscriptions *zq_subscriptions_new (ZqPeer *peer);
void zq_subscriptions_free (ZqSubscriptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSubscriptions, zq_subscriptions_free)

guint zq_subscriptions_get_n (ZqSubscriptions *self);
ZqSubscription *zq_subscriptions_get (ZqSubscriptions *self, guint index);
ZqSubscription *zq_subscriptions_find (ZqSubscriptions *self, const char *id); /* or NULL */

/* When the first of them has to be renewed; 0: there is none. */
gint64 zq_subscriptions_next (ZqSubscriptions *self);
/* The hospital does not know it (any more). */
void zq_subscriptions_lost (ZqSubscriptions *self, ZqSubscription *lost);

/* Makes those that are not there, renews those that end soon, deletes old ones, keeps what is ours.
 * Fails with what zq_peer_ends_round() or the server's breakdown; what is refused is marked so. */
void zq_subscriptions_ensure_async (ZqSubscriptions *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
/* Deletes all. */
void zq_subscriptions_delete_async (ZqSubscriptions *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
gboolean zq_subscriptions_finish (GAsyncResult *result, GError **error);

G_END_DECLS
