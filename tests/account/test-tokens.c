/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/client.h"
#include "flow.h"
#include "support/support.h"

typedef struct
{
  ZqTestDir *dir;
  ZqClock *clock;
  SmartServer *server;
  ZqAccount *account;
  ZqTokens *tokens;
  char *first; /* the access token of the sign-in */
  guint n_signed_out;
} Fixture;

static void
on_signed_out (ZqTokens *tokens, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_signed_out++;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = NULL;

  self->dir = zq_test_temp_dir ();
  self->clock = zq_test_clock ();
  self->server = smart_server_new (self->clock);
  self->account = zq_account_new (self->dir, self->server->base, &error);
  g_assert_no_error (error);
  self->tokens = zq_tokens_new_in_memory (self->account, self->clock);
  g_signal_connect (self->tokens, "signed-out", G_CALLBACK (on_signed_out), self);
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  flow_adopt (self->tokens, result, &error);
  g_assert_no_error (error);
  self->first = g_strdup (result->access_token);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  zq_test_settle ();
  zq_test_last_unref (self->tokens);
  smart_server_free (self->server);
  g_clear_object (&self->account);
  g_clear_object (&self->clock);
  zq_test_dir_free (self->dir);
  g_free (self->first);
}

static void
test_adopted (Fixture *self, gconstpointer data)
{
  g_auto (Asked) asked = { 0 };

  flow_get_token (self->tokens, NULL, &asked);
  g_assert_cmpstr (asked.token, ==, self->first);
  g_assert_true (zq_tokens_can_refresh (self->tokens, NULL));
  g_assert_cmpuint (self->server->n_refreshes, ==, 0);
}

static void
test_ahead_of_time (Fixture *self, gconstpointer data)
{
  g_auto (Asked) asked = { 0 };

  zq_clock_advance (self->clock, 569 * G_USEC_PER_SEC);
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_cmpstr (asked.token, ==, self->first);
  zq_clock_advance (self->clock, 2 * G_USEC_PER_SEC);
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_cmpstr (asked.token, !=, self->first);
  g_assert_cmpstr (asked.token, ==, self->server->access);
  g_assert_cmpuint (self->server->n_refreshes, ==, 1);
}

typedef struct
{
  gboolean done;
  GError *error;
} Sent;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sent *sent = user_data;
  g_autoptr (ZqFhirResponse) response = NULL;

  response = zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &sent->error);
  sent->done = TRUE;
}

static void
test_storm (Fixture *self, gconstpointer data)
{
  g_autoptr (ZqFhirClient) client = NULL;
  Sent sent[50] = { 0 };

  client = zq_fhir_client_new (self->server->base, ZQ_TOKEN_PROVIDER (self->tokens), self->clock);
  g_free (self->server->access);
  self->server->access = g_strdup ("revoked meanwhile");
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    zq_fhir_client_send_async (client, zq_fhir_request_new ("GET", "Task"), NULL, on_sent, &sent[i]);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      g_assert_true (zq_test_wait_flag (&sent[i].done, DEADLINE_S));
      g_assert_no_error (sent[i].error);
    }
  g_assert_cmpuint (self->server->n_refreshes, ==, 1);
  g_assert_cmpuint (self->server->n_tasks, ==, G_N_ELEMENTS (sent));
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_auto (Asked) one = { 0 };
  g_auto (Asked) other = { 0 };
  g_autoptr (ZqSignInResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->server->refuse_refresh = TRUE;
  flow_get_token_async (self->tokens, self->first, &one);
  flow_get_token (self->tokens, self->first, &other);
  g_assert_true (zq_test_wait_flag (&one.done, DEADLINE_S));
  g_assert_error (one.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  g_assert_error (other.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  g_assert_cmpuint (self->n_signed_out, ==, 1);
  g_assert_false (zq_tokens_can_refresh (self->tokens, NULL));

  flow_get_token (self->tokens, NULL, &one);
  g_assert_error (one.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  g_assert_cmpuint (self->server->n_refreshes, ==, 1);
  g_assert_cmpuint (self->n_signed_out, ==, 1);

  self->server->refuse_refresh = FALSE;
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  flow_adopt (self->tokens, result, &error);
  flow_get_token (self->tokens, NULL, &one);
  g_assert_cmpstr (one.token, ==, result->access_token);
}

static void
test_network_failure (Fixture *self, gconstpointer data)
{
  g_auto (Asked) asked = { 0 };

  self->server->token_status = 503;
  /* Ahead of time: the old one still serves. */
  zq_clock_advance (self->clock, 580 * G_USEC_PER_SEC);
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_cmpstr (asked.token, ==, self->first);
  flow_get_token (self->tokens, self->first, &asked);
  g_assert_error (asked.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  zq_clock_advance (self->clock, 60 * G_USEC_PER_SEC);
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_error (asked.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_true (zq_tokens_can_refresh (self->tokens, NULL));
  g_assert_cmpuint (self->n_signed_out, ==, 0);

  self->server->token_status = 0;
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_cmpstr (asked.token, ==, self->server->access);
}

static void
test_sign_in_beats_refresh (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = flow_sign_in (self->account, self->clock, &error);
  g_auto (Asked) asked = { 0 };

  /* The refresh under way is refused (its token is of the older sign-in): the newer sign-in stays. */
  g_assert_no_error (error);
  flow_get_token_async (self->tokens, self->first, &asked);
  flow_adopt (self->tokens, result, &error);
  g_assert_no_error (error);
  g_assert_true (zq_test_wait_flag (&asked.done, DEADLINE_S));
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_cmpstr (asked.token, ==, result->access_token);
  g_assert_true (zq_tokens_can_refresh (self->tokens, NULL));
}

static void
test_sign_out (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (Asked) asked = { 0 };

  flow_sign_out (self->tokens, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->n_signed_out, ==, 1);
  flow_get_token (self->tokens, NULL, &asked);
  g_assert_error (asked.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  g_assert_cmpuint (self->server->n_refreshes, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define add(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  add ("/tokens/adopted-token-is-used", test_adopted);
  add ("/tokens/refreshed-ahead-of-time", test_ahead_of_time);
  add ("/tokens/storm-of-401-refreshes-once", test_storm);
  add ("/tokens/refused-refresh-signs-out-once", test_refused);
  add ("/tokens/network-failure-keeps-the-sign-in", test_network_failure);
  add ("/tokens/sign-in-beats-refresh-under-way", test_sign_in_beats_refresh);
  add ("/tokens/sign-out-forgets", test_sign_out);
#undef add
  return g_test_run ();
}
