/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/lab/report.h"

/* What the record's page reads before its first frame must not grow with the record. */

#define SMALL   1000
#define LARGE   131000
#define PATIENT 1
#define CODE    "http://loinc.org|2823-3"

#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "

/* Item i is a result every third time, else a visit or a problem; the results are of fifty tests, and of the problems
 * only the oldest hold still. */
static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  static const char *const statements[] = {
    "INSERT INTO record_item (id, patient, kind, at, precision, encounter, title, detail, status, state, flag, active,"
    "  hidden, version, changed)"
    " SELECT 10 + i, 1, CASE i % 3 WHEN 0 THEN 4 WHEN 1 THEN 1 ELSE 5 END, ?3 + i * 1000000, 4, 0, 'item ' || i,"
    "  'detail', 'final', 0, 0, i < 100, 0, '1', ?3 FROM n",
    "INSERT INTO result (id, patient, at, issued, name, status, state, flag, shown, by_patient, is_vital, is_panel,"
    "  version)"
    " SELECT 10 + i, 1, ?3 + i * 1000000, 0, 'test', 'final', 0, 0, '4.1', 0, i % 9 = 0, 0, '1' FROM n WHERE i % 3 = 0",
    "INSERT INTO result_value (result, n, patient, code, at, name, kind, value, unit, flag, flag_is_ours)"
    " SELECT 10 + i, 0, 1, 'http://loinc.org|' || iif (i % 150 = 0, '2823-3', i % 150), ?3 + i * 1000000, 'test', 1,"
    "  '4.1', 'mmol/L', 0, 0 FROM n WHERE i % 3 = 0",
  };
  const gint64 *span = data;

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autofree char *sql = g_strconcat (NUMBERS, statements[i], NULL);

      if (!zq_db_exec (zq_txn_db (txn), error, sql, "iii", span[0], span[1], (gint64)ZQ_TEST_START_US))
        return FALSE;
    }

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO record_count (patient, kind, n)"
                     " SELECT 1, kind, count (*) FROM record_item GROUP BY kind",
                     "");
}

/* As the page does when it is opened. */
static void
open_record (Fixture *fixture, ZqDbCounts *work)
{
  ZqDb *db = fixture_db (fixture);
  ZqDbCounts before;
  guint counts[ZQ_RECORD_N_KINDS];
  gint64 first, last;
  g_autoptr (ZqList) list = NULL;
  g_autoptr (GPtrArray) problems = NULL, drugs = NULL, signs = NULL, of_test = NULL;

  zq_db_get_counts (db, &before);
  list = zq_record_list_new (fixture->store, PATIENT, ZQ_RECORD_ALL, NULL);
  problems = zq_record_list_now (db, PATIENT, ZQ_RECORD_PROBLEM, 12);
  drugs = zq_record_list_now (db, PATIENT, ZQ_RECORD_MEDICATION, 12);
  signs = zq_result_vital_signs (db, PATIENT);
  zq_record_get_counts (db, PATIENT, counts);
  zq_record_get_span (db, PATIENT, &first, &last);
  g_assert_cmpint (zq_record_find (db, PATIENT, ZQ_RECORD_VISIT, last - 100 * G_USEC_PER_SEC), !=, 0);
  of_test = zq_result_series (db, PATIENT, CODE, last - 100 * G_USEC_PER_SEC, last, 100);
  zq_db_get_counts (db, work);
  work->rows -= before.rows;
  work->statements -= before.statements;
  work->steps -= before.steps;
  g_assert_cmpuint (problems->len, ==, 12);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), >=, 100);
}

static void
test_first_frame (Fixture *fixture, gconstpointer data)
{
  gint64 small[] = { 1, SMALL }, large[] = { SMALL + 1, LARGE };
  g_autoptr (GError) error = NULL;
  ZqDbCounts few, many;

  fixture_take (fixture, "{'resourceType':'Patient','id':'1','name':[{'text':'Wang Fang'}]}");
  g_assert_cmpint (fixture_row (fixture, "Patient", "1"), ==, PATIENT);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, small, &error));
  open_record (fixture, &few);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, large, &error));
  open_record (fixture, &many);
  g_test_message ("%" G_GUINT64_FORMAT " statements, %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT " steps",
                  many.statements, many.rows, many.steps);
  g_assert_cmpuint (few.statements, ==, many.statements);
  g_assert_cmpuint (few.rows, ==, many.rows);
  /* The depth of the trees aside, the machine does the same. */
  g_assert_cmpuint (many.steps, <=, few.steps + few.steps / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/record/first-frame-costs-the-same-of-1,000-and-131,000", Fixture, NULL, fixture_set_up,
              test_first_frame, fixture_tear_down);
  return g_test_run ();
}
