/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"

G_BEGIN_DECLS

#define ZQ_SERIES_NO_LINE G_MAXUINT

/* Where a value of a test stands in a chart: one line goes through one unit. */
typedef struct
{
  guint line;         /* ZQ_SERIES_NO_LINE: it is no number */
  char *number;       /* in the line's unit, a decimal and never rounded; NULL: no line */
  char *text;         /* the same to be read, with its comparator; NULL: no line */
  gboolean converted; /* by an exact rule, from what its laboratory wrote: to be marked */
  char *low, *high;   /* of its own report's range in the line's unit, or NULL */
} ZqSeriesPoint;

/**
 * ZqSeries:
 *
 * Values of one test in as few units as exact rules allow. Lines are in the order of their newest values; each has the
 * unit that the newest one was written in. A "<5" has its number and keeps its comparator in the value. Immutable.
 */
typedef struct
{
  GPtrArray *values; /* of ZqResultValue, as given */
  GArray *points;    /* of ZqSeriesPoint, one a value */
  GPtrArray *units;  /* of char *, one a line; "": without a unit */
} ZqSeries;

/* @code: "system|code"; @values: (transfer full): as zq_result_series() gives them, the oldest first. Pure. */
ZqSeries *zq_series_new (ZqPolicy *policy, const char *code, GPtrArray *values);
void zq_series_free (ZqSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSeries, zq_series_free)

/* @value in the unit of @like, itself where that is its own; NULL: nothing exact leads there. @analyte: (nullable): as
 * zq_analyte_find() gives it. (transfer full) (nullable) */
ZqQuantity *
zq_series_bring_over (ZqPolicy *policy, const char *analyte, const ZqQuantity *value, const ZqQuantity *like);

const ZqSeriesPoint *zq_series_get_point (const ZqSeries *self, guint value);

G_END_DECLS
