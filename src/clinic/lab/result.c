/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/result.h"

#include "clinic/lab/compare.h"
#include "clinic/lab/result-load.h"
#include "clinic/lab/value.h"

void
zq_result_free (ZqResult *self)
{
  g_free (self->name);
  g_free (self->status);
  g_free (self->method);
  g_free (self->specimen);
  g_free (self->performer);
  g_free (self->note);
  g_free (self->old_value);
  g_free (self->previous);
  g_free (self->previous_as_written);
  g_free (self->change);
  g_clear_pointer (&self->trail, g_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_free (self);
}

/* --- values ------------------------------------------------------------------------------------- */

#define VALUE_COLUMNS                                                                                                  \
  "v.result, v.n, v.at, v.code, v.name, v.kind, v.value, v.comparator, v.unit, v.low, v.high, v.range, v.flag,"        \
  " v.flag_is_ours, v.absent, r.status, r.state"

static ZqResultValue *
take_value (ZqRows *rows)
{
  ZqResultValue *self = g_new0 (ZqResultValue, 1);

  self->result = zq_rows_int (rows, 0);
  self->n = (guint)zq_rows_int (rows, 1);
  self->at = zq_rows_int (rows, 2);
  self->code = g_strdup (zq_rows_text (rows, 3));
  self->name = g_strdup (zq_rows_text (rows, 4));
  self->kind = (ZqValueKind)zq_rows_int (rows, 5);
  self->value = g_strdup (zq_rows_text (rows, 6));
  self->comparator = g_strdup (zq_rows_text (rows, 7));
  self->unit = g_strdup (zq_rows_text (rows, 8));
  self->low = g_strdup (zq_rows_text (rows, 9));
  self->high = g_strdup (zq_rows_text (rows, 10));
  self->range = g_strdup (zq_rows_text (rows, 11));
  self->flag = (ZqFlag)zq_rows_int (rows, 12);
  self->flag_is_ours = (zq_rows_int (rows, 13) & ZQ_VALUE_FLAG_OURS) != 0;
  self->critical_is_ours = (zq_rows_int (rows, 13) & ZQ_VALUE_CRITICAL_OURS) != 0;
  self->absent = g_strdup (zq_rows_text (rows, 14));
  self->status = g_strdup (zq_rows_text (rows, 15));
  self->state = (ZqRecordState)zq_rows_int (rows, 16);

  return self;
}

static GPtrArray *
take_values (ZqRows *rows)
{
  GPtrArray *values = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_result_value_free);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (values, take_value (rows));

  return values;
}

/* --- one result --------------------------------------------------------------------------------- */

static void
load_old (ZqDb *db, ZqResult *self)
{
  g_autoptr (ZqRows) rows = zq_db_query (
      db, NULL, "SELECT shown, until FROM result_old WHERE result = ? ORDER BY until DESC LIMIT 1", "i", self->key);

  if (rows == NULL || !zq_rows_next (rows, NULL))
    return;
  self->old_value = g_strdup (zq_rows_text (rows, 0));
  self->old_until = zq_rows_int (rows, 1);
}

GPtrArray *
zq_result_list_before (ZqDb *db, gint64 patient, const char *code, gint64 at, guint limit)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT " VALUE_COLUMNS " FROM result_value v JOIN result r ON r.id = v.result"
                   " WHERE v.patient = ? AND v.code = ? AND v.at < ? AND v.value IS NOT NULL AND r.state IN (?, ?)"
                   " ORDER BY v.at DESC, v.result DESC LIMIT ?",
                   "isiiii", patient, code, at, (gint64)ZQ_RECORD_FINAL, (gint64)ZQ_RECORD_CHANGED, (gint64)limit);

  return take_values (rows);
}

guint
zq_result_count_parts (ZqDb *db, gint64 key, const char *path)
{
  gint64 n = 0;

  zq_db_get_int (db, &n, NULL,
                 "SELECT coalesce (json_array_length (zq_text_or_null (server_json), ?2), 0) FROM resource_text"
                 " WHERE id = ?1",
                 "is", key, path);

  return (guint)MAX (n, 0);
}

static void
count_components (ZqDb *db, ZqResult *self)
{
  guint last = self->values->len > 0 ? ((ZqResultValue *)self->values->pdata[self->values->len - 1])->n : 0;

  if (last >= ZQ_RESULT_MOST_COMPONENTS)
    self->n_more = zq_result_count_parts (db, self->key, "$.component") - last;
}

ZqResult *
zq_result_load_one (ZqDb *db, gint64 key, guint level)
{
  g_autoptr (ZqRows) values = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT patient, at, issued, name, status, state, is_panel, by_patient, method, specimen, performer,"
                   " note FROM result WHERE id = ?",
                   "i", key);
  ZqResult *self;

  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;
  self = g_new0 (ZqResult, 1);
  self->key = key;
  self->level = level;
  self->patient = zq_rows_int (rows, 0);
  self->at = zq_rows_int (rows, 1);
  self->issued = zq_rows_int (rows, 2);
  self->name = g_strdup (zq_rows_is_null (rows, 3) ? "—" : zq_rows_text (rows, 3));
  self->status = g_strdup (zq_rows_text (rows, 4));
  self->state = (ZqRecordState)zq_rows_int (rows, 5);
  self->is_panel = zq_rows_int (rows, 6) != 0;
  self->by_patient = zq_rows_int (rows, 7) != 0;
  self->method = g_strdup (zq_rows_text (rows, 8));
  self->specimen = g_strdup (zq_rows_text (rows, 9));
  self->performer = g_strdup (zq_rows_text (rows, 10));
  self->note = g_strdup (zq_rows_text (rows, 11));
  values =
      zq_db_query (db, NULL,
                   "SELECT " VALUE_COLUMNS " FROM result_value v JOIN result r ON r.id = v.result WHERE v.result = ?"
                   " ORDER BY v.n",
                   "i", key);
  self->values = take_values (values);
  load_old (db, self);
  count_components (db, self);

  return self;
}

static void
add_members (ZqResultTree *self, ZqResult *panel, guint level)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (self->db, NULL, "SELECT member, n FROM result_member WHERE panel = ? ORDER BY n", "i", panel->key);
  gint64 outer = self->patient, last = -1;

  if (outer == 0)
    self->patient = panel->patient;
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      last = zq_rows_int (rows, 1);
      zq_result_add_tree (self, zq_rows_int (rows, 0), level + 1);
    }
  self->patient = outer;
  if (last + 1 >= ZQ_RESULT_MOST_LINKS)
    self->n_more += zq_result_count_parts (self->db, panel->key, "$.hasMember") - (guint)(last + 1);
}

static gboolean
is_held (ZqDb *db, gint64 key)
{
  gint64 held = 0;

  return zq_db_get_int (db, &held, NULL, "SELECT EXISTS (SELECT 1 FROM result WHERE id = ?)", "i", key) && held != 0;
}

void
zq_result_add_tree (ZqResultTree *self, gint64 key, guint level)
{
  g_autoptr (ZqResult) held = self->all->len < ZQ_RESULT_MOST ? zq_result_load_one (self->db, key, level) : NULL;
  ZqResult *one = held;

  if (self->all->len >= ZQ_RESULT_MOST && is_held (self->db, key))
    {
      self->n_more++;
      return;
    }
  if (one == NULL || (self->patient != 0 && one->patient != 0 && one->patient != self->patient))
    {
      self->n_missing++;
      return;
    }
  held = NULL;
  if (self->policy != NULL && self->all->len < ZQ_RESULT_MOST_COMPARED)
    zq_result_compare (self->db, self->policy, one);
  g_ptr_array_add (self->all, one);
  if (level < ZQ_RESULT_MAX_LEVEL)
    add_members (self, one, level);
}

GPtrArray *
zq_result_load (ZqDb *db, ZqPolicy *policy, gint64 key)
{
  ZqResultTree tree = { .db = db,
                        .policy = policy,
                        .all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_result_free) };

  zq_result_add_tree (&tree, key, 0);
  if (tree.all->len > 0)
    ((ZqResult *)tree.all->pdata[0])->n_more += tree.n_more;

  return tree.all;
}

/* --- over time ---------------------------------------------------------------------------------- */

GPtrArray *
zq_result_series (ZqDb *db, gint64 patient, const char *code, gint64 from, gint64 to, guint limit)
{
  /* As the index has them: a sort of thousands is felt. */
  g_autoptr (ZqRows) rows = zq_db_query (
      db, NULL,
      "SELECT " VALUE_COLUMNS " FROM result_value v JOIN result r ON r.id = v.result"
      " WHERE v.patient = ? AND v.code = ? AND v.at BETWEEN ? AND ? AND v.value IS NOT NULL"
      " AND r.state NOT IN (?, ?) ORDER BY v.at DESC, v.result DESC, v.n DESC LIMIT ?",
      "isiiiii", patient, code, from, to, (gint64)ZQ_RECORD_ERROR, (gint64)ZQ_RECORD_CANCELLED, (gint64)limit);
  GPtrArray *values = take_values (rows);

  for (guint i = 0; i < values->len / 2; i++)
    {
      gpointer other = values->pdata[values->len - 1 - i];

      values->pdata[values->len - 1 - i] = values->pdata[i];
      values->pdata[i] = other;
    }

  return values;
}

/* The newest hundred have one of each, or the older one is nothing to go by. */
GPtrArray *
zq_result_vital_signs (ZqDb *db, gint64 patient)
{
  GPtrArray *newest = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_result_value_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT " VALUE_COLUMNS " FROM (SELECT id, status, state FROM result WHERE patient = ? AND is_vital"
                   "   AND state IN (?, ?) ORDER BY at DESC LIMIT 100) r JOIN result_value v ON v.result = r.id"
                   " WHERE v.value IS NOT NULL ORDER BY v.at DESC, v.result, v.n",
                   "iii", patient, (gint64)ZQ_RECORD_FINAL, (gint64)ZQ_RECORD_CHANGED);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      g_autoptr (ZqResultValue) value = take_value (rows);
      const char *key = value->code != NULL ? value->code : value->name;

      if (g_hash_table_add (seen, g_strdup (key)))
        g_ptr_array_add (newest, g_steal_pointer (&value));
    }

  return newest;
}
