/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/home/home.h"

#include <string.h>

#define BY_PATIENT(n) "'performer':[{'reference':'Patient/" n "'}]"
#define MEAL(code)                                                                                                     \
  ",'component':[{'code':{'text':'when'},'valueCodeableConcept':{'coding':[{'system':"                                 \
  "'https://zhenqiao.org/fhir/CodeSystem/meal-context','code':'" code "'}]}}]"

/* The test's clock stands at 2026-11-22 10:00 in Shanghai. */
#define TODAY "2026-11-22"

static void
take (Fixture *fixture, const char *id, const char *version, const char *status, const char *loinc, const char *rest)
{
  fixture_take (fixture,
                "{'resourceType':'Observation','id':'%s','meta':{'versionId':'%s'},'status':'%s','subject':{"
                "'reference':'Patient/1'},'code':{'coding':[{'system':'http://loinc.org','code':'%s'}]},%s}",
                id, version, status, loinc, rest);
}

static void
take_glucose (Fixture *fixture, const char *id, const char *at, const char *value, const char *meal)
{
  g_autofree char *rest = g_strdup_printf (
      BY_PATIENT ("1") ",'effectiveDateTime':'%s+08:00','valueQuantity':{'value':%s,'unit':'mmol/L'}%s", at, value,
      meal);

  take (fixture, id, "1", "final", "14743-9", rest);
}

static void
take_pressure (Fixture *fixture, const char *id, const char *at, const char *systolic, const char *diastolic)
{
  g_autofree char *rest =
      g_strdup_printf (BY_PATIENT ("1") ",'effectiveDateTime':'%s+08:00','component':["
                                        "{'code':{'coding':[{'system':'http://loinc.org','code':'8480-6'}]},"
                                        "'valueQuantity':{'value':%s,'unit':'mmHg','code':'mm[Hg]'}},"
                                        "{'code':{'coding':[{'system':'http://loinc.org','code':'8462-4'}]},"
                                        "'valueQuantity':{'value':%s,'unit':'mmHg','code':'mm[Hg]'}}]",
                       at, systolic, diastolic);

  take (fixture, id, "1", "final", "85354-9", rest);
}

static gint64
patient (Fixture *fixture)
{
  return fixture_row (fixture, "Patient", "1");
}

static ZqHome *
load (Fixture *fixture, guint n_days)
{
  g_autoptr (GError) error = NULL;
  ZqHome *home = zq_home_load (fixture_db (fixture), fixture->context, patient (fixture), n_days,
                               zq_clock_now (fixture->clock), &error);

  g_assert_no_error (error);
  return home;
}

static const ZqHomeDay *
day (ZqHome *home, guint ago)
{
  return home->days->pdata[ago];
}

/* --- what is one -------------------------------------------------------------------------------------- */

static void
test_what_is_one (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqHome) home = NULL;
  g_autoptr (ZqHome) later = NULL;
  const ZqHomeReading *reading;

  take_glucose (fixture, "own", TODAY "T06:10:00", "7.10", MEAL ("fasting"));
  take (fixture, "lab", "1", "final", "14743-9",
        "'performer':[{'display':'laboratory'}],'effectiveDateTime':'" TODAY
        "T06:20:00+08:00','valueQuantity':{'value':8,'unit':'mmol/L'}");
  take (fixture, "device", "1", "final", "29463-7",
        "'device':{'reference':'Device/1'},'effectiveDateTime':'" TODAY
        "T06:30:00+08:00','valueQuantity':{'value':68.5,'unit':'kg','code':'kg'}");
  take (fixture, "relative", "1", "final", "8310-5",
        "'performer':[{'reference':'RelatedPerson/1'}],'effectiveDateTime':'" TODAY
        "T06:40:00+08:00','valueQuantity':{'value':36.8,'unit':'℃','code':'Cel'}");
  home = load (fixture, 14);
  g_assert_cmpuint (home->readings->len, ==, 3);
  reading = home->readings->pdata[0];
  g_assert_cmpint (reading->result, ==, fixture_row (fixture, "Observation", "own"));
  g_assert_cmpstr (reading->value->text, ==, "7.10");
  g_assert_cmpint (reading->context, ==, ZQ_MEAL_FASTING);
  g_assert_cmpint (reading->place, ==, ZQ_RANGE_HIGH);
  g_assert_cmpuint (home->n[ZQ_HOME_WEIGHT], ==, 1);
  g_assert_cmpuint (home->n[ZQ_HOME_TEMPERATURE], ==, 1);
  /* They stand in the timeline as any result. */
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM record_item WHERE patient = ?", patient (fixture)),
                   ==, 4);

  /* What was taken back is gone; what turns out to be the laboratory's is a result still. */
  take (fixture, "relative", "2", "entered-in-error", "8310-5",
        "'performer':[{'reference':'RelatedPerson/1'}],'effectiveDateTime':'" TODAY
        "T06:40:00+08:00','valueQuantity':{'value':36.8,'unit':'℃','code':'Cel'}");
  take (fixture, "device", "2", "final", "29463-7",
        "'performer':[{'reference':'Organization/1'}],'effectiveDateTime':'" TODAY
        "T06:30:00+08:00','valueQuantity':{'value':68.5,'unit':'kg','code':'kg'}");
  later = load (fixture, 14);
  g_assert_cmpuint (later->readings->len, ==, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM result WHERE id = ?",
                                   fixture_row (fixture, "Observation", "device")),
                   ==, 1);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM record_item WHERE patient = ?", patient (fixture)),
                   ==, 4);
}

/* --- days ----------------------------------------------------------------------------------------------- */

static void
test_days (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqHome) home = NULL;

  take_glucose (fixture, "a", TODAY "T00:00:00", "5.0", MEAL ("night"));
  take_glucose (fixture, "b", "2026-11-21T23:59:59", "6.0", MEAL ("bedtime"));
  take_glucose (fixture, "c", "2026-11-09T00:00:00", "6.5", MEAL ("fasting"));
  take_glucose (fixture, "d", "2026-11-08T23:59:59", "6.6", MEAL ("fasting")); /* before the fortnight */
  home = load (fixture, 14);
  g_assert_cmpuint (home->days->len, ==, 14);
  g_assert_cmpuint (home->readings->len, ==, 3);
  g_assert_cmpuint (day (home, 0)->readings->len, ==, 1);
  g_assert_cmpuint (day (home, 1)->readings->len, ==, 1);
  g_assert_cmpuint (day (home, 2)->readings->len, ==, 0);
  g_assert_cmpuint (day (home, 13)->readings->len, ==, 1);
  g_assert_cmpuint (home->n_gaps[ZQ_HOME_GLUCOSE], ==, 11);
  g_assert_cmpuint (home->n_gaps[ZQ_HOME_WEIGHT], ==, 14);
}

static void
test_counts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqHome) home = NULL;
  const ZqGlucoseCount *fasting, *after;

  take_glucose (fixture, "a", TODAY "T06:00:00", "7.0", MEAL ("fasting"));
  take_glucose (fixture, "b", "2026-11-21T06:00:00", "7.1", MEAL ("fasting"));
  take_glucose (fixture, "c", "2026-11-20T06:00:00", "4.3", MEAL ("fasting"));
  take_glucose (fixture, "d", "2026-11-19T06:00:00", "71.0", MEAL ("fasting"));
  take_glucose (fixture, "e", "2026-11-19T13:00:00", "33.3,'comparator':'>'", MEAL ("after-meal"));
  take_glucose (fixture, "f", "2026-11-18T13:00:00", "8.0", "");
  take_glucose (fixture, "g", "2026-11-17T13:00:00", "126,'code':'mg/dL'", MEAL ("after-meal"));
  home = load (fixture, 14);
  fasting = &home->glucose[ZQ_MEAL_FASTING];
  after = &home->glucose[ZQ_MEAL_AFTER];
  g_assert_cmpuint (fasting->readings, ==, 3);
  g_assert_cmpuint (fasting->inside, ==, 1);
  g_assert_cmpuint (fasting->low, ==, 1);
  g_assert_cmpuint (fasting->high, ==, 1);
  g_assert_cmpuint (after->high, ==, 1);
  /* 71.0 is kept as it came, and says so. */
  g_assert_cmpuint (home->n[ZQ_HOME_GLUCOSE], ==, 7);
  g_assert_cmpuint (home->n_odd[ZQ_HOME_GLUCOSE], >=, 1);
  g_assert_cmpstr (((ZqHomeReading *)day (home, 3)->readings->pdata[0])->value->text, ==, "71.0");
  g_assert_cmpint (((ZqHomeReading *)day (home, 3)->readings->pdata[0])->plausible, ==, ZQ_PLAUSIBLE_TOO_HIGH);
}

static void
test_pressure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqHome) home = NULL;
  const ZqHomeReading *reading;

  for (int i = 18; i <= 21; i++)
    {
      g_autofree char *morning = g_strdup_printf ("2026-11-%dT07:00:00", i);
      g_autofree char *evening = g_strdup_printf ("2026-11-%dT20:00:00", i);
      g_autofree char *one = g_strdup_printf ("m%d", i), *other = g_strdup_printf ("e%d", i);

      take_pressure (fixture, one, morning, "136", "80");
      take_pressure (fixture, other, evening, "138", "84");
    }
  take_pressure (fixture, "swapped", TODAY "T07:00:00", "80", "136");
  home = load (fixture, 14);
  g_assert_cmpuint (home->n[ZQ_HOME_SYSTOLIC], ==, 9);
  g_assert_cmpuint (home->n_odd[ZQ_HOME_SYSTOLIC], ==, 1);
  g_assert_cmpuint (home->pressure->pairs, ==, 4);
  g_assert_cmpstr (home->pressure->mean.systolic, ==, "137");
  g_assert_cmpstr (home->pressure->mean.diastolic, ==, "82");
  g_assert_true (home->pressure->above);
  reading = day (home, 1)->readings->pdata[0];
  g_assert_cmpstr (reading->diastolic->text, ==, "80");
  g_assert_cmpint (reading->place, ==, ZQ_RANGE_HIGH);
  g_assert_cmpint (reading->place_diastolic, ==, ZQ_RANGE_INSIDE);
}

/* --- sensors -------------------------------------------------------------------------------------------- */

static void
take_series (Fixture *fixture, int day, const char *token, const char *members)
{
  g_autoptr (GString) tokens = g_string_new (NULL);
  g_autofree char *id = g_strdup_printf ("s%d", day), *rest = NULL;

  for (int i = 0; i < 96; i++)
    g_string_append_printf (tokens, "%s%s", i > 0 ? " " : "", token);
  rest = g_strdup_printf (BY_PATIENT ("1") ",'effectivePeriod':{'start':'2026-11-%02dT00:00:00+08:00'},"
                                           "'valueSampledData':{'origin':{'value':0,'unit':'mmol/L'},'period':900000,"
                                           "'dimensions':1,'data':'%s'%s}",
                          day, tokens->str, members);
  take (fixture, id, "1", "final", "105272-9", rest);
}

static void
test_sensor (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqHome) none = load (fixture, 14);
  g_autoptr (ZqHome) few = NULL;
  g_autoptr (ZqHome) enough = NULL;

  g_assert_cmpint (none->sensor_answer, ==, ZQ_SENSOR_NO_SENSOR);
  take_series (fixture, 21, "5.6", "");
  take_series (fixture, 20, "11.2", "");
  few = load (fixture, 14);
  g_assert_cmpint (few->sensor_answer, ==, ZQ_SENSOR_TOO_LITTLE);
  g_assert_cmpuint (few->sensor.present, ==, 192);
  g_assert_cmpuint (few->sensor.expected, ==, 14 * 96);
  /* They are no finger-stick readings, and no curve of them. */
  g_assert_cmpuint (few->readings->len, ==, 0);

  for (int i = 9; i < 20; i++)
    take_series (fixture, i, "56", ",'factor':0.1");
  enough = load (fixture, 14);
  g_assert_cmpint (enough->sensor_answer, ==, ZQ_SENSOR_ENOUGH);
  g_assert_cmpuint (enough->sensor.high, ==, 96);
  g_assert_cmpuint (enough->sensor.inside, ==, 12 * 96);
}

static void
test_malformed_series (Fixture *fixture, gconstpointer data)
{
  static const char *const series[] = {
    "'origin':{'value':0},'period':0,'dimensions':1,'data':'5.6 5.6'",
    "'origin':{'value':0},'period':-5,'dimensions':1,'data':'5.6 5.6'",
    "'origin':{'value':0},'period':1e400,'dimensions':1,'data':'5.6 5.6'",
    "'origin':{'value':0,'unit':'mmol/L'},'period':900000,'dimensions':1,'data':'E U L x 1e400 -- 5.6.6'",
    "'origin':{'value':0,'unit':'mmol/L'},'factor':'x','period':900000,'dimensions':1,'data':'5.6'",
    "'period':900000,'dimensions':1",
  };
  g_autofree char *long_data = g_strnfill (1000000, '7');
  g_autofree char *long_series =
      g_strdup_printf ("'origin':{'value':0,'unit':'mmol/L'},'period':1000,'dimensions':1,'data':'%s'", long_data);
  g_autoptr (ZqHome) home = NULL;

  for (guint i = 0; i <= G_N_ELEMENTS (series); i++)
    {
      g_autofree char *id = g_strdup_printf ("x%u", i);
      g_autofree char *rest =
          g_strdup_printf (BY_PATIENT ("1") ",'effectiveDateTime':'2026-11-21T00:00:00+08:00','valueSampledData':{%s}",
                           i < G_N_ELEMENTS (series) ? series[i] : long_series);

      take (fixture, id, "1", "final", "105272-9", rest);
    }
  home = load (fixture, 14);
  g_assert_cmpuint (home->sensor.present, ==, 0);
}

/* --- comments ------------------------------------------------------------------------------------------- */

typedef struct
{
  gboolean done, ok;
  GError *error;
} Answer;

static void
on_commented (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->ok = zq_home_comment_finish (ZQ_STORE (source), result, &answer->error);
  answer->done = TRUE;
}

static gboolean
comment (Fixture *fixture, int task, const gint64 *results, guint n, const char *text, GError **error)
{
  g_autofree char *id = g_strdup_printf ("%d", task);
  g_autofree char *scope = zq_home_comment_scope (results, n);
  Answer answer = { 0 };

  zq_home_comment_async (fixture->store, fixture_row (fixture, "Task", id), results, n, text, scope, on_commented,
                         &answer);
  while (!answer.done)
    g_main_context_iteration (NULL, TRUE);
  if (answer.error != NULL)
    g_propagate_error (error, answer.error);
  return answer.ok;
}

static void
test_comment (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqHome) home = NULL;
  g_autoptr (ZqHome) later = NULL;
  g_autofree char *scope = NULL, *draft = NULL, *reply = NULL, *about = NULL;
  const ZqHomeComment *said;
  gint64 results[2], message;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  take_glucose (fixture, "a", TODAY "T06:00:00", "9.0", MEAL ("fasting"));
  take_glucose (fixture, "b", TODAY "T09:00:00", "8.0", MEAL ("after-meal"));
  results[0] = fixture_row (fixture, "Observation", "a");
  results[1] = fixture_row (fixture, "Observation", "b");
  reply = zq_consult_draft_scope (fixture_row (fixture, "Task", "1"));
  scope = zq_home_comment_scope (results, 1);
  fixture_draft (fixture, reply, "half a reply");
  fixture_draft (fixture, scope, "too high in the morn");

  g_assert_true (comment (fixture, 1, results, 1, "  too high in the morning  ", &error));
  g_assert_no_error (error);
  home = load (fixture, 14);
  g_assert_cmpuint (home->comments->len, ==, 1);
  said = home->comments->pdata[0];
  g_assert_cmpstr (said->text, ==, "too high in the morning");
  g_assert_cmpint (said->result, ==, results[0]);
  g_assert_true (said->pending);
  about = fixture_text (fixture, "SELECT local_json ->> '$.about[0].reference' FROM resource_text WHERE id = ?",
                        said->message);
  g_assert_cmpstr (about, ==, "Observation/a");
  /* Its own draft went with it, that of the reply did not. */
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM draft WHERE body <> '' AND ?", 1), ==, 1);
  draft = fixture_text (fixture, "SELECT body FROM draft WHERE body <> '' AND ?", 1);
  g_assert_cmpstr (draft, ==, "half a reply");

  message = fixture_number (fixture, "SELECT seq FROM intent WHERE target = ?", said->message);
  g_assert_cmpint (fixture_deliver (fixture, message, "m8"), !=, 0);

  /* Of the whole day: one message about both; back from the hospital it says the same. */
  g_assert_true (comment (fixture, 1, results, 2, "a good day", &error));
  message = fixture_number (fixture, "SELECT max (id) FROM message WHERE ?", 1);
  message =
      fixture_deliver (fixture, fixture_number (fixture, "SELECT seq FROM intent WHERE target = ?", message), "m9");
  later = load (fixture, 14);
  g_assert_cmpuint (later->comments->len, ==, 3);
  said = later->comments->pdata[2];
  g_assert_cmpint (said->message, ==, message);
  g_assert_cmpuint (said->n_results, ==, 2);
  g_assert_false (said->pending);
}

/* It answers in its consultation, also where the patient's clock was ahead. */
static void
test_comment_answers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 result, consult;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  fixture_message (fixture, 1, "q", "Patient/1", 3, "is that too high?");
  take_glucose (fixture, "a", TODAY "T06:00:00", "9.0", MEAL ("fasting"));
  result = fixture_row (fixture, "Observation", "a");
  consult = fixture_row (fixture, "Task", "1");
  g_assert_true (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, consult));
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 1);
  g_assert_true (comment (fixture, 1, &result, 1, "a little", &error));
  g_assert_no_error (error);
  g_assert_false (fixture_in_view (fixture, ZQ_VIEW_WAITING_FOR_ME, consult));
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 0);
  fixture_message (fixture, 1, "q2", "Patient/1", 4, "and now?");
  g_assert_cmpuint (fixture_count (fixture, ZQ_VIEW_WAITING_FOR_ME), ==, 1);
}

static void
test_comment_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) other = NULL;
  g_autoptr (GError) empty = NULL;
  g_autoptr (GError) over = NULL;
  g_autoptr (ZqHomePlace) place = NULL;
  gint64 result;

  take_glucose (fixture, "a", TODAY "T06:00:00", "9.0", MEAL ("fasting"));
  result = fixture_row (fixture, "Observation", "a");
  place = zq_home_place_find (fixture_db (fixture), fixture->context, patient (fixture));
  g_assert_cmpint (place->consult, ==, 0);

  fixture_consult (fixture, 1, "Practitioner/me", "completed", "1");
  fixture_consult (fixture, 2, "Practitioner/me", "in-consultation", "1");
  g_clear_pointer (&place, zq_home_place_free);
  place = zq_home_place_find (fixture_db (fixture), fixture->context, patient (fixture));
  g_assert_cmpint (place->consult, ==, 0);
  g_assert_false (comment (fixture, 2, &result, 1, "of another patient", &other));
  g_assert_error (other, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  g_assert_false (comment (fixture, 2, &result, 1, " \n ", &empty));
  g_assert_error (empty, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_EMPTY);
  g_assert_false (comment (fixture, 1, &result, 1, "it is over", &over));
  g_assert_error (over, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM intent WHERE ?", 1), ==, 0);

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "2");
  g_clear_pointer (&place, zq_home_place_free);
  place = zq_home_place_find (fixture_db (fixture), fixture->context, patient (fixture));
  g_assert_cmpint (place->consult, ==, fixture_row (fixture, "Task", "1"));
}

/* What was withdrawn is said no more. */
static void
test_withdrawn (Fixture *fixture, gconstpointer data)
{
  static const char *const statuses[] = { "completed", "entered-in-error" };

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  take_glucose (fixture, "a", TODAY "T06:00:00", "9.0", MEAL ("fasting"));
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (ZqHome) home = NULL;

      fixture_take (
          fixture,
          "{'resourceType':'Communication','id':'c1','meta':{'versionId':'%u'},'status':'%s','category':"
          "[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':"
          "'message'}]}],'partOf':[{'reference':'Communication/t1'}],'sender':{'reference':'Practitioner/me'},"
          "'sent':'" TODAY "T01:00:00Z','about':[{'reference':'Observation/a'}],'payload':[{'contentString':"
          "'as it should be'}]}",
          i + 1, statuses[i]);
      home = load (fixture, 14);
      g_assert_cmpuint (home->comments->len, ==, i == 0 ? 1 : 0);
    }
}

/* --- scale ---------------------------------------------------------------------------------------------- */

/* A reading an hour, the newest first: the first 1,000 or so of them fill the month that is looked at. */
static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  const gint64 *range = data;
  gint64 now = zq_txn_now (txn);

  for (gint64 i = range[0]; i <= range[1]; i++)
    if (!zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO home_reading (result, kind, patient, at, precision, context, value, unit, state,"
                     " period) VALUES (?, 0, ?, ?, ?, ?, '6.5', 'mmol/L', 0, 0)",
                     "iiiii", 1000000 + i, range[2], now - i * G_TIME_SPAN_HOUR, (gint64)ZQ_PRECISION_INSTANT, i % 4))
      return FALSE;
  return TRUE;
}

static void
measure (Fixture *fixture, ZqDbCounts *work)
{
  g_autoptr (ZqHome) home = NULL;
  ZqDbCounts before;

  zq_db_get_counts (fixture_db (fixture), &before);
  home = load (fixture, 30);
  zq_db_get_counts (fixture_db (fixture), work);
  work->rows -= before.rows;
  work->statements -= before.statements;
  work->steps -= before.steps;
  g_assert_cmpuint (home->readings->len, >, 600);
}

static void
test_scale (Fixture *fixture, gconstpointer data)
{
  gint64 one = patient (fixture);
  gint64 small[] = { 0, 1000, one }, large[] = { 1001, 50000, one };
  g_autoptr (GError) error = NULL;
  ZqDbCounts few, many;

  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, small, &error));
  measure (fixture, &few);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, large, &error));
  measure (fixture, &many);
  g_assert_cmpuint (few.statements, ==, many.statements);
  g_assert_cmpuint (few.rows, ==, many.rows);
  g_assert_cmpuint (many.steps, <=, few.steps + few.steps / 20);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'Wang Fang'}]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, fixture_tear_down)
  ADD ("/home/what-is-measured-at-home", test_what_is_one);
  ADD ("/home/each-day-is-there-and-gaps-are-counted", test_days);
  ADD ("/home/counts-leave-out-what-cannot-be", test_counts);
  ADD ("/home/pressure-by-morning-and-evening", test_pressure);
  ADD ("/home/time-in-range-only-with-enough-of-a-sensor", test_sensor);
  ADD ("/home/malformed-series-are-no-values", test_malformed_series);
  ADD ("/home/a-comment-is-a-message-about-it", test_comment);
  ADD ("/home/a-comment-is-an-answer", test_comment_answers);
  ADD ("/home/a-comment-that-cannot-be-said-is-refused", test_comment_refused);
  ADD ("/home/what-was-withdrawn-is-said-no-more", test_withdrawn);
  ADD ("/home/a-month-costs-the-same-of-1,000-and-50,000", test_scale);
  return g_test_run ();
}
