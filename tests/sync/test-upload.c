/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that go, and what goes past them. */
#include "sync/files.h"

#include "base/id.h"

#include <stdio.h>
#include <string.h>

/* --- uploads ---------------------------------------------------------------------------------- */

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

static void
keep (Files *self, const char *key, GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_attachments_keep_async (files_of (self), key, stream, "image/png", 0, NULL, on_done, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 60));
  zq_attachments_keep_finish (files_of (self), result, NULL, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
write_upload (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 target = zq_txn_create_local (txn, "Binary", LOCAL, error);
  gint64 *seq = data;

  *seq = target != 0 ? zq_txn_add_intent (txn, "binary", "upload", target, "{}", NULL, "chain", 0, error) : 0;

  return *seq != 0;
}

static gint64
add_upload (Files *self)
{
  g_autoptr (GError) error = NULL;
  gint64 seq = 0;

  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, write_upload, &seq, &error);
  g_assert_no_error (error);

  return seq;
}

static gboolean
write_note (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 target = zq_txn_create_local (txn, "Basic", NULL, error);

  return target != 0 && zq_txn_add_intent (txn, "note", "write", target, "{}", NULL, "chain", 0, error) != 0;
}

static void
push (Files *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_sync_push_async (self->sync, NULL, on_done, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 60));
  zq_sync_push_finish (self->sync, result, NULL);
  zq_test_settle ();
}

static guint
n_intents (Files *self)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (zq_store_get_main_db (self->store), NULL);

  return intents->len;
}

static ZqIntent *
first_intent (Files *self)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (zq_store_get_main_db (self->store), NULL);

  g_assert_cmpuint (intents->len, >, 0);

  return zq_intent_copy (g_ptr_array_index (intents, 0));
}

static void
assert_received (Files *self, GBytes *bytes)
{
  g_autofree char *expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);

  g_assert_cmpstr (self->checksum, ==, expected);
  g_assert_cmpstr (self->content_type, ==, "image/png");
  g_assert_cmpstr (self->context, ==, "Patient/1");
}

static void
test_file_goes_before_what_names_it (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_autofree char *expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);
  g_autoptr (GError) error = NULL;

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, write_note, NULL, &error);
  g_assert_no_error (error);
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 0);
  g_assert_cmpuint (self->requests->len, ==, 2);
  g_assert_cmpstr (files_request_at (self, 0), ==, "POST Binary");
  g_assert_cmpstr (files_request_at (self, 1), ==, "POST Basic");
  g_assert_nonnull (strstr (self->last_json, "\"url\":\"Binary/1\""));
  files_assert_held (self, "Binary/1", bytes);
  files_assert_held (self, "urn:uuid:" LOCAL, bytes);
}

static void
test_upload_carries_type_and_context (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  push (self);
  assert_received (self, bytes);
}

static void
count_sending (ZqAttachments *files, const char *key, gpointer data)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files, key, &info);
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_HELD);
  *(guint *)data += info.done < info.size;
}

static void
test_upload_tells_progress (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_auto (ZqAttachmentInfo) info = { 0 };
  guint n = 0;

  keep (self, "urn:uuid:" LOCAL, bytes);
  zq_test_settle ();
  add_upload (self);
  g_signal_connect (files_of (self), "changed", G_CALLBACK (count_sending), &n);
  push (self);
  g_signal_handlers_disconnect_by_func (files_of (self), count_sending, &n);
  g_assert_cmpuint (n, >=, 1);
  files_wait_state (self, "Binary/1", ZQ_ATTACHMENT_HELD);
  zq_attachments_peek (files_of (self), "Binary/1", &info);
  g_assert_cmpint (info.done, ==, SIZE);
}

typedef struct
{
  const char *chain;
  char *key; /* of a file; or NULL: of a reply without one */
  gint64 not_before;
} Sent;

static gboolean
write_sent (ZqTxn *txn, gpointer data, GError **error)
{
  const Sent *sent = data;
  const char *local = sent->key != NULL ? sent->key + strlen ("urn:uuid:") : NULL;
  gint64 target = zq_txn_create_local (txn, local != NULL ? "Binary" : "Basic", local, error);

  return target != 0 && zq_txn_add_intent (txn, local != NULL ? "binary" : "note", local != NULL ? "upload" : "write",
                                           target, "{\"plain\":true}", NULL, sent->chain, sent->not_before, error) != 0;
}

static void
send_file (Files *self, const char *chain, GBytes *bytes)
{
  g_autofree char *local = zq_id_new ();
  g_autofree char *key = g_strconcat ("urn:uuid:", local, NULL);
  Sent sent = { chain, key };
  g_autoptr (GError) error = NULL;

  keep (self, key, bytes);
  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, write_sent, &sent, &error);
  g_assert_no_error (error);
}

static void
send_reply (Files *self, const char *chain, gint64 not_before)
{
  Sent sent = { chain, NULL, not_before };
  g_autoptr (GError) error = NULL;

  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, write_sent, &sent, &error);
  g_assert_no_error (error);
}

typedef struct
{
  Files *bench;
  guint n;
} Count;

static gboolean
hold_so_many (gpointer data)
{
  Count *count = data;

  return count->bench->on_hold->len >= count->n;
}

static gboolean
has_so_many_intents (gpointer data)
{
  Count *count = data;

  return n_intents (count->bench) == count->n;
}

/* Written while it crawls, in another thread; then one more, when the round has looked already. */
static void
test_reply_passes_a_crawling_upload (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (20 * MIB);
  Count one = { self, 1 };
  Count none = { self, 0 };

  self->hold_files = TRUE;
  zq_sync_start (self->sync);
  send_file (self, "a", bytes);
  g_assert_true (zq_test_wait_until (hold_so_many, &one, 20));
  for (guint i = 0; i < 3; i++)
    {
      send_reply (self, "b", 0);
      g_assert_true (zq_test_wait_until (has_so_many_intents, &one, 20));
      g_assert_cmpuint (self->received, <, 20 * MIB);
    }
  g_assert_cmpuint (self->on_hold->len, ==, 1);
  files_release (self);
  g_assert_true (zq_test_wait_until (has_so_many_intents, &none, 60));
  push (self);
}

static gboolean
has_so_many_intents_in_time (gpointer data)
{
  Count *count = data;

  zq_clock_advance (count->bench->clock, G_USEC_PER_SEC / 10);
  g_main_context_wakeup (NULL);
  return n_intents (count->bench) == count->n;
}

/* One that may still be undone; one that the hospital was too busy for, which ends a round. */
static void
test_reply_whose_time_comes_passes_an_upload (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (20 * MIB);
  Count one = { self, 1 };
  Count two = { self, 2 };

  self->hold_files = TRUE;
  zq_sync_start (self->sync);
  send_file (self, "a", bytes);
  g_assert_true (zq_test_wait_until (hold_so_many, &one, 20));
  send_reply (self, "b", zq_clock_now (self->clock) + 5 * G_USEC_PER_SEC);
  zq_test_settle ();
  g_assert_true (has_so_many_intents (&two));
  g_assert_true (zq_test_wait_until (has_so_many_intents_in_time, &one, 20));
  self->fail_posts = 1;
  send_reply (self, "b", 0);
  g_assert_true (zq_test_wait_until (has_so_many_intents_in_time, &one, 20));
  g_assert_cmpuint (self->fail_posts, ==, 0);
  g_assert_cmpuint (self->on_hold->len, ==, 1);
}

/* Files never take all the places; behind one, its own thread keeps its order. */
static void
test_reply_passes_many_uploads (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  Count some = { self, 2 };
  Count files_and_one = { self, 13 };
  Count none = { self, 0 };

  self->hold_files = TRUE;
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *chain = g_strdup_printf ("chain-%u", i);

      send_file (self, chain, bytes);
    }
  zq_sync_start (self->sync);
  g_assert_true (zq_test_wait_until (hold_so_many, &some, 20));
  send_reply (self, "chain-0", 0);
  send_reply (self, "b", 0);
  g_assert_true (zq_test_wait_until (has_so_many_intents, &files_and_one, 20));
  files_release (self);
  g_assert_true (zq_test_wait_until (has_so_many_intents, &none, 60));
  push (self);
}

/* Nothing finds it at the hospital: a copy that nobody refers to is the price. */
static void
test_unclear_upload_is_sent_again (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  self->lose_answers = TRUE;
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 1);
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 0);
  g_assert_cmpuint (self->requests->len, ==, 2);
  g_assert_cmpstr (files_request_at (self, 1), ==, "POST Binary");
  assert_received (self, bytes);
  files_assert_held (self, "Binary/2", bytes);
}

static void
test_busy_hospital_gets_it_later (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  self->fail_posts = 1;
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 1);
  zq_clock_advance (self->clock, 600 * G_USEC_PER_SEC);
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 0);
}

static void
test_lost_file_is_held (Files *self, gconstpointer unused)
{
  g_autoptr (ZqIntent) intent = NULL;

  add_upload (self);
  push (self);
  intent = first_intent (self);
  g_assert_cmpint (intent->state, ==, ZQ_INTENT_HELD);
  g_assert_cmpstr (intent->error, ==, ZQ_ATTACHMENT_REASON_LOST);
  g_assert_cmpuint (self->requests->len, ==, 0);
}

static void
test_answer_without_a_name_is_held (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (1000);
  g_autoptr (ZqIntent) intent = NULL;

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  self->tell_nothing = TRUE;
  push (self);
  intent = first_intent (self);
  g_assert_cmpint (intent->state, ==, ZQ_INTENT_HELD);
  g_assert_cmpstr (intent->error, ==, ZQ_ATTACHMENT_REASON_UNTOLD);
}

/* --- memory ------------------------------------------------------------------------------------- */

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
test_large_files_keep_memory_flat (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (40 * MIB);
  gsize before;

  files_put (self, "1", AS_RAW, bytes, 0);
  zq_transfer_start (self->transfer);
  if (!reset_peak () || peak_kb () == 0)
    {
      g_test_skip ("the peak of memory cannot be measured here");
      return;
    }
  before = peak_kb ();
  zq_attachments_want (files_of (self), "Binary/1", 40 * MIB, NULL, "image/png");
  files_wait_state (self, "Binary/1", ZQ_ATTACHMENT_HELD);
  g_test_message ("down: peak rose by %" G_GSIZE_FORMAT " KB", peak_kb () - before);
  g_assert_cmpuint (peak_kb () - before, <, 20 * 1024);

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  reset_peak ();
  before = peak_kb ();
  push (self);
  g_assert_cmpuint (self->received, ==, 40 * MIB);
  g_test_message ("up: peak rose by %" G_GSIZE_FORMAT " KB", peak_kb () - before);
  g_assert_cmpuint (peak_kb () - before, <, 20 * 1024);
}

#define ADD(path, func) g_test_add ("/upload/" path, Files, NULL, files_set_up, func, files_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("large-files-keep-memory-flat", test_large_files_keep_memory_flat);
  ADD ("file-goes-before-what-names-it", test_file_goes_before_what_names_it);
  ADD ("upload-carries-type-and-context", test_upload_carries_type_and_context);
  ADD ("upload-tells-progress", test_upload_tells_progress);
  ADD ("reply-passes-a-crawling-upload", test_reply_passes_a_crawling_upload);
  ADD ("reply-whose-time-comes-passes-an-upload", test_reply_whose_time_comes_passes_an_upload);
  ADD ("reply-passes-many-uploads", test_reply_passes_many_uploads);
  ADD ("unclear-upload-is-sent-again", test_unclear_upload_is_sent_again);
  ADD ("busy-hospital-gets-it-later", test_busy_hospital_gets_it_later);
  ADD ("lost-file-is-held", test_lost_file_is_held);
  ADD ("answer-without-a-name-is-held", test_answer_without_a_name_is_held);

  return g_test_run ();
}
