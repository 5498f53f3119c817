/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "call/media.h"
#include "call/signalling.h"
#include "call/state.h"

G_BEGIN_DECLS

#define ZQ_TYPE_CALL_SESSION (zq_call_session_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallSession, zq_call_session, ZQ, CALL_SESSION, GObject)

/* How well it goes, in a word. */
typedef enum
{
  ZQ_CALL_QUALITY_UNKNOWN,
  ZQ_CALL_QUALITY_GOOD,
  ZQ_CALL_QUALITY_POOR,       /* the picture is made smaller */
  ZQ_CALL_QUALITY_SOUND_ONLY, /* no picture is sent, so that sound has all there is */
} ZqCallQuality;

typedef struct
{
  ZqSignalling *signalling;
  ZqCallMedia *media;
  ZqClock *clock;
  gboolean relay_only;
  gboolean admitted; /* the patient was let in before: by this program before it was ended, or another */
} ZqCallSessionConfig;

/**
 * ZqCallSession:
 *
 * The call of one visit: one state (state.h), changed in one place; makes a connection when the patient is let in, and
 * another whenever that one is gone, until the doctor ends it. Main context only.
 *
 * Signals: "changed" (state, who is there, link, recording), "stats" (every second while there is a connection),
 * "first-frame" (of a connection). Where pictures go: zq_call_session_set_sinks().
 */
ZqCallSession *zq_call_session_new (const ZqCallSessionConfig *config);

/* Pictures of the other side; its sound as well (NULL: it is only played). On threads of GStreamer's. */
void zq_call_session_set_sinks (ZqCallSession *self, ZqCallSampleFunc video, ZqCallSampleFunc audio, gpointer data);

void zq_call_session_open (ZqCallSession *self);
/* What cannot be in this state does nothing and is FALSE. */
gboolean zq_call_session_admit (ZqCallSession *self);
gboolean zq_call_session_hold (ZqCallSession *self);
/* Over for everybody; the room is left. */
void zq_call_session_end (ZqCallSession *self);
/* Leaves; the visit goes on and can be come back to. Before the last unref. */
void zq_call_session_close (ZqCallSession *self);

/* What the other side is told, besides what is done with the devices. */
void zq_call_session_tell_media (ZqCallSession *self, gboolean audio, gboolean video, gboolean screen);
void zq_call_session_record (ZqCallSession *self, gboolean on);

ZqCallState zq_call_session_get_state (ZqCallSession *self);
/* Since when there is no connection though there was one, µs UTC; 0: there is. */
gint64 zq_call_session_get_lost_since (ZqCallSession *self);
gboolean zq_call_session_has_link (ZqCallSession *self); /* to the room */
gboolean zq_call_session_is_recorded (ZqCallSession *self);
/* What the patient said to it: "permit", "deny"; NULL: nothing. */
const char *zq_call_session_get_consent (ZqCallSession *self);
const char *zq_call_session_get_recording (ZqCallSession *self); /* required, optional, off */
const char *zq_call_session_get_refusal (ZqCallSession *self);   /* code, or NULL */
/* Of the patient's side, who is there; NULL: nobody. (transfer none) */
const ZqCallMember *zq_call_session_get_patient (ZqCallSession *self);
const ZqCallStats *zq_call_session_get_stats (ZqCallSession *self); /* NULL: nothing yet */
ZqCallQuality zq_call_session_get_quality (ZqCallSession *self);
guint zq_call_session_get_call (ZqCallSession *self);

/* What goes and comes, encoded, of this connection and of those that are made after it; NULL: nobody. */
void zq_call_session_set_tap (ZqCallSession *self, ZqCallTapFunc func, gpointer data);
void zq_call_session_ask_for_keys (ZqCallSession *self);

/* It is being recorded, and by this workstation: the hospital says so. */
gboolean zq_call_session_records_here (ZqCallSession *self);
/* "Consent/12" by which it is; NULL: not told. */
const char *zq_call_session_get_consent_reference (ZqCallSession *self);

/* What the picture goes as, in the connection that is there or the next one. */
ZqCallCodec zq_call_session_get_codec (ZqCallSession *self);

G_END_DECLS
