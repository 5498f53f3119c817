/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "clinic/consult/state.h"
#include "store/txn.h"

G_BEGIN_DECLS

struct _ZqUndo
{
  gint64 consult;
  gint64 seq;         /* 0: nothing was changed */
  const char *action; /* static */
  char *inverse_args; /* of the intent that takes it back */
};

/**
 * ZqCommand:
 *
 * One command on its way through the writer: task data of its GTask.
 */
typedef struct
{
  /* input */
  gint64 consult;
  gint64 message;
  gint64 intent;
  char *text;
  gboolean flag;
  ZqUndo *undo; /* what is to be taken back */

  /* output */
  gint64 seq;
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

/* My read mark of the thread, up to @up_to. */
gboolean zq_command_mark_read (ZqTxn *txn, const ZqConsultState *state, gint64 up_to, GError **error);

G_END_DECLS
