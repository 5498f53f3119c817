/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/toy.h"

#include "resource/json.h"

static void
test_every_byte_is_kept (Toy *toy, gconstpointer unused)
{
  const char *odd =
      "{ \"resourceType\" : \"Task\",\n\t\"id\":\"odd\", \"status\":\"requested\", \"a\":7.10, \"b\":1e400,"
      " \"c\":1, \"c\":2, \"d\":\"\\u4e2d\\/\", \"e\":100000000000000000001, \"f\" : [ ] }";
  g_autofree char *text = NULL;

  toy_take (toy, odd);
  text = toy_server_text (toy, "odd");
  g_assert_cmpstr (text, ==, odd);
}

static void
test_held_version_is_skipped (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *two = toy_task ("1", 2, "\"status\":\"accepted\"");
  g_autoptr (ZqIngested) first = toy_ingest (toy, toy_bundle (one, NULL));
  g_autoptr (ZqIngested) again = toy_ingest (toy, toy_bundle (one, NULL));
  g_autoptr (ZqIngested) newer = toy_ingest (toy, toy_bundle (two, NULL));
  g_autoptr (ZqIngested) older = toy_ingest (toy, toy_bundle (one, NULL));
  g_autofree char *text = toy_server_text (toy, "1");

  g_assert_cmpuint (first->stored, ==, 1);
  g_assert_cmpuint (again->unchanged, ==, 1);
  g_assert_cmpuint (newer->stored, ==, 1);
  g_assert_cmpuint (older->unchanged, ==, 1);
  g_assert_cmpstr (text, ==, two);
  g_assert_cmpstr (newer->newest, ==, "2026-11-22T01:00:02Z");
}

static void
test_without_version_texts_are_compared (Toy *toy, gconstpointer unused)
{
  const char *one = "{\"resourceType\":\"Task\",\"id\":\"1\",\"status\":\"requested\"}";
  const char *two = "{\"resourceType\":\"Task\",\"id\":\"1\",\"status\":\"accepted\"}";
  g_autoptr (ZqIngested) first = toy_ingest (toy, toy_bundle (one, NULL));
  g_autoptr (ZqIngested) again = toy_ingest (toy, toy_bundle (one, NULL));
  g_autoptr (ZqIngested) newer = toy_ingest (toy, toy_bundle (two, NULL));

  g_assert_cmpuint (first->stored, ==, 1);
  g_assert_cmpuint (again->unchanged, ==, 1);
  g_assert_cmpuint (newer->stored, ==, 1);
}

static void
test_unreadable_is_kept_and_counted (Toy *toy, gconstpointer unused)
{
  g_autofree char *bad = toy_task ("bad", 1, "\"extension\":[]");
  g_autofree char *hidden = toy_task ("hidden", 1, "\"status\":\"unshowable\"");
  g_autofree char *good = toy_task ("good", 1, NULL);
  g_autofree char *mended = toy_task ("bad", 2, NULL);
  g_autoptr (ZqIngested) ingested =
      toy_ingest (toy, toy_bundle (bad, "7", "{\"resourceType\":\"Task\"}", hidden, good, NULL));
  g_autoptr (ZqIngested) again = toy_ingest (toy, toy_bundle (bad, "7", NULL));
  g_autofree char *text = toy_server_text (toy, "bad");
  g_autoptr (GPtrArray) list = zq_store_list_unreadable (zq_store_get_main_db (toy->store), 10, NULL);
  ZqSessionCounts counts = { 0 };

  g_assert_cmpuint (ingested->stored, ==, 1);
  g_assert_cmpuint (ingested->unreadable, ==, 4);
  g_assert_cmpstr (text, ==, bad);
  g_assert_true (zq_store_count_session (zq_store_get_main_db (toy->store), &counts, NULL));
  g_assert_cmpuint (counts.unreadable, ==, 4);
  g_assert_cmpuint (list->len, ==, 4);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), ==, 1);

  toy_take (toy, mended);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 3);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), ==, 2);
}

static void
test_unclaimed_is_kept (Toy *toy, gconstpointer unused)
{
  const char *text = "{\"resourceType\":\"Slot\",\"id\":\"s\"}";
  g_autoptr (ZqIngested) ingested = toy_ingest (toy, toy_bundle (text, NULL));
  g_autofree char *kept = toy_text (toy, "SELECT zq_text (server_json) FROM resource_text");

  g_assert_cmpuint (ingested->stored, ==, 1);
  g_assert_cmpstr (kept, ==, text);
  g_assert_cmpint (toy_int (toy, "SELECT kind IS NULL AND state = 'held' FROM resource"), ==, 1);
}

static void
test_wanted_comes_and_goes (Toy *toy, gconstpointer unused)
{
  g_autofree char *task = toy_task ("1", 1, "\"status\":\"requested\",\"focus\":{\"reference\":\"Communication/77\"}");
  g_autoptr (GPtrArray) types = NULL;
  g_autoptr (GPtrArray) wanted = NULL;
  gint64 row;

  toy_take (toy, task);
  types = zq_store_list_wanted_types (zq_store_get_main_db (toy->store), NULL);
  wanted = zq_store_list_wanted (zq_store_get_main_db (toy->store), "Communication", 10, NULL);
  g_assert_cmpuint (types->len, ==, 1);
  g_assert_cmpuint (wanted->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (wanted, 0), ==, "77");

  row = toy_row (toy, "Communication", "77");
  g_assert_cmpint (toy_int (toy, "SELECT focus FROM toy_task"), ==, row);
  toy_take (toy, "{\"resourceType\":\"Communication\",\"id\":\"77\",\"payload\":[{\"contentString\":\"x\"}]}");
  g_assert_cmpint (toy_row (toy, "Communication", "77"), ==, row);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource WHERE state = 'wanted'"), ==, 0);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message"), ==, 1);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  zq_store_write_finish (ZQ_STORE (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
test_gone_leaves_the_rows (Toy *toy, gconstpointer unused)
{
  g_autofree char *task = toy_task ("1", 1, NULL);
  g_autofree char *text = NULL;
  gboolean done = FALSE;

  toy_take (toy, task);
  zq_store_set_gone_async (toy->store, "Task", "1", "404", on_done, &done);
  g_assert_true (zq_test_wait_flag (&done, 10));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), ==, 0);
  text = toy_server_text (toy, "1");
  g_assert_cmpstr (text, ==, task);

  toy_take (toy, task);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), ==, 1);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource WHERE state = 'held'"), ==, 1);
}

static void
test_superseded_text_is_kept (Toy *toy, gconstpointer unused)
{
  const char *one = "{\"resourceType\":\"Communication\",\"id\":\"1\",\"meta\":{\"versionId\":\"1\"},\"payload\":[{}]}";
  const char *two = "{\"resourceType\":\"Communication\",\"id\":\"1\",\"meta\":{\"versionId\":\"2\"},\"payload\":[{}]}";
  g_autofree char *kept = NULL;

  toy_take (toy, one);
  toy_take (toy, two);
  kept = toy_text (toy, "SELECT zq_text (server_json) FROM resource_version");
  g_assert_cmpstr (kept, ==, one);
}

static char *
named_message (const char *id, const char *version)
{
  return g_strdup_printf ("{\"resourceType\":\"Communication\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%s\"},"
                          "\"identifier\":[{\"system\":\"https://zhenqiao.org/fhir/local-id\",\"value\":\"u-1\"}],"
                          "\"payload\":[{}]}",
                          id, version);
}

static void
test_second_copy_is_shown_once (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = named_message ("1", "1");
  g_autofree char *two = named_message ("2", "1");
  g_autofree char *newer = named_message ("2", "2");
  g_autofree char *reason = NULL;

  toy_take (toy, one);
  toy_take (toy, two);
  toy_take (toy, newer);
  reason = toy_text (toy, "SELECT reason FROM unreadable");
  g_assert_cmpstr (reason, ==, "duplicate of Communication/1");
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message"), ==, 1);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource_text"), ==, 2);
}

/* --- order of writes -------------------------------------------------------------------------- */

static ZqBundle *
many_tasks (guint first, guint n)
{
  g_autoptr (GString) text = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
  g_autoptr (GBytes) bytes = NULL;
  ZqBundle *bundle;

  for (guint i = first; i < first + n; i++)
    g_string_append_printf (text,
                            "%s{\"resource\":{\"resourceType\":\"Task\",\"id\":\"t%u\",\"status\":\"requested\"}}",
                            i == first ? "" : ",", i);
  g_string_append (text, "]}");
  bytes = g_bytes_new (text->str, text->len);
  bundle = zq_bundle_read (bytes, NULL);
  g_assert_nonnull (bundle);

  return bundle;
}

static void
on_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  g_assert_no_error (error);
  *(guint *)data = ingested->stored;
}

static gboolean
write_setting (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_txn_set_setting (txn, "doctor", "was here", error);
}

static void
test_doctor_overtakes_import (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqBundle) page = many_tasks (0, 5000);
  gboolean wrote = FALSE;
  guint stored = 0;

  zq_store_ingest_async (toy->store, page, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested, &stored);
  while (toy_int (toy, "SELECT count (*) FROM toy_task") == 0)
    g_main_context_iteration (NULL, FALSE);
  zq_store_write_async (toy->store, ZQ_PRIORITY_DOCTOR, write_setting, NULL, NULL, on_done, &wrote);
  g_assert_true (zq_test_wait_flag (&wrote, 10));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), <, 5000);
  g_assert_cmpuint (stored, ==, 0);

  g_assert_true (zq_test_wait_count (&stored, 1, 60));
  g_assert_cmpuint (stored, ==, 5000);
}

/* Figures, with -m perf: an import of 10,000 while a doctor types. */
static void
test_draft_during_import (Toy *toy, gconstpointer unused)
{
  double worst = 0;
  guint stored[50] = { 0 };

  g_clear_object (&toy->clock);
  toy_close (toy);
  toy->config.clock = toy->clock = zq_clock_new_system ();
  toy_open (toy);

  g_test_timer_start ();
  for (guint i = 0; i < G_N_ELEMENTS (stored); i++)
    {
      g_autoptr (ZqBundle) page = many_tasks (i * 200, 200);

      zq_store_ingest_async (toy->store, page, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested, &stored[i]);
    }
  for (guint i = 0; i < 200 && stored[49] == 0; i++)
    {
      gboolean wrote = FALSE;
      double start = g_test_timer_elapsed ();

      zq_store_write_async (toy->store, ZQ_PRIORITY_DOCTOR, write_setting, NULL, NULL, on_done, &wrote);
      g_assert_true (zq_test_wait_flag (&wrote, 10));
      worst = MAX (worst, g_test_timer_elapsed () - start);
    }
  g_assert_true (zq_test_wait_count (&stored[49], 200, 120));
  g_test_message ("10,000 resources in %.2f s", g_test_timer_elapsed ());
  g_test_minimized_result (worst, "worst write meanwhile: %.1f ms", worst * 1000);
}

static void
test_commit_tells_its_rows (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, NULL);

  toy_take (toy, one);
  zq_test_settle ();
  g_assert_true (zq_changes_has_row (toy->last_changes, "task", toy_row (toy, "Task", "1")));
  g_assert_false (zq_changes_is_collapsed (toy->last_changes, "task"));
  g_assert_false (zq_changes_has (toy->last_changes, "message"));
}

static gboolean
announce_many (ZqTxn *txn, gpointer data, GError **error)
{
  for (gint64 i = 1; i <= *(gint64 *)data; i++)
    zq_txn_changed (txn, "task", i, 1000 + i, ZQ_CHANGE_CONTENT);

  return TRUE;
}

static void
test_over_256_rows_collapse (Toy *toy, gconstpointer unused)
{
  gint64 n = 256;

  zq_test_settle ();
  g_assert_true (toy_run (toy, announce_many, &n, NULL));
  zq_test_settle ();
  g_assert_false (zq_changes_is_collapsed (toy->last_changes, "task"));
  g_assert_true (zq_changes_has_row (toy->last_changes, "task", 256));
  g_assert_false (zq_changes_has_row (toy->last_changes, "task", 257));
  g_assert_true (zq_changes_has_patient (toy->last_changes, 1256));
  g_assert_false (zq_changes_has_patient (toy->last_changes, 1257));

  n = 257;
  g_assert_true (toy_run (toy, announce_many, &n, NULL));
  zq_test_settle ();
  g_assert_true (zq_changes_is_collapsed (toy->last_changes, "task"));
  g_assert_true (zq_changes_has_row (toy->last_changes, "task", 999));
  g_assert_true (zq_changes_has_patient (toy->last_changes, 1257));
}

static gboolean
write_and_fail (ZqTxn *txn, gpointer data, GError **error)
{
  zq_txn_set_setting (txn, "half", "done", NULL);
  g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, "no");

  return FALSE;
}

static void
on_failed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (zq_store_write_finish (ZQ_STORE (source), result, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
  (*(guint *)data)++;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (zq_store_write_finish (ZQ_STORE (source), result, NULL));
  (*(guint *)data)++;
}

/* Queued together they share a commit; one that fails takes only itself back. */
static void
test_shared_commit_fails_alone (Toy *toy, gconstpointer unused)
{
  guint wrote = 0;
  guint failed = 0;
  g_autofree char *half = NULL;
  g_autofree char *setting = NULL;

  for (guint i = 0; i < 20; i++)
    {
      zq_store_write_async (toy->store, ZQ_PRIORITY_DOCTOR, write_and_fail, NULL, NULL, on_failed, &failed);
      zq_store_write_async (toy->store, ZQ_PRIORITY_DOCTOR, write_setting, NULL, NULL, on_written, &wrote);
    }
  g_assert_true (zq_test_wait_count (&wrote, 20, 10));
  g_assert_true (zq_test_wait_count (&failed, 20, 10));
  half = zq_store_get_setting (zq_store_get_main_db (toy->store), "half");
  setting = zq_store_get_setting (zq_store_get_main_db (toy->store), "doctor");
  g_assert_null (half);
  g_assert_cmpstr (setting, ==, "was here");
}

/* --- later, and elsewhere --------------------------------------------------------------------- */

static gboolean
count_later (ZqTxn *txn, gint64 key, GError **error)
{
  gint64 n = 0;

  zq_db_get_int (zq_txn_db (txn), &n, NULL, "SELECT count (*) FROM toy_task WHERE due = ?", "i", key);
  if (n == 0)
    zq_txn_later (txn, count_later, key);

  return zq_db_exec (zq_txn_db (txn), error, "INSERT INTO toy_task (due, overdue) VALUES (?, 1)", "i", key);
}

static gboolean
ask_later (ZqTxn *txn, gpointer data, GError **error)
{
  for (guint i = 0; i < 5; i++)
    zq_txn_later (txn, count_later, 1 + i % 2);

  return zq_db_exec (zq_txn_db (txn), error, "INSERT INTO toy_task (due, overdue) VALUES (1, 1)", "");
}

static void
test_later_runs_once_a_key (Toy *toy, gconstpointer unused)
{
  g_assert_true (toy_run (toy, ask_later, NULL, NULL));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task WHERE due = 1"), ==, 2);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task WHERE due = 2"), ==, 2);
}

static gpointer
read_long (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  GError *local = NULL;
  gint64 n = 0;

  g_atomic_int_set ((gint *)data, TRUE);
  for (guint i = 0; i < 1000 && local == NULL && !g_cancellable_is_cancelled (cancellable); i++)
    zq_db_get_int (db, &n, &local,
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
                   " SELECT count (*) FROM n",
                   "");
  if (local != NULL)
    g_propagate_error (error, local);

  return NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_null (zq_store_read_finish (ZQ_STORE (source), result, data));
}

static gboolean
has_error (gpointer data)
{
  return *(GError **)data != NULL;
}

static gboolean
has_started (gpointer data)
{
  return g_atomic_int_get ((gint *)data);
}

static void
test_long_read_is_cancelled (Toy *toy, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) closed = NULL;
  gint started = FALSE;

  zq_store_read_async (toy->store, read_long, &started, NULL, NULL, cancellable, on_read, &error);
  g_assert_true (zq_test_wait_until (has_started, &started, 10));
  g_cancellable_cancel (cancellable);
  g_assert_true (zq_test_wait_until (has_error, &error, 10));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  zq_store_read_async (toy->store, read_long, &started, NULL, NULL, NULL, on_read, &closed);
  zq_store_close (toy->store);
  g_assert_true (zq_test_wait_until (has_error, &closed, 10));
  g_assert_error (closed, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED);
}

static void
test_store_may_be_dropped_while_busy (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqBundle) page = many_tasks (0, 300);
  guint stored = 0;
  gpointer store = toy->store;

  zq_store_ingest_async (toy->store, page, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested, &stored);
  g_object_add_weak_pointer (store, &store);
  g_clear_object (&toy->store);
  g_assert_true (zq_test_wait_count (&stored, 300, 20));
  zq_test_settle ();
  g_assert_null (store);
}

static void
test_cursor_comes_with_its_page (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqBundle) page = many_tasks (0, 200);
  g_auto (ZqCursor) cursor = { 0 };
  guint stored = 0;

  cursor.high = g_strdup ("2026-11-22T01:00:00Z");
  cursor.filled = TRUE;
  zq_store_ingest_async (toy->store, page, ZQ_PRIORITY_SYNC, "task", "department", &cursor, on_ingested, &stored);
  g_assert_true (zq_test_wait_count (&stored, 200, 10));
  zq_cursor_clear (&cursor);
  g_assert_true (zq_store_get_cursor (zq_store_get_main_db (toy->store), "task", "department", &cursor, NULL));
  g_assert_cmpstr (cursor.high, ==, "2026-11-22T01:00:00Z");
  g_assert_null (cursor.low);
  g_assert_true (cursor.filled);
}

static void
test_closing_finishes_what_is_queued (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqBundle) page = many_tasks (0, 1000);
  guint stored = 0;

  zq_store_ingest_async (toy->store, page, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested, &stored);
  toy_close (toy);
  g_assert_cmpuint (stored, ==, 1000);
  toy_open (toy);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), ==, 1000);
}

/* --- time ------------------------------------------------------------------------------------- */

static gboolean
is_overdue (gpointer data)
{
  return toy_int (data, "SELECT count (*) FROM toy_task WHERE overdue = 1") == 1;
}

static void
test_rows_change_when_due (Toy *toy, gconstpointer unused)
{
  g_autofree char *due = g_strdup_printf ("\"status\":\"requested\",\"due\":\"%" G_GINT64_FORMAT "\"",
                                          zq_clock_now (toy->clock) + ZQ_TEST_MINUTE_US);
  g_autofree char *task = toy_task ("1", 1, due);

  toy_take (toy, task);
  zq_test_settle ();
  g_assert_cmpint (toy_int (toy, "SELECT overdue FROM toy_task"), ==, 0);
  zq_clock_advance (toy->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (zq_test_wait_until (is_overdue, toy, 10));
}

static gboolean
is_none_overdue (gpointer data)
{
  return !is_overdue (data);
}

/* The computer's clock was two days ahead. */
static void
test_rows_change_back (Toy *toy, gconstpointer unused)
{
  g_autofree char *due = g_strdup_printf ("\"status\":\"requested\",\"due\":\"%" G_GINT64_FORMAT "\"",
                                          zq_clock_now (toy->clock) + ZQ_TEST_MINUTE_US);
  g_autofree char *task = toy_task ("1", 1, due);

  toy_take (toy, task);
  zq_clock_set_server_offset (toy->clock, 2 * 24 * 60 * ZQ_TEST_MINUTE_US);
  g_assert_true (zq_test_wait_until (is_overdue, toy, 10));
  zq_clock_set_server_offset (toy->clock, 0);
  g_assert_true (zq_test_wait_until (is_none_overdue, toy, 10));
  zq_clock_advance (toy->clock, ZQ_TEST_MINUTE_US);
  g_assert_true (zq_test_wait_until (is_overdue, toy, 10));

  /* Put right while the program was not running. */
  toy_close (toy);
  zq_clock_set_server_offset (toy->clock, -ZQ_TEST_MINUTE_US);
  toy_open (toy);
  g_assert_true (zq_test_wait_until (is_none_overdue, toy, 10));
}

/* --- projections ------------------------------------------------------------------------------ */

static gboolean
is_rebuilt (gpointer data)
{
  return toy_int (data, "SELECT state = 'ready' FROM projection WHERE kind = 'task'") == 1;
}

static void
test_rebuild_goes_on_after_a_stop (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqIngested) ingested = toy_ingest (toy, many_tasks (0, 1000));
  gint64 done;

  toy_close (toy);
  toy->config.kinds = TOY_KINDS_2;
  toy_open (toy);
  toy_close (toy);
  toy_open (toy);
  done = toy_int (toy, "SELECT count (*) FROM toy_task");
  g_assert_cmpint (done, ==, 1000);
  g_assert_true (zq_test_wait_until (is_rebuilt, toy, 20));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task WHERE mark = '2'"), ==, 1000);
  g_assert_cmpint (g_atomic_int_get (&toy->context.n_parsed), ==, 2000);
}

static gboolean
want_rebuild (ZqTxn *txn, gpointer data, GError **error)
{
  const gboolean *goes_well = data;

  g_assert_true (zq_db_exec (zq_txn_db (txn), NULL, "UPDATE toy_task SET mark = 'old'", ""));
  g_assert_true (zq_txn_rebuild (txn, "task", NULL));
  if (!*goes_well)
    g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED, "not this time");

  return *goes_well;
}

static void
test_rebuild_when_told (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqIngested) ingested = toy_ingest (toy, many_tasks (0, 300));
  g_autoptr (GError) error = NULL;
  gboolean goes_well = FALSE;

  g_assert_false (toy_run (toy, want_rebuild, &goes_well, &error));
  g_assert_true (is_rebuilt (toy));

  goes_well = TRUE;
  g_assert_true (toy_run (toy, want_rebuild, &goes_well, NULL));
  g_assert_true (toy_run (toy, want_rebuild, &goes_well, NULL));
  g_assert_true (zq_test_wait_until (is_rebuilt, toy, 20));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task WHERE mark IS 'old'"), ==, 0);

  /* Nothing is left of the one that was rolled back. */
  toy_close (toy);
  toy_open (toy);
  g_assert_cmpint (g_atomic_int_get (&toy->context.n_parsed), <=, 900);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  ADD ("/ingest/every-byte-is-kept", test_every_byte_is_kept);
  ADD ("/ingest/held-version-is-skipped", test_held_version_is_skipped);
  ADD ("/ingest/without-version-texts-are-compared", test_without_version_texts_are_compared);
  ADD ("/ingest/unreadable-is-kept-and-counted", test_unreadable_is_kept_and_counted);
  ADD ("/ingest/unclaimed-is-kept", test_unclaimed_is_kept);
  ADD ("/ingest/wanted-comes-and-goes", test_wanted_comes_and_goes);
  ADD ("/ingest/gone-leaves-the-rows", test_gone_leaves_the_rows);
  ADD ("/ingest/superseded-text-is-kept", test_superseded_text_is_kept);
  ADD ("/ingest/second-copy-is-shown-once", test_second_copy_is_shown_once);
  ADD ("/ingest/cursor-comes-with-its-page", test_cursor_comes_with_its_page);
  ADD ("/writer/doctor-overtakes-import", test_doctor_overtakes_import);
  ADD ("/writer/shared-commit-fails-alone", test_shared_commit_fails_alone);
  ADD ("/writer/closing-finishes-what-is-queued", test_closing_finishes_what_is_queued);
  ADD ("/writer/later-runs-once-a-key", test_later_runs_once_a_key);
  ADD ("/reader/long-read-is-cancelled", test_long_read_is_cancelled);
  ADD ("/store/may-be-dropped-while-busy", test_store_may_be_dropped_while_busy);
  ADD ("/changes/a-commit-tells-its-rows", test_commit_tells_its_rows);
  ADD ("/changes/over-256-rows-collapse", test_over_256_rows_collapse);
  ADD ("/alarm/rows-change-when-due", test_rows_change_when_due);
  ADD ("/alarm/rows-change-back-with-the-clock", test_rows_change_back);
  ADD ("/projection/rebuild-goes-on-after-a-stop", test_rebuild_goes_on_after_a_stop);

  ADD ("/projection/rebuild-when-told", test_rebuild_when_told);

  if (g_test_perf ())
    ADD ("/writer/draft-during-import", test_draft_during_import);

  return g_test_run ();
}
