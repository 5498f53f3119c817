/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-private.h"
#include "store/attachments-reasons.h"

#include <string.h>

#define SCHEMA_VERSION 1
/* A chunk's row id is its file's times this and its number, so that a file's chunks lie together. */
#define CHUNKS_A_FILE 65536

static const char SCHEMA[] = "CREATE TABLE file ("
                             "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
                             "  key TEXT UNIQUE," /* NULL: a thumbnail, or not whole yet */
                             "  origin INTEGER REFERENCES file (id) ON DELETE CASCADE," /* of a thumbnail */
                             "  px INTEGER,"
                             "  state INTEGER NOT NULL," /* ZqFileState */
                             "  content_type TEXT,"
                             "  said INTEGER NOT NULL DEFAULT 0," /* bytes, as its reference says */
                             "  size INTEGER NOT NULL DEFAULT 0," /* as the hospital tells; of HELD ones as it is */
                             "  done INTEGER NOT NULL DEFAULT 0,"
                             "  chunks INTEGER NOT NULL DEFAULT 0,"
                             "  hash TEXT," /* base64 SHA-1; of HELD ones as it is */
                             "  reason TEXT,"
                             "  at INTEGER NOT NULL DEFAULT 0,"
                             "  UNIQUE (origin, px));"
                             "CREATE INDEX file_wanted ON file (id) WHERE state = 1;"
                             "CREATE INDEX file_keeping ON file (id) WHERE state = 0;"
                             "CREATE TABLE alias (" /* names from before the hospital gave one */
                             "  key TEXT PRIMARY KEY,"
                             "  file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE) WITHOUT ROWID;"
                             "CREATE INDEX alias_file ON alias (file);"
                             "CREATE TABLE chunk (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
                             "CREATE TRIGGER file_gone AFTER DELETE ON file BEGIN"
                             "  DELETE FROM chunk WHERE id BETWEEN old.id * 65536 AND old.id * 65536 + 65535;"
                             " END;"
                             "PRAGMA user_version = 1;";

gboolean
zq_file_migrate (ZqDb *db, GError **error)
{
  gint64 version = 0;

  if (!zq_db_get_int (db, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version > SCHEMA_VERSION)
    {
      g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_NEWER,
                   "The store of files was made by a newer version of this program (%" G_GINT64_FORMAT
                   "). It was left untouched; start the newer version",
                   version);
      return FALSE;
    }
  if (!zq_db_begin (db, error))
    return FALSE;
  /* What a dead process was keeping never became the doctor's. */
  if ((version == SCHEMA_VERSION || zq_db_script (db, SCHEMA, error)) &&
      zq_db_exec (db, error, "DELETE FROM file WHERE state = 0", "") && zq_db_commit (db, error))
    return TRUE;

  zq_db_rollback (db);

  return FALSE;
}

/* --- finding ---------------------------------------------------------------------------------- */

static gint64
find_named (ZqDb *db, const char *key)
{
  gint64 id = 0;

  zq_db_get_int (db, &id, NULL,
                 "SELECT id FROM file WHERE key = ?1 UNION ALL SELECT file FROM alias WHERE key = ?1 LIMIT 1", "s",
                 key);

  return id;
}

/* "thumb/96/Binary/7" → 96, "Binary/7"; FALSE for any other. */
static gboolean
split_thumb (const char *key, gint64 *px, const char **of)
{
  char *end = NULL;

  if (!g_str_has_prefix (key, "thumb/") || !g_ascii_isdigit (key[6]))
    return FALSE;
  *px = g_ascii_strtoll (key + 6, &end, 10);
  if (*end != '/' || end[1] == '\0')
    return FALSE;
  *of = end + 1;

  return TRUE;
}

gint64
zq_file_find (ZqDb *db, const char *key)
{
  const char *of = NULL;
  gint64 px = 0, origin, id = 0;

  if (!split_thumb (key, &px, &of))
    return find_named (db, key);
  origin = find_named (db, of);
  if (origin != 0)
    zq_db_get_int (db, &id, NULL, "SELECT id FROM file WHERE origin = ? AND px = ?", "ii", origin, px);

  return id;
}

static ZqAttachmentState
public_state (ZqFileState state)
{
  switch (state)
    {
    case ZQ_FILE_WANTED:
      return ZQ_ATTACHMENT_WANTED;
    case ZQ_FILE_HELD:
      return ZQ_ATTACHMENT_HELD;
    case ZQ_FILE_REFUSED:
      return ZQ_ATTACHMENT_REFUSED;
    case ZQ_FILE_KEEPING:
    case ZQ_FILE_GROWING:
    default:
      return ZQ_ATTACHMENT_NONE;
    }
}

gboolean
zq_file_peek (ZqDb *db, const char *key, ZqAttachmentInfo *info)
{
  gint64 id = zq_file_find (db, key);
  g_autoptr (ZqRows) rows = NULL;

  if (id == 0)
    return FALSE;
  rows = zq_db_query (
      db, NULL,
      "SELECT state, iif (state = 2 OR said = 0, size, said), done, content_type, reason FROM file WHERE id = ?", "i",
      id);
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return FALSE;

  info->state = public_state (zq_rows_int (rows, 0));
  info->size = zq_rows_int (rows, 1);
  info->done = zq_rows_int (rows, 2);
  info->content_type = g_strdup (zq_rows_text (rows, 3));
  info->reason = g_strdup (zq_rows_text (rows, 4));

  return info->state != ZQ_ATTACHMENT_NONE;
}

GBytes *
zq_file_get_chunk (ZqDb *db, gint64 id, gint64 number, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT bytes FROM chunk WHERE id = ?", "i", id * CHUNKS_A_FILE + number);

  if (rows == NULL || !zq_rows_next (rows, error))
    return NULL;

  return zq_rows_blob (rows, 0);
}

/* --- a download ------------------------------------------------------------------------------- */

static gboolean
clear_chunks (ZqDb *db, gint64 id, GError **error)
{
  return zq_db_exec (db, error, "DELETE FROM chunk WHERE id BETWEEN ?1 * 65536 AND ?1 * 65536 + 65535", "i", id) &&
         zq_db_exec (db, error, "UPDATE file SET done = 0, chunks = 0 WHERE id = ?", "i", id);
}

/* The file gives back what it no longer needs, so that a day of pictures does not stay for ever. */
static gboolean
give_back (ZqDb *db, GError **error)
{
  return zq_db_script (db, "PRAGMA incremental_vacuum", error);
}

gboolean
zq_file_want (ZqDb *db, ZqFileJob *job, GError **error)
{
  gint64 id = zq_file_find (db, job->key);

  if (id == 0)
    return zq_db_exec (db, error,
                       "INSERT INTO file (key, state, content_type, said, hash, at) VALUES (?, 1, ?, ?, ?, ?)", "ssisi",
                       job->key, job->content_type, job->size, job->other, job->now);

  return zq_db_exec (db, error,
                     "UPDATE file SET state = 1, reason = NULL, content_type = ?, said = ?, hash = ? WHERE id = ?"
                     " AND state IN (1, 3)",
                     "sisi", job->content_type, job->size, job->other, id);
}

gboolean
zq_file_cancel (ZqDb *db, ZqFileJob *job, GError **error)
{
  return zq_db_exec (db, error, "DELETE FROM file WHERE id = ? AND state IN (1, 3)", "i",
                     zq_file_find (db, job->key)) &&
         give_back (db, error);
}

gboolean
zq_file_begin (ZqDb *db, ZqFileJob *job, GError **error)
{
  gint64 id = 0;

  if (!zq_db_get_int (db, &id, NULL, "SELECT id FROM file WHERE id = ? AND state = 1", "i",
                      zq_file_find (db, job->key)))
    return TRUE;

  return clear_chunks (db, id, error) &&
         zq_db_exec (db, error, "UPDATE file SET size = ? WHERE id = ?", "ii", job->size, id);
}

static gboolean
add_bytes (ZqDb *db, ZqFileJob *job, gint64 id, ZqFileState state, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT done, chunks FROM file WHERE id = ? AND state = ?", "ii", id, (gint64)state);
  gsize length = g_bytes_get_size (job->bytes);
  gint64 number;

  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, error))
    {
      if (error == NULL || *error == NULL)
        g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The file is not wanted any more");
      return FALSE;
    }
  job->done = zq_rows_int (rows, 0) + (gint64)length;
  number = zq_rows_int (rows, 1);
  g_clear_pointer (&rows, zq_rows_free);

  for (gsize at = 0; at < length; at += ZQ_ATTACHMENT_CHUNK, number++)
    {
      g_autoptr (GBytes) piece = g_bytes_new_from_bytes (job->bytes, at, MIN (length - at, ZQ_ATTACHMENT_CHUNK));

      if (number >= CHUNKS_A_FILE)
        {
          g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE, "The file is too large to be kept");
          return FALSE;
        }
      if (!zq_db_exec (db, error, "INSERT INTO chunk (id, bytes) VALUES (?, ?)", "ib", id * CHUNKS_A_FILE + number,
                       piece))
        return FALSE;
    }

  return zq_db_exec (db, error, "UPDATE file SET done = ?, chunks = ? WHERE id = ?", "iii", job->done, number, id);
}

gboolean
zq_file_append (ZqDb *db, ZqFileJob *job, GError **error)
{
  return add_bytes (db, job, zq_file_find (db, job->key), ZQ_FILE_WANTED, error);
}

static char *
hash_chunks (ZqDb *db, gint64 id, gint64 chunks, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  for (gint64 i = 0; i < chunks; i++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GBytes) bytes = zq_file_get_chunk (db, id, i, &local);

      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (bytes != NULL)
        g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
    }
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static gboolean
set_refused (ZqDb *db, gint64 id, const char *reason, GError **error)
{
  return clear_chunks (db, id, error) &&
         zq_db_exec (db, error, "UPDATE file SET state = 3, reason = ? WHERE id = ?", "si", reason, id) &&
         give_back (db, error);
}

/* job->good: it is HELD; else REFUSED, job->other says why. */
gboolean
zq_file_end (ZqDb *db, ZqFileJob *job, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT id, said, size, done, chunks, hash FROM file WHERE id = ? AND state = 1", "i",
                   zq_file_find (db, job->key));
  g_autofree char *hash = NULL;
  gint64 id, expected, done;

  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, error))
    {
      if (error == NULL || *error == NULL)
        g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The file is not wanted any more");
      return FALSE;
    }
  id = zq_rows_int (rows, 0);
  expected = zq_rows_int (rows, 1) != 0 ? zq_rows_int (rows, 1) : zq_rows_int (rows, 2);
  done = job->done = zq_rows_int (rows, 3);
  hash = hash_chunks (db, id, zq_rows_int (rows, 4), error);
  if (hash == NULL)
    return FALSE;

  if (expected > 0 && expected != done)
    job->other = g_strdup (ZQ_ATTACHMENT_REASON_SIZE);
  else if (!zq_rows_is_null (rows, 5) && !g_str_equal (zq_rows_text (rows, 5), hash))
    job->other = g_strdup (ZQ_ATTACHMENT_REASON_HASH);
  g_clear_pointer (&rows, zq_rows_free);
  if (job->other != NULL)
    return set_refused (db, id, job->other, error);
  job->good = TRUE;

  return zq_db_exec (db, error, "UPDATE file SET state = 2, size = ?, hash = ?, at = ?, reason = NULL WHERE id = ?",
                     "isii", done, hash, job->now, id);
}

gboolean
zq_file_refuse (ZqDb *db, ZqFileJob *job, GError **error)
{
  gint64 id = 0;

  if (!zq_db_get_int (db, &id, NULL, "SELECT id FROM file WHERE id = ? AND state = 1", "i",
                      zq_file_find (db, job->key)))
    return TRUE;

  return set_refused (db, id, job->other, error);
}

/* --- what is held ----------------------------------------------------------------------------- */

gboolean
zq_file_drop (ZqDb *db, ZqFileJob *job, GError **error)
{
  return zq_db_exec (db, error, "DELETE FROM file WHERE id = ?", "i", zq_file_find (db, job->key)) &&
         give_back (db, error);
}

gboolean
zq_file_rename (ZqDb *db, ZqFileJob *job, GError **error)
{
  gint64 id = zq_file_find (db, job->key);

  if (id == 0 || g_str_equal (job->key, job->other))
    return TRUE;

  /* Whoever asked for it under the new name meanwhile gets these bytes. */
  return zq_db_exec (db, error, "DELETE FROM file WHERE id = ? AND id <> ?", "ii", zq_file_find (db, job->other), id) &&
         zq_db_exec (db, error, "INSERT OR REPLACE INTO alias (key, file) VALUES (?, ?)", "si", job->key, id) &&
         zq_db_exec (db, error, "DELETE FROM alias WHERE key = ?", "s", job->other) &&
         zq_db_exec (db, error, "UPDATE file SET key = ? WHERE id = ?", "si", job->other, id);
}

static gboolean
read_chunks (ZqDb *db, ZqFileJob *job, gint64 id, gint64 size, gint64 chunks, GError **error)
{
  g_autofree guint8 *whole = g_try_malloc (size > 0 ? (gsize)size : 1);
  gint64 at = 0;

  for (gint64 i = 0; whole != NULL && i < chunks; i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      gint64 length;

      if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), error))
        return FALSE;
      bytes = zq_file_get_chunk (db, id, i, error);
      length = bytes != NULL ? (gint64)g_bytes_get_size (bytes) : 0;
      if (bytes == NULL || length > size - at)
        break;
      memcpy (whole + at, g_bytes_get_data (bytes, NULL), (gsize)length);
      at += length;
    }
  if (whole == NULL || at != size)
    {
      if (error == NULL || *error == NULL)
        g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The file is not kept on this computer");
      return FALSE;
    }
  job->result = g_bytes_new_take (g_steal_pointer (&whole), (gsize)size);

  return TRUE;
}

gboolean
zq_file_read (ZqDb *db, ZqFileJob *job, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error, "SELECT id, size, chunks FROM file WHERE id = ? AND state = 2", "i",
                                         zq_file_find (db, job->key));
  gint64 id, size, chunks;

  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, error))
    {
      if (error == NULL || *error == NULL)
        g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The file is not kept on this computer");
      return FALSE;
    }
  id = zq_rows_int (rows, 0);
  size = zq_rows_int (rows, 1);
  chunks = zq_rows_int (rows, 2);
  g_clear_pointer (&rows, zq_rows_free);

  return read_chunks (db, job, id, size, chunks, error);
}

/* --- keeping ---------------------------------------------------------------------------------- */

gboolean
zq_file_keep_begin (ZqDb *db, ZqFileJob *job, GError **error)
{
  if (!zq_db_exec (db, error, "INSERT INTO file (state, content_type, at) VALUES (0, ?, ?)", "si", job->content_type,
                   job->now))
    return FALSE;
  job->id = zq_db_last_insert_id (db);

  return TRUE;
}

gboolean
zq_file_keep_append (ZqDb *db, ZqFileJob *job, GError **error)
{
  return add_bytes (db, job, job->id, ZQ_FILE_KEEPING, error);
}

static gboolean
keep_thumb (ZqDb *db, ZqFileJob *job, gint64 px, const char *of, GError **error)
{
  gint64 origin = find_named (db, of);

  if (origin == 0)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The picture is not kept on this computer");
      return FALSE;
    }

  return zq_db_exec (db, error, "UPDATE file SET origin = ?, px = ? WHERE id = ?", "iii", origin, px, job->id);
}

gboolean
zq_file_keep_end (ZqDb *db, ZqFileJob *job, GError **error)
{
  const char *of = NULL;
  gint64 px = 0;

  if (!zq_db_exec (db, error, "DELETE FROM file WHERE id = ? AND id <> ?", "ii", zq_file_find (db, job->key), job->id))
    return FALSE;
  if (split_thumb (job->key, &px, &of)
          ? !keep_thumb (db, job, px, of, error)
          : !zq_db_exec (db, error, "UPDATE file SET key = ? WHERE id = ?", "si", job->key, job->id))
    return FALSE;

  return zq_db_exec (db, error, "UPDATE file SET state = 2, size = done, hash = ?, at = ? WHERE id = ?", "sii",
                     job->other, job->now, job->id);
}

gboolean
zq_file_keep_drop (ZqDb *db, ZqFileJob *job, GError **error)
{
  return zq_db_exec (db, error, "DELETE FROM file WHERE id = ? AND state = 0", "i", job->id) && give_back (db, error);
}

/* --- growing ---------------------------------------------------------------------------------- */

gboolean
zq_file_grow (ZqDb *db, ZqFileJob *job, GError **error)
{
  gint64 id = zq_file_find (db, job->key);

  if (id == 0)
    {
      if (!zq_db_exec (db, error, "INSERT INTO file (key, state, content_type, at) VALUES (?, 4, ?, ?)", "ssi",
                       job->key, job->content_type, job->now))
        return FALSE;
      id = zq_db_last_insert_id (db);
    }

  return add_bytes (db, job, id, ZQ_FILE_GROWING, error);
}

/* A second time it says the same again. */
gboolean
zq_file_end_growth (ZqDb *db, ZqFileJob *job, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error, "SELECT id, done, chunks FROM file WHERE id = ? AND state IN (2, 4)", "i",
                   zq_file_find (db, job->key));
  gint64 id, chunks;

  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, error))
    {
      if (error == NULL || *error == NULL)
        g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "Nothing was recorded");
      return FALSE;
    }
  id = zq_rows_int (rows, 0);
  job->done = zq_rows_int (rows, 1);
  chunks = zq_rows_int (rows, 2);
  g_clear_pointer (&rows, zq_rows_free);
  job->other = hash_chunks (db, id, chunks, error);

  return job->other != NULL &&
         zq_db_exec (db, error, "UPDATE file SET state = 2, size = done, hash = ?, at = ? WHERE id = ?", "sii",
                     job->other, job->now, id);
}
