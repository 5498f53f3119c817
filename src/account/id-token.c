/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/id-token.h"

#include "resource/json.h"

#include <string.h>

#define LEEWAY_S 60

static JsonNode *
read_payload (const char *token)
{
  g_auto (GStrv) parts = g_strsplit (token, ".", 4);
  g_autofree guchar *payload = NULL;
  g_autofree char *padded = NULL;
  gsize length = 0;

  if (g_strv_length (parts) != 3 || *parts[1] == '\0')
    return NULL;
  g_strdelimit (parts[1], "-", '+');
  g_strdelimit (parts[1], "_", '/');
  padded = g_strconcat (parts[1], &"===="[4 - (4 - strlen (parts[1]) % 4) % 4], NULL);
  payload = g_base64_decode (padded, &length);
  return length > 0 ? zq_json_read ((const char *)payload, (gssize)length, NULL) : NULL;
}

static gboolean
is_for_us (JsonNode *claims, const char *client_id)
{
  const char *azp = zq_json_get_string (claims, "azp");
  guint n = zq_json_get_length (claims, "aud");

  if (azp != NULL && !g_str_equal (azp, client_id))
    return FALSE;
  if (n > 1 && azp == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("aud[%u]", i);

      if (g_strcmp0 (zq_json_get_string (claims, path), client_id) == 0)
        return TRUE;
    }
  return g_strcmp0 (zq_json_get_string (claims, "aud"), client_id) == 0;
}

static gboolean
is_current (JsonNode *claims, gint64 now_us)
{
  const char *exp = zq_json_get_string (claims, "exp");

  return exp != NULL && g_ascii_strtoll (exp, NULL, 10) > now_us / G_USEC_PER_SEC - LEEWAY_S;
}

char *
zq_id_token_check (const char *token, const ZqIdTokenExpected *expected, GError **error)
{
  g_autoptr (JsonNode) claims = read_payload (token);
  const char *wrong = NULL;
  const char *user;

  if (claims == NULL)
    wrong = "it cannot be read";
  else if (zq_json_get_string (claims, "iss") == NULL ||
           (expected->issuer != NULL && !g_str_equal (zq_json_get_string (claims, "iss"), expected->issuer)))
    wrong = "another issuer wrote it";
  else if (!is_for_us (claims, expected->client_id))
    wrong = "it is for another program";
  else if (!is_current (claims, expected->now_us))
    wrong = "it has expired; check this computer's time";
  else if (g_strcmp0 (zq_json_get_string (claims, "nonce"), expected->nonce) != 0)
    wrong = "it belongs to another sign-in";
  if (wrong != NULL)
    {
      g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN, "The hospital's proof of identity is wrong: %s",
                   wrong);
      return NULL;
    }
  user = zq_json_get_string (claims, "fhirUser");
  if (user == NULL)
    user = zq_json_get_string (claims, "profile"); /* SMART App Launch 1.0 */
  return g_strdup (user != NULL ? user : "");
}
