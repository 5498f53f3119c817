/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/visit-page-private.h"

#include <glib/gi18n.h>

/* Translators: whose sound or picture a recorded file has; its number follows */
static const char *const titles[] = { N_ ("Doctor, sound"), N_ ("Doctor, picture"), N_ ("Patient, sound"),
                                      N_ ("Patient, picture") };

static void
on_bytes (guint file, ZqCallTrack track, guint part, GBytes *bytes, gpointer data)
{
  ZqVisitPage *self = data;
  gboolean is_sound = track == ZQ_CALL_OWN_SOUND || track == ZQ_CALL_THEIR_SOUND;
  g_autofree char *title = g_strdup_printf ("%s %u.%s", _ (titles[track]), part, is_sound ? "mka" : "mkv");

  zq_recording_add (self->recording, file, title, is_sound ? "audio/x-matroska" : "video/x-matroska", bytes);
  if (self->session != NULL && self->tape != NULL && zq_call_tape_wants_key (self->tape))
    zq_call_session_ask_for_keys (self->session);
}

/* A full disk: nobody is to believe that it is recorded. */
static void
on_failed (ZqVisitPage *self)
{
  zq_visit_page_toast (self, _ ("The recording cannot be kept on this computer any more; it was stopped"));
  if (self->session != NULL)
    zq_call_session_record (self->session, FALSE);
}

static void
on_finished (GtkWidget *page, gboolean entered)
{
  if (entered)
    zq_visit_page_toast (ZQ_VISIT_PAGE (page), _ ("The recording is in the record"));
}

static void
start (ZqVisitPage *self)
{
  self->recording =
      zq_recording_new (self->store, self->visit->encounter, zq_call_session_get_consent_reference (self->session));
  g_signal_connect_object (self->recording, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->recording, "finished", G_CALLBACK (on_finished), self, G_CONNECT_SWAPPED);
  self->tape = zq_call_tape_new (zq_store_get_clock (self->store), zq_call_media_get_clock (self->media),
                                 zq_call_media_get_base_time (self->media), 0, on_bytes, self);
  zq_call_session_set_tap (self->session, zq_call_tape_push, self->tape);
}

void
zq_visit_page_stop_tape (ZqVisitPage *self)
{
  if (self->tape == NULL)
    return;
  if (self->session != NULL)
    zq_call_session_set_tap (self->session, NULL, NULL);
  g_clear_pointer (&self->tape, zq_call_tape_free);
  zq_recording_finish (self->recording);
  g_clear_object (&self->recording);
}

void
zq_visit_page_update_tape (ZqVisitPage *self)
{
  gboolean wanted = self->session != NULL && self->media != NULL && self->visit->encounter != 0 &&
                    zq_call_session_records_here (self->session);

  if (wanted && self->tape == NULL)
    start (self);
  else if (!wanted)
    zq_visit_page_stop_tape (self);
}
