/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy.h"

G_BEGIN_DECLS

/**
 * zq_consultation_allows:
 * @code: Task.code, "advice"…
 * @status: Task.businessStatus, "in-consultation"…
 * @action: "reply", "close", "claim", "reopen", "set-priority", "release", "patient-message", "assign", "note",
 *   "withdraw", "correct"
 * @role: "doctor", "assistant", "patient"
 * @next: (out) (optional): the status after the action; the table's own string
 *
 * Evaluates data/policy/consultation.json, the same in workstation and sandbox. What the table does
 * not name is forbidden.
 */
gboolean zq_consultation_allows (
    ZqPolicy *policy, const char *code, const char *status, const char *action, const char *role, const char **next);

/* Task.status that belongs to a businessStatus ("completed" → "completed"), per the table. */
const char *zq_consultation_task_status (ZqPolicy *policy, const char *status);

/* Whether a consultation in @status is over. */
gboolean zq_consultation_is_final (ZqPolicy *policy, const char *status);

/* When an answer is due: @first_unanswered_us + the hospital's promise for @code (policy "clinic",
 * default 24 h). */
gint64 zq_consultation_due (ZqPolicy *policy, const char *code, gint64 first_unanswered_us);

G_END_DECLS
