/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/beside.h"

/* Pixels: narrower than this a table of results breaks every line. */
#define SIDE_WIDTH 560

struct _ZqBeside
{
  GtkWidget parent_instance;

  GtkWidget *main;
  GtkWidget *side;
  gboolean show_side;
  gboolean covers;
};

enum
{
  PROP_MAIN = 1,
  PROP_SIDE,
  PROP_SHOW_SIDE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqBeside, zq_beside, GTK_TYPE_WIDGET)

gboolean
zq_beside_covers (ZqBeside *self)
{
  return self->show_side && self->covers;
}

static void
zq_beside_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  ZqBeside *self = ZQ_BESIDE (widget);
  GtkWidget *children[] = { self->main, self->show_side ? self->side : NULL };

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int least = 0, most = 0;

      if (children[i] == NULL)
        continue;
      gtk_widget_measure (children[i], orientation, -1, &least, &most, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, most);
    }
}

/* What is covered is not laid out: a thread of bubbles behind a record costs nothing. */
static void
zq_beside_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ZqBeside *self = ZQ_BESIDE (widget);
  int least = 0, side = 0;

  if (self->main != NULL)
    gtk_widget_measure (self->main, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  if (self->show_side && self->side != NULL)
    side = width - SIDE_WIDTH >= MAX (least, SIDE_WIDTH) ? SIDE_WIDTH : width;
  self->covers = side == width;
  if (self->main != NULL)
    {
      gtk_widget_set_child_visible (self->main, side < width);
      if (side < width)
        gtk_widget_allocate (self->main, width - side, height, -1, NULL);
    }
  if (self->side != NULL)
    {
      gtk_widget_set_child_visible (self->side, side > 0);
      if (side > 0)
        gtk_widget_allocate (self->side, side, height, -1,
                             gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float)(width - side), 0)));
    }
}

static void
set_child (ZqBeside *self, GtkWidget **place, GtkWidget *child)
{
  g_clear_pointer (place, gtk_widget_unparent);
  *place = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static void
zq_beside_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ZqBeside *self = ZQ_BESIDE (object);

  switch (prop_id)
    {
    case PROP_MAIN:
      set_child (self, &self->main, g_value_get_object (value));
      break;
    case PROP_SIDE:
      set_child (self, &self->side, g_value_get_object (value));
      break;
    case PROP_SHOW_SIDE:
      if (self->show_side == g_value_get_boolean (value))
        return;
      self->show_side = !self->show_side;
      gtk_widget_queue_resize (GTK_WIDGET (self));
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zq_beside_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ZqBeside *self = ZQ_BESIDE (object);

  switch (prop_id)
    {
    case PROP_MAIN:
      g_value_set_object (value, self->main);
      break;
    case PROP_SIDE:
      g_value_set_object (value, self->side);
      break;
    case PROP_SHOW_SIDE:
      g_value_set_boolean (value, self->show_side);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
zq_beside_dispose (GObject *object)
{
  ZqBeside *self = ZQ_BESIDE (object);

  g_clear_pointer (&self->main, gtk_widget_unparent);
  g_clear_pointer (&self->side, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_beside_parent_class)->dispose (object);
}

static void
zq_beside_class_init (ZqBesideClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->set_property = zq_beside_set_property;
  object_class->get_property = zq_beside_get_property;
  object_class->dispose = zq_beside_dispose;
  widget_class->measure = zq_beside_measure;
  widget_class->size_allocate = zq_beside_size_allocate;
  properties[PROP_MAIN] = g_param_spec_object ("main", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_SIDE] = g_param_spec_object ("side", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_SHOW_SIDE] = g_param_spec_boolean ("show-side", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
zq_beside_init (ZqBeside *self)
{
}
