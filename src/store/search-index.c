/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search-private.h"

#include "base/search-text.h"

#include <string.h>

#define IDS_A_SECOND 4

/* What zq_txn_index() is given for a row: where its words go. */
enum
{
  INTO_ALL = 1,
  INTO_BUILT,
};

gint64
zq_search_id_at (gint64 at_us)
{
  return MAX (at_us / (G_USEC_PER_SEC / IDS_A_SECOND), 1);
}

char *
zq_search_sql (const char *kind, gint64 slot, const char *format)
{
  g_autofree char *name = g_strdup_printf ("search_%s_%" G_GINT64_FORMAT, kind, slot);
  g_auto (GStrv) parts = NULL;

  /* Kinds are called "internal-note" too. */
  g_strdelimit (name, "-", '_');
  parts = g_strsplit (format, "$", -1);

  return g_strjoinv (name, parts);
}

gboolean
zq_search_get_slots (ZqDb *db, const char *kind, gint64 slots[2], guint *n, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT slot, building FROM search_index WHERE kind = ?", "s", kind);

  *n = 0;
  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, &local))
    {
      slots[(*n)++] = zq_rows_int (rows, 0);
      if (zq_rows_int (rows, 1) != 0 && zq_rows_int (rows, 1) != slots[0])
        slots[(*n)++] = zq_rows_int (rows, 1);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

/* FTS5 merges up to 16 pieces at once: half the writing of its default of 4, and a query that looks into some 30 of
 * them is as fast. It must never merge everything at once, which would keep a doctor waiting. */
gboolean
zq_search_make_tables (ZqDb *db, const char *kind, gint64 slot, GError **error)
{
  g_autofree char *sql = zq_search_sql (
      kind, slot,
      "CREATE VIRTUAL TABLE $ USING fts5 (words, content = '', contentless_delete = 1, detail = full,"
      " tokenize = 'zq_words');"
      "INSERT INTO $ ($, rank) VALUES ('automerge', 16);"
      "INSERT INTO $ ($, rank) VALUES ('crisismerge', 512);"
      "CREATE TABLE $_row (id INTEGER PRIMARY KEY, row INTEGER NOT NULL UNIQUE, hash INTEGER NOT NULL);");

  return zq_db_script (db, sql, error);
}

/* --- what a transaction gathers ----------------------------------------------------------------- */

static void
gather (ZqTxn *txn, const char *kind, gint64 id, int into)
{
  GHashTable *rows;

  if (txn->words == NULL)
    txn->words = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_hash_table_unref);
  rows = g_hash_table_lookup (txn->words, kind);
  if (rows == NULL)
    {
      const ZqResourceKind *found = zq_store_find_kind (txn->store, kind);

      if (found == NULL || found->search == NULL)
        return;
      rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      g_hash_table_insert (txn->words, (char *)found->name, rows);
    }
  if (into == INTO_ALL || !g_hash_table_contains (rows, &id))
    g_hash_table_replace (rows, g_memdup2 (&id, sizeof id), GINT_TO_POINTER (into));
}

void
zq_txn_index (ZqTxn *txn, const char *kind, gint64 id)
{
  gather (txn, kind, id, INTO_ALL);
}

void
zq_search_index_built (ZqTxn *txn, const char *kind, gint64 id)
{
  gather (txn, kind, id, INTO_BUILT);
}

/* --- one row ------------------------------------------------------------------------------------ */

typedef struct
{
  gint64 row;
  gint64 base; /* its id, if that is free */
  gint64 hash;
  char *words; /* NULL: it is not to be found */
  int into;
} Entry;

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_free (entry->words);
}

/* 48 bits of FNV-1a: whoever reads the same is left alone when its row is made again. */
static gint64
hash_of (const char *words, gint64 base)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ (guint64)base;

  for (const guchar *at = (const guchar *)words; *at != '\0'; at++)
    hash = (hash ^ *at) * G_GUINT64_CONSTANT (0x100000001b3);

  return (gint64)((hash >> 48 ^ hash) & G_GUINT64_CONSTANT (0xffffffffffff));
}

static gboolean
describe (ZqTxn *txn, const ZqSearchRule *rule, Entry *entry, GError **error)
{
  ZqSearchText text = { 0 };
  gboolean ok = rule->describe (txn, entry->row, &text, error);

  if (ok && text.text != NULL)
    {
      entry->words = zq_search_text_index (text.text, rule->how);
      if (*entry->words == '\0')
        g_clear_pointer (&entry->words, g_free);
    }
  if (entry->words != NULL)
    {
      entry->base = zq_search_id_at (text.at);
      entry->hash = hash_of (entry->words, entry->base);
    }
  g_free (text.text);

  return ok;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *two = b;

  if (one->base != two->base)
    return one->base < two->base ? -1 : 1;

  return one->row < two->row ? -1 : one->row > two->row;
}

/* --- one table ---------------------------------------------------------------------------------- */

typedef struct
{
  ZqDb *db;
  char *find, *forget, *unmap, *map, *gap, *insert;
} Table;

static void
table_init (Table *self, ZqDb *db, const char *kind, gint64 slot)
{
  self->db = db;
  self->find = zq_search_sql (kind, slot, "SELECT id, hash FROM $_row WHERE row = ?");
  self->forget = zq_search_sql (kind, slot, "DELETE FROM $ WHERE rowid = ?");
  self->unmap = zq_search_sql (kind, slot, "DELETE FROM $_row WHERE id = ?");
  self->map = zq_search_sql (kind, slot, "INSERT OR IGNORE INTO $_row (id, row, hash) VALUES (?, ?, ?)");
  self->gap = zq_search_sql (kind, slot,
                             "SELECT a.id + 1 FROM $_row a WHERE a.id >= ?"
                             " AND NOT EXISTS (SELECT 1 FROM $_row b WHERE b.id = a.id + 1) ORDER BY a.id LIMIT 1");
  self->insert = zq_search_sql (kind, slot, "INSERT INTO $ (rowid, words) VALUES (?, ?)");
}

static void
table_clear (Table *self)
{
  g_free (self->find);
  g_free (self->forget);
  g_free (self->unmap);
  g_free (self->map);
  g_free (self->gap);
  g_free (self->insert);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static gboolean
find_old (Table *self, gint64 row, gint64 *id, gint64 *hash, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (self->db, error, self->find, "i", row);

  *id = 0;
  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, &local))
    {
      *id = zq_rows_int (rows, 0);
      *hash = zq_rows_int (rows, 1);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;

  return one < two ? -1 : one > two;
}

/* Takes out what reads differently now; @fresh: what is to be put in. */
static gboolean
take_out (Table *self, ZqTxn *txn, GArray *entries, gboolean built, GPtrArray *fresh, GError **error)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = &g_array_index (entries, Entry, i);
      gint64 id = 0, hash = 0;

      if (entry->into == INTO_BUILT && !built)
        continue;
      if (zq_txn_yields (txn) || !find_old (self, entry->row, &id, &hash, error))
        return FALSE;
      if (id != 0 && entry->words != NULL && hash == entry->hash)
        continue;
      if (id != 0)
        g_array_append_val (gone, id);
      if (entry->words != NULL)
        g_ptr_array_add (fresh, entry);
    }

  g_array_sort (gone, compare_ids);
  for (guint i = 0; i < gone->len; i++)
    {
      gint64 id = g_array_index (gone, gint64, i);

      if (!zq_db_exec (self->db, error, self->forget, "i", id) || !zq_db_exec (self->db, error, self->unmap, "i", id))
        return FALSE;
    }

  return TRUE;
}

/* The next id after @before that is free, so that what was said first is before what came later. A hospital may say of
 * all its patients that they changed in the same second: only the first of a transaction looks for where they end. */
static gboolean
take_id (Table *self, const Entry *entry, gint64 before, gint64 *id, GError **error)
{
  *id = MAX (entry->base, before + 1);
  while (TRUE)
    {
      if (!zq_db_exec (self->db, error, self->map, "iii", *id, entry->row, entry->hash))
        return FALSE;
      if (zq_db_changes (self->db) > 0)
        return TRUE;
      if (!zq_db_get_int (self->db, id, error, self->gap, "i", *id))
        return FALSE;
    }
}

/* Ascending: FTS5 writes out what it has gathered whenever the rowid falls. */
static gboolean
put_in (Table *self, ZqTxn *txn, GPtrArray *fresh, GError **error)
{
  gint64 id = 0;

  for (guint i = 0; i < fresh->len; i++)
    {
      const Entry *entry = g_ptr_array_index (fresh, i);

      if (zq_txn_yields (txn) || !take_id (self, entry, id, &id, error) ||
          !zq_db_exec (self->db, error, self->insert, "is", id, entry->words))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_kind (ZqTxn *txn, const ZqResourceKind *kind, GHashTable *rows, GError **error)
{
  g_autoptr (GArray) entries = g_array_sized_new (FALSE, TRUE, sizeof (Entry), g_hash_table_size (rows));
  GHashTableIter iter;
  gpointer key, value;
  gint64 slots[2];
  guint n;

  if (!zq_search_get_slots (txn->db, kind->name, slots, &n, error))
    return FALSE;
  g_array_set_clear_func (entries, entry_clear);
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Entry entry = { .row = *(gint64 *)key, .into = GPOINTER_TO_INT (value) };

      if (zq_txn_yields (txn) || !describe (txn, kind->search, &entry, error))
        return FALSE;
      g_array_append_val (entries, entry);
    }
  g_array_sort (entries, compare_entries);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
      g_auto (Table) table = { 0 };

      table_init (&table, txn->db, kind->name, slots[i]);
      if (!take_out (&table, txn, entries, i + 1 == n, fresh, error) || !put_in (&table, txn, fresh, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
zq_search_write (ZqTxn *txn, GError **error)
{
  const ZqResourceKind *const *kinds = txn->store->kinds;

  for (guint i = 0; txn->words != NULL && kinds[i] != NULL; i++)
    {
      GHashTable *rows = g_hash_table_lookup (txn->words, kinds[i]->name);

      if (rows != NULL && !write_kind (txn, kinds[i], rows, error))
        return FALSE;
    }

  return TRUE;
}
