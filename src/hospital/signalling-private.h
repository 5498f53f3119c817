/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/private.h"
#include "hospital/recorder.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Who holds a link. */
typedef struct
{
  char *appointment; /* id */
  char *who;         /* "Patient/1", or "" for a guest */
  char *role;        /* patient, relative, guest */
  char *name;
  char *relation;
} ZqLink;

void zq_link_free (ZqLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqLink, zq_link_free)

/* signalling-links.c: a link is for one visit and for a time; kept as a hash. */
gboolean zq_links_register (ZqHospital *self, GError **error);
/* NULL: @code says why ("link-unknown", "link-expired"). */
ZqLink *zq_link_find (ZqHospital *self, const char *link, const char **code);

typedef struct _ZqRoomVisit ZqRoomVisit;

/* Another link into this visit for whom @of names (its appointment is not read). (transfer full) (nullable) */
char *zq_link_make (ZqHospital *self, const ZqRoomVisit *visit, const ZqLink *of);
/* For a guest whom the doctor asks in: "name", "relation", "as":"relative" of @asked. (transfer full) (nullable) */
char *zq_link_make_guest (ZqHospital *self, const ZqRoomVisit *visit, JsonNode *asked);
/* The address that is given to who holds @link; never to be logged. (transfer full) */
char *zq_link_page (ZqHospital *self, const ZqRoomVisit *visit, const char *link);

/* signalling-visit.c: what the room means to the Appointment. */
struct _ZqRoomVisit
{
  char *id;
  char *status;
  char *patient; /* "Patient/1" or NULL */
  char *doctor;  /* "Practitioner/1" or NULL */
  gint64 start, end;
};

void zq_room_visit_free (ZqRoomVisit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqRoomVisit, zq_room_visit_free)

/* NULL: there is no such Appointment. */
ZqRoomVisit *zq_room_visit_load (ZqHospital *self, const char *id);
gboolean zq_room_visit_is_over (const ZqRoomVisit *self);
/* When the patient may come in, µs. */
gint64 zq_room_visit_opens (ZqHospital *self, const ZqRoomVisit *visit);
gint64 zq_room_visit_closes (ZqHospital *self, const ZqRoomVisit *visit);
/* Writes that the patient waits, or waits no more; nothing where it says so already. FALSE: later again. */
gboolean zq_room_visit_set_arrived (ZqHospital *self, const char *id, gboolean arrived);
/* Ids of the Appointments whose patient is said to wait. (transfer full) (element-type char*) */
GPtrArray *zq_room_visits_list_arrived (ZqHospital *self);
/* The name to be shown; NULL: none. @title: with it. (transfer full) */
char *zq_room_name (ZqHospital *self, const char *who, gboolean title);

/* signalling-ice.c: JSON array of the servers with a password for a time (draft-uberti-behave-turn-rest-00).
 * (transfer full) */
char *zq_room_ice (ZqHospital *self, const char *user, gint64 *expires);

/* The longest frame that is read, in bytes. */
#define ZQ_ROOM_FRAME_MAX (64 * 1024)
/* So long after the last one of the patient's side went, the Appointment says that nobody waits; µs. */
#define ZQ_ROOM_GONE_AFTER (2 * 60 * (gint64)G_USEC_PER_SEC)

/* The name of the hospital's receiver in a room. */
#define ZQ_ROOM_RECORDER "recorder"

typedef struct _ZqRoomLine ZqRoomLine;
typedef struct _ZqRoomRecording ZqRoomRecording;

/* Where the two sides of one Appointment meet. */
typedef struct
{
  char *id; /* of the Appointment */
  GPtrArray *members;
  guint next;
  guint gone;                 /* alarm: nobody of the patient's side */
  ZqRoomRecording *recording; /* NULL: nothing is recorded */
} ZqRoom;

/* A place in a room; it outlives the line that it came by. */
typedef struct
{
  ZqSignallingServer *server;
  ZqRoom *room;
  char *id, *role, *name, *who, *device, *resume;
  gint64 since;
  gboolean admitted;
  gboolean audio, video, screen;
  ZqRoomLine *line; /* NULL: is away */
  guint leave;      /* alarm */
} ZqRoomMember;

/* A socket. */
struct _ZqRoomLine
{
  ZqSignallingServer *server;
  SoupWebsocketConnection *socket;
  ZqSession *session;   /* of a doctor; NULL: comes with a link */
  ZqRoomMember *member; /* NULL: has not joined */
  guint join;           /* alarm */
  gint64 counted;       /* of the frames: since when */
  double tokens;
};

struct _ZqSignallingServer
{
  ZqHospital *hospital;
  GHashTable *rooms; /* id → ZqRoom */
  GPtrArray *lines;
  GPtrArray *left; /* ids of Appointments that said "arrived" when this began */
  guint look_after;
  GPtrArray *finishing; /* recordings whose files are being ended */
};

/* signalling-room.c: who is there, and what they are told. */
ZqRoom *zq_room_get (ZqSignallingServer *self, const char *id); /* made when there is none */
void zq_room_free (gpointer room);
ZqRoomMember *zq_room_find_member (const ZqRoom *room, const char *id);
/* The same person's place, whether it comes back or comes from another browser. */
ZqRoomMember *zq_room_find_place (const ZqRoom *room, const char *role, const char *who);
gboolean zq_room_is_patient (const ZqRoomMember *member); /* of the patient's side */
gboolean zq_room_has_patient (const ZqRoom *room);
void zq_room_remove (ZqRoomMember *member);
/* The connection broke: the place is kept for ten minutes. */
void zq_room_lose_line (ZqRoomMember *member);
/* Looks, in the next turn, whether the Appointment is to say that the patient waits. */
void zq_room_watch_arrival (ZqRoom *room);
/* A frame; nothing where the line is gone. */
void zq_room_say (ZqRoomLine *line, const char *json);
void zq_room_say_error (ZqRoomLine *line, const char *code, const char *text);
void zq_room_say_joined (ZqRoomMember *member, const ZqRoomVisit *visit);
void zq_room_tell_member (ZqRoom *room, const ZqRoomMember *member); /* all others of how it stands with it */
void zq_room_tell_all (ZqRoom *room, const ZqRoomMember *but, const char *json);
void zq_room_hang_up (ZqRoomLine *line, gushort code);
/* Pieces of a frame. */
void zq_room_add_text (GString *json, const char *name, const char *value);
const char *zq_room_truth (gboolean value);

/* "required", "optional" or "off": as the hospital was told, or as policy file "visit" says. */
const char *zq_room_recording (ZqHospital *self);
/* By the doctor's workstation, not by the hospital. */
gboolean zq_room_is_recorded_there (ZqHospital *self);

/* signalling-recording.c: what the hospital keeps of a visit, by its word and the patient's consent. */
/* "permit", "deny", NULL: not asked; @consent (nullable): id of the newest Consent. (transfer full) */
char *zq_room_consent (ZqHospital *self, const ZqRoomVisit *visit, char **consent);
/* Begins or ends, and tells all. A code: why not ("not-allowed", "no-consent", "no-recorder"); NULL: done. */
const char *zq_room_record (ZqSignallingServer *server, ZqRoom *room, gboolean on);
void zq_room_stop_recording (ZqRoom *room);                     /* tells nobody */
void zq_room_break_off_recordings (ZqSignallingServer *server); /* the hospital ends */
void zq_room_add_recorder (GString *json, const ZqRoom *room);  /* as a member */
gboolean zq_room_has_recorder (const ZqRoom *room);             /* of the hospital's, in the room */
void zq_room_add_consent (GString *json, const ZqRoom *room);   /* by which it is recorded: "by-consent" */
/* An offer or a candidate for the recorder. */
void zq_room_record_frame (ZqRoomMember *from, const char *type, guint call, guint mline, const char *text);
void zq_room_record_gone (const ZqRoomMember *member);
/* @consent was written: the doctor of its visit is told. */
void zq_room_consent_said (ZqHospital *self, JsonNode *consent);
/* All visits are recorded here, and the patient has not agreed to it: nobody is let in. */
gboolean zq_room_needs_consent (ZqHospital *self, const char *room);

/* signalling-recorded.c: recordings on disk and in the record. */
/* The folder of a recording that begins, with a word in it about whose it is. (transfer full) */
char *zq_recorded_begin (
    ZqHospital *self, const char *appointment, const char *name, const char *consent, gint64 since, GError **error);
/* Enters what lies in that folder as a DocumentReference, once; its files are read on a thread, unless @now. @until:
 * µs; 0: nobody ended it. */
void zq_recorded_enter (ZqHospital *self, const char *appointment, const char *name, gint64 until, gboolean now);
/* Enters what a hospital that was killed has left. */
void zq_recorded_recover (ZqHospital *self);
void zq_recordings_register (ZqHospital *self);

/* signalling-join.c: into a room by a token, a link, or what one was given to come back with. */
void zq_room_join (ZqRoomLine *line, JsonNode *node);
/* Says why, and hangs up. Gives FALSE. */
gboolean zq_room_refuse (ZqRoomLine *line, const char *code, const char *text);

/* signalling-frames.c: a frame of who has joined. */
void zq_room_take (ZqRoomLine *line, JsonNode *node);

G_END_DECLS
