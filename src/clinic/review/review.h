/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "clinic/patient/record.h"
#include "rules/result-close.h"

G_BEGIN_DECLS

/**
 * ZqReview:
 *
 * One report (or result that stands alone) that the hospital gave to a doctor to look at and to close to the patient:
 * a Task with code result-review. Its state is never kept: it follows from what stands at the hospital, so that another
 * workstation comes to the same. Immutable.
 */
typedef struct
{
  gint64 key; /* row of the Task */
  gint64 patient;
  gint64 report;  /* row of its focus */
  gint64 consult; /* where it is told; 0: no consultation of the patient takes a reply */
  char *name;     /* of the patient, never NULL */
  int sex;
  int age_years;
  char *title;  /* of the report; NULL: it has not come yet */
  char *status; /* FHIR's word, or NULL */
  ZqRecordState record_state;
  ZqRecordFlag flag;
  gint64 at;            /* when it was collected, µs */
  gint64 authored;      /* since when it is asked for */
  gboolean mine;        /* else of a department of mine */
  gboolean is_critical; /* the laboratory's, or by the local rule */

  ZqResultTimes times;
  ZqResultState state;
  gboolean comes_back; /* told, and unread for longer than the policy lets it rest */
  gboolean to_do;      /* it waits for the doctor */
  gboolean is_waiting; /* something of the patient is unseen or unanswered: a message by the way would hide it */

  /* the critical value's way; 0: not yet */
  gint64 received_at, contacted_at, not_reached_at;
  char *contacted, *not_reached; /* how, whom */
  char *otherwise;               /* how it was told without a message, or NULL */
  char *handled;                 /* what was done */
} ZqReview;

void zq_review_free (ZqReview *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqReview, zq_review_free)

/* SQL: when the newest version of what stands in row @report came to be at the hospital: its own, or that of a result
 * that it names. */
#define ZQ_REVIEW_VERSION(report)                                                                                      \
  "max (coalesce ((SELECT y.last_updated FROM resource y WHERE y.id = " report "), 0),"                                \
  " coalesce ((SELECT max (y.last_updated) FROM report_result x JOIN resource y ON y.id = x.result"                    \
  "   WHERE x.report = " report "), 0))"

typedef struct
{
  guint to_do;
  guint untold;   /* 异常未告知: abnormal or critical, and the patient has not been told */
  guint critical; /* critical and nobody has said 收到 */
} ZqReviewCounts;

/* All that are open and mine or my departments', what is critical first, then what is abnormal, then by age; at most
 * @limit. Any connection; an index of what is open. (transfer full) (element-type ZqReview) */
GPtrArray *zq_review_list (ZqDb *db, const ZqContext *context, guint limit, GError **error);

void zq_review_count (GPtrArray *reviews, ZqReviewCounts *counts);

/* NULL: nothing asks for it. (transfer full) */
ZqReview *zq_review_load (ZqDb *db, const ZqContext *context, gint64 key);
/* The newest one of a report; NULL: none. (transfer full) */
ZqReview *zq_review_load_of (ZqDb *db, const ZqContext *context, gint64 report);

/* --- commands ---------------------------------------------------------------------------------- */

typedef enum
{
  ZQ_REVIEW_RECEIVED,       /* 收到, of a critical value */
  ZQ_REVIEW_CONTACTED,      /* words: how, whom */
  ZQ_REVIEW_NOT_REACHED,    /* words: how it was tried */
  ZQ_REVIEW_TOLD_OTHERWISE, /* words: on the telephone, in person */
  ZQ_REVIEW_HANDLED,        /* words: what was done */
  ZQ_REVIEW_REOPENED,
  ZQ_REVIEW_N_STEPS,
} ZqReviewStep;

/* My read mark of the report. */
void zq_review_see_async (ZqStore *store, gint64 review, GAsyncReadyCallback callback, gpointer data);
void zq_review_step_async (
    ZqStore *store, gint64 review, ZqReviewStep step, const char *words, GAsyncReadyCallback callback, gpointer data);
gboolean zq_review_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* @text, not the draft's, to the patient in the consultation that takes it; not where something of the patient waits.
 * Ends with zq_consult_send_finish(): undo takes it back. */
void zq_review_tell_async (ZqStore *store,
                           const ZqReview *review,
                           const char *text,
                           gint64 delay_us,
                           GAsyncReadyCallback callback,
                           gpointer data);

G_END_DECLS
