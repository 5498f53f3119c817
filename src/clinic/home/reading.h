/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"
#include "resource/datetime.h"
#include "rules/home.h"

G_BEGIN_DECLS

/* Beside ZqHomeKind: a value of a continuous sensor, or a series of them. */
#define ZQ_HOME_SENSOR  (ZQ_HOME_OXYGEN + 1)
#define ZQ_HOME_N_KINDS ZQ_HOME_SENSOR

/**
 * ZqHomeReading:
 *
 * One reading; a blood pressure is one of kind SYSTOLIC with the diastolic beside it. Immutable.
 */
typedef struct
{
  gint64 result; /* row of the Observation */
  ZqHomeKind kind;
  gint64 at;
  ZqPrecision precision; /* without a clock time it belongs to no morning */
  ZqMealContext context;
  ZqQuantity *value;
  ZqQuantity *diastolic;        /* or NULL */
  ZqRangePlace place;           /* to its target; UNKNOWN: there is none, or it cannot be said */
  ZqRangePlace place_diastolic; /* likewise */
  ZqPlausible plausible;        /* what is not is shown and counted nowhere */
  ZqRecordState state;
  char *note; /* or NULL */
} ZqHomeReading;

/* Whether it is counted and drawn: final and plausible. */
gboolean zq_home_reading_counts (const ZqHomeReading *self);

void zq_home_reading_free (ZqHomeReading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqHomeReading, zq_home_reading_free)

/* Readings of a patient from @from on and before @to, earliest first, at most @limit (the newest); without those of a
 * sensor and what was taken back. (transfer full) (element-type ZqHomeReading) */
GPtrArray *
zq_home_readings_load (ZqDb *db, ZqPolicy *policy, gint64 patient, gint64 from, gint64 to, guint limit, GError **error);

/* Values of a sensor in that time, earliest first, `context` UNKNOWN; @values owns what they point at. (transfer full)
 * (element-type ZqGlucoseReading) */
GArray *zq_home_sensor_load (
    ZqDb *db, ZqPolicy *policy, gint64 patient, gint64 from, gint64 to, GPtrArray **values, GError **error);

G_END_DECLS
