/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-item-widget.h"

#include "ui/patient/record-words.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

struct _ZqRecordItemWidget
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;
  GtkLabel *day;
  GtkWidget *line;
  GtkLabel *kind;
  GtkLabel *title;
  GtkLabel *detail;
  GtkLabel *state;
  GtkLabel *time;
  GtkWidget *content;

  /* owned */
  GTimeZone *zone;
  ZqRecordItem *item;
  gulong notify_id;
  gint64 now;
  gboolean whole;
};

enum
{
  CLICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqRecordItemWidget, zq_record_item_widget, GTK_TYPE_WIDGET)

static void
set_style (GtkWidget *widget, const char *style, gboolean has)
{
  if (has)
    gtk_widget_add_css_class (widget, style);
  else
    gtk_widget_remove_css_class (widget, style);
}

/* What is not final, is abnormal or is new is said in words: a colour alone says nothing. */
static char *
words_state (int kind, const char *status, ZqRecordState state, ZqRecordFlag flag, gboolean is_new)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  if (is_new)
    g_ptr_array_add (parts, (gpointer)C_ ("record", "new"));
  if (flag == ZQ_RECORD_CRITICAL)
    g_ptr_array_add (parts, (gpointer)C_ ("record", "critical"));
  else if (flag == ZQ_RECORD_ABNORMAL)
    g_ptr_array_add (parts, (gpointer)C_ ("record", "abnormal"));
  if (state != ZQ_RECORD_FINAL || kind == ZQ_RECORD_PROBLEM)
    g_ptr_array_add (parts, (gpointer)zq_record_words_status (status));
  g_ptr_array_add (parts, NULL);

  return g_strjoinv (" · ", (char **)parts->pdata);
}

static void
show_item (ZqRecordItemWidget *self)
{
  g_autofree char *title = NULL, *detail = NULL, *status = NULL, *visit = NULL;
  g_autofree char *day = NULL, *when = NULL, *words = NULL, *spoken = NULL;
  int kind, state, flag, precision;
  gint64 at;
  gboolean first, is_new;

  if (self->item == NULL)
    return;
  g_object_get (self->item, "kind", &kind, "at", &at, "precision", &precision, "title", &title, "detail", &detail,
                "status", &status, "state", &state, "flag", &flag, "visit", &visit, "first-of-day", &first, "is-new",
                &is_new, NULL);
  day = zq_record_words_date (at, MIN (precision, ZQ_PRECISION_DAY), self->now, self->zone);
  when = precision == ZQ_PRECISION_INSTANT ? zq_words_clock (at, self->zone) : g_strdup ("");
  words = words_state (kind, status, (ZqRecordState)state, (ZqRecordFlag)flag, is_new);
  gtk_label_set_label (self->day, day);
  gtk_widget_set_visible (GTK_WIDGET (self->day), first || !self->whole);
  gtk_label_set_label (self->kind, zq_record_words_kind ((ZqRecordKind)kind));
  gtk_label_set_label (self->title, title != NULL ? title : "—");
  gtk_label_set_label (self->detail, detail != NULL ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->detail), detail != NULL);
  gtk_label_set_label (self->state, words);
  gtk_widget_set_visible (GTK_WIDGET (self->state), *words != '\0');
  gtk_label_set_label (self->time, when);
  set_style (GTK_WIDGET (self->title), "taken-back", state == ZQ_RECORD_ERROR);
  set_style (GTK_WIDGET (self->detail), "taken-back", state == ZQ_RECORD_ERROR);
  set_style (GTK_WIDGET (self->state), "abnormal-value", flag == ZQ_RECORD_ABNORMAL);
  set_style (GTK_WIDGET (self->state), "critical-value", flag == ZQ_RECORD_CRITICAL);
  set_style (GTK_WIDGET (self), "unfinished", state != ZQ_RECORD_FINAL);
  /* Translators: an item of the timeline as it is read out: day, kind, title, what it says, how far it can be relied on
   */
  spoken = g_strdup_printf (_ ("%1$s, %2$s, %3$s, %4$s, %5$s"), day, zq_record_words_kind ((ZqRecordKind)kind),
                            title != NULL ? title : "", detail != NULL ? detail : "", words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

void
zq_record_item_widget_set_item (ZqRecordItemWidget *self, ZqRecordItem *item, gint64 now, gboolean whole)
{
  self->whole = whole;
  self->now = now;
  if (self->item != item)
    {
      if (self->item != NULL)
        g_clear_signal_handler (&self->notify_id, self->item);
      g_set_object (&self->item, item);
      if (item != NULL)
        self->notify_id = g_signal_connect_swapped (item, "notify", G_CALLBACK (show_item), self);
    }
  if (item == NULL)
    zq_record_item_widget_set_content (self, NULL);
  show_item (self);
}

ZqRecordItem *
zq_record_item_widget_get_item (ZqRecordItemWidget *self)
{
  return self->item;
}

void
zq_record_item_widget_set_content (ZqRecordItemWidget *self, GtkWidget *content)
{
  if (self->content == content)
    return;
  if (self->content != NULL)
    gtk_box_remove (GTK_BOX (self->box), self->content);
  self->content = content;
  if (content != NULL)
    {
      gtk_widget_add_css_class (content, "record-content");
      gtk_box_append (GTK_BOX (self->box), content);
    }
  set_style (GTK_WIDGET (self), "open", content != NULL);
}

GtkWidget *
zq_record_item_widget_get_content (ZqRecordItemWidget *self)
{
  return self->content;
}

static void
zq_record_item_widget_dispose (GObject *object)
{
  ZqRecordItemWidget *self = ZQ_RECORD_ITEM_WIDGET (object);

  if (self->item != NULL)
    g_clear_signal_handler (&self->notify_id, self->item);
  g_clear_object (&self->item);
  self->content = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (zq_record_item_widget_parent_class)->dispose (object);
}

static void
zq_record_item_widget_class_init (ZqRecordItemWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_record_item_widget_dispose;
  signals[CLICKED] =
      g_signal_new ("clicked", ZQ_TYPE_RECORD_ITEM_WIDGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "recorditem");
}

static GtkLabel *
add_label (GtkWidget *box, const char *style, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  gtk_widget_set_hexpand (label, expand);
  if (expand)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

/* A list that opens by one click selects what the pointer rests on, and in GTK 4.8 does so while it is torn down. */
static void
on_released (ZqRecordItemWidget *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
zq_record_item_widget_init (ZqRecordItemWidget *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkWidget *words;

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->day = add_label (self->box, "record-day", FALSE);
  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  gtk_widget_add_css_class (self->line, "record-line");
  gtk_box_append (GTK_BOX (self->box), self->line);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (self->line, GTK_EVENT_CONTROLLER (click));
  self->time = add_label (self->line, "record-time", FALSE);
  gtk_label_set_width_chars (self->time, 5);
  words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (self->line), words);
  self->title = add_label (words, "record-title", TRUE);
  self->detail = add_label (words, "dim-label", TRUE);
  self->state = add_label (self->line, "record-state", FALSE);
  self->kind = add_label (self->line, "dim-label", FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "numeric");
}

ZqRecordItemWidget *
zq_record_item_widget_new (GTimeZone *zone)
{
  ZqRecordItemWidget *self = g_object_new (ZQ_TYPE_RECORD_ITEM_WIDGET, NULL);

  self->zone = g_time_zone_ref (zone);

  return self;
}
