/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/signalling.h"
#include "fhir/client.h"

G_BEGIN_DECLS

#define ZQ_TYPE_ROOM (zq_room_get_type ())
G_DECLARE_FINAL_TYPE (ZqRoom, zq_room, ZQ, ROOM, GObject)

/* A room has few places; who comes after so many is not taken note of, whatever a server says. */
#define ZQ_ROOM_MEMBERS_MOST 32

/**
 * ZqRoom:
 *
 * Signalling by a room of the hospital: JSON over a WebSocket, docs/signalling.md. @appointment: "Appointment/12";
 * @device: what the other side is told of this one, or NULL. Its address is that of the client's origin.
 */
ZqRoom *zq_room_new (ZqFhirClient *client, ZqClock *clock, const char *appointment, const char *device);

G_END_DECLS
