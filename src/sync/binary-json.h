/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ZqBinaryJson:
 *
 * Takes the bytes out of a Binary that comes as FHIR JSON ("data", base64), piece by piece as it arrives: a file of
 * 64 MB is a document of 88 MB, which nobody wants in memory.
 */
typedef struct _ZqBinaryJson ZqBinaryJson;

ZqBinaryJson *zq_binary_json_new (void);
void zq_binary_json_free (ZqBinaryJson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqBinaryJson, zq_binary_json_free)

/* Adds what this piece gives to @out; FALSE: this is no such document. */
gboolean zq_binary_json_feed (ZqBinaryJson *self, const char *text, gsize length, GByteArray *out);

/* Whether the document has come to its end. */
gboolean zq_binary_json_is_whole (ZqBinaryJson *self);
/* Whether it held any data. */
gboolean zq_binary_json_has_data (ZqBinaryJson *self);

G_END_DECLS
