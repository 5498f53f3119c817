/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "fhir/token-provider.h"

G_BEGIN_DECLS

#define ZQ_FHIR_ERROR (zq_fhir_error_quark ())
GQuark zq_fhir_error_quark (void);

typedef enum
{
  ZQ_FHIR_ERROR_NETWORK, /* not reached; nothing is known of what the server did: see `unclear` */
  ZQ_FHIR_ERROR_TLS,
  ZQ_FHIR_ERROR_SIGNED_OUT, /* 401 after one refresh, or no token */
  ZQ_FHIR_ERROR_FORBIDDEN,  /* 403 */
  ZQ_FHIR_ERROR_NOT_FOUND,  /* 404 */
  ZQ_FHIR_ERROR_GONE,       /* 410 */
  ZQ_FHIR_ERROR_CONFLICT,   /* 409, 412 */
  ZQ_FHIR_ERROR_REFUSED,    /* 400, 422 and other 4xx: the server's reason is the message */
  ZQ_FHIR_ERROR_BUSY,       /* 429, 503: see retry_after_us */
  ZQ_FHIR_ERROR_SERVER,     /* other 5xx */
  ZQ_FHIR_ERROR_PROTOCOL,   /* not FHIR: HTML, wrong content type, truncated, a redirect elsewhere */
  ZQ_FHIR_ERROR_TOO_LARGE,  /* the answer: smaller pages may do */
} ZqFhirError;

typedef struct
{
  const char *method; /* static: "GET", "POST", "PUT", "DELETE" */
  char *path;         /* relative to the base ("Task?owner=…"), or an absolute link of the same origin */
  GBytes *body;       /* nullable */
  char *content_type; /* NULL: application/fhir+json */
  char *accept;       /* NULL: application/fhir+json */
  char *if_match;
  char *if_none_exist;
  char *prefer;           /* "return=representation" */
  char *range;            /* "bytes=1000-" */
  char *security_context; /* X-Security-Context of a Binary: "Patient/1" */

  /* Instead of @body: read from another thread while it is sent, @body_length bytes of it. It has to be seekable to
   * its beginning, since what was refused with 401 is sent again. */
  GInputStream *body_stream;
  gint64 body_length;
  /* Now and then, of the bytes of the body that went out; nullable. */
  void (*sent) (gint64 done, gpointer data);
  gpointer sent_data;

  /* The answer's body is left to be read, as it came, from ZqFhirResponse.stream: neither in memory nor limited. */
  gboolean streamed;
} ZqFhirRequest;

ZqFhirRequest *zq_fhir_request_new (const char *method, const char *path);
void zq_fhir_request_free (ZqFhirRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqFhirRequest, zq_fhir_request_free)

typedef struct
{
  guint status;
  char *etag;
  char *location;
  gint64 date_us;        /* the Date header, 0 if none */
  gint64 retry_after_us; /* as told by Retry-After, x-ms-retry-after-ms or RateLimit; 0 if not */
  GBytes *body;

  /* Of a request that is `streamed`: */
  GInputStream *stream; /* to be closed; an end before @length bytes is not told */
  char *content_type;   /* without parameters, lower case; or NULL */
  gint64 length;        /* of what comes; -1: not told */
  gint64 range_start;   /* of 206, else 0; -1: of 206 without a usable one */
} ZqFhirResponse;

void zq_fhir_response_free (ZqFhirResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqFhirResponse, zq_fhir_response_free)

#define ZQ_TYPE_FHIR_CLIENT (zq_fhir_client_get_type ())
G_DECLARE_FINAL_TYPE (ZqFhirClient, zq_fhir_client, ZQ, FHIR_CLIENT, GObject)

/**
 * ZqFhirClient:
 *
 * Requests to one FHIR server. The token goes to the base's origin only: no redirect is followed but
 * by hand to the same origin (at most 5). One refresh serves all requests that met a 401. At most 8
 * connections. Main context of its creation only. Property "timeout" (uint, seconds, default 30): to
 * connect, and without a byte in either direction.
 */
ZqFhirClient *zq_fhir_client_new (const char *base, ZqTokenProvider *tokens /* nullable: none */, ZqClock *clock);
const char *zq_fhir_client_get_base (ZqFhirClient *self);
void zq_fhir_client_set_ca_file (ZqFhirClient *self, const char *path);

/* Takes @request. Any status ≥ 300 (but 304) is an error of ZQ_FHIR_ERROR; a cancellation stays
 * G_IO_ERROR_CANCELLED. Nothing is sent twice but what the server refused with 401. */
void zq_fhir_client_send_async (ZqFhirClient *self,
                                ZqFhirRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* @retry_after_us, @unclear: (out) (optional): of an error: how long to wait as told by the server (0 =
 * not told); whether a write may have been committed all the same (no answer came, or one that tells
 * nothing of it: 408, 5xx but 501, cut off, not FHIR). */
ZqFhirResponse *zq_fhir_client_send_finish (
    ZqFhirClient *self, GAsyncResult *result, gint64 *retry_after_us, gboolean *unclear, GError **error);

/* Whether @path lies where requests may go: a request to it is not refused before it is sent. */
gboolean zq_fhir_client_reaches (ZqFhirClient *self, const char *path);

/* What an OperationOutcome's worst issue says: its details, else its code; never diagnostics, which may
 * repeat what was sent. Or NULL. (transfer full) */
char *zq_fhir_outcome_text (GBytes *body);

G_END_DECLS
