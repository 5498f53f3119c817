/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqFold:
 *
 * How the panes stand beside each other, and fold where the window is narrow: sidebar | list |
 * content, or one other page in the place of the last two. The only file that knows by which widgets.
 * Properties: "sidebar", "list", "content", "other" (GtkWidget), "show-sidebar" (boolean),
 * "sidebar-folded" and "folded" (boolean, read-only), "place" (ZqPlace as int).
 */
#define ZQ_TYPE_FOLD (zq_fold_get_type ())
G_DECLARE_FINAL_TYPE (ZqFold, zq_fold, ZQ, FOLD, GtkWidget)

typedef enum
{
  ZQ_PLACE_LIST,
  ZQ_PLACE_CONTENT,
  ZQ_PLACE_OTHER,
} ZqPlace;

void zq_fold_set_place (ZqFold *self, ZqPlace place);
ZqPlace zq_fold_get_place (ZqFold *self);

/* List and content do not fit side by side. */
gboolean zq_fold_is_folded (ZqFold *self);

/* Whether @place is on the screen now. */
gboolean zq_fold_shows (ZqFold *self, ZqPlace place);

G_END_DECLS
