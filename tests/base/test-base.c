/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "base/session-status.h"
#include "support/support.h"

#include <string.h>

static void
test_ids (void)
{
  g_autofree char *a = zq_id_new ();
  g_autofree char *b = zq_id_new ();

  g_assert_true (g_uuid_string_is_valid (a));
  g_assert_true (zq_id_is_valid (a));
  g_assert_cmpstr (a, !=, b);
}

static void
test_id_form (void)
{
  static const char *const good[] = { "1", "a-b.C9",
                                      "0123456789012345678901234567890123456789012345678901234567890123" };
  static const char *const bad[] = {
    "", "a b", "a/b", "a_b", "中", "a\n", "01234567890123456789012345678901234567890123456789012345678901234"
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (zq_id_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (zq_id_is_valid (bad[i]));
  g_assert_false (zq_id_is_valid (NULL));
}

static void
test_token (void)
{
  g_autofree char *none = zq_id_random_token (0);

  g_assert_cmpstr (none, ==, "");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *token = zq_id_random_token (32);
      g_autofree char *other = zq_id_random_token (32);

      g_assert_cmpuint (strlen (token), ==, 43);
      g_assert_cmpuint (strspn (token, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_"), ==, 43);
      g_assert_cmpstr (token, !=, other);
    }
}

static void
count_notify (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *)data;
}

static void
test_status_changes (void)
{
  ZqSessionStatus *status = zq_session_status_new ();
  guint states = 0, all = 0;

  g_signal_connect (status, "notify::state", G_CALLBACK (count_notify), &states);
  g_signal_connect (status, "notify", G_CALLBACK (count_notify), &all);
  g_assert_cmpint (zq_session_status_get_state (status), ==, ZQ_SESSION_SIGNED_OUT);

  zq_session_status_set_state (status, ZQ_SESSION_SYNCED, 100);
  g_assert_cmpint (zq_session_status_get_last_synced (status), ==, 100);
  zq_session_status_set_state (status, ZQ_SESSION_OFFLINE, 200);
  zq_session_status_set_state (status, ZQ_SESSION_OFFLINE, 300);
  g_assert_cmpint (zq_session_status_get_offline_since (status), ==, 200);
  g_assert_cmpint (zq_session_status_get_last_synced (status), ==, 100);
  zq_session_status_set_state (status, ZQ_SESSION_SYNCING, 400);
  g_assert_cmpint (zq_session_status_get_offline_since (status), ==, 0);
  g_assert_cmpuint (states, ==, 3);

  all = 0;
  zq_session_status_set_state (status, ZQ_SESSION_SYNCING, 500);
  zq_session_status_set_problem (status, NULL);
  zq_session_status_set_progress (status, -0.5);
  g_assert_cmpuint (all, ==, 0);
  zq_session_status_set_problem (status, "x");
  zq_session_status_set_progress (status, 0.5);
  g_assert_cmpuint (all, ==, 2);
  zq_test_last_unref (status);
}

static void
test_status_counts (void)
{
  ZqSessionStatus *status = zq_session_status_new ();
  const ZqSessionCounts counts = { .waiting = 3, .refused = 1 };
  g_autofree char *problem = NULL;
  guint all = 0, waiting, held, refused, unreadable;
  ZqSessionState state;
  double progress;

  g_signal_connect (status, "notify", G_CALLBACK (count_notify), &all);
  zq_session_status_set_counts (status, &counts);
  zq_session_status_set_counts (status, &counts);
  g_assert_cmpuint (all, ==, 2);
  g_assert_cmpuint (zq_session_status_get_counts (status)->waiting, ==, 3);

  zq_session_status_set_problem (status, "The hospital does not answer");
  g_object_get (status, "state", &state, "waiting", &waiting, "held", &held, "refused", &refused, "unreadable",
                &unreadable, "progress", &progress, "problem", &problem, NULL);
  g_assert_cmpint (state, ==, ZQ_SESSION_SIGNED_OUT);
  g_assert_cmpuint (waiting, ==, 3);
  g_assert_cmpuint (held, ==, 0);
  g_assert_cmpuint (refused, ==, 1);
  g_assert_cmpuint (unreadable, ==, 0);
  g_assert_cmpfloat (progress, ==, -1);
  g_assert_cmpstr (problem, ==, "The hospital does not answer");
  zq_test_last_unref (status);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/id/new-ones-differ-and-are-fhir-ids", test_ids);
  g_test_add_func ("/id/form-is-that-of-fhir", test_id_form);
  g_test_add_func ("/id/tokens-are-base64url", test_token);
  g_test_add_func ("/session-status/tells-changes-once", test_status_changes);
  g_test_add_func ("/session-status/counts-are-properties", test_status_counts);

  return g_test_run ();
}
