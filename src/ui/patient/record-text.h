/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqRecordText:
 *
 * What a resource of the record says beyond its members: text of its own, and the waveforms of its results. Read on the
 * reader's thread; empty until then, and where there is nothing.
 */
#define ZQ_TYPE_RECORD_TEXT (zq_record_text_get_type ())
G_DECLARE_FINAL_TYPE (ZqRecordText, zq_record_text, ZQ, RECORD_TEXT, GtkWidget)

/* @results: (nullable) (element-type ZqResult): not kept. */
ZqRecordText *zq_record_text_new (ZqStore *store, gint64 key, GPtrArray *results);

/* Whether all has been read. */
gboolean zq_record_text_is_complete (ZqRecordText *self);

G_END_DECLS
