/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/opening.h"
#include "support/support.h"

typedef struct
{
  gboolean done;
  GError *error;
} Answer;

static void
on_opened (ZqAccount *account, ZqSession *session, const GError *error, gpointer data)
{
  Answer *answer = data;

  g_assert_nonnull (account);
  g_assert_null (session);
  answer->error = g_error_copy (error);
  answer->done = TRUE;
}

static GError *
open_account (const char *dir, ZqClock *clock)
{
  Answer answer = { 0 };

  zq_opening_then (zq_opening_start (dir, NULL, NULL, clock, FALSE), on_opened, &answer);
  g_assert_true (zq_test_wait_flag (&answer.done, 10));
  return answer.error;
}

/* What is kept stays shut until the next sign-in, with the network or without. */
static void
test_signed_out (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (ZqClock) clock = zq_test_clock ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) out = NULL, in = NULL;
  g_autoptr (ZqAccount) account = zq_account_new (dir, "https://hospital.example/fhir", &error);
  ZqSignInResult result = { .fhir_user = (char *)"Practitioner/p1", .name = (char *)"Li" };

  g_assert_no_error (error);
  zq_sign_in_result_apply (&result, account);
  zq_account_set_signed_out (account, TRUE);
  g_assert_true (zq_account_save (account, &error));
  out = open_account (dir, clock);
  g_assert_error (out, ZQ_OPENING_ERROR, ZQ_OPENING_ERROR_SIGNED_OUT);

  zq_sign_in_result_apply (&result, account);
  g_assert_true (zq_account_save (account, &error));
  in = open_account (dir, clock);
  g_assert_cmpint (in->domain, ==, ZQ_ACCOUNT_ERROR); /* as far as the keyring, which is not there */
}

int
main (int argc, char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/opening/signed-out-stays-shut-until-the-next-sign-in", test_signed_out);
  return g_test_run ();
}
