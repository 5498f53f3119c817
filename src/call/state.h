/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a visit's call stands. The link to the hospital's room is another thing: a call goes on without it. */
typedef enum
{
  ZQ_CALL_OFF,        /* not begun, or closed */
  ZQ_CALL_JOINING,    /* the room is asked for */
  ZQ_CALL_ALONE,      /* nobody of the patient's side is there */
  ZQ_CALL_WAITING,    /* the patient is in the waiting room */
  ZQ_CALL_CONNECTING, /* let in: the connection is made for the first time */
  ZQ_CALL_LIVE,
  ZQ_CALL_LOST,    /* was live: it is made again, by itself */
  ZQ_CALL_TAKEN,   /* another workstation of this doctor has it */
  ZQ_CALL_REFUSED, /* the hospital does not let us in: why is told */
  ZQ_CALL_OVER,    /* ended by a doctor */
  ZQ_CALL_N_STATES,
} ZqCallState;

typedef enum
{
  ZQ_CALL_EVENT_OPEN,
  ZQ_CALL_EVENT_JOINED_ALONE,
  ZQ_CALL_EVENT_JOINED_WAITING,  /* somebody is there who was not let in */
  ZQ_CALL_EVENT_JOINED_ADMITTED, /* somebody is there who was let in before */
  ZQ_CALL_EVENT_AWAY,            /* the room is not reached */
  ZQ_CALL_EVENT_CAME,            /* the patient, not let in */
  ZQ_CALL_EVENT_BACK,            /* the patient, who was let in before */
  ZQ_CALL_EVENT_WENT,
  ZQ_CALL_EVENT_ADMIT,
  ZQ_CALL_EVENT_HOLD, /* back to the waiting room */
  ZQ_CALL_EVENT_CONNECTED,
  ZQ_CALL_EVENT_FAILED, /* of the connection to the patient */
  ZQ_CALL_EVENT_TAKEN,
  ZQ_CALL_EVENT_REFUSED,
  ZQ_CALL_EVENT_ENDED,
  ZQ_CALL_EVENT_CLOSE,
  ZQ_CALL_N_EVENTS,
} ZqCallEvent;

const char *zq_call_state_name (ZqCallState state);
const char *zq_call_event_name (ZqCallEvent event);

/* Where @event leads from @state; FALSE: it cannot be there, and nothing changes. Pure. */
gboolean zq_call_state_next (ZqCallState state, ZqCallEvent event, ZqCallState *next);

G_END_DECLS
