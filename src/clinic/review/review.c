/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/review/review.h"

#include "clinic/consult/state.h"
#include "resource/datetime.h"

/* Of the newest consultations of a patient, so many are asked whether they take a reply. */
#define MOST_CONSULTS 20

void
zq_review_free (ZqReview *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->status);
  g_free (self->contacted);
  g_free (self->not_reached);
  g_free (self->otherwise);
  g_free (self->handled);
  g_free (self);
}

/* Told is what is out or on its way: what is held or was refused told nobody. */
#define COLUMNS                                                                                                        \
  "SELECT v.id, v.patient, v.report, coalesce (p.name, '—'), p.sex, p.birth, i.title, i.status, i.state, i.flag, "   \
  "i.at,"                                                                                                              \
  " v.authored, v.mine, v.critical,"                                                                                   \
  " " ZQ_REVIEW_VERSION (                                                                                              \
      "v.report") ","                                                                                                  \
                  " coalesce ((SELECT max (k.up_to) FROM read_mark k WHERE k.thread = v.report AND k.mine), 0),"       \
                  " coalesce ((SELECT m.sent FROM message m WHERE m.id = v.told AND NOT m.withdrawn AND NOT EXISTS"    \
                  "   (SELECT 1 FROM intent n WHERE n.target = m.id AND n.state >= 2)), 0),"                           \
                  " coalesce ((SELECT max (k.up_to) FROM message m JOIN read_mark k ON k.thread = m.thread AND "       \
                  "k.by_patient"                                                                                       \
                  "   WHERE m.id = v.told), 0),"                                                                       \
                  " v.handled_at, v.otherwise_at, v.otherwise, v.received_at, v.contacted_at, v.contacted, "           \
                  "v.not_reached_at,"                                                                                  \
                  " v.not_reached, v.handled"                                                                          \
                  " FROM review v LEFT JOIN patient p ON p.id = v.patient LEFT JOIN record_item i ON i.id = v.report"  \
                  " "

/* --- what follows from it ------------------------------------------------------------------------ */

static void
derive (ZqReview *self, ZqPolicy *policy, gint64 otherwise_at, gint64 now)
{
  gboolean is_abnormal;

  /* Who was told on the telephone knows. */
  if (otherwise_at != 0 && otherwise_at >= self->times.told)
    {
      self->times.told = otherwise_at;
      self->times.patient_read = MAX (self->times.patient_read, otherwise_at);
    }
  if (self->contacted_at != 0 && self->contacted_at >= self->times.told)
    {
      self->times.told = self->contacted_at;
      self->times.patient_read = MAX (self->times.patient_read, self->contacted_at);
    }
  self->is_critical = self->is_critical || self->flag == ZQ_RECORD_CRITICAL;
  is_abnormal = self->is_critical || self->flag != ZQ_RECORD_PLAIN;
  self->state = zq_result_state (&self->times);
  self->comes_back = zq_result_comes_back (policy, &self->times, now);
  self->to_do = self->state == ZQ_RESULT_UNSEEN || self->state == ZQ_RESULT_SEEN_UNTOLD || self->comes_back ||
                (is_abnormal && self->state == ZQ_RESULT_READ);
}

static ZqReview *
read_row (ZqRows *rows, const ZqContext *context, ZqPolicy *policy)
{
  ZqReview *self = g_new0 (ZqReview, 1);
  gint64 now = zq_clock_now (context->clock);

  self->key = zq_rows_int (rows, 0);
  self->patient = zq_rows_int (rows, 1);
  self->report = zq_rows_int (rows, 2);
  self->name = g_strdup (zq_rows_text (rows, 3));
  self->sex = (int)zq_rows_int (rows, 4);
  self->age_years = zq_age_years (zq_rows_text (rows, 5), now, context->zone);
  self->title = g_strdup (zq_rows_text (rows, 6));
  self->status = g_strdup (zq_rows_text (rows, 7));
  self->record_state = self->title != NULL ? (ZqRecordState)zq_rows_int (rows, 8) : ZQ_RECORD_UNCERTAIN;
  self->flag = (ZqRecordFlag)zq_rows_int (rows, 9);
  self->at = zq_rows_int (rows, 10);
  self->authored = zq_rows_int (rows, 11);
  self->mine = zq_rows_int (rows, 12) != 0;
  self->is_critical = zq_rows_int (rows, 13) != 0;
  self->times.version = zq_rows_int (rows, 14);
  self->times.seen = zq_rows_int (rows, 15);
  self->times.told = zq_rows_int (rows, 16);
  self->times.patient_read = zq_rows_int (rows, 17);
  self->times.handled = zq_rows_int (rows, 18);
  self->otherwise = g_strdup (zq_rows_text (rows, 20));
  self->received_at = zq_rows_int (rows, 21);
  self->contacted_at = zq_rows_int (rows, 22);
  self->contacted = g_strdup (zq_rows_text (rows, 23));
  self->not_reached_at = zq_rows_int (rows, 24);
  self->not_reached = g_strdup (zq_rows_text (rows, 25));
  self->handled = g_strdup (zq_rows_text (rows, 26));
  derive (self, policy, zq_rows_int (rows, 19), now);

  return self;
}

/* --- where it is told ---------------------------------------------------------------------------- */

static gint64
find_consult (ZqDb *db, const ZqContext *context, gint64 patient)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT id FROM consult WHERE patient = ? AND mine AND thread <> 0 ORDER BY final, authored DESC,"
                   " id DESC LIMIT ?",
                   "ii", patient, (gint64)MOST_CONSULTS);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  g_clear_pointer (&rows, zq_rows_free);
  for (guint i = 0; i < keys->len; i++)
    {
      g_autoptr (ZqConsultState) state = zq_consult_state_load (db, g_array_index (keys, gint64, i), NULL);

      if (state != NULL && zq_consult_state_allows (state, context, "reply"))
        return state->id;
    }

  return 0;
}

/* --- lists --------------------------------------------------------------------------------------- */

static int
rank (const ZqReview *self)
{
  if (!self->to_do)
    return 3;

  return self->is_critical ? 0 : self->flag != ZQ_RECORD_PLAIN ? 1 : 2;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const ZqReview *one = *(ZqReview *const *)a, *two = *(ZqReview *const *)b;

  if (rank (one) != rank (two))
    return rank (one) - rank (two);
  if (one->authored != two->authored)
    return one->authored < two->authored ? -1 : 1;

  return (one->key > two->key) - (one->key < two->key);
}

static gboolean
is_waiting (ZqDb *db, gint64 patient)
{
  gint64 found = 0;

  zq_db_get_int (db, &found, NULL,
                 "SELECT EXISTS (SELECT 1 FROM consult c JOIN consult_summary s ON s.id = c.id WHERE c.patient = ?"
                 " AND NOT c.final AND (c.mine OR c.in_pool) AND (s.unread > 0 OR s.views & 1))",
                 "i", patient);

  return found != 0;
}

GPtrArray *
zq_review_list (ZqDb *db, const ZqContext *context, guint limit, GError **error)
{
  GError *local = NULL;
  ZqPolicy *policy = zq_context_get_policy (context);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_review_free);
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error, COLUMNS " WHERE v.open AND (v.mine OR v.in_pool) ORDER BY v.id LIMIT ?", "i", (gint64)limit);

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (all, read_row (rows, context, policy));
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  g_clear_pointer (&rows, zq_rows_free);
  g_ptr_array_sort (all, compare);

  return g_steal_pointer (&all);
}

void
zq_review_count (GPtrArray *reviews, ZqReviewCounts *counts)
{
  *counts = (ZqReviewCounts){ 0 };
  for (guint i = 0; i < reviews->len; i++)
    {
      const ZqReview *self = g_ptr_array_index (reviews, i);
      gboolean is_abnormal = self->is_critical || self->flag != ZQ_RECORD_PLAIN;
      gboolean untold = self->state == ZQ_RESULT_UNSEEN || self->state == ZQ_RESULT_SEEN_UNTOLD;

      counts->to_do += self->to_do;
      counts->untold += untold && is_abnormal;
      counts->critical += self->is_critical && untold && self->received_at == 0;
    }
}

static ZqReview *
load (ZqDb *db, const ZqContext *context, const char *sql, gint64 key)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL, sql, "i", key);
  ZqReview *self;

  if (rows == NULL || !zq_rows_next (rows, NULL))
    return NULL;
  self = read_row (rows, context, zq_context_get_policy (context));
  g_clear_pointer (&rows, zq_rows_free);
  self->consult = find_consult (db, context, self->patient);
  self->is_waiting = is_waiting (db, self->patient);

  return self;
}

ZqReview *
zq_review_load (ZqDb *db, const ZqContext *context, gint64 key)
{
  return load (db, context, COLUMNS " WHERE v.id = ?", key);
}

ZqReview *
zq_review_load_of (ZqDb *db, const ZqContext *context, gint64 report)
{
  return load (db, context, COLUMNS " WHERE v.report = ? ORDER BY v.done, v.id DESC LIMIT 1", report);
}
