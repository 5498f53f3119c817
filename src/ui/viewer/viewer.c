/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/viewer-private.h"

#include "clinic/document/inline-file.h"

#include <glib/gi18n.h>

#define MOST_PICTURES 500

enum
{
  CLOSE,
  SAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqViewer, zq_viewer, GTK_TYPE_WIDGET)

/* --- what stands around it --------------------------------------------------------------------- */

gboolean
zq_viewer_is_comparing (ZqViewer *self)
{
  return gtk_widget_get_visible (self->second);
}

static const ZqFile *
shown_file (ZqViewer *self)
{
  ZqPicture *picture = zq_viewer_picture_at (self, self->sides[ZQ_VIEWER_FIRST].place);

  return self->file != NULL ? self->file : picture != NULL ? picture->file : NULL;
}

/* Only what is here can be saved. */
static void
show_save (ZqViewer *self)
{
  const ZqFile *file = shown_file (self);
  g_auto (ZqAttachmentInfo) info = { 0 };

  if (file != NULL)
    zq_attachments_peek (zq_store_get_attachments (self->store), file->key, &info);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.save", info.state == ZQ_ATTACHMENT_HELD);
}

void
zq_viewer_show_place (ZqViewer *self, const char *place)
{
  gtk_stack_set_visible_child_name (self->stack, place);
  show_save (self);
}

void
zq_viewer_show_problem (ZqViewer *self, const char *why)
{
  adw_status_page_set_description (self->problem, why);
  zq_viewer_show_place (self, "problem");
}

/* (transfer full) */
static char *
words_title (ZqViewer *self, gboolean is_picture)
{
  guint n = self->pdf != NULL ? zq_pdf_get_n_pages (self->pdf) : 0;
  const char *name = self->file != NULL && self->file->title != NULL && *self->file->title != '\0' ? self->file->title
                     : self->pdf != NULL                                                           ? _ ("Document")
                                                                                                   : _ ("File");

  if (is_picture && zq_viewer_is_comparing (self))
    /* Translators: numbers of pictures, and how many there are */
    return g_strdup_printf (_ ("Pictures %1$d and %2$d of %3$u"), MIN (self->sides[0].place, self->sides[1].place) + 1,
                            MAX (self->sides[0].place, self->sides[1].place) + 1, self->pictures->len);
  if (is_picture)
    return g_strdup_printf (_ ("Picture %1$d of %2$u"), self->sides[0].place + 1, self->pictures->len);
  if (n > 0)
    return g_strdup_printf (_ ("%1$s, page %2$u of %3$u"), name, self->page + 1, n);
  return g_strdup (self->file != NULL ? name : "");
}

/* Whether zq_viewer_step() would go on. */
static gboolean
can_step (ZqViewer *self, int by)
{
  int place = self->sides[zq_viewer_is_comparing (self) ? ZQ_VIEWER_SECOND : ZQ_VIEWER_FIRST].place + by;

  if (self->pdf != NULL)
    return by < 0 ? self->page > 0 : self->page + 1 < zq_pdf_get_n_pages (self->pdf);
  if (zq_viewer_is_comparing (self) && place == self->sides[ZQ_VIEWER_FIRST].place)
    place += by;
  return self->file == NULL && zq_viewer_picture_at (self, place) != NULL;
}

void
zq_viewer_show_title (ZqViewer *self)
{
  gboolean is_picture = self->file == NULL && zq_viewer_picture_at (self, self->sides[ZQ_VIEWER_FIRST].place) != NULL;
  g_autofree char *title = words_title (self, is_picture);

  gtk_label_set_label (self->title, title);
  gtk_widget_set_visible (self->zooming, is_picture || self->pdf != NULL);
  zq_viewer_allow_text (self);
  gtk_widget_set_visible (GTK_WIDGET (self->compare), is_picture && self->pictures->len > 1);
  gtk_widget_set_visible (self->previous, is_picture || self->pdf != NULL);
  gtk_widget_set_visible (self->next, is_picture || self->pdf != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.previous", can_step (self, -1));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.next", can_step (self, 1));
}

/* --- bytes ------------------------------------------------------------------------------------- */

ZqViewerLoad *
zq_viewer_load_new (ZqViewer *self, ZqViewerSide *side, GCancellable *cancellable)
{
  ZqViewerLoad *load = g_new0 (ZqViewerLoad, 1);

  load->viewer = g_object_ref (self);
  load->side = side;
  load->cancellable = g_object_ref (cancellable);
  return load;
}

void
zq_viewer_load_free (ZqViewerLoad *load)
{
  g_object_unref (load->viewer);
  g_object_unref (load->cancellable);
  g_free (load);
}

gboolean
zq_viewer_load_is_stale (const ZqViewerLoad *load, const GError *error)
{
  return g_cancellable_is_cancelled (load->cancellable) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static const char *
words_of_unpacking (const GError *error)
{
  if (g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE))
    return _ ("It is larger than 32 MB inside its report and is not shown.");
  if (g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE))
    return _ ("The hospital has changed it since. Open it again from the record.");

  return _ ("What the report carries is not what it says: size or checksum differ, so it is not shown.");
}

/* When it is held, the news of that loads it. */
static void
on_unpacked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqViewerLoad) load = data;
  g_autoptr (GError) error = NULL;

  if (!zq_inline_unpack_finish (result, &error) && !zq_viewer_load_is_stale (load, error))
    zq_viewer_say (load->viewer, load->side, "problem", words_of_unpacking (error));
}

/* It lies in a resource that is here: nothing is asked of the hospital. */
static void
unpack (ZqViewer *self, ZqViewerSide *side, const ZqFile *file)
{
  GCancellable **cancellable = side != NULL ? &side->cancellable : &self->cancellable;

  g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
  *cancellable = g_cancellable_new ();
  zq_viewer_say (self, side, "opening", _ ("Opening…"));
  zq_inline_unpack_async (self->store, file->key, *cancellable, on_unpacked,
                          zq_viewer_load_new (self, side, *cancellable));
}

gboolean
zq_viewer_is_held (ZqViewer *self, ZqViewerSide *side, const ZqFile *file)
{
  ZqAttachments *attachments = zq_store_get_attachments (self->store);
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (attachments, file->key, &info);
  if (info.state == ZQ_ATTACHMENT_HELD)
    return TRUE;
  if (info.state == ZQ_ATTACHMENT_REFUSED || *file->key == '\0')
    {
      zq_viewer_say (self, side, "problem", info.reason != NULL ? _ (info.reason) : _ ("It could not be fetched."));
      return FALSE;
    }
  if (zq_file_key_is_inline (file->key))
    {
      if (info.state == ZQ_ATTACHMENT_NONE)
        unpack (self, side, file);
      return FALSE;
    }
  if (info.state == ZQ_ATTACHMENT_NONE)
    zq_attachments_want (attachments, file->key, file->size, file->hash, file->content_type);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), info.size > 0);
  if (info.size > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP ((double)info.done / (double)info.size, 0, 1));
  zq_viewer_say (self, side, "wait", _ ("It comes as soon as the hospital can be reached."));
  return FALSE;
}

/* --- news of what is on its way ---------------------------------------------------------------- */

static void
on_attachment_changed (ZqViewer *self, const char *key)
{
  show_save (self);
  if (self->file != NULL)
    {
      if (g_strcmp0 (self->file->key, key) == 0 && self->pdf == NULL && g_strcmp0 (zq_viewer_get_place (self), "text"))
        zq_viewer_load_file (self);
      return;
    }
  for (guint i = 0; i < ZQ_VIEWER_N_SIDES; i++)
    {
      ZqPicture *picture = zq_viewer_picture_at (self, self->sides[i].place);

      if (picture != NULL && g_strcmp0 (picture->file->key, key) == 0 &&
          zq_picture_view_get_texture (self->sides[i].pane->view) == NULL)
        zq_viewer_load_side (self, &self->sides[i]);
    }
}

/* --- what the doctor does ---------------------------------------------------------------------- */

gboolean
zq_viewer_step (ZqViewer *self, int by)
{
  if (self->pdf != NULL)
    return zq_viewer_step_page (self, by);
  return self->file == NULL && zq_viewer_step_picture (self, by);
}

static void
step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_viewer_step (ZQ_VIEWER (widget), g_str_has_suffix (name, "next") ? 1 : -1);
}

/* At the end, too, the key is ours: it does not lead the focus out of the viewer. */
static gboolean
step_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  zq_viewer_step (ZQ_VIEWER (widget), g_variant_get_int32 (args));
  return TRUE;
}

static void
compare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);

  zq_viewer_set_compare (self, !zq_viewer_is_comparing (self));
}

static void
on_compare_toggled (ZqViewer *self)
{
  gboolean compare = gtk_toggle_button_get_active (self->compare);

  if (compare != zq_viewer_is_comparing (self))
    zq_viewer_set_compare (self, compare);
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[CLOSE], 0);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const ZqFile *file = shown_file (ZQ_VIEWER (widget));

  if (file != NULL)
    g_signal_emit (widget, signals[SAVE], 0, file->key, file->title, file->content_type);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);
  const ZqFile *file = shown_file (self);

  if (file == NULL)
    return;
  if (!zq_file_key_is_inline (file->key))
    zq_attachments_want (zq_store_get_attachments (self->store), file->key, file->size, file->hash, file->content_type);
  if (self->file != NULL)
    zq_viewer_load_file (self);
  else
    zq_viewer_load_side (self, &self->sides[ZQ_VIEWER_FIRST]);
}

/* --- opening ----------------------------------------------------------------------------------- */

static int
find_picture (ZqViewer *self, gint64 message, const char *key)
{
  for (guint i = 0; i < self->pictures->len; i++)
    {
      ZqPicture *picture = g_ptr_array_index (self->pictures, i);

      if (picture->message == message && g_strcmp0 (picture->file->key, key) == 0)
        return (int)i;
    }

  return -1;
}

static ZqFile *
find_file (ZqViewer *self, gint64 message, const char *key)
{
  g_autoptr (GPtrArray) files = zq_files_load (zq_store_get_main_db (self->store), message);

  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      ZqFile *file = g_ptr_array_index (files, i);

      if (g_strcmp0 (file->key, key) == 0)
        return g_ptr_array_steal_index (files, i);
    }

  return NULL;
}

void
zq_viewer_close (ZqViewer *self)
{
  if (self->store != NULL)
    g_clear_signal_handler (&self->changed_id, zq_store_get_attachments (self->store));
  if (self->store != NULL)
    zq_clock_clear (zq_store_get_clock (self->store), &self->patience);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  zq_viewer_close_text (self);
  for (guint i = 0; i < ZQ_VIEWER_N_SIDES; i++)
    {
      g_cancellable_cancel (self->sides[i].cancellable);
      g_clear_object (&self->sides[i].cancellable);
      self->sides[i].place = -1;
    }
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    if (self->panes[i].view != NULL)
      zq_picture_view_set_texture (self->panes[i].view, NULL);
  g_clear_object (&self->pdf);
  g_clear_pointer (&self->file, zq_file_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_object (&self->store);
}

static void
begin (ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, const char *key)
{
  zq_viewer_close (self);
  self->store = g_object_ref (store);
  self->zone = g_time_zone_ref (zone);
  self->now = now;
  self->page = 0;
  self->drawn = 0;
  self->key = g_strdup (key);
  self->changed_id = g_signal_connect_object (zq_store_get_attachments (store), "changed",
                                              G_CALLBACK (on_attachment_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->second, FALSE);
  gtk_toggle_button_set_active (self->compare, FALSE);
  zq_viewer_reset_zoom (self);
}

/* @file: (transfer full) (nullable) */
static void
show_file (ZqViewer *self, ZqFile *file)
{
  self->file = file;
  if (self->file != NULL)
    zq_viewer_load_file (self);
  else
    zq_viewer_show_problem (self, _ ("It is no longer there."));
  zq_viewer_show_title (self);
}

void
zq_viewer_open (
    ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, gint64 thread_id, gint64 message, const char *key)
{
  int place;

  begin (self, store, now, zone, key);
  self->pictures = zq_message_list_pictures (zq_store_get_main_db (store), thread_id, MOST_PICTURES);
  place = find_picture (self, message, key);
  if (place >= 0)
    zq_viewer_go_to (self, place);
  else
    show_file (self, find_file (self, message, key));
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
zq_viewer_open_file (ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, const ZqFile *file, gint64 at)
{
  begin (self, store, now, zone, file->key);
  self->pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_picture_free);
  if (file->is_picture)
    {
      ZqPicture *picture = g_new0 (ZqPicture, 1);

      picture->file = zq_file_copy (file);
      picture->sent = at;
      picture->name = g_strdup (file->title != NULL ? file->title : "");
      g_ptr_array_add (self->pictures, picture);
      zq_viewer_go_to (self, 0);
    }
  else
    show_file (self, zq_file_copy (file));
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
zq_viewer_open_picture (
    ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, GPtrArray *pictures, gint64 item, const char *key)
{
  int place;

  begin (self, store, now, zone, key);
  self->pictures = pictures;
  place = find_picture (self, item, key);
  if (place >= 0)
    zq_viewer_go_to (self, place);
  else
    show_file (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

const char *
zq_viewer_get_key (ZqViewer *self)
{
  return self->key;
}

const char *
zq_viewer_get_place (ZqViewer *self)
{
  const char *place = gtk_stack_get_visible_child_name (self->stack);

  return g_strcmp0 (place, "picture") == 0 && zq_viewer_is_comparing (self) ? "compare" : place;
}

/* --- object ------------------------------------------------------------------------------------ */

static void
zq_viewer_dispose (GObject *object)
{
  ZqViewer *self = ZQ_VIEWER (object);

  zq_viewer_close (self);
  self->find_bar = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    self->panes[i].view = NULL;
  G_OBJECT_CLASS (zq_viewer_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    GdkModifierType state;
    const char *action;
  } keys[] = {
    { GDK_KEY_Left, 0, "viewer.previous" }, { GDK_KEY_Right, 0, "viewer.next" },
    { GDK_KEY_c, 0, "viewer.compare" },     { GDK_KEY_s, GDK_CONTROL_MASK, "viewer.save" },
    { GDK_KEY_Escape, 0, "viewer.close" },
  };

  gtk_widget_class_install_action (klass, "viewer.previous", NULL, step_action);
  gtk_widget_class_install_action (klass, "viewer.next", NULL, step_action);
  gtk_widget_class_install_action (klass, "viewer.compare", NULL, compare_action);
  gtk_widget_class_install_action (klass, "viewer.save", NULL, save_action);
  gtk_widget_class_install_action (klass, "viewer.retry", NULL, retry_action);
  gtk_widget_class_install_action (klass, "viewer.close", NULL, close_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (klass, keys[i].key, keys[i].state, keys[i].action, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Left, 0, step_key, "i", -1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Right, 0, step_key, "i", 1);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/org/zhenqiao/Zhenqiao/ui/viewer/viewer.ui");
  gtk_widget_class_bind_template_child (klass, ZqViewer, box);
  gtk_widget_class_bind_template_child (klass, ZqViewer, stack);
  gtk_widget_class_bind_template_child (klass, ZqViewer, title);
  gtk_widget_class_bind_template_child (klass, ZqViewer, previous);
  gtk_widget_class_bind_template_child (klass, ZqViewer, next);
  gtk_widget_class_bind_template_child (klass, ZqViewer, zooming);
  gtk_widget_class_bind_template_child (klass, ZqViewer, compare);
  gtk_widget_class_bind_template_child (klass, ZqViewer, save);
  gtk_widget_class_bind_template_child (klass, ZqViewer, pair);
  gtk_widget_class_bind_template_child (klass, ZqViewer, first);
  gtk_widget_class_bind_template_child (klass, ZqViewer, second);
  gtk_widget_class_bind_template_child (klass, ZqViewer, first_words);
  gtk_widget_class_bind_template_child (klass, ZqViewer, second_words);
  gtk_widget_class_bind_template_child (klass, ZqViewer, first_state);
  gtk_widget_class_bind_template_child (klass, ZqViewer, second_state);
  gtk_widget_class_bind_template_child (klass, ZqViewer, first_scroller);
  gtk_widget_class_bind_template_child (klass, ZqViewer, second_scroller);
  gtk_widget_class_bind_template_child (klass, ZqViewer, pdf_scroller);
  gtk_widget_class_bind_template_child (klass, ZqViewer, first_view);
  gtk_widget_class_bind_template_child (klass, ZqViewer, second_view);
  gtk_widget_class_bind_template_child (klass, ZqViewer, pdf_view);
  gtk_widget_class_bind_template_child (klass, ZqViewer, text_view);
  gtk_widget_class_bind_template_child (klass, ZqViewer, cut);
  gtk_widget_class_bind_template_child (klass, ZqViewer, progress);
  gtk_widget_class_bind_template_child (klass, ZqViewer, problem);
  gtk_widget_class_bind_template_callback (klass, on_compare_toggled);
}

static void
zq_viewer_class_init (ZqViewerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_viewer_dispose;
  signals[CLOSE] =
      g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  g_type_ensure (ZQ_TYPE_PICTURE_VIEW);
  install_actions (widget_class);
  zq_viewer_install_zoom (widget_class);
  bind_template (widget_class);
  zq_viewer_install_text (widget_class);
}

static void
zq_viewer_init (ZqViewer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->panes[ZQ_VIEWER_FIRST] = (ZqViewerPane){ .view = self->first_view, .scroller = self->first_scroller };
  self->panes[ZQ_VIEWER_SECOND] = (ZqViewerPane){ .view = self->second_view, .scroller = self->second_scroller };
  self->panes[ZQ_VIEWER_PAGE] = (ZqViewerPane){ .view = self->pdf_view, .scroller = self->pdf_scroller };
  self->sides[ZQ_VIEWER_FIRST] = (ZqViewerSide){ .box = self->first,
                                                 .words = self->first_words,
                                                 .state = self->first_state,
                                                 .pane = &self->panes[ZQ_VIEWER_FIRST],
                                                 .place = -1 };
  self->sides[ZQ_VIEWER_SECOND] = (ZqViewerSide){ .box = self->second,
                                                  .words = self->second_words,
                                                  .state = self->second_state,
                                                  .pane = &self->panes[ZQ_VIEWER_SECOND],
                                                  .place = -1 };
  zq_viewer_add_gestures (self);
}
