/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* Pictures of unknown origin, made small enough and turned the right way, off the main thread. Real colours: nothing is
 * ever enhanced. */

#define ZQ_MEDIA_ERROR (zq_media_error_quark ())
GQuark zq_media_error_quark (void);

typedef enum
{
  ZQ_MEDIA_ERROR_UNREADABLE, /* no picture, or broken */
  ZQ_MEDIA_ERROR_TOO_LARGE,  /* more pixels than ZQ_MEDIA_MAX_PIXELS, whatever its bytes are: not decoded */
  ZQ_MEDIA_ERROR_TYPE,       /* another kind of file than it claims to be */
} ZqMediaError;

#define ZQ_MEDIA_MAX_PIXELS (64 * 1000 * 1000)

typedef enum
{
  ZQ_MEDIA_OTHER,
  ZQ_MEDIA_PICTURE, /* JPEG, PNG, GIF (its first frame), WebP, BMP, TIFF where a loader is at hand */
  ZQ_MEDIA_PDF,
  ZQ_MEDIA_AUDIO,
  ZQ_MEDIA_TEXT,
} ZqMediaKind;

/* By its first bytes, not by what it is called. @content_type: (out) (optional): static. */
ZqMediaKind zq_media_sniff (gconstpointer bytes, gsize length, const char **content_type);

/**
 * zq_media_load_async:
 * @max_side: longest side wanted in pixels, 0: as it is (at most 4096); a picture is never made larger
 *
 * Decodes in a worker thread (at most two at once), EXIF orientation honoured; the size is known before a pixel is
 * decoded, and what is too large is refused then.
 */
void zq_media_load_async (
    GBytes *bytes, int max_side, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GdkPixbuf *zq_media_load_finish (GAsyncResult *result, GError **error);

/* A picture as a file for keeping (thumbnails): JPEG, quality 80; PNG where it has transparency. Any thread. */
GBytes *zq_media_encode (GdkPixbuf *pixbuf, const char **content_type, GError **error);

/* A name for a file that cannot lead anywhere: no folders, no control or bidi-override characters, ≤ 120 bytes, with
 * the ending that @content_type has. (transfer full) */
char *zq_media_safe_name (const char *name, const char *content_type);

G_END_DECLS
