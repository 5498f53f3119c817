/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Column result_value.flag_is_ours. */
#define ZQ_VALUE_FLAG_OURS     1
#define ZQ_VALUE_CRITICAL_OURS 2

/* LOINC before any other system, since that is what two hospitals have in common: "system|code". (transfer full)
 * (nullable) */
char *zq_value_read_code (JsonNode *node, const char *path);

/* The value[x], range, interpretation and absence of an Observation or of a component of one; `result`, `n` and `at`
 * are left at 0. Two values are none: which one is meant cannot be known, and `absent` says "two-values". The
 * local rule for critical values has not spoken in it: zq_value_take_local() lets it. (transfer full) */
ZqResultValue *zq_value_read (ZqPolicy *policy, JsonNode *node);

/* A reference range without a type, or a normal one. */
gboolean zq_value_range_counts (JsonNode *range);
/* Of a sex, an age, a trimester: alone it judges nobody. */
gboolean zq_value_range_is_for_some (JsonNode *range);

/* Its flag by rules/lab-range.h, of what @node says; the local rule's word, of adults, goes into `local`. */
void zq_value_judge (ZqPolicy *policy, ZqResultValue *self, JsonNode *node);

/* What is critical by the local rule alone becomes so, as ours. @age: in years, -1: not known, taken for an adult's. */
void zq_value_take_local (ZqPolicy *policy, ZqResultValue *self, int age);

/* What the rules reckon with; NULL: there is no value, or one of a kind that is no quantity. (transfer full)
 * (nullable) */
ZqQuantity *zq_value_quantity (ZqPolicy *policy, const ZqResultValue *self);

/* Where it lies in the range that its row keeps. */
ZqRangePlace zq_value_place (ZqPolicy *policy, const ZqResultValue *self);

/* "http://loinc.org|2823-3" to its two parts; FALSE: not coded, both are NULL. */
gboolean zq_value_split_code (const char *joined, char **system, char **code);

/* Whether it has a value, or a reason why not: else it is a panel's head. */
gboolean zq_value_is_empty (const ZqResultValue *self);

/* The value as a number, for drawing alone; FALSE: it is none, or too large for one. */
gboolean zq_value_get_number (const ZqResultValue *self, double *number);

/* "<5.0 mmol/L"; (transfer full), NULL: there is none. */
char *zq_value_format (const ZqResultValue *self);

/* Of several the one that a doctor has to see first. */
ZqFlag zq_flag_worse (ZqFlag one, ZqFlag other);

G_END_DECLS
