/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/consult.h"
#include "clinic/consult/rules.h"
#include "clinic/patient/codec.h"
#include "resource/datetime.h"
#include "store/fields.h"

typedef struct
{
  gint64 key, loaded, patient_id, sex, age_years, due, overdue, urgent, unread, n_pictures, n_voices, n_results,
      has_draft, send_failed, waiting, last_at, in_pool, mine, final;
  char *name, *complaint, *kind, *status, *snippet, *assigned_to;
} Values;

struct _ZqConsultRow
{
  GObject parent_instance;

  /* owned */
  Values values;
};

G_DEFINE_FINAL_TYPE (ZqConsultRow, zq_consult_row, G_TYPE_OBJECT)

#define FIELD(name, type, member)                                                                                      \
  {                                                                                                                    \
    name, type, G_STRUCT_OFFSET (Values, member)                                                                       \
  }

static const ZqField fields[] = {
  FIELD ("key", 'x', key),
  FIELD ("loaded", 'b', loaded),
  FIELD ("patient-id", 'x', patient_id),
  FIELD ("name", 's', name),
  FIELD ("sex", 'i', sex),
  FIELD ("age-years", 'i', age_years),
  FIELD ("complaint", 's', complaint),
  FIELD ("kind", 's', kind),
  FIELD ("status", 's', status),
  FIELD ("due", 'x', due),
  FIELD ("overdue", 'b', overdue),
  FIELD ("urgent", 'b', urgent),
  FIELD ("unread", 'u', unread),
  FIELD ("n-pictures", 'u', n_pictures),
  FIELD ("n-voices", 'u', n_voices),
  FIELD ("n-results", 'u', n_results),
  FIELD ("has-draft", 'b', has_draft),
  FIELD ("send-failed", 'b', send_failed),
  FIELD ("waiting", 'b', waiting),
  FIELD ("last-at", 'x', last_at),
  FIELD ("snippet", 's', snippet),
  FIELD ("assigned-to", 's', assigned_to),
  FIELD ("in-pool", 'b', in_pool),
  FIELD ("mine", 'b', mine),
  FIELD ("final", 'b', final),
};

static void
zq_consult_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  zq_fields_get (fields, G_N_ELEMENTS (fields), &ZQ_CONSULT_ROW (object)->values, prop_id, value);
}

static void
zq_consult_row_finalize (GObject *object)
{
  zq_fields_clear (fields, G_N_ELEMENTS (fields), &ZQ_CONSULT_ROW (object)->values);
  G_OBJECT_CLASS (zq_consult_row_parent_class)->finalize (object);
}

static void
zq_consult_row_class_init (ZqConsultRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_consult_row_get_property;
  object_class->finalize = zq_consult_row_finalize;
  zq_fields_install (object_class, fields, G_N_ELEMENTS (fields));
}

static void
zq_consult_row_init (ZqConsultRow *self)
{
  self->values.age_years = -1;
}

gint64
zq_consult_row_get_key (ZqConsultRow *self)
{
  return self->values.key;
}

gint64
zq_consult_row_get_patient_id (ZqConsultRow *self)
{
  return self->values.patient_id;
}

/* --- loading ---------------------------------------------------------------------------------- */

static void
read_row (ZqRows *rows, const ZqContext *context, Values *v)
{
  const char *name = zq_rows_text (rows, 1);

  v->loaded = TRUE;
  v->patient_id = zq_rows_int (rows, 0);
  v->name = g_strdup (name != NULL ? name : "—");
  v->sex = zq_rows_int (rows, 2);
  v->age_years = zq_age_years (zq_rows_text (rows, 3), zq_clock_now (context->clock), context->zone);
  v->complaint = g_strdup (zq_rows_text (rows, 4));
  v->kind = g_strdup (zq_rows_text (rows, 5));
  v->status = g_strdup (zq_rows_text (rows, 6));
  v->due = zq_rows_int (rows, 7);
  v->overdue = zq_rows_int (rows, 8);
  v->urgent = !zq_rows_int (rows, 9);
  v->unread = zq_rows_int (rows, 10);
  v->n_pictures = zq_rows_int (rows, 11);
  v->n_voices = zq_rows_int (rows, 12);
  v->n_results = zq_rows_int (rows, 13);
  v->last_at = zq_rows_int (rows, 14);
  v->snippet = zq_codec_one_line (zq_rows_text (rows, 15));
  v->in_pool = zq_rows_int (rows, 16);
  v->mine = zq_rows_int (rows, 17);
  v->final = zq_rows_int (rows, 18);
  v->has_draft = zq_rows_int (rows, 19);
  v->waiting = zq_rows_int (rows, 20) > 0;
  v->send_failed = zq_rows_int (rows, 21) > 0;
  v->assigned_to = g_strdup (zq_rows_text (rows, 22));
}

/* See zq_chain_consult(). */
#define IN_CHAINS                                                                                                      \
  "(i.chain IN ('consult/' || c.id, 'note/' || c.id)"                                                                  \
  " OR (i.chain > '" ZQ_CHAIN_MEND "' || c.id || '/' AND i.chain < '" ZQ_CHAIN_MEND "' || c.id || '0'))"

static void
load_row (ZqDb *db, const ZqContext *context, ZqConsultRow *self)
{
  Values fresh = { .key = self->values.key };
  g_autoptr (ZqRows) rows = NULL;

  /* Drafts and intents are asked for where they lie: one index step each. */
  rows =
      zq_db_query (db, NULL,
                   "SELECT c.patient, p.name, p.sex, p.birth, c.complaint, c.code, c.status, s.due, s.overdue, s.calm,"
                   "  s.unread, s.n_pictures, s.n_voices, s.n_results, s.last_at,"
                   "  (SELECT substr (m.text, 1, 200) FROM message m WHERE m.id = s.last_message),"
                   "  c.in_pool, c.mine, c.final,"
                   "  EXISTS (SELECT 1 FROM draft d WHERE d.scope IN ('consult/' || c.id, 'note/' || c.id))"
                   "  OR EXISTS (SELECT 1 FROM draft_file f WHERE f.scope = 'consult/' || c.id),"
                   "  (SELECT count (*) FROM intent i WHERE " IN_CHAINS " AND i.state < 2),"
                   "  (SELECT count (*) FROM intent i WHERE " IN_CHAINS " AND i.state >= 2),"
                   "  iif (c.mine OR c.in_pool, NULL, (SELECT o.name FROM person o WHERE o.id = c.owner))"
                   " FROM consult c JOIN consult_summary s ON s.id = c.id LEFT JOIN patient p ON p.id = c.patient"
                   " WHERE c.id = ?",
                   "i", self->values.key);
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return;
  read_row (rows, context, &fresh);
  zq_fields_update (G_OBJECT (self), fields, G_N_ELEMENTS (fields), &self->values, &fresh);
}

static void
list_load (ZqStore *store, ZqDb *db, GObject *const *objects, guint n)
{
  for (guint i = 0; i < n; i++)
    load_row (db, zq_store_get_context (store), ZQ_CONSULT_ROW (objects[i]));
}

static GObject *
list_create (gint64 key)
{
  ZqConsultRow *self = g_object_new (ZQ_TYPE_CONSULT_ROW, NULL);

  self->values.key = key;

  return G_OBJECT (self);
}

/* --- the list --------------------------------------------------------------------------------- */

/* Each by the partial index of its view. */
static const char *const queries[ZQ_N_VIEWS] = {
  [ZQ_VIEW_WAITING_FOR_ME] =
      "SELECT id FROM consult_summary WHERE views & 1 ORDER BY calm, due_key, authored, id LIMIT ?",
  [ZQ_VIEW_URGENT] = "SELECT id FROM consult_summary WHERE views & 2 ORDER BY calm, due_key, authored, id LIMIT ?",
  [ZQ_VIEW_OVERDUE] = "SELECT id FROM consult_summary WHERE views & 4 ORDER BY calm, due_key, authored, id LIMIT ?",
  [ZQ_VIEW_RESULTS] = "SELECT id FROM consult_summary WHERE views & 8 ORDER BY calm, due_key, authored, id LIMIT ?",
  [ZQ_VIEW_WAITING_FOR_PATIENT] =
      "SELECT id FROM consult_summary WHERE views & 16 ORDER BY calm, due_key, authored, id LIMIT ?",
  [ZQ_VIEW_POOL] = "SELECT id FROM consult_summary WHERE views & 32 ORDER BY calm, due_key, authored, id LIMIT ?",
  [ZQ_VIEW_CLOSED] = "SELECT id FROM consult_summary WHERE views & 64 ORDER BY last_at DESC, id DESC LIMIT ?",
};

static gboolean
list_first (ZqDb *db, gpointer query, guint limit, GArray *keys, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, error, queries[GPOINTER_TO_UINT (query)], "i", (gint64)limit);

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      gint64 key = zq_rows_int (rows, 0);

      g_array_append_val (keys, key);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static GArray *
list_keys (ZqDb *db, gpointer query, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (gint64));

  return list_first (db, query, G_MAXINT32, keys, error) ? g_steal_pointer (&keys) : NULL;
}

static guint
list_count (ZqDb *db, gpointer query)
{
  gint64 n = 0;

  zq_db_get_int (db, &n, NULL, "SELECT n FROM consult_count WHERE view = ?", "i", (gint64)GPOINTER_TO_UINT (query));

  return (guint)MAX (n, 0);
}

static const char *const topics[] = { "consult", "draft", "outbox", "patient", NULL };

static const ZqListSource source = {
  .topics = topics,
  .first = list_first,
  .count = list_count,
  .keys = list_keys,
  .create = list_create,
  .load = list_load,
};

ZqList *
zq_consult_list_new (ZqStore *store, ZqView view)
{
  g_return_val_if_fail (view < ZQ_N_VIEWS, NULL);

  return zq_list_new (store, &source, GUINT_TO_POINTER (view), NULL);
}

void
zq_consult_list_set_view (ZqList *list, ZqView view)
{
  g_return_if_fail (view < ZQ_N_VIEWS);

  zq_list_set_query (list, GUINT_TO_POINTER (view), NULL);
}

gboolean
zq_consult_count_views (ZqDb *db, guint counts[ZQ_N_VIEWS], GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = NULL;

  for (guint i = 0; i < ZQ_N_VIEWS; i++)
    counts[i] = 0;
  rows = zq_db_query (db, error, "SELECT view, n FROM consult_count", "");
  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    if (zq_rows_int (rows, 0) >= 0 && zq_rows_int (rows, 0) < ZQ_N_VIEWS)
      counts[zq_rows_int (rows, 0)] = (guint)MAX (zq_rows_int (rows, 1), 0);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}
