/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* @fraction: 0–1 of what is known to be left; may step back when more turns up. */
typedef void (*ZqPullProgress) (double fraction, gpointer data);

/**
 * zq_pull_async:
 * @refresh: also asks again for what is only reached through a patient or a thread
 *
 * One round over all scopes of all kinds, then what is referred to and not held, then what hangs on
 * newly held patients and threads. A scope that fails does not stop the others: its error is the
 * round's when nothing worse came. What ends a round is told by zq_peer_ends_round().
 */
void zq_pull_async (ZqPeer *peer,
                    gboolean refresh,
                    ZqPullProgress progress,
                    gpointer progress_data,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data);
gboolean zq_pull_finish (GAsyncResult *result, GError **error);

/* @query with its {placeholders} filled; @department, @ids: (nullable): for {department}, and for
 * {patient} or {thread}, ids joined by commas. (transfer full) */
char *zq_scope_expand (const char *query, const char *me, const char *department, const char *ids);

G_END_DECLS
