/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqBeside:
 *
 * A main child and one that is shown beside it where both fit, and in its place where they do not. Properties: "main",
 * "side" (GtkWidget), "show-side" (boolean).
 */
#define ZQ_TYPE_BESIDE (zq_beside_get_type ())
G_DECLARE_FINAL_TYPE (ZqBeside, zq_beside, ZQ, BESIDE, GtkWidget)

/* Whether the side takes the whole place. */
gboolean zq_beside_covers (ZqBeside *self);

G_END_DECLS
