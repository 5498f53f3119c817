/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-reasons.h"
#include "store/store-private.h"

#include "base/id.h"
#include "resource/json.h"
#include "resource/reference.h"

#define WAITS    "waits for something that is not sent yet"
#define WAITS_US (G_GINT64_CONSTANT (60) * 1000 * 1000)
/* No server's wish to be left alone is taken for longer than that. */
#define LONGEST_US (60 * WAITS_US)

#define NOT_OURS "The hospital answered with something else. Please look whether it has arrived."

void
zq_push_free (ZqPush *self)
{
  if (self == NULL)
    return;

  g_free (self->reason);
  zq_intent_free (self->intent);
  g_free (self->path);
  g_free (self->if_match);
  g_free (self->if_none_exist);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->content_key);
  g_free (self->content_type);
  g_free (self->security_context);
  g_free (self);
}

/* --- states ----------------------------------------------------------------------------------- */

static gboolean
set_state (
    ZqTxn *txn, const ZqIntent *intent, ZqIntentState state, const char *reason, gint64 not_before, GError **error)
{
  zq_txn_changed (txn, "outbox", intent->seq, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (txn->db, error, "UPDATE intent SET state = ?, error = ?, not_before = ? WHERE seq = ?", "isii",
                     (gint64)state, reason, not_before, intent->seq) &&
         zq_resource_recompute (txn, intent->target, error);
}

gboolean
zq_intent_wake (ZqTxn *txn, GError **error)
{
  if (!zq_db_exec (txn->db, error, "UPDATE intent SET not_before = 0, error = NULL WHERE state IN (0, 1) AND error = ?",
                   "s", WAITS))
    return FALSE;
  if (zq_db_changes (txn->db) > 0)
    zq_txn_changed (txn, "outbox", 0, 0, ZQ_CHANGE_CONTENT);

  return TRUE;
}

gboolean
zq_intent_wake_late (ZqTxn *txn, GError **error)
{
  if (!zq_db_exec (txn->db, error,
                   "UPDATE intent SET not_before = 0 WHERE state IN (0, 1) AND error IS NOT NULL"
                   " AND not_before > ?1 + iif (error = ?2, ?3, ?4)",
                   "isii", txn->now, WAITS, WAITS_US, LONGEST_US))
    return FALSE;
  if (zq_db_changes (txn->db) > 0)
    zq_txn_changed (txn, "outbox", 0, 0, ZQ_CHANGE_CONTENT);

  return TRUE;
}

/* A server that overlooks a search parameter or a condition answers with somebody else's. A file has no identifier: it
 * is taken at the server's word. */
static gboolean
is_ours (ZqTxn *txn, const ZqItem *item, const ZqIntent *intent)
{
  const ZqIntentRule *rule = zq_store_find_rule (txn->store, intent, NULL);

  if (item->id == NULL || g_strcmp0 (item->type, intent->target_type) != 0)
    return FALSE;
  if (intent->target_server_id != NULL)
    return g_str_equal (item->id, intent->target_server_id);
  if (rule != NULL && (rule->content != NULL || rule->unidentified))
    return TRUE;

  return intent->target_local_id != NULL && g_strcmp0 (item->local_id, intent->target_local_id) == 0;
}

/* Something that was to be made is not made again by itself: a server that drops its key would be told
 * for ever. A change is: whether it stands there already is seen before. */
static gboolean
doubt (ZqTxn *txn, const ZqIntent *intent, GError **error)
{
  if (intent->target_server_id == NULL)
    return set_state (txn, intent, ZQ_INTENT_HELD, NOT_OURS, 0, error);

  return set_state (txn, intent, ZQ_INTENT_SENDING, NOT_OURS, txn->now + WAITS_US, error);
}

/* @answer: what the hospital has made of it, or NULL. */
static gboolean
finish (ZqTxn *txn, const ZqIntent *intent, ZqItem *answer, GError **error)
{
  const ZqIntentRule *rule = zq_store_find_rule (txn->store, intent, NULL);
  g_autoptr (ZqIntent) done = zq_intent_copy (intent);
  ZqTaken taken;

  if (!zq_intent_delete (txn, intent, error) ||
      (answer != NULL && !zq_resource_take (txn, answer, intent->target, &taken, error)) ||
      !zq_resource_recompute (txn, intent->target, error) || !zq_intent_wake (txn, error))
    return FALSE;

  if (done->target_server_id == NULL)
    done->target_server_id =
        zq_db_get_text (txn->db, NULL, "SELECT server_id FROM resource WHERE id = ?", "i", intent->target);
  if (rule != NULL && rule->pushed != NULL && !rule->pushed (txn, done, error))
    return FALSE;

  return zq_txn_audit (txn, "sent", intent->target, 0, error);
}

/* --- looking at it ---------------------------------------------------------------------------- */

typedef struct
{
  /* input */
  gint64 seq;

  /* in progress */
  ZqRow row;
  gboolean creates;
  char *server_text;
  char *body;

  /* output */
  ZqPush *push;
} Prepare;

static void
prepare_free (Prepare *prepare)
{
  zq_row_clear (&prepare->row);
  g_free (prepare->server_text);
  g_free (prepare->body);
  zq_push_free (prepare->push);
  g_free (prepare);
}

static gboolean
is_head (ZqTxn *txn, const ZqIntent *intent)
{
  gint64 head = 0;

  zq_db_get_int (txn->db, &head, NULL, "SELECT min (seq) FROM intent WHERE chain = ?", "s", intent->chain);

  return head == intent->seq;
}

static ZqVerdict
judge (ZqTxn *txn, Prepare *prepare, char **reason)
{
  const ZqIntent *intent = prepare->push->intent;
  g_autoptr (GError) local = NULL;
  const ZqIntentRule *rule = zq_store_find_rule (txn->store, intent, &local);
  gboolean gone = g_str_equal (prepare->row.state, "gone");
  g_autoptr (JsonNode) fresh = NULL;
  ZqVerdict verdict = ZQ_VERDICT_GO;

  if (rule == NULL)
    {
      *reason = g_strdup (local->message);
      return ZQ_VERDICT_HELD;
    }
  /* Bytes go up once and are never changed. */
  if (rule->content != NULL && prepare->row.server_id != NULL)
    return ZQ_VERDICT_DONE;
  if (prepare->creates && prepare->row.server_id != NULL)
    {
      if (rule->check == NULL)
        return ZQ_VERDICT_DONE;
      prepare->creates = FALSE;
    }
  if (!is_head (txn, intent) || (!prepare->creates && prepare->server_text == NULL))
    return ZQ_VERDICT_LATER;

  if (prepare->server_text != NULL && !gone)
    fresh = zq_json_read (prepare->server_text, -1, NULL);
  if (rule->check != NULL)
    verdict = rule->check (txn->db, intent, fresh, txn->store->context, reason);
  if (verdict == ZQ_VERDICT_GO && fresh == NULL && !prepare->creates)
    {
      *reason = g_strdup ("the hospital does not show it any more");
      verdict = ZQ_VERDICT_REFUSED;
    }

  return verdict;
}

/* --- its body --------------------------------------------------------------------------------- */

/* FALSE: something that it refers to has no name at the hospital yet. */
static gboolean
name_reference (ZqTxn *txn, ZqEdits *edits, const char *path, const char *value, GError **error)
{
  g_autoptr (ZqReference) reference = zq_reference_parse (value, NULL);
  g_autoptr (GError) local = NULL;
  g_autofree char *named = NULL;

  if (reference == NULL || reference->id == NULL)
    return TRUE;

  named = zq_db_get_text (txn->db, &local,
                          "SELECT type || '/' || server_id FROM resource WHERE local_id = ? AND server_id IS NOT NULL",
                          "s", reference->id);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  if (named == NULL)
    return FALSE;

  zq_edits_set_string (edits, path, named);

  return TRUE;
}

static gboolean
name_references (ZqTxn *txn, char **body, gboolean *complete, GError **error)
{
  g_autoptr (ZqEdits) edits = zq_edits_new ();
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (txn->db, error,
                                         "SELECT fullkey, value FROM json_tree (?) WHERE key IN ('reference', 'url')"
                                         " AND type = 'text' AND value LIKE 'urn:uuid:%'",
                                         "s", *body);
  char *named;

  if (rows == NULL)
    return FALSE;

  *complete = TRUE;
  while (local == NULL && zq_rows_next (rows, &local))
    if (!name_reference (txn, edits, zq_rows_text (rows, 0), zq_rows_text (rows, 1), &local))
      *complete = FALSE;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!*complete || zq_edits_get_length (edits) == 0)
    return TRUE;

  named = zq_edits_apply (edits, txn->db, *body, error);
  if (named == NULL)
    return FALSE;
  g_free (*body);
  *body = named;

  return TRUE;
}

/* What is a file at the hospital: its bytes lie elsewhere. */
static void
find_content (ZqTxn *txn, Prepare *prepare, ZqVerdict *verdict, char **reason)
{
  ZqPush *push = prepare->push;
  const ZqIntentRule *rule = zq_store_find_rule (txn->store, push->intent, NULL);

  if (rule == NULL || rule->content == NULL || !prepare->creates)
    return;
  push->content_key = rule->content (txn->db, push->intent, &push->content_type, &push->security_context);
  if (push->content_key != NULL)
    return;
  *verdict = ZQ_VERDICT_HELD;
  *reason = g_strdup (ZQ_ATTACHMENT_REASON_LOST);
}

static gboolean
make_body (ZqTxn *txn, Prepare *prepare, ZqVerdict *verdict, char **reason, GError **error)
{
  ZqIntent *intent = prepare->push->intent;
  g_autoptr (GError) local = NULL;
  gboolean complete = FALSE;

  if (intent->sent == 0)
    intent->sent = txn->now;
  intent->attempts++;
  intent->state = ZQ_INTENT_SENDING;

  prepare->body = zq_intent_apply (txn, intent, prepare->creates ? NULL : prepare->server_text, &local);
  if (prepare->body == NULL)
    {
      *verdict = ZQ_VERDICT_HELD;
      *reason = g_strdup (local->message);
      return TRUE;
    }
  if (!name_references (txn, &prepare->body, &complete, error))
    return FALSE;
  if (!complete)
    *verdict = ZQ_VERDICT_LATER;
  else
    find_content (txn, prepare, verdict, reason);

  return TRUE;
}

static void
address (ZqTxn *txn, Prepare *prepare)
{
  ZqPush *push = prepare->push;
  const ZqIntentRule *rule = zq_store_find_rule (txn->store, push->intent, NULL);
  const ZqRow *row = &prepare->row;
  gsize length = strlen (prepare->body);

  push->body = g_bytes_new_take (g_steal_pointer (&prepare->body), length);
  if (prepare->creates)
    {
      push->method = "POST";
      push->path = g_strdup (row->type);
      if (push->content_key == NULL && (rule == NULL || !rule->unidentified))
        push->if_none_exist = g_strdup_printf ("identifier=%s|%s", ZQ_SYSTEM_LOCAL_ID, row->local_id);
      return;
    }

  push->method = "PUT";
  push->path = g_strdup_printf ("%s/%s", row->type, row->server_id);
  push->if_match = row->version != NULL ? g_strdup_printf ("W/\"%s\"", row->version) : NULL;
}

static gboolean
mark_sending (ZqTxn *txn, Prepare *prepare, GError **error)
{
  const ZqIntent *intent = prepare->push->intent;

  zq_txn_changed (txn, "outbox", intent->seq, 0, ZQ_CHANGE_CONTENT);
  address (txn, prepare);

  return zq_db_exec (txn->db, error,
                     "UPDATE intent SET state = 1, attempts = ?, sent = ?, error = NULL, not_before = 0 WHERE seq = ?",
                     "iii", (gint64)intent->attempts, intent->sent, intent->seq) &&
         zq_resource_recompute (txn, intent->target, error);
}

static gboolean
conclude (ZqTxn *txn, Prepare *prepare, ZqIntentState state, ZqVerdict verdict, char *reason, GError **error)
{
  const ZqIntent *intent = prepare->push->intent;

  prepare->push->verdict = verdict;
  prepare->push->reason = reason;

  switch (verdict)
    {
    case ZQ_VERDICT_GO:
      return mark_sending (txn, prepare, error);
    case ZQ_VERDICT_DONE:
      return finish (txn, intent, NULL, error);
    case ZQ_VERDICT_HELD:
      return set_state (txn, intent, ZQ_INTENT_HELD, reason, 0, error);
    case ZQ_VERDICT_REFUSED:
      return set_state (txn, intent, ZQ_INTENT_REFUSED, reason, 0, error);
    case ZQ_VERDICT_LATER:
    default:
      if (!is_head (txn, intent))
        return TRUE;
      return set_state (txn, intent, state, WAITS, txn->now + WAITS_US, error);
    }
}

static gboolean
prepare_push (ZqTxn *txn, gpointer data, GError **error)
{
  Prepare *prepare = data;
  g_autoptr (GError) local = NULL;
  char *reason = NULL;
  ZqIntentState state;
  ZqVerdict verdict;
  ZqIntent *intent;

  prepare->push = g_new0 (ZqPush, 1);
  intent = prepare->push->intent = zq_store_get_intent (txn->db, prepare->seq, error);
  if (intent == NULL)
    return FALSE;
  state = intent->state;
  if (state != ZQ_INTENT_WAITING && state != ZQ_INTENT_SENDING)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE,
                           "It is held or refused: the doctor has to look");
      return FALSE;
    }

  prepare->push->retry = state == ZQ_INTENT_SENDING;
  prepare->creates = zq_intent_creates (txn->db, intent->seq);
  if (zq_row_get (txn->db, intent->target, &prepare->row, &local))
    prepare->server_text = zq_db_get_text (
        txn->db, &local, "SELECT zq_text (server_json) FROM resource_text WHERE id = ?", "i", intent->target);
  /* It comes again by itself. */
  if (g_error_matches (local, ZQ_DB_ERROR, ZQ_DB_ERROR_TEXT))
    return zq_resource_recompute (txn, intent->target, error) &&
           conclude (txn, prepare, state, ZQ_VERDICT_LATER, NULL, error);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  verdict = judge (txn, prepare, &reason);
  if (verdict == ZQ_VERDICT_GO && !make_body (txn, prepare, &verdict, &reason, error))
    return FALSE;

  return conclude (txn, prepare, state, verdict, reason, error);
}

void
zq_store_prepare_push_async (ZqStore *self, gint64 seq, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Prepare *prepare = g_new0 (Prepare, 1);

  prepare->seq = seq;
  g_task_set_source_tag (task, zq_store_prepare_push_async);
  g_task_set_task_data (task, prepare, (GDestroyNotify)prepare_free);
  zq_store_write_task (self, ZQ_PRIORITY_SYNC, prepare_push, task);
}

ZqPush *
zq_store_prepare_push_finish (ZqStore *self, GAsyncResult *result, GError **error)
{
  Prepare *prepare;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  prepare = g_task_get_task_data (G_TASK (result));

  return g_steal_pointer (&prepare->push);
}

/* --- what became of it ------------------------------------------------------------------------ */

typedef struct
{
  gint64 seq;
  ZqPushOutcome outcome;
  GBytes *resource;
  char *reason;
  gint64 not_before;
  gboolean unclear;
} Settle;

static void
settle_free (Settle *settle)
{
  g_clear_pointer (&settle->resource, g_bytes_unref);
  g_free (settle->reason);
  g_free (settle);
}

static gboolean
settle_done (ZqTxn *txn, const ZqIntent *intent, GBytes *resource, GError **error)
{
  g_autoptr (ZqItem) answer = NULL;

  if (resource == NULL)
    return finish (txn, intent, NULL, error);

  answer = zq_item_parse (txn->store, g_bytes_get_data (resource, NULL), g_bytes_get_size (resource));

  return is_ours (txn, answer, intent) ? finish (txn, intent, answer, error) : doubt (txn, intent, error);
}

static gboolean
settle_push (ZqTxn *txn, gpointer data, GError **error)
{
  Settle *settle = data;
  g_autoptr (ZqIntent) intent = zq_store_get_intent (txn->db, settle->seq, error);

  if (intent == NULL)
    return FALSE;

  switch (settle->outcome)
    {
    case ZQ_PUSH_DONE:
      return settle_done (txn, intent, settle->resource, error);
    case ZQ_PUSH_REFUSED:
      return set_state (txn, intent, ZQ_INTENT_REFUSED, settle->reason, 0, error);
    case ZQ_PUSH_HELD:
      return set_state (txn, intent, ZQ_INTENT_HELD, settle->reason, 0, error);
    case ZQ_PUSH_LATER:
    default:
      return set_state (txn, intent, settle->unclear ? ZQ_INTENT_SENDING : ZQ_INTENT_WAITING, settle->reason,
                        settle->not_before, error);
    }
}

void
zq_store_settle_push_async (ZqStore *self,
                            gint64 seq,
                            ZqPushOutcome outcome,
                            GBytes *resource,
                            const char *reason,
                            gint64 not_before,
                            gboolean unclear,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Settle *settle = g_new0 (Settle, 1);

  settle->seq = seq;
  settle->outcome = outcome;
  settle->resource = resource != NULL ? g_bytes_ref (resource) : NULL;
  settle->reason = g_strdup (reason);
  settle->not_before = not_before;
  settle->unclear = unclear;
  g_task_set_source_tag (task, zq_store_settle_push_async);
  g_task_set_task_data (task, settle, (GDestroyNotify)settle_free);
  zq_store_write_task (self, ZQ_PRIORITY_SYNC, settle_push, task);
}

gboolean
zq_store_settle_push_finish (ZqStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
