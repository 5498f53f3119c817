/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/viewer.h"

#include "clinic/consult/message.h"
#include "media/media.h"
#include "store/attachments.h"
#include "ui/viewer/pdf.h"
#include "ui/viewer/picture-view.h"
#include "ui/widgets/words.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MOST_PICTURES 500
#define LONGEST_SIDE  4096
#define LONGEST_TEXT  (256 * 1024)
#define ZOOM_STEP     1.25
#define PDF_SCALE     1.6

/* One of the two places for a picture. */
typedef struct
{
  ZqPictureView *view;
  GtkLabel *words;
  gint place; /* in pictures; -1: none */
  GCancellable *cancellable;
} Side;

struct _ZqViewer
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkStack *stack;
  GtkLabel *title;
  GtkWidget *previous;
  GtkWidget *next;
  GtkWidget *zooming;
  GtkToggleButton *compare;
  GtkWidget *second;
  ZqPictureView *first_view;
  ZqPictureView *second_view;
  GtkLabel *first_words;
  GtkLabel *second_words;
  ZqPictureView *pdf_view;
  GtkTextView *text_view;
  GtkProgressBar *progress;
  AdwStatusPage *problem;

  /* owned */
  ZqStore *store;
  GTimeZone *zone;
  gint64 now;
  GPtrArray *pictures; /* of ZqPicture */
  Side sides[2];
  ZqFile *file; /* what is shown when it is no picture */
  char *key;
  ZqPdf *pdf;
  guint page;
  GCancellable *cancellable;
  gulong changed_id;
};

enum
{
  CLOSE,
  SAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqViewer, zq_viewer, GTK_TYPE_WIDGET)

static void load_side (ZqViewer *self, Side *side);
static void load_file (ZqViewer *self);

static ZqPicture *
picture_at (ZqViewer *self, int place)
{
  return self->pictures != NULL && place >= 0 && place < (int)self->pictures->len
             ? g_ptr_array_index (self->pictures, place)
             : NULL;
}

static gboolean
is_comparing (ZqViewer *self)
{
  return gtk_widget_get_visible (self->second);
}

/* --- what stands around it --------------------------------------------------------------------- */

static void
show_place (ZqViewer *self, const char *place)
{
  gtk_stack_set_visible_child_name (self->stack, place);
}

static void
show_problem (ZqViewer *self, const char *why)
{
  adw_status_page_set_description (self->problem, why);
  show_place (self, "problem");
}

static const char *
words_of_error (const GError *error)
{
  if (g_error_matches (error, ZQ_MEDIA_ERROR, ZQ_MEDIA_ERROR_TOO_LARGE))
    return _ ("It has more pixels than can be shown safely. It can be saved and opened elsewhere.");
  if (error->domain == ZQ_MEDIA_ERROR)
    return _ ("It is broken, or no picture. It can be saved and opened elsewhere.");

  return _ ("It cannot be shown. It can be saved and opened elsewhere.");
}

static void
show_title (ZqViewer *self)
{
  ZqPicture *picture = picture_at (self, self->sides[0].place);
  g_autofree char *title = NULL;

  if (self->pdf != NULL)
    title =
        g_strdup_printf (_ ("%1$s, page %2$u of %3$u"), self->file->title != NULL ? self->file->title : _ ("Document"),
                         self->page + 1, MAX (zq_pdf_get_n_pages (self->pdf), 1));
  else if (picture != NULL)
    title = g_strdup_printf (_ ("Picture %1$d of %2$u"), self->sides[0].place + 1, self->pictures->len);
  else if (self->file != NULL)
    title = g_strdup (self->file->title != NULL ? self->file->title : _ ("File"));
  gtk_label_set_label (self->title, title != NULL ? title : "");
  gtk_widget_set_visible (self->zooming, picture != NULL || self->pdf != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->compare), picture != NULL && self->pictures->len > 1);
  gtk_widget_set_sensitive (self->previous, self->pdf != NULL ? self->page > 0 : self->sides[0].place > 0);
  gtk_widget_set_sensitive (self->next, self->pdf != NULL ? self->page + 1 < zq_pdf_get_n_pages (self->pdf)
                                                          : picture_at (self, self->sides[0].place + 1) != NULL);
}

static void
show_side_words (ZqViewer *self, Side *side)
{
  ZqPicture *picture = picture_at (self, side->place);
  g_autofree char *when = NULL;
  g_autofree char *words = NULL;

  if (picture == NULL)
    return;
  when = zq_words_day_clock (picture->sent, self->now, self->zone);
  words = g_strdup_printf ("%s · %s", picture->name != NULL ? picture->name : "—", when);
  gtk_label_set_label (side->words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (side->view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* --- bytes ------------------------------------------------------------------------------------- */

typedef struct
{
  ZqViewer *viewer;
  Side *side; /* NULL: the file */
  GCancellable *cancellable;
} Load;

static Load *
load_new (ZqViewer *self, Side *side, GCancellable *cancellable)
{
  Load *load = g_new0 (Load, 1);

  load->viewer = g_object_ref (self);
  load->side = side;
  load->cancellable = g_object_ref (cancellable);

  return load;
}

static void
load_free (Load *load)
{
  g_object_unref (load->viewer);
  g_object_unref (load->cancellable);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static gboolean
is_stale (const Load *load, const GError *error)
{
  return g_cancellable_is_cancelled (load->cancellable) ||
         (error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

/* TRUE when the bytes are here; else they are asked for, and what is known is shown. */
static gboolean
is_held (ZqViewer *self, const ZqFile *file)
{
  ZqAttachments *attachments = zq_store_get_attachments (self->store);
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (attachments, file->key, &info);
  if (info.state == ZQ_ATTACHMENT_HELD)
    return TRUE;
  if (info.state == ZQ_ATTACHMENT_REFUSED)
    {
      show_problem (self, info.reason != NULL ? _ (info.reason) : _ ("It could not be fetched."));
      return FALSE;
    }
  if (info.state == ZQ_ATTACHMENT_NONE)
    zq_attachments_want (attachments, file->key, file->size, file->hash, file->content_type);
  if (info.size > 0 && info.done > 0)
    gtk_progress_bar_set_fraction (self->progress, CLAMP ((double)info.done / (double)info.size, 0, 1));
  else
    gtk_progress_bar_pulse (self->progress);
  show_place (self, "wait");

  return FALSE;
}

/* --- pictures ---------------------------------------------------------------------------------- */

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = zq_media_load_finish (result, &error);
  g_autoptr (GdkTexture) texture = NULL;

  if (is_stale (load, error))
    return;
  if (pixbuf == NULL)
    {
      show_problem (load->viewer, words_of_error (error));
      return;
    }
  texture = gdk_texture_new_for_pixbuf (pixbuf);
  zq_picture_view_set_texture (load->side->view, texture);
  show_place (load->viewer, "picture");
}

static void
on_picture_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);

  if (is_stale (load, error))
    return;
  if (bytes == NULL)
    show_problem (load->viewer, _ ("It cannot be read on this computer."));
  else
    {
      GCancellable *cancellable = load->cancellable;

      zq_media_load_async (bytes, LONGEST_SIDE, cancellable, on_decoded, g_steal_pointer (&load));
    }
}

static void
load_side (ZqViewer *self, Side *side)
{
  ZqPicture *picture = picture_at (self, side->place);

  g_cancellable_cancel (side->cancellable);
  g_clear_object (&side->cancellable);
  zq_picture_view_set_texture (side->view, NULL);
  if (picture == NULL)
    return;
  show_side_words (self, side);
  if (!is_held (self, picture->file))
    return;
  side->cancellable = g_cancellable_new ();
  zq_attachments_read_async (zq_store_get_attachments (self->store), picture->file->key, side->cancellable,
                             on_picture_read, load_new (self, side, side->cancellable));
}

static void
go_to_picture (ZqViewer *self, int place)
{
  ZqPicture *picture = picture_at (self, place);

  g_free (self->key);
  self->key = g_strdup (picture != NULL ? picture->file->key : NULL);
  self->sides[0].place = place;
  zq_picture_view_set_turns (self->first_view, 0);
  load_side (self, &self->sides[0]);
  if (is_comparing (self))
    zq_viewer_set_compare (self, TRUE);
  show_title (self);
}

/* --- documents --------------------------------------------------------------------------------- */

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = zq_pdf_draw_finish (ZQ_PDF (source), result, &error);

  if (is_stale (load, error))
    return;
  if (texture == NULL)
    {
      show_problem (load->viewer, _ ("This document is broken or protected. It can be saved and opened elsewhere."));
      return;
    }
  zq_picture_view_set_texture (load->viewer->pdf_view, texture);
  show_title (load->viewer);
  show_place (load->viewer, "pdf");
}

static void
draw_page (ZqViewer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  zq_pdf_draw_async (self->pdf, self->page, PDF_SCALE * gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                     self->cancellable, on_drawn, load_new (self, NULL, self->cancellable));
}

static void
show_text (ZqViewer *self, GBytes *bytes)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_utf8_make_valid (data != NULL ? data : "", (gssize)MIN (length, LONGEST_TEXT));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text_view), text, -1);
  show_place (self, "text");
}

/* By what it is, not by what it is called. */
static void
on_file_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  ZqViewer *self = load->viewer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);
  ZqMediaKind kind;

  if (is_stale (load, error))
    return;
  if (bytes == NULL)
    {
      show_problem (self, _ ("It cannot be read on this computer."));
      return;
    }
  kind = zq_media_sniff (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  if (kind == ZQ_MEDIA_PDF)
    {
      self->pdf = zq_pdf_new (bytes);
      draw_page (self);
    }
  else if (kind == ZQ_MEDIA_TEXT)
    show_text (self, bytes);
  else
    show_problem (self, _ ("Files of this kind are not shown here. It can be saved and opened elsewhere."));
}

static void
load_file (ZqViewer *self)
{
  if (!is_held (self, self->file))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  zq_attachments_read_async (zq_store_get_attachments (self->store), self->file->key, self->cancellable, on_file_read,
                             load_new (self, NULL, self->cancellable));
}

/* --- news of what is on its way ---------------------------------------------------------------- */

static void
on_attachment_changed (ZqViewer *self, const char *key)
{
  if (self->file != NULL)
    {
      if (g_strcmp0 (self->file->key, key) == 0 && self->pdf == NULL)
        load_file (self);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      ZqPicture *picture = picture_at (self, self->sides[i].place);

      if (picture != NULL && g_strcmp0 (picture->file->key, key) == 0 &&
          zq_picture_view_get_texture (self->sides[i].view) == NULL)
        load_side (self, &self->sides[i]);
    }
}

/* --- what the doctor does ---------------------------------------------------------------------- */

gboolean
zq_viewer_step (ZqViewer *self, int by)
{
  if (self->pdf != NULL)
    {
      guint n = zq_pdf_get_n_pages (self->pdf);

      if ((by < 0 && self->page == 0) || (by > 0 && self->page + 1 >= n))
        return FALSE;
      self->page += (guint)by;
      draw_page (self);
      return TRUE;
    }
  if (picture_at (self, self->sides[0].place + by) == NULL)
    return FALSE;
  go_to_picture (self, self->sides[0].place + by);

  return TRUE;
}

void
zq_viewer_set_compare (ZqViewer *self, gboolean compare)
{
  int place = self->sides[0].place;

  gtk_widget_set_visible (self->second, compare);
  gtk_toggle_button_set_active (self->compare, compare);
  self->sides[1].place = !compare ? -1 : picture_at (self, place - 1) != NULL ? place - 1 : place + 1;
  load_side (self, &self->sides[1]);
}

static ZqPictureView *
shown_view (ZqViewer *self)
{
  return self->pdf != NULL ? self->pdf_view : self->first_view;
}

/* Both sides alike, so that sizes can be compared. */
static void
set_zoom (ZqViewer *self, double zoom)
{
  zq_picture_view_set_zoom (shown_view (self), zoom);
  if (is_comparing (self))
    zq_picture_view_set_zoom (self->second_view, zoom);
}

static void
zoom_by (ZqViewer *self, double factor)
{
  ZqPictureView *view = shown_view (self);
  double zoom = zq_picture_view_get_zoom (view);

  if (zoom <= 0)
    zoom = zq_picture_view_get_fit (view);
  if (zoom > 0)
    set_zoom (self, zoom * factor);
}

static void
step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_viewer_step (ZQ_VIEWER (widget), g_str_has_suffix (name, "next") ? 1 : -1);
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);

  if (g_str_has_suffix (name, "in"))
    zoom_by (self, ZOOM_STEP);
  else if (g_str_has_suffix (name, "out"))
    zoom_by (self, 1 / ZOOM_STEP);
  else
    set_zoom (self, g_str_has_suffix (name, "fit") ? 0 : 1);
}

static void
turn_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqPictureView *view = shown_view (ZQ_VIEWER (widget));

  zq_picture_view_set_turns (view, zq_picture_view_get_turns (view) + (g_str_has_suffix (name, "right") ? 1 : -1));
}

static void
compare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);

  if (self->pictures != NULL && self->pictures->len > 1 && self->file == NULL)
    zq_viewer_set_compare (self, !is_comparing (self));
}

static void
on_compare_toggled (ZqViewer *self)
{
  if (gtk_toggle_button_get_active (self->compare) != is_comparing (self))
    zq_viewer_set_compare (self, gtk_toggle_button_get_active (self->compare));
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[CLOSE], 0);
}

static const ZqFile *
shown_file (ZqViewer *self)
{
  ZqPicture *picture = picture_at (self, self->sides[0].place);

  return self->file != NULL ? self->file : picture != NULL ? picture->file : NULL;
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
  zq_attachments_want (zq_store_get_attachments (self->store), file->key, file->size, file->hash, file->content_type);
  if (self->file != NULL)
    load_file (self);
  else
    load_side (self, &self->sides[0]);
}

static gboolean
on_scroll (ZqViewer *self, double dx, double dy, GtkEventControllerScroll *controller)
{
  if (!(gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller)) & GDK_CONTROL_MASK))
    return FALSE;
  zoom_by (self, dy < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);

  return TRUE;
}

static void
on_pressed (ZqViewer *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  if (n_press == 2)
    set_zoom (self, zq_picture_view_get_zoom (shown_view (self)) > 0 ? 0 : 1);
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
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      g_cancellable_cancel (self->sides[i].cancellable);
      g_clear_object (&self->sides[i].cancellable);
      self->sides[i].place = -1;
      if (self->sides[i].view != NULL)
        zq_picture_view_set_texture (self->sides[i].view, NULL);
    }
  if (self->pdf_view != NULL)
    zq_picture_view_set_texture (self->pdf_view, NULL);
  g_clear_object (&self->pdf);
  g_clear_pointer (&self->file, zq_file_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_object (&self->store);
}

void
zq_viewer_open (
    ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, gint64 thread_id, gint64 message, const char *key)
{
  int place;

  zq_viewer_close (self);
  self->store = g_object_ref (store);
  self->zone = g_time_zone_ref (zone);
  self->now = now;
  self->page = 0;
  self->key = g_strdup (key);
  self->changed_id = g_signal_connect_object (zq_store_get_attachments (store), "changed",
                                              G_CALLBACK (on_attachment_changed), self, G_CONNECT_SWAPPED);
  self->pictures = zq_message_list_pictures (zq_store_get_main_db (store), thread_id, MOST_PICTURES);
  place = find_picture (self, message, key);
  gtk_widget_set_visible (self->second, FALSE);
  gtk_toggle_button_set_active (self->compare, FALSE);
  set_zoom (self, 0);
  if (place >= 0)
    go_to_picture (self, place);
  else
    {
      self->file = find_file (self, message, key);
      if (self->file != NULL)
        load_file (self);
      else
        show_problem (self, _ ("It is no longer there."));
      show_title (self);
    }
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

  return g_strcmp0 (place, "picture") == 0 && is_comparing (self) ? "compare" : place;
}

/* --- object ------------------------------------------------------------------------------------ */

static void
zq_viewer_dispose (GObject *object)
{
  ZqViewer *self = ZQ_VIEWER (object);

  zq_viewer_close (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    self->sides[i].view = NULL;
  self->pdf_view = NULL;
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
    { GDK_KEY_Left, 0, "viewer.previous" },         { GDK_KEY_Right, 0, "viewer.next" },
    { GDK_KEY_Page_Up, 0, "viewer.previous" },      { GDK_KEY_Page_Down, 0, "viewer.next" },
    { GDK_KEY_plus, 0, "viewer.zoom-in" },          { GDK_KEY_equal, 0, "viewer.zoom-in" },
    { GDK_KEY_KP_Add, 0, "viewer.zoom-in" },        { GDK_KEY_minus, 0, "viewer.zoom-out" },
    { GDK_KEY_KP_Subtract, 0, "viewer.zoom-out" },  { GDK_KEY_0, 0, "viewer.zoom-fit" },
    { GDK_KEY_1, 0, "viewer.zoom-whole" },          { GDK_KEY_bracketright, 0, "viewer.turn-right" },
    { GDK_KEY_bracketleft, 0, "viewer.turn-left" }, { GDK_KEY_c, 0, "viewer.compare" },
    { GDK_KEY_s, GDK_CONTROL_MASK, "viewer.save" }, { GDK_KEY_Escape, 0, "viewer.close" },
  };

  gtk_widget_class_install_action (klass, "viewer.previous", NULL, step_action);
  gtk_widget_class_install_action (klass, "viewer.next", NULL, step_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-fit", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-whole", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.turn-left", NULL, turn_action);
  gtk_widget_class_install_action (klass, "viewer.turn-right", NULL, turn_action);
  gtk_widget_class_install_action (klass, "viewer.compare", NULL, compare_action);
  gtk_widget_class_install_action (klass, "viewer.save", NULL, save_action);
  gtk_widget_class_install_action (klass, "viewer.retry", NULL, retry_action);
  gtk_widget_class_install_action (klass, "viewer.close", NULL, close_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (klass, keys[i].key, keys[i].state, keys[i].action, NULL);
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
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/viewer/viewer.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, box);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, stack);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, title);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, previous);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, next);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, zooming);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, compare);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, second);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, first_view);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, second_view);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, first_words);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, second_words);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, pdf_view);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, text_view);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, progress);
  gtk_widget_class_bind_template_child (widget_class, ZqViewer, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_compare_toggled);
}

static void
zq_viewer_init (ZqViewer *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->sides[0] = (Side){ self->first_view, self->first_words, -1, NULL };
  self->sides[1] = (Side){ self->second_view, self->second_words, -1, NULL };
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), scroll);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->first_view), GTK_EVENT_CONTROLLER (click));
}
