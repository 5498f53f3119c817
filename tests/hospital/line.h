/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fixture.h"

G_BEGIN_DECLS

/* One end of a WebSocket; what came is kept in order. */
typedef struct
{
  SoupWebsocketConnection *socket; /* NULL: it was refused, with `status` */
  GPtrArray *frames;
  guint n_frames, next;
  gboolean done; /* the handshake */
  gboolean closed;
  guint status;
} Line;

/* To an address of ws:, as whom @token says (nullable). */
Line *line_open (Fixture *fixture, const char *url, const char *token);
void line_free (Line *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

G_END_DECLS
