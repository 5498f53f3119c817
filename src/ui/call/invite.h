/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/signalling.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks who is to come in besides, and gives the address to be handed on: it opens this one visit, until that is over.
 * (transfer floating) */
GtkWidget *zq_guest_popover_new (ZqSignalling *signalling);

G_END_DECLS
