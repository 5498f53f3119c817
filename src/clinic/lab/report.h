/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/file.h"
#include "clinic/lab/result.h"
#include "rules/result-close.h"

G_BEGIN_DECLS

/**
 * ZqReport:
 *
 * A DiagnosticReport with all of its results. Immutable.
 */
typedef struct
{
  gint64 key;
  gint64 patient;
  char *title; /* never NULL */
  ZqReportSort sort;
  char *status;
  ZqRecordState state;
  gint64 at;
  gboolean is_collected; /* `at` is when it was taken; else when it was issued, or came, as nothing else is known */
  ZqPrecision precision;
  gint64 issued;
  char *performer; /* the laboratory, the hospital that it came from; or NULL */
  char *specimen;
  char *conclusion;
  guint n_missing;    /* results that it names and that are not here (yet) */
  guint n_more;       /* results that it names and that are not shown: too many */
  guint n_unfinished; /* results that are not final */
  guint n_abnormal, n_critical;
  GPtrArray *results; /* of ZqResult, in the report's order */
  GPtrArray *files;   /* of ZqFile */
} ZqReport;

void zq_report_free (ZqReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqReport, zq_report_free)

/* NULL: not held, or no report. @policy: (nullable): NULL compares with nothing that was before. Main thread; reads as
 * many rows as the report has, with indexes. (transfer full) */
ZqReport *zq_report_load (ZqDb *db, ZqPolicy *policy, gint64 key);

G_END_DECLS
