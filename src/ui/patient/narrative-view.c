/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/narrative-view.h"

#include "ui/lab/report-row.h"

#include <glib/gi18n.h>

/* Widgets: a page that is longer belongs on paper, and its words are found in the file. */
#define MOST_LABELS 1500
#define INDENT      18

typedef struct
{
  GtkWidget *box;
  GtkGrid *table; /* of the rows that follow each other; NULL: none */
  int row;
  guint n_labels;
} Building;

static GtkWidget *
make_label (Building *b, const char *text, const char *style)
{
  GtkWidget *label =
      g_object_new (GTK_TYPE_LABEL, "label", text, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  b->n_labels++;
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

/* It takes the focus, so that a text longer than the window is gone through by keys, and is read as one. */
static void
add_line (Building *b, GtkWidget *content, const char *words)
{
  GtkWidget *line = gtk_grid_new ();

  /* The first lies behind. */
  gtk_grid_attach (GTK_GRID (line), zq_report_row_new (words), 0, 0, 1, 1);
  gtk_widget_set_hexpand (content, TRUE);
  gtk_grid_attach (GTK_GRID (line), content, 0, 0, 1, 1);
  gtk_box_append (GTK_BOX (b->box), line);
}

static void
add_row (Building *b, const ZqNarrativeBlock *block)
{
  g_autofree char *words = NULL;

  if (b->table == NULL)
    {
      b->table = GTK_GRID (gtk_grid_new ());
      b->row = 0;
      gtk_grid_set_column_spacing (b->table, 14);
      gtk_grid_set_row_spacing (b->table, 2);
      gtk_widget_add_css_class (GTK_WIDGET (b->table), "report-table");
      gtk_box_append (GTK_BOX (b->box), GTK_WIDGET (b->table));
    }
  words = g_strjoinv (", ", block->cells);
  gtk_grid_attach (b->table, zq_report_row_new (words), 0, b->row, (int)g_strv_length (block->cells), 1);
  for (int i = 0; block->cells[i] != NULL; i++)
    gtk_grid_attach (b->table, make_label (b, block->cells[i], block->head ? "caption-heading" : NULL), i, b->row, 1,
                     1);
  b->row++;
}

static void
add_item (Building *b, const ZqNarrativeBlock *block)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *text = make_label (b, block->text, NULL);

  gtk_widget_set_margin_start (line, INDENT * (int)block->level);
  gtk_box_append (GTK_BOX (line), make_label (b, block->mark, NULL));
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (line), text);
  add_line (b, line, block->text);
}

static void
add_block (Building *b, const ZqNarrativeBlock *block)
{
  if (block->kind == ZQ_NARRATIVE_ROW)
    {
      add_row (b, block);
      return;
    }
  b->table = NULL;
  if (block->kind == ZQ_NARRATIVE_ITEM)
    add_item (b, block);
  else
    add_line (b,
              make_label (b, block->text,
                          block->kind == ZQ_NARRATIVE_HEADING        ? "heading"
                          : block->kind == ZQ_NARRATIVE_PREFORMATTED ? "monospace"
                                                                     : NULL),
              block->text);
}

GtkWidget *
zq_narrative_view_new (GPtrArray *blocks, gboolean cut)
{
  Building b = { .box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4) };
  guint i;

  gtk_box_append (GTK_BOX (b.box), make_label (&b, _ ("Text from the hospital"), "caption-heading"));
  for (i = 0; i < blocks->len && b.n_labels < MOST_LABELS; i++)
    add_block (&b, blocks->pdata[i]);
  if (cut || i < blocks->len)
    gtk_box_append (GTK_BOX (b.box),
                    make_label (&b, _ ("The text goes on: there is more than is shown here."), "result-warning"));
  gtk_widget_add_css_class (b.box, "narrative");

  return b.box;
}
