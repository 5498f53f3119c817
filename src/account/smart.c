/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/smart.h"

#include "fhir/address.h"
#include "resource/json.h"

#include <string.h>

#define SCOPES_V1 "openid fhirUser offline_access user/*.*"
#define SCOPES_V2 "openid fhirUser offline_access user/*.cruds"

void
zq_smart_free (ZqSmart *self)
{
  if (self == NULL)
    return;
  g_free (self->issuer);
  g_free (self->authorize);
  g_free (self->token);
  g_free (self->scope);
  g_free (self);
}

static gboolean
holds (JsonNode *node, const char *list, const char *wanted)
{
  for (guint i = 0; i < zq_json_get_length (node, list); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s[%u]", list, i);

      if (g_strcmp0 (zq_json_get_string (node, path), wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A scope of version 2 ends in letters out of "cruds", one of version 1 in read, write or "*". */
static gboolean
lists_v2_scope (JsonNode *node)
{
  for (guint i = 0; i < zq_json_get_length (node, "scopes_supported"); i++)
    {
      g_autofree char *path = g_strdup_printf ("scopes_supported[%u]", i);
      const char *scope = zq_json_get_string (node, path);
      const char *dot = scope != NULL && g_str_has_prefix (scope, "user/") ? strrchr (scope, '.') : NULL;

      if (dot != NULL && dot[1] != '\0' && strspn (dot + 1, "cruds") == strlen (dot + 1))
        return TRUE;
    }
  return FALSE;
}

static char *
choose_scope (JsonNode *node)
{
  gboolean v2 = holds (node, "capabilities", "permission-v2") || lists_v2_scope (node);

  return g_strdup (v2 ? SCOPES_V2 : SCOPES_V1);
}

static char *
read_endpoint (JsonNode *node, const char *name)
{
  const char *text = zq_json_get_string (node, name);
  g_autoptr (GUri) uri = text != NULL ? zq_address_parse (text) : NULL;

  return uri != NULL ? g_uri_to_string (uri) : NULL;
}

static ZqSmart *
read_configuration (GBytes *body, GError **error)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (body, &size);
  g_autoptr (JsonNode) node = size > 0 ? zq_json_read (text, (gssize)size, NULL) : NULL;
  g_autoptr (ZqSmart) self = g_new0 (ZqSmart, 1);

  if (node != NULL)
    {
      self->authorize = read_endpoint (node, "authorization_endpoint");
      self->token = read_endpoint (node, "token_endpoint");
      self->issuer = g_strdup (zq_json_get_string (node, "issuer"));
      self->scope = choose_scope (node);
    }
  if (self->authorize == NULL || self->token == NULL)
    {
      g_set_error_literal (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_NOT_SMART,
                           "The hospital does not tell a secure address to sign in at");
      return NULL;
    }
  if (zq_json_get_length (node, "code_challenge_methods_supported") > 0 &&
      !holds (node, "code_challenge_methods_supported", "S256"))
    {
      g_set_error_literal (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_NOT_SMART,
                           "The hospital does not offer a sign-in that is safe for this program (PKCE S256)");
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
says_not_smart (const GError *error)
{
  if (error->domain != ZQ_FHIR_ERROR)
    return FALSE;
  switch ((ZqFhirError)error->code)
    {
    case ZQ_FHIR_ERROR_NOT_FOUND:
    case ZQ_FHIR_ERROR_GONE:
    case ZQ_FHIR_ERROR_FORBIDDEN:
    case ZQ_FHIR_ERROR_SIGNED_OUT:
    case ZQ_FHIR_ERROR_REFUSED:
    case ZQ_FHIR_ERROR_PROTOCOL:
    case ZQ_FHIR_ERROR_TOO_LARGE:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_configuration (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response = NULL;
  ZqSmart *smart = NULL;

  response = zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);
  if (response != NULL)
    smart = read_configuration (response->body, &error);
  else if (says_not_smart (error))
    {
      g_autoptr (GError) cause = g_steal_pointer (&error);

      error = g_error_new (ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_NOT_SMART,
                           "The hospital does not offer a sign-in that this program knows: %s", cause->message);
    }
  if (smart != NULL)
    g_task_return_pointer (task, smart, (GDestroyNotify)zq_smart_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
zq_smart_discover_async (ZqFhirClient *client,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (client, cancellable, callback, user_data);
  ZqFhirRequest *request = zq_fhir_request_new ("GET", ".well-known/smart-configuration");

  g_task_set_source_tag (task, zq_smart_discover_async);
  request->accept = g_strdup ("application/json");
  zq_fhir_client_send_async (client, request, cancellable, on_configuration, task);
}

ZqSmart *
zq_smart_discover_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

ZqFhirClient *
zq_smart_client_new (ZqAccount *account, ZqTokenProvider *tokens, ZqClock *clock)
{
  ZqFhirClient *client = zq_fhir_client_new (zq_account_get_base (account), tokens, clock);

  if (zq_account_get_ca (account) != NULL)
    zq_fhir_client_set_ca_file (client, zq_account_get_ca (account));
  return client;
}
