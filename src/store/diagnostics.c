/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

static gboolean
finish_rows (GError *local, GError **error)
{
  if (local == NULL)
    return TRUE;

  g_propagate_error (error, local);

  return FALSE;
}

/* The first column of every row. */
static GPtrArray *
list_texts (ZqRows *rows, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  GError *local = NULL;

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (texts, g_strdup (zq_rows_text (rows, 0)));

  return finish_rows (local, error) ? g_steal_pointer (&texts) : NULL;
}

GPtrArray *
zq_store_list_wanted (ZqDb *db, const char *type, guint limit, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error, "SELECT server_id FROM resource WHERE state = 'wanted' AND type = ? ORDER BY id DESC LIMIT ?", "si",
      type, (gint64)limit);

  return list_texts (rows, error);
}

GPtrArray *
zq_store_list_wanted_types (ZqDb *db, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT DISTINCT type FROM resource WHERE state = 'wanted' ORDER BY type", "");

  return list_texts (rows, error);
}

GPtrArray *
zq_store_count_types (ZqDb *db, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error,
                                         "SELECT type || char (9) || count (*) FROM resource"
                                         " WHERE state IN ('held', 'unreadable') GROUP BY type ORDER BY type",
                                         "");

  return list_texts (rows, error);
}

gboolean
zq_store_count_session (ZqDb *db, ZqSessionCounts *counts, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, error,
                                         "SELECT (SELECT count (*) FROM intent WHERE state IN (0, 1)),"
                                         " (SELECT count (*) FROM intent WHERE state = 2),"
                                         " (SELECT count (*) FROM intent WHERE state = 3),"
                                         " (SELECT count (*) FROM unreadable)",
                                         "");

  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, &local))
    {
      counts->waiting = zq_rows_int (rows, 0);
      counts->held = zq_rows_int (rows, 1);
      counts->refused = zq_rows_int (rows, 2);
      counts->unreadable = zq_rows_int (rows, 3);
    }

  return finish_rows (local, error);
}

void
zq_unreadable_free (ZqUnreadable *self)
{
  if (self == NULL)
    return;

  g_free (self->type);
  g_free (self->server_id);
  g_free (self->reason);
  g_free (self);
}

GPtrArray *
zq_store_list_unreadable (ZqDb *db, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_unreadable_free);
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error, "SELECT id, type, server_id, reason, at FROM unreadable ORDER BY id DESC LIMIT ?", "i", (gint64)limit);
  GError *local = NULL;

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    {
      ZqUnreadable *one = g_new0 (ZqUnreadable, 1);

      one->id = zq_rows_int (rows, 0);
      one->type = g_strdup (zq_rows_text (rows, 1));
      one->server_id = g_strdup (zq_rows_text (rows, 2));
      one->reason = g_strdup (zq_rows_text (rows, 3));
      one->at = zq_rows_int (rows, 4);
      g_ptr_array_add (list, one);
    }

  return finish_rows (local, error) ? g_steal_pointer (&list) : NULL;
}

gboolean
zq_store_get_texts (
    ZqDb *db, const char *type, const char *server_id, char **server_json, char **local_json, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, error,
                                         "SELECT zq_text (t.server_json), zq_text (t.local_json) FROM resource r"
                                         " JOIN resource_text t ON t.id = r.id WHERE r.type = ? AND r.server_id = ?",
                                         "ss", type, server_id);

  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, &local))
    {
      if (finish_rows (local, error))
        g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "%s/%s is not held", type, server_id);
      return FALSE;
    }

  if (server_json != NULL)
    *server_json = g_strdup (zq_rows_text (rows, 0));
  if (local_json != NULL)
    *local_json = g_strdup (zq_rows_text (rows, 1));

  return TRUE;
}

char *
zq_store_get_setting (ZqDb *db, const char *name)
{
  return zq_db_get_text (db, NULL, "SELECT value FROM setting WHERE name = ?", "s", name);
}

/* --- what the hospital does not show ---------------------------------------------------------- */

typedef struct
{
  char *type;
  char *server_id;
  char *why;
} Gone;

static void
gone_free (Gone *gone)
{
  g_free (gone->type);
  g_free (gone->server_id);
  g_free (gone->why);
  g_free (gone);
}

static gboolean
set_gone (ZqTxn *txn, gpointer data, GError **error)
{
  Gone *gone = data;
  g_auto (ZqRow) row = { 0 };
  GError *local = NULL;

  if (!zq_row_find (txn->db, gone->type, gone->server_id, &row, &local))
    return finish_rows (local, error);

  if (row.kind != NULL && !zq_resource_unproject (txn, row.id, row.kind, error))
    return FALSE;

  return zq_resource_set_unreadable (txn, row.id, NULL, error) &&
         zq_db_exec (txn->db, error, "UPDATE resource SET state = 'gone', note = ? WHERE id = ?", "si", gone->why,
                     row.id);
}

void
zq_store_set_gone_async (ZqStore *self,
                         const char *type,
                         const char *server_id,
                         const char *why,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Gone *gone = g_new0 (Gone, 1);

  gone->type = g_strdup (type);
  gone->server_id = g_strdup (server_id);
  gone->why = g_strdup (why);
  zq_store_write_async (self, ZQ_PRIORITY_SYNC, set_gone, gone, (GDestroyNotify)gone_free, callback, user_data);
}

/* --- what cannot be fetched --------------------------------------------------------------------- */

static gboolean
find_or_make_row (ZqTxn *txn, const Gone *which, ZqRow *row, GError **error)
{
  GError *local = NULL;

  if (zq_row_find (txn->db, which->type, which->server_id, row, &local))
    return TRUE;
  if (!finish_rows (local, error) ||
      !zq_db_exec (txn->db, error, "INSERT INTO resource (type, server_id, state) VALUES (?, ?, 'stub')", "ss",
                   which->type, which->server_id))
    return FALSE;
  row->id = zq_db_last_insert_id (txn->db);
  return TRUE;
}

static gboolean
set_unreadable (ZqTxn *txn, gpointer data, GError **error)
{
  const Gone *which = data;
  g_auto (ZqRow) row = { 0 };

  return find_or_make_row (txn, which, &row, error) && zq_resource_set_unreadable (txn, row.id, which->why, error) &&
         (!row.has_text ||
          zq_db_exec (txn->db, error, "UPDATE resource SET state = ? WHERE id = ?", "si", row.state, row.id));
}

void
zq_store_set_unreadable_async (ZqStore *self,
                               const char *type,
                               const char *server_id,
                               const char *reason,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Gone *which = g_new0 (Gone, 1);

  which->type = g_strdup (type);
  which->server_id = g_strdup (server_id);
  which->why = g_strdup (reason);
  zq_store_write_async (self, ZQ_PRIORITY_SYNC, set_unreadable, which, (GDestroyNotify)gone_free, callback, user_data);
}

/* --- answers that were no FHIR ---------------------------------------------------------------- */

typedef struct
{
  char *name;
  char *reason;
} Page;

static void
page_free (Page *page)
{
  g_free (page->name);
  g_free (page->reason);
  g_free (page);
}

static gboolean
note_page (ZqTxn *txn, gpointer data, GError **error)
{
  Page *page = data;
  g_autofree char *hash = g_strconcat ("page:", page->name, NULL);

  if (page->reason == NULL && !zq_db_exec (txn->db, error, "DELETE FROM unreadable WHERE hash = ?", "s", hash))
    return FALSE;
  if (page->reason != NULL && !zq_db_exec (txn->db, error,
                                           "INSERT INTO unreadable (type, server_id, reason, at, hash)"
                                           " VALUES ('Bundle', ?, ?, ?, ?)"
                                           " ON CONFLICT (hash) DO UPDATE SET reason = excluded.reason",
                                           "ssis", page->name, page->reason, txn->now, hash))
    return FALSE;
  if (zq_db_changes (txn->db) > 0)
    zq_txn_changed (txn, "unreadable", 0, 0, ZQ_CHANGE_CONTENT);
  return TRUE;
}

void
zq_store_note_page_async (
    ZqStore *self, const char *name, const char *reason, GAsyncReadyCallback callback, gpointer user_data)
{
  Page *page = g_new0 (Page, 1);

  page->name = g_strdup (name);
  page->reason = g_strdup (reason);
  zq_store_write_async (self, ZQ_PRIORITY_SYNC, note_page, page, (GDestroyNotify)page_free, callback, user_data);
}
