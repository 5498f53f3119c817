/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * ZqListSource:
 *
 * How a lazy list reads; one static struct a kind of list. Keys are row ids, unique in the list.
 */
typedef struct
{
  const char *const
      *topics; /* changes that can touch this list, NULL-terminated; rows of the FIRST topic have the list's keys */

  /* Main thread, by keyset: the first @limit keys in order. */
  gboolean (*first) (ZqDb *db, gpointer query, guint limit, GArray *keys, GError **error);
  /* Main thread: the length, from a maintained counter or a bounded count. */
  guint (*count) (ZqDb *db, gpointer query);
  /* Reader thread: all keys in order. */
  GArray *(*keys) (ZqDb *db, gpointer query, GCancellable *cancellable, GError **error);

  /* A row object that knows its key only ("loaded" FALSE). */
  GObject *(*create) (gint64 key);
  /* Main thread, bounded: fills rows by key (notify as usual); a row that is gone is left alone. */
  void (*load) (ZqStore *store, ZqDb *db, GObject *const *rows, guint n_rows);
} ZqListSource;

#define ZQ_TYPE_LIST (zq_list_get_type ())
G_DECLARE_FINAL_TYPE (ZqList, zq_list, ZQ, LIST, GObject)

/**
 * zq_list_new:
 *
 * A GListModel over a query: first page and length at once, the key array from the reader. Row
 * objects are unique a key while alive; pages of 128 rows, 16 kept. Changes of a commit come as
 * notify of the rows, or as exact small items_changed; a full replacement only by zq_list_set_query().
 * Property "n-new" (uint): keys that came while "hold" (boolean) is TRUE; they are let in at the
 * latest by zq_list_show_new(). Keys that went are taken out at once unless they are "kept"
 * (zq_list_keep): the open row does not vanish under its reader.
 */
ZqList *zq_list_new (ZqStore *store, const ZqListSource *source, gpointer query, GDestroyNotify query_free);
void zq_list_set_query (ZqList *self, gpointer query, GDestroyNotify query_free);

gint64 zq_list_get_key (ZqList *self, guint position); /* 0 outside */
gboolean zq_list_find (ZqList *self, gint64 key, guint *position);
void zq_list_set_hold (ZqList *self, gboolean hold);
void zq_list_show_new (ZqList *self);
void zq_list_keep (ZqList *self, gint64 key); /* 0: none */

/* Whether the whole key array has arrived (property "complete"); until then the list holds its first
 * page, and "total" tells how many there are. */
gboolean zq_list_is_complete (ZqList *self);
/* All that the query has, what is held back included (property "total"). */
guint zq_list_get_total (ZqList *self);

G_END_DECLS
