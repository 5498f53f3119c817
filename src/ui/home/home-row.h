/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/home/home.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqHomeRow:
 *
 * One day of what is measured at home, its columns those of a kind; a day without a reading says so. Below it what is
 * opened. Signals: "clicked".
 */
#define ZQ_TYPE_HOME_ROW (zq_home_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqHomeRow, zq_home_row, ZQ, HOME_ROW, GtkWidget)

ZqHomeRow *zq_home_row_new (void);

/* The names of the columns. */
void zq_home_row_set_titles (ZqHomeRow *self, ZqHomeKind kind);

/* Borrowed only while this runs. */
void zq_home_row_set_day (ZqHomeRow *self,
                          const ZqHome *home,
                          const ZqHomeDay *day,
                          ZqPolicy *policy,
                          ZqHomeKind kind,
                          gint64 now,
                          GTimeZone *zone);

/* (transfer full) (nullable) */
void zq_home_row_set_content (ZqHomeRow *self, GtkWidget *content);
GtkWidget *zq_home_row_get_content (ZqHomeRow *self);

G_END_DECLS
