/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/earlier.h"

#define MOST     50
#define VERSIONS 20

typedef struct
{
  ZqPeer *peer;
  GPtrArray *wanted; /* of ZqEarlier */
  guint place;
} Round;

static void next (GTask *task);

static void
round_free (Round *self)
{
  zq_peer_unref (self->peer);
  g_clear_pointer (&self->wanted, g_ptr_array_unref);
  g_free (self);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Round *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (zq_store_write_finish (ZQ_STORE (source), result, &error))
    {
      self->place++;
      next (task);
      return;
    }
  g_info ("earlier: %s %d", g_quark_to_string (error->domain), error->code);
  g_task_return_boolean (task, TRUE);
}

/* What may pass is asked for another time; all else is the answer that there is none. */
static gboolean
may_pass (const GError *error)
{
  return zq_peer_ends_round (error) || g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SERVER);
}

static void
on_history (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Round *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPage) page = zq_fetch_finish (result, &error);

  if (page == NULL && may_pass (error))
    {
      g_info ("earlier: %s %d", g_quark_to_string (error->domain), error->code);
      g_task_return_boolean (task, TRUE);
      return;
    }
  zq_store_take_earlier_async (self->peer->store, self->wanted->pdata[self->place], page != NULL ? page->bundle : NULL,
                               on_taken, g_object_ref (task));
}

static void
next (GTask *task)
{
  Round *self = g_task_get_task_data (task);
  g_autofree char *path = NULL;
  const ZqEarlier *one;

  if (self->place >= self->wanted->len)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  one = self->wanted->pdata[self->place];
  path = g_strdup_printf ("%s/%s/_history?_count=%d", one->type, one->id, VERSIONS);
  zq_fetch_async (self->peer, path, g_task_get_cancellable (task), on_history, g_object_ref (task));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Round *self = g_task_get_task_data (task);

  self->wanted = zq_store_read_finish (ZQ_STORE (source), result, NULL);
  if (self->wanted != NULL)
    next (task);
  else
    g_task_return_boolean (task, TRUE);
}

void
zq_earlier_async (ZqPeer *peer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Round *self = g_new0 (Round, 1);

  g_task_set_source_tag (task, zq_earlier_async);
  self->peer = zq_peer_ref (peer);
  g_task_set_task_data (task, self, (GDestroyNotify)round_free);
  zq_store_list_earlier_async (peer->store, MOST, on_listed, task);
}
