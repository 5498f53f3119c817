/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/attachments-reasons.h"
#include "store/attachments.h"
#include "store/toy.h"

G_BEGIN_DECLS

/* Files of known bytes, kept and fetched as the program does it. */

#define MIB (1024 * 1024)

#define held_wait_for(result) g_assert_true (zq_test_wait_until (held_has_result, &(result), 60))

guint8 held_byte_at (goffset at);
/* A stream of them that lie nowhere; @tells: of each read, by a point on stdout. */
GInputStream *held_drip_new (goffset size, gboolean tells);
GBytes *held_bytes (goffset from, gsize size);
char *held_hash (goffset size);
void held_on_done (GObject *source, GAsyncResult *result, gpointer data);
gboolean held_has_result (gpointer data);
ZqAttachments *files_of (Toy *toy);
gboolean held_keep_stream (Toy *toy, const char *key, GInputStream *stream, gint64 limit, char **hash, GError **error);
void held_keep (Toy *toy, const char *key, goffset size);
GBytes *held_read (Toy *toy, const char *key, GError **error);
void held_assert_bytes (Toy *toy, const char *key, goffset size);
ZqAttachmentState held_state_of (Toy *toy, const char *key);
void held_assert_refused (Toy *toy, const char *key, const char *reason);
/* As sync does it. */
gboolean held_append (Toy *toy, const char *key, GBytes *bytes, GError **error);
gboolean held_end (Toy *toy, const char *key, GError **error);
/* From what has come to @size, and its end. */
gboolean held_download (Toy *toy, const char *key, goffset from, goffset size, GError **error);

G_END_DECLS
