/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/review/review-report.h"

#include "clinic/document/file-row.h"
#include "ui/lab/report-view.h"
#include "ui/patient/record-text.h"
#include "ui/viewer/save-file.h"
#include "ui/viewer/viewer.h"

#define MOST_PICTURES 500

struct _ZqReviewReport
{
  GtkWidget parent_instance;

  /* widgets */
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  ZqViewer *viewer; /* made when first needed */

  /* owned */
  ZqStore *store;
  GTimeZone *zone;

  const ZqReport *report; /* borrowed: the view's */
  gint64 now;
  gint64 key, patient;
};

G_DEFINE_FINAL_TYPE (ZqReviewReport, zq_review_report, GTK_TYPE_WIDGET)

const ZqReport *
zq_review_report_get (ZqReviewReport *self)
{
  return self->report;
}

/* --- files -------------------------------------------------------------------------------------- */

static void
close_viewer (ZqReviewReport *self)
{
  gtk_stack_set_visible_child_name (self->stack, "report");
  if (self->viewer != NULL)
    zq_viewer_close (self->viewer);
}

static void
on_viewer_closed (ZqReviewReport *self)
{
  close_viewer (self);
  gtk_widget_child_focus (GTK_WIDGET (self->scroller), GTK_DIR_TAB_FORWARD);
}

static void
on_viewer_save (ZqReviewReport *self, const char *key, const char *title, const char *content_type)
{
  zq_save_file (GTK_WIDGET (self), self->store, key, title, content_type);
}

static void
on_file_asked (ZqReviewReport *self, const ZqFile *file)
{
  if (self->viewer == NULL)
    {
      self->viewer = g_object_new (ZQ_TYPE_VIEWER, NULL);
      g_signal_connect_object (self->viewer, "close", G_CALLBACK (on_viewer_closed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->viewer, "save", G_CALLBACK (on_viewer_save), self, G_CONNECT_SWAPPED);
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->viewer), "viewer");
    }
  gtk_stack_set_visible_child_name (self->stack, "viewer");
  if (file->is_picture)
    zq_viewer_open_picture (
        self->viewer, self->store, self->now, self->zone,
        zq_record_list_pictures (zq_store_get_main_db (self->store), self->patient, self->key, MOST_PICTURES),
        self->key, file->key);
  else
    zq_viewer_open_file (self->viewer, self->store, self->now, self->zone, file, 0);
}

/* --- the report --------------------------------------------------------------------------------- */

gboolean
zq_review_report_show (
    ZqReviewReport *self, ZqStore *store, const ZqContext *context, gint64 now, const ZqReview *review)
{
  ZqReportView *view = zq_report_view_new (context->zone, now);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  ZqDb *db = zq_store_get_main_db (store);
  ZqReport *report = zq_report_load (db, zq_context_get_policy (context), review->report);
  g_autoptr (GPtrArray) results = NULL;

  g_set_object (&self->store, store);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->zone = g_time_zone_ref (context->zone);
  self->now = now;
  self->key = review->report;
  self->patient = review->patient;
  self->report = report;
  if (report != NULL)
    {
      results = g_ptr_array_ref (report->results);
      zq_report_view_set_report (view, report);
    }
  else
    {
      results = zq_result_load (db, zq_context_get_policy (context), review->report);
      if (results != NULL && results->len > 0)
        zq_report_view_set_results (view, g_ptr_array_ref (results));
    }
  g_signal_connect_object (view, "file", G_CALLBACK (on_file_asked), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (zq_record_text_new (store, review->report, results)));
  gtk_widget_add_css_class (box, "review-report");
  close_viewer (self);
  gtk_scrolled_window_set_child (self->scroller, box);

  return report != NULL || (results != NULL && results->len > 0);
}

/* --- object ------------------------------------------------------------------------------------- */

static void
zq_review_report_dispose (GObject *object)
{
  ZqReviewReport *self = ZQ_REVIEW_REPORT (object);

  self->report = NULL;
  self->viewer = NULL;
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_review_report_parent_class)->dispose (object);
}

static void
zq_review_report_class_init (ZqReviewReportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_review_report_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
zq_review_report_init (ZqReviewReport *self)
{
  self->stack = GTK_STACK (gtk_stack_new ());
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->scroller), "report");
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
}
