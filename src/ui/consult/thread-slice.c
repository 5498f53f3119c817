/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/thread-slice.h"

struct _ZqThreadSlice
{
  GObject parent_instance;

  /* owned */
  ZqList *list;
  guint n; /* of the list, as last told */
  guint start;
  guint end;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqThreadSlice,
                               zq_thread_slice,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- GListModel ------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  ZqThreadSlice *self = ZQ_THREAD_SLICE (model);

  return self->end - self->start;
}

static gpointer
get_item (GListModel *model, guint position)
{
  ZqThreadSlice *self = ZQ_THREAD_SLICE (model);

  if (position >= self->end - self->start)
    return NULL;
  return g_list_model_get_item (G_LIST_MODEL (self->list), self->start + position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- as the list changes ---------------------------------------------------------------------- */

/* How many of @removed places from @position on lie before @limit. */
static guint
removed_before (guint limit, guint position, guint removed)
{
  return position < limit ? MIN (removed, limit - position) : 0;
}

static void
on_items_changed (ZqThreadSlice *self, guint position, guint removed, guint added)
{
  guint place = CLAMP (position, self->start, self->end) - self->start;
  guint before = removed_before (self->start, position, removed);
  guint gone = removed_before (self->end, position, removed) - before;
  gboolean is_empty, joins;

  self->start -= before;
  self->end -= before + gone;
  self->n -= removed;
  is_empty = self->start == self->end;
  joins = (position > self->start || self->start == 0 || is_empty) && position >= self->start &&
          (position < self->end || self->end == self->n);
  if (joins || position <= self->start)
    self->end += added;
  if (!joins && position <= self->start)
    self->start += added;
  self->n += added;
  if (gone > 0 || (joins && added > 0))
    g_list_model_items_changed (G_LIST_MODEL (self), place, gone, joins ? added : 0);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_thread_slice_finalize (GObject *object)
{
  g_clear_object (&ZQ_THREAD_SLICE (object)->list);
  G_OBJECT_CLASS (zq_thread_slice_parent_class)->finalize (object);
}

static void
zq_thread_slice_class_init (ZqThreadSliceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_thread_slice_finalize;
}

static void
zq_thread_slice_init (ZqThreadSlice *self)
{
}

ZqThreadSlice *
zq_thread_slice_new (ZqList *list)
{
  ZqThreadSlice *self = g_object_new (ZQ_TYPE_THREAD_SLICE, NULL);

  self->list = g_object_ref (list);
  self->n = g_list_model_get_n_items (G_LIST_MODEL (list));
  g_signal_connect_object (list, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);

  return self;
}

void
zq_thread_slice_set (ZqThreadSlice *self, guint start, guint end)
{
  guint removed = self->end - self->start;

  end = MIN (end, self->n);
  start = MIN (start, end);
  if (self->start == start && self->end == end)
    return;
  self->start = start;
  self->end = end;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, end - start);
}

static void
grow_behind (ZqThreadSlice *self, guint by)
{
  guint place = self->end - self->start;

  self->end += by;
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, by);
}

static void
grow_before (ZqThreadSlice *self, guint by)
{
  self->start -= by;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, by);
}

gboolean
zq_thread_slice_grow (ZqThreadSlice *self, guint by)
{
  if (self->end < self->n)
    grow_behind (self, MIN (by, self->n - self->end));
  else if (self->start > 0)
    grow_before (self, MIN (by, self->start));

  return !zq_thread_slice_is_all (self);
}

void
zq_thread_slice_show_all (ZqThreadSlice *self)
{
  while (zq_thread_slice_grow (self, self->n))
    ;
}

gboolean
zq_thread_slice_is_all (ZqThreadSlice *self)
{
  return self->start == 0 && self->end == self->n;
}

gboolean
zq_thread_slice_find (ZqThreadSlice *self, guint position, guint *place)
{
  if (position < self->start || position >= self->end)
    return FALSE;
  *place = position - self->start;
  return TRUE;
}
