/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy.h"

G_BEGIN_DECLS

/**
 * zq_target_find:
 * @code: "system|code" of a test
 * @unit: (nullable): what its values are in
 * @low, @high: (out): for a chart; NAN where there is none
 *
 * What the hospital's policy aims at. Only for tests whose code says when they were taken: a glucose of any time of day
 * has no single target. FALSE: none, or it is in another unit.
 */
gboolean zq_target_find (ZqPolicy *policy, const char *code, const char *unit, double *low, double *high);

G_END_DECLS
