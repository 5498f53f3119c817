/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"
#include "ui/lab/flowsheet-grid.h"
#include "ui/widgets/chart.h"

static void
take (Ui *ui, const char *id, const char *code, const char *name, const char *status, const char *value, const char *at)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'%s','status':'%s','subject':{'reference':'Patient/1'},"
                "'effectiveDateTime':'%s','code':{'coding':[{'system':'http://loinc.org','code':'%s'}],'text':'%s'},"
                "'valueQuantity':{'value':%s,'unit':'mmol/L'},'performer':[{'display':'%s'}],'referenceRange':"
                "[{'low':{'value':3.5,'unit':'mmol/L'},'high':{'value':5.3,'unit':'mmol/L'}}]}",
                id, status, at, code, name, value, *id == 'k' ? "First Hospital" : "Second Hospital");
}

static void
take_some (Ui *ui)
{
  take (ui, "k1", "2823-3", "potassium", "final", "4.1", "2025-01-01T08:00:00+08:00");
  take (ui, "k2", "2823-3", "potassium", "preliminary", "5.9", "2025-02-01T08:00:00+08:00");
  take (ui, "g1", "14749-6", "glucose", "final", "5.0", "2025-01-01T08:00:00+08:00");
  fixture_take (&ui->clinic, "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':"
                             "'Patient/1'},'category':[{'coding':[{'code':'LAB'}]}],'code':{'text':'old electrolytes'},"
                             "'effectiveDateTime':'2025-01-01T08:00:00+08:00','result':[{'reference':"
                             "'Observation/k1'}]}");
}

static ZqFlowGrid *
open_sheet (Ui *ui)
{
  GtkWidget *grid;

  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.timeline", NULL);
  ui_frames (ui, 5);
  ui_xdotool (ui, "key f");
  ui_frames (ui, 5);
  grid = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_FLOW_GRID, NULL, NULL);
  g_assert_nonnull (grid);
  g_assert_true (gtk_widget_has_focus (grid));

  return ZQ_FLOW_GRID (grid);
}

/* By keys alone: to the sheet, from cell to cell, to the test over time and back, to the report. */
static void
test_keys (Ui *ui, gconstpointer data)
{
  take_some (ui);
  open_sheet (ui);
  ui_expect (ui, "potassium · 1 Feb 2025 08:00 · 5.9 mmol/L ↑ high · preliminary · range 3.5–5.3 · First Hospital");
  ui_keep_picture (ui, "flowsheet");
  ui_xdotool (ui, "key Right");
  ui_expect (ui, "potassium · 1 Jan 2025 08:00 · 4.1 mmol/L · range 3.5–5.3 · First Hospital");
  ui_xdotool (ui, "key Down");
  ui_expect (ui, "glucose · 1 Jan 2025 08:00 · 5.0 mmol/L");
  ui_expect (ui, "② Second Hospital");
  ui_xdotool (ui, "key Left");
  ui_expect (ui, "glucose · 1 Feb 2025 08:00 · no result");
  ui_xdotool (ui, "key Up Right t");
  ui_expect (ui, "go from value to value");
  g_assert_true (ZQ_IS_CHART (gtk_root_get_focus (GTK_ROOT (ui->window))));
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "potassium · 1 Jan 2025 08:00");
  ui_xdotool (ui, "key Return");
  ui_expect (ui, "old electrolytes");
  ui_expect (ui, "4.1");
  ui_xdotool (ui, "key f");
  ui_expect (ui, "Tests of this report");
  ui_xdotool (ui, "key Escape");
  ui_expect_gone (ui, "Tests of this report");
}

/* What is corrected while it is looked at is read again, and the cell that is read stays the same. */
static void
test_live (Ui *ui, gconstpointer data)
{
  take_some (ui);
  open_sheet (ui);
  ui_xdotool (ui, "key Right");
  ui_expect (ui, "potassium · 1 Jan 2025 08:00 · 4.1 mmol/L");
  take (ui, "k3", "2823-3", "potassium", "final", "3.9", "2025-03-01T08:00:00+08:00");
  take (ui, "k1", "2823-3", "potassium", "corrected", "4.4", "2025-01-01T08:00:00+08:00");
  ui_expect (ui, "potassium · 1 Jan 2025 08:00 · 4.4 mmol/L · corrected");
  ui_expect_gone (ui, "4.1 mmol/L");
}

/* --- what it costs ------------------------------------------------------------------------------ */

#define TESTS 100

static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  static const char *const statements[] = {
    "INSERT INTO result (id, patient, at, issued, name, status, state, flag, shown, by_patient, is_vital, is_panel,"
    "  version) SELECT 1000 + i, ?4, ?3 + i / 100 * 86400000000, 0, 'test', 'final', 0, 0, '4.1', 0, 0, 0, '1' FROM n",
    "INSERT INTO result_value (result, n, patient, code, at, name, kind, value, unit, flag, flag_is_ours)"
    " SELECT 1000 + i, 0, ?4, 'local|' || (i % 100), ?3 + i / 100 * 86400000000, 'test ' || (i % 100), 1, i, 'mmol/L',"
    "  0, 0 FROM n",
  };
  const gint64 *span = data;

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      g_autofree char *sql = g_strconcat (
          "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) ", statements[i], NULL);

      if (!zq_db_exec (zq_txn_db (txn), error, sql, "iiii", span[0], span[1],
                       (gint64)ZQ_TEST_START_US - 500 * 24 * ZQ_TEST_HOUR_US, span[2]))
        return FALSE;
    }

  return TRUE;
}

/* Cells that are laid out for the first frame, and by scrolling a screen further. */
static void
count_laid (Ui *ui, guint *first, guint *then)
{
  ZqFlowGrid *grid = open_sheet (ui);

  *first = zq_flow_grid_get_n_laid (grid);
  ui_xdotool (ui, "key Next Next");
  ui_frames (ui, 5);
  *then = zq_flow_grid_get_n_laid (grid) - *first;
  ui_xdotool (ui, "key Escape Escape");
  ui_frames (ui, 5);
}

static void
test_costs (Ui *ui, gconstpointer data)
{
  gint64 patient = fixture_row (&ui->clinic, "Patient", "1");
  gint64 small[] = { 0, 50 * TESTS, patient }, large[] = { 50 * TESTS, 400 * TESTS, patient };
  guint few, few_then, many, many_then;
  g_autoptr (GError) error = NULL;

  g_assert_true (zq_store_write (ui->clinic.store, ZQ_PRIORITY_BULK, fill, small, &error));
  count_laid (ui, &few, &few_then);
  g_assert_true (zq_store_write (ui->clinic.store, ZQ_PRIORITY_BULK, fill, large, &error));
  count_laid (ui, &many, &many_then);
  g_test_message ("%u cells for the first frame, %u for another screen", many, many_then);
  g_assert_cmpuint (few, >, 20);
  g_assert_cmpuint (few, ==, many);
  g_assert_cmpuint (few_then, ==, many_then);
  g_assert_cmpuint (many, <, 1000);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/flowsheet/by-keys", test_keys);
  ADD ("/flowsheet/a-correction-is-read-where-it-is-open", test_live);
  ADD ("/flowsheet/lays-out-the-same-of-5,000-and-40,000-results", test_costs);
  return g_test_run ();
}
