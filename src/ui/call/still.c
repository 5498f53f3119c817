/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/still.h"

#include "clinic/document/keep.h"
#include "store/attachments.h"
#include "ui/widgets/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define WORDS_MOST 120
#define WIDE       360

typedef struct
{
  GtkWidget *popover; /* borrowed: it owns this */
  GtkEditable *words; /* borrowed */
  ZqStore *store;
  GdkTexture *texture;
  gint64 encounter, at;
} Still;

static void
still_free (gpointer data)
{
  Still *self = data;

  g_object_unref (self->store);
  g_object_unref (self->texture);
  g_free (self);
}

/* --- keeping it, which goes on when the popover is gone ------------------------------------------ */

typedef struct
{
  ZqStore *store;
  GtkWidget *page; /* for a word about it */
  ZqDraftFile *file;
  char *description;
  gint64 encounter, at;
} Keeping;

static void
keeping_free (Keeping *self)
{
  g_object_unref (self->store);
  g_object_unref (self->page);
  zq_draft_file_free (self->file);
  g_free (self->description);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keeping, keeping_free)

static void
on_entered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keeping) self = data;
  g_autoptr (GError) error = NULL;

  if (zq_document_keep_finish (self->store, result, &error))
    zq_toast_show (self->page, _ ("The picture is in the record"));
  else
    zq_toast_show (self->page, _ (error->message));
}

static void
on_kept (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keeping) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  ZqKeptDocument document = { .kind = ZQ_KEPT_PICTURE,
                              .encounter = self->encounter,
                              .title = _ ("Picture from a video visit"),
                              .description = self->description,
                              .from = self->at,
                              .files = files };

  if (!zq_attachments_keep_finish (ZQ_ATTACHMENTS (object), result, &self->file->size, &self->file->hash, &error))
    {
      zq_toast_show (self->page, _ ("The picture could not be kept"));
      return;
    }
  g_ptr_array_add (files, self->file);
  zq_document_keep_async (self->store, &document, on_entered, self);
  g_steal_pointer (&self);
}

static void
encode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (data), (GDestroyNotify)g_bytes_unref);
}

static void
on_encoded (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keeping) self = data;
  g_autoptr (GBytes) png = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (png);
  ZqAttachments *attachments = zq_store_get_attachments (self->store);

  zq_attachments_keep_async (attachments, self->file->key, stream, self->file->content_type, 0, NULL, on_kept, self);
  g_steal_pointer (&self);
}

static void
on_keep (Still *self)
{
  GtkWidget *page = gtk_widget_get_parent (self->popover);
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->words)));
  g_autoptr (GTask) task = NULL;
  Keeping *keeping;

  /* It was closed by the first of two keys. */
  if (page == NULL)
    return;
  keeping = g_new0 (Keeping, 1);

  keeping->store = g_object_ref (self->store);
  keeping->page = g_object_ref (page);
  keeping->file = zq_kept_file_new (_ ("Picture from a video visit.png"), "image/png");
  keeping->description = *words != '\0' ? g_steal_pointer (&words) : NULL;
  keeping->encounter = self->encounter;
  keeping->at = self->at;
  task = g_task_new (NULL, NULL, on_encoded, keeping);
  g_task_set_task_data (task, g_object_ref (self->texture), g_object_unref);
  g_task_run_in_thread (task, encode);
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

/* --- looking at it ------------------------------------------------------------------------------ */

static GtkWidget *
build (Still *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *words = gtk_entry_new ();
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (self->texture)), *frame = adw_clamp_new ();
  GtkWidget *keep = gtk_button_new_with_mnemonic (_ ("_Keep in the Record"));
  GtkWidget *note = gtk_label_new (_ ("Tell the patient that you are keeping a picture."));

  adw_clamp_set_maximum_size (ADW_CLAMP (frame), WIDE);
  adw_clamp_set_child (ADW_CLAMP (frame), picture);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _ ("The picture that stands still"));
  gtk_entry_set_max_length (GTK_ENTRY (words), WORDS_MOST);
  gtk_entry_set_placeholder_text (GTK_ENTRY (words), _ ("What it shows"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (words), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("What it shows"), -1);
  gtk_label_set_wrap (GTK_LABEL (note), TRUE);
  gtk_label_set_xalign (GTK_LABEL (note), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (note), 36);
  gtk_widget_add_css_class (note, "dim-label");
  gtk_widget_add_css_class (keep, "suggested-action");
  self->words = GTK_EDITABLE (words);
  g_signal_connect_swapped (words, "activate", G_CALLBACK (on_keep), self);
  g_signal_connect_swapped (keep, "clicked", G_CALLBACK (on_keep), self);
  gtk_box_append (GTK_BOX (box), frame);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), note);
  gtk_box_append (GTK_BOX (box), keep);

  return box;
}

GtkWidget *
zq_still_popover_new (ZqStore *store, gint64 encounter, GdkTexture *texture)
{
  Still *self = g_new0 (Still, 1);

  self->popover = gtk_popover_new ();
  self->store = g_object_ref (store);
  self->texture = g_object_ref (texture);
  self->encounter = encounter;
  self->at = zq_clock_now (zq_store_get_clock (store));
  g_object_set_data_full (G_OBJECT (self->popover), "zq-still", self, still_free);
  gtk_popover_set_child (GTK_POPOVER (self->popover), build (self));

  return self->popover;
}
