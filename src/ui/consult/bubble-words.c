/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble-private.h"

#include "ui/widgets/words.h"

#define LONG_WORD 200

static char *
words_day_of (ZqBubble *self, gint64 sent, gint64 now)
{
  return zq_words_day (sent, now, self->zone);
}

static GtkAlign
side (ZqBubble *self, int sender, int form)
{
  /* Over the whole width, so that it looks like nothing that goes to the patient. */
  if (form == ZQ_FORM_NOTE)
    return GTK_ALIGN_FILL;
  if (sender == ZQ_SENDER_SYSTEM)
    return GTK_ALIGN_CENTER;
  return sender == ZQ_SENDER_PATIENT || sender == ZQ_SENDER_RELATIVE ? GTK_ALIGN_START : GTK_ALIGN_END;
}

static float
side_xalign (ZqBubble *self, int sender, int form)
{
  if (form == ZQ_FORM_NOTE)
    return 0.0f;
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
bubble_classes (ZqBubble *self, int sender, int mark, int form)
{
  const char *classes[] = { "bubble", "theirs", NULL, NULL };

  if (form == ZQ_FORM_NOTE)
    classes[1] = "note";
  else if (sender == ZQ_SENDER_ME)
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

static gboolean
is_cut (const char *text)
{
  return text != NULL && g_utf8_strlen (text, -1) > ZQ_MESSAGE_MAX_TEXT;
}

static char *
words_text (ZqBubble *self, const char *text, gboolean withdrawn, guint n_attachments, gboolean loaded)
{
  if (withdrawn)
    return g_strdup (_ ("This message was withdrawn"));
  if (is_cut (text))
    {
      g_autofree char *begin = g_utf8_substring (text, 0, ZQ_MESSAGE_MAX_TEXT);

      return g_strconcat (begin, "…\n\n", _ ("This message is too long to be shown whole."), NULL);
    }
  if (text != NULL && *text != '\0')
    return g_strdup (text);
  return g_strdup (loaded && n_attachments == 0 ? _ ("(no text)") : "");
}

static gboolean
is_note (ZqBubble *self, int form)
{
  return form == ZQ_FORM_NOTE;
}

/* Else the files themselves tell it. */
static gboolean
is_count (ZqBubble *self, guint n, GPtrArray *files, gboolean withdrawn)
{
  return n > 0 && files == NULL && !withdrawn;
}

static gboolean
is_text (ZqBubble *self, const char *text, gboolean withdrawn, guint n_attachments, gboolean loaded)
{
  return withdrawn || n_attachments == 0 || !loaded || (text != NULL && *text != '\0');
}

/* Pango looks for the place to break a word letter by letter, each time from its beginning: seconds for a word of
 * thousands. */
static PangoWrapMode
text_wrap (ZqBubble *self, const char *text)
{
  guint run = 0;

  for (const char *at = text; at != NULL && *at != '\0'; at++)
    {
      run = g_ascii_isalnum (*at) ? run + 1 : 0;
      if (run > LONG_WORD)
        return PANGO_WRAP_CHAR;
    }
  return PANGO_WRAP_WORD_CHAR;
}

static char **
text_classes (ZqBubble *self, gboolean withdrawn, gint64 corrected_by)
{
  const char *classes[] = { "words", withdrawn ? "withdrawn" : NULL, NULL };

  if (!withdrawn && corrected_by != 0)
    classes[1] = "outdated";
  return g_strdupv ((char **)classes);
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
words_mark (ZqBubble *self, gint64 sent, int mark, gint64 mark_at, const char *reason, int form, gint64 now)
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
      state = g_strdup (form == ZQ_FORM_NOTE ? _ ("✓ saved") : _ ("✓ sent"));
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

char *
zq_bubble_describe (ZqBubble *self)
{
  g_autofree char *name = NULL, *relation = NULL, *text = NULL, *reason = NULL;
  g_autofree char *who = NULL, *words = NULL, *mark_words = NULL;
  gboolean withdrawn, loaded;
  guint n_attachments;
  gint64 sent, mark_at;
  int sender, mark, form;

  g_object_get (self->message, "sender", &sender, "sender-name", &name, "relation", &relation, "text", &text,
                "withdrawn", &withdrawn, "loaded", &loaded, "n-attachments", &n_attachments, "sent", &sent, "mark",
                &mark, "mark-at", &mark_at, "reason", &reason, "form", &form, NULL);
  who = words_who (self, sender, name, relation);
  words = words_text (self, text, withdrawn, n_attachments, loaded);
  mark_words = words_mark (self, sent, mark, mark_at, reason, form, self->now);
  if (form == ZQ_FORM_NOTE)
    return g_strdup_printf ("%s: %s: %s, %s", _ ("Internal note – the patient cannot see this"), who, words,
                            mark_words);
  if (form == ZQ_FORM_CORRECTION)
    return g_strdup_printf ("%s: %s: %s, %s", who, _ ("Correction"), words, mark_words);
  return g_strdup_printf ("%s: %s, %s", who, words, mark_words);
}

void
zq_bubble_bind_words (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, words_day_of);
  gtk_widget_class_bind_template_callback (klass, side);
  gtk_widget_class_bind_template_callback (klass, side_xalign);
  gtk_widget_class_bind_template_callback (klass, words_who);
  gtk_widget_class_bind_template_callback (klass, who_classes);
  gtk_widget_class_bind_template_callback (klass, bubble_classes);
  gtk_widget_class_bind_template_callback (klass, words_text);
  gtk_widget_class_bind_template_callback (klass, words_attachments);
  gtk_widget_class_bind_template_callback (klass, words_mark);
  gtk_widget_class_bind_template_callback (klass, mark_classes);
  gtk_widget_class_bind_template_callback (klass, needs_doctor);
  gtk_widget_class_bind_template_callback (klass, is_note);
  gtk_widget_class_bind_template_callback (klass, is_count);
  gtk_widget_class_bind_template_callback (klass, is_text);
  gtk_widget_class_bind_template_callback (klass, text_classes);
  gtk_widget_class_bind_template_callback (klass, text_wrap);
}
