/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "clinic/consult/state.h"
#include "clinic/consult/summary.h"
#include "store/txn.h"

G_BEGIN_DECLS

/* One intent that can be taken back. */
typedef struct
{
  gint64 consult;
  gint64 seq;          /* 0: nothing was changed */
  const char *action;  /* static: of the intent */
  const char *inverse; /* static: of what takes it back when it is out; NULL: nothing does */
  char *inverse_args;
  ZqSeen before; /* of a read mark */
} ZqUndoStep;

struct _ZqUndo
{
  GPtrArray *steps; /* of ZqUndoStep, in the order in which they were done */
};

ZqUndo *zq_undo_new (void);
ZqUndo *zq_undo_copy (const ZqUndo *self);
/* Takes @inverse_args. (transfer none) */
ZqUndoStep *
zq_undo_add (ZqUndo *self, gint64 consult, gint64 seq, const char *action, const char *inverse, char *inverse_args);

/**
 * ZqCommand:
 *
 * One command on its way through the writer: task data of its GTask.
 */
typedef struct
{
  /* input */
  ZqAction action;
  gint64 *consults;
  guint n_consults;
  gint64 consult;
  gint64 message;
  gint64 quote;
  gint64 corrects;
  gint64 about;
  gint64 tells;
  gboolean aside;
  gint64 intent;
  gint64 delay;
  char *text;
  char *reason;
  char *outcome;
  ZqUndo *undo; /* what is to be taken back */

  /* output */
  gint64 seq;
  guint n_done, n_not;
  char *why;
  ZqUndo *made;
} ZqCommand;

void zq_command_start (ZqStore *store,
                       gpointer source_tag,
                       ZqCommand *command,
                       ZqWriteFunc func,
                       GAsyncReadyCallback callback,
                       gpointer data);

/* The state of @id; sets @error when it is gone. */
ZqConsultState *zq_command_load (ZqTxn *txn, gint64 id, GError **error);
/* The same, and @action has to be allowed. */
ZqConsultState *zq_command_load_for (ZqTxn *txn, gint64 id, const char *action, GError **error);

/* A change of the Task: intent and audit. Returns its seq, 0 on error. */
gint64
zq_command_change_task (ZqTxn *txn, const ZqConsultState *state, const char *action, const char *args, GError **error);

/* When the newest message that was seen was sent, never in the future: that would take as read what nobody has written.
 */
gint64 zq_command_seen_up_to (ZqTxn *txn, const ZqConsultState *state, gint64 message);
/* @reply, of which the intent follows, was written here: it answers what is here by now, whatever the clocks say. */
gboolean zq_command_note_reply (ZqTxn *txn, const ZqConsultState *state, gint64 reply, GError **error);
/* My read mark of what stands at @row (a header, a report), up to @up_to; nothing where the hospital does not have it.
 */
gboolean
zq_command_mark_row (ZqTxn *txn, gint64 row, const char *department, gint64 up_to, gboolean unread, GError **error);
/* My read mark of the thread, up to @up_to. */
gboolean zq_command_mark_read (ZqTxn *txn, const ZqConsultState *state, gint64 up_to, GError **error);
/* The thread stands as unread until it is read again. */
gboolean zq_command_mark_unread (ZqTxn *txn, const ZqConsultState *state, GError **error);
/* As it was @before it was marked as read (@was_read) or as unread. */
gboolean zq_command_restore_mark (
    ZqTxn *txn, const ZqConsultState *state, const ZqSeen *before, gboolean was_read, GError **error);

/* The words of a message or note that comes back are its draft again, before what has been typed since; with the files
 * of a reply but @without, a local id, or NULL, with what it answers, or the reason of a correction. */
gboolean zq_command_restore_draft (ZqTxn *txn, const ZqIntent *intent, const char *without, GError **error);

/* See ZQ_CHAIN_MEND. (transfer full) */
char *zq_command_mend_chain (gint64 consult, gint64 message);

/* The tag of what is written here. Borrowed. */
const char *zq_command_department (const ZqConsultState *state, const ZqContext *context);
/* Appends a member to the JSON object in @json, whose brace is still open; nothing for NULL. */
void zq_command_add_member (GString *json, const char *name, const char *value);

G_END_DECLS
