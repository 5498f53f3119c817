/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/picture-view.h"

/* A small picture is made larger to be seen, but not to a mosaic. */
#define MOST_FIT 4

struct _ZqPictureView
{
  GtkWidget parent_instance;

  double zoom;
  int turns;

  /* owned */
  GdkTexture *texture;
  GArray *marks; /* of ZqPictureMark */
};

enum
{
  PROP_TEXTURE = 1,
  PROP_ZOOM,
  PROP_TURNS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqPictureView, zq_picture_view, GTK_TYPE_WIDGET)

void
zq_picture_view_get_size (ZqPictureView *self, double *width, double *height)
{
  double w = self->texture != NULL ? gdk_texture_get_width (self->texture) : 0;
  double h = self->texture != NULL ? gdk_texture_get_height (self->texture) : 0;

  *width = self->turns % 2 == 0 ? w : h;
  *height = self->turns % 2 == 0 ? h : w;
}

double
zq_picture_view_get_fit (ZqPictureView *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  double w, h;

  zq_picture_view_get_size (self, &w, &h);
  if (w <= 0 || h <= 0 || width <= 0 || height <= 0)
    return 0;

  return MIN (MIN (width / w, height / h), MOST_FIT);
}

static void
zq_picture_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  ZqPictureView *self = ZQ_PICTURE_VIEW (widget);
  double w, h, size;

  zq_picture_view_get_size (self, &w, &h);
  size = orientation == GTK_ORIENTATION_HORIZONTAL ? w : h;
  *minimum = self->zoom > 0 ? (int)(size * self->zoom) : 0;
  *natural = MAX (*minimum, self->zoom > 0 ? 0 : (int)size);
}

/* --- marks ------------------------------------------------------------------------------------- */

/* Of the picture as it stands in the widget: its zoom, and half of its unturned sides. */
static gboolean
get_shown (ZqPictureView *self, float *half_width, float *half_height)
{
  double zoom = self->zoom > 0 ? self->zoom : zq_picture_view_get_fit (self);

  if (self->texture == NULL || zoom <= 0)
    return FALSE;
  *half_width = (float)(gdk_texture_get_width (self->texture) * zoom / 2);
  *half_height = (float)(gdk_texture_get_height (self->texture) * zoom / 2);

  return TRUE;
}

static GskTransform *
get_transform (ZqPictureView *self)
{
  float width = (float)gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float)gtk_widget_get_height (GTK_WIDGET (self));
  GskTransform *middle = gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (width / 2, height / 2));

  return gsk_transform_rotate (middle, 90.0f * (float)self->turns);
}

gboolean
zq_picture_view_locate (ZqPictureView *self, double x, double y, double *fx, double *fy)
{
  float half_width, half_height;
  g_autoptr (GskTransform) back = NULL;
  graphene_point_t point;

  if (!get_shown (self, &half_width, &half_height))
    return FALSE;
  back = gsk_transform_invert (get_transform (self));
  gsk_transform_transform_point (back, &GRAPHENE_POINT_INIT ((float)x, (float)y), &point);
  *fx = (point.x + half_width) / (2 * half_width);
  *fy = (point.y + half_height) / (2 * half_height);

  return TRUE;
}

gboolean
zq_picture_view_place (ZqPictureView *self, const graphene_rect_t *place, graphene_rect_t *bounds)
{
  float half_width, half_height;
  g_autoptr (GskTransform) transform = NULL;
  graphene_rect_t flat;

  if (!get_shown (self, &half_width, &half_height))
    return FALSE;
  flat = GRAPHENE_RECT_INIT ((2 * place->origin.x - 1) * half_width, (2 * place->origin.y - 1) * half_height,
                             2 * place->size.width * half_width, 2 * place->size.height * half_height);
  transform = get_transform (self);
  gsk_transform_transform_bounds (transform, &flat, bounds);

  return TRUE;
}

void
zq_picture_view_set_marks (ZqPictureView *self, const ZqPictureMark *marks, guint n)
{
  g_array_set_size (self->marks, 0);
  g_array_append_vals (self->marks, marks, n);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
zq_picture_view_get_n_marks (ZqPictureView *self)
{
  return self->marks->len;
}

/* Paper is white, whatever the theme is: so are the marks on it. */
static void
draw_marks (ZqPictureView *self, GtkSnapshot *snapshot)
{
  const GdkRGBA weak = { 1.0f, 0.85f, 0.1f, 0.4f }, strong = { 1.0f, 0.5f, 0.0f, 0.5f };

  for (guint i = 0; i < self->marks->len; i++)
    {
      const ZqPictureMark *mark = &g_array_index (self->marks, ZqPictureMark, i);
      graphene_rect_t bounds;

      if (zq_picture_view_place (self, &mark->place, &bounds))
        gtk_snapshot_append_color (snapshot, mark->strong ? &strong : &weak, &bounds);
    }
}

static void
zq_picture_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZqPictureView *self = ZQ_PICTURE_VIEW (widget);
  double zoom = self->zoom > 0 ? self->zoom : zq_picture_view_get_fit (self);
  float width, height;

  if (self->texture == NULL || zoom <= 0)
    return;
  width = (float)(gdk_texture_get_width (self->texture) * zoom);
  height = (float)(gdk_texture_get_height (self->texture) * zoom);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f, gtk_widget_get_height (widget) / 2.0f));
  gtk_snapshot_rotate (snapshot, 90.0f * (float)self->turns);
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (-width / 2, -height / 2, width, height));
  gtk_snapshot_restore (snapshot);
  draw_marks (self, snapshot);
}

void
zq_picture_view_set_texture (ZqPictureView *self, GdkTexture *texture)
{
  if (!g_set_object (&self->texture, texture))
    return;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXTURE]);
}

GdkTexture *
zq_picture_view_get_texture (ZqPictureView *self)
{
  return self->texture;
}

void
zq_picture_view_set_zoom (ZqPictureView *self, double zoom)
{
  zoom = zoom <= 0 ? 0 : CLAMP (zoom, 0.05, 16);
  if (self->zoom == zoom)
    return;
  self->zoom = zoom;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}

double
zq_picture_view_get_zoom (ZqPictureView *self)
{
  return self->zoom;
}

void
zq_picture_view_set_turns (ZqPictureView *self, int turns)
{
  turns = ((turns % 4) + 4) % 4;
  if (self->turns == turns)
    return;
  self->turns = turns;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TURNS]);
}

int
zq_picture_view_get_turns (ZqPictureView *self)
{
  return self->turns;
}

/* --- object ------------------------------------------------------------------------------------ */

static void
zq_picture_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqPictureView *self = ZQ_PICTURE_VIEW (object);

  if (id == PROP_TEXTURE)
    g_value_set_object (value, self->texture);
  else if (id == PROP_ZOOM)
    g_value_set_double (value, self->zoom);
  else
    g_value_set_int (value, self->turns);
}

static void
zq_picture_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqPictureView *self = ZQ_PICTURE_VIEW (object);

  if (id == PROP_TEXTURE)
    zq_picture_view_set_texture (self, g_value_get_object (value));
  else if (id == PROP_ZOOM)
    zq_picture_view_set_zoom (self, g_value_get_double (value));
  else
    zq_picture_view_set_turns (self, g_value_get_int (value));
}

static void
zq_picture_view_dispose (GObject *object)
{
  g_clear_object (&ZQ_PICTURE_VIEW (object)->texture);
  g_array_set_size (ZQ_PICTURE_VIEW (object)->marks, 0);
  G_OBJECT_CLASS (zq_picture_view_parent_class)->dispose (object);
}

static void
zq_picture_view_finalize (GObject *object)
{
  g_array_unref (ZQ_PICTURE_VIEW (object)->marks);
  G_OBJECT_CLASS (zq_picture_view_parent_class)->finalize (object);
}

static void
zq_picture_view_class_init (ZqPictureViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zq_picture_view_get_property;
  object_class->set_property = zq_picture_view_set_property;
  object_class->dispose = zq_picture_view_dispose;
  object_class->finalize = zq_picture_view_finalize;
  widget_class->measure = zq_picture_view_measure;
  widget_class->snapshot = zq_picture_view_snapshot;

  properties[PROP_TEXTURE] =
      g_param_spec_object ("texture", NULL, NULL, GDK_TYPE_TEXTURE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ZOOM] =
      g_param_spec_double ("zoom", NULL, NULL, 0, 16, 0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TURNS] = g_param_spec_int ("turns", NULL, NULL, 0, 3, 0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
zq_picture_view_init (ZqPictureView *self)
{
  self->marks = g_array_new (FALSE, FALSE, sizeof (ZqPictureMark));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
