/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/attachments.h"

G_BEGIN_DECLS

#define ZQ_ATTACHMENT_CHUNK (256 * 1024)

/* How a row of `file` stands. COMING is only of this process: in the file it is WANTED, with what has come. */
typedef enum
{
  ZQ_FILE_KEEPING, /* being read from the doctor's disk: goes with the process */
  ZQ_FILE_WANTED,
  ZQ_FILE_HELD,
  ZQ_FILE_REFUSED,
  ZQ_FILE_GROWING, /* being recorded: what has come stays, whatever becomes of the process */
} ZqFileState;

typedef struct _ZqFileJob ZqFileJob;
typedef struct _ZqFileWorker ZqFileWorker;

/**
 * ZqFileJob:
 *
 * One piece of work for a worker's thread.
 */
struct _ZqFileJob
{
  /* input; @run: the writer's in a transaction, which ends with FALSE */
  gboolean (*run) (ZqDb *db, ZqFileJob *job, GError **error);
  gboolean lasting; /* outlives a power failure as well */
  char *key;
  char *other; /* new name, hash or reason */
  char *content_type;
  gint64 size;
  gint64 id;
  GBytes *bytes;
  gint64 now;
  gboolean announces; /* after it something may be fetched */

  /* what becomes of it */
  void (*after) (ZqAttachments *self, ZqFileJob *job); /* main context; NULL: somebody waits for it */
  GTask *task;                                         /* returned after that */

  /* output */
  GError *error;
  gboolean good;  /* END: it is what it should be */
  gint64 done;    /* bytes so far */
  GBytes *result; /* READ */
};

ZqFileJob *zq_file_job_new (gboolean (*run) (ZqDb *db, ZqFileJob *job, GError **error), const char *key);
void zq_file_job_free (ZqFileJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqFileJob, zq_file_job_free)

/* --- attachments-worker.c: a thread and its connection ------------------------------------------ */

/* Takes @db. @owner: not referenced; what it is told comes with a reference. */
ZqFileWorker *
zq_file_worker_new (const char *name, ZqAttachments *owner, ZqDb *db, gboolean writes, GMainContext *main_context);
/* Takes @job, which ends with ZQ_STORE_ERROR_CLOSED after stop(). Any thread. */
void zq_file_worker_push (ZqFileWorker *self, ZqFileJob *job);
/* The same and waits; not on the worker's thread. The job stays the caller's. */
gboolean zq_file_worker_run (ZqFileWorker *self, ZqFileJob *job, GError **error);
void zq_file_worker_stop (ZqFileWorker *self);
void zq_file_worker_free (ZqFileWorker *self);

/* --- attachments-db.c: what the jobs do -------------------------------------------------------- */

gboolean zq_file_migrate (ZqDb *db, GError **error);
/* The row of @key, whichever of its names that is; 0: none. */
gint64 zq_file_find (ZqDb *db, const char *key);
gboolean zq_file_peek (ZqDb *db, const char *key, ZqAttachmentInfo *info);

gboolean zq_file_want (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_cancel (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_begin (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_append (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_end (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_refuse (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_drop (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_rename (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_read (ZqDb *db, ZqFileJob *job, GError **error);

/* Of a file that is being kept: gives job->id; adds bytes to it; makes it HELD under job->key; throws it away. */
gboolean zq_file_keep_begin (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_keep_append (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_keep_end (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_keep_drop (ZqDb *db, ZqFileJob *job, GError **error);

/* Adds bytes to a growing file, which there is from then on; makes it HELD: gives job->done and job->other, its hash.
 */
gboolean zq_file_grow (ZqDb *db, ZqFileJob *job, GError **error);
gboolean zq_file_end_growth (ZqDb *db, ZqFileJob *job, GError **error);

/* Chunk @number of file @id; NULL without error: there is none. (transfer full) */
GBytes *zq_file_get_chunk (ZqDb *db, gint64 id, gint64 number, GError **error);

/* --- attachments-stream.c ---------------------------------------------------------------------- */

/* Over file @id of the database @path, on a connection of its own. */
GInputStream *zq_file_stream_new (const char *path, GBytes *key, gint64 id);

/* --- attachments.c ----------------------------------------------------------------------------- */

ZqFileWorker *zq_attachments_get_writer (ZqAttachments *self);
ZqDb *zq_attachments_get_main_db (ZqAttachments *self);
gint64 zq_attachments_now (ZqAttachments *self);
/* Tells the screens, from any thread. */
void zq_attachments_post_changed (ZqAttachments *self, const char *key);

G_END_DECLS
