/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/report-words.h"

#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* Of one value: more is no result but a text, and is told whole in the tooltip's place: the note below. */
#define MOST_CHARACTERS 2000

const char *
zq_report_words_flag (ZqFlag flag)
{
  switch (flag)
    {
    case ZQ_FLAG_LOW:
      return C_ ("result", "↓ low");
    case ZQ_FLAG_HIGH:
      return C_ ("result", "↑ high");
    case ZQ_FLAG_ABNORMAL:
      return C_ ("result", "! abnormal");
    case ZQ_FLAG_CRITICAL_LOW:
      return C_ ("result", "↓↓ critically low");
    case ZQ_FLAG_CRITICAL_HIGH:
      return C_ ("result", "↑↑ critically high");
    case ZQ_FLAG_CRITICAL:
      return C_ ("result", "!! critical");
    case ZQ_FLAG_NORMAL:
    case ZQ_FLAG_NONE:
    default:
      return "";
    }
}

char *
zq_report_words_shorten (const char *text)
{
  const char *end;

  if (text == NULL || g_utf8_strlen (text, -1) <= MOST_CHARACTERS)
    return g_strdup (text != NULL ? text : "");
  end = g_utf8_offset_to_pointer (text, MOST_CHARACTERS);

  return g_strdup_printf ("%.*s…", (int)(end - text), text);
}

/* Reasons that come as a bare code (HL7 data-absent-reason), and our own. */
static const char *
words_absent (const char *reason)
{
  static const struct
  {
    const char *code;
    const char *words;
  } table[] = {
    { "two-values", N_ ("More than one value was sent: ask the laboratory") },
    { "unknown", NC_ ("no value", "not known") },
    { "not-performed", NC_ ("no value", "not performed") },
    { "not-applicable", NC_ ("no value", "not applicable") },
    { "error", NC_ ("no value", "measurement failed") },
    { "masked", NC_ ("no value", "not shown here") },
    { "unsupported", NC_ ("no value", "not supported") },
    { "as-text", NC_ ("no value", "in the text") },
    { "temp-unknown", NC_ ("no value", "not known yet") },
    { "not-asked", NC_ ("no value", "not asked") },
    { "asked-unknown", NC_ ("no value", "asked, not known") },
    { "asked-declined", NC_ ("no value", "declined") },
  };

  if (reason == NULL)
    return _ ("no value");
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].code, reason))
      return i == 0 ? _ (table[i].words) : g_dpgettext2 (NULL, "no value", table[i].words);

  return reason;
}

char *
zq_report_words_value (const ZqResultValue *value)
{
  g_autofree char *text = NULL;

  if (value->kind == ZQ_VALUE_SAMPLED)
    return g_strdup (_ ("waveform"));
  if (value->value == NULL)
    return g_strdup (words_absent (value->absent));
  if (value->kind == ZQ_VALUE_CODED && g_str_equal (value->value, "true"))
    return g_strdup (C_ ("result", "yes"));
  if (value->kind == ZQ_VALUE_CODED && g_str_equal (value->value, "false"))
    return g_strdup (C_ ("result", "no"));
  text = zq_report_words_shorten (value->value);

  return g_strconcat (value->comparator != NULL ? value->comparator : "", text, NULL);
}

char *
zq_report_words_critical (ZqFlag flag, gboolean ours)
{
  const char *words = zq_report_words_flag (flag);

  if (!zq_flag_is_critical (flag))
    return g_strdup (words);

  return g_strdup_printf ("%s · %s", words, ours ? C_ ("critical by", "local rule") : C_ ("critical by", "laboratory"));
}

char *
zq_report_words_judged (const ZqResultValue *value)
{
  return zq_report_words_critical (value->flag, value->critical_is_ours);
}

char *
zq_report_words_more (guint n_more)
{
  return g_strdup_printf (ngettext ("%u more result is not shown: too many for one report",
                                    "%u more results are not shown: too many for one report", n_more),
                          n_more);
}

char *
zq_report_words_previous (const ZqResult *result, gint64 now, GTimeZone *zone)
{
  g_autofree char *day = NULL, *before = NULL, *words = NULL;

  if (result->previous == NULL)
    return NULL;
  day = zq_words_day (result->previous_at, now, zone);
  if (result->previous_converted)
    /* Translators: a value in this report's unit, and as its laboratory wrote it */
    before = g_strdup_printf (_ ("%1$s (%2$s, converted)"), result->previous, result->previous_as_written);
  else
    before = g_strdup (result->previous);
  /* Translators: the last comparable value and its day */
  words = g_strdup_printf (_ ("last %1$s, %2$s"), before, day);

  return result->marked ? g_strdup_printf ("%s · %s", words, _ ("marked change")) : g_steal_pointer (&words);
}

char *
zq_report_words_old (const ZqResult *result, gint64 now, GTimeZone *zone)
{
  g_autofree char *when = NULL;

  if (result->old_value == NULL)
    return NULL;
  when = zq_words_day_clock (result->old_until, now, zone);

  /* Translators: what a result was before it was corrected, and until when */
  return g_strdup_printf (_ ("was %1$s until %2$s"), result->old_value, when);
}

static void
add_part (GPtrArray *parts, char *text)
{
  if (text != NULL)
    g_ptr_array_add (parts, text);
}

char *
zq_report_words_origin (const ZqReport *report, gint64 now, GTimeZone *zone)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *at = zq_record_words_date (report->at, report->precision, now, zone);
  g_autofree char *issued = report->issued != 0 ? zq_words_day_clock (report->issued, now, zone) : NULL;

  /* Translators: when the specimen was taken */
  add_part (parts, report->is_collected ? g_strdup_printf (_ ("collected %s"), at)
                                        : g_strdup (_ ("time of collection not given")));
  /* Translators: when the report was issued */
  add_part (parts, issued != NULL ? g_strdup_printf (_ ("issued %s"), issued) : NULL);
  add_part (parts, g_strdup (report->specimen));
  add_part (parts, g_strdup (report->performer));
  g_ptr_array_add (parts, NULL);

  return g_strjoinv (" · ", (char **)parts->pdata);
}

static void
add_other (GPtrArray *parts, const char *own, const char *whole)
{
  if (own != NULL && *own != '\0' && g_strcmp0 (own, whole) != 0)
    g_ptr_array_add (parts, g_strdup (own));
}

char *
zq_report_words_source (const ZqResult *result, const ZqReport *report)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  add_other (parts, result->method, NULL);
  add_other (parts, result->specimen, report != NULL ? report->specimen : NULL);
  add_other (parts, result->performer, report != NULL ? report->performer : NULL);
  g_ptr_array_add (parts, NULL);

  return parts->len > 1 ? g_strjoinv (" · ", (char **)parts->pdata) : NULL;
}

char *
zq_report_words_row (const ZqResult *result, const ZqResultValue *value, gint64 now, GTimeZone *zone)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = zq_report_words_value (value);
  g_autofree char *flag = zq_report_words_judged (value);
  gboolean has_unit = value->value != NULL && value->unit != NULL && *value->unit != '\0';

  add_part (parts, g_strdup (value->n > 0 ? value->name : result->name));
  add_part (parts, g_strdup_printf ("%s%s%s", text, has_unit ? " " : "", has_unit ? value->unit : ""));
  add_part (parts, *flag != '\0' ? g_strdup (flag) : NULL);
  /* Translators: %s is a reference range */
  add_part (parts, value->range != NULL ? g_strdup_printf (_ ("range %s"), value->range) : NULL);
  add_part (parts, g_strdup (zq_record_words_warning (result->status)));
  if (value->n <= 1)
    {
      add_part (parts, zq_report_words_old (result, now, zone));
      /* Translators: %s is a difference such as +0.20 */
      add_part (parts, result->change != NULL ? g_strdup_printf (_ ("change %s"), result->change) : NULL);
      add_part (parts, zq_report_words_previous (result, now, zone));
    }
  g_ptr_array_add (parts, NULL);

  return g_strjoinv (", ", (char **)parts->pdata);
}
