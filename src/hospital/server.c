/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include <string.h>

#define FHIR_JSON "application/fhir+json; charset=utf-8"
#define TOO_LARGE "zq-too-large"

#define GZIP_AT    1024
#define GZIP_LEVEL 1

GBytes *
zq_server_body (SoupServerMessage *message)
{
  return soup_message_body_flatten (soup_server_message_get_request_body (message));
}

static void
set_date (ZqHospital *self, SoupMessageHeaders *headers)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (zq_clock_now (self->clock) / G_USEC_PER_SEC);
  g_autofree char *text = soup_date_time_to_string (now, SOUP_DATE_HTTP);

  soup_message_headers_replace (headers, "Date", text);
}

/* On this very machine packing takes longer than sending what it saves. */
static gboolean
wants_gzip (ZqHospital *self, SoupServerMessage *message, gsize length)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  GSocketAddress *peer = soup_server_message_get_remote_address (message);
  const char *told = self->faults != NULL ? zq_faults_gzip (self->faults) : NULL;
  gboolean near = G_IS_INET_SOCKET_ADDRESS (peer) &&
                  g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)));

  if (length < GZIP_AT || !soup_message_headers_header_contains (headers, "Accept-Encoding", "gzip"))
    return FALSE;
  return told != NULL ? g_str_equal (told, "on") : !near;
}

static GBytes *
gzip (const char *body, gsize length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, GZIP_LEVEL);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) packed = g_converter_output_stream_new (memory, G_CONVERTER (compressor));

  if (!g_output_stream_write_all (packed, body, length, NULL, NULL, NULL) ||
      !g_output_stream_close (packed, NULL, NULL))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
send_body (ZqHospital *self, SoupServerMessage *message, const char *type, char *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gsize length = strlen (body);
  g_autoptr (GBytes) packed = wants_gzip (self, message, length) ? gzip (body, length) : NULL;

  soup_message_headers_append (headers, "Vary", "Accept-Encoding");
  if (packed == NULL)
    {
      soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, body, length);
      return;
    }
  soup_message_headers_replace (headers, "Content-Encoding", "gzip");
  soup_message_headers_replace (headers, "Content-Type", type);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), packed);
  g_free (body);
}

/* A part of what has changed meanwhile is of no use (RFC 9110, 13.1.5); libsoup cuts out the rest. */
static void
check_range (SoupServerMessage *message, const char *etag)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *condition = soup_message_headers_get_one (headers, "If-Range");

  if (condition != NULL && g_strcmp0 (condition, etag) != 0)
    soup_message_headers_remove (headers, "Range");
}

void
zq_server_send (ZqHospital *self, SoupServerMessage *message, ZqReply *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *type = reply->content_type != NULL ? reply->content_type : FHIR_JSON;

  set_date (self, headers);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (reply->etag != NULL)
    soup_message_headers_replace (headers, "ETag", reply->etag);
  if (reply->last_modified != NULL)
    soup_message_headers_replace (headers, "Last-Modified", reply->last_modified);
  if (reply->location != NULL && reply->status == 201)
    soup_message_headers_replace (headers, "Location", reply->location);
  if (reply->status == 401)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  if (reply->retry_after > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", reply->retry_after);

      soup_message_headers_replace (headers, "Retry-After", seconds);
    }

  soup_server_message_set_status (message, reply->status, NULL);
  if (reply->raw != NULL)
    {
      /* somebody's file is shown by nobody's page of ours */
      soup_message_headers_replace (headers, "Content-Security-Policy", "sandbox; default-src 'none'");
      soup_message_headers_replace (headers, "Content-Type", type);
      soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
      check_range (message, reply->etag);
      soup_message_body_append_bytes (soup_server_message_get_response_body (message), reply->raw);
    }
  else if (reply->body != NULL)
    send_body (self, message, type, g_steal_pointer (&reply->body));
}

void
zq_server_check_handshake (ZqHospital *self, SoupServerMessage *message, gboolean is_there, gboolean needs_token)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  g_autoptr (ZqSession) session = zq_smart_session (self, authorization);
  g_auto (ZqReply) reply = { 0 };

  if (!is_there)
    zq_reply_fail (&reply, 404, "There is nothing at this address");
  else if (session == NULL && (needs_token || authorization != NULL))
    zq_reply_fail (&reply, 401, "Sign in first: the access token is missing, unknown or has expired");
  else if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket"))
    zq_reply_fail (&reply, 400, "This address is for WebSockets");
  else
    return;
  zq_server_send (self, message, &reply);
}

gboolean
zq_server_body_ok (ZqHospital *self, SoupServerMessage *message)
{
  g_auto (ZqReply) reply = { 0 };

  if (g_object_get_data (G_OBJECT (message), TOO_LARGE) == NULL)
    return TRUE;
  zq_reply_fail (&reply, 413, "The request is larger than this hospital takes");
  zq_server_send (self, message, &reply);
  return FALSE;
}

static void
refuse_body (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  g_object_set_data (G_OBJECT (message), TOO_LARGE, GINT_TO_POINTER (1));
  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
}

static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  gsize *total = data;

  *total += g_bytes_get_size (chunk);
  if (*total > ZQ_HOSPITAL_BODY_LIMIT && g_object_get_data (G_OBJECT (message), TOO_LARGE) == NULL)
    refuse_body (message);
}

static void
free_total (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
on_got_headers (SoupServerMessage *message, gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_content_length (headers) > ZQ_HOSPITAL_BODY_LIMIT)
    refuse_body (message);
}

static void
on_request_started (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), NULL);
  g_signal_connect_data (message, "got-chunk", G_CALLBACK (on_got_chunk), g_new0 (gsize, 1), free_total, 0);
}

static void
log_request (ZqHospital *self, const char *method, const char *path, guint status, gint64 start)
{
  g_autofree char *type = g_strndup (path, strcspn (path, "/"));

  if (self->verbose)
    g_printerr ("%s %s %u %.1f ms\n", method, zq_type_is_known (type) ? type : "-", status,
                (zq_clock_monotonic (self->clock) - start) / 1000.0);
}

/* What everybody may read. TRUE when @reply is filled. */
static gboolean
reply_public (ZqHospital *self, const char *method, const char *path, ZqReply *reply)
{
  gboolean metadata = g_str_equal (path, "metadata");

  if (!metadata && !g_str_equal (path, ".well-known/smart-configuration"))
    return FALSE;
  if (!g_str_equal (method, "GET"))
    {
      zq_reply_fail (reply, 405, "This address is only read");
      return TRUE;
    }
  reply->status = 200;
  reply->body = metadata ? zq_capability_new (self) : zq_smart_configuration (self);
  if (!metadata)
    reply->content_type = g_strdup ("application/json");
  return TRUE;
}

static gboolean
wants_xml (SoupServerMessage *message, const char *accept)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  const char *format = query != NULL ? strstr (query, "_format=") : NULL;

  if (format != NULL)
    return strstr (format, "xml") != NULL && strstr (format, "json") == NULL;
  return accept != NULL && strstr (accept, "fhir+xml") != NULL && strstr (accept, "json") == NULL &&
         strstr (accept, "*/*") == NULL;
}

static void
run_signed_in (ZqHospital *self,
               SoupServerMessage *message,
               const char *method,
               const char *path,
               ZqSession *session,
               GArray *served,
               ZqReply *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GBytes) body = zq_server_body (message);
  ZqRequest request = {
    .method = method,
    .path = path,
    .query = g_uri_get_query (soup_server_message_get_uri (message)),
    .if_match = soup_message_headers_get_one (headers, "If-Match"),
    .if_none_exist = soup_message_headers_get_one (headers, "If-None-Exist"),
    .prefer = soup_message_headers_get_list (headers, "Prefer"),
    .accept = soup_message_headers_get_list (headers, "Accept"),
    .content_type = soup_message_headers_get_one (headers, "Content-Type"),
    .security_context = soup_message_headers_get_one (headers, "X-Security-Context"),
    .body = body,
    .session = session,
    .served = served,
  };

  if (wants_xml (message, request.accept))
    zq_reply_fail (reply, 406, "This hospital speaks JSON only");
  else
    zq_rest_handle (self, &request, reply);
}

static void
drop_connection (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

static void
serve (ZqHospital *self, SoupServerMessage *message, const char *path)
{
  const char *method = soup_server_message_get_method (message);
  const char *authorization =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");
  gint64 start = zq_clock_monotonic (self->clock);
  g_autoptr (GArray) served = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqSession) session = NULL;
  g_auto (ZqReply) reply = { 0 };
  ZqFault fault = ZQ_FAULT_NONE;

  if (g_str_equal (method, "HEAD"))
    method = "GET";
  if (self->faults != NULL)
    fault = zq_faults_next (self->faults, method, path, &reply);

  if (fault == ZQ_FAULT_DROP_BEFORE)
    {
      drop_connection (message);
      return;
    }
  if (fault != ZQ_FAULT_STATUS && !reply_public (self, method, path, &reply))
    {
      session = zq_smart_session (self, authorization);
      if (session == NULL)
        zq_reply_fail (&reply, 401, "Sign in first: the access token is missing, unknown or has expired");
      else
        run_signed_in (self, message, method, path, session, served, &reply);
    }

  log_request (self, method, path, reply.status, start);
  if (fault == ZQ_FAULT_DROP_AFTER)
    {
      drop_connection (message);
      return;
    }
  if (session != NULL && reply.status == 200 && served->len > 0)
    zq_workflow_served (self, session, served);
  zq_server_send (self, message, &reply);
}

typedef struct
{
  ZqHospital *hospital;
  SoupServerMessage *message;
  char *path;
  gboolean gone;
} Delayed;

static void
on_gone (SoupServerMessage *message, gpointer data)
{
  ((Delayed *)data)->gone = TRUE;
}

static void
on_delay_over (gpointer data)
{
  Delayed *delayed = data;

  g_signal_handlers_disconnect_by_data (delayed->message, delayed);
  if (!delayed->gone)
    {
      serve (delayed->hospital, delayed->message, delayed->path);
      soup_server_message_unpause (delayed->message);
    }
  g_object_unref (delayed->message);
  g_free (delayed->path);
  g_free (delayed);
}

static void
handle_fhir (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  const char *below = path + strlen ("/fhir");
  gint64 delay = self->faults != NULL ? zq_faults_delay (self->faults) : 0;
  Delayed *delayed;

  if (*below == '/')
    below++;
  if (!zq_server_body_ok (self, message))
    return;
  if (delay <= 0)
    {
      serve (self, message, below);
      return;
    }

  delayed = g_new0 (Delayed, 1);
  delayed->hospital = self;
  delayed->message = g_object_ref (message);
  delayed->path = g_strdup (below);
  g_signal_connect (message, "finished", G_CALLBACK (on_gone), delayed);
  soup_server_message_pause (message);
  zq_clock_alarm_in (self->clock, delay * 1000, on_delay_over, delayed);
}

void
zq_server_register (ZqHospital *self)
{
  g_signal_connect (self->server, "request-started", G_CALLBACK (on_request_started), NULL);
  soup_server_add_handler (self->server, "/fhir", handle_fhir, self, NULL);
}
