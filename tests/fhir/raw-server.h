/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server that says, byte for byte, what a test wants, each time on a new connection unless told to
 * go on; for answers that no correct server library gives. It answers in a thread of its own. */
typedef struct _RawServer RawServer;

/* @answers: one a request, in order; the last is repeated. NULL text: closes without a word. */
RawServer *raw_server_new (const char *const *answers, guint n_answers);
/* Keeps the connection for the next request. */
void raw_server_keep_alive (RawServer *self);
void raw_server_free (RawServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawServer, raw_server_free)

char *raw_server_base (RawServer *self);
int raw_server_n_requests (RawServer *self);
int raw_server_n_connections (RawServer *self);

G_END_DECLS
