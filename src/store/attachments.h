/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * ZqAttachments:
 *
 * The bytes of files, in a second database beside the store, encrypted with the same key, in chunks of 256 KiB; its own
 * writer thread. Nothing of a patient lies in the clear, no temporary file is made. An attachment's bytes are
 * whole before anything refers to it as held, so the two files need no common transaction.
 *
 * A key names one: the hospital's is "Binary/<id>" (or the URL as it came), one that was made here
 * "urn:uuid:<local-id>" of the local Binary, what lies inside a resource "inline/…", a thumbnail "thumb/<px>/<key>".
 * Main context of the store, but where said otherwise.
 */
#define ZQ_TYPE_ATTACHMENTS (zq_attachments_get_type ())
G_DECLARE_FINAL_TYPE (ZqAttachments, zq_attachments, ZQ, ATTACHMENTS, GObject)

typedef enum
{
  ZQ_ATTACHMENT_NONE,    /* not asked for */
  ZQ_ATTACHMENT_WANTED,  /* sync fetches it as soon as it can */
  ZQ_ATTACHMENT_COMING,  /* on its way: see progress */
  ZQ_ATTACHMENT_HELD,    /* whole, verified; on its way up while done < size */
  ZQ_ATTACHMENT_REFUSED, /* too large, another size or hash than said, forbidden: the reason says it */
} ZqAttachmentState;

typedef struct
{
  ZqAttachmentState state;
  gint64 size; /* bytes: when held, or as told; 0: not known */
  gint64 done; /* bytes so far, up or down */
  char *content_type;
  char *reason; /* a key of gettext (store/attachments-reasons.h), or NULL */
} ZqAttachmentInfo;

void zq_attachment_info_clear (ZqAttachmentInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqAttachmentInfo, zq_attachment_info_clear)

/* Of the store (attachments.db beside store.db), opened with it. */
ZqAttachments *zq_store_get_attachments (ZqStore *store);

/* Signal "changed" (const char *key): its state or progress (at most some ten times a second a key).
 * Signal "wanted": there is something to fetch. */

/* Bounded, main thread. FALSE: ZQ_ATTACHMENT_NONE. A key that was renamed is found by both names. */
gboolean zq_attachments_peek (ZqAttachments *self, const char *key, ZqAttachmentInfo *info);

/* What moves now, and what was refused; main thread. */
typedef struct
{
  guint n_down, n_up;          /* wanted or coming; on their way up */
  gint64 down_done, down_size; /* bytes of all of them together, as far as they are told */
  gint64 up_done, up_size;
  guint n_refused;
  char *reason; /* of the newest one that was refused, as in ZqAttachmentInfo; or NULL */
} ZqTransfers;

void zq_transfers_clear (ZqTransfers *transfers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqTransfers, zq_transfers_clear)
void zq_attachments_sum_up (ZqAttachments *self, ZqTransfers *transfers);

/* Asks for one to be fetched; survives a restart. @size, @hash (base64 SHA-1, or NULL): as the reference says.
 * ZQ_ATTACHMENT_REFUSED ones are tried again. */
void
zq_attachments_want (ZqAttachments *self, const char *key, gint64 size, const char *hash, const char *content_type);
/* What is wanted or coming is let go; what has come of it is dropped. Uploads: cancelling is taking the intent back. */
void zq_attachments_cancel (ZqAttachments *self, const char *key);

/* Reads all of one that is held, off the main thread. */
void zq_attachments_read_async (
    ZqAttachments *self, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GBytes *zq_attachments_read_finish (ZqAttachments *self, GAsyncResult *result, GError **error);

/**
 * zq_attachments_keep_async:
 * @stream: read to its end off the main thread
 * @limit: bytes; more is refused (ZQ_STORE_ERROR_TOO_LARGE) without keeping any
 *
 * Keeps a file of the doctor's under @key, HELD. The callback comes when it is durable. With no reference to it a day
 * later it is dropped: see zq_attachments_sweep(). A thumbnail is kept beside what it is of (ZQ_STORE_ERROR_GONE when
 * that is not there) and goes with it.
 */
void zq_attachments_keep_async (ZqAttachments *self,
                                const char *key,
                                GInputStream *stream,
                                const char *content_type,
                                gint64 limit,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean
zq_attachments_keep_finish (ZqAttachments *self, GAsyncResult *result, gint64 *size, char **hash, GError **error);

/* What is being recorded: @bytes are put behind what is there under @key, in the order of the calls; the callback comes
 * when they outlive this process. Until end_growth() nobody else sees it; after that it is HELD. A process that died in
 * between left what had come: end_growth() of a later one finds it (ZQ_STORE_ERROR_GONE: nothing had come). */
void zq_attachments_grow_async (ZqAttachments *self,
                                const char *key,
                                const char *content_type,
                                GBytes *bytes,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean zq_attachments_grow_finish (ZqAttachments *self, GAsyncResult *result, GError **error);
void
zq_attachments_end_growth_async (ZqAttachments *self, const char *key, GAsyncReadyCallback callback, gpointer data);
gboolean
zq_attachments_end_growth_finish (ZqAttachments *self, GAsyncResult *result, gint64 *size, char **hash, GError **error);

/* Drops bytes by key, thumbnails of it included (a message was withdrawn; a draft's picture was taken out). */
void zq_attachments_drop (ZqAttachments *self, const char *key);

/* A local one got its name at the hospital: "urn:uuid:…" → "Binary/<id>"; bytes stay. Any thread. */
void zq_attachments_rename (ZqAttachments *self, const char *key, const char *to);

/* --- for sync: chunk by chunk ------------------------------------------------------------------ */

/* The next keys to fetch, oldest first. (transfer full) */
char **zq_attachments_list_wanted (ZqAttachments *self, guint limit);
/* What was kept of a download that ended early: sync may go on there (Range), else begin() from 0. */
void zq_attachments_begin (ZqAttachments *self, const char *key, gint64 size);
/* Takes bytes in order; callback when this much is durable (that is the brake). */
void zq_attachments_append_async (
    ZqAttachments *self, const char *key, GBytes *bytes, GAsyncReadyCallback callback, gpointer data);
gboolean zq_attachments_append_finish (ZqAttachments *self, GAsyncResult *result, GError **error);
/* Verifies size and hash and makes it HELD, else REFUSED with the reason. */
void zq_attachments_end_async (ZqAttachments *self, const char *key, GAsyncReadyCallback callback, gpointer data);
gboolean zq_attachments_end_finish (ZqAttachments *self, GAsyncResult *result, GError **error);
void zq_attachments_refuse (ZqAttachments *self, const char *key, const char *reason);
/* It ended early, or rests: WANTED again, what has come stays. */
void zq_attachments_pause (ZqAttachments *self, const char *key);
/* What its reference says of a wanted one: @size, 0 where it does not, and @hash (transfer full), or NULL: without one
 * nothing tells whether a rest belongs to the same file. */
void zq_attachments_get_said (ZqAttachments *self, const char *key, gint64 *size, char **hash);
/* Progress of an upload, for the screen; -1: it is over, whatever became of it. */
void zq_attachments_note_sent (ZqAttachments *self, const char *key, gint64 done);

/* A stream over one that is held, 256 KiB in memory at a time; for uploads. It can be sought back to its beginning. */
GInputStream *zq_attachments_open (ZqAttachments *self, const char *key, GError **error);

/* --- for the store ----------------------------------------------------------------------------- */

/* Opens (or makes) attachments.db in @dir; what was being kept when a process died goes. Blocks. */
ZqAttachments *
zq_attachments_new (const char *dir, GBytes *key, ZqClock *clock, GMainContext *main_context, GError **error);
/* Finishes what is queued, closes the file. Idempotent. Blocks. */
void zq_attachments_close (ZqAttachments *self);
/* Local ones that @store_db knows by a name of the hospital are renamed (a kill came between), those older than a day
 * that no draft and no resource refers to are dropped, and what was taken out of a resource that long ago. */
void zq_attachments_sweep (ZqAttachments *self, ZqDb *store_db);

G_END_DECLS
