/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visit/invite.h"

#include "clinic/visit/visit.h"
#include "rules/context.h"
#include "rules/visit-rules.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

guint
zq_visit_minutes (ZqStore *store)
{
  return zq_visit_rules_get (zq_context_get_policy (zq_store_get_context (store)))->length;
}

char *
zq_visit_when_words (ZqStore *store, gint64 at)
{
  const ZqContext *context = zq_store_get_context (store);
  g_autofree char *day = zq_words_day (at, zq_clock_now (context->clock), context->zone);
  g_autofree char *clock = zq_words_clock (at, context->zone);

  /* Translators: a day and a time of it */
  return g_strdup_printf (_ ("%1$s %2$s"), day, clock);
}

/* What the patient reads has the date itself: "tomorrow" is another day when it is read. */
static char *
dated_words (ZqStore *store, gint64 at)
{
  const ZqContext *context = zq_store_get_context (store);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, context->zone);

  /* Translators: day and time of a visit as the patient reads it, g_date_time_format(): "Mon, 2 Nov 14:30" */
  return g_date_time_format (local, _ ("%a, %-d %b %H:%M"));
}

char *
zq_visit_moved_words (ZqStore *store, gint64 at)
{
  g_autofree char *when = dated_words (store, at);

  /* Translators: what the patient reads; %s is a day and a time */
  return g_strdup_printf (_ ("Our video visit is moved to %s."), when);
}

static char *
invitation_words (ZqStore *store, gint64 at)
{
  g_autofree char *when = dated_words (store, at);

  return g_strdup_printf (
      /* Translators: what the patient reads; %s is a day and a time */
      _ ("I invite you to a video visit: %s. You can come into the waiting room from 30 minutes before, "
         "on the page of this hospital; there you can also try your camera and microphone."),
      when);
}

void
zq_visit_invite (ZqStore *store,
                 gint64 consult,
                 gint64 at,
                 guint minutes,
                 const char *reason,
                 GAsyncReadyCallback callback,
                 gpointer data)
{
  g_autofree char *message = invitation_words (store, at);

  zq_visit_make_async (store, consult, at, minutes, reason != NULL && *reason != '\0' ? reason : NULL, message,
                       callback, data);
}
