/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/txn.h"

#include "base/id.h"
#include "resource/reference.h"
#include "store/store-private.h"

typedef struct
{
  ZqTxnLaterFunc func;
  gint64 key;
} Later;

static guint
later_hash (gconstpointer value)
{
  const Later *later = value;

  return g_int64_hash (&later->key) ^ g_direct_hash (later->func);
}

static gboolean
later_equal (gconstpointer a, gconstpointer b)
{
  const Later *one = a;
  const Later *two = b;

  return one->func == two->func && one->key == two->key;
}

void
zq_txn_init (ZqTxn *txn, ZqStore *store, ZqDb *db)
{
  txn->store = store;
  txn->db = db;
  txn->now = zq_clock_now (store->clock);
  txn->changes = zq_changes_new ();
  txn->later = g_ptr_array_new_with_free_func (g_free);
  txn->later_known = g_hash_table_new (later_hash, later_equal);
}

void
zq_txn_clear (ZqTxn *txn)
{
  g_clear_pointer (&txn->changes, zq_changes_unref);
  g_clear_pointer (&txn->words, g_hash_table_unref);
  g_clear_pointer (&txn->later_known, g_hash_table_unref);
  g_clear_pointer (&txn->later, g_ptr_array_unref);
}

gboolean
zq_txn_yields (ZqTxn *txn)
{
  if (txn->yields && zq_writer_has_urgent (txn->store->writer))
    txn->yielded = TRUE;

  return txn->yielded;
}

/* What is asked for while its own function runs is another round: it is run again. */
gboolean
zq_txn_run_later (ZqTxn *txn, GError **error)
{
  for (guint i = 0; i < txn->later->len; i++)
    {
      Later *later = g_ptr_array_index (txn->later, i);

      g_hash_table_remove (txn->later_known, later);
      if (zq_txn_yields (txn))
        return FALSE;
      if (!later->func (txn, later->key, error))
        return FALSE;
    }

  return zq_search_write (txn, error);
}

ZqDb *
zq_txn_db (ZqTxn *txn)
{
  return txn->db;
}

ZqStore *
zq_txn_store (ZqTxn *txn)
{
  return txn->store;
}

gpointer
zq_txn_context (ZqTxn *txn)
{
  return txn->store->context;
}

gint64
zq_txn_now (ZqTxn *txn)
{
  return txn->now;
}

void
zq_txn_changed (ZqTxn *txn, const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags)
{
  zq_changes_add (txn->changes, topic, row, patient, flags);
}

void
zq_txn_later (ZqTxn *txn, ZqTxnLaterFunc func, gint64 key)
{
  Later wanted = { func, key };
  Later *later;

  if (g_hash_table_contains (txn->later_known, &wanted))
    return;

  later = g_memdup2 (&wanted, sizeof wanted);
  g_ptr_array_add (txn->later, later);
  g_hash_table_add (txn->later_known, later);
}

/* --- references ------------------------------------------------------------------------------- */

static gint64
find_local (ZqTxn *txn, const char *local_id, GError **error)
{
  gint64 id = 0;

  zq_db_get_int (txn->db, &id, error, "SELECT id FROM resource WHERE local_id = ?", "s", local_id);

  return id;
}

gint64
zq_txn_reference (ZqTxn *txn, const char *text, gboolean wanted, GError **error)
{
  g_autoptr (ZqReference) reference = NULL;
  g_auto (ZqRow) row = { 0 };
  GError *local = NULL;

  if (text == NULL)
    return 0;

  reference = zq_reference_parse (text, zq_store_get_base (txn->store));
  if (reference == NULL || reference->id == NULL || reference->foreign)
    return 0;
  if (reference->type == NULL)
    return reference->id[0] == '#' ? 0 : find_local (txn, reference->id, error);

  if (zq_row_find (txn->db, reference->type, reference->id, &row, &local))
    {
      if (wanted && g_strcmp0 (row.state, "stub") == 0 &&
          !zq_db_exec (txn->db, error, "UPDATE resource SET state = 'wanted' WHERE id = ?", "i", row.id))
        return 0;
      return row.id;
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return 0;
    }

  if (!zq_db_exec (txn->db, error, "INSERT INTO resource (type, server_id, state) VALUES (?, ?, ?)", "sss",
                   reference->type, reference->id, wanted ? "wanted" : "stub"))
    return 0;

  return zq_db_last_insert_id (txn->db);
}

gint64
zq_txn_create_local (ZqTxn *txn, const char *type, const char *local_id, GError **error)
{
  g_autofree char *made = NULL;
  g_autoptr (GError) local = NULL;
  gint64 id;

  if (local_id == NULL)
    local_id = made = zq_id_new ();

  id = find_local (txn, local_id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return 0;
    }
  if (id != 0)
    return id;

  if (!zq_db_exec (txn->db, error, "INSERT INTO resource (type, local_id, state) VALUES (?, ?, 'local')", "ss", type,
                   local_id))
    return 0;

  id = zq_db_last_insert_id (txn->db);
  if (!zq_db_exec (txn->db, error, "INSERT INTO resource_text (id) VALUES (?)", "i", id))
    return 0;

  return id;
}

/* --- small tables ----------------------------------------------------------------------------- */

gboolean
zq_txn_audit (ZqTxn *txn, const char *what, gint64 target, gint64 patient, GError **error)
{
  const char *who = txn->store->who;
  g_autoptr (GError) local = NULL;
  g_autofree char *before = zq_db_get_text (txn->db, &local, "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", "");
  g_autofree char *line = NULL;
  g_autofree char *hash = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  line = g_strdup_printf ("%s|%" G_GINT64_FORMAT "|%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT,
                          before != NULL ? before : "", txn->now, who != NULL ? who : "", what, target, patient);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line, -1);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO audit (at, who, what, target, patient, hash) VALUES (?, ?, ?, ?, ?, ?)", "issiis",
                     txn->now, who, what, target, patient, hash);
}

gboolean
zq_txn_set_draft (ZqTxn *txn, const char *scope, const char *body, GError **error)
{
  const char *slash = strrchr (scope, '/');

  zq_txn_changed (txn, "draft", slash != NULL ? g_ascii_strtoll (slash + 1, NULL, 10) : 0, 0, ZQ_CHANGE_CONTENT);

  if (body == NULL && (!zq_db_exec (txn->db, error, "DELETE FROM draft_file WHERE scope = ?", "s", scope) ||
                       !zq_db_exec (txn->db, error, "DELETE FROM draft_about WHERE scope = ?", "s", scope)))
    return FALSE;
  if (body == NULL || *body == '\0')
    return zq_db_exec (txn->db, error, "DELETE FROM draft WHERE scope = ?", "s", scope);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO draft (scope, body, updated) VALUES (?, ?, ?)"
                     " ON CONFLICT (scope) DO UPDATE SET body = excluded.body, updated = excluded.updated",
                     "ssi", scope, body, txn->now);
}

gboolean
zq_txn_set_setting (ZqTxn *txn, const char *name, const char *value, GError **error)
{
  if (value == NULL)
    return zq_db_exec (txn->db, error, "DELETE FROM setting WHERE name = ?", "s", name);

  return zq_db_exec (txn->db, error,
                     "INSERT INTO setting (name, value) VALUES (?, ?)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     "ss", name, value);
}
