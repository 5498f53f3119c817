/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/report-view.h"

#include "ui/lab/report-table.h"
#include "ui/lab/report-words.h"
#include "ui/patient/record-words.h"

#include <glib/gi18n.h>

struct _ZqReportView
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;

  /* owned */
  GTimeZone *zone;
  gint64 now;
  ZqReport *report;   /* or */
  GPtrArray *results; /* of ZqResult; or */
  GPtrArray *files;   /* of ZqFile */
  gboolean abnormal_first;
};

enum
{
  TREND,
  FILE_ASKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqReportView, zq_report_view, GTK_TYPE_WIDGET)

/* --- pieces ------------------------------------------------------------------------------------- */

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return label;
}

/* --- the whole ---------------------------------------------------------------------------------- */

static void
add_state (ZqReportView *self, const ZqReport *report)
{
  const char *warning = zq_record_words_warning (report->status);

  if (warning != NULL)
    {
      GtkWidget *label = add_label (self->box, warning, "report-warning");

      if (report->state == ZQ_RECORD_ERROR)
        gtk_widget_add_css_class (label, "error");
    }
  if (report->n_missing > 0)
    {
      g_autofree char *words =
          g_strdup_printf (ngettext ("%u result of this report is not here yet",
                                     "%u results of this report are not here yet", report->n_missing),
                           report->n_missing);

      add_label (self->box, words, "report-warning");
    }
  if (report->n_more > 0)
    {
      g_autofree char *words = zq_report_words_more (report->n_more);

      add_label (self->box, words, "report-warning");
    }
  if (report->n_unfinished > 0)
    {
      g_autofree char *words = g_strdup_printf (
          ngettext ("%u result is not final", "%u results are not final", report->n_unfinished), report->n_unfinished);

      add_label (self->box, words, "report-warning");
    }
}

static void
on_file_clicked (GtkButton *button, ZqReportView *self)
{
  guint place = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "place"));
  GPtrArray *files = self->report != NULL ? self->report->files : self->files;

  if (files != NULL && place < files->len)
    g_signal_emit (self, signals[FILE_ASKED], 0, files->pdata[place]);
}

static void
add_files (ZqReportView *self, GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      const ZqFile *file = files->pdata[i];
      const char *name = file->title != NULL && *file->title != '\0' ? file->title
                         : file->is_picture                          ? _ ("Picture")
                                                                     : _ ("Document");
      GtkWidget *button = gtk_button_new_with_label (name);

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_widget_set_tooltip_text (button, _ ("Look at this document"));
      g_object_set_data (G_OBJECT (button), "place", GUINT_TO_POINTER (i));
      g_signal_connect (button, "clicked", G_CALLBACK (on_file_clicked), self);
      gtk_box_append (GTK_BOX (self->box), button);
    }
}

/* What belongs to no report says itself when it was taken, and by whom. */
static void
add_result_origin (ZqReportView *self, const ZqResult *result)
{
  ZqReport origin = { .at = result->at != 0 ? result->at : result->issued,
                      .is_collected = result->at != 0,
                      .precision = ZQ_PRECISION_INSTANT,
                      .issued = result->issued,
                      .specimen = result->specimen,
                      .performer = result->performer };
  g_autofree char *words = zq_report_words_origin (&origin, self->now, self->zone);

  add_label (self->box, words, "dim-label");
}

static void
on_trend (ZqReportView *self, const char *code, const char *name)
{
  g_signal_emit (self, signals[TREND], 0, code, name);
}

static void
add_table (ZqReportView *self, GPtrArray *results)
{
  GtkWidget *table = zq_report_table_new (results, self->report, self->abnormal_first, self->zone, self->now);

  g_signal_connect_object (table, "trend", G_CALLBACK (on_trend), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), table);
}

static void
rebuild (ZqReportView *self)
{
  GtkWidget *child;
  GPtrArray *results = self->report != NULL ? self->report->results : self->results;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  if (self->report != NULL)
    {
      g_autofree char *origin = zq_report_words_origin (self->report, self->now, self->zone);

      add_state (self, self->report);
      add_label (self->box, origin, "dim-label");
      if (self->report->conclusion != NULL)
        {
          g_autofree char *conclusion = zq_report_words_shorten (self->report->conclusion);

          gtk_label_set_selectable (GTK_LABEL (add_label (self->box, conclusion, "conclusion")), TRUE);
        }
      add_files (self, self->report->files);
    }
  else if (results != NULL && results->len > 0)
    add_result_origin (self, results->pdata[0]);
  if (self->files != NULL)
    add_files (self, self->files);
  if (results != NULL && results->len > 0)
    add_table (self, results);
}

static void
clear (ZqReportView *self)
{
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->report, zq_report_free);
}

void
zq_report_view_set_report (ZqReportView *self, ZqReport *report)
{
  clear (self);
  self->report = report;
  rebuild (self);
}

void
zq_report_view_set_results (ZqReportView *self, GPtrArray *results)
{
  clear (self);
  self->results = results;
  rebuild (self);
}

void
zq_report_view_set_files (ZqReportView *self, GPtrArray *files)
{
  clear (self);
  self->files = files;
  rebuild (self);
}

void
zq_report_view_set_abnormal_first (ZqReportView *self, gboolean abnormal_first)
{
  if (self->abnormal_first == abnormal_first)
    return;
  self->abnormal_first = abnormal_first;
  rebuild (self);
}

/* --- by keys ------------------------------------------------------------------------------------ */

/* From line to line; at an end the keys are the list's again. */
static gboolean
on_step (GtkWidget *widget, GVariant *args, gpointer data)
{
  return gtk_widget_child_focus (widget, (GtkDirectionType)g_variant_get_int32 (args));
}

/* A list scrolls to its rows, and not to what is in them. */
static void
on_focus (ZqReportView *self)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;

  if (scroller == NULL || focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ||
      !gtk_widget_compute_bounds (focus, scroller, &bounds))
    return;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  if (bounds.origin.y < 0)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + bounds.origin.y);
  else if (bounds.origin.y + bounds.size.height > (float)gtk_widget_get_height (scroller))
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + bounds.origin.y + bounds.size.height -
                                              gtk_widget_get_height (scroller));
}

static void
zq_report_view_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_report_view_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::focus-widget", G_CALLBACK (on_focus), widget,
                           G_CONNECT_SWAPPED);
}

static void
zq_report_view_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), on_focus, widget);
  GTK_WIDGET_CLASS (zq_report_view_parent_class)->unroot (widget);
}

static void
zq_report_view_dispose (GObject *object)
{
  ZqReportView *self = ZQ_REPORT_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  clear (self);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (zq_report_view_parent_class)->dispose (object);
}

static void
zq_report_view_class_init (ZqReportViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_report_view_dispose;
  widget_class->root = zq_report_view_root;
  widget_class->unroot = zq_report_view_unroot;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, on_step, "i", GTK_DIR_TAB_FORWARD);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, on_step, "i", GTK_DIR_TAB_BACKWARD);
  signals[TREND] = g_signal_new ("trend", ZQ_TYPE_REPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_STRING);
  signals[FILE_ASKED] = g_signal_new ("file", ZQ_TYPE_REPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                      1, G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "report");
}

static void
zq_report_view_init (ZqReportView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

ZqReportView *
zq_report_view_new (GTimeZone *zone, gint64 now)
{
  ZqReportView *self = g_object_new (ZQ_TYPE_REPORT_VIEW, NULL);

  self->zone = g_time_zone_ref (zone);
  self->now = now;

  return self;
}
