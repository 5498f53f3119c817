/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/file-row.h"

#include "clinic/patient/record-row.h"

gboolean
zq_record_files_put (ZqTxn *txn, gint64 item, gint64 patient, GPtrArray *files, GError **error)
{
  if (!zq_db_exec (zq_txn_db (txn), error, "DELETE FROM record_file WHERE item = ?", "i", item))
    return FALSE;
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const ZqFile *file = files->pdata[i];

      if (!zq_db_exec (zq_txn_db (txn), error,
                       "INSERT INTO record_file (item, n, patient, picture, key, content_type, title, size, hash)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "iiiisssis", item, (gint64)i, patient, (gint64)file->is_picture, file->key, file->content_type,
                       file->title, file->size, file->hash))
        return FALSE;
    }

  return TRUE;
}

GPtrArray *
zq_record_files_load (ZqDb *db, gint64 item)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_file_free);
  g_autoptr (ZqRows) rows = zq_db_query (
      db, NULL, "SELECT key, content_type, title, size, hash FROM record_file WHERE item = ? ORDER BY n", "i", item);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (files, zq_file_from_rows (rows, 0));

  return files;
}

GPtrArray *
zq_record_list_pictures (ZqDb *db, gint64 patient, gint64 item, guint limit)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_picture_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT * FROM (SELECT f.key, f.content_type, f.title, f.size, f.hash, f.item, i.at, i.precision,"
                   "  i.title, f.n FROM record_file f JOIN record_item i ON i.id = f.item"
                   "  WHERE f.patient = ?1 AND f.picture AND (i.state <> ?2 OR f.item = ?3)"
                   "  ORDER BY i.at DESC, f.item DESC, f.n DESC LIMIT ?4)"
                   " ORDER BY 7, 6, 10",
                   "iiii", patient, (gint64)ZQ_RECORD_ERROR, item, (gint64)limit);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      ZqPicture *picture = g_new0 (ZqPicture, 1);
      gint64 at = zq_rows_int (rows, 6);

      picture->file = zq_file_from_rows (rows, 0);
      picture->message = zq_rows_int (rows, 5);
      picture->sent = at != ZQ_RECORD_UNDATED ? at : 0;
      picture->day_only = zq_rows_int (rows, 7) <= ZQ_PRECISION_DAY;
      picture->name = g_strdup (zq_rows_text (rows, 8));
      g_ptr_array_add (pictures, picture);
    }

  return pictures;
}
