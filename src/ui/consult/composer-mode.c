/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/composer-private.h"

#include "clinic/consult/message.h"

#include <glib/gi18n.h>

/* --- how it looks ----------------------------------------------------------------------------- */

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static const char *
words_to (ZqComposer *self)
{
  if (self->mode == ZQ_COMPOSER_NOTE)
    return _ ("Internal note – only colleagues see it");
  if (self->mode == ZQ_COMPOSER_CORRECTION)
    return _ ("Correction of a message that the patient has read");
  return self->to_whom != NULL ? self->to_whom : "";
}

static void
show_send (ZqComposer *self)
{
  if (self->has_findings)
    gtk_button_set_label (GTK_BUTTON (self->send), _ ("Send Anyway"));
  else if (self->mode == ZQ_COMPOSER_NOTE)
    gtk_button_set_label (GTK_BUTTON (self->send), _ ("Save Note"));
  else if (self->mode == ZQ_COMPOSER_CORRECTION)
    gtk_button_set_label (GTK_BUTTON (self->send), _ ("Send Correction"));
  else
    gtk_button_set_label (GTK_BUTTON (self->send), _ ("Send"));
  gtk_widget_set_tooltip_text (self->send, self->mode == ZQ_COMPOSER_NOTE
                                               ? _ ("Keep this note for colleagues (Ctrl+Enter)")
                                               : _ ("Send this reply (Ctrl+Enter)"));
}

/* (transfer full) */
static char *
words_quote (ZqComposer *self)
{
  g_autofree char *name = NULL, *text = NULL;
  gboolean from_me;

  if (!zq_message_read_words (zq_store_get_main_db (self->store), self->quote, &from_me, &name, &text))
    return g_strdup (_ ("A message that was withdrawn or is not here"));
  /* Translators: what a message answers: a name and its words */
  return g_strdup_printf (_ ("In reply to %1$s: %2$s"),
                          from_me        ? _ ("Me")
                          : name != NULL ? name
                                         : "",
                          text != NULL && *text != '\0' ? text : _ ("Files"));
}

static void
show_quote (ZqComposer *self)
{
  gboolean is_reply = self->consult != 0 && self->mode == ZQ_COMPOSER_REPLY;
  gboolean is_shown = is_reply && (self->quote != 0 || self->tells != 0);
  g_autofree char *words = NULL;

  /* Translators: %s is the name of a report whose result the reply tells the patient */
  if (is_shown)
    words = self->tells != 0 ? g_strdup_printf (_ ("Tells the result: %s"), self->of_told) : words_quote (self);

  gtk_widget_set_visible (self->quote_chip, is_shown);
  gtk_label_set_label (self->quote_words, words != NULL ? words : "");
}

void
zq_composer_show_mode (ZqComposer *self)
{
  const char *to = words_to (self);
  gboolean is_note = self->mode == ZQ_COMPOSER_NOTE;

  gtk_label_set_label (self->to, to);
  gtk_widget_set_visible (self->to_icon, is_note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, to, -1);
  set_class (self->box, "noting", is_note);
  set_class (self->box, "correcting", self->mode == ZQ_COMPOSER_CORRECTION);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->note_toggle), is_note);
  gtk_widget_set_visible (self->reason_box, self->mode == ZQ_COMPOSER_CORRECTION);
  gtk_widget_set_visible (self->attach, self->mode == ZQ_COMPOSER_REPLY);
  gtk_widget_set_visible (self->options, !is_note);
  show_send (self);
  show_quote (self);
  zq_composer_show_files (self);
  zq_composer_update (self);
}

/* --- changing it ------------------------------------------------------------------------------ */

/* What was typed goes into the draft of the mode in which it was typed before anything else is shown. */
void
zq_composer_set_mode (ZqComposer *self, ZqComposerMode mode, gint64 corrects)
{
  zq_composer_flush (self);
  self->mode = mode;
  self->corrects = corrects;
  zq_composer_load (self);
  zq_composer_show_mode (self);
  zq_composer_notify_mode (self);
}

ZqComposerMode
zq_composer_get_mode (ZqComposer *self)
{
  return self->mode;
}

void
zq_composer_set_note (ZqComposer *self, gboolean note)
{
  ZqComposerMode mode = note ? ZQ_COMPOSER_NOTE : ZQ_COMPOSER_REPLY;

  if (self->consult != 0 && self->mode != mode)
    zq_composer_set_mode (self, mode, 0);
  else
    zq_composer_show_mode (self);
}

void
zq_composer_correct (ZqComposer *self, gint64 message, const char *old)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  if (self->consult == 0)
    return;
  zq_composer_set_mode (self, ZQ_COMPOSER_CORRECTION, message);
  if (!zq_composer_has_words (self) && old != NULL)
    gtk_text_buffer_set_text (buffer, old, -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

void
zq_composer_quote (ZqComposer *self, gint64 message)
{
  if (self->consult == 0)
    return;
  if (message != 0 && self->mode != ZQ_COMPOSER_REPLY)
    zq_composer_set_mode (self, ZQ_COMPOSER_REPLY, 0);
  if (self->mode == ZQ_COMPOSER_REPLY && self->quote != message)
    {
      self->quote = message;
      zq_composer_touch (self);
    }
  show_quote (self);
}

static void
set_told (ZqComposer *self, gint64 about, gint64 tells, const char *words)
{
  self->about = about;
  self->tells = tells;
  g_free (self->of_told);
  self->of_told = g_strdup (words != NULL ? words : "");
}

void
zq_composer_tell (ZqComposer *self, gint64 about, gint64 tells, const char *words)
{
  if (self->consult == 0)
    return;
  if (tells != 0 && self->mode != ZQ_COMPOSER_REPLY)
    zq_composer_set_mode (self, ZQ_COMPOSER_REPLY, 0);
  set_told (self, about, tells, words);
  zq_composer_touch (self);
  show_quote (self);
}

void
zq_composer_take_told (ZqComposer *self, gint64 tells)
{
  g_autofree char *title = NULL;
  gint64 about = 0;

  if (tells == 0 || !zq_message_read_told (zq_store_get_main_db (self->store), tells, &about, &title))
    tells = about = 0;
  set_told (self, about, tells, title);
}

/* --- findings --------------------------------------------------------------------------------- */

static void
clear_findings (ZqComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;
  GtkWidget *child;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag_by_name (buffer, "finding", &start, &end);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->findings))) != NULL)
    gtk_box_remove (self->findings, child);
}

/* The text is looked through as it is sent, without the space around it. */
static int
leading_space (const char *text)
{
  const char *at = text;

  while (g_ascii_isspace (*at))
    at++;
  return (int)(at - text);
}

static void
mark_finding (ZqComposer *self, const char *text, const ZqGuardFinding *finding)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  gsize skip = (gsize)leading_space (text);
  GtkTextIter start, end;

  if (finding->end <= finding->start || skip + finding->end > strlen (text))
    return;
  gtk_text_buffer_get_iter_at_offset (buffer, &start,
                                      (int)g_utf8_pointer_to_offset (text, text + skip + finding->start));
  gtk_text_buffer_get_iter_at_offset (buffer, &end, (int)g_utf8_pointer_to_offset (text, text + skip + finding->end));
  gtk_text_buffer_apply_tag_by_name (buffer, "finding", &start, &end);
}

/* (transfer full) */
static char *
words_finding (const ZqGuardFinding *finding)
{
  const char *reason = _ (finding->reason);
  const char *place = strstr (reason, "%s");

  if (place == NULL)
    return g_strdup (reason);
  return g_strdup_printf ("%.*s%s%s", (int)(place - reason), reason, finding->detail != NULL ? finding->detail : "",
                          place + 2);
}

static void
add_finding (ZqComposer *self, const ZqGuardFinding *finding, GString *all)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *found = words_finding (finding);
  /* Translators: %s is what was found in the reason of a correction */
  g_autofree char *words = finding->end == 0 ? g_strdup_printf (_ ("Reason: %s"), found) : g_steal_pointer (&found);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = gtk_label_new (words);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (self->findings, row);
  g_string_append_printf (all, "%s%s", all->len > 0 ? " · " : "", words);
}

void
zq_composer_show_findings (ZqComposer *self, GPtrArray *findings)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  gboolean has_findings = findings != NULL && findings->len > 0;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  if (!has_findings && !self->has_findings)
    return;
  clear_findings (self);
  self->has_findings = has_findings;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  for (guint i = 0; has_findings && i < findings->len; i++)
    {
      mark_finding (self, text, g_ptr_array_index (findings, i));
      add_finding (self, g_ptr_array_index (findings, i), all);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->findings), has_findings);
  show_send (self);
  /* The focus stays in the text: a change of its description is read out. */
  if (has_findings)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, all->str, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

gboolean
zq_composer_has_findings (ZqComposer *self)
{
  return self->has_findings;
}

/* --- actions ---------------------------------------------------------------------------------- */

static void
unquote_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqComposer *self = ZQ_COMPOSER (widget);

  if (self->tells != 0)
    zq_composer_tell (self, 0, 0, NULL);
  else
    zq_composer_quote (self, 0);
  gtk_widget_grab_focus (widget);
}

/* Given up: its words go too. */
static void
uncorrect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqComposer *self = ZQ_COMPOSER (widget);

  if (self->mode != ZQ_COMPOSER_CORRECTION)
    return;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
  gtk_editable_set_text (self->reason, "");
  zq_composer_set_mode (self, ZQ_COMPOSER_REPLY, 0);
  gtk_widget_grab_focus (widget);
}

void
zq_composer_install_modes (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "composer.unquote", NULL, unquote_action);
  gtk_widget_class_install_action (klass, "composer.uncorrect", NULL, uncorrect_action);
}
