/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/trend.h"

#include "clinic/lab/drug-span.h"
#include "clinic/lab/series.h"
#include "clinic/lab/target.h"
#include "clinic/lab/value.h"
#include "rules/context.h"
#include "ui/lab/report-words.h"
#include "ui/lab/trend-drugs.h"
#include "ui/lab/trend-rows.h"
#include "ui/patient/record-words.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>
#include <math.h>

/* The newest ones: a sensor's years are no chart for a consultation. */
#define MOST_VALUES 20000

struct _ZqTrend
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *reading;
  GtkDropDown *units;
  ZqChart *chart;
  GtkGridView *table;

  /* owned */
  ZqStore *store; /* NULL: nothing is open */
  char *code;
  gint64 patient;
  ZqSeries *series; /* values, oldest first, and where they stand */
  GArray *charted;  /* guint: the value of each point */
  GPtrArray *drugs; /* of ZqDrugSpan, newest first */
  ZqTrendRows *rows;
  GTimeZone *zone;
  gint64 now;
  gboolean filling;
};

enum
{
  CLOSE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqTrend, zq_trend, GTK_TYPE_WIDGET)

static double
read_number (const char *text)
{
  char *end;
  double number = text != NULL ? g_ascii_strtod (text, &end) : NAN;

  return text != NULL && end != text && *end == '\0' && isfinite (number) ? number : NAN;
}

static const char *
unit_of (const ZqResultValue *value)
{
  return value->unit != NULL ? value->unit : "";
}

static const ZqResultValue *
get_value (ZqTrend *self, guint i)
{
  return self->series->values->pdata[i];
}

/* "5.61 mmol/L (101 mg/dL, converted)": as its line has it, and as its laboratory wrote it. (transfer full) */
static char *
words_of_value (ZqTrend *self, guint i)
{
  const ZqResultValue *value = get_value (self, i);
  const ZqSeriesPoint *point = zq_series_get_point (self->series, i);
  g_autofree char *written = NULL;

  if (!point->converted)
    return g_strdup_printf ("%s%s %s", value->comparator != NULL ? value->comparator : "", value->value,
                            unit_of (value));
  written = zq_value_format (value);
  /* Translators: a value in the unit of the chart, its unit, and as its laboratory wrote it */
  return g_strdup_printf (_ ("%1$s %2$s (%3$s, converted)"), point->text,
                          (const char *)self->series->units->pdata[point->line], written);
}

/* "5.6 mmol/L ↑ high, range 3.9–6.1, 2 Nov 2025 08:00" (transfer full) */
static char *
describe (ZqTrend *self, guint i)
{
  const ZqResultValue *value = get_value (self, i);
  g_autofree char *when =
      value->at != 0 ? zq_words_day_clock (value->at, self->now, self->zone) : g_strdup (_ ("no date"));
  g_autofree char *flag = zq_report_words_judged (value);
  g_autofree char *words = words_of_value (self, i);
  g_autofree char *shown = g_strdup_printf ("%s%s%s", words, *flag != '\0' ? " " : "", flag);

  /* What is not final says so here as it does in its report. */
  if (value->state != ZQ_RECORD_FINAL)
    {
      char *sure = g_strconcat (shown, " · ", zq_record_words_status (value->status), NULL);

      g_free (shown);
      shown = sure;
    }
  if (value->range == NULL)
    return g_strdup_printf ("%s · %s", when, shown);
  /* Translators: a day, a result, the reference range of its report */
  return g_strdup_printf (_ ("%1$s · %2$s · range %3$s"), when, shown, value->range);
}

static gboolean
get_selected (ZqTrend *self, guint *value)
{
  guint selected = zq_chart_get_selected (self->chart);

  if (self->series == NULL || selected >= self->charted->len)
    return FALSE;
  *value = g_array_index (self->charted, guint, selected);

  return TRUE;
}

static void
on_selected (ZqTrend *self)
{
  guint i = 0;
  gboolean is_selected = get_selected (self, &i);
  g_autofree char *said = is_selected ? describe (self, i) : NULL;
  g_autofree char *drugs = is_selected ? zq_trend_drugs_at (self->drugs, get_value (self, i)->at) : NULL;
  g_autofree char *words = NULL;

  if (!is_selected)
    words = g_strdup (_ ("← and → go from value to value, + and − zoom"));
  else if (drugs == NULL)
    words = g_steal_pointer (&said);
  else
    /* Translators: a result, and the drugs that were taken then */
    words = g_strdup_printf (_ ("%1$s · taking %2$s"), said, drugs);
  gtk_label_set_label (self->reading, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->chart), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_target (ZqTrend *self, const char *unit)
{
  const ZqContext *context = zq_store_get_context (self->store);
  g_autofree char *words = NULL;
  ZqTarget target;

  zq_target_find (zq_context_get_policy (context), self->code, unit, &target);
  if (target.year != 0)
    /* Translators: %u is the year of the guideline that says it */
    words = g_strdup_printf (_ ("general target (guideline of %u)"), target.year);
  else
    words = g_strdup (_ ("target at home"));
  zq_chart_set_target (self->chart, target.low, target.high, words);
}

/* A line never goes through two units, and a "<5" is no 5. */
static void
show_line (ZqTrend *self, guint line)
{
  g_autoptr (GArray) points = g_array_new (FALSE, TRUE, sizeof (ZqChartPoint));

  g_array_set_size (self->charted, 0);
  for (guint i = 0; i < self->series->values->len; i++)
    {
      const ZqResultValue *value = get_value (self, i);
      const ZqSeriesPoint *its = zq_series_get_point (self->series, i);
      ZqChartPoint point = { .at = value->at,
                             .abnormal = zq_flag_is_abnormal (value->flag),
                             .unfinished = value->state != ZQ_RECORD_FINAL && value->state != ZQ_RECORD_CHANGED,
                             .converted = its->converted };

      if (its->line != line || value->at == 0 || value->comparator != NULL)
        continue;
      point.value = read_number (its->number);
      point.low = read_number (its->low);
      point.high = read_number (its->high);
      if (isnan (point.value))
        continue;
      g_array_append_val (points, point);
      g_array_append_val (self->charted, i);
    }
  zq_chart_set_points (self->chart, (ZqChartPoint *)points->data, points->len, self->zone);
  show_target (self, self->series->units->pdata[line]);
}

static void
on_unit (ZqTrend *self)
{
  guint selected = gtk_drop_down_get_selected (self->units);

  if (!self->filling && self->series != NULL && selected < self->series->units->len)
    show_line (self, selected);
}

static void
fill_units (ZqTrend *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < self->series->units->len; i++)
    {
      const char *unit = self->series->units->pdata[i];

      gtk_string_list_append (list, *unit != '\0' ? unit : _ ("without a unit"));
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->units, G_LIST_MODEL (list));
  self->filling = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->units), self->series->units->len > 1);
}

static char *
describe_row (guint row, gpointer data)
{
  ZqTrend *self = data;

  return describe (self, self->series->values->len - 1 - row);
}

/* Newest first, as the timeline. */
static void
fill_table (ZqTrend *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  self->rows = zq_trend_rows_new (self->series->values->len, describe_row, self);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->rows)));
  gtk_grid_view_set_model (self->table, GTK_SELECTION_MODEL (selection));
}

/* What was drawn is another test's, or another patient's. */
static void
forget (ZqTrend *self)
{
  gtk_grid_view_set_model (self->table, NULL);
  if (self->rows != NULL)
    zq_trend_rows_end (self->rows);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->drugs, g_ptr_array_unref);
  g_clear_pointer (&self->series, zq_series_free);
  g_array_set_size (self->charted, 0);
  if (self->zone != NULL)
    zq_chart_set_points (self->chart, NULL, 0, self->zone);
}

void
zq_trend_close (ZqTrend *self)
{
  forget (self);
  g_clear_object (&self->store);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->zone, g_time_zone_unref);
}

/* What a doctor was looking at. */
typedef struct
{
  char *unit; /* NULL: nothing */
  gint64 result, from, to;
  guint n;
} Place;

static void
remember (ZqTrend *self, Place *place)
{
  guint unit = gtk_drop_down_get_selected (self->units);
  guint i;

  if (self->series != NULL && unit < self->series->units->len)
    place->unit = g_strdup (self->series->units->pdata[unit]);
  if (get_selected (self, &i))
    {
      place->result = get_value (self, i)->result;
      place->n = get_value (self, i)->n;
    }
  zq_chart_get_view (self->chart, &place->from, &place->to);
}

/* As far as it is there still. */
static void
go_back (ZqTrend *self, Place *place)
{
  guint unit;

  if (place->unit == NULL || !g_ptr_array_find_with_equal_func (self->series->units, place->unit, g_str_equal, &unit))
    return;
  gtk_drop_down_set_selected (self->units, unit);
  zq_chart_set_view (self->chart, place->from, place->to);
  for (guint i = 0; place->result != 0 && i < self->charted->len; i++)
    {
      const ZqResultValue *value = get_value (self, g_array_index (self->charted, guint, i));

      if (value->result == place->result && value->n == place->n)
        zq_chart_set_selected (self->chart, i);
    }
}

static void
read_all (ZqTrend *self)
{
  ZqDb *db = zq_store_get_main_db (self->store);
  ZqPolicy *policy = zq_context_get_policy (zq_store_get_context (self->store));

  forget (self);
  self->series = zq_series_new (policy, self->code,
                                zq_result_series (db, self->patient, self->code, G_MININT64, G_MAXINT64, MOST_VALUES));
  self->drugs = zq_drug_spans (db, zq_store_get_context (self->store), self->patient);
  fill_units (self);
  fill_table (self);
  if (self->series->units->len > 0)
    show_line (self, 0);
  zq_trend_show_drugs (self->chart, self->drugs);
}

void
zq_trend_refresh (ZqTrend *self)
{
  Place place = { 0 };

  if (self->store == NULL)
    return;
  remember (self, &place);
  read_all (self);
  go_back (self, &place);
  on_selected (self);
  g_free (place.unit);
}

void
zq_trend_open (ZqTrend *self, ZqStore *store, gint64 patient, const char *code, const char *name, gint64 now)
{
  const ZqContext *context = zq_store_get_context (store);

  zq_trend_close (self);
  self->store = g_object_ref (store);
  self->patient = patient;
  self->code = g_strdup (code);
  self->zone = g_time_zone_ref (context->zone);
  self->now = now;
  gtk_label_set_label (self->title, name);
  read_all (self);
  on_selected (self);
}

static void
on_close_clicked (ZqTrend *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static gboolean
zq_trend_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ZQ_TREND (widget)->chart));
}

static void
zq_trend_dispose (GObject *object)
{
  ZqTrend *self = ZQ_TREND (object);

  if (self->box != NULL)
    zq_trend_close (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->charted, g_array_unref);
  G_OBJECT_CLASS (zq_trend_parent_class)->dispose (object);
}

static void
zq_trend_class_init (ZqTrendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_trend_dispose;
  widget_class->grab_focus = zq_trend_grab_focus;
  signals[CLOSE] = g_signal_new ("close", ZQ_TYPE_TREND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ZQ_TYPE_CHART);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/lab/trend.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqTrend, box);
  gtk_widget_class_bind_template_child (widget_class, ZqTrend, title);
  gtk_widget_class_bind_template_child (widget_class, ZqTrend, reading);
  gtk_widget_class_bind_template_child (widget_class, ZqTrend, units);
  gtk_widget_class_bind_template_child (widget_class, ZqTrend, chart);
  gtk_widget_class_bind_template_child (widget_class, ZqTrend, table);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_unit);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
}

static void
zq_trend_init (ZqTrend *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->charted = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_grid_view_set_factory (self->table, factory);
}

const char *
zq_trend_get_name (ZqTrend *self)
{
  return self->store != NULL ? gtk_label_get_label (self->title) : NULL;
}

GPtrArray *
zq_trend_get_values (ZqTrend *self)
{
  return self->series != NULL ? self->series->values : NULL;
}

GtkWidget *
zq_trend_get_chart (ZqTrend *self)
{
  return GTK_WIDGET (self->chart);
}
