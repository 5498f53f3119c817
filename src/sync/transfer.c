/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/transfer.h"

#include "base/id.h"
#include "store/attachments-reasons.h"
#include "store/attachments.h"
#include "sync/binary-json.h"

#include <string.h>

#define MAX_ACTIVE 2
#define LIST_LIMIT 256
#define PIECE      (64 * 1024)
#define KEEP_AT    (256 * 1024)
/* What is answered wrongly may be a gateway's bad moment, not for ever. */
#define MAX_ODD_ANSWERS 3

struct _ZqTransfer
{
  /* owned */
  ZqPeer *peer;
  ZqAttachments *files;
  ZqBackoffs *backoffs; /* by the hash of the key: two that share one rest together */
  GHashTable *jobs;     /* key → Job, borrowed */
  GHashTable *afresh;   /* keys whose rest did not fit to what was kept */

  gboolean running;
  guint failures;    /* the hospital was not reached, in a row */
  gint64 rest_until; /* monotonic */
  guint alarm;
  gulong wanted_id;
  gulong changed_id;
  gint refs;
};

typedef struct
{
  ZqTransfer *transfer; /* a reference */
  char *key;
  char *content_type; /* wanted; or NULL */
  char *hash;
  gint64 said; /* size; 0: not said */
  GCancellable *cancellable;

  /* in progress */
  gboolean as_json; /* asked for so */
  gboolean resumes;
  gint64 began;         /* monotonic */
  gint64 done;          /* bytes of the file, also those that lie in @bytes */
  gint64 length;        /* of the answer's body; -1: not told */
  gint64 received;      /* of it */
  GInputStream *stream; /* of the answer */
  ZqBinaryJson *json;   /* the answer is FHIR JSON */
  GByteArray *bytes;    /* not kept yet */
  gboolean broken;      /* the connection: what has come is kept, then it rests */
} Job;

static void pump (ZqTransfer *self);
static void job_ask (Job *job);
static void job_read (Job *job);

static void
transfer_unref (ZqTransfer *self)
{
  if (--self->refs > 0)
    return;
  zq_peer_unref (self->peer);
  g_object_unref (self->files);
  zq_backoffs_free (self->backoffs);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->afresh);
  g_free (self);
}

/* --- the end of a job ------------------------------------------------------------------------- */

static void
drop_stream (Job *job)
{
  if (job->stream != NULL)
    g_input_stream_close_async (job->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_clear_object (&job->stream);
}

static void
job_end (Job *job)
{
  ZqTransfer *self = job->transfer;

  g_hash_table_remove (self->jobs, job->key);
  drop_stream (job);
  g_clear_pointer (&job->json, zq_binary_json_free);
  g_free (job->key);
  g_free (job->content_type);
  g_free (job->hash);
  g_object_unref (job->cancellable);
  g_byte_array_unref (job->bytes);
  g_free (job);
  pump (self);
  transfer_unref (self);
}

static void
job_refuse (Job *job, const char *reason)
{
  zq_backoffs_worked (job->transfer->backoffs, g_str_hash (job->key));
  zq_attachments_refuse (job->transfer->files, job->key, reason);
  job_end (job);
}

/* It stays wanted. */
static void
job_later (Job *job, gint64 retry_after_us)
{
  zq_backoffs_failed (job->transfer->backoffs, g_str_hash (job->key), retry_after_us);
  zq_attachments_pause (job->transfer->files, job->key);
  job_end (job);
}

static void
job_odd (Job *job, const char *reason)
{
  if (zq_backoffs_get_failures (job->transfer->backoffs, g_str_hash (job->key)) + 1 >= MAX_ODD_ANSWERS)
    job_refuse (job, reason);
  else
    job_later (job, 0);
}

/* The next one would fare the same. */
static void
rest (ZqTransfer *self)
{
  self->rest_until = zq_clock_monotonic (self->peer->clock) + zq_backoff_delay (self->failures++);
}

static void
job_unreached (Job *job)
{
  rest (job->transfer);
  zq_attachments_pause (job->transfer->files, job->key);
  job_end (job);
}

static void
job_refused (Job *job)
{
  if (job->resumes)
    {
      /* 416, or a server that does not know ranges. */
      g_hash_table_add (job->transfer->afresh, g_strdup (job->key));
      job->resumes = FALSE;
      job_ask (job);
    }
  else if (!job->as_json)
    {
      job->as_json = TRUE;
      job_ask (job);
    }
  else
    job_refuse (job, ZQ_ATTACHMENT_REASON_REFUSED);
}

static void
job_fail (Job *job, const GError *error, gint64 retry_after_us)
{
  if (error->domain != ZQ_FHIR_ERROR)
    {
      zq_attachments_pause (job->transfer->files, job->key);
      job_end (job);
      return;
    }
  switch ((ZqFhirError)error->code)
    {
    case ZQ_FHIR_ERROR_FORBIDDEN:
      job_refuse (job, ZQ_ATTACHMENT_REASON_FORBIDDEN);
      break;
    case ZQ_FHIR_ERROR_NOT_FOUND:
    case ZQ_FHIR_ERROR_GONE:
      job_refuse (job, ZQ_ATTACHMENT_REASON_NOT_THERE);
      break;
    case ZQ_FHIR_ERROR_CONFLICT:
    case ZQ_FHIR_ERROR_REFUSED:
      job_refused (job);
      break;
    case ZQ_FHIR_ERROR_PROTOCOL:
    case ZQ_FHIR_ERROR_TOO_LARGE:
      job_odd (job, ZQ_ATTACHMENT_REASON_UNREADABLE);
      break;
    case ZQ_FHIR_ERROR_BUSY:
      zq_peer_pause (job->transfer->peer, retry_after_us, 1);
      job_later (job, retry_after_us);
      break;
    case ZQ_FHIR_ERROR_SERVER:
      job_later (job, retry_after_us);
      break;
    case ZQ_FHIR_ERROR_NETWORK:
    case ZQ_FHIR_ERROR_TLS:
    case ZQ_FHIR_ERROR_SIGNED_OUT:
    default:
      job_unreached (job);
    }
}

/* --- what comes ------------------------------------------------------------------------------- */

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  ZqTransfer *self = job->transfer;
  g_autoptr (GError) error = NULL;

  zq_backoffs_worked (self->backoffs, g_str_hash (job->key));
  if (zq_attachments_end_finish (ZQ_ATTACHMENTS (source), result, &error))
    g_hash_table_remove (self->afresh, job->key);
  /* What was kept may be of another version than its rest. */
  else if (g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE) && job->resumes)
    {
      g_hash_table_add (self->afresh, g_strdup (job->key));
      zq_attachments_want (self->files, job->key, job->said, job->hash, job->content_type);
    }
  else if (!g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE))
    zq_attachments_pause (self->files, job->key);
  job_end (job);
}

/* Whether the connection ended before the file did. */
static gboolean
is_cut (Job *job)
{
  if (job->json != NULL)
    return !zq_binary_json_is_whole (job->json);
  if (job->length >= 0)
    return job->received < job->length;
  return job->said > 0 && job->done < job->said;
}

static void
job_finish (Job *job)
{
  if (job->broken)
    job_later (job, 0);
  else if (is_cut (job) && (job->length >= 0 || job->json != NULL))
    job_later (job, 0);
  else if (is_cut (job))
    job_odd (job, ZQ_ATTACHMENT_REASON_SIZE);
  else if (job->json != NULL && !zq_binary_json_has_data (job->json))
    job_refuse (job, ZQ_ATTACHMENT_REASON_UNREADABLE);
  else
    zq_attachments_end_async (job->transfer->files, job->key, on_ended, job);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;

  if (zq_attachments_append_finish (ZQ_ATTACHMENTS (source), result, &error))
    {
      if (job->stream != NULL)
        job_read (job);
      else
        job_finish (job);
    }
  /* Nobody wants it any more, or the disk is full. */
  else if (g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE))
    job_end (job);
  else
    job_later (job, 0);
}

static void
job_keep (Job *job)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (job->bytes);

  job->bytes = g_byte_array_new ();
  zq_attachments_append_async (job->transfer->files, job->key, bytes, on_kept, job);
}

/* FALSE: the job is over. */
static gboolean
job_take (Job *job, GBytes *piece)
{
  gsize length = 0, before = job->bytes->len;
  const char *text = g_bytes_get_data (piece, &length);

  job->received += (gint64)length;
  if (job->json == NULL)
    g_byte_array_append (job->bytes, (const guint8 *)text, (guint)length);
  else if (!zq_binary_json_feed (job->json, text, length, job->bytes))
    {
      job_odd (job, ZQ_ATTACHMENT_REASON_UNREADABLE);
      return FALSE;
    }
  job->done += (gint64)(job->bytes->len - before);
  if (job->done > ZQ_TRANSFER_LIMIT || job->received > 2 * (gint64)ZQ_TRANSFER_LIMIT)
    job_refuse (job, ZQ_ATTACHMENT_REASON_TOO_LARGE);
  else if (job->said > 0 && job->done > job->said)
    job_refuse (job, ZQ_ATTACHMENT_REASON_SIZE);
  else
    return TRUE;
  return FALSE;
}

static void
on_piece (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) piece = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (piece == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          zq_attachments_pause (job->transfer->files, job->key);
          job_end (job);
          return;
        }
      job->broken = TRUE;
    }
  if (piece == NULL || g_bytes_get_size (piece) == 0)
    {
      drop_stream (job);
      if (job->bytes->len > 0)
        job_keep (job);
      else
        job_finish (job);
    }
  else if (job_take (job, piece))
    {
      if (job->bytes->len >= KEEP_AT)
        job_keep (job);
      else
        job_read (job);
    }
}

static void
job_read (Job *job)
{
  g_input_stream_read_bytes_async (job->stream, PIECE, G_PRIORITY_DEFAULT, job->cancellable, on_piece, job);
}

/* --- asking --------------------------------------------------------------------------------------- */

/* A server may answer so whatever it was asked for. */
static gboolean
is_fhir_json (Job *job, const char *type)
{
  if (g_strcmp0 (type, "application/fhir+json") == 0 || g_strcmp0 (type, "application/json+fhir") == 0)
    return TRUE;
  return g_strcmp0 (type, "application/json") == 0 &&
         (job->as_json || job->content_type == NULL || !g_str_has_prefix (job->content_type, "application/json"));
}

/* What can be known before the first byte. NULL: go on. */
static const char *
find_fault (Job *job, const ZqFhirResponse *response)
{
  gint64 total = response->length >= 0 && job->json == NULL ? job->done + response->length : -1;

  if (total > ZQ_TRANSFER_LIMIT)
    return ZQ_ATTACHMENT_REASON_TOO_LARGE;
  if (total >= 0 && job->said > 0 && total != job->said)
    return ZQ_ATTACHMENT_REASON_SIZE;
  return NULL;
}

static void
job_open (Job *job, ZqFhirResponse *response)
{
  const char *fault;

  job->stream = g_object_ref (response->stream);
  job->length = response->length;
  job->received = 0;
  if (is_fhir_json (job, response->content_type))
    job->json = zq_binary_json_new ();
  if (response->status == 206 && (!job->resumes || response->range_start != job->done || job->json != NULL))
    {
      drop_stream (job);
      g_hash_table_add (job->transfer->afresh, g_strdup (job->key));
      job_odd (job, ZQ_ATTACHMENT_REASON_UNREADABLE);
      return;
    }
  if (response->status != 206)
    {
      job->resumes = FALSE;
      job->done = 0;
    }
  fault = find_fault (job, response);
  if (fault != NULL)
    {
      job_refuse (job, fault);
      return;
    }
  if (!job->resumes)
    zq_attachments_begin (job->transfer->files, job->key, job->json == NULL ? response->length : 0);
  job_read (job);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  gint64 retry_after_us = 0;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, &retry_after_us, NULL, &error);

  if (response == NULL)
    {
      job_fail (job, error, retry_after_us);
      return;
    }
  job->transfer->failures = 0;
  zq_peer_note_date (job->transfer->peer, response->date_us, job->began);
  job_open (job, response);
}

static void
job_ask (Job *job)
{
  ZqFhirRequest *request = zq_fhir_request_new ("GET", job->key);

  request->streamed = TRUE;
  if (!job->as_json)
    request->accept = g_strdup (job->content_type != NULL ? job->content_type : "*/*");
  if (job->resumes)
    request->range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-", job->done);
  job->began = zq_clock_monotonic (job->transfer->peer->clock);
  zq_fhir_client_send_async (job->transfer->peer->client, request, job->cancellable, on_answered, job);
}

/* What stands in a message is somebody else's words: only a plain type gets into a header. */
static char *
plain_type (const char *type)
{
  gsize n = type != NULL ? strcspn (type, "; ") : 0;

  if (n == 0 || n > 127 || memchr (type, '/', n) == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (type[i]) && strchr ("/+-._", type[i]) == NULL)
      return NULL;
  return g_strndup (type, n);
}

/* "Binary/12", or an address of the hospital's own origin; the token goes with it. NULL: it may be fetched. */
static const char *
find_obstacle (ZqTransfer *self, const char *key, gint64 said)
{
  if (said > ZQ_TRANSFER_LIMIT)
    return ZQ_ATTACHMENT_REASON_TOO_LARGE;
  if (g_str_has_prefix (key, "urn:"))
    return ZQ_ATTACHMENT_REASON_NOT_THERE;
  if (g_str_has_prefix (key, "Binary/"))
    return zq_id_is_valid (key + strlen ("Binary/")) ? NULL : ZQ_ATTACHMENT_REASON_NOT_THERE;
  if (strstr (key, "://") == NULL || !zq_fhir_client_reaches (self->peer->client, key))
    return ZQ_ATTACHMENT_REASON_ELSEWHERE;
  return NULL;
}

static void
start_job (ZqTransfer *self, const char *key)
{
  g_auto (ZqAttachmentInfo) info = { 0 };
  g_autofree char *hash = NULL;
  const char *obstacle;
  gint64 said = 0;
  Job *job;

  zq_attachments_peek (self->files, key, &info);
  zq_attachments_get_said (self->files, key, &said, &hash);
  obstacle = find_obstacle (self, key, said);
  if (obstacle != NULL)
    {
      zq_attachments_refuse (self->files, key, obstacle);
      return;
    }
  job = g_new0 (Job, 1);
  job->transfer = self;
  self->refs++;
  job->key = g_strdup (key);
  job->content_type = plain_type (info.content_type);
  job->hash = g_steal_pointer (&hash);
  job->said = said;
  job->cancellable = g_cancellable_new ();
  job->bytes = g_byte_array_new ();
  job->resumes = info.done > 0 && job->hash != NULL && !g_hash_table_contains (self->afresh, key);
  job->done = job->resumes ? info.done : 0;
  g_hash_table_insert (self->jobs, job->key, job);
  job_ask (job);
}

/* --- when --------------------------------------------------------------------------------------- */

static void
on_alarm (gpointer data)
{
  ZqTransfer *self = data;

  self->alarm = 0;
  pump (self);
}

static void
set_alarm (ZqTransfer *self, gboolean waits)
{
  gint64 now = zq_clock_monotonic (self->peer->clock);
  gint64 next = waits ? zq_backoffs_next (self->backoffs) : 0;

  zq_clock_clear (self->peer->clock, &self->alarm);
  if (waits && self->rest_until > now)
    next = MAX (next, self->rest_until);
  if (waits && zq_peer_is_paused (self->peer))
    next = MAX (next, self->peer->pause_until);
  if (next != 0)
    self->alarm = zq_clock_alarm_in (self->peer->clock, MAX (next - now, G_USEC_PER_SEC / 10), on_alarm, self);
}

static void
pump (ZqTransfer *self)
{
  g_auto (GStrv) keys = NULL;
  gboolean waits = FALSE;

  if (!self->running || g_hash_table_size (self->jobs) >= MAX_ACTIVE)
    return;
  zq_backoffs_look (self->backoffs);
  keys = zq_attachments_list_wanted (self->files, LIST_LIMIT);
  for (guint i = 0; keys[i] != NULL && g_hash_table_size (self->jobs) < MAX_ACTIVE; i++)
    {
      if (g_hash_table_contains (self->jobs, keys[i]))
        continue;
      if (zq_peer_is_paused (self->peer) || zq_clock_monotonic (self->peer->clock) < self->rest_until ||
          zq_backoffs_rests (self->backoffs, g_str_hash (keys[i])))
        waits = TRUE;
      else
        start_job (self, keys[i]);
    }
  set_alarm (self, waits);
}

static void
on_wanted (ZqAttachments *files, ZqTransfer *self)
{
  pump (self);
}

/* Somebody let go of it while it comes. */
static void
on_changed (ZqAttachments *files, const char *key, ZqTransfer *self)
{
  Job *job = g_hash_table_lookup (self->jobs, key);
  g_auto (ZqAttachmentInfo) info = { 0 };

  if (job == NULL)
    return;
  zq_attachments_peek (files, key, &info);
  if (info.state == ZQ_ATTACHMENT_NONE)
    g_cancellable_cancel (job->cancellable);
}

ZqTransfer *
zq_transfer_new (ZqPeer *peer)
{
  ZqTransfer *self = g_new0 (ZqTransfer, 1);

  self->refs = 1;
  self->peer = zq_peer_ref (peer);
  self->files = g_object_ref (zq_store_get_attachments (peer->store));
  self->backoffs = zq_backoffs_new (peer->clock);
  self->jobs = g_hash_table_new (g_str_hash, g_str_equal);
  self->afresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->wanted_id = g_signal_connect (self->files, "wanted", G_CALLBACK (on_wanted), self);
  self->changed_id = g_signal_connect (self->files, "changed", G_CALLBACK (on_changed), self);
  return self;
}

void
zq_transfer_start (ZqTransfer *self)
{
  self->running = TRUE;
  pump (self);
}

void
zq_transfer_stop (ZqTransfer *self)
{
  GHashTableIter iter;
  gpointer job;

  self->running = FALSE;
  zq_clock_clear (self->peer->clock, &self->alarm);
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    g_cancellable_cancel (((Job *)job)->cancellable);
}

void
zq_transfer_now (ZqTransfer *self)
{
  self->failures = 0;
  self->rest_until = 0;
  zq_backoffs_clear (self->backoffs);
  pump (self);
}

void
zq_transfer_free (ZqTransfer *self)
{
  if (self == NULL)
    return;
  zq_transfer_stop (self);
  g_clear_signal_handler (&self->wanted_id, self->files);
  g_clear_signal_handler (&self->changed_id, self->files);
  transfer_unref (self);
}
