/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers that break the rules of HTTP or stretch them. */
#include "fixture.h"
#include "raw-server.h"

#include <string.h>

#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"

static void
expect_protocol (const char *text, gboolean post)
{
  g_autoptr (RawServer) server = raw_server_new (&text, 1);
  g_autofree char *base = raw_server_base (server);
  g_autoptr (ZqFhirClient) client = client_new (base, NULL);
  g_auto (Answer) answer = { 0 };

  ask (client, post ? post_request ("Basic") : zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  g_assert_cmpint (answer.unclear, ==, post);
}

static void
test_truncated (void)
{
  for (gboolean post = FALSE; post <= TRUE; post++)
    {
      expect_protocol (JSON_HEAD "Content-Length: 100\r\n\r\n{\"resourceType\":", post);
      expect_protocol (JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n10\r\n{\"resourceType\":\r\n", post);
      expect_protocol (JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n20\r\n{\"resource", post);
    }
}

static void
test_not_http (void)
{
  expect_protocol ("SSH-2.0-OpenSSH_9.2\r\n\r\n", FALSE);
}

static void
test_refusal_without_words (void)
{
  const char *text = "HTTP/1.1 422 No\r\nContent-Type: application/fhir+json\r\nContent-Length: 500\r\n\r\n{\"resource";
  g_autoptr (RawServer) server = raw_server_new (&text, 1);
  g_autofree char *base = raw_server_base (server);
  g_autoptr (ZqFhirClient) client = client_new (base, NULL);
  g_auto (Answer) answer = { 0 };

  ask (client, post_request ("Basic"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_REFUSED);
  g_assert_false (answer.unclear);
}

static void
test_dropped (void)
{
  const char *text = NULL;
  g_autoptr (RawServer) server = raw_server_new (&text, 1);
  g_autofree char *base = raw_server_base (server);
  g_autoptr (ZqFhirClient) client = client_new (base, NULL);
  g_auto (Answer) answer = { 0 };

  ask (client, post_request ("Basic"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_true (answer.unclear);
  g_assert_cmpint (raw_server_n_requests (server), ==, 1);
  ask (client, zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_false (answer.unclear);
}

/* libsoup sends again what met a kept connection's end, a PUT without its body: a write must not be
 * among it (it gets a connection of its own). */
static void
test_dropped_on_kept_connection (gconstpointer method)
{
  ZqFhirRequest *request = zq_fhir_request_new (method, "Basic/1");
  const char *const texts[] = { JSON_HEAD "Content-Length: 2\r\n\r\n{}", NULL };
  g_autoptr (RawServer) server = raw_server_new (texts, G_N_ELEMENTS (texts));
  g_autofree char *base = raw_server_base (server);
  g_autoptr (ZqFhirClient) client = client_new (base, NULL);
  g_auto (Answer) answer = { 0 };

  raw_server_keep_alive (server);
  ask (client, zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_no_error (answer.error);
  request->body = g_bytes_new_static ("{}", 2);
  ask (client, request, &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_true (answer.unclear);
  g_assert_cmpint (raw_server_n_requests (server), ==, 2);
  g_assert_cmpint (raw_server_n_connections (server), ==, 2);
}

static void
test_waits (void)
{
  static const struct
  {
    const char *header;
    gint64 seconds;
  } cases[] = {
    { "Retry-After: 120", 120 },
    { "Date: Sun, 22 Nov 2026 02:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 02:01:30 GMT", 90 },
    { "Date: Sun, 22 Nov 2026 02:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 01:00:00 GMT", 0 },
    { "x-ms-retry-after-ms: 2000", 2 },
    { "x-ms-retry-after-ms: 3000\r\nRetry-After: 60", 3 },
    { "RateLimit: limit=100, remaining=0, reset=30", 30 },
    { "RateLimit: \"default\";r=0;t=45", 45 },
    { "RateLimit-Reset: 15", 15 },
    { "X-RateLimit-Reset: 20", 20 },
    { "Date: Sun, 22 Nov 2026 02:00:00 GMT\r\nX-RateLimit-Reset: 1795312850", 50 },
    { "Retry-After: 99999999999999999999", 24 * 60 * 60 },
    { "Retry-After: soon", 0 },
    { "X-Nothing: 1", 0 },
  };
  static const guint statuses[] = { 429, 503 };

  for (guint s = 0; s < G_N_ELEMENTS (statuses); s++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *text =
            g_strdup_printf ("HTTP/1.1 %u Busy\r\n%s\r\nContent-Length: 0\r\n\r\n", statuses[s], cases[i].header);
        g_autoptr (RawServer) server = raw_server_new ((const char *const *)&text, 1);
        g_autofree char *base = raw_server_base (server);
        g_autoptr (ZqFhirClient) client = client_new (base, NULL);
        g_auto (Answer) answer = { 0 };

        ask (client, post_request ("Basic"), &answer);
        g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_BUSY);
        g_assert_cmpint (answer.unclear, ==, statuses[s] == 503);
        g_assert_cmpint (answer.retry_after_us, ==, cases[i].seconds * G_USEC_PER_SEC);
      }
}

typedef struct
{
  gboolean declared;
  gsize left;
} Flood;

static void
pour (SoupServerMessage *message, gpointer user_data)
{
  Flood *flood = user_data;
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  static const char spaces[65536] = { ' ' };

  if (flood->left == 0)
    {
      soup_message_body_complete (body);
      return;
    }
  soup_message_body_append (body, SOUP_MEMORY_STATIC, spaces, sizeof spaces);
  flood->left -= sizeof spaces;
  soup_server_message_unpause (message);
}

static void
on_flood (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Flood *flood = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_content_type (headers, "application/fhir+json", NULL);
  if (flood->declared)
    soup_message_headers_set_content_length (headers, (goffset)flood->left);
  else
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (pour), flood);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (pour), flood);
}

static void
test_too_large (void)
{
  for (gboolean declared = FALSE; declared <= TRUE; declared++)
    {
      Flood flood = { declared, 65 * 1024 * 1024 };
      g_autoptr (SoupServer) server = server_new (on_flood, &flood);
      g_autofree char *base = server_base (server);
      g_autoptr (ZqFhirClient) client = client_new (base, NULL);
      g_auto (Answer) answer = { 0 };

      ask (client, zq_fhir_request_new ("GET", "Binary/1"), &answer);
      g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE);
      g_assert_nonnull (strstr (answer.error->message, "too large"));
      soup_server_disconnect (server);
    }
}

typedef struct
{
  GBytes *packed;
  gsize length;
} Packed;

static GBytes *
gzip (const char *text)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_data (text, (gssize)strlen (text), NULL);
  g_autoptr (GInputStream) packed = g_converter_input_stream_new (plain, compressor);
  g_autoptr (GOutputStream) collected = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (collected, packed, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (collected));
}

static void
on_gzip (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Packed *packed = user_data;

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Content-Encoding", "gzip");
  soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (packed->packed, NULL), packed->length);
}

static void
test_gzip (void)
{
  const char *text = "{\"resourceType\":\"Bundle\",\"entry\":[]}";
  g_autoptr (GBytes) bytes = gzip (text);
  Packed packed = { bytes, g_bytes_get_size (bytes) };
  g_autoptr (SoupServer) server = server_new (on_gzip, &packed);
  g_autofree char *base = server_base (server);
  g_autoptr (ZqFhirClient) client = client_new (base, NULL);
  g_auto (Answer) answer = { 0 };

  ask (client, zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpmem (g_bytes_get_data (answer.response->body, NULL), g_bytes_get_size (answer.response->body), text,
                   strlen (text));
  packed.length -= 12;
  ask (client, zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  soup_server_disconnect (server);
}

static void
expect_outcome (const char *text, const char *expected)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autofree char *reason = zq_fhir_outcome_text (body);

  g_assert_cmpstr (reason, ==, expected);
}

static void
test_outcome (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"resourceType\":\"OperationOutcome\",\"issue\":");
  g_autoptr (GString) large =
      g_string_new ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"details\":{\"text\":\"");
  g_autoptr (GBytes) body = NULL;
  g_autofree char *reason = NULL;

  expect_outcome ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"warning\",\"diagnostics\":\"w\"},"
                  "{\"severity\":\"fatal\",\"diagnostics\":\"d\",\"details\":{\"text\":\"the\\nworst\"}},"
                  "{\"severity\":\"error\",\"diagnostics\":\"e\"}]}",
                  "the worst");
  expect_outcome ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"code\":\"invalid\"}]}", "invalid");
  /* What a parser or a validator says may repeat what the patient wrote. */
  expect_outcome (
      "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"code\":\"invalid\",\"diagnostics\":\"it hurts\"}]}",
      "invalid");
  expect_outcome ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"diagnostics\":\"it hurts\"}]}", NULL);
  expect_outcome ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"code\":\"business-rule\",\"diagnostics\":\"it "
                  "hurts\"}]}",
                  "business-rule");
  expect_outcome ("{\"resourceType\":\"OperationOutcome\",\"issue\":{\"code\":\"invalid\"}}", NULL);
  expect_outcome ("{\"resourceType\":\"OperationOutcome\",\"issue\":[null,1,[]]}", NULL);
  expect_outcome ("{\"resourceType\":\"Patient\"}", NULL);
  expect_outcome ("<html>", NULL);
  expect_outcome ("", NULL);

  for (guint i = 0; i < 200000; i++)
    g_string_append_c (deep, '[');
  expect_outcome (deep->str, NULL);
  for (guint i = 0; i < 5000; i++)
    g_string_append (large, "错");
  g_string_append (large, "\"}}]}");
  body = g_bytes_new (large->str, large->len);
  reason = zq_fhir_outcome_text (body);
  g_assert_cmpint (g_utf8_strlen (reason, -1), ==, 300);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fhir/truncated-body-is-noticed", test_truncated);
  g_test_add_func ("/fhir/not-http-is-noticed", test_not_http);
  g_test_add_func ("/fhir/refusal-stays-one-when-its-words-are-lost", test_refusal_without_words);
  g_test_add_func ("/fhir/dropped-write-is-unclear", test_dropped);
  g_test_add_data_func ("/fhir/post-is-never-sent-twice", "POST", test_dropped_on_kept_connection);
  g_test_add_data_func ("/fhir/put-is-never-sent-twice", "PUT", test_dropped_on_kept_connection);
  g_test_add_func ("/fhir/busy-server-tells-how-long", test_waits);
  g_test_add_func ("/fhir/too-large-body-is-refused", test_too_large);
  g_test_add_func ("/fhir/gzip-is-read", test_gzip);
  g_test_add_func ("/fhir/outcome-becomes-one-line", test_outcome);
  return g_test_run ();
}
