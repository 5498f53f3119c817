/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/session.h"

#include "call/copy.h"
#include "call/steer.h"

#include <malloc.h>

#define SAMPLE_EVERY (200 * G_TIME_SPAN_MILLISECOND)
#define SAMPLES_TOLD 5
/* Sound comes every 20 ms, silence every 400: a line that is silent for so long is dead, whatever it says of itself. */
#define DEAD_AFTER (3 * G_TIME_SPAN_SECOND)
/* An attempt that has not come through is given up, and begun again later and later. */
#define ATTEMPT      (6 * G_TIME_SPAN_SECOND)
#define ATTEMPT_MOST (15 * G_TIME_SPAN_SECOND)

struct _ZqCallSession
{
  GObject parent_instance;

  /* owned */
  ZqSignalling *signalling;
  ZqCallMedia *media;
  ZqClock *clock;
  ZqCallPeer *peer; /* NULL: no connection is there or being made */
  char *partner;    /* whom it goes to: member */
  char *refusal;
  ZqSteer *steer;
  ZqCallCopy *copy; /* to the recorder, when there is one */

  ZqCallSampleFunc sink, heard;
  gpointer sink_data;
  ZqCallTapFunc tap;
  gpointer tap_data;
  ZqCallState state;
  ZqCallStats stats;
  gint64 lost_since;
  gint64 begun;      /* of the peer; monotonic */
  gint64 patience;   /* with it */
  guint64 bytes;     /* that had come */
  gint64 bytes_at;   /* when they last became more; monotonic */
  ZqCallCodec codec; /* of the next connection */
  guint call;
  guint beat; /* alarm */
  guint n_samples;
  char *admitted_role; /* as what somebody of the patient's side was let in; NULL: not known, any will do */
  gboolean relay_only;
  gboolean admitted;
  gboolean has_stats;
  gboolean is_recorded;
};

G_DEFINE_FINAL_TYPE (ZqCallSession, zq_call_session, G_TYPE_OBJECT)

enum
{
  CHANGED,
  STATS,
  FIRST_FRAME,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean handle (ZqCallSession *self, ZqCallEvent event);

/* --- the connection ----------------------------------------------------------------------------- */

static void
drop_peer (ZqCallSession *self)
{
  g_autoptr (ZqCallPeer) peer = g_steal_pointer (&self->peer);

  zq_clock_clear (self->clock, &self->beat);
  self->has_stats = FALSE;
  if (peer == NULL)
    return;
  g_signal_handlers_disconnect_by_data (peer, self);
  zq_call_media_set_peer (self->media, NULL);
  zq_call_peer_stop (peer);
  /* What its threads had is kept by malloc in their arenas, which nobody uses again. */
  g_clear_object (&peer);
  malloc_trim (0);
}

static void
on_description (ZqCallPeer *peer, const char *sdp, ZqCallSession *self)
{
  zq_signalling_offer (self->signalling, self->partner, self->call, sdp);
}

static void
on_candidate (ZqCallPeer *peer, guint mline, const char *candidate, ZqCallSession *self)
{
  zq_signalling_candidate (self->signalling, self->partner, self->call, mline, candidate);
}

static void
on_connected (ZqCallPeer *peer, ZqCallSession *self)
{
  self->bytes_at = zq_clock_monotonic (self->clock);
  self->patience = ATTEMPT;
  handle (self, ZQ_CALL_EVENT_CONNECTED);
}

static void
on_first_frame (ZqCallPeer *peer, ZqCallSession *self)
{
  g_signal_emit (self, signals[FIRST_FRAME], 0);
}

static void
on_failed (ZqCallPeer *peer, const char *why, ZqCallSession *self)
{
  g_debug ("call %u failed: %s", self->call, why);
  handle (self, ZQ_CALL_EVENT_FAILED);
}

static void
play (GstSample *sample, gpointer data)
{
  ZqCallSession *self = data;

  zq_call_media_play (self->media, sample);
  if (self->heard != NULL)
    self->heard (sample, self->sink_data);
}

static void
show (GstSample *sample, gpointer data)
{
  ZqCallSession *self = data;

  if (self->sink != NULL)
    self->sink (sample, self->sink_data);
}

/* The room may have forgotten it, and it has another id then; what it came as stays. */
static gboolean
was_admitted (ZqCallSession *self, const ZqCallMember *member)
{
  return member->admitted ||
         (self->admitted && (self->admitted_role == NULL || g_strcmp0 (member->role, self->admitted_role) == 0));
}

/* Who was let in goes before who waits. */
static const ZqCallMember *
find_partner (ZqCallSession *self)
{
  GPtrArray *members = zq_signalling_get_members (self->signalling);
  const ZqCallMember *found = NULL;

  for (guint i = 0; members != NULL && i < members->len; i++)
    {
      const ZqCallMember *member = g_ptr_array_index (members, i);

      if (member->online && zq_call_member_is_patient (member) &&
          (found == NULL || (was_admitted (self, member) && !was_admitted (self, found))))
        found = member;
    }

  return found;
}

static void on_beat (gpointer data);

static void
begin_peer (ZqCallSession *self)
{
  const ZqCallMember *partner = find_partner (self);
  ZqCallPeerConfig config = { .role = ZQ_CALL_OFFERS };
  g_autoptr (GError) error = NULL;

  drop_peer (self);
  self->begun = zq_clock_monotonic (self->clock);
  self->beat = zq_clock_alarm_in (self->clock, SAMPLE_EVERY, on_beat, self);
  if (partner == NULL || !was_admitted (self, partner) || !zq_signalling_is_open (self->signalling))
    return;
  config.call = ++self->call;
  config.ice = zq_signalling_get_ice (self->signalling);
  config.relay_only = self->relay_only;
  config.clock = zq_call_media_get_clock (self->media);
  config.base_time = zq_call_media_get_base_time (self->media);
  zq_steer_restart (self->steer);
  config.codec = self->codec;
  config.video_bitrate = zq_steer_get_target (self->steer)->bitrate;
  self->peer = zq_call_peer_new (&config, &error);
  if (self->peer == NULL)
    {
      g_warning ("A call could not be made: %s", error->message);
      return;
    }
  g_free (self->partner);
  self->partner = g_strdup (partner->id);
  self->bytes = 0;
  zq_call_peer_set_sinks (self->peer, show, play, self);
  zq_call_peer_set_target (self->peer, zq_steer_get_target (self->steer));
  g_signal_connect (self->peer, "description", G_CALLBACK (on_description), self);
  g_signal_connect (self->peer, "candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->peer, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->peer, "first-frame", G_CALLBACK (on_first_frame), self);
  g_signal_connect (self->peer, "failed", G_CALLBACK (on_failed), self);
  if (self->tap != NULL)
    zq_call_peer_set_tap (self->peer, self->tap, self->tap_data);
  zq_call_media_set_peer (self->media, self->peer);
  zq_call_peer_start (self->peer);
}

/* --- while it goes ------------------------------------------------------------------------------ */

static void
take_stats (ZqCallSession *self, const ZqCallStats *stats)
{
  self->stats = *stats;
  self->has_stats = TRUE;
  if (stats->bytes_total > self->bytes)
    self->bytes_at = zq_clock_monotonic (self->clock);
  self->bytes = stats->bytes_total;
  if (zq_steer_take (self->steer, stats))
    zq_call_peer_set_target (self->peer, zq_steer_get_target (self->steer));
  /* The patient is served first, the recording then. */
  zq_call_copy_set_picture (self->copy, zq_steer_get_target (self->steer)->video);
  if (++self->n_samples % SAMPLES_TOLD == 0)
    g_signal_emit (self, signals[STATS], 0);
}

static gboolean
is_dead (ZqCallSession *self)
{
  return self->state == ZQ_CALL_LIVE && zq_clock_monotonic (self->clock) - self->bytes_at > DEAD_AFTER;
}

static gboolean
is_late (ZqCallSession *self)
{
  return (self->state == ZQ_CALL_CONNECTING || self->state == ZQ_CALL_LOST) &&
         zq_clock_monotonic (self->clock) - self->begun > self->patience;
}

static void
on_beat (gpointer data)
{
  ZqCallSession *self = data;
  g_autoptr (ZqCallSession) alive = g_object_ref (self);
  const ZqCallStats *stats = self->peer != NULL ? zq_call_peer_sample_stats (self->peer) : NULL;

  self->beat = zq_clock_alarm_in (self->clock, SAMPLE_EVERY, on_beat, self);
  if (stats != NULL)
    take_stats (self, stats);
  if (is_dead (self))
    handle (self, ZQ_CALL_EVENT_FAILED);
  else if (is_late (self))
    {
      self->patience = MIN (self->patience * 3 / 2, ATTEMPT_MOST);
      handle (self, ZQ_CALL_EVENT_FAILED);
    }
}

/* --- states ------------------------------------------------------------------------------------- */

static gboolean
has_call (ZqCallState state)
{
  return state == ZQ_CALL_CONNECTING || state == ZQ_CALL_LIVE || state == ZQ_CALL_LOST;
}

/* Who was let in is let in again when the room has forgotten it: nobody else in its place. */
static void
admit_again (ZqCallSession *self)
{
  const ZqCallMember *partner = find_partner (self);

  if (partner != NULL && !partner->admitted && was_admitted (self, partner))
    zq_signalling_admit (self->signalling, partner->id, TRUE);
}

/* The one place where the state changes. */
static void
set_state (ZqCallSession *self, ZqCallState state, ZqCallEvent event)
{
  ZqCallState before = self->state;

  self->state = state;
  if (state == ZQ_CALL_LOST && self->lost_since == 0)
    self->lost_since = zq_clock_now (self->clock);
  if (state == ZQ_CALL_LIVE || !has_call (state))
    self->lost_since = 0;
  if (!has_call (state))
    drop_peer (self);
  else if (state != ZQ_CALL_LIVE && (event == ZQ_CALL_EVENT_ADMIT || event == ZQ_CALL_EVENT_BACK ||
                                     event == ZQ_CALL_EVENT_CAME || event == ZQ_CALL_EVENT_FAILED ||
                                     event == ZQ_CALL_EVENT_JOINED_ADMITTED || event == ZQ_CALL_EVENT_JOINED_WAITING))
    {
      admit_again (self);
      begin_peer (self);
    }
  if (state == ZQ_CALL_TAKEN || state == ZQ_CALL_REFUSED || state == ZQ_CALL_OVER)
    {
      zq_signalling_close (self->signalling);
      self->is_recorded = FALSE; /* nothing is told any more */
    }
  if (state != before)
    g_debug ("call: %s → %s by %s", zq_call_state_name (before), zq_call_state_name (state),
             zq_call_event_name (event));
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
handle (ZqCallSession *self, ZqCallEvent event)
{
  g_autoptr (ZqCallSession) alive = g_object_ref (self);
  ZqCallState next;

  if (!zq_call_state_next (self->state, event, &next))
    {
      g_debug ("call: %s means nothing when %s", zq_call_event_name (event), zq_call_state_name (self->state));
      return FALSE;
    }
  set_state (self, next, event);

  return TRUE;
}

/* --- what the room says ------------------------------------------------------------------------- */

static void
on_joined (ZqSignalling *signalling, gboolean again, ZqCallSession *self)
{
  const ZqCallMember *partner = find_partner (self);

  admit_again (self);
  if (partner == NULL)
    handle (self, ZQ_CALL_EVENT_JOINED_ALONE);
  else
    handle (self, was_admitted (self, partner) ? ZQ_CALL_EVENT_JOINED_ADMITTED : ZQ_CALL_EVENT_JOINED_WAITING);
}

static void
on_away (ZqSignalling *signalling, ZqCallSession *self)
{
  handle (self, ZQ_CALL_EVENT_AWAY);
}

static void
on_member (ZqSignalling *signalling, const ZqCallMember *member, ZqCallSession *self)
{
  gboolean is_partner = g_strcmp0 (member->id, self->partner) == 0;

  if (!zq_call_member_is_patient (member))
    g_signal_emit (self, signals[CHANGED], 0);
  else if (!member->online)
    handle (self, find_partner (self) == NULL ? ZQ_CALL_EVENT_WENT : ZQ_CALL_EVENT_CAME);
  /* What changes of who is connected is told, and nothing else. */
  else if (is_partner && self->peer != NULL && self->state != ZQ_CALL_LOST)
    g_signal_emit (self, signals[CHANGED], 0);
  else if (was_admitted (self, member))
    handle (self, ZQ_CALL_EVENT_BACK);
  else
    handle (self, ZQ_CALL_EVENT_CAME);
}

static void
on_left (ZqSignalling *signalling, const char *member, ZqCallSession *self)
{
  const ZqCallMember *other = find_partner (self);

  /* Who stays was not let in: the doctor decides again. */
  if (has_call (self->state) && other != NULL && !was_admitted (self, other))
    {
      zq_call_session_hold (self);
      return;
    }
  if (other == NULL)
    handle (self, ZQ_CALL_EVENT_WENT);
  else
    g_signal_emit (self, signals[CHANGED], 0);
  /* Who goes by its own will does not come back by itself: the line is not waited for. */
  if (self->state == ZQ_CALL_LIVE && g_strcmp0 (member, self->partner) == 0)
    handle (self, ZQ_CALL_EVENT_FAILED);
}

static void
on_answer (ZqSignalling *signalling, const char *from, guint call, const char *sdp, ZqCallSession *self)
{
  g_autoptr (GError) error = NULL;

  if (self->peer == NULL || call != self->call || g_strcmp0 (from, self->partner) != 0)
    return;
  if (zq_call_peer_take_description (self->peer, sdp, &error))
    return;
  g_message ("An answer was refused: %s", error->message);
  /* Whoever does not know it is offered the other one, which all know. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) && self->codec != ZQ_CALL_VP8)
    {
      self->codec = ZQ_CALL_VP8;
      handle (self, ZQ_CALL_EVENT_FAILED);
    }
}

static void
on_remote_candidate (
    ZqSignalling *signalling, const char *from, guint call, guint mline, const char *candidate, ZqCallSession *self)
{
  if (self->peer != NULL && call == self->call && g_strcmp0 (from, self->partner) == 0)
    zq_call_peer_take_candidate (self->peer, mline, candidate);
}

static void
on_want_call (ZqSignalling *signalling, const char *from, guint call, ZqCallSession *self)
{
  /* It may speak of one that is gone already. */
  if (g_strcmp0 (from, self->partner) == 0 && (call == self->call || call == 0))
    handle (self, ZQ_CALL_EVENT_FAILED);
}

static void
on_recorded (ZqSignalling *signalling, gboolean on, ZqCallSession *self)
{
  self->is_recorded = on;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_consent (ZqSignalling *signalling, ZqCallSession *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_taken (ZqSignalling *signalling, ZqCallSession *self)
{
  handle (self, ZQ_CALL_EVENT_TAKEN);
}

static void
on_ended (ZqSignalling *signalling, ZqCallSession *self)
{
  handle (self, ZQ_CALL_EVENT_ENDED);
}

static void
on_refused (ZqSignalling *signalling, const char *code, ZqCallSession *self)
{
  g_free (self->refusal);
  self->refusal = g_strdup (code);
  handle (self, g_str_equal (code, "over") ? ZQ_CALL_EVENT_ENDED : ZQ_CALL_EVENT_REFUSED);
}

/* --- what is done ------------------------------------------------------------------------------- */

void
zq_call_session_open (ZqCallSession *self)
{
  if (handle (self, ZQ_CALL_EVENT_OPEN))
    zq_signalling_open (self->signalling);
}

gboolean
zq_call_session_admit (ZqCallSession *self)
{
  const ZqCallMember *partner = find_partner (self);

  if (self->state != ZQ_CALL_WAITING || partner == NULL)
    return FALSE;
  self->admitted = TRUE;
  g_free (self->admitted_role);
  self->admitted_role = g_strdup (partner->role);

  return handle (self, ZQ_CALL_EVENT_ADMIT);
}

gboolean
zq_call_session_hold (ZqCallSession *self)
{
  const ZqCallMember *partner = find_partner (self);

  if (!has_call (self->state))
    return FALSE;
  self->admitted = FALSE;
  if (partner != NULL && partner->admitted)
    zq_signalling_admit (self->signalling, partner->id, FALSE);
  handle (self, ZQ_CALL_EVENT_HOLD);

  return self->state != ZQ_CALL_ALONE || partner == NULL || handle (self, ZQ_CALL_EVENT_CAME);
}

void
zq_call_session_end (ZqCallSession *self)
{
  zq_signalling_end (self->signalling);
  handle (self, ZQ_CALL_EVENT_ENDED);
}

void
zq_call_session_close (ZqCallSession *self)
{
  zq_signalling_close (self->signalling);
  handle (self, ZQ_CALL_EVENT_CLOSE);
}

void
zq_call_session_tell_media (ZqCallSession *self, gboolean audio, gboolean video, gboolean screen)
{
  zq_signalling_tell_media (self->signalling, audio, video, screen);
}

void
zq_call_session_record (ZqCallSession *self, gboolean on)
{
  zq_signalling_record (self->signalling, on);
}

/* --- what is asked ------------------------------------------------------------------------------ */

ZqCallState
zq_call_session_get_state (ZqCallSession *self)
{
  return self->state;
}

gint64
zq_call_session_get_lost_since (ZqCallSession *self)
{
  return self->lost_since;
}

gboolean
zq_call_session_has_link (ZqCallSession *self)
{
  return zq_signalling_is_open (self->signalling);
}

gboolean
zq_call_session_is_recorded (ZqCallSession *self)
{
  return self->is_recorded;
}

const char *
zq_call_session_get_recording (ZqCallSession *self)
{
  return zq_signalling_get_recording (self->signalling);
}

const char *
zq_call_session_get_consent (ZqCallSession *self)
{
  return zq_signalling_get_consent (self->signalling);
}

const char *
zq_call_session_get_refusal (ZqCallSession *self)
{
  return self->refusal;
}

ZqCallCodec
zq_call_session_get_codec (ZqCallSession *self)
{
  return self->codec;
}

const ZqCallMember *
zq_call_session_get_patient (ZqCallSession *self)
{
  return find_partner (self);
}

const ZqCallStats *
zq_call_session_get_stats (ZqCallSession *self)
{
  return self->has_stats ? &self->stats : NULL;
}

ZqCallQuality
zq_call_session_get_quality (ZqCallSession *self)
{
  const ZqCallTarget *target = zq_steer_get_target (self->steer);

  if (self->state != ZQ_CALL_LIVE || !self->has_stats)
    return ZQ_CALL_QUALITY_UNKNOWN;
  if (!target->video)
    return ZQ_CALL_QUALITY_SOUND_ONLY;

  return target->numerator < 4 || target->fps < 20 || self->stats.lost > 0.05 ? ZQ_CALL_QUALITY_POOR
                                                                              : ZQ_CALL_QUALITY_GOOD;
}

guint
zq_call_session_get_call (ZqCallSession *self)
{
  return self->call;
}

void
zq_call_session_set_sinks (ZqCallSession *self, ZqCallSampleFunc video, ZqCallSampleFunc audio, gpointer data)
{
  self->sink = video;
  self->heard = audio;
  self->sink_data = data;
}

void
zq_call_session_set_tap (ZqCallSession *self, ZqCallTapFunc func, gpointer data)
{
  self->tap = func;
  self->tap_data = data;
  if (self->peer != NULL)
    zq_call_peer_set_tap (self->peer, func, data);
}

void
zq_call_session_ask_for_keys (ZqCallSession *self)
{
  if (self->peer != NULL)
    zq_call_peer_ask_for_keys (self->peer);
}

gboolean
zq_call_session_records_here (ZqCallSession *self)
{
  /* Not by a word alone: there has to be a consent. */
  return self->is_recorded && g_strcmp0 (zq_signalling_get_recorder (self->signalling), "workstation") == 0 &&
         zq_signalling_get_consent_reference (self->signalling) != NULL;
}

const char *
zq_call_session_get_consent_reference (ZqCallSession *self)
{
  return zq_signalling_get_consent_reference (self->signalling);
}

/* --- life --------------------------------------------------------------------------------------- */

ZqCallSession *
zq_call_session_new (const ZqCallSessionConfig *config)
{
  ZqCallSession *self = g_object_new (ZQ_TYPE_CALL_SESSION, NULL);
  const struct
  {
    const char *name;
    GCallback func;
  } heard[] = {
    { "joined", G_CALLBACK (on_joined) },       { "away", G_CALLBACK (on_away) },
    { "member", G_CALLBACK (on_member) },       { "left", G_CALLBACK (on_left) },
    { "answer", G_CALLBACK (on_answer) },       { "candidate", G_CALLBACK (on_remote_candidate) },
    { "want-call", G_CALLBACK (on_want_call) }, { "recorded", G_CALLBACK (on_recorded) },
    { "consent", G_CALLBACK (on_consent) },     { "taken", G_CALLBACK (on_taken) },
    { "ended", G_CALLBACK (on_ended) },         { "refused", G_CALLBACK (on_refused) },
  };

  self->signalling = g_object_ref (config->signalling);
  self->media = g_object_ref (config->media);
  self->clock = g_object_ref (config->clock);
  self->relay_only = config->relay_only;
  self->admitted = config->admitted;
  self->copy = zq_call_copy_new (self->signalling, self->media, self->clock, self->relay_only);
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    g_signal_connect_object (self->signalling, heard[i].name, heard[i].func, self, 0);

  return self;
}

static void
zq_call_session_dispose (GObject *object)
{
  ZqCallSession *self = ZQ_CALL_SESSION (object);

  if (self->clock != NULL)
    drop_peer (self);
  if (self->copy != NULL)
    zq_call_copy_stop (self->copy);
  g_clear_object (&self->copy);
  G_OBJECT_CLASS (zq_call_session_parent_class)->dispose (object);
}

static void
zq_call_session_finalize (GObject *object)
{
  ZqCallSession *self = ZQ_CALL_SESSION (object);

  g_clear_object (&self->signalling);
  g_clear_object (&self->media);
  g_clear_object (&self->clock);
  g_free (self->partner);
  g_free (self->admitted_role);
  g_free (self->refusal);
  g_clear_pointer (&self->steer, zq_steer_free);
  G_OBJECT_CLASS (zq_call_session_parent_class)->finalize (object);
}

static void
zq_call_session_class_init (ZqCallSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_call_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_call_session_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", ZQ_TYPE_CALL_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STATS] = g_signal_new ("stats", ZQ_TYPE_CALL_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FIRST_FRAME] =
      g_signal_new ("first-frame", ZQ_TYPE_CALL_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_call_session_init (ZqCallSession *self)
{
  self->steer = zq_steer_new ();
  self->codec = zq_call_codec_choose ();
  self->patience = ATTEMPT;
}
