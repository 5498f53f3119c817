/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"
#include "rules/lab-range.h"

G_BEGIN_DECLS

/* What the laboratory, or else the report's own range, says of a value. */
typedef enum
{
  ZQ_FLAG_NONE, /* nothing is said, and there is no range to say it */
  ZQ_FLAG_NORMAL,
  ZQ_FLAG_LOW,
  ZQ_FLAG_HIGH,
  ZQ_FLAG_ABNORMAL, /* positive, resistant, abnormal: neither high nor low */
  ZQ_FLAG_CRITICAL_LOW,
  ZQ_FLAG_CRITICAL_HIGH,
  ZQ_FLAG_CRITICAL,
} ZqFlag;

gboolean zq_flag_is_abnormal (ZqFlag flag);
gboolean zq_flag_is_critical (ZqFlag flag);

/* What a value is, as it came. */
typedef enum
{
  ZQ_VALUE_NONE, /* absent; its reason is in `absent` */
  ZQ_VALUE_QUANTITY,
  ZQ_VALUE_TEXT,
  ZQ_VALUE_CODED,
  ZQ_VALUE_RANGE,
  ZQ_VALUE_RATIO, /* a titre: "1:160" */
  ZQ_VALUE_TIME,
  ZQ_VALUE_SAMPLED, /* a waveform: `value` says what of */
} ZqValueKind;

/**
 * ZqResultValue:
 *
 * One value of a result: that of the Observation, or of one of its components. Texts are as the hospital wrote them;
 * decimals are texts and never rounded. Immutable.
 */
typedef struct
{
  gint64 result; /* row of the Observation */
  guint n;       /* 0: its own value, else the component's place from 1 on */
  gint64 at;     /* µs: when it was taken, else issued */
  char *code;    /* "system|code", LOINC before others; NULL: not coded, so joined with nothing */
  char *name;    /* what to call the test; never NULL */
  ZqValueKind kind;
  char *value;      /* "7.10", "阳性(1+)", "1:160", "3.9–6.1"; NULL for NONE */
  char *comparator; /* "<", "<=", ">=", ">" or NULL */
  char *unit;       /* as written, or NULL */
  char *low, *high; /* of this report's range, or NULL */
  char *range;      /* the range in words: as the report has it, else from low and high; NULL: none */
  ZqFlag flag;
  gboolean flag_is_ours;     /* from the range, since the laboratory says nothing, or from the local rule */
  gboolean critical_is_ours; /* critical by the local rule alone (policy file "critical") */
  ZqRangePlace local;        /* by that rule; of a value that is being read only */
  char *absent;              /* why there is no value, in words, or NULL */
  char *status;              /* of its result, of those that are read over time */
  ZqRecordState state;
} ZqResultValue;

void zq_result_value_free (ZqResultValue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqResultValue, zq_result_value_free)

/**
 * ZqResult:
 *
 * One Observation with its values. Immutable.
 */
typedef struct
{
  gint64 key;
  gint64 patient;
  gint64 at; /* taken */
  gint64 issued;
  char *name;
  char *status; /* FHIR's word */
  ZqRecordState state;
  char *method, *specimen, *performer, *note; /* each may be NULL */
  gboolean is_panel;                          /* it groups those that follow it at a deeper level */
  guint level;                                /* 0, or within a panel */
  gboolean by_patient;                        /* measured at home */
  GPtrArray *values;                          /* of ZqResultValue; empty: a panel's head */
  guint n_more;                               /* parts that it has and that are not here: too many */

  /* What was here before a correction; NULL: nothing. */
  char *old_value; /* with comparator and unit */
  gint64 old_until;

  /* The last comparable value before: same code, and the same unit however it is spelled, or an exact conversion. */
  char *previous; /* in this one's unit; NULL: none */
  gint64 previous_at;
  char *previous_as_written;   /* "101 mg/dL" */
  gboolean previous_converted; /* to be marked */
  char *change;                /* "+0.20", exact; NULL: it cannot be said, or not exactly */
  gboolean marked;             /* a marked change (rules/result-close.h) */
  GArray *trail;               /* of double: final ones before that compare, oldest first, for drawing; NULL: none */
} ZqResult;

void zq_result_free (ZqResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqResult, zq_result_free)

/* A result that stands in the timeline by itself, with its panel members. @policy: (nullable): NULL compares with
 * nothing that was before. (transfer full) (element-type ZqResult) */
GPtrArray *zq_result_load (ZqDb *db, ZqPolicy *policy, gint64 key);

/* Values of one test of a patient between two times, oldest first, at most @limit (the newest ones); series.h says in
 * which units they are.
 * (transfer full) (element-type ZqResultValue) */
GPtrArray *zq_result_series (ZqDb *db, gint64 patient, const char *code, gint64 from, gint64 to, guint limit);

/* The newest vital signs, one a test. (transfer full) (element-type ZqResultValue) */
GPtrArray *zq_result_vital_signs (ZqDb *db, gint64 patient);

G_END_DECLS
