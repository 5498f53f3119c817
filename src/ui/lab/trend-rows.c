/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/trend-rows.h"

struct _ZqTrendRows
{
  GObject parent_instance;

  ZqTrendWords words;
  gpointer data; /* borrowed */
  guint n;
  guint n_made;
};

static GType
get_item_type (GListModel *model)
{
  return GTK_TYPE_STRING_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return ZQ_TREND_ROWS (model)->n;
}

static gpointer
get_item (GListModel *model, guint row)
{
  ZqTrendRows *self = ZQ_TREND_ROWS (model);
  g_autofree char *words = NULL;

  if (row >= self->n)
    return NULL;
  words = self->words (row, self->data);
  self->n_made++;

  return gtk_string_object_new (words);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqTrendRows,
                               zq_trend_rows,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

ZqTrendRows *
zq_trend_rows_new (guint n, ZqTrendWords words, gpointer data)
{
  ZqTrendRows *self = g_object_new (ZQ_TYPE_TREND_ROWS, NULL);

  self->n = n;
  self->words = words;
  self->data = data;

  return self;
}

void
zq_trend_rows_end (ZqTrendRows *self)
{
  guint n = self->n;

  self->n = 0;
  self->data = NULL;
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

guint
zq_trend_rows_get_n_made (ZqTrendRows *self)
{
  return self->n_made;
}

static void
zq_trend_rows_class_init (ZqTrendRowsClass *klass)
{
}

static void
zq_trend_rows_init (ZqTrendRows *self)
{
}
