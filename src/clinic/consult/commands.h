/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"

G_BEGIN_DECLS

/* Commands: each is one transaction with state table check, intent, rows, draft and audit. @callback
 * comes after the durable commit. Errors carry what to tell the doctor. */

#define ZQ_CONSULT_ERROR (zq_consult_error_quark ())
GQuark zq_consult_error_quark (void);

/* Their messages are those of clinic/consult/reasons.h: shown through gettext. */
typedef enum
{
  ZQ_CONSULT_ERROR_GONE,        /* the consultation or the intent is not there (any more) */
  ZQ_CONSULT_ERROR_NOT_ALLOWED, /* by the state table, by who has it, or since it is on its way */
  ZQ_CONSULT_ERROR_EMPTY,       /* nothing to send */
} ZqConsultError;

typedef struct _ZqUndo ZqUndo; /* what takes a command back; see zq_consult_undo_async() */
void zq_undo_free (ZqUndo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqUndo, zq_undo_free)

/**
 * zq_consult_send_async:
 * @seen_message: key of the newest message that was on the screen (0 = none): the reply's basis
 *
 * Puts the reply into the outbox, removes the thread's draft, marks the thread read up to what was
 * seen. The message stands in the thread at once, as waiting.
 */
void zq_consult_send_async (
    ZqStore *store, gint64 consult, const char *text, gint64 seen_message, GAsyncReadyCallback callback, gpointer data);
/* Returns the seq of the intent, 0 on error. */
gint64 zq_consult_send_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* @outcome: a code of the policy ("advised", "no-answer-needed"…). */
void zq_consult_close_async (
    ZqStore *store, gint64 consult, const char *outcome, GAsyncReadyCallback callback, gpointer data);
void zq_consult_claim_async (ZqStore *store, gint64 consult, GAsyncReadyCallback callback, gpointer data);
void zq_consult_set_urgent_async (
    ZqStore *store, gint64 consult, gboolean urgent, GAsyncReadyCallback callback, gpointer data);
/* (transfer full): how to take it back; NULL on error. For all three of the above. */
ZqUndo *zq_consult_command_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* Before the push: the intent goes; after it: the inverse intent (close → reopen, claim → release). */
void zq_consult_undo_async (ZqStore *store, const ZqUndo *undo, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_undo_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* My read mark: everything up to @message (key) has been seen. Coalesced; only ever moves forward. */
void zq_consult_mark_read_async (
    ZqStore *store, gint64 consult, gint64 message, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_mark_read_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* A held or refused reply: send it after all (its basis becomes what is there now), or take it back
 * into the composer: the message goes, its text becomes the draft (before what is typed there). */
void zq_consult_resend_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data);
void zq_consult_take_back_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_intent_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* Why an intent is held or refused (ZqIntent.error), in the doctor's language and with the name of who
 * has taken it; NULL for NULL. Bounded; main thread. (transfer full) */
char *zq_consult_describe_reason (ZqDb *db, const char *reason);

/* "consult/<id>": the scope of the thread's draft (store/draft.h). (transfer full) */
char *zq_consult_draft_scope (gint64 consult);

G_END_DECLS
