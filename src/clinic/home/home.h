/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/home/comment.h"
#include "clinic/home/reading.h"
#include "rules/context.h"
#include "store/store.h"

G_BEGIN_DECLS

/* A day with what was measured, which may be nothing. */
typedef struct
{
  gint64 start;        /* its midnight in the hospital's zone */
  GPtrArray *readings; /* of ZqHomeReading, borrowed, earliest first */
} ZqHomeDay;

/**
 * ZqHome:
 *
 * What a patient measured in the last days. Immutable; any thread.
 */
typedef struct
{
  guint n_days;
  gint64 from, to;               /* the days whole: midnight to midnight */
  GPtrArray *readings;           /* of ZqHomeReading, earliest first */
  gboolean cut;                  /* there are more than are read: the earliest are not here */
  GPtrArray *days;               /* of ZqHomeDay, the newest first; all of them */
  guint n[ZQ_HOME_N_KINDS];      /* readings of a kind; a blood pressure is one of SYSTOLIC */
  guint n_gaps[ZQ_HOME_N_KINDS]; /* days without one */
  guint n_odd[ZQ_HOME_N_KINDS];  /* not counted: implausible, or not final */
  GPtrArray *comments;           /* of ZqHomeComment, by time */
  ZqGlucoseCount glucose[ZQ_MEAL_CONTEXTS];
  ZqPressureSummary *pressure;
  ZqSensorAnswer sensor_answer;
  ZqSensorSummary sensor; /* of the policy's days before the end, not of the period */
} ZqHome;

#define ZQ_HOME_MOST_READINGS 6000

/* The last @n_days in the zone of @context, today included. */
ZqHome *zq_home_load (ZqDb *db, const ZqContext *context, gint64 patient, guint n_days, gint64 now, GError **error);

void zq_home_free (ZqHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqHome, zq_home_free)

/* The same on the reader's thread. */
void zq_home_load_async (ZqStore *store,
                         gint64 patient,
                         guint n_days,
                         gint64 now,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data);
ZqHome *zq_home_load_finish (ZqStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
