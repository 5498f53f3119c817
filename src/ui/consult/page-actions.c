/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/page-private.h"

#include "clinic/consult/commands.h"
#include "store/draft.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>

/* One command under way: whose it is and what is said when it is done. */
typedef struct
{
  ZqConsultPage *page;
  gint64 consult;
  char *done;
  char *text; /* of a reply */
} Command;

static Command *
command_new (ZqConsultPage *page, const char *done)
{
  Command *command = g_new0 (Command, 1);

  command->page = g_object_ref (page);
  command->consult = page->key;
  /* With the name: when the toast stands there another consultation may be open. */
  if (done != NULL && page->patient != NULL && page->patient->name != NULL)
    /* Translators: a patient's name, and what was done */
    command->done = g_strdup_printf (_ ("%1$s: %2$s"), page->patient->name, done);
  else
    command->done = g_strdup (done);
  return command;
}

static void
command_free (Command *command)
{
  g_object_unref (command->page);
  g_free (command->done);
  g_free (command->text);
  g_free (command);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

/* Over the messages, where it covers neither the list nor what is being written; over the whole window
 * where the page may give way to the list. */
static GtkWidget *
place_of_toast (ZqConsultPage *self)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean is_beside = window != NULL && gtk_widget_get_width (window) - gtk_widget_get_width (GTK_WIDGET (self)) > 200;

  return is_beside && gtk_widget_get_mapped (GTK_WIDGET (self->thread)) ? GTK_WIDGET (self->thread) : GTK_WIDGET (self);
}

static void
say_failed (ZqConsultPage *self, const GError *error)
{
  g_autofree char *words = zq_words_problem (error->message);

  zq_toast_show (place_of_toast (self), words);
}

/* --- close, claim, urgent, and back ----------------------------------------------------------- */

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Command) command = data;
  g_autoptr (GError) error = NULL;

  if (!zq_consult_undo_finish (ZQ_STORE (source), result, &error))
    say_failed (command->page, error);
}

typedef struct
{
  ZqConsultPage *page; /* borrowed: the toast lives inside its window */
  ZqUndo *undo;
} UndoOffer;

static void
undo_offer_free (gpointer data, GClosure *closure)
{
  UndoOffer *offer = data;

  g_object_unref (offer->page);
  zq_undo_free (offer->undo);
  g_free (offer);
}

static void
on_undo_clicked (AdwToast *toast, UndoOffer *offer)
{
  if (offer->page->store != NULL)
    zq_consult_undo_async (offer->page->store, offer->undo, on_undone, command_new (offer->page, NULL));
}

static void
on_commanded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Command) command = data;
  g_autoptr (GError) error = NULL;
  ZqUndo *undo = zq_consult_act_finish (ZQ_STORE (source), result, NULL, NULL, NULL, &error);
  UndoOffer *offer;
  AdwToast *toast;

  if (undo == NULL)
    {
      say_failed (command->page, error);
      zq_consult_page_refresh (command->page);
      return;
    }
  offer = g_new0 (UndoOffer, 1);
  offer->page = g_object_ref (command->page);
  offer->undo = undo;
  toast = zq_toast_new (command->done);
  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_timeout (toast, 8);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH); /* the newest is the one to take back */
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo_clicked), offer, undo_offer_free, 0);
  zq_toast_present (place_of_toast (command->page), toast);
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *outcome)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_close)
    return;
  zq_composer_flush (self->composer);
  zq_consult_act_async (self->store, ZQ_ACTION_CLOSE, &self->key, 1, g_variant_get_string (outcome, NULL), on_commanded,
                        command_new (self, _ ("Closed")));
}

static void
claim_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult != NULL && self->consult->can_claim)
    zq_consult_act_async (self->store, ZQ_ACTION_CLAIM, &self->key, 1, NULL, on_commanded,
                          command_new (self, self->consult->mine ? _ ("Accepted") : _ ("Claimed: it is yours now")));
}

static void
urgent_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_set_priority)
    return;
  zq_consult_act_async (self->store, self->consult->urgent ? ZQ_ACTION_SET_ROUTINE : ZQ_ACTION_SET_URGENT, &self->key,
                        1, NULL, on_commanded,
                        command_new (self, self->consult->urgent ? _ ("No longer urgent") : _ ("Marked as urgent")));
}

static void
reply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult != NULL && self->consult->can_reply)
    gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
intake_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult != NULL)
    zq_intake_card_toggle (self->intake);
}

static void
unseen_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_thread_show_unseen (ZQ_CONSULT_PAGE (widget)->thread);
}

static void
page_down_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_thread_page_down (ZQ_CONSULT_PAGE (widget)->thread);
}

void
zq_consult_page_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "consult.close", "s", close_action);
  gtk_widget_class_install_action (klass, "consult.claim", NULL, claim_action);
  gtk_widget_class_install_action (klass, "consult.urgent", NULL, urgent_action);
  gtk_widget_class_install_action (klass, "consult.reply", NULL, reply_action);
  gtk_widget_class_install_action (klass, "consult.intake", NULL, intake_action);
  gtk_widget_class_install_action (klass, "consult.unseen", NULL, unseen_action);
  gtk_widget_class_install_action (klass, "consult.page-down", NULL, page_down_action);
}

/* --- replies ---------------------------------------------------------------------------------- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Command) command = data;
  g_autoptr (GError) error = NULL;

  if (zq_consult_send_finish (ZQ_STORE (source), result, NULL, &error) != 0)
    return;
  say_failed (command->page, error);
  if (command->page->key == command->consult)
    zq_composer_put_back (command->page->composer, command->text);
  else
    {
      g_autofree char *scope = zq_consult_draft_scope (command->consult);

      zq_draft_save_async (ZQ_STORE (source), scope, command->text, NULL, NULL);
    }
}

/* Keeps the words up to date once they stand there. */
void
zq_consult_page_say_unseen (ZqConsultPage *self)
{
  guint n;
  g_autofree char *words = NULL;

  g_object_get (self->thread, "n-unseen", &n, NULL);
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

void
zq_consult_page_send (ZqConsultPage *self, const char *text)
{
  ZqReply reply = { .text = text };
  Command *command;

  if (self->consult == NULL || !self->consult->can_reply || has_unseen (self))
    return;
  command = command_new (self, NULL);
  command->text = g_strdup (text);
  zq_thread_follow (self->thread);
  reply.seen_message = zq_thread_get_seen (self->thread);
  zq_consult_send_async (self->store, self->key, &reply, on_sent, command);
  zq_composer_taken (self->composer);
}

static void
on_marked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_consult_mark_read_finish (ZQ_STORE (source), result, &error))
    g_warning ("read mark: %s", error->message);
}

void
zq_consult_page_mark_read (ZqConsultPage *self, gint64 message)
{
  if (self->consult != NULL)
    zq_consult_mark_read_async (self->store, self->key, message, on_marked, NULL);
}

static void
on_resent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Command) command = data;
  g_autoptr (GError) error = NULL;

  if (!zq_consult_intent_finish (ZQ_STORE (source), result, &error))
    say_failed (command->page, error);
}

void
zq_consult_page_resend (ZqConsultPage *self, gint64 intent)
{
  if (self->store == NULL)
    return;
  zq_consult_resend_async (self->store, intent, on_resent, command_new (self, NULL));
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Command) command = data;
  g_autoptr (GError) error = NULL;

  if (!zq_consult_intent_finish (ZQ_STORE (source), result, &error))
    {
      say_failed (command->page, error);
      return;
    }
  /* Whichever thread is open: it may be the one that got its words back. */
  if (command->page->key == 0)
    return;
  zq_composer_reload (command->page->composer);
  if (gtk_widget_get_mapped (GTK_WIDGET (command->page->composer)))
    gtk_widget_grab_focus (GTK_WIDGET (command->page->composer));
}

void
zq_consult_page_take_back (ZqConsultPage *self, gint64 intent)
{
  /* What is typed has to be in the store before the text is put in front of it. */
  zq_composer_flush (self->composer);
  zq_consult_take_back_async (self->store, intent, on_taken_back, command_new (self, NULL));
}
