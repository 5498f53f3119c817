/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/window-private.h"

#include "clinic/consult/reasons.h"
#include "rules/context.h"
#include "ui/consult/inbox-choice.h"
#include "ui/widgets/problem.h"

/* --- what is acted on ------------------------------------------------------------------------- */

/* Marked rows that can be seen go before the consultation that is open. */
static gboolean
has_marks (ZqWindow *self)
{
  return zq_inbox_get_n_marked (self->inbox) > 0 && !zq_window_is_finding (self) &&
         zq_fold_shows (self->fold, ZQ_PLACE_LIST);
}

static gint64
open_key (ZqWindow *self)
{
  return zq_fold_shows (self->fold, ZQ_PLACE_CONTENT) ? zq_consult_page_get_key (self->page) : 0;
}

/* --- choices ---------------------------------------------------------------------------------- */

/* What is chosen counts for what was there when it was asked. */
typedef struct
{
  ZqWindow *window; /* borrowed: the choice lives inside it */
  ZqAction action;
  gint64 key; /* 0: the marked ones */
} Choosing;

static void
on_chosen (ZqInboxChoice *choice, const char *code, Choosing *choosing)
{
  ZqWindow *self = choosing->window;

  if (choosing->key == 0)
    zq_inbox_act_on_marked (self->inbox, choosing->action, code);
  else if (choosing->action == ZQ_ACTION_CLOSE && choosing->key == zq_consult_page_get_key (self->page))
    gtk_widget_activate_action (GTK_WIDGET (self->page), "consult.close", "s", code);
  else
    zq_inbox_act (self->inbox, choosing->action, choosing->key, code);
}

static void
free_choosing (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
ask (ZqWindow *self, GtkWidget *at, ZqAction action, gint64 key)
{
  const ZqContext *context = zq_store_get_context (self->store);
  g_autoptr (GPtrArray) choices = NULL;
  ZqInboxChoice *choice;
  Choosing *choosing = g_new0 (Choosing, 1);

  choosing->window = self;
  choosing->action = action;
  choosing->key = key;
  if (action == ZQ_ACTION_CLOSE)
    {
      choices = zq_consult_list_outcomes (zq_context_get_policy (context));
      choice = zq_inbox_choice_new (_ ("Close as"), choices, _ ("The hospital has named no way to close"));
    }
  else
    {
      choices = zq_consult_list_colleagues (zq_store_get_main_db (self->store), context);
      choice = zq_inbox_choice_new (_ ("Hand over to"), choices, _ ("No colleague of your departments is known here"));
    }
  g_signal_connect_data (choice, "chosen", G_CALLBACK (on_chosen), choosing, free_choosing, 0);
  if (at == GTK_WIDGET (self->page))
    {
      GdkRectangle place = { gtk_widget_get_width (at) - 60, 40, 1, 1 };

      gtk_popover_set_pointing_to (GTK_POPOVER (choice), &place);
    }
  zq_inbox_choice_ask (choice, at);
}

void
zq_window_choose_for_marked (ZqWindow *self, GtkWidget *at, ZqAction action)
{
  ask (self, at, action, 0);
}

/* --- acting ----------------------------------------------------------------------------------- */

/* What the page does with the consultation that it shows. */
static const char *const page_actions[ZQ_N_ACTIONS] = {
  [ZQ_ACTION_REOPEN] = "consult.reopen",      [ZQ_ACTION_CLAIM] = "consult.claim",
  [ZQ_ACTION_ASSIGN] = "consult.assign",      [ZQ_ACTION_SET_URGENT] = "consult.urgent",
  [ZQ_ACTION_MARK_UNREAD] = "consult.unread",
};

static gboolean
act_on_open (ZqWindow *self, ZqAction action)
{
  gint64 key = open_key (self);
  g_autoptr (ZqConsult) consult = NULL;

  if (key == 0)
    return FALSE;
  if (page_actions[action] != NULL)
    return gtk_widget_activate_action (GTK_WIDGET (self->page), page_actions[action], NULL);
  consult = zq_consult_load (zq_store_get_main_db (self->store), zq_store_get_context (self->store), key, NULL);
  if (action == ZQ_ACTION_CLOSE && consult != NULL && consult->can_close)
    ask (self, GTK_WIDGET (self->page), action, key);
  else if (action == ZQ_ACTION_MARK_READ && consult != NULL && consult->can_mark)
    zq_inbox_act (self->inbox, action, key, NULL);
  else
    {
      g_autofree char *words = zq_words_problem (ZQ_REASON_NOT_ALLOWED);

      zq_window_toast (self, words);
    }

  return TRUE;
}

gboolean
zq_window_act (ZqWindow *self, ZqAction action)
{
  if (has_marks (self))
    return gtk_widget_activate_action (GTK_WIDGET (self->inbox), "inbox.act", "i", (gint32)action);

  return act_on_open (self, action);
}

/* --- on to the next --------------------------------------------------------------------------- */

static void
show_nothing_left (ZqWindow *self)
{
  zq_inbox_keep (self->inbox, 0);
  zq_consult_page_open (self->page, 0);
  zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
  gtk_widget_child_focus (GTK_WIDGET (self->inbox), GTK_DIR_TAB_FORWARD);
}

/* To the thread and never into its composer: the next patient is another one. */
static void
next_thread_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqWindow *self = ZQ_WINDOW (widget);
  gboolean is_found = zq_window_is_finding (self) && zq_consult_page_get_key (self->page) != self->before_find;

  /* After one that was found it goes on where the inbox had been left. */
  zq_window_stop_finding (self);
  if ((!is_found || zq_inbox_get_selected (self->inbox) == 0) && !zq_inbox_step_to_next (self->inbox))
    {
      show_nothing_left (self);
      return;
    }
  zq_window_show_selected (self);
  zq_consult_page_focus_thread (self->page);
}

void
zq_window_install_triage (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.next-thread", NULL, next_thread_action);
}
