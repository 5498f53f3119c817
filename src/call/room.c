/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/room.h"

#include "fhir/websocket.h"
#include "resource/datetime.h"
#include "resource/json.h"

#include <string.h>

#define RETRY_FIRST (300 * G_TIME_SPAN_MILLISECOND)
#define RETRY_MOST  (5 * G_TIME_SPAN_SECOND)
#define PING_EVERY  (2 * G_TIME_SPAN_SECOND)
/* A connection that says nothing for so long is none: a link that went away tells nobody. */
#define SILENCE (6 * G_TIME_SPAN_SECOND)

struct _ZqRoom
{
  GObject parent_instance;

  /* owned */
  ZqFhirClient *client;
  ZqClock *clock;
  char *appointment, *device;
  GCancellable *cancellable; /* of what is under way */
  ZqFhirSocket *socket;      /* NULL: is not there */
  char *resume;
  GPtrArray *members;
  ZqIceList *ice;
  char *recording, *consent, *recorder, *consent_reference;

  guint retry, beat; /* alarms */
  gint64 delay;
  gint64 asked;  /* when the last ping went; monotonic */
  gint64 heard;  /* when anything came */
  gint64 number; /* of the last ping */
  gboolean is_wanted;
  gboolean is_joined;
  gboolean was_joined;
};

static void room_iface_init (ZqSignallingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqRoom,
                               zq_room,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZQ_TYPE_SIGNALLING, room_iface_init))

static void connect_room (ZqRoom *self);

/* --- what is said ------------------------------------------------------------------------------- */

static void
add_text (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  if (quoted != NULL)
    g_string_append_printf (json, ",\"%s\":%s", name, quoted);
}

static GString *
say (const char *type)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"type\":\"%s\"", type);

  return json;
}

/* Takes @json. */
static void
send (ZqRoom *self, GString *json)
{
  g_string_append_c (json, '}');
  if (self->socket != NULL)
    zq_fhir_socket_send (self->socket, json->str);
  g_string_free (json, TRUE);
}

static void
send_join (ZqRoom *self)
{
  GString *json = say ("join");

  add_text (json, "room", self->appointment);
  add_text (json, "resume", self->resume);
  add_text (json, "device", self->device);
  send (self, json);
}

/* --- what is heard ------------------------------------------------------------------------------ */

static ZqCallMember *
read_member (JsonNode *node)
{
  ZqCallMember *member;

  if (node == NULL || zq_json_get_string (node, "id") == NULL)
    return NULL;
  member = g_new0 (ZqCallMember, 1);
  member->id = g_strdup (zq_json_get_string (node, "id"));
  member->role = g_strdup (zq_json_get_string (node, "role"));
  member->name = g_strdup (zq_json_get_string (node, "name"));
  member->device = g_strdup (zq_json_get_string (node, "device"));
  member->since = zq_date_time_parse (zq_json_get_string (node, "since"), NULL).start;
  member->admitted = zq_json_get_boolean (node, "admitted", FALSE);
  member->online = zq_json_get_boolean (node, "online", TRUE);
  member->audio = zq_json_get_boolean (node, "media.audio", TRUE);
  member->video = zq_json_get_boolean (node, "media.video", TRUE);

  return member;
}

static guint
find_member (ZqRoom *self, const char *id)
{
  for (guint i = 0; i < self->members->len; i++)
    if (g_strcmp0 (((ZqCallMember *)g_ptr_array_index (self->members, i))->id, id) == 0)
      return i;

  return G_MAXUINT;
}

static void
take_member (ZqRoom *self, JsonNode *node)
{
  g_autoptr (ZqCallMember) member = read_member (node);
  guint at;

  if (member == NULL)
    return;
  at = find_member (self, member->id);
  if (at == G_MAXUINT && self->members->len >= ZQ_ROOM_MEMBERS_MOST)
    return;
  if (at != G_MAXUINT)
    g_ptr_array_remove_index (self->members, at);
  g_ptr_array_insert (self->members, at != G_MAXUINT ? (int)at : -1, zq_call_member_copy (member));
  g_signal_emit_by_name (self, "member", member);
}

static void
take_ice (ZqRoom *self, JsonNode *node, const char *path)
{
  ZqIceList *list = zq_ice_list_new ();
  guint length = zq_json_get_length (node, path);

  for (guint i = 0; i < length; i++)
    {
      JsonNode *server = zq_json_get_at (node, path, i);
      guint n_urls = zq_json_get_length (server, "urls");

      for (guint n = 0; n < n_urls; n++)
        {
          g_autofree char *place = g_strdup_printf ("urls[%u]", n);
          const char *url = zq_json_get_string (server, place);

          if (url != NULL)
            zq_ice_list_add (list, url, zq_json_get_string (server, "username"),
                             zq_json_get_string (server, "credential"));
        }
    }
  g_clear_pointer (&self->ice, zq_ice_list_free);
  self->ice = list;
}

static void
take_consent_reference (ZqRoom *self, JsonNode *node)
{
  g_free (self->consent_reference);
  self->consent_reference = g_strdup (zq_json_get_string (node, "by-consent"));
}

static void
take_joined (ZqRoom *self, JsonNode *node)
{
  guint length = zq_json_get_length (node, "members");
  const char *me = zq_json_get_string (node, "you");
  gboolean again = self->was_joined;

  g_free (self->resume);
  self->resume = g_strdup (zq_json_get_string (node, "resume"));
  g_free (self->recording);
  self->recording = g_strdup (zq_json_get_string (node, "recording"));
  g_free (self->consent);
  self->consent = g_strdup (zq_json_get_string (node, "consent"));
  g_free (self->recorder);
  self->recorder = g_strdup (zq_json_get_string (node, "recorder"));
  take_consent_reference (self, node);
  take_ice (self, node, "ice");
  g_ptr_array_set_size (self->members, 0);
  for (guint i = 0; i < length; i++)
    {
      ZqCallMember *member = read_member (zq_json_get_at (node, "members", i));

      if (member != NULL && g_strcmp0 (member->id, me) != 0 && find_member (self, member->id) == G_MAXUINT &&
          self->members->len < ZQ_ROOM_MEMBERS_MOST)
        g_ptr_array_add (self->members, member);
      else if (member != NULL)
        zq_call_member_free (member);
    }
  self->is_joined = self->was_joined = TRUE;
  self->delay = RETRY_FIRST;
  g_signal_emit_by_name (self, "joined", again);
  g_signal_emit_by_name (self, "recorded", zq_json_get_boolean (node, "recorded", FALSE));
}

static guint
read_number (JsonNode *node, const char *path)
{
  const char *text = zq_json_get_string (node, path);

  return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : 0;
}

static void
take_error (ZqRoom *self, const char *code)
{
  static const char *const final[] = { "no-room",      "too-early",    "over", "not-allowed",
                                       "link-unknown", "link-expired", NULL };

  /* Before it has joined: it will not be otherwise the next time. */
  if (code == NULL || self->is_joined || !g_strv_contains (final, code))
    return;
  self->is_wanted = FALSE;
  g_signal_emit_by_name (self, "refused", code);
}

static void
take_relayed (ZqRoom *self, JsonNode *node, const char *type, const char *from)
{
  guint call = read_number (node, "call");
  const char *sdp = zq_json_get_string (node, "sdp"), *candidate = zq_json_get_string (node, "candidate");

  if (from == NULL || find_member (self, from) == G_MAXUINT)
    return;
  if (g_str_equal (type, "answer") && sdp != NULL)
    g_signal_emit_by_name (self, "answer", from, call, sdp);
  else if (g_str_equal (type, "candidate") && candidate != NULL)
    g_signal_emit_by_name (self, "candidate", from, call, read_number (node, "mline"), candidate);
  else if (g_str_equal (type, "want-call"))
    g_signal_emit_by_name (self, "want-call", from, call);
}

static void
take (ZqRoom *self, JsonNode *node)
{
  const char *type = zq_json_get_string (node, "type");
  guint at;

  if (type == NULL)
    return;
  if (g_str_equal (type, "joined"))
    take_joined (self, node);
  else if (g_str_equal (type, "member"))
    take_member (self, zq_json_get (node, "member"));
  else if (g_str_equal (type, "left"))
    {
      const char *id = zq_json_get_string (node, "id");

      at = find_member (self, id);
      if (at != G_MAXUINT)
        g_ptr_array_remove_index (self->members, at);
      if (id != NULL)
        g_signal_emit_by_name (self, "left", id);
    }
  else if (g_str_equal (type, "recorded"))
    {
      take_consent_reference (self, node);
      g_signal_emit_by_name (self, "recorded", zq_json_get_boolean (node, "on", FALSE));
    }
  else if (g_str_equal (type, "consent"))
    {
      g_free (self->consent);
      self->consent = g_strdup (zq_json_get_string (node, "answer"));
      g_signal_emit_by_name (self, "consent");
    }
  else if (g_str_equal (type, "invited"))
    g_signal_emit_by_name (self, "invited", zq_json_get_string (node, "page"));
  else if (g_str_equal (type, "ice"))
    take_ice (self, node, "servers");
  else if (g_str_equal (type, "pong") && read_number (node, "n") == self->number)
    g_signal_emit_by_name (self, "pong", zq_clock_monotonic (self->clock) - self->asked);
  else if (g_str_equal (type, "probe"))
    {
      const char *pad = zq_json_get_string (node, "pad");

      g_signal_emit_by_name (self, "probed", pad != NULL ? (guint)strlen (pad) : 0);
    }
  else if (g_str_equal (type, "error"))
    take_error (self, zq_json_get_string (node, "code"));
  else if (g_str_equal (type, "taken") || g_str_equal (type, "ended"))
    {
      self->is_wanted = FALSE;
      g_signal_emit_by_name (self, type);
    }
  else
    take_relayed (self, node, type, zq_json_get_string (node, "from"));
}

static void
on_message (ZqFhirSocket *socket, const char *text, ZqRoom *self)
{
  g_autoptr (ZqRoom) alive = g_object_ref (self);
  g_autoptr (JsonNode) node = zq_json_read (text, -1, NULL);

  self->heard = zq_clock_monotonic (self->clock);
  if (node != NULL)
    take (self, node);
}

/* --- being connected ---------------------------------------------------------------------------- */

static void
on_retry (gpointer data)
{
  ZqRoom *self = data;

  self->retry = 0;
  connect_room (self);
}

static void
go_away (ZqRoom *self)
{
  gboolean was = self->is_joined;

  zq_clock_clear (self->clock, &self->beat);
  if (self->socket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      zq_fhir_socket_close (self->socket);
      g_clear_object (&self->socket);
    }
  self->is_joined = FALSE;
  if (!self->is_wanted)
    return;
  if (self->retry == 0)
    self->retry = zq_clock_alarm_in (self->clock, self->delay, on_retry, self);
  self->delay = MIN (self->delay * 2, RETRY_MOST);
  if (was)
    g_signal_emit_by_name (self, "away");
}

static void
on_closed (ZqFhirSocket *socket, ZqRoom *self)
{
  g_autoptr (ZqRoom) alive = g_object_ref (self);

  go_away (self);
}

static void
on_beat (gpointer data)
{
  ZqRoom *self = data;
  g_autoptr (ZqRoom) alive = g_object_ref (self);

  self->beat = 0;
  if (zq_clock_monotonic (self->clock) - self->heard > SILENCE)
    {
      go_away (self);
      return;
    }
  zq_signalling_ping (ZQ_SIGNALLING (self));
  self->beat = zq_clock_alarm_in (self->clock, PING_EVERY, on_beat, self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqRoom) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirSocket) socket = zq_fhir_socket_open_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (!self->is_wanted)
    return;
  if (socket == NULL)
    {
      if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN) ||
          g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NOT_FOUND))
        {
          self->is_wanted = FALSE;
          g_signal_emit_by_name (self, "refused", "no-signalling");
          return;
        }
      go_away (self);
      return;
    }
  self->socket = g_steal_pointer (&socket);
  self->heard = zq_clock_monotonic (self->clock);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  self->beat = zq_clock_alarm_in (self->clock, PING_EVERY, on_beat, self);
  send_join (self);
}

/* "http://host/fhir" → "ws://host/signalling". (transfer full) (nullable) */
static char *
address (const char *base)
{
  g_autoptr (GUri) uri = g_uri_parse (base, G_URI_FLAGS_NONE, NULL);
  g_autofree char *origin = NULL;

  if (uri == NULL)
    return NULL;
  origin = g_uri_join (G_URI_FLAGS_NONE, g_str_equal (g_uri_get_scheme (uri), "https") ? "wss" : "ws", NULL,
                       g_uri_get_host (uri), g_uri_get_port (uri), "/signalling", NULL, NULL);

  return g_steal_pointer (&origin);
}

static void
connect_room (ZqRoom *self)
{
  g_autofree char *where = address (zq_fhir_client_get_base (self->client));

  if (!self->is_wanted || self->socket != NULL || self->cancellable != NULL || where == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  zq_fhir_socket_open_async (self->client, where, self->cancellable, on_opened, g_object_ref (self));
}

/* --- the interface ------------------------------------------------------------------------------ */

static void
room_open (ZqSignalling *signalling)
{
  ZqRoom *self = ZQ_ROOM (signalling);

  self->is_wanted = TRUE;
  connect_room (self);
}

static void
room_close (ZqSignalling *signalling)
{
  ZqRoom *self = ZQ_ROOM (signalling);

  if (self->socket != NULL && self->is_joined && self->is_wanted)
    send (self, say ("leave"));
  self->is_wanted = FALSE;
  zq_clock_clear (self->clock, &self->retry);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  go_away (self);
}

static gboolean
room_is_open (ZqSignalling *signalling)
{
  return ZQ_ROOM (signalling)->is_joined;
}

static GPtrArray *
room_get_members (ZqSignalling *signalling)
{
  return ZQ_ROOM (signalling)->members;
}

static const ZqIceList *
room_get_ice (ZqSignalling *signalling)
{
  return ZQ_ROOM (signalling)->ice;
}

static const char *
room_get_recording (ZqSignalling *signalling)
{
  static const char *const words[] = { "required", "optional", NULL };
  ZqRoom *self = ZQ_ROOM (signalling);

  return self->recording != NULL && g_strv_contains (words, self->recording) ? self->recording : "off";
}

static void
room_admit (ZqSignalling *signalling, const char *member, gboolean in)
{
  GString *json = say (in ? "admit" : "hold");

  add_text (json, "member", member);
  send (ZQ_ROOM (signalling), json);
}

static void
room_offer (ZqSignalling *signalling, const char *member, guint call, const char *sdp)
{
  GString *json = say ("offer");

  g_string_append_printf (json, ",\"call\":%u", call);
  add_text (json, "to", member);
  add_text (json, "sdp", sdp);
  send (ZQ_ROOM (signalling), json);
}

static void
room_candidate (ZqSignalling *signalling, const char *member, guint call, guint mline, const char *candidate)
{
  GString *json = say ("candidate");

  g_string_append_printf (json, ",\"call\":%u,\"mline\":%u", call, mline);
  add_text (json, "to", member);
  add_text (json, "candidate", candidate);
  send (ZQ_ROOM (signalling), json);
}

static void
room_tell_media (ZqSignalling *signalling, gboolean audio, gboolean video, gboolean screen)
{
  GString *json = say ("media");

  g_string_append_printf (json, ",\"audio\":%s,\"video\":%s,\"screen\":%s", audio ? "true" : "false",
                          video ? "true" : "false", screen ? "true" : "false");
  send (ZQ_ROOM (signalling), json);
}

static const char *
room_get_consent (ZqSignalling *signalling)
{
  return ZQ_ROOM (signalling)->consent;
}

static const char *
room_get_recorder (ZqSignalling *signalling)
{
  ZqRoom *self = ZQ_ROOM (signalling);

  return self->recorder != NULL ? self->recorder : "hospital";
}

static const char *
room_get_consent_reference (ZqSignalling *signalling)
{
  return ZQ_ROOM (signalling)->consent_reference;
}

static void
room_record (ZqSignalling *signalling, gboolean on)
{
  GString *json = say ("recording");

  g_string_append_printf (json, ",\"on\":%s", on ? "true" : "false");
  send (ZQ_ROOM (signalling), json);
}

static void
room_invite (ZqSignalling *signalling, const char *name, const char *relation)
{
  GString *json = say ("invite");

  add_text (json, "name", name);
  add_text (json, "relation", relation);
  add_text (json, "as", "relative");
  send (ZQ_ROOM (signalling), json);
}

static void
room_end (ZqSignalling *signalling)
{
  send (ZQ_ROOM (signalling), say ("end"));
}

static void
room_ping (ZqSignalling *signalling)
{
  ZqRoom *self = ZQ_ROOM (signalling);
  GString *json = say ("ping");

  g_string_append_printf (json, ",\"n\":%" G_GINT64_FORMAT, ++self->number);
  self->asked = zq_clock_monotonic (self->clock);
  send (self, json);
}

static void
room_probe (ZqSignalling *signalling, guint up, guint down)
{
  GString *json = say ("probe");
  g_autofree char *pad = g_strnfill (up, 'x');

  g_string_append_printf (json, ",\"bytes\":%u", down);
  add_text (json, "pad", pad);
  send (ZQ_ROOM (signalling), json);
}

static void
room_iface_init (ZqSignallingInterface *iface)
{
  iface->open = room_open;
  iface->close = room_close;
  iface->is_open = room_is_open;
  iface->get_members = room_get_members;
  iface->get_ice = room_get_ice;
  iface->get_recording = room_get_recording;
  iface->get_consent = room_get_consent;
  iface->get_recorder = room_get_recorder;
  iface->get_consent_reference = room_get_consent_reference;
  iface->admit = room_admit;
  iface->offer = room_offer;
  iface->candidate = room_candidate;
  iface->tell_media = room_tell_media;
  iface->record = room_record;
  iface->invite = room_invite;
  iface->end = room_end;
  iface->ping = room_ping;
  iface->probe = room_probe;
}

/* --- life --------------------------------------------------------------------------------------- */

ZqRoom *
zq_room_new (ZqFhirClient *client, ZqClock *clock, const char *appointment, const char *device)
{
  ZqRoom *self = g_object_new (ZQ_TYPE_ROOM, NULL);

  self->client = g_object_ref (client);
  self->clock = g_object_ref (clock);
  self->appointment = g_strdup (appointment);
  self->device = g_strdup (device);

  return self;
}

static void
zq_room_dispose (GObject *object)
{
  ZqRoom *self = ZQ_ROOM (object);

  if (self->clock != NULL)
    room_close (ZQ_SIGNALLING (self));
  G_OBJECT_CLASS (zq_room_parent_class)->dispose (object);
}

static void
zq_room_finalize (GObject *object)
{
  ZqRoom *self = ZQ_ROOM (object);

  g_clear_object (&self->client);
  g_clear_object (&self->clock);
  g_free (self->appointment);
  g_free (self->device);
  g_free (self->resume);
  g_free (self->recording);
  g_free (self->consent);
  g_free (self->recorder);
  g_free (self->consent_reference);
  g_ptr_array_unref (self->members);
  g_clear_pointer (&self->ice, zq_ice_list_free);
  G_OBJECT_CLASS (zq_room_parent_class)->finalize (object);
}

static void
zq_room_class_init (ZqRoomClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_room_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_room_finalize;
}

static void
zq_room_init (ZqRoom *self)
{
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_call_member_free);
  self->delay = RETRY_FIRST;
}
