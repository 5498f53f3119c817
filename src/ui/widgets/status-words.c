/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/status-words.h"

#include "ui/widgets/words.h"

static guint
n_stopped (ZqSessionStatus *status)
{
  const ZqSessionCounts *counts = zq_session_status_get_counts (status);

  return counts->held + counts->refused;
}

static char *
words_offline (ZqSessionStatus *status, GTimeZone *zone)
{
  guint waiting = zq_session_status_get_counts (status)->waiting;
  gint64 since = zq_session_status_get_offline_since (status);
  g_autofree char *clock = zq_words_clock (since, zone);

  if (since == 0)
    return g_strdup (_ ("offline — everything is kept"));
  if (waiting > 0)
    /* Translators: %1$s is a time, %2$u how many things wait to be sent */
    return g_strdup_printf (_ ("offline since %1$s — everything is kept, %2$u waiting"), clock, waiting);
  /* Translators: %s is a time */
  return g_strdup_printf (_ ("offline since %s — everything is kept"), clock);
}

char *
zq_status_words (ZqSessionStatus *status, GTimeZone *zone)
{
  ZqSessionState state = zq_session_status_get_state (status);
  guint waiting = zq_session_status_get_counts (status)->waiting;
  gint64 last = zq_session_status_get_last_synced (status);
  g_autofree char *clock = NULL;

  if (state == ZQ_SESSION_SIGNED_OUT)
    return g_strdup (_ ("signed out — everything is kept"));
  if (state == ZQ_SESSION_OFFLINE)
    return words_offline (status, zone);
  if (n_stopped (status) > 0)
    return g_strdup_printf (ngettext ("%u not sent: look again", "%u not sent: look again", n_stopped (status)),
                            n_stopped (status));
  if (waiting > 0)
    return g_strdup_printf (_ ("sending %u"), waiting);
  if (state == ZQ_SESSION_SYNCING && last == 0)
    return g_strdup (_ ("fetching"));
  if (state == ZQ_SESSION_SYNCED && last == 0)
    return g_strdup (_ ("not everything fetched yet"));
  if (last == 0)
    return g_strdup (_ ("connecting"));
  clock = zq_words_clock (last, zone);
  /* Translators: %s is a time */
  return g_strdup_printf (_ ("synced %s"), clock);
}

const char *
zq_status_icon (ZqSessionStatus *status)
{
  switch (zq_session_status_get_state (status))
    {
    case ZQ_SESSION_SIGNED_OUT:
      return "system-users-symbolic";
    case ZQ_SESSION_OFFLINE:
      return "network-offline-symbolic";
    case ZQ_SESSION_SYNCING:
    case ZQ_SESSION_SYNCED:
    default:
      if (n_stopped (status) > 0)
        return "dialog-warning-symbolic";
      if (zq_session_status_get_counts (status)->waiting > 0 || zq_session_status_get_last_synced (status) == 0)
        return "emblem-synchronizing-symbolic";
      return "zq-done-symbolic";
    }
}

const char *
zq_status_class (ZqSessionStatus *status)
{
  ZqSessionState state = zq_session_status_get_state (status);

  if (state == ZQ_SESSION_SIGNED_OUT || n_stopped (status) > 0)
    return "stopped";
  return state == ZQ_SESSION_OFFLINE ? "offline" : NULL;
}
