/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"
#include "rules/policy.h"

G_BEGIN_DECLS

/* Which tests stand in it. */
typedef enum
{
  ZQ_FLOW_FREQUENT, /* what this patient was tested for most often */
  ZQ_FLOW_GLUCOSE,
  ZQ_FLOW_LIPIDS,
  ZQ_FLOW_KIDNEY,
  ZQ_FLOW_ELECTROLYTES,
  ZQ_FLOW_LIVER,
  ZQ_FLOW_BLOOD,
  ZQ_FLOW_VITAL,
  ZQ_FLOW_N_SETS,
} ZqFlowSet;

/* A test: its name, unit and range as they were the last time. */
typedef struct
{
  char *code; /* "system|code": what is joined */
  char *name; /* never NULL */
  char *unit; /* or NULL */
} ZqFlowTest;

/* What a test was at a date. Immutable. */
typedef struct
{
  gint64 result;  /* row of the Observation */
  guint n_values; /* of this test at this moment: the surest and last one is shown */
  char *value;    /* with its comparator; NULL: absent */
  char *unit;     /* as written, or NULL */
  char *range;    /* of its own report, or NULL */
  char *absent;   /* why there is no value, or NULL */
  ZqFlag flag;
  gboolean critical_is_ours; /* by the local rule, and not by the laboratory */
  char *status;              /* or NULL */
  ZqRecordState state;
  guint source; /* who says it: place in the sources */
} ZqFlowCell;

/**
 * ZqFlowsheet:
 *
 * Tests by dates, of one patient. Tests are joined by code alone. Dates, the newest first, are found a few at a time,
 * cells are read by blocks when somebody looks at them: nothing grows with the record. What was taken back or cancelled
 * is not in it. Main thread; @db has to outlive it.
 */
typedef struct _ZqFlowsheet ZqFlowsheet;

ZqFlowsheet *zq_flowsheet_new (ZqDb *db, ZqPolicy *policy, gint64 patient, ZqFlowSet set);
/* The tests of a report, in its order; over all the time there is. */
ZqFlowsheet *zq_flowsheet_new_for_report (ZqDb *db, gint64 patient, gint64 report);
void zq_flowsheet_free (ZqFlowsheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqFlowsheet, zq_flowsheet_free)

#define ZQ_FLOW_MOST_TESTS 100

guint zq_flowsheet_get_n_tests (ZqFlowsheet *self);
const ZqFlowTest *zq_flowsheet_get_test (ZqFlowsheet *self, guint test);

/* Dates that are known by now, each a moment (µs; 0: no date); more of them when it is complete. */
guint zq_flowsheet_get_n_dates (ZqFlowsheet *self);
gint64 zq_flowsheet_get_date (ZqFlowsheet *self, guint date);
gboolean zq_flowsheet_is_complete (ZqFlowsheet *self);
/* Looks for dates until there are @n, or no more. */
void zq_flowsheet_find_dates (ZqFlowsheet *self, guint n);

/* (nullable): the test was not made then. Valid as long as @self. */
const ZqFlowCell *zq_flowsheet_get_cell (ZqFlowsheet *self, guint test, guint date);

/* Who said what was read by now; 0 is nobody, and "" stands for it. */
guint zq_flowsheet_get_n_sources (ZqFlowsheet *self);
const char *zq_flowsheet_get_source (ZqFlowsheet *self, guint source);

/* The report that a result stands in; itself when there is none. */
gint64 zq_flowsheet_find_report (ZqDb *db, gint64 result);

G_END_DECLS
