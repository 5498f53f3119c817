/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"

#include <string.h>

#define PATH         "/signalling"
#define FRAME_READ   (256 * 1024) /* what is larger yet is not even told that it is */
#define JOIN_WITHIN  (10 * (gint64)G_USEC_PER_SEC)
#define BURST        120
#define A_SECOND     60
#define KEEP_ALIVE_S 20

/* --- connections -------------------------------------------------------------------------------- */

/* So many at once, so many a second after that. */
static gboolean
may_speak (ZqRoomLine *line)
{
  gint64 now = zq_clock_monotonic (line->server->hospital->clock);

  line->tokens = MIN (BURST, line->tokens + (double)(now - line->counted) * A_SECOND / (double)G_USEC_PER_SEC);
  line->counted = now;
  if (line->tokens < 1)
    return FALSE;
  line->tokens -= 1;

  return TRUE;
}

static void
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *message, ZqRoomLine *line)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (JsonNode) node = NULL;

  if (!may_speak (line))
    {
      zq_room_refuse (line, "too-fast", "too many frames");
      return;
    }
  if (length > ZQ_ROOM_FRAME_MAX)
    {
      zq_room_say_error (line, "too-large", "a frame has at most 64 KiB");
      zq_room_hang_up (line, SOUP_WEBSOCKET_CLOSE_TOO_BIG);
      return;
    }
  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    node = zq_json_read (text, (gssize)length, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    zq_room_say_error (line, "bad-json", "a frame is a JSON object");
  else
    zq_room_take (line, node);
}

static void
line_free (gpointer data)
{
  ZqRoomLine *self = data;

  zq_clock_clear (self->server->hospital->clock, &self->join);
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_object_unref (self->socket);
  if (self->session != NULL)
    zq_session_free (self->session);
  g_free (self);
}

static void
on_closed (SoupWebsocketConnection *socket, ZqRoomLine *line)
{
  if (line->member != NULL)
    zq_room_lose_line (line->member);
  g_ptr_array_remove_fast (line->server->lines, line);
}

static void
on_late (gpointer data)
{
  ZqRoomLine *line = data;

  line->join = 0;
  zq_room_refuse (line, "not-joined", "nobody joined");
}

static void
on_connected (
    SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *socket, gpointer data)
{
  ZqSignallingServer *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  ZqRoomLine *line = g_new0 (ZqRoomLine, 1);

  line->server = self;
  line->socket = g_object_ref (socket);
  line->session = zq_smart_session (self->hospital, soup_message_headers_get_one (headers, "Authorization"));
  line->tokens = BURST;
  line->counted = zq_clock_monotonic (self->hospital->clock);
  line->join = zq_clock_alarm_in (self->hospital->clock, JOIN_WITHIN, on_late, line);
  soup_websocket_connection_set_max_incoming_payload_size (socket, FRAME_READ);
  soup_websocket_connection_set_keepalive_interval (socket, KEEP_ALIVE_S);
  g_signal_connect (socket, "message", G_CALLBACK (on_message), line);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), line);
  g_ptr_array_add (self->lines, line);
}

/* A doctor whose token is not good hears it before the handshake; a patient has none. */
static void
handle_handshake (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqSignallingServer *self = data;

  zq_server_check_handshake (self->hospital, message, g_str_equal (path, PATH), FALSE);
}

void
zq_signalling_server_drop (ZqSignallingServer *self)
{
  for (guint i = self->lines->len; i > 0; i--)
    zq_room_hang_up (g_ptr_array_index (self->lines, i - 1), SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
}

/* Who waited when the hospital was stopped has come back by now, or has gone. */
static void
on_look_after (gpointer data)
{
  ZqSignallingServer *self = data;

  self->look_after = 0;
  for (guint i = self->left->len; i > 0; i--)
    {
      const char *id = g_ptr_array_index (self->left, i - 1);
      const ZqRoom *room = g_hash_table_lookup (self->rooms, id);

      if ((room == NULL || !zq_room_has_patient (room)) && !zq_room_visit_set_arrived (self->hospital, id, FALSE))
        {
          self->look_after = zq_clock_alarm_in (self->hospital->clock, 1, on_look_after, self);
          return;
        }
      g_ptr_array_remove_index (self->left, i - 1);
    }
}

ZqSignallingServer *
zq_signalling_server_new (ZqHospital *hospital, GError **error)
{
  ZqSignallingServer *self;

  if (!zq_links_register (hospital, error))
    return NULL;
  self = g_new0 (ZqSignallingServer, 1);
  self->hospital = hospital;
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, zq_room_free);
  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->finishing = g_ptr_array_new ();
  self->left = zq_room_visits_list_arrived (hospital);
  if (self->left->len > 0)
    self->look_after = zq_clock_alarm_in (hospital->clock, ZQ_ROOM_GONE_AFTER, on_look_after, self);
  zq_recordings_register (hospital);
  zq_recorded_recover (hospital);
  soup_server_add_handler (hospital->server, PATH, handle_handshake, self, NULL);
  soup_server_add_websocket_handler (hospital->server, PATH, NULL, NULL, on_connected, self, NULL);

  return self;
}

void
zq_signalling_server_free (ZqSignallingServer *self)
{
  GHashTableIter iter;
  gpointer room;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    zq_clock_clear (self->hospital->clock, &((ZqRoom *)room)->gone);
  zq_clock_clear (self->hospital->clock, &self->look_after);
  g_ptr_array_unref (self->left);
  soup_server_remove_handler (self->hospital->server, PATH);
  g_hash_table_unref (self->rooms);
  zq_room_break_off_recordings (self);
  g_ptr_array_unref (self->finishing);
  g_ptr_array_unref (self->lines);
  g_free (self);
}
