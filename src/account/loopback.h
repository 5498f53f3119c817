/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"

G_BEGIN_DECLS

/* Where the browser comes back to (RFC 8252, 7.3): a listener on loopback for one answer. */
typedef struct _ZqLoopback ZqLoopback;

/* @redirect: NULL, or without a port: any port. @state: only a request that holds it counts. @issuer:
 * nullable: refuses an answer that names another (RFC 9207). */
ZqLoopback *zq_loopback_new (const char *redirect, const char *state, const char *issuer, GError **error);
void zq_loopback_free (ZqLoopback *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqLoopback, zq_loopback_free)

const char *zq_loopback_get_redirect (ZqLoopback *self);

/* The authorization code, or ZQ_ACCOUNT_ERROR_SIGN_IN with the server's reason. @self lives on until then. */
void
zq_loopback_wait_async (ZqLoopback *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *zq_loopback_wait_finish (GAsyncResult *result, GError **error);

G_END_DECLS
