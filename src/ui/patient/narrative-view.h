/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/document/narrative.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Text of a resource as paragraphs, lists and tables of labels: no markup is left in them. @cut: there is more.
 * (element-type ZqNarrativeBlock) */
GtkWidget *zq_narrative_view_new (GPtrArray *blocks, gboolean cut);

G_END_DECLS
