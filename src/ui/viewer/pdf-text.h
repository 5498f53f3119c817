/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <graphene.h>

#include <glib.h>

G_BEGIN_DECLS

/* Of one page no more is kept: what is more is a bomb. */
#define ZQ_PDF_MOST_CHARACTERS 200000
#define ZQ_PDF_MOST_MATCHES    1000

/**
 * ZqPdfText:
 *
 * The text of a page in the order in which it is read, with the place of each character in fractions of the page, from
 * its upper left corner. Immutable; any thread.
 */
typedef struct
{
  gunichar *characters;
  graphene_rect_t *boxes;
  guint n;
} ZqPdfText;

/* @boxes: one a character of @text, at most @n_boxes are looked at; in the measure of @width × @height. */
ZqPdfText *zq_pdf_text_new (const char *text, const graphene_rect_t *boxes, guint n_boxes, double width, double height);
void zq_pdf_text_free (ZqPdfText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPdfText, zq_pdf_text_free)

/* From @start up to, not with, @end. */
typedef struct
{
  guint page;
  guint start, end;
} ZqPdfSpan;

/* Adds where @words stand on @page, whatever their case and wherever the line breaks: a space, or none, is any space.
 * At most ZQ_PDF_MOST_MATCHES altogether. */
void zq_pdf_text_find (const ZqPdfText *self, const char *words, guint page, GArray *spans);

/* The place between characters that is nearest to a point: 0 to n. */
guint zq_pdf_text_at (const ZqPdfText *self, double x, double y);
/* Whether there are letters at a point. */
gboolean zq_pdf_text_hits (const ZqPdfText *self, double x, double y);

/* (transfer full) */
char *zq_pdf_text_copy (const ZqPdfText *self, guint start, guint end);

/* One rectangle a line. (transfer full) (element-type graphene_rect_t) */
GArray *zq_pdf_text_boxes (const ZqPdfText *self, guint start, guint end);

G_END_DECLS
