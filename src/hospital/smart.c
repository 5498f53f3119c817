/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "base/id.h"

#include <string.h>

#define REFRESH_LIFETIME (90 * 24 * 3600 * (gint64)G_USEC_PER_SEC)

/* What is kept of a grant from one token to the next. */
typedef struct
{
  char *login;
  char *client;
  char *scope;
  char *family;
  char *nonce;
} Grant;

static void
grant_clear (Grant *self)
{
  g_free (self->login);
  g_free (self->client);
  g_free (self->scope);
  g_free (self->family);
  g_free (self->nonce);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Grant, grant_clear)

/* Only this is stored: a copy of the database is no key to the hospital. */
char *
zq_token_hash (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

char *
zq_smart_configuration (ZqHospital *self)
{
  return g_strdup_printf (
      "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/auth/authorize\",\"token_endpoint\":\"%s/auth/token\","
      "\"response_types_supported\":[\"code\"],\"grant_types_supported\":[\"authorization_code\",\"refresh_token\"],"
      "\"code_challenge_methods_supported\":[\"S256\"],\"token_endpoint_auth_methods_supported\":[\"none\"],"
      "\"scopes_supported\":[\"openid\",\"fhirUser\",\"offline_access\",\"launch/patient\",\"user/*.cruds\",\"user/"
      "*.*\","
      "\"patient/*.cruds\",\"patient/*.*\"],"
      "\"capabilities\":[\"launch-standalone\",\"client-public\",\"sso-openid-connect\",\"context-standalone-patient\","
      "\"permission-offline\",\"permission-user\",\"permission-patient\",\"permission-v1\",\"permission-v2\"]}",
      self->base, self->origin, self->origin);
}

ZqSession *
zq_smart_session (ZqHospital *self, const char *authorization)
{
  g_autofree char *hash = NULL;
  g_autoptr (ZqRows) rows = NULL;
  g_autoptr (ZqSession) session = NULL;
  const char *department;

  if (authorization == NULL || g_ascii_strncasecmp (authorization, "Bearer ", 7) != 0)
    return NULL;
  hash = zq_token_hash (authorization + 7);
  rows = zq_db_query (self->db, NULL,
                      "SELECT a.login, a.role, a.fhir_user, a.department FROM token t JOIN account a"
                      " ON a.login = t.login WHERE t.hash = ?1 AND t.kind = 'access' AND t.expires > ?2",
                      "si", hash, zq_clock_now (self->clock));
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;

  session = g_new0 (ZqSession, 1);
  if (!zq_role_from_name (zq_rows_text (rows, 1), &session->role))
    return NULL;
  session->login = g_strdup (zq_rows_text (rows, 0));
  session->who = g_strdup (zq_rows_text (rows, 2));
  department = zq_rows_text (rows, 3);
  session->org = *department != '\0' ? g_strconcat ("Organization/", department, NULL) : g_strdup ("");

  return g_steal_pointer (&session);
}

static void
send_json (SoupServerMessage *message, guint status, char *json)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, json, strlen (json));
}

/* RFC 6749, section 5.2. */
static gboolean
send_error (SoupServerMessage *message, const char *error, const char *description)
{
  send_json (message, 400, g_strdup_printf ("{\"error\":\"%s\",\"error_description\":\"%s\"}", error, description));
  return FALSE;
}

static gboolean
has_scope (const Grant *grant, const char *scope)
{
  g_auto (GStrv) scopes = g_strsplit (grant->scope, " ", -1);

  return g_strv_contains ((const char *const *)scopes, scope);
}

static char *
base64url (const char *text, gsize length)
{
  char *encoded = g_base64_encode ((const guchar *)text, length);

  g_strdelimit (encoded, "+", '-');
  g_strdelimit (encoded, "/", '_');
  encoded[strcspn (encoded, "=")] = '\0';
  return encoded;
}

/* An unsigned JWT: it comes straight from this server (OIDC Core 1.0, 3.1.3.7). */
static char *
id_token (ZqHospital *self, const Grant *grant, const char *fhir_user)
{
  gint64 now = zq_clock_now (self->clock) / G_USEC_PER_SEC;
  g_autofree char *sub = zq_json_quote (grant->login);
  g_autofree char *nonce = grant->nonce != NULL ? zq_json_quote (grant->nonce) : NULL;
  g_autofree char *user =
      *fhir_user != '\0' ? g_strdup_printf (",\"fhirUser\":\"%s/%s\"", self->base, fhir_user) : NULL;
  g_autofree char *claims = g_strdup_printf (
      "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":%s,\"iat\":%" G_GINT64_FORMAT ",\"exp\":%" G_GINT64_FORMAT "%s%s%s}",
      self->base, grant->client, sub, now, now + 3600, nonce != NULL ? ",\"nonce\":" : "", nonce != NULL ? nonce : "",
      user != NULL ? user : "");
  g_autofree char *head = base64url ("{\"alg\":\"none\"}", strlen ("{\"alg\":\"none\"}"));
  g_autofree char *body = base64url (claims, strlen (claims));

  return g_strconcat (head, ".", body, ".", NULL);
}

static gboolean
store_token (ZqHospital *self, const Grant *grant, const char *kind, const char *token, gint64 lifetime, GError **error)
{
  g_autofree char *hash = zq_token_hash (token);

  return zq_db_exec (self->db, error,
                     "INSERT INTO token (hash, kind, family, login, client, scope, expires)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     "ssssssi", hash, kind, grant->family, grant->login, grant->client, grant->scope,
                     zq_clock_now (self->clock) + lifetime);
}

/* Writes new tokens and answers with them; the caller's transaction. */
static gboolean
issue (ZqHospital *self, SoupServerMessage *message, const Grant *grant, GError **error)
{
  g_autofree char *access = zq_id_random_token (32);
  g_autofree char *refresh = zq_id_random_token (32);
  g_autofree char *fhir_user =
      zq_db_get_text (self->db, NULL, "SELECT fhir_user FROM account WHERE login = ?1", "s", grant->login);
  g_autofree char *scope = zq_json_quote (grant->scope);
  gboolean lasting = has_scope (grant, "offline_access") || has_scope (grant, "online_access");
  GString *out;

  if (fhir_user == NULL)
    return send_error (message, "invalid_grant", "the account is gone");
  if (!store_token (self, grant, "access", access, self->token_lifetime, error) ||
      !zq_db_exec (self->db, error, "DELETE FROM token WHERE kind = 'access' AND expires < ?1", "i",
                   zq_clock_now (self->clock)) ||
      (lasting && !store_token (self, grant, "refresh", refresh, REFRESH_LIFETIME, error)))
    return FALSE;

  out = g_string_new (NULL);
  g_string_append_printf (
      out, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%" G_GINT64_FORMAT ",\"scope\":%s",
      access, self->token_lifetime / G_USEC_PER_SEC, scope);
  if (lasting)
    g_string_append_printf (out, ",\"refresh_token\":\"%s\"", refresh);
  if (g_str_has_prefix (fhir_user, "Patient/"))
    g_string_append_printf (out, ",\"patient\":\"%s\"", fhir_user + strlen ("Patient/"));
  if (has_scope (grant, "openid"))
    {
      g_autofree char *token = id_token (self, grant, fhir_user);

      g_string_append_printf (out, ",\"id_token\":\"%s\"", token);
    }
  g_string_append_c (out, '}');
  send_json (message, 200, g_string_free (out, FALSE));
  return TRUE;
}

static gboolean
revoke_family (ZqHospital *self, const char *family)
{
  return zq_db_exec (self->db, NULL, "DELETE FROM token WHERE family = ?1", "s", family);
}

/* S256 of RFC 7636, section 4.6. */
static gboolean
verifier_matches (const char *verifier, const char *challenge)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *encoded = NULL;
  guint8 digest[32];
  gsize length = sizeof digest;

  if (verifier == NULL || strlen (verifier) < 43 || strlen (verifier) > 128)
    return FALSE;
  g_checksum_update (checksum, (const guchar *)verifier, -1);
  g_checksum_get_digest (checksum, digest, &length);
  encoded = base64url ((const char *)digest, length);

  return g_str_equal (encoded, challenge);
}

/* Whether the exchange is to be committed: a misuse revokes, and that must stay. */
static gboolean
exchange_code (ZqHospital *self, SoupServerMessage *message, GHashTable *form, GError **error)
{
  const char *code = g_hash_table_lookup (form, "code");
  g_autofree char *hash = code != NULL ? zq_token_hash (code) : NULL;
  g_autofree char *redirect = NULL, *challenge = NULL;
  g_autoptr (ZqRows) rows = NULL;
  g_auto (Grant) grant = { 0 };
  gboolean used;

  rows = zq_db_query (self->db, error,
                      "SELECT login, client, scope, family, nonce, redirect, challenge, used FROM grant_code"
                      " WHERE hash = ?1 AND expires > ?2",
                      "si", hash, zq_clock_now (self->clock));
  if (rows == NULL || !zq_rows_next (rows, error))
    return send_error (message, "invalid_grant", "the code is unknown or too old");
  grant =
      (Grant){ g_strdup (zq_rows_text (rows, 0)), g_strdup (zq_rows_text (rows, 1)), g_strdup (zq_rows_text (rows, 2)),
               g_strdup (zq_rows_text (rows, 3)), g_strdup (zq_rows_text (rows, 4)) };
  redirect = g_strdup (zq_rows_text (rows, 5));
  challenge = g_strdup (zq_rows_text (rows, 6));
  used = zq_rows_int (rows, 7) != 0;
  g_clear_pointer (&rows, zq_rows_free);

  /* one try a code, good or bad; a second one takes back what the first one got (RFC 6749, 4.1.2) */
  zq_db_exec (self->db, NULL, "UPDATE grant_code SET used = 1 WHERE hash = ?1", "s", hash);
  if (used)
    {
      send_error (message, "invalid_grant", "the code was used before");
      return revoke_family (self, grant.family);
    }
  if (g_strcmp0 (g_hash_table_lookup (form, "client_id"), grant.client) != 0 ||
      g_strcmp0 (g_hash_table_lookup (form, "redirect_uri"), redirect) != 0 ||
      !verifier_matches (g_hash_table_lookup (form, "code_verifier"), challenge))
    {
      send_error (message, "invalid_grant", "client, redirect_uri or code_verifier is not that of the code");
      return TRUE;
    }

  return issue (self, message, &grant, error);
}

static gboolean
exchange_refresh (ZqHospital *self, SoupServerMessage *message, GHashTable *form, GError **error)
{
  const char *token = g_hash_table_lookup (form, "refresh_token");
  g_autofree char *hash = token != NULL ? zq_token_hash (token) : NULL;
  g_autoptr (ZqRows) rows = NULL;
  g_auto (Grant) grant = { 0 };
  gboolean used;

  rows = zq_db_query (self->db, error,
                      "SELECT login, client, scope, family, used FROM token"
                      " WHERE hash = ?1 AND kind = 'refresh' AND expires > ?2",
                      "si", hash, zq_clock_now (self->clock));
  if (rows == NULL || !zq_rows_next (rows, error))
    return send_error (message, "invalid_grant", "the refresh token is unknown, revoked or too old");
  grant = (Grant){ g_strdup (zq_rows_text (rows, 0)), g_strdup (zq_rows_text (rows, 1)),
                   g_strdup (zq_rows_text (rows, 2)), g_strdup (zq_rows_text (rows, 3)), NULL };
  used = zq_rows_int (rows, 4) != 0;
  g_clear_pointer (&rows, zq_rows_free);

  if (used)
    {
      send_error (message, "invalid_grant", "the refresh token was used before; all of its family is revoked");
      return revoke_family (self, grant.family);
    }
  if (g_strcmp0 (g_hash_table_lookup (form, "client_id"), grant.client) != 0)
    return send_error (message, "invalid_grant", "the refresh token is another client's");

  return zq_db_exec (self->db, error, "UPDATE token SET used = 1 WHERE hash = ?1", "s", hash) &&
         issue (self, message, &grant, error);
}

static void
handle_token (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GHashTable) form = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char *type;
  gboolean keep = FALSE;

  if (!zq_server_body_ok (self, message))
    return;
  if (!g_str_equal (soup_server_message_get_method (message), "POST"))
    {
      send_error (message, "invalid_request", "the token endpoint takes POST");
      return;
    }
  body = zq_server_body (message);
  text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  form = soup_form_decode (text);
  type = g_hash_table_lookup (form, "grant_type");

  if (g_strcmp0 (type, "authorization_code") != 0 && g_strcmp0 (type, "refresh_token") != 0)
    {
      send_error (message, "unsupported_grant_type", "authorization_code and refresh_token are known here");
      return;
    }
  if (zq_records_begin (self, &error))
    {
      if (g_str_equal (type, "authorization_code"))
        keep = exchange_code (self, message, form, &error);
      else
        keep = exchange_refresh (self, message, form, &error);
      if (!zq_records_end (self, keep, error == NULL ? &error : NULL))
        keep = FALSE;
    }
  if (error != NULL)
    {
      g_warning ("The token endpoint failed: %s", error->message);
      send_json (message, 500, g_strdup ("{\"error\":\"server_error\"}"));
    }
}

void
zq_smart_register (ZqHospital *self)
{
  soup_server_add_handler (self->server, "/auth/token", handle_token, self, NULL);
  zq_authorize_register (self);
}
