/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/tokens.h"

G_BEGIN_DECLS

/**
 * ZqSelfSignIn:
 *
 * A token provider that signs in by itself when its tokens have run out: it follows the hospital's
 * address with a login hint, where the hospital approves by itself, else prints the address and waits
 * for whoever opens it. One sign-in serves all who ask meanwhile.
 */
#define ZQ_TYPE_SELF_SIGN_IN (zq_self_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (ZqSelfSignIn, zq_self_sign_in, ZQ, SELF_SIGN_IN, GObject)

/* @login_hint: nullable. */
ZqSelfSignIn *zq_self_sign_in_new (ZqAccount *account, ZqClock *clock, ZqTokens *tokens, const char *login_hint);

/* Signs in now; what it brought is adopted by the tokens. */
void zq_self_sign_in_run_async (ZqSelfSignIn *self, GAsyncReadyCallback callback, gpointer data);
ZqSignInResult *zq_self_sign_in_run_finish (ZqSelfSignIn *self, GAsyncResult *result, GError **error);

G_END_DECLS
