/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <string.h>

#define DEADLINE_S 30

/* One server that behaves by the path that is asked for, and remembers. */
typedef struct
{
  SoupServer *server;
  char *base;
  char *elsewhere;   /* where /fhir/elsewhere leads to */
  const char *valid; /* the only token that is accepted; NULL: any or none */
  guint n_requests;
  guint n_parallel;
  guint max_parallel;
  GPtrArray *paused;
  char *method;
  char *query;
  SoupMessageHeaders *headers; /* of the last request */
} Hospital;

static void
reply (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  if (text != NULL)
    soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static void
redirect (SoupServerMessage *message, guint status, const char *target)
{
  reply (message, status, NULL, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location", target);
}

static void
remember (Hospital *self, SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);

  self->n_requests++;
  g_free (self->method);
  self->method = g_strdup (soup_server_message_get_method (message));
  g_free (self->query);
  self->query = g_strdup (g_uri_get_query (uri));
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  self->headers = soup_message_headers_ref (soup_server_message_get_request_headers (message));
}

static gboolean
accepts_token (Hospital *self)
{
  const char *given = soup_message_headers_get_one (self->headers, "Authorization");
  g_autofree char *wanted = self->valid != NULL ? g_strconcat ("Bearer ", self->valid, NULL) : NULL;

  return wanted == NULL || g_strcmp0 (given, wanted) == 0;
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Hospital *self = user_data;

  remember (self, message);
  if (!accepts_token (self))
    reply (message, 401, "text/plain", "no");
  else if (g_str_equal (path, "/fhir/elsewhere"))
    redirect (message, 307, self->elsewhere);
  else if (g_str_equal (path, "/fhir/moved"))
    redirect (message, 302, "/fhir/Task");
  else if (g_str_equal (path, "/fhir/round"))
    redirect (message, 302, "/fhir/round");
  else if (g_str_equal (path, "/fhir/html"))
    reply (message, 200, "text/html", "<html>Wi-Fi log-in</html>");
  else if (g_str_equal (path, "/fhir/empty"))
    reply (message, 200, NULL, NULL);
  else if (g_str_equal (path, "/fhir/wait"))
    {
      self->n_parallel++;
      self->max_parallel = MAX (self->max_parallel, self->n_parallel);
      soup_server_message_pause (message);
      g_ptr_array_add (self->paused, g_object_ref (message));
    }
  else if (g_str_has_prefix (path, "/fhir/status/"))
    reply (message, (guint)g_ascii_strtoull (path + strlen ("/fhir/status/"), NULL, 10), "application/fhir+json",
           "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"processing\","
           "\"details\":{\"text\":\"a reason\"},\"diagnostics\":\"of Mrs Wang\"}]}");
  else
    {
      reply (message, 200, "application/fhir+json; charset=utf-8", "{\"resourceType\":\"Bundle\"}");
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", "W/\"7\"");
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Date",
                                    "Sun, 22 Nov 2026 02:00:00 GMT");
    }
}

static Hospital *
hospital_new (void)
{
  Hospital *self = g_new0 (Hospital, 1);

  self->paused = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = server_new (on_request, self);
  self->base = server_base (self->server);
  return self;
}

static void
hospital_free (Hospital *self)
{
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_ptr_array_unref (self->paused);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self->base);
  g_free (self->elsewhere);
  g_free (self->method);
  g_free (self->query);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Hospital, hospital_free)

static void
test_get (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqTokenProvider) tokens = zq_token_provider_new_fixed ("t0ken");
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, tokens);
  g_auto (Answer) answer = { 0 };

  ask (client, zq_fhir_request_new ("GET", "Task?_tag=https://zhenqiao.org/fhir/department|d 1&x=%7C+"), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.response->status, ==, 200);
  g_assert_cmpstr (answer.response->etag, ==, "W/\"7\"");
  g_assert_cmpint (answer.response->date_us, ==, ZQ_TEST_START_US);
  g_assert_cmpstr (hospital->query, ==, "_tag=https://zhenqiao.org/fhir/department%7Cd%201&x=%7C+");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "Authorization"), ==, "Bearer t0ken");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "Accept"), ==, "application/fhir+json");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "Cache-Control"), ==, "no-cache");
  g_assert_nonnull (strstr (soup_message_headers_get_list (hospital->headers, "Accept-Encoding"), "gzip"));
}

static void
test_write_headers (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  g_auto (Answer) answer = { 0 };
  ZqFhirRequest *request = post_request ("Basic");

  request->if_none_exist = g_strdup ("identifier=a|b");
  request->if_match = g_strdup ("W/\"3\"");
  request->prefer = g_strdup ("return=representation");
  ask (client, request, &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpstr (hospital->method, ==, "POST");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "If-None-Exist"), ==, "identifier=a|b");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "If-Match"), ==, "W/\"3\"");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "Prefer"), ==, "return=representation");
  g_assert_cmpstr (soup_message_headers_get_one (hospital->headers, "Content-Type"), ==, "application/fhir+json");
  g_assert_null (soup_message_headers_get_one (hospital->headers, "Authorization"));
}

static void
test_token_stays_home (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (Hospital) thief = hospital_new ();
  g_autoptr (ZqTokenProvider) tokens = zq_token_provider_new_fixed ("t0ken");
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, tokens);
  g_autofree char *link = g_strconcat (thief->base, "/Task?page=2", NULL);
  g_auto (Answer) answer = { 0 };

  hospital->elsewhere = g_strdup (thief->base);
  ask (client, zq_fhir_request_new ("GET", "elsewhere"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  ask (client, post_request ("elsewhere"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  g_assert_false (answer.unclear);
  ask (client, zq_fhir_request_new ("GET", link), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  g_assert_null (strstr (answer.error->message, "page=2"));
  g_assert_cmpuint (hospital->n_requests, ==, 2);
  g_assert_cmpuint (thief->n_requests, ==, 0);
}

static void
test_redirect_at_home (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqTokenProvider) tokens = zq_token_provider_new_fixed ("t0ken");
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, tokens);
  g_auto (Answer) answer = { 0 };

  hospital->valid = "t0ken";
  ask (client, zq_fhir_request_new ("GET", "moved"), &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (hospital->n_requests, ==, 2);

  hospital->n_requests = 0;
  ask (client, post_request ("moved"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  g_assert_cmpuint (hospital->n_requests, ==, 1);

  hospital->n_requests = 0;
  ask (client, zq_fhir_request_new ("GET", "round"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  g_assert_cmpuint (hospital->n_requests, ==, 6);
}

static void
test_one_refresh (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (CountingTokens) tokens = counting_tokens_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, ZQ_TOKEN_PROVIDER (tokens));
  Answer answers[50] = { 0 };

  hospital->valid = "token-2";
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    ask_async (client, i % 2 == 0 ? zq_fhir_request_new ("GET", "Task") : post_request ("Basic"), NULL, &answers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_assert_true (zq_test_wait_flag (&answers[i].done, DEADLINE_S));
      g_assert_no_error (answers[i].error);
      answer_clear (&answers[i]);
    }
  g_assert_cmpuint (counting_tokens_get_n_refreshes (tokens), ==, 1);
}

static void
test_signed_out (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (CountingTokens) tokens = counting_tokens_new ();
  g_autoptr (ZqTokenProvider) fixed = zq_token_provider_new_fixed ("old");
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, ZQ_TOKEN_PROVIDER (tokens));
  g_autoptr (ZqFhirClient) fixed_client = client_new (hospital->base, fixed);
  g_autoptr (ZqFhirClient) nobody = client_new (hospital->base, NULL);
  g_auto (Answer) answer = { 0 };

  hospital->valid = "another";
  ask (client, post_request ("Basic"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  g_assert_false (answer.unclear);
  g_assert_cmpuint (hospital->n_requests, ==, 2);
  ask (fixed_client, zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  ask (nobody, zq_fhir_request_new ("GET", "Task"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
}

static void
test_status (void)
{
  static const struct
  {
    const char *path;
    int code;
    gboolean unclear;
  } cases[] = {
    { "status/400", ZQ_FHIR_ERROR_REFUSED, FALSE },   { "status/403", ZQ_FHIR_ERROR_FORBIDDEN, FALSE },
    { "status/404", ZQ_FHIR_ERROR_NOT_FOUND, FALSE }, { "status/408", ZQ_FHIR_ERROR_REFUSED, TRUE },
    { "status/409", ZQ_FHIR_ERROR_CONFLICT, FALSE },  { "status/410", ZQ_FHIR_ERROR_GONE, FALSE },
    { "status/412", ZQ_FHIR_ERROR_CONFLICT, FALSE },  { "status/422", ZQ_FHIR_ERROR_REFUSED, FALSE },
    { "status/429", ZQ_FHIR_ERROR_BUSY, FALSE },      { "status/500", ZQ_FHIR_ERROR_SERVER, TRUE },
    { "status/501", ZQ_FHIR_ERROR_SERVER, FALSE },    { "status/502", ZQ_FHIR_ERROR_SERVER, TRUE },
    { "status/503", ZQ_FHIR_ERROR_BUSY, TRUE },       { "status/504", ZQ_FHIR_ERROR_SERVER, TRUE },
  };
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  g_auto (Answer) answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ask (client, post_request (cases[i].path), &answer);
      g_assert_error (answer.error, ZQ_FHIR_ERROR, cases[i].code);
      g_assert_nonnull (strstr (answer.error->message, "a reason"));
      g_assert_null (strstr (answer.error->message, "Wang"));
      g_assert_cmpint (answer.unclear, ==, cases[i].unclear);
      ask (client, zq_fhir_request_new ("GET", cases[i].path), &answer);
      g_assert_error (answer.error, ZQ_FHIR_ERROR, cases[i].code);
      g_assert_false (answer.unclear);
    }
}

static void
test_not_fhir (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  g_auto (Answer) answer = { 0 };

  ask (client, zq_fhir_request_new ("GET", "html"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  ask (client, post_request ("html"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  g_assert_true (answer.unclear);
  ask (client, zq_fhir_request_new ("GET", "empty"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL);
  ask (client, post_request ("empty"), &answer);
  g_assert_no_error (answer.error);
}

static void
test_eight_connections (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  Answer answers[20] = { 0 };
  guint n_done = 0;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    ask_async (client, zq_fhir_request_new ("GET", "wait"), NULL, &answers[i]);
  while (n_done < G_N_ELEMENTS (answers))
    {
      zq_test_wait_count (&hospital->n_parallel, 8, n_done + 8 <= G_N_ELEMENTS (answers) ? DEADLINE_S : 0.2);
      zq_test_settle ();
      while (hospital->paused->len > 0)
        {
          g_autoptr (SoupServerMessage) message = g_ptr_array_steal_index (hospital->paused, 0);

          reply (message, 200, "application/json", "{}");
          soup_server_message_unpause (message);
          hospital->n_parallel--;
          n_done++;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_assert_true (zq_test_wait_flag (&answers[i].done, DEADLINE_S));
      g_assert_no_error (answers[i].error);
      answer_clear (&answers[i]);
    }
  g_assert_cmpuint (hospital->max_parallel, ==, 8);
}

static void
test_cancel (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) answer = { 0 };

  ask_async (client, post_request ("wait"), cancellable, &answer);
  g_assert_true (zq_test_wait_count (&hospital->n_parallel, 1, DEADLINE_S));
  g_cancellable_cancel (cancellable);
  g_assert_true (zq_test_wait_flag (&answer.done, DEADLINE_S));
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (answer.unclear);
}

static void
test_timeout (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  g_auto (Answer) answer = { 0 };

  g_object_set (client, "timeout", 1, NULL);
  ask (client, post_request ("wait"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_true (answer.unclear);
  g_assert_cmpuint (hospital->n_requests, ==, 1);
}

static void
test_unsafe_address (void)
{
  static const char *const bases[] = { "http://hospital.example/fhir",
                                       "http://127.0.0.1.example/fhir",
                                       "https://doctor:secret@hospital.example/fhir",
                                       "ftp://127.0.0.1/fhir",
                                       "hospital",
                                       "" };
  g_auto (Answer) answer = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      g_autoptr (ZqFhirClient) client = client_new (bases[i], NULL);

      ask (client, post_request ("Basic"), &answer);
      g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS);
      g_assert_false (answer.unclear);
      g_assert_null (strstr (answer.error->message, "secret"));
    }
}

static void
test_refused_connection (void)
{
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (ZqFhirClient) client = client_new (hospital->base, NULL);
  g_auto (Answer) answer = { 0 };

  soup_server_disconnect (hospital->server);
  ask (client, post_request ("Basic"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_false (answer.unclear);
}

/* A certificate for 127.0.0.1 in @dir, or FALSE where nothing can make one. */
static gboolean
make_certificate (const ZqTestDir *dir)
{
  g_autofree char *key = zq_test_dir_path (dir, "key.pem");
  g_autofree char *certificate = zq_test_dir_path (dir, "certificate.pem");
  const char *const command[] = { "openssl",
                                  "req",
                                  "-x509",
                                  "-newkey",
                                  "ec",
                                  "-pkeyopt",
                                  "ec_paramgen_curve:prime256v1",
                                  "-nodes",
                                  "-days",
                                  "2",
                                  "-subj",
                                  "/CN=hospital",
                                  "-addext",
                                  "subjectAltName=IP:127.0.0.1",
                                  "-keyout",
                                  key,
                                  "-out",
                                  certificate,
                                  NULL };
  int status = -1;

  return g_spawn_sync (NULL, (char **)command, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

static void
test_tls (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *key_file = zq_test_dir_path (dir, "key.pem");
  g_autofree char *ca = zq_test_dir_path (dir, "certificate.pem");
  g_autoptr (Hospital) hospital = hospital_new ();
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (SoupServer) server = NULL;
  g_autofree char *base = NULL;
  g_autoptr (ZqTokenProvider) tokens = zq_token_provider_new_fixed ("t0ken");
  g_autoptr (ZqFhirClient) stranger = NULL;
  g_autoptr (ZqFhirClient) client = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Answer) answer = { 0 };

  if (!make_certificate (dir))
    {
      g_test_skip ("openssl made no certificate");
      return;
    }
  certificate = g_tls_certificate_new_from_files (ca, key_file, &error);
  g_assert_no_error (error);
  server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (server, NULL, on_request, hospital, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);
  base = server_base (server);
  g_assert_true (g_str_has_prefix (base, "https://"));

  stranger = client_new (base, tokens);
  ask (stranger, post_request ("Basic"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS);
  g_assert_false (answer.unclear);
  g_assert_cmpuint (hospital->n_requests, ==, 0);
  zq_fhir_client_set_ca_file (stranger, "/nonexistent/ca.pem");
  ask (stranger, post_request ("Basic"), &answer);
  g_assert_error (answer.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS);

  client = client_new (base, tokens);
  zq_fhir_client_set_ca_file (client, ca);
  ask (client, post_request ("Basic"), &answer);
  g_assert_no_error (answer.error);
  soup_server_disconnect (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fhir/get-carries-token-and-query", test_get);
  g_test_add_func ("/fhir/write-carries-conditions", test_write_headers);
  g_test_add_func ("/fhir/token-never-leaves-the-origin", test_token_stays_home);
  g_test_add_func ("/fhir/redirect-at-home-is-followed-for-reads", test_redirect_at_home);
  g_test_add_func ("/fhir/storm-of-401-refreshes-once", test_one_refresh);
  g_test_add_func ("/fhir/second-401-is-signed-out", test_signed_out);
  g_test_add_func ("/fhir/status-becomes-error", test_status);
  g_test_add_func ("/fhir/html-is-not-fhir", test_not_fhir);
  g_test_add_func ("/fhir/at-most-eight-connections", test_eight_connections);
  g_test_add_func ("/fhir/cancelled-write-is-unclear", test_cancel);
  g_test_add_func ("/fhir/silent-server-times-out-unclear", test_timeout);
  g_test_add_func ("/fhir/unsafe-address-is-refused", test_unsafe_address);
  g_test_add_func ("/fhir/refused-connection-is-not-unclear", test_refused_connection);
  g_test_add_func ("/fhir/tls-is-verified", test_tls);
  return g_test_run ();
}
