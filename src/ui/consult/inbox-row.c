/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-row.h"

#include "ui/widgets/words.h"

struct _ZqInboxRow
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkWidget *lead;
  GtkWidget *dot;

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqConsultRow *row;
  ZqConsultRow *shown; /* what the template shows: @row, or an older one while nobody can see it */
  int height;          /* before there is a template */
  gint64 now;
  guint say_id;
};

enum
{
  PROP_ROW = 1,
  PROP_NOW,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqInboxRow, zq_inbox_row, GTK_TYPE_WIDGET)

/* --- what the template asks ------------------------------------------------------------------- */

static char *
words_unread (ZqInboxRow *self, guint unread)
{
  if (unread == 0)
    return NULL;
  return g_strdup_printf (ngettext ("%u unread message", "%u unread messages", unread), unread);
}

static gboolean
on_query_unread (ZqInboxRow *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *words = NULL;
  guint n = 0;

  if (self->row != NULL)
    g_object_get (self->row, "unread", &n, NULL);
  words = words_unread (self, n);
  gtk_tooltip_set_text (tooltip, words);
  return words != NULL;
}

static gboolean
on_query_mark (ZqInboxRow *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, _ ("Mark, for doing something with several (X)"));
  return TRUE;
}

static double
unread_opacity (ZqInboxRow *self, guint unread)
{
  return unread > 0 ? 1.0 : 0.0;
}

static char **
name_classes (ZqInboxRow *self, guint unread)
{
  const char *classes[] = { "row-name", unread > 0 ? "unread" : NULL, NULL };

  return g_strdupv ((char **)classes);
}

static char *
words_person (ZqInboxRow *self, int sex, int age_years)
{
  return zq_words_sex_age (sex, age_years, -1);
}

static char *
words_time (ZqInboxRow *self, gint64 due, gboolean final, gint64 now)
{
  return final ? g_strdup ("") : zq_words_due (due, now);
}

static char **
due_classes (ZqInboxRow *self, gint64 due, gboolean final, gint64 now)
{
  const gint64 soon = G_GINT64_CONSTANT (7200) * G_USEC_PER_SEC;
  const char *classes[] = { "due", NULL, NULL };

  if (due != 0 && due <= now)
    classes[1] = "overdue";
  else if (due != 0 && due - now < soon)
    classes[1] = "soon";
  return g_strdupv ((char **)classes);
}

static char *
words_complaint (ZqInboxRow *self, const char *complaint, const char *snippet)
{
  if (complaint != NULL && *complaint != '\0')
    return g_strdup (complaint);
  return g_strdup (snippet != NULL && *snippet != '\0' ? snippet : _ ("No complaint given"));
}

static gboolean
is_some (ZqInboxRow *self, guint n)
{
  return n > 0;
}

static char *
words_pictures (ZqInboxRow *self, guint n)
{
  return g_strdup_printf (ngettext ("%u picture", "%u pictures", n), n);
}

static char *
words_voices (ZqInboxRow *self, guint n)
{
  return g_strdup_printf (ngettext ("%u voice message", "%u voice messages", n), n);
}

static char *
words_results (ZqInboxRow *self, guint n)
{
  return g_strdup_printf (ngettext ("%u result", "%u results", n), n);
}

static char *
words_ours (ZqInboxRow *self, gboolean has_draft, gboolean waiting, gboolean send_failed)
{
  if (send_failed)
    return g_strdup (_ ("Not sent: look again"));
  if (has_draft)
    return g_strdup (_ ("Draft"));
  return g_strdup (waiting ? _ ("Waiting to be sent") : "");
}

static gboolean
is_ours (ZqInboxRow *self, gboolean has_draft, gboolean waiting, gboolean send_failed)
{
  return has_draft || waiting || send_failed;
}

static char **
ours_classes (ZqInboxRow *self, gboolean send_failed)
{
  const char *classes[] = { "caption-heading", send_failed ? "failed" : "ours", NULL };

  return g_strdupv ((char **)classes);
}

static char *
words_assigned (ZqInboxRow *self, const char *assigned_to)
{
  /* Translators: %s is a doctor's name */
  return assigned_to != NULL ? g_strdup_printf (_ ("with %s"), assigned_to) : NULL;
}

static gboolean
is_assigned (ZqInboxRow *self, const char *assigned_to)
{
  return assigned_to != NULL;
}

static char *
words_last (ZqInboxRow *self, gint64 last_at, gint64 now)
{
  return zq_words_when (last_at, now, self->zone);
}

/* --- accessibility ---------------------------------------------------------------------------- */

static void
add (GString *words, char *text)
{
  if (text != NULL && *text != '\0')
    g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", text);
  g_free (text);
}

char *
zq_inbox_row_dup_words (ZqInboxRow *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *name = NULL, *complaint = NULL, *snippet = NULL, *assigned_to = NULL;
  guint unread, pictures, voices, results;
  gboolean urgent, draft, waiting, failed, final;
  gint64 due;
  int sex, age;

  if (self->row == NULL)
    return g_strdup ("");
  g_object_get (self->row, "name", &name, "sex", &sex, "age-years", &age, "complaint", &complaint, "snippet", &snippet,
                "unread", &unread, "n-pictures", &pictures, "n-voices", &voices, "n-results", &results, "urgent",
                &urgent, "has-draft", &draft, "waiting", &waiting, "send-failed", &failed, "final", &final, "due", &due,
                "assigned-to", &assigned_to, NULL);
  add (words, g_steal_pointer (&name));
  add (words, words_person (self, sex, age));
  add (words, g_strdup (urgent ? _ ("Urgent") : ""));
  add (words, words_complaint (self, complaint, snippet));
  add (words, words_time (self, due, final, self->now));
  add (words, words_unread (self, unread));
  add (words, pictures > 0 ? words_pictures (self, pictures) : NULL);
  add (words, voices > 0 ? words_voices (self, voices) : NULL);
  add (words, results > 0 ? words_results (self, results) : NULL);
  add (words, words_assigned (self, assigned_to));
  add (words, words_ours (self, draft, waiting, failed));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
say (gpointer data)
{
  ZqInboxRow *self = data;
  g_autofree char *words = zq_inbox_row_dup_words (self);
  g_autofree char *unread = NULL;
  guint n = 0;

  self->say_id = 0;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (self->row != NULL)
    g_object_get (self->row, "unread", &n, NULL);
  unread = words_unread (self, n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dot), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  unread != NULL ? unread : _ ("read"), -1);
}

/* A row that loads notifies a dozen times: said once, after the frame. */
static void
say_later (ZqInboxRow *self)
{
  if (self->say_id == 0)
    self->say_id = g_idle_add_once (say, self);
}

/* The list selects on press; a click opens, one with Ctrl or Shift only marks. */
static void
on_released (ZqInboxRow *self, int n_press, double x, double y, GtkGesture *click)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));

  if ((state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "inbox.open", NULL);
}

static void
on_mark_pressed (ZqInboxRow *self, int n_press, double x, double y, GtkGesture *click)
{
  gtk_gesture_set_state (click, GTK_EVENT_SEQUENCE_CLAIMED);
  if (self->row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "inbox.toggle-mark", "x", zq_inbox_row_get_key (self));
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_inbox_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqInboxRow *self = ZQ_INBOX_ROW (object);

  if (id == PROP_ROW)
    g_value_set_object (value, self->shown);
  else
    g_value_set_int64 (value, self->now);
}

static void
zq_inbox_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqInboxRow *self = ZQ_INBOX_ROW (object);

  if (id == PROP_ROW)
    {
      zq_inbox_row_set_row (self, g_value_get_object (value));
      return;
    }
  self->now = g_value_get_int64 (value);
  g_object_notify_by_pspec (object, properties[PROP_NOW]);
}

static void
zq_inbox_row_dispose (GObject *object)
{
  ZqInboxRow *self = ZQ_INBOX_ROW (object);

  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->row);
  g_clear_handle_id (&self->say_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_inbox_row_parent_class)->dispose (object);
}

static void
bind_words (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, on_query_unread);
  gtk_widget_class_bind_template_callback (klass, on_query_mark);
  gtk_widget_class_bind_template_callback (klass, unread_opacity);
  gtk_widget_class_bind_template_callback (klass, name_classes);
  gtk_widget_class_bind_template_callback (klass, words_person);
  gtk_widget_class_bind_template_callback (klass, words_time);
  gtk_widget_class_bind_template_callback (klass, due_classes);
  gtk_widget_class_bind_template_callback (klass, words_complaint);
  gtk_widget_class_bind_template_callback (klass, is_some);
  gtk_widget_class_bind_template_callback (klass, words_pictures);
  gtk_widget_class_bind_template_callback (klass, words_voices);
  gtk_widget_class_bind_template_callback (klass, words_results);
  gtk_widget_class_bind_template_callback (klass, words_ours);
  gtk_widget_class_bind_template_callback (klass, is_ours);
  gtk_widget_class_bind_template_callback (klass, ours_classes);
  gtk_widget_class_bind_template_callback (klass, words_assigned);
  gtk_widget_class_bind_template_callback (klass, is_assigned);
  gtk_widget_class_bind_template_callback (klass, words_last);
}

/* Without its parts; with them the layout manager of the template is asked. */
static void
zq_inbox_row_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? ZQ_INBOX_ROW (widget)->height : 0;
}

static void
zq_inbox_row_class_init (ZqInboxRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zq_inbox_row_get_property;
  object_class->set_property = zq_inbox_row_set_property;
  object_class->dispose = zq_inbox_row_dispose;
  widget_class->measure = zq_inbox_row_measure;

  g_type_ensure (ZQ_TYPE_CONSULT_ROW);
  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, ZQ_TYPE_CONSULT_ROW,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_NOW] = g_param_spec_int64 ("now", NULL, NULL, G_MININT64, G_MAXINT64, 0,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/inbox-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqInboxRow, box);
  gtk_widget_class_bind_template_child (widget_class, ZqInboxRow, dot);
  gtk_widget_class_bind_template_child (widget_class, ZqInboxRow, lead);
  bind_words (widget_class);
}

static void
zq_inbox_row_init (ZqInboxRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

ZqInboxRow *
zq_inbox_row_new (GTimeZone *zone, int height)
{
  ZqInboxRow *self = g_object_new (ZQ_TYPE_INBOX_ROW, NULL);

  self->zone = zone;
  self->height = height;
  return self;
}

static void
make_parts (ZqInboxRow *self)
{
  GtkGesture *mark = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (mark, "pressed", G_CALLBACK (on_mark_pressed), self);
  gtk_widget_add_controller (self->lead, GTK_EVENT_CONTROLLER (mark));
}

void
zq_inbox_row_set_row (ZqInboxRow *self, ZqConsultRow *row)
{
  g_set_object (&self->row, row);
}

gboolean
zq_inbox_row_is_shown (ZqInboxRow *self)
{
  return self->box != NULL && self->shown == self->row;
}

gboolean
zq_inbox_row_has_parts (ZqInboxRow *self)
{
  return self->box != NULL;
}

void
zq_inbox_row_show (ZqInboxRow *self)
{
  if (zq_inbox_row_is_shown (self))
    return;
  if (self->box == NULL)
    make_parts (self);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_set_object (&self->shown, self->row);
  if (self->shown != NULL)
    g_signal_connect_swapped (self->shown, "notify", G_CALLBACK (say_later), self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
  say_later (self);
}

void
zq_inbox_row_set_height (ZqInboxRow *self, int height)
{
  if (self->height == height)
    return;
  self->height = height;
  if (self->box == NULL)
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

gint64
zq_inbox_row_get_key (ZqInboxRow *self)
{
  return self->row != NULL ? zq_consult_row_get_key (self->row) : 0;
}

void
zq_inbox_row_set_open (ZqInboxRow *self, gint64 open)
{
  if (open != 0 && zq_inbox_row_get_key (self) == open)
    gtk_widget_add_css_class (GTK_WIDGET (self), "open");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "open");
}

ZqConsultRow *
zq_inbox_row_get_row (ZqInboxRow *self)
{
  return self->row;
}
