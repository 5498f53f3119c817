/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/attachments.h"
#include "store/txn.h"

G_BEGIN_DECLS

typedef struct _ZqWriter ZqWriter;
typedef struct _ZqReader ZqReader;
typedef struct _ZqParser ZqParser;

struct _ZqStore
{
  GObject parent_instance;

  /* borrowed */
  const ZqResourceKind *const *kinds;
  gpointer context;
  const char *(*policy_version) (gpointer context);

  /* owned */
  ZqClock *clock;
  GMainContext *main_context;
  char *base;
  char *who;
  ZqDb *main_db;
  ZqWriter *writer;
  ZqReader *reader;
  ZqReader *behind; /* of sync */
  ZqParser *parser;
  ZqAttachments *attachments;

  gint closing; /* atomic */
  guint alarm;  /* main context */
  gulong on_offset;
};

gboolean zq_store_is_closing (ZqStore *self);
/* The base that references are relative to, or NULL. */
const char *zq_store_get_base (ZqStore *self);

/* migrate.c */
gboolean zq_store_check_version (const char *path, GBytes *key, GError **error);
gboolean zq_store_migrate (ZqDb *db, GError **error);
gboolean zq_store_open_projections (ZqDb *db, const ZqResourceKind *const *kinds, GError **error);

/* rebuild.c: queues what is left to project anew. */
void zq_store_start_rebuild (ZqStore *self);

/* search-build.c: the tables of a kind's words, also of a raised version; queues what is left to build of them. */
gboolean zq_search_open (ZqDb *db, const ZqResourceKind *kind, GError **error);
void zq_search_start (ZqStore *self);
/* search-index.c: the words that a transaction has to put right. */
gboolean zq_search_write (ZqTxn *txn, GError **error);

/* --- writer.c --------------------------------------------------------------------------------- */

/* After the commit (or its failure), on the writer thread; takes @error. */
typedef void (*ZqWriterDone) (ZqStore *store, gpointer data, GError *error);

ZqWriter *zq_writer_new (ZqStore *store, ZqDb *db);
/* Finishes what is queued. */
void zq_writer_stop (ZqWriter *self);
void zq_writer_free (ZqWriter *self);
void zq_writer_push (ZqWriter *self, ZqPriority priority, ZqWriteFunc func, ZqWriterDone done, gpointer data);
typedef enum
{
  ZQ_WRITER_DURABLE, /* on the disk when it returns; but for what is of ZQ_PRIORITY_BULK */
  ZQ_WRITER_RELAXED, /* may be lost with the power: it can be fetched again */
  ZQ_WRITER_IMPORT,  /* relaxed; rolled back and run again when it ends with zq_txn_yields (); has memory for pages */
} ZqWriterMode;

void zq_writer_push_mode (
    ZqWriter *self, ZqPriority priority, ZqWriterMode mode, ZqWriteFunc func, ZqWriterDone done, gpointer data);
/* The next piece of it, before the others of its priority: pages end in the order they came. */
void zq_writer_continue (
    ZqWriter *self, ZqPriority priority, ZqWriterMode mode, ZqWriteFunc func, ZqWriterDone done, gpointer data);
gboolean zq_writer_has_urgent (ZqWriter *self);
gboolean zq_writer_is_current (ZqWriter *self);
/* Looks again at when a kind's rows change by themselves, and changes those that are due. */
void zq_writer_push_alarm (ZqWriter *self);
/* The same, and keeps how far the computer's clock is off. */
void zq_writer_push_offset (ZqWriter *self);

/* The setting with the server's offset as it was known last, in microseconds. */
#define CLOCK_OFFSET "clock-offset"

/* Runs @func with the task's data; the task returns a boolean in its own context. Takes @task. */
void zq_store_write_task (ZqStore *self, ZqPriority priority, ZqWriteFunc func, GTask *task);

/* Return @task in its own context, whichever thread this is; they take all that they are given. The
 * last reference then never goes on one of the store's threads. @error NULL: it went well. */
void zq_store_return_boolean (GTask *task, GError *error);
void zq_store_return_pointer (GTask *task, gpointer result, GDestroyNotify result_free, GError *error);

/* --- reader.c, ingest.c ----------------------------------------------------------------------- */

ZqReader *zq_reader_new (ZqDb *db);
void zq_reader_stop (ZqReader *self);
void zq_reader_free (ZqReader *self);

ZqParser *zq_parser_new (void);
void zq_parser_stop (ZqParser *self);
void zq_parser_free (ZqParser *self);

/* --- txn.c, changes.c ------------------------------------------------------------------------- */

struct _ZqTxn
{
  ZqStore *store;
  ZqDb *db;
  gint64 now;
  ZqChanges *changes;
  GPtrArray *later;
  GHashTable *later_known;
  GHashTable *words; /* kind → rows whose words are to be put right; or NULL (search-index.c) */
  gboolean yields;   /* of an import: it gives way when a doctor waits */
  gboolean yielded;
};

/* Whether the transaction has to be given up now, with FALSE and no error: it is run again. */
gboolean zq_txn_yields (ZqTxn *txn);

void zq_txn_init (ZqTxn *txn, ZqStore *store, ZqDb *db);
void zq_txn_clear (ZqTxn *txn);
gboolean zq_txn_run_later (ZqTxn *txn, GError **error);

ZqChanges *zq_changes_new (void);
void zq_changes_add (ZqChanges *self, const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags);
void zq_changes_merge (ZqChanges *self, ZqChanges *other);
gboolean zq_changes_is_empty (ZqChanges *self);

/* --- resource.c ------------------------------------------------------------------------------- */

/* A resource as the parser thread leaves it. */
typedef struct
{
  char *raw;
  gsize raw_length;
  char *type;
  char *id; /* NULL: not a resource with a name */
  char *version;
  char *updated_text;
  gint64 updated;
  char *local_id;
  const ZqResourceKind *kind;
  gpointer parsed;
  char *reason; /* why it cannot be read; or NULL */
} ZqItem;

ZqItem *zq_item_parse (ZqStore *store, const char *raw, gsize length);
void zq_item_free (ZqItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqItem, zq_item_free)

typedef enum
{
  ZQ_TAKEN_STORED,
  ZQ_TAKEN_UNCHANGED,
  ZQ_TAKEN_UNREADABLE,
} ZqTaken;

/* @into: the row that it is the server's copy of, 0 = not known. */
gboolean zq_resource_take (ZqTxn *txn, ZqItem *item, gint64 into, ZqTaken *taken, GError **error);

typedef struct
{
  gint64 id;
  char *type;
  char *server_id;
  char *local_id;
  char *version;
  gint64 updated;
  char *state;
  char *kind;
  gboolean has_text; /* the server's */
} ZqRow;

void zq_row_clear (ZqRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqRow, zq_row_clear)

/* FALSE without error: there is none. */
gboolean zq_row_find (ZqDb *db, const char *type, const char *server_id, ZqRow *row, GError **error);
gboolean zq_row_get (ZqDb *db, gint64 id, ZqRow *row, GError **error);

/* --- project.c -------------------------------------------------------------------------------- */

const ZqResourceKind *zq_store_match_kind (ZqStore *store, const char *type, JsonNode *node);
gboolean zq_resource_unproject (ZqTxn *txn, gint64 id, const char *kind, GError **error);
/* @reason: (out): set when the rows could not be made, which is no error of the transaction. */
gboolean
zq_resource_project (ZqTxn *txn, gint64 id, const ZqResourceKind *kind, gpointer parsed, char **reason, GError **error);
/* From its local text, else the server's. @strict: what cannot be read or shown is an error, else it
 * is counted. */
gboolean zq_resource_reproject (ZqTxn *txn, gint64 id, gboolean strict, GError **error);
/* The local text anew: waiting intents on the server's copy; and its rows. */
gboolean zq_resource_recompute (ZqTxn *txn, gint64 id, GError **error);
/* The row and all that hangs on it. */
gboolean zq_resource_remove (ZqTxn *txn, gint64 id, GError **error);
gboolean zq_resource_set_unreadable (ZqTxn *txn, gint64 id, const char *reason, GError **error);

/* --- outbox.c, push.c ------------------------------------------------------------------------- */

#define ZQ_INTENT_COLUMNS                                                                                              \
  "i.seq, i.kind, i.action, i.target, r.type, r.server_id, r.local_id, i.args, i.basis, i.chain, i.not_before, "       \
  "i.created, i.sent, i.state, i.attempts, i.error, i.policy FROM intent i JOIN resource r ON r.id = i.target "

ZqIntent *zq_intent_new_from_rows (ZqRows *rows);
const ZqIntentRule *zq_store_find_rule (ZqStore *self, const ZqIntent *intent, GError **error);
/* @text with what @intent does to it; @text NULL: a new resource. */
char *zq_intent_apply (ZqTxn *txn, const ZqIntent *intent, const char *text, GError **error);
gboolean zq_intent_creates (ZqDb *db, gint64 seq);
gboolean zq_intent_delete (ZqTxn *txn, const ZqIntent *intent, GError **error);
/* What waited for a name at the hospital may be tried again. */
gboolean zq_intent_wake (ZqTxn *txn, GError **error);
/* What was told to wait by a clock that ran ahead may be tried again. */
gboolean zq_intent_wake_late (ZqTxn *txn, GError **error);
GPtrArray *zq_intent_list_of (ZqDb *db, gint64 target, GError **error);

G_END_DECLS
