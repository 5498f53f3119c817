/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A copy of a file that is held, outside: where is asked for; what came of it is said in a toast above @widget. */
void zq_save_file (GtkWidget *widget, ZqStore *store, const char *key, const char *title, const char *content_type);
void zq_save_file_to (GtkWidget *widget, ZqStore *store, const char *key, GFile *to);

G_END_DECLS
