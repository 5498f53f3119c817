/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/txn.h"

G_BEGIN_DECLS

/* `views`: bit 1 << ZqView. An index a view holds its order, so that its first page is a keyset read;
 * the terms of the queries are those of the indexes, word for word (SQLite, "Partial Indexes"). */
#define ZQ_CONSULT_SUMMARY_SCHEMA                                                                                      \
  "CREATE TABLE IF NOT EXISTS consult_summary ("                                                                       \
  "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, calm INTEGER NOT NULL, turn INTEGER NOT NULL,"                  \
  "  first_unanswered INTEGER NOT NULL, due INTEGER NOT NULL, due_key INTEGER NOT NULL, overdue INTEGER NOT NULL,"     \
  "  authored INTEGER NOT NULL, last_at INTEGER NOT NULL, last_message INTEGER NOT NULL, unread INTEGER NOT NULL,"     \
  "  n_pictures INTEGER NOT NULL, n_voices INTEGER NOT NULL, n_results INTEGER NOT NULL, views INTEGER NOT NULL);"     \
  "CREATE INDEX IF NOT EXISTS consult_view_0 ON consult_summary (calm, due_key, authored, id) WHERE views & 1;"        \
  "CREATE INDEX IF NOT EXISTS consult_view_1 ON consult_summary (calm, due_key, authored, id) WHERE views & 2;"        \
  "CREATE INDEX IF NOT EXISTS consult_view_2 ON consult_summary (calm, due_key, authored, id) WHERE views & 4;"        \
  "CREATE INDEX IF NOT EXISTS consult_view_3 ON consult_summary (calm, due_key, authored, id) WHERE views & 8;"        \
  "CREATE INDEX IF NOT EXISTS consult_view_4 ON consult_summary (calm, due_key, authored, id) WHERE views & 16;"       \
  "CREATE INDEX IF NOT EXISTS consult_view_5 ON consult_summary (last_at DESC, id DESC) WHERE views & 32;"             \
  "CREATE INDEX IF NOT EXISTS consult_alarm ON consult_summary (due) WHERE due > 0 AND overdue = 0;"                   \
  "CREATE TABLE IF NOT EXISTS consult_count (view INTEGER PRIMARY KEY, n INTEGER NOT NULL);"

typedef enum
{
  ZQ_TURN_NOBODY, /* it is over */
  ZQ_TURN_DOCTOR,
  ZQ_TURN_PATIENT,
} ZqTurn;

/* ZqTxnLaterFunc: the summary of Task row @key made again, and the counters with it. */
gboolean zq_consult_summarize (ZqTxn *txn, gint64 key, GError **error);

/* The summaries of all consultations whose thread this is, at the end of the transaction. */
gboolean zq_consult_touch_thread (ZqTxn *txn, gint64 thread, GError **error);

/* Has the persons who wrote in a thread fetched. */
gboolean zq_consult_want_senders (ZqTxn *txn, gint64 thread, GError **error);

/* My read mark of a thread: what I have seen up to, in µs (0: nothing is known). */
gboolean zq_consult_read_up_to (ZqDb *db, gint64 thread, gint64 *up_to, gboolean *marked_unread, GError **error);

gint64 zq_consult_next_alarm (ZqDb *db);
gboolean zq_consult_alarm (ZqTxn *txn, gint64 now_us, GError **error);

G_END_DECLS
