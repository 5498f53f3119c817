/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/follow.h"
#include "flow.h"
#include "support/support.h"

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

static const char *
asked (Fixture *self, const char *name)
{
  return g_hash_table_lookup (self->server->asked, name);
}

static void
test_whole_flow (Fixture *self, gconstpointer data)
{
  static const char *const departments[] = { "d1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = flow_sign_in (self->account, self->clock, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (result->access_token, ==, self->server->access);
  g_assert_cmpstr (result->refresh_token, ==, self->server->refresh);
  g_assert_cmpint (result->expires_us, ==, ZQ_TEST_START_US + 600 * G_USEC_PER_SEC);
  g_assert_cmpstr (result->fhir_user, ==, "Practitioner/p1");
  g_assert_cmpstr (result->name, ==, "李文");
  g_assert_cmpstr (result->role, ==, "doctor");
  g_assert_cmpstrv (result->departments, departments);

  g_assert_cmpstr (asked (self, "tenant"), ==, "1");
  g_assert_cmpstr (asked (self, "response_type"), ==, "code");
  g_assert_cmpstr (asked (self, "aud"), ==, self->server->base);
  g_assert_cmpstr (asked (self, "scope"), ==, "openid fhirUser offline_access user/*.cruds");
  g_assert_cmpstr (asked (self, "code_challenge_method"), ==, "S256");
  g_assert_cmpstr (asked (self, "login_hint"), ==, "doctor");
  g_assert_true (g_str_has_prefix (asked (self, "redirect_uri"), "http://127.0.0.1:"));
  g_assert_true (g_str_has_suffix (asked (self, "redirect_uri"), "/callback"));
  g_assert_cmpuint (strlen (asked (self, "state")), >=, 22);
  g_assert_cmpuint (strlen (asked (self, "nonce")), >=, 22);

  zq_sign_in_result_apply (result, self->account);
  g_assert_cmpstr (zq_account_get_practitioner (self->account), ==, "p1");
  g_assert_cmpstr (zq_account_get_role (self->account), ==, "doctor");
}

static void
test_scopes (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *told;
    const char *scope;
  } cases[] = {
    { "\"capabilities\":[\"permission-v1\"],", "user/*.*" },
    { "\"scopes_supported\":[\"openid\",\"user/*.rs\"],", "user/*.cruds" },
    { "\"scopes_supported\":[\"openid\",\"user/*.read\",\"user/*.*\"],", "user/*.*" },
    { "\"capabilities\":[\"permission-v1\",\"permission-v2\"],", "user/*.cruds" },
    { "", "user/*.*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ZqSignInResult) result = NULL;

      self->server->scopes = cases[i].told;
      g_clear_pointer (&self->server->access, g_free);
      result = flow_sign_in (self->account, self->clock, &error);
      g_assert_no_error (error);
      g_assert_true (g_str_has_suffix (asked (self, "scope"), cases[i].scope));
    }
}

static void
expect_refused (Fixture *self, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = flow_sign_in (self->account, self->clock, &error);

  g_assert_null (result);
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN);
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
  if (self->server->access != NULL)
    g_assert_null (strstr (error->message, self->server->access));
}

static void
test_wrong_id_token (Fixture *self, gconstpointer data)
{
  SmartServer *server = self->server;

  server->nonce = "another";
  expect_refused (self, NULL);
  server->nonce = NULL;
  server->issuer = "https://elsewhere.example";
  expect_refused (self, NULL);
  server->issuer = NULL;
  server->audience = "\"other-program\"";
  expect_refused (self, NULL);
  server->audience = NULL;
  server->lifetime_s = -3600;
  expect_refused (self, NULL);
}

static void
test_denied (Fixture *self, gconstpointer data)
{
  self->server->deny = "access_denied";
  expect_refused (self, "not today");
}

static void
test_who_signed_in (Fixture *self, gconstpointer data)
{
  SmartServer *server = self->server;
  g_autofree char *absolute = g_strconcat (server->base, "/Practitioner/p1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = NULL;
  g_autoptr (ZqSignInResult) plain = NULL;

  server->user = absolute;
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (result->fhir_user, ==, "Practitioner/p1");

  server->without_id_token = TRUE;
  server->plain_user = "Practitioner/p1";
  plain = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (plain->fhir_user, ==, "Practitioner/p1");

  server->plain_user = NULL;
  expect_refused (self, NULL);
  server->without_id_token = FALSE;
  server->user = NULL;
  expect_refused (self, NULL);
  server->user = "Patient/p1";
  expect_refused (self, NULL);
  server->user = "https://elsewhere.example/fhir/Practitioner/p1";
  expect_refused (self, NULL);
}

static void
test_other_person (Fixture *self, gconstpointer data)
{
  zq_account_set_person (self->account, "p2", "赵", "doctor", NULL);
  expect_refused (self, NULL);
}

static void
test_roles (Fixture *self, gconstpointer data)
{
  static const char *const departments[] = { "d1", "d2", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = NULL;

  self->server->roles =
      "{\"resource\":{\"resourceType\":\"PractitionerRole\",\"organization\":{\"reference\":\"Organization/d1\"}}},"
      "{\"resource\":{\"resourceType\":\"PractitionerRole\",\"organization\":{\"reference\":\"Organization/d1\"}}},"
      "{\"resource\":{\"resourceType\":\"PractitionerRole\",\"active\":false,"
      "\"organization\":{\"reference\":\"Organization/d9\"}}},"
      "{\"resource\":{\"resourceType\":\"OperationOutcome\"}},{\"fullUrl\":\"x\"},"
      "{\"resource\":{\"resourceType\":\"PractitionerRole\",\"organization\":{\"reference\":\"Organization/d2\"},"
      "\"code\":[{\"coding\":[{\"code\":\"other\"},{\"code\":\"assistant\"}]}]}}";
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (result->role, ==, "assistant");
  g_assert_cmpstrv (result->departments, departments);
}

static void
test_not_smart (Fixture *self, gconstpointer data)
{
  static const char *const wrong[] = {
    "{}",
    "[]",
    "not JSON",
    "{\"authorization_endpoint\":\"http://hospital.example/a\",\"token_endpoint\":\"https://hospital.example/t\"}",
    "{\"authorization_endpoint\":\"https://hospital.example/a\",\"token_endpoint\":\"http://hospital.example/t\"}",
    "{\"authorization_endpoint\":\"https://hospital.example/a\",\"token_endpoint\":\"https://hospital.example/t\","
    "\"code_challenge_methods_supported\":[\"plain\"]}",
  };
  static const guint statuses[] = { 401, 403, 404, 410 };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      self->server->configuration = wrong[i];
      g_assert_null (flow_sign_in (self->account, self->clock, &error));
      g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_NOT_SMART);
    }
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GError) error = NULL;

      self->server->configuration_status = statuses[i];
      g_assert_null (flow_sign_in (self->account, self->clock, &error));
      g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_NOT_SMART);
    }
  g_assert_cmpuint (self->server->n_authorize, ==, 0);
}

static void
test_broken_token_endpoint (Fixture *self, gconstpointer data)
{
  static const struct
  {
    guint status;
    int code;
  } cases[] = {
    { 500, ZQ_FHIR_ERROR_SERVER },
    { 503, ZQ_FHIR_ERROR_BUSY },
    { 200, ZQ_FHIR_ERROR_PROTOCOL },
    { 302, ZQ_FHIR_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      self->server->token_status = cases[i].status;
      g_assert_null (flow_sign_in (self->account, self->clock, &error));
      g_assert_error (error, ZQ_FHIR_ERROR, cases[i].code);
    }
}

static void
test_no_network (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  soup_server_disconnect (self->server->server);
  g_assert_null (flow_sign_in (self->account, self->clock, &error));
  g_assert_error (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
}

static void
test_auth_none (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = NULL;

  zq_account_set_auth_none (self->account, "p1", &error);
  g_assert_no_error (error);
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  g_assert_null (result->access_token);
  g_assert_cmpstr (result->fhir_user, ==, "Practitioner/p1");
  g_assert_cmpstr (result->name, ==, "李文");
  g_assert_cmpuint (self->server->n_authorize, ==, 0);
}

/* A sign-in under way, for tests that play the browser themselves. */
typedef struct
{
  char *url;
  gboolean ready;
  gboolean done;
  ZqSignInResult *result;
  GError *error;
} Manual;

static void
manual_clear (Manual *self)
{
  g_free (self->url);
  g_clear_pointer (&self->result, zq_sign_in_result_free);
  g_clear_error (&self->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Manual, manual_clear)

static void
on_address_ready (ZqSignIn *sign_in, const char *url, gpointer user_data)
{
  Manual *manual = user_data;

  manual->url = g_strdup (url);
  manual->ready = TRUE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Manual *manual = user_data;

  manual->result = zq_sign_in_run_finish (ZQ_SIGN_IN (source), result, &manual->error);
  manual->done = TRUE;
}

static void
start (Fixture *self, GCancellable *cancellable, Manual *manual)
{
  g_autoptr (ZqSignIn) sign_in = zq_sign_in_new (self->account, self->clock);

  g_signal_connect (sign_in, "address-ready", G_CALLBACK (on_address_ready), manual);
  zq_sign_in_run_async (sign_in, cancellable, on_done, manual);
  g_assert_true (zq_test_wait_flag (&manual->ready, DEADLINE_S));
}

static void
test_wrong_state (Fixture *self, gconstpointer data)
{
  static const char *const wrong[] = { "",
                                       "?code=c0de",
                                       "?code=c0de&state=",
                                       "?code=c0de&state=another",
                                       "?error=access_denied&state=another",
                                       "?error=access_denied" };
  g_auto (Manual) manual = { 0 };
  g_autofree char *redirect = NULL;
  g_autofree char *good = NULL;
  g_autofree char *form = NULL;
  g_autofree char *other_issuer = NULL;
  g_autofree char *without_code = NULL;
  g_autofree char *other_path = NULL;
  const char *state;

  start (self, NULL, &manual);
  g_assert_cmpuint (flow_fetch (manual.url), ==, 302);
  redirect = g_strdup (asked (self, "redirect_uri"));
  state = asked (self, "state");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *url = g_strconcat (redirect, wrong[i], NULL);

      g_assert_cmpuint (flow_fetch (url), ==, 400);
    }
  other_issuer = g_strconcat (redirect, "?code=c0de&iss=https%3A%2F%2Felsewhere.example&state=", state, NULL);
  g_assert_cmpuint (flow_fetch (other_issuer), ==, 400);
  without_code = g_strconcat (redirect, "?state=", state, NULL);
  g_assert_cmpuint (flow_fetch (without_code), ==, 400);
  other_path = g_strconcat (redirect, "/more?code=c0de&state=", state, NULL);
  g_assert_cmpuint (flow_fetch (other_path), ==, 404);
  zq_test_settle ();
  g_assert_false (manual.done);

  form = soup_form_encode ("code", "c0de&more", "state", state, NULL);
  good = g_strconcat (redirect, "?", form, NULL);
  g_assert_cmpuint (flow_fetch (good), ==, 200);
  g_assert_true (zq_test_wait_flag (&manual.done, DEADLINE_S));
  g_assert_no_error (manual.error);
  g_assert_cmpuint (self->server->n_code_grants, ==, 1);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *redirect = NULL;
  g_auto (Manual) manual = { 0 };

  start (self, cancellable, &manual);
  flow_fetch (manual.url);
  redirect = g_strdup (asked (self, "redirect_uri"));
  g_cancellable_cancel (cancellable);
  g_assert_true (zq_test_wait_flag (&manual.done, DEADLINE_S));
  g_assert_error (manual.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  zq_test_settle ();
  g_assert_cmpuint (flow_fetch (redirect), ==, 0);
}

static void
test_fixed_redirect (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketListener) other = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (other, NULL, NULL);
  g_autofree char *redirect = g_strdup_printf ("http://127.0.0.1:%u/zhenqiao/back", port);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = NULL;

  zq_account_set_client (self->account, NULL, redirect, NULL, &error);
  g_assert_null (flow_sign_in (self->account, self->clock, &error));
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FAILED);
  g_clear_error (&error);

  g_socket_listener_close (other);
  result = flow_sign_in (self->account, self->clock, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (asked (self, "redirect_uri"), ==, redirect);
}

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Manual *manual = user_data;

  zq_sign_in_follow_finish (result, &manual->error);
  manual->done = TRUE;
}

static void
expect_not_followed (const char *url)
{
  g_auto (Manual) manual = { 0 };

  zq_sign_in_follow_async (url, NULL, NULL, on_followed, &manual);
  g_assert_true (zq_test_wait_flag (&manual.done, DEADLINE_S));
  g_assert_error (manual.error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN);
  g_assert_null (strstr (manual.error->message, "st4te"));
}

static void
test_follow_stops (Fixture *self, gconstpointer data)
{
  g_autofree char *to_itself =
      g_strconcat (self->server->base, "/authorize?state=st4te&redirect_uri=", self->server->base, "/callback", NULL);
  g_autofree char *elsewhere =
      g_strconcat (self->server->base, "/authorize?state=st4te&redirect_uri=http://hospital.example/callback", NULL);

  self->server->ask_person = TRUE;
  expect_not_followed (to_itself);
  expect_not_followed (elsewhere);
  expect_not_followed ("http://hospital.example/authorize?state=st4te");
  expect_not_followed ("nonsense");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define add(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  add ("/sign-in/whole-flow", test_whole_flow);
  add ("/sign-in/scopes-by-capability", test_scopes);
  add ("/sign-in/wrong-id-token-is-refused", test_wrong_id_token);
  add ("/sign-in/denial-is-told-in-the-hospitals-words", test_denied);
  add ("/sign-in/knows-who-signed-in", test_who_signed_in);
  add ("/sign-in/another-person-is-refused", test_other_person);
  add ("/sign-in/assistant-and-departments", test_roles);
  add ("/sign-in/not-smart-is-said", test_not_smart);
  add ("/sign-in/broken-token-endpoint", test_broken_token_endpoint);
  add ("/sign-in/no-network", test_no_network);
  add ("/sign-in/auth-none-looks-up", test_auth_none);
  add ("/sign-in/wrong-state-is-400-and-waits-on", test_wrong_state);
  add ("/sign-in/cancel-closes-the-listener", test_cancel);
  add ("/sign-in/fixed-redirect-letter-for-letter", test_fixed_redirect);
  add ("/sign-in/follow-stops-where-a-person-is-wanted", test_follow_stops);
#undef add
  return g_test_run ();
}
