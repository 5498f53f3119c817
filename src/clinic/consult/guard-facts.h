/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "rules/guard.h"

G_BEGIN_DECLS

/* What the composer guard is told of a patient and of those that the doctor may take for them: strings of its own. */
typedef struct
{
  ZqGuardFacts facts; /* of the members below */
  char *patient_name;
  GPtrArray *allergies;   /* (element-type utf8), NULL-terminated */
  GPtrArray *other_names; /* likewise */
} ZqGuardKnown;

void zq_guard_known_free (ZqGuardKnown *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqGuardKnown, zq_guard_known_free)

/* @seen: patients (row ids) whose consultations were open lately. With them go those who wait for me and have the
 * surname of @patient. Bounded; main thread. (transfer full) */
ZqGuardKnown *zq_guard_known_load (ZqDb *db, gint64 patient, const gint64 *seen, guint n_seen);

/* All that the patient will read: @text, and the @reason of a correction or NULL. What is found in the reason comes
 * last and has no place in the text: its start and end are 0. (transfer full) (element-type ZqGuardFinding) */
GPtrArray *zq_guard_known_check (const ZqGuardKnown *self, ZqPolicy *policy, const char *text, const char *reason);

G_END_DECLS
