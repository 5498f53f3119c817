/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqReportRow:
 *
 * Lies behind the cells of one line of a report: it takes the focus, shows it, and is to a screen reader what the eye
 * has in the cells. Signal "activate": Enter or Space was pressed on it. Ctrl+C copies its words.
 */
#define ZQ_TYPE_REPORT_ROW (zq_report_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqReportRow, zq_report_row, ZQ, REPORT_ROW, GtkWidget)

/* @words: all that the line says. */
GtkWidget *zq_report_row_new (const char *words);

const char *zq_report_row_get_words (ZqReportRow *self);

G_END_DECLS
