/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/quantity.h"

G_BEGIN_DECLS

/* Where a value lies to a reference range. */
typedef enum
{
  ZQ_RANGE_UNKNOWN, /* no range, a reversed one, other units, `<5` to 3–10 */
  ZQ_RANGE_INSIDE,
  ZQ_RANGE_LOW,
  ZQ_RANGE_HIGH,
  ZQ_RANGE_OUTSIDE, /* an ordinal that is not the expected one */
} ZqRangePlace;

/* A reference range of this report, as it came. */
typedef struct
{
  const ZqQuantity *low, *high; /* (nullable): both belong to the range; without a unit they are in the value's */
  const char *text;             /* (nullable): "3.9-6.1", "<5.2", "阴性"; read when there is neither low nor high */
  const char *applies_to;       /* (nullable): "男": shown, never judged */
} ZqLabRange;

/**
 * zq_lab_range_place:
 *
 * Exact on the decimals' texts. Bounds of the range are inside; those of a text such as "<5.2" are not. A value `<0.01`
 * is inside 0–0.04, since nothing is below nothing. Pure, any thread, as all of these.
 */
ZqRangePlace zq_lab_range_place (ZqPolicy *policy, const ZqQuantity *value, const ZqLabRange *range);

/* Several ranges (men, women, trimesters): only where all say the same, since who they are for is a text. */
ZqRangePlace zq_lab_ranges_place (ZqPolicy *policy, const ZqQuantity *value, const ZqLabRange *ranges, guint n_ranges);

/* Whether low lies above high: the report is wrong, and says so. */
gboolean zq_lab_range_is_reversed (const ZqLabRange *range);

/* HL7 v3 ObservationInterpretation (2018, as in FHIR R4); the user interface has words for each. */
typedef enum
{
  ZQ_LAB_FLAG_NONE,
  ZQ_LAB_FLAG_NORMAL,           /* N */
  ZQ_LAB_FLAG_NEGATIVE,         /* NEG */
  ZQ_LAB_FLAG_NOT_DETECTED,     /* ND */
  ZQ_LAB_FLAG_NON_REACTIVE,     /* NR */
  ZQ_LAB_FLAG_SUSCEPTIBLE,      /* S */
  ZQ_LAB_FLAG_EXPECTED,         /* EXP */
  ZQ_LAB_FLAG_OTHER,            /* a code that is not known here: shown as it came */
  ZQ_LAB_FLAG_BETTER,           /* B */
  ZQ_LAB_FLAG_DOWN,             /* D: significant change, the range is not spoken of */
  ZQ_LAB_FLAG_UP,               /* U */
  ZQ_LAB_FLAG_WORSE,            /* W */
  ZQ_LAB_FLAG_INDETERMINATE,    /* IND, E */
  ZQ_LAB_FLAG_SUSCEPTIBLE_DOSE, /* SDD */
  ZQ_LAB_FLAG_INTERMEDIATE,     /* I */
  ZQ_LAB_FLAG_WEAKLY_REACTIVE,  /* WR */
  ZQ_LAB_FLAG_REACTIVE,         /* RR */
  ZQ_LAB_FLAG_DETECTED,         /* DET */
  ZQ_LAB_FLAG_POSITIVE,         /* POS */
  ZQ_LAB_FLAG_UNEXPECTED,       /* UNE */
  ZQ_LAB_FLAG_NON_SUSCEPTIBLE,  /* NS */
  ZQ_LAB_FLAG_RESISTANT,        /* R */
  ZQ_LAB_FLAG_ABNORMAL,         /* A */
  ZQ_LAB_FLAG_OFF_SCALE_LOW,    /* < */
  ZQ_LAB_FLAG_OFF_SCALE_HIGH,   /* > */
  ZQ_LAB_FLAG_LOW,              /* L, LX */
  ZQ_LAB_FLAG_HIGH,             /* H, HX */
  ZQ_LAB_FLAG_VERY_LOW,         /* LU */
  ZQ_LAB_FLAG_VERY_HIGH,        /* HU */
  ZQ_LAB_FLAG_CRITICAL,         /* AA */
  ZQ_LAB_FLAG_CRITICAL_LOW,     /* LL */
  ZQ_LAB_FLAG_CRITICAL_HIGH,    /* HH */
} ZqLabFlag;                    /* in the order of weight: of several codes the last one counts */

typedef enum
{
  ZQ_ARROW_NONE,
  ZQ_ARROW_UP,
  ZQ_ARROW_DOWN,
  ZQ_ARROW_DOUBLE_UP,
  ZQ_ARROW_DOUBLE_DOWN,
} ZqLabArrow;

typedef enum
{
  ZQ_CRITICAL_NO,
  ZQ_CRITICAL_LABORATORY, /* 检验科危急值: HH, LL or AA, as a code or in the value */
  ZQ_CRITICAL_LOCAL,      /* 本机规则: policy file "critical" */
} ZqCritical;

/* Who says the flag. */
typedef enum
{
  ZQ_SAID_BY_NOBODY,
  ZQ_SAID_BY_LABORATORY, /* its interpretation code */
  ZQ_SAID_IN_VALUE,      /* its mark in the value: "5.6↑" */
  ZQ_SAID_BY_RANGE,      /* reckoned here from the report's own range */
} ZqSaidBy;

typedef struct
{
  const char *system, *code; /* (nullable): of the test */
  const ZqQuantity *value;   /* of the result */
  const ZqLabRange *ranges;  /* of this report */
  guint n_ranges;            /* 0: none */
  const char *const *codes;  /* (nullable): interpretation codes, NULL-terminated */
  int age;                   /* in years; -1: not known, taken for an adult's */
} ZqLabFacts;

typedef struct
{
  ZqLabFlag flag;
  ZqLabArrow arrow;
  ZqSaidBy said_by;
  ZqRangePlace place;
  gboolean disagrees; /* what the laboratory says does not go with its own range, its mark, or its other codes */
  ZqCritical critical;
} ZqLabVerdict;

ZqLabFlag zq_lab_flag_of_code (const char *code);
ZqLabArrow zq_lab_flag_arrow (ZqLabFlag flag);
/* Whether somebody has to look at it: anything that is not normal, negative or susceptible. */
gboolean zq_lab_flag_is_abnormal (ZqLabFlag flag);

/* The laboratory's interpretation wins over its mark in the value, that over the range. */
ZqLabVerdict zq_lab_judge (ZqPolicy *policy, const ZqLabFacts *facts);

/* Policy file "critical": 中国医院协会患者安全目标 (2019) asks for critical values; the limits are lists in common use,
 * for adults. LOW or HIGH when @value is at a limit or beyond, INSIDE when between, UNKNOWN where no rule or unit fits.
 */
ZqRangePlace
zq_critical_check (ZqPolicy *policy, const char *system, const char *code, const ZqQuantity *value, int age);

G_END_DECLS
