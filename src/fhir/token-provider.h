/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ZQ_TYPE_TOKEN_PROVIDER (zq_token_provider_get_type ())
G_DECLARE_INTERFACE (ZqTokenProvider, zq_token_provider, ZQ, TOKEN_PROVIDER, GObject)

/**
 * ZqTokenProvider:
 *
 * Where the client gets its access token. @stale: (nullable): the token that the server has just
 * refused: a provider whose token is still that one refreshes it, once for all who ask meanwhile.
 * Fails with ZQ_FHIR_ERROR_SIGNED_OUT when a person has to sign in, _NETWORK when it was not reached.
 */
struct _ZqTokenProviderInterface
{
  GTypeInterface parent;

  void (*get_async) (ZqTokenProvider *self,
                     const char *stale,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  char *(*get_finish) (ZqTokenProvider *self, GAsyncResult *result, GError **error);
};

void zq_token_provider_get_async (ZqTokenProvider *self,
                                  const char *stale,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
char *zq_token_provider_get_finish (ZqTokenProvider *self, GAsyncResult *result, GError **error);

/* A provider of one fixed token, for tests and --token-file. */
ZqTokenProvider *zq_token_provider_new_fixed (const char *token);

G_END_DECLS
