/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @title is plain text. (transfer full) */
AdwToast *zq_toast_new (const char *title);

/* Shows @toast (transfer full) on the toast overlay above @widget; FALSE: there is none. */
gboolean zq_toast_present (GtkWidget *widget, AdwToast *toast);

/* Both of them. */
void zq_toast_show (GtkWidget *widget, const char *title);

G_END_DECLS
