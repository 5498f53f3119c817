/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqVisitsPage:
 *
 * The doctor's visits by time: those of today, and of the days to come. Signals: "open-visit" (gint64 visit), "open"
 * (gint64 consultation). Property "n-arrived" (uint): who waits now.
 */
#define ZQ_TYPE_VISITS_PAGE (zq_visits_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqVisitsPage, zq_visits_page, ZQ, VISITS_PAGE, GtkWidget)

ZqVisitsPage *zq_visits_page_new (ZqStore *store, ZqTicker *ticker);
void zq_visits_page_focus (ZqVisitsPage *self);
/* The one that is selected, by key; 0: none. */
gint64 zq_visits_page_get_selected (ZqVisitsPage *self);

G_END_DECLS
