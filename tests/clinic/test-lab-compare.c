/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/lab/report.h"
#include "clinic/lab/series.h"

#define GLUCOSE    "2345-7"
#define POTASSIUM  "2823-3"
#define CODE(code) "http://loinc.org|" code

/* A number of one test on a day of March 2025. */
static void
take_number (Fixture *fixture, int day, const char *loinc, const char *value, const char *unit)
{
  fixture_take (fixture,
                "{'resourceType':'Observation','id':'d%d','status':'final','subject':{'reference':'Patient/1'},"
                "'effectiveDateTime':'2025-03-%02dT08:00:00+08:00','code':{'coding':[{'system':'http://loinc.org',"
                "'code':'%s'}],'text':'test'},'valueQuantity':{'value':%s,'unit':'%s'}}",
                day, day, loinc, value, unit);
}

static void
take_text (Fixture *fixture, int day, const char *text)
{
  fixture_take (fixture,
                "{'resourceType':'Observation','id':'d%d','status':'final','subject':{'reference':'Patient/1'},"
                "'effectiveDateTime':'2025-03-%02dT08:00:00+08:00','code':{'coding':[{'system':'http://loinc.org',"
                "'code':'5792-7'}],'text':'test'},'valueString':'%s'}",
                day, day, text);
}

static ZqPolicy *
get_policy (Fixture *fixture)
{
  return zq_context_get_policy (fixture->context);
}

/* The result of a day. */
static GPtrArray *
load_day (Fixture *fixture, int day)
{
  g_autofree char *id = g_strdup_printf ("d%d", day);
  GPtrArray *all =
      zq_result_load (fixture_db (fixture), get_policy (fixture), fixture_row (fixture, "Observation", id));

  g_assert_cmpuint (all->len, ==, 1);
  return all;
}

static void
assert_change (Fixture *fixture, int day, const char *previous, const char *change, gboolean marked)
{
  g_autoptr (GPtrArray) all = load_day (fixture, day);
  const ZqResult *result = all->pdata[0];

  g_assert_cmpstr (result->previous, ==, previous);
  g_assert_cmpstr (result->change, ==, change);
  g_assert_cmpint (result->marked, ==, marked);
  g_assert_false (result->previous_converted);
}

/* Three letters for one: µ (U+00B5), μ (U+03BC) and u. */
static void
test_spelling (Fixture *fixture, gconstpointer data)
{
  take_number (fixture, 1, "2160-0", "80.10", "\u00b5mol/L");
  take_number (fixture, 2, "2160-0", "80.30", "\u03bcmol/L");
  take_number (fixture, 3, "2160-0", "160", "umol/L");
  assert_change (fixture, 1, NULL, NULL, FALSE);
  assert_change (fixture, 2, "80.10", "+0.20", FALSE);
  assert_change (fixture, 3, "80.30", "+79.70", TRUE);
  take_number (fixture, 4, "6690-2", "5.1", "10^9/L");
  take_number (fixture, 5, "6690-2", "5.0", "\u00d710^9/L");
  assert_change (fixture, 5, "5.1", "-0.1", FALSE);
}

/* No double stands between: 0.3 - 0.1 is 0.2, and thirty digits are thirty. */
static void
test_exact (Fixture *fixture, gconstpointer data)
{
  take_number (fixture, 1, POTASSIUM, "0.1", "mmol/L");
  take_number (fixture, 2, POTASSIUM, "0.3", "mmol/L");
  take_number (fixture, 3, POTASSIUM, "1000000000000000000000000000.3", "mmol/L");
  take_number (fixture, 4, POTASSIUM, "1000000000000000000000000000.4", "mmol/L");
  assert_change (fixture, 2, "0.1", "+0.2", TRUE);
  assert_change (fixture, 4, "1000000000000000000000000000.3", "+0.1", FALSE);
}

static void
test_conversion (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  const ZqResult *result;

  take_number (fixture, 1, GLUCOSE, "101", "mg/dL");
  take_number (fixture, 2, GLUCOSE, "5.8", "mmol/L");
  all = load_day (fixture, 2);
  result = all->pdata[0];
  g_assert_cmpstr (result->previous, ==, "5.61");
  g_assert_cmpstr (result->previous_as_written, ==, "101 mg/dL");
  g_assert_true (result->previous_converted);
  g_assert_null (result->change);
  g_assert_false (result->marked);
}

/* An analyte that no row knows, a unit that nobody knows, and none beside one: not compared, but what lies before is.
 */
static void
test_not_compared (Fixture *fixture, gconstpointer data)
{
  take_number (fixture, 1, "99999-9", "10", "mg/dL");
  take_number (fixture, 2, "99999-9", "1", "mmol/L");
  assert_change (fixture, 2, NULL, NULL, FALSE);
  take_number (fixture, 3, "99999-9", "11", "mg/dL");
  assert_change (fixture, 3, "10", "+1", FALSE);
  take_number (fixture, 4, "99999-9", "12", "");
  assert_change (fixture, 4, NULL, NULL, FALSE);
  take_number (fixture, 5, "99998-9", "12", "pips");
  take_number (fixture, 6, "99998-9", "13", "pops");
  assert_change (fixture, 6, NULL, NULL, FALSE);
}

static void
test_grades (Fixture *fixture, gconstpointer data)
{
  take_text (fixture, 1, "阴性");
  take_text (fixture, 2, "阳性(2+)");
  take_text (fixture, 3, "see the note");
  assert_change (fixture, 2, "阴性", NULL, TRUE);
  assert_change (fixture, 3, NULL, NULL, FALSE);
}

static ZqSeries *
read_series (Fixture *fixture, const char *code)
{
  GPtrArray *values =
      zq_result_series (fixture_db (fixture), fixture_row (fixture, "Patient", "1"), code, G_MININT64, G_MAXINT64, 100);

  return zq_series_new (get_policy (fixture), code, values);
}

static void
assert_point (const ZqSeries *series, guint value, guint line, const char *text, gboolean converted)
{
  const ZqSeriesPoint *point = zq_series_get_point (series, value);

  g_assert_cmpuint (point->line, ==, line);
  g_assert_cmpstr (point->text, ==, text);
  g_assert_cmpint (point->converted, ==, converted);
}

/* One line, in the newest one's unit; what was written otherwise is marked. */
static void
test_one_line (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqSeries) series = NULL;

  take_number (fixture, 1, GLUCOSE, "101", "mg/dL");
  take_number (fixture, 2, GLUCOSE, "5.8", "mmol/L");
  take_number (fixture, 3, GLUCOSE, "6.10", "毫摩尔/升");
  series = read_series (fixture, CODE (GLUCOSE));
  g_assert_cmpuint (series->units->len, ==, 1);
  g_assert_cmpstr (series->units->pdata[0], ==, "毫摩尔/升");
  assert_point (series, 0, 0, "5.61", TRUE);
  assert_point (series, 1, 0, "5.8", FALSE);
  assert_point (series, 2, 0, "6.10", FALSE);
}

static void
test_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqSeries) series = NULL;

  take_number (fixture, 1, "99999-9", "10", "mg/dL");
  take_number (fixture, 2, "99999-9", "1", "mmol/L");
  take_number (fixture, 3, "99999-9", "1000", "umol/L");
  take_number (fixture, 4, "99999-9", "12", "");
  fixture_take (fixture, "{'resourceType':'Observation','id':'w','status':'final','subject':{'reference':'Patient/1'},"
                         "'effectiveDateTime':'2025-03-05','code':{'coding':[{'system':'http://loinc.org','code':"
                         "'99999-9'}]},'valueString':'haemolysed'}");
  series = read_series (fixture, CODE ("99999-9"));
  g_assert_cmpuint (series->units->len, ==, 3);
  g_assert_cmpstr (series->units->pdata[0], ==, "");
  g_assert_cmpstr (series->units->pdata[1], ==, "umol/L");
  assert_point (series, 0, 2, "10", FALSE);
  assert_point (series, 1, 1, "1000", TRUE);
  assert_point (series, 2, 1, "1000", FALSE);
  assert_point (series, 3, 0, "12", FALSE);
  assert_point (series, 4, ZQ_SERIES_NO_LINE, NULL, FALSE);
}

/* A limit goes where its value goes. */
static void
test_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqSeries) series = NULL;
  const ZqSeriesPoint *point;

  fixture_take (fixture, "{'resourceType':'Observation','id':'g','status':'final','subject':{'reference':'Patient/1'},"
                         "'effectiveDateTime':'2025-02-05','code':{'coding':[{'system':'http://loinc.org','code':"
                         "'6690-2'}]},'valueQuantity':{'value':5000,'unit':'/uL'},'referenceRange':[{'low':{'value':"
                         "4000,'unit':'/uL'},'high':{'value':10000,'unit':'/uL'}}]}");
  take_number (fixture, 1, "6690-2", "5.1", "10^9/L");
  series = read_series (fixture, CODE ("6690-2"));
  point = zq_series_get_point (series, 0);
  g_assert_cmpstr (point->number, ==, "5.000");
  g_assert_cmpstr (point->low, ==, "4.000");
  g_assert_cmpstr (point->high, ==, "10.000");
  g_assert_true (point->converted);
}

/* --- more than is shown -------------------------------------------------------------------------- */

static char *
repeat (guint n, const char *format)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_auto (GStrv) parts = g_strsplit (format, "#", -1);
      g_autofree char *one = g_strjoinv (number, parts);

      g_string_append_printf (all, "%s%s", i > 0 ? "," : "", one);
    }

  return g_string_free (all, FALSE);
}

static ZqReport *
load_report (Fixture *fixture)
{
  return zq_report_load (fixture_db (fixture), get_policy (fixture), fixture_row (fixture, "DiagnosticReport", "r"));
}

static void
test_more_components (Fixture *fixture, gconstpointer data)
{
  g_autofree char *parts = repeat (230, "{'code':{'text':'part'},'valueQuantity':{'value':#}}");
  g_autoptr (GPtrArray) all = NULL;

  fixture_take (fixture,
                "{'resourceType':'Observation','id':'d1','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'many'},'component':[%s]}",
                parts);
  all = load_day (fixture, 1);
  g_assert_cmpuint (((ZqResult *)all->pdata[0])->values->len, ==, 200);
  g_assert_cmpuint (((ZqResult *)all->pdata[0])->n_more, ==, 30);
}

/* Held, but too many: that is told as such, and not as what has not come. */
static void
test_more_results (Fixture *fixture, gconstpointer data)
{
  g_autofree char *names = repeat (5010, "{'reference':'Observation/x#'}");
  g_autoptr (ZqReport) report = NULL;

  for (guint i = 0; i < 2005; i++)
    fixture_take (fixture,
                  "{'resourceType':'Observation','id':'x%u','status':'final','subject':{'reference':'Patient/1'},"
                  "'code':{'text':'a'},'valueString':'x'}",
                  i);
  fixture_take (fixture,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'a'},'result':[%s]}",
                names);
  report = load_report (fixture);
  g_assert_cmpuint (report->results->len, ==, 2000);
  g_assert_cmpuint (report->n_more, ==, 15);
  g_assert_cmpuint (report->n_missing, ==, 2995);
}

/* --- when it was taken --------------------------------------------------------------------------- */

static void
assert_collected (Fixture *fixture, const char *when, gboolean expected)
{
  g_autoptr (ZqReport) report = NULL;

  fixture_take (fixture,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'a'},%s'issued':'2025-03-01T10:00:00+08:00'}",
                when);
  report = load_report (fixture);
  g_assert_cmpint (report->at, !=, 0);
  g_assert_cmpint (report->is_collected, ==, expected);
}

static void
test_collected (Fixture *fixture, gconstpointer data)
{
  assert_collected (fixture, "'effectiveDateTime':'2025-03-01T10:00:00+08:00',", TRUE);
  assert_collected (fixture, "", FALSE);
  assert_collected (fixture, "'effectivePeriod':{'start':'2025-02'},", TRUE);
  assert_collected (fixture, "'effectiveDateTime':'this morning',", FALSE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/lab-compare/one-unit-in-three-letters", test_spelling);
  ADD ("/lab-compare/a-change-is-exact", test_exact);
  ADD ("/lab-compare/by-an-exact-conversion-and-marked", test_conversion);
  ADD ("/lab-compare/what-has-no-rule-is-not-compared", test_not_compared);
  ADD ("/lab-compare/grades-and-texts", test_grades);
  ADD ("/lab-compare/one-line-in-the-newest-unit", test_one_line);
  ADD ("/lab-compare/a-line-a-unit-group", test_lines);
  ADD ("/lab-compare/limits-go-with-their-value", test_limits);
  ADD ("/lab-compare/parts-that-are-not-shown-are-counted", test_more_components);
  ADD ("/lab-compare/too-many-results-are-not-missing-ones", test_more_results);
  ADD ("/lab-compare/issued-is-not-collected", test_collected);
  return g_test_run ();
}
