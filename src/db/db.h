/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ZQ_DB_ERROR (zq_db_error_quark ())
GQuark zq_db_error_quark (void);

typedef enum
{
  ZQ_DB_ERROR_FAILED,
  ZQ_DB_ERROR_NO_CIPHER, /* the SQLite that was linked cannot encrypt: nothing was opened */
  ZQ_DB_ERROR_KEY,       /* wrong key, or the file is not a database */
  ZQ_DB_ERROR_BUSY,
  ZQ_DB_ERROR_CONSTRAINT,
  ZQ_DB_ERROR_FULL, /* disk full or not writable */
  ZQ_DB_ERROR_CORRUPT,
  ZQ_DB_ERROR_INTERRUPTED, /* by zq_db_interrupt() */
  ZQ_DB_ERROR_TEXT,        /* zq_text() met a damaged text; the database itself is sound */
} ZqDbError;

/**
 * ZqDb:
 *
 * One SQLCipher connection with a cache of prepared statements; used by one thread at a time. It
 * counts statements and rows, so that tests can hold work counts still.
 *
 * Texts that are many and alike are kept small, by functions that every connection has:
 *   zq_pack (text)           what to keep in its place: a BLOB, or the TEXT where that would not be smaller
 *   zq_text (value)          the text of what zq_pack() gave, byte for byte, and any other value as it is;
 *                            ZQ_DB_ERROR_TEXT where it is damaged
 *   zq_text_or_null (value)  the same, but NULL where it is damaged: for statements over many rows
 */
typedef struct _ZqDb ZqDb;

typedef enum
{
  ZQ_DB_DEFAULT = 0,
  ZQ_DB_READ_ONLY = 1 << 0,
  ZQ_DB_CREATE = 1 << 1,
} ZqDbFlags;

/* Opens @path (":memory:" too) in WAL mode, synchronous=FULL, foreign_keys=ON, busy timeout 5 s,
 * auto_vacuum=INCREMENTAL and mode 0600 when created, temporary tables in memory. A text in double
 * quotes is a name, never a value. @key: 32 bytes, or NULL for a plain file. A missing
 * `PRAGMA cipher_version` is ZQ_DB_ERROR_NO_CIPHER. */
ZqDb *zq_db_open (const char *path, GBytes *key, ZqDbFlags flags, GError **error);
void zq_db_close (ZqDb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqDb, zq_db_close)

/* Runs statements without values, separated by semicolons. */
gboolean zq_db_script (ZqDb *self, const char *sql, GError **error);

/**
 * zq_db_exec:
 * @types: a letter a value: `i` gint64 (pass a gint64!), `s` const char * or NULL, `d` double,
 *   `b` GBytes * or NULL
 *
 * Runs one statement to its end; its rows are dropped. @sql is a literal: it is the cache's key and
 * is never built from values.
 */
gboolean zq_db_exec (ZqDb *self, GError **error, const char *sql, const char *types, ...);

typedef struct _ZqRows ZqRows;

/* Starts a query; NULL on error. The same text may be in use once at a time a connection: nested use
 * prepares a second copy. */
ZqRows *zq_db_query (ZqDb *self, GError **error, const char *sql, const char *types, ...);
void zq_rows_free (ZqRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqRows, zq_rows_free)

/* Steps to the next row; FALSE at the end, and with @error set on failure. */
gboolean zq_rows_next (ZqRows *rows, GError **error);
gint64 zq_rows_int (ZqRows *rows, int column);
double zq_rows_double (ZqRows *rows, int column);
const char *zq_rows_text (ZqRows *rows, int column); /* until the next step; NULL for NULL */
GBytes *zq_rows_blob (ZqRows *rows, int column);     /* (transfer full) or NULL */
gboolean zq_rows_is_null (ZqRows *rows, int column);

/* One value of the first row. FALSE without error: there was no row. */
gboolean zq_db_get_int (ZqDb *self, gint64 *value, GError **error, const char *sql, const char *types, ...);
/* (transfer full); NULL when there is no row, the value is NULL, or on error. */
char *zq_db_get_text (ZqDb *self, GError **error, const char *sql, const char *types, ...);

/* BEGIN IMMEDIATE … COMMIT or ROLLBACK, no third way. They do not nest. */
gboolean zq_db_begin (ZqDb *self, GError **error);
gboolean zq_db_commit (ZqDb *self, GError **error);
void zq_db_rollback (ZqDb *self);

gint64 zq_db_last_insert_id (ZqDb *self);
gint64 zq_db_changes (ZqDb *self);

/* Stops what runs on this connection, from any thread. */
void zq_db_interrupt (ZqDb *self);

typedef struct
{
  guint64 statements;
  guint64 rows;
  guint64 steps; /* of SQLite's machine, of statements that have ended: what a scan costs, whatever it gives */
} ZqDbCounts;

void zq_db_get_counts (ZqDb *self, ZqDbCounts *counts);

/* A statement that ran for longer than @limit_us in all its steps is counted, and told with g_debug: its text,
 * never its values. 0, as at the beginning: nothing is measured. */
void zq_db_set_slow_limit (ZqDb *self, gint64 limit_us);
guint64 zq_db_get_n_slow (ZqDb *self);

G_END_DECLS
