/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/**
 * ZqEdits:
 *
 * Path and value changes of one JSON text, carried out by SQLCipher's json_set() and json_remove(),
 * so that every other token stays as it came. Paths are SQLite's: "$.output[#]" appends.
 */
typedef struct _ZqEdits ZqEdits;

ZqEdits *zq_edits_new (void);
void zq_edits_free (ZqEdits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqEdits, zq_edits_free)

void zq_edits_set_string (ZqEdits *self, const char *path, const char *value);
void zq_edits_set_boolean (ZqEdits *self, const char *path, gboolean value);
/* @json: any JSON text, numbers as they are to be written. */
void zq_edits_set_json (ZqEdits *self, const char *path, const char *json);
void zq_edits_remove (ZqEdits *self, const char *path);
guint zq_edits_get_length (ZqEdits *self);

/* @text changed. @db: any connection. (transfer full) */
char *zq_edits_apply (ZqEdits *self, ZqDb *db, const char *text, GError **error);

G_END_DECLS
