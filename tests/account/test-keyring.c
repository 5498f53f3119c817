/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs in tests/account/with-keyring.sh, which tells by ZQ_KEYRING_MODE what kind of keyring there is. */
#include "account/keyring.h"
#include "flow.h"
#include "support/support.h"

#include <libsecret/secret.h>
#include <string.h>

typedef struct
{
  ZqTestDir *dir;
  ZqClock *clock;
  SmartServer *server;
  ZqAccount *account;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = zq_test_temp_dir ();
  self->clock = zq_test_clock ();
  self->server = smart_server_new (self->clock);
  self->account = zq_account_new (self->dir, self->server->base, &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  smart_server_free (self->server);
  g_clear_object (&self->account);
  g_clear_object (&self->clock);
  zq_test_dir_free (self->dir);
}

static void
test_store_key (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = zq_keyring_get_store_key (self->account, FALSE, &error);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) others = NULL;
  g_autoptr (ZqAccount) other = zq_account_new (self->dir, self->server->base, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (key), ==, 32);
  again = zq_keyring_get_store_key (self->account, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (key, again));
  others = zq_keyring_get_store_key (other, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (g_bytes_equal (key, others));
  /* The keyring is all that was touched. */
  g_assert_false (g_file_test (zq_account_get_dir (self->account), G_FILE_TEST_EXISTS));
}

static void
test_key_lost (Fixture *self, gconstpointer data)
{
  g_autofree char *store = g_build_filename (zq_account_get_dir (self->account), "store.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;

  g_assert_true (zq_account_save (self->account, NULL));
  g_assert_true (g_file_set_contents (store, "encrypted", -1, NULL));
  g_assert_null (zq_keyring_get_store_key (self->account, TRUE, &error));
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEY_LOST);
  g_clear_error (&error);
  /* And none was made by asking. */
  g_assert_null (zq_keyring_get_store_key (self->account, TRUE, &error));
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEY_LOST);
}

static void
test_refresh_token (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *token = NULL;

  g_assert_null (zq_keyring_get_refresh_token (self->account, &error));
  g_assert_no_error (error);
  g_assert_true (zq_keyring_set_refresh_token (self->account, "one", &error));
  g_assert_true (zq_keyring_set_refresh_token (self->account, "two", &error));
  token = zq_keyring_get_refresh_token (self->account, &error);
  g_assert_cmpstr (token, ==, "two");
  g_assert_true (zq_keyring_set_refresh_token (self->account, NULL, &error));
  g_assert_true (zq_keyring_set_refresh_token (self->account, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (zq_keyring_get_refresh_token (self->account, &error));
  g_assert_no_error (error);

  key = zq_keyring_get_store_key (self->account, FALSE, &error);
  g_assert_true (zq_keyring_set_refresh_token (self->account, "three", &error));
  g_assert_true (zq_keyring_forget (self->account, &error));
  g_assert_no_error (error);
  g_assert_null (zq_keyring_get_refresh_token (self->account, &error));
  again = zq_keyring_get_store_key (self->account, FALSE, &error);
  g_assert_false (g_bytes_equal (key, again));
}

static ZqTokens *
sign_in (Fixture *self, ZqSignInResult **result)
{
  g_autoptr (GError) error = NULL;
  ZqTokens *tokens = zq_tokens_new (self->account, self->clock);

  *result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  flow_adopt (tokens, *result, &error);
  g_assert_no_error (error);
  return tokens;
}

static void
expect_kept (Fixture *self, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = zq_keyring_get_refresh_token (self->account, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (kept, ==, expected);
}

static void
on_task (gpointer data)
{
  Fixture *self = data;

  expect_kept (self, self->server->refresh);
}

static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response = NULL;

  response = zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);
  g_assert_no_error (error);
  *done = TRUE;
}

static void
test_rotation (Fixture *self, gconstpointer data)
{
  g_autoptr (ZqSignInResult) result = NULL;
  g_autoptr (ZqTokens) tokens = sign_in (self, &result);
  g_autoptr (ZqFhirClient) client = NULL;
  gboolean done = FALSE;

  expect_kept (self, result->refresh_token);
  client = zq_fhir_client_new (self->server->base, ZQ_TOKEN_PROVIDER (tokens), self->clock);
  self->server->on_task = on_task;
  self->server->task_data = self;
  g_free (self->server->access);
  self->server->access = g_strdup ("revoked meanwhile");
  zq_fhir_client_send_async (client, zq_fhir_request_new ("GET", "Task"), NULL, on_response, &done);
  g_assert_true (zq_test_wait_flag (&done, DEADLINE_S));
  g_assert_cmpuint (self->server->n_refreshes, ==, 1);
  g_assert_cmpuint (self->server->n_tasks, ==, 1);
  g_assert_cmpstr (self->server->refresh, !=, result->refresh_token);
}

static void
test_next_start (Fixture *self, gconstpointer data)
{
  g_autoptr (ZqSignInResult) result = NULL;
  g_autoptr (ZqTokens) tokens = sign_in (self, &result);
  g_autoptr (ZqTokens) next = zq_tokens_new (self->account, self->clock);
  g_auto (Asked) asked = { 0 };

  g_assert_true (zq_tokens_can_refresh (next, NULL));
  flow_get_token (next, NULL, &asked);
  g_assert_no_error (asked.error);
  g_assert_cmpstr (asked.token, ==, self->server->access);
  g_assert_cmpuint (self->server->n_refreshes, ==, 1);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (ZqSignInResult) result = NULL;
  g_autoptr (ZqTokens) tokens = sign_in (self, &result);
  g_auto (Asked) asked = { 0 };

  self->server->refuse_refresh = TRUE;
  flow_get_token (tokens, result->access_token, &asked);
  g_assert_error (asked.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
  expect_kept (self, NULL);
}

static void
test_never_signed_in (Fixture *self, gconstpointer data)
{
  g_autoptr (ZqTokens) tokens = zq_tokens_new (self->account, self->clock);
  g_auto (Asked) asked = { 0 };

  soup_server_disconnect (self->server->server);
  flow_get_token (tokens, NULL, &asked);
  g_assert_error (asked.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT);
}

/* Last: nothing unlocks it again without a prompt. */
static void
test_locked_meanwhile (Fixture *self, gconstpointer data)
{
  g_autoptr (ZqSignInResult) result = NULL;
  g_autoptr (ZqTokens) tokens = sign_in (self, &result);
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, &error);
  g_autoptr (SecretCollection) collection = NULL;
  g_auto (Asked) asked = { 0 };
  GList wanted = { NULL, NULL, NULL };

  g_assert_no_error (error);
  collection =
      secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
  g_assert_no_error (error);
  wanted.data = collection;
  g_assert_cmpint (secret_service_lock_sync (service, &wanted, NULL, NULL, &error), ==, 1);

  flow_get_token (tokens, result->access_token, &asked);
  g_assert_error (asked.error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  g_assert_null (zq_keyring_get_store_key (self->account, FALSE, &error));
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
}

static void
expect_nothing (Fixture *self, int code)
{
  g_autoptr (GError) key_error = NULL;
  g_autoptr (GError) get_error = NULL;
  g_autoptr (GError) set_error = NULL;
  g_autoptr (GError) adopt_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqTokens) tokens = zq_tokens_new (self->account, self->clock);
  g_autoptr (ZqSignInResult) result = NULL;

  g_assert_null (zq_keyring_get_store_key (self->account, FALSE, &key_error));
  g_assert_error (key_error, ZQ_ACCOUNT_ERROR, code);
  g_assert_null (zq_keyring_get_refresh_token (self->account, &get_error));
  g_assert_error (get_error, ZQ_ACCOUNT_ERROR, code);
  g_assert_false (zq_keyring_set_refresh_token (self->account, "token", &set_error));
  g_assert_error (set_error, ZQ_ACCOUNT_ERROR, code);
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  flow_adopt (tokens, result, &adopt_error);
  g_assert_error (adopt_error, ZQ_ACCOUNT_ERROR, code);
  g_assert_false (g_file_test (zq_account_get_dir (self->account), G_FILE_TEST_EXISTS));
}

static void
test_locked (Fixture *self, gconstpointer data)
{
  expect_nothing (self, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
}

static void
test_absent (Fixture *self, gconstpointer data)
{
  expect_nothing (self, ZQ_ACCOUNT_ERROR_KEYRING_ABSENT);
}

static void
test_no_bus (Fixture *self, gconstpointer data)
{
  expect_nothing (self, ZQ_ACCOUNT_ERROR_KEYRING_ABSENT);
}

int
main (int argc, char *argv[])
{
  const char *mode = g_getenv ("ZQ_KEYRING_MODE");

  if (mode == NULL)
    {
      mode = "no-bus";
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
    }
  g_test_init (&argc, &argv, NULL);

#define add(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  if (g_str_equal (mode, "unlocked"))
    {
      add ("/keyring/store-key-is-made-once", test_store_key);
      add ("/keyring/lost-key-is-said-and-not-replaced", test_key_lost);
      add ("/keyring/refresh-token-kept-and-removed", test_refresh_token);
      add ("/keyring/rotated-token-is-kept-before-it-is-used", test_rotation);
      add ("/keyring/next-start-needs-no-sign-in", test_next_start);
      add ("/keyring/refused-token-is-removed", test_refused);
      add ("/keyring/never-signed-in-needs-no-network", test_never_signed_in);
      add ("/keyring/zz-locked-meanwhile", test_locked_meanwhile);
    }
  else if (g_str_equal (mode, "locked"))
    add ("/keyring/locked-creates-nothing", test_locked);
  else if (g_str_equal (mode, "absent"))
    add ("/keyring/absent-creates-nothing", test_absent);
  else
    add ("/keyring/no-bus-creates-nothing", test_no_bus);
#undef add
  return g_test_run ();
}
