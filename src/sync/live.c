/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/live.h"

#include "fhir/websocket.h"
#include "resource/json.h"
#include "sync/backoff.h"
#include "sync/subscriptions.h"

#define WEBSOCKET "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket"
/* The socket asks for a sign of life every 45 s. */
#define SILENCE_US   (2 * 60 * G_USEC_PER_SEC)
#define CONNECT_US   (30 * G_USEC_PER_SEC)
#define ASK_AGAIN_US (G_TIME_SPAN_HOUR)

struct _ZqLive
{
  ZqPeer *peer;
  ZqSessionStatus *status;
  ZqLiveHint hint;
  gpointer data;

  ZqSubscriptions *subscriptions;
  GCancellable *cancellable; /* of the attempt under way */
  ZqFhirSocket *socket;
  char *address;
  gboolean wanted; /* between start and stop */
  gboolean trying; /* from the first question until all are bound */
  gboolean heard;  /* since the last look */
  gboolean renewing;
  gboolean mending; /* the renewal comes soon */
  guint failures;
  guint alarm; /* the next attempt, or the end of this one */
  guint silence;
  guint renewal;
};

static void live_try (ZqLive *self);

/* What comes back later finds out by this whether it still counts. */
typedef struct
{
  ZqLive *live; /* NULL in a callback whose attempt was cancelled */
  GCancellable *cancellable;
} Attempt;

static Attempt *
attempt_new (ZqLive *self)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->live = self;
  attempt->cancellable = g_object_ref (self->cancellable);
  return attempt;
}

/* Its live, or NULL when that is not interested any more and may be gone. */
static ZqLive *
attempt_end (Attempt *attempt)
{
  ZqLive *live = g_cancellable_is_cancelled (attempt->cancellable) ? NULL : attempt->live;

  g_object_unref (attempt->cancellable);
  g_free (attempt);
  return live;
}

/* --- ends ------------------------------------------------------------------------------------------- */

static void
drop_socket (ZqLive *self)
{
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
}

static void
abandon (ZqLive *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  zq_clock_clear (self->peer->clock, &self->alarm);
  zq_clock_clear (self->peer->clock, &self->silence);
  zq_clock_clear (self->peer->clock, &self->renewal);
  self->trying = FALSE;
  self->renewing = FALSE;
  self->mending = FALSE;
  drop_socket (self);
}

static void
on_retry (gpointer data)
{
  ZqLive *self = data;

  self->alarm = 0;
  live_try (self);
}

/* Nothing to be had here for now; a server may learn it. */
static void
rest_long (ZqLive *self)
{
  abandon (self);
  zq_session_status_set_live (self->status, ZQ_LIVE_OFF);
  self->alarm = zq_clock_alarm_in (self->peer->clock, ASK_AGAIN_US, on_retry, self);
}

static void
fail (ZqLive *self, const GError *error)
{
  if (error != NULL)
    g_info ("live: %s %d", g_quark_to_string (error->domain), error->code);
  abandon (self);
  zq_session_status_set_live (self->status, ZQ_LIVE_DOWN);
  /* Whoever signs in starts it again. */
  if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT))
    return;
  self->alarm = zq_clock_alarm_in (self->peer->clock, zq_backoff_delay (self->failures++), on_retry, self);
}

static void
on_too_long (gpointer data)
{
  ZqLive *self = data;

  self->alarm = 0;
  fail (self, NULL);
}

/* --- what is heard ---------------------------------------------------------------------------------- */

static void
on_silence (gpointer data)
{
  ZqLive *self = data;

  self->silence = 0;
  if (!self->heard)
    {
      fail (self, NULL);
      return;
    }
  self->heard = FALSE;
  self->silence = zq_clock_alarm_in (self->peer->clock, SILENCE_US, on_silence, self);
}

static void mend (ZqLive *self);
static void on_renewed (GObject *source, GAsyncResult *result, gpointer data);

static void
on_renewal (gpointer data)
{
  ZqLive *self = data;

  self->renewal = 0;
  self->mending = FALSE;
  self->renewing = TRUE;
  zq_subscriptions_ensure_async (self->subscriptions, self->cancellable, on_renewed, attempt_new (self));
}

static void
plan_renewal (ZqLive *self)
{
  gint64 at = zq_subscriptions_next (self->subscriptions);

  zq_clock_clear (self->peer->clock, &self->renewal);
  if (at != 0)
    self->renewal = zq_clock_alarm (self->peer->clock, MAX (at, zq_clock_now (self->peer->clock) + G_TIME_SPAN_MINUTE),
                                    on_renewal, self);
}

static void
bind_all (ZqLive *self)
{
  for (guint i = 0; i < zq_subscriptions_get_n (self->subscriptions); i++)
    {
      ZqSubscription *one = zq_subscriptions_get (self->subscriptions, i);
      g_autofree char *line = one->id != NULL ? g_strconcat ("bind ", one->id, NULL) : NULL;

      if (line != NULL && !one->bound && one->scopes->len > 0)
        zq_fhir_socket_send (self->socket, line);
    }
}

/* One has ended while the others were looked after. */
static gboolean
is_missing (ZqLive *self)
{
  for (guint i = 0; i < zq_subscriptions_get_n (self->subscriptions); i++)
    {
      ZqSubscription *one = zq_subscriptions_get (self->subscriptions, i);

      if (one->id == NULL && !one->refused && one->scopes->len > 0)
        return TRUE;
    }
  return FALSE;
}

static void
on_renewed (GObject *source, GAsyncResult *result, gpointer data)
{
  ZqLive *self = attempt_end (data);
  g_autoptr (GError) error = NULL;

  zq_subscriptions_finish (result, &error);
  if (self == NULL)
    return;
  self->renewing = FALSE;
  if (error != NULL)
    fail (self, error);
  else
    {
      bind_all (self);
      plan_renewal (self);
      if (is_missing (self))
        mend (self);
    }
}

gboolean
zq_live_is_whole (ZqLive *self)
{
  guint n = 0;

  if (self->socket == NULL)
    return FALSE;
  for (guint i = 0; i < zq_subscriptions_get_n (self->subscriptions); i++)
    {
      ZqSubscription *one = zq_subscriptions_get (self->subscriptions, i);

      if (one->scopes->len > 0 && !one->bound)
        return FALSE;
      n += one->scopes->len > 0;
    }
  return n > 0;
}

/* All have been answered, one way or the other. */
static gboolean
is_settled (ZqLive *self)
{
  for (guint i = 0; i < zq_subscriptions_get_n (self->subscriptions); i++)
    {
      ZqSubscription *one = zq_subscriptions_get (self->subscriptions, i);

      if (one->scopes->len > 0 && !one->bound && !one->refused)
        return FALSE;
    }
  return TRUE;
}

static void
note_settled (ZqLive *self)
{
  if (!self->trying || !is_settled (self))
    return;
  self->trying = FALSE;
  self->failures = 0;
  zq_clock_clear (self->peer->clock, &self->alarm);
  zq_session_status_set_live (self->status, ZQ_LIVE_UP);
  plan_renewal (self);
  self->hint (NULL, self->data);
}

/* Some have ended, or never were: made anew and bound on the same connection, after a rest. */
static void
mend (ZqLive *self)
{
  ZqClock *clock = self->peer->clock;

  if (!self->trying)
    {
      self->trying = TRUE;
      self->alarm = zq_clock_alarm_in (clock, CONNECT_US, on_too_long, self);
      zq_session_status_set_live (self->status, ZQ_LIVE_DOWN);
    }
  if (self->renewing || self->mending)
    return;
  self->mending = TRUE;
  zq_clock_clear (clock, &self->renewal);
  self->renewal = zq_clock_alarm_in (clock, zq_backoff_delay (self->failures++), on_renewal, self);
}

static void
on_told (ZqLive *self, const char *word, ZqSubscription *one)
{
  if (g_str_equal (word, "ping"))
    for (guint i = 0; i < one->scopes->len; i++)
      self->hint (g_ptr_array_index (one->scopes, i), self->data);
  else if (g_str_equal (word, "bound"))
    {
      one->bound = TRUE;
      note_settled (self);
    }
  else if (g_str_equal (word, "error"))
    {
      zq_subscriptions_lost (self->subscriptions, one);
      mend (self);
    }
}

static void
on_message (ZqFhirSocket *socket, const char *text, ZqLive *self)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  ZqSubscription *one;

  self->heard = TRUE;
  if (g_strv_length (words) < 2)
    return;
  g_strstrip (words[1]);
  one = zq_subscriptions_find (self->subscriptions, words[1]);
  if (one != NULL)
    on_told (self, words[0], one);
}

static void
on_alive (ZqFhirSocket *socket, ZqLive *self)
{
  self->heard = TRUE;
}

static void
on_closed (ZqFhirSocket *socket, ZqLive *self)
{
  fail (self, NULL);
}

/* --- the way up --------------------------------------------------------------------------------------- */

static void
on_open (GObject *source, GAsyncResult *result, gpointer data)
{
  ZqLive *self = attempt_end (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirSocket) socket = zq_fhir_socket_open_finish (result, &error);

  if (self == NULL)
    return;
  if (g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL))
    {
      rest_long (self);
      return;
    }
  if (socket == NULL)
    {
      fail (self, error);
      return;
    }
  self->socket = g_steal_pointer (&socket);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "alive", G_CALLBACK (on_alive), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  self->heard = TRUE;
  self->silence = zq_clock_alarm_in (self->peer->clock, SILENCE_US, on_silence, self);
  bind_all (self);
}

static gboolean
has_any (ZqLive *self)
{
  for (guint i = 0; i < zq_subscriptions_get_n (self->subscriptions); i++)
    {
      ZqSubscription *one = zq_subscriptions_get (self->subscriptions, i);

      if (one->id != NULL && one->scopes->len > 0)
        return TRUE;
    }
  return FALSE;
}

static void
forget_bound (ZqLive *self)
{
  for (guint i = 0; i < zq_subscriptions_get_n (self->subscriptions); i++)
    zq_subscriptions_get (self->subscriptions, i)->bound = FALSE;
}

static void
on_ensured (GObject *source, GAsyncResult *result, gpointer data)
{
  ZqLive *self = attempt_end (data);
  g_autoptr (GError) error = NULL;

  zq_subscriptions_finish (result, &error);
  if (self == NULL)
    return;
  if (error != NULL)
    fail (self, error);
  else if (!has_any (self))
    rest_long (self);
  else
    zq_fhir_socket_open_async (self->peer->client, self->address, self->cancellable, on_open, attempt_new (self));
}

/* CapabilityStatement.rest.extension, or one of the statement itself. */
static char *
find_address (const ZqFhirResponse *response)
{
  static const char *const places[] = { "rest[0]", "" };
  gsize length = 0;
  const char *text = response->body != NULL ? g_bytes_get_data (response->body, &length) : NULL;
  g_autoptr (JsonNode) node = length > 0 ? zq_json_read (text, (gssize)length, NULL) : NULL;

  for (guint i = 0; node != NULL && i < G_N_ELEMENTS (places); i++)
    {
      JsonNode *place = zq_json_get (node, places[i]);
      guint n = place != NULL ? zq_json_get_length (place, "extension") : 0;

      for (guint k = 0; k < n; k++)
        {
          JsonNode *extension = zq_json_get_at (place, "extension", k);

          if (g_strcmp0 (zq_json_get_string (extension, "url"), WEBSOCKET) == 0)
            return g_strdup (zq_json_get_string (extension, "valueUri"));
        }
    }
  return NULL;
}

static void
on_metadata (GObject *source, GAsyncResult *result, gpointer data)
{
  ZqLive *self = attempt_end (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (source), result, NULL, NULL, &error);

  if (self == NULL)
    return;
  if (response == NULL && zq_peer_ends_round (error))
    {
      fail (self, error);
      return;
    }
  g_clear_pointer (&self->address, g_free);
  self->address = response != NULL ? find_address (response) : NULL;
  if (self->address == NULL)
    {
      rest_long (self);
      return;
    }
  zq_session_status_set_live (self->status, ZQ_LIVE_DOWN);
  forget_bound (self);
  zq_subscriptions_ensure_async (self->subscriptions, self->cancellable, on_ensured, attempt_new (self));
}

static void
live_try (ZqLive *self)
{
  if (!self->wanted || self->trying || self->socket != NULL)
    return;
  zq_clock_clear (self->peer->clock, &self->alarm);
  self->trying = TRUE;
  self->alarm = zq_clock_alarm_in (self->peer->clock, CONNECT_US, on_too_long, self);
  zq_fhir_client_send_async (self->peer->client, zq_fhir_request_new ("GET", "metadata"), self->cancellable,
                             on_metadata, attempt_new (self));
}

/* --- life ------------------------------------------------------------------------------------------- */

ZqLive *
zq_live_new (ZqPeer *peer, ZqSessionStatus *status, ZqLiveHint hint, gpointer data)
{
  ZqLive *self = g_new0 (ZqLive, 1);

  self->peer = zq_peer_ref (peer);
  self->status = g_object_ref (status);
  self->hint = hint;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->subscriptions = zq_subscriptions_new (peer);
  return self;
}

void
zq_live_free (ZqLive *self)
{
  if (self == NULL)
    return;
  zq_live_stop (self);
  zq_subscriptions_free (self->subscriptions);
  g_object_unref (self->cancellable);
  g_object_unref (self->status);
  zq_peer_unref (self->peer);
  g_free (self->address);
  g_free (self);
}

void
zq_live_start (ZqLive *self)
{
  self->wanted = TRUE;
  self->failures = 0;
  live_try (self);
}

void
zq_live_stop (ZqLive *self)
{
  self->wanted = FALSE;
  abandon (self);
  zq_session_status_set_live (self->status, ZQ_LIVE_OFF);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (zq_subscriptions_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
zq_live_leave_async (ZqLive *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);

  zq_live_stop (self);
  zq_subscriptions_delete_async (self->subscriptions, cancellable, on_deleted, task);
}

gboolean
zq_live_leave_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
