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
  "CREATE INDEX IF NOT EXISTS consult_view_5 ON consult_summary (calm, due_key, authored, id) WHERE views & 32;"       \
  "CREATE INDEX IF NOT EXISTS consult_view_6 ON consult_summary (last_at DESC, id DESC) WHERE views & 64;"             \
  "CREATE INDEX IF NOT EXISTS consult_alarm ON consult_summary (due) WHERE due > 0 AND overdue = 0;"                   \
  "CREATE INDEX IF NOT EXISTS consult_overdue ON consult_summary (due) WHERE overdue = 1;"                             \
  "CREATE TABLE IF NOT EXISTS consult_count (view INTEGER PRIMARY KEY, n INTEGER NOT NULL);"

/* How much earlier than what is known a message that arrives late may have been sent: a patient's
 * telephone keeps the instant of its first try, so hours are usual. What is older comes from filling up
 * the past. */
#define ZQ_LATE_US (24 * G_TIME_SPAN_HOUR)

/* How far this computer's clock may be off before it is put right, and some. */
#define ZQ_SKEW_US (5 * G_USEC_PER_SEC)

/* What only this computer knows of a thread: the last reply that was written here (row ids that are
 * higher came after it), and the newest row when the read mark was last moved here. With it a
 * patient's message that was sent before a reply but arrives after it still waits for an answer. */
#define ZQ_THREAD_HERE_SCHEMA                                                                                          \
  "CREATE TABLE IF NOT EXISTS thread_here ("                                                                           \
  "  thread INTEGER PRIMARY KEY, reply INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0);"

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

/* Something of ours in the chain of @consult is held, was refused, or is so no more: what waits behind it shows or does
 * not show. */
gboolean zq_consult_touch_outbox (ZqTxn *txn, gint64 consult, GError **error);

/* ZqTxnLaterFunc (consult-kind.c): the rows of Task row @key made again where a closing of it waits. */
gboolean zq_consult_reread (ZqTxn *txn, gint64 key, GError **error);

/* Has the persons who wrote in a thread fetched. */
gboolean zq_consult_want_senders (ZqTxn *txn, gint64 thread, GError **error);

/* What I have seen of a thread. */
typedef struct
{
  gint64 up_to; /* my read mark, µs; 0: nothing is known */
  gint64 top;   /* the newest row when it was moved here; 0: it was not */
  gboolean marked_unread;
} ZqSeen;

gboolean zq_consult_load_seen (ZqDb *db, gint64 thread, ZqSeen *seen, GError **error);

gint64 zq_consult_next_alarm (ZqDb *db);
gboolean zq_consult_alarm (ZqTxn *txn, gint64 now_us, GError **error);

G_END_DECLS
