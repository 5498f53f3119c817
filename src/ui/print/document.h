/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqPrintDocument:
 *
 * What goes on paper: on every page the patient, the title, what has to be known of its status, and the page's number
 * of all. Blocks follow each other; a table says its heads again on each page. Lengths are points (1/72 inch). It is
 * made by one thread and may then be laid out and drawn by another one.
 */
typedef struct _ZqPrintDocument ZqPrintDocument;

/* @band: who it is about; @status: (nullable): words of a status that is not final; @foot: who printed it, and when. */
ZqPrintDocument *zq_print_document_new (const char *title, const char *band, const char *status, const char *foot);
void zq_print_document_free (ZqPrintDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPrintDocument, zq_print_document_free)

const char *zq_print_document_get_title (ZqPrintDocument *self);

void zq_print_document_add_heading (ZqPrintDocument *self, const char *text);
void zq_print_document_add_text (ZqPrintDocument *self, const char *text);

/* @weights: of the columns' widths; @heads: NULL-terminated, both of @n_columns. */
void zq_print_document_begin_table (ZqPrintDocument *self, const char *const *heads, const double *weights, guint n);
/* As many cells as columns; NULL: empty. @strong: in bold. */
void zq_print_document_add_row (ZqPrintDocument *self, const char *const *cells, gboolean strong);

/* What a widget shows, @width × @height pixels, as wide as the page. */
void zq_print_document_add_picture (ZqPrintDocument *self, GskRenderNode *node, double width, double height);

/* --- on paper ------------------------------------------------------------------------------------ */

/**
 * zq_print_document_lay_out:
 * @most: so many blocks at once; 0: all
 *
 * Lays the next blocks out on pages of that size. Returns whether all are.
 */
gboolean
zq_print_document_lay_out (ZqPrintDocument *self, PangoContext *context, double width, double height, guint most);
/* Of 0 … 1. */
double zq_print_document_get_progress (ZqPrintDocument *self);
guint zq_print_document_get_n_pages (ZqPrintDocument *self);
void zq_print_document_draw_page (ZqPrintDocument *self, cairo_t *cr, PangoContext *context, guint page);

/* Writes it as PDF on A4, upright or (@landscape) not, on a thread of its own. Takes @self (transfer full). */
void zq_print_document_export_async (ZqPrintDocument *self,
                                     GFile *file,
                                     gboolean landscape,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean zq_print_document_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
