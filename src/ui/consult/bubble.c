/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble.h"

#include "ui/widgets/words.h"

struct _ZqBubble
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqMessage *message;
  gint64 now;
  gboolean first_new;
  guint say_id;
};

enum
{
  PROP_MESSAGE = 1,
  PROP_NOW,
  PROP_FIRST_NEW,
  N_PROPS,
};

enum
{
  RESEND,
  TAKE_BACK,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqBubble, zq_bubble, GTK_TYPE_WIDGET)

/* --- what the template asks ------------------------------------------------------------------- */

static char *
words_day_of (ZqBubble *self, gint64 sent, gint64 now)
{
  return zq_words_day (sent, now, self->zone);
}

static GtkAlign
side (ZqBubble *self, int sender)
{
  if (sender == ZQ_SENDER_SYSTEM)
    return GTK_ALIGN_CENTER;
  return sender == ZQ_SENDER_PATIENT || sender == ZQ_SENDER_RELATIVE ? GTK_ALIGN_START : GTK_ALIGN_END;
}

static float
side_xalign (ZqBubble *self, int sender)
{
  if (sender == ZQ_SENDER_SYSTEM)
    return 0.5f;
  return sender == ZQ_SENDER_PATIENT || sender == ZQ_SENDER_RELATIVE ? 0.0f : 1.0f;
}

static char *
words_who (ZqBubble *self, int sender, const char *name, const char *relation)
{
  const char *said = name != NULL && *name != '\0' ? name : _ ("name not known");

  switch (sender)
    {
    case ZQ_SENDER_PATIENT:
      /* Translators: %s is a name */
      return g_strdup_printf (_ ("Patient %s"), said);
    case ZQ_SENDER_RELATIVE:
      if (relation == NULL || *relation == '\0')
        /* Translators: %s is a name */
        return g_strdup_printf (_ ("Relative %s, for the patient"), said);
      /* Translators: "daughter 王××, for the patient" (代述) */
      return g_strdup_printf (_ ("%1$s %2$s, for the patient"), relation, said);
    case ZQ_SENDER_ME:
      return g_strdup (_ ("Me"));
    case ZQ_SENDER_COLLEAGUE:
      /* Translators: %s is a name */
      return g_strdup_printf (_ ("Doctor %s"), said);
    case ZQ_SENDER_ASSISTANT:
      /* Translators: %s is a name */
      return relation != NULL && *relation != '\0' ? g_strdup_printf ("%s %s", relation, said)
                                                   : g_strdup_printf (_ ("Assistant %s"), said);
    case ZQ_SENDER_SYSTEM:
    default:
      return g_strdup (_ ("System"));
    }
}

static char **
who_classes (ZqBubble *self, int sender)
{
  const char *classes[] = { "who", sender == ZQ_SENDER_RELATIVE ? "relative" : NULL, NULL };

  return g_strdupv ((char **)classes);
}

static char **
bubble_classes (ZqBubble *self, int sender, int mark)
{
  const char *classes[] = { "bubble", "theirs", NULL, NULL };

  if (sender == ZQ_SENDER_ME)
    classes[1] = "mine";
  else if (sender == ZQ_SENDER_SYSTEM)
    classes[1] = "system";
  else if (sender == ZQ_SENDER_COLLEAGUE || sender == ZQ_SENDER_ASSISTANT)
    classes[1] = "staff";
  if (mark == ZQ_MARK_WAITING)
    classes[2] = "pending";
  else if (mark == ZQ_MARK_HELD || mark == ZQ_MARK_REFUSED)
    classes[2] = "stopped";
  return g_strdupv ((char **)classes);
}

static char *
words_text (ZqBubble *self, const char *text, gboolean withdrawn, guint n_attachments, gboolean loaded)
{
  if (withdrawn)
    return g_strdup (_ ("This message was withdrawn"));
  if (text != NULL && *text != '\0')
    return g_strdup (text);
  return g_strdup (loaded && n_attachments == 0 ? _ ("(no text)") : "");
}

static gboolean
is_some (ZqBubble *self, guint n)
{
  return n > 0;
}

static char *
words_attachments (ZqBubble *self, guint n)
{
  return g_strdup_printf (ngettext ("%u attachment", "%u attachments", n), n);
}

static char *
mark_at_words (ZqBubble *self, const char *words, gint64 sent, gint64 at, gint64 now)
{
  g_autofree char *clock = NULL, *sent_day = NULL, *at_day = NULL;

  if (at == 0)
    return g_strdup (words);
  sent_day = zq_words_day (sent, now, self->zone);
  at_day = zq_words_day (at, now, self->zone);
  clock = zq_words_clock (at, self->zone);
  if (g_str_equal (sent_day, at_day))
    return g_strconcat (words, " ", clock, NULL);
  return g_strconcat (words, " ", at_day, " ", clock, NULL);
}

static char *
words_mark (ZqBubble *self, gint64 sent, int mark, gint64 mark_at, const char *reason, gint64 now)
{
  g_autofree char *clock = sent != 0 ? zq_words_clock (sent, self->zone) : g_strdup ("");
  g_autofree char *why = zq_words_reason (reason);
  g_autofree char *state = NULL;

  switch (mark)
    {
    case ZQ_MARK_WAITING:
      state = g_strdup (_ ("kept here, waiting to be sent"));
      break;
    case ZQ_MARK_SENT:
      state = g_strdup (_ ("✓ sent"));
      break;
    case ZQ_MARK_DELIVERED:
      state = mark_at_words (self, _ ("✓ delivered"), sent, mark_at, now);
      break;
    case ZQ_MARK_READ:
      state = mark_at_words (self, _ ("✓ read"), sent, mark_at, now);
      break;
    case ZQ_MARK_HELD:
      /* Translators: %s is the reason */
      state = g_strdup_printf (_ ("Not sent. %s"), why);
      break;
    case ZQ_MARK_REFUSED:
      /* Translators: %s is the hospital's reason */
      state = g_strdup_printf (_ ("Refused, kept here. %s"), why);
      break;
    case ZQ_MARK_NONE:
    default:
      return g_steal_pointer (&clock);
    }
  return *clock != '\0' ? g_strdup_printf ("%s  %s", clock, state) : g_steal_pointer (&state);
}

static char **
mark_classes (ZqBubble *self, int mark)
{
  const char *classes[] = { "mark", "numeric", "dim-label", NULL };

  if (mark == ZQ_MARK_HELD || mark == ZQ_MARK_REFUSED)
    classes[2] = "failed";
  return g_strdupv ((char **)classes);
}

static gboolean
needs_doctor (ZqBubble *self, int mark)
{
  return mark == ZQ_MARK_HELD || mark == ZQ_MARK_REFUSED;
}

static void
on_resend (ZqBubble *self)
{
  if (self->message != NULL)
    g_signal_emit (self, signals[RESEND], 0, zq_message_get_intent (self->message));
}

static void
on_take_back (ZqBubble *self)
{
  if (self->message != NULL)
    g_signal_emit (self, signals[TAKE_BACK], 0, zq_message_get_intent (self->message));
}

/* --- accessibility ---------------------------------------------------------------------------- */

static void
say (gpointer data)
{
  ZqBubble *self = data;
  g_autofree char *name = NULL, *relation = NULL, *text = NULL, *reason = NULL;
  g_autofree char *who = NULL, *words = NULL, *mark_words = NULL, *all = NULL;
  gboolean withdrawn, loaded;
  guint n_attachments;
  gint64 sent, mark_at;
  int sender, mark;

  self->say_id = 0;
  if (self->message == NULL)
    return;
  g_object_get (self->message, "sender", &sender, "sender-name", &name, "relation", &relation, "text", &text,
                "withdrawn", &withdrawn, "loaded", &loaded, "n-attachments", &n_attachments, "sent", &sent, "mark",
                &mark, "mark-at", &mark_at, "reason", &reason, NULL);
  who = words_who (self, sender, name, relation);
  words = words_text (self, text, withdrawn, n_attachments, loaded);
  mark_words = words_mark (self, sent, mark, mark_at, reason, self->now);
  all = g_strdup_printf ("%s: %s, %s", who, words, mark_words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all, -1);
}

static void
say_later (ZqBubble *self)
{
  if (self->say_id == 0)
    self->say_id = g_idle_add_once (say, self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_bubble_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqBubble *self = ZQ_BUBBLE (object);

  if (id == PROP_MESSAGE)
    g_value_set_object (value, self->message);
  else if (id == PROP_NOW)
    g_value_set_int64 (value, self->now);
  else
    g_value_set_boolean (value, self->first_new);
}

static void
zq_bubble_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqBubble *self = ZQ_BUBBLE (object);

  if (id == PROP_MESSAGE)
    zq_bubble_set_message (self, g_value_get_object (value));
  else if (id == PROP_NOW)
    self->now = g_value_get_int64 (value);
  else
    self->first_new = g_value_get_boolean (value);
}

static void
zq_bubble_dispose (GObject *object)
{
  ZqBubble *self = ZQ_BUBBLE (object);

  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_handle_id (&self->say_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_bubble_parent_class)->dispose (object);
}

static void
bind_words (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, words_day_of);
  gtk_widget_class_bind_template_callback (klass, side);
  gtk_widget_class_bind_template_callback (klass, side_xalign);
  gtk_widget_class_bind_template_callback (klass, words_who);
  gtk_widget_class_bind_template_callback (klass, who_classes);
  gtk_widget_class_bind_template_callback (klass, bubble_classes);
  gtk_widget_class_bind_template_callback (klass, words_text);
  gtk_widget_class_bind_template_callback (klass, is_some);
  gtk_widget_class_bind_template_callback (klass, words_attachments);
  gtk_widget_class_bind_template_callback (klass, words_mark);
  gtk_widget_class_bind_template_callback (klass, mark_classes);
  gtk_widget_class_bind_template_callback (klass, needs_doctor);
  gtk_widget_class_bind_template_callback (klass, on_resend);
  gtk_widget_class_bind_template_callback (klass, on_take_back);
}

static void
zq_bubble_class_init (ZqBubbleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = zq_bubble_get_property;
  object_class->set_property = zq_bubble_set_property;
  object_class->dispose = zq_bubble_dispose;

  g_type_ensure (ZQ_TYPE_MESSAGE);
  properties[PROP_MESSAGE] =
      g_param_spec_object ("message", NULL, NULL, ZQ_TYPE_MESSAGE, flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_NOW] = g_param_spec_int64 ("now", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_FIRST_NEW] = g_param_spec_boolean ("first-new", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[RESEND] = g_signal_new ("resend", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[TAKE_BACK] = g_signal_new ("take-back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_INT64);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/bubble.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqBubble, box);
  bind_words (widget_class);
}

static void
zq_bubble_init (ZqBubble *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

ZqBubble *
zq_bubble_new (GTimeZone *zone)
{
  ZqBubble *self = g_object_new (ZQ_TYPE_BUBBLE, NULL);

  self->zone = zone;
  return self;
}

void
zq_bubble_set_message (ZqBubble *self, ZqMessage *message)
{
  if (self->message == message)
    return;
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->message, message);
  if (message != NULL)
    g_signal_connect_swapped (message, "notify", G_CALLBACK (say_later), self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
  say_later (self);
}

ZqMessage *
zq_bubble_get_message (ZqBubble *self)
{
  return self->message;
}
