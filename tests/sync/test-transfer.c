/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "resource/json.h"
#include "store/attachments-reasons.h"
#include "store/attachments.h"
#include "store/txn.h"
#include "support/support.h"
#include "sync/binary-json.h"
#include "sync/sync.h"
#include "sync/transfer.h"

#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

#define MIB        (1024 * 1024)
#define LOCAL      "6f1f2a52-7f6c-4c58-9d0b-0f6a3f5c1a2e"
#define NO_ENTRIES "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}"
#define SIZE       (3 * MIB + 17)

/* --- the hospital ----------------------------------------------------------------------------- */

typedef enum
{
  AS_RAW,
  AS_JSON,
  AS_JSON_WHEN_ASKED, /* refuses anything else with 406 */
  AS_HTML,
  AS_CUT,     /* closes the connection in the middle, but for what is asked with a range */
  AS_CHUNKED, /* without a length */
  AS_STATUS,
  AS_MOVED, /* to another origin */
  AS_SLOW,  /* never answers */
} How;

typedef struct
{
  How how;
  guint status;
  GBytes *bytes;
  const char *type;
} File;

typedef struct
{
  ZqTestDir *dir;
  ZqClock *clock;
  GBytes *key;
  ZqStore *store;
  ZqFhirClient *client;
  ZqSessionStatus *status;
  ZqSync *sync;
  ZqPeer *peer;
  ZqTransfer *transfer;

  SoupServer *server;
  char *base;
  GHashTable *held;    /* id → File */
  GPtrArray *requests; /* "GET Binary/1 bytes=5-" */
  guint next_id;
  guint fail_posts;      /* the next ones answer 503 */
  gboolean lose_answers; /* does it and closes the connection */
  gboolean tell_nothing; /* no Location */
  gboolean hold_files;   /* nothing of what is sent as a file is read until they are released */
  GPtrArray *on_hold;    /* SoupServerMessage */
  gsize received;        /* of the last upload */
  char *checksum;
  char *content_type;
  char *context;
  char *last_json;
} Bench;

static guint8
byte_at (gsize at)
{
  return (guint8)((at * 2654435761u) >> 13) ^ (guint8)at;
}

static GBytes *
bytes_of (gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = byte_at (i);

  return g_bytes_new_take (bytes, size);
}

static char *
hash_of (GBytes *bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

static void
file_free (gpointer data)
{
  File *file = data;

  g_clear_pointer (&file->bytes, g_bytes_unref);
  g_free (file);
}

static File *
put_file (Bench *self, const char *id, How how, GBytes *bytes, guint status)
{
  File *file = g_new0 (File, 1);

  file->how = how;
  file->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  file->status = status;
  file->type = "image/png";
  g_hash_table_insert (self->held, g_strdup (id), file);

  return file;
}

static void
answer_json (SoupServerMessage *message, GBytes *bytes)
{
  g_autofree char *data = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *text = g_strdup_printf ("{\"resourceType\":\"Binary\",\"meta\":{\"data\":\"AAAA\"},\"id\":\"1\","
                                           "\"contentType\":\"image/png\", \"data\" : \"%s\"}",
                                           data);

  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
answer_cut (SoupServerMessage *message, GBytes *bytes)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                       g_bytes_get_size (bytes));

  /* What fits into the socket's buffer: nobody reads while this thread writes. */
  g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (out, g_bytes_get_data (bytes, NULL), 100000, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static void
answer_file (SoupServerMessage *message, const File *file)
{
  SoupMessageHeaders *asked = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *accept = soup_message_headers_get_one (asked, "Accept");

  soup_server_message_set_status (message, 200, NULL);
  if (file->how == AS_JSON || (file->how == AS_JSON_WHEN_ASKED && strstr (accept, "json") != NULL))
    answer_json (message, file->bytes);
  else if (file->how == AS_JSON_WHEN_ASKED)
    soup_server_message_set_status (message, 406, NULL);
  else if (file->how == AS_HTML)
    soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, "<html>", 6);
  else if (file->how == AS_CUT && soup_message_headers_get_one (asked, "Range") == NULL)
    answer_cut (message, file->bytes);
  else if (file->how == AS_STATUS)
    soup_server_message_set_status (message, file->status, NULL);
  else if (file->how == AS_MOVED)
    soup_server_message_set_redirect (message, 302, "https://elsewhere.example/x");
  else if (file->how == AS_SLOW)
    soup_server_message_pause (message);
  else
    {
      if (file->how == AS_CHUNKED)
        soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      soup_message_headers_set_content_type (headers, file->type, NULL);
      soup_message_body_append_bytes (soup_server_message_get_response_body (message), file->bytes);
      if (file->how == AS_CHUNKED)
        soup_message_body_complete (soup_server_message_get_response_body (message));
    }
}

static void
take_post (Bench *self, SoupServerMessage *message, const char *type)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *location = NULL;
  g_autofree char *text = NULL;

  if (self->fail_posts > 0)
    {
      self->fail_posts--;
      soup_server_message_set_status (message, 503, NULL);
      return;
    }
  location = g_strdup_printf ("%s/%s/%u/_history/1", self->base, type, ++self->next_id);
  if (self->lose_answers)
    {
      g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

      self->lose_answers = FALSE;
      g_io_stream_close (stream, NULL, NULL);
      return;
    }
  if (!self->tell_nothing)
    soup_message_headers_replace (headers, "Location", location);
  soup_server_message_set_status (message, 201, NULL);
  if (self->last_json == NULL || g_str_equal (type, "Binary"))
    return;
  text = g_strdup_printf ("{\"resourceType\":\"Basic\",\"id\":\"%u\",\"meta\":{\"versionId\":\"1\"},%s", self->next_id,
                          self->last_json + strlen ("{\"resourceType\":\"Basic\","));
  soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_COPY, text, strlen (text));
}

typedef struct
{
  Bench *bench;
  GChecksum *checksum;
  GString *text; /* of JSON */
} Body;

static void
body_free (gpointer data)
{
  Body *body = data;

  g_checksum_free (body->checksum);
  g_string_free (body->text, TRUE);
  g_free (body);
}

static void
on_chunk (SoupServerMessage *message, GBytes *chunk, Body *body)
{
  gsize length = 0;
  gconstpointer data = g_bytes_get_data (chunk, &length);

  g_checksum_update (body->checksum, data, (gssize)length);
  body->bench->received += length;
  if (body->bench->received < 100000)
    g_string_append_len (body->text, data, (gssize)length);
}

static void
take_body (SoupServerMessage *message, Body *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Bench *self = body->bench;

  g_free (self->checksum);
  self->checksum = g_strdup (g_checksum_get_string (body->checksum));
  if (g_strcmp0 (soup_message_headers_get_content_type (headers, NULL), "application/fhir+json") == 0)
    {
      g_free (self->last_json);
      self->last_json = g_strdup (body->text->str);
      return;
    }
  g_free (self->content_type);
  self->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  g_free (self->context);
  self->context = g_strdup (soup_message_headers_get_one (headers, "X-Security-Context"));
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Bench *self = data;
  const char *method = soup_server_message_get_method (message);
  const char *range = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Range");
  const char *rest = path + strlen ("/fhir/");
  const File *file;

  g_ptr_array_add (self->requests,
                   g_strdup_printf ("%s %s%s%s", method, rest, range != NULL ? " " : "", range != NULL ? range : ""));
  if (g_str_equal (method, "POST"))
    {
      take_body (message, g_object_get_data (G_OBJECT (message), "body"));
      take_post (self, message, rest);
      return;
    }
  if (g_str_equal (rest, "Basic"))
    {
      soup_server_message_set_status (message, 200, NULL);
      soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_STATIC, NO_ENTRIES,
                                        strlen (NO_ENTRIES));
      return;
    }
  file = g_str_has_prefix (rest, "Binary/") ? g_hash_table_lookup (self->held, rest + strlen ("Binary/")) : NULL;
  if (file == NULL)
    soup_server_message_set_status (message, 404, NULL);
  else
    answer_file (message, file);
}

/* A large file shall not lie in this program's memory because it is a server too. */
static void
on_early (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Body *body = g_new0 (Body, 1);

  body->bench = data;
  body->bench->received = 0;
  body->checksum = g_checksum_new (G_CHECKSUM_SHA1);
  body->text = g_string_new (NULL);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), body);
  g_object_set_data_full (G_OBJECT (message), "body", body, body_free);
  if (!body->bench->hold_files || !g_str_has_suffix (path, "/Binary"))
    return;
  g_ptr_array_add (body->bench->on_hold, g_object_ref (message));
  soup_server_message_pause (message);
}

static void
release_files (Bench *self)
{
  self->hold_files = FALSE;
  g_ptr_array_foreach (self->on_hold, (GFunc)soup_server_message_unpause, NULL);
  g_ptr_array_set_size (self->on_hold, 0);
}

/* --- kinds ------------------------------------------------------------------------------------ */

static gboolean
file_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  zq_edits_set_string (edits, "$.resourceType", "Binary");

  return TRUE;
}

static char *
file_content (ZqDb *db, const ZqIntent *intent, char **content_type, char **security_context)
{
  *content_type = g_strdup ("image/png");
  *security_context = g_strdup ("Patient/1");

  return g_strconcat ("urn:uuid:", intent->target_local_id, NULL);
}

static gboolean
note_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  g_autofree char *identifier =
      g_strdup_printf ("[{\"system\":\"%s\",\"value\":\"%s\"}]", ZQ_SYSTEM_LOCAL_ID, intent->target_local_id);

  zq_edits_set_string (edits, "$.resourceType", "Basic");
  zq_edits_set_json (edits, "$.identifier", identifier);
  if (strstr (intent->args, "plain") == NULL)
    zq_edits_set_json (edits, "$.payload", "[{\"contentAttachment\":{\"url\":\"urn:uuid:" LOCAL "\"}}]");

  return TRUE;
}

static const ZqIntentRule file_rules[] = {
  { .action = "upload", .apply = file_apply, .content = file_content },
  { NULL },
};
static const ZqIntentRule note_rules[] = {
  { .action = "write", .apply = note_apply },
  { NULL },
};
static const ZqResourceKind file_kind = {
  .name = "binary", .type = "Binary", .projection_version = 1, .rules = file_rules
};
static const ZqResourceKind note_kind = {
  .name = "note", .type = "Basic", .projection_version = 1, .rules = note_rules
};
static const ZqResourceKind *const KINDS[] = { &file_kind, &note_kind, NULL };

/* --- set-up ----------------------------------------------------------------------------------- */

static void
open_store (Bench *self)
{
  static const ZqSyncScope scope = { .me = "me" };
  ZqStoreConfig config = {
    .dir = self->dir, .key = self->key, .kinds = KINDS, .clock = self->clock, .base = self->base
  };
  g_autoptr (GError) error = NULL;

  self->store = zq_store_open (&config, &error);
  g_assert_no_error (error);
  self->client = zq_fhir_client_new (self->base, NULL, self->clock);
  self->status = zq_session_status_new ();
  self->sync = zq_sync_new (self->store, self->client, self->clock, &scope, self->status);
  self->peer = zq_peer_new (self->store, self->client, self->clock, &scope);
  self->transfer = zq_transfer_new (self->peer);
}

static void
close_store (Bench *self)
{
  g_clear_pointer (&self->transfer, zq_transfer_free);
  zq_sync_stop (self->sync);
  zq_store_close (self->store);
  zq_test_settle ();
  g_clear_object (&self->sync);
  g_clear_pointer (&self->peer, zq_peer_unref);
  g_clear_object (&self->client);
  g_clear_object (&self->status);
  g_clear_object (&self->store);
}

static void
set_up (Bench *self, gconstpointer unused)
{
  GSList *uris;
  g_autoptr (GError) error = NULL;

  self->dir = zq_test_temp_dir ();
  self->clock = zq_test_clock ();
  self->key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->on_hold = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (self->server, "/fhir", on_early, self, NULL);
  soup_server_add_handler (self->server, "/fhir", on_request, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->base = g_strdup_printf ("http://127.0.0.1:%d/fhir", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  open_store (self);
}

static void
tear_down (Bench *self, gconstpointer unused)
{
  close_store (self);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_unref (self->held);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->on_hold);
  g_bytes_unref (self->key);
  g_object_unref (self->clock);
  zq_test_dir_free (self->dir);
  g_free (self->base);
  g_free (self->checksum);
  g_free (self->content_type);
  g_free (self->context);
  g_free (self->last_json);
}

static ZqAttachments *
files_of (Bench *self)
{
  return zq_store_get_attachments (self->store);
}

typedef struct
{
  Bench *bench;
  const char *key;
  ZqAttachmentState state;
  guint n_requests;
  gboolean passes; /* time, so that rests end */
} Until;

static gboolean
is_in_state (gpointer data)
{
  Until *until = data;
  g_auto (ZqAttachmentInfo) info = { 0 };

  if (until->passes)
    {
      zq_clock_advance (until->bench->clock, G_USEC_PER_SEC / 10);
      g_main_context_wakeup (NULL);
    }
  zq_attachments_peek (files_of (until->bench), until->key, &info);

  return info.state == until->state && until->bench->requests->len >= until->n_requests;
}

static void
wait_state (Bench *self, const char *key, ZqAttachmentState state)
{
  Until until = { self, key, state, 0, TRUE };
  g_auto (ZqAttachmentInfo) info = { 0 };

  if (zq_test_wait_until (is_in_state, &until, 20))
    return;
  zq_attachments_peek (files_of (self), key, &info);
  g_error ("%s is in state %d with %d bytes (%s) after %u requests", key, info.state, (int)info.done, info.reason,
           self->requests->len);
}

/* So many have been asked for, and this one is on its way or rests. */
static void
wait_requests (Bench *self, guint n, gboolean passes)
{
  Until until = { self, "Binary/1", ZQ_ATTACHMENT_WANTED, n, passes };

  if (!zq_test_wait_until (is_in_state, &until, 20))
    g_error ("%u requests of %u", self->requests->len, n);
}

static gboolean
has_come (gpointer data)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files_of (data), "Binary/1", &info);

  return info.state == ZQ_ATTACHMENT_WANTED && info.done > 0;
}

static void
assert_held (Bench *self, const char *key, GBytes *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8 *bytes = g_malloc (g_bytes_get_size (expected) + 1);
  gsize n = 0;

  wait_state (self, key, ZQ_ATTACHMENT_HELD);
  zq_test_settle ();
  stream = zq_attachments_open (files_of (self), key, &error);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (stream, bytes, g_bytes_get_size (expected) + 1, &n, NULL, &error));
  g_assert_cmpmem (bytes, n, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static void
assert_refused (Bench *self, const char *key, const char *reason)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  wait_state (self, key, ZQ_ATTACHMENT_REFUSED);
  zq_attachments_peek (files_of (self), key, &info);
  g_assert_cmpstr (info.reason, ==, reason);
}

static const char *
request_at (Bench *self, guint i)
{
  g_assert_cmpuint (i, <, self->requests->len);

  return g_ptr_array_index (self->requests, i);
}

/* --- downloads -------------------------------------------------------------------------------- */

static void
test_wanted_is_fetched (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_autofree char *hash = hash_of (bytes);
  g_autofree char *own = g_strconcat (self->base, "/Binary/3", NULL);

  put_file (self, "1", AS_RAW, bytes, 0);
  put_file (self, "2", AS_CHUNKED, bytes, 0);
  put_file (self, "3", AS_RAW, bytes, 0);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/2", SIZE, hash, "image/png");
  zq_attachments_want (files_of (self), own, 0, NULL, NULL);
  assert_held (self, "Binary/1", bytes);
  assert_held (self, "Binary/2", bytes);
  assert_held (self, own, bytes);
  g_assert_cmpuint (self->requests->len, ==, 3);
}

/* By itself, and what was wanted before a start as well. */
static void
test_sync_fetches_by_itself (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);

  put_file (self, "1", AS_RAW, bytes, 0);
  put_file (self, "2", AS_RAW, bytes, 0);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, NULL, "image/png");
  close_store (self);
  open_store (self);
  zq_sync_start (self->sync);
  zq_attachments_want (files_of (self), "Binary/2", SIZE, NULL, "image/png");
  assert_held (self, "Binary/1", bytes);
  assert_held (self, "Binary/2", bytes);
}

static void
test_json_is_taken_as_well (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_autofree char *hash = hash_of (bytes);

  put_file (self, "1", AS_JSON, bytes, 0);
  put_file (self, "2", AS_JSON_WHEN_ASKED, bytes, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", SIZE, hash, "image/png");
  assert_held (self, "Binary/1", bytes);
  assert_held (self, "Binary/2", bytes);
}

static void
test_cut_off_goes_on (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_autofree char *hash = hash_of (bytes);

  put_file (self, "1", AS_CUT, bytes, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  g_assert_true (zq_test_wait_until (has_come, self, 20));
  assert_held (self, "Binary/1", bytes);
  g_assert_cmpstr (request_at (self, 1), ==, "GET Binary/1 bytes=100000-");
}

/* Without a hash nothing says that a rest belongs to the same file. */
static void
test_cut_off_without_hash_begins_again (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  File *file = put_file (self, "1", AS_CUT, bytes, 0);

  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, NULL, "image/png");
  g_assert_true (zq_test_wait_until (has_come, self, 20));
  file->how = AS_RAW;
  assert_held (self, "Binary/1", bytes);
  g_assert_cmpstr (request_at (self, 1), ==, "GET Binary/1");
}

/* The beginning is of a file that was replaced at the hospital meanwhile. */
static void
test_rest_of_another_version_begins_again (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_autoptr (GBytes) old = g_bytes_new_take (g_malloc0 (SIZE), SIZE);
  g_autofree char *hash = hash_of (bytes);
  File *file = put_file (self, "1", AS_CUT, old, 0);

  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE, hash, "image/png");
  g_assert_true (zq_test_wait_until (has_come, self, 20));
  file->how = AS_RAW;
  g_bytes_unref (file->bytes);
  file->bytes = g_bytes_ref (bytes);
  assert_held (self, "Binary/1", bytes);
  g_assert_cmpuint (self->requests->len, ==, 3);
  g_assert_cmpstr (request_at (self, 2), ==, "GET Binary/1");
}

static void
test_lies_are_refused (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_autoptr (GBytes) large = bytes_of (ZQ_TRANSFER_LIMIT + 1);
  g_autoptr (GBytes) small = bytes_of (1000);
  g_autofree char *hash = hash_of (small);

  put_file (self, "1", AS_RAW, bytes, 0);
  put_file (self, "2", AS_CHUNKED, bytes, 0);
  put_file (self, "3", AS_RAW, bytes, 0);
  put_file (self, "4", AS_RAW, large, 0);
  put_file (self, "5", AS_CHUNKED, large, 0);
  put_file (self, "6", AS_JSON, bytes, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", SIZE - 1, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", 1000, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/3", 0, hash, "image/png");
  zq_attachments_want (files_of (self), "Binary/4", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/5", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/6", 1000, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/7", G_GINT64_CONSTANT (1) << 40, NULL, "image/png");
  assert_refused (self, "Binary/1", ZQ_ATTACHMENT_REASON_SIZE);
  assert_refused (self, "Binary/2", ZQ_ATTACHMENT_REASON_SIZE);
  assert_refused (self, "Binary/3", ZQ_ATTACHMENT_REASON_HASH);
  assert_refused (self, "Binary/4", ZQ_ATTACHMENT_REASON_TOO_LARGE);
  assert_refused (self, "Binary/5", ZQ_ATTACHMENT_REASON_TOO_LARGE);
  assert_refused (self, "Binary/6", ZQ_ATTACHMENT_REASON_SIZE);
  assert_refused (self, "Binary/7", ZQ_ATTACHMENT_REASON_TOO_LARGE);
}

static void
test_refusals_say_why (Bench *self, gconstpointer unused)
{
  static const char *const odd[] = { "https://elsewhere.example/fhir/Binary/1",
                                     "//elsewhere.example/x",
                                     "file:///etc/passwd",
                                     "data:image/png;base64,AA==",
                                     "Patient/1",
                                     "../Binary/1" };

  put_file (self, "1", AS_STATUS, NULL, 403);
  put_file (self, "2", AS_STATUS, NULL, 410);
  put_file (self, "3", AS_STATUS, NULL, 400);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/3", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/none", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/../Patient", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "urn:uuid:none", 0, NULL, "image/png");
  assert_refused (self, "Binary/1", ZQ_ATTACHMENT_REASON_FORBIDDEN);
  assert_refused (self, "Binary/2", ZQ_ATTACHMENT_REASON_NOT_THERE);
  assert_refused (self, "Binary/3", ZQ_ATTACHMENT_REASON_REFUSED);
  assert_refused (self, "Binary/none", ZQ_ATTACHMENT_REASON_NOT_THERE);
  assert_refused (self, "Binary/../Patient", ZQ_ATTACHMENT_REASON_NOT_THERE);
  assert_refused (self, "urn:uuid:none", ZQ_ATTACHMENT_REASON_NOT_THERE);
  g_ptr_array_set_size (self->requests, 0);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      zq_attachments_want (files_of (self), odd[i], 0, NULL, "image/png");
      assert_refused (self, odd[i], ZQ_ATTACHMENT_REASON_ELSEWHERE);
    }
  g_assert_cmpuint (self->requests->len, ==, 0);
}

/* A gateway's page may be a moment's; three of them are an answer. */
static void
test_odd_answers_are_refused_at_last (Bench *self, gconstpointer unused)
{
  put_file (self, "1", AS_HTML, NULL, 0);
  put_file (self, "2", AS_MOVED, NULL, 0);
  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", 0, NULL, "image/png");
  zq_attachments_want (files_of (self), "Binary/2", 0, NULL, "image/png");
  assert_refused (self, "Binary/1", ZQ_ATTACHMENT_REASON_UNREADABLE);
  assert_refused (self, "Binary/2", ZQ_ATTACHMENT_REASON_UNREADABLE);
  g_assert_cmpuint (self->requests->len, ==, 6);
}

static void
test_hospital_that_is_away_is_waited_for (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  File *file = put_file (self, "1", AS_STATUS, bytes, 503);

  zq_transfer_start (self->transfer);
  zq_attachments_want (files_of (self), "Binary/1", 0, NULL, "image/png");
  wait_requests (self, 3, TRUE);
  file->status = 500;
  wait_requests (self, 6, TRUE);
  file->how = AS_RAW;
  assert_held (self, "Binary/1", bytes);
}

static void
test_cancelled_one_ends (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);

  put_file (self, "1", AS_SLOW, NULL, 0);
  put_file (self, "2", AS_SLOW, NULL, 0);
  put_file (self, "3", AS_RAW, bytes, 0);
  zq_transfer_start (self->transfer);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *key = g_strdup_printf ("Binary/%u", i);

      zq_attachments_want (files_of (self), key, 0, NULL, "image/png");
    }
  wait_requests (self, 2, FALSE);
  zq_test_settle ();
  g_assert_cmpuint (self->requests->len, ==, 2);
  zq_attachments_cancel (files_of (self), "Binary/1");
  assert_held (self, "Binary/3", bytes);
  wait_state (self, "Binary/1", ZQ_ATTACHMENT_NONE);
  wait_state (self, "Binary/2", ZQ_ATTACHMENT_WANTED);
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

static gint64 add_upload (Bench *self);
static void keep (Bench *self, const char *key, GBytes *bytes);
static void push (Bench *self);

static void
test_large_files_keep_memory_flat (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (40 * MIB);
  gsize before;

  put_file (self, "1", AS_RAW, bytes, 0);
  zq_transfer_start (self->transfer);
  if (!reset_peak () || peak_kb () == 0)
    {
      g_test_skip ("the peak of memory cannot be measured here");
      return;
    }
  before = peak_kb ();
  zq_attachments_want (files_of (self), "Binary/1", 40 * MIB, NULL, "image/png");
  wait_state (self, "Binary/1", ZQ_ATTACHMENT_HELD);
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
keep (Bench *self, const char *key, GBytes *bytes)
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
add_upload (Bench *self)
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
push (Bench *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_sync_push_async (self->sync, NULL, on_done, &result);
  g_assert_true (zq_test_wait_until (has_result, &result, 60));
  zq_sync_push_finish (self->sync, result, NULL);
  zq_test_settle ();
}

static guint
n_intents (Bench *self)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (zq_store_get_main_db (self->store), NULL);

  return intents->len;
}

static ZqIntent *
first_intent (Bench *self)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (zq_store_get_main_db (self->store), NULL);

  g_assert_cmpuint (intents->len, >, 0);

  return zq_intent_copy (g_ptr_array_index (intents, 0));
}

static void
assert_received (Bench *self, GBytes *bytes)
{
  g_autofree char *expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);

  g_assert_cmpstr (self->checksum, ==, expected);
  g_assert_cmpstr (self->content_type, ==, "image/png");
  g_assert_cmpstr (self->context, ==, "Patient/1");
}

static void
test_file_goes_before_what_names_it (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_autofree char *expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);
  g_autoptr (GError) error = NULL;

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, write_note, NULL, &error);
  g_assert_no_error (error);
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 0);
  g_assert_cmpuint (self->requests->len, ==, 2);
  g_assert_cmpstr (request_at (self, 0), ==, "POST Binary");
  g_assert_cmpstr (request_at (self, 1), ==, "POST Basic");
  g_assert_nonnull (strstr (self->last_json, "\"url\":\"Binary/1\""));
  assert_held (self, "Binary/1", bytes);
  assert_held (self, "urn:uuid:" LOCAL, bytes);
}

static void
test_upload_carries_type_and_context (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);

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
test_upload_tells_progress (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
  g_auto (ZqAttachmentInfo) info = { 0 };
  guint n = 0;

  keep (self, "urn:uuid:" LOCAL, bytes);
  zq_test_settle ();
  add_upload (self);
  g_signal_connect (files_of (self), "changed", G_CALLBACK (count_sending), &n);
  push (self);
  g_signal_handlers_disconnect_by_func (files_of (self), count_sending, &n);
  g_assert_cmpuint (n, >=, 1);
  wait_state (self, "Binary/1", ZQ_ATTACHMENT_HELD);
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
send_file (Bench *self, const char *chain, GBytes *bytes)
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
send_reply (Bench *self, const char *chain, gint64 not_before)
{
  Sent sent = { chain, NULL, not_before };
  g_autoptr (GError) error = NULL;

  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, write_sent, &sent, &error);
  g_assert_no_error (error);
}

typedef struct
{
  Bench *bench;
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
test_reply_passes_a_crawling_upload (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (20 * MIB);
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
  release_files (self);
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
test_reply_whose_time_comes_passes_an_upload (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (20 * MIB);
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
test_reply_passes_many_uploads (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);
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
  release_files (self);
  g_assert_true (zq_test_wait_until (has_so_many_intents, &none, 60));
  push (self);
}

/* Nothing finds it at the hospital: a copy that nobody refers to is the price. */
static void
test_unclear_upload_is_sent_again (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  self->lose_answers = TRUE;
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 1);
  push (self);
  g_assert_cmpuint (n_intents (self), ==, 0);
  g_assert_cmpuint (self->requests->len, ==, 2);
  g_assert_cmpstr (request_at (self, 1), ==, "POST Binary");
  assert_received (self, bytes);
  assert_held (self, "Binary/2", bytes);
}

static void
test_busy_hospital_gets_it_later (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (SIZE);

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
test_lost_file_is_held (Bench *self, gconstpointer unused)
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
test_answer_without_a_name_is_held (Bench *self, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = bytes_of (1000);
  g_autoptr (ZqIntent) intent = NULL;

  keep (self, "urn:uuid:" LOCAL, bytes);
  add_upload (self);
  self->tell_nothing = TRUE;
  push (self);
  intent = first_intent (self);
  g_assert_cmpint (intent->state, ==, ZQ_INTENT_HELD);
  g_assert_cmpstr (intent->error, ==, ZQ_ATTACHMENT_REASON_UNTOLD);
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

#define ADD(path, func) g_test_add ("/transfer/" path, Bench, NULL, set_up, func, tear_down)

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
  g_test_add_func ("/transfer/json-in-pieces", test_json_in_pieces);
  g_test_add_func ("/transfer/json-that-is-none", test_json_that_is_none);

  return g_test_run ();
}
