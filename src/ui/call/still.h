/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * zq_still_popover_new:
 * @encounter: row of the visit's Encounter
 *
 * A picture of the call that stands still: looked at, named, and kept in the patient's record (Enter) or let go (Esc).
 * Nothing of it is on disk before it is kept. (transfer floating)
 */
GtkWidget *zq_still_popover_new (ZqStore *store, gint64 encounter, GdkTexture *texture);

G_END_DECLS
