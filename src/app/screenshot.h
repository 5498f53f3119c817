/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Renders @window with its own renderer and saves it as PNG. */
gboolean zq_screenshot_save (GtkWindow *window, const char *file, GError **error);

G_END_DECLS
