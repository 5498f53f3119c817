/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that come piece by piece, many of them, and through kills. */
#include "store/held.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* --- downloads -------------------------------------------------------------------------------- */

static void
on_wanted (ZqAttachments *files, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_wanted_survives_a_restart (Toy *toy, gconstpointer unused)
{
  g_auto (GStrv) keys = NULL;
  g_autofree char *hash = held_hash (1000);
  g_autofree char *kept = NULL;
  gint64 said = 0;
  guint n_wanted = 0;

  g_signal_connect (files_of (toy), "wanted", G_CALLBACK (on_wanted), &n_wanted);
  zq_attachments_want (files_of (toy), "Binary/1", 1000, hash, "image/jpeg");
  g_assert_cmpint (held_state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_WANTED);
  zq_attachments_want (files_of (toy), "Binary/2", 0, NULL, NULL);
  zq_attachments_want (files_of (toy), "Binary/3", 0, NULL, NULL);
  zq_attachments_cancel (files_of (toy), "Binary/2");
  g_assert_true (zq_test_wait_count (&n_wanted, 3, 10));
  toy_close (toy);
  toy_open (toy);

  keys = zq_attachments_list_wanted (files_of (toy), 10);
  g_assert_cmpuint (g_strv_length (keys), ==, 2);
  g_assert_cmpstr (keys[0], ==, "Binary/1");
  g_assert_cmpstr (keys[1], ==, "Binary/3");
  zq_attachments_get_said (files_of (toy), "Binary/1", &said, &kept);
  g_assert_cmpstr (kept, ==, hash);
  g_assert_cmpint (said, ==, 1000);
}

static void
test_download_is_whole_and_verified (Toy *toy, gconstpointer unused)
{
  g_autofree char *hash = held_hash (700000);
  g_autoptr (GError) error = NULL;
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_want (files_of (toy), "Binary/1", 700000, hash, "image/jpeg");
  zq_attachments_begin (files_of (toy), "Binary/1", 700000);
  g_assert_cmpint (held_state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_COMING);
  g_assert_true (held_download (toy, "Binary/1", 0, 700000, &error));
  g_assert_no_error (error);
  g_assert_true (zq_attachments_peek (files_of (toy), "Binary/1", &info));
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_HELD);
  g_assert_cmpint (info.size, ==, 700000);
  held_assert_bytes (toy, "Binary/1", 700000);
}

static void
test_lies_are_refused_and_asked_again (Toy *toy, gconstpointer unused)
{
  g_autofree char *hash = held_hash (1000);
  g_autoptr (GError) error = NULL;

  zq_attachments_want (files_of (toy), "Binary/1", 999, NULL, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", 1000);
  g_assert_false (held_download (toy, "Binary/1", 0, 1000, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
  held_assert_refused (toy, "Binary/1", ZQ_ATTACHMENT_REASON_SIZE);
  g_clear_error (&error);

  zq_attachments_want (files_of (toy), "Binary/2", 0, hash, NULL);
  zq_attachments_begin (files_of (toy), "Binary/2", 0);
  g_assert_false (held_download (toy, "Binary/2", 0, 1001, &error));
  held_assert_refused (toy, "Binary/2", ZQ_ATTACHMENT_REASON_HASH);
  g_clear_error (&error);

  zq_attachments_want (files_of (toy), "Binary/2", 1000, hash, NULL);
  g_assert_cmpint (held_state_of (toy, "Binary/2"), ==, ZQ_ATTACHMENT_WANTED);
  zq_attachments_begin (files_of (toy), "Binary/2", 1000);
  g_assert_true (held_download (toy, "Binary/2", 0, 1000, &error));
  held_assert_bytes (toy, "Binary/2", 1000);
}

static void
test_download_goes_on_where_it_was (Toy *toy, gconstpointer unused)
{
  g_autofree char *hash = held_hash (MIB);
  g_autoptr (GBytes) half = held_bytes (0, MIB / 2);
  g_autoptr (GError) error = NULL;
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_want (files_of (toy), "Binary/1", MIB, hash, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", MIB);
  g_assert_true (held_append (toy, "Binary/1", half, &error));
  zq_attachments_pause (files_of (toy), "Binary/1");
  g_assert_cmpint (held_state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_WANTED);
  toy_close (toy);
  toy_open (toy);
  g_assert_true (zq_attachments_peek (files_of (toy), "Binary/1", &info));
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_WANTED);
  g_assert_cmpint (info.done, ==, MIB / 2);
  g_assert_true (held_download (toy, "Binary/1", MIB / 2, MIB, &error));
  held_assert_bytes (toy, "Binary/1", MIB);
}

static void
test_cancelled_download_takes_no_more (Toy *toy, gconstpointer unused)
{
  g_autoptr (GBytes) half = held_bytes (0, MIB / 2);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) keys = NULL;

  zq_attachments_want (files_of (toy), "Binary/1", MIB, NULL, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", MIB);
  g_assert_true (held_append (toy, "Binary/1", half, &error));
  zq_attachments_cancel (files_of (toy), "Binary/1");
  g_assert_cmpint (held_state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_NONE);
  g_assert_false (held_append (toy, "Binary/1", half, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (held_end (toy, "Binary/1", &error));
  keys = zq_attachments_list_wanted (files_of (toy), 10);
  g_assert_cmpuint (g_strv_length (keys), ==, 0);
  g_assert_cmpint (held_state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_NONE);
}

static void
count_changed (ZqAttachments *files, const char *key, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_progress_is_told_now_and_then (Toy *toy, gconstpointer unused)
{
  g_autoptr (GBytes) little = held_bytes (0, 1000);
  g_autoptr (GError) error = NULL;
  guint n_changed = 0;

  zq_attachments_want (files_of (toy), "Binary/1", 0, NULL, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", 0);
  g_assert_true (held_append (toy, "Binary/1", little, &error));
  g_signal_connect (files_of (toy), "changed", G_CALLBACK (count_changed), &n_changed);
  for (guint i = 0; i < 100; i++)
    {
      zq_clock_advance (toy->clock, G_USEC_PER_SEC / 100);
      g_assert_true (held_append (toy, "Binary/1", little, &error));
    }
  g_assert_cmpuint (n_changed, >=, 8);
  g_assert_cmpuint (n_changed, <=, 12);
}

/* --- many at once ----------------------------------------------------------------------------- */

typedef struct
{
  guint n_done;
  guint n_failed;
} Count;

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  Count *count = data;

  if (!zq_attachments_keep_finish (ZQ_ATTACHMENTS (source), result, NULL, NULL, NULL))
    count->n_failed++;
  count->n_done++;
}

static void
test_a_hundred_at_once (Toy *toy, gconstpointer unused)
{
  Count count = { 0 };

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);
      g_autofree char *wanted = g_strdup_printf ("Binary/%u", i);
      g_autoptr (GInputStream) stream = held_drip_new (1000 + i * 5000, FALSE);

      zq_attachments_keep_async (files_of (toy), key, stream, NULL, 0, NULL, on_kept, &count);
      zq_attachments_want (files_of (toy), wanted, 0, NULL, NULL);
      if (i % 3 == 0)
        zq_attachments_cancel (files_of (toy), wanted);
    }
  g_assert_true (zq_test_wait_count (&count.n_done, 100, 60));
  g_assert_cmpuint (count.n_failed, ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);
      g_autofree char *wanted = g_strdup_printf ("Binary/%u", i);

      held_assert_bytes (toy, key, 1000 + i * 5000);
      g_assert_cmpint (held_state_of (toy, wanted), ==, i % 3 == 0 ? ZQ_ATTACHMENT_NONE : ZQ_ATTACHMENT_WANTED);
    }
}

static void
on_kept_or_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_attachments_keep_finish (ZQ_ATTACHMENTS (source), result, NULL, NULL, &error))
    g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED);
  (*(guint *)data)++;
}

static void
test_closing_in_the_middle_is_clean (Toy *toy, gconstpointer unused)
{
  guint n_done = 0;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);
      g_autoptr (GInputStream) stream = held_drip_new (4 * MIB, FALSE);

      zq_attachments_keep_async (files_of (toy), key, stream, NULL, 0, NULL, on_kept_or_closed, &n_done);
    }
  zq_store_close (toy->store);
  g_assert_true (zq_test_wait_count (&n_done, 10, 60));
  toy_close (toy);
  toy_open (toy);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);

      if (held_state_of (toy, key) != ZQ_ATTACHMENT_NONE)
        held_assert_bytes (toy, key, 4 * MIB);
    }
}

/* --- kills ------------------------------------------------------------------------------------ */

/* The child: keeps or downloads until it is killed; tells its steps on stdout. */
static int
run_child (const char *what, const char *path)
{
  Toy toy = { 0 };
  guint8 key[32];

  toy.dir = g_strdup (path);
  toy.clock = zq_test_clock ();
  for (guint i = 0; i < sizeof key; i++)
    key[i] = 7 * i; /* as toy_set_up() has it */
  toy.key = g_bytes_new (key, sizeof key);
  toy.config =
      (ZqStoreConfig){ .dir = path, .key = toy.key, .kinds = TOY_KINDS, .context = &toy.context, .clock = toy.clock };
  toy_open (&toy);
  if (g_str_equal (what, "keep"))
    {
      g_autoptr (GInputStream) stream = held_drip_new (2 * MIB, TRUE);

      held_keep_stream (&toy, "urn:uuid:a", stream, 0, NULL, NULL);
    }
  else
    {
      g_autofree char *hash = held_hash (2 * MIB);

      zq_attachments_want (files_of (&toy), "Binary/1", 2 * MIB, hash, NULL);
      zq_attachments_begin (files_of (&toy), "Binary/1", 2 * MIB);
      for (goffset at = 0; at < 2 * MIB; at += 256 * 1024)
        {
          g_autoptr (GBytes) bytes = held_bytes (at, 256 * 1024);

          held_append (&toy, "Binary/1", bytes, NULL);
          if (write (STDOUT_FILENO, ".", 1) != 1)
            return 1;
        }
      held_end (&toy, "Binary/1", NULL);
    }
  if (write (STDOUT_FILENO, "!", 1) != 1)
    return 1;
  pause ();

  return 0;
}

/* Kills a child after @steps of its work; TRUE: it had done all. */
static gboolean
kill_child (const char *what, const char *dir, guint steps)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self, "child", what, dir, NULL);
  gboolean whole = FALSE;

  g_assert_no_error (error);
  for (guint i = 0; i < steps && !whole; i++)
    {
      char step = 0;

      g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (child), &step, 1, NULL, &error), ==, 1);
      whole = step == '!';
    }
  g_subprocess_send_signal (child, SIGKILL);
  g_subprocess_wait (child, NULL, NULL);

  return whole;
}

static void
test_kill_leaves_nothing_broken (Toy *toy, gconstpointer data)
{
  const char *what = data;
  const char *key = g_str_equal (what, "keep") ? "urn:uuid:a" : "Binary/1";

  toy_close (toy);
  for (guint steps = 1; steps < 14; steps++)
    {
      g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
      gboolean whole = kill_child (what, dir, steps);
      g_auto (ZqAttachmentInfo) info = { 0 };
      g_autoptr (GError) error = NULL;

      toy->config.dir = dir;
      toy_open (toy);
      zq_attachments_peek (files_of (toy), key, &info);
      if (info.state == ZQ_ATTACHMENT_HELD)
        held_assert_bytes (toy, key, 2 * MIB);
      else if (g_str_equal (what, "keep"))
        g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_NONE);
      else
        {
          g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_WANTED);
          g_assert_true (held_download (toy, key, info.done, 2 * MIB, &error));
          held_assert_bytes (toy, key, 2 * MIB);
        }
      g_assert_true (!whole || info.state == ZQ_ATTACHMENT_HELD);
      toy_close (toy);
      toy->config.dir = toy->dir;
    }
  toy_open (toy);
}

#define ADD(path, func) g_test_add ("/attachments/" path, Toy, NULL, toy_set_up, func, toy_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "child"))
    return run_child (argv[2], argv[3]);

  g_test_init (&argc, &argv, NULL);

  ADD ("wanted-survives-a-restart", test_wanted_survives_a_restart);
  ADD ("download-is-whole-and-verified", test_download_is_whole_and_verified);
  ADD ("lies-are-refused-and-asked-again", test_lies_are_refused_and_asked_again);
  ADD ("download-goes-on-where-it-was", test_download_goes_on_where_it_was);
  ADD ("cancelled-download-takes-no-more", test_cancelled_download_takes_no_more);
  ADD ("progress-is-told-now-and-then", test_progress_is_told_now_and_then);
  ADD ("a-hundred-at-once", test_a_hundred_at_once);
  ADD ("closing-in-the-middle-is-clean", test_closing_in_the_middle_is_clean);
  g_test_add ("/attachments/kill-while-keeping", Toy, "keep", toy_set_up, test_kill_leaves_nothing_broken,
              toy_tear_down);
  g_test_add ("/attachments/kill-while-fetching", Toy, "fetch", toy_set_up, test_kill_leaves_nothing_broken,
              toy_tear_down);

  return g_test_run ();
}
