/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/files.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/summary.h"
#include "resource/datetime.h"
#include "resource/json.h"

#include <string.h>

/* --- what a message is made of ----------------------------------------------------------------- */

/* Where the Task does not say whose it is, its conversation does. */
static gint64
patient_of (ZqDb *db, const ZqConsultState *state)
{
  gint64 patient = state->patient;

  if (patient == 0)
    zq_db_get_int (db, &patient, NULL, "SELECT patient FROM thread WHERE id = ?", "i", state->thread);

  return patient;
}

/* All of it, since rules see no rows when it goes. */
static char *
send_args (ZqTxn *txn, const ZqConsultState *state, const ZqCommand *command, const char *files)
{
  ZqDb *db = zq_txn_db (txn);
  g_autofree char *thread = zq_consult_reference (db, state->thread);
  g_autofree char *patient = zq_consult_reference (db, patient_of (db, state));
  g_autofree char *requester = zq_consult_reference (db, state->requester);
  g_autofree char *encounter = zq_consult_reference (db, state->encounter);
  g_autofree char *quote = zq_consult_reference (db, command->quote);
  g_autofree char *corrects = zq_consult_reference (db, command->corrects);
  g_autofree char *about = zq_consult_reference (db, command->about);
  g_autofree char *tells = zq_consult_reference (db, command->tells);
  gboolean relative = requester != NULL && g_str_has_prefix (requester, "RelatedPerson/");
  GString *json = g_string_new ("{");

  zq_command_add_member (json, "text", command->text);
  zq_command_add_member (json, "thread", thread);
  zq_command_add_member (json, "patient", patient);
  zq_command_add_member (json, "recipient", relative ? requester : patient);
  zq_command_add_member (json, "encounter", encounter);
  zq_command_add_member (json, "quote", quote);
  zq_command_add_member (json, "corrects", corrects);
  zq_command_add_member (json, "about", about);
  zq_command_add_member (json, "tells", tells);
  zq_command_add_member (json, "reason", corrects != NULL ? command->reason : NULL);
  zq_command_add_member (json, "department", zq_command_department (state, zq_txn_context (txn)));
  if (files != NULL)
    g_string_append_printf (json, ",\"files\":%s", files);
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

static gboolean
is_blank (const char *text)
{
  for (const char *at = text; at != NULL && *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isspace (g_utf8_get_char (at)))
      return FALSE;

  return TRUE;
}

static gboolean
refuse (GError **error, ZqConsultError code, const char *why)
{
  g_set_error_literal (error, ZQ_CONSULT_ERROR, code, why);

  return FALSE;
}

/* Of this thread and still to be seen; what is corrected is mine and has gone out. */
static gboolean
check_referred (ZqTxn *txn, const ZqConsultState *state, const ZqCommand *command, GError **error)
{
  gint64 found = 0;

  if (command->quote != 0)
    {
      zq_db_get_int (zq_txn_db (txn), &found, NULL,
                     "SELECT EXISTS (SELECT 1 FROM message WHERE id = ? AND thread = ? AND NOT withdrawn AND NOT note)",
                     "ii", command->quote, state->thread);
      if (found == 0)
        return refuse (error, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_NO_MESSAGE);
    }
  if (command->corrects == 0)
    return TRUE;

  zq_db_get_int (zq_txn_db (txn), &found, NULL,
                 "SELECT EXISTS (SELECT 1 FROM message WHERE id = ? AND thread = ? AND from_me AND NOT withdrawn"
                 " AND NOT pending AND NOT note)",
                 "ii", command->corrects, state->thread);
  if (found == 0)
    return refuse (error, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_NO_MESSAGE);

  return !is_blank (command->reason) || refuse (error, ZQ_CONSULT_ERROR_EMPTY, ZQ_REASON_NO_REASON);
}

static ZqConsultState *
load_for_send (ZqTxn *txn, const ZqCommand *command, gboolean has_files, GError **error)
{
  const char *action = command->corrects != 0 ? "correct" : "reply";
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, command->consult, action, error);

  if (state == NULL)
    return NULL;
  if (is_blank (command->text) && !has_files)
    refuse (error, ZQ_CONSULT_ERROR_EMPTY, ZQ_REASON_EMPTY);
  else if (state->thread == 0)
    refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_NO_THREAD);
  else if (!zq_consult_is_of_one_patient (state, zq_txn_db (txn)))
    refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_OTHER_PATIENT);
  else if (check_referred (txn, state, command, error))
    return g_steal_pointer (&state);

  return NULL;
}

/* --- send --------------------------------------------------------------------------------------- */

gboolean
zq_command_note_reply (ZqTxn *txn, const ZqConsultState *state, gint64 reply, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO thread_here (thread, reply) VALUES (?, ?)"
                     " ON CONFLICT (thread) DO UPDATE SET reply = excluded.reply",
                     "ii", state->thread, reply);
}

/* It says with which reply: without that nothing is closed. */
static gboolean
close_behind (ZqTxn *txn, ZqCommand *command, gint64 reply, gint64 not_before, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, command->consult, "close", error);
  g_autoptr (GString) args = g_string_new ("{");
  g_autofree char *basis = NULL;
  g_autofree char *chain = zq_consult_draft_scope (command->consult);
  g_autofree char *with =
      zq_db_get_text (zq_txn_db (txn), NULL, "SELECT local_id FROM resource WHERE id = ?", "i", reply);
  gint64 seq;

  if (state == NULL)
    return FALSE;
  zq_command_add_member (args, "outcome", command->outcome);
  zq_command_add_member (args, "with", with);
  g_string_append_c (args, '}');
  basis = zq_basis_new (zq_txn_db (txn), state->thread, command->message, state->status, zq_txn_now (txn));
  seq = zq_txn_add_intent (txn, "consult", "close", state->id, args->str, basis, chain, not_before, error);
  zq_undo_add (command->made, state->id, seq, "close", "reopen", g_strdup ("{}"));

  return seq != 0 && zq_txn_audit (txn, "close", state->id, state->patient, error);
}

/* The Task of a result says which message told it: once that is out. */
static gboolean
tell_behind (ZqTxn *txn, ZqCommand *command, gint64 reply, gint64 not_before, GError **error)
{
  g_autofree char *message = zq_consult_reference (zq_txn_db (txn), reply);
  g_autofree char *at = zq_instant_format (zq_txn_now (txn));
  g_autofree char *chain = g_strdup_printf ("review/%" G_GINT64_FORMAT, command->tells);
  g_autoptr (GString) args = g_string_new ("{");
  gint64 seq;

  zq_command_add_member (args, "at", at);
  zq_command_add_member (args, "message", message);
  g_string_append_c (args, '}');
  seq = zq_txn_add_intent (txn, "review", "told", command->tells, args->str, NULL, chain, not_before, error);
  zq_undo_add (command->made, command->consult, seq, "told", NULL, NULL);

  return seq != 0;
}

static gboolean
do_send (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  gboolean corrects = command->corrects != 0;
  g_autofree char *thread_scope = zq_consult_draft_scope (command->consult);
  g_autofree char *scope = corrects ? zq_consult_correction_scope (command->corrects) : g_strdup (thread_scope);
  g_autofree char *chain =
      corrects ? zq_command_mend_chain (command->consult, command->corrects) : g_strdup (thread_scope);
  gint64 not_before = command->delay > 0 ? zq_txn_now (txn) + command->delay : 0;
  g_autoptr (ZqConsultState) state = NULL;
  g_autofree char *files = NULL;
  g_autofree char *args = NULL;
  g_autofree char *basis = NULL;
  gint64 target, up_to;

  state = load_for_send (txn, command, !corrects && !command->aside && zq_files_in_draft (zq_txn_db (txn), scope) > 0,
                         error);
  if (state == NULL)
    return FALSE;

  command->made = zq_undo_new ();
  if (!corrects && !command->aside && !zq_files_upload (txn, state, scope, not_before, command->made, &files, error))
    return FALSE;
  args = send_args (txn, state, command, files);
  basis = zq_basis_new (zq_txn_db (txn), state->thread, command->message, state->status, zq_txn_now (txn));
  up_to = zq_command_seen_up_to (txn, state, command->message);
  target = zq_txn_create_local (txn, "Communication", NULL, error);
  /* A correction answers nobody. */
  if (target == 0 || (!corrects && !zq_command_note_reply (txn, state, target, error)))
    return FALSE;
  command->seq = zq_txn_add_intent (txn, "message", "send-message", target, args, basis, chain, not_before, error);
  zq_undo_add (command->made, state->id, command->seq, "send-message", NULL, NULL);

  return command->seq != 0 && (command->aside || zq_txn_set_draft (txn, scope, NULL, error)) &&
         zq_txn_audit (txn, corrects ? "correct" : "send-message", target, state->patient, error) &&
         (up_to == 0 || zq_command_mark_read (txn, state, up_to, error)) &&
         (command->tells == 0 || tell_behind (txn, command, target, not_before, error)) &&
         (command->outcome == NULL || close_behind (txn, command, target, not_before, error));
}

static char *
clean (const char *text)
{
  return text != NULL ? g_strchomp (g_utf8_make_valid (text, -1)) : NULL;
}

void
zq_consult_send_async (
    ZqStore *store, gint64 consult, const ZqReply *reply, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command;

  g_return_if_fail (reply != NULL);

  command = g_new0 (ZqCommand, 1);
  command->consult = consult;
  command->message = reply->seen_message;
  command->quote = reply->quote;
  command->corrects = reply->corrects;
  command->about = reply->about;
  command->tells = reply->tells;
  command->aside = reply->aside;
  command->delay = reply->delay_us;
  command->text = clean (reply->text != NULL ? reply->text : "");
  command->reason = clean (reply->reason);
  command->outcome = g_strdup (reply->outcome);
  zq_command_start (store, zq_consult_send_async, command, do_send, callback, data);
}

gint64
zq_consult_send_finish (ZqStore *store, GAsyncResult *result, ZqUndo **undo, GError **error)
{
  ZqCommand *command = g_task_get_task_data (G_TASK (result));

  if (undo != NULL)
    *undo = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return 0;
  if (undo != NULL)
    *undo = g_steal_pointer (&command->made);

  return command->seq;
}

/* --- withdraw ----------------------------------------------------------------------------------- */

/* Neither a second withdrawal, nor one of words whose correction would then stand alone. */
static gboolean
check_not_mended (ZqDb *db, gint64 message, GError **error)
{
  gint64 withdrawn = 0, withdrawal = 0, correction = 0;

  zq_db_get_int (db, &withdrawn, NULL, "SELECT withdrawn FROM message WHERE id = ?", "i", message);
  zq_db_get_int (db, &withdrawal, NULL, "SELECT 1 FROM intent WHERE target = ? AND action = 'withdraw'", "i", message);
  zq_db_get_int (db, &correction, NULL,
                 "SELECT 1 FROM message m JOIN intent i ON i.target = m.id WHERE m.reply_to = ? AND m.correction"
                 " AND i.action = 'send-message' LIMIT 1",
                 "i", message);
  if (withdrawn)
    return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_WITHDRAWN);
  if (withdrawal)
    return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_WITHDRAWAL_WAITS);
  if (correction)
    return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_CORRECTION_WAITS);

  return TRUE;
}

static gboolean
do_withdraw (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  ZqDb *db = zq_txn_db (txn);
  g_autoptr (ZqConsultState) state = NULL;
  g_autoptr (ZqRows) rows = NULL;
  g_autofree char *chain = NULL;
  gint64 consult = 0, is_read;

  if (!check_not_mended (db, command->message, error))
    return FALSE;
  rows = zq_db_query (db, error,
                      "SELECT c.id, EXISTS (SELECT 1 FROM read_mark r WHERE r.thread = m.thread AND r.by_patient"
                      "   AND r.up_to / 1000 >= m.sent / 1000) FROM message m JOIN consult c ON c.thread = m.thread"
                      " WHERE m.id = ? AND m.from_me AND NOT m.withdrawn AND NOT m.pending AND NOT m.note"
                      " ORDER BY c.final, c.id DESC LIMIT 1",
                      "i", command->message);
  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, NULL))
    return refuse (error, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_NO_MESSAGE);
  consult = zq_rows_int (rows, 0);
  is_read = zq_rows_int (rows, 1);
  g_clear_pointer (&rows, zq_rows_free);
  if (is_read)
    return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_READ_ALREADY);

  state = zq_command_load_for (txn, consult, "withdraw", error);
  if (state == NULL)
    return FALSE;
  chain = zq_command_mend_chain (consult, command->message);

  return zq_txn_add_intent (txn, "message", "withdraw", command->message, "{}", NULL, chain, 0, error) != 0 &&
         zq_txn_audit (txn, "withdraw", command->message, state->patient, error);
}

void
zq_message_withdraw_async (ZqStore *store, gint64 message, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->message = message;
  zq_command_start (store, zq_message_withdraw_async, command, do_withdraw, callback, data);
}

gboolean
zq_message_withdraw_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- internal notes ----------------------------------------------------------------------------- */

/* No patient stands in it anywhere. */
static char *
note_args (ZqTxn *txn, const ZqConsultState *state, const char *text)
{
  g_autofree char *task = zq_consult_reference (zq_txn_db (txn), state->id);
  GString *json = g_string_new ("{");

  zq_command_add_member (json, "text", text);
  zq_command_add_member (json, "task", task);
  zq_command_add_member (json, "department", zq_command_department (state, zq_txn_context (txn)));
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

static gboolean
do_note (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, command->consult, "note", error);
  g_autofree char *scope = zq_consult_note_scope (command->consult);
  g_autofree char *args = NULL;
  gint64 target;

  if (state == NULL)
    return FALSE;
  if (is_blank (command->text))
    return refuse (error, ZQ_CONSULT_ERROR_EMPTY, ZQ_REASON_EMPTY);

  args = note_args (txn, state, command->text);
  target = zq_txn_create_local (txn, "Communication", NULL, error);
  if (target == 0)
    return FALSE;
  /* A chain of its own: a reply that is held does not hold it. */
  command->seq = zq_txn_add_intent (txn, "internal-note", "write-note", target, args, NULL, scope, 0, error);

  return command->seq != 0 && zq_txn_set_draft (txn, scope, NULL, error) &&
         zq_txn_audit (txn, "write-note", target, state->patient, error);
}

void
zq_consult_note_async (ZqStore *store, gint64 consult, const char *text, GAsyncReadyCallback callback, gpointer data)
{
  ZqCommand *command = g_new0 (ZqCommand, 1);

  command->consult = consult;
  command->text = clean (text != NULL ? text : "");
  zq_command_start (store, zq_consult_note_async, command, do_note, callback, data);
}

gboolean
zq_consult_note_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
