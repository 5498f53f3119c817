/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "store/txn.h"

G_BEGIN_DECLS

/* What somebody has typed and not sent; @scope is "consult/<row id>", "patient/…". Saved durably.
 * Topic of its changes: "draft", with the scope's row id. @body "": no text, its files stay; NULL: nothing of it. */
void
zq_draft_save_async (ZqStore *store, const char *scope, const char *body, GAsyncReadyCallback callback, gpointer data);
gboolean zq_draft_save_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* (transfer full); NULL when there is none. */
char *zq_draft_load (ZqDb *db, const char *scope);

/* --- its files -------------------------------------------------------------------------------- */

typedef struct
{
  char *key; /* of ZqAttachments: "urn:uuid:…" */
  char *name;
  char *content_type;
  gint64 size;
  char *hash; /* base64 SHA-1 */
} ZqDraftFile;

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

/* The bytes are dropped too. */
void zq_draft_remove_file_async (
    ZqStore *store, const char *scope, const char *key, GAsyncReadyCallback callback, gpointer data);
gboolean zq_draft_remove_file_finish (ZqStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
