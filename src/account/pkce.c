/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/pkce.h"

#include "base/id.h"

#include <string.h>

#define VERIFIER_BYTES 48 /* 64 characters */

char *
zq_pkce_verifier_new (void)
{
  return zq_id_random_token (VERIFIER_BYTES);
}

char *
zq_pkce_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  char *encoded;

  g_checksum_update (checksum, (const guchar *)verifier, (gssize)strlen (verifier));
  g_checksum_get_digest (checksum, digest, &length);
  encoded = g_base64_encode (digest, length);
  g_strdelimit (encoded, "+", '-');
  g_strdelimit (encoded, "/", '_');
  encoded[strcspn (encoded, "=")] = '\0';
  return encoded;
}
