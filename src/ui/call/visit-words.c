/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/visit-page-private.h"

#include "rules/context.h"
#include "rules/visit-rules.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* --- the card in the middle --------------------------------------------------------------------- */

static void
set_card (ZqVisitPage *self, const char *title, const char *text, const char *button, const char *action)
{
  gboolean is_new = button != NULL && !gtk_widget_get_visible (GTK_WIDGET (self->main_button));
  GtkWidget *focus = gtk_widget_get_focus_child (self->box);

  gtk_widget_set_visible (self->middle, title != NULL || self->identity != NULL);
  gtk_label_set_label (self->title, title != NULL ? title : "");
  gtk_label_set_label (self->text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->text), text != NULL && *text != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->main_button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->main_button, button);
  /* Never away from where somebody types or reads. */
  if (is_new && (focus == NULL || focus == gtk_widget_get_first_child (self->box)))
    gtk_widget_grab_focus (GTK_WIDGET (self->main_button));
  g_free (self->button_action);
  self->button_action = g_strdup (action);
}

static void
on_confirmed (ZqVisitPage *self)
{
  zq_visit_page_admit (self, zq_identity_card_get (self->identity));
}

static void
set_identity (ZqVisitPage *self, gboolean asked)
{
  int of_age = (int)zq_visit_rules_get (zq_context_get_policy (zq_store_get_context (self->store)))->of_age;

  if (asked == (self->identity != NULL))
    return;
  if (!asked)
    {
      gtk_box_remove (self->place, GTK_WIDGET (self->identity));
      self->identity = NULL;
      return;
    }
  self->identity = zq_identity_card_new (self->visit->age_years, of_age);
  g_signal_connect_object (self->identity, "confirmed", G_CALLBACK (on_confirmed), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->place, GTK_WIDGET (self->identity));
  gtk_widget_grab_focus (GTK_WIDGET (self->identity));
}

static char *
since_words (ZqVisitPage *self, gint64 since)
{
  gint64 minutes = MAX (0, zq_clock_now (zq_store_get_clock (self->store)) - since) / (60 * G_USEC_PER_SEC);

  return minutes == 0 ? g_strdup (_ ("Since this minute"))
                      : g_strdup_printf (ngettext ("For %d minute", "For %d minutes", (gulong)minutes), (int)minutes);
}

static const char *
refusal_words (const char *code)
{
  if (g_strcmp0 (code, "no-signalling") == 0)
    return _ ("This hospital has no video visits. Call the patient by telephone instead.");
  if (g_strcmp0 (code, "no-room") == 0)
    return _ ("The hospital does not know this visit. It may have been cancelled or given to a colleague.");

  return _ ("The hospital does not let you into this visit.");
}

/* Everything is recorded here, and the patient says no: there is no video, but there is a telephone. */
static gboolean
is_refused (ZqVisitPage *self)
{
  return self->session != NULL && g_strcmp0 (zq_call_session_get_recording (self->session), "required") == 0 &&
         g_strcmp0 (zq_call_session_get_consent (self->session), "deny") == 0;
}

static gboolean
show_refused_recording (ZqVisitPage *self)
{
  if (!is_refused (self))
    return FALSE;
  set_card (self, _ ("The patient does not agree to being recorded"),
            _ ("This hospital records every video visit, so there is none without it. Speak by telephone instead."),
            _ ("Call Back by Telephone"), "visit.call-back");

  return TRUE;
}

static void
update_recording (ZqVisitPage *self, ZqCallState state)
{
  gboolean is_recorded = self->session != NULL && zq_call_session_is_recorded (self->session);
  const char *word = self->session != NULL ? zq_call_session_get_recording (self->session) : "off";
  gboolean has_call = state == ZQ_CALL_CONNECTING || state == ZQ_CALL_LIVE || state == ZQ_CALL_LOST;

  if (is_recorded && !gtk_widget_get_visible (GTK_WIDGET (self->recorded)))
    {
      const ZqContext *context = zq_store_get_context (self->store);
      g_autofree char *clock = zq_words_clock (zq_clock_now (context->clock), context->zone);
      /* Translators: a visit is being recorded, since a time of day as it is seen here */
      g_autofree char *since = g_strdup_printf (_ ("● Recording since %s"), clock);

      gtk_label_set_label (self->recorded, since);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->recorded), is_recorded);
  gtk_widget_set_visible (self->record_button, g_strcmp0 (word, "optional") == 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.record", has_call);
  if (is_recorded || !has_call || g_strcmp0 (word, "required") != 0)
    self->is_told = FALSE;
  else if (!self->is_told && zq_call_session_has_link (self->session))
    {
      self->is_told = TRUE;
      zq_call_session_record (self->session, TRUE);
    }
}

static void
show_waiting (ZqVisitPage *self)
{
  const ZqCallMember *patient = zq_call_session_get_patient (self->session);
  g_autofree char *since = patient != NULL ? since_words (self, patient->since) : NULL;

  if (self->is_identified)
    set_card (self, _ ("The patient is in the waiting room"), since, _ ("Let the Patient In"), "visit.admit");
  else
    set_card (self, _ ("The patient is in the waiting room. Who is it?"), since, NULL, "visit.admit");
}

static void
on_offer (gpointer data)
{
  ZqVisitPage *self = data;

  self->offer = 0;
  zq_visit_page_update (self);
}

/* While the other side is silent nothing else would come to say that the time is up. */
static void
show_lost (ZqVisitPage *self)
{
  ZqClock *clock = zq_store_get_clock (self->store);
  gint64 lost = zq_call_session_get_lost_since (self->session);
  gint64 after = zq_visit_rules_get (zq_context_get_policy (zq_store_get_context (self->store)))->call_back_after;
  gint64 left = lost != 0 ? lost + after - zq_clock_now (clock) : after;
  gboolean is_long = left <= 0;
  gboolean has_link = zq_call_session_has_link (self->session);
  gboolean has_patient = zq_call_session_get_patient (self->session) != NULL;
  const char *why = !has_link      ? _ ("This side cannot reach the hospital. It comes back by itself.")
                    : !has_patient ? _ ("The patient’s side is offline. It comes back by itself.")
                                   : _ ("The way to the patient is gone. It is made again by itself.");

  if (!is_long && self->offer == 0)
    self->offer = zq_clock_alarm_in (clock, left, on_offer, self);
  set_card (self, _ ("The connection is lost"), why, is_long ? _ ("Call Back by Telephone") : NULL,
            is_long ? "visit.call-back" : NULL);
}

static const char *
missed_words (const char *outcome)
{
  if (g_strcmp0 (outcome, "no-answer") == 0)
    return _ ("The patient did not answer the telephone");
  if (g_strcmp0 (outcome, "busy") == 0)
    return _ ("The patient’s telephone is busy");
  if (g_strcmp0 (outcome, "doctor-no-answer") == 0)
    return _ ("Your telephone was not answered");

  return _ ("The telephone call did not come through");
}

/* FALSE: nobody is called by telephone. */
static gboolean
show_call_back (ZqVisitPage *self)
{
  const char *hidden = _ ("The hospital joins both telephones; the patient does not see your number.");

  switch (self->call_back != NULL ? zq_call_back_get_state (self->call_back) : ZQ_CALL_BACK_ENDED)
    {
    case ZQ_CALL_BACK_ASKING:
    case ZQ_CALL_BACK_RINGING:
      set_card (self, _ ("Your telephone and the patient’s are ringing"), hidden, NULL, NULL);
      return TRUE;
    case ZQ_CALL_BACK_TALKING:
      set_card (self, _ ("You are talking by telephone"), hidden, NULL, NULL);
      return TRUE;
    case ZQ_CALL_BACK_MISSED:
      set_card (self, missed_words (zq_call_back_get_outcome (self->call_back)), NULL, _ ("Call Back by Telephone"),
                "visit.call-back");
      return TRUE;
    case ZQ_CALL_BACK_REFUSED:
      set_card (self, _ ("The hospital cannot call by telephone now"), NULL, _ ("Call Back by Telephone"),
                "visit.call-back");
      return TRUE;
    default:
      return FALSE;
    }
}

static void
update_card (ZqVisitPage *self)
{
  ZqCallState state = self->session != NULL ? zq_call_session_get_state (self->session) : ZQ_CALL_OFF;

  set_identity (self, state == ZQ_CALL_WAITING && !self->is_identified && !is_refused (self));
  if (state != ZQ_CALL_LIVE && state != ZQ_CALL_OVER && state != ZQ_CALL_WAITING && show_call_back (self))
    return;
  switch (state)
    {
    case ZQ_CALL_OFF:
    case ZQ_CALL_JOINING:
      if (self->visit == NULL || self->visit->server_id == NULL)
        set_card (self, _ ("The hospital does not have this visit yet"),
                  _ ("It goes out as soon as there is a connection; then the patient can come in."), NULL, NULL);
      else
        set_card (self, _ ("Going to the waiting room…"), NULL, NULL, NULL);
      break;
    case ZQ_CALL_ALONE:
      if (show_refused_recording (self))
        break;
      set_card (self, _ ("Nobody is in the waiting room yet"),
                _ ("You hear and see it here as soon as the patient comes. Go on with your work meanwhile."),
                _ ("Check Camera and Sound"), "visit.check");
      break;
    case ZQ_CALL_WAITING:
      if (!show_refused_recording (self))
        show_waiting (self);
      break;
    case ZQ_CALL_CONNECTING:
      set_card (self, _ ("Connecting…"), NULL, NULL, NULL);
      break;
    case ZQ_CALL_LIVE:
      set_card (self, NULL, NULL, NULL, NULL);
      break;
    case ZQ_CALL_LOST:
      show_lost (self);
      break;
    case ZQ_CALL_TAKEN:
      set_card (self, _ ("This visit goes on at another workstation"), NULL, _ ("Take It Back Here"), "visit.again");
      break;
    case ZQ_CALL_REFUSED:
      set_card (self, _ ("There is no way into this visit"),
                refusal_words (zq_call_session_get_refusal (self->session)), NULL, NULL);
      break;
    default:
      set_card (self, _ ("The visit is over"), NULL, _ ("Leave the Waiting Room"), "visit.close");
    }
}

/* --- the rest ----------------------------------------------------------------------------------- */

static const char *
quality_words (ZqCallQuality quality)
{
  switch (quality)
    {
    case ZQ_CALL_QUALITY_GOOD:
      return _ ("Connection: good");
    case ZQ_CALL_QUALITY_POOR:
      return _ ("Connection: poor, the picture is made smaller");
    case ZQ_CALL_QUALITY_SOUND_ONLY:
      return _ ("Connection: poor, sound only");
    default:
      return NULL;
    }
}

static void
update_quality (ZqVisitPage *self, gboolean is_live)
{
  const char *words = is_live ? quality_words (zq_call_session_get_quality (self->session)) : NULL;

  if (is_live && !zq_call_session_has_link (self->session))
    words = _ ("The hospital is not reached; the call goes on");
  gtk_widget_set_visible (GTK_WIDGET (self->quality), words != NULL);
  if (words != NULL && g_strcmp0 (gtk_label_get_label (self->quality), words) != 0)
    gtk_label_set_label (self->quality, words);
}

void
zq_visit_page_update_numbers (ZqVisitPage *self)
{
  const ZqCallStats *stats = self->session != NULL ? zq_call_session_get_stats (self->session) : NULL;
  g_autofree char *words = NULL;

  update_quality (self, self->session != NULL && zq_call_session_get_state (self->session) == ZQ_CALL_LIVE);
  gtk_widget_set_visible (GTK_WIDGET (self->numbers), self->switches[ZQ_VISIT_NUMBERS] && stats != NULL);
  if (!self->switches[ZQ_VISIT_NUMBERS] || stats == NULL)
    return;
  words = g_strdup_printf (
      /* Translators: numbers of a video call: what is sent and received, in kbit/s, size; loss in percent, round trip
       * and jitter in milliseconds, and the way it takes */
      _ ("Sent: %d×%d, %.0f kbit/s, sound %.0f kbit/s\nReceived: %d×%d, %.0f kbit/s, sound %.0f kbit/s\n"
         "Lost: %.1f %% there, %.1f %% here\nRound trip: %d ms, jitter %d ms\n%s"),
      stats->width_out, stats->height_out, stats->video_sent / 1000, stats->audio_sent / 1000, stats->width_in,
      stats->height_in, stats->video_recv / 1000, stats->audio_recv / 1000, MAX (0, stats->remote_lost) * 100,
      stats->lost * 100, (int)(stats->rtt / 1000), (int)(stats->jitter / 1000),
      !stats->is_known    ? ""
      : stats->is_relayed ? _ ("By a relay")
                          : _ ("Direct"));
  gtk_label_set_label (self->numbers, words);
}

void
zq_visit_page_update (ZqVisitPage *self)
{
  ZqCallState state = self->session != NULL ? zq_call_session_get_state (self->session) : ZQ_CALL_OFF;
  gboolean is_live = state == ZQ_CALL_LIVE;
  gboolean has_call = is_live || state == ZQ_CALL_CONNECTING || state == ZQ_CALL_LOST;

  update_card (self);
  zq_visit_page_update_numbers (self);
  gtk_widget_set_opacity (GTK_WIDGET (self->remote), state == ZQ_CALL_LOST ? 0.4 : 1);
  update_recording (self, state);
  gtk_widget_set_visible (GTK_WIDGET (self->own), zq_video_paintable_has_picture (self->own_picture) || has_call);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.hold", has_call);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.admit", state == ZQ_CALL_WAITING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.show", has_call);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.check",
                                 self->devices != NULL && (has_call || state == ZQ_CALL_JOINING ||
                                                           state == ZQ_CALL_ALONE || state == ZQ_CALL_WAITING));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.guest",
                                 has_call || state == ZQ_CALL_ALONE || state == ZQ_CALL_WAITING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.freeze", has_call);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.end",
                                 self->visit != NULL && self->visit->state <= ZQ_VISIT_IN_PROGRESS);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.next", self->visit != NULL && self->visit->consult != 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visit.call-back",
                                 self->visit != NULL && self->visit->server_id != NULL && state != ZQ_CALL_OVER);
}
