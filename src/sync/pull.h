/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/progress.h"

G_BEGIN_DECLS

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
                    ZqProgressFunc progress,
                    gpointer progress_data,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data);
gboolean zq_pull_finish (GAsyncResult *result, GError **error);

/**
 * zq_pull_quick_async:
 * @names: (element-type utf8): "kind/scope" of searches of which the hospital says that there is news
 *
 * What is new in these alone, from the newest seen on, and what that refers to. No cursor moves, so that
 * the next round sees with its full overlap what became visible out of order.
 */
void zq_pull_quick_async (
    ZqPeer *peer, GHashTable *names, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);

/* A search of a kind's own that is asked for without knowing anybody. */
typedef struct
{
  const ZqResourceKind *kind;
  const ZqScope *scope;
  const char *cursor; /* its scope in the cursor's name */
  const char *name;   /* "kind/scope" */
  const char *query;
} ZqScopeRun;
typedef void (*ZqScopeFunc) (const ZqScopeRun *run, gpointer data);
/* All of all kinds, one a department where it says {department}. */
void zq_scope_foreach (ZqPeer *peer, ZqScopeFunc func, gpointer data);
/* It is asked for by patients or threads. */
gboolean zq_scope_hangs (const ZqScope *scope);

/* @query with its {placeholders} filled; @department, @ids: (nullable): for {department}, and for
 * {patient} or {thread}, ids joined by commas. (transfer full) */
char *zq_scope_expand (const char *query, const char *me, const char *department, const char *ids);

G_END_DECLS
