/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/intake-card.h"

#include "ui/widgets/capped.h"

#include <glib/gi18n.h>

struct _ZqIntakeCard
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkToggleButton *toggle;
  GtkLabel *complaint;
  GtkLabel *summary;
  GtkImage *arrow;
  GtkRevealer *revealer;
  ZqCapped *capped;
  GtkGrid *grid;

  /* owned */
  GPtrArray *items; /* ZqIntakeItem: those that the grid does not hold yet */
};

G_DEFINE_FINAL_TYPE (ZqIntakeCard, zq_intake_card, GTK_TYPE_WIDGET)

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Most are never unfolded, and what is folded is measured all the same. */
static void
fill_grid (ZqIntakeCard *self)
{
  for (guint i = 0; self->items != NULL && i < self->items->len; i++)
    {
      const ZqIntakeItem *item = g_ptr_array_index (self->items, i);
      GtkWidget *question = make_label (item->question != NULL ? item->question : "", "dim-label");
      GtkWidget *answer = make_label (item->answer != NULL ? item->answer : "–", "answer");

      gtk_label_set_max_width_chars (GTK_LABEL (question), 18);
      gtk_label_set_selectable (GTK_LABEL (answer), TRUE);
      gtk_widget_set_hexpand (answer, TRUE);
      gtk_grid_attach (self->grid, question, 0, i, 1, 1);
      gtk_grid_attach (self->grid, answer, 1, i, 1, 1);
    }
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

static void
on_toggled (ZqIntakeCard *self)
{
  gboolean open = gtk_toggle_button_get_active (self->toggle);

  if (open)
    fill_grid (self);
  gtk_revealer_set_reveal_child (self->revealer, open);
  /* Folded it is one line. */
  gtk_label_set_lines (self->complaint, open ? -1 : 1);
  gtk_image_set_from_icon_name (self->arrow, open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
}

static gboolean
on_query_complaint (ZqIntakeCard *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, gtk_label_get_label (self->complaint));
  return TRUE;
}

static void
zq_intake_card_dispose (GObject *object)
{
  ZqIntakeCard *self = ZQ_INTAKE_CARD (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_intake_card_parent_class)->dispose (object);
}

static void
zq_intake_card_class_init (ZqIntakeCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_intake_card_dispose;
  g_type_ensure (ZQ_TYPE_CAPPED);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/intake-card.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, box);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, toggle);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, complaint);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, summary);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, arrow);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, revealer);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, capped);
  gtk_widget_class_bind_template_child (widget_class, ZqIntakeCard, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_query_complaint);
}

static void
zq_intake_card_init (ZqIntakeCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zq_intake_card_set_consult (ZqIntakeCard *self, const ZqConsult *consult)
{
  g_autofree char *summary = NULL, *label = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = g_ptr_array_ref (consult->intake);
  if (zq_intake_card_get_open (self))
    fill_grid (self);

  if (consult->intake->len > 0)
    summary = g_strdup_printf (ngettext ("Intake: %u answer", "Intake: %u answers", consult->intake->len),
                               consult->intake->len);
  gtk_label_set_label (self->complaint, consult->complaint != NULL && *consult->complaint != '\0'
                                            ? consult->complaint
                                            : _ ("No complaint given"));
  gtk_label_set_label (self->summary, summary != NULL ? summary : _ ("No intake"));
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), consult->intake->len > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->toggle), consult->intake->len > 0);
  label = g_strdup_printf ("%s, %s", gtk_label_get_label (self->complaint), gtk_label_get_label (self->summary));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
zq_intake_card_set_open (ZqIntakeCard *self, gboolean open)
{
  gtk_toggle_button_set_active (self->toggle, open);
}

gboolean
zq_intake_card_get_open (ZqIntakeCard *self)
{
  return gtk_toggle_button_get_active (self->toggle);
}

int
zq_intake_card_measure_more (ZqIntakeCard *self)
{
  int natural = 0;

  fill_grid (self);
  gtk_widget_measure (GTK_WIDGET (self->capped), GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (self->box), NULL,
                      &natural, NULL, NULL);
  return natural;
}

void
zq_intake_card_set_most (ZqIntakeCard *self, int height)
{
  g_object_set (self->capped, "max-height", height, NULL);
}

void
zq_intake_card_toggle (ZqIntakeCard *self)
{
  if (gtk_widget_get_sensitive (GTK_WIDGET (self->toggle)))
    zq_intake_card_set_open (self, !gtk_toggle_button_get_active (self->toggle));
}
