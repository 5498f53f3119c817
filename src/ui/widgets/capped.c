/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/capped.h"

struct _ZqCapped
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *child; /* borrowed from the scroller */
  int max_height;
};

enum
{
  PROP_CHILD = 1,
  PROP_MAX_HEIGHT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqCapped, zq_capped, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
zq_capped_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
zq_capped_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  ZqCapped *self = ZQ_CAPPED (widget);
  int child_minimum = 0, child_natural = 0, own_minimum, own_natural;

  /* The scroller has to be measured before it is allocated. */
  gtk_widget_measure (self->scroller, orientation, for_size, &own_minimum, &own_natural, NULL, NULL);
  if (self->child != NULL)
    gtk_widget_measure (self->child, orientation, for_size, &child_minimum, &child_natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = MAX (own_minimum, MIN (child_natural, self->max_height));
  else
    {
      *minimum = MAX (own_minimum, child_minimum);
      *natural = MAX (*minimum, child_natural);
    }
}

static void
zq_capped_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (ZQ_CAPPED (widget)->scroller, width, height, baseline, NULL);
}

static void
zq_capped_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqCapped *self = ZQ_CAPPED (object);

  if (id == PROP_CHILD)
    g_value_set_object (value, self->child);
  else
    g_value_set_int (value, self->max_height);
}

static void
zq_capped_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqCapped *self = ZQ_CAPPED (object);

  if (id == PROP_CHILD)
    {
      self->child = g_value_get_object (value);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->child);
    }
  else
    self->max_height = g_value_get_int (value);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
zq_capped_dispose (GObject *object)
{
  ZqCapped *self = ZQ_CAPPED (object);

  self->child = NULL;
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_capped_parent_class)->dispose (object);
}

static void
zq_capped_class_init (ZqCappedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zq_capped_get_property;
  object_class->set_property = zq_capped_set_property;
  object_class->dispose = zq_capped_dispose;
  widget_class->get_request_mode = zq_capped_get_request_mode;
  widget_class->measure = zq_capped_measure;
  widget_class->size_allocate = zq_capped_size_allocate;
  properties[PROP_CHILD] =
      g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_MAX_HEIGHT] =
      g_param_spec_int ("max-height", NULL, NULL, 0, G_MAXINT, 240, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
zq_capped_init (ZqCapped *self)
{
  self->max_height = 240;
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}
