/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"
#include "resource/scan.h"
#include "store/store.h"
#include "sync/backoff.h"
#include "sync/sync.h"

G_BEGIN_DECLS

/* Commits become visible out of order: news are asked for from so long before what was seen. */
#define ZQ_SYNC_OVERLAP_US (120 * G_USEC_PER_SEC)

typedef struct _ZqProgress ZqProgress; /* sync/progress.h */

/**
 * ZqPeer:
 *
 * What every part of sync works with: the store here, the hospital there. Main thread.
 */
typedef struct
{
  /* owned */
  ZqStore *store;
  ZqFhirClient *client;
  ZqClock *clock;
  char *me;
  GStrv departments;

  GHashTable *read;   /* "kind/scope" of searches that are known to be readable */
  ZqBackoffs *wanted; /* of types and ids that are referred to and cannot be read */

  GHashTable *newest; /* "kind/scope" → gint64: the newest instant seen in it, for what asks quickly */

  GHashTable *too_large; /* "Type/id/version" of what was read alone and is too large: not read again */

  ZqProgress *progress; /* borrowed: of the round under way; or NULL */

  gint64 pause_until; /* monotonic: the hospital asked us to wait until then */
} ZqPeer;

ZqPeer *zq_peer_new (ZqStore *store, ZqFhirClient *client, ZqClock *clock, const ZqSyncScope *scope);
ZqPeer *zq_peer_ref (ZqPeer *self);
void zq_peer_unref (ZqPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPeer, zq_peer_unref)

/* The Date header of an answer that has just come, to a request of @began (monotonic): corrects our
 * clock where that cannot be between the two. */
void zq_peer_note_date (ZqPeer *self, gint64 date_us, gint64 began);

/* After BUSY: nothing is asked for @retry_after_us (0: not told; then ours for the @attempt-th time). */
void zq_peer_pause (ZqPeer *self, gint64 retry_after_us, guint attempt);
gboolean zq_peer_is_paused (ZqPeer *self);

/* Whether the next request would fail just so: unreachable, signed out, busy, cancelled, closed. */
gboolean zq_peer_ends_round (const GError *error);

/* One answer, taken apart. */
typedef struct
{
  ZqBundle *bundle; /* of a single resource: one entry */
  gint64 date_us;
  char *newest; /* meta.lastUpdated of its newest and oldest entry, as text; NULL if none says */
  char *oldest;
} ZqPage;

/* An instant's microseconds; 0 when it is none. */
gint64 zq_sync_instant (const char *text);
/* Goes to the value of member @name of the JSON object that has just begun. */
gboolean zq_sync_find_member (ZqScan *scan, const char *name);

void zq_page_free (ZqPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPage, zq_page_free)

/* GETs @path, a search, a page's link or a single resource; tried again once when the connection broke. */
void
zq_fetch_async (ZqPeer *peer, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
ZqPage *zq_fetch_finish (GAsyncResult *result, GError **error);

G_END_DECLS
