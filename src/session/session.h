/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "account/sign-in.h"
#include "account/tokens.h"
#include "base/session-status.h"
#include "rules/context.h"
#include "store/store.h"
#include "sync/sync.h"

G_BEGIN_DECLS

#define ZQ_SESSION_ERROR (zq_session_error_quark ())
GQuark zq_session_error_quark (void);

typedef enum
{
  ZQ_SESSION_ERROR_NO_PERSON,    /* nobody has signed in to this account yet: sign in, then open */
  ZQ_SESSION_ERROR_OTHER_PERSON, /* somebody else signed in than the store belongs to */
} ZqSessionError;

/**
 * ZqSession:
 *
 * The wiring of one account that window and headless programs share: context for the kinds, store,
 * FHIR client, tokens, sync and status. What the hospital sends as policy counts from the moment at which
 * it is held. Order of use:
 *
 *   zq_session_new → zq_session_open_store (any thread, before GTK is up) → zq_session_start (main
 *   thread) → … → zq_session_close
 *
 * An account that nobody has signed in to (zq_account_get_practitioner() NULL) signs in first: the
 * store's rows depend on whose eyes look. The store is usable from zq_session_open_store() on, with
 * the network or without.
 */
#define ZQ_TYPE_SESSION (zq_session_get_type ())
G_DECLARE_FINAL_TYPE (ZqSession, zq_session, ZQ, SESSION, GObject)

/* Any thread. @clock: one for the whole process. Creates nothing on disk. */
ZqSession *zq_session_new (ZqAccount *account, ZqClock *clock);

/* Before zq_session_open_store(), both optional. @dir: where store.db lies, NULL: the account's
 * folder. @dirs: policy folders, later ones win; NULL: /etc/zhenqiao/policy.d. */
void zq_session_set_store_dir (ZqSession *self, const char *dir);
void zq_session_set_policy_dirs (ZqSession *self, const char *const *dirs);

/* Loads the policy and opens the store. @key: 32 bytes. Blocks; any thread, not two at once. Errors
 * are ZQ_SESSION_ERROR_NO_PERSON, ZQ_STORE_ERROR and ZQ_DB_ERROR. */
gboolean zq_session_open_store (ZqSession *self, GBytes *key, GError **error);

/* Main thread, once, after the store is open: makes client, tokens and sync. @tokens: (nullable): who
 * gives the access token; NULL: ZqTokens of the account's keyring, or none where auth = none. Sync
 * does nothing until zq_session_go() or one of its rounds is asked for. */
void zq_session_start (ZqSession *self, ZqTokenProvider *tokens);

/* Lets sync work by itself (polling, pushing). */
void zq_session_go (ZqSession *self);

/**
 * zq_session_adopt_async:
 *
 * Takes over what a sign-in brought, of a session that is started: checks that it is the same person,
 * keeps the tokens, and has sync try at once. Before there is a store use
 * zq_session_remember_person() and zq_tokens_adopt_async() through a session made afterwards.
 */
void
zq_session_adopt_async (ZqSession *self, const ZqSignInResult *result, GAsyncReadyCallback callback, gpointer data);
gboolean zq_session_adopt_finish (ZqSession *self, GAsyncResult *result, GError **error);

/* Writes who signed in into the account and its file; ZQ_SESSION_ERROR_OTHER_PERSON when it was
 * somebody else's already. No store is needed. */
gboolean zq_session_remember_person (ZqAccount *account, const ZqSignInResult *result, GError **error);

ZqAccount *zq_session_get_account (ZqSession *self);
ZqClock *zq_session_get_clock (ZqSession *self);
ZqSessionStatus *zq_session_get_status (ZqSession *self);  /* from zq_session_new() on */
ZqStore *zq_session_get_store (ZqSession *self);           /* NULL before it is open */
const ZqContext *zq_session_get_context (ZqSession *self); /* NULL before the store is open */
ZqFhirClient *zq_session_get_client (ZqSession *self);     /* NULL before the start */
ZqSync *zq_session_get_sync (ZqSession *self);             /* NULL before the start */
ZqTokens *zq_session_get_tokens (ZqSession *self);         /* NULL before the start, and with other providers */

/* What is wrong in policy files now, "origin: path: reason" each (element-type utf8); empty when nothing is. A
 * file that is told there is not followed: the last good one is. Main thread. Signal "policy-changed":
 * read both again. */
GPtrArray *zq_session_get_policy_problems (ZqSession *self);
/* "consultation=2026.1 clinic=2026.2"; NULL before the store is open. */
const char *zq_session_get_policy_version (ZqSession *self);

/* Before a sign-out or the end: takes back what the hospital keeps for this workstation alone. Runs the main
 * context for a second at most; does nothing where nobody would answer. */
void zq_session_leave (ZqSession *self);

/* Stops sync and closes the store after what is queued. Blocks shortly. Idempotent. */
void zq_session_close (ZqSession *self);

G_END_DECLS
