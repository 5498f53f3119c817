/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"

G_BEGIN_DECLS

#define ZQ_TYPE_FHIR_SOCKET (zq_fhir_socket_get_type ())
G_DECLARE_FINAL_TYPE (ZqFhirSocket, zq_fhir_socket, ZQ, FHIR_SOCKET, GObject)

/**
 * ZqFhirSocket:
 *
 * A WebSocket to the client's server, on a connection besides its eight. It asks for a sign of life
 * every 45 s by itself. Signals: "message" (const char *), "alive" (the other side answered), and
 * "closed", once, whoever ended it.
 */

/* @address: ws or wss, of the base's origin: anything else is ZQ_FHIR_ERROR_PROTOCOL, since our token
 * goes along. Errors otherwise as of a request. */
void zq_fhir_socket_open_async (
    ZqFhirClient *client, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
ZqFhirSocket *zq_fhir_socket_open_finish (GAsyncResult *result, GError **error);

void zq_fhir_socket_send (ZqFhirSocket *self, const char *text);
void zq_fhir_socket_close (ZqFhirSocket *self);

G_END_DECLS
