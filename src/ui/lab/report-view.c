/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/report-view.h"

#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* Of one value: more is no result but a text, and is told whole in the tooltip's place: the note below. */
#define MOST_CHARACTERS 2000

struct _ZqReportView
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;

  /* owned */
  GTimeZone *zone;
  gint64 now;
  ZqReport *report;   /* or */
  GPtrArray *results; /* of ZqResult */
  gboolean abnormal_first;
};

enum
{
  TREND,
  FILE_ASKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqReportView, zq_report_view, GTK_TYPE_WIDGET)

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

/* --- pieces ------------------------------------------------------------------------------------- */

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return label;
}

static GtkWidget *
make_cell (const char *text, const char *style, gboolean numeric)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  if (numeric)
    gtk_widget_add_css_class (label, "numeric");

  return label;
}

static char *
shorten (const char *text)
{
  const char *end;

  if (text == NULL || g_utf8_strlen (text, -1) <= MOST_CHARACTERS)
    return g_strdup (text != NULL ? text : "");
  end = g_utf8_offset_to_pointer (text, MOST_CHARACTERS);

  return g_strdup_printf ("%.*s…", (int)(end - text), text);
}

/* --- words -------------------------------------------------------------------------------------- */

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
  text = shorten (value->value);

  return g_strconcat (value->comparator != NULL ? value->comparator : "", text, NULL);
}

char *
zq_report_words_judged (const ZqResultValue *value)
{
  const char *flag = zq_report_words_flag (value->flag);

  if (!zq_flag_is_critical (value->flag))
    return g_strdup (flag);

  return g_strdup_printf (
      "%s · %s", flag, value->critical_is_ours ? C_ ("critical by", "local rule") : C_ ("critical by", "laboratory"));
}

char *
zq_report_words_more (guint n_more)
{
  return g_strdup_printf (ngettext ("%u more result is not shown: too many for one report",
                                    "%u more results are not shown: too many for one report", n_more),
                          n_more);
}

char *
zq_report_words_change (const ZqResult *result)
{
  return g_strdup (result->change);
}

static const char *
style_of (ZqFlag flag)
{
  return zq_flag_is_critical (flag) ? "critical-value" : zq_flag_is_abnormal (flag) ? "abnormal-value" : NULL;
}

/* --- the table ---------------------------------------------------------------------------------- */

enum
{
  COLUMN_TEST,
  COLUMN_RESULT,
  COLUMN_UNIT,
  COLUMN_RANGE,
  COLUMN_CHANGE,
  N_COLUMNS,
};

static void
on_trend (GtkButton *button, ZqReportView *self)
{
  g_signal_emit (self, signals[TREND], 0, g_object_get_data (G_OBJECT (button), "code"),
                 g_object_get_data (G_OBJECT (button), "name"));
}

/* A test with numbers leads to them over time. */
static GtkWidget *
make_test (ZqReportView *self, const ZqResultValue *value, const char *name, guint level)
{
  GtkWidget *label = make_cell (name, NULL, FALSE), *button;
  g_autofree char *spoken = NULL;

  gtk_widget_set_margin_start (label, (int)level * 14);
  if (value == NULL || value->code == NULL || value->kind != ZQ_VALUE_QUANTITY)
    return label;
  button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "test-name");
  /* Translators: %s is the name of a laboratory test */
  spoken = g_strdup_printf (_ ("%s over time"), name);
  gtk_widget_set_tooltip_text (button, spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "code", g_strdup (value->code), g_free);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (name), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_trend), self);

  return button;
}

static GtkWidget *
make_result (ZqReportView *self, const ZqResult *result, const ZqResultValue *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *text = zq_report_words_value (value);
  g_autofree char *flag = zq_report_words_judged (value);
  g_autofree char *shown = *flag != '\0' ? g_strdup_printf ("%s  %s", text, flag) : g_strdup (text);
  const char *warning = zq_record_words_warning (result->status);

  gtk_box_append (GTK_BOX (box), make_cell (shown, style_of (value->flag), TRUE));
  if (result->state == ZQ_RECORD_ERROR)
    gtk_widget_add_css_class (gtk_widget_get_first_child (box), "taken-back");
  if (warning != NULL && value->n <= 1)
    gtk_box_append (GTK_BOX (box), make_cell (warning, "result-warning", FALSE));
  if (result->old_value != NULL && value->n <= 1)
    {
      g_autofree char *when = zq_words_day_clock (result->old_until, self->now, self->zone);
      /* Translators: what a result was before it was corrected, and until when */
      g_autofree char *was = g_strdup_printf (_ ("was %1$s until %2$s"), result->old_value, when);

      gtk_box_append (GTK_BOX (box), make_cell (was, "result-warning", FALSE));
    }

  return box;
}

/* "last 5.61 (101 mg/dL, converted), 2 Nov, marked change" */
static char *
words_previous (ZqReportView *self, const ZqResult *result)
{
  g_autofree char *day = zq_words_day (result->previous_at, self->now, self->zone);
  g_autofree char *before = NULL, *words = NULL;

  if (result->previous_converted)
    /* Translators: a value in this report's unit, and as its laboratory wrote it */
    before = g_strdup_printf (_ ("%1$s (%2$s, converted)"), result->previous, result->previous_as_written);
  else
    before = g_strdup (result->previous);
  /* Translators: the last comparable value and its day */
  words = g_strdup_printf (_ ("last %1$s, %2$s"), before, day);

  return result->marked ? g_strdup_printf ("%s · %s", words, _ ("marked change")) : g_steal_pointer (&words);
}

static GtkWidget *
make_change (ZqReportView *self, const ZqResult *result)
{
  g_autofree char *change = zq_report_words_change (result);
  g_autofree char *words = NULL, *shown = NULL;
  GtkWidget *cell;

  if (result->previous == NULL)
    return make_cell ("", NULL, FALSE);
  if (result->previous_converted)
    /* Translators: the last value, converted to this report's unit */
    shown = g_strdup_printf (_ ("%s converted"), change != NULL ? change : result->previous);
  cell = make_cell (shown != NULL    ? shown
                    : change != NULL ? change
                                     : result->previous,
                    result->marked ? "heading" : "dim-label", TRUE);
  words = words_previous (self, result);
  gtk_widget_set_tooltip_text (cell, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);

  return cell;
}

static void
add_value (ZqReportView *self, GtkGrid *grid, int row, const ZqResult *result, const ZqResultValue *value)
{
  gboolean is_part = value->n > 0 && result->values->len > 1;

  gtk_grid_attach (grid, make_test (self, value, value->n > 0 ? value->name : result->name, result->level + is_part),
                   COLUMN_TEST, row, 1, 1);
  gtk_grid_attach (grid, make_result (self, result, value), COLUMN_RESULT, row, 1, 1);
  gtk_grid_attach (grid, make_cell (value->unit, "dim-label", FALSE), COLUMN_UNIT, row, 1, 1);
  gtk_grid_attach (grid, make_cell (value->range, "dim-label", TRUE), COLUMN_RANGE, row, 1, 1);
  gtk_grid_attach (grid, make_change (self, result), COLUMN_CHANGE, row, 1, 1);
}

static void
add_heads (GtkGrid *grid)
{
  static const char *const heads[N_COLUMNS] = {
    NC_ ("report column", "Test"),  NC_ ("report column", "Result"), NC_ ("report column", "Unit"),
    NC_ ("report column", "Range"), NC_ ("report column", "Change"),
  };

  for (int i = 0; i < N_COLUMNS; i++)
    gtk_grid_attach (grid, make_cell (g_dpgettext2 (NULL, "report column", heads[i]), "caption-heading", FALSE), i, 0,
                     1, 1);
}

static ZqFlag
worst_of (const ZqResult *result)
{
  ZqFlag worst = ZQ_FLAG_NONE;

  for (guint i = 0; i < result->values->len; i++)
    worst = MAX (worst, ((ZqResultValue *)result->values->pdata[i])->flag);

  return worst;
}

static int
compare_flags (gconstpointer a, gconstpointer b)
{
  const ZqResult *one = *(ZqResult *const *)a, *other = *(ZqResult *const *)b;
  ZqFlag first = worst_of (one), second = worst_of (other);

  return first == second ? 0 : first > second ? -1 : 1;
}

static GtkWidget *
make_table (ZqReportView *self, GPtrArray *results)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  g_autoptr (GPtrArray) order = g_ptr_array_copy (results, NULL, NULL);
  int row = 1;

  g_ptr_array_set_free_func (order, NULL);
  /* GLib's sort of pointers keeps the order of equals. */
  if (self->abnormal_first)
    g_ptr_array_sort (order, compare_flags);
  gtk_grid_set_column_spacing (grid, 14);
  gtk_grid_set_row_spacing (grid, 2);
  gtk_widget_add_css_class (GTK_WIDGET (grid), "report-table");
  add_heads (grid);
  for (guint i = 0; i < order->len; i++)
    {
      const ZqResult *result = order->pdata[i];

      if (result->values->len == 0 && !self->abnormal_first)
        gtk_grid_attach (grid, make_cell (result->name, "panel-name", FALSE), COLUMN_TEST, row++, N_COLUMNS, 1);
      else if (result->values->len > 1 && ((ZqResultValue *)result->values->pdata[0])->n > 0)
        gtk_grid_attach (grid, make_cell (result->name, "panel-name", FALSE), COLUMN_TEST, row++, N_COLUMNS, 1);
      for (guint j = 0; j < result->values->len; j++)
        add_value (self, grid, row++, result, result->values->pdata[j]);
      if (result->n_more > 0)
        {
          g_autofree char *more = zq_report_words_more (result->n_more);

          gtk_grid_attach (grid, make_cell (more, "result-warning", FALSE), COLUMN_TEST, row++, N_COLUMNS, 1);
        }
      if (result->note != NULL)
        {
          g_autofree char *note = shorten (result->note);

          gtk_grid_attach (grid, make_cell (note, "result-note", FALSE), COLUMN_TEST, row++, N_COLUMNS, 1);
        }
    }

  return GTK_WIDGET (grid);
}

/* --- the whole ---------------------------------------------------------------------------------- */

static void
add_part (GPtrArray *parts, char *text)
{
  if (text != NULL)
    g_ptr_array_add (parts, text);
}

static char *
words_origin (ZqReportView *self, const ZqReport *report)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *at = zq_record_words_date (report->at, report->precision, self->now, self->zone);
  g_autofree char *issued = report->issued != 0 ? zq_words_day_clock (report->issued, self->now, self->zone) : NULL;

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
add_state (ZqReportView *self, const ZqReport *report)
{
  const char *warning = zq_record_words_warning (report->status);

  if (warning != NULL)
    {
      GtkWidget *label = add_label (self->box, warning, "report-warning");

      if (report->state == ZQ_RECORD_ERROR)
        gtk_widget_add_css_class (label, "error");
    }
  if (report->n_missing > 0)
    {
      g_autofree char *words =
          g_strdup_printf (ngettext ("%u result of this report is not here yet",
                                     "%u results of this report are not here yet", report->n_missing),
                           report->n_missing);

      add_label (self->box, words, "report-warning");
    }
  if (report->n_more > 0)
    {
      g_autofree char *words = zq_report_words_more (report->n_more);

      add_label (self->box, words, "report-warning");
    }
  if (report->n_unfinished > 0)
    {
      g_autofree char *words = g_strdup_printf (
          ngettext ("%u result is not final", "%u results are not final", report->n_unfinished), report->n_unfinished);

      add_label (self->box, words, "report-warning");
    }
}

static void
on_file_clicked (GtkButton *button, ZqReportView *self)
{
  guint place = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "place"));

  if (self->report != NULL && place < self->report->files->len)
    g_signal_emit (self, signals[FILE_ASKED], 0, self->report->files->pdata[place]);
}

static void
add_files (ZqReportView *self, GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      const ZqFile *file = files->pdata[i];
      const char *name = file->title != NULL && *file->title != '\0' ? file->title : _ ("Document");
      GtkWidget *button = gtk_button_new_with_label (name);

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_widget_set_tooltip_text (button, _ ("Look at this document"));
      g_object_set_data (G_OBJECT (button), "place", GUINT_TO_POINTER (i));
      g_signal_connect (button, "clicked", G_CALLBACK (on_file_clicked), self);
      gtk_box_append (GTK_BOX (self->box), button);
    }
}

static void
rebuild (ZqReportView *self)
{
  GtkWidget *child;
  GPtrArray *results = self->report != NULL ? self->report->results : self->results;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  if (self->report != NULL)
    {
      g_autofree char *origin = words_origin (self, self->report);

      add_state (self, self->report);
      add_label (self->box, origin, "dim-label");
      if (self->report->conclusion != NULL)
        {
          g_autofree char *conclusion = shorten (self->report->conclusion);

          add_label (self->box, conclusion, "conclusion");
        }
      add_files (self, self->report->files);
    }
  if (results != NULL && results->len > 0)
    gtk_box_append (GTK_BOX (self->box), make_table (self, results));
}

void
zq_report_view_set_report (ZqReportView *self, ZqReport *report)
{
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->report, zq_report_free);
  self->report = report;
  rebuild (self);
}

void
zq_report_view_set_results (ZqReportView *self, GPtrArray *results)
{
  g_clear_pointer (&self->report, zq_report_free);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->results = results;
  rebuild (self);
}

void
zq_report_view_set_abnormal_first (ZqReportView *self, gboolean abnormal_first)
{
  if (self->abnormal_first == abnormal_first)
    return;
  self->abnormal_first = abnormal_first;
  rebuild (self);
}

static void
zq_report_view_dispose (GObject *object)
{
  ZqReportView *self = ZQ_REPORT_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->report, zq_report_free);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (zq_report_view_parent_class)->dispose (object);
}

static void
zq_report_view_class_init (ZqReportViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_report_view_dispose;
  signals[TREND] = g_signal_new ("trend", ZQ_TYPE_REPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_STRING);
  signals[FILE_ASKED] = g_signal_new ("file", ZQ_TYPE_REPORT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                      1, G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "report");
}

static void
zq_report_view_init (ZqReportView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

ZqReportView *
zq_report_view_new (GTimeZone *zone, gint64 now)
{
  ZqReportView *self = g_object_new (ZQ_TYPE_REPORT_VIEW, NULL);

  self->zone = g_time_zone_ref (zone);
  self->now = now;

  return self;
}
