/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/home/home-words.h"

#include <glib/gi18n.h>

const char *
zq_home_words_kind (ZqHomeKind kind)
{
  static const char *const words[] = {
    NC_ ("home", "Blood glucose"), NC_ ("home", "Blood pressure"), NC_ ("home", "Diastolic pressure"),
    NC_ ("home", "Pulse"),         NC_ ("home", "Weight"),         NC_ ("home", "Temperature"),
    NC_ ("home", "Peak flow"),     NC_ ("home", "Oxygen"),
  };

  return kind < G_N_ELEMENTS (words) ? g_dpgettext2 (NULL, "home", words[kind]) : "";
}

const char *
zq_home_words_context (ZqMealContext meal)
{
  static const char *const words[] = { NC_ ("home", "Fasting"), NC_ ("home", "2 h after meals"),
                                       NC_ ("home", "Bedtime"), NC_ ("home", "At night"), NC_ ("home", "Not said") };

  return g_dpgettext2 (NULL, "home", words[MIN (meal, ZQ_MEAL_UNKNOWN)]);
}

const char *
zq_home_words_place (ZqRangePlace place)
{
  switch (place)
    {
    case ZQ_RANGE_LOW:
      return C_ ("result", "↓ low");
    case ZQ_RANGE_HIGH:
      return C_ ("result", "↑ high");
    case ZQ_RANGE_UNKNOWN:
    case ZQ_RANGE_INSIDE:
    case ZQ_RANGE_OUTSIDE:
    default:
      return "";
    }
}

/* Of a blood pressure whichever of the two is out. */
static ZqRangePlace
place_of (const ZqHomeReading *reading)
{
  return reading->place_diastolic == ZQ_RANGE_HIGH ? ZQ_RANGE_HIGH : reading->place;
}

static const char *
words_doubt (const ZqHomeReading *reading)
{
  if (reading->plausible != ZQ_PLAUSIBLE)
    return C_ ("home", "not plausible");

  return reading->state == ZQ_RECORD_UNFINISHED || reading->state == ZQ_RECORD_UNCERTAIN ? C_ ("home", "not final")
                                                                                         : "";
}

char *
zq_home_words_value (const ZqHomeReading *reading, gboolean unit)
{
  const char *named = unit && reading->value->unit_text != NULL ? reading->value->unit_text : "";
  const char *place = reading->plausible == ZQ_PLAUSIBLE ? zq_home_words_place (place_of (reading)) : "";
  const char *doubt = words_doubt (reading);

  return g_strconcat (reading->value->text, reading->diastolic != NULL ? "/" : "",
                      reading->diastolic != NULL ? reading->diastolic->text : "", *named != '\0' ? " " : "", named,
                      *place != '\0' ? " " : "", place, *doubt != '\0' ? " " : "", doubt, NULL);
}

char *
zq_home_words_reading (const ZqHomeReading *reading)
{
  g_autofree char *value = zq_home_words_value (reading, TRUE);
  const char *of = reading->kind == ZQ_HOME_GLUCOSE && reading->context != ZQ_MEAL_UNKNOWN
                       ? zq_home_words_context (reading->context)
                       : zq_home_words_kind (reading->kind);

  return g_strconcat (of, " · ", value, reading->note != NULL ? " · " : NULL, reading->note, NULL);
}

/* --- what it comes to ------------------------------------------------------------------------------- */

static void
add_line (GString *all, char *line)
{
  if (all->len > 0)
    g_string_append_c (all, '\n');
  g_string_append (all, line);
  g_free (line);
}

/* "4.4–7.0", "3.9–<10.0", "<135" */
static char *
words_target (ZqHomeTarget target)
{
  return g_strconcat (target.from != NULL ? target.from : "", target.from != NULL ? "–" : "",
                      target.below != NULL ? "<" : "", target.below != NULL ? target.below : target.to, NULL);
}

static char *
words_count (ZqPolicy *policy, ZqMealContext meal, const ZqGlucoseCount *count)
{
  g_autofree char *target = words_target (zq_home_target (policy, ZQ_HOME_GLUCOSE, meal));

  /* Translators: when it was measured, how many readings are in target, of how many, the target, how many are below and
   * above it */
  return g_strdup_printf (_ ("%1$s: %2$u/%3$u in target (%4$s), %5$u low, %6$u high"), zq_home_words_context (meal),
                          count->inside, count->readings, target, count->low, count->high);
}

static guint
percent (guint part, guint whole)
{
  return whole > 0 ? (guint)(((guint64)part * 200 + whole) / (2 * (guint64)whole)) : 0;
}

static void
add_sensor (GString *all, const ZqHome *home)
{
  const ZqSensorSummary *sensor = &home->sensor;
  guint covered = sensor->expected > 0 ? sensor->present * 100 / sensor->expected : 0;

  if (home->sensor_answer == ZQ_SENSOR_TOO_LITTLE)
    add_line (all,
              g_strdup_printf (_ ("Sensor: only %u %% of 14 days are covered, too little for time in range"), covered));
  if (home->sensor_answer == ZQ_SENSOR_ENOUGH)
    /* Translators: a sensor's last two weeks, in percent: time in range, below, above; how much of them has values */
    add_line (all, g_strdup_printf (_ ("Sensor, 14 days: in range %1$u %%, low %2$u %%, high %3$u %%; %4$u %% covered"),
                                    percent (sensor->inside, sensor->present), percent (sensor->low, sensor->present),
                                    percent (sensor->high, sensor->present), covered));
}

static void
add_glucose (GString *all, const ZqHome *home, ZqPolicy *policy)
{
  guint n_unsaid = home->n[ZQ_HOME_GLUCOSE] - home->n_odd[ZQ_HOME_GLUCOSE];

  for (guint meal = 0; meal < ZQ_MEAL_CONTEXTS; meal++)
    {
      const ZqGlucoseCount *count = &home->glucose[meal];

      n_unsaid -= MIN (n_unsaid, count->readings + count->unknown);
      if (count->readings > 0)
        add_line (all, words_count (policy, (ZqMealContext)meal, count));
    }
  if (n_unsaid > 0)
    add_line (all, g_strdup_printf (g_dngettext (NULL, "%u reading does not say when: it is not counted",
                                                 "%u readings do not say when: they are not counted", n_unsaid),
                                    n_unsaid));
  add_sensor (all, home);
}

static void
add_pressure (GString *all, const ZqHome *home, ZqPolicy *policy)
{
  const ZqPressureSummary *pressure = home->pressure;
  ZqHomeTarget systolic = zq_home_target (policy, ZQ_HOME_SYSTOLIC, ZQ_MEAL_UNKNOWN);
  ZqHomeTarget diastolic = zq_home_target (policy, ZQ_HOME_DIASTOLIC, ZQ_MEAL_UNKNOWN);

  if (pressure->mean.systolic != NULL)
    /* Translators: mean blood pressure, of how many days, "high" or "in target", the target */
    add_line (all, g_strdup_printf (_ ("Mean %1$s/%2$s mmHg of %3$u days with morning and evening: %4$s (<%5$s/%6$s)"),
                                    pressure->mean.systolic, pressure->mean.diastolic, pressure->pairs,
                                    pressure->above ? zq_home_words_place (ZQ_RANGE_HIGH) : C_ ("home", "in target"),
                                    systolic.below, diastolic.below));
  else if (home->n[ZQ_HOME_SYSTOLIC] > 0)
    add_line (all, g_strdup_printf (g_dngettext (NULL, "%u day with both morning and evening: too few for a mean",
                                                 "%u days with both morning and evening: too few for a mean",
                                                 pressure->pairs),
                                    pressure->pairs));
}

static void
add_gaps (GString *all, const ZqHome *home, ZqHomeKind kind)
{
  /* Translators: how many readings, on how many days, of how many days */
  add_line (all, g_strdup_printf (_ ("%1$u readings on %2$u of %3$u days, %4$u days without one"), home->n[kind],
                                  home->n_days - home->n_gaps[kind], home->n_days, home->n_gaps[kind]));
  if (home->n_odd[kind] > 0)
    add_line (all, g_strdup_printf (g_dngettext (NULL, "%u reading is not plausible or not final: it is not counted",
                                                 "%u readings are not plausible or not final: they are not counted",
                                                 home->n_odd[kind]),
                                    home->n_odd[kind]));
  if (home->cut)
    add_line (all, g_strdup (_ ("There are more readings than are shown: the earliest are missing here")));
}

char *
zq_home_words_summary (const ZqHome *home, ZqPolicy *policy, ZqHomeKind kind)
{
  GString *all = g_string_new (NULL);

  if (kind == ZQ_HOME_GLUCOSE)
    add_glucose (all, home, policy);
  else if (kind == ZQ_HOME_SYSTOLIC)
    add_pressure (all, home, policy);
  add_gaps (all, home, kind);

  return g_string_free (all, FALSE);
}
