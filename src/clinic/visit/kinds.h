/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Appointment: one visit; topic "visit" (row = the Appointment), which also speaks for its Task and Encounter. Intents:
 * make, move, cancel, no-show, fulfil. */
extern const ZqResourceKind zq_visit_kind;
/* Task with code visit. Intents: begin, complete. */
extern const ZqResourceKind zq_visit_task_kind;
/* Encounter: of consultations, visits and what the hospital did. Intents: begin, finish, cancel. */
extern const ZqResourceKind zq_encounter_kind;

/* SQL: the visit whose status is in @column is not over. */
#define ZQ_VISIT_IS_OPEN(column)                                                                                       \
  "coalesce (" column ", '') NOT IN ('fulfilled', 'cancelled', 'noshow', 'entered-in-error')"

extern const ZqIntentRule zq_visit_rules[];
extern const ZqIntentRule zq_visit_task_rules[];
extern const ZqIntentRule zq_encounter_rules[];

G_END_DECLS
