/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqHomePage:
 *
 * What a patient measures at home: a kind and a period, what they come to, a curve, and each day with its readings or
 * none. A day opens in place. Signals: "close": back to the timeline.
 */
#define ZQ_TYPE_HOME_PAGE (zq_home_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqHomePage, zq_home_page, ZQ, HOME_PAGE, GtkWidget)

void zq_home_page_open (ZqHomePage *self, ZqStore *store, ZqTicker *ticker, gint64 patient);
void zq_home_page_close (ZqHomePage *self);

/* FALSE: no day is open to go back from. */
gboolean zq_home_page_back (ZqHomePage *self);

G_END_DECLS
