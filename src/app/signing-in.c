/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application-private.h"

#include "account/follow.h"
#include "resource/reference.h"
#include "ui/widgets/problem.h"

#include <glib/gi18n.h>

/* --- who it is -------------------------------------------------------------------------------- */

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (!zq_session_adopt_finish (ZQ_SESSION (source), result, &error))
    {
      zq_application_ask_sign_in (self, error->message);
      return;
    }
  zq_session_go (ZQ_SESSION (source));
  zq_window_return_to_work (self->window);
}

void
zq_application_adopt (ZqApplication *self)
{
  g_autoptr (ZqSignInResult) result = g_steal_pointer (&self->signed_in);

  if (result != NULL)
    zq_session_adopt_async (self->session, result, on_adopted, g_object_ref (self));
}

/* After a sign-out what is kept here stays shut, also without the network. */
static void
say_why_not (ZqApplication *self, const GError *error)
{
  g_autofree char *problem = zq_words_problem (error->message);
  g_autofree char *words = NULL;

  if (self->session == NULL && zq_account_get_signed_out (self->account))
    /* Translators: %s is why the sign-in failed */
    words = g_strdup_printf (_ ("%s\nYou signed out of this account. What it keeps on this computer is safe, and opens "
                                "when the hospital has let you sign in again."),
                             problem);
  zq_application_ask_sign_in (self, words != NULL ? words : problem);
}

/* Who typed the address of a hospital where this person has an account goes on with that one: what waits
 * to be sent lies there. */
static void
find_known_account (ZqApplication *self, const ZqSignInResult *result)
{
  g_autoptr (GPtrArray) accounts = NULL;
  g_autoptr (ZqReference) user = zq_reference_parse (result->fhir_user, zq_account_get_base (self->account));

  if (self->session != NULL || user == NULL || zq_account_get_practitioner (self->account) != NULL)
    return;
  accounts = zq_account_list (self->options->data_dir);
  for (guint i = 0; i < accounts->len; i++)
    {
      ZqAccount *account = g_ptr_array_index (accounts, i);

      if (!g_str_equal (zq_account_get_base (account), zq_account_get_base (self->account)) ||
          g_strcmp0 (zq_account_get_practitioner (account), user->id) != 0)
        continue;
      g_set_object (&self->account, account);
      return;
    }
}

static void
on_signed_in (GObject *source, GAsyncResult *res, gpointer data)
{
  g_autoptr (ZqApplication) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) result = zq_sign_in_run_finish (ZQ_SIGN_IN (source), res, &error);

  if (self->sign_in == ZQ_SIGN_IN (source))
    g_clear_object (&self->sign_in);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (result != NULL)
    find_known_account (self, result);
  if (result != NULL && self->session == NULL && !zq_session_remember_person (self->account, result, &error))
    g_clear_pointer (&result, zq_sign_in_result_free);
  if (result == NULL)
    {
      say_why_not (self, error);
      return;
    }
  g_clear_pointer (&self->signed_in, zq_sign_in_result_free);
  self->signed_in = g_steal_pointer (&result);
  if (self->session != NULL)
    zq_application_adopt (self);
  else
    zq_application_open (self, TRUE);
}

/* --- the browser ------------------------------------------------------------------------------ */

static void
on_followed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (zq_sign_in_follow_finish (result, &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_cancellable_cancel (self->cancellable);
  say_why_not (self, error);
}

static void
on_browser (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *url = data;
  g_autoptr (GError) error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    return;
  /* Nothing opened: who started the program in a terminal finds the address there, too. */
  g_print ("sign-in %s\n", url);
  fflush (stdout);
}

static void
on_address_ready (ZqApplication *self, const char *url)
{
  zq_sign_in_page_wait (zq_window_show_sign_in (self->window), url);
  if (self->options->auto_follow)
    zq_sign_in_follow_async (url, zq_account_get_ca (self->account), self->cancellable, on_followed,
                             g_object_ref (self));
  else
    g_app_info_launch_default_for_uri_async (url, NULL, self->cancellable, on_browser, g_strdup (url));
}

/* --- the page --------------------------------------------------------------------------------- */

void
zq_application_begin_sign_in (ZqApplication *self)
{
  ZqSignInPage *page = zq_window_show_sign_in (self->window);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  zq_sign_in_page_wait (page, NULL);
  g_clear_object (&self->sign_in);
  self->sign_in = zq_sign_in_new (self->account, self->clock);
  if (self->options->login_hint != NULL)
    zq_sign_in_set_login_hint (self->sign_in, self->options->login_hint);
  g_signal_connect_object (self->sign_in, "address-ready", G_CALLBACK (on_address_ready), self, G_CONNECT_SWAPPED);
  if (zq_account_uses_smart (self->account))
    zq_sign_in_run_async (self->sign_in, self->cancellable, on_signed_in, g_object_ref (self));
  else
    zq_sign_in_look_up_async (self->sign_in, self->cancellable, on_signed_in, g_object_ref (self));
}

static void
on_connect (ZqApplication *self, const char *address)
{
  g_autoptr (GError) error = NULL;
  ZqAccount *account = zq_account_new (self->options->data_dir, address, &error);

  if (account == NULL)
    {
      zq_application_ask_sign_in (self, error->message);
      return;
    }
  g_clear_object (&self->account);
  self->account = account;
  zq_application_begin_sign_in (self);
}

static void
on_choose (ZqApplication *self, const char *id)
{
  g_autoptr (GPtrArray) accounts = zq_account_list (self->options->data_dir);

  for (guint i = 0; i < accounts->len; i++)
    {
      ZqAccount *account = g_ptr_array_index (accounts, i);

      if (!g_str_equal (zq_account_get_id (account), id))
        continue;
      g_set_object (&self->account, account);
      zq_application_begin_sign_in (self);
      return;
    }
}

static void
on_cancel (ZqApplication *self)
{
  g_cancellable_cancel (self->cancellable);
  if (zq_window_has_work (self->window))
    zq_window_return_to_work (self->window);
  else
    zq_application_ask_sign_in (self, NULL);
}

void
zq_application_ask_sign_in (ZqApplication *self, const char *error)
{
  ZqSignInPage *page = zq_window_show_sign_in (self->window);
  g_autoptr (GPtrArray) accounts = NULL;

  if (self->page != page)
    {
      self->page = page;
      g_signal_connect_object (page, "connect", G_CALLBACK (on_connect), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (page, "choose", G_CALLBACK (on_choose), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (page, "cancel", G_CALLBACK (on_cancel), self, G_CONNECT_SWAPPED);
    }
  zq_sign_in_page_clear_accounts (page);
  /* A store that is open stays with its doctor: only that one can sign in again. */
  if (self->session == NULL)
    accounts = zq_account_list (self->options->data_dir);
  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      ZqAccount *account = g_ptr_array_index (accounts, i);

      zq_sign_in_page_add_account (page, zq_account_get_id (account), zq_account_get_name (account),
                                   zq_account_get_base (account));
    }
  if (self->account != NULL)
    zq_sign_in_page_set_address (page, zq_account_get_base (self->account));
  zq_sign_in_page_ask (page, error);
}

/* --- out -------------------------------------------------------------------------------------- */

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqApplication) self = data;
  g_autoptr (GError) error = NULL;
  GtkWindow *old = GTK_WINDOW (self->window);

  if (!zq_tokens_sign_out_finish (ZQ_TOKENS (source), result, &error))
    {
      zq_window_toast (self->window, error->message);
      return;
    }
  zq_account_set_signed_out (self->account, TRUE);
  zq_account_save (self->account, &error);
  zq_window_flush (self->window);
  self->window = zq_window_new (GTK_APPLICATION (self));
  self->page = NULL;
  gtk_window_destroy (old);
  g_clear_pointer (&self->notify, zq_notify_free);
  zq_session_close (self->session);
  g_clear_object (&self->session);
  zq_application_ask_sign_in (self, error != NULL ? error->message : NULL);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
on_sign_out_response (ZqApplication *self, const char *response)
{
  ZqTokens *tokens = self->session != NULL ? zq_session_get_tokens (self->session) : NULL;

  if (tokens == NULL || !g_str_equal (response, "sign-out"))
    return;
  self->followed = TRUE; /* signed out because the doctor said so */
  zq_session_leave (self->session);
  zq_tokens_sign_out_async (tokens, on_forgotten, g_object_ref (self));
}

void
zq_application_sign_out (ZqApplication *self)
{
  const ZqSessionCounts *counts = zq_session_status_get_counts (zq_session_get_status (self->session));
  guint n = counts->waiting + counts->held + counts->refused;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self->window), _ ("Sign Out?"), NULL);
  g_autofree char *body =
      n > 0
          ? g_strdup_printf (ngettext ("%u thing that you did has not reached the hospital. It stays on this computer, "
                                       "encrypted, and goes out after your next sign-in.",
                                       "%u things that you did have not reached the hospital. They stay on this "
                                       "computer, encrypted, and go out after your next sign-in.",
                                       n),
                             n)
          : g_strdup (_ ("All that you did is at the hospital. What was fetched stays on this computer, encrypted."));

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "sign-out", _ ("Sign _Out"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_response), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
