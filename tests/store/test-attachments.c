/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */

#include "store/attachments-reasons.h"
#include "store/attachments.h"
#include "store/draft.h"
#include "store/toy.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* --- bytes ------------------------------------------------------------------------------------ */

/* A stream of known bytes that lie nowhere, and that tells of each read. */
#define TYPE_DRIP (drip_get_type ())
G_DECLARE_FINAL_TYPE (Drip, drip, TEST, DRIP, GInputStream)

struct _Drip
{
  GInputStream parent_instance;
  goffset size;
  goffset at;
  gboolean tells;
};

G_DEFINE_FINAL_TYPE (Drip, drip, G_TYPE_INPUT_STREAM)

static guint8
byte_at (goffset at)
{
  return (guint8)((at * 2654435761u) >> 11) ^ (guint8)at;
}

static gssize
drip_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  Drip *self = TEST_DRIP (stream);
  gsize n = MIN (count, (gsize)(self->size - self->at));

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  for (gsize i = 0; i < n; i++)
    ((guint8 *)buffer)[i] = byte_at (self->at + (goffset)i);
  self->at += (goffset)n;
  if (self->tells && write (STDOUT_FILENO, ".", 1) != 1)
    return -1;

  return (gssize)n;
}

static void
drip_class_init (DripClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = drip_read;
}

static void
drip_init (Drip *self)
{
}

static GInputStream *
drip_new (goffset size, gboolean tells)
{
  Drip *self = g_object_new (TYPE_DRIP, NULL);

  self->size = size;
  self->tells = tells;

  return G_INPUT_STREAM (self);
}

static GBytes *
bytes_of (goffset from, gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = byte_at (from + (goffset)i);

  return g_bytes_new_take (bytes, size);
}

static char *
hash_of (goffset size)
{
  g_autoptr (GBytes) bytes = bytes_of (0, (gsize)size);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)size);
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

#define wait_for(result) g_assert_true (zq_test_wait_until (has_result, &(result), 60))

static ZqAttachments *
files_of (Toy *toy)
{
  return zq_store_get_attachments (toy->store);
}

static gboolean
keep_stream (Toy *toy, const char *key, GInputStream *stream, gint64 limit, char **hash, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_keep_async (files_of (toy), key, stream, "image/png", limit, NULL, on_done, &result);
  wait_for (result);

  return zq_attachments_keep_finish (files_of (toy), result, NULL, hash, error);
}

static void
keep (Toy *toy, const char *key, goffset size)
{
  g_autoptr (GInputStream) stream = drip_new (size, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_true (keep_stream (toy, key, stream, 0, NULL, &error));
  g_assert_no_error (error);
}

static GBytes *
read_whole (Toy *toy, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_read_async (files_of (toy), key, NULL, on_done, &result);
  wait_for (result);

  return zq_attachments_read_finish (files_of (toy), result, error);
}

static void
assert_bytes (Toy *toy, const char *key, goffset size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = read_whole (toy, key, &error);
  g_autoptr (GBytes) expected = bytes_of (0, (gsize)size);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (whole, expected));
}

static ZqAttachmentState
state_of (Toy *toy, const char *key)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files_of (toy), key, &info);

  return info.state;
}

static void
assert_refused (Toy *toy, const char *key, const char *reason)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files_of (toy), key, &info);
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_REFUSED);
  g_assert_cmpstr (info.reason, ==, reason);
}

/* As sync does it. */
static gboolean
append (Toy *toy, const char *key, GBytes *bytes, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_append_async (files_of (toy), key, bytes, on_done, &result);
  wait_for (result);

  return zq_attachments_append_finish (files_of (toy), result, error);
}

static gboolean
end (Toy *toy, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_end_async (files_of (toy), key, on_done, &result);
  wait_for (result);

  return zq_attachments_end_finish (files_of (toy), result, error);
}

/* From what has come to @size, and its end. */
static gboolean
download (Toy *toy, const char *key, goffset from, goffset size, GError **error)
{
  for (goffset at = from; at < size; at += 100000)
    {
      g_autoptr (GBytes) bytes = bytes_of (at, (gsize)MIN (100000, size - at));

      if (!append (toy, key, bytes, error))
        return FALSE;
    }

  return end (toy, key, error);
}

/* --- keeping ---------------------------------------------------------------------------------- */

static void
test_kept_is_read_again (Toy *toy, gconstpointer unused)
{
  const goffset sizes[] = { 0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * MIB + 17 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GInputStream) stream = drip_new (sizes[i], FALSE);
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);
      g_autofree char *expected = hash_of (sizes[i]);
      g_autofree char *hash = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (keep_stream (toy, key, stream, 0, &hash, &error));
      g_assert_cmpstr (hash, ==, expected);
      assert_bytes (toy, key, sizes[i]);
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
      assert_bytes (toy, key, sizes[i]);
    }
}

static void
test_too_large_is_not_kept (Toy *toy, gconstpointer unused)
{
  g_autoptr (GInputStream) large = drip_new (MIB + 1, FALSE);
  g_autoptr (GInputStream) fits = drip_new (MIB, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_false (keep_stream (toy, "urn:uuid:a", large, MIB, NULL, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE);
  g_assert_cmpint (state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
  g_clear_error (&error);
  g_assert_true (keep_stream (toy, "urn:uuid:a", fits, MIB, NULL, &error));
}

static void
test_cancelled_keep_leaves_nothing (Toy *toy, gconstpointer unused)
{
  g_autoptr (GInputStream) stream = drip_new (G_MAXINT, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_attachments_keep_async (files_of (toy), "urn:uuid:a", stream, NULL, 0, cancellable, on_done, &result);
  g_cancellable_cancel (cancellable);
  wait_for (result);
  g_assert_false (zq_attachments_keep_finish (files_of (toy), result, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
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

  keep (toy, "urn:uuid:warm", MIB);
  if (!reset_peak () || peak_kb () == 0)
    {
      g_test_skip ("the peak of memory cannot be measured here");
      return;
    }
  before = peak_kb ();
  keep (toy, "urn:uuid:a", size);
  stream = zq_attachments_open (files_of (toy), "urn:uuid:a", &error);
  g_assert_no_error (error);
  while (g_input_stream_read_all (stream, buffer, 64 * 1024, &n, NULL, &error) && n > 0)
    {
      for (gsize i = 0; i < n; i += 997)
        g_assert_cmpuint (buffer[i], ==, byte_at (at + (goffset)i));
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

  keep (toy, "urn:uuid:a", MIB);
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

  keep (toy, "urn:uuid:a", MIB);
  stream = zq_attachments_open (files_of (toy), "urn:uuid:a", &error);
  g_assert_true (g_input_stream_read_all (stream, buffer, 1000, &n, NULL, &error));
  zq_attachments_drop (files_of (toy), "urn:uuid:a");
  keep (toy, "urn:uuid:b", 10);
  g_assert_false (g_input_stream_read_all (stream, buffer, 2 * MIB, &n, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_nothing_lies_in_the_clear (Toy *toy, gconstpointer unused)
{
  g_autoptr (GBytes) known = bytes_of (1000, 32);
  const char *const names[] = { "attachments.db", "attachments.db-wal" };
  guint found = 0;

  keep (toy, "urn:uuid:a", 600000);
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
  keep (toy, "urn:uuid:a", 1000);
  keep (toy, "thumb/96/urn:uuid:a", 100);
  zq_attachments_rename (files_of (toy), "urn:uuid:a", "Binary/7");
  keep (toy, "urn:uuid:after", 1);

  assert_bytes (toy, "Binary/7", 1000);
  assert_bytes (toy, "urn:uuid:a", 1000);
  assert_bytes (toy, "thumb/96/Binary/7", 100);
  assert_bytes (toy, "thumb/96/urn:uuid:a", 100);
  zq_attachments_want (files_of (toy), "Binary/7", 5, NULL, NULL);
  g_assert_cmpint (state_of (toy, "Binary/7"), ==, ZQ_ATTACHMENT_HELD);
}

static void
test_thumbnails_go_with_their_picture (Toy *toy, gconstpointer unused)
{
  g_autoptr (GInputStream) stream = drip_new (10, FALSE);
  g_autoptr (GError) error = NULL;

  keep (toy, "urn:uuid:a", 1000);
  keep (toy, "thumb/96/urn:uuid:a", 100);
  keep (toy, "thumb/96/urn:uuid:a", 200);
  assert_bytes (toy, "thumb/96/urn:uuid:a", 200);
  zq_attachments_drop (files_of (toy), "urn:uuid:a");
  g_assert_cmpint (state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
  /* What comes after the drop is behind it. */
  keep (toy, "urn:uuid:b", 1);
  g_assert_cmpint (state_of (toy, "thumb/96/urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
  g_assert_null (read_whole (toy, "thumb/96/urn:uuid:a", &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (keep_stream (toy, "thumb/96/urn:uuid:a", stream, 0, NULL, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
}

static void
test_dropping_gives_the_space_back (Toy *toy, gconstpointer unused)
{
  g_autofree char *path = zq_test_dir_path (toy->dir, "attachments.db");
  g_autofree char *bytes = NULL;
  gsize n = 0;

  keep (toy, "urn:uuid:a", 8 * MIB);
  zq_attachments_drop (files_of (toy), "urn:uuid:a");
  keep (toy, "urn:uuid:b", 1);
  toy_close (toy);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  g_assert_cmpuint (n, <, MIB);
}

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
  g_autofree char *hash = hash_of (1000);
  g_autofree char *kept = NULL;
  gint64 said = 0;
  guint n_wanted = 0;

  g_signal_connect (files_of (toy), "wanted", G_CALLBACK (on_wanted), &n_wanted);
  zq_attachments_want (files_of (toy), "Binary/1", 1000, hash, "image/jpeg");
  g_assert_cmpint (state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_WANTED);
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
  g_autofree char *hash = hash_of (700000);
  g_autoptr (GError) error = NULL;
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_want (files_of (toy), "Binary/1", 700000, hash, "image/jpeg");
  zq_attachments_begin (files_of (toy), "Binary/1", 700000);
  g_assert_cmpint (state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_COMING);
  g_assert_true (download (toy, "Binary/1", 0, 700000, &error));
  g_assert_no_error (error);
  g_assert_true (zq_attachments_peek (files_of (toy), "Binary/1", &info));
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_HELD);
  g_assert_cmpint (info.size, ==, 700000);
  assert_bytes (toy, "Binary/1", 700000);
}

static void
test_lies_are_refused_and_asked_again (Toy *toy, gconstpointer unused)
{
  g_autofree char *hash = hash_of (1000);
  g_autoptr (GError) error = NULL;

  zq_attachments_want (files_of (toy), "Binary/1", 999, NULL, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", 1000);
  g_assert_false (download (toy, "Binary/1", 0, 1000, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE);
  assert_refused (toy, "Binary/1", ZQ_ATTACHMENT_REASON_SIZE);
  g_clear_error (&error);

  zq_attachments_want (files_of (toy), "Binary/2", 0, hash, NULL);
  zq_attachments_begin (files_of (toy), "Binary/2", 0);
  g_assert_false (download (toy, "Binary/2", 0, 1001, &error));
  assert_refused (toy, "Binary/2", ZQ_ATTACHMENT_REASON_HASH);
  g_clear_error (&error);

  zq_attachments_want (files_of (toy), "Binary/2", 1000, hash, NULL);
  g_assert_cmpint (state_of (toy, "Binary/2"), ==, ZQ_ATTACHMENT_WANTED);
  zq_attachments_begin (files_of (toy), "Binary/2", 1000);
  g_assert_true (download (toy, "Binary/2", 0, 1000, &error));
  assert_bytes (toy, "Binary/2", 1000);
}

static void
test_download_goes_on_where_it_was (Toy *toy, gconstpointer unused)
{
  g_autofree char *hash = hash_of (MIB);
  g_autoptr (GBytes) half = bytes_of (0, MIB / 2);
  g_autoptr (GError) error = NULL;
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_want (files_of (toy), "Binary/1", MIB, hash, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", MIB);
  g_assert_true (append (toy, "Binary/1", half, &error));
  zq_attachments_pause (files_of (toy), "Binary/1");
  g_assert_cmpint (state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_WANTED);
  toy_close (toy);
  toy_open (toy);
  g_assert_true (zq_attachments_peek (files_of (toy), "Binary/1", &info));
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_WANTED);
  g_assert_cmpint (info.done, ==, MIB / 2);
  g_assert_true (download (toy, "Binary/1", MIB / 2, MIB, &error));
  assert_bytes (toy, "Binary/1", MIB);
}

static void
test_cancelled_download_takes_no_more (Toy *toy, gconstpointer unused)
{
  g_autoptr (GBytes) half = bytes_of (0, MIB / 2);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) keys = NULL;

  zq_attachments_want (files_of (toy), "Binary/1", MIB, NULL, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", MIB);
  g_assert_true (append (toy, "Binary/1", half, &error));
  zq_attachments_cancel (files_of (toy), "Binary/1");
  g_assert_cmpint (state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_NONE);
  g_assert_false (append (toy, "Binary/1", half, &error));
  g_assert_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (end (toy, "Binary/1", &error));
  keys = zq_attachments_list_wanted (files_of (toy), 10);
  g_assert_cmpuint (g_strv_length (keys), ==, 0);
  g_assert_cmpint (state_of (toy, "Binary/1"), ==, ZQ_ATTACHMENT_NONE);
}

static void
count_changed (ZqAttachments *files, const char *key, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_progress_is_told_now_and_then (Toy *toy, gconstpointer unused)
{
  g_autoptr (GBytes) little = bytes_of (0, 1000);
  g_autoptr (GError) error = NULL;
  guint n_changed = 0;

  zq_attachments_want (files_of (toy), "Binary/1", 0, NULL, NULL);
  zq_attachments_begin (files_of (toy), "Binary/1", 0);
  g_assert_true (append (toy, "Binary/1", little, &error));
  g_signal_connect (files_of (toy), "changed", G_CALLBACK (count_changed), &n_changed);
  for (guint i = 0; i < 100; i++)
    {
      zq_clock_advance (toy->clock, G_USEC_PER_SEC / 100);
      g_assert_true (append (toy, "Binary/1", little, &error));
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
      g_autoptr (GInputStream) stream = drip_new (1000 + i * 5000, FALSE);

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

      assert_bytes (toy, key, 1000 + i * 5000);
      g_assert_cmpint (state_of (toy, wanted), ==, i % 3 == 0 ? ZQ_ATTACHMENT_NONE : ZQ_ATTACHMENT_WANTED);
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
      g_autoptr (GInputStream) stream = drip_new (4 * MIB, FALSE);

      zq_attachments_keep_async (files_of (toy), key, stream, NULL, 0, NULL, on_kept_or_closed, &n_done);
    }
  zq_store_close (toy->store);
  g_assert_true (zq_test_wait_count (&n_done, 10, 60));
  toy_close (toy);
  toy_open (toy);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("urn:uuid:%u", i);

      if (state_of (toy, key) != ZQ_ATTACHMENT_NONE)
        assert_bytes (toy, key, 4 * MIB);
    }
}

/* --- drafts and orphans ----------------------------------------------------------------------- */

static gboolean
add_draft_file_at (Toy *toy, const char *key, gint64 place, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  const ZqDraftFile file = {
    .key = (char *)key, .name = (char *)"a.png", .content_type = (char *)"image/png", .size = 10, .place = place
  };

  zq_draft_add_file_async (toy->store, "consult/1", &file, on_done, &result);
  wait_for (result);

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
  keep (toy, "urn:uuid:b", 10);
  keep (toy, "urn:uuid:a", 10);
  g_assert_true (add_draft_file (toy, "urn:uuid:b", &error));
  g_assert_true (add_draft_file (toy, "urn:uuid:a", &error));
  g_assert_true (add_draft_file (toy, "urn:uuid:b", &error));
  files = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");
  g_assert_cmpuint (files->len, ==, 2);
  file = g_ptr_array_index (files, 0);
  g_assert_cmpstr (file->key, ==, "urn:uuid:b");
  g_assert_cmpstr (file->name, ==, "a.png");
  g_assert_cmpint (file->size, ==, 10);

  zq_draft_remove_file_async (toy->store, "consult/1", "urn:uuid:b", on_done, &result);
  wait_for (result);
  g_assert_true (zq_draft_remove_file_finish (toy->store, result, NULL, &error));
  g_assert_cmpuint (n_draft_files (toy), ==, 1);

  /* Text that was deleted leaves the files, a draft that was sent does not. */
  g_assert_true (toy_run (toy, set_draft, (gpointer) "words", &error));
  g_assert_true (toy_run (toy, set_draft, (gpointer) "", &error));
  g_assert_cmpuint (n_draft_files (toy), ==, 1);
  g_assert_true (toy_run (toy, set_draft, NULL, &error));
  g_assert_cmpuint (n_draft_files (toy), ==, 0);
  g_assert_cmpint (state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_HELD);
}

static gboolean
remove_draft_file (Toy *toy, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean removed = FALSE;

  zq_draft_remove_file_async (toy->store, "consult/1", key, on_done, &result);
  wait_for (result);
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

  keep (toy, "urn:uuid:a", 10);
  keep (toy, "urn:uuid:b", 10);
  g_assert_true (add_draft_file (toy, "urn:uuid:a", NULL));
  g_assert_true (add_draft_file (toy, "urn:uuid:b", NULL));
  files = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");
  first = g_ptr_array_index (files, 0);
  g_assert_true (remove_draft_file (toy, "urn:uuid:a"));
  g_assert_false (remove_draft_file (toy, "urn:uuid:a"));
  assert_bytes (toy, "urn:uuid:a", 10);
  g_assert_true (add_draft_file_at (toy, "urn:uuid:a", first->place, NULL));
  again = zq_draft_list_files (zq_store_get_main_db (toy->store), "consult/1");
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_cmpstr (((const ZqDraftFile *)g_ptr_array_index (again, 0))->key, ==, "urn:uuid:a");

  zq_draft_forget_file (toy->store, "urn:uuid:a");
  assert_bytes (toy, "urn:uuid:a", 10);
  g_assert_true (remove_draft_file (toy, "urn:uuid:a"));
  zq_draft_forget_file (toy->store, "urn:uuid:a");
  g_assert_cmpint (state_of (toy, "urn:uuid:a"), ==, ZQ_ATTACHMENT_NONE);
}

static gboolean
make_binaries (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 known = zq_txn_create_local (txn, "Binary", "known", error);
  gint64 sent = zq_txn_create_local (txn, "Binary", "sent", error);

  return known != 0 && sent != 0 &&
         zq_db_exec (zq_txn_db (txn), error, "UPDATE resource SET server_id = '12' WHERE id = ?", "i", sent);
}

static void
test_orphans_go_after_a_day (Toy *toy, gconstpointer unused)
{
  static const char *const keys[] = { "urn:uuid:orphan", "urn:uuid:draft", "urn:uuid:known", "urn:uuid:sent",
                                      "Binary/9" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    keep (toy, keys[i], 100);
  g_assert_true (add_draft_file (toy, "urn:uuid:draft", &error));
  g_assert_true (toy_run (toy, make_binaries, NULL, &error));
  toy_close (toy);
  toy_open (toy);
  keep (toy, "urn:uuid:new", 1);
  assert_bytes (toy, "urn:uuid:orphan", 100);
  assert_bytes (toy, "Binary/12", 100);
  assert_bytes (toy, "urn:uuid:sent", 100);

  zq_clock_advance (toy->clock, 2 * G_TIME_SPAN_DAY);
  keep (toy, "urn:uuid:new", 1);
  toy_close (toy);
  toy_open (toy);
  g_assert_cmpint (state_of (toy, "urn:uuid:orphan"), ==, ZQ_ATTACHMENT_NONE);
  for (guint i = 1; i < G_N_ELEMENTS (keys); i++)
    assert_bytes (toy, keys[i], 100);
  assert_bytes (toy, "urn:uuid:new", 1);
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
      g_autoptr (GInputStream) stream = drip_new (2 * MIB, TRUE);

      keep_stream (&toy, "urn:uuid:a", stream, 0, NULL, NULL);
    }
  else
    {
      g_autofree char *hash = hash_of (2 * MIB);

      zq_attachments_want (files_of (&toy), "Binary/1", 2 * MIB, hash, NULL);
      zq_attachments_begin (files_of (&toy), "Binary/1", 2 * MIB);
      for (goffset at = 0; at < 2 * MIB; at += 256 * 1024)
        {
          g_autoptr (GBytes) bytes = bytes_of (at, 256 * 1024);

          append (&toy, "Binary/1", bytes, NULL);
          if (write (STDOUT_FILENO, ".", 1) != 1)
            return 1;
        }
      end (&toy, "Binary/1", NULL);
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
        assert_bytes (toy, key, 2 * MIB);
      else if (g_str_equal (what, "keep"))
        g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_NONE);
      else
        {
          g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_WANTED);
          g_assert_true (download (toy, key, info.done, 2 * MIB, &error));
          assert_bytes (toy, key, 2 * MIB);
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
  ADD ("wanted-survives-a-restart", test_wanted_survives_a_restart);
  ADD ("download-is-whole-and-verified", test_download_is_whole_and_verified);
  ADD ("lies-are-refused-and-asked-again", test_lies_are_refused_and_asked_again);
  ADD ("download-goes-on-where-it-was", test_download_goes_on_where_it_was);
  ADD ("cancelled-download-takes-no-more", test_cancelled_download_takes_no_more);
  ADD ("progress-is-told-now-and-then", test_progress_is_told_now_and_then);
  ADD ("a-hundred-at-once", test_a_hundred_at_once);
  ADD ("closing-in-the-middle-is-clean", test_closing_in_the_middle_is_clean);
  ADD ("draft-has-files-in-order", test_draft_has_files_in_order);
  ADD ("removed-file-comes-back", test_removed_file_comes_back);
  ADD ("orphans-go-after-a-day", test_orphans_go_after_a_day);
  g_test_add ("/attachments/kill-while-keeping", Toy, "keep", toy_set_up, test_kill_leaves_nothing_broken,
              toy_tear_down);
  g_test_add ("/attachments/kill-while-fetching", Toy, "fetch", toy_set_up, test_kill_leaves_nothing_broken,
              toy_tear_down);

  return g_test_run ();
}
