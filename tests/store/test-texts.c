/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/toy.h"

#include <string.h>

/* What resources are kept as, and what becomes of one whose text is damaged. */

#define MEMBERS                                                                                                        \
  "\"status\":\"requested\",\"description\":\"两颗 \\u0000 \\ud800 \xf0\x9f\x92\x8a\",\"for\":{\"reference\":"       \
  "\"Patient/1\"}"

static char *
kept_as (Toy *toy, const char *id)
{
  g_autofree char *sql = g_strdup_printf ("SELECT typeof (t.server_json) FROM resource_text t JOIN resource r"
                                          " ON r.id = t.id WHERE r.server_id = '%s'",
                                          id);

  return toy_text (toy, sql);
}

static gboolean
run_sql (ZqTxn *txn, gpointer sql, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, sql, "");
}

static void
damage (Toy *toy, const char *id)
{
  g_autofree char *sql =
      g_strdup_printf ("UPDATE resource_text SET server_json = cast (substr (server_json, 1, length (server_json) - 1)"
                       " || x'00' AS BLOB) WHERE id = %" G_GINT64_FORMAT,
                       toy_row (toy, "Task", id));

  g_assert_true (toy_run (toy, run_sql, sql, NULL));
}

static void
test_texts_are_packed (Toy *toy, gconstpointer unused)
{
  g_autofree char *filling = g_strnfill (1024 * 1024, 'x');
  g_autofree char *members = g_strdup_printf ("\"status\":\"requested\",\"description\":\"%s\"", filling);
  g_autofree char *one = toy_task ("1", 1, MEMBERS);
  g_autofree char *large = toy_task ("2", 1, members);
  g_autofree char *one_as = NULL, *large_as = NULL, *short_as = NULL;
  g_autofree char *one_again = NULL, *large_again = NULL;

  toy_take (toy, one, large, "{\"resourceType\":\"Slot\",\"id\":\"3\"}");
  one_as = kept_as (toy, "1");
  large_as = kept_as (toy, "2");
  short_as = kept_as (toy, "3");
  g_assert_cmpstr (one_as, ==, "blob");
  g_assert_cmpstr (large_as, ==, "blob");
  g_assert_cmpstr (short_as, ==, "text");
  one_again = toy_server_text (toy, "1");
  large_again = toy_server_text (toy, "2");
  g_assert_cmpstr (one_again, ==, one);
  g_assert_cmpstr (large_again, ==, large);
}

/* As stores have them from before. */
static void
test_plain_texts_stay_readable (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, MEMBERS);
  g_autofree char *two = toy_task ("1", 2, MEMBERS);
  g_autofree char *as = NULL, *text = NULL, *again = NULL;

  toy_take (toy, one);
  g_assert_true (
      toy_run (toy, run_sql, (gpointer) "UPDATE resource_text SET server_json = zq_text (server_json)", NULL));
  as = kept_as (toy, "1");
  g_assert_cmpstr (as, ==, "text");
  text = toy_server_text (toy, "1");
  g_assert_cmpstr (text, ==, one);

  toy_close (toy);
  toy_open (toy);
  toy_take (toy, two);
  again = toy_server_text (toy, "1");
  g_assert_cmpstr (again, ==, two);
}

static gboolean
is_rebuilt (gpointer data)
{
  return toy_int (data, "SELECT state = 'ready' FROM projection WHERE kind = 'task'") == 1;
}

static void
test_damaged_text_is_counted_alone (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, MEMBERS);
  g_autofree char *two = toy_task ("2", 1, MEMBERS);
  g_autofree char *three = toy_task ("3", 1, MEMBERS);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) wanted = NULL;

  toy_take (toy, one, two, three);
  damage (toy, "2");
  g_assert_false (zq_store_get_texts (zq_store_get_main_db (toy->store), "Task", "2", &text, NULL, &error));
  g_assert_error (error, ZQ_DB_ERROR, ZQ_DB_ERROR_TEXT);

  toy_close (toy);
  toy->config.kinds = TOY_KINDS_2;
  toy_open (toy);
  g_assert_true (zq_test_wait_until (is_rebuilt, toy, 20));
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task WHERE mark = '2'"), ==, 2);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task"), ==, 3);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 1);
  wanted = zq_store_list_wanted (zq_store_get_main_db (toy->store), "Task", 10, NULL);
  g_assert_cmpuint (wanted->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (wanted, 0), ==, "2");

  /* The same version, which would be skipped else. */
  toy_take (toy, two);
  text = toy_server_text (toy, "2");
  g_assert_cmpstr (text, ==, two);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_task WHERE mark = '2'"), ==, 3);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 0);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource WHERE state = 'held'"), ==, 3);
}

static void
test_damaged_version_is_not_kept (Toy *toy, gconstpointer unused)
{
  const char *one = "{\"resourceType\":\"Communication\",\"id\":\"1\",\"meta\":{\"versionId\":\"1\"},\"payload\":[{}]}";
  const char *two = "{\"resourceType\":\"Communication\",\"id\":\"1\",\"meta\":{\"versionId\":\"2\"},\"payload\":[{}]}";

  toy_take (toy, one);
  g_assert_true (toy_run (toy, run_sql, (gpointer) "UPDATE resource_text SET server_json = x'28b52ffd'", NULL));
  toy_take (toy, two);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM resource_version"), ==, 0);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM toy_message"), ==, 1);
}

/* It is not sent from what cannot be read, and goes by itself when that has come again. */
static void
test_change_waits_for_a_damaged_text (Toy *toy, gconstpointer unused)
{
  g_autofree char *one = toy_task ("1", 1, MEMBERS);
  g_autoptr (ZqPush) push = NULL;
  g_autoptr (ZqPush) again = NULL;
  g_autofree char *body = NULL;
  gint64 seq;

  toy_take (toy, one);
  seq = toy_act (toy, "priority", toy_row (toy, "Task", "1"), "{\"priority\":\"urgent\"}");
  damage (toy, "1");

  push = toy_prepare (toy, seq, NULL);
  g_assert_nonnull (push);
  g_assert_cmpint (push->verdict, ==, ZQ_VERDICT_LATER);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 1);

  toy_take (toy, one);
  g_assert_cmpint (toy_int (toy, "SELECT count (*) FROM unreadable"), ==, 0);
  again = toy_prepare (toy, seq, NULL);
  g_assert_cmpint (again->verdict, ==, ZQ_VERDICT_GO);
  g_assert_cmpstr (again->if_match, ==, "W/\"1\"");
  body = toy_body (again);
  g_assert_nonnull (strstr (body, "两颗"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Toy, NULL, toy_set_up, func, toy_tear_down)
  ADD ("/texts/are-packed", test_texts_are_packed);
  ADD ("/texts/plain-ones-stay-readable", test_plain_texts_stay_readable);
  ADD ("/texts/a-damaged-one-is-counted-alone", test_damaged_text_is_counted_alone);
  ADD ("/texts/a-damaged-version-is-not-kept", test_damaged_version_is_not_kept);
  ADD ("/texts/a-change-waits-for-a-damaged-one", test_change_waits_for_a_damaged_text);

  return g_test_run ();
}
