/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/chart.h"

G_BEGIN_DECLS

/* Shows drug spans (of ZqDrugSpan, newest first) under a chart: a lane for each drug, those that go on or began last; a
 * note says how many had no room. */
void zq_trend_show_drugs (ZqChart *chart, GPtrArray *spans);

/* "metformin, insulin": what was taken at a moment; NULL: nothing is known of. (transfer full) */
char *zq_trend_drugs_at (GPtrArray *spans, gint64 at);

G_END_DECLS
