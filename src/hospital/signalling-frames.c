/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include <string.h>

#define NAME_MOST 60

static void
admit (ZqRoomLine *line, JsonNode *node, gboolean in)
{
  ZqRoomMember *member = zq_room_find_member (line->member->room, zq_json_get_string (node, "member"));

  if (!g_str_equal (line->member->role, "doctor") || member == NULL || g_str_equal (member->role, "doctor"))
    {
      zq_room_say_error (line, "not-allowed", "this is the doctor’s to say");
      return;
    }
  if (in && zq_room_needs_consent (line->server->hospital, member->room->id))
    {
      zq_room_say_error (line, "no-consent", "the patient has not agreed to being recorded");
      return;
    }
  member->admitted = in;
  if (!in)
    zq_room_record_gone (member);
  zq_room_say (member->line, in ? "{\"type\":\"admitted\"}" : "{\"type\":\"held\"}");
  zq_room_tell_member (member->room, member);
}

static void
turn_away (ZqRoomLine *line, JsonNode *node)
{
  ZqRoomMember *member = zq_room_find_member (line->member->room, zq_json_get_string (node, "member"));
  g_autoptr (GString) json = g_string_new ("{\"type\":\"refused\"");
  gboolean waited;

  if (!g_str_equal (line->member->role, "doctor") || member == NULL || g_str_equal (member->role, "doctor"))
    {
      zq_room_say_error (line, "not-allowed", "this is the doctor’s to say");
      return;
    }
  zq_room_add_text (json, "text", zq_json_get_string (node, "text"));
  g_string_append_c (json, '}');
  zq_room_say (member->line, json->str);
  if (member->line != NULL)
    zq_room_hang_up (member->line, SOUP_WEBSOCKET_CLOSE_NORMAL);
  waited = zq_room_is_patient (member);
  zq_room_remove (member);
  if (waited)
    zq_room_watch_arrival (line->member->room);
}

static gboolean
is_number (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= 9 && strspn (text, "0123456789") == strlen (text);
}

static void
relay (ZqRoomLine *line, JsonNode *node, const char *type)
{
  ZqRoomMember *from = line->member;
  gboolean is_recorder = g_strcmp0 (zq_json_get_string (node, "to"), ZQ_ROOM_RECORDER) == 0;
  ZqRoomMember *to = is_recorder ? from : zq_room_find_member (from->room, zq_json_get_string (node, "to"));
  const char *sdp = zq_json_get_string (node, "sdp"), *candidate = zq_json_get_string (node, "candidate");
  const char *call = zq_json_get_string (node, "call"), *mline = zq_json_get_string (node, "mline");
  gboolean describes = g_str_equal (type, "offer") || g_str_equal (type, "answer");
  g_autoptr (GString) json = g_string_new (NULL);

  if (to == NULL)
    return;
  if (!from->admitted || !to->admitted)
    {
      zq_room_say_error (line, "not-admitted", "not before the doctor has let you in");
      return;
    }
  if (!is_number (call) || (describes && (sdp == NULL || !g_str_has_prefix (sdp, "v=0"))) ||
      (g_str_equal (type, "candidate") && (candidate == NULL || !is_number (mline))))
    {
      zq_room_say_error (line, "bad-json", "that is not how it is said");
      return;
    }
  if (is_recorder)
    {
      zq_room_record_frame (from, type, (guint)g_ascii_strtoull (call, NULL, 10),
                            mline != NULL ? (guint)g_ascii_strtoull (mline, NULL, 10) : 0, describes ? sdp : candidate);
      return;
    }
  g_string_append_printf (json, "{\"type\":\"%s\",\"from\":\"%s\",\"call\":%s", type, from->id, call);
  zq_room_add_text (json, "sdp", describes ? sdp : NULL);
  if (g_str_equal (type, "candidate"))
    {
      zq_room_add_text (json, "candidate", candidate);
      g_string_append_printf (json, ",\"mline\":%s", mline);
    }
  g_string_append_c (json, '}');
  zq_room_say (to->line, json->str);
}

static void
tell_media (ZqRoomLine *line, JsonNode *node)
{
  ZqRoomMember *member = line->member;

  member->audio = zq_json_get_boolean (node, "audio", member->audio);
  member->video = zq_json_get_boolean (node, "video", member->video);
  member->screen = zq_json_get_boolean (node, "screen", FALSE);
  zq_room_tell_member (member->room, member);
}

static void
record (ZqRoomLine *line, JsonNode *node)
{
  ZqRoom *room = line->member->room;
  const char *refused = g_str_equal (line->member->role, "doctor")
                            ? zq_room_record (line->server, room, zq_json_get_boolean (node, "on", FALSE))
                            : "not-allowed";

  if (refused != NULL)
    zq_room_say_error (line, refused, "nothing is recorded");
}

static void
end_room (ZqRoomLine *line)
{
  ZqRoom *room = line->member->room;

  if (!g_str_equal (line->member->role, "doctor"))
    {
      zq_room_say_error (line, "not-allowed", "this is the doctor’s to say");
      return;
    }
  zq_room_tell_all (room, NULL, "{\"type\":\"ended\"}");
  for (guint i = 0; i < room->members->len; i++)
    {
      ZqRoomMember *member = g_ptr_array_index (room->members, i);

      if (member->line == NULL)
        continue;
      member->line->member = NULL;
      zq_room_hang_up (member->line, SOUP_WEBSOCKET_CLOSE_NORMAL);
      member->line = NULL;
    }
  zq_clock_clear (line->server->hospital->clock, &room->gone);
  g_hash_table_remove (line->server->rooms, room->id);
}

/* The doctor asks somebody in: a relative, an interpreter, a colleague. */
static void
invite (ZqRoomLine *line, JsonNode *node)
{
  ZqHospital *hospital = line->server->hospital;
  const char *name = zq_json_get_string (node, "name");
  g_autoptr (ZqRoomVisit) visit = zq_room_visit_load (hospital, line->member->room->id);
  g_autofree char *link = NULL, *page = NULL, *json = NULL;

  if (!g_str_equal (line->member->role, "doctor"))
    zq_room_say_error (line, "not-allowed", "this is the doctor’s to say");
  else if (name == NULL || *name == '\0' || g_utf8_strlen (name, -1) > NAME_MOST)
    zq_room_say_error (line, "bad-json", "a guest has a name");
  else if (visit == NULL || zq_room_visit_is_over (visit))
    zq_room_say_error (line, "over", "this visit is over");
  else if ((link = zq_link_make_guest (hospital, visit, node)) != NULL)
    {
      page = zq_link_page (hospital, visit, link);
      json = g_strdup_printf ("{\"type\":\"invited\",\"page\":\"%s\"}", page);
      zq_room_say (line, json);
    }
}

static void
answer_ping (ZqRoomLine *line, JsonNode *node)
{
  const char *number = zq_json_get_string (node, "n");
  g_autofree char *json = g_strdup_printf ("{\"type\":\"pong\",\"n\":%s}", is_number (number) ? number : "0");

  zq_room_say (line, json);
}

static void
answer_ice (ZqRoomLine *line)
{
  gint64 expires;
  g_autofree char *servers = zq_room_ice (line->server->hospital, line->member->id, &expires);
  g_autofree char *until = zq_instant_us (expires);
  g_autofree char *json = g_strdup_printf ("{\"type\":\"ice\",\"servers\":%s,\"ice-expires\":\"%s\"}", servers, until);

  zq_room_say (line, json);
}

static void
answer_probe (ZqRoomLine *line, JsonNode *node)
{
  const char *bytes = zq_json_get_string (node, "bytes");
  guint length = is_number (bytes) ? (guint)MIN (g_ascii_strtoull (bytes, NULL, 10), ZQ_ROOM_FRAME_MAX - 64) : 0;
  g_autofree char *pad = g_strnfill (length, 'x');
  g_autofree char *json = g_strdup_printf ("{\"type\":\"probe\",\"pad\":\"%s\"}", pad);

  zq_room_say (line, json);
}

static void
leave (ZqRoomLine *line)
{
  ZqRoomMember *member = g_steal_pointer (&line->member);
  ZqRoom *room = member->room;
  gboolean waited = zq_room_is_patient (member);

  member->line = NULL;
  /* Who goes by itself is not waited for. */
  if (waited && !zq_room_has_patient (room))
    zq_room_visit_set_arrived (line->server->hospital, room->id, FALSE);
  zq_room_remove (member);
  zq_room_hang_up (line, SOUP_WEBSOCKET_CLOSE_NORMAL);
}

void
zq_room_take (ZqRoomLine *line, JsonNode *node)
{
  const char *type = zq_json_get_string (node, "type");

  if (type == NULL)
    zq_room_say_error (line, "bad-json", "a frame has a type");
  else if (g_str_equal (type, "ping"))
    answer_ping (line, node);
  else if (g_str_equal (type, "join"))
    zq_room_join (line, node);
  else if (line->member == NULL)
    zq_room_say_error (line, "not-joined", "join a room first");
  else if (g_str_equal (type, "admit") || g_str_equal (type, "hold"))
    admit (line, node, *type == 'a');
  else if (g_str_equal (type, "refuse"))
    turn_away (line, node);
  else if (g_str_equal (type, "offer") || g_str_equal (type, "answer") || g_str_equal (type, "candidate") ||
           g_str_equal (type, "want-call"))
    relay (line, node, type);
  else if (g_str_equal (type, "invite"))
    invite (line, node);
  else if (g_str_equal (type, "media"))
    tell_media (line, node);
  else if (g_str_equal (type, "recording"))
    record (line, node);
  else if (g_str_equal (type, "ice"))
    answer_ice (line);
  else if (g_str_equal (type, "probe"))
    answer_probe (line, node);
  else if (g_str_equal (type, "leave"))
    leave (line);
  else if (g_str_equal (type, "end"))
    end_room (line);
  else
    zq_room_say_error (line, "bad-json", "this type is not known here");
}
