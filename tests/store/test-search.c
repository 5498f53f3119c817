/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/search-text.h"
#include "resource/json.h"
#include "store/search-oracle.h"
#include "store/search.h"
#include "store/toy.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define SEED      20261123
#define N_ROWS    3000
#define N_QUERIES 200
#define PAGE      50

/* Texts as they are, whatever the locale of a message to the terminal is. */
#define fail(...)                                                                                                      \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    fprintf (stderr, __VA_ARGS__);                                                                                     \
    fputc ('\n', stderr);                                                                                              \
    g_assert_not_reached ();                                                                                           \
  }                                                                                                                    \
  G_STMT_END

/* --- a kind with words ------------------------------------------------------------------------ */

#define NOTE_SCHEMA "CREATE TABLE IF NOT EXISTS toy_note (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, text TEXT);"

static gpointer
note_parse (JsonNode *node, gpointer context, GError **error)
{
  return json_node_ref (node);
}

static gboolean
note_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  const char *at = zq_json_get_string (parsed, "at");

  zq_txn_index (txn, "note", id);

  return zq_db_exec (zq_txn_db (txn), error, "INSERT OR REPLACE INTO toy_note (id, at, text) VALUES (?, ?, ?)", "iis",
                     id, at != NULL ? g_ascii_strtoll (at, NULL, 10) : 0, zq_json_get_string (parsed, "text"));
}

static gboolean
note_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_index (txn, "note", id);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM toy_note WHERE id = ?", "i", id);
}

static gboolean
describe (ZqTxn *txn, gint64 id, const char *more, ZqSearchText *text, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (zq_txn_db (txn), error, "SELECT at, text FROM toy_note WHERE id = ?", "i", id);

  if (rows == NULL)
    return FALSE;
  if (zq_rows_next (rows, error) && !zq_rows_is_null (rows, 1))
    {
      text->at = zq_rows_int (rows, 0);
      text->text = g_strconcat (zq_rows_text (rows, 1), more, NULL);
    }

  return TRUE;
}

static gboolean
describe_1 (ZqTxn *txn, gint64 id, ZqSearchText *text, GError **error)
{
  return describe (txn, id, "", text, error);
}

static gboolean
describe_2 (ZqTxn *txn, gint64 id, ZqSearchText *text, GError **error)
{
  return describe (txn, id, " 改版", text, error);
}

static const ZqSearchRule PLAIN_1 = { .version = 1, .how = ZQ_WORDS_PLAIN, .describe = describe_1 };
static const ZqSearchRule PLAIN_2 = { .version = 2, .how = ZQ_WORDS_PLAIN, .describe = describe_2 };
static const ZqSearchRule PINYIN = { .version = 1, .how = ZQ_WORDS_PINYIN, .describe = describe_1 };
static const ZqSearchRule NAMES = { .version = 1, .how = ZQ_WORDS_NAME, .describe = describe_1 };

#define NOTE(rule)                                                                                                     \
  {                                                                                                                    \
    .name = "note", .type = "Basic", .projection_version = 1, .schema = NOTE_SCHEMA, .parse = note_parse,              \
    .parsed_free = (GDestroyNotify)json_node_unref, .project = note_project, .unproject = note_unproject,              \
    .search = rule                                                                                                     \
  }

static const ZqResourceKind NOTE_PLAIN_1 = NOTE (&PLAIN_1);
static const ZqResourceKind NOTE_PLAIN_2 = NOTE (&PLAIN_2);
static const ZqResourceKind NOTE_PINYIN = NOTE (&PINYIN);
static const ZqResourceKind NOTE_NAMES = NOTE (&NAMES);
static const ZqResourceKind NOTE_MUTE = NOTE (NULL);

static const ZqResourceKind *const WITH_PLAIN_1[] = { &NOTE_PLAIN_1, NULL };
static const ZqResourceKind *const WITH_PLAIN_2[] = { &NOTE_PLAIN_2, NULL };
static const ZqResourceKind *const WITH_PINYIN[] = { &NOTE_PINYIN, NULL };
static const ZqResourceKind *const WITH_NAMES[] = { &NOTE_NAMES, NULL };
static const ZqResourceKind *const WITH_MUTE[] = { &NOTE_MUTE, NULL };

static void
reopen_with (Toy *toy, const ZqResourceKind *const *kinds)
{
  toy_close (toy);
  toy->config.kinds = kinds;
  toy_open (toy);
}

static gint64
at_of (guint n)
{
  return ZQ_TEST_START_US + (gint64)n * 2 * G_USEC_PER_SEC;
}

/* NULL: it has lost its words. */
static char *
note_json (guint n, guint version, const char *text)
{
  g_autofree char *quoted = text != NULL ? zq_json_quote (text) : NULL;

  return g_strdup_printf ("{\"resourceType\":\"Basic\",\"id\":\"n%u\",\"meta\":{\"versionId\":\"%u\","
                          "\"lastUpdated\":\"2026-11-22T01:00:%02uZ\"},\"at\":%" G_GINT64_FORMAT "%s%s}",
                          n, version, version, at_of (n), quoted != NULL ? ",\"text\":" : "",
                          quoted != NULL ? quoted : "");
}

/* As a pull brings them: pages newest first, each from its oldest to its newest. */
static void
take_texts (Toy *toy, GPtrArray *texts)
{
  for (guint end = texts->len; end > 0;)
    {
      guint begin = end > 400 ? end - 400 : 0;
      g_autoptr (GString) page = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      ZqBundle *bundle;

      for (guint i = begin; i < end; i++)
        {
          g_autofree char *json = note_json (i, 1, g_ptr_array_index (texts, i));

          g_string_append_printf (page, "%s{\"resource\":%s}", i > begin ? "," : "", json);
        }
      g_string_append (page, "]}");
      bytes = g_bytes_new (page->str, page->len);
      bundle = zq_bundle_read (bytes, &error);
      g_assert_no_error (error);
      zq_ingested_free (toy_ingest (toy, bundle));
      end = begin;
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

/* Places of the texts that are found, page by page. */
static GArray *
search (Toy *toy, const char *typed)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint));
  ZqDb *db = zq_store_get_main_db (toy->store);
  gint64 before = 0;

  while (TRUE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) hits = zq_search_run (db, toy->config.kinds[0], typed, 0, 0, before, PAGE, &error);

      g_assert_no_error (error);
      for (guint i = 0; i < hits->len; i++)
        {
          gint64 at = 0;
          guint place;

          before = g_array_index (hits, ZqHit, i).id;
          g_assert_true (zq_db_get_int (db, &at, &error, "SELECT at FROM toy_note WHERE id = ?", "i",
                                        g_array_index (hits, ZqHit, i).row));
          place = (guint)((at - ZQ_TEST_START_US) / (2 * G_USEC_PER_SEC));
          g_array_append_val (found, place);
        }
      if (hits->len < PAGE)
        return found;
    }
}

static guint
count (Toy *toy, const char *typed)
{
  g_autoptr (GArray) found = search (toy, typed);

  return found->len;
}

/* --- queries ---------------------------------------------------------------------------------- */

static void
compare_with_scan (Toy *toy, GPtrArray *texts, GPtrArray *words, const char *typed, ZqWords how, guint *n_hits)
{
  g_autoptr (GArray) found = search (toy, typed);
  guint n = 0;

  for (guint i = texts->len; i > 0; i--)
    {
      const char *text = g_ptr_array_index (texts, i - 1);
      gboolean expected = oracle_says (g_ptr_array_index (words, i - 1), typed, how);
      g_autoptr (GArray) marks = zq_search_text_find (text, typed, how);

      if (expected != (marks->len > 0) || (expected && (n >= found->len || g_array_index (found, guint, n) != i - 1)))
        fail ("\"%s\" in \"%s\": expected %d, marked %u, found %u of %u", typed, text, expected, marks->len, n,
              found->len);
      for (guint m = 0; m < marks->len; m++)
        {
          ZqTextRange *mark = &g_array_index (marks, ZqTextRange, m);

          g_assert_cmpuint (mark->start, <, mark->end);
          g_assert_true (m == 0 || mark[-1].end < mark->start);
          g_assert_true (g_utf8_validate (text + mark->start, mark->end - mark->start, NULL));
        }
      n += expected;
    }
  g_assert_cmpuint (n, ==, found->len);
  *n_hits += n > 0;
}

static void
try_random_queries (Toy *toy, const ZqResourceKind *const *kinds, ZqWords how, guint n_rows)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  guint n_hits = 0;

  reopen_with (toy, kinds);
  for (guint i = 0; i < n_rows; i++)
    {
      g_ptr_array_add (texts, oracle_make_text (rand));
      g_ptr_array_add (words, oracle_words (g_ptr_array_index (texts, i)));
    }
  take_texts (toy, texts);
  for (guint i = 0; i < N_QUERIES; i++)
    {
      g_autofree char *typed = oracle_make_query (rand, how);

      compare_with_scan (toy, texts, words, typed, how, &n_hits);
    }
  g_assert_cmpuint (n_hits, >, N_QUERIES / 3);
}

static void
test_plain_is_as_a_scan (Toy *toy, gconstpointer unused)
{
  try_random_queries (toy, WITH_PLAIN_1, ZQ_WORDS_PLAIN, N_ROWS);
}

static void
test_pinyin_is_as_a_scan (Toy *toy, gconstpointer unused)
{
  try_random_queries (toy, WITH_PINYIN, ZQ_WORDS_PINYIN, N_ROWS / 3);
}

/* --- what changes ----------------------------------------------------------------------------- */

static GPtrArray *
same_texts (guint n, const char *text)
{
  GPtrArray *texts = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (texts, (char *)text);

  return texts;
}

static void
test_withdrawn_words_leave_at_once (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (10, "头痛三天");
  g_autofree char *withdrawn = note_json (4, 2, NULL);
  g_autofree char *changed = note_json (5, 2, "不痛了");
  g_autofree char *again = note_json (4, 3, "又头痛");

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  g_assert_cmpuint (count (toy, "头痛"), ==, 10);
  toy_take (toy, withdrawn);
  g_assert_cmpuint (count (toy, "头痛"), ==, 9);
  toy_take (toy, changed);
  g_assert_cmpuint (count (toy, "头痛"), ==, 8);
  g_assert_cmpuint (count (toy, "不痛"), ==, 1);
  toy_take (toy, again);
  g_assert_cmpuint (count (toy, "头痛"), ==, 9);
  g_assert_cmpuint (count (toy, "又"), ==, 1);
}

static gboolean
change_and_fail (ZqTxn *txn, gpointer data, GError **error)
{
  g_assert_true (zq_db_exec (zq_txn_db (txn), error, "UPDATE toy_note SET text = '腹泻'", ""));
  zq_txn_index (txn, "note", *(gint64 *)data);

  return FALSE;
}

static gboolean
change (ZqTxn *txn, gpointer data, GError **error)
{
  return !change_and_fail (txn, data, error);
}

static void
test_what_is_rolled_back_was_never_found (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (1, "头痛");
  g_autoptr (GError) error = NULL;
  gint64 row;

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  row = toy_row (toy, "Basic", "n0");
  g_assert_false (toy_run (toy, change_and_fail, &row, &error));
  g_assert_cmpuint (count (toy, "腹泻"), ==, 0);
  g_assert_cmpuint (count (toy, "头痛"), ==, 1);
  g_clear_error (&error);
  g_assert_true (toy_run (toy, change, &row, &error));
  g_assert_cmpuint (count (toy, "腹泻"), ==, 1);
  g_assert_cmpuint (count (toy, "头痛"), ==, 0);
}

static gboolean
set_one_time (ZqTxn *txn, gpointer data, GError **error)
{
  g_autoptr (ZqRows) rows = NULL;

  g_assert_true (zq_db_exec (zq_txn_db (txn), error, "UPDATE toy_note SET at = ?", "i", *(gint64 *)data));
  rows = zq_db_query (zq_txn_db (txn), error, "SELECT id FROM toy_note", "");
  while (zq_rows_next (rows, NULL))
    zq_txn_index (txn, "note", zq_rows_int (rows, 0));

  return TRUE;
}

static void
test_all_of_one_second_are_found (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (1000, "头痛");
  g_autoptr (GArray) found = NULL;
  gint64 one = at_of (3);

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  g_assert_true (toy_run (toy, set_one_time, &one, NULL));
  g_assert_cmpuint (count (toy, "头痛"), ==, 1000);
}

static gboolean
say_later (ZqTxn *txn, gpointer data, GError **error)
{
  zq_txn_index (txn, "note", *(gint64 *)data);

  return zq_db_exec (zq_txn_db (txn), error, "UPDATE toy_note SET at = ? WHERE id = ?", "ii", at_of (100),
                     *(gint64 *)data);
}

/* Each in a transaction of its own, all said at once: none is lost, and none passes what came after. */
static void
test_many_of_one_second_one_by_one (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (200, "头痛");
  g_autoptr (GArray) found = NULL;

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);
      gint64 row = toy_row (toy, "Basic", name);

      g_assert_true (toy_run (toy, say_later, &row, NULL));
    }
  found = search (toy, "头痛");
  g_assert_cmpuint (found->len, ==, 200);
  for (guint i = 0; i < 70; i++)
    g_assert_cmpuint (g_array_index (found, guint, i), ==, 199 - i);
}

static void
test_dates_bound_a_page (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (100, "头痛");
  g_autoptr (GArray) hits = NULL;
  g_autoptr (GError) error = NULL;

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  hits = zq_search_run (zq_store_get_main_db (toy->store), WITH_PLAIN_1[0], "痛", at_of (20), at_of (30) - 1000000, 0,
                        PAGE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hits->len, ==, 10);
  g_assert_cmpint (g_array_index (hits, ZqHit, 0).row, ==, toy_row (toy, "Basic", "n29"));
}

/* --- names ------------------------------------------------------------------------------------ */

static void
test_names_and_numbers (Toy *toy, gconstpointer unused)
{
  static const char *const names[] = { "单雄信",   "曾国藩",   "仇英",   "王小明\ue000MR00123\ue000138 0013 8000",
                                       "吕布",     "欧阳娜娜", "𠮷野家", "John Smith",
                                       "长孙无忌", "张三" };
  static const struct
  {
    const char *typed;
    guint place;
  } cases[] = {
    { "shan", 0 },   { "sxx", 0 },       { "dxx", 0 },    { "zeng", 1 },      { "zgf", 1 },       { "cenggf", 1 },
    { "qiu", 2 },    { "qy", 2 },        { "wangxm", 3 }, { "王xm", 3 },      { "wxm", 3 },       { "wang xiao mi", 3 },
    { "wxiaom", 3 }, { "138001380", 3 }, { "8000", 3 },   { "0013", 3 },      { "0138", 3 },      { "123", 3 },
    { "mr001", 3 },  { "lvbu", 4 },      { "lb", 4 },     { "lubu", 4 },      { "ouyang", 5 },    { "oynn", 5 },
    { "𠮷", 6 },     { "yejia", 6 },     { "smi", 7 },    { "john sm", 7 },   { "ZHANGsun", 8 },  { "zhangs", 8 },
    { "cswj", 8 },   { "张san", 9 },     { "zhs", 9 },    { "wangx 138", 3 }, { "小明 8000", 3 },
  };
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (texts, (char *)names[i]);
  reopen_with (toy, WITH_NAMES);
  take_texts (toy, texts);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) found = search (toy, cases[i].typed);
      gboolean any = FALSE;

      for (guint f = 0; f < found->len; f++)
        any |= g_array_index (found, guint, f) == cases[i].place;
      if (!any)
        fail ("\"%s\" does not find %s", cases[i].typed, names[cases[i].place]);
    }
  /* A number does not go on in the next one. */
  g_assert_cmpuint (count (toy, "3138"), ==, 0);
}

/* --- making it anew --------------------------------------------------------------------------- */

static gboolean
is_complete (gpointer data)
{
  Toy *toy = data;
  guint done = 0, all = 1;

  return zq_search_progress (zq_store_get_main_db (toy->store), &done, &all) && done == all &&
         toy_int (toy, "SELECT count (*) FROM search_old") == 0;
}

static void
wait_complete (Toy *toy)
{
  g_assert_true (zq_test_wait_until (is_complete, toy, 60));
}

static void
test_raised_version_is_made_anew (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (N_ROWS, "头痛三天");

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  g_assert_cmpuint (count (toy, "改版"), ==, 0);

  reopen_with (toy, WITH_PLAIN_2);
  /* The old one serves meanwhile. */
  g_assert_cmpuint (count (toy, "头痛"), ==, N_ROWS);
  wait_complete (toy);
  g_assert_cmpuint (count (toy, "改版"), ==, N_ROWS);
  g_assert_cmpuint (count (toy, "头痛"), ==, N_ROWS);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM sqlite_schema WHERE name LIKE 'search_note_1%'"), ==, 0);
}

static void
test_store_of_before_gets_its_words (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (N_ROWS, "头痛三天");

  reopen_with (toy, WITH_MUTE);
  take_texts (toy, texts);
  reopen_with (toy, WITH_PLAIN_1);
  wait_complete (toy);
  g_assert_cmpuint (count (toy, "头痛"), ==, N_ROWS);
}

/* Changed rows are in both tables while one is built. */
static void
test_what_comes_meanwhile_is_in_both (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (N_ROWS, "头痛三天");
  g_autofree char *withdrawn = note_json (N_ROWS / 2, 2, NULL);
  g_autofree char *fresh = note_json (N_ROWS, 1, "新来的头痛");

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  reopen_with (toy, WITH_PLAIN_2);
  toy_take (toy, withdrawn, fresh);
  g_assert_cmpuint (count (toy, "头痛"), ==, N_ROWS);
  g_assert_cmpuint (count (toy, "新来"), ==, 1);
  wait_complete (toy);
  g_assert_cmpuint (count (toy, "头痛"), ==, N_ROWS);
  g_assert_cmpuint (count (toy, "改版"), ==, N_ROWS);
}

/* Kills itself as soon as a piece more is done than was at its start. */
static void
run_child (const char *dir)
{
  Toy toy = { 0 };
  guint first = 0, done = 0, all = 0;

  toy_set_up (&toy, NULL);
  toy_close (&toy);
  toy.config.dir = dir;
  toy.config.kinds = WITH_PLAIN_2;
  toy_open (&toy);
  zq_search_progress (zq_store_get_main_db (toy.store), &first, &all);
  while (done <= first && first < all)
    zq_search_progress (zq_store_get_main_db (toy.store), &done, &all);
  raise (SIGKILL);
}

static void
kill_while_building (const char *dir)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, self, "--child", dir, NULL);

  g_assert_no_error (error);
  g_subprocess_wait (child, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (child));
}

static void
test_building_goes_on_after_a_kill (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) texts = same_texts (2 * N_ROWS, "头痛三天");

  reopen_with (toy, WITH_PLAIN_1);
  take_texts (toy, texts);
  toy_close (toy);
  for (guint i = 0; i < 3; i++)
    kill_while_building (toy->dir);

  toy->config.kinds = WITH_PLAIN_2;
  toy_open (toy);
  wait_complete (toy);
  g_assert_cmpuint (count (toy, "改版"), ==, texts->len);
  g_assert_cmpuint (count (toy, "头痛"), ==, texts->len);
  g_assert_cmpint (toy_int (toy, "SELECT (SELECT count (*) FROM pragma_integrity_check ()) = 1"), ==, 1);
}

/* --- work ------------------------------------------------------------------------------------- */

static ZqDbCounts
count_work (Toy *toy, guint n)
{
  g_autoptr (GPtrArray) texts = same_texts (n, "头痛三天");
  ZqDb *db = zq_store_get_main_db (toy->store);
  ZqDbCounts before, after;

  take_texts (toy, texts);
  g_array_unref (zq_search_run (db, WITH_PLAIN_1[0], "头痛", 0, 0, 0, PAGE, NULL));
  zq_db_get_counts (db, &before);
  g_array_unref (zq_search_run (db, WITH_PLAIN_1[0], "头痛", 0, 0, 0, PAGE, NULL));
  zq_db_get_counts (db, &after);
  after.rows -= before.rows;
  after.steps -= before.steps;
  after.statements -= before.statements;

  return after;
}

static void
test_a_page_costs_the_same_in_a_large_store (Toy *toy, gconstpointer unused)
{
  ZqDbCounts few, many;

  reopen_with (toy, WITH_PLAIN_1);
  few = count_work (toy, 1000);
  many = count_work (toy, 20000);
  g_assert_cmpuint (few.rows, >=, PAGE);
  g_assert_cmpuint (few.rows, ==, many.rows);
  g_assert_cmpuint (few.steps, ==, many.steps);
  g_assert_cmpuint (few.statements, ==, many.statements);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    run_child (argv[2]);

  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  ADD ("/search/plain-is-as-a-scan", test_plain_is_as_a_scan);
  ADD ("/search/pinyin-is-as-a-scan", test_pinyin_is_as_a_scan);
  ADD ("/search/withdrawn-words-leave-at-once", test_withdrawn_words_leave_at_once);
  ADD ("/search/what-is-rolled-back-was-never-found", test_what_is_rolled_back_was_never_found);
  ADD ("/search/all-of-one-second-are-found", test_all_of_one_second_are_found);
  ADD ("/search/many-of-one-second-one-by-one", test_many_of_one_second_one_by_one);
  ADD ("/search/dates-bound-a-page", test_dates_bound_a_page);
  ADD ("/search/names-and-numbers", test_names_and_numbers);
  ADD ("/search/raised-version-is-made-anew", test_raised_version_is_made_anew);
  ADD ("/search/store-of-before-gets-its-words", test_store_of_before_gets_its_words);
  ADD ("/search/what-comes-meanwhile-is-in-both", test_what_comes_meanwhile_is_in_both);
  ADD ("/search/building-goes-on-after-a-kill", test_building_goes_on_after_a_kill);
  ADD ("/search/a-page-costs-the-same-in-a-large-store", test_a_page_costs_the_same_in_a_large_store);

  return g_test_run ();
}
