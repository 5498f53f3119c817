/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* close, reopen, claim, release, set-priority */
extern const ZqIntentRule zq_consult_rules[];
/* send-message */
extern const ZqIntentRule zq_message_rules[];
/* mark-read */
extern const ZqIntentRule zq_read_mark_rules[];

/* Whether something of the patient's side came into @thread that is newer than @basis (a JSON object,
 * see zq_basis_new()): sent later, or sent within the day before and arrived since. */
gboolean zq_basis_is_stale (ZqDb *db, gint64 thread, JsonNode *basis);

#define ZQ_SEEN_ALL G_GINT64_CONSTANT (-1)

/* What the writer of an intent had seen: "sent" of the newest message that was seen, "top" the newest
 * row that was here, "at" now, "status" of the consultation. @seen: message key, 0 = none, or
 * ZQ_SEEN_ALL. (transfer full) */
char *zq_basis_new (ZqDb *db, gint64 thread, gint64 seen, const char *status, gint64 now);

/* @text as a JSON object; NULL for NULL or what is none. (transfer full) */
JsonNode *zq_args_read (const char *text);

/* The row of the consultation that @chain ("consult/12") belongs to, else 0. */
gint64 zq_chain_consult (const char *chain);

G_END_DECLS
