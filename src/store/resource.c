/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

/* Whose earlier texts are kept: what a doctor may have acted on. */
static const char *const KEPT_TYPES[] = { "DiagnosticReport", "Observation", "Communication", NULL };

#define ROW_COLUMNS                                                                                                    \
  "SELECT r.id, r.type, r.server_id, r.local_id, r.version, r.last_updated, r.state, r.kind,"                          \
  " t.server_json IS NOT NULL FROM resource r LEFT JOIN resource_text t ON t.id = r.id "

void
zq_row_clear (ZqRow *row)
{
  g_free (row->type);
  g_free (row->server_id);
  g_free (row->local_id);
  g_free (row->version);
  g_free (row->state);
  g_free (row->kind);
  memset (row, 0, sizeof *row);
}

static gboolean
read_row (ZqRows *rows, ZqRow *row, GError **error)
{
  zq_row_clear (row);
  if (rows == NULL || !zq_rows_next (rows, error))
    return FALSE;

  row->id = zq_rows_int (rows, 0);
  row->type = g_strdup (zq_rows_text (rows, 1));
  row->server_id = g_strdup (zq_rows_text (rows, 2));
  row->local_id = g_strdup (zq_rows_text (rows, 3));
  row->version = g_strdup (zq_rows_text (rows, 4));
  row->updated = zq_rows_int (rows, 5);
  row->state = g_strdup (zq_rows_text (rows, 6));
  row->kind = g_strdup (zq_rows_text (rows, 7));
  row->has_text = zq_rows_int (rows, 8) != 0;

  return TRUE;
}

gboolean
zq_row_find (ZqDb *db, const char *type, const char *server_id, ZqRow *row, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, ROW_COLUMNS "WHERE r.type = ? AND r.server_id = ?", "ss", type, server_id);

  return read_row (rows, row, error);
}

gboolean
zq_row_get (ZqDb *db, gint64 id, ZqRow *row, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error, ROW_COLUMNS "WHERE r.id = ?", "i", id);

  return read_row (rows, row, error);
}

static gboolean
find_by_local_id (ZqDb *db, const char *local_id, ZqRow *row, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error, ROW_COLUMNS "WHERE r.local_id = ?", "s", local_id);

  return read_row (rows, row, error);
}

/* --- what has no name ------------------------------------------------------------------------- */

static gboolean
take_nameless (ZqTxn *txn, ZqItem *item, ZqTaken *taken, GError **error)
{
  g_autoptr (GBytes) raw = g_bytes_new (item->raw, item->raw_length);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);

  *taken = ZQ_TAKEN_UNREADABLE;
  zq_txn_changed (txn, "unreadable", 0, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO unreadable (type, reason, at, hash, raw) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (hash) DO NOTHING",
                     "ssisb", item->type, item->reason, txn->now, hash, raw);
}

/* --- two rows that turn out to be one --------------------------------------------------------- */

#define TEXT "zq_text_or_null (coalesce (local_json, server_json))"

/* Few texts have the beginning of the reference: the others are opened once. */
static gboolean
reproject_referrers (ZqTxn *txn, const char *type, const char *server_id, GError **error)
{
  g_autofree char *begins = g_strdup_printf ("%s/%s", type, server_id);
  g_autofree char *plain = g_strdup_printf ("%s/%s\"", type, server_id);
  g_autofree char *versioned = g_strdup_printf ("%s/%s/", type, server_id);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows = zq_db_query (txn->db, error,
                                         "SELECT id FROM resource_text WHERE instr (" TEXT ", ?) > 0"
                                         " AND (instr (" TEXT ", ?) > 0 OR instr (" TEXT ", ?) > 0)",
                                         "sss", begins, plain, versioned);
  g_autoptr (GError) local = NULL;

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      gint64 id = zq_rows_int (rows, 0);

      g_array_append_val (ids, id);
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  for (guint i = 0; i < ids->len; i++)
    if (!zq_resource_reproject (txn, g_array_index (ids, gint64, i), FALSE, error))
      return FALSE;

  return TRUE;
}

/* Held or refused before anybody knew that it had arrived: there is nothing left to be decided. */
static gboolean
let_go (ZqTxn *txn, gint64 id, GError **error)
{
  if (!zq_db_exec (txn->db, error,
                   "UPDATE intent SET state = 0, error = NULL, not_before = 0"
                   " WHERE target = ? AND creates AND state IN (2, 3)",
                   "i", id))
    return FALSE;
  if (zq_db_changes (txn->db) > 0)
    zq_txn_changed (txn, "outbox", 0, 0, ZQ_CHANGE_CONTENT);

  return TRUE;
}

/* The hospital's name for @row, which was made here. Something may have referred to that name
 * already (@named): what hangs on it moves over. */
static gboolean
adopt (ZqTxn *txn, ZqRow *row, ZqRow *named, const char *server_id, GError **error)
{
  gboolean merged = named->id != 0;

  if (merged &&
      (!zq_db_exec (txn->db, error, "UPDATE intent SET target = ? WHERE target = ?", "ii", row->id, named->id) ||
       !zq_resource_remove (txn, named->id, error)))
    return FALSE;

  if (!zq_db_exec (txn->db, error, "UPDATE resource SET server_id = ? WHERE id = ?", "si", server_id, row->id))
    return FALSE;
  g_free (row->server_id);
  row->server_id = g_strdup (server_id);

  return let_go (txn, row->id, error) && zq_intent_wake (txn, error) &&
         (!merged || reproject_referrers (txn, row->type, server_id, error));
}

/* Finds the row of @item and makes it if need be. @duplicate: (out): of what it is a second copy. */
static gboolean
find_place (ZqTxn *txn, ZqItem *item, gint64 into, ZqRow *row, char **duplicate, GError **error)
{
  g_auto (ZqRow) other = { 0 };
  g_autoptr (GError) local = NULL;

  if (!zq_row_find (txn->db, item->type, item->id, row, &local) && local == NULL && into == 0 && item->local_id == NULL)
    return TRUE;
  if (local == NULL && into != 0)
    zq_row_get (txn->db, into, &other, &local);
  else if (local == NULL && item->local_id != NULL)
    find_by_local_id (txn->db, item->local_id, &other, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (other.id == 0 || other.id == row->id)
    return TRUE;
  if (g_strcmp0 (other.type, item->type) != 0)
    {
      g_clear_pointer (&item->local_id, g_free);
      return TRUE;
    }
  if (other.server_id != NULL)
    {
      *duplicate = g_strdup_printf ("duplicate of %s/%s", other.type, other.server_id);
      g_clear_pointer (&item->local_id, g_free);
      return TRUE;
    }
  if (!adopt (txn, &other, row, item->id, error))
    return FALSE;

  zq_row_clear (row);
  *row = other;
  memset (&other, 0, sizeof other);

  return TRUE;
}

/* --- versions --------------------------------------------------------------------------------- */

static gboolean
is_number (const char *text, guint64 *value)
{
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL);
}

/* Answers arrive out of order: a page that was asked for before a push may be older than its answer. */
static gboolean
is_older (const ZqItem *item, const ZqRow *row)
{
  guint64 ours;
  guint64 theirs;

  if (item->updated != 0 && row->updated != 0 && item->updated != row->updated)
    return item->updated < row->updated;

  return is_number (row->version, &ours) && is_number (item->version, &theirs) && theirs < ours;
}

static gboolean
is_held (ZqTxn *txn, const ZqItem *item, const ZqRow *row, gboolean *held, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;

  *held = FALSE;
  if (!row->has_text)
    return TRUE;

  if (item->version != NULL && row->version != NULL)
    {
      *held = g_str_equal (item->version, row->version) || is_older (item, row);
      return TRUE;
    }

  text = zq_db_get_text (txn->db, &local, "SELECT zq_text_or_null (server_json) FROM resource_text WHERE id = ?", "i",
                         row->id);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *held = g_strcmp0 (text, item->raw) == 0 || is_older (item, row);

  return TRUE;
}

/* --- taking it -------------------------------------------------------------------------------- */

static gboolean
keep_unchanged (ZqTxn *txn, const ZqRow *row, GError **error)
{
  if (g_str_equal (row->state, "held") || g_str_equal (row->state, "unreadable"))
    return TRUE;

  return zq_db_exec (txn->db, error, "UPDATE resource SET state = 'held', note = NULL WHERE id = ?", "i", row->id) &&
         zq_resource_reproject (txn, row->id, FALSE, error);
}

static gboolean
keep_superseded (ZqTxn *txn, const ZqRow *row, GError **error)
{
  if (!row->has_text || !g_strv_contains (KEPT_TYPES, row->type))
    return TRUE;

  return zq_db_exec (txn->db, error,
                     "INSERT INTO resource_version (id, version, last_updated, replaced, server_json)"
                     " SELECT r.id, r.version, r.last_updated, ?, t.server_json"
                     " FROM resource r JOIN resource_text t ON t.id = r.id WHERE r.id = ?"
                     " AND zq_text_or_null (t.server_json) IS NOT NULL",
                     "ii", txn->now, row->id);
}

static gboolean
put_row (ZqTxn *txn, const ZqItem *item, ZqRow *row, GError **error)
{
  if (row->id != 0)
    return zq_db_exec (txn->db, error,
                       "UPDATE resource SET version = ?, last_updated = ?, state = 'held', note = NULL,"
                       " local_id = coalesce (local_id, ?) WHERE id = ?",
                       "sisi", item->version, item->updated, item->local_id, row->id);

  if (!zq_db_exec (txn->db, error,
                   "INSERT INTO resource (type, server_id, local_id, version, last_updated, state)"
                   " VALUES (?, ?, ?, ?, ?, 'held')",
                   "ssssi", item->type, item->id, item->local_id, item->version, item->updated))
    return FALSE;
  row->id = zq_db_last_insert_id (txn->db);

  return TRUE;
}

static gboolean
put_text (ZqTxn *txn, const ZqItem *item, const ZqRow *row, GError **error)
{
  return zq_db_exec (txn->db, error,
                     "INSERT INTO resource_text (id, server_json) VALUES (?, zq_pack (?))"
                     " ON CONFLICT (id) DO UPDATE SET server_json = excluded.server_json",
                     "is", row->id, item->raw);
}

static gboolean
put_rows (ZqTxn *txn, ZqItem *item, const ZqRow *row, ZqTaken *taken, GError **error)
{
  g_autofree char *reason = NULL;
  gint64 waiting = 0;
  GError *local = NULL;

  zq_db_get_int (txn->db, &waiting, &local, "SELECT count (*) FROM intent WHERE target = ?", "i", row->id);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (waiting > 0 && item->reason == NULL)
    return zq_resource_recompute (txn, row->id, error) && zq_intent_wake (txn, error);

  if (!zq_db_exec (txn->db, error, "UPDATE resource_text SET local_json = NULL WHERE id = ? AND local_json IS NOT NULL",
                   "i", row->id))
    return FALSE;
  if (row->kind != NULL && (item->kind == NULL || item->reason != NULL || !g_str_equal (item->kind->name, row->kind)) &&
      !zq_resource_unproject (txn, row->id, row->kind, error))
    return FALSE;

  reason = g_strdup (item->reason);
  if (reason == NULL && !zq_resource_project (txn, row->id, item->kind, item->parsed, &reason, error))
    return FALSE;
  if (reason != NULL)
    *taken = ZQ_TAKEN_UNREADABLE;

  return zq_resource_set_unreadable (txn, row->id, reason, error);
}

gboolean
zq_resource_take (ZqTxn *txn, ZqItem *item, gint64 into, ZqTaken *taken, GError **error)
{
  g_auto (ZqRow) row = { 0 };
  g_autofree char *duplicate = NULL;
  gboolean held = FALSE;

  if (item->id == NULL)
    return take_nameless (txn, item, taken, error);

  *taken = ZQ_TAKEN_UNCHANGED;
  if (!find_place (txn, item, into, &row, &duplicate, error) || !is_held (txn, item, &row, &held, error))
    return FALSE;
  if (held)
    return keep_unchanged (txn, &row, error);

  if (duplicate != NULL)
    {
      g_free (item->reason);
      item->reason = g_steal_pointer (&duplicate);
    }

  *taken = ZQ_TAKEN_STORED;

  return keep_superseded (txn, &row, error) && put_row (txn, item, &row, error) && put_text (txn, item, &row, error) &&
         put_rows (txn, item, &row, taken, error);
}
