/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <string.h>

#define CODE_LIFETIME_US  (61 * (gint64)G_USEC_PER_SEC)
#define TOKEN_LIFETIME_US (3601 * (gint64)G_USEC_PER_SEC)

static void
assert_oauth_error (Answer *answer, const char *error)
{
  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_cmpstr (zq_json_get_string (answer->node, "error"), ==, error);
}

static char *
new_code (Fixture *fixture)
{
  g_autoptr (Answer) answer = authorize (fixture, NULL);

  return redirect_value (answer, "code");
}

static Answer *
refresh (Fixture *fixture, const char *token)
{
  return post_form (fixture, "/auth/token", "grant_type", "refresh_token", "refresh_token", token, "client_id",
                    "zhenqiao", NULL);
}

static void
test_discovery (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) answer = get (fixture, NULL, ".well-known/smart-configuration");
  g_autofree char *endpoint = g_strconcat (fixture->origin, "/auth/token", NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (answer->node, "token_endpoint"), ==, endpoint);
  g_assert_cmpstr (zq_json_get_string (answer->node, "code_challenge_methods_supported[0]"), ==, "S256");
}

static void
test_code_flow (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) redirect = authorize (fixture, NULL);
  g_autofree char *code = redirect_value (redirect, "code");
  g_autofree char *state = redirect_value (redirect, "state");
  g_autoptr (Answer) token = exchange (fixture, code, fixture_verifier);
  g_auto (GStrv) parts = g_strsplit (zq_json_get_string (token->node, "id_token"), ".", 3);
  g_autofree char *padded = g_strconcat (parts[1], &"==="[(strlen (parts[1]) + 3) % 4], NULL);
  g_autofree char *user = g_strconcat (fixture->base, "/Practitioner/lin", NULL);
  g_autofree guchar *claims = NULL;
  g_autoptr (JsonNode) node = NULL;
  gsize length;

  g_assert_cmpuint (redirect->status, ==, 302);
  g_assert_true (g_str_has_prefix (soup_message_headers_get_one (redirect->headers, "Location"), fixture_redirect));
  g_assert_cmpstr (state, ==, "a b&c=d/é");
  g_assert_cmpstr (zq_json_get_string (token->node, "token_type"), ==, "Bearer");
  g_assert_cmpstr (zq_json_get_string (token->node, "expires_in"), ==, "3600");
  g_assert_cmpstr (soup_message_headers_get_one (token->headers, "Cache-Control"), ==, "no-store");

  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  claims = g_base64_decode (padded, &length);
  node = zq_json_read ((const char *)claims, length, NULL);
  g_assert_cmpstr (zq_json_get_string (node, "iss"), ==, fixture->base);
  g_assert_cmpstr (zq_json_get_string (node, "aud"), ==, "zhenqiao");
  g_assert_cmpstr (zq_json_get_string (node, "nonce"), ==, "n-1");
  g_assert_cmpstr (zq_json_get_string (node, "sub"), ==, "lin");
  g_assert_cmpstr (zq_json_get_string (node, "fhirUser"), ==, user);
}

static void
test_pkce (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) none = authorize (fixture, "code_challenge", NULL, NULL);
  g_autoptr (Answer) plain = authorize (fixture, "code_challenge_method", "plain", NULL);
  g_autofree char *none_error = redirect_value (none, "error");
  g_autofree char *plain_error = redirect_value (plain, "error");
  g_autofree char *code = new_code (fixture);
  g_autoptr (Answer) wrong = exchange (fixture, code, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX");
  g_autoptr (Answer) second = exchange (fixture, code, fixture_verifier);

  g_assert_cmpstr (none_error, ==, "invalid_request");
  g_assert_cmpstr (plain_error, ==, "invalid_request");
  assert_oauth_error (wrong, "invalid_grant");
  assert_oauth_error (second, "invalid_grant");
}

static void
test_bad_requests (Fixture *fixture, gconstpointer data)
{
  static const char *const redirects[] = {
    "https://evil.example/",          "http://evil.example/callback",  "file:///etc/passwd",
    "http://127.0.0.1.evil.example/", "http://127.0.0.1:5/callback#x", "nonsense"
  };
  g_autoptr (Answer) audience = authorize (fixture, "aud", "http://127.0.0.1:1/fhir", NULL);
  g_autoptr (Answer) state = authorize (fixture, "state", NULL, NULL);
  g_autoptr (Answer) type = authorize (fixture, "response_type", "token", NULL);
  g_autoptr (Answer) client = authorize (fixture, "client_id", "other", NULL);
  g_autoptr (Answer) grant = post_form (fixture, "/auth/token", "grant_type", "password", NULL);
  g_autofree char *audience_error = redirect_value (audience, "error");
  g_autofree char *type_error = redirect_value (type, "error");
  g_autofree char *state_error = redirect_value (state, "error");

  for (gsize i = 0; i < G_N_ELEMENTS (redirects); i++)
    {
      g_autoptr (Answer) answer = authorize (fixture, "redirect_uri", redirects[i], NULL);

      g_assert_cmpuint (answer->status, ==, 400);
      g_assert_null (soup_message_headers_get_one (answer->headers, "Location"));
    }
  g_assert_cmpuint (client->status, ==, 400);
  g_assert_cmpstr (audience_error, ==, "invalid_request");
  g_assert_cmpstr (state_error, ==, "invalid_request");
  g_assert_cmpstr (type_error, ==, "unsupported_response_type");
  assert_oauth_error (grant, "unsupported_grant_type");
}

static void
test_code_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = new_code (fixture);
  g_autofree char *late = new_code (fixture);
  g_autoptr (Answer) first = exchange (fixture, code, fixture_verifier);
  const char *token = zq_json_get_string (first->node, "access_token");
  g_autoptr (Answer) before = get (fixture, token, "Task");
  g_autoptr (Answer) second = exchange (fixture, code, fixture_verifier);
  g_autoptr (Answer) after = get (fixture, token, "Task");
  g_autoptr (Answer) too_late = NULL;

  g_assert_cmpuint (before->status, ==, 200);
  assert_oauth_error (second, "invalid_grant");
  assert_outcome (after, 401);
  zq_clock_advance (fixture->clock, CODE_LIFETIME_US);
  too_late = exchange (fixture, late, fixture_verifier);
  assert_oauth_error (too_late, "invalid_grant");
}

static void
test_refresh (Fixture *fixture, gconstpointer data)
{
  g_autofree char *code = new_code (fixture);
  g_autoptr (Answer) first = exchange (fixture, code, fixture_verifier);
  g_autoptr (Answer) expired = NULL, second = NULL, works = NULL, reused = NULL, revoked = NULL, dead = NULL;

  zq_clock_advance (fixture->clock, TOKEN_LIFETIME_US);
  expired = get (fixture, zq_json_get_string (first->node, "access_token"), "Task");
  assert_outcome (expired, 401);
  g_assert_cmpstr (soup_message_headers_get_one (expired->headers, "WWW-Authenticate"), ==, "Bearer");

  second = refresh (fixture, zq_json_get_string (first->node, "refresh_token"));
  g_assert_cmpuint (second->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (second->node, "refresh_token"), !=,
                   zq_json_get_string (first->node, "refresh_token"));
  works = get (fixture, zq_json_get_string (second->node, "access_token"), "Task");
  g_assert_cmpuint (works->status, ==, 200);

  reused = refresh (fixture, zq_json_get_string (first->node, "refresh_token"));
  assert_oauth_error (reused, "invalid_grant");
  revoked = refresh (fixture, zq_json_get_string (second->node, "refresh_token"));
  assert_oauth_error (revoked, "invalid_grant");
  dead = get (fixture, zq_json_get_string (second->node, "access_token"), "Task");
  assert_outcome (dead, 401);
}

static void
test_account_page (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Answer) page = authorize (fixture, "login_hint", NULL, "state", "\"><script>", NULL);
  g_autoptr (Answer) patients = authorize (fixture, "login_hint", NULL, "client_id", "patient-page", NULL);
  g_autoptr (Answer) picked = post_form (fixture, "/auth/authorize", "response_type", "code", "client_id", "zhenqiao",
                                         "redirect_uri", fixture_redirect, "scope", "openid", "state", "s", "aud",
                                         fixture->base, "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                                         "code_challenge_method", "S256", "account", "wang", NULL);
  g_autofree char *code = redirect_value (picked, "code");
  g_autoptr (Answer) token = exchange (fixture, code, fixture_verifier);

  g_assert_cmpuint (page->status, ==, 200);
  g_assert_nonnull (strstr (page->text, "value=\"wang\""));
  g_assert_null (strstr (page->text, "value=\"p1\""));
  g_assert_null (strstr (page->text, "<script>"));
  g_assert_nonnull (strstr (patients->text, "value=\"p1\""));
  g_assert_null (strstr (patients->text, "value=\"wang\""));
  g_assert_cmpuint (picked->status, ==, 302);
  g_assert_cmpuint (token->status, ==, 200);
  g_assert_null (zq_json_get_string (token->node, "refresh_token"));
}

static void
test_own_origin (Fixture *fixture, gconstpointer data)
{
  g_autofree char *own = g_strconcat (fixture->origin, "/patient/", NULL);
  g_autoptr (Answer) answer =
      authorize (fixture, "client_id", "patient-page", "redirect_uri", own, "login_hint", "p1", NULL);
  g_autofree char *code = redirect_value (answer, "code");
  g_autoptr (Answer) token =
      post_form (fixture, "/auth/token", "grant_type", "authorization_code", "code", code, "client_id", "patient-page",
                 "redirect_uri", own, "code_verifier", fixture_verifier, NULL);

  g_assert_cmpuint (token->status, ==, 200);
  g_assert_cmpstr (zq_json_get_string (token->node, "patient"), ==, "p1");
}

static void
test_no_token (Fixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "Patient/p1", "Patient", "?_page=x", "Patient/p1/_history", "Nonsense" };
  g_autoptr (Answer) bundle = ask (fixture, "POST", "", NULL, "{}", NULL);
  g_autoptr (Answer) wrong = get (fixture, "made-up", "Patient");

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (Answer) answer = get (fixture, NULL, paths[i]);

      assert_outcome (answer, 401);
    }
  assert_outcome (bundle, 401);
  assert_outcome (wrong, 401);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/hospital/sign-in/discovery", test_discovery);
  fixture_add ("/hospital/sign-in/code-flow-with-exact-state", test_code_flow);
  fixture_add ("/hospital/sign-in/pkce-is-required-and-checked", test_pkce);
  fixture_add ("/hospital/sign-in/bad-requests-go-nowhere", test_bad_requests);
  fixture_add ("/hospital/sign-in/code-serves-once-and-briefly", test_code_once);
  fixture_add ("/hospital/sign-in/refresh-rotates-and-reuse-revokes", test_refresh);
  fixture_add ("/hospital/sign-in/account-page", test_account_page);
  fixture_add ("/hospital/sign-in/patient-page-on-own-origin", test_own_origin);
  fixture_add ("/hospital/sign-in/without-a-token-nothing", test_no_token);

  return g_test_run ();
}
