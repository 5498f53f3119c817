/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ToyServer:
 *
 * A FHIR server of one process: searches by _lastUpdated, _id, identifier and patient, pages through
 * opaque links (at most _count a page), create with If-None-Exist, update with If-Match; and whatever a test wants it
 * to do wrong. It writes down what it was asked.
 */
typedef struct _ToyServer ToyServer;

ToyServer *toy_server_new (ZqClock *clock);
void toy_server_free (ToyServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToyServer, toy_server_free)

const char *toy_server_get_base (ToyServer *self);

/* @json: the members after resourceType, id and meta, beginning with a comma; or "". */
void toy_server_put (ToyServer *self, const char *type, const char *id, const char *json, gint64 last_updated_us);
void toy_server_remove (ToyServer *self, const char *type, const char *id);
/* The text that is held, or NULL. */
const char *toy_server_get (ToyServer *self, const char *type, const char *id);
guint toy_server_count (ToyServer *self, const char *type);

void toy_server_set_page_size (ToyServer *self, guint n);

typedef enum
{
  TOY_NONE,
  TOY_STATUS,       /* answers @status, with Retry-After when @retry_after is not 0 */
  TOY_DROP_BEFORE,  /* closes the connection, nothing done */
  TOY_DROP_AFTER,   /* closes it with the work done */
  TOY_CHANGE,       /* somebody else changes the resource just before a PUT */
  TOY_REFUSE_AFTER, /* does an update and answers @status, as to one that was sent twice */
  TOY_EMPTY,        /* a search that finds nothing */
  TOY_SILENT,       /* never answers */
  TOY_LENIENT,      /* overlooks the parameter identifier */
  TOY_NO_BODY,      /* does it and sends an empty answer */
} ToyFault;

/* Requests of @method whose path and query, or If-None-Exist, hold @part: the next @times of them. @status: of STATUS.
 */
void toy_server_fault (ToyServer *self,
                       const char *method,
                       const char *part,
                       ToyFault fault,
                       guint times,
                       guint status,
                       guint retry_after);
/* The next link of every page leads back to the first one. */
void toy_server_set_circle (ToyServer *self, gboolean circle);
/* Searches by _id or patient that name this id are refused (403). */
void toy_server_forbid (ToyServer *self, const char *id);

/* Answers with this one in them are larger than the workstation takes, unless _elements leaves most of it out. */
void toy_server_set_huge (ToyServer *self, const char *id, gboolean huge);

/* How many requests of @method held @part in path and query so far. */
guint toy_server_seen (ToyServer *self, const char *method, const char *part);
/* All requests, "GET Basic?…", one a line (element-type utf8). */
GPtrArray *toy_server_log (ToyServer *self);

/* Stops listening, and begins again at the same port. */
void toy_server_set_up (ToyServer *self, gboolean up);

G_END_DECLS
