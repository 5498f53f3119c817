/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */

#include "store/toy.h"

#include "store/draft.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* --- the file --------------------------------------------------------------------------------- */

static char *
all_bytes (Toy *toy, gsize *length)
{
  g_autoptr (GString) all = g_string_new (NULL);
  const char *const names[] = { "store.db", "store.db-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = zq_test_dir_path (toy->dir, names[i]);
      g_autofree char *bytes = NULL;
      gsize n = 0;

      if (g_file_get_contents (path, &bytes, &n, NULL))
        g_string_append_len (all, bytes, n);
    }
  *length = all->len;

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
test_nothing_lies_in_the_clear (Toy *toy, gconstpointer unused)
{
  g_autofree char *task = toy_task ("1", 1, "\"status\":\"requested\",\"description\":\"secret words\"");
  g_autofree char *open_bytes = NULL;
  g_autofree char *closed_bytes = NULL;
  gsize n_open, n_closed;

  toy_take (toy, task);
  toy_send (toy, "secret words", NULL, NULL);
  open_bytes = all_bytes (toy, &n_open);
  toy_close (toy);
  closed_bytes = all_bytes (toy, &n_closed);

  g_assert_cmpuint (n_open, >, 4096);
  g_assert_cmpuint (n_closed, >, 4096);
  g_assert_null (memmem (open_bytes, n_open, "secret", 6));
  g_assert_null (memmem (closed_bytes, n_closed, "secret", 6));
  g_assert_null (memmem (closed_bytes, n_closed, "SQLite format", 13));
}

static void
test_wrong_key_is_refused (Toy *toy, gconstpointer unused)
{
  guint8 wrong[32] = { 1 };
  g_autoptr (GBytes) key = g_bytes_new (wrong, sizeof wrong);
  g_autoptr (GError) error = NULL;

  toy_send (toy, "kept", NULL, NULL);
  toy_close (toy);

  toy->config.key = key;
  g_assert_null (zq_store_open (&toy->config, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_KEY);

  toy->config.key = toy->key;
  toy_open (toy);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message WHERE text = 'kept'"), ==, 1);
}

static void
test_newer_is_left_untouched (Toy *toy, gconstpointer unused)
{
  g_autofree char *path = toy_db_path (toy);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_before, n_after;
  ZqDb *db;

  toy_close (toy);
  db = zq_db_open (path, toy->key, ZQ_DB_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (zq_db_script (db, "PRAGMA user_version = 1000", &error));
  zq_db_close (db);
  before = all_bytes (toy, &n_before);

  g_assert_null (zq_store_open (&toy->config, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_NEWER);
  after = all_bytes (toy, &n_after);
  g_assert_cmpmem (before, n_before, after, n_after);
}

/* A kill between the making of the file and its first page. */
static void
test_empty_file_is_a_new_store (Toy *toy, gconstpointer unused)
{
  toy_close (toy);
  zq_test_write (toy->dir, "store.db", "");
  toy_open (toy);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource"), ==, 0);
}

static void
test_folder_is_private (Toy *toy, gconstpointer unused)
{
  g_autofree char *dir = zq_test_dir_path (toy->dir, "deeper/account");
  ZqStoreConfig config = toy->config;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqStore) store = NULL;
  struct stat info;

  config.dir = dir;
  store = zq_store_open (&config, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stat (dir, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  zq_store_close (store);
  zq_store_close (store);
  zq_test_settle ();
}

static void
test_write_after_close_is_an_error (Toy *toy, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  zq_store_close (toy->store);
  g_assert_false (zq_store_write (toy->store, ZQ_PRIORITY_DOCTOR, NULL, NULL, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED);
}

/* --- drafts ----------------------------------------------------------------------------------- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  zq_draft_save_finish (ZQ_STORE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
save_draft (Toy *toy, const char *scope, const char *body)
{
  gboolean saved = FALSE;

  zq_draft_save_async (toy->store, scope, body, on_saved, &saved);
  g_assert_true (zq_test_wait_flag (&saved, 10));
}

static void
test_draft_is_kept_until_emptied (Toy *toy, gconstpointer unused)
{
  g_autofree char *kept = NULL;
  g_autofree char *none = NULL;

  save_draft (toy, "consult/7", "first");
  save_draft (toy, "consult/7", "second");
  zq_test_settle ();
  g_assert_true (zq_changes_has_row (toy->last_changes, "draft", 7));
  toy_close (toy);
  toy_open (toy);
  kept = zq_draft_load (zq_store_get_main_db (toy->store), "consult/7");
  g_assert_cmpstr (kept, ==, "second");
  save_draft (toy, "consult/7", "");
  none = zq_draft_load (zq_store_get_main_db (toy->store), "consult/7");
  g_assert_null (none);
}

/* --- kill ------------------------------------------------------------------------------------- */

static void
run_child (const char *dir)
{
  Toy toy = { 0 };

  toy_set_up (&toy, NULL);
  toy_close (&toy);
  toy.config.dir = dir;
  toy_open (&toy);

  for (guint i = 1;; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autofree char *body = g_strdup_printf ("draft %u", i);
      g_autofree char *id = g_strdup_printf ("t%u", i);
      g_autofree char *task = toy_task (id, 1, NULL);

      toy_take (&toy, task);
      save_draft (&toy, "consult/1", body);
      toy_send (&toy, text, NULL, NULL);
      printf ("%u\n", i);
      fflush (stdout);
    }
}

static guint
kill_after (const char *dir, guint rounds)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self, "--child", dir, NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  guint promised = 0;
  char *line;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      promised = g_ascii_strtoull (line, NULL, 10);
      g_free (line);
      if (promised == rounds)
        g_subprocess_force_exit (child);
    }
  g_subprocess_wait (child, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (child));

  return promised;
}

static void
test_promises_survive_a_kill (Toy *toy, gconstpointer unused)
{
  for (guint round = 0; round < 3; round++)
    {
      g_autofree char *name = g_strdup_printf ("killed-%u", round);
      g_autofree char *dir = zq_test_dir_path (toy->dir, name);
      guint promised = kill_after (dir, 5 + 7 * round);
      g_autofree char *draft = NULL;
      gint64 n;

      toy_close (toy);
      toy->config.dir = dir;
      toy_open (toy);

      n = toy_int (toy, "SELECT count (*) FROM toy_message");
      g_assert_cmpint (n, >=, promised);
      g_assert_cmpint (n, <=, promised + 1);
      g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM intent"), ==, n);
      g_assert_cmpint (toy_int (toy, "SELECT count (DISTINCT target) FROM intent"), ==, n);
      g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), >=, promised);
      draft = zq_draft_load (zq_store_get_main_db (toy->store), "consult/1");
      g_assert_cmpuint (g_ascii_strtoull (draft + strlen ("draft "), NULL, 10), >=, promised);
      g_assert_cmpint (toy_int (toy, "SELECT (SELECT count (*) FROM pragma_integrity_check ()) = 1"), ==, 1);
    }
}

static void
put_draft (Toy *toy, const ZqDraft *draft, const char *since)
{
  gboolean saved = FALSE;

  zq_draft_put_async (toy->store, "consult/7", draft, since, on_saved, &saved);
  g_assert_true (zq_test_wait_flag (&saved, 10));
}

static void
expect_draft (Toy *toy, const char *body, gint64 quote, const char *reason, gint64 tells)
{
  g_autoptr (ZqDraft) draft = zq_draft_read (zq_store_get_main_db (toy->store), "consult/7");

  g_assert_cmpstr (draft->body, ==, body);
  g_assert_cmpint (draft->quote, ==, quote);
  g_assert_cmpstr (draft->reason, ==, reason);
  g_assert_cmpint (draft->tells, ==, tells);
}

static void
test_draft_goes_behind_what_came_back (Toy *toy, gconstpointer unused)
{
  ZqDraft draft = { (char *)"typed", 0, NULL };
  ZqDraft came = { (char *)"sent\ntyped", 5, (char *)"why", 9 };

  put_draft (toy, &draft, "");
  put_draft (toy, &came, NULL);
  draft.body = (char *)"typed on";
  put_draft (toy, &draft, "typed");
  expect_draft (toy, "sent\ntyped on", 5, "why", 9);
  draft.body = (char *)"";
  put_draft (toy, &draft, "typed on");
  expect_draft (toy, "sent", 5, "why", 9);
  /* Known by now, and changed. */
  draft.body = (char *)"other";
  draft.quote = 6;
  put_draft (toy, &draft, "sent");
  expect_draft (toy, "other", 6, NULL, 0);
  /* Something else altogether: both stay. */
  put_draft (toy, &came, "nothing of it");
  expect_draft (toy, "other\nsent\ntyped", 5, "why", 9);
  toy_close (toy);
  toy_open (toy);
  expect_draft (toy, "other\nsent\ntyped", 5, "why", 9);
  save_draft (toy, "consult/7", NULL);
  expect_draft (toy, "", 0, NULL, 0);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    run_child (argv[2]);

  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  ADD ("/store/nothing-lies-in-the-clear", test_nothing_lies_in_the_clear);
  ADD ("/store/wrong-key-is-refused", test_wrong_key_is_refused);
  ADD ("/store/newer-is-left-untouched", test_newer_is_left_untouched);
  ADD ("/store/empty-file-is-a-new-store", test_empty_file_is_a_new_store);
  ADD ("/store/folder-is-private", test_folder_is_private);
  ADD ("/store/write-after-close-is-an-error", test_write_after_close_is_an_error);
  ADD ("/draft/is-kept-until-emptied", test_draft_is_kept_until_emptied);
  ADD ("/draft/goes-behind-what-came-back", test_draft_goes_behind_what_came_back);
  ADD ("/store/promises-survive-a-kill", test_promises_survive_a_kill);

  return g_test_run ();
}
