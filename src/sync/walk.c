/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/walk.h"

#include "resource/datetime.h"
#include "resource/json.h"
#include "sync/apart.h"
#include "sync/progress.h"

/* Of a search with a cursor, whose pages are an import; and of what a hint brings. */
#define PAGE_SIZE       500
#define QUICK_PAGE_SIZE 100
/* By so much smaller are pages after one that was too large. */
#define PAGE_SHRINKS 20
/* Of names alone, whose things are read one by one. */
#define LIST_SIZE       50
#define MAX_RESTARTS    3
#define MAX_EMPTY_PAGES 20
/* So far back a hint looks: a server tells of a commit soon after it. */
#define QUICK_OVERLAP_US (2 * G_USEC_PER_SEC)

typedef struct
{
  /* input */
  ZqPeer *peer;
  ZqWalkMode mode;
  char *query;
  char *kind;
  char *scope;

  /* in progress */
  ZqCursor cursor; /* as it is committed */
  ZqCursor next;   /* as it will be with this page */
  gboolean saves;  /* this page brings the cursor along */
  GHashTable *seen;
  char *path;
  ZqPage *page;
  gboolean ingesting; /* @page goes into the store */
  gboolean fetching;  /* the page after it is under way */
  ZqPage *ahead;      /* it has come */
  GError *ahead_error;
  GError *failed; /* of the store */
  char *newest;   /* of this pass */
  gboolean apart; /* pages are lists: even one thing alone was too large */
  gboolean anew;  /* past that, the search goes on as before */
  gint64 since;   /* where it was when it came apart */
  char *passed;   /* forwards: all before this has been taken */
  guint restarts;
  guint page_size;
  guint n_pages;
  guint n_empty;
} Walk;

static void walk_fetch (GTask *task);
static void walk_go_on (GTask *task);
static void walk_fail (GTask *task, GError *error);
static void take_page (GTask *task);

static void
walk_free (Walk *self)
{
  zq_peer_unref (self->peer);
  g_free (self->query);
  g_free (self->kind);
  g_free (self->scope);
  zq_cursor_clear (&self->cursor);
  zq_cursor_clear (&self->next);
  g_hash_table_unref (self->seen);
  g_free (self->path);
  g_clear_pointer (&self->page, zq_page_free);
  g_clear_pointer (&self->ahead, zq_page_free);
  g_clear_error (&self->ahead_error);
  g_clear_error (&self->failed);
  g_free (self->newest);
  g_free (self->passed);
  g_free (self);
}

static void
copy_cursor (const ZqCursor *from, ZqCursor *to)
{
  zq_cursor_clear (to);
  to->high = g_strdup (from->high);
  to->low = g_strdup (from->low);
  to->filled = from->filled;
}

static char *
with_search (const Walk *self, const char *prefix, const char *at, const char *sort)
{
  g_autofree char *since = NULL;

  /* A zone's "+" would be read as a space. */
  if (at != NULL)
    {
      g_autofree char *escaped = g_uri_escape_string (at, ":", FALSE);

      since = g_strconcat ("&_lastUpdated=", prefix, escaped, NULL);
    }
  return g_strdup_printf ("%s%s%s&_sort=%s&_count=%u%s", self->query, strchr (self->query, '?') != NULL ? "" : "?",
                          since != NULL ? since : "", sort, self->apart ? LIST_SIZE : self->page_size,
                          self->apart ? ZQ_APART_ELEMENTS : "");
}

/* The newest that any walk of this search has brought, as far as the hospital's clock allows. */
static gint64
newest_seen (const Walk *self)
{
  g_autofree char *name = g_strconcat (self->kind, "/", self->scope, NULL);
  const gint64 *seen = g_hash_table_lookup (self->peer->newest, name);
  gint64 high = zq_sync_instant (self->cursor.high);

  return seen != NULL ? MAX (*seen, high) : high;
}

static void
note_newest (Walk *self)
{
  gint64 now = self->page->date_us != 0 ? self->page->date_us : zq_clock_now (self->peer->clock);
  gint64 at = MIN (zq_sync_instant (self->page->newest), now + G_USEC_PER_SEC);

  if (self->kind != NULL && at > newest_seen (self))
    g_hash_table_replace (self->peer->newest, g_strconcat (self->kind, "/", self->scope, NULL),
                          g_memdup2 (&at, sizeof at));
}

static guint
whole_page (const Walk *self)
{
  return self->mode == ZQ_WALK_QUICK ? QUICK_PAGE_SIZE : PAGE_SIZE;
}

static char *
first_path (const Walk *self)
{
  g_autofree char *since = NULL;

  if (self->passed != NULL)
    return with_search (self, "ge", self->passed, "_lastUpdated");
  switch (self->mode)
    {
    case ZQ_WALK_BACKWARDS:
      return with_search (self, "le", self->cursor.low, "-_lastUpdated");
    case ZQ_WALK_FORWARDS:
      since = zq_instant_format (zq_sync_instant (self->cursor.high) - ZQ_SYNC_OVERLAP_US);
      return with_search (self, "ge", since, "_lastUpdated");
    case ZQ_WALK_QUICK:
      since = zq_instant_format (newest_seen (self) - QUICK_OVERLAP_US);
      return with_search (self, "ge", since, "_lastUpdated");
    case ZQ_WALK_PLAIN:
    case ZQ_WALK_FIRST:
    default:
      return g_strdup (self->query);
    }
}

static void
walk_begin (GTask *task)
{
  Walk *self = g_task_get_task_data (task);

  g_hash_table_remove_all (self->seen);
  g_free (self->path);
  self->path = first_path (self);
  g_free (self->newest);
  self->newest = g_strdup (self->passed);
  self->n_pages = 0;
  self->n_empty = 0;
  walk_fetch (task);
}

/* The link of the page to come, or NULL at the end. FALSE: it goes round in a circle. */
static gboolean
next_link (Walk *self, const char **link, GError **error)
{
  *link = zq_bundle_get_next (self->page->bundle);
  self->n_empty = zq_bundle_get_n_entries (self->page->bundle) == 0 ? self->n_empty + 1 : 0;
  if (*link != NULL && (g_hash_table_contains (self->seen, *link) || self->n_empty > MAX_EMPTY_PAGES))
    {
      g_set_error (error, ZQ_SYNC_ERROR, ZQ_SYNC_ERROR_LOOP,
                   "The hospital's pages go round in a circle. What was read is kept: %.*s",
                   (int)strcspn (self->query, "?"), self->query);
      return FALSE;
    }
  return TRUE;
}

/* Diagnostics count a scope whose pages are no FHIR until they can be read again. */
static void
note_page (Walk *self, const GError *error)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", self->kind, self->scope);

  if (self->kind == NULL)
    return;
  if (error == NULL && g_hash_table_add (self->peer->read, g_strdup (name)))
    zq_store_note_page_async (self->peer->store, name, NULL, NULL, NULL);
  if (error != NULL &&
      (error->domain == ZQ_JSON_ERROR || g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL) ||
       g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE)))
    {
      g_hash_table_remove (self->peer->read, name);
      zq_store_note_page_async (self->peer->store, name, error->message, NULL, NULL);
    }
}

/* No row's instant moves the high mark past the hospital's own time, and none that is past it stays: what
 * comes until then would never be asked for. The Date header tells whole seconds. */
static void
bound_high (Walk *self)
{
  gint64 now = self->page->date_us != 0 ? self->page->date_us : zq_clock_now (self->peer->clock);

  if (self->next.high == NULL || zq_sync_instant (self->next.high) < now + G_USEC_PER_SEC)
    return;
  g_free (self->next.high);
  self->next.high = zq_instant_format (now);
}

/* Backwards every page moves the cursor; forwards the last one does, since before it older news may
 * still be to come. */
static void
advance (Walk *self)
{
  gboolean last = zq_bundle_get_next (self->page->bundle) == NULL;

  copy_cursor (&self->cursor, &self->next);
  self->saves = self->mode == ZQ_WALK_BACKWARDS || (self->mode == ZQ_WALK_FORWARDS && last);

  if (self->mode == ZQ_WALK_BACKWARDS)
    {
      /* The newest row's own instant is the hospital's clock; its Date header serves where there is no row. */
      if (self->next.high == NULL && self->page->newest != NULL)
        self->next.high = g_strdup (self->page->newest);
      else if (self->next.high == NULL)
        self->next.high =
            zq_instant_format (self->page->date_us != 0 ? self->page->date_us : zq_clock_now (self->peer->clock));
      if (self->page->oldest != NULL)
        {
          g_free (self->next.low);
          self->next.low = g_strdup (self->page->oldest);
        }
      self->next.filled = last;
    }
  else if (zq_sync_instant (self->page->newest) > zq_sync_instant (self->newest))
    {
      g_free (self->newest);
      self->newest = g_strdup (self->page->newest);
    }
  if (self->mode == ZQ_WALK_FORWARDS && zq_sync_instant (self->newest) > zq_sync_instant (self->next.high))
    {
      g_free (self->next.high);
      self->next.high = g_strdup (self->newest);
    }
  bound_high (self);
}

/* A page that is gone (410) was a link's: the search behind it has to be made again. */
static gboolean
restarts (Walk *self, const GError *error)
{
  return g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_GONE) && self->n_pages > 0 &&
         self->restarts++ < MAX_RESTARTS;
}

static void
set_count (Walk *self, guint count, const char *elements)
{
  const char *old = g_strrstr (self->query, "&_count=");
  g_autofree char *plain = old != NULL ? g_strndup (self->query, old - self->query) : g_strdup (self->query);

  g_free (self->query);
  self->query = g_strdup_printf ("%s&_count=%u%s", plain, count, elements);
}

/* What is large among many is small alone: the search is made again from where the cursor stands. */
static gboolean
shrinks (Walk *self, const GError *error)
{
  const char *count = g_strrstr (self->query, "&_count=");

  if (!g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE) || self->apart || self->page_size == 1 ||
      self->mode == ZQ_WALK_FIRST || (self->mode == ZQ_WALK_PLAIN && count == NULL))
    return FALSE;
  self->page_size = MAX (self->page_size / PAGE_SHRINKS, 1);
  if (self->mode == ZQ_WALK_PLAIN)
    set_count (self, self->page_size, "");
  return TRUE;
}

/* What is large alone stands in nobody's way: what there is is asked for by name. */
static gboolean
comes_apart (Walk *self, const GError *error)
{
  if (!g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE) || self->apart || self->mode == ZQ_WALK_FIRST ||
      (self->mode == ZQ_WALK_PLAIN && strchr (self->query, '?') == NULL))
    return FALSE;
  self->apart = TRUE;
  if (self->mode == ZQ_WALK_PLAIN)
    set_count (self, LIST_SIZE, ZQ_APART_ELEMENTS);
  else if (self->mode == ZQ_WALK_BACKWARDS)
    self->since = self->cursor.low != NULL ? zq_sync_instant (self->cursor.low) : G_MAXINT64;
  else
    self->since = zq_sync_instant (self->passed);
  return TRUE;
}

/* With this list the search has come on, so that it can be made anew in whole pages from there: which may come apart
 * again, but not at the same place. */
static gboolean
goes_whole (Walk *self)
{
  if (!self->apart || self->mode == ZQ_WALK_PLAIN || zq_bundle_get_next (self->page->bundle) == NULL)
    return FALSE;
  if (self->mode == ZQ_WALK_BACKWARDS ? zq_sync_instant (self->next.low) >= self->since
                                      : zq_sync_instant (self->page->newest) <= self->since)
    return FALSE;
  if (self->mode != ZQ_WALK_BACKWARDS)
    {
      g_free (self->passed);
      self->passed = g_strdup (self->page->newest);
    }
  self->apart = FALSE;
  self->page_size = whole_page (self);
  return TRUE;
}

/* Fetches what comes after @page while that goes into the store. */
static void
fetch_next (GTask *task)
{
  Walk *self = g_task_get_task_data (task);
  const char *link = NULL;
  g_autoptr (GError) error = NULL;

  if (self->mode == ZQ_WALK_FIRST || !next_link (self, &link, &error))
    {
      self->ahead_error = g_steal_pointer (&error);
      return;
    }
  if (link == NULL)
    return;
  g_free (self->path);
  self->path = g_strdup (link);
  walk_fetch (task);
}

static void
on_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Walk *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  self->ingesting = FALSE;
  if (ingested == NULL)
    {
      walk_fail (task, g_steal_pointer (&error));
      return;
    }
  if (self->saves)
    copy_cursor (&self->next, &self->cursor);
  note_newest (self);
  if (self->mode == ZQ_WALK_BACKWARDS && self->peer->progress != NULL)
    zq_progress_take (self->peer->progress, zq_bundle_get_n_entries (self->page->bundle));
  walk_go_on (task);
}

/* A read by id, as of something that is referred to. */
static gboolean
is_single_too_large (const Walk *self)
{
  return g_error_matches (self->ahead_error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE) && self->mode == ZQ_WALK_PLAIN &&
         strchr (self->query, '/') != NULL && strchr (self->query, '?') == NULL;
}

static void
on_single_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
tell_single (GTask *task)
{
  Walk *self = g_task_get_task_data (task);
  const char *slash = strchr (self->query, '/');
  g_autofree char *type = g_strndup (self->query, slash - self->query);

  zq_apart_tell_async (self->peer, type, slash + 1, on_single_told, g_object_ref (task));
}

/* Whichever comes last, the page in the store or the one after it here. */
static void
walk_go_on (GTask *task)
{
  Walk *self = g_task_get_task_data (task);

  if (self->ingesting || self->fetching)
    return;
  if (self->failed)
    g_task_return_error (task, g_steal_pointer (&self->failed));
  else if (self->anew ||
           (self->ahead_error != NULL && (restarts (self, self->ahead_error) || shrinks (self, self->ahead_error) ||
                                          comes_apart (self, self->ahead_error))))
    {
      self->anew = FALSE;
      g_clear_error (&self->ahead_error);
      walk_begin (task);
    }
  else if (is_single_too_large (self))
    tell_single (task);
  else if (self->ahead_error != NULL)
    {
      note_page (self, self->ahead_error);
      g_task_return_error (task, g_steal_pointer (&self->ahead_error));
    }
  else if (self->ahead == NULL)
    {
      note_page (self, NULL);
      g_task_return_boolean (task, TRUE);
    }
  else
    take_page (task);
}

static void
walk_fail (GTask *task, GError *error)
{
  Walk *self = g_task_get_task_data (task);

  self->failed = error;
  walk_go_on (task);
}

/* The bundle to take: of a list nothing, since its things have been taken one by one. */
static ZqBundle *
ref_bundle (const Walk *self)
{
  static const char nothing[] = "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}";
  g_autoptr (GBytes) text = g_bytes_new_static (nothing, strlen (nothing));

  return self->apart ? zq_bundle_read (text, NULL) : zq_bundle_ref (self->page->bundle);
}

static void
take_page (GTask *task)
{
  Walk *self = g_task_get_task_data (task);
  g_autoptr (ZqBundle) bundle = NULL;

  g_clear_pointer (&self->page, zq_page_free);
  self->page = g_steal_pointer (&self->ahead);
  self->n_pages++;
  advance (self);
  self->ingesting = TRUE;
  bundle = ref_bundle (self);
  zq_store_ingest_async (self->peer->store, bundle,
                         self->mode == ZQ_WALK_BACKWARDS ? ZQ_PRIORITY_BULK : ZQ_PRIORITY_SYNC, self->kind, self->scope,
                         self->saves ? &self->next : NULL, on_ingested, g_object_ref (task));
  self->anew = goes_whole (self);
  if (!self->anew)
    fetch_next (task);
}

static void
on_apart (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Walk *self = g_task_get_task_data (task);

  self->fetching = FALSE;
  if (!zq_apart_finish (result, &self->ahead_error))
    g_clear_pointer (&self->ahead, zq_page_free);
  walk_go_on (task);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Walk *self = g_task_get_task_data (task);

  self->ahead = zq_fetch_finish (result, &self->ahead_error);
  if (self->apart && self->ahead != NULL)
    {
      zq_apart_async (self->peer, self->ahead->bundle, g_task_get_cancellable (task), on_apart, g_object_ref (task));
      return;
    }
  self->fetching = FALSE;
  walk_go_on (task);
}

static void
walk_fetch (GTask *task)
{
  Walk *self = g_task_get_task_data (task);

  g_hash_table_add (self->seen, g_strdup (self->path));
  self->fetching = TRUE;
  zq_fetch_async (self->peer, self->path, g_task_get_cancellable (task), on_page, g_object_ref (task));
}

void
zq_walk_async (ZqPeer *peer,
               ZqWalkMode mode,
               const char *query,
               const char *kind,
               const char *scope,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Walk *self = g_new0 (Walk, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, zq_walk_async);
  self->peer = zq_peer_ref (peer);
  self->mode = mode;
  self->query = g_strdup (query);
  self->kind = g_strdup (kind);
  self->scope = g_strdup (scope);
  self->page_size = whole_page (self);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_task_data (task, self, (GDestroyNotify)walk_free);

  if (mode != ZQ_WALK_PLAIN && mode != ZQ_WALK_FIRST &&
      !zq_store_get_cursor (zq_store_get_main_db (peer->store), kind, scope, &self->cursor, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    walk_begin (task);
}

gboolean
zq_walk_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
