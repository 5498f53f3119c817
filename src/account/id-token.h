/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"

G_BEGIN_DECLS

typedef struct
{
  const char *issuer; /* NULL: the server told none, any */
  const char *client_id;
  const char *nonce;
  gint64 now_us;
} ZqIdTokenExpected;

/* Checks iss, aud, azp, exp and nonce (OpenID Connect Core 1.0, 3.1.3.7). The signature is not
 * checked, as 3.1.3.7 (6) allows for a token that came straight from the token endpoint over TLS.
 * Returns: (transfer full): the fhirUser claim, "" when there is none; NULL with ZQ_ACCOUNT_ERROR_SIGN_IN. */
char *zq_id_token_check (const char *token, const ZqIdTokenExpected *expected, GError **error);

G_END_DECLS
