/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/flowsheet-view.h"

#include "rules/context.h"
#include "ui/lab/report-words.h"
#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

struct _ZqFlowView
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkDropDown *sets;
  GtkStack *places;
  ZqFlowGrid *grid;
  GtkLabel *reading;
  GtkLabel *sources;

  /* owned */
  ZqStore *store; /* NULL: nothing is open */
  ZqFlowsheet *sheet;

  gint64 patient;
  gint64 report; /* whose tests are offered first, 0 */
  gint64 now;
  guint n_sources; /* that the line below names */
  gboolean filling;
};

enum
{
  CLOSE,
  OPEN,
  TREND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqFlowView, zq_flow_view, GTK_TYPE_WIDGET)

static const char *
words_of_set (ZqFlowSet set)
{
  switch (set)
    {
    case ZQ_FLOW_GLUCOSE:
      return _ ("Glucose");
    case ZQ_FLOW_LIPIDS:
      return _ ("Lipids");
    case ZQ_FLOW_KIDNEY:
      return _ ("Kidney");
    case ZQ_FLOW_ELECTROLYTES:
      return _ ("Electrolytes");
    case ZQ_FLOW_LIVER:
      return _ ("Liver");
    case ZQ_FLOW_BLOOD:
      return _ ("Blood count");
    case ZQ_FLOW_VITAL:
      return _ ("Vital signs");
    default:
      return _ ("Most frequent tests");
    }
}

static GTimeZone *
get_zone (ZqFlowView *self)
{
  const ZqContext *context = zq_store_get_context (self->store);

  return context->zone;
}

/* --- what a cell says --------------------------------------------------------------------------- */

static void
add (GString *all, const char *words)
{
  if (words != NULL && *words != '\0')
    g_string_append_printf (all, " · %s", words);
}

/* "potassium · 1 Mar 2025 08:00 · 5.9 mmol/L ↑ high · range 3.5–5.3 · preliminary · First Hospital" */
static char *
describe (ZqFlowView *self, guint test, guint date)
{
  const ZqFlowTest *of = zq_flowsheet_get_test (self->sheet, test);
  const ZqFlowCell *cell = zq_flowsheet_get_cell (self->sheet, test, date);
  gint64 at = zq_flowsheet_get_date (self->sheet, date);
  g_autofree char *when = at != 0 ? zq_words_day_clock (at, self->now, get_zone (self)) : g_strdup (_ ("no date"));
  g_autofree char *flag = cell != NULL ? zq_report_words_critical (cell->flag, cell->critical_is_ours) : NULL;
  g_autoptr (GString) all = g_string_new (of->name);

  add (all, when);
  if (cell == NULL)
    {
      add (all, _ ("no result"));
      return g_string_free (g_steal_pointer (&all), FALSE);
    }
  add (all, cell->value != NULL ? cell->value : cell->absent != NULL ? cell->absent : _ ("no value"));
  if (cell->value != NULL && cell->unit != NULL)
    g_string_append_printf (all, " %s", cell->unit);
  if (*flag != '\0')
    g_string_append_printf (all, " %s", flag);
  if (cell->state != ZQ_RECORD_FINAL)
    add (all, zq_record_words_status (cell->status));
  if (cell->range != NULL)
    /* Translators: the reference range of a result */
    g_string_append_printf (all, _ (" · range %s"), cell->range);
  add (all, zq_flowsheet_get_source (self->sheet, cell->source));
  if (cell->n_values > 1)
    g_string_append_printf (all, ngettext (" · %u more value then", " · %u more values then", cell->n_values - 1),
                            cell->n_values - 1);

  return g_string_free (g_steal_pointer (&all), FALSE);
}

/* "First Hospital, ② Second Hospital": who is marked with what. */
static void
show_sources (ZqFlowView *self)
{
  guint n = self->sheet != NULL ? zq_flowsheet_get_n_sources (self->sheet) : 0;
  g_autoptr (GString) all = g_string_new (NULL);

  if (n == self->n_sources)
    return;
  self->n_sources = n;
  for (guint i = 1; i < n; i++)
    g_string_append_printf (all, "%s%s %s", i > 1 ? " · " : "", zq_flow_grid_source_mark (i),
                            zq_flowsheet_get_source (self->sheet, i));
  gtk_label_set_label (self->sources, g_strstrip (all->str));
  gtk_widget_set_visible (GTK_WIDGET (self->sources), n > 2);
}

static void
on_moved (ZqFlowView *self)
{
  guint test, date;
  g_autofree char *words = NULL;

  if (self->sheet == NULL || !zq_flow_grid_get_cursor (self->grid, &test, &date))
    return;
  words = describe (self, test, date);
  gtk_label_set_label (self->reading, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  show_sources (self);
}

/* --- which tests -------------------------------------------------------------------------------- */

static void
fill_sets (ZqFlowView *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  if (self->report != 0)
    gtk_string_list_append (list, _ ("Tests of this report"));
  for (ZqFlowSet set = ZQ_FLOW_FREQUENT; set < ZQ_FLOW_N_SETS; set++)
    gtk_string_list_append (list, words_of_set (set));
  self->filling = TRUE;
  gtk_drop_down_set_model (self->sets, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->sets, 0);
  self->filling = FALSE;
}

static ZqFlowsheet *
read_sheet (ZqFlowView *self)
{
  guint selected = gtk_drop_down_get_selected (self->sets);
  ZqDb *db = zq_store_get_main_db (self->store);

  if (self->report != 0 && selected == 0)
    return zq_flowsheet_new_for_report (db, self->patient, self->report);

  return zq_flowsheet_new (db, zq_context_get_policy (zq_store_get_context (self->store)), self->patient,
                           (ZqFlowSet)(selected - (self->report != 0)));
}

static void
show_sheet (ZqFlowView *self)
{
  g_autoptr (ZqFlowsheet) before = self->sheet;

  self->sheet = read_sheet (self);
  self->n_sources = G_MAXUINT;
  zq_flow_grid_set_sheet (self->grid, self->sheet, get_zone (self));
  gtk_stack_set_visible_child_name (self->places, zq_flowsheet_get_n_dates (self->sheet) > 0 ? "grid" : "empty");
  on_moved (self);
}

static void
on_set (ZqFlowView *self)
{
  if (!self->filling && self->store != NULL)
    show_sheet (self);
}

/* --- asked for ---------------------------------------------------------------------------------- */

static void
on_activated (ZqFlowView *self)
{
  guint test, date;
  const ZqFlowCell *cell = NULL;

  if (self->sheet != NULL && zq_flow_grid_get_cursor (self->grid, &test, &date))
    cell = zq_flowsheet_get_cell (self->sheet, test, date);
  if (cell != NULL)
    g_signal_emit (self, signals[OPEN], 0, zq_flowsheet_find_report (zq_store_get_main_db (self->store), cell->result));
}

static void
on_trend (ZqFlowView *self)
{
  guint test, date;
  const ZqFlowTest *of;

  if (self->sheet == NULL || !zq_flow_grid_get_cursor (self->grid, &test, &date))
    return;
  of = zq_flowsheet_get_test (self->sheet, test);
  g_signal_emit (self, signals[TREND], 0, of->code, of->name);
}

static void
on_close_clicked (ZqFlowView *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

/* --- public ------------------------------------------------------------------------------------- */

void
zq_flow_view_close (ZqFlowView *self)
{
  zq_flow_grid_set_sheet (self->grid, NULL, NULL);
  g_clear_pointer (&self->sheet, zq_flowsheet_free);
  g_clear_object (&self->store);
  gtk_label_set_label (self->reading, "");
  gtk_label_set_label (self->sources, "");
}

void
zq_flow_view_open (ZqFlowView *self, ZqStore *store, gint64 patient, gint64 report, gint64 now)
{
  g_autoptr (ZqFlowsheet) of_report = NULL;

  zq_flow_view_close (self);
  self->store = g_object_ref (store);
  self->patient = patient;
  of_report = zq_flowsheet_new_for_report (zq_store_get_main_db (store), patient, report);
  self->report = zq_flowsheet_get_n_tests (of_report) > 0 ? report : 0;
  self->now = now;
  fill_sets (self);
  show_sheet (self);
}

/* The test at its place in the sheet of now; tests may have come before it. */
static guint
find_test (ZqFlowView *self, const char *code)
{
  for (guint i = 0; i < zq_flowsheet_get_n_tests (self->sheet); i++)
    if (g_strcmp0 (zq_flowsheet_get_test (self->sheet, i)->code, code) == 0)
      return i;

  return 0;
}

static guint
find_date (ZqFlowView *self, gint64 at)
{
  guint i = 0;

  for (zq_flowsheet_find_dates (self->sheet, 1); i < zq_flowsheet_get_n_dates (self->sheet); i++)
    {
      if (zq_flowsheet_get_date (self->sheet, i) <= at)
        return i;
      zq_flowsheet_find_dates (self->sheet, i + 2);
    }

  return 0;
}

void
zq_flow_view_refresh (ZqFlowView *self)
{
  g_autofree char *code = NULL;
  guint test, date;
  gint64 at;

  if (self->store == NULL)
    return;
  if (!zq_flow_grid_get_cursor (self->grid, &test, &date))
    {
      show_sheet (self);
      return;
    }
  code = g_strdup (zq_flowsheet_get_test (self->sheet, test)->code);
  at = zq_flowsheet_get_date (self->sheet, date);
  show_sheet (self);
  zq_flow_grid_set_cursor (self->grid, find_test (self, code), find_date (self, at));
}

ZqFlowGrid *
zq_flow_view_get_grid (ZqFlowView *self)
{
  return self->grid;
}

static gboolean
zq_flow_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ZQ_FLOW_VIEW (widget)->grid));
}

static void
zq_flow_view_dispose (GObject *object)
{
  ZqFlowView *self = ZQ_FLOW_VIEW (object);

  if (self->box != NULL)
    zq_flow_view_close (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_flow_view_parent_class)->dispose (object);
}

static void
zq_flow_view_class_init (ZqFlowViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_flow_view_dispose;
  widget_class->grab_focus = zq_flow_view_grab_focus;
  signals[CLOSE] = g_signal_new ("close", ZQ_TYPE_FLOW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPEN] =
      g_signal_new ("open", ZQ_TYPE_FLOW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[TREND] = g_signal_new ("trend", ZQ_TYPE_FLOW_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_STRING);
  g_type_ensure (ZQ_TYPE_FLOW_GRID);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/lab/flowsheet-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqFlowView, box);
  gtk_widget_class_bind_template_child (widget_class, ZqFlowView, sets);
  gtk_widget_class_bind_template_child (widget_class, ZqFlowView, places);
  gtk_widget_class_bind_template_child (widget_class, ZqFlowView, grid);
  gtk_widget_class_bind_template_child (widget_class, ZqFlowView, reading);
  gtk_widget_class_bind_template_child (widget_class, ZqFlowView, sources);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_moved);
  gtk_widget_class_bind_template_callback (widget_class, on_set);
  gtk_widget_class_bind_template_callback (widget_class, on_trend);
}

static void
zq_flow_view_init (ZqFlowView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

ZqFlowsheet *
zq_flow_view_get_sheet (ZqFlowView *self)
{
  return self->sheet;
}

const char *
zq_flow_view_get_title (ZqFlowView *self)
{
  GtkStringObject *selected = gtk_drop_down_get_selected_item (self->sets);

  return selected != NULL ? gtk_string_object_get_string (selected) : NULL;
}
