/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/file.h"
#include "store/store.h"

G_BEGIN_DECLS

/* What a resource carries inside itself instead of referring to it; more is not unpacked. */
#define ZQ_INLINE_MOST_BYTES (32 * 1024 * 1024)

/* The files of a DiagnosticReport (presentedForm), a DocumentReference or a Media, in order. What is carried inside has
 * a key "inline/<type>/<id>/<place>/<hash>": another content is another key. (transfer full) (element-type ZqFile) */
GPtrArray *zq_files_of_resource (JsonNode *resource, const char *base);

/* Whether the bytes of @key are in a resource that is held: they are never asked for at the hospital. */
gboolean zq_file_key_is_inline (const char *key);

/**
 * zq_inline_unpack_async:
 *
 * Takes the bytes of such a key out of its resource and keeps them as an attachment, which then is HELD. ZQ_STORE_ERROR
 * _GONE: the resource is not there any more, or has another content; _TOO_LARGE; _STATE: size or checksum differ from
 * what is said of it. Main thread.
 */
void zq_inline_unpack_async (
    ZqStore *store, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean zq_inline_unpack_finish (GAsyncResult *result, GError **error);

G_END_DECLS
