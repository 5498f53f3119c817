/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqHomeComment:
 *
 * Where a comment on a reading or a day is written: it says in which consultation the patient will find it, looks
 * through the words as the composer does, and keeps them as a draft. Signals: "done": it was sent, or is given up for
 * now.
 */
#define ZQ_TYPE_HOME_COMMENT (zq_home_comment_box_get_type ())
G_DECLARE_FINAL_TYPE (ZqHomeCommentBox, zq_home_comment_box, ZQ, HOME_COMMENT_BOX, GtkWidget)

/* @results: rows of what it is about; @of: what stands before the words, so that they can be understood anywhere. */
GtkWidget *zq_home_comment_box_new (ZqStore *store, gint64 patient, const GArray *results, const char *of);

G_END_DECLS
