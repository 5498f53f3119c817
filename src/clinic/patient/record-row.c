/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/record-row.h"

typedef struct
{
  gboolean found;
  gint64 patient, kind, hidden, changed;
  char *version;
} Old;

static void
old_clear (Old *self)
{
  g_free (self->version);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Old, old_clear)

static gboolean
load_old (ZqTxn *txn, gint64 id, Old *old, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (
      zq_txn_db (txn), error, "SELECT patient, kind, hidden, changed, version FROM record_item WHERE id = ?", "i", id);

  if (rows == NULL)
    return FALSE;
  old->found = zq_rows_next (rows, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (old->found)
    {
      old->patient = zq_rows_int (rows, 0);
      old->kind = zq_rows_int (rows, 1);
      old->hidden = zq_rows_int (rows, 2);
      old->changed = zq_rows_int (rows, 3);
      old->version = g_strdup (zq_rows_text (rows, 4));
    }

  return TRUE;
}

static gboolean
count (ZqTxn *txn, gint64 patient, gint64 kind, int by, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO record_count (patient, kind, n) VALUES (?, ?, ?)"
                     " ON CONFLICT (patient, kind) DO UPDATE SET n = n + excluded.n",
                     "iii", patient, kind, (gint64)by);
}

static gboolean
uncount_old (ZqTxn *txn, const Old *old, GError **error)
{
  return !old->found || old->hidden || count (txn, old->patient, old->kind, -1, error);
}

static void
announce (ZqTxn *txn, gint64 id, gint64 patient)
{
  zq_txn_changed (txn, "record", id, patient, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);
}

gboolean
zq_record_put (ZqTxn *txn, gint64 id, const ZqRecordRow *row, GError **error)
{
  g_auto (Old) old = { 0 };
  gint64 at = row->at.precision != ZQ_PRECISION_NONE ? row->at.start : ZQ_RECORD_UNDATED;
  gboolean is_same;

  if (row->patient == 0)
    return zq_record_remove (txn, id, error);
  if (!load_old (txn, id, &old, error) || !uncount_old (txn, &old, error) ||
      (!row->hidden && !count (txn, row->patient, row->kind, 1, error)))
    return FALSE;
  if (old.found && old.patient != row->patient)
    announce (txn, id, old.patient);
  announce (txn, id, row->patient);
  is_same = old.found && g_strcmp0 (old.version, row->version) == 0;

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO record_item (id, patient, kind, at, precision, encounter, title, detail,"
                     "  status, state, flag, active, hidden, version, changed)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     "iiiiiisssiiiisi", id, row->patient, (gint64)row->kind, at, (gint64)row->at.precision,
                     row->encounter, row->title, row->detail, row->status, (gint64)row->state, (gint64)row->flag,
                     (gint64)row->active, row->hidden, row->version, is_same ? old.changed : zq_txn_now (txn));
}

gboolean
zq_record_remove (ZqTxn *txn, gint64 id, GError **error)
{
  g_auto (Old) old = { 0 };

  if (!load_old (txn, id, &old, error) || !uncount_old (txn, &old, error))
    return FALSE;
  if (old.found)
    announce (txn, id, old.patient);

  return !old.found || zq_db_exec (zq_txn_db (txn), error, "DELETE FROM record_item WHERE id = ?", "i", id);
}

gboolean
zq_record_set_hidden (ZqTxn *txn, gint64 id, gint64 hidden, GError **error)
{
  g_auto (Old) old = { 0 };

  if (!load_old (txn, id, &old, error))
    return FALSE;
  if (!old.found || old.hidden == hidden)
    return TRUE;
  announce (txn, id, old.patient);

  return ((old.hidden != 0) == (hidden != 0) || count (txn, old.patient, old.kind, hidden != 0 ? -1 : 1, error)) &&
         zq_db_exec (zq_txn_db (txn), error, "UPDATE record_item SET hidden = ? WHERE id = ?", "ii", hidden, id);
}

gboolean
zq_record_set_flag (ZqTxn *txn, gint64 id, ZqRecordFlag flag, GError **error)
{
  gint64 patient = 0;

  if (!zq_db_exec (zq_txn_db (txn), error, "UPDATE record_item SET flag = ?1 WHERE id = ?2 AND flag <> ?1", "ii",
                   (gint64)flag, id))
    return FALSE;
  if (zq_db_changes (zq_txn_db (txn)) > 0 &&
      zq_db_get_int (zq_txn_db (txn), &patient, NULL, "SELECT patient FROM record_item WHERE id = ?", "i", id))
    zq_txn_changed (txn, "record", id, patient, ZQ_CHANGE_CONTENT);

  return TRUE;
}
