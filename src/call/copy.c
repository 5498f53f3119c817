/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/copy.h"

#define RATE    150000
#define EIGHTHS 4
#define FPS     10
#define AGAIN   (3 * G_TIME_SPAN_SECOND)

struct _ZqCallCopy
{
  GObject parent_instance;

  /* owned */
  ZqSignalling *signalling;
  ZqCallMedia *media;
  ZqClock *clock;
  ZqCallPeer *peer; /* NULL: nothing is recorded, or it is being tried again */
  char *recorder;   /* member; NULL: there is none */

  guint call;
  guint again; /* alarm */
  gboolean relay_only;
  gboolean has_picture;
};

G_DEFINE_FINAL_TYPE (ZqCallCopy, zq_call_copy, G_TYPE_OBJECT)

static void begin (ZqCallCopy *self);

static void
drop (ZqCallCopy *self)
{
  g_autoptr (ZqCallPeer) peer = g_steal_pointer (&self->peer);

  zq_clock_clear (self->clock, &self->again);
  if (peer == NULL)
    return;
  g_signal_handlers_disconnect_by_data (peer, self);
  zq_call_media_set_copy (self->media, NULL);
  zq_call_peer_stop (peer);
}

static void
on_again (gpointer data)
{
  ZqCallCopy *self = data;

  self->again = 0;
  begin (self);
}

static void
on_failed (ZqCallPeer *peer, const char *why, ZqCallCopy *self)
{
  g_debug ("what is recorded failed: %s", why);
  drop (self);
  self->again = zq_clock_alarm_in (self->clock, AGAIN, on_again, self);
}

static void
on_description (ZqCallPeer *peer, const char *sdp, ZqCallCopy *self)
{
  zq_signalling_offer (self->signalling, self->recorder, self->call, sdp);
}

static void
on_candidate (ZqCallPeer *peer, guint mline, const char *candidate, ZqCallCopy *self)
{
  if (*candidate != '\0')
    zq_signalling_candidate (self->signalling, self->recorder, self->call, mline, candidate);
}

static void
set_target (ZqCallCopy *self)
{
  const ZqCallTarget target = { self->has_picture, RATE, EIGHTHS, FPS };

  if (self->peer != NULL)
    zq_call_peer_set_target (self->peer, &target);
}

static void
begin (ZqCallCopy *self)
{
  ZqCallPeerConfig config = { .role = ZQ_CALL_OFFERS };
  g_autoptr (GError) error = NULL;

  drop (self);
  if (self->recorder == NULL)
    return;
  config.call = ++self->call;
  config.ice = zq_signalling_get_ice (self->signalling);
  config.relay_only = self->relay_only;
  config.clock = zq_call_media_get_clock (self->media);
  config.base_time = zq_call_media_get_base_time (self->media);
  config.video_bitrate = RATE;
  self->peer = zq_call_peer_new (&config, &error);
  if (self->peer == NULL)
    {
      g_warning ("What is recorded could not be sent: %s", error->message);
      return;
    }
  set_target (self);
  g_signal_connect (self->peer, "description", G_CALLBACK (on_description), self);
  g_signal_connect (self->peer, "candidate", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->peer, "failed", G_CALLBACK (on_failed), self);
  zq_call_media_set_copy (self->media, self->peer);
  zq_call_peer_start (self->peer);
}

/* --- what the room says ------------------------------------------------------------------------- */

static void
look (ZqCallCopy *self)
{
  GPtrArray *members = zq_signalling_get_members (self->signalling);
  const char *found = NULL;

  for (guint i = 0; members != NULL && i < members->len; i++)
    {
      const ZqCallMember *member = g_ptr_array_index (members, i);

      if (g_strcmp0 (member->role, "recorder") == 0 && member->online)
        found = member->id;
    }
  if (found == NULL)
    drop (self);
  else if (self->peer != NULL || self->again != 0)
    return;
  g_free (self->recorder);
  self->recorder = g_strdup (found);
  begin (self);
}

/* The room may have begun anew, with another recorder by the same name. */
static void
on_joined (ZqSignalling *signalling, gboolean again, ZqCallCopy *self)
{
  drop (self);
  look (self);
}

static void
on_answer (ZqSignalling *signalling, const char *from, guint call, const char *sdp, ZqCallCopy *self)
{
  g_autoptr (GError) error = NULL;

  if (self->peer != NULL && call == self->call && g_strcmp0 (from, self->recorder) == 0 &&
      !zq_call_peer_take_description (self->peer, sdp, &error))
    g_message ("The recorder's answer was refused: %s", error->message);
}

static void
on_remote_candidate (
    ZqSignalling *signalling, const char *from, guint call, guint mline, const char *candidate, ZqCallCopy *self)
{
  if (self->peer != NULL && call == self->call && g_strcmp0 (from, self->recorder) == 0)
    zq_call_peer_take_candidate (self->peer, mline, candidate);
}

void
zq_call_copy_set_picture (ZqCallCopy *self, gboolean wanted)
{
  if (self->has_picture == wanted)
    return;
  self->has_picture = wanted;
  set_target (self);
}

/* --- life --------------------------------------------------------------------------------------- */

void
zq_call_copy_stop (ZqCallCopy *self)
{
  g_signal_handlers_disconnect_by_data (self->signalling, self);
  drop (self);
}

ZqCallCopy *
zq_call_copy_new (ZqSignalling *signalling, ZqCallMedia *media, ZqClock *clock, gboolean relay_only)
{
  ZqCallCopy *self = g_object_new (ZQ_TYPE_CALL_COPY, NULL);

  self->signalling = g_object_ref (signalling);
  self->media = g_object_ref (media);
  self->clock = g_object_ref (clock);
  self->relay_only = relay_only;
  g_signal_connect (signalling, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect_swapped (signalling, "member", G_CALLBACK (look), self);
  g_signal_connect_swapped (signalling, "left", G_CALLBACK (look), self);
  g_signal_connect (signalling, "answer", G_CALLBACK (on_answer), self);
  g_signal_connect (signalling, "candidate", G_CALLBACK (on_remote_candidate), self);

  return self;
}

static void
zq_call_copy_finalize (GObject *object)
{
  ZqCallCopy *self = ZQ_CALL_COPY (object);

  g_clear_object (&self->signalling);
  g_clear_object (&self->media);
  g_clear_object (&self->clock);
  g_free (self->recorder);
  G_OBJECT_CLASS (zq_call_copy_parent_class)->finalize (object);
}

static void
zq_call_copy_class_init (ZqCallCopyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_call_copy_finalize;
}

static void
zq_call_copy_init (ZqCallCopy *self)
{
  self->has_picture = TRUE;
}
