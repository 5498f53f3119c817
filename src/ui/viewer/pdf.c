/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/pdf.h"

#include <poppler.h>

#define MAX_SIDE 4096

struct _ZqPdf
{
  GObject parent_instance;

  GMutex lock; /* poppler draws one page at a time; holds document */

  /* owned */
  GBytes *bytes;
  PopplerDocument *document; /* made when first needed */

  gint n_pages; /* atomic */
};

G_DEFINE_FINAL_TYPE (ZqPdf, zq_pdf, G_TYPE_OBJECT)

typedef struct
{
  guint page;
  double scale;
} Wish;

/* Reads the document when it was not; under the lock. */
static PopplerDocument *
open_document (ZqPdf *self, GError **error)
{
  if (self->document == NULL)
    {
      self->document = poppler_document_new_from_bytes (self->bytes, NULL, error);
      if (self->document != NULL)
        g_atomic_int_set (&self->n_pages, poppler_document_get_n_pages (self->document));
    }

  return self->document;
}

static void
free_surface (gpointer data)
{
  cairo_surface_destroy (data);
}

static GdkTexture *
draw (PopplerPage *page, double scale, GError **error)
{
  double width, height;
  cairo_surface_t *surface;
  cairo_t *cr;
  g_autoptr (GBytes) bytes = NULL;

  poppler_page_get_size (page, &width, &height);
  scale = MIN (scale, MAX_SIDE / MAX (MAX (width, height), 1));
  surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX ((int)(width * scale), 1), MAX ((int)(height * scale), 1));
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the page is too large to draw");
      cairo_surface_destroy (surface);
      return NULL;
    }
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  poppler_page_render (page, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                      (gsize)cairo_image_surface_get_stride (surface) *
                                          (gsize)cairo_image_surface_get_height (surface),
                                      free_surface, surface);

  return gdk_memory_texture_new (cairo_image_surface_get_width (surface), cairo_image_surface_get_height (surface),
                                 GDK_MEMORY_DEFAULT, bytes, (gsize)cairo_image_surface_get_stride (surface));
}

static void
draw_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ZqPdf *self = source;
  const Wish *wish = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  PopplerPage *page = NULL;
  GError *error = NULL;
  GdkTexture *texture = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (open_document (self, &error) != NULL)
    page = poppler_document_get_page (self->document, (int)wish->page);
  if (page != NULL)
    texture = draw (page, wish->scale, &error);
  else if (error == NULL)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no such page");

  g_clear_object (&page);

  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
zq_pdf_draw_async (
    ZqPdf *self, guint page, double scale, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Wish wish = { page, scale };

  g_task_set_task_data (task, g_memdup2 (&wish, sizeof wish), g_free);
  g_task_run_in_thread (task, draw_in_thread);
}

GdkTexture *
zq_pdf_draw_finish (ZqPdf *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint
zq_pdf_get_n_pages (ZqPdf *self)
{
  return (guint)g_atomic_int_get (&self->n_pages);
}

static void
zq_pdf_finalize (GObject *object)
{
  ZqPdf *self = ZQ_PDF (object);

  g_clear_object (&self->document);
  g_bytes_unref (self->bytes);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (zq_pdf_parent_class)->finalize (object);
}

static void
zq_pdf_class_init (ZqPdfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_pdf_finalize;
}

static void
zq_pdf_init (ZqPdf *self)
{
  g_mutex_init (&self->lock);
}

ZqPdf *
zq_pdf_new (GBytes *bytes)
{
  ZqPdf *self = g_object_new (ZQ_TYPE_PDF, NULL);

  self->bytes = g_bytes_ref (bytes);

  return self;
}
