/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/wave.h"

#include "ui/lab/wave-scale.h"
#include "ui/widgets/chart-scale.h"

#include <glib/gi18n.h>
#include <math.h>

#define STRIP  110 /* height of a lead, in pixels, at least */
#define GAP    6
#define MOST_Y 5
#define TICK_X 70 /* pixels from a time to the next, at least */

struct _ZqWave
{
  GtkWidget parent_instance;

  const ZqSampled *sampled;
  GString *record;
};

G_DEFINE_FINAL_TYPE (ZqWave, zq_wave, GTK_TYPE_WIDGET)

typedef struct
{
  ZqWave *wave;
  cairo_t *cr;
  double left, width; /* of the plot */
  double line, strip; /* heights of a label and of a lead */
  GdkRGBA ink;
} Drawing;

/* --- words -------------------------------------------------------------------------------------- */

static void
add_part (GString *words, char *part)
{
  if (words->len > 0)
    g_string_append (words, " · ");
  g_string_append (words, part);
  g_free (part);
}

static void
add_gaps (GString *words, const ZqSampled *sampled)
{
  if (sampled->n_below > 0)
    add_part (words, g_strdup_printf (ngettext ("%u point below what can be measured",
                                                "%u points below what can be measured", sampled->n_below),
                                      sampled->n_below));
  if (sampled->n_above > 0)
    add_part (words, g_strdup_printf (ngettext ("%u point above what can be measured",
                                                "%u points above what can be measured", sampled->n_above),
                                      sampled->n_above));
  if (sampled->n_errors > 0)
    add_part (words,
              g_strdup_printf (ngettext ("%u point without a value", "%u points without a value", sampled->n_errors),
                               sampled->n_errors));
  if (sampled->cut)
    add_part (words, g_strdup (_ ("there is more than is shown")));
}

char *
zq_wave_words (const ZqSampled *sampled)
{
  GString *words = g_string_new (NULL);
  const char *unit = sampled->unit != NULL ? sampled->unit : _ ("without a unit");

  if (sampled->low != NULL && sampled->high != NULL)
    /* Translators: the smallest and the largest value of a curve, and their unit */
    add_part (words, g_strdup_printf (_ ("%1$s to %2$s %3$s"), sampled->low, sampled->high, unit));
  else
    add_part (words, g_strdup (_ ("no values")));
  if (sampled->n_leads > 1)
    add_part (words, g_strdup_printf (ngettext ("%u lead", "%u leads", sampled->n_leads), sampled->n_leads));
  add_part (words, g_strdup_printf (ngettext ("%u point", "%u points", sampled->n_points), sampled->n_points));
  /* Translators: seconds that a curve lasts */
  add_part (words, sampled->seconds != NULL ? g_strdup_printf (_ ("%s s"), sampled->seconds)
                                            : g_strdup (_ ("time between points not given")));
  if (sampled->lower_limit != NULL && sampled->upper_limit != NULL)
    /* Translators: between which values the device can measure */
    add_part (words, g_strdup_printf (_ ("measurable from %1$s to %2$s"), sampled->lower_limit, sampled->upper_limit));
  add_gaps (words, sampled);
  if (sampled->name != NULL)
    {
      /* Translators: what was measured, and what is to say of it */
      char *all = g_strdup_printf (_ ("%1$s: %2$s"), sampled->name, words->str);

      g_string_free (words, TRUE);

      return all;
    }

  return g_string_free (words, FALSE);
}

/* --- labels ------------------------------------------------------------------------------------- */

static PangoLayout *
make_label (ZqWave *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

static int
measure_label (ZqWave *self, const char *text, int *height)
{
  g_autoptr (PangoLayout) layout = make_label (self, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, height);

  return width;
}

/* @align: 0 begins at @x, 1 ends there; @y: its middle. */
static void
write_label (const Drawing *d, const char *text, double x, double y, double align)
{
  g_autoptr (PangoLayout) layout = make_label (d->wave, text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (d->cr, x - align * width, y - height / 2.0);
  pango_cairo_show_layout (d->cr, layout);
  if (d->wave->record != NULL)
    g_string_append_printf (d->wave->record, "%.0f %.0f %s\n", x, y, text);
}

static void
set_ink (const Drawing *d, double alpha)
{
  cairo_set_source_rgba (d->cr, d->ink.red, d->ink.green, d->ink.blue, d->ink.alpha * alpha);
}

/* (transfer full) (nullable) (element-type double) */
static GArray *
make_ticks (const ZqSampled *sampled, guint lead)
{
  double low, high;
  g_autoptr (GArray) ticks = NULL;

  if (!zq_wave_extent ((const double *)(gpointer)sampled->values->data, sampled->n_points, sampled->n_leads, lead, &low,
                       &high))
    return NULL;
  ticks = zq_chart_ticks (low, high, MOST_Y);

  return ticks->len >= 2 ? g_steal_pointer (&ticks) : NULL;
}

static char *
format_tick (GArray *ticks, guint i)
{
  double step = g_array_index (ticks, double, 1) - g_array_index (ticks, double, 0);

  return g_strdup_printf ("%.*f", (int)zq_chart_decimals (step), g_array_index (ticks, double, i));
}

/* Its labels stand below each other in any size of type. */
static double
get_strip (double line)
{
  return fmax (STRIP, MOST_Y * line);
}

/* A lead with its unit above it. */
static double
get_lane (double line)
{
  return GAP + 1.5 * line + get_strip (line) + GAP;
}

/* The plot begins where the widest label of all scales ends. */
static void
make_room (Drawing *d, int width)
{
  const ZqSampled *sampled = d->wave->sampled;
  int height, widest = 0;

  for (guint lead = 0; lead < sampled->n_leads; lead++)
    {
      g_autoptr (GArray) ticks = make_ticks (sampled, lead);

      for (guint i = 0; ticks != NULL && i < ticks->len; i++)
        {
          g_autofree char *text = format_tick (ticks, i);

          widest = MAX (widest, measure_label (d->wave, text, &height));
        }
    }
  measure_label (d->wave, "0", &height);
  d->line = height;
  d->strip = get_strip (height);
  d->left = widest + GAP;
  d->width = width - d->left - GAP;
}

/* --- a lead ------------------------------------------------------------------------------------- */

/* More points than pixels: what each column spans. */
static void
draw_columns (const Drawing *d, guint lead, double top, double low, double high)
{
  const ZqSampled *sampled = d->wave->sampled;
  guint n_columns = (guint)d->width;
  double before = NAN;

  for (guint column = 0; column < n_columns; column++)
    {
      double least, most, x = d->left + column + 0.5;

      if (!zq_wave_column ((const double *)(gpointer)sampled->values->data, sampled->n_points, sampled->n_leads, lead,
                           column, n_columns, &least, &most))
        {
          before = NAN;
          continue;
        }
      /* It goes on from where it was. */
      if (!isnan (before))
        {
          least = fmin (least, before);
          most = fmax (most, before);
        }
      before = (least + most) / 2;
      cairo_move_to (d->cr, x, top + d->strip - zq_chart_place (least, low, high, d->strip) + 0.5);
      cairo_line_to (d->cr, x, top + d->strip - zq_chart_place (most, low, high, d->strip) - 0.5);
    }
  cairo_stroke (d->cr);
}

static void
draw_points (const Drawing *d, guint lead, double top, double low, double high)
{
  const ZqSampled *sampled = d->wave->sampled;
  gboolean is_on = FALSE;

  for (guint i = 0; i < sampled->n_points; i++)
    {
      double value = g_array_index (sampled->values, double, i * sampled->n_leads + lead);
      double x = d->left + zq_chart_place (i, 0, MAX (sampled->n_points - 1, 1), d->width);
      double y = top + d->strip - zq_chart_place (value, low, high, d->strip);

      if (isnan (value))
        is_on = FALSE;
      else if (is_on)
        cairo_line_to (d->cr, x, y);
      else
        {
          /* One alone is a dot. */
          cairo_move_to (d->cr, x - 0.5, y);
          cairo_line_to (d->cr, x + 0.5, y);
          is_on = TRUE;
        }
    }
  cairo_stroke (d->cr);
}

static void
draw_lead (const Drawing *d, guint lead, double top)
{
  const ZqSampled *sampled = d->wave->sampled;
  g_autoptr (GArray) ticks = make_ticks (sampled, lead);
  double low, high;

  if (ticks == NULL)
    return;
  low = g_array_index (ticks, double, 0);
  high = g_array_index (ticks, double, ticks->len - 1);
  cairo_set_line_width (d->cr, 1);
  for (guint i = 0; i < ticks->len; i++)
    {
      double y = floor (top + d->strip - zq_chart_place (g_array_index (ticks, double, i), low, high, d->strip)) + 0.5;
      g_autofree char *text = format_tick (ticks, i);

      set_ink (d, 0.15);
      cairo_move_to (d->cr, d->left, y);
      cairo_line_to (d->cr, d->left + d->width, y);
      cairo_stroke (d->cr);
      set_ink (d, 0.8);
      write_label (d, text, d->left - GAP, y, 1);
    }
  set_ink (d, 1);
  cairo_set_line_width (d->cr, 1.2);
  if (sampled->n_points > 2 * d->width)
    draw_columns (d, lead, top, low, high);
  else
    draw_points (d, lead, top, low, high);
}

/* --- all ---------------------------------------------------------------------------------------- */

static const char *
name_time_unit (double unit)
{
  return unit > 60 ? C_ ("time", "h") : unit > 1 ? C_ ("time", "min") : C_ ("time", "s");
}

/* Times under all strips, lines through them. */
static void
draw_times (const Drawing *d, double bottom)
{
  const ZqSampled *sampled = d->wave->sampled;
  double all = sampled->period * (sampled->n_points - 1), unit = zq_wave_time_unit (all);
  g_autoptr (GArray) ticks = NULL;

  if (!(all > 0))
    return;
  ticks = zq_chart_ticks (0, all / unit, (guint)MAX (d->width / TICK_X, 3));
  for (guint i = 0; i < ticks->len && g_array_index (ticks, double, i) <= all / unit; i++)
    {
      double at = g_array_index (ticks, double, i);
      double x = floor (d->left + zq_chart_place (at * unit, 0, all, d->width)) + 0.5;
      g_autofree char *number = format_tick (ticks, i);
      g_autofree char *text = g_strdup_printf ("%s %s", number, name_time_unit (unit));

      set_ink (d, 0.15);
      cairo_move_to (d->cr, x, GAP + 1.5 * d->line);
      cairo_line_to (d->cr, x, bottom);
      cairo_stroke (d->cr);
      set_ink (d, 0.8);
      write_label (d, text, i == 0 ? d->left : x, bottom + GAP + d->line / 2, i == 0 ? 0 : x > d->left + d->width - 20);
    }
}

static double
get_top (const Drawing *d, guint lead)
{
  return GAP + 1.5 * d->line + lead * get_lane (d->line);
}

static void
zq_wave_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ZqWave *self = ZQ_WAVE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Drawing d = { .wave = self };

  if (self->sampled == NULL)
    return;
  make_room (&d, width);
  if (d.width < 20)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &d.ink);
  d.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  for (guint lead = 0; lead < self->sampled->n_leads; lead++)
    {
      g_autofree char *name =
          self->sampled->n_leads > 1
              ? g_strdup_printf ("%u · %s", lead + 1, self->sampled->unit != NULL ? self->sampled->unit : "")
              : g_strdup (self->sampled->unit != NULL ? self->sampled->unit : "");

      set_ink (&d, 0.8);
      write_label (&d, name, 0, get_top (&d, lead) - d.line - 2, 0);
      draw_lead (&d, lead, get_top (&d, lead));
    }
  draw_times (&d, get_top (&d, self->sampled->n_leads - 1) + d.strip);
  cairo_destroy (d.cr);
}

static void
zq_wave_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  ZqWave *self = ZQ_WAVE (widget);
  guint n_leads = self->sampled != NULL ? self->sampled->n_leads : 0;
  int line;

  measure_label (self, "0", &line);
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->sampled != NULL ? zq_wave_width (self->sampled->n_points) : 0;
  else
    *minimum = *natural = (int)ceil (n_leads * get_lane (line)) + line + GAP;
}

void
zq_wave_set_sampled (ZqWave *self, const ZqSampled *sampled)
{
  g_autofree char *words = sampled != NULL ? zq_wave_words (sampled) : g_strdup ("");

  self->sampled = sampled;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
zq_wave_set_record (ZqWave *self, GString *record)
{
  self->record = record;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
zq_wave_class_init (ZqWaveClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = zq_wave_snapshot;
  widget_class->measure = zq_wave_measure;
  gtk_widget_class_set_css_name (widget_class, "wave");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

/* So that one below the window is brought into it by keys. */
static void
zq_wave_init (ZqWave *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}
