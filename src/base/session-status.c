/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/session-status.h"

#include <string.h>

struct _ZqSessionStatus
{
  GObject parent_instance;

  ZqSessionState state;
  gint64 last_synced;
  gint64 offline_since;
  ZqSessionCounts counts;
  double progress;
  ZqLiveState live;

  /* owned */
  char *problem;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_LAST_SYNCED,
  PROP_OFFLINE_SINCE,
  PROP_WAITING,
  PROP_HELD,
  PROP_REFUSED,
  PROP_UNREADABLE,
  PROP_PROGRESS,
  PROP_PROBLEM,
  PROP_LIVE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqSessionStatus, zq_session_status, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (ZqSessionState,
                    zq_session_state,
                    G_DEFINE_ENUM_VALUE (ZQ_SESSION_SIGNED_OUT, "signed-out"),
                    G_DEFINE_ENUM_VALUE (ZQ_SESSION_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (ZQ_SESSION_SYNCING, "syncing"),
                    G_DEFINE_ENUM_VALUE (ZQ_SESSION_SYNCED, "synced"))

G_DEFINE_ENUM_TYPE (ZqLiveState,
                    zq_live_state,
                    G_DEFINE_ENUM_VALUE (ZQ_LIVE_OFF, "off"),
                    G_DEFINE_ENUM_VALUE (ZQ_LIVE_DOWN, "down"),
                    G_DEFINE_ENUM_VALUE (ZQ_LIVE_UP, "up"))

static void
zq_session_status_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ZqSessionStatus *self = ZQ_SESSION_STATUS (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_LAST_SYNCED:
      g_value_set_int64 (value, self->last_synced);
      break;
    case PROP_OFFLINE_SINCE:
      g_value_set_int64 (value, self->offline_since);
      break;
    case PROP_WAITING:
      g_value_set_uint (value, self->counts.waiting);
      break;
    case PROP_HELD:
      g_value_set_uint (value, self->counts.held);
      break;
    case PROP_REFUSED:
      g_value_set_uint (value, self->counts.refused);
      break;
    case PROP_UNREADABLE:
      g_value_set_uint (value, self->counts.unreadable);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_LIVE:
      g_value_set_enum (value, self->live);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zq_session_status_finalize (GObject *object)
{
  ZqSessionStatus *self = ZQ_SESSION_STATUS (object);

  g_free (self->problem);

  G_OBJECT_CLASS (zq_session_status_parent_class)->finalize (object);
}

static void
install_uint (guint prop_id, const char *name)
{
  properties[prop_id] =
      g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
install_instant (guint prop_id, const char *name)
{
  properties[prop_id] =
      g_param_spec_int64 (name, NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
zq_session_status_class_init (ZqSessionStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = zq_session_status_get_property;
  object_class->finalize = zq_session_status_finalize;

  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, ZQ_TYPE_SESSION_STATE, ZQ_SESSION_SIGNED_OUT, flags);
  install_instant (PROP_LAST_SYNCED, "last-synced");
  install_instant (PROP_OFFLINE_SINCE, "offline-since");
  install_uint (PROP_WAITING, "waiting");
  install_uint (PROP_HELD, "held");
  install_uint (PROP_REFUSED, "refused");
  install_uint (PROP_UNREADABLE, "unreadable");
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_LIVE] = g_param_spec_enum ("live", NULL, NULL, ZQ_TYPE_LIVE_STATE, ZQ_LIVE_OFF, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
zq_session_status_init (ZqSessionStatus *self)
{
  self->state = ZQ_SESSION_SIGNED_OUT;
  self->progress = -1;
}

ZqSessionStatus *
zq_session_status_new (void)
{
  return g_object_new (ZQ_TYPE_SESSION_STATUS, NULL);
}

static void
set_instant (ZqSessionStatus *self, gint64 *field, gint64 value, guint prop_id)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

void
zq_session_status_set_state (ZqSessionStatus *self, ZqSessionState state, gint64 now_us)
{
  g_return_if_fail (ZQ_IS_SESSION_STATUS (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (state == ZQ_SESSION_SYNCED)
    set_instant (self, &self->last_synced, now_us, PROP_LAST_SYNCED);
  /* The first moment counts, however often it is said again. */
  if (state != ZQ_SESSION_OFFLINE)
    set_instant (self, &self->offline_since, 0, PROP_OFFLINE_SINCE);
  else if (self->offline_since == 0)
    set_instant (self, &self->offline_since, now_us, PROP_OFFLINE_SINCE);
  g_object_thaw_notify (G_OBJECT (self));
}

ZqSessionState
zq_session_status_get_state (ZqSessionStatus *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION_STATUS (self), ZQ_SESSION_SIGNED_OUT);

  return self->state;
}

gint64
zq_session_status_get_last_synced (ZqSessionStatus *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION_STATUS (self), 0);

  return self->last_synced;
}

gint64
zq_session_status_get_offline_since (ZqSessionStatus *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION_STATUS (self), 0);

  return self->offline_since;
}

void
zq_session_status_set_progress (ZqSessionStatus *self, double progress)
{
  g_return_if_fail (ZQ_IS_SESSION_STATUS (self));

  progress = progress < 0 ? -1 : MIN (progress, 1);
  if (self->progress == progress)
    return;

  self->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

void
zq_session_status_set_problem (ZqSessionStatus *self, const char *problem)
{
  g_return_if_fail (ZQ_IS_SESSION_STATUS (self));

  if (g_strcmp0 (self->problem, problem) == 0)
    return;

  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

const char *
zq_session_status_get_problem (ZqSessionStatus *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION_STATUS (self), NULL);

  return self->problem;
}

void
zq_session_status_set_live (ZqSessionStatus *self, ZqLiveState live)
{
  g_return_if_fail (ZQ_IS_SESSION_STATUS (self));

  if (self->live == live)
    return;

  self->live = live;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
}

ZqLiveState
zq_session_status_get_live (ZqSessionStatus *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION_STATUS (self), ZQ_LIVE_OFF);

  return self->live;
}

static void
set_count (ZqSessionStatus *self, guint *field, guint value, guint prop_id)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

void
zq_session_status_set_counts (ZqSessionStatus *self, const ZqSessionCounts *counts)
{
  g_return_if_fail (ZQ_IS_SESSION_STATUS (self));
  g_return_if_fail (counts != NULL);

  g_object_freeze_notify (G_OBJECT (self));
  set_count (self, &self->counts.waiting, counts->waiting, PROP_WAITING);
  set_count (self, &self->counts.held, counts->held, PROP_HELD);
  set_count (self, &self->counts.refused, counts->refused, PROP_REFUSED);
  set_count (self, &self->counts.unreadable, counts->unreadable, PROP_UNREADABLE);
  g_object_thaw_notify (G_OBJECT (self));
}

const ZqSessionCounts *
zq_session_status_get_counts (ZqSessionStatus *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION_STATUS (self), NULL);

  return &self->counts;
}
