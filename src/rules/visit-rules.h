/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy.h"

G_BEGIN_DECLS

/**
 * ZqVisitRules:
 *
 * What a hospital decides about video visits: policy file "visit" (data/policy/visit.json), what is missing there as it
 * is built in. Pure, any thread.
 */
typedef struct
{
  gint64 opens_before;    /* the patient may wait so long before the visit begins; µs */
  gint64 closes_after;    /* links and waiting room stay open so long after it should have ended; µs */
  gint64 call_back_after; /* the telephone is offered when the connection is lost so long; µs */
  guint length;           /* of a visit unless the doctor says otherwise; minutes */
  guint days_ahead;       /* that the schedule shows */
  guint of_age; /* years; below it a guardian has to be there (Civil Code of the PRC, 2021, articles 17, 19, 23) */
  gboolean may_be_recorded, must_be_recorded;
  gboolean is_recorded_here; /* by the workstation, not by the hospital */
} ZqVisitRules;

/* Owned by @policy. */
const ZqVisitRules *zq_visit_rules_get (ZqPolicy *policy);

G_END_DECLS
