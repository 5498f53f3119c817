/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-summary.h"

#include "clinic/lab/result.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* Of each kind so many are named. */
#define MOST_NOW 12

static void
add_now (GString *all, const char *label, GPtrArray *now)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < MIN (now->len, MOST_NOW); i++)
    {
      const ZqRecordNow *one = now->pdata[i];

      if (line->len > 0)
        /* Translators: stands between the items of a list in one line */
        g_string_append (line, C_ ("list separator", ", "));
      g_string_append (line, one->title != NULL ? one->title : "—");
    }
  if (now->len > MOST_NOW)
    /* Translators: after the first twelve problems or medications: there are more */
    g_string_append (line, _ (" … and more: see the timeline"));
  if (line->len > 0)
    g_string_append_printf (all, "%s%s: %s", all->len > 0 ? "\n" : "", label, line->str);
}

static void
add_vital_signs (GString *all, ZqDb *db, gint64 patient, gint64 now, GTimeZone *zone)
{
  g_autoptr (GPtrArray) signs = zq_result_vital_signs (db, patient);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < signs->len && i < 6; i++)
    {
      const ZqResultValue *value = signs->pdata[i];
      g_autofree char *when = zq_words_when (value->at, now, zone);

      g_string_append_printf (line, "%s%s %s%s%s%s (%s)", line->len > 0 ? C_ ("list separator", ", ") : "", value->name,
                              value->comparator != NULL ? value->comparator : "", value->value,
                              value->unit != NULL ? " " : "", value->unit != NULL ? value->unit : "", when);
    }
  if (line->len > 0)
    g_string_append_printf (all, "%s%s: %s", all->len > 0 ? "\n" : "", _ ("Vital signs"), line->str);
}

char *
zq_record_summary (ZqDb *db, gint64 patient, gint64 now, GTimeZone *zone)
{
  g_autoptr (GPtrArray) problems = zq_record_list_now (db, patient, ZQ_RECORD_PROBLEM, MOST_NOW + 1);
  g_autoptr (GPtrArray) drugs = zq_record_list_now (db, patient, ZQ_RECORD_MEDICATION, MOST_NOW + 1);
  GString *all = g_string_new (NULL);

  add_now (all, _ ("Problems"), problems);
  add_now (all, _ ("Medications"), drugs);
  add_vital_signs (all, db, patient, now, zone);

  return g_string_free (all, FALSE);
}
