/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"
#include "rules/visit-rules.h"

#include <string.h>

#define PATH "/signalling/links"

void
zq_link_free (ZqLink *self)
{
  g_free (self->appointment);
  g_free (self->who);
  g_free (self->role);
  g_free (self->name);
  g_free (self->relation);
  g_free (self);
}

ZqLink *
zq_link_find (ZqHospital *self, const char *link, const char **code)
{
  g_autofree char *hash = zq_token_hash (link);
  g_autoptr (ZqRows) rows =
      zq_db_query (self->db, NULL,
                   "SELECT appointment, who, role, name, relation, expires FROM visit_link WHERE hash = ?1", "s", hash);
  ZqLink *found;

  *code = "link-unknown";
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;
  if (zq_rows_int (rows, 5) <= zq_clock_now (self->clock))
    {
      *code = "link-expired";
      return NULL;
    }
  found = g_new0 (ZqLink, 1);
  found->appointment = g_strdup (zq_rows_text (rows, 0));
  found->who = g_strdup (zq_rows_text (rows, 1));
  found->role = g_strdup (zq_rows_text (rows, 2));
  found->name = g_strdup (zq_rows_text (rows, 3));
  found->relation = g_strdup (zq_rows_text (rows, 4));

  return found;
}

char *
zq_link_make (ZqHospital *self, const ZqRoomVisit *visit, const ZqLink *of)
{
  g_autofree char *link = zq_id_random_token (32);
  g_autofree char *hash = zq_token_hash (link);
  g_autoptr (GError) error = NULL;

  zq_db_exec (self->db, NULL, "DELETE FROM visit_link WHERE expires <= ?1", "i", zq_clock_now (self->clock));
  if (!zq_db_exec (self->db, &error,
                   "INSERT INTO visit_link (hash, appointment, who, role, name, relation, expires)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                   "ssssssi", hash, visit->id, of->who, of->role, of->name, of->relation,
                   zq_room_visit_closes (self, visit)))
    {
      g_warning ("a link could not be kept: %s", error->message);
      return NULL;
    }

  return g_steal_pointer (&link);
}

char *
zq_link_page (ZqHospital *self, const ZqRoomVisit *visit, const char *link)
{
  return g_strdup_printf ("%s/patient/visit.html#link=%s&room=Appointment/%s", self->origin, link, visit->id);
}

char *
zq_link_make_guest (ZqHospital *self, const ZqRoomVisit *visit, JsonNode *asked)
{
  /* Who speaks for the patient is called as the patient is. */
  gboolean relative = g_strcmp0 (zq_json_get_string (asked, "as"), "relative") == 0;
  const ZqLink guest = { .who = (char *)"",
                         .role = (char *)(relative ? "relative" : "guest"),
                         .name = (char *)zq_json_get_string (asked, "name"),
                         .relation = (char *)zq_json_get_string (asked, "relation") };

  return zq_link_make (self, visit, &guest);
}

static char *
make_asked (ZqHospital *self, const ZqSession *session, const ZqRoomVisit *visit, JsonNode *body)
{
  const ZqLink patient = { .who = session->who, .role = (char *)"patient" };

  return session->role == ZQ_ROLE_PATIENT ? zq_link_make (self, visit, &patient)
                                          : zq_link_make_guest (self, visit, body);
}

/* Who may ask: the patient for itself, the doctor of the visit for a guest. */
static gboolean
may_ask (const ZqSession *session, const ZqRoomVisit *visit)
{
  return session->role == ZQ_ROLE_PATIENT  ? g_strcmp0 (session->who, visit->patient) == 0
         : session->role == ZQ_ROLE_DOCTOR ? g_strcmp0 (session->who, visit->doctor) == 0
                                           : FALSE;
}

static void
answer (ZqHospital *self, const ZqSession *session, JsonNode *body, ZqReply *reply)
{
  const char *reference = body != NULL ? zq_json_get_string (body, "appointment") : NULL;
  g_autoptr (ZqRoomVisit) visit = reference != NULL && g_str_has_prefix (reference, "Appointment/")
                                      ? zq_room_visit_load (self, reference + strlen ("Appointment/"))
                                      : NULL;
  g_autofree char *link = NULL, *until = NULL;
  gint64 now = zq_clock_now (self->clock), expires;

  if (visit == NULL || !may_ask (session, visit))
    {
      zq_reply_fail (reply, 404, "There is no such visit");
      return;
    }
  expires = zq_room_visit_closes (self, visit);
  if (zq_room_visit_is_over (visit) || expires <= now)
    zq_reply_fail (reply, 410, "This visit is over");
  else if (now < zq_room_visit_opens (self, visit))
    zq_reply_fail (reply, 409, "The waiting room is not open yet");
  else if ((link = make_asked (self, session, visit, body)) == NULL)
    zq_reply_fail (reply, 500, "A link could not be made");
  else
    {
      g_autofree char *page = zq_link_page (self, visit, link);

      until = zq_instant_us (expires);
      reply->status = 201;
      reply->content_type = g_strdup ("application/json");
      reply->body = g_strdup_printf ("{\"link\":\"%s\",\"expires\":\"%s\",\"recording\":\"%s\","
                                     "\"page\":\"%s\"}",
                                     link, until, zq_room_recording (self), page);
    }
}

/* What the patient's page says of the waiting room; nothing here is anybody's. */
static void
tell_rules (ZqHospital *self, ZqReply *reply)
{
  const ZqVisitRules *rules = zq_visit_rules_get (self->policy);

  reply->status = 200;
  reply->content_type = g_strdup ("application/json");
  reply->body = g_strdup_printf (
      "{\"opens-before\":%" G_GINT64_FORMAT ",\"closes-after\":%" G_GINT64_FORMAT ",\"recording\":\"%s\"}",
      rules->opens_before / G_USEC_PER_SEC, rules->closes_after / G_USEC_PER_SEC, zq_room_recording (self));
}

static void
handle (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (ZqSession) session = zq_smart_session (self, soup_message_headers_get_one (headers, "Authorization"));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_auto (ZqReply) reply = { 0 };

  if (!zq_server_body_ok (self, message))
    return;
  bytes = zq_server_body (message);
  body = zq_json_read (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes), NULL);
  if (!g_str_equal (path, PATH))
    zq_reply_fail (&reply, 404, "There is nothing at this address");
  else if (g_str_equal (soup_server_message_get_method (message), "GET"))
    tell_rules (self, &reply);
  else if (session == NULL)
    zq_reply_fail (&reply, 401, "Sign in first: the access token is missing, unknown or has expired");
  else if (!g_str_equal (soup_server_message_get_method (message), "POST"))
    zq_reply_fail (&reply, 405, "Links are asked for by POST, the rules by GET");
  else
    answer (self, session, body, &reply);
  zq_server_send (self, message, &reply);
}

gboolean
zq_links_register (ZqHospital *self, GError **error)
{
  soup_server_add_handler (self->server, PATH, handle, self, NULL);

  return zq_db_script (self->db,
                       "CREATE TABLE IF NOT EXISTS visit_link (hash TEXT PRIMARY KEY, appointment TEXT NOT NULL,"
                       " who TEXT NOT NULL, role TEXT NOT NULL, name TEXT, relation TEXT, expires INTEGER NOT NULL)",
                       error);
}
