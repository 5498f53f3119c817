/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "resource/json.h"

#include <string.h>

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

/* It goes back only from whom it was given to: somebody else may have taken it since. */
static char *
from_them (const char *name, const char *value, const char *them)
{
  GString *json = g_string_new ("{");

  zq_command_add_member (json, name, value);
  zq_command_add_member (json, "from", them);
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

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
      *inverse =
          state->in_pool ? from_them ("department", pool, command->text) : from_them ("owner", me, command->text);
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
mark (ZqTxn *txn, ZqCommand *command, const ZqConsultState *state, GError **error)
{
  gboolean unread = command->action == ZQ_ACTION_MARK_UNREAD;
  ZqUndoStep *step;
  ZqSeen before;
  gint64 up_to;

  if (state->thread == 0)
    {
      g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_NO_THREAD);
      return FALSE;
    }
  if (!zq_consult_load_seen (zq_txn_db (txn), state->thread, &before, error))
    return FALSE;
  step = zq_undo_add (command->made, state->id, 0, "mark-read", unread ? "mark-read" : "mark-unread", NULL);
  step->before = before;
  if (unread)
    return zq_command_mark_unread (txn, state, error);
  up_to = zq_command_seen_up_to (txn, state, ZQ_SEEN_ALL);

  return up_to == 0 || zq_command_mark_read (txn, state, up_to, error);
}

static gboolean
act (ZqTxn *txn, ZqCommand *command, gint64 consult, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, consult, actions[command->action].action, error);

  if (state == NULL)
    return FALSE;
  if (command->action == ZQ_ACTION_MARK_UNREAD || command->action == ZQ_ACTION_MARK_READ)
    return mark (txn, command, state, error);

  return change_task (txn, command, state, error);
}

static gboolean
check_words (const ZqCommand *command, GError **error)
{
  const char *why = NULL;

  if (command->n_consults == 0)
    why = ZQ_REASON_GONE;
  else if (command->action == ZQ_ACTION_ASSIGN &&
           (command->text == NULL || !g_str_has_prefix (command->text, "Practitioner/")))
    why = ZQ_REASON_NO_PERSON;
  if (why != NULL)
    g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE, why);

  return why == NULL;
}

/* Those that cannot be done are left as they are: none of them has written anything by then. */
static gboolean
do_act (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;

  if (!check_words (command, error))
    return FALSE;
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
