/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

void
line_free (Line *self)
{
  if (self->socket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      zq_test_settle ();
    }
  g_clear_object (&self->socket);
  g_ptr_array_unref (self->frames);
  g_free (self);
}
static void
on_frame (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *message, Line *self)
{
  g_ptr_array_add (self->frames, g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message)));
  self->n_frames++;
}

static void
on_line_closed (SoupWebsocketConnection *socket, Line *self)
{
  self->closed = TRUE;
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Line *self = data;

  self->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, NULL);
  self->done = TRUE;
}

Line *
line_open (Fixture *fixture, const char *url, const char *token)
{
  g_autofree char *bearer = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  Line *self = g_new0 (Line, 1);

  self->frames = g_ptr_array_new_with_free_func (g_free);
  if (token != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", bearer);
  soup_session_websocket_connect_async (fixture->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, on_line, self);
  g_assert_true (zq_test_wait_flag (&self->done, 20));
  self->status = soup_message_get_status (message);
  if (self->socket != NULL)
    {
      g_signal_connect (self->socket, "message", G_CALLBACK (on_frame), self);
      g_signal_connect (self->socket, "closed", G_CALLBACK (on_line_closed), self);
    }

  return self;
}
