/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/home/home-row.h"

#include "ui/home/home-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

#define MOST_COLUMNS (ZQ_MEAL_CONTEXTS + 1)

struct _ZqHomeRow
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;
  GtkWidget *line;
  GtkLabel *day;
  GtkLabel *said; /* how many comments */
  GtkLabel *nothing;
  GtkWidget *cells;
  GtkWidget *columns[MOST_COLUMNS]; /* boxes: a label a reading */
  GtkWidget *content;
};

enum
{
  CLICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqHomeRow, zq_home_row, GTK_TYPE_WIDGET)

/* --- columns ---------------------------------------------------------------------------------------- */

static guint
count_columns (ZqHomeKind kind)
{
  return kind == ZQ_HOME_GLUCOSE ? MOST_COLUMNS : kind == ZQ_HOME_SYSTOLIC ? 3 : 1;
}

static const char *
title_of (ZqHomeKind kind, guint column)
{
  if (kind == ZQ_HOME_GLUCOSE)
    return zq_home_words_context ((ZqMealContext)column);
  if (kind != ZQ_HOME_SYSTOLIC || column == 2)
    return C_ ("home", "Readings");

  return column == 0 ? C_ ("home", "Morning, mean") : C_ ("home", "Evening, mean");
}

static void
show_columns (ZqHomeRow *self, guint n)
{
  for (guint i = 0; i < MOST_COLUMNS; i++)
    gtk_widget_set_visible (self->columns[i], i < n);
}

/* A line that is out of its target says so by itself; the others beside it do not. */
static void
set_lines (GtkWidget *column, const char *words)
{
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (column)) != NULL)
    gtk_box_remove (GTK_BOX (column), child);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (lines[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "numeric");
      if (strstr (lines[i], "↑") != NULL || strstr (lines[i], "↓") != NULL)
        gtk_widget_add_css_class (label, "abnormal-value");
      gtk_box_append (GTK_BOX (column), label);
    }
}

void
zq_home_row_set_titles (ZqHomeRow *self, ZqHomeKind kind)
{
  guint n = count_columns (kind);

  for (guint i = 0; i < n; i++)
    set_lines (self->columns[i], title_of (kind, i));
  show_columns (self, n);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "titles");
}

/* --- cells ------------------------------------------------------------------------------------------ */

static gboolean
belongs (const ZqHomeReading *reading, ZqHomeKind kind, guint column)
{
  return reading->kind == kind && (kind != ZQ_HOME_GLUCOSE || reading->context == (ZqMealContext)column);
}

/* All readings of a column; where it says no time of day each says its own. */
static char *
words_readings (const ZqHomeDay *day, ZqHomeKind kind, guint column, GTimeZone *zone)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < day->readings->len; i++)
    {
      const ZqHomeReading *reading = day->readings->pdata[i];
      g_autofree char *value = NULL, *clock = NULL;

      if (!belongs (reading, kind, column))
        continue;
      value = zq_home_words_value (reading, kind != ZQ_HOME_SYSTOLIC && kind != ZQ_HOME_GLUCOSE);
      if ((kind != ZQ_HOME_GLUCOSE || column == ZQ_MEAL_UNKNOWN) && reading->precision == ZQ_PRECISION_INSTANT)
        clock = zq_words_clock (reading->at, zone);
      g_string_append_printf (all, "%s%s%s%s", all->len > 0 ? "\n" : "", clock != NULL ? clock : "",
                              clock != NULL ? " " : "", value);
    }

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static gboolean
is_high (ZqPolicy *policy, ZqHomeKind kind, const char *mean)
{
  g_autoptr (ZqQuantity) value = zq_quantity_new (policy, mean, NULL, "mm[Hg]", "mm[Hg]");

  return zq_home_pressure_place (policy, kind, value) == ZQ_RANGE_HIGH;
}

static char *
words_mean (ZqPolicy *policy, const ZqPressureMean *mean)
{
  gboolean high;

  if (mean->systolic == NULL || mean->diastolic == NULL)
    return g_strdup ("");
  high = is_high (policy, ZQ_HOME_SYSTOLIC, mean->systolic) || is_high (policy, ZQ_HOME_DIASTOLIC, mean->diastolic);

  return g_strconcat (mean->systolic, "/", mean->diastolic, high ? " " : NULL, zq_home_words_place (ZQ_RANGE_HIGH),
                      NULL);
}

static guint32
julian_of (gint64 at, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) here = g_date_time_to_timezone (utc, zone);
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)g_date_time_get_day_of_month (here), (GDateMonth)g_date_time_get_month (here),
                  (GDateYear)g_date_time_get_year (here));

  return g_date_get_julian (&date);
}

static const ZqPressureDay *
find_means (const ZqHome *home, const ZqHomeDay *day, GTimeZone *zone)
{
  guint32 number = julian_of (day->start, zone);

  for (guint i = 0; i < home->pressure->days->len; i++)
    if (((ZqPressureDay *)home->pressure->days->pdata[i])->day == number)
      return home->pressure->days->pdata[i];

  return NULL;
}

static char *
words_cell (const ZqHome *home, const ZqHomeDay *day, ZqPolicy *policy, ZqHomeKind kind, guint column, GTimeZone *zone)
{
  const ZqPressureDay *means = NULL;

  if (kind != ZQ_HOME_SYSTOLIC || column == 2)
    return words_readings (day, kind, column, zone);
  means = find_means (home, day, zone);
  if (means == NULL)
    return g_strdup ("");

  return words_mean (policy, column == 0 ? &means->morning : &means->evening);
}

static guint
count_comments (const ZqHome *home, const ZqHomeDay *day)
{
  guint n = 0;

  for (guint i = 0; i < home->comments->len; i++)
    {
      const ZqHomeComment *comment = home->comments->pdata[i];
      const ZqHomeComment *before = i > 0 ? home->comments->pdata[i - 1] : NULL;

      if (before != NULL && before->message == comment->message)
        continue;
      for (guint k = 0; k < day->readings->len; k++)
        if (((ZqHomeReading *)day->readings->pdata[k])->result == comment->result)
          {
            n++;
            break;
          }
    }

  return n;
}

void
zq_home_row_set_day (ZqHomeRow *self,
                     const ZqHome *home,
                     const ZqHomeDay *day,
                     ZqPolicy *policy,
                     ZqHomeKind kind,
                     gint64 now,
                     GTimeZone *zone)
{
  guint n = count_columns (kind), n_said = count_comments (home, day);
  g_autofree char *name = zq_words_day (day->start, now, zone);
  g_autofree char *said = NULL;
  g_autoptr (GString) spoken = g_string_new (name);
  gboolean any = FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *words = words_cell (home, day, policy, kind, i, zone);

      set_lines (self->columns[i], words);
      any = any || *words != '\0';
      if (*words != '\0')
        g_string_append_printf (spoken, ", %s: %s", title_of (kind, i), words);
    }
  said = n_said > 0 ? g_strdup_printf (g_dngettext (NULL, "%u comment", "%u comments", n_said), n_said) : g_strdup ("");
  if (!any)
    g_string_append_printf (spoken, ", %s", gtk_label_get_label (self->nothing));
  if (n_said > 0)
    g_string_append_printf (spoken, ", %s", said);
  gtk_label_set_label (self->day, name);
  gtk_label_set_label (self->said, said);
  gtk_widget_set_visible (GTK_WIDGET (self->said), n_said > 0);
  show_columns (self, any ? n : 0);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), !any);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken->str, -1);
}

/* --- widget ----------------------------------------------------------------------------------------- */

void
zq_home_row_set_content (ZqHomeRow *self, GtkWidget *content)
{
  if (self->content != NULL)
    gtk_box_remove (GTK_BOX (self->box), self->content);
  self->content = content;
  if (content != NULL)
    gtk_box_append (GTK_BOX (self->box), content);
}

GtkWidget *
zq_home_row_get_content (ZqHomeRow *self)
{
  return self->content;
}

static GtkLabel *
add_label (GtkWidget *box, const char *style, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, expand);
  gtk_label_set_wrap (GTK_LABEL (label), expand);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

static void
on_released (ZqHomeRow *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
zq_home_row_dispose (GObject *object)
{
  ZqHomeRow *self = ZQ_HOME_ROW (object);

  self->content = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_home_row_parent_class)->dispose (object);
}

static void
zq_home_row_class_init (ZqHomeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_home_row_dispose;
  signals[CLICKED] = g_signal_new ("clicked", ZQ_TYPE_HOME_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "homerow");
}

static void
zq_home_row_init (ZqHomeRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkWidget *days = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class (self->line, "record-line");
  gtk_box_append (GTK_BOX (self->box), self->line);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (self->line, GTK_EVENT_CONTROLLER (click));
  gtk_box_append (GTK_BOX (self->line), days);
  self->day = add_label (days, "home-day", FALSE);
  gtk_label_set_width_chars (self->day, 11);
  self->said = add_label (days, "dim-label", FALSE);
  self->nothing = add_label (self->line, "dim-label", TRUE);
  gtk_label_set_label (self->nothing, C_ ("home", "no reading"));
  self->cells = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_set_homogeneous (GTK_BOX (self->cells), TRUE);
  gtk_widget_set_hexpand (self->cells, TRUE);
  gtk_box_append (GTK_BOX (self->line), self->cells);
  for (guint i = 0; i < MOST_COLUMNS; i++)
    {
      self->columns[i] = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      gtk_box_append (GTK_BOX (self->cells), self->columns[i]);
    }
}

ZqHomeRow *
zq_home_row_new (void)
{
  return g_object_new (ZQ_TYPE_HOME_ROW, NULL);
}
