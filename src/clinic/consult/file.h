/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ZqFile:
 *
 * A file that came with a message; immutable.
 */
typedef struct
{
  char *key;          /* of ZqAttachments: "Binary/12", "urn:uuid:…", or the URL as it came; "" when there is none */
  char *content_type; /* as told; may lie; NULL */
  char *title;        /* as told: no name of a file before zq_media_safe_name() */
  gint64 size;        /* as told, 0 = not */
  char *hash;         /* base64 SHA-1, as told, or NULL */
  gboolean is_picture, is_pdf, is_voice;
} ZqFile;

ZqFile *zq_file_copy (const ZqFile *self);
void zq_file_free (ZqFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqFile, zq_file_free)

/* What an Attachment says. (transfer full) */
ZqFile *zq_file_read_attachment (JsonNode *attachment, const char *base);

/* What the attachments of a Communication's payload say. (transfer full) (element-type ZqFile) */
GPtrArray *zq_files_read (JsonNode *communication, const char *base);

/* Those of a message, in order; NULL when there are none. (transfer full) (element-type ZqFile) */
GPtrArray *zq_files_load (ZqDb *db, gint64 message);

/* One from the columns key, content_type, title, size, hash from @column on. (transfer full) */
ZqFile *zq_file_from_rows (ZqRows *rows, int column);

G_END_DECLS
