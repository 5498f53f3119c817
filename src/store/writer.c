/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

#include <malloc.h>

#define N_PRIORITIES 3
#define MAX_GROUP    64
/* A doctor waits for no more than these. */
#define MAX_SYNC_GROUP 8
#define SECOND         G_GINT64_CONSTANT (1000000)

/* The page cache (KiB, as negative) and how many pages the log may hold before they move to the file. */
#define WIDE       "-65536"
#define WIDE_WAL   "8000"
#define NARROW     "-4096"
#define NARROW_WAL "1000"
/* An import has ended when nothing has come for so long. */
#define WIDE_US (2 * SECOND)

typedef struct
{
  ZqPriority priority;
  ZqWriterMode mode;
  ZqWriteFunc func;
  ZqWriterDone done;
  gpointer data;
  gboolean yielded; /* gave way to a doctor's command; what it had done is rolled back */
  GError *error;
  ZqChanges *changes;
} Job;

struct _ZqWriter
{
  ZqStore *store; /* borrowed: it outlives its threads */
  ZqDb *db;
  GThread *thread;

  GMutex mutex;
  GCond cond;
  GQueue queues[N_PRIORITIES]; /* under mutex */
  gboolean stopping;           /* under mutex */

  gboolean relaxed; /* writer thread: synchronous is NORMAL */
  gboolean wide;    /* writer thread: as an import wants it */
  gint64 alarm;     /* writer thread: what the main context was told */
  gboolean rang;    /* writer thread: it has just come, and has to be set again */
};

typedef struct
{
  ZqStore *store;
  ZqChanges *changes;
  gint64 alarm;
} Notice;

/* --- what a commit tells ---------------------------------------------------------------------- */

static void
on_alarm (gpointer data)
{
  ZqStore *store = data;

  store->alarm = 0;
  if (!zq_store_is_closing (store))
    zq_writer_push_alarm (store->writer);
}

static void
set_alarm (ZqStore *store, gint64 at)
{
  g_main_context_push_thread_default (store->main_context);
  zq_clock_clear (store->clock, &store->alarm);
  if (at != 0)
    store->alarm = zq_clock_alarm (store->clock, at, on_alarm, store);
  g_main_context_pop_thread_default (store->main_context);
}

static gboolean
deliver_notice (gpointer data)
{
  Notice *notice = data;

  if (zq_store_is_closing (notice->store))
    return G_SOURCE_REMOVE;

  if (notice->alarm >= 0)
    set_alarm (notice->store, notice->alarm);
  if (!zq_changes_is_empty (notice->changes))
    g_signal_emit_by_name (notice->store, "changed", notice->changes);

  return G_SOURCE_REMOVE;
}

static void
notice_free (Notice *notice)
{
  zq_changes_unref (notice->changes);
  g_object_unref (notice->store);
  g_free (notice);
}

static gint64
next_alarm (ZqWriter *self)
{
  const ZqResourceKind *const *kinds = self->store->kinds;
  gint64 first = 0;

  for (guint i = 0; kinds != NULL && kinds[i] != NULL; i++)
    {
      gint64 at = kinds[i]->next_alarm != NULL ? kinds[i]->next_alarm (self->db) : 0;

      if (at != 0 && (first == 0 || at < first))
        first = at;
    }

  return first;
}

static void
post_notice (ZqWriter *self, ZqChanges *changes)
{
  gint64 alarm = next_alarm (self);
  gint64 now = zq_clock_now (self->store->clock);
  g_autoptr (GSource) source = NULL;
  Notice *notice;

  /* One that changed nothing must not ring at once again for ever. */
  if (self->rang && alarm != 0 && alarm <= now)
    alarm = now + SECOND;
  if (zq_changes_is_empty (changes) && alarm == self->alarm && !self->rang)
    return;

  notice = g_new0 (Notice, 1);
  notice->store = g_object_ref (self->store);
  notice->changes = zq_changes_ref (changes);
  notice->alarm = alarm != self->alarm || self->rang ? alarm : -1;
  self->alarm = alarm;
  self->rang = FALSE;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_notice, notice, (GDestroyNotify)notice_free);
  g_source_attach (source, self->store->main_context);
}

static Job *
job_new (ZqPriority priority, ZqWriterMode mode, ZqWriteFunc func, ZqWriterDone done, gpointer data)
{
  Job *job = g_new0 (Job, 1);

  job->priority = priority;
  job->mode = mode;
  job->func = func;
  job->done = done;
  job->data = data;

  return job;
}

static void
push (ZqWriter *self, Job *job, gboolean first)
{
  g_mutex_lock (&self->mutex);
  if (first)
    g_queue_push_head (&self->queues[job->priority], job);
  else
    g_queue_push_tail (&self->queues[job->priority], job);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* --- memory ----------------------------------------------------------------------------------- */

/* An import touches pages all over the file, which are dear to read again since each has to be decrypted;
 * afterwards nobody needs them. */
static gboolean
set_wide (ZqWriter *self, gboolean wide, GError **error)
{
  if (wide == self->wide)
    return TRUE;

  self->wide = wide;
  if (wide)
    return zq_db_script (self->db, "PRAGMA cache_size = " WIDE "; PRAGMA wal_autocheckpoint = " WIDE_WAL, error);
  if (!zq_db_script (self->db,
                     "PRAGMA cache_size = " NARROW "; PRAGMA wal_autocheckpoint = " NARROW_WAL
                     "; PRAGMA wal_checkpoint (PASSIVE); PRAGMA shrink_memory",
                     error))
    return FALSE;
  malloc_trim (0);

  return TRUE;
}

/* --- one commit ------------------------------------------------------------------------------- */

/* A doctor's promise is on the disk when the commit returns; an import may be lost whole, as its
 * cursor is lost with it. */
static gboolean
set_durability (ZqWriter *self, const Job *job, GError **error)
{
  gboolean relaxed = job->mode != ZQ_WRITER_DURABLE || job->priority == ZQ_PRIORITY_BULK;

  if (job->mode == ZQ_WRITER_IMPORT && !set_wide (self, TRUE, error))
    return FALSE;
  if (relaxed == self->relaxed)
    return TRUE;

  self->relaxed = relaxed;

  return zq_db_script (self->db, relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", error);
}

static gboolean
run_job (ZqWriter *self, Job *job)
{
  ZqTxn txn = { 0 };
  gboolean ok;

  zq_txn_init (&txn, self->store, self->db);
  txn.yields = job->mode == ZQ_WRITER_IMPORT;
  ok = job->func (&txn, job->data, &job->error) && zq_txn_run_later (&txn, &job->error);
  job->yielded = !ok && txn.yielded;
  if (ok)
    job->changes = g_steal_pointer (&txn.changes);
  else if (job->error == NULL && !job->yielded)
    g_set_error_literal (&job->error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED,
                         "The change was given up; nothing of it is stored");
  zq_txn_clear (&txn);

  return ok;
}

/* FALSE: the transaction as a whole is lost. */
static gboolean
run_in_savepoint (ZqWriter *self, Job *job, GError **error)
{
  if (!zq_db_script (self->db, "SAVEPOINT job", error))
    return FALSE;
  if (!run_job (self, job) && !zq_db_script (self->db, "ROLLBACK TO job", error))
    return FALSE;

  return zq_db_script (self->db, "RELEASE job", error);
}

static gboolean
run_jobs (ZqWriter *self, GPtrArray *jobs, GError **error)
{
  guint n_ok = 0;

  for (guint i = 0; i < jobs->len; i++)
    {
      Job *job = g_ptr_array_index (jobs, i);

      if (jobs->len > 1 && !run_in_savepoint (self, job, error))
        return FALSE;
      if (jobs->len == 1)
        run_job (self, job);
      if (job->error == NULL && !job->yielded)
        n_ok++;
    }

  if (n_ok > 0)
    return zq_db_commit (self->db, error);

  zq_db_rollback (self->db);

  return TRUE;
}

/* The one place where a transaction begins and ends. */
static void
commit_group (ZqWriter *self, GPtrArray *jobs)
{
  Job *first = g_ptr_array_index (jobs, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqChanges) changes = zq_changes_new ();

  for (guint i = 1; i < jobs->len; i++)
    if (((Job *)g_ptr_array_index (jobs, i))->mode == ZQ_WRITER_DURABLE)
      first = g_ptr_array_index (jobs, i);
  if (!set_durability (self, first, &error) || !zq_db_begin (self->db, &error))
    ;
  else if (!run_jobs (self, jobs, &error))
    zq_db_rollback (self->db);

  for (guint i = 0; i < jobs->len; i++)
    {
      Job *job = g_ptr_array_index (jobs, i);

      if (error != NULL && job->error == NULL)
        job->error = g_error_copy (error);
      if (job->error == NULL && job->changes != NULL)
        zq_changes_merge (changes, job->changes);
    }

  post_notice (self, changes);

  for (guint i = 0; i < jobs->len; i++)
    {
      Job *job = g_ptr_array_index (jobs, i);

      if (job->yielded && job->error == NULL)
        push (self, job_new (job->priority, job->mode, job->func, job->done, job->data), TRUE);
      else
        job->done (self->store, job->data, g_steal_pointer (&job->error));
    }
}

/* --- the queue -------------------------------------------------------------------------------- */

static void
job_free (Job *job)
{
  g_clear_pointer (&job->changes, zq_changes_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
is_idle (ZqWriter *self)
{
  for (guint i = 0; i < N_PRIORITIES; i++)
    if (!g_queue_is_empty (&self->queues[i]))
      return FALSE;

  return TRUE;
}

/* Under the mutex. */
static void
wait_for_work (ZqWriter *self)
{
  gint64 end = zq_clock_stopwatch () + WIDE_US;

  while (is_idle (self) && !self->stopping)
    {
      if (!self->wide)
        g_cond_wait (&self->cond, &self->mutex);
      else if (!g_cond_wait_until (&self->cond, &self->mutex, end))
        {
          g_mutex_unlock (&self->mutex);
          set_wide (self, FALSE, NULL);
          g_mutex_lock (&self->mutex);
        }
    }
}

/* Small writes share the disk's time; an import is a transaction of its own. */
static void
take_small (ZqWriter *self, ZqPriority priority, guint most, GPtrArray *jobs)
{
  GQueue *queue = &self->queues[priority];

  while (jobs->len < most && !g_queue_is_empty (queue) &&
         (jobs->len == 0 || ((Job *)g_queue_peek_head (queue))->mode != ZQ_WRITER_IMPORT))
    {
      Job *job = g_queue_pop_head (queue);

      g_ptr_array_add (jobs, job);
      if (job->mode == ZQ_WRITER_IMPORT)
        return;
    }
}

/* All of a doctor's commands of this moment, some of what sync writes, or one of an import or rebuild; none
 * at the end. */
static GPtrArray *
take_group (ZqWriter *self)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)job_free);

  g_mutex_lock (&self->mutex);
  wait_for_work (self);

  take_small (self, ZQ_PRIORITY_DOCTOR, MAX_GROUP, jobs);
  if (jobs->len == 0)
    take_small (self, ZQ_PRIORITY_SYNC, MAX_SYNC_GROUP, jobs);
  if (jobs->len == 0)
    take_small (self, ZQ_PRIORITY_BULK, 1, jobs);
  g_mutex_unlock (&self->mutex);

  return jobs;
}

static gpointer
writer_main (gpointer data)
{
  ZqWriter *self = data;

  while (TRUE)
    {
      g_autoptr (GPtrArray) jobs = take_group (self);

      if (jobs->len == 0)
        return NULL;
      commit_group (self, jobs);
    }
}

ZqWriter *
zq_writer_new (ZqStore *store, ZqDb *db)
{
  ZqWriter *self = g_new0 (ZqWriter, 1);

  self->store = store;
  self->db = db;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  for (guint i = 0; i < N_PRIORITIES; i++)
    g_queue_init (&self->queues[i]);
  self->thread = g_thread_new ("zq-writer", writer_main, self);

  return self;
}

void
zq_writer_stop (ZqWriter *self)
{
  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->db, zq_db_close);
}

void
zq_writer_free (ZqWriter *self)
{
  zq_writer_stop (self);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
zq_writer_push (ZqWriter *self, ZqPriority priority, ZqWriteFunc func, ZqWriterDone done, gpointer data)
{
  push (self, job_new (priority, ZQ_WRITER_DURABLE, func, done, data), FALSE);
}

void
zq_writer_push_mode (
    ZqWriter *self, ZqPriority priority, ZqWriterMode mode, ZqWriteFunc func, ZqWriterDone done, gpointer data)
{
  push (self, job_new (priority, mode, func, done, data), FALSE);
}

void
zq_writer_continue (
    ZqWriter *self, ZqPriority priority, ZqWriterMode mode, ZqWriteFunc func, ZqWriterDone done, gpointer data)
{
  push (self, job_new (priority, mode, func, done, data), TRUE);
}

gboolean
zq_writer_has_urgent (ZqWriter *self)
{
  gboolean urgent;

  g_mutex_lock (&self->mutex);
  urgent = !g_queue_is_empty (&self->queues[ZQ_PRIORITY_DOCTOR]);
  g_mutex_unlock (&self->mutex);

  return urgent;
}

gboolean
zq_writer_is_current (ZqWriter *self)
{
  return g_thread_self () == self->thread;
}

/* --- alarms ----------------------------------------------------------------------------------- */

static gboolean
run_alarms (ZqTxn *txn, gpointer data, GError **error)
{
  const ZqResourceKind *const *kinds = txn->store->kinds;

  txn->store->writer->rang = TRUE;
  for (guint i = 0; kinds != NULL && kinds[i] != NULL; i++)
    if (kinds[i]->alarm != NULL && !kinds[i]->alarm (txn, txn->now, error))
      return FALSE;

  return zq_intent_wake_late (txn, error);
}

static gboolean
run_offset (ZqTxn *txn, gpointer data, GError **error)
{
  g_autofree char *offset = g_strdup_printf ("%" G_GINT64_FORMAT, zq_clock_get_server_offset (txn->store->clock));

  return zq_txn_set_setting (txn, CLOCK_OFFSET, offset, error) && run_alarms (txn, data, error);
}

static void
alarms_done (ZqStore *store, gpointer data, GError *error)
{
  if (error != NULL)
    g_warning ("Rows that change with time were not changed: %s", error->message);
  g_clear_error (&error);
}

void
zq_writer_push_offset (ZqWriter *self)
{
  zq_writer_push (self, ZQ_PRIORITY_SYNC, run_offset, alarms_done, NULL);
}

void
zq_writer_push_alarm (ZqWriter *self)
{
  zq_writer_push (self, ZQ_PRIORITY_SYNC, run_alarms, alarms_done, NULL);
}
