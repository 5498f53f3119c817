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

/* --- one or many consultations ---------------------------------------------------------------- */

typedef enum
{
  ZQ_ACTION_CLOSE, /* arg: outcome, a code of zq_consult_list_outcomes(); NULL: none */
  ZQ_ACTION_REOPEN,
  ZQ_ACTION_CLAIM,
  ZQ_ACTION_ASSIGN, /* arg: "Practitioner/<id>" */
  ZQ_ACTION_SET_URGENT,
  ZQ_ACTION_SET_ROUTINE,
  ZQ_ACTION_MARK_UNREAD,
  ZQ_ACTION_MARK_READ,
  ZQ_N_ACTIONS,
} ZqAction;

/**
 * zq_consult_act_async:
 *
 * Does @action with each of the consultations for which it is allowed, in one transaction. Those for
 * which it is not are left as they are.
 */
void zq_consult_act_async (ZqStore *store,
                           ZqAction action,
                           const gint64 *consults,
                           guint n_consults,
                           const char *arg,
                           GAsyncReadyCallback callback,
                           gpointer data);

/**
 * zq_consult_act_finish:
 * @n_done, @n_not: (out) (optional): how many it was done with, and not
 * @why: (out) (optional) (transfer full): why not, of the first; a msgid; NULL when all went well
 *
 * Returns: (transfer full): what takes all of it back; NULL with @error when it was done with none
 */
ZqUndo *
zq_consult_act_finish (ZqStore *store, GAsyncResult *result, guint *n_done, guint *n_not, char **why, GError **error);

/* Before the push: the intents go; after it: inverse intents (close → reopen, claim → release). Of a reply: its text
 * becomes the draft again; ZQ_CONSULT_ERROR_NOT_ALLOWED once it is out. */
void zq_consult_undo_async (ZqStore *store, const ZqUndo *undo, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_undo_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* --- words ------------------------------------------------------------------------------------ */

typedef struct
{
  const char *text;    /* may be empty where the draft has files */
  gint64 seen_message; /* key of the newest message that was on the screen (0 = none): the reply's basis */
  gint64 quote;        /* key of the message that it answers; 0 */
  gint64 corrects;     /* key of my message that it corrects (更正); 0 */
  const char *reason;  /* of a correction */
  gint64 about;        /* row of the report or result that it is about; 0 */
  gint64 tells;        /* row of the result-review Task whose result it tells the patient; 0 */
  gboolean aside;      /* not from the draft, which stays as it is */
  const char *outcome; /* not NULL: closes the consultation with it, in the same transaction */
  gint64 delay_us;     /* undo window: nothing of it goes before that */
} ZqReply;

/**
 * zq_consult_send_async:
 *
 * Puts the reply into the outbox, with the files of the thread's draft before it, removes the draft, marks the
 * thread read up to what was seen. The message stands in the thread at once, as waiting.
 */
void zq_consult_send_async (
    ZqStore *store, gint64 consult, const ZqReply *reply, GAsyncReadyCallback callback, gpointer data);
/* Returns the seq of the intent, 0 on error. @undo: (out) (optional) (transfer full): takes reply and closing back. */
gint64 zq_consult_send_finish (ZqStore *store, GAsyncResult *result, ZqUndo **undo, GError **error);

/* Takes a message of mine back that the patient has not read; one that was read is corrected instead. */
void zq_message_withdraw_async (ZqStore *store, gint64 message, GAsyncReadyCallback callback, gpointer data);
gboolean zq_message_withdraw_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* An internal note at the consultation: colleagues see it, the patient never does. Its draft ("note/<id>") goes. */
void
zq_consult_note_async (ZqStore *store, gint64 consult, const char *text, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_note_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* My read mark: everything up to @message (key) has been seen. Coalesced; only ever moves forward. */
void zq_consult_mark_read_async (
    ZqStore *store, gint64 consult, gint64 message, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_mark_read_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* A held or refused reply: send it after all (its basis becomes what is there now), or take it back
 * into the composer: the message goes, its text becomes the draft (before what is typed there). What was to be closed
 * with it stays open. */
void zq_consult_resend_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data);
void zq_consult_take_back_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data);
/* Waiting, held or refused: it goes for good; the audit keeps that it was. Of a file: the reply that it belongs to is
 * a draft again, without it. */
void zq_consult_discard_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data);
gboolean zq_consult_intent_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* Why an intent is held or refused (ZqIntent.error), in the doctor's language and with the name of who
 * has taken it; NULL for NULL. Bounded; main thread. (transfer full) */
char *zq_consult_describe_reason (ZqDb *db, const char *reason);

/* "consult/<id>": the scope of the thread's draft (store/draft.h); "note/<id>": of a note's. (transfer full) */
char *zq_consult_draft_scope (gint64 consult);
char *zq_consult_note_scope (gint64 consult);
/* "correct/<key>": of the correction of a message. */
char *zq_consult_correction_scope (gint64 message);

G_END_DECLS
