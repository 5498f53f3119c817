/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"

#include <string.h>

#define OF_CONSENT ZQ_CODE_SYSTEM ("consent-category")

/* What is needed of a recording after its room is gone. */
struct _ZqRoomRecording
{
  ZqHospital *hospital;
  ZqSignallingServer *server;
  ZqRoom *room;         /* NULL: it is being finished */
  ZqRecorder *recorder; /* NULL: the workstation records */
  char *appointment, *consent, *name;
  gint64 since, until;
};

static void
recording_free (ZqRoomRecording *self)
{
  g_free (self->appointment);
  g_free (self->consent);
  g_free (self->name);
  g_free (self);
}

/* --- whether it may be -------------------------------------------------------------------------- */

static gboolean
is_about (JsonNode *consent, const char *appointment)
{
  g_autofree char *reference = g_strconcat ("Appointment/", appointment, NULL);
  guint length = zq_json_get_length (consent, "provision.data");

  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (zq_json_get_string (zq_json_get_at (consent, "provision.data", i), "reference.reference"),
                   reference) == 0)
      return TRUE;

  return FALSE;
}

char *
zq_room_consent (ZqHospital *self, const ZqRoomVisit *visit, char **consent)
{
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT r.id FROM idx i JOIN resource r ON r.row = i.row AND r.deleted = 0"
                                         " WHERE i.name = 'Consent.patient' AND i.value = ? ORDER BY r.row DESC",
                                         "s", visit->patient != NULL ? visit->patient : "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      g_autoptr (ZqStored) stored = zq_records_read (self, "Consent", zq_rows_text (rows, 0), NULL);
      g_autoptr (JsonNode) node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;

      if (node == NULL || g_strcmp0 (zq_json_get_string (node, "status"), "active") != 0 ||
          g_strcmp0 (zq_json_get_code (node, "category[0]", OF_CONSENT), "video-recording") != 0 ||
          !is_about (node, visit->id))
        continue;
      if (consent != NULL)
        *consent = g_strdup (stored->id);
      return g_strdup (zq_json_get_string (node, "provision.type"));
    }

  return NULL;
}

/* --- what becomes of it ------------------------------------------------------------------------- */

static void
conclude (ZqRoomRecording *self, gboolean now)
{
  g_ptr_array_remove_fast (self->server->finishing, self);
  zq_recorded_enter (self->hospital, self->appointment, self->name, self->until, now);
  recording_free (self);
}

static void
on_finished (GPtrArray *files, gpointer data)
{
  conclude (data, FALSE);
}

/* --- in the room -------------------------------------------------------------------------------- */

static void
tell (ZqRoomRecording *self, const char *member, const char *json)
{
  ZqRoomMember *to = self->room != NULL ? zq_room_find_member (self->room, member) : NULL;

  if (to != NULL)
    zq_room_say (to->line, json);
}

static void tell_all (ZqRoom *room, gboolean on);

static void
on_answer (const char *member, guint call, const char *sdp, gpointer data)
{
  g_autofree char *quoted = zq_json_quote (sdp);
  g_autofree char *json =
      g_strdup_printf ("{\"type\":\"answer\",\"from\":\"" ZQ_ROOM_RECORDER "\",\"call\":%u,\"sdp\":%s}", call, quoted);

  tell (data, member, json);
}

static void
on_candidate (const char *member, guint call, guint mline, const char *candidate, gpointer data)
{
  g_autofree char *quoted = zq_json_quote (candidate);
  g_autofree char *json = g_strdup_printf ("{\"type\":\"candidate\",\"from\":\"" ZQ_ROOM_RECORDER
                                           "\",\"call\":%u,\"mline\":%u,\"candidate\":%s}",
                                           call, mline, quoted);

  tell (data, member, json);
}

/* Nobody is told that it is recorded when it is not. */
static void
on_failed (gpointer data)
{
  ZqRoomRecording *self = data;
  ZqRoom *room = self->room;

  g_warning ("a recording could not be written any more");
  if (room == NULL)
    return;
  zq_room_stop_recording (room);
  tell_all (room, FALSE);
}

void
zq_room_add_recorder (GString *json, const ZqRoom *room)
{
  g_autofree char *since = zq_instant_us (room->recording->since);

  g_string_append_printf (json,
                          "{\"id\":\"" ZQ_ROOM_RECORDER "\",\"role\":\"recorder\",\"admitted\":true,\"online\":true,"
                          "\"since\":\"%s\",\"media\":{\"audio\":false,\"video\":false,\"screen\":false}}",
                          since);
}

void
zq_room_add_consent (GString *json, const ZqRoom *room)
{
  if (room->recording != NULL && room->recording->consent != NULL)
    {
      g_autofree char *reference = g_strconcat ("Consent/", room->recording->consent, NULL);

      zq_room_add_text (json, "by-consent", reference);
    }
}

gboolean
zq_room_has_recorder (const ZqRoom *room)
{
  return room->recording != NULL && room->recording->recorder != NULL;
}

static void
tell_all (ZqRoom *room, gboolean on)
{
  g_autoptr (GString) member = g_string_new ("{\"type\":\"member\",\"member\":");
  g_autoptr (GString) json = g_string_new ("{\"type\":\"recorded\"");

  g_string_append_printf (json, ",\"on\":%s", zq_room_truth (on));
  zq_room_add_consent (json, room);
  g_string_append_c (json, '}');
  zq_room_tell_all (room, NULL, json->str);
  if (!on)
    {
      zq_room_tell_all (room, NULL, "{\"type\":\"left\",\"id\":\"" ZQ_ROOM_RECORDER "\"}");
      return;
    }
  if (room->recording->recorder == NULL)
    return;
  zq_room_add_recorder (member, room);
  g_string_append_c (member, '}');
  zq_room_tell_all (room, NULL, member->str);
}

static ZqRoomRecording *
begin (ZqSignallingServer *server, ZqRoom *room, const char *consent, GError **error)
{
  ZqHospital *hospital = server->hospital;
  ZqRoomRecording *self = g_new0 (ZqRoomRecording, 1);
  const ZqRecorderEvents events = { on_answer, on_candidate, on_failed, self };
  g_autofree char *folder = NULL;

  self->hospital = hospital;
  self->server = server;
  self->room = room;
  self->appointment = g_strdup (room->id);
  self->since = zq_clock_now (hospital->clock);
  self->name = g_strdup_printf ("%" G_GINT64_FORMAT, self->since);
  if (zq_room_is_recorded_there (hospital))
    return self;
  folder = zq_recorded_begin (hospital, room->id, self->name, consent, self->since, error);
  if (folder != NULL)
    self->recorder = zq_recorder_new (hospital->clock, folder, &events, error);
  if (self->recorder != NULL)
    return self;
  recording_free (self);

  return NULL;
}

/* NULL: it may. */
static const char *
refusal (ZqHospital *hospital, const char *room, char **consent)
{
  g_autoptr (ZqRoomVisit) visit = zq_room_visit_load (hospital, room);
  g_autofree char *said = NULL;

  if (g_str_equal (zq_room_recording (hospital), "off") || visit == NULL ||
      (hospital->data_dir == NULL && !zq_room_is_recorded_there (hospital)))
    return "not-allowed";
  said = zq_room_consent (hospital, visit, consent);

  return g_strcmp0 (said, "permit") == 0 ? NULL : "no-consent";
}

const char *
zq_room_record (ZqSignallingServer *server, ZqRoom *room, gboolean on)
{
  g_autofree char *consent = NULL;
  g_autoptr (GError) error = NULL;
  const char *refused;

  if (on == (room->recording != NULL))
    return NULL;
  if (!on)
    {
      zq_room_stop_recording (room);
      tell_all (room, FALSE);
      return NULL;
    }
  refused = refusal (server->hospital, room->id, &consent);
  if (refused != NULL)
    return refused;
  room->recording = begin (server, room, consent, &error);
  if (room->recording == NULL)
    {
      g_warning ("nothing can be recorded: %s", error->message);
      return "no-recorder";
    }
  room->recording->consent = g_steal_pointer (&consent);
  tell_all (room, TRUE);

  return NULL;
}

void
zq_room_stop_recording (ZqRoom *room)
{
  ZqRoomRecording *self = g_steal_pointer (&room->recording);

  if (self == NULL)
    return;
  if (self->recorder == NULL)
    {
      recording_free (self);
      return;
    }
  self->room = NULL;
  self->until = zq_clock_now (self->hospital->clock);
  g_ptr_array_add (self->server->finishing, self);
  zq_recorder_finish (self->recorder, on_finished, self);
}

void
zq_room_break_off_recordings (ZqSignallingServer *server)
{
  while (server->finishing->len > 0)
    {
      ZqRoomRecording *self = g_ptr_array_index (server->finishing, server->finishing->len - 1);
      g_autoptr (GPtrArray) files = zq_recorder_break_off (self->recorder);

      conclude (self, TRUE);
    }
}

void
zq_room_record_frame (ZqRoomMember *from, const char *type, guint call, guint mline, const char *text)
{
  ZqRoomRecording *self = from->room->recording;

  if (self == NULL || self->recorder == NULL)
    return;
  if (g_str_equal (type, "offer"))
    {
      if (!zq_recorder_take_offer (self->recorder, from->id, from->role, call, text))
        zq_room_say_error (from->line, "too-many", "this connection to the recorder is not taken");
    }
  else if (g_str_equal (type, "candidate"))
    zq_recorder_take_candidate (self->recorder, from->id, call, mline, text);
}

void
zq_room_record_gone (const ZqRoomMember *member)
{
  if (zq_room_has_recorder (member->room))
    zq_recorder_drop (member->room->recording->recorder, member->id);
}

/* --- the patient's word ------------------------------------------------------------------------- */

/* To the doctor, whose to know it is before somebody is let in. */
void
zq_room_consent_said (ZqHospital *self, JsonNode *consent)
{
  GHashTableIter iter;
  gpointer value;

  if (self->signalling == NULL)
    return;
  g_hash_table_iter_init (&iter, self->signalling->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ZqRoom *room = value;
      g_autoptr (ZqRoomVisit) visit = is_about (consent, room->id) ? zq_room_visit_load (self, room->id) : NULL;
      g_autofree char *said = visit != NULL ? zq_room_consent (self, visit, NULL) : NULL;
      g_autoptr (GString) json = g_string_new ("{\"type\":\"consent\"");

      if (said == NULL)
        continue;
      /* Who takes it back is recorded no more. */
      if (g_str_equal (said, "deny"))
        zq_room_record (self->signalling, room, FALSE);
      zq_room_add_text (json, "answer", said);
      g_string_append_c (json, '}');
      for (guint i = 0; i < room->members->len; i++)
        {
          const ZqRoomMember *member = g_ptr_array_index (room->members, i);

          if (g_str_equal (member->role, "doctor"))
            zq_room_say (member->line, json->str);
        }
    }
}

gboolean
zq_room_needs_consent (ZqHospital *self, const char *room)
{
  g_autoptr (ZqRoomVisit) visit = zq_room_visit_load (self, room);
  g_autofree char *said = visit != NULL ? zq_room_consent (self, visit, NULL) : NULL;

  return g_str_equal (zq_room_recording (self), "required") && g_strcmp0 (said, "permit") != 0;
}
