/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/ours.h"
#include "store/attachments.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * ZqWaitingRow:
 *
 * Something of ours that is not at the hospital: to whom, what, since when, why; what is new beside it; how far a file
 * is. Its buttons activate "waiting.open", "waiting.edit", "waiting.send", "waiting.discard" (x).
 */
#define ZQ_TYPE_WAITING_ROW (zq_waiting_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqWaitingRow, zq_waiting_row, ZQ, WAITING_ROW, AdwPreferencesRow)

/* Takes over @ours. */
ZqWaitingRow *zq_waiting_row_new (ZqOurs *ours, ZqAttachments *attachments, gint64 now, GTimeZone *zone);
const ZqOurs *zq_waiting_row_get_ours (ZqWaitingRow *self);

/* What is done by an intent of this action: "Reply"… */
const char *zq_waiting_words_action (const char *action);
/* Until when it waits, or why it does not go: "" when it goes by itself. (transfer full) */
char *zq_waiting_words_why (const ZqOurs *ours);

G_END_DECLS
