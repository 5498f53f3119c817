/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/call-back.h"

#include "base/id.h"
#include "resource/json.h"

#define LOOK (2 * (gint64)G_TIME_SPAN_SECOND)

struct _ZqCallBack
{
  GObject parent_instance;

  /* owned */
  ZqFhirClient *client;
  ZqClock *clock;
  GCancellable *cancellable;
  char *encounter;
  char *id; /* of the Communication; NULL: not known yet */
  char *outcome;

  ZqCallBackState state;
  guint alarm;
};

G_DEFINE_FINAL_TYPE (ZqCallBack, zq_call_back, G_TYPE_OBJECT)

static guint changed;

static void look (ZqCallBack *self);

static void
set_state (ZqCallBack *self, ZqCallBackState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_signal_emit (self, changed, 0);
}

static void
on_alarm (gpointer data)
{
  ZqCallBack *self = data;

  self->alarm = 0;
  look (self);
}

static void
take (ZqCallBack *self, GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (JsonNode) node = zq_json_read (text, (gssize)length, NULL);
  const char *id = node != NULL ? zq_json_get_string (node, "id") : NULL;
  const char *status = node != NULL ? zq_json_get_string (node, "status") : NULL;
  const char *outcome =
      node != NULL ? zq_json_get_code (node, "statusReason", ZQ_CODE_SYSTEM ("call-back-outcome")) : NULL;

  if (id != NULL && zq_id_is_valid (id) && self->id == NULL)
    self->id = g_strdup (id);
  g_free (self->outcome);
  self->outcome = g_strdup (outcome);
  if (g_strcmp0 (status, "completed") == 0)
    set_state (self, ZQ_CALL_BACK_ENDED);
  else if (g_strcmp0 (status, "not-done") == 0)
    set_state (self, ZQ_CALL_BACK_MISSED);
  else
    set_state (self, g_strcmp0 (outcome, "answered") == 0 ? ZQ_CALL_BACK_TALKING : ZQ_CALL_BACK_RINGING);
}

static void
on_answer (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqCallBack) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqFhirResponse) response =
      zq_fhir_client_send_finish (ZQ_FHIR_CLIENT (object), result, NULL, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (response != NULL && response->body != NULL)
    take (self, response->body);
  else if (self->id == NULL)
    set_state (self, ZQ_CALL_BACK_REFUSED);
  /* How it goes is only told when it is asked for; what could not be asked is asked again. */
  if (self->id != NULL && self->state < ZQ_CALL_BACK_ENDED)
    self->alarm = zq_clock_alarm_in (self->clock, LOOK, on_alarm, self);
}

static void
look (ZqCallBack *self)
{
  g_autofree char *path = g_strconcat ("Communication/", self->id, NULL);

  zq_fhir_client_send_async (self->client, zq_fhir_request_new ("GET", path), self->cancellable, on_answer,
                             g_object_ref (self));
}

void
zq_call_back_start (ZqCallBack *self)
{
  g_autofree char *path = g_strconcat ("Encounter/", self->encounter, "/$call-back", NULL);
  ZqFhirRequest *request = zq_fhir_request_new ("POST", path);

  request->body = g_bytes_new_static ("{\"resourceType\":\"Parameters\"}", 29);
  zq_fhir_client_send_async (self->client, request, self->cancellable, on_answer, g_object_ref (self));
}

ZqCallBackState
zq_call_back_get_state (ZqCallBack *self)
{
  return self->state;
}

const char *
zq_call_back_get_outcome (ZqCallBack *self)
{
  return self->outcome;
}

ZqCallBack *
zq_call_back_new (ZqFhirClient *client, ZqClock *clock, const char *encounter)
{
  ZqCallBack *self = g_object_new (ZQ_TYPE_CALL_BACK, NULL);

  self->client = g_object_ref (client);
  self->clock = g_object_ref (clock);
  self->encounter = g_strdup (encounter);

  return self;
}

static void
zq_call_back_dispose (GObject *object)
{
  ZqCallBack *self = ZQ_CALL_BACK (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL)
    zq_clock_clear (self->clock, &self->alarm);
  G_OBJECT_CLASS (zq_call_back_parent_class)->dispose (object);
}

static void
zq_call_back_finalize (GObject *object)
{
  ZqCallBack *self = ZQ_CALL_BACK (object);

  g_clear_object (&self->client);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_free (self->encounter);
  g_free (self->id);
  g_free (self->outcome);
  G_OBJECT_CLASS (zq_call_back_parent_class)->finalize (object);
}

static void
zq_call_back_class_init (ZqCallBackClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_call_back_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_call_back_finalize;
  changed = g_signal_new ("changed", ZQ_TYPE_CALL_BACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_call_back_init (ZqCallBack *self)
{
  self->cancellable = g_cancellable_new ();
}
