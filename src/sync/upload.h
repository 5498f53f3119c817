/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* Creates the Binary of @push from the bytes that are kept here, as they are: never all of them in memory. */
void zq_upload_async (
    ZqPeer *peer, const ZqPush *push, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);

/* What the hospital has now, without the bytes: {"resourceType":"Binary","id":…}. @retry_after_us, @unclear: as
 * zq_fhir_client_send_finish() tells them. ZQ_STORE_ERROR: it cannot go by itself, the message is the reason (a key of
 * gettext). */
GBytes *zq_upload_finish (GAsyncResult *result, gint64 *retry_after_us, gboolean *unclear, GError **error);

/* "Binary/12" of what zq_upload_finish() gave. (transfer full) */
char *zq_upload_dup_name (GBytes *resource);

G_END_DECLS
