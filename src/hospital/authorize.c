/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "base/id.h"

#include <string.h>

#define CODE_LIFETIME (60 * (gint64)G_USEC_PER_SEC)

/* Names of what is carried from the address through the page. */
static const char *const carried[] = { "response_type", "client_id",      "redirect_uri",          "scope", "state",
                                       "nonce",         "code_challenge", "code_challenge_method", "aud",   NULL };

static const char *
get (GHashTable *values, const char *name)
{
  const char *value = values != NULL ? g_hash_table_lookup (values, name) : NULL;

  return value != NULL ? value : "";
}

static void
send_page (SoupServerMessage *message, guint status, const char *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  char *page = g_strdup_printf (
      "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>示范医院</title><style>"
      "body{font:20px/1.6 sans-serif;max-width:32em;margin:2em auto;padding:0 1em;color:#222;background:#fff}"
      "button,a.account{display:block;width:100%%;margin:.5em 0;padding:.7em 1em;font:inherit;text-align:start;"
      "border:1px solid #888;border-radius:.5em;background:#f4f7fa;color:#222;cursor:pointer}"
      "small{color:#555;display:block}</style></head><body>%s</body></html>",
      body);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_TAKE, page, strlen (page));
}

/* Native programs get a loopback port of their own (RFC 8252, 7.3); the page is on our own origin. */
static gboolean
redirect_allowed (ZqHospital *self, const char *client, const char *redirect)
{
  g_autoptr (GUri) uri = g_uri_parse (redirect, SOUP_HTTP_URI_FLAGS, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || g_uri_get_fragment (uri) != NULL || g_strcmp0 (g_uri_get_scheme (uri), "http") != 0)
    return FALSE;
  if (g_str_equal (client, "patient-page") && g_str_has_prefix (redirect, self->origin) &&
      redirect[strlen (self->origin)] == '/')
    return TRUE;

  return g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") || g_str_equal (host, "localhost");
}

static void
redirect_to (SoupServerMessage *message, const char *redirect, GHashTable *answer)
{
  g_autofree char *query = soup_form_encode_hash (answer);
  g_autofree char *target = g_strconcat (redirect, strchr (redirect, '?') != NULL ? "&" : "?", query, NULL);

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Cache-Control", "no-store");
  soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, target);
}

static void
redirect_error (SoupServerMessage *message, GHashTable *values, const char *error, const char *description)
{
  g_autoptr (GHashTable) answer = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (answer, (gpointer) "error", (gpointer)error);
  g_hash_table_insert (answer, (gpointer) "error_description", (gpointer)description);
  g_hash_table_insert (answer, (gpointer) "state", (gpointer)get (values, "state"));
  redirect_to (message, get (values, "redirect_uri"), answer);
}

static void
approve (ZqHospital *self, SoupServerMessage *message, GHashTable *values, const char *login)
{
  g_autofree char *code = zq_id_random_token (32);
  g_autofree char *hash = zq_token_hash (code);
  g_autofree char *family = zq_id_new ();
  g_autoptr (GHashTable) answer = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 now = zq_clock_now (self->clock);
  const char *nonce = get (values, "nonce");

  if (!zq_db_exec (self->db, NULL, "DELETE FROM grant_code WHERE expires < ?1", "i", now) ||
      !zq_db_exec (self->db, NULL,
                   "INSERT INTO grant_code (hash, login, client, redirect, challenge, scope, nonce, family, expires)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   "ssssssssi", hash, login, get (values, "client_id"), get (values, "redirect_uri"),
                   get (values, "code_challenge"), get (values, "scope"), *nonce != '\0' ? nonce : NULL, family,
                   now + CODE_LIFETIME))
    {
      redirect_error (message, values, "server_error", "the database failed");
      return;
    }

  g_hash_table_insert (answer, (gpointer) "code", code);
  g_hash_table_insert (answer, (gpointer) "state", (gpointer)get (values, "state"));
  redirect_to (message, get (values, "redirect_uri"), answer);
}

static void
append_escaped (GString *out, const char *before, const char *text, const char *after)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (out, before);
  g_string_append (out, escaped);
  g_string_append (out, after);
}

static const char *
role_title (const char *role)
{
  if (g_strcmp0 (role, "doctor") == 0)
    return "医生";
  if (g_strcmp0 (role, "assistant") == 0)
    return "助理";
  return g_strcmp0 (role, "patient") == 0 ? "患者" : "管理";
}

/* The page on which a demo account is picked: no script, a form. */
static void
show_accounts (ZqHospital *self, SoupServerMessage *message, GHashTable *values)
{
  gboolean patients = g_str_equal (get (values, "client_id"), "patient-page");
  g_autoptr (GString) out = g_string_new ("<h1>登录示范医院</h1><p>这里没有真实病人。请选择一个示范账户。</p>"
                                          "<form method=\"post\" action=\"/auth/authorize\">");
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT login, display, role FROM account"
                                         " WHERE role = 'system' OR (role = 'patient') = ?1"
                                         " ORDER BY login <> ?2, role = 'system', rowid",
                                         "is", (gint64)patients, get (values, "login_hint"));

  for (guint i = 0; carried[i] != NULL; i++)
    {
      g_string_append_printf (out, "<input type=\"hidden\" name=\"%s\"", carried[i]);
      append_escaped (out, " value=\"", get (values, carried[i]), "\">");
    }
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      append_escaped (out, "<button name=\"account\" value=\"", zq_rows_text (rows, 0), "\">");
      append_escaped (out, "", zq_rows_text (rows, 1), "<small>");
      g_string_append_printf (out, "%s</small></button>", role_title (zq_rows_text (rows, 2)));
    }
  g_string_append (out, "</form>");
  send_page (message, 200, out->str);
}

static gboolean
check_client (ZqHospital *self, SoupServerMessage *message, GHashTable *values)
{
  const char *client = get (values, "client_id");

  /* while these are in doubt nobody is sent anywhere (RFC 6749, 4.1.2.1) */
  if ((g_str_equal (client, "zhenqiao") || g_str_equal (client, "patient-page")) &&
      redirect_allowed (self, client, get (values, "redirect_uri")))
    return TRUE;
  send_page (message, 400, "<h1>不能登录</h1><p>来源程序或返回地址不被本院认可。(client_id, redirect_uri)</p>");
  return FALSE;
}

static gboolean
check_request (ZqHospital *self, SoupServerMessage *message, GHashTable *values)
{
  const char *audience = get (values, "aud");
  gsize challenge = strlen (get (values, "code_challenge"));

  if (!g_str_equal (get (values, "response_type"), "code"))
    redirect_error (message, values, "unsupported_response_type", "only code is known here");
  else if (challenge < 43 || challenge > 128 || !g_str_equal (get (values, "code_challenge_method"), "S256"))
    redirect_error (message, values, "invalid_request", "PKCE with S256 is required");
  else if (*get (values, "state") == '\0')
    redirect_error (message, values, "invalid_request", "state is required");
  else if (!g_str_equal (audience, self->base))
    redirect_error (message, values, "invalid_request", "aud is not the base of this server");
  else
    return TRUE;

  return FALSE;
}

static void
handle_authorize (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  gboolean picked = g_str_equal (soup_server_message_get_method (message), "POST");
  g_autoptr (GHashTable) form = NULL;
  GHashTable *values = query;
  const char *login;
  gint64 found;

  if (!zq_server_body_ok (self, message))
    return;
  if (picked)
    {
      g_autoptr (GBytes) body = zq_server_body (message);
      g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

      values = form = soup_form_decode (text);
    }
  if (!check_client (self, message, values) || !check_request (self, message, values))
    return;

  login = get (values, picked ? "account" : "login_hint");
  if (!zq_db_get_int (self->db, &found, NULL, "SELECT 1 FROM account WHERE login = ?1", "s", login))
    login = NULL;
  if (login != NULL && (picked || self->auto_approve))
    approve (self, message, values, login);
  else if (picked)
    redirect_error (message, values, "access_denied", "no account was picked");
  else
    show_accounts (self, message, values);
}

static void
handle_root (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  g_autofree char *body = NULL;

  if (!g_str_equal (path, "/"))
    {
      send_page (message, 404, "<h1>没有这个页面</h1><p><a href=\"/\">返回</a></p>");
      return;
    }
  body = g_strdup_printf (
      "<h1>示范医院</h1><p><a class=\"account\" href=\"/patient/\">患者：图文咨询<small>手机或电脑浏览器"
      "</small></a></p><p>医生：请在“诊桥”工作站里填写这个地址<br><code>%s</code></p>",
      self->base);
  send_page (message, 200, body);
}

void
zq_authorize_register (ZqHospital *self)
{
  soup_server_add_handler (self->server, "/auth/authorize", handle_authorize, self, NULL);
  soup_server_add_handler (self->server, "/", handle_root, self, NULL);
}
