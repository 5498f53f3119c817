/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"

#include <string.h>

#define MEMBERS_MOST 8

typedef struct
{
  const char *role, *who, *device;
  char *name;
} Comer;

static void
take_place (ZqRoomLine *line, ZqRoom *room, const ZqRoomVisit *visit, const Comer *comer)
{
  ZqHospital *hospital = line->server->hospital;
  ZqRoomMember *member = zq_room_find_place (room, comer->role, comer->who);

  if (member == NULL && room->members->len >= MEMBERS_MOST)
    {
      zq_room_say_error (line, "no-room", "too many are in this room");
      zq_room_hang_up (line, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
      return;
    }
  if (member == NULL)
    {
      member = g_new0 (ZqRoomMember, 1);
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
      ZqRoomLine *before = member->line;

      before->member = NULL;
      member->line = NULL;
      zq_room_say (before, "{\"type\":\"taken\"}");
      zq_room_hang_up (before, SOUP_WEBSOCKET_CLOSE_NORMAL);
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
  zq_room_say_joined (member, visit);
  zq_room_tell_member (room, member);
  if (zq_room_is_patient (member))
    zq_room_watch_arrival (room);
}

gboolean
zq_room_refuse (ZqRoomLine *line, const char *code, const char *text)
{
  zq_room_say_error (line, code, text);
  zq_room_hang_up (line, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);

  return FALSE;
}

static gboolean
check_time (ZqRoomLine *line, const ZqRoomVisit *visit, gboolean is_doctor)
{
  ZqHospital *hospital = line->server->hospital;
  gint64 now = zq_clock_now (hospital->clock);

  if (zq_room_visit_is_over (visit))
    return zq_room_refuse (line, "over", "this visit is over");
  if (!is_doctor && now < zq_room_visit_opens (hospital, visit))
    return zq_room_refuse (line, "too-early", "the waiting room is not open yet");

  return TRUE;
}

static void
join_doctor (ZqRoomLine *line, const char *id, const char *device)
{
  g_autoptr (ZqRoomVisit) visit = zq_room_visit_load (line->server->hospital, id);
  g_autofree char *name = NULL;
  Comer comer = { .role = "doctor", .who = line->session->who, .device = device };

  if (visit == NULL || line->session->role != ZQ_ROLE_DOCTOR || g_strcmp0 (visit->doctor, line->session->who) != 0)
    {
      zq_room_refuse (line, "no-room", "there is no such visit");
      return;
    }
  if (!check_time (line, visit, TRUE))
    return;
  name = zq_room_name (line->server->hospital, line->session->who, TRUE);
  comer.name = name;
  take_place (line, zq_room_get (line->server, id), visit, &comer);
}

static void
join_link (ZqRoomLine *line, const char *id, const char *secret, const char *device)
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
      zq_room_refuse (line, code, "this link does not open the door");
      return;
    }
  visit = zq_room_visit_load (hospital, link->appointment);
  if (visit == NULL)
    {
      zq_room_refuse (line, "no-room", "there is no such visit");
      return;
    }
  if (!check_time (line, visit, FALSE))
    return;
  /* Guests are told apart by their links: two may have the same name. */
  who = *link->who != '\0' ? g_strdup (link->who) : zq_token_hash (secret);
  name = *link->who != '\0' ? zq_room_name (hospital, link->who, FALSE) : g_strdup (link->name);
  comer = (Comer){ .role = link->role, .who = who, .device = device, .name = name };
  take_place (line, zq_room_get (line->server, link->appointment), visit, &comer);
}

/* Back into its place by what it was given when it came. */
static gboolean
resume (ZqRoomLine *line, const char *id, const char *secret)
{
  ZqRoom *room = id != NULL ? g_hash_table_lookup (line->server->rooms, id) : NULL;
  g_autoptr (ZqRoomVisit) visit = room != NULL ? zq_room_visit_load (line->server->hospital, id) : NULL;

  for (guint i = 0; visit != NULL && i < room->members->len; i++)
    {
      ZqRoomMember *member = g_ptr_array_index (room->members, i);
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

void
zq_room_join (ZqRoomLine *line, JsonNode *node)
{
  const char *room = zq_json_get_string (node, "room"), *device = zq_json_get_string (node, "device");
  const char *link = zq_json_get_string (node, "link"), *secret = zq_json_get_string (node, "resume");
  const char *id = room != NULL && g_str_has_prefix (room, "Appointment/") ? room + strlen ("Appointment/") : NULL;

  if (line->member != NULL || (device != NULL && strlen (device) > 200))
    zq_room_say_error (line, "bad-json", "that was not expected here");
  else if (secret != NULL && resume (line, id, secret))
    return;
  else if (line->session != NULL && id != NULL)
    join_doctor (line, id, device);
  else if (line->session == NULL && link != NULL)
    join_link (line, id, link, device);
  else
    zq_room_refuse (line, "no-room", "there is no such visit");
}
