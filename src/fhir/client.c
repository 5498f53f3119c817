/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/client.h"

#include "fhir/address.h"
#include "fhir/body.h"
#include "fhir/client-private.h"
#include "fhir/response.h"

#include <libsoup/soup.h>
#include <string.h>

#define FHIR_JSON       "application/fhir+json"
#define MAX_REDIRECTS   5
#define MAX_CONNECTIONS 8
#define MAX_BODY        (64 * 1024 * 1024)
#define BODY_PIECE      (64 * 1024)
#define TIMEOUT_S       30
#define IDLE_S          60

struct _ZqFhirClient
{
  GObject parent_instance;

  char *base;
  GUri *root; /* the base with a slash at its end; NULL: not an address that is safe to use */
  ZqTokenProvider *tokens;
  ZqClock *clock;
  SoupSession *session;
  GError *ca_error;
};

typedef struct
{
  /* input */
  ZqFhirRequest *request;

  /* in progress */
  GUri *uri;
  char *token;
  SoupMessage *message;
  guint redirects;
  gboolean refreshed;
  gboolean started; /* some of the request may have reached the server */
  gboolean again;   /* it is not the first try */
  gint64 sent;      /* bytes of the body, of this try */

  /* output, of an error */
  gint64 retry_after_us;
  gboolean unclear;
} Call;

enum
{
  PROP_TIMEOUT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqFhirClient, zq_fhir_client, G_TYPE_OBJECT)

static void dispatch (GTask *task);
static void ask_for_token (GTask *task, const char *stale);

ZqFhirRequest *
zq_fhir_request_new (const char *method, const char *path)
{
  ZqFhirRequest *self = g_new0 (ZqFhirRequest, 1);

  self->method = method;
  self->path = g_strdup (path);
  return self;
}

void
zq_fhir_request_free (ZqFhirRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->content_type);
  g_free (self->accept);
  g_free (self->if_match);
  g_free (self->if_none_exist);
  g_free (self->prefer);
  g_free (self->range);
  g_free (self->security_context);
  g_clear_object (&self->body_stream);
  g_free (self);
}

static void
call_free (Call *self)
{
  g_clear_pointer (&self->request, zq_fhir_request_free);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_pointer (&self->token, g_free);
  g_clear_object (&self->message);
  g_free (self);
}

static gboolean
is_write (const ZqFhirRequest *request)
{
  return !g_str_equal (request->method, "GET") && !g_str_equal (request->method, "HEAD");
}

/* Ends the call; @answered: the server's own refusal, so that a write is known not to have happened. */
static void
fail (GTask *task, GError *error, gboolean answered)
{
  Call *call = g_task_get_task_data (task);

  call->unclear = !answered && call->started && is_write (call->request);
  g_task_return_error (task, error);
}

static void
fail_protocol (GTask *task, const char *message, gboolean answered)
{
  fail (task, g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL, message), answered);
}

/* Only what repeats the same request is followed (RFC 9110, 15.4): a write is never turned into a GET. */
static gboolean
may_follow (guint status, const ZqFhirRequest *request)
{
  return status == 307 || status == 308 || ((status == 301 || status == 302) && !is_write (request));
}

static void
follow (GTask *task)
{
  ZqFhirClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  const char *location;
  g_autoptr (GUri) target = NULL;

  location = soup_message_headers_get_one (soup_message_get_response_headers (call->message), "Location");
  target = location != NULL ? zq_address_resolve (call->uri, location) : NULL;
  if (target == NULL || !zq_address_same_origin (target, self->root))
    fail_protocol (task, "The hospital sent us elsewhere", TRUE);
  else if (!may_follow (soup_message_get_status (call->message), call->request) || ++call->redirects > MAX_REDIRECTS)
    fail_protocol (task, "The hospital sent us round in circles", TRUE);
  else
    {
      g_clear_pointer (&call->uri, g_uri_unref);
      call->uri = g_steal_pointer (&target);
      dispatch (task);
    }
}

static void
succeed (GTask *task, ZqFhirResponse *taken)
{
  Call *call = g_task_get_task_data (task);
  g_autoptr (ZqFhirResponse) response = taken;
  gsize size = g_bytes_get_size (response->body);
  const char *type;

  type = soup_message_headers_get_content_type (soup_message_get_response_headers (call->message), NULL);
  if (size > 0 && !zq_fhir_content_type_fits (type, call->request->accept))
    fail_protocol (task, "What answered is not the hospital's FHIR server", FALSE);
  else if (size == 0 && response->status == 200 && g_str_equal (call->request->method, "GET"))
    fail_protocol (task, "The hospital's answer is empty", FALSE);
  else
    g_task_return_pointer (task, g_steal_pointer (&response), (GDestroyNotify)zq_fhir_response_free);
}

static void
handle (GTask *task, GBytes *body)
{
  ZqFhirClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);
  g_autoptr (ZqFhirResponse) response = zq_fhir_response_new (call->message, body, zq_clock_now (self->clock));

  if (status / 100 == 2 || status == 304)
    {
      succeed (task, g_steal_pointer (&response));
      return;
    }
  if (status / 100 == 3)
    {
      follow (task);
      return;
    }
  if (status == 401 && self->tokens != NULL && !call->refreshed)
    {
      g_autofree char *stale = g_steal_pointer (&call->token);

      call->refreshed = TRUE;
      call->started = FALSE;
      ask_for_token (task, stale);
      return;
    }
  call->retry_after_us = response->retry_after_us;
  /* A gateway's word, or a server's that broke down, does not tell what was committed. */
  fail (task, zq_fhir_error_new_for_status (status, body), (status < 500 && status != 408) || status == 501);
}

/* libsoup 3.2 takes a connection that ends between two chunks for the end of the body. A JSON document
 * that was cut off can end in a bracket by chance: then whoever reads it finds out. */
static gboolean
ends_like_json (GBytes *body)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (body, &size);

  while (size > 0 && g_ascii_isspace (text[size - 1]))
    size--;
  return size == 0 || text[size - 1] == '}' || text[size - 1] == ']';
}

static gboolean
is_complete (SoupMessage *message, GBytes *body)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  if (type != NULL && zq_fhir_content_type_fits (type, NULL) && !ends_like_json (body))
    return FALSE;
  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH ||
      soup_message_headers_get_one (headers, "Content-Encoding") != NULL)
    return TRUE;
  return (goffset)g_bytes_get_size (body) == soup_message_headers_get_content_length (headers);
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = zq_body_read_finish (result, &error);

  if (body != NULL && !is_complete (call->message, body))
    {
      g_clear_pointer (&body, g_bytes_unref);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "Cut off");
    }
  /* A refusal is one even when its words are lost. */
  if (body == NULL && soup_message_get_status (call->message) >= 300 &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    body = g_bytes_new_static ("", 0);
  if (body == NULL)
    fail (task, zq_fhir_error_from_transport (g_steal_pointer (&error), TRUE), FALSE);
  else
    handle (task, body);
}

static gboolean
is_encoded (SoupMessageHeaders *headers)
{
  const char *coding = soup_message_headers_get_one (headers, "Content-Encoding");

  return coding != NULL && g_ascii_strcasecmp (coding, "identity") != 0;
}

/* Of a write, nothing is as good as something. */
static gboolean
is_bare (const ZqFhirResponse *response, const ZqFhirRequest *request)
{
  return is_write (request) && (response->length == 0 || response->content_type == NULL);
}

static void
hand_over (GTask *task, GInputStream *stream)
{
  ZqFhirClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);
  g_autoptr (ZqFhirResponse) response = zq_fhir_response_new (call->message, NULL, zq_clock_now (self->clock));

  zq_fhir_response_take_stream (response, call->message, stream);
  if (is_encoded (headers) || (!is_bare (response, call->request) &&
                               !zq_fhir_content_type_fits (response->content_type, call->request->accept)))
    fail_protocol (task, "What answered is not the hospital's FHIR server", FALSE);
  else
    g_task_return_pointer (task, g_steal_pointer (&response), (GDestroyNotify)zq_fhir_response_free);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (call->message);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL)
    {
      fail (task, zq_fhir_error_from_transport (g_steal_pointer (&error), FALSE), FALSE);
      return;
    }
  if (call->request->streamed && soup_message_get_status (call->message) / 100 == 2)
    {
      hand_over (task, stream);
      return;
    }
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) > MAX_BODY)
    {
      g_input_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      fail (task, g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE, "The hospital's answer is too large"),
            FALSE);
      return;
    }
  zq_body_read_async (stream, MAX_BODY, g_task_get_cancellable (task), on_body, g_object_ref (task));
}

/* From here on a lost answer leaves open what the server did. */
static void
on_starting (SoupMessage *message, gpointer user_data)
{
  Call *call = user_data;

  call->started = TRUE;
}

static void
on_wrote (SoupMessage *message, guint size, gpointer user_data)
{
  Call *call = user_data;

  call->sent += size;
  if (call->request->sent != NULL)
    call->request->sent (call->sent, call->request->sent_data);
}

static void
set_header (SoupMessageHeaders *headers, const char *name, const char *value)
{
  if (value != NULL)
    soup_message_headers_replace (headers, name, value);
}

static void
set_body (SoupMessage *message, const ZqFhirRequest *request)
{
  const char *type = request->content_type != NULL ? request->content_type : FHIR_JSON;

  if (request->body_stream != NULL)
    {
      /* libsoup closes what it has sent, and it may have to go again. */
      g_autoptr (GInputStream) once = g_buffered_input_stream_new_sized (request->body_stream, BODY_PIECE);

      g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (once), FALSE);
      soup_message_set_request_body (message, type, once, request->body_length);
    }
  else if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, type, request->body);
}

static SoupMessage *
build_message (const Call *call)
{
  const ZqFhirRequest *request = call->request;
  SoupMessage *message = soup_message_new_from_uri (request->method, call->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  /* On a kept connection that ends, libsoup sends a PUT again by itself, with the body it has used up. */
  if (is_write (request))
    soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  soup_message_headers_replace (headers, "Accept", request->accept != NULL ? request->accept : FHIR_JSON);
  if (!is_write (request))
    soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  if (call->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", call->token, NULL);

      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  set_header (headers, "If-Match", request->if_match);
  set_header (headers, "If-None-Exist", request->if_none_exist);
  set_header (headers, "Prefer", request->prefer);
  set_header (headers, "Range", request->range);
  set_header (headers, "X-Security-Context", request->security_context);
  /* Its length and its range are those of the file, and nothing small unfolds to something large. */
  if (request->streamed)
    soup_message_disable_feature (message, SOUP_TYPE_CONTENT_DECODER);
  set_body (message, request);
  return message;
}

static gboolean
rewind_body (const ZqFhirRequest *request)
{
  return request->body_stream == NULL ||
         (G_IS_SEEKABLE (request->body_stream) &&
          g_seekable_seek (G_SEEKABLE (request->body_stream), 0, G_SEEK_SET, NULL, NULL));
}

static void
dispatch (GTask *task)
{
  ZqFhirClient *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);

  g_clear_object (&call->message);
  if (call->again && !rewind_body (call->request))
    {
      fail_protocol (task, "What is sent cannot be read again", TRUE);
      return;
    }
  call->again = TRUE;
  call->sent = 0;
  call->message = build_message (call);
  g_signal_connect (call->message, "starting", G_CALLBACK (on_starting), call);
  g_signal_connect (call->message, "wrote-body-data", G_CALLBACK (on_wrote), call);
  soup_session_send_async (self->session, call->message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_sent,
                           g_object_ref (task));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  call->token = zq_token_provider_get_finish (ZQ_TOKEN_PROVIDER (source), result, &error);
  if (call->token == NULL)
    fail (task, g_steal_pointer (&error), TRUE);
  else
    dispatch (task);
}

static void
ask_for_token (GTask *task, const char *stale)
{
  ZqFhirClient *self = g_task_get_source_object (task);

  zq_token_provider_get_async (self->tokens, stale, g_task_get_cancellable (task), on_token, g_object_ref (task));
}

static GError *
check_target (ZqFhirClient *self, GUri *uri)
{
  if (self->ca_error != NULL)
    return g_error_copy (self->ca_error);
  if (self->root == NULL)
    return g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS, "The hospital's address must begin with https");
  if (uri == NULL || !zq_address_same_origin (uri, self->root))
    return g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL, "The hospital sent us elsewhere");
  return NULL;
}

void
zq_fhir_client_send_async (ZqFhirClient *self,
                           ZqFhirRequest *request,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);
  GError *error;

  g_return_if_fail (ZQ_IS_FHIR_CLIENT (self));

  g_task_set_source_tag (task, zq_fhir_client_send_async);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);
  call->request = request;
  call->uri = self->root != NULL ? zq_address_resolve (self->root, request->path) : NULL;
  error = check_target (self, call->uri);
  if (error != NULL)
    fail (task, error, TRUE);
  else if (self->tokens != NULL)
    ask_for_token (task, NULL);
  else
    dispatch (task);
}

ZqFhirResponse *
zq_fhir_client_send_finish (
    ZqFhirClient *self, GAsyncResult *result, gint64 *retry_after_us, gboolean *unclear, GError **error)
{
  Call *call;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  if (retry_after_us != NULL)
    *retry_after_us = call->retry_after_us;
  if (unclear != NULL)
    *unclear = call->unclear;
  return g_task_propagate_pointer (G_TASK (result), error);
}

ZqTokenProvider *
zq_fhir_client_get_tokens (ZqFhirClient *self)
{
  return self->tokens;
}

GTlsDatabase *
zq_fhir_client_get_tls_database (ZqFhirClient *self)
{
  return soup_session_get_tls_database (self->session);
}

gboolean
zq_fhir_client_check (ZqFhirClient *self, GUri *target, GError **error)
{
  GError *problem = check_target (self, target);

  if (problem != NULL)
    g_propagate_error (error, problem);
  return problem == NULL;
}

gboolean
zq_fhir_client_reaches (ZqFhirClient *self, const char *path)
{
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (ZQ_IS_FHIR_CLIENT (self), FALSE);

  uri = self->root != NULL && path != NULL ? zq_address_resolve (self->root, path) : NULL;
  return uri != NULL && zq_address_same_origin (uri, self->root);
}

const char *
zq_fhir_client_get_base (ZqFhirClient *self)
{
  return self->base;
}

void
zq_fhir_client_set_ca_file (ZqFhirClient *self, const char *path)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_error (&self->ca_error);
  if (path != NULL)
    {
      database = g_tls_file_database_new (path, &error);
      if (database == NULL)
        self->ca_error =
            g_error_new (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS,
                         "The file of the hospital's certificate authority cannot be used: %s", error->message);
    }
  soup_session_set_tls_database (self->session, database);
}

static void
zq_fhir_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqFhirClient *self = ZQ_FHIR_CLIENT (object);

  if (id == PROP_TIMEOUT)
    g_value_set_uint (value, soup_session_get_timeout (self->session));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zq_fhir_client_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqFhirClient *self = ZQ_FHIR_CLIENT (object);

  if (id == PROP_TIMEOUT)
    soup_session_set_timeout (self->session, g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
zq_fhir_client_finalize (GObject *object)
{
  ZqFhirClient *self = ZQ_FHIR_CLIENT (object);

  g_free (self->base);
  g_clear_pointer (&self->root, g_uri_unref);
  g_clear_object (&self->tokens);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_error (&self->ca_error);

  G_OBJECT_CLASS (zq_fhir_client_parent_class)->finalize (object);
}

static void
zq_fhir_client_class_init (ZqFhirClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_fhir_client_get_property;
  object_class->set_property = zq_fhir_client_set_property;
  object_class->finalize = zq_fhir_client_finalize;

  /* Seconds for connecting, and without a byte in either direction. */
  props[PROP_TIMEOUT] = g_param_spec_uint ("timeout", NULL, NULL, 0, G_MAXINT, TIMEOUT_S,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
zq_fhir_client_init (ZqFhirClient *self)
{
  self->session =
      soup_session_new_with_options ("max-conns", MAX_CONNECTIONS, "max-conns-per-host", MAX_CONNECTIONS, "timeout",
                                     TIMEOUT_S, "idle-timeout", IDLE_S, "user-agent", "zhenqiao/" ZQ_VERSION, NULL);
  /* Nothing but our token proves who we are. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
}

ZqFhirClient *
zq_fhir_client_new (const char *base, ZqTokenProvider *tokens, ZqClock *clock)
{
  ZqFhirClient *self = g_object_new (ZQ_TYPE_FHIR_CLIENT, NULL);
  g_autofree char *root = NULL;

  g_return_val_if_fail (base != NULL && clock != NULL, NULL);

  self->base = g_strdup (base);
  while (g_str_has_suffix (self->base, "/"))
    self->base[strlen (self->base) - 1] = '\0';
  root = g_strconcat (self->base, "/", NULL);
  self->root = zq_address_parse (root);
  g_set_object (&self->tokens, tokens);
  self->clock = g_object_ref (clock);
  /* A proxy of the environment is not this computer: a token for loopback would leave it in the clear. */
  if (self->root != NULL && zq_address_is_loopback (g_uri_get_host (self->root)))
    soup_session_set_proxy_resolver (self->session, NULL);
  return self;
}
