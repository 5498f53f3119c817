/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/sync.h"

#include "sync/live.h"
#include "sync/pull.h"
#include "sync/push.h"
#include "sync/reconcile.h"
#include "sync/transfer.h"

#define POLL_FOCUSED_US   (15 * G_USEC_PER_SEC)
#define POLL_UNFOCUSED_US (60 * G_USEC_PER_SEC)
#define REFRESH_US        (5 * 60 * G_USEC_PER_SEC)
/* Whatever goes wrong, a round does not set off the next one at once. */
#define PUSH_FLOOR_US  (G_USEC_PER_SEC / 10)
#define UNTOLD_ATTEMPT 4
#define COUNT_US       (G_USEC_PER_SEC / 4)

struct _ZqSync
{
  GObject parent_instance;

  /* owned */
  ZqPeer *peer;
  ZqBackoffs *backoffs;
  ZqSessionStatus *status;
  GCancellable *cancellable;
  GPtrArray *pull_waiters; /* GTask: of the next round */
  GPtrArray *push_waiters;
  GPtrArray *pull_served; /* GTask: of the round under way */
  GPtrArray *push_served;
  GPtrArray *reconcile_served;

  gboolean running; /* by itself */
  gboolean stopped;
  gboolean focused;
  gboolean pulling;
  gboolean pushing;
  ZqPushRound *round;   /* borrowed: under way; or NULL */
  gboolean push_again;  /* the outbox changed during the round */
  gboolean push_failed; /* the last round ended with an error */
  gboolean counting;
  gboolean count_again;
  gboolean filled;        /* a whole round was good since the start */
  guint failures;         /* rounds that did not reach the hospital, in a row */
  gint64 refresh_due;     /* monotonic */
  gboolean reconcile_due; /* with the round under way */
  gboolean reconciling;
  GError *reconcile_error; /* of the pull that came with it */
  gint64 reconciled;       /* row id */
  ZqTransfer *transfer;
  ZqLive *live;
  GHashTable *hinted; /* "kind/scope": of the next quick pull; or NULL */
  gboolean hurrying;  /* a quick pull is under way */
  gboolean pull_again;
  guint count_alarm;
  guint pull_alarm;
  guint push_alarm;
  guint due_alarm; /* wall: an intent's own time */
  gulong changed_id;
};

G_DEFINE_FINAL_TYPE (ZqSync, zq_sync, G_TYPE_OBJECT)

static void start_pull (ZqSync *self);
static void start_push (ZqSync *self);
static void go_on_pushing (ZqSync *self, gboolean anew);

/* --- counts ----------------------------------------------------------------------------------- */

static void start_count (ZqSync *self);

static void
on_count_alarm (gpointer data)
{
  ZqSync *self = data;

  self->count_alarm = 0;
  start_count (self);
}

static gpointer
read_counts (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree ZqSessionCounts *counts = g_new0 (ZqSessionCounts, 1);

  return zq_store_count_session (db, counts, error) ? g_steal_pointer (&counts) : NULL;
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSync) self = data;
  g_autofree ZqSessionCounts *counts = zq_store_read_finish (ZQ_STORE (source), result, NULL);

  self->counting = FALSE;
  if (counts != NULL)
    zq_session_status_set_counts (self->status, counts);
  if (!self->count_again || self->stopped)
    return;
  /* While much goes out, now and then is enough. */
  if (self->pushing)
    self->count_alarm = zq_clock_alarm_in (self->peer->clock, COUNT_US, on_count_alarm, self);
  else
    start_count (self);
}

static void
start_count (ZqSync *self)
{
  self->count_again = self->counting || self->count_alarm != 0;
  if (self->count_again)
    return;
  self->counting = TRUE;
  zq_store_read_async (self->peer->store, read_counts, NULL, NULL, g_free, NULL, on_counted, g_object_ref (self));
}

/* --- when ------------------------------------------------------------------------------------- */

static void
on_pull_alarm (gpointer data)
{
  ZqSync *self = data;

  self->pull_alarm = 0;
  start_pull (self);
}

static void
schedule_pull (ZqSync *self)
{
  gint64 delay = self->focused && !zq_live_is_whole (self->live) ? POLL_FOCUSED_US : POLL_UNFOCUSED_US;

  zq_clock_clear (self->peer->clock, &self->pull_alarm);
  if (!self->running || zq_session_status_get_state (self->status) == ZQ_SESSION_SIGNED_OUT)
    return;
  if (self->failures > 0)
    delay = MIN (delay, zq_backoff_delay (self->failures));
  if (zq_peer_is_paused (self->peer))
    delay = MAX (delay, self->peer->pause_until - zq_clock_monotonic (self->peer->clock));
  self->pull_alarm = zq_clock_alarm_in (self->peer->clock, delay, on_pull_alarm, self);
}

static void
on_push_alarm (gpointer data)
{
  ZqSync *self = data;

  self->push_alarm = 0;
  start_push (self);
}

static void
on_due_alarm (gpointer data)
{
  ZqSync *self = data;

  self->due_alarm = 0;
  go_on_pushing (self, FALSE);
}

static void
schedule_push (ZqSync *self)
{
  ZqClock *clock = self->peer->clock;
  gint64 now = zq_clock_monotonic (clock);
  gint64 rests = zq_backoffs_next (self->backoffs);
  gint64 due;

  zq_clock_clear (clock, &self->push_alarm);
  zq_clock_clear (clock, &self->due_alarm);
  if (!self->running || zq_session_status_get_state (self->status) == ZQ_SESSION_SIGNED_OUT)
    return;
  if (zq_peer_is_paused (self->peer))
    rests = MAX (rests, self->peer->pause_until);
  /* Something still waits of which no rest tells. */
  if (rests == 0 && self->push_failed)
    rests = now + zq_backoff_delay (UNTOLD_ATTEMPT);
  if (rests != 0)
    self->push_alarm = zq_clock_alarm_in (clock, MAX (rests - now, PUSH_FLOOR_US), on_push_alarm, self);
  due = zq_store_next_not_before (zq_store_get_main_db (self->peer->store), zq_clock_now (clock));
  if (due != 0)
    self->due_alarm = zq_clock_alarm (clock, due, on_due_alarm, self);
}

/* --- what a round says about the link ------------------------------------------------------------ */

static gboolean
is_network (const GError *error)
{
  return g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS);
}

static void
note_reached (ZqSync *self)
{
  if (self->failures > 0)
    {
      zq_backoffs_clear (self->backoffs);
      zq_transfer_now (self->transfer);
    }
  self->failures = 0;
}

/* Also when nothing is wrong (@error NULL). @whole: the round was a pull of everything. */
static void
note_outcome (ZqSync *self, const GError *error, gboolean whole)
{
  gint64 now = zq_clock_now (self->peer->clock);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED))
    return;
  if (is_network (error))
    {
      self->failures++;
      zq_session_status_set_problem (self->status, error->message);
      zq_session_status_set_state (self->status, ZQ_SESSION_OFFLINE, now);
      return;
    }
  if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT))
    {
      zq_session_status_set_problem (self->status, error->message);
      zq_session_status_set_state (self->status, ZQ_SESSION_SIGNED_OUT, now);
      return;
    }
  note_reached (self);
  if (error != NULL)
    g_info ("round: %s %d", g_quark_to_string (error->domain), error->code);
  if (!whole && g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_BUSY))
    zq_session_status_set_problem (self->status, error->message);
  if (!whole)
    return;
  zq_session_status_set_problem (self->status, error != NULL ? error->message : NULL);
  zq_session_status_set_progress (self->status, -1);
  self->filled = self->filled || error == NULL;
  /* Reached, but not everything came: it is as of the last time. */
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED,
                               error == NULL ? now : zq_session_status_get_last_synced (self->status));
}

static void
serve (GPtrArray *tasks, const GError *error)
{
  while (tasks->len > 0)
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (tasks, 0);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
take_all (GPtrArray *from, GPtrArray *to)
{
  while (from->len > 0)
    g_ptr_array_add (to, g_ptr_array_steal_index (from, 0));
}

/* --- pull ------------------------------------------------------------------------------------- */

static void
on_progress (double fraction, gpointer data)
{
  ZqSync *self = data;

  if (!self->filled)
    zq_session_status_set_progress (self->status, fraction);
}

static void
end_pull (ZqSync *self, const GError *error)
{
  self->pulling = FALSE;
  serve (self->pull_served, error);
  if (self->stopped)
    return;
  if (self->pull_waiters->len > 0 || (self->pull_again && self->failures == 0))
    start_pull (self);
  else
    schedule_pull (self);
}

static void
on_reconciled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSync) self = data;
  g_autoptr (GError) error = NULL;

  zq_reconcile_finish (result, &error);
  self->reconciling = FALSE;
  if (error != NULL)
    g_info ("reconcile: %s %d", g_quark_to_string (error->domain), error->code);
  serve (self->reconcile_served, self->reconcile_error != NULL ? self->reconcile_error : error);
  g_clear_error (&self->reconcile_error);
}

/* Beside the polls, since it may take long. Who waits for a whole round waits for it too. */
static void
start_reconcile (ZqSync *self, const GError *error)
{
  self->reconciling = TRUE;
  self->reconcile_error = error != NULL ? g_error_copy (error) : NULL;
  take_all (self->pull_served, self->reconcile_served);
  zq_reconcile_async (self->peer, &self->reconciled, self->cancellable, on_reconciled, g_object_ref (self));
}

static void
on_pulled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSync) self = data;
  g_autoptr (GError) error = NULL;
  gboolean was_away = self->failures > 0;
  gboolean pulled = zq_pull_finish (result, &error);

  note_outcome (self, error, TRUE);
  if (self->running && was_away && self->failures == 0)
    start_push (self);
  /* One search that fails is no reason to show what was taken away. */
  if (self->reconcile_due && !self->reconciling && !self->stopped && (pulled || !zq_peer_ends_round (error)))
    start_reconcile (self, error);
  end_pull (self, error);
}

/* Before the first fill there is nothing that could have been taken away. */
static gboolean
has_fill (ZqSync *self)
{
  gint64 found = 0;

  return zq_db_get_int (zq_store_get_main_db (self->peer->store), &found, NULL,
                        "SELECT 1 FROM cursor WHERE filled LIMIT 1", "") &&
         found;
}

static void
start_pull (ZqSync *self)
{
  ZqSessionState state = zq_session_status_get_state (self->status);
  gint64 now = zq_clock_monotonic (self->peer->clock);
  gboolean refresh = now >= self->refresh_due;

  if (self->pulling || self->stopped)
    return;
  zq_clock_clear (self->peer->clock, &self->pull_alarm);
  self->pulling = TRUE;
  self->pull_again = FALSE;
  self->reconcile_due = refresh && has_fill (self);
  if (refresh)
    self->refresh_due = now + REFRESH_US;
  take_all (self->pull_waiters, self->pull_served);
  /* A poll that finds nothing must not flicker in the header. */
  if (!self->filled && state != ZQ_SESSION_OFFLINE)
    zq_session_status_set_state (self->status, ZQ_SESSION_SYNCING, zq_clock_now (self->peer->clock));
  zq_pull_async (self->peer, refresh, self->filled ? NULL : on_progress, self, self->cancellable, on_pulled,
                 g_object_ref (self));
}

/* --- live ------------------------------------------------------------------------------------- */

static void start_quick (ZqSync *self);

static void
on_hurried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSync) self = data;
  g_autoptr (GError) error = NULL;

  self->hurrying = FALSE;
  if (zq_pull_finish (result, &error))
    note_reached (self);
  if (self->stopped)
    return;
  /* A round finds out what there is to it. */
  if (error != NULL && is_network (error))
    {
      g_clear_pointer (&self->hinted, g_hash_table_unref);
      start_pull (self);
    }
  start_quick (self);
}

/* One under way and one waiting: however often the hospital tells, nothing piles up. */
static void
start_quick (ZqSync *self)
{
  g_autoptr (GHashTable) names = NULL;

  if (self->hinted == NULL || self->hurrying || self->stopped || zq_peer_is_paused (self->peer))
    return;
  names = g_steal_pointer (&self->hinted);
  self->hurrying = TRUE;
  zq_pull_quick_async (self->peer, names, self->cancellable, on_hurried, g_object_ref (self));
}

static void
on_hint (const char *name, gpointer data)
{
  ZqSync *self = data;

  if (self->stopped)
    return;
  if (name == NULL)
    {
      self->pull_again = self->pulling;
      start_pull (self);
      return;
    }
  if (self->hinted == NULL)
    self->hinted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (self->hinted, g_strdup (name));
  start_quick (self);
}

/* Without it the next poll comes sooner. */
static void
on_live_changed (ZqSync *self)
{
  if (self->running && self->pull_alarm != 0 && zq_session_status_get_live (self->status) == ZQ_LIVE_DOWN)
    schedule_pull (self);
}

/* --- push ------------------------------------------------------------------------------------- */

static void
on_pushed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSync) self = data;
  g_autoptr (GError) error = NULL;
  gboolean was_away = self->failures > 0;
  gboolean ended = FALSE, dropped;
  guint n_done = 0;

  zq_push_finish (result, &n_done, &ended, &error);
  self->pushing = FALSE;
  self->round = NULL;
  self->push_failed = error != NULL;
  /* A round without anything to send tells nothing of the link, and one lost connection little. */
  dropped = is_network (error) && !ended;
  if (n_done > 0 || (error != NULL && error->domain == ZQ_FHIR_ERROR && !dropped))
    note_outcome (self, dropped ? NULL : error, FALSE);
  serve (self->push_served, error);
  if (self->stopped)
    return;
  if (self->count_alarm != 0)
    {
      zq_clock_clear (self->peer->clock, &self->count_alarm);
      start_count (self);
    }
  if (self->push_waiters->len > 0 || self->push_again)
    start_push (self);
  else
    schedule_push (self);
  /* A pull finds out what there is to it. */
  if (self->running && self->failures == 0 && (was_away || (dropped && n_done == 0)))
    start_pull (self);
  else if (self->running && !self->pulling && self->pull_alarm == 0)
    schedule_pull (self);
}

/* @anew: an error that ended the round is no reason any more. A round may take as long as a large file does: whatever
 * may go meanwhile, goes. */
static void
go_on_pushing (ZqSync *self, gboolean anew)
{
  if (self->stopped)
    return;
  self->push_again = self->pushing;
  if (!self->pushing)
    {
      self->pushing = TRUE;
      take_all (self->push_waiters, self->push_served);
      self->round = zq_push_async (self->peer, self->backoffs, self->cancellable, on_pushed, g_object_ref (self));
    }
  else
    zq_push_look (self->round, anew);
  schedule_push (self);
}

static void
start_push (ZqSync *self)
{
  go_on_pushing (self, TRUE);
}

static void
on_changed (ZqStore *store, ZqChanges *changes, ZqSync *self)
{
  if (self->stopped)
    return;
  if (zq_changes_has (changes, "outbox") || zq_changes_has (changes, "unreadable"))
    start_count (self);
  if (self->running && zq_changes_has (changes, "outbox") &&
      zq_session_status_get_state (self->status) != ZQ_SESSION_SIGNED_OUT)
    go_on_pushing (self, FALSE);
}

/* The network came back: no need to wait for the backoff. */
static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, ZqSync *self)
{
  if (!available || !self->running)
    return;
  zq_live_start (self->live);
  if (self->failures == 0)
    return;
  zq_backoffs_clear (self->backoffs);
  start_pull (self);
  start_push (self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_sync_dispose (GObject *object)
{
  ZqSync *self = ZQ_SYNC (object);

  if (self->peer != NULL)
    zq_sync_stop (self);
  G_OBJECT_CLASS (zq_sync_parent_class)->dispose (object);
}

static void
zq_sync_finalize (GObject *object)
{
  ZqSync *self = ZQ_SYNC (object);

  g_clear_pointer (&self->live, zq_live_free);
  g_clear_pointer (&self->hinted, g_hash_table_unref);
  g_clear_pointer (&self->backoffs, zq_backoffs_free);
  g_clear_pointer (&self->transfer, zq_transfer_free);
  g_clear_pointer (&self->peer, zq_peer_unref);
  g_clear_object (&self->status);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->pull_waiters);
  g_ptr_array_unref (self->push_waiters);
  g_ptr_array_unref (self->pull_served);
  g_ptr_array_unref (self->push_served);
  g_ptr_array_unref (self->reconcile_served);
  g_clear_error (&self->reconcile_error);
  G_OBJECT_CLASS (zq_sync_parent_class)->finalize (object);
}

static void
zq_sync_class_init (ZqSyncClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_sync_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_sync_finalize;
}

static void
zq_sync_init (ZqSync *self)
{
  self->focused = TRUE;
  self->cancellable = g_cancellable_new ();
  self->pull_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->push_waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->pull_served = g_ptr_array_new_with_free_func (g_object_unref);
  self->push_served = g_ptr_array_new_with_free_func (g_object_unref);
  self->reconcile_served = g_ptr_array_new_with_free_func (g_object_unref);
}

ZqSync *
zq_sync_new (ZqStore *store, ZqFhirClient *client, ZqClock *clock, const ZqSyncScope *scope, ZqSessionStatus *status)
{
  ZqSync *self = g_object_new (ZQ_TYPE_SYNC, NULL);

  self->peer = zq_peer_new (store, client, clock, scope);
  self->transfer = zq_transfer_new (self->peer);
  self->backoffs = zq_backoffs_new (clock);
  self->status = g_object_ref (status);
  self->live = zq_live_new (self->peer, status, on_hint, self);
  g_signal_connect_object (status, "notify::live", G_CALLBACK (on_live_changed), self, G_CONNECT_SWAPPED);
  self->changed_id = g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (on_network_changed), self,
                           0);
  start_count (self);
  return self;
}

void
zq_sync_start (ZqSync *self)
{
  g_return_if_fail (ZQ_IS_SYNC (self));

  if (self->running || self->stopped)
    return;
  self->running = TRUE;
  start_pull (self);
  start_push (self);
  zq_transfer_start (self->transfer);
  zq_live_start (self->live);
}

void
zq_sync_stop (ZqSync *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ZQ_IS_SYNC (self));

  if (self->stopped)
    return;
  self->stopped = TRUE;
  self->running = FALSE;
  g_clear_signal_handler (&self->changed_id, self->peer->store);
  zq_clock_clear (self->peer->clock, &self->count_alarm);
  zq_clock_clear (self->peer->clock, &self->pull_alarm);
  zq_clock_clear (self->peer->clock, &self->push_alarm);
  zq_clock_clear (self->peer->clock, &self->due_alarm);
  g_cancellable_cancel (self->cancellable);
  zq_live_stop (self->live);
  zq_transfer_stop (self->transfer);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Sync was stopped");
  serve (self->pull_waiters, error);
  serve (self->push_waiters, error);
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (zq_live_leave_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
zq_sync_leave_async (ZqSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (ZQ_IS_SYNC (self));

  zq_live_leave_async (self->live, cancellable, on_left, g_task_new (self, cancellable, callback, data));
}

gboolean
zq_sync_leave_finish (ZqSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_sync_set_focused (ZqSync *self, gboolean focused)
{
  g_return_if_fail (ZQ_IS_SYNC (self));

  if (self->focused == focused)
    return;
  self->focused = focused;
  /* Whoever looks again wants to see what is there now, not in a minute. */
  if (self->running && focused && self->pull_alarm != 0 && self->failures == 0 && !zq_peer_is_paused (self->peer))
    start_pull (self);
}

void
zq_sync_now (ZqSync *self)
{
  g_return_if_fail (ZQ_IS_SYNC (self));

  if (self->stopped)
    return;
  self->peer->pause_until = 0;
  self->refresh_due = 0;
  zq_backoffs_clear (self->backoffs);
  zq_backoffs_clear (self->peer->wanted);
  if (!self->pulling)
    zq_session_status_set_state (self->status, ZQ_SESSION_SYNCING, zq_clock_now (self->peer->clock));
  start_pull (self);
  start_push (self);
  zq_transfer_now (self->transfer);
  if (self->running)
    zq_live_start (self->live);
}

static GTask *
add_waiter (ZqSync *self, GPtrArray *waiters, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  if (self->stopped)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Sync was stopped");
      g_object_unref (task);
      return NULL;
    }
  g_ptr_array_add (waiters, task);
  return task;
}

void
zq_sync_pull_async (ZqSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (ZQ_IS_SYNC (self));

  if (add_waiter (self, self->pull_waiters, cancellable, callback, data) != NULL)
    start_pull (self);
}

gboolean
zq_sync_pull_finish (ZqSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_sync_push_async (ZqSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (ZQ_IS_SYNC (self));

  if (add_waiter (self, self->push_waiters, cancellable, callback, data) == NULL)
    return;
  zq_backoffs_clear (self->backoffs);
  start_push (self);
}

gboolean
zq_sync_push_finish (ZqSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
