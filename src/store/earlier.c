/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/datetime.h"
#include "resource/json.h"
#include "store/store-private.h"

/* --- whose are wanted --------------------------------------------------------------------------- */

void
zq_earlier_free (ZqEarlier *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self);
}

typedef struct
{
  const ZqResourceKind *const *kinds;
  guint limit;
} Listing;

static gpointer
list_earlier (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Listing *listing = data;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_earlier_free);

  for (guint i = 0; listing->kinds != NULL && listing->kinds[i] != NULL && all->len < listing->limit; i++)
    {
      const ZqResourceKind *kind = listing->kinds[i];
      g_autofree char *sql = NULL;
      g_autoptr (ZqRows) rows = NULL;

      if (kind->earlier == NULL)
        continue;
      sql = g_strdup_printf ("SELECT id, type, server_id FROM resource WHERE id IN (%s) AND server_id IS NOT NULL"
                             " LIMIT ?",
                             kind->earlier);
      rows = zq_db_query (db, error, sql, "i", (gint64)(listing->limit - all->len));
      if (rows == NULL)
        return NULL;
      while (zq_rows_next (rows, NULL))
        {
          ZqEarlier *one = g_new0 (ZqEarlier, 1);

          one->row = zq_rows_int (rows, 0);
          one->type = g_strdup (zq_rows_text (rows, 1));
          one->id = g_strdup (zq_rows_text (rows, 2));
          one->kind = kind;
          g_ptr_array_add (all, one);
        }
    }

  return g_steal_pointer (&all);
}

void
zq_store_list_earlier_async (ZqStore *self, guint limit, GAsyncReadyCallback callback, gpointer user_data)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->kinds = self->kinds;
  listing->limit = limit;
  zq_store_read_behind_async (self, list_earlier, listing, g_free, (GDestroyNotify)g_ptr_array_unref, NULL, callback,
                              user_data);
}

/* --- what came ---------------------------------------------------------------------------------- */

typedef struct
{
  gint64 row;
  char *id;
  const ZqResourceKind *kind;
  ZqBundle *history; /* or NULL */
} Taking;

static void
taking_free (Taking *self)
{
  g_clear_pointer (&self->history, zq_bundle_unref);
  g_free (self->id);
  g_free (self);
}

static gint64
read_updated (JsonNode *node)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return zq_date_time_parse (zq_json_get_string (node, "meta.lastUpdated"), utc).start;
}

/* What cannot be read is no earlier version; nor is what the hospital took away. */
static gboolean
take_one (ZqTxn *txn, const Taking *taking, const ZqBundleEntry *entry, gint64 *until, GError **error)
{
  const ZqResourceKind *kind = taking->kind;
  g_autoptr (JsonNode) node = entry->raw != NULL ? zq_json_read (entry->raw, (gssize)entry->raw_length, NULL) : NULL;
  gpointer parsed = NULL;
  gboolean taken = TRUE;

  if (node == NULL || g_strcmp0 (zq_json_get_string (node, "resourceType"), kind->type) != 0 ||
      g_strcmp0 (zq_json_get_string (node, "id"), taking->id) != 0)
    return TRUE;
  parsed = kind->parse (node, zq_txn_context (txn), NULL);
  if (parsed != NULL)
    {
      taken = kind->take_earlier (txn, taking->row, parsed, *until, error);
      if (kind->parsed_free != NULL)
        kind->parsed_free (parsed);
    }
  *until = read_updated (node);

  return taken;
}

static gboolean
take_earlier (ZqTxn *txn, gpointer data, GError **error)
{
  const Taking *taking = data;
  gint64 until = 0;

  for (guint i = 0; taking->history != NULL && i < zq_bundle_get_n_entries (taking->history); i++)
    if (!take_one (txn, taking, zq_bundle_get_entry (taking->history, i), &until, error))
      return FALSE;

  return taking->kind->take_earlier (txn, taking->row, NULL, 0, error);
}

void
zq_store_take_earlier_async (
    ZqStore *self, const ZqEarlier *which, ZqBundle *history, GAsyncReadyCallback callback, gpointer user_data)
{
  Taking *taking = g_new0 (Taking, 1);

  taking->row = which->row;
  taking->id = g_strdup (which->id);
  taking->kind = which->kind;
  taking->history = history != NULL ? zq_bundle_ref (history) : NULL;
  zq_store_write_async (self, ZQ_PRIORITY_SYNC, take_earlier, taking, (GDestroyNotify)taking_free, callback, user_data);
}
