/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"
#include "hospital/seed/random.h"

#include "base/id.h"

#include <string.h>

/* What patients measure at home, in 60 days: the first four have each a habit of their own, the others prick a finger
 * in the morning. Days without a reading stay gaps. */

#define N_DAYS    60
#define KIND_HOME 78 /* of zq_random_for() */
#define UCUM      "http://unitsofmeasure.org"
#define PER_DAY   96 /* values of a sensor: one in 15 minutes */

typedef struct
{
  ZqSeed *seed;
  const ZqSeedPatient *patient;
  int number;
  ZqRandom random;
  int n;
} Home;

/* By the clock of the hospital. */
static gint64
time_of (Home *self, int days_ago, int hour, int minute)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (self->seed->now / G_USEC_PER_SEC);
  g_autoptr (GDateTime) here = g_date_time_to_timezone (utc, self->seed->zone);
  g_autoptr (GDateTime) day = g_date_time_add_days (here, -days_ago);
  g_autoptr (GDateTime) at = g_date_time_new (self->seed->zone, g_date_time_get_year (day), g_date_time_get_month (day),
                                              g_date_time_get_day_of_month (day), hour, minute, 0);

  return g_date_time_to_unix (at) * G_USEC_PER_SEC;
}

static void
begin (Home *self, gboolean vital, const char *code, const char *name)
{
  zq_seed_json (self->seed, "{'resourceType':'Observation',%g,'status':'final',", self->patient->department);
  if (vital)
    zq_seed_json (self->seed, "'category':[{'coding':[{'system':"
                              "'http://terminology.hl7.org/CodeSystem/observation-category','code':'vital-signs'}]}],");
  zq_seed_json (self->seed,
                "'code':{'coding':[{'system':'http://loinc.org','code':%q}],'text':%q},'subject':{'reference':"
                "'Patient/%s'},'performer':[{'reference':'Patient/%s'}]",
                code, name, self->patient->id, self->patient->id);
}

/* What is still to come is not there. */
static void
end (Home *self, gint64 at)
{
  g_autofree char *id = g_strdup_printf ("home-%03d-%03d", self->number, ++self->n);

  zq_seed_json (self->seed, "}");
  if (at <= self->seed->now)
    zq_seed_put (self->seed, "Observation", id, at);
  else
    g_string_truncate (self->seed->json, 0);
}

static void
put_quantity (Home *self, const char *value, const char *comparator, const char *unit, const char *code)
{
  zq_seed_json (self->seed, "'valueQuantity':{'value':%s,", value);
  if (comparator != NULL)
    zq_seed_json (self->seed, "'comparator':%q,", comparator);
  zq_seed_json (self->seed, "'unit':%q,'system':'" UCUM "','code':%q}", unit, code);
}

/* --- one reading ------------------------------------------------------------------------------------ */

static void
put_glucose_text (Home *self, gint64 at, const char *context, const char *value, const char *comparator)
{
  static const char *const words[][2] = {
    { "fasting", "空腹" }, { "after-meal", "餐后2小时" }, { "bedtime", "睡前" }, { "night", "凌晨" }
  };
  const char *text = "";

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i][0], context))
      text = words[i][1];
  begin (self, FALSE, "14743-9", "指尖血糖");
  zq_seed_json (self->seed, ",'effectiveDateTime':%t,", at);
  put_quantity (self, value, comparator, "mmol/L", "mmol/L");
  zq_seed_json (self->seed,
                ",'component':[{'code':{'coding':[{'system':'" ZQ_CODE_SYSTEM ("home-measurement")           //
                "','code':'meal-context'}],'text':'测量时点'},'valueCodeableConcept':{'coding':[{'system':'" //
                ZQ_CODE_SYSTEM ("meal-context") "','code':%q,'display':%q}],'text':%q}}]",
                context, text, text);
  end (self, at);
}

static void
put_glucose (Home *self, int days_ago, int hour, const char *context, double low, double width)
{
  gint64 at = time_of (self, days_ago, hour, (int)zq_random_between (&self->random, 0, 40));
  double drawn = (zq_random_unit (&self->random) + zq_random_unit (&self->random)) / 2;
  char value[16];

  g_snprintf (value, sizeof value, "%.1f", low + width * drawn);
  put_glucose_text (self, at, context, value, NULL);
}

static void
put_part (Home *self, const char *code, const char *name, int value, const char *unit, const char *ucum, gboolean first)
{
  char text[8];

  g_snprintf (text, sizeof text, "%d", value);
  zq_seed_json (self->seed, "%s{'code':{'coding':[{'system':'http://loinc.org','code':%q}],'text':%q},",
                first ? "" : ",", code, name);
  put_quantity (self, text, NULL, unit, ucum);
  zq_seed_json (self->seed, "}");
}

static void
put_pressure (Home *self, int days_ago, int hour, int systolic)
{
  gint64 at = time_of (self, days_ago, hour, (int)zq_random_between (&self->random, 5, 50));
  int high = systolic + (int)zq_random_between (&self->random, -9, 12);

  begin (self, TRUE, "85354-9", "血压");
  zq_seed_json (self->seed, ",'effectiveDateTime':%t,'component':[", at);
  put_part (self, "8480-6", "收缩压", high, "mmHg", "mm[Hg]", TRUE);
  put_part (self, "8462-4", "舒张压", high * 6 / 10 + (int)zq_random_between (&self->random, -4, 5), "mmHg", "mm[Hg]",
            FALSE);
  put_part (self, "8867-4", "心率", (int)zq_random_between (&self->random, 61, 84), "次/分", "/min", FALSE);
  zq_seed_json (self->seed, "]");
  end (self, at);
}

static void
put_plain (Home *self,
           gint64 at,
           gboolean vital,
           const char *code,
           const char *name,
           double value,
           int decimals,
           const char *unit,
           const char *ucum)
{
  char text[16];

  g_snprintf (text, sizeof text, "%.*f", decimals, value);
  begin (self, vital, code, name);
  zq_seed_json (self->seed, ",'effectiveDateTime':%t,", at);
  put_quantity (self, text, NULL, unit, ucum);
  end (self, at);
}

/* A day of a sensor; @worn: so many values in a hundred are there. */
static void
put_sensor (Home *self, int days_ago, int worn)
{
  gint64 from = time_of (self, days_ago, 0, 0);
  double value = 7 + 2 * zq_random_unit (&self->random);

  begin (self, FALSE, "105272-9", "动态血糖");
  zq_seed_json (self->seed,
                ",'effectivePeriod':{'start':%t,'end':%t},'valueSampledData':{'origin':{'value':0,'unit':'mmol/L',"
                "'system':'" UCUM "','code':'mmol/L'},'period':900000,'dimensions':1,'data':'",
                from, from + ZQ_SEED_DAY);
  for (int i = 0; i < PER_DAY; i++)
    {
      char text[16];

      value += 1.4 * (zq_random_unit (&self->random) - 0.5) + (7.8 - value) * 0.06;
      value = CLAMP (value, 2.6, 17.5);
      g_snprintf (text, sizeof text, "%s%.1f", i > 0 ? " " : "", value);
      if (zq_random_between (&self->random, 1, 100) > worn)
        g_strlcpy (text, i > 0 ? " E" : "E", sizeof text);
      zq_seed_json (self->seed, "%s", text);
    }
  zq_seed_json (self->seed, "'}");
  end (self, from + ZQ_SEED_DAY);
}

/* --- habits ----------------------------------------------------------------------------------------- */

/* Four times a day, not every day; a meter's Hi, and a comma that slipped. */
static void
put_diabetes (Home *self)
{
  for (int ago = N_DAYS - 1; ago >= 0; ago--)
    {
      if (ago % 11 == 7 || (ago >= 33 && ago <= 37))
        continue;
      put_glucose (self, ago, 6, "fasting", 5.0, 4.6);
      if (zq_random_chance (&self->random, 700))
        put_glucose (self, ago, 14, "after-meal", 6.4, 7.2);
      if (zq_random_chance (&self->random, 500))
        put_glucose (self, ago, 22, "bedtime", 5.2, 6.4);
      if (ago % 6 == 2)
        put_glucose (self, ago, 3, "night", 3.3, 5.2);
      if (ago % 5 == 0)
        put_pressure (self, ago, 7, 132);
    }
  put_glucose_text (self, time_of (self, 9, 20, 12), "after-meal", "33.3", ">");
  put_glucose_text (self, time_of (self, 16, 6, 48), "fasting", "71.0", NULL);
  for (int ago = 14; ago > 0; ago--)
    put_sensor (self, ago, 94);
}

/* Morning and evening; in a bad fortnight only mornings. The sensor was worn for six days. */
static void
put_hypertension (Home *self)
{
  for (int ago = N_DAYS - 1; ago >= 0; ago--)
    {
      if (zq_random_chance (&self->random, 120))
        continue;
      put_pressure (self, ago, 6, ago > 30 ? 147 : 134);
      if (ago < 20 || ago > 34)
        put_pressure (self, ago, 20, ago > 30 ? 143 : 131);
      if (ago % 7 == 1)
        put_plain (self, time_of (self, ago, 6, 58), TRUE, "29463-7", "体重", 76.4 - (N_DAYS - ago) * 0.03, 1, "kg",
                   "kg");
    }
  for (int ago = 12; ago > 6; ago--)
    put_sensor (self, ago, 90);
}

/* In the mornings, and for two weeks not at all. */
static void
put_careless (Home *self)
{
  for (int ago = N_DAYS - 1; ago >= 0; ago--)
    {
      if ((ago > 5 && ago < 20) || zq_random_chance (&self->random, 300))
        continue;
      put_glucose (self, ago, 7, "fasting", 5.6, 5.0);
      if (ago % 9 == 0)
        put_plain (self, time_of (self, ago, 7, 44), TRUE, "29463-7", "体重", 68.2, 1, "kg", "kg");
    }
}

/* Breath, oxygen, and a fever that came and went. */
static void
put_lungs (Home *self)
{
  for (int ago = N_DAYS - 1; ago >= 0; ago--)
    {
      double fever = ago < 9 && ago > 4 ? 38.1 + 0.3 * (ago % 3) : 36.5 + 0.1 * (ago % 4);

      if (ago % 8 == 3)
        continue;
      put_plain (self, time_of (self, ago, 7, 5), FALSE, "19935-6", "呼气峰流速",
                 (double)zq_random_between (&self->random, 31, 44) * 10, 0, "L/min", "L/min");
      put_plain (self, time_of (self, ago, 7, 9), TRUE, "59408-5", "血氧饱和度",
                 (double)zq_random_between (&self->random, fever > 38 ? 91 : 94, 98), 0, "%", "%");
      if (ago < 14)
        put_plain (self, time_of (self, ago, 19, 30), TRUE, "8310-5", "体温", fever, 1, "℃", "Cel");
    }
}

static void
put_usual (Home *self)
{
  for (int ago = 29; ago >= 0; ago--)
    {
      if (!zq_random_chance (&self->random, 700))
        continue;
      put_glucose (self, ago, 6, "fasting", 5.2, 3.4);
      if (ago % 3 == 0)
        put_glucose (self, ago, 12, "after-meal", 6.8, 5.0);
      if (ago % 4 == 0)
        put_pressure (self, ago, 7, 136);
    }
}

void
zq_seed_home (ZqSeed *seed, const ZqSeedPatient *patient, int number)
{
  static void (*const habits[]) (Home *) = { put_diabetes, put_hypertension, put_careless, put_lungs };
  Home self = { .seed = seed, .patient = patient, .number = number, .random = zq_random_for (KIND_HOME, number) };
  guint place = (guint)number / 4;

  if (number % 4 != 1)
    return;
  (place < G_N_ELEMENTS (habits) ? habits[place] : put_usual) (&self);
}
