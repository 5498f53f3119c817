/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of something that waits, is held or was refused. */
#include "clinic/consult/command.h"
#include "clinic/consult/files.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "resource/json.h"
#include "resource/reference.h"
#include "store/draft.h"

#include <string.h>

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

/* What an intent names, "Communication/12" or "urn:uuid:…", where it is a @type; 0: none. */
static gint64
row_of (ZqDb *db, const char *type, const char *reference)
{
  g_autoptr (ZqReference) parsed = reference != NULL ? zq_reference_parse (reference, NULL) : NULL;
  gint64 row = 0;

  if (parsed == NULL || parsed->id == NULL)
    return 0;
  if (zq_reference_is (parsed, type))
    zq_db_get_int (db, &row, NULL, "SELECT id FROM resource WHERE type = ? AND server_id = ?", "ss", type, parsed->id);
  else if (parsed->type == NULL)
    zq_db_get_int (db, &row, NULL, "SELECT id FROM resource WHERE local_id = ?", "s", parsed->id);

  return row;
}

/* What was written as a correction, as a note, or as a reply. (transfer full) */
static char *
scope_of (ZqDb *db, const ZqIntent *intent, JsonNode *args)
{
  const char *corrects = zq_json_get_string (args, "corrects");

  return corrects != NULL ? zq_consult_correction_scope (row_of (db, "Communication", corrects))
                          : g_strdup (intent->chain);
}

/* But for what has been chosen since. */
static gboolean
restore_about (ZqTxn *txn, const char *scope, JsonNode *args, const ZqDraft *typed, GError **error)
{
  gboolean has_reason = typed->reason != NULL && *typed->reason != '\0';
  gint64 quote = typed->quote, tells = typed->tells;

  if (quote == 0)
    quote = row_of (zq_txn_db (txn), "Communication", zq_json_get_string (args, "quote"));
  if (tells == 0)
    tells = row_of (zq_txn_db (txn), "Task", zq_json_get_string (args, "tells"));

  return zq_txn_set_draft_about (txn, scope, quote, has_reason ? typed->reason : zq_json_get_string (args, "reason"),
                                 tells, error);
}

gboolean
zq_command_restore_draft (ZqTxn *txn, const ZqIntent *intent, const char *without, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *text = zq_json_get_string (args, "text");
  g_autofree char *scope = scope_of (zq_txn_db (txn), intent, args);
  g_autoptr (ZqDraft) typed = zq_draft_read (zq_txn_db (txn), scope);
  g_autofree char *whole = NULL;

  if (text == NULL)
    return TRUE;
  whole = *typed->body != '\0' ? g_strconcat (text, "\n", typed->body, NULL) : g_strdup (text);

  return zq_txn_set_draft (txn, scope, whole, error) && restore_about (txn, scope, args, typed, error) &&
         zq_files_take_back (txn, intent->chain, args, TRUE, without, error);
}

static gboolean
cancel (ZqTxn *txn, gint64 seq, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (zq_txn_cancel_intent (txn, seq, &local))
    return TRUE;
  if (g_error_matches (local, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE))
    g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_ON_ITS_WAY);
  else
    g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

/* Nothing is closed by "send and close" when nothing was sent. */
static gboolean
cancel_close (ZqTxn *txn, const ZqIntent *reply, GError **error)
{
  gint64 seq = 0;

  zq_db_get_int (zq_txn_db (txn), &seq, NULL,
                 "SELECT seq FROM intent WHERE chain = ? AND action = 'close' AND args ->> '$.with' = ?", "ss",
                 reply->chain, reply->target_local_id != NULL ? reply->target_local_id : "");

  return seq == 0 || cancel (txn, seq, error);
}

/* @as_draft: its words and files, but the file @without, are the draft again; else they go with it. */
static gboolean
end_words (ZqTxn *txn, const ZqIntent *intent, gboolean as_draft, const char *without, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);

  if (as_draft && !zq_command_restore_draft (txn, intent, without, error))
    return FALSE;
  if (!as_draft && !zq_files_take_back (txn, intent->chain, args, FALSE, NULL, error))
    return FALSE;

  return cancel_close (txn, intent, error) && cancel (txn, intent->seq, error);
}

/* The reply that a file on its way belongs to, or NULL. */
static ZqIntent *
reply_of (ZqTxn *txn, const ZqIntent *file)
{
  g_autofree char *url = g_strconcat ("urn:uuid:", file->target_local_id, NULL);
  gint64 seq = 0;

  zq_db_get_int (zq_txn_db (txn), &seq, NULL,
                 "SELECT seq FROM intent WHERE chain = ? AND action = 'send-message'"
                 " AND EXISTS (SELECT 1 FROM json_each (args, '$.files') f WHERE f.value ->> '$.url' = ?)",
                 "ss", file->chain, url);

  return seq != 0 ? zq_store_get_intent (zq_txn_db (txn), seq, NULL) : NULL;
}

static gboolean
has_words (const ZqIntent *intent)
{
  return g_str_equal (intent->action, "send-message") || g_str_equal (intent->action, "write-note");
}

/* A reply does not go without one of its files: it is a draft again. */
static gboolean
end_file (ZqTxn *txn, const ZqIntent *file, const char *without, GError **error)
{
  g_autoptr (ZqIntent) reply = reply_of (txn, file);

  return reply != NULL ? end_words (txn, reply, TRUE, without, error) : cancel (txn, file->seq, error);
}

static gboolean
do_take_back (ZqTxn *txn, gpointer data, GError **error)
{
  ZqCommand *command = data;
  g_autoptr (ZqIntent) intent = load_intent (txn, command->intent, error);
  gboolean ok;

  if (intent == NULL)
    return FALSE;
  if (has_words (intent))
    ok = end_words (txn, intent, TRUE, NULL, error);
  else if (g_str_equal (intent->action, "upload"))
    ok = end_file (txn, intent, NULL, error);
  else
    ok = cancel (txn, intent->seq, error);

  return ok && zq_txn_audit (txn, "take-back", intent->target, 0, error);
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
  gboolean ok;

  if (intent == NULL)
    return FALSE;
  if (has_words (intent))
    ok = end_words (txn, intent, FALSE, NULL, error);
  else if (g_str_equal (intent->action, "upload"))
    ok = end_file (txn, intent, intent->target_local_id, error);
  else
    ok = cancel (txn, intent->seq, error);

  return ok && zq_txn_audit (txn, "discard", intent->target, 0, error);
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
