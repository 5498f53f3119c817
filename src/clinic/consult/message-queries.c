/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/message.h"

#include "clinic/consult/rules.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "resource/json.h"

#define MOST_NEWER 5

gint64
zq_message_first_unread (ZqDb *db, gint64 thread_id)
{
  ZqSeen seen;
  gint64 key = 0;

  if (thread_id <= 0 || !zq_consult_load_seen (db, thread_id, &seen, NULL))
    return 0;
  if (seen.up_to == 0)
    zq_db_get_int (db, &seen.up_to, NULL,
                   "SELECT coalesce (max (sent), 0) FROM message WHERE thread = ? AND from_me AND NOT note", "i",
                   thread_id);
  zq_db_get_int (db, &key, NULL,
                 "SELECT id FROM message WHERE thread = ?1 AND pending = 0 AND sent > ?4"
                 " AND (sent >= (?2 / 1000 + 1) * 1000 OR (?3 > 0 AND id > ?3 AND side = 1))"
                 " AND side > 0 AND NOT from_me AND NOT withdrawn ORDER BY sent, order_key LIMIT 1",
                 "iiii", thread_id, seen.up_to, seen.top, seen.top > 0 ? seen.up_to - ZQ_LATE_US : seen.up_to);

  return key;
}

gboolean
zq_message_read_words (ZqDb *db, gint64 key, gboolean *from_me, char **name, char **text)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL,
                                         "SELECT m.from_me, p.name, m.text FROM message m"
                                         " LEFT JOIN person p ON p.id = m.sender"
                                         " WHERE m.id = ? AND NOT m.withdrawn AND NOT m.note",
                                         "i", key);

  *name = *text = NULL;
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return FALSE;
  *from_me = zq_rows_int (rows, 0) != 0;
  *name = g_strdup (zq_rows_text (rows, 1));
  *text = zq_codec_one_line (zq_rows_text (rows, 2));

  return TRUE;
}

gboolean
zq_message_read_told (ZqDb *db, gint64 task, gint64 *report, char **title)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL,
                                         "SELECT v.report, i.title FROM review v" /* clinic/review */
                                         " LEFT JOIN record_item i ON i.id = v.report WHERE v.id = ? AND v.report <> 0",
                                         "i", task);

  *report = 0;
  *title = NULL;
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return FALSE;
  *report = zq_rows_int (rows, 0);
  *title = g_strdup (zq_rows_text (rows, 1));

  return TRUE;
}

/* --- beside a reply that is held ---------------------------------------------------------------- */

void
zq_newer_free (ZqNewer *self)
{
  g_free (self->name);
  g_free (self->text);
  g_free (self);
}

GPtrArray *
zq_consult_list_newer (ZqDb *db, gint64 seq)
{
  GPtrArray *newer = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_newer_free);
  g_autoptr (ZqIntent) intent = zq_store_get_intent (db, seq, NULL);
  g_autoptr (JsonNode) basis = intent != NULL ? zq_args_read (intent->basis) : NULL;
  const char *top = zq_json_get_string (basis, "top");
  const char *seen = zq_json_get_string (basis, "seen");
  g_autoptr (ZqRows) rows = NULL;

  if (top == NULL)
    return newer;
  rows = zq_db_query (db, NULL,
                      "SELECT m.id, p.name, m.text, m.sent FROM consult c JOIN message m ON m.thread = c.thread"
                      " LEFT JOIN person p ON p.id = m.sender WHERE c.id = ? AND m.side = 1 AND NOT m.withdrawn"
                      " AND m.pending = 0 AND (m.id > ? OR m.sent > ?) ORDER BY m.sent DESC, m.order_key DESC LIMIT ?",
                      "iiii", zq_chain_consult (intent->chain), g_ascii_strtoll (top, NULL, 10),
                      seen != NULL ? g_ascii_strtoll (seen, NULL, 10) : 0, (gint64)MOST_NEWER);
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      ZqNewer *one = g_new0 (ZqNewer, 1);

      one->message = zq_rows_int (rows, 0);
      one->name = g_strdup (zq_rows_text (rows, 1));
      one->text = zq_codec_one_line (zq_rows_text (rows, 2));
      one->sent = zq_rows_int (rows, 3);
      g_ptr_array_insert (newer, 0, one);
    }

  return newer;
}

/* --- pictures ----------------------------------------------------------------------------------- */

void
zq_picture_free (ZqPicture *self)
{
  g_clear_pointer (&self->file, zq_file_free);
  g_free (self->name);
  g_free (self);
}

GPtrArray *
zq_message_list_pictures (ZqDb *db, gint64 thread_id, guint limit)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_picture_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT m.id, m.sent, p.name, f.key, f.content_type, f.title, f.size, f.hash FROM message m"
                   " JOIN message_file f ON f.message = m.id LEFT JOIN person p ON p.id = m.sender"
                   " WHERE m.thread = ? AND m.n_pictures > 0 AND NOT m.withdrawn AND f.content_type LIKE 'image/%'"
                   " ORDER BY m.pending DESC, m.sent DESC, m.order_key DESC, f.n DESC LIMIT ?",
                   "ii", thread_id, (gint64)limit);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      ZqPicture *picture = g_new0 (ZqPicture, 1);

      picture->message = zq_rows_int (rows, 0);
      picture->sent = zq_rows_int (rows, 1);
      picture->name = g_strdup (zq_rows_text (rows, 2));
      picture->file = zq_file_from_rows (rows, 3);
      g_ptr_array_insert (pictures, 0, picture);
    }

  return pictures;
}
