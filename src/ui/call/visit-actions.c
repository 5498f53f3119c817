/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/visit-page-private.h"

#include "ui/call/chooser.h"
#include "ui/call/invite.h"
#include "ui/call/still.h"
#include "ui/visit/invite.h"
#include "ui/visit/when.h"
#include "ui/widgets/popover.h"
#include "ui/widgets/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

void
zq_visit_page_toast (ZqVisitPage *self, const char *text)
{
  zq_toast_show (GTK_WIDGET (self), text);
}

/* --- letting in --------------------------------------------------------------------------------- */

static void
on_acted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqVisitPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!zq_visit_act_finish (ZQ_STORE (object), result, &error))
    zq_toast_show (GTK_WIDGET (self), _ (error->message));
}

static void
act (ZqVisitPage *self, const ZqVisitChange *change)
{
  zq_visit_act_async (self->store, change, on_acted, g_object_ref (self));
}

void
zq_visit_page_admit (ZqVisitPage *self, const ZqVisitIdentity *identity)
{
  ZqVisitChange change = {
    .act = ZQ_VISIT_ACT_BEGIN, .visit = self->key, .words = _ ("Video visit"), .identity = identity
  };

  if (self->session == NULL || zq_call_session_get_state (self->session) != ZQ_CALL_WAITING)
    return;
  act (self, &change);
  self->is_identified = TRUE;
  zq_call_session_admit (self->session);
}

static void
admit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);

  if (self->is_identified)
    zq_visit_page_admit (self, NULL);
  else if (self->identity != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->identity));
}

static void
hold_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);

  if (self->session != NULL)
    zq_call_session_hold (self->session);
}

/* Where all are recorded it began by itself, and stays. */
static void
record_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);

  if (self->session == NULL || g_strcmp0 (zq_call_session_get_recording (self->session), "optional") != 0)
    return;
  if (g_strcmp0 (zq_call_session_get_consent (self->session), "permit") != 0)
    zq_toast_show (widget, _ ("The patient has not agreed to being recorded"));
  else
    zq_call_session_record (self->session, !zq_call_session_is_recorded (self->session));
}

/* --- by telephone ------------------------------------------------------------------------------- */

static void
call_by_phone (ZqVisitPage *self)
{
  self->wants_phone = FALSE;
  g_clear_object (&self->call_back);
  self->call_back =
      zq_call_back_new (ZQ_FHIR_CLIENT (self->client), zq_store_get_clock (self->store), self->visit->encounter_id);
  g_signal_connect_object (self->call_back, "changed", G_CALLBACK (zq_visit_page_update), self, G_CONNECT_SWAPPED);
  zq_call_back_start (self->call_back);
  zq_visit_page_update (self);
}

void
zq_visit_page_look_for_phone (ZqVisitPage *self)
{
  if (self->wants_phone && self->client != NULL && self->visit->encounter_id != NULL)
    call_by_phone (self);
}

/* Through the hospital: neither side sees the other's number. A visit that has not begun begins by it. */
static void
call_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);
  const ZqVisitChange change = {
    .act = ZQ_VISIT_ACT_BEGIN, .visit = self->key, .words = _ ("Phone visit"), .by_phone = TRUE
  };

  if (self->client == NULL)
    return;
  self->wants_phone = TRUE;
  if (self->visit->encounter == 0)
    act (self, &change);
  else
    zq_visit_page_look_for_phone (self);
  zq_visit_page_update (self);
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);
  ZqCallState state = self->session != NULL ? zq_call_session_get_state (self->session) : ZQ_CALL_OFF;

  /* A call goes on with other devices; what needs them for itself is for before. */
  if (state == ZQ_CALL_CONNECTING || state == ZQ_CALL_LIVE || state == ZQ_CALL_LOST)
    zq_popover_open (GTK_POPOVER (zq_device_popover_new (self->devices)), self->checks);
  else
    zq_visit_page_show_check (self, self->check == NULL);
}

static void
guest_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);

  if (self->room != NULL)
    zq_popover_open (GTK_POPOVER (zq_guest_popover_new (self->room)), self->guest_button);
}

/* What is seen now, standing still, for the record of a visit that has begun. */
static void
freeze_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);
  GdkTexture *texture = zq_video_paintable_get_texture (self->remote_picture);

  if (texture == NULL || self->visit->encounter == 0)
    zq_toast_show (widget, _ ("There is no picture of the patient now"));
  else
    zq_popover_open (GTK_POPOVER (zq_still_popover_new (self->store, self->visit->encounter, texture)),
                     self->freeze_button);
}

/* --- what comes next ---------------------------------------------------------------------------- */

static void
on_next_made (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqVisitPage) self = data;
  g_autoptr (GError) error = NULL;

  if (zq_visit_make_finish (ZQ_STORE (object), result, &error) != 0)
    zq_toast_show (GTK_WIDGET (self), _ ("The patient is invited"));
  else
    zq_toast_show (GTK_WIDGET (self), _ (error->message));
}

static void
on_next_chosen (ZqVisitPage *self, gint64 start, guint minutes, const char *reason)
{
  zq_visit_invite (self->store, self->visit->consult, start, minutes, reason, on_next_made, g_object_ref (self));
}

/* Another visit in a week at the same time, unless something else is said. */
static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);
  gint64 week = 7 * 24 * 3600 * (gint64)G_USEC_PER_SEC;
  gint64 at = MAX (self->visit->start, zq_clock_now (zq_store_get_clock (self->store)) - week / 7) + week;
  ZqVisitWhen *when =
      zq_visit_when_new (self->store, 0, at, zq_visit_minutes (self->store),
                         self->visit->reason != NULL ? self->visit->reason : "", _ ("Invite to the Visit"));

  g_signal_connect_object (when, "chosen", G_CALLBACK (on_next_chosen), self, G_CONNECT_SWAPPED);
  zq_visit_when_ask (when, self->next_button);
}

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);

  if (self->session != NULL)
    zq_call_session_open (self->session);
}

/* --- sound and picture -------------------------------------------------------------------------- */

static void
apply_media (ZqVisitPage *self)
{
  if (self->media != NULL)
    {
      zq_call_media_set_muted (self->media, self->switches[ZQ_VISIT_MUTED]);
      if (zq_call_media_is_on (self->media, ZQ_CALL_MICROPHONE))
        zq_call_media_switch (self->media, ZQ_CALL_CAMERA, !self->switches[ZQ_VISIT_CAMERA_OFF]);
    }
  if (self->switches[ZQ_VISIT_CAMERA_OFF])
    zq_video_paintable_clear (self->own_picture);
  zq_visit_page_tell_media (self);
  zq_visit_page_update (self);
}

/* What stands beside, as the patient gets it: what is on the doctor's screen and nothing more. */
static void
show_side (ZqVisitPage *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->side);
  GtkSnapshot *snapshot;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width = gtk_widget_get_width (child) & ~1, height = gtk_widget_get_height (child) & ~1;
  gsize stride = (gsize)width * 4;
  g_autofree guint8 *pixels = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GdkRGBA ground = { 1, 1, 1, 1 };

  if (!self->switches[ZQ_VISIT_SHOWN] || width < 2 || height < 2)
    {
      zq_call_media_show (self->media, NULL, 0, 0, 0);
      return;
    }
  snapshot = gtk_snapshot_new ();
  gtk_style_context_lookup_color (gtk_widget_get_style_context (child), "window_bg_color", &ground);
  gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  gtk_widget_snapshot_child (GTK_WIDGET (self->side), child, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (self))), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  pixels = g_malloc0 (stride * (gsize)height);
  gdk_texture_download (texture, pixels, stride);
  bytes = g_bytes_new (pixels, stride * (gsize)height);
  zq_call_media_show (self->media, bytes, width, height, (int)stride);
}

/* One of the page's switches; each is a property, so that its button shows how it stands. */
void
zq_visit_page_set_switch (ZqVisitPage *self, ZqVisitSwitch which, gboolean on)
{
  if (self->switches[which] == on)
    return;
  self->switches[which] = on;
  if (which == ZQ_VISIT_SHOWN && self->media != NULL)
    show_side (self);
  apply_media (self);
}

/* --- the end ------------------------------------------------------------------------------------ */

static void
on_end (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (data);
  ZqVisitChange change = { .visit = self->key };

  if (g_str_equal (response, "cancel"))
    return;
  if (g_str_equal (response, "sign"))
    gtk_widget_activate_action (GTK_WIDGET (self->note), "note.sign", NULL);
  change.act = g_str_equal (response, "no-show") ? ZQ_VISIT_ACT_NO_SHOW : ZQ_VISIT_ACT_FINISH;
  act (self, &change);
  if (self->session != NULL)
    zq_call_session_end (self->session);
}

static void
ask_to_end (AdwMessageDialog *dialog, gboolean has_draft)
{
  adw_message_dialog_set_body (dialog,
                               has_draft ? _ ("The patient is told that it is over. The record is not signed yet; what "
                                              "you have written is kept.")
                                         : _ ("The patient is told that it is over."));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Back"), "finish", _ ("_End the Visit"), NULL);
  if (has_draft)
    adw_message_dialog_add_response (dialog, "sign", _ ("_Sign and End"));
  adw_message_dialog_set_default_response (dialog, has_draft ? "sign" : "finish");
}

static void
ask_for_no_show (AdwMessageDialog *dialog)
{
  adw_message_dialog_set_body (dialog, _ ("The visit is kept as a no-show; you can make another one."));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Back"), "no-show", _ ("_No-Show"), NULL);
  adw_message_dialog_set_default_response (dialog, "no-show");
}

static void
end_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitPage *self = ZQ_VISIT_PAGE (widget);
  gboolean has_begun = self->visit->encounter != 0 || self->is_identified;
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                              has_begun ? _ ("End this visit?") : _ ("The patient did not come?"), NULL);

  if (has_begun)
    ask_to_end (ADW_MESSAGE_DIALOG (dialog), zq_note_editor_has_draft (self->note));
  else
    ask_for_no_show (ADW_MESSAGE_DIALOG (dialog));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_end), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zq_visit_page_leave (ZQ_VISIT_PAGE (widget));
  g_signal_emit_by_name (widget, "close");
}

/* --- a window of its own ------------------------------------------------------------------------ */

/* The main window is free for the list; the record and the note stay beside the picture. */
static void
window_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit_by_name (widget, "detach");
}

static void
fullscreen_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));

  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

/* --- keys --------------------------------------------------------------------------------------- */

void
zq_visit_page_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "visit.admit", NULL, admit_action);
  gtk_widget_class_install_action (klass, "visit.hold", NULL, hold_action);
  gtk_widget_class_install_action (klass, "visit.again", NULL, again_action);
  gtk_widget_class_install_action (klass, "visit.check", NULL, check_action);
  gtk_widget_class_install_action (klass, "visit.call-back", NULL, call_back_action);
  gtk_widget_class_install_action (klass, "visit.guest", NULL, guest_action);
  gtk_widget_class_install_action (klass, "visit.record", NULL, record_action);
  gtk_widget_class_install_action (klass, "visit.freeze", NULL, freeze_action);
  gtk_widget_class_install_action (klass, "visit.next", NULL, next_action);
  gtk_widget_class_install_property_action (klass, "visit.mute", "muted");
  gtk_widget_class_install_property_action (klass, "visit.camera-off", "camera-off");
  gtk_widget_class_install_property_action (klass, "visit.show", "shown");
  gtk_widget_class_install_property_action (klass, "visit.numbers", "numbers");
  gtk_widget_class_install_action (klass, "visit.end", NULL, end_action);
  gtk_widget_class_install_action (klass, "visit.close", NULL, close_action);
  gtk_widget_class_install_action (klass, "visit.window", NULL, window_action);
  gtk_widget_class_install_action (klass, "visit.fullscreen", NULL, fullscreen_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_k, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "visit.check", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "visit.record", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_p, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "visit.freeze", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "visit.guest", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_m, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "visit.next", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F11, 0, "visit.fullscreen", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F12, 0, "visit.window", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_d, GDK_CONTROL_MASK, "visit.mute", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_e, GDK_CONTROL_MASK, "visit.camera-off", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_i, GDK_CONTROL_MASK, "visit.numbers", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "visit.show", NULL);
}
