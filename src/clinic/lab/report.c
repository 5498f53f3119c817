/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/report.h"

#include "clinic/document/file-row.h"
#include "clinic/lab/result-load.h"

void
zq_report_free (ZqReport *self)
{
  g_free (self->title);
  g_free (self->status);
  g_free (self->performer);
  g_free (self->specimen);
  g_free (self->conclusion);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self);
}

static void
load_results (ZqDb *db, ZqPolicy *policy, ZqReport *self)
{
  ZqResultTree tree = { .db = db, .policy = policy, .all = self->results, .patient = self->patient };
  gint64 last = -1;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL, "SELECT result, n FROM report_result WHERE report = ? ORDER BY n", "i", self->key);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      last = zq_rows_int (rows, 1);
      zq_result_add_tree (&tree, zq_rows_int (rows, 0), 0);
    }
  if (last + 1 >= ZQ_RESULT_MOST_LINKS)
    tree.n_more += zq_result_count_parts (db, self->key, "$.result") - (guint)(last + 1);
  self->n_missing = tree.n_missing;
  self->n_more = tree.n_more;
  for (guint i = 0; i < self->results->len; i++)
    {
      const ZqResult *one = self->results->pdata[i];

      self->n_unfinished += one->state != ZQ_RECORD_FINAL && one->state != ZQ_RECORD_CHANGED;
      for (guint j = 0; j < one->values->len; j++)
        {
          const ZqResultValue *value = one->values->pdata[j];

          self->n_abnormal += zq_flag_is_abnormal (value->flag);
          self->n_critical += zq_flag_is_critical (value->flag);
        }
    }
}

static void
load_collected (ZqDb *db, ZqReport *self)
{
  gint64 found = 0;

  zq_db_get_int (db, &found, NULL, "SELECT 1 FROM report_collected WHERE report = ?", "i", self->key);
  self->is_collected = found != 0;
}

ZqReport *
zq_report_load (ZqDb *db, ZqPolicy *policy, gint64 key)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL,
                                         "SELECT patient, title, sort, status, state, at, precision, issued, performer,"
                                         " specimen, conclusion FROM report WHERE id = ?",
                                         "i", key);
  ZqReport *self;

  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;
  self = g_new0 (ZqReport, 1);
  self->key = key;
  self->patient = zq_rows_int (rows, 0);
  self->title = g_strdup (zq_rows_is_null (rows, 1) ? "—" : zq_rows_text (rows, 1));
  self->sort = (ZqReportSort)zq_rows_int (rows, 2);
  self->status = g_strdup (zq_rows_text (rows, 3));
  self->state = (ZqRecordState)zq_rows_int (rows, 4);
  self->at = zq_rows_int (rows, 5);
  self->precision = (ZqPrecision)zq_rows_int (rows, 6);
  self->issued = zq_rows_int (rows, 7);
  self->performer = g_strdup (zq_rows_text (rows, 8));
  self->specimen = g_strdup (zq_rows_text (rows, 9));
  self->conclusion = g_strdup (zq_rows_text (rows, 10));
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_result_free);
  self->files = zq_record_files_load (db, self->key);
  load_results (db, policy, self);
  load_collected (db, self);

  return self;
}
