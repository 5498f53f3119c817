/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that come. */
#include "sync/files.h"

#include "sync/binary-json.h"

#include <string.h>

/* --- downloads -------------------------------------------------------------------------------- */

static void
test_wanted_is_fetched (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_autofree char *hash = files_hash (bytes);
  g_autofree char *own = g_strconcat (self->base, "/Binary/3", NULL);

  files_put (self, "1", AS_RAW, bytes, 0);
  files_put (self, "2", AS_CHUNKED, bytes, 0);
  files_put (self, "3", AS_RAW, bytes, 0);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/2", SIZE, hash, "image/png");
  zq_attachments_want (files_of (self), own, 0, NULL, NULL);
  files_assert_held (self, "Binary/1", bytes);
  files_assert_held (self, "Binary/2", bytes);
  files_assert_held (self, own, bytes);
  g_assert_cmpuint (self->requests->len, ==, 3);
}

/* By itself, and what was wanted before a start as well. */
static void
test_sync_fetches_by_itself (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);

  files_put (self, "1", AS_RAW, bytes, 0);
  files_put (self, "2", AS_RAW, bytes, 0);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, NULL, "image/png");
  files_close_store (self);
  files_open_store (self);
  zq_sync_start (self->sync);
  zq_attachments_want (files_of (self), "Binary/2", SIZE, NULL, "image/png");
  files_assert_held (self, "Binary/1", bytes);
  files_assert_held (self, "Binary/2", bytes);
}

static void
test_json_is_taken_as_well (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_autofree char *hash = files_hash (bytes);

  files_put (self, "1", AS_JSON, bytes, 0);
  files_put (self, "2", AS_JSON_WHEN_ASKED, bytes, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", SIZE, hash, "image/png");
  files_assert_held (self, "Binary/1", bytes);
  files_assert_held (self, "Binary/2", bytes);
}

static void
test_cut_off_goes_on (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_autofree char *hash = files_hash (bytes);

  files_put (self, "1", AS_CUT, bytes, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  g_assert_true (zq_test_wait_until (files_has_come, self, 20));
  files_assert_held (self, "Binary/1", bytes);
  g_assert_cmpstr (files_request_at (self, 1), ==, "GET Binary/1 bytes=100000-");
}

/* Without a hash nothing says that a rest belongs to the same file. */
static void
test_cut_off_without_hash_begins_again (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  File *file = files_put (self, "1", AS_CUT, bytes, 0);

  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, NULL, "image/png");
  g_assert_true (zq_test_wait_until (files_has_come, self, 20));
  file->how = AS_RAW;
  files_assert_held (self, "Binary/1", bytes);
  g_assert_cmpstr (files_request_at (self, 1), ==, "GET Binary/1");
}

/* The beginning is of a file that was replaced at the hospital meanwhile. */
static void
test_rest_of_another_version_begins_again (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_autoptr (GBytes) old = g_bytes_new_take (g_malloc0 (SIZE), SIZE);
  g_autofree char *hash = files_hash (bytes);
  File *file = files_put (self, "1", AS_CUT, old, 0);

  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  g_assert_true (zq_test_wait_until (files_has_come, self, 20));
  file->how = AS_RAW;
  g_bytes_unref (file->bytes);
  file->bytes = g_bytes_ref (bytes);
  files_assert_held (self, "Binary/1", bytes);
  g_assert_cmpuint (self->requests->len, ==, 3);
  g_assert_cmpstr (files_request_at (self, 2), ==, "GET Binary/1");
}

static void
test_lies_are_refused (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  g_autoptr (GBytes) large = files_bytes (ZQ_TRANSFER_LIMIT + 1);
  g_autoptr (GBytes) small = files_bytes (1000);
  g_autofree char *hash = files_hash (small);

  files_put (self, "1", AS_RAW, bytes, 0);
  files_put (self, "2", AS_CHUNKED, bytes, 0);
  files_put (self, "3", AS_RAW, bytes, 0);
  files_put (self, "4", AS_RAW, large, 0);
  files_put (self, "5", AS_CHUNKED, large, 0);
  files_put (self, "6", AS_JSON, bytes, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE - 1, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", 1000, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/3", 0, hash, "image/png");
  zq_attachments_want (files_of (self), "Binary/4", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/5", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/6", 1000, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/7", G_GINT64_CONSTANT (1) << 40, NULL, "image/png");
  files_assert_refused (self, "Binary/1", ZQ_ATTACHMENT_REASON_SIZE);
  files_assert_refused (self, "Binary/2", ZQ_ATTACHMENT_REASON_SIZE);
  files_assert_refused (self, "Binary/3", ZQ_ATTACHMENT_REASON_HASH);
  files_assert_refused (self, "Binary/4", ZQ_ATTACHMENT_REASON_TOO_LARGE);
  files_assert_refused (self, "Binary/5", ZQ_ATTACHMENT_REASON_TOO_LARGE);
  files_assert_refused (self, "Binary/6", ZQ_ATTACHMENT_REASON_SIZE);
  files_assert_refused (self, "Binary/7", ZQ_ATTACHMENT_REASON_TOO_LARGE);
}

static void
test_refusals_say_why (Files *self, gconstpointer unused)
{
  static const char *const odd[] = { "https://elsewhere.example/fhir/Binary/1",
                                     "//elsewhere.example/x",
                                     "file:///etc/passwd",
                                     "data:image/png;base64,AA==",
                                     "Patient/1",
                                     "../Binary/1" };

  files_put (self, "1", AS_STATUS, NULL, 403);
  files_put (self, "2", AS_STATUS, NULL, 410);
  files_put (self, "3", AS_STATUS, NULL, 400);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/3", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/none", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/../Patient", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "urn:uuid:none", 0, NULL, "image/png");
  files_assert_refused (self, "Binary/1", ZQ_ATTACHMENT_REASON_FORBIDDEN);
  files_assert_refused (self, "Binary/2", ZQ_ATTACHMENT_REASON_NOT_THERE);
  files_assert_refused (self, "Binary/3", ZQ_ATTACHMENT_REASON_REFUSED);
  files_assert_refused (self, "Binary/none", ZQ_ATTACHMENT_REASON_NOT_THERE);
  files_assert_refused (self, "Binary/../Patient", ZQ_ATTACHMENT_REASON_NOT_THERE);
  files_assert_refused (self, "urn:uuid:none", ZQ_ATTACHMENT_REASON_NOT_THERE);
  g_ptr_array_set_size (self->requests, 0);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      zq_attachments_want (files_of (self), odd[i], 0, NULL, "image/png");
      files_assert_refused (self, odd[i], ZQ_ATTACHMENT_REASON_ELSEWHERE);
    }
  g_assert_cmpuint (self->requests->len, ==, 0);
}

/* A gateway's page may be a moment's; three of them are an answer. */
static void
test_odd_answers_are_refused_at_last (Files *self, gconstpointer unused)
{
  files_put (self, "1", AS_HTML, NULL, 0);
  files_put (self, "2", AS_MOVED, NULL, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", 0, NULL, "image/png");
  files_assert_refused (self, "Binary/1", ZQ_ATTACHMENT_REASON_UNREADABLE);
  files_assert_refused (self, "Binary/2", ZQ_ATTACHMENT_REASON_UNREADABLE);
  g_assert_cmpuint (self->requests->len, ==, 6);
}

static void
test_hospital_that_is_away_is_waited_for (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);
  File *file = files_put (self, "1", AS_STATUS, bytes, 503);

  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", 0, NULL, "image/png");
  files_wait_requests (self, 3, TRUE);
  file->status = 500;
  files_wait_requests (self, 6, TRUE);
  file->how = AS_RAW;
  files_assert_held (self, "Binary/1", bytes);
}

static void
test_cancelled_one_ends (Files *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = files_bytes (SIZE);

  files_put (self, "1", AS_SLOW, NULL, 0);
  files_put (self, "2", AS_SLOW, NULL, 0);
  files_put (self, "3", AS_RAW, bytes, 0);
  zq_transfer_start (self->transfer);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *key = g_strdup_printf ("Binary/%u", i);

      zq_attachments_want (files_of (self), key, 0, NULL, "image/png");
    }
  files_wait_requests (self, 2, FALSE);
  zq_test_settle ();
  g_assert_cmpuint (self->requests->len, ==, 2);
  zq_attachments_cancel (files_of (self), "Binary/1");
  files_assert_held (self, "Binary/3", bytes);
  files_wait_state (self, "Binary/1", ZQ_ATTACHMENT_NONE);
  files_wait_state (self, "Binary/2", ZQ_ATTACHMENT_WANTED);
}

/* --- JSON in pieces --------------------------------------------------------------------------- */

static void
test_json_in_pieces (void)
{
  static const char text[] =
      "\n{ \"resourceType\" : \"Binary\", \"x\":{\"data\":\"QUFB\"}, \"y\":[\"data\",{\"data\":\"QUFB\"}], "
      "\"z\":\"data\","
      "\"n\":-1.5e3, \"e\":\"a\\\"b\\\\\", \"data\":\"aGVs\\/G8g\\nd29y\\r\\n\\u002BGQ=\", \"last\":null }\n ";
  static const guint8 expected[] = "hel";

  for (gsize piece = 1; piece < sizeof text; piece++)
    {
      g_autoptr (ZqBinaryJson) json = zq_binary_json_new ();
      g_autoptr (GByteArray) out = g_byte_array_new ();

      for (gsize at = 0; at < sizeof text - 1; at += piece)
        g_assert_true (zq_binary_json_feed (json, text + at, MIN (piece, sizeof text - 1 - at), out));
      g_assert_true (zq_binary_json_is_whole (json));
      g_assert_true (zq_binary_json_has_data (json));
      g_assert_cmpuint (out->len, ==, 11);
      g_assert_cmpmem (out->data, 3, expected, 3);
    }
}

static void
test_json_that_is_none (void)
{
  static const char *const wrong[] = { "[1]", "<html>", "{\"data\":\"!!\"}", "{} x",
                                       "{\"data\":\"AA==\",\"data\":\"AA==\"}" };
  static const char *const unfinished[] = { "{\"data\":\"AA", "{\"data\":\"AA==\"", "", "{\"a\":{}" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (ZqBinaryJson) json = zq_binary_json_new ();
      g_autoptr (GByteArray) out = g_byte_array_new ();

      g_assert_false (zq_binary_json_feed (json, wrong[i], strlen (wrong[i]), out));
    }
  for (guint i = 0; i < G_N_ELEMENTS (unfinished); i++)
    {
      g_autoptr (ZqBinaryJson) json = zq_binary_json_new ();
      g_autoptr (GByteArray) out = g_byte_array_new ();

      g_assert_true (zq_binary_json_feed (json, unfinished[i], strlen (unfinished[i]), out));
      g_assert_false (zq_binary_json_is_whole (json));
    }
}

#define ADD(path, func) g_test_add ("/transfer/" path, Files, NULL, files_set_up, func, files_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("wanted-is-fetched", test_wanted_is_fetched);
  ADD ("sync-fetches-by-itself", test_sync_fetches_by_itself);
  ADD ("json-is-taken-as-well", test_json_is_taken_as_well);
  ADD ("cut-off-goes-on", test_cut_off_goes_on);
  ADD ("cut-off-without-hash-begins-again", test_cut_off_without_hash_begins_again);
  ADD ("rest-of-another-version-begins-again", test_rest_of_another_version_begins_again);
  ADD ("lies-are-refused", test_lies_are_refused);
  ADD ("refusals-say-why", test_refusals_say_why);
  ADD ("odd-answers-are-refused-at-last", test_odd_answers_are_refused_at_last);
  ADD ("hospital-that-is-away-is-waited-for", test_hospital_that_is_away_is_waited_for);
  ADD ("cancelled-one-ends", test_cancelled_one_ends);
  g_test_add_func ("/transfer/json-in-pieces", test_json_in_pieces);
  g_test_add_func ("/transfer/json-that-is-none", test_json_that_is_none);

  return g_test_run ();
}
