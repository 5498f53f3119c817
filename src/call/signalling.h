/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/ice.h"

G_BEGIN_DECLS

/* Somebody who is in the room, or was a moment ago. */
typedef struct
{
  char *id;
  char *role; /* patient, relative, guest, doctor, recorder */
  char *name; /* words, or NULL */
  char *device;
  gint64 since; /* µs UTC */
  gboolean admitted;
  gboolean online;
  gboolean audio, video; /* what they say they send */
} ZqCallMember;

ZqCallMember *zq_call_member_copy (const ZqCallMember *self);
void zq_call_member_free (ZqCallMember *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqCallMember, zq_call_member_free)

/* Whether it is somebody of the patient's side. */
gboolean zq_call_member_is_patient (const ZqCallMember *self);

#define ZQ_TYPE_SIGNALLING (zq_signalling_get_type ())
G_DECLARE_INTERFACE (ZqSignalling, zq_signalling, ZQ, SIGNALLING, GObject)

/**
 * ZqSignalling:
 *
 * How the two sides of a visit find each other: who is there, who may come in, descriptions and candidates. One for a
 * visit. What is behind it is a room of the hospital (room.h); a server in between would be another. It connects again
 * by itself, into the same place, until it is closed.
 *
 * Signals: "joined" (gboolean again: after it was away), "away" (the hospital is not reached; it is tried again),
 * "member" (ZqCallMember *: new or changed), "left" (const char *member), "answer" (const char *member, guint call,
 * const char *sdp), "candidate" (const char *member, guint call, guint mline, const char *candidate), "want-call"
 * (const char *member, guint call), "recorded" (gboolean), "consent" (the
 * patient said yes or no to being recorded), "taken" (another workstation has this place), "ended" (the
 * visit is over for all), "refused" (const char *code: it is of no use to try again), "pong" (gint64 µs: there and
 * back), "invited" (const char *page: the address for a guest; a secret), "probed" (guint bytes: that came back of a
 * probe).
 */
struct _ZqSignallingInterface
{
  GTypeInterface parent;

  void (*open) (ZqSignalling *self);
  void (*close) (ZqSignalling *self);
  gboolean (*is_open) (ZqSignalling *self);
  GPtrArray *(*get_members) (ZqSignalling *self);
  const ZqIceList *(*get_ice) (ZqSignalling *self);
  const char *(*get_recording) (ZqSignalling *self);
  const char *(*get_consent) (ZqSignalling *self);
  const char *(*get_recorder) (ZqSignalling *self);
  const char *(*get_consent_reference) (ZqSignalling *self);
  void (*admit) (ZqSignalling *self, const char *member, gboolean in);
  void (*offer) (ZqSignalling *self, const char *member, guint call, const char *sdp);
  void (*candidate) (ZqSignalling *self, const char *member, guint call, guint mline, const char *candidate);
  void (*tell_media) (ZqSignalling *self, gboolean audio, gboolean video, gboolean screen);
  void (*record) (ZqSignalling *self, gboolean on);
  void (*invite) (ZqSignalling *self, const char *name, const char *relation);
  void (*end) (ZqSignalling *self);
  void (*ping) (ZqSignalling *self);
  void (*probe) (ZqSignalling *self, guint up, guint down);
};

void zq_signalling_open (ZqSignalling *self);
/* Leaves; nothing is told any more. */
void zq_signalling_close (ZqSignalling *self);
gboolean zq_signalling_is_open (ZqSignalling *self);

/* Everybody else; as last heard of. (transfer none) (element-type ZqCallMember) */
GPtrArray *zq_signalling_get_members (ZqSignalling *self);
/* (transfer none) (nullable) */
const ZqIceList *zq_signalling_get_ice (ZqSignalling *self);
/* "required", "optional", "off". */
const char *zq_signalling_get_recording (ZqSignalling *self);
/* What the patient said to being recorded: "permit", "deny"; NULL: nothing. */
const char *zq_signalling_get_consent (ZqSignalling *self);
/* Who records: "hospital", "workstation". */
const char *zq_signalling_get_recorder (ZqSignalling *self);
/* By which Consent it is recorded now, "Consent/12"; NULL: it is not, or was not told. */
const char *zq_signalling_get_consent_reference (ZqSignalling *self);

void zq_signalling_admit (ZqSignalling *self, const char *member, gboolean in);
void zq_signalling_offer (ZqSignalling *self, const char *member, guint call, const char *sdp);
void zq_signalling_candidate (ZqSignalling *self, const char *member, guint call, guint mline, const char *candidate);
void zq_signalling_tell_media (ZqSignalling *self, gboolean audio, gboolean video, gboolean screen);
void zq_signalling_record (ZqSignalling *self, gboolean on);
/* Asks for an address by which a relative comes in, who speaks for the patient and is called as the patient is: signal
 * "invited". */
void zq_signalling_invite (ZqSignalling *self, const char *name, const char *relation);
/* The visit is over for everybody. */
void zq_signalling_end (ZqSignalling *self);
void zq_signalling_ping (ZqSignalling *self);
/* Sends so many bytes of nothing, and has so many sent back: to see how long it takes. At most 60000. */
void zq_signalling_probe (ZqSignalling *self, guint up, guint down);

G_END_DECLS
