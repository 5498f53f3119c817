/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include "rules/context.h"
#include "ui/print/builders.h"
#include "ui/print/job.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>

/* What is open is what is printed: the report, the test over time, else the conversation. */

typedef enum
{
  PRINT,
  EXPORT,
} How;

typedef struct
{
  ZqWindow *window; /* owned */
  How how;
  GFile *file; /* (nullable): where to, without asking */
  ZqAuditAct act;
  ZqPatient *patient;
  char *complaint;
} Printing;

static void
printing_free (Printing *self)
{
  g_clear_pointer (&self->patient, zq_patient_free);
  g_clear_object (&self->file);
  g_free (self->complaint);
  g_object_unref (self->window);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Printing, printing_free)

static Printing *
printing_new (ZqWindow *self, How how, GFile *file, gint64 patient)
{
  Printing *printing = g_new0 (Printing, 1);
  const ZqContext *context = zq_store_get_context (self->store);

  printing->window = g_object_ref (self);
  printing->how = how;
  printing->file = file != NULL ? g_object_ref (file) : NULL;
  printing->act.patient = patient;
  printing->patient = zq_patient_load (zq_store_get_main_db (self->store), context, patient, NULL);

  return printing;
}

static ZqPrintAbout
about (const Printing *printing)
{
  ZqWindow *self = printing->window;
  const ZqContext *context = zq_store_get_context (self->store);

  return (ZqPrintAbout){ .patient = printing->patient,
                         .person = context->my_name,
                         .now = zq_ticker_get_now (self->ticker),
                         .zone = context->zone };
}

/* (transfer full) */
static void
run (Printing *printing, ZqPrintDocument *document)
{
  ZqWindow *self = printing->window;

  if (printing->file != NULL)
    zq_print_job_write (document, FALSE, printing->file, GTK_WIDGET (self->stack), self->store, &printing->act);
  else if (printing->how == PRINT)
    zq_print_job_print (document, GTK_WINDOW (self), self->store, &printing->act);
  else
    zq_print_job_export (document, FALSE, GTK_WINDOW (self), self->store, &printing->act);
}

/* --- a report, tests over time ------------------------------------------------------------------ */

/* With its own text, which is read elsewhere. */
static void
on_content (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Printing) printing = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqContent) content = zq_content_read_finish (ZQ_STORE (source), result, &error);
  g_autoptr (ZqReport) report = NULL;
  ZqPolicy *policy = zq_context_get_policy (zq_store_get_context (ZQ_STORE (source)));
  ZqPrintDocument *document;
  ZqPrintAbout who;

  if (printing->window->store == NULL)
    return;
  report = zq_report_load (zq_store_get_main_db (printing->window->store), policy, printing->act.what);
  if (content == NULL || report == NULL)
    {
      zq_window_toast (printing->window, _ ("The report could not be read"));
      return;
    }
  who = about (printing);
  document = zq_print_report (&who, report);
  zq_print_report_add_content (document, report, content);
  run (printing, document);
}

static gboolean
print_report (ZqWindow *self, How how, GFile *file, gint64 key)
{
  ZqPolicy *policy = zq_context_get_policy (zq_store_get_context (self->store));
  g_autoptr (ZqReport) report = key != 0 ? zq_report_load (zq_store_get_main_db (self->store), policy, key) : NULL;
  Printing *printing;

  if (report == NULL)
    return FALSE;
  printing = printing_new (self, how, file, report->patient);
  printing->act.what = key;
  printing->act.kind = "report";
  zq_content_read_async (self->store, key, NULL, NULL, on_content, printing);

  return TRUE;
}

static gboolean
print_trend (ZqWindow *self, How how, GFile *file, ZqTrend *trend)
{
  GtkWidget *chart = zq_trend_get_chart (trend);
  int width = gtk_widget_get_width (chart), height = gtk_widget_get_height (chart);
  GskRenderNode *node = zq_chart_print (ZQ_CHART (chart));
  g_autoptr (Printing) printing = printing_new (self, how, file, zq_record_page_get_patient (self->record));
  ZqPrintAbout who = about (printing);

  printing->act.kind = "trend";
  run (printing, zq_print_trend (&who, zq_trend_get_name (trend), zq_trend_get_values (trend),
                                 gtk_widget_get_mapped (chart) ? node : NULL, width, height));
  g_clear_pointer (&node, gsk_render_node_unref);

  return TRUE;
}

static gboolean
print_flow (ZqWindow *self, How how, GFile *file, ZqFlowView *flow)
{
  ZqFlowsheet *sheet = zq_flow_view_get_sheet (flow);
  g_autoptr (Printing) printing = NULL;
  ZqPrintAbout who;

  if (sheet == NULL)
    return FALSE;
  printing = printing_new (self, how, file, zq_record_page_get_patient (self->record));
  printing->act.kind = "flowsheet";
  who = about (printing);
  run (printing, zq_print_flowsheet (&who, zq_flow_view_get_title (flow), sheet));

  return TRUE;
}

/* --- the conversation ---------------------------------------------------------------------------- */

typedef struct
{
  const ZqContext *context;
  gint64 thread;
} Reading;

static gpointer
read_transcript (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Reading *reading = data;

  return zq_transcript_read (db, reading->context, reading->thread, error);
}

static void
on_transcript (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Printing) printing = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) said = zq_store_read_finish (ZQ_STORE (source), result, &error);
  ZqPrintAbout who;

  if (printing->window->store == NULL)
    return;
  if (said == NULL)
    {
      zq_window_toast (printing->window, _ ("The conversation could not be read"));
      return;
    }
  who = about (printing);
  run (printing, zq_print_transcript (&who, printing->complaint, said));
}

static gboolean
print_transcript (ZqWindow *self, How how, GFile *file)
{
  const ZqContext *context = zq_store_get_context (self->store);
  g_autoptr (ZqConsult) consult =
      zq_consult_load (zq_store_get_main_db (self->store), context, zq_consult_page_get_key (self->page), NULL);
  Printing *printing;
  Reading *reading;

  if (consult == NULL || consult->thread_id <= 0)
    return FALSE;
  printing = printing_new (self, how, file, consult->patient_id);
  printing->act.what = consult->thread_id;
  printing->act.kind = "transcript";
  printing->complaint = g_strdup (consult->complaint);
  reading = g_new0 (Reading, 1);
  reading->context = context;
  reading->thread = consult->thread_id;
  zq_store_read_async (self->store, read_transcript, reading, g_free, (GDestroyNotify)g_ptr_array_unref, NULL,
                       on_transcript, printing);

  return TRUE;
}

/* --- actions ------------------------------------------------------------------------------------- */

static gboolean
print_open (ZqWindow *self, How how, GFile *file)
{
  ZqFlowView *flow;
  ZqTrend *trend;

  if (self->store == NULL)
    return FALSE;
  if (zq_window_is_reviewing (self))
    return print_report (self, how, file, zq_review_page_get_report (self->review));
  if (zq_fold_get_place (self->fold) == ZQ_PLACE_OTHER)
    return FALSE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self->record)))
    {
      trend = zq_record_page_get_trend (self->record);
      if (trend != NULL)
        return print_trend (self, how, file, trend);
      flow = zq_record_page_get_flow (self->record);
      if (flow != NULL)
        return print_flow (self, how, file, flow);
      if (print_report (self, how, file, zq_record_page_get_opened (self->record)))
        return TRUE;
    }

  return print_transcript (self, how, file);
}

static void
act (ZqWindow *self, How how)
{
  if (!print_open (self, how, NULL))
    zq_window_toast (self, _ ("Open a consultation, a report or a test over time to print it"));
}

static void
print_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  act (ZQ_WINDOW (widget), PRINT);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  act (ZQ_WINDOW (widget), EXPORT);
}

gboolean
zq_window_export (ZqWindow *self, GFile *file)
{
  return print_open (self, EXPORT, file);
}

void
zq_window_install_print (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.print", NULL, print_action);
  gtk_widget_class_install_action (klass, "win.export", NULL, export_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_p, GDK_CONTROL_MASK, "win.print", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_p, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.export", NULL);
}
