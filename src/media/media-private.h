/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "media/media.h"

G_BEGIN_DECLS

/* The name of the one loader that may see these bytes ("png"), by their magic; NULL: none. Never by trying: what is
 * installed reads SVG, icons, animated cursors and more, and none of that comes from a patient's camera. */
const char *zq_media_find_loader (gconstpointer bytes, gsize length);

/**
 * zq_media_check:
 * @loader: as zq_media_find_loader() gave it
 *
 * Looks at what can be known without decoding: whole, not too large, no more work than its size says.
 *
 * Returns: (transfer full): what the loader may see (of a GIF: its first picture); NULL with @error
 */
GBytes *zq_media_check (GBytes *bytes, const char *loader, GError **error);

/* Whether so many pixels are more than is ever decoded. */
gboolean zq_media_is_too_large (gint64 width, gint64 height);
void zq_media_set_too_large (GError **error);
void zq_media_set_unreadable (GError **error);

G_END_DECLS
