/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include "base/id.h"

#include <string.h>

static char *
base64url (const char *text)
{
  char *token = g_base64_encode ((const guchar *)text, strlen (text));

  g_strdelimit (token, "+", '-');
  g_strdelimit (token, "/", '_');
  token[strcspn (token, "=")] = '\0';
  return token;
}

static char *
signature (ZqHospital *self, const ZqSession *session, const char *text)
{
  g_autofree char *signed_text = g_strconcat (session->login, "\n", text, NULL);

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *)self->secret, strlen (self->secret), signed_text,
                                    -1);
}

gboolean
zq_page_open (ZqHospital *self, GError **error)
{
  g_autofree char *fresh = zq_id_random_token (32);

  /* kept, so that a page link outlives a new start */
  if (!zq_db_exec (self->db, error,
                   "INSERT INTO secret (name, value) SELECT 'page', ?1 WHERE NOT EXISTS"
                   " (SELECT 1 FROM secret WHERE name = 'page')",
                   "s", fresh))
    return FALSE;
  self->secret = zq_db_get_text (self->db, error, "SELECT value FROM secret WHERE name = 'page'", "");
  return self->secret != NULL;
}

char *
zq_page_token (ZqHospital *self, const ZqSession *session, const ZqPage *page)
{
  g_autofree char *quoted = zq_json_quote (page->query != NULL ? page->query : "");
  g_autofree char *key = zq_json_quote (page->key);
  g_autofree char *text = g_strdup_printf ("{\"t\":\"%s\",\"q\":%s,\"k\":%s,\"r\":%" G_GINT64_FORMAT "}", page->type,
                                           quoted, key, page->row);
  g_autofree char *seal = signature (self, session, text);
  g_autofree char *encoded = base64url (text);

  return g_strconcat (encoded, ".", seal, NULL);
}

static char *
unseal (ZqHospital *self, const ZqSession *session, const char *token)
{
  const char *dot = strchr (token, '.');
  g_autofree char *padded = NULL, *seal = NULL, *text = NULL;
  g_autofree guchar *decoded = NULL;
  gsize length = 0;

  if (dot == NULL)
    return NULL;
  padded = g_strdup_printf ("%.*s%s", (int)(dot - token), token, &"==="[(dot - token + 3) % 4]);
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  decoded = g_base64_decode (padded, &length);
  text = g_strndup ((const char *)decoded, length);
  seal = signature (self, session, text);

  return g_str_equal (seal, dot + 1) ? g_steal_pointer (&text) : NULL;
}

gboolean
zq_page_read (ZqHospital *self, const ZqSession *session, const char *token, ZqPage *page, ZqReply *reply)
{
  g_autofree char *text = unseal (self, session, token);
  g_autoptr (JsonNode) node = text != NULL ? zq_json_read (text, -1, NULL) : NULL;
  const char *type = node != NULL ? zq_json_get_string (node, "t") : NULL;
  const char *row = node != NULL ? zq_json_get_string (node, "r") : NULL;

  /* another account's link is no other case than one that never was */
  if (!zq_type_is_known (type) || row == NULL)
    return zq_reply_fail (reply, 410, "This page is gone; search again");

  page->type = g_intern_string (type);
  page->query = g_strdup (zq_json_get_string (node, "q"));
  page->key = g_strdup (zq_json_get_string (node, "k"));
  page->row = g_ascii_strtoll (row, NULL, 10);
  return TRUE;
}

void
zq_page_clear (ZqPage *self)
{
  g_clear_pointer (&self->query, g_free);
  g_clear_pointer (&self->key, g_free);
}
