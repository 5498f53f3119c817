/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/report-fast.h"

#include "clinic/lab/value.h"

/* A value and what it is judged by; the facts borrow from it. */
typedef struct
{
  char *system, *code;
  ZqQuantity *value, *before, *low, *high;
  ZqLabRange range;
  const char *codes[2];
} Held;

static void
held_free (gpointer data)
{
  Held *self = data;

  g_free (self->system);
  g_free (self->code);
  g_clear_pointer (&self->value, zq_quantity_free);
  g_clear_pointer (&self->before, zq_quantity_free);
  g_clear_pointer (&self->low, zq_quantity_free);
  g_clear_pointer (&self->high, zq_quantity_free);
  g_free (self);
}

static const char *
code_of_flag (const ZqResultValue *value)
{
  static const char *const codes[] = {
    [ZQ_FLAG_NORMAL] = "N",    [ZQ_FLAG_LOW] = "L",           [ZQ_FLAG_HIGH] = "H",
    [ZQ_FLAG_ABNORMAL] = "A",  [ZQ_FLAG_CRITICAL_LOW] = "LL", [ZQ_FLAG_CRITICAL_HIGH] = "HH",
    [ZQ_FLAG_CRITICAL] = "AA",
  };

  return value->flag_is_ours || value->flag >= G_N_ELEMENTS (codes) ? NULL : codes[value->flag];
}

/* Of the same code, whatever its unit: whether the two can be compared is the rule's to say. */
static ZqQuantity *
find_before (ZqDb *db, ZqPolicy *policy, gint64 patient, const ZqResultValue *value)
{
  g_autoptr (ZqRows) rows = NULL;

  if (value->code == NULL)
    return NULL;
  rows = zq_db_query (db, NULL,
                      "SELECT v.value, v.comparator, v.unit FROM result_value v JOIN result r ON r.id = v.result"
                      " WHERE v.patient = ? AND v.code = ? AND v.at < ? AND v.value IS NOT NULL AND r.state IN (?, ?)"
                      " ORDER BY v.at DESC LIMIT 1",
                      "isiii", patient, value->code, value->at, (gint64)ZQ_RECORD_FINAL, (gint64)ZQ_RECORD_CHANGED);
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;
  if (value->kind == ZQ_VALUE_QUANTITY)
    return zq_quantity_new (policy, zq_rows_text (rows, 0), zq_rows_text (rows, 1), zq_rows_text (rows, 2), NULL);

  return zq_quantity_parse (policy, zq_rows_text (rows, 0), zq_rows_text (rows, 2));
}

static Held *
hold (ZqDb *db, ZqPolicy *policy, gint64 patient, const ZqResultValue *value)
{
  Held *self = g_new0 (Held, 1);

  zq_value_split_code (value->code, &self->system, &self->code);
  self->value = zq_value_quantity (policy, value);
  self->before = find_before (db, policy, patient, value);
  if (value->low != NULL)
    self->low = zq_quantity_new (policy, value->low, NULL, value->unit, NULL);
  if (value->high != NULL)
    self->high = zq_quantity_new (policy, value->high, NULL, value->unit, NULL);
  self->range = (ZqLabRange){ .low = self->low, .high = self->high, .text = value->range };
  self->codes[0] = code_of_flag (value);

  return self;
}

static void
add_value (GArray *all,
           GPtrArray *held,
           ZqDb *db,
           ZqPolicy *policy,
           const ZqReport *report,
           const ZqResult *result,
           const ZqResultValue *value,
           int age)
{
  Held *one = hold (db, policy, report->patient, value);
  ZqResultFacts facts = { .status = result->status, .coded = value->kind == ZQ_VALUE_CODED, .before = one->before };

  g_ptr_array_add (held, one);
  facts.lab = (ZqLabFacts){ .system = one->system,
                            .code = one->code,
                            .value = one->value,
                            .ranges = &one->range,
                            .n_ranges = value->range != NULL || value->low != NULL || value->high != NULL ? 1 : 0,
                            .codes = one->codes[0] != NULL ? one->codes : NULL,
                            .age = age };
  facts.before_place = facts.lab.n_ranges > 0 && one->before != NULL
                           ? zq_lab_range_place (policy, one->before, &one->range)
                           : ZQ_RANGE_UNKNOWN;
  g_array_append_val (all, facts);
}

/* Words of its own: what the text says beyond the results (R4, Narrative.status: anything but generated and empty). */
static gboolean
has_text (ZqDb *db, gint64 report)
{
  g_autofree char *status =
      zq_db_get_text (db, NULL,
                      "SELECT iif (j ->> '$.text.div' IS NULL, 'empty', coalesce (j ->> '$.text.status', 'additional'))"
                      " FROM (SELECT zq_text_or_null (server_json) AS j FROM resource_text WHERE id = ?)",
                      "i", report);

  return status != NULL && !g_str_equal (status, "generated") && !g_str_equal (status, "empty");
}

ZqFastKey
zq_report_fast_key (ZqDb *db, ZqPolicy *policy, const ZqReport *report, int age)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (ZqResultFacts));
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (held_free);
  ZqReportFacts facts = { .status = report->status, .sort = report->sort };

  for (guint i = 0; i < report->results->len; i++)
    {
      const ZqResult *result = report->results->pdata[i];

      for (guint j = 0; j < result->values->len; j++)
        add_value (all, held, db, policy, report, result, result->values->pdata[j], age);
    }
  facts.has_narrative = report->conclusion != NULL || report->files->len > 0 || has_text (db, report->key);
  facts.outstanding = report->n_missing + report->n_more + report->n_unfinished;
  facts.results = (const ZqResultFacts *)(gpointer)all->data;
  facts.n_results = all->len;

  return zq_result_fast_key (policy, &facts, NULL);
}
