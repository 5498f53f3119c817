/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Task with a code of consultations; topic "consult" (row = the Task's row id) also speaks for its
 * summary. Intents: close, reopen, claim, release, assign, set-priority. */
extern const ZqResourceKind zq_consult_kind;
/* Communication, category thread. */
extern const ZqResourceKind zq_thread_kind;
/* Communication, category message or correction; topic "message" (row = message). Intents: send-message, withdraw. */
extern const ZqResourceKind zq_message_kind;
/* Communication, category internal-note: a row of the thread of its Task. Intents: write-note. */
extern const ZqResourceKind zq_internal_note_kind;
/* Basic, code read-mark. Intents: mark-read. */
extern const ZqResourceKind zq_read_mark_kind;
/* QuestionnaireResponse: the intake card. */
extern const ZqResourceKind zq_intake_kind;
/* Binary: only what a doctor attaches; never pulled. Intents: upload. */
extern const ZqResourceKind zq_binary_kind;

G_END_DECLS
