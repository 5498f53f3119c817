/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/summary.h"

#include "clinic/consult/consult.h"
#include "rules/consultation.h"

#include <string.h>

/* Instants on the wire have milliseconds: below that nothing is told apart. */
#define MS(us) ((us) / 1000)

typedef struct
{
  gint64 patient, calm, turn, first_unanswered, due, due_key, overdue, authored, last_at, last_message, unread,
      n_pictures, n_voices, n_results, views;
} Summary;

typedef struct
{
  gint64 thread, due_server;
  char *code;
  char *status;
  gboolean urgent, mine, in_pool, final;

  /* of the messages */
  gint64 last_reply; /* of the hospital's side, refused and held ones left out */
  gint64 last_mine;
  gboolean took_part;
} Facts;

static void
facts_clear (Facts *facts)
{
  g_free (facts->code);
  g_free (facts->status);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

static gboolean
propagate (GError **error, GError *local)
{
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

/* --- what it is made of ----------------------------------------------------------------------- */

static gboolean
load_task (ZqDb *db, gint64 id, Facts *facts, Summary *summary, gboolean *found, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  *found = FALSE;
  rows =
      zq_db_query (db, error,
                   "SELECT patient, thread, urgent, mine, in_pool, final, authored, due_server, n_results, code, status"
                   " FROM consult WHERE id = ?",
                   "i", id);
  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, &local))
    return propagate (error, local);

  *found = TRUE;
  summary->patient = zq_rows_int (rows, 0);
  facts->thread = zq_rows_int (rows, 1);
  facts->urgent = zq_rows_int (rows, 2) != 0;
  facts->mine = zq_rows_int (rows, 3) != 0;
  facts->in_pool = zq_rows_int (rows, 4) != 0;
  facts->final = zq_rows_int (rows, 5) != 0;
  summary->authored = zq_rows_int (rows, 6);
  facts->due_server = zq_rows_int (rows, 7);
  summary->n_results = zq_rows_int (rows, 8);
  facts->code = g_strdup (zq_rows_text (rows, 9));
  facts->status = g_strdup (zq_rows_text (rows, 10));

  return TRUE;
}

/* The first of the chain of consultation @id that is held (2) or was refused (3); 0: it goes on. */
static gint64
find_stop (ZqDb *db, gint64 id)
{
  gint64 seq = 0;

  zq_db_get_int (db, &seq, NULL,
                 "SELECT coalesce (min (seq), 0) FROM intent WHERE chain = 'consult/' || ? AND state >= 2", "i", id);

  return seq;
}

/* A reply that is held or refused, or waits behind such a one, has answered nobody. */
static gboolean
load_messages (ZqDb *db, gint64 id, Facts *facts, Summary *summary, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  rows = zq_db_query (
      db, error,
      "SELECT coalesce (max (CASE WHEN side = 2 AND NOT correction AND NOT (pending AND EXISTS (SELECT 1 FROM intent i"
      "   WHERE i.target = message.id AND (i.state >= 2 OR (?2 > 0 AND i.seq >= ?2 AND i.chain = 'consult/' || ?3))))"
      "   THEN sent END), 0),"
      " coalesce (max (CASE WHEN from_me THEN sent END), 0), coalesce (max (from_me), 0),"
      " coalesce (max (sent), 0), coalesce (sum (CASE WHEN side = 1 THEN n_pictures END), 0),"
      " coalesce (sum (CASE WHEN side = 1 THEN n_voices END), 0),"
      " coalesce (sum (n_results), 0)"
      " FROM message WHERE thread = ?1 AND NOT withdrawn AND NOT note",
      "iii", facts->thread, find_stop (db, id), id);
  if (rows == NULL || !zq_rows_next (rows, &local))
    return local == NULL ? FALSE : propagate (error, local);

  facts->last_reply = zq_rows_int (rows, 0);
  facts->last_mine = zq_rows_int (rows, 1);
  facts->took_part = zq_rows_int (rows, 2) != 0;
  summary->last_at = zq_rows_int (rows, 3);
  summary->n_pictures = zq_rows_int (rows, 4);
  summary->n_voices = zq_rows_int (rows, 5);
  summary->n_results += zq_rows_int (rows, 6);

  return TRUE;
}

gboolean
zq_consult_load_seen (ZqDb *db, gint64 thread, ZqSeen *seen, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  *seen = (ZqSeen){ 0 };
  rows = zq_db_query (db, error,
                      "SELECT up_to, marked_unread, (SELECT seen FROM thread_here WHERE thread = ?1)"
                      " FROM read_mark WHERE thread = ?1 AND mine ORDER BY up_to DESC LIMIT 1",
                      "i", thread);
  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, &local))
    return propagate (error, local);
  seen->up_to = zq_rows_int (rows, 0);
  seen->marked_unread = zq_rows_int (rows, 1) != 0;
  seen->top = zq_rows_int (rows, 2);

  return TRUE;
}

/* The row of the last reply when it was written here, else 0. What was here before it is answered, whatever
 * the clocks say. */
static gint64
last_reply_here (ZqDb *db, const Facts *facts)
{
  gint64 reply = 0;

  zq_db_get_int (db, &reply, NULL,
                 "SELECT m.id FROM thread_here h JOIN message m ON m.id = h.reply WHERE h.thread = ? AND m.sent = ?",
                 "ii", facts->thread, facts->last_reply);

  return reply;
}

static gboolean
load_unread (ZqDb *db, const Facts *facts, Summary *summary, GError **error)
{
  GError *local = NULL;
  ZqSeen seen;

  if (!zq_consult_load_seen (db, facts->thread, &seen, error))
    return FALSE;
  /* Without a mark: whoever has answered has read what came before. */
  if (seen.up_to == 0)
    seen.up_to = facts->last_mine;

  zq_db_get_int (db, &summary->unread, &local,
                 "SELECT count (*) FROM message WHERE thread = ?1 AND side > 0 AND NOT from_me AND NOT withdrawn"
                 " AND (sent / 1000 > ?2 OR (?3 > 0 AND id > ?3 AND side = 1 AND sent > ?4))",
                 "iiii", facts->thread, MS (seen.up_to), seen.top, seen.up_to - ZQ_LATE_US);
  if (seen.marked_unread && summary->unread == 0)
    summary->unread = 1;

  return propagate (error, local);
}

static gboolean
load_reading (ZqDb *db, const Facts *facts, Summary *summary, GError **error)
{
  GError *local = NULL;

  if (!load_unread (db, facts, summary, error))
    return FALSE;
  zq_db_get_int (db, &summary->last_message, &local,
                 "SELECT id FROM message WHERE thread = ? AND NOT withdrawn AND NOT note"
                 " ORDER BY pending DESC, sent DESC, order_key DESC LIMIT 1",
                 "i", facts->thread);
  if (local == NULL)
    zq_db_get_int (db, &summary->first_unanswered, &local,
                   "SELECT coalesce (min (sent), 0) FROM message WHERE thread = ?1 AND side = 1 AND NOT withdrawn"
                   " AND iif (?3 > 0, id > ?3 AND sent > ?4, sent > ?2)",
                   "iiii", facts->thread, facts->last_reply, last_reply_here (db, facts),
                   facts->last_reply - ZQ_LATE_US);

  return propagate (error, local);
}

/* --- what follows from it --------------------------------------------------------------------- */

static void
decide_turn (const Facts *facts, Summary *summary, ZqPolicy *policy, gint64 now)
{
  gboolean ours = facts->mine || facts->in_pool;

  if (facts->final)
    {
      summary->turn = ZQ_TURN_NOBODY;
      summary->first_unanswered = 0;
    }
  else if (summary->first_unanswered != 0)
    summary->turn = ZQ_TURN_DOCTOR;
  else if (facts->last_reply == 0)
    {
      /* The request itself is the first question. */
      summary->turn = ZQ_TURN_DOCTOR;
      summary->first_unanswered = summary->authored;
    }
  else
    summary->turn = ZQ_TURN_PATIENT;

  if (summary->turn == ZQ_TURN_DOCTOR && ours)
    summary->due = facts->due_server != 0 ? facts->due_server
                                          : zq_consultation_due (policy, facts->code, summary->first_unanswered);
  summary->due = MAX (summary->due, 0);
  summary->overdue = summary->due > 0 && summary->due <= now;
  summary->due_key = summary->due > 0 ? summary->due : G_MAXINT64;
}

static void
decide_views (const Facts *facts, Summary *summary)
{
  gboolean open = !facts->final;
  gboolean new = g_strcmp0 (facts->status, "awaiting-acceptance") == 0;
  /* Whoever has answered has accepted, also where no hospital moves the status (or has not yet). */
  gboolean answered = summary->turn == ZQ_TURN_PATIENT && facts->last_mine > summary->authored;
  gboolean for_me = facts->mine && open && (summary->turn == ZQ_TURN_DOCTOR || (new && !answered));

  summary->views = (for_me ? 1 << ZQ_VIEW_WAITING_FOR_ME : 0) |
                   (facts->mine && open && facts->urgent ? 1 << ZQ_VIEW_URGENT : 0) |
                   (facts->mine && summary->overdue ? 1 << ZQ_VIEW_OVERDUE : 0) |
                   (for_me && summary->n_results > 0 ? 1 << ZQ_VIEW_RESULTS : 0) |
                   (facts->mine && open && !for_me ? 1 << ZQ_VIEW_WAITING_FOR_PATIENT : 0) |
                   (facts->in_pool && open && new ? 1 << ZQ_VIEW_POOL : 0) |
                   ((facts->mine || facts->took_part) && !open ? 1 << ZQ_VIEW_CLOSED : 0);
}

/* --- writing it ------------------------------------------------------------------------------- */

static gboolean
load_old (ZqDb *db, gint64 id, Summary *old, gboolean *found, GError **error)
{
  GError *local = NULL;
  gint64 *fields = (gint64 *)old;
  g_autoptr (ZqRows) rows = NULL;

  rows = zq_db_query (
      db, error,
      "SELECT patient, calm, turn, first_unanswered, due, due_key, overdue, authored, last_at, last_message,"
      " unread, n_pictures, n_voices, n_results, views FROM consult_summary WHERE id = ?",
      "i", id);
  if (rows == NULL)
    return FALSE;
  *found = zq_rows_next (rows, &local);
  for (guint i = 0; *found && i < sizeof *old / sizeof *fields; i++)
    fields[i] = zq_rows_int (rows, (int)i);

  return propagate (error, local);
}

static gboolean
count_difference (ZqDb *db, gint64 before, gint64 after, GError **error)
{
  for (guint view = 0; view < ZQ_N_VIEWS; view++)
    {
      gint64 step = ((after >> view) & 1) - ((before >> view) & 1);

      if (step != 0 && !zq_db_exec (db, error,
                                    "INSERT INTO consult_count (view, n) VALUES (?, ?)"
                                    " ON CONFLICT (view) DO UPDATE SET n = n + excluded.n",
                                    "ii", (gint64)view, step))
        return FALSE;
    }

  return TRUE;
}

static gboolean
save (ZqTxn *txn, gint64 id, const Summary *old, const Summary *s, GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  gboolean moved = old->views != s->views || old->calm != s->calm || old->due_key != s->due_key ||
                   old->authored != s->authored || old->last_at != s->last_at;

  zq_txn_changed (txn, "consult", id, s->patient, moved ? ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER : ZQ_CHANGE_CONTENT);

  return zq_db_exec (db, error,
                     "INSERT OR REPLACE INTO consult_summary (id, patient, calm, turn, first_unanswered, due, due_key,"
                     " overdue, authored, last_at, last_message, unread, n_pictures, n_voices, n_results, views)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     "iiiiiiiiiiiiiiii", id, s->patient, s->calm, s->turn, s->first_unanswered, s->due, s->due_key,
                     s->overdue, s->authored, s->last_at, s->last_message, s->unread, s->n_pictures, s->n_voices,
                     s->n_results, s->views) &&
         count_difference (db, old->views, s->views, error);
}

gboolean
zq_consult_summarize (ZqTxn *txn, gint64 key, GError **error)
{
  const ZqContext *context = zq_txn_context (txn);
  ZqDb *db = zq_txn_db (txn);
  g_auto (Facts) facts = { 0 };
  Summary old = { 0 }, fresh = { 0 };
  gboolean had = FALSE, found = FALSE;

  if (!load_old (db, key, &old, &had, error) || !load_task (db, key, &facts, &fresh, &found, error))
    return FALSE;
  if (!found)
    {
      zq_txn_changed (txn, "consult", key, old.patient, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);
      return count_difference (db, old.views, 0, error) &&
             zq_db_exec (db, error, "DELETE FROM consult_summary WHERE id = ?", "i", key);
    }

  if (facts.thread != 0 &&
      (!load_messages (db, key, &facts, &fresh, error) || !load_reading (db, &facts, &fresh, error)))
    return FALSE;
  if (fresh.last_at == 0)
    fresh.last_at = fresh.authored;
  fresh.calm = !facts.urgent;
  decide_turn (&facts, &fresh, zq_context_get_policy (context), zq_txn_now (txn));
  decide_views (&facts, &fresh);
  if (had && memcmp (&old, &fresh, sizeof old) == 0)
    return TRUE;

  return save (txn, key, &old, &fresh, error);
}

gboolean
zq_consult_touch_thread (ZqTxn *txn, gint64 thread, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  if (thread == 0)
    return TRUE;

  rows = zq_db_query (zq_txn_db (txn), error, "SELECT id FROM consult WHERE thread = ?", "i", thread);
  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    zq_txn_later (txn, zq_consult_summarize, zq_rows_int (rows, 0));

  return propagate (error, local);
}

gboolean
zq_consult_touch_outbox (ZqTxn *txn, gint64 consult, GError **error)
{
  gint64 thread = 0;
  GError *local = NULL;

  if (!zq_db_get_int (zq_txn_db (txn), &thread, &local, "SELECT thread FROM consult WHERE id = ?", "i", consult))
    return propagate (error, local);
  zq_txn_later (txn, zq_consult_reread, consult);
  zq_txn_later (txn, zq_consult_summarize, consult);

  return zq_consult_touch_thread (txn, thread, error);
}

gboolean
zq_consult_want_senders (ZqTxn *txn, gint64 thread, GError **error)
{
  GError *local = NULL;
  g_autoptr (GPtrArray) senders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZqRows) rows = NULL;

  if (thread == 0)
    return TRUE;
  rows = zq_db_query (zq_txn_db (txn), error,
                      "SELECT DISTINCT r.type || '/' || r.server_id FROM message m JOIN resource r ON r.id = m.sender"
                      " WHERE m.thread = ? AND r.state = 'stub'",
                      "i", thread);
  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (senders, g_strdup (zq_rows_text (rows, 0)));
  for (guint i = 0; local == NULL && i < senders->len; i++)
    zq_txn_reference (txn, g_ptr_array_index (senders, i), TRUE, &local);

  return propagate (error, local);
}

/* --- time ------------------------------------------------------------------------------------- */

gint64
zq_consult_next_alarm (ZqDb *db)
{
  gint64 due = 0;

  zq_db_get_int (db, &due, NULL, "SELECT due FROM consult_summary WHERE due > 0 AND overdue = 0 ORDER BY due LIMIT 1",
                 "");

  return due;
}

gboolean
zq_consult_alarm (ZqTxn *txn, gint64 now_us, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  rows = zq_db_query (zq_txn_db (txn), error,
                      "SELECT id FROM consult_summary WHERE due > 0 AND overdue = 0 AND due <= ?1"
                      " UNION ALL SELECT id FROM consult_summary WHERE overdue = 1 AND due > ?1",
                      "i", now_us);
  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    zq_txn_later (txn, zq_consult_summarize, zq_rows_int (rows, 0));

  return propagate (error, local);
}
