/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/file.h"
#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqViewer:
 *
 * The pictures of a conversation or a record, one after the other or two of different dates side by side, and its other
 * files: PDF page by page, its text sought, selected and copied, text as text. Signals: "close": back to the
 * conversation; "save" (string key, string title, string content type): the doctor wants a copy outside.
 */
#define ZQ_TYPE_VIEWER (zq_viewer_get_type ())
G_DECLARE_FINAL_TYPE (ZqViewer, zq_viewer, ZQ, VIEWER, GtkWidget)

/* Shows the file @key of @message in the thread. @now, @zone: what days are said against. */
void zq_viewer_open (
    ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, gint64 thread_id, gint64 message, const char *key);
/* A file that stands by itself: of a report, of the record. @at: when it is from, 0: not known. */
void zq_viewer_open_file (ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, const ZqFile *file, gint64 at);
/* One of several pictures that do not belong to a thread: the one with @key of @item (`message` of a ZqPicture).
 * @pictures: oldest first. (transfer full) (element-type ZqPicture) */
void zq_viewer_open_picture (
    ZqViewer *self, ZqStore *store, gint64 now, GTimeZone *zone, GPtrArray *pictures, gint64 item, const char *key);
/* Lets go of what it holds. */
void zq_viewer_close (ZqViewer *self);

/* To the next (1) or previous (-1) picture or page; beside another, the one that is compared with changes. FALSE at the
 * end. */
gboolean zq_viewer_step (ZqViewer *self, int by);
/* Another picture beside this one, the older on the left: the last of a day before, else the first of a day after. */
void zq_viewer_set_compare (ZqViewer *self, gboolean compare);

/* What is on the screen, "Binary/12"; NULL: nothing. */
const char *zq_viewer_get_key (ZqViewer *self);
/* What is selected of a document, "" for nothing. (transfer full) */
char *zq_viewer_get_selected (ZqViewer *self);
/* "picture", "compare", "opening", "pdf", "text", "wait", "problem". */
const char *zq_viewer_get_place (ZqViewer *self);

G_END_DECLS
