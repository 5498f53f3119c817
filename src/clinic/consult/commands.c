/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/summary.h"
#include "resource/datetime.h"
#include "resource/json.h"

#include <string.h>

G_DEFINE_QUARK (zq - consult - error - quark, zq_consult_error)

static void
command_free (gpointer data)
{
  ZqCommand *self = data;

  g_free (self->consults);
  g_free (self->text);
  g_free (self->reason);
  g_free (self->outcome);
  g_free (self->why);
  g_clear_pointer (&self->undo, zq_undo_free);
  g_clear_pointer (&self->made, zq_undo_free);
  g_free (self);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zq_store_write_finish (ZQ_STORE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zq_command_start (ZqStore *store,
                  gpointer source_tag,
                  ZqCommand *command,
                  ZqWriteFunc func,
                  GAsyncReadyCallback callback,
                  gpointer data)
{
  GTask *task = g_task_new (store, NULL, callback, data);

  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, command, command_free);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, func, command, NULL, on_written, task);
}

/* --- what they share -------------------------------------------------------------------------- */

ZqConsultState *
zq_command_load (ZqTxn *txn, gint64 id, GError **error)
{
  GError *local = NULL;
  ZqConsultState *state = zq_consult_state_load (zq_txn_db (txn), id, &local);

  if (local != NULL)
    g_propagate_error (error, local);
  else if (state == NULL)
    g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_GONE);

  return state;
}

ZqConsultState *
zq_command_load_for (ZqTxn *txn, gint64 id, const char *action, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_command_load (txn, id, error);

  if (state == NULL)
    return NULL;
  if (!zq_consult_state_allows (state, zq_txn_context (txn), action))
    {
      g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED,
                           state->final  ? ZQ_REASON_CLOSED
                           : state->mine ? ZQ_REASON_NOT_ALLOWED
                                         : ZQ_REASON_NOT_MINE);
      return NULL;
    }

  return g_steal_pointer (&state);
}

gint64
zq_command_change_task (ZqTxn *txn, const ZqConsultState *state, const char *action, const char *args, GError **error)
{
  g_autofree char *chain = zq_consult_draft_scope (state->id);
  g_autofree char *basis = zq_basis_new (zq_txn_db (txn), state->thread, ZQ_SEEN_ALL, state->status, zq_txn_now (txn));
  gint64 seq = zq_txn_add_intent (txn, "consult", action, state->id, args, basis, chain, 0, error);

  if (seq == 0 || !zq_txn_audit (txn, action, state->id, state->patient, error))
    return 0;

  return seq;
}

char *
zq_consult_draft_scope (gint64 consult)
{
  return g_strdup_printf ("consult/%" G_GINT64_FORMAT, consult);
}

char *
zq_command_mend_chain (gint64 consult, gint64 message)
{
  return g_strdup_printf (ZQ_CHAIN_MEND "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, consult, message);
}

char *
zq_consult_note_scope (gint64 consult)
{
  return g_strdup_printf ("note/%" G_GINT64_FORMAT, consult);
}

char *
zq_consult_correction_scope (gint64 message)
{
  return g_strdup_printf ("correct/%" G_GINT64_FORMAT, message);
}

void
zq_command_add_member (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = NULL;

  if (value == NULL)
    return;
  quoted = zq_json_quote (value);
  g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", name, quoted);
}

const char *
zq_command_department (const ZqConsultState *state, const ZqContext *context)
{
  if (state->department != NULL)
    return state->department;

  return context->departments != NULL ? context->departments[0] : NULL;
}

gint64
zq_command_seen_up_to (ZqTxn *txn, const ZqConsultState *state, gint64 message)
{
  return MIN (zq_basis_seen (zq_txn_db (txn), state->thread, message), zq_txn_now (txn) + ZQ_SKEW_US);
}

/* --- read marks ------------------------------------------------------------------------------- */

static gboolean
replace_waiting (ZqTxn *txn, const char *key, GError **error)
{
  GError *local = NULL;
  gint64 target = 0;
  gint64 waiting = 0;

  if (!zq_db_get_int (zq_txn_db (txn), &target, &local, "SELECT id FROM resource WHERE local_id = ?", "s", key))
    {
      if (local != NULL)
        g_propagate_error (error, local);
      return local == NULL;
    }
  waiting = zq_txn_find_intent (txn, target, "mark-read", &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }

  if (waiting == 0 || zq_txn_cancel_intent (txn, waiting, &local))
    return TRUE;
  /* My other workstation has made it meanwhile: the waiting one goes before as a change of it. */
  if (g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE))
    {
      g_clear_error (&local);
      return TRUE;
    }
  g_propagate_error (error, local);

  return FALSE;
}

static char *
mark_args (const char *subject, gint64 up_to, const char *department, gboolean unread)
{
  g_autofree char *instant = zq_instant_format (up_to);
  GString *json = g_string_new ("{");

  zq_command_add_member (json, "thread", subject);
  zq_command_add_member (json, "up-to", instant);
  zq_command_add_member (json, "department", department);
  g_string_append (json, unread ? ",\"unread\":true}" : "}");

  return g_string_free (json, FALSE);
}

/* One of a subject and doctor, whichever workstation makes it. */
static char *
mark_key (const char *subject, const ZqContext *context)
{
  const char *id = g_str_has_prefix (subject, "Communication/") ? strchr (subject, '/') + 1 : subject;
  g_autofree char *key = g_strdup_printf ("read-mark.%s.Practitioner.%s", id, context->me);

  return g_strdelimit (g_steal_pointer (&key), "/", '.');
}

gboolean
zq_command_mark_row (ZqTxn *txn, gint64 row, const char *department, gint64 up_to, gboolean unread, GError **error)
{
  g_autofree char *subject = zq_consult_reference (zq_txn_db (txn), row);
  g_autofree char *args = NULL;
  g_autofree char *key = NULL;
  g_autofree char *chain = NULL;
  gint64 target;

  /* What the hospital does not have yet has nothing to be read. */
  if (subject == NULL || strchr (subject, '/') == NULL)
    return TRUE;

  args = mark_args (subject, up_to, department, unread);
  key = mark_key (subject, zq_txn_context (txn));
  chain = g_strdup_printf ("read-mark/%" G_GINT64_FORMAT, row);
  if (!replace_waiting (txn, key, error))
    return FALSE;
  target = zq_txn_create_local (txn, "Basic", key, error);

  return target != 0 && zq_txn_add_intent (txn, "read-mark", "mark-read", target, args, NULL, chain, 0, error) != 0;
}

/* Whatever has arrived by now has been in sight. */
static gboolean
note_seen (ZqTxn *txn, const ZqConsultState *state, GError **error)
{
  return zq_db_exec (
             zq_txn_db (txn), error,
             "INSERT INTO thread_here (thread, seen) SELECT ?1, coalesce (max (id), 0) FROM message WHERE thread = ?1"
             " ON CONFLICT (thread) DO UPDATE SET seen = excluded.seen",
             "i", state->thread) &&
         zq_consult_touch_thread (txn, state->thread, error);
}

static gboolean
add_mark (ZqTxn *txn, const ZqConsultState *state, gint64 up_to, gboolean unread, GError **error)
{
  return zq_command_mark_row (txn, state->thread, zq_command_department (state, zq_txn_context (txn)), up_to, unread,
                              error);
}

gboolean
zq_command_mark_read (ZqTxn *txn, const ZqConsultState *state, gint64 up_to, GError **error)
{
  ZqSeen before;

  if (!note_seen (txn, state, error) || !zq_consult_load_seen (zq_txn_db (txn), state->thread, &before, error))
    return FALSE;
  if (up_to / 1000 <= before.up_to / 1000 && !before.marked_unread)
    return TRUE;

  return add_mark (txn, state, MAX (up_to, before.up_to), FALSE, error);
}

gboolean
zq_command_mark_unread (ZqTxn *txn, const ZqConsultState *state, GError **error)
{
  ZqSeen before;

  if (!zq_consult_load_seen (zq_txn_db (txn), state->thread, &before, error))
    return FALSE;

  return before.marked_unread || add_mark (txn, state, before.up_to, TRUE, error);
}

/* What has gone out cannot be unread, only stand as unread. */
static gboolean
stay_unread (ZqTxn *txn, const ZqConsultState *state, const ZqSeen *before, GError **error)
{
  ZqSeen now;

  if (!zq_consult_load_seen (zq_txn_db (txn), state->thread, &now, error))
    return FALSE;

  return now.up_to / 1000 <= before->up_to / 1000 || before->marked_unread ||
         add_mark (txn, state, now.up_to, TRUE, error);
}

gboolean
zq_command_restore_mark (
    ZqTxn *txn, const ZqConsultState *state, const ZqSeen *before, gboolean was_read, GError **error)
{
  g_autofree char *thread = zq_consult_reference (zq_txn_db (txn), state->thread);
  g_autofree char *key = NULL;
  ZqSeen now;

  if (thread == NULL || !g_str_has_prefix (thread, "Communication/"))
    return TRUE;
  if (!zq_consult_load_seen (zq_txn_db (txn), state->thread, &now, error))
    return FALSE;
  if (!was_read)
    return now.marked_unread == before->marked_unread || add_mark (txn, state, now.up_to, before->marked_unread, error);

  if (!zq_db_exec (zq_txn_db (txn), error, "UPDATE thread_here SET seen = ? WHERE thread = ?", "ii", before->top,
                   state->thread) ||
      !zq_consult_touch_thread (txn, state->thread, error))
    return FALSE;
  if (before->up_to != 0)
    return add_mark (txn, state, before->up_to, before->marked_unread, error) &&
           stay_unread (txn, state, before, error);

  key = mark_key (thread, zq_txn_context (txn));

  return replace_waiting (txn, key, error) && stay_unread (txn, state, before, error);
}

static gboolean
do_mark_read (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqConsultState) state = zq_command_load (txn, command->consult, error);
  gint64 up_to;

  if (state == NULL)
    return FALSE;
  up_to = zq_command_seen_up_to (txn, state, command->message);

  return up_to == 0 || zq_command_mark_read (txn, state, up_to, error);
}

void
zq_consult_mark_read_async (ZqStore *store, gint64 consult, gint64 message, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->consult = consult;
  command->message = message;
  zq_command_start (store, zq_consult_mark_read_async, command, do_mark_read, callback, data);
}

gboolean
zq_consult_mark_read_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
