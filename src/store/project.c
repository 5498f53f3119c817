/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

#include "base/id.h"
#include "resource/json.h"

const ZqResourceKind *
zq_store_match_kind (ZqStore *store, const char *type, JsonNode *node)
{
  for (guint i = 0; store->kinds != NULL && store->kinds[i] != NULL; i++)
    {
      const ZqResourceKind *kind = store->kinds[i];

      if (g_str_equal (kind->type, type) && (kind->claims == NULL || kind->claims (node)))
        return kind;
    }

  return NULL;
}

/* A kind says itself what it changed; where it does not, anything of the row may have. */
static void
announce (ZqTxn *txn, const ZqResourceKind *kind, gint64 id)
{
  if (!zq_changes_has_row (txn->changes, kind->name, id))
    zq_changes_add (txn->changes, kind->name, id, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);
}

gboolean
zq_resource_unproject (ZqTxn *txn, gint64 id, const char *name, GError **error)
{
  const ZqResourceKind *kind = zq_store_find_kind (txn->store, name);

  if (kind != NULL && kind->unproject != NULL)
    {
      if (!kind->unproject (txn, id, error))
        return FALSE;
      announce (txn, kind, id);
    }

  return zq_db_exec (txn->db, error, "UPDATE resource SET kind = NULL WHERE id = ?", "i", id);
}

/* What the disk does is no fault of the resource. */
static gboolean
is_fatal (const GError *error)
{
  return g_error_matches (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FULL) ||
         g_error_matches (error, ZQ_DB_ERROR, ZQ_DB_ERROR_CORRUPT) ||
         g_error_matches (error, ZQ_DB_ERROR, ZQ_DB_ERROR_BUSY);
}

gboolean
zq_resource_project (ZqTxn *txn, gint64 id, const ZqResourceKind *kind, gpointer parsed, char **reason, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (kind == NULL)
    return TRUE;

  if (!zq_db_exec (txn->db, error, "UPDATE resource SET kind = ? WHERE id = ? AND kind IS NOT ?1", "si", kind->name,
                   id) ||
      !zq_db_exec (txn->db, error, "SAVEPOINT project", ""))
    return FALSE;

  if (kind->project == NULL || kind->project (txn, id, parsed, &local))
    {
      announce (txn, kind, id);
      return zq_db_exec (txn->db, error, "RELEASE project", "");
    }

  if (is_fatal (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (local != NULL && local->domain == ZQ_DB_ERROR)
    g_warning ("The rows of a %s could not be made: %s", kind->name, local->message);
  *reason = g_strdup (local != NULL ? local->message : "it could not be shown");

  return zq_db_exec (txn->db, error, "ROLLBACK TO project", "") && zq_db_exec (txn->db, error, "RELEASE project", "");
}

gboolean
zq_resource_set_unreadable (ZqTxn *txn, gint64 id, const char *reason, GError **error)
{
  if (reason == NULL)
    {
      if (!zq_db_exec (txn->db, error, "DELETE FROM unreadable WHERE resource = ?", "i", id))
        return FALSE;
      if (zq_db_changes (txn->db) == 0)
        return TRUE;
      zq_txn_changed (txn, "unreadable", id, 0, ZQ_CHANGE_CONTENT);
      return zq_db_exec (txn->db, error, "UPDATE resource SET state = 'held' WHERE id = ? AND state = 'unreadable'",
                         "i", id);
    }

  zq_txn_changed (txn, "unreadable", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO unreadable (resource, type, server_id, reason, at)"
                     " SELECT id, type, server_id, ?, ? FROM resource WHERE id = ?"
                     " ON CONFLICT (resource) DO UPDATE SET reason = excluded.reason, at = excluded.at",
                     "sii", reason, txn->now, id) &&
         zq_db_exec (txn->db, error, "UPDATE resource SET state = 'unreadable' WHERE id = ?", "i", id);
}

/* A second server copy of what was made here once is not shown twice. */
static char *
find_first_copy (ZqTxn *txn, gint64 id, JsonNode *node)
{
  const char *local_id = zq_json_get_identifier (node, ZQ_SYSTEM_LOCAL_ID);

  if (local_id == NULL)
    return NULL;

  return zq_db_get_text (txn->db, NULL,
                         "SELECT 'duplicate of ' || o.type || '/' || o.server_id FROM resource o"
                         " JOIN resource r ON r.id = ? WHERE o.local_id = ? AND o.id <> r.id AND o.type = r.type"
                         " AND o.server_id IS NOT NULL",
                         "is", id, local_id);
}

/* @reason: (out): why there are no rows of it now. */
static gboolean
project_text (ZqTxn *txn, const ZqRow *row, const char *text, char **reason, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) node = zq_json_read (text, -1, &local);
  const ZqResourceKind *kind = node != NULL ? zq_store_match_kind (txn->store, row->type, node) : NULL;
  gpointer parsed = NULL;
  gboolean ok;

  if (node == NULL)
    *reason = g_strdup (local->message);
  else if ((*reason = find_first_copy (txn, row->id, node)) == NULL && kind != NULL && kind->parse != NULL)
    {
      parsed = kind->parse (node, txn->store->context, &local);
      if (parsed == NULL)
        *reason = g_strdup (local != NULL ? local->message : "it is not what this kind of record has to be");
    }

  if (row->kind != NULL && (*reason != NULL || kind == NULL || !g_str_equal (kind->name, row->kind)) &&
      !zq_resource_unproject (txn, row->id, row->kind, error))
    return FALSE;
  if (*reason != NULL)
    return TRUE;

  ok = zq_resource_project (txn, row->id, kind, parsed, reason, error);
  if (parsed != NULL && kind->parsed_free != NULL)
    kind->parsed_free (parsed);

  return ok;
}

static char *
get_text (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_get_text (
      txn->db, error, "SELECT zq_text (coalesce (local_json, server_json)) FROM resource_text WHERE id = ?", "i", id);
}

/* What the hospital has of it is asked for again, and taken whatever its version is. The rows made from it stay. */
static gboolean
set_damaged (ZqTxn *txn, gint64 id, const GError *damage, GError **error)
{
  return zq_resource_set_unreadable (txn, id, damage->message, error) &&
         zq_db_exec (txn->db, error,
                     "UPDATE resource SET state = 'wanted', version = NULL WHERE id = ? AND server_id IS NOT NULL", "i",
                     id);
}

gboolean
zq_resource_reproject (ZqTxn *txn, gint64 id, gboolean strict, GError **error)
{
  g_auto (ZqRow) row = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *reason = NULL;
  g_autoptr (GError) local = NULL;

  if (zq_row_get (txn->db, id, &row, &local) && !g_str_equal (row.state, "gone"))
    text = get_text (txn, id, &local);
  if (!strict && g_error_matches (local, ZQ_DB_ERROR, ZQ_DB_ERROR_TEXT))
    return set_damaged (txn, id, local, error);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (text == NULL)
    return TRUE;

  if (!project_text (txn, &row, text, &reason, error))
    return FALSE;
  if (reason != NULL && strict)
    {
      g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED, "This change would leave an unusable %s: %s", row.type,
                   reason);
      return FALSE;
    }

  return zq_resource_set_unreadable (txn, id, reason, error);
}

/* --- the local text --------------------------------------------------------------------------- */

/* Whether @intent's effect shows: not when it was to make what the hospital has by now (unless its
 * rule looks at that), nor when the hospital has said no to a change of something of its own. */
static gboolean
is_in_effect (ZqTxn *txn, const ZqIntent *intent, gboolean has_server_text)
{
  const ZqIntentRule *rule;

  if (!has_server_text)
    return TRUE;
  if (intent->state == ZQ_INTENT_REFUSED)
    return FALSE;
  if (!zq_intent_creates (txn->db, intent->seq))
    return TRUE;

  rule = zq_store_find_rule (txn->store, intent, NULL);

  return rule != NULL && rule->check != NULL;
}

static gboolean
apply_all (ZqTxn *txn, GPtrArray *intents, const char *server_text, char **text)
{
  gboolean any = FALSE;

  *text = g_strdup (server_text);
  for (guint i = 0; i < intents->len; i++)
    {
      ZqIntent *intent = g_ptr_array_index (intents, i);
      g_autoptr (GError) local = NULL;
      g_autofree char *next = NULL;

      if (!is_in_effect (txn, intent, server_text != NULL))
        continue;

      next = zq_intent_apply (txn, intent, *text, &local);
      if (next == NULL)
        {
          g_message ("Intent %" G_GINT64_FORMAT " does not fit the newest copy: %s", intent->seq, local->message);
          continue;
        }
      g_free (*text);
      *text = g_steal_pointer (&next);
      any = TRUE;
    }

  return any;
}

gboolean
zq_resource_recompute (ZqTxn *txn, gint64 id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) intents = zq_intent_list_of (txn->db, id, error);
  g_autofree char *server_text = NULL;
  g_autofree char *text = NULL;
  gboolean changed;

  if (intents == NULL)
    return FALSE;
  server_text =
      zq_db_get_text (txn->db, &local, "SELECT zq_text (server_json) FROM resource_text WHERE id = ?", "i", id);
  if (g_error_matches (local, ZQ_DB_ERROR, ZQ_DB_ERROR_TEXT))
    return set_damaged (txn, id, local, error);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  changed = apply_all (txn, intents, server_text, &text);
  if (changed || server_text != NULL)
    if (!zq_db_exec (txn->db, error, "UPDATE resource_text SET local_json = ? WHERE id = ?", "si",
                     changed ? text : NULL, id))
      return FALSE;

  return zq_resource_reproject (txn, id, FALSE, error);
}

gboolean
zq_resource_remove (ZqTxn *txn, gint64 id, GError **error)
{
  g_auto (ZqRow) row = { 0 };
  g_autoptr (GError) local = NULL;

  if (!zq_row_get (txn->db, id, &row, &local))
    {
      if (local == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (row.kind != NULL && !zq_resource_unproject (txn, id, row.kind, error))
    return FALSE;

  return zq_db_exec (txn->db, error, "DELETE FROM resource WHERE id = ?", "i", id);
}
