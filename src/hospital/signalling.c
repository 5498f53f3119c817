/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"

#include <string.h>

#define PATH         "/signalling"
#define FRAME_MAX    (64 * 1024)
#define FRAME_READ   (256 * 1024) /* what is larger yet is not even told that it is */
#define JOIN_WITHIN  (10 * (gint64)G_USEC_PER_SEC)
#define KEEP_PLACE   (10 * 60 * (gint64)G_USEC_PER_SEC)
#define GONE_AFTER   (2 * 60 * (gint64)G_USEC_PER_SEC)
#define BURST        120
#define A_SECOND     60
#define MEMBERS_MOST 8
#define KEEP_ALIVE_S 20

typedef struct
{
  char *id; /* of the Appointment */
  GPtrArray *members;
  guint next;
  guint gone; /* alarm: nobody of the patient's side */
  gboolean recorded;
} Room;

typedef struct _Line Line;

typedef struct
{
  ZqSignallingServer *server;
  Room *room;
  char *id, *role, *name, *who, *device, *resume;
  gint64 since;
  gboolean admitted;
  gboolean audio, video, screen;
  Line *line;  /* NULL: is away */
  guint leave; /* alarm */
} Member;

struct _Line
{
  ZqSignallingServer *server;
  SoupWebsocketConnection *socket;
  ZqSession *session; /* of a doctor; NULL: comes with a link */
  Member *member;     /* NULL: has not joined */
  guint join;         /* alarm */
  gint64 counted;     /* of the frames: since when */
  double tokens;
};

struct _ZqSignallingServer
{
  ZqHospital *hospital;
  GHashTable *rooms; /* id → Room */
  GPtrArray *lines;
  GPtrArray *left; /* ids of Appointments that said "arrived" when this began */
  guint look_after;
};

/* --- what is said ------------------------------------------------------------------------------- */

static void
say (Line *line, const char *json)
{
  if (line != NULL && soup_websocket_connection_get_state (line->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (line->socket, json);
}

static void
say_error (Line *line, const char *code, const char *text)
{
  g_autofree char *json = g_strdup_printf ("{\"type\":\"error\",\"code\":\"%s\",\"text\":\"%s\"}", code, text);

  say (line, json);
}

static void
hang_up (Line *line, gushort code)
{
  if (soup_websocket_connection_get_state (line->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (line->socket, code, NULL);
}

static void
add_text (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  if (quoted != NULL)
    g_string_append_printf (json, ",\"%s\":%s", name, quoted);
}

static const char *
truth (gboolean value)
{
  return value ? "true" : "false";
}

/* Its name is for the other side alone: who waits does not learn who else does. */
static void
add_member (GString *json, const Member *member, const Member *to)
{
  g_autofree char *since = zq_instant_us (member->since);
  gboolean shown = g_str_equal (to->role, "doctor") || g_str_equal (member->role, "doctor") || member == to;

  g_string_append_printf (json, "{\"id\":\"%s\",\"role\":\"%s\",\"admitted\":%s,\"online\":%s,\"since\":\"%s\"",
                          member->id, member->role, truth (member->admitted), truth (member->line != NULL), since);
  add_text (json, "name", shown ? member->name : NULL);
  add_text (json, "device", shown ? member->device : NULL);
  g_string_append_printf (json, ",\"media\":{\"audio\":%s,\"video\":%s,\"screen\":%s}}", truth (member->audio),
                          truth (member->video), truth (member->screen));
}

static void
tell_member (Room *room, const Member *member)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      Member *to = g_ptr_array_index (room->members, i);
      g_autoptr (GString) json = g_string_new ("{\"type\":\"member\",\"member\":");

      if (to == member || to->line == NULL)
        continue;
      add_member (json, member, to);
      g_string_append_c (json, '}');
      say (to->line, json->str);
    }
}

static void
tell_all (Room *room, const Member *but, const char *json)
{
  for (guint i = 0; i < room->members->len; i++)
    if (g_ptr_array_index (room->members, i) != but)
      say (((Member *)g_ptr_array_index (room->members, i))->line, json);
}

static void
say_joined (Member *member, const ZqRoomVisit *visit)
{
  ZqHospital *hospital = member->server->hospital;
  gint64 expires;
  g_autofree char *ice = zq_room_ice (hospital, member->id, &expires);
  g_autofree char *until = zq_instant_us (expires), *start = zq_instant_us (visit->start);
  g_autofree char *end = zq_instant_us (visit->end);
  g_autoptr (GString) json = g_string_new (NULL);

  g_string_append_printf (json, "{\"type\":\"joined\",\"you\":\"%s\",\"role\":\"%s\",\"room\":\"Appointment/%s\"",
                          member->id, member->role, member->room->id);
  add_text (json, "resume", member->resume);
  g_string_append (json, ",\"members\":[");
  for (guint i = 0; i < member->room->members->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      add_member (json, g_ptr_array_index (member->room->members, i), member);
    }
  g_string_append_printf (json,
                          "],\"ice\":%s,\"ice-expires\":\"%s\",\"recording\":\"%s\",\"recorded\":%s,\"start\":\"%s\","
                          "\"end\":\"%s\"}",
                          ice, until, hospital->recording != NULL ? hospital->recording : "off",
                          truth (member->room->recorded), start, end);
  say (member->line, json->str);
}

/* --- who is there ------------------------------------------------------------------------------- */

static void
member_free (gpointer data)
{
  Member *self = data;

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

static void
room_free (gpointer data)
{
  Room *self = data;

  g_ptr_array_unref (self->members);
  g_free (self->id);
  g_free (self);
}

static gboolean
is_patient (const Member *member)
{
  return g_str_equal (member->role, "patient") || g_str_equal (member->role, "relative");
}

static gboolean
has_patient (const Room *room)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      const Member *member = g_ptr_array_index (room->members, i);

      if (member->line != NULL && is_patient (member))
        return TRUE;
    }

  return FALSE;
}

static Room *
get_room (ZqSignallingServer *self, const char *id)
{
  Room *room = g_hash_table_lookup (self->rooms, id);

  if (room != NULL)
    return room;
  room = g_new0 (Room, 1);
  room->id = g_strdup (id);
  room->members = g_ptr_array_new_with_free_func (member_free);
  g_hash_table_insert (self->rooms, room->id, room);

  return room;
}

static void
remove_member (Member *member)
{
  Room *room = member->room;
  ZqSignallingServer *server = member->server;
  g_autofree char *json = g_strdup_printf ("{\"type\":\"left\",\"id\":\"%s\"}", member->id);

  tell_all (room, member, json);
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
  Member *member = data;

  member->leave = 0;
  remove_member (member);
}

static ZqSignallingServer *
server_of (Room *room)
{
  return ((Member *)g_ptr_array_index (room->members, 0))->server;
}

/* Nobody has been in the waiting room for a while: the Appointment says so. */
static void
on_gone (gpointer data)
{
  Room *room = data;
  ZqHospital *hospital = server_of (room)->hospital;

  room->gone = 0;
  if (!has_patient (room) && !zq_room_visit_set_arrived (hospital, room->id, FALSE))
    room->gone = zq_clock_alarm_in (hospital->clock, 1, on_gone, room);
}

static void
on_came (gpointer data)
{
  Room *room = data;
  ZqHospital *hospital = server_of (room)->hospital;

  room->gone = 0;
  if (has_patient (room) && !zq_room_visit_set_arrived (hospital, room->id, TRUE))
    room->gone = zq_clock_alarm_in (hospital->clock, 1, on_came, room);
}

/* In the next turn: a request may be in its transaction. */
static void
watch_arrival (Room *room)
{
  ZqHospital *hospital = server_of (room)->hospital;

  zq_clock_clear (hospital->clock, &room->gone);
  if (has_patient (room))
    room->gone = zq_clock_alarm_in (hospital->clock, 0, on_came, room);
  else
    room->gone = zq_clock_alarm_in (hospital->clock, GONE_AFTER, on_gone, room);
}

/* The connection broke: the place is kept. */
static void
lose_line (Member *member)
{
  if (member->line == NULL)
    return;
  member->line->member = NULL;
  member->line = NULL;
  zq_clock_clear (member->server->hospital->clock, &member->leave);
  member->leave = zq_clock_alarm_in (member->server->hospital->clock, KEEP_PLACE, on_leave, member);
  tell_member (member->room, member);
  if (is_patient (member))
    watch_arrival (member->room);
}

static Member *
find_member (const Room *room, const char *id)
{
  for (guint i = 0; id != NULL && i < room->members->len; i++)
    if (g_str_equal (((Member *)g_ptr_array_index (room->members, i))->id, id))
      return g_ptr_array_index (room->members, i);

  return NULL;
}

/* The same person's place, whether it comes back or comes from another browser. */
static Member *
find_place (const Room *room, const char *role, const char *who)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      Member *member = g_ptr_array_index (room->members, i);

      if (g_str_equal (member->role, role) && g_strcmp0 (member->who, who) == 0)
        return member;
    }

  return NULL;
}

/* --- joining ------------------------------------------------------------------------------------ */

typedef struct
{
  const char *role, *who, *device;
  char *name;
} Comer;

static void
take_place (Line *line, Room *room, const ZqRoomVisit *visit, const Comer *comer)
{
  ZqHospital *hospital = line->server->hospital;
  Member *member = find_place (room, comer->role, comer->who);

  if (member == NULL && room->members->len >= MEMBERS_MOST)
    {
      say_error (line, "no-room", "too many are in this room");
      hang_up (line, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
      return;
    }
  if (member == NULL)
    {
      member = g_new0 (Member, 1);
      member->server = line->server;
      member->room = room;
      member->id = g_strdup_printf ("m%u", ++room->next);
      member->role = g_strdup (comer->role);
      member->who = g_strdup (comer->who);
      member->admitted = g_str_equal (comer->role, "doctor");
      member->since = zq_clock_now (hospital->clock);
      member->audio = member->video = TRUE;
      g_ptr_array_add (room->members, member);
    }
  else if (member->line != NULL)
    {
      Line *before = member->line;

      before->member = NULL;
      member->line = NULL;
      say (before, "{\"type\":\"taken\"}");
      hang_up (before, SOUP_WEBSOCKET_CLOSE_NORMAL);
    }
  zq_clock_clear (hospital->clock, &member->leave);
  zq_clock_clear (hospital->clock, &line->join);
  g_free (member->name);
  member->name = g_strdup (comer->name);
  g_free (member->device);
  member->device = g_strdup (comer->device);
  g_free (member->resume);
  member->resume = zq_id_random_token (24);
  member->line = line;
  line->member = member;
  say_joined (member, visit);
  tell_member (room, member);
  if (is_patient (member))
    watch_arrival (room);
}

static gboolean
refuse (Line *line, const char *code, const char *text)
{
  say_error (line, code, text);
  hang_up (line, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);

  return FALSE;
}

static gboolean
check_time (Line *line, const ZqRoomVisit *visit, gboolean is_doctor)
{
  ZqHospital *hospital = line->server->hospital;
  gint64 now = zq_clock_now (hospital->clock);

  if (zq_room_visit_is_over (visit))
    return refuse (line, "over", "this visit is over");
  if (!is_doctor && now < zq_room_visit_opens (hospital, visit))
    return refuse (line, "too-early", "the waiting room is not open yet");

  return TRUE;
}

static void
join_doctor (Line *line, const char *id, const char *device)
{
  g_autoptr (ZqRoomVisit) visit = zq_room_visit_load (line->server->hospital, id);
  g_autofree char *name = NULL;
  Comer comer = { .role = "doctor", .who = line->session->who, .device = device };

  if (visit == NULL || line->session->role != ZQ_ROLE_DOCTOR || g_strcmp0 (visit->doctor, line->session->who) != 0)
    {
      refuse (line, "no-room", "there is no such visit");
      return;
    }
  if (!check_time (line, visit, TRUE))
    return;
  name = zq_room_name (line->server->hospital, line->session->who, TRUE);
  comer.name = name;
  take_place (line, get_room (line->server, id), visit, &comer);
}

static void
join_link (Line *line, const char *id, const char *secret, const char *device)
{
  ZqHospital *hospital = line->server->hospital;
  const char *code;
  g_autoptr (ZqLink) link = zq_link_find (hospital, secret, &code);
  g_autoptr (ZqRoomVisit) visit = NULL;
  g_autofree char *name = NULL, *who = NULL;
  Comer comer;

  /* Of another visit it is as good as none. Who has a link only need not know which visit it is for. */
  if (link != NULL && id != NULL && !g_str_equal (link->appointment, id))
    {
      g_clear_pointer (&link, zq_link_free);
      code = "link-unknown";
    }
  if (link == NULL)
    {
      refuse (line, code, "this link does not open the door");
      return;
    }
  visit = zq_room_visit_load (hospital, link->appointment);
  if (visit == NULL)
    {
      refuse (line, "no-room", "there is no such visit");
      return;
    }
  if (!check_time (line, visit, FALSE))
    return;
  /* Guests are told apart by their links: two may have the same name. */
  who = *link->who != '\0' ? g_strdup (link->who) : zq_token_hash (secret);
  name = *link->who != '\0' ? zq_room_name (hospital, link->who, FALSE) : g_strdup (link->name);
  comer = (Comer){ .role = link->role, .who = who, .device = device, .name = name };
  take_place (line, get_room (line->server, link->appointment), visit, &comer);
}

/* Back into its place by what it was given when it came. */
static gboolean
resume (Line *line, const char *id, const char *secret)
{
  Room *room = id != NULL ? g_hash_table_lookup (line->server->rooms, id) : NULL;
  g_autoptr (ZqRoomVisit) visit = room != NULL ? zq_room_visit_load (line->server->hospital, id) : NULL;

  for (guint i = 0; visit != NULL && i < room->members->len; i++)
    {
      Member *member = g_ptr_array_index (room->members, i);
      gboolean is_doctor = g_str_equal (member->role, "doctor");

      if (g_strcmp0 (member->resume, secret) != 0 || is_doctor != (line->session != NULL) ||
          (is_doctor && !g_str_equal (member->who, line->session->who)))
        continue;
      if (check_time (line, visit, TRUE))
        {
          g_autofree char *name = g_strdup (member->name), *device = g_strdup (member->device);
          g_autofree char *who = g_strdup (member->who);
          Comer comer = { .role = member->role, .who = who, .device = device, .name = name };

          take_place (line, room, visit, &comer);
        }
      return TRUE;
    }

  return FALSE;
}

static void
join (Line *line, JsonNode *node)
{
  const char *room = zq_json_get_string (node, "room"), *device = zq_json_get_string (node, "device");
  const char *link = zq_json_get_string (node, "link"), *secret = zq_json_get_string (node, "resume");
  const char *id = room != NULL && g_str_has_prefix (room, "Appointment/") ? room + strlen ("Appointment/") : NULL;

  if (line->member != NULL || (device != NULL && strlen (device) > 200))
    say_error (line, "bad-json", "that was not expected here");
  else if (secret != NULL && resume (line, id, secret))
    return;
  else if (line->session != NULL && id != NULL)
    join_doctor (line, id, device);
  else if (line->session == NULL && link != NULL)
    join_link (line, id, link, device);
  else
    refuse (line, "no-room", "there is no such visit");
}

/* --- what members say --------------------------------------------------------------------------- */

static void
admit (Line *line, JsonNode *node, gboolean in)
{
  Member *member = find_member (line->member->room, zq_json_get_string (node, "member"));

  if (!g_str_equal (line->member->role, "doctor") || member == NULL || g_str_equal (member->role, "doctor"))
    {
      say_error (line, "not-allowed", "this is the doctor’s to say");
      return;
    }
  member->admitted = in;
  say (member->line, in ? "{\"type\":\"admitted\"}" : "{\"type\":\"held\"}");
  tell_member (member->room, member);
}

static void
turn_away (Line *line, JsonNode *node)
{
  Member *member = find_member (line->member->room, zq_json_get_string (node, "member"));
  g_autoptr (GString) json = g_string_new ("{\"type\":\"refused\"");
  gboolean waited;

  if (!g_str_equal (line->member->role, "doctor") || member == NULL || g_str_equal (member->role, "doctor"))
    {
      say_error (line, "not-allowed", "this is the doctor’s to say");
      return;
    }
  add_text (json, "text", zq_json_get_string (node, "text"));
  g_string_append_c (json, '}');
  say (member->line, json->str);
  if (member->line != NULL)
    hang_up (member->line, SOUP_WEBSOCKET_CLOSE_NORMAL);
  waited = is_patient (member);
  remove_member (member);
  if (waited)
    watch_arrival (line->member->room);
}

static gboolean
is_number (const char *text)
{
  return text != NULL && *text != '\0' && strlen (text) <= 9 && strspn (text, "0123456789") == strlen (text);
}

static void
relay (Line *line, JsonNode *node, const char *type)
{
  Member *from = line->member;
  Member *to = find_member (from->room, zq_json_get_string (node, "to"));
  const char *sdp = zq_json_get_string (node, "sdp"), *candidate = zq_json_get_string (node, "candidate");
  const char *call = zq_json_get_string (node, "call"), *mline = zq_json_get_string (node, "mline");
  gboolean describes = g_str_equal (type, "offer") || g_str_equal (type, "answer");
  g_autoptr (GString) json = g_string_new (NULL);

  if (to == NULL)
    return;
  if (!from->admitted || !to->admitted)
    {
      say_error (line, "not-admitted", "not before the doctor has let you in");
      return;
    }
  if (!is_number (call) || (describes && (sdp == NULL || !g_str_has_prefix (sdp, "v=0"))) ||
      (g_str_equal (type, "candidate") && (candidate == NULL || !is_number (mline))))
    {
      say_error (line, "bad-json", "that is not how it is said");
      return;
    }
  g_string_append_printf (json, "{\"type\":\"%s\",\"from\":\"%s\",\"call\":%s", type, from->id, call);
  add_text (json, "sdp", describes ? sdp : NULL);
  if (g_str_equal (type, "candidate"))
    {
      add_text (json, "candidate", candidate);
      g_string_append_printf (json, ",\"mline\":%s", mline);
    }
  g_string_append_c (json, '}');
  say (to->line, json->str);
}

static void
tell_media (Line *line, JsonNode *node)
{
  Member *member = line->member;

  member->audio = zq_json_get_boolean (node, "audio", member->audio);
  member->video = zq_json_get_boolean (node, "video", member->video);
  member->screen = zq_json_get_boolean (node, "screen", FALSE);
  tell_member (member->room, member);
}

static void
record (Line *line, JsonNode *node)
{
  ZqHospital *hospital = line->server->hospital;
  g_autofree char *json = NULL;

  if (!g_str_equal (line->member->role, "doctor") || hospital->recording == NULL ||
      g_str_equal (hospital->recording, "off"))
    {
      say_error (line, "not-allowed", "nothing is recorded here");
      return;
    }
  line->member->room->recorded = zq_json_get_boolean (node, "on", FALSE);
  json = g_strdup_printf ("{\"type\":\"recorded\",\"on\":%s}", truth (line->member->room->recorded));
  tell_all (line->member->room, NULL, json);
}

static void
end_room (Line *line)
{
  Room *room = line->member->room;

  if (!g_str_equal (line->member->role, "doctor"))
    {
      say_error (line, "not-allowed", "this is the doctor’s to say");
      return;
    }
  tell_all (room, NULL, "{\"type\":\"ended\"}");
  for (guint i = 0; i < room->members->len; i++)
    {
      Member *member = g_ptr_array_index (room->members, i);

      if (member->line == NULL)
        continue;
      member->line->member = NULL;
      hang_up (member->line, SOUP_WEBSOCKET_CLOSE_NORMAL);
      member->line = NULL;
    }
  zq_clock_clear (line->server->hospital->clock, &room->gone);
  g_hash_table_remove (line->server->rooms, room->id);
}

static void
answer_ping (Line *line, JsonNode *node)
{
  const char *number = zq_json_get_string (node, "n");
  g_autofree char *json = g_strdup_printf ("{\"type\":\"pong\",\"n\":%s}", is_number (number) ? number : "0");

  say (line, json);
}

static void
answer_ice (Line *line)
{
  gint64 expires;
  g_autofree char *servers = zq_room_ice (line->server->hospital, line->member->id, &expires);
  g_autofree char *until = zq_instant_us (expires);
  g_autofree char *json = g_strdup_printf ("{\"type\":\"ice\",\"servers\":%s,\"ice-expires\":\"%s\"}", servers, until);

  say (line, json);
}

static void
answer_probe (Line *line, JsonNode *node)
{
  const char *bytes = zq_json_get_string (node, "bytes");
  guint length = is_number (bytes) ? (guint)MIN (g_ascii_strtoull (bytes, NULL, 10), FRAME_MAX - 64) : 0;
  g_autofree char *pad = g_strnfill (length, 'x');
  g_autofree char *json = g_strdup_printf ("{\"type\":\"probe\",\"pad\":\"%s\"}", pad);

  say (line, json);
}

static void
leave (Line *line)
{
  Member *member = g_steal_pointer (&line->member);
  Room *room = member->room;
  gboolean waited = is_patient (member);

  member->line = NULL;
  /* Who goes by itself is not waited for. */
  if (waited && !has_patient (room))
    zq_room_visit_set_arrived (line->server->hospital, room->id, FALSE);
  remove_member (member);
  hang_up (line, SOUP_WEBSOCKET_CLOSE_NORMAL);
}

static void
take (Line *line, JsonNode *node)
{
  const char *type = zq_json_get_string (node, "type");

  if (type == NULL)
    say_error (line, "bad-json", "a frame has a type");
  else if (g_str_equal (type, "ping"))
    answer_ping (line, node);
  else if (g_str_equal (type, "join"))
    join (line, node);
  else if (line->member == NULL)
    say_error (line, "not-joined", "join a room first");
  else if (g_str_equal (type, "admit") || g_str_equal (type, "hold"))
    admit (line, node, *type == 'a');
  else if (g_str_equal (type, "refuse"))
    turn_away (line, node);
  else if (g_str_equal (type, "offer") || g_str_equal (type, "answer") || g_str_equal (type, "candidate") ||
           g_str_equal (type, "want-call"))
    relay (line, node, type);
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
    say_error (line, "bad-json", "this type is not known here");
}

/* --- connections -------------------------------------------------------------------------------- */

/* So many at once, so many a second after that. */
static gboolean
may_speak (Line *line)
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
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *message, Line *line)
{
  gsize length;
  const char *text = g_bytes_get_data (message, &length);
  g_autoptr (JsonNode) node = NULL;

  if (!may_speak (line))
    {
      refuse (line, "too-fast", "too many frames");
      return;
    }
  if (length > FRAME_MAX)
    {
      say_error (line, "too-large", "a frame has at most 64 KiB");
      hang_up (line, SOUP_WEBSOCKET_CLOSE_TOO_BIG);
      return;
    }
  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    node = zq_json_read (text, (gssize)length, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    say_error (line, "bad-json", "a frame is a JSON object");
  else
    take (line, node);
}

static void
line_free (gpointer data)
{
  Line *self = data;

  zq_clock_clear (self->server->hospital->clock, &self->join);
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_object_unref (self->socket);
  if (self->session != NULL)
    zq_session_free (self->session);
  g_free (self);
}

static void
on_closed (SoupWebsocketConnection *socket, Line *line)
{
  if (line->member != NULL)
    lose_line (line->member);
  g_ptr_array_remove_fast (line->server->lines, line);
}

static void
on_late (gpointer data)
{
  Line *line = data;

  line->join = 0;
  refuse (line, "not-joined", "nobody joined");
}

static void
on_connected (
    SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *socket, gpointer data)
{
  ZqSignallingServer *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Line *line = g_new0 (Line, 1);

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

/* A doctor whose token is not good hears it before the handshake. */
static void
handle_handshake (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqSignallingServer *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  g_autoptr (ZqSession) session = zq_smart_session (self->hospital, authorization);
  g_auto (ZqReply) reply = { 0 };

  if (!g_str_equal (path, PATH))
    zq_reply_fail (&reply, 404, "There is nothing at this address");
  else if (authorization != NULL && session == NULL)
    zq_reply_fail (&reply, 401, "Sign in first: the access token is missing, unknown or has expired");
  else if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket"))
    zq_reply_fail (&reply, 400, "This address is for WebSockets");
  else
    return;
  zq_server_send (self->hospital, message, &reply);
}

void
zq_signalling_server_drop (ZqSignallingServer *self)
{
  for (guint i = self->lines->len; i > 0; i--)
    hang_up (g_ptr_array_index (self->lines, i - 1), SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
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
      const Room *room = g_hash_table_lookup (self->rooms, id);

      if ((room == NULL || !has_patient (room)) && !zq_room_visit_set_arrived (self->hospital, id, FALSE))
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
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->left = zq_room_visits_list_arrived (hospital);
  if (self->left->len > 0)
    self->look_after = zq_clock_alarm_in (hospital->clock, GONE_AFTER, on_look_after, self);
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
    zq_clock_clear (self->hospital->clock, &((Room *)room)->gone);
  zq_clock_clear (self->hospital->clock, &self->look_after);
  g_ptr_array_unref (self->left);
  soup_server_remove_handler (self->hospital->server, PATH);
  g_hash_table_unref (self->rooms);
  g_ptr_array_unref (self->lines);
  g_free (self);
}
