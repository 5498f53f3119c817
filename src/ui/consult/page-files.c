/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/page-private.h"

#include "media/media.h"
#include "store/attachments.h"
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

static void save_as (ZqConsultPage *self, const char *key, const char *title, const char *content_type);

static void
on_viewer_save (ZqConsultPage *self, const char *key, const char *title, const char *content_type)
{
  save_as (self, key, title, content_type);
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

typedef struct
{
  ZqConsultPage *page;
  GFile *to;
  char *key;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->page);
  g_clear_object (&saving->to);
  g_free (saving->key);
  g_free (saving);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

static const char *
words_not_saved (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    return _ ("Nothing can be saved in this folder. Please choose another one");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return _ ("The disk is full: the file was not saved");
  return _ ("The file could not be saved there");
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Saving) saving = data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    zq_consult_page_say (saving->page, _ ("Saved"));
  else
    zq_consult_page_say (saving->page, words_not_saved (error));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Saving) saving = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);
  GFile *to = saving->to;

  if (bytes == NULL)
    zq_consult_page_say (saving->page, _ ("The file could not be read"));
  else
    g_file_replace_contents_bytes_async (to, bytes, NULL, FALSE,
                                         G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_written,
                                         g_steal_pointer (&saving));
}

void
zq_consult_page_save_to (ZqConsultPage *self, const char *key, GFile *to)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->page = g_object_ref (self);
  saving->key = g_strdup (key);
  saving->to = g_object_ref (to);
  zq_attachments_read_async (zq_store_get_attachments (self->store), key, NULL, on_read, saving);
}

static void
on_place (GtkNativeDialog *dialog, int response, Saving *saving)
{
  g_autoptr (GFile) to = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    to = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (to != NULL && saving->page->store != NULL)
    zq_consult_page_save_to (saving->page, saving->key, to);
  saving_free (saving);
  g_object_unref (dialog);
}

static void
save_as (ZqConsultPage *self, const char *key, const char *title, const char *content_type)
{
  g_autofree char *name = zq_media_safe_name (title, content_type);
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Save the File"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  Saving *saving = g_new0 (Saving, 1);

  saving->page = g_object_ref (self);
  saving->key = g_strdup (key);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_place), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
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
        save_as (self, key, file->title, file->content_type);
      else
        {
          zq_attachments_want (attachments, key, file->size, file->hash, file->content_type);
          zq_consult_page_say (self, _ ("The file is being fetched. Save it when it is here"));
        }
      return;
    }
}
