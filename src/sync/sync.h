/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/session-status.h"
#include "fhir/client.h"
#include "store/store.h"

G_BEGIN_DECLS

#define ZQ_SYNC_ERROR (zq_sync_error_quark ())
GQuark zq_sync_error_quark (void);

typedef enum
{
  ZQ_SYNC_ERROR_LOOP,   /* the pages of a search go round in a circle */
  ZQ_SYNC_ERROR_PAUSED, /* the hospital asked to wait, and it is not time yet */
} ZqSyncError;

/* What fills the {placeholders} of ZqScope queries. */
typedef struct
{
  const char *me;                 /* {me}: Practitioner id */
  const char *const *departments; /* {department}: one run each */
} ZqSyncScope;

/**
 * ZqSync:
 *
 * Keeps a store and a hospital in step: pulls by the kinds' scopes, pushes intents, polls. Knows
 * resources by ZqResourceKind only and tokens by the client's provider only. Main context of its
 * creation. Writes @status. Never drops an intent and never blocks.
 */
#define ZQ_TYPE_SYNC (zq_sync_get_type ())
G_DECLARE_FINAL_TYPE (ZqSync, zq_sync, ZQ, SYNC, GObject)

ZqSync *
zq_sync_new (ZqStore *store, ZqFhirClient *client, ZqClock *clock, const ZqSyncScope *scope, ZqSessionStatus *status);

/* Starts working by itself: first fill, polling (15 s while @focused, 60 s otherwise), a push as soon
 * as an intent is committed, backoff, resume at network return (GNetworkMonitor). Where the hospital tells
 * by itself what is new, polls only every 60 s. */
void zq_sync_start (ZqSync *self);
void zq_sync_stop (ZqSync *self);

/* Before a sign-out or the end: takes back what the hospital keeps for this workstation alone (Subscriptions).
 * What cannot be taken back ends by itself. Pulls and pushes go on. */
void zq_sync_leave_async (ZqSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_sync_leave_finish (ZqSync *self, GAsyncResult *result, GError **error);

void zq_sync_set_focused (ZqSync *self, gboolean focused);

/* By hand ("try now"): forgets backoffs, then pulls and pushes. */
void zq_sync_now (ZqSync *self);

/* One whole round, for headless programs and tests: everything changed is held, or an error. */
void zq_sync_pull_async (ZqSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_sync_pull_finish (ZqSync *self, GAsyncResult *result, GError **error);

/* Tries every waiting intent whose time has come until none can go. */
void zq_sync_push_async (ZqSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_sync_push_finish (ZqSync *self, GAsyncResult *result, GError **error);

G_END_DECLS
