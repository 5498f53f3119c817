/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/report.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqReportTable:
 *
 * Results as lines: test, result with its flag in words, unit, range of this report, change from the last comparable
 * value, a small line of those before. Each line takes the focus and is read as one. Of a long table the beginning is
 * made; how much is left, and how much of that is abnormal, stands on the button that makes more. Signal "trend"
 * (string code, string name): a test with numbers is asked for over time.
 */
#define ZQ_TYPE_REPORT_TABLE (zq_report_table_get_type ())
G_DECLARE_FINAL_TYPE (ZqReportTable, zq_report_table, ZQ, REPORT_TABLE, GtkWidget)

/* @results (element-type ZqResult): is kept. @report: (nullable): that they are of; has to outlive the table. */
GtkWidget *
zq_report_table_new (GPtrArray *results, const ZqReport *report, gboolean abnormal_first, GTimeZone *zone, gint64 now);

G_END_DECLS
