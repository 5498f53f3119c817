/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqPictureView:
 *
 * One picture, fitted to its place or at a zoom, turned by quarters; its colours as they are. Properties: "texture",
 * "zoom" (double, 1 = a pixel of the picture on a pixel of the screen, 0 = fitted), "turns" (int: quarters, clockwise).
 */
#define ZQ_TYPE_PICTURE_VIEW (zq_picture_view_get_type ())
G_DECLARE_FINAL_TYPE (ZqPictureView, zq_picture_view, ZQ, PICTURE_VIEW, GtkWidget)

void zq_picture_view_set_texture (ZqPictureView *self, GdkTexture *texture);
GdkTexture *zq_picture_view_get_texture (ZqPictureView *self);
void zq_picture_view_set_zoom (ZqPictureView *self, double zoom);
double zq_picture_view_get_zoom (ZqPictureView *self);
/* What "fitted" comes to at its present size; 0 without a picture. */
double zq_picture_view_get_fit (ZqPictureView *self);
/* Of the picture as it stands, turned, in its own pixels. */
void zq_picture_view_get_size (ZqPictureView *self, double *width, double *height);
void zq_picture_view_set_turns (ZqPictureView *self, int turns);
int zq_picture_view_get_turns (ZqPictureView *self);

/* What is marked on it, in fractions of its unturned sides; @strong is where one is now. Taken from nobody: copied. */
typedef struct
{
  graphene_rect_t place;
  gboolean strong;
} ZqPictureMark;

void zq_picture_view_set_marks (ZqPictureView *self, const ZqPictureMark *marks, guint n);
guint zq_picture_view_get_n_marks (ZqPictureView *self);
/* A point of the widget in those fractions; FALSE without a picture. */
gboolean zq_picture_view_locate (ZqPictureView *self, double x, double y, double *fx, double *fy);
/* Where such a place is in the widget. */
gboolean zq_picture_view_place (ZqPictureView *self, const graphene_rect_t *place, graphene_rect_t *bounds);

G_END_DECLS
