/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/files.h"

#include "base/id.h"

#include <string.h>

static guint8
byte_at (gsize at)
{
  return (guint8)((at * 2654435761u) >> 13) ^ (guint8)at;
}

GBytes *
files_bytes (gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = byte_at (i);

  return g_bytes_new_take (bytes, size);
}

char *
files_hash (GBytes *bytes)
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

File *
files_put (Files *self, const char *id, How how, GBytes *bytes, guint status)
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
take_post (Files *self, SoupServerMessage *message, const char *type)
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
  Files *bench;
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
  Files *self = body->bench;

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
  Files *self = data;
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

void
files_release (Files *self)
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

void
files_open_store (Files *self)
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

void
files_close_store (Files *self)
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

void
files_set_up (Files *self, gconstpointer unused)
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
  files_open_store (self);
}

void
files_tear_down (Files *self, gconstpointer unused)
{
  files_close_store (self);
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

ZqAttachments *
files_of (Files *self)
{
  return zq_store_get_attachments (self->store);
}

typedef struct
{
  Files *bench;
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

void
files_wait_state (Files *self, const char *key, ZqAttachmentState state)
{
  Until until = { self, key, state, 0, TRUE };
  g_auto (ZqAttachmentInfo) info = { 0 };

  if (zq_test_wait_until (is_in_state, &until, 20))
    return;
  zq_attachments_peek (files_of (self), key, &info);
  g_error ("%s is in state %d with %d bytes (%s) after %u requests", key, info.state, (int)info.done, info.reason,
           self->requests->len);
}

void
files_wait_requests (Files *self, guint n, gboolean passes)
{
  Until until = { self, "Binary/1", ZQ_ATTACHMENT_WANTED, n, passes };

  if (!zq_test_wait_until (is_in_state, &until, 20))
    g_error ("%u requests of %u", self->requests->len, n);
}

gboolean
files_has_come (gpointer data)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files_of (data), "Binary/1", &info);

  return info.state == ZQ_ATTACHMENT_WANTED && info.done > 0;
}

void
files_assert_held (Files *self, const char *key, GBytes *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8 *bytes = g_malloc (g_bytes_get_size (expected) + 1);
  gsize n = 0;

  files_wait_state (self, key, ZQ_ATTACHMENT_HELD);
  zq_test_settle ();
  stream = zq_attachments_open (files_of (self), key, &error);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (stream, bytes, g_bytes_get_size (expected) + 1, &n, NULL, &error));
  g_assert_cmpmem (bytes, n, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

void
files_assert_refused (Files *self, const char *key, const char *reason)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  files_wait_state (self, key, ZQ_ATTACHMENT_REFUSED);
  zq_attachments_peek (files_of (self), key, &info);
  g_assert_cmpstr (info.reason, ==, reason);
}

const char *
files_request_at (Files *self, guint i)
{
  g_assert_cmpuint (i, <, self->requests->len);

  return g_ptr_array_index (self->requests, i);
}
