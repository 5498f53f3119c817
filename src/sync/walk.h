/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_WALK_PLAIN,     /* the query as it is; no cursor */
  ZQ_WALK_FIRST,     /* the same, its first page only */
  ZQ_WALK_BACKWARDS, /* the fill, newest first, from the cursor's low on */
  ZQ_WALK_FORWARDS,  /* what changed since the cursor's high */
  ZQ_WALK_QUICK,     /* what is newer than the newest seen; moves no cursor */
} ZqWalkMode;

/**
 * zq_walk_async:
 * @query: relative, without _lastUpdated, _sort and _count unless PLAIN or FIRST
 * @kind, @scope: the cursor's name; NULL for PLAIN and FIRST
 *
 * Takes every page of a search into the store, following the links as they are. Each page's cursor is
 * saved with its last chunk; a 410 starts again from there. Errors: ZQ_FHIR_ERROR, ZQ_JSON_ERROR,
 * ZQ_STORE_ERROR, ZQ_SYNC_ERROR_LOOP.
 */
void zq_walk_async (ZqPeer *peer,
                    ZqWalkMode mode,
                    const char *query,
                    const char *kind,
                    const char *scope,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data);
gboolean zq_walk_finish (GAsyncResult *result, GError **error);

G_END_DECLS
