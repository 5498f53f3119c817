/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/support.h"
#include "ui/widgets/status-words.h"
#include "ui/widgets/words.h"

#define HOUR (60 * ZQ_TEST_MINUTE_US)

static void
expect (char *got, const char *wanted)
{
  g_assert_cmpstr (got, ==, wanted);
  g_free (got);
}

static void
test_due (void)
{
  gint64 now = ZQ_TEST_START_US;

  expect (zq_words_due (0, now), "");
  expect (zq_words_due (now + 3 * HOUR + ZQ_TEST_MINUTE_US, now), "3 h left");
  expect (zq_words_due (now + 59 * ZQ_TEST_MINUTE_US, now), "59 min left");
  expect (zq_words_due (now + 49 * HOUR, now), "2 days left");
  expect (zq_words_due (now, now), "overdue 0 min");
  expect (zq_words_due (now - 2 * HOUR, now), "overdue 2 h");
}

static void
test_days (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");
  gint64 now = ZQ_TEST_START_US; /* Sunday, 22 November 2026, 10:00 in Shanghai */

  expect (zq_words_when (now - HOUR, now, zone), "09:00");
  /* Midnight is the hospital's, not this computer's. */
  expect (zq_words_day (now - 10 * HOUR, now, zone), "Today");
  expect (zq_words_day (now - 10 * HOUR - 1, now, zone), "Yesterday");
  expect (zq_words_day_clock (now - 11 * HOUR, now, zone), "Yesterday 23:00");
  expect (zq_words_day (now - 72 * HOUR, now, zone), "Thu, 19 Nov");
  expect (zq_words_day (now - 365 * 24 * HOUR, now, zone), "22 Nov 2025");
  expect (zq_words_when (0, now, zone), "");
}

static void
test_person (void)
{
  expect (zq_words_sex_age (ZQ_SEX_FEMALE, 67, -1), "female 67");
  expect (zq_words_sex_age (ZQ_SEX_UNKNOWN, 67, -1), "67");
  expect (zq_words_sex_age (ZQ_SEX_MALE, -1, -1), "male");
  expect (zq_words_sex_age (ZQ_SEX_MALE, 0, 8), "male 8 months");
  expect (zq_words_sex_age (ZQ_SEX_UNKNOWN, -1, -1), "");
}

static void
test_allergies (void)
{
  ZqPatient patient = { .allergies = ZQ_ALLERGIES_NOT_ASKED };

  expect (zq_words_allergies (&patient), "Allergies not asked");
  patient.allergies = ZQ_ALLERGIES_NONE;
  expect (zq_words_allergies (&patient), "No allergies");
  patient.allergies = ZQ_ALLERGIES_LISTED;
  patient.allergy_text = (char *)"penicillin";
  expect (zq_words_allergies (&patient), "Allergic: penicillin");
}

static void
test_unknown_code (void)
{
  g_assert_cmpstr (zq_words_status ("completed"), ==, "Completed");
  g_assert_cmpstr (zq_words_status ("of-this-hospital-only"), ==, "of-this-hospital-only");
  g_assert_cmpstr (zq_words_status (NULL), ==, "");
  expect (zq_words_reason (NULL), "no reason was given");
  expect (zq_words_reason ("Der Server sagt nein"), "Der Server sagt nein");
}

static void
test_status (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");
  g_autoptr (ZqSessionStatus) status = zq_session_status_new ();
  ZqSessionCounts counts = { 0 };

  zq_session_status_set_state (status, ZQ_SESSION_SYNCED, ZQ_TEST_START_US);
  expect (zq_status_words (status, zone), "synced 10:00");
  counts.waiting = 2;
  zq_session_status_set_counts (status, &counts);
  expect (zq_status_words (status, zone), "sending 2");
  zq_session_status_set_state (status, ZQ_SESSION_OFFLINE, ZQ_TEST_START_US + HOUR);
  expect (zq_status_words (status, zone), "offline since 11:00 — everything is kept, 2 waiting");
  counts.waiting = 0;
  zq_session_status_set_counts (status, &counts);
  expect (zq_status_words (status, zone), "offline since 11:00 — everything is kept");
  zq_session_status_set_state (status, ZQ_SESSION_SYNCED, ZQ_TEST_START_US + HOUR);
  counts.held = 1;
  zq_session_status_set_counts (status, &counts);
  expect (zq_status_words (status, zone), "1 not sent: look again");
  zq_session_status_set_state (status, ZQ_SESSION_SIGNED_OUT, ZQ_TEST_START_US + HOUR);
  expect (zq_status_words (status, zone), "signed out — everything is kept");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/time-left-and-overdue-are-words", test_due);
  g_test_add_func ("/words/days-are-the-hospitals", test_days);
  g_test_add_func ("/words/what-is-not-known-of-a-person-is-left-out", test_person);
  g_test_add_func ("/words/allergies-have-three-forms", test_allergies);
  g_test_add_func ("/words/unknown-codes-are-said-as-they-came", test_unknown_code);
  g_test_add_func ("/words/link-to-the-hospital", test_status);
  return g_test_run ();
}
