/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqCapped:
 *
 * Shows "child" as high as it is at the width given, up to "max-height" pixels, and scrolls beyond
 * that. (A GtkScrolledWindow measures wrapping text at its narrowest, which leaves a gap.)
 */
#define ZQ_TYPE_CAPPED (zq_capped_get_type ())
G_DECLARE_FINAL_TYPE (ZqCapped, zq_capped, ZQ, CAPPED, GtkWidget)

G_END_DECLS
