/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"

/* --- undo --------------------------------------------------------------------------------------- */

static void
step_free (gpointer data)
{
  ZqUndoStep *step = data;

  g_free (step->inverse_args);
  g_free (step);
}

ZqUndo *
zq_undo_new (void)
{
  ZqUndo *self = g_new0 (ZqUndo, 1);

  self->steps = g_ptr_array_new_with_free_func (step_free);

  return self;
}

void
zq_undo_free (ZqUndo *self)
{
  g_ptr_array_unref (self->steps);
  g_free (self);
}

ZqUndoStep *
zq_undo_add (ZqUndo *self, gint64 consult, gint64 seq, const char *action, const char *inverse, char *inverse_args)
{
  ZqUndoStep *step = g_new0 (ZqUndoStep, 1);

  step->consult = consult;
  step->seq = seq;
  step->action = action;
  step->inverse = inverse;
  step->inverse_args = inverse_args;
  g_ptr_array_add (self->steps, step);

  return step;
}

ZqUndo *
zq_undo_copy (const ZqUndo *self)
{
  ZqUndo *copy = zq_undo_new ();

  for (guint i = 0; i < self->steps->len; i++)
    {
      const ZqUndoStep *step = g_ptr_array_index (self->steps, i);

      zq_undo_add (copy, step->consult, step->seq, step->action, step->inverse, g_strdup (step->inverse_args))->before =
          step->before;
    }

  return copy;
}

/* --- taking back -------------------------------------------------------------------------------- */

static gboolean
undo_mark (ZqTxn *txn, const ZqUndoStep *step, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_command_load (txn, step->consult, error);

  return state != NULL &&
         zq_command_restore_mark (txn, state, &step->before, g_str_equal (step->inverse, "mark-unread"), error);
}

/* What is out, or on its way, is followed by what takes it back. Somebody else may own it by now: the hospital
 * decides. */
static gboolean
undo_task (ZqTxn *txn, const ZqUndoStep *step, GError **error)
{
  g_autoptr (ZqConsultState) state = g_str_equal (step->action, "assign")
                                         ? zq_command_load (txn, step->consult, error)
                                         : zq_command_load_for (txn, step->consult, step->inverse, error);

  return state != NULL && zq_command_change_task (txn, state, step->inverse, step->inverse_args, error) != 0;
}

static gboolean
undo_step (ZqTxn *txn, const ZqUndoStep *step, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqIntent) intent = NULL;
  gboolean is_reply = g_str_equal (step->action, "send-message");

  if (g_strcmp0 (step->action, "mark-read") == 0)
    return undo_mark (txn, step, error);
  if (step->seq == 0)
    return TRUE;
  intent = zq_store_get_intent (zq_txn_db (txn), step->seq, NULL);
  if (zq_txn_cancel_intent (txn, step->seq, &local))
    return (!is_reply || zq_command_restore_draft (txn, intent, NULL, error)) &&
           zq_txn_audit (txn, "undo", step->consult, 0, error);
  if (!g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE) &&
      !g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (step->inverse != NULL)
    return undo_task (txn, step, error);
  /* A file that is up already does no harm without its message. */
  if (!is_reply)
    return TRUE;
  g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_ON_ITS_WAY);

  return FALSE;
}

/* What can be taken back is: a reply that is out stays, and what was closed with it is open again all the same; what a
 * colleague has taken meanwhile is theirs. A step that is not possible has written nothing. */
static gboolean
do_undo (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (GError) first = NULL;
  guint n_undone = 0;

  for (guint i = command->undo->steps->len; i > 0; i--)
    {
      const ZqUndoStep *step = g_ptr_array_index (command->undo->steps, i - 1);
      g_autoptr (GError) local = NULL;

      if (undo_step (txn, step, &local))
        n_undone += !g_str_equal (step->action, "upload");
      else if (local == NULL || local->domain != ZQ_CONSULT_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      else if (first == NULL)
        first = g_steal_pointer (&local);
    }
  if (n_undone > 0 || first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));

  return FALSE;
}

void
zq_consult_undo_async (ZqStore *store, const ZqUndo *undo, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->undo = zq_undo_copy (undo);
  zq_command_start (store, zq_consult_undo_async, command, do_undo, callback, data);
}

gboolean
zq_consult_undo_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
