/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rules/lab-range.h"

G_BEGIN_DECLS

/**
 * What is measured at home; all limits are policy file "home" (data/policy/home.json) with their sources: glucose
 * targets of 中国2型糖尿病防治指南 (2020), time in range of Battelino et al. (2019), home blood pressure of
 * 中国高血压防治指南 (2024). Pure, any thread.
 */

typedef enum
{
  ZQ_HOME_GLUCOSE,
  ZQ_HOME_SYSTOLIC,
  ZQ_HOME_DIASTOLIC,
  ZQ_HOME_PULSE,
  ZQ_HOME_WEIGHT,
  ZQ_HOME_TEMPERATURE,
  ZQ_HOME_PEAK_FLOW,
  ZQ_HOME_OXYGEN,
} ZqHomeKind;

/* --- what a patient enters ----------------------------------------------------------------------- */

typedef enum
{
  ZQ_PLAUSIBLE,
  ZQ_PLAUSIBLE_TOO_LOW,
  ZQ_PLAUSIBLE_TOO_HIGH,
  ZQ_PLAUSIBLE_NO_NUMBER,
  ZQ_PLAUSIBLE_OTHER_UNIT, /* one that cannot be brought to the policy's */
} ZqPlausible;

/* @text in the policy's unit where it names none; "Hi" and "Lo" of a glucose meter are >33.3 and <1.1. */
ZqQuantity *zq_home_parse (ZqPolicy *policy, ZqHomeKind kind, const char *text);
ZqPlausible zq_home_plausible (ZqPolicy *policy, ZqHomeKind kind, const ZqQuantity *value);
/* Each by itself, and the systolic above the diastolic (else NO_NUMBER: they were most likely exchanged). */
ZqPlausible zq_home_pressure_plausible (ZqPolicy *policy, const ZqQuantity *systolic, const ZqQuantity *diastolic);

/* --- finger-stick glucose ------------------------------------------------------------------------ */

typedef enum
{
  ZQ_MEAL_FASTING, /* 空腹 */
  ZQ_MEAL_AFTER,   /* 餐后2h */
  ZQ_MEAL_BEDTIME, /* 睡前 */
  ZQ_MEAL_NIGHT,   /* 凌晨 */
  ZQ_MEAL_UNKNOWN, /* not said: shown, counted by no target */
} ZqMealContext;

#define ZQ_MEAL_CONTEXTS 4

/* "fasting", "after-meal", "bedtime", "night"; the policy's and the observation's codes. */
ZqMealContext zq_meal_context_of_code (const char *code);
const char *zq_meal_context_code (ZqMealContext context);

/* To the target of its context: INSIDE, LOW, HIGH; UNKNOWN without one, or where it cannot be decided. */
ZqRangePlace zq_home_glucose_place (ZqPolicy *policy, ZqMealContext context, const ZqQuantity *value);

/* The same of a blood pressure measured at home (SYSTOLIC, DIASTOLIC): INSIDE or HIGH; of other kinds UNKNOWN. */
ZqRangePlace zq_home_pressure_place (ZqPolicy *policy, ZqHomeKind kind, const ZqQuantity *value);

/* The target as the policy writes it, each NULL where there is none: from, up to and with, below; borrowed. */
typedef struct
{
  const char *from, *to, *below;
} ZqHomeTarget;

ZqHomeTarget zq_home_target (ZqPolicy *policy, ZqHomeKind kind, ZqMealContext context);

typedef struct
{
  gint64 time; /* µs */
  ZqMealContext context;
  const ZqQuantity *value;
} ZqGlucoseReading;

/* 达标次数/总次数: `inside` of `readings`; those that nothing can be said of are in neither. */
typedef struct
{
  guint readings, inside, low, high, unknown;
} ZqGlucoseCount;

void zq_home_glucose_count (ZqPolicy *policy,
                            const ZqGlucoseReading *readings,
                            guint n_readings,
                            ZqGlucoseCount counts[ZQ_MEAL_CONTEXTS]);

/* --- continuous sensors -------------------------------------------------------------------------- */

typedef enum
{
  ZQ_SENSOR_ENOUGH,
  ZQ_SENSOR_NO_SENSOR, /* finger-stick values have no time in range */
  ZQ_SENSOR_TOO_LITTLE,
} ZqSensorAnswer;

typedef struct
{
  guint expected, present; /* slots of the sensor's interval in the period, and those with a value */
  guint inside, low, very_low, high, very_high; /* low holds very_low, high very_high */
} ZqSensorSummary;

/**
 * zq_home_time_in_range:
 * @interval: between two values of the sensor, µs; 0: no sensor
 * @end: of the period, which is the policy's days (14) long
 *
 * A slot counts once, however many values fall into it. The counts are filled where there is a sensor; they may be
 * shown as time in range only with ENOUGH (at least 70 % of the slots; Battelino 2019).
 */
ZqSensorAnswer zq_home_time_in_range (ZqPolicy *policy,
                                      const ZqGlucoseReading *readings,
                                      guint n_readings,
                                      gint64 interval,
                                      gint64 end,
                                      ZqSensorSummary *summary);

/* --- blood pressure in the morning and in the evening --------------------------------------------- */

typedef struct
{
  gint64 time; /* µs */
  const ZqQuantity *systolic, *diastolic;
} ZqPressureReading;

typedef struct
{
  char *systolic, *diastolic; /* means in mm[Hg], rounded to whole ones, never over a limit; NULL: none */
  guint readings;
} ZqPressureMean;

typedef struct
{
  guint32 day; /* Julian, in the zone asked for */
  ZqPressureMean morning, evening;
} ZqPressureDay;

typedef struct
{
  GPtrArray *days;     /* of ZqPressureDay, earliest first; only those with a reading */
  guint pairs;         /* days that have both */
  ZqPressureMean mean; /* of the days that have both without the first one; NULLs: fewer than the policy asks for */
  gboolean above;      /* the mean reaches 135 or 85 */
} ZqPressureSummary;

void zq_pressure_summary_free (ZqPressureSummary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPressureSummary, zq_pressure_summary_free)

/* Implausible readings and those that are no numbers are left out. */
ZqPressureSummary *
zq_home_pressure_pairs (ZqPolicy *policy, const ZqPressureReading *readings, guint n_readings, GTimeZone *zone);

G_END_DECLS
