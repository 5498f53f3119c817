/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/page-private.h"

#include "ui/consult/inbox-choice.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>

ZqPageCommand *
zq_page_command_new (ZqConsultPage *page, const char *done)
{
  ZqPageCommand *command = g_new0 (ZqPageCommand, 1);

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

void
zq_page_command_free (ZqPageCommand *command)
{
  g_object_unref (command->page);
  g_free (command->done);
  g_clear_pointer (&command->written, zq_written_free);
  g_free (command);
}

/* Over the messages, where it covers neither the list nor what is being written; over the whole window
 * where the page may give way to the list. */
GtkWidget *
zq_consult_page_place_of_toast (ZqConsultPage *self)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean is_beside = window != NULL && gtk_widget_get_width (window) - gtk_widget_get_width (GTK_WIDGET (self)) > 200;

  return is_beside && gtk_widget_get_mapped (GTK_WIDGET (self->thread)) ? GTK_WIDGET (self->thread) : GTK_WIDGET (self);
}

void
zq_consult_page_say (ZqConsultPage *self, const char *words)
{
  zq_toast_show (zq_consult_page_place_of_toast (self), words);
}

void
zq_consult_page_say_failed (ZqConsultPage *self, const GError *error)
{
  g_autofree char *words = zq_words_problem (error->message);

  zq_consult_page_say (self, words);
}

/* --- and back --------------------------------------------------------------------------------- */

static void
take_back_clear (gpointer data)
{
  zq_undo_free (((ZqTakeBack *)data)->undo);
}

void
zq_take_back_unref (ZqTakeBack *self)
{
  g_rc_box_release_full (self, take_back_clear);
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;

  gboolean ok = zq_consult_undo_finish (ZQ_STORE (source), result, &error);

  if (!ok)
    zq_consult_page_say_failed (command->page, error);
  zq_consult_page_end_undo (command->page, command->consult, ok);
}

typedef struct
{
  ZqConsultPage *page;
  gint64 consult;
  ZqTakeBack *take_back;
} UndoOffer;

static void
undo_offer_free (gpointer data, GClosure *closure)
{
  UndoOffer *offer = data;

  g_object_unref (offer->page);
  zq_take_back_unref (offer->take_back);
  g_free (offer);
}

static void
on_undo_clicked (AdwToast *toast, UndoOffer *offer)
{
  ZqPageCommand *command;

  if (offer->page->store == NULL)
    return;
  zq_consult_page_begin_undo (offer->page, offer->take_back->intent);
  command = zq_page_command_new (offer->page, NULL);
  command->consult = offer->consult;
  zq_consult_undo_async (offer->page->store, offer->take_back->undo, on_undone, command);
}

void
zq_consult_page_offer_undo (ZqConsultPage *self, const char *done, gint64 consult, ZqTakeBack *take_back)
{
  UndoOffer *offer = g_new0 (UndoOffer, 1);
  AdwToast *toast = zq_toast_new (done);

  offer->page = g_object_ref (self);
  offer->consult = consult;
  offer->take_back = take_back;
  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_timeout (toast, 8);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH); /* the newest is the one to take back */
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo_clicked), offer, undo_offer_free, 0);
  zq_toast_present (zq_consult_page_place_of_toast (self), toast);
}

/* --- one consultation ------------------------------------------------------------------------- */

static void
on_commanded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqPageCommand) command = data;
  g_autoptr (GError) error = NULL;
  ZqUndo *undo = zq_consult_act_finish (ZQ_STORE (source), result, NULL, NULL, NULL, &error);
  ZqTakeBack *take_back;

  if (undo == NULL)
    {
      zq_consult_page_say_failed (command->page, error);
      zq_consult_page_refresh (command->page);
      return;
    }
  take_back = g_rc_box_new0 (ZqTakeBack);
  take_back->undo = undo;
  zq_consult_page_offer_undo (command->page, command->done, command->consult, take_back);
}

static void
act (ZqConsultPage *self, ZqAction action, const char *arg, const char *done)
{
  zq_consult_act_async (self->store, action, &self->key, 1, arg, on_commanded, zq_page_command_new (self, done));
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *outcome)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_close)
    return;
  zq_composer_flush (self->composer);
  act (self, ZQ_ACTION_CLOSE, g_variant_get_string (outcome, NULL), _ ("Closed"));
}

static void
reopen_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult != NULL && self->consult->can_reopen)
    act (self, ZQ_ACTION_REOPEN, NULL, _ ("Open again"));
}

static void
claim_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult != NULL && self->consult->can_claim)
    act (self, ZQ_ACTION_CLAIM, NULL, self->consult->mine ? _ ("Accepted") : _ ("Claimed: it is yours now"));
}

static void
urgent_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_set_priority)
    return;
  act (self, self->consult->urgent ? ZQ_ACTION_SET_ROUTINE : ZQ_ACTION_SET_URGENT, NULL,
       self->consult->urgent ? _ ("No longer urgent") : _ ("Marked as urgent"));
}

/* It stays unread however long it is looked at, until it is opened again. */
static void
unread_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL || !self->consult->can_mark)
    return;
  self->keeps_unread = TRUE;
  act (self, ZQ_ACTION_MARK_UNREAD, NULL, _ ("Marked as unread"));
}

typedef struct
{
  ZqConsultPage *page;
  gint64 key;
} Assigning;

static void
assigning_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Assigning *)data)->page);
  g_free (data);
}

static void
on_colleague (ZqInboxChoice *choice, const char *code, Assigning *assigning)
{
  /* Not to whom another one that was opened meanwhile would go. */
  if (assigning->page->key == assigning->key && assigning->page->consult != NULL &&
      assigning->page->consult->can_assign)
    act (assigning->page, ZQ_ACTION_ASSIGN, code, _ ("Handed over"));
}

static void
assign_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);
  g_autoptr (GPtrArray) colleagues = NULL;
  Assigning *assigning;
  ZqInboxChoice *choice;

  if (self->consult == NULL || !self->consult->can_assign)
    return;
  colleagues = zq_consult_list_colleagues (zq_store_get_main_db (self->store), zq_store_get_context (self->store));
  choice = zq_inbox_choice_new (_ ("Hand over to"), colleagues, _ ("Nobody of your departments is known here"));
  assigning = g_new0 (Assigning, 1);
  assigning->page = g_object_ref (self);
  assigning->key = self->key;
  g_signal_connect_data (choice, "chosen", G_CALLBACK (on_colleague), assigning, assigning_free, 0);
  zq_inbox_choice_ask (choice, self->more);
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

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqConsultPage *self = ZQ_CONSULT_PAGE (widget);

  if (self->consult == NULL)
    return;
  zq_consult_page_close_viewer (self);
  zq_thread_find_start (self->find);
}

void
zq_consult_page_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "consult.close", "s", close_action);
  gtk_widget_class_install_action (klass, "consult.reopen", NULL, reopen_action);
  gtk_widget_class_install_action (klass, "consult.claim", NULL, claim_action);
  gtk_widget_class_install_action (klass, "consult.assign", NULL, assign_action);
  gtk_widget_class_install_action (klass, "consult.urgent", NULL, urgent_action);
  gtk_widget_class_install_action (klass, "consult.unread", NULL, unread_action);
  gtk_widget_class_install_action (klass, "consult.find", NULL, find_action);
  gtk_widget_class_install_action (klass, "consult.intake", NULL, intake_action);
  gtk_widget_class_install_action (klass, "consult.unseen", NULL, unseen_action);
  gtk_widget_class_install_action (klass, "consult.page-down", NULL, page_down_action);
}

/* --- how it can end --------------------------------------------------------------------------- */

static gboolean
are_shown (ZqConsultPage *self, GPtrArray *outcomes)
{
  if (self->outcomes == NULL || self->outcomes->len != outcomes->len)
    return FALSE;
  for (guint i = 0; i < outcomes->len; i++)
    {
      const ZqChoice *a = self->outcomes->pdata[i], *b = outcomes->pdata[i];

      if (!g_str_equal (a->code, b->code) || !g_str_equal (a->title, b->title))
        return FALSE;
    }
  return TRUE;
}

/* The hospital's policy names them, and may be sent anew; the first is what the button itself does. */
void
zq_consult_page_show_outcomes (ZqConsultPage *self)
{
  GPtrArray *outcomes = zq_consult_list_outcomes (zq_context_get_policy (zq_store_get_context (self->store)));
  const ZqChoice *first = g_ptr_array_index (outcomes, 0);
  g_autoptr (GMenu) menu = NULL, section = NULL;
  g_autofree char *tooltip = NULL;

  if (are_shown (self, outcomes))
    {
      g_ptr_array_unref (outcomes);
      return;
    }
  g_clear_pointer (&self->outcomes, g_ptr_array_unref);
  self->outcomes = outcomes;
  menu = g_menu_new ();
  section = g_menu_new ();
  for (guint i = 0; i < outcomes->len; i++)
    {
      const ZqChoice *outcome = g_ptr_array_index (outcomes, i);
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (outcome->title), NULL);

      g_menu_item_set_action_and_target (item, "consult.close", "s", outcome->code);
      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, _ ("Close as"), G_MENU_MODEL (section));
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (self->close), G_MENU_MODEL (menu));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->close), "s", first->code);
  /* Translators: %s is an outcome */
  tooltip = g_strdup_printf (_ ("Close as: %s"), _ (first->title));
  gtk_widget_set_tooltip_text (self->close, tooltip);
}

/* --- read marks ------------------------------------------------------------------------------- */

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
  if (self->consult != NULL && !self->keeps_unread)
    zq_consult_mark_read_async (self->store, self->key, message, on_marked, NULL);
}
