/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/apart.h"

#include "base/id.h"
#include "resource/json.h"

#define TOO_LARGE "The hospital's answer is too large"

typedef struct
{
  char *type;
  char *id;
  char *version; /* or "" */
} Item;

typedef struct
{
  ZqPeer *peer;
  GPtrArray *items;
  guint next;
} Apart;

static void read_next (GTask *task);

static void
item_free (Item *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self->version);
  g_free (self);
}

static void
apart_free (Apart *self)
{
  zq_peer_unref (self->peer);
  g_ptr_array_unref (self->items);
  g_free (self);
}

static gboolean
is_type (const char *text)
{
  for (const char *at = text; at != NULL && *at != '\0'; at++)
    if (!g_ascii_isalpha (*at))
      return FALSE;
  return text != NULL && *text != '\0';
}

static GPtrArray *
items_of (ZqBundle *list)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);

  for (guint i = 0; i < zq_bundle_get_n_entries (list); i++)
    {
      const ZqBundleEntry *entry = zq_bundle_get_entry (list, i);
      g_autoptr (JsonNode) node = entry->raw != NULL ? zq_json_read (entry->raw, entry->raw_length, NULL) : NULL;
      const char *type = node != NULL ? zq_json_get_string (node, "resourceType") : NULL;
      const char *id = node != NULL ? zq_json_get_string (node, "id") : NULL;
      const char *version = node != NULL ? zq_json_get_string (node, "meta.versionId") : NULL;
      Item *item;

      if (!is_type (type) || id == NULL || !zq_id_is_valid (id) || g_strcmp0 (entry->search_mode, "outcome") == 0)
        continue;
      item = g_new0 (Item, 1);
      item->type = g_strdup (type);
      item->id = g_strdup (id);
      item->version = g_strdup (version != NULL ? version : "");
      g_ptr_array_add (items, item);
    }
  return items;
}

static char *
dup_key (const Item *item)
{
  return g_strdup_printf ("%s/%s/%s", item->type, item->id, item->version);
}

/* This version is here, or known to be too large. */
static gboolean
is_known (const Apart *self, const Item *item)
{
  g_autofree char *key = dup_key (item);
  gint64 held = 0;

  if (*item->version == '\0')
    return FALSE;
  if (g_hash_table_contains (self->peer->too_large, key))
    return TRUE;
  zq_db_get_int (zq_store_get_main_db (self->peer->store), &held, NULL,
                 "SELECT 1 FROM resource WHERE type = ? AND server_id = ? AND version = ? AND state = 'held'", "sss",
                 item->type, item->id, item->version);
  return held != 0;
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    read_next (task);
}

static void
on_ingested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqIngested) ingested = zq_store_ingest_finish (ZQ_STORE (source), result, &error);

  if (ingested == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    read_next (task);
}

static gboolean
is_not_shown (const GError *error)
{
  return g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NOT_FOUND) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_GONE) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Apart *self = g_task_get_task_data (task);
  const Item *item = g_ptr_array_index (self->items, self->next - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPage) page = zq_fetch_finish (result, &error);

  if (page != NULL)
    zq_store_ingest_async (self->peer->store, page->bundle, ZQ_PRIORITY_BULK, NULL, NULL, NULL, on_ingested,
                           g_object_ref (task));
  else if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE))
    {
      g_hash_table_add (self->peer->too_large, dup_key (item));
      zq_apart_tell_async (self->peer, item->type, item->id, on_told, g_object_ref (task));
    }
  else if (is_not_shown (error))
    read_next (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
read_next (GTask *task)
{
  Apart *self = g_task_get_task_data (task);

  while (self->next < self->items->len)
    {
      const Item *item = g_ptr_array_index (self->items, self->next++);
      g_autofree char *path = g_strdup_printf ("%s/%s", item->type, item->id);

      if (is_known (self, item))
        continue;
      zq_fetch_async (self->peer, path, g_task_get_cancellable (task), on_read, g_object_ref (task));
      return;
    }
  g_task_return_boolean (task, TRUE);
}

void
zq_apart_async (ZqPeer *peer, ZqBundle *list, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Apart *self = g_new0 (Apart, 1);

  g_task_set_source_tag (task, zq_apart_async);
  self->peer = zq_peer_ref (peer);
  self->items = items_of (list);
  g_task_set_task_data (task, self, (GDestroyNotify)apart_free);
  read_next (task);
}

gboolean
zq_apart_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_apart_tell_async (ZqPeer *peer, const char *type, const char *id, GAsyncReadyCallback callback, gpointer data)
{
  zq_store_set_unreadable_async (peer->store, type, id, TOO_LARGE, callback, data);
}
