/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/review/review-words.h"

#include "resource/json.h"
#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <string.h>

const char *
zq_review_words_state (ZqResultState state)
{
  switch (state)
    {
    case ZQ_RESULT_UNSEEN:
      return _ ("not seen yet");
    case ZQ_RESULT_SEEN_UNTOLD:
      return _ ("seen, the patient is to be told");
    case ZQ_RESULT_TOLD_UNREAD:
      return _ ("told, not read yet");
    case ZQ_RESULT_READ:
      return _ ("the patient has read it");
    case ZQ_RESULT_HANDLED:
    default:
      return _ ("handled");
    }
}

const char *
zq_review_words_fast (ZqFastKey fast)
{
  switch (fast)
    {
    case ZQ_FAST_ALLOWED:
      return "";
    case ZQ_FAST_NOT_FINAL:
      return _ ("The report is not final");
    case ZQ_FAST_IMAGING:
      return _ ("Imaging is told in your own words");
    case ZQ_FAST_PATHOLOGY:
      return _ ("Pathology is told in your own words");
    case ZQ_FAST_OTHER_SORT:
      return _ ("This kind of report is told in your own words");
    case ZQ_FAST_NARRATIVE:
      return _ ("The report has a text or a document");
    case ZQ_FAST_EMPTY:
      return _ ("The report has no results");
    case ZQ_FAST_OUTSTANDING:
      return _ ("Some results are still to come");
    case ZQ_FAST_CRITICAL:
      return _ ("A value is critical");
    case ZQ_FAST_ABNORMAL:
      return _ ("A result is abnormal");
    case ZQ_FAST_DISAGREES:
      return _ ("The laboratory's flag and its range do not agree");
    case ZQ_FAST_NO_VALUE:
      return _ ("A result has no value");
    case ZQ_FAST_TEXT:
      return _ ("A result is a text");
    case ZQ_FAST_NO_RANGE:
      return _ ("A result has no range that says it is normal");
    case ZQ_FAST_CHANGED:
      return _ ("A result has changed markedly from the last one");
    case ZQ_FAST_CHANGE_UNKNOWN:
    default:
      return _ ("A result cannot be compared with the last one");
    }
}

static void
add (GString *all, const char *separator, const char *words)
{
  if (words != NULL && *words != '\0')
    g_string_append_printf (all, "%s%s", all->len > 0 ? separator : "", words);
}

char *
zq_review_words_marks (const ZqReview *review)
{
  GString *all = g_string_new (NULL);

  if (review->is_critical)
    add (all, " · ", C_ ("record", "critical"));
  else if (review->flag == ZQ_RECORD_ABNORMAL)
    add (all, " · ", C_ ("record", "abnormal"));
  if (review->title != NULL && review->record_state != ZQ_RECORD_FINAL)
    add (all, " · ", zq_record_words_status (review->status));
  if (review->comes_back)
    add (all, " · ", _ ("told long ago and still not read"));
  if (!review->mine)
    add (all, " · ", _ ("department's pool"));

  return g_string_free (all, FALSE);
}

/* (transfer full) step: its words with when it was. */
static void
add_step (GString *all, char *step, const char *words)
{
  add (all, " · ", step);
  if (words != NULL && *words != '\0' && strcmp (words, "-") != 0)
    g_string_append_printf (all, " (%s)", words);
  g_free (step);
}

char *
zq_review_words_steps (const ZqReview *review, gint64 now, GTimeZone *zone)
{
  GString *all = g_string_new (zq_review_words_state (review->state));

#define ADD(format, at, words)                                                                                         \
  if (at != 0)                                                                                                         \
    {                                                                                                                  \
      g_autofree char *when = zq_words_day_clock (at, now, zone);                                                      \
                                                                                                                       \
      add_step (all, g_strdup_printf (format, when), words);                                                           \
    }
  ADD (_ ("received %s"), review->received_at, NULL)
  ADD (_ ("not reached %s"), review->not_reached_at, review->not_reached)
  ADD (_ ("contacted %s"), review->contacted_at, review->contacted)
  ADD (_ ("told %s"), review->times.told, review->otherwise)
  ADD (_ ("handled %s"), review->times.handled, review->handled)
#undef ADD

  return g_string_free (all, FALSE);
}

char *
zq_review_words_row (const ZqReview *review, gint64 now, GTimeZone *zone)
{
  GString *all = g_string_new (review->name);
  g_autofree char *person = zq_words_sex_age ((ZqSex)review->sex, review->age_years, -1);
  g_autofree char *marks = zq_review_words_marks (review);
  g_autofree char *when = review->at != 0 ? zq_words_when (review->at, now, zone) : NULL;

  add (all, ", ", person);
  add (all, ", ", review->title != NULL ? review->title : _ ("The report has not come yet"));
  add (all, ", ", marks);
  add (all, ", ", when);
  add (all, ", ", zq_review_words_state (review->state));

  return g_string_free (all, FALSE);
}

char *
zq_review_words_normal (const ZqReview *review, ZqPolicy *policy, GTimeZone *zone)
{
  const char *text = zq_json_get_string (zq_policy_get (policy, "lab"), "normal-text");
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (review->at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL && review->at != 0 ? g_date_time_to_timezone (utc, zone) : NULL;
  /* The patient's language is not this program's: a date that is read in any. */
  g_autofree char *day = local != NULL ? g_date_time_format (local, "%Y-%m-%d") : g_strdup ("");
  g_autoptr (GString) all = text != NULL ? g_string_new (text) : NULL;

  if (all == NULL)
    return NULL;
  g_string_replace (all, "{date}", day, 1);
  g_string_replace (all, "{title}", review->title != NULL ? review->title : "", 1);

  return g_string_free (g_steal_pointer (&all), FALSE);
}
