/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/composer-private.h"

#include "clinic/consult/commands.h"
#include "media/media.h"
#include "ui/consult/thumb.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_BYTES (20 * 1024 * 1024)
#define MOST_FILES 9
#define A_LINE     3
/* Of its beginning, to see what it is. */
#define PEEK (8 * 1024)

/* --- chips ------------------------------------------------------------------------------------ */

static void
on_remove (GtkButton *button, ZqComposer *self)
{
  if (self->consult != 0 && self->mode == ZQ_COMPOSER_REPLY)
    zq_composer_remove_file (self, g_object_get_data (G_OBJECT (button), "file"));
}

static void
on_thumb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkImage) image = data;
  g_autoptr (GdkTexture) texture = zq_thumb_load_finish (result, NULL);

  if (texture != NULL)
    gtk_image_set_from_paintable (image, GDK_PAINTABLE (texture));
}

static GtkWidget *
make_chip (ZqComposer *self, const ZqDraftFile *file)
{
  gboolean is_picture = file->content_type != NULL && g_str_has_prefix (file->content_type, "image/");
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new_from_icon_name (is_picture ? "image-x-generic-symbolic" : "text-x-generic-symbolic");
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (file->name);
  g_autofree char *size = g_format_size ((guint64)file->size);
  GtkWidget *size_label = gtk_label_new (size);
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  /* Translators: %s is the name of a file */
  g_autofree char *spoken = g_strdup_printf (_ ("Do not send %s"), file->name);

  gtk_image_set_pixel_size (GTK_IMAGE (image), is_picture ? 32 : 16);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 20);
  gtk_widget_add_css_class (size_label, "dim-label");
  gtk_widget_add_css_class (size_label, "caption");
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_set_tooltip_text (remove, spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (remove), "file", zq_draft_file_copy (file), (GDestroyNotify)zq_draft_file_free);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove), self, 0);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (size_label), 0);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (name, file->name);
  gtk_box_append (GTK_BOX (words), name);
  gtk_box_append (GTK_BOX (words), size_label);
  gtk_box_append (GTK_BOX (chip), image);
  gtk_box_append (GTK_BOX (chip), words);
  gtk_box_append (GTK_BOX (chip), remove);
  gtk_widget_add_css_class (chip, "file-chip");
  if (is_picture)
    zq_thumb_load_async (zq_store_get_attachments (self->store), file->key, self->cancellable, on_thumb,
                         g_object_ref (image));
  return chip;
}

void
zq_composer_show_files (ZqComposer *self)
{
  guint n_files = self->draft_files != NULL ? self->draft_files->len : 0;
  guint n = n_files + zq_composer_count_slow_pastes (self);
  gboolean is_shown = self->mode == ZQ_COMPOSER_REPLY && n > 0;
  GtkWidget *child;

  gtk_widget_set_visible (GTK_WIDGET (self->files), is_shown);
  if (g_object_get_data (G_OBJECT (self->files), "shown") == self->draft_files && is_shown)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->files))) != NULL)
    gtk_flow_box_remove (self->files, child);
  gtk_flow_box_set_min_children_per_line (self->files, is_shown ? MIN (n, A_LINE) : 1);
  for (guint i = 0; is_shown && i < n_files; i++)
    gtk_flow_box_append (self->files, make_chip (self, g_ptr_array_index (self->draft_files, i)));
  if (is_shown)
    zq_composer_show_pastes (self);
  g_object_set_data (G_OBJECT (self->files), "shown", is_shown ? self->draft_files : NULL);
}

void
zq_composer_load_files (ZqComposer *self)
{
  g_autofree char *scope = self->consult != 0 ? zq_consult_draft_scope (self->consult) : NULL;

  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();
  g_object_set_data (G_OBJECT (self->files), "shown", NULL);
  g_clear_pointer (&self->draft_files, g_ptr_array_unref);
  self->draft_files =
      scope != NULL ? zq_draft_list_files (zq_store_get_main_db (self->store), scope) : g_ptr_array_new ();
  zq_composer_show_files (self);
  zq_composer_update (self);
}

/* --- how many are on their way ---------------------------------------------------------------- */

guint
zq_composer_count_reading (ZqComposer *self)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->reading, &self->consult));
}

void
zq_composer_begin_reading (ZqComposer *self, gint64 consult)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->reading, &consult));

  g_hash_table_insert (self->reading, g_memdup2 (&consult, sizeof consult), GUINT_TO_POINTER (n + 1));
  if (self->store != NULL)
    zq_composer_update (self);
}

/* The last one lets go what waits for it; but not without one that could not be taken. */
void
zq_composer_end_reading (ZqComposer *self, gint64 consult)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->reading, &consult));
  g_autofree char *words = NULL;

  if (n > 1)
    g_hash_table_insert (self->reading, g_memdup2 (&consult, sizeof consult), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->reading, &consult);
  if (self->store == NULL)
    return;
  zq_composer_update (self);
  if (!self->send_due || consult != self->consult || n > 1)
    return;
  self->send_due = FALSE;
  if (self->due_refused)
    {
      words = g_strconcat (self->refused != NULL ? self->refused : "", " · ", _ ("The reply was not sent"), NULL);
      zq_composer_warn (self, words);
      return;
    }
  zq_composer_warn (self, NULL);
  zq_composer_request_send (self, self->due_next);
}

/* --- taking one ------------------------------------------------------------------------------- */

typedef struct
{
  ZqComposer *composer;
  ZqStore *store;
  gint64 consult; /* whose reply it belongs to, whatever is open when it has been read */
  char *said;     /* what it is called where it lies */
  ZqDraftFile *file;
} Taking;

static void
taking_free (Taking *taking)
{
  if (taking->composer->n_taking > 0)
    taking->composer->n_taking--;
  zq_composer_end_reading (taking->composer, taking->consult);
  g_object_unref (taking->composer);
  g_object_unref (taking->store);
  zq_draft_file_free (taking->file);
  g_free (taking->said);
  g_free (taking);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Taking, taking_free)

/* Each of several says so. */
void
zq_composer_say_refused (ZqComposer *self, gint64 consult, const char *words)
{
  g_autofree char *all = self->refused != NULL ? g_strconcat (self->refused, " · ", words, NULL) : g_strdup (words);

  g_free (self->refused);
  self->refused = g_steal_pointer (&all);
  self->due_refused = self->due_refused || consult == self->consult;
  zq_composer_warn (self, self->refused);
}

/* @format: with the name of the file. */
static void
refuse (Taking *taking, const char *format)
{
  const char *place = strstr (format, "%s");
  g_autofree char *words = NULL;

  if (taking->composer->store == NULL || place == NULL)
    return;
  words = g_strdup_printf ("%.*s%s%s", (int)(place - format), format, taking->said, place + 2);
  zq_composer_say_refused (taking->composer, taking->consult, words);
}

static void
say_not_taken (Taking *taking, const GError *error)
{
  /* Translators: %s is the name of a file */
  const char *too_large = _ ("%s is larger than 20 MB and was not attached");
  /* Translators: %s is the name of a file */
  const char *unreadable = _ ("%s cannot be read and was not attached");

  refuse (taking, g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE) ? too_large : unreadable);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Taking) taking = data;
  g_autoptr (GError) error = NULL;

  if (!zq_draft_add_file_finish (ZQ_STORE (source), result, &error))
    say_not_taken (taking, error);
  else if (taking->composer->store != NULL && taking->composer->consult == taking->consult)
    zq_composer_load_files (taking->composer);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Taking) taking = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *scope = NULL;

  if (!zq_attachments_keep_finish (ZQ_ATTACHMENTS (source), result, &taking->file->size, &taking->file->hash, &error))
    {
      say_not_taken (taking, error);
      return;
    }
  scope = zq_consult_draft_scope (taking->consult);
  zq_draft_add_file_async (taking->store, scope, taking->file, on_added, taking);
  g_steal_pointer (&taking);
}

/* FALSE: there are enough. */
gboolean
zq_composer_has_room (ZqComposer *self, gint64 consult)
{
  if (consult != self->consult || self->draft_files->len + self->n_taking < MOST_FILES)
    return TRUE;
  /* Once is enough. */
  if (self->refused == NULL || strstr (self->refused, _ ("A message holds nine files at most")) == NULL)
    zq_composer_say_refused (self, consult, _ ("A message holds nine files at most"));
  return FALSE;
}

static Taking *
taking_new (ZqComposer *self, gint64 consult, const char *name, const char *content_type)
{
  g_autofree char *uuid = g_uuid_string_random ();
  Taking *taking = g_new0 (Taking, 1);

  taking->composer = g_object_ref (self);
  taking->store = g_object_ref (self->store);
  taking->consult = consult;
  taking->file = g_new0 (ZqDraftFile, 1);
  taking->file->key = g_strconcat ("urn:uuid:", uuid, NULL);
  taking->file->name = zq_media_safe_name (name, content_type);
  taking->file->content_type = g_strdup (content_type);
  taking->said = g_strdup (name);
  self->n_taking++;
  zq_composer_begin_reading (self, consult);
  return taking;
}

static void
keep (Taking *taking, GInputStream *stream)
{
  zq_attachments_keep_async (zq_store_get_attachments (taking->store), taking->file->key, stream,
                             taking->file->content_type, MOST_BYTES, NULL, on_kept, taking);
}

/* What is asked for belongs to the consultation that was open then, whatever is when the answer comes. */
typedef struct
{
  ZqComposer *composer;
  gint64 consult;
  gboolean is_reading; /* sending waits for it; not for a dialog */
} Asking;

static Asking *
asking_new (ZqComposer *self, gint64 consult, gboolean is_reading)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->composer = g_object_ref (self);
  asking->consult = consult;
  asking->is_reading = is_reading;
  if (is_reading)
    zq_composer_begin_reading (self, consult);
  return asking;
}

static void
asking_free (Asking *asking)
{
  if (asking->is_reading)
    zq_composer_end_reading (asking->composer, asking->consult);
  g_object_unref (asking->composer);
  g_free (asking);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

/* --- from a file ------------------------------------------------------------------------------ */

/* What it is decides, not what it is called. */
static void
on_peeked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Taking) taking = data;
  g_autoptr (GBufferedInputStream) stream = G_BUFFERED_INPUT_STREAM (source);
  g_autoptr (GError) error = NULL;
  const char *content_type;
  const void *bytes;
  gsize length;
  ZqMediaKind kind;

  if (g_buffered_input_stream_fill_finish (stream, result, &error) < 0)
    {
      say_not_taken (taking, error);
      return;
    }
  bytes = g_buffered_input_stream_peek_buffer (stream, &length);
  kind = zq_media_sniff (bytes, length, &content_type);
  if (kind != ZQ_MEDIA_PICTURE && kind != ZQ_MEDIA_PDF && kind != ZQ_MEDIA_TEXT)
    {
      /* Translators: %s is the name of a file */
      refuse (taking, _ ("%s is no picture, PDF or text and was not attached"));
      return;
    }
  g_free (taking->file->name);
  taking->file->name = zq_media_safe_name (taking->said, content_type);
  g_free (taking->file->content_type);
  taking->file->content_type = g_strdup (content_type);
  keep (g_steal_pointer (&taking), G_INPUT_STREAM (stream));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Taking) taking = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);
  GInputStream *buffered;

  if (stream == NULL)
    {
      say_not_taken (taking, error);
      return;
    }
  buffered = g_buffered_input_stream_new_sized (G_INPUT_STREAM (stream), PEEK);
  g_buffered_input_stream_fill_async (G_BUFFERED_INPUT_STREAM (buffered), PEEK, G_PRIORITY_DEFAULT, NULL, on_peeked,
                                      g_steal_pointer (&taking));
}

/* Nothing of what is too large is read. */
static void
on_info (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Asking) asking = data;
  ZqComposer *self = asking->composer;
  g_autoptr (Taking) taking = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  g_autofree char *base = g_file_get_basename (G_FILE (source));

  if (self->store == NULL || !zq_composer_has_room (self, asking->consult))
    return;
  taking = taking_new (self, asking->consult, info != NULL ? g_file_info_get_display_name (info) : base,
                       "application/octet-stream");
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    say_not_taken (taking, NULL);
  else if (g_file_info_get_size (info) > MOST_BYTES)
    /* Translators: %s is the name of a file */
    refuse (taking, _ ("%s is larger than 20 MB and was not attached"));
  else
    g_file_read_async (G_FILE (source), G_PRIORITY_DEFAULT, NULL, on_opened, g_steal_pointer (&taking));
}

static void
add_file (ZqComposer *self, gint64 consult, GFile *file)
{
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME
                                                          "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL, on_info, asking_new (self, consult, TRUE));
}

/* What was said of those before is no longer of interest. */
static void
begin (ZqComposer *self)
{
  if (self->send_due)
    return;
  g_clear_pointer (&self->refused, g_free);
  zq_composer_warn (self, NULL);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, Asking *asking)
{
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT && asking->composer->store != NULL)
    {
      begin (asking->composer);
      files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
    }
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      add_file (asking->composer, asking->consult, file);
    }
  /* What goes with them is typed next. */
  if (asking->composer->store != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (asking->composer));
  asking_free (asking);
  g_object_unref (dialog);
}

static void
attach_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqComposer *self = ZQ_COMPOSER (widget);
  GtkFileChooserNative *dialog;

  if (self->consult == 0 || self->mode != ZQ_COMPOSER_REPLY)
    return;
  dialog = gtk_file_chooser_native_new (_ ("Attach Files"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                        GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Attach"), NULL);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_chosen), asking_new (self, self->consult, FALSE));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- pictures, and what is dropped ----------------------------------------------------------- */

static void
encode (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (data), (GDestroyNotify)g_bytes_unref);
}

static void
on_encoded (GObject *source, GAsyncResult *result, gpointer data)
{
  Taking *taking = data;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

  keep (taking, stream);
}

static void
add_texture (ZqComposer *self, gint64 consult, GdkTexture *texture)
{
  g_autoptr (GTask) task = NULL;

  if (!zq_composer_has_room (self, consult))
    return;
  task = g_task_new (NULL, NULL, on_encoded, taking_new (self, consult, _ ("Pasted picture"), "image/png"));
  g_task_set_task_data (task, g_object_ref (texture), g_object_unref);
  g_task_run_in_thread (task, encode);
}

void
zq_composer_add_value (ZqComposer *self, gint64 consult, const GValue *value)
{
  begin (self);
  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    add_texture (self, consult, g_value_get_object (value));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

      for (GSList *at = files; at != NULL; at = at->next)
        add_file (self, consult, at->data);
    }
}

/* By the other keys and the menu of the text, too. */
static void
on_paste (ZqComposer *self)
{
  if (zq_composer_paste (self))
    g_signal_stop_emission_by_name (self->text, "paste-clipboard");
}

static gboolean
on_drop (ZqComposer *self, const GValue *value)
{
  if (self->consult == 0)
    return FALSE;
  if (self->mode != ZQ_COMPOSER_REPLY)
    {
      zq_composer_warn (self, _ ("Files go with a reply only"));
      return FALSE;
    }
  zq_composer_add_value (self, self->consult, value);
  return TRUE;
}

void
zq_composer_install_files (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "composer.attach", NULL, attach_action);
}

void
zq_composer_add_files (ZqComposer *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };

  gtk_drop_target_set_gtypes (drop, types, G_N_ELEMENTS (types));
  /* Before the text view, which would take it as text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drop), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
  g_signal_connect_object (self->text, "paste-clipboard", G_CALLBACK (on_paste), self, G_CONNECT_SWAPPED);
}
