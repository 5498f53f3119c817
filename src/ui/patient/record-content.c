/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-content.h"

#include "clinic/document/file-row.h"
#include "clinic/lab/report.h"
#include "ui/lab/report-view.h"
#include "ui/patient/record-text.h"
#include "ui/patient/record-words.h"

struct _ZqRecordContent
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;
  ZqRecordText *text; /* in it */

  gint64 key;
};

enum
{
  TREND,
  FILE_ASKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqRecordContent, zq_record_content, GTK_TYPE_WIDGET)

gint64
zq_record_content_get_key (ZqRecordContent *self)
{
  return self->key;
}

gboolean
zq_record_content_is_complete (ZqRecordContent *self)
{
  return self->text != NULL && zq_record_text_is_complete (self->text);
}

static void
on_trend (ZqRecordContent *self, const char *code, const char *name)
{
  g_signal_emit (self, signals[TREND], 0, code, name);
}

static void
on_file (ZqRecordContent *self, gpointer file)
{
  g_signal_emit (self, signals[FILE_ASKED], 0, file);
}

/* (transfer none) */
static ZqReportView *
add_view (ZqRecordContent *self, gint64 now, GTimeZone *zone)
{
  ZqReportView *view = zq_report_view_new (zone, now);

  g_signal_connect_object (view, "trend", G_CALLBACK (on_trend), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "file", G_CALLBACK (on_file), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (view));

  return view;
}

/* What is neither report nor result says all that its line had no room for. */
static void
add_words (ZqRecordContent *self, ZqRecordItem *item, gint64 now, GTimeZone *zone)
{
  g_autofree char *title = NULL, *detail = NULL, *status = NULL, *visit = NULL, *date = NULL, *all = NULL;
  GtkWidget *label;
  int precision;
  gint64 at;

  g_object_get (item, "title", &title, "detail", &detail, "status", &status, "visit", &visit, "at", &at, "precision",
                &precision, NULL);
  date = zq_record_words_date (at, (ZqPrecision)precision, now, zone);
  all = g_strdup_printf ("%s\n%s%s%s · %s%s%s", title != NULL ? title : "—", detail != NULL ? detail : "",
                         detail != NULL ? "\n" : "", date, zq_record_words_status (status), visit != NULL ? " · " : "",
                         visit != NULL ? visit : "");
  label = gtk_label_new (all);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_box_append (GTK_BOX (self->box), label);
}

ZqRecordContent *
zq_record_content_new (
    ZqStore *store, ZqPolicy *policy, ZqRecordItem *item, gint64 now, GTimeZone *zone, gboolean abnormal_first)
{
  ZqRecordContent *self = g_object_new (ZQ_TYPE_RECORD_CONTENT, NULL);
  ZqDb *db = zq_store_get_main_db (store);
  g_autoptr (GPtrArray) results = NULL;
  ZqReportView *view;
  int kind;

  self->key = zq_record_item_get_key (item);
  g_object_get (item, "kind", &kind, NULL);
  if (kind == ZQ_RECORD_REPORT)
    {
      ZqReport *report = zq_report_load (db, policy, self->key);

      results = report != NULL ? g_ptr_array_ref (report->results) : NULL;
      view = add_view (self, now, zone);
      zq_report_view_set_abnormal_first (view, abnormal_first);
      zq_report_view_set_report (view, report);
    }
  else if (kind == ZQ_RECORD_RESULT)
    {
      results = zq_result_load (db, policy, self->key);
      view = add_view (self, now, zone);
      zq_report_view_set_abnormal_first (view, abnormal_first);
      zq_report_view_set_results (view, results != NULL ? g_ptr_array_ref (results) : NULL);
    }
  else
    {
      add_words (self, item, now, zone);
      zq_report_view_set_files (add_view (self, now, zone), zq_record_files_load (db, self->key));
    }
  self->text = zq_record_text_new (store, self->key, results);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->text));

  return self;
}

static void
zq_record_content_dispose (GObject *object)
{
  ZqRecordContent *self = ZQ_RECORD_CONTENT (object);

  self->text = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_record_content_parent_class)->dispose (object);
}

static void
zq_record_content_class_init (ZqRecordContentClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_record_content_dispose;
  signals[TREND] = g_signal_new ("trend", ZQ_TYPE_RECORD_CONTENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[FILE_ASKED] = g_signal_new ("file", ZQ_TYPE_RECORD_CONTENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
zq_record_content_init (ZqRecordContent *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
