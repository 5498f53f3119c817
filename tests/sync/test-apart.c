/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing that is larger than the workstation takes: it is left out and told, and everything else comes. */
#include "sync/harness.h"

#define START  ZQ_TEST_START_US
#define MINUTE ZQ_TEST_MINUTE_US

static void
put_notes (Harness *self, const char *prefix, guint n, gint64 first)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%u", prefix, i);

      toy_server_put (self->server, "Basic", id, ",\"text\":\"one\"", first + i * G_USEC_PER_SEC);
    }
}

static void
put_huge (Harness *self, const char *type, const char *id, gint64 at)
{
  toy_server_put (self->server, type, id, ",\"text\":\"much\"", at);
  toy_server_set_huge (self->server, id, TRUE);
}

static void
assert_told (Harness *self, const char *type, const char *id)
{
  g_autoptr (GPtrArray) list = zq_store_list_unreadable (harness_db (self), 10, NULL);
  const ZqUnreadable *first;

  g_assert_cmpuint (list->len, ==, 1);
  first = g_ptr_array_index (list, 0);
  g_assert_cmpstr (first->type, ==, type);
  g_assert_cmpstr (first->server_id, ==, id);
  g_assert_nonnull (strstr (first->reason, "too large"));
}

static void
assert_nothing_told (Harness *self)
{
  g_autoptr (GPtrArray) list = zq_store_list_unreadable (harness_db (self), 10, NULL);

  g_assert_cmpuint (list->len, ==, 0);
}

static gboolean
is_filled (Harness *self)
{
  g_auto (ZqCursor) cursor = { 0 };

  g_assert_true (zq_store_get_cursor (harness_db (self), "note", "all", &cursor, NULL));
  return cursor.filled;
}

static guint
n_whole_pages (Harness *self)
{
  return toy_server_seen (self->server, "GET", "&_count=500");
}

/* In the middle of a fill: what is older comes in whole pages again. */
static void
test_fill (Harness *self, gconstpointer data)
{
  put_notes (self, "old", 150, START - 120 * MINUTE);
  put_huge (self, "Basic", "huge", START - 60 * MINUTE);
  put_notes (self, "new", 150, START - 30 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 300);
  g_assert_true (is_filled (self));
  assert_told (self, "Basic", "huge");
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Basic/"), <=, 60);
  g_assert_cmpuint (n_whole_pages (self), >=, 3);
  g_assert_cmpint (zq_session_status_get_state (self->status), ==, ZQ_SESSION_SYNCED);
}

/* All of one instant, more than a list holds: none is asked for again and again. */
static void
test_one_instant (Harness *self, gconstpointer data)
{
  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%u", i);

      toy_server_put (self->server, "Basic", id, ",\"text\":\"one\"", START - 60 * MINUTE);
    }
  put_huge (self, "Basic", "n77", START - 60 * MINUTE);
  put_notes (self, "old", 30, START - 120 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 149);
  g_assert_true (is_filled (self));
  assert_told (self, "Basic", "n77");
}

/* The last of all, and the only one. */
static void
test_alone (Harness *self, gconstpointer data)
{
  put_huge (self, "Basic", "huge", START - 60 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_true (is_filled (self));
  assert_told (self, "Basic", "huge");
}

/* Among news, round after round: it is asked for once, and what comes after it is not held up. */
static void
test_news (Harness *self, gconstpointer data)
{
  guint asked;

  put_notes (self, "old", 5, START - 60 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  zq_clock_advance (self->clock, 2 * MINUTE);
  put_notes (self, "before", 70, START);
  put_huge (self, "Basic", "huge", START + 80 * G_USEC_PER_SEC);
  put_notes (self, "after", 30, START + 90 * G_USEC_PER_SEC);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 105);
  assert_told (self, "Basic", "huge");
  asked = toy_server_seen (self->server, "GET", "Basic/huge");
  g_assert_cmpuint (asked, ==, 1);

  put_notes (self, "later", 1, START + 2 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 106);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Basic/huge"), ==, asked);
  assert_told (self, "Basic", "huge");
}

/* A newer version that is smaller comes as any other, and nothing is told any more. */
static void
test_small_again (Harness *self, gconstpointer data)
{
  put_huge (self, "Basic", "huge", START - 60 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  assert_told (self, "Basic", "huge");
  toy_server_set_huge (self->server, "huge", FALSE);
  toy_server_put (self->server, "Basic", "huge", ",\"text\":\"little\"", START);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 1);
  assert_nothing_told (self);
}

/* What is held stays as it was when its newer version is too large. */
static void
test_grown (Harness *self, gconstpointer data)
{
  g_autofree char *text = NULL;

  put_notes (self, "n", 3, START - 60 * MINUTE);
  harness_assert_no_error (self, harness_pull);
  put_huge (self, "Basic", "n1", START);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Basic"), ==, 3);
  assert_told (self, "Basic", "n1");
  g_assert_true (zq_store_get_texts (harness_db (self), "Basic", "n1", &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"one\""));
}

/* What is referred to, and hides none of the others. */
static void
test_reference (Harness *self, gconstpointer data)
{
  toy_server_put (self->server, "Patient", "a", "", START - MINUTE);
  put_huge (self, "Patient", "b", START - MINUTE);
  toy_server_put (self->server, "Basic", "1", ",\"subject\":{\"reference\":\"Patient/a\"}", START - MINUTE);
  toy_server_put (self->server, "Basic", "2", ",\"subject\":{\"reference\":\"Patient/b\"}", START - MINUTE);
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpint (harness_count (self, "Patient"), ==, 1);
  assert_told (self, "Patient", "b");
  harness_assert_no_error (self, harness_pull);
  g_assert_cmpuint (toy_server_seen (self->server, "GET", "Patient/b"), ==, 1);
}

#define ADD(name, func) g_test_add (name, Harness, NULL, harness_set_up, func, harness_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/apart/fill-goes-on-past-it", test_fill);
  ADD ("/apart/many-of-one-instant", test_one_instant);
  ADD ("/apart/the-only-one", test_alone);
  ADD ("/apart/news-go-on-past-it", test_news);
  ADD ("/apart/smaller-version-is-taken", test_small_again);
  ADD ("/apart/held-one-stays-when-it-has-grown", test_grown);
  ADD ("/apart/what-is-referred-to", test_reference);
  return g_test_run ();
}
