/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/diagnostics/waiting-row.h"

#include "ui/widgets/words.h"

struct _ZqWaitingRow
{
  AdwPreferencesRow parent_instance;

  /* template */
  GtkLabel *what;
  GtkLabel *since;
  GtkLabel *text;
  GtkLabel *why;
  GtkBox *newer;
  GtkWidget *upload;
  GtkProgressBar *progress;
  GtkWidget *cancel;
  GtkWidget *buttons;
  GtkWidget *open;
  GtkWidget *edit;
  GtkButton *send;
  GtkWidget *discard;

  /* owned */
  ZqOurs *ours;
  ZqAttachments *attachments;
};

G_DEFINE_FINAL_TYPE (ZqWaitingRow, zq_waiting_row, ADW_TYPE_PREFERENCES_ROW)

/* --- words ------------------------------------------------------------------------------------ */

const char *
zq_waiting_words_action (const char *action)
{
  static const struct
  {
    const char *action;
    const char *words;
  } table[] = {
    { "send-message", N_ ("Reply") },
    { "close", N_ ("Closing of a consultation") },
    { "reopen", N_ ("Reopening") },
    { "claim", N_ ("Claim from the pool") },
    { "release", N_ ("Return to the pool") },
    { "set-priority", N_ ("Change of urgency") },
    { "mark-read", N_ ("Read mark") },
    { "upload", N_ ("File") },
    { "assign", N_ ("Hand-over") },
    { "withdraw", N_ ("Withdrawal of a message") },
    { "write-note", N_ ("Internal note") },
    { "correct", N_ ("Correction") },
    { "mark-unread", N_ ("Unread mark") },
    { "sign", N_ ("Consultation record") },
    { "append", N_ ("Addition to a record") },
    { "diagnose", N_ ("Diagnosis") },
    { "keep", N_ ("Document of the record") },
    { "make", N_ ("New visit") },
    { "move", N_ ("Visit moved") },
    { "cancel", N_ ("Visit cancelled") },
    { "no-show", N_ ("No-show") },
    { "begin", N_ ("Begin of a visit") },
    { "fulfil", N_ ("End of a visit") },
    { "finish", N_ ("End of a visit") },
    { "complete", N_ ("End of a visit") },
    { "give", N_ ("Result to review") },
    { "told", N_ ("Step of a result") },
    { "told-otherwise", N_ ("Step of a result") },
    { "received", N_ ("Step of a result") },
    { "contacted", N_ ("Step of a result") },
    { "not-reached", N_ ("Step of a result") },
    { "handled", N_ ("Step of a result") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (action, table[i].action) == 0)
      return _ (table[i].words);
  return action;
}

char *
zq_waiting_words_why (const ZqOurs *ours)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, ours->stopped_by);

  if (ours->reason != NULL)
    return g_strdup (ours->reason);
  if (ours->stopped_by != 0)
    /* Translators: the number of a reply that was not sent */
    return g_strdup_printf (_ ("Waits until you have decided about #%s"), number);
  if (ours->intent->state == ZQ_INTENT_REFUSED)
    return zq_words_reason (NULL);

  return g_strdup ("");
}

static void
show_what (ZqWaitingRow *self)
{
  const char *action = zq_waiting_words_action (self->ours->intent->action);
  /* Translators: what waits, and for which patient it is */
  g_autofree char *words =
      self->ours->name != NULL ? g_strdup_printf (_ ("%1$s: %2$s"), action, self->ours->name) : g_strdup (action);

  gtk_label_set_label (self->what, words);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_or_hide (GtkLabel *label, const char *words)
{
  gtk_label_set_label (label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (label), words != NULL && *words != '\0');
}

static void
add_newer (ZqWaitingRow *self, const ZqNewer *newer, gint64 now, GTimeZone *zone)
{
  g_autofree char *when = zq_words_day_clock (newer->sent, now, zone);
  /* Translators: who wrote, when, and the words */
  g_autofree char *words =
      g_strdup_printf (_ ("%1$s, %2$s: %3$s"), newer->name != NULL ? newer->name : "—", when,
                       newer->text != NULL && *newer->text != '\0' ? newer->text : _ ("pictures or files"));
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_box_append (self->newer, label);
}

static void
show_newer (ZqWaitingRow *self, gint64 now, GTimeZone *zone)
{
  GPtrArray *newer = self->ours->newer;

  gtk_widget_set_visible (GTK_WIDGET (self->newer), newer != NULL && newer->len > 0);
  for (guint i = 0; newer != NULL && i < newer->len; i++)
    add_newer (self, g_ptr_array_index (newer, i), now, zone);
}

/* --- a file on its way ------------------------------------------------------------------------ */

static void
show_progress (ZqWaitingRow *self)
{
  g_auto (ZqAttachmentInfo) info = { 0 };
  g_autofree char *words = NULL, *done = NULL, *all = NULL;

  if (!zq_attachments_peek (self->attachments, self->ours->file_key, &info) || info.size <= 0)
    return;
  done = g_format_size (info.done);
  all = g_format_size (info.size);
  /* Translators: how much of a file is sent, of how much */
  words = g_strdup_printf (_ ("%1$s of %2$s"), done, all);
  gtk_progress_bar_set_fraction (self->progress, CLAMP ((double)info.done / (double)info.size, 0, 1));
  gtk_progress_bar_set_text (self->progress, words);
}

static void
on_file_changed (ZqWaitingRow *self, const char *key)
{
  if (g_strcmp0 (key, self->ours->file_key) == 0)
    show_progress (self);
}

static void
follow_file (ZqWaitingRow *self)
{
  gboolean is_file = self->ours->file_key != NULL && self->attachments != NULL;

  gtk_widget_set_visible (self->upload, is_file);
  if (!is_file)
    return;
  g_signal_connect_object (self->attachments, "changed", G_CALLBACK (on_file_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->cancel, self->ours->reply != 0);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->cancel), "x", self->ours->reply);
  show_progress (self);
}

/* --- what can be done ------------------------------------------------------------------------- */

static void
set_button (GtkWidget *button, gboolean offered, gint64 target)
{
  gtk_widget_set_visible (button, offered);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "x", target);
}

static void
show_buttons (ZqWaitingRow *self)
{
  const ZqIntent *intent = self->ours->intent;
  gboolean is_stopped = intent->state == ZQ_INTENT_HELD || intent->state == ZQ_INTENT_REFUSED;
  gboolean is_file = self->ours->file_key != NULL;
  gboolean is_reply = g_strcmp0 (intent->action, "send-message") == 0;
  gboolean is_mark = g_strcmp0 (intent->kind, "read-mark") == 0;

  set_button (self->open, self->ours->consult != 0, self->ours->consult);
  set_button (self->edit, is_reply && intent->state != ZQ_INTENT_SENDING, intent->seq);
  set_button (GTK_WIDGET (self->send), is_stopped, intent->seq);
  gtk_button_set_label (self->send,
                        is_reply && intent->state == ZQ_INTENT_HELD ? _ ("Send After All") : _ ("Try Again"));
  set_button (self->discard, intent->state != ZQ_INTENT_SENDING && !is_file && (is_stopped || !is_mark), intent->seq);
  gtk_widget_set_visible (self->buttons, self->ours->consult != 0 || is_stopped || is_reply);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_waiting_row_finalize (GObject *object)
{
  ZqWaitingRow *self = ZQ_WAITING_ROW (object);

  g_clear_pointer (&self->ours, zq_ours_free);
  g_clear_object (&self->attachments);
  G_OBJECT_CLASS (zq_waiting_row_parent_class)->finalize (object);
}

static void
zq_waiting_row_class_init (ZqWaitingRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zq_waiting_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/diagnostics/waiting-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, what);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, since);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, text);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, why);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, newer);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, upload);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, progress);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, open);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, edit);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, send);
  gtk_widget_class_bind_template_child (widget_class, ZqWaitingRow, discard);
}

static void
zq_waiting_row_init (ZqWaitingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

ZqWaitingRow *
zq_waiting_row_new (ZqOurs *ours, ZqAttachments *attachments, gint64 now, GTimeZone *zone)
{
  ZqWaitingRow *self = g_object_new (ZQ_TYPE_WAITING_ROW, NULL);
  g_autofree char *since = zq_words_day_clock (ours->intent->created, now, zone);
  g_autofree char *why = zq_waiting_words_why (ours);

  self->ours = ours;
  g_set_object (&self->attachments, attachments);
  show_what (self);
  gtk_label_set_label (self->since, since);
  show_or_hide (self->text, ours->text);
  show_or_hide (self->why, why);
  gtk_widget_add_css_class (GTK_WIDGET (self->why), ours->intent->state < ZQ_INTENT_HELD ? "dim-label" : "stopped");
  show_newer (self, now, zone);
  follow_file (self);
  show_buttons (self);

  return self;
}

const ZqOurs *
zq_waiting_row_get_ours (ZqWaitingRow *self)
{
  return self->ours;
}
