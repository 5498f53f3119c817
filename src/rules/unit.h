/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/policy.h"

G_BEGIN_DECLS

/**
 * ZqUnit:
 *
 * A unit as UCUM (The Unified Code for Units of Measure, version 2.2, 2024) writes it, found from the spellings of
 * laboratories: policy file "lab" (data/policy/lab.json), member "units". Units of one `of` differ by a power of ten
 * whatever is measured: 1 `code` = 10^`exponent` `of`. Enzyme units (U) and international units (IU) are not of one.
 */
typedef struct
{
  const char *code; /* interned: "umol/L"; NULL: a spelling that is not known */
  const char *of;   /* interned: "mol/L" */
  int exponent;     /* -6 */
} ZqUnit;

/* The unit that @text spells: any of μ (U+03BC), µ (U+00B5) and u, any width, "×10⁹/L". FALSE, and @unit empty, where
 * it is unknown or can be read in two ways ("G/L"). Pure, any thread, as all of these. */
gboolean zq_unit_find (ZqPolicy *policy, const char *text, ZqUnit *unit);

/* Whether a number in the one is the same number in the other: mIU/L and uIU/mL are. */
gboolean zq_unit_equal (const ZqUnit *a, const ZqUnit *b);

/* Whether the two texts spell one unit; unknown ones only when they are the same but for width and spaces. */
gboolean zq_unit_same_text (ZqPolicy *policy, const char *a, const char *b);

/* Whether a number in @from becomes one in @to by 10^@power alone. */
gboolean zq_unit_power (const ZqUnit *from, const ZqUnit *to, int *power);

G_END_DECLS
