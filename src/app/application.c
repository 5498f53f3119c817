/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application-private.h"
#include "app/call-module.h"
#include "app/trace.h"
#include "db/db.h"
#include "ui/widgets/resources.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (ZqApplication, zq_application, ADW_TYPE_APPLICATION)

/* --- what stands in the way ------------------------------------------------------------------- */

static void
show_account_error (ZqApplication *self, const GError *error)
{
  switch (error->code)
    {
    case ZQ_ACCOUNT_ERROR_LOCKED:
      zq_window_show_notice (self->window, "system-lock-screen-symbolic", _ ("Already Open"),
                             _ ("Another window or program on this computer works with this account. Use that one, or "
                                "close it and try again. Nothing was changed."),
                             _ ("Try Again"), "app.retry");
      break;
    case ZQ_ACCOUNT_ERROR_KEYRING_ABSENT:
      zq_window_show_notice (
          self->window, "dialog-password-symbolic", _ ("No Keyring on This Computer"),
          _ ("Zhenqiao keeps everything encrypted, and the key in the desktop’s keyring, which is not "
             "running. Nothing was written. Start a keyring (for example gnome-keyring) or ask your "
             "IT, then try again."),
          _ ("Try Again"), "app.retry");
      break;
    case ZQ_ACCOUNT_ERROR_KEYRING_LOCKED:
      zq_window_show_notice (
          self->window, "system-lock-screen-symbolic", _ ("The Keyring Is Locked"),
          _ ("The key of your data is in the desktop’s keyring. Unlock it to go on. Nothing is lost, "
             "and nothing is written in the clear."),
          _ ("Unlock"), "app.retry");
      break;
    case ZQ_ACCOUNT_ERROR_KEY_LOST:
      zq_window_show_notice (
          self->window, "dialog-warning-symbolic", _ ("The Key of This Account Is Gone"),
          _ ("The encrypted data of this account is still here, but its key is not in the keyring of "
             "this user. Nothing was touched. Sign in on the desktop as the user who made it, or ask "
             "your IT to restore that keyring, then try again."),
          _ ("Try Again"), "app.retry");
      break;
    default:
      zq_window_show_notice (self->window, "dialog-warning-symbolic", _ ("This Account Cannot Be Opened"),
                             error->message, _ ("Try Again"), "app.retry");
    }
}

static void
show_error (ZqApplication *self, const GError *error)
{
  if (error->domain == ZQ_ACCOUNT_ERROR)
    show_account_error (self, error);
  else if (g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_NEWER))
    zq_window_show_notice (
        self->window, "software-update-available-symbolic", _ ("Made by a Newer Zhenqiao"),
        _ ("The data of this account was made by a newer version of this program. It was not touched. "
           "Install that version to go on."),
        _ ("Try Again"), "app.retry");
  else if (g_error_matches (error, ZQ_DB_ERROR, ZQ_DB_ERROR_NO_CIPHER))
    zq_window_show_notice (
        self->window, "dialog-warning-symbolic", _ ("This Program Cannot Encrypt"),
        _ ("It was built without encryption, so it refuses to open or write anything. Ask your IT for "
           "a correct package."),
        NULL, NULL);
  else
    zq_window_show_notice (self->window, "dialog-warning-symbolic", _ ("The Data Cannot Be Opened"), error->message,
                           _ ("Try Again"), "app.retry");
}

/* --- work ------------------------------------------------------------------------------------- */

static void
on_status (ZqApplication *self)
{
  ZqSessionStatus *status = zq_session_get_status (self->session);

  /* Without a browser nobody could press the button. */
  if (self->options->auto_follow && !self->followed && zq_session_status_get_state (status) == ZQ_SESSION_SIGNED_OUT)
    {
      self->followed = TRUE;
      zq_application_begin_sign_in (self);
    }
}

/* The network waits until the doctor sees the inbox. */
static void
go (gpointer data)
{
  ZqApplication *self = data;

  if (self->session == NULL)
    return;
  zq_sync_set_focused (zq_session_get_sync (self->session), gtk_window_is_active (GTK_WINDOW (self->window)));
  if (self->signed_in != NULL)
    {
      self->followed = TRUE;
      zq_application_adopt (self);
    }
  else
    zq_session_go (self->session);
}

static void
on_is_active (ZqApplication *self)
{
  if (self->session != NULL && zq_session_get_sync (self->session) != NULL)
    zq_sync_set_focused (zq_session_get_sync (self->session), gtk_window_is_active (GTK_WINDOW (self->window)));
}

/* What a person looks at needs no notification. */
static gboolean
is_seen (gint64 consult, gpointer data)
{
  ZqApplication *self = data;

  return self->window != NULL && gtk_window_is_active (GTK_WINDOW (self->window)) &&
         zq_window_shows_consult (self->window, consult);
}

static void
start_notify (ZqApplication *self)
{
  const ZqNotifyConfig config = {
    .application = G_APPLICATION (self),
    .store = zq_session_get_store (self->session),
    .status = zq_session_get_status (self->session),
    .settings = self->settings,
    .seen = is_seen,
    .data = self,
  };

  g_clear_pointer (&self->notify, zq_notify_free);
  self->notify = zq_notify_new (&config);
}

static void
show_work (ZqApplication *self)
{
  ZqWindowSession session = {
    .store = zq_session_get_store (self->session),
    .status = zq_session_get_status (self->session),
    .hospital = zq_account_get_base (self->account),
    .person = zq_account_get_name (self->account),
    .problems = zq_session_get_policy_problems (self->session),
  };

  zq_trace_mark ("store open");
  zq_session_start (self->session, NULL);
  start_notify (self);
  zq_trace_mark ("session started");
  g_signal_connect_object (session.status, "notify::state", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  zq_window_set_visits (self->window, zq_call_module_open, G_OBJECT (zq_session_get_client (self->session)),
                        self->settings, NULL);
  zq_window_show_work (self->window, &session);
  zq_trace_mark ("work shown");
  zq_application_plan_picture (self);
  zq_trace_first_rows (self->window, self->options->trace_start, NULL, NULL);
  zq_trace_next_frame (GTK_WIDGET (self->window), go, self);
  if (self->options->trace_live)
    zq_trace_rows (self->window, self->clock);
  if (session.problems->len > 0)
    zq_window_toast (self->window, _ ("Something in the hospital’s settings is not right: see Diagnostics"));
}

static void
on_opened (ZqAccount *account, ZqSession *session, const GError *error, gpointer data)
{
  g_autoptr (ZqApplication) self = data;

  if (account != NULL)
    g_set_object (&self->account, account);
  if (session != NULL)
    {
      g_set_object (&self->session, session);
      show_work (self);
    }
  else if (g_error_matches (error, ZQ_OPENING_ERROR, ZQ_OPENING_ERROR_SIGN_IN) && self->options->hospital != NULL)
    {
      zq_application_ask_sign_in (self, NULL);
      zq_application_begin_sign_in (self);
    }
  /* Also after a sign-out, whatever --hospital says: the doctor has to want it. */
  else if (error->domain == ZQ_OPENING_ERROR)
    zq_application_ask_sign_in (self, NULL);
  else if (self->account == NULL)
    zq_application_ask_sign_in (self, error->message);
  else
    show_error (self, error);
  g_application_release (G_APPLICATION (self));
}

void
zq_application_open (ZqApplication *self, gboolean interactive)
{
  ZqOpening *opening = g_steal_pointer (&self->opening);

  if (opening == NULL)
    opening =
        zq_opening_start (self->options->data_dir, self->options->hospital, self->account, self->clock, interactive);
  g_application_hold (G_APPLICATION (self));
  zq_opening_then (opening, on_opened, g_object_ref (self));
}

/* --- actions ---------------------------------------------------------------------------------- */

static void
try_now_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZqApplication *self = data;

  if (self->session != NULL && zq_session_get_sync (self->session) != NULL)
    zq_sync_now (zq_session_get_sync (self->session));
}

static void
retry_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZqApplication *self = data;

  if (self->session == NULL)
    zq_application_open (self, TRUE);
}

static void
sign_in_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZqApplication *self = data;

  zq_application_ask_sign_in (self, NULL);
  if (self->account != NULL)
    zq_application_begin_sign_in (self);
}

static void
sign_out_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZqApplication *self = data;

  if (self->session != NULL)
    zq_application_sign_out (self);
}

/* Of a notification. */
static void
open_consult_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZqApplication *self = data;
  gint64 consult = g_variant_get_int64 (parameter);

  if (self->window == NULL || self->session == NULL || !zq_window_has_work (self->window))
    return;
  zq_window_return_to_work (self->window);
  zq_window_open_consult (self->window, consult);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZqApplication *self = data;

  adw_show_about_window (GTK_WINDOW (self->window), "application-name", _ ("Zhenqiao"), "application-icon",
                         ZQ_APPLICATION_ID, "version", ZQ_VERSION, "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("A workstation for doctors of internet hospitals"), NULL);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (G_APPLICATION (data));
}

/* --- window's place --------------------------------------------------------------------------- */

static void
load_place (ZqApplication *self)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, ZQ_APPLICATION_ID, TRUE);
  if (schema == NULL)
    return;
  self->settings = g_settings_new (ZQ_APPLICATION_ID);
  gtk_window_set_default_size (GTK_WINDOW (self->window), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self->window));
}

static void
save_place (ZqApplication *self)
{
  int width, height;

  if (self->settings == NULL || self->window == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self->window)));
}

/* --- life ------------------------------------------------------------------------------------- */

static gboolean
on_signal (gpointer data)
{
  g_application_quit (G_APPLICATION (data));
  return G_SOURCE_REMOVE;
}

static void
zq_application_startup (GApplication *application)
{
  const GActionEntry actions[] = {
    { "try-now", try_now_action },
    { "retry", retry_action },
    { "sign-in", sign_in_action },
    { "sign-out", sign_out_action },
    { "about", about_action },
    { "quit", quit_action },
    { "open-consult", open_consult_action, "x" },
  };
  const char *quit_keys[] = { "<Control>q", NULL };

  zq_trace_mark ("startup");
  zq_ui_init ();
  G_APPLICATION_CLASS (zq_application_parent_class)->startup (application);
  zq_trace_mark ("GTK up");
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit", quit_keys);
  gtk_window_set_default_icon_name (ZQ_APPLICATION_ID);
  g_unix_signal_add (SIGINT, on_signal, application);
  g_unix_signal_add (SIGTERM, on_signal, application);
}

static void
zq_application_activate (GApplication *application)
{
  ZqApplication *self = ZQ_APPLICATION (application);

  if (self->window == NULL)
    {
      self->window = zq_window_new (GTK_APPLICATION (self));
      g_signal_connect_object (self->window, "notify::is-active", G_CALLBACK (on_is_active), self, G_CONNECT_SWAPPED);
      load_place (self);
      zq_trace_mark ("window made");
      zq_application_open (self, FALSE);
    }
  gtk_window_present (GTK_WINDOW (self->window));
  if (g_getenv ("ZHENQIAO_WATCHDOG") != NULL)
    zq_trace_pauses (self->window);
  zq_trace_mark ("window presented");
}

static void
zq_application_shutdown (GApplication *application)
{
  ZqApplication *self = ZQ_APPLICATION (application);

  zq_clock_clear (self->clock, &self->alarm);
  g_cancellable_cancel (self->cancellable);
  if (self->window != NULL)
    {
      save_place (self);
      zq_window_flush (self->window);
      gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
    }
  g_clear_pointer (&self->notify, zq_notify_free);
  if (self->session != NULL)
    {
      zq_session_leave (self->session);
      zq_session_close (self->session);
    }
  G_APPLICATION_CLASS (zq_application_parent_class)->shutdown (application);
}

static void
zq_application_finalize (GObject *object)
{
  ZqApplication *self = ZQ_APPLICATION (object);

  g_clear_object (&self->sign_in);
  g_clear_pointer (&self->signed_in, zq_sign_in_result_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->settings);
  g_clear_object (&self->session);
  g_clear_object (&self->account);
  G_OBJECT_CLASS (zq_application_parent_class)->finalize (object);
}

static void
on_window_removed (ZqApplication *self, GtkWindow *window)
{
  if (GTK_WINDOW (self->window) != window)
    return;
  save_place (self);
  self->window = NULL;
}

static void
zq_application_class_init (ZqApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zq_application_finalize;
  application_class->startup = zq_application_startup;
  application_class->activate = zq_application_activate;
  application_class->shutdown = zq_application_shutdown;
}

static void
zq_application_init (ZqApplication *self)
{
  g_signal_connect (self, "window-removed", G_CALLBACK (on_window_removed), NULL);
}

ZqApplication *
zq_application_new (const ZqOptions *options, ZqClock *clock, ZqOpening *opening)
{
  /* One process an account, not one for all: the account's lock holds that. */
  ZqApplication *self = g_object_new (ZQ_TYPE_APPLICATION, "application-id", ZQ_APPLICATION_ID, "resource-base-path",
                                      "/org/zhenqiao/Zhenqiao", "flags", G_APPLICATION_NON_UNIQUE, NULL);

  self->options = options;
  self->clock = clock;
  self->opening = opening;
  return self;
}
