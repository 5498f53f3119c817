/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* LOINC before any other system, since that is what two hospitals have in common: "system|code". (transfer full)
 * (nullable) */
char *zq_value_read_code (JsonNode *node, const char *path);

/* The value[x], range, interpretation and absence of an Observation or of a component of one; `result`, `n` and `at`
 * are left at 0. Two values are none: which one is meant cannot be known, and `absent` says "two-values". (transfer
 * full) */
ZqResultValue *zq_value_read (JsonNode *node);

/* Whether it has a value, or a reason why not: else it is a panel's head. */
gboolean zq_value_is_empty (const ZqResultValue *self);

/* The value as a number, for drawing alone; FALSE: it is none, or too large for one. */
gboolean zq_value_get_number (const ZqResultValue *self, double *number);

/* "<5.0 mmol/L"; (transfer full), NULL: there is none. */
char *zq_value_format (const ZqResultValue *self);

/* Of several the one that a doctor has to see first. */
ZqFlag zq_flag_worse (ZqFlag one, ZqFlag other);

G_END_DECLS
