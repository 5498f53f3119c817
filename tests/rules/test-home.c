/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/home.h"

#include <string.h>

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define DAY    (1440 * MINUTE)
#define START  (G_GINT64_CONSTANT (1795276800) * G_USEC_PER_SEC) /* 2026-11-21T16:00:00Z: midnight in Shanghai */

typedef struct
{
  ZqPolicy *policy;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->policy = zq_policy_new_builtin ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->policy);
}

static void
test_plausible (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    ZqHomeKind kind;
    const char *text;
    ZqPlausible answer;
  } cases[] = {
    { ZQ_HOME_GLUCOSE, "5.6", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, "５．６", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, "1.1", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, "1.0", ZQ_PLAUSIBLE_TOO_LOW },
    { ZQ_HOME_GLUCOSE, "33.3", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, "33.4", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_GLUCOSE, "101 mg/dL", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, "101", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_GLUCOSE, "5.6 g", ZQ_PLAUSIBLE_OTHER_UNIT },
    { ZQ_HOME_GLUCOSE, "Hi", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, " LO ", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, "ＨＩ", ZQ_PLAUSIBLE },
    { ZQ_HOME_GLUCOSE, ">50", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_GLUCOSE, "", ZQ_PLAUSIBLE_NO_NUMBER },
    { ZQ_HOME_GLUCOSE, NULL, ZQ_PLAUSIBLE_NO_NUMBER },
    { ZQ_HOME_GLUCOSE, "\xff", ZQ_PLAUSIBLE_NO_NUMBER },
    { ZQ_HOME_GLUCOSE, "正常", ZQ_PLAUSIBLE_NO_NUMBER },
    { ZQ_HOME_GLUCOSE, "1e400", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_GLUCOSE, "-5", ZQ_PLAUSIBLE_TOO_LOW },
    { ZQ_HOME_SYSTOLIC, "128", ZQ_PLAUSIBLE },
    { ZQ_HOME_SYSTOLIC, "1280", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_SYSTOLIC, "17", ZQ_PLAUSIBLE_TOO_LOW },
    { ZQ_HOME_SYSTOLIC, "Hi", ZQ_PLAUSIBLE_NO_NUMBER },
    { ZQ_HOME_SYSTOLIC, "17 kPa", ZQ_PLAUSIBLE_OTHER_UNIT },
    { ZQ_HOME_SYSTOLIC, ">200", ZQ_PLAUSIBLE_NO_NUMBER },
    { ZQ_HOME_DIASTOLIC, "29", ZQ_PLAUSIBLE_TOO_LOW },
    { ZQ_HOME_PULSE, "72次/分", ZQ_PLAUSIBLE },
    { ZQ_HOME_PULSE, "720", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_WEIGHT, "65.5公斤", ZQ_PLAUSIBLE },
    { ZQ_HOME_WEIGHT, "65500 g", ZQ_PLAUSIBLE },
    { ZQ_HOME_WEIGHT, "655", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_TEMPERATURE, "36.5℃", ZQ_PLAUSIBLE },
    { ZQ_HOME_TEMPERATURE, "365", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_TEMPERATURE, "98.6 ℉", ZQ_PLAUSIBLE_OTHER_UNIT },
    { ZQ_HOME_PEAK_FLOW, "420", ZQ_PLAUSIBLE },
    { ZQ_HOME_PEAK_FLOW, "42", ZQ_PLAUSIBLE_TOO_LOW },
    { ZQ_HOME_OXYGEN, "98%", ZQ_PLAUSIBLE },
    { ZQ_HOME_OXYGEN, "101", ZQ_PLAUSIBLE_TOO_HIGH },
    { ZQ_HOME_OXYGEN, "0.98", ZQ_PLAUSIBLE_TOO_LOW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) value = zq_home_parse (fixture->policy, cases[i].kind, cases[i].text);
      ZqPlausible answer = zq_home_plausible (fixture->policy, cases[i].kind, value);

      if (answer != cases[i].answer)
        g_error ("%d %s: %d", cases[i].kind, cases[i].text, answer);
    }
}

static void
test_meter_words (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqQuantity) high = zq_home_parse (fixture->policy, ZQ_HOME_GLUCOSE, "Hi");
  g_autoptr (ZqQuantity) low = zq_home_parse (fixture->policy, ZQ_HOME_GLUCOSE, "Lo");

  g_assert_cmpstr (high->text, ==, ">33.3");
  g_assert_cmpstr (low->text, ==, "<1.1");
  g_assert_cmpstr (low->unit.code, ==, "mmol/L");
  for (guint i = 0; i < ZQ_MEAL_CONTEXTS; i++)
    {
      g_assert_cmpint (zq_home_glucose_place (fixture->policy, i, high), ==, ZQ_RANGE_HIGH);
      g_assert_cmpint (zq_home_glucose_place (fixture->policy, i, low), ==, ZQ_RANGE_LOW);
    }
}

static void
test_pressure_plausible (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *systolic, *diastolic;
    ZqPlausible answer;
  } cases[] = { { "128", "82", ZQ_PLAUSIBLE },
                { "82", "128", ZQ_PLAUSIBLE_NO_NUMBER },
                { "90", "90", ZQ_PLAUSIBLE_NO_NUMBER },
                { "300", "82", ZQ_PLAUSIBLE_TOO_HIGH },
                { "128", "8", ZQ_PLAUSIBLE_TOO_LOW } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) systolic = zq_home_parse (fixture->policy, ZQ_HOME_SYSTOLIC, cases[i].systolic);
      g_autoptr (ZqQuantity) diastolic = zq_home_parse (fixture->policy, ZQ_HOME_DIASTOLIC, cases[i].diastolic);
      g_assert_cmpint (zq_home_pressure_plausible (fixture->policy, systolic, diastolic), ==, cases[i].answer);
    }
}

static const struct
{
  ZqMealContext context;
  const char *text;
  ZqRangePlace place;
} glucose[] = {
  { ZQ_MEAL_FASTING, "4.3", ZQ_RANGE_LOW },
  { ZQ_MEAL_FASTING, "4.4", ZQ_RANGE_INSIDE },
  { ZQ_MEAL_FASTING, "7.0", ZQ_RANGE_INSIDE },
  { ZQ_MEAL_FASTING, "7.1", ZQ_RANGE_HIGH },
  { ZQ_MEAL_FASTING, "126 mg/dL", ZQ_RANGE_INSIDE },
  { ZQ_MEAL_FASTING, "<5", ZQ_RANGE_UNKNOWN },
  { ZQ_MEAL_AFTER, "3.8", ZQ_RANGE_LOW },
  { ZQ_MEAL_AFTER, "9.9", ZQ_RANGE_INSIDE },
  { ZQ_MEAL_AFTER, "10.0", ZQ_RANGE_HIGH },
  { ZQ_MEAL_BEDTIME, "9.9", ZQ_RANGE_INSIDE },
  { ZQ_MEAL_NIGHT, "3.8", ZQ_RANGE_LOW },
  { ZQ_MEAL_NIGHT, "3.9", ZQ_RANGE_INSIDE },
  { ZQ_MEAL_NIGHT, "忘了", ZQ_RANGE_UNKNOWN },
  { ZQ_MEAL_UNKNOWN, "5.6", ZQ_RANGE_UNKNOWN },
};

static void
test_glucose (Fixture *fixture, gconstpointer data)
{
  ZqGlucoseReading readings[G_N_ELEMENTS (glucose)];
  ZqGlucoseCount counts[ZQ_MEAL_CONTEXTS];

  for (guint i = 0; i < G_N_ELEMENTS (glucose); i++)
    {
      readings[i] = (ZqGlucoseReading){ .context = glucose[i].context,
                                        .value = zq_home_parse (fixture->policy, ZQ_HOME_GLUCOSE, glucose[i].text) };
      if (zq_home_glucose_place (fixture->policy, glucose[i].context, readings[i].value) != glucose[i].place)
        g_error ("%d %s", glucose[i].context, glucose[i].text);
    }
  zq_home_glucose_count (fixture->policy, readings, G_N_ELEMENTS (glucose), counts);
  g_assert_cmpuint (counts[ZQ_MEAL_FASTING].inside, ==, 3);
  g_assert_cmpuint (counts[ZQ_MEAL_FASTING].readings, ==, 5);
  g_assert_cmpuint (counts[ZQ_MEAL_FASTING].low, ==, 1);
  g_assert_cmpuint (counts[ZQ_MEAL_FASTING].high, ==, 1);
  g_assert_cmpuint (counts[ZQ_MEAL_FASTING].unknown, ==, 1);
  g_assert_cmpuint (counts[ZQ_MEAL_AFTER].inside, ==, 1);
  g_assert_cmpuint (counts[ZQ_MEAL_AFTER].readings, ==, 3);
  g_assert_cmpuint (counts[ZQ_MEAL_BEDTIME].inside, ==, 1);
  g_assert_cmpuint (counts[ZQ_MEAL_NIGHT].readings, ==, 2);
  g_assert_cmpuint (counts[ZQ_MEAL_NIGHT].unknown, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (glucose); i++)
    zq_quantity_free ((ZqQuantity *)readings[i].value);
}

static void
test_contexts (void)
{
  for (guint i = 0; i < ZQ_MEAL_CONTEXTS; i++)
    g_assert_cmpint (zq_meal_context_of_code (zq_meal_context_code (i)), ==, i);
  g_assert_cmpint (zq_meal_context_of_code ("brunch"), ==, ZQ_MEAL_UNKNOWN);
  g_assert_cmpint (zq_meal_context_of_code (NULL), ==, ZQ_MEAL_UNKNOWN);
  g_assert_null (zq_meal_context_code (ZQ_MEAL_UNKNOWN));
}

/* 14 days of values each 15 minutes are 1344, of which 941 are 70 %. */
static void
test_sensor (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "5.6", "3.8", "2.9", "10.1", "14.0", "Hi", "3.9", "10.0" };
  ZqQuantity *values[G_N_ELEMENTS (texts)];
  g_autofree ZqGlucoseReading *readings = g_new0 (ZqGlucoseReading, 1344);
  ZqSensorSummary summary;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    values[i] = zq_home_parse (fixture->policy, ZQ_HOME_GLUCOSE, texts[i]);
  for (guint i = 0; i < 1344; i++)
    readings[i] = (ZqGlucoseReading){ .time = START + i * 15 * MINUTE, .value = values[i % 8] };

  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 1344, 15 * MINUTE, START + 14 * DAY, &summary), ==,
                   ZQ_SENSOR_ENOUGH);
  g_assert_cmpuint (summary.expected, ==, 1344);
  g_assert_cmpuint (summary.present, ==, 1344);
  g_assert_cmpuint (summary.inside, ==, 3 * 168);
  g_assert_cmpuint (summary.low, ==, 2 * 168);
  g_assert_cmpuint (summary.very_low, ==, 168);
  g_assert_cmpuint (summary.high, ==, 3 * 168);
  g_assert_cmpuint (summary.very_high, ==, 2 * 168);

  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 941, 15 * MINUTE, START + 14 * DAY, &summary), ==,
                   ZQ_SENSOR_ENOUGH);
  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 940, 15 * MINUTE, START + 14 * DAY, &summary), ==,
                   ZQ_SENSOR_TOO_LITTLE);
  g_assert_cmpuint (summary.present, ==, 940);
  /* Too long ago, and later than the end. */
  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 1344, 15 * MINUTE, START + 24 * DAY, &summary), ==,
                   ZQ_SENSOR_TOO_LITTLE);
  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 1344, 15 * MINUTE, START, &summary), ==,
                   ZQ_SENSOR_TOO_LITTLE);
  g_assert_cmpuint (summary.present, ==, 0);
  /* No sensor. */
  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 1344, 0, START + 14 * DAY, &summary), ==,
                   ZQ_SENSOR_NO_SENSOR);
  /* The same slot again and again is one. */
  for (guint i = 0; i < 1344; i++)
    readings[i].time = START + i;
  g_assert_cmpint (zq_home_time_in_range (fixture->policy, readings, 1344, 15 * MINUTE, START + 14 * DAY, &summary), ==,
                   ZQ_SENSOR_TOO_LITTLE);
  g_assert_cmpuint (summary.present, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    zq_quantity_free (values[i]);
}

/* --- pairs --------------------------------------------------------------------------------------- */

typedef struct
{
  int day, hour;
  const char *systolic, *diastolic;
} Pressure;

static ZqPressureSummary *
summarise (Fixture *fixture, const Pressure *list, guint n_list)
{
  g_autofree ZqPressureReading *readings = g_new0 (ZqPressureReading, n_list);
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 3600);
  ZqPressureSummary *summary;

  for (guint i = 0; i < n_list; i++)
    readings[i] = (ZqPressureReading){ START + list[i].day * DAY + list[i].hour * 60 * MINUTE,
                                       zq_home_parse (fixture->policy, ZQ_HOME_SYSTOLIC, list[i].systolic),
                                       zq_home_parse (fixture->policy, ZQ_HOME_DIASTOLIC, list[i].diastolic) };
  summary = zq_home_pressure_pairs (fixture->policy, readings, n_list, zone);
  for (guint i = 0; i < n_list; i++)
    {
      zq_quantity_free ((ZqQuantity *)readings[i].systolic);
      zq_quantity_free ((ZqQuantity *)readings[i].diastolic);
    }

  return summary;
}

static void
test_pairs (Fixture *fixture, gconstpointer data)
{
  static const Pressure list[] = {
    { 3, 19, "130", "80" }, { 3, 7, "140", "90" }, { 0, 7, "180", "110" }, { 0, 20, "178", "108" },
    { 1, 6, "136", "86" },  { 1, 6, "137", "85" }, { 1, 21, "128", "78" }, { 2, 7, "132", "82" },
    { 2, 20, "129", "79" }, { 4, 7, "150", "95" }, /* no evening */
    { 5, 13, "150", "95" },                        /* neither */
    { 2, 7, "1320", "82" }, { 2, 7, "80", "130" }, { 2, 7, "忘了", "80" },
  };
  g_autoptr (ZqPressureSummary) summary = summarise (fixture, list, G_N_ELEMENTS (list));
  const ZqPressureDay *day;

  g_assert_cmpuint (summary->days->len, ==, 5);
  g_assert_cmpuint (summary->pairs, ==, 4);
  day = g_ptr_array_index (summary->days, 1);
  g_assert_cmpuint (day->morning.readings, ==, 2);
  g_assert_cmpstr (day->morning.systolic, ==, "137");
  g_assert_cmpstr (day->morning.diastolic, ==, "86");
  g_assert_cmpstr (day->evening.systolic, ==, "128");
  day = g_ptr_array_index (summary->days, 4);
  g_assert_cmpstr (day->morning.systolic, ==, "150");
  g_assert_null (day->evening.systolic);
  /* (136+137+128+132+129+140+130)/7 = 133.14, (86+85+78+82+79+90+80)/7 = 82.86: without the first day */
  g_assert_cmpstr (summary->mean.systolic, ==, "133");
  g_assert_cmpstr (summary->mean.diastolic, ==, "83");
  g_assert_cmpuint (summary->mean.readings, ==, 7);
  g_assert_false (summary->above);
}

static void
test_pairs_above (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *systolic, *diastolic;
    gboolean above;
  } cases[] = { { "134", "84", FALSE }, { "135", "84", TRUE }, { "134", "85", TRUE }, { "134.9", "84.9", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Pressure list[8];
      g_autoptr (ZqPressureSummary) summary = NULL;

      for (int k = 0; k < 8; k++)
        list[k] = (Pressure){ k / 2, k % 2 == 0 ? 7 : 20, cases[i].systolic, cases[i].diastolic };
      summary = summarise (fixture, list, 8);
      g_assert_nonnull (summary->mean.systolic);
      g_assert_true (summary->above == cases[i].above);
      /* What is shown says the same. */
      g_assert_cmpstr (summary->mean.systolic, ==, cases[i].systolic);
      g_assert_cmpstr (summary->mean.diastolic, ==, cases[i].diastolic);
    }
}

static void
test_pairs_too_few (Fixture *fixture, gconstpointer data)
{
  static const Pressure list[] = { { 0, 7, "180", "110" },  { 0, 20, "178", "108" }, { 1, 7, "180", "110" },
                                   { 1, 20, "178", "108" }, { 2, 7, "180", "110" },  { 2, 20, "178", "108" } };
  g_autoptr (ZqPressureSummary) summary = summarise (fixture, list, G_N_ELEMENTS (list));
  g_autoptr (ZqPressureSummary) none = summarise (fixture, list, 0);

  g_assert_cmpuint (summary->pairs, ==, 3);
  g_assert_null (summary->mean.systolic);
  g_assert_false (summary->above);
  g_assert_cmpuint (none->days->len, ==, 0);
}

static void
test_check (void)
{
#define FILE_WITH(targets, days, morning)                                                                              \
  "{\"format\":1,\"version\":\"x\",\"glucose\":{\"unit\":\"mmol/L\",\"targets\":{" targets                             \
  "},\"meter\":{\"low\":1,\"high\":33}},\"sensor\":{\"days\":" days                                                    \
  ",\"coverage-percent\":70,\"from\":3.9,\"to\":10},\"pressure\":{\"below-systolic\":135,\"below-diastolic\":85,"      \
  "\"morning\":{\"from\":\"" morning "\",\"to\":\"10:00\"},\"evening\":{\"from\":\"18:00\",\"to\":\"23:00\"}},"        \
  "\"plausible\":{\"glucose\":{\"unit\":\"mmol/L\",\"from\":1,\"to\":33},\"systolic\":{\"unit\":\"mm[Hg]\","           \
  "\"from\":50,\"to\":280},\"diastolic\":{\"unit\":\"mm[Hg]\",\"from\":30,\"to\":180}}}"
  static const char *const cases[][2] = {
    { FILE_WITH ("", "14", "05:00"), NULL },
    { FILE_WITH ("\"fasting\":{\"from\":7,\"to\":4}", "14", "05:00"),
      "glucose.targets.fasting: the lower limit is not below" },
    { FILE_WITH ("\"brunch\":{\"to\":4}", "14", "05:00"), "glucose.targets.brunch: is not known" },
    { FILE_WITH ("", "0", "05:00"), "sensor.days: days are wanted" },
    { FILE_WITH ("", "99999999", "05:00"), "sensor.days: days are wanted" },
    { FILE_WITH ("", "14", "25:00"), "pressure.morning.from: a time such as" },
    { FILE_WITH ("", "14", "11:00"), "pressure.morning: it ends before" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reason = zq_policy_check ("home", cases[i][0]);

      if (cases[i][1] == NULL)
        g_assert_cmpstr (reason, ==, NULL);
      else if (reason == NULL || !g_str_has_prefix (reason, cases[i][1]))
        g_error ("%s: %s", cases[i][1], reason);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  ADD ("/home/plausible-by-kind", test_plausible);
  ADD ("/home/meter-at-its-ends", test_meter_words);
  ADD ("/home/pressure-of-both-numbers", test_pressure_plausible);
  ADD ("/home/glucose-to-the-target-of-its-context", test_glucose);
  g_test_add_func ("/home/contexts", test_contexts);
  ADD ("/home/time-in-range-with-enough-coverage-only", test_sensor);
  ADD ("/home/pressure-in-pairs", test_pairs);
  ADD ("/home/pressure-at-its-limits", test_pairs_above);
  ADD ("/home/no-mean-of-too-few-days", test_pairs_too_few);
  g_test_add_func ("/home/a-wrong-file-is-refused", test_check);

  return g_test_run ();
}
