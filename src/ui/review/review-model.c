/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/review/review-model.h"

#include "rules/context.h"

/* Open ones of a doctor are dozens; so many are shown. */
#define MOST 2000

/* --- a row --------------------------------------------------------------------------------------- */

struct _ZqReviewItem
{
  GObject parent_instance;
  ZqReview *review; /* owned */
};

enum
{
  ITEM_REVIEW = 1,
};

static GParamSpec *item_properties[2];

G_DEFINE_FINAL_TYPE (ZqReviewItem, zq_review_item, G_TYPE_OBJECT)

static void
zq_review_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_pointer (value, ZQ_REVIEW_ITEM (object)->review);
}

static void
zq_review_item_finalize (GObject *object)
{
  g_clear_pointer (&ZQ_REVIEW_ITEM (object)->review, zq_review_free);
  G_OBJECT_CLASS (zq_review_item_parent_class)->finalize (object);
}

static void
zq_review_item_class_init (ZqReviewItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_review_item_get_property;
  object_class->finalize = zq_review_item_finalize;
  item_properties[ITEM_REVIEW] = g_param_spec_pointer ("review", NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, ITEM_REVIEW, item_properties[ITEM_REVIEW]);
}

static void
zq_review_item_init (ZqReviewItem *self)
{
}

const ZqReview *
zq_review_item_get_review (ZqReviewItem *self)
{
  return self->review;
}

/* (transfer full) */
static void
item_take (ZqReviewItem *self, ZqReview *review)
{
  g_clear_pointer (&self->review, zq_review_free);
  self->review = review;
  g_object_notify_by_pspec (G_OBJECT (self), item_properties[ITEM_REVIEW]);
}

/* --- the model ----------------------------------------------------------------------------------- */

struct _ZqReviewModel
{
  GObject parent_instance;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  GPtrArray *items; /* of ZqReviewItem */
  GCancellable *cancellable;
  ZqReviewCounts counts;
  gulong changed_id;
  guint idle;
  gboolean reading;
  gboolean again; /* something changed while it was read */
  gboolean held;
  gboolean loaded;
};

enum
{
  PROP_UNTOLD = 1,
  PROP_TO_DO,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
model_item_type (GListModel *model)
{
  return ZQ_TYPE_REVIEW_ITEM;
}

static guint
model_n_items (GListModel *model)
{
  return ZQ_REVIEW_MODEL (model)->items->len;
}

static gpointer
model_item (GListModel *model, guint position)
{
  ZqReviewModel *self = ZQ_REVIEW_MODEL (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
model_init (GListModelInterface *interface)
{
  interface->get_item_type = model_item_type;
  interface->get_n_items = model_n_items;
  interface->get_item = model_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqReviewModel,
                               zq_review_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, model_init))

static ZqReviewItem *
make_item (ZqReview *review)
{
  ZqReviewItem *item = g_object_new (ZQ_TYPE_REVIEW_ITEM, NULL);

  item->review = review;

  return item;
}

/* Takes what is in @fresh for the rows that are there; what has gone altogether goes. */
static void
update_rows (ZqReviewModel *self, GHashTable *fresh)
{
  for (guint i = self->items->len; i > 0; i--)
    {
      ZqReviewItem *item = self->items->pdata[i - 1];
      gint64 key = item->review->key;
      ZqReview *review = NULL;

      if (g_hash_table_steal_extended (fresh, &key, NULL, (gpointer *)&review))
        {
          item_take (item, review);
          continue;
        }
      review = zq_review_load (zq_store_get_main_db (self->store), zq_store_get_context (self->store), key);
      if (review != NULL)
        {
          item_take (item, review);
          continue;
        }
      g_ptr_array_remove_index (self->items, i - 1);
      g_list_model_items_changed (G_LIST_MODEL (self), i - 1, 1, 0);
    }
}

static void
merge (ZqReviewModel *self, GPtrArray *all)
{
  g_autoptr (GHashTable) fresh = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  guint n_before;

  for (guint i = 0; i < all->len; i++)
    {
      ZqReview *review = all->pdata[i];

      g_ptr_array_add (kept, review);
      g_hash_table_insert (fresh, &review->key, review);
    }
  g_ptr_array_set_free_func (all, NULL);
  update_rows (self, fresh);
  n_before = self->items->len;
  for (guint i = 0; i < kept->len; i++)
    {
      ZqReview *review = kept->pdata[i];

      if (!g_hash_table_contains (fresh, &review->key))
        continue; /* it is a row's by now */
      g_hash_table_remove (fresh, &review->key);
      if (review->to_do)
        g_ptr_array_add (self->items, make_item (review));
      else
        zq_review_free (review);
    }
  if (self->items->len > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->items->len - n_before);
}

static void
replace (ZqReviewModel *self, GPtrArray *all)
{
  guint n_before = self->items->len;

  g_ptr_array_set_size (self->items, 0);
  for (guint i = 0; i < all->len; i++)
    {
      ZqReview *review = all->pdata[i];

      if (review->to_do)
        g_ptr_array_add (self->items, make_item (review));
      else
        zq_review_free (review);
    }
  g_ptr_array_set_free_func (all, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->items->len);
}

static gpointer
read_all (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return zq_review_list (db, data, MOST, error);
}

static void refresh (ZqReviewModel *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqReviewModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = zq_store_read_finish (ZQ_STORE (source), result, &error);

  self->reading = FALSE;
  if (all == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("results to review: %s", error->message);
      return;
    }
  zq_review_count (all, &self->counts);
  self->loaded = TRUE;
  if (self->held)
    merge (self, all);
  else
    replace (self, all);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNTOLD]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TO_DO]);
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->again)
    refresh (self);
}

/* What comes in a burst is read once. */
static void
on_idle (gpointer data)
{
  ZqReviewModel *self = data;

  self->idle = 0;
  self->again = self->reading;
  if (self->reading)
    return;
  self->reading = TRUE;
  zq_store_read_async (self->store, read_all, zq_store_get_context (self->store), NULL,
                       (GDestroyNotify)g_ptr_array_unref, self->cancellable, on_read, g_object_ref (self));
}

static void
refresh (ZqReviewModel *self)
{
  self->again = FALSE;
  if (self->idle == 0)
    self->idle = g_idle_add_once (on_idle, self);
}

static void
on_changed (ZqReviewModel *self, ZqChanges *changes)
{
  static const char *const topics[] = { "review", "record", "report", "read-mark", "message", "outbox" };

  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    if (zq_changes_has (changes, topics[i]))
      {
        refresh (self);
        return;
      }
}

static void
zq_review_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqReviewModel *self = ZQ_REVIEW_MODEL (object);

  g_value_set_uint (value, id == PROP_UNTOLD ? self->counts.untold : self->counts.to_do);
}

static void
zq_review_model_dispose (GObject *object)
{
  ZqReviewModel *self = ZQ_REVIEW_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->store != NULL)
    g_clear_signal_handler (&self->changed_id, self->store);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_review_model_parent_class)->dispose (object);
}

static void
zq_review_model_finalize (GObject *object)
{
  ZqReviewModel *self = ZQ_REVIEW_MODEL (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (zq_review_model_parent_class)->finalize (object);
}

static void
zq_review_model_class_init (ZqReviewModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_review_model_get_property;
  object_class->dispose = zq_review_model_dispose;
  object_class->finalize = zq_review_model_finalize;
  properties[PROP_UNTOLD] =
      g_param_spec_uint ("untold", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TO_DO] =
      g_param_spec_uint ("to-do", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_review_model_init (ZqReviewModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

ZqReviewModel *
zq_review_model_new (ZqStore *store, ZqTicker *ticker)
{
  ZqReviewModel *self = g_object_new (ZQ_TYPE_REVIEW_MODEL, NULL);

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  self->changed_id = g_signal_connect_swapped (store, "changed", G_CALLBACK (on_changed), self);
  /* What was told comes back by the time alone. */
  g_signal_connect_object (ticker, "notify::now", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);

  return self;
}

void
zq_review_model_set_held (ZqReviewModel *self, gboolean held)
{
  if (self->held == held)
    return;
  self->held = held;
  if (!held)
    refresh (self);
}

const ZqReviewCounts *
zq_review_model_get_counts (ZqReviewModel *self)
{
  return &self->counts;
}

gboolean
zq_review_model_is_loaded (ZqReviewModel *self)
{
  return self->loaded;
}
