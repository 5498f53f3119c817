/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/push.h"

#include "base/id.h"
#include "resource/json.h"
#include "store/attachments.h"
#include "sync/upload.h"
#include "sync/walk.h"

#define MAX_ACTIVE    8
#define MAX_UPLOADS   2
#define MAX_CONFLICTS 3
#define LIST_LIMIT    512
#define FRESH_US      (1 * G_USEC_PER_SEC)
/* One lost connection may be one chain's bad luck, two in a row are the network's. */
#define MAX_NETWORK_FAILURES 2

struct _ZqPushRound
{
  /* input */
  ZqPeer *peer;
  ZqBackoffs *backoffs;
  GTask *task; /* borrowed: it owns this */

  /* in progress */
  GHashTable *active;    /* seq */
  guint n_uploads;       /* among them */
  GQueue ready;          /* ZqIntent: heads of their chains */
  GQueue files;          /* ZqIntent: likewise; their own queue, since they may take long */
  GHashTable *queued;    /* seq: of both */
  gboolean look;         /* there may be more than what is queued */
  GHashTable *freshened; /* query → gint64, monotonic: when it was answered last */
  guint network_failures;
  gboolean ended; /* nothing more is started */
  gboolean finished;
  guint n_done;
  GError *error;
};

typedef ZqPushRound Round;

typedef struct
{
  GTask *task; /* the round's */
  ZqIntent *intent;
  gboolean is_upload;

  /* in progress */
  GPtrArray *queries; /* still to be pulled, last one first */
  char *key_query;    /* the one among them that finds it where it may have been made already; or NULL */
  ZqPush *push;
  guint conflicts;
  gboolean searched;
  char *uploaded; /* the name of a file at the hospital */
  char *refusal;  /* the hospital's words about an update, while its copy is looked at */
  gint64 asked;   /* monotonic: for what is newest */
  gint64 began;   /* monotonic: the request */
} Job;

static void round_pump (GTask *task);
static void job_freshen (Job *job);
static void job_search (Job *job);
static void job_send (Job *job);

static void
round_free (Round *self)
{
  zq_peer_unref (self->peer);
  g_hash_table_unref (self->active);
  g_hash_table_unref (self->freshened);
  g_hash_table_unref (self->queued);
  g_queue_clear_full (&self->ready, (GDestroyNotify)zq_intent_free);
  g_queue_clear_full (&self->files, (GDestroyNotify)zq_intent_free);
  g_clear_error (&self->error);
  g_free (self);
}

static void
job_free (Job *self)
{
  g_object_unref (self->task);
  zq_intent_free (self->intent);
  g_clear_pointer (&self->queries, g_ptr_array_unref);
  g_free (self->key_query);
  g_clear_pointer (&self->push, zq_push_free);
  g_free (self->uploaded);
  g_free (self->refusal);
  g_free (self);
}

static Round *
job_round (Job *job)
{
  return g_task_get_task_data (job->task);
}

static const ZqIntentRule *
find_rule (ZqStore *store, const ZqIntent *intent)
{
  const ZqResourceKind *kind = zq_store_find_kind (store, intent->kind);

  for (const ZqIntentRule *rule = kind != NULL ? kind->rules : NULL; rule != NULL && rule->action != NULL; rule++)
    {
      if (g_str_equal (rule->action, intent->action))
        return rule;
    }
  return NULL;
}

static gboolean
is_upload (Round *self, const ZqIntent *intent)
{
  const ZqIntentRule *rule = find_rule (self->peer->store, intent);

  return rule != NULL && rule->content != NULL;
}

/* @intent: (transfer full) */
static void
queue (Round *self, ZqIntent *intent)
{
  if (g_hash_table_add (self->queued, g_memdup2 (&intent->seq, sizeof intent->seq)))
    g_queue_push_tail (is_upload (self, intent) ? &self->files : &self->ready, intent);
  else
    zq_intent_free (intent);
}

/* What waited for one of this chain to go. */
static void
add_next (Round *self, const char *chain)
{
  ZqIntent *next =
      zq_store_get_pushable (zq_store_get_main_db (self->peer->store), chain, zq_clock_now (self->peer->clock), NULL);

  if (next != NULL)
    queue (self, next);
}

static void
job_end (Job *job)
{
  g_autoptr (GTask) task = g_object_ref (job->task);
  Round *self = g_task_get_task_data (task);

  g_hash_table_remove (self->active, &job->intent->seq);
  self->n_uploads -= job->is_upload;
  if (!self->ended && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    add_next (self, job->intent->chain);
  job_free (job);
  round_pump (task);
}

static void
round_note (Round *self, const GError *error)
{
  gboolean network = g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK);
  gboolean ends = zq_peer_ends_round (error);

  self->network_failures = network ? self->network_failures + 1 : 0;
  if (network && self->network_failures < MAX_NETWORK_FAILURES)
    ends = FALSE;
  if (ends && !self->ended)
    {
      self->ended = TRUE;
      g_clear_error (&self->error);
    }
  if (self->error == NULL)
    self->error = g_error_copy (error);
}

/* --- settling --------------------------------------------------------------------------------- */

static void
on_settled (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  if (!zq_store_settle_push_finish (ZQ_STORE (source), result, &error))
    {
      round_note (job_round (job), error);
      zq_backoffs_failed (job_round (job)->backoffs, job->intent->seq, 0);
    }
  else if (job->uploaded != NULL)
    zq_attachments_rename (zq_store_get_attachments (ZQ_STORE (source)), job->push->content_key, job->uploaded);
  job_end (job);
}

static void
job_settle (Job *job, ZqPushOutcome outcome, GBytes *resource, const char *reason, gboolean unclear)
{
  Round *self = job_round (job);

  if (outcome != ZQ_PUSH_LATER)
    zq_backoffs_worked (self->backoffs, job->intent->seq);
  if (outcome == ZQ_PUSH_DONE)
    {
      self->network_failures = 0;
      self->n_done++;
    }
  zq_store_settle_push_async (self->peer->store, job->intent->seq, outcome, resource, reason, job->intent->not_before,
                              unclear, on_settled, job);
}

/* Not now: it rests, and where its outcome is open it stays SENDING, so that it is searched for first. */
static void
job_later (Job *job, const GError *error, gint64 retry_after_us, gboolean unclear)
{
  Round *self = job_round (job);

  round_note (self, error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED))
    {
      job_end (job);
      return;
    }
  if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_BUSY))
    zq_peer_pause (self->peer, retry_after_us, job->intent->attempts);
  zq_backoffs_failed (self->backoffs, job->intent->seq, retry_after_us);
  job_settle (job, ZQ_PUSH_LATER, NULL, error->message, unclear);
}

/* --- the newest copies ------------------------------------------------------------------------ */

static void
on_gone (GObject *source, GAsyncResult *result, gpointer data)
{
  job_freshen (data);
}

/* "Task/12" → its parts; FALSE for a search. */
static gboolean
split_read (const char *query, char **type, char **id)
{
  const char *slash = strchr (query, '/');

  if (slash == NULL || strpbrk (query, "?&") != NULL || strchr (slash + 1, '/') != NULL)
    return FALSE;
  *type = g_strndup (query, slash - query);
  *id = g_strdup (slash + 1);
  return TRUE;
}

/* Several replies of a moment in one thread share what they look at. */
static void
note_fresh (Round *self, const char *query, gint64 asked)
{
  g_hash_table_replace (self->freshened, g_strdup (query), g_memdup2 (&asked, sizeof asked));
}

static gboolean
is_fresh (Round *self, const char *query)
{
  const gint64 *asked = g_hash_table_lookup (self->freshened, query);

  return asked != NULL && zq_clock_monotonic (self->peer->clock) - *asked < FRESH_US;
}

static void
on_freshened (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  Round *self = job_round (job);
  g_autoptr (GError) error = NULL;
  g_autofree char *query = g_ptr_array_steal_index (job->queries, job->queries->len - 1);
  g_autofree char *type = NULL;
  g_autofree char *id = NULL;

  if (zq_walk_finish (result, &error))
    {
      self->network_failures = 0;
      note_fresh (self, query, job->asked);
      job->searched = job->searched || g_strcmp0 (query, job->key_query) == 0;
      job_freshen (job);
    }
  else if ((g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NOT_FOUND) ||
            g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_GONE) ||
            g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN)) &&
           split_read (query, &type, &id))
    zq_store_set_gone_async (self->peer->store, type, id, "the hospital does not show it", on_gone, job);
  else if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN))
    job_freshen (job);
  else
    job_later (job, error, 0, job->intent->state == ZQ_INTENT_SENDING);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  Round *self = job_round (job);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&job->push, zq_push_free);
  job->push = zq_store_prepare_push_finish (ZQ_STORE (source), result, &error);
  if (job->push == NULL)
    {
      /* Taken back, or stopped by something else meanwhile: nothing is left to do here. */
      if (g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE) ||
          g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE))
        zq_backoffs_worked (self->backoffs, job->intent->seq);
      else
        {
          round_note (self, error);
          zq_backoffs_failed (self->backoffs, job->intent->seq, 0);
        }
      job_end (job);
    }
  else if (job->push->verdict != ZQ_VERDICT_GO)
    {
      zq_backoffs_worked (self->backoffs, job->intent->seq);
      job_end (job);
    }
  else if (job->refusal != NULL)
    job_settle (job, ZQ_PUSH_REFUSED, NULL, job->refusal, FALSE);
  else if (job->push->retry && !job->searched && job->push->if_none_exist != NULL)
    job_search (job);
  else
    job_send (job);
}

static void
job_freshen (Job *job)
{
  Round *self = job_round (job);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (job->task)))
    job_end (job);
  else if (job->queries->len == 0)
    zq_store_prepare_push_async (self->peer->store, job->intent->seq, on_prepared, job);
  else
    {
      job->asked = zq_clock_monotonic (self->peer->clock);
      zq_walk_async (self->peer, ZQ_WALK_FIRST, g_ptr_array_index (job->queries, job->queries->len - 1), NULL, NULL,
                     g_task_get_cancellable (job->task), on_freshened, job);
    }
}

/* --- searching what may have been committed already --------------------------------------------- */

/* A server may overlook what was searched for: then this is somebody else's. */
static gboolean
is_sought (const ZqBundleEntry *entry, const ZqIntent *intent)
{
  g_autoptr (JsonNode) node = NULL;

  if (entry->raw == NULL || (entry->search_mode != NULL && !g_str_equal (entry->search_mode, "match")))
    return FALSE;
  node = zq_json_read (entry->raw, (gssize)entry->raw_length, NULL);
  return node != NULL && intent->target_local_id != NULL &&
         g_strcmp0 (zq_json_get_identifier (node, ZQ_SYSTEM_LOCAL_ID), intent->target_local_id) == 0;
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPage) page = zq_fetch_finish (result, &error);

  if (page == NULL)
    {
      job_later (job, error, 0, TRUE);
      return;
    }
  job->searched = TRUE;
  for (guint i = 0; i < zq_bundle_get_n_entries (page->bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (page->bundle, i);

      if (is_sought (entry, job->intent))
        {
          g_autoptr (GBytes) resource = g_bytes_new (entry->raw, entry->raw_length);

          job_settle (job, ZQ_PUSH_DONE, resource, NULL, FALSE);
          return;
        }
    }
  job_send (job);
}

static void
job_search (Job *job)
{
  g_autofree char *path = g_strdup_printf ("%s?%s", job->push->path, job->push->if_none_exist);

  zq_fetch_async (job_round (job)->peer, path, g_task_get_cancellable (job->task), on_searched, job);
}

/* --- sending ------------------------------------------------------------------------------------ */

static void
on_read_back (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);

  if (response == NULL)
    job_later (job, error, 0, TRUE);
  else
    job_settle (job, ZQ_PUSH_DONE, response->body, NULL, FALSE);
}

/* The server committed and sent no body: its copy is read. */
static void
read_back (Job *job, const char *location)
{
  Round *self = job_round (job);
  g_autofree char *path = NULL;
  char *history;

  if (location != NULL)
    path = g_strdup (location);
  else if (job->intent->target_server_id != NULL)
    path = g_strdup_printf ("%s/%s", job->intent->target_type, job->intent->target_server_id);
  if (path == NULL)
    {
      g_autoptr (GError) error =
          g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL, "The hospital did not say what became of it");

      job_later (job, error, 0, TRUE);
      return;
    }
  history = strstr (path, "/_history/");
  if (history != NULL)
    *history = '\0';
  zq_fhir_client_send_async (self->peer->client, zq_fhir_request_new ("GET", path), g_task_get_cancellable (job->task),
                             on_read_back, job);
}

static gboolean
is_resource (GBytes *body, const char *type)
{
  g_autoptr (JsonNode) node = NULL;

  if (body == NULL || g_bytes_get_size (body) == 0)
    return FALSE;
  node = zq_json_read (g_bytes_get_data (body, NULL), (gssize)g_bytes_get_size (body), NULL);
  return node != NULL && g_strcmp0 (zq_json_get_string (node, "resourceType"), type) == 0;
}

/* 409 and 412 are one case: read, check, apply again. */
static void
on_conflict (Job *job, const GError *error)
{
  if (++job->conflicts > MAX_CONFLICTS)
    {
      job_settle (job, ZQ_PUSH_HELD, NULL,
                  "The hospital's copy kept changing while this was sent. Look at it and send it again.", FALSE);
      return;
    }
  if (g_str_equal (job->push->method, "POST"))
    {
      /* Somebody has made it already, maybe twice. */
      if (job->searched || job->push->if_none_exist == NULL)
        job_later (job, error, 0, TRUE);
      else
        job_search (job);
      return;
    }
  g_ptr_array_add (job->queries, g_strdup (job->push->path));
  job_freshen (job);
}

/* HTTP may send an update again whose answer was lost (RFC 9110, 9.2.2), and what was done already is
 * then refused as not possible any more: only the hospital's copy tells. */
static void
on_refused_for_good (Job *job, const GError *error)
{
  if (g_str_equal (job->push->method, "PUT") && job->refusal == NULL)
    {
      job->refusal = g_strdup (error->message);
      g_ptr_array_add (job->queries, g_strdup (job->push->path));
      job_freshen (job);
    }
  else
    job_settle (job, ZQ_PUSH_REFUSED, NULL, error->message, FALSE);
}

static void
on_refused (Job *job, const GError *error, gint64 retry_after_us, gboolean unclear)
{
  Round *self = job_round (job);

  switch (error->domain == ZQ_FHIR_ERROR ? error->code : -1)
    {
    case ZQ_FHIR_ERROR_CONFLICT:
      on_conflict (job, error);
      break;
    case ZQ_FHIR_ERROR_REFUSED:
    case ZQ_FHIR_ERROR_FORBIDDEN:
    case ZQ_FHIR_ERROR_NOT_FOUND:
    case ZQ_FHIR_ERROR_GONE:
      self->network_failures = 0;
      on_refused_for_good (job, error);
      break;
    case ZQ_FHIR_ERROR_SERVER:
    case ZQ_FHIR_ERROR_PROTOCOL:
    case ZQ_FHIR_ERROR_TOO_LARGE:
      job_later (job, error, retry_after_us, TRUE);
      break;
    default:
      job_later (job, error, retry_after_us, unclear);
    }
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  Round *self = job_round (job);
  g_autoptr (GError) error = NULL;
  gint64 retry_after_us = 0;
  gboolean unclear = FALSE;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, &retry_after_us, &unclear, &error);

  if (response == NULL)
    {
      on_refused (job, error, retry_after_us, unclear);
      return;
    }
  zq_peer_note_date (self->peer, response->date_us, job->began);
  if (is_resource (response->body, job->intent->target_type))
    job_settle (job, ZQ_PUSH_DONE, response->body, NULL, FALSE);
  else
    read_back (job, response->location);
}

static void
on_uploaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  gint64 retry_after_us = 0;
  gboolean unclear = FALSE;
  g_autoptr (GBytes) resource = zq_upload_finish (result, &retry_after_us, &unclear, &error);

  if (resource != NULL)
    {
      job->uploaded = zq_upload_dup_name (resource);
      job_settle (job, ZQ_PUSH_DONE, resource, NULL, FALSE);
    }
  else if (error->domain == ZQ_STORE_ERROR)
    job_settle (job, ZQ_PUSH_HELD, NULL, error->message, FALSE);
  else
    on_refused (job, error, retry_after_us, unclear);
}

static void
job_send (Job *job)
{
  ZqFhirRequest *request;

  if (job->push->content_key != NULL)
    {
      zq_upload_async (job_round (job)->peer, job->push, g_task_get_cancellable (job->task), on_uploaded, job);
      return;
    }
  request = zq_fhir_request_new (job->push->method, job->push->path);
  request->body = g_bytes_ref (job->push->body);
  request->if_match = g_strdup (job->push->if_match);
  request->if_none_exist = g_strdup (job->push->if_none_exist);
  request->prefer = g_strdup ("return=representation");
  job->began = zq_clock_monotonic (job_round (job)->peer->clock);
  zq_fhir_client_send_async (job_round (job)->peer->client, request, g_task_get_cancellable (job->task), on_sent, job);
}

/* --- the round -------------------------------------------------------------------------------- */

/* Its address, or where it has none yet the search for it. */
static char *
name_target (const ZqIntent *intent)
{
  g_autofree char *key = NULL;

  if (intent->target_server_id != NULL)
    return g_strdup_printf ("%s/%s", intent->target_type, intent->target_server_id);
  if (intent->target_local_id == NULL)
    return NULL;
  key = g_uri_escape_string (intent->target_local_id, NULL, FALSE);
  return g_strdup_printf ("%s?identifier=" ZQ_SYSTEM_LOCAL_ID "%%7C%s", intent->target_type, key);
}

/* Of something new; whatever went wrong or changes what is there looks for itself. */
static gboolean
is_first_try (const ZqIntent *intent)
{
  return intent->target_server_id == NULL && intent->state == ZQ_INTENT_WAITING && intent->attempts == 0;
}

/* Reversed, since they are taken from the end. */
static GPtrArray *
list_queries (Round *self, const ZqIntent *intent, char **key_query)
{
  const ZqIntentRule *rule = find_rule (self->peer->store, intent);
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *reversed = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *target = NULL;

  if (rule != NULL && rule->freshen != NULL)
    rule->freshen (zq_store_get_main_db (self->peer->store), intent, zq_store_get_context (self->peer->store), queries);
  for (guint i = queries->len; i-- > 0 && is_first_try (intent);)
    {
      if (is_fresh (self, g_ptr_array_index (queries, i)))
        g_ptr_array_remove_index (queries, i);
    }
  /* What is to be made or changed and whose outcome is open may stand at the hospital already; a file has nothing to be
   * found by, and is sent again. */
  if (intent->state == ZQ_INTENT_SENDING && (rule == NULL || rule->content == NULL))
    {
      target = name_target (intent);
      if (intent->target_server_id == NULL)
        *key_query = g_strdup (target);
      if (target != NULL && !g_ptr_array_find_with_equal_func (queries, target, g_str_equal, NULL))
        g_ptr_array_add (queries, g_steal_pointer (&target));
    }
  while (queries->len > 0)
    g_ptr_array_add (reversed, g_ptr_array_steal_index (queries, queries->len - 1));
  return reversed;
}

static void
start_job (GTask *task, const ZqIntent *intent)
{
  Round *self = g_task_get_task_data (task);
  Job *job = g_new0 (Job, 1);

  job->task = g_object_ref (task);
  job->intent = zq_intent_copy (intent);
  job->is_upload = is_upload (self, intent);
  self->n_uploads += job->is_upload;
  job->queries = list_queries (self, intent, &job->key_query);
  g_hash_table_add (self->active, g_memdup2 (&intent->seq, sizeof intent->seq));
  job_freshen (job);
}

static gboolean
may_start (Round *self, const ZqIntent *intent)
{
  return !g_hash_table_contains (self->active, &intent->seq) && !zq_backoffs_rests (self->backoffs, intent->seq);
}

static void
list_ready (Round *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pushable = NULL;

  self->look = FALSE;
  zq_backoffs_look (self->backoffs);
  pushable = zq_store_list_pushable (zq_store_get_main_db (self->peer->store), zq_clock_now (self->peer->clock),
                                     LIST_LIMIT, &error);

  if (pushable == NULL)
    {
      round_note (self, error);
      self->ended = TRUE;
      return;
    }
  for (guint i = 0; i < pushable->len; i++)
    {
      if (may_start (self, g_ptr_array_index (pushable, i)))
        queue (self, zq_intent_copy (g_ptr_array_index (pushable, i)));
    }
}

static void
start_queued (GTask *task, GQueue *from)
{
  Round *self = g_task_get_task_data (task);
  g_autoptr (ZqIntent) intent = g_queue_pop_head (from);

  g_hash_table_remove (self->queued, &intent->seq);
  if (may_start (self, intent))
    start_job (task, intent);
}

static gboolean
has_room (Round *self)
{
  return g_hash_table_size (self->active) < MAX_ACTIVE;
}

static void
start_jobs (GTask *task)
{
  Round *self = g_task_get_task_data (task);

  if (zq_peer_is_paused (self->peer))
    {
      if (self->error == NULL)
        self->error =
            g_error_new_literal (ZQ_SYNC_ERROR, ZQ_SYNC_ERROR_PAUSED,
                                 "The hospital is busy and asked to wait. What you sent is kept and will go out.");
      return;
    }
  /* All chains are looked through at the beginning, when something was written and there is room for it, and again
   * before it is said that nothing is left. */
  if (self->ready.length == 0 && has_room (self) &&
      (self->look || (self->files.length == 0 && g_hash_table_size (self->active) == 0)))
    list_ready (self);
  while (self->ready.length > 0 && has_room (self))
    start_queued (task, &self->ready);
  while (self->files.length > 0 && has_room (self) && self->n_uploads < MAX_UPLOADS)
    start_queued (task, &self->files);
}

static void
round_pump (GTask *task)
{
  Round *self = g_task_get_task_data (task);

  if (!self->ended && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    start_jobs (task);
  if (g_hash_table_size (self->active) > 0 || self->finished)
    return;
  self->finished = TRUE;
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
}

ZqPushRound *
zq_push_async (
    ZqPeer *peer, ZqBackoffs *backoffs, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Round *self = g_new0 (Round, 1);

  g_task_set_source_tag (task, zq_push_async);
  g_task_set_task_data (task, self, (GDestroyNotify)round_free);
  self->peer = zq_peer_ref (peer);
  self->backoffs = backoffs;
  self->active = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->queued = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->freshened = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->task = task;
  round_pump (task);
  return self;
}

void
zq_push_look (ZqPushRound *self, gboolean anew)
{
  g_autoptr (GTask) task = g_object_ref (self->task);

  if (self->finished)
    return;
  if (anew && self->ended && !zq_peer_is_paused (self->peer))
    {
      self->ended = FALSE;
      self->network_failures = 0;
    }
  self->look = TRUE;
  round_pump (task);
}

gboolean
zq_push_finish (GAsyncResult *result, guint *n_done, gboolean *ended, GError **error)
{
  Round *self = g_task_get_task_data (G_TASK (result));

  if (ended != NULL)
    *ended = self->ended;
  if (n_done != NULL)
    *n_done = self->n_done;
  return g_task_propagate_boolean (G_TASK (result), error);
}
