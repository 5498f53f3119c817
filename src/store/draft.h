/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "store/txn.h"

G_BEGIN_DECLS

/* What somebody has typed and not sent; @scope is "consult/<row id>", "patient/…". Saved durably.
 * Topic of its changes: "draft", with the scope's row id. @body "": no text, the rest stays; NULL: nothing of it. */
void
zq_draft_save_async (ZqStore *store, const char *scope, const char *body, GAsyncReadyCallback callback, gpointer data);
gboolean zq_draft_save_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* (transfer full); NULL when there is none. */
char *zq_draft_load (ZqDb *db, const char *scope);

/* --- all that is typed of it ------------------------------------------------------------------- */

typedef struct
{
  char *body;
  gint64 quote; /* row id of the message that it answers, or 0 */
  char *reason; /* of a correction, or NULL */
  gint64 tells; /* row id of the Task of the result that it tells, or 0 */
} ZqDraft;

void zq_draft_free (ZqDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqDraft, zq_draft_free)

/* (transfer full); an empty one when there is none. Any connection. */
ZqDraft *zq_draft_read (ZqDb *db, const char *scope);

/* @since: NULL: in place of what is there. Else the body that was there when this one was typed: what a command has put
 * before it meanwhile stays before it. Ends with zq_draft_save_finish(). */
void zq_draft_put_async (ZqStore *store,
                         const char *scope,
                         const ZqDraft *draft,
                         const char *since,
                         GAsyncReadyCallback callback,
                         gpointer data);

/* What came back into @body, which was @since: the words and the end of their line, or NULL. Where @body is something
 * else altogether, all of it: nothing typed is lost. (transfer full) */
char *zq_draft_came_back (const char *body, const char *since);
/* The one before the other, a line each. (transfer full) */
char *zq_draft_join (const char *before, const char *after);

/* In a command's own transaction: beside zq_txn_set_draft(). */
gboolean
zq_txn_set_draft_about (ZqTxn *txn, const char *scope, gint64 quote, const char *reason, gint64 tells, GError **error);

/* --- its files -------------------------------------------------------------------------------- */

typedef struct
{
  char *key; /* of ZqAttachments: "urn:uuid:…" */
  char *name;
  char *content_type;
  gint64 size;
  char *hash;   /* base64 SHA-1 */
  gint64 place; /* among the others; 0: behind them */
} ZqDraftFile;

ZqDraftFile *zq_draft_file_copy (const ZqDraftFile *self);

void zq_draft_file_free (ZqDraftFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqDraftFile, zq_draft_file_free)

/* In the order in which they were added: (element-type ZqDraftFile). Any connection. */
GPtrArray *zq_draft_list_files (ZqDb *db, const char *scope);

/* In a command's own transaction: a reply that is taken back is a draft again, with its files. */
gboolean zq_txn_add_draft_file (ZqTxn *txn, const char *scope, const ZqDraftFile *file, GError **error);

/* @file's key must be HELD (ZQ_STORE_ERROR_STATE). */
void zq_draft_add_file_async (
    ZqStore *store, const char *scope, const ZqDraftFile *file, GAsyncReadyCallback callback, gpointer data);
gboolean zq_draft_add_file_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* The bytes stay, so that zq_draft_add_file_async() can bring it back, until zq_draft_forget_file(). */
void zq_draft_remove_file_async (
    ZqStore *store, const char *scope, const char *key, GAsyncReadyCallback callback, gpointer data);
/* @removed: (out) (optional): FALSE: it had left the draft already. */
gboolean zq_draft_remove_file_finish (ZqStore *store, GAsyncResult *result, gboolean *removed, GError **error);
/* Drops its bytes, unless a draft or something that goes out names it again. What a kill leaves behind goes with the
 * orphans. */
void zq_draft_forget_file (ZqStore *store, const char *key);

G_END_DECLS
