/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/print/document.h"

#include <cairo-pdf.h>
#include <glib/gi18n.h>
#include <string.h>

#define MARGIN  42.0 /* on each side */
#define GAP     6.0
#define FOOT    26.0
#define FONT    "Sans 9"
#define LARGE   "Sans Bold 13"
#define STRONG  "Sans Bold 9"
#define SMALL   "Sans 8"
#define A4_LONG 842.0
#define A4_WIDE 595.0

typedef enum
{
  HEADING,
  TEXT,
  HEADS,
  ROW,
  PICTURE,
} Sort;

/* Columns of a table. */
typedef struct
{
  guint n;
  double *weights; /* their sum is 1 */
} Columns;

typedef struct
{
  Sort sort;
  char *text;
  GStrv cells;
  Columns *columns; /* borrowed */
  gboolean strong;
  GskRenderNode *node;
  double width, height; /* of the picture */

  /* laid out */
  guint page;
  double y;
} Block;

struct _ZqPrintDocument
{
  char *title, *band, *status, *foot;
  GPtrArray *blocks;  /* of Block */
  GPtrArray *columns; /* of Columns */

  /* laid out */
  double page_width, page_height;
  double top, bottom; /* of what lies between the page's head and its foot */
  double y;
  guint done;
  guint n_pages;
  GArray *repeated; /* of guint: block with the heads that stand on top of each page; G_MAXUINT: none */
};

/* --- made ---------------------------------------------------------------------------------------- */

static void
block_free (gpointer data)
{
  Block *self = data;

  g_free (self->text);
  g_strfreev (self->cells);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_free (self);
}

static void
columns_free (gpointer data)
{
  g_free (((Columns *)data)->weights);
  g_free (data);
}

ZqPrintDocument *
zq_print_document_new (const char *title, const char *band, const char *status, const char *foot)
{
  ZqPrintDocument *self = g_new0 (ZqPrintDocument, 1);

  self->title = g_strdup (title);
  self->band = g_strdup (band);
  self->status = g_strdup (status);
  self->foot = g_strdup (foot);
  self->blocks = g_ptr_array_new_with_free_func (block_free);
  self->columns = g_ptr_array_new_with_free_func (columns_free);
  self->repeated = g_array_new (FALSE, FALSE, sizeof (guint));

  return self;
}

void
zq_print_document_free (ZqPrintDocument *self)
{
  g_free (self->title);
  g_free (self->band);
  g_free (self->status);
  g_free (self->foot);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->columns);
  g_array_unref (self->repeated);
  g_free (self);
}

const char *
zq_print_document_get_title (ZqPrintDocument *self)
{
  return self->title;
}

static Block *
add (ZqPrintDocument *self, Sort sort)
{
  Block *block = g_new0 (Block, 1);

  block->sort = sort;
  g_ptr_array_add (self->blocks, block);

  return block;
}

void
zq_print_document_add_heading (ZqPrintDocument *self, const char *text)
{
  add (self, HEADING)->text = g_strdup (text);
}

void
zq_print_document_add_text (ZqPrintDocument *self, const char *text)
{
  add (self, TEXT)->text = g_strdup (text);
}

static Columns *
get_columns (ZqPrintDocument *self)
{
  return self->columns->pdata[self->columns->len - 1];
}

/* Of so many cells, an empty one for what is missing. */
static GStrv
copy_cells (const char *const *cells, guint n)
{
  GStrv copy = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    copy[i] = g_strdup (cells[i] != NULL ? cells[i] : "");

  return copy;
}

void
zq_print_document_begin_table (ZqPrintDocument *self, const char *const *heads, const double *weights, guint n)
{
  Columns *columns = g_new0 (Columns, 1);
  Block *block = add (self, HEADS);
  double sum = 0;

  columns->n = n;
  columns->weights = g_memdup2 (weights, sizeof *weights * n);
  for (guint i = 0; i < n; i++)
    sum += weights[i];
  for (guint i = 0; i < n; i++)
    columns->weights[i] /= sum;
  g_ptr_array_add (self->columns, columns);
  block->columns = columns;
  block->cells = copy_cells (heads, n);
  block->strong = TRUE;
}

void
zq_print_document_add_row (ZqPrintDocument *self, const char *const *cells, gboolean strong)
{
  Block *block = add (self, ROW);

  block->columns = get_columns (self);
  block->cells = copy_cells (cells, block->columns->n);
  block->strong = strong;
}

void
zq_print_document_add_picture (ZqPrintDocument *self, GskRenderNode *node, double width, double height)
{
  Block *block;

  if (node == NULL || width <= 0 || height <= 0)
    return;
  block = add (self, PICTURE);
  block->node = gsk_render_node_ref (node);
  block->width = width;
  block->height = height;
}

/* --- measured and drawn -------------------------------------------------------------------------- */

static PangoLayout *
make_layout (PangoContext *context, const char *font, const char *text, double width)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

static double
height_of (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);

  return (double)height / PANGO_SCALE;
}

/* Draws it where a @cr is given; its height. */
static double
put_text (cairo_t *cr, PangoContext *context, const char *font, const char *text, double x, double y, double width)
{
  g_autoptr (PangoLayout) layout = make_layout (context, font, text, width);

  if (cr != NULL)
    {
      cairo_move_to (cr, x, y);
      pango_cairo_show_layout (cr, layout);
    }

  return height_of (layout);
}

static void
put_line (cairo_t *cr, double x, double y, double width, double thick)
{
  cairo_set_line_width (cr, thick);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + width, y);
  cairo_stroke (cr);
}

static double
put_cells (cairo_t *cr, PangoContext *context, const Block *block, double x, double y, double width)
{
  double height = 0, left = x;

  for (guint i = 0; i < block->columns->n; i++)
    {
      double column = block->columns->weights[i] * width;
      double own =
          put_text (cr, context, block->strong ? STRONG : FONT, block->cells[i], left, y + 2, MAX (column - GAP, 8));

      height = MAX (height, own);
      left += column;
    }
  if (cr != NULL)
    put_line (cr, x, y + height + 4, width, block->sort == HEADS ? 0.8 : 0.25);

  return height + 5;
}

static double
put_picture (cairo_t *cr, const Block *block, double x, double y, double width)
{
  double scale = width / block->width;

  if (cr != NULL)
    {
      cairo_save (cr);
      cairo_translate (cr, x, y);
      cairo_scale (cr, scale, scale);
      gsk_render_node_draw (block->node, cr);
      cairo_restore (cr);
    }

  return block->height * scale + GAP;
}

static double
put_block (ZqPrintDocument *self, cairo_t *cr, PangoContext *context, const Block *block, double y)
{
  double width = self->page_width - 2 * MARGIN;

  switch (block->sort)
    {
    case HEADING:
      return put_text (cr, context, STRONG, block->text, MARGIN, y + GAP, width) + GAP + 2;
    case TEXT:
      return put_text (cr, context, FONT, block->text, MARGIN, y, width) + 3;
    case PICTURE:
      return put_picture (cr, block, MARGIN, y, width);
    case HEADS:
    case ROW:
    default:
      return put_cells (cr, context, block, MARGIN, y, width);
    }
}

/* Title, patient, status: the same on every page. */
static double
put_head (ZqPrintDocument *self, cairo_t *cr, PangoContext *context)
{
  double width = self->page_width - 2 * MARGIN, y = MARGIN;

  y += put_text (cr, context, LARGE, self->title, MARGIN, y, width) + 2;
  y += put_text (cr, context, FONT, self->band, MARGIN, y, width) + 3;
  if (self->status != NULL)
    {
      double height = put_text (NULL, context, STRONG, self->status, MARGIN + GAP, y + 3, width - 2 * GAP);

      if (cr != NULL)
        {
          cairo_set_line_width (cr, 1);
          cairo_rectangle (cr, MARGIN, y, width, height + 6);
          cairo_stroke (cr);
          put_text (cr, context, STRONG, self->status, MARGIN + GAP, y + 3, width - 2 * GAP);
        }
      y += height + 9;
    }
  if (cr != NULL)
    put_line (cr, MARGIN, y + 1, width, 0.8);

  return y + GAP;
}

/* --- laid out ------------------------------------------------------------------------------------ */

static guint
last_heads (ZqPrintDocument *self, guint before)
{
  for (guint i = before; i > 0; i--)
    {
      const Block *block = self->blocks->pdata[i - 1];

      if (block->sort == HEADS)
        return i - 1;
      if (block->sort != ROW)
        break;
    }

  return G_MAXUINT;
}

static void
begin_page (ZqPrintDocument *self, PangoContext *context)
{
  const Block *block = self->blocks->pdata[self->done];
  guint heads = block->sort == ROW ? last_heads (self, self->done) : G_MAXUINT;

  self->n_pages++;
  self->y = self->top;
  if (heads != G_MAXUINT)
    self->y += put_block (self, NULL, context, self->blocks->pdata[heads], self->y);
  g_array_append_val (self->repeated, heads);
}

static void
begin_pages (ZqPrintDocument *self, PangoContext *context, double width, double height)
{
  guint none = G_MAXUINT;

  self->page_width = width;
  self->page_height = height;
  self->top = put_head (self, NULL, context);
  self->bottom = height - MARGIN - FOOT;
  self->n_pages = 1;
  self->y = self->top;
  g_array_set_size (self->repeated, 0);
  g_array_append_val (self->repeated, none);
}

gboolean
zq_print_document_lay_out (ZqPrintDocument *self, PangoContext *context, double width, double height, guint most)
{
  guint end = most == 0 ? self->blocks->len : MIN (self->blocks->len, self->done + most);

  if (self->n_pages == 0)
    begin_pages (self, context, width, height);
  while (self->done < end)
    {
      Block *block = self->blocks->pdata[self->done];
      double own = put_block (self, NULL, context, block, self->y);

      /* What is higher than a page begins on top of one, and is cut where that ends. */
      if (self->y + own > self->bottom && self->y > self->top)
        begin_page (self, context);
      block->page = self->n_pages - 1;
      block->y = self->y;
      self->y += own;
      self->done++;
    }

  return self->done == self->blocks->len;
}

double
zq_print_document_get_progress (ZqPrintDocument *self)
{
  return self->blocks->len == 0 ? 1 : (double)self->done / self->blocks->len;
}

guint
zq_print_document_get_n_pages (ZqPrintDocument *self)
{
  return self->n_pages;
}

static guint
first_of_page (ZqPrintDocument *self, guint page)
{
  guint low = 0, high = self->done;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const Block *block = self->blocks->pdata[middle];

      if (block->page < page)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
put_foot (ZqPrintDocument *self, cairo_t *cr, PangoContext *context, guint page)
{
  double width = self->page_width - 2 * MARGIN, y = self->page_height - MARGIN - 12;
  /* Translators: of a printed page: its number, and how many there are */
  g_autofree char *number = g_strdup_printf (_ ("Page %1$u of %2$u"), page + 1, self->n_pages);
  g_autoptr (PangoLayout) layout = make_layout (context, SMALL, number, width);

  put_line (cr, MARGIN, y - 4, width, 0.5);
  put_text (cr, context, SMALL, self->foot, MARGIN, y, width * 0.75);
  pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  cairo_move_to (cr, MARGIN, y);
  pango_cairo_show_layout (cr, layout);
}

void
zq_print_document_draw_page (ZqPrintDocument *self, cairo_t *cr, PangoContext *context, guint page)
{
  guint heads = page < self->repeated->len ? g_array_index (self->repeated, guint, page) : G_MAXUINT;

  cairo_set_source_rgb (cr, 0, 0, 0);
  put_head (self, cr, context);
  if (heads != G_MAXUINT)
    put_block (self, cr, context, self->blocks->pdata[heads], self->top);
  for (guint i = first_of_page (self, page); i < self->done; i++)
    {
      const Block *block = self->blocks->pdata[i];

      if (block->page != page)
        break;
      cairo_save (cr);
      cairo_rectangle (cr, 0, 0, self->page_width, self->bottom);
      cairo_clip (cr);
      put_block (self, cr, context, block, block->y);
      cairo_restore (cr);
    }
  put_foot (self, cr, context, page);
}

/* --- as PDF -------------------------------------------------------------------------------------- */

typedef struct
{
  ZqPrintDocument *document;
  GFile *file;
  gboolean landscape;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  zq_print_document_free (self->document);
  g_object_unref (self->file);
  g_free (self);
}

static cairo_status_t
write_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static void
draw_pdf (Export *self, GByteArray *bytes, GCancellable *cancellable)
{
  double width = self->landscape ? A4_LONG : A4_WIDE, height = self->landscape ? A4_WIDE : A4_LONG;
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (write_bytes, bytes, width, height);
  cairo_t *cr = cairo_create (surface);
  /* Of this thread alone. */
  g_autoptr (GObject) fonts = G_OBJECT (pango_cairo_font_map_new ());
  PangoContext *context = pango_font_map_create_context (PANGO_FONT_MAP (fonts));

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->document->title);
  while (!g_cancellable_is_cancelled (cancellable) &&
         !zq_print_document_lay_out (self->document, context, width, height, 200))
    ;
  for (guint i = 0; i < self->document->n_pages && !g_cancellable_is_cancelled (cancellable); i++)
    {
      zq_print_document_draw_page (self->document, cr, context, i);
      cairo_show_page (cr);
    }
  g_object_unref (context);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *self = data;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GError *error = NULL;

  draw_pdf (self, bytes, cancellable);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_file_replace_contents (self->file, (const char *)bytes->data, bytes->len, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                               NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zq_print_document_export_async (ZqPrintDocument *self,
                                GFile *file,
                                gboolean landscape,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Export *export = g_new0 (Export, 1);

  export->document = self;
  export->file = g_object_ref (file);
  export->landscape = landscape;
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, export_thread);
}

gboolean
zq_print_document_export_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
