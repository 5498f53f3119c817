/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/txn.h"

G_BEGIN_DECLS

/* What report and result refer to each other by: either may come first. */
#define ZQ_REPORT_LINK_SCHEMA                                                                                          \
  "CREATE TABLE IF NOT EXISTS report_result (report INTEGER NOT NULL, n INTEGER NOT NULL, result INTEGER NOT NULL,"    \
  "  PRIMARY KEY (report, n)) WITHOUT ROWID;"                                                                          \
  "CREATE INDEX IF NOT EXISTS report_result_result ON report_result (result);"                                         \
  "CREATE TABLE IF NOT EXISTS result_member (panel INTEGER NOT NULL, n INTEGER NOT NULL, member INTEGER NOT NULL,"     \
  "  PRIMARY KEY (panel, n)) WITHOUT ROWID;"                                                                           \
  "CREATE INDEX IF NOT EXISTS result_member_member ON result_member (member);"

/* The report, or else the panel, of its own patient that a result is shown in, and not by itself; 0: none. Not inside
 * is what hangs on a circle of panels alone, or deeper than a panel is shown: it would be nowhere. */
gint64 zq_result_find_above (ZqDb *db, gint64 result);

/* Sets the members of a panel, or the results of a report, anew (@table as in the schema); what comes to stand inside
 * leaves the timeline, what is left out comes back. @references: FHIR references; what is no Observation is skipped. */
gboolean zq_report_set_links (ZqTxn *txn,
                              const char *table,
                              const char *owner_column,
                              const char *column,
                              gint64 owner,
                              GPtrArray *references,
                              GError **error);

/* A result changed: the reports that show it are counted again before the commit. */
gboolean zq_report_touch_result (ZqTxn *txn, gint64 result, GError **error);

/* Counts a report again before the commit. */
void zq_report_touch (ZqTxn *txn, gint64 report);

G_END_DECLS
