/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/words.h"

#include "ui/widgets/problem.h"

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

typedef struct
{
  const char *code;
  const char *words;
} Word;

static const Word statuses[] = {
  { "awaiting-acceptance", N_ ("To be accepted") },
  { "in-consultation", N_ ("In consultation") },
  { "awaiting-patient", N_ ("Waiting for the patient") },
  { "ended-questions-left", N_ ("Ended, questions left") },
  { "completed", N_ ("Completed") },
  { "declined", N_ ("Declined") },
  { "expired-refunded", N_ ("Expired, refunded") },
  { "sent-offline", N_ ("Sent to the clinic") },
  { "transferred", N_ ("Transferred") },
  { NULL, NULL },
};

static const Word kinds[] = {
  { "advice", N_ ("Advice") },
  { "revisit", N_ ("Revisit") },
  { NULL, NULL },
};

static const char *
look_up (const Word *words, const char *code)
{
  for (; code != NULL && words->code != NULL; words++)
    if (g_str_equal (words->code, code))
      return _ (words->words);
  return code != NULL ? code : "";
}

const char *
zq_words_status (const char *status)
{
  return look_up (statuses, status);
}

const char *
zq_words_kind (const char *kind)
{
  return look_up (kinds, kind);
}

const char *
zq_words_sex (ZqSex sex)
{
  switch (sex)
    {
    case ZQ_SEX_FEMALE:
      return C_ ("sex", "female");
    case ZQ_SEX_MALE:
      return C_ ("sex", "male");
    case ZQ_SEX_OTHER:
      return C_ ("sex", "other sex");
    case ZQ_SEX_UNKNOWN:
    default:
      return "";
    }
}

char *
zq_words_age (int years, int months)
{
  if (months >= 0 && years < 2)
    return g_strdup_printf (ngettext ("%d month", "%d months", months), months);
  if (years < 0)
    return g_strdup ("");
  /* Translators: age in years, beside a name */
  return g_strdup_printf (C_ ("age", "%d"), years);
}

char *
zq_words_sex_age (ZqSex sex, int years, int months)
{
  g_autofree char *age = zq_words_age (years, months);
  const char *words = zq_words_sex (sex);

  if (*words == '\0' || *age == '\0')
    return g_strconcat (words, age, NULL);
  return g_strdup_printf ("%s %s", words, age);
}

char *
zq_words_duration (gint64 us)
{
  us = MAX (us, 0);
  if (us >= 2 * DAY)
    return g_strdup_printf (ngettext ("%d day", "%d days", (int)(us / DAY)), (int)(us / DAY));
  if (us >= HOUR)
    /* Translators: hours */
    return g_strdup_printf (_ ("%d h"), (int)(us / HOUR));
  /* Translators: minutes */
  return g_strdup_printf (_ ("%d min"), (int)(us / MINUTE));
}

char *
zq_words_due (gint64 due, gint64 now)
{
  g_autofree char *duration = NULL;

  if (due == 0)
    return g_strdup ("");
  duration = zq_words_duration (ABS (due - now));
  if (due <= now)
    /* Translators: %s is a duration such as "2 h" */
    return g_strdup_printf (_ ("overdue %s"), duration);
  /* Translators: %s is a duration such as "2 h" */
  return g_strdup_printf (_ ("%s left"), duration);
}

static GDateTime *
local_time (gint64 at, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);

  if (utc == NULL)
    return NULL;
  return zone != NULL ? g_date_time_to_timezone (utc, zone) : g_date_time_to_local (utc);
}

static char *
format_time (gint64 at, GTimeZone *zone, const char *format)
{
  g_autoptr (GDateTime) time = local_time (at, zone);
  char *text = time != NULL ? g_date_time_format (time, format) : NULL;

  return text != NULL ? text : g_strdup ("");
}

char *
zq_words_clock (gint64 at, GTimeZone *zone)
{
  return format_time (at, zone, "%H:%M");
}

/* Days from the day of @at to the day of @now. */
static int
days_between (gint64 at, gint64 now, GTimeZone *zone)
{
  g_autoptr (GDateTime) then = local_time (at, zone);
  g_autoptr (GDateTime) today = local_time (now, zone);
  GDate a, b;

  if (then == NULL || today == NULL)
    return G_MAXINT;
  g_date_clear (&a, 1);
  g_date_clear (&b, 1);
  g_date_set_dmy (&a, g_date_time_get_day_of_month (then), g_date_time_get_month (then), g_date_time_get_year (then));
  g_date_set_dmy (&b, g_date_time_get_day_of_month (today), g_date_time_get_month (today),
                  g_date_time_get_year (today));
  return g_date_days_between (&a, &b);
}

char *
zq_words_day (gint64 at, gint64 now, GTimeZone *zone)
{
  int days = days_between (at, now, zone);

  if (days == 0)
    return g_strdup (_ ("Today"));
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  if (days == -1)
    return g_strdup (_ ("Tomorrow"));
  if (ABS (days) < 180)
    /* Translators: a day near by, g_date_time_format(): "Mon, 2 Nov" */
    return format_time (at, zone, _ ("%a, %-d %b"));
  /* Translators: a day of another year, g_date_time_format() */
  return format_time (at, zone, _ ("%-d %b %Y"));
}

char *
zq_words_when (gint64 at, gint64 now, GTimeZone *zone)
{
  if (at == 0)
    return g_strdup ("");
  if (days_between (at, now, zone) == 0)
    return zq_words_clock (at, zone);
  return zq_words_day (at, now, zone);
}

char *
zq_words_day_clock (gint64 at, gint64 now, GTimeZone *zone)
{
  g_autofree char *clock = zq_words_clock (at, zone);
  g_autofree char *day = NULL;

  if (days_between (at, now, zone) == 0)
    return g_steal_pointer (&clock);
  day = zq_words_day (at, now, zone);
  return g_strdup_printf ("%s %s", day, clock);
}

char *
zq_words_reason (const char *reason)
{
  const char *taken_by = "taken-by ";

  if (reason == NULL || *reason == '\0')
    return g_strdup (_ ("no reason was given"));
  if (g_str_has_prefix (reason, taken_by))
    /* Translators: %s is a colleague's id at the hospital */
    return g_strdup_printf (_ ("It was taken over by a colleague (%s)"), reason + strlen (taken_by));
  return zq_words_problem (reason);
}

char *
zq_words_allergies (const ZqPatient *patient)
{
  switch (patient->allergies)
    {
    case ZQ_ALLERGIES_NONE:
      return g_strdup (_ ("No allergies"));
    case ZQ_ALLERGIES_LISTED:
      /* Translators: %s is what somebody is allergic to */
      return g_strdup_printf (_ ("Allergic: %s"), patient->allergy_text != NULL ? patient->allergy_text : "");
    case ZQ_ALLERGIES_NOT_ASKED:
    default:
      return g_strdup (_ ("Allergies not asked"));
    }
}
