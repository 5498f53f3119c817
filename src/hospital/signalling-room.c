/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"

#define KEEP_PLACE (10 * 60 * (gint64)G_USEC_PER_SEC)

/* --- what is said ------------------------------------------------------------------------------- */

void
zq_room_say (ZqRoomLine *line, const char *json)
{
  if (line != NULL && soup_websocket_connection_get_state (line->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (line->socket, json);
}

void
zq_room_say_error (ZqRoomLine *line, const char *code, const char *text)
{
  g_autofree char *json = g_strdup_printf ("{\"type\":\"error\",\"code\":\"%s\",\"text\":\"%s\"}", code, text);

  zq_room_say (line, json);
}

void
zq_room_hang_up (ZqRoomLine *line, gushort code)
{
  if (soup_websocket_connection_get_state (line->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (line->socket, code, NULL);
}

void
zq_room_add_text (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  if (quoted != NULL)
    g_string_append_printf (json, ",\"%s\":%s", name, quoted);
}

const char *
zq_room_truth (gboolean value)
{
  return value ? "true" : "false";
}

/* Its name is for the other side alone: who waits does not learn who else does. */
static void
add_member (GString *json, const ZqRoomMember *member, const ZqRoomMember *to)
{
  g_autofree char *since = zq_instant_us (member->since);
  gboolean shown = g_str_equal (to->role, "doctor") || g_str_equal (member->role, "doctor") || member == to;

  g_string_append_printf (json, "{\"id\":\"%s\",\"role\":\"%s\",\"admitted\":%s,\"online\":%s,\"since\":\"%s\"",
                          member->id, member->role, zq_room_truth (member->admitted),
                          zq_room_truth (member->line != NULL), since);
  zq_room_add_text (json, "name", shown ? member->name : NULL);
  zq_room_add_text (json, "device", shown ? member->device : NULL);
  g_string_append_printf (json, ",\"media\":{\"audio\":%s,\"video\":%s,\"screen\":%s}}", zq_room_truth (member->audio),
                          zq_room_truth (member->video), zq_room_truth (member->screen));
}

void
zq_room_tell_member (ZqRoom *room, const ZqRoomMember *member)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      ZqRoomMember *to = g_ptr_array_index (room->members, i);
      g_autoptr (GString) json = g_string_new ("{\"type\":\"member\",\"member\":");

      if (to == member || to->line == NULL)
        continue;
      add_member (json, member, to);
      g_string_append_c (json, '}');
      zq_room_say (to->line, json->str);
    }
}

void
zq_room_tell_all (ZqRoom *room, const ZqRoomMember *but, const char *json)
{
  for (guint i = 0; i < room->members->len; i++)
    if (g_ptr_array_index (room->members, i) != but)
      zq_room_say (((ZqRoomMember *)g_ptr_array_index (room->members, i))->line, json);
}

void
zq_room_say_joined (ZqRoomMember *member, const ZqRoomVisit *visit)
{
  ZqHospital *hospital = member->server->hospital;
  gint64 expires;
  g_autofree char *ice = zq_room_ice (hospital, member->id, &expires);
  g_autofree char *until = zq_instant_us (expires), *start = zq_instant_us (visit->start);
  g_autofree char *end = zq_instant_us (visit->end);
  g_autoptr (GString) json = g_string_new (NULL);

  g_string_append_printf (json, "{\"type\":\"joined\",\"you\":\"%s\",\"role\":\"%s\",\"room\":\"Appointment/%s\"",
                          member->id, member->role, member->room->id);
  zq_room_add_text (json, "resume", member->resume);
  if (g_str_equal (member->role, "doctor"))
    {
      g_autofree char *said = zq_room_consent (hospital, visit, NULL);

      zq_room_add_text (json, "consent", said);
    }
  g_string_append (json, ",\"members\":[");
  for (guint i = 0; i < member->room->members->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      add_member (json, g_ptr_array_index (member->room->members, i), member);
    }
  if (zq_room_has_recorder (member->room))
    {
      g_string_append_c (json, ',');
      zq_room_add_recorder (json, member->room);
    }
  g_string_append_printf (
      json,
      "],\"ice\":%s,\"ice-expires\":\"%s\",\"recording\":\"%s\",\"recorder\":\"%s\",\"recorded\":%s,"
      "\"start\":\"%s\",\"end\":\"%s\"",
      ice, until, zq_room_recording (hospital), zq_room_is_recorded_there (hospital) ? "workstation" : "hospital",
      zq_room_truth (member->room->recording != NULL), start, end);
  zq_room_add_consent (json, member->room);
  g_string_append_c (json, '}');
  zq_room_say (member->line, json->str);
}

/* --- who is there ------------------------------------------------------------------------------- */

static void
member_free (gpointer data)
{
  ZqRoomMember *self = data;

  zq_clock_clear (self->server->hospital->clock, &self->leave);
  if (self->line != NULL)
    self->line->member = NULL;
  g_free (self->id);
  g_free (self->role);
  g_free (self->name);
  g_free (self->who);
  g_free (self->device);
  g_free (self->resume);
  g_free (self);
}

void
zq_room_free (gpointer data)
{
  ZqRoom *self = data;

  zq_room_stop_recording (self);
  g_ptr_array_unref (self->members);
  g_free (self->id);
  g_free (self);
}

gboolean
zq_room_is_patient (const ZqRoomMember *member)
{
  return g_str_equal (member->role, "patient") || g_str_equal (member->role, "relative");
}

gboolean
zq_room_has_patient (const ZqRoom *room)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      const ZqRoomMember *member = g_ptr_array_index (room->members, i);

      if (member->line != NULL && zq_room_is_patient (member))
        return TRUE;
    }

  return FALSE;
}

ZqRoom *
zq_room_get (ZqSignallingServer *self, const char *id)
{
  ZqRoom *room = g_hash_table_lookup (self->rooms, id);

  if (room != NULL)
    return room;
  room = g_new0 (ZqRoom, 1);
  room->id = g_strdup (id);
  room->members = g_ptr_array_new_with_free_func (member_free);
  g_hash_table_insert (self->rooms, room->id, room);

  return room;
}

void
zq_room_remove (ZqRoomMember *member)
{
  ZqRoom *room = member->room;
  ZqSignallingServer *server = member->server;
  g_autofree char *json = g_strdup_printf ("{\"type\":\"left\",\"id\":\"%s\"}", member->id);

  zq_room_tell_all (room, member, json);
  zq_room_record_gone (member);
  g_ptr_array_remove (room->members, member);
  if (room->members->len == 0)
    {
      zq_clock_clear (server->hospital->clock, &room->gone);
      g_hash_table_remove (server->rooms, room->id);
    }
}

static void
on_leave (gpointer data)
{
  ZqRoomMember *member = data;

  member->leave = 0;
  zq_room_remove (member);
}

static ZqSignallingServer *
server_of (ZqRoom *room)
{
  return ((ZqRoomMember *)g_ptr_array_index (room->members, 0))->server;
}

/* Nobody has been in the waiting room for a while: the Appointment says so. */
static void
on_gone (gpointer data)
{
  ZqRoom *room = data;
  ZqHospital *hospital = server_of (room)->hospital;

  room->gone = 0;
  if (!zq_room_has_patient (room) && !zq_room_visit_set_arrived (hospital, room->id, FALSE))
    room->gone = zq_clock_alarm_in (hospital->clock, 1, on_gone, room);
}

static void
on_came (gpointer data)
{
  ZqRoom *room = data;
  ZqHospital *hospital = server_of (room)->hospital;

  room->gone = 0;
  if (zq_room_has_patient (room) && !zq_room_visit_set_arrived (hospital, room->id, TRUE))
    room->gone = zq_clock_alarm_in (hospital->clock, 1, on_came, room);
}

/* In the next turn: a request may be in its transaction. */
void
zq_room_watch_arrival (ZqRoom *room)
{
  ZqHospital *hospital = server_of (room)->hospital;

  zq_clock_clear (hospital->clock, &room->gone);
  if (zq_room_has_patient (room))
    room->gone = zq_clock_alarm_in (hospital->clock, 0, on_came, room);
  else
    room->gone = zq_clock_alarm_in (hospital->clock, ZQ_ROOM_GONE_AFTER, on_gone, room);
}

/* The connection broke: the place is kept. */
void
zq_room_lose_line (ZqRoomMember *member)
{
  if (member->line == NULL)
    return;
  member->line->member = NULL;
  member->line = NULL;
  zq_clock_clear (member->server->hospital->clock, &member->leave);
  member->leave = zq_clock_alarm_in (member->server->hospital->clock, KEEP_PLACE, on_leave, member);
  zq_room_tell_member (member->room, member);
  if (zq_room_is_patient (member))
    zq_room_watch_arrival (member->room);
}

ZqRoomMember *
zq_room_find_member (const ZqRoom *room, const char *id)
{
  for (guint i = 0; id != NULL && i < room->members->len; i++)
    if (g_str_equal (((ZqRoomMember *)g_ptr_array_index (room->members, i))->id, id))
      return g_ptr_array_index (room->members, i);

  return NULL;
}

/* The same person's place, whether it comes back or comes from another browser. */
ZqRoomMember *
zq_room_find_place (const ZqRoom *room, const char *role, const char *who)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      ZqRoomMember *member = g_ptr_array_index (room->members, i);

      if (g_str_equal (member->role, role) && g_strcmp0 (member->who, who) == 0)
        return member;
    }

  return NULL;
}
