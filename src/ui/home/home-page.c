/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/home/home-page.h"

#include "rules/context.h"
#include "ui/home/home-detail.h"
#include "ui/home/home-row.h"
#include "ui/home/home-words.h"
#include "ui/widgets/chart.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>
#include <math.h>

static const guint periods[] = { 14, 30, 90 };

struct _ZqHomePage
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkDropDown *kinds;
  GtkDropDown *periods;
  GtkLabel *summary;
  ZqChart *chart;
  ZqChart *chart2; /* the diastolic */
  GtkLabel *reading;
  ZqHomeRow *titles;
  GtkListView *view;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  GCancellable *cancellable;
  ZqHome *home;
  GListStore *days;      /* of GtkStringObject: the place in home->days */
  GHashTable *shown;     /* ZqHomeRow → place */
  GArray *offered;       /* ZqHomeKind of each line of `kinds` */
  GPtrArray *charted[2]; /* ZqHomeReading of each point, borrowed from `home`; of the diastolic */

  gint64 patient;
  gint64 opened; /* start of the day that is open, 0 */
  gint64 day;    /* of which "today" is */
  ZqHomeKind kind;
  gboolean filling;
  gboolean chosen;        /* the doctor has said which kind */
  gboolean waiting_focus; /* the days get it when they are there */
  int focus_frames;
};

enum
{
  CLOSE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqHomePage, zq_home_page, GTK_TYPE_WIDGET)

static const ZqContext *
get_context (ZqHomePage *self)
{
  return zq_store_get_context (self->store);
}

static ZqPolicy *
get_policy (ZqHomePage *self)
{
  return zq_context_get_policy (get_context (self));
}

static GTimeZone *
get_zone (ZqHomePage *self)
{
  return get_context (self)->zone;
}

/* --- the curve -------------------------------------------------------------------------------------- */

static double
number_of (const char *text)
{
  return text != NULL ? g_ascii_strtod (text, NULL) : NAN;
}

static gboolean
make_point (ZqHomePage *self, const ZqHomeReading *reading, gboolean diastolic, ZqChartPoint *point)
{
  ZqHomeKind kind = diastolic ? ZQ_HOME_DIASTOLIC : reading->kind;
  ZqHomeTarget target = zq_home_target (get_policy (self), kind, reading->context);
  const ZqQuantity *value = diastolic ? reading->diastolic : reading->value;
  ZqRangePlace place = diastolic ? reading->place_diastolic : reading->place;

  *point = (ZqChartPoint){ .at = reading->at,
                           .low = number_of (target.from),
                           .high = number_of (target.to != NULL ? target.to : target.below),
                           .abnormal = place == ZQ_RANGE_LOW || place == ZQ_RANGE_HIGH };

  return reading->kind == self->kind && zq_home_reading_counts (reading) && value != NULL &&
         zq_quantity_to_double (value, &point->value);
}

static void
show_curve (ZqHomePage *self, ZqChart *chart, gboolean diastolic)
{
  GPtrArray *charted = self->charted[diastolic];
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (ZqChartPoint));

  g_ptr_array_set_size (charted, 0);
  for (guint i = 0; i < self->home->readings->len; i++)
    {
      ZqChartPoint point;

      if (!make_point (self, self->home->readings->pdata[i], diastolic, &point))
        continue;
      g_array_append_val (points, point);
      g_ptr_array_add (charted, self->home->readings->pdata[i]);
    }
  zq_chart_set_points (chart, (ZqChartPoint *)points->data, points->len, get_zone (self));
}

static char *
words_point (ZqHomePage *self, const GPtrArray *charted, guint place)
{
  const ZqHomeReading *reading;
  g_autofree char *when = NULL, *words = NULL;

  if (place >= charted->len)
    return g_strdup (_ ("← and → go from value to value, + and − zoom"));
  reading = charted->pdata[place];
  when = zq_words_day_clock (reading->at, zq_ticker_get_now (self->ticker), get_zone (self));
  words = zq_home_words_reading (reading);

  return g_strdup_printf ("%s · %s", when, words);
}

static void
say_point (ZqHomePage *self, ZqChart *chart)
{
  const GPtrArray *charted = self->charted[chart == self->chart2];
  g_autofree char *words = NULL;

  if (self->home == NULL)
    return;
  words = words_point (self, charted, zq_chart_get_selected (chart));
  gtk_label_set_label (self->reading, words);
  gtk_widget_set_visible (GTK_WIDGET (self->reading), zq_chart_get_selected (chart) < charted->len);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
on_selected (ZqHomePage *self)
{
  say_point (self, self->chart);
}

static void
on_selected2 (ZqHomePage *self)
{
  say_point (self, self->chart2);
}

static void load (ZqHomePage *self);

/* --- a day ------------------------------------------------------------------------------------------ */

static const ZqHomeDay *
day_at (ZqHomePage *self, guint place)
{
  return self->home != NULL && place < self->home->days->len ? self->home->days->pdata[place] : NULL;
}

static void
on_settled (ZqHomePage *self)
{
  load (self);
}

static GtkWidget *
make_content (ZqHomePage *self, const ZqHomeDay *day)
{
  GtkWidget *detail = zq_home_detail_new (self->store, self->patient, self->home, day, zq_ticker_get_now (self->ticker),
                                          get_zone (self));

  g_signal_connect_object (detail, "settled", G_CALLBACK (on_settled), self, G_CONNECT_SWAPPED);

  return detail;
}

static void
update_row (ZqHomePage *self, ZqHomeRow *row, guint place)
{
  const ZqHomeDay *day = day_at (self, place);
  gboolean open = day != NULL && self->opened == day->start && day->readings->len > 0;

  if (open && zq_home_row_get_content (row) == NULL)
    zq_home_row_set_content (row, make_content (self, day));
  else if (!open && zq_home_row_get_content (row) != NULL)
    zq_home_row_set_content (row, NULL);
}

static void
set_opened (ZqHomePage *self, gint64 start)
{
  GHashTableIter iter;
  gpointer row, place;

  self->opened = start;
  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &row, &place))
    update_row (self, row, GPOINTER_TO_UINT (place));
}

static void
toggle (ZqHomePage *self, guint place)
{
  const ZqHomeDay *day = day_at (self, place);

  if (day != NULL)
    set_opened (self, self->opened == day->start ? 0 : day->start);
}

static void
on_activate (ZqHomePage *self, guint place)
{
  toggle (self, place);
}

static void
on_clicked (ZqHomePage *self, ZqHomeRow *row)
{
  gpointer place;

  if (g_hash_table_lookup_extended (self->shown, row, NULL, &place))
    toggle (self, GPOINTER_TO_UINT (place));
}

/* Into what is open: a list's Tab goes from row to row, and it keeps the arrows to itself. */
static gboolean
on_view_key (ZqHomePage *self, guint key, guint code, GdkModifierType state)
{
  GHashTableIter iter;
  gpointer row;

  if (key != GDK_KEY_Right || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      GtkWidget *content = zq_home_row_get_content (row);

      if (content != NULL && gtk_widget_get_focus_child (row) == NULL)
        return gtk_widget_child_focus (content, GTK_DIR_TAB_FORWARD);
    }

  return FALSE;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, ZqHomePage *self)
{
  ZqHomeRow *row = zq_home_row_new ();

  g_signal_connect_object (row, "clicked", G_CALLBACK (on_clicked), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, GTK_WIDGET (row));
}

static void
show_row (ZqHomePage *self, ZqHomeRow *row, guint place)
{
  const ZqHomeDay *day = day_at (self, place);

  if (day == NULL)
    return;
  zq_home_row_set_day (row, self->home, day, get_policy (self), self->kind, zq_ticker_get_now (self->ticker),
                       get_zone (self));
  /* Not under the hand of who writes. */
  if (zq_home_row_get_content (row) == NULL ||
      !zq_home_detail_is_writing (ZQ_HOME_DETAIL (zq_home_row_get_content (row))))
    zq_home_row_set_content (row, NULL);
  update_row (self, row, place);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, ZqHomePage *self)
{
  ZqHomeRow *row = ZQ_HOME_ROW (gtk_list_item_get_child (item));
  guint place = gtk_list_item_get_position (item);

  g_hash_table_insert (self->shown, row, GUINT_TO_POINTER (place));
  show_row (self, row, place);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, ZqHomePage *self)
{
  ZqHomeRow *row = ZQ_HOME_ROW (gtk_list_item_get_child (item));

  g_hash_table_remove (self->shown, row);
  zq_home_row_set_content (row, NULL);
}

/* --- what is shown ---------------------------------------------------------------------------------- */

static gboolean
is_offered (const ZqHome *home, guint kind)
{
  return kind != ZQ_HOME_DIASTOLIC && (home->n[kind] > 0 || kind == ZQ_HOME_GLUCOSE || kind == ZQ_HOME_SYSTOLIC);
}

/* Before the doctor has said what, it is what there is most of. */
static ZqHomeKind
usual_kind (const ZqHome *home)
{
  guint best = ZQ_HOME_GLUCOSE;

  for (guint kind = 0; kind < ZQ_HOME_N_KINDS; kind++)
    if (is_offered (home, kind) && home->n[kind] > home->n[best])
      best = kind;

  return (ZqHomeKind)best;
}

static void
fill_kinds (ZqHomePage *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  guint selected = 0;

  g_array_set_size (self->offered, 0);
  for (guint kind = 0; kind < ZQ_HOME_N_KINDS; kind++)
    {
      g_autofree char *line = g_strdup_printf ("%s %u", zq_home_words_kind ((ZqHomeKind)kind), self->home->n[kind]);

      if (!is_offered (self->home, kind) && kind != self->kind)
        continue;
      if (kind == self->kind)
        selected = self->offered->len;
      g_array_append_val (self->offered, kind);
      gtk_string_list_append (list, line);
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->kinds, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->kinds, selected);
  self->filling = FALSE;
}

/* Rows stay where they are, so that what is open and the place of the eye do. */
static void
show_days (ZqHomePage *self)
{
  guint have = g_list_model_get_n_items (G_LIST_MODEL (self->days)), want = self->home->days->len;
  GHashTableIter iter;
  gpointer row, place;

  for (guint i = have; i < want; i++)
    {
      g_autoptr (GtkStringObject) item = gtk_string_object_new ("");

      g_list_store_append (self->days, item);
    }
  if (have > want)
    g_list_store_splice (self->days, want, have - want, NULL, 0);
  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &row, &place))
    show_row (self, row, GPOINTER_TO_UINT (place));
}

static void
show_home (ZqHomePage *self)
{
  g_autofree char *summary = zq_home_words_summary (self->home, get_policy (self), self->kind);

  gtk_label_set_label (self->summary, summary);
  zq_home_row_set_titles (self->titles, self->kind);
  gtk_widget_set_visible (GTK_WIDGET (self->chart2), self->kind == ZQ_HOME_SYSTOLIC);
  if (self->kind == ZQ_HOME_SYSTOLIC)
    show_curve (self, self->chart2, TRUE);
  show_curve (self, self->chart, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->chart), self->charted[0]->len > 0);
  show_days (self);
  on_selected (self);
}

/* A list that was just filled has rows to give the focus to only when it has been laid out. */
static gboolean
on_focus_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqHomePage *self = ZQ_HOME_PAGE (widget);

  if (self->focus_frames-- > 0)
    return G_SOURCE_CONTINUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self->view)))
    gtk_widget_grab_focus (GTK_WIDGET (self->view));

  return G_SOURCE_REMOVE;
}

static void
focus_days (ZqHomePage *self)
{
  self->waiting_focus = FALSE;
  self->focus_frames = 2;
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_focus_tick, NULL, NULL);
}

static void
take (ZqHomePage *self, ZqHome *home)
{
  g_autoptr (ZqHome) before = g_steal_pointer (&self->home);

  self->home = home;
  if (!self->chosen)
    self->kind = usual_kind (home);
  fill_kinds (self);
  show_home (self);
  if (self->waiting_focus)
    focus_days (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqHomePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqHome) home = zq_home_load_finish (ZQ_STORE (source), result, &error);

  if (home != NULL && self->store == ZQ_STORE (source))
    take (self, g_steal_pointer (&home));
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("What was measured at home could not be read: %s", error->message);
}

static void
load (ZqHomePage *self)
{
  guint selected = gtk_drop_down_get_selected (self->periods);
  gint64 now = zq_ticker_get_now (self->ticker);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->day = zq_day_number (now, get_zone (self));
  zq_home_load_async (self->store, self->patient, periods[MIN (selected, G_N_ELEMENTS (periods) - 1)], now,
                      self->cancellable, on_loaded, g_object_ref (self));
}

static void
on_kind (ZqHomePage *self)
{
  guint selected = gtk_drop_down_get_selected (self->kinds);

  if (self->filling || self->home == NULL || selected >= self->offered->len)
    return;
  self->kind = g_array_index (self->offered, ZqHomeKind, selected);
  self->chosen = TRUE;
  show_home (self);
}

static void
on_period (ZqHomePage *self)
{
  if (self->store != NULL)
    load (self);
}

static void
on_changed (ZqHomePage *self, ZqChanges *changes)
{
  if (zq_changes_has_patient (changes, self->patient) &&
      (zq_changes_has (changes, "home") || zq_changes_has (changes, "message")))
    load (self);
}

/* Today is another day by now. */
static void
on_minute (ZqHomePage *self)
{
  if (zq_day_number (zq_ticker_get_now (self->ticker), get_zone (self)) != self->day)
    load (self);
}

/* --- public ----------------------------------------------------------------------------------------- */

void
zq_home_page_open (ZqHomePage *self, ZqStore *store, ZqTicker *ticker, gint64 patient)
{
  zq_home_page_close (self);
  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  self->patient = patient;
  self->chosen = FALSE;
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ticker, "notify::now", G_CALLBACK (on_minute), self, G_CONNECT_SWAPPED);
  load (self);
}

/* Nothing of one patient stays where the next one's is shown. */
void
zq_home_page_close (ZqHomePage *self)
{
  if (self->store == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_signal_handlers_disconnect_by_data (self->ticker, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->opened = 0;
  g_list_store_remove_all (self->days);
  g_ptr_array_set_size (self->charted[0], 0);
  g_ptr_array_set_size (self->charted[1], 0);
  zq_chart_set_points (self->chart, NULL, 0, get_zone (self));
  zq_chart_set_points (self->chart2, NULL, 0, get_zone (self));
  gtk_label_set_label (self->summary, "");
  gtk_label_set_label (self->reading, "");
  g_clear_pointer (&self->home, zq_home_free);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
}

gboolean
zq_home_page_back (ZqHomePage *self)
{
  if (self->opened == 0)
    return FALSE;
  set_opened (self, 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));

  return TRUE;
}

static void
on_close_clicked (ZqHomePage *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

static gboolean
zq_home_page_grab_focus (GtkWidget *widget)
{
  ZqHomePage *self = ZQ_HOME_PAGE (widget);

  if (self->home != NULL)
    focus_days (self);
  else
    self->waiting_focus = TRUE;

  return gtk_widget_grab_focus (GTK_WIDGET (self->kinds));
}

static void
zq_home_page_dispose (GObject *object)
{
  ZqHomePage *self = ZQ_HOME_PAGE (object);

  if (self->box != NULL)
    {
      zq_home_page_close (self);
      gtk_list_view_set_model (self->view, NULL);
    }
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->days);
  g_clear_pointer (&self->shown, g_hash_table_unref);
  g_clear_pointer (&self->offered, g_array_unref);
  g_clear_pointer (&self->charted[0], g_ptr_array_unref);
  g_clear_pointer (&self->charted[1], g_ptr_array_unref);
  G_OBJECT_CLASS (zq_home_page_parent_class)->dispose (object);
}

static void
zq_home_page_class_init (ZqHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_home_page_dispose;
  widget_class->grab_focus = zq_home_page_grab_focus;
  signals[CLOSE] = g_signal_new ("close", ZQ_TYPE_HOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ZQ_TYPE_CHART);
  g_type_ensure (ZQ_TYPE_HOME_ROW);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/home/home-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, box);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, kinds);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, periods);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, summary);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, chart);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, chart2);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, reading);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, titles);
  gtk_widget_class_bind_template_child (widget_class, ZqHomePage, view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_kind);
  gtk_widget_class_bind_template_callback (widget_class, on_period);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_selected2);
}

static void
fill_periods (ZqHomePage *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (periods); i++)
    {
      g_autofree char *line = g_strdup_printf (g_dngettext (NULL, "%u day", "%u days", periods[i]), periods[i]);

      gtk_string_list_append (list, line);
    }
  gtk_drop_down_set_model (self->periods, G_LIST_MODEL (list));
}

static void
zq_home_page_init (ZqHomePage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->days = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  self->shown = g_hash_table_new (NULL, NULL);
  self->offered = g_array_new (FALSE, FALSE, sizeof (ZqHomeKind));
  self->charted[0] = g_ptr_array_new ();
  self->charted[1] = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_view_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  fill_periods (self);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view,
                           GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->days)))));
}
