/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/audit/audit.h"
#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "clinic/review/review.h"
#include "resource/datetime.h"

typedef struct
{
  gint64 review;
  ZqReviewStep step;
  char *words;
} Command;

static const char *const steps[ZQ_REVIEW_N_STEPS] = {
  [ZQ_REVIEW_RECEIVED] = "received",       [ZQ_REVIEW_CONTACTED] = "contacted",
  [ZQ_REVIEW_NOT_REACHED] = "not-reached", [ZQ_REVIEW_TOLD_OTHERWISE] = "told-otherwise",
  [ZQ_REVIEW_HANDLED] = "handled",         [ZQ_REVIEW_REOPENED] = "reopen",
};

static void
command_free (gpointer data)
{
  Command *self = data;

  g_free (self->words);
  g_free (self);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zq_store_write_finish (ZQ_STORE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (ZqStore *store, Command *command, ZqWriteFunc func, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (store, NULL, callback, data);

  g_task_set_task_data (task, command, command_free);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, func, command, NULL, on_written, task);
}

/* --- what is known of it ------------------------------------------------------------------------- */

typedef struct
{
  gint64 patient, report, version, seen;
  gboolean mine, in_pool;
  char *department;
} Row;

static void
row_clear (Row *self)
{
  g_free (self->department);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

static gboolean
load (ZqTxn *txn, gint64 review, Row *row, GError **error)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autoptr (ZqRows) rows = zq_db_query (
      zq_txn_db (txn), error,
      "SELECT v.patient, v.report, v.mine, v.in_pool, v.department, " ZQ_REVIEW_VERSION (
          "v.report") ","
                      " coalesce ((SELECT max (k.up_to) FROM read_mark k WHERE k.thread = v.report AND k.mine), 0)"
                      " FROM review v WHERE v.id = ?",
      "i", review);

  *row = (Row){ 0 };
  if (rows == NULL)
    return FALSE;
  if (!zq_rows_next (rows, NULL))
    {
      g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_NO_RESULT);
      return FALSE;
    }
  row->patient = zq_rows_int (rows, 0);
  row->report = zq_rows_int (rows, 1);
  row->mine = zq_rows_int (rows, 2) != 0;
  row->in_pool = zq_rows_int (rows, 3) != 0;
  row->department = g_strdup (zq_rows_text (rows, 4));
  row->version = zq_rows_int (rows, 5);
  row->seen = zq_rows_int (rows, 6);
  if (row->department == NULL && context->departments != NULL)
    row->department = g_strdup (context->departments[0]);

  return TRUE;
}

/* --- commands ------------------------------------------------------------------------------------ */

/* What is on the screen is the version that is held; a clock that is behind makes it no less seen. */
static gboolean
see (ZqTxn *txn, const Row *row, GError **error)
{
  if (row->report == 0 || row->version == 0 || row->seen / 1000 >= row->version / 1000)
    return TRUE;

  return zq_command_mark_row (txn, row->report, row->department, MAX (row->version, zq_txn_now (txn)), FALSE, error);
}

static gboolean
do_see (ZqTxn *txn, gpointer data, GError **error)
{
  Command *self = data;
  g_auto (Row) row = { 0 };

  return load (txn, self->review, &row, error) && see (txn, &row, error);
}

static gboolean
do_step (ZqTxn *txn, gpointer data, GError **error)
{
  Command *self = data;
  g_auto (Row) row = { 0 };
  g_autofree char *at = zq_instant_format (zq_txn_now (txn));
  g_autofree char *chain = g_strdup_printf ("review/%" G_GINT64_FORMAT, self->review);
  g_autoptr (GString) args = g_string_new ("{");

  if (!load (txn, self->review, &row, error))
    return FALSE;
  if (!row.mine && !row.in_pool)
    {
      g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_RESULT_NOT_MINE);
      return FALSE;
    }
  zq_command_add_member (args, "at", at);
  zq_command_add_member (args, "words", self->words);
  g_string_append_c (args, '}');

  if (!see (txn, &row, error) ||
      zq_txn_add_intent (txn, "review", steps[self->step], self->review, args->str, NULL, chain, 0, error) == 0)
    return FALSE;
  /* The way of a critical value is kept as events too. */
  if (self->step == ZQ_REVIEW_RECEIVED || self->step == ZQ_REVIEW_CONTACTED || self->step == ZQ_REVIEW_NOT_REACHED)
    {
      ZqAuditAct act = { .act = steps[self->step], .patient = row.patient, .what = row.report, .kind = "report" };

      return zq_audit_put (txn, &act, error);
    }

  return zq_txn_audit (txn, steps[self->step], self->review, row.patient, error);
}

void
zq_review_see_async (ZqStore *store, gint64 review, GAsyncReadyCallback callback, gpointer data)
{
  Command *self = g_new0 (Command, 1);

  self->review = review;
  start (store, self, do_see, callback, data);
}

void
zq_review_step_async (
    ZqStore *store, gint64 review, ZqReviewStep step, const char *words, GAsyncReadyCallback callback, gpointer data)
{
  Command *self = g_new0 (Command, 1);

  g_return_if_fail (step < ZQ_REVIEW_N_STEPS);

  self->review = review;
  self->step = step;
  self->words = g_strdup (words);
  start (store, self, do_step, callback, data);
}

gboolean
zq_review_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_review_tell_async (ZqStore *store,
                      const ZqReview *review,
                      const char *text,
                      gint64 delay_us,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  ZqReply reply = { .text = text,
                    .seen_message = ZQ_SEEN_ALL,
                    .about = review->report,
                    .tells = review->key,
                    .aside = TRUE,
                    .delay_us = delay_us };

  zq_consult_send_async (store, review->consult, &reply, callback, data);
}
