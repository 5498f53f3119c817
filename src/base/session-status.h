/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_SESSION_SIGNED_OUT, /* needs the doctor to sign in; store and intents are intact */
  ZQ_SESSION_OFFLINE,    /* the hospital cannot be reached */
  ZQ_SESSION_SYNCING,    /* a first fill or a pull is under way */
  ZQ_SESSION_SYNCED,
} ZqSessionState;

#define ZQ_TYPE_SESSION_STATE (zq_session_state_get_type ())
GType zq_session_state_get_type (void);

/* Whether the hospital tells by itself what is new. */
typedef enum
{
  ZQ_LIVE_OFF,  /* it cannot, or does not want to: asked now and then */
  ZQ_LIVE_DOWN, /* it can; the connection is being made */
  ZQ_LIVE_UP,
} ZqLiveState;

#define ZQ_TYPE_LIVE_STATE (zq_live_state_get_type ())
GType zq_live_state_get_type (void);

#define ZQ_TYPE_SESSION_STATUS (zq_session_status_get_type ())
G_DECLARE_FINAL_TYPE (ZqSessionStatus, zq_session_status, ZQ, SESSION_STATUS, GObject)

/**
 * ZqSessionStatus:
 *
 * What the header says about the link to the hospital; main thread only. Sync writes it, the UI
 * binds to its properties: "state" (ZqSessionState), "last-synced" (int64, µs UTC, 0 = never),
 * "offline-since" (int64, 0 = is not), "waiting", "held", "refused", "unreadable" (uint),
 * "progress" (double 0–1 of a first fill, -1 = none), "problem" (string or NULL: one line, no
 * patient data), "live" (ZqLiveState).
 */
ZqSessionStatus *zq_session_status_new (void);

void zq_session_status_set_state (ZqSessionStatus *self, ZqSessionState state, gint64 now_us);
ZqSessionState zq_session_status_get_state (ZqSessionStatus *self);
gint64 zq_session_status_get_last_synced (ZqSessionStatus *self);
gint64 zq_session_status_get_offline_since (ZqSessionStatus *self);
void zq_session_status_set_progress (ZqSessionStatus *self, double progress);
void zq_session_status_set_problem (ZqSessionStatus *self, const char *problem);
const char *zq_session_status_get_problem (ZqSessionStatus *self);

void zq_session_status_set_live (ZqSessionStatus *self, ZqLiveState live);
ZqLiveState zq_session_status_get_live (ZqSessionStatus *self);

typedef struct
{
  guint waiting;    /* intents that will go out by themselves */
  guint held;       /* intents that wait for the doctor's eyes */
  guint refused;    /* intents that the hospital refused */
  guint unreadable; /* resources that we could not read */
} ZqSessionCounts;

void zq_session_status_set_counts (ZqSessionStatus *self, const ZqSessionCounts *counts);
const ZqSessionCounts *zq_session_status_get_counts (ZqSessionStatus *self);

G_END_DECLS
