/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-words.h"

#include "ui/widgets/words.h"

#include <glib/gi18n.h>

const char *
zq_record_words_kind (ZqRecordKind kind)
{
  static const char *const words[ZQ_RECORD_N_KINDS] = {
    [ZQ_RECORD_ALL] = "",
    [ZQ_RECORD_VISIT] = NC_ ("record", "Visit"),
    [ZQ_RECORD_CONSULT] = NC_ ("record", "Consultation"),
    [ZQ_RECORD_REPORT] = NC_ ("record", "Report"),
    [ZQ_RECORD_RESULT] = NC_ ("record", "Result"),
    [ZQ_RECORD_PROBLEM] = NC_ ("record", "Problem"),
    [ZQ_RECORD_ALLERGY] = NC_ ("record", "Allergy"),
    [ZQ_RECORD_MEDICATION] = NC_ ("record", "Medication"),
    [ZQ_RECORD_PROCEDURE] = NC_ ("record", "Procedure"),
    [ZQ_RECORD_IMMUNIZATION] = NC_ ("record", "Immunisation"),
    [ZQ_RECORD_DOCUMENT] = NC_ ("record", "Document"),
  };

  return kind > ZQ_RECORD_ALL && kind < ZQ_RECORD_N_KINDS ? g_dpgettext2 (NULL, "record", words[kind]) : "";
}

const char *
zq_record_words_kinds (ZqRecordKind kind)
{
  static const char *const words[ZQ_RECORD_N_KINDS] = {
    [ZQ_RECORD_ALL] = NC_ ("record filter", "All"),
    [ZQ_RECORD_VISIT] = NC_ ("record filter", "Visits"),
    [ZQ_RECORD_CONSULT] = NC_ ("record filter", "Consultations"),
    [ZQ_RECORD_REPORT] = NC_ ("record filter", "Reports"),
    [ZQ_RECORD_RESULT] = NC_ ("record filter", "Measurements"),
    [ZQ_RECORD_PROBLEM] = NC_ ("record filter", "Problems"),
    [ZQ_RECORD_ALLERGY] = NC_ ("record filter", "Allergies"),
    [ZQ_RECORD_MEDICATION] = NC_ ("record filter", "Medications"),
    [ZQ_RECORD_PROCEDURE] = NC_ ("record filter", "Procedures"),
    [ZQ_RECORD_IMMUNIZATION] = NC_ ("record filter", "Immunisations"),
    [ZQ_RECORD_DOCUMENT] = NC_ ("record filter", "Documents"),
  };

  return kind < ZQ_RECORD_N_KINDS ? g_dpgettext2 (NULL, "record filter", words[kind]) : "";
}

typedef struct
{
  const char *status;
  const char *words;
  const char *warning;
} Status;

static const Status statuses[] = {
  { "final", NC_ ("record status", "final"), NULL },
  { "completed", NC_ ("record status", "completed"), NULL },
  { "finished", NC_ ("record status", "finished"), NULL },
  { "active", NC_ ("record status", "active"), NULL },
  { "current", NC_ ("record status", "current"), NULL },
  { "confirmed", NC_ ("record status", "confirmed"), NULL },
  { "resolved", NC_ ("record status", "resolved"), NULL },
  { "inactive", NC_ ("record status", "inactive"), NULL },
  { "remission", NC_ ("record status", "in remission"), NULL },
  { "recurrence", NC_ ("record status", "has come back"), NULL },
  { "relapse", NC_ ("record status", "relapse"), NULL },
  { "registered", NC_ ("record status", "registered"), N_ ("Registered: there is no result yet") },
  { "partial", NC_ ("record status", "partial"), N_ ("Partial: some results are still missing") },
  { "preliminary", NC_ ("record status", "preliminary"), N_ ("Preliminary: not verified, it may still change") },
  { "amended", NC_ ("record status", "amended"), N_ ("Amended: it was changed after it had been final") },
  { "corrected", NC_ ("record status", "corrected"), N_ ("Corrected: an earlier version was wrong") },
  { "appended", NC_ ("record status", "appended"), N_ ("Appended: something was added after it had been final") },
  { "cancelled", NC_ ("record status", "cancelled"), N_ ("Cancelled: it was not done") },
  { "entered-in-error", NC_ ("record status", "entered in error"),
    N_ ("Taken back: entered in error. It must not be used.") },
  { "unknown", NC_ ("record status", "status unknown"), N_ ("The status is not known: it may not be final") },
  { "unconfirmed", NC_ ("record status", "unconfirmed"), NULL },
  { "provisional", NC_ ("record status", "provisional"), NULL },
  { "differential", NC_ ("record status", "one of several possible"), NULL },
  { "refuted", NC_ ("record status", "refuted"), NULL },
  { "stopped", NC_ ("record status", "stopped"), NULL },
  { "on-hold", NC_ ("record status", "on hold"), NULL },
  { "not-done", NC_ ("record status", "not done"), NULL },
  { "not-taken", NC_ ("record status", "not taken"), NULL },
  { "draft", NC_ ("record status", "draft"), NULL },
  { "intended", NC_ ("record status", "intended"), NULL },
  { "planned", NC_ ("record status", "planned"), NULL },
  { "in-progress", NC_ ("record status", "in progress"), NULL },
  { "superseded", NC_ ("record status", "superseded"), N_ ("Superseded: there is a newer one") },
};

static const Status *
find_status (const char *status)
{
  for (guint i = 0; status != NULL && i < G_N_ELEMENTS (statuses); i++)
    if (g_str_equal (statuses[i].status, status))
      return &statuses[i];

  return NULL;
}

const char *
zq_record_words_status (const char *status)
{
  const Status *found = find_status (status);

  if (found != NULL)
    return g_dpgettext2 (NULL, "record status", found->words);

  return status != NULL ? status : g_dpgettext2 (NULL, "record status", "status unknown");
}

const char *
zq_record_words_warning (const char *status)
{
  const Status *found = find_status (status);

  if (found == NULL)
    found = find_status ("unknown");

  return found->warning != NULL ? _ (found->warning) : NULL;
}

char *
zq_record_words_date (gint64 at, ZqPrecision precision, gint64 now, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) there = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  if (there == NULL || precision == ZQ_PRECISION_NONE)
    return g_strdup (_ ("Date not known"));
  if (precision == ZQ_PRECISION_YEAR)
    return g_date_time_format (there, "%Y");
  if (precision == ZQ_PRECISION_MONTH)
    /* Translators: a month, g_date_time_format() */
    return g_date_time_format (there, _ ("%b %Y"));

  return precision == ZQ_PRECISION_DAY ? zq_words_day (at, now, zone) : zq_words_day_clock (at, now, zone);
}
