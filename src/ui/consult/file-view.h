/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/file.h"
#include "store/attachments.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqFileView:
 *
 * A file of a message: a picture as a small picture in a place of fixed size, so that nothing moves when it comes, any
 * other file as a row. Signals: "open" and "save" (const char *key), of a click.
 */
#define ZQ_TYPE_FILE_VIEW (zq_file_view_get_type ())
G_DECLARE_FINAL_TYPE (ZqFileView, zq_file_view, ZQ, FILE_VIEW, GtkWidget)

/* The @index-th of @files (element-type ZqFile), which is kept. */
ZqFileView *zq_file_view_new (ZqAttachments *attachments, GPtrArray *files, guint index);

/* What it is called: (transfer full). */
char *zq_file_view_name (const ZqFile *file);

G_END_DECLS
