/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/peer.h"

#include "resource/datetime.h"

#define TOLERATED_OFFSET_US (1 * G_USEC_PER_SEC)

G_DEFINE_QUARK (zq - sync - error - quark, zq_sync_error)

ZqPeer *
zq_peer_new (ZqStore *store, ZqFhirClient *client, ZqClock *clock, const ZqSyncScope *scope)
{
  static const char *const nowhere[] = { NULL };
  ZqPeer *self = g_rc_box_new0 (ZqPeer);

  self->store = g_object_ref (store);
  self->client = g_object_ref (client);
  self->clock = g_object_ref (clock);
  self->me = g_strdup (scope->me != NULL ? scope->me : "");
  self->departments = g_strdupv ((GStrv)(scope->departments != NULL ? scope->departments : nowhere));
  self->read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->wanted = zq_backoffs_new (clock);
  self->newest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->too_large = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

ZqPeer *
zq_peer_ref (ZqPeer *self)
{
  return g_rc_box_acquire (self);
}

static void
peer_clear (ZqPeer *self)
{
  g_object_unref (self->store);
  g_object_unref (self->client);
  g_object_unref (self->clock);
  g_free (self->me);
  g_strfreev (self->departments);
  g_hash_table_unref (self->read);
  zq_backoffs_free (self->wanted);
  g_hash_table_unref (self->newest);
  g_hash_table_unref (self->too_large);
}

void
zq_peer_unref (ZqPeer *self)
{
  g_rc_box_release_full (self, (GDestroyNotify)peer_clear);
}

void
zq_peer_note_date (ZqPeer *self, gint64 date_us, gint64 began)
{
  gint64 now = zq_clock_now (self->clock);
  gint64 start = now - (zq_clock_monotonic (self->clock) - began);
  gint64 off;

  if (date_us == 0 || (date_us >= start - TOLERATED_OFFSET_US && date_us <= now + TOLERATED_OFFSET_US))
    return;
  /* The header tells whole seconds: on average it is half a second behind. */
  off = date_us + G_USEC_PER_SEC / 2 - (date_us < start ? start : now);
  zq_clock_set_server_offset (self->clock, zq_clock_get_server_offset (self->clock) + off);
}

void
zq_peer_pause (ZqPeer *self, gint64 retry_after_us, guint attempt)
{
  gint64 delay = retry_after_us > 0 ? retry_after_us : zq_backoff_delay (attempt);

  self->pause_until = MAX (self->pause_until, zq_clock_monotonic (self->clock) + delay);
}

gboolean
zq_peer_is_paused (ZqPeer *self)
{
  return zq_clock_monotonic (self->clock) < self->pause_until;
}

gboolean
zq_peer_ends_round (const GError *error)
{
  return g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_BUSY) ||
         g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_CLOSED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

void
zq_page_free (ZqPage *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bundle, zq_bundle_unref);
  g_free (self->newest);
  g_free (self->oldest);
  g_free (self);
}

gint64
zq_sync_instant (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return text != NULL ? zq_date_time_parse (text, utc).start : 0;
}

gboolean
zq_sync_find_member (ZqScan *scan, const char *name)
{
  while (zq_scan_next (scan) == ZQ_TOKEN_NAME)
    {
      gboolean found = zq_scan_string_equals (scan, name);

      zq_scan_next (scan);
      if (found)
        return TRUE;
      if (!zq_scan_skip (scan))
        return FALSE;
    }
  return FALSE;
}

/* meta.lastUpdated without reading the rest; NULL when there is none. */
static char *
last_updated_of (const ZqBundleEntry *entry)
{
  ZqScan scan;

  zq_scan_init (&scan, entry->raw, entry->raw_length);
  if (zq_scan_next (&scan) == ZQ_TOKEN_OBJECT_BEGIN && zq_sync_find_member (&scan, "meta") &&
      scan.type == ZQ_TOKEN_OBJECT_BEGIN && zq_sync_find_member (&scan, "lastUpdated") && scan.type == ZQ_TOKEN_STRING)
    return zq_scan_dup_string (&scan);
  return NULL;
}

/* The cursor goes into the transaction of the page, so its span is wanted before that. */
static void
measure_page (ZqPage *page)
{
  gint64 high = 0, low = 0;

  for (guint i = 0; i < zq_bundle_get_n_entries (page->bundle); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (page->bundle, i);
      g_autofree char *text = NULL;
      gint64 at;

      if (entry->raw == NULL || (entry->search_mode != NULL && !g_str_equal (entry->search_mode, "match")))
        continue;
      text = last_updated_of (entry);
      at = zq_sync_instant (text);
      if (at == 0)
        continue;
      if (page->newest == NULL || at > high)
        {
          g_free (page->newest);
          page->newest = g_strdup (text);
          high = at;
        }
      if (page->oldest == NULL || at < low)
        {
          g_free (page->oldest);
          page->oldest = g_strdup (text);
          low = at;
        }
    }
}

/* --- fetch ------------------------------------------------------------------------------------ */

typedef struct
{
  /* input */
  ZqPeer *peer;
  char *path;

  /* in progress */
  guint tries;
  gint64 began; /* monotonic: this try */
  GBytes *body;
  gint64 date_us;
} Fetch;

static void
fetch_free (Fetch *self)
{
  zq_peer_unref (self->peer);
  g_free (self->path);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

static void fetch_send (GTask *task);

/* A whole page takes milliseconds to split: not the main thread's work. */
static void
split_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  g_autoptr (GError) error = NULL;
  ZqBundle *bundle = zq_bundle_read (fetch->body, &error);
  ZqPage *page;

  if (bundle == NULL && strchr (fetch->path, '?') == NULL && g_error_matches (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE))
    bundle = zq_bundle_new_single (fetch->body);
  if (bundle == NULL)
    {
      g_prefix_error (&error, "The hospital's answer cannot be read: %.*s: ", (int)strcspn (fetch->path, "?"),
                      fetch->path);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  page = g_new0 (ZqPage, 1);
  page->bundle = bundle;
  page->date_us = fetch->date_us;
  measure_page (page);
  g_task_return_pointer (task, page, (GDestroyNotify)zq_page_free);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gint64 retry_after_us = 0;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, &retry_after_us, NULL, &error);

  if (response == NULL)
    {
      if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK) && ++fetch->tries < 2)
        {
          fetch_send (task);
          return;
        }
      if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_BUSY))
        zq_peer_pause (fetch->peer, retry_after_us, 1);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  zq_peer_note_date (fetch->peer, response->date_us, fetch->began);
  fetch->date_us = response->date_us;
  fetch->body = g_bytes_ref (response->body);
  g_task_run_in_thread (task, split_in_thread);
}

static void
fetch_send (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);

  fetch->began = zq_clock_monotonic (fetch->peer->clock);
  zq_fhir_client_send_async (fetch->peer->client, zq_fhir_request_new ("GET", fetch->path),
                             g_task_get_cancellable (task), on_fetched, g_object_ref (task));
}

void
zq_fetch_async (ZqPeer *peer, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Fetch *fetch = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, zq_fetch_async);
  fetch->peer = zq_peer_ref (peer);
  fetch->path = g_strdup (path);
  g_task_set_task_data (task, fetch, (GDestroyNotify)fetch_free);
  fetch_send (task);
}

ZqPage *
zq_fetch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
