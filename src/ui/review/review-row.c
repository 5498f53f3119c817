/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/review/review-row.h"

#include "ui/review/review-words.h"
#include "ui/widgets/words.h"

/* What a row shows is of one item at a time. */
typedef struct
{
  GtkLabel *name, *when, *title, *marks;
  GtkWidget *box;
  GtkListItem *item; /* borrowed */
  ZqTicker *ticker;  /* owned */
  GTimeZone *zone;   /* owned */
  gulong handler;
} Row;

typedef struct
{
  ZqTicker *ticker;
  GTimeZone *zone;
} Shared;

static void
shared_free (gpointer data, GClosure *closure)
{
  Shared *self = data;

  g_object_unref (self->ticker);
  g_time_zone_unref (self->zone);
  g_free (self);
}

static void
row_free (gpointer data)
{
  Row *self = data;

  g_object_unref (self->ticker);
  g_time_zone_unref (self->zone);
  g_free (self);
}

static GtkLabel *
add_label (GtkWidget *box, const char *css, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, expand);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

static void
on_setup (Shared *shared, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  Row *row = g_new0 (Row, 1);

  gtk_widget_add_css_class (box, "review-row");
  row->name = add_label (top, "heading", TRUE);
  row->when = add_label (top, "dim-label", FALSE);
  gtk_box_append (GTK_BOX (box), top);
  row->title = add_label (box, NULL, TRUE);
  row->marks = add_label (box, "caption", TRUE);
  row->box = box;
  row->item = item;
  row->ticker = g_object_ref (shared->ticker);
  row->zone = g_time_zone_ref (shared->zone);
  g_object_set_data_full (G_OBJECT (box), "row", row, row_free);
  gtk_list_item_set_child (item, box);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
fill (Row *row)
{
  const ZqReview *review = zq_review_item_get_review (gtk_list_item_get_item (row->item));
  gint64 now = zq_ticker_get_now (row->ticker);
  g_autofree char *marks = zq_review_words_marks (review);
  g_autofree char *when = review->at != 0 ? zq_words_when (review->at, now, row->zone) : NULL;
  g_autofree char *all = zq_review_words_row (review, now, row->zone);
  g_autofree char *person = zq_words_sex_age ((ZqSex)review->sex, review->age_years, -1);
  g_autofree char *name = g_strdup_printf ("%s  %s", review->name, person);
  g_autofree char *below = *marks != '\0' ? g_strdup_printf ("%s · %s", marks, zq_review_words_state (review->state))
                                          : g_strdup (zq_review_words_state (review->state));

  gtk_label_set_label (row->name, name);
  gtk_label_set_label (row->when, when != NULL ? when : "");
  gtk_label_set_label (row->title, review->title != NULL ? review->title : _ ("The report has not come yet"));
  gtk_label_set_label (row->marks, below);
  set_class (row->box, "done", !review->to_do);
  set_class (row->box, "critical", review->to_do && review->is_critical);
  set_class (row->box, "abnormal", review->to_do && !review->is_critical && review->flag != ZQ_RECORD_PLAIN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->box), GTK_ACCESSIBLE_PROPERTY_LABEL, all, -1);
}

static Row *
row_of (GtkListItem *item)
{
  return g_object_get_data (G_OBJECT (gtk_list_item_get_child (item)), "row");
}

static void
on_bind (Shared *shared, GtkListItem *item)
{
  Row *row = row_of (item);

  row->handler = g_signal_connect_swapped (gtk_list_item_get_item (item), "notify::review", G_CALLBACK (fill), row);
  fill (row);
}

static void
on_unbind (Shared *shared, GtkListItem *item)
{
  Row *row = row_of (item);

  g_clear_signal_handler (&row->handler, gtk_list_item_get_item (item));
}

ZqReviewItem *
zq_review_row_get_item (GtkWidget *row)
{
  Row *self = row != NULL ? g_object_get_data (G_OBJECT (row), "row") : NULL;

  return self != NULL && self->handler != 0 ? gtk_list_item_get_item (self->item) : NULL;
}

GtkListItemFactory *
zq_review_row_factory_new (ZqTicker *ticker, GTimeZone *zone)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Shared *shared = g_new0 (Shared, 1);

  shared->ticker = g_object_ref (ticker);
  shared->zone = g_time_zone_ref (zone);
  g_signal_connect_data (factory, "setup", G_CALLBACK (on_setup), shared, shared_free, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_bind), shared);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (on_unbind), shared);

  return factory;
}
