/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

#include "resource/json.h"

static GPtrArray *
read_intents (ZqRows *rows, GError **error)
{
  g_autoptr (GPtrArray) intents = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_intent_free);
  g_autoptr (GError) local = NULL;

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (intents, zq_intent_new_from_rows (rows));
  if (local == NULL)
    return g_steal_pointer (&intents);

  g_propagate_error (error, g_steal_pointer (&local));

  return NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

GPtrArray *
zq_store_list_pushable (ZqDb *db, gint64 now_us, guint limit, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error,
                                         "SELECT " ZQ_INTENT_COLUMNS
                                         "WHERE i.seq = (SELECT min (h.seq) FROM intent h WHERE h.chain = i.chain)"
                                         " AND i.state IN (0, 1) AND i.not_before <= ? ORDER BY i.seq LIMIT ?",
                                         "ii", now_us, (gint64)limit);

  return read_intents (rows, error);
}

ZqIntent *
zq_store_get_pushable (ZqDb *db, const char *chain, gint64 now_us, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT " ZQ_INTENT_COLUMNS "WHERE i.seq = (SELECT min (seq) FROM intent WHERE chain = ?)"
                   " AND i.state IN (0, 1) AND i.not_before <= ?",
                   "si", chain, now_us);

  return rows != NULL && zq_rows_next (rows, error) ? zq_intent_new_from_rows (rows) : NULL;
}

GPtrArray *
zq_store_list_intents (ZqDb *db, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error, "SELECT " ZQ_INTENT_COLUMNS "ORDER BY i.seq", "");

  return read_intents (rows, error);
}

GPtrArray *
zq_intent_list_of (ZqDb *db, gint64 target, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT " ZQ_INTENT_COLUMNS "WHERE i.target = ? ORDER BY i.seq", "i", target);

  return read_intents (rows, error);
}

ZqIntent *
zq_store_get_intent (ZqDb *db, gint64 seq, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, error, "SELECT " ZQ_INTENT_COLUMNS "WHERE i.seq = ?", "i", seq);

  if (rows == NULL)
    return NULL;
  if (zq_rows_next (rows, &local))
    return zq_intent_new_from_rows (rows);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE,
                 "Entry %" G_GINT64_FORMAT " of the outbox is not there any more: it has gone out or was taken back",
                 seq);

  return NULL;
}

gint64
zq_store_next_not_before (ZqDb *db, gint64 now_us)
{
  gint64 at = 0;

  zq_db_get_int (db, &at, NULL, "SELECT min (not_before) FROM intent WHERE state IN (0, 1) AND not_before > ?", "i",
                 now_us);

  return at;
}

gboolean
zq_intent_creates (ZqDb *db, gint64 seq)
{
  gint64 creates = 0;

  zq_db_get_int (db, &creates, NULL, "SELECT creates FROM intent WHERE seq = ?", "i", seq);

  return creates != 0;
}

const ZqIntentRule *
zq_store_find_rule (ZqStore *self, const ZqIntent *intent, GError **error)
{
  const ZqResourceKind *kind = zq_store_find_kind (self, intent->kind);

  for (guint i = 0; kind != NULL && kind->rules != NULL && kind->rules[i].action != NULL; i++)
    if (g_str_equal (kind->rules[i].action, intent->action))
      return &kind->rules[i];

  g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED, "This version of the program does not know how to %s a %s",
               intent->action, intent->kind);

  return NULL;
}

/* --- effect ----------------------------------------------------------------------------------- */

char *
zq_intent_apply (ZqTxn *txn, const ZqIntent *intent, const char *text, GError **error)
{
  const ZqIntentRule *rule = zq_store_find_rule (txn->store, intent, error);
  g_autoptr (JsonNode) current = NULL;
  g_autoptr (ZqEdits) edits = NULL;

  if (rule == NULL)
    return NULL;
  if (text != NULL && (current = zq_json_read (text, -1, error)) == NULL)
    return NULL;

  edits = zq_edits_new ();
  if (!rule->apply (intent, current, txn->store->context, edits, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED, "It is not possible to %s this %s", intent->action,
                     intent->kind);
      return NULL;
    }

  return zq_edits_apply (edits, txn->db, text != NULL ? text : "{}", error);
}

static gboolean
show_effect (ZqTxn *txn, const ZqIntent *intent, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *current = zq_db_get_text (
      txn->db, &local, "SELECT zq_text (coalesce (local_json, server_json)) FROM resource_text WHERE id = ?", "i",
      intent->target);
  g_autofree char *text = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  text = zq_intent_apply (txn, intent, current, error);

  return text != NULL &&
         zq_db_exec (txn->db, error, "UPDATE resource_text SET local_json = ? WHERE id = ?", "si", text,
                     intent->target) &&
         zq_resource_reproject (txn, intent->target, TRUE, error);
}

static gboolean
get_target (ZqTxn *txn, gint64 target, ZqRow *row, GError **error)
{
  GError *local = NULL;

  if (!zq_row_get (txn->db, target, row, &local))
    {
      if (local != NULL)
        g_propagate_error (error, local);
      else
        g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "Row %" G_GINT64_FORMAT " is not there any more",
                     target);
      return FALSE;
    }
  if (row->has_text || g_str_equal (row->state, "local"))
    return TRUE;

  g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, "The %s %s has not come from the hospital yet", row->type,
               row->server_id);

  return FALSE;
}

gint64
zq_txn_add_intent (ZqTxn *txn,
                   const char *kind,
                   const char *action,
                   gint64 target,
                   const char *args,
                   const char *basis,
                   const char *chain,
                   gint64 not_before,
                   GError **error)
{
  g_autofree char *own_chain = g_strdup_printf ("resource/%" G_GINT64_FORMAT, target);
  g_auto (ZqRow) row = { 0 };
  g_autoptr (ZqIntent) intent = NULL;
  const char *policy = txn->store->policy_version != NULL ? txn->store->policy_version (txn->store->context) : NULL;
  gint64 seq;

  if (!get_target (txn, target, &row, error))
    return 0;

  if (!zq_db_exec (txn->db, error,
                   "INSERT INTO intent (kind, action, target, args, basis, chain, not_before, created, policy, creates)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                   " ?10 AND NOT EXISTS (SELECT 1 FROM intent WHERE target = ?3))",
                   "ssisssiisi", kind, action, target, args != NULL ? args : "{}", basis,
                   chain != NULL ? chain : own_chain, not_before, txn->now, policy, (gint64)(row.server_id == NULL)))
    return 0;
  seq = zq_db_last_insert_id (txn->db);
  zq_txn_changed (txn, "outbox", seq, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);

  intent = zq_store_get_intent (txn->db, seq, error);
  if (intent == NULL || !show_effect (txn, intent, error))
    return 0;

  return seq;
}

/* --- taking back, letting go ------------------------------------------------------------------ */

gboolean
zq_intent_delete (ZqTxn *txn, const ZqIntent *intent, GError **error)
{
  zq_txn_changed (txn, "outbox", intent->seq, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);

  return zq_db_exec (txn->db, error, "DELETE FROM intent WHERE seq = ?", "i", intent->seq);
}

static gboolean
after_cancel (ZqTxn *txn, const ZqIntent *intent, gboolean created, GError **error)
{
  gint64 left = 0;
  GError *local = NULL;

  zq_db_get_int (txn->db, &left, &local, "SELECT count (*) FROM intent WHERE target = ?", "i", intent->target);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }

  if (intent->target_server_id == NULL && created && left == 0)
    return zq_resource_remove (txn, intent->target, error);
  if (intent->target_server_id == NULL && created &&
      !zq_db_exec (txn->db, error,
                   "UPDATE intent SET creates = 1 WHERE seq = (SELECT min (seq) FROM intent WHERE target = ?)", "i",
                   intent->target))
    return FALSE;

  return zq_resource_recompute (txn, intent->target, error);
}

gboolean
zq_txn_cancel_intent (ZqTxn *txn, gint64 seq, GError **error)
{
  g_autoptr (ZqIntent) intent = zq_store_get_intent (txn->db, seq, error);
  gboolean created;

  if (intent == NULL)
    return FALSE;
  if (intent->state == ZQ_INTENT_SENDING)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE,
                           "It is on its way to the hospital and cannot be taken back now");
      return FALSE;
    }

  created = zq_intent_creates (txn->db, seq);
  if (created && intent->target_server_id != NULL)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE,
                           "It has reached the hospital and cannot be taken back now");
      return FALSE;
    }

  return zq_intent_delete (txn, intent, error) && after_cancel (txn, intent, created, error);
}

gboolean
zq_txn_release_intent (ZqTxn *txn, gint64 seq, const char *basis, GError **error)
{
  g_autoptr (ZqIntent) intent = zq_store_get_intent (txn->db, seq, error);

  if (intent == NULL)
    return FALSE;
  if (intent->state != ZQ_INTENT_HELD && intent->state != ZQ_INTENT_REFUSED)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, "It is on its way already");
      return FALSE;
    }
  zq_txn_changed (txn, "outbox", seq, 0, ZQ_CHANGE_CONTENT);

  /* What was to make something and has been tried may have arrived: SENDING has it searched for first. */
  return zq_db_exec (txn->db, error,
                     "UPDATE intent SET state = creates AND sent > 0, error = NULL, not_before = 0,"
                     " basis = coalesce (?, basis) WHERE seq = ?",
                     "si", basis, seq) &&
         zq_resource_recompute (txn, intent->target, error);
}

gint64
zq_txn_find_intent (ZqTxn *txn, gint64 target, const char *action, GError **error)
{
  gint64 seq = 0;

  zq_db_get_int (txn->db, &seq, error,
                 "SELECT seq FROM intent WHERE target = ? AND action = ? AND state <> 1 ORDER BY seq DESC LIMIT 1",
                 "is", target, action);

  return seq;
}
