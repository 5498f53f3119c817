/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/lab-range.h"

G_BEGIN_DECLS

/**
 * Results closed to the patient. Rules of this program (本机规则, 2026; policy file "lab"): what may be told by one
 * key, and in which state a result is. Both are pure, from facts that stand at the hospital, so that a second
 * workstation comes to the same.
 */

typedef enum
{
  ZQ_REPORT_LABORATORY, /* also where no section is said: then its results speak */
  ZQ_REPORT_IMAGING,
  ZQ_REPORT_PATHOLOGY,
  ZQ_REPORT_OTHER, /* ECG, genetics, … */
} ZqReportSort;

/* HL7 v2 table 0074 (diagnostic service section, 2.9, 2019), as in DiagnosticReport.category; NULL is LABORATORY, a
 * code that is not known OTHER. */
ZqReportSort zq_report_sort_of_code (const char *section);

/* Why the key "normal: send template" opens the composer instead. In the order in which they are looked for. */
typedef enum
{
  ZQ_FAST_ALLOWED,
  ZQ_FAST_NOT_FINAL, /* registered, partial, preliminary, amended, corrected, …: anything but final */
  ZQ_FAST_IMAGING,
  ZQ_FAST_PATHOLOGY,
  ZQ_FAST_OTHER_SORT,
  ZQ_FAST_NARRATIVE,   /* a conclusion, a narrative or a document is part of it */
  ZQ_FAST_EMPTY,       /* no results in it */
  ZQ_FAST_OUTSTANDING, /* something of the panel is to come */
  ZQ_FAST_CRITICAL,
  ZQ_FAST_ABNORMAL,  /* the laboratory or the range says so */
  ZQ_FAST_DISAGREES, /* interpretation and range do not go together */
  ZQ_FAST_NO_VALUE,
  ZQ_FAST_TEXT,           /* a result in words */
  ZQ_FAST_NO_RANGE,       /* nothing says that it is inside */
  ZQ_FAST_CHANGED,        /* a marked change from the last one */
  ZQ_FAST_CHANGE_UNKNOWN, /* there is a last one, and it cannot be compared */
} ZqFastKey;

typedef struct
{
  ZqLabFacts lab;
  const char *status;        /* Observation.status */
  gboolean coded;            /* a CodeableConcept, not a text */
  const ZqQuantity *before;  /* (nullable): the last comparable value */
  ZqRangePlace before_place; /* in its own report's range */
} ZqResultFacts;

typedef struct
{
  const char *status; /* DiagnosticReport.status */
  ZqReportSort sort;
  gboolean has_narrative;       /* conclusion, presentedForm, text of its own */
  guint outstanding;            /* tests asked for or registered that have no result yet */
  const ZqResultFacts *results; /* components are results of their own */
  guint n_results;
} ZqReportFacts;

/* @which: (out) (optional): the result that stands in the way, G_MAXUINT when it is the report. */
ZqFastKey zq_result_fast_key (ZqPolicy *policy, const ZqReportFacts *facts, guint *which);

/* Whether the change from the last value is a marked one: by the policy's percent for this analyte (default 30), by
 * another grade, or across a limit of the range. FALSE where it cannot be said: @marked stays. */
gboolean zq_result_marked_change (ZqPolicy *policy, const ZqResultFacts *facts, ZqRangePlace now, gboolean *marked);

typedef enum
{
  ZQ_RESULT_UNSEEN,      /* 未看 */
  ZQ_RESULT_SEEN_UNTOLD, /* 已看待告知 */
  ZQ_RESULT_TOLD_UNREAD, /* 已告知未读 */
  ZQ_RESULT_READ,        /* 已读 */
  ZQ_RESULT_HANDLED,     /* 已处置 */
} ZqResultState;

/* Times by the hospital's clock, in µs; 0: never. */
typedef struct
{
  gint64 version;      /* when the report's newest version came to be */
  gint64 seen;         /* up to when my read mark on the report reaches */
  gint64 told;         /* when the newest message that told it was sent */
  gint64 patient_read; /* up to when the patient's read mark on the thread reaches */
  gint64 handled;      /* when its Task was completed */
} ZqResultTimes;

/**
 * zq_result_state:
 *
 * Exactly one state. Only what was done at or after the newest version counts: a corrected value is unseen again, told
 * or handled as its forerunner may have been. To tell it or to handle it is to have seen it.
 */
ZqResultState zq_result_state (const ZqResultTimes *times);

/* Whether a result comes back into the list: told, and unread for as long as the policy says (72 h). */
gboolean zq_result_comes_back (ZqPolicy *policy, const ZqResultTimes *times, gint64 now);

G_END_DECLS
