/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/pdf.h"

#include <math.h>
#include <poppler.h>

#define MAX_SIDE   4096
#define MOST_PAGES 5000 /* that are searched */

struct _ZqPdf
{
  GObject parent_instance;

  /* owned */
  GThreadPool *thread; /* of one: poppler does one thing at a time */
  GBytes *bytes;
  PopplerDocument *document; /* the thread's; made when first needed */

  gint n_pages; /* atomic */
};

G_DEFINE_FINAL_TYPE (ZqPdf, zq_pdf, G_TYPE_OBJECT)

typedef struct
{
  GTaskThreadFunc func;
  guint page;
  double scale;
  char *words;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_free (wish->words);
  g_free (wish);
}

/* Reads the document when it was not; in the thread. */
static PopplerDocument *
open_document (ZqPdf *self, GError **error)
{
  if (self->document == NULL)
    {
      self->document = poppler_document_new_from_bytes (self->bytes, NULL, error);
      if (self->document != NULL)
        g_atomic_int_set (&self->n_pages, MAX (poppler_document_get_n_pages (self->document), 0));
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
  if (!isfinite (width) || !isfinite (height))
    width = height = 1;
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

/* (transfer full) */
static PopplerPage *
open_page (ZqPdf *self, guint number, GError **error)
{
  PopplerPage *page = NULL;

  if (open_document (self, error) == NULL)
    return NULL;
  page = number < zq_pdf_get_n_pages (self) ? poppler_document_get_page (self->document, (int)number) : NULL;
  if (page == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no such page");

  return page;
}

static void
draw_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Wish *wish = data;
  GError *error = NULL;
  PopplerPage *page = open_page (source, wish->page, &error);
  GdkTexture *texture = page != NULL ? draw (page, wish->scale, &error) : NULL;

  g_clear_object (&page);
  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* --- text -------------------------------------------------------------------------------------- */

static ZqPdfText *
read_text (PopplerPage *page)
{
  g_autofree char *text = poppler_page_get_text (page);
  g_autofree PopplerRectangle *places = NULL;
  g_autofree graphene_rect_t *boxes = NULL;
  double width, height;
  guint n = 0;

  poppler_page_get_size (page, &width, &height);
  if (!poppler_page_get_text_layout (page, &places, &n))
    n = 0;
  boxes = g_new (graphene_rect_t, n + 1);
  for (guint i = 0; i < n; i++)
    boxes[i] = GRAPHENE_RECT_INIT ((float)MIN (places[i].x1, places[i].x2), (float)MIN (places[i].y1, places[i].y2),
                                   (float)ABS (places[i].x2 - places[i].x1), (float)ABS (places[i].y2 - places[i].y1));

  return zq_pdf_text_new (text, boxes, n, width, height);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Wish *wish = data;
  GError *error = NULL;
  PopplerPage *page = open_page (source, wish->page, &error);

  if (page != NULL)
    g_task_return_pointer (task, read_text (page), (GDestroyNotify)zq_pdf_text_free);
  else
    g_task_return_error (task, error);
  g_clear_object (&page);
}

/* A page that cannot be read has no matches. */
static void
find_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ZqPdf *self = source;
  const Wish *wish = data;
  GError *error = NULL;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (ZqPdfSpan));

  if (open_document (self, &error) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < zq_pdf_get_n_pages (self) && spans->len < ZQ_PDF_MOST_MATCHES; i++)
    {
      PopplerPage *page = NULL;
      g_autoptr (ZqPdfText) text = NULL;

      if (g_task_return_error_if_cancelled (task))
        return;
      if (i >= MOST_PAGES || (page = open_page (self, i, NULL)) == NULL)
        break;
      text = read_text (page);
      g_object_unref (page);
      zq_pdf_text_find (text, wish->words, i, spans);
    }
  g_task_return_pointer (task, g_steal_pointer (&spans), (GDestroyNotify)g_array_unref);
}

/* --- asking ------------------------------------------------------------------------------------ */

static void
work (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Wish *wish = g_task_get_task_data (task);

  if (!g_task_return_error_if_cancelled (task))
    wish->func (task, g_task_get_source_object (task), wish, g_task_get_cancellable (task));
}

/* @words: (transfer full) (nullable) */
static void
push (ZqPdf *self, GTask *task, GTaskThreadFunc func, guint page, double scale, char *words)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->func = func;
  wish->page = page;
  wish->scale = scale;
  wish->words = words;
  g_task_set_task_data (task, wish, wish_free);
  g_thread_pool_push (self->thread, task, NULL);
}

void
zq_pdf_draw_async (
    ZqPdf *self, guint page, double scale, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  push (self, g_task_new (self, cancellable, callback, data), draw_in_thread, page, scale, NULL);
}

void
zq_pdf_read_async (ZqPdf *self, guint page, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  push (self, g_task_new (self, cancellable, callback, data), read_in_thread, page, 0, NULL);
}

ZqPdfText *
zq_pdf_read_finish (ZqPdf *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
zq_pdf_find_async (
    ZqPdf *self, const char *words, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  push (self, g_task_new (self, cancellable, callback, data), find_in_thread, 0, 0, g_strdup (words));
}

GArray *
zq_pdf_find_finish (ZqPdf *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
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

  g_thread_pool_free (self->thread, FALSE, FALSE); /* it holds us while it works: there is no more to do */
  g_clear_object (&self->document);
  g_bytes_unref (self->bytes);
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
  self->thread = g_thread_pool_new (work, NULL, 1, FALSE, NULL);
}

ZqPdf *
zq_pdf_new (GBytes *bytes)
{
  ZqPdf *self = g_object_new (ZQ_TYPE_PDF, NULL);

  self->bytes = g_bytes_ref (bytes);

  return self;
}
