/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/probe.h"

#include "clinic/consult/commands.h"
#include "clinic/home/comment.h"
#include "rules/context.h"
#include "store/draft.h"

#include <glib-unix.h>
#include <string.h>

static ZqStore *
store_of (ZqProbe *self)
{
  return zq_session_get_store (self->session);
}

/* What waits, is held or refused after a push is an error of its own, told last. */
static gboolean
report_after_push (ZqProbe *self, GError **error)
{
  ZqSessionCounts counts = { 0 };

  if (!zq_probe_report_outbox (self, &counts, error))
    return FALSE;
  if (counts.waiting + counts.held + counts.refused == 0)
    return TRUE;
  g_set_error (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_WAITS,
               "Kept here and not at the hospital yet: %u waiting, %u held, %u refused. See `diagnose`.",
               counts.waiting, counts.held, counts.refused);
  return FALSE;
}

static gboolean
push_round (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  ZqSync *sync = zq_session_get_sync (self->session);

  zq_sync_push_async (sync, NULL, zq_wait_ready, &wait);
  return zq_sync_push_finish (sync, zq_wait_for (&wait), error);
}

gboolean
zq_probe_push (ZqProbe *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean pushed = push_round (self, &failure);
  gboolean all = report_after_push (self, pushed ? error : NULL);

  if (!pushed)
    g_propagate_error (error, g_steal_pointer (&failure));
  return pushed && all;
}

gboolean
zq_probe_pull (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  ZqSync *sync = zq_session_get_sync (self->session);
  g_autoptr (GError) failure = NULL;
  gboolean pulled;

  zq_sync_pull_async (sync, NULL, zq_wait_ready, &wait);
  pulled = zq_sync_pull_finish (sync, zq_wait_for (&wait), &failure);
  if (!zq_probe_counts (self, pulled ? error : NULL))
    pulled = FALSE;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return pulled;
}

/* After a command: the outbox, emptied where that is wanted. */
static gboolean
conclude (ZqProbe *self, GError **error)
{
  return self->offline ? zq_probe_report_outbox (self, NULL, error) : zq_probe_push (self, error);
}

static gboolean
newest_message (ZqProbe *self, gint64 thread, gint64 *message, GError **error)
{
  g_autoptr (GError) failure = NULL;

  *message = 0;
  if (self->seen != NULL)
    return zq_probe_find_row (self, self->seen, "Communication", message, error);
  zq_db_get_int (zq_store_get_main_db (store_of (self)), message, &failure,
                 "SELECT id FROM message WHERE thread = ? ORDER BY pending DESC, sent DESC, order_key DESC LIMIT 1",
                 "i", thread);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
need_text (ZqProbe *self, GError **error)
{
  if (self->text != NULL && *self->text != '\0')
    return TRUE;
  g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE, "This command needs --text.");
  return FALSE;
}

gboolean
zq_probe_send (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  ZqReply reply = { 0 };
  gint64 consult = 0, thread = 0, seen = 0, intent;
  g_autofree char *local_id = NULL;

  if (!need_text (self, error) || !zq_probe_find_consult (self, &consult, &thread, error) ||
      !newest_message (self, thread, &seen, error) || (self->file != NULL && !zq_probe_attach (self, consult, error)))
    return FALSE;
  reply.text = self->text;
  reply.seen_message = seen;
  zq_consult_send_async (store_of (self), consult, &reply, zq_wait_ready, &wait);
  intent = zq_consult_send_finish (store_of (self), zq_wait_for (&wait), NULL, error);
  if (intent == 0)
    return FALSE;
  local_id = zq_db_get_text (zq_store_get_main_db (store_of (self)), NULL,
                             "SELECT r.local_id FROM intent i JOIN resource r ON r.id = i.target WHERE i.seq = ?", "i",
                             intent);
  zq_report_int (self->report, "intent", intent);
  zq_report_string (self->report, "localId", local_id);
  return conclude (self, error);
}

/* Rows of the readings that --about names; FALSE where one is not held. @patient: whose. */
static gboolean
find_readings (ZqProbe *self, GArray *results, gint64 *patient, GError **error)
{
  g_auto (GStrv) names = g_strsplit (self->about != NULL ? self->about : "", ",", -1);
  ZqDb *db = zq_store_get_main_db (store_of (self));

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *id = g_str_has_prefix (names[i], "Observation/") ? names[i] + strlen ("Observation/") : "";
      gint64 row = 0;

      if (!zq_db_get_int (db, &row, NULL, "SELECT id FROM resource WHERE type = 'Observation' AND server_id = ?", "s",
                          id) ||
          !zq_db_get_int (db, patient, NULL, "SELECT patient FROM home_reading WHERE result = ? LIMIT 1", "i", row))
        {
          g_set_error (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_NOT_HELD, "“%s” is no reading that is held.", names[i]);
          return FALSE;
        }
      g_array_append_val (results, row);
    }
  if (results->len == 0)
    g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE, "This command needs --about.");

  return results->len > 0;
}

gboolean
zq_probe_comment (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqHomePlace) place = NULL;
  gint64 patient = 0;

  if (!need_text (self, error) || !find_readings (self, results, &patient, error))
    return FALSE;
  place = zq_home_place_find (zq_store_get_main_db (store_of (self)), zq_store_get_context (store_of (self)), patient);
  zq_home_comment_async (store_of (self), place->consult, (gint64 *)results->data, results->len, self->text, NULL,
                         zq_wait_ready, &wait);

  return zq_home_comment_finish (store_of (self), zq_wait_for (&wait), error) && conclude (self, error);
}

gboolean
zq_probe_draft (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  gint64 consult = 0, thread = 0;
  g_autofree char *scope = NULL;

  if (!need_text (self, error) || !zq_probe_find_consult (self, &consult, &thread, error))
    return FALSE;
  scope = zq_consult_draft_scope (consult);
  zq_draft_save_async (store_of (self), scope, self->text, zq_wait_ready, &wait);
  return zq_draft_save_finish (store_of (self), zq_wait_for (&wait), error);
}

static gboolean
run_command (ZqProbe *self, ZqAction action, const char *arg, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  gint64 consult = 0, thread = 0;
  g_autoptr (ZqUndo) undo = NULL;

  if (!zq_probe_find_consult (self, &consult, &thread, error))
    return FALSE;
  zq_consult_act_async (store_of (self), action, &consult, 1, arg, zq_wait_ready, &wait);
  undo = zq_consult_act_finish (store_of (self), zq_wait_for (&wait), NULL, NULL, NULL, error);
  return undo != NULL && conclude (self, error);
}

gboolean
zq_probe_close (ZqProbe *self, GError **error)
{
  return run_command (self, ZQ_ACTION_CLOSE, self->outcome != NULL ? self->outcome : "advised", error);
}

gboolean
zq_probe_claim (ZqProbe *self, GError **error)
{
  return run_command (self, ZQ_ACTION_CLAIM, NULL, error);
}

gboolean
zq_probe_set_urgent (ZqProbe *self, GError **error)
{
  return run_command (self, ZQ_ACTION_SET_URGENT, NULL, error);
}

gboolean
zq_probe_read (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  gint64 consult = 0, thread = 0, message = 0;

  if (!zq_probe_find_consult (self, &consult, &thread, error) || !newest_message (self, thread, &message, error))
    return FALSE;
  zq_consult_mark_read_async (store_of (self), consult, message, zq_wait_ready, &wait);
  return zq_consult_mark_read_finish (store_of (self), zq_wait_for (&wait), error) && conclude (self, error);
}

/* --- watch -------------------------------------------------------------------------------------- */

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
print_state (ZqProbe *self)
{
  static const char *const states[] = { "signed-out", "offline", "syncing", "synced" };
  ZqSessionStatus *status = zq_session_get_status (self->session);
  static const char *const lives[] = { "off", "down", "up" };
  const ZqSessionCounts *counts = zq_session_status_get_counts (status);
  g_autoptr (ZqReport) line = zq_report_new ();
  g_autofree char *text = NULL;

  zq_report_string (line, "state", states[zq_session_status_get_state (status)]);
  zq_report_string (line, "live", lives[zq_session_status_get_live (status)]);
  zq_report_int (line, "waiting", counts->waiting);
  zq_report_int (line, "held", counts->held);
  zq_report_int (line, "refused", counts->refused);
  zq_report_int (line, "unreadable", counts->unreadable);
  zq_report_string (line, "policy", zq_session_get_policy_version (self->session));
  text = self->json ? zq_report_to_json (line) : g_strdelimit (g_strchomp (zq_report_to_text (line)), "\n", ' ');
  g_print ("%s\n", text);
}

/* When something was seen here can be compared with when the hospital had it. */
static void
print_message (const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags, gpointer data)
{
  ZqProbe *self = data;
  g_autoptr (ZqReport) line = zq_report_new ();
  g_autofree char *id = zq_db_get_text (zq_store_get_main_db (store_of (self)), NULL,
                                        "SELECT server_id FROM resource WHERE id = ?", "i", row);
  g_autofree char *text = NULL;

  zq_report_string (line, "message", id);
  text = self->json ? zq_report_to_json (line) : g_strchomp (zq_report_to_text (line));
  g_print ("%s\n", text);
}

static void
on_changed (ZqStore *store, ZqChanges *changes, ZqProbe *self)
{
  zq_changes_foreach (changes, "message", print_message, self);
}

gboolean
zq_probe_watch (ZqProbe *self, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint interrupted = g_unix_signal_add (SIGINT, on_signal, loop);
  guint ended = g_unix_signal_add (SIGTERM, on_signal, loop);

  g_signal_connect_swapped (zq_session_get_status (self->session), "notify", G_CALLBACK (print_state), self);
  g_signal_connect (store_of (self), "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->session, "policy-changed", G_CALLBACK (print_state), self);
  zq_session_go (self->session);
  g_main_loop_run (loop);
  g_source_remove (interrupted);
  g_source_remove (ended);
  zq_session_leave (self->session);
  return zq_probe_report_outbox (self, NULL, error);
}
