/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/lab/drug-span.h"
#include "clinic/lab/flowsheet.h"
#include "clinic/lab/target.h"

#include <math.h>

#define LOINC     "http://loinc.org"
#define POTASSIUM LOINC "|2823-3"
#define SODIUM    LOINC "|2951-2"

static void
take (Fixture *fixture,
      const char *id,
      const char *code,
      const char *name,
      const char *status,
      const char *value,
      const char *day,
      const char *performer)
{
  g_autofree char *by =
      performer != NULL ? g_strdup_printf ("'performer':[{'display':'%s'}],", performer) : g_strdup ("");

  fixture_take (fixture,
                "{'resourceType':'Observation','id':'%s','status':'%s','subject':{'reference':'Patient/1'},%s"
                "'effectiveDateTime':'%sT08:00:00+08:00','code':{'coding':[{'system':'http://loinc.org',"
                "'code':'%s'}],'text':'%s'},'valueQuantity':{'value':%s,'unit':'mmol/L'},'referenceRange':"
                "[{'low':{'value':3.5,'unit':'mmol/L'},'high':{'value':5.3,'unit':'mmol/L'}}]}",
                id, status, by, day, code, name, value);
}

static ZqFlowsheet *
open_sheet (Fixture *fixture, ZqFlowSet set)
{
  ZqFlowsheet *sheet = zq_flowsheet_new (fixture_db (fixture), zq_context_get_policy (fixture->context),
                                         fixture_row (fixture, "Patient", "1"), set);

  zq_flowsheet_find_dates (sheet, 1);
  return sheet;
}

static void
expect_cell (ZqFlowsheet *sheet, guint test, guint date, const char *value)
{
  const ZqFlowCell *cell = zq_flowsheet_get_cell (sheet, test, date);

  g_assert_cmpstr (cell != NULL ? cell->value : NULL, ==, value);
}

static void
take_patient (Fixture *fixture)
{
  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'Wang Fang'}]}");
}

static void
test_table (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqFlowsheet) sheet = NULL;
  const ZqFlowCell *cell;

  take_patient (fixture);
  take (fixture, "k1", "2823-3", "kalium", "final", "4.10", "2025-01-01", NULL);
  take (fixture, "k2", "2823-3", "potassium", "preliminary", "5.9", "2025-02-01", "First Hospital");
  take (fixture, "n1", "2951-2", "sodium", "final", "140", "2025-01-01", "Second Hospital");
  sheet = open_sheet (fixture, ZQ_FLOW_FREQUENT);
  g_assert_cmpuint (zq_flowsheet_get_n_tests (sheet), ==, 2);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (sheet), ==, 2);
  g_assert_true (zq_flowsheet_is_complete (sheet));
  /* One code is one test, whatever it was called; it is called what it was the last time. */
  g_assert_cmpstr (zq_flowsheet_get_test (sheet, 0)->code, ==, POTASSIUM);
  g_assert_cmpstr (zq_flowsheet_get_test (sheet, 0)->name, ==, "potassium");
  g_assert_cmpstr (zq_flowsheet_get_test (sheet, 0)->unit, ==, "mmol/L");
  g_assert_cmpint (zq_flowsheet_get_date (sheet, 0), >, zq_flowsheet_get_date (sheet, 1));
  expect_cell (sheet, 0, 0, "5.9");
  expect_cell (sheet, 0, 1, "4.10");
  expect_cell (sheet, 1, 0, NULL);
  expect_cell (sheet, 1, 1, "140");
  cell = zq_flowsheet_get_cell (sheet, 0, 0);
  g_assert_cmpint (cell->state, ==, ZQ_RECORD_UNFINISHED);
  g_assert_cmpint (cell->result, ==, fixture_row (fixture, "Observation", "k2"));
  g_assert_cmpstr (cell->range, ==, "3.5–5.3");
  g_assert_cmpstr (zq_flowsheet_get_source (sheet, cell->source), ==, "First Hospital");
  cell = zq_flowsheet_get_cell (sheet, 1, 1);
  g_assert_cmpstr (zq_flowsheet_get_source (sheet, cell->source), ==, "Second Hospital");
  g_assert_cmpuint (zq_flowsheet_get_cell (sheet, 0, 1)->source, ==, 0);
}

/* By name alone nothing is joined, and what has no code has no line to stand in. */
static void
test_by_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqFlowsheet) sheet = NULL;

  take_patient (fixture);
  take (fixture, "a", "2823-3", "potassium", "final", "4.1", "2025-01-01", NULL);
  take (fixture, "b", "6298-4", "potassium", "final", "4.2", "2025-01-02", NULL);
  fixture_take (fixture, "{'resourceType':'Observation','id':'c','status':'final','subject':{'reference':'Patient/1'},"
                         "'effectiveDateTime':'2025-01-03','code':{'text':'potassium'},'valueString':'4.3'}");
  sheet = open_sheet (fixture, ZQ_FLOW_FREQUENT);
  g_assert_cmpuint (zq_flowsheet_get_n_tests (sheet), ==, 2);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (sheet), ==, 2);
}

/* What was taken back or cancelled stands nowhere; of two values of one moment the surer one is shown, and that there
 * are two. */
static void
test_sure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqFlowsheet) sheet = NULL;

  take_patient (fixture);
  take (fixture, "a", "2823-3", "potassium", "entered-in-error", "9.9", "2025-03-01", NULL);
  take (fixture, "b", "2823-3", "potassium", "cancelled", "8.8", "2025-02-01", NULL);
  take (fixture, "c", "2823-3", "potassium", "corrected", "4.1", "2025-01-01", NULL);
  take (fixture, "d", "2823-3", "potassium", "preliminary", "7.7", "2025-01-01", NULL);
  sheet = open_sheet (fixture, ZQ_FLOW_FREQUENT);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (sheet), ==, 1);
  expect_cell (sheet, 0, 0, "4.1");
  g_assert_cmpuint (zq_flowsheet_get_cell (sheet, 0, 0)->n_values, ==, 2);
}

/* Sets are by the table of analytes and by LOINC; local codes are in none. */
static void
test_sets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqFlowsheet) lipids = NULL, kidney = NULL;

  take_patient (fixture);
  take (fixture, "a", "2571-8", "TG", "final", "1.7", "2025-01-01", NULL);
  take (fixture, "b", "14647-2", "TC", "final", "4.1", "2025-01-01", NULL);
  take (fixture, "c", "2823-3", "potassium", "final", "4.1", "2025-01-01", NULL);
  lipids = open_sheet (fixture, ZQ_FLOW_LIPIDS);
  g_assert_cmpuint (zq_flowsheet_get_n_tests (lipids), ==, 2);
  g_assert_cmpstr (zq_flowsheet_get_test (lipids, 0)->name, ==, "TC");
  g_assert_cmpstr (zq_flowsheet_get_test (lipids, 1)->name, ==, "TG");
  kidney = open_sheet (fixture, ZQ_FLOW_KIDNEY);
  g_assert_cmpuint (zq_flowsheet_get_n_tests (kidney), ==, 0);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (kidney), ==, 0);
  g_assert_true (zq_flowsheet_is_complete (kidney));
}

static void
test_report (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqFlowsheet) sheet = NULL;
  gint64 report;

  take_patient (fixture);
  take (fixture, "k1", "2823-3", "potassium", "final", "4.1", "2025-01-01", NULL);
  take (fixture, "k2", "2823-3", "potassium", "final", "4.2", "2025-02-01", NULL);
  take (fixture, "n", "2951-2", "sodium", "final", "140", "2025-02-01", NULL);
  take (fixture, "x", "2571-8", "TG", "final", "1.7", "2025-03-01", NULL);
  fixture_take (fixture, "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':"
                         "'Patient/1'},'code':{'text':'electrolytes'},'effectiveDateTime':'2025-02-01','result':"
                         "[{'reference':'Observation/n'},{'reference':'Observation/k2'}]}");
  report = fixture_row (fixture, "DiagnosticReport", "r");
  sheet = zq_flowsheet_new_for_report (fixture_db (fixture), fixture_row (fixture, "Patient", "1"), report);
  zq_flowsheet_find_dates (sheet, 10);
  g_assert_cmpuint (zq_flowsheet_get_n_tests (sheet), ==, 2);
  g_assert_cmpstr (zq_flowsheet_get_test (sheet, 0)->code, ==, SODIUM);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (sheet), ==, 2);
  expect_cell (sheet, 1, 1, "4.1");
  g_assert_cmpint (zq_flowsheet_find_report (fixture_db (fixture), fixture_row (fixture, "Observation", "n")), ==,
                   report);
  g_assert_cmpint (zq_flowsheet_find_report (fixture_db (fixture), fixture_row (fixture, "Observation", "k1")), ==,
                   fixture_row (fixture, "Observation", "k1"));
}

/* --- what stands beside a test over time -------------------------------------------------------- */

static void
take_drug (Fixture *fixture, const char *id, const char *status, const char *rest)
{
  fixture_take (fixture,
                "{'resourceType':'MedicationRequest','id':'%s','status':'%s','intent':'order','subject':{'reference':"
                "'Patient/1'},'medicationCodeableConcept':{'text':'%s'},'authoredOn':'2025-01-%s'%s}",
                id, status, id, id + 1, rest);
}

static void
test_drugs (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    gint64 days; /* -1: it goes on */
  } expected[] = { { "f08", 0 }, { "e05", 30 }, { "d04", 14 }, { "c03", 29 }, { "b02", -1 }, { "a01", 0 } };
  const gint64 day = 24 * ZQ_TEST_HOUR_US;
  g_autoptr (GPtrArray) spans = NULL;

  take_patient (fixture);
  take_drug (fixture, "a01", "stopped", "");
  take_drug (fixture, "b02", "active", "");
  take_drug (fixture, "c03", "completed", ",'dispenseRequest':{'validityPeriod':{'end':'2025-01-31'}}");
  take_drug (fixture, "d04", "active", ",'dispenseRequest':{'expectedSupplyDuration':{'value':2,'code':'wk'}}");
  take_drug (fixture, "e05", "active",
             ",'dosageInstruction':[{'timing':{'repeat':{'boundsDuration':{'value':30,'code':'d'}}}}]");
  take_drug (fixture, "x06", "cancelled", "");
  take_drug (fixture, "y07", "entered-in-error", "");
  /* What cannot be: an end before the beginning, a supply for longer than anybody lives. */
  take_drug (fixture, "f08", "completed",
             ",'dispenseRequest':{'validityPeriod':{'end':'1999-01-01'},'expectedSupplyDuration':{'value':1e300,"
             "'code':'a'}}");
  spans = zq_drug_spans (fixture_db (fixture), fixture->context, fixture_row (fixture, "Patient", "1"));
  g_assert_cmpuint (spans->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < spans->len; i++)
    {
      const ZqDrugSpan *span = spans->pdata[i];

      g_assert_cmpstr (span->name, ==, expected[i].name);
      if (expected[i].days < 0)
        g_assert_cmpint (span->to, ==, G_MAXINT64);
      else
        g_assert_cmpint ((span->to - span->from + day / 2) / day, ==, expected[i].days);
    }
}

static void
test_targets (Fixture *fixture, gconstpointer data)
{
  ZqPolicy *policy = zq_context_get_policy (fixture->context);
  ZqTarget target;

  g_assert_true (zq_target_find (policy, LOINC "|14771-0", "mmol/L", &target));
  g_assert_cmpfloat (target.low, ==, 4.4);
  g_assert_cmpfloat (target.high, ==, 7.0);
  g_assert_true (zq_target_find (policy, LOINC "|8480-6", "mmHg", &target));
  g_assert_true (isnan (target.low));
  g_assert_cmpfloat (target.high, ==, 135);
  /* In another unit, of any time of day, by a local code: none. */
  g_assert_false (zq_target_find (policy, LOINC "|14771-0", "mg/dL", &target));
  g_assert_false (zq_target_find (policy, LOINC "|14771-0", NULL, &target));
  g_assert_false (zq_target_find (policy, LOINC "|14749-6", "mmol/L", &target));
  g_assert_false (zq_target_find (policy, "http://hospital/lab|14771-0", "mmol/L", &target));
  /* By analyte, in each unit that an exact rule leads to, with the year of who says it. */
  g_assert_true (zq_target_find (policy, LOINC "|4548-4", "%", &target));
  g_assert_true (isnan (target.low));
  g_assert_cmpfloat (target.high, ==, 7.0);
  g_assert_cmpuint (target.year, ==, 2020);
  g_assert_true (zq_target_find (policy, LOINC "|4548-4", "mmol/mol", &target));
  g_assert_cmpfloat_with_epsilon (target.high, 53, 0.1);
  g_assert_true (zq_target_find (policy, LOINC "|2571-8", "mmol/L", &target));
  g_assert_cmpfloat (target.high, ==, 1.7);
  g_assert_false (zq_target_find (policy, LOINC "|4548-4", "drops", &target));
}

/* --- what it costs ------------------------------------------------------------------------------ */

#define TESTS 100

/* Result i is of test i % 100 at moment i / 100: every test at every moment. */
static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  static const char *const statements[] = {
    "INSERT INTO result (id, patient, at, issued, name, status, state, flag, shown, by_patient, is_vital, is_panel,"
    "  version) SELECT 10 + i, 1, ?3 + i / 100 * 86400000000, 0, 'test', 'final', 0, 0, '4.1', 0, 0, 0, '1' FROM n",
    "INSERT INTO result_value (result, n, patient, code, at, name, kind, value, unit, flag, flag_is_ours)"
    " SELECT 10 + i, 0, 1, 'local|' || (i % 100), ?3 + i / 100 * 86400000000, 'test ' || (i % 100), 1, i, 'mmol/L', 0, "
    "0"
    " FROM n",
  };
  const gint64 *span = data;

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autofree char *sql = g_strconcat (
          "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) ", statements[i], NULL);

      if (!zq_db_exec (zq_txn_db (txn), error, sql, "iii", span[0], span[1], (gint64)ZQ_TEST_START_US))
        return FALSE;
    }

  return TRUE;
}

/* As a window does it that has room for 30 tests and 12 dates. */
static void
look (Fixture *fixture, ZqDbCounts *work)
{
  ZqDb *db = fixture_db (fixture);
  ZqDbCounts before;
  ZqFlowsheet *sheet;

  zq_db_get_counts (db, &before);
  sheet = open_sheet (fixture, ZQ_FLOW_FREQUENT);
  g_assert_cmpuint (zq_flowsheet_get_n_tests (sheet), ==, TESTS);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (sheet), >=, 12);
  for (guint test = 0; test < 30; test++)
    for (guint date = 0; date < 12; date++)
      g_assert_nonnull (zq_flowsheet_get_cell (sheet, test, date));
  zq_flowsheet_free (sheet);
  zq_db_get_counts (db, work);
  work->rows -= before.rows;
  work->statements -= before.statements;
  work->steps -= before.steps;
}

static void
test_costs (Fixture *fixture, gconstpointer data)
{
  gint64 small[] = { 0, 50 * TESTS }, large[] = { 50 * TESTS, 400 * TESTS };
  g_autoptr (ZqFlowsheet) sheet = NULL;
  g_autoptr (GError) error = NULL;
  ZqDbCounts few, many;

  take_patient (fixture);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, small, &error));
  look (fixture, &few);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, large, &error));
  look (fixture, &many);
  g_test_message ("%" G_GUINT64_FORMAT " statements, %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT " steps",
                  many.statements, many.rows, many.steps);
  g_assert_cmpuint (few.statements, ==, many.statements);
  g_assert_cmpuint (few.rows, ==, many.rows);
  g_assert_cmpuint (many.steps, <=, few.steps + few.steps / 20);
  /* And all of it can be reached. */
  sheet = open_sheet (fixture, ZQ_FLOW_FREQUENT);
  zq_flowsheet_find_dates (sheet, 10000);
  g_assert_cmpuint (zq_flowsheet_get_n_dates (sheet), ==, 400);
  for (guint test = 0; test < TESTS; test++)
    for (guint date = 0; date < 400; date++)
      g_assert_nonnull (zq_flowsheet_get_cell (sheet, test, date));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/flowsheet/tests-by-dates", test_table);
  ADD ("/flowsheet/joined-by-code-alone", test_by_code);
  ADD ("/flowsheet/what-was-taken-back-is-not-in-it", test_sure);
  ADD ("/flowsheet/sets-by-analyte", test_sets);
  ADD ("/flowsheet/of-a-report", test_report);
  ADD ("/trend/drugs-from-when-to-when", test_drugs);
  ADD ("/trend/targets-of-the-policy", test_targets);
  ADD ("/flowsheet/costs-the-same-of-5,000-and-40,000-results", test_costs);
  return g_test_run ();
}
