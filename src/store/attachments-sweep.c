/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-private.h"

#include <string.h>

#define LIFETIME_US G_TIME_SPAN_DAY
#define URN         "urn:uuid:"

static gboolean
has (ZqDb *db, const char *sql, const char *value)
{
  gint64 found = 0;

  return zq_db_get_int (db, &found, NULL, sql, "s", value) && found != 0;
}

/* Two files, no common transaction: what a kill left between them is put right here. */
static void
sweep_one (ZqAttachments *self, ZqDb *store_db, const char *key, gboolean old)
{
  const char *local_id = key + strlen (URN);
  g_autofree char *named = zq_db_get_text (
      store_db, NULL, "SELECT type || '/' || server_id FROM resource WHERE local_id = ? AND server_id IS NOT NULL", "s",
      local_id);

  if (named != NULL)
    zq_attachments_rename (self, key, named);
  else if (old && !has (store_db, "SELECT 1 FROM resource WHERE local_id = ?", local_id) &&
           !has (store_db, "SELECT 1 FROM draft_file WHERE key = ? LIMIT 1", key))
    zq_attachments_drop (self, key);
}

/* What was taken out of a resource lies there still: it is not kept twice for long. */
static void
sweep_inline (ZqAttachments *self, gint64 limit)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (zq_attachments_get_main_db (self), NULL,
                   "SELECT key FROM file WHERE key >= 'inline/' AND key < 'inline0' AND at < ?", "i", limit);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (keys, g_strdup (zq_rows_text (rows, 0)));
  g_clear_pointer (&rows, zq_rows_free);
  for (guint i = 0; i < keys->len; i++)
    zq_attachments_drop (self, g_ptr_array_index (keys, i));
}

void
zq_attachments_sweep (ZqAttachments *self, ZqDb *store_db)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 limit = zq_attachments_now (self) - LIFETIME_US;
  g_autoptr (ZqRows) rows = NULL;

  rows =
      zq_db_query (zq_attachments_get_main_db (self), NULL,
                   "SELECT key, at FROM file WHERE key >= 'urn:uuid:' AND key < 'urn:uuid;' AND state IN (2, 4)", "");
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 at = zq_rows_int (rows, 1);

      g_ptr_array_add (keys, g_strdup (zq_rows_text (rows, 0)));
      g_array_append_val (times, at);
    }
  g_clear_pointer (&rows, zq_rows_free);
  sweep_inline (self, limit);

  for (guint i = 0; i < keys->len; i++)
    sweep_one (self, store_db, g_ptr_array_index (keys, i), g_array_index (times, gint64, i) < limit);
}
