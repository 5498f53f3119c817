/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visit/visit-row.h"

#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* --- the item ----------------------------------------------------------------------------------- */

#define LATE (4 * 3600 * (gint64)G_USEC_PER_SEC)

struct _ZqVisitItem
{
  GObject parent_instance;

  ZqVisit *visit;
  char *day;
};

G_DEFINE_FINAL_TYPE (ZqVisitItem, zq_visit_item, G_TYPE_OBJECT)

static void
zq_visit_item_finalize (GObject *object)
{
  ZqVisitItem *self = ZQ_VISIT_ITEM (object);

  g_clear_pointer (&self->visit, zq_visit_free);
  g_free (self->day);
  G_OBJECT_CLASS (zq_visit_item_parent_class)->finalize (object);
}

static void
zq_visit_item_class_init (ZqVisitItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_visit_item_finalize;
}

static void
zq_visit_item_init (ZqVisitItem *self)
{
}

ZqVisitItem *
zq_visit_item_new (ZqVisit *visit, const char *day)
{
  ZqVisitItem *self = g_object_new (ZQ_TYPE_VISIT_ITEM, NULL);

  self->visit = visit;
  self->day = g_strdup (day);

  return self;
}

const ZqVisit *
zq_visit_item_get (ZqVisitItem *self)
{
  return self->visit;
}

char *
zq_visit_state_words (const ZqVisit *visit, gint64 now)
{
  gint64 minutes = MAX (0, now - visit->arrived_at) / (60 * G_USEC_PER_SEC);

  switch (visit->state)
    {
    case ZQ_VISIT_ARRIVED:
      return minutes == 0 ? g_strdup (_ ("In the waiting room"))
                          : g_strdup_printf (ngettext ("In the waiting room for %d minute",
                                                       "In the waiting room for %d minutes", (gulong)minutes),
                                             (int)minutes);
    case ZQ_VISIT_IN_PROGRESS:
      return g_strdup (_ ("Under way"));
    case ZQ_VISIT_FULFILLED:
      return g_strdup (_ ("Done"));
    case ZQ_VISIT_CANCELLED:
      /* Translators: a visit was cancelled, and why */
      return visit->cancelled != NULL ? g_strdup_printf (_ ("Cancelled: %s"), visit->cancelled)
                                      : g_strdup (_ ("Cancelled"));
    case ZQ_VISIT_NO_SHOW:
      return g_strdup (_ ("Did not come"));
    case ZQ_VISIT_MISTAKEN:
      return g_strdup (_ ("Entered in error"));
    case ZQ_VISIT_PROPOSED:
      return g_strdup (_ ("Not confirmed by the patient"));
    default:
      if (visit->server_id == NULL)
        return g_strdup (_ ("Waiting to be sent"));
      /* Hours later nobody comes any more. */
      if (visit->end + LATE < now)
        return g_strdup (_ ("Was not ended"));
      return visit->start < now ? g_strdup (_ ("Not here yet")) : g_strdup (_ ("Booked"));
    }
}

/* --- the row ------------------------------------------------------------------------------------ */

struct _ZqVisitRow
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *day, *time, *who, *reason, *state;
  gint64 key;
};

G_DEFINE_FINAL_TYPE (ZqVisitRow, zq_visit_row, GTK_TYPE_WIDGET)

gint64
zq_visit_row_get_key (ZqVisitRow *self)
{
  return self->key;
}

void
zq_visit_row_set_item (ZqVisitRow *self, ZqVisitItem *item, gint64 now, GTimeZone *zone)
{
  const ZqVisit *visit = item->visit;
  g_autofree char *from = zq_words_clock (visit->start, zone), *until = zq_words_clock (visit->end, zone);
  g_autofree char *time = g_strdup_printf ("%s–%s", from, until);
  g_autofree char *person = zq_words_sex_age (visit->sex, visit->age_years, -1);
  g_autofree char *who = g_strdup_printf ("%s  %s", visit->name, person);
  g_autofree char *state = zq_visit_state_words (visit, now);
  gboolean is_over = visit->state == ZQ_VISIT_FULFILLED || visit->state == ZQ_VISIT_CANCELLED ||
                     visit->state == ZQ_VISIT_NO_SHOW || visit->state == ZQ_VISIT_MISTAKEN;
  gboolean is_urgent = visit->state == ZQ_VISIT_ARRIVED || visit->state == ZQ_VISIT_IN_PROGRESS;

  self->key = visit->key;
  gtk_label_set_label (self->day, item->day != NULL ? item->day : "");
  gtk_widget_set_visible (GTK_WIDGET (self->day), item->day != NULL);
  gtk_label_set_label (self->time, time);
  gtk_label_set_label (self->who, who);
  gtk_label_set_label (self->reason, visit->reason != NULL ? visit->reason : "");
  gtk_label_set_label (self->state, state);
  (is_urgent ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self->state), "accent");
  (is_over ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (self->box, "dim-label");
}

static GtkLabel *
add_label (GtkWidget *box, const char *css, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), expand ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, expand);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

static void
zq_visit_row_dispose (GObject *object)
{
  g_clear_pointer (&ZQ_VISIT_ROW (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_visit_row_parent_class)->dispose (object);
}

static void
zq_visit_row_class_init (ZqVisitRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_visit_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
zq_visit_row_init (ZqVisitRow *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->day = add_label (self->box, "heading", FALSE);
  gtk_widget_set_margin_top (GTK_WIDGET (self->day), 8);
  gtk_box_append (GTK_BOX (self->box), line);
  self->time = add_label (line, "numeric", FALSE);
  gtk_label_set_width_chars (self->time, 12);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (line), words);
  self->who = add_label (words, "heading", TRUE);
  self->reason = add_label (words, NULL, TRUE);
  self->state = add_label (line, NULL, FALSE);
}
