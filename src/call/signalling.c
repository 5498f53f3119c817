/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/signalling.h"

G_DEFINE_INTERFACE (ZqSignalling, zq_signalling, G_TYPE_OBJECT)

ZqCallMember *
zq_call_member_copy (const ZqCallMember *self)
{
  ZqCallMember *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->role = g_strdup (self->role);
  copy->name = g_strdup (self->name);
  copy->device = g_strdup (self->device);

  return copy;
}

void
zq_call_member_free (ZqCallMember *self)
{
  g_free (self->id);
  g_free (self->role);
  g_free (self->name);
  g_free (self->device);
  g_free (self);
}

gboolean
zq_call_member_is_patient (const ZqCallMember *self)
{
  return g_strcmp0 (self->role, "patient") == 0 || g_strcmp0 (self->role, "relative") == 0;
}

#define IFACE(self) ZQ_SIGNALLING_GET_IFACE (self)

void
zq_signalling_open (ZqSignalling *self)
{
  IFACE (self)->open (self);
}

void
zq_signalling_close (ZqSignalling *self)
{
  IFACE (self)->close (self);
}

gboolean
zq_signalling_is_open (ZqSignalling *self)
{
  return IFACE (self)->is_open (self);
}

GPtrArray *
zq_signalling_get_members (ZqSignalling *self)
{
  return IFACE (self)->get_members (self);
}

const ZqIceList *
zq_signalling_get_ice (ZqSignalling *self)
{
  return IFACE (self)->get_ice (self);
}

const char *
zq_signalling_get_recording (ZqSignalling *self)
{
  return IFACE (self)->get_recording (self);
}

const char *
zq_signalling_get_consent (ZqSignalling *self)
{
  return IFACE (self)->get_consent (self);
}

const char *
zq_signalling_get_recorder (ZqSignalling *self)
{
  return IFACE (self)->get_recorder (self);
}

const char *
zq_signalling_get_consent_reference (ZqSignalling *self)
{
  return IFACE (self)->get_consent_reference (self);
}

void
zq_signalling_admit (ZqSignalling *self, const char *member, gboolean in)
{
  IFACE (self)->admit (self, member, in);
}

void
zq_signalling_offer (ZqSignalling *self, const char *member, guint call, const char *sdp)
{
  IFACE (self)->offer (self, member, call, sdp);
}

void
zq_signalling_candidate (ZqSignalling *self, const char *member, guint call, guint mline, const char *candidate)
{
  IFACE (self)->candidate (self, member, call, mline, candidate);
}

void
zq_signalling_tell_media (ZqSignalling *self, gboolean audio, gboolean video, gboolean screen)
{
  IFACE (self)->tell_media (self, audio, video, screen);
}

void
zq_signalling_record (ZqSignalling *self, gboolean on)
{
  IFACE (self)->record (self, on);
}

void
zq_signalling_invite (ZqSignalling *self, const char *name, const char *relation)
{
  IFACE (self)->invite (self, name, relation);
}

void
zq_signalling_end (ZqSignalling *self)
{
  IFACE (self)->end (self);
}

void
zq_signalling_ping (ZqSignalling *self)
{
  IFACE (self)->ping (self);
}

void
zq_signalling_probe (ZqSignalling *self, guint up, guint down)
{
  IFACE (self)->probe (self, up, down);
}

#define SIGNAL(name, ...)                                                                                              \
  g_signal_new (name, ZQ_TYPE_SIGNALLING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, __VA_ARGS__)

static void
zq_signalling_default_init (ZqSignallingInterface *iface)
{
  SIGNAL ("joined", 1, G_TYPE_BOOLEAN);
  SIGNAL ("away", 0);
  SIGNAL ("member", 1, G_TYPE_POINTER);
  SIGNAL ("left", 1, G_TYPE_STRING);
  SIGNAL ("answer", 3, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  SIGNAL ("candidate", 4, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING);
  SIGNAL ("want-call", 2, G_TYPE_STRING, G_TYPE_UINT);
  SIGNAL ("recorded", 1, G_TYPE_BOOLEAN);
  SIGNAL ("consent", 0);
  SIGNAL ("taken", 0);
  SIGNAL ("ended", 0);
  SIGNAL ("refused", 1, G_TYPE_STRING);
  SIGNAL ("invited", 1, G_TYPE_STRING);
  SIGNAL ("pong", 1, G_TYPE_INT64);
  SIGNAL ("probed", 1, G_TYPE_UINT);
}
