/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy.h"

G_BEGIN_DECLS

/* What is aimed at, for a chart. */
typedef struct
{
  double low, high; /* NAN: none */
  guint year;       /* of the guideline that says it; 0: it is for what is measured at home */
} ZqTarget;

/**
 * zq_target_find:
 * @code: "system|code" of a test
 * @unit: (nullable): what its values are in
 *
 * What the hospital's policy aims at: of what is measured at home (file "home"), and of laboratory tests by analyte
 * (file "lab", "targets"). A glucose of any time of day has no single target: its code has to say when it was taken.
 * FALSE: none, or nothing exact leads to @unit.
 */
gboolean zq_target_find (ZqPolicy *policy, const char *code, const char *unit, ZqTarget *target);

G_END_DECLS
