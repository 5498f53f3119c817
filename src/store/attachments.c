/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments.h"

#include "base/id.h"
#include "store/attachments-private.h"

#define PROGRESS_US (G_USEC_PER_SEC / 10)

/* What is known here before the file says so, or what no file says: where something is on its way. */
typedef struct
{
  ZqAttachmentInfo info;
  guint pending; /* jobs that will change it */
  gboolean coming;
  gboolean sending;
  gint64 told; /* monotonic */
} Live;

struct _ZqAttachments
{
  GObject parent_instance;

  /* owned */
  ZqClock *clock;
  GMainContext *main_context;
  char *path;
  GBytes *key;
  ZqDb *main_db;
  ZqFileWorker *writer;
  ZqFileWorker *reader;
  GHashTable *live; /* key → Live */

  gint closed; /* atomic */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqAttachments, zq_attachments, G_TYPE_OBJECT)

void
zq_attachment_info_clear (ZqAttachmentInfo *info)
{
  g_clear_pointer (&info->content_type, g_free);
  g_clear_pointer (&info->reason, g_free);
  *info = (ZqAttachmentInfo){ 0 };
}

static void
info_copy (const ZqAttachmentInfo *from, ZqAttachmentInfo *to)
{
  *to = *from;
  to->content_type = g_strdup (from->content_type);
  to->reason = g_strdup (from->reason);
}

/* --- what is known here ----------------------------------------------------------------------- */

static void
live_free (Live *live)
{
  zq_attachment_info_clear (&live->info);
  g_free (live);
}

static Live *
get_live (ZqAttachments *self, const char *key)
{
  Live *live = g_hash_table_lookup (self->live, key);

  if (live != NULL)
    return live;

  live = g_new0 (Live, 1);
  if (self->main_db != NULL)
    zq_file_peek (self->main_db, key, &live->info);
  g_hash_table_insert (self->live, g_strdup (key), live);

  return live;
}

static void
live_refuse (Live *live, const char *reason)
{
  g_free (live->info.reason);
  live->info.reason = g_strdup (reason);
  live->info.state = ZQ_ATTACHMENT_REFUSED;
  live->info.done = 0;
  live->coming = FALSE;
}

/* From here on the file knows best. */
static void
let_go (ZqAttachments *self, const char *key)
{
  Live *live = g_hash_table_lookup (self->live, key);

  if (live != NULL && live->pending == 0 && !live->coming && !live->sending)
    g_hash_table_remove (self->live, key);
}

static gboolean
is_wanted (const Live *live)
{
  return live->info.state == ZQ_ATTACHMENT_WANTED || live->info.state == ZQ_ATTACHMENT_COMING;
}

static void
tell (ZqAttachments *self, const char *key)
{
  if (!g_atomic_int_get (&self->closed))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, key);
}

static void
tell_progress (ZqAttachments *self, const char *key, Live *live)
{
  gint64 now = zq_clock_monotonic (self->clock);

  if (live->told != 0 && now - live->told < PROGRESS_US)
    return;
  live->told = now;
  tell (self, key);
}

gboolean
zq_attachments_peek (ZqAttachments *self, const char *key, ZqAttachmentInfo *info)
{
  Live *live;

  g_return_val_if_fail (ZQ_IS_ATTACHMENTS (self), FALSE);

  *info = (ZqAttachmentInfo){ 0 };
  if (key == NULL)
    return FALSE;
  live = g_hash_table_lookup (self->live, key);
  if (live != NULL)
    info_copy (&live->info, info);
  else if (self->main_db != NULL)
    zq_file_peek (self->main_db, key, info);

  return info->state != ZQ_ATTACHMENT_NONE;
}

/* --- jobs ------------------------------------------------------------------------------------- */

static void
return_job (ZqFileJob *job)
{
  if (job->task == NULL)
    return;
  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (job->task, TRUE);
}

static void
after_change (ZqAttachments *self, ZqFileJob *job)
{
  Live *live = g_hash_table_lookup (self->live, job->key);

  if (live != NULL && live->pending > 0)
    live->pending--;
  if (job->error != NULL && job->task == NULL && !g_error_matches (job->error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED))
    g_warning ("A file could not be taken note of: %s", job->error->message);
  let_go (self, job->key);
  if (job->announces && job->error == NULL && !g_atomic_int_get (&self->closed))
    g_signal_emit (self, signals[SIGNAL_WANTED], 0);
  tell (self, job->key);
  return_job (job);
}

/* What is to happen to @key; its live entry says meanwhile how it will be. */
static ZqFileJob *
change_new (ZqAttachments *self, gboolean (*run) (ZqDb *db, ZqFileJob *job, GError **error), const char *key)
{
  ZqFileJob *job = zq_file_job_new (run, key);

  job->lasting = TRUE;
  job->now = zq_clock_now (self->clock);
  job->after = after_change;
  get_live (self, key)->pending++;

  return job;
}

void
zq_attachments_want (ZqAttachments *self, const char *key, gint64 size, const char *hash, const char *content_type)
{
  Live *live;
  ZqFileJob *job;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL);

  live = get_live (self, key);
  if (live->info.state != ZQ_ATTACHMENT_NONE && live->info.state != ZQ_ATTACHMENT_REFUSED)
    {
      let_go (self, key);
      return;
    }
  zq_attachment_info_clear (&live->info);
  live->info.state = ZQ_ATTACHMENT_WANTED;
  live->info.size = MAX (size, 0);
  live->info.content_type = g_strdup (content_type);

  job = change_new (self, zq_file_want, key);
  job->size = MAX (size, 0);
  job->other = g_strdup (hash);
  job->content_type = g_strdup (content_type);
  job->announces = TRUE;
  zq_file_worker_push (self->writer, job);
  tell (self, key);
}

void
zq_attachments_cancel (ZqAttachments *self, const char *key)
{
  Live *live;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL);

  live = get_live (self, key);
  if (!is_wanted (live) && live->info.state != ZQ_ATTACHMENT_REFUSED)
    {
      let_go (self, key);
      return;
    }
  zq_attachment_info_clear (&live->info);
  live->coming = FALSE;
  zq_file_worker_push (self->writer, change_new (self, zq_file_cancel, key));
  tell (self, key);
}

void
zq_attachments_drop (ZqAttachments *self, const char *key)
{
  Live *live;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL);

  live = get_live (self, key);
  zq_attachment_info_clear (&live->info);
  live->coming = live->sending = FALSE;
  zq_file_worker_push (self->writer, change_new (self, zq_file_drop, key));
  tell (self, key);
}

static void
after_rename (ZqAttachments *self, ZqFileJob *job)
{
  Live *live = g_hash_table_lookup (self->live, job->key);

  if (live != NULL)
    live->sending = FALSE;
  let_go (self, job->key);
  if (job->error != NULL)
    g_warning ("A file could not be given its name at the hospital: %s", job->error->message);
  tell (self, job->key);
  tell (self, job->other);
}

void
zq_attachments_rename (ZqAttachments *self, const char *key, const char *to)
{
  ZqFileJob *job;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL && to != NULL);

  job = zq_file_job_new (zq_file_rename, key);
  job->other = g_strdup (to);
  job->lasting = TRUE;
  job->after = after_rename;
  zq_file_worker_push (self->writer, job);
}

/* --- downloads -------------------------------------------------------------------------------- */

char **
zq_attachments_list_wanted (ZqAttachments *self, guint limit)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (ZqRows) rows = NULL;

  if (self->main_db != NULL)
    rows = zq_db_query (self->main_db, NULL, "SELECT key FROM file WHERE state = 1 ORDER BY id", "");
  while (rows != NULL && keys->len < limit && zq_rows_next (rows, NULL))
    {
      const char *key = zq_rows_text (rows, 0);
      Live *live = key != NULL ? g_hash_table_lookup (self->live, key) : NULL;

      if (key != NULL && (live == NULL || is_wanted (live)))
        g_ptr_array_add (keys, g_strdup (key));
    }
  g_ptr_array_add (keys, NULL);

  return (char **)g_ptr_array_free (g_steal_pointer (&keys), FALSE);
}

void
zq_attachments_get_said (ZqAttachments *self, const char *key, gint64 *size, char **hash)
{
  g_autoptr (ZqRows) rows = NULL;

  *size = 0;
  *hash = NULL;
  if (self->main_db == NULL)
    return;
  rows = zq_db_query (self->main_db, NULL, "SELECT said, hash FROM file WHERE id = ?", "i",
                      zq_file_find (self->main_db, key));
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return;
  *size = zq_rows_int (rows, 0);
  *hash = g_strdup (zq_rows_text (rows, 1));
}

void
zq_attachments_begin (ZqAttachments *self, const char *key, gint64 size)
{
  Live *live = get_live (self, key);
  ZqFileJob *job;

  if (!is_wanted (live))
    {
      let_go (self, key);
      return;
    }
  live->info.state = ZQ_ATTACHMENT_COMING;
  live->info.done = 0;
  if (size > 0)
    live->info.size = size;
  live->coming = TRUE;
  job = change_new (self, zq_file_begin, key);
  job->size = MAX (size, 0);
  zq_file_worker_push (self->writer, job);
}

void
zq_attachments_pause (ZqAttachments *self, const char *key)
{
  Live *live = g_hash_table_lookup (self->live, key);

  if (live == NULL || live->info.state != ZQ_ATTACHMENT_COMING)
    return;
  live->info.state = ZQ_ATTACHMENT_WANTED;
  live->coming = FALSE;
  let_go (self, key);
  tell (self, key);
}

static void
after_append (ZqAttachments *self, ZqFileJob *job)
{
  Live *live = g_hash_table_lookup (self->live, job->key);

  if (live != NULL && live->pending > 0)
    live->pending--;
  if (live != NULL && job->error == NULL && is_wanted (live))
    {
      live->info.done = job->done;
      tell_progress (self, job->key, live);
    }
  let_go (self, job->key);
  return_job (job);
}

void
zq_attachments_append_async (
    ZqAttachments *self, const char *key, GBytes *bytes, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  Live *live = get_live (self, key);
  ZqFileJob *job;

  g_task_set_source_tag (task, zq_attachments_append_async);
  if (!is_wanted (live))
    {
      let_go (self, key);
      g_task_return_new_error (task, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The file is not wanted any more");
      return;
    }
  live->info.state = ZQ_ATTACHMENT_COMING;
  live->coming = TRUE;
  job = change_new (self, zq_file_append, key);
  job->lasting = FALSE;
  job->bytes = g_bytes_ref (bytes);
  job->after = after_append;
  job->task = g_steal_pointer (&task);
  zq_file_worker_push (self->writer, job);
}

gboolean
zq_attachments_append_finish (ZqAttachments *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
after_end (ZqAttachments *self, ZqFileJob *job)
{
  Live *live = g_hash_table_lookup (self->live, job->key);

  if (live != NULL)
    live->coming = FALSE;
  if (job->error == NULL && !job->good)
    job->error = g_error_new_literal (ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, job->other);
  after_change (self, job);
}

void
zq_attachments_end_async (ZqAttachments *self, const char *key, GAsyncReadyCallback callback, gpointer data)
{
  ZqFileJob *job = change_new (self, zq_file_end, key);

  job->task = g_task_new (self, NULL, callback, data);
  job->after = after_end;
  g_task_set_source_tag (job->task, zq_attachments_end_async);
  zq_file_worker_push (self->writer, job);
}

gboolean
zq_attachments_end_finish (ZqAttachments *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_attachments_refuse (ZqAttachments *self, const char *key, const char *reason)
{
  Live *live = get_live (self, key);
  ZqFileJob *job;

  if (!is_wanted (live))
    {
      let_go (self, key);
      return;
    }
  live_refuse (live, reason);
  job = change_new (self, zq_file_refuse, key);
  job->other = g_strdup (reason);
  zq_file_worker_push (self->writer, job);
  tell (self, key);
}

void
zq_attachments_note_sent (ZqAttachments *self, const char *key, gint64 done)
{
  Live *live = get_live (self, key);

  if (done < 0 || live->info.state != ZQ_ATTACHMENT_HELD)
    {
      live->sending = FALSE;
      live->info.done = live->info.size;
      let_go (self, key);
      tell (self, key);
      return;
    }
  live->sending = TRUE;
  live->info.done = MIN (done, live->info.size);
  tell_progress (self, key, live);
}

/* --- all together ------------------------------------------------------------------------------ */

void
zq_transfers_clear (ZqTransfers *transfers)
{
  g_free (transfers->reason);
  *transfers = (ZqTransfers){ 0 };
}

static void
add_down (ZqTransfers *transfers, gint64 done, gint64 size)
{
  transfers->n_down++;
  transfers->down_done += done;
  transfers->down_size += MAX (done, size);
}

void
zq_attachments_sum_up (ZqAttachments *self, ZqTransfers *transfers)
{
  g_autoptr (ZqRows) wanted = NULL;
  g_autoptr (ZqRows) refused = NULL;
  GHashTableIter iter;
  const char *key;
  Live *live;

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self));

  *transfers = (ZqTransfers){ 0 };
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, (gpointer *)&key, (gpointer *)&live))
    if (live->sending)
      {
        transfers->n_up++;
        transfers->up_done += live->info.done;
        transfers->up_size += live->info.size;
      }
    else if (is_wanted (live))
      add_down (transfers, live->info.done, live->info.size);
  if (self->main_db == NULL)
    return;

  wanted = zq_db_query (self->main_db, NULL, "SELECT key, done, max (said, size) FROM file WHERE state = 1", "");
  while (wanted != NULL && zq_rows_next (wanted, NULL))
    if (zq_rows_text (wanted, 0) == NULL || !g_hash_table_contains (self->live, zq_rows_text (wanted, 0)))
      add_down (transfers, zq_rows_int (wanted, 1), zq_rows_int (wanted, 2));
  refused = zq_db_query (self->main_db, NULL, "SELECT reason FROM file WHERE state = 3 ORDER BY id DESC", "");
  while (refused != NULL && zq_rows_next (refused, NULL))
    if (transfers->n_refused++ == 0)
      transfers->reason = g_strdup (zq_rows_text (refused, 0));
}

/* --- reading ---------------------------------------------------------------------------------- */

static void
after_read (ZqAttachments *self, ZqFileJob *job)
{
  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (job->task, g_steal_pointer (&job->result), (GDestroyNotify)g_bytes_unref);
}

void
zq_attachments_read_async (
    ZqAttachments *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  ZqFileJob *job = zq_file_job_new (zq_file_read, key);

  g_return_if_fail (ZQ_IS_ATTACHMENTS (self) && key != NULL);

  job->task = g_task_new (self, cancellable, callback, data);
  job->after = after_read;
  g_task_set_source_tag (job->task, zq_attachments_read_async);
  zq_file_worker_push (self->reader, job);
}

GBytes *
zq_attachments_read_finish (ZqAttachments *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GInputStream *
zq_attachments_open (ZqAttachments *self, const char *key, GError **error)
{
  gint64 id = 0;

  if (self->main_db != NULL &&
      zq_db_get_int (self->main_db, &id, NULL, "SELECT id FROM file WHERE id = ? AND state = 2", "i",
                     zq_file_find (self->main_db, key)))
    return zq_file_stream_new (self->path, self->key, id);

  g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "The file is not kept on this computer");

  return NULL;
}

ZqFileWorker *
zq_attachments_get_writer (ZqAttachments *self)
{
  return self->writer;
}

ZqDb *
zq_attachments_get_main_db (ZqAttachments *self)
{
  return self->main_db;
}

gint64
zq_attachments_now (ZqAttachments *self)
{
  return zq_clock_now (self->clock);
}

typedef struct
{
  ZqAttachments *self;
  char *key;
} Notice;

static void
notice_free (Notice *notice)
{
  g_object_unref (notice->self);
  g_free (notice->key);
  g_free (notice);
}

static gboolean
tell_here (gpointer data)
{
  Notice *notice = data;

  let_go (notice->self, notice->key);
  tell (notice->self, notice->key);

  return G_SOURCE_REMOVE;
}

void
zq_attachments_post_changed (ZqAttachments *self, const char *key)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Notice *notice = g_new0 (Notice, 1);

  notice->self = g_object_ref (self);
  notice->key = g_strdup (key);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_here, notice, (GDestroyNotify)notice_free);
  g_source_attach (source, self->main_context);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_attachments_dispose (GObject *object)
{
  zq_attachments_close (ZQ_ATTACHMENTS (object));

  G_OBJECT_CLASS (zq_attachments_parent_class)->dispose (object);
}

static void
zq_attachments_finalize (GObject *object)
{
  ZqAttachments *self = ZQ_ATTACHMENTS (object);

  g_clear_pointer (&self->writer, zq_file_worker_free);
  g_clear_pointer (&self->reader, zq_file_worker_free);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->main_context, g_main_context_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->path);
  g_hash_table_unref (self->live);

  G_OBJECT_CLASS (zq_attachments_parent_class)->finalize (object);
}

static void
zq_attachments_class_init (ZqAttachmentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_attachments_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_attachments_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ZQ_TYPE_ATTACHMENTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_WANTED] =
      g_signal_new ("wanted", ZQ_TYPE_ATTACHMENTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_attachments_init (ZqAttachments *self)
{
  self->live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)live_free);
}

ZqAttachments *
zq_attachments_new (const char *dir, GBytes *key, ZqClock *clock, GMainContext *main_context, GError **error)
{
  g_autoptr (ZqAttachments) self = g_object_new (ZQ_TYPE_ATTACHMENTS, NULL);
  g_autoptr (ZqDb) writer = NULL;
  g_autoptr (ZqDb) reader = NULL;

  self->path = g_build_filename (dir, "attachments.db", NULL);
  self->key = key != NULL ? g_bytes_ref (key) : NULL;
  self->clock = g_object_ref (clock);
  self->main_context = g_main_context_ref (main_context);

  writer = zq_db_open (self->path, key, ZQ_DB_CREATE, error);
  if (writer == NULL || !zq_file_migrate (writer, error))
    return NULL;
  reader = zq_db_open (self->path, key, ZQ_DB_READ_ONLY, error);
  if (reader == NULL)
    return NULL;
  self->main_db = zq_db_open (self->path, key, ZQ_DB_READ_ONLY, error);
  if (self->main_db == NULL)
    return NULL;
  self->writer = zq_file_worker_new ("zq-files", self, g_steal_pointer (&writer), TRUE, main_context);
  self->reader = zq_file_worker_new ("zq-files-read", self, g_steal_pointer (&reader), FALSE, main_context);

  return g_steal_pointer (&self);
}

void
zq_attachments_close (ZqAttachments *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->closed, FALSE, TRUE))
    return;

  if (self->reader != NULL)
    zq_file_worker_stop (self->reader);
  g_clear_pointer (&self->main_db, zq_db_close);
  if (self->writer != NULL)
    zq_file_worker_stop (self->writer);
}
