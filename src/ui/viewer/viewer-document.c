/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/viewer-private.h"

#include "clinic/document/narrative.h"
#include "media/media.h"

#include <glib/gi18n.h>

#define LONGEST_TEXT (256 * 1024)
#define SCALE        1.6
/* On both sides of a page. */
#define MARGIN 32
/* Longer nobody waits for a page: it is broken, or made to take forever. */
#define PATIENCE_US (20 * G_USEC_PER_SEC)

/* --- pages ------------------------------------------------------------------------------------- */

/* As wide as there is room, and no larger than it was drawn: that is how it is read. */
static double
reading_zoom (ZqViewer *self, GdkTexture *texture)
{
  double room = gtk_widget_get_width (GTK_WIDGET (self)) - MARGIN;
  double most = 1.0 / gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return room > 0 ? MIN (room / gdk_texture_get_width (texture), most) : most;
}

typedef struct
{
  ZqViewerLoad *load;
  double scale;
  guint page;
} Drawing;

static void
show_page (ZqViewer *self, GdkTexture *texture, const Drawing *drawing)
{
  ZqPictureView *view = self->panes[ZQ_VIEWER_PAGE].view;
  GdkTexture *before = zq_picture_view_get_texture (view);
  double zoom = zq_picture_view_get_zoom (view);

  /* Drawn larger, it stands as large as before. */
  if (before != NULL && zoom > 0 && self->drawn > 0 && drawing->scale != self->drawn)
    zoom *= (double)gdk_texture_get_width (before) / gdk_texture_get_width (texture);
  else if (before == NULL)
    zoom = reading_zoom (self, texture);
  self->drawn = drawing->scale;
  zq_picture_view_set_texture (view, texture);
  zq_picture_view_set_zoom (view, zoom);
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Drawing *drawing = data;
  g_autoptr (ZqViewerLoad) load = drawing->load;
  ZqViewer *self = load->viewer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = zq_pdf_draw_finish (ZQ_PDF (source), result, &error);

  if (zq_viewer_load_is_stale (load, error))
    return;
  zq_clock_clear (zq_store_get_clock (self->store), &self->patience);
  if (texture == NULL)
    {
      zq_viewer_show_problem (self, _ ("This document is broken or protected. It can be saved and opened elsewhere."));
      return;
    }
  show_page (self, texture, drawing);
  zq_viewer_show_title (self);
  zq_viewer_show_place (self, "pdf");
  zq_viewer_read_page (self);
}

static void
on_patience_over (gpointer data)
{
  ZqViewer *self = data;

  self->patience = 0;
  g_cancellable_cancel (self->cancellable);
  zq_viewer_show_problem (self, _ ("This document takes too long to draw. It can be saved and opened elsewhere."));
}

static void
draw_page (ZqViewer *self, double scale)
{
  Drawing *drawing = g_new0 (Drawing, 1);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  drawing->load = zq_viewer_load_new (self, NULL, self->cancellable);
  drawing->scale = scale;
  drawing->page = self->page;
  zq_clock_clear (zq_store_get_clock (self->store), &self->patience);
  self->patience = zq_clock_alarm_in (zq_store_get_clock (self->store), PATIENCE_US, on_patience_over, self);
  zq_pdf_draw_async (self->pdf, self->page, scale, self->cancellable, on_drawn, drawing);
}

void
zq_viewer_sharpen (ZqViewer *self)
{
  double zoom = zq_picture_view_get_zoom (self->panes[ZQ_VIEWER_PAGE].view);

  zoom *= gtk_widget_get_scale_factor (GTK_WIDGET (self));
  if (self->pdf != NULL && self->drawn > 0 && zoom > 1.05 && self->drawn * zoom <= ZQ_PDF_MAX_SCALE)
    draw_page (self, self->drawn * zoom);
}

void
zq_viewer_go_to_page (ZqViewer *self, guint page)
{
  if (self->pdf == NULL || page == self->page || page >= zq_pdf_get_n_pages (self->pdf))
    return;
  self->page = page;
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->panes[ZQ_VIEWER_PAGE].scroller), 0);
  draw_page (self, self->drawn);
  zq_viewer_show_title (self);
}

gboolean
zq_viewer_step_page (ZqViewer *self, int by)
{
  guint before = self->page;

  if (by > 0 || self->page > 0)
    zq_viewer_go_to_page (self, self->page + (guint)by);
  return self->page != before;
}

/* --- text -------------------------------------------------------------------------------------- */

static gboolean
is_hypertext (const ZqFile *file)
{
  return file->content_type != NULL && (g_ascii_strncasecmp (file->content_type, "text/html", 9) == 0 ||
                                        g_ascii_strncasecmp (file->content_type, "application/xhtml+xml", 21) == 0);
}

/* Its words without what they are dressed in: nothing of it is fetched or run. (transfer full) */
static char *
take_words (const char *text, gboolean *cut)
{
  gboolean more;
  g_autoptr (GPtrArray) blocks = zq_narrative_read (text, &more);

  *cut = *cut || more;

  return zq_narrative_to_text (blocks, "\t");
}

static void
show_text (ZqViewer *self, GBytes *bytes)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  gboolean cut = length > LONGEST_TEXT;
  g_autofree char *raw = g_utf8_make_valid (data != NULL ? data : "", (gssize)MIN (length, LONGEST_TEXT));
  g_autofree char *text = is_hypertext (self->file) ? take_words (raw, &cut) : g_steal_pointer (&raw);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text_view), text, -1);
  gtk_widget_set_visible (self->cut, cut);
  zq_viewer_show_place (self, "text");
}

/* --- whichever it is --------------------------------------------------------------------------- */

/* By what it is, not by what it is called. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqViewerLoad) load = data;
  ZqViewer *self = load->viewer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);
  ZqMediaKind kind;

  if (zq_viewer_load_is_stale (load, error))
    return;
  if (bytes == NULL)
    {
      zq_viewer_show_problem (self, _ ("It cannot be read on this computer."));
      return;
    }
  kind = zq_media_sniff (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  if (kind == ZQ_MEDIA_PDF)
    {
      self->pdf = zq_pdf_new (bytes);
      zq_viewer_show_place (self, "opening");
      draw_page (self, SCALE * gtk_widget_get_scale_factor (GTK_WIDGET (self)));
    }
  else if (kind == ZQ_MEDIA_TEXT)
    show_text (self, bytes);
  else
    zq_viewer_show_problem (self, _ ("Files of this kind are not shown here. It can be saved and opened elsewhere."));
}

void
zq_viewer_load_file (ZqViewer *self)
{
  if (!zq_viewer_is_held (self, NULL, self->file))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  zq_attachments_read_async (zq_store_get_attachments (self->store), self->file->key, self->cancellable, on_read,
                             zq_viewer_load_new (self, NULL, self->cancellable));
}
