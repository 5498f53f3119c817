/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/transcript.h"
#include "clinic/document/content.h"
#include "clinic/lab/flowsheet.h"
#include "clinic/lab/report.h"
#include "clinic/patient/patient.h"
#include "ui/print/document.h"

G_BEGIN_DECLS

/* What is printed, from what is on the screen. */

/* Who prints it, for whom, when. */
typedef struct
{
  const ZqPatient *patient; /* (nullable) */
  const char *person;       /* (nullable): the doctor */
  gint64 now;
  GTimeZone *zone;
} ZqPrintAbout;

/* Whatever is not final of it is said on each page. (transfer full) */
ZqPrintDocument *zq_print_report (const ZqPrintAbout *about, const ZqReport *report);

/* What a report says beyond that: its own text, or that there is more of it than fits; which files it has, as they are
 * not printed with it. */
void zq_print_report_add_content (ZqPrintDocument *document, const ZqReport *report, const ZqContent *content);

/* One test over time, with its @chart (nullable) of @width × @height. @values: of ZqResultValue. (transfer full) */
ZqPrintDocument *zq_print_trend (
    const ZqPrintAbout *about, const char *name, GPtrArray *values, GskRenderNode *chart, double width, double height);

/* Tests by dates, the newest 60 of them, some dates a table with the tests in each. @title: which tests.
 * (transfer full) */
ZqPrintDocument *zq_print_flowsheet (const ZqPrintAbout *about, const char *title, ZqFlowsheet *sheet);

/* @said: of ZqSaid. (transfer full) */
ZqPrintDocument *zq_print_transcript (const ZqPrintAbout *about, const char *complaint, GPtrArray *said);

G_END_DECLS
