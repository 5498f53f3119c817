/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*ZqAskedFunc) (const char *words, gpointer data);

/* Asks for a line of words beside @at, which cannot be empty; Escape answers nothing. @data is freed (g_free) with the
 * question. Returns the popover, which goes by itself. (transfer none) */
GtkPopover *zq_ask_words (GtkWidget *at, const char *question, const char *confirm, ZqAskedFunc func, gpointer data);

G_END_DECLS
