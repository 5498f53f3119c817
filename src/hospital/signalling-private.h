/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/private.h"

G_BEGIN_DECLS

/* Who holds a link. */
typedef struct
{
  char *appointment; /* id */
  char *who;         /* "Patient/1", or "" for a guest */
  char *role;        /* patient, relative, guest */
  char *name;
  char *relation;
} ZqLink;

void zq_link_free (ZqLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqLink, zq_link_free)

/* signalling-links.c: a link is for one visit and for a time; kept as a hash. */
gboolean zq_links_register (ZqHospital *self, GError **error);
/* NULL: @code says why ("link-unknown", "link-expired"). */
ZqLink *zq_link_find (ZqHospital *self, const char *link, const char **code);

/* signalling-visit.c: what the room means to the Appointment. */
typedef struct
{
  char *id;
  char *status;
  char *patient; /* "Patient/1" or NULL */
  char *doctor;  /* "Practitioner/1" or NULL */
  gint64 start, end;
} ZqRoomVisit;

void zq_room_visit_free (ZqRoomVisit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqRoomVisit, zq_room_visit_free)

/* NULL: there is no such Appointment. */
ZqRoomVisit *zq_room_visit_load (ZqHospital *self, const char *id);
gboolean zq_room_visit_is_over (const ZqRoomVisit *self);
/* When the patient may come in, µs. */
gint64 zq_room_visit_opens (ZqHospital *self, const ZqRoomVisit *visit);
gint64 zq_room_visit_closes (ZqHospital *self, const ZqRoomVisit *visit);
/* Writes that the patient waits, or waits no more; nothing where it says so already. FALSE: later again. */
gboolean zq_room_visit_set_arrived (ZqHospital *self, const char *id, gboolean arrived);
/* Ids of the Appointments whose patient is said to wait. (transfer full) (element-type char*) */
GPtrArray *zq_room_visits_list_arrived (ZqHospital *self);
/* The name to be shown; NULL: none. @title: with it. (transfer full) */
char *zq_room_name (ZqHospital *self, const char *who, gboolean title);

/* signalling-ice.c: JSON array of the servers with a password for a time (draft-uberti-behave-turn-rest-00).
 * (transfer full) */
char *zq_room_ice (ZqHospital *self, const char *user, gint64 *expires);

G_END_DECLS
