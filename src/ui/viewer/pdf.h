/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/viewer/pdf-text.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * ZqPdf:
 *
 * A PDF document from memory; read and drawn on a thread of its own, one page after the other: what never ends keeps
 * nobody else waiting.
 */
#define ZQ_TYPE_PDF (zq_pdf_get_type ())
G_DECLARE_FINAL_TYPE (ZqPdf, zq_pdf, ZQ, PDF, GObject)

/* Nobody needs it larger. */
#define ZQ_PDF_MAX_SCALE 6.0

ZqPdf *zq_pdf_new (GBytes *bytes);

/* Page @page (from 0) at @scale (1 = 72 dots an inch; its pixels bounded). What cannot be read is a G_IO_ERROR. */
void zq_pdf_draw_async (
    ZqPdf *self, guint page, double scale, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GdkTexture *zq_pdf_draw_finish (ZqPdf *self, GAsyncResult *result, GError **error);

/* The text of a page. */
void
zq_pdf_read_async (ZqPdf *self, guint page, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
ZqPdfText *zq_pdf_read_finish (ZqPdf *self, GAsyncResult *result, GError **error);

/* Where @words stand, in the order of the pages. (transfer full) (element-type ZqPdfSpan) */
void zq_pdf_find_async (
    ZqPdf *self, const char *words, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GArray *zq_pdf_find_finish (ZqPdf *self, GAsyncResult *result, GError **error);

/* 0 until a page has been drawn. */
guint zq_pdf_get_n_pages (ZqPdf *self);

G_END_DECLS
