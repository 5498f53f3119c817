/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "smart-server.h"

#include "account/pkce.h"
#include "base/id.h"

#include <string.h>

static void
reply (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static char *
base64url (const char *text)
{
  char *encoded = g_base64_encode ((const guchar *)text, strlen (text));

  g_strdelimit (encoded, "+", '-');
  g_strdelimit (encoded, "/", '_');
  encoded[strcspn (encoded, "=")] = '\0';
  return encoded;
}

static void
on_configuration (SmartServer *self, SoupServerMessage *message)
{
  g_autofree char *text = NULL;

  text = g_strdup_printf ("{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/authorize?tenant=1\",%s"
                          "\"token_endpoint\":\"%s/token\",\"code_challenge_methods_supported\":[\"S256\"]}",
                          self->base, self->base, self->scopes, self->base);
  reply (message, self->configuration_status, "application/json",
         self->configuration != NULL ? self->configuration : text);
}

static void
on_authorize (SmartServer *self, SoupServerMessage *message, GHashTable *query)
{
  g_autofree char *form = NULL;
  g_autofree char *target = NULL;
  const char *state;

  self->n_authorize++;
  g_clear_pointer (&self->asked, g_hash_table_unref);
  self->asked = g_hash_table_ref (query);
  state = g_hash_table_lookup (query, "state");
  if (self->ask_person)
    {
      reply (message, 200, "text/html", "<form>who are you</form>");
      return;
    }
  if (self->deny != NULL)
    form = soup_form_encode ("error", self->deny, "error_description", "not today", "state", state, NULL);
  else
    form = soup_form_encode ("code", "c0de&more", "state", state, "iss", self->base, NULL);
  target = g_strconcat ((const char *)g_hash_table_lookup (query, "redirect_uri"), "?", form, NULL);
  soup_server_message_set_status (message, 302, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location", target);
}

static char *
make_id_token (SmartServer *self)
{
  gint64 exp = zq_clock_now (self->clock) / G_USEC_PER_SEC + self->lifetime_s;
  g_autofree char *user = self->user != NULL ? g_strdup_printf (",\"fhirUser\":\"%s\"", self->user) : g_strdup ("");
  g_autofree char *claims = NULL;
  g_autofree char *payload = NULL;

  claims = g_strdup_printf (
      "{\"iss\":\"%s\",\"aud\":%s,\"exp\":%" G_GINT64_FORMAT ",\"nonce\":\"%s\",\"sub\":\"s\"%s}",
      self->issuer != NULL ? self->issuer : self->base, self->audience != NULL ? self->audience : "\"zhenqiao\"", exp,
      self->nonce != NULL ? self->nonce : (const char *)g_hash_table_lookup (self->asked, "nonce"), user);
  payload = base64url (claims);
  return g_strconcat ("eyJhbGciOiJFUzI1NiJ9.", payload, ".c2lnbmF0dXJl", NULL);
}

static void
give_tokens (SmartServer *self, SoupServerMessage *message, gboolean with_id_token)
{
  g_autoptr (GString) text = g_string_new ("{\"token_type\":\"bearer\"");

  g_free (self->access);
  self->access = zq_id_random_token (16);
  g_free (self->refresh);
  self->refresh = zq_id_random_token (16);
  g_string_append_printf (text, ",\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"expires_in\":%" G_GINT64_FORMAT,
                          self->access, self->refresh, self->expires_in_s);
  if (with_id_token && !self->without_id_token)
    {
      g_autofree char *token = make_id_token (self);

      g_string_append_printf (text, ",\"id_token\":\"%s\"", token);
    }
  if (with_id_token && self->plain_user != NULL)
    g_string_append_printf (text, ",\"fhirUser\":\"%s\"", self->plain_user);
  g_string_append_c (text, '}');
  reply (message, 200, "application/json", text->str);
}

static void
refuse (SoupServerMessage *message, const char *code)
{
  g_autofree char *text = g_strdup_printf ("{\"error\":\"%s\"}", code);

  reply (message, 400, "application/json", text);
}

static gboolean
is_asked_code (SmartServer *self, GHashTable *form)
{
  const char *verifier = g_hash_table_lookup (form, "code_verifier");
  g_autofree char *challenge = verifier != NULL ? zq_pkce_challenge (verifier) : NULL;

  return self->asked != NULL && g_strcmp0 (g_hash_table_lookup (form, "code"), "c0de&more") == 0 &&
         g_strcmp0 (g_hash_table_lookup (form, "client_id"), "zhenqiao") == 0 &&
         g_strcmp0 (g_hash_table_lookup (form, "redirect_uri"), g_hash_table_lookup (self->asked, "redirect_uri")) ==
             0 &&
         g_strcmp0 (challenge, g_hash_table_lookup (self->asked, "code_challenge")) == 0;
}

static void
on_token (SmartServer *self, SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GHashTable) form = soup_form_decode (text);
  const char *type = g_hash_table_lookup (form, "grant_type");

  if (self->token_status != 0)
    {
      reply (message, self->token_status, "text/html", "<h1>broken</h1>");
      return;
    }
  if (g_strcmp0 (type, "authorization_code") == 0)
    {
      self->n_code_grants++;
      if (is_asked_code (self, form))
        give_tokens (self, message, TRUE);
      else
        refuse (message, "invalid_grant");
      return;
    }
  self->n_refreshes++;
  if (g_strcmp0 (type, "refresh_token") != 0)
    refuse (message, "unsupported_grant_type");
  else if (self->refuse_refresh || g_strcmp0 (g_hash_table_lookup (form, "refresh_token"), self->refresh) != 0)
    refuse (message, "invalid_grant");
  else
    give_tokens (self, message, FALSE);
}

static gboolean
is_signed_in (SmartServer *self, SoupServerMessage *message)
{
  g_autofree char *wanted = g_strconcat ("Bearer ", self->access, NULL);
  const char *given;

  given = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");
  return self->access == NULL || g_strcmp0 (given, wanted) == 0;
}

static void
on_resource (SmartServer *self, SoupServerMessage *message, const char *path)
{
  g_autofree char *bundle = NULL;

  if (!is_signed_in (self, message))
    reply (message, 401, "text/plain", "no");
  else if (g_str_equal (path, "/fhir/Practitioner/p1"))
    reply (message, 200, "application/fhir+json",
           "{\"resourceType\":\"Practitioner\",\"id\":\"p1\",\"name\":[{\"family\":\"李\",\"given\":[\"文\"]}]}");
  else if (g_str_equal (path, "/fhir/PractitionerRole"))
    {
      bundle = g_strdup_printf ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[%s]}", self->roles);
      reply (message, 200, "application/fhir+json", bundle);
    }
  else if (g_str_equal (path, "/fhir/Task"))
    {
      self->n_tasks++;
      if (self->on_task != NULL)
        self->on_task (self->task_data);
      reply (message, 200, "application/fhir+json", "{\"resourceType\":\"Bundle\"}");
    }
  else
    reply (message, 404, "text/plain", "no");
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  SmartServer *self = user_data;
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (zq_clock_now (self->clock) / G_USEC_PER_SEC);
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);

  if (g_str_equal (path, "/fhir/.well-known/smart-configuration"))
    on_configuration (self, message);
  else if (g_str_equal (path, "/fhir/authorize"))
    on_authorize (self, message, query);
  else if (g_str_equal (path, "/fhir/token"))
    on_token (self, message);
  else
    on_resource (self, message, path);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Date", date);
}

SmartServer *
smart_server_new (ZqClock *clock)
{
  SmartServer *self = g_new0 (SmartServer, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->clock = g_object_ref (clock);
  self->scopes = "\"capabilities\":[\"launch-standalone\",\"permission-v2\"],";
  self->configuration_status = 200;
  self->user = "Practitioner/p1";
  self->lifetime_s = 300;
  self->expires_in_s = 600;
  self->roles =
      "{\"resource\":{\"resourceType\":\"PractitionerRole\",\"id\":\"r1\","
      "\"organization\":{\"reference\":\"Organization/d1\"},"
      "\"code\":[{\"coding\":[{\"system\":\"https://zhenqiao.org/fhir/CodeSystem/role\",\"code\":\"doctor\"}]}]}}";
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->base = g_strdup_printf ("http://127.0.0.1:%d/fhir", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return self;
}

void
smart_server_free (SmartServer *self)
{
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  g_free (self->base);
  g_free (self->access);
  g_free (self->refresh);
  g_free (self);
}
