/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-private.h"

struct _ZqFileWorker
{
  /* borrowed */
  ZqAttachments *owner;

  /* owned */
  ZqDb *db;
  GMainContext *main_context;
  GThread *thread;

  gboolean writes;
  gboolean relaxed;

  GMutex mutex;
  GCond come; /* something is queued, or it is the end */
  GCond gone; /* a job that somebody waits for is done */
  GQueue queue;
  gboolean stopping;
};

ZqFileJob *
zq_file_job_new (gboolean (*run) (ZqDb *db, ZqFileJob *job, GError **error), const char *key)
{
  ZqFileJob *job = g_new0 (ZqFileJob, 1);

  job->run = run;
  job->key = g_strdup (key);

  return job;
}

void
zq_file_job_free (ZqFileJob *job)
{
  if (job == NULL)
    return;

  g_free (job->key);
  g_free (job->other);
  g_free (job->content_type);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->result, g_bytes_unref);
  g_clear_object (&job->task);
  g_clear_error (&job->error);
  g_free (job);
}

/* --- what became of it ------------------------------------------------------------------------ */

typedef struct
{
  ZqAttachments *owner;
  ZqFileJob *job;
} Report;

static void
report_free (Report *report)
{
  zq_file_job_free (report->job);
  g_object_unref (report->owner);
  g_free (report);
}

static gboolean
report_here (gpointer data)
{
  Report *report = data;

  report->job->after (report->owner, report->job);

  return G_SOURCE_REMOVE;
}

/* Never by g_main_context_invoke(): from a thread it may run the function right there. */
static void
post_report (ZqFileWorker *self, ZqFileJob *job)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Report *report = g_new0 (Report, 1);

  report->owner = g_object_ref (self->owner);
  report->job = job;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, report_here, report, (GDestroyNotify)report_free);
  g_source_attach (source, self->main_context);
}

/* --- the thread ------------------------------------------------------------------------------- */

static gboolean
run_in_transaction (ZqFileWorker *self, ZqFileJob *job, GError **error)
{
  if (self->relaxed == job->lasting)
    {
      self->relaxed = !job->lasting;
      if (!zq_db_script (self->db, self->relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", error))
        return FALSE;
    }
  if (!zq_db_begin (self->db, error))
    return FALSE;
  if (job->run (self->db, job, error))
    return zq_db_commit (self->db, error);

  zq_db_rollback (self->db);

  return FALSE;
}

static void
run_job (ZqFileWorker *self, ZqFileJob *job)
{
  GCancellable *cancellable = job->task != NULL ? g_task_get_cancellable (job->task) : NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &job->error))
    return;
  if (self->writes)
    run_in_transaction (self, job, &job->error);
  else
    job->run (self->db, job, &job->error);
}

typedef struct
{
  ZqFileJob *job;
  gboolean waits;
  gboolean *done; /* of who waits */
} Item;

static void
finish_item (ZqFileWorker *self, Item *item)
{
  if (item->waits)
    {
      g_mutex_lock (&self->mutex);
      *item->done = TRUE;
      g_cond_broadcast (&self->gone);
      g_mutex_unlock (&self->mutex);
    }
  else
    post_report (self, item->job);
  g_free (item);
}

static gpointer
worker_main (gpointer data)
{
  ZqFileWorker *self = data;

  while (TRUE)
    {
      Item *item;

      g_mutex_lock (&self->mutex);
      while (g_queue_is_empty (&self->queue) && !self->stopping)
        g_cond_wait (&self->come, &self->mutex);
      item = g_queue_pop_head (&self->queue);
      g_mutex_unlock (&self->mutex);

      if (item == NULL)
        return NULL;
      run_job (self, item->job);
      finish_item (self, item);
    }
}

ZqFileWorker *
zq_file_worker_new (const char *name, ZqAttachments *owner, ZqDb *db, gboolean writes, GMainContext *main_context)
{
  ZqFileWorker *self = g_new0 (ZqFileWorker, 1);

  self->owner = owner;
  self->db = db;
  self->writes = writes;
  self->main_context = g_main_context_ref (main_context);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->come);
  g_cond_init (&self->gone);
  g_queue_init (&self->queue);
  self->thread = g_thread_new (name, worker_main, self);

  return self;
}

/* FALSE: it is stopping, and the job has that as its error. */
static gboolean
enqueue (ZqFileWorker *self, ZqFileJob *job, gboolean *done)
{
  gboolean open;

  g_mutex_lock (&self->mutex);
  open = !self->stopping;
  if (open)
    {
      Item *item = g_new0 (Item, 1);

      item->job = job;
      item->waits = done != NULL;
      item->done = done;
      g_queue_push_tail (&self->queue, item);
      g_cond_signal (&self->come);
    }
  g_mutex_unlock (&self->mutex);
  if (!open)
    g_set_error_literal (&job->error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED,
                         "The local store is closed; nothing was changed");

  return open;
}

void
zq_file_worker_push (ZqFileWorker *self, ZqFileJob *job)
{
  g_return_if_fail (job->after != NULL);

  if (!enqueue (self, job, NULL))
    post_report (self, job);
}

gboolean
zq_file_worker_run (ZqFileWorker *self, ZqFileJob *job, GError **error)
{
  gboolean done = FALSE;

  g_return_val_if_fail (g_thread_self () != self->thread, FALSE);

  if (enqueue (self, job, &done))
    {
      g_mutex_lock (&self->mutex);
      while (!done)
        g_cond_wait (&self->gone, &self->mutex);
      g_mutex_unlock (&self->mutex);
    }
  if (job->error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&job->error));

  return FALSE;
}

void
zq_file_worker_stop (ZqFileWorker *self)
{
  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_signal (&self->come);
  g_mutex_unlock (&self->mutex);

  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->db, zq_db_close);
}

void
zq_file_worker_free (ZqFileWorker *self)
{
  if (self == NULL)
    return;

  zq_file_worker_stop (self);
  g_main_context_unref (self->main_context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->come);
  g_cond_clear (&self->gone);
  g_free (self);
}
