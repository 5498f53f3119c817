/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/home/home-detail.h"

#include "ui/home/home-comment.h"
#include "ui/home/home-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

struct _ZqHomeDetail
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *writing; /* ZqHomeCommentBox, or NULL */
  GtkWidget *asked;   /* the button that opened it */
  ZqStore *store;
  gint64 patient;
};

enum
{
  SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqHomeDetail, zq_home_detail, GTK_TYPE_WIDGET)

static GtkWidget *
make_label (const char *words, const char *style)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

/* --- writing ---------------------------------------------------------------------------------------- */

static void
on_done (ZqHomeDetail *self)
{
  gtk_box_remove (GTK_BOX (self->box), self->writing);
  self->writing = NULL;
  if (self->asked != NULL)
    gtk_widget_grab_focus (self->asked);
  self->asked = NULL;
  g_signal_emit (self, signals[SETTLED], 0);
}

static void
on_comment (GtkWidget *button, ZqHomeDetail *self)
{
  const GArray *results = g_object_get_data (G_OBJECT (button), "results");

  if (self->writing != NULL)
    gtk_box_remove (GTK_BOX (self->box), self->writing);
  self->asked = button;
  self->writing =
      zq_home_comment_box_new (self->store, self->patient, results, g_object_get_data (G_OBJECT (button), "of"));
  g_signal_connect_object (self->writing, "done", G_CALLBACK (on_done), self, G_CONNECT_SWAPPED);
  gtk_box_insert_child_after (GTK_BOX (self->box), self->writing, gtk_widget_get_parent (button));
  gtk_widget_grab_focus (self->writing);
}

/* @of: what stands before the words. */
static GtkWidget *
make_button (ZqHomeDetail *self, const char *label, GArray *results, char *of)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", label, of);

  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "results", results, (GDestroyNotify)g_array_unref);
  g_object_set_data_full (G_OBJECT (button), "of", of, g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_comment), self);

  return button;
}

/* --- what is there ---------------------------------------------------------------------------------- */

static void
add_comment (ZqHomeDetail *self, const ZqHomeComment *comment, gint64 now, GTimeZone *zone)
{
  g_autofree char *when = zq_words_day_clock (comment->sent, now, zone);
  g_autofree char *words = g_strdup_printf (
      "%s · %s%s%s\n%s", comment->who != NULL ? comment->who : "—", when, comment->pending ? " · " : "",
      comment->pending ? C_ ("home", "not sent yet") : "", comment->text != NULL ? comment->text : "");

  gtk_box_append (GTK_BOX (self->box), make_label (words, "home-comment"));
}

static char *
words_of (const ZqHomeReading *reading, const char *day, GTimeZone *zone)
{
  g_autofree char *clock = reading->precision == ZQ_PRECISION_INSTANT ? zq_words_clock (reading->at, zone) : NULL;
  g_autofree char *words = zq_home_words_reading (reading);

  /* Translators: what stands before a comment that the patient reads: day, clock time, the reading */
  return g_strdup_printf (_ ("%1$s %2$s, %3$s: "), day, clock != NULL ? clock : "", words);
}

static void
add_reading (
    ZqHomeDetail *self, const ZqHome *home, const ZqHomeReading *reading, const char *day, gint64 now, GTimeZone *zone)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GArray *results = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *words = zq_home_words_reading (reading);
  g_autofree char *clock =
      reading->precision == ZQ_PRECISION_INSTANT ? zq_words_clock (reading->at, zone) : g_strdup ("");
  g_autofree char *line = g_strdup_printf ("%s  %s", clock, words);

  g_array_append_val (results, reading->result);
  gtk_box_append (GTK_BOX (row), make_label (line, "numeric"));
  gtk_box_append (GTK_BOX (row), make_button (self, _ ("Comment…"), results, words_of (reading, day, zone)));
  gtk_box_append (GTK_BOX (self->box), row);
  for (guint i = 0; i < home->comments->len; i++)
    {
      const ZqHomeComment *comment = home->comments->pdata[i];

      if (comment->n_results == 1 && comment->result == reading->result)
        add_comment (self, comment, now, zone);
    }
}

static GArray *
results_of (const ZqHomeDay *day)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < day->readings->len && results->len < 100; i++)
    {
      gint64 result = ((ZqHomeReading *)day->readings->pdata[i])->result;
      gboolean there = FALSE;

      for (guint n = 0; n < results->len; n++)
        there = there || g_array_index (results, gint64, n) == result;
      if (!there)
        g_array_append_val (results, result);
    }

  return results;
}

/* Of several readings: it stands once, on top. */
static void
add_day (ZqHomeDetail *self, const ZqHome *home, const ZqHomeDay *day, const char *name, gint64 now, GTimeZone *zone)
{
  GArray *results = results_of (day);
  gint64 last = 0;

  for (guint i = 0; i < home->comments->len; i++)
    {
      const ZqHomeComment *comment = home->comments->pdata[i];

      for (guint n = 0; n < results->len && comment->n_results > 1 && comment->message != last; n++)
        if (g_array_index (results, gint64, n) == comment->result)
          {
            add_comment (self, comment, now, zone);
            last = comment->message;
          }
    }
  if (results->len > 1)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      /* Translators: what stands before a comment on a whole day that the patient reads */
      gtk_box_append (GTK_BOX (row),
                      make_button (self, _ ("Comment on the day…"), results, g_strdup_printf (_ ("%s: "), name)));
      gtk_box_append (GTK_BOX (self->box), row);
    }
  else
    g_array_unref (results);
}

/* The patient reads it on another day: a day has its date. */
static char *
name_day (gint64 start, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (start / G_USEC_PER_SEC);
  g_autoptr (GDateTime) here = g_date_time_to_timezone (utc, zone);

  /* Translators: a date without its year, as for g_date_time_format() */
  return g_date_time_format (here, C_ ("home", "%-d %B"));
}

/* --- widget ----------------------------------------------------------------------------------------- */

gboolean
zq_home_detail_is_writing (ZqHomeDetail *self)
{
  return self->writing != NULL;
}

static void
zq_home_detail_dispose (GObject *object)
{
  ZqHomeDetail *self = ZQ_HOME_DETAIL (object);

  self->writing = self->asked = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_home_detail_parent_class)->dispose (object);
}

static void
zq_home_detail_class_init (ZqHomeDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_home_detail_dispose;
  signals[SETTLED] =
      g_signal_new ("settled", ZQ_TYPE_HOME_DETAIL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
zq_home_detail_init (ZqHomeDetail *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_add_css_class (self->box, "record-content");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
zq_home_detail_new (
    ZqStore *store, gint64 patient, const ZqHome *home, const ZqHomeDay *day, gint64 now, GTimeZone *zone)
{
  ZqHomeDetail *self = g_object_new (ZQ_TYPE_HOME_DETAIL, NULL);
  g_autofree char *name = name_day (day->start, zone);

  self->store = g_object_ref (store);
  self->patient = patient;
  add_day (self, home, day, name, now, zone);
  for (guint i = 0; i < day->readings->len; i++)
    add_reading (self, home, day->readings->pdata[i], name, now, zone);

  return GTK_WIDGET (self);
}
