/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * ZqPdf:
 *
 * A PDF document from memory; read and drawn on worker threads, one at a time.
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

/* 0 until a page has been drawn. */
guint zq_pdf_get_n_pages (ZqPdf *self);

G_END_DECLS
