/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/state.h"

#define OFF        ZQ_CALL_OFF
#define JOINING    ZQ_CALL_JOINING
#define ALONE      ZQ_CALL_ALONE
#define WAITING    ZQ_CALL_WAITING
#define CONNECTING ZQ_CALL_CONNECTING
#define LIVE       ZQ_CALL_LIVE
#define LOST       ZQ_CALL_LOST
#define TAKEN      ZQ_CALL_TAKEN
#define REFUSED    ZQ_CALL_REFUSED
#define OVER       ZQ_CALL_OVER
#define NO         -1

/* clang-format off: a row an event, a column a state */
static const gint8 table[ZQ_CALL_N_EVENTS][ZQ_CALL_N_STATES] = {
  /*                                   OFF      JOINING     ALONE       WAITING     CONNECTING  LIVE     LOST     TAKEN
     REFUSED  OVER */
  [ZQ_CALL_EVENT_OPEN] = { JOINING, NO, NO, NO, NO, NO, NO, JOINING, JOINING, NO },
  [ZQ_CALL_EVENT_JOINED_ALONE] = { NO, ALONE, ALONE, ALONE, LOST, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_JOINED_WAITING] = { NO, WAITING, WAITING, WAITING, CONNECTING, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_JOINED_ADMITTED] = { NO, CONNECTING, CONNECTING, CONNECTING, CONNECTING, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_AWAY] = { NO, JOINING, ALONE, WAITING, CONNECTING, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_CAME] = { NO, NO, WAITING, WAITING, CONNECTING, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_BACK] = { NO, NO, CONNECTING, CONNECTING, CONNECTING, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_WENT] = { NO, NO, ALONE, ALONE, LOST, LIVE, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_ADMIT] = { NO, NO, NO, CONNECTING, NO, NO, NO, NO, NO, NO },
  [ZQ_CALL_EVENT_HOLD] = { NO, NO, NO, NO, WAITING, WAITING, ALONE, NO, NO, NO },
  [ZQ_CALL_EVENT_CONNECTED] = { NO, NO, NO, NO, LIVE, LIVE, LIVE, NO, NO, NO },
  [ZQ_CALL_EVENT_FAILED] = { NO, NO, NO, NO, LOST, LOST, LOST, NO, NO, NO },
  [ZQ_CALL_EVENT_TAKEN] = { NO, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, TAKEN, NO, NO, NO },
  [ZQ_CALL_EVENT_REFUSED] = { NO, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, NO, NO, NO },
  [ZQ_CALL_EVENT_ENDED] = { NO, OVER, OVER, OVER, OVER, OVER, OVER, NO, NO, NO },
  [ZQ_CALL_EVENT_CLOSE] = { OFF, OFF, OFF, OFF, OFF, OFF, OFF, OFF, OFF, OFF },
};

static const char *const states[ZQ_CALL_N_STATES] = {
  "off", "joining", "alone", "waiting", "connecting", "live", "lost", "taken", "refused", "over",
};

static const char *const events[ZQ_CALL_N_EVENTS] = {
  "open",  "joined-alone", "joined-waiting", "joined-admitted", "away",  "came",    "back",  "went",
  "admit", "hold",         "connected",      "failed",          "taken", "refused", "ended", "close",
};
/* clang-format on */

const char *
zq_call_state_name (ZqCallState state)
{
  return states[state];
}

const char *
zq_call_event_name (ZqCallEvent event)
{
  return events[event];
}

gboolean
zq_call_state_next (ZqCallState state, ZqCallEvent event, ZqCallState *next)
{
  gint8 found;

  g_return_val_if_fail ((guint)state < ZQ_CALL_N_STATES && (guint)event < ZQ_CALL_N_EVENTS, FALSE);
  found = table[event][state];
  if (found == NO)
    return FALSE;
  *next = (ZqCallState)found;

  return TRUE;
}
