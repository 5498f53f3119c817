/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/grant.h"

#include "fhir/address.h"
#include "fhir/body.h"
#include "fhir/response.h"
#include "resource/json.h"

#include <string.h>

#define TIMEOUT_S      30
#define MAX_BODY       (1024 * 1024)
#define MAX_REASON     200
#define MAX_LIFETIME_S (10 * 365 * 24 * 60 * 60)

typedef struct
{
  SoupMessage *message;
  gboolean lost;
} Asking;

static void
asking_free (Asking *self)
{
  g_clear_object (&self->message);
  g_free (self);
}

static void
free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

void
zq_grant_free (ZqGrant *self)
{
  if (self == NULL)
    return;
  free_secret (self->access_token);
  free_secret (self->refresh_token);
  free_secret (self->id_token);
  g_free (self->fhir_user);
  g_free (self);
}

SoupSession *
zq_grant_session_new (const char *base, const char *ca, GError **error)
{
  g_autoptr (SoupSession) session = NULL;
  g_autoptr (GUri) uri = zq_address_parse (base);

  session = soup_session_new_with_options ("timeout", TIMEOUT_S, "user-agent", "zhenqiao/" ZQ_VERSION, NULL);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  if (uri != NULL && zq_address_is_loopback (g_uri_get_host (uri)))
    soup_session_set_proxy_resolver (session, NULL);
  if (ca != NULL)
    {
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (ca, error);

      if (database == NULL)
        return NULL;
      soup_session_set_tls_database (session, database);
    }
  return g_steal_pointer (&session);
}

GError *
zq_grant_refusal (const char *code, const char *description)
{
  const char *words = description != NULL && *description != '\0' ? description : code;
  g_autofree char *line = g_utf8_make_valid (words != NULL ? words : "no reason given", -1);
  g_autofree char *cut = NULL;

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  cut = g_utf8_strlen (line, -1) > MAX_REASON ? g_utf8_substring (line, 0, MAX_REASON) : g_strdup (line);
  return g_error_new (ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN, "The hospital refused the sign-in: %s", cut);
}

static ZqGrant *
read_grant (JsonNode *node, GError **error)
{
  g_autoptr (ZqGrant) grant = g_new0 (ZqGrant, 1);
  const char *type = zq_json_get_string (node, "token_type");
  const char *expires = zq_json_get_string (node, "expires_in");
  gint64 seconds = expires != NULL ? g_ascii_strtoll (expires, NULL, 10) : 0;

  grant->access_token = g_strdup (zq_json_get_string (node, "access_token"));
  grant->refresh_token = g_strdup (zq_json_get_string (node, "refresh_token"));
  grant->id_token = g_strdup (zq_json_get_string (node, "id_token"));
  grant->fhir_user = g_strdup (zq_json_get_string (node, "fhirUser"));
  grant->expires_in_us = CLAMP (seconds, 0, MAX_LIFETIME_S) * G_USEC_PER_SEC;
  if (grant->access_token == NULL || *grant->access_token == '\0' || type == NULL ||
      g_ascii_strcasecmp (type, "Bearer") != 0 || strpbrk (grant->access_token, "\r\n ") != NULL)
    {
      g_set_error_literal (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL,
                           "The hospital's answer to the sign-in is not understood");
      return NULL;
    }
  if (grant->refresh_token != NULL && *grant->refresh_token == '\0')
    g_clear_pointer (&grant->refresh_token, g_free);
  return g_steal_pointer (&grant);
}

static ZqGrant *
read_answer (Asking *asking, GBytes *body, GError **error)
{
  guint status = soup_message_get_status (asking->message);
  gsize size = 0;
  const char *text = g_bytes_get_data (body, &size);
  g_autoptr (JsonNode) node = size > 0 ? zq_json_read (text, (gssize)size, NULL) : NULL;
  const char *refusal = node != NULL ? zq_json_get_string (node, "error") : NULL;

  if (status == 200 && node != NULL)
    return read_grant (node, error);
  if (status >= 400 && status < 500 && status != 429 && refusal != NULL)
    {
      asking->lost = g_str_equal (refusal, "invalid_grant");
      g_propagate_error (error, zq_grant_refusal (refusal, zq_json_get_string (node, "error_description")));
    }
  else if (status >= 400)
    g_propagate_error (error, zq_fhir_error_new_for_status (status, NULL));
  else
    g_set_error_literal (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL,
                         "The hospital's answer to the sign-in is not understood");
  return NULL;
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = zq_body_read_finish (result, &error);
  g_autoptr (ZqGrant) grant = NULL;

  if (body == NULL)
    error = zq_fhir_error_from_transport (g_steal_pointer (&error), TRUE);
  else
    grant = read_answer (asking, body, &error);
  if (grant == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  {
    g_autoptr (ZqFhirResponse) response = zq_fhir_response_new (asking->message, NULL, 0);

    grant->date_us = response->date_us;
  }
  g_task_return_pointer (task, g_steal_pointer (&grant), (GDestroyNotify)zq_grant_free);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    g_task_return_error (task, zq_fhir_error_from_transport (g_steal_pointer (&error), FALSE));
  else
    zq_body_read_async (stream, MAX_BODY, g_task_get_cancellable (task), on_body, g_object_ref (task));
}

void
zq_grant_request_async (SoupSession *session,
                        const char *endpoint,
                        char *form,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  g_task_set_source_tag (task, zq_grant_request_async);
  g_task_set_task_data (task, asking, (GDestroyNotify)asking_free);
  asking->message = soup_message_new_from_encoded_form ("POST", endpoint, form);
  soup_message_add_flags (asking->message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (soup_message_get_request_headers (asking->message), "Accept", "application/json");
  soup_session_send_async (session, asking->message, G_PRIORITY_DEFAULT, cancellable, on_sent, task);
}

ZqGrant *
zq_grant_request_finish (GAsyncResult *result, gboolean *lost, GError **error)
{
  Asking *asking = g_task_get_task_data (G_TASK (result));

  if (lost != NULL)
    *lost = asking->lost;
  return g_task_propagate_pointer (G_TASK (result), error);
}
