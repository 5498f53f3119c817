/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"
#include "rules/policy.h"
#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqRecordContent:
 *
 * What an item of the timeline says when it is open: a report, a result, or all that its line had no room for; its
 * files; text of its own and waveforms, which are read elsewhere and come when they are read. Signals: "trend" (string
 * code, string name): a test over time is asked for; "file" (const ZqFile *): one of its files.
 */
#define ZQ_TYPE_RECORD_CONTENT (zq_record_content_get_type ())
G_DECLARE_FINAL_TYPE (ZqRecordContent, zq_record_content, ZQ, RECORD_CONTENT, GtkWidget)

/* @policy: (nullable). @abnormal_first: results not as reported. */
ZqRecordContent *zq_record_content_new (
    ZqStore *store, ZqPolicy *policy, ZqRecordItem *item, gint64 now, GTimeZone *zone, gboolean abnormal_first);

/* Which item it is, by key. */
gint64 zq_record_content_get_key (ZqRecordContent *self);

/* Whether text and waveforms have been read, or there are none to read. */
gboolean zq_record_content_is_complete (ZqRecordContent *self);

G_END_DECLS
