/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/print/job.h"

#include "ui/widgets/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Blocks that are laid out between two frames. */
#define BLOCKS 40

typedef struct
{
  ZqPrintDocument *document; /* owned; NULL: it was handed on */
  GtkWidget *widget;         /* owned: the window, for toasts */
  ZqStore *store;            /* owned */
  ZqAuditAct act;
  char *kind;
  gboolean landscape;
  PangoContext *context; /* owned */
} Job;

static Job *
job_new (ZqPrintDocument *document, gboolean landscape, GtkWidget *widget, ZqStore *store, const ZqAuditAct *act)
{
  Job *job = g_new0 (Job, 1);

  job->document = document;
  job->widget = g_object_ref (widget);
  job->store = g_object_ref (store);
  job->act = *act;
  job->kind = g_strdup (act->kind);
  job->act.kind = job->kind;
  job->landscape = landscape;

  return job;
}

static void
job_free (Job *job)
{
  g_clear_pointer (&job->document, zq_print_document_free);
  g_clear_object (&job->context);
  g_object_unref (job->widget);
  g_object_unref (job->store);
  g_free (job->kind);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_audit_record_finish (ZQ_STORE (source), result, &error))
    g_warning ("what was printed could not be recorded: %s", error->message);
}

static void
record (Job *job, const char *act)
{
  job->act.act = act;
  zq_audit_record_async (job->store, &job->act, on_recorded, NULL);
}

/* --- the dialog ---------------------------------------------------------------------------------- */

static gboolean
on_paginate (GtkPrintOperation *operation, GtkPrintContext *context, Job *job)
{
  if (job->context == NULL)
    job->context = gtk_print_context_create_pango_context (context);
  if (!zq_print_document_lay_out (job->document, job->context, gtk_print_context_get_width (context),
                                  gtk_print_context_get_height (context), BLOCKS))
    return FALSE;
  gtk_print_operation_set_n_pages (operation, (int)zq_print_document_get_n_pages (job->document));

  return TRUE;
}

static void
on_draw_page (GtkPrintOperation *operation, GtkPrintContext *context, int page, Job *job)
{
  zq_print_document_draw_page (job->document, gtk_print_context_get_cairo_context (context), job->context, (guint)page);
}

static void
on_done (GtkPrintOperation *operation, GtkPrintOperationResult result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;

  if (result == GTK_PRINT_OPERATION_RESULT_APPLY)
    record (job, "print");
  else if (result == GTK_PRINT_OPERATION_RESULT_ERROR)
    {
      g_autofree char *words = NULL;

      gtk_print_operation_get_error (operation, &error);
      words = g_strdup_printf (_ ("It could not be printed: %s"), error != NULL ? error->message : "—");
      zq_toast_show (job->widget, words);
    }
}

void
zq_print_job_print (ZqPrintDocument *document, GtkWindow *parent, ZqStore *store, const ZqAuditAct *act)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  Job *job = job_new (document, FALSE, GTK_WIDGET (parent), store, act);

  gtk_print_operation_set_job_name (operation, "Zhenqiao");
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_use_full_page (operation, TRUE);
  gtk_print_operation_set_allow_async (operation, TRUE);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  g_signal_connect (operation, "paginate", G_CALLBACK (on_paginate), job);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw_page), job);
  g_signal_connect (operation, "done", G_CALLBACK (on_done), job);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, parent, NULL);
}

/* --- a file -------------------------------------------------------------------------------------- */

typedef struct
{
  Job *job;
  GCancellable *cancellable;
  AdwToast *toast; /* (nullable): while it takes its time */
  gboolean done;
} Writing;

static void
writing_free (Writing *self)
{
  if (self->toast != NULL)
    {
      adw_toast_dismiss (self->toast);
      g_object_unref (self->toast);
    }
  g_object_unref (self->cancellable);
  job_free (self->job);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Writing) self = data;
  g_autoptr (GError) error = NULL;

  if (zq_print_document_export_finish (result, &error))
    {
      record (self->job, "export");
      zq_toast_show (self->job->widget, _ ("Saved as PDF"));
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    zq_toast_show (self->job->widget, _ ("Nothing was saved"));
  else
    {
      g_autofree char *words = g_strdup_printf (_ ("It could not be saved: %s"), error->message);

      zq_toast_show (self->job->widget, words);
    }
}

static void
on_cancel (AdwToast *toast, GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
write_job (Job *job, GFile *file)
{
  Writing *self = g_new0 (Writing, 1);

  self->job = job;
  self->cancellable = g_cancellable_new ();
  self->toast = g_object_ref (zq_toast_new (_ ("Saving…")));
  adw_toast_set_button_label (self->toast, _ ("_Cancel"));
  adw_toast_set_timeout (self->toast, 0);
  g_signal_connect_object (self->toast, "button-clicked", G_CALLBACK (on_cancel), self->cancellable, 0);
  zq_toast_present (job->widget, g_object_ref (self->toast));
  zq_print_document_export_async (g_steal_pointer (&job->document), file, job->landscape, self->cancellable,
                                  on_exported, self);
}

void
zq_print_job_write (ZqPrintDocument *document,
                    gboolean landscape,
                    GFile *file,
                    GtkWidget *widget,
                    ZqStore *store,
                    const ZqAuditAct *act)
{
  write_job (job_new (document, landscape, widget, store, act), file);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    write_job (g_steal_pointer (&job), file);
  g_object_unref (dialog);
}

/* Without the patient's name: file names are seen by many. */
static char *
make_name (const Job *job)
{
  g_autoptr (GDateTime) now =
      g_date_time_new_from_unix_local (zq_clock_now (zq_store_get_clock (job->store)) / G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format (now, "%Y%m%d-%H%M");

  return g_strdup_printf ("%s-%s.pdf", job->kind != NULL ? job->kind : "document", when);
}

void
zq_print_job_export (
    ZqPrintDocument *document, gboolean landscape, GtkWindow *parent, ZqStore *store, const ZqAuditAct *act)
{
  Job *job = job_new (document, landscape, GTK_WIDGET (parent), store, act);
  g_autofree char *name = make_name (job);
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Save as PDF"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_chosen), job);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
