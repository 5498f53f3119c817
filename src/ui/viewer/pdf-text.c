/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/pdf-text.h"

#include <math.h>
#include <string.h>

/* --- text and places --------------------------------------------------------------------------- */

static graphene_rect_t
to_fraction (const graphene_rect_t *box, double width, double height)
{
  graphene_rect_t all, page = GRAPHENE_RECT_INIT (0, 0, 1, 1), found;

  all = GRAPHENE_RECT_INIT (box->origin.x / (float)width, box->origin.y / (float)height, box->size.width / (float)width,
                            box->size.height / (float)height);
  if (!isfinite (all.origin.x) || !isfinite (all.origin.y) || !isfinite (all.size.width) ||
      !isfinite (all.size.height) || !graphene_rect_intersection (&all, &page, &found))
    return GRAPHENE_RECT_INIT (0, 0, 0, 0);

  return found;
}

ZqPdfText *
zq_pdf_text_new (const char *text, const graphene_rect_t *boxes, guint n_boxes, double width, double height)
{
  ZqPdfText *self = g_new0 (ZqPdfText, 1);
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  glong length = g_utf8_strlen (valid, -1);
  const char *at = valid;

  self->n = (guint)MIN (MIN (length, (glong)n_boxes), ZQ_PDF_MOST_CHARACTERS);
  if (width <= 0 || height <= 0)
    self->n = 0;
  self->characters = g_new (gunichar, self->n + 1);
  self->boxes = g_new (graphene_rect_t, self->n + 1);
  for (guint i = 0; i < self->n; i++, at = g_utf8_next_char (at))
    {
      self->characters[i] = g_utf8_get_char (at);
      self->boxes[i] = to_fraction (&boxes[i], width, height);
    }

  return self;
}

void
zq_pdf_text_free (ZqPdfText *self)
{
  g_free (self->characters);
  g_free (self->boxes);
  g_free (self);
}

/* --- finding ----------------------------------------------------------------------------------- */

/* Lower case without spaces: Chinese is broken anywhere, and other words at their spaces. @places: (nullable): where
 * each came from. */
static GArray *
fold (const gunichar *characters, guint n, GArray *places)
{
  GArray *folded = g_array_sized_new (FALSE, FALSE, sizeof (gunichar), n);

  for (guint i = 0; i < n; i++)
    {
      gunichar one = g_unichar_tolower (characters[i]);

      if (g_unichar_isspace (one) || one == 0)
        continue;
      g_array_append_val (folded, one);
      if (places != NULL)
        g_array_append_val (places, i);
    }

  return folded;
}

void
zq_pdf_text_find (const ZqPdfText *self, const char *words, guint page, GArray *spans)
{
  glong length = 0;
  g_autofree gunichar *wanted = g_utf8_to_ucs4_fast (words, -1, &length);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) text = fold (self->characters, self->n, places);
  g_autoptr (GArray) sought = fold (wanted, (guint)length, NULL);

  if (sought->len == 0)
    return;
  for (guint i = 0; i + sought->len <= text->len && spans->len < ZQ_PDF_MOST_MATCHES; i++)
    {
      ZqPdfSpan span;

      if (memcmp (&g_array_index (text, gunichar, i), sought->data, sought->len * sizeof (gunichar)) != 0)
        continue;
      span =
          (ZqPdfSpan){ page, g_array_index (places, guint, i), g_array_index (places, guint, i + sought->len - 1) + 1 };
      g_array_append_val (spans, span);
      i += sought->len - 1;
    }
}

/* --- selecting --------------------------------------------------------------------------------- */

static double
distance (const graphene_rect_t *box, double x, double y)
{
  double dx = MAX (MAX (box->origin.x - x, x - (box->origin.x + box->size.width)), 0);
  double dy = MAX (MAX (box->origin.y - y, y - (box->origin.y + box->size.height)), 0);

  /* The line first, then the place in it. */
  return dx * dx + 16 * dy * dy;
}

static gboolean
is_empty (const graphene_rect_t *box)
{
  return box->size.width <= 0 || box->size.height <= 0;
}

guint
zq_pdf_text_at (const ZqPdfText *self, double x, double y)
{
  double least = INFINITY;
  guint found = 0;

  for (guint i = 0; i < self->n; i++)
    {
      const graphene_rect_t *box = &self->boxes[i];
      double far = is_empty (box) ? INFINITY : distance (box, x, y);

      if (far >= least)
        continue;
      least = far;
      found = i + (x > box->origin.x + box->size.width / 2);
    }

  return found;
}

gboolean
zq_pdf_text_hits (const ZqPdfText *self, double x, double y)
{
  for (guint i = 0; i < self->n; i++)
    if (!is_empty (&self->boxes[i]) && distance (&self->boxes[i], x, y) <= 0)
      return TRUE;

  return FALSE;
}

char *
zq_pdf_text_copy (const ZqPdfText *self, guint start, guint end)
{
  end = MIN (end, self->n);

  return start < end ? g_ucs4_to_utf8 (self->characters + start, end - start, NULL, NULL, NULL) : g_strdup ("");
}

static gboolean
is_same_line (const graphene_rect_t *one, const graphene_rect_t *other)
{
  float middle = other->origin.y + other->size.height / 2;

  return middle >= one->origin.y && middle <= one->origin.y + one->size.height &&
         other->origin.x >= one->origin.x - one->size.height;
}

GArray *
zq_pdf_text_boxes (const ZqPdfText *self, guint start, guint end)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));

  for (guint i = start; i < MIN (end, self->n); i++)
    {
      const graphene_rect_t *box = &self->boxes[i];
      graphene_rect_t *line = lines->len > 0 ? &g_array_index (lines, graphene_rect_t, lines->len - 1) : NULL;

      if (is_empty (box))
        continue;
      if (line != NULL && is_same_line (line, box))
        graphene_rect_union (line, box, line);
      else
        g_array_append_val (lines, *box);
    }

  return lines;
}
