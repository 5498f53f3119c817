/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/response.h"

#include <string.h>

#define MAX_WAIT_S (24 * 60 * 60)

G_DEFINE_QUARK (zq_fhir_error, zq_fhir_error)

void
zq_fhir_response_free (ZqFhirResponse *self)
{
  if (self == NULL)
    return;
  g_free (self->etag);
  g_free (self->location);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->stream);
  g_free (self->content_type);
  g_free (self);
}

static gint64
parse_http_date (const char *text)
{
  g_autoptr (GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  return date != NULL ? g_date_time_to_unix (date) * G_USEC_PER_SEC : 0;
}

static gboolean
parse_number (const char *text, gint64 *number)
{
  char *end = NULL;

  if (text == NULL)
    return FALSE;
  while (*text == ' ')
    text++;
  if (!g_ascii_isdigit (*text))
    return FALSE;
  *number = g_ascii_strtoll (text, &end, 10);
  return end != text;
}

/* "limit=100, remaining=0, reset=30" (draft-ietf-httpapi-ratelimit-headers-07 and before) and
 * "\"default\";r=0;t=30" (since -08). */
static gint64
parse_rate_limit (const char *text)
{
  static const char *const names[] = { "reset=", "t=" };
  g_auto (GStrv) parts = g_strsplit_set (text, ",;", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    for (guint n = 0; n < G_N_ELEMENTS (names); n++)
      {
        gint64 seconds;

        g_strstrip (parts[i]);
        if (g_str_has_prefix (parts[i], names[n]) && parse_number (parts[i] + strlen (names[n]), &seconds))
          return seconds;
      }
  return -1;
}

static gint64
to_wait (gint64 seconds)
{
  return CLAMP (seconds, 0, MAX_WAIT_S) * G_USEC_PER_SEC;
}

static gint64
retry_after (SoupMessageHeaders *headers, gint64 now_us)
{
  const char *text = soup_message_headers_get_one (headers, "x-ms-retry-after-ms");
  gint64 number;

  if (parse_number (text, &number))
    return CLAMP (number, 0, (gint64)MAX_WAIT_S * 1000) * 1000;

  text = soup_message_headers_get_one (headers, "Retry-After");
  if (parse_number (text, &number))
    return to_wait (number);
  if (parse_http_date (text) != 0)
    return to_wait ((parse_http_date (text) - now_us) / G_USEC_PER_SEC);

  text = soup_message_headers_get_list (headers, "RateLimit");
  if (text != NULL && parse_rate_limit (text) >= 0)
    return to_wait (parse_rate_limit (text));
  if (parse_number (soup_message_headers_get_one (headers, "RateLimit-Reset"), &number))
    return to_wait (number);
  /* The older header holds seconds with some, an instant with others. */
  if (parse_number (soup_message_headers_get_one (headers, "X-RateLimit-Reset"), &number))
    return to_wait (number > 1000000000 ? number - now_us / G_USEC_PER_SEC : number);
  return 0;
}

ZqFhirResponse *
zq_fhir_response_new (SoupMessage *message, GBytes *body, gint64 now_us)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  ZqFhirResponse *self = g_new0 (ZqFhirResponse, 1);

  self->status = soup_message_get_status (message);
  self->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  self->location = g_strdup (soup_message_headers_get_one (headers, "Location"));
  self->date_us = parse_http_date (soup_message_headers_get_one (headers, "Date"));
  self->retry_after_us = retry_after (headers, self->date_us != 0 ? self->date_us : now_us);
  self->body = body != NULL ? g_bytes_ref (body) : g_bytes_new_static ("", 0);
  return self;
}

void
zq_fhir_response_take_stream (ZqFhirResponse *self, SoupMessage *message, GInputStream *stream)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  goffset start = 0, end = 0, total = 0;

  g_set_object (&self->stream, stream);
  self->content_type = type != NULL ? g_ascii_strdown (type, -1) : NULL;
  self->length = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
                     ? soup_message_headers_get_content_length (headers)
                     : -1;
  if (self->status == 206)
    self->range_start = soup_message_headers_get_content_range (headers, &start, &end, &total) ? start : -1;
}

static gboolean
is_json (const char *type)
{
  return g_str_equal (type, "application/json") || g_str_has_suffix (type, "+json") || g_str_equal (type, "text/json");
}

gboolean
zq_fhir_content_type_fits (const char *content_type, const char *accept)
{
  g_autofree char *type = NULL;

  if (content_type == NULL)
    return FALSE;
  type = g_ascii_strdown (content_type, -1);
  if (accept == NULL || strstr (accept, "json") != NULL)
    return is_json (type);
  return !g_str_equal (type, "text/html") || strstr (accept, "text/html") != NULL;
}

static ZqFhirError
code_of_status (guint status)
{
  switch (status)
    {
    case 401:
      return ZQ_FHIR_ERROR_SIGNED_OUT;
    case 403:
      return ZQ_FHIR_ERROR_FORBIDDEN;
    case 404:
      return ZQ_FHIR_ERROR_NOT_FOUND;
    case 410:
      return ZQ_FHIR_ERROR_GONE;
    case 409:
    case 412:
      return ZQ_FHIR_ERROR_CONFLICT;
    case 429:
    case 503:
      return ZQ_FHIR_ERROR_BUSY;
    default:
      if (status >= 500)
        return ZQ_FHIR_ERROR_SERVER;
      return status >= 400 ? ZQ_FHIR_ERROR_REFUSED : ZQ_FHIR_ERROR_PROTOCOL;
    }
}

static const char *
words_of_code (ZqFhirError code)
{
  switch (code)
    {
    case ZQ_FHIR_ERROR_SIGNED_OUT:
      return "The hospital asks you to sign in again";
    case ZQ_FHIR_ERROR_FORBIDDEN:
      return "The hospital does not allow this";
    case ZQ_FHIR_ERROR_NOT_FOUND:
      return "The hospital does not have this";
    case ZQ_FHIR_ERROR_GONE:
      return "The hospital no longer has this";
    case ZQ_FHIR_ERROR_CONFLICT:
      return "This was changed at the hospital meanwhile";
    case ZQ_FHIR_ERROR_BUSY:
      return "The hospital is busy";
    case ZQ_FHIR_ERROR_REFUSED:
      return "The hospital refused this";
    case ZQ_FHIR_ERROR_PROTOCOL:
    case ZQ_FHIR_ERROR_TOO_LARGE:
      return "The hospital's answer is not understood";
    default:
      return "The hospital's server failed";
    }
}

GError *
zq_fhir_error_new_for_status (guint status, GBytes *body)
{
  ZqFhirError code = code_of_status (status);
  g_autofree char *reason = zq_fhir_outcome_text (body);

  if (reason != NULL)
    return g_error_new (ZQ_FHIR_ERROR, code, "%s: %s", words_of_code (code), reason);
  return g_error_new (ZQ_FHIR_ERROR, code, "%s (%u)", words_of_code (code), status);
}

GError *
zq_fhir_error_from_transport (GError *error, gboolean answered)
{
  g_autoptr (GError) cause = error;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&cause);
  if (cause->domain == G_TLS_ERROR)
    return g_error_new (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS, "The connection to the hospital is not secure: %s",
                        cause->message);
  if (answered && g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    return g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL, "The hospital's answer was cut off");
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    return g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TOO_LARGE, "The hospital's answer is too large");
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ||
      (cause->domain == SOUP_SESSION_ERROR &&
       (cause->code == SOUP_SESSION_ERROR_PARSING || cause->code == SOUP_SESSION_ERROR_ENCODING)))
    return g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_PROTOCOL, "The hospital's answer is not understood");
  return g_error_new (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK, "The hospital was not reached: %s", cause->message);
}
