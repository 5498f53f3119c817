/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */

#include "store/draft.h"
#include "store/held.h"

#include <stdio.h>
#include <string.h>

/* --- keeping ---------------------------------------------------------------------------------- */

static void
test_kept_is_read_again (Toy *toy, gconstpointer unused)
{
  const goffset sizes[] = { 0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * MIB + 17 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GInputStream) stream = held_drip_new (sizes[i], FALSE);
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);
      g_autofree char *expected = held_hash (sizes[i]);
      g_autofree char *hash = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (held_keep_stream (toy, key, stream, 0, &hash, &error));
      g_assert_cmpstr (hash, ==, expected);
      held_assert_bytes (toy, key, sizes[i]);
    }
  toy_close (toy);
  toy_open (toy);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);
      g_auto (ZqAttachmentInfo) info = { 0 };

      g_assert_true (zq_attachments_peek (files_of (toy), key, &info));
      g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_HELD);
      g_assert_cmpint (info.size, ==, sizes[i]);
      g_assert_cmpint (info.done, ==, sizes[i]);
      g_assert_cmpstr (info.content_type, ==, "image/png");
      held_assert_bytes (toy, key, sizes[i]);
    }
}

static void
test_too_large_is_not_kept (Toy *toy, gconstpointer unused)
{
  g_autoptr (GInputStream) large = held_drip_new (MIB + 1, FALSE);
  g_autoptr (GInputStream) fits = held_drip_new (MIB, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_false (held_keep_stream (toy, "urn:uuid:a", large, MIB, NULL, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE);
  g_assert_cmpint (held_state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
  g_clear_error (&error);
  g_assert_true (held_keep_stream (toy, "urn:uuid:a", fits, MIB, NULL, &error));
}

static void
test_cancelled_keep_leaves_nothing (Toy *toy, gconstpointer unused)
{
  g_autoptr (GInputStream) stream = held_drip_new (G_MAXINT, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_attachments_keep_async (files_of (toy), "urn:uuid:a", stream, NULL, 0, cancellable, held_on_done, &result);
  g_cancellable_cancel (cancellable);
  held_wait_for (result);
  g_assert_false (zq_attachments_keep_finish (files_of (toy), result, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (held_state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
}

static gsize
peak_kb (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");

  return line != NULL ? (gsize)g_ascii_strtoull (line + 6, NULL, 10) : 0;
}

static gboolean
reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");
  gboolean ok = file != NULL && fputs ("5", file) >= 0;

  return file != NULL && fclose (file) == 0 && ok;
}

static void
test_large_file_keeps_memory_flat (Toy *toy, gconstpointer unused)
{
  const goffset size = 40 * MIB;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8 *buffer = g_malloc (64 * 1024);
  goffset at = 0;
  gsize before, n;

  held_keep (toy, "urn:uuid:warm", MIB);
  if (!reset_peak () || peak_kb () == 0)
    {
      g_test_skip ("the peak of memory cannot be measured here");
      return;
    }
  before = peak_kb ();
  held_keep (toy, "urn:uuid:a", size);
  stream = zq_attachments_open (files_of (toy), "urn:uuid:a", &error);
  g_assert_no_error (error);
  while (g_input_stream_read_all (stream, buffer, 64 * 1024, &n, NULL, &error) && n > 0)
    {
      for (gsize i = 0; i < n; i += 997)
        g_assert_cmpuint (buffer[i], ==, held_byte_at (at + (goffset)i));
      at += (goffset)n;
    }
  g_assert_no_error (error);
  g_assert_cmpint (at, ==, size);
  g_test_message ("peak rose by %" G_GSIZE_FORMAT " KB", peak_kb () - before);
  g_assert_cmpuint (peak_kb () - before, <, 12 * 1024);
}

static void
test_stream_begins_again (Toy *toy, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  guint8 first[1000], second[1000];
  gsize n;

  held_keep (toy, "urn:uuid:a", MIB);
  stream = zq_attachments_open (files_of (toy), "urn:uuid:a", &error);
  g_assert_true (g_input_stream_read_all (stream, first, sizeof first, &n, NULL, &error));
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_SET, NULL, &error));
  g_assert_true (g_input_stream_read_all (stream, second, sizeof second, &n, NULL, &error));
  g_assert_cmpmem (first, sizeof first, second, sizeof second);

  g_clear_object (&stream);
  g_assert_null (zq_attachments_open (files_of (toy), "urn:uuid:none", &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

/* What is dropped while it is sent must not arrive as a short file. */
static void
test_dropped_under_a_stream_is_an_error (Toy *toy, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8 *buffer = g_malloc (2 * MIB);
  gsize n;

  held_keep (toy, "urn:uuid:a", MIB);
  stream = zq_attachments_open (files_of (toy), "urn:uuid:a", &error);
  g_assert_true (g_input_stream_read_all (stream, buffer, 1000, &n, NULL, &error));
  zq_attachments_drop (files_of (toy), "urn:uuid:a");
  held_keep (toy, "urn:uuid:b", 10);
  g_assert_false (g_input_stream_read_all (stream, buffer, 2 * MIB, &n, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_nothing_lies_in_the_clear (Toy *toy, gconstpointer unused)
{
  g_autoptr (GBytes) known = held_bytes (1000, 32);
  const char *const names[] = { "attachments.db", "attachments.db-wal" };
  guint found = 0;

  held_keep (toy, "urn:uuid:a", 600000);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = zq_test_dir_path (toy->dir, names[i]);
      g_autofree char *bytes = NULL;
      gsize n = 0;

      if (!g_file_get_contents (path, &bytes, &n, NULL))
        continue;
      found += n > 0;
      g_assert_null (memmem (bytes, n, g_bytes_get_data (known, NULL), g_bytes_get_size (known)));
      g_assert_null (memmem (bytes, n, "urn:uuid", 8));
      g_assert_null (memmem (bytes, n, "SQLite format", 13));
    }
  g_assert_cmpuint (found, >, 0);
}

/* --- names ------------------------------------------------------------------------------------ */

static void
test_renamed_is_found_by_both_names (Toy *toy, gconstpointer unused)
{
  held_keep (toy, "urn:uuid:a", 1000);
  held_keep (toy, "thumb/96/urn:uuid:a", 100);
  zq_attachments_rename (files_of (toy), "urn:uuid:a", "Binary/7");
  held_keep (toy, "urn:uuid:after", 1);

  held_assert_bytes (toy, "Binary/7", 1000);
  held_assert_bytes (toy, "urn:uuid:a", 1000);
  held_assert_bytes (toy, "thumb/96/Binary/7", 100);
  held_assert_bytes (toy, "thumb/96/urn:uuid:a", 100);
  zq_attachments_want (files_of (toy), "Binary/7", 5, NULL, NULL);
  g_assert_cmpint (held_state_of (toy, "Binary/7"), ==, ZQ_ATTACHMENT_HELD);
}

static void
test_thumbnails_go_with_their_picture (Toy *toy, gconstpointer unused)
{
  g_autoptr (GInputStream) stream = held_drip_new (10, FALSE);
  g_autoptr (GError) error = NULL;

  held_keep (toy, "urn:uuid:a", 1000);
  held_keep (toy, "thumb/96/urn:uuid:a", 100);
  held_keep (toy, "thumb/96/urn:uuid:a", 200);
  held_assert_bytes (toy, "thumb/96/urn:uuid:a", 200);
  zq_attachments_drop (files_of (toy), "urn:uuid:a");
  g_assert_cmpint (held_state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
  /* What comes after the drop is behind it. */
  held_keep (toy, "urn:uuid:b", 1);
  g_assert_cmpint (held_state_of (toy, "thumb/96/urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
  g_assert_null (held_read (toy, "thumb/96/urn:uuid:a", &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (held_keep_stream (toy, "thumb/96/urn:uuid:a", stream, 0, NULL, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

static void
test_dropping_gives_the_space_back (Toy *toy, gconstpointer unused)
{
  g_autofree char *path = zq_test_dir_path (toy->dir, "attachments.db");
  g_autofree char *bytes = NULL;
  gsize n = 0;

  held_keep (toy, "urn:uuid:a", 8 * MIB);
  zq_attachments_drop (files_of (toy), "urn:uuid:a");
  held_keep (toy, "urn:uuid:b", 1);
  toy_close (toy);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  g_assert_cmpuint (n, <, MIB);
}

/* --- drafts and orphans ----------------------------------------------------------------------- */

static gboolean
add_draft_file_at (Toy *toy, const char *key, gint64 place, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  const ZqDraftFile file = {
    .key = (char *)key, .name = (char *)"a.png", .content_type = (char *)"image/png", .size = 10, .place = place
  };

  zq_draft_add_file_async (toy->store, "consult/1", &file, held_on_done, &result);
  held_wait_for (result);

  return zq_draft_add_file_finish (toy->store, result, error);
}

static gboolean
add_draft_file (Toy *toy, const char *key, GError **error)
{
  return add_draft_file_at (toy, key, 0, error);
}

static guint
n_draft_files (Toy *toy)
{
  g_autoptr (GPtrArray) files = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");

  return files->len;
}

static gboolean
set_draft (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_txn_set_draft (txn, "consult/1", data, error);
}

static void
test_draft_has_files_in_order (Toy *toy, gconstpointer unused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  const ZqDraftFile *file;

  g_assert_false (add_draft_file (toy, "urn:uuid:none", &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
  g_clear_error (&error);
  held_keep (toy, "urn:uuid:b", 10);
  held_keep (toy, "urn:uuid:a", 10);
  g_assert_true (add_draft_file (toy, "urn:uuid:b", &error));
  g_assert_true (add_draft_file (toy, "urn:uuid:a", &error));
  g_assert_true (add_draft_file (toy, "urn:uuid:b", &error));
  files = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");
  g_assert_cmpuint (files->len, ==, 2);
  file = g_ptr_array_index (files, 0);
  g_assert_cmpstr (file->key, ==, "urn:uuid:b");
  g_assert_cmpstr (file->name, ==, "a.png");
  g_assert_cmpint (file->size, ==, 10);

  zq_draft_remove_file_async (toy->store, "consult/1", "urn:uuid:b", held_on_done, &result);
  held_wait_for (result);
  g_assert_true (zq_draft_remove_file_finish (toy->store, result, NULL, &error));
  g_assert_cmpuint (n_draft_files (toy), ==, 1);

  /* Text that was deleted leaves the files, a draft that was sent does not. */
  g_assert_true (toy_run (toy, set_draft, (gpointer) "words", &error));
  g_assert_true (toy_run (toy, set_draft, (gpointer) "", &error));
  g_assert_cmpuint (n_draft_files (toy), ==, 1);
  g_assert_true (toy_run (toy, set_draft, NULL, &error));
  g_assert_cmpuint (n_draft_files (toy), ==, 0);
  g_assert_cmpint (held_state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_HELD);
}

static gboolean
remove_draft_file (Toy *toy, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean removed = FALSE;

  zq_draft_remove_file_async (toy->store, "consult/1", key, held_on_done, &result);
  held_wait_for (result);
  g_assert_true (zq_draft_remove_file_finish (toy->store, result, &removed, &error));
  g_assert_no_error (error);

  return removed;
}

/* In its place, with its bytes, until it is forgotten; nothing is forgotten that somebody names. */
static void
test_removed_file_comes_back (Toy *toy, gconstpointer unused)
{
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GPtrArray) again = NULL;
  const ZqDraftFile *first;

  held_keep (toy, "urn:uuid:a", 10);
  held_keep (toy, "urn:uuid:b", 10);
  g_assert_true (add_draft_file (toy, "urn:uuid:a", NULL));
  g_assert_true (add_draft_file (toy, "urn:uuid:b", NULL));
  files = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");
  first = g_ptr_array_index (files, 0);
  g_assert_true (remove_draft_file (toy, "urn:uuid:a"));
  g_assert_false (remove_draft_file (toy, "urn:uuid:a"));
  held_assert_bytes (toy, "urn:uuid:a", 10);
  g_assert_true (add_draft_file_at (toy, "urn:uuid:a", first->place, NULL));
  again = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_cmpstr (((const ZqDraftFile *)g_ptr_array_index (again, 0))->key, ==, "urn:uuid:a");

  zq_draft_forget_file (toy->store, "urn:uuid:a");
  held_assert_bytes (toy, "urn:uuid:a", 10);
  g_assert_true (remove_draft_file (toy, "urn:uuid:a"));
  zq_draft_forget_file (toy->store, "urn:uuid:a");
  g_assert_cmpint (held_state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
}

static gboolean
make_binaries (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 known = zq_txn_create_local (txn, "Binary", "known", error);
  gint64 sent = zq_txn_create_local (txn, "Binary", "sent", error);

  return known != 0 && sent != 0 &&
         zq_db_exec (zq_txn_db (txn), error, "UPDATE resource SET server_id = '12' WHERE id = ?", "i", sent);
}

/* What was taken out of a resource lies there still: after a day it is not kept twice. */
static void
test_what_was_taken_out_goes_after_a_day (Toy *toy, gconstpointer unused)
{
  held_keep (toy, "inline/DocumentReference/1/0/ab", 100);
  toy_close (toy);
  toy_open (toy);
  held_keep (toy, "Binary/9", 100);
  held_assert_bytes (toy, "inline/DocumentReference/1/0/ab", 100);
  zq_clock_advance (toy->clock, 2 * G_TIME_SPAN_DAY);
  toy_close (toy);
  toy_open (toy);
  held_assert_bytes (toy, "Binary/9", 100);
  g_assert_cmpint (held_state_of (toy, "inline/DocumentReference/1/0/ab"), ==, ZQ_ATTACHMENT_NONE);
}

static void
test_orphans_go_after_a_day (Toy *toy, gconstpointer unused)
{
  static const char *const keys[] = { "urn:uuid:orphan", "urn:uuid:draft", "urn:uuid:known", "urn:uuid:sent",
                                      "Binary/9" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    held_keep (toy, keys[i], 100);
  g_assert_true (add_draft_file (toy, "urn:uuid:draft", &error));
  g_assert_true (toy_run (toy, make_binaries, NULL, &error));
  toy_close (toy);
  toy_open (toy);
  held_keep (toy, "urn:uuid:new", 1);
  held_assert_bytes (toy, "urn:uuid:orphan", 100);
  held_assert_bytes (toy, "Binary/12", 100);
  held_assert_bytes (toy, "urn:uuid:sent", 100);

  zq_clock_advance (toy->clock, 2 * G_TIME_SPAN_DAY);
  held_keep (toy, "urn:uuid:new", 1);
  toy_close (toy);
  toy_open (toy);
  g_assert_cmpint (held_state_of (toy, "urn:uuid:orphan"), ==, ZQ_ATTACHMENT_NONE);
  for (guint i = 1; i < G_N_ELEMENTS (keys); i++)
    held_assert_bytes (toy, keys[i], 100);
  held_assert_bytes (toy, "urn:uuid:new", 1);
}

/* --- growing ---------------------------------------------------------------------------------- */

static void
grow (Toy *toy, const char *key, goffset from, gsize size)
{
  g_autoptr (GBytes) bytes = held_bytes (from, size);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_attachments_grow_async (files_of (toy), key, "video/x-matroska", bytes, held_on_done, &result);
  held_wait_for (result);
  g_assert_true (zq_attachments_grow_finish (files_of (toy), result, &error));
  g_assert_no_error (error);
}

static gboolean
end_growth (Toy *toy, const char *key, gint64 *size, char **hash, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_end_growth_async (files_of (toy), key, held_on_done, &result);
  held_wait_for (result);

  return zq_attachments_end_growth_finish (files_of (toy), result, size, hash, error);
}

/* Odd sizes; nobody else sees it before its end. */
static void
test_grown_is_read_as_one (Toy *toy, gconstpointer unused)
{
  const gsize pieces[] = { 1, 300 * 1024, 17, 256 * 1024 };
  g_autofree char *hash = NULL, *expected = NULL;
  g_autoptr (GError) error = NULL, none = NULL;
  goffset at = 0;
  gint64 size = 0;

  for (guint i = 0; i < G_N_ELEMENTS (pieces); at += (goffset)pieces[i++])
    {
      grow (toy, "urn:uuid:r", at, pieces[i]);
      g_assert_cmpint (held_state_of (toy, "urn:uuid:r"), ==, ZQ_ATTACHMENT_NONE);
    }
  g_assert_null (held_read (toy, "urn:uuid:r", &none));
  g_assert_true (end_growth (toy, "urn:uuid:r", &size, &hash, &error));
  g_assert_no_error (error);
  expected = held_hash (at);
  g_assert_cmpstr (hash, ==, expected);
  g_assert_cmpint (size, ==, at);
  held_assert_bytes (toy, "urn:uuid:r", at);
}

/* The process goes between two pieces: what has come is there, and its end comes later, as often as one likes. */
static void
test_growth_outlives_its_process (Toy *toy, gconstpointer unused)
{
  g_autofree char *hash = NULL, *again = NULL;
  g_autoptr (GError) error = NULL, gone = NULL;

  grow (toy, "urn:uuid:r", 0, 1000);
  toy_close (toy);
  toy_open (toy);
  grow (toy, "urn:uuid:r", 1000, 500);
  toy_close (toy);
  toy_open (toy);
  g_assert_true (end_growth (toy, "urn:uuid:r", NULL, &hash, &error));
  g_assert_true (end_growth (toy, "urn:uuid:r", NULL, &again, &error));
  g_assert_cmpstr (hash, ==, again);
  held_assert_bytes (toy, "urn:uuid:r", 1500);
  g_assert_false (end_growth (toy, "urn:uuid:never", NULL, NULL, &gone));
  g_assert_error (gone, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

/* One that nothing names any more goes as others do. */
static void
test_growth_that_nobody_names_goes (Toy *toy, gconstpointer unused)
{
  g_autoptr (GError) gone = NULL;

  grow (toy, "urn:uuid:r", 0, 1000);
  zq_clock_advance (toy->clock, 2 * G_TIME_SPAN_DAY);
  toy_close (toy);
  toy_open (toy);
  g_assert_false (end_growth (toy, "urn:uuid:r", NULL, NULL, &gone));
  g_assert_error (gone, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

#define ADD(path, func) g_test_add ("/attachments/" path, Toy, NULL, toy_set_up, func, toy_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("kept-is-read-again", test_kept_is_read_again);
  ADD ("too-large-is-not-kept", test_too_large_is_not_kept);
  ADD ("cancelled-keep-leaves-nothing", test_cancelled_keep_leaves_nothing);
  ADD ("large-file-keeps-memory-flat", test_large_file_keeps_memory_flat);
  ADD ("stream-begins-again", test_stream_begins_again);
  ADD ("dropped-under-a-stream-is-an-error", test_dropped_under_a_stream_is_an_error);
  ADD ("nothing-lies-in-the-clear", test_nothing_lies_in_the_clear);
  ADD ("renamed-is-found-by-both-names", test_renamed_is_found_by_both_names);
  ADD ("thumbnails-go-with-their-picture", test_thumbnails_go_with_their_picture);
  ADD ("dropping-gives-the-space-back", test_dropping_gives_the_space_back);
  ADD ("draft-has-files-in-order", test_draft_has_files_in_order);
  ADD ("removed-file-comes-back", test_removed_file_comes_back);
  ADD ("orphans-go-after-a-day", test_orphans_go_after_a_day);
  ADD ("what-was-taken-out-goes-after-a-day", test_what_was_taken_out_goes_after_a_day);

  ADD ("grown-is-read-as-one", test_grown_is_read_as_one);
  ADD ("growth-outlives-its-process", test_growth_outlives_its_process);
  ADD ("growth-that-nobody-names-goes", test_growth_that_nobody_names_goes);

  return g_test_run ();
}
