/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/db-private.h"

#include "base/clock.h"

#include <string.h>

struct _ZqRows
{
  /* borrowed */
  ZqDb *db;
  ZqDbStatement *statement;

  gboolean done;
};

static sqlite3_stmt *
prepare (ZqDb *self, const char *sql, const char **tail, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v3 (self->handle, sql, -1, tail == NULL ? SQLITE_PREPARE_PERSISTENT : 0, &stmt, tail);

  if (rc != SQLITE_OK)
    {
      zq_db_set_error (self, rc, ZQ_DB_STAGE_PREPARE, error);
      return NULL;
    }

  return stmt;
}

static ZqDbStatement *
statement_acquire (ZqDb *self, const char *sql, GError **error)
{
  ZqDbStatement *statement = g_hash_table_lookup (self->statements, sql);
  ZqDbStatement *fresh;
  sqlite3_stmt *stmt;

  if (statement != NULL && !statement->in_use)
    {
      statement->in_use = TRUE;
      return statement;
    }

  stmt = prepare (self, sql, NULL, error);
  if (stmt == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED, "An empty statement was given to the database");
      return NULL;
    }

  fresh = g_new0 (ZqDbStatement, 1);
  fresh->stmt = stmt;
  fresh->in_use = TRUE;
  fresh->cached = statement == NULL;
  if (fresh->cached)
    g_hash_table_insert (self->statements, g_strdup (sql), fresh);

  return fresh;
}

/* Every step goes through here, so that all are measured. */
static int
step (ZqDb *self, sqlite3_stmt *stmt, gint64 *spent)
{
  gint64 begin = self->slow_limit > 0 ? zq_clock_stopwatch () : 0;
  int rc = sqlite3_step (stmt);

  if (self->slow_limit > 0)
    *spent += zq_clock_stopwatch () - begin;

  return rc;
}

static void
account (ZqDb *self, sqlite3_stmt *stmt, gint64 spent)
{
  self->counts.steps += (guint64)sqlite3_stmt_status (stmt, SQLITE_STMTSTATUS_VM_STEP, TRUE);
  if (self->slow_limit <= 0 || spent <= self->slow_limit)
    return;

  self->n_slow++;
  /* sqlite3_expanded_sql() would have the values. */
  g_debug ("%" G_GINT64_FORMAT " us: %s", spent, sqlite3_sql (stmt));
}

static void
statement_release (ZqDb *self, ZqDbStatement *statement)
{
  account (self, statement->stmt, statement->spent);
  statement->spent = 0;
  if (!statement->cached)
    {
      sqlite3_finalize (statement->stmt);
      g_free (statement);
      return;
    }

  sqlite3_reset (statement->stmt);
  sqlite3_clear_bindings (statement->stmt);
  statement->in_use = FALSE;
}

static int
bind_text (sqlite3_stmt *stmt, int place, const char *text, sqlite3_destructor_type keep)
{
  if (text == NULL)
    return sqlite3_bind_null (stmt, place);

  return sqlite3_bind_text64 (stmt, place, text, strlen (text), keep, SQLITE_UTF8);
}

static int
bind_bytes (sqlite3_stmt *stmt, int place, GBytes *bytes, sqlite3_destructor_type keep)
{
  gsize length;
  gconstpointer data;

  if (bytes == NULL)
    return sqlite3_bind_null (stmt, place);

  data = g_bytes_get_data (bytes, &length);
  if (length == 0)
    return sqlite3_bind_zeroblob (stmt, place, 0);

  return sqlite3_bind_blob64 (stmt, place, data, length, keep);
}

static int
bind_one (sqlite3_stmt *stmt, int place, char type, va_list *values, sqlite3_destructor_type keep)
{
  switch (type)
    {
    case 'i':
      return sqlite3_bind_int64 (stmt, place, va_arg (*values, gint64));
    case 'd':
      return sqlite3_bind_double (stmt, place, va_arg (*values, double));
    case 's':
      return bind_text (stmt, place, va_arg (*values, const char *), keep);
    case 'b':
      return bind_bytes (stmt, place, va_arg (*values, GBytes *), keep);
    default:
      return SQLITE_MISUSE;
    }
}

/* @keep: whether SQLite copies the values (they must outlive a query, not an exec). */
static ZqDbStatement *
start (ZqDb *self, const char *sql, const char *types, va_list *values, sqlite3_destructor_type keep, GError **error)
{
  g_autoptr (GError) local = NULL;
  ZqDbStatement *statement = statement_acquire (self, sql, &local);
  int wanted, given = types == NULL ? 0 : (int)strlen (types);

  if (statement == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  wanted = sqlite3_bind_parameter_count (statement->stmt);
  if (wanted != given)
    {
      statement_release (self, statement);
      g_set_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED, "A statement takes %d values, %d were given", wanted, given);
      return NULL;
    }

  for (int i = 0; i < given; i++)
    {
      int rc = bind_one (statement->stmt, i + 1, types[i], values, keep);

      if (rc != SQLITE_OK)
        {
          statement_release (self, statement);
          zq_db_set_error (self, rc, ZQ_DB_STAGE_STEP, error);
          return NULL;
        }
    }
  self->counts.statements++;

  return statement;
}

static gboolean
run (ZqDb *self, sqlite3_stmt *stmt, gint64 *spent, GError **error)
{
  int rc;

  while ((rc = step (self, stmt, spent)) == SQLITE_ROW)
    self->counts.rows++;
  if (rc == SQLITE_DONE)
    return TRUE;

  zq_db_set_error (self, rc, ZQ_DB_STAGE_STEP, error);
  return FALSE;
}

gboolean
zq_db_script (ZqDb *self, const char *sql, GError **error)
{
  const char *rest = sql;

  g_return_val_if_fail (self != NULL && sql != NULL, FALSE);

  while (*rest != '\0')
    {
      g_autoptr (GError) local = NULL;
      sqlite3_stmt *stmt = prepare (self, rest, &rest, &local);
      gint64 spent = 0;
      gboolean ok;

      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (stmt == NULL)
        continue;

      self->counts.statements++;
      ok = run (self, stmt, &spent, error);
      account (self, stmt, spent);
      sqlite3_finalize (stmt);
      if (!ok)
        return FALSE;
    }

  return TRUE;
}

gboolean
zq_db_exec (ZqDb *self, GError **error, const char *sql, const char *types, ...)
{
  ZqDbStatement *statement;
  gboolean ok;
  va_list values;

  g_return_val_if_fail (self != NULL && sql != NULL, FALSE);

  va_start (values, types);
  statement = start (self, sql, types, &values, SQLITE_STATIC, error);
  ok = statement != NULL && run (self, statement->stmt, &statement->spent, error);
  if (statement != NULL)
    statement_release (self, statement);
  va_end (values);

  return ok;
}

static ZqRows *
query (ZqDb *self, GError **error, const char *sql, const char *types, va_list *values)
{
  ZqDbStatement *statement = start (self, sql, types, values, SQLITE_TRANSIENT, error);
  ZqRows *rows;

  if (statement == NULL)
    return NULL;

  rows = g_new0 (ZqRows, 1);
  rows->db = self;
  rows->statement = statement;

  return rows;
}

ZqRows *
zq_db_query (ZqDb *self, GError **error, const char *sql, const char *types, ...)
{
  ZqRows *rows;
  va_list values;

  g_return_val_if_fail (self != NULL && sql != NULL, NULL);

  va_start (values, types);
  rows = query (self, error, sql, types, &values);
  va_end (values);

  return rows;
}

void
zq_rows_free (ZqRows *rows)
{
  if (rows == NULL)
    return;

  statement_release (rows->db, rows->statement);
  g_free (rows);
}

gboolean
zq_rows_next (ZqRows *rows, GError **error)
{
  int rc;

  g_return_val_if_fail (rows != NULL, FALSE);

  if (rows->done)
    return FALSE;

  rc = step (rows->db, rows->statement->stmt, &rows->statement->spent);
  if (rc == SQLITE_ROW)
    {
      rows->db->counts.rows++;
      return TRUE;
    }

  rows->done = TRUE;
  if (rc != SQLITE_DONE)
    zq_db_set_error (rows->db, rc, ZQ_DB_STAGE_STEP, error);
  /* An ended query holds no snapshot of the WAL, however late it is freed. */
  sqlite3_reset (rows->statement->stmt);

  return FALSE;
}

gint64
zq_rows_int (ZqRows *rows, int column)
{
  return sqlite3_column_int64 (rows->statement->stmt, column);
}

double
zq_rows_double (ZqRows *rows, int column)
{
  return sqlite3_column_double (rows->statement->stmt, column);
}

const char *
zq_rows_text (ZqRows *rows, int column)
{
  return (const char *)sqlite3_column_text (rows->statement->stmt, column);
}

GBytes *
zq_rows_blob (ZqRows *rows, int column)
{
  sqlite3_stmt *stmt = rows->statement->stmt;
  gconstpointer data;

  if (sqlite3_column_type (stmt, column) == SQLITE_NULL)
    return NULL;

  data = sqlite3_column_blob (stmt, column);

  return g_bytes_new (data, (gsize)sqlite3_column_bytes (stmt, column));
}

gboolean
zq_rows_is_null (ZqRows *rows, int column)
{
  return sqlite3_column_type (rows->statement->stmt, column) == SQLITE_NULL;
}

gboolean
zq_db_get_int (ZqDb *self, gint64 *value, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (ZqRows) rows = NULL;
  va_list values;

  g_return_val_if_fail (self != NULL && value != NULL && sql != NULL, FALSE);

  va_start (values, types);
  rows = query (self, error, sql, types, &values);
  va_end (values);

  if (rows == NULL || !zq_rows_next (rows, error))
    return FALSE;
  *value = zq_rows_int (rows, 0);

  return TRUE;
}

char *
zq_db_get_text (ZqDb *self, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (ZqRows) rows = NULL;
  va_list values;

  g_return_val_if_fail (self != NULL && sql != NULL, NULL);

  va_start (values, types);
  rows = query (self, error, sql, types, &values);
  va_end (values);

  if (rows == NULL || !zq_rows_next (rows, error))
    return NULL;

  return g_strdup (zq_rows_text (rows, 0));
}

gboolean
zq_db_begin (ZqDb *self, GError **error)
{
  return zq_db_exec (self, error, "BEGIN IMMEDIATE", NULL);
}

gboolean
zq_db_commit (ZqDb *self, GError **error)
{
  if (zq_db_exec (self, error, "COMMIT", NULL))
    return TRUE;

  /* A COMMIT that failed would leave the transaction open, and the next BEGIN would fail too. */
  zq_db_rollback (self);
  return FALSE;
}

void
zq_db_rollback (ZqDb *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self != NULL);

  /* SQLite rolls some failures back by itself. */
  if (sqlite3_get_autocommit (self->handle))
    return;
  if (!zq_db_exec (self, &error, "ROLLBACK", NULL))
    g_warning ("Cannot roll back: %s", error->message);
}

gint64
zq_db_last_insert_id (ZqDb *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

gint64
zq_db_changes (ZqDb *self)
{
  return sqlite3_changes64 (self->handle);
}

void
zq_db_interrupt (ZqDb *self)
{
  sqlite3_interrupt (self->handle);
}

void
zq_db_get_counts (ZqDb *self, ZqDbCounts *counts)
{
  *counts = self->counts;
}

void
zq_db_set_slow_limit (ZqDb *self, gint64 limit_us)
{
  g_return_if_fail (self != NULL);

  self->slow_limit = limit_us;
}

guint64
zq_db_get_n_slow (ZqDb *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_slow;
}
