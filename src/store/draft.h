/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* What somebody has typed and not sent; @scope is "consult/<row id>", "patient/…". Saved durably.
 * Topic of its changes: "draft", with the scope's row id. */
void
zq_draft_save_async (ZqStore *store, const char *scope, const char *body, GAsyncReadyCallback callback, gpointer data);
gboolean zq_draft_save_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* (transfer full); NULL when there is none. */
char *zq_draft_load (ZqDb *db, const char *scope);

G_END_DECLS
