/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A new code verifier: 43 to 128 unreserved characters (RFC 7636, 4.1). (transfer full) */
char *zq_pkce_verifier_new (void);

/* BASE64URL (SHA256 (verifier)) without padding (RFC 7636, 4.2, S256). (transfer full) */
char *zq_pkce_challenge (const char *verifier);

G_END_DECLS
