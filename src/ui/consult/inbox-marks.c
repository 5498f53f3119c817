/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-private.h"

#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

enum
{
  VIEW_OPEN = 1 << 0,
  VIEW_POOL = 1 << 1,
  VIEW_CLOSED = 1 << 2,
};

/* What can be done with several, in the order of the bar. */
static const struct
{
  ZqAction action;
  const char *label;
  const char *key;
  const char *tooltip;
  guint views; /* where it is offered */
} offers[] = {
  { ZQ_ACTION_CLOSE, N_ ("Close"), "E", N_ ("Close those that are marked (E)"), VIEW_OPEN },
  { ZQ_ACTION_REOPEN, N_ ("Reopen"), "O", N_ ("Open those that are marked again (O)"), VIEW_CLOSED },
  { ZQ_ACTION_CLAIM, N_ ("Claim"), "C", N_ ("Take over those that are marked (C)"), VIEW_POOL },
  { ZQ_ACTION_ASSIGN, N_ ("Assign"), "A", N_ ("Hand those that are marked over to a colleague (A)"),
    VIEW_OPEN | VIEW_POOL },
  { ZQ_ACTION_SET_URGENT, N_ ("Urgent"), "!", N_ ("Those that are marked are urgent, or no longer (!)"),
    VIEW_OPEN | VIEW_POOL },
  { ZQ_ACTION_MARK_UNREAD, N_ ("Unread"), "U", N_ ("Those that are marked count as unread (U)"), VIEW_OPEN },
  { ZQ_ACTION_MARK_READ, N_ ("Read"), "⇧U", N_ ("Those that are marked count as read (Shift+U)"), VIEW_OPEN },
};

/* --- the bar ---------------------------------------------------------------------------------- */

static guint
kind_of_view (ZqView view)
{
  if (view == ZQ_VIEW_CLOSED)
    return VIEW_CLOSED;
  return view == ZQ_VIEW_POOL ? VIEW_POOL : VIEW_OPEN;
}

static void
add_offer (ZqInbox *self, guint i)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (_ (offers[i].label));
  GtkWidget *key = gtk_label_new (offers[i].key);

  gtk_widget_add_css_class (key, "key");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), key);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_tooltip_text (button, _ (offers[i].tooltip));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (offers[i].tooltip), -1);
  gtk_widget_add_css_class (button, "mark-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "inbox.act");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", (gint32)offers[i].action);
  gtk_flow_box_append (self->marks_actions, button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
  self->mark_button[offers[i].action] = button;
}

/* Made when the first row is marked: the first frame does not pay for it. */
static void
make_bar (ZqInbox *self)
{
  if (self->mark_button[offers[0].action] != NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    add_offer (self, i);
}

void
zq_inbox_show_marks (ZqInbox *self)
{
  guint n = zq_inbox_get_n_marked (self);
  g_autofree char *words = NULL;

  gtk_revealer_set_reveal_child (self->marks_revealer, n > 0);
  if (n == 0)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->view), "marking");
      return;
    }
  make_bar (self);
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    gtk_widget_set_visible (gtk_widget_get_parent (self->mark_button[offers[i].action]),
                            (offers[i].views & kind_of_view (self->shown)) != 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "marking");
  if (n == ZQ_INBOX_MOST_MARKED)
    words = g_strdup_printf (_ ("%u marked, the most at once"), n);
  else
    words = g_strdup_printf (ngettext ("%u marked", "%u marked", n), n);
  gtk_label_set_label (self->n_marked, words);
}

GtkWidget *
zq_inbox_get_mark_button (ZqInbox *self, ZqAction action)
{
  GtkWidget *button = self->mark_button[action];

  return button != NULL && gtk_widget_get_mapped (button) ? button : GTK_WIDGET (self->n_marked);
}

/* --- marking ---------------------------------------------------------------------------------- */

guint
zq_inbox_get_n_marked (ZqInbox *self)
{
  return self->selection != NULL ? zq_inbox_selection_get_n_marked (self->selection) : 0;
}

void
zq_inbox_clear_marks (ZqInbox *self)
{
  if (self->selection != NULL)
    zq_inbox_selection_clear_marks (self->selection);
}

static void
toggle (ZqInbox *self, gint64 key)
{
  gboolean marked;

  if (key == 0)
    return;
  marked = zq_inbox_selection_is_marked (self->selection, key);
  if (!zq_inbox_selection_set_marked (self->selection, key, !marked))
    gtk_widget_error_bell (GTK_WIDGET (self));
}

void
zq_inbox_toggle_mark (ZqInbox *self)
{
  toggle (self, zq_inbox_get_selected (self));
}

gboolean
zq_inbox_extend (ZqInbox *self, int by)
{
  gint64 left = zq_inbox_get_selected (self), key;
  gboolean was_marked = left != 0 && zq_inbox_selection_is_marked (self->selection, left);

  if (!zq_inbox_step (self, by))
    return FALSE;
  key = zq_inbox_get_selected (self);
  if (was_marked && zq_inbox_selection_is_marked (self->selection, key))
    {
      zq_inbox_selection_set_marked (self->selection, left, FALSE);
      return TRUE;
    }
  if (left != 0)
    zq_inbox_selection_set_marked (self->selection, left, TRUE);
  zq_inbox_selection_set_marked (self->selection, key, TRUE);

  return TRUE;
}

void
zq_inbox_mark_all (ZqInbox *self)
{
  if (self->selection != NULL)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

/* --- doing ------------------------------------------------------------------------------------ */

/* What a command was given, for what is said when it is done. */
typedef struct
{
  ZqInbox *inbox; /* owned */
  ZqAction action;
  char *name; /* the patient's, of a single one */
  gboolean marked;
} Act;

static void
act_free (Act *act)
{
  g_object_unref (act->inbox);
  g_free (act->name);
  g_free (act);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Act, act_free)

static char *
words_done (ZqAction action, guint n)
{
  switch (action)
    {
    case ZQ_ACTION_CLOSE:
      return g_strdup_printf (ngettext ("%u closed", "%u closed", n), n);
    case ZQ_ACTION_REOPEN:
      return g_strdup_printf (ngettext ("%u open again", "%u open again", n), n);
    case ZQ_ACTION_CLAIM:
      return g_strdup_printf (ngettext ("%u claimed", "%u claimed", n), n);
    case ZQ_ACTION_ASSIGN:
      return g_strdup_printf (ngettext ("%u handed over", "%u handed over", n), n);
    case ZQ_ACTION_SET_URGENT:
      return g_strdup_printf (ngettext ("%u marked as urgent", "%u marked as urgent", n), n);
    case ZQ_ACTION_SET_ROUTINE:
      return g_strdup_printf (ngettext ("%u no longer urgent", "%u no longer urgent", n), n);
    case ZQ_ACTION_MARK_UNREAD:
      return g_strdup_printf (ngettext ("%u unread again", "%u unread again", n), n);
    case ZQ_ACTION_MARK_READ:
    default:
      return g_strdup_printf (ngettext ("%u marked as read", "%u marked as read", n), n);
    }
}

static const char *
words_done_one (ZqAction action)
{
  static const char *const words[ZQ_N_ACTIONS] = {
    [ZQ_ACTION_CLOSE] = N_ ("Closed"),
    [ZQ_ACTION_REOPEN] = N_ ("Open again"),
    [ZQ_ACTION_CLAIM] = N_ ("Claimed: it is yours now"),
    [ZQ_ACTION_ASSIGN] = N_ ("Handed over"),
    [ZQ_ACTION_SET_URGENT] = N_ ("Marked as urgent"),
    [ZQ_ACTION_SET_ROUTINE] = N_ ("No longer urgent"),
    [ZQ_ACTION_MARK_UNREAD] = N_ ("Unread again"),
    [ZQ_ACTION_MARK_READ] = N_ ("Marked as read"),
  };

  return _ (words[action]);
}

static char *
words_of (const Act *act, guint n_done, guint n_not, const char *why)
{
  g_autofree char *done = words_done (act->action, n_done);
  g_autofree char *reason = why != NULL ? zq_words_reason (why) : g_strdup ("");

  if (act->name != NULL && n_not == 0)
    /* Translators: a patient's name, and what was done */
    return g_strdup_printf (_ ("%1$s: %2$s"), act->name, words_done_one (act->action));
  if (n_not == 0)
    return g_steal_pointer (&done);
  /* Translators: "3 closed", with how many it could not be done, and the reason of the first of them */
  return g_strdup_printf (ngettext ("%1$s, %2$u could not: %3$s", "%1$s, %2$u could not: %3$s", n_not), done, n_not,
                          reason);
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqInbox) self = data;
  g_autoptr (GError) error = NULL;

  if (!zq_consult_undo_finish (ZQ_STORE (source), result, &error))
    {
      g_autofree char *words = zq_words_problem (error->message);

      zq_toast_show (GTK_WIDGET (self), words);
    }
}

typedef struct
{
  ZqInbox *inbox;
  ZqUndo *undo;
} Offer;

static void
offer_free (gpointer data, GClosure *closure)
{
  Offer *offer = data;

  g_object_unref (offer->inbox);
  zq_undo_free (offer->undo);
  g_free (offer);
}

static void
on_undo_clicked (AdwToast *toast, Offer *offer)
{
  if (offer->inbox->store != NULL)
    zq_consult_undo_async (offer->inbox->store, offer->undo, on_undone, g_object_ref (offer->inbox));
}

static void
say_done (ZqInbox *self, const char *words, ZqUndo *undo)
{
  AdwToast *toast = zq_toast_new (words);
  Offer *offer = g_new0 (Offer, 1);

  offer->inbox = g_object_ref (self);
  offer->undo = undo;
  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_timeout (toast, 8);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH); /* the newest is the one to take back */
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo_clicked), offer, offer_free, 0);
  zq_toast_present (GTK_WIDGET (self), toast);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Act) act = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL, *words = NULL;
  guint n_done = 0, n_not = 0;
  ZqUndo *undo = zq_consult_act_finish (ZQ_STORE (source), result, &n_done, &n_not, &why, &error);

  if (undo == NULL)
    {
      words = zq_words_problem (error->message);
      zq_toast_show (GTK_WIDGET (act->inbox), words);
      return;
    }
  if (act->marked)
    zq_inbox_clear_marks (act->inbox);
  words = words_of (act, n_done, n_not, why);
  say_done (act->inbox, words, undo);
}

static char *
name_of (ZqInbox *self, gint64 key)
{
  ZqDb *db = zq_store_get_main_db (self->store);
  g_autoptr (ZqConsult) consult = zq_consult_load (db, zq_store_get_context (self->store), key, NULL);
  g_autoptr (ZqPatient) patient =
      consult != NULL ? zq_patient_load (db, zq_store_get_context (self->store), consult->patient_id, NULL) : NULL;

  return patient != NULL ? g_strdup (patient->name) : NULL;
}

static void
act_on (ZqInbox *self, ZqAction action, const gint64 *keys, guint n, const char *arg, gboolean marked)
{
  Act *act;

  if (n == 0 || self->store == NULL)
    return;
  act = g_new0 (Act, 1);
  act->inbox = g_object_ref (self);
  act->action = action;
  act->marked = marked;
  act->name = n == 1 ? name_of (self, keys[0]) : NULL;
  zq_consult_act_async (self->store, action, keys, n, arg, on_acted, act);
}

void
zq_inbox_act (ZqInbox *self, ZqAction action, gint64 key, const char *arg)
{
  if (key != 0)
    act_on (self, action, &key, 1, arg, FALSE);
}

/* They are made urgent, unless all are. */
static gboolean
are_urgent (ZqInbox *self, const gint64 *keys, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ZqConsult) consult =
          zq_consult_load (zq_store_get_main_db (self->store), zq_store_get_context (self->store), keys[i], NULL);

      if (consult != NULL && !consult->urgent)
        return FALSE;
    }

  return TRUE;
}

void
zq_inbox_act_on_marked (ZqInbox *self, ZqAction action, const char *arg)
{
  guint n = 0;
  g_autofree gint64 *keys = NULL;

  if (self->selection == NULL)
    return;
  keys = zq_inbox_selection_dup_marked (self->selection, &n);
  if (action == ZQ_ACTION_SET_URGENT && are_urgent (self, keys, n))
    action = ZQ_ACTION_SET_ROUTINE;
  act_on (self, action, keys, n, arg, TRUE);
}

gboolean
zq_inbox_needs_choice (ZqAction action)
{
  return action == ZQ_ACTION_CLOSE || action == ZQ_ACTION_ASSIGN;
}

/* --- actions ---------------------------------------------------------------------------------- */

static gboolean
is_offered (ZqInbox *self, ZqAction action)
{
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    if (offers[i].action == action)
      return (offers[i].views & kind_of_view (self->shown)) != 0;

  return FALSE;
}

static void
act_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqInbox *self = ZQ_INBOX (widget);
  ZqAction action = (ZqAction)g_variant_get_int32 (parameter);

  if (zq_inbox_get_n_marked (self) == 0)
    return;
  if (!is_offered (self, action))
    zq_toast_show (widget, _ ("This cannot be done with those that are marked"));
  else if (zq_inbox_needs_choice (action))
    g_signal_emit_by_name (self, "choose", zq_inbox_get_mark_button (self, action), (int)action);
  else
    zq_inbox_act_on_marked (self, action, NULL);
}

static void
toggle_mark_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  toggle (ZQ_INBOX (widget), g_variant_get_int64 (parameter));
}

static void
clear_marks_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_inbox_clear_marks (ZQ_INBOX (widget));
}

void
zq_inbox_install_marks (GtkWidgetClass *klass)
{
  g_signal_new ("choose", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                GTK_TYPE_WIDGET, G_TYPE_INT);
  gtk_widget_class_install_action (klass, "inbox.act", "i", act_action);
  gtk_widget_class_install_action (klass, "inbox.toggle-mark", "x", toggle_mark_action);
  gtk_widget_class_install_action (klass, "inbox.clear-marks", NULL, clear_marks_action);
}
