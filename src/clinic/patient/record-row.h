/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"
#include "store/txn.h"

G_BEGIN_DECLS

/* The `at` of what has no date: before all that has one, and 1970 is a date too. */
#define ZQ_RECORD_UNDATED G_MININT64

/* The tables that all kinds of the record share; a row is a resource. `changed` is when this version came; `hidden` is
 * the item that it stands inside of, 0 for one that stands by itself. */
#define ZQ_RECORD_SCHEMA                                                                                               \
  "CREATE TABLE IF NOT EXISTS record_item ("                                                                           \
  "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL,"                    \
  "  precision INTEGER NOT NULL, encounter INTEGER NOT NULL, title TEXT, detail TEXT, status TEXT,"                    \
  "  state INTEGER NOT NULL, flag INTEGER NOT NULL, active INTEGER NOT NULL, hidden INTEGER NOT NULL,"                 \
  "  version TEXT, changed INTEGER NOT NULL);"                                                                         \
  "CREATE INDEX IF NOT EXISTS record_item_time ON record_item (patient, at, id) WHERE NOT hidden;"                     \
  "CREATE INDEX IF NOT EXISTS record_item_kind ON record_item (patient, kind, at, id) WHERE NOT hidden;"               \
  "CREATE INDEX IF NOT EXISTS record_item_now ON record_item (patient, kind, at, id) WHERE active AND NOT hidden;"     \
  "CREATE TABLE IF NOT EXISTS record_count ("                                                                          \
  "  patient INTEGER NOT NULL, kind INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (patient, kind)) WITHOUT ROWID;" \
  "CREATE TABLE IF NOT EXISTS record_looked (patient INTEGER PRIMARY KEY, at INTEGER NOT NULL);"

/* Of a scope: the patients whose record is asked about again, since no department's search brings it. */
#define ZQ_RECORD_UNTAGGED "SELECT id FROM patient WHERE {departments} = '[]'"

typedef struct
{
  gint64 patient;
  ZqRecordKind kind;
  ZqDateTime at;
  gint64 encounter; /* row, 0: none */
  const char *title;
  const char *detail;
  const char *status;
  ZqRecordState state;
  ZqRecordFlag flag;
  gboolean active;     /* it holds now: a problem, a medication */
  gint64 hidden;       /* the item that it stands inside of, 0: by itself */
  const char *version; /* meta.versionId */
} ZqRecordRow;

/* Writes the item of resource @id, keeps the counters and announces "record" for the row. Without a patient there is no
 * item. */
gboolean zq_record_put (ZqTxn *txn, gint64 id, const ZqRecordRow *row, GError **error);
gboolean zq_record_remove (ZqTxn *txn, gint64 id, GError **error);

/* That a result has come to stand inside item @hidden, or stands alone again (0); that it is flagged by what is in it.
 */
gboolean zq_record_set_hidden (ZqTxn *txn, gint64 id, gint64 hidden, GError **error);
gboolean zq_record_set_flag (ZqTxn *txn, gint64 id, ZqRecordFlag flag, GError **error);

G_END_DECLS
