/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/subscriptions.h"

#include "resource/datetime.h"
#include "store/txn.h"
#include "sync/pull.h"

#include <string.h>

/* One a line, "<id> <end in µs> <criteria>". */
#define SETTING  "subscriptions"
#define LONG_US  (24 * G_TIME_SPAN_HOUR)
#define RENEW_US (6 * G_TIME_SPAN_HOUR)

struct _ZqSubscriptions
{
  ZqPeer *peer;
  GPtrArray *all;
};

static void
subscription_free (gpointer data)
{
  ZqSubscription *self = data;

  g_free (self->criteria);
  g_free (self->id);
  g_ptr_array_unref (self->scopes);
  g_free (self);
}

static ZqSubscription *
find_criteria (ZqSubscriptions *self, const char *criteria)
{
  ZqSubscription *made;

  for (guint i = 0; i < self->all->len; i++)
    {
      ZqSubscription *one = g_ptr_array_index (self->all, i);

      if (g_str_equal (one->criteria, criteria))
        return one;
    }
  made = g_new0 (ZqSubscription, 1);
  made->criteria = g_strdup (criteria);
  made->scopes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->all, made);
  return made;
}

static void
add_scope (const ZqScopeRun *run, gpointer data)
{
  g_ptr_array_add (find_criteria (data, run->query)->scopes, g_strdup (run->name));
}

static void
load (ZqSubscriptions *self)
{
  g_autofree char *text = zq_store_get_setting (zq_store_get_main_db (self->peer->store), SETTING);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 3);
      ZqSubscription *one;

      if (g_strv_length (words) != 3)
        continue;
      one = find_criteria (self, words[2]);
      g_free (one->id);
      one->id = g_strdup (words[0]);
      one->end = g_ascii_strtoll (words[1], NULL, 10);
    }
}

ZqSubscriptions *
zq_subscriptions_new (ZqPeer *peer)
{
  ZqSubscriptions *self = g_new0 (ZqSubscriptions, 1);

  self->peer = zq_peer_ref (peer);
  self->all = g_ptr_array_new_with_free_func (subscription_free);
  zq_scope_foreach (peer, add_scope, self);
  load (self);
  return self;
}

void
zq_subscriptions_free (ZqSubscriptions *self)
{
  if (self == NULL)
    return;
  zq_peer_unref (self->peer);
  g_ptr_array_unref (self->all);
  g_free (self);
}

guint
zq_subscriptions_get_n (ZqSubscriptions *self)
{
  return self->all->len;
}

ZqSubscription *
zq_subscriptions_get (ZqSubscriptions *self, guint index)
{
  return g_ptr_array_index (self->all, index);
}

ZqSubscription *
zq_subscriptions_find (ZqSubscriptions *self, const char *id)
{
  for (guint i = 0; i < self->all->len; i++)
    {
      ZqSubscription *one = g_ptr_array_index (self->all, i);

      if (g_strcmp0 (one->id, id) == 0)
        return one;
    }
  return NULL;
}

gint64
zq_subscriptions_next (ZqSubscriptions *self)
{
  gint64 first = 0;

  for (guint i = 0; i < self->all->len; i++)
    {
      ZqSubscription *one = g_ptr_array_index (self->all, i);
      gint64 at = one->end - RENEW_US;

      if (one->id != NULL && one->scopes->len > 0 && (first == 0 || at < first))
        first = at;
    }
  return first;
}

void
zq_subscriptions_lost (ZqSubscriptions *self, ZqSubscription *lost)
{
  g_clear_pointer (&lost->id, g_free);
  lost->end = 0;
  lost->bound = FALSE;
}

/* --- one after the other -------------------------------------------------------------------------- */

typedef struct
{
  ZqSubscriptions *owner; /* borrowed: cancelled before it goes */
  gboolean deleting;
  guint next;
  ZqSubscription *at;
  gboolean renews; /* the request that is under way changes one that should be there */
  gboolean changed;
  GError *error;
} Run;

static void run_next (GTask *task);

static void
run_free (Run *self)
{
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
write_setting (ZqTxn *txn, gpointer data, GError **error)
{
  const char *text = data;

  return zq_txn_set_setting (txn, SETTING, *text != '\0' ? text : NULL, error);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  zq_store_write_finish (ZQ_STORE (source), result, &error);
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
run_end (GTask *task)
{
  Run *self = g_task_get_task_data (task);
  GString *text = g_string_new (NULL);

  if (!self->changed || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      g_string_free (text, TRUE);
      if (self->error != NULL)
        g_task_return_error (task, g_steal_pointer (&self->error));
      else if (!g_task_return_error_if_cancelled (task))
        g_task_return_boolean (task, TRUE);
      return;
    }
  for (guint i = 0; i < self->owner->all->len; i++)
    {
      ZqSubscription *one = g_ptr_array_index (self->owner->all, i);

      if (one->id != NULL)
        g_string_append_printf (text, "%s %" G_GINT64_FORMAT " %s\n", one->id, one->end, one->criteria);
    }
  zq_store_write_async (self->owner->peer->store, ZQ_PRIORITY_SYNC, write_setting, g_string_free (text, FALSE), g_free,
                        on_kept, g_object_ref (task));
}

static GBytes *
new_body (const ZqSubscription *one, gint64 end)
{
  g_autofree char *criteria = zq_json_quote (one->criteria);
  g_autofree char *until = zq_instant_format (end);
  g_autofree char *id = one->id != NULL ? g_strdup_printf ("\"id\":\"%s\",", one->id) : g_strdup ("");
  char *text = g_strdup_printf ("{\"resourceType\":\"Subscription\",%s\"status\":\"requested\",\"end\":\"%s\","
                                "\"reason\":\"Zhenqiao workstation\",\"criteria\":%s,"
                                "\"channel\":{\"type\":\"websocket\"}}",
                                id, until, criteria);

  return g_bytes_new_take (text, strlen (text));
}

/* What the hospital made of it, which may end earlier than was asked for. */
static void
take_answer (ZqSubscription *one, const ZqFhirResponse *response)
{
  gsize length = 0;
  const char *data = response->body != NULL ? g_bytes_get_data (response->body, &length) : NULL;
  g_autoptr (JsonNode) node = length > 0 ? zq_json_read (data, (gssize)length, NULL) : NULL;
  const char *id = node != NULL ? zq_json_get_string (node, "id") : NULL;
  gint64 end = node != NULL ? zq_sync_instant (zq_json_get_string (node, "end")) : 0;
  const char *place = response->location != NULL ? strstr (response->location, "Subscription/") : NULL;

  if (end != 0)
    one->end = MIN (one->end, end);
  if (one->id == NULL && id != NULL)
    one->id = g_strdup (id);
  else if (one->id == NULL && place != NULL)
    {
      place += strlen ("Subscription/");
      one->id = g_strndup (place, strcspn (place, "/"));
    }
  one->refused = one->id == NULL;
}

static gboolean
is_unknown (const GError *error)
{
  return g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NOT_FOUND) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_GONE) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_FORBIDDEN) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_REFUSED) ||
         g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_CONFLICT);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      run_end (task);
      return;
    }
  if (self->deleting || self->at->scopes->len == 0)
    {
      if (response != NULL || is_unknown (error))
        zq_subscriptions_lost (self->owner, self->at);
    }
  else if (response != NULL)
    take_answer (self->at, response);
  else if (is_unknown (error) && self->renews)
    {
      zq_subscriptions_lost (self->owner, self->at);
      self->next--;
    }
  else if (is_unknown (error))
    self->at->refused = TRUE;
  if (response == NULL && !is_unknown (error) && self->error == NULL)
    self->error = g_error_copy (error);
  self->changed = TRUE;
  run_next (task);
}

static void
send_one (GTask *task, const char *method)
{
  Run *self = g_task_get_task_data (task);
  g_autofree char *path =
      self->at->id != NULL ? g_strconcat ("Subscription/", self->at->id, NULL) : g_strdup ("Subscription");
  ZqFhirRequest *request = zq_fhir_request_new (method, path);

  if (!g_str_equal (method, "DELETE"))
    {
      self->at->end = zq_clock_now (self->owner->peer->clock) + LONG_US;
      request->body = new_body (self->at, self->at->end);
      request->prefer = g_strdup ("return=representation");
    }
  zq_fhir_client_send_async (self->owner->peer->client, request, g_task_get_cancellable (task), on_answer,
                             g_object_ref (task));
}

/* NULL: nothing has to be done about it. */
static const char *
what_to_do (Run *self, const ZqSubscription *one)
{
  if (self->deleting || one->scopes->len == 0)
    return one->id != NULL ? "DELETE" : NULL;
  if (one->refused)
    return NULL;
  if (one->id == NULL)
    return "POST";
  return one->end - RENEW_US <= zq_clock_now (self->owner->peer->clock) ? "PUT" : NULL;
}

static void
run_next (GTask *task)
{
  Run *self = g_task_get_task_data (task);

  while (self->error == NULL && self->next < self->owner->all->len)
    {
      const char *method;

      self->at = g_ptr_array_index (self->owner->all, self->next++);
      method = what_to_do (self, self->at);
      if (method != NULL)
        {
          self->renews = g_str_equal (method, "PUT");
          send_one (task, method);
          return;
        }
    }
  run_end (task);
}

static void
start (ZqSubscriptions *self, gboolean deleting, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, run, (GDestroyNotify)run_free);
  run->owner = self;
  run->deleting = deleting;
  run_next (task);
}

void
zq_subscriptions_ensure_async (ZqSubscriptions *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  start (self, FALSE, cancellable, callback, data);
}

void
zq_subscriptions_delete_async (ZqSubscriptions *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  start (self, TRUE, cancellable, callback, data);
}

gboolean
zq_subscriptions_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
