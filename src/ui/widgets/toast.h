/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows @title, plain text, on the toast overlay above @widget. (transfer none): the toast, valid
 * until the main loop runs; NULL when there is no overlay. */
AdwToast *zq_toast_show (GtkWidget *widget, const char *title);

G_END_DECLS
