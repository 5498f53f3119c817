/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/quantity.h"

G_BEGIN_DECLS

/**
 * Conversion of results, only by what policy file "conversion" (data/policy/conversion.json) knows exactly for the
 * analyte: its molar mass (from IUPAC's standard atomic weights, 2021), its valence, or a published equation (HbA1c:
 * the IFCC-NGSP master equation, Hoelzel 2004). Each row names its source. Between units that differ by a power of ten
 * alone no analyte need be known. Triglyceride is not cholesterol, urea not urea nitrogen, FEU never DDU: analytes are
 * told apart by code, never by name.
 */
typedef enum
{
  ZQ_CONVERT_DONE,
  ZQ_CONVERT_NO_NUMBER,       /* a text, an ordinal, a titre, nothing */
  ZQ_CONVERT_UNIT_UNKNOWN,    /* the value's unit is missing or not known */
  ZQ_CONVERT_TARGET_UNKNOWN,  /* the wanted unit is not known */
  ZQ_CONVERT_OTHER_ANALYTE,   /* what is wanted is another analyte */
  ZQ_CONVERT_ANALYTE_UNKNOWN, /* the units are of different kinds and the analyte is in no row */
  ZQ_CONVERT_NO_FACTOR,       /* the analyte's row has nothing for these units */
  ZQ_CONVERT_CONVERTED,       /* converted before: go back to what the laboratory said */
  ZQ_CONVERT_OUTSIDE,         /* beyond what the equation can say, or too long a number */
} ZqConvertResult;

#define ZQ_ANALYTE_SYSTEM "https://zhenqiao.org/fhir/analyte"
#define ZQ_LOINC_SYSTEM   "http://loinc.org"

/* The analyte that a code means ("glucose"), or NULL. The id itself is a code of ZQ_ANALYTE_SYSTEM. The policy's own
 * string. */
const char *zq_analyte_find (ZqPolicy *policy, const char *system, const char *code);

/**
 * zq_convert:
 * @analyte, @to_analyte: (nullable): ids; a NULL @to_analyte is the same
 *
 * `number` of what comes back has 15 digits where it does not end sooner; `text` is rounded to as many as were given,
 * three at least unless it ends before. Comparators stay. NULL with the reason in @result where it is refused.
 * (transfer full) (nullable)
 */
ZqQuantity *zq_convert (ZqPolicy *policy,
                        const char *analyte,
                        const ZqQuantity *quantity,
                        const char *to_analyte,
                        const char *to_unit,
                        ZqConvertResult *result);

/* Where the analyte's row comes from: "title, year", or NULL. (transfer full) (nullable) */
char *zq_conversion_source (ZqPolicy *policy, const char *analyte);

/* Why the two are never one, or the analyte's numbers not converted, in the policy's words; NULL: nothing is said.
 * @other: (nullable). The policy's own string. */
const char *zq_conversion_reason (ZqPolicy *policy, const char *analyte, const char *other);

G_END_DECLS
