/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_CALL_BACK_ASKING,  /* the hospital is asked */
  ZQ_CALL_BACK_RINGING, /* both telephones */
  ZQ_CALL_BACK_TALKING,
  ZQ_CALL_BACK_ENDED,  /* they talked */
  ZQ_CALL_BACK_MISSED, /* outcome: no-answer, busy, failed, doctor-no-answer */
  ZQ_CALL_BACK_REFUSED,
} ZqCallBackState;

#define ZQ_TYPE_CALL_BACK (zq_call_back_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallBack, zq_call_back, ZQ, CALL_BACK, GObject)

/**
 * ZqCallBack:
 *
 * The hospital's gateway calls doctor and patient and joins them (双呼): neither sees the other's number, and the
 * hospital keeps start, end and outcome. The operation `$call-back` of an Encounter, which answers with a Communication
 * that says how it goes; another gateway would be behind the same signals. Signal "changed".
 */
ZqCallBack *zq_call_back_new (ZqFhirClient *client, ZqClock *clock, const char *encounter);

void zq_call_back_start (ZqCallBack *self);
ZqCallBackState zq_call_back_get_state (ZqCallBack *self);
/* Why nobody talked, a code; NULL. */
const char *zq_call_back_get_outcome (ZqCallBack *self);

G_END_DECLS
