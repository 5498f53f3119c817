/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqInboxRow:
 *
 * One consultation in the inbox. Properties: "row" (ZqConsultRow or NULL: what is shown), "now" (int64, µs: what
 * "3 h left" is said against). Its accessible label says the whole row. A list has some 200 rows, of which a dozen is
 * in sight: until zq_inbox_row_show() a row is a blank of the others' height, or stands as it was.
 */
#define ZQ_TYPE_INBOX_ROW (zq_inbox_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqInboxRow, zq_inbox_row, ZQ, INBOX_ROW, GtkWidget)

/* @zone: borrowed, outlives the row. */
ZqInboxRow *zq_inbox_row_new (GTimeZone *zone, int height);
/* What it is to show. */
void zq_inbox_row_set_row (ZqInboxRow *self, ZqConsultRow *row);
ZqConsultRow *zq_inbox_row_get_row (ZqInboxRow *self);

/* It comes in sight: makes its parts and fills them. */
void zq_inbox_row_show (ZqInboxRow *self);
gboolean zq_inbox_row_is_shown (ZqInboxRow *self);
gboolean zq_inbox_row_has_parts (ZqInboxRow *self);
void zq_inbox_row_set_height (ZqInboxRow *self, int height);

/* 0: none. */
gint64 zq_inbox_row_get_key (ZqInboxRow *self);

/* The key of the consultation that is open: this row or another one. */
void zq_inbox_row_set_open (ZqInboxRow *self, gint64 open);

/* What a screen reader says of it. (transfer full) */
char *zq_inbox_row_dup_words (ZqInboxRow *self);

G_END_DECLS
