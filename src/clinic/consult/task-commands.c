/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "resource/json.h"
#include "store/draft.h"

#include <string.h>

static ZqUndo *
undo_new (gint64 consult, gint64 seq, const char *action, char *inverse_args)
{
  ZqUndo *self = g_new0 (ZqUndo, 1);

  self->consult = consult;
  self->seq = seq;
  self->action = action;
  self->inverse_args = inverse_args;

  return self;
}

static char *
object_of (const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  return quoted != NULL ? g_strdup_printf ("{\"%s\":%s}", name, quoted) : g_strdup ("{}");
}

/* --- close, claim, priority ------------------------------------------------------------------- */

static gboolean
do_close (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, command->consult, "close", error);
  g_autofree char *args = object_of ("outcome", command->text);

  if (state == NULL)
    return FALSE;
  command->seq = zq_command_change_task (txn, state, "close", args, error);
  command->made = undo_new (state->id, command->seq, "close", g_strdup ("{}"));

  return command->seq != 0;
}

void
zq_consult_close_async (
    ZqStore *store, gint64 consult, const char *outcome, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->consult = consult;
  command->text = g_strdup (outcome);
  zq_command_start (store, zq_consult_command_finish, command, do_close, callback, data);
}

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

static gboolean
do_claim (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, command->consult, "claim", error);
  g_autofree char *pool = NULL;

  if (state == NULL)
    return FALSE;
  pool = pool_of (txn, state);
  command->seq = zq_command_change_task (txn, state, "claim", "{}", error);
  command->made = undo_new (state->id, command->seq, "claim", object_of ("department", pool));

  return command->seq != 0;
}

void
zq_consult_claim_async (ZqStore *store, gint64 consult, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->consult = consult;
  zq_command_start (store, zq_consult_command_finish, command, do_claim, callback, data);
}

static const char *
priority_code (gboolean urgent)
{
  return urgent ? "urgent" : "routine";
}

static gboolean
do_set_urgent (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, command->consult, "set-priority", error);
  g_autofree char *args = object_of ("priority", priority_code (command->flag));

  if (state == NULL)
    return FALSE;
  if (state->urgent != command->flag)
    {
      command->seq = zq_command_change_task (txn, state, "set-priority", args, error);
      if (command->seq == 0)
        return FALSE;
    }
  command->made =
      undo_new (state->id, command->seq, "set-priority", object_of ("priority", priority_code (state->urgent)));

  return TRUE;
}

void
zq_consult_set_urgent_async (
    ZqStore *store, gint64 consult, gboolean urgent, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->consult = consult;
  command->flag = urgent;
  zq_command_start (store, zq_consult_command_finish, command, do_set_urgent, callback, data);
}

ZqUndo *
zq_consult_command_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  ZqCommand *command = g_task_get_task_data (G_TASK (result));

  return g_task_propagate_boolean (G_TASK (result), error) ? g_steal_pointer (&command->made) : NULL;
}

/* --- undo ------------------------------------------------------------------------------------- */

static const char *
inverse_of (const char *action)
{
  if (g_str_equal (action, "close"))
    return "reopen";

  return g_str_equal (action, "claim") ? "release" : "set-priority";
}

static gboolean
do_undo (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  const ZqUndo *undo = command->undo;
  const char *inverse = inverse_of (undo->action);
  g_autoptr (ZqConsultState) state = NULL;
  g_autoptr (GError) local = NULL;

  if (undo->seq == 0)
    return TRUE;
  if (zq_txn_cancel_intent (txn, undo->seq, &local))
    return zq_txn_audit (txn, "undo", undo->consult, 0, error);
  if (!g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE) &&
      !g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  /* It is out, or on its way: what takes it back goes after it. */
  state = zq_command_load_for (txn, undo->consult, inverse, error);

  return state != NULL && zq_command_change_task (txn, state, inverse, undo->inverse_args, error) != 0;
}

void
zq_consult_undo_async (ZqStore *store, const ZqUndo *undo, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->undo = undo_new (undo->consult, undo->seq, undo->action, g_strdup (undo->inverse_args));
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

  if (text == NULL)
    return TRUE;
  whole = typed != NULL && *typed != '\0' ? g_strconcat (text, "\n", typed, NULL) : g_strdup (text);

  return zq_txn_set_draft (txn, intent->chain, whole, error);
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

gboolean
zq_consult_intent_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
