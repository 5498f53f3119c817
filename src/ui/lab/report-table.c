/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/report-table.h"

#include "ui/lab/report-row.h"
#include "ui/lab/report-words.h"
#include "ui/patient/record-words.h"
#include "ui/widgets/sparkline.h"

#include <glib/gi18n.h>
#include <math.h>

/* Results that are made at once: more than that no screen shows, and each is six widgets. */
#define FIRST_RESULTS 80
#define MORE_RESULTS  200

struct _ZqReportTable
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;
  GtkGrid *grid;
  GtkWidget *more;

  /* owned */
  GPtrArray *results; /* of ZqResult, in the order that is shown */
  GTimeZone *zone;

  const ZqReport *report;
  gint64 now;
  gboolean abnormal_first;
  guint n_made;
  int row;
};

enum
{
  TREND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqReportTable, zq_report_table, GTK_TYPE_WIDGET)

enum
{
  COLUMN_TEST,
  COLUMN_RESULT,
  COLUMN_UNIT,
  COLUMN_RANGE,
  COLUMN_CHANGE,
  COLUMN_LINE,
  N_COLUMNS,
};

/* --- cells -------------------------------------------------------------------------------------- */

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

static void
add_whole (ZqReportTable *self, const char *text, const char *style)
{
  gtk_grid_attach (self->grid, make_cell (text, style, FALSE), COLUMN_TEST, self->row++, N_COLUMNS, 1);
}

static void
ask_trend (ZqReportTable *self, GtkWidget *widget)
{
  g_signal_emit (self, signals[TREND], 0, g_object_get_data (G_OBJECT (widget), "code"),
                 g_object_get_data (G_OBJECT (widget), "name"));
}

static void
set_test (ZqReportTable *self, GtkWidget *widget, const char *signal, const ZqResultValue *value, const char *name)
{
  g_object_set_data_full (G_OBJECT (widget), "code", g_strdup (value->code), g_free);
  g_object_set_data_full (G_OBJECT (widget), "name", g_strdup (name), g_free);
  g_signal_connect_object (widget, signal, G_CALLBACK (ask_trend), self, G_CONNECT_SWAPPED);
}

static gboolean
has_trend (const ZqResultValue *value)
{
  return value->code != NULL && value->kind == ZQ_VALUE_QUANTITY;
}

/* A test with numbers leads to them over time; by keys its line does. */
static GtkWidget *
make_test (ZqReportTable *self, const ZqResultValue *value, const char *name, guint level)
{
  GtkWidget *label = make_cell (name, NULL, FALSE), *button;
  g_autofree char *spoken = NULL;

  gtk_widget_set_margin_start (label, (int)level * 14);
  if (!has_trend (value))
    return label;
  button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "test-name");
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_BASELINE);
  /* Translators: %s is the name of a laboratory test */
  spoken = g_strdup_printf (_ ("%s over time"), name);
  gtk_widget_set_tooltip_text (button, spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  set_test (self, button, "clicked", value, name);

  return button;
}

static const char *
style_of (ZqFlag flag)
{
  return zq_flag_is_critical (flag) ? "critical-value" : zq_flag_is_abnormal (flag) ? "abnormal-value" : NULL;
}

static GtkWidget *
make_result (const ZqResult *result, const ZqResultValue *value)
{
  g_autofree char *text = zq_report_words_value (value);
  g_autofree char *flag = zq_report_words_judged (value);
  g_autofree char *shown = *flag != '\0' ? g_strdup_printf ("%s  %s", text, flag) : g_strdup (text);
  GtkWidget *label = make_cell (shown, style_of (value->flag), TRUE);

  if (result->state == ZQ_RECORD_ERROR)
    gtk_widget_add_css_class (label, "taken-back");

  return label;
}

static GtkWidget *
make_change (ZqReportTable *self, const ZqResult *result)
{
  const char *change = result->change;
  g_autofree char *words = zq_report_words_previous (result, self->now, self->zone), *shown = NULL;
  GtkWidget *cell;

  if (words == NULL)
    return make_cell ("", NULL, FALSE);
  if (result->previous_converted)
    /* Translators: the last value, converted to this report's unit */
    shown = g_strdup_printf (_ ("%s converted"), change != NULL ? change : result->previous);
  cell = make_cell (shown != NULL    ? shown
                    : change != NULL ? change
                                     : result->previous,
                    result->marked ? "marked" : "dim-label", TRUE);
  gtk_widget_set_tooltip_text (cell, words);

  return cell;
}

static double
number_or_nan (const char *text)
{
  return text != NULL ? g_ascii_strtod (text, NULL) : NAN;
}

/* What was before, and this one, if it is a number and was not taken back. */
static GtkWidget *
make_line (const ZqResult *result, const ZqResultValue *value)
{
  g_autoptr (GArray) all = NULL;
  double own = number_or_nan (value->value);

  if (result->trail == NULL || value->comparator != NULL || !isfinite (own) || result->state == ZQ_RECORD_ERROR ||
      result->state == ZQ_RECORD_CANCELLED)
    return NULL;
  all = g_array_copy (result->trail);
  g_array_append_val (all, own);

  return zq_sparkline_new ((const double *)(gpointer)all->data, all->len, number_or_nan (value->low),
                           number_or_nan (value->high));
}

/* What has to be known of the result above it. */
static void
add_under (ZqReportTable *self, const char *words)
{
  if (words != NULL)
    gtk_grid_attach (self->grid, make_cell (words, "result-warning", FALSE), COLUMN_RESULT, self->row++,
                     N_COLUMNS - COLUMN_RESULT, 1);
}

static void
set_height (ZqReportTable *self, GtkWidget *row, int n)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->grid));

  g_object_set (gtk_layout_manager_get_layout_child (layout, row), "row-span", n, NULL);
}

/* --- lines -------------------------------------------------------------------------------------- */

static void
add_value (ZqReportTable *self, const ZqResult *result, const ZqResultValue *value)
{
  gboolean is_part = value->n > 0 && result->values->len > 1;
  const char *name = value->n > 0 ? value->name : result->name;
  guint level = (self->abnormal_first ? 0 : result->level) + (guint)is_part;
  g_autofree char *words = zq_report_words_row (result, value, self->now, self->zone);
  g_autofree char *source = zq_report_words_source (result, self->report);
  GtkWidget *row = zq_report_row_new (words), *line = make_line (result, value);
  GtkWidget *test = make_test (self, value, name, level);
  int first = self->row++;

  if (has_trend (value))
    set_test (self, row, "activate", value, name);
  if (source != NULL)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, source, -1);
      gtk_widget_set_tooltip_text (row, source);
    }
  /* The first, so that it lies behind; how high it is is known at the end. */
  gtk_grid_attach (self->grid, row, COLUMN_TEST, first, N_COLUMNS, 1);
  gtk_grid_attach (self->grid, test, COLUMN_TEST, first, 1, 1);
  gtk_grid_attach (self->grid, make_result (result, value), COLUMN_RESULT, first, 1, 1);
  gtk_grid_attach (self->grid, make_cell (value->unit, "dim-label", FALSE), COLUMN_UNIT, first, 1, 1);
  gtk_grid_attach (self->grid, make_cell (value->range, "dim-label", TRUE), COLUMN_RANGE, first, 1, 1);
  gtk_grid_attach (self->grid, make_change (self, result), COLUMN_CHANGE, first, 1, 1);
  if (line != NULL)
    gtk_grid_attach (self->grid, line, COLUMN_LINE, first, 1, 1);
  if (value->n <= 1)
    {
      g_autofree char *was = zq_report_words_old (result, self->now, self->zone);

      add_under (self, zq_record_words_warning (result->status));
      add_under (self, was);
    }
  set_height (self, row, self->row - first);
}

/* A panel's status is its own: it may be unfinished when all that it has is final. */
static void
add_panel (ZqReportTable *self, const ZqResult *result)
{
  const char *warning = zq_record_words_warning (result->status);

  add_whole (self, result->name, "panel-name");
  if (warning != NULL)
    add_whole (self, warning, "result-warning");
}

static void
add_result (ZqReportTable *self, const ZqResult *result)
{
  gboolean has_parts = result->values->len > 1 && ((ZqResultValue *)result->values->pdata[0])->n > 0;

  if (has_parts)
    add_whole (self, result->name, "panel-name");
  else if (result->values->len == 0 && (!self->abnormal_first || zq_record_words_warning (result->status) != NULL))
    add_panel (self, result);
  for (guint i = 0; i < result->values->len; i++)
    add_value (self, result, result->values->pdata[i]);
  if (result->n_more > 0)
    {
      g_autofree char *more = zq_report_words_more (result->n_more);

      add_whole (self, more, "result-warning");
    }
  if (result->note != NULL)
    {
      g_autofree char *note = zq_report_words_shorten (result->note);

      add_whole (self, note, "result-note");
    }
}

static void
add_heads (ZqReportTable *self)
{
  static const char *const heads[] = {
    NC_ ("report column", "Test"),  NC_ ("report column", "Result"), NC_ ("report column", "Unit"),
    NC_ ("report column", "Range"), NC_ ("report column", "Change"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    gtk_grid_attach (self->grid, make_cell (g_dpgettext2 (NULL, "report column", heads[i]), "caption-heading", FALSE),
                     (int)i, 0, 1, 1);
  self->row = 1;
}

/* --- as much as is asked for -------------------------------------------------------------------- */

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

static void
show_more (ZqReportTable *self)
{
  g_autofree char *words = NULL, *abnormal = NULL;
  guint n = self->results->len - self->n_made, n_abnormal = 0;

  gtk_widget_set_visible (self->more, n > 0);
  if (n == 0)
    return;
  for (guint i = self->n_made; i < self->results->len; i++)
    n_abnormal += zq_flag_is_abnormal (worst_of (self->results->pdata[i]));
  abnormal = g_strdup_printf (ngettext ("%u of them abnormal", "%u of them abnormal", n_abnormal), n_abnormal);
  /* Translators: the second %s is "3 of them abnormal" */
  words = g_strdup_printf (ngettext ("%1$u more result, %2$s: show", "%1$u more results, %2$s: show", n), n, abnormal);
  gtk_button_set_label (GTK_BUTTON (self->more), words);
}

static void
make_lines (ZqReportTable *self, guint most)
{
  guint end = MIN (self->n_made + most, self->results->len);

  while (self->n_made < end)
    add_result (self, self->results->pdata[self->n_made++]);
  show_more (self);
}

/* The focus goes on to the first line that was not there before. */
static void
on_more (ZqReportTable *self)
{
  GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (self->grid));
  gboolean focused = gtk_widget_is_focus (self->more);

  make_lines (self, MORE_RESULTS);
  for (GtkWidget *child = last; focused && child != NULL; child = gtk_widget_get_next_sibling (child))
    if (child != last && ZQ_IS_REPORT_ROW (child))
      {
        gtk_widget_grab_focus (child);
        return;
      }
}

static void
zq_report_table_dispose (GObject *object)
{
  ZqReportTable *self = ZQ_REPORT_TABLE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (zq_report_table_parent_class)->dispose (object);
}

static void
zq_report_table_class_init (ZqReportTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_report_table_dispose;
  signals[TREND] = g_signal_new ("trend", ZQ_TYPE_REPORT_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TABLE);
}

static void
zq_report_table_init (ZqReportTable *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 14);
  gtk_grid_set_row_spacing (self->grid, 2);
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "report-table");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->grid));
  self->more = gtk_button_new ();
  gtk_widget_set_halign (self->more, GTK_ALIGN_START);
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (on_more), self);
  gtk_box_append (GTK_BOX (self->box), self->more);
}

GtkWidget *
zq_report_table_new (GPtrArray *results, const ZqReport *report, gboolean abnormal_first, GTimeZone *zone, gint64 now)
{
  ZqReportTable *self = g_object_new (ZQ_TYPE_REPORT_TABLE, NULL);

  self->report = report;
  self->abnormal_first = abnormal_first;
  self->zone = g_time_zone_ref (zone);
  self->now = now;
  /* A copy of the pointers in another order; @results keeps what they point to. */
  self->results = g_ptr_array_copy (results, NULL, NULL);
  g_ptr_array_set_free_func (self->results, NULL);
  g_object_set_data_full (G_OBJECT (self), "results", g_ptr_array_ref (results), (GDestroyNotify)g_ptr_array_unref);
  /* GLib's sort of pointers keeps the order of equals. */
  if (abnormal_first)
    g_ptr_array_sort (self->results, compare_flags);
  add_heads (self);
  make_lines (self, FIRST_RESULTS);

  return GTK_WIDGET (self);
}
