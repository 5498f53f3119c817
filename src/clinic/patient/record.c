/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/record.h"

#include "clinic/patient/record-row.h"
#include "rules/context.h"
#include "store/fields.h"

#include <string.h>

typedef struct
{
  gint64 key, loaded, kind, at, precision, state, flag, first_of_day, is_new;
  char *title, *detail, *status, *visit;
} Values;

struct _ZqRecordItem
{
  GObject parent_instance;

  /* owned */
  Values values;
};

G_DEFINE_FINAL_TYPE (ZqRecordItem, zq_record_item, G_TYPE_OBJECT)

#define FIELD(name, type, member)                                                                                      \
  {                                                                                                                    \
    name, type, G_STRUCT_OFFSET (Values, member)                                                                       \
  }

static const ZqField fields[] = {
  FIELD ("key", 'x', key),       FIELD ("loaded", 'b', loaded),       FIELD ("kind", 'i', kind),
  FIELD ("at", 'x', at),         FIELD ("precision", 'i', precision), FIELD ("title", 's', title),
  FIELD ("detail", 's', detail), FIELD ("status", 's', status),       FIELD ("state", 'i', state),
  FIELD ("flag", 'i', flag),     FIELD ("visit", 's', visit),         FIELD ("first-of-day", 'b', first_of_day),
  FIELD ("is-new", 'b', is_new),
};

static void
zq_record_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  zq_fields_get (fields, G_N_ELEMENTS (fields), &ZQ_RECORD_ITEM (object)->values, prop_id, value);
}

static void
zq_record_item_finalize (GObject *object)
{
  zq_fields_clear (fields, G_N_ELEMENTS (fields), &ZQ_RECORD_ITEM (object)->values);
  G_OBJECT_CLASS (zq_record_item_parent_class)->finalize (object);
}

static void
zq_record_item_class_init (ZqRecordItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_record_item_get_property;
  object_class->finalize = zq_record_item_finalize;
  zq_fields_install (object_class, fields, G_N_ELEMENTS (fields));
}

static void
zq_record_item_init (ZqRecordItem *self)
{
}

gint64
zq_record_item_get_key (ZqRecordItem *self)
{
  return self->values.key;
}

ZqRecordState
zq_record_state (const char *status)
{
  static const struct
  {
    const char *status;
    ZqRecordState state;
  } table[] = {
    { "final", ZQ_RECORD_FINAL },
    { "completed", ZQ_RECORD_FINAL },
    { "finished", ZQ_RECORD_FINAL },
    { "active", ZQ_RECORD_FINAL },
    { "current", ZQ_RECORD_FINAL },
    { "registered", ZQ_RECORD_UNFINISHED },
    { "partial", ZQ_RECORD_UNFINISHED },
    { "preliminary", ZQ_RECORD_UNFINISHED },
    { "planned", ZQ_RECORD_UNFINISHED },
    { "arrived", ZQ_RECORD_UNFINISHED },
    { "triaged", ZQ_RECORD_UNFINISHED },
    { "onleave", ZQ_RECORD_UNFINISHED },
    { "preparation", ZQ_RECORD_UNFINISHED },
    { "in-progress", ZQ_RECORD_UNFINISHED },
    { "intended", ZQ_RECORD_UNFINISHED },
    { "draft", ZQ_RECORD_UNFINISHED },
    { "on-hold", ZQ_RECORD_UNFINISHED },
    { "amended", ZQ_RECORD_CHANGED },
    { "corrected", ZQ_RECORD_CHANGED },
    { "appended", ZQ_RECORD_CHANGED },
    { "superseded", ZQ_RECORD_CHANGED },
    { "cancelled", ZQ_RECORD_CANCELLED },
    { "stopped", ZQ_RECORD_CANCELLED },
    { "not-done", ZQ_RECORD_CANCELLED },
    { "not-taken", ZQ_RECORD_CANCELLED },
    { "entered-in-error", ZQ_RECORD_ERROR },
  };

  for (guint i = 0; status != NULL && i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (status, table[i].status))
      return table[i].state;

  return ZQ_RECORD_UNCERTAIN;
}

/* --- rows --------------------------------------------------------------------------------------- */

static gint64
known_or_0 (gint64 at)
{
  return at != ZQ_RECORD_UNDATED ? at : 0;
}

typedef struct
{
  gint64 patient;
  ZqRecordKind kind;
  char *words;
} Query;

static void
query_free (gpointer data)
{
  Query *self = data;

  g_free (self->words);
  g_free (self);
}

/* The day of the item that stands above: of the whole timeline, so that it is one lookup. */
#define ITEM_SQL                                                                                                       \
  "SELECT i.kind, i.at, i.precision, i.title, i.detail, i.status, i.state, i.flag,"                                    \
  "  coalesce (v.title, ''), i.changed > coalesce (l.at, ?2),"                                                         \
  "  (SELECT b.at FROM record_item b WHERE b.patient = i.patient AND NOT b.hidden AND (b.at, b.id) > (i.at, i.id)"     \
  "     ORDER BY b.at, b.id LIMIT 1)"                                                                                  \
  " FROM record_item i LEFT JOIN record_item v ON v.id = i.encounter LEFT JOIN record_looked l ON l.patient = "        \
  "i.patient"                                                                                                          \
  " WHERE i.id = ?1"

static void
list_load (ZqStore *store, ZqDb *db, GObject *const *objects, guint n)
{
  const ZqContext *context = zq_store_get_context (store);

  for (guint i = 0; i < n; i++)
    {
      ZqRecordItem *self = ZQ_RECORD_ITEM (objects[i]);
      Values fresh = { .key = self->values.key, .loaded = TRUE };
      g_autoptr (ZqRows) rows = zq_db_query (db, NULL, ITEM_SQL, "ii", self->values.key, G_MAXINT64);
      gint64 at;

      if (rows == NULL || !zq_rows_next (rows, NULL))
        continue;
      fresh.kind = zq_rows_int (rows, 0);
      at = zq_rows_int (rows, 1);
      fresh.at = known_or_0 (at);
      fresh.precision = zq_rows_int (rows, 2);
      fresh.title = g_strdup (zq_rows_text (rows, 3));
      fresh.detail = g_strdup (zq_rows_text (rows, 4));
      fresh.status = g_strdup (zq_rows_text (rows, 5));
      fresh.state = zq_rows_int (rows, 6);
      fresh.flag = zq_rows_int (rows, 7);
      fresh.visit = *zq_rows_text (rows, 8) != '\0' ? g_strdup (zq_rows_text (rows, 8)) : NULL;
      fresh.is_new = zq_rows_int (rows, 9);
      fresh.first_of_day = zq_rows_is_null (rows, 10) ||
                           zq_day_number (at, context->zone) != zq_day_number (zq_rows_int (rows, 10), context->zone);
      zq_fields_update (G_OBJECT (self), fields, G_N_ELEMENTS (fields), &self->values, &fresh);
    }
}

static GObject *
list_create (gint64 key)
{
  ZqRecordItem *self = g_object_new (ZQ_TYPE_RECORD_ITEM, NULL);

  self->values.key = key;

  return G_OBJECT (self);
}

/* --- the list ----------------------------------------------------------------------------------- */

static gboolean
take_keys (ZqRows *rows, GArray *keys, GError **error)
{
  GError *local = NULL;

  while (rows != NULL && zq_rows_next (rows, &local))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  if (local != NULL)
    g_propagate_error (error, local);

  return rows != NULL && local == NULL;
}

static gboolean
read_keys (ZqDb *db, const Query *query, guint limit, GArray *keys, GError **error)
{
  g_autoptr (ZqRows) rows = NULL;

  if (query->words != NULL)
    rows = zq_db_query (db, error,
                        "SELECT id FROM record_item WHERE id IN (SELECT CASE hidden WHEN 0 THEN id ELSE hidden END"
                        "   FROM record_item WHERE patient = ?1"
                        "   AND (instr (lower (title), ?3) OR instr (lower (detail), ?3)))"
                        " AND patient = ?1 AND NOT hidden AND (?2 = 0 OR kind = ?2)"
                        " ORDER BY at DESC, id DESC LIMIT ?4",
                        "iisi", query->patient, (gint64)query->kind, query->words, (gint64)limit);
  else if (query->kind != ZQ_RECORD_ALL)
    rows = zq_db_query (db, error,
                        "SELECT id FROM record_item WHERE patient = ? AND kind = ? AND NOT hidden"
                        " ORDER BY at DESC, id DESC LIMIT ?",
                        "iii", query->patient, (gint64)query->kind, (gint64)limit);
  else
    rows = zq_db_query (db, error,
                        "SELECT id FROM record_item WHERE patient = ? AND NOT hidden ORDER BY at DESC, id DESC LIMIT ?",
                        "ii", query->patient, (gint64)limit);

  return take_keys (rows, keys, error);
}

/* Words are looked for by the reader alone: that is a walk over one patient. */
static gboolean
list_first (ZqDb *db, gpointer data, guint limit, GArray *keys, GError **error)
{
  const Query *query = data;

  return query->words != NULL || read_keys (db, query, limit, keys, error);
}

static GArray *
list_keys (ZqDb *db, gpointer query, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  return read_keys (db, query, G_MAXINT32, keys, error) ? g_steal_pointer (&keys) : NULL;
}

void
zq_record_get_counts (ZqDb *db, gint64 patient, guint counts[ZQ_RECORD_N_KINDS])
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL, "SELECT kind, n FROM record_count WHERE patient = ?", "i", patient);

  memset (counts, 0, sizeof (guint) * ZQ_RECORD_N_KINDS);
  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 kind = zq_rows_int (rows, 0);

      if (kind <= 0 || kind >= ZQ_RECORD_N_KINDS)
        continue;
      counts[kind] = (guint)MAX (zq_rows_int (rows, 1), 0);
      counts[ZQ_RECORD_ALL] += counts[kind];
    }
}

/* With words it is the most that there can be, until the reader has looked. */
static guint
list_count (ZqDb *db, gpointer data)
{
  const Query *query = data;
  guint counts[ZQ_RECORD_N_KINDS];

  zq_record_get_counts (db, query->patient, counts);

  return counts[query->kind];
}

static const char *const topics[] = { "record", "record-looked", NULL };

static const ZqListSource source = {
  .topics = topics,
  .first = list_first,
  .count = list_count,
  .keys = list_keys,
  .create = list_create,
  .load = list_load,
};

ZqList *
zq_record_list_new (ZqStore *store, gint64 patient, ZqRecordKind kind, const char *words)
{
  Query *query = g_new0 (Query, 1);

  query->patient = patient;
  query->kind = kind < ZQ_RECORD_N_KINDS ? kind : ZQ_RECORD_ALL;
  query->words = words != NULL && *words != '\0' ? g_utf8_strdown (words, -1) : NULL;

  return zq_list_new (store, &source, query, query_free);
}

/* --- the whole record --------------------------------------------------------------------------- */

void
zq_record_get_span (ZqDb *db, gint64 patient, gint64 *first, gint64 *last)
{
  *first = *last = 0;
  zq_db_get_int (db, first, NULL,
                 "SELECT at FROM record_item WHERE patient = ? AND NOT hidden AND at > ? ORDER BY at LIMIT 1", "ii",
                 patient, ZQ_RECORD_UNDATED);
  zq_db_get_int (db, last, NULL,
                 "SELECT at FROM record_item WHERE patient = ? AND NOT hidden AND at > ? ORDER BY at DESC LIMIT 1",
                 "ii", patient, ZQ_RECORD_UNDATED);
}

gint64
zq_record_find (ZqDb *db, gint64 patient, ZqRecordKind kind, gint64 until)
{
  gint64 key = 0;

  if (kind == ZQ_RECORD_ALL)
    zq_db_get_int (db, &key, NULL,
                   "SELECT id FROM record_item WHERE patient = ? AND NOT hidden AND at > ? AND at <= ?"
                   " ORDER BY at DESC, id DESC LIMIT 1",
                   "iii", patient, ZQ_RECORD_UNDATED, until);
  else
    zq_db_get_int (db, &key, NULL,
                   "SELECT id FROM record_item WHERE patient = ? AND kind = ? AND NOT hidden AND at > ? AND at <= ?"
                   " ORDER BY at DESC, id DESC LIMIT 1",
                   "iiii", patient, (gint64)kind, ZQ_RECORD_UNDATED, until);

  return key;
}

void
zq_record_now_free (ZqRecordNow *self)
{
  g_free (self->title);
  g_free (self->detail);
  g_free (self);
}

GPtrArray *
zq_record_list_now (ZqDb *db, gint64 patient, ZqRecordKind kind, guint limit)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_record_now_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT id, at, title, detail FROM record_item WHERE patient = ? AND kind = ? AND NOT hidden"
                   " AND active ORDER BY at DESC, id DESC LIMIT ?",
                   "iii", patient, (gint64)kind, (gint64)limit);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      ZqRecordNow *one = g_new0 (ZqRecordNow, 1);

      one->key = zq_rows_int (rows, 0);
      one->at = known_or_0 (zq_rows_int (rows, 1));
      one->title = g_strdup (zq_rows_text (rows, 2));
      one->detail = g_strdup (zq_rows_text (rows, 3));
      g_ptr_array_add (all, one);
    }

  return all;
}

static gboolean
write_looked (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 patient = *(gint64 *)data;

  zq_txn_changed (txn, "record-looked", patient, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "INSERT OR REPLACE INTO record_looked (patient, at) VALUES (?, ?)", "ii",
                     patient, zq_txn_now (txn));
}

void
zq_record_looked_async (ZqStore *store, gint64 patient, GAsyncReadyCallback callback, gpointer data)
{
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, write_looked, g_memdup2 (&patient, sizeof patient), g_free, callback,
                        data);
}

gboolean
zq_record_looked_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}
