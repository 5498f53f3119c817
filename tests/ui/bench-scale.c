/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real window on an account that is there, at whatever scale, driven from inside the process: an X server's
 * delivery of keys is not in it. The keyring gives the key, nothing asks the network.
 *
 *   bench-scale [--data-dir DIR] [--items N] [--drop-cache] [NAME…]
 *
 * Each line is one JSON object of seconds: "next-item", "step", "jump-end", "filter", "search", and what the watchdog
 * saw meanwhile. --drop-cache: the system forgets the store's file before each item of the cold round. */
#include "app/opening.h"
#include "clinic/find/find.h"
#include "db/db.h"
#include "store/search.h"
#include "support/support.h"
#include "ui/consult/bubble.h"
#include "ui/consult/inbox-row.h"
#include "ui/fixture.h"
#include "ui/frame-watch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH      32 /* messages of a thread that is opened */
#define N_SEARCHES  50
#define SEARCH_PAGE 50 /* as the page asks for */
#define DEADLINE_S  20

typedef struct
{
  char *data_dir;
  int n_items;
  gboolean drop_cache;

  ZqAccount *account;
  ZqSession *session;
  ZqStore *store;
  ZqWindow *window;
  FrameWatch watch;
  GRand *random;
  gint64 wanted; /* key of what is waited for, or a view */
} Bench;

static void
begin (Bench *self, gboolean (*shown) (gpointer data), gint64 wanted)
{
  self->wanted = wanted;
  frame_watch_begin (&self->watch, shown, self);
}

/* --- what has to be in the frame -------------------------------------------------------------- */

static ZqList *
get_list (Bench *self)
{
  return ZQ_LIST (zq_inbox_get_list (zq_window_get_inbox (self->window)));
}

static gboolean
is_loaded (GObject *row)
{
  gboolean loaded;

  g_object_get (row, "loaded", &loaded, NULL);
  return loaded;
}

static gboolean
shows_message (GtkWidget *widget, gconstpointer data)
{
  ZqMessage *message = zq_bubble_get_message (ZQ_BUBBLE (widget));
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW);

  return message != NULL && zq_message_get_key (message) == *(const gint64 *)data && is_loaded (G_OBJECT (message)) &&
         frame_watch_is_in_sight (widget, view);
}

/* The page is that consultation's, the whole thread is listed, its last messages are filled, and the one at which it
 * opens (the first unread, else the last) is in sight. */
static gboolean
thread_shown (gpointer data)
{
  Bench *self = data;
  ZqConsultPage *page = zq_window_get_page (self->window);
  GListModel *messages = zq_consult_page_get_messages (page);
  guint n = messages != NULL ? g_list_model_get_n_items (messages) : 0;
  gint64 key = 0;

  if (zq_consult_page_get_key (page) != self->wanted || n < LENGTH || !zq_list_is_complete (ZQ_LIST (messages)))
    return FALSE;
  for (guint i = 0; i < LENGTH; i++)
    {
      g_autoptr (ZqMessage) message = g_list_model_get_item (messages, n - LENGTH + i);
      gboolean is_new;

      if (!is_loaded (G_OBJECT (message)))
        return FALSE;
      g_object_get (message, "is-new", &is_new, NULL);
      if (key == 0 && (is_new || i == LENGTH - 1))
        key = zq_message_get_key (message);
    }
  return ui_find (GTK_WIDGET (page), ZQ_TYPE_BUBBLE, shows_message, &key) != NULL;
}

static gboolean
shows_row (GtkWidget *widget, gconstpointer data)
{
  ZqConsultRow *row = zq_inbox_row_get_row (ZQ_INBOX_ROW (widget));

  return row != NULL && zq_consult_row_get_key (row) == *(const gint64 *)data && is_loaded (G_OBJECT (row)) &&
         frame_watch_is_in_sight (widget, gtk_widget_get_ancestor (widget, GTK_TYPE_GRID_VIEW));
}

static gboolean
row_shown (gpointer data)
{
  Bench *self = data;

  return ui_find (GTK_WIDGET (zq_window_get_inbox (self->window)), ZQ_TYPE_INBOX_ROW, shows_row, &self->wanted) != NULL;
}

static gboolean
is_unfilled (GtkWidget *widget, gconstpointer data)
{
  ZqConsultRow *row = zq_inbox_row_get_row (ZQ_INBOX_ROW (widget));

  return row != NULL && frame_watch_is_in_sight (widget, gtk_widget_get_ancestor (widget, GTK_TYPE_GRID_VIEW)) &&
         !is_loaded (G_OBJECT (row));
}

/* The view's first row is in sight, no row in sight is empty, and what the list has is what was counted. */
static gboolean
view_shown (gpointer data)
{
  Bench *self = data;
  GtkWidget *inbox = GTK_WIDGET (zq_window_get_inbox (self->window));
  gint64 first = zq_list_get_key (get_list (self), 0);
  guint counts[ZQ_N_VIEWS];

  if (!zq_consult_count_views (zq_store_get_main_db (self->store), counts, NULL) ||
      counts[self->wanted] != zq_list_get_total (get_list (self)))
    return FALSE;
  if (first == 0)
    return TRUE;
  return ui_find (inbox, ZQ_TYPE_INBOX_ROW, shows_row, &first) != NULL &&
         ui_find (inbox, ZQ_TYPE_INBOX_ROW, is_unfilled, NULL) == NULL;
}

static gboolean
is_complete (gpointer data)
{
  return zq_list_is_complete (get_list (data));
}

/* --- next item -------------------------------------------------------------------------------- */

/* Consultations of the view with @LENGTH messages or more, in the list's order. */
static GArray *
list_long (Bench *self)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) longs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (zq_store_get_main_db (self->store), &error,
                   "SELECT c.id FROM consult c WHERE c.thread IN (SELECT thread FROM message GROUP BY thread"
                   " HAVING count(*) >= ?)",
                   "i", (gint64)LENGTH);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (get_list (self)));

  g_assert_no_error (error);
  while (zq_rows_next (rows, &error))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_hash_table_add (longs, g_memdup2 (&key, sizeof key));
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 key = zq_list_get_key (get_list (self), i);

      if (g_hash_table_contains (longs, &key))
        g_array_append_val (keys, key);
    }
  return keys;
}

static void
forget_file (Bench *self)
{
  static const char *const names[] = { "store.db", "store.db-wal", "attachments.db" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (zq_account_get_dir (self->account), names[i], NULL);
      int fd = open (path, O_RDONLY | O_CLOEXEC);

      if (fd < 0)
        continue;
      posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
      close (fd);
    }
}

static void
open_items (Bench *self, GArray *keys, gboolean cold, const char *name)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  ZqInbox *inbox = zq_window_get_inbox (self->window);
  g_autofree char *size = NULL;

  frame_watch_rest (&self->watch);
  frame_watch_label (&self->watch, name);
  for (guint i = 0; i < keys->len; i++)
    {
      gint64 key = g_array_index (keys, gint64, i), us;

      if (cold && self->drop_cache)
        forget_file (self);
      begin (self, thread_shown, key);
      zq_inbox_select (inbox, key);
      us = frame_watch_end (&self->watch, name);
      if (g_getenv ("ZQ_BENCH_EACH") != NULL)
        g_printerr ("%8.4f %u frames, %" G_GINT64_FORMAT "\n", (double)us / 1e6, self->watch.frames, key);
      g_array_append_val (times, us);
      frame_watch_rest (&self->watch);
    }
  size = g_strdup_printf ("random of %u rows, threads of %d messages or more%s", zq_list_get_total (get_list (self)),
                          LENGTH, cold && self->drop_cache ? ", file cache dropped before each" : "");
  frame_watch_tell (&self->watch, name, times, size);
}

/* The same by the key that goes on by one: its row is on the screen. */
static void
step_items (Bench *self, GArray *keys)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  ZqInbox *inbox = zq_window_get_inbox (self->window);

  frame_watch_rest (&self->watch);
  frame_watch_label (&self->watch, "step");
  for (guint i = 0; i < keys->len; i++)
    {
      gint64 key = g_array_index (keys, gint64, i), us;
      guint position;

      g_assert_true (zq_list_find (get_list (self), key, &position));
      if (position == 0)
        continue;
      zq_inbox_select (inbox, zq_list_get_key (get_list (self), position - 1));
      frame_watch_rest (&self->watch);
      begin (self, thread_shown, key);
      zq_inbox_step (inbox, 1);
      us = frame_watch_end (&self->watch, "step");
      g_array_append_val (times, us);
      frame_watch_rest (&self->watch);
    }
  frame_watch_tell (&self->watch, "step", times, "by one key from the row above it");
}

static void
bench_items (Bench *self)
{
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  zq_inbox_set_view (zq_window_get_inbox (self->window), ZQ_VIEW_CLOSED);
  g_assert_true (zq_test_wait_until (is_complete, self, DEADLINE_S));
  all = list_long (self);
  while (keys->len < (guint)self->n_items && all->len > 0)
    {
      guint i = (guint)g_rand_int_range (self->random, 0, (gint32)all->len);

      g_array_append_val (keys, g_array_index (all, gint64, i));
      g_array_remove_index_fast (all, i);
    }
  open_items (self, keys, TRUE, "next-item-cold");
  open_items (self, keys, FALSE, "next-item-warm");
  step_items (self, keys);
}

/* --- inbox ------------------------------------------------------------------------------------ */

static void
bench_jump (Bench *self)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  ZqInbox *inbox = zq_window_get_inbox (self->window);
  g_autofree char *size = NULL;
  guint n = 0;

  zq_inbox_set_view (inbox, ZQ_VIEW_CLOSED);
  g_assert_true (zq_test_wait_until (is_complete, self, DEADLINE_S));
  frame_watch_rest (&self->watch);
  frame_watch_label (&self->watch, "jump-end");
  for (guint i = 0; i < 10; i++)
    {
      gint64 us;

      zq_inbox_select (inbox, zq_list_get_key (get_list (self), 0));
      frame_watch_rest (&self->watch);
      n = g_list_model_get_n_items (G_LIST_MODEL (get_list (self)));
      begin (self, row_shown, zq_list_get_key (get_list (self), n - 1));
      zq_inbox_select (inbox, self->wanted);
      us = frame_watch_end (&self->watch, "jump-end");
      g_array_append_val (times, us);
      frame_watch_rest (&self->watch);
    }
  size = g_strdup_printf ("%u rows, the last one opened with it", n);
  frame_watch_tell (&self->watch, "jump-end", times, size);
}

static void
bench_filter (Bench *self)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  ZqInbox *inbox = zq_window_get_inbox (self->window);
  guint largest = 0;
  g_autofree char *size = NULL;

  zq_inbox_set_view (inbox, ZQ_VIEW_WAITING_FOR_ME);
  frame_watch_rest (&self->watch);
  frame_watch_label (&self->watch, "filter");
  for (guint i = 1; i <= 5 * ZQ_N_VIEWS; i++)
    {
      gint64 us;

      begin (self, view_shown, i % ZQ_N_VIEWS);
      zq_inbox_set_view (inbox, i % ZQ_N_VIEWS);
      us = frame_watch_end (&self->watch, "filter");
      g_array_append_val (times, us);
      largest = MAX (largest, zq_list_get_total (get_list (self)));
      frame_watch_rest (&self->watch);
    }
  size = g_strdup_printf ("all views in turn, the largest of %u rows", largest);
  frame_watch_tell (&self->watch, "filter", times, size);
}

/* --- search ----------------------------------------------------------------------------------- */

typedef struct
{
  guint hits;
  gboolean done;
} Found;

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  Found *found = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = zq_find_finish (ZQ_STORE (source), result, NULL, &error);

  g_assert_no_error (error);
  found->hits = hits->len;
  found->done = TRUE;
}

/* Some hanzi in a row of a message by chance, so that common words come often and rare ones too. NULL: none there. */
static char *
random_words (Bench *self, gint64 highest)
{
  gint64 id = (gint64)(g_rand_double (self->random) * (double)highest);
  g_autofree char *text =
      zq_db_get_text (zq_store_get_main_db (self->store), NULL,
                      "SELECT text FROM message WHERE id >= ? AND text IS NOT NULL ORDER BY id LIMIT 1", "i", id);
  long n = text != NULL ? g_utf8_strlen (text, -1) : 0, length = g_rand_int_range (self->random, 1, 5);
  g_autofree char *words = NULL;

  if (n < length)
    return NULL;
  id = g_rand_int_range (self->random, 0, (gint32)(n - length + 1));
  words = g_utf8_substring (text, id, id + length);
  for (const char *at = words; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_get_script (g_utf8_get_char (at)) != G_UNICODE_SCRIPT_HAN)
      return NULL;
  return g_steal_pointer (&words);
}

static GPtrArray *
list_queries (Bench *self)
{
  static const char *const fixed[] = { "的",     "我",       "了",      "血糖",    "头痛",     "张",   "王",    "李明",
                                       "高血压", "吃药",     "怎么办",  "发烧",    "医生",     "谢谢", "zhang", "wang",
                                       "li",     "zhangwei", "xuetang", "toutong", "chenjing", "w",    "zw",    "lm",
                                       "xt",     "gxy",      "138",     "王 血糖", "zhang 头", "龘" };
  GPtrArray *queries = g_ptr_array_new_with_free_func (g_free);
  gint64 highest = 0;

  zq_db_get_int (zq_store_get_main_db (self->store), &highest, NULL, "SELECT max(id) FROM message", "");
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (queries, g_strdup (fixed[i]));
  while (queries->len < N_SEARCHES)
    {
      char *words = random_words (self, highest);

      if (words != NULL)
        g_ptr_array_add (queries, words);
    }
  return queries;
}

static void
search_all (Bench *self, const char *name)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) queries = list_queries (self);
  g_autofree char *size = NULL;
  guint worst = 0, hits = 0;
  gint64 longest = 0;

  frame_watch_label (&self->watch, "search");
  for (guint i = 0; i < queries->len; i++)
    {
      Found found = { 0 };
      gint64 begun = zq_clock_stopwatch (), us;

      zq_find_async (self->store, g_ptr_array_index (queries, i), ZQ_FIND_ALL, 0, 0, 0, NULL, SEARCH_PAGE, NULL,
                     on_found, &found);
      g_assert_true (zq_test_wait_flag (&found.done, DEADLINE_S));
      us = zq_clock_stopwatch () - begun;
      g_array_append_val (times, us);
      hits += found.hits > 0;
      if (us > longest)
        worst = i;
      longest = MAX (longest, us);
      if (g_getenv ("ZQ_BENCH_EACH") != NULL)
        g_printerr ("%8.4f %3u %s\n", (double)us / 1e6, found.hits, (char *)g_ptr_array_index (queries, i));
    }
  size = g_strdup_printf ("%u queries, %u with hits, pages of %d a kind, the worst is number %u", queries->len, hits,
                          SEARCH_PAGE, worst);
  frame_watch_tell (&self->watch, name, times, size);
}

static void
bench_search (Bench *self)
{
  search_all (self, "search-first");
  search_all (self, "search-again");
}

/* --- life ------------------------------------------------------------------------------------- */

static void
on_opened (ZqAccount *account, ZqSession *session, const GError *error, gpointer data)
{
  Bench *self = data;

  if (session == NULL)
    g_error ("The account was not opened: %s", error->message);
  self->account = g_object_ref (account);
  self->session = g_object_ref (session);
  self->store = zq_session_get_store (session);
}

static gboolean
is_open (gpointer data)
{
  return ((Bench *)data)->store != NULL;
}

static gboolean
has_rows (gpointer data)
{
  return zq_inbox_has_rows (zq_window_get_inbox (((Bench *)data)->window));
}

static gboolean
is_indexed (gpointer data)
{
  guint done, all;

  return zq_search_progress (zq_store_get_main_db (((Bench *)data)->store), &done, &all) && done == all;
}

static void
set_up (Bench *self)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  ZqWindowSession session = { 0 };

  zq_opening_then (zq_opening_start (self->data_dir, NULL, NULL, clock, FALSE), on_opened, self);
  g_assert_true (zq_test_wait_until (is_open, self, DEADLINE_S));
  self->window = zq_window_new (NULL);
  session.store = self->store;
  session.status = zq_session_get_status (self->session);
  session.hospital = zq_account_get_base (self->account);
  session.person = zq_account_get_name (self->account);
  zq_window_show_work (self->window, &session);
  gtk_window_present (GTK_WINDOW (self->window));
  frame_watch_start (&self->watch, GTK_WIDGET (self->window));
  g_assert_true (zq_test_wait_until (has_rows, self, DEADLINE_S));
  if (!zq_test_wait_until (is_indexed, self, 600))
    g_error ("The search index is not complete");
  frame_watch_rest (&self->watch);
}

static void
tear_down (Bench *self)
{
  zq_window_flush (self->window);
  frame_watch_stop (&self->watch);
  gtk_window_destroy (GTK_WINDOW (self->window));
  zq_test_settle ();
  zq_session_close (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->account);
}

static void
tell_sizes (Bench *self)
{
  static const char *const names[] = { "consult", "message", "patient" };
  static const char *const counts[] = { "SELECT count(*) FROM consult", "SELECT count(*) FROM message",
                                        "SELECT count(*) FROM patient" };

  g_print ("{\"name\":\"rows\"");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gint64 n = 0;

      zq_db_get_int (zq_store_get_main_db (self->store), &n, NULL, counts[i], "");
      g_print (",\"%s\":%" G_GINT64_FORMAT, names[i], n);
    }
  g_print ("}\n");
}

static const struct
{
  const char *name;
  void (*run) (Bench *self);
} benches[] = {
  { "search", bench_search },
  { "next-item", bench_items },
  { "jump-end", bench_jump },
  { "filter", bench_filter },
};

int
main (int argc, char **argv)
{
  Bench self = { .n_items = 200 };
  const GOptionEntry entries[] = { { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &self.data_dir, "As of zhenqiao", "DIR" },
                                   { "items", 0, 0, G_OPTION_ARG_INT, &self.n_items, "How many are opened", "N" },
                                   { "drop-cache", 0, 0, G_OPTION_ARG_NONE, &self.drop_cache,
                                     "Before each item of the cold round", NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  ui_init (&argc, &argv);
  /* A test prints what is for debugging, the program does not. */
  g_log_set_default_handler (g_log_default_handler, NULL);
  self.random = g_rand_new_with_seed (20261122);
  set_up (&self);
  for (gsize i = 0; i < G_N_ELEMENTS (benches); i++)
    if (argc == 1 || g_strv_contains ((const char *const *)argv + 1, benches[i].name))
      benches[i].run (&self);
  tell_sizes (&self);
  tear_down (&self);
  g_rand_free (self.random);
  g_free (self.data_dir);
  return 0;
}
