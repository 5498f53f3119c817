/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/loopback.h"

#include "account/account-resources.h"
#include "account/grant.h"
#include "fhir/address.h"

#include <libsoup/soup.h>
#include <string.h>

#define RESOURCES "/org/zhenqiao/account/pages/"

struct _ZqLoopback
{
  SoupServer *server;
  char *path;
  char *redirect;
  char *state;
  char *issuer;

  GTask *waiting;
  GSource *cancelled;
  char *code;
  GError *refusal;
  SoupServerMessage *answered;
  GSource *done; /* completes the task once the answer is with the browser */
};

static gboolean
is_same_secret (const char *one, const char *other)
{
  gsize length = strlen (one);
  guint8 difference = 0;

  if (strlen (other) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guint8)(one[i] ^ other[i]);
  return difference == 0;
}

static void
answer (SoupServerMessage *message, guint status, const char *page)
{
  g_autofree char *path = g_strconcat (RESOURCES, page, NULL);
  g_autoptr (GBytes) bytes = NULL;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  bytes = g_resource_lookup_data (zq_account_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  soup_message_headers_replace (headers, "Connection", "close");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
complete (gpointer user_data)
{
  ZqLoopback *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->waiting);

  drop_source (&self->cancelled);
  if (task == NULL)
    return G_SOURCE_REMOVE;
  if (self->code != NULL)
    g_task_return_pointer (task, g_steal_pointer (&self->code), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&self->refusal));
  return G_SOURCE_REMOVE;
}

/* Not from within libsoup's emission: whoever waits may free the server. */
static void
complete_soon (ZqLoopback *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  if (self->done != NULL || self->waiting == NULL || (self->code == NULL && self->refusal == NULL))
    return;
  self->done = g_idle_source_new ();
  g_source_set_callback (self->done, complete, self, NULL);
  g_source_attach (self->done, context);
}

static void
on_answered (SoupServerMessage *message, gpointer user_data)
{
  complete_soon (user_data);
}

static gboolean
is_ours (ZqLoopback *self, GHashTable *query)
{
  const char *state = query != NULL ? g_hash_table_lookup (query, "state") : NULL;
  const char *issuer = query != NULL ? g_hash_table_lookup (query, "iss") : NULL;

  if (state == NULL || !is_same_secret (self->state, state) || self->code != NULL || self->refusal != NULL)
    return FALSE;
  return issuer == NULL || self->issuer == NULL || g_str_equal (issuer, self->issuer);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  ZqLoopback *self = user_data;
  const char *code = query != NULL ? g_hash_table_lookup (query, "code") : NULL;
  const char *error = query != NULL ? g_hash_table_lookup (query, "error") : NULL;

  if (!g_str_equal (path, self->path))
    answer (message, 404, "unknown.html");
  else if (g_strcmp0 (soup_server_message_get_method (message), "GET") != 0)
    answer (message, 405, "unknown.html");
  else if (!is_ours (self, query) || (code == NULL && error == NULL))
    answer (message, 400, "unknown.html");
  else
    {
      if (error != NULL)
        self->refusal = zq_grant_refusal (error, g_hash_table_lookup (query, "error_description"));
      else
        self->code = g_strdup (code);
      answer (message, 200, error != NULL ? "refused.html" : "done.html");
      self->answered = g_object_ref (message);
      g_signal_connect (message, "finished", G_CALLBACK (on_answered), self);
    }
}

/* The port that is written in @redirect, or 0. */
static guint
written_port (const char *redirect)
{
  /* libsoup's own flags would give 80 where there is none. */
  g_autoptr (GUri) uri = g_uri_parse (redirect, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_port (uri) > 0 ? (guint)g_uri_get_port (uri) : 0;
}

static gboolean
listen_on (ZqLoopback *self, const char *redirect, GError **error)
{
  g_autoptr (GUri) uri = zq_address_parse (redirect != NULL ? redirect : "http://127.0.0.1/callback");
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  guint fixed = redirect != NULL ? written_port (redirect) : 0;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GUri) bound = NULL;
  GSList *uris;

  if (uri == NULL || !zq_address_is_loopback (host))
    {
      g_set_error_literal (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE,
                           "The account's redirect must be an http:// address on this computer");
      return FALSE;
    }
  if (!soup_server_listen_local (
          self->server, fixed, strchr (host, ':') != NULL ? SOUP_SERVER_LISTEN_IPV6_ONLY : SOUP_SERVER_LISTEN_IPV4_ONLY,
          &cause))
    {
      g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FAILED,
                   "This computer has no place for the sign-in to come back to: %s", cause->message);
      return FALSE;
    }
  uris = soup_server_get_uris (self->server);
  bound = g_uri_build (SOUP_HTTP_URI_FLAGS, "http", NULL, host, g_uri_get_port (uris->data), g_uri_get_path (uri), NULL,
                       NULL);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  self->path = g_strdup (*g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/");
  /* A server that compares exactly has what is configured, letter for letter. */
  self->redirect = fixed > 0 ? g_strdup (redirect) : g_uri_to_string (bound);
  return TRUE;
}

ZqLoopback *
zq_loopback_new (const char *redirect, const char *state, const char *issuer, GError **error)
{
  g_autoptr (ZqLoopback) self = g_new0 (ZqLoopback, 1);

  self->state = g_strdup (state);
  self->issuer = g_strdup (issuer);
  self->server = soup_server_new ("server-header", "zhenqiao", NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  return listen_on (self, redirect, error) ? g_steal_pointer (&self) : NULL;
}

void
zq_loopback_free (ZqLoopback *self)
{
  if (self == NULL)
    return;
  drop_source (&self->cancelled);
  drop_source (&self->done);
  if (self->answered != NULL)
    g_signal_handlers_disconnect_by_data (self->answered, self);
  g_clear_object (&self->answered);
  soup_server_remove_handler (self->server, NULL);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->waiting);
  g_clear_error (&self->refusal);
  g_free (self->code);
  g_free (self->path);
  g_free (self->redirect);
  g_free (self->state);
  g_free (self->issuer);
  g_free (self);
}

const char *
zq_loopback_get_redirect (ZqLoopback *self)
{
  return self->redirect;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  ZqLoopback *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->waiting);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

void
zq_loopback_wait_async (ZqLoopback *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_if_fail (self->waiting == NULL);

  self->waiting = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (self->waiting, zq_loopback_wait_async);
  if (cancellable != NULL)
    {
      self->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), self, NULL);
      g_source_attach (self->cancelled, context);
    }
  complete_soon (self);
}

char *
zq_loopback_wait_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
