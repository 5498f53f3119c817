/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/command.h"
#include "store/draft.h"

G_BEGIN_DECLS

/* Files of a reply on their way out. */

/* How many the draft at @scope has. */
guint zq_files_in_draft (ZqDb *db, const char *scope);

/* What the upload of @file is told, {…}; @whose: its securityContext, or NULL. (transfer full) */
char *zq_files_describe (const ZqDraftFile *file, const char *whose);

/**
 * zq_files_upload:
 * @payload: (out): a JSON array of what the message says of them, or NULL where there are none
 *
 * Puts an upload into the outbox for each file of the draft, in the chain of its message, so that each goes before it.
 */
gboolean zq_files_upload (ZqTxn *txn,
                          const ZqConsultState *state,
                          const char *scope,
                          gint64 not_before,
                          ZqUndo *undo,
                          char **payload,
                          GError **error);

/* The files of a message that is taken back, as its intent's @args tell them: uploads that have not gone out are taken
 * back too. @as_draft: all but the one with the local id @without (or NULL) are the draft's again. */
gboolean zq_files_take_back (
    ZqTxn *txn, const char *chain, JsonNode *args, gboolean as_draft, const char *without, GError **error);

G_END_DECLS
