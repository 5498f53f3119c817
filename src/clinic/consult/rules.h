/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* close, reopen, claim, release, assign, set-priority */
extern const ZqIntentRule zq_consult_rules[];
/* send-message, withdraw */
extern const ZqIntentRule zq_message_rules[];
/* write-note */
extern const ZqIntentRule zq_internal_note_rules[];
/* mark-read */
extern const ZqIntentRule zq_read_mark_rules[];

/* Whether something of the patient's side came into @thread that is newer than @basis (a JSON object,
 * see zq_basis_new()): sent later, or sent within the day before and arrived since. */
gboolean zq_basis_is_stale (ZqDb *db, gint64 thread, JsonNode *basis);

#define ZQ_SEEN_ALL G_GINT64_CONSTANT (-1)

/* When the newest message that was seen was sent: @message, a key, 0 = none, or ZQ_SEEN_ALL. One of mine that
 * has not gone out stands last: then it is the newest that was here before it was written. */
gint64 zq_basis_seen (ZqDb *db, gint64 thread, gint64 message);

/* What the writer of an intent had seen: "seen" as zq_basis_seen() tells it, "sent" the same but never in the
 * future, "top" the newest row that was here, "at" now, "status" of the consultation. (transfer full) */
char *zq_basis_new (ZqDb *db, gint64 thread, gint64 message, const char *status, gint64 now);

/* @text as a JSON object; NULL for NULL or what is none. (transfer full) */
JsonNode *zq_args_read (const char *text);

/* What puts right what was said: withdrawals, corrections. They do not wait behind a reply that is held. */
#define ZQ_CHAIN_MEND "mend/"

/* The row of the consultation that @chain ("consult/12", "note/12", "mend/12/34") belongs to, else 0. */
gint64 zq_chain_consult (const char *chain);

G_END_DECLS
