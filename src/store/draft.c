/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/draft.h"

#include "store/txn.h"

typedef struct
{
  char *scope;
  char *body;
} Draft;

static void
draft_free (Draft *draft)
{
  g_free (draft->scope);
  g_free (draft->body);
  g_free (draft);
}

static gboolean
save_draft (ZqTxn *txn, gpointer data, GError **error)
{
  Draft *draft = data;

  return zq_txn_set_draft (txn, draft->scope, draft->body, error);
}

void
zq_draft_save_async (ZqStore *store, const char *scope, const char *body, GAsyncReadyCallback callback, gpointer data)
{
  Draft *draft = g_new0 (Draft, 1);

  draft->scope = g_strdup (scope);
  draft->body = g_strdup (body);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, save_draft, draft, (GDestroyNotify)draft_free, callback, data);
}

gboolean
zq_draft_save_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}

char *
zq_draft_load (ZqDb *db, const char *scope)
{
  return zq_db_get_text (db, NULL, "SELECT body FROM draft WHERE scope = ?", "s", scope);
}
