/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/flowsheet-grid.h"

#include "ui/lab/report-words.h"
#include "ui/patient/record-words.h"

#include <glib/gi18n.h>
#include <math.h>

#define PAD         6    /* pixels around a cell's text */
#define MOST_CACHED 3000 /* layouts */
#define AHEAD       4    /* dates are found before they come into sight */

struct _ZqFlowGrid
{
  GtkWidget parent_instance;

  /* owned */
  GtkAdjustment *hadjustment, *vadjustment;
  GTimeZone *zone;
  GHashTable *layouts; /* place of the text → PangoLayout */
  char *font;          /* what they are laid out in */

  ZqFlowsheet *sheet; /* borrowed */
  GString *record;    /* borrowed */
  GtkScrollablePolicy hpolicy, vpolicy;
  guint test, date; /* the cell that is read */
  guint n_laid;
  double row, column, head_width, head_height; /* in pixels; 0: not measured */
};

enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum
{
  MOVED,
  ACTIVATE,
  TREND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqFlowGrid,
                               zq_flow_grid,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static guint
n_tests (ZqFlowGrid *self)
{
  return self->sheet != NULL ? zq_flowsheet_get_n_tests (self->sheet) : 0;
}

static guint
n_dates (ZqFlowGrid *self)
{
  return self->sheet != NULL ? zq_flowsheet_get_n_dates (self->sheet) : 0;
}

/* --- places ------------------------------------------------------------------------------------- */

static PangoLayout *
lay_out (ZqFlowGrid *self, const char *text, double width, gboolean bold, gboolean italic)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  const char *end = strchr (text, '\n');
  PangoAttribute *small = pango_attr_scale_new (PANGO_SCALE_SMALL);

  small->start_index = end != NULL ? (guint)(end - text) : G_MAXUINT;
  pango_attr_list_insert (attributes, small);
  if (bold)
    {
      PangoAttribute *weight = pango_attr_weight_new (PANGO_WEIGHT_BOLD);

      weight->end_index = small->start_index;
      pango_attr_list_insert (attributes, weight);
    }
  if (italic)
    pango_attr_list_insert (attributes, pango_attr_style_new (PANGO_STYLE_ITALIC));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);

  return layout;
}

/* Two lines a cell, the second one smaller; a day fits into a column at every size of type. */
static void
measure (ZqFlowGrid *self)
{
  PangoFontMetrics *metrics;
  g_autoptr (PangoLayout) lines = NULL;
  double digit, letter;
  int height;

  if (self->row > 0)
    return;
  metrics = pango_context_get_metrics (gtk_widget_get_pango_context (GTK_WIDGET (self)), NULL, NULL);
  digit = pango_font_metrics_get_approximate_digit_width (metrics) / (double)PANGO_SCALE;
  letter = pango_font_metrics_get_approximate_char_width (metrics) / (double)PANGO_SCALE;
  pango_font_metrics_unref (metrics);
  /* A Chinese character (U+56FD) stands higher than what a font says of itself. */
  lines = lay_out (self, "\345\233\275\n\345\233\275", 10000, TRUE, FALSE);
  pango_layout_get_pixel_size (lines, NULL, &height);
  self->row = height + PAD;
  self->head_height = self->row;
  self->column = ceil (digit * 12 + 2 * PAD);
  self->head_width = ceil (letter * 16 + 2 * PAD);
}

/* Where the names end: they never take more than half of it. */
static double
get_left (ZqFlowGrid *self)
{
  return MIN (self->head_width, floor (gtk_widget_get_width (GTK_WIDGET (self)) / 2.0));
}

static double
get_offset (GtkAdjustment *adjustment)
{
  return adjustment != NULL ? floor (gtk_adjustment_get_value (adjustment)) : 0;
}

static void
configure (GtkAdjustment *adjustment, double size, double page, double step)
{
  if (adjustment == NULL)
    return;
  page = MAX (page, 0);
  gtk_adjustment_configure (adjustment, CLAMP (gtk_adjustment_get_value (adjustment), 0, MAX (size - page, 0)), 0,
                            MAX (size, page), step, MAX (page - step, step), page);
}

/* Dates that come into sight soon are found, and there is room to go to them. */
static void
fit (ZqFlowGrid *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double page;

  measure (self);
  if (width < 1 || height < 1)
    return;
  page = width - get_left (self);
  if (self->sheet != NULL)
    zq_flowsheet_find_dates (self->sheet,
                             (guint)MAX ((get_offset (self->hadjustment) + page) / self->column + AHEAD, 1));
  configure (self->hadjustment, n_dates (self) * self->column, page, self->column);
  configure (self->vadjustment, n_tests (self) * self->row, height - self->head_height, self->row);
}

static void
on_scrolled (ZqFlowGrid *self)
{
  fit (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- texts -------------------------------------------------------------------------------------- */

const char *
zq_flow_grid_source_mark (guint source)
{
  static const char *const marks[] = { "", "", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨" };

  return source < G_N_ELEMENTS (marks) ? marks[source] : "⊕";
}

char *
zq_flow_grid_words_cell (const ZqFlowCell *cell, const ZqFlowTest *test)
{
  g_autoptr (GString) text = g_string_new (cell->value != NULL ? cell->value : "—");
  const char *flag = zq_report_words_flag (cell->flag), *mark = zq_flow_grid_source_mark (cell->source);
  gsize first;

  if (cell->unit != NULL && g_strcmp0 (cell->unit, test->unit) != 0)
    g_string_append_printf (text, " %s", cell->unit);
  if (*flag != '\0')
    g_string_append_printf (text, " %s", flag);
  g_strdelimit (text->str, "\n", ' ');
  g_string_append_c (text, '\n');
  first = text->len;
  if (cell->state != ZQ_RECORD_FINAL)
    g_string_append (text, zq_record_words_status (cell->status));
  if (cell->n_values > 1)
    g_string_append_printf (text, "%s+%u", text->len > first ? " · " : "", cell->n_values - 1);
  if (*mark != '\0')
    g_string_append_printf (text, "%s%s", text->len > first ? " " : "", mark);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
zq_flow_grid_words_date (gint64 at, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = at != 0 ? g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC) : NULL;
  g_autoptr (GDateTime) there = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  if (there == NULL)
    return g_strdup (_ ("no date"));
  /* A day without a time begins at midnight. */
  if (g_date_time_get_hour (there) == 0 && g_date_time_get_minute (there) == 0)
    return g_date_time_format (there, "%Y-%m-%d\n");

  return g_date_time_format (there, "%Y-%m-%d\n%H:%M");
}

/* What a text stands for: a cell, a test's name (date 0xffffffff), a date (test 0xffffffff). */
static char *
make_text (ZqFlowGrid *self, guint test, guint date)
{
  const ZqFlowTest *of = test != G_MAXUINT ? zq_flowsheet_get_test (self->sheet, test) : NULL;

  if (of == NULL)
    return zq_flow_grid_words_date (zq_flowsheet_get_date (self->sheet, date), self->zone);
  if (date == G_MAXUINT)
    {
      g_autofree char *name = g_strdelimit (g_strdup (of->name), "\n", ' ');

      return g_strdup_printf ("%s\n%s", name, of->unit != NULL ? of->unit : "");
    }

  return zq_flow_grid_words_cell (zq_flowsheet_get_cell (self->sheet, test, date), of);
}

static PangoLayout *
get_layout (ZqFlowGrid *self, guint test, guint date, double width)
{
  gint64 key = ((gint64)test << 32) | date;
  PangoLayout *layout = g_hash_table_lookup (self->layouts, &key);
  const ZqFlowCell *cell = NULL;
  g_autofree char *text = NULL;

  if (layout != NULL)
    return layout;
  if (test != G_MAXUINT && date != G_MAXUINT)
    cell = zq_flowsheet_get_cell (self->sheet, test, date);
  text = make_text (self, test, date);
  layout = lay_out (self, text, width, cell != NULL ? zq_flag_is_abnormal (cell->flag) : date == G_MAXUINT,
                    cell != NULL && cell->state != ZQ_RECORD_FINAL && cell->state != ZQ_RECORD_CHANGED);
  self->n_laid++;
  g_hash_table_insert (self->layouts, g_memdup2 (&key, sizeof key), layout);

  return layout;
}

static void
forget_layouts (ZqFlowGrid *self)
{
  g_hash_table_remove_all (self->layouts);
  self->row = 0;
}

/* --- drawing ------------------------------------------------------------------------------------ */

typedef struct
{
  ZqFlowGrid *grid;
  GtkSnapshot *snapshot;
  double left, top, width, height;      /* where cells begin; of all of it */
  guint test, end_test, date, end_date; /* in sight */
  GdkRGBA ink, dim, alarm, warning, accent, stripe;
} Drawing;

static double
place_x (const Drawing *d, guint date)
{
  return d->left + date * d->grid->column - get_offset (d->grid->hadjustment);
}

static double
place_y (const Drawing *d, guint test)
{
  return d->top + test * d->grid->row - get_offset (d->grid->vadjustment);
}

static void
draw_text (const Drawing *d, PangoLayout *layout, double x, double y, const GdkRGBA *colour)
{
  gtk_snapshot_save (d->snapshot);
  gtk_snapshot_translate (d->snapshot, &GRAPHENE_POINT_INIT ((float)(x + PAD), (float)(y + PAD / 2.0)));
  gtk_snapshot_append_layout (d->snapshot, layout, colour);
  gtk_snapshot_restore (d->snapshot);
  if (d->grid->record != NULL)
    {
      g_autofree char *line = g_strdelimit (g_strdup (pango_layout_get_text (layout)), "\n", '/');

      g_string_append_printf (d->grid->record, "%.0f %.0f %s%s\n", x, y, line,
                              pango_layout_is_ellipsized (layout) ? " (cut)" : "");
    }
}

static void
fill (const Drawing *d, double x, double y, double width, double height, const GdkRGBA *colour)
{
  gtk_snapshot_append_color (d->snapshot, colour,
                             &GRAPHENE_RECT_INIT ((float)x, (float)y, (float)width, (float)height));
}

static void
push_clip (const Drawing *d, double x, double y)
{
  gtk_snapshot_push_clip (d->snapshot, &GRAPHENE_RECT_INIT ((float)x, (float)y, (float)MAX (d->width - x, 0),
                                                            (float)MAX (d->height - y, 0)));
}

static void
draw_cursor (const Drawing *d)
{
  GdkRGBA colour = d->accent;
  graphene_rect_t area = GRAPHENE_RECT_INIT ((float)place_x (d, d->grid->date), (float)place_y (d, d->grid->test),
                                             (float)d->grid->column, (float)d->grid->row);
  GskRoundedRect border;

  if (!gtk_widget_has_focus (GTK_WIDGET (d->grid)))
    colour.alpha *= 0.4f;
  gsk_rounded_rect_init_from_rect (&border, &area, 4);
  gtk_snapshot_append_border (d->snapshot, &border, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ colour, colour, colour, colour });
}

static void
draw_cells (const Drawing *d)
{
  ZqFlowGrid *self = d->grid;

  push_clip (d, d->left, d->top);
  for (guint test = d->test; test < d->end_test; test++)
    {
      if (test % 2 == 1)
        fill (d, d->left, place_y (d, test), d->width - d->left, self->row, &d->stripe);
      for (guint date = d->date; date < d->end_date; date++)
        {
          const ZqFlowCell *cell = zq_flowsheet_get_cell (self->sheet, test, date);

          if (cell == NULL)
            continue;
          draw_text (d, get_layout (self, test, date, self->column - 2 * PAD), place_x (d, date), place_y (d, test),
                     zq_flag_is_critical (cell->flag)   ? &d->alarm
                     : zq_flag_is_abnormal (cell->flag) ? &d->warning
                                                        : &d->ink);
        }
    }
  draw_cursor (d);
  gtk_snapshot_pop (d->snapshot);
}

static void
draw_heads (const Drawing *d)
{
  ZqFlowGrid *self = d->grid;

  push_clip (d, d->left, 0);
  for (guint date = d->date; date < d->end_date; date++)
    draw_text (d, get_layout (self, G_MAXUINT, date, self->column - 2 * PAD), place_x (d, date), 0, &d->dim);
  gtk_snapshot_pop (d->snapshot);
  push_clip (d, 0, d->top);
  for (guint test = d->test; test < d->end_test; test++)
    {
      if (test % 2 == 1)
        fill (d, 0, place_y (d, test), d->left, self->row, &d->stripe);
      draw_text (d, get_layout (self, test, G_MAXUINT, d->left - 2 * PAD), 0, place_y (d, test), &d->ink);
    }
  gtk_snapshot_pop (d->snapshot);
  fill (d, 0, d->top - 1, d->width, 1, &d->stripe);
  fill (d, d->left - 1, 0, 1, d->height, &d->stripe);
}

static void
look_up (GtkStyleContext *context, const char *name, GdkRGBA *colour, const GdkRGBA *fallback)
{
  if (!gtk_style_context_lookup_color (context, name, colour))
    *colour = *fallback;
}

static void
find_colours (Drawing *d)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (d->grid));

  gtk_style_context_get_color (context, &d->ink);
  d->dim = d->ink;
  d->dim.alpha *= 0.8f;
  d->stripe = d->ink;
  d->stripe.alpha *= 0.06f;
  look_up (context, "error_color", &d->alarm, &d->ink);
  look_up (context, "warning_color", &d->warning, &d->ink);
  look_up (context, "accent_color", &d->accent, &d->ink);
}

static void
zq_flow_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (widget);
  Drawing d = { .grid = self, .snapshot = snapshot };

  if (n_tests (self) == 0 || n_dates (self) == 0)
    return;
  measure (self);
  if (g_hash_table_size (self->layouts) > MOST_CACHED)
    g_hash_table_remove_all (self->layouts);
  d.width = gtk_widget_get_width (widget);
  d.height = gtk_widget_get_height (widget);
  d.left = get_left (self);
  d.top = self->head_height;
  d.test = (guint)(get_offset (self->vadjustment) / self->row);
  d.date = (guint)(get_offset (self->hadjustment) / self->column);
  d.end_test = MIN (d.test + (guint)MAX ((d.height - d.top) / self->row, 0) + 2, n_tests (self));
  d.end_date = MIN (d.date + (guint)MAX ((d.width - d.left) / self->column, 0) + 2, n_dates (self));
  find_colours (&d);
  draw_cells (&d);
  draw_heads (&d);
}

/* --- the cell that is read ---------------------------------------------------------------------- */

static void
scroll_to (GtkAdjustment *adjustment, double from, double to)
{
  if (adjustment != NULL)
    gtk_adjustment_clamp_page (adjustment, from, to);
}

gboolean
zq_flow_grid_get_cursor (ZqFlowGrid *self, guint *test, guint *date)
{
  *test = self->test;
  *date = self->date;

  return self->test < n_tests (self) && self->date < n_dates (self);
}

void
zq_flow_grid_set_cursor (ZqFlowGrid *self, guint test, guint date)
{
  if (n_tests (self) == 0)
    return;
  if (date >= n_dates (self))
    zq_flowsheet_find_dates (self->sheet, date + 1);
  self->test = MIN (test, n_tests (self) - 1);
  self->date = MIN (date, MAX (n_dates (self), 1) - 1);
  fit (self);
  scroll_to (self->hadjustment, self->date * self->column, (self->date + 1) * self->column);
  scroll_to (self->vadjustment, self->test * self->row, (self->test + 1) * self->row);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[MOVED], 0);
}

static guint
move (guint from, gint32 by)
{
  return by < 0 ? from - MIN (from, (guint)-by) : from + (guint)by;
}

static gboolean
move_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (widget);
  gint32 down, right;

  g_variant_get (args, "(ii)", &down, &right);
  zq_flow_grid_set_cursor (self, move (self->test, down), MIN (move (self->date, right), n_dates (self)));

  return TRUE;
}

static gboolean
page_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (widget);
  gint32 page = (gint32)MAX ((gtk_widget_get_height (widget) - self->head_height) / MAX (self->row, 1) - 1, 1);

  zq_flow_grid_set_cursor (self, move (self->test, g_variant_get_int32 (args) * page), self->date);

  return TRUE;
}

static gboolean
emit_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  g_signal_emit (widget, signals[g_variant_get_uint32 (args)], 0);

  return TRUE;
}

static void
on_pressed (ZqFlowGrid *self, int n, double x, double y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_tests (self) == 0 || n_dates (self) == 0 || self->row == 0)
    return;
  x = MAX (x - get_left (self), 0) + get_offset (self->hadjustment);
  y = MAX (y - self->head_height, 0) + get_offset (self->vadjustment);
  if (x >= n_dates (self) * self->column || y >= n_tests (self) * self->row)
    return;
  zq_flow_grid_set_cursor (self, (guint)(y / self->row), (guint)(x / self->column));
  if (n == 2)
    g_signal_emit (self, signals[ACTIVATE], 0);
}

/* --- object ------------------------------------------------------------------------------------- */

void
zq_flow_grid_set_sheet (ZqFlowGrid *self, ZqFlowsheet *sheet, GTimeZone *zone)
{
  forget_layouts (self);
  self->sheet = sheet;
  self->test = self->date = 0;
  self->n_laid = 0;
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->zone = zone != NULL ? g_time_zone_ref (zone) : NULL;
  if (self->hadjustment != NULL)
    gtk_adjustment_set_value (self->hadjustment, 0);
  if (self->vadjustment != NULL)
    gtk_adjustment_set_value (self->vadjustment, 0);
  if (sheet != NULL)
    zq_flowsheet_find_dates (sheet, 1);
  fit (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
zq_flow_grid_get_n_laid (ZqFlowGrid *self)
{
  return self->n_laid;
}

void
zq_flow_grid_set_record (ZqFlowGrid *self, GString *record)
{
  self->record = record;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_adjustment (ZqFlowGrid *self, GtkAdjustment **place, GtkAdjustment *adjustment)
{
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_set_object (place, adjustment);
  if (adjustment != NULL)
    g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (on_scrolled), self);
  fit (self);
}

static void
zq_flow_grid_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (object);

  if (prop_id == PROP_HADJUSTMENT || prop_id == PROP_VADJUSTMENT)
    g_value_set_object (value, prop_id == PROP_HADJUSTMENT ? self->hadjustment : self->vadjustment);
  else
    g_value_set_enum (value, prop_id == PROP_HSCROLL_POLICY ? (int)self->hpolicy : (int)self->vpolicy);
}

static void
zq_flow_grid_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (object);

  if (prop_id == PROP_HADJUSTMENT)
    set_adjustment (self, &self->hadjustment, g_value_get_object (value));
  else if (prop_id == PROP_VADJUSTMENT)
    set_adjustment (self, &self->vadjustment, g_value_get_object (value));
  else if (prop_id == PROP_HSCROLL_POLICY)
    self->hpolicy = (GtkScrollablePolicy)g_value_get_enum (value);
  else
    self->vpolicy = (GtkScrollablePolicy)g_value_get_enum (value);
}

static void
zq_flow_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (widget);

  /* The names' column may be cut to another width. */
  g_hash_table_remove_all (self->layouts);
  fit (self);
}

static void
zq_flow_grid_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (widget);
  g_autofree char *font = NULL;

  GTK_WIDGET_CLASS (zq_flow_grid_parent_class)->css_changed (widget, change);
  font = pango_font_description_to_string (pango_context_get_font_description (gtk_widget_get_pango_context (widget)));
  gtk_widget_queue_draw (widget);
  /* Most changes are the focus that comes and goes. */
  if (g_strcmp0 (font, self->font) == 0)
    return;
  g_free (self->font);
  self->font = g_steal_pointer (&font);
  forget_layouts (self);
  gtk_widget_queue_resize (widget);
}

static void
zq_flow_grid_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (zq_flow_grid_parent_class)->system_setting_changed (widget, setting);
  forget_layouts (ZQ_FLOW_GRID (widget));
  gtk_widget_queue_resize (widget);
}

static void
zq_flow_grid_dispose (GObject *object)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (object);

  self->sheet = NULL;
  for (guint i = 0; i < 2; i++)
    {
      GtkAdjustment **place = i == 0 ? &self->hadjustment : &self->vadjustment;

      if (*place != NULL)
        g_signal_handlers_disconnect_by_data (*place, self);
      g_clear_object (place);
    }
  G_OBJECT_CLASS (zq_flow_grid_parent_class)->dispose (object);
}

static void
zq_flow_grid_finalize (GObject *object)
{
  ZqFlowGrid *self = ZQ_FLOW_GRID (object);

  g_hash_table_unref (self->layouts);
  g_free (self->font);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (zq_flow_grid_parent_class)->finalize (object);
}

static void
add_keys (GtkWidgetClass *klass)
{
  const gint32 far = G_MAXINT32 / 2;

  gtk_widget_class_add_binding (klass, GDK_KEY_Up, 0, move_key, "(ii)", -1, 0);
  gtk_widget_class_add_binding (klass, GDK_KEY_Down, 0, move_key, "(ii)", 1, 0);
  gtk_widget_class_add_binding (klass, GDK_KEY_Left, 0, move_key, "(ii)", 0, -1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Right, 0, move_key, "(ii)", 0, 1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, 0, move_key, "(ii)", 0, -far);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, 0, move_key, "(ii)", 0, far);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, GDK_CONTROL_MASK, move_key, "(ii)", -far, -far);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, GDK_CONTROL_MASK, move_key, "(ii)", far, 0);
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Up, 0, page_key, "i", -1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Down, 0, page_key, "i", 1);
  gtk_widget_class_add_binding (klass, GDK_KEY_Return, 0, emit_key, "u", ACTIVATE);
  gtk_widget_class_add_binding (klass, GDK_KEY_KP_Enter, 0, emit_key, "u", ACTIVATE);
  gtk_widget_class_add_binding (klass, GDK_KEY_t, 0, emit_key, "u", TREND);
}

static void
zq_flow_grid_class_init (ZqFlowGridClass *klass)
{
  static const char *const names[] = { "moved", "activate", "trend" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zq_flow_grid_get_property;
  object_class->set_property = zq_flow_grid_set_property;
  object_class->dispose = zq_flow_grid_dispose;
  object_class->finalize = zq_flow_grid_finalize;
  widget_class->snapshot = zq_flow_grid_snapshot;
  widget_class->size_allocate = zq_flow_grid_size_allocate;
  widget_class->css_changed = zq_flow_grid_css_changed;
  widget_class->system_setting_changed = zq_flow_grid_system_setting_changed;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], ZQ_TYPE_FLOW_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "flowsheet");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  add_keys (widget_class);
}

static void
zq_flow_grid_init (ZqFlowGrid *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->layouts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
