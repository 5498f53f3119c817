/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/report.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqReportView:
 *
 * One report, or one result that stands by itself, as a table: test, result with its flag in words, unit, range of this
 * report, change from the last comparable value. What is not final says so on top. Signals: "trend" (string code,
 * string name): the doctor wants to see this test over time; "file" (const ZqFile *): this document of the report.
 */
#define ZQ_TYPE_REPORT_VIEW (zq_report_view_get_type ())
G_DECLARE_FINAL_TYPE (ZqReportView, zq_report_view, ZQ, REPORT_VIEW, GtkWidget)

ZqReportView *zq_report_view_new (GTimeZone *zone, gint64 now);

/* (transfer full) */
void zq_report_view_set_report (ZqReportView *self, ZqReport *report);

/* What belongs to no report. (transfer full) (element-type ZqResult) */
void zq_report_view_set_results (ZqReportView *self, GPtrArray *results);

/* Only the files of what is no report. (transfer full) (element-type ZqFile) */
void zq_report_view_set_files (ZqReportView *self, GPtrArray *files);

/* The abnormal ones on top, else as reported. */
void zq_report_view_set_abnormal_first (ZqReportView *self, gboolean abnormal_first);

G_END_DECLS
