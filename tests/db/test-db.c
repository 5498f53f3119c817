/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* dladdr() */

#include "db/db.h"
#include "support/support.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The linker puts this in the place of src/db's sqlite3_column_text(), see meson.build. */
const unsigned char *__real_sqlite3_column_text (gpointer stmt, int column);
const unsigned char *__wrap_sqlite3_column_text (gpointer stmt, int column);

static gboolean hide_texts;

const unsigned char *
__wrap_sqlite3_column_text (gpointer stmt, int column)
{
  return hide_texts ? NULL : __real_sqlite3_column_text (stmt, column);
}

typedef struct
{
  ZqTestDir *dir;
  char *path;
  GBytes *key;
} Fixture;

static GBytes *
make_key (guint8 first)
{
  guint8 bytes[32];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = first + i;

  return g_bytes_new (bytes, sizeof bytes);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->dir = zq_test_temp_dir ();
  f->path = zq_test_dir_path (f->dir, "store");
  f->key = make_key (1);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_bytes_unref (f->key);
  g_free (f->path);
  zq_test_dir_free (f->dir);
}

static ZqDb *
open_new (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  ZqDb *db = zq_db_open (f->path, f->key, ZQ_DB_CREATE, &error);

  g_assert_no_error (error);
  g_assert_nonnull (db);

  return db;
}

static void
run (ZqDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zq_db_script (db, sql, &error));
  g_assert_no_error (error);
}

static gint64
get_int (ZqDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  g_assert_true (zq_db_get_int (db, &value, &error, sql, NULL));
  g_assert_no_error (error);

  return value;
}

static void
assert_text (ZqDb *db, const char *sql, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = zq_db_get_text (db, &error, sql, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, wanted);
}

static void
assert_encrypted (const char *path, const char *secret)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpuint (length, >, 0);
  g_assert_null (g_strstr_len (contents, length, "SQLite format"));
  g_assert_null (g_strstr_len (contents, length, secret));
}

static void
assert_private (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
}

static void
test_file_is_encrypted (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autofree char *wal = g_strconcat (f->path, "-wal", NULL);

  run (db, "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('recognisable-words')");
  assert_encrypted (wal, "recognisable-words");
  assert_private (wal);
  g_clear_pointer (&db, zq_db_close);
  assert_encrypted (f->path, "recognisable-words");
  assert_private (f->path);

  db = zq_db_open (f->path, f->key, ZQ_DB_DEFAULT, NULL);
  assert_text (db, "SELECT a FROM t", "recognisable-words");
}

static void
test_wrong_key (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) other = make_key (2);
  g_autoptr (GBytes) short_key = g_bytes_new ("short", 5);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  ZqDb *db = open_new (f);
  gsize n_before, n_after;

  run (db, "CREATE TABLE t (a TEXT)");
  zq_db_close (db);
  g_file_get_contents (f->path, &before, &n_before, NULL);

  g_assert_null (zq_db_open (f->path, other, ZQ_DB_CREATE, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY);
  g_clear_error (&error);
  g_assert_null (zq_db_open (f->path, NULL, ZQ_DB_DEFAULT, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY);
  g_clear_error (&error);
  g_assert_null (zq_db_open (f->path, short_key, ZQ_DB_READ_ONLY, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY);

  g_file_get_contents (f->path, &after, &n_after, NULL);
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
test_wrong_key_is_silent (Fixture *f, gconstpointer unused)
{
  if (g_test_subprocess ())
    {
      test_wrong_key (f, NULL);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("");
}

static void
test_no_cipher (Fixture *f, gconstpointer unused)
{
  GBytes *keys[] = { f->key, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;

      hide_texts = TRUE;
      g_assert_null (zq_db_open (f->path, keys[i], ZQ_DB_CREATE, &error));
      hide_texts = FALSE;
      g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_NO_CIPHER);
      g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
    }
}

static void
test_missing_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (zq_db_open (f->path, f->key, ZQ_DB_DEFAULT, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

/* libsoup brings the system's SQLite, which exports the names that SQLCipher has too. */
static void
test_isolation (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = NULL;
  gpointer other, symbol;
  Dl_info where;

  g_assert_null (dlsym (RTLD_DEFAULT, "sqlite3_libversion"));
  other = dlopen ("libsqlite3.so.0", RTLD_NOW | RTLD_GLOBAL);
  if (other == NULL)
    {
      g_test_skip ("there is no other SQLite on this computer");
      return;
    }

  symbol = dlsym (RTLD_DEFAULT, "sqlite3_libversion");
  g_assert_nonnull (symbol);
  g_assert_true (dladdr (symbol, &where) != 0);
  g_assert_nonnull (strstr (where.dli_fname, "libsqlite3"));

  db = open_new (f);
  run (db, "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('recognisable-words')");
  g_clear_pointer (&db, zq_db_close);
  assert_encrypted (f->path, "recognisable-words");
}

static void
test_settings (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);

  run (db, "CREATE TABLE t (a)");
  assert_text (db, "PRAGMA journal_mode", "wal");
  g_assert_cmpint (get_int (db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (get_int (db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (get_int (db, "PRAGMA auto_vacuum"), ==, 2);
  g_assert_cmpint (get_int (db, "PRAGMA busy_timeout"), ==, 5000);
  g_assert_cmpint (get_int (db, "PRAGMA temp_store"), ==, 2);
}

static void
test_plain_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqDb) db = zq_db_open (f->path, NULL, ZQ_DB_CREATE, &error);
  g_autofree char *contents = NULL;

  g_assert_no_error (error);
  run (db, "CREATE TABLE t (a)");
  g_clear_pointer (&db, zq_db_close);
  g_assert_true (g_file_get_contents (f->path, &contents, NULL, NULL));
  g_assert_true (g_str_has_prefix (contents, "SQLite format 3"));

  g_assert_null (zq_db_open (f->path, f->key, ZQ_DB_DEFAULT, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY);
}

static void
test_values (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new ("a\0b", 3);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (ZqRows) rows = NULL;
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GBytes) no_bytes = NULL;

  run (db, "CREATE TABLE t (i, s, d, b, n, e, nb)");
  g_assert_true (zq_db_exec (db, &error, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", "isdbsbb", G_MININT64,
                             "头痛三天", 7.25, bytes, NULL, empty, NULL));
  g_assert_no_error (error);
  g_assert_cmpint (zq_db_last_insert_id (db), ==, 1);
  g_assert_cmpint (zq_db_changes (db), ==, 1);

  rows = zq_db_query (db, &error, "SELECT * FROM t", NULL);
  g_assert_true (zq_rows_next (rows, &error));
  g_assert_cmpint (zq_rows_int (rows, 0), ==, G_MININT64);
  g_assert_cmpstr (zq_rows_text (rows, 1), ==, "头痛三天");
  g_assert_cmpfloat (zq_rows_double (rows, 2), ==, 7.25);
  blob = zq_rows_blob (rows, 3);
  g_assert_true (g_bytes_equal (blob, bytes));
  g_assert_true (zq_rows_is_null (rows, 4));
  g_assert_null (zq_rows_text (rows, 4));
  g_assert_false (zq_rows_is_null (rows, 5));
  no_bytes = zq_rows_blob (rows, 5);
  g_assert_cmpuint (g_bytes_get_size (no_bytes), ==, 0);
  g_assert_null (zq_rows_blob (rows, 6));
  g_assert_false (zq_rows_next (rows, &error));
  g_assert_false (zq_rows_next (rows, &error));
  g_assert_no_error (error);
}

static void
test_query_outlives_values (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (ZqRows) rows = NULL;
  char *word = g_strdup ("word");

  rows = zq_db_query (db, NULL, "SELECT ? || value FROM json_each ('[1,2]')", "s", word);
  memset (word, 'x', 4);
  g_free (word);
  g_assert_true (zq_rows_next (rows, NULL));
  g_assert_cmpstr (zq_rows_text (rows, 0), ==, "word1");
  g_assert_true (zq_rows_next (rows, NULL));
  g_assert_cmpstr (zq_rows_text (rows, 0), ==, "word2");
}

static void
test_wrong_number_of_values (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (GError) error = NULL;

  g_assert_false (zq_db_exec (db, &error, "SELECT ?, ?", "i", G_GINT64_CONSTANT (1)));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (zq_db_query (db, &error, "SELECT 1", "s", "x"));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (zq_db_query (db, &error, "", NULL));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED);
}

static void
test_counts (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  ZqDbCounts counts;

  zq_db_get_counts (db, &counts);
  g_assert_cmpuint (counts.statements, ==, 0);

  run (db, "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3);");
  g_assert_cmpint (get_int (db, "SELECT max (a) FROM t"), ==, 3);
  g_assert_true (zq_db_exec (db, NULL, "SELECT a FROM t", NULL));
  zq_db_get_counts (db, &counts);
  g_assert_cmpuint (counts.statements, ==, 4);
  g_assert_cmpuint (counts.rows, ==, 4);
}

/* The walk of a tree uses one text at every depth. */
static guint
walk (ZqDb *db, gint64 parent)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL, "SELECT id FROM t WHERE parent = ? ORDER BY id", "i", parent);
  guint found = 0;

  while (zq_rows_next (rows, NULL))
    found += 1 + walk (db, zq_rows_int (rows, 0));

  return found;
}

static void
test_nested_use (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);

  run (db, "CREATE TABLE t (id INTEGER PRIMARY KEY, parent);"
           "INSERT INTO t VALUES (1, 0), (2, 1), (3, 1), (4, 2), (5, 4), (6, 0)");
  g_assert_cmpuint (walk (db, 0), ==, 6);
  g_assert_cmpuint (walk (db, 0), ==, 6);
}

static void
test_errors_tell_no_values (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (GError) error = NULL;

  run (db, "CREATE TABLE t (a TEXT UNIQUE); CREATE VIRTUAL TABLE s USING fts5 (body)");
  g_assert_true (zq_db_exec (db, NULL, "INSERT INTO t VALUES (?)", "s", "secret"));
  g_assert_false (zq_db_exec (db, &error, "INSERT INTO t VALUES (?)", "s", "secret"));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_CONSTRAINT);
  g_assert_nonnull (strstr (error->message, "t.a"));
  g_assert_null (strstr (error->message, "secret"));
  g_clear_error (&error);

  g_assert_false (zq_db_exec (db, &error, "SELECT * FROM s WHERE s MATCH ?", "s", "secret : (\""));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FAILED);
  g_assert_null (strstr (error->message, "secret"));
  g_clear_error (&error);

  g_assert_false (zq_db_exec (db, &error, "SELECT json_set ('{}', ?, 1)", "s", "secret["));
  g_assert_null (strstr (error->message, "secret"));
}

static void
test_rollback (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (GError) error = NULL;

  run (db, "CREATE TABLE t (a)");
  g_assert_true (zq_db_begin (db, &error));
  run (db, "INSERT INTO t VALUES (1)");
  zq_db_rollback (db);
  zq_db_rollback (db);
  g_assert_cmpint (get_int (db, "SELECT count (*) FROM t"), ==, 0);
}

static void
test_failed_commit (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (GError) error = NULL;

  run (db, "CREATE TABLE p (id INTEGER PRIMARY KEY);"
           "CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
  g_assert_true (zq_db_begin (db, &error));
  run (db, "INSERT INTO c VALUES (7)");
  g_assert_false (zq_db_commit (db, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_CONSTRAINT);
  g_clear_error (&error);

  g_assert_true (zq_db_begin (db, &error));
  g_assert_true (zq_db_commit (db, &error));
  g_assert_cmpint (get_int (db, "SELECT count (*) FROM c"), ==, 0);
}

static void
test_reader (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) writer = open_new (f);
  g_autoptr (ZqDb) reader = NULL;
  g_autoptr (GError) error = NULL;

  run (writer, "CREATE TABLE t (a)");
  reader = zq_db_open (f->path, f->key, ZQ_DB_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (zq_db_begin (writer, &error));
  run (writer, "INSERT INTO t VALUES (1)");
  g_assert_cmpint (get_int (reader, "SELECT count (*) FROM t"), ==, 0);
  g_assert_true (zq_db_commit (writer, &error));
  g_assert_cmpint (get_int (reader, "SELECT count (*) FROM t"), ==, 1);

  g_assert_false (zq_db_script (reader, "INSERT INTO t VALUES (2)", &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_FULL);
}

static void
test_tokens_are_kept (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);

  assert_text (db, "SELECT json_set ('{\"a\":7.10,\"a\":1e400,\"b\":100000000000000000001}', '$.c', json ('2.50'))",
               "{\"a\":7.10,\"a\":1e400,\"b\":100000000000000000001,\"c\":2.50}");
}

static gpointer
interrupt_until_done (gpointer data)
{
  gpointer *shared = data;

  while (!g_atomic_int_get ((int *)shared[1]))
    {
      zq_db_interrupt (shared[0]);
      g_thread_yield ();
    }

  return NULL;
}

static void
test_interrupt (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = open_new (f);
  g_autoptr (GError) error = NULL;
  int done = FALSE;
  gpointer shared[] = { db, &done };
  GThread *thread = g_thread_new ("interrupt", interrupt_until_done, shared);
  gboolean ok;

  ok = zq_db_exec (db, &error,
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count (*) FROM n", NULL);
  g_atomic_int_set (&done, TRUE);
  g_thread_join (thread);
  g_assert_false (ok);
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_INTERRUPTED);
}

static GLogWriterOutput
keep_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append_printf (data, "%s\n", (const char *)fields[i].value);

  return G_LOG_WRITER_HANDLED;
}

#define COUNT_FAR                                                                                                      \
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"                                      \
  " SELECT count (*) FROM n WHERE ? IS NOT NULL"

/* In a process of its own: a log writer is set once. */
static void
test_slow (Fixture *f, gconstpointer unused)
{
  g_autoptr (ZqDb) db = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  ZqDbCounts before, after;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }

  g_log_set_writer_func (keep_log, log, NULL);
  db = open_new (f);
  g_assert_true (zq_db_exec (db, NULL, "SELECT length (?)", "s", "Name"));
  g_assert_cmpuint (zq_db_get_n_slow (db), ==, 0);

  zq_db_set_slow_limit (db, G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC);
  zq_db_get_counts (db, &before);
  g_assert_true (zq_db_exec (db, NULL, COUNT_FAR, "s", "Name"));
  zq_db_get_counts (db, &after);
  g_assert_cmpuint (after.steps - before.steps, >, 100000);
  g_assert_cmpuint (zq_db_get_n_slow (db), ==, 0);

  zq_db_set_slow_limit (db, 1);
  g_assert_true (zq_db_exec (db, NULL, COUNT_FAR, "s", "Name"));
  g_assert_cmpuint (zq_db_get_n_slow (db), ==, 1);
  g_assert_nonnull (strstr (log->str, "WITH RECURSIVE n"));
  g_assert_null (strstr (log->str, "Name"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

/* Places of a phrase, and further words at a place. */
static void
test_words (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *asked;
    gint64 n;
  } cases[] = { { "\"\xe5\xa4\xb4 \xe7\x97\x9b\"", 1 },
                { "\"wang m\"", 1 },
                { "\"w ming\"", 1 },
                { "\"wang w\"", 0 },
                { "\"mi\" *", 1 },
                { "\"\xe7\x97\x9b \xe5\xa4\xb4\"", 0 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqDb) db = zq_db_open (fixture->path, fixture->key, ZQ_DB_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (zq_db_script (db,
                               "CREATE VIRTUAL TABLE found USING fts5 (words, content = '', contentless_delete = 1,"
                               " tokenize = 'zq_words');"
                               "INSERT INTO found (rowid, words) VALUES (1, '\xe5\xa4\xb4 \xe7\x97\x9b'),"
                               " (2, 'wang|w  ming|m|')",
                               &error));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 n = -1;

      g_assert_true (
          zq_db_get_int (db, &n, &error, "SELECT count (*) FROM found WHERE found MATCH ?", "s", cases[i].asked));
      g_assert_cmpint (n, ==, cases[i].n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/db/other-sqlite-in-the-process-changes-nothing", test_isolation);
  ADD ("/db/file-is-encrypted-and-private", test_file_is_encrypted);
  ADD ("/db/wrong-key-leaves-the-file-alone", test_wrong_key);
  ADD ("/db/wrong-key-is-silent", test_wrong_key_is_silent);
  ADD ("/db/without-cipher-nothing-is-opened", test_no_cipher);
  ADD ("/db/missing-file-is-not-created", test_missing_file);
  ADD ("/db/settings-hold", test_settings);
  ADD ("/db/plain-file-takes-no-key", test_plain_file);
  ADD ("/db/values-come-back", test_values);
  ADD ("/db/query-outlives-its-values", test_query_outlives_values);
  ADD ("/db/wrong-number-of-values-is-refused", test_wrong_number_of_values);
  ADD ("/db/statements-and-rows-are-counted", test_counts);
  ADD ("/db/slow-statements-are-counted-and-told-without-values", test_slow);
  ADD ("/db/one-text-can-be-used-nested", test_nested_use);
  ADD ("/db/errors-tell-no-values", test_errors_tell_no_values);
  ADD ("/db/rollback-leaves-nothing", test_rollback);
  ADD ("/db/failed-commit-leaves-no-transaction", test_failed_commit);
  ADD ("/db/reader-sees-commits-and-cannot-write", test_reader);
  ADD ("/db/json-tokens-are-kept", test_tokens_are_kept);
  ADD ("/db/interrupt-stops-a-statement", test_interrupt);
  ADD ("/db/words-have-places", test_words);

  return g_test_run ();
}
