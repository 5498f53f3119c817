/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include <glib/gstdio.h>
#include <string.h>

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS resource ("
    "  row INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, id TEXT NOT NULL,"
    "  version INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, text TEXT,"
    "  UNIQUE (type, id));"
    "CREATE INDEX IF NOT EXISTS resource_updated ON resource (type, updated, row) WHERE deleted = 0;"
    "CREATE TABLE IF NOT EXISTS history ("
    "  row INTEGER NOT NULL REFERENCES resource (row), version INTEGER NOT NULL, updated INTEGER NOT NULL,"
    "  deleted INTEGER NOT NULL, text TEXT, PRIMARY KEY (row, version)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS idx ("
    "  row INTEGER NOT NULL REFERENCES resource (row), name TEXT NOT NULL, value TEXT NOT NULL,"
    "  updated INTEGER NOT NULL, PRIMARY KEY (row, name, value)) WITHOUT ROWID;"
    /* with the time of the change, so that a page of a search by one value is read in order */
    "CREATE INDEX IF NOT EXISTS idx_value ON idx (name, value, updated, row);"
    "CREATE TABLE IF NOT EXISTS idx_date ("
    "  row INTEGER NOT NULL REFERENCES resource (row), name TEXT NOT NULL, low INTEGER NOT NULL,"
    "  high INTEGER NOT NULL, PRIMARY KEY (row, name, low, high)) WITHOUT ROWID;"
    /* who may reach what because of the task or thread in `row` */
    "CREATE TABLE IF NOT EXISTS access ("
    "  ref TEXT NOT NULL, who TEXT NOT NULL, row INTEGER NOT NULL REFERENCES resource (row),"
    "  PRIMARY KEY (ref, who, row)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS access_row ON access (row);"
    "CREATE INDEX IF NOT EXISTS access_who ON access (who, ref);"
    /* who has owned the task in `row` or written in its thread */
    "CREATE TABLE IF NOT EXISTS part ("
    "  row INTEGER NOT NULL REFERENCES resource (row), who TEXT NOT NULL, PRIMARY KEY (row, who)) WITHOUT ROWID;"
    /* messages that their recipient's client has not fetched; `sender` is a resource type */
    "CREATE TABLE IF NOT EXISTS undelivered (row INTEGER PRIMARY KEY, sender TEXT NOT NULL);"
    /* who gave the task in `row` to whom, and the newest row there was then */
    "CREATE TABLE IF NOT EXISTS assigned ("
    "  row INTEGER PRIMARY KEY, giver TEXT NOT NULL, taker TEXT NOT NULL, newest INTEGER NOT NULL);"
    /* when the Subscription in `row` ends */
    "CREATE TABLE IF NOT EXISTS subscription (row INTEGER PRIMARY KEY, ends INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS account ("
    "  login TEXT PRIMARY KEY, display TEXT NOT NULL, role TEXT NOT NULL, fhir_user TEXT NOT NULL,"
    "  department TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS grant_code ("
    "  hash TEXT PRIMARY KEY, login TEXT NOT NULL, client TEXT NOT NULL, redirect TEXT NOT NULL,"
    "  challenge TEXT NOT NULL, scope TEXT NOT NULL, nonce TEXT, family TEXT NOT NULL, expires INTEGER NOT NULL,"
    "  used INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE IF NOT EXISTS token ("
    "  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, family TEXT NOT NULL, login TEXT NOT NULL,"
    "  client TEXT NOT NULL, scope TEXT NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX IF NOT EXISTS token_family ON token (family);";

/* For a folder from before searches were read in order. */
static const char in_order[] = "ALTER TABLE idx ADD COLUMN updated INTEGER NOT NULL DEFAULT 0;"
                               "UPDATE idx SET updated = (SELECT r.updated FROM resource r WHERE r.row = idx.row);"
                               "DROP INDEX idx_value; CREATE INDEX idx_value ON idx (name, value, updated, row);";

static gboolean
make_tables (ZqHospital *self, GError **error)
{
  gint64 found;

  if (!zq_db_script (self->db, schema, error))
    return FALSE;
  return zq_db_get_int (self->db, &found, NULL, "SELECT 1 FROM pragma_table_info ('idx') WHERE name = 'updated'", "") ||
         zq_db_script (self->db, in_order, error);
}

void
zq_stored_free (ZqStored *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self->text);
  g_free (self);
}

gboolean
zq_records_open (ZqHospital *self, const char *data_dir, GError **error)
{
  g_autofree char *path = NULL;

  self->data_dir = g_strdup (data_dir);
  if (data_dir == NULL)
    path = g_strdup (":memory:");
  else if (g_mkdir_with_parents (data_dir, 0700) == 0)
    path = g_build_filename (data_dir, "hospital.db", NULL);
  else
    {
      g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_FAILED,
                   "The folder %s cannot be made: %s. Give another one with --data.", data_dir, g_strerror (errno));
      return FALSE;
    }

  self->db = zq_db_open (path, NULL, ZQ_DB_CREATE, error);
  if (self->db == NULL || !make_tables (self, error) || !zq_page_open (self, error))
    return FALSE;
  zq_db_get_int (self->db, &self->last_updated, NULL, "SELECT max (updated) FROM resource", "");

  return TRUE;
}

gboolean
zq_records_begin (ZqHospital *self, GError **error)
{
  g_return_val_if_fail (!self->in_transaction, FALSE);

  self->in_transaction = zq_db_begin (self->db, error);
  return self->in_transaction;
}

gboolean
zq_records_end (ZqHospital *self, gboolean keep, GError **error)
{
  gboolean ok = TRUE;

  g_return_val_if_fail (self->in_transaction, FALSE);

  self->in_transaction = FALSE;
  if (keep)
    keep = ok = zq_db_commit (self->db, error);
  else
    zq_db_rollback (self->db);
  if (self->live != NULL)
    zq_live_ended (self->live, keep);
  return ok;
}

static ZqStored *
stored_from_row (ZqRows *rows)
{
  ZqStored *stored = g_new0 (ZqStored, 1);

  stored->row = zq_rows_int (rows, 0);
  stored->type = g_strdup (zq_rows_text (rows, 1));
  stored->id = g_strdup (zq_rows_text (rows, 2));
  stored->version = zq_rows_int (rows, 3);
  stored->updated = zq_rows_int (rows, 4);
  stored->deleted = zq_rows_int (rows, 5) != 0;
  stored->text = g_strdup (zq_rows_text (rows, 6));
  return stored;
}

ZqStored *
zq_records_read (ZqHospital *self, const char *type, const char *id, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (self->db, error,
                   "SELECT row, type, id, version, updated, deleted, text FROM resource WHERE type = ?1 AND id = ?2",
                   "ss", type, id);

  return rows != NULL && zq_rows_next (rows, error) ? stored_from_row (rows) : NULL;
}

ZqStored *
zq_records_read_row (ZqHospital *self, gint64 row, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (
      self->db, error, "SELECT row, type, id, version, updated, deleted, text FROM resource WHERE row = ?1", "i", row);

  return rows != NULL && zq_rows_next (rows, error) ? stored_from_row (rows) : NULL;
}

GPtrArray *
zq_records_history (ZqHospital *self, gint64 row, GError **error)
{
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_stored_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (self->db, &local,
                   "SELECT row, type, id, version, updated, deleted, text FROM resource WHERE row = ?1 "
                   "UNION ALL SELECT h.row, r.type, r.id, h.version, h.updated, h.deleted, h.text"
                   "  FROM history h JOIN resource r ON r.row = h.row WHERE h.row = ?1 "
                   "ORDER BY 4 DESC",
                   "i", row);

  while (rows != NULL && zq_rows_next (rows, &local))
    g_ptr_array_add (versions, stored_from_row (rows));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&versions);
}

/* Each version gets an instant of its own, later than all before. */
static gint64
next_updated (ZqHospital *self)
{
  return MAX (zq_clock_now (self->clock), self->last_updated + 1);
}

static gboolean
index_clear (ZqHospital *self, gint64 row, GError **error)
{
  return zq_db_exec (self->db, error, "DELETE FROM idx WHERE row = ?1", "i", row) &&
         zq_db_exec (self->db, error, "DELETE FROM idx_date WHERE row = ?1", "i", row);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const ZqIndexEntry *one = *(const ZqIndexEntry *const *)a, *other = *(const ZqIndexEntry *const *)b;
  int order = strcmp (one->name, other->name);

  return order != 0 ? order : g_strcmp0 (one->value, other->value);
}

/* In the order of the table each goes to its end, which takes half the time. */
static GPtrArray *
index_make (ZqHospital *self, const char *type, const char *id, JsonNode *node)
{
  GPtrArray *entries = zq_index_new ();

  zq_params_index (self, type, node, entries);
  zq_access_index (self, type, id, node, entries);
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

/* @row has no entries yet. */
static gboolean
index_add (ZqHospital *self, gint64 row, gint64 updated, GPtrArray *entries, GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const ZqIndexEntry *entry = g_ptr_array_index (entries, i);
      gboolean ok;

      if (entry->value != NULL)
        ok = zq_db_exec (self->db, error,
                         "INSERT OR IGNORE INTO idx (row, name, value, updated) VALUES (?1, ?2, ?3, ?4)", "issi", row,
                         entry->name, entry->value, updated);
      else
        ok = zq_db_exec (self->db, error,
                         "INSERT OR IGNORE INTO idx_date (row, name, low, high) VALUES (?1, ?2, ?3, ?4)", "isii", row,
                         entry->name, entry->low, entry->high);
      if (!ok)
        return FALSE;
    }

  return TRUE;
}

static gboolean
index_write (ZqHospital *self, const ZqStored *stored, JsonNode *node, GError **error)
{
  g_autoptr (GPtrArray) entries = index_make (self, stored->type, stored->id, node);

  return index_clear (self, stored->row, error) && index_add (self, stored->row, stored->updated, entries, error) &&
         zq_access_update (self, stored->row, stored->type, stored->id, node, error);
}

/* Sets what the server sets, in the text itself, so that all other tokens stay as they came. */
static char *
stamp (ZqHospital *self, ZqStored *stored, const char *text, JsonNode **node, GError **error)
{
  g_autofree char *version = g_strdup_printf ("%" G_GINT64_FORMAT, stored->version);
  g_autofree char *instant = zq_instant_us (stored->updated);
  g_autofree char *stamped = NULL;

  stamped = zq_db_get_text (self->db, error,
                            "SELECT json_set (?1, '$.id', ?2, '$.meta.versionId', ?3, '$.meta.lastUpdated', ?4)",
                            "ssss", text, stored->id, version, instant);
  if (stamped == NULL)
    return NULL;
  *node = zq_json_read (stamped, -1, error);
  if (*node == NULL)
    return NULL;

  /* A second member "id" or "meta", or a meta that is no object, would hide what was set. */
  if (g_strcmp0 (zq_json_get_string (*node, "id"), stored->id) != 0 ||
      g_strcmp0 (zq_json_get_string (*node, "meta.versionId"), version) != 0 ||
      g_strcmp0 (zq_json_get_string (*node, "meta.lastUpdated"), instant) != 0 ||
      g_strcmp0 (zq_json_get_string (*node, "resourceType"), stored->type) != 0)
    {
      g_clear_pointer (node, json_node_unref);
      g_set_error_literal (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID,
                           "resourceType, id or meta is given twice, or is of a wrong type");
      return NULL;
    }

  return g_steal_pointer (&stamped);
}

static gboolean
archive (ZqHospital *self, gint64 row, GError **error)
{
  return zq_db_exec (self->db, error,
                     "INSERT INTO history (row, version, updated, deleted, text)"
                     " SELECT row, version, updated, deleted, text FROM resource WHERE row = ?1",
                     "i", row);
}

ZqStored *
zq_records_write (ZqHospital *self, const char *type, const char *id, const char *text, gint64 when, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqStored) stored = zq_records_read (self, type, id, &local);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *stamped = NULL;
  gboolean known = stored != NULL;

  g_return_val_if_fail (self->in_transaction, NULL);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (!known)
    {
      stored = g_new0 (ZqStored, 1);
      stored->type = g_strdup (type);
      stored->id = g_strdup (id);
    }
  stored->version++;
  stored->updated = when != 0 ? when : next_updated (self);
  stored->deleted = FALSE;
  stamped = stamp (self, stored, text, &node, error);
  if (stamped == NULL)
    return NULL;
  g_free (stored->text);
  stored->text = g_steal_pointer (&stamped);

  if (known)
    {
      if (!archive (self, stored->row, error) ||
          !zq_db_exec (self->db, error,
                       "UPDATE resource SET version = ?2, updated = ?3, deleted = 0, text = ?4 WHERE row = ?1", "iiis",
                       stored->row, stored->version, stored->updated, stored->text))
        return NULL;
    }
  else
    {
      if (!zq_db_exec (self->db, error,
                       "INSERT INTO resource (type, id, version, updated, text) VALUES (?1, ?2, ?3, ?4, ?5)", "ssiis",
                       type, id, stored->version, stored->updated, stored->text))
        return NULL;
      stored->row = zq_db_last_insert_id (self->db);
    }
  self->last_updated = MAX (self->last_updated, stored->updated);
  if (self->live != NULL)
    zq_live_note (self->live, stored->row, type);

  return index_write (self, stored, node, error) ? g_steal_pointer (&stored) : NULL;
}

ZqFirst *
zq_first_new (const char *type, const char *id, const char *text, gint64 updated)
{
  ZqFirst *self = g_new0 (ZqFirst, 1);

  self->type = g_strdup (type);
  self->id = g_strdup (id);
  self->text = g_strdup (text);
  self->updated = updated;
  return self;
}

void
zq_first_free (ZqFirst *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self->text);
  g_clear_pointer (&self->node, json_node_unref);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_free (self);
}

gboolean
zq_first_prepare (ZqHospital *self, ZqFirst *first, GError **error)
{
  first->node = zq_json_read (first->text, -1, error);
  if (first->node != NULL)
    first->entries = index_make (self, first->type, first->id, first->node);
  return first->node != NULL;
}

gboolean
zq_records_add (ZqHospital *self, const ZqFirst *first, GError **error)
{
  gint64 row;

  g_return_val_if_fail (self->in_transaction && first->node != NULL, FALSE);

  if (!zq_db_exec (self->db, error,
                   "INSERT INTO resource (type, id, version, updated, text) VALUES (?1, ?2, 1, ?3, ?4)", "ssis",
                   first->type, first->id, first->updated, first->text))
    return FALSE;
  row = zq_db_last_insert_id (self->db);
  self->last_updated = MAX (self->last_updated, first->updated);

  return index_add (self, row, first->updated, first->entries, error) &&
         zq_access_update (self, row, first->type, first->id, first->node, error);
}

gboolean
zq_records_delete (ZqHospital *self, ZqStored *stored, GError **error)
{
  g_return_val_if_fail (self->in_transaction, FALSE);

  stored->version++;
  stored->updated = next_updated (self);
  stored->deleted = TRUE;
  g_clear_pointer (&stored->text, g_free);
  self->last_updated = stored->updated;
  if (self->live != NULL)
    zq_live_note (self->live, stored->row, stored->type);

  return archive (self, stored->row, error) &&
         zq_db_exec (self->db, error,
                     "UPDATE resource SET version = ?2, updated = ?3, deleted = 1, text = NULL WHERE row = ?1", "iii",
                     stored->row, stored->version, stored->updated) &&
         index_clear (self, stored->row, error) && zq_access_forget (self, stored->row, error) &&
         zq_db_exec (self->db, error, "DELETE FROM subscription WHERE row = ?1", "i", stored->row);
}
