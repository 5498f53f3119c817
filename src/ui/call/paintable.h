/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ZQ_TYPE_VIDEO_PAINTABLE (zq_video_paintable_get_type ())
G_DECLARE_FINAL_TYPE (ZqVideoPaintable, zq_video_paintable, ZQ, VIDEO_PAINTABLE, GObject)

/**
 * ZqVideoPaintable:
 *
 * The pictures of a camera or of the other side, for a GtkPicture. The newest one is shown; what came between two turns
 * of the main loop is never drawn. Has no size and draws nothing while there is no picture.
 */
ZqVideoPaintable *zq_video_paintable_new (void);

/* Shows @sample, raw video of format BGRx, at the next turn of the main loop; what is of another format is left out.
 * Any thread, as long as the caller has a reference to @paintable; fits ZqCallSampleFunc. */
void zq_video_paintable_push (GstSample *sample, gpointer paintable);

/* No picture: the camera is off or nothing comes. What was pushed before is not shown any more. */
void zq_video_paintable_clear (ZqVideoPaintable *self);

/* As in a mirror, the way people know themselves. */
void zq_video_paintable_set_mirrored (ZqVideoPaintable *self, gboolean mirrored);

/* Whether there is a picture. */
gboolean zq_video_paintable_has_picture (ZqVideoPaintable *self);

/* Pictures that were put in place since it was made, and those that a newer one overtook. */
guint zq_video_paintable_get_shown (ZqVideoPaintable *self);
guint zq_video_paintable_get_overtaken (ZqVideoPaintable *self);

/* The picture that is shown. (transfer none) (nullable) */
GdkTexture *zq_video_paintable_get_texture (ZqVideoPaintable *self);

G_END_DECLS
