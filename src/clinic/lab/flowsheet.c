/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/flowsheet.h"

#include "clinic/lab/flowsheet-sets.h"
#include "clinic/lab/report.h"
#include "clinic/lab/value.h"

#include <stdlib.h>

#define A_CHUNK      32   /* dates found at a time */
#define BLOCK        16   /* tests and dates of a block of cells */
#define MOST_DATES   5000 /* a sensor's years are no table */
#define MOST_CODES   500  /* of a patient, looked at for a set */
#define MOST_SOURCES 60

struct _ZqFlowsheet
{
  ZqDb *db; /* borrowed */
  gint64 patient;
  GPtrArray *tests;   /* of ZqFlowTest; its name is NULL until somebody asks */
  GArray *dates;      /* gint64, the newest first */
  gint64 until;       /* dates are found before this one */
  gboolean complete;  /* there are no further dates */
  GHashTable *blocks; /* block → GPtrArray of ZqFlowCell, BLOCK × BLOCK, test by test */
  GPtrArray *sources; /* of char */
};

static void
test_free (gpointer data)
{
  ZqFlowTest *test = data;

  g_free (test->code);
  g_free (test->name);
  g_free (test->unit);
  g_free (test);
}

static void
cell_free (gpointer data)
{
  ZqFlowCell *cell = data;

  if (cell == NULL)
    return;
  g_free (cell->value);
  g_free (cell->unit);
  g_free (cell->range);
  g_free (cell->absent);
  g_free (cell->status);
  g_free (cell);
}

/* --- which tests -------------------------------------------------------------------------------- */

static void
add_test (ZqFlowsheet *self, const char *code)
{
  ZqFlowTest *test;

  for (guint i = 0; i < self->tests->len; i++)
    if (g_str_equal (((ZqFlowTest *)self->tests->pdata[i])->code, code))
      return;
  if (self->tests->len >= ZQ_FLOW_MOST_TESTS)
    return;
  test = g_new0 (ZqFlowTest, 1);
  test->code = g_strdup (code);
  g_ptr_array_add (self->tests, test);
}

/* The codes one after the other by the index, and of each not more than its newest values: a sensor's hundred thousand
 * make nothing more frequent than forty. */
#define CODES                                                                                                          \
  "WITH RECURSIVE c (code) AS ("                                                                                       \
  "  SELECT min (code) FROM result_value WHERE patient = ?1 AND code > ''"                                             \
  "  UNION ALL SELECT (SELECT min (v.code) FROM result_value v WHERE v.patient = ?1 AND v.code > c.code)"              \
  "  FROM c WHERE c.code IS NOT NULL LIMIT ?2)"                                                                        \
  " SELECT code, (SELECT count (*) FROM (SELECT 1 FROM result_value v WHERE v.patient = ?1 AND v.code = c.code"        \
  "    ORDER BY v.at DESC LIMIT 40)) AS n,"                                                                            \
  "  (SELECT max (v.at) FROM result_value v WHERE v.patient = ?1 AND v.code = c.code) AS last"                         \
  " FROM c WHERE code IS NOT NULL ORDER BY n DESC, last DESC, code"

typedef struct
{
  char *code;
  guint place;
} Placed;

static void
placed_clear (gpointer data)
{
  g_free (((Placed *)data)->code);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Placed *one = a, *other = b;

  return (one->place > other->place) - (one->place < other->place);
}

static void
choose_tests (ZqFlowsheet *self, ZqPolicy *policy, ZqFlowSet set)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Placed));
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL, CODES, "ii", self->patient, (gint64)MOST_CODES);

  g_array_set_clear_func (all, placed_clear);
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      const char *code = zq_rows_text (rows, 0);
      Placed placed = { .place = set == ZQ_FLOW_FREQUENT ? all->len + 1 : zq_flow_set_place (policy, set, code) };

      if (placed.place == 0)
        continue;
      placed.code = g_strdup (code);
      g_array_append_val (all, placed);
    }
  g_array_sort (all, compare_places);
  for (guint i = 0; i < all->len; i++)
    add_test (self, g_array_index (all, Placed, i).code);
}

static ZqFlowsheet *
make (ZqDb *db, gint64 patient)
{
  ZqFlowsheet *self = g_new0 (ZqFlowsheet, 1);

  self->db = db;
  self->patient = patient;
  self->until = G_MAXINT64;
  self->tests = g_ptr_array_new_with_free_func (test_free);
  self->dates = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  self->sources = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->sources, g_strdup (""));

  return self;
}

ZqFlowsheet *
zq_flowsheet_new (ZqDb *db, ZqPolicy *policy, gint64 patient, ZqFlowSet set)
{
  ZqFlowsheet *self = make (db, patient);

  choose_tests (self, policy, set);

  return self;
}

ZqFlowsheet *
zq_flowsheet_new_for_report (ZqDb *db, gint64 patient, gint64 report)
{
  ZqFlowsheet *self = make (db, patient);
  g_autoptr (ZqReport) whole = zq_report_load (db, NULL, report);

  for (guint i = 0; whole != NULL && whole->patient == patient && i < whole->results->len; i++)
    {
      const ZqResult *result = whole->results->pdata[i];

      for (guint n = 0; n < result->values->len; n++)
        {
          const ZqResultValue *value = result->values->pdata[n];

          if (value->code != NULL)
            add_test (self, value->code);
        }
    }

  return self;
}

void
zq_flowsheet_free (ZqFlowsheet *self)
{
  g_ptr_array_unref (self->tests);
  g_array_unref (self->dates);
  g_hash_table_unref (self->blocks);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

guint
zq_flowsheet_get_n_tests (ZqFlowsheet *self)
{
  return self->tests->len;
}

const ZqFlowTest *
zq_flowsheet_get_test (ZqFlowsheet *self, guint test)
{
  ZqFlowTest *one;
  g_autoptr (ZqRows) rows = NULL;

  g_return_val_if_fail (test < self->tests->len, NULL);

  one = self->tests->pdata[test];
  if (one->name != NULL)
    return one;
  rows = zq_db_query (self->db, NULL,
                      "SELECT name, unit FROM result_value WHERE patient = ? AND code = ? ORDER BY at DESC LIMIT 1",
                      "is", self->patient, one->code);
  if (rows != NULL && zq_rows_next (rows, NULL))
    {
      one->name = g_strdup (zq_rows_text (rows, 0));
      one->unit = g_strdup (zq_rows_text (rows, 1));
    }
  if (one->name == NULL)
    one->name = g_strdup (one->code);

  return one;
}

/* --- which dates -------------------------------------------------------------------------------- */

static int
newest_first (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

  return (one < other) - (one > other);
}

static void
read_dates (ZqFlowsheet *self, const char *code, GArray *found)
{
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT DISTINCT v.at FROM result_value v JOIN result r ON r.id = v.result"
                                         " WHERE v.patient = ? AND v.code = ? AND v.at < ? AND r.state NOT IN (?, ?)"
                                         " ORDER BY v.at DESC LIMIT ?",
                                         "isiiii", self->patient, code, self->until, (gint64)ZQ_RECORD_ERROR,
                                         (gint64)ZQ_RECORD_CANCELLED, (gint64)A_CHUNK);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 at = zq_rows_int (rows, 0);

      g_array_append_val (found, at);
    }
}

/* Of each test as many as are wanted of all: the newest of them are the newest that there are. */
static void
find_chunk (ZqFlowsheet *self)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint before = self->dates->len;

  for (guint i = 0; i < self->tests->len; i++)
    read_dates (self, ((ZqFlowTest *)self->tests->pdata[i])->code, found);
  g_array_sort (found, newest_first);
  for (guint i = 0; i < found->len && self->dates->len < before + A_CHUNK; i++)
    {
      gint64 at = g_array_index (found, gint64, i);

      if (at != self->until)
        g_array_append_val (self->dates, at);
      self->until = at;
    }
  self->complete = self->dates->len < before + A_CHUNK || self->dates->len >= MOST_DATES;
}

void
zq_flowsheet_find_dates (ZqFlowsheet *self, guint n)
{
  while (!self->complete && self->dates->len < n)
    find_chunk (self);
}

guint
zq_flowsheet_get_n_dates (ZqFlowsheet *self)
{
  return self->dates->len;
}

gint64
zq_flowsheet_get_date (ZqFlowsheet *self, guint date)
{
  g_return_val_if_fail (date < self->dates->len, 0);

  return g_array_index (self->dates, gint64, date);
}

gboolean
zq_flowsheet_is_complete (ZqFlowsheet *self)
{
  return self->complete;
}

/* --- cells -------------------------------------------------------------------------------------- */

static guint
find_source (ZqFlowsheet *self, const char *name)
{
  guint found;

  if (name == NULL || *name == '\0')
    return 0;
  if (g_ptr_array_find_with_equal_func (self->sources, name, g_str_equal, &found))
    return found;
  if (self->sources->len >= MOST_SOURCES)
    return 0;
  g_ptr_array_add (self->sources, g_strdup (name));

  return self->sources->len - 1;
}

static ZqFlowCell *
take_cell (ZqFlowsheet *self, ZqRows *rows)
{
  ZqFlowCell *cell = g_new0 (ZqFlowCell, 1);

  cell->result = zq_rows_int (rows, 1);
  cell->n_values = 1;
  if (!zq_rows_is_null (rows, 2))
    cell->value = g_strconcat (zq_rows_is_null (rows, 3) ? "" : zq_rows_text (rows, 3), zq_rows_text (rows, 2), NULL);
  cell->unit = g_strdup (zq_rows_text (rows, 4));
  cell->range = g_strdup (zq_rows_text (rows, 5));
  cell->flag = (ZqFlag)zq_rows_int (rows, 6);
  cell->absent = g_strdup (zq_rows_text (rows, 7));
  cell->status = g_strdup (zq_rows_text (rows, 8));
  cell->state = (ZqRecordState)zq_rows_int (rows, 9);
  cell->source = find_source (self, zq_rows_text (rows, 10));
  cell->critical_is_ours = (zq_rows_int (rows, 11) & ZQ_VALUE_CRITICAL_OURS) != 0;

  return cell;
}

/* One test from the newest to the oldest date of a block. */
static void
read_line (ZqFlowsheet *self, GPtrArray *cells, guint line, const char *code, guint first, guint last)
{
  guint date = first;
  g_autoptr (ZqRows) rows = zq_db_query (
      self->db, NULL,
      "SELECT v.at, v.result, v.value, v.comparator, v.unit, v.range, v.flag, v.absent, r.status, r.state,"
      " r.performer, v.flag_is_ours FROM result_value v JOIN result r ON r.id = v.result"
      " WHERE v.patient = ? AND v.code = ? AND v.at BETWEEN ? AND ? AND r.state NOT IN (?, ?)"
      " ORDER BY v.at DESC, r.state IN (?, ?) DESC, v.result DESC LIMIT 1000",
      "isiiiiii", self->patient, code, zq_flowsheet_get_date (self, last), zq_flowsheet_get_date (self, first),
      (gint64)ZQ_RECORD_ERROR, (gint64)ZQ_RECORD_CANCELLED, (gint64)ZQ_RECORD_FINAL, (gint64)ZQ_RECORD_CHANGED);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 at = zq_rows_int (rows, 0);
      gpointer *place;

      while (date < last && zq_flowsheet_get_date (self, date) > at)
        date++;
      if (zq_flowsheet_get_date (self, date) != at)
        continue; /* it came since the dates were read: the page opens anew for it */
      place = &cells->pdata[line * BLOCK + (date - first)];
      if (*place != NULL)
        ((ZqFlowCell *)*place)->n_values++;
      else
        *place = take_cell (self, rows);
    }
}

static GPtrArray *
read_block (ZqFlowsheet *self, guint test, guint date)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (cell_free);
  guint last = MIN (date + BLOCK, self->dates->len) - 1;

  g_ptr_array_set_size (cells, BLOCK * BLOCK);
  for (guint i = test; i < MIN (test + BLOCK, self->tests->len); i++)
    read_line (self, cells, i - test, ((ZqFlowTest *)self->tests->pdata[i])->code, date, last);

  return cells;
}

const ZqFlowCell *
zq_flowsheet_get_cell (ZqFlowsheet *self, guint test, guint date)
{
  gint64 key = ((gint64)(test / BLOCK) << 32) + date / BLOCK;
  GPtrArray *cells = g_hash_table_lookup (self->blocks, &key);

  g_return_val_if_fail (test < self->tests->len && date < self->dates->len, NULL);

  if (cells == NULL)
    {
      cells = read_block (self, test - test % BLOCK, date - date % BLOCK);
      g_hash_table_insert (self->blocks, g_memdup2 (&key, sizeof key), cells);
    }

  return cells->pdata[test % BLOCK * BLOCK + date % BLOCK];
}

guint
zq_flowsheet_get_n_sources (ZqFlowsheet *self)
{
  return self->sources->len;
}

const char *
zq_flowsheet_get_source (ZqFlowsheet *self, guint source)
{
  return source < self->sources->len ? self->sources->pdata[source] : "";
}

gint64
zq_flowsheet_find_report (ZqDb *db, gint64 result)
{
  gint64 found = result;

  for (guint level = 0; level < 4; level++)
    {
      gint64 report, panel;

      if (zq_db_get_int (db, &report, NULL, "SELECT max (report) FROM report_result WHERE result = ?", "i", found) &&
          report != 0)
        return report;
      if (!zq_db_get_int (db, &panel, NULL, "SELECT max (panel) FROM result_member WHERE member = ?", "i", found) ||
          panel == 0)
        break;
      found = panel;
    }

  return found;
}
