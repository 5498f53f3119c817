/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/print/builders.h"

#include "ui/lab/flowsheet-grid.h"
#include "ui/lab/report-words.h"
#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* --- who and when -------------------------------------------------------------------------------- */

static void
add (GString *all, const char *separator, const char *words)
{
  if (words != NULL && *words != '\0')
    g_string_append_printf (all, "%s%s", all->len > 0 ? separator : "", words);
}

/* On paper "yesterday" is soon wrong. (transfer full) */
static char *
date_words (const ZqPrintAbout *about, gint64 at, ZqPrecision precision)
{
  static const char *const formats[] = {
    [ZQ_PRECISION_YEAR] = "%Y",
    [ZQ_PRECISION_MONTH] = "%Y-%m",
    [ZQ_PRECISION_DAY] = "%Y-%m-%d",
    [ZQ_PRECISION_INSTANT] = "%Y-%m-%d %H:%M",
  };
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, about->zone) : NULL;

  if (local == NULL || precision == ZQ_PRECISION_NONE)
    return g_strdup (_ ("Date not known"));

  return g_date_time_format (local, formats[precision]);
}

static char *
make_band (const ZqPrintAbout *about)
{
  const ZqPatient *patient = about->patient;
  GString *all = g_string_new (NULL);
  g_autofree char *person = NULL, *number = NULL, *allergies = NULL;

  if (patient == NULL)
    return g_strdup (_ ("The patient's record has not come yet"));
  person = zq_words_sex_age (patient->sex, patient->age_years, patient->age_months);
  allergies = zq_words_allergies (patient);
  if (patient->record_number != NULL)
    number = g_strdup_printf (_ ("Record number %s"), patient->record_number);
  add (all, "  ", patient->name);
  add (all, "  ", person);
  add (all, "  ·  ", number);
  add (all, "  ·  ", allergies);

  return g_string_free (all, FALSE);
}

static char *
make_foot (const ZqPrintAbout *about)
{
  g_autofree char *when = date_words (about, about->now, ZQ_PRECISION_INSTANT);

  /* Translators: foot of a printed page: who printed it, when */
  return g_strdup_printf (_ ("Printed by %1$s, %2$s"), about->person != NULL ? about->person : "—", when);
}

static ZqPrintDocument *
make_document (const ZqPrintAbout *about, const char *title, const char *status)
{
  g_autofree char *band = make_band (about);
  g_autofree char *foot = make_foot (about);

  return zq_print_document_new (title, band, status != NULL && *status != '\0' ? status : NULL, foot);
}

/* --- a report ------------------------------------------------------------------------------------ */

static char *
words_of_status (const ZqReport *report)
{
  GString *all = g_string_new (NULL);
  g_autofree char *missing = NULL, *unfinished = NULL,
                  *more = report->n_more > 0 ? zq_report_words_more (report->n_more) : NULL;

  add (all, " · ", zq_record_words_warning (report->status));
  if (report->n_missing > 0)
    missing = g_strdup_printf (ngettext ("%u result of this report is not here yet",
                                         "%u results of this report are not here yet", report->n_missing),
                               report->n_missing);
  if (report->n_unfinished > 0)
    unfinished = g_strdup_printf (ngettext ("%u result is not final", "%u results are not final", report->n_unfinished),
                                  report->n_unfinished);
  add (all, " · ", missing);
  add (all, " · ", more);
  add (all, " · ", unfinished);

  return g_string_free (all, FALSE);
}

static char *
words_of_value (const ZqResultValue *value, const char *status, ZqRecordState state)
{
  g_autofree char *text = zq_report_words_value (value);
  g_autofree char *flag = zq_report_words_judged (value);
  GString *all = g_string_new (text);

  add (all, "  ", flag);
  if (state != ZQ_RECORD_FINAL)
    add (all, "  · ", zq_record_words_status (status));

  return g_string_free (all, FALSE);
}

static void
add_value (ZqPrintDocument *document, const ZqPrintAbout *about, const ZqResult *result, const ZqResultValue *value)
{
  g_autofree char *shown = words_of_value (value, result->status, result->state);
  const char *change = result->change;
  g_autofree char *old = NULL, *until = NULL, *name = NULL;
  const char *cells[5];

  if (result->old_value != NULL && value->n == 0)
    {
      g_autofree char *when = date_words (about, result->old_until, ZQ_PRECISION_INSTANT);
      g_autofree char *was = g_strdup_printf (_ ("was %1$s until %2$s"), result->old_value, when);

      old = g_strdup_printf ("%s\n(%s)", shown, was);
    }
  name = g_strdup_printf ("%*s%s", (int)result->level * 2, "", value->n == 0 ? result->name : value->name);
  cells[0] = name;
  cells[1] = old != NULL ? old : shown;
  cells[2] = value->unit;
  cells[3] = value->range;
  cells[4] = change;
  zq_print_document_add_row (document, cells, zq_flag_is_abnormal (value->flag));
}

static void
add_results (ZqPrintDocument *document, const ZqPrintAbout *about, GPtrArray *results)
{
  const char *heads[] = { C_ ("report column", "Test"), C_ ("report column", "Result"), C_ ("report column", "Unit"),
                          C_ ("report column", "Range"), C_ ("report column", "Change") };
  static const double weights[] = { 3.2, 3.2, 1.4, 2.0, 1.2 };

  if (results->len == 0)
    return;
  zq_print_document_begin_table (document, heads, weights, G_N_ELEMENTS (weights));
  for (guint i = 0; i < results->len; i++)
    {
      const ZqResult *result = results->pdata[i];
      const char *cells[5] = { result->name };

      if (result->values->len == 0)
        zq_print_document_add_row (document, cells, TRUE);
      for (guint j = 0; j < result->values->len; j++)
        add_value (document, about, result, result->values->pdata[j]);
    }
}

ZqPrintDocument *
zq_print_report (const ZqPrintAbout *about, const ZqReport *report)
{
  g_autofree char *status = words_of_status (report);
  ZqPrintDocument *document = make_document (about, report->title, status);
  GString *origin = g_string_new (NULL);
  g_autofree char *at = date_words (about, report->at, report->precision);
  g_autofree char *issued = report->issued != 0 ? date_words (about, report->issued, ZQ_PRECISION_INSTANT) : NULL;
  g_autofree char *collected =
      report->is_collected ? g_strdup_printf (_ ("collected %s"), at) : g_strdup (_ ("time of collection not given"));
  g_autofree char *reported = issued != NULL ? g_strdup_printf (_ ("issued %s"), issued) : NULL;

  add (origin, " · ", collected);
  add (origin, " · ", reported);
  add (origin, " · ", report->specimen);
  add (origin, " · ", report->performer);
  zq_print_document_add_text (document, origin->str);
  g_string_free (origin, TRUE);
  if (report->conclusion != NULL)
    zq_print_document_add_text (document, report->conclusion);
  add_results (document, about, report->results);

  return document;
}

void
zq_print_report_add_content (ZqPrintDocument *document, const ZqReport *report, const ZqContent *content)
{
  g_autoptr (GString) files = g_string_new (NULL);

  if (content->blocks->len > 0)
    {
      zq_print_document_add_heading (document, _ ("Text from the hospital"));
      for (guint i = 0; i < content->blocks->len; i++)
        {
          g_autoptr (GPtrArray) one = g_ptr_array_new ();
          g_autofree char *text = NULL;

          g_ptr_array_add (one, content->blocks->pdata[i]);
          text = zq_narrative_to_text (one, "   ");
          zq_print_document_add_text (document, g_strchomp (text));
        }
    }
  if (content->cut)
    zq_print_document_add_text (document, _ ("The text goes on: there is more than is shown here."));
  for (guint i = 0; i < report->files->len; i++)
    {
      const ZqFile *file = report->files->pdata[i];

      add (files, ", ", file->title != NULL && *file->title != '\0' ? file->title : _ ("Document"));
    }
  if (files->len > 0)
    {
      /* Translators: %s are names of files of a report */
      g_autofree char *words = g_strdup_printf (_ ("Belongs to it and is not printed here: %s"), files->str);

      zq_print_document_add_text (document, words);
    }
}

/* --- a test over time ---------------------------------------------------------------------------- */

ZqPrintDocument *
zq_print_trend (
    const ZqPrintAbout *about, const char *name, GPtrArray *values, GskRenderNode *chart, double width, double height)
{
  /* Translators: %s is a test: its values over time */
  g_autofree char *title = g_strdup_printf (_ ("%s over time"), name);
  ZqPrintDocument *document = make_document (about, title, NULL);
  const char *heads[] = { C_ ("column", "Date"), C_ ("report column", "Result"), C_ ("report column", "Unit"),
                          C_ ("report column", "Range") };
  static const double weights[] = { 2, 3, 1.4, 2 };

  if (chart != NULL)
    zq_print_document_add_picture (document, chart, width, height);
  zq_print_document_begin_table (document, heads, weights, G_N_ELEMENTS (weights));
  for (guint i = values->len; i > 0; i--)
    {
      const ZqResultValue *value = values->pdata[i - 1];
      g_autofree char *when = date_words (about, value->at, value->at != 0 ? ZQ_PRECISION_INSTANT : ZQ_PRECISION_NONE);
      g_autofree char *shown = words_of_value (value, value->status, value->state);
      const char *cells[] = { when, shown, value->unit, value->range };

      zq_print_document_add_row (document, cells, zq_flag_is_abnormal (value->flag));
    }

  return document;
}

/* --- tests by dates ------------------------------------------------------------------------------ */

#define MOST_DATES      60
#define DATES_PER_TABLE 5

static char *
words_test (const ZqFlowTest *test)
{
  return test->unit != NULL ? g_strdup_printf ("%s\n%s", test->name, test->unit) : g_strdup (test->name);
}

/* Dates @first to before @last, of every test. */
static void
add_dates (ZqPrintDocument *document, const ZqPrintAbout *about, ZqFlowsheet *sheet, guint first, guint last)
{
  static const double weights[DATES_PER_TABLE + 1] = { 2, 1.6, 1.6, 1.6, 1.6, 1.6 };
  guint n = last - first + 1;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (cells, g_strdup (C_ ("report column", "Test")));
  for (guint date = first; date < last; date++)
    g_ptr_array_add (cells, zq_flow_grid_words_date (zq_flowsheet_get_date (sheet, date), about->zone));
  zq_print_document_begin_table (document, (const char *const *)cells->pdata, weights, n);
  for (guint i = 0; i < zq_flowsheet_get_n_tests (sheet); i++)
    {
      const ZqFlowTest *test = zq_flowsheet_get_test (sheet, i);

      g_ptr_array_set_size (cells, 0);
      g_ptr_array_add (cells, words_test (test));
      for (guint date = first; date < last; date++)
        {
          const ZqFlowCell *cell = zq_flowsheet_get_cell (sheet, i, date);

          g_ptr_array_add (cells, cell != NULL ? zq_flow_grid_words_cell (cell, test) : g_strdup (""));
        }
      zq_print_document_add_row (document, (const char *const *)cells->pdata, FALSE);
    }
}

static char *
words_unfinished (ZqFlowsheet *sheet, guint n_dates)
{
  guint n = 0;

  for (guint i = 0; i < zq_flowsheet_get_n_tests (sheet); i++)
    for (guint date = 0; date < n_dates; date++)
      {
        const ZqFlowCell *cell = zq_flowsheet_get_cell (sheet, i, date);

        n += cell != NULL && cell->state != ZQ_RECORD_FINAL && cell->state != ZQ_RECORD_CHANGED;
      }

  return n > 0 ? g_strdup_printf (ngettext ("%u result is not final", "%u results are not final", n), n) : NULL;
}

ZqPrintDocument *
zq_print_flowsheet (const ZqPrintAbout *about, const char *title, ZqFlowsheet *sheet)
{
  g_autofree char *status = NULL;
  g_autoptr (GString) sources = g_string_new (NULL);
  ZqPrintDocument *document;
  guint n;

  zq_flowsheet_find_dates (sheet, MOST_DATES);
  n = MIN (zq_flowsheet_get_n_dates (sheet), MOST_DATES);
  status = words_unfinished (sheet, n);
  document = make_document (about, title, status);
  if (zq_flowsheet_get_n_dates (sheet) > n || !zq_flowsheet_is_complete (sheet))
    {
      g_autofree char *newest = g_strdup_printf (_ ("The newest %u dates; there are older ones"), n);

      zq_print_document_add_text (document, newest);
    }
  for (guint first = 0; first < n; first += DATES_PER_TABLE)
    add_dates (document, about, sheet, first, MIN (first + DATES_PER_TABLE, n));
  for (guint i = 1; i < zq_flowsheet_get_n_sources (sheet); i++)
    g_string_append_printf (sources, "%s%s %s", i > 1 ? " · " : "", zq_flow_grid_source_mark (i),
                            zq_flowsheet_get_source (sheet, i));
  if (sources->len > 0)
    zq_print_document_add_text (document, g_strstrip (sources->str));

  return document;
}

/* --- a conversation ------------------------------------------------------------------------------ */

static char *
words_said (const ZqSaid *said)
{
  GString *all = g_string_new (NULL);

  if (said->withdrawn)
    add (all, "", _ ("This message was withdrawn"));
  if (said->old_text != NULL)
    {
      /* Translators: of a printed correction: what the message said before, and why it was corrected */
      g_autofree char *was = g_strdup_printf (_ ("Correction of “%1$s” (%2$s):"), said->old_text,
                                              said->reason != NULL ? said->reason : "—");

      add (all, "\n", was);
    }
  add (all, "\n", said->text);
  if (said->files != NULL)
    {
      g_autofree char *files = g_strdup_printf (_ ("Files: %s"), said->files);

      add (all, "\n", files);
    }
  if (said->pending)
    add (all, "\n", _ ("Not at the hospital yet"));

  return g_string_free (all, FALSE);
}

static void
add_said (ZqPrintDocument *document, const ZqPrintAbout *about, const ZqSaid *said)
{
  g_autofree char *when = date_words (about, said->sent, ZQ_PRECISION_INSTANT);
  g_autofree char *who =
      said->relation != NULL ? g_strdup_printf ("%s（%s）", said->name, said->relation) : g_strdup (said->name);
  g_autofree char *words = words_said (said);
  const char *cells[] = { when, who, words };

  zq_print_document_add_row (document, cells, FALSE);
}

ZqPrintDocument *
zq_print_transcript (const ZqPrintAbout *about, const char *complaint, GPtrArray *said)
{
  /* Translators: %s is the complaint of a consultation */
  g_autofree char *title = g_strdup_printf (_ ("Consultation: %s"), complaint != NULL ? complaint : "—");
  ZqPrintDocument *document = make_document (about, title, NULL);
  const char *heads[] = { C_ ("column", "Time"), C_ ("column", "From"), C_ ("column", "Message") };
  static const double weights[] = { 1.6, 1.6, 6 };

  zq_print_document_begin_table (document, heads, weights, G_N_ELEMENTS (weights));
  for (guint i = 0; i < said->len; i++)
    add_said (document, about, said->pdata[i]);

  return document;
}
