/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "base/session-status.h"
#include "db/db.h"
#include "resource/bundle.h"
#include "store/changes.h"
#include "store/intent.h"
#include "store/kind.h"

G_BEGIN_DECLS

#define ZQ_STORE_ERROR (zq_store_error_quark ())
GQuark zq_store_error_quark (void);

typedef enum
{
  ZQ_STORE_ERROR_FAILED,
  ZQ_STORE_ERROR_NEWER, /* made by a newer program: untouched */
  ZQ_STORE_ERROR_CLOSED,
  ZQ_STORE_ERROR_GONE,  /* the row or intent is not there (any more) */
  ZQ_STORE_ERROR_STATE, /* not possible in the state it is in */
  ZQ_STORE_ERROR_TOO_LARGE,
} ZqStoreError;

#define ZQ_TYPE_STORE (zq_store_get_type ())
G_DECLARE_FINAL_TYPE (ZqStore, zq_store, ZQ, STORE, GObject)

typedef struct
{
  const char *dir;                    /* made when missing, mode 0700; holds store.db */
  GBytes *key;                        /* 32 bytes; never NULL outside of tests */
  const ZqResourceKind *const *kinds; /* NULL-terminated, static */
  gpointer context;                   /* given to the kinds (ZqContext); outlives the store */
  ZqClock *clock;
  const char *base; /* the hospital's base URL: absolute references to it become relative */
  const char *who;  /* whom the audit names: "Practitioner/1"; or NULL */
  /* Whose version of the moment is written into each intent; any thread; or NULL. */
  const char *(*policy_version) (gpointer context);
  /* Before any thread starts: what the context needs of what is held; or NULL. */
  void (*prepare) (ZqDb *db, gpointer data);
  gpointer prepare_data;
  GMainContext *main_context; /* where notices and callbacks of the owner arrive; NULL: the default one */
} ZqStoreConfig;

/**
 * zq_store_open:
 *
 * Opens (or makes) the encrypted store, migrates it, and starts its threads: writer, reader, parser.
 * Intents that a dead process left as SENDING stay so: sync searches before it posts them again.
 * Where @clock knows of no server's time yet, it is given the offset that was known last.
 * Blocks; may be called from any thread, also before GTK is up.
 *
 * The store owns three connections besides: the main one (read-only) belongs to the main thread.
 * Signal "changed" (ZqChanges *): one a commit, in the main context.
 */
ZqStore *zq_store_open (const ZqStoreConfig *config, GError **error);

/* Finishes what is queued, stops the threads, closes the files. Idempotent. Blocks. */
void zq_store_close (ZqStore *self);

gpointer zq_store_get_context (ZqStore *self);
ZqClock *zq_store_get_clock (ZqStore *self);
const ZqResourceKind *const *zq_store_get_kinds (ZqStore *self);
const ZqResourceKind *zq_store_find_kind (ZqStore *self, const char *name);

/* The main thread's read-only connection, for bounded reads by key only. */
ZqDb *zq_store_get_main_db (ZqStore *self);

/* --- reading elsewhere ------------------------------------------------------------------------ */

typedef gpointer (*ZqReadFunc) (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error);

/* Runs @func on the reader thread: what a person waits for. @result_free frees an unclaimed result. */
void zq_store_read_async (ZqStore *self,
                          ZqReadFunc func,
                          gpointer data,
                          GDestroyNotify data_free,
                          GDestroyNotify result_free,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/* The same on a thread and connection of its own, where a long look of sync keeps nobody waiting. */
void zq_store_read_behind_async (ZqStore *self,
                                 ZqReadFunc func,
                                 gpointer data,
                                 GDestroyNotify data_free,
                                 GDestroyNotify result_free,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Of both. */
gpointer zq_store_read_finish (ZqStore *self, GAsyncResult *result, GError **error);

/* --- the one write path ----------------------------------------------------------------------- */

typedef enum
{
  ZQ_PRIORITY_DOCTOR, /* what a person waits for: before everything else */
  ZQ_PRIORITY_SYNC,
  ZQ_PRIORITY_BULK, /* imports, rebuilds: in chunks of at most 20 ms */
} ZqPriority;

typedef gboolean (*ZqWriteFunc) (ZqTxn *txn, gpointer data, GError **error);

/* Runs @func on the writer thread inside a transaction, committed durably when it returns TRUE and
 * rolled back whole when FALSE. Callback in the caller's thread-default context, after the commit. */
void zq_store_write_async (ZqStore *self,
                           ZqPriority priority,
                           ZqWriteFunc func,
                           gpointer data,
                           GDestroyNotify data_free,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean zq_store_write_finish (ZqStore *self, GAsyncResult *result, GError **error);

/* The same and waits; for headless programs and tests, never on the main thread of a window. */
gboolean zq_store_write (ZqStore *self, ZqPriority priority, ZqWriteFunc func, gpointer data, GError **error);

/* --- what sync uses --------------------------------------------------------------------------- */

/* Where a pull of one (kind, scope) stands; server's instants as text, NULL = none yet. */
typedef struct
{
  char *high;      /* everything changed up to here is held (forwards) */
  char *low;       /* everything down to here is held (backfill) */
  gboolean filled; /* the backfill has reached the beginning */
} ZqCursor;

void zq_cursor_clear (ZqCursor *cursor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqCursor, zq_cursor_clear)

gboolean zq_store_get_cursor (ZqDb *db, const char *kind, const char *scope, ZqCursor *cursor, GError **error);

typedef struct
{
  guint stored;     /* new or newer */
  guint unchanged;  /* the version was held already */
  guint unreadable; /* kept raw, counted */
  char *newest;     /* meta.lastUpdated of the newest and oldest entry, as text */
  char *oldest;
} ZqIngested;

void zq_ingested_free (ZqIngested *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqIngested, zq_ingested_free)

/**
 * zq_store_ingest_async:
 * @cursor: (nullable): set in the transaction of the last chunk
 *
 * Takes the resources of a page from the hospital: parsed on the parser thread, written in chunks.
 * Each is kept byte for byte; a version that is held already is skipped; where intents wait for a
 * resource, its local text is these intents applied to the new copy. Entries with search mode
 * "outcome" are passed over.
 */
void zq_store_ingest_async (ZqStore *self,
                            ZqBundle *page,
                            ZqPriority priority,
                            const char *cursor_kind,
                            const char *cursor_scope,
                            const ZqCursor *cursor,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
ZqIngested *zq_store_ingest_finish (ZqStore *self, GAsyncResult *result, GError **error);

/* Ids of resources of @type that something refers to and that are not held: (element-type utf8). */
GPtrArray *zq_store_list_wanted (ZqDb *db, const char *type, guint limit, GError **error);
/* The types among them. */
GPtrArray *zq_store_list_wanted_types (ZqDb *db, GError **error);
/* A resource whose earlier versions are wanted (ZqResourceKind.earlier). */
typedef struct
{
  gint64 row;
  char *type, *id;
  const ZqResourceKind *kind;
} ZqEarlier;

void zq_earlier_free (ZqEarlier *self);

/* Finish with zq_store_read_finish(): (transfer full) (element-type ZqEarlier). */
void zq_store_list_earlier_async (ZqStore *self, guint limit, GAsyncReadyCallback callback, gpointer user_data);

/* @history: (nullable): the answer; NULL: there is none, and none will be. Finish with zq_store_write_finish(). */
void zq_store_take_earlier_async (
    ZqStore *self, const ZqEarlier *which, ZqBundle *history, GAsyncReadyCallback callback, gpointer user_data);

/* The hospital has no such resource, or does not show it: not asked for again in this session's fill;
 * one that was held leaves the screens (unproject), its raw text and its intents stay. Finish with
 * zq_store_write_finish(). */
void zq_store_set_gone_async (ZqStore *self,
                              const char *type,
                              const char *server_id,
                              const char *why,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/* Intents at the heads of their chains whose time has come: (element-type ZqIntent). */
GPtrArray *zq_store_list_pushable (ZqDb *db, gint64 now_us, guint limit, GError **error);
/* The head of one chain, when its time has come; or NULL. */
ZqIntent *zq_store_get_pushable (ZqDb *db, const char *chain, gint64 now_us, GError **error);
/* All of them in order, for Diagnostics and tests. */
GPtrArray *zq_store_list_intents (ZqDb *db, GError **error);
ZqIntent *zq_store_get_intent (ZqDb *db, gint64 seq, GError **error);
/* When the next waiting intent with a later time comes due; 0 = none. */
gint64 zq_store_next_not_before (ZqDb *db, gint64 now_us);

/* What an intent has become for the wire. */
typedef struct
{
  ZqVerdict verdict;
  char *reason; /* of HELD and REFUSED */
  ZqIntent *intent;
  const char *method;  /* "POST" or "PUT" */
  char *path;          /* "Communication" or "Task/12" */
  char *if_match;      /* W/"3" for PUT; NULL when the server gave no version */
  char *if_none_exist; /* "identifier=system|value" for POST */
  GBytes *body;
  char *content_key;  /* not NULL: the bytes of this attachment are the body, and nothing finds it at the hospital */
  char *content_type; /* of it */
  char *security_context; /* X-Security-Context, or NULL */
  gboolean retry;         /* was SENDING before: its outcome is unclear, so search first */
} ZqPush;

void zq_push_free (ZqPush *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPush, zq_push_free)

/**
 * zq_store_prepare_push_async:
 *
 * On the writer, in one transaction: checks the intent against the held server copy (`check`), sets
 * `sent` if it is the first try, marks it SENDING, and makes the body: the server copy with this
 * intent alone applied, local references replaced by server ids. HELD, REFUSED and DONE are recorded
 * in the same transaction and nothing is to be sent; LATER neither: it refers to something that has
 * not been sent, and is pushable again when that has been.
 */
void zq_store_prepare_push_async (ZqStore *self, gint64 seq, GAsyncReadyCallback callback, gpointer user_data);
ZqPush *zq_store_prepare_push_finish (ZqStore *self, GAsyncResult *result, GError **error);

typedef enum
{
  ZQ_PUSH_DONE,    /* committed at the hospital; @resource is its copy (another one's: HELD, a change SENDING) */
  ZQ_PUSH_LATER,   /* not reached or busy: WAITING again, not before @not_before; SENDING stays when @unclear */
  ZQ_PUSH_REFUSED, /* @reason: the server's words */
  ZQ_PUSH_HELD,
} ZqPushOutcome;

void zq_store_settle_push_async (ZqStore *self,
                                 gint64 seq,
                                 ZqPushOutcome outcome,
                                 GBytes *resource, /* nullable */
                                 const char *reason,
                                 gint64 not_before,
                                 gboolean unclear,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean zq_store_settle_push_finish (ZqStore *self, GAsyncResult *result, GError **error);

/* --- what Diagnostics shows ------------------------------------------------------------------- */

gboolean zq_store_count_session (ZqDb *db, ZqSessionCounts *counts, GError **error);

typedef struct
{
  gint64 id;
  char *type;
  char *server_id;
  char *reason;
  gint64 at;
} ZqUnreadable;

void zq_unreadable_free (ZqUnreadable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqUnreadable, zq_unreadable_free)
GPtrArray *zq_store_list_unreadable (ZqDb *db, guint limit, GError **error);

/* One whose newest version cannot be fetched: counted, with @reason, until a version is taken. What is held of it
 * stays. */
void zq_store_set_unreadable_async (ZqStore *self,
                                    const char *type,
                                    const char *server_id,
                                    const char *reason,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/* A search of the hospital's (@name: "kind/scope") whose answer was no FHIR: counted as one unreadable thing, with
 * @reason; NULL: it can be read, so nothing is counted any more. */
void zq_store_note_page_async (
    ZqStore *self, const char *name, const char *reason, GAsyncReadyCallback callback, gpointer user_data);

/* Resources held a type, "Task" → n: (element-type utf8 gint64) rows "type\tcount"; for the probe. */
GPtrArray *zq_store_count_types (ZqDb *db, GError **error);

/* Both texts of a resource, for tests and the probe. (transfer full) (out) */
gboolean zq_store_get_texts (
    ZqDb *db, const char *type, const char *server_id, char **server_json, char **local_json, GError **error);

/* Small settings of this account's store that are not secret ("notices", "last-synced"). */
char *zq_store_get_setting (ZqDb *db, const char *name);

G_END_DECLS
