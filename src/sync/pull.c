/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/pull.h"

#include "sync/earlier.h"

#include "base/id.h"
#include "resource/datetime.h"
#include "store/txn.h"
#include "sync/holders.h"
#include "sync/walk.h"

#define MAX_ACTIVE   4
#define WANTED_BATCH 50
#define WANTED_LIMIT 1000
#define HOLDER_BATCH 20
/* Of those asked again: a round has its budget, and the longest unasked come first. */
#define AGAIN_LIMIT    400
#define MAX_FAILED     8 /* of those asked for one by one; more are the server's */
#define SINGLE_REST_US (5 * 60 * G_USEC_PER_SEC)

typedef enum
{
  PHASE_SCOPES,  /* forwards and fill of the kinds' own scopes */
  PHASE_WANTED,  /* what is referred to */
  PHASE_HOLDERS, /* what hangs on newly held patients and threads; then what that refers to */
} Phase;

typedef struct
{
  /* input */
  ZqPeer *peer;
  gboolean refresh;
  GHashTable *quick; /* "kind/scope": nothing but these; or NULL */

  /* in progress */
  ZqProgress *progress;
  GCancellable *cancellable; /* ours: ends what runs beside a fatal error */
  gulong outer;
  Phase phase;
  GQueue jobs;
  guint n_active;
  guint n_done;
  guint n_failed;        /* single wanted ones */
  gboolean found;        /* something was referred to and asked for */
  gboolean broke;        /* the server, at some */
  GHashTable *asked;     /* "Type/id" and "kind/scope/id" of this round */
  gboolean looking_back; /* at earlier versions: the last of a round */
  gboolean finished;
  GError *fatal;
  GError *soft;
} Round;

/* One search and what follows from it. */
typedef struct
{
  GTask *task; /* the round's */
  char *query;
  char *kind;
  char *scope;
  gboolean filling;  /* first forwards, then backwards */
  gboolean forwards; /* is at it */
  gboolean optional; /* of a scope: no matter when it is refused */

  /* of WANTED: what is asked for by id; of HOLDERS: whose things these are */
  char *type;
  GPtrArray *ids;
  gboolean single;
  gint64 asked_at;
  const ZqResourceKind *owner; /* of HOLDERS */
  const ZqScope *hangs;
  char *since;
} Job;

static void round_pump (GTask *task);
static void job_run (Job *job);

static void
job_free (Job *self)
{
  g_object_unref (self->task);
  g_free (self->query);
  g_free (self->kind);
  g_free (self->scope);
  g_free (self->type);
  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_free (self->since);
  g_free (self);
}

static void
round_free (Round *self)
{
  zq_peer_unref (self->peer);
  g_clear_pointer (&self->quick, g_hash_table_unref);
  g_clear_pointer (&self->progress, zq_progress_unref);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->asked);
  g_clear_error (&self->fatal);
  g_clear_error (&self->soft);
  g_free (self);
}

static Job *
job_new (GTask *task, char *query)
{
  Job *job = g_new0 (Job, 1);

  job->task = g_object_ref (task);
  job->query = query;
  return job;
}

static void
round_note (Round *self, const GError *error)
{
  if (zq_peer_ends_round (error))
    {
      if (self->fatal == NULL)
        self->fatal = g_error_copy (error);
      g_cancellable_cancel (self->cancellable);
    }
  else if (self->soft == NULL)
    self->soft = g_error_copy (error);
}

static void
job_end (Job *job, const GError *error)
{
  g_autoptr (GTask) task = g_object_ref (job->task);
  Round *self = g_task_get_task_data (task);

  if (error != NULL)
    round_note (self, error);
  self->n_active--;
  self->n_done++;
  if (self->progress != NULL)
    zq_progress_set_jobs (self->progress, self->n_done, self->n_done + self->n_active + self->jobs.length);
  job_free (job);
  round_pump (task);
}

/* --- the kinds' own scopes -------------------------------------------------------------------- */

static void
add_scope_job (const ZqScopeRun *run, gpointer data)
{
  GTask *task = data;
  Round *self = g_task_get_task_data (task);
  Job *job;

  if (self->quick != NULL && !g_hash_table_contains (self->quick, run->name))
    return;
  job = job_new (task, g_strdup (run->query));
  job->kind = g_strdup (run->kind->name);
  job->scope = g_strdup (run->cursor);
  job->optional = run->scope->optional;
  g_queue_push_tail (&self->jobs, job);
}

static gboolean
is_refusal (const GError *error)
{
  return error->domain == ZQ_FHIR_ERROR &&
         (error->code == ZQ_FHIR_ERROR_FORBIDDEN || error->code == ZQ_FHIR_ERROR_NOT_FOUND ||
          error->code == ZQ_FHIR_ERROR_GONE);
}

static gboolean
is_no_matter (const Job *job, const GError *error)
{
  return job->optional && (is_refusal (error) || g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_REFUSED));
}

static void
on_scope_walked (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  if (!zq_walk_finish (result, &error))
    job_end (job, is_no_matter (job, error) ? NULL : error);
  else if (job->filling)
    {
      job->filling = FALSE;
      job->forwards = !job->forwards;
      job_run (job);
    }
  else
    job_end (job, NULL);
}

/* News first; where nothing is held yet, the fill first and then what came meanwhile. */
static void
scope_start (Job *job)
{
  Round *self = g_task_get_task_data (job->task);
  g_auto (ZqCursor) cursor = { 0 };
  g_autoptr (GError) error = NULL;

  if (!zq_store_get_cursor (zq_store_get_main_db (self->peer->store), job->kind, job->scope, &cursor, &error))
    {
      job_end (job, error);
      return;
    }
  job->forwards = cursor.high != NULL;
  job->filling = !cursor.filled && self->quick == NULL;
  /* Where nothing is held yet, the fill brings it. */
  if (self->quick != NULL && cursor.high == NULL)
    {
      job_end (job, NULL);
      return;
    }
  if (job->filling && self->progress != NULL)
    zq_progress_expect (self->progress, self->peer, job->query, cursor.low, self->cancellable);
  job_run (job);
}

/* --- what is referred to ---------------------------------------------------------------------- */

static char *
join_ids (GPtrArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", (const char *)g_ptr_array_index (ids, i));
  return g_string_free (text, FALSE);
}

static void
add_wanted_job (GTask *task, const char *type, GPtrArray *ids, gboolean single)
{
  Round *self = g_task_get_task_data (task);
  g_autofree char *joined = join_ids (ids);
  Job *job = job_new (task, single ? g_strdup_printf ("%s/%s", type, joined)
                                   : g_strdup_printf ("%s?_id=%s&_count=%d", type, joined, WANTED_BATCH));

  job->type = g_strdup (type);
  job->ids = g_ptr_array_ref (ids);
  job->single = single;
  g_queue_push_tail (&self->jobs, job);
}

static void
on_gone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Round *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    round_note (self, error);
  self->n_active--;
  round_pump (task);
}

static void
set_gone (GTask *task, const char *type, const char *id, const char *why)
{
  Round *self = g_task_get_task_data (task);

  self->n_active++;
  zq_store_set_gone_async (self->peer->store, type, id, why, on_gone, g_object_ref (task));
}

static gint64
rest_key (const char *type, const char *id)
{
  g_autofree char *key = g_strconcat (type, "/", id, NULL);

  return (gint64)g_str_hash (key);
}

/* The more often a type has failed, the fewer are asked for at once: one of them may be the reason. */
static guint
batch_size (Round *self, const char *type)
{
  guint failures = zq_backoffs_get_failures (self->peer->wanted, rest_key (type, ""));

  return MAX (WANTED_BATCH >> (2 * MIN (failures, 3)), 1);
}

/* New jobs for what nobody has asked for in this round. */
static gboolean
add_wanted_of_type (GTask *task, const char *type, GError **error)
{
  Round *self = g_task_get_task_data (task);
  g_autoptr (GPtrArray) wanted =
      zq_store_list_wanted (zq_store_get_main_db (self->peer->store), type, WANTED_LIMIT, error);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
  guint size = batch_size (self, type);

  if (wanted == NULL)
    return FALSE;
  if (zq_backoffs_rests (self->peer->wanted, rest_key (type, "")))
    return TRUE;
  for (guint i = 0; i < wanted->len; i++)
    {
      const char *id = g_ptr_array_index (wanted, i);

      if (zq_backoffs_rests (self->peer->wanted, rest_key (type, id)) ||
          !g_hash_table_add (self->asked, g_strdup_printf ("%s/%s", type, id)))
        continue;
      if (!zq_id_is_valid (id))
        {
          set_gone (task, type, id, "not an id");
          continue;
        }
      g_ptr_array_add (batch, g_strdup (id));
      if (batch->len >= size)
        {
          add_wanted_job (task, type, batch, FALSE);
          g_ptr_array_unref (batch);
          batch = g_ptr_array_new_with_free_func (g_free);
        }
    }
  if (batch->len > 0)
    add_wanted_job (task, type, batch, FALSE);
  return TRUE;
}

static void
add_wanted_jobs (GTask *task)
{
  Round *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) types = zq_store_list_wanted_types (zq_store_get_main_db (self->peer->store), &error);

  for (guint i = 0; types != NULL && error == NULL && i < types->len; i++)
    add_wanted_of_type (task, g_ptr_array_index (types, i), &error);
  if (error != NULL)
    round_note (self, error);
}

/* What was asked for by id and did not come is not there for us. */
static void
settle_wanted (Job *job)
{
  Round *self = g_task_get_task_data (job->task);
  ZqDb *db = zq_store_get_main_db (self->peer->store);

  for (guint i = 0; i < job->ids->len; i++)
    {
      const char *id = g_ptr_array_index (job->ids, i);
      gint64 wanted = 0;

      if (zq_db_get_int (db, &wanted, NULL,
                         "SELECT 1 FROM resource WHERE type = ? AND server_id = ? AND state = 'wanted'", "ss",
                         job->type, id) &&
          wanted)
        set_gone (job->task, job->type, id, "the hospital does not show it");
    }
}

/* One that is not for us must not hide the others. */
static void
split_wanted (Job *job)
{
  for (guint i = 0; i < job->ids->len; i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (g_free);

      g_ptr_array_add (one, g_strdup (g_ptr_array_index (job->ids, i)));
      add_wanted_job (job->task, job->type, one, TRUE);
    }
}

static void
drop_wanted (Round *self, const char *type)
{
  for (GList *link = self->jobs.head, *next; link != NULL; link = next)
    {
      Job *job = link->data;

      next = link->next;
      if (g_strcmp0 (job->type, type) != 0)
        continue;
      g_queue_delete_link (&self->jobs, link);
      job_free (job);
    }
}

/* The server breaks down at it: that one rests, or, as long as nobody knows which, all of the type. */
static void
rest_wanted (Job *job)
{
  Round *self = g_task_get_task_data (job->task);

  self->broke = TRUE;
  if (job->ids->len == 1)
    zq_backoffs_failed (self->peer->wanted, rest_key (job->type, g_ptr_array_index (job->ids, 0)), SINGLE_REST_US);
  if (job->ids->len == 1 && ++self->n_failed < MAX_FAILED)
    return;
  if (!zq_backoffs_rests (self->peer->wanted, rest_key (job->type, "")))
    zq_backoffs_failed (self->peer->wanted, rest_key (job->type, ""), 0);
  drop_wanted (self, job->type);
}

static void
on_wanted_walked (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  Round *self = g_task_get_task_data (job->task);
  g_autoptr (GError) error = NULL;
  gboolean refused;

  if (zq_walk_finish (result, &error))
    {
      /* The last one, and none broke. */
      if (self->n_active == 1 && self->jobs.length == 0 && !self->broke)
        zq_backoffs_worked (self->peer->wanted, rest_key (job->type, ""));
      settle_wanted (job);
      job_end (job, NULL);
      return;
    }
  refused = is_refusal (error) || g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_REFUSED);
  if (refused && job->single)
    set_gone (job->task, job->type, g_ptr_array_index (job->ids, 0), "the hospital does not show it");
  else if (refused)
    split_wanted (job);
  else if (!zq_peer_ends_round (error))
    rest_wanted (job);
  job_end (job, refused ? NULL : error);
}

/* --- what hangs on patients and threads ------------------------------------------------------- */

static void
add_holder_job (GTask *task, const ZqResourceKind *kind, const ZqScope *scope, GPtrArray *ids, const char *since)
{
  Round *self = g_task_get_task_data (task);
  g_autofree char *joined = join_ids (ids);
  g_autofree char *query = zq_scope_expand (scope->query, self->peer->me, NULL, joined);
  g_autofree char *at = since != NULL ? zq_instant_format (zq_sync_instant (since) - ZQ_SYNC_OVERLAP_US) : NULL;
  Job *job = job_new (task, g_strconcat (query, at != NULL ? "&_lastUpdated=ge" : "", at != NULL ? at : "",
                                         at != NULL ? "&_sort=_lastUpdated" : "", "&_count=200", NULL));

  job->kind = g_strdup (kind->name);
  job->scope = g_strdup (scope->name);
  job->ids = g_ptr_array_ref (ids);
  job->owner = kind;
  job->hangs = scope;
  job->since = g_strdup (since);
  g_queue_push_tail (&self->jobs, job);
}

static void
on_holders (GObject *source, GAsyncResult *result, gpointer data)
{
  ZqHolders *holders = data;
  g_autoptr (GTask) task = g_object_ref (holders->task);
  Round *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = zq_store_read_finish (ZQ_STORE (source), result, &error);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
  const char *since = NULL;
  guint n_again = 0;

  if (found == NULL)
    round_note (self, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      const ZqHolder *holder = g_ptr_array_index (found, i);

      if (holder->since != NULL && n_again++ == AGAIN_LIMIT)
        break;
      if (!g_hash_table_add (self->asked,
                             g_strdup_printf ("%s/%s/%s", holders->kind->name, holders->scope->name, holder->id)))
        continue;
      if (batch->len == HOLDER_BATCH || (batch->len > 0 && since == NULL && holder->since != NULL))
        {
          add_holder_job (task, holders->kind, holders->scope, batch, since);
          g_ptr_array_unref (batch);
          batch = g_ptr_array_new_with_free_func (g_free);
        }
      if (batch->len == 0)
        since = holder->since; /* the earliest of them */
      g_ptr_array_add (batch, g_strdup (holder->id));
    }
  if (batch->len > 0)
    add_holder_job (task, holders->kind, holders->scope, batch, since);
  self->n_active--;
  zq_holders_free (holders);
  round_pump (task);
}

static gboolean
has_own_scope (const ZqResourceKind *kind)
{
  for (const ZqScope *scope = kind->scopes; scope->name != NULL; scope++)
    {
      if (!zq_scope_hangs (scope))
        return TRUE;
    }
  return FALSE;
}

static void
add_holder_jobs (GTask *task)
{
  Round *self = g_task_get_task_data (task);
  const ZqResourceKind *const *kinds = zq_store_get_kinds (self->peer->store);

  for (; *kinds != NULL; kinds++)
    {
      for (const ZqScope *scope = (*kinds)->scopes; scope != NULL && scope->name != NULL; scope++)
        {
          ZqHolders *holders;

          if (!zq_scope_hangs (scope))
            continue;
          holders = g_new0 (ZqHolders, 1);
          holders->task = g_object_ref (task);
          holders->kind = *kinds;
          holders->scope = scope;
          holders->refresh = self->refresh && !has_own_scope (*kinds);
          holders->again = zq_holders_expand (self->peer, self->refresh, scope);
          self->n_active++;
          zq_store_read_behind_async (self->peer->store, zq_holders_read, holders, NULL,
                                      (GDestroyNotify)g_ptr_array_unref, self->cancellable, on_holders, holders);
        }
    }
}

/* Writer thread. */
static gboolean
write_filled (ZqTxn *txn, gpointer data, GError **error)
{
  Job *job = data;
  g_autofree char *at = zq_instant_format (job->asked_at);

  for (guint i = 0; i < job->ids->len; i++)
    {
      if (!zq_db_exec (zq_txn_db (txn), error,
                       "INSERT INTO cursor (kind, scope, high, filled) VALUES (?1, ?2 || '/' || ?3, ?4, 1)"
                       " ON CONFLICT (kind, scope) DO UPDATE SET high = excluded.high, filled = 1",
                       "ssss", job->kind, job->scope, g_ptr_array_index (job->ids, i), at))
        return FALSE;
    }
  return TRUE;
}

static void
on_filled (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  zq_store_write_finish (ZQ_STORE (source), result, &error);
  job_end (job, error);
}

/* Whose things are refused is known only where they are asked for alone. */
static void
split_holders (Job *job)
{
  for (guint i = 0; i < job->ids->len; i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (g_free);

      g_ptr_array_add (one, g_strdup (g_ptr_array_index (job->ids, i)));
      add_holder_job (job->task, job->owner, job->hangs, one, job->since);
    }
}

static void
on_holders_walked (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  Round *self = g_task_get_task_data (job->task);
  g_autoptr (GError) error = NULL;

  if (zq_walk_finish (result, &error) || (is_refusal (error) && job->ids->len == 1))
    zq_store_write_async (self->peer->store, ZQ_PRIORITY_SYNC, write_filled, job, NULL, on_filled, job);
  else if (is_refusal (error))
    {
      split_holders (job);
      job_end (job, NULL);
    }
  else
    job_end (job, error);
}

/* --- the round -------------------------------------------------------------------------------- */

static void
job_run (Job *job)
{
  Round *self = g_task_get_task_data (job->task);

  job->asked_at = zq_clock_now (self->peer->clock);
  if (job->type != NULL)
    zq_walk_async (self->peer, ZQ_WALK_PLAIN, job->query, NULL, NULL, self->cancellable, on_wanted_walked, job);
  else if (job->ids != NULL)
    zq_walk_async (self->peer, ZQ_WALK_PLAIN, job->query, NULL, NULL, self->cancellable, on_holders_walked, job);
  else
    zq_walk_async (self->peer,
                   self->quick != NULL ? ZQ_WALK_QUICK
                   : job->forwards     ? ZQ_WALK_FORWARDS
                                       : ZQ_WALK_BACKWARDS,
                   job->query, job->kind, job->scope, self->cancellable, on_scope_walked, job);
}

static void
job_start (Job *job)
{
  if (job->kind != NULL && job->ids == NULL)
    scope_start (job);
  else
    job_run (job);
}

static void
round_end (GTask *task)
{
  Round *self = g_task_get_task_data (task);

  if (self->finished)
    return;
  self->finished = TRUE;
  if (self->progress != NULL)
    {
      zq_progress_end (self->progress);
      self->peer->progress = NULL;
    }
  g_cancellable_disconnect (g_task_get_cancellable (task), self->outer);
  self->outer = 0;
  if (self->fatal != NULL)
    g_task_return_error (task, g_steal_pointer (&self->fatal));
  else if (self->soft != NULL)
    g_task_return_error (task, g_steal_pointer (&self->soft));
  else
    g_task_return_boolean (task, TRUE);
}

/* What there is to do next; FALSE at the end. References come up while holders are read and the other
 * way round: both are asked again until neither brings anything. */
static gboolean
next_phase (GTask *task)
{
  Round *self = g_task_get_task_data (task);

  if (self->phase == PHASE_SCOPES)
    self->phase = PHASE_WANTED;
  if (self->phase == PHASE_WANTED)
    {
      add_wanted_jobs (task);
      if (self->jobs.length > 0)
        {
          self->found = TRUE;
          return TRUE;
        }
      self->phase = PHASE_HOLDERS;
      /* Only somebody new has things that no search has brought. */
      if (self->quick != NULL && !self->found)
        return FALSE;
      add_holder_jobs (task);
      return self->n_active > 0;
    }
  add_wanted_jobs (task);
  if (self->jobs.length == 0)
    return FALSE;
  self->phase = PHASE_WANTED;
  return TRUE;
}

static void
on_earlier (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  round_end (task);
}

/* When all that is now is here: what some of it was. */
static void
round_look_back (GTask *task)
{
  Round *self = g_task_get_task_data (task);

  if (self->looking_back || self->finished)
    return;
  self->looking_back = TRUE;
  zq_earlier_async (self->peer, self->cancellable, on_earlier, g_object_ref (task));
}

static void
round_pump (GTask *task)
{
  Round *self = g_task_get_task_data (task);

  if (self->fatal != NULL || g_cancellable_is_cancelled (self->cancellable))
    {
      g_queue_clear_full (&self->jobs, (GDestroyNotify)job_free);
      if (self->n_active == 0)
        round_end (task);
      return;
    }
  if (self->n_active == 0 && self->jobs.length == 0 && !next_phase (task))
    round_look_back (task);
  while (self->n_active < MAX_ACTIVE && self->jobs.length > 0)
    {
      self->n_active++;
      job_start (g_queue_pop_head (&self->jobs));
    }
}

static void
on_outer_cancelled (GCancellable *outer, gpointer data)
{
  g_cancellable_cancel (data);
}

static GTask *
round_new (ZqPeer *peer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Round *self = g_new0 (Round, 1);

  g_task_set_source_tag (task, round_new);
  g_task_set_task_data (task, self, (GDestroyNotify)round_free);
  self->peer = zq_peer_ref (peer);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    self->outer = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled), g_object_ref (self->cancellable),
                                         g_object_unref);
  return task;
}

void
zq_pull_async (ZqPeer *peer,
               gboolean refresh,
               ZqProgressFunc progress,
               gpointer progress_data,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer data)
{
  g_autoptr (GTask) task = round_new (peer, cancellable, callback, data);
  Round *self = g_task_get_task_data (task);

  self->refresh = refresh;
  if (progress != NULL)
    peer->progress = self->progress = zq_progress_new (progress, progress_data);
  zq_scope_foreach (peer, add_scope_job, task);
  round_pump (task);
}

void
zq_pull_quick_async (
    ZqPeer *peer, GHashTable *names, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = round_new (peer, cancellable, callback, data);
  Round *self = g_task_get_task_data (task);

  self->quick = g_hash_table_ref (names);
  zq_scope_foreach (peer, add_scope_job, task);
  round_pump (task);
}

gboolean
zq_pull_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
