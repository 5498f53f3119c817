/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"

G_BEGIN_DECLS

/* Panels of panels, deeper ones and circles are left out. */
#define ZQ_RESULT_MAX_LEVEL 3

/* Of one report or panel: panels that name each other would multiply without end. */
#define ZQ_RESULT_MOST 2000

/* NULL: not held. (transfer full) */
ZqResult *zq_result_load_one (ZqDb *db, gint64 key, guint level);

/* Adds a result and what its panel holds to @all, depth first; what is not held, names another
 * patient than @patient (0: whoever it is) or too much is counted in @n_missing. */
void zq_result_add_tree (ZqDb *db, GPtrArray *all, gint64 key, gint64 patient, guint level, guint *n_missing);

G_END_DECLS
