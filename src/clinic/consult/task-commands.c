/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/files.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "resource/json.h"
#include "store/draft.h"

#include <string.h>

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

void
zq_undo_add (ZqUndo *self, gint64 consult, gint64 seq, const char *action, const char *inverse, char *inverse_args)
{
  ZqUndoStep *step = g_new0 (ZqUndoStep, 1);

  step->consult = consult;
  step->seq = seq;
  step->action = action;
  step->inverse = inverse;
  step->inverse_args = inverse_args;
  g_ptr_array_add (self->steps, step);
}

static ZqUndo *
undo_copy (const ZqUndo *undo)
{
  ZqUndo *copy = zq_undo_new ();

  for (guint i = 0; i < undo->steps->len; i++)
    {
      const ZqUndoStep *step = g_ptr_array_index (undo->steps, i);

      zq_undo_add (copy, step->consult, step->seq, step->action, step->inverse, g_strdup (step->inverse_args));
    }

  return copy;
}

static char *
object_of (const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  return quoted != NULL ? g_strdup_printf ("{\"%s\":%s}", name, quoted) : g_strdup ("{}");
}

/* --- one action with one consultation ----------------------------------------------------------- */

/* The department that had it, to release it to. */
static char *
pool_of (ZqTxn *txn, const ZqConsultState *state)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *owner = zq_consult_reference (zq_txn_db (txn), state->owner);

  if (owner != NULL && g_str_has_prefix (owner, "Organization/"))
    return g_strdup (owner + strlen ("Organization/"));
  if (state->department != NULL)
    return g_strdup (state->department);

  return g_strdup (context->departments != NULL ? context->departments[0] : NULL);
}

static const struct
{
  const char *action;
  const char *inverse;
} actions[ZQ_N_ACTIONS] = {
  [ZQ_ACTION_CLOSE] = { "close", "reopen" },
  [ZQ_ACTION_REOPEN] = { "reopen", "close" },
  [ZQ_ACTION_CLAIM] = { "claim", "release" },
  [ZQ_ACTION_ASSIGN] = { "assign", "assign" },
  [ZQ_ACTION_SET_URGENT] = { "set-priority", "set-priority" },
  [ZQ_ACTION_SET_ROUTINE] = { "set-priority", "set-priority" },
  [ZQ_ACTION_MARK_UNREAD] = { "mark-read", "mark-read" },
  [ZQ_ACTION_MARK_READ] = { "mark-read", "mark-unread" },
};

static const char *
priority_code (gboolean urgent)
{
  return urgent ? "urgent" : "routine";
}

/* What of the Task is said by @command, and what takes it back. */
static char *
task_args (ZqTxn *txn, const ZqCommand *command, const ZqConsultState *state, char **inverse)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *pool = NULL;
  g_autofree char *me = NULL;

  switch (command->action)
    {
    case ZQ_ACTION_CLOSE:
      *inverse = g_strdup ("{}");
      return object_of ("outcome", command->text);
    case ZQ_ACTION_CLAIM:
      pool = pool_of (txn, state);
      *inverse = object_of ("department", pool);
      return g_strdup ("{}");
    case ZQ_ACTION_ASSIGN:
      me = g_strconcat ("Practitioner/", context->me, NULL);
      pool = pool_of (txn, state);
      *inverse = state->in_pool ? object_of ("department", pool) : object_of ("owner", me);
      return object_of ("owner", command->text);
    case ZQ_ACTION_SET_URGENT:
    case ZQ_ACTION_SET_ROUTINE:
      *inverse = object_of ("priority", priority_code (state->urgent));
      return object_of ("priority", priority_code (command->action == ZQ_ACTION_SET_URGENT));
    default:
      *inverse = g_strdup ("{}");
      return g_strdup ("{}");
    }
}

static gboolean
change_task (ZqTxn *txn, ZqCommand *command, const ZqConsultState *state, GError **error)
{
  const char *action = actions[command->action].action;
  const char *inverse = actions[command->action].inverse;
  gboolean is_priority = command->action == ZQ_ACTION_SET_URGENT || command->action == ZQ_ACTION_SET_ROUTINE;
  char *inverse_args = NULL;
  g_autofree char *args = task_args (txn, command, state, &inverse_args);
  gint64 seq = 0;

  if (command->action == ZQ_ACTION_ASSIGN && state->in_pool)
    inverse = "release";
  if (!is_priority || state->urgent != (command->action == ZQ_ACTION_SET_URGENT))
    {
      seq = zq_command_change_task (txn, state, action, args, error);
      if (seq == 0)
        {
          g_free (inverse_args);
          return FALSE;
        }
    }
  zq_undo_add (command->made, state->id, seq, action, inverse, inverse_args);

  return TRUE;
}

static gboolean
mark (ZqTxn *txn, const ZqConsultState *state, gboolean unread, GError **error)
{
  gint64 up_to;

  if (state->thread == 0)
    {
      g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_NO_THREAD);
      return FALSE;
    }
  if (unread)
    return zq_command_mark_unread (txn, state, error);
  up_to = zq_command_seen_up_to (txn, state, ZQ_SEEN_ALL);

  return up_to == 0 || zq_command_mark_read (txn, state, up_to, error);
}

static gboolean
act (ZqTxn *txn, ZqCommand *command, gint64 consult, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, consult, actions[command->action].action, error);
  gboolean unread = command->action == ZQ_ACTION_MARK_UNREAD;

  if (state == NULL)
    return FALSE;
  if (!unread && command->action != ZQ_ACTION_MARK_READ)
    return change_task (txn, command, state, error);

  if (!mark (txn, state, unread, error))
    return FALSE;
  zq_undo_add (command->made, state->id, 0, actions[command->action].action, unread ? "mark-read" : "mark-unread",
               NULL);

  return TRUE;
}

/* Those that cannot be done are left as they are: none of them has written anything by then. */
static gboolean
do_act (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;

  command->made = zq_undo_new ();
  for (guint i = 0; i < command->n_consults; i++)
    {
      g_autoptr (GError) local = NULL;

      if (act (txn, command, command->consults[i], &local))
        {
          command->n_done++;
          continue;
        }
      if (local == NULL || local->domain != ZQ_CONSULT_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      command->n_not++;
      if (command->why == NULL)
        command->why = g_strdup (local->message);
      if (command->n_not == command->n_consults)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }

  return TRUE;
}

void
zq_consult_act_async (ZqStore *store,
                      ZqAction action,
                      const gint64 *consults,
                      guint n_consults,
                      const char *arg,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  g_return_if_fail (action < ZQ_N_ACTIONS);

  command->action = action;
  command->consults = g_memdup2 (consults, sizeof *consults * n_consults);
  command->n_consults = n_consults;
  command->text = g_strdup (arg);
  zq_command_start (store, zq_consult_act_async, command, do_act, callback, data);
}

ZqUndo *
zq_consult_act_finish (ZqStore *store, GAsyncResult *result, guint *n_done, guint *n_not, char **why, GError **error)
{
  ZqCommand *command = g_task_get_task_data (G_TASK (result));
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), error);

  if (n_done != NULL)
    *n_done = is_done ? command->n_done : 0;
  if (n_not != NULL)
    *n_not = is_done ? command->n_not : command->n_consults;
  if (why != NULL)
    *why = g_strdup (command->why);

  return is_done ? g_steal_pointer (&command->made) : NULL;
}

/* --- taking back -------------------------------------------------------------------------------- */

static gboolean restore_draft (ZqTxn *txn, const ZqIntent *intent, GError **error);

static gboolean
undo_mark (ZqTxn *txn, const ZqUndoStep *step, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_command_load (txn, step->consult, error);

  return state != NULL && mark (txn, state, g_str_equal (step->inverse, "mark-unread"), error);
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
  if (intent != NULL && is_reply && intent->state != ZQ_INTENT_SENDING && !restore_draft (txn, intent, error))
    return FALSE;
  if (zq_txn_cancel_intent (txn, step->seq, &local))
    return zq_txn_audit (txn, "undo", step->consult, 0, error);
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

static gboolean
do_undo (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;

  for (guint i = command->undo->steps->len; i > 0; i--)
    {
      if (!undo_step (txn, g_ptr_array_index (command->undo->steps, i - 1), error))
        return FALSE;
    }

  return TRUE;
}

void
zq_consult_undo_async (ZqStore *store, const ZqUndo *undo, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->undo = undo_copy (undo);
  zq_command_start (store, zq_consult_undo_async, command, do_undo, callback, data);
}

gboolean
zq_consult_undo_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- held and refused ------------------------------------------------------------------------- */

static ZqIntent *
load_intent (ZqTxn *txn, gint64 seq, GError **error)
{
  g_autoptr (GError) local = NULL;
  ZqIntent *intent = zq_store_get_intent (zq_txn_db (txn), seq, &local);

  if (intent != NULL)
    return intent;
  if (local != NULL && !g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE))
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_NO_MESSAGE);

  return NULL;
}

static gboolean
do_resend (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqIntent) intent = load_intent (txn, command->intent, error);
  g_autoptr (ZqConsultState) state = NULL;
  g_autofree char *basis = NULL;
  g_autoptr (GError) local = NULL;

  if (intent == NULL)
    return FALSE;
  state = zq_consult_state_load (zq_txn_db (txn), zq_chain_consult (intent->chain), &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (state != NULL)
    basis = zq_basis_new (zq_txn_db (txn), state->thread, ZQ_SEEN_ALL, state->status, zq_txn_now (txn));

  return zq_txn_release_intent (txn, command->intent, basis, error) &&
         zq_txn_audit (txn, "resend", intent->target, state != NULL ? state->patient : 0, error);
}

void
zq_consult_resend_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->intent = intent;
  zq_command_start (store, zq_consult_intent_finish, command, do_resend, callback, data);
}

/* The text of a message that comes back stands before what has been typed since. */
static gboolean
restore_draft (ZqTxn *txn, const ZqIntent *intent, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *text = zq_json_get_string (args, "text");
  g_autofree char *typed = zq_draft_load (zq_txn_db (txn), intent->chain);
  g_autofree char *whole = NULL;

  if (text == NULL || zq_json_get_string (args, "corrects") != NULL)
    return TRUE;
  whole = typed != NULL && *typed != '\0' ? g_strconcat (text, "\n", typed, NULL) : g_strdup (text);

  return zq_txn_set_draft (txn, intent->chain, whole, error) && zq_files_take_back (txn, intent->chain, args, error);
}

static gboolean
do_take_back (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqIntent) intent = load_intent (txn, command->intent, error);
  g_autoptr (GError) local = NULL;

  if (intent == NULL)
    return FALSE;
  if (g_str_equal (intent->action, "send-message") && !restore_draft (txn, intent, error))
    return FALSE;
  if (!zq_txn_cancel_intent (txn, command->intent, &local))
    {
      if (g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE))
        g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_ON_ITS_WAY);
      else
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return zq_txn_audit (txn, "take-back", intent->target, 0, error);
}

void
zq_consult_take_back_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->intent = intent;
  zq_command_start (store, zq_consult_intent_finish, command, do_take_back, callback, data);
}

/* --- discarding --------------------------------------------------------------------------------- */

static gboolean
do_discard (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqIntent) intent = load_intent (txn, command->intent, error);
  g_autoptr (GError) local = NULL;

  if (intent == NULL)
    return FALSE;
  if (zq_txn_cancel_intent (txn, command->intent, &local))
    return zq_txn_audit (txn, "discard", intent->target, 0, error);
  if (g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE))
    g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_ON_ITS_WAY);
  else
    g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

void
zq_consult_discard_async (ZqStore *store, gint64 intent, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->intent = intent;
  zq_command_start (store, zq_consult_intent_finish, command, do_discard, callback, data);
}

gboolean
zq_consult_intent_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
