/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/unit.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_QUANTITY_NONE,       /* no value */
  ZQ_QUANTITY_NUMBER,     /* 5.6 */
  ZQ_QUANTITY_COMPARATOR, /* <5 */
  ZQ_QUANTITY_TITRE,      /* 1:160, also <1:10; `number` is what stands behind the colon */
  ZQ_QUANTITY_ORDINAL,    /* 阳性(1+), ±, negative */
  ZQ_QUANTITY_TEXT,       /* anything else, a malformed number too */
} ZqQuantityKind;

/* R4, value set quantity-comparator, and R5's "ad": as much as is needed to come to this amount. */
typedef enum
{
  ZQ_COMPARATOR_NONE,
  ZQ_COMPARATOR_LESS,
  ZQ_COMPARATOR_LESS_EQUAL,
  ZQ_COMPARATOR_GREATER_EQUAL,
  ZQ_COMPARATOR_GREATER,
  ZQ_COMPARATOR_SUFFICIENT,
} ZqComparator;

/* What the laboratory wrote into the value itself: "5.6↑", "H 5.6", "5.6 偏高", "*5.6". */
typedef enum
{
  ZQ_WRITTEN_NONE,
  ZQ_WRITTEN_ABNORMAL,
  ZQ_WRITTEN_HIGH,
  ZQ_WRITTEN_LOW,
  ZQ_WRITTEN_VERY_HIGH, /* ↑↑, HH */
  ZQ_WRITTEN_VERY_LOW,
} ZqWrittenFlag;

typedef enum
{
  ZQ_CONVERTED_NO,
  ZQ_CONVERTED_POWER,    /* by a power of ten: exact */
  ZQ_CONVERTED_FACTOR,   /* by the analyte's factor */
  ZQ_CONVERTED_EQUATION, /* by a published equation */
} ZqConverted;

/* How far an ordinal goes: 0 negative, 1 trace or ±, 2 … 5 from 1+ to 4+. */
#define ZQ_GRADE_POSITIVE_MAX 5

/**
 * ZqQuantity:
 *
 * A result's value. `text` is what is shown: as given, never by way of a double (a converted one: rounded to the
 * significant digits of its origin). `number` is what is reckoned with.
 */
typedef struct
{
  ZqQuantityKind kind;
  char *text;   /* never NULL */
  char *number; /* NUMBER, COMPARATOR, TITRE: as zq_decimal_is (); else NULL */
  ZqComparator comparator;
  ZqWrittenFlag flag;
  guint8 least_grade, most_grade; /* ORDINAL; 阳性 alone is 1…5 */
  char *unit_text;                /* as given; NULL: none */
  ZqUnit unit;                    /* what it spells; empty when that is not known */
  ZqConverted converted;
} ZqQuantity;

/**
 * zq_quantity_parse:
 * @text: (nullable): as a laboratory writes it
 * @unit: (nullable): as given beside it
 *
 * Width, superscripts and signs are folded for reading only. A unit inside the text counts when there is none beside
 * it; one that differs from the unit beside it makes the value a TEXT. "1,234" is a TEXT: whether its comma stands for
 * thousands or for a point cannot be known. "+1" … "+4" without a unit is an ordinal, with one a number.
 */
ZqQuantity *zq_quantity_parse (ZqPolicy *policy, const char *text, const char *unit);

/* FHIR's Quantity: value, comparator, unit and UCUM code as they came; each may be NULL. */
ZqQuantity *
zq_quantity_new (ZqPolicy *policy, const char *value, const char *comparator, const char *unit, const char *code);

ZqQuantity *zq_quantity_copy (const ZqQuantity *self);
void zq_quantity_free (ZqQuantity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqQuantity, zq_quantity_free)

/**
 * zq_quantity_compare:
 * @order: (out): below, at or above 0
 *
 * FALSE when it cannot be decided: other units, other kinds, a text, `<5` against 3. Exact at any length.
 */
gboolean zq_quantity_compare (const ZqQuantity *a, const ZqQuantity *b, int *order);

/* Whether both say the same: "<5" and "<5.0", "阳性" and "Positive", "mIU/L" and "uIU/mL". */
gboolean zq_quantity_same (const ZqQuantity *a, const ZqQuantity *b);

/* Whether both are in one unit, or neither has one. */
gboolean zq_quantity_same_unit (const ZqQuantity *a, const ZqQuantity *b);

/* @now − @before with its sign, "+0.20", "-3", "0"; NULL unless both are numbers in one unit and exact.
 * (transfer full) */
char *zq_quantity_difference (const ZqQuantity *now, const ZqQuantity *before);

/* Whether @now is at least @percent (a decimal) away from @before; FALSE where it cannot be said: @changed stays. */
gboolean zq_quantity_changed (const ZqQuantity *now, const ZqQuantity *before, const char *percent, gboolean *changed);

/* For a chart's point only. FALSE for what is no point: texts, and what a double cannot hold (10^400). */
gboolean zq_quantity_to_double (const ZqQuantity *self, double *value);

G_END_DECLS
