/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application-private.h"
#include "app/screenshot.h"

#define SETTLE  (G_USEC_PER_SEC * 3 / 2)
#define LONGEST (G_GINT64_CONSTANT (30) * G_USEC_PER_SEC)

static void
take (gpointer data)
{
  ZqApplication *self = data;
  g_autoptr (GError) error = NULL;

  self->alarm = 0;
  if (!zq_screenshot_save (GTK_WINDOW (self->window), self->options->screenshot, &error))
    g_printerr ("zhenqiao: %s\n", error->message);
  g_application_quit (G_APPLICATION (self));
}

static void
open_first (gpointer data)
{
  ZqApplication *self = data;

  self->alarm = 0;
  if (zq_window_has_work (self->window) && zq_inbox_step (zq_window_get_inbox (self->window), 1))
    gtk_widget_activate_action (GTK_WIDGET (zq_window_get_inbox (self->window)), "inbox.open", NULL);
  self->alarm = zq_clock_alarm_in (self->clock, SETTLE, take, self);
}

static void
on_status (ZqApplication *self)
{
  ZqSessionStatus *status = zq_session_get_status (self->session);
  ZqSessionState state = zq_session_status_get_state (status);
  double progress;

  g_object_get (status, "progress", &progress, NULL);
  if (progress >= 0 || state == ZQ_SESSION_SYNCING ||
      (state == ZQ_SESSION_OFFLINE && zq_session_status_get_offline_since (status) == 0))
    return;
  g_signal_handlers_disconnect_by_func (status, on_status, self);
  zq_clock_clear (self->clock, &self->alarm);
  self->alarm = zq_clock_alarm_in (self->clock, SETTLE, open_first, self);
}

void
zq_application_plan_picture (ZqApplication *self)
{
  ZqSessionStatus *status;

  if (self->options->screenshot == NULL || self->session == NULL)
    return;
  status = zq_session_get_status (self->session);
  g_signal_connect_object (status, "notify", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  self->alarm = zq_clock_alarm_in (self->clock, LONGEST, open_first, self);
}
