/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"
#include "account/id-token.h"
#include "account/pkce.h"
#include "support/support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
test_pkce (void)
{
  /* RFC 7636, appendix B */
  g_autofree char *challenge = zq_pkce_challenge ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_autofree char *one = zq_pkce_verifier_new ();
  g_autofree char *other = zq_pkce_verifier_new ();

  g_assert_cmpstr (challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  g_assert_cmpuint (strlen (one), >=, 43);
  g_assert_cmpuint (strlen (one), <=, 128);
  g_assert_cmpuint (strspn (one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"), ==,
                    strlen (one));
  g_assert_cmpstr (one, !=, other);
}

static void
test_round_trip (void)
{
  static const char *const departments[] = { "d1", "d2;odd", NULL };
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqAccount) account = zq_account_new (dir, "https://hospital.example/fhir/", &error);
  g_autoptr (ZqAccount) again = NULL;
  g_autoptr (ZqAccount) by_id = NULL;
  g_autoptr (ZqAccount) by_dir = NULL;
  struct stat info;

  g_assert_no_error (error);
  g_assert_false (g_file_test (zq_account_get_dir (account), G_FILE_TEST_EXISTS));
  g_assert_cmpstr (zq_account_get_base (account), ==, "https://hospital.example/fhir");
  g_assert_cmpstr (zq_account_get_client_id (account), ==, "zhenqiao");
  g_assert_cmpstr (zq_account_get_zone (account), ==, "Asia/Shanghai");
  g_assert_null (zq_account_get_practitioner (account));
  g_assert_nonnull (zq_account_get_departments (account));
  g_assert_true (zq_account_set_client (account, "desk", "http://127.0.0.1:8400/back", "/etc/ca.pem", &error));
  zq_account_set_person (account, "p1", "李文", "doctor", departments);
  g_assert_true (zq_account_save (account, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (zq_account_get_file (account), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (zq_account_get_dir (account), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  again = zq_account_load (zq_account_get_file (account), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zq_account_get_id (again), ==, zq_account_get_id (account));
  g_assert_cmpstr (zq_account_get_dir (again), ==, zq_account_get_dir (account));
  g_assert_cmpstr (zq_account_get_client_id (again), ==, "desk");
  g_assert_cmpstr (zq_account_get_redirect (again), ==, "http://127.0.0.1:8400/back");
  g_assert_cmpstr (zq_account_get_ca (again), ==, "/etc/ca.pem");
  g_assert_cmpstr (zq_account_get_name (again), ==, "李文");
  g_assert_cmpstrv (zq_account_get_departments (again), departments);
  g_assert_true (zq_account_uses_smart (again));
  g_assert_false (zq_account_get_signed_out (again));
  zq_account_set_signed_out (again, TRUE);
  g_assert_true (zq_account_save (again, &error));

  by_id = zq_account_open (dir, zq_account_get_id (account), &error);
  g_assert_no_error (error);
  by_dir = zq_account_open (dir, zq_account_get_dir (account), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (zq_account_get_id (by_dir), ==, zq_account_get_id (by_id));
  g_assert_true (zq_account_get_signed_out (by_dir));
}

static void
test_unknown_keys (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *file = zq_test_dir_path (dir, "ward.ini");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqAccount) account = NULL;
  g_autoptr (ZqAccount) again = NULL;
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;

  zq_test_write (dir, "ward.ini", "# by the administrator\n[Account]\nbase=https://hospital.example/fhir\nlater=7\n");
  account = zq_account_load (file, &error);
  g_assert_no_error (error);
  id = g_strdup (zq_account_get_id (account));
  again = zq_account_load (file, &error);
  g_assert_cmpstr (zq_account_get_id (again), ==, id);
  g_assert_true (zq_account_save (account, &error));
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "later=7"));
  g_assert_nonnull (strstr (text, "# by the administrator"));
}

static void
test_broken_files (void)
{
  static const char *const broken[] = {
    "",
    "nonsense",
    "[Other]\nbase=https://hospital.example/fhir\n",
    "[Account]\nid=a\n",
    "[Account]\nbase=\n",
    "[Account]\nbase=http://hospital.example/fhir\n",
    "[Account]\nbase=https://doctor:secret@hospital.example/fhir\n",
    "[Account]\nbase=https://hospital.example/fhir?x=1\n",
    "[Account]\nbase=https://hospital.example/fhir\nid=../../etc\n",
    "[Account]\nbase=https://hospital.example/fhir\nauth=basic\n",
    "[Account]\nbase=https://hospital.example/fhir\nauth=none\npractitioner=p1\n",
    "[Account]\nbase=http://127.0.0.1:1/fhir\nauth=none\n",
    "[Account]\nbase=https://hospital.example/fhir\nredirect=https://hospital.example/back\n",
    "[Account]\nbase=https://hospital.example/fhir\nredirect=http://hospital.example/back\n",
    "[Account]\nbase=https://hospital.example/fhir\npractitioner=a b\n",
    "[Account]\nbase=https://hospital.example/\xff\xfe\n",
  };
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *file = zq_test_dir_path (dir, "account.ini");

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;

      zq_test_write (dir, "account.ini", broken[i]);
      g_assert_null (zq_account_load (file, &error));
      g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE);
      g_assert_null (strstr (error->message, "secret"));
    }
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_null (zq_account_load (file, NULL));
}

static void
test_auth_none (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqAccount) far = zq_account_new (dir, "https://hospital.example/fhir", NULL);
  g_autoptr (ZqAccount) near = zq_account_new (dir, "http://localhost:8080/fhir", NULL);

  zq_account_set_auth_none (far, "p1", &error);
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE);
  g_clear_error (&error);
  g_assert_true (zq_account_uses_smart (far));
  zq_account_set_auth_none (near, "p1", &error);
  g_assert_no_error (error);
  g_assert_false (zq_account_uses_smart (near));
  g_assert_cmpstr (zq_account_get_practitioner (near), ==, "p1");
}

static void
set_used (ZqAccount *account, const char *name, gint64 at)
{
  g_autofree char *path = g_build_filename (zq_account_get_dir (account), name, NULL);
  struct timespec times[2] = { { at, 0 }, { at, 0 } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
test_list (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (ZqAccount) old = zq_account_new (dir, "https://a.example/fhir", NULL);
  g_autoptr (ZqAccount) used = zq_account_new (dir, "https://a.example/fhir", NULL);
  g_autofree char *broken = g_build_filename (dir, "zhenqiao", "accounts", "broken", NULL);
  g_autofree char *broken_file = g_build_filename (broken, "account.ini", NULL);
  g_autoptr (GPtrArray) accounts = NULL;
  g_autoptr (ZqAccount) found = NULL;

  accounts = zq_account_list (dir);
  g_assert_cmpuint (accounts->len, ==, 0);
  g_clear_pointer (&accounts, g_ptr_array_unref);
  g_assert_true (zq_account_save (old, NULL));
  g_assert_true (zq_account_save (used, NULL));
  g_assert_true (zq_account_lock (used, NULL));
  set_used (old, "account.ini", 2000);
  set_used (used, "account.ini", 1000);
  set_used (used, "lock", 3000);
  g_mkdir_with_parents (broken, 0700);
  g_assert_true (g_file_set_contents (broken_file, "nonsense", -1, NULL));

  accounts = zq_account_list (dir);
  g_assert_cmpuint (accounts->len, ==, 2);
  g_assert_cmpstr (zq_account_get_id (g_ptr_array_index (accounts, 0)), ==, zq_account_get_id (used));
  found = zq_account_find (dir, "https://a.example/fhir/");
  g_assert_cmpstr (zq_account_get_id (found), ==, zq_account_get_id (used));
  g_assert_null (zq_account_find (dir, "https://b.example/fhir"));
}

#define LOCK_FILE_VARIABLE "ZQ_TEST_LOCK_ACCOUNT"

/* The other process: exits 0 when it got the lock, 3 when another has it. */
static int
try_lock (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqAccount) account = zq_account_load (file, &error);

  if (account != NULL && zq_account_lock (account, &error))
    return 0;
  return g_error_matches (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_LOCKED) ? 3 : 1;
}

static int
try_lock_elsewhere (ZqAccount *account)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, LOCK_FILE_VARIABLE, zq_account_get_file (account), TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "/proc/self/exe", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  return g_subprocess_get_exit_status (process);
}

static void
test_lock (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (ZqAccount) account = zq_account_new (dir, "https://a.example/fhir", NULL);
  g_autoptr (ZqAccount) same = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (zq_account_save (account, NULL));
  g_assert_true (zq_account_lock (account, &error));
  g_assert_true (zq_account_lock (account, &error));
  g_assert_cmpint (try_lock_elsewhere (account), ==, 3);
  same = zq_account_load (zq_account_get_file (account), NULL);
  g_assert_false (zq_account_lock (same, &error));
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_LOCKED);
  g_clear_object (&account);
  g_assert_cmpint (try_lock_elsewhere (same), ==, 0);
  g_clear_error (&error);
  g_assert_true (zq_account_lock (same, &error));
}

static char *
token_of (const char *claims)
{
  g_autofree char *payload = g_base64_encode ((const guchar *)claims, strlen (claims));

  g_strdelimit (payload, "+", '-');
  g_strdelimit (payload, "/", '_');
  payload[strcspn (payload, "=")] = '\0';
  return g_strconcat ("e30.", payload, ".c2ln", NULL);
}

static void
test_id_token (void)
{
  static const struct
  {
    const char *claims;
    gboolean good;
  } cases[] = {
    { "{\"iss\":\"https://i\",\"aud\":\"c\",\"exp\":1010,\"nonce\":\"n\",\"fhirUser\":\"Practitioner/1\"}", TRUE },
    { "{\"iss\":\"https://i\",\"aud\":[\"c\"],\"exp\":1010,\"nonce\":\"n\",\"profile\":\"Practitioner/1\"}", TRUE },
    { "{\"iss\":\"https://"
      "i\",\"aud\":[\"x\",\"c\"],\"azp\":\"c\",\"exp\":1010,\"nonce\":\"n\",\"fhirUser\":\"Practitioner/1\"}",
      TRUE },
    { "{\"iss\":\"https://i\",\"aud\":[\"x\",\"c\"],\"exp\":1010,\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://i\",\"aud\":\"c\",\"azp\":\"x\",\"exp\":1010,\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://j\",\"aud\":\"c\",\"exp\":1010,\"nonce\":\"n\"}", FALSE },
    { "{\"aud\":\"c\",\"exp\":1010,\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://i\",\"aud\":\"x\",\"exp\":1010,\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://i\",\"exp\":1010,\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://i\",\"aud\":\"c\",\"exp\":900,\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://i\",\"aud\":\"c\",\"nonce\":\"n\"}", FALSE },
    { "{\"iss\":\"https://i\",\"aud\":\"c\",\"exp\":1010,\"nonce\":\"m\"}", FALSE },
    { "{\"iss\":\"https://i\",\"aud\":\"c\",\"exp\":1010}", FALSE },
    { "[]", FALSE },
    { "", FALSE },
  };
  static const char *const broken[] = { "", ".", "..", "a.b", "a.b.c.d", "e30.%%%.c2ln" };
  ZqIdTokenExpected expected = { "https://i", "c", "n", G_GINT64_CONSTANT (1000) * G_USEC_PER_SEC };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = token_of (cases[i].claims);
      g_autoptr (GError) error = NULL;
      g_autofree char *user = zq_id_token_check (token, &expected, &error);

      if (cases[i].good)
        g_assert_cmpstr (user, ==, "Practitioner/1");
      else
        g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN);
    }
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    g_assert_null (zq_id_token_check (broken[i], &expected, NULL));
}

int
main (int argc, char *argv[])
{
  if (g_getenv (LOCK_FILE_VARIABLE) != NULL)
    return try_lock (g_getenv (LOCK_FILE_VARIABLE));

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/account/pkce-rfc7636-appendix-b", test_pkce);
  g_test_add_func ("/account/file-round-trip", test_round_trip);
  g_test_add_func ("/account/file-keeps-what-it-does-not-know", test_unknown_keys);
  g_test_add_func ("/account/broken-file-is-refused", test_broken_files);
  g_test_add_func ("/account/auth-none-only-on-loopback", test_auth_none);
  g_test_add_func ("/account/list-begins-with-the-last-used", test_list);
  g_test_add_func ("/account/one-process-holds-the-lock", test_lock);
  g_test_add_func ("/account/id-token-claims", test_id_token);
  return g_test_run ();
}
