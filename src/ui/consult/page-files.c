/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/page-private.h"

#include "store/attachments.h"
#include "ui/viewer/save-file.h"
#include "ui/viewer/viewer.h"

#include <glib/gi18n.h>

/* --- looking ---------------------------------------------------------------------------------- */

void
zq_consult_page_close_viewer (ZqConsultPage *self)
{
  if (self->viewer == NULL || g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "viewer") != 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, "open");
  zq_viewer_close (ZQ_VIEWER (self->viewer));
}

static void
on_viewer_close (ZqConsultPage *self)
{
  zq_consult_page_close_viewer (self);
  zq_consult_page_focus_thread (self);
}

static void
on_viewer_save (ZqConsultPage *self, const char *key, const char *title, const char *content_type)
{
  zq_save_file (GTK_WIDGET (self), self->store, key, title, content_type);
}

/* Whose picture it is stays in sight. */
static void
make_viewer (ZqConsultPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->viewer_band = g_object_new (ZQ_TYPE_PATIENT_BAND, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->viewer_band), "band");
  self->viewer = g_object_new (ZQ_TYPE_VIEWER, "vexpand", TRUE, NULL);
  g_signal_connect_object (self->viewer, "close", G_CALLBACK (on_viewer_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->viewer, "save", G_CALLBACK (on_viewer_save), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->viewer_band));
  gtk_box_append (GTK_BOX (box), self->viewer);
  gtk_stack_add_named (self->stack, box, "viewer");
}

void
zq_consult_page_open_file (ZqConsultPage *self, gint64 message, const char *key)
{
  const ZqContext *context = zq_store_get_context (self->store);

  if (self->consult == NULL)
    return;
  if (self->viewer == NULL)
    make_viewer (self);
  zq_patient_band_set_patient (self->viewer_band, self->patient);
  zq_composer_flush (self->composer);
  gtk_stack_set_visible_child_name (self->stack, "viewer");
  zq_viewer_open (ZQ_VIEWER (self->viewer), self->store, zq_ticker_get_now (self->ticker), context->zone,
                  self->consult->thread_id, message, key);
  gtk_widget_child_focus (self->viewer, GTK_DIR_TAB_FORWARD);
}

/* --- keeping a copy outside ------------------------------------------------------------------- */

void
zq_consult_page_save_to (ZqConsultPage *self, const char *key, GFile *to)
{
  zq_save_file_to (GTK_WIDGET (self), self->store, key, to);
}

void
zq_consult_page_save_file (ZqConsultPage *self, gint64 message, const char *key)
{
  g_autoptr (ZqMessage) from = zq_thread_find_message (self->thread, message);
  GPtrArray *files = from != NULL ? zq_message_get_files (from) : NULL;
  ZqAttachments *attachments = zq_store_get_attachments (self->store);
  g_auto (ZqAttachmentInfo) info = { 0 };

  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const ZqFile *file = g_ptr_array_index (files, i);

      if (!g_str_equal (file->key, key))
        continue;
      if (zq_attachments_peek (attachments, key, &info) && info.state == ZQ_ATTACHMENT_HELD)
        zq_save_file (GTK_WIDGET (self), self->store, key, file->title, file->content_type);
      else
        {
          zq_attachments_want (attachments, key, file->size, file->hash, file->content_type);
          zq_consult_page_say (self, _ ("The file is being fetched. Save it when it is here"));
        }
      return;
    }
}
