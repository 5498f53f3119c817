/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/attachments.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Longest side of a small picture, in pixels. */
#define ZQ_THUMB_SIDE 320

/**
 * zq_thumb_load_async:
 * @key: of a picture that is HELD
 *
 * Its small picture, made and kept beside it the first time. Nothing is decoded or read on the main thread.
 */
void zq_thumb_load_async (ZqAttachments *attachments,
                          const char *key,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data);
GdkTexture *zq_thumb_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
