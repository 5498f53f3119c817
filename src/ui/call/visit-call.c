/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/visit-page-private.h"

#include "call/room.h"
#include "call/warm-up.h"
#include "ui/call/memory.h"

#include <glib/gi18n.h>

void
zq_visit_page_tell_media (ZqVisitPage *self)
{
  if (self->session != NULL)
    zq_call_session_tell_media (self->session, !self->switches[ZQ_VISIT_MUTED], !self->switches[ZQ_VISIT_CAMERA_OFF],
                                self->switches[ZQ_VISIT_SHOWN]);
}

/* The devices are opened when somebody is there to be spoken to, not while the doctor waits alone. */
static void
open_devices (ZqVisitPage *self)
{
  ZqCallState state = self->session != NULL ? zq_call_session_get_state (self->session) : ZQ_CALL_OFF;
  gboolean wanted, camera;

  if (self->media == NULL || !zq_call_devices_is_ready (self->devices))
    return;
  /* The check has them; it gives way when the patient comes. */
  if (self->check != NULL && (state == ZQ_CALL_WAITING || state == ZQ_CALL_CONNECTING || state == ZQ_CALL_LIVE))
    zq_visit_page_show_check (self, FALSE);
  wanted = self->check == NULL &&
           (state == ZQ_CALL_WAITING || state == ZQ_CALL_CONNECTING || state == ZQ_CALL_LIVE || state == ZQ_CALL_LOST);
  camera = wanted && !self->switches[ZQ_VISIT_CAMERA_OFF];
  zq_call_media_switch (self->media, ZQ_CALL_SPEAKER, wanted);
  zq_call_media_switch (self->media, ZQ_CALL_MICROPHONE, wanted);
  zq_call_media_switch (self->media, ZQ_CALL_CAMERA, camera);
  if (!camera)
    zq_video_paintable_clear (self->own_picture);
}

static void
on_session_changed (ZqVisitPage *self)
{
  ZqCallState state = zq_call_session_get_state (self->session);

  open_devices (self);
  if (state != ZQ_CALL_LIVE && state != ZQ_CALL_LOST)
    zq_video_paintable_clear (self->remote_picture);
  zq_visit_page_tell_media (self);
  zq_visit_page_update_tape (self);
  zq_visit_page_update (self);
}

/* --- devices ------------------------------------------------------------------------------------ */

/* The one in use is another now: it is opened in place of the one before, while the call goes on. */
static void
on_switched (ZqVisitPage *self, guint device)
{
  if (self->media == NULL || !zq_call_media_is_on (self->media, device))
    return;
  zq_call_media_switch (self->media, device, FALSE);
  zq_call_media_switch (self->media, device, TRUE);
}

static void
on_unplugged (ZqVisitPage *self, guint device, const char *gone, const char *now)
{
  static const char *const words[] = { N_ ("The camera is gone. You are heard, but not seen."),
                                       N_ ("The microphone is gone. The patient cannot hear you."),
                                       N_ ("The speaker is gone. You cannot hear the patient.") };
  g_autofree char *text = NULL;

  if (now != NULL)
    /* Translators: a device was unplugged, and which one is used instead */
    text = g_strdup_printf (_ ("“%1$s” was unplugged; “%2$s” is used now"), gone, now);
  zq_visit_page_toast (self, now != NULL ? text : _ (words[device]));
}

static void
make_devices (ZqVisitPage *self)
{
  ZqCallMemory memory = { 0 };

  if (self->devices != NULL)
    return;
  if (self->settings != NULL)
    memory = zq_call_memory_of_settings (self->settings);
  self->devices = zq_call_devices_new (&memory);
  g_signal_connect_object (self->devices, "switched", G_CALLBACK (on_switched), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->devices, "lost", G_CALLBACK (on_unplugged), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->devices, "ready", G_CALLBACK (open_devices), self, G_CONNECT_SWAPPED);
}

/* It cannot be opened, or stopped: another program may have it. */
static void
on_lost (ZqVisitPage *self, guint device)
{
  static const char *const words[] = { N_ ("The camera stopped. You are heard, but not seen."),
                                       N_ ("The microphone stopped. The patient cannot hear you."),
                                       N_ ("The speaker stopped. You cannot hear the patient.") };

  zq_visit_page_toast (self, _ (words[device]));
}

static GtkWidget *
make_check_place (ZqVisitPage *self)
{
  GtkWidget *place = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *done = gtk_button_new_with_mnemonic (_ ("_Done"));

  self->check = zq_call_check_new (self->devices, zq_store_get_clock (self->store), self->room);
  gtk_widget_set_halign (done, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_bottom (done, 18);
  gtk_widget_add_css_class (done, "pill");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (done), "visit.check");
  gtk_widget_set_vexpand (self->check, TRUE);
  gtk_widget_add_css_class (place, "call-check");
  gtk_box_append (GTK_BOX (place), self->check);
  gtk_box_append (GTK_BOX (place), done);

  return place;
}

void
zq_visit_page_show_check (ZqVisitPage *self, gboolean shown)
{
  GtkWidget *check = self->check;

  if (shown == (check != NULL) || self->devices == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->paned), !shown);
  if (shown)
    {
      gtk_box_append (GTK_BOX (self->box), make_check_place (self));
      open_devices (self);
      if (self->check != NULL)
        gtk_widget_child_focus (self->check, GTK_DIR_TAB_FORWARD);
    }
  else
    {
      self->check = NULL;
      zq_call_check_stop (ZQ_CALL_CHECK (check));
      gtk_box_remove (GTK_BOX (self->box), gtk_widget_get_parent (check));
      open_devices (self);
    }
}

/* On a thread of its own the first time: it reads the plugins. */
static void
on_warm (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqVisitPage) self = ZQ_VISIT_PAGE (object);
  ZqCallSources sources;
  ZqCallSessionConfig config = { 0 };
  g_autoptr (ZqRoom) room = NULL;
  g_autofree char *appointment = NULL;

  if (self->is_left || self->session != NULL || self->client == NULL)
    return;
  appointment = g_strconcat ("Appointment/", self->visit->server_id, NULL);
  room = zq_room_new (ZQ_FHIR_CLIENT (self->client), zq_store_get_clock (self->store), appointment, NULL);
  make_devices (self);
  self->room = g_object_ref (ZQ_SIGNALLING (room));
  sources = zq_call_devices_get_sources (self->devices);
  self->media = zq_call_media_new (&sources);
  zq_call_media_set_preview (self->media, zq_video_paintable_push, self->own_picture);
  g_signal_connect_object (self->media, "lost", G_CALLBACK (on_lost), self, G_CONNECT_SWAPPED);
  config.signalling = ZQ_SIGNALLING (room);
  config.media = self->media;
  config.clock = zq_store_get_clock (self->store);
  /* Of a visit that is under way the patient has been let in: also after this program was killed. */
  config.admitted = self->is_identified && self->visit->state == ZQ_VISIT_IN_PROGRESS;
  config.relay_only = g_getenv ("ZHENQIAO_CALL_RELAY") != NULL;
  self->session = zq_call_session_new (&config);
  zq_call_session_set_sinks (self->session, zq_video_paintable_push, NULL, self->remote_picture);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "stats", G_CALLBACK (zq_visit_page_update_numbers), self, G_CONNECT_SWAPPED);
  zq_call_session_open (self->session);
  zq_visit_page_update (self);
}

static void
warm_up (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  zq_call_warm_up ();
  g_task_return_boolean (task, TRUE);
}

void
zq_visit_page_begin_call (ZqVisitPage *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_warm, NULL);

  g_object_ref (self); /* until on_warm() */
  g_task_run_in_thread (task, warm_up);
}

void
zq_visit_page_end_call (ZqVisitPage *self)
{
  if (self->store != NULL)
    zq_clock_clear (zq_store_get_clock (self->store), &self->offer);
  zq_visit_page_stop_tape (self);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      zq_call_session_close (self->session);
      g_clear_object (&self->session);
    }
  zq_visit_page_show_check (self, FALSE);
  if (self->media != NULL)
    zq_call_media_stop (self->media);
  g_clear_object (&self->media);
  g_clear_object (&self->devices);
  g_clear_object (&self->room);
}
