/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/file-view.h"

#include "media/media.h"
#include "ui/consult/thumb.h"

#include <glib/gi18n.h>

#define WIDTH  200
#define HEIGHT 150

struct _ZqFileView
{
  GtkWidget parent_instance;

  /* children: of a picture the first three */
  GtkWidget *child;
  GtkStack *stack;
  GtkWidget *picture;
  GtkProgressBar *progress;
  GtkLabel *state;
  GtkWidget *retry;

  /* owned */
  ZqAttachments *attachments;
  GPtrArray *files;
  const ZqFile *file; /* one of them */
  GCancellable *cancellable;
  gboolean has_picture;
  gboolean is_broken;
};

enum
{
  OPEN,
  SAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqFileView, zq_file_view, GTK_TYPE_WIDGET)

char *
zq_file_view_name (const ZqFile *file)
{
  if (file->title != NULL && *file->title != '\0')
    return zq_media_safe_name (file->title, file->content_type);
  if (file->is_picture)
    return g_strdup (_ ("Picture"));
  return g_strdup (file->is_voice ? _ ("Voice message") : _ ("File"));
}

static char *
words_size (gint64 size)
{
  return size > 0 ? g_format_size ((guint64)size) : g_strdup ("");
}

/* --- how it stands with it -------------------------------------------------------------------- */

/* (transfer full); "" when there is nothing to say. */
static char *
words_state (ZqFileView *self, const ZqAttachmentInfo *info)
{
  g_autofree char *size = words_size (info->size > 0 ? info->size : self->file->size);

  if (*self->file->key == '\0')
    return g_strdup (_ ("The message names no file"));
  if (self->is_broken)
    return g_strdup (_ ("This picture cannot be shown. It can be saved"));
  switch (info->state)
    {
    case ZQ_ATTACHMENT_REFUSED:
      return g_strdup (info->reason != NULL ? _ (info->reason) : _ ("The file was not fetched"));
    case ZQ_ATTACHMENT_COMING:
      /* Translators: of a file; %s is its size */
      return g_strdup_printf (_ ("On its way, %s"), size);
    case ZQ_ATTACHMENT_WANTED:
      return g_strdup (_ ("Waiting to be fetched"));
    case ZQ_ATTACHMENT_HELD:
      if (info->done < info->size)
        return g_strdup (_ ("On its way to the hospital"));
      return self->file->is_picture && self->has_picture ? g_strdup ("") : g_steal_pointer (&size);
    case ZQ_ATTACHMENT_NONE:
    default:
      return g_steal_pointer (&size);
    }
}

static void
on_thumb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqFileView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = zq_thumb_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->child == NULL)
    return;
  if (texture != NULL)
    {
      gtk_picture_set_paintable (GTK_PICTURE (self->picture), GDK_PAINTABLE (texture));
      gtk_stack_set_visible_child_name (self->stack, "picture");
      return;
    }
  self->has_picture = FALSE;
  self->is_broken = TRUE;
  gtk_label_set_label (self->state, _ ("This picture cannot be shown. It can be saved"));
}

static void
show_state (ZqFileView *self)
{
  g_auto (ZqAttachmentInfo) info = { 0 };
  g_autofree char *words = NULL;
  gboolean is_moving;

  zq_attachments_peek (self->attachments, self->file->key, &info);
  if (info.state == ZQ_ATTACHMENT_HELD && self->file->is_picture && !self->has_picture && !self->is_broken)
    {
      self->has_picture = TRUE;
      zq_thumb_load_async (self->attachments, self->file->key, self->cancellable, on_thumb, g_object_ref (self));
    }
  words = words_state (self, &info);
  is_moving = info.size > 0 && info.done < info.size &&
              (info.state == ZQ_ATTACHMENT_COMING || info.state == ZQ_ATTACHMENT_HELD);
  gtk_label_set_label (self->state, words);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_moving);
  if (is_moving)
    gtk_progress_bar_set_fraction (self->progress, (double)info.done / (double)info.size);
  gtk_widget_set_visible (self->retry, info.state == ZQ_ATTACHMENT_REFUSED);
}

static void
on_changed (ZqFileView *self, const char *key)
{
  if (self->child != NULL && g_strcmp0 (key, self->file->key) == 0)
    show_state (self);
}

static void
want (ZqFileView *self)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  if (*self->file->key == '\0')
    return;
  zq_attachments_peek (self->attachments, self->file->key, &info);
  if (info.state == ZQ_ATTACHMENT_NONE)
    zq_attachments_want (self->attachments, self->file->key, self->file->size, self->file->hash,
                         self->file->content_type);
}

static void
on_retry (ZqFileView *self)
{
  zq_attachments_want (self->attachments, self->file->key, self->file->size, self->file->hash,
                       self->file->content_type);
}

static void
on_open (ZqFileView *self)
{
  g_signal_emit (self, signals[OPEN], 0, self->file->key);
}

static void
on_save (ZqFileView *self)
{
  g_signal_emit (self, signals[SAVE], 0, self->file->key);
}

/* --- parts ------------------------------------------------------------------------------------ */

static GtkWidget *
make_state (ZqFileView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->state = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->state, TRUE);
  gtk_label_set_max_width_chars (self->state, 24);
  gtk_widget_add_css_class (GTK_WIDGET (self->state), "caption");
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress of the file"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  self->retry = gtk_button_new_with_label (_ ("Try Again"));
  gtk_widget_set_halign (self->retry, self->file->is_picture ? GTK_ALIGN_CENTER : GTK_ALIGN_START);
  gtk_widget_set_visible (self->retry, FALSE);
  g_signal_connect_swapped (self->retry, "clicked", G_CALLBACK (on_retry), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->state));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress));
  gtk_box_append (GTK_BOX (box), self->retry);
  return box;
}

static GtkWidget *
make_picture (ZqFileView *self, const char *name)
{
  GtkWidget *wait = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name ("image-x-generic-symbolic");
  GtkWidget *button = gtk_button_new ();

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 32);
  gtk_box_append (GTK_BOX (wait), icon);
  gtk_box_append (GTK_BOX (wait), make_state (self));
  gtk_label_set_justify (self->state, GTK_JUSTIFY_CENTER);
  gtk_widget_set_valign (wait, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (wait, GTK_ALIGN_CENTER);
  self->picture = gtk_picture_new ();
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), WIDTH, HEIGHT);
  gtk_stack_add_named (self->stack, wait, "wait");
  gtk_picture_set_alternative_text (GTK_PICTURE (self->picture), name);
  gtk_button_set_child (GTK_BUTTON (button), self->picture);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "picture");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_open), self);
  gtk_stack_add_named (self->stack, button, "picture");
  gtk_widget_add_css_class (GTK_WIDGET (self->stack), "picture-file");
  return GTK_WIDGET (self->stack);
}

static GtkWidget *
make_button (ZqFileView *self, const char *label, const char *spoken, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  return button;
}

static const char *
icon_of (const ZqFile *file)
{
  if (file->is_voice)
    return "audio-x-generic-symbolic";
  return file->is_pdf ? "text-x-generic-symbolic" : "mail-attachment-symbolic";
}

static GtkWidget *
make_row (ZqFileView *self, const char *name)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (name);
  /* Translators: %s is the name of a file */
  g_autofree char *open = g_strdup_printf (_ ("Open %s"), name);
  /* Translators: %s is the name of a file */
  g_autofree char *save = g_strdup_printf (_ ("Save %s"), name);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 32);
  gtk_widget_set_tooltip_text (title, name);
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), make_state (self));
  gtk_label_set_xalign (self->state, 0);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name (icon_of (self->file)));
  gtk_box_append (GTK_BOX (row), words);
  if (*self->file->key != '\0')
    {
      if (!self->file->is_voice)
        gtk_box_append (GTK_BOX (row), make_button (self, _ ("Open"), open, G_CALLBACK (on_open)));
      gtk_box_append (GTK_BOX (row), make_button (self, _ ("Save…"), save, G_CALLBACK (on_save)));
    }
  gtk_widget_add_css_class (row, "file-row");
  return row;
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_file_view_dispose (GObject *object)
{
  ZqFileView *self = ZQ_FILE_VIEW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->attachments);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  G_OBJECT_CLASS (zq_file_view_parent_class)->dispose (object);
}

static void
zq_file_view_class_init (ZqFileViewClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_file_view_dispose;
  signals[OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVE] = g_signal_new ("save", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
zq_file_view_init (ZqFileView *self)
{
  self->cancellable = g_cancellable_new ();
}

ZqFileView *
zq_file_view_new (ZqAttachments *attachments, GPtrArray *files, guint index)
{
  ZqFileView *self = g_object_new (ZQ_TYPE_FILE_VIEW, NULL);
  g_autofree char *name = NULL;

  self->attachments = g_object_ref (attachments);
  self->files = g_ptr_array_ref (files);
  self->file = g_ptr_array_index (files, index);
  name = zq_file_view_name (self->file);
  self->child = self->file->is_picture ? make_picture (self, name) : make_row (self, name);
  gtk_widget_set_parent (self->child, GTK_WIDGET (self));
  g_signal_connect_object (attachments, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  if (self->file->is_picture)
    want (self);
  show_state (self);
  return self;
}
