/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#define DEADLINE_S 30

void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->response, zq_fhir_response_free);
  g_clear_error (&self->error);
  self->done = FALSE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->response = zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, &answer->retry_after_us,
                                                 &answer->unclear, &answer->error);
  g_assert_true ((answer->response != NULL) != (answer->error != NULL));
  answer->done = TRUE;
}

void
ask_async (ZqFhirClient *client, ZqFhirRequest *request, GCancellable *cancellable, Answer *answer)
{
  answer_clear (answer);
  zq_fhir_client_send_async (client, request, cancellable, on_answer, answer);
}

void
ask (ZqFhirClient *client, ZqFhirRequest *request, Answer *answer)
{
  ask_async (client, request, NULL, answer);
  g_assert_true (zq_test_wait_flag (&answer->done, DEADLINE_S));
}

ZqFhirRequest *
post_request (const char *path)
{
  ZqFhirRequest *request = zq_fhir_request_new ("POST", path);

  request->body = g_bytes_new_static ("{\"resourceType\":\"Basic\"}", 24);
  return request;
}

ZqFhirClient *
client_new (const char *base, ZqTokenProvider *tokens)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();

  return zq_fhir_client_new (base, tokens, clock);
}

SoupServer *
server_new (SoupServerCallback callback, gpointer data)
{
  SoupServer *server = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  soup_server_add_handler (server, NULL, callback, data, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  return server;
}

char *
server_base (SoupServer *server)
{
  GSList *uris = soup_server_get_uris (server);
  char *base = g_strdup_printf ("%s://127.0.0.1:%d/fhir", g_uri_get_scheme (uris->data), g_uri_get_port (uris->data));

  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  return base;
}

struct _CountingTokens
{
  GObject parent_instance;
  guint n;
  guint n_refreshes;
};

static void counting_tokens_provider_init (ZqTokenProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CountingTokens,
                               counting_tokens,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZQ_TYPE_TOKEN_PROVIDER, counting_tokens_provider_init))

static void
counting_tokens_get_async (ZqTokenProvider *provider,
                           const char *stale,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  CountingTokens *self = COUNTING_TOKENS (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *now = g_strdup_printf ("token-%u", self->n);

  if (g_strcmp0 (stale, now) == 0)
    {
      self->n++;
      self->n_refreshes++;
    }
  g_task_return_pointer (task, g_strdup_printf ("token-%u", self->n), g_free);
}

static char *
counting_tokens_get_finish (ZqTokenProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
counting_tokens_provider_init (ZqTokenProviderInterface *iface)
{
  iface->get_async = counting_tokens_get_async;
  iface->get_finish = counting_tokens_get_finish;
}

static void
counting_tokens_class_init (CountingTokensClass *klass)
{
}

static void
counting_tokens_init (CountingTokens *self)
{
  self->n = 1;
}

CountingTokens *
counting_tokens_new (void)
{
  return g_object_new (TYPE_COUNTING_TOKENS, NULL);
}

guint
counting_tokens_get_n_refreshes (CountingTokens *self)
{
  return self->n_refreshes;
}
