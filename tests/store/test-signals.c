/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/toy.h"

#include "store/list.h"

#include <libglib-testing/signal-logger.h>

/* --- a list of toy tasks by due --------------------------------------------------------------- */

static GArray *
source_keys (ZqDb *db, gpointer query, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, error, "SELECT id FROM toy_task ORDER BY due, id", "");
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  while (zq_rows_next (rows, NULL))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  return keys;
}

static gboolean
source_first (ZqDb *db, gpointer query, guint limit, GArray *keys, GError **error)
{
  g_autoptr (GArray) all = source_keys (db, query, NULL, error);

  g_array_append_vals (keys, all->data, MIN (all->len, limit));
  return TRUE;
}

static guint
source_count (ZqDb *db, gpointer query)
{
  gint64 n = 0;

  zq_db_get_int (db, &n, NULL, "SELECT count(*) FROM toy_task", "");
  return n;
}

static GObject *
source_create (gint64 key)
{
  return g_object_new (G_TYPE_OBJECT, NULL);
}

static void
source_load (ZqStore *store, ZqDb *db, GObject *const *rows, guint n_rows)
{
}

static const char *const TOPICS[] = { "task", NULL };
static const ZqListSource SOURCE = {
  TOPICS, source_first, source_count, source_keys, source_create, source_load,
};

/* --- writes ----------------------------------------------------------------------------------- */

typedef struct
{
  gint64 first; /* rows first … last become due at `due`; 0: they go */
  gint64 last;
  gint64 due;
  gboolean message; /* says that a message changed, too */
  gboolean fail;
} Change;

static gboolean
run_change (ZqTxn *txn, gpointer data, GError **error)
{
  const Change *change = data;

  for (gint64 id = change->first; id <= change->last; id++)
    {
      zq_txn_changed (txn, "task", id, 0, ZQ_CHANGE_ORDER);
      if (!zq_db_exec (zq_txn_db (txn), error, "DELETE FROM toy_task WHERE id = ?", "i", id))
        return FALSE;
      if (change->due != 0 &&
          !zq_db_exec (zq_txn_db (txn), error, "INSERT INTO toy_task (id, due, overdue) VALUES (?, ?, 1)", "ii", id,
                       change->due))
        return FALSE;
    }
  if (change->message)
    zq_txn_changed (txn, "message", 1, 0, ZQ_CHANGE_CONTENT);
  if (change->fail)
    g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, "told to fail");
  return !change->fail;
}

static void
put (Toy *toy, gint64 first, gint64 last, gint64 due)
{
  g_autoptr (GError) error = NULL;
  Change change = { first, last, due };

  toy_run (toy, run_change, &change, &error);
  g_assert_no_error (error);
}

/* --- the store -------------------------------------------------------------------------------- */

typedef struct
{
  GtSignalLogger *log;
  gsize at_least;
} Wanted;

static gboolean
has_emissions (gpointer data)
{
  Wanted *wanted = data;

  return gt_signal_logger_get_n_emissions (wanted->log) >= wanted->at_least;
}

static void
wait_emissions (GtSignalLogger *log, gsize n)
{
  Wanted wanted = { log, n };

  g_assert_true (zq_test_wait_until (has_emissions, &wanted, 10));
  zq_test_settle ();
  if (gt_signal_logger_get_n_emissions (log) != n)
    {
      g_autofree char *seen = gt_signal_logger_format_emissions (log);

      g_error ("%" G_GSIZE_FORMAT " were to be told, there were:\n%s", n, seen);
    }
}

static GtSignalLogger *
log_changed (Toy *toy)
{
  GtSignalLogger *log = gt_signal_logger_new ();

  zq_test_settle ();
  gt_signal_logger_connect (log, toy->store, "changed");
  return log;
}

static ZqChanges *
pop_changed (Toy *toy, GtSignalLogger *log)
{
  ZqChanges *changes = NULL;

  gt_signal_logger_assert_emission_pop (log, toy->store, "changed", &changes);
  return changes;
}

static void
test_one_a_commit (Toy *toy, gconstpointer unused)
{
  g_autoptr (GtSignalLogger) log = log_changed (toy);
  g_autoptr (ZqChanges) first = NULL;
  g_autoptr (ZqChanges) second = NULL;
  Change both = { 7, 7, 70, TRUE };

  put (toy, 1, 3, 10);
  toy_run (toy, run_change, &both, NULL);
  wait_emissions (log, 2);

  first = pop_changed (toy, log);
  for (gint64 row = 1; row <= 3; row++)
    g_assert_true (zq_changes_has_row (first, "task", row));
  g_assert_false (zq_changes_has_row (first, "task", 7));
  g_assert_false (zq_changes_has (first, "message"));
  g_assert_false (zq_changes_is_collapsed (first, "task"));
  second = pop_changed (toy, log);
  g_assert_true (zq_changes_has_row (second, "task", 7));
  g_assert_false (zq_changes_has_row (second, "task", 1));
  g_assert_true (zq_changes_has_row (second, "message", 1));
}

static void
test_none_without_a_commit (Toy *toy, gconstpointer unused)
{
  g_autoptr (GtSignalLogger) log = log_changed (toy);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqChanges) changes = NULL;
  Change failing = { 1, 3, 10, FALSE, TRUE };

  g_assert_false (toy_run (toy, run_change, &failing, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
  zq_test_settle ();
  gt_signal_logger_assert_no_emissions (log);
  g_assert_cmpint (toy_int (toy, "SELECT count(*) FROM toy_task"), ==, 0);

  /* What is told next is of the next commit alone. */
  put (toy, 9, 9, 10);
  wait_emissions (log, 1);
  changes = pop_changed (toy, log);
  g_assert_true (zq_changes_has_row (changes, "task", 9));
  g_assert_false (zq_changes_has_row (changes, "task", 1));
}

static void
test_many_rows_are_one (Toy *toy, gconstpointer unused)
{
  g_autoptr (GtSignalLogger) log = log_changed (toy);
  g_autoptr (ZqChanges) few = NULL;
  g_autoptr (ZqChanges) many = NULL;

  put (toy, 1, 256, 10);
  put (toy, 1, 257, 20);
  wait_emissions (log, 2);
  few = pop_changed (toy, log);
  g_assert_false (zq_changes_is_collapsed (few, "task"));
  g_assert_false (zq_changes_has_row (few, "task", 257));
  many = pop_changed (toy, log);
  g_assert_true (zq_changes_is_collapsed (many, "task"));
  g_assert_false (zq_changes_is_collapsed (many, "message"));
}

static void
test_page_is_one (Toy *toy, gconstpointer unused)
{
  g_autoptr (GtSignalLogger) log = log_changed (toy);
  g_autoptr (ZqChanges) changes = NULL;
  g_autoptr (ZqChanges) next = NULL;
  g_autofree char *one = toy_task ("1", 1, NULL);
  g_autofree char *two = toy_task ("2", 1, NULL);

  toy_take (toy, one, two);
  wait_emissions (log, 1);
  changes = pop_changed (toy, log);
  g_assert_true (zq_changes_has_row (changes, "task", toy_row (toy, "Task", "1")));
  g_assert_true (zq_changes_has_row (changes, "task", toy_row (toy, "Task", "2")));

  /* Held already, nothing reads differently: the next that is told is another commit. */
  toy_take (toy, one, two);
  put (toy, 99, 99, 10);
  wait_emissions (log, 1);
  next = pop_changed (toy, log);
  g_assert_true (zq_changes_has_row (next, "task", 99));
  g_assert_false (zq_changes_has_row (next, "task", toy_row (toy, "Task", "1")));
}

/* --- a list ----------------------------------------------------------------------------------- */

typedef struct
{
  ZqList *list;
  GtSignalLogger *log;
} Logged;

static gboolean
is_complete (gpointer list)
{
  return zq_list_is_complete (list);
}

/* Rows 1 … 5, due 10 … 50. */
static void
logged_init (Logged *self, Toy *toy)
{
  for (gint64 id = 1; id <= 5; id++)
    put (toy, id, id, 10 * id);
  zq_test_settle ();
  self->list = zq_list_new (toy->store, &SOURCE, NULL, NULL);
  g_assert_true (zq_test_wait_until (is_complete, self->list, 10));
  zq_test_settle ();
  self->log = gt_signal_logger_new ();
  gt_signal_logger_connect (self->log, self->list, "items-changed");
  gt_signal_logger_connect (self->log, self->list, "notify");
}

static gboolean
is_last_reference (gpointer list)
{
  return g_atomic_int_get (&G_OBJECT (list)->ref_count) == 1;
}

/* The reader may still be at it. */
static void
logged_clear (Logged *self)
{
  g_assert_true (zq_test_wait_until (is_last_reference, self->list, 10));
  gt_signal_logger_assert_no_emissions (self->log);
  gt_signal_logger_free (self->log);
  zq_test_last_unref (self->list);
}

static void
expect_span (Logged *self, guint position, guint removed, guint added)
{
  guint p = 99, r = 99, a = 99;

  gt_signal_logger_assert_emission_pop (self->log, self->list, "items-changed", &p, &r, &a);
  g_assert_cmpuint (p, ==, position);
  g_assert_cmpuint (r, ==, removed);
  g_assert_cmpuint (a, ==, added);
}

#define expect_notify(self, property) gt_signal_logger_assert_notify_emission_pop ((self)->log, (self)->list, property)
#define expect_silence(self)          gt_signal_logger_assert_no_emissions ((self)->log)

static void
test_news_while_held (Toy *toy, gconstpointer unused)
{
  Logged self;

  logged_init (&self, toy);
  zq_list_set_hold (self.list, TRUE);
  expect_notify (&self, "hold");
  zq_list_set_hold (self.list, TRUE);
  expect_silence (&self);

  put (toy, 11, 11, 5);
  wait_emissions (self.log, 2);
  expect_notify (&self, "n-new");
  expect_notify (&self, "total");
  put (toy, 12, 12, 45);
  wait_emissions (self.log, 2);
  expect_notify (&self, "n-new");
  expect_notify (&self, "total");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.list)), ==, 5);

  /* In exact spans from the front, then the number, once. */
  zq_list_show_new (self.list);
  expect_span (&self, 0, 0, 1);
  expect_span (&self, 5, 0, 1);
  expect_notify (&self, "n-new");
  expect_silence (&self);
  g_assert_cmpint (zq_list_get_key (self.list, 0), ==, 11);
  g_assert_cmpint (zq_list_get_key (self.list, 5), ==, 12);
  zq_list_show_new (self.list);
  logged_clear (&self);
}

static void
test_end_of_hold (Toy *toy, gconstpointer unused)
{
  Logged self;

  logged_init (&self, toy);
  zq_list_set_hold (self.list, TRUE);
  put (toy, 11, 11, 5);
  wait_emissions (self.log, 3);
  expect_notify (&self, "hold");
  expect_notify (&self, "n-new");
  expect_notify (&self, "total");
  zq_list_set_hold (self.list, FALSE);
  expect_notify (&self, "hold");
  expect_span (&self, 0, 0, 1);
  expect_notify (&self, "n-new");
  logged_clear (&self);
}

static void
test_gone_while_held (Toy *toy, gconstpointer unused)
{
  Logged self;

  logged_init (&self, toy);
  zq_list_set_hold (self.list, TRUE);
  expect_notify (&self, "hold");
  put (toy, 2, 2, 0);
  wait_emissions (self.log, 2);
  expect_span (&self, 1, 1, 0);
  expect_notify (&self, "total");

  /* Unless it is the open one: then at the latest when it is not any more. */
  zq_list_keep (self.list, 4);
  put (toy, 4, 4, 0);
  wait_emissions (self.log, 1);
  expect_notify (&self, "total");
  zq_list_keep (self.list, 0);
  expect_span (&self, 2, 1, 0);
  logged_clear (&self);
}

static void
test_order_and_content (Toy *toy, gconstpointer unused)
{
  Logged self;

  logged_init (&self, toy);
  /* It moves: out of its place, into the other; nothing else is told. */
  put (toy, 1, 1, 35);
  wait_emissions (self.log, 2);
  expect_span (&self, 0, 1, 0);
  expect_span (&self, 2, 0, 1);
  /* It stays in its place: the next that is told is of another row. */
  put (toy, 1, 1, 36);
  put (toy, 13, 13, 99);
  wait_emissions (self.log, 2);
  expect_span (&self, 5, 0, 1);
  expect_notify (&self, "total");
  logged_clear (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  ADD ("/store/changed-is-told-once-a-commit", test_one_a_commit);
  ADD ("/store/changed-is-not-told-of-what-was-rolled-back", test_none_without_a_commit);
  ADD ("/store/changed-collapses-over-256-rows", test_many_rows_are_one);
  ADD ("/store/changed-is-told-once-a-page-and-not-of-the-same-again", test_page_is_one);
  ADD ("/list/held-news-is-a-number-then-exact-spans", test_news_while_held);
  ADD ("/list/end-of-hold-lets-news-in", test_end_of_hold);
  ADD ("/list/what-goes-is-told-at-once-unless-kept", test_gone_while_held);
  ADD ("/list/a-move-is-two-spans-and-no-more", test_order_and_content);
#undef ADD
  return g_test_run ();
}
