/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Opens @popover (transfer floating) at @at; it goes when it is closed, and who had the focus has it again. */
void zq_popover_open (GtkPopover *popover, GtkWidget *at);

G_END_DECLS
