/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visit/when.h"

#include "clinic/visit/visit.h"
#include "rules/context.h"
#include "ui/widgets/popover.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

#define MINUTE  (60 * (gint64)G_USEC_PER_SEC)
#define DAYS    60
#define STEP    5
#define LONGEST 120 /* minutes */
#define WORDS   200
#define MOST    50

struct _ZqVisitWhen
{
  GtkPopover parent_instance;

  /* borrowed */
  GtkDropDown *day;
  GtkEditable *clock, *reason; /* no reason: it is not asked */
  GtkSpinButton *minutes;
  GtkLabel *said;
  GtkWidget *confirm;

  /* owned */
  ZqStore *store;

  gint64 visit;
  gint64 start; /* as it is filled in; 0: it is no time that could be */
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqVisitWhen, zq_visit_when, GTK_TYPE_POPOVER)

/* --- time --------------------------------------------------------------------------------------- */

gboolean
zq_visit_parse_clock (const char *typed, int *hour, int *minute)
{
  int digits[4], n = 0, colon = -1;

  for (const char *at = typed; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      int digit = g_unichar_digit_value (c);

      if (g_unichar_isspace (c))
        continue;
      if (digit >= 0 && n < 4)
        digits[n++] = digit;
      else if ((c == ':' || c == 0xff1a || c == '.') && colon < 0 && n > 0) /* also the wide colon of an input method */
        colon = n;
      else
        return FALSE;
    }
  if (n == 0 || (colon >= 0 && (colon > 2 || n - colon != 2)))
    return FALSE;
  if (colon < 0)
    colon = n <= 2 ? n : n - 2;
  *hour = colon == 1 ? digits[0] : digits[0] * 10 + digits[1];
  *minute = n > colon ? digits[colon] * 10 + digits[colon + 1] : 0;

  return *hour < 24 && *minute < 60;
}

static const ZqContext *
get_context (ZqVisitWhen *self)
{
  return zq_store_get_context (self->store);
}

static GDateTime *
local (ZqVisitWhen *self, gint64 at)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);

  return g_date_time_to_timezone (utc, get_context (self)->zone);
}

/* The day of the @n-th line, its first second. */
static GDateTime *
day_of (ZqVisitWhen *self, guint n)
{
  g_autoptr (GDateTime) now = local (self, zq_clock_now (get_context (self)->clock));
  g_autoptr (GDateTime) begun =
      g_date_time_new (get_context (self)->zone, g_date_time_get_year (now), g_date_time_get_month (now),
                       g_date_time_get_day_of_month (now), 0, 0, 0);

  return g_date_time_add_days (begun, (int)n);
}

/* 0: there is no such time. */
static gint64
read_start (ZqVisitWhen *self)
{
  guint line = gtk_drop_down_get_selected (self->day);
  g_autoptr (GDateTime) day = NULL, at = NULL;
  int hour, minute;

  if (line >= DAYS || !zq_visit_parse_clock (gtk_editable_get_text (self->clock), &hour, &minute))
    return 0;
  day = day_of (self, line);
  at = g_date_time_new (get_context (self)->zone, g_date_time_get_year (day), g_date_time_get_month (day),
                        g_date_time_get_day_of_month (day), hour, minute, 0);

  return at != NULL ? g_date_time_to_unix (at) * G_USEC_PER_SEC : 0;
}

static gint64
length_of (ZqVisitWhen *self)
{
  return gtk_spin_button_get_value_as_int (self->minutes) * MINUTE;
}

/* Another that is then; NULL: nothing. (transfer full) */
static char *
find_clash (ZqVisitWhen *self)
{
  gint64 end = self->start + length_of (self);
  g_autoptr (GPtrArray) near = zq_visit_list (zq_store_get_main_db (self->store), get_context (self),
                                              self->start - LONGEST * MINUTE, end, MOST, NULL);

  for (guint i = 0; near != NULL && i < near->len; i++)
    {
      const ZqVisit *visit = g_ptr_array_index (near, i);

      if (visit->key != self->visit && visit->state <= ZQ_VISIT_IN_PROGRESS && visit->end > self->start)
        {
          g_autofree char *from = zq_words_clock (visit->start, get_context (self)->zone);

          /* Translators: another visit at that time: when it begins, and whose it is */
          return g_strdup_printf (_ ("At the same time: %1$s %2$s"), from, visit->name);
        }
    }

  return NULL;
}

static void
update (ZqVisitWhen *self)
{
  gint64 now = zq_clock_now (get_context (self)->clock);
  g_autofree char *clash = NULL;
  const char *wrong = NULL;

  self->start = read_start (self);
  if (self->start == 0)
    wrong = _ ("A time of day, as 14:30");
  else if (self->start + length_of (self) <= now)
    wrong = _ ("That is over already");
  else
    clash = find_clash (self);
  gtk_label_set_label (self->said, wrong != NULL ? wrong : clash != NULL ? clash : "");
  (wrong != NULL ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self->clock), "error");
  (clash != NULL ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self->said), "warning");
  gtk_widget_set_sensitive (self->confirm, wrong == NULL);
}

/* --- keys --------------------------------------------------------------------------------------- */

static void
on_confirm (ZqVisitWhen *self)
{
  g_autofree char *reason = NULL;

  update (self);
  if (!gtk_widget_get_sensitive (self->confirm))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  reason = g_strstrip (g_strdup (self->reason != NULL ? gtk_editable_get_text (self->reason) : ""));
  g_object_ref (self);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, self->start, (guint)gtk_spin_button_get_value_as_int (self->minutes),
                 reason);
  g_object_unref (self);
}

/* Up and down go by five minutes: a time needs no typing. */
static gboolean
on_clock_key (ZqVisitWhen *self, guint key, guint code, GdkModifierType state)
{
  int hour, minute, of_day;
  int step = key == GDK_KEY_Up          ? STEP
             : key == GDK_KEY_Down      ? -STEP
             : key == GDK_KEY_Page_Up   ? 60
             : key == GDK_KEY_Page_Down ? -60
                                        : 0;
  g_autofree char *words = NULL;

  if (step == 0 || (state & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      !zq_visit_parse_clock (gtk_editable_get_text (self->clock), &hour, &minute))
    return FALSE;
  of_day = ((hour * 60 + minute + step) % 1440 + 1440) % 1440;
  words = g_strdup_printf ("%02d:%02d", of_day / 60, of_day % 60);
  gtk_editable_set_text (self->clock, words);
  gtk_editable_set_position (self->clock, -1);

  return TRUE;
}

/* --- building ----------------------------------------------------------------------------------- */

static void
add_row (GtkGrid *grid, int row, const char *title, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, widget, 1, row, 1, 1);
}

static GtkWidget *
make_days (ZqVisitWhen *self, gint64 start)
{
  gint64 now = zq_clock_now (get_context (self)->clock);
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  GtkWidget *drop;
  guint selected = 0;

  for (guint i = 0; i < DAYS; i++)
    {
      g_autoptr (GDateTime) day = day_of (self, i);
      gint64 at = g_date_time_to_unix (day) * G_USEC_PER_SEC;
      g_autofree char *line = zq_words_day (at, now, get_context (self)->zone);

      gtk_string_list_append (words, line);
      if (at <= start)
        selected = i;
    }
  drop = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&words)), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop), selected);
  self->day = GTK_DROP_DOWN (drop);

  return drop;
}

static GtkWidget *
make_clock (ZqVisitWhen *self, gint64 start)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autofree char *words = zq_words_clock (start, get_context (self)->zone);

  gtk_editable_set_text (GTK_EDITABLE (entry), words);
  gtk_entry_set_max_length (GTK_ENTRY (entry), 8);
  gtk_widget_set_tooltip_text (entry, _ ("Up and Down go by five minutes"));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_clock_key), self);
  gtk_widget_add_controller (entry, keys);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_confirm), self);
  self->clock = GTK_EDITABLE (entry);

  return entry;
}

static GtkWidget *
make_reason (ZqVisitWhen *self, const char *reason)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), reason);
  gtk_entry_set_max_length (GTK_ENTRY (entry), WORDS);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 26);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_confirm), self);
  self->reason = GTK_EDITABLE (entry);

  return entry;
}

static void
build (ZqVisitWhen *self, gint64 start, guint minutes, const char *reason, const char *confirm)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *spin = gtk_spin_button_new_with_range (STEP, LONGEST, STEP);
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  int row = 0;

  gtk_grid_set_row_spacing (grid, 6);
  gtk_grid_set_column_spacing (grid, 10);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), minutes);
  self->minutes = GTK_SPIN_BUTTON (spin);
  add_row (grid, row++, _ ("Day"), make_days (self, start));
  add_row (grid, row++, _ ("Time"), make_clock (self, start));
  add_row (grid, row++, _ ("Minutes"), spin);
  if (reason != NULL)
    add_row (grid, row++, _ ("Reason"), make_reason (self, reason));
  self->said = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->said, 0);
  gtk_label_set_wrap (self->said, TRUE);
  gtk_label_set_max_width_chars (self->said, 36);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->said), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  self->confirm = gtk_button_new_with_label (confirm);
  gtk_widget_add_css_class (self->confirm, "suggested-action");
  g_signal_connect_swapped (self->confirm, "clicked", G_CALLBACK (on_confirm), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (grid));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->said));
  gtk_box_append (GTK_BOX (box), self->confirm);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  g_signal_connect_swapped (self->day, "notify::selected", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->clock, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->minutes, "value-changed", G_CALLBACK (update), self);
}

ZqVisitWhen *
zq_visit_when_new (ZqStore *store, gint64 visit, gint64 start, guint minutes, const char *reason, const char *confirm)
{
  ZqVisitWhen *self = g_object_new (ZQ_TYPE_VISIT_WHEN, NULL);

  self->store = g_object_ref (store);
  self->visit = visit;
  build (self, start, minutes, reason, confirm);
  update (self);

  return self;
}

void
zq_visit_when_ask (ZqVisitWhen *self, GtkWidget *at)
{
  zq_popover_open (GTK_POPOVER (self), at);
  gtk_widget_grab_focus (GTK_WIDGET (self->clock));
}

static void
zq_visit_when_finalize (GObject *object)
{
  g_clear_object (&ZQ_VISIT_WHEN (object)->store);
  G_OBJECT_CLASS (zq_visit_when_parent_class)->finalize (object);
}

static void
zq_visit_when_class_init (ZqVisitWhenClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_visit_when_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 3, G_TYPE_INT64, G_TYPE_UINT, G_TYPE_STRING);
}

static void
zq_visit_when_init (ZqVisitWhen *self)
{
}
