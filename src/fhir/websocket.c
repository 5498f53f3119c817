/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/websocket.h"

#include "fhir/address.h"
#include "fhir/client-private.h"
#include "fhir/response.h"

#include <string.h>

#define KEEP_ALIVE_S 45
/* A notification that brings the resource along may be as large as that. */
#define MAX_MESSAGE (8 * 1024 * 1024)

struct _ZqFhirSocket
{
  GObject parent_instance;

  /* owned */
  SoupSession *session;
  SoupWebsocketConnection *connection;
};

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_ALIVE,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqFhirSocket, zq_fhir_socket, G_TYPE_OBJECT)

typedef struct
{
  ZqFhirClient *client;
  GUri *uri; /* as http or https */
  char *token;
  gboolean refreshed;
  SoupSession *session;
  SoupMessage *message;
} Opening;

static void
opening_free (Opening *self)
{
  g_object_unref (self->client);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_free (self->token);
  g_clear_object (&self->session);
  g_clear_object (&self->message);
  g_free (self);
}

/* --- the connection ------------------------------------------------------------------------------- */

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, ZqFhirSocket *self)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (data != NULL ? data : "", length);

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, text);
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *bytes, ZqFhirSocket *self)
{
  g_signal_emit (self, signals[SIGNAL_ALIVE], 0);
}

static void
on_closed (SoupWebsocketConnection *connection, ZqFhirSocket *self)
{
  g_autoptr (ZqFhirSocket) keep = g_object_ref (self);

  g_signal_handlers_disconnect_by_data (connection, self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static ZqFhirSocket *
socket_new (SoupSession *session, SoupWebsocketConnection *connection)
{
  ZqFhirSocket *self = g_object_new (ZQ_TYPE_FHIR_SOCKET, NULL);

  self->session = g_object_ref (session);
  self->connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
  soup_websocket_connection_set_keepalive_interval (connection, KEEP_ALIVE_S);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  return self;
}

void
zq_fhir_socket_send (ZqFhirSocket *self, const char *text)
{
  g_return_if_fail (ZQ_IS_FHIR_SOCKET (self) && text != NULL);

  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
}

void
zq_fhir_socket_close (ZqFhirSocket *self)
{
  g_return_if_fail (ZQ_IS_FHIR_SOCKET (self));

  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

/* --- opening it ----------------------------------------------------------------------------------- */

static void ask_for_token (GTask *task, const char *stale);

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Opening *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (self->message);

  if (connection != NULL)
    {
      g_task_return_pointer (task, socket_new (self->session, connection), g_object_unref);
      return;
    }
  if (status == 401 && !self->refreshed && zq_fhir_client_get_tokens (self->client) != NULL)
    {
      g_autofree char *stale = g_steal_pointer (&self->token);

      self->refreshed = TRUE;
      ask_for_token (task, stale);
      return;
    }
  if (status >= 300)
    g_task_return_error (task, zq_fhir_error_new_for_status (status, NULL));
  else
    g_task_return_error (task, zq_fhir_error_from_transport (g_steal_pointer (&error), status != 0));
}

static void
dispatch (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  SoupMessageHeaders *headers;

  g_clear_object (&self->message);
  self->message = soup_message_new_from_uri ("GET", self->uri);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  headers = soup_message_get_request_headers (self->message);
  if (self->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  soup_session_websocket_connect_async (self->session, self->message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        g_task_get_cancellable (task), on_connected, g_object_ref (task));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Opening *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->token = zq_token_provider_get_finish (ZQ_TOKEN_PROVIDER (source), result, &error);
  if (self->token == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    dispatch (task);
}

static void
ask_for_token (GTask *task, const char *stale)
{
  Opening *self = g_task_get_task_data (task);

  zq_token_provider_get_async (zq_fhir_client_get_tokens (self->client), stale, g_task_get_cancellable (task), on_token,
                               g_object_ref (task));
}

/* ws and wss are http and https to whom the token may go. */
static GUri *
parse_address (const char *address)
{
  g_autofree char *plain = NULL;

  if (g_ascii_strncasecmp (address, "ws", 2) != 0)
    return NULL;
  plain = g_strconcat ("http", address + 2, NULL);
  return zq_address_parse (plain);
}

static SoupSession *
session_new (ZqFhirClient *client, GUri *uri)
{
  SoupSession *session = soup_session_new_with_options ("max-conns", 1, "max-conns-per-host", 1, "timeout", 0,
                                                        "idle-timeout", 0, "user-agent", "zhenqiao/" ZQ_VERSION, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_set_tls_database (session, zq_fhir_client_get_tls_database (client));
  if (zq_address_is_loopback (g_uri_get_host (uri)))
    soup_session_set_proxy_resolver (session, NULL);
  return session;
}

void
zq_fhir_socket_open_async (
    ZqFhirClient *client, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, data);
  Opening *self = g_new0 (Opening, 1);
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ZQ_IS_FHIR_CLIENT (client) && address != NULL);

  g_task_set_source_tag (task, zq_fhir_socket_open_async);
  g_task_set_task_data (task, self, (GDestroyNotify)opening_free);
  self->client = g_object_ref (client);
  self->uri = parse_address (address);
  if (!zq_fhir_client_check (client, self->uri, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->session = session_new (client, self->uri);
  if (zq_fhir_client_get_tokens (client) != NULL)
    ask_for_token (task, NULL);
  else
    dispatch (task);
}

ZqFhirSocket *
zq_fhir_socket_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- object ----------------------------------------------------------------------------------------- */

static void
zq_fhir_socket_dispose (GObject *object)
{
  ZqFhirSocket *self = ZQ_FHIR_SOCKET (object);

  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      zq_fhir_socket_close (self);
      /* This may be inside of a signal of its own. */
      g_idle_add_once (g_object_unref, g_steal_pointer (&self->connection));
    }
  g_clear_object (&self->session);
  G_OBJECT_CLASS (zq_fhir_socket_parent_class)->dispose (object);
}

static void
zq_fhir_socket_class_init (ZqFhirSocketClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_fhir_socket_dispose;

  signals[SIGNAL_MESSAGE] = g_signal_new ("message", ZQ_TYPE_FHIR_SOCKET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_ALIVE] =
      g_signal_new ("alive", ZQ_TYPE_FHIR_SOCKET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] =
      g_signal_new ("closed", ZQ_TYPE_FHIR_SOCKET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_fhir_socket_init (ZqFhirSocket *self)
{
}
