/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include <glib/gi18n.h>

gboolean
zq_window_is_reviewing (ZqWindow *self)
{
  return self->review != NULL && zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER &&
         gtk_stack_get_visible_child (self->others) == GTK_WIDGET (self->review);
}

/* What is abnormal and untold has its count in sight wherever the doctor is. */
static void
show_counts (ZqWindow *self)
{
  const ZqReviewCounts *counts = zq_review_model_get_counts (self->reviews);
  g_autofree char *words = g_strdup_printf ("%u", counts->untold > 0 ? counts->untold : counts->to_do);
  g_autofree char *label = NULL;

  /* Translators: page of results, how many abnormal ones the patient has not been told, how many wait in all */
  label = g_strdup_printf (_ ("Results, %1$u abnormal and untold, %2$u to review"), counts->untold, counts->to_do);
  gtk_label_set_label (self->n_untold, words);
  gtk_widget_set_visible (GTK_WIDGET (self->n_untold), counts->to_do > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->n_untold), label);
  if (counts->untold > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->n_untold), "alarming");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->n_untold), "alarming");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->review_page), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
zq_window_begin_review (ZqWindow *self)
{
  self->reviews = zq_review_model_new (self->store, self->ticker);
  g_signal_connect_object (self->reviews, "changed", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  show_counts (self);
}

static void
on_open (ZqWindow *self, gint64 consult)
{
  zq_window_open_consult (self, consult);
}

/* In the composer of the consultation, which says of which result; why it is not told by one key. */
static void
on_tell (ZqWindow *self, gint64 consult, gint64 report, gint64 review, const char *title, const char *why)
{
  zq_window_open_consult (self, consult);
  zq_consult_page_tell (self->page, report, review, title, why);
}

static void
review_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);

  if (self->reviews == NULL)
    return;
  if (self->review == NULL)
    {
      self->review = zq_review_page_new (self->store, self->ticker, self->reviews);
      g_signal_connect_object (self->review, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->review, "tell", G_CALLBACK (on_tell), self, G_CONNECT_SWAPPED);
      gtk_stack_add_child (self->others, GTK_WIDGET (self->review));
      zq_review_page_set_synced (self->review, zq_session_status_get_last_synced (self->session_status));
    }
  zq_window_show_other (self, GTK_WIDGET (self->review));
  zq_review_page_begin (self->review);
}

void
zq_window_install_review (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.review", NULL, review_action);
}
