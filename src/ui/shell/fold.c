/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/fold.h"

#include <adwaita.h>

struct _ZqFold
{
  GtkWidget parent_instance;

  AdwFlap *flap;
  GtkStack *pages;
  AdwLeaflet *leaflet;
  GtkWidget *part[4];
  guint fold_id;
  gboolean narrow; /* the sidebar gives way before list and content fold */
};

enum
{
  PROP_SIDEBAR = 1,
  PROP_LIST,
  PROP_CONTENT,
  PROP_OTHER,
  PROP_SHOW_SIDEBAR,
  PROP_SIDEBAR_FOLDED,
  PROP_FOLDED,
  PROP_PLACE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqFold, zq_fold, GTK_TYPE_WIDGET)

ZqPlace
zq_fold_get_place (ZqFold *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "other") == 0)
    return ZQ_PLACE_OTHER;
  return adw_leaflet_get_visible_child (self->leaflet) == self->part[PROP_CONTENT - 1] ? ZQ_PLACE_CONTENT
                                                                                       : ZQ_PLACE_LIST;
}

void
zq_fold_set_place (ZqFold *self, ZqPlace place)
{
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  gtk_stack_set_visible_child_name (self->pages, place == ZQ_PLACE_OTHER ? "other" : "work");
  if (place != ZQ_PLACE_OTHER)
    adw_leaflet_set_visible_child (self->leaflet,
                                   self->part[(place == ZQ_PLACE_CONTENT ? PROP_CONTENT : PROP_LIST) - 1]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
}

gboolean
zq_fold_is_folded (ZqFold *self)
{
  return adw_leaflet_get_folded (self->leaflet);
}

gboolean
zq_fold_shows (ZqFold *self, ZqPlace place)
{
  ZqPlace now = zq_fold_get_place (self);

  if (place == now)
    return TRUE;
  return place != ZQ_PLACE_OTHER && now != ZQ_PLACE_OTHER && !zq_fold_is_folded (self);
}

static void
add_part (ZqFold *self, guint id, GtkWidget *part)
{
  if (part == NULL)
    return;
  self->part[id - 1] = part;
  switch (id)
    {
    case PROP_SIDEBAR:
      adw_flap_set_flap (self->flap, part);
      break;
    case PROP_LIST:
      adw_leaflet_prepend (self->leaflet, part);
      adw_leaflet_set_visible_child (self->leaflet, part);
      break;
    case PROP_CONTENT:
      adw_leaflet_append (self->leaflet, part);
      break;
    case PROP_OTHER:
    default:
      gtk_stack_add_named (self->pages, part, "other");
      break;
    }
}

static void
on_flap_notify (ZqFold *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_SIDEBAR]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIDEBAR_FOLDED]);
}

static void
on_leaflet_notify (ZqFold *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
}

/* --- the sidebar gives way first --------------------------------------------------------------- */

static int
width_of (GtkWidget *part)
{
  int minimum = 0;

  if (part != NULL)
    gtk_widget_measure (part, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
fold_sidebar (gpointer data)
{
  ZqFold *self = data;

  self->fold_id = 0;
  adw_flap_set_fold_policy (self->flap, self->narrow ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_AUTO);
  adw_flap_set_reveal_flap (self->flap, !self->narrow);
}

static void
zq_fold_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (ZQ_FOLD (widget)->flap), orientation, for_size, minimum, natural, NULL, NULL);
}

static void
zq_fold_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ZqFold *self = ZQ_FOLD (widget);
  int wanted = 0;
  gboolean narrow;

  gtk_widget_allocate (GTK_WIDGET (self->flap), width, height, baseline, NULL);
  for (guint id = PROP_SIDEBAR; id <= PROP_CONTENT; id++)
    wanted += width_of (self->part[id - 1]);
  narrow = width < wanted + 2;
  if (narrow == self->narrow)
    return;
  /* Not within an allocation. */
  self->narrow = narrow;
  if (self->fold_id == 0)
    self->fold_id = g_idle_add_once (fold_sidebar, self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_fold_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqFold *self = ZQ_FOLD (object);

  switch (id)
    {
    case PROP_SHOW_SIDEBAR:
      g_value_set_boolean (value, adw_flap_get_reveal_flap (self->flap));
      break;
    case PROP_SIDEBAR_FOLDED:
      g_value_set_boolean (value, adw_flap_get_folded (self->flap));
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, zq_fold_is_folded (self));
      break;
    case PROP_PLACE:
      g_value_set_int (value, zq_fold_get_place (self));
      break;
    default:
      g_value_set_object (value, self->part[id - 1]);
    }
}

static void
zq_fold_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqFold *self = ZQ_FOLD (object);

  switch (id)
    {
    case PROP_SHOW_SIDEBAR:
      adw_flap_set_reveal_flap (self->flap, g_value_get_boolean (value));
      break;
    case PROP_PLACE:
      zq_fold_set_place (self, g_value_get_int (value));
      break;
    default:
      add_part (self, id, g_value_get_object (value));
    }
}

static void
zq_fold_dispose (GObject *object)
{
  ZqFold *self = ZQ_FOLD (object);

  g_clear_handle_id (&self->fold_id, g_source_remove);
  if (self->flap != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->flap));
  self->flap = NULL;
  G_OBJECT_CLASS (zq_fold_parent_class)->dispose (object);
}

static void
zq_fold_class_init (ZqFoldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  static const char *const parts[] = { "sidebar", "list", "content", "other" };

  object_class->get_property = zq_fold_get_property;
  object_class->set_property = zq_fold_set_property;
  object_class->dispose = zq_fold_dispose;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    properties[PROP_SIDEBAR + i] =
        g_param_spec_object (parts[i], NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOW_SIDEBAR] =
      g_param_spec_boolean ("show-sidebar", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SIDEBAR_FOLDED] =
      g_param_spec_boolean ("sidebar-folded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLDED] =
      g_param_spec_boolean ("folded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PLACE] = g_param_spec_int ("place", NULL, NULL, ZQ_PLACE_LIST, ZQ_PLACE_OTHER, ZQ_PLACE_LIST,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  GTK_WIDGET_CLASS (klass)->measure = zq_fold_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = zq_fold_size_allocate;
}

static void
zq_fold_init (ZqFold *self)
{
  GtkWidget *line = gtk_separator_new (GTK_ORIENTATION_VERTICAL);

  self->flap = ADW_FLAP (adw_flap_new ());
  self->pages = GTK_STACK (gtk_stack_new ());
  self->leaflet = ADW_LEAFLET (adw_leaflet_new ());
  adw_flap_set_separator (self->flap, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_stack_set_hhomogeneous (self->pages, FALSE);
  adw_leaflet_set_can_navigate_back (self->leaflet, TRUE);
  adw_leaflet_append (self->leaflet, line);
  adw_leaflet_page_set_navigatable (adw_leaflet_get_page (self->leaflet, line), FALSE);
  gtk_stack_add_named (self->pages, GTK_WIDGET (self->leaflet), "work");
  adw_flap_set_content (self->flap, GTK_WIDGET (self->pages));
  gtk_widget_set_parent (GTK_WIDGET (self->flap), GTK_WIDGET (self));
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (on_flap_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (on_flap_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (on_leaflet_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (on_leaflet_notify), self,
                           G_CONNECT_SWAPPED);
}
