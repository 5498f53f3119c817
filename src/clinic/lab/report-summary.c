/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/report-summary.h"

#include "clinic/lab/result-load.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"

/* Panels that are looked at to find where a result is shown. */
#define MAX_ABOVE 200

gint64
zq_result_find_above (ZqDb *db, gint64 result)
{
  gint64 above = 0;

  zq_db_get_int (db, &above, NULL,
                 "WITH RECURSIVE own (patient) AS (SELECT patient FROM result WHERE id = ?1),"
                 " up (id, level) AS (VALUES (?1, 0) UNION SELECT m.panel, up.level + 1 FROM up"
                 "   JOIN result_member m ON m.member = up.id WHERE up.level < ?2 LIMIT ?3)"
                 " SELECT coalesce ((SELECT max (r.id) FROM up JOIN report_result l ON l.result = up.id"
                 "   JOIN report r ON r.id = l.report WHERE r.patient = (SELECT patient FROM own)),"
                 "  (SELECT max (p.id) FROM up JOIN result p ON p.id = up.id WHERE up.level > 0"
                 "   AND p.patient = (SELECT patient FROM own)"
                 "   AND NOT EXISTS (SELECT 1 FROM result_member WHERE member = p.id)), 0)",
                 "iii", result, (gint64)ZQ_RESULT_MAX_LEVEL, (gint64)MAX_ABOVE);

  return above;
}

static GArray *
list_ids (ZqDb *db, const char *sql, gint64 id, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows = zq_db_query (db, error, sql, "i", id);
  GError *local = NULL;

  while (rows != NULL && zq_rows_next (rows, &local))
    {
      gint64 one = zq_rows_int (rows, 0);

      g_array_append_val (ids, one);
    }
  if (local != NULL)
    g_propagate_error (error, local);

  return rows != NULL && local == NULL ? g_steal_pointer (&ids) : NULL;
}

/* What is below in panels is shown or not with them. */
static gboolean
add_below (ZqDb *db, GArray *results, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  guint from = 0;

  for (guint level = 0; level < ZQ_RESULT_MAX_LEVEL; level++)
    {
      guint to = results->len;

      for (; from < to; from++)
        {
          GArray *below = list_ids (db, "SELECT member FROM result_member WHERE panel = ?",
                                    g_array_index (results, gint64, from), error);

          if (below == NULL)
            return FALSE;
          g_ptr_array_add (lists, below);
          for (guint i = 0; i < below->len; i++)
            if (g_hash_table_add (seen, &g_array_index (below, gint64, i)))
              g_array_append_val (results, g_array_index (below, gint64, i));
        }
    }

  return TRUE;
}

static gboolean
settle (ZqTxn *txn, GArray *results, GError **error)
{
  if (!add_below (zq_txn_db (txn), results, error))
    return FALSE;
  for (guint i = 0; i < results->len; i++)
    {
      gint64 result = g_array_index (results, gint64, i);

      if (!zq_record_set_hidden (txn, result, zq_result_find_above (zq_txn_db (txn), result), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_observation (ZqDb *db, gint64 row)
{
  gint64 is_it = 0;

  return zq_db_get_int (db, &is_it, NULL, "SELECT type = 'Observation' FROM resource WHERE id = ?", "i", row) && is_it;
}

gboolean
zq_report_set_links (ZqTxn *txn,
                     const char *table,
                     const char *owner_column,
                     const char *column,
                     gint64 owner,
                     GPtrArray *references,
                     GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  g_autofree char *select = g_strdup_printf ("SELECT %s FROM %s WHERE %s = ?", column, table, owner_column);
  g_autofree char *clear = g_strdup_printf ("DELETE FROM %s WHERE %s = ?", table, owner_column);
  g_autofree char *insert =
      g_strdup_printf ("INSERT INTO %s (%s, n, %s) VALUES (?, ?, ?)", table, owner_column, column);
  g_autoptr (GArray) touched = list_ids (db, select, owner, error);

  if (touched == NULL || !zq_db_exec (db, error, clear, "i", owner))
    return FALSE;
  for (guint i = 0; references != NULL && i < MIN (references->len, ZQ_RESULT_MOST_LINKS); i++)
    {
      gint64 row;

      if (!zq_person_refer (txn, references->pdata[i], TRUE, &row, error))
        return FALSE;
      if (row == 0 || row == owner || !is_observation (db, row))
        continue;
      if (!zq_db_exec (db, error, insert, "iii", owner, (gint64)i, row))
        return FALSE;
      g_array_append_val (touched, row);
    }

  return settle (txn, touched, error);
}

/* The members of its panels count too, as deep as they are shown. */
#define SHOWN                                                                                                          \
  "WITH RECURSIVE shown (id, level) AS (SELECT result, 0 FROM report_result WHERE report = ?1"                         \
  " UNION SELECT m.member, shown.level + 1 FROM shown JOIN result_member m ON m.panel = shown.id"                      \
  "   WHERE shown.level < ?2 LIMIT ?3)"

static gboolean
summarise (ZqTxn *txn, gint64 report, GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  gint64 patient = 0, worst = 0;

  if (!zq_db_get_int (db, &patient, NULL, "SELECT patient FROM report WHERE id = ?", "i", report))
    return TRUE;
  if (!zq_db_get_int (db, &worst, error,
                      SHOWN " SELECT coalesce (max (flag), 0) FROM result WHERE id IN (SELECT id FROM shown)"
                            " AND patient IN (0, ?4) AND state NOT IN (?5, ?6)",
                      "iiiiii", report, (gint64)ZQ_RESULT_MAX_LEVEL, (gint64)ZQ_RESULT_MOST, patient,
                      (gint64)ZQ_RECORD_ERROR, (gint64)ZQ_RECORD_CANCELLED))
    return FALSE;
  zq_txn_changed (txn, "report", report, patient, ZQ_CHANGE_CONTENT);

  return zq_record_set_flag (txn, report,
                             zq_flag_is_critical ((ZqFlag)worst)   ? ZQ_RECORD_CRITICAL
                             : zq_flag_is_abnormal ((ZqFlag)worst) ? ZQ_RECORD_ABNORMAL
                                                                   : ZQ_RECORD_PLAIN,
                             error);
}

void
zq_report_touch (ZqTxn *txn, gint64 report)
{
  zq_txn_later (txn, summarise, report);
}

gboolean
zq_report_touch_result (ZqTxn *txn, gint64 result, GError **error)
{
  static const char *const above =
      "WITH RECURSIVE up (id, level) AS (VALUES (?1, 0) UNION SELECT m.panel, up.level + 1 FROM up"
      "   JOIN result_member m ON m.member = up.id WHERE up.level < " G_STRINGIFY (
          ZQ_RESULT_MAX_LEVEL) " LIMIT " G_STRINGIFY (MAX_ABOVE) ") SELECT DISTINCT l.report FROM up JOIN "
                                                                 "report_result l ON l.result = up.id";
  g_autoptr (GArray) reports = list_ids (zq_txn_db (txn), above, result, error);

  for (guint i = 0; reports != NULL && i < reports->len; i++)
    zq_report_touch (txn, g_array_index (reports, gint64, i));

  return reports != NULL;
}
