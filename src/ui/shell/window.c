/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/preferences.h"
#include "ui/shell/window-private.h"

#include "rules/context.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (ZqWindow, zq_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- inbox and page --------------------------------------------------------------------------- */

/* The row that is marked is the consultation that is open, so that nobody writes to another one. */
static void
on_inbox_selected (ZqWindow *self)
{
  gint64 key = zq_inbox_get_selected (self->inbox);

  if (key == 0 || (zq_fold_is_folded (self->fold) && zq_fold_get_place (self->fold) == ZQ_PLACE_LIST))
    return;
  zq_inbox_keep (self->inbox, key);
  zq_consult_page_open (self->page, key);
}

void
zq_window_show_selected (ZqWindow *self)
{
  gint64 key = zq_inbox_get_selected (self->inbox);

  if (key == 0)
    return;
  zq_fold_set_place (self->fold, ZQ_PLACE_CONTENT);
  zq_inbox_keep (self->inbox, key);
  zq_consult_page_open (self->page, key);
}

/* The row of the one that is open is the selected one, where it has a row. */
void
zq_window_open_consult (ZqWindow *self, gint64 consult)
{
  zq_fold_set_place (self->fold, ZQ_PLACE_CONTENT);
  zq_inbox_select (self->inbox, consult);
  zq_inbox_keep (self->inbox, consult);
  zq_consult_page_open (self->page, consult);
  zq_consult_page_focus_thread (self->page);
}

gboolean
zq_window_shows_consult (ZqWindow *self, gint64 consult)
{
  return zq_consult_page_get_key (self->page) == consult && gtk_widget_get_mapped (GTK_WIDGET (self->page));
}

static void
on_inbox_open (ZqWindow *self)
{
  if (zq_inbox_get_selected (self->inbox) == 0)
    return;
  zq_window_show_selected (self);
  zq_consult_page_focus_thread (self->page);
  zq_window_note_opened (self);
}

static void
on_inbox_choose (ZqWindow *self, GtkWidget *at, int action)
{
  zq_window_choose_for_marked (self, at, (ZqAction)action);
}

/* The page goes by itself to what of its patient was not seen: the row goes with it, and nobody goes on writing. */
static void
on_page_opened (ZqWindow *self, gint64 key)
{
  zq_window_update_record (self);
  if (key == 0 || zq_inbox_get_selected (self->inbox) == key)
    return;
  zq_inbox_select (self->inbox, key);
  zq_inbox_keep (self->inbox, key);
  zq_consult_page_focus_thread (self->page);
}

static void
on_next (ZqWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.next-thread", NULL);
}

static void
on_n_waiting (ZqWindow *self)
{
  g_autofree char *words = NULL, *label = NULL;
  guint n;

  g_object_get (self->inbox, "n-waiting", &n, NULL);
  words = g_strdup_printf ("%u", n);
  /* Translators: the inbox, and how many consultations wait for the doctor */
  label = g_strdup_printf (ngettext ("Inbox, %u waits for me", "Inbox, %u wait for me", n), n);
  gtk_label_set_label (self->n_waiting, words);
  gtk_widget_set_visible (GTK_WIDGET (self->n_waiting), n > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->inbox_page), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_open_consult (ZqWindow *self, gint64 consult)
{
  zq_window_open_consult (self, consult);
}

static void
on_resend (ZqWindow *self, gint64 intent)
{
  zq_consult_page_resend (self->page, intent);
}

/* Of any consultation: it is shown, since its words are in its reply box now. */
static void
on_take_back (ZqWindow *self, gint64 intent, gint64 consult)
{
  if (consult != 0)
    on_open_consult (self, consult);
  zq_consult_page_take_back (self->page, intent);
}

/* --- places ----------------------------------------------------------------------------------- */

static gboolean
is_working (ZqWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "work") == 0;
}

static const char *
place_title (ZqWindow *self, ZqPlace place)
{
  if (place != ZQ_PLACE_OTHER)
    return _ ("Inbox");
  if (zq_window_is_reviewing (self))
    return _ ("Results to Review");
  if (zq_window_is_visiting (self))
    return _ ("Video Visit");

  return zq_window_shows_visits (self) ? _ ("Video Visits") : _ ("Diagnostics");
}

static void
on_place (ZqWindow *self)
{
  ZqPlace place = zq_fold_get_place (self->fold);
  gboolean folded = zq_fold_is_folded (self->fold);

  gtk_widget_set_visible (self->back,
                          is_working (self) && (place == ZQ_PLACE_OTHER || (folded && place == ZQ_PLACE_CONTENT)));
  adw_window_title_set_title (self->heading, place_title (self, place));
  if (zq_window_is_reviewing (self))
    gtk_list_box_select_row (self->pages, GTK_LIST_BOX_ROW (self->review_page));
  else if (zq_window_shows_visits (self) || zq_window_is_visiting (self))
    gtk_list_box_select_row (self->pages, GTK_LIST_BOX_ROW (self->visits_page));
  else if (place == ZQ_PLACE_OTHER)
    gtk_list_box_unselect_all (self->pages);
  else
    gtk_list_box_select_row (self->pages, GTK_LIST_BOX_ROW (self->inbox_page));
}

void
zq_window_show_other (ZqWindow *self, GtkWidget *other)
{
  ZqPlace place = zq_fold_get_place (self->fold);

  if (place != ZQ_PLACE_OTHER)
    self->before_other = place;
  gtk_stack_set_visible_child (self->others, other);
  zq_fold_set_place (self->fold, ZQ_PLACE_OTHER);
  on_place (self);
}

static void
show_place (ZqWindow *self, const char *name)
{
  gboolean work;

  gtk_stack_set_visible_child_name (self->stack, name);
  work = is_working (self);
  gtk_widget_set_visible (self->sidebar_toggle, work);
  gtk_widget_set_visible (self->status, work);
  gtk_widget_set_visible (GTK_WIDGET (self->find_toggle), work);
  gtk_widget_set_visible (self->menu, !g_str_equal (name, "starting"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.diagnostics", work);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.find", work);
  if (work)
    on_place (self);
  else
    {
      gtk_widget_set_visible (self->back, FALSE);
      adw_window_title_set_title (self->heading, _ ("Zhenqiao"));
    }
}

static void
on_page_activated (ZqWindow *self, GtkListBoxRow *row)
{
  if (GTK_WIDGET (row) == self->review_page)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.review", NULL);
  else if (GTK_WIDGET (row) == self->visits_page)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.visits", NULL);
  else
    zq_fold_set_place (self->fold, ZQ_PLACE_LIST);
}

/* News waits on top while somebody looks; during the first fill it pours in. */
static void
update_hold (ZqWindow *self)
{
  ZqSessionStatus *status = self->session_status;
  gboolean is_first;
  double progress;

  if (status == NULL)
    return;
  g_object_get (status, "progress", &progress, NULL);
  is_first = zq_session_status_get_last_synced (status) == 0;
  if (is_first && progress < 0 && zq_session_status_get_state (status) == ZQ_SESSION_SYNCING)
    progress = 0;
  g_object_set (self->inbox, "progress", progress, NULL);
  zq_inbox_set_synced (self->inbox, zq_session_status_get_last_synced (status));
  if (self->review != NULL)
    zq_review_page_set_synced (self->review, zq_session_status_get_last_synced (status));
  zq_inbox_set_hold (self->inbox, progress < 0 && !is_first && gtk_window_is_active (GTK_WINDOW (self)));
}

/* --- object ----------------------------------------------------------------------------------- */

static gboolean
zq_window_close_request (GtkWindow *window)
{
  zq_window_flush (ZQ_WINDOW (window));
  return GTK_WINDOW_CLASS (zq_window_parent_class)->close_request (window);
}

static void
zq_window_dispose (GObject *object)
{
  ZqWindow *self = ZQ_WINDOW (object);

  g_clear_weak_pointer (&self->written);
  g_clear_weak_pointer (&self->record_window);
  g_clear_object (&self->reviews);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_object (&self->store);
  g_clear_object (&self->session_status);
  g_clear_object (&self->ticker);
  G_OBJECT_CLASS (zq_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/org/zhenqiao/Zhenqiao/ui/shell/window.ui");
  gtk_widget_class_bind_template_child (klass, ZqWindow, heading);
  gtk_widget_class_bind_template_child (klass, ZqWindow, sidebar_toggle);
  gtk_widget_class_bind_template_child (klass, ZqWindow, back);
  gtk_widget_class_bind_template_child (klass, ZqWindow, menu);
  gtk_widget_class_bind_template_child (klass, ZqWindow, status);
  gtk_widget_class_bind_template_child (klass, ZqWindow, toasts);
  gtk_widget_class_bind_template_child (klass, ZqWindow, stack);
  gtk_widget_class_bind_template_child (klass, ZqWindow, fold);
  gtk_widget_class_bind_template_child (klass, ZqWindow, pages);
  gtk_widget_class_bind_template_child (klass, ZqWindow, inbox_page);
  gtk_widget_class_bind_template_child (klass, ZqWindow, n_waiting);
  gtk_widget_class_bind_template_child (klass, ZqWindow, person);
  gtk_widget_class_bind_template_child (klass, ZqWindow, list_stack);
  gtk_widget_class_bind_template_child (klass, ZqWindow, find_toggle);
  gtk_widget_class_bind_template_child (klass, ZqWindow, inbox);
  gtk_widget_class_bind_template_child (klass, ZqWindow, beside);
  gtk_widget_class_bind_template_child (klass, ZqWindow, page);
  gtk_widget_class_bind_template_child (klass, ZqWindow, record);
  gtk_widget_class_bind_template_child (klass, ZqWindow, others);
  gtk_widget_class_bind_template_child (klass, ZqWindow, diagnostics);
  gtk_widget_class_bind_template_child (klass, ZqWindow, review_page);
  gtk_widget_class_bind_template_child (klass, ZqWindow, n_untold);
  gtk_widget_class_bind_template_child (klass, ZqWindow, visits_page);
  gtk_widget_class_bind_template_child (klass, ZqWindow, n_arrived);
  gtk_widget_class_bind_template_child (klass, ZqWindow, notice);
  gtk_widget_class_bind_template_child (klass, ZqWindow, notice_button);
  gtk_widget_class_bind_template_callback (klass, on_page_activated);
  gtk_widget_class_bind_template_callback (klass, on_inbox_open);
  gtk_widget_class_bind_template_callback (klass, on_inbox_choose);
  gtk_widget_class_bind_template_callback (klass, on_inbox_selected);
  gtk_widget_class_bind_template_callback (klass, on_n_waiting);
  gtk_widget_class_bind_template_callback (klass, on_next);
  gtk_widget_class_bind_template_callback (klass, on_page_opened);
  gtk_widget_class_bind_template_callback (klass, on_resend);
  gtk_widget_class_bind_template_callback (klass, on_take_back);
  gtk_widget_class_bind_template_callback (klass, on_open_consult);
  gtk_widget_class_bind_template_callback (klass, on_place);
  gtk_widget_class_bind_template_callback (klass, zq_window_on_find_toggled);
  gtk_widget_class_bind_template_callback (klass, zq_window_on_record_close);
}

static void
zq_window_class_init (ZqWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = zq_window_close_request;

  g_type_ensure (ZQ_TYPE_FOLD);
  g_type_ensure (ZQ_TYPE_STATUS_BUTTON);
  g_type_ensure (ZQ_TYPE_INBOX);
  g_type_ensure (ZQ_TYPE_CONSULT_PAGE);
  g_type_ensure (ZQ_TYPE_DIAGNOSTICS);
  zq_window_install_keys (widget_class);
  zq_window_install_triage (widget_class);
  zq_window_install_find (widget_class);
  zq_window_install_record (widget_class);
  zq_window_install_consult_record (widget_class);
  zq_window_install_review (widget_class);
  zq_window_install_print (widget_class);
  zq_window_install_visit (widget_class);
  zq_window_install_invite (widget_class);
  bind_template (widget_class);
}

static void
zq_window_init (ZqWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  zq_window_add_reading_keys (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.preferences", zq_preferences_can_show ());
  show_place (self, "starting");
  g_signal_connect (self, "notify::is-active", G_CALLBACK (update_hold), NULL);
}

ZqWindow *
zq_window_new (GtkApplication *application)
{
  return g_object_new (ZQ_TYPE_WINDOW, "application", application, NULL);
}

void
zq_window_show_work (ZqWindow *self, const ZqWindowSession *session)
{
  const ZqContext *context = zq_store_get_context (session->store);

  g_return_if_fail (self->ticker == NULL);

  self->ticker = zq_ticker_new (zq_store_get_clock (session->store));
  self->store = g_object_ref (session->store);
  self->session_status = g_object_ref (session->status);
  zq_status_button_set_status (ZQ_STATUS_BUTTON (self->status), session->status, context->zone);
  gtk_label_set_label (self->person, session->person != NULL ? session->person : "");
  zq_consult_page_set_store (self->page, session->store, self->ticker);
  zq_record_page_set_store (self->record, session->store, self->ticker);
  zq_inbox_set_store (self->inbox, session->store, self->ticker);
  zq_window_begin_review (self);
  zq_window_begin_visits (self);
  zq_diagnostics_set_session (self->diagnostics, session->store, session->status, context->zone, session->hospital,
                              session->person);
  zq_diagnostics_set_problems (self->diagnostics, session->problems);
  g_signal_connect_object (session->status, "notify", G_CALLBACK (update_hold), self, G_CONNECT_SWAPPED);
  update_hold (self);
  show_place (self, "work");
  gtk_widget_child_focus (GTK_WIDGET (self->inbox), GTK_DIR_TAB_FORWARD);
}

gboolean
zq_window_has_work (ZqWindow *self)
{
  return self->ticker != NULL;
}

void
zq_window_return_to_work (ZqWindow *self)
{
  if (zq_window_has_work (self))
    show_place (self, "work");
}

ZqSignInPage *
zq_window_show_sign_in (ZqWindow *self)
{
  if (self->sign_in == NULL)
    {
      self->sign_in = g_object_new (ZQ_TYPE_SIGN_IN_PAGE, NULL);
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->sign_in), "sign-in");
    }
  show_place (self, "sign-in");
  return self->sign_in;
}

void
zq_window_show_notice (
    ZqWindow *self, const char *icon, const char *title, const char *text, const char *button, const char *action)
{
  g_autofree char *words = zq_words_problem (text);
  g_autofree char *plain = g_markup_escape_text (words, -1);

  adw_status_page_set_icon_name (self->notice, icon);
  adw_status_page_set_title (self->notice, title);
  adw_status_page_set_description (self->notice, plain);
  gtk_widget_set_visible (self->notice_button, button != NULL);
  if (button != NULL)
    gtk_button_set_label (GTK_BUTTON (self->notice_button), button);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->notice_button), action);
  show_place (self, "notice");
}

void
zq_window_toast (ZqWindow *self, const char *text)
{
  zq_toast_show (GTK_WIDGET (self->stack), text);
}

void
zq_window_flush (ZqWindow *self)
{
  zq_consult_page_flush (self->page);
}

ZqInbox *
zq_window_get_inbox (ZqWindow *self)
{
  return self->inbox;
}

ZqConsultPage *
zq_window_get_page (ZqWindow *self)
{
  return self->page;
}

ZqFold *
zq_window_get_fold (ZqWindow *self)
{
  return self->fold;
}
