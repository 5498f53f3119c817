/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/home/home.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqHomeDetail:
 *
 * Everything of one day, of whatever kind: each reading with what was said of it, and where more is said. Signals:
 * "settled": a comment was sent or given up.
 */
#define ZQ_TYPE_HOME_DETAIL (zq_home_detail_get_type ())
G_DECLARE_FINAL_TYPE (ZqHomeDetail, zq_home_detail, ZQ, HOME_DETAIL, GtkWidget)

/* @home and @day are borrowed only while this runs. */
GtkWidget *zq_home_detail_new (
    ZqStore *store, gint64 patient, const ZqHome *home, const ZqHomeDay *day, gint64 now, GTimeZone *zone);

/* Words are being typed: it is not to be made anew under the hand. */
gboolean zq_home_detail_is_writing (ZqHomeDetail *self);

G_END_DECLS
