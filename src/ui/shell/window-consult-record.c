/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include "clinic/note/note.h"
#include "ui/note/editor.h"
#include "ui/widgets/patient-band.h"

#include <glib/gi18n.h>

/* The record of the consultation that is open, in a window beside it: nothing of the conversation is covered while it
 * is written. */

static GtkWidget *
make_content (ZqWindow *self, gint64 encounter, gint64 patient)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  ZqPatientBand *band = g_object_new (ZQ_TYPE_PATIENT_BAND, NULL);
  ZqNoteEditor *editor = zq_note_editor_new (self->store);
  g_autoptr (ZqPatient) who =
      zq_patient_load (zq_store_get_main_db (self->store), zq_store_get_context (self->store), patient, NULL);

  zq_patient_band_set_patient (band, who);
  zq_note_editor_set_encounter (editor, encounter);
  gtk_widget_set_vexpand (GTK_WIDGET (editor), TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (band));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (editor));

  return box;
}

static void
open_record (ZqWindow *self, gint64 encounter, gint64 patient)
{
  GtkWidget *window = adw_window_new ();

  if (self->record_window != NULL)
    gtk_window_destroy (self->record_window);
  g_set_weak_pointer (&self->record_window, GTK_WINDOW (window));
  self->recorded = encounter;
  gtk_window_set_title (self->record_window, _ ("Consultation Record"));
  gtk_window_set_default_size (self->record_window, 520, 680);
  gtk_window_set_transient_for (self->record_window, GTK_WINDOW (self));
  gtk_window_set_destroy_with_parent (self->record_window, TRUE);
  adw_window_set_content (ADW_WINDOW (window), make_content (self, encounter, patient));
  gtk_window_present (self->record_window);
}

static void
record_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  gint64 consult = self->store != NULL ? zq_consult_page_get_key (self->page) : 0, encounter = 0;

  if (consult == 0)
    return;
  switch (zq_note_find_encounter (zq_store_get_main_db (self->store), consult, &encounter))
    {
    case ZQ_NOTE_ADVICE:
      zq_window_toast (self, _ ("Advice has no diagnosis and no record; a revisit has"));
      break;
    case ZQ_NOTE_NO_ENCOUNTER:
      zq_window_toast (self, _ ("The hospital has made no encounter of this consultation: nothing can be recorded"));
      break;
    default:
      if (self->record_window != NULL && self->recorded == encounter)
        gtk_window_present (self->record_window);
      else
        open_record (self, encounter, zq_consult_page_get_patient (self->page));
    }
}

void
zq_window_install_consult_record (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.consult-record", NULL, record_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.consult-record", NULL);
}
