/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What the headers of @message tell; @body is kept. @now_us: for dates where the server told none. */
ZqFhirResponse *zq_fhir_response_new (SoupMessage *message, GBytes *body, gint64 now_us);

/* Refers to @stream, what comes of @message. */
void zq_fhir_response_take_stream (ZqFhirResponse *self, SoupMessage *message, GInputStream *stream);

/* Whether an answer of this content type may be what was asked for by @accept (NULL: FHIR JSON). */
gboolean zq_fhir_content_type_fits (const char *content_type, const char *accept);

/* The error of a status that is none of 2xx and 304, with the server's reason; never NULL. */
GError *zq_fhir_error_new_for_status (guint status, GBytes *body);

/* Turns what GIO and libsoup report into ours; a cancellation stays one. (transfer full) of @error.
 * @answered: whether a status had come. */
GError *zq_fhir_error_from_transport (GError *error, gboolean answered);

G_END_DECLS
