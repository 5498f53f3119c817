/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/find/hit-widget.h"

#include "base/search-text.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

struct _ZqHitWidget
{
  GtkWidget parent_instance;

  /* template */
  GtkStack *stack;
  GtkLabel *heading;
  GtkLabel *more;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *title;
  GtkLabel *when;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (ZqHitWidget, zq_hit_widget, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon;
  const char *heading;
  const char *more;
} kinds[ZQ_N_FIND_KINDS] = {
  [ZQ_FIND_PATIENT] = { "avatar-default-symbolic", NC_ ("found", "Patients"), N_ ("More patients") },
  [ZQ_FIND_CONSULT] = { "zq-consult-symbolic", NC_ ("found", "Consultations"), N_ ("More consultations") },
  [ZQ_FIND_MESSAGE] = { "zq-inbox-symbolic", NC_ ("found", "Messages"), N_ ("More messages") },
};

/* Bold and underlined: a colour alone says nothing. */
static PangoAttrList *
marks_of (const ZqFound *found)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  for (guint i = 0; found->marks != NULL && i < found->marks->len; i++)
    {
      const ZqTextRange *range = &g_array_index (found->marks, ZqTextRange, i);
      PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
      PangoAttribute *line = pango_attr_underline_new (PANGO_UNDERLINE_SINGLE);

      bold->start_index = line->start_index = range->start;
      bold->end_index = line->end_index = range->end;
      pango_attr_list_insert (attributes, bold);
      pango_attr_list_insert (attributes, line);
    }

  return attributes;
}

static void
show_text (GtkLabel *label, const char *text, PangoAttrList *marks)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_label_set_attributes (label, marks);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
show_found (ZqHitWidget *self, const ZqFound *found, gint64 now, GTimeZone *zone)
{
  g_autoptr (PangoAttrList) marks = marks_of (found);
  g_autofree char *when = found->at != 0 ? zq_words_when (found->at, now, zone) : g_strdup ("");
  gboolean has_text = found->text != NULL && *found->text != '\0';
  const char *second = found->in_name || !has_text ? found->detail : found->text;
  /* Translators: what was found: whose, what about, when, and the words themselves */
  g_autofree char *words =
      g_strdup_printf (_ ("%1$s, %2$s, %3$s, %4$s"), found->name != NULL ? found->name : "",
                       found->title != NULL ? found->title : "", when, second != NULL ? second : "");

  gtk_image_set_from_icon_name (self->icon, kinds[found->kind].icon);
  show_text (self->name, found->name != NULL ? found->name : "—", found->in_name ? marks : NULL);
  show_text (self->title, found->kind == ZQ_FIND_CONSULT && has_text && !found->in_name ? NULL : found->title, NULL);
  show_text (self->when, when, NULL);
  show_text (self->text, second, found->in_name || !has_text ? NULL : marks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_stack_set_visible_child_name (self->stack, "found");
}

void
zq_hit_widget_set_row (ZqHitWidget *self, ZqHitRow *row, gint64 now, GTimeZone *zone)
{
  if (row == NULL)
    return;
  switch (zq_hit_row_get_form (row))
    {
    case ZQ_HIT_HEADING:
      gtk_label_set_label (self->heading, g_dpgettext2 (NULL, "found", kinds[zq_hit_row_get_kind (row)].heading));
      gtk_stack_set_visible_child_name (self->stack, "heading");
      break;
    case ZQ_HIT_MORE:
      gtk_label_set_label (self->more, _ (kinds[zq_hit_row_get_kind (row)].more));
      gtk_stack_set_visible_child_name (self->stack, "more");
      break;
    case ZQ_HIT_FOUND:
    default:
      show_found (self, zq_hit_row_get_found (row), now, zone);
    }
}

static void
zq_hit_widget_dispose (GObject *object)
{
  ZqHitWidget *self = ZQ_HIT_WIDGET (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  G_OBJECT_CLASS (zq_hit_widget_parent_class)->dispose (object);
}

static void
zq_hit_widget_class_init (ZqHitWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_hit_widget_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/find/hit-widget.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, stack);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, heading);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, more);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, icon);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, name);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, title);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, when);
  gtk_widget_class_bind_template_child (widget_class, ZqHitWidget, text);
}

static void
zq_hit_widget_init (ZqHitWidget *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
