/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/sign-in.h"
#include "fhir/token-provider.h"

G_BEGIN_DECLS

/**
 * ZqTokens:
 *
 * The account's ZqTokenProvider: access token in memory, refresh token in the keyring. A rotated
 * refresh token is in the keyring before the new access token is first used; one refresh serves all
 * who wait. Signal "signed-out": a person has to sign in again; store and intents are untouched. Until
 * then every request for a token fails at once.
 */
#define ZQ_TYPE_TOKENS (zq_tokens_get_type ())
G_DECLARE_FINAL_TYPE (ZqTokens, zq_tokens, ZQ, TOKENS, GObject)

ZqTokens *zq_tokens_new (ZqAccount *account, ZqClock *clock);

/* Without a keyring (probe --key-file, tests): the refresh token lives as long as the object. */
ZqTokens *zq_tokens_new_in_memory (ZqAccount *account, ZqClock *clock);

/* Takes over what a sign-in brought: refresh token to the keyring (worker thread), then use. */
void
zq_tokens_adopt_async (ZqTokens *self, const ZqSignInResult *result, GAsyncReadyCallback callback, gpointer user_data);
gboolean zq_tokens_adopt_finish (ZqTokens *self, GAsyncResult *result, GError **error);

/* Whether a refresh token is at hand (blocks for the keyring once; headless or worker thread). */
gboolean zq_tokens_can_refresh (ZqTokens *self, GError **error);

/* Forgets both tokens, in the keyring too; "signed-out" follows. Intents and store stay. */
void zq_tokens_sign_out_async (ZqTokens *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean zq_tokens_sign_out_finish (ZqTokens *self, GAsyncResult *result, GError **error);

G_END_DECLS
