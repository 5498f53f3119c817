/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/probe.h"

#include "clinic/review/review.h"

static ZqStore *
store_of (ZqProbe *self)
{
  return zq_session_get_store (self->session);
}

static const char *const states[] = {
  [ZQ_RESULT_UNSEEN] = "unseen", [ZQ_RESULT_SEEN_UNTOLD] = "seen-untold", [ZQ_RESULT_TOLD_UNREAD] = "told-unread",
  [ZQ_RESULT_READ] = "read",     [ZQ_RESULT_HANDLED] = "handled",
};

static char *
reference_of (ZqProbe *self, gint64 row)
{
  return zq_db_get_text (zq_store_get_main_db (store_of (self)), NULL,
                         "SELECT type || '/' || coalesce (server_id, local_id) FROM resource WHERE id = ?", "i", row);
}

static ZqReport *
report_review (ZqProbe *self, const ZqReview *review, gboolean open)
{
  ZqReport *item = zq_report_new ();
  g_autofree char *task = reference_of (self, review->key);
  g_autofree char *report = reference_of (self, review->report);

  zq_report_string (item, "task", task);
  zq_report_string (item, "report", report);
  zq_report_string (item, "state", states[review->state]);
  zq_report_int (item, "version", review->times.version);
  zq_report_int (item, "seen", review->times.seen);
  zq_report_int (item, "told", review->times.told);
  zq_report_int (item, "read", review->times.patient_read);
  zq_report_int (item, "handled", review->times.handled);
  zq_report_int (item, "received", review->received_at);
  zq_report_int (item, "contacted", review->contacted_at);
  zq_report_int (item, "notReached", review->not_reached_at);
  zq_report_boolean (item, "abnormal", review->flag != ZQ_RECORD_PLAIN);
  zq_report_boolean (item, "critical", review->is_critical);
  zq_report_boolean (item, "open", open);

  return item;
}

/* All that were ever mine, closed ones too: what became of each has to be told by its record. */
gboolean
zq_probe_reviews (ZqProbe *self, GError **error)
{
  ZqDb *db = zq_store_get_main_db (store_of (self));
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqRows) rows = zq_db_query (db, error, "SELECT id FROM review WHERE mine OR in_pool ORDER BY id", "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  g_clear_pointer (&rows, zq_rows_free);
  for (guint i = 0; i < keys->len; i++)
    {
      gint64 key = g_array_index (keys, gint64, i), open = 0;
      g_autoptr (ZqReview) review = zq_review_load (db, zq_store_get_context (store_of (self)), key);

      zq_db_get_int (db, &open, NULL, "SELECT open FROM review WHERE id = ?", "i", key);
      if (review != NULL)
        g_ptr_array_add (items, report_review (self, review, open != 0));
    }
  zq_report_list (self->report, "reviews", items);

  return TRUE;
}

static gboolean
take_step (ZqProbe *self, gint64 key, ZqReviewStep step, GError **error)
{
  g_auto (ZqWait) wait = { 0 };

  zq_review_step_async (store_of (self), key, step, self->text, zq_wait_ready, &wait);

  return zq_review_finish (store_of (self), zq_wait_for (&wait), error);
}

static gboolean
see (ZqProbe *self, gint64 key, GError **error)
{
  g_auto (ZqWait) wait = { 0 };

  zq_review_see_async (store_of (self), key, zq_wait_ready, &wait);

  return zq_review_finish (store_of (self), zq_wait_for (&wait), error);
}

static gboolean
tell (ZqProbe *self, gint64 key, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  g_autoptr (ZqReview) review =
      zq_review_load (zq_store_get_main_db (store_of (self)), zq_store_get_context (store_of (self)), key);

  if (review == NULL || review->consult == 0)
    {
      g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_NOT_HELD, "No consultation takes a message about it.");
      return FALSE;
    }
  zq_review_tell_async (store_of (self), review, self->text, 0, zq_wait_ready, &wait);

  return zq_consult_send_finish (store_of (self), zq_wait_for (&wait), NULL, error) != 0;
}

gboolean
zq_probe_review (ZqProbe *self, GError **error)
{
  static const char *const steps[ZQ_REVIEW_N_STEPS] = {
    [ZQ_REVIEW_RECEIVED] = "received",       [ZQ_REVIEW_CONTACTED] = "contacted",
    [ZQ_REVIEW_NOT_REACHED] = "not-reached", [ZQ_REVIEW_TOLD_OTHERWISE] = "told-otherwise",
    [ZQ_REVIEW_HANDLED] = "handled",         [ZQ_REVIEW_REOPENED] = "reopen",
  };
  gint64 key = 0;
  gboolean ok = FALSE, known = FALSE;

  if (!zq_probe_find_row (self, self->task, "Task", &key, error))
    return FALSE;
  if (g_strcmp0 (self->step, "see") == 0 || (g_strcmp0 (self->step, "tell") == 0 && self->text != NULL))
    {
      known = TRUE;
      ok = g_str_equal (self->step, "see") ? see (self, key, error) : tell (self, key, error);
    }
  for (guint i = 0; i < ZQ_REVIEW_N_STEPS && !known; i++)
    if (g_strcmp0 (self->step, steps[i]) == 0)
      {
        known = TRUE;
        ok = take_step (self, key, i, error);
      }
  if (!known)
    {
      g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE,
                           "This command needs --step (tell: and --text).");
      return FALSE;
    }

  return ok && (self->offline ? zq_probe_report_outbox (self, NULL, error) : zq_probe_push (self, error));
}
