/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-content.h"

#include "clinic/document/content.h"
#include "clinic/document/file-row.h"
#include "clinic/lab/report.h"
#include "ui/lab/report-view.h"
#include "ui/lab/wave.h"
#include "ui/patient/narrative-view.h"
#include "ui/patient/record-words.h"

#include <glib/gi18n.h>

struct _ZqRecordContent
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;

  /* owned */
  GCancellable *cancellable;
  ZqContent *content; /* NULL: not read yet */

  gint64 key;
  gboolean is_complete;
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
  return self->is_complete;
}

static GtkWidget *
add_text (ZqRecordContent *self, const char *words, const char *style)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (self->box), label);

  return label;
}

/* --- what is read elsewhere --------------------------------------------------------------------- */

static void
add_wave (ZqRecordContent *self, const ZqSampled *sampled)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *wave = g_object_new (ZQ_TYPE_WAVE, NULL);
  g_autofree char *words = zq_wave_words (sampled);

  zq_wave_set_sampled (ZQ_WAVE (wave), sampled);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), wave);
  add_text (self, words, "caption");
  if (sampled->low != NULL)
    gtk_box_append (GTK_BOX (self->box), scroller);
}

static void
add_waves (ZqRecordContent *self, const ZqContent *content)
{
  for (guint i = 0; i < content->waves->len; i++)
    add_wave (self, content->waves->pdata[i]);
  if (content->n_broken > 0)
    {
      g_autofree char *words =
          g_strdup_printf (ngettext ("%u curve is broken and cannot be drawn",
                                     "%u curves are broken and cannot be drawn", content->n_broken),
                           content->n_broken);

      add_text (self, words, "result-warning");
    }
  if (content->n_more > 0)
    {
      g_autofree char *words = g_strdup_printf (
          ngettext ("%u more curve is not shown", "%u more curves are not shown", content->n_more), content->n_more);

      add_text (self, words, "result-warning");
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqRecordContent) self = data;
  g_autoptr (GError) error = NULL;
  ZqContent *content = zq_content_read_finish (ZQ_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->box == NULL)
    {
      g_clear_pointer (&content, zq_content_free);
      return;
    }
  self->is_complete = TRUE;
  if (content == NULL)
    {
      add_text (self, _ ("Its text cannot be read on this computer."), "result-warning");
      return;
    }
  self->content = content;
  if (content->blocks->len > 0)
    gtk_box_append (GTK_BOX (self->box), zq_narrative_view_new (content->blocks, content->cut));
  add_waves (self, content);
}

/* --- what is here ------------------------------------------------------------------------------- */

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

/* Those that have a waveform. (transfer full) (element-type gint64) */
static GArray *
find_waves (GPtrArray *results)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < results->len; i++)
    {
      const ZqResult *result = results->pdata[i];
      gboolean has_wave = FALSE;

      for (guint j = 0; j < result->values->len; j++)
        has_wave = has_wave || ((ZqResultValue *)result->values->pdata[j])->kind == ZQ_VALUE_SAMPLED;
      if (has_wave)
        g_array_append_val (found, result->key);
    }

  return found;
}

/* What is neither report nor result says all that its line had no room for. */
static void
add_words (ZqRecordContent *self, ZqRecordItem *item, gint64 now, GTimeZone *zone)
{
  g_autofree char *title = NULL, *detail = NULL, *status = NULL, *visit = NULL, *date = NULL, *all = NULL;
  int precision;
  gint64 at;

  g_object_get (item, "title", &title, "detail", &detail, "status", &status, "visit", &visit, "at", &at, "precision",
                &precision, NULL);
  date = zq_record_words_date (at, (ZqPrecision)precision, now, zone);
  all = g_strdup_printf ("%s\n%s%s%s · %s%s%s", title != NULL ? title : "—", detail != NULL ? detail : "",
                         detail != NULL ? "\n" : "", date, zq_record_words_status (status), visit != NULL ? " · " : "",
                         visit != NULL ? visit : "");
  add_text (self, all, NULL);
}

ZqRecordContent *
zq_record_content_new (
    ZqStore *store, ZqPolicy *policy, ZqRecordItem *item, gint64 now, GTimeZone *zone, gboolean abnormal_first)
{
  ZqRecordContent *self = g_object_new (ZQ_TYPE_RECORD_CONTENT, NULL);
  ZqDb *db = zq_store_get_main_db (store);
  g_autoptr (GArray) waves = NULL;
  ZqReportView *view;
  int kind;

  self->key = zq_record_item_get_key (item);
  g_object_get (item, "kind", &kind, NULL);
  if (kind == ZQ_RECORD_REPORT)
    {
      ZqReport *report = zq_report_load (db, policy, self->key);

      waves = report != NULL ? find_waves (report->results) : NULL;
      view = add_view (self, now, zone);
      zq_report_view_set_abnormal_first (view, abnormal_first);
      zq_report_view_set_report (view, report);
    }
  else if (kind == ZQ_RECORD_RESULT)
    {
      GPtrArray *results = zq_result_load (db, policy, self->key);

      waves = results != NULL ? find_waves (results) : NULL;
      view = add_view (self, now, zone);
      zq_report_view_set_abnormal_first (view, abnormal_first);
      zq_report_view_set_results (view, results);
    }
  else
    {
      add_words (self, item, now, zone);
      zq_report_view_set_files (add_view (self, now, zone), zq_record_files_load (db, self->key));
    }
  zq_content_read_async (store, self->key, waves, self->cancellable, on_read, g_object_ref (self));

  return self;
}

static void
clear_wave (GtkWidget *widget)
{
  if (ZQ_IS_WAVE (widget))
    zq_wave_set_sampled (ZQ_WAVE (widget), NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    clear_wave (child);
}

static void
zq_record_content_dispose (GObject *object)
{
  ZqRecordContent *self = ZQ_RECORD_CONTENT (object);

  g_cancellable_cancel (self->cancellable);
  /* Somebody may hold one of its curves still. */
  if (self->box != NULL)
    clear_wave (self->box);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->content, zq_content_free);
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
  self->cancellable = g_cancellable_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
