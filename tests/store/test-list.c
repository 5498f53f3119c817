/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/toy.h"

#include "store/list-diff.h"
#include "store/list.h"

/* --- a list of toy tasks by due, then id ------------------------------------------------------ */

#define TOY_TYPE_ROW (toy_row_object_get_type ())
G_DECLARE_FINAL_TYPE (ToyRowObject, toy_row_object, TOY, ROW_OBJECT, GObject)

struct _ToyRowObject
{
  GObject parent_instance;

  gint64 key;
  gint64 due;
  guint n_loads;
};

G_DEFINE_TYPE (ToyRowObject, toy_row_object, G_TYPE_OBJECT)

static void
toy_row_object_class_init (ToyRowObjectClass *klass)
{
}

static void
toy_row_object_init (ToyRowObject *self)
{
}

/* A list that asks for something else interrupts, at any place, what it has asked for before. */
static GArray *
query_keys (ZqDb *db, const char *sql, gint64 limit, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, &local, sql, "i", limit);

  while (rows != NULL && zq_rows_next (rows, &local))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  if (local == NULL)
    return g_steal_pointer (&keys);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

#define BY_DUE "SELECT id FROM toy_task ORDER BY due, id LIMIT ?"

static gboolean
source_first (ZqDb *db, gpointer query, guint limit, GArray *keys, GError **error)
{
  g_autoptr (GArray) some = query_keys (db, BY_DUE, limit, error);

  if (some == NULL)
    return FALSE;
  g_array_append_vals (keys, some->data, some->len);

  return TRUE;
}

static guint
source_count (ZqDb *db, gpointer query)
{
  gint64 n = 0;

  zq_db_get_int (db, &n, NULL, "SELECT value FROM setting WHERE name = 'n'", "");

  return n;
}

static GArray *
source_keys (ZqDb *db, gpointer query, GCancellable *cancellable, GError **error)
{
  return query_keys (db, BY_DUE, -1, error);
}

static GObject *
source_create (gint64 key)
{
  ToyRowObject *row = g_object_new (TOY_TYPE_ROW, NULL);

  row->key = key;

  return G_OBJECT (row);
}

static void
source_load (ZqStore *store, ZqDb *db, GObject *const *rows, guint n_rows)
{
  g_assert_cmpuint (n_rows, <=, 128);
  for (guint i = 0; i < n_rows; i++)
    {
      ToyRowObject *row = TOY_ROW_OBJECT (rows[i]);

      row->n_loads++;
      zq_db_get_int (db, &row->due, NULL, "SELECT due FROM toy_task WHERE id = ?", "i", row->key);
    }
}

static const char *const TOPICS[] = { "task", NULL };
static const ZqListSource SOURCE = {
  TOPICS, source_first, source_count, source_keys, source_create, source_load,
};

/* --- a listener that believes only what it is told -------------------------------------------- */

typedef struct
{
  ZqList *list;
  GArray *keys;
  guint n_spans;
  guint biggest;
} Checker;

static void
check_items (GListModel *model, guint position, guint removed, guint added, Checker *checker)
{
  checker->n_spans++;
  checker->biggest = MAX (checker->biggest, removed + added);
  g_assert_cmpuint (position + removed, <=, checker->keys->len);
  g_array_remove_range (checker->keys, position, removed);
  for (guint i = 0; i < added; i++)
    {
      gint64 key = zq_list_get_key (ZQ_LIST (model), position + i);

      for (guint j = 0; j < checker->keys->len; j++)
        g_assert_cmpint (g_array_index (checker->keys, gint64, j), !=, key);
      g_array_insert_val (checker->keys, position + i, key);
    }

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, checker->keys->len);
  for (guint i = 0; i < checker->keys->len; i++)
    g_assert_cmpint (zq_list_get_key (ZQ_LIST (model), i), ==, g_array_index (checker->keys, gint64, i));
}

static void
checker_init (Checker *checker, ZqList *list)
{
  checker->list = list;
  checker->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      gint64 key = zq_list_get_key (list, i);

      g_array_append_val (checker->keys, key);
    }
  g_signal_connect (list, "items-changed", G_CALLBACK (check_items), checker);
}

static void
checker_clear (Checker *checker)
{
  g_signal_handlers_disconnect_by_data (checker->list, checker);
  g_array_unref (checker->keys);
}

/* --- writes ----------------------------------------------------------------------------------- */

typedef struct
{
  gint64 id;
  gint64 due; /* 0: delete */
} Change;

static gboolean
run_changes (ZqTxn *txn, gpointer data, GError **error)
{
  GArray *changes = data;

  for (guint i = 0; i < changes->len; i++)
    {
      Change *change = &g_array_index (changes, Change, i);

      zq_txn_changed (txn, "task", change->id, 0, ZQ_CHANGE_ORDER | ZQ_CHANGE_CONTENT);
      if (change->due == 0 ? !zq_db_exec (zq_txn_db (txn), error, "DELETE FROM toy_task WHERE id = ?", "i", change->id)
                           : !zq_db_exec (zq_txn_db (txn), error,
                                          "INSERT OR REPLACE INTO toy_task (id, due, overdue) VALUES (?, ?, 1)", "ii",
                                          change->id, change->due))
        return FALSE;
    }

  return TRUE;
}

static void
change (Toy *toy, GArray *changes)
{
  g_autoptr (GError) error = NULL;

  toy_run (toy, run_changes, changes, &error);
  g_assert_no_error (error);
}

static void
change_one (Toy *toy, gint64 id, gint64 due)
{
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
  Change one = { id, due };

  g_array_append_val (changes, one);
  change (toy, changes);
}

static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 n = *(gint64 *)data;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, n);

  return zq_db_exec (zq_txn_db (txn), error,
                     "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                     " INSERT INTO toy_task (id, due, overdue) SELECT i, i * 10, 1 FROM n",
                     "i", n) &&
         zq_txn_set_setting (txn, "n", text, error);
}

static void
fill_store (Toy *toy, gint64 n)
{
  g_autoptr (GError) error = NULL;

  toy_run (toy, fill, &n, &error);
  g_assert_no_error (error);
  zq_test_settle ();
}

static gboolean
is_complete (gpointer list)
{
  return zq_list_is_complete (list);
}

static ZqList *
new_list (Toy *toy)
{
  ZqList *list = zq_list_new (toy->store, &SOURCE, NULL, NULL);

  g_assert_true (zq_test_wait_until (is_complete, list, 10));

  return list;
}

static void
drop_list (ZqList *list)
{
  zq_test_settle ();
  zq_test_last_unref (list);
}

typedef struct
{
  ZqList *list;
  GArray *keys;
} Expected;

static gboolean
is_as_expected (gpointer data)
{
  Expected *expected = data;

  if (g_list_model_get_n_items (G_LIST_MODEL (expected->list)) != expected->keys->len)
    return FALSE;
  for (guint i = 0; i < expected->keys->len; i++)
    if (zq_list_get_key (expected->list, i) != g_array_index (expected->keys, gint64, i))
      return FALSE;

  return TRUE;
}

static void
wait_as_stored (Toy *toy, ZqList *list)
{
  Expected expected = { list, query_keys (zq_store_get_main_db (toy->store), BY_DUE, -1, NULL) };

  g_assert_true (zq_test_wait_until (is_as_expected, &expected, 10));
  g_array_unref (expected.keys);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_first_page_is_there_at_once (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (ToyRowObject) row = NULL;
  g_autoptr (ToyRowObject) last = NULL;

  fill_store (toy, 1000);
  list = zq_list_new (toy->store, &SOURCE, NULL, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 128);
  g_assert_cmpuint (zq_list_get_total (list), ==, 1000);
  row = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpint (row->due, ==, 10);

  g_assert_true (zq_test_wait_until (is_complete, list, 10));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1000);
  last = g_list_model_get_item (G_LIST_MODEL (list), 999);
  g_assert_cmpint (last->key, ==, 1000);
  g_assert_cmpint (last->due, ==, 0);
  zq_test_settle ();
  g_assert_cmpint (last->due, ==, 10000);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 1000));
}

static void
test_short_list_is_whole_at_once (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;

  fill_store (toy, 100);
  list = zq_list_new (toy->store, &SOURCE, NULL, NULL);
  g_assert_true (zq_list_is_complete (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 100);
  change_one (toy, zq_list_get_key (list, 3), 99999999);
  wait_as_stored (toy, list);
}

static guint64
rows_of_first_page (Toy *toy, gint64 n)
{
  g_autoptr (ZqList) list = NULL;
  ZqDbCounts before, after;

  toy_close (toy);
  toy_open (toy);
  fill_store (toy, n);

  zq_db_get_counts (zq_store_get_main_db (toy->store), &before);
  list = zq_list_new (toy->store, &SOURCE, NULL, NULL);
  zq_db_get_counts (zq_store_get_main_db (toy->store), &after);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 128);
  g_assert_true (zq_test_wait_until (is_complete, list, 30));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, n);

  return after.rows - before.rows;
}

static gboolean
empty (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM toy_task", "");
}

static void
test_first_page_costs_the_same (Toy *toy, gconstpointer unused)
{
  guint64 small = rows_of_first_page (toy, 1000);
  guint64 large;

  g_assert_true (toy_run (toy, empty, NULL, NULL));
  large = rows_of_first_page (toy, 100000);
  g_assert_cmpuint (small, ==, large);
  g_assert_cmpuint (small, <=, 260);
}

static void
test_a_row_is_one_object (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (ToyRowObject) row = NULL;
  g_autoptr (ToyRowObject) same = NULL;
  guint position;

  fill_store (toy, 10000);
  list = new_list (toy);
  row = g_list_model_get_item (G_LIST_MODEL (list), 5);
  for (guint i = 0; i < 10000; i += 100)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (list), i));
  zq_test_settle ();
  change_one (toy, row->key, 99999999);
  wait_as_stored (toy, list);
  g_assert_true (zq_list_find (list, row->key, &position));
  g_assert_cmpuint (position, ==, 9999);
  same = g_list_model_get_item (G_LIST_MODEL (list), position);
  g_assert_true (same == row);
  zq_test_settle ();
  g_assert_cmpint (row->due, ==, 99999999);
}

static void
count_gone (gpointer data, GObject *object)
{
  (*(guint *)data)++;
}

static void
test_sixteen_pages_are_kept (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  guint n_gone = 0;

  fill_store (toy, 10000);
  list = new_list (toy);
  for (guint i = 0; i < 32; i++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (G_LIST_MODEL (list), i * 128 + 3);

      g_object_weak_ref (row, count_gone, &n_gone);
    }
  zq_test_settle ();
  g_assert_cmpuint (n_gone, ==, 16);
}

static void
test_one_change_is_a_small_span (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  Checker checker = { 0 };

  fill_store (toy, 2000);
  list = new_list (toy);
  checker_init (&checker, list);
  change_one (toy, 50, 15);
  wait_as_stored (toy, list);
  g_assert_cmpuint (checker.n_spans, ==, 2);
  g_assert_cmpuint (checker.biggest, ==, 1);
  change_one (toy, 5000, 55);
  wait_as_stored (toy, list);
  change_one (toy, 1000, 0);
  wait_as_stored (toy, list);
  g_assert_cmpuint (checker.n_spans, ==, 4);
  g_assert_cmpuint (checker.biggest, ==, 1);
  checker_clear (&checker);
}

static void
test_any_changes_are_told_exactly (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  Checker checker = { 0 };

  fill_store (toy, 300);
  list = zq_list_new (toy->store, &SOURCE, NULL, NULL);
  checker_init (&checker, list);
  for (guint round = 0; round < 150; round++)
    {
      g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change));
      guint n = round % 10 == 9 ? 200 : g_test_rand_int_range (1, 8);

      for (guint i = 0; i < n; i++)
        {
          Change one = { g_test_rand_int_range (1, 600),
                         g_test_rand_int_range (0, 3) == 0 ? 0 : g_test_rand_int_range (1, 6000) };

          g_array_append_val (changes, one);
        }
      change (toy, changes);
      if (round % 3 == 0)
        wait_as_stored (toy, list);
    }
  wait_as_stored (toy, list);
  checker_clear (&checker);
}

static GArray *
random_keys (guint n, guint among)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) used = g_hash_table_new (NULL, NULL);

  while (keys->len < n)
    {
      gint64 key = g_test_rand_int_range (1, among + 1);

      if (g_hash_table_add (used, GINT_TO_POINTER ((int)key)))
        g_array_append_val (keys, key);
    }

  return keys;
}

static void
apply_spans (GArray *keys, GArray *target, GArray *spans)
{
  for (guint i = 0; i < spans->len; i++)
    {
      ZqListSpan *span = &g_array_index (spans, ZqListSpan, i);

      g_assert_true ((span->removed == 0) != (span->added == 0));
      if (span->removed > 0)
        g_array_remove_range (keys, span->position, span->removed);
      else
        g_array_insert_vals (keys, span->position, &g_array_index (target, gint64, span->position), span->added);
    }
}

static void
test_any_diff_leads_there (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      guint among = g_test_rand_int_range (1, 40);
      g_autoptr (GArray) old = random_keys (g_test_rand_int_range (0, among + 1), among);
      g_autoptr (GArray) fresh = random_keys (g_test_rand_int_range (0, among + 1), among);
      gint64 keep = g_test_rand_int_range (0, among + 1);
      guint n_held;
      g_autoptr (GArray) target = zq_list_diff_target (old, fresh, round % 2, keep, &n_held);
      g_autoptr (GArray) spans = zq_list_diff (old, target, round % 5 == 0 ? 2 : 1000);

      apply_spans (old, target, spans);
      g_assert_cmpmem (old->data, old->len * sizeof (gint64), target->data, target->len * sizeof (gint64));
      if (round % 2 == 0)
        g_assert_cmpuint (n_held, ==, 0);
      g_assert_cmpuint (target->len + n_held, >=, fresh->len);
      g_assert_cmpuint (target->len + n_held, <=, fresh->len + 1);
    }
}

static gboolean
has_two_new (gpointer list)
{
  guint n;

  g_object_get (list, "n-new", &n, NULL);

  return n == 2;
}

static void
test_news_gathers_while_held (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  Checker checker = { 0 };
  guint n = 9;

  fill_store (toy, 200);
  list = new_list (toy);
  checker_init (&checker, list);
  zq_list_set_hold (list, TRUE);
  change_one (toy, 1001, 1);
  change_one (toy, 1002, 500);
  g_assert_true (zq_test_wait_until (has_two_new, list, 10));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 200);
  g_assert_cmpuint (zq_list_get_total (list), ==, 202);
  g_assert_cmpuint (checker.n_spans, ==, 0);

  zq_list_show_new (list);
  g_assert_cmpint (zq_list_get_key (list, 0), ==, 1001);
  g_object_get (list, "n-new", &n, NULL);
  g_assert_cmpuint (n, ==, 0);
  wait_as_stored (toy, list);
  checker_clear (&checker);
}

static void
test_kept_row_stays (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  Checker checker = { 0 };

  fill_store (toy, 200);
  list = new_list (toy);
  checker_init (&checker, list);
  zq_list_keep (list, 7);
  change_one (toy, 7, 0);
  change_one (toy, 9, 0);
  while (zq_list_find (list, 9, NULL))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (zq_list_get_key (list, 6), ==, 7);
  zq_list_keep (list, 0);
  g_assert_false (zq_list_find (list, 7, NULL));
  wait_as_stored (toy, list);
  checker_clear (&checker);
}

/* A page moves its selection when a row goes: the list is asked for more while it is telling. */
static void
keep_another (ZqList *list, guint position, guint removed, guint added, gpointer unused)
{
  if (removed > 0)
    zq_list_keep (list, zq_list_get_key (list, position));
}

static void
test_listener_may_ask_back (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  Checker checker = { 0 };

  fill_store (toy, 200);
  list = new_list (toy);
  checker_init (&checker, list);
  g_signal_connect (list, "items-changed", G_CALLBACK (keep_another), NULL);
  change_one (toy, 7, 0);
  wait_as_stored (toy, list);
  change_one (toy, 3, 1500);
  wait_as_stored (toy, list);
  checker_clear (&checker);
}

static void
test_new_query_replaces (Toy *toy, gconstpointer unused)
{
  ZqList *list;
  Checker checker = { 0 };

  fill_store (toy, 1000);
  list = zq_list_new (toy->store, &SOURCE, g_strdup ("one"), g_free);
  checker_init (&checker, list);
  zq_list_set_query (list, g_strdup ("two"), g_free);
  g_assert_cmpuint (checker.n_spans, ==, 2);
  g_assert_true (zq_test_wait_until (is_complete, list, 10));
  zq_list_set_query (list, g_strdup ("three"), g_free);
  wait_as_stored (toy, list);
  checker_clear (&checker);
  drop_list (list);
}

static void
test_changed_row_is_filled_anew (Toy *toy, gconstpointer unused)
{
  g_autoptr (ZqList) list = NULL;
  g_autoptr (ToyRowObject) row = NULL;
  g_autoptr (ToyRowObject) other = NULL;
  guint loads, other_loads;

  fill_store (toy, 100);
  list = new_list (toy);
  row = g_list_model_get_item (G_LIST_MODEL (list), 4);
  other = g_list_model_get_item (G_LIST_MODEL (list), 5);
  zq_test_settle ();
  loads = row->n_loads;
  other_loads = other->n_loads;
  change_one (toy, row->key, 51);
  zq_test_settle ();
  g_assert_cmpint (row->due, ==, 51);
  g_assert_cmpuint (row->n_loads, ==, loads + 1);
  g_assert_cmpuint (other->n_loads, ==, other_loads);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  g_test_add_func ("/list/any-diff-leads-there", test_any_diff_leads_there);
  ADD ("/list/first-page-is-there-at-once", test_first_page_is_there_at_once);
  ADD ("/list/short-list-is-whole-at-once", test_short_list_is_whole_at_once);
  ADD ("/list/first-page-costs-the-same", test_first_page_costs_the_same);
  ADD ("/list/a-row-is-one-object", test_a_row_is_one_object);
  ADD ("/list/sixteen-pages-are-kept", test_sixteen_pages_are_kept);
  ADD ("/list/one-change-is-a-small-span", test_one_change_is_a_small_span);
  ADD ("/list/any-changes-are-told-exactly", test_any_changes_are_told_exactly);
  ADD ("/list/news-gathers-while-held", test_news_gathers_while_held);
  ADD ("/list/kept-row-stays", test_kept_row_stays);
  ADD ("/list/listener-may-ask-back", test_listener_may_ask_back);
  ADD ("/list/new-query-replaces", test_new_query_replaces);
  ADD ("/list/changed-row-is-filled-anew", test_changed_row_is_filled_anew);

  return g_test_run ();
}
