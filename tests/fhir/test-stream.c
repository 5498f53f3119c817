/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <string.h>

#define LARGE (3 * 1024 * 1024 + 17)

typedef struct
{
  SoupServer *server;
  char *base;
  GBytes *large;
  const char *valid; /* the only token that is accepted; NULL: any or none */
  GBytes *received;
  char *content_type;
  char *context;
  guint n_requests;
} Hospital;

static void
put (SoupServerMessage *message, guint status, const char *type, GBytes *bytes)
{
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (message), type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
}

static void
take (Hospital *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GBytes) answer = g_bytes_new_static ("{}", 2);

  g_clear_pointer (&self->received, g_bytes_unref);
  self->received = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_free (self->content_type);
  self->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
  g_free (self->context);
  self->context = g_strdup (soup_message_headers_get_one (headers, "X-Security-Context"));
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location", "Binary/9/_history/1");
  put (message, 201, "application/fhir+json", answer);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Hospital *self = data;
  SoupMessageHeaders *answer = soup_server_message_get_response_headers (message);
  const char *token = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");
  g_autoptr (GBytes) html = g_bytes_new_static ("<html>", 6);
  static const char words[] = "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":"
                              "\"forbidden\",\"details\":{\"text\":\"not yours\"}}]}";
  g_autoptr (GBytes) outcome = g_bytes_new_static (words, sizeof words - 1);

  self->n_requests++;
  if (self->valid != NULL && g_strcmp0 (token, self->valid) != 0)
    soup_server_message_set_status (message, 401, NULL);
  else if (g_str_equal (soup_server_message_get_method (message), "POST"))
    take (self, message);
  else if (g_str_equal (path, "/fhir/Binary/html"))
    put (message, 200, "text/html", html);
  else if (g_str_equal (path, "/fhir/Binary/forbidden"))
    put (message, 403, "application/fhir+json", outcome);
  else if (g_str_equal (path, "/fhir/Binary/moved"))
    soup_server_message_set_redirect (message, 302, "https://elsewhere.example/file");
  else if (g_str_equal (path, "/fhir/Binary/packed"))
    {
      soup_message_headers_replace (answer, "Content-Encoding", "gzip");
      put (message, 200, "image/png", self->large);
    }
  else
    put (message, 200, "Image/PNG", self->large); /* libsoup answers ranges by itself */
}

static void
set_up (Hospital *self, gconstpointer unused)
{
  guint8 *bytes = g_malloc (LARGE);

  for (gsize i = 0; i < LARGE; i++)
    bytes[i] = (guint8)(i * 31 >> 3);
  self->large = g_bytes_new_take (bytes, LARGE);
  self->server = server_new (on_request, self);
  self->base = server_base (self->server);
}

static void
tear_down (Hospital *self, gconstpointer unused)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_free (self->base);
  g_bytes_unref (self->large);
  g_clear_pointer (&self->received, g_bytes_unref);
  g_free (self->content_type);
  g_free (self->context);
}

static void
on_sent (gint64 done, gpointer data)
{
  g_assert_cmpint (done, >, *(gint64 *)data);
  *(gint64 *)data = done;
}

static ZqFhirRequest *
upload (Hospital *self, gint64 *sent)
{
  ZqFhirRequest *request = zq_fhir_request_new ("POST", "Binary");

  request->content_type = g_strdup ("image/png");
  request->security_context = g_strdup ("Patient/1");
  request->body_stream = g_memory_input_stream_new_from_bytes (self->large);
  request->body_length = LARGE;
  request->sent = sent != NULL ? on_sent : NULL;
  request->sent_data = sent;

  return request;
}

static ZqFhirRequest *
download (const char *path, const char *range)
{
  ZqFhirRequest *request = zq_fhir_request_new ("GET", path);

  request->accept = g_strdup ("image/png");
  request->range = g_strdup (range);
  request->streamed = TRUE;

  return request;
}

static void
test_body_is_streamed (Hospital *self, gconstpointer unused)
{
  g_autoptr (ZqFhirClient) client = client_new (self->base, NULL);
  g_auto (Answer) answer = { 0 };
  gint64 sent = 0;

  ask (client, upload (self, &sent), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpint (sent, ==, LARGE);
  g_assert_true (g_bytes_equal (self->received, self->large));
  g_assert_cmpstr (self->content_type, ==, "image/png");
  g_assert_cmpstr (self->context, ==, "Patient/1");
  g_assert_cmpstr (answer.response->location, ==, "Binary/9/_history/1");
}

static void
test_body_is_sent_again_with_a_new_token (Hospital *self, gconstpointer unused)
{
  g_autoptr (CountingTokens) tokens = counting_tokens_new ();
  g_autoptr (ZqFhirClient) client = client_new (self->base, ZQ_TOKEN_PROVIDER (tokens));
  g_auto (Answer) answer = { 0 };

  self->valid = "Bearer token-2";
  ask (client, upload (self, NULL), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (counting_tokens_get_n_refreshes (tokens), ==, 1);
  g_assert_true (g_bytes_equal (self->received, self->large));
}

/* The server runs in this thread too. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GBytes **)data = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
}

static gboolean
has_bytes (gpointer data)
{
  return *(GBytes **)data != NULL;
}

static GBytes *
drain (GInputStream *stream)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  while (TRUE)
    {
      g_autoptr (GBytes) bytes = NULL;

      g_input_stream_read_bytes_async (stream, 65536, G_PRIORITY_DEFAULT, NULL, on_read, &bytes);
      g_assert_true (zq_test_wait_until (has_bytes, &bytes, 30));
      if (g_bytes_get_size (bytes) == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&whole));
      g_byte_array_append (whole, g_bytes_get_data (bytes, NULL), (guint)g_bytes_get_size (bytes));
    }
}

static void
test_answer_is_streamed (Hospital *self, gconstpointer unused)
{
  g_autoptr (ZqFhirClient) client = client_new (self->base, NULL);
  g_auto (Answer) answer = { 0 };
  g_autoptr (GBytes) whole = NULL;

  ask (client, download ("Binary/1", NULL), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.response->length, ==, LARGE);
  g_assert_cmpint (answer.response->range_start, ==, 0);
  g_assert_cmpstr (answer.response->content_type, ==, "image/png");
  whole = drain (answer.response->stream);
  g_assert_true (g_bytes_equal (whole, self->large));
}

static void
test_range_is_told (Hospital *self, gconstpointer unused)
{
  g_autoptr (ZqFhirClient) client = client_new (self->base, NULL);
  g_auto (Answer) answer = { 0 };
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (self->large, LARGE - 1000, 1000);
  g_autofree char *range = g_strdup_printf ("bytes=%d-", LARGE - 1000);

  ask (client, download ("Binary/1", range), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.response->status, ==, 206);
  g_assert_cmpint (answer.response->range_start, ==, LARGE - 1000);
  whole = drain (answer.response->stream);
  g_assert_true (g_bytes_equal (whole, rest));
}

static void
test_refusals_have_their_words (Hospital *self, gconstpointer unused)
{
  g_autoptr (ZqFhirClient) client = client_new (self->base, NULL);
  g_auto (Answer) answer = { 0 };

  ask (client, download ("Binary/forbidden", NULL), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN);
  g_assert_nonnull (strstr (answer.error->message, "not yours"));
  ask (client, download ("Binary/html", NULL), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  ask (client, download ("Binary/packed", NULL), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  ask (client, download ("Binary/moved", NULL), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
}

static void
test_nothing_elsewhere_is_reached (Hospital *self, gconstpointer unused)
{
  g_autoptr (ZqFhirClient) client = client_new (self->base, NULL);
  g_autofree char *own = g_strconcat (self->base, "/Binary/1", NULL);
  guint before = self->n_requests;

  g_assert_true (zq_fhir_client_reaches (client, "Binary/1"));
  g_assert_true (zq_fhir_client_reaches (client, own));
  g_assert_false (zq_fhir_client_reaches (client, "https://elsewhere.example/Binary/1"));
  g_assert_false (zq_fhir_client_reaches (client, "http://127.0.0.1:1/fhir/Binary/1"));
  g_assert_false (zq_fhir_client_reaches (client, "//elsewhere.example/x"));
  g_assert_false (zq_fhir_client_reaches (client, "urn:uuid:1"));
  g_assert_false (zq_fhir_client_reaches (client, "data:image/png;base64,AA=="));
  g_assert_false (zq_fhir_client_reaches (client, "file:///etc/passwd"));
  g_assert_cmpuint (self->n_requests, ==, before);
}

#define ADD(path, func) g_test_add ("/fhir-stream/" path, Hospital, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("body-is-streamed", test_body_is_streamed);
  ADD ("body-is-sent-again-with-a-new-token", test_body_is_sent_again_with_a_new_token);
  ADD ("answer-is-streamed", test_answer_is_streamed);
  ADD ("range-is-told", test_range_is_told);
  ADD ("refusals-have-their-words", test_refusals_have_their_words);
  ADD ("nothing-elsewhere-is-reached", test_nothing_elsewhere_is_reached);

  return g_test_run ();
}
