/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"

G_BEGIN_DECLS

/* What holds now: problems, medications and the newest vital signs, a line each; "" for nothing. What is left out is
 * said. Main thread, bounded. (transfer full) */
char *zq_record_summary (ZqDb *db, gint64 patient, gint64 now, GTimeZone *zone);

G_END_DECLS
