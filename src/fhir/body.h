/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads @stream to its end and closes it; G_IO_ERROR_MESSAGE_TOO_LARGE past @limit bytes. */
void zq_body_read_async (
    GInputStream *stream, gsize limit, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *zq_body_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
