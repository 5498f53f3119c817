/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/list.h"

#include "store/list-diff.h"

#define PAGE      128
#define MAX_PAGES 16
#define MAX_SPANS 64

typedef struct
{
  gpointer query;
  GDestroyNotify free;
} Query;

/* A row object that somebody holds. */
typedef struct
{
  ZqList *list;
  gint64 key;
  GObject *row; /* weak */
  gboolean queued;
} Entry;

struct _ZqList
{
  GObject parent_instance;

  /* borrowed */
  const ZqListSource *source;

  /* owned */
  ZqStore *store;
  Query *query; /* shared with the reader */

  GArray *keys;      /* what is announced */
  GArray *latest;    /* what the reader has last read; NULL: not yet */
  GHashTable *alive; /* key → Entry */
  GQueue pages;      /* GPtrArray of rows, newest first */
  GQueue to_load;    /* Entry */
  GSource *loading;
  GCancellable *reading;
  gboolean outdated; /* something changed while the reader was at it */

  /* while items-changed is told, its listeners may ask for more */
  guint generation; /* of the query */
  gboolean showing;
  gboolean show_again;
  gboolean let_in;

  guint total;
  guint n_new;
  gboolean is_latest; /* what is announced is what was last read: none is held back, none kept that is gone */
  gboolean hold;
  gint64 keep;
};

enum
{
  PROP_0,
  PROP_COMPLETE,
  PROP_HOLD,
  PROP_N_NEW,
  PROP_TOTAL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void zq_list_model_init (GListModelInterface *iface);
static void read_keys (ZqList *self);

G_DEFINE_TYPE_WITH_CODE (ZqList, zq_list, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, zq_list_model_init))

static void
query_clear (gpointer data)
{
  Query *query = data;

  if (query->free != NULL)
    query->free (query->query);
}

static void
query_unref (Query *query)
{
  g_atomic_rc_box_release_full (query, query_clear);
}

/* --- row objects ------------------------------------------------------------------------------ */

static void
on_row_gone (gpointer data, GObject *row)
{
  Entry *entry = data;
  ZqList *self = entry->list;

  if (entry->queued)
    g_queue_remove (&self->to_load, entry);
  g_hash_table_remove (self->alive, &entry->key);
}

static void
forget_entries (ZqList *self)
{
  GHashTableIter iter;
  Entry *entry;

  g_queue_clear (&self->to_load);
  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    {
      g_object_weak_unref (entry->row, on_row_gone, entry);
      g_hash_table_iter_remove (&iter);
    }
}

/* (transfer full) */
static GObject *
get_row (ZqList *self, gint64 key, Entry **entry)
{
  *entry = g_hash_table_lookup (self->alive, &key);
  if (*entry != NULL)
    return g_object_ref ((*entry)->row);

  *entry = g_new0 (Entry, 1);
  (*entry)->list = self;
  (*entry)->key = key;
  (*entry)->row = self->source->create (key);
  g_object_weak_ref ((*entry)->row, on_row_gone, *entry);
  g_hash_table_insert (self->alive, &(*entry)->key, *entry);

  return (*entry)->row;
}

static void
load_some (ZqList *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  ZqDb *db = zq_store_get_main_db (self->store);
  Entry *entry;

  while (rows->len < PAGE && (entry = g_queue_pop_head (&self->to_load)) != NULL)
    {
      entry->queued = FALSE;
      g_ptr_array_add (rows, g_object_ref (entry->row));
    }

  if (db != NULL && rows->len > 0)
    self->source->load (self->store, db, (GObject *const *)rows->pdata, rows->len);
}

static gboolean
on_loading (gpointer data)
{
  g_autoptr (ZqList) self = g_object_ref (data);

  load_some (self);
  if (!g_queue_is_empty (&self->to_load))
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->loading, g_source_unref);

  return G_SOURCE_REMOVE;
}

static void
stop_loading (ZqList *self)
{
  if (self->loading == NULL)
    return;

  g_source_destroy (self->loading);
  g_clear_pointer (&self->loading, g_source_unref);
}

static void
queue_load (ZqList *self, Entry *entry)
{
  if (entry->queued)
    return;

  entry->queued = TRUE;
  g_queue_push_tail (&self->to_load, entry);
  if (self->loading != NULL)
    return;

  self->loading = g_idle_source_new ();
  g_source_set_priority (self->loading, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->loading, on_loading, self, NULL);
  g_source_attach (self->loading, g_main_context_get_thread_default ());
}

/* The rows around @position, which stay for a while and are soon filled. */
static void
open_page (ZqList *self, guint position)
{
  guint start = position / PAGE * PAGE;
  guint end = MIN (start + PAGE, self->keys->len);
  GPtrArray *page = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = start; i < end; i++)
    {
      gint64 key = g_array_index (self->keys, gint64, i);
      gboolean known = g_hash_table_contains (self->alive, &key);
      Entry *entry;

      g_ptr_array_add (page, get_row (self, key, &entry));
      if (!known)
        queue_load (self, entry);
    }

  g_queue_push_head (&self->pages, page);
  if (g_queue_get_length (&self->pages) > MAX_PAGES)
    g_ptr_array_unref (g_queue_pop_tail (&self->pages));
}

/* --- membership and order --------------------------------------------------------------------- */

static void
set_number (ZqList *self, guint *number, guint value, guint property)
{
  if (*number == value)
    return;

  *number = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
carry_out (ZqList *self, const ZqListSpan *span, const GArray *target)
{
  if (span->removed > 0)
    g_array_remove_range (self->keys, span->position, span->removed);
  else
    g_array_insert_vals (self->keys, span->position, &g_array_index (target, gint64, span->position), span->added);

  g_list_model_items_changed (G_LIST_MODEL (self), span->position, span->removed, span->added);
}

/* FALSE: a listener has asked for another query. */
static gboolean
show_once (ZqList *self, gboolean hold)
{
  guint generation = self->generation;
  g_autoptr (GArray) target = NULL;
  g_autoptr (GArray) spans = NULL;
  guint n_new = 0;

  target = zq_list_diff_target (self->keys, self->latest, hold, self->keep, &n_new);
  spans = zq_list_diff (self->keys, target, MAX_SPANS);
  for (guint i = 0; i < spans->len; i++)
    {
      carry_out (self, &g_array_index (spans, ZqListSpan, i), target);
      if (self->generation != generation)
        return FALSE;
    }

  self->is_latest = n_new == 0 && self->keys->len == self->latest->len;
  set_number (self, &self->n_new, n_new, PROP_N_NEW);

  return self->generation == generation;
}

static void
show_latest (ZqList *self, gboolean hold)
{
  g_autoptr (ZqList) alive = g_object_ref (self);
  gboolean more = TRUE;

  self->show_again = TRUE;
  self->let_in |= !hold;
  if (self->showing)
    return;

  self->showing = TRUE;
  while (more && self->show_again)
    {
      gboolean let_in = self->let_in;

      self->show_again = FALSE;
      self->let_in = FALSE;
      more = show_once (self, !let_in);
    }
  self->showing = FALSE;
}

typedef struct
{
  const ZqListSource *source;
  Query *query;
} Reading;

static void
reading_free (Reading *reading)
{
  query_unref (reading->query);
  g_free (reading);
}

static gpointer
run_reading (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Reading *reading = data;

  return reading->source->keys (db, reading->query->query, cancellable, error);
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = zq_store_read_finish (ZQ_STORE (source), result, &error);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  gboolean first = self->latest == NULL;

  /* Another query is read, or the list is going. */
  if (self->reading != cancellable)
    return;

  g_clear_object (&self->reading);
  if (keys == NULL)
    {
      if (error != NULL && !g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED))
        g_warning ("A list could not be read: %s", error->message);
      return;
    }

  g_clear_pointer (&self->latest, g_array_unref);
  self->latest = g_steal_pointer (&keys);
  self->is_latest = FALSE;
  show_latest (self, self->hold && !first);
  if (self->latest == NULL) /* a listener has asked for another query */
    return;
  set_number (self, &self->total, self->latest->len, PROP_TOTAL);
  if (first)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);

  if (self->outdated && self->reading == NULL)
    read_keys (self);
}

static void
read_keys (ZqList *self)
{
  Reading *reading;

  self->outdated = self->reading != NULL;
  if (self->reading != NULL)
    return;

  reading = g_new0 (Reading, 1);
  reading->source = self->source;
  reading->query = g_atomic_rc_box_acquire (self->query);
  self->reading = g_cancellable_new ();
  zq_store_read_async (self->store, run_reading, reading, (GDestroyNotify)reading_free, (GDestroyNotify)g_array_unref,
                       self->reading, on_keys, g_object_ref (self));
}

static void
stop_reading (ZqList *self)
{
  g_autoptr (GCancellable) reading = g_steal_pointer (&self->reading);

  if (reading != NULL)
    g_cancellable_cancel (reading);
}

/* --- changes ---------------------------------------------------------------------------------- */

typedef struct
{
  ZqList *list;
  gboolean own_keys;
  gboolean order;
  gboolean all;
} Touched;

static void
on_row_changed (const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags, gpointer data)
{
  Touched *touched = data;
  Entry *entry;

  if (flags & ZQ_CHANGE_ORDER)
    touched->order = TRUE;

  if (!touched->own_keys || row == 0)
    {
      touched->all = TRUE;
      return;
    }
  entry = g_hash_table_lookup (touched->list->alive, &row);
  if (entry != NULL)
    queue_load (touched->list, entry);
}

static void
reload_all (ZqList *self)
{
  GHashTableIter iter;
  Entry *entry;

  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    queue_load (self, entry);
}

static void
on_changed (ZqStore *store, ZqChanges *changes, ZqList *self)
{
  const char *const *topics = self->source->topics;
  Touched touched = { .list = self };

  for (guint i = 0; topics[i] != NULL; i++)
    {
      touched.own_keys = i == 0;
      zq_changes_foreach (changes, topics[i], on_row_changed, &touched);
      if (zq_changes_is_collapsed (changes, topics[i]))
        touched.order = touched.all = TRUE;
    }

  if (touched.all)
    reload_all (self);
  if (touched.order)
    read_keys (self);
}

/* --- GListModel ------------------------------------------------------------------------------- */

static GType
zq_list_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
zq_list_get_n_items (GListModel *model)
{
  return ZQ_LIST (model)->keys->len;
}

static gpointer
zq_list_get_item (GListModel *model, guint position)
{
  ZqList *self = ZQ_LIST (model);
  gint64 key = zq_list_get_key (self, position);
  Entry *entry;

  if (key == 0)
    return NULL;
  if (!g_hash_table_contains (self->alive, &key))
    open_page (self, position);

  return get_row (self, key, &entry);
}

static void
zq_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = zq_list_get_item_type;
  iface->get_n_items = zq_list_get_n_items;
  iface->get_item = zq_list_get_item;
}

/* --- GObject ---------------------------------------------------------------------------------- */

static void
zq_list_dispose (GObject *object)
{
  ZqList *self = ZQ_LIST (object);

  stop_reading (self);
  stop_loading (self);

  G_OBJECT_CLASS (zq_list_parent_class)->dispose (object);
}

static void
zq_list_finalize (GObject *object)
{
  ZqList *self = ZQ_LIST (object);

  forget_entries (self);
  g_queue_clear_full (&self->pages, (GDestroyNotify)g_ptr_array_unref);
  g_clear_pointer (&self->alive, g_hash_table_unref);
  g_clear_pointer (&self->keys, g_array_unref);
  g_clear_pointer (&self->latest, g_array_unref);
  g_clear_pointer (&self->query, query_unref);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (zq_list_parent_class)->finalize (object);
}

static void
zq_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqList *self = ZQ_LIST (object);

  switch (id)
    {
    case PROP_COMPLETE:
      g_value_set_boolean (value, zq_list_is_complete (self));
      break;
    case PROP_HOLD:
      g_value_set_boolean (value, self->hold);
      break;
    case PROP_N_NEW:
      g_value_set_uint (value, self->n_new);
      break;
    case PROP_TOTAL:
      g_value_set_uint (value, self->total);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zq_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_HOLD:
      zq_list_set_hold (ZQ_LIST (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
zq_list_class_init (ZqListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = zq_list_dispose;
  object_class->finalize = zq_list_finalize;
  object_class->get_property = zq_list_get_property;
  object_class->set_property = zq_list_set_property;

  properties[PROP_COMPLETE] =
      g_param_spec_boolean ("complete", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_HOLD] = g_param_spec_boolean ("hold", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_NEW] =
      g_param_spec_uint ("n-new", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TOTAL] =
      g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
zq_list_init (ZqList *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->alive = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_queue_init (&self->pages);
  g_queue_init (&self->to_load);
}

/* The first page is read, and filled, at once: it is what the next frame shows. One that is not full is all. */
static void
start_query (ZqList *self, gpointer query, GDestroyNotify query_free)
{
  ZqDb *db = zq_store_get_main_db (self->store);
  g_autoptr (GError) error = NULL;

  self->query = g_atomic_rc_box_new0 (Query);
  self->query->query = query;
  self->query->free = query_free;
  self->outdated = FALSE;
  self->is_latest = FALSE;
  if (db == NULL)
    return;

  if (!self->source->first (db, query, PAGE, self->keys, &error))
    g_warning ("The first page of a list could not be read: %s", error->message);
  set_number (self, &self->total, MAX (self->source->count (db, query), self->keys->len), PROP_TOTAL);
  if (self->keys->len > 0)
    {
      open_page (self, 0);
      load_some (self);
    }
  if (self->keys->len < PAGE && self->total == self->keys->len)
    {
      self->latest = g_array_copy (self->keys);
      self->is_latest = TRUE;
      return;
    }
  read_keys (self);
}

/* --- public ----------------------------------------------------------------------------------- */

ZqList *
zq_list_new (ZqStore *store, const ZqListSource *source, gpointer query, GDestroyNotify query_free)
{
  ZqList *self = g_object_new (ZQ_TYPE_LIST, NULL);

  self->store = g_object_ref (store);
  self->source = source;
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, 0);
  start_query (self, query, query_free);

  return self;
}

void
zq_list_set_query (ZqList *self, gpointer query, GDestroyNotify query_free)
{
  guint n = self->keys->len;
  gboolean was_complete = zq_list_is_complete (self);

  self->generation++;
  self->show_again = FALSE;
  self->let_in = FALSE;
  stop_reading (self);
  g_clear_pointer (&self->query, query_unref);
  g_clear_pointer (&self->latest, g_array_unref);
  self->keep = 0;

  g_array_set_size (self->keys, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);

  start_query (self, query, query_free);
  if (self->keys->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, self->keys->len);
  set_number (self, &self->n_new, 0, PROP_N_NEW);
  if (was_complete || zq_list_is_complete (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

gint64
zq_list_get_key (ZqList *self, guint position)
{
  return position < self->keys->len ? g_array_index (self->keys, gint64, position) : 0;
}

gboolean
zq_list_find (ZqList *self, gint64 key, guint *position)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (g_array_index (self->keys, gint64, i) == key)
      {
        if (position != NULL)
          *position = i;
        return TRUE;
      }

  return FALSE;
}

void
zq_list_set_hold (ZqList *self, gboolean hold)
{
  hold = !!hold;
  if (self->hold == hold)
    return;

  self->hold = hold;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOLD]);
  if (!hold)
    zq_list_show_new (self);
}

void
zq_list_show_new (ZqList *self)
{
  if (self->latest != NULL)
    show_latest (self, FALSE);
}

void
zq_list_keep (ZqList *self, gint64 key)
{
  if (self->keep == key)
    return;

  self->keep = key;
  if (self->latest != NULL && !self->is_latest)
    show_latest (self, self->hold);
}

gboolean
zq_list_is_complete (ZqList *self)
{
  return self->latest != NULL;
}

guint
zq_list_get_total (ZqList *self)
{
  return self->total;
}
