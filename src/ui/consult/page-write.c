/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/page-private.h"

#include "clinic/consult/guard-facts.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/unseen.h"
#include "rules/guard.h"
#include "ui/consult/bubble.h"

#include <glib/gi18n.h>
#include <string.h>

/* How long somebody who was open may still be on the doctor's mind, and how many. */
#define LATELY      (4 * G_TIME_SPAN_HOUR)
#define MOST_LATELY 50

/* --- before it goes --------------------------------------------------------------------------- */

void
zq_consult_page_note_opened (ZqConsultPage *self)
{
  ZqOpened opened = { self->consult->patient_id, zq_clock_now (zq_store_get_clock (self->store)) };

  if (self->opened == NULL)
    self->opened = g_array_new (FALSE, FALSE, sizeof (ZqOpened));
  for (guint i = self->opened->len; i > 0; i--)
    {
      const ZqOpened *other = &g_array_index (self->opened, ZqOpened, i - 1);

      if (other->patient == opened.patient || other->at < opened.at - LATELY)
        g_array_remove_index (self->opened, i - 1);
    }
  if (self->opened->len >= MOST_LATELY)
    g_array_remove_index (self->opened, 0);
  g_array_append_val (self->opened, opened);
}

static GArray *
list_lately (ZqConsultPage *self)
{
  GArray *patients = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));

  for (guint i = self->opened != NULL ? self->opened->len : 0; i > 0; i--)
    {
      const ZqOpened *opened = &g_array_index (self->opened, ZqOpened, i - 1);

      if (opened->at >= now - LATELY)
        g_array_append_val (patients, opened->patient);
    }
  return patients;
}

/* TRUE: there is something to look at first. Sending what has been looked at is the doctor's to decide. */
static gboolean
is_guarded (ZqConsultPage *self, const ZqWritten *written)
{
  g_autoptr (GArray) lately = NULL;
  g_autoptr (ZqGuardKnown) known = NULL;
  g_autoptr (GPtrArray) findings = NULL;

  if (written->mode == ZQ_COMPOSER_NOTE || zq_composer_has_findings (self->composer))
    return FALSE;
  lately = list_lately (self);
  known = zq_guard_known_load (zq_store_get_main_db (self->store), self->consult->patient_id, (gint64 *)lately->data,
                               lately->len);
  findings = zq_guard_known_check (known, zq_context_get_policy (zq_store_get_context (self->store)), written->text,
                                   written->reason);
  zq_composer_show_findings (self->composer, findings);
  return findings->len > 0;
}

/* Keeps the words up to date once they stand there. */
void
zq_consult_page_say_unseen (ZqConsultPage *self)
{
  guint n;
  g_autofree char *words = NULL;

  g_object_get (self->thread, "n-unseen", &n, NULL);
  if (n == 0 && !self->is_warned)
    return;
  if (n == 0)
    self->is_warned = FALSE;
  if (self->is_warned)
    words = g_strdup_printf (ngettext ("%u message has not been seen yet; look at it, then send",
                                       "%u messages have not been seen yet; look at them, then send", n),
                             n);
  zq_composer_warn (self->composer, words);
}

/* What came in is read before it is answered. */
static gboolean
has_unseen (ZqConsultPage *self)
{
  if (zq_thread_count_unseen (self->thread) == 0)
    return FALSE;
  self->is_warned = TRUE;
  zq_consult_page_say_unseen (self);
  zq_thread_show_unseen (self->thread);
  return TRUE;
}

static char *
words_unseen (const ZqUnseen *unseen)
{
  if (g_str_equal (unseen->kind, "message"))
    return g_strdup_printf (
        ngettext ("%u message of this patient in another consultation has not been read: here it is",
                  "%u messages of this patient in another consultation have not been read: here they are", unseen->n),
        unseen->n);
  if (g_str_equal (unseen->kind, "result"))
    return g_strdup_printf (ngettext ("%u result of this patient has not been looked at: Alt+2",
                                      "%u results of this patient have not been looked at: Alt+2", unseen->n),
                            unseen->n);
  return g_strdup_printf (ngettext ("%u thing of this patient has not been seen yet",
                                    "%u things of this patient have not been seen yet", unseen->n),
                          unseen->n);
}

/* Of the same patient, elsewhere: nobody is done with before that. */
static gboolean
has_unseen_elsewhere (ZqConsultPage *self)
{
  g_autoptr (GArray) all =
      zq_unseen_of_patient (zq_store_get_main_db (self->store), self->consult->patient_id, self->key);
  const ZqUnseen *first;
  g_autofree char *words = NULL;

  if (all == NULL)
    return FALSE;
  first = &g_array_index (all, ZqUnseen, 0);
  words = words_unseen (first);
  zq_composer_flush (self->composer);
  if (first->consult != 0 && first->consult != self->key)
    zq_consult_page_open (self, first->consult);
  zq_consult_page_say (self, words);
  return TRUE;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void
put_back (ZqPageCommand *command, const GError *error)
{
  zq_consult_page_say_failed (command->page, error);
  if (command->page->store != NULL)
    zq_composer_put_back (command->page->composer, command->written);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;
  ZqConsultPage *page = command->page;
  ZqUndo *undo = NULL;
  gint64 intent = zq_consult_send_finish (ZQ_STORE (source), result, &undo, &error);

  zq_composer_settled (page->composer);
  if (intent == 0)
    {
      put_back (command, error);
      return;
    }
  g_clear_pointer (&page->last, zq_take_back_unref);
  page->last = g_rc_box_new0 (ZqTakeBack);
  page->last->intent = intent;
  page->last->consult = command->consult;
  page->last->until =
      command->written->delay_us > 0 ? zq_clock_now (zq_store_get_clock (page->store)) + command->written->delay_us : 0;
  page->last->undo = undo;
  if (command->done != NULL)
    zq_consult_page_offer_undo (page, command->done, command->consult, g_rc_box_acquire (page->last));
  if (command->next && page->key == command->consult)
    zq_consult_page_go_on (page);
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;

  gboolean ok = zq_consult_note_finish (ZQ_STORE (source), result, &error);

  zq_composer_settled (command->page->composer);
  if (!ok)
    put_back (command, error);
}

static void
save_note (ZqConsultPage *self, ZqWritten *written)
{
  ZqPageCommand *command = zq_page_command_new (self, NULL);

  command->written = written;
  zq_thread_follow (self->thread);
  zq_consult_note_async (self->store, self->key, written->text, on_noted, command);
  zq_composer_taken (self->composer);
}

static void
send (ZqConsultPage *self, ZqWritten *written, gboolean next)
{
  ZqPageCommand *command = zq_page_command_new (self, next ? _ ("Sent and closed") : NULL);
  const ZqChoice *outcome = self->outcomes != NULL ? g_ptr_array_index (self->outcomes, 0) : NULL;
  ZqReply reply = { .text = written->text,
                    .seen_message = zq_thread_get_seen (self->thread),
                    .quote = written->quote,
                    .about = written->about,
                    .tells = written->tells,
                    .corrects = written->corrects,
                    .reason = written->reason,
                    .outcome = next && outcome != NULL ? outcome->code : NULL,
                    .delay_us = written->delay_us };

  command->written = written;
  command->next = next;
  zq_thread_follow (self->thread);
  zq_consult_send_async (self->store, self->key, &reply, on_sent, command);
  zq_composer_taken (self->composer);
}

void
zq_consult_page_send (ZqConsultPage *self, gboolean next)
{
  g_autoptr (ZqWritten) written = NULL;

  if (self->consult == NULL || zq_composer_get_consult (self->composer) != self->key)
    return;
  written = zq_composer_read (self->composer);
  if (written->mode == ZQ_COMPOSER_NOTE)
    {
      if (self->consult->can_note)
        save_note (self, g_steal_pointer (&written));
      return;
    }
  if (!self->consult->can_reply && written->mode == ZQ_COMPOSER_REPLY)
    return;
  if (next && !self->consult->can_close)
    {
      zq_composer_warn (self->composer, _ ("The hospital's rules do not allow to close this consultation now"));
      return;
    }
  if (has_unseen (self) || (next && has_unseen_elsewhere (self)) || is_guarded (self, written))
    return;
  send (self, g_steal_pointer (&written), next);
}

/* --- a held or refused one -------------------------------------------------------------------- */

static void
on_resent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;

  if (!zq_consult_intent_finish (ZQ_STORE (source), result, &error))
    zq_consult_page_say_failed (command->page, error);
}

void
zq_consult_page_resend (ZqConsultPage *self, gint64 intent)
{
  if (self->store == NULL)
    return;
  zq_consult_resend_async (self->store, intent, on_resent, zq_page_command_new (self, NULL));
}

/* The message that was corrected by it, in the consultation that is open; or 0. */
static gint64
corrected_by (ZqConsultPage *self, gint64 seq)
{
  g_autoptr (ZqIntent) intent = seq != 0 ? zq_store_get_intent (zq_store_get_main_db (self->store), seq, NULL) : NULL;

  if (intent == NULL || !g_str_equal (intent->action, "send-message") ||
      !g_str_has_prefix (intent->chain, ZQ_CHAIN_MEND) || zq_chain_consult (intent->chain) != self->key)
    return 0;
  return g_ascii_strtoll (strrchr (intent->chain, '/') + 1, NULL, 10);
}

/* A correction comes back as one: what is typed from now on belongs to it. A note is not left for that. */
void
zq_consult_page_begin_undo (ZqConsultPage *self, gint64 intent)
{
  gint64 corrects = corrected_by (self, intent);

  if (corrects != 0 && zq_composer_get_mode (self->composer) != ZQ_COMPOSER_NOTE)
    zq_composer_correct (self->composer, corrects, NULL);
  zq_composer_hold (self->composer);
}

/* Whichever thread is open: it may be the one that got its words back. */
void
zq_consult_page_end_undo (ZqConsultPage *self, gint64 consult, gboolean ok)
{
  zq_composer_reload (self->composer);
  if (self->key == 0 || self->store == NULL)
    return;
  if (!ok && zq_composer_get_mode (self->composer) == ZQ_COMPOSER_CORRECTION && zq_composer_is_blank (self->composer))
    zq_composer_set_note (self->composer, FALSE);
  if (ok && gtk_widget_get_mapped (GTK_WIDGET (self->composer)) && self->key == consult)
    gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = command->next ? zq_consult_undo_finish (ZQ_STORE (source), result, &error)
                              : zq_consult_intent_finish (ZQ_STORE (source), result, &error);

  if (!ok)
    zq_consult_page_say_failed (command->page, error);
  zq_consult_page_end_undo (command->page, command->consult, ok);
  if (ok && command->consult != command->page->key)
    zq_consult_page_say (command->page, _ ("The reply was taken back and is a draft again"));
}

void
zq_consult_page_take_back (ZqConsultPage *self, gint64 intent)
{
  ZqPageCommand *command = zq_page_command_new (self, NULL);

  zq_consult_page_begin_undo (self, intent);
  command->next = self->last != NULL && self->last->intent == intent;
  if (command->next)
    command->consult = self->last->consult;
  if (command->next)
    zq_consult_undo_async (self->store, self->last->undo, on_taken_back, command);
  else
    zq_consult_take_back_async (self->store, intent, on_taken_back, command);
}

static gboolean
is_in (GtkWidget *focus, gpointer widget)
{
  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (widget));
}

/* Within the time in which a reply can be taken back, and while nothing else is being written: Ctrl+Z, whoever is open
 * by then; Escape where it was written. */
static gboolean
on_undo_key (ZqConsultPage *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean is_undo = key == GDK_KEY_z && held == GDK_CONTROL_MASK;
  gboolean is_escape = key == GDK_KEY_Escape && held == 0;

  if ((!is_undo && !is_escape) || self->last == NULL ||
      self->last->until <= zq_clock_now (zq_store_get_clock (self->store)) || !zq_composer_is_empty (self->composer) ||
      !(is_in (focus, self->composer) || is_in (focus, self->thread)) ||
      (is_escape && self->last->consult != self->key))
    return FALSE;
  self->last->until = 0;
  zq_consult_page_take_back (self, self->last->intent);
  return TRUE;
}

void
zq_consult_page_add_undo_keys (ZqConsultPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_undo_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/* --- withdraw --------------------------------------------------------------------------------- */

static void
on_withdrawn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;

  if (!zq_message_withdraw_finish (ZQ_STORE (source), result, &error))
    zq_consult_page_say_failed (command->page, error);
}

typedef struct
{
  ZqConsultPage *page;
  gint64 message;
} Withdrawing;

static void
withdrawing_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Withdrawing *)data)->page);
  g_free (data);
}

static void
on_withdraw_answer (AdwMessageDialog *dialog, const char *response, Withdrawing *withdrawing)
{
  ZqConsultPage *self = withdrawing->page;

  if (g_str_equal (response, "withdraw") && self->store != NULL)
    zq_message_withdraw_async (self->store, withdrawing->message, on_withdrawn, zq_page_command_new (self, NULL));
}

static void
withdraw_action (GtkWidget *widget, const char *name, GVariant *message)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);
  Withdrawing *withdrawing;
  GtkWidget *dialog;

  if (self->consult == NULL || !self->consult->can_withdraw)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Withdraw This Message?"),
                                   _ ("The patient sees that there was a message, but not what it said."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "withdraw", _ ("_Withdraw"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "withdraw", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  withdrawing = g_new0 (Withdrawing, 1);
  withdrawing->page = g_object_ref (self);
  withdrawing->message = g_variant_get_int64 (message);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_withdraw_answer), withdrawing, withdrawing_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- what is written -------------------------------------------------------------------------- */

void
zq_consult_page_show_foot (ZqConsultPage *self)
{
  ZqComposerMode mode = zq_composer_get_mode (self->composer);
  gboolean can_write = self->consult->can_reply;

  if (mode == ZQ_COMPOSER_NOTE)
    can_write = self->consult->can_note;
  else if (mode == ZQ_COMPOSER_CORRECTION)
    can_write = self->consult->can_correct;
  gtk_widget_set_visible (self->write_note, self->consult->can_note);
  gtk_stack_set_visible_child_name (self->foot, can_write ? "reply" : "cannot");
}

static void
reply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_reply)
    return;
  zq_composer_set_note (self->composer, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

void
zq_consult_page_tell (ZqConsultPage *self, gint64 about, gint64 tells, const char *title, const char *why)
{
  if (self->consult == NULL || !self->consult->can_reply)
    return;
  zq_composer_tell (self->composer, about, tells, title);
  zq_composer_warn (self->composer, why);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
note_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_note)
    return;
  zq_composer_set_note (self->composer, zq_composer_get_mode (self->composer) != ZQ_COMPOSER_NOTE);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
send_next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult != NULL)
    zq_composer_request_send (self->composer, TRUE);
}

static void
quote_action (GtkWidget *widget, const char *name, GVariant *key)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);
  g_autoptr (ZqMessage) message = zq_thread_find_message (self->thread, g_variant_get_int64 (key));

  if (message == NULL || self->consult == NULL || !self->consult->can_reply || !zq_bubble_can_quote (message))
    return;
  zq_composer_quote (self->composer, g_variant_get_int64 (key));
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
correct_action (GtkWidget *widget, const char *name, GVariant *key)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);
  g_autoptr (ZqMessage) message = zq_thread_find_message (self->thread, g_variant_get_int64 (key));
  g_autofree char *text = NULL;

  if (message == NULL || self->consult == NULL || !self->consult->can_correct)
    return;
  g_object_get (message, "text", &text, NULL);
  zq_composer_correct (self->composer, g_variant_get_int64 (key), text);
}

void
zq_consult_page_install_writing (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "consult.reply", NULL, reply_action);
  gtk_widget_class_install_action (klass, "consult.note", NULL, note_action);
  gtk_widget_class_install_action (klass, "consult.send-next", NULL, send_next_action);
  gtk_widget_class_install_action (klass, "consult.quote", "x", quote_action);
  gtk_widget_class_install_action (klass, "consult.correct", "x", correct_action);
  gtk_widget_class_install_action (klass, "consult.withdraw", "x", withdraw_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_n, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "consult.note", NULL);
}
