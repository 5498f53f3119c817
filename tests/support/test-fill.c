/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fill.h"
#include "support/support.h"

#include "session/session.h"

#include <string.h>

#define BASE "http://127.0.0.1:8080/fhir"
#define SPEC "patients=120,consultations=500,messages=4000,observations=50,at=1795000000"

static gint64
ask (ZqSession *session, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = 0;

  zq_db_get_int (zq_store_get_main_db (zq_session_get_store (session)), &value, &error, sql, "");
  g_assert_no_error (error);
  return value;
}

static ZqSession *
filled (const ZqTestDir *dir, ZqClock *clock, ZqFillReport *report)
{
  static const guint8 bytes[32] = { 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqAccount) account = zq_fill_account (dir, BASE, &error);
  g_autoptr (GBytes) key = g_bytes_new (bytes, sizeof bytes);
  ZqSession *session;
  ZqSeedSpec spec;

  g_assert_no_error (error);
  session = zq_session_new (account, clock);
  zq_session_open_store (session, key, &error);
  g_assert_no_error (error);
  zq_seed_spec_parse (SPEC, &spec, &error);
  g_assert_no_error (error);
  zq_fill_store (zq_session_get_store (session), &spec, NULL, report, &error);
  g_assert_no_error (error);
  return session;
}

/* All that the doctor is shown is held, each taken by its kind, and nothing is left to be asked for. */
static void
test_holds_all (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (G_GINT64_CONSTANT (1795000000000000));
  ZqFillReport report;
  g_autoptr (ZqSession) session = filled (dir, clock, &report);

  g_assert_cmpuint (report.n_unreadable, ==, 0);
  g_assert_cmpint ((gint64)report.n_taken, ==, ask (session, "SELECT count(*) FROM resource WHERE state = 'held'"));
  g_assert_cmpint (ask (session, "SELECT count(*) FROM resource WHERE state = 'held' AND kind IS NULL"), ==, 0);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM resource WHERE state = 'wanted'"), ==, 0);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM resource WHERE server_id LIKE 'bt-%'"), ==, 500);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM resource WHERE server_id LIKE 'bm-%' AND kind = 'message'"), >,
                   3600);
  /* of a colleague's only the Task */
  g_assert_cmpint (ask (session, "SELECT count(*) FROM consult WHERE NOT mine AND NOT in_pool"), >, 20);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM message m LEFT JOIN consult c ON c.thread = m.thread"
                                 " WHERE coalesce (c.mine OR c.in_pool, 0) = 0 AND NOT m.note"),
                   ==, 0);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM resource WHERE server_id LIKE 'task-%' AND kind = 'consult'"), >,
                   100);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM consult WHERE mine"), >, 300);
  zq_session_close (session);
}

/* Sync has nothing left to fill: each scope's cursor stands at the instant that it was made for. */
static void
test_cursors (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (ZqClock) clock = zq_clock_new_virtual (G_GINT64_CONSTANT (1795000000000000));
  ZqFillReport report;
  g_autoptr (ZqSession) session = filled (dir, clock, &report);
  g_auto (ZqCursor) cursor = { 0 };
  g_autoptr (GError) error = NULL;

  zq_store_get_cursor (zq_store_get_main_db (zq_session_get_store (session)), "message", "department/" ZQ_SEED_ENDO,
                       &cursor, &error);
  g_assert_no_error (error);
  g_assert_true (cursor.filled);
  g_assert_cmpstr (cursor.high, ==, "2026-11-18T11:06:40.000000Z");
  g_assert_cmpint (ask (session, "SELECT count(*) FROM cursor WHERE NOT filled"), ==, 0);
  g_assert_cmpint (ask (session, "SELECT count(*) FROM cursor WHERE kind = 'allergy'"), >, 120);
  zq_session_close (session);
}

/* The account is found again, so that a workstation opens what was filled. */
static void
test_account (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqAccount) made = zq_fill_account (dir, BASE, &error);
  g_autoptr (ZqAccount) again = zq_fill_account (dir, BASE, &error);
  g_autoptr (ZqAccount) found = zq_account_find (dir, BASE);

  g_assert_no_error (error);
  g_assert_cmpstr (zq_account_get_id (made), ==, zq_account_get_id (again));
  g_assert_cmpstr (zq_account_get_id (made), ==, zq_account_get_id (found));
  g_assert_cmpstr (zq_account_get_practitioner (found), ==, "doc-lin");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fill/all-is-held-and-claimed", test_holds_all);
  g_test_add_func ("/fill/nothing-is-left-to-sync", test_cursors);
  g_test_add_func ("/fill/account-is-found-again", test_account);
  return g_test_run ();
}
