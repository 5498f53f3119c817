/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/save-file.h"

#include "media/media.h"
#include "store/attachments.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *widget; /* owned: for toasts */
  ZqStore *store;    /* owned */
  GFile *to;
  char *key;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->widget);
  g_object_unref (saving->store);
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
    zq_toast_show (saving->widget, _ ("Saved"));
  else
    zq_toast_show (saving->widget, words_not_saved (error));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Saving) saving = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);
  GFile *to = saving->to;

  if (bytes == NULL)
    zq_toast_show (saving->widget, _ ("The file could not be read"));
  else
    g_file_replace_contents_bytes_async (to, bytes, NULL, FALSE,
                                         G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_written,
                                         g_steal_pointer (&saving));
}

void
zq_save_file_to (GtkWidget *widget, ZqStore *store, const char *key, GFile *to)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->widget = g_object_ref (widget);
  saving->store = g_object_ref (store);
  saving->key = g_strdup (key);
  saving->to = g_object_ref (to);
  zq_attachments_read_async (zq_store_get_attachments (store), key, NULL, on_read, saving);
}

static void
on_place (GtkNativeDialog *dialog, int response, Saving *saving)
{
  g_autoptr (GFile) to = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    to = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (to != NULL)
    zq_save_file_to (saving->widget, saving->store, saving->key, to);
  saving_free (saving);
  g_object_unref (dialog);
}

void
zq_save_file (GtkWidget *widget, ZqStore *store, const char *key, const char *title, const char *content_type)
{
  g_autofree char *name = zq_media_safe_name (title, content_type);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Save the File"), GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), NULL);
  Saving *saving = g_new0 (Saving, 1);

  saving->widget = g_object_ref (widget);
  saving->store = g_object_ref (store);
  saving->key = g_strdup (key);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_place), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
