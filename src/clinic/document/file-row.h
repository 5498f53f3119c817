/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/message.h"
#include "store/txn.h"

G_BEGIN_DECLS

/* The files of what stands in the timeline: of documents, pictures and reports. A row is a file; the pictures of a
 * patient are found without looking at anything else. */
#define ZQ_RECORD_FILE_SCHEMA                                                                                          \
  "CREATE TABLE IF NOT EXISTS record_file ("                                                                           \
  "  item INTEGER NOT NULL, n INTEGER NOT NULL, patient INTEGER NOT NULL, picture INTEGER NOT NULL, key TEXT NOT "     \
  "NULL,"                                                                                                              \
  "  content_type TEXT, title TEXT, size INTEGER NOT NULL, hash TEXT, PRIMARY KEY (item, n)) WITHOUT ROWID;"           \
  "CREATE INDEX IF NOT EXISTS record_file_picture ON record_file (patient, item) WHERE picture;"

/* Makes the rows of resource @item anew. @files: (nullable) (element-type ZqFile): NULL: it has none. Writer thread. */
gboolean zq_record_files_put (ZqTxn *txn, gint64 item, gint64 patient, GPtrArray *files, GError **error);

/* In the resource's order. Main thread. (transfer full) (element-type ZqFile) */
GPtrArray *zq_record_files_load (ZqDb *db, gint64 item);

/* The pictures in a patient's record, oldest first, at most the newest @limit: `message` is the row of the resource,
 * `name` what it shows. Of what was entered in error only @item's. Main thread. (transfer full) (element-type
 * ZqPicture) */
GPtrArray *zq_record_list_pictures (ZqDb *db, gint64 patient, gint64 item, guint limit);

G_END_DECLS
