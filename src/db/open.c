/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/db-private.h"
#include "db/text.h"
#include "db/words.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KEY_LENGTH      32
#define BUSY_TIMEOUT_MS 5000

G_DEFINE_QUARK (zq - db - error - quark, zq_db_error)

static void
statement_free (gpointer data)
{
  ZqDbStatement *statement = data;

  sqlite3_finalize (statement->stmt);
  g_free (statement);
}

/* Statements are long and few: some of their letters tell them apart, and each use of one is looked up. */
static guint
sql_hash (gconstpointer key)
{
  const char *sql = key;
  gsize length = strlen (sql);
  gsize step = length / 24 + 1;
  guint hash = (guint)length;

  for (gsize i = 0; i < length; i += step)
    hash = hash * 33 + (guchar)sql[i];

  return hash;
}

static ZqDb *
db_new (void)
{
  ZqDb *self = g_new0 (ZqDb, 1);

  self->statements = g_hash_table_new_full (sql_hash, g_str_equal, g_free, statement_free);
  self->pack = zq_pack_new ();

  return self;
}

/* SQLCipher links statically and hides its symbols. A build that came out with another SQLite would
 * take a key and encrypt nothing, so ask before any file is touched. */
static gboolean
check_cipher (GError **error)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *stmt = NULL;
  gboolean found = FALSE;

  if (sqlite3_open (":memory:", &handle) == SQLITE_OK &&
      sqlite3_prepare_v2 (handle, "PRAGMA cipher_version", -1, &stmt, NULL) == SQLITE_OK &&
      sqlite3_step (stmt) == SQLITE_ROW)
    {
      const char *version = (const char *)sqlite3_column_text (stmt, 0);
      found = version != NULL && *version != '\0';
    }
  sqlite3_finalize (stmt);

  /* A wrong key is an answer of ours, not a line on stderr. */
  if (found)
    sqlite3_exec (handle, "PRAGMA cipher_log_level = NONE", NULL, NULL, NULL);
  sqlite3_close (handle);

  if (!found)
    g_set_error_literal (error, ZQ_DB_ERROR, ZQ_DB_ERROR_NO_CIPHER,
                         "This program was built with an SQLite that cannot encrypt. Nothing was opened; "
                         "install it again from a proper build.");

  return found;
}

/* SQLite gives -wal and -shm the mode of the database, so the mode is set once, here. */
static gboolean
create_file (const char *path, GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd >= 0)
    return g_close (fd, error);
  if (errno == EEXIST)
    return TRUE;

  g_set_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FULL, "This computer could not create %s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
set_key (ZqDb *self, GBytes *key, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  char text[2 + 2 * KEY_LENGTH + 2];
  int rc;

  if (length != KEY_LENGTH)
    {
      g_set_error_literal (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY, "The key of the database has a wrong length.");
      return FALSE;
    }

  /* The raw form: anything else is taken for a passphrase, with 400 ms of key derivation. */
  memcpy (text, "x'", 2);
  for (gsize i = 0; i < KEY_LENGTH; i++)
    g_snprintf (text + 2 + 2 * i, 3, "%02x", bytes[i]);
  memcpy (text + 2 + 2 * KEY_LENGTH, "'", 2);
  rc = sqlite3_key_v2 (self->handle, "main", text, sizeof text - 1);
  explicit_bzero (text, sizeof text);
  if (rc == SQLITE_OK)
    return TRUE;

  g_set_error_literal (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY, "The key of the database was not accepted.");
  return FALSE;
}

/* The first read of the file is where a wrong key shows. */
static gboolean
check_key (ZqDb *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (zq_db_script (self, "SELECT count(*) FROM sqlite_master", &local))
    return TRUE;

  if (g_error_matches (local, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY))
    g_set_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY,
                 "%s cannot be read with this key, or is not a database. It was left as it is.", path);
  else
    g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

static gboolean
configure (ZqDb *self, ZqDbFlags flags, GError **error)
{
  if (!zq_db_script (self, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY", error))
    return FALSE;
  if (flags & ZQ_DB_READ_ONLY)
    return zq_db_script (self, "PRAGMA query_only = ON", error);

  /* auto_vacuum only counts before the first page is written, which WAL does. */
  return zq_db_script (self,
                       "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = FULL",
                       error);
}

static gboolean
open_handle (ZqDb *self, const char *path, ZqDbFlags flags, GError **error)
{
  int mode = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int rc;

  if (flags & ZQ_DB_READ_ONLY)
    mode |= SQLITE_OPEN_READONLY;
  else
    mode |= SQLITE_OPEN_READWRITE | (flags & ZQ_DB_CREATE ? SQLITE_OPEN_CREATE : 0);
  if (g_str_equal (path, ":memory:"))
    mode |= SQLITE_OPEN_CREATE;

  rc = sqlite3_open_v2 (path, &self->handle, mode, NULL);
  if (rc != SQLITE_OK)
    {
      g_set_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED, "This computer could not open %s: %s", path,
                   sqlite3_errstr (rc));
      return FALSE;
    }

  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);

  return TRUE;
}

ZqDb *
zq_db_open (const char *path, GBytes *key, ZqDbFlags flags, GError **error)
{
  g_autoptr (ZqDb) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (!(flags & ZQ_DB_READ_ONLY) || !(flags & ZQ_DB_CREATE), NULL);

  if (!check_cipher (error))
    return NULL;
  if ((flags & ZQ_DB_CREATE) && !g_str_equal (path, ":memory:") && !create_file (path, error))
    return NULL;

  self = db_new ();
  if (!open_handle (self, path, flags, error))
    return NULL;
  if (key != NULL && !set_key (self, key, error))
    return NULL;
  if (!check_key (self, path, error) || !zq_db_add_words (self, error) || !zq_db_add_texts (self, error) ||
      !configure (self, flags, error))
    return NULL;
  self->counts = (ZqDbCounts){ 0 };

  return g_steal_pointer (&self);
}

void
zq_db_close (ZqDb *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->statements);
  if (sqlite3_close (self->handle) != SQLITE_OK)
    {
      g_critical ("A database was closed while rows of it were open");
      sqlite3_close_v2 (self->handle);
    }
  zq_pack_free (self->pack);
  g_free (self);
}

static ZqDbError
error_code (int rc)
{
  switch (rc)
    {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
      return ZQ_DB_ERROR_FULL;
    case ZQ_DB_RC_TEXT:
      return ZQ_DB_ERROR_TEXT;
    default:
      break;
    }

  switch (rc & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ZQ_DB_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
      return ZQ_DB_ERROR_CONSTRAINT;
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return ZQ_DB_ERROR_FULL;
    case SQLITE_NOTADB:
      return ZQ_DB_ERROR_KEY;
    case SQLITE_CORRUPT:
      return ZQ_DB_ERROR_CORRUPT;
    case SQLITE_INTERRUPT:
      return ZQ_DB_ERROR_INTERRUPTED;
    default:
      return ZQ_DB_ERROR_FAILED;
    }
}

void
zq_db_set_error (ZqDb *self, int rc, ZqDbStage stage, GError **error)
{
  ZqDbError code = error_code (rc);
  const char *text = sqlite3_errstr (rc);

  if (code == ZQ_DB_ERROR_TEXT)
    {
      g_set_error_literal (error, ZQ_DB_ERROR, code,
                           "A text that this computer keeps is damaged; all others are as they were.");
      return;
    }

  /* A constraint is told by its table and column, never by the value. */
  if (stage == ZQ_DB_STAGE_PREPARE || code == ZQ_DB_ERROR_CONSTRAINT)
    text = sqlite3_errmsg (self->handle);

  g_set_error (error, ZQ_DB_ERROR, code, "The database on this computer failed (%d): %s", rc, text);
}
