/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-server.h"

#include <string.h>

struct _RawServer
{
  GSocketService *service;
  guint16 port;
  GPtrArray *answers;
  gboolean keep_alive;
  int n_requests;
  int n_connections;
};

static void
raw_server_clear (gpointer data)
{
  RawServer *self = data;

  g_ptr_array_unref (self->answers);
}

/* The request's header and, by its Content-Length, its body. */
static gboolean
read_request (GDataInputStream *input)
{
  gsize body = 0;
  g_autofree char *first = NULL;
  g_autofree char *buffer = NULL;
  char *line;
  gsize got = 0;

  first = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  if (first == NULL)
    return FALSE;
  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL)
    {
      g_autofree char *owned = line;

      if (*line == '\0')
        break;
      if (g_ascii_strncasecmp (line, "content-length:", 15) == 0)
        body = g_ascii_strtoull (line + 15, NULL, 10);
    }
  buffer = g_malloc (body + 1);
  return body == 0 || g_input_stream_read_all (G_INPUT_STREAM (input), buffer, body, &got, NULL, NULL);
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  RawServer *self = g_atomic_rc_box_acquire (user_data);
  g_autoptr (GDataInputStream) input = NULL;
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  g_atomic_int_inc (&self->n_connections);
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_ANY);
  do
    {
      const char *answer;
      int n;

      if (!read_request (input))
        break;
      n = g_atomic_int_add (&self->n_requests, 1);
      answer = g_ptr_array_index (self->answers, MIN ((guint)n, self->answers->len - 1));
      if (answer == NULL || !g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL, NULL))
        break;
    }
  while (self->keep_alive);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_atomic_rc_box_release_full (self, raw_server_clear);
  return TRUE;
}

RawServer *
raw_server_new (const char *const *answers, guint n_answers)
{
  RawServer *self = g_atomic_rc_box_new0 (RawServer);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->answers = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_answers; i++)
    g_ptr_array_add (self->answers, g_strdup (answers[i]));
  self->service = g_threaded_socket_service_new (16);
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_socket_service_start (self->service);
  return self;
}

void
raw_server_keep_alive (RawServer *self)
{
  self->keep_alive = TRUE;
}

void
raw_server_free (RawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
  g_atomic_rc_box_release_full (self, raw_server_clear);
}

char *
raw_server_base (RawServer *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u/fhir", self->port);
}

int
raw_server_n_requests (RawServer *self)
{
  return g_atomic_int_get (&self->n_requests);
}

int
raw_server_n_connections (RawServer *self)
{
  return g_atomic_int_get (&self->n_connections);
}
