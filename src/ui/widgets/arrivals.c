/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/arrivals.h"

#include <glib/gi18n.h>

/* As good as the top, in pixels. */
#define NEAR 4.0

struct _ZqArrivals
{
  GObject parent_instance;

  GtkWidget *view;   /* borrowed */
  GtkButton *button; /* borrowed */
  GListModel *list;  /* owned; or NULL */
  gulong changed_id;
  guint n_above;
  guint tick;
  gboolean at_top; /* when the view was last laid out */
};

G_DEFINE_FINAL_TYPE (ZqArrivals, zq_arrivals, G_TYPE_OBJECT)

static void
show (ZqArrivals *self)
{
  g_autofree char *words = g_strdup_printf (ngettext ("↑ %u new", "↑ %u new", self->n_above), self->n_above);

  gtk_button_set_label (self->button, words);
  gtk_widget_set_visible (GTK_WIDGET (self->button), self->n_above > 0);
}

static GtkAdjustment *
get_adjustment (ZqArrivals *self)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));
}

static void
go_to_top (ZqArrivals *self)
{
  self->n_above = 0;
  self->at_top = TRUE;
  show (self);
  if (self->list != NULL && g_list_model_get_n_items (self->list) > 0)
    gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", 0);
}

/* Before the next frame is laid out: what has come is in that frame. */
static gboolean
on_tick (GtkWidget *view, GdkFrameClock *clock, gpointer data)
{
  ZqArrivals *self = data;

  self->tick = 0;
  go_to_top (self);

  return G_SOURCE_REMOVE;
}

static void
on_items_changed (ZqArrivals *self, guint position, guint removed, guint added)
{
  if (position != 0 || added <= removed)
    return;
  if (self->at_top && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (self->view, on_tick, self, NULL);
  else if (!self->at_top)
    {
      self->n_above += added - removed;
      show (self);
    }
}

static void
on_scrolled (ZqArrivals *self)
{
  /* What the view does itself when rows come above is not where the doctor went. */
  if (self->tick != 0)
    return;
  self->at_top = gtk_adjustment_get_value (get_adjustment (self)) <= NEAR;
  if (self->at_top && self->n_above > 0)
    {
      self->n_above = 0;
      show (self);
    }
}

static void
watch_adjustment (ZqArrivals *self)
{
  if (get_adjustment (self) != NULL)
    g_signal_connect_object (get_adjustment (self), "value-changed", G_CALLBACK (on_scrolled), self, G_CONNECT_SWAPPED);
}

void
zq_arrivals_set_list (ZqArrivals *self, GListModel *list)
{
  if (self->list != NULL)
    g_clear_signal_handler (&self->changed_id, self->list);
  g_set_object (&self->list, list);
  self->n_above = 0;
  self->at_top = TRUE;
  show (self);
  if (list != NULL)
    self->changed_id = g_signal_connect_swapped (list, "items-changed", G_CALLBACK (on_items_changed), self);
}

static void
zq_arrivals_dispose (GObject *object)
{
  ZqArrivals *self = ZQ_ARRIVALS (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->view, self->tick);
  self->tick = 0;
  if (self->list != NULL)
    g_clear_signal_handler (&self->changed_id, self->list);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (zq_arrivals_parent_class)->dispose (object);
}

static void
zq_arrivals_class_init (ZqArrivalsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_arrivals_dispose;
}

static void
zq_arrivals_init (ZqArrivals *self)
{
  self->at_top = TRUE;
}

ZqArrivals *
zq_arrivals_new (GtkWidget *view, GtkButton *button)
{
  ZqArrivals *self = g_object_new (ZQ_TYPE_ARRIVALS, NULL);

  self->view = view;
  self->button = button;
  gtk_widget_set_visible (GTK_WIDGET (button), FALSE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (go_to_top), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "notify::vadjustment", G_CALLBACK (watch_adjustment), self, G_CONNECT_SWAPPED);
  watch_adjustment (self);

  return self;
}
